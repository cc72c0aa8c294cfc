/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/last_receipt.h"

#include <stdlib.h>
#include <string.h>

#define AT_ONCE 500u    /* customers named in one question */
#define FIRST_LOOK 92   /* days; what is not found there is looked for eight times as far back, and so on */

typedef struct looking {
    arci_txn *t;
    arci_arena *arena;
    arci_last_receipt *list;
    arc_date *found; /* of each; ARC_DATE_NONE: nothing yet */
    uint32_t n;
} looking;

static int by_account(const void *x, const void *y)
{
    const arci_last_receipt *a = x, *b = y;
    if (a->customer != b->customer) return a->customer < b->customer ? -1 : 1;
    return memcmp(a->currency, b->currency, 3);
}

static void note(looking *l, const arc_value *customer, const arc_value *currency, const arc_value *day, const arc_value *returned)
{
    arci_last_receipt wanted = { .customer = customer->u.i };
    memcpy(wanted.currency, currency->u.s, currency->len < 3 ? currency->len : 3);
    const arci_last_receipt *a = bsearch(&wanted, l->list, l->n, sizeof wanted, by_account);
    if (!a || returned->type != ARC_V_NULL) return;
    arc_date *found = &l->found[a - l->list];
    if (*found == ARC_DATE_NONE || day->u.i > *found) *found = (arc_date)day->u.i;
}

/* Customers of whom nothing is found yet (all: whatever was found), from *at on; their number. */
static uint32_t name_some(const looking *l, arc_value *ids, uint32_t *at, int all)
{
    uint32_t n = 0;
    for (; *at < l->n && n < AT_ONCE; ++*at) {
        const int64_t customer = l->list[*at].customer;
        if ((all || l->found[*at] == ARC_DATE_NONE) && (!n || ids[n - 1].u.i != customer)) ids[n++] = arci_v_int(customer);
    }
    return n;
}

/* Those that were found to be theirs after they came in: few, and in an index of their own. */
static arc_status look_claimed(looking *l, arc_value *ids)
{
    enum { CUSTOMER, CLAIMED_ON, CURRENCY, VALUE_DATE, RETURNED_ON };
    const arci_shape *shape;
    uint32_t at = 0, n;
    arc_status st = arci_shape_get(l->t, &shape, "receipt_state", "customer claimed_on currency value_date returned_on");
    while (st == ARC_OK && (n = name_some(l, ids, &at, 1)) != 0) {
        arci_where w;
        arci_rows rows;
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[CUSTOMER], ids, n);
        arci_where_int(&w, shape->cols[CLAIMED_ON], ARC_OP_GE, ARC_DATE_MIN);
        st = arci_repo_find(l->t, shape, &w, NULL, 0, 0, l->arena, &rows);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
            const arc_value *v = rows.values + (size_t)r * rows.n_cols;
            note(l, &v[CUSTOMER], &v[CURRENCY], &v[VALUE_DATE], &v[RETURNED_ON]);
        }
    }
    return st;
}

/* Those that came in as theirs from one day to another. */
static arc_status look_between(looking *l, arc_value *ids, arc_date from, arc_date to)
{
    enum { ID, CUSTOMER, CURRENCY, VALUE_DATE };
    const arci_shape *shape, *states;
    uint32_t at = 0, n;
    arc_status st = arci_shape_get(l->t, &shape, "receipt", "id customer currency value_date");
    if (st == ARC_OK) st = arci_shape_get(l->t, &states, "receipt_state", "returned_on");
    while (st == ARC_OK && (n = name_some(l, ids, &at, 0)) != 0) {
        arci_where w;
        arci_rows rows;
        arc_value *returned;
        uint8_t *there;
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[CUSTOMER], ids, n);
        arci_where_int(&w, shape->cols[VALUE_DATE], ARC_OP_GE, from);
        arci_where_int(&w, shape->cols[VALUE_DATE], ARC_OP_LE, to);
        st = arci_repo_find(l->t, shape, &w, NULL, 0, 0, l->arena, &rows);
        int64_t *receipts = st == ARC_OK ? arci_arena_alloc(l->arena, (rows.n_rows + 1) * sizeof *receipts) : NULL;
        if (st == ARC_OK && !receipts) return arci_nomem(l->t->env);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) receipts[r] = rows.values[(size_t)r * rows.n_cols + ID].u.i;
        if (st == ARC_OK && rows.n_rows) st = arci_repo_get_many(l->t, states, receipts, rows.n_rows, l->arena, &returned, &there);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
            const arc_value *v = rows.values + (size_t)r * rows.n_cols;
            if (there[r]) note(l, &v[CUSTOMER], &v[CURRENCY], &v[VALUE_DATE], &returned[r]);
        }
    }
    return st;
}

arc_status arci_last_receipts_ask(arci_txn *t, arci_arena *arena, arci_last_receipt *list, uint32_t n)
{
    looking l = { t, arena, list, arci_arena_alloc(arena, n * sizeof *l.found), n };
    arc_value *ids = arci_arena_alloc(arena, AT_ONCE * sizeof *ids);
    if (!l.found || !ids) return arci_nomem(t->env);
    arc_date to = list[0].on;
    for (uint32_t i = 0; i < n; i++) {
        l.found[i] = ARC_DATE_NONE;
        if (list[i].on > to) to = list[i].on;
    }
    if (!arci_repo_asking(t)) return ARC_OK;
    arc_status st = look_claimed(&l, ids);
    if (st == ARC_OK) st = look_between(&l, ids, to - FIRST_LOOK > ARC_DATE_MIN ? (arc_date)(to - FIRST_LOOK) : ARC_DATE_MIN, to);
    arci_repo_asked(t);
    return st;
}

arc_status arci_last_receipts(arci_txn *t, arci_arena *arena, arci_last_receipt *list, uint32_t n)
{
    looking l = { t, arena, list, arci_arena_alloc(arena, n * sizeof *l.found), n };
    arc_value *ids = arci_arena_alloc(arena, AT_ONCE * sizeof *ids);
    if (!l.found || !ids) return arci_nomem(t->env);
    arc_date to = list[0].on;
    for (uint32_t i = 0; i < n; i++) {
        l.found[i] = ARC_DATE_NONE;
        if (list[i].on > to) to = list[i].on;
    }
    arc_status st = ARC_OK;
    if (arci_repo_asking(t)) {
        st = look_claimed(&l, ids);
        arci_repo_asked(t);
    }
    for (int64_t days = FIRST_LOOK; st == ARC_OK && to >= ARC_DATE_MIN; days *= 8) {
        const arc_date from = to - days > ARC_DATE_MIN ? (arc_date)(to - days) : ARC_DATE_MIN;
        st = look_between(&l, ids, from, to);
        to = from - 1;
    }
    if (st == ARC_OK) st = look_claimed(&l, ids);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) list[i].on = l.found[i];
    return st;
}
