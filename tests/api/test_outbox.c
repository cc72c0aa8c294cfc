/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox: put in with a verb, leased by one worker at a time, tried again with growing pauses, given up at last. */
#include <sys/wait.h>
#include <unistd.h>

#include "support/support.h"

#include "arcore/arcore.h"
#include "support/books.h"
#include "support/work_book.h"

#define SECOND INT64_C(1000000)

static arc_status put(arc_session *s, int64_t *id, const char *key, uint32_t most)
{
    arc_message m = ARC_MESSAGE_INIT;
    m.kind = "dunning.letter";
    m.channel = "email";
    m.message_key = key;
    m.payload = "{ \"to\": \"a@b.cn\", \"level\": 2 }";
    m.max_attempts = most;
    return arc_message_enqueue(s, id, &m);
}

static size_t lease(test_book *b, arc_message_lease *l, size_t n, uint32_t seconds)
{
    size_t count = 99;
    for (size_t i = 0; i < n; i++) assert_ok(arc_message_lease_init(&l[i]));
    assert_session(b, arc_message_lease_due(b->session, l, &count, n, "worker", seconds));
    return count;
}

static void status_is(test_book *b, int64_t id, const char *status)
{
    arc_record *r;
    const char *text;
    assert_session(b, arc_session_get(b->session, &r, ARC_MESSAGE, id));
    assert_ok(arc_record_get_text(r, &text, NULL, ARC_MESSAGE_STATUS));
    assert_string_equal(text, status);
    arc_record_free(r);
}

static void proven(test_book *b)
{
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    assert_ok(arc_book_verify(b->book, &sum, NULL, NULL, NULL));
    assert_int_equal(sum.findings, 0);
}

static void life(void **state)
{
    (void)state;
    for (int k = 0; k < TEST_BACKENDS; k++) {
        static test_book b;
        arc_message_lease l[5];
        int64_t id[3];
        int32_t dead = 9;
        arc_txn *t;
        test_book_open(&b, k);
        assert_session(&b, arc_session_begin(b.session, &t, ARC_WRITE));
        assert_session(&b, put(b.session, &id[0], "gone", 0));
        arc_txn_rollback(t); /* with the verb that caused it */
        for (int i = 0; i < 3; i++) {
            char key[8];
            snprintf(key, sizeof key, "k%d", i);
            assert_session(&b, put(b.session, &id[i], key, 2));
        }
        assert_session_status(ARC_E_EXISTS, &b, put(b.session, NULL, "k1", 0));
        assert_int_equal(lease(&b, l, 2, 60), 2);
        assert_int_equal(l[0].id, id[0]);
        assert_int_equal(l[1].id, id[1]);
        assert_int_equal(l[0].attempt, 1);
        assert_int_equal(l[0].leased_to, b.t.now + 60 * SECOND);
        assert_int_equal(lease(&b, l + 2, 3, 60), 1); /* the rest; nobody gets one twice */
        assert_int_equal(l[2].id, id[2]);
        assert_int_equal(lease(&b, l + 3, 2, 60), 0);
        assert_session(&b, arc_message_acknowledge(b.session, id[0], l[0].lease, "{\"smtp\": 250}", SIZE_MAX));
        status_is(&b, id[0], "sent");
        assert_session_status(ARC_E_STALE, &b, arc_message_acknowledge(b.session, id[0], l[0].lease, NULL, 0));
        assert_session(&b, arc_message_receipt(b.session, id[0], "delivered", NULL, 0));
        status_is(&b, id[0], "delivered");
        assert_session_status(ARC_E_STATE, &b, arc_message_receipt(b.session, id[1], "delivered", NULL, 0));
        assert_session(&b, arc_message_fail(b.session, &dead, id[1], l[1].lease, "line busy", 10));
        assert_int_equal(dead, 0);
        assert_int_equal(lease(&b, l + 3, 2, 60), 0);
        b.t.now += 10 * SECOND;
        assert_int_equal(lease(&b, l + 3, 2, 60), 1);
        assert_int_equal(l[3].id, id[1]);
        assert_int_equal(l[3].attempt, 2);
        assert_session_status(ARC_E_STALE, &b, arc_message_fail(b.session, NULL, id[1], l[1].lease, NULL, 0)); /* of the lease before */
        assert_session(&b, arc_message_fail(b.session, &dead, id[1], l[3].lease, "no such address", 10));
        assert_int_equal(dead, 1);
        status_is(&b, id[1], "dead");
        b.t.now += 60 * SECOND; /* the lease of the third one ends: it is due again, then its attempts are used up */
        assert_int_equal(lease(&b, l + 3, 2, 60), 1);
        assert_int_equal(l[3].id, id[2]);
        b.t.now += 61 * SECOND;
        assert_int_equal(lease(&b, l + 3, 2, 60), 0);
        status_is(&b, id[2], "dead");
        proven(&b);
        test_book_close(&b);
    }
}

/* Pauses double up to a day. */
static void pauses(void **state)
{
    static const int64_t expected[] = { 3600, 7200, 14400, 28800, 57600, 86400, 86400 };
    static test_book b;
    arc_message_lease l[1];
    int64_t id;
    (void)state;
    test_book_open(&b, 0);
    assert_session(&b, put(b.session, &id, "k", 100));
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_int_equal(lease(&b, l, 1, 60), 1);
        assert_session(&b, arc_message_fail(b.session, NULL, id, l[0].lease, NULL, 3600));
        b.t.now += (expected[i] - 1) * SECOND;
        assert_int_equal(lease(&b, l, 1, 60), 0);
        b.t.now += SECOND;
    }
    test_book_close(&b);
}

static void refusals(void **state)
{
    static test_book b;
    arc_message m = ARC_MESSAGE_INIT;
    arc_message_lease l[1] = { ARC_MESSAGE_LEASE_INIT };
    size_t n;
    arc_txn *t;
    int64_t id;
    (void)state;
    test_book_open(&b, 1);
    assert_session_status(ARC_E_INVALID, &b, arc_message_enqueue(b.session, NULL, NULL));
    assert_session_status(ARC_E_REQUIRED, &b, arc_message_enqueue(b.session, NULL, &m));
    m.kind = "x";
    m.message_key = "x";
    assert_session_status(ARC_E_REQUIRED, &b, arc_message_enqueue(b.session, NULL, &m));
    m.payload = "{";
    assert_session_status(ARC_E_SYNTAX, &b, arc_message_enqueue(b.session, NULL, &m));
    m.payload = "{}";
    m.channel = "pigeon";
    assert_session_status(ARC_E_VALUE, &b, arc_message_enqueue(b.session, NULL, &m));
    m.channel = NULL;
    m.customer = 77;
    assert_session_status(ARC_E_REFERENCE, &b, arc_message_enqueue(b.session, NULL, &m));
    m.customer = 0;
    m.max_attempts = 1001;
    assert_session_status(ARC_E_RANGE, &b, arc_message_enqueue(b.session, NULL, &m));
    m.max_attempts = 1;
    assert_session(&b, arc_message_enqueue(b.session, &id, &m));
    assert_session_status(ARC_E_INVALID, &b, arc_message_lease_due(b.session, l, &n, 1, "", 60));
    assert_session_status(ARC_E_INVALID, &b, arc_message_lease_due(b.session, l, &n, 1, "w", 0));
    assert_session_status(ARC_E_INVALID, &b, arc_message_lease_due(b.session, l, NULL, 1, "w", 1));
    assert_session(&b, arc_session_begin(b.session, &t, ARC_WRITE));
    assert_session_status(ARC_E_TXN, &b, arc_message_lease_due(b.session, l, &n, 1, "w", 60));
    arc_txn_rollback(t);
    assert_session(&b, arc_message_lease_due(b.session, l, &n, 1, "w", 60));
    assert_session_status(ARC_E_SYNTAX, &b, arc_message_acknowledge(b.session, id, l[0].lease, "nonsense", SIZE_MAX));
    assert_session_status(ARC_E_NOT_FOUND, &b, arc_message_acknowledge(b.session, 99, 1, NULL, 0));
    assert_session_status(ARC_E_VALUE, &b, arc_message_receipt(b.session, id, "sent", NULL, 0));
    proven(&b);
    test_book_close(&b);
}

/* ---- two workers --------------------------------------------------------------------------------------------------------- */

enum { MESSAGES = 60 };

/* Leases three at a time and writes down what it was given. */
static int deliver(const char *uri, const char *name, const char *path)
{
    arc_context *ctx;
    arc_context_options co = ARC_CONTEXT_OPTIONS_INIT;
    arc_book *book;
    arc_session *s;
    FILE *f = fopen(path, "w");
    co.clock = arc_clock_system;
    co.random = arc_random_system;
    if (!f || arc_context_new(&ctx, &co) != ARC_OK || arc_book_open(ctx, &book, uri, NULL) != ARC_OK || arc_session_open(book, &s, NULL) != ARC_OK) return 1;
    for (int idle = 0; idle < 3;) {
        arc_message_lease l[3] = { ARC_MESSAGE_LEASE_INIT, ARC_MESSAGE_LEASE_INIT, ARC_MESSAGE_LEASE_INIT };
        size_t n = 0;
        arc_status st = arc_message_lease_due(s, l, &n, 3, name, 3600);
        if (st != ARC_OK && st != ARC_E_BUSY && st != ARC_E_CONFLICT) return 2;
        idle = n ? 0 : idle + 1;
        for (size_t i = 0; i < n; i++) {
            fprintf(f, "%lld\n", (long long)l[i].id);
            if (i % 2) while ((st = arc_message_acknowledge(s, l[i].id, l[i].lease, NULL, 0)) == ARC_E_BUSY || st == ARC_E_CONFLICT) { }
        }
    }
    fclose(f);
    arc_context_free(ctx);
    return 0;
}

static void two_workers(void **state)
{
    test_env t;
    char uri[700], paths[2][700];
    arc_book *book;
    arc_session *s;
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    int seen[MESSAGES + 1] = { 0 }, status;
    pid_t pids[2];
    (void)state;
    test_open(&t);
    (void)test_dir(&t);
    snprintf(uri, sizeof uri, "sqlite:%s", test_path(&t, "book.arc"));
    for (int i = 0; i < 2; i++) snprintf(paths[i], sizeof paths[i], "%s-%d", test_path(&t, "given"), i);
    o.flags = ARC_BOOK_CREATE;
    assert_ok(arc_book_open(t.ctx, &book, uri, &o));
    assert_ok(arc_session_open(book, &s, NULL));
    for (int i = 0; i < MESSAGES; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%d", i);
        assert_ok(put(s, NULL, key, 0));
    }
    arc_book_close(book);
    for (int i = 0; i < 2; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (!pids[i]) _exit(deliver(uri, i ? "b" : "a", paths[i]));
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        FILE *f = fopen(paths[i], "r");
        long long id;
        assert_non_null(f);
        while (fscanf(f, "%lld", &id) == 1) seen[id]++;
        fclose(f);
    }
    for (int i = 1; i <= MESSAGES; i++) assert_int_equal(seen[i], 1);
    assert_ok(arc_book_open(t.ctx, &book, uri, NULL));
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    assert_ok(arc_book_verify(book, &sum, NULL, NULL, NULL));
    assert_int_equal(sum.findings, 0);
    arc_book_close(book);
    test_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(life), cmocka_unit_test(pauses), cmocka_unit_test(refusals), cmocka_unit_test(two_workers) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
