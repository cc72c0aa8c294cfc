/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/uses_give.h"

#include <string.h>

#include "arcore/fields.h"
#include "billing/voids.h"

#define R_INVOICE ARCI_USED_INVOICE
#define R_ITEM ARCI_USED_ITEM

static const char use_fields[] = "invoice id item currency amount consumes reverses line_seq line_only lapsed";

arc_status arci_used_find(arci_posting *p, const int64_t *ids, uint32_t n, arci_rows *out)
{
    const arci_shape *shape;
    memset(out, 0, sizeof *out);
    arc_status st = n ? arci_shape_get(p->t, &shape, "invoice_item", use_fields) : ARC_OK;
    return st == ARC_OK && n ? arci_credit_find(p->t, &p->arena, shape, ids, n, out) : st;
}

/* ---- whether there is still something it could go to -------------------------------------------------------------------------------- */

enum { CONTRACT, ORDER, DELIVERY, PARENTS };
enum { P_ID, P_KIND, P_PARENT, P_COLUMNS = P_PARENT + PARENTS };

static int is_over(int parent, const arc_value *status)
{
    static const char *const over[PARENTS][2] = { { "closed", "terminated" }, { "closed", "cancelled" }, { "refused", "cancelled" } };
    return arci_code_is(status, over[parent][0]) || arci_code_is(status, over[parent][1]);
}

/* Marks the items of which a parent is over; rows: P_*, of those that are there. */
static arc_status mark(arci_posting *p, int parent, const arc_value *rows, uint32_t n, uint8_t *over)
{
    static const char *const entities[PARENTS] = { "contract", "sales_order", "delivery" };
    const arci_shape *shape;
    arc_value *states;
    uint8_t *found;
    int64_t *ids = arci_arena_alloc(&p->arena, (n + 1) * sizeof *ids);
    uint32_t n_ids = 0;
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < n; k++) {
        const arc_value *of = &rows[(size_t)k * P_COLUMNS + P_PARENT + (uint32_t)parent];
        if (of->type == ARC_V_INT) ids[n_ids++] = of->u.i;
    }
    n_ids = arci_ids_unique(ids, n_ids);
    if (!n_ids) return ARC_OK;
    arc_status st = arci_repo_share(p->t, entities[parent], ids, n_ids);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, entities[parent], "status");
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, ids, n_ids, &p->arena, &states, &found);
    for (uint32_t k = 0; k < n && st == ARC_OK; k++) {
        const arc_value *of = &rows[(size_t)k * P_COLUMNS + P_PARENT + (uint32_t)parent];
        const uint32_t at = of->type == ARC_V_INT ? arci_ids_find(ids, n_ids, of->u.i) : UINT32_MAX;
        if (at != UINT32_MAX && found[at] && is_over(parent, &states[at])) over[k] = 1;
    }
    return st;
}

/* Contracts first, then orders, deliveries, items: who ends one of them locks in this order too. */
arc_status arci_used_items(arci_posting *p, const arci_rows *rows, arci_plan **plans, uint32_t *n)
{
    const arci_shape *shape;
    arc_value *items = NULL;
    uint8_t *found = NULL, *over = NULL;
    int64_t *ids = arci_arena_alloc(&p->arena, (rows->n_rows + 1) * sizeof *ids);
    uint32_t n_ids;
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < rows->n_rows; r++) ids[r] = arci_used_row(rows, r)[R_ITEM].u.i;
    n_ids = arci_ids_unique(ids, rows->n_rows);
    over = arci_arena_calloc(&p->arena, n_ids + 1u, 1);
    if (!over) return arci_nomem(p->t->env);
    arc_status st = n_ids ? arci_shape_get(p->t, &shape, "item", "id kind contract sales_order delivery") : ARC_OK;
    if (st == ARC_OK && n_ids) st = arci_repo_get_many(p->t, shape, ids, n_ids, &p->arena, &items, &found);
    for (uint32_t k = 0; k < n_ids && st == ARC_OK; k++) { /* one that stands, or never was a plan, has nothing to lose */
        arc_value *v = items + (size_t)k * P_COLUMNS;
        for (int c = 0; c < PARENTS && (!found[k] || !arci_code_is(&v[P_KIND], "planned")); c++) v[P_PARENT + c] = arci_v_null();
    }
    for (int parent = 0; parent < PARENTS && st == ARC_OK && n_ids; parent++) st = mark(p, parent, items, n_ids, over);
    if (st == ARC_OK) st = arci_plans_read_all(p, plans, n, ids, n_ids);
    for (uint32_t k = 0; k < n_ids && st == ARC_OK; k++) {
        arci_plan *plan = arci_plan_find(*plans, *n, ids[k]);
        if (plan) plan->over = over[k] && arci_code_is(&plan->row[ARCI_PLAN_KIND], "planned"); /* what became an estimate was delivered: it is owed */
    }
    return st == ARC_OK ? arci_uses_uncovered(p, *plans, *n) : st;
}

/* ---- the rows that give something back ------------------------------------------------------------------------------------------------- */

arc_status arci_giver_open(arci_giver *g, arci_posting *p, arci_plan *plans, uint32_t n_plans, uint32_t most)
{
    const arci_shape *shape;
    memset(g, 0, sizeof *g);
    g->p = p;
    g->plans = plans;
    g->n_plans = n_plans;
    arc_status st = arci_shape_get(p->t, &shape, "invoice_item", "invoice item currency amount effective_date consumes reverses reopens line_seq line_only lapsed");
    return st == ARC_OK ? arci_batch_new(p->t, &p->arena, &g->rows, shape, ARC_WRITE_INSERT, most + 1, ARCI_BATCH_UNCHECKED, NULL, 0) : st;
}

arc_status arci_give(arci_giver *g, const arci_gift *x)
{
    arci_plan *plan = arci_plan_find(g->plans, g->n_plans, x->item);
    arc_date day = x->day;
    char code[4] = { 0 };
    if (!plan) return arci_fail(g->p->t->env, ARC_E_CORRUPT, "a document took over an item that is not there", "单据所使用的应收不存在");
    const int64_t lapsed = x->consumes && plan->over && x->amount > 0 ? x->amount : x->lapsed, amount = lapsed ? 0 : x->amount;
    arc_value *v = arci_batch_row(g->rows, g->n++);
    if (plan->row[ARCI_PLAN_SINCE].u.i > day) day = (arc_date)plan->row[ARCI_PLAN_SINCE].u.i;
    v[0] = arci_v_int(x->document);
    v[1] = arci_v_int(x->item);
    v[2] = *x->currency;
    v[3] = arci_v_int(-amount);
    v[4] = arci_v_int(day);
    v[5] = arci_v_int(x->consumes);
    v[6] = x->reverses ? *x->reverses : arci_v_null();
    v[8] = x->line ? arci_v_int(x->line) : arci_v_null();
    v[9] = x->only ? arci_v_int(1) : arci_v_null();
    v[10] = lapsed ? arci_v_int(lapsed) : arci_v_null();
    plan->open += amount;
    if (!x->consumes || !amount) return ARC_OK;
    if (plan->latest == ARC_DATE_NONE || day > plan->latest) plan->latest = day;
    if (!g->posts || arci_item_counts(&plan->row[ARCI_PLAN_KIND]) != ARCI_COUNTS_ESTIMATED) return ARC_OK;
    memcpy(code, x->currency->u.s, 3);
    return arci_estimate_post(g->p, "invoice", x->document, day, plan->row[ARCI_PLAN_CUSTOMER].u.i, code, amount);
}

/* The first row of each plan that opens again says so. */
static void mark_reopened(arci_giver *g)
{
    for (uint32_t r = 0; r < g->n; r++) {
        arc_value *v = arci_batch_row(g->rows, r);
        arci_plan *plan = v[5].u.i && v[3].u.i ? arci_plan_find(g->plans, g->n_plans, v[1].u.i) : NULL;
        if (!plan || plan->marked || !arci_plan_reopened(plan)) continue;
        plan->marked = 1;
        v[7] = arci_v_int(1);
    }
}

arc_status arci_given_write(arci_giver *g)
{
    if (!g->n) return ARC_OK;
    g->rows->n_rows = g->n;
    mark_reopened(g);
    arc_status st = arci_repo_write(g->p->t, &g->rows, 1, NULL);
    return st == ARC_OK ? arci_plans_write(g->p, g->plans, g->n_plans) : st;
}

/* ---- voiding ------------------------------------------------------------------------------------------------------------------------ */

struct arci_void_uses {
    arci_rows rows; /* document by document */
    uint32_t *first, *count; /* by element */
    arci_plan *plans;
    int64_t *left; /* of each, after what was judged so far; one behind the last for items that are not there */
    uint32_t n_plans;
};

/* All items that voiding may move, in one order: its own, what notes settled, what documents took over. Who settles or frees some of them does so in that order too. */
static arc_status lock_items(arci_voids *v)
{
    arci_posting *p = v->s->p;
    const arci_void_uses *x = v->uses;
    const arc_value *settled;
    uint32_t n = 0, n_settled = arci_void_notes_settled(v, &settled);
    int64_t *ids = arci_arena_alloc(&p->arena, ((size_t)v->items.n_rows + n_settled + x->rows.n_rows + 1) * sizeof *ids);
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < v->items.n_rows; r++) ids[n++] = arci_void_item(v, r)[ARCI_VITEM_ID].u.i;
    for (uint32_t r = 0; r < n_settled; r++) ids[n++] = settled[(size_t)r * ARCI_AL_N + ARCI_AL_ITEM].u.i;
    for (uint32_t r = 0; r < x->rows.n_rows; r++) ids[n++] = arci_used_row(&x->rows, r)[R_ITEM].u.i;
    return arci_repo_lock(p->t, "item_state", ids, n);
}

arc_status arci_void_uses_open(arci_voids *v)
{
    arci_posting *p = v->s->p;
    arci_void_uses *x = v->uses = arci_arena_calloc(&p->arena, 1, sizeof *x);
    int64_t *raw = arci_arena_alloc(&p->arena, (v->n + 1) * sizeof *raw);
    if (!x || !raw) return arci_nomem(p->t->env);
    x->first = arci_arena_calloc(&p->arena, p->n, sizeof *x->first);
    x->count = arci_arena_calloc(&p->arena, p->n, sizeof *x->count);
    if (!x->first || !x->count) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < v->n; k++) raw[k] = v->ids[k].u.i;
    arc_status st = arci_used_find(p, raw, v->n, &x->rows);
    if (st == ARC_OK) st = lock_items(v);
    if (st == ARC_OK) st = arci_used_items(p, &x->rows, &x->plans, &x->n_plans);
    if (st != ARC_OK) return st;
    x->left = arci_arena_calloc(&p->arena, x->n_plans + 1, sizeof *x->left);
    if (!x->left) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < x->n_plans; k++) x->left[k] = x->plans[k].open;
    for (uint32_t r = 0; r < x->rows.n_rows; r++) {
        uint32_t i = arci_step_of(v->s, arci_used_row(&x->rows, r)[R_INVOICE].u.i);
        if (i == UINT32_MAX) continue;
        if (!x->count[i]++) x->first[i] = r;
    }
    return ARC_OK;
}

/* What is left of the item a row is of. */
static int64_t *left_of(arci_void_uses *x, uint32_t r)
{
    const arci_plan *plan = arci_plan_find(x->plans, x->n_plans, arci_used_row(&x->rows, r)[R_ITEM].u.i);
    return &x->left[plan ? (uint32_t)(plan - x->plans) : x->n_plans];
}

/* Voided, a document gives back what it took over; a note takes again what it gave back. What was given back once is over. */
static void move_uses(arci_void_uses *x, uint32_t i, int sign)
{
    for (uint32_t r = x->first[i]; r < x->first[i] + x->count[i]; r++) {
        const arc_value *v = arci_used_row(&x->rows, r);
        if (v[ARCI_USED_REVERSES].type != ARC_V_INT) *left_of(x, r) += sign * v[ARCI_USED_AMOUNT].u.i;
    }
}

void arci_void_uses_undo(arci_voids *v, uint32_t i) { move_uses(v->uses, i, -1); }

arc_status arci_void_uses_judge(arci_voids *v, uint32_t i)
{
    arci_void_uses *x = v->uses;
    int fits = 1, n;
    move_uses(x, i, 1);
    for (uint32_t r = x->first[i]; r < x->first[i] + x->count[i]; r++) fits &= arci_used_row(&x->rows, r)[ARCI_USED_AMOUNT].u.i > 0 || *left_of(x, r) >= 0;
    if (fits) return ARC_OK;
    move_uses(x, i, -1);
    const char *name = arci_step_name(v->s, i, &n);
    arci_step_refuse(v->s, i, ARC_E_STATE, "status", "credit note %.*s: the planned or other receivables that it gave back are invoiced again", "红字单据 %.*s 退回的计划或其他应收已重新开票", n, name);
    return ARC_OK;
}

arc_status arci_void_uses_write(arci_voids *v)
{
    arci_void_uses *x = v->uses;
    arci_giver g;
    if (!x->rows.n_rows) return ARC_OK;
    arc_status st = arci_giver_open(&g, v->s->p, x->plans, x->n_plans, x->rows.n_rows);
    for (uint32_t r = 0; r < x->rows.n_rows && st == ARC_OK; r++) {
        const arc_value *row = arci_used_row(&x->rows, r);
        uint32_t i = arci_step_of(v->s, row[R_INVOICE].u.i);
        if (i == UINT32_MAX || row[ARCI_USED_REVERSES].type == ARC_V_INT) continue;
        const arci_gift gift = { .document = row[R_INVOICE].u.i, .day = arci_step_day(v->s, i), .item = row[R_ITEM].u.i, .amount = row[ARCI_USED_AMOUNT].u.i,
                                 .consumes = (int)row[ARCI_USED_CONSUMES].u.i, .currency = &row[ARCI_USED_CURRENCY], .reverses = &row[ARCI_USED_ID], .line = arci_ref(&row[ARCI_USED_LINE]),
                                 .only = (int)arci_ref(&row[ARCI_USED_ONLY]), .lapsed = -arci_ref(&row[ARCI_USED_LAPSED]) };
        st = arci_give(&g, &gift);
    }
    return st == ARC_OK ? arci_given_write(&g) : st;
}
