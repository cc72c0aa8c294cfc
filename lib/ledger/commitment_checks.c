/* SPDX-License-Identifier: Apache-2.0 */
/* Commitments and what accounts keep of them, recomputed from orders, deliveries and their lines. */
#include <string.h>

#include "ledger/checks.h"
#include "ledger/commitment.h"
#include "store/stream.h"

#define AT_ONCE 500u

static const char *const sources[] = { "sales_order", "delivery" };

typedef struct check {
    arci_txn *t;
    arci_verify *v;
    arci_accounts sums;
    int64_t rows; /* of documents there are */
} check;

static arc_status wrong(check *x, const char *entity, const char *field, int64_t id, int64_t is, int64_t should)
{
    return arci_finding(x->v, entity, field, id, "is %lld, recomputed %lld", "现值 %lld，重算值 %lld", (long long)is, (long long)should);
}

static arc_status add(check *x, int64_t customer, const char *currency, int64_t ordered, int64_t delivered, const arci_commitment *days)
{
    char code[4] = { 0 };
    memcpy(code, currency, 3);
    arci_account_change *c = arci_accounts_at(&x->sums, customer, code);
    if (!c) return arci_nomem(x->t->env);
    arci_acc_add(&c->ordered, ordered);
    arci_acc_add(&c->delivered, delivered);
    for (uint32_t i = 0; days && i < days->n_wanted; i++) {
        const arc_value day = arci_v_int(days->wanted[i].day);
        arci_due_days_add(x->sums.index.ctx, &c->wanted, &day, days->wanted[i].open);
    }
    return ARC_OK;
}

/* The first day that is not as it should be; 1: all are. */
static int same_days(const arc_value *kept, const arci_due_day *days, uint32_t n, int64_t *is, int64_t *should)
{
    size_t at = 0;
    uint32_t k = 0;
    arci_due_day d;
    int more;
    for (more = arci_due_days_next(kept, &at, &d); more > 0; more = arci_due_days_next(kept, &at, &d)) {
        if (k == n || days[k].day != d.day || days[k].open != d.open) break;
        k++;
    }
    *is = more > 0 ? d.open : 0;
    *should = k < n ? days[k].open : 0;
    return !more && k == n;
}

enum { ROW, CURRENCY, CUSTOMER, ORDERED, DELIVERED, CONTRACT, WANTED, SOURCE };

/* One stored row against what is left of its document; c NULL: nothing. */
static arc_status compare(check *x, const arc_value *r, const arci_commitment *c)
{
    const int64_t ordered = c ? c->ordered : 0, delivered = c ? c->delivered : 0, id = r[ROW].u.i;
    arc_status st = ARC_OK;
    if (r[ORDERED].u.i != ordered) st = wrong(x, "commitment", "ordered", id, r[ORDERED].u.i, ordered);
    if (st == ARC_OK && r[DELIVERED].u.i != delivered) st = wrong(x, "commitment", "delivered", id, r[DELIVERED].u.i, delivered);
    if (st == ARC_OK && c && r[CUSTOMER].u.i != c->customer) st = wrong(x, "commitment", "customer", id, r[CUSTOMER].u.i, c->customer);
    if (st == ARC_OK && c && (r[CONTRACT].type == ARC_V_INT ? r[CONTRACT].u.i : 0) != c->contract) st = wrong(x, "commitment", "contract", id, r[CONTRACT].type == ARC_V_INT ? r[CONTRACT].u.i : 0, c->contract);
    int64_t is, should;
    if (st == ARC_OK && !same_days(&r[WANTED], c ? c->wanted : NULL, c ? c->n_wanted : 0, &is, &should)) st = wrong(x, "commitment", "wanted_days", id, is, should);
    return st == ARC_OK ? add(x, r[CUSTOMER].u.i, r[CURRENCY].u.s, ordered, delivered, c) : st;
}

static arc_status some(check *x, arci_arena *arena, int source, const int64_t *ids, uint32_t n)
{
    const arci_shape *shape;
    arc_value values[AT_ONCE];
    arci_commitment *now = NULL;
    uint32_t n_now = 0;
    arci_where w;
    arci_rows stored;
    arc_status st = arci_commitments_compute(x->t, arena, source, ids, n, &now, &n_now);
    if (st == ARC_OK) st = arci_shape_get(x->t, &shape, "commitment", "row currency customer ordered delivered contract wanted_days source");
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n; i++) values[i] = arci_v_int(ids[i]);
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[SOURCE], ARC_OP_EQ, sources[source], strlen(sources[source]));
    arci_where_in(&w, shape->cols[ROW], values, n);
    st = arci_repo_find(x->t, shape, &w, NULL, 0, 0, arena, &stored);
    if (st == ARC_OK) x->rows += stored.n_rows;
    uint32_t met = 0;
    for (uint32_t r = 0; st == ARC_OK && r < stored.n_rows; r++) {
        const arc_value *v = stored.values + (size_t)r * stored.n_cols;
        const arci_commitment *c = NULL;
        for (uint32_t i = 0; i < n_now && !c; i++) {
            if (now[i].row == v[ROW].u.i && memcmp(now[i].currency, v[CURRENCY].u.s, 3) == 0) c = &now[i];
        }
        met += c != NULL;
        st = compare(x, v, c);
    }
    for (uint32_t i = 0; st == ARC_OK && met < n_now && i < n_now; i++) { /* one that has no row */
        int there = 0;
        for (uint32_t r = 0; r < stored.n_rows && !there; r++) there = stored.values[(size_t)r * stored.n_cols].u.i == now[i].row && memcmp(now[i].currency, stored.values[(size_t)r * stored.n_cols + CURRENCY].u.s, 3) == 0;
        if (!there) st = wrong(x, "commitment", source == ARCI_LINKS_ORDER ? "ordered" : "delivered", now[i].row, 0, now[i].ordered + now[i].delivered);
    }
    return st;
}

static arc_status all_of(check *x, int source)
{
    arci_stream s;
    arci_arena arena;
    int64_t ids[AT_ONCE];
    uint32_t n = 0;
    arci_arena_init(&arena, x->t->env->ctx);
    arc_status st = arci_stream_open(x->t, x->v, &s, sources[source], "id", NULL);
    while (st == ARC_OK && s.row) {
        ids[n++] = s.row[0].u.i;
        st = arci_stream_next(&s);
        if (st == ARC_OK && (n == AT_ONCE || !s.row)) {
            st = some(x, &arena, source, ids, n);
            arci_arena_reset(&arena);
            n = 0;
        }
    }
    arci_stream_close(&s);
    arci_arena_clear(&arena);
    return st;
}

/* Rows of documents that are not there. */
static arc_status count_rows(check *x)
{
    arci_stream s;
    int64_t n = 0;
    arc_status st = arci_stream_open(x->t, x->v, &s, "commitment", "row source currency", "source currency");
    for (; st == ARC_OK && s.row; st = arci_stream_next(&s)) n++;
    arci_stream_close(&s);
    return st == ARC_OK && n != x->rows ? wrong(x, "commitment", "row", 0, n, x->rows) : st;
}

static arc_status accounts(check *x)
{
    arci_stream s;
    uint32_t met = 0;
    const uint32_t n = x->sums.n;
    arc_status st = arci_stream_open(x->t, x->v, &s, "account", "customer currency ordered delivered wanted_days", "currency");
    for (; st == ARC_OK && s.row; st = st == ARC_OK ? arci_stream_next(&s) : st) {
        char code[4] = { 0 };
        int64_t ordered = 0, delivered = 0;
        memcpy(code, s.row[1].u.s, 3);
        const uint32_t before = x->sums.n;
        arci_account_change *c = arci_accounts_at(&x->sums, s.row[0].u.i, code);
        if (!c) {
            st = arci_nomem(x->t->env);
            break;
        }
        met += x->sums.n == before;
        if (arci_acc_get(&c->ordered, &ordered) || arci_acc_get(&c->delivered, &delivered)) continue;
        if (s.row[2].u.i != ordered) st = wrong(x, "account", "ordered", s.row[0].u.i, s.row[2].u.i, ordered);
        if (st == ARC_OK && s.row[3].u.i != delivered) st = wrong(x, "account", "delivered", s.row[0].u.i, s.row[3].u.i, delivered);
        int64_t is, should;
        arci_due_days_merge(&c->wanted);
        if (st == ARC_OK && !same_days(&s.row[4], c->wanted.list, c->wanted.n, &is, &should)) st = wrong(x, "account", "wanted_days", s.row[0].u.i, is, should);
    }
    arci_stream_close(&s);
    return st == ARC_OK && met != n ? wrong(x, "account", "ordered", 0, met, n) : st;
}

arc_status arci_check_commitments(arci_verify *v, arci_txn *t)
{
    check x = { .t = t, .v = v };
    arci_accounts_init(&x.sums, t->env->ctx);
    arc_status st = all_of(&x, ARCI_LINKS_ORDER);
    if (st == ARC_OK) st = all_of(&x, ARCI_LINKS_DELIVERY);
    if (st == ARC_OK) st = count_rows(&x);
    if (st == ARC_OK) st = accounts(&x);
    arci_accounts_clear(&x.sums);
    return st;
}
