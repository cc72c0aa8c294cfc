/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "billing/order.h"
#include "store/definition.h"

#define REASON_MAX 500u
#define NAME_MAX 120u
#define AT_ONCE 500u

static const char order_fields[] = "id version number status customer order_date contract currency committed committed_net";
static const char delivery_fields[] = "id version number status customer delivery_date sales_order";

arc_status arc_order_step_init(arc_order_step *step)
{
    static const arc_order_step init = ARC_ORDER_STEP_INIT;
    if (!step) return ARC_E_INVALID;
    *step = init;
    return ARC_OK;
}

/* ---- arguments ------------------------------------------------------------------------------------------------------------------- */

static int bad_text(const char *s, size_t most) { return s && (strlen(s) > most || arci_utf8_check(s, strlen(s)) != strlen(s)); }

static arc_status take(arci_order_call *c, const void *elements)
{
    arci_posting *p = c->p;
    c->list = arci_arena_alloc(&p->arena, p->n * sizeof *c->list);
    if (!c->list) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) (void)arc_order_step_init(&c->list[i]);
    arc_status st = arci_posting_structs(p, c->list, sizeof *c->list, elements, c->entity);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        const arc_order_step *e = &c->list[i];
        if (!e->flags && !e->reserved && !bad_text(e->reason, REASON_MAX) && !bad_text(e->by, NAME_MAX)) continue;
        st = arci_fail(p->t->env, ARC_E_INVALID, "an unknown flag, or a text that is too long or not UTF-8", "标志未知，或文本过长、不是 UTF-8");
        arci_fail_at(p->t->env, c->entity, NULL, 0, i);
    }
    return st;
}

static arc_status tell(arci_order_call *c)
{
    arci_call *call = c->p->call;
    for (uint32_t i = 0; i < c->p->n && call->request; i++) {
        const arc_order_step *e = &c->list[i];
        arci_call_arg_int(call, e->id);
        arci_call_arg_int(call, e->version);
        arci_call_arg_int(call, e->date);
        arci_call_arg_text(call, e->reason ? e->reason : "", e->reason ? strlen(e->reason) : 0);
        arci_call_arg_text(call, e->by ? e->by : "", e->by ? strlen(e->by) : 0);
        arci_posting_arg_end(c->p, i);
    }
    return call->request ? arci_posting_asked(c->p) : ARC_OK;
}

/* ---- rows ---------------------------------------------------------------------------------------------------------------------------- */

arc_status arci_order_judged(arci_order_call *c, uint32_t i, arc_status st, const char *field)
{
    arci_env *env = c->p->t->env;
    if (st == ARC_OK) return ARC_OK;
    if (st == ARC_E_NOMEM || c->p->t->doomed) return st;
    if (field || !env->err->entity[0]) arci_fail_at(env, c->entity, field, c->list[i].id, -1);
    arci_posting_refuse(c->p, i, st);
    return ARC_OK;
}

static arc_status read_rows(arci_order_call *c, arc_value **rows, uint8_t **found)
{
    const arci_shape *shape;
    arci_posting *p = c->p;
    int64_t one = 0;
    int64_t *ids = arci_arena_alloc(&p->arena, p->n * sizeof *ids);
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (arci_order_good(c, i)) one = c->list[i].id;
    }
    for (uint32_t i = 0; i < p->n; i++) ids[i] = arci_order_good(c, i) ? c->list[i].id : one; /* one that is refused reads another's row */
    arc_status st = c->delivery ? arci_shape_get(p->t, &shape, "delivery", delivery_fields) : arci_shape_get(p->t, &shape, "sales_order", order_fields);
    return st == ARC_OK ? arci_repo_get_many(p->t, shape, ids, p->n, &p->arena, rows, found) : st;
}

static uint32_t columns(const arci_order_call *c) { return c->delivery ? ARCI_DELIVERY_COLUMNS : ARCI_ORDER_COLUMNS; }

typedef struct named {
    int64_t id;
    uint32_t at;
} named;

static int by_id(const void *x, const void *y)
{
    const named *a = x, *b = y;
    if (a->id != b->id) return a->id < b->id ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

static arc_status refuse_repeats(arci_order_call *c)
{
    arci_posting *p = c->p;
    named *list = arci_arena_alloc(&p->arena, p->n * sizeof *list);
    if (!list) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) list[i] = (named){ c->list[i].id, i };
    qsort(list, p->n, sizeof *list, by_id);
    for (uint32_t k = 1; k < p->n; k++) {
        if (list[k].id != list[k - 1].id || !arci_order_good(c, list[k].at)) continue;
        arci_fail(p->t->env, ARC_E_EXISTS, "%s%.0s %lld is named twice", "%.0s%s %lld 重复", c->entity, arci_entity_zh(c->entity), (long long)list[k].id);
        (void)arci_order_judged(c, list[k].at, ARC_E_EXISTS, NULL);
    }
    return ARC_OK;
}

static arc_status judge(arci_order_call *c, uint32_t i, int needs_reason)
{
    arci_env *env = c->p->t->env;
    const arc_value *v = c->rows[i];
    const arc_order_step *e = &c->list[i];
    if (c->p->session->access) {
        arc_status st = arci_access_row(c->p->t, c->p->t->call->verb, NULL, arci_entity_by_name(c->entity, strlen(c->entity)), e->id);
        if (st != ARC_OK) return st == ARC_E_NOT_FOUND || st == ARC_E_FORBIDDEN ? arci_order_judged(c, i, st, NULL) : st;
    }
    if (e->version && e->version != v[ARCI_ORDER_VERSION].u.i) {
        arci_fail(env, ARC_E_STALE, "%.*s was changed since: it has version %lld", "%.*s 已被修改：当前版本 %lld", (int)v[ARCI_ORDER_NUMBER].len, v[ARCI_ORDER_NUMBER].u.s,
                  (long long)v[ARCI_ORDER_VERSION].u.i);
        return arci_order_judged(c, i, ARC_E_STALE, "version");
    }
    const arci_verdict d = arci_chain_verdict(c->verb, &v[ARCI_ORDER_STATUS]);
    if (d.class) {
        arci_fail(env, ARC_E_STATE, "%.*s: %s%.0s", "%.*s：%.0s%s", (int)v[ARCI_ORDER_NUMBER].len, v[ARCI_ORDER_NUMBER].u.s, d.en, d.zh);
        return arci_order_judged(c, i, ARC_E_STATE, "status");
    }
    if (!needs_reason || (e->reason && e->reason[0])) return ARC_OK;
    return arci_order_judged(c, i, arci_fail(env, ARC_E_REQUIRED, "a reason is required", "须说明原因"), "decision_reason");
}

static arc_status ask_lines(arci_order_call *c);

arc_status arci_order_begin(arci_order_call *c, arci_posting *p, uint32_t verb, const void *elements, int needs_reason)
{
    arc_value *rows;
    uint8_t *found;
    memset(c, 0, sizeof *c);
    c->p = p;
    c->verb = verb;
    c->entity = arci_verbs[verb].entity;
    c->delivery = strcmp(c->entity, "delivery") == 0;
    arc_status st = take(c, elements);
    if (st == ARC_OK) st = tell(c);
    if (st == ARC_OK && (verb == ARCI_DO_ORDER_CONFIRM || verb == ARCI_DO_DELIVERY_SHIP)) st = arci_definitions_ask(p->t, "credit_policy");
    if (st == ARC_OK) st = ask_lines(c);
    if (st == ARC_OK) st = read_rows(c, &rows, &found);
    c->rows = arci_arena_calloc(&p->arena, p->n, sizeof *c->rows);
    if (st == ARC_OK && !c->rows) st = arci_nomem(p->t->env);
    if (st == ARC_OK) st = refuse_repeats(c);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!arci_order_good(c, i)) continue;
        if (!found[i]) {
            arci_no_such(p->t->env, c->entity);
            st = arci_order_judged(c, i, ARC_E_NOT_FOUND, NULL);
            continue;
        }
        c->rows[i] = rows + (size_t)i * columns(c);
        st = judge(c, i, needs_reason);
    }
    return st;
}

/* ---- held ------------------------------------------------------------------------------------------------------------------------------- */

static arc_status find_lines(arci_order_call *c, const int64_t *ids, uint32_t n)
{
    const arci_shape *shape;
    arci_posting *p = c->p;
    arc_value values[AT_ONCE];
    arc_status st = c->delivery ? arci_shape_get(p->t, &shape, "delivery_line", "delivery seq id quantity currency amount order_line")
                                : arci_shape_get(p->t, &shape, "order_line", "sales_order seq id quantity currency amount tax_rate contract committed committed_net version");
    memset(&c->lines, 0, sizeof c->lines);
    if (st == ARC_OK) c->lines.n_cols = shape->n;
    for (uint32_t from = 0; from < n && st == ARC_OK; from += AT_ONCE) {
        uint32_t k = n - from < AT_ONCE ? n - from : AT_ONCE;
        arci_where w;
        arci_rows part;
        for (uint32_t i = 0; i < k; i++) values[i] = arci_v_int(ids[from + i]);
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[0], values, k);
        const arc_order order[2] = { { shape->cols[0], 0 }, { shape->cols[1], 0 } };
        st = arci_repo_find(p->t, shape, &w, order, 2, 0, &p->arena, &part);
        if (st != ARC_OK || !part.n_rows) continue;
        arc_value *all = arci_arena_alloc(&p->arena, ((size_t)c->lines.n_rows + part.n_rows) * shape->n * sizeof *all);
        if (!all) return arci_nomem(p->t->env);
        if (c->lines.n_rows) memcpy(all, c->lines.values, (size_t)c->lines.n_rows * shape->n * sizeof *all);
        memcpy(all + (size_t)c->lines.n_rows * shape->n, part.values, (size_t)part.n_rows * shape->n * sizeof *all);
        c->lines.values = all;
        c->lines.n_rows += part.n_rows;
    }
    return st;
}

/* ids are ascending, so are the lines. */
static arc_status spread(arci_order_call *c)
{
    arci_posting *p = c->p;
    c->first = arci_arena_calloc(&p->arena, p->n, sizeof *c->first);
    c->count = arci_arena_calloc(&p->arena, p->n, sizeof *c->count);
    if (!c->first || !c->count) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        uint32_t lo = 0, hi = c->lines.n_rows;
        if (!arci_order_good(c, i)) continue;
        while (lo < hi) {
            uint32_t mid = lo + (hi - lo) / 2;
            if (arci_order_line(c, mid)[ARCI_OLINE_HEAD].u.i < c->list[i].id) lo = mid + 1;
            else hi = mid;
        }
        c->first[i] = lo;
        while (lo + c->count[i] < c->lines.n_rows && arci_order_line(c, lo + c->count[i])[ARCI_OLINE_HEAD].u.i == c->list[i].id) c->count[i]++;
    }
    return ARC_OK;
}

static arc_status good_ids(arci_order_call *c, int64_t **ids, uint32_t *n)
{
    *n = 0;
    *ids = arci_arena_alloc(&c->p->arena, c->p->n * sizeof **ids);
    if (!*ids) return arci_nomem(c->p->t->env);
    for (uint32_t i = 0; i < c->p->n; i++) {
        if (arci_order_good(c, i)) (*ids)[(*n)++] = c->list[i].id;
    }
    *n = arci_ids_unique(*ids, *n);
    return ARC_OK;
}

/* The parents of a delivery's lines are locked before it is, so its lines are read twice. */
static arc_status ask_lines(arci_order_call *c)
{
    int64_t *ids;
    uint32_t n;
    if (!arci_repo_asking(c->p->t)) return ARC_OK;
    arc_status st = good_ids(c, &ids, &n);
    if (st == ARC_OK) st = find_lines(c, ids, n);
    arci_repo_asked(c->p->t);
    return st;
}

arc_status arci_order_lines(arci_order_call *c)
{
    int64_t *ids;
    uint32_t n;
    arc_status st = good_ids(c, &ids, &n);
    if (st == ARC_OK) st = find_lines(c, ids, n);
    return st == ARC_OK ? spread(c) : st;
}

arc_status arci_order_hold_lines(arci_order_call *c, const char *entity)
{
    int64_t *ids = arci_arena_alloc(&c->p->arena, (c->lines.n_rows + 1) * sizeof *ids);
    if (!ids) return arci_nomem(c->p->t->env);
    for (uint32_t k = 0; k < c->lines.n_rows; k++) ids[k] = arci_order_line(c, k)[ARCI_OLINE_ID].u.i;
    return c->lines.n_rows ? arci_repo_lock(c->p->t, entity, ids, c->lines.n_rows) : ARC_OK;
}

arc_status arci_order_hold(arci_order_call *c)
{
    arci_posting *p = c->p;
    arc_value *rows;
    uint8_t *found;
    int64_t *ids;
    uint32_t n;
    arc_status st = good_ids(c, &ids, &n);
    if (st == ARC_OK && n) st = arci_repo_lock(p->t, c->entity, ids, n);
    if (st == ARC_OK && arci_repo_asking(p->t)) {
        st = find_lines(c, ids, n);
        arci_repo_asked(p->t);
    }
    if (st == ARC_OK) st = read_rows(c, &rows, &found);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!arci_order_good(c, i)) continue;
        const arc_value *now = rows + (size_t)i * columns(c);
        if (!found[i] || now[ARCI_ORDER_VERSION].u.i != c->rows[i][ARCI_ORDER_VERSION].u.i) {
            return arci_fail(p->t->env, ARC_E_CONFLICT, "another writer moved the same document; try again", "其他写入者修改了同一单据，请重试");
        }
        c->rows[i] = now;
    }
    return st == ARC_OK ? arci_order_lines(c) : st;
}

arc_status arci_order_update(arci_order_call *c, const char *fields, void (*fill)(const arci_order_call *c, uint32_t i, arc_value *v, void *user), void *user)
{
    arci_posting *p = c->p;
    const arci_shape *shape;
    arci_batch *b;
    uint32_t at = 0;
    arc_status st = arci_shape_get(p->t, &shape, c->entity, fields);
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, p->n, ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!arci_order_good(c, i)) continue;
        *arci_batch_key(b, at) = c->rows[i][ARCI_ORDER_ID];
        *arci_batch_guard(b, at) = c->rows[i][ARCI_ORDER_VERSION];
        fill(c, i, arci_batch_row(b, at++), user);
        if (p->ids) p->ids[i] = c->rows[i][ARCI_ORDER_VERSION].u.i + 1;
    }
    if (st != ARC_OK || !at) return st;
    b->n_rows = at;
    return arci_repo_write(p->t, &b, 1, NULL);
}

arc_status arci_order_sums(arci_order_call *c, int link, arci_link_sum **out)
{
    arci_arena *arena = &c->p->arena;
    const uint32_t n = c->lines.n_rows;
    int64_t *ids = arci_arena_alloc(arena, (n + 1) * sizeof *ids);
    const char **currencies = arci_arena_alloc(arena, (n + 1) * sizeof *currencies);
    *out = arci_arena_calloc(arena, n + 1, sizeof **out);
    if (!ids || !currencies || !*out) return arci_nomem(c->p->t->env);
    for (uint32_t k = 0; k < n; k++) {
        ids[k] = arci_order_line(c, k)[ARCI_OLINE_ID].u.i;
        currencies[k] = arci_order_line(c, k)[ARCI_OLINE_CURRENCY].u.s;
    }
    return arci_links_read(c->p->t, arena, link, ids, currencies, n, *out);
}
