/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "security/build.h"

static arc_date date_of(const arc_value *v)
{
    return v->type == ARC_V_INT ? (arc_date)v->u.i : ARC_DATE_NONE;
}

static int64_t id_of(const arc_value *v)
{
    return v->type == ARC_V_INT ? v->u.i : 0;
}

int arci_valid_on(arc_date from, arc_date to, arc_date day)
{
    if (day == ARC_DATE_NONE) return from == ARC_DATE_NONE && to == ARC_DATE_NONE;
    return (from == ARC_DATE_NONE || from <= day) && (to == ARC_DATE_NONE || day <= to);
}

arc_status arci_user_find(arci_txn *t, const char *code, size_t len, arci_user *out)
{
    static const char fields[] = "id code valid_from valid_to disabled team region";
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arci_arena arena;
    arc_status st = arci_shape_get(t, &shape, "user_account", fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[1], ARC_OP_EQ, code, len);
    arci_arena_init(&arena, t->book->ctx);
    st = arci_repo_find(t, shape, &w, NULL, 0, 1, &arena, &rows);
    if (st == ARC_OK && !rows.n_rows) st = ARC_E_NOT_FOUND;
    if (st == ARC_OK) {
        const arc_value *v = rows.values;
        out->id = v[0].u.i;
        out->valid_from = date_of(&v[2]);
        out->valid_to = date_of(&v[3]);
        out->disabled = v[4].u.i != 0;
        out->team = id_of(&v[5]);
        out->region = id_of(&v[6]);
    }
    arci_arena_clear(&arena);
    return st;
}

/* Grants are few a user: those that were taken back are left out here. */
arc_status arci_grants_read(arci_txn *t, arci_arena *arena, int64_t user, arci_grant **out, uint32_t *n)
{
    static const char fields[] = "id user_account role org_unit valid_from valid_to revokes";
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    *n = 0;
    arc_status st = arci_shape_get(t, &shape, "role_grant", fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    if (user) arci_where_int(&w, shape->cols[1], ARC_OP_EQ, user);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    if (st != ARC_OK) return st;
    *out = arci_arena_alloc(arena, (rows.n_rows + 1u) * sizeof **out);
    if (!*out) return arci_nomem(t->env);
    for (uint32_t i = 0; i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        arci_grant g = { v[0].u.i, v[1].u.i, v[2].u.i, id_of(&v[3]), date_of(&v[4]), date_of(&v[5]) };
        if (v[6].type == ARC_V_NULL) (*out)[(*n)++] = g;
    }
    for (uint32_t i = 0; i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        for (uint32_t k = 0; v[6].type == ARC_V_INT && k < *n; k++) {
            if ((*out)[k].id != v[6].u.i) continue;
            memmove(*out + k, *out + k + 1, (*n - k - 1) * sizeof **out);
            (*n)--;
            break;
        }
    }
    return ARC_OK;
}
