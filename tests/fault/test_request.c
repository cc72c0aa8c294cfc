/* SPDX-License-Identifier: Apache-2.0 */
/* Requests with a key whose calls fail at every step, whose commits answer that nobody knows, and that are made by many at once: each is done
 * exactly once, and everybody is told the same ids. */
#include <pthread.h>

#include "arcore/sys/testkit.h"
#include "backend/memory.h"
#include "backend/sqlite.h"
#include "support/places.h"
#include "support/procs.h"
#include "support/request.h"
#include "support/support.h"

static arc_book *open_new(arc_context *ctx, const char *uri)
{
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_error e = ARC_ERROR_INIT;
    arc_book *b;
    o.flags = ARC_BOOK_CREATE;
    o.timeout_ms = 20000;
    arc_status st = arc_book_open(ctx, &b, uri, &o);
    (void)arc_context_error(ctx, &e);
    assert_ok_err(&e, st);
    return b;
}

/* ---- a call fails at step n ---------------------------------------------------------------------------------------------- */

typedef struct sweep {
    arc_shim shim;
    arc_session *s;
    int64_t i;       /* requests so far */
    int64_t unknown; /* whose fate was not known */
} sweep;

static void expect(sweep *w)
{
    int64_t n, amount;
    assert_ok(request_count(w->s, &n, &amount));
    assert_int_equal(n, w->i);
    assert_int_equal(amount, request_amount(w->i));
}

/* The request with its at-th call failing, then again without a fault. 0: it has no such call. */
static int one(sweep *w, int64_t at, arc_status with, uint32_t commit_first)
{
    int64_t id = 0, told = 0, n, amount, failed = w->shim.failed;
    w->shim.commit_first = commit_first;
    w->shim.fail_status = with;
    w->shim.fail_at = w->shim.calls + at;
    arc_status st = request_do(w->s, "sweep", w->i, &told);
    w->shim.fail_at = 0;
    w->unknown += st == ARC_E_OUTCOME_UNKNOWN;
    assert_ok(request_count(w->s, &n, &amount));
    int done = n == w->i + 1;
    if (st == ARC_OK) assert_true(done);
    else if (st != ARC_E_OUTCOME_UNKNOWN) assert_false(done);
    assert_ok(request_until_done(w->s, "sweep", w->i, &id));
    if (st == ARC_OK) assert_int_equal(id, told);
    w->i++;
    expect(w);
    return w->shim.failed > failed;
}

static void at_every_step(const arc_backend_ops *inner, const char *location)
{
    static const struct {
        arc_status st;
        uint32_t commit_first;
    } faults[] = { { ARC_E_IO, 0 }, { ARC_E_CONFLICT, 0 }, { ARC_E_OUTCOME_UNKNOWN, 0 }, { ARC_E_IO, 1 } };
    test_env t;
    sweep w;
    arc_backend_ops ops;
    char uri[800];
    memset(&w, 0, sizeof w);
    test_open(&t);
    (void)test_dir(&t);
    assert_ok(arc_shim_init(&ops, &w.shim, inner, ARC_SHIM_FAULT));
    assert_ok(arc_backend_register(t.ctx, &ops));
    snprintf(uri, sizeof uri, "fault:%s:%s", inner->scheme, location ? location : test_path(&t, "book"));
    arc_book *b = open_new(t.ctx, uri);
    assert_ok(book_session(b, &w.s));
    assert_ok(request_found(w.s));
    for (size_t f = 0; f < sizeof faults / sizeof faults[0]; f++) {
        int64_t at = 1;
        while (one(&w, at, faults[f].st, faults[f].commit_first) | one(&w, at, faults[f].st, faults[f].commit_first)) at++;
        assert_true(at > 5);
    }
    print_message("%s: %lld requests, of %lld the fate was not known\n", inner->scheme, (long long)w.i, (long long)w.unknown);
    assert_true(w.unknown >= 4);
    arc_book_close(b);
    test_close(&t);
}

static void steps(void **unused)
{
    (void)unused;
    at_every_step(arci_backend_memory(), "steps");
    at_every_step(arci_backend_sqlite(), NULL);
}

/* ---- many at once -------------------------------------------------------------------------------------------------------- */

enum { WORKERS = 4, REQUESTS = 120 };

typedef struct worker {
    pthread_t thread;
    arc_book *book;
    arc_status st;
    int64_t ids[REQUESTS];
} worker;

static void *work_through(void *arg)
{
    worker *w = arg;
    arc_session *s = NULL;
    w->st = book_session(w->book, &s);
    for (int64_t i = 0; i < REQUESTS && w->st == ARC_OK; i++) w->st = request_until_done(s, "race", i, &w->ids[i]);
    arc_session_close(s);
    return NULL;
}

static void race(const char *uri)
{
    static worker w[WORKERS];
    arc_context *ctx = context_for(uri);
    arc_session *s;
    int64_t n, amount;
    memset(w, 0, sizeof w);
    arc_book *b = open_new(ctx, uri);
    assert_ok(book_session(b, &s));
    assert_ok(request_found(s));
    for (int i = 0; i < WORKERS; i++) assert_ok(arc_book_clone(b, &w[i].book));
    double start = proc_clock();
    for (int i = 0; i < WORKERS; i++) assert_int_equal(pthread_create(&w[i].thread, NULL, work_through, &w[i]), 0);
    for (int i = 0; i < WORKERS; i++) assert_int_equal(pthread_join(w[i].thread, NULL), 0);
    print_message("%.20s: %.1f s\n", uri, proc_clock() - start);
    for (int i = 0; i < WORKERS; i++) {
        assert_ok(w[i].st);
        assert_memory_equal(w[i].ids, w[0].ids, sizeof w[i].ids); /* everybody was told the same */
    }
    assert_ok(request_count(s, &n, &amount));
    assert_int_equal(n, REQUESTS);
    assert_int_equal(amount, request_amount(REQUESTS));
    arc_context_free(ctx);
}

static void race_memory(void **unused)
{
    (void)unused;
    race("memory:race");
}

static void race_sqlite(void **unused) { (void)unused; on_sqlite(race); }
static void race_postgresql(void **unused) { (void)unused; on_server(race); }

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(steps), cmocka_unit_test(race_memory), cmocka_unit_test(race_sqlite),
                                        cmocka_unit_test(race_postgresql) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
