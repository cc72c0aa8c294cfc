/* SPDX-License-Identifier: Apache-2.0 */
/* Several writers at once: no posting slips into a period that is being closed, and posters do not wait for each other. */
#include "support/pg.h"
#include "support/support.h"

#ifdef ARCORE_HAVE_POSTGRESQL

#include <pthread.h>
#include <stdatomic.h>

#include "api/sample.h"
#include "conformance/postgresql_server.h"

#define JAN 20454 /* 2026-01-01 */

static arc_session *connected(test_env *t, uint32_t flags, uint32_t timeout_ms)
{
    char uri[400];
    arc_session_options o = ARC_SESSION_OPTIONS_INIT;
    arc_session *s;
    snprintf(uri, sizeof uri, "postgresql:%s", place());
    (void)arc_backend_register(t->ctx, ops); /* the second time it is known */
    arc_book *book = sample_open(t, uri, flags);
    o.business_date = JAN + 10;
    o.timeout_ms = timeout_ms;
    assert_ok(arc_session_open(book, &s, &o));
    return s;
}

static int64_t founded(arc_session *s, int customers)
{
    char json[100];
    for (int i = 0; i < customers; i++) {
        snprintf(json, sizeof json, "{\"code\":\"C%d\",\"legal_name\":\"C\"}", i);
        (void)sample_insert(s, ARC_CUSTOMER, json);
    }
    return sample_insert(s, ARC_FISCAL_PERIOD, "{\"code\":\"2026-01\",\"starts_on\":\"2026-01-01\",\"ends_on\":\"2026-01-31\"}");
}

static arc_status post(arc_session *s, int64_t customer, const char *number)
{
    char json[300];
    arc_record *r;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":%d,\"invoice_date\":\"2026-01-05\",\"due_date\":\"2026-02-05\",\"currency\":\"CNY\",\"gross_amount\":\"1.00\"}",
             number, (int)customer);
    assert_ok(arc_record_new(s, &r, ARC_INVOICE));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    arc_status st = arc_invoice_record(s, NULL, r);
    arc_record_free(r);
    return st;
}

static void in_turn(void **state)
{
    (void)state;
    NEED_SERVER();
    test_env t;
    arc_txn *one, *two;
    fresh();
    test_open(&t);
    arc_session *a = connected(&t, ARC_BOOK_CREATE, 100);
    int64_t id = founded(a, 2);
    arc_session *b = connected(&t, 0, 100), *c = connected(&t, 0, 100);
    assert_ok(arc_session_begin(a, &one, ARC_WRITE));
    assert_ok(post(a, 1, "A1"));
    assert_ok(arc_session_begin(b, &two, ARC_WRITE));
    assert_ok(post(b, 2, "B1")); /* does not wait */
    assert_status(ARC_E_BUSY, arc_fiscal_period_close(c, id, NULL, 0));
    assert_ok(arc_txn_commit(one));
    assert_status(ARC_E_BUSY, arc_fiscal_period_close(c, id, NULL, 0)); /* the other one is still at it */
    assert_ok(arc_txn_commit(two));
    assert_ok(arc_session_begin(c, &one, ARC_WRITE));
    assert_ok(arc_fiscal_period_close(c, id, NULL, 0));
    assert_status(ARC_E_BUSY, post(a, 1, "A2")); /* nobody knows yet */
    assert_ok(arc_txn_commit(one));
    assert_status(ARC_E_PERIOD, post(a, 1, "A3"));
    assert_status(ARC_E_PERIOD, post(b, 2, "B3"));
    test_close(&t);
}

typedef struct poster {
    pthread_t thread;
    int me, done;
    arc_status st;
} poster;

static void *work(void *user)
{
    poster *p = user;
    test_env t;
    char number[32];
    test_open(&t);
    arc_session *s = connected(&t, 0, 20000);
    for (p->st = ARC_OK; p->st == ARC_OK; p->done += p->st == ARC_OK) {
        snprintf(number, sizeof number, "%d-%d", p->me, p->done);
        p->st = post(s, p->me, number);
    }
    test_close(&t);
    return NULL;
}

static int64_t invoices(arc_session *s)
{
    arc_query *q;
    arc_cursor *c;
    int64_t n = 0;
    assert_ok(arc_query_new(s, &q, ARC_INVOICE));
    assert_ok(arc_query_measure(q, ARC_COUNT, 0));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_int(c, &n, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return n;
}

static void at_once(void **state)
{
    (void)state;
    NEED_SERVER();
    enum { POSTERS = 3 };
    test_env t;
    poster p[POSTERS];
    fresh();
    test_open(&t);
    arc_session *s = connected(&t, ARC_BOOK_CREATE, 20000);
    int64_t id = founded(s, POSTERS);
    memset(p, 0, sizeof p);
    for (int i = 0; i < POSTERS; i++) {
        p[i].me = i + 1;
        assert_int_equal(pthread_create(&p[i].thread, NULL, work, &p[i]), 0);
    }
    while (invoices(s) < 12) {}
    assert_ok(arc_fiscal_period_close(s, id, NULL, 0));
    int64_t then = invoices(s), sum = 0;
    for (int i = 0; i < POSTERS; i++) {
        assert_int_equal(pthread_join(p[i].thread, NULL), 0);
        assert_int_equal(p[i].st, ARC_E_PERIOD);
        sum += p[i].done;
    }
    assert_int_equal(invoices(s), then);
    assert_int_equal(sum, then);
    test_close(&t);
}

/* Two exports and two revaluations at once: one does it, the other finds it done. */
static void exported_once(void **state)
{
    (void)state;
    NEED_SERVER();
    test_env t;
    arc_txn *txn;
    char map[8000];
    size_t n = sizeof map;
    int64_t id;
    arc_voucher_summary sum = ARC_VOUCHER_SUMMARY_INIT;
    fresh();
    test_open(&t);
    arc_session *a = connected(&t, ARC_BOOK_CREATE, 200);
    (void)founded(a, 2);
    assert_ok(arc_account_map_shipped(map, &n, "china"));
    assert_ok(arc_definition_save(a, &id, "account_map", "main", map, n, NULL));
    assert_ok(arc_definition_publish(a, id, NULL, NULL));
    for (int i = 0; i < 5; i++) {
        char number[8];
        snprintf(number, sizeof number, "N%d", i);
        assert_ok(post(a, 1 + i % 2, number));
    }
    arc_session *b = connected(&t, 0, 200);
    assert_ok(arc_session_begin(a, &txn, ARC_WRITE));
    assert_ok(arc_voucher_export(a, &sum, "GL", ARC_DATE_NONE, JAN + 30, NULL));
    assert_int_equal(sum.n_vouchers, 5);
    arc_status st = arc_voucher_export(b, &sum, "GL", ARC_DATE_NONE, JAN + 30, NULL);
    assert_true(st == ARC_E_BUSY || st == ARC_E_CONFLICT);
    assert_ok(arc_txn_commit(txn));
    assert_ok(arc_voucher_export(b, &sum, "GL", ARC_DATE_NONE, JAN + 30, NULL));
    assert_int_equal(sum.n_vouchers, 0);
    assert_ok(post(b, 1, "LATE"));
    assert_ok(arc_voucher_export(b, &sum, "GL", ARC_DATE_NONE, JAN + 30, NULL));
    assert_int_equal(sum.n_vouchers, 1);
    assert_ok(arc_session_begin(a, &txn, ARC_WRITE));
    assert_ok(arc_revaluation_run(a, NULL, JAN + 30));
    assert_status(ARC_E_BUSY, arc_revaluation_run(b, NULL, JAN + 30));
    assert_ok(arc_txn_commit(txn));
    assert_status(ARC_E_STATE, arc_revaluation_run(b, NULL, JAN + 30));
    test_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(in_turn), cmocka_unit_test(at_once), cmocka_unit_test(exported_once) };
    return cmocka_run_group_tests(tests, start, stop);
}

#else

static void without(void **state)
{
    (void)state;
    fprintf(stderr, "SKIPPED: built without libpq, closing a period beside writers was not tested\n");
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(without) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
