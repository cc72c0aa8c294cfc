/* SPDX-License-Identifier: Apache-2.0 */
/* What statements of account are made of: the items, receipts and allocations of some customers, as movements. However many customers: a few reads each some hundred. */
#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "ledger/items.h"
#include "ledger/statement.h"
#include "store/access.h"

enum { AT_ONCE = 500 };

arc_status arci_statement_add(arci_gathering *g, arci_statement_part *of, uint32_t entity, int64_t id, const char *kind, const char *number, arc_date date, arc_date due, int64_t amount)
{
    if (!amount || date > g->asked->to) return ARC_OK;
    if (of->n == of->cap) {
        uint32_t cap = of->cap ? of->cap * 2 : 64;
        arc_statement_row *rows = cap > of->cap ? arci_arena_alloc(&g->work, cap * sizeof *rows) : NULL;
        if (!rows) return arci_nomem(g->t->env);
        if (of->n) memcpy(rows, of->rows, of->n * sizeof *rows);
        of->rows = rows;
        of->cap = cap;
    }
    arc_statement_row *r = &of->rows[of->n++];
    arc_statement_row_init(r);
    r->entity = entity;
    r->id = id;
    r->kind = kind;
    r->number = number;
    r->date = date;
    r->due = due;
    r->debit = amount > 0 ? amount : 0;
    r->credit = amount < 0 ? -amount : 0; /* within ARC_MONEY_MAX */
    return ARC_OK;
}

static arc_date date_of(const arc_value *v) { return v->type == ARC_V_INT ? (arc_date)v->u.i : ARC_DATE_NONE; }
static int64_t int_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

static const char *text_of(arci_statement_part *of, const arc_value *v)
{
    return v->type == ARC_V_TEXT ? arci_arena_strndup(&of->s->arena, v->u.s, v->len) : "";
}

/* The static text of a code. */
static const char *code_of(const char *list, const arc_value *v)
{
    const arci_code_list *l = arci_code_list_get(list);
    for (uint32_t i = 0; l && l->codes[i]; i++) {
        if (strlen(l->codes[i]) == v->len && memcmp(l->codes[i], v->u.s, v->len) == 0) return l->codes[i];
    }
    return "";
}

static arci_statement_part *part_of(arci_gathering *g, int64_t customer)
{
    uint32_t low = 0, high = g->n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (g->parts[mid].s->info.customer < customer) low = mid + 1;
        else high = mid;
    }
    return low < g->n && g->parts[low].s->info.customer == customer ? &g->parts[low] : NULL;
}

static int unknown(const arci_gathering *g, uint16_t entity, int64_t id) { return g->known_at && !arci_known_has(&g->known, entity, id); }

static arc_status add_document(arci_gathering *g, arci_statement_docs *d, const arci_statement_doc *one)
{
    if (!one->number) return arci_nomem(g->t->env);
    if (d->n == d->cap) {
        uint32_t cap = d->cap ? d->cap * 2 : 64;
        arci_statement_doc *all = cap > d->cap ? arci_arena_alloc(&g->work, cap * sizeof *all) : NULL;
        if (!all) return arci_nomem(g->t->env);
        if (d->n) memcpy(all, d->all, d->n * sizeof *all);
        d->all = all;
        d->cap = cap;
    }
    d->all[d->n++] = *one;
    return ARC_OK;
}

/* Documents the actor may not see would be missing: there is no statement of their customers. */
static arc_status all_seen(arci_gathering *g, const char *entity, const arci_statement_docs *d)
{
    const arci_entity *e = arci_entity_by_name(entity, strlen(entity));
    const arci_row_scope *scope = arci_access_scope(g->t->session, &arci_verbs[ARCI_DO_READ], e);
    if (!scope || !d->n) return ARC_OK;
    int64_t *ids = arci_arena_alloc(&g->work, d->n * sizeof *ids);
    uint8_t *seen = arci_arena_alloc(&g->work, d->n);
    if (!ids || !seen) return arci_nomem(g->t->env);
    for (uint32_t i = 0; i < d->n; i++) ids[i] = d->all[i].id;
    arc_status st = arci_scope_rows(g->t, &g->work, e, scope, ids, d->n, seen);
    for (uint32_t i = 0; st == ARC_OK && i < d->n; i++) {
        if (!seen[i] && d->all[i].of->s->status == ARC_OK) d->all[i].of->s->status = ARC_E_FORBIDDEN;
    }
    return st;
}

/* Customers from..from + n of those asked for, as values. */
static uint32_t some_customers(const arci_gathering *g, uint32_t from, arc_value ids[AT_ONCE])
{
    uint32_t n = g->n - from < AT_ONCE ? g->n - from : AT_ONCE;
    for (uint32_t i = 0; i < n; i++) ids[i] = arci_v_int(g->parts[from + i].s->info.customer);
    return n;
}

static int by_id(const void *x, const void *y)
{
    const arci_statement_doc *a = x, *b = y;
    return a->id != b->id ? (a->id > b->id) - (a->id < b->id) : (a->date > b->date) - (a->date < b->date);
}

/* ---- items ----------------------------------------------------------------------------------------------------------------- */

static const char item_fields[] = "id kind number business_date due_date amount customer currency";
enum { I_ID, I_KIND, I_NUMBER, I_DATE, I_DUE, I_AMOUNT, I_CUSTOMER, I_CURRENCY };

static arc_status take_items(arci_gathering *g, const arci_rows *rows)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < rows->n_rows; i++) {
        const arc_value *v = rows->values + (size_t)i * rows->n_cols;
        arci_statement_part *of = part_of(g, v[I_CUSTOMER].u.i);
        if (!of || arci_item_counts(&v[I_KIND]) != ARCI_COUNTS_OPEN || unknown(g, ARC_ITEM, v[I_ID].u.i)) continue;
        const arci_statement_doc d = { .id = v[I_ID].u.i, .amount = v[I_AMOUNT].u.i, .of = of, .date = date_of(&v[I_DATE]), .due = date_of(&v[I_DUE]), .kind = code_of("item_kind", &v[I_KIND]),
                                       .number = text_of(of, &v[I_NUMBER]) };
        st = add_document(g, &g->items, &d);
        if (st == ARC_OK) st = arci_statement_add(g, of, ARC_ITEM, d.id, d.kind, d.number, d.date, d.due, d.amount);
    }
    return st;
}

static arc_status read_items(arci_gathering *g)
{
    const arci_shape *shape;
    arc_value ids[AT_ONCE];
    arc_status st = arci_shape_get(g->t, &shape, "item", item_fields);
    for (uint32_t from = 0; st == ARC_OK && from < g->n; from += AT_ONCE) {
        arci_where w;
        arci_rows rows;
        uint32_t n = some_customers(g, from, ids);
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[I_CUSTOMER], ids, n);
        arci_where_text(&w, shape->cols[I_CURRENCY], ARC_OP_EQ, g->asked->currency, 3);
        arci_where_int(&w, shape->cols[I_DATE], ARC_OP_LE, g->asked->to);
        st = arci_repo_find(g->t, shape, &w, NULL, 0, 0, &g->work, &rows);
        if (st == ARC_OK) st = take_items(g, &rows);
    }
    if (g->items.n) qsort(g->items.all, g->items.n, sizeof *g->items.all, by_id);
    return st == ARC_OK ? all_seen(g, "item", &g->items) : st;
}

/* ---- receipts ---------------------------------------------------------------------------------------------------------------- */

static const char receipt_fields[] = "id number amount posting_date customer currency";
enum { R_ID, R_NUMBER, R_AMOUNT, R_DATE, R_CUSTOMER, R_CURRENCY, R_COLUMNS };
static const char state_fields[] = "receipt returned_on";
enum { S_RECEIPT, S_RETURNED, S_COLUMNS };

static int unreturned(const arci_gathering *g, int64_t receipt)
{
    for (uint32_t i = 0; i < g->n_returns; i++) {
        if (g->returns[i].receipt == receipt) return 1;
    }
    return 0;
}

/* A receipt that is a customer's from a day until another. */
static arc_status add_receipt(arci_gathering *g, const arc_value *r, const arc_value *state, int64_t customer, arc_date from, arc_date to)
{
    arci_statement_part *of = part_of(g, customer);
    arc_date posted = date_of(&r[R_DATE]), back = date_of(&state[S_RETURNED]);
    if (!of || unknown(g, ARC_RECEIPT, r[R_ID].u.i)) return ARC_OK;
    arci_statement_doc d = { .id = r[R_ID].u.i, .amount = r[R_AMOUNT].u.i, .of = of, .date = from != ARC_DATE_NONE && from > posted ? from : posted, .due = ARC_DATE_NONE, .until = to, .kind = "receipt",
                             .number = text_of(of, &r[R_NUMBER]) };
    if (d.date > g->asked->to) return ARC_OK;
    if (back != ARC_DATE_NONE && (to != ARC_DATE_NONE || unreturned(g, d.id))) back = ARC_DATE_NONE;
    d.gone = (back != ARC_DATE_NONE && back <= g->asked->to) || (to != ARC_DATE_NONE && to <= g->asked->to);
    arc_status st = add_document(g, &g->receipts, &d);
    if (st == ARC_OK) st = arci_statement_add(g, of, ARC_RECEIPT, d.id, d.kind, d.number, d.date, ARC_DATE_NONE, -d.amount);
    if (st == ARC_OK && back != ARC_DATE_NONE) st = arci_statement_add(g, of, ARC_RECEIPT, d.id, "receipt_return", d.number, back, ARC_DATE_NONE, d.amount);
    if (st == ARC_OK && to != ARC_DATE_NONE) st = arci_statement_add(g, of, ARC_RECEIPT, d.id, "receipt_unclaim", d.number, to, ARC_DATE_NONE, d.amount);
    return st;
}

/* Receipts that came in under the name of one of a chunk of customers. */
static arc_status read_named(arci_gathering *g, const arc_value *ids, uint32_t n)
{
    const arci_shape *shape, *states;
    arci_where w;
    arci_rows rows;
    arc_value *state;
    uint8_t *found;
    arc_status st = arci_shape_get(g->t, &shape, "receipt", receipt_fields);
    if (st == ARC_OK) st = arci_shape_get(g->t, &states, "receipt_state", state_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[R_CUSTOMER], ids, n);
    arci_where_text(&w, shape->cols[R_CURRENCY], ARC_OP_EQ, g->asked->currency, 3);
    arci_where_int(&w, shape->cols[R_DATE], ARC_OP_LE, g->asked->to);
    st = arci_repo_find(g->t, shape, &w, NULL, 0, 0, &g->work, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    int64_t *of_ids = arci_arena_alloc(&g->work, rows.n_rows * sizeof *of_ids);
    if (!of_ids) return arci_nomem(g->t->env);
    for (uint32_t i = 0; i < rows.n_rows; i++) of_ids[i] = rows.values[(size_t)i * rows.n_cols].u.i;
    st = arci_repo_get_many(g->t, states, of_ids, rows.n_rows, &g->work, &state, &found);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *r = rows.values + (size_t)i * rows.n_cols;
        if (found[i]) st = add_receipt(g, r, state + (size_t)i * S_COLUMNS, r[R_CUSTOMER].u.i, ARC_DATE_NONE, ARC_DATE_NONE);
    }
    return st;
}

enum { C_ID, C_RECEIPT, C_CUSTOMER, C_DATE, C_ENDS, C_CURRENCY, C_COLUMNS };

/* The day a claim was taken back; ARC_DATE_NONE: it stands. */
static arc_date end_of(const arci_gathering *g, const arci_rows *rows, int64_t claim, uint16_t entity)
{
    for (uint32_t i = 0; i < rows->n_rows; i++) {
        const arc_value *v = rows->values + (size_t)i * C_COLUMNS;
        if (v[C_ENDS].type == ARC_V_INT && v[C_ENDS].u.i == claim && !unknown(g, entity, v[C_ID].u.i)) return (arc_date)v[C_DATE].u.i;
    }
    return ARC_DATE_NONE;
}

/* Receipts that were found to be a customer's later, or for a time. */
static arc_status read_claimed(arci_gathering *g, const arc_value *ids, uint32_t n)
{
    const arci_shape *shape, *receipts, *states;
    arci_where w;
    arci_rows rows;
    arc_value *receipt, *state;
    uint8_t *found, *there;
    arc_status st = arci_shape_get(g->t, &shape, "receipt_claim", "id receipt customer effective_date ends currency");
    if (st == ARC_OK) st = arci_shape_get(g->t, &receipts, "receipt", receipt_fields);
    if (st == ARC_OK) st = arci_shape_get(g->t, &states, "receipt_state", state_fields);
    if (st != ARC_OK) return st;
    const uint16_t claims = shape->table->entity->id;
    const arc_order in_time = { shape->cols[C_ID], 0 };
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[C_CUSTOMER], ids, n);
    arci_where_text(&w, shape->cols[C_CURRENCY], ARC_OP_EQ, g->asked->currency, 3);
    st = arci_repo_find(g->t, shape, &w, &in_time, 1, 0, &g->work, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    int64_t *of_ids = arci_arena_alloc(&g->work, rows.n_rows * sizeof *of_ids);
    if (!of_ids) return arci_nomem(g->t->env);
    for (uint32_t i = 0; i < rows.n_rows; i++) of_ids[i] = rows.values[(size_t)i * C_COLUMNS + C_RECEIPT].u.i;
    st = arci_repo_get_many(g->t, receipts, of_ids, rows.n_rows, &g->work, &receipt, &found);
    if (st == ARC_OK) st = arci_repo_get_many(g->t, states, of_ids, rows.n_rows, &g->work, &state, &there);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *c = rows.values + (size_t)i * C_COLUMNS;
        if (!found[i] || !there[i] || c[C_ENDS].type == ARC_V_INT || unknown(g, claims, c[C_ID].u.i)) continue;
        st = add_receipt(g, receipt + (size_t)i * R_COLUMNS, state + (size_t)i * S_COLUMNS, c[C_CUSTOMER].u.i, (arc_date)c[C_DATE].u.i, end_of(g, &rows, c[C_ID].u.i, claims));
    }
    return st;
}

static arc_status read_receipts(arci_gathering *g)
{
    arc_value ids[AT_ONCE];
    arc_status st = g->known_at ? arci_returns_unknown(g->t, &g->work, &g->known, &g->returns, &g->n_returns) : ARC_OK;
    for (uint32_t from = 0; st == ARC_OK && from < g->n; from += AT_ONCE) {
        uint32_t n = some_customers(g, from, ids);
        st = read_named(g, ids, n);
        if (st == ARC_OK) st = read_claimed(g, ids, n);
    }
    if (g->receipts.n) qsort(g->receipts.all, g->receipts.n, sizeof *g->receipts.all, by_id);
    return st == ARC_OK ? all_seen(g, "receipt", &g->receipts) : st;
}

/* ---- what was taken from them ---------------------------------------------------------------------------------------------- */

static const char allocation_fields[] = "id effective_date item receipt credit_item amount discount write_off credit_amount";
enum { A_ID, A_DATE, A_ITEM, A_RECEIPT, A_CREDIT_ITEM, A_AMOUNT, A_DISCOUNT, A_WRITE_OFF, A_CREDIT_AMOUNT };

/* The document; a receipt may be there once for each claim: the one of the day. */
static arci_statement_doc *find(const arci_statement_docs *d, const arc_value *id, arc_date on)
{
    uint32_t low = 0, high = d->n;
    if (id->type != ARC_V_INT) return NULL;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (d->all[mid].id < id->u.i) low = mid + 1;
        else high = mid;
    }
    arci_statement_doc *found = NULL;
    for (; low < d->n && d->all[low].id == id->u.i; low++) {
        if (!found || d->all[low].date <= on) found = &d->all[low];
    }
    return found;
}

/* Credit and debit of one customer cancel out in his balance; a debt that came back from another customer does not, nor does one that was paid with the money of
 * a customer who was merged with him then. */
static int of_another(const arci_statement_docs *docs, const arci_statement_doc *d, const arc_value *other, arc_date on)
{
    const arci_statement_doc *o = find(docs, other, on);
    return other->type == ARC_V_INT && (!o || o->of != d->of);
}

static int paid_by_another(arci_gathering *g, const arci_statement_doc *d, const arc_value *a, arc_date on)
{
    if (of_another(&g->items, d, &a[A_CREDIT_ITEM], ARC_DATE_NONE)) return 1;
    return a[A_CREDIT_AMOUNT].type == ARC_V_NULL && of_another(&g->receipts, d, &a[A_RECEIPT], on);
}

static arc_status from_item(arci_gathering *g, const arc_value *a)
{
    arci_statement_doc *d = find(&g->items, &a[A_ITEM], ARC_DATE_NONE);
    if (!d) return ARC_OK;
    arc_date on = date_of(&a[A_DATE]);
    int64_t discount = int_of(&a[A_DISCOUNT]), write_off = int_of(&a[A_WRITE_OFF]);
    d->taken += int_of(&a[A_AMOUNT]) + discount + write_off;
    arc_status st = arci_statement_add(g, d->of, ARC_ALLOCATION, a[A_ID].u.i, "discount", d->number, on, ARC_DATE_NONE, -discount);
    if (st == ARC_OK && paid_by_another(g, d, a, on)) st = arci_statement_add(g, d->of, ARC_ALLOCATION, a[A_ID].u.i, "transfer", d->number, on, ARC_DATE_NONE, -int_of(&a[A_AMOUNT]));
    if (st == ARC_OK) st = arci_statement_add(g, d->of, ARC_ALLOCATION, a[A_ID].u.i, "write_off", d->number, on, ARC_DATE_NONE, -write_off);
    if (st != ARC_OK || a[A_CREDIT_AMOUNT].type == ARC_V_NULL) return st;
    return arci_statement_add(g, d->of, ARC_ALLOCATION, a[A_ID].u.i, "exchange", d->number, on, ARC_DATE_NONE, -int_of(&a[A_AMOUNT]));
}

static arc_status from_receipt(arci_gathering *g, const arc_value *a)
{
    arci_statement_doc *d = find(&g->receipts, &a[A_RECEIPT], date_of(&a[A_DATE]));
    if (!d || (d->until != ARC_DATE_NONE && date_of(&a[A_DATE]) >= d->until)) return ARC_OK; /* by then it was somebody else's money */
    if (a[A_CREDIT_AMOUNT].type == ARC_V_NULL) {
        d->taken += int_of(&a[A_AMOUNT]);
        if (!of_another(&g->items, d, &a[A_ITEM], ARC_DATE_NONE)) return ARC_OK;
        return arci_statement_add(g, d->of, ARC_ALLOCATION, a[A_ID].u.i, "transfer", d->number, date_of(&a[A_DATE]), ARC_DATE_NONE, int_of(&a[A_AMOUNT]));
    }
    d->taken += int_of(&a[A_CREDIT_AMOUNT]);
    return arci_statement_add(g, d->of, ARC_ALLOCATION, a[A_ID].u.i, "exchange", d->number, date_of(&a[A_DATE]), ARC_DATE_NONE, int_of(&a[A_CREDIT_AMOUNT]));
}

static arc_status from_credit(arci_gathering *g, const arc_value *a)
{
    arci_statement_doc *d = find(&g->items, &a[A_CREDIT_ITEM], ARC_DATE_NONE);
    if (!d) return ARC_OK;
    d->taken -= int_of(&a[A_AMOUNT]);
    return of_another(&g->items, d, &a[A_ITEM], ARC_DATE_NONE) ? arci_statement_add(g, d->of, ARC_ALLOCATION, a[A_ID].u.i, "transfer", d->number, date_of(&a[A_DATE]), ARC_DATE_NONE, int_of(&a[A_AMOUNT])) : ARC_OK;
}

/* Allocations up to the last day that name one of the documents in a column, some hundred documents at a time. */
static arc_status read_allocations(arci_gathering *g, const arci_statement_docs *d, int column, arc_status (*take)(arci_gathering *g, const arc_value *a))
{
    const arci_shape *shape;
    arc_value ids[AT_ONCE];
    arc_status st = arci_shape_get(g->t, &shape, "allocation", allocation_fields);
    for (uint32_t from = 0; st == ARC_OK && from < d->n;) {
        uint32_t n = 0;
        arci_where w;
        arci_rows rows;
        for (; n < AT_ONCE && from < d->n; from++) {
            if (!n || ids[n - 1].u.i != d->all[from].id) ids[n++] = arci_v_int(d->all[from].id);
        }
        while (from < d->n && d->all[from].id == ids[n - 1].u.i) from++; /* its twins */
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[column], ids, n);
        arci_where_int(&w, shape->cols[A_DATE], ARC_OP_LE, g->asked->to);
        st = arci_repo_find(g->t, shape, &w, NULL, 0, 0, &g->work, &rows);
        for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
            const arc_value *a = rows.values + (size_t)i * rows.n_cols;
            if (!unknown(g, ARC_ALLOCATION, a[A_ID].u.i)) st = take(g, a);
        }
    }
    return st;
}

static arc_status take_adjustment(arci_gathering *g, const arc_value *v)
{
    enum { ID, ITEM, DATE, AMOUNT, DUE, OLD_DUE };
    arci_statement_doc *d = find(&g->items, &v[ITEM], ARC_DATE_NONE);
    if (!d || unknown(g, ARC_ADJUSTMENT, v[ID].u.i)) return ARC_OK;
    if (v[DUE].type == ARC_V_INT || v[OLD_DUE].type == ARC_V_INT) d->due = date_of(&v[DUE]);
    d->taken -= int_of(&v[AMOUNT]);
    return arci_statement_add(g, d->of, ARC_ADJUSTMENT, v[ID].u.i, "adjustment", d->number, date_of(&v[DATE]), ARC_DATE_NONE, int_of(&v[AMOUNT]));
}

static arc_status read_adjustments(arci_gathering *g)
{
    const arci_shape *shape;
    arc_value ids[AT_ONCE];
    arc_status st = arci_shape_get(g->t, &shape, "adjustment", "id item effective_date amount due_date old_due_date");
    for (uint32_t from = 0; st == ARC_OK && from < g->items.n; from += AT_ONCE) {
        uint32_t n = g->items.n - from < AT_ONCE ? g->items.n - from : AT_ONCE;
        arci_where w;
        arci_rows rows;
        for (uint32_t i = 0; i < n; i++) ids[i] = arci_v_int(g->items.all[from + i].id);
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[1], ids, n);
        arci_where_int(&w, shape->cols[2], ARC_OP_LE, g->asked->to);
        const arc_order in_time[2] = { { shape->cols[2], 0 }, { shape->cols[0], 0 } };
        st = arci_repo_find(g->t, shape, &w, in_time, 2, 0, &g->work, &rows);
        for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) st = take_adjustment(g, rows.values + (size_t)i * rows.n_cols);
    }
    return st;
}

arc_status arci_statement_read(arci_gathering *g)
{
    arc_status st = read_items(g);
    if (st == ARC_OK) st = read_receipts(g);
    if (st == ARC_OK) st = read_allocations(g, &g->items, A_ITEM, from_item);
    if (st == ARC_OK) st = read_allocations(g, &g->items, A_CREDIT_ITEM, from_credit);
    if (st == ARC_OK) st = read_allocations(g, &g->receipts, A_RECEIPT, from_receipt);
    return st == ARC_OK ? read_adjustments(g) : st;
}
