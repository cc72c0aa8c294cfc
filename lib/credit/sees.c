/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of a family is cut to the customers the actor sees; what is decided is not. */
#include "credit/limit.h"
#include "store/access.h"

enum { AT_ONCE = 500 };

int arci_credit_sees_all(const arci_txn *t)
{
    return !arci_access_scope(t->session, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("customer", 8));
}

arc_status arci_credit_seen(arci_txn *t, arci_arena *arena, const int64_t *ids, uint32_t n, int64_t **out, uint32_t *n_out)
{
    const arci_entity *e = arci_entity_by_name("customer", 8);
    const arci_row_scope *scope = arci_access_scope(t->session, &arci_verbs[ARCI_DO_READ], e);
    const arci_shape *shape;
    arc_cond *own = NULL;
    int64_t *kept = arci_arena_alloc(arena, (n + 1u) * sizeof *kept);
    *out = kept;
    *n_out = 0;
    if (!kept) return arci_nomem(t->env);
    arc_status st = arci_shape_get(t, &shape, "customer", "id");
    if (st == ARC_OK && scope) st = arci_scope_cond(t, arena, e, scope, &own);
    for (uint32_t from = 0; st == ARC_OK && from < n; from += AT_ONCE) {
        const uint32_t m = n - from < AT_ONCE ? n - from : AT_ONCE;
        const arc_order order = { shape->cols[0], 0 };
        arc_value values[AT_ONCE];
        arci_where w;
        arci_rows rows;
        for (uint32_t i = 0; i < m; i++) values[i] = arci_v_int(ids[from + i]);
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[0], values, m);
        if (own) w.conds[w.n++] = *own;
        st = arci_repo_find(t, shape, &w, &order, 1, 0, arena, &rows);
        for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) kept[(*n_out)++] = rows.values[i].u.i;
    }
    return st;
}
