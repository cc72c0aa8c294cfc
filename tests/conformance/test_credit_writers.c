/* SPDX-License-Identifier: Apache-2.0 */
/* Several writers at once credit one invoice, and deduct one advance: together they never take more than there is. On one SQLite file, and on PostgreSQL where there is a server. */
#include "support/pg.h"
#include "support/support.h"

#include <pthread.h>

#include "api/sample.h"
#ifdef ARCORE_HAVE_POSTGRESQL
#include "conformance/postgresql_server.h"
#endif

enum { WRITERS = 3, TRIES = 60 };
#define JAN 20454 /* 2026-01-01 */

static arc_session *connected(test_env *t, const char *uri, uint32_t flags)
{
    arc_session_options o = ARC_SESSION_OPTIONS_INIT;
    arc_session *s;
#ifdef ARCORE_HAVE_POSTGRESQL
    if (uri[0] == 'p') (void)arc_backend_register(t->ctx, ops); /* the second time it is known */
#endif
    arc_book *book = sample_open(t, uri, flags);
    o.business_date = JAN + 10;
    o.timeout_ms = 20000;
    assert_ok(arc_session_open(book, &s, &o));
    return s;
}

static arc_record *made(arc_session *s, uint32_t entity, const char *json)
{
    arc_record *r;
    assert_ok(arc_record_new(s, &r, entity));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    return r;
}

static arc_status issue(arc_session *s, uint32_t flags, const char *number, const char *const *lines)
{
    char json[300];
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record *records[2];
    d.flags = flags;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"invoice_date\":\"2026-01-05\",\"due_date\":\"2026-02-05\",\"currency\":\"CNY\"}", number);
    d.invoice = made(s, ARC_INVOICE, json);
    for (; lines[d.n_lines]; d.n_lines++) records[d.n_lines] = made(s, ARC_INVOICE_LINE, lines[d.n_lines]);
    d.lines = records;
    arc_status st = arc_invoice_issue_document(s, NULL, &d);
    for (uint32_t i = 0; i < d.n_lines; i++) arc_record_free(records[i]);
    arc_record_free(d.invoice);
    return st;
}

/* Invoice 1 and advance 2, each of 100.00 and 13.00. */
static void founded(arc_session *s)
{
    static const char *const lines[] = { "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"100.00\",\"tax_rate\":\"0.13\"}", NULL };
    (void)sample_insert(s, ARC_CUSTOMER, "{\"code\":\"C1\",\"legal_name\":\"C\"}");
    assert_ok(issue(s, 0, "BLUE", lines));
    assert_ok(issue(s, ARC_AS_ADVANCE, "ADVANCE", lines));
}

typedef struct writer {
    pthread_t thread;
    const char *uri;
    arc_status (*step)(arc_session *s, const char *number);
    int me, done;
    arc_status st;
} writer;

/* 7.00 net and what tax that brings. */
static arc_status credit(arc_session *s, const char *number)
{
    arc_credit_note n = ARC_CREDIT_NOTE_INIT;
    arc_credit_line l = ARC_CREDIT_LINE_INIT;
    l.seq = 1;
    l.given = ARC_CREDIT_NET;
    l.net = 700;
    n.invoice = 1;
    n.lines = &l;
    n.n_lines = 1;
    n.number = number;
    n.reason_code = "return";
    n.reason = "r";
    return arc_invoice_credit(s, NULL, &n);
}

static arc_status deduct(arc_session *s, const char *number)
{
    static const char *const lines[] = { "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"10.00\",\"tax_rate\":\"0.13\"}",
                                         "{\"name\":\"d\",\"currency\":\"CNY\",\"net_amount\":\"-7.00\",\"tax_amount\":\"-0.91\",\"tax_rate\":\"0.13\",\"advance\":2}", NULL };
    return issue(s, 0, number, lines);
}

static void *work(void *user)
{
    writer *w = user;
    test_env t;
    char number[32];
    test_open(&t);
    arc_session *s = connected(&t, w->uri, 0);
    for (int k = 0; k < TRIES; k++) {
        snprintf(number, sizeof number, "%c%d-%d", w->step == credit ? 'K' : 'F', w->me, k);
        w->st = w->step(s, number);
        w->done += w->st == ARC_OK;
        if (w->st != ARC_OK && !arc_status_retryable(w->st)) break;
    }
    test_close(&t);
    return NULL;
}

static int32_t finding(void *user, const arc_finding *f)
{
    (void)user;
    fail_msg("%s: %s %s %lld: %s", f->check, f->entity, f->field, (long long)f->id, f->message);
    return 1;
}

static void all_of(const char *uri, arc_status (*step)(arc_session *s, const char *number))
{
    test_env t;
    writer w[WRITERS];
    int done = 0;
    test_open(&t);
    memset(w, 0, sizeof w);
    for (int i = 0; i < WRITERS; i++) {
        w[i] = (writer){ .uri = uri, .step = step, .me = i };
        assert_int_equal(pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        assert_int_equal(pthread_join(w[i].thread, NULL), 0);
        assert_int_equal(w[i].st, ARC_E_GUARD);
        done += w[i].done;
    }
    assert_int_equal(done, 14); /* 98.00 of 100.00 */
    (void)connected(&t, uri, 0);
    arc_book *book = sample_open(&t, uri, 0);
    assert_ok(arc_book_verify(book, NULL, finding, NULL, NULL));
    test_close(&t);
}

static void both(const char *uri)
{
    test_env t;
    test_open(&t);
    founded(connected(&t, uri, ARC_BOOK_CREATE));
    test_close(&t);
    all_of(uri, credit);
    all_of(uri, deduct);
}

static void one_file(void **state)
{
    test_env t;
    char uri[700];
    (void)state;
    test_open(&t);
    snprintf(uri, sizeof uri, "sqlite:%s", test_path(&t, "book.arc"));
    both(uri);
    test_close(&t);
}

#ifdef ARCORE_HAVE_POSTGRESQL

static void one_server(void **state)
{
    char uri[400];
    (void)state;
    NEED_SERVER();
    fresh();
    snprintf(uri, sizeof uri, "postgresql:%s", place());
    both(uri);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(one_file), cmocka_unit_test(one_server) };
    return cmocka_run_group_tests(tests, start, stop);
}

#else

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(one_file) };
    fprintf(stderr, "SKIPPED: built without libpq, crediting at once was tested on SQLite alone\n");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
