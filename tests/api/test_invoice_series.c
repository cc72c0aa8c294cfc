/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers from series: patterns, and no gap however many writers there are and whatever they roll back. */
#include <pthread.h>

#include "api/invoices.h"
#include "ledger/series.h"
#include "support/places.h"

static void patterns(void **state)
{
    static const struct {
        const char *pattern, *period, *number;
    } good[] = {
        { "INV-{yyyy}{mm}-{n:6}", "202602", "INV-202602-000042" }, { "{n}", "", "42" }, { "A{yy}/{n:2}", "2026", "A26/42" }, { "{yyyy}{mm}{dd}{n:3}", "20260216", "20260216042" },
        { "发票{n:1}", "", "发票42" },
    };
    static const char *const bad[] = { "", "INV", "{n}{n}", "{x}{n}", "{n:0}", "{n:19}", "{n:}", "{mm}{n}", "{yyyy}{dd}{n}", "{n", "a}{n}", "{n:6" };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char period[12], number[65];
        size_t n = strlen(good[i].pattern);
        assert_null(arci_series_fault(good[i].pattern, n));
        arci_series_period(period, good[i].pattern, n, PEOPLE_DAY);
        assert_string_equal(period, good[i].period);
        assert_int_equal(arci_series_number(number, good[i].pattern, n, PEOPLE_DAY, 42), strlen(good[i].number));
        assert_string_equal(number, good[i].number);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) assert_non_null(arci_series_fault(bad[i], strlen(bad[i])));
    char number[65];
    char wide[70];
    memset(wide, 'x', sizeof wide);
    memcpy(wide + 60, "{n:9}", 5);
    assert_int_equal(arci_series_number(number, wide, 65, PEOPLE_DAY, 1), 0); /* above 64 bytes */
}

/* A series that may have gaps is drawn outside the transaction: what is rolled back is gone, and it may begin where another system ended. */
static void with_gaps(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        static const char header[] = "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-10\"}";
        static const char line[] = "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"1\",\"tax_rate\":\"0.13\"}";
        invoices v;
        arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
        int64_t id, last = 499;
        invoices_open(&v, backend);
        (void)sample_insert(v.s, ARC_NUMBER_SERIES, "{\"code\":\"shop\",\"period\":\"\",\"pattern\":\"S{n}\",\"next\":500,\"gapless\":false}");
        arc_record *l = invoices_record(v.s, ARC_INVOICE_LINE, line);
        d.invoice = invoices_record(v.s, ARC_INVOICE, header);
        d.lines = &l;
        d.n_lines = 1;
        d.series = "shop";
        for (int i = 0; i < 3; i++) {
            const char *number;
            arc_record *r;
            assert_session(&v.b, arc_invoice_issue_document(v.s, &id, &d));
            assert_session(&v.b, arc_session_get(v.s, &r, ARC_INVOICE, id));
            assert_ok(arc_record_get_text(r, &number, NULL, ARC_INVOICE_NUMBER));
            assert_int_equal(number[0], 'S');
            assert_true(atoll(number + 1) > last);
            last = atoll(number + 1);
            arc_record_free(r);
        }
        d.series = "none";
        assert_session_status(ARC_E_NOT_FOUND, &v.b, arc_invoice_issue_document(v.s, &id, &d));
        arc_record_free(l);
        arc_record_free(d.invoice);
        invoices_close(&v);
    }
}

/* ---- many writers ------------------------------------------------------------------------------------------------------------------ */

enum { WRITERS = 4, EACH = 30 };

typedef struct writer {
    arc_book *book;
    int me, issued, failed;
} writer;

static arc_status issue_one(void *user, arc_session *s, arc_txn *txn)
{
    const writer *w = user;
    const char *const lines[] = { "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"1\",\"tax_rate\":\"0.13\"}", NULL };
    (void)txn;
    arc_status st = invoices_issue(s, NULL, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-10\"}", lines);
    if (st == ARC_OK && (w->issued + w->failed) % 3 == 2) return ARC_E_CANCELLED; /* changes his mind: the number goes back */
    return st;
}

static void *write_some(void *user)
{
    writer *w = user;
    arc_session *s;
    arc_session_options o = ARC_SESSION_OPTIONS_INIT;
    o.business_date = PEOPLE_DAY;
    if (arc_session_open(w->book, &s, &o) != ARC_OK) return "no session";
    for (int i = 0; i < EACH; i++) {
        arc_status st = arc_session_run(s, ARC_WRITE, issue_one, w, 100);
        if (st == ARC_OK) w->issued++;
        else if (st == ARC_E_CANCELLED) w->failed++;
        else return (void *)arc_status_name(st);
    }
    arc_session_close(s);
    return NULL;
}

/* The numbers are 1, 2, 3 ... without a gap. */
static void gapless(arc_session *s, int64_t issued)
{
    arc_query *q;
    arc_cursor *c;
    static const arc_field_id fields[] = { ARC_INVOICE_NUMBER };
    int64_t n = 0;
    assert_ok(arc_query_new(s, &q, ARC_INVOICE));
    assert_ok(arc_query_select(q, fields, 1));
    assert_ok(arc_query_order(q, ARC_INVOICE_NUMBER, 0));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        const char *number;
        size_t len;
        char want[32];
        (void)snprintf(want, sizeof want, "INV-202602-%04d", (int)++n);
        assert_ok(arc_cursor_get_text(c, &number, &len, 0));
        if (strlen(want) != len || memcmp(want, number, len)) fail_msg("%.*s, expected %s", (int)len, number, want);
    }
    assert_int_equal(n, issued);
    arc_cursor_free(c);
    arc_query_free(q);
}

static void all_at_once(arc_book *book, arc_session *s)
{
    writer w[WRITERS];
    pthread_t threads[WRITERS];
    int64_t issued = 0;
    memset(w, 0, sizeof w);
    for (int i = 0; i < WRITERS; i++) {
        w[i].me = i;
        assert_ok(arc_book_clone(book, &w[i].book));
        assert_int_equal(pthread_create(&threads[i], NULL, write_some, &w[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        void *failure = NULL;
        assert_int_equal(pthread_join(threads[i], &failure), 0);
        if (failure) fail_msg("%s", (const char *)failure);
        issued += w[i].issued;
        arc_book_close(w[i].book);
    }
    assert_true(issued > 0);
    gapless(s, issued);
}

/* Counted memory is not shared by threads: a context of its own. */
static void many(const char *uri)
{
    invoices v;
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_context *ctx = context_for(uri);
    o.flags = ARC_BOOK_CREATE;
    o.timeout_ms = 20000;
    memset(&v, 0, sizeof v);
    sample_check(ctx, arc_book_open(ctx, &v.b.book, uri, &o), uri);
    assert_ok(arc_session_open(v.b.book, &v.b.session, NULL));
    invoices_fill(&v);
    all_at_once(v.b.book, v.s);
    invoices_verified(&v);
    arc_book_close(v.b.book);
    arc_context_free(ctx);
}

static void memory(void **state)
{
    (void)state;
    many("memory:series");
}

static void sqlite(void **state) { (void)state; on_sqlite(many); }
static void postgresql(void **state) { (void)state; on_server(many); }

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(patterns), cmocka_unit_test(with_gaps), cmocka_unit_test(memory), cmocka_unit_test(sqlite), cmocka_unit_test(postgresql) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
