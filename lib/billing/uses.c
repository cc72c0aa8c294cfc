/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/uses.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "billing/chain.h"

#define AT_ONCE 500u

/* A planned or estimated item that documents may take by themselves. */
typedef struct candidate {
    int64_t item, contract, order, delivery;
    arci_plan *plan;
} candidate;

typedef struct taken {
    uint32_t bill;
    uint32_t consumes;
    arci_plan *plan;
    int64_t amount;
} taken;

struct arci_uses {
    arci_plan *plans;
    uint32_t n_plans;
    candidate *candidates;
    uint32_t n_candidates, cap_candidates;
    taken *list;
    uint32_t n, cap;
};

void arci_uses_tell(arci_call *c, const arc_invoice_document *d)
{
    for (uint32_t k = 0; k < d->n_uses && d->uses && k < ARCI_USES_MAX; k++) {
        arci_call_arg_int(c, d->uses[k].item);
        arci_call_arg_int(c, d->uses[k].amount.minor);
        arci_call_arg_text(c, d->uses[k].amount.currency, 3);
    }
}

/* ---- candidates ------------------------------------------------------------------------------------------------------------------------ */

static int takes_part(const arci_bills *b, uint32_t i)
{
    const arci_bill *d = &b->list[i];
    return arci_bill_good(b, i) && d->totals.gross > 0 && strcmp(d->kind, "credit_note") != 0 && strcmp(d->kind, "proforma") != 0;
}

static int64_t ref_of(const arci_bill *d, uint32_t field)
{
    const arc_value *v = arci_bill_or_parent(d, field);
    return v->type == ARC_V_INT ? v->u.i : 0;
}

static int64_t int_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

static arc_status keep_candidates(arci_bills *b, const arci_rows *rows)
{
    arci_uses *x = b->uses;
    if (x->n_candidates + rows->n_rows > x->cap_candidates) {
        uint32_t cap = 2 * (x->n_candidates + rows->n_rows);
        candidate *more = arci_arena_calloc(&b->p->arena, cap, sizeof *more);
        if (!more) return arci_nomem(b->p->t->env);
        if (x->n_candidates) memcpy(more, x->candidates, x->n_candidates * sizeof *more);
        x->candidates = more;
        x->cap_candidates = cap;
    }
    for (uint32_t r = 0; r < rows->n_rows; r++) {
        const arc_value *v = rows->values + (size_t)r * rows->n_cols;
        x->candidates[x->n_candidates++] = (candidate){ v[0].u.i, int_of(&v[1]), int_of(&v[2]), int_of(&v[3]), NULL };
    }
    return ARC_OK;
}

/* Open plans and estimates that name one of the documents' contracts (or orders, or deliveries): what is over is not in that index. */
static arc_status read_candidates(arci_bills *b, uint32_t field, uint32_t column)
{
    const arci_shape *shape;
    arc_value values[AT_ONCE];
    int64_t *ids = arci_arena_alloc(&b->p->arena, b->p->n * sizeof *ids);
    uint32_t n = 0;
    if (!ids) return arci_nomem(b->p->t->env);
    for (uint32_t i = 0; i < b->p->n; i++) {
        if (takes_part(b, i) && !b->list[i].n_uses && ref_of(&b->list[i], field)) ids[n++] = ref_of(&b->list[i], field);
    }
    n = arci_ids_unique(ids, n);
    arc_status st = n ? arci_shape_get(b->p->t, &shape, "item_state", "item contract sales_order delivery") : ARC_OK;
    for (uint32_t from = 0; from < n && st == ARC_OK; from += AT_ONCE) {
        uint32_t k = n - from < AT_ONCE ? n - from : AT_ONCE;
        arci_where w;
        arci_rows rows;
        for (uint32_t i = 0; i < k; i++) values[i] = arci_v_int(ids[from + i]);
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[column], values, k);
        st = arci_repo_find(b->p->t, shape, &w, NULL, 0, 0, &b->p->arena, &rows);
        if (st == ARC_OK) st = keep_candidates(b, &rows);
    }
    return st;
}

/* What falls due first is invoiced first; what has no due date comes last. */
static int due_first(const void *x, const void *y)
{
    const candidate *a = x, *c = y;
    const arc_value *da = a->plan ? &a->plan->row[ARCI_PLAN_DUE] : NULL, *dc = c->plan ? &c->plan->row[ARCI_PLAN_DUE] : NULL;
    int64_t on_a = da && da->type == ARC_V_INT ? da->u.i : INT64_MAX, on_c = dc && dc->type == ARC_V_INT ? dc->u.i : INT64_MAX;
    if (on_a != on_c) return on_a < on_c ? -1 : 1;
    return (a->item > c->item) - (a->item < c->item);
}

static arc_status read_plans(arci_bills *b)
{
    arci_uses *x = b->uses;
    uint32_t n = 0, given = 0;
    for (uint32_t i = 0; i < b->p->n; i++) given += b->list[i].n_uses;
    int64_t *ids = arci_arena_alloc(&b->p->arena, (x->n_candidates + given + 1) * sizeof *ids);
    if (!ids) return arci_nomem(b->p->t->env);
    for (uint32_t k = 0; k < x->n_candidates; k++) ids[n++] = x->candidates[k].item;
    for (uint32_t i = 0; i < b->p->n; i++) {
        for (uint32_t k = 0; k < b->list[i].n_uses && takes_part(b, i); k++) ids[n++] = b->list[i].uses[k].item;
    }
    arc_status st = arci_plans_read(b->p, &x->plans, &x->n_plans, ids, n);
    if (st != ARC_OK) return st;
    uint32_t left = 0;
    for (uint32_t k = 0; k < x->n_candidates; k++) {
        candidate *c = &x->candidates[k];
        c->plan = arci_plan_find(x->plans, x->n_plans, c->item);
        if (c->plan && c->plan->open) x->candidates[left++] = *c;
    }
    x->n_candidates = left;
    if (left > 1) qsort(x->candidates, left, sizeof *x->candidates, due_first);
    return ARC_OK;
}

/* ---- taking -------------------------------------------------------------------------------------------------------------------------------- */

static arc_status add(arci_bills *b, uint32_t i, arci_plan *plan, int64_t amount, int consumes)
{
    arci_uses *x = b->uses;
    if (x->n == x->cap) {
        uint32_t cap = x->cap ? 2 * x->cap : 16;
        taken *more = arci_arena_alloc(&b->p->arena, cap * sizeof *more);
        if (!more) return arci_nomem(b->p->t->env);
        if (x->n) memcpy(more, x->list, x->n * sizeof *more);
        x->list = more;
        x->cap = cap;
    }
    x->list[x->n++] = (taken){ i, consumes != 0, plan, amount };
    return ARC_OK;
}

static int same_side(const arci_bill *d, const arci_plan *plan)
{
    return arci_value_equal(&plan->row[ARCI_PLAN_CUSTOMER], arci_bill_value(d, ARC_INVOICE_CUSTOMER)) &&
           arci_value_equal(&plan->row[ARCI_PLAN_CURRENCY], arci_bill_value(d, ARC_INVOICE_CURRENCY));
}

/* A candidate that names an order or a delivery is for documents of that one alone. */
static int fits(const arci_bill *d, const candidate *c)
{
    int64_t order = ref_of(d, ARC_INVOICE_SALES_ORDER), delivery = ref_of(d, ARC_INVOICE_DELIVERY), contract = ref_of(d, ARC_INVOICE_CONTRACT);
    if (c->delivery && delivery) return c->delivery == delivery;
    if (c->order && order) return c->order == order;
    if (c->delivery || c->order) return contract && c->contract == contract && !order && !delivery;
    return contract && c->contract == contract;
}

static arc_status take_by_itself(arci_bills *b, uint32_t i)
{
    const arci_bill *d = &b->list[i];
    int64_t left = d->totals.gross;
    arc_status st = ARC_OK;
    for (uint32_t k = 0; k < b->uses->n_candidates && left && st == ARC_OK; k++) {
        candidate *c = &b->uses->candidates[k];
        if (c->plan->open <= 0 || !fits(d, c) || !same_side(d, c->plan)) continue;
        int64_t amount = c->plan->open < left ? c->plan->open : left;
        c->plan->open -= amount;
        left -= amount;
        st = add(b, i, c->plan, amount, 1);
    }
    return st;
}

static arc_status at_use(arci_bills *b, arc_status st, int64_t item)
{
    arci_fail_at(b->p->t->env, "item", NULL, item, -1);
    return st;
}

static arc_status take_one(arci_bills *b, uint32_t i, const arc_invoice_use *u, int64_t *sum)
{
    arci_env *env = b->p->t->env;
    const arci_bill *d = &b->list[i];
    char room[48], asked[48], currency[4] = { 0 };
    arci_plan *plan = arci_plan_find(b->uses->plans, b->uses->n_plans, u->item);
    memcpy(currency, arci_bill_value(d, ARC_INVOICE_CURRENCY)->u.s, 3);
    if (!plan) return at_use(b, arci_fail(env, ARC_E_REFERENCE, "there is no such item", "应收不存在"), u->item);
    if (u->amount.minor <= 0 || !same_side(d, plan) || memcmp(u->amount.currency, currency, 3) != 0) {
        return at_use(b, arci_fail(env, ARC_E_GUARD, "the item is another customer's or in another currency, or the amount is not positive", "应收属于其他客户或其他币种，或金额不为正数"), u->item);
    }
    int consumes = arci_item_counts(&plan->row[ARCI_PLAN_KIND]) != ARCI_COUNTS_OPEN;
    if (consumes ? d->covers : *sum && !d->covers) {
        return at_use(b, arci_fail(env, ARC_E_GUARD, "planned items and receivables are not invoiced by one document", "计划或暂估应收与已确认应收不能在同一张发票中开具"), u->item);
    }
    if (plan->open < u->amount.minor) {
        arci_fail(env, ARC_E_GUARD, "the item leaves %s to invoice, asked for are %s", "该应收待开票余额为 %s，要求开票 %s", arci_amount_text(room, plan->open, currency),
                  arci_amount_text(asked, u->amount.minor, currency));
        return at_use(b, ARC_E_GUARD, u->item);
    }
    plan->open -= u->amount.minor;
    *sum += u->amount.minor; /* at most what items have open, which are at most ARC_MONEY_MAX each and 1,000 */
    b->list[i].covers = !consumes;
    return add(b, i, plan, u->amount.minor, consumes);
}

static arc_status take_given(arci_bills *b, uint32_t i)
{
    arci_bill *d = &b->list[i];
    arc_invoice_use u = ARC_INVOICE_USE_INIT;
    int64_t sum = 0;
    uint32_t first = b->uses->n;
    const char *at = (const char *)d->uses;
    arc_status st = ARC_OK;
    d->covers = 0;
    for (uint32_t k = 0; k < d->n_uses && st == ARC_OK; k++, at += d->uses->struct_size) {
        st = arci_struct_in(b->p->t->env, &u, sizeof u, at);
        if (st == ARC_OK) st = take_one(b, i, &u, &sum);
    }
    if (st == ARC_OK && (d->covers ? sum != d->totals.gross : sum > d->totals.gross)) {
        st = arci_fail(b->p->t->env, ARC_E_GUARD, "what the document uses is not within its total", "所使用的应收金额与单据合计不符");
        arci_fail_at(b->p->t->env, "invoice", "gross_amount", 0, -1);
    }
    if (st == ARC_OK) return ARC_OK;
    for (uint32_t k = first; k < b->uses->n; k++) b->uses->list[k].plan->open += b->uses->list[k].amount;
    b->uses->n = first;
    return st;
}

arc_status arci_uses_uncovered(arci_posting *p, arci_plan *plans, uint32_t n_plans)
{
    const arci_shape *items, *covers;
    arc_value *ids = arci_arena_alloc(&p->arena, (n_plans + 1) * sizeof *ids), *rows;
    int64_t *raw = arci_arena_alloc(&p->arena, (n_plans + 1) * sizeof *raw);
    uint8_t *found;
    uint32_t n = 0;
    if (!ids || !raw) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < n_plans; k++) {
        if (!plans[k].row || arci_item_counts(&plans[k].row[ARCI_PLAN_KIND]) != ARCI_COUNTS_OPEN) continue;
        raw[n] = plans[k].id;
        ids[n++] = arci_v_int(plans[k].id);
    }
    if (!n) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &items, "item", "amount invoice");
    if (st == ARC_OK) st = arci_shape_get(p->t, &covers, "invoice_item", "item amount consumes");
    if (st == ARC_OK) st = arci_repo_get_many(p->t, items, raw, n, &p->arena, &rows, &found);
    for (uint32_t k = 0; k < n && st == ARC_OK; k++) {
        arci_plan *plan = arci_plan_find(plans, n_plans, raw[k]);
        plan->open = found[k] && rows[2 * k + 1].type == ARC_V_NULL ? rows[2 * k].u.i : 0; /* an invoice's own item has its tax invoice */
    }
    for (uint32_t from = 0; from < n && st == ARC_OK; from += AT_ONCE) {
        arci_where w;
        arci_rows list;
        arci_where_init(&w);
        arci_where_in(&w, covers->cols[0], ids + from, n - from < AT_ONCE ? n - from : AT_ONCE);
        st = arci_repo_find(p->t, covers, &w, NULL, 0, 0, &p->arena, &list);
        for (uint32_t r = 0; st == ARC_OK && r < list.n_rows; r++) {
            arci_plan *plan = arci_plan_find(plans, n_plans, list.values[3 * r].u.i);
            if (plan && !list.values[3 * r + 2].u.i) plan->open -= list.values[3 * r + 1].u.i;
        }
    }
    return st;
}

arc_status arci_uses_open(arci_bills *b)
{
    int any = 0, given = 0;
    for (uint32_t i = 0; i < b->p->n; i++) {
        const arci_bill *d = &b->list[i];
        if (!arci_bill_good(b, i)) continue;
        if (d->n_uses > ARCI_USES_MAX || (d->n_uses && !d->uses)) {
            arc_status st = arci_bill_judged(b, i, arci_fail(b->p->t->env, ARC_E_INVALID, "uses is NULL, or too many", "uses 为 NULL 或过多"));
            if (st != ARC_OK) return st;
            continue;
        }
        given |= d->n_uses != 0;
        any |= ref_of(d, ARC_INVOICE_CONTRACT) || ref_of(d, ARC_INVOICE_SALES_ORDER) || ref_of(d, ARC_INVOICE_DELIVERY);
    }
    b->uses = NULL;
    if (!any && !given) return ARC_OK;
    b->uses = arci_arena_calloc(&b->p->arena, 1, sizeof *b->uses);
    arc_status st = b->uses ? read_candidates(b, ARC_INVOICE_CONTRACT, 1) : arci_nomem(b->p->t->env);
    if (st == ARC_OK) st = read_candidates(b, ARC_INVOICE_SALES_ORDER, 2);
    if (st == ARC_OK) st = read_candidates(b, ARC_INVOICE_DELIVERY, 3);
    if (st == ARC_OK) st = read_plans(b);
    return st == ARC_OK && given ? arci_uses_uncovered(b->p, b->uses->plans, b->uses->n_plans) : st;
}

arc_status arci_uses_take(arci_bills *b, uint32_t i)
{
    if (!b->uses || !takes_part(b, i)) return ARC_OK;
    return b->list[i].n_uses ? take_given(b, i) : take_by_itself(b, i);
}

/* ---- writing --------------------------------------------------------------------------------------------------------------------------------- */

static arc_status write_one(arci_bills *b, const taken *k, arc_value *v)
{
    const arci_bill *d = &b->list[k->bill];
    const arc_value *since = &k->plan->row[ARCI_PLAN_SINCE];
    arc_date day = since->u.i > d->date ? (arc_date)since->u.i : d->date;
    v[0] = arci_v_int(d->id);
    v[1] = arci_v_int(k->plan->id);
    v[2] = k->plan->row[ARCI_PLAN_CURRENCY];
    v[3] = arci_v_int(k->amount);
    v[4] = arci_v_int(day);
    v[5] = arci_v_int(k->consumes);
    if (!k->consumes) return ARC_OK;
    k->plan->open -= k->amount;
    if (k->plan->latest == ARC_DATE_NONE || day > k->plan->latest) k->plan->latest = day;
    if (arci_item_counts(&k->plan->row[ARCI_PLAN_KIND]) != ARCI_COUNTS_ESTIMATED) return ARC_OK;
    char currency[4] = { 0 };
    memcpy(currency, v[2].u.s, 3);
    return arci_estimate_post(b->p, "invoice", d->id, day, k->plan->row[ARCI_PLAN_CUSTOMER].u.i, currency, -k->amount);
}

arc_status arci_uses_write(arci_bills *b)
{
    const arci_shape *shape;
    arci_batch *rows;
    arci_uses *x = b->uses;
    uint32_t n = 0;
    if (!x || !x->n) return ARC_OK;
    for (uint32_t k = 0; k < x->n_plans; k++) x->plans[k].open = x->plans[k].before; /* documents may have been refused since */
    arc_status st = arci_shape_get(b->p->t, &shape, "invoice_item", "invoice item currency amount effective_date consumes");
    if (st == ARC_OK) st = arci_batch_new(b->p->t, &b->p->arena, &rows, shape, ARC_WRITE_INSERT, x->n, ARCI_BATCH_UNCHECKED, NULL, 0);
    for (uint32_t k = 0; k < x->n && st == ARC_OK; k++) {
        if (arci_bill_good(b, x->list[k].bill) && b->list[x->list[k].bill].id) st = write_one(b, &x->list[k], arci_batch_row(rows, n++));
    }
    if (st != ARC_OK || !n) return st;
    rows->n_rows = n;
    st = arci_repo_write(b->p->t, &rows, 1, NULL);
    return st == ARC_OK ? arci_plans_write(b->p, x->plans, x->n_plans) : st;
}
