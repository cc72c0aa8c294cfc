/* SPDX-License-Identifier: Apache-2.0 */
/* A book on a connection of the host's: the host's rows and ours stand or fall together. */
#include <sqlite3.h>

#include "arcore/audit.h"
#include "arcore/custom.h"
#include "ledger_kit.h"
#ifdef ARCORE_HAVE_POSTGRESQL
#include <libpq-fe.h>
#endif

typedef struct host {
    test_book b;  /* the book's own connection: looks on from outside */
    sqlite3 *db;  /* the host's; or: */
    struct pg_conn *pg; /* a PGconn */
    arc_book *book;
    arc_session *s;
    int number;
} host;

#ifdef ARCORE_HAVE_POSTGRESQL
/* The first value of the answer; 0 when there is none. */
static int64_t pg_ask(host *h, const char *sql)
{
    PGresult *r = PQexec(h->pg, sql);
    ExecStatusType kind = PQresultStatus(r);
    if (kind != PGRES_COMMAND_OK && kind != PGRES_TUPLES_OK) fail_msg("%s: %s", sql, PQerrorMessage(h->pg));
    int64_t value = PQntuples(r) ? atoll(PQgetvalue(r, 0, 0)) : 0;
    PQclear(r);
    return value;
}

/* The book's URI, without its scheme and book, is one that libpq takes. */
static void pg_connect(host *h)
{
    char uri[700];
    snprintf(uri, sizeof uri, "%.*s", (int)strcspn(h->b.uri, "?"), h->b.uri);
    h->pg = PQconnectdb(uri);
    assert_int_equal(PQstatus(h->pg), CONNECTION_OK);
}
#endif

static void run(host *h, const char *sql)
{
    char *message = NULL;
#ifdef ARCORE_HAVE_POSTGRESQL
    if (h->pg) {
        (void)pg_ask(h, strcmp(sql, "BEGIN IMMEDIATE") == 0 ? "BEGIN" : sql);
        return;
    }
#endif
    int rc = sqlite3_exec(h->db, sql, NULL, NULL, &message);
    if (rc != SQLITE_OK) fail_msg("%s: %s", sql, message ? message : "?");
}

static int64_t ask(host *h, const char *sql)
{
    sqlite3_stmt *st;
#ifdef ARCORE_HAVE_POSTGRESQL
    if (h->pg) return pg_ask(h, sql);
#endif
    assert_int_equal(sqlite3_prepare_v2(h->db, sql, -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return value;
}

static arc_status attach(host *h)
{
    char uri[100];
    arc_error e = ARC_ERROR_INIT;
    snprintf(uri, sizeof uri, "%s:?%s", h->pg ? "postgresql" : "sqlite", h->pg ? strstr(h->b.uri, "book=") : "book=main");
    arc_status st = arc_book_attach(h->b.t.ctx, &h->book, uri, h->pg ? (void *)h->pg : (void *)h->db, NULL);
    (void)arc_context_error(h->b.t.ctx, &e);
    if (st != ARC_OK) print_message("%s: %s\n", uri, e.message);
    return st;
}

static void host_open(host *h, int backend)
{
    memset(h, 0, sizeof *h);
    open_book(&h->b, backend);
    if (backend == TEST_POSTGRESQL) {
#ifdef ARCORE_HAVE_POSTGRESQL
        pg_connect(h);
        run(h, "SET client_min_messages = error; CREATE SCHEMA IF NOT EXISTS erp; SET search_path = erp; DROP TABLE IF EXISTS erp_order");
#endif
    } else {
        const char *path = h->b.uri + strlen("sqlite:");
        char file[700];
        snprintf(file, sizeof file, "%.*s", (int)strcspn(path, "?"), path);
        assert_int_equal(sqlite3_open(file, &h->db), SQLITE_OK);
        run(h, "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL");
    }
    run(h, "CREATE TABLE erp_order (number INTEGER PRIMARY KEY, amount INTEGER)");
    assert_ok(attach(h));
    assert_ok(arc_session_open(h->book, &h->s, NULL));
    assert_ok(arc_session_set_business_date(h->s, 20600));
}

static void host_close(host *h)
{
    arc_book_close(h->book);
#ifdef ARCORE_HAVE_POSTGRESQL
    if (h->pg) {
        assert_int_equal(pg_ask(h, "SELECT count(*) FROM pg_prepared_statements"), 0); /* nothing of ours is left on it */
        PQfinish(h->pg);
    }
#endif
    if (h->db) assert_int_equal(sqlite3_close(h->db), SQLITE_OK); /* BUSY where a statement of ours were left */
    test_book_close(&h->b);
}

/* An order of the host's and an invoice of ours, of `amount`; customer 1 is there, others are not. */
static arc_status order(host *h, int64_t amount, int customer)
{
    char text[300];
    arc_record *r;
    int number = ++h->number;
    snprintf(text, sizeof text, "INSERT INTO erp_order VALUES (%d, %lld)", number, (long long)amount);
    run(h, text);
    snprintf(text, sizeof text,
             "{\"number\":\"I%d\",\"customer\":%d,\"invoice_date\":\"2026-05-27\",\"due_date\":\"2026-06-30\",\"currency\":\"CNY\",\"gross_amount\":\"%lld.%02d\"}", number,
             customer, (long long)(amount / 100), (int)(amount % 100));
    assert_ok(arc_record_new(h->s, &r, ARC_INVOICE));
    assert_ok(arc_record_set_json(r, text, SIZE_MAX));
    arc_status st = arc_invoice_record(h->s, NULL, r);
    arc_record_free(r);
    return st;
}

static void assert_order(host *h, int64_t amount)
{
    arc_error e = ARC_ERROR_INIT;
    arc_status st = order(h, amount, 1);
    (void)arc_session_error(h->s, &e);
    assert_ok_err(&e, st);
}

static int64_t open_sum(host *h) { return sum_of(&h->b, ARC_ITEM_STATE, ARC_ITEM_STATE_OPEN, NULL); }

static void chain_whole(host *h)
{
    arc_audit_report report = ARC_AUDIT_REPORT_INIT;
    uint32_t n = 1;
    while (n) assert_ok(arc_audit_seal(h->b.session, &n, 1000));
    assert_ok(arc_audit_verify(h->b.session, &report, tell_finding, NULL, NULL));
    assert_int_equal(report.findings, 0);
    verify_clean(&h->b);
}

/* ---- together ------------------------------------------------------------------------------------------------------------------ */

static void stand_or_fall(int backend)
{
    host h;
    host_open(&h, backend);
    run(&h, "BEGIN IMMEDIATE");
    assert_order(&h, 10000);
    assert_int_equal(open_sum(&h), 0); /* nobody else sees it yet */
    run(&h, "ROLLBACK");
    assert_int_equal(ask(&h, "SELECT count(*) FROM erp_order"), 0);
    assert_int_equal(open_sum(&h), 0);
    run(&h, "BEGIN");
    assert_order(&h, 20000);
    assert_order(&h, 30000);
    assert_int_equal(order(&h, 40000, 77), ARC_E_REFERENCE); /* undoes itself only: the host decides about its own row */
    run(&h, "DELETE FROM erp_order WHERE amount = 40000; COMMIT");
    assert_int_equal(ask(&h, "SELECT sum(amount) FROM erp_order"), 50000);
    assert_int_equal(open_sum(&h), 50000);
    assert_order(&h, 100); /* without a transaction of the host's */
    assert_int_equal(open_sum(&h), 50100);
    chain_whole(&h);
    host_close(&h);
}

static void own_transaction_inside(void **state)
{
    (void)state;
    host h;
    arc_txn *txn;
    uint32_t depth;
    host_open(&h, 1);
    run(&h, "BEGIN");
    assert_ok(arc_session_begin(h.s, &txn, ARC_WRITE));
    assert_order(&h, 100);
    arc_txn_rollback(txn);
    assert_ok(arc_session_begin(h.s, &txn, ARC_WRITE));
    assert_order(&h, 200);
    assert_ok(arc_txn_savepoint(txn, &depth));
    assert_order(&h, 400);
    assert_ok(arc_txn_rollback_to(txn, depth));
    assert_ok(arc_txn_commit(txn));
    assert_ok(arc_session_begin(h.s, &txn, ARC_READ));
    arc_txn_rollback(txn);
    assert_int_equal(sqlite3_get_autocommit(h.db), 0); /* still the host's */
    run(&h, "COMMIT");
    assert_int_equal(open_sum(&h), 200);
    assert_int_equal(ask(&h, "SELECT count(*) FROM erp_order"), 1); /* the rows it had written in what was undone went too */
    chain_whole(&h);
    host_close(&h);
}

static void random_hosts(int backend)
{
    host h;
    uint64_t seed = 7;
    int64_t sum = 0, orders = 0;
    host_open(&h, backend);
    for (int i = 0; i < 60; i++) {
        int64_t in = 0, kept = 0;
        int inside = test_random(&seed) % 4 != 0, keep = !inside || test_random(&seed) % 3 != 0;
        if (inside) run(&h, test_random(&seed) % 2 ? "BEGIN" : "BEGIN IMMEDIATE");
        for (uint64_t n = test_random(&seed) % 4; n--;) {
            int64_t amount = (int64_t)(test_random(&seed) % 100000) + 1;
            int good = test_random(&seed) % 4 != 0;
            assert_int_equal(order(&h, amount, good ? 1 : 77), good ? ARC_OK : ARC_E_REFERENCE);
            in += good ? amount : 0;
            kept++;
        }
        if (inside) run(&h, keep ? "COMMIT" : "ROLLBACK");
        sum += keep ? in : 0;
        orders += keep ? kept : 0;
    }
    assert_int_equal(open_sum(&h), sum);
    assert_int_equal(ask(&h, "SELECT count(*) FROM erp_order"), orders);
    chain_whole(&h);
    host_close(&h);
}

/* ---- what was undone is forgotten --------------------------------------------------------------------------------------------------- */

static void request_keys(int backend)
{
    host h;
    host_open(&h, backend);
    for (int i = 0; i < 3; i++) { /* undone, done, repeated: the third answers from the book */
        h.number = 0;
        run(&h, "BEGIN");
        if (i == 2) run(&h, "DELETE FROM erp_order");
        assert_ok(arc_session_set_request_key(h.s, "order-1"));
        assert_order(&h, 700);
        run(&h, i ? "COMMIT" : "ROLLBACK");
    }
    assert_int_equal(open_sum(&h), 700);
    chain_whole(&h);
    host_close(&h);
}

static arc_status custom_customer(arc_session *s, const char *code, const char *field)
{
    char text[200];
    arc_record *r;
    snprintf(text, sizeof text, "{\"code\":\"%s\",\"legal_name\":\"N\",\"%s\":\"v\"}", code, field);
    assert_ok(arc_record_new(s, &r, ARC_CUSTOMER));
    arc_status st = arc_record_set_json(r, text, SIZE_MAX);
    if (st == ARC_OK) st = arc_session_insert(s, NULL, r);
    arc_record_free(r);
    return st;
}

/* The book's counter of definitions goes to the same number twice, with other definitions. */
static void definitions(int backend)
{
    host h;
    host_open(&h, backend);
    run(&h, "BEGIN");
    assert_ok(arc_custom_define(h.s, NULL, "{\"entity\":\"customer\",\"name\":\"x_gone\",\"kind\":\"text\"}", SIZE_MAX));
    assert_ok(custom_customer(h.s, "A", "x_gone"));
    run(&h, "ROLLBACK");
    assert_ok(arc_custom_define(h.b.session, NULL, "{\"entity\":\"customer\",\"name\":\"x_there\",\"kind\":\"text\"}", SIZE_MAX));
    assert_ok(custom_customer(h.s, "A", "x_there"));
    assert_true(custom_customer(h.s, "B", "x_gone") < 0);
    chain_whole(&h);
    host_close(&h);
}

/* ---- misuse ------------------------------------------------------------------------------------------------------------------------ */

static void host_ends_it(void **state)
{
    (void)state;
    host h;
    arc_txn *txn;
    host_open(&h, 1);
    run(&h, "BEGIN");
    assert_ok(arc_session_begin(h.s, &txn, ARC_WRITE));
    assert_order(&h, 100);
    run(&h, "ROLLBACK");
    assert_int_equal(order(&h, 200, 1), ARC_E_TXN);
    assert_true(arc_txn_commit(txn) < 0);
    run(&h, "DELETE FROM erp_order");
    assert_int_equal(open_sum(&h), 0);
    assert_order(&h, 300); /* goes on */
    assert_int_equal(open_sum(&h), 300);
    chain_whole(&h);
    host_close(&h);
}

static void old_reads(void **state)
{
    (void)state;
    host h;
    host_open(&h, 1);
    run(&h, "BEGIN");
    assert_int_equal(ask(&h, "SELECT count(*) FROM erp_order"), 0); /* from here on the host sees this moment */
    (void)record_of(&h.b, ARC_CUSTOMER, "{\"code\":\"D\",\"legal_name\":\"D\"}");
    arc_record *r;
    assert_ok(arc_record_new(h.s, &r, ARC_CUSTOMER));
    assert_ok(arc_record_set_json(r, "{\"code\":\"E\",\"legal_name\":\"E\"}", SIZE_MAX));
    assert_int_equal(arc_session_insert(h.s, NULL, r), ARC_E_CONFLICT);
    arc_record_free(r);
    assert_int_equal(sqlite3_get_autocommit(h.db), 0);
    run(&h, "ROLLBACK");
    assert_order(&h, 300);
    host_close(&h);
}

static void writers_wait(void **state)
{
    (void)state;
    host h;
    arc_record *r;
    host_open(&h, 1);
    run(&h, "BEGIN");
    assert_order(&h, 300);
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_book *other;
    arc_session *s;
    o.timeout_ms = 20;
    assert_ok(arc_book_open(h.b.t.ctx, &other, h.b.uri, &o));
    assert_ok(arc_session_open(other, &s, NULL));
    assert_ok(arc_record_new(s, &r, ARC_CUSTOMER));
    assert_ok(arc_record_set_json(r, "{\"code\":\"E\",\"legal_name\":\"E\"}", SIZE_MAX));
    assert_int_equal(arc_session_insert(s, NULL, r), ARC_E_BUSY);
    run(&h, "COMMIT");
    assert_ok(arc_session_insert(s, NULL, r));
    arc_record_free(r);
    arc_book_close(other);
    chain_whole(&h);
    host_close(&h);
}

static void refused(void **state)
{
    (void)state;
    host h;
    arc_book *book;
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_book_info info = ARC_BOOK_INFO_INIT;
    host_open(&h, 1);
    assert_ok(arc_book_describe(h.book, &info));
    assert_int_equal(info.flags, ARC_BOOK_ATTACHED);
    assert_int_equal(arc_book_clone(h.book, &book), ARC_E_UNSUPPORTED);
    assert_null(book);
    assert_int_equal(arc_book_backup(h.book, "sqlite:/nowhere/at/all", NULL), ARC_E_UNSUPPORTED);
    assert_int_equal(arc_book_attach(h.b.t.ctx, &book, "sqlite:", NULL, NULL), ARC_E_INVALID);
    assert_int_equal(arc_book_attach(h.b.t.ctx, &book, "sqlite:/a/place", h.db, NULL), ARC_E_INVALID);
    assert_int_equal(arc_book_attach(h.b.t.ctx, &book, "sqlite:?cache_mib=3", h.db, NULL), ARC_E_INVALID);
    assert_int_equal(arc_book_attach(h.b.t.ctx, &book, "memory:", h.db, NULL), ARC_E_UNSUPPORTED);
    assert_int_equal(arc_book_attach(h.b.t.ctx, &book, "sqlite:?book=other", h.db, NULL), ARC_E_NOT_FOUND);
    o.flags = ARC_BOOK_CREATE;
    assert_int_equal(arc_book_attach(h.b.t.ctx, &book, "sqlite:", h.db, &o), ARC_E_INVALID);
    run(&h, "PRAGMA foreign_keys = OFF");
    assert_int_equal(arc_book_attach(h.b.t.ctx, &book, "sqlite:", h.db, NULL), ARC_E_UNSUPPORTED);
    run(&h, "PRAGMA foreign_keys = ON");
    sqlite3 *empty;
    assert_int_equal(sqlite3_open(":memory:", &empty), SQLITE_OK);
    assert_int_equal(sqlite3_exec(empty, "PRAGMA foreign_keys = ON", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(arc_book_attach(h.b.t.ctx, &book, "sqlite:", empty, NULL), ARC_E_NOT_A_BOOK);
    assert_int_equal(sqlite3_close(empty), SQLITE_OK);
    o.flags = ARC_BOOK_READONLY;
    assert_ok(arc_book_attach(h.b.t.ctx, &book, "sqlite:", h.db, &o));
    arc_book_close(book);
    host_close(&h);
}

/* ---- PostgreSQL ------------------------------------------------------------------------------------------------------------------- */

static int server;

#define ON_BOTH(name) \
    static void name##_sqlite(void **state) \
    { \
        (void)state; \
        name(1); \
    } \
    static void name##_postgresql(void **state) \
    { \
        (void)state; \
        if (!server) skip(); \
        name(TEST_POSTGRESQL); \
    }
ON_BOTH(stand_or_fall)
ON_BOTH(random_hosts)
ON_BOTH(request_keys)
ON_BOTH(definitions)

/* What the host has set on its connection is as it was, whatever the book did. */
static void settings_stay(void **state)
{
    (void)state;
    if (!server) skip();
#ifdef ARCORE_HAVE_POSTGRESQL
    host h;
    arc_txn *txn;
    static const char same[] = "SELECT (current_setting('search_path') = 'erp' AND current_setting('lock_timeout') = '7s' AND current_setting('TimeZone') = 'Asia/Shanghai')::int";
    host_open(&h, TEST_POSTGRESQL);
    run(&h, "SET lock_timeout = '7s'; SET TimeZone = 'Asia/Shanghai'");
    for (int k = 0; k < 2; k++) {
        if (k) run(&h, "BEGIN");
        assert_order(&h, 100);
        assert_int_equal(ask(&h, same), 1);
        assert_int_equal(order(&h, 100, 77), ARC_E_REFERENCE);
        assert_int_equal(ask(&h, same), 1);
        assert_ok(arc_session_begin(h.s, &txn, ARC_READ));
        arc_txn_rollback(txn);
        assert_int_equal(ask(&h, same), 1);
        assert_int_equal(PQtransactionStatus(h.pg), k ? PQTRANS_INTRANS : PQTRANS_IDLE);
        if (k) run(&h, "COMMIT");
    }
    assert_int_equal(open_sum(&h), 200);
    chain_whole(&h);
    host_close(&h);
#endif
}

/* A transaction of the host's that has failed, one that has read too early, and a connection that is gone. */
static void hosts_in_trouble(void **state)
{
    (void)state;
    if (!server) skip();
#ifdef ARCORE_HAVE_POSTGRESQL
    host h;
    arc_txn *txn;
    host_open(&h, TEST_POSTGRESQL);
    run(&h, "BEGIN");
    PQclear(PQexec(h.pg, "SELECT 1 / 0"));
    assert_int_equal(arc_session_begin(h.s, &txn, ARC_WRITE), ARC_E_TXN);
    run(&h, "ROLLBACK");
    run(&h, "BEGIN ISOLATION LEVEL REPEATABLE READ");
    assert_int_equal(ask(&h, "SELECT count(*) FROM erp_order"), 0);
    (void)record_of(&h.b, ARC_INVOICE, "{\"number\":\"A\",\"customer\":1,\"invoice_date\":\"2026-05-27\",\"due_date\":\"2026-06-30\",\"currency\":\"CNY\",\"gross_amount\":\"1.00\"}");
    arc_status st = order(&h, 500, 1); /* the account has moved on */
    assert_true(st == ARC_E_CONFLICT || st == ARC_E_STALE);
    run(&h, "ROLLBACK");
    assert_order(&h, 500);
    PQclear(PQexec(h.pg, "SELECT pg_terminate_backend(pg_backend_pid())"));
    assert_int_equal(arc_session_begin(h.s, &txn, ARC_READ), ARC_E_CONNECTION);
    arc_book_close(h.book);
    PQfinish(h.pg);
    chain_whole(&h);
    test_book_close(&h.b);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stand_or_fall_sqlite),   cmocka_unit_test(own_transaction_inside), cmocka_unit_test(random_hosts_sqlite),
        cmocka_unit_test(request_keys_sqlite),    cmocka_unit_test(definitions_sqlite),     cmocka_unit_test(host_ends_it),
        cmocka_unit_test(old_reads),              cmocka_unit_test(writers_wait),           cmocka_unit_test(refused),
        cmocka_unit_test(stand_or_fall_postgresql), cmocka_unit_test(random_hosts_postgresql), cmocka_unit_test(request_keys_postgresql),
        cmocka_unit_test(definitions_postgresql), cmocka_unit_test(settings_stay),          cmocka_unit_test(hosts_in_trouble),
    };
    server = test_postgresql_start();
    int failed = cmocka_run_group_tests_name("api attach", tests, NULL, NULL);
    test_postgresql_stop();
    return failed;
}
