/* SPDX-License-Identifier: Apache-2.0 */
#include "security/duty.h"

#include <stdlib.h>
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

#define AT_ONCE 500u /* customers, transactions in one question */

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* The transactions of n rows, of which some may be one: which of them are the session's person's. */
static arc_status mine(arci_txn *t, arci_arena *arena, int64_t *txns, uint32_t *n, uint8_t **yes)
{
    const arci_session *s = t->session;
    const arci_shape *shape;
    arc_value *v;
    uint8_t *found;
    uint32_t kept = 0;
    if (*n) qsort(txns, *n, sizeof *txns, by_value);
    for (uint32_t i = 0; i < *n; i++) if (!kept || txns[kept - 1] != txns[i]) txns[kept++] = txns[i];
    *n = kept;
    *yes = arci_arena_calloc(arena, kept + 1u, 1);
    if (!*yes) return arci_nomem(t->env);
    arc_status st = arci_shape_get(t, &shape, "txn", "actor on_behalf_of");
    if (st == ARC_OK && kept) st = arci_repo_get_many(t, shape, txns, kept, arena, &v, &found);
    for (uint32_t i = 0; st == ARC_OK && i < kept; i++) {
        const arc_value *row = v + 2 * (size_t)i;
        /* the row of the transaction that is still open is not there yet */
        (*yes)[i] = txns[i] == t->id || (found[i] && arci_access_same_person(s->actor, s->on_behalf_of, row[0].u.s, row[1].type == ARC_V_TEXT ? row[1].u.s : NULL));
    }
    return st;
}

/* What was written about customers, and in which transactions. */
typedef struct writings {
    int64_t *customers, *txns;
    uint32_t n;
} writings;

static arc_status note(arci_txn *t, arci_arena *arena, writings *w, const arci_rows *rows, uint32_t customer, uint32_t txn)
{
    int64_t *customers = arci_arena_alloc(arena, ((size_t)w->n + rows->n_rows + 1) * sizeof *customers);
    int64_t *txns = arci_arena_alloc(arena, ((size_t)w->n + rows->n_rows + 1) * sizeof *txns);
    if (!customers || !txns) return arci_nomem(t->env);
    if (w->n) memcpy(customers, w->customers, w->n * sizeof *customers);
    if (w->n) memcpy(txns, w->txns, w->n * sizeof *txns);
    w->customers = customers;
    w->txns = txns;
    for (uint32_t r = 0; r < rows->n_rows; r++) {
        const arc_value *v = rows->values + (size_t)r * rows->n_cols;
        customers[w->n] = v[customer].u.i;
        txns[w->n++] = v[txn].u.i;
    }
    return ARC_OK;
}

static arc_status find_about(arci_txn *t, arci_arena *arena, arci_rows *rows, const char *entity, const char *fields, const arc_value *in, uint32_t n)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(t, &shape, entity, fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[0], in, n);
    return arci_repo_find(t, shape, &w, NULL, 0, 0, arena, rows);
}

/* Money that was found to be theirs after it came in, whosever it is now: who claimed it posted it, and so did who had recorded it. */
static arc_status claimed(arci_txn *t, arci_arena *arena, writings *w, const arc_value *in, uint32_t n)
{
    enum { CUSTOMER, TXN, RECEIPT };
    const arci_shape *shape;
    arci_rows rows;
    arc_value *of;
    uint8_t *found;
    arc_status st = find_about(t, arena, &rows, "receipt_claim", "customer txn receipt", in, n);
    if (st != ARC_OK || !rows.n_rows) return st;
    int64_t *receipts = arci_arena_alloc(arena, rows.n_rows * sizeof *receipts);
    if (!receipts) return arci_nomem(t->env);
    for (uint32_t r = 0; r < rows.n_rows; r++) receipts[r] = rows.values[(size_t)r * rows.n_cols + RECEIPT].u.i;
    st = arci_shape_get(t, &shape, "receipt", "txn");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, receipts, rows.n_rows, arena, &of, &found);
    for (int pass = 0; pass < 2 && st == ARC_OK; pass++) { /* the claims, then their receipts */
        st = note(t, arena, w, &rows, CUSTOMER, TXN);
        for (uint32_t r = 0; st == ARC_OK && !pass && r < rows.n_rows; r++) {
            arc_value *v = rows.values + (size_t)r * rows.n_cols;
            if (found[r]) v[TXN] = of[r];
        }
    }
    return st;
}

/* Customers about whom the session's person wrote a row of an entity. */
static arc_status wrote(arci_txn *t, arci_arena *arena, const arci_sod_rule *rule, const int64_t *customers, uint32_t n, const arci_sod_rule **broken)
{
    arc_status st = ARC_OK;
    for (uint32_t from = 0; st == ARC_OK && from < n; from += AT_ONCE) {
        const uint32_t m = n - from < AT_ONCE ? n - from : AT_ONCE;
        arc_value *in = arci_arena_alloc(arena, m * sizeof *in);
        arci_rows rows;
        writings w = { NULL, NULL, 0 };
        uint8_t *yes = NULL;
        if (!in) return arci_nomem(t->env);
        for (uint32_t i = 0; i < m; i++) in[i] = arci_v_int(customers[from + i]);
        st = find_about(t, arena, &rows, rule->first, "customer txn", in, m);
        if (st == ARC_OK) st = note(t, arena, &w, &rows, 0, 1);
        if (st == ARC_OK && strcmp(rule->first, "receipt") == 0) st = claimed(t, arena, &w, in, m);
        if (st != ARC_OK) return st;
        uint32_t n_txns = w.n;
        int64_t *txns = arci_arena_alloc(arena, (n_txns + 1) * sizeof *txns);
        if (!txns) return arci_nomem(t->env);
        memcpy(txns, w.txns, n_txns * sizeof *txns);
        st = mine(t, arena, txns, &n_txns, &yes);
        for (uint32_t r = 0; st == ARC_OK && r < w.n; r++) {
            const int64_t *txn = bsearch(&w.txns[r], txns, n_txns, sizeof *txns, by_value), *c = bsearch(&w.customers[r], customers, n, sizeof *customers, by_value);
            if (txn && c && yes[txn - txns] && !broken[c - customers]) broken[c - customers] = rule;
        }
    }
    return st;
}

arc_status arci_duties_broken(arci_txn *t, arci_arena *arena, const char *verb, const int64_t *customers, uint32_t n, const arci_sod_rule **broken)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < n; i++) broken[i] = NULL;
    for (uint32_t i = 0; t->session->access && i < arci_n_sod_rules && st == ARC_OK; i++) {
        if (strcmp(arci_sod_rules[i].then, verb) == 0) st = wrote(t, arena, &arci_sod_rules[i], customers, n, broken);
    }
    return st;
}

arc_status arci_duty_tell(arci_txn *t, const arci_sod_rule *broken, int64_t customer)
{
    if (!broken) return ARC_OK;
    arc_status st = arci_fail(t->env, ARC_E_FORBIDDEN, "%s%.0s", "%.0s%s", broken->rule, broken->rule_zh);
    arci_fail_at(t->env, "customer", NULL, customer, -1);
    return st;
}

arc_status arci_duty_check(arci_txn *t, const char *verb, int64_t customer)
{
    const arci_sod_rule *broken = NULL;
    arci_arena arena;
    if (!customer) return ARC_OK;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_duties_broken(t, &arena, verb, &customer, 1, &broken);
    arci_arena_clear(&arena);
    return st == ARC_OK ? arci_duty_tell(t, broken, customer) : st;
}
