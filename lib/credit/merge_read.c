/* SPDX-License-Identifier: Apache-2.0 */
/* Whose customers are, for callers. */
#include <string.h>

#include "arcore/merge.h"
#include "ledger/merged.h"
#include "store/access.h"

static arc_status check(arci_session *s, const void *out, arc_date as_of)
{
    if (!out) return arci_fail(&s->env, ARC_E_INVALID, "the result has nowhere to go", "未提供结果参数");
    if (as_of != ARC_DATE_NONE && (as_of < ARC_DATE_MIN || as_of > ARC_DATE_MAX)) return arci_fail(&s->env, ARC_E_RANGE, "not a date", "不是日期");
    return arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("customer", 8));
}

/* The root and whoever belongs to it, as of the day; the customer asked about is one the actor sees. */
static arc_status family(arci_txn *t, arci_arena *arena, int64_t customer, arc_date as_of, int64_t **ids, uint32_t *n)
{
    const arci_shape *shape;
    arci_merged m;
    arc_value *row;
    arc_status st = arci_shape_get(t, &shape, "customer", "id");
    if (st == ARC_OK) st = arci_access_row(t, &arci_verbs[ARCI_DO_READ], shape->table->entity, shape->table->entity, customer);
    if (st == ARC_OK) st = arci_repo_get(t, shape, customer, arena, &row);
    if (st != ARC_OK) return st;
    if (as_of == ARC_DATE_NONE) return arci_merged_family_now(t, arena, customer, ids, n);
    arci_merged_init(&m, t->env->ctx);
    st = arci_merged_read(t, arena, &m, as_of, NULL);
    if (st == ARC_OK) st = arci_merged_family(t->env, arena, &m, customer, ids, n);
    arci_merged_clear(&m);
    return st;
}

/* Who of them the actor sees. */
static arc_status cut(arci_txn *t, arci_arena *arena, int64_t *ids, uint32_t *n)
{
    const arci_entity *e = arci_entity_by_name("customer", 8);
    uint8_t *seen = arci_arena_alloc(arena, *n);
    uint32_t kept = 0;
    if (!seen) return arci_nomem(t->env);
    arc_status st = arci_scope_rows(t, arena, e, arci_access_scope(t->session, &arci_verbs[ARCI_DO_READ], e), ids, *n, seen);
    for (uint32_t i = 0; st == ARC_OK && i < *n; i++) {
        if (seen[i]) ids[kept++] = ids[i];
    }
    *n = kept;
    return st;
}

arc_status arc_customer_root(arc_session *session, int64_t *root, int64_t customer, arc_date as_of)
{
    arci_session *s;
    arci_scope scope;
    arci_arena arena;
    int64_t *ids = NULL;
    uint32_t n = 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = check(s, root, as_of);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return arci_session_leave(s, st);
    arci_arena_init(&arena, s->env.ctx);
    st = family(scope.txn, &arena, customer, as_of, &ids, &n);
    if (st == ARC_OK) *root = ids[0];
    arci_arena_clear(&arena);
    return arci_session_leave(s, arci_scope_end(&scope, st));
}

static arc_status hand_out(arci_env *env, int64_t *out, uint32_t *room, const int64_t *ids, uint32_t n)
{
    const uint32_t had = *room;
    *room = n;
    if (had < n) return arci_fail(env, ARC_E_BUFFER, "there are %u customers", "共有 %u 个客户", n);
    if (!out) return arci_fail(env, ARC_E_INVALID, "ids is NULL", "ids 为 NULL");
    memcpy(out, ids, n * sizeof *ids);
    return ARC_OK;
}

arc_status arc_customer_family(arc_session *session, int64_t *out, uint32_t *n, int64_t customer, arc_date as_of)
{
    arci_session *s;
    arci_scope scope;
    arci_arena arena;
    int64_t *ids = NULL;
    uint32_t all = 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = check(s, n, as_of);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return arci_session_leave(s, st);
    arci_arena_init(&arena, s->env.ctx);
    st = family(scope.txn, &arena, customer, as_of, &ids, &all);
    if (st == ARC_OK) st = cut(scope.txn, &arena, ids, &all);
    if (st == ARC_OK) st = hand_out(&s->env, out, n, ids, all);
    arci_arena_clear(&arena);
    return arci_session_leave(s, arci_scope_end(&scope, st));
}
