/* SPDX-License-Identifier: Apache-2.0 */
/* Payments that come twice: the same customer, currency, amount and text within some days. */
#include <string.h>

#include "cash/match.h"

enum { AT_ONCE = 500 };

typedef struct paid_before {
    int64_t id, amount;
    arc_date on;
    char currency[4];
    int64_t customer;
    arc_value memo;
    uint32_t next; /* of the same customer, + 1 */
} paid_before;

struct arci_cash_recent {
    paid_before *list;
    uint32_t n, cap;
    arci_map first; /* of a customer, + 1 */
};

static const char fields[] = "id customer currency amount value_date memo";
enum { F_ID, F_CUSTOMER, F_CURRENCY, F_AMOUNT, F_DATE, F_MEMO };

static arc_status keep(arci_cash *m, const arc_value *v, const arc_value *customer)
{
    struct arci_cash_recent *x = m->recent;
    int64_t *first;
    if (v[F_MEMO].type != ARC_V_TEXT || !v[F_MEMO].len) return ARC_OK; /* what says nothing repeats nothing */
    if (x->n == x->cap) {
        uint32_t cap = x->cap ? x->cap * 2 : 256;
        paid_before *grown = arci_arena_alloc(&m->arena, cap * sizeof *grown);
        if (!grown) return arci_nomem(m->env);
        if (x->n) memcpy(grown, x->list, x->n * sizeof *grown);
        x->list = grown;
        x->cap = cap;
    }
    paid_before *k = &x->list[x->n++];
    *k = (paid_before){ .id = v[F_ID].u.i, .amount = v[F_AMOUNT].u.i, .on = (arc_date)v[F_DATE].u.i, .customer = arci_cash_root(m, customer->u.i), .memo = v[F_MEMO] };
    memcpy(k->currency, v[F_CURRENCY].u.s, 3);
    if (arci_map_put(&x->first, &k->customer, sizeof k->customer, &first) < 0) return arci_nomem(m->env);
    k->next = (uint32_t)*first;
    *first = x->n;
    return ARC_OK;
}

/* Receipts that were theirs from the start. */
static arc_status read_own(arci_cash *m, const arc_value *customers, uint32_t n, arc_date since)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_value *states = NULL;
    uint8_t *found = NULL;
    arc_status st = arci_shape_get(m->t, &shape, "receipt", fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[F_CUSTOMER], customers, n);
    arci_where_int(&w, shape->cols[F_DATE], ARC_OP_GE, since);
    const arc_order by[] = { { shape->cols[F_CUSTOMER], 0 }, { shape->cols[F_DATE], 0 } };
    st = arci_repo_find(m->t, shape, &w, by, 2, 0, &m->arena, &rows);
    int64_t *ids = st == ARC_OK ? arci_arena_alloc(&m->arena, (rows.n_rows + 1u) * sizeof *ids) : NULL;
    if (st == ARC_OK && !ids) return arci_nomem(m->env);
    uint32_t k = 0;
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) { /* what says nothing repeats nothing */
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        if (v[F_MEMO].type != ARC_V_TEXT || !v[F_MEMO].len) continue;
        if (k < i) memmove(rows.values + (size_t)k * rows.n_cols, v, rows.n_cols * sizeof *v);
        ids[k++] = v[F_ID].u.i;
    }
    if (st == ARC_OK) st = arci_shape_get(m->t, &shape, "receipt_state", "returned_on");
    if (st == ARC_OK && k) st = arci_repo_get_many(m->t, shape, ids, k, &m->arena, &states, &found);
    for (uint32_t i = 0; st == ARC_OK && i < k; i++) { /* what went back was not paid */
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        if (found[i] && states[i].type == ARC_V_NULL) st = keep(m, v, &v[F_CUSTOMER]);
    }
    return st;
}

/* Those that were found to be theirs. */
static arc_status read_claimed(arci_cash *m, const arc_value *customers, uint32_t n, arc_date since)
{
    const arci_shape *states, *shape;
    arci_where w;
    arci_rows rows;
    arc_value *receipts = NULL;
    uint8_t *found = NULL;
    arc_status st = arci_shape_get(m->t, &states, "receipt_state", "receipt customer claimed_on returned_on");
    if (st == ARC_OK) st = arci_shape_get(m->t, &shape, "receipt", fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, states->cols[1], customers, n);
    arci_where_int(&w, states->cols[2], ARC_OP_GE, since);
    const arc_order by[] = { { states->cols[1], 0 }, { states->cols[2], 0 } };
    st = arci_repo_find(m->t, states, &w, by, 2, 0, &m->arena, &rows);
    int64_t *ids = st == ARC_OK ? arci_arena_alloc(&m->arena, (rows.n_rows + 1u) * sizeof *ids) : NULL;
    if (st == ARC_OK && !ids) return arci_nomem(m->env);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) ids[i] = rows.values[(size_t)i * rows.n_cols].u.i;
    if (st == ARC_OK && rows.n_rows) st = arci_repo_get_many(m->t, shape, ids, rows.n_rows, &m->arena, &receipts, &found);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *state = rows.values + (size_t)i * rows.n_cols;
        if (found[i] && state[3].type == ARC_V_NULL) st = keep(m, receipts + (size_t)i * shape->n, &state[1]);
    }
    return st;
}

arc_status arci_cash_recent_read(arci_cash *m, const int64_t *customers, uint32_t n)
{
    arc_date first = m->as_of;
    int32_t days = 0;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < m->n_strategies; i++) days = m->strategies[i].twice_days > days ? m->strategies[i].twice_days : days;
    for (uint32_t i = 0; i < m->n_receipts; i++) first = m->receipts[i].value_date < first ? m->receipts[i].value_date : first;
    if (!days || !n) return ARC_OK;
    if (!m->recent) {
        m->recent = arci_arena_calloc(&m->arena, 1, sizeof *m->recent);
        if (!m->recent) return arci_nomem(m->env);
        arci_map_init(&m->recent->first, m->arena.ctx);
    }
    for (uint32_t i = 0; i < n && st == ARC_OK; i += AT_ONCE) {
        uint32_t some = n - i < AT_ONCE ? n - i : AT_ONCE;
        arc_value *values;
        int64_t *roots = arci_arena_alloc(&m->arena, some * sizeof *roots);
        if (!roots) return arci_nomem(m->env);
        for (uint32_t k = 0; k < some; k++) roots[k] = arci_cash_root(m, customers[i + k]);
        st = arci_cash_members(m, roots, some, &values, &some);
        if (st == ARC_OK) st = read_own(m, values, some, first - days);
        if (st == ARC_OK) st = read_claimed(m, values, some, first - days);
    }
    return st;
}

static int same(const arc_value *a, const arc_value *b) { return a->type == ARC_V_TEXT && b->type == ARC_V_TEXT && a->len == b->len && memcmp(a->u.s, b->u.s, a->len) == 0; }

int64_t arci_cash_twice(const arci_cash *m, const arci_mreceipt *r, int64_t customer, int32_t days)
{
    int64_t first = 0;
    const int64_t *at = m->recent && days ? arci_map_get(&m->recent->first, &customer, sizeof customer) : NULL;
    for (uint32_t i = at ? (uint32_t)*at : 0; i; i = m->recent->list[i - 1].next) {
        const paid_before *k = &m->recent->list[i - 1];
        if (k->id >= r->id || k->amount != r->left || memcmp(k->currency, r->currency, 3) != 0 || !same(&k->memo, &r->texts[0])) continue;
        if (k->on < r->value_date - days || k->on > r->value_date + days) continue;
        if (!first || k->id < first) first = k->id;
    }
    return first;
}

void arci_cash_recent_free(arci_cash *m)
{
    if (m->recent) arci_map_clear(&m->recent->first);
    m->recent = NULL;
}
