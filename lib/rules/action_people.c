/* SPDX-License-Identifier: Apache-2.0 */
/* Customers, contacts and users that actions of a batch of rows ask for, read together when the first of them does. */
#include "rules/action_people.h"

#include "ledger/merged.h"

#include <stdlib.h>
#include <string.h>

#define AT_ONCE 500u
#define USERS 5000u  /* read together; what is not among them is asked for by itself */

struct arci_people_cache {
    arci_txn *t;
    arci_arena arena, lasting; /* of a batch; of users */
    int64_t *ids;              /* customers of the batch, ascending */
    uint32_t n, cap;
    arc_value *customers;      /* NULL: not read yet */
    uint8_t *found;
    arci_rows contacts;        /* by customer */
    uint8_t has_contacts, has_users;
    arci_rows users;           /* by id */
};

arc_status arci_people_new(arci_txn *t, arci_people_cache **out)
{
    arci_people_cache *c = *out = arci_calloc(t->book->ctx, 1, sizeof *c);
    if (!c) return arci_nomem(t->env);
    c->t = t;
    arci_arena_init(&c->arena, t->book->ctx);
    arci_arena_init(&c->lasting, t->book->ctx);
    return ARC_OK;
}

void arci_people_free(arci_people_cache *c)
{
    if (!c) return;
    arc_context *ctx = c->arena.ctx;
    arci_arena_clear(&c->arena);
    arci_arena_clear(&c->lasting);
    arci_free(ctx, c->ids);
    arci_free(ctx, c);
}

void arci_people_batch(arci_people_cache *c)
{
    if (!c) return;
    arci_arena_reset(&c->arena);
    c->n = 0;
    c->customers = NULL;
    c->has_contacts = 0;
}

arc_status arci_people_add(arci_people_cache *c, int64_t customer)
{
    if (!c || customer < 1 || (c->n && c->ids[c->n - 1] == customer)) return ARC_OK;
    if (c->n == c->cap) {
        uint32_t cap = c->cap ? c->cap * 2 : AT_ONCE;
        int64_t *ids = arci_resize(c->arena.ctx, c->ids, cap * sizeof *ids);
        if (!ids) return arci_nomem(c->t->env);
        c->ids = ids;
        c->cap = cap;
    }
    c->ids[c->n++] = customer;
    return ARC_OK;
}

static int by_id(const void *x, const void *y)
{
    const int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

/* Where a customer stands; UINT32_MAX: he is none of the batch. */
static uint32_t place(arci_people_cache *c, int64_t customer)
{
    const int64_t *at = c->n ? bsearch(&customer, c->ids, c->n, sizeof customer, by_id) : NULL;
    return at ? (uint32_t)(at - c->ids) : UINT32_MAX;
}

static void order(arci_people_cache *c)
{
    uint32_t n = 0;
    if (c->n > 1) qsort(c->ids, c->n, sizeof *c->ids, by_id);
    for (uint32_t i = 0; i < c->n; i++) {
        if (!n || c->ids[n - 1] != c->ids[i]) c->ids[n++] = c->ids[i];
    }
    c->n = n;
}

static arc_status read_customers(arci_people_cache *c, const arci_shape *shape)
{
    order(c);
    return c->n ? arci_repo_get_many(c->t, shape, c->ids, c->n, &c->arena, &c->customers, &c->found) : ARC_OK;
}

arc_status arci_people_customer(arci_people_cache *c, arci_txn *t, arci_arena *arena, int64_t customer, const arc_value **out)
{
    const arci_shape *shape;
    arc_value *v;
    arc_status st = arci_shape_get(t, &shape, "customer", "language preferred_channel address opt_out");
    if (st == ARC_OK && c && !c->customers) st = read_customers(c, shape);
    uint32_t at = st == ARC_OK && c && c->customers ? place(c, customer) : UINT32_MAX;
    if (st == ARC_OK && at != UINT32_MAX && c->found[at]) {
        *out = c->customers + (size_t)at * shape->n;
        return ARC_OK;
    }
    if (st == ARC_OK) st = arci_repo_get(t, shape, customer, arena, &v);
    if (st == ARC_OK) *out = v;
    return st;
}

/* ---- contacts --------------------------------------------------------------------------------------------------------------------- */

static const char contact_fields[] = "id name role mobile email wechat address cc consent language valid_to customer";

static arc_status find_contacts(arci_txn *t, arci_arena *arena, const int64_t *ids, uint32_t n, arci_rows *rows)
{
    const arci_shape *shape;
    arci_where w;
    arc_value *values = arci_arena_alloc(arena, (n + 1u) * sizeof *values);
    arc_status st = values ? arci_shape_get(t, &shape, "contact", contact_fields) : arci_nomem(t->env);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n; i++) values[i] = arci_v_int(ids[i]);
    const arc_order order[2] = { { shape->cols[ARCI_CONTACT_CUSTOMER], 0 }, { shape->cols[0], 0 } };
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[ARCI_CONTACT_CUSTOMER], values, n);
    return arci_repo_find(t, shape, &w, order, 2, 0, arena, rows);
}

/* A customer without contacts has those of whoever was merged into him. */
static arc_status merged_contacts(arci_txn *t, arci_arena *arena, int64_t customer, const arc_value **out, uint32_t *n)
{
    arci_rows rows;
    int64_t *family;
    uint32_t members;
    arc_status st = arci_merged_family_now(t, arena, customer, &family, &members);
    if (st != ARC_OK || members < 2) return st;
    st = find_contacts(t, arena, family, members, &rows);
    if (st != ARC_OK) return st;
    *out = rows.values;
    *n = rows.n_rows;
    return ARC_OK;
}

arc_status arci_people_contacts(arci_people_cache *c, arci_txn *t, arci_arena *arena, int64_t customer, const arc_value **out, uint32_t *n)
{
    arci_rows own;
    arc_status st = ARC_OK;
    *n = 0;
    if (c && !c->has_contacts) {
        order(c);
        c->contacts.n_rows = 0;
        if (c->n) st = find_contacts(t, &c->arena, c->ids, c->n, &c->contacts);
        c->has_contacts = st == ARC_OK;
    }
    if (st != ARC_OK) return st;
    if (!c || place(c, customer) == UINT32_MAX) {
        st = find_contacts(t, arena, &customer, 1, &own);
        *out = own.values;
        *n = st == ARC_OK ? own.n_rows : 0;
        return st == ARC_OK && !*n ? merged_contacts(t, arena, customer, out, n) : st;
    }
    uint32_t lo = 0, hi = c->contacts.n_rows;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (c->contacts.values[(size_t)mid * ARCI_CONTACT_N + ARCI_CONTACT_CUSTOMER].u.i < customer) lo = mid + 1;
        else hi = mid;
    }
    *out = c->contacts.values + (size_t)lo * ARCI_CONTACT_N;
    while (lo + *n < c->contacts.n_rows && (*out)[(size_t)*n * ARCI_CONTACT_N + ARCI_CONTACT_CUSTOMER].u.i == customer) ++*n;
    return *n ? ARC_OK : merged_contacts(t, arena, customer, out, n);
}

arc_status arci_people_contact(arci_people_cache *c, arci_txn *t, arci_arena *arena, int64_t id, const arc_value **out)
{
    const arci_shape *shape;
    arc_value *v;
    for (uint32_t i = 0; c && c->has_contacts && i < c->contacts.n_rows; i++) {
        *out = c->contacts.values + (size_t)i * ARCI_CONTACT_N;
        if ((*out)[0].u.i == id) return ARC_OK;
    }
    arc_status st = arci_shape_get(t, &shape, "contact", contact_fields);
    if (st == ARC_OK) st = arci_repo_get(t, shape, id, arena, &v);
    if (st == ARC_OK) *out = v;
    return st;
}

/* ---- users -------------------------------------------------------------------------------------------------------------------------- */

static arc_status read_users(arci_people_cache *c, const arci_shape *shape)
{
    const arc_order order = { shape->cols[0], 0 };
    arc_status st = arci_repo_find(c->t, shape, NULL, &order, 1, USERS, &c->lasting, &c->users);
    c->has_users = st == ARC_OK;
    return st;
}

arc_status arci_people_user(arci_people_cache *c, arci_txn *t, arci_arena *arena, int64_t id, const arc_value **out)
{
    const arci_shape *shape;
    arc_value *v;
    arc_status st = arci_shape_get(t, &shape, "user_account", "id code name email mobile language valid_from valid_to disabled");
    if (st == ARC_OK && c && !c->has_users) st = read_users(c, shape);
    uint32_t lo = 0, hi = st == ARC_OK && c ? c->users.n_rows : 0;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        *out = c->users.values + (size_t)mid * c->users.n_cols;
        if ((*out)[0].u.i == id) return ARC_OK;
        if ((*out)[0].u.i < id) lo = mid + 1;
        else hi = mid;
    }
    if (st == ARC_OK) st = arci_repo_get(t, shape, id, arena, &v);
    if (st == ARC_OK) *out = v;
    return st;
}
