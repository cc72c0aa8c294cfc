/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions, transactions and master data by record, on every backend. */
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arcore/fields.h"
#include "support/books.h"

static arc_record *group(test_book *b, const char *code)
{
    arc_record *r;
    assert_session(b, arc_record_new(b->session, &r, ARC_CUSTOMER_GROUP));
    assert_ok(arc_record_set_text(r, ARC_CUSTOMER_GROUP_CODE, code, SIZE_MAX));
    assert_ok(arc_record_set_text(r, ARC_CUSTOMER_GROUP_NAME, code, SIZE_MAX));
    return r;
}

static arc_status put(test_book *b, const char *code, int64_t *id)
{
    arc_record *r = group(b, code);
    arc_status st = arc_session_insert(b->session, id, r);
    arc_record_free(r);
    return st;
}

static int64_t count_in(arc_session *s)
{
    arc_query *q;
    arc_cursor *c;
    int64_t n = -1;
    assert_ok(arc_query_new(s, &q, ARC_CUSTOMER_GROUP));
    assert_ok(arc_query_measure(q, ARC_COUNT, 0));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_int(c, &n, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return n;
}

static int64_t count(test_book *b)
{
    return count_in(b->session);
}

/* Runs a test on every backend. */
static void on_all(void (*test)(test_book *b))
{
    for (int k = 0; k < TEST_BACKENDS; k++) {
        static test_book b;
        print_message("%s\n", test_backend_names[k]);
        test_book_open(&b, k);
        test(&b);
        test_book_close(&b);
    }
}

/* ---- transactions ------------------------------------------------------------------------------------------------------ */

static void transactions(test_book *b)
{
    arc_txn *t, *other = (arc_txn *)1;
    int64_t id;
    assert_session(b, arc_session_begin(b->session, &t, ARC_WRITE));
    assert_session_status(ARC_E_TXN, b, arc_session_begin(b->session, &other, ARC_READ));
    assert_null(other);
    assert_session(b, put(b, "A", &id));
    assert_int_equal(id, 1);
    assert_session_status(ARC_E_EXISTS, b, put(b, "A", &id)); /* a refusal does not doom */
    assert_session(b, put(b, "B", &id));
    assert_int_equal(count(b), 2);
    arc_txn_rollback(t);
    assert_status(ARC_E_HANDLE, arc_txn_commit(t));
    assert_int_equal(count(b), 0);
    assert_session(b, arc_session_begin(b->session, &t, ARC_WRITE));
    assert_session(b, put(b, "A", &id));
    assert_session(b, arc_txn_commit(t));
    arc_txn_rollback(t); /* stale: ignored */
    assert_int_equal(count(b), 1);
    assert_session(b, arc_session_begin(b->session, &t, ARC_READ));
    assert_session_status(ARC_E_TXN, b, put(b, "C", &id));
    assert_int_equal(count(b), 1);
    assert_session(b, arc_txn_commit(t));
}

static void undo_points(test_book *b)
{
    arc_txn *t;
    uint32_t one, two;
    int64_t a, x, c;
    assert_session(b, arc_session_begin(b->session, &t, ARC_WRITE));
    assert_session(b, arc_txn_savepoint(t, &one)); /* before the transaction's own row is written */
    assert_int_equal(one, 1);
    assert_session(b, put(b, "X", &x));
    assert_session(b, arc_txn_rollback_to(t, one));
    assert_session(b, put(b, "A", &a));
    assert_session(b, arc_txn_savepoint(t, &two));
    assert_int_equal(two, 2);
    assert_session(b, put(b, "X", &x));
    assert_true(x > a);
    assert_session_status(ARC_E_INVALID, b, arc_txn_release(t, 3));
    assert_session(b, arc_txn_rollback_to(t, two));
    assert_session(b, arc_txn_release(t, two));
    for (int i = 0; i < 8; i++) { /* the store has forgotten numbers that were drawn: none comes twice */
        char code[3] = { 'C', (char)('0' + i), 0 };
        assert_session(b, put(b, code, &c));
        assert_true(c > a);
    }
    assert_session(b, arc_txn_commit(t));
    assert_int_equal(count(b), 9);
    arc_verify_summary s = ARC_VERIFY_SUMMARY_INIT;
    assert_ok(arc_book_verify(b->book, &s, NULL, NULL, NULL)); /* every row names a transaction that is there */
    assert_int_equal(s.findings, 0);
    assert_true(s.rows > 0);
    assert_session(b, arc_session_begin(b->session, &t, ARC_WRITE));
    for (uint32_t i = 1; i <= 32; i++) assert_session(b, arc_txn_savepoint(t, &one));
    assert_session_status(ARC_E_LIMIT, b, arc_txn_savepoint(t, &one));
    arc_txn_rollback(t);
}

static void two_sessions(test_book *b)
{
    arc_session *s;
    arc_txn *t;
    int64_t id;
    assert_ok(arc_session_open(b->book, &s, NULL));
    assert_session(b, arc_session_begin(b->session, &t, ARC_WRITE));
    arc_record *r;
    assert_ok(arc_record_new(s, &r, ARC_CUSTOMER_GROUP));
    assert_status(ARC_E_TXN, arc_session_insert(s, &id, r));
    assert_session(b, put(b, "A", &id));
    arc_session_close(b->session); /* rolls back */
    assert_int_equal(count_in(s), 0);
    b->session = s;
    assert_session(b, put(b, "B", &id));
    arc_record_free(r);
}

/* Rows of one batch may point at rows before them, not at rows behind. */
static void references(test_book *b)
{
    arc_record *r[3];
    arc_status results[3];
    int64_t ids[3], first;
    for (int i = 0; i < 3; i++) {
        char code[3] = { 'P', (char)('0' + i), 0 };
        assert_session(b, arc_record_new(b->session, &r[i], ARC_CUSTOMER));
        assert_ok(arc_record_set_text(r[i], ARC_CUSTOMER_CODE, code, SIZE_MAX));
        assert_ok(arc_record_set_text(r[i], ARC_CUSTOMER_LEGAL_NAME, code, SIZE_MAX));
    }
    assert_session(b, arc_session_insert(b->session, &first, r[0]));
    assert_ok(arc_record_set_int(r[1], ARC_CUSTOMER_PARENT, first));
    assert_ok(arc_record_set_int(r[2], ARC_CUSTOMER_PARENT, first + 1));
    assert_session(b, arc_session_insert_many(b->session, ids, results, r + 1, 2, ARC_ALL_OR_NONE));
    assert_int_equal(ids[0], first + 1);
    assert_ok(arc_record_set_int(r[0], ARC_CUSTOMER_PARENT, 4711));
    assert_ok(arc_record_set_text(r[1], ARC_CUSTOMER_REMARK, "kept", SIZE_MAX));
    assert_session_status(ARC_PARTIAL, b, arc_session_update_many(b->session, results, r, 2, 0));
    assert_int_equal(results[0], ARC_E_REFERENCE);
    assert_int_equal(results[1], ARC_OK);
    for (int i = 0; i < 3; i++) arc_record_free(r[i]);
}

/* ---- many -------------------------------------------------------------------------------------------------------------- */

static void many(test_book *b)
{
    arc_record *r[5];
    arc_status results[5];
    int64_t ids[5];
    arc_error e = ARC_ERROR_INIT;
    static const char *const codes[] = { "A", "B", "A", "C", "D" };
    for (int i = 0; i < 5; i++) r[i] = group(b, codes[i]);
    assert_ok(arc_record_set_null(r[3], ARC_CUSTOMER_GROUP_NAME));
    assert_session_status(ARC_E_EXISTS, b, arc_session_insert_many(b->session, ids, results, r, 5, ARC_ALL_OR_NONE));
    assert_int_equal(count(b), 0);
    assert_session_status(ARC_PARTIAL, b, arc_session_insert_many(b->session, ids, results, r, 5, 0));
    assert_int_equal(results[0], ARC_OK);
    assert_int_equal(results[2], ARC_E_EXISTS);
    assert_int_equal(results[3], ARC_E_REQUIRED);
    assert_int_equal(results[4], ARC_OK);
    assert_int_equal(ids[2], 0);
    assert_ok(arc_session_error(b->session, &e));
    assert_int_equal(e.row, 2);
    assert_string_equal(e.entity, "customer_group");
    assert_int_equal(count(b), 3);
    int64_t v = 0;
    assert_ok(arc_record_get_int(r[4], &v, ARC_CUSTOMER_GROUP_ID));
    assert_int_equal(v, ids[4]);
    assert_status(ARC_E_NOT_FOUND, arc_record_get_int(r[2], &v, ARC_CUSTOMER_GROUP_ID));
    /* update */
    arc_record *u[3] = { r[0], r[1], r[4] };
    assert_ok(arc_record_set_text(r[0], ARC_CUSTOMER_GROUP_NAME, "one", SIZE_MAX));
    assert_ok(arc_record_set_text(r[1], ARC_CUSTOMER_GROUP_CODE, "A", SIZE_MAX)); /* taken */
    assert_ok(arc_record_set_text(r[4], ARC_CUSTOMER_GROUP_NAME, "four", SIZE_MAX));
    assert_session_status(ARC_E_EXISTS, b, arc_session_update_many(b->session, results, u, 3, ARC_ALL_OR_NONE));
    assert_session_status(ARC_PARTIAL, b, arc_session_update_many(b->session, results, u, 3, 0));
    assert_int_equal(results[1], ARC_E_EXISTS);
    assert_ok(arc_record_get_int(r[4], &v, ARC_CUSTOMER_GROUP_VERSION));
    assert_int_equal(v, 2);
    for (int i = 0; i < 5; i++) arc_record_free(r[i]);
}

static void what_is_refused(test_book *b)
{
    arc_record *r;
    int64_t id;
    arc_error e = ARC_ERROR_INIT;
    assert_session(b, arc_record_new(b->session, &r, ARC_INVOICE));
    assert_session_status(ARC_E_FORBIDDEN, b, arc_session_insert(b->session, &id, r));
    arc_record_free(r);
    assert_session(b, arc_record_new(b->session, &r, ARC_CUSTOMER));
    assert_session_status(ARC_E_REQUIRED, b, arc_session_insert(b->session, &id, r));
    assert_ok(arc_session_error(b->session, &e));
    assert_string_equal(e.field, "code");
    assert_true(e.message_zh[0] != 0);
    assert_ok(arc_record_set_text(r, ARC_CUSTOMER_CODE, "C", SIZE_MAX));
    assert_ok(arc_record_set_text(r, ARC_CUSTOMER_LEGAL_NAME, "C", SIZE_MAX));
    assert_ok(arc_record_set_int(r, ARC_CUSTOMER_PARENT, 77));
    assert_session_status(ARC_E_REFERENCE, b, arc_session_insert(b->session, &id, r));
    assert_ok(arc_session_error(b->session, &e));
    assert_string_equal(e.field, "parent");
    assert_int_equal(e.row, -1);
    assert_ok(arc_record_set_null(r, ARC_CUSTOMER_PARENT));
    assert_session(b, arc_session_insert(b->session, &id, r));
    assert_session_status(ARC_E_VALUE, b, arc_session_insert(b->session, &id, r)); /* has an id by now */
    arc_record_free(r);
    assert_session_status(ARC_E_NOT_FOUND, b, arc_session_get(b->session, &r, ARC_CUSTOMER, 999));
    assert_null(r);
    assert_session_status(ARC_E_NOT_FOUND, b, arc_session_get(b->session, &r, 9999, 1));
    assert_session_status(ARC_E_UNSUPPORTED, b, arc_session_get(b->session, &r, ARC_BOOK_SETTING, 1));
}

static void set_once(test_book *b)
{
    arc_record *r;
    int64_t rate_id;
    arc_decimal d = { 725000000, 8, 0 };
    assert_session(b, arc_record_new(b->session, &r, ARC_EXCHANGE_RATE));
    assert_ok(arc_record_set_text(r, ARC_EXCHANGE_RATE_KIND, "booked", SIZE_MAX));
    assert_ok(arc_record_set_text(r, ARC_EXCHANGE_RATE_FROM_CURRENCY, "USD", SIZE_MAX));
    assert_ok(arc_record_set_text(r, ARC_EXCHANGE_RATE_TO_CURRENCY, "CNY", SIZE_MAX));
    assert_ok(arc_record_set_date(r, ARC_EXCHANGE_RATE_VALID_ON, 20000));
    assert_ok(arc_record_set_int(r, ARC_EXCHANGE_RATE_UNITS, 1));
    assert_ok(arc_record_set_decimal(r, ARC_EXCHANGE_RATE_RATE, d));
    assert_session(b, arc_session_insert(b->session, &rate_id, r));
    assert_ok(arc_record_set_date(r, ARC_EXCHANGE_RATE_VALID_ON, 20000)); /* the same value is no change */
    assert_session(b, arc_session_update(b->session, r));
    assert_ok(arc_record_set_date(r, ARC_EXCHANGE_RATE_VALID_ON, 20001));
    assert_session_status(ARC_E_VALUE, b, arc_session_update(b->session, r));
    arc_record_free(r);
}

/* ---- run --------------------------------------------------------------------------------------------------------------- */

typedef struct runner {
    test_book *b;
    int calls, fail_first;
    arc_status with;
} runner;

static arc_status run_body(void *user, arc_session *s, arc_txn *t)
{
    runner *r = user;
    int64_t id;
    (void)t;
    assert_ptr_equal(s, r->b->session);
    arc_status st = put(r->b, "R", &id);
    if (st != ARC_OK) return st;
    return r->calls++ < r->fail_first ? r->with : ARC_OK;
}

static arc_status give_up(void *user, arc_session *s, arc_txn *t)
{
    (void)s;
    (void)t;
    (*(int *)user)++;
    return ARC_E_STALE;
}

static void running(test_book *b)
{
    runner r = { b, 0, 3, ARC_E_CONFLICT };
    assert_session(b, arc_session_run(b->session, ARC_WRITE, run_body, &r, 0));
    assert_int_equal(r.calls, 4);
    assert_int_equal(count(b), 1);
    assert_session_status(ARC_E_EXISTS, b, arc_session_run(b->session, ARC_WRITE, run_body, &r, 0));
    int tries = 0;
    assert_session_status(ARC_E_STALE, b, arc_session_run(b->session, ARC_WRITE, give_up, &tries, 2));
    assert_int_equal(tries, 2);
    arc_error e = ARC_ERROR_INIT; /* a status that the work made up is told like any other */
    assert_ok(arc_session_error(b->session, &e));
    assert_int_equal(e.status, ARC_E_STALE);
    assert_true(e.message[0] && e.message_zh[0]);
    assert_session_status(ARC_E_INVALID, b, arc_session_run(b->session, ARC_WRITE, NULL, NULL, 0));
    assert_session_status(ARC_E_INVALID, b, arc_session_run(b->session, ARC_WRITE, run_body, &r, 101));
}

/* ---- cursors and transactions --------------------------------------------------------------------------------------------- */

static void cursors_die(test_book *b)
{
    arc_txn *t;
    arc_query *q;
    arc_cursor *c, *d;
    int64_t id;
    for (int i = 0; i < 3; i++) {
        char code[4] = { 'A', (char)('0' + i), 0, 0 };
        assert_session(b, put(b, code, &id));
    }
    assert_session(b, arc_query_new(b->session, &q, ARC_CUSTOMER_GROUP));
    assert_session(b, arc_session_begin(b->session, &t, ARC_WRITE));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_int(c, &id, 0));
    assert_session(b, arc_txn_commit(t));
    assert_status(ARC_E_STATE, arc_cursor_get_int(c, &id, 0));
    assert_status(ARC_E_TXN, arc_cursor_next(c));
    assert_ok(arc_query_run(q, &d)); /* a snapshot of its own */
    assert_session_status(ARC_E_TXN, b, put(b, "X", &id));
    assert_status(ARC_E_TXN, arc_book_verify(b->book, NULL, NULL, NULL, NULL));
    arc_query_free(q);
    int n = 0;
    while (arc_cursor_next(d) == ARC_OK) n++;
    assert_int_equal(n, 3);
    arc_cursor_free(d);
    assert_session(b, put(b, "X", &id));
    arc_cursor_free(c);
    arc_cursor_free(c);
}

/* ---- threads and processes ------------------------------------------------------------------------------------------------- */

typedef struct worker {
    arc_book *book;
    int from, failed;
} worker;

static arc_status insert_one(void *user, arc_session *s, arc_txn *t)
{
    arc_record *r;
    char code[16];
    (void)t;
    snprintf(code, sizeof code, "T%d", *(int *)user);
    arc_status st = arc_record_new(s, &r, ARC_CUSTOMER_GROUP);
    if (st == ARC_OK) st = arc_record_set_text(r, ARC_CUSTOMER_GROUP_CODE, code, SIZE_MAX);
    if (st == ARC_OK) st = arc_record_set_text(r, ARC_CUSTOMER_GROUP_NAME, code, SIZE_MAX);
    if (st == ARC_OK) st = arc_session_insert(s, NULL, r);
    arc_record_free(r);
    return st;
}

static void *work(void *user)
{
    worker *w = user;
    arc_session *s;
    if (arc_session_open(w->book, &s, NULL) != ARC_OK) return NULL;
    for (int i = w->from; i < w->from + 50; i++) {
        arc_status st = arc_session_run(s, ARC_WRITE, insert_one, &i, 100);
        if (st != ARC_OK) w->failed++;
    }
    arc_session_close(s);
    return NULL;
}

static void threads(test_book *b)
{
    arc_book *twin;
    pthread_t a, c;
    if (b->shim_ops.scheme) return; /* a shim counts for one thread */
    assert_ok(arc_book_clone(b->book, &twin));
    worker one = { b->book, 0, 0 }, two = { twin, 1000, 0 };
    assert_int_equal(pthread_create(&a, NULL, work, &one), 0);
    assert_int_equal(pthread_create(&c, NULL, work, &two), 0);
    pthread_join(a, NULL);
    pthread_join(c, NULL);
    assert_int_equal(one.failed + two.failed, 0);
    assert_int_equal(count(b), 100);
    arc_book_close(twin);
}

static void forked(test_book *b)
{
    pid_t child = fork();
    if (!child) {
        arc_txn *t;
        arc_book_info i = ARC_BOOK_INFO_INIT;
        int ok = arc_session_begin(b->session, &t, ARC_READ) == ARC_E_FORK && arc_book_describe(b->book, &i) == ARC_E_FORK;
        _exit(ok ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(count(b), 0);
}

/* ---- books in one store, read-only ------------------------------------------------------------------------------------------ */

static void several_books(test_book *b)
{
    char uri[800];
    arc_book *other, *again;
    arc_session *s;
    int64_t id;
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_book_info info = ARC_BOOK_INFO_INIT;
    snprintf(uri, sizeof uri, "%s?book=second", b->uri);
    assert_status(ARC_E_NOT_FOUND, arc_book_open(b->t.ctx, &other, uri, NULL));
    assert_null(other);
    o.flags = ARC_BOOK_CREATE;
    o.base_currency = "EUR";
    o.name = "Zweite GmbH";
    o.utc_offset_minutes = 60;
    assert_ok(arc_book_open(b->t.ctx, &other, uri, &o));
    assert_ok(arc_session_open(other, &s, NULL));
    assert_session(b, put(b, "A", &id));
    assert_int_equal(count_in(s), 0);
    arc_book_close(other);
    o.flags = ARC_BOOK_READONLY;
    assert_ok(arc_book_open(b->t.ctx, &again, uri, &o));
    assert_ok(arc_book_describe(again, &info));
    assert_string_equal(info.base_currency, "EUR");
    assert_string_equal(info.name, "Zweite GmbH");
    assert_string_equal(info.code, "second");
    assert_int_equal(info.utc_offset_minutes, 60);
    assert_int_equal(info.flags, ARC_BOOK_READONLY);
    arc_txn *t;
    assert_ok(arc_session_open(again, &s, NULL));
    assert_status(ARC_E_READONLY, arc_session_begin(s, &t, ARC_WRITE));
    arc_book_close(again);
}

#define ON_ALL(name) \
    static void test_##name(void **state) \
    { \
        (void)state; \
        on_all(name); \
    }
ON_ALL(transactions)
ON_ALL(undo_points)
ON_ALL(two_sessions)
ON_ALL(references)
ON_ALL(many)
ON_ALL(what_is_refused)
ON_ALL(set_once)
ON_ALL(running)
ON_ALL(cursors_die)
ON_ALL(threads)
ON_ALL(forked)
ON_ALL(several_books)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transactions), cmocka_unit_test(test_undo_points),    cmocka_unit_test(test_two_sessions),
        cmocka_unit_test(test_references), cmocka_unit_test(test_many),        cmocka_unit_test(test_what_is_refused), cmocka_unit_test(test_set_once), cmocka_unit_test(test_running),
        cmocka_unit_test(test_cursors_die),  cmocka_unit_test(test_threads),        cmocka_unit_test(test_forked),
        cmocka_unit_test(test_several_books),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
