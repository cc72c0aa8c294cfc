/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts that were nobody's at the end of a period: as their claims tell it, whatever has become of them since. */
#include <stdlib.h>
#include <string.h>

#include "ledger/period_impl.h"

#define AT_ONCE 500u

typedef struct unclaimed {
    arci_txn *t;
    arci_arena arena;
    arc_date day;
    int64_t *ids; /* that may have been */
    uint32_t n, cap;
} unclaimed;

static arc_status keep(unclaimed *u, const arci_rows *rows)
{
    if (u->n + rows->n_rows > u->cap) {
        const uint32_t cap = (u->n + rows->n_rows) * 2;
        int64_t *grown = arci_arena_alloc(&u->arena, cap * sizeof *grown);
        if (!grown) return arci_nomem(u->t->env);
        if (u->n) memcpy(grown, u->ids, u->n * sizeof *grown);
        u->ids = grown;
        u->cap = cap;
    }
    for (uint32_t r = 0; r < rows->n_rows; r++) u->ids[u->n++] = rows->values[(size_t)r * rows->n_cols].u.i;
    return ARC_OK;
}

/* States: nobody's now; paid back since; claimed since. */
enum { NOW, WENT_BACK, CLAIMED, WAYS };

static arc_status find_states(unclaimed *u, int way)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(u->t, &shape, "receipt_state", "receipt customer unapplied posting_date settled_on returned_on claimed_on");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    if (way == NOW) arci_where_null(&w, shape->cols[1]);
    if (way == NOW) arci_where_int(&w, shape->cols[2], ARC_OP_NE, 0);
    if (way == WENT_BACK) arci_where_int(&w, shape->cols[4], ARC_OP_GT, u->day);
    if (way == WENT_BACK) arci_where_int(&w, shape->cols[5], ARC_OP_GT, u->day);
    if (way == CLAIMED) arci_where_int(&w, shape->cols[6], ARC_OP_GT, u->day);
    arci_where_int(&w, shape->cols[3], ARC_OP_LE, u->day);
    st = arci_repo_find(u->t, shape, &w, NULL, 0, 0, &u->arena, &rows);
    return st == ARC_OK ? keep(u, &rows) : st;
}

/* Of those a claim was taken back since. */
static arc_status find_ended(unclaimed *u)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(u->t, &shape, "receipt_claim", "receipt ends effective_date");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[1], ARC_OP_GT, 0);
    arci_where_int(&w, shape->cols[2], ARC_OP_GT, u->day);
    st = arci_repo_find(u->t, shape, &w, NULL, 0, 0, &u->arena, &rows);
    return st == ARC_OK ? keep(u, &rows) : st;
}

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* How many of n ids, in order and each once, were nobody's. */
static arc_status count_some(unclaimed *u, const int64_t *ids, uint32_t n, int64_t *count)
{
    enum { C_RECEIPT, C_DATE, C_ENDS, C_ID };
    const arci_shape *receipts, *states, *claims;
    arc_value *whose, *then, in[AT_ONCE];
    uint8_t *found, *there, held[AT_ONCE] = { 0 };
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(u->t, &receipts, "receipt", "customer posting_date");
    if (st == ARC_OK) st = arci_shape_get(u->t, &states, "receipt_state", "returned_on");
    if (st == ARC_OK) st = arci_shape_get(u->t, &claims, "receipt_claim", "receipt effective_date ends id");
    if (st == ARC_OK) st = arci_repo_get_many(u->t, receipts, ids, n, &u->arena, &whose, &found);
    if (st == ARC_OK) st = arci_repo_get_many(u->t, states, ids, n, &u->arena, &then, &there);
    if (st != ARC_OK) return st;
    const arc_order by_id = { claims->cols[C_ID], 0 };
    for (uint32_t i = 0; i < n; i++) in[i] = arci_v_int(ids[i]);
    arci_where_init(&w);
    arci_where_in(&w, claims->cols[C_RECEIPT], in, n);
    arci_where_int(&w, claims->cols[C_DATE], ARC_OP_LE, u->day);
    st = arci_repo_find(u->t, claims, &w, &by_id, 1, 0, &u->arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) { /* the last row up to the day decides */
        const arc_value *v = rows.values + (size_t)r * rows.n_cols;
        const int64_t *at = bsearch(&v[C_RECEIPT].u.i, ids, n, sizeof *ids, by_value);
        if (at) held[at - ids] = v[C_ENDS].type == ARC_V_NULL;
    }
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const int gone = there[i] && then[i].type == ARC_V_INT && then[i].u.i <= u->day;
        *count += found[i] && whose[2 * i].type == ARC_V_NULL && whose[2 * i + 1].u.i <= u->day && !gone && !held[i];
    }
    return st;
}

arc_status arci_period_unclaimed(arci_txn *t, const arci_period *p, int64_t *count)
{
    unclaimed u = { .t = t, .day = p->ends };
    uint32_t n = 0;
    arci_arena_init(&u.arena, t->book->ctx);
    arc_status st = find_ended(&u);
    for (int way = 0; st == ARC_OK && way < WAYS; way++) st = find_states(&u, way);
    if (st == ARC_OK && u.n) qsort(u.ids, u.n, sizeof *u.ids, by_value);
    for (uint32_t i = 0; st == ARC_OK && i < u.n; i++) {
        if (!n || u.ids[n - 1] != u.ids[i]) u.ids[n++] = u.ids[i];
    }
    *count = 0;
    for (uint32_t from = 0; st == ARC_OK && from < n; from += AT_ONCE) st = count_some(&u, u.ids + from, n - from < AT_ONCE ? n - from : AT_ONCE, count);
    arci_arena_clear(&u.arena);
    return st;
}
