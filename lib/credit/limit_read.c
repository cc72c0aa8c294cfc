/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "arcore/money.h"
#include "base/num.h"
#include "credit/limit.h"
#include "ledger/merged.h"

enum { AT_ONCE = 500, OWNED_MAX = 100000 };

static const char fields[] = "id customer scope kind currency amount valid_from valid_to credit_check credit_request reason set_by txn customer_group";

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------------ */

/* Leaves out what was written later. */
static arc_status known_by(arci_txn *t, arci_arena *arena, arc_value *rows, uint32_t *n, int64_t known)
{
    const arci_shape *shape;
    arc_value *stamps;
    uint8_t *found;
    uint32_t kept = 0;
    if (known == INT64_MAX || !*n) return ARC_OK;
    int64_t *ids = arci_arena_alloc(arena, *n * sizeof *ids);
    if (!ids) return arci_nomem(t->env);
    for (uint32_t i = 0; i < *n; i++) ids[i] = rows[(size_t)i * ARCI_LIMIT_COLUMNS + ARCI_LIMIT_TXN].u.i;
    arc_status st = arci_shape_get(t, &shape, "txn", "stamp");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, ids, *n, arena, &stamps, &found);
    for (uint32_t i = 0; st == ARC_OK && i < *n; i++) {
        if (!found[i] || stamps[i].u.i > known) continue; /* one that is being written has no row yet */
        if (kept != i) memcpy(rows + (size_t)kept * ARCI_LIMIT_COLUMNS, rows + (size_t)i * ARCI_LIMIT_COLUMNS, ARCI_LIMIT_COLUMNS * sizeof *rows);
        kept++;
    }
    *n = kept;
    return st;
}

static arc_status read_by(arci_txn *t, arci_arena *arena, int of, const int64_t *customers, uint32_t n, int64_t known, arci_limits_of *out)
{
    const arci_shape *shape;
    arc_value *all = NULL;
    uint32_t n_all = 0;
    arc_status st = arci_shape_get(t, &shape, "credit_limit", fields);
    for (uint32_t from = 0; st == ARC_OK && from < n; from += AT_ONCE) {
        const uint32_t m = n - from < AT_ONCE ? n - from : AT_ONCE;
        arc_value values[AT_ONCE];
        arci_where w;
        arci_rows part;
        for (uint32_t i = 0; i < m; i++) values[i] = arci_v_int(customers[from + i]);
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[of], values, m);
        /* the order of the index: a store that has no statistics takes it then */
        const arc_order order[3] = { { shape->cols[of], 0 }, { shape->cols[ARCI_LIMIT_FROM], 0 }, { shape->cols[ARCI_LIMIT_ID], 0 } };
        st = arci_repo_find(t, shape, &w, order, 3, 0, arena, &part);
        if (st != ARC_OK || !part.n_rows) continue;
        arc_value *more = n_all ? arci_arena_alloc(arena, ((size_t)n_all + part.n_rows) * ARCI_LIMIT_COLUMNS * sizeof *more) : part.values;
        if (!more) return arci_nomem(t->env);
        if (n_all) {
            memcpy(more, all, (size_t)n_all * ARCI_LIMIT_COLUMNS * sizeof *more);
            memcpy(more + (size_t)n_all * ARCI_LIMIT_COLUMNS, part.values, (size_t)part.n_rows * ARCI_LIMIT_COLUMNS * sizeof *more);
        }
        all = more;
        n_all += part.n_rows;
    }
    if (st == ARC_OK) st = known_by(t, arena, all, &n_all, known);
    out->rows = all;
    out->n = n_all;
    out->stamps = NULL;
    return st;
}

arc_status arci_limits_read(arci_txn *t, arci_arena *arena, const int64_t *customers, uint32_t n, int64_t known, arci_limits_of *out) { return read_by(t, arena, ARCI_LIMIT_CUSTOMER, customers, n, known, out); }
arc_status arci_pool_limits_read(arci_txn *t, arci_arena *arena, const int64_t *pools, uint32_t n, int64_t known, arci_limits_of *out) { return read_by(t, arena, ARCI_LIMIT_POOL, pools, n, known, out); }

arc_status arci_limits_stamps(arci_txn *t, arci_arena *arena, arci_limits_of *l)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    int64_t *ids = arci_arena_alloc(arena, (l->n + 1u) * sizeof *ids), *stamps = arci_arena_calloc(arena, l->n + 1u, sizeof *stamps);
    if (!ids || !stamps) return arci_nomem(t->env);
    for (uint32_t i = 0; i < l->n; i++) ids[i] = l->rows[(size_t)i * ARCI_LIMIT_COLUMNS + ARCI_LIMIT_TXN].u.i;
    arc_status st = arci_shape_get(t, &shape, "txn", "stamp");
    if (st == ARC_OK && l->n) st = arci_repo_get_many(t, shape, ids, l->n, arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < l->n; i++) stamps[i] = found[i] ? rows[i].u.i : 0;
    l->stamps = stamps;
    return st;
}

/* ---- in force ---------------------------------------------------------------------------------------------------------------------- */

int arci_limit_is(const arc_value *row, const arci_limit_key *key)
{
    const arc_value *of = &row[key->pool ? ARCI_LIMIT_POOL : ARCI_LIMIT_CUSTOMER];
    return of->type == ARC_V_INT && of->u.i == (key->pool ? key->pool : key->customer) && is(&row[ARCI_LIMIT_SCOPE], "group") == (key->group != 0) && memcmp(row[ARCI_LIMIT_CURRENCY].u.s, key->currency, 3) == 0;
}

static int in_force(const arc_value *row, arc_date day)
{
    return row[ARCI_LIMIT_FROM].u.i <= day && (row[ARCI_LIMIT_TO].type != ARC_V_INT || day <= row[ARCI_LIMIT_TO].u.i);
}

arc_status arci_limit_on(arci_env *env, const arci_limits_of *l, const arci_limit_key *key, arc_date day, arci_limit_now *out)
{
    const arc_value *newest = NULL;
    int bad = 0;
    memset(out, 0, sizeof *out);
    for (uint32_t i = 0; i < l->n; i++) { /* by day and id: of two from one day the one written later counts */
        const arc_value *row = l->rows + (size_t)i * ARCI_LIMIT_COLUMNS;
        if (!arci_limit_is(row, key) || !in_force(row, day)) continue;
        out->found = 1;
        if (is(&row[ARCI_LIMIT_KIND], "temporary")) {
            bad |= arci_add64(out->temporary, row[ARCI_LIMIT_AMOUNT].u.i, &out->temporary);
            out->n_temporary++;
        } else if (!newest || row[ARCI_LIMIT_FROM].u.i >= newest[ARCI_LIMIT_FROM].u.i) {
            newest = row;
        }
    }
    if (newest) {
        out->permanent = newest[ARCI_LIMIT_AMOUNT].u.i;
        out->permanent_row = newest[ARCI_LIMIT_ID].u.i;
        out->permanent_from = (arc_date)newest[ARCI_LIMIT_FROM].u.i;
    }
    bad |= arci_add64(out->permanent, out->temporary, &out->amount);
    if (!bad && out->amount <= ARC_MONEY_MAX) return ARC_OK;
    arci_fail(env, ARC_E_OVERFLOW, "the limits come to more than an amount can be", "额度合计超出范围");
    arci_fail_at(env, "credit_limit", "amount", key->pool ? key->pool : key->customer, -1);
    return ARC_E_OVERFLOW;
}

arc_date arci_limit_next(const arci_limits_of *l, const arci_limit_key *key, arc_date day)
{
    int64_t next = INT64_MAX;
    for (uint32_t i = 0; i < l->n; i++) {
        const arc_value *row = l->rows + (size_t)i * ARCI_LIMIT_COLUMNS;
        if (!arci_limit_is(row, key)) continue;
        if (row[ARCI_LIMIT_FROM].u.i > day && row[ARCI_LIMIT_FROM].u.i < next) next = row[ARCI_LIMIT_FROM].u.i;
        if (row[ARCI_LIMIT_TO].type == ARC_V_INT && row[ARCI_LIMIT_TO].u.i >= day && row[ARCI_LIMIT_TO].u.i + 1 < next) next = row[ARCI_LIMIT_TO].u.i + 1;
    }
    return next <= ARC_DATE_MAX ? (arc_date)next : ARC_DATE_NONE;
}

uint32_t arci_limit_keys(const arci_limits_of *l, int64_t customer, int64_t pool, arci_limit_key *out, uint32_t room)
{
    uint32_t n = 0;
    for (int group = 0; group < 2; group++) {
        const uint32_t first = n;
        for (uint32_t i = 0; i < l->n; i++) {
            const arc_value *row = l->rows + (size_t)i * ARCI_LIMIT_COLUMNS;
            arci_limit_key key = { pool ? 0 : customer, pool, group, { 0 } };
            uint32_t at = first;
            memcpy(key.currency, row[ARCI_LIMIT_CURRENCY].u.s, 3);
            if (!arci_limit_is(row, &key)) continue;
            while (at < n && memcmp(out[at].currency, key.currency, 3) != 0) at++;
            if (at == n && n < room) out[n++] = key;
        }
    }
    return n;
}

/* ---- who owns whom ------------------------------------------------------------------------------------------------------------------ */

static arc_status circle(arci_txn *t, int64_t customer)
{
    arci_fail(t->env, ARC_E_STATE, "the owners of the customer go in a circle, or are more than %d", "母公司关系存在循环，或超过 %d 级", ARCI_OWNERS_MAX);
    arci_fail_at(t->env, "customer", "parent", customer, -1);
    return ARC_E_STATE;
}

arc_status arci_credit_owners(arci_txn *t, arci_arena *arena, int64_t customer, int64_t *out, int64_t *pools, uint32_t *n)
{
    const arci_shape *shape;
    int64_t at = customer;
    arc_status st = arci_shape_get(t, &shape, "customer", "parent customer_group");
    if (st == ARC_OK) st = arci_merged_roots_now(t, arena, &customer, 1, &at);
    *n = 0;
    while (st == ARC_OK && at) {
        arc_value *row;
        if (*n == ARCI_OWNERS_MAX) return circle(t, customer);
        for (uint32_t i = 0; i < *n; i++) {
            if (out[i] == at) return circle(t, customer);
        }
        out[(*n)++] = at;
        st = arci_repo_get(t, shape, at, arena, &row);
        if (pools) pools[*n - 1] = st == ARC_OK && row[1].type == ARC_V_INT ? row[1].u.i : 0;
        const int64_t up = st == ARC_OK && row[0].type == ARC_V_INT ? row[0].u.i : 0;
        at = 0;
        if (up) st = arci_merged_roots_now(t, arena, &up, 1, &at); /* of an owner who was merged the one he was merged into */
    }
    return st;
}

static int found_before(const int64_t *all, uint32_t n, int64_t id)
{
    return bsearch(&id, all, n, sizeof *all, by_value) != NULL;
}

/* Level by level down from those in `all` (ascending); who was met before is not followed again, so that a circle ends. */
static arc_status below(arci_txn *t, arci_arena *arena, int64_t *all, uint32_t n_all, int64_t **out, uint32_t *n)
{
    const arci_shape *shape;
    uint32_t n_level = n_all;
    int64_t *level = all;
    arc_status st = arci_shape_get(t, &shape, "customer", "parent id merged_into");
    while (st == ARC_OK && n_level) {
        int64_t *next = NULL;
        uint32_t n_next = 0;
        for (uint32_t from = 0; st == ARC_OK && from < n_level; from += AT_ONCE) {
            const uint32_t m = n_level - from < AT_ONCE ? n_level - from : AT_ONCE;
            arc_value values[AT_ONCE];
            arci_where w;
            arci_rows rows;
            for (uint32_t i = 0; i < m; i++) values[i] = arci_v_int(level[from + i]);
            for (int merged = 0; st == ARC_OK && merged < 2; merged++) { /* whom they own, then who is part of them by now: of these the owner says nothing any more */
                arci_where_init(&w);
                arci_where_in(&w, shape->cols[merged ? 2 : 0], values, m);
                st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
                if (st != ARC_OK || !rows.n_rows) continue;
                int64_t *more = arci_arena_alloc(arena, ((size_t)n_next + rows.n_rows) * sizeof *more);
                if (!more) return arci_nomem(t->env);
                if (n_next) memcpy(more, next, n_next * sizeof *more);
                for (uint32_t r = 0; r < rows.n_rows; r++) {
                    const arc_value *v = rows.values + 3 * (size_t)r;
                    if ((merged || v[2].type != ARC_V_INT) && !found_before(all, n_all, v[1].u.i)) more[n_next++] = v[1].u.i;
                }
                next = more;
            }
        }
        if (st != ARC_OK || !n_next) break;
        if (n_all + n_next > OWNED_MAX) return arci_fail(t->env, ARC_E_LIMIT, "a group has at most %d customers", "集团最多 %d 个客户", OWNED_MAX);
        int64_t *both = arci_arena_alloc(arena, ((size_t)n_all + n_next) * sizeof *both);
        if (!both) return arci_nomem(t->env);
        memcpy(both, all, n_all * sizeof *both);
        memcpy(both + n_all, next, n_next * sizeof *both);
        all = both;
        n_all += n_next;
        qsort(all, n_all, sizeof *all, by_value);
        level = next;
        n_level = n_next;
    }
    *out = all;
    *n = n_all;
    return st;
}

arc_status arci_credit_owned(arci_txn *t, arci_arena *arena, int64_t customer, int64_t **out, uint32_t *n)
{
    int64_t *all = arci_arena_alloc(arena, sizeof *all);
    if (!all) return arci_nomem(t->env);
    arc_status st = arci_merged_roots_now(t, arena, &customer, 1, all);
    return st == ARC_OK ? below(t, arena, all, 1, out, n) : st;
}

/* ---- groups of customers ------------------------------------------------------------------------------------------------------------- */

static uint32_t unique(int64_t *ids, uint32_t n)
{
    uint32_t kept = 0;
    if (n) qsort(ids, n, sizeof *ids, by_value);
    for (uint32_t i = 0; i < n; i++) {
        if (ids[i] && (!kept || ids[kept - 1] != ids[i])) ids[kept++] = ids[i];
    }
    return kept;
}

arc_status arci_credit_pools(arci_txn *t, arci_arena *arena, const int64_t *first, uint32_t n_first, int64_t **out, uint32_t *n)
{
    const arci_shape *shape;
    uint32_t all = 0, any = 0;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < n_first; i++) any += first[i] != 0;
    *n = 0;
    *out = NULL;
    if (!any) return ARC_OK;
    int64_t *ids = arci_arena_alloc(arena, (size_t)any * ARCI_OWNERS_MAX * sizeof *ids);
    if (!ids) return arci_nomem(t->env);
    st = arci_shape_get(t, &shape, "customer_group", "parent");
    for (uint32_t i = 0; st == ARC_OK && i < n_first; i++) {
        int64_t at = first[i];
        for (uint32_t depth = 0; st == ARC_OK && at; depth++) {
            arc_value *row;
            if (depth == ARCI_OWNERS_MAX) {
                arci_fail(t->env, ARC_E_STATE, "the customer groups go in a circle, or are more than %d", "客户集团上下级存在循环，或超过 %d 级", ARCI_OWNERS_MAX);
                arci_fail_at(t->env, "customer_group", "parent", first[i], -1);
                return ARC_E_STATE;
            }
            ids[all++] = at;
            st = arci_repo_get(t, shape, at, arena, &row);
            at = st == ARC_OK && row[0].type == ARC_V_INT ? row[0].u.i : 0;
        }
    }
    *out = ids;
    *n = unique(ids, all);
    return st;
}

/* Ids of an entity by a reference to one of some ids, behind those there are. */
static arc_status referring(arci_txn *t, arci_arena *arena, const char *entity, const char *names, const int64_t *ids, uint32_t n, int64_t **all, uint32_t *n_all)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(t, &shape, entity, names);
    for (uint32_t from = 0; st == ARC_OK && from < n; from += AT_ONCE) {
        const uint32_t m = n - from < AT_ONCE ? n - from : AT_ONCE;
        arc_value values[AT_ONCE];
        arci_where w;
        arci_rows rows;
        for (uint32_t i = 0; i < m; i++) values[i] = arci_v_int(ids[from + i]);
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[0], values, m);
        st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
        if (st != ARC_OK || !rows.n_rows) continue;
        if (*n_all + rows.n_rows > OWNED_MAX) return arci_fail(t->env, ARC_E_LIMIT, "a group has at most %d customers", "集团最多 %d 个客户", OWNED_MAX);
        int64_t *more = arci_arena_alloc(arena, ((size_t)*n_all + rows.n_rows) * sizeof *more);
        if (!more) return arci_nomem(t->env);
        if (*n_all) memcpy(more, *all, *n_all * sizeof *more);
        for (uint32_t r = 0; r < rows.n_rows; r++) more[(*n_all)++] = rows.values[(size_t)r * rows.n_cols + 1].u.i;
        *all = more;
    }
    return st;
}

arc_status arci_pool_members(arci_txn *t, arci_arena *arena, int64_t pool, int64_t **out, uint32_t *n)
{
    int64_t *pools = arci_arena_alloc(arena, sizeof *pools), *members = NULL;
    uint32_t n_pools = 1, n_members = 0;
    arc_status st = ARC_OK;
    if (!pools) return arci_nomem(t->env);
    pools[0] = pool;
    for (uint32_t before = 0; st == ARC_OK && before < n_pools;) { /* until no group is found that was not known */
        before = n_pools;
        st = referring(t, arena, "customer_group", "parent id", pools, n_pools, &pools, &n_pools);
        n_pools = unique(pools, n_pools);
        if (n_pools == before) break;
    }
    if (st == ARC_OK) st = referring(t, arena, "customer", "customer_group id", pools, n_pools, &members, &n_members);
    int64_t *roots = arci_arena_alloc(arena, (n_members + 1u) * sizeof *roots);
    if (st == ARC_OK && !roots) return arci_nomem(t->env);
    if (st == ARC_OK && n_members) st = arci_merged_roots_now(t, arena, members, n_members, roots);
    return st == ARC_OK ? below(t, arena, roots, unique(roots, n_members), out, n) : st;
}
