/* SPDX-License-Identifier: Apache-2.0 */
#include "security/duty.h"

#include <string.h>

arc_status arci_role_load(arci_txn *t, arci_arena *arena, int64_t id, arci_role_row *out)
{
    const arci_shape *shape;
    arc_value *v;
    arc_status st = arci_shape_get(t, &shape, "role", "id version document retired");
    if (st == ARC_OK) st = arci_repo_get(t, shape, id, arena, &v);
    if (st != ARC_OK) return st;
    out->id = v[0].u.i;
    out->version = v[1].u.i;
    out->retired = v[3].u.i != 0;
    return arci_role_read(t->env, arena, v[2].u.s, v[2].len, &out->role);
}

int arci_periods_meet(arc_date from, arc_date to, arc_date from2, arc_date to2)
{
    return (to == ARC_DATE_NONE || from2 == ARC_DATE_NONE || from2 <= to) && (to2 == ARC_DATE_NONE || from == ARC_DATE_NONE || from <= to2);
}

static const char *excluded(const arci_role *by, const arci_role *r)
{
    for (uint32_t i = 0; i < by->n_excludes; i++) {
        if (!strcmp(by->excludes[i].role, r->code)) return by->excludes[i].rule;
    }
    return NULL;
}

arc_status arci_duties_fit(arci_txn *t, arci_arena *arena, int64_t user, const arci_role *r, arc_date from, arc_date to, int64_t except)
{
    arci_grant *grants;
    uint32_t n;
    arc_status st = arci_grants_read(t, arena, user, &grants, &n);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        arci_role_row other;
        if (grants[i].id == except || !arci_periods_meet(from, to, grants[i].valid_from, grants[i].valid_to)) continue;
        st = arci_role_load(t, arena, grants[i].role, &other);
        if (st != ARC_OK) return st;
        const char *rule = excluded(r, &other.role);
        if (!rule) rule = excluded(&other.role, r);
        if (!rule || other.retired) continue;
        st = arci_fail(t->env, ARC_E_FORBIDDEN, "user %lld: %s and %s exclude each other: %s", "用户 %lld：%s 与 %s 互斥：%s", (long long)user, r->code,
                       other.role.code, rule);
        arci_fail_at(t->env, "role_grant", NULL, grants[i].id, -1);
    }
    return st;
}

/* ---- who can grant ----------------------------------------------------------------------------------------------------- */

static arc_status stands(arci_txn *t, arci_arena *arena, int64_t id, arc_date day, int *yes)
{
    const arci_shape *shape;
    arc_value *v;
    arc_status st = arci_shape_get(t, &shape, "user_account", "disabled valid_from valid_to");
    if (st == ARC_OK) st = arci_repo_get(t, shape, id, arena, &v);
    if (st != ARC_OK) return st;
    *yes = !v[0].u.i && v[2].type == ARC_V_NULL && (v[1].type == ARC_V_NULL || (day != ARC_DATE_NONE && v[1].u.i <= day));
    return ARC_OK;
}

arc_status arci_somebody_grants(arci_txn *t, arci_arena *arena)
{
    arci_grant *grants;
    uint32_t n;
    arc_date day;
    size_t cell = (size_t)arci_entity_position(arci_entity_by_name("role_grant", 10)) * ARCI_N_VERBS + ARCI_DO_ROLE_GRANT;
    arc_status st = arci_session_day(t->env, t->session, &day);
    if (st == ARC_OK) st = arci_grants_read(t, arena, 0, &grants, &n);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        arci_role_row row;
        int yes = 0;
        if (grants[i].valid_to != ARC_DATE_NONE || !arci_valid_on(grants[i].valid_from, grants[i].valid_to, day)) continue;
        st = arci_role_load(t, arena, grants[i].role, &row);
        if (st == ARC_OK && !row.retired && row.role.verbs[cell]) st = stands(t, arena, grants[i].user, day, &yes);
        if (yes) return ARC_OK;
    }
    if (st != ARC_OK) return st;
    return arci_fail(t->env, ARC_E_STATE, "nobody could grant roles: somebody who is not disabled must hold for good a role that may",
                     "将无人可以授予角色：须有未停用的用户长期持有可授权的角色");
}

arc_status arci_roles_decide(arci_txn *t, arci_arena *arena, int *yes)
{
    const arci_shape *shape;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, "book", "access_mode");
    if (st == ARC_OK) st = arci_repo_find(t, shape, NULL, NULL, 0, 1, arena, &rows);
    *yes = st == ARC_OK && rows.n_rows && rows.values[0].len == 5; /* "roles" or "single" */
    return st;
}

arc_status arci_somebody_grants_if_roles(arci_txn *t, arci_arena *arena)
{
    int roles;
    arc_status st = arci_roles_decide(t, arena, &roles);
    return st == ARC_OK && roles ? arci_somebody_grants(t, arena) : st;
}

/* ---- what the same person did before ------------------------------------------------------------------------------------- */

/* Did the session's person write a row of an entity about this customer? */
static arc_status wrote(arci_txn *t, arci_arena *arena, const char *entity, int64_t customer, int *yes)
{
    const arci_shape *shape, *txns;
    arci_where w;
    arci_rows rows;
    const arci_session *s = t->session;
    arc_status st = arci_shape_get(t, &shape, entity, "*");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, arci_col(shape->table->entity, "customer"), ARC_OP_EQ, customer);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    if (st == ARC_OK) st = arci_shape_get(t, &txns, "txn", "actor on_behalf_of");
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows && !*yes; i++) {
        arc_value *v;
        st = arci_repo_get(t, txns, rows.values[(size_t)i * rows.n_cols + shape->table->col_txn - 1].u.i, arena, &v);
        if (st != ARC_OK) return st;
        *yes = arci_access_same_person(s->actor, s->on_behalf_of, v[0].u.s, v[1].type == ARC_V_TEXT ? v[1].u.s : NULL);
    }
    return st;
}

arc_status arci_duty_check(arci_txn *t, const char *verb, int64_t customer)
{
    arci_arena arena;
    arc_status st = ARC_OK;
    if (!t->session->access || !customer) return ARC_OK;
    arci_arena_init(&arena, t->book->ctx);
    for (uint32_t i = 0; i < arci_n_sod_rules && st == ARC_OK; i++) {
        int yes = 0;
        if (strcmp(arci_sod_rules[i].then, verb) != 0) continue;
        st = wrote(t, &arena, arci_sod_rules[i].first, customer, &yes);
        if (st == ARC_OK && yes) {
            st = arci_fail(t->env, ARC_E_FORBIDDEN, "%s%.0s", "%.0s%s", arci_sod_rules[i].rule, arci_sod_rules[i].rule_zh);
            arci_fail_at(t->env, "customer", NULL, customer, -1);
        }
    }
    arci_arena_clear(&arena);
    return st;
}
