/* SPDX-License-Identifier: Apache-2.0 */
/* Shims: the kit through each of them over memory and SQLite; every backend call failing in turn; commits whose answer is
 * lost; what the trace counts. */
#include "conformance/run.h"
#include "backend/memory.h"
#include "backend/sqlite.h"
#include "support/replay.h"

#include <sqlite3.h>

/* ---- a host and two tables ---------------------------------------------------------------------------------------- */

typedef struct world {
    arc_host host;
    arc_backend_ops inner, shim_ops; /* inner carries the registry of named memory stores */
    arci_memory_registry registry;
    arc_shim shim;
    int64_t live;

    char location[ARC_TESTKIT_LOCATION_MAX];
} world;

static world *of(const arc_host *h) { return h->user; }

static void *w_alloc(const arc_host *h, size_t n)
{
    of(h)->live++;
    return malloc(n ? n : 1);
}

static void *w_resize(const arc_host *h, void *p, size_t n)
{
    if (!p) of(h)->live++;
    return realloc(p, n ? n : 1);
}

static void w_release(const arc_host *h, void *p)
{
    if (p) of(h)->live--;
    free(p);
}

static void w_log(const arc_host *h, int32_t level, const char *m)
{
    (void)h;
    (void)level;
    (void)m;
}

static void w_error(const arc_host *h, arc_status s, int32_t v, const char *q, const char *m)
{
    (void)h;
    (void)s;
    (void)v;
    (void)q;
    (void)m;
}

static int32_t w_cancelled(const arc_host *h)
{
    (void)h;
    return 0;
}

static const arc_backend_ops *w_find(const arc_host *h, const char *scheme)
{
    world *w = of(h);
    if (!strcmp(scheme, w->inner.scheme)) return &w->inner;
    return !strcmp(scheme, w->shim_ops.scheme) ? &w->shim_ops : NULL;
}

#define C(name, type, flags) { name, "test column", NULL, 100, flags, type, ARC_NO_COL, 1 }
static const arc_column cols_a[] = { C("book", ARC_T_ID, ARC_COL_REQUIRED), C("id", ARC_T_ID, ARC_COL_REQUIRED),
                                     C("n", ARC_T_INT, 0), C("t", ARC_T_TEXT, 0) };
static const uint16_t key[] = { 0, 1 }, all_cols[] = { 0, 1, 2, 3 };
static const arc_table two[] = {
    { "first", "test table", cols_a, key, NULL, NULL, 4, 2, 0, 0, ARC_TABLE_ERASABLE, 1 },
    { "second", "test table", cols_a, key, NULL, NULL, 4, 2, 0, 0, ARC_TABLE_ERASABLE, 1 },
};
static const arc_schema_desc schema = { (uint32_t)sizeof schema, 1, 0x41524331u, 2, two };

static void world_open(world *w, const arc_backend_ops *inner, uint32_t kind)
{
    memset(w, 0, sizeof *w);
    assert_int_equal(arci_memory_registry_init(&w->registry), 0);
    w->inner = *inner;

    if (!strcmp(inner->scheme, "memory")) w->inner.user = &w->registry;
    assert_ok(arc_shim_init(&w->shim_ops, &w->shim, &w->inner, kind));
    arc_host h = { (uint32_t)sizeof h, 0, w, w_alloc, w_resize, w_release, w_log, w_error, w_cancelled, NULL, w_find };
    w->host = h;
    char path[ARC_TESTKIT_LOCATION_MAX];
    assert_int_equal(testkit_make_empty(NULL, 9, path), 0);
    snprintf(w->location, sizeof w->location, "%s:%.400s", inner->scheme, path);
}

static void world_close(world *w)
{
    testkit_drop(NULL, strchr(w->location, ':') + 1);
    arci_memory_registry_destroy(&w->registry);
    assert_int_equal(w->live, 0);
}

static arc_value num(int64_t i)
{
    arc_value v = { ARC_V_INT, { 0, 0, 0 }, 0, { i } };
    return v;
}

static arc_value text(const char *s)
{
    arc_value v = { ARC_V_TEXT, { 0, 0, 0 }, (uint32_t)strlen(s), { 0 } };
    v.u.s = s;
    return v;
}

/* All rows, in key order as far as both backends give it: sums that do not depend on order. */
static arc_status fold(const arc_backend_ops *b, void *be, uint64_t sum[2])
{
    void *txn;
    arc_status s = b->begin(be, ARC_TXN_READ, 1000, &txn);
    for (uint16_t t = 0; !s && t < 2; t++) {
        arc_fetch f, *fp = &f;
        arc_block block;
        memset(&f, 0, sizeof f);
        f.struct_size = (uint32_t)sizeof f;
        f.table = t;
        f.cols = all_cols;
        f.n_cols = 4;
        sum[t] = 0;
        s = b->fetch(txn, &fp, 1);
        while (!s && (s = b->next(f.cursor, &block)) == ARC_OK)
            for (uint32_t r = 0; r < block.n_rows; r++) {
                const arc_value *v = block.values + (size_t)r * 4;
                uint64_t h = (uint64_t)v[1].u.i * 1000003u + (uint64_t)(v[2].type ? v[2].u.i : -1) * 31u;
                for (uint32_t i = 0; i < v[3].len; i++) h = h * 131u + (unsigned char)v[3].u.s[i];
                sum[t] += h * h + 1;
            }
        if (s == ARC_DONE) s = ARC_OK;
    }
    if (!s) s = b->commit(txn);
    return s;
}

/* A transaction that makes every kind of call. *committed says that commit answered ARC_OK. */
static arc_status work(const arc_backend_ops *b, void *be, int *committed)
{
    arc_value rows[] = { num(1), num(10), num(1), text("ten"), num(1), num(11), num(2), text("eleven") };
    arc_value up[] = { num(1), num(1), num(5) };
    static const uint16_t n_col[] = { 2 };
    static const uint8_t set[] = { ARC_ADD };
    uint8_t res[2], res2[1];
    arc_write w[2];
    memset(w, 0, sizeof w);
    w[0] = (arc_write){ .struct_size = (uint32_t)sizeof *w, .table = 1, .op = ARC_WRITE_INSERT, .cols = all_cols,
                        .rows = rows, .n_cols = 4, .n_rows = 2, .results = res };
    w[1] = (arc_write){ .struct_size = (uint32_t)sizeof *w, .table = 0, .op = ARC_WRITE_UPDATE, .cols = n_col, .set = set,
                        .rows = up, .n_cols = 1, .n_rows = 1, .results = res2 };
    arc_write *wp[] = { &w[0], &w[1] };
    void *txn = NULL;
    int64_t first;
    arc_status s = b->begin(be, ARC_TXN_WRITE, 1000, &txn);
    if (s) return s;
    if (b->savepoint) s = b->savepoint(txn, 1);
    if (!s) s = b->write(txn, wp, 2);
    if (!s && b->rollback_to) s = b->rollback_to(txn, 1);
    if (!s && b->rollback_to) s = b->write(txn, wp, 2);
    if (!s && b->release) s = b->release(txn, 1);
    if (!s) s = b->reserve(txn, 1, "numbers", 1, &first);
    arc_fetch f = { .struct_size = (uint32_t)sizeof f, .table = 1, .cols = all_cols, .n_cols = 4 }, *fp = &f;
    if (!s && (s = b->fetch(txn, &fp, 1)) == ARC_OK) {
        arc_block block;
        while ((s = b->next(f.cursor, &block)) == ARC_OK) continue;
        if (s == ARC_DONE) b->end(f.cursor); /* after an error the transaction's end ends it */
        s = s == ARC_DONE ? ARC_OK : s;
    }
    static const arc_measure count[] = { { ARC_MEASURE_COUNT, 0 } };
    arc_aggregate a = { .struct_size = (uint32_t)sizeof a, .table = 1, .measures = count, .n_measures = 1 };
    if (!s && b->aggregate && (s = b->aggregate(txn, &a)) == ARC_OK) b->end(a.cursor);
    void *cursor;
    arc_value k[] = { num(1), num(10) };
    if (!s && b->get_many && (s = b->get_many(txn, 1, all_cols, 4, k, 1, &cursor)) == ARC_OK) b->end(cursor);
    if (s) {
        b->rollback(txn);
        return s;
    }
    s = b->commit(txn);
    *committed = s == ARC_OK;
    return s;
}

static void fill(const arc_backend_ops *b, void *be)
{
    arc_value rows[] = { num(1), num(1), num(7), text("one"), num(1), num(2), { 0 }, text("") };
    uint8_t res[2];
    arc_write w = { .struct_size = (uint32_t)sizeof w, .table = 0, .op = ARC_WRITE_INSERT, .cols = all_cols, .rows = rows,
                    .n_cols = 4, .n_rows = 2, .results = res }, *wp = &w;
    void *txn;
    assert_ok(b->begin(be, ARC_TXN_WRITE, 1000, &txn));
    assert_ok(b->write(txn, &wp, 1));
    assert_int_equal(res[0] | res[1], 0);
    assert_ok(b->commit(txn));
}

static void *open_store(world *w)
{
    void *be = NULL;
    assert_ok(w->shim_ops.open(&w->host, w->location, "", ARC_OPEN_CREATE, &be));
    assert_ok(w->shim_ops.migrate(be, &schema, ARC_OPEN_CREATE));
    fill(&w->shim_ops, be);
    return be;
}

/* Fails call n for n = 1, 2, ...; returns how many calls there were at least. */
static int64_t sweep(const arc_backend_ops *inner, arc_status with, uint32_t fail_on, uint32_t commit_first)
{
    int64_t n = 1;
    const int64_t every = TEST_SANITIZED && !test_soak() ? 3 : 1; /* they make a run several times as long */
    for (int more = 1; more; n += every) {
        world w;
        uint64_t before[2], after[2];
        int committed = 0;
        world_open(&w, inner, ARC_SHIM_FAULT);
        void *be = open_store(&w);
        const arc_backend_ops *b = &w.shim_ops;
        assert_ok(fold(b, be, before));
        w.shim.calls = w.shim.failed = 0;
        w.shim.fail_at = n;
        w.shim.fail_status = with;
        w.shim.fail_on = fail_on;
        w.shim.commit_first = commit_first;
        arc_status s = work(b, be, &committed);
        w.shim.fail_at = 0;
        more = w.shim.failed > 0;
        if (!more) assert_status(ARC_OK, s);
        else assert_true(s == with || s == ARC_E_OUTCOME_UNKNOWN);
        assert_int_equal(w.shim.violations, 0);
        assert_ok(fold(b, be, after));
        int changed = before[0] != after[0] || before[1] != after[1];
        assert_int_equal(changed, committed || s == ARC_E_OUTCOME_UNKNOWN);
        assert_ok(work(b, be, &committed) ? ARC_E_INTERNAL : ARC_OK); /* the handle works on */
        b->close(be);
        world_close(&w);
    }
    return n - 1 - every;
}

static void sweeps(void **state)
{
    (void)state;
    const arc_backend_ops *const inner[] = { arci_backend_memory(), arci_backend_sqlite() };
    for (uint32_t i = 0; i < 2; i++) {
        int64_t calls = sweep(inner[i], ARC_E_IO, 0, 0);
        fprintf(stderr, "%s: %lld calls failed in turn, once and from then on\n", inner[i]->scheme, (long long)calls);
        assert_true(calls >= 10);
        assert_int_equal(sweep(inner[i], ARC_E_NOMEM, 1, 0), calls);
        assert_int_equal(sweep(inner[i], ARC_E_CONNECTION, 0, 1), calls);
    }
}

/* A failing open or migrate leaves nothing open. */
static void open_fails(void **state)
{
    (void)state;
    world w;
    void *be = NULL;
    world_open(&w, arci_backend_memory(), ARC_SHIM_FAULT);
    w.shim.fail_at = 1;
    w.shim.fail_status = ARC_E_CONNECTION;
    assert_status(ARC_E_CONNECTION, w.shim_ops.open(&w.host, w.location, "", ARC_OPEN_CREATE, &be));
    assert_ok(w.shim_ops.open(&w.host, w.location, "", ARC_OPEN_CREATE, &be));
    w.shim.fail_at = w.shim.calls + 1;
    assert_status(ARC_E_CONNECTION, w.shim_ops.migrate(be, &schema, ARC_OPEN_CREATE));
    w.shim_ops.close(be);
    assert_status(ARC_E_INVALID, w.shim_ops.open(&w.host, "sqlite:/nowhere", "", ARC_OPEN_CREATE, &be));
    world_close(&w);
}

/* Who goes on with a doomed transaction is refused and counted. */
static void violations(void **state)
{
    (void)state;
    world w;
    void *txn, *second = NULL;
    int64_t first;
    world_open(&w, arci_backend_memory(), ARC_SHIM_FAULT);
    void *be = open_store(&w);
    const arc_backend_ops *b = &w.shim_ops;
    assert_ok(b->begin(be, ARC_TXN_WRITE, 0, &txn));
    w.shim.fail_at = w.shim.calls + 1;
    w.shim.fail_status = ARC_E_IO;
    assert_status(ARC_E_IO, b->reserve(txn, 1, "n", 1, &first));
    assert_int_equal(w.shim.violations, 0);
    assert_status(ARC_E_DOOMED, b->reserve(txn, 1, "n", 1, &first));
    assert_status(ARC_E_DOOMED, b->commit(txn));
    assert_int_equal(w.shim.violations, 2);
    assert_ok(b->begin(be, ARC_TXN_READ, 0, &txn));
    assert_true(b->begin(be, ARC_TXN_READ, 0, &second) < 0);
    assert_int_equal(w.shim.violations, 3);
    b->rollback(txn);
    b->close(be);
    world_close(&w);
}

typedef struct seen {
    uint32_t statements, calls, begins;
} seen;

static void on_statement(void *user, const char *statement, const arc_value *params, uint32_t n)
{
    (void)params;
    assert_non_null(statement);
    assert_true(n < 100);
    ((seen *)user)->statements++;
}

static void on_call(void *user, uint32_t call, int64_t rows)
{
    assert_true(rows >= 0);
    ((seen *)user)->calls++;
    ((seen *)user)->begins += call == ARC_CALL_BEGIN;
}

static void trace_counts(void **state)
{
    (void)state;
    world w;
    seen got = { 0, 0, 0 };
    int committed = 0;
    world_open(&w, arci_backend_sqlite(), ARC_SHIM_TRACE);
    void *be = open_store(&w);
    int64_t calls = w.shim.calls, written = w.shim.rows_written, commits = w.shim.count[ARC_CALL_COMMIT];
    w.shim.user = &got;
    w.shim.on_statement = on_statement;
    w.shim.on_call = on_call;
    assert_ok(work(&w.shim_ops, be, &committed));
    assert_int_equal(got.begins, 1);
    assert_int_equal(got.calls, w.shim.calls - calls);
    assert_int_equal(w.shim.rows_written - written, w.shim_ops.savepoint ? 6 : 3);
    assert_int_equal(w.shim.count[ARC_CALL_COMMIT] - commits, 1);
    assert_true(got.statements >= 5);
    w.shim_ops.close(be);
    world_close(&w);
}

/* What the shim recorded, run on the bare store, makes the same rows. */
static void replay(void **state)
{
    (void)state;
    world w;
    int committed = 0;
    char copy[ARC_TESTKIT_LOCATION_MAX + 8], path[ARC_TESTKIT_LOCATION_MAX];
    uint64_t ours[2], bare[2];
    replay_log *log = replay_new();
    sqlite3 *db = NULL;
    world_open(&w, arci_backend_sqlite(), ARC_SHIM_TRACE);
    void *be = open_store(&w);
    const arc_backend_ops *b = &w.shim_ops;
    snprintf(path, sizeof path, "%s", strchr(w.location, ':') + 1);
    snprintf(copy, sizeof copy, "%s:%.400s.replay", w.inner.scheme, path);
    assert_ok(b->backup(be, copy, NULL, NULL)); /* the state before the work */
    w.shim.user = log;
    w.shim.on_statement = replay_record;
    assert_ok(work(b, be, &committed));
    w.shim.on_statement = NULL;
    assert_int_equal(sqlite3_open(strchr(copy, ':') + 1, &db), SQLITE_OK);
    replay_counts recorded = replay_log_counts(log), n = replay_run(log, db);
    replay_finish(log);
    sqlite3_close(db);
    fprintf(stderr, "replayed %lld statements of %lld texts, %lld values, %lld rows\n", (long long)n.statements,
            (long long)n.texts, (long long)n.values, (long long)n.rows);
    assert_int_equal(n.failed, 0);
    assert_int_equal(n.statements, recorded.statements);
    assert_int_equal(n.values, recorded.values);
    assert_ok(fold(b, be, ours));
    b->close(be);
    assert_ok(b->open(&w.host, copy, "", 0, &be));
    assert_ok(b->migrate(be, &schema, 0));
    assert_ok(fold(b, be, bare));
    assert_memory_equal(ours, bare, sizeof ours);
    b->close(be);
    replay_free(log);
    testkit_drop(NULL, strchr(copy, ':') + 1);
    world_close(&w);
}

/* ---- the kit through shims -------------------------------------------------------------------------------------------- */

static void kit_memory(void **state)
{
    (void)state;
    arci_memory_registry registry;
    assert_int_equal(arci_memory_registry_init(&registry), 0);
    arc_backend_ops ops = *arci_backend_memory();
    ops.user = &registry;
    ops.caps |= ARC_CAP_SHARED; /* within this process it is */
    kit_run_shims(&ops);
    arci_memory_registry_destroy(&registry);
}

static void kit_sqlite(void **state)
{
    (void)state;
    kit_run_shims(arci_backend_sqlite());
}

static void kit_sqlite_truncate(void **state)
{
    (void)state;
    kit_run_shims_with(arci_backend_sqlite(), "journal=truncate", ARC_TESTKIT_CONFLICTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_fails),   cmocka_unit_test(violations), cmocka_unit_test(sweeps),
        cmocka_unit_test(trace_counts), cmocka_unit_test(replay),     cmocka_unit_test(kit_memory), cmocka_unit_test(kit_sqlite),
        cmocka_unit_test(kit_sqlite_truncate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
