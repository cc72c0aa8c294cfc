/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/computed.h"

#include <string.h>

#include "arcore/decimal.h"
#include "arcore/fields.h"
#include "base/num.h"
#include "billing/chain.h"
#include "ledger/computed.h"
#include "store/access.h"
#include "value/wide.h"

static arc_status overflow(arci_txn *t, const char *entity, int64_t id)
{
    arc_status st = arci_fail(t->env, ARC_E_OVERFLOW, "a sum is too large", "合计超出范围");
    arci_fail_at(t->env, entity, NULL, id, -1);
    return st;
}

static int64_t *column(arci_arena *arena, const arci_ints *rows, uint32_t at)
{
    int64_t *ids = arci_arena_alloc(arena, (rows->n + 1u) * sizeof *ids);
    for (uint32_t i = 0; ids && i < rows->n; i++) ids[i] = rows->v[(size_t)i * rows->width + at];
    return ids;
}

/* ---- items of documents --------------------------------------------------------------------------------------------------------------- */

enum { O_INVOICE, O_ITEM, O_WIDTH };

/* The items some documents made, by document and number, and what they come to. */
typedef struct owned {
    arci_ints rows; /* O_* */
    int64_t *items; /* ascending */
    uint32_t n;
    arci_item_figures *figures; /* of items[] */
} owned;

static arc_status read_owned(arci_txn *t, arci_arena *arena, owned *x, const int64_t *invoices, uint32_t n, arc_date as_of)
{
    const arci_shape *shape;
    const arci_ints none = { t, arena, O_WIDTH, 0, 0, NULL };
    x->rows = none;
    arc_status st = arci_shape_get(t, &shape, "item", "invoice id seq");
    if (st != ARC_OK) return st;
    const arc_order order[2] = { { shape->cols[0], 0 }, { shape->cols[2], 0 } };
    st = arci_find_in(t, arena, shape, shape->cols[0], invoices, n, NULL, order, 2, arci_take_ints, &x->rows);
    if (st != ARC_OK) return st;
    x->items = column(arena, &x->rows, O_ITEM);
    x->figures = arci_arena_alloc(arena, (x->rows.n + 1u) * sizeof *x->figures);
    if (!x->items || !x->figures) return arci_nomem(t->env);
    x->n = arci_id_sort(x->items, x->rows.n);
    return arci_item_figures_read(t, arena, x->figures, x->items, x->n, as_of);
}

static const arci_item_figures *figures_of(const owned *x, int64_t item) { return &x->figures[arci_id_place(x->items, x->n, item)]; }

/* Sums of what each document's items come to; the rest of them stays as zeroes. */
static arc_status sum_owned(arci_txn *t, const owned *x, arci_item_figures *sums, const int64_t *invoices, uint32_t n)
{
    arc_status st = ARC_OK;
    memset(sums, 0, n * sizeof *sums);
    for (uint32_t r = 0; r < x->rows.n && st == ARC_OK; r++) {
        const int64_t *row = x->rows.v + (size_t)r * O_WIDTH;
        const arci_item_figures *f = figures_of(x, row[O_ITEM]);
        if (f->stands) st = arci_item_figures_add(t->env, &sums[arci_id_place(invoices, n, row[O_INVOICE])], f);
    }
    return st;
}

/* Sums of invoice_item by two of its columns (the first is one of the ids). */
static arc_status read_uses(arci_txn *t, arci_arena *arena, arci_ints *out, const char *by, const char *also, const int64_t *ids, uint32_t n, int consumes, arc_date as_of)
{
    const arci_entity *e = arci_entity_by_name("invoice_item", 12);
    const arc_group groups[2] = { { arci_col(e, by), ARC_GROUP_VALUE, 0, NULL }, { arci_col(e, also), ARC_GROUP_VALUE, 0, NULL } };
    const arc_measure sum = { ARC_MEASURE_SUM, arci_col(e, "amount") };
    const arci_ints none = { t, arena, 3, 0, 0, NULL };
    arci_where w;
    *out = none;
    arci_where_init(&w);
    arci_where_int(&w, arci_col(e, "consumes"), ARC_OP_EQ, consumes);
    if (as_of != ARC_DATE_NONE) arci_where_int(&w, arci_col(e, "effective_date"), ARC_OP_LE, as_of);
    return arci_sum_in(t, arena, e, groups, 2, &sum, 1, ids, n, &w, arci_take_ints, out);
}

/* ---- invoices ---------------------------------------------------------------------------------------------------------------------------- */

typedef struct documents {
    arci_compute *c;
    owned own;
    arci_ints attached; /* invoice, item, amount; by invoice */
    arci_item_figures *sums;
    const arc_value *rows; /* status, gross amount */
    const uint8_t *found;
    int64_t *all; /* items of all, ascending */
    uint8_t *seen;
    uint32_t n_all;
} documents;

/* Which of the items the actor sees. */
static arc_status see_items(documents *x)
{
    arci_txn *t = x->c->t;
    const arci_entity *e = arci_entity_by_name("item", 4);
    const uint32_t n = x->own.n + x->attached.n;
    x->all = arci_arena_alloc(x->c->arena, (n + 1u) * sizeof *x->all);
    x->seen = arci_arena_calloc(x->c->arena, n + 1u, 1);
    if (!x->all || !x->seen) return arci_nomem(t->env);
    if (x->own.n) memcpy(x->all, x->own.items, x->own.n * sizeof *x->all);
    for (uint32_t i = 0; i < x->attached.n; i++) x->all[x->own.n + i] = x->attached.v[3 * (size_t)i + 1];
    x->n_all = arci_id_sort(x->all, n);
    if (!arci_access_may(t->session, &arci_verbs[ARCI_DO_READ], e)) return ARC_OK;
    return x->n_all ? arci_scope_rows(t, x->c->arena, e, arci_access_scope(t->session, &arci_verbs[ARCI_DO_READ], e), x->all, x->n_all, x->seen) : ARC_OK;
}

static int sees(const documents *x, int64_t item) { return x->seen[arci_id_place(x->all, x->n_all, item)]; }

/* Ids of document i's items from the rows at *own and *also on, which are moved behind them; *covered: what it is attached to. */
static arc_status put_items(documents *x, uint32_t i, uint32_t *own, uint32_t *also, int64_t *covered)
{
    const int64_t id = x->c->ids[i];
    int64_t *list = arci_arena_alloc(x->c->arena, (x->own.rows.n + x->attached.n + 1u) * sizeof *list);
    uint32_t n = 0;
    *covered = 0;
    if (!list) return arci_nomem(x->c->t->env);
    for (; *own < x->own.rows.n && x->own.rows.v[(size_t)*own * O_WIDTH] == id; ++*own) {
        const int64_t item = x->own.rows.v[(size_t)*own * O_WIDTH + O_ITEM];
        if (figures_of(&x->own, item)->stands && sees(x, item)) list[n++] = item;
    }
    for (; *also < x->attached.n && x->attached.v[3 * (size_t)*also] == id; ++*also) {
        const int64_t *row = x->attached.v + 3 * (size_t)*also;
        if (arci_add64(*covered, row[2], covered)) return overflow(x->c->t, "invoice", id);
        if (row[2] && sees(x, row[1])) list[n++] = row[1];
    }
    return n ? arci_compute_list(x->c, arci_compute_at(x->c, i, ARC_INVOICE_ITEMS), list, n) : ARC_OK;
}

enum { D_STATUS, D_GROSS };

static arc_status put_document(documents *x, uint32_t i, uint32_t *own, uint32_t *also)
{
    const arci_compute *c = x->c;
    const arc_value *v = x->rows + 2 * (size_t)i;
    const arci_item_figures *sum = &x->sums[i];
    int64_t covered, difference = v[D_GROSS].u.i;
    arc_status st = put_items(x, i, own, also, &covered);
    if (st != ARC_OK) return st;
    if (sum->stands) {
        const char *code = arci_item_settlement(sum);
        *arci_compute_at(c, i, ARC_INVOICE_OPEN) = arci_v_int(sum->open);
        if (code) *arci_compute_at(c, i, ARC_INVOICE_SETTLEMENT) = arci_v_text(code, strlen(code));
    }
    if ((!sum->stands && !covered) || arci_code_is(&v[D_STATUS], "voided")) return ARC_OK;
    if (arci_add64(difference, -sum->amount, &difference) || arci_add64(difference, -covered, &difference)) return overflow(c->t, "invoice", c->ids[i]);
    *arci_compute_at(c, i, ARC_INVOICE_DIFFERENCE) = arci_v_int(difference);
    return ARC_OK;
}

static arc_status fill_invoices(arci_compute *c)
{
    const arci_shape *shape;
    arc_value *rows = NULL;
    uint8_t *found = NULL;
    documents x;
    uint32_t own = 0, also = 0;
    memset(&x, 0, sizeof x);
    x.c = c;
    x.sums = arci_arena_alloc(c->arena, c->n * sizeof *x.sums);
    arc_status st = x.sums ? arci_shape_get(c->t, &shape, "invoice", "status gross_amount") : arci_nomem(c->t->env);
    if (st == ARC_OK) st = arci_repo_get_many(c->t, shape, c->ids, c->n, c->arena, &rows, &found);
    if (st == ARC_OK) st = read_owned(c->t, c->arena, &x.own, c->ids, c->n, c->as_of);
    if (st == ARC_OK) st = sum_owned(c->t, &x.own, x.sums, c->ids, c->n);
    if (st == ARC_OK) st = read_uses(c->t, c->arena, &x.attached, "invoice", "item", c->ids, c->n, 0, c->as_of);
    if (st == ARC_OK) st = see_items(&x);
    x.rows = rows;
    x.found = found;
    for (uint32_t i = 0; i < c->n && st == ARC_OK; i++) {
        if (found[i]) st = put_document(&x, i, &own, &also);
    }
    return st;
}

/* ---- contracts ------------------------------------------------------------------------------------------------------------------------------ */

static arc_status fill_contracts(arci_compute *c)
{
    arci_contract *list;
    uint32_t n;
    int64_t *ids = arci_arena_alloc(c->arena, c->n * sizeof *ids);
    if (!ids) return arci_nomem(c->t->env);
    memcpy(ids, c->ids, c->n * sizeof *ids);
    arc_status st = arci_contracts_read(c->t, c->arena, ids, c->n, 0, &list, &n);
    if (st == ARC_OK && c->as_of != ARC_DATE_NONE) st = arci_contracts_as_of(c->t, c->arena, list, ids, n, c->as_of);
    for (uint32_t i = 0; st == ARC_OK && i < c->n; i++) {
        const arci_contract *k = arci_contract_find(list, n, c->ids[i]);
        if (!k || !k->row) continue;
        *arci_compute_at(c, i, ARC_CONTRACT_ISSUED) = arci_v_int(k->issued);
        if (k->limited) *arci_compute_at(c, i, ARC_CONTRACT_HEADROOM) = arci_v_int(arci_contract_room(k->limit, k->issued, k->over));
    }
    return st;
}

/* ---- milestones: what was received of their items, and of the documents that took these over ------------------------------------------------ */

typedef struct steps {
    arci_compute *c;
    int64_t *item_of; /* by milestone; 0: none */
    int64_t *items;   /* ascending */
    uint32_t n_items, n_invoices;
    arci_item_figures *figures, *sums;
    arci_ints uses; /* item, invoice, amount */
    int64_t *invoices;
} steps;

static arc_status read_steps(steps *x)
{
    arci_compute *c = x->c;
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    arc_status st = arci_shape_get(c->t, &shape, "milestone", "item");
    if (st == ARC_OK) st = arci_repo_get_many(c->t, shape, c->ids, c->n, c->arena, &rows, &found);
    if (st != ARC_OK) return st;
    x->item_of = arci_arena_calloc(c->arena, c->n, sizeof *x->item_of);
    x->items = arci_arena_alloc(c->arena, c->n * sizeof *x->items);
    x->figures = arci_arena_alloc(c->arena, c->n * sizeof *x->figures);
    if (!x->item_of || !x->items || !x->figures) return arci_nomem(c->t->env);
    for (uint32_t i = 0; i < c->n; i++) x->items[i] = x->item_of[i] = found[i] && rows[i].type == ARC_V_INT ? rows[i].u.i : 0;
    x->n_items = arci_id_sort(x->items, c->n);
    return arci_item_figures_read(c->t, c->arena, x->figures, x->items, x->n_items, c->as_of);
}

static arc_status read_documents(steps *x)
{
    arci_compute *c = x->c;
    owned own;
    arc_status st = read_uses(c->t, c->arena, &x->uses, "item", "invoice", x->items, x->n_items, 1, c->as_of);
    if (st != ARC_OK) return st;
    x->invoices = column(c->arena, &x->uses, 1);
    x->sums = arci_arena_alloc(c->arena, (x->uses.n + 1u) * sizeof *x->sums);
    if (!x->invoices || !x->sums) return arci_nomem(c->t->env);
    x->n_invoices = arci_id_sort(x->invoices, x->uses.n);
    st = read_owned(c->t, c->arena, &own, x->invoices, x->n_invoices, c->as_of);
    return st == ARC_OK ? sum_owned(c->t, &own, x->sums, x->invoices, x->n_invoices) : st;
}

static uint64_t magnitude(int64_t v) { return v < 0 ? 0 - (uint64_t)v : (uint64_t)v; }

/* The part of what a document received that falls on what it took over: all of it where it took over nothing else. */
static int64_t share(const arci_item_figures *sum, int64_t used)
{
    if (!sum->stands || !sum->amount || !used) return 0;
    if (sum->amount < 0 ? used <= sum->amount : used >= sum->amount) return sum->received;
    const arci_ratio part = { { magnitude(sum->received), magnitude(used), 1 }, { magnitude(sum->amount), 1 }, 0, (sum->received < 0) != ((used < 0) != (sum->amount < 0)) };
    int64_t out = 0;
    (void)arci_ratio_round(&out, &part, ARC_ROUND_DOWN); /* |used| < |amount|: within what was received */
    return out;
}

static arc_status fill_milestones(arci_compute *c)
{
    steps x;
    memset(&x, 0, sizeof x);
    x.c = c;
    arc_status st = read_steps(&x);
    if (st == ARC_OK) st = read_documents(&x);
    for (uint32_t r = 0; st == ARC_OK && r < x.uses.n; r++) {
        const int64_t *row = x.uses.v + 3 * (size_t)r;
        arci_item_figures *f = &x.figures[arci_id_place(x.items, x.n_items, row[0])];
        if (arci_add64(f->received, share(&x.sums[arci_id_place(x.invoices, x.n_invoices, row[1])], row[2]), &f->received)) st = overflow(c->t, "item", row[0]);
    }
    for (uint32_t i = 0; st == ARC_OK && i < c->n; i++) {
        const arci_item_figures *f = x.item_of[i] ? &x.figures[arci_id_place(x.items, x.n_items, x.item_of[i])] : NULL;
        if (!f || !f->stands) continue;
        if (f->due_date != ARC_DATE_NONE) *arci_compute_at(c, i, ARC_MILESTONE_DUE_DATE) = arci_v_int(f->due_date);
        *arci_compute_at(c, i, ARC_MILESTONE_RECEIVED) = arci_v_int(f->received);
    }
    return st;
}

/* ---- orders -------------------------------------------------------------------------------------------------------------------------------------- */

typedef struct orders {
    arci_compute *c;
    const arc_value *rows; /* tax included, by order */
} orders;

static arc_status more(const orders *x, uint32_t i, uint32_t field, int64_t by)
{
    arc_value *v = arci_compute_at(x->c, i, field);
    int64_t sum = v->type == ARC_V_INT ? v->u.i : 0;
    if (arci_add64(sum, by, &sum)) return overflow(x->c->t, "sales_order", x->c->ids[i]);
    *v = arci_v_int(sum);
    return ARC_OK;
}

/* order, amount, discount, tax rate: amounts are inclusive of tax, discounts as the order's prices are. */
static arc_status take_line(void *user, const arc_value *v)
{
    const orders *x = user;
    const uint32_t i = arci_compute_place(x->c, v[0].u.i);
    int64_t discount = v[2].type == ARC_V_INT ? v[2].u.i : 0;
    if (x->rows[i].type == ARC_V_INT && !x->rows[i].u.i && v[3].type == ARC_V_INT) {
        const arci_ratio with = { { magnitude(discount), (uint64_t)(10000 + v[3].u.i), 1 }, { 10000, 1 }, 0, discount < 0 };
        if (arci_ratio_round(&discount, &with, ARC_ROUND_HALF_UP) != ARC_OK) return overflow(x->c->t, "sales_order", x->c->ids[i]);
    }
    arc_status st = more(x, i, ARC_SALES_ORDER_RECEIVABLE, v[1].u.i);
    if (st == ARC_OK) st = more(x, i, ARC_SALES_ORDER_DISCOUNT, discount);
    if (st == ARC_OK) st = more(x, i, ARC_SALES_ORDER_GROSS_AMOUNT, v[1].u.i);
    return st == ARC_OK ? more(x, i, ARC_SALES_ORDER_GROSS_AMOUNT, discount) : st;
}

static arc_status fill_orders(arci_compute *c)
{
    const arci_shape *heads, *lines;
    arc_value *rows;
    uint8_t *found;
    arc_status st = arci_shape_get(c->t, &heads, "sales_order", "tax_included");
    if (st == ARC_OK) st = arci_shape_get(c->t, &lines, "order_line", "sales_order amount discount tax_rate");
    if (st == ARC_OK) st = arci_repo_get_many(c->t, heads, c->ids, c->n, c->arena, &rows, &found);
    if (st != ARC_OK) return st;
    orders x = { c, rows };
    return arci_find_in(c->t, c->arena, lines, lines->cols[0], c->ids, c->n, NULL, NULL, 0, take_line, &x);
}

static const arci_computed_entity entities[] = {
    { "invoice", fill_invoices }, { "contract", fill_contracts }, { "milestone", fill_milestones }, { "sales_order", fill_orders }, { NULL, NULL },
};
static const arci_computed_field fields[] = {
    { "invoice", "items", "item" },
    { "invoice", "open", "invoice.gross_amount item.amount item_state.open" },
    { "invoice", "settlement", "item_state.open" },
    { "invoice", "difference", "invoice.gross_amount item.amount invoice_item.amount" },
    { "contract", "issued", "contract.amount" },
    { "contract", "headroom", "contract.amount" },
    { "milestone", "due_date", "item_state.due_date" },
    { "milestone", "received", "milestone.amount allocation.amount" },
    { "sales_order", "gross_amount", "order_line.amount order_line.discount" },
    { "sales_order", "discount", "order_line.discount" },
    { "sales_order", "receivable", "order_line.amount" },
    { NULL, NULL, NULL },
};
const arci_computing arci_billing_computing = { entities, fields };
