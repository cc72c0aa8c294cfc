/* SPDX-License-Identifier: Apache-2.0 */
/* Who owned a customer on a day. Customers say what holds now: where one of those above has changed since, the book is replayed to the day and asked there. */
#include <string.h>

#include "credit/limit.h"
#include "ledger/merged.h"
#include "rules/sweep.h"
#include "store/replay.h"

static int is_one(const int64_t *list, uint32_t n, int64_t id)
{
    for (uint32_t i = 0; i < n; i++) {
        if (list[i] == id) return 1;
    }
    return 0;
}

/* Whether one of those above was merged with somebody, or parted from him, behind the day. */
static arc_status merged_since(arci_txn *t, arci_arena *arena, const int64_t *customers, uint32_t n, arc_date day, int *yes)
{
    arci_merged m;
    uint32_t n_all = n, before;
    arci_merged_init(&m, t->env->ctx);
    arc_status st = arci_merged_read(t, arena, &m, ARC_DATE_NONE, NULL);
    int64_t *all = st == ARC_OK ? arci_arena_alloc(arena, ((size_t)n + m.n + 1) * sizeof *all) : NULL;
    if (st == ARC_OK && !all) st = arci_nomem(t->env);
    if (st == ARC_OK) memcpy(all, customers, n * sizeof *all);
    do { /* with those who are part of them, by way of whoever */
        before = n_all;
        for (uint32_t i = 0; st == ARC_OK && i < m.n; i++) {
            if (is_one(all, n_all, m.edges[i].kept) && !is_one(all, n_all, m.edges[i].merged)) all[n_all++] = m.edges[i].merged;
        }
    } while (n_all != before);
    for (uint32_t i = 0; st == ARC_OK && i < m.n; i++) {
        if (is_one(all, n_all, m.edges[i].merged) && (m.edges[i].from > day || (m.edges[i].undo && m.edges[i].to > day))) *yes = 1;
    }
    arci_merged_clear(&m);
    return st;
}

/* Whether a row of those above was changed behind the day: then it may have had another owner. */
static arc_status changed_since(arci_txn *t, arci_arena *arena, const int64_t *customers, uint32_t n, arc_date day, int *yes)
{
    enum { VERSION, TXN, N };
    const arci_shape *shape, *txns;
    arc_value *rows, *days;
    uint8_t *found, *there;
    int64_t *ids = arci_arena_alloc(arena, (n + 1u) * sizeof *ids);
    uint32_t n_ids = 0;
    if (!ids) return arci_nomem(t->env);
    arc_status st = arci_shape_get(t, &shape, "customer", "version txn");
    if (st == ARC_OK) st = arci_shape_get(t, &txns, "txn", "business_date");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, customers, n, arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (found[i] && rows[i * N + VERSION].u.i > 1) ids[n_ids++] = rows[i * N + TXN].u.i;
    }
    if (st != ARC_OK || !n_ids) return st;
    st = arci_repo_get_many(t, txns, ids, n_ids, arena, &days, &there);
    for (uint32_t i = 0; st == ARC_OK && i < n_ids; i++) *yes |= !there[i] || days[i].type != ARC_V_INT || days[i].u.i > day;
    return st;
}

static arc_status ask_then(arci_replay *r, arci_env *env, arci_arena *arena, int64_t customer, int64_t *out, int64_t *pools, uint32_t *n)
{
    arci_session *s;
    arci_scope scope;
    arc_status st = arci_session_enter(arci_replay_session(r), &s);
    if (st != ARC_OK) return st;
    st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, arci_credit_owners(scope.txn, arena, customer, out, pools, n));
    if (st != ARC_OK) (void)arci_fail_copy(env, s->env.err);
    (void)arci_session_leave(s, ARC_OK);
    return st;
}

arc_status arci_credit_owners_on(arci_txn *t, arci_arena *arena, int64_t customer, arc_date day, int64_t *out, int64_t *pools, uint32_t *n)
{
    const arci_replay_options o = { .days = ARCI_REPLAY_BUSINESS };
    arci_replay *r = NULL;
    int64_t now[ARCI_OWNERS_MAX + 1];
    int changed = 0;
    arc_status st = arci_credit_owners(t, arena, customer, out, pools, n);
    if (st != ARC_OK || t->session->business_date == ARC_DATE_NONE || day >= t->session->business_date) return st;
    memcpy(now, out, *n * sizeof *now);
    now[*n] = customer; /* itself, where it was merged */
    st = merged_since(t, arena, now, *n + 1, day, &changed);
    if (st == ARC_OK && !changed) st = changed_since(t, arena, now, *n + 1, day, &changed);
    if (st != ARC_OK || !changed) return st;
    st = arci_replay_open(t, &r, &o);
    if (st == ARC_OK) st = arci_replay_to_day(r, day);
    if (st == ARC_OK) st = ask_then(r, t->env, arena, customer, out, pools, n);
    arci_replay_close(r);
    if (st != ARC_E_NOT_FOUND) return st;
    arci_error_clear(t->env->err); /* it was not there yet */
    out[0] = customer;
    pools[0] = 0;
    *n = 1;
    return ARC_OK;
}

arc_status arci_credit_seal(arci_session *s, arc_date day)
{
    if (s->book->txn || s->business_date == ARC_DATE_NONE || day >= s->business_date) return ARC_OK;
    const arc_status st = arci_sweep_seal(s);
    if (st != ARC_E_READONLY) return st;
    arci_error_clear(s->env.err);
    return ARC_OK;
}
