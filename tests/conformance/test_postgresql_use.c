/* SPDX-License-Identifier: Apache-2.0 */
/* What the conformance kit cannot ask of PostgreSQL: a server that is unsafe, altered tables, races and deadlocks, a connection that is
 * lost, and a book written through the public API with the same canonical dump as in SQLite. */
#include "support/pg.h"
#include "support/support.h"

#ifdef ARCORE_HAVE_POSTGRESQL

#include <pthread.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "api/sample.h"
#include "conformance/postgresql.h"

/* ---- opening ---- */

static void options(void **state)
{
    (void)state;
    NEED_SERVER();
    static const char *const bad[] = { "x=1", "schema=", "schema=A", "schema=a;b", "schema=pg_x", "busy=1x", "busy=9999999999",
                                       "durability=maybe", "busy", "=1", "busy=%4", "busy=%00", "user=a&user=b", "options=-cfsync=off" };
    told t;
    arc_host h = host_of(&t);
    void *be = NULL;
    fresh();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_status(ARC_E_INVALID, try_open(&h, bad[i], ARC_OPEN_CREATE, &be));
    }
    static const char *const places[] = { "", "host/db", "//%zz/db", "//a/b?x=1" };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        assert_status(ARC_E_INVALID, ops->open(&h, places[i], "", 0, &be));
    }
    assert_status(ARC_E_CONNECTION, ops->open(&h, "//postgres@%2Fnowhere/use", "", 0, &be));
    assert_true(strstr(t.message, "nowhere") != NULL);
    assert_status(ARC_E_NOT_A_BOOK, try_open(&h, "schema=books", 0, &be));
    assert_ok(try_open(&h, "schema=bo%6Fks&busy=100&application_name=t", ARC_OPEN_CREATE, &be));
    ops->close(be);
    assert_int_equal(ask("SELECT count(*) FROM books.arc_schema"), 1);
    assert_status(ARC_E_NOT_A_BOOK, try_open(&h, "", 0, &be)); /* the other schema knows nothing of it */
}

static void set_server(const char *setting, const char *value)
{
    char sql[128];
    snprintf(sql, sizeof sql, "ALTER SYSTEM SET %s = %s", setting, value);
    assert_int_equal(pg_run(&server, "postgres", sql), 0);
    assert_int_equal(pg_run(&server, "postgres", "SELECT pg_reload_conf()"), 0);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM pg_settings WHERE name = '%s' AND setting = '%s'", setting, value);
    for (int i = 0; i < 500 && ask(sql) == 0; i++) {
        struct timespec ts = { 0, 10000000 };
        nanosleep(&ts, NULL);
    }
    assert_int_equal(ask(sql), 1);
}

static void unsafe_server(void **state)
{
    (void)state;
    NEED_SERVER();
    static const char *const names[] = { "fsync", "full_page_writes", "synchronous_commit" };
    told t;
    arc_host h = host_of(&t);
    void *be = NULL;
    fresh();
    for (size_t i = 0; i < 3; i++) {
        set_server(names[i], "off");
        arc_status strict = try_open(&h, "", ARC_OPEN_CREATE, &be), lax = try_open(&h, "durability=server", ARC_OPEN_CREATE, &be);
        if (lax == ARC_OK) ops->close(be);
        set_server(names[i], "on");
        assert_int_equal(strict, ARC_E_UNSUPPORTED);
        assert_int_equal(lax, ARC_OK);
        assert_true(strstr(t.message, names[i]) != NULL);
    }
    be = opened(&h);
    ops->close(be);
}

static void altered(void **state)
{
    (void)state;
    NEED_SERVER();
    static const struct {
        const char *sql;
        arc_status want, with_flag;
    } cases[] = {
        { "ALTER TABLE line ADD COLUMN note text", ARC_OK, ARC_OK },
        { "ALTER TABLE line ADD COLUMN note text NOT NULL DEFAULT 'x'", ARC_OK, ARC_OK },
        { "CREATE TABLE mine (line bigint); CREATE VIEW v AS SELECT id FROM line; CREATE INDEX i ON line (at)", ARC_OK, ARC_OK },
        { "ALTER TABLE line ADD COLUMN note text NOT NULL", ARC_E_SCHEMA_FOREIGN, ARC_E_SCHEMA_FOREIGN },
        { "ALTER TABLE line DROP COLUMN word CASCADE", ARC_E_SCHEMA_FOREIGN, ARC_E_SCHEMA_FOREIGN },
        { "ALTER TABLE account ALTER COLUMN open DROP NOT NULL", ARC_E_SCHEMA_FOREIGN, ARC_E_SCHEMA_FOREIGN },
        { "DROP VIEW v_account; ALTER TABLE account ALTER COLUMN open TYPE numeric", ARC_E_SCHEMA_FOREIGN, ARC_E_SCHEMA_FOREIGN },
        { "DROP INDEX line__word", ARC_E_SCHEMA_FOREIGN, ARC_E_SCHEMA_FOREIGN },
        { "DROP INDEX line__word; CREATE INDEX line__word ON line (book, word)", ARC_E_SCHEMA_FOREIGN, ARC_E_SCHEMA_FOREIGN },
        { "CREATE UNIQUE INDEX u ON account (open)", ARC_E_SCHEMA_FOREIGN, ARC_E_SCHEMA_FOREIGN },
        { "ALTER TABLE line DROP CONSTRAINT line__fk_account", ARC_E_SCHEMA_FOREIGN, ARC_E_SCHEMA_FOREIGN },
        { "ALTER TABLE account ADD CHECK (open > 0)", ARC_E_SCHEMA_FOREIGN, ARC_E_SCHEMA_FOREIGN },
        { "ALTER TABLE line DISABLE TRIGGER line__no_delete", ARC_E_SCHEMA_FOREIGN, ARC_E_SCHEMA_FOREIGN },
        { "DROP VIEW v_line", ARC_E_SCHEMA_FOREIGN, ARC_E_SCHEMA_FOREIGN },
        { "CREATE TRIGGER t BEFORE INSERT ON line FOR EACH STATEMENT EXECUTE FUNCTION arc_forbid()", ARC_E_SCHEMA_FOREIGN, ARC_OK },
        { "CREATE RULE r AS ON INSERT TO account DO ALSO NOTHING", ARC_E_SCHEMA_FOREIGN, ARC_OK },
        { "UPDATE arc_schema SET fingerprint = repeat('0', 64)", ARC_E_SCHEMA_FOREIGN, ARC_E_SCHEMA_FOREIGN },
        { "DROP TABLE arc_schema", ARC_E_NOT_A_BOOK, ARC_E_NOT_A_BOOK },
        { "DROP TABLE arc_schema; CREATE TABLE arc_schema (x bigint)", ARC_E_NOT_A_BOOK, ARC_E_NOT_A_BOOK },
    };
    told t;
    arc_host h = host_of(&t);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        void *be = NULL;
        fresh();
        ops->close(opened(&h));
        assert_int_equal(pg_run(&server, "use", cases[i].sql), 0);
        for (int flag = 0; flag < 2; flag++) {
            arc_status st = try_open(&h, "", flag ? ARC_OPEN_FOREIGN_TRIGGERS : 0, &be);
            if (st == ARC_OK) ops->close(be);
            if (st != (flag ? cases[i].with_flag : cases[i].want)) {
                fail_msg("%s: %s (%s)", cases[i].sql, arc_status_name(st), t.message);
            }
        }
        if (cases[i].want == ARC_E_NOT_A_BOOK) { /* and it is not taken for an empty schema */
            assert_status(ARC_E_NOT_A_BOOK, try_open(&h, "", ARC_OPEN_CREATE, &be));
        }
    }
}

/* ---- values in views, comments, append-only rows ---- */

static void views(void **state)
{
    (void)state;
    NEED_SERVER();
    static const uint16_t cols[] = { 0, 1, 4, 5, 6, 7, 8 };
    told t;
    arc_host h = host_of(&t);
    uint8_t results[2] = { 9, 9 };
    fresh();
    void *be = opened(&h);
    arc_value rows[] = { num(1), num(1), num(1), num(INT64_C(1768464000123456)), num(-12345), word("USD"), num(-12345),
                         num(1), num(2), num(0), num(-1), num(12345), word("JPY"), num(70000) };
    arc_write w = insert(LINE, cols, 7, rows, 2, results), *wp = &w;
    void *txn = begun(be, ARC_TXN_WRITE, 1000);
    assert_ok(ops->write(txn, &wp, 1));
    assert_ok(ops->commit(txn));
    assert_int_equal(ask("SELECT count(*) FROM v_line WHERE id = 1 AND paid AND at = '2026-01-15T08:00:00.123456Z' AND "
                         "amount::text = '-123.45' AND rate::text = '-1.2345'"), 1);
    assert_int_equal(ask("SELECT count(*) FROM v_line WHERE id = 2 AND NOT paid AND at = '1969-12-31T23:59:59.999999Z' AND "
                         "amount::text = '12345' AND rate = 7"), 1);
    assert_int_equal(ask("SELECT count(*) FROM pg_description WHERE description = 'a word'"), 1);
    assert_int_not_equal(pg_run(&server, "use", "UPDATE line SET word = 'x'"), 0);
    assert_int_not_equal(pg_run(&server, "use", "DELETE FROM line"), 0);
    assert_int_not_equal(pg_run(&server, "use", "TRUNCATE line"), 0);
    assert_int_not_equal(pg_run(&server, "use", "UPDATE account SET open = NULL; INSERT INTO account VALUES (1, 1, NULL)"), 0);
    ops->close(be);
}

/* ---- many rows: refusals in the middle ---- */

static void many_rows(void **state)
{
    (void)state;
    NEED_SERVER();
    enum { N = 3000 };
    static const uint16_t cols[] = { 0, 1, 2 };
    told t;
    arc_host h = host_of(&t);
    fresh();
    void *be = opened(&h);
    put_accounts(be, 10, 0);
    arc_value *rows = calloc(N * 3, sizeof *rows);
    uint8_t *results = malloc(N);
    for (int i = 0; i < N; i++) {
        rows[i * 3] = num(1);
        rows[i * 3 + 1] = num(i % 700 == 699 ? i - 1 : i);      /* taken by the row before */
        rows[i * 3 + 2] = num(i % 400 == 399 ? 99 : i % 10 + 1); /* points at nothing */
    }
    arc_write w = insert(LINE, cols, 3, rows, N, results), *wp = &w;
    void *txn = begun(be, ARC_TXN_WRITE, 1000);
    assert_ok(ops->write(txn, &wp, 1));
    assert_ok(ops->commit(txn));
    int64_t good = 0;
    for (int i = 0; i < N; i++) {
        uint8_t want = i % 700 == 699 ? ARC_ROW_EXISTS : i % 400 == 399 ? ARC_ROW_REFERENCE : ARC_ROW_OK;
        if (results[i] != want) fail_msg("row %d reports %u, expected %u", i, results[i], want);
        good += want == ARC_ROW_OK;
    }
    assert_int_equal(ask("SELECT count(*) FROM line"), good);
    free(rows);
    free(results);
    ops->close(be);
}

/* ---- two at once ---- */

typedef struct runner {
    pthread_t thread;
    int me, ok, guarded, busy;
    arc_status wrong;
} runner;

enum { ROUNDS = 150, START = 200 };

/* Takes one away as long as there is something: never below zero, never lost. */
static void *race(void *arg)
{
    runner *r = arg;
    told t;
    arc_host h = host_of(&t);
    void *be = NULL, *txn;
    r->wrong = try_open(&h, "", 0, &be);
    for (int i = 0; i < ROUNDS && r->wrong == ARC_OK; i++) {
        uint8_t result = 9;
        arc_status st = ops->begin(be, ARC_TXN_WRITE, 5000, &txn);
        st = st == ARC_OK ? add(txn, 1, -1, 1, &result) : st;
        if (st != ARC_OK) {
            r->wrong = st;
        } else if (result == ARC_ROW_OK && i % 10 == 9) { /* given back */
            ops->rollback(txn);
            continue;
        }
        if (st == ARC_OK) r->wrong = ops->commit(txn);
        if (result != ARC_ROW_OK && result != ARC_ROW_GUARD) r->wrong = ARC_E_BACKEND; /* the row is there */
        r->ok += result == ARC_ROW_OK;
        r->guarded += result == ARC_ROW_GUARD;
    }
    if (be) ops->close(be);
    return NULL;
}

static void no_lost_update(void **state)
{
    (void)state;
    NEED_SERVER();
    told t;
    arc_host h = host_of(&t);
    runner r[2];
    fresh();
    void *be = opened(&h);
    put_accounts(be, 1, START);
    ops->close(be);
    memset(r, 0, sizeof r);
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_create(&r[i].thread, NULL, race, &r[i]), 0);
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_join(r[i].thread, NULL), 0);
    assert_int_equal(r[0].wrong, ARC_OK);
    assert_int_equal(r[1].wrong, ARC_OK);
    assert_int_equal(r[0].ok + r[1].ok, START);
    assert_true(r[0].guarded + r[1].guarded > 0);
    assert_int_equal(ask("SELECT open FROM account WHERE id = 1"), 0);
}

static pthread_barrier_t meet;

/* One locks 1 then 2, the other 2 then 1. */
static void *cross(void *arg)
{
    runner *r = arg;
    told t;
    arc_host h = host_of(&t);
    void *be = NULL, *txn = NULL;
    arc_value keys[] = { num(1), num(r->me), num(1), num(3 - r->me) };
    arc_status st = try_open(&h, "", 0, &be);
    st = st == ARC_OK ? ops->begin(be, ARC_TXN_WRITE, 10000, &txn) : st;
    st = st == ARC_OK ? ops->lock_rows(txn, ACCOUNT, keys, 1) : st;
    r->wrong = st;
    pthread_barrier_wait(&meet);
    st = st == ARC_OK ? ops->lock_rows(txn, ACCOUNT, keys + 2, 1) : st;
    if (st == ARC_OK) {
        r->ok = ops->commit(txn) == ARC_OK;
    } else {
        r->busy = st == ARC_E_CONFLICT && strcmp(t.sqlstate, "40P01") == 0 && arc_status_retryable(st);
        if (txn) ops->rollback(txn);
    }
    if (be) ops->close(be);
    return NULL;
}

static void deadlock(void **state)
{
    (void)state;
    NEED_SERVER();
    told t;
    arc_host h = host_of(&t);
    runner r[2];
    fresh();
    void *be = opened(&h);
    put_accounts(be, 2, 0);
    ops->close(be);
    memset(r, 0, sizeof r);
    pthread_barrier_init(&meet, NULL, 2);
    for (int i = 0; i < 2; i++) {
        r[i].me = i + 1;
        assert_int_equal(pthread_create(&r[i].thread, NULL, cross, &r[i]), 0);
    }
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_join(r[i].thread, NULL), 0);
    pthread_barrier_destroy(&meet);
    assert_int_equal(r[0].wrong | r[1].wrong, ARC_OK);
    assert_int_equal(r[0].ok + r[1].ok, 1);
    assert_int_equal(r[0].busy + r[1].busy, 1);
}

/* A row that another one holds: BUSY in time, for an update, a key being inserted and the rows of a foreign key. */
static void busy(void **state)
{
    (void)state;
    NEED_SERVER();
    told t, u;
    arc_host h = host_of(&t), g = host_of(&u);
    uint8_t result;
    fresh();
    void *a = opened(&h), *b = opened(&g), *txn, *other;
    put_accounts(a, 1, 5);
    txn = begun(a, ARC_TXN_WRITE, 1000);
    assert_ok(add(txn, 1, 1, 0, &result));
    arc_value row[] = { num(1), num(7), num(0) };
    arc_write w = insert(ACCOUNT, three, 3, row, 1, &result), *wp = &w;
    assert_ok(ops->write(txn, &wp, 1));
    for (int i = 0; i < 2; i++) {
        other = begun(b, ARC_TXN_WRITE, i ? 60 : 0);
        assert_status(ARC_E_BUSY, i ? ops->write(other, &wp, 1) : add(other, 1, 1, 0, &result));
        assert_string_equal(u.sqlstate, "55P03");
        assert_status(ARC_E_DOOMED, add(other, 1, 1, 0, &result));
        ops->rollback(other);
    }
    /* a row may point at an account that is being posted to */
    arc_value line[] = { num(1), num(1), num(1) };
    arc_write l = insert(LINE, three, 3, line, 1, &result), *lp = &l;
    other = begun(b, ARC_TXN_WRITE, 100);
    assert_ok(ops->write(other, &lp, 1));
    assert_int_equal(result, ARC_ROW_OK);
    assert_ok(ops->commit(other));
    assert_ok(ops->commit(txn));
    ops->close(a);
    ops->close(b);
}

/* ---- a connection that is lost ---- */

static void lost(void **state)
{
    (void)state;
    NEED_SERVER();
    told t;
    arc_host h = host_of(&t);
    uint8_t result;
    fresh();
    for (int at = 0; at < 3; at++) {
        void *be = opened(&h), *txn;
        if (at == 0) put_accounts(be, 1, 0);
        txn = begun(be, at == 2 ? ARC_TXN_READ : ARC_TXN_WRITE, 1000);
        if (at < 2) assert_ok(add(txn, 1, 1, 0, &result));
        assert_int_equal(ask("SELECT count(pg_terminate_backend(pid, 2000)) FROM pg_stat_activity WHERE datname = 'use' AND "
                             "application_name = 'arcore'"), 1);
        if (at == 0) {
            assert_status(ARC_E_CONNECTION, add(txn, 1, 1, 0, &result));
            ops->rollback(txn);
        } else {
            assert_status(at == 1 ? ARC_E_OUTCOME_UNKNOWN : ARC_E_CONNECTION, ops->commit(txn));
        }
        txn = begun(be, ARC_TXN_WRITE, 1000); /* connects anew */
        assert_ok(add(txn, 1, 5, 0, &result));
        assert_int_equal(result, ARC_ROW_OK);
        ops->rollback(txn);
        ops->close(be);
    }
    assert_int_equal(ask("SELECT open FROM account"), 0);
}

static void forked(void **state)
{
    (void)state;
    NEED_SERVER();
    told t;
    arc_host h = host_of(&t);
    uint8_t result;
    int status = -1;
    fresh();
    void *be = opened(&h), *txn, *again;
    put_accounts(be, 1, 0);
    txn = begun(be, ARC_TXN_WRITE, 1000);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        int ok = add(txn, 1, 1, 0, &result) == ARC_E_FORK && ops->begin(be, ARC_TXN_READ, 0, &again) == ARC_E_FORK &&
                 ops->commit(txn) == ARC_E_FORK;
        ops->close(be); /* must not say good-bye on the parent's connection */
        _exit(ok ? 0 : 1);
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_int_equal(status, 0);
    assert_ok(add(txn, 1, 3, 0, &result));
    assert_ok(ops->commit(txn));
    assert_int_equal(ask("SELECT open FROM account"), 3);
    ops->close(be);
}

/* A number that was rolled back is not handed out again, and nobody waits for it. */
static void numbers(void **state)
{
    (void)state;
    NEED_SERVER();
    told t;
    arc_host h = host_of(&t), g = h;
    int64_t first = 0, second = 0, third = 0;
    fresh();
    void *a = opened(&h), *b = opened(&g), *x = begun(a, ARC_TXN_WRITE, 100), *y = begun(b, ARC_TXN_WRITE, 100);
    assert_ok(ops->reserve(x, 1, "n", 5, &first));
    assert_ok(ops->reserve(y, 1, "n", 5, &second));
    ops->rollback(x);
    x = begun(a, ARC_TXN_WRITE, 100);
    assert_ok(ops->reserve(x, 1, "n", 1, &third));
    assert_int_equal(first, 1);
    assert_true(second > 5 && third > 5 && (third < second || third >= second + 5));
    ops->close(a);
    ops->close(b);
}

/* ---- a book through the public API ---- */

static arc_money money(int64_t minor)
{
    arc_money m;
    assert_ok(arc_money_set(&m, minor, "CNY"));
    return m;
}

static void trade(arc_book *book)
{
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    arc_session *s;
    arc_record *r;
    int64_t receipt, ids[2], undone;
    so.business_date = 20500;
    assert_ok(arc_session_open(book, &s, &so));
    for (int i = 1; i <= 20; i++) {
        char number[16];
        snprintf(number, sizeof number, "I%d", i);
        assert_ok(arc_record_new(s, &r, ARC_INVOICE));
        assert_ok(arc_invoice_set_number(r, number, SIZE_MAX));
        assert_ok(arc_invoice_set_customer(r, i % 3 + 1));
        assert_ok(arc_invoice_set_invoice_date(r, 20400));
        assert_ok(arc_invoice_set_due_date(r, 20430 + i));
        assert_ok(arc_invoice_set_gross_amount(r, money(10000 + i)));
        assert_ok(arc_invoice_record(s, NULL, r));
        arc_record_free(r);
    }
    assert_ok(arc_record_new(s, &r, ARC_RECEIPT));
    assert_ok(arc_receipt_set_number(r, "R1", SIZE_MAX));
    assert_ok(arc_receipt_set_customer(r, 2));
    assert_ok(arc_receipt_set_value_date(r, 20440));
    assert_ok(arc_receipt_set_amount(r, money(15000)));
    assert_ok(arc_receipt_record(s, &receipt, r));
    arc_record_free(r);
    arc_allocation a[2] = { ARC_ALLOCATION_INIT, ARC_ALLOCATION_INIT };
    for (int i = 0; i < 2; i++) {
        a[i].receipt = receipt;
        a[i].item = i * 3 + 1;
        a[i].amount = i == 0 ? 10001 : 1000;
    }
    assert_ok(arc_allocation_apply(s, ids, NULL, a, 2, ARC_ALL_OR_NONE));
    assert_ok(arc_allocation_reverse(s, &undone, ids[1], ARC_DATE_NONE, "wrong item"));
    arc_session_close(s);
}

static void same_as_sqlite(void **state)
{
    (void)state;
    NEED_SERVER();
    test_env t;
    char uri[700];
    arc_verify_summary summary = ARC_VERIFY_SUMMARY_INIT;
    fresh();
    test_open(&t);
    assert_ok(arc_backend_register(t.ctx, ops));
    (void)test_dir(&t);
    snprintf(uri, sizeof uri, "sqlite:%s", test_path(&t, "same.db"));
    arc_book *lite = sample_open(&t, uri, ARC_BOOK_CREATE);
    snprintf(uri, sizeof uri, "postgresql:%s?book=main", place());
    arc_book *pg = sample_open(&t, uri, ARC_BOOK_CREATE);
    sample_fill(lite, 10);
    sample_fill(pg, 10);
    trade(lite);
    trade(pg);
    sample_same(lite, pg);
    assert_ok(arc_book_verify(pg, &summary, NULL, NULL, NULL));
    assert_int_equal(summary.findings, 0);
    arc_book_close(lite);
    arc_book_close(pg);
    pg = sample_open(&t, uri, 0); /* found again, and its tables are what they should be */
    arc_book_close(pg);
    test_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options),        cmocka_unit_test(unsafe_server), cmocka_unit_test(altered),
        cmocka_unit_test(views),          cmocka_unit_test(many_rows),     cmocka_unit_test(no_lost_update),
        cmocka_unit_test(deadlock),       cmocka_unit_test(busy),          cmocka_unit_test(lost),
        cmocka_unit_test(forked),         cmocka_unit_test(numbers),       cmocka_unit_test(same_as_sqlite),
    };
    return cmocka_run_group_tests(tests, start, stop);
}

#else

static void without(void **state)
{
    (void)state;
    fprintf(stderr, "SKIPPED: built without libpq, the PostgreSQL backend was not tested\n");
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(without) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
