/* SPDX-License-Identifier: Apache-2.0 */
/* journal=truncate: pages of a READ while others write, foreign programs, switching, what the doctor says. */
#include <signal.h>
#include <sys/wait.h>

#include "sqlite_support.h"

#define TRUNCATE "journal=truncate&busy=60"

static const arc_backend_ops *ops;
static lite_host h;
static char db[600];
static char logged[512];
static int32_t log_calls;

static void log_line(const arc_host *host, int32_t level, const char *message)
{
    (void)host;
    log_calls += level == ARC_LOG_WARNING;
    snprintf(logged, sizeof logged, "%s", message);
}

static int setup(void **state)
{
    test_setup(state);
    ops = arci_backend_sqlite();
    lite_host_init(&h);
    lite_path(*state, "a.db", db);
    return 0;
}

static arc_status try_open(const char *options, uint32_t flags, void **be)
{
    return lite_try(&h, db, options, &lite_v1, flags, be);
}

static void *open_with(const char *options, uint32_t flags)
{
    void *be = NULL;
    assert_status(ARC_OK, try_open(options, flags, &be));
    return be;
}

static int64_t size_of(const char *suffix)
{
    char name[640];
    struct stat sb;
    snprintf(name, sizeof name, "%s%s", db, suffix);
    return stat(name, &sb) == 0 ? (int64_t)sb.st_size : -1;
}

/* 1: rollback journal, 2: write-ahead log; as the file itself says. */
static int file_version(void)
{
    size_t n = 0;
    char *bytes = test_read_file(db, &n);
    assert_true(n > 100 && bytes[18] == bytes[19]);
    int v = bytes[18];
    free(bytes);
    return v;
}

static void *begin(void *be, uint32_t mode)
{
    void *txn = NULL;
    assert_status(ARC_OK, ops->begin(be, mode, 1000, &txn));
    return txn;
}

/* ---- reading ---- */

typedef struct scan {
    arc_fetch f;
    int64_t rows, sum, last;
} scan;

static arc_status scan_open(scan *s, void *txn, uint16_t table)
{
    static const uint16_t cols[] = { 0, 1, 2 };
    arc_fetch *fs[] = { &s->f };
    memset(s, 0, sizeof *s);
    s->f.struct_size = (uint32_t)sizeof s->f;
    s->f.table = table;
    s->f.cols = cols;
    s->f.n_cols = 3;
    return ops->fetch(txn, fs, 1);
}

static arc_status scan_next(scan *s)
{
    arc_block b;
    arc_status st = ops->next(s->f.cursor, &b);
    for (uint32_t i = 0; st == ARC_OK && i < b.n_rows; i++) {
        s->rows++;
        s->last = b.values[i * 3 + 1].u.i;
        s->sum += s->last;
    }
    return st;
}

static arc_status scan_rest(scan *s)
{
    arc_status st;
    while ((st = scan_next(s)) == ARC_OK) continue;
    return st;
}

/* A book of n items, two handles. */
static void pair(int64_t n, void **a, void **b)
{
    *a = open_with(TRUNCATE, ARC_OPEN_CREATE);
    lite_fill(*a, 1, n + 1);
    *b = open_with(TRUNCATE, 0);
}

static void opens(void **state)
{
    (void)state;
    void *be = open_with(TRUNCATE, ARC_OPEN_CREATE);
    lite_fill(be, 1, 20);
    assert_int_equal(file_version(), 1);
    assert_int_equal(size_of("-wal"), -1);
    assert_int_equal(size_of("-shm"), -1);
    assert_int_equal(size_of("-journal"), 0); /* cut, not deleted */
    ops->close(be);
    be = open_with(TRUNCATE, ARC_OPEN_CHECK);
    assert_int_equal(lite_count(be, T_ITEM), 19);
    ops->close(be);
    be = open_with("", ARC_OPEN_READONLY); /* takes what it finds */
    assert_int_equal(lite_count(be, T_ITEM), 19);
    ops->close(be);
    assert_int_equal(file_version(), 1);
    assert_status(ARC_E_INVALID, try_open("journal=delete", 0, &be));
    assert_status(ARC_E_INVALID, try_open("journal=TRUNCATE", 0, &be));
}

/* A short answer is whole although others commit while it is read out; the next question tells. */
static void short_reads(void **state)
{
    (void)state;
    void *a, *b;
    scan items, customers;
    pair(4000, &a, &b);
    void *txn = begin(b, ARC_TXN_READ);
    assert_status(ARC_OK, scan_open(&items, txn, T_ITEM));
    assert_status(ARC_OK, scan_next(&items));
    assert_true(items.rows < 4000);
    lite_fill(a, 5000, 5001); /* nobody holds it up */
    assert_status(ARC_DONE, scan_rest(&items));
    assert_int_equal(items.rows, 4000);
    assert_status(ARC_DONE, scan_next(&items));
    assert_status(ARC_E_CONFLICT, scan_open(&customers, txn, T_CUSTOMER));
    assert_int_equal(h.error, ARC_E_CONFLICT);
    assert_int_equal(arc_status_retryable(ARC_E_CONFLICT), 1);
    assert_status(ARC_E_DOOMED, scan_open(&customers, txn, T_CUSTOMER));
    assert_status(ARC_E_DOOMED, ops->commit(txn));
    assert_int_equal(lite_count(b, T_CUSTOMER), 4001);
    ops->close(a);
    ops->close(b);
}

/* Answers of many pages: whole when nobody commits, refused when somebody does. */
static void long_reads(void **state)
{
    (void)state;
    void *a, *b;
    scan s, t;
    int64_t n = 30000;
    pair(n, &a, &b);
    for (int commit = 0; commit < 2; commit++) {
        void *txn = begin(b, ARC_TXN_READ);
        assert_status(ARC_OK, scan_open(&s, txn, T_ITEM));
        assert_status(ARC_OK, scan_next(&s));
        void *w = begin(a, ARC_TXN_WRITE);
        lite_put(w, 900000 + commit);
        assert_status(ARC_OK, scan_open(&t, txn, T_CUSTOMER));
        if (commit) {
            assert_status(ARC_OK, ops->commit(w));
            assert_status(ARC_E_CONFLICT, scan_rest(&s));
            assert_true(s.rows == 4096 && s.sum == 4096 * 4097 / 2);
            assert_status(ARC_E_DOOMED, scan_next(&t));
        } else {
            ops->rollback(w);
            assert_status(ARC_DONE, scan_rest(&s));
            assert_true(s.rows == n && s.sum == n * (n + 1) / 2 && s.last == n);
            assert_status(ARC_DONE, scan_rest(&t));
            assert_int_equal(t.sum, s.sum);
            ops->end(t.f.cursor);
        }
        ops->rollback(txn);
    }
    ops->close(a);
    ops->close(b);
}

/* Keys and sums, and a snapshot that is taken by the first look. */
static void other_questions(void **state)
{
    (void)state;
    static const uint16_t cols[] = { 1 };
    void *a, *b, *cursor;
    arc_block block;
    pair(6000, &a, &b);
    arc_value *keys = malloc(sizeof *keys * 2 * 7000);
    for (int i = 0; i < 7000; i++) {
        keys[i * 2] = lite_int(1);
        keys[i * 2 + 1] = lite_int(7000 - i);
    }
    void *txn = begin(b, ARC_TXN_READ);
    lite_fill(a, 6001, 6002); /* nothing was seen yet */
    assert_status(ARC_OK, ops->get_many(txn, T_ITEM, cols, 1, keys, 7000, &cursor));
    int64_t want = 6001;
    arc_status st;
    while ((st = ops->next(cursor, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows; i++) assert_int_equal(block.values[i].u.i, want--);
    }
    assert_status(ARC_DONE, st);
    assert_int_equal(want, 0);
    static const arc_measure sum[] = { { ARC_MEASURE_COUNT, 0 } };
    arc_aggregate g = { .struct_size = (uint32_t)sizeof g, .table = T_ITEM, .measures = sum, .n_measures = 1 };
    assert_status(ARC_OK, ops->aggregate(txn, &g));
    lite_fill(a, 6002, 6003);
    assert_status(ARC_OK, ops->next(g.cursor, &block)); /* was counted before */
    assert_int_equal(block.values[0].u.i, 6001);
    assert_status(ARC_E_CONFLICT, ops->aggregate(txn, &g));
    ops->rollback(txn);
    txn = begin(b, ARC_TXN_READ);
    assert_status(ARC_OK, ops->get_many(txn, T_ITEM, cols, 1, keys, 7000, &cursor));
    lite_fill(a, 6003, 6004);
    while ((st = ops->next(cursor, &block)) == ARC_OK) continue;
    assert_status(ARC_E_CONFLICT, st);
    ops->rollback(txn);
    free(keys);
    ops->close(a);
    ops->close(b);
}

/* One process adds two items a commit, the other reads: every answer is even, and both get on. */
static void beside_a_writer(void **state)
{
    (void)state;
    enum { COMMITS = 300 };
    void *be = open_with("journal=truncate", ARC_OPEN_CREATE);
    lite_fill(be, 1, 5001);
    pid_t child = fork();
    if (child == 0) {
        lite_host mine;
        void *w = NULL;
        lite_host_init(&mine);
        if (lite_try(&mine, db, "journal=truncate", &lite_v1, 0, &w) != ARC_OK) _exit(10);
        for (int64_t i = 0; i < COMMITS; i++) {
            void *txn;
            if (ops->begin(w, ARC_TXN_WRITE, 20000, &txn) != ARC_OK) _exit(11);
            lite_put(txn, 10000 + 2 * i);
            lite_put(txn, 10001 + 2 * i);
            if (ops->commit(txn) != ARC_OK) _exit(12);
        }
        ops->close(w);
        _exit(0);
    }
    int status = -1;
    int64_t whole = 0, conflicts = 0, n = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
        n = lite_count(be, T_ITEM);
        assert_true(n == ARC_E_CONFLICT || (n >= 5000 && n % 2 == 0));
        conflicts += n == ARC_E_CONFLICT;
        whole += n != ARC_E_CONFLICT;
    }
    assert_int_equal(status, 0);
    assert_int_equal(lite_count(be, T_ITEM), 5000 + 2 * COMMITS);
    fprintf(stderr, "%lld answers whole, %lld conflicts beside %d commits\n", (long long)whole, (long long)conflicts, COMMITS);
    assert_true(whole > 0);
    ops->close(be);
}

/* ---- other programs ---- */

static sqlite3_stmt *shell(sqlite3 **raw, const char *sql)
{
    sqlite3_stmt *s = NULL;
    assert_int_equal(sqlite3_open(db, raw), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(*raw, sql, -1, &s, NULL), SQLITE_OK);
    return s;
}

/* A program that reads without end: the commit gives up in time, and nothing of it is there. */
static void foreign_reader(void **state)
{
    (void)state;
    sqlite3 *raw;
    void *be = open_with(TRUNCATE, ARC_OPEN_CREATE);
    lite_fill(be, 1, 200);
    sqlite3_stmt *s = shell(&raw, "SELECT * FROM item");
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    void *txn = begin(be, ARC_TXN_WRITE);
    lite_put(txn, 500);
    h.cancel = 1; /* never reaches into a COMMIT */
    assert_status(ARC_E_BUSY, ops->commit(txn));
    h.cancel = 0;
    assert_int_equal(lite_count(be, T_ITEM), 199);
    sqlite3_finalize(s);
    lite_fill(be, 500, 501);
    assert_int_equal(lite_count(be, T_ITEM), 200);
    sqlite3_close(raw);
    ops->close(be);
}

static void foreign_writer(void **state)
{
    (void)state;
    sqlite3 *raw;
    scan s, t;
    void *txn, *be = open_with(TRUNCATE, ARC_OPEN_CREATE);
    lite_fill(be, 1, 200);
    assert_int_equal(sqlite3_finalize(shell(&raw, "SELECT 1")), SQLITE_OK);
    assert_int_equal(sqlite3_exec(raw, "BEGIN IMMEDIATE; UPDATE customer SET name = 'other' WHERE id = 1", NULL, NULL, NULL), SQLITE_OK);
    assert_status(ARC_E_BUSY, ops->begin(be, ARC_TXN_WRITE, 30, &txn));
    txn = begin(be, ARC_TXN_READ);
    assert_status(ARC_OK, scan_open(&s, txn, T_ITEM));
    assert_int_equal(sqlite3_exec(raw, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_status(ARC_DONE, scan_rest(&s));
    assert_int_equal(s.rows, 199);
    assert_status(ARC_E_CONFLICT, scan_open(&t, txn, T_ITEM));
    ops->rollback(txn);
    /* one that makes a write-ahead log of it is found out before anything is written */
    assert_int_equal(sqlite3_exec(raw, "PRAGMA journal_mode = WAL", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(lite_count(be, T_ITEM), 199);
    assert_status(ARC_E_CONNECTION, ops->begin(be, ARC_TXN_WRITE, 30, &txn));
    sqlite3_close(raw);
    ops->close(be);
    be = open_with(TRUNCATE, ARC_OPEN_CHECK);
    lite_fill(be, 500, 501);
    assert_int_equal(lite_count(be, T_ITEM), 200);
    ops->close(be);
}

/* The writer's host closed a descriptor of the file: to SQLite its journal looks like that of a dead process. */
static void lost_locks(void **state)
{
    (void)state;
    size_t n;
    int status = -1, gate[2];
    char byte;
    assert_int_equal(pipe(gate), 0);
    pid_t child = fork(); /* before there is any SQLite in the process that the child would inherit */
    if (child == 0) {
        lite_host mine;
        void *other = NULL;
        lite_host_init(&mine);
        if (read(gate[0], &byte, 1) != 1) _exit(12);
        _exit(lite_try(&mine, db, TRUNCATE, &lite_v1, 0, &other) == ARC_E_BUSY ? 0 : 11);
    }
    void *txn, *be = open_with(TRUNCATE "&cache_mib=1", ARC_OPEN_CREATE);
    lite_fill(be, 1, 3000);
    txn = begin(be, ARC_TXN_WRITE);
    for (int64_t i = 3000; i < 12000; i++) lite_put(txn, i); /* more than the cache: the file is half new already */
    assert_true(size_of("-journal") > 0);
    free(test_read_file(db, &n));
    assert_int_equal(write(gate[1], "x", 1), 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_status(ARC_OK, ops->commit(txn));
    ops->close(be);
    be = open_with(TRUNCATE, ARC_OPEN_CHECK);
    assert_int_equal(lite_count(be, T_ITEM), 11999);
    ops->close(be);
    close(gate[0]);
    close(gate[1]);
}

/* A writer that died in the middle of a commit's work: the next reader puts the old state back. */
static void dead_writer(void **state)
{
    (void)state;
    int status = -1;
    void *be = open_with(TRUNCATE, ARC_OPEN_CREATE);
    lite_fill(be, 1, 3000);
    pid_t child = fork();
    if (child == 0) {
        lite_host mine;
        void *w = NULL, *txn;
        lite_host_init(&mine);
        if (lite_try(&mine, db, TRUNCATE "&cache_mib=1", &lite_v1, 0, &w) != ARC_OK) _exit(10);
        if (ops->begin(w, ARC_TXN_WRITE, 1000, &txn) != ARC_OK) _exit(11);
        for (int64_t i = 3000; i < 12000; i++) lite_put(txn, i);
        raise(SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_true(size_of("-journal") > 0);
    assert_int_equal(lite_count(be, T_ITEM), 2999);
    assert_int_equal(size_of("-journal"), 0);
    lite_fill(be, 3000, 3001);
    ops->close(be);
    be = open_with(TRUNCATE, ARC_OPEN_CHECK);
    assert_int_equal(lite_count(be, T_ITEM), 3000);
    ops->close(be);
}

/* ---- switching ---- */

static void switching(void **state)
{
    (void)state;
    void *other = NULL, *be = open_with("", ARC_OPEN_CREATE);
    lite_fill(be, 1, 500);
    assert_true(size_of("-wal") > 0);
    assert_status(ARC_E_BUSY, try_open(TRUNCATE, 0, &other)); /* somebody is there */
    assert_int_equal(h.error, ARC_E_BUSY);
    lite_fill(be, 500, 600);
    assert_int_equal(lite_count(be, T_ITEM), 599);
    ops->close(be);
    assert_true(size_of("-wal") > 0); /* left unfolded */
    be = open_with(TRUNCATE, 0);
    assert_int_equal(file_version(), 1);
    assert_int_equal(size_of("-wal"), -1);
    assert_int_equal(lite_count(be, T_ITEM), 599);
    lite_fill(be, 600, 700);
    other = open_with(TRUNCATE, 0);
    ops->close(be);
    assert_status(ARC_E_BUSY, try_open("busy=60", 0, &be)); /* and back: idle, but there */
    lite_fill(other, 700, 800);
    ops->close(other);
    be = open_with("busy=60", 0);
    assert_int_equal(file_version(), 2);
    assert_int_equal(lite_count(be, T_ITEM), 799);
    lite_fill(be, 800, 801);
    ops->close(be);
    be = open_with(TRUNCATE, ARC_OPEN_CHECK);
    assert_int_equal(lite_count(be, T_ITEM), 800);
    ops->close(be);
}

/* A process that died leaves its log and its presence: the first is folded, the second is gone with it. */
static void switching_after_death(void **state)
{
    (void)state;
    for (int round = 0; round < 4; round++) {
        const char *mine = round & 1 ? TRUNCATE : "busy=60", *next = round & 1 ? "busy=60" : TRUNCATE;
        int status = -1;
        pid_t child = fork();
        if (child == 0) {
            void *be = NULL;
            lite_host_init(&h);
            if (try_open(mine, ARC_OPEN_CREATE, &be) != ARC_OK) _exit(10);
            lite_fill(be, 1 + round * 100, 101 + round * 100);
            raise(SIGKILL);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        void *be = open_with(next, ARC_OPEN_CHECK);
        assert_int_equal(lite_count(be, T_ITEM), (round + 1) * 100);
        ops->close(be);
        assert_int_equal(file_version(), round & 1 ? 2 : 1);
    }
}

/* A child made by fork() keeps the lock file open; that the parent went must be seen all the same. */
static void presence_after_fork(void **state)
{
    (void)state;
    int gate[2], status = -1;
    char byte;
    void *be = open_with(TRUNCATE, ARC_OPEN_CREATE);
    assert_int_equal(pipe(gate), 0);
    pid_t child = fork();
    if (child == 0) {
        close(gate[1]);
        _exit(read(gate[0], &byte, 1) == 0 ? 0 : 1);
    }
    ops->close(be);
    be = open_with("busy=60", 0);
    ops->close(be);
    close(gate[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(gate[0]);
}

/* ---- backup, the doctor ---- */

static void copies(void **state)
{
    char to[600];
    void *a, *b, *be = NULL;
    pair(300, &a, &b);
    lite_path(*state, "copy.db", to);
    void *txn = begin(b, ARC_TXN_WRITE);
    lite_put(txn, 999);
    assert_status(ARC_OK, ops->backup(a, to, NULL, NULL));
    assert_status(ARC_OK, ops->commit(txn));
    assert_status(ARC_OK, lite_try(&h, to, TRUNCATE, &lite_v1, ARC_OPEN_CHECK, &be));
    assert_int_equal(lite_count(be, T_ITEM), 300);
    ops->close(be);
    ops->close(a);
    ops->close(b);
}

static void doctor(void **state)
{
    (void)state;
    int v = sqlite3_libversion_number();
    int fixed = v >= 3051003 || (v >= 3050007 && v < 3051000) || (v >= 3044006 && v < 3045000);
    h.host.log = log_line;
    log_calls = 0;
    void *be = open_with(TRUNCATE, ARC_OPEN_CREATE);
    ops->close(be);
    assert_int_equal(log_calls, 0);
    be = open_with("", 0);
    lite_fill(be, 1, 5);
    assert_int_equal(log_calls, fixed ? 0 : 1); /* once, at open */
    if (!fixed) {
        assert_non_null(strstr(logged, "3.51.3, 3.50.7 and 3.44.6"));
        assert_non_null(strstr(logged, sqlite3_libversion()));
        assert_non_null(strstr(logged, "journal=truncate"));
    }
    ops->close(be);
    be = open_with("", ARC_OPEN_READONLY);
    assert_int_equal(log_calls, fixed ? 0 : 1);
    ops->close(be);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, test_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        T(opens),          T(short_reads), T(long_reads),  T(other_questions), T(beside_a_writer),
        T(foreign_reader), T(foreign_writer), T(lost_locks), T(dead_writer),   T(switching),
        T(switching_after_death), T(presence_after_fork), T(copies), T(doctor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
