/* SPDX-License-Identifier: Apache-2.0 */
/* Names and indexes of names as the caller has them. */
#include <string.h>

#include "arcore/name.h"
#include "base/handle.h"
#include "base/str.h"
#include "value/name_index.h"
#include "value/name_tell.h"

arc_status arc_name_keys_init(arc_name_keys *keys)
{
    static const arc_name_keys defaults = ARC_NAME_KEYS_INIT;
    if (!keys) return ARC_E_INVALID;
    *keys = defaults;
    return ARC_OK;
}

arc_status arc_name_match_init(arc_name_match *match)
{
    static const arc_name_match defaults = ARC_NAME_MATCH_INIT;
    if (!match) return ARC_E_INVALID;
    *match = defaults;
    return ARC_OK;
}

arc_status arc_name_pair_init(arc_name_pair *pair)
{
    static const arc_name_pair defaults = ARC_NAME_PAIR_INIT;
    if (!pair) return ARC_E_INVALID;
    *pair = defaults;
    return ARC_OK;
}

/* ---- one or two names ---- */

static arc_status take(arci_name *out, const char *s, size_t length)
{
    size_t n;
    if (!s) return ARC_E_INVALID;
    n = length == SIZE_MAX ? strlen(s) : length;
    if (n > ARC_NAME_MAX) return ARC_E_LIMIT;
    if (arci_utf8_check(s, n) != n) return ARC_E_ENCODING;
    arci_name_read(out, s, n);
    return ARC_OK;
}

static arc_status told(arci_env *env, arc_status st)
{
    switch (st) {
    case ARC_OK: return st;
    case ARC_E_LIMIT: return arci_fail(env, st, "a name is longer than 1,200 bytes", "名称超过 1,200 字节");
    case ARC_E_ENCODING: return arci_fail(env, st, "a name is not UTF-8", "名称不是 UTF-8");
    default: return arci_fail(env, st, "an argument is NULL or wrong", "参数为空或有误");
    }
}

arc_status arc_name_normalise(char *buf, size_t *len, const char *name, size_t length, uint32_t flags)
{
    arci_name n;
    char text[ARCI_NAME_TEXT + ARCI_NAME_TOKENS];
    if (!len || (flags & ~ARC_NAME_CORE_ONLY)) return ARC_E_INVALID;
    arc_status st = take(&n, name, length);
    return st == ARC_OK ? arci_text_out(buf, len, text, arci_name_text(text, &n, (int)(flags & ARC_NAME_CORE_ONLY))) : st;
}

arc_status arc_name_compare(int32_t *score, const char *a, const char *b)
{
    arci_name x, y;
    arci_name_report r;
    if (!score) return ARC_E_INVALID;
    arc_status st = take(&x, a, SIZE_MAX);
    if (st == ARC_OK) st = take(&y, b, SIZE_MAX);
    if (st != ARC_OK) return st;
    arci_name_weigh(NULL, &x, r.weights_a);
    arci_name_weigh(NULL, &y, r.weights_b);
    *score = arci_name_compare(&x, &y, &r, 0);
    return ARC_OK;
}

arc_status arc_name_explain(arc_context *context, char *buf, size_t *len, const char *a, const char *b)
{
    arci_env env;
    arci_name x, y;
    arc_status st = arci_context_check(context);
    if (st != ARC_OK) return st;
    env.ctx = context;
    env.err = arci_context_error_slot(context);
    st = len ? take(&x, a, SIZE_MAX) : ARC_E_INVALID;
    if (st == ARC_OK) st = take(&y, b, SIZE_MAX);
    return st == ARC_OK ? arci_name_tell(&env, buf, len, &x, &y, NULL, 0) : told(&env, st);
}

/* ---- many ---- */

static void destroy(void *object)
{
    arci_name_ix *ix = object;
    arc_context *ctx = ix->ctx;
    arci_name_ix_clear(ix);
    arci_free(ctx, ix);
}

arc_status arc_name_index_new(arc_context *context, arc_name_index **out)
{
    arci_env env;
    void *handle;
    if (out) *out = NULL;
    arc_status st = arci_context_check(context);
    if (st != ARC_OK) return st;
    env.ctx = context;
    env.err = arci_context_error_slot(context);
    if (!out) return arci_fail(&env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    arci_name_ix *ix = arci_calloc(context, 1, sizeof *ix);
    if (!ix) return arci_nomem(&env);
    arci_name_ix_init(ix, context);
    st = arci_handle_new(context, ARCI_H_NAMES, ix, destroy, &handle);
    if (st != ARC_OK) {
        destroy(ix);
        return st == ARC_E_NOMEM ? arci_nomem(&env) : st;
    }
    *out = handle;
    return ARC_OK;
}

static arc_status begin(arci_env *env, arci_name_ix **ix, const arc_name_index *index)
{
    void *object = NULL;
    arc_status st = arci_handle_get(index, ARCI_H_NAMES, &object, &env->ctx);
    if (st != ARC_OK) return st;
    *ix = object;
    env->err = &(*ix)->error;
    if ((*ix)->busy) return arci_fail(env, ARC_E_STATE, "the index is in use: this is its callback", "索引正在使用中：不能在其回调中调用");
    return ARC_OK;
}

static arc_status check_text(arci_env *env, const char *s, size_t *length)
{
    if (!s) return told(env, ARC_E_INVALID);
    if (*length == SIZE_MAX) *length = strlen(s);
    if (*length > ARC_NAME_MAX) return told(env, ARC_E_LIMIT);
    return arci_utf8_check(s, *length) == *length ? ARC_OK : told(env, ARC_E_ENCODING);
}

static arc_status check_keys(arci_env *env, arc_name_keys *out, const arc_name_keys *keys)
{
    static const arc_name_keys defaults = ARC_NAME_KEYS_INIT;
    *out = defaults;
    arc_status st = arci_struct_in(env, out, sizeof *out, keys);
    return st != ARC_OK || !out->reserved ? st : told(env, ARC_E_INVALID);
}

arc_status arc_name_index_add(arc_name_index *index, int64_t id, const char *name, size_t length, const arc_name_keys *keys)
{
    arci_env env;
    arci_name_ix *ix;
    arc_name_keys k;
    arc_status st = begin(&env, &ix, index);
    if (st != ARC_OK) return st;
    st = check_keys(&env, &k, keys);
    if (st == ARC_OK) st = check_text(&env, name, &length);
    return st == ARC_OK ? arci_name_ix_add(&env, ix, id, name, length, &k) : st;
}

static uint32_t company(arci_env *env, const arci_name_ix *ix, int64_t id)
{
    uint32_t at = arci_name_ix_company(ix, id);
    if (at == ARCI_NAME_NONE) arci_fail(env, ARC_E_NOT_FOUND, "there is no company %lld in the index", "索引中没有编号 %lld", (long long)id);
    return at;
}

arc_status arc_name_index_add_key(arc_name_index *index, int64_t id, uint32_t reason, const char *value)
{
    arci_env env;
    arci_name_ix *ix;
    arc_status st = begin(&env, &ix, index);
    if (st != ARC_OK) return st;
    if (!value || (reason != ARC_NAME_BY_TAX_ID && reason != ARC_NAME_BY_ACCOUNT && reason != ARC_NAME_BY_PHONE)) return told(&env, ARC_E_INVALID);
    uint32_t of = company(&env, ix, id);
    if (of == ARCI_NAME_NONE) return ARC_E_NOT_FOUND;
    ix->n_pairs = 0;
    return arci_name_ix_add_key(&env, ix, of, reason, value);
}

arc_status arc_name_index_exclude(arc_name_index *index, int64_t a, int64_t b)
{
    arci_env env;
    arci_name_ix *ix;
    arc_status st = begin(&env, &ix, index);
    if (st != ARC_OK) return st;
    return a == b ? told(&env, ARC_E_INVALID) : arci_name_ix_exclude(&env, ix, a, b);
}

#define SEARCH_MOST 1000u

static arc_status put_matches(arci_env *env, const arci_name_ix *ix, arc_name_match *out, const arci_name_hit *hits, uint32_t n, int32_t next)
{
    char *at = (char *)out;
    uint32_t size = out->struct_size; /* as far apart as the caller's are */
    for (uint32_t i = 0; i < n; i++, at += size) {
        arc_name_match m = ARC_NAME_MATCH_INIT;
        int32_t other = i ? hits[0].score : n > 1 ? hits[1].score : next;
        m.reasons = hits[i].reasons;
        m.id = ix->companies[hits[i].company].id;
        m.score = hits[i].score;
        m.name_score = hits[i].name_score;
        m.margin = hits[i].score - other;
        ((arc_name_match *)(void *)at)->struct_size = size;
        arc_status st = arci_struct_out(at, &m, sizeof m);
        if (st != ARC_OK) return told(env, st);
    }
    return ARC_OK;
}

arc_status arc_name_index_search(arc_name_index *index, arc_name_match *matches, size_t *n, const char *name, size_t length, const arc_name_keys *keys,
                                 int32_t least)
{
    arci_env env;
    arci_name_ix *ix;
    arc_name_keys k;
    uint32_t found = 0;
    arc_status st = begin(&env, &ix, index);
    if (st != ARC_OK) return st;
    if (!n || (*n && !matches) || *n > SEARCH_MOST || least < 0 || least > ARC_NAME_SAME || (*n && matches->struct_size < sizeof(uint64_t) * 2)) {
        return told(&env, ARC_E_INVALID);
    }
    st = check_keys(&env, &k, keys);
    if (st == ARC_OK) st = check_text(&env, name, &length);
    if (st != ARC_OK) return st;
    uint32_t room = (uint32_t)*n + 1; /* one more: what the first is ahead of */
    arci_name_hit *hits = arci_alloc(env.ctx, room * sizeof *hits);
    if (!hits) return arci_nomem(&env);
    st = arci_name_ix_search(&env, ix, hits, &found, room, name, length, &k, 0);
    if (st == ARC_OK) {
        int32_t next = found > 1 ? hits[1].score : 0;
        uint32_t reach = 0;
        while (reach < found && reach < *n && hits[reach].score >= least) reach++;
        if (reach) st = put_matches(&env, ix, matches, hits, reach, next);
        if (st == ARC_OK) *n = reach;
    }
    arci_free(env.ctx, hits);
    return st;
}

arc_status arc_name_index_explain(arc_name_index *index, char *buf, size_t *len, const char *name, size_t length, int64_t id)
{
    arci_env env;
    arci_name_ix *ix;
    arci_name x, y, best;
    arci_name_weigher w;
    int32_t top = -1;
    arc_status st = begin(&env, &ix, index);
    if (st != ARC_OK) return st;
    if (!len) return told(&env, ARC_E_INVALID);
    st = check_text(&env, name, &length);
    if (st != ARC_OK) return st;
    uint32_t of = company(&env, ix, id);
    if (of == ARCI_NAME_NONE) return ARC_E_NOT_FOUND;
    arci_name_read(&x, name, length);
    for (uint32_t e = ix->companies[of].first_name; e != ARCI_NAME_NONE; e = ix->names[e].next_of_company) {
        arci_name_ix_form(ix, ix->names[e].form, &y);
        int32_t near = arci_name_ix_nearness(ix, &x, &y, NULL, 0);
        if (near <= top) continue;
        top = near;
        best = y;
    }
    if (top < 0) return company(&env, ix, id) == ARCI_NAME_NONE ? ARC_E_NOT_FOUND : told(&env, ARC_E_INVALID);
    arci_name_ix_weigher(ix, &w);
    return arci_name_tell(&env, buf, len, &x, &best, &w, 1);
}

arc_status arc_name_index_find_pairs(arc_name_index *index, size_t *count, int32_t least, arc_progress_fn progress, void *user)
{
    arci_env env;
    arci_name_ix *ix;
    arc_status st = begin(&env, &ix, index);
    if (st != ARC_OK) return st;
    if (!count || least < 1 || least > ARC_NAME_SAME) return told(&env, ARC_E_INVALID);
    st = arci_name_ix_pairs(&env, ix, least, progress, user);
    if (st == ARC_OK) *count = ix->n_pairs;
    return st;
}

arc_status arc_name_index_get_pair(arc_name_index *index, arc_name_pair *pair, size_t at)
{
    arci_env env;
    arci_name_ix *ix;
    arc_name_pair p = ARC_NAME_PAIR_INIT;
    arc_status st = begin(&env, &ix, index);
    if (st != ARC_OK) return st;
    if (!pair || !pair->struct_size) return told(&env, ARC_E_INVALID);
    if (at >= ix->n_pairs) return arci_fail(&env, ARC_E_NOT_FOUND, "there are not as many pairs", "没有这么多重复对");
    const arci_name_found *f = &ix->pairs[at];
    p.reasons = f->reasons;
    p.a = ix->companies[f->a].id;
    p.b = ix->companies[f->b].id;
    p.group = ix->companies[f->group].id;
    p.score = f->score;
    p.name_score = f->name_score;
    p.margin = f->margin;
    return arci_struct_out(pair, &p, sizeof p);
}

arc_status arc_name_index_error(arc_name_index *index, arc_error *error)
{
    void *object = NULL;
    arc_status st = arci_handle_get(index, ARCI_H_NAMES, &object, NULL);
    if (st != ARC_OK) return st;
    if (!error || !error->struct_size) return ARC_E_INVALID;
    return arci_struct_out(error, &((arci_name_ix *)object)->error, sizeof *error);
}

void arc_name_index_free(arc_name_index *index)
{
    void *object = NULL;
    if (arci_handle_get(index, ARCI_H_NAMES, &object, NULL) != ARC_OK || ((arci_name_ix *)object)->busy) return; /* a callback: it goes with the context */
    if (arci_handle_release(index, ARCI_H_NAMES, &object) == ARC_OK) destroy(object);
}
