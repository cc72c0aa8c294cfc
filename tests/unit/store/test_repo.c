/* SPDX-License-Identifier: Apache-2.0 */
/* Books, transactions and the repository on every backend: what is written is read back, refused rows change nothing, undone
 * work leaves no trace. */
#include "store/repo.h"
#include "support/support.h"

static const char *const uris[] = { "memory:b", "sqlite:%s" };
static const char *const names[] = { "memory", "sqlite" };

typedef struct fixture {
    test_env t;
    arc_book *book;
    arc_session *session;
} fixture;

static void start(fixture *f, int backend)
{
    char uri[600];
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    test_open(&f->t);
    (void)test_dir(&f->t);
    o.flags = ARC_BOOK_CREATE;
    snprintf(uri, sizeof uri, uris[backend], test_path(&f->t, "book.db"));
    arc_status st = arc_book_open(f->t.ctx, &f->book, uri, &o);
    arc_error e = ARC_ERROR_INIT;
    assert_ok(arc_context_error(f->t.ctx, &e));
    assert_ok_err(&e, st);
    assert_ok(arc_session_open(f->book, &f->session, NULL));
}

static void stop(fixture *f)
{
    arc_book_close(f->book);
    test_close(&f->t);
}

static arc_status write_customers(arci_txn *t, int first, int n, uint32_t *refused)
{
    const arci_shape *s;
    arci_batch *b;
    arci_arena a;
    arci_arena_init(&a, t->book->ctx);
    arc_status st = arci_shape_get(t, &s, "customer_group", "code name");
    if (st == ARC_OK) st = arci_batch_new(t, &a, &b, s, ARC_WRITE_INSERT, (uint32_t)n, 0, NULL, 0);
    for (int i = 0; i < n && st == ARC_OK; i++) {
        char *text = arci_arena_calloc(&a, 32, 1);
        snprintf(text, 32, "C%05d", first + i);
        arci_batch_row(b, (uint32_t)i)[0] = arci_v_text(text, strlen(text));
        arci_batch_row(b, (uint32_t)i)[1] = arci_v_text(text, strlen(text));
    }
    if (st == ARC_OK) st = arci_repo_write(t, &b, 1, refused);
    arci_arena_clear(&a);
    return st;
}

static int64_t count(arci_txn *t)
{
    arci_scan *s;
    arc_block b;
    arc_measure m = { ARC_MEASURE_COUNT, 0 };
    arci_aggregate_spec spec = { .entity = arci_entity_by_name("customer_group", 14), .measures = &m, .n_measures = 1 };
    assert_ok_err(t->env->err, arci_scan_aggregate(t, &s, &spec));
    assert_ok_err(t->env->err, arci_scan_next(s, &b));
    int64_t n = b.values[0].u.i;
    arci_scan_end(s);
    return n;
}

static void written_rows_are_read(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        fixture f;
        arci_session *s;
        arci_scope sc;
        const arci_shape *shape;
        arci_arena a;
        arc_value *row;
        arci_rows rows;
        print_message("%s\n", names[k]);
        start(&f, k);
        arci_arena_init(&a, f.t.ctx);
        assert_ok(arci_session_enter(f.session, &s));
        assert_ok_err(&s->error, arci_scope_begin(s, &sc, ARC_WRITE, 0));
        assert_ok_err(&s->error, write_customers(sc.txn, 0, 10, NULL));
        assert_ok_err(&s->error, arci_scope_end(&sc, ARC_OK));
        assert_ok_err(&s->error, arci_scope_begin(s, &sc, ARC_READ, 0));
        assert_int_equal(count(sc.txn), 10);
        assert_ok_err(&s->error, arci_shape_get(sc.txn, &shape, "customer_group", "id code version txn"));
        assert_ok_err(&s->error, arci_repo_get(sc.txn, shape, 3, &a, &row));
        assert_int_equal(row[0].u.i, 3);
        assert_string_equal(row[1].u.s, "C00002");
        assert_int_equal(row[2].u.i, 1);
        assert_status(ARC_E_NOT_FOUND, arci_repo_get(sc.txn, shape, 99, &a, &row));
        assert_int_equal(s->error.id, 99);
        arci_where w;
        arci_where_init(&w);
        arci_where_text(&w, shape->cols[1], ARC_OP_GE, "C00005", 6);
        arc_order o = { shape->cols[1], 1 };
        assert_ok_err(&s->error, arci_repo_find(sc.txn, shape, &w, &o, 1, 3, &a, &rows));
        assert_int_equal(rows.n_rows, 3);
        assert_int_equal(rows.values[0].u.i, 10);
        assert_ok(arci_scope_end(&sc, ARC_OK));
        assert_ok(arci_session_leave(s, ARC_OK));
        arci_arena_clear(&a);
        stop(&f);
    }
}

static void refused_work_is_undone(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        fixture f;
        arci_session *s;
        arci_scope sc;
        arc_txn *txn;
        start(&f, k);
        assert_ok(arc_session_begin(f.session, &txn, ARC_WRITE));
        assert_ok(arci_session_enter(f.session, &s));
        assert_ok_err(&s->error, arci_scope_begin(s, &sc, ARC_WRITE, 0));
        assert_ok_err(&s->error, arci_scope_end(&sc, write_customers(sc.txn, 0, 5, NULL)));
        assert_ok(arci_scope_begin(s, &sc, ARC_WRITE, 0));
        assert_status(ARC_E_EXISTS, arci_scope_end(&sc, write_customers(sc.txn, 3, 5, NULL)));
        assert_int_equal(s->error.row, 0);
        assert_string_equal(s->error.field, "code");
        assert_int_equal(count(sc.txn), 5);
        uint32_t refused;
        assert_ok(arci_scope_begin(s, &sc, ARC_WRITE, 0));
        assert_ok_err(&s->error, arci_scope_end(&sc, write_customers(sc.txn, 3, 5, &refused)));
        assert_int_equal(refused, 2);
        assert_int_equal(count(sc.txn), 8);
        assert_ok(arci_session_leave(s, ARC_OK));
        assert_ok(arc_txn_commit(txn));
        assert_ok(arci_session_enter(f.session, &s));
        assert_ok(arci_scope_begin(s, &sc, ARC_READ, 0));
        assert_int_equal(count(sc.txn), 8);
        assert_ok(arci_scope_end(&sc, ARC_OK));
        assert_ok(arci_session_leave(s, ARC_OK));
        stop(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_rows_are_read),
        cmocka_unit_test(refused_work_is_undone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
