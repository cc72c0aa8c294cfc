/* SPDX-License-Identifier: Apache-2.0 */
/* Several write to one account at once: who comes second waits and succeeds, also where the account is a new one. */
#include "support/pg.h"
#include "support/support.h"

#ifdef ARCORE_HAVE_POSTGRESQL

#include <pthread.h>

#include "api/sample.h"
#include "conformance/postgresql_server.h"
#include "support/work_book.h"

enum { WRITERS = 4, EACH = 30 };

typedef struct writer {
    pthread_t thread;
    arc_book *book;
    int me, refused;
    arc_status wrong;
} writer;

static pthread_barrier_t meet;

/* Every call must be taken at once: nobody is told to try again. */
static void *post(void *arg)
{
    writer *w = arg;
    arc_session *s;
    w->wrong = book_session(w->book, &s);
    for (int i = 0; i < EACH && w->wrong == ARC_OK; i++) {
        char number[32];
        int64_t id = 0, receipt = 0;
        arc_error e = ARC_ERROR_INIT;
        if (i % 10 == 0) pthread_barrier_wait(&meet);
        int64_t customer = i / 10 + 1; /* a new account for all of them, three times */
        snprintf(number, sizeof number, "W%d-%d", w->me, i);
        w->wrong = book_invoice(s, &id, number, customer, 10000);
        if (w->wrong == ARC_OK) w->wrong = book_receipt(s, &receipt, number, customer, 10000);
        if (w->wrong != ARC_OK && arc_session_error(s, &e) == ARC_OK) fprintf(stderr, "writer %d: %s\n", w->me, e.message);
    }
    return NULL;
}

static void one_account(void **state)
{
    static writer w[WRITERS];
    test_env t;
    char uri[700];
    arc_session *s;
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    (void)state;
    NEED_SERVER();
    fresh();
    test_open(&t);
    assert_ok(arc_backend_register(t.ctx, ops));
    snprintf(uri, sizeof uri, "postgresql:%s?book=main", place());
    arc_book *book = sample_open(&t, uri, ARC_BOOK_CREATE);
    assert_ok(book_session(book, &s));
    assert_ok(book_customers(s, 1, 3));
    pthread_barrier_init(&meet, NULL, WRITERS);
    for (int i = 0; i < WRITERS; i++) {
        w[i].me = i;
        assert_ok(arc_book_clone(book, &w[i].book));
        assert_int_equal(pthread_create(&w[i].thread, NULL, post, &w[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) assert_int_equal(pthread_join(w[i].thread, NULL), 0);
    pthread_barrier_destroy(&meet);
    for (int i = 0; i < WRITERS; i++) assert_ok(w[i].wrong);
    assert_ok(arc_book_verify(book, &sum, NULL, NULL, NULL));
    assert_int_equal(sum.findings, 0);
    for (int i = 0; i < WRITERS; i++) arc_book_close(w[i].book);
    arc_book_close(book);
    test_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(one_account) };
    return cmocka_run_group_tests(tests, start, stop);
}

#else

static void without(void **state)
{
    (void)state;
    fprintf(stderr, "SKIPPED: built without libpq, the PostgreSQL backend was not tested\n");
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(without) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
