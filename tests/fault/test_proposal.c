/* SPDX-License-Identifier: Apache-2.0 */
/* Proposals whose applying breaks off at every step, and proposals that many apply at once: each unit is done exactly once. */
#include <pthread.h>

#include "arcore/sys/testkit.h"
#include "backend/memory.h"
#include "backend/sqlite.h"
#include "support/places.h"
#include "support/procs.h"
#include "support/request.h"
#include "support/support.h"

enum { EACH = 300 }; /* minor units of a receipt */

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

/* A customer and an item that nothing exhausts. */
static void found(arc_session *s)
{
    assert_ok(book_customers(s, 1, 1));
    assert_ok(book_invoice(s, NULL, "ITEM", 1, REQUEST_SUPPLY));
}

/* An approved proposal for n new receipts: n units of a line. */
static int64_t approved(arc_session *s, const char *name, int n)
{
    arc_proposal *p;
    int64_t id, ids[64];
    assert_true(n <= 64);
    for (int i = 0; i < n; i++) {
        char number[60];
        snprintf(number, sizeof number, "%s-%d", name, i);
        assert_ok(book_receipt(s, &ids[i], number, 1, EACH));
    }
    assert_ok(arc_receipt_propose(s, &p, ids, (size_t)n, NULL));
    assert_ok(arc_proposal_store(p, &id, NULL));
    assert_ok(arc_proposal_approve(p, NULL, 0));
    arc_proposal_free(p);
    return id;
}

static void allocated(arc_session *s, int64_t expected)
{
    int64_t n, amount;
    assert_ok(request_count(s, &n, &amount));
    assert_int_equal(n, expected);
    assert_int_equal(amount, expected * EACH);
}

static void proven(arc_book *b)
{
    arc_verify_summary found_wrong = ARC_VERIFY_SUMMARY_INIT;
    assert_ok(arc_book_verify(b, &found_wrong, NULL, NULL, NULL));
    assert_int_equal(found_wrong.findings, 0);
}

/* ---- broken off --------------------------------------------------------------------------------------------------------- */

typedef struct sweep {
    arc_shim shim;
    arc_session *s;
    int64_t proposals, partly;
} sweep;

static int one(sweep *w, int64_t at, arc_status with, uint32_t commit_first, uint32_t flags)
{
    arc_proposal *p, *fresh;
    arc_proposal_info info = ARC_PROPOSAL_INFO_INIT;
    arc_apply_options o = ARC_APPLY_OPTIONS_INIT;
    char name[40];
    snprintf(name, sizeof name, "S%lld", (long long)w->proposals);
    int64_t id = approved(w->s, name, 3), failed = w->shim.failed;
    assert_ok(arc_proposal_load(w->s, &p, id));
    o.flags = flags;
    w->shim.commit_first = commit_first;
    w->shim.fail_status = with;
    w->shim.fail_at = w->shim.calls + at;
    arc_status st = arc_proposal_apply(p, &o);
    w->shim.fail_at = 0;
    int hit = w->shim.failed > failed;
    if (!hit) assert_ok(st);
    assert_ok(arc_proposal_load(w->s, &fresh, id));
    assert_ok(arc_proposal_describe(fresh, &info));
    assert_int_equal(info.n_applied + info.n_approved, 3);
    if (flags) assert_true(info.n_applied == 0 || info.n_applied == 3);
    w->partly += info.n_applied && info.n_approved;
    assert_ok(arc_proposal_apply(fresh, NULL));
    assert_ok(arc_proposal_apply(fresh, NULL)); /* and nothing more */
    w->proposals++;
    allocated(w->s, 3 * w->proposals);
    arc_proposal_free(p);
    arc_proposal_free(fresh);
    return hit;
}

/* `stride`: every so many steps, beginning somewhere else for each kind of fault. */
static void at_steps(const arc_backend_ops *inner, const char *location, int64_t stride)
{
    static const struct {
        arc_status st;
        uint32_t commit_first, flags;
    } faults[] = { { ARC_E_IO, 0, 0 }, { ARC_E_OUTCOME_UNKNOWN, 0, 0 }, { ARC_E_IO, 1, 0 }, { ARC_E_CONFLICT, 0, 0 }, { ARC_E_IO, 1, ARC_APPLY_ATOMIC } };
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
    found(w.s);
    for (size_t f = 0; f < sizeof faults / sizeof faults[0]; f++) {
        int64_t at = 1 + (int64_t)f % stride;
        while (one(&w, at, faults[f].st, faults[f].commit_first, faults[f].flags)) at += stride;
        assert_true(at > 20);
    }
    proven(b);
    print_message("%s: %lld proposals, %lld broken off between units\n", inner->scheme, (long long)w.proposals, (long long)w.partly);
    assert_true(w.partly > 10);
    arc_book_close(b);
    test_close(&t);
}

static void steps(void **unused)
{
    (void)unused;
    at_steps(arci_backend_memory(), "steps", 2);
    at_steps(arci_backend_sqlite(), NULL, 9);
}

/* ---- many at once --------------------------------------------------------------------------------------------------------- */

enum { WORKERS = 4, ROUNDS = 4, UNITS = 24 };

typedef struct worker {
    pthread_t thread;
    arc_book *book;
    const int64_t *ids;
    arc_status st;
} worker;

static void *apply_all(void *arg)
{
    worker *w = arg;
    arc_session *s = NULL;
    w->st = book_session(w->book, &s);
    for (int i = 0; i < ROUNDS && w->st == ARC_OK; i++) {
        arc_proposal *p = NULL;
        w->st = arc_proposal_load(s, &p, w->ids[i]);
        for (int k = 0; k < 1000 && w->st == ARC_OK; k++) {
            w->st = arc_proposal_apply(p, NULL);
            if (!arc_status_retryable(w->st)) break;
            w->st = ARC_OK;
        }
        arc_proposal_free(p);
    }
    arc_session_close(s);
    return NULL;
}

static void race(const char *uri)
{
    static worker w[WORKERS];
    arc_context *ctx = context_for(uri);
    arc_session *s;
    int64_t ids[ROUNDS];
    memset(w, 0, sizeof w);
    arc_book *b = open_new(ctx, uri);
    assert_ok(book_session(b, &s));
    found(s);
    for (int i = 0; i < ROUNDS; i++) {
        char name[20];
        snprintf(name, sizeof name, "R%d", i);
        ids[i] = approved(s, name, UNITS);
    }
    for (int i = 0; i < WORKERS; i++) {
        w[i].ids = ids;
        assert_ok(arc_book_clone(b, &w[i].book));
    }
    double start = proc_clock();
    for (int i = 0; i < WORKERS; i++) assert_int_equal(pthread_create(&w[i].thread, NULL, apply_all, &w[i]), 0);
    for (int i = 0; i < WORKERS; i++) assert_int_equal(pthread_join(w[i].thread, NULL), 0);
    print_message("%.20s: %.1f s\n", uri, proc_clock() - start);
    for (int i = 0; i < WORKERS; i++) assert_ok(w[i].st);
    allocated(s, ROUNDS * UNITS);
    for (int i = 0; i < ROUNDS; i++) {
        arc_proposal *p;
        arc_proposal_info info = ARC_PROPOSAL_INFO_INIT;
        assert_ok(arc_proposal_load(s, &p, ids[i]));
        assert_ok(arc_proposal_describe(p, &info));
        assert_string_equal(info.status, "applied");
        assert_int_equal(info.n_applied, UNITS);
        arc_proposal_free(p);
    }
    proven(b);
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
