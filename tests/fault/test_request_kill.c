/* SPDX-License-Identifier: Apache-2.0 */
/* ctest: slow */
/* kill -9 between any two steps of requests with a key. Whoever takes the place of the one that died repeats the request it was at: nothing
 * else than the key tells whether it was done. In the end each is done exactly once. */
#include <unistd.h>

#include "support/procs.h"
#include "support/request.h"
#include "support/support.h"

enum { WORKERS = 4 };

static int kills_wanted(void) { return (int)test_sized(300, 5000); }

typedef struct town {
    char uri[700];
    int64_t next[WORKERS]; /* the first request of which nobody has heard that it was done */
    int pid[WORKERS], fd[WORKERS];
    double end[WORKERS];
    uint64_t random;
    int64_t kills, repeated;
} town;

static arc_status open_book(arc_context **ctx, arc_book **book, arc_session **s, const char *uri, uint32_t flags)
{
    arc_context_options c = ARC_CONTEXT_OPTIONS_INIT;
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    c.clock = arc_clock_system;
    c.random = arc_random_system;
    o.flags = flags;
    o.timeout_ms = 20000;
    *book = NULL;
    arc_status st = arc_context_new(ctx, &c);
    if (st == ARC_OK) st = arc_book_open(*ctx, book, uri, &o);
    return st == ARC_OK ? book_session(*book, s) : st;
}

static const char *name_of(int me)
{
    static const char *const names[WORKERS] = { "A", "B", "C", "D" };
    return names[me];
}

static int worker(void *arg, int me, int fd)
{
    town *w = arg;
    arc_context *ctx;
    arc_book *book;
    arc_session *s;
    arc_status st = open_book(&ctx, &book, &s, w->uri, 0);
    int64_t before = 0, amount, id;
    if (st == ARC_OK) st = request_count(s, &before, &amount);
    for (int64_t i = w->next[me]; st == ARC_OK; i++) {
        proc_report r = { me, 0, i, 0 };
        st = request_until_done(s, name_of(me), i, &id);
        r.b = id <= before; /* an earlier life had done it and could not say so */
        if (st == ARC_OK && proc_report_send(fd, &r)) return 3;
    }
    fprintf(stderr, "worker %d: %s\n", me, arc_status_name(st));
    return 2;
}

static void drain(town *w, int i)
{
    proc_report r;
    while (proc_report_next(w->fd[i], &r) == 1) {
        assert_int_equal(r.a, w->next[i]);
        w->next[i]++;
        w->repeated += r.b;
    }
}

static void start(town *w, int i)
{
    w->pid[i] = proc_start(worker, w, i, &w->fd[i]);
    w->end[i] = proc_clock() + 0.002 + (double)(test_random(&w->random) % 60000) / 1e6;
}

static void finish(town *w, int i)
{
    proc_kill(w->pid[i]);
    assert_int_equal(proc_wait(w->pid[i]), -9);
    drain(w, i);
    close(w->fd[i]);
    w->kills++;
}

static void check(town *w)
{
    arc_context *ctx;
    arc_book *book;
    arc_session *s;
    int64_t n, amount, expected = 0, money = 0, id;
    arc_verify_summary found = ARC_VERIFY_SUMMARY_INIT;
    assert_ok(open_book(&ctx, &book, &s, w->uri, 0));
    for (int i = 0; i < WORKERS; i++) {
        /* the one that was under way when the last life ended */
        assert_ok(request_until_done(s, name_of(i), w->next[i]++, &id));
        expected += w->next[i];
        money += request_amount(w->next[i]);
    }
    assert_ok(request_count(s, &n, &amount));
    assert_int_equal(n, expected);
    assert_int_equal(amount, money);
    assert_ok(arc_book_verify(book, &found, NULL, NULL, NULL));
    assert_int_equal(found.findings, 0);
    fprintf(stderr, "kill -9: %lld kills, %lld requests, each done once; %lld were asked for again by another life\n", (long long)w->kills, (long long)n,
            (long long)w->repeated);
    assert_true(w->repeated > 0);
    arc_context_free(ctx);
}

static void killed(void **unused)
{
    static town w;
    test_env t;
    arc_context *ctx;
    arc_book *book;
    arc_session *s;
    (void)unused;
    test_open(&t);
    memset(&w, 0, sizeof w);
    w.random = 20261122;
    snprintf(w.uri, sizeof w.uri, "sqlite:%s?checkpoint=60&busy=20000", test_path(&t, "book"));
    assert_ok(open_book(&ctx, &book, &s, w.uri, ARC_BOOK_CREATE));
    assert_ok(request_found(s));
    arc_context_free(ctx);
    for (int i = 0; i < WORKERS; i++) start(&w, i);
    while (w.kills < kills_wanted()) {
        for (int i = 0; i < WORKERS; i++) {
            drain(&w, i);
            if (proc_clock() < w.end[i]) continue;
            finish(&w, i);
            start(&w, i);
        }
        proc_pause(0.0005);
    }
    for (int i = 0; i < WORKERS; i++) finish(&w, i);
    check(&w);
    test_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(killed) };
    if (access("/dev/shm", W_OK) == 0) setenv("TMPDIR", "/dev/shm", 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
