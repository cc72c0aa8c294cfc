/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of books: native and row by row, while others write, cancelled, refused. */
#include "sample.h"

#include <pthread.h>
#include <stdatomic.h>

#include <sys/stat.h>
#include <unistd.h>

static char *uri_of(test_env *t, const char *name, char uri[600])
{
    (void)test_dir(t);
    snprintf(uri, 600, "sqlite:%s", test_path(t, name));
    return uri;
}

/* No file whose name begins like this one is there: from 0 the file itself, from 1 those beside it. */
static void assert_none_from(test_env *t, const char *name, size_t i)
{
    static const char *const suffixes[] = { "", "-wal", "-shm", "-journal", "-arclock" };
    for (; i < 5; i++) {
        char file[100];
        snprintf(file, sizeof file, "%s%s", name, suffixes[i]);
        if (access(test_path(t, file), F_OK) == 0) fail_msg("%s is there", file);
    }
}

static void assert_nothing(test_env *t, const char *name) { assert_none_from(t, name, 0); }
static void assert_nothing_beside(test_env *t, const char *name) { assert_none_from(t, name, 1); }

static void remove_store(test_env *t, const char *name)
{
    static const char *const suffixes[] = { "", "-wal", "-shm", "-journal", "-arclock" };
    size_t i;
    for (i = 0; i < 5; i++) {
        char file[100];
        snprintf(file, sizeof file, "%s%s", name, suffixes[i]);
        (void)unlink(test_path(t, file));
    }
}

#define assert_backup(expected, book, uri, options) assert_book(book, expected, arc_book_backup(book, uri, options))

static void assert_book(arc_book *book, arc_status expected, arc_status st)
{
    arc_error e = ARC_ERROR_INIT;
    (void)arc_book_error(book, &e);
    if (st != expected) fail_msg("%s instead of %s: %s", arc_status_name(st), arc_status_name(expected), e.message);
}

static void test_native(void **state)
{
    test_env *t = *state;
    char from[600], to[600];
    arc_book *book = sample_open(t, uri_of(t, "a.db", from), ARC_BOOK_CREATE), *copy;
    sample_fill(book, 10);
    assert_backup(ARC_OK, book, uri_of(t, "b.db", to), NULL);
    copy = sample_open(t, to, 0);
    sample_same(book, copy);
    assert_backup(ARC_E_EXISTS, book, to, NULL);
    sample_same(book, copy);
    arc_book_close(copy);
    arc_book_close(book);
}

/* A copy is one file, and reading it writes nothing beside it: so it can be read from a medium that takes no writing. */
static void test_read_only(void **state)
{
    test_env *t = *state;
    char from[600], to[600], folder[600];
    arc_book *book = sample_open(t, uri_of(t, "a.db", from), ARC_BOOK_CREATE), *copy;
    sample_fill(book, 10);
    snprintf(folder, sizeof folder, "%s", test_path(t, "archive"));
    assert_int_equal(0, mkdir(folder, 0700));
    assert_backup(ARC_OK, book, uri_of(t, "archive/b.db", to), NULL);
    assert_int_equal(0, chmod(folder, 0500)); /* not for root, who may write all the same; what is there is looked at below */
    copy = sample_open(t, to, ARC_BOOK_READONLY);
    sample_same(book, copy);
    assert_int_equal(0, access(test_path(t, "archive/b.db"), F_OK));
    arc_book_close(copy);
    assert_nothing_beside(t, "archive/b.db");
    assert_int_equal(0, chmod(folder, 0700));
    copy = sample_open(t, to, 0); /* and it can be gone on with */
    arc_session *s;
    assert_ok(arc_session_open(copy, &s, NULL));
    (void)sample_insert(s, ARC_CUSTOMER_GROUP, "{\"code\":\"NEW\",\"name\":\"new\"}");
    arc_book_close(copy);
    arc_book_close(book);
    remove_store(t, "archive/b.db");
    assert_int_equal(0, rmdir(folder));
}

/* Row by row into another kind of store, which then goes on with its own ids behind the old ones. */
static void test_copy(void **state)
{
    test_env *t = *state;
    char to[600];
    arc_book *book = sample_open(t, "memory:copy", ARC_BOOK_CREATE), *copy;
    arc_session *s;
    sample_fill(book, 10);
    assert_backup(ARC_OK, book, uri_of(t, "c.db", to), NULL);
    copy = sample_open(t, to, 0);
    sample_same(book, copy);
    assert_ok(arc_session_open(copy, &s, NULL));
    assert_int_equal(sample_insert(s, ARC_CUSTOMER, "{\"code\":\"new\",\"legal_name\":\"N\",\"parent\":80}"), 81);
    arc_session_close(s);
    assert_backup(ARC_E_EXISTS, book, to, NULL);
    arc_book_close(copy);
    /* under another code */
    snprintf(to + strlen(to), sizeof to - strlen(to), "2?book=other");
    assert_backup(ARC_OK, book, to, NULL);
    copy = sample_open(t, to, 0);
    arc_book_close(copy);
    arc_book_close(book);
}

typedef struct other {
    arc_book *book;
    int calls, stop_at;
} other;

static int32_t write_meanwhile(void *user, int64_t done, int64_t total)
{
    other *o = user;
    arc_session *s;
    char json[100];
    (void)done;
    (void)total;
    if (++o->calls == o->stop_at) return 1;
    if (!o->book) return 0;
    assert_ok(arc_session_open(o->book, &s, NULL));
    snprintf(json, sizeof json, "{\"code\":\"M%d\",\"name\":\"meanwhile\"}", o->calls);
    (void)sample_insert(s, ARC_CUSTOMER_GROUP, json);
    arc_session_close(s);
    return 0;
}

/* A copy is of one moment, however much is written while it is made. */
static void test_while_others_write(void **state)
{
    test_env *t = *state;
    char from[600], to[600];
    arc_copy_options c = ARC_COPY_OPTIONS_INIT;
    arc_book *book = sample_open(t, uri_of(t, "a.db", from), ARC_BOOK_CREATE), *copy;
    sample_bytes before, after;
    other o = { NULL, 0, 0 };
    sample_fill(book, 10);
    before = sample_dump(book);
    assert_ok(arc_book_clone(book, &o.book));
    c.progress = write_meanwhile;
    c.progress_user = &o;
    assert_backup(ARC_OK, book, uri_of(t, "b.db", to), &c);
    assert_true(o.calls > 0);
    arc_book_close(o.book);
    copy = sample_open(t, to, 0);
    after = sample_dump(copy);
    assert_string_equal(before.s, after.s);
    free(before.s);
    free(after.s);
    arc_book_close(copy);
    arc_book_close(book);
}

static void test_cancel(void **state)
{
    test_env *t = *state;
    char from[600], to[600];
    arc_copy_options c = ARC_COPY_OPTIONS_INIT;
    arc_book *book = sample_open(t, uri_of(t, "a.db", from), ARC_BOOK_CREATE);
    arc_book *memory = sample_open(t, "memory:cancel", ARC_BOOK_CREATE);
    other o = { NULL, 0, 1 };
    sample_fill(book, 4);
    sample_fill(memory, 4);
    c.progress = write_meanwhile;
    c.progress_user = &o;
    assert_backup(ARC_E_CANCELLED, book, uri_of(t, "b.db", to), &c);
    assert_nothing(t, "b.db");
    for (o.stop_at = 1; o.stop_at < 5; o.stop_at++) {
        o.calls = 0;
        assert_backup(ARC_E_CANCELLED, memory, to, &c);
        assert_nothing(t, "b.db");
    }
    assert_backup(ARC_OK, memory, to, NULL);
    arc_book_close(book);
    arc_book_close(memory);
}

static void test_refusals(void **state)
{
    test_env *t = *state;
    char to[600];
    arc_copy_options c = ARC_COPY_OPTIONS_INIT;
    arc_book *book = sample_open(t, "memory:ref", ARC_BOOK_CREATE);
    arc_session *s;
    arc_txn *txn;
    FILE *f;
    sample_fill(book, 1);
    assert_backup(ARC_E_INVALID, book, NULL, NULL);
    assert_backup(ARC_E_INVALID, book, "nothing", NULL);
    assert_backup(ARC_E_UNSUPPORTED, book, "martian:x", NULL);
    assert_backup(ARC_E_UNSUPPORTED, book, "memory:other", NULL);
    c.flags = 1;
    assert_backup(ARC_E_INVALID, book, uri_of(t, "x.db", to), &c);
    assert_ok(arc_session_open(book, &s, NULL));
    assert_ok(arc_session_begin(s, &txn, ARC_READ));
    assert_backup(ARC_E_TXN, book, to, NULL);
    arc_txn_rollback(txn);
    f = fopen(test_path(t, "x.db"), "w");
    fputs("something else altogether", f);
    fclose(f);
    assert_backup(ARC_E_EXISTS, book, to, NULL);
    f = fopen(test_path(t, "x.db"), "r");
    assert_int_equal(fgetc(f), 's');
    fclose(f);
    arc_book_close(book);
    assert_status(ARC_E_HANDLE, arc_book_backup(book, to, NULL));
}

/* ---- restore ------------------------------------------------------------------------------------------------------- */

static void assert_restore(test_env *t, arc_status expected, const char *from, const char *to)
{
    arc_error e = ARC_ERROR_INIT;
    arc_status st = arc_book_restore(t->ctx, from, to, NULL);
    (void)arc_context_error(t->ctx, &e);
    if (st != expected) fail_msg("%s instead of %s: %s", arc_status_name(st), arc_status_name(expected), e.message);
    if (st != ARC_OK) assert_int_equal(e.status, st);
}

static void test_restore(void **state)
{
    test_env *t = *state;
    char a[600], b[600], c[600];
    arc_book *book = sample_open(t, uri_of(t, "a.db", a), ARC_BOOK_CREATE), *copy;
    sample_fill(book, 6);
    assert_backup(ARC_OK, book, uri_of(t, "b.db", b), NULL);
    assert_restore(t, ARC_OK, b, uri_of(t, "c.db", c));
    copy = sample_open(t, c, 0);
    sample_same(book, copy);
    arc_book_close(copy);
    assert_restore(t, ARC_E_EXISTS, b, c);
    assert_restore(t, ARC_E_NOT_FOUND, uri_of(t, "nothing.db", a), uri_of(t, "d.db", c));
    assert_nothing(t, "d.db");
    strcat(c, "?book=other");
    assert_restore(t, ARC_E_INVALID, b, c);
    assert_restore(t, ARC_E_INVALID, NULL, c);
    assert_restore(t, ARC_E_INVALID, b, NULL);
    assert_restore(t, ARC_E_UNSUPPORTED, b, "memory:m");
    arc_book_close(book);
}

static int opens(test_env *t, const char *uri)
{
    arc_book *book;
    arc_status st = arc_book_open(t->ctx, &book, uri, NULL);
    arc_book_close(book);
    return st == ARC_OK;
}

typedef struct writer {
    arc_book *book;
    atomic_int stop;
    int written;
} writer;

static void *write_on(void *arg)
{
    writer *w = arg;
    arc_session *s;
    if (arc_session_open(w->book, &s, NULL) != ARC_OK) return NULL;
    while (!atomic_load(&w->stop)) {
        arc_record *r;
        char code[40];
        snprintf(code, sizeof code, "W%d", w->written);
        if (arc_record_new(s, &r, ARC_CUSTOMER_GROUP) != ARC_OK) break;
        (void)arc_customer_group_set_code(r, code, SIZE_MAX);
        (void)arc_customer_group_set_name(r, "meanwhile", SIZE_MAX);
        if (arc_session_insert(s, NULL, r) == ARC_OK) w->written++;
        arc_record_free(r);
    }
    arc_session_close(s);
    return NULL;
}

/* From a book that another thread writes to all the time: between the proof of the source, the copy and its proof. A context of its own, since
 * that of the tests counts memory for one thread. */
static void restore_busy(test_env *t, const char *from, const char *to)
{
    arc_context_options o = ARC_CONTEXT_OPTIONS_INIT;
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    arc_context *ctx;
    arc_book *book, *copy;
    pthread_t thread;
    writer w = { NULL, 0, 0 };
    (void)t;
    o.clock = arc_clock_system;
    bo.flags = ARC_BOOK_CREATE;
    assert_ok(arc_context_new(&ctx, &o));
    assert_ok(arc_book_open(ctx, &book, from, &bo));
    sample_fill(book, 40);
    assert_ok(arc_book_clone(book, &w.book));
    assert_int_equal(pthread_create(&thread, NULL, write_on, &w), 0);
    arc_status st = arc_book_restore(ctx, from, to, NULL);
    atomic_store(&w.stop, 1);
    (void)pthread_join(thread, NULL);
    sample_check(ctx, st, from);
    assert_true(w.written > 0);
    bo.flags = 0;
    assert_ok(arc_book_open(ctx, &copy, to, &bo));
    assert_ok(arc_book_verify(copy, &sum, NULL, NULL, NULL));
    assert_int_equal(sum.findings, 0);
    arc_book_close(copy);
    arc_book_close(w.book);
    arc_book_close(book);
    arc_context_free(ctx);
}

static void test_restore_while_others_write(void **state)
{
    test_env *t = *state;
    char from[600], to[600];
    restore_busy(t, uri_of(t, "busy.db", from), uri_of(t, "rs.db", to));
    restore_busy(t, "memory:busy", uri_of(t, "rm.db", to));
}

/* Bytes of the backup are spoilt, page by page: whatever restore lets through equals the book that was saved. */
static void test_restore_damaged(void **state)
{
    test_env *t = *state;
    char a[600], b[600], c[600];
    arc_book *book = sample_open(t, uri_of(t, "a.db", a), ARC_BOOK_CREATE);
    sample_bytes before;
    size_t n, at;
    char *bytes;
    int refused = 0, passed = 0;
    uint64_t seed = 11;
    sample_fill(book, 6);
    before = sample_dump(book);
    assert_backup(ARC_OK, book, uri_of(t, "b.db", b), NULL);
    arc_book_close(book);
    bytes = test_read_file(test_path(t, "b.db"), &n);
    uri_of(t, "c.db", c);
    for (at = 0; at < n; at += n / 40) {
        FILE *f = fopen(test_path(t, "b.db"), "r+");
        size_t place = at + test_random(&seed) % 512, i;
        arc_status st;
        fseek(f, (long)place, SEEK_SET);
        for (i = 0; i < 3000; i++) fputc((int)(test_random(&seed) & 255), f);
        fclose(f);
        st = arc_book_restore(t->ctx, b, c, NULL);
        if (st == ARC_OK) { /* free space */
            sample_bytes after;
            book = sample_open(t, c, 0);
            after = sample_dump(book);
            assert_string_equal(before.s, after.s);
            free(after.s);
            arc_book_close(book);
            remove_store(t, "c.db");
            passed++;
        } else {
            assert_nothing(t, "c.db");
            assert_false(opens(t, c));
            refused++;
        }
        f = fopen(test_path(t, "b.db"), "w");
        assert_int_equal(fwrite(bytes, 1, n, f), n);
        fclose(f);
    }
    print_message("%d refused, %d in free space\n", refused, passed);
    assert_true(refused >= 20);
    free(bytes);
    free(before.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_native, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_read_only, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_copy, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_while_others_write, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_cancel, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_refusals, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_restore, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_restore_while_others_write, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_restore_damaged, test_setup, test_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
