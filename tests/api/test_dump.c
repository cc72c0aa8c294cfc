/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical dump: the same bytes for the same work on every backend, whatever ids it drew. */
#include "sample.h"

#include "store/repo.h"

static void test_memory_and_sqlite(void **state)
{
    test_env *t = *state;
    char uri[600];
    arc_book *memory = sample_open(t, "memory:dump", ARC_BOOK_CREATE), *sqlite;
    sample_bytes dump;
    (void)test_dir(t);
    snprintf(uri, sizeof uri, "sqlite:%s", test_path(t, "dump.db"));
    sqlite = sample_open(t, uri, ARC_BOOK_CREATE);
    sample_fill(memory, 12);
    sample_fill(sqlite, 12);
    sample_same(memory, sqlite);
    dump = sample_dump(memory);
    assert_memory_equal(dump.s, "{\"arcore_dump\":1,\"schema\":1}\n{\"entity\":\"book\",", 46);
    assert_non_null(strstr(dump.s, "{\"entity\":\"customer\",\"id\":2,\"version\":1,"));
    assert_non_null(strstr(dump.s, "\"legal_name\":\"上海甲1有限公司, \\\"乙\\\"\\n\""));
    assert_non_null(strstr(dump.s, "\"parent\":5"));
    free(dump.s);
    arc_book_close(memory);
    arc_book_close(sqlite);
}

/* Two customers of two groups, with ids of the test's choosing. */
static void fill_with_ids(arc_book *handle, int64_t step)
{
    arci_book *b;
    arci_session s;
    arci_scope scope;
    arci_arena a;
    const arci_shape *groups, *customers;
    arci_batch *g, *c;
    uint32_t i;
    assert_ok(arci_book_enter(handle, &b));
    arci_session_system(&s, b);
    arci_arena_init(&a, b->ctx);
    assert_ok(arci_scope_begin(&s, &scope, ARC_WRITE, 0));
    assert_ok(arci_shape_get(scope.txn, &groups, "customer_group", "code name"));
    assert_ok(arci_shape_get(scope.txn, &customers, "customer", "code legal_name customer_group"));
    assert_ok(arci_batch_new(scope.txn, &a, &g, groups, ARC_WRITE_INSERT, 3, 0, NULL, 0));
    assert_ok(arci_batch_new(scope.txn, &a, &c, customers, ARC_WRITE_INSERT, 3, 0, NULL, 0));
    for (i = 0; i < 3; i++) {
        static const char *const codes[] = { "a", "b", "c" };
        arci_batch_id_set(g, i, 1 + step * i);
        arci_batch_id_set(c, i, 10 * step + i * step * 3);
        arci_batch_row(g, i)[0] = arci_batch_row(g, i)[1] = arci_v_text(codes[i], 1);
        arci_batch_row(c, i)[0] = arci_batch_row(c, i)[1] = arci_v_text(codes[i], 1);
        arci_batch_row(c, i)[2] = arci_v_int(1 + step * (2 - (int64_t)i));
    }
    arci_batch *both[2] = { g, c };
    assert_ok_err(&s.error, arci_repo_write(scope.txn, both, 2, NULL));
    assert_ok(arci_scope_end(&scope, ARC_OK));
    arci_arena_clear(&a);
    arci_session_clear(&s);
    assert_ok(arci_book_leave(b, ARC_OK));
}

static void test_gaps(void **state)
{
    test_env *t = *state;
    arc_book *dense = sample_open(t, "memory:dense", ARC_BOOK_CREATE), *wide = sample_open(t, "memory:wide", ARC_BOOK_CREATE);
    sample_bytes dump;
    fill_with_ids(dense, 1);
    fill_with_ids(wide, 1000);
    sample_same(dense, wide);
    dump = sample_dump(wide);
    assert_non_null(strstr(dump.s, "{\"entity\":\"customer\",\"id\":3,\"version\":1,\"txn\":"));
    assert_non_null(strstr(dump.s, "\"code\":\"c\",\"legal_name\":\"c\",\"customer_group\":1}"));
    free(dump.s);
    arc_book_close(dense);
    arc_book_close(wide);
}

static void test_stamps(void **state)
{
    test_env *t = *state;
    arc_copy_options o = ARC_COPY_OPTIONS_INIT;
    arc_book *a = sample_open(t, "memory:a", ARC_BOOK_CREATE), *b;
    sample_bytes x, y;
    memset(&x, 0, sizeof x);
    memset(&y, 0, sizeof y);
    sample_fill(a, 2);
    t->now += 1000000;
    b = sample_open(t, "memory:b", ARC_BOOK_CREATE);
    sample_fill(b, 2);
    assert_ok(arc_book_dump(a, sample_write, &x, NULL));
    assert_ok(arc_book_dump(b, sample_write, &y, NULL));
    assert_string_not_equal(x.s, y.s);
    x.n = y.n = 0;
    o.flags = ARC_DUMP_NO_STAMPS;
    assert_ok(arc_book_dump(a, sample_write, &x, &o));
    assert_ok(arc_book_dump(b, sample_write, &y, &o));
    assert_string_equal(x.s, y.s);
    free(x.s);
    free(y.s);
    arc_book_close(a);
    arc_book_close(b);
}

static int32_t stop(void *user, int64_t done, int64_t total)
{
    (void)user;
    (void)done;
    (void)total;
    return 1;
}

static void test_refusals(void **state)
{
    test_env *t = *state;
    arc_copy_options o = ARC_COPY_OPTIONS_INIT;
    arc_book *book = sample_open(t, "memory:r", ARC_BOOK_CREATE);
    arc_session *s;
    arc_txn *txn;
    sample_bytes b;
    memset(&b, 0, sizeof b);
    sample_fill(book, 1);
    assert_status(ARC_E_INVALID, arc_book_dump(book, NULL, NULL, NULL));
    o.flags = 2;
    assert_status(ARC_E_INVALID, arc_book_dump(book, sample_write, &b, &o));
    o.flags = 0;
    o.progress = stop;
    assert_status(ARC_E_CANCELLED, arc_book_dump(book, sample_write, &b, &o));
    b.calls = 0;
    b.stop_at = 1;
    assert_status(ARC_E_CANCELLED, arc_book_dump(book, sample_write, &b, NULL));
    b.stop_at = 0;
    assert_ok(arc_session_open(book, &s, NULL));
    assert_ok(arc_session_begin(s, &txn, ARC_READ));
    assert_status(ARC_E_TXN, arc_book_dump(book, sample_write, &b, NULL));
    arc_txn_rollback(txn);
    assert_ok(arc_book_dump(book, sample_write, &b, NULL));
    free(b.s);
    arc_book_close(book);
    assert_status(ARC_E_HANDLE, arc_book_dump(book, sample_write, &b, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_memory_and_sqlite, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_gaps, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_stamps, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_refusals, test_setup, test_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
