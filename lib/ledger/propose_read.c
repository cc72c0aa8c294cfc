/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine for receipts reads: receipts with something left, the open items of their customers, and the versions of the accounts. */
#include <stdlib.h>
#include <string.h>

#include "ledger/propose_impl.h"

#define CUSTOMERS_AT_ONCE 500u

static const char receipt_columns[] = "receipt customer currency posting_date unapplied version returned_on claimed_on";
enum { R_ID, R_CUSTOMER, R_CURRENCY, R_DATE, R_LEFT, R_VERSION, R_RETURNED, R_CLAIMED };
static const char item_columns[] = "item customer currency kind due_date business_date open";
enum { I_ID, I_CUSTOMER, I_CURRENCY, I_KIND, I_DUE, I_SINCE, I_OPEN };

static void take_currency(char out[4], const arc_value *v)
{
    memset(out, 0, 4);
    memcpy(out, v->u.s, v->len < 3 ? v->len : 3);
}

/* ---- receipts ---------------------------------------------------------------------------------------------------------- */

static void take_receipt(arci_plan_receipt *r, const arc_value *v)
{
    r->id = v[R_ID].u.i;
    r->customer = v[R_CUSTOMER].type == ARC_V_NULL ? 0 : v[R_CUSTOMER].u.i;
    take_currency(r->currency, &v[R_CURRENCY]);
    r->date = r->from = (arc_date)v[R_DATE].u.i;
    if (v[R_CLAIMED].type == ARC_V_INT && v[R_CLAIMED].u.i > r->from) r->from = (arc_date)v[R_CLAIMED].u.i;
    r->left = v[R_LEFT].u.i;
    r->version = v[R_VERSION].u.i;
    r->returned = v[R_RETURNED].type != ARC_V_NULL;
}

static arc_status missing(arci_plan *p, int64_t id, uint32_t row)
{
    arci_fail(p->t->env, ARC_E_NOT_FOUND, "there is no such receipt", "该回款不存在");
    arci_fail_at(p->t->env, "receipt", NULL, id, row);
    return ARC_E_NOT_FOUND;
}

static arc_status read_named(arci_plan *p, const arci_shape *shape, const int64_t *ids, uint32_t n)
{
    arc_value *rows;
    uint8_t *found;
    arc_status st = arci_repo_get_many(p->t, shape, ids, n, &p->arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (!found[i]) return missing(p, ids[i], i);
        take_receipt(&p->receipts[i], rows + (size_t)i * shape->n);
    }
    p->n_receipts = n;
    return st;
}

static arc_status read_waiting(arci_plan *p, const arci_shape *shape, const arc_propose_options *o, uint32_t max)
{
    const arc_order by_date[] = { { shape->cols[R_DATE], 0 }, { shape->cols[R_ID], 0 } };
    arci_where w;
    arci_rows rows;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[R_LEFT], ARC_OP_NE, 0);
    arc_status st = o->customer ? arci_merged_where(p->t->env, &p->arena, &p->merged, &w, shape->cols[R_CUSTOMER], o->customer) : ARC_OK;
    if (st != ARC_OK) return st;
    if (o->currency[0]) arci_where_text(&w, shape->cols[R_CURRENCY], ARC_OP_EQ, o->currency, 3);
    st = arci_repo_find(p->t, shape, &w, by_date, 2, (int64_t)max, &p->arena, &rows);
    if (st != ARC_OK) return st;
    p->receipts = arci_arena_calloc(&p->arena, rows.n_rows + 1u, sizeof *p->receipts);
    if (!p->receipts) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < rows.n_rows; i++) take_receipt(&p->receipts[i], rows.values + (size_t)i * rows.n_cols);
    p->n_receipts = rows.n_rows;
    return ARC_OK;
}

static int by_date_id(const void *x, const void *y)
{
    const arci_plan_receipt *a = x, *b = y;
    if (a->date != b->date) return a->date < b->date ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

/* One who names a receipt twice means it once. */
static void once_each(arci_plan *p)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->n_receipts; i++) {
        if (!n || p->receipts[n - 1].id != p->receipts[i].id) p->receipts[n++] = p->receipts[i];
    }
    p->n_receipts = n;
}

/* Receipts the actor does not see are not there; one that was named is an error. */
static arc_status cut(arci_plan *p, int named)
{
    uint32_t n = 0;
    if (!p->scope || !p->n_receipts) return ARC_OK;
    int64_t *ids = arci_arena_alloc(&p->arena, p->n_receipts * sizeof *ids);
    uint8_t *seen = arci_arena_calloc(&p->arena, p->n_receipts, 1);
    if (!ids || !seen) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n_receipts; i++) ids[i] = p->receipts[i].id;
    arc_status st = arci_scope_rows(p->t, &p->arena, arci_entity_by_name("receipt", 7), p->scope, ids, p->n_receipts, seen);
    for (uint32_t i = 0; i < p->n_receipts && st == ARC_OK; i++) {
        if (seen[i]) p->receipts[n++] = p->receipts[i];
        else if (named) st = missing(p, ids[i], i);
    }
    p->n_receipts = n;
    return st;
}

/* What the payer wrote. */
static arc_status read_texts(arci_plan *p)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    int64_t *ids = arci_arena_alloc(&p->arena, (p->n_receipts + 1) * sizeof *ids);
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n_receipts; i++) ids[i] = p->receipts[i].id;
    arc_status st = arci_shape_get(p->t, &shape, "receipt", "memo bank_ref remark");
    if (st == ARC_OK && p->n_receipts) st = arci_repo_get_many(p->t, shape, ids, p->n_receipts, &p->arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < p->n_receipts; i++) {
        for (int k = 0; k < ARCI_PLAN_TEXTS && found[i]; k++) p->receipts[i].texts[k] = rows[(size_t)i * shape->n + (size_t)k];
    }
    return st;
}

/* ---- items and accounts -------------------------------------------------------------------------------------------------- */

static int by_customer_due(const void *x, const void *y)
{
    const arci_plan_item *a = x, *b = y;
    if (a->customer != b->customer) return a->customer < b->customer ? -1 : 1;
    int c = memcmp(a->currency, b->currency, 3);
    if (c) return c;
    if (a->due != b->due) return a->due < b->due ? -1 : 1;
    c = arci_value_compare(&a->number, &b->number);
    if (c) return c;
    if (a->seq != b->seq) return a->seq < b->seq ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

static arc_status read_numbers(arci_plan *p)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    int64_t *ids = arci_arena_alloc(&p->arena, (p->n_items + 1) * sizeof *ids);
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n_items; i++) ids[i] = p->items[i].id;
    arc_status st = arci_shape_get(p->t, &shape, "item", "number seq");
    if (st == ARC_OK && p->n_items) st = arci_repo_get_many(p->t, shape, ids, p->n_items, &p->arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < p->n_items; i++) {
        if (!found[i]) return arci_fail(p->t->env, ARC_E_CORRUPT, "a state without its item", "应收状态缺少对应的应收");
        p->items[i].number = rows[(size_t)i * shape->n];
        p->items[i].seq = rows[(size_t)i * shape->n + 1].u.i;
    }
    return st;
}

static arc_status add_items(arci_plan *p, const arci_rows *rows)
{
    if (!rows->n_rows) return ARC_OK;
    arci_plan_item *grown = arci_arena_calloc(&p->arena, p->n_items + rows->n_rows, sizeof *grown);
    if (!grown) return arci_nomem(p->t->env);
    if (p->n_items) memcpy(grown, p->items, p->n_items * sizeof *grown);
    p->items = grown;
    for (uint32_t i = 0; i < rows->n_rows; i++) {
        const arc_value *v = rows->values + (size_t)i * rows->n_cols;
        if (v[I_KIND].len == 7 && memcmp(v[I_KIND].u.s, "planned", 7) == 0) continue; /* a forecast is not paid */
        arci_plan_item *item = &p->items[p->n_items++];
        item->id = v[I_ID].u.i;
        item->customer = arci_merged_root(&p->merged, v[I_CUSTOMER].u.i);
        take_currency(item->currency, &v[I_CURRENCY]);
        item->due = v[I_DUE].type == ARC_V_NULL ? ARC_DATE_MAX : (arc_date)v[I_DUE].u.i;
        item->since = (arc_date)v[I_SINCE].u.i;
        item->left = v[I_OPEN].u.i;
    }
    return ARC_OK;
}

static arc_status add_accounts(arci_plan *p, const arci_rows *rows)
{
    for (uint32_t i = 0; i < rows->n_rows; i++) {
        const arc_value *v = rows->values + (size_t)i * rows->n_cols;
        int64_t *version;
        char key[12] = { 0 };
        const int64_t root = arci_merged_root(&p->merged, v[0].u.i);
        memcpy(key, &root, 8);
        memcpy(key + 8, v[1].u.s, 3);
        if (arci_map_put(&p->accounts, key, sizeof key, &version) < 0) return arci_nomem(p->t->env);
        *version += v[2].u.i;
    }
    return ARC_OK;
}

static arc_status read_of(arci_plan *p, const arc_value *customers, uint32_t n)
{
    const arci_shape *items, *accounts;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(p->t, &items, "item_state", item_columns);
    if (st == ARC_OK) st = arci_shape_get(p->t, &accounts, "account", "customer currency version");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, items->cols[I_CUSTOMER], customers, n);
    arci_where_int(&w, items->cols[I_OPEN], ARC_OP_NE, 0);
    arci_where_int(&w, items->cols[I_OPEN], ARC_OP_GT, 0);
    st = arci_repo_find(p->t, items, &w, NULL, 0, 0, &p->arena, &rows);
    if (st == ARC_OK) st = add_items(p, &rows);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, accounts->cols[0], customers, n);
    st = arci_repo_find(p->t, accounts, &w, NULL, 0, 0, &p->arena, &rows);
    return st == ARC_OK ? add_accounts(p, &rows) : st;
}

static arc_status read_customers(arci_plan *p)
{
    arci_map seen;
    uint32_t n = 0;
    arc_status st = ARC_OK;
    arc_value *customers = arci_arena_alloc(&p->arena, (p->n_receipts + p->merged.roots.n + 1) * sizeof *customers);
    if (!customers) return arci_nomem(p->t->env);
    arci_map_init(&seen, p->arena.ctx);
    for (uint32_t i = 0; i < p->n_receipts && st == ARC_OK; i++) {
        int64_t *at, customer = p->receipts[i].customer = arci_merged_root(&p->merged, p->receipts[i].customer);
        if (!customer) continue;
        int32_t made = arci_map_put(&seen, &customer, sizeof customer, &at);
        if (made < 0) st = arci_nomem(p->t->env);
        if (made == 1) customers[n++] = arci_v_int(customer);
    }
    for (uint32_t i = 0; st == ARC_OK && i < p->merged.roots.n; i++) { /* those that are part of one of them */
        const arci_map_entry *e = &p->merged.roots.entries[i];
        int64_t id;
        memcpy(&id, e->key, sizeof id);
        if (arci_map_get(&seen, &e->value, sizeof e->value)) customers[n++] = arci_v_int(id);
    }
    arci_map_clear(&seen);
    for (uint32_t i = 0; i < n && st == ARC_OK; i += CUSTOMERS_AT_ONCE) {
        st = read_of(p, customers + i, n - i < CUSTOMERS_AT_ONCE ? n - i : CUSTOMERS_AT_ONCE);
    }
    if (st == ARC_OK) st = read_numbers(p);
    if (st == ARC_OK && p->n_items) qsort(p->items, p->n_items, sizeof *p->items, by_customer_due);
    return st;
}

arc_status arci_plan_read(arci_plan *p, const int64_t *ids, uint32_t n, const arc_propose_options *o, uint32_t max)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(p->t, &shape, "receipt_state", receipt_columns);
    if (st == ARC_OK) st = arci_merged_read(p->t, &p->arena, &p->merged, ARC_DATE_NONE, NULL);
    if (st != ARC_OK) return st;
    if (ids) {
        p->receipts = arci_arena_calloc(&p->arena, n + 1u, sizeof *p->receipts);
        st = p->receipts ? read_named(p, shape, ids, n) : arci_nomem(p->t->env);
    } else {
        st = read_waiting(p, shape, o, max);
    }
    if (st == ARC_OK) st = cut(p, ids != NULL);
    if (ids && st == ARC_OK && p->n_receipts) {
        qsort(p->receipts, p->n_receipts, sizeof *p->receipts, by_date_id);
        once_each(p);
    }
    if (st == ARC_OK) st = read_texts(p);
    return st == ARC_OK ? read_customers(p) : st;
}
