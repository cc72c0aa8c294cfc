/* SPDX-License-Identifier: Apache-2.0 */
/* Several writers at once: together they do not exceed a contract, nor invoice a plan twice. */
#include "support/pg.h"
#include "support/support.h"

#ifdef ARCORE_HAVE_POSTGRESQL

#include <pthread.h>
#include <time.h>

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

/* A contract of 100.00 with one milestone of 60.00, planned. */
static void founded(arc_session *s)
{
    (void)sample_insert(s, ARC_CUSTOMER, "{\"code\":\"C1\",\"legal_name\":\"C\"}");
    (void)sample_insert(s, ARC_CONTRACT, "{\"customer\":1,\"number\":\"K1\",\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"amount\":\"100.00\",\"tax_included\":true,\"term\":\"NET30\"}");
    (void)sample_insert(s, ARC_MILESTONE, "{\"contract\":1,\"seq\":1,\"currency\":\"CNY\",\"amount\":\"60.00\",\"trigger_kind\":\"delivery\"}");
    assert_ok(arc_contract_activate(s, 1));
    assert_ok(arc_contract_plan(s, NULL, 1));
}

static arc_record *made(arc_session *s, uint32_t entity, const char *json)
{
    arc_record *r;
    assert_ok(arc_record_new(s, &r, entity));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    return r;
}

static arc_status issue(arc_session *s, const char *number, const char *gross)
{
    char json[300];
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"contract\":1,\"invoice_date\":\"2026-01-05\",\"currency\":\"CNY\"}", number);
    d.invoice = made(s, ARC_INVOICE, json);
    snprintf(json, sizeof json, "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"%s\",\"tax_rate\":\"0.13\"}", gross);
    arc_record *line = made(s, ARC_INVOICE_LINE, json);
    d.lines = &line;
    d.n_lines = 1;
    arc_status st = arc_invoice_issue_document(s, NULL, &d);
    arc_record_free(line);
    arc_record_free(d.invoice);
    return st;
}

static void issued_is(arc_session *s, int64_t minor)
{
    arc_headroom h = ARC_HEADROOM_INIT;
    assert_ok(arc_headroom_compute(s, &h, 1));
    assert_int_equal(h.issued.minor, minor);
}

static int64_t consumed(arc_session *s)
{
    arc_query *q;
    arc_cursor *c;
    int64_t sum = 0;
    const arc_field_id field = ARC_INVOICE_ITEM_AMOUNT;
    assert_ok(arc_query_new(s, &q, ARC_INVOICE_ITEM));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        arc_money m;
        assert_ok(arc_cursor_get_money(c, &m, 0));
        sum += m.minor;
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return sum;
}

/* The second one waits for the first, and sees what it issued. */
static void in_turn(void **state)
{
    (void)state;
    NEED_SERVER();
    test_env t;
    arc_txn *one;
    fresh();
    test_open(&t);
    arc_session *a = connected(&t, ARC_BOOK_CREATE, 100);
    founded(a);
    arc_session *b = connected(&t, 0, 100);
    assert_ok(arc_session_begin(a, &one, ARC_WRITE));
    assert_ok(issue(a, "A1", "60.00"));
    assert_status(ARC_E_BUSY, issue(b, "B1", "60.00"));
    assert_ok(arc_txn_commit(one));
    assert_status(ARC_E_GUARD, issue(b, "B1", "60.00"));
    assert_ok(issue(b, "B1", "40.00"));
    issued_is(a, 10000);
    test_close(&t);
}

/* One that waited looks again: what it read before would let it through. */
static void *late(void *user)
{
    test_env t;
    test_open(&t);
    *(arc_status *)user = issue(connected(&t, 0, 20000), "B1", "60.00");
    test_close(&t);
    return NULL;
}

static void looks_again(void **state)
{
    (void)state;
    NEED_SERVER();
    const struct timespec pause = { 1, 0 };
    test_env t;
    arc_txn *one;
    pthread_t other;
    arc_status st = ARC_OK;
    fresh();
    test_open(&t);
    arc_session *s = connected(&t, ARC_BOOK_CREATE, 20000);
    founded(s);
    assert_ok(arc_session_begin(s, &one, ARC_WRITE));
    assert_ok(issue(s, "A1", "60.00"));
    assert_int_equal(pthread_create(&other, NULL, late, &st), 0);
    (void)nanosleep(&pause, NULL); /* it waits by now; were it late, the test would only be easier */
    assert_ok(arc_txn_commit(one));
    assert_int_equal(pthread_join(other, NULL), 0);
    assert_int_equal(st, ARC_E_GUARD);
    issued_is(s, 6000);
    test_close(&t);
}

typedef struct writer {
    pthread_t thread;
    int me, done;
    arc_status st;
} writer;

static void *work(void *user)
{
    writer *w = user;
    test_env t;
    char number[32];
    test_open(&t);
    arc_session *s = connected(&t, 0, 20000);
    for (int k = 0; k < 100; k++) {
        snprintf(number, sizeof number, "%d-%d", w->me, k);
        w->st = issue(s, number, "7.00");
        w->done += w->st == ARC_OK;
        if (w->st != ARC_OK && !arc_status_retryable(w->st)) break;
    }
    test_close(&t);
    return NULL;
}

static void at_once(void **state)
{
    (void)state;
    NEED_SERVER();
    enum { WRITERS = 3 };
    test_env t;
    writer w[WRITERS];
    int done = 0;
    fresh();
    test_open(&t);
    arc_session *s = connected(&t, ARC_BOOK_CREATE, 20000);
    founded(s);
    memset(w, 0, sizeof w);
    for (int i = 0; i < WRITERS; i++) {
        w[i].me = i;
        assert_int_equal(pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        assert_int_equal(pthread_join(w[i].thread, NULL), 0);
        assert_int_equal(w[i].st, ARC_E_GUARD);
        done += w[i].done;
    }
    assert_int_equal(done, 14); /* 98.00 of 100.00 */
    issued_is(s, 9800);
    assert_int_equal(consumed(s), 6000);
    test_close(&t);
}

/* ---- orders and deliveries ------------------------------------------------------------------------------------------------------------ */

enum { EACH = 6 };

/* Orders of 7.00 each on the contract of 100.00, and an order of 100 pieces with deliveries of 7: of both each writer has six. */
static void ordered(arc_session *s, int writers)
{
    char json[300];
    arc_order_step first = ARC_ORDER_STEP_INIT;
    (void)sample_insert(s, ARC_SALES_ORDER, "{\"customer\":1,\"number\":\"O\",\"order_date\":\"2026-01-02\",\"currency\":\"CNY\"}");
    (void)sample_insert(s, ARC_ORDER_LINE, "{\"sales_order\":1,\"seq\":1,\"name\":\"a\",\"quantity\":\"100\",\"price\":\"1\",\"currency\":\"CNY\",\"amount\":\"100.00\"}");
    first.id = 1;
    assert_ok(arc_order_confirm(s, NULL, NULL, &first, 1, ARC_ALL_OR_NONE));
    for (int i = 1; i <= writers * EACH; i++) {
        snprintf(json, sizeof json, "{\"customer\":1,\"number\":\"O%d\",\"contract\":1,\"order_date\":\"2026-01-02\",\"currency\":\"CNY\"}", i);
        int64_t order = sample_insert(s, ARC_SALES_ORDER, json);
        snprintf(json, sizeof json, "{\"sales_order\":%d,\"seq\":1,\"name\":\"a\",\"quantity\":\"7\",\"price\":\"1\",\"currency\":\"CNY\",\"amount\":\"7.00\"}", (int)order);
        (void)sample_insert(s, ARC_ORDER_LINE, json);
        snprintf(json, sizeof json, "{\"customer\":1,\"number\":\"D%d\",\"delivery_date\":\"2026-01-03\"}", i);
        int64_t delivery = sample_insert(s, ARC_DELIVERY, json);
        snprintf(json, sizeof json, "{\"delivery\":%d,\"seq\":1,\"order_line\":1,\"quantity\":\"7\",\"currency\":\"CNY\",\"amount\":\"7.00\"}", (int)delivery);
        (void)sample_insert(s, ARC_DELIVERY_LINE, json);
    }
}

static arc_status found(arc_session *s, uint32_t entity, const char *kind, int k, int64_t *id)
{
    char number[20];
    snprintf(number, sizeof number, "%s%d", kind, k);
    return arc_session_find(s, id, entity, number);
}

typedef arc_status (*order_fn)(arc_session *, int64_t *, arc_status *, const arc_order_step *, size_t, uint32_t);

static arc_status moved(arc_session *s, order_fn fn, int64_t id)
{
    arc_order_step e = ARC_ORDER_STEP_INIT;
    arc_status st;
    e.id = id;
    do st = fn(s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE);
    while (st != ARC_OK && arc_status_retryable(st));
    return st;
}

/* done counts deliveries, and orders by 100. */
static void *ship_and_order(void *user)
{
    writer *w = user;
    test_env t;
    test_open(&t);
    arc_session *s = connected(&t, 0, 20000);
    w->st = ARC_OK;
    for (int k = 0; k < EACH; k++) {
        int64_t order, delivery;
        arc_status st = found(s, ARC_SALES_ORDER, "O", w->me * EACH + k + 1, &order);
        if (st == ARC_OK) st = found(s, ARC_DELIVERY, "D", w->me * EACH + k + 1, &delivery);
        if (st != ARC_OK) w->st = st;
        if (st != ARC_OK) break;
        arc_status shipped = moved(s, arc_delivery_ship, delivery), confirmed = moved(s, arc_order_confirm, order);
        if ((shipped != ARC_OK && shipped != ARC_E_GUARD) || (confirmed != ARC_OK && confirmed != ARC_E_GUARD)) w->st = shipped != ARC_OK && shipped != ARC_E_GUARD ? shipped : confirmed;
        w->done += (shipped == ARC_OK) + 100 * (confirmed == ARC_OK);
    }
    test_close(&t);
    return NULL;
}

static void orders_at_once(void **state)
{
    (void)state;
    NEED_SERVER();
    enum { WRITERS = 3 };
    test_env t;
    writer w[WRITERS];
    int done = 0;
    arc_headroom h = ARC_HEADROOM_INIT;
    fresh();
    test_open(&t);
    arc_session *s = connected(&t, ARC_BOOK_CREATE, 20000);
    founded(s);
    ordered(s, WRITERS);
    memset(w, 0, sizeof w);
    for (int i = 0; i < WRITERS; i++) {
        w[i].me = i;
        assert_int_equal(pthread_create(&w[i].thread, NULL, ship_and_order, &w[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        assert_int_equal(pthread_join(w[i].thread, NULL), 0);
        assert_int_equal(w[i].st, ARC_OK);
        done += w[i].done;
    }
    assert_int_equal(done, 1414); /* 98 of 100, twice */
    assert_ok(arc_headroom_compute(s, &h, 1));
    assert_int_equal(h.ordered.minor, 9800);
    test_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(in_turn), cmocka_unit_test(looks_again), cmocka_unit_test(at_once), cmocka_unit_test(orders_at_once) };
    return cmocka_run_group_tests(tests, start, stop);
}

#else

static void without(void **state)
{
    (void)state;
    fprintf(stderr, "SKIPPED: built without libpq, issuing on one contract at once was not tested\n");
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(without) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
