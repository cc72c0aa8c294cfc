/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of rules, read once and kept with the book. */
#include <string.h>

#include "rules/rule_impl.h"
#include "store/definition.h"
#include "store/valid.h"

enum { D_ID, D_CODE, D_REVISION, D_STATUS, D_DOCUMENT, D_FROM, D_TO, D_PUBLISHED };

typedef struct kept {
    int64_t epoch;         /* of the book when they were read */
    arci_ruleset *force;   /* on force->day */
    arci_ruleset *exact;
    int64_t *ids;          /* of exact, as they were asked for */
    uint32_t n;
} kept;

static void forget(arc_context *ctx, kept *k)
{
    arci_ruleset_free(k->force);
    arci_ruleset_free(k->exact);
    arci_free(ctx, k->ids);
    k->force = k->exact = NULL;
    k->ids = NULL;
    k->n = 0;
}

static void free_kept(arc_context *ctx, void *p)
{
    forget(ctx, p);
    arci_free(ctx, p);
}

static arc_status get_kept(arci_txn *t, kept **out)
{
    arci_cache *cache = &t->book->caches[ARCI_CACHE_RULES];
    int64_t epoch;
    arc_status st = arci_book_epoch(t, &epoch);
    if (st != ARC_OK) return st;
    kept *k = cache->p;
    if (!k) {
        k = arci_calloc(t->book->ctx, 1, sizeof *k);
        if (!k) return arci_nomem(t->env);
        cache->p = k;
        cache->free = free_kept;
    } else if (k->epoch != epoch) {
        forget(t->book->ctx, k);
    }
    k->epoch = epoch;
    *out = k;
    return ARC_OK;
}

/* Made with the custom fields as they are now. */
static int is_current(arci_txn *t, const arci_ruleset *set, arc_status *st)
{
    arci_custom *custom = NULL;
    *st = arci_session_custom(t->env, t->session, &custom);
    return *st == ARC_OK && set && set->custom == custom;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------------- */

/* Revisions of all rules, by code and revision; ids NULL: all, else those. */
static arc_status read_rows(arci_txn *t, arci_arena *arena, const int64_t *ids, uint32_t n, arci_rows *rows)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(t, &shape, "definition", "id code revision status document valid_from valid_to published kind");
    if (st != ARC_OK) return st;
    const arc_order order[] = { { shape->cols[D_CODE], 0 }, { shape->cols[D_REVISION], 0 } };
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[8], ARC_OP_EQ, "rule", 4);
    if (ids) {
        arc_value *v = arci_arena_alloc(arena, (n + 1u) * sizeof *v);
        if (!v) return arci_nomem(t->env);
        for (uint32_t i = 0; i < n; i++) v[i] = arci_v_int(ids[i]);
        arci_where_in(&w, shape->cols[D_ID], v, n);
    }
    return arci_repo_find(t, shape, &w, order, 2, 0, arena, rows);
}

static int same_code(const arc_value *a, const arc_value *b) { return a->len == b->len && memcmp(a->u.s, b->u.s, a->len) == 0; }

static arc_status note_broken(arci_txn *t, arci_ruleset *set, const char *code, int64_t definition)
{
    if (set->n_broken == set->cap_broken) {
        uint32_t cap = set->cap_broken ? set->cap_broken * 2 : 4;
        void *grown = arci_resize(set->ctx, set->broken, cap * sizeof *set->broken);
        if (!grown) return arci_nomem(t->env);
        set->broken = grown;
        set->cap_broken = cap;
    }
    arci_rule_broken *b = &set->broken[set->n_broken++];
    memset(b, 0, sizeof *b);
    memcpy(b->code, code, strlen(code) + 1);
    b->definition = definition;
    b->error = *t->env->err;
    arci_error_clear(t->env->err);
    return ARC_OK;
}

static arc_status add_row(arci_txn *t, arci_ruleset *set, const arc_value *v, int64_t since, int broken)
{
    char code[ARCI_RULE_CODE] = { 0 };
    memcpy(code, v[D_CODE].u.s, v[D_CODE].len < sizeof code ? v[D_CODE].len : sizeof code - 1);
    arc_status st = arci_ruleset_add(t, set, code, v[D_ID].u.i, v[D_REVISION].u.i, v[D_DOCUMENT].u.s, v[D_DOCUMENT].len, NULL);
    if (st == ARC_OK) set->rules[set->n - 1]->since = since;
    if (st == ARC_OK || st == ARC_E_NOMEM || !broken) return st;
    return note_broken(t, set, code, v[D_ID].u.i);
}

static int admits(const arc_value *v, arc_date day)
{
    if (v[D_STATUS].len != 9 || memcmp(v[D_STATUS].u.s, "published", 9) != 0) return 0;
    return (v[D_FROM].type == ARC_V_NULL || v[D_FROM].u.i <= day) && (v[D_TO].type == ARC_V_NULL || v[D_TO].u.i >= day);
}

static arc_status read_force(arci_txn *t, arci_arena *arena, arci_ruleset *set, arc_date day)
{
    arci_rows rows;
    arc_status st = read_rows(t, arena, NULL, 0, &rows);
    set->day = day;
    for (uint32_t i = 0, end; st == ARC_OK && i < rows.n_rows; i = end) {
        const arc_value *best = NULL, *first = rows.values + (size_t)i * rows.n_cols;
        int64_t since = 0;
        for (end = i; end < rows.n_rows; end++) {
            const arc_value *v = rows.values + (size_t)end * rows.n_cols;
            if (!same_code(&v[D_CODE], &first[D_CODE])) break;
            if (!since && v[D_PUBLISHED].type == ARC_V_INT) since = v[D_PUBLISHED].u.i;
            if (admits(v, day)) best = v;
        }
        if (best) st = add_row(t, set, best, since, 1);
    }
    return st;
}

static arc_status read_exact(arci_txn *t, arci_arena *arena, arci_ruleset *set, const int64_t *ids, uint32_t n)
{
    arci_rows rows;
    uint32_t found = 0;
    arc_status st = read_rows(t, arena, ids, n, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        if (v[D_PUBLISHED].type != ARC_V_INT) continue;
        st = add_row(t, set, v, v[D_PUBLISHED].u.i, 0);
        if (st == ARC_OK) set->rules[set->n - 1]->retired = v[D_STATUS].len == 7 && memcmp(v[D_STATUS].u.s, "retired", 7) == 0;
        found++;
    }
    if (st == ARC_OK && found < n) st = arci_fail(t->env, ARC_E_NOT_FOUND, "a revision of a rule is not there", "规则的某一修订不存在");
    return st;
}

static arc_status finish(arci_arena *arena, arci_ruleset *set, arc_status st)
{
    arci_arena_clear(arena);
    if (st == ARC_OK) arci_ruleset_sort(set);
    else arci_ruleset_free(set);
    return st;
}

arc_status arci_ruleset_in_force(arci_txn *t, arci_ruleset **out, arc_date day)
{
    kept *k;
    arci_arena arena;
    arci_ruleset *set;
    *out = NULL;
    arc_status st = get_kept(t, &k);
    if (st != ARC_OK) return st;
    if (!is_current(t, k->force, &st) || k->force->day != day) {
        if (st == ARC_OK) st = arci_ruleset_new(t, &set);
        if (st != ARC_OK) return st;
        arci_arena_init(&arena, t->book->ctx);
        st = finish(&arena, set, read_force(t, &arena, set, day));
        if (st != ARC_OK) return st;
        arci_ruleset_free(k->force);
        k->force = set;
    }
    k->force->users++;
    *out = k->force;
    return ARC_OK;
}

static arc_status keep_exact(arci_txn *t, kept *k, arci_ruleset *set, const int64_t *ids, uint32_t n)
{
    int64_t *copy = arci_alloc(t->book->ctx, (n + 1u) * sizeof *copy);
    if (!copy) {
        arci_ruleset_free(set);
        return arci_nomem(t->env);
    }
    memcpy(copy, ids, n * sizeof *copy);
    arci_free(t->book->ctx, k->ids);
    arci_ruleset_free(k->exact);
    k->ids = copy;
    k->n = n;
    k->exact = set;
    return ARC_OK;
}

arc_status arci_ruleset_of(arci_txn *t, arci_ruleset **out, const int64_t *ids, uint32_t n)
{
    kept *k;
    arci_arena arena;
    arci_ruleset *set;
    *out = NULL;
    arc_status st = get_kept(t, &k);
    if (st != ARC_OK) return st;
    if (!is_current(t, k->exact, &st) || k->n != n || memcmp(k->ids, ids, n * sizeof *ids) != 0) {
        if (st == ARC_OK) st = arci_ruleset_new(t, &set);
        if (st != ARC_OK) return st;
        set->bare = 1;
        arci_arena_init(&arena, t->book->ctx);
        st = finish(&arena, set, read_exact(t, &arena, set, ids, n));
        if (st == ARC_OK) st = keep_exact(t, k, set, ids, n);
        if (st != ARC_OK) return st;
    }
    k->exact->users++;
    *out = k->exact;
    return ARC_OK;
}
