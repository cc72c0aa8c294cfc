/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/checked.h"

#include <string.h>

#include "arcore/fields.h"
#include "billing/invoice.h"
#include "billing/uses.h"

/* ---- orders and deliveries --------------------------------------------------------------------------------------------------------- */

arc_status arci_orders_checked(arci_credit_run *run, arci_order_call *c)
{
    arci_posting *p = c->p;
    uint32_t n = 0;
    arc_status st = arci_credit_begin(run, p);
    if (st != ARC_OK || !run->on) return st;
    int64_t *customers = arci_arena_alloc(&p->arena, p->n * sizeof *customers);
    if (!customers) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (arci_order_good(c, i)) customers[n++] = c->rows[i][ARCI_ORDER_CUSTOMER].u.i;
    }
    return arci_credit_lock(run, customers, n);
}

/* What its lines are wanted on, where that is not at once. */
static arc_status wanted_days(arci_order_call *c, uint32_t i, arci_credit_ask *ask)
{
    const arci_shape *heads, *lines;
    arc_value *head, *rows;
    uint8_t *found;
    arci_posting *p = c->p;
    const uint32_t n = c->count[i];
    int64_t *ids = arci_arena_alloc(&p->arena, (n + 1u) * sizeof *ids);
    arci_due_day *days = arci_arena_alloc(&p->arena, (n + 1u) * sizeof *days);
    if (!ids || !days) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < n; k++) ids[k] = arci_order_line(c, c->first[i] + k)[ARCI_OLINE_ID].u.i;
    arc_status st = arci_shape_get(p->t, &heads, "sales_order", "wanted_on");
    if (st == ARC_OK) st = arci_shape_get(p->t, &lines, "order_line", "wanted_on");
    if (st == ARC_OK) st = arci_repo_get(p->t, heads, c->list[i].id, &p->arena, &head);
    if (st == ARC_OK && n) st = arci_repo_get_many(p->t, lines, ids, n, &p->arena, &rows, &found);
    ask->days = days;
    for (uint32_t k = 0; st == ARC_OK && k < n; k++) {
        const arc_value *on = rows[k].type == ARC_V_INT ? &rows[k] : head;
        if (on->type == ARC_V_INT) days[ask->n_days++] = (arci_due_day){ (arc_date)on->u.i, arci_order_line(c, c->first[i] + k)[ARCI_OLINE_AMOUNT].u.i };
    }
    return st;
}

/* What is planned on the contracts of its lines, else on its own, is counted as far as it goes beyond them. */
static arc_status of_contracts(arci_order_call *c, uint32_t i, arci_credit_ask *ask)
{
    const arc_value *own = &c->rows[i][ARCI_ORDER_CONTRACT];
    arci_credit_taken *taken = arci_arena_alloc(&c->p->arena, (c->count[i] + 1u) * sizeof *taken);
    if (!taken) return arci_nomem(c->p->t->env);
    ask->taken = taken;
    for (uint32_t k = c->first[i]; k < c->first[i] + c->count[i]; k++) {
        const arc_value *l = arci_order_line(c, k), *of = l[ARCI_OLINE_CONTRACT].type == ARC_V_INT ? &l[ARCI_OLINE_CONTRACT] : own;
        if (of->type != ARC_V_INT) continue;
        taken[ask->n_taken] = (arci_credit_taken){ 0, l[ARCI_OLINE_AMOUNT].u.i, of->u.i, ask->customer, "" };
        memcpy(taken[ask->n_taken++].currency, ask->currency, 3);
    }
    return ARC_OK;
}

/* A draft that is held becomes another version; one that was held stays as it is. */
arc_status arci_order_checked(arci_credit_run *run, arci_order_call *c, uint32_t i, int64_t amount, int *held)
{
    const arc_value *v = c->rows[i];
    arci_credit_ask ask;
    *held = 0;
    if (!run->on) return ARC_OK;
    memset(&ask, 0, sizeof ask);
    ask.entity = "sales_order";
    ask.row = c->list[i].id;
    ask.version = v[ARCI_ORDER_VERSION].u.i + (arci_code_is(&v[ARCI_ORDER_STATUS], "held") ? 0 : 1);
    ask.customer = v[ARCI_ORDER_CUSTOMER].u.i;
    ask.moment = ARCI_AT_ORDER;
    ask.amount = ask.adds = amount;
    memcpy(ask.currency, v[ARCI_ORDER_CURRENCY].u.s, 3);
    arc_status st = of_contracts(c, i, &ask);
    if (st == ARC_OK) st = wanted_days(c, i, &ask);
    return st == ARC_OK ? arci_credit_document(run, i, &ask, held) : st;
}

arc_status arci_orders_held(arci_order_call *c, const uint8_t *held)
{
    arci_posting *p = c->p;
    const arci_shape *shape;
    arci_batch *b = NULL;
    uint32_t at = 0;
    arc_status st = arci_shape_get(p->t, &shape, "sales_order", "status");
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        if (!held[i] || arci_code_is(&c->rows[i][ARCI_ORDER_STATUS], "held")) continue;
        if (!b) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, p->n, ARCI_BATCH_VERSION, NULL, 0);
        if (st != ARC_OK) return st;
        *arci_batch_key(b, at) = c->rows[i][ARCI_ORDER_ID];
        *arci_batch_guard(b, at) = c->rows[i][ARCI_ORDER_VERSION];
        *arci_batch_row(b, at++) = arci_v_text("held", 4);
    }
    if (st != ARC_OK || !at) return st;
    b->n_rows = at;
    return arci_repo_write(p->t, &b, 1, NULL);
}

/* What is of an order is counted there. */
arc_status arci_delivery_checked(arci_credit_run *run, arci_order_call *c, uint32_t i, int *held)
{
    arci_credit_ask ask;
    *held = 0;
    if (!run->on) return ARC_OK;
    memset(&ask, 0, sizeof ask);
    ask.entity = "delivery";
    ask.row = c->list[i].id;
    ask.version = c->rows[i][ARCI_ORDER_VERSION].u.i;
    ask.customer = c->rows[i][ARCI_ORDER_CUSTOMER].u.i;
    ask.moment = ARCI_AT_DELIVERY;
    for (uint32_t k = c->first[i]; k < c->first[i] + c->count[i]; k++) {
        const arc_value *l = arci_order_line(c, k);
        memcpy(ask.currency, l[ARCI_OLINE_CURRENCY].u.s, 3);
        if (arci_add64(ask.amount, l[ARCI_OLINE_AMOUNT].u.i, &ask.amount) || (l[ARCI_OLINE_OF].type != ARC_V_INT && arci_add64(ask.adds, l[ARCI_OLINE_AMOUNT].u.i, &ask.adds))) {
            return arci_fail(c->p->t->env, ARC_E_OVERFLOW, "the delivery is too large", "发货金额超出范围");
        }
    }
    return ask.currency[0] ? arci_credit_document(run, i, &ask, held) : ARC_OK;
}

/* ---- invoices ------------------------------------------------------------------------------------------------------------------------ */

/* Line k is of an order or a delivery. Of a draft nobody has looked up its parents; a discount is of what its line is. */
static int of_chain(const arci_bill *d, uint32_t k)
{
    if (d->line_parents) return d->line_parents[k].order_line.type == ARC_V_INT || d->line_parents[k].delivery_line.type == ARC_V_INT;
    if (k && d->amounts[k].discount_of == k) return of_chain(d, k - 1);
    return arci_record_value(d->lines[k], ARC_INVOICE_LINE_ORDER_LINE)->type == ARC_V_INT || arci_record_value(d->lines[k], ARC_INVOICE_LINE_DELIVERY_LINE)->type == ARC_V_INT;
}

int64_t arci_bill_own(const arci_bill *d)
{
    int64_t left = d->totals.gross;
    if (arci_bill_or_parent(d, ARC_INVOICE_SALES_ORDER)->type == ARC_V_INT || arci_bill_or_parent(d, ARC_INVOICE_DELIVERY)->type == ARC_V_INT) return 0;
    for (uint32_t k = 0; k < d->n_lines; k++) left -= of_chain(d, k) ? d->amounts[k].gross : 0;
    return left > 0 ? left : 0;
}

/* Nor what it is the tax invoice of. What it consumes of plans and estimates is told apart: they are counted less it. */
static int64_t adds(const arci_bill *d)
{
    const int64_t left = arci_bill_own(d) - d->covered;
    return left > 0 ? left : 0;
}

static int is_checked(const arci_bills *b, uint32_t i)
{
    const arci_bill *d = &b->list[i];
    return arci_bill_good(b, i) && d->totals.gross > 0 && !d->is_advance && strcmp(d->kind ? d->kind : "", "proforma") != 0;
}

arc_status arci_bills_checked(arci_bills *b)
{
    arci_posting *p = b->p;
    uint32_t n = 0;
    if (b->drafting || b->told) return ARC_OK;
    arci_credit_run *run = arci_arena_alloc(&p->arena, sizeof *run);
    arc_status st = run ? arci_credit_begin(run, p) : arci_nomem(p->t->env);
    if (st != ARC_OK || !run->on) return st;
    b->credit = run;
    int64_t *customers = arci_arena_alloc(&p->arena, p->n * sizeof *customers);
    if (!customers) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (is_checked(b, i)) customers[n++] = arci_bill_value(&b->list[i], ARC_INVOICE_CUSTOMER)->u.i;
    }
    st = arci_credit_lock(run, customers, n);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        const arci_bill *d = &b->list[i];
        arci_credit_ask ask;
        int held;
        if (!is_checked(b, i)) continue;
        memset(&ask, 0, sizeof ask);
        ask.entity = d->draft ? "invoice" : NULL;
        ask.row = d->draft;
        ask.version = d->version;
        ask.customer = arci_bill_value(d, ARC_INVOICE_CUSTOMER)->u.i;
        ask.moment = ARCI_AT_INVOICE;
            ask.amount = d->totals.gross;
        ask.adds = adds(d);
        memcpy(ask.currency, arci_bill_value(d, ARC_INVOICE_CURRENCY)->u.s, 3);
        st = arci_uses_consumed(b, i, &ask.taken, &ask.n_taken);
        if (st == ARC_OK) st = arci_credit_document(run, i, &ask, &held);
    }
    return st;
}

arc_status arci_bills_warned(arci_bills *b)
{
    int64_t *ids = b->credit && b->credit->n_warned ? arci_arena_alloc(&b->p->arena, b->p->n * sizeof *ids) : NULL;
    if (!b->credit || !b->credit->n_warned) return ARC_OK;
    if (!ids) return arci_nomem(b->p->t->env);
    for (uint32_t i = 0; i < b->p->n; i++) ids[i] = b->list[i].id;
    return arci_credit_warned(b->credit, ids);
}
