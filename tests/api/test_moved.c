/* SPDX-License-Identifier: Apache-2.0 */
/* A book's file goes away, or another one takes its place, while the book is open: nothing is written to where nobody finds it. */
#include <time.h>
#include <unistd.h>

#include "support/books.h"

typedef struct world {
    test_env t;
    char path[600], aside[620], uri[700];
    arc_book *book;
    arc_session *session;
} world;

static arc_status add(arc_session *s, const char *code)
{
    arc_record *r;
    arc_status st = arc_record_new(s, &r, ARC_CUSTOMER);
    if (st == ARC_OK) st = arc_customer_set_code(r, code, SIZE_MAX);
    if (st == ARC_OK) st = arc_customer_set_legal_name(r, code, SIZE_MAX);
    if (st == ARC_OK) st = arc_session_insert(s, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status look(arc_session *s)
{
    arc_record *r;
    arc_status st = arc_session_get(s, &r, ARC_CUSTOMER, 1);
    arc_record_free(r);
    return st;
}

static void open_again(world *w, uint32_t flags)
{
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_book_close(w->book);
    o.flags = flags;
    assert_ok(arc_book_open(w->t.ctx, &w->book, w->uri, &o));
    assert_ok(arc_session_open(w->book, &w->session, NULL));
}

static void start(world *w, const char *options)
{
    memset(w, 0, sizeof *w);
    test_open(&w->t);
    test_dir(&w->t);
    snprintf(w->path, sizeof w->path, "%s", test_path(&w->t, "company.arc"));
    snprintf(w->aside, sizeof w->aside, "%s.aside", w->path);
    snprintf(w->uri, sizeof w->uri, "sqlite:%s%s", w->path, options);
    open_again(w, ARC_BOOK_CREATE);
    assert_ok(add(w->session, "A"));
}

static void refused(world *w)
{
    arc_error e = ARC_ERROR_INIT;
    assert_status(ARC_E_CONNECTION, add(w->session, "B"));
    assert_ok(arc_session_error(w->session, &e));
    assert_true(e.retryable && strstr(e.message, "open it again"));
    assert_status(ARC_E_CONNECTION, look(w->session));
    arc_txn *t;
    assert_status(ARC_E_CONNECTION, arc_session_begin(w->session, &t, ARC_WRITE));
}

static void copy_file(const char *from, const char *to)
{
    char buf[4096];
    size_t n;
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_true(in && out);
    while ((n = fread(buf, 1, sizeof buf, in)) > 0) assert_int_equal(n, fwrite(buf, 1, n, out));
    fclose(in);
    assert_int_equal(0, fclose(out));
}

static const char *const journals[] = { "", "?journal=truncate" };

static void moved_and_back(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        world w;
        start(&w, journals[k]);
        assert_int_equal(0, rename(w.path, w.aside));
        refused(&w);
        assert_int_equal(0, rename(w.aside, w.path));
        assert_ok(add(w.session, "B"));
        open_again(&w, ARC_BOOK_READONLY);
        assert_int_equal(0, rename(w.path, w.aside));
        nanosleep(&(struct timespec){ 0, 110000000 }, NULL); /* a READ looks now and then */
        assert_status(ARC_E_CONNECTION, look(w.session));
        test_close(&w.t);
    }
}

static void replaced(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        world w;
        start(&w, journals[k]);
        copy_file(w.path, w.aside);
        assert_int_equal(0, rename(w.aside, w.path));
        refused(&w);
        arc_book *clone;
        if (k) assert_ok(arc_book_clone(w.book, &clone)); /* opens what is there now */
        test_close(&w.t);
    }
}

static void deleted(void **state)
{
    world w;
    (void)state;
    start(&w, "");
    arc_txn *t;
    assert_ok(arc_session_begin(w.session, &t, ARC_READ));
    assert_int_equal(0, unlink(w.path));
    assert_ok(look(w.session)); /* a snapshot stays what it was */
    arc_txn_rollback(t);
    refused(&w);
    arc_book *old = w.book;
    w.book = NULL;
    open_again(&w, ARC_BOOK_CREATE); /* beside the old log, which is of another file */
    assert_status(ARC_E_NOT_FOUND, look(w.session));
    assert_ok(add(w.session, "A"));
    arc_book_close(old);
    assert_ok(look(w.session));
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    assert_ok(arc_book_verify(w.book, &sum, NULL, NULL, NULL));
    assert_int_equal(0, sum.findings);
    test_close(&w.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(moved_and_back), cmocka_unit_test(replaced), cmocka_unit_test(deleted) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
