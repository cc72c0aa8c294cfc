/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/person.h"

#include <string.h>

arc_status arci_person_id(arci_posting *p, arc_value *user)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    *user = arci_v_null();
    if (!p->session->actor) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, "user_account", "id code");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[1], ARC_OP_EQ, p->session->actor, strlen(p->session->actor));
    st = arci_repo_find(p->t, shape, &w, NULL, 0, 1, &p->arena, &rows);
    if (st == ARC_OK && rows.n_rows) *user = rows.values[0];
    return st;
}

arc_status arci_person_wrote(arci_txn *t, arci_arena *arena, int64_t txn, int *same)
{
    const arci_shape *shape;
    arc_value *v;
    const arci_session *s = t->session;
    arc_status st = arci_shape_get(t, &shape, "txn", "actor on_behalf_of");
    *same = 0;
    if (txn == t->id) { /* asked for in the transaction that is still open: its row is not there yet */
        *same = 1;
        return st;
    }
    if (st == ARC_OK) st = arci_repo_get(t, shape, txn, arena, &v);
    if (st == ARC_OK) *same = arci_access_same_person(s->actor, s->on_behalf_of, v[0].u.s, v[1].type == ARC_V_TEXT ? v[1].u.s : NULL);
    return st;
}

arc_status arci_person_attached(arci_txn *t, arci_arena *arena, const char *entity, int64_t row, int *has)
{
    const arci_shape *shape, *gone;
    arci_where w;
    arci_rows rows;
    *has = 0;
    arc_status st = arci_shape_get(t, &shape, "attachment", "id entity row");
    if (st == ARC_OK) st = arci_shape_get(t, &gone, "attachment_withdrawal", "attachment");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[1], ARC_OP_EQ, entity, strlen(entity));
    arci_where_int(&w, shape->cols[2], ARC_OP_EQ, row);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows && !*has; i++) {
        arci_rows withdrawn;
        arci_where_init(&w);
        arci_where_int(&w, gone->cols[0], ARC_OP_EQ, rows.values[(size_t)i * rows.n_cols].u.i);
        st = arci_repo_find(t, gone, &w, NULL, 0, 1, arena, &withdrawn);
        *has = st == ARC_OK && !withdrawn.n_rows;
    }
    return st;
}
