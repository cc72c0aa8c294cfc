/* SPDX-License-Identifier: Apache-2.0 */
/* Credit notes that are written settle what is open of their invoices: by due date, then by id. */
#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "billing/credit.h"
#include "ledger/parts.h"

typedef struct by_due {
    arc_date due;
    int64_t id, open;
} by_due;

/* Items without a due date come last. */
static int earlier(const void *x, const void *y)
{
    const by_due *a = x, *b = y;
    if (a->due != b->due) {
        if (a->due == ARC_DATE_NONE) return 1;
        return b->due == ARC_DATE_NONE || a->due < b->due ? -1 : 1;
    }
    return (a->id > b->id) - (a->id < b->id);
}

static int written(const arci_credits *c, uint32_t i) { return arci_posting_good(c->p, i) && c->bills.list[i].id && c->bills.list[i].n_items; }

/* Items of invoices that nothing was credited of are left alone. */
static arc_status open_sides(arci_credits *c, arci_allot *a)
{
    uint32_t n = 0, rows = 0;
    for (uint32_t k = 0; k < c->n_targets; k++) n += c->targets[k].n_items;
    int64_t *ids = arci_arena_alloc(&c->p->arena, ((size_t)n + c->p->n + 1) * sizeof *ids);
    if (!ids) return arci_nomem(c->p->t->env);
    n = 0;
    for (uint32_t k = 0; k < c->n_targets; k++) {
        const arci_credit_target *t = &c->targets[k];
        for (uint32_t r = 0; t->changed && r < t->n_items; r++) ids[n++] = c->items[t->first_item + r];
        if (t->changed) rows += t->n_items * t->n_notes;
    }
    for (uint32_t i = 0; i < c->p->n; i++) {
        if (written(c, i)) ids[n++] = c->bills.list[i].items[0].id;
    }
    return arci_allot_open(c->p, a, ids, n, NULL, 0, rows);
}

enum { GOODS, FREIGHT, CHARGES, SORTS }; /* tax is of whatever it is the tax of: a note to goods takes it with them */

/* What there is of goods with tax, of freight, of charges, without its sign. */
static arc_status sorts_of(arci_credits *c, const arc_value *json, const char *currency, int64_t *sums)
{
    arci_parts parts;
    arc_status st = arci_parts_read(c->p->t->env, &c->p->arena, &parts, json, currency);
    memset(sums, 0, SORTS * sizeof *sums);
    for (uint32_t k = 0; st == ARC_OK && k < parts.n; k++) {
        const char *kind = parts.part[k].kind;
        const int64_t amount = parts.part[k].amount;
        sums[!strcmp(kind, "freight") ? FREIGHT : !strcmp(kind, "charges") ? CHARGES : GOODS] += amount < 0 ? -amount : amount;
    }
    return st;
}

/* What of each item a note settles: freight first of what is freight of all instalments, and so on, each by due date; what is over of the note then goes by due date alone. */
static arc_status by_parts(arci_credits *c, const arci_allot *a, const arci_bill *d, const by_due *order, uint32_t n, int64_t *most)
{
    const char *currency = arci_bill_value(d, ARC_INVOICE_CURRENCY)->u.s;
    int64_t left[SORTS], open[SORTS];
    if (d->items[0].parts.type == ARC_V_NULL || n < 2) return ARC_OK;
    arc_status st = sorts_of(c, &d->items[0].parts, currency, left);
    for (uint32_t r = 0; r < n && st == ARC_OK; r++) {
        const arci_side *side = arci_sides_find(&a->items, order[r].id);
        st = sorts_of(c, &side->parts, currency, open);
        most[r] = 0;
        for (int k = 0; k < SORTS && st == ARC_OK; k++) {
            const int64_t some = left[k] < open[k] ? left[k] : open[k];
            left[k] -= some;
            most[r] += some;
        }
    }
    return st;
}

static arc_status settle(arci_credits *c, arci_allot *a, uint32_t i, by_due *order, int64_t *most)
{
    const arci_credit_target *t = c->of[i];
    const arci_bill *d = &c->bills.list[i];
    int64_t rest = -d->items[0].amount; /* without what it takes back of receivables that stand */
    uint32_t n = 0;
    for (uint32_t r = 0; r < t->n_items; r++) {
        const arci_side *side = arci_sides_find(&a->items, c->items[t->first_item + r]);
        if (side && side->real && side->left > 0 && side->since <= d->date) order[n++] = (by_due){ side->due, side->id, 0 };
    }
    qsort(order, n, sizeof *order, earlier);
    for (uint32_t r = 0; r < n; r++) most[r] = INT64_MAX;
    arc_status st = by_parts(c, a, d, order, n, most);
    for (uint32_t r = 0; r < n && st == ARC_OK; r++) {
        arc_date on; /* on its day and ever since */
        st = arci_side_least(c->p, &a->items, arci_sides_find(&a->items, order[r].id), d->date, a->earliest, &order[r].open, &on);
        if (order[r].open < 0) order[r].open = 0;
        if (most[r] > order[r].open) most[r] = order[r].open;
        if (most[r] > rest) most[r] = rest;
        rest -= most[r];
    }
    for (uint32_t r = 0; r < n && st == ARC_OK; r++) {
        const int64_t more = order[r].open - most[r] < rest ? order[r].open - most[r] : rest;
        const arci_allot_row row = { .date = d->date, .credit_item = d->items[0].id, .item = order[r].id, .amount = most[r] + more, .mode = "credit_note" };
        rest -= more;
        if (row.amount) st = arci_allot_add(a, &row);
    }
    return st;
}

static arc_status allocate(arci_credits *c)
{
    arci_allot a;
    uint32_t most = 1;
    for (uint32_t k = 0; k < c->n_targets; k++) most = c->targets[k].n_items > most ? c->targets[k].n_items : most;
    by_due *order = arci_arena_alloc(&c->p->arena, most * sizeof *order);
    int64_t *amounts = arci_arena_alloc(&c->p->arena, most * sizeof *amounts);
    if (!order || !amounts) return arci_nomem(c->p->t->env);
    arc_status st = open_sides(c, &a);
    for (uint32_t i = 0; i < c->p->n && st == ARC_OK; i++) {
        if (written(c, i)) st = settle(c, &a, i, order, amounts);
    }
    return st == ARC_OK ? arci_allot_write(&a) : st;
}

/* Of an invoice that advances paid in full the total is nothing from the start. */
static int lines_left(const arci_credits *c, const arci_credit_target *t)
{
    if (arci_credit_value(c->headers, t->row, ARC_INVOICE_GROSS_AMOUNT)->u.i) return 0;
    for (uint32_t k = 0; k < t->n_lines; k++) {
        if (t->lines[k].left.net || t->lines[k].left.tax || t->lines[k].left.gross) return 1;
    }
    return 0;
}

/* The version tells whoever looked at the invoice before that it was credited since; of a tax invoice the fapiao is red now. */
static arc_status statuses(arci_credits *c)
{
    const arci_shape *shape;
    arci_batch *b;
    uint32_t at = 0;
    arci_posting *p = c->p;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", "status tax_status");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, c->n_targets ? c->n_targets : 1, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t k = 0; k < c->n_targets && st == ARC_OK; k++) {
        const arci_credit_target *t = &c->targets[k];
        if (!t->changed || t->n_waiting || t->left.gross || t->left.net || t->left.tax || lines_left(c, t)) continue;
        const arc_value *tax = arci_credit_value(c->headers, t->row, ARC_INVOICE_TAX_STATUS);
        arc_value *v = arci_batch_row(b, at);
        arci_batch_key(b, at)[0] = arci_v_int(t->id);
        arci_batch_guard(b, at++)[0] = arci_v_int(t->version);
        v[0] = arci_v_text("credited", 8);
        v[1] = arci_code_is(tax, "issued") ? arci_v_text("red", 3) : *tax;
    }
    if (st != ARC_OK || !at) return st;
    b->n_rows = at;
    return arci_repo_write(p->t, &b, 1, NULL);
}

arc_status arci_credit_apply(arci_credits *c)
{
    arc_status st = allocate(c);
    return st == ARC_OK ? statuses(c) : st;
}
