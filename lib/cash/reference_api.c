/* SPDX-License-Identifier: Apache-2.0 */
/* References as handles; what a text reads as, as JSON. */
#include <string.h>

#include "base/handle.h"
#include "base/json_text.h"
#include "cash/reference_handle.h"

#define TEXT_MAX ((size_t)4 << 20)
#define READ_MAX ((size_t)64 << 10)
#define HITS_MAX 1000u

static const arc_reference_options defaults = ARC_REFERENCE_OPTIONS_INIT;

arc_status arc_reference_options_init(arc_reference_options *options)
{
    if (!options) return ARC_E_INVALID;
    *options = defaults;
    return ARC_OK;
}

arc_status arc_reference_target_init(arc_reference_target *target)
{
    const arc_reference_target none = ARC_REFERENCE_TARGET_INIT;
    if (!target) return ARC_E_INVALID;
    *target = none;
    return ARC_OK;
}

arc_status arc_reference_hit_init(arc_reference_hit *hit)
{
    const arc_reference_hit none = ARC_REFERENCE_HIT_INIT;
    if (!hit) return ARC_E_INVALID;
    *hit = none;
    return ARC_OK;
}

/* ---- handles -------------------------------------------------------------------------------------------------------------------------- */

static void references_free(void *object)
{
    arci_references *r = object;
    arc_context *ctx = r->ctx;
    arci_ref_text_clear(&r->text);
    arci_ref_index_free(r->index);
    arci_free(ctx, r->hits);
    arci_free(ctx, r);
}

arc_status arci_references_new(arci_env *env, arc_reference_index **out)
{
    void *handle;
    arci_references *r = arci_calloc(env->ctx, 1, sizeof *r);
    if (!r) return arci_nomem(env);
    r->ctx = env->ctx;
    r->error.struct_size = (uint32_t)sizeof r->error;
    arci_ref_text_init(&r->text, env->ctx);
    r->index = arci_ref_index_new(env->ctx);
    if (!r->index || arci_handle_new(env->ctx, ARCI_H_REFERENCES, r, references_free, &handle) != ARC_OK) {
        references_free(r);
        return arci_nomem(env);
    }
    *out = handle;
    return ARC_OK;
}

arc_status arc_reference_index_new(arc_context *context, arc_reference_index **out)
{
    if (out) *out = NULL;
    arc_status st = arci_context_check(context);
    if (st != ARC_OK) return st;
    arci_env env = { context, arci_context_error_slot(context) };
    return out ? arci_references_new(&env, out) : arci_fail(&env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
}

void arc_reference_index_free(arc_reference_index *index)
{
    void *object;
    if (index && arci_handle_release(index, ARCI_H_REFERENCES, &object) == ARC_OK) references_free(object);
}

arc_status arci_references_get(arc_reference_index *index, arci_references **out, arci_env *env)
{
    void *object;
    arc_status st = arci_handle_get(index, ARCI_H_REFERENCES, &object, &env->ctx);
    if (st != ARC_OK) return st;
    *out = object;
    env->err = &(*out)->error;
    return ARC_OK;
}

arc_status arc_reference_index_error(arc_reference_index *index, arc_error *error)
{
    arci_references *r;
    arci_env env;
    arc_status st = arci_references_get(index, &r, &env);
    if (st != ARC_OK) return st;
    return error ? arci_struct_out(error, &r->error, sizeof r->error) : arci_fail(&env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
}

/* ---- numbers -------------------------------------------------------------------------------------------------------------------------- */

arc_status arc_reference_index_add(arc_reference_index *index, const char *number, size_t length, const arc_reference_target *target)
{
    arc_reference_target t = ARC_REFERENCE_TARGET_INIT;
    arci_references *r;
    arci_env env;
    arc_status st = arci_references_get(index, &r, &env);
    if (st != ARC_OK) return st;
    if (!number || !target) return arci_fail(&env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    st = arci_struct_in(&env, &t, sizeof t, target);
    if (st != ARC_OK) return st;
    if (t.kind < ARC_REFERENCE_DOCUMENT || t.kind > ARC_REFERENCE_OTHER) return arci_fail(&env, ARC_E_INVALID, "no such kind of number", "没有这种编号类型");
    return arci_ref_index_add(&env, r->index, number, length == SIZE_MAX ? strlen(number) : length, t.kind, t.id, t.customer);
}

arc_status arc_reference_index_number(arc_reference_index *index, char *buf, size_t *len, uint32_t *targets, uint32_t number)
{
    arci_references *r;
    arci_env env;
    size_t n;
    arc_status st = arci_references_get(index, &r, &env);
    if (st != ARC_OK) return st;
    if (!len) return arci_fail(&env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    if (number >= arci_ref_n_numbers(r->index)) return arci_fail(&env, ARC_E_NOT_FOUND, "no such number", "没有该编号");
    if (targets) {
        *targets = 0;
        for (const arci_ref_target *t = arci_ref_first(r->index, number); t; t = arci_ref_next(r->index, t)) ++*targets;
    }
    const char *text = arci_ref_number(r->index, number, &n);
    return arci_text_out(buf, len, text, n);
}

arc_status arc_reference_index_target(arc_reference_index *index, arc_reference_target *target, uint32_t number, uint32_t at)
{
    arc_reference_target told = ARC_REFERENCE_TARGET_INIT;
    arci_references *r;
    arci_env env;
    arc_status st = arci_references_get(index, &r, &env);
    if (st != ARC_OK) return st;
    if (!target) return arci_fail(&env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    const arci_ref_target *t = number < arci_ref_n_numbers(r->index) ? arci_ref_first(r->index, number) : NULL;
    for (; t && at; at--) t = arci_ref_next(r->index, t);
    if (!t) return arci_fail(&env, ARC_E_NOT_FOUND, "no such number, or it stands for fewer things", "没有该编号或对应的对象");
    told.kind = t->kind;
    told.id = t->id;
    told.customer = t->customer;
    return arci_struct_out(target, &told, sizeof told);
}

/* ---- texts ---------------------------------------------------------------------------------------------------------------------------- */

static arc_status options_in(arci_env *env, arc_reference_options *o, const arc_reference_options *given)
{
    *o = defaults;
    arc_status st = arci_struct_in(env, o, sizeof *o, given);
    if (st != ARC_OK) return st;
    if (o->flags & ~(ARC_REFERENCE_NO_REPAIR | ARC_REFERENCE_NO_SUFFIX)) return arci_fail(env, ARC_E_INVALID, "unknown flags", "未知标志");
    if ((o->n_accounts && !o->accounts) || (o->n_customers && !o->customers)) return arci_fail(env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    for (size_t i = 1; i < o->n_customers; i++)
        if (o->customers[i - 1] >= o->customers[i]) return arci_fail(env, ARC_E_INVALID, "customers are not in ascending order", "客户未按升序排列");
    o->amount.currency[3] = 0;
    return ARC_OK;
}

/* Hits of this version into those of the caller's. */
static void hand_out(arc_reference_hit *hits, const arc_reference_hit *found, size_t n)
{
    uint32_t size = hits[0].struct_size;
    for (size_t i = 0; i < n; i++) {
        uint32_t own = hits[i].struct_size;
        hits[i].struct_size = own ? own : size;
        arci_struct_out(&hits[i], &found[i], sizeof *found);
    }
}

arc_status arc_reference_index_find(arc_reference_index *index, arc_reference_hit *hits, size_t *n, const char *text, size_t length, const arc_reference_options *options)
{
    arc_reference_options o;
    arci_references *r;
    arci_env env;
    int failed;
    arc_status st = arci_references_get(index, &r, &env);
    if (st != ARC_OK) return st;
    if (!n || !text || (*n && !hits)) return arci_fail(&env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    if (length == SIZE_MAX) length = strlen(text);
    if (length > TEXT_MAX) return arci_fail(&env, ARC_E_LIMIT, "a text has at most 4 MiB", "文本最多 4 MiB");
    st = options_in(&env, &o, options);
    if (st == ARC_OK) st = arci_ref_index_seal(&env, r->index);
    if (st != ARC_OK) return st;
    if (!r->hits && !(r->hits = arci_alloc(r->ctx, HITS_MAX * sizeof *r->hits))) return arci_nomem(&env);
    for (size_t i = 0; i < *n; i++)
        if (!hits[i].struct_size) return arci_fail(&env, ARC_E_INVALID, "struct_size is 0", "struct_size 为 0");
    size_t found = arci_ref_find(r->index, &r->text, r->hits, *n < HITS_MAX ? *n : HITS_MAX, text, length, &o, &failed);
    if (failed) return arci_nomem(&env);
    if (found) hand_out(hits, r->hits, found);
    *n = found;
    return ARC_OK;
}

/* ---- what a text reads as ------------------------------------------------------------------------------------------------------------- */

static void put_place(arci_str *out, const arci_ref_text *t, uint32_t from, uint32_t to)
{
    arci_str_puts(out, "{\"start\":");
    arci_str_int(out, t->at[from]);
    arci_str_puts(out, ",\"end\":");
    arci_str_int(out, t->to[to - 1]);
    arci_str_puts(out, ",\"text\":");
    arci_json_put_text(out, (const char *)t->keys + from, to - from);
}

static void put_pieces(arci_str *out, const arci_ref_text *t)
{
    static const char *const masks[] = { NULL, "date", "time", "amount", "rate", "phone", "tax_id", "account" };
    for (uint32_t i = 0; i < t->n_pieces; i++) {
        const arci_ref_piece *p = &t->pieces[i];
        if (i) arci_str_putc(out, ',');
        put_place(out, t, p->start, p->end);
        if (p->mask) {
            arci_str_puts(out, ",\"mask\":\"");
            arci_str_puts(out, masks[p->mask]);
            arci_str_putc(out, '"');
        }
        arci_str_putc(out, '}');
    }
}

/* Words of digits, or RF and what follows, that one scheme or more takes for its own. */
static void put_structured(arci_str *out, const arci_ref_text *t)
{
    int any = 0;
    for (uint32_t i = 0; i < t->n_pieces; i++)
        for (uint32_t k = 1; k <= 12 && i + k <= t->n_pieces; k++) {
            const arci_ref_piece *p = &t->pieces[i], *last = p + k - 1;
            uint32_t n = last->end - p->start, fits = 0;
            if (n > 27 || last->kind == ARCI_REF_HAN || (k > 1 && last->gap > ARCI_REF_LINE)) break;
            for (int32_t s = ARC_SCHEME_RF; s <= ARC_SCHEME_LAST; s++) {
                if (!p->mask && n >= 4 && arci_ref_scheme_fits(s, t->keys + p->start, n)) {
                    if (!fits) {
                        if (any) arci_str_putc(out, ',');
                        put_place(out, t, p->start, last->end);
                        arci_str_puts(out, ",\"schemes\":[");
                    }
                    arci_str_puts(out, fits++ ? ",\"" : "\"");
                    arci_str_puts(out, arc_scheme_name(s));
                    arci_str_putc(out, '"');
                }
            }
            if (fits) arci_str_puts(out, "]}"), any = 1;
        }
}

arc_status arc_reference_read(arc_context *context, char *buf, size_t *len, const char *text, size_t length, const arc_reference_options *options)
{
    arc_reference_options o;
    arci_ref_text t;
    arci_str out;
    arc_status st = arci_context_check(context);
    if (st != ARC_OK) return st;
    arci_env env = { context, arci_context_error_slot(context) };
    if (!len || !text) return arci_fail(&env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    if (length == SIZE_MAX) length = strlen(text);
    if (length > READ_MAX) return arci_fail(&env, ARC_E_LIMIT, "a text to be shown has at most 64 KiB", "要展示的文本最多 64 KiB");
    st = options_in(&env, &o, options);
    if (st != ARC_OK) return st;
    arci_ref_text_init(&t, context);
    arci_str_init(&out, context);
    if (arci_ref_text_read(&t, text, length)) {
        arci_ref_text_mask(&t, &o);
        arci_str_puts(&out, "{\"folded\":");
        arci_json_put_text(&out, (const char *)t.keys, t.n);
        arci_str_puts(&out, ",\"pieces\":[");
        put_pieces(&out, &t);
        arci_str_puts(&out, "],\"structured\":[");
        put_structured(&out, &t);
        arci_str_puts(&out, "]}");
        st = out.failed ? arci_nomem(&env) : arci_text_out(buf, len, out.s, out.len);
    } else {
        st = arci_nomem(&env);
    }
    arci_str_clear(&out);
    arci_ref_text_clear(&t);
    return st;
}
