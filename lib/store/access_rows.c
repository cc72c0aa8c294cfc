/* SPDX-License-Identifier: Apache-2.0 */
/* Row scope: a condition on the owner, team and region a row keeps itself, or on the ids of the rows above it that the scope holds. */
#include <string.h>

#include "store/access.h"
#include "store/reach.h"
#include "store/scout.h"
#include "store/verb.h"

static const arci_owned_by nobodys = { { ARC_NO_COL, ARC_NO_COL, ARC_NO_COL }, ARC_NO_COL, ARC_NO_COL, ARC_NO_COL, ARC_NO_COL, NULL, NULL, 0, 0 };

static const arci_owned_by *owned(const arci_store *store, const arci_entity *e)
{
    const arci_table *table = arci_store_table(store, e);
    return table ? &table->owned : &nobodys;
}

int arci_scope_by_row(const arci_store *store, const arci_entity *e)
{
    return owned(store, e)->row != ARC_NO_COL;
}

/* Every row is held: there is nothing to look at. */
static int holds_all(const arci_owned_by *o, const arci_entity *e, const arci_row_scope *scope)
{
    return !scope || ((scope->all || !e->scope) && o->row == ARC_NO_COL);
}

/* ---- a condition under way -------------------------------------------------------------------------------------------- */

typedef struct maker {
    arci_txn *t;
    arci_arena *arena;
    arc_cond_op ops[ARCI_AT_N * ARCI_BY_N + 2];
    uint32_t n, alternatives;
} maker;

static arc_cond_op *push(maker *m, uint16_t col, uint16_t op)
{
    arc_cond_op *o = &m->ops[m->n++];
    memset(o, 0, sizeof *o);
    o->op = op;
    o->col = col;
    o->col2 = ARC_NO_COL;
    m->alternatives++;
    return o;
}

static arc_status push_ids(maker *m, uint16_t col, const int64_t *ids, uint32_t n)
{
    if (!n) return ARC_OK;
    arc_value *v = arci_arena_alloc(m->arena, n * sizeof *v);
    if (!v) return arci_nomem(m->t->env);
    for (uint32_t i = 0; i < n; i++) v[i] = arci_v_int(ids[i]);
    arc_cond_op *o = push(m, col, n == 1 ? ARC_OP_EQ : ARC_OP_IN);
    o->v = v;
    o->n = n;
    return ARC_OK;
}

/* Ids of all rows of an entity that a scope holds, ascending. */
static arc_status ids_held(maker *m, const arci_entity *e, const arci_row_scope *scope, int64_t **ids, uint32_t *n)
{
    arc_cond *cond;
    arci_scan *scan;
    arc_block block;
    uint32_t cap = 0;
    const arci_table *table = arci_store_table(m->t->book->store, e);
    *ids = NULL;
    *n = 0;
    arc_status st = arci_scope_cond(m->t, m->arena, e, scope, &cond);
    if (st != ARC_OK) return st;
    arc_order order = { table->col_id, 0 };
    arci_scan_spec spec = { .entity = e, .cols = &table->col_id, .n_cols = 1, .conds = cond, .n_conds = cond ? 1 : 0,
                            .order = &order, .n_order = 1 };
    st = arci_scan_open(m->t, &scan, &spec);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        if (*n + block.n_rows > cap) {
            cap = 2 * (*n + block.n_rows) + 64;
            int64_t *more = arci_arena_alloc(m->arena, cap * sizeof *more);
            if (!more) {
                st = arci_nomem(m->t->env);
                break;
            }
            if (*n) memcpy(more, *ids, *n * sizeof *more);
            *ids = more;
        }
        for (uint32_t r = 0; r < block.n_rows; r++) (*ids)[(*n)++] = block.values[(size_t)r * block.n_cols].u.i;
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

/* The same, as the lists `at` of it say, kept for the next time. */
static arc_status ids_of(maker *m, const arci_entity *e, const arci_row_scope *part, int at, const int64_t **ids, uint32_t *n)
{
    int64_t *held;
    arc_status st = arci_reach_find(m->t, e, part, at, ids, n);
    if (st != ARC_OK || *ids) return st;
    st = ids_held(m, e, part, &held, n);
    if (st == ARC_OK) st = arci_reach_keep(m->t, e, part, at, held, *n);
    *ids = held;
    return st;
}

/* The lists of one kind: tested where the row stands, or by the rows above it. */
static arc_status push_lists(maker *m, const arci_owned_by *o, const arci_row_scope *scope, int at)
{
    arc_status st = ARC_OK;
    int any = 0, here = o->owns && (at == ARCI_AT_DOCUMENT || o->now == ARC_NO_COL);
    for (int k = 0; k < ARCI_BY_N; k++) any |= scope->n[at][k] != 0;
    if (!any || (o->sums && at == ARCI_AT_DOCUMENT)) return ARC_OK;
    for (int k = 0; here && k < ARCI_BY_N && st == ARC_OK; k++) {
        if (o->own[k] != ARC_NO_COL) st = push_ids(m, o->own[k], scope->ids[at][k], scope->n[at][k]);
    }
    if (here) return st;
    arci_row_scope part = { 0 };
    const int64_t *ids;
    uint32_t n;
    memcpy(part.n[at], scope->n[at], sizeof part.n[at]);
    memcpy(part.ids[at], scope->ids[at], sizeof part.ids[at]);
    uint16_t col = at == ARCI_AT_NOW && o->now != ARC_NO_COL ? o->now : o->up;
    const arci_entity *above = col == o->up ? o->above : o->customer;
    if (!above) return ARC_OK;
    st = ids_of(m, above, &part, at, &ids, &n);
    return st == ARC_OK ? push_ids(m, col, ids, n) : st;
}

/* ---- rows that hang on rows of any entity --------------------------------------------------------------------------------- */

/* Which of these rows of the entity named may the actor read? */
static arc_status readable(arci_txn *t, arci_arena *arena, const arc_value *entity, const int64_t *ids, uint32_t n, uint8_t *seen)
{
    const arci_verb *read = &arci_verbs[ARCI_DO_READ];
    const arci_entity *of = arci_entity_by_name(entity->u.s, entity->len);
    memset(seen, 0, n);
    if (!of || (of->flags & ARCI_E_RESERVED) || arci_scope_by_row(t->book->store, of) || !arci_access_may(t->session, read, of)) return ARC_OK;
    return arci_scope_rows(t, arena, of, arci_access_scope(t->session, read, of), ids, n, seen);
}

/* The rows of one entity, in runs; ids of those that may be seen. */
typedef struct by_row {
    arc_value *ids; /* that may be seen */
    uint32_t n;
    int64_t *own, *rows; /* of the run under way */
    uint8_t *seen;
} by_row;

#define RUN 500u

static arc_status take_run(arci_txn *t, arci_arena *arena, by_row *b, const arc_value *entity, uint32_t n)
{
    arc_status st = n ? readable(t, arena, entity, b->rows, n, b->seen) : ARC_OK;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (b->seen[i]) b->ids[b->n++] = arci_v_int(b->own[i]);
    }
    return st;
}

/* Who may read all rows of every entity sees what hangs on them. */
static int reads_all(const arci_session *s)
{
    const arci_store *store = s->book->store;
    const arci_verb *read = &arci_verbs[ARCI_DO_READ];
    for (uint32_t i = 0; i < arci_n_entities; i++) {
        const arci_entity *e = arci_entities[i];
        if ((e->flags & (ARCI_E_RESERVED | ARCI_E_SYSTEM)) || arci_scope_by_row(store, e)) continue;
        if (!arci_access_may(s, read, e) || arci_access_scope(s, read, e)) return 0;
    }
    return 1;
}

static arc_status by_row_cond(arci_txn *t, arci_arena *arena, const arci_entity *e, arc_cond **out)
{
    const arci_shape *shape;
    if (reads_all(t->session)) return ARC_OK;
    arci_rows all;
    arc_order order = { arci_col(e, "entity"), 0 };
    arc_status st = arci_shape_get(t, &shape, e->name, "id entity row");
    if (st == ARC_OK) st = arci_repo_find(t, shape, NULL, &order, 1, 0, arena, &all);
    if (st != ARC_OK) return st;
    by_row b = { .ids = arci_arena_alloc(arena, (all.n_rows + 1u) * sizeof(arc_value)), .own = arci_arena_alloc(arena, RUN * sizeof(int64_t)),
                 .rows = arci_arena_alloc(arena, RUN * sizeof(int64_t)), .seen = arci_arena_alloc(arena, RUN) };
    arc_cond *cond = arci_arena_calloc(arena, 1, sizeof *cond);
    arc_cond_op *op = arci_arena_calloc(arena, 1, sizeof *op);
    if (!b.ids || !b.own || !b.rows || !b.seen || !cond || !op) return arci_nomem(t->env);
    for (uint32_t i = 0, n = 0; i < all.n_rows && st == ARC_OK; i++) {
        const arc_value *v = all.values + (size_t)i * all.n_cols;
        b.own[n] = v[0].u.i;
        b.rows[n++] = v[2].u.i;
        if (n < RUN && i + 1 < all.n_rows && arci_value_equal(&v[1], &v[all.n_cols + 1u])) continue;
        st = take_run(t, arena, &b, &v[1], n);
        n = 0;
    }
    op->op = b.n ? ARC_OP_IN : ARC_OP_IS_NULL; /* no row is without a book */
    op->col = b.n ? arci_store_table(t->book->store, e)->col_id : 0;
    op->col2 = ARC_NO_COL;
    op->n = b.n;
    op->v = b.n ? b.ids : NULL;
    cond->ops = op;
    cond->n_ops = 1;
    *out = cond;
    return st;
}

static arc_status make_cond(arci_txn *t, arci_arena *arena, const arci_entity *e, const arci_row_scope *scope, arc_cond **out)
{
    maker m = { .t = t, .arena = arena };
    const arci_owned_by *o = owned(t->book->store, e);
    arc_status st = ARC_OK;
    *out = NULL;
    if (holds_all(o, e, scope)) return ARC_OK;
    if (o->row != ARC_NO_COL) return by_row_cond(t, arena, e, out);
    for (int at = 0; at < ARCI_AT_N && st == ARC_OK; at++) st = push_lists(&m, o, scope, at);
    if (st != ARC_OK) return st;
    if (!m.alternatives) (void)push(&m, 0, ARC_OP_IS_NULL); /* no row is without a book */
    if (m.alternatives > 1) {
        uint32_t n = m.alternatives;
        arc_cond_op *o2 = push(&m, 0, ARC_OP_OR);
        o2->n = n;
    }
    arc_cond *cond = arci_arena_calloc(arena, 1, sizeof *cond);
    arc_cond_op *ops = arci_arena_alloc(arena, m.n * sizeof *ops);
    if (!cond || !ops) return arci_nomem(t->env);
    memcpy(ops, m.ops, m.n * sizeof *ops);
    cond->ops = ops;
    cond->n_ops = m.n;
    *out = cond;
    return ARC_OK;
}

/* What is known of owners is kept in the book. */
arc_status arci_scope_cond(arci_txn *t, arci_arena *arena, const arci_entity *e, const arci_row_scope *scope, arc_cond **out)
{
    const uint8_t asking = arci_scout_pause(t);
    arc_status st = make_cond(t, arena, e, scope, out);
    arci_scout_resume(t, asking);
    return st;
}

/* ---- at most one row ------------------------------------------------------------------------------------------------------- */

static int pinned(const uint16_t *key, uint32_t n_key, const arc_cond *conds, uint32_t n)
{
    for (uint32_t k = 0; k < n_key; k++) {
        uint32_t i = 0;
        while (i < n && !(conds[i].n_ops == 1 && conds[i].ops->op == ARC_OP_EQ && conds[i].ops->col == key[k] && conds[i].ops->col2 == ARC_NO_COL)) i++;
        if (key[k] && i == n) return 0;
    }
    return 1;
}

/* Do the conditions name one row: by its key, or by a unique number? */
static int asks_for_one(const arci_table *table, const arc_cond *conds, uint32_t n)
{
    const arc_table *d = table->desc;
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < conds[i].n_ops; k++) {
            const arc_cond_op *o = &conds[i].ops[k];
            if (o->op < ARC_OP_AND && (o->col >= table->n_cols || (o->col2 != ARC_NO_COL && o->col2 >= table->n_cols))) return 0; /* custom fields */
        }
    }
    if (pinned(d->key, d->n_key, conds, n)) return 1;
    for (uint32_t i = 0; i < d->n_indexes; i++) {
        if ((d->indexes[i].flags & ~ARC_INDEX_WHERE_SET) == ARC_INDEX_UNIQUE && pinned(d->indexes[i].cols, d->indexes[i].n_key, conds, n)) return 1;
    }
    return 0;
}

/* Testing such a scope takes the ids of the rows above, all of them. */
static int takes_a_set(const arci_owned_by *o, const arci_row_scope *scope)
{
    int set = 0;
    if (o->row != ARC_NO_COL) return 1;
    for (int at = 0; at < ARCI_AT_N; at++) {
        for (int k = 0; k < ARCI_BY_N; k++) set |= scope->n[at][k] && !(o->owns && (at == ARCI_AT_DOCUMENT || o->now == ARC_NO_COL));
    }
    return set;
}

/* What arci_scope_holds() looks at. */
static uint32_t telling_columns(const arci_owned_by *o, uint16_t cols[ARCI_BY_N + 4])
{
    const uint16_t all[ARCI_BY_N + 4] = { o->own[0], o->own[1], o->own[2], o->up, o->now, o->entity, o->row };
    uint32_t n = 0;
    for (uint32_t i = 0; i < ARCI_BY_N + 4; i++) {
        uint32_t k = 0;
        while (k < n && cols[k] != all[i]) k++;
        if (all[i] != ARC_NO_COL && k == n) cols[n++] = all[i];
    }
    return n;
}

/* A test of rows on their way, at most one. */
typedef struct tester {
    arci_row_test test;
    uint16_t cols[ARCI_BY_N + 4];
    arci_txn *t;
    arci_arena *arena;
    const arci_entity *entity;
    const arci_row_scope *scope;
    arc_value *row; /* from column 1 */
} tester;

static arc_status row_holds(void *user, const arc_value *row, const uint16_t *place, int *holds)
{
    tester *x = user;
    for (uint32_t i = 0; i < x->test.n_cols; i++) x->row[x->cols[i] - 1] = row[place[x->cols[i]]];
    return arci_scope_holds(x->t, x->arena, x->entity, x->scope, x->row, holds);
}

static arc_status make_test(arci_txn *t, arci_arena *arena, const arci_entity *e, const arci_row_scope *scope, const arci_row_test **out)
{
    const arci_table *table = arci_store_table(t->book->store, e);
    tester *x = arci_arena_calloc(arena, 1, sizeof *x);
    if (x) x->row = arci_arena_calloc(arena, table->n_cols, sizeof *x->row);
    if (!x || !x->row) return arci_nomem(t->env);
    x->test.cols = x->cols;
    x->test.n_cols = telling_columns(&table->owned, x->cols);
    x->test.holds = row_holds;
    x->test.user = x;
    x->t = t;
    x->arena = arena;
    x->entity = e;
    x->scope = scope;
    *out = &x->test;
    return ARC_OK;
}

/* Looks at the row itself, where nobody can test it on its way. */
static arc_status look_at_one(arci_txn *t, arci_arena *arena, const arci_entity *e, const arci_row_scope *scope, const arc_cond *conds, uint32_t n,
                              int *holds)
{
    const arci_row_test *test;
    arci_scan *scan;
    arc_block block;
    *holds = 0;
    arc_status st = make_test(t, arena, e, scope, &test);
    if (st != ARC_OK) return st;
    arci_scan_spec spec = { .entity = e, .cols = test->cols, .n_cols = test->n_cols, .conds = conds, .n_conds = n, .test = test };
    st = arci_scan_open(t, &scan, &spec);
    if (st != ARC_OK) return st;
    st = arci_scan_next(scan, &block);
    *holds = st == ARC_OK; /* without a row nothing is there to be counted either */
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

static arc_status no_row(arci_txn *t, arci_arena *arena, arc_cond **out)
{
    arc_cond *cond = arci_arena_calloc(arena, 1, sizeof *cond);
    arc_cond_op *op = arci_arena_calloc(arena, 1, sizeof *op);
    if (!cond || !op) return arci_nomem(t->env);
    op->op = ARC_OP_IS_NULL; /* no row is without a book */
    op->col2 = ARC_NO_COL;
    cond->ops = op;
    cond->n_ops = 1;
    *out = cond;
    return ARC_OK;
}

arc_status arci_scope_narrow(arci_txn *t, arci_arena *arena, const arci_entity *e, const arci_row_scope *scope, const arc_cond **conds,
                             uint32_t *n, const arci_row_test **test)
{
    const arci_table *table = arci_store_table(t->book->store, e);
    arc_cond *own = NULL, *all;
    arc_status st = ARC_OK;
    int holds = 0;
    if (holds_all(&table->owned, e, scope)) return ARC_OK;
    int one = asks_for_one(table, *conds, *n);
    if (one && test) return make_test(t, arena, e, scope, test);
    if (one && takes_a_set(&table->owned, scope)) {
        st = look_at_one(t, arena, e, scope, *conds, *n, &holds);
        if (st == ARC_OK && !holds) st = no_row(t, arena, &own);
    } else {
        st = arci_scope_cond(t, arena, e, scope, &own);
    }
    if (st != ARC_OK || !own) return st;
    all = arci_arena_alloc(arena, ((size_t)*n + 1) * sizeof *all);
    if (!all) return arci_nomem(t->env);
    if (*n) memcpy(all, *conds, *n * sizeof *all);
    all[(*n)++] = *own;
    *conds = all;
    return ARC_OK;
}

/* ---- single rows ------------------------------------------------------------------------------------------------------ */

static int in_list(const arci_row_scope *s, int at, int by, int64_t id)
{
    uint32_t lo = 0, hi = s->n[at][by];
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int64_t here = s->ids[at][by][mid];
        if (here == id) return 1;
        if (here < id) lo = mid + 1;
        else hi = mid;
    }
    return 0;
}

/* Customers have one owner, team and region, whenever. */
static arc_status customers_held(arci_txn *t, arci_arena *arena, const arci_row_scope *scope, const int64_t *ids, uint32_t n, uint8_t *seen)
{
    arci_owners one, *of = n == 1 ? &one : arci_arena_alloc(arena, n * sizeof *of);
    if (!of) return arci_nomem(t->env);
    arc_status st = arci_reach_owners(t, arena, ids, n, of);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        for (int at = 0; of[i].id && at < ARCI_AT_N; at++) {
            for (int k = 0; k < ARCI_BY_N; k++) seen[i] |= (uint8_t)(of[i].by[k] && in_list(scope, at, k, of[i].by[k]));
        }
    }
    return st;
}

/* By the row above, by the lists `at` alone. */
static arc_status above_held(arci_txn *t, arci_arena *arena, const arci_entity *above, const arci_row_scope *scope, int at, const arc_value *id,
                             int *holds)
{
    uint8_t seen = 0;
    arci_row_scope part = { 0 };
    if (!above || id->type != ARC_V_INT) return ARC_OK;
    memcpy(part.n[at], scope->n[at], sizeof part.n[at]);
    memcpy(part.ids[at], scope->ids[at], sizeof part.ids[at]);
    arc_status st = arci_scope_rows(t, arena, above, &part, &id->u.i, 1, &seen);
    *holds |= seen;
    return st;
}

arc_status arci_scope_holds(arci_txn *t, arci_arena *arena, const arci_entity *e, const arci_row_scope *scope, const arc_value *row,
                            int *holds)
{
    const arci_owned_by *o = owned(t->book->store, e);
    arc_status st = ARC_OK;
    *holds = holds_all(o, e, scope);
    if (*holds) return ARC_OK;
    if (o->row != ARC_NO_COL) {
        uint8_t seen = 0;
        const arc_value *of = &row[o->entity - 1], *id = &row[o->row - 1];
        if (of->type != ARC_V_TEXT || id->type != ARC_V_INT) return ARC_OK;
        st = readable(t, arena, of, &id->u.i, 1, &seen);
        *holds = seen;
        return st;
    }
    for (int at = 0; at < ARCI_AT_N && st == ARC_OK && !*holds; at++) {
        int any = 0, here = o->owns && (at == ARCI_AT_DOCUMENT || o->now == ARC_NO_COL);
        for (int k = 0; k < ARCI_BY_N; k++) any |= scope->n[at][k] != 0;
        if (!any || (o->sums && at == ARCI_AT_DOCUMENT)) continue;
        for (int k = 0; here && k < ARCI_BY_N; k++) {
            const arc_value *v = o->own[k] != ARC_NO_COL ? &row[o->own[k] - 1] : NULL;
            *holds |= v && v->type == ARC_V_INT && in_list(scope, at, k, v->u.i);
        }
        if (here) continue;
        int now = at == ARCI_AT_NOW && o->now != ARC_NO_COL;
        uint16_t col = now ? o->now : o->up;
        const arci_entity *above = now ? o->customer : o->above;
        if (col != ARC_NO_COL) st = above_held(t, arena, above, scope, at, &row[col - 1], holds);
    }
    return st;
}

static arc_status see_rows(arci_txn *t, arci_arena *arena, const arci_entity *e, const arci_row_scope *scope, const int64_t *ids, uint32_t n, uint8_t *seen)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    const arci_owned_by *o = owned(t->book->store, e);
    if (holds_all(o, e, scope)) {
        memset(seen, 1, n);
        return ARC_OK;
    }
    memset(seen, 0, n);
    if (e == o->customer) return customers_held(t, arena, scope, ids, n, seen);
    arc_status st = arci_shape_get(t, &shape, e->name, "*");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, ids, n, arena, &rows, &found);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        int holds = 0;
        if (found[i]) st = arci_scope_holds(t, arena, e, scope, rows + (size_t)i * shape->n, &holds);
        seen[i] = (uint8_t)holds;
    }
    return st;
}

arc_status arci_scope_rows(arci_txn *t, arci_arena *arena, const arci_entity *e, const arci_row_scope *scope, const int64_t *ids, uint32_t n,
                           uint8_t *seen)
{
    const uint8_t asking = arci_scout_pause(t);
    arc_status st = see_rows(t, arena, e, scope, ids, n, seen);
    arci_scout_resume(t, asking);
    return st;
}

arc_status arci_access_row(arci_txn *t, const arci_verb *v, const arci_entity *verb_entity, const arci_entity *e, int64_t id)
{
    arci_session *s = t->session;
    const arci_entity *about = arci_verb_entity(v, verb_entity);
    const arci_row_scope *scope = arci_access_scope(s, v, about);
    const arci_verb *read = &arci_verbs[ARCI_DO_READ];
    arci_arena arena;
    uint8_t seen = 0, readable = 0;
    if (holds_all(owned(t->book->store, e), e, scope)) return ARC_OK;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_scope_rows(t, &arena, e, scope, &id, 1, &seen);
    if (st == ARC_OK && !seen && v != read && arci_access_may(s, read, e)) {
        scope = arci_access_scope(s, read, e);
        st = scope ? arci_scope_rows(t, &arena, e, scope, &id, 1, &readable) : ARC_OK;
        readable |= !scope;
    }
    arci_arena_clear(&arena);
    if (st != ARC_OK || seen) return st;
    arci_denial_note(s, v, about, NULL, id);
    if (!readable) st = arci_no_such(t->env, e->name);
    else st = arci_fail(t->env, ARC_E_FORBIDDEN, "this %s is outside the rows the actor may do that to", "此 %s 不在该操作人的权限范围内", e->name);
    arci_fail_at(t->env, e->name, NULL, id, -1);
    return st;
}
