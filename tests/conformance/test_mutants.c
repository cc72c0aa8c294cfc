/* SPDX-License-Identifier: Apache-2.0 */
/* Can the kit fail? The memory backend, broken on purpose in one place at a time: each break must be found by the case that
 * stands for the law it breaks, and the same case must pass on the whole backend. */
#include "conformance/changed.h"
#include "backend/memory.h"

/* ---- questions that are changed on their way in --------------------------------------------------------------------------- */

static void limit_early_plan(void *be, arc_fetch *f)
{
    in->plan(be, f);
    f->planned |= f->limit ? ARC_PLAN_ORDER | ARC_PLAN_LIMIT : 0;
    for (uint32_t i = 0; i < f->n_conds; i++) f->conds[i].accepted = 0;
}

static void accept_all_plan(void *be, arc_fetch *f)
{
    in->plan(be, f);
    for (uint32_t i = 0; i < f->n_conds; i++) f->conds[i].accepted = 1;
}

static arc_status one_cond_less(void *txn, arc_fetch *const *f, uint32_t n)
{
    arc_fetch q = *f[0], *qp = &q;
    if (n != 1) return in->fetch(txn, f, n);
    q.n_conds -= q.n_conds > 1;
    arc_status s = in->fetch(txn, &qp, 1);
    f[0]->cursor = q.cursor;
    return s;
}

static arc_status after_ignored(void *txn, arc_fetch *const *f, uint32_t n)
{
    arc_fetch q = *f[0], *qp = &q;
    if (n != 1) return in->fetch(txn, f, n);
    q.after = NULL;
    arc_status s = in->fetch(txn, &qp, 1);
    f[0]->cursor = q.cursor;
    return s;
}

static arc_status fetch_lenient(void *txn, arc_fetch *const *f, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) f[i]->flags = 0;
    return in->fetch(txn, f, n);
}

static arc_status edges_exclusive(void *txn, arc_aggregate *a)
{
    arc_group g[4];
    int64_t edge[4][8];
    arc_aggregate b = *a;
    for (uint32_t i = 0; i < a->n_groups && i < 4; i++) {
        g[i] = a->groups[i];
        for (uint32_t e = 0; e < g[i].n_edges && e < 8; e++) edge[i][e] = g[i].edges[e] + (g[i].edges[e] < INT64_MAX);
        g[i].edges = edge[i];
    }
    b.groups = g;
    arc_status s = in->aggregate(txn, &b);
    a->cursor = b.cursor;
    return s;
}

static arc_status wrapped_sum(void *txn, arc_aggregate *a)
{
    result *r = mem(sizeof *r);
    arc_status s = in->aggregate(txn, a);
    if (s != ARC_E_OVERFLOW) {
        if (!s) s = read_all(a->cursor, a->n_groups + a->n_measures, &r);
    } else {
        s = ARC_OK;
        r->v = mem(sizeof *r->v);
        r->v[0].type = ARC_V_INT;
        r->v[0].u.i = INT64_MIN;
        r->n_rows = r->n_cols = 1;
    }
    a->cursor = r;
    return s;
}

/* ---- writes ------------------------------------------------------------------------------------------------------------------ */

static arc_status stale_ignored(void *txn, arc_write *const *w, uint32_t n)
{
    arc_guard g[4];
    arc_write x = *w[0], *xp = &x;
    if (n != 1 || !x.n_guards || x.n_guards > 4) return in->write(txn, w, n);
    for (uint32_t i = 0; i < x.n_guards; i++) {
        g[i] = x.guards[i];
        if (g[i].result == ARC_ROW_STALE) g[i].op = ARC_OP_GE;
    }
    x.guards = g;
    return in->write(txn, &xp, 1);
}

static arc_status guard_as_stale(void *txn, arc_write *const *w, uint32_t n)
{
    arc_status s = in->write(txn, w, n);
    for (uint32_t i = 0; !s && i < w[0]->n_rows; i++)
        if (w[0]->results[i] == ARC_ROW_GUARD) w[0]->results[i] = ARC_ROW_STALE;
    return s;
}

static arc_status overflow_wraps(void *txn, arc_write *const *w, uint32_t n)
{
    arc_status s = in->write(txn, w, n);
    if (s == ARC_E_OVERFLOW) memset(w[0]->results, ARC_ROW_OK, w[0]->n_rows);
    return s == ARC_E_OVERFLOW ? ARC_OK : s;
}

static arc_status exists_as_ok(void *txn, arc_write *const *w, uint32_t n)
{
    arc_status s = in->write(txn, w, n);
    for (uint32_t i = 0; !s && i < w[0]->n_rows; i++)
        if (w[0]->results[i] == ARC_ROW_EXISTS) w[0]->results[i] = ARC_ROW_OK;
    return s;
}

static arc_status results_backwards(void *txn, arc_write *const *w, uint32_t n)
{
    arc_status s = in->write(txn, w, n);
    for (uint32_t i = 0, j = w[0]->n_rows - 1; !s && i < j; i++, j--) {
        uint8_t x = w[0]->results[i];
        w[0]->results[i] = w[0]->results[j];
        w[0]->results[j] = x;
    }
    return s;
}

static arc_status add_as_set(void *txn, arc_write *const *w, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) w[i]->set = NULL;
    return in->write(txn, w, n);
}

static arc_status tables_backwards(void *txn, arc_write *const *w, uint32_t n)
{
    arc_status s = ARC_OK;
    for (uint32_t i = n; !s && i-- > 0;) s = in->write(txn, &w[i], 1);
    return s;
}

static arc_status write_lenient(void *txn, arc_write *const *w, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) w[i]->flags = 0;
    return in->write(txn, w, n);
}

/* ---- transactions -------------------------------------------------------------------------------------------------------------- */

static arc_status commit_loses(void *txn)
{
    in->rollback(txn);
    return ARC_OK;
}

static void rollback_keeps(void *txn) { (void)in->commit(txn); }

static arc_status nothing(void *txn, uint32_t depth)
{
    (void)txn;
    (void)depth;
    return ARC_OK;
}

static arc_status release_undoes(void *txn, uint32_t depth)
{
    arc_status s = in->rollback_to(txn, depth);
    return s ? s : in->release(txn, depth);
}

static arc_status point_goes(void *txn, uint32_t depth)
{
    arc_status s = in->rollback_to(txn, depth);
    return s ? s : in->release(txn, depth);
}

static arc_status reserve_again(void *txn, int64_t book, const char *name, uint32_t n, int64_t *first)
{
    arc_status s = in->reserve(txn, book, name, n, first);
    if (!s) *first = 1;
    return s;
}

static arc_status next_behind(void *txn, int64_t book, const char *name, int64_t *next)
{
    arc_status s = in->next_number(txn, book, name, next);
    *next -= *next > 1;
    return s;
}

static arc_status reserve_one(void *txn, int64_t book, const char *name, uint32_t n, int64_t *first)
{
    return in->reserve(txn, book, name, n ? 1 : 0, first); /* takes one, promises n */
}

static arc_status vague_nomem(void *txn, arc_write *const *w, uint32_t n)
{
    arc_status s = in->write(txn, w, n);
    return s == ARC_E_NOMEM ? ARC_E_INTERNAL : s;
}

static void *leaked[64]; /* the kit's host is malloc below; freed behind its back after the run */
static uint32_t n_leaked;

static arc_status open_leaks(const arc_host *h, const char *location, const char *options, uint32_t flags, void **be)
{
    if (n_leaked < 64) leaked[n_leaked++] = h->alloc(h, 16);
    return in->open(h, location, options, flags, be);
}

static arc_status always_write(void *be, uint32_t mode, uint32_t ms, void **txn)
{
    return in->begin(be, mode == ARC_TXN_READ ? ARC_TXN_WRITE : mode, ms, txn);
}

/* READ without a snapshot: each question begins anew. */
static struct fresh {
    void *be, *txn;
} fresh[8];

static struct fresh *fresh_of(void *txn)
{
    for (uint32_t i = 0; i < 8; i++)
        if (txn == &fresh[i]) return &fresh[i];
    return NULL;
}

static arc_status fresh_begin(void *be, uint32_t mode, uint32_t ms, void **txn)
{
    arc_status s = in->begin(be, mode, ms, txn);
    for (uint32_t i = 0; !s && mode == ARC_TXN_READ && i < 8; i++)
        if (!fresh[i].txn) {
            fresh[i].be = be;
            fresh[i].txn = *txn;
            *txn = &fresh[i];
            break;
        }
    return s;
}

static arc_status fresh_fetch(void *txn, arc_fetch *const *f, uint32_t n)
{
    struct fresh *t = fresh_of(txn);
    if (t) {
        in->rollback(t->txn);
        if (in->begin(t->be, ARC_TXN_READ, 0, &t->txn)) return ARC_E_INTERNAL;
    }
    return m_fetch(t ? t->txn : txn, f, n);
}

static arc_status fresh_commit(void *txn)
{
    struct fresh *t = fresh_of(txn);
    arc_status s = in->commit(t ? t->txn : txn);
    if (t) t->txn = NULL;
    return s;
}

static void fresh_rollback(void *txn)
{
    struct fresh *t = fresh_of(txn);
    in->rollback(t ? t->txn : txn);
    if (t) t->txn = NULL;
}

/* ---- open and tables --------------------------------------------------------------------------------------------------------------- */

static arc_status open_makes(const arc_host *h, const char *location, const char *options, uint32_t flags, void **be)
{
    return in->open(h, location, options, flags | ARC_OPEN_CREATE, be);
}

static arc_status open_lenient(const arc_host *h, const char *location, const char *options, uint32_t flags, void **be)
{
    return in->open(h, location, options, flags & 0x1fu, be);
}

static arc_status options_ignored(const arc_host *h, const char *location, const char *options, uint32_t flags, void **be)
{
    (void)options;
    return in->open(h, location, "", flags, be);
}

static arc_status migrate_makes(void *be, const arc_schema_desc *d, uint32_t flags)
{
    return in->migrate(be, d, flags | ARC_OPEN_CREATE);
}

static arc_status migrate_lenient(void *be, const arc_schema_desc *d, uint32_t flags) { return in->migrate(be, d, flags & 0x1fu); }

static arc_table tables[8];
static arc_index indexes[8][8];
static arc_schema_desc desc;

static const arc_schema_desc *copy_schema(const arc_schema_desc *d)
{
    desc = *d;
    desc.tables = tables;
    for (uint32_t t = 0; t < d->n_tables; t++) {
        tables[t] = d->tables[t];
        for (uint32_t x = 0; x < tables[t].n_indexes; x++) indexes[t][x] = tables[t].indexes[x];
        tables[t].indexes = indexes[t];
    }
    return &desc;
}

static arc_status no_partial(void *be, const arc_schema_desc *d, uint32_t flags)
{
    copy_schema(d);
    for (uint32_t t = 0; t < desc.n_tables; t++)
        for (uint32_t x = 0; x < tables[t].n_indexes; x++) {
            indexes[t][x].flags &= ARC_INDEX_UNIQUE;
            indexes[t][x].where_col = ARC_NO_COL;
        }
    return in->migrate(be, &desc, flags);
}

static arc_status no_unique(void *be, const arc_schema_desc *d, uint32_t flags)
{
    copy_schema(d);
    for (uint32_t t = 0; t < desc.n_tables; t++)
        for (uint32_t x = 0; x < tables[t].n_indexes; x++) indexes[t][x].flags &= ~ARC_INDEX_UNIQUE;
    return in->migrate(be, &desc, flags);
}

static arc_status no_references(void *be, const arc_schema_desc *d, uint32_t flags)
{
    copy_schema(d);
    for (uint32_t t = 0; t < desc.n_tables; t++) tables[t].n_fks = 0;
    return in->migrate(be, &desc, flags);
}

static arc_status same_number(void *txn, uint64_t *number)
{
    (void)txn;
    *number = 7;
    return ARC_OK;
}

static uint64_t asked;

static arc_status counts_questions(void *txn, uint64_t *number)
{
    (void)txn;
    *number = ++asked;
    return ARC_OK;
}

/* ---- the list ---------------------------------------------------------------------------------------------------------------------------- */

typedef struct mutant {
    const char *name, *found_by;
    change_fn change; /* sets fetch, next, end */
    void (*change_lines)(result *r, const arc_aggregate *a); /* sets aggregate, get_many too */
    arc_backend_ops with; /* functions that replace the good ones */
} mutant;

#define WITH(...) { .struct_size = 1, __VA_ARGS__ }

static const mutant mutants[] = {
    { "NULL sorts last", "paging_index", nulls_last, NULL, { 0 } },
    { "text sorts without case", "text_order", ignoring_case, NULL, { 0 } },
    { "the last row is lost", "many_rows", drop_last, NULL, { 0 } },
    { "a row comes twice", "many_rows", repeat_first, NULL, { 0 } },
    { "empty text is NULL", "types", empty_is_null, NULL, { 0 } },
    { "integers go through double", "types", through_double, NULL, { 0 } },
    { "columns are mixed up", "columns", swap_columns, NULL, { 0 } },
    { "padding is dirty", "columns", dirty_padding, NULL, { 0 } },
    { "NOT leaks UNKNOWN", "compare", three_valued, NULL, { 0 } },
    { "NE skips NULL", "compare", ne_skips_null, NULL, { 0 } },
    { "groups lose NULL", "aggregate_groups", NULL, null_group_lost, { 0 } },
    { "the sum of nothing is 0", "aggregate_totals", NULL, sum_of_nothing, { 0 } },
    { "get_many forgets the key order", "get_many", NULL, backwards, { 0 } },
    { "limit before filter", "questions_random", NULL, NULL, WITH(.plan = limit_early_plan) },
    { "a condition accepted is not applied", "conditions_random", NULL, NULL, WITH(.fetch = one_cond_less) },
    { "after is ignored", "paging_index", NULL, NULL, WITH(.fetch = after_ignored) },
    { "unknown operators are accepted", "fetch_unknown", NULL, NULL, WITH(.plan = accept_all_plan) },
    { "fetch flags are ignored", "fetch_unknown", NULL, NULL, WITH(.fetch = fetch_lenient) },
    { "bucket edges are exclusive", "aggregate_groups", NULL, NULL, WITH(.aggregate = edges_exclusive) },
    { "sums wrap", "aggregate_overflow", NULL, NULL, WITH(.aggregate = wrapped_sum, .next = m_next, .end = m_end, .fetch = m_fetch) },
    { "a stale version is ignored", "guard_results", NULL, NULL, WITH(.write = stale_ignored) },
    { "a stale version is ignored, two handles", "shared_stale", NULL, NULL, WITH(.write = stale_ignored) },
    { "a guard reports the wrong reason", "guard_results", NULL, NULL, WITH(.write = guard_as_stale) },
    { "ADD wraps", "update_overflow", NULL, NULL, WITH(.write = overflow_wraps) },
    { "a taken key is silent", "insert_exists", NULL, NULL, WITH(.write = exists_as_ok) },
    { "results are in another order", "insert_exists", NULL, NULL, WITH(.write = results_backwards) },
    { "ADD sets", "update_add", NULL, NULL, WITH(.write = add_as_set) },
    { "tables are written in another order", "several_tables", NULL, NULL, WITH(.write = tables_backwards) },
    { "write flags are ignored", "write_unknown", NULL, NULL, WITH(.write = write_lenient) },
    { "commit loses", "commit", NULL, NULL, WITH(.commit = commit_loses) },
    { "rollback keeps", "rollback", NULL, NULL, WITH(.rollback = rollback_keeps) },
    { "savepoints are lost", "savepoints", NULL, NULL, WITH(.rollback_to = nothing) },
    { "release undoes", "savepoints", NULL, NULL, WITH(.release = release_undoes) },
    { "the point does not stay", "savepoints", NULL, NULL, WITH(.rollback_to = point_goes) },
    { "savepoints are lost, random", "history_random", NULL, NULL, WITH(.rollback_to = nothing) },
    { "reserve repeats", "reserve", NULL, NULL, WITH(.reserve = reserve_again) },
    { "the counter is behind", "next_number", NULL, NULL, WITH(.next_number = next_behind) },
    { "reserve takes too few", "shared_reserve", NULL, NULL, WITH(.reserve = reserve_one) },
    { "out of memory is called something else", "nomem_once", NULL, NULL, WITH(.write = vague_nomem) },
    { "open leaks", "open_create", NULL, NULL, WITH(.open = open_leaks) },
    { "READ may write", "read_txn_refuses_writes", NULL, NULL, WITH(.begin = always_write) },
    { "readers wait for writers", "shared_visible", NULL, NULL, WITH(.begin = always_write) },
    { "the number of the snapshot stays", "snapshot_number", NULL, NULL, WITH(.snapshot = same_number) },
    { "the number of the snapshot does not stay", "snapshot_number", NULL, NULL, WITH(.snapshot = counts_questions) },
    { "the number of the snapshot stays, two handles", "shared_snapshot_number", NULL, NULL, WITH(.snapshot = same_number) },
    { "READ is no snapshot", "shared_random", NULL, NULL,
      WITH(.begin = fresh_begin, .fetch = fresh_fetch, .commit = fresh_commit, .rollback = fresh_rollback, .next = m_next, .end = m_end) },
    { "open makes what is missing", "open_missing", NULL, NULL, WITH(.open = open_makes, .migrate = migrate_makes) },
    { "open flags are ignored", "open_unknown_flag", NULL, NULL, WITH(.open = open_lenient, .migrate = migrate_lenient) },
    { "options are ignored", "open_unknown_option", NULL, NULL, WITH(.open = options_ignored) },
    { "partial indexes hold all rows", "unique_partial", NULL, NULL, WITH(.migrate = no_partial) },
    { "unique indexes are not kept", "unique", NULL, NULL, WITH(.migrate = no_unique) },
    { "unique indexes are not kept, random", "history_random", NULL, NULL, WITH(.migrate = no_unique) },
    { "references are not checked", "foreign_keys", NULL, NULL, WITH(.migrate = no_references) },
};

/* Every function of `with` that is set replaces the good one. */
static arc_backend_ops break_it(const mutant *m, const arc_backend_ops *good)
{
    arc_backend_ops b = *good;
    change = m->change;
    change_lines = m->change_lines;
    if (change || change_lines) {
        b.fetch = m_fetch;
        b.aggregate = m_aggregate;
        b.get_many = m_get_many;
        b.next = m_next;
        b.end = m_end;
    }
#define TAKE(f) \
    if (m->with.f) b.f = m->with.f
    TAKE(open);
    TAKE(migrate);
    TAKE(begin);
    TAKE(commit);
    TAKE(rollback);
    TAKE(write);
    TAKE(fetch);
    TAKE(next);
    TAKE(end);
    TAKE(reserve);
    TAKE(next_number);
    TAKE(plan);
    TAKE(savepoint);
    TAKE(rollback_to);
    TAKE(release);
    TAKE(aggregate);
    TAKE(snapshot);
    TAKE(get_many);
#undef TAKE
    if (m->with.next && !m->with.aggregate) b.aggregate = m_aggregate;
    if (m->with.next) b.get_many = m_get_many;
    return b;
}

static int32_t memory_place(void *user, uint32_t index, char location[ARC_TESTKIT_LOCATION_MAX])
{
    (void)user;
    snprintf(location, ARC_TESTKIT_LOCATION_MAX, "store%u", index);
    return 0;
}

static void keep_message(void *user, const arc_testkit_result *r) { snprintf(user, 256, "%s", r->message); }

static arc_testkit_counts run_case(const arc_backend_ops *ops, const char *only, char message[256])
{
    arc_testkit_quirks q = ARC_TESTKIT_QUIRKS_INIT;
    arc_testkit_options o = ARC_TESTKIT_OPTIONS_INIT;
    arc_testkit_counts n;
    q.scheme = ops->scheme;
    q.ops = ops;
    q.caps = ops->caps;
    q.make_empty = memory_place;
    o.only = only;
    o.report = keep_message;
    o.report_user = message;
    assert_ok(arc_testkit_run(&n, &q, &o));
    mem_free();
    while (n_leaked) free(leaked[--n_leaked]);
    return n;
}

static void each_is_found(void **state)
{
    (void)state;
    arci_memory_registry registry;
    assert_int_equal(arci_memory_registry_init(&registry), 0);
    arc_backend_ops good = *arci_backend_memory();
    uint32_t missed = 0, total = sizeof mutants / sizeof mutants[0];
    good.user = &registry;
    good.caps |= ARC_CAP_SHARED; /* within this process it is */
    in = &good;
    for (uint32_t i = 0; i < total; i++) {
        char message[256] = "";
        arc_testkit_counts n = run_case(&good, mutants[i].found_by, message);
        if (n.passed != 1) fprintf(stderr, "%s does not pass on the whole backend: %s\n", mutants[i].found_by, message);
        assert_int_equal(n.passed, 1);
        arc_backend_ops broken = break_it(&mutants[i], &good);
        n = run_case(&broken, mutants[i].found_by, message);
        if (n.failed != 1) missed++;
        fprintf(stderr, "%s  %s: %s\n", n.failed == 1 ? "found " : "MISSED", mutants[i].name, message);
    }
    arci_memory_registry_destroy(&registry);
    fprintf(stderr, "%u mutants, %u missed\n", total, missed);
    assert_int_equal(missed, 0);
}

/* Changing results must itself be innocent: the same path without a change passes. */
static void path_is_innocent(void **state)
{
    static const char *const cases[] = { "many_rows", "paging", "paging_index", "aggregate_groups", "get_many", "types" };
    (void)state;
    arci_memory_registry registry;
    assert_int_equal(arci_memory_registry_init(&registry), 0);
    arc_backend_ops good = *arci_backend_memory(), same = good;
    good.user = same.user = &registry;
    in = &good;
    change = NULL;
    change_lines = NULL;
    same.fetch = m_fetch;
    same.aggregate = m_aggregate;
    same.get_many = m_get_many;
    same.next = m_next;
    same.end = m_end;
    for (uint32_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char message[256] = "";
        assert_int_equal(run_case(&same, cases[i], message).passed, 1);
    }
    arci_memory_registry_destroy(&registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(path_is_innocent), cmocka_unit_test(each_is_found) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
