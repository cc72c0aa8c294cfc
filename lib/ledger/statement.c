/* SPDX-License-Identifier: Apache-2.0 */
/* A statement of account: the items, receipts and allocations of one customer, folded to movements and to what was open on the last day. */
#include "ledger/statement.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "ledger/items.h"
#include "store/access.h"

#define AT_ONCE 500u

/* A document of the customer: what it came to, and what was taken from it by the last day. */
typedef struct document {
    int64_t id, amount, taken;
    arc_date date, due, gone; /* gone: a receipt that went back */
    const char *kind, *number;
} document;

typedef struct documents {
    document *all; /* by id */
    uint32_t n;
} documents;

typedef struct gathering {
    arci_txn *t;
    arci_statement *s;
    arci_arena work;
    documents items, receipts;
    arc_statement_row *rows; /* all up to the last day, from the first on */
    uint32_t n, cap;
} gathering;

static arc_status add_row(gathering *g, uint32_t entity, int64_t id, const char *kind, const char *number, arc_date date, arc_date due, int64_t amount)
{
    if (!amount || date > g->s->info.to) return ARC_OK;
    if (g->n == g->cap) {
        uint32_t cap = g->cap ? g->cap * 2 : 64;
        arc_statement_row *rows = cap > g->cap ? arci_arena_alloc(&g->work, cap * sizeof *rows) : NULL;
        if (!rows) return arci_nomem(g->t->env);
        if (g->n) memcpy(rows, g->rows, g->n * sizeof *rows);
        g->rows = rows;
        g->cap = cap;
    }
    arc_statement_row *r = &g->rows[g->n++];
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

static const char *text_of(gathering *g, const arc_value *v)
{
    return v->type == ARC_V_TEXT ? arci_arena_strndup(&g->s->arena, v->u.s, v->len) : "";
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

/* Documents the actor may not see would be missing. */
static arc_status all_seen(gathering *g, const char *entity, const documents *d)
{
    arci_session *s = g->t->session;
    const arci_entity *e = arci_entity_by_name(entity, strlen(entity));
    const arci_row_scope *scope = arci_access_scope(s, &arci_verbs[ARCI_DO_READ], e);
    if (!scope || !d->n) return ARC_OK;
    int64_t *ids = arci_arena_alloc(&g->work, d->n * sizeof *ids);
    uint8_t *seen = arci_arena_alloc(&g->work, d->n);
    if (!ids || !seen) return arci_nomem(g->t->env);
    for (uint32_t i = 0; i < d->n; i++) ids[i] = d->all[i].id;
    arc_status st = arci_scope_rows(g->t, &g->work, e, scope, ids, d->n, seen);
    for (uint32_t i = 0; st == ARC_OK && i < d->n; i++) {
        if (!seen[i]) st = arci_fail(g->t->env, ARC_E_FORBIDDEN, "the statement holds documents you may not see", "对账单包含您无权查看的单据");
    }
    return st;
}

/* ---- documents ----------------------------------------------------------------------------------------------------------- */

static const char item_fields[] = "id kind number business_date due_date amount customer currency";
enum { I_ID, I_KIND, I_NUMBER, I_DATE, I_DUE, I_AMOUNT, I_CUSTOMER, I_CURRENCY };

static arc_status read_items(gathering *g)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(g->t, &shape, "item", item_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[I_CUSTOMER], ARC_OP_EQ, g->s->info.customer);
    arci_where_text(&w, shape->cols[I_CURRENCY], ARC_OP_EQ, g->s->info.currency, 3);
    arci_where_int(&w, shape->cols[I_DATE], ARC_OP_LE, g->s->info.to);
    const arc_order by_id = { shape->cols[I_ID], 0 };
    st = arci_repo_find(g->t, shape, &w, &by_id, 1, 0, &g->work, &rows);
    if (st != ARC_OK) return st;
    g->items.n = 0;
    g->items.all = arci_arena_calloc(&g->work, rows.n_rows + 1u, sizeof *g->items.all);
    if (!g->items.all) return arci_nomem(g->t->env);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        if (arci_item_counts(&v[I_KIND]) != ARCI_COUNTS_OPEN) continue;
        document d = { v[I_ID].u.i, v[I_AMOUNT].u.i, 0, date_of(&v[I_DATE]), date_of(&v[I_DUE]), ARC_DATE_NONE, code_of("item_kind", &v[I_KIND]), text_of(g, &v[I_NUMBER]) };
        if (!d.number) return arci_nomem(g->t->env);
        g->items.all[g->items.n++] = d;
        st = add_row(g, ARC_ITEM, d.id, d.kind, d.number, d.date, d.due, d.amount);
    }
    return st == ARC_OK ? all_seen(g, "item", &g->items) : st;
}

static const char receipt_fields[] = "id number amount value_date customer currency";
enum { R_ID, R_NUMBER, R_AMOUNT, R_DATE, R_CUSTOMER, R_CURRENCY };
static const char state_fields[] = "receipt claimed_on returned_on customer currency value_date";
enum { S_RECEIPT, S_CLAIMED, S_RETURNED, S_CUSTOMER, S_CURRENCY, S_DATE };
enum { RECEIPT_COLUMNS = 6 }; /* of both */

static int by_id(const void *x, const void *y)
{
    const document *a = x, *b = y;
    return (a->id > b->id) - (a->id < b->id);
}

static arc_status add_receipt(gathering *g, const arc_value *state, const arc_value *receipt)
{
    arc_date on = date_of(&receipt[R_DATE]), claimed = date_of(&state[S_CLAIMED]);
    document d = { receipt[R_ID].u.i, receipt[R_AMOUNT].u.i, 0, claimed != ARC_DATE_NONE && claimed > on ? claimed : on, ARC_DATE_NONE, date_of(&state[S_RETURNED]), "receipt",
                   text_of(g, &receipt[R_NUMBER]) };
    if (!d.number) return arci_nomem(g->t->env);
    if (d.date > g->s->info.to || int_of(&state[S_CUSTOMER]) != g->s->info.customer) return ARC_OK;
    g->receipts.all[g->receipts.n++] = d;
    arc_status st = add_row(g, ARC_RECEIPT, d.id, d.kind, d.number, d.date, ARC_DATE_NONE, -d.amount);
    if (st == ARC_OK && d.gone != ARC_DATE_NONE) st = add_row(g, ARC_RECEIPT, d.id, "receipt_return", d.number, d.gone, ARC_DATE_NONE, d.amount);
    return st;
}

/* Rows of the customer in one of the two tables, and the rows of the other by their ids. */
static arc_status read_pair(gathering *g, arci_rows *rows, arc_value **others, uint8_t **found, int claimed)
{
    const arci_shape *of, *other;
    arci_where w;
    arc_status st = arci_shape_get(g->t, &of, claimed ? "receipt_state" : "receipt", claimed ? state_fields : receipt_fields);
    if (st == ARC_OK) st = arci_shape_get(g->t, &other, claimed ? "receipt" : "receipt_state", claimed ? receipt_fields : state_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, of->cols[claimed ? (int)S_CUSTOMER : (int)R_CUSTOMER], ARC_OP_EQ, g->s->info.customer);
    arci_where_text(&w, of->cols[claimed ? (int)S_CURRENCY : (int)R_CURRENCY], ARC_OP_EQ, g->s->info.currency, 3);
    arci_where_int(&w, of->cols[claimed ? (int)S_DATE : (int)R_DATE], ARC_OP_LE, g->s->info.to);
    if (claimed) arci_where_int(&w, of->cols[S_CLAIMED], ARC_OP_GE, ARC_DATE_MIN);
    st = arci_repo_find(g->t, of, &w, NULL, 0, 0, &g->work, rows);
    if (st != ARC_OK || !rows->n_rows) return st;
    int64_t *ids = arci_arena_alloc(&g->work, rows->n_rows * sizeof *ids);
    if (!ids) return arci_nomem(g->t->env);
    for (uint32_t i = 0; i < rows->n_rows; i++) ids[i] = rows->values[(size_t)i * rows->n_cols].u.i;
    return arci_repo_get_many(g->t, other, ids, rows->n_rows, &g->work, others, found);
}

static const char past_fields[] = "receipt effective_date claimed_on customer ends currency";
enum { P_RECEIPT, P_END, P_FROM, P_CUSTOMER, P_ENDS, P_CURRENCY };

/* What was the customer's for a time: it came, and it went. The one that was his on the last day is a document of his. */
static arc_status add_past(gathering *g, const arc_value *claim, const arc_value *receipt)
{
    document d = { receipt[R_ID].u.i, receipt[R_AMOUNT].u.i, 0, date_of(&claim[P_FROM]), ARC_DATE_NONE, date_of(&claim[P_END]), "receipt", text_of(g, &receipt[R_NUMBER]) };
    if (!d.number) return arci_nomem(g->t->env);
    if (d.date > g->s->info.to || d.date == d.gone) return ARC_OK;
    if (d.gone > g->s->info.to) g->receipts.all[g->receipts.n++] = d;
    arc_status st = add_row(g, ARC_RECEIPT, d.id, d.kind, d.number, d.date, ARC_DATE_NONE, -d.amount);
    return st == ARC_OK ? add_row(g, ARC_RECEIPT, d.id, "receipt_unclaim", d.number, d.gone, ARC_DATE_NONE, d.amount) : st;
}

static arc_status read_past(gathering *g, arci_rows *rows, arc_value **receipts, uint8_t **found)
{
    const arci_shape *of, *shape;
    arci_where w;
    arc_status st = arci_shape_get(g->t, &of, "receipt_claim", past_fields);
    if (st == ARC_OK) st = arci_shape_get(g->t, &shape, "receipt", receipt_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, of->cols[P_CUSTOMER], ARC_OP_EQ, g->s->info.customer);
    arci_where_int(&w, of->cols[P_ENDS], ARC_OP_GT, 0);
    arci_where_text(&w, of->cols[P_CURRENCY], ARC_OP_EQ, g->s->info.currency, 3);
    st = arci_repo_find(g->t, of, &w, NULL, 0, 0, &g->work, rows);
    if (st != ARC_OK || !rows->n_rows) return st;
    int64_t *ids = arci_arena_alloc(&g->work, rows->n_rows * sizeof *ids);
    if (!ids) return arci_nomem(g->t->env);
    for (uint32_t i = 0; i < rows->n_rows; i++) ids[i] = rows->values[(size_t)i * rows->n_cols].u.i;
    return arci_repo_get_many(g->t, shape, ids, rows->n_rows, &g->work, receipts, found);
}

/* Those that came in under the customer's name, and those that were found to be his later. */
static arc_status read_receipts(gathering *g)
{
    arci_rows rows[3];
    arc_value *others[3];
    uint8_t *found[3];
    arc_status st = read_pair(g, &rows[0], &others[0], &found[0], 0);
    if (st == ARC_OK) st = read_pair(g, &rows[1], &others[1], &found[1], 1);
    if (st == ARC_OK) st = read_past(g, &rows[2], &others[2], &found[2]);
    if (st != ARC_OK) return st;
    g->receipts.n = 0;
    g->receipts.all = arci_arena_calloc(&g->work, rows[0].n_rows + rows[1].n_rows + rows[2].n_rows + 1u, sizeof *g->receipts.all);
    if (!g->receipts.all) return arci_nomem(g->t->env);
    for (int claimed = 0; claimed < 2; claimed++) {
        for (uint32_t i = 0; st == ARC_OK && i < rows[claimed].n_rows; i++) {
            const arc_value *row = rows[claimed].values + (size_t)i * rows[claimed].n_cols, *other = others[claimed] + (size_t)i * RECEIPT_COLUMNS;
            if (!found[claimed][i]) continue;
            st = claimed ? add_receipt(g, row, other) : add_receipt(g, other, row);
        }
    }
    for (uint32_t i = 0; st == ARC_OK && i < rows[2].n_rows; i++) {
        if (found[2][i]) st = add_past(g, rows[2].values + (size_t)i * rows[2].n_cols, others[2] + (size_t)i * RECEIPT_COLUMNS);
    }
    if (g->receipts.n) qsort(g->receipts.all, g->receipts.n, sizeof *g->receipts.all, by_id);
    return st == ARC_OK ? all_seen(g, "receipt", &g->receipts) : st;
}

/* ---- what was taken from them ---------------------------------------------------------------------------------------------- */

static const char allocation_fields[] = "id effective_date item receipt credit_item amount discount write_off credit_amount";
enum { A_ID, A_DATE, A_ITEM, A_RECEIPT, A_CREDIT_ITEM, A_AMOUNT, A_DISCOUNT, A_WRITE_OFF, A_CREDIT_AMOUNT };

static document *find(const documents *d, const arc_value *id)
{
    document wanted = { 0 };
    if (id->type != ARC_V_INT || !d->n) return NULL;
    wanted.id = id->u.i;
    return bsearch(&wanted, d->all, d->n, sizeof *d->all, by_id);
}

static arc_status from_item(gathering *g, const arc_value *a)
{
    document *d = find(&g->items, &a[A_ITEM]);
    if (!d) return ARC_OK;
    arc_date on = date_of(&a[A_DATE]);
    int64_t discount = int_of(&a[A_DISCOUNT]), write_off = int_of(&a[A_WRITE_OFF]);
    d->taken += int_of(&a[A_AMOUNT]) + discount + write_off;
    arc_status st = add_row(g, ARC_ALLOCATION, a[A_ID].u.i, "discount", d->number, on, ARC_DATE_NONE, -discount);
    if (st == ARC_OK) st = add_row(g, ARC_ALLOCATION, a[A_ID].u.i, "write_off", d->number, on, ARC_DATE_NONE, -write_off);
    if (st != ARC_OK || a[A_CREDIT_AMOUNT].type == ARC_V_NULL) return st;
    return add_row(g, ARC_ALLOCATION, a[A_ID].u.i, "exchange", d->number, on, ARC_DATE_NONE, -int_of(&a[A_AMOUNT]));
}

static arc_status from_receipt(gathering *g, const arc_value *a)
{
    document *d = find(&g->receipts, &a[A_RECEIPT]);
    if (!d || date_of(&a[A_DATE]) < d->date) return ARC_OK; /* of somebody else's time */
    if (a[A_CREDIT_AMOUNT].type == ARC_V_NULL) {
        d->taken += int_of(&a[A_AMOUNT]);
        return ARC_OK;
    }
    d->taken += int_of(&a[A_CREDIT_AMOUNT]);
    return add_row(g, ARC_ALLOCATION, a[A_ID].u.i, "exchange", d->number, date_of(&a[A_DATE]), ARC_DATE_NONE, int_of(&a[A_CREDIT_AMOUNT]));
}

static arc_status from_credit(gathering *g, const arc_value *a)
{
    document *d = find(&g->items, &a[A_CREDIT_ITEM]);
    if (d) d->taken -= int_of(&a[A_AMOUNT]);
    return ARC_OK;
}

/* Allocations up to the last day that name one of the documents in a column, some hundred documents at a time. */
static arc_status read_allocations(gathering *g, const documents *d, int column, arc_status (*take)(gathering *g, const arc_value *a))
{
    const arci_shape *shape;
    arc_value ids[AT_ONCE];
    arc_status st = arci_shape_get(g->t, &shape, "allocation", allocation_fields);
    for (uint32_t from = 0; st == ARC_OK && from < d->n; from += AT_ONCE) {
        uint32_t n = d->n - from < AT_ONCE ? d->n - from : AT_ONCE;
        arci_where w;
        arci_rows rows;
        for (uint32_t i = 0; i < n; i++) ids[i] = arci_v_int(d->all[from + i].id);
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[column], ids, n);
        arci_where_int(&w, shape->cols[A_DATE], ARC_OP_LE, g->s->info.to);
        st = arci_repo_find(g->t, shape, &w, NULL, 0, 0, &g->work, &rows);
        for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) st = take(g, rows.values + (size_t)i * rows.n_cols);
    }
    return st;
}

static arc_status read_adjustments(gathering *g)
{
    static const char fields[] = "id item effective_date amount due_date old_due_date";
    const arci_shape *shape;
    arc_value ids[AT_ONCE];
    arc_status st = arci_shape_get(g->t, &shape, "adjustment", fields);
    for (uint32_t from = 0; st == ARC_OK && from < g->items.n; from += AT_ONCE) {
        uint32_t n = g->items.n - from < AT_ONCE ? g->items.n - from : AT_ONCE;
        arci_where w;
        arci_rows rows;
        for (uint32_t i = 0; i < n; i++) ids[i] = arci_v_int(g->items.all[from + i].id);
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[1], ids, n);
        arci_where_int(&w, shape->cols[2], ARC_OP_LE, g->s->info.to);
        const arc_order in_time[2] = { { shape->cols[2], 0 }, { shape->cols[0], 0 } };
        st = arci_repo_find(g->t, shape, &w, in_time, 2, 0, &g->work, &rows);
        for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
            const arc_value *v = rows.values + (size_t)i * rows.n_cols;
            document *d = find(&g->items, &v[1]);
            if (v[4].type == ARC_V_INT) d->due = date_of(&v[4]);
            d->taken -= int_of(&v[3]);
            st = add_row(g, ARC_ADJUSTMENT, v[0].u.i, "adjustment", d->number, date_of(&v[2]), ARC_DATE_NONE, int_of(&v[3]));
        }
    }
    return st;
}

/* ---- the result -------------------------------------------------------------------------------------------------------------- */

static int rank(const arc_statement_row *r) { return r->entity == ARC_ITEM ? 0 : r->entity == ARC_RECEIPT ? 1 : 2; }

static int in_time(const void *x, const void *y)
{
    const arc_statement_row *a = x, *b = y;
    if (a->date != b->date) return a->date < b->date ? -1 : 1;
    if (rank(a) != rank(b)) return rank(a) - rank(b);
    if (a->id != b->id) return a->id < b->id ? -1 : 1;
    return strcmp(a->kind, b->kind);
}

static int by_due(const void *x, const void *y)
{
    const arc_statement_row *a = x, *b = y;
    if (a->due != b->due) return a->due < b->due ? -1 : 1;
    int d = strcmp(a->number, b->number);
    return d ? d : (a->id > b->id) - (a->id < b->id);
}

static arc_status too_large(gathering *g)
{
    return arci_fail(g->t->env, ARC_E_OVERFLOW, "a sum of the statement is too large", "对账单合计超出范围");
}

static arc_status fold_rows(gathering *g)
{
    arc_statement_info *info = &g->s->info;
    arci_acc opening = { 0, 0 }, debit = { 0, 0 }, credit = { 0, 0 };
    uint32_t first = 0;
    if (g->n) qsort(g->rows, g->n, sizeof *g->rows, in_time);
    for (; first < g->n && info->from != ARC_DATE_NONE && g->rows[first].date < info->from; first++) {
        arci_acc_add(&opening, g->rows[first].debit - g->rows[first].credit);
    }
    info->n_rows = g->n - first;
    g->s->rows = arci_arena_calloc(&g->s->arena, info->n_rows + 1u, sizeof *g->s->rows);
    if (!g->s->rows) return arci_nomem(g->t->env);
    if (arci_acc_get(&opening, &info->opening)) return too_large(g);
    arci_acc balance = opening;
    for (uint32_t i = 0; i < info->n_rows; i++) {
        arc_statement_row *r = &g->s->rows[i];
        *r = g->rows[first + i];
        arci_acc_add(&debit, r->debit);
        arci_acc_add(&credit, r->credit);
        arci_acc_add(&balance, r->debit - r->credit);
        if (arci_acc_get(&balance, &r->balance)) return too_large(g);
    }
    if (arci_acc_get(&debit, &info->debit) || arci_acc_get(&credit, &info->credit) || arci_acc_get(&balance, &info->closing)) return too_large(g);
    return ARC_OK;
}

static arc_status list_open(gathering *g, uint32_t flags)
{
    arc_statement_info *info = &g->s->info;
    arci_acc overdue = { 0, 0 }, unapplied = { 0, 0 };
    g->s->open = arci_arena_calloc(&g->s->arena, g->items.n + 1u, sizeof *g->s->open);
    if (!g->s->open) return arci_nomem(g->t->env);
    for (uint32_t i = 0; i < g->items.n; i++) {
        const document *d = &g->items.all[i];
        int64_t open = d->amount - d->taken;
        if (open > 0 && d->due != ARC_DATE_NONE && d->due < info->to) arci_acc_add(&overdue, open);
        if (!open || !(flags & ARC_STATEMENT_OPEN_ITEMS)) continue;
        arc_statement_row *r = &g->s->open[info->n_open++];
        arc_statement_row_init(r);
        r->entity = ARC_ITEM;
        r->id = d->id;
        r->kind = d->kind;
        r->number = d->number;
        r->date = d->date;
        r->due = d->due;
        r->debit = open > 0 ? open : 0;
        r->credit = open < 0 ? -open : 0;
        r->balance = d->amount;
    }
    for (uint32_t i = 0; i < g->receipts.n; i++) {
        const document *d = &g->receipts.all[i];
        if (d->gone == ARC_DATE_NONE || d->gone > info->to) arci_acc_add(&unapplied, d->amount - d->taken);
    }
    if (info->n_open) qsort(g->s->open, info->n_open, sizeof *g->s->open, by_due);
    return arci_acc_get(&overdue, &info->overdue) || arci_acc_get(&unapplied, &info->unapplied) ? too_large(g) : ARC_OK;
}

static arc_status name_customer(gathering *g)
{
    const arci_shape *shape;
    arc_value *v;
    const arci_entity *e = arci_entity_by_name("customer", 8);
    arc_status st = arci_shape_get(g->t, &shape, "customer", "code legal_name");
    if (st == ARC_OK) st = arci_access_row(g->t, &arci_verbs[ARCI_DO_READ], e, e, g->s->info.customer);
    if (st == ARC_OK) st = arci_repo_get(g->t, shape, g->s->info.customer, &g->work, &v);
    if (st == ARC_OK) st = arci_access_out(g->t->env, &g->work, g->t->session, shape->table, shape->cols, shape->n, v);
    if (st != ARC_OK) return st;
    g->s->info.code = text_of(g, &v[0]);
    g->s->info.name = text_of(g, &v[1]);
    return g->s->info.code && g->s->info.name ? ARC_OK : arci_nomem(g->t->env);
}

arc_status arci_statement_gather(arci_txn *t, arci_statement *s, uint32_t flags)
{
    gathering g;
    memset(&g, 0, sizeof g);
    g.t = t;
    g.s = s;
    arci_arena_init(&g.work, t->env->ctx);
    arc_status st = name_customer(&g);
    if (st == ARC_OK) st = read_items(&g);
    if (st == ARC_OK) st = read_receipts(&g);
    if (st == ARC_OK) st = read_allocations(&g, &g.items, A_ITEM, from_item);
    if (st == ARC_OK) st = read_allocations(&g, &g.items, A_CREDIT_ITEM, from_credit);
    if (st == ARC_OK) st = read_allocations(&g, &g.receipts, A_RECEIPT, from_receipt);
    if (st == ARC_OK) st = read_adjustments(&g);
    if (st == ARC_OK) st = fold_rows(&g);
    if (st == ARC_OK) st = list_open(&g, flags);
    arci_arena_clear(&g.work);
    return st;
}
