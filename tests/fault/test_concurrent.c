/* SPDX-License-Identifier: Apache-2.0 */
/* ctest: slow */
/* Many at once on a few hot items: processes on one SQLite book, threads with clones of one book in memory and in SQLite.
 * More is asked for than there is: exactly what there is is handed out, and nobody waits long. */
#include <pthread.h>
#include <sqlite3.h>
#include <unistd.h>

#include "support/procs.h"
#include "support/work_book.h"

enum { WORKERS = 4, HOT = 3, PAY = 7, DONE, REFUSED, CONFLICTS, WAITED, TALLIES };

/* Demand is rounds * WORKERS * PAY over HOT items; supply is nine tenths of it, and no multiple of PAY. */
static int64_t rounds(void) { return test_sized(800, 10000); }

static int64_t supply(void)
{
    return rounds() * WORKERS * PAY * 9 / 10 / HOT / PAY * PAY + 3;
}

/* A transaction: money comes in and pays a hot item. */
typedef struct payment {
    char number[40];
    int64_t item;
} payment;

static arc_status pay(void *user, arc_session *s, arc_txn *txn)
{
    const payment *p = user;
    int64_t receipt = 0;
    (void)txn;
    arc_status st = book_receipt(s, &receipt, p->number, 1, PAY);
    return st == ARC_OK ? book_allocate(s, NULL, receipt, p->item, PAY) : st;
}

/* tally: see the enum; ARC_OK when nothing but refusals for want of supply happened. */
static arc_status work_through(arc_session *s, int me, int64_t *tally)
{
    for (int64_t i = 0; i < rounds(); i++) {
        payment p;
        snprintf(p.number, sizeof p.number, "P%d-%lld", me, (long long)i);
        p.item = 1 + (i + me) % HOT;
        double start = proc_clock();
        arc_status st = arc_session_run(s, ARC_WRITE, pay, &p, 100);
        int64_t took = (int64_t)((proc_clock() - start) * 1e6);
        if (took > tally[WAITED]) tally[WAITED] = took;
        tally[DONE] += st == ARC_OK;
        tally[REFUSED] += st == ARC_E_GUARD;
        tally[CONFLICTS] += st == ARC_E_BUSY || st == ARC_E_CONFLICT || st == ARC_E_STALE;
        if (st != ARC_OK && st != ARC_E_GUARD) return st;
    }
    return ARC_OK;
}

static void found(arc_book *b)
{
    arc_session *s;
    assert_ok(book_session(b, &s));
    assert_ok(book_customers(s, 1, 2));
    for (int i = 0; i < HOT; i++) {
        char number[24];
        snprintf(number, sizeof number, "HOT%d", i);
        assert_ok(book_invoice(s, NULL, number, 1, supply()));
    }
    arc_session_close(s);
}

/* All that could be handed out was, to the last cent. */
static void check(arc_book *b, const char *title, const int64_t *tally, double seconds)
{
    arc_session *s;
    arc_aging *a;
    arc_aging_row row;
    memset(&row, 0, sizeof row);
    row.struct_size = (uint32_t)sizeof row;
    assert_ok(book_session(b, &s));
    assert_ok(arc_aging_compute(s, &a, NULL));
    assert_ok(arc_aging_total(a, &row, "CNY"));
    fprintf(stderr, "%s: %lld payments, %lld refused, open %lld of %lld, longest wait %.3f s, %.1f s\n", title, (long long)tally[DONE],
            (long long)tally[REFUSED], (long long)row.total, (long long)supply() * HOT, (double)tally[WAITED] / 1e6, seconds);
    assert_int_equal(row.total, supply() * HOT - tally[DONE] * PAY);
    assert_int_equal(row.total, HOT * 3); /* 3 is left of each: less than a payment */
    assert_int_equal(row.unapplied, 0);
    assert_int_equal(tally[DONE] + tally[REFUSED], rounds() * WORKERS);
    assert_true(tally[WAITED] < 5000000);
    arc_aging_free(a);
    arc_session_close(s);
}

static arc_context *new_context(void)
{
    arc_context *ctx;
    arc_context_options c = ARC_CONTEXT_OPTIONS_INIT;
    c.clock = arc_clock_system;
    c.random = arc_random_system;
    assert_ok(arc_context_new(&ctx, &c));
    return ctx;
}

static arc_status open_book(arc_context *ctx, arc_book **out, const char *uri)
{
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    o.flags = ARC_BOOK_CREATE;
    o.timeout_ms = 10000;
    return arc_book_open(ctx, out, uri, &o);
}

/* ---- processes ---- */

static int process(void *arg, int me, int fd)
{
    int64_t tally[TALLIES] = { 0 };
    arc_book *b = NULL;
    arc_session *s = NULL;
    arc_status st = open_book(new_context(), &b, arg);
    if (st == ARC_OK) st = book_session(b, &s);
    if (st == ARC_OK) st = work_through(s, me, tally);
    if (st != ARC_OK) fprintf(stderr, "process %d: %s\n", me, arc_status_name(st));
    for (int i = 0; i < TALLIES; i++) {
        proc_report r = { me, i, tally[i], 0 };
        if (proc_report_send(fd, &r)) return 2;
    }
    arc_book_close(b);
    return st == ARC_OK ? 0 : 1;
}

static void add(int64_t *total, int kind, int64_t n)
{
    if (kind != WAITED) total[kind] += n;
    else if (n > total[kind]) total[kind] = n;
}

static void processes(void **unused)
{
    test_env t;
    char uri[700], path[600], finding[300] = "";
    int pid[WORKERS], fd[WORKERS];
    int64_t tally[TALLIES] = { 0 };
    arc_book *b;
    proc_report r;
    (void)unused;
    test_open(&t);
    snprintf(path, sizeof path, "%s", test_path(&t, "book"));
    snprintf(uri, sizeof uri, "sqlite:%s?checkpoint=500", path);
    arc_context *ctx = new_context();
    assert_ok(open_book(ctx, &b, uri));
    found(b);
    arc_book_close(b);
    double start = proc_clock();
    for (int i = 0; i < WORKERS; i++) pid[i] = proc_start(process, uri, i, &fd[i]);
    for (int i = 0; i < WORKERS; i++) {
        assert_int_equal(proc_wait(pid[i]), 0);
        while (proc_report_next(fd[i], &r) == 1) add(tally, r.kind, r.a);
        close(fd[i]);
    }
    double took = proc_clock() - start;
    assert_ok(open_book(ctx, &b, uri));
    check(b, "4 processes, sqlite", tally, took);
    if (book_prove(path, NULL, finding, sizeof finding)) fail_msg("%s", finding);
    arc_context_free(ctx);
    test_close(&t);
}

/* ---- threads ---- */

typedef struct thread {
    pthread_t id;
    arc_book *book;
    int me;
    arc_status st;
    int64_t tally[TALLIES];
} thread;

static void *thread_main(void *arg)
{
    thread *w = arg;
    arc_session *s = NULL;
    w->st = book_session(w->book, &s);
    if (w->st == ARC_OK) w->st = work_through(s, w->me, w->tally);
    arc_session_close(s);
    arc_book_close(w->book);
    return NULL;
}

static void threads(const char *title, const char *uri)
{
    thread w[WORKERS];
    int64_t tally[TALLIES] = { 0 };
    arc_book *b;
    arc_context *ctx = new_context();
    assert_ok(open_book(ctx, &b, uri));
    found(b);
    double start = proc_clock();
    memset(w, 0, sizeof w);
    for (int i = 0; i < WORKERS; i++) {
        w[i].me = i;
        assert_ok(arc_book_clone(b, &w[i].book));
    }
    for (int i = 0; i < WORKERS; i++) assert_int_equal(pthread_create(&w[i].id, NULL, thread_main, &w[i]), 0);
    for (int i = 0; i < WORKERS; i++) assert_int_equal(pthread_join(w[i].id, NULL), 0);
    for (int i = 0; i < WORKERS; i++) {
        assert_ok(w[i].st);
        for (int k = 0; k < TALLIES; k++) add(tally, k, w[i].tally[k]);
    }
    check(b, title, tally, proc_clock() - start);
    arc_book_close(b);
    arc_context_free(ctx);
}

static void threads_memory(void **unused)
{
    (void)unused;
    threads("4 threads, memory", "memory:hot");
}

static void threads_sqlite(void **unused)
{
    test_env t;
    char uri[700];
    (void)unused;
    test_open(&t);
    snprintf(uri, sizeof uri, "sqlite:%s", test_path(&t, "book"));
    threads("4 threads, sqlite", uri);
    test_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(processes), cmocka_unit_test(threads_memory), cmocka_unit_test(threads_sqlite) };
    if (access("/dev/shm", W_OK) == 0) setenv("TMPDIR", "/dev/shm", 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
