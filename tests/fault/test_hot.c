/* SPDX-License-Identifier: Apache-2.0 */
/* ctest: slow */
/* Eight processes pay ten items of one customer, on SQLite and on a PostgreSQL server that is stopped hard in the middle of it. Who loses the
 * server repeats what it was at under the same request keys. More is asked for than there is: exactly what there is is handed out. */
#include <unistd.h>

#include "support/pg.h"
#include "support/procs.h"
#include "support/work_book.h"
#ifdef ARCORE_HAVE_POSTGRESQL
#include "arcore/postgresql.h"
#endif

enum { WORKERS = 8, HOT = 10, PAY = 7, DONE, REFUSED, RETRIED, LOST, WAITED, TALLIES };

static int64_t rounds(void) { return test_sized(120, 5000); }

/* Nine tenths of the demand, and no multiple of PAY. */
static int64_t supply(void)
{
    return rounds() * WORKERS * PAY * 9 / 10 / HOT / PAY * PAY + 3;
}

typedef struct payment {
    char number[40];
    int64_t item, tries;
} payment;

/* A transaction: money comes in and pays a hot item. */
static arc_status pay(void *user, arc_session *s, arc_txn *txn)
{
    payment *p = user;
    char key[50];
    int64_t receipt = 0;
    (void)txn;
    p->tries++;
    snprintf(key, sizeof key, "r%s", p->number);
    arc_status st = arc_session_set_request_key(s, key);
    if (st == ARC_OK) st = book_receipt(s, &receipt, p->number, 1, PAY);
    key[0] = 'a';
    if (st == ARC_OK) st = arc_session_set_request_key(s, key);
    return st == ARC_OK ? book_allocate(s, NULL, receipt, p->item, PAY) : st;
}

static arc_context *new_context(void)
{
    arc_context *ctx;
    arc_context_options c = ARC_CONTEXT_OPTIONS_INIT;
    c.clock = arc_clock_system;
    c.random = arc_random_system;
    assert_ok(arc_context_new(&ctx, &c));
#ifdef ARCORE_HAVE_POSTGRESQL
    assert_ok(arc_backend_register(ctx, arc_postgresql_backend()));
#endif
    return ctx;
}

static arc_status open_book(arc_context *ctx, arc_book **out, arc_session **s, const char *uri, uint32_t flags)
{
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    o.flags = flags;
    o.timeout_ms = 20000;
    arc_status st = arc_book_open(ctx, out, uri, &o);
    if (st == ARC_OK) st = book_session(*out, s);
    if (st != ARC_OK) arc_book_close(*out);
    return st;
}

static arc_status open_again(arc_context *ctx, arc_book **b, arc_session **s, const char *uri)
{
    arc_status st = ARC_E_CONNECTION;
    for (int i = 0; i < 600 && st == ARC_E_CONNECTION; i++) {
        st = open_book(ctx, b, s, uri, 0);
        if (st == ARC_E_CONNECTION) proc_pause(0.02);
    }
    return st;
}

static int lost(arc_status st)
{
    return st == ARC_E_CONNECTION || st == ARC_E_OUTCOME_UNKNOWN;
}

static arc_status work_through(arc_context *ctx, const char *uri, int me, int64_t *tally)
{
    arc_book *b = NULL;
    arc_session *s = NULL;
    arc_status st = open_again(ctx, &b, &s, uri);
    for (int64_t i = 0; i < rounds() && st == ARC_OK; i++) {
        payment p = { "", 1 + (i * 3 + me) % HOT, 0 };
        snprintf(p.number, sizeof p.number, "P%d-%lld", me, (long long)i);
        double start = proc_clock();
        int shaken = 0;
        while (lost(st = arc_session_run(s, ARC_WRITE, pay, &p, 100))) {
            tally[LOST]++;
            shaken = 1;
            arc_book_close(b);
            st = open_again(ctx, &b, &s, uri);
            if (st != ARC_OK) return st;
        }
        int64_t took = (int64_t)((proc_clock() - start) * 1e6);
        if (took > tally[WAITED] && !shaken) tally[WAITED] = took;
        tally[DONE] += st == ARC_OK;
        tally[REFUSED] += st == ARC_E_GUARD;
        tally[RETRIED] += p.tries - 1;
        if (st == ARC_E_GUARD) st = ARC_OK;
    }
    arc_book_close(b);
    return st;
}

static int process(void *arg, int me, int fd)
{
    int64_t tally[TALLIES] = { 0 };
    arc_context *ctx = new_context();
    arc_status st = work_through(ctx, arg, me, tally);
    if (st != ARC_OK) fprintf(stderr, "process %d: %s\n", me, arc_status_name(st));
    for (int i = 0; i < TALLIES; i++) {
        proc_report r = { me, i, tally[i], 0 };
        if (proc_report_send(fd, &r)) return 2;
    }
    return st == ARC_OK ? 0 : 1;
}

static void found(const char *uri)
{
    arc_context *ctx = new_context();
    arc_book *b;
    arc_session *s;
    assert_ok(open_book(ctx, &b, &s, uri, ARC_BOOK_CREATE));
    assert_ok(book_customers(s, 1, 1));
    for (int i = 0; i < HOT; i++) {
        char number[24];
        snprintf(number, sizeof number, "HOT%d", i);
        assert_ok(book_invoice(s, NULL, number, 1, supply()));
    }
    arc_book_close(b);
    arc_context_free(ctx);
}

/* All that could be handed out was, to the last cent, and every payment is there once. */
static void check(const char *title, const char *uri, const int64_t *tally, double seconds)
{
    arc_context *ctx = new_context();
    arc_book *b;
    arc_session *s;
    arc_aging *a;
    arc_aging_row row;
    arc_verify_summary v = ARC_VERIFY_SUMMARY_INIT;
    memset(&row, 0, sizeof row);
    row.struct_size = (uint32_t)sizeof row;
    assert_ok(open_book(ctx, &b, &s, uri, 0));
    assert_ok(arc_aging_compute(s, &a, NULL));
    assert_ok(arc_aging_total(a, &row, "CNY"));
    fprintf(stderr, "%s: %lld payments, %lld refused, %lld retries, server lost %lld times, longest wait %.3f s; %.0f transactions a second\n", title,
            (long long)tally[DONE], (long long)tally[REFUSED], (long long)tally[RETRIED], (long long)tally[LOST], (double)tally[WAITED] / 1e6,
            (double)(rounds() * WORKERS) / seconds);
    assert_int_equal(row.total, supply() * HOT - tally[DONE] * PAY);
    assert_int_equal(row.total, HOT * 3); /* 3 is left of each: less than a payment */
    assert_int_equal(row.unapplied, 0);
    assert_int_equal(tally[DONE] + tally[REFUSED], rounds() * WORKERS);
    assert_true(tally[WAITED] < 5000000);
    arc_aging_free(a);
    assert_ok(arc_book_verify(b, &v, NULL, NULL, NULL));
    assert_int_equal(v.findings, 0);
    arc_book_close(b);
    arc_context_free(ctx);
}

/* `stops`: of the server, while they work. */
static void all_at_once(const char *title, const char *uri, pg_server *server, int stops)
{
    int pid[WORKERS], fd[WORKERS];
    char copy[700];
    int64_t tally[TALLIES] = { 0 };
    proc_report r;
    snprintf(copy, sizeof copy, "%s", uri);
    found(uri);
    double start = proc_clock();
    for (int i = 0; i < WORKERS; i++) pid[i] = proc_start(process, copy, i, &fd[i]);
    for (int i = 0; i < stops; i++) {
        proc_pause(0.4);
        assert_true(pg_restart(server));
    }
    for (int i = 0; i < WORKERS; i++) {
        assert_int_equal(proc_wait(pid[i]), 0);
        while (proc_report_next(fd[i], &r) == 1) {
            if (r.kind != WAITED) tally[r.kind] += r.a;
            else if (r.a > tally[WAITED]) tally[WAITED] = r.a;
        }
        close(fd[i]);
    }
    check(title, uri, tally, proc_clock() - start);
}

static void on_sqlite(void **unused)
{
    test_env t;
    char uri[700];
    (void)unused;
    test_open(&t);
    snprintf(uri, sizeof uri, "sqlite:%s", test_path(&t, "book"));
    all_at_once("8 processes, sqlite", uri, NULL, 0);
    test_close(&t);
}

static void on_postgresql(void **unused)
{
    char uri[700];
    pg_server server;
    (void)unused;
    if (!pg_start(&server, "-c deadlock_timeout=100ms")) skip();
    assert_int_equal(pg_run(&server, "postgres", "CREATE DATABASE calm"), 0);
    assert_int_equal(pg_run(&server, "postgres", "CREATE DATABASE shaken"), 0);
    snprintf(uri, sizeof uri, "postgresql://postgres@%s/calm", server.socket);
    all_at_once("8 processes, postgresql", uri, NULL, 0);
    snprintf(uri, sizeof uri, "postgresql://postgres@%s/shaken", server.socket);
    all_at_once("8 processes, postgresql stopped hard", uri, &server, rounds() > 1000 ? 20 : 3);
    pg_stop(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(on_sqlite), cmocka_unit_test(on_postgresql) };
    if (access("/dev/shm", W_OK) == 0) setenv("TMPDIR", "/dev/shm", 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
