/* SPDX-License-Identifier: Apache-2.0 */
/* A gapless series under several processes, some of which are killed in the middle of what they do: 1, 2, 3 ... without a gap or a number twice, and nothing that was acknowledged is lost. */
#include "api/invoices.h"
#include "support/places.h"
#include "support/procs.h"

#define SECONDS 2.5
enum { WORKERS = 3, MOST_STARTS = 60, BATCH = 4 };

typedef struct plan {
    char uri[700];
    double until;
} plan;

typedef struct batch {
    arc_record *invoice, *line;
    int n, give_up;
} batch;

static arc_status issue(void *user, arc_session *s, arc_txn *txn)
{
    const batch *b = user;
    arc_invoice_document d[BATCH];
    int64_t ids[BATCH];
    (void)txn;
    for (int i = 0; i < b->n; i++) {
        (void)arc_invoice_document_init(&d[i]);
        d[i].invoice = b->invoice;
        d[i].lines = (arc_record *const *)&b->line;
        d[i].n_lines = 1;
    }
    arc_status st = arc_invoice_issue_many(s, ids, NULL, d, (size_t)b->n, ARC_ALL_OR_NONE);
    return st == ARC_OK && b->give_up ? ARC_E_CANCELLED : st;
}

/* Issues until the time is up, and reports what was committed. */
static int work(void *arg, int worker, int fd)
{
    const plan *p = arg;
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    arc_context_options c = ARC_CONTEXT_OPTIONS_INIT;
    arc_context *ctx;
    arc_book *book;
    arc_session *s;
    uint32_t seed = (uint32_t)worker * 2654435761u + 1u;
    c.clock = arc_clock_system;
    c.random = arc_random_system;
    o.timeout_ms = 20000;
    so.business_date = PEOPLE_DAY;
    if (arc_context_new(&ctx, &c) != ARC_OK) return 1;
    if (!strncmp(p->uri, "postgresql", 10) && test_postgresql_register(ctx) != ARC_OK) return 2;
    if (arc_book_open(ctx, &book, p->uri, &o) != ARC_OK || arc_session_open(book, &s, &so) != ARC_OK) return 3;
    batch b = { .invoice = invoices_record(s, ARC_INVOICE, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-10\"}"),
                .line = invoices_record(s, ARC_INVOICE_LINE, "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"1\",\"tax_rate\":\"0.13\"}") };
    while (proc_clock() < p->until) {
        seed = seed * 1664525u + 1013904223u;
        b.n = 1 + (int)(seed >> 30);
        b.give_up = !((seed >> 20) & 7u);
        arc_status st = arc_session_run(s, ARC_WRITE, issue, &b, 100);
        const proc_report r = { worker, 1, b.n, 0 };
        if (st == ARC_OK ? proc_report_send(fd, &r) == 0 : st == ARC_E_CANCELLED) continue;
        arc_error e = ARC_ERROR_INIT;
        (void)arc_session_error(s, &e);
        fprintf(stderr, "worker %d: %s: %s\n", worker, arc_status_name(st), e.message);
        return 4;
    }
    arc_record_free(b.line);
    arc_record_free(b.invoice);
    arc_session_close(s);
    arc_book_close(book);
    arc_context_free(ctx);
    return 0;
}

static int64_t drain(int fd)
{
    proc_report r;
    int64_t n = 0;
    while (proc_report_next(fd, &r) == 1) n += r.a;
    return n;
}

/* Runs the workers and kills one after the other; how many numbers were acknowledged. */
static int64_t turmoil(plan *p)
{
    int pids[MOST_STARTS], fds[MOST_STARTS], alive[WORKERS], started = 0, killed = 0;
    int64_t acknowledged = 0;
    p->until = proc_clock() + SECONDS;
    for (; started < WORKERS; started++) {
        alive[started] = started;
        pids[started] = proc_start(work, p, started, &fds[started]);
        assert_true(pids[started] > 0);
    }
    while (proc_clock() < p->until - 0.3 && started < MOST_STARTS) {
        proc_pause(0.06 + 0.013 * (started % 7));
        int at = started % WORKERS;
        proc_kill(pids[alive[at]]);
        assert_int_equal(proc_wait(pids[alive[at]]), -9);
        killed++;
        alive[at] = started;
        pids[started] = proc_start(work, p, started, &fds[started]);
        assert_true(pids[started] > 0);
        started++;
        for (int i = 0; i < started; i++) acknowledged += drain(fds[i]);
    }
    for (int i = 0; i < WORKERS; i++) assert_int_equal(proc_wait(pids[alive[i]]), 0);
    for (int i = 0; i < started; i++) acknowledged += drain(fds[i]);
    assert_true(killed > 3);
    return acknowledged;
}

/* The numbers are 1, 2, 3 ... each once. */
static int64_t gapless(arc_session *s)
{
    arc_query *q;
    arc_cursor *c;
    static const arc_field_id fields[] = { ARC_INVOICE_NUMBER, ARC_INVOICE_ID };
    int64_t n = 0, highest = 0;
    assert_ok(arc_query_new(s, &q, ARC_INVOICE));
    assert_ok(arc_query_select(q, fields, 1));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        const char *number;
        size_t len;
        assert_ok(arc_cursor_get_text(c, &number, &len, 0));
        assert_true(len >= 15 && !memcmp(number, "INV-202602-", 11));
        int64_t value = 0;
        for (size_t i = 11; i < len; i++) value = value * 10 + (number[i] - '0');
        if (value > highest) highest = value;
        n++;
    }
    arc_cursor_free(c);
    arc_query_free(q);
    assert_int_equal(n, highest); /* numbers are unique: as many as the highest is all of them */
    return n;
}

static void survives(const char *uri)
{
    plan p;
    invoices v;
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_context *ctx = context_for(uri);
    (void)snprintf(p.uri, sizeof p.uri, "%s", uri);
    memset(&v, 0, sizeof v);
    o.flags = ARC_BOOK_CREATE;
    sample_check(ctx, arc_book_open(ctx, &v.b.book, uri, &o), uri);
    assert_ok(arc_session_open(v.b.book, &v.b.session, NULL));
    invoices_fill(&v);
    arc_book_close(v.b.book); /* no handle of this process is open while others are made by fork */
    arc_context_free(ctx);
    int64_t acknowledged = turmoil(&p);
    ctx = context_for(uri);
    o.flags = 0;
    sample_check(ctx, arc_book_open(ctx, &v.b.book, uri, &o), uri);
    assert_ok(arc_session_open(v.b.book, &v.b.session, NULL));
    v.s = v.b.session;
    int64_t n = gapless(v.s);
    if (n < acknowledged) fail_msg("%lld numbers, %lld were acknowledged", (long long)n, (long long)acknowledged);
    assert_true(acknowledged > 10);
    invoices_verified(&v);
    arc_book_close(v.b.book);
    arc_context_free(ctx);
}

static void sqlite(void **state) { (void)state; on_sqlite(survives); }
static void postgresql(void **state) { (void)state; on_server(survives); }

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(sqlite), cmocka_unit_test(postgresql) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
