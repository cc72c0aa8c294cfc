/* SPDX-License-Identifier: Apache-2.0 */
/* A backend that talks nonsense is found out: ARC_E_BACKEND, nothing believed. And tables that cannot be backends are refused. */
#include "backend/memory.h"
#include "store/repo.h"
#include "support/books.h"
#include "arcore/fields.h"

/* The memory backend behind functions that lie. */
static enum lie {
    NONE,
    POSITIVE,
    UNKNOWN,
    NO_TXN,
    NO_CURSOR,
    BAD_RESULT,
    EMPTY_BLOCK,
    WRONG_COLUMNS,
    WRONG_TYPE,
    NULL_REQUIRED,
    BAD_SEQUENCE,
    LIMIT_ONLY,
    PLAN_FLAG,
    NO_AGGREGATE_CURSOR,
    STRANGER,
    SILENT_RESULT,
    FAR_SEQUENCE,
    BEYOND_LIMIT,
    GROUP_TWICE,
    TWO_TOTALS,
    NO_TOTAL,
    LEFT_AGGREGATE,
    LEFT_UNSUPPORTED,
    LEFT_FETCH,
    LIES
} lie;

static const arc_backend_ops *real;

static arc_status lying_begin(void *be, uint32_t mode, uint32_t timeout, void **txn)
{
    arc_status st = real->begin(be, mode, timeout, txn);
    if (lie == POSITIVE && st == ARC_OK) {
        real->rollback(*txn);
        return 99;
    }
    if (lie == NO_TXN && st == ARC_OK) {
        real->rollback(*txn);
        *txn = NULL;
    }
    return st;
}

static arc_status lying_write(void *txn, arc_write *const *writes, uint32_t n)
{
    if (lie == SILENT_RESULT) return ARC_OK;
    arc_status st = real->write(txn, writes, n);
    if (lie == BAD_RESULT) writes[0]->results[0] = 77;
    return lie == UNKNOWN ? -999 : st;
}

static arc_status lying_fetch(void *txn, arc_fetch *const *fetches, uint32_t n)
{
    arc_status st = real->fetch(txn, fetches, n);
    if (lie == NO_CURSOR && st == ARC_OK) {
        real->end(fetches[0]->cursor);
        fetches[0]->cursor = NULL;
    }
    if (lie == LEFT_FETCH && st == ARC_OK) {
        real->end(fetches[0]->cursor); /* what stays there points at nothing */
        return ARC_E_IO;
    }
    return st;
}

static arc_status lying_next(void *cursor, arc_block *block)
{
    static arc_value values[64 * 64];
    arc_status st = real->next(cursor, block);
    if (lie == NO_TOTAL) return ARC_DONE;
    if (lie >= SILENT_RESULT && st == ARC_OK) { /* the first row again */
        uint32_t twice = lie == BEYOND_LIMIT ? 6 : lie == GROUP_TWICE || lie == TWO_TOTALS ? 2 : 0;
        for (uint32_t i = 0; i < twice; i++) memcpy(values + i * block->n_cols, block->values, block->n_cols * sizeof values[0]);
        if (twice) block->values = values;
        if (twice) block->n_rows = twice;
        return st;
    }
    if (st != ARC_OK || lie < EMPTY_BLOCK) return st;
    memcpy(values, block->values, (size_t)block->n_cols * sizeof values[0]);
    block->values = values;
    block->n_rows = 1;
    if (lie == EMPTY_BLOCK) block->n_rows = 0;
    if (lie == WRONG_COLUMNS) block->n_cols++;
    if (lie == WRONG_TYPE) values[0].type = values[0].type == ARC_V_INT ? ARC_V_TEXT : ARC_V_INT;
    if (lie == NULL_REQUIRED) values[0].type = ARC_V_NULL;
    if (lie == STRANGER && block->n_cols > 1) values[block->n_cols - 1].u.i += 1000;
    return st;
}

static void lying_plan(void *be, arc_fetch *f)
{
    real->plan(be, f);
    if (lie == BEYOND_LIMIT) {
        for (uint32_t i = 0; i < f->n_conds; i++) f->conds[i].accepted = 1;
        f->planned = ARC_PLAN_LIMIT | ARC_PLAN_ORDER;
    }
    if (lie == LIMIT_ONLY) {
        for (uint32_t i = 0; i < f->n_conds; i++) f->conds[i].accepted = 0;
        f->planned = ARC_PLAN_LIMIT;
    }
    if (lie == PLAN_FLAG) f->planned = 0x80;
}

static arc_status lying_reserve(void *txn, int64_t book, const char *name, uint32_t n, int64_t *first)
{
    arc_status st = real->reserve(txn, book, name, n, first);
    if (lie == BAD_SEQUENCE) *first = 0;
    if (lie == FAR_SEQUENCE) *first = INT64_MAX;
    return st;
}

static arc_status lying_aggregate(void *txn, arc_aggregate *a)
{
    arc_status st = lie == NO_AGGREGATE_CURSOR ? ARC_OK : real->aggregate(txn, a);
    if ((lie == LEFT_AGGREGATE || lie == LEFT_UNSUPPORTED) && st == ARC_OK) {
        real->end(a->cursor); /* what stays there points at nothing */
        return lie == LEFT_AGGREGATE ? ARC_E_IO : ARC_E_UNSUPPORTED;
    }
    if (lie != NO_AGGREGATE_CURSOR) return st;
    a->cursor = NULL;
    return ARC_OK;
}

static arc_status insert(arc_session *s, const char *code)
{
    arc_record *r;
    arc_status st = arc_record_new(s, &r, ARC_CUSTOMER_GROUP);
    if (st == ARC_OK) st = arc_record_set_text(r, ARC_CUSTOMER_GROUP_CODE, code, SIZE_MAX);
    if (st == ARC_OK) st = arc_record_set_text(r, ARC_CUSTOMER_GROUP_NAME, code, SIZE_MAX);
    if (st == ARC_OK) st = arc_session_insert(s, NULL, r);
    arc_record_free(r);
    return st;
}

/* One call that meets the lie. */
static arc_status meet(arc_session *s)
{
    static const arc_field_id fields[] = { ARC_CUSTOMER_GROUP_ID, ARC_CUSTOMER_GROUP_NAME };
    arc_query *q;
    arc_cursor *c = NULL;
    arc_record *r = NULL;
    if (lie <= NO_TXN || lie == BAD_RESULT || lie == BAD_SEQUENCE || lie == SILENT_RESULT || lie == FAR_SEQUENCE) return insert(s, "B");
    if (lie == STRANGER) return arc_session_get(s, &r, ARC_CUSTOMER_GROUP, 1);
    arc_status st = arc_query_new(s, &q, ARC_CUSTOMER_GROUP);
    if (st == ARC_OK && lie == GROUP_TWICE) st = arc_query_group(q, ARC_CUSTOMER_GROUP_NAME);
    if (lie == NO_AGGREGATE_CURSOR || (lie >= GROUP_TWICE && lie <= LEFT_UNSUPPORTED)) st = arc_query_measure(q, ARC_COUNT, 0);
    else st = arc_query_select(q, fields, 2);
    if (st == ARC_OK) st = arc_query_limit(q, 5);
    if (st == ARC_OK) st = arc_query_run(q, &c);
    if (st == ARC_OK) st = arc_cursor_next(c);
    arc_cursor_free(c);
    arc_query_free(q);
    return st;
}

static void nonsense_is_found_out(void **state)
{
    (void)state;
    for (int k = 1; k < LIES; k++) {
        test_env t;
        arc_backend_ops ops;
        arc_book *book;
        arc_session *s;
        arc_book_options o = ARC_BOOK_OPTIONS_INIT;
        arc_error e = ARC_ERROR_INIT;
        test_open(&t);
        real = arci_backend_memory();
        ops = *real;
        ops.scheme = "liar";
        ops.begin = lying_begin;
        ops.write = lying_write;
        ops.fetch = lying_fetch;
        ops.next = lying_next;
        ops.plan = lying_plan;
        ops.reserve = lying_reserve;
        ops.aggregate = lying_aggregate;
        lie = NONE;
        assert_ok(arc_backend_register(t.ctx, &ops));
        o.flags = ARC_BOOK_CREATE;
        assert_ok(arc_book_open(t.ctx, &book, "liar:", &o));
        assert_ok(arc_session_open(book, &s, NULL));
        assert_ok(insert(s, "A"));
        lie = (enum lie)k;
        arc_status st = meet(s);
        lie = NONE;
        print_message("lie %d: %s\n", k, arc_status_name(st));
        assert_int_equal(st, k == LEFT_AGGREGATE || k == LEFT_FETCH ? ARC_E_IO : k == LEFT_UNSUPPORTED ? ARC_OK : ARC_E_BACKEND);
        (void)e;
        assert_int_equal(insert(s, "A"), ARC_E_EXISTS); /* the book works on, and nothing of the failed call stands */
        assert_ok(insert(s, "B"));
        arc_book_close(book);
        test_close(&t);
    }
}

static void tables_that_are_none(void **state)
{
    (void)state;
    test_env t;
    test_open(&t);
    assert_status(ARC_E_INVALID, arc_backend_register(t.ctx, NULL));
    assert_status(ARC_E_HANDLE, arc_backend_register(NULL, arci_backend_memory()));
    assert_status(ARC_E_EXISTS, arc_backend_register(t.ctx, arci_backend_memory()));
    for (int i = 0; i < 12; i++) {
        arc_backend_ops o = *arci_backend_memory();
        o.scheme = "mine";
        if (i == 0) o.struct_size = 8;
        if (i == 1) o.abi = 99;
        if (i == 2) o.scheme = NULL;
        if (i == 3) o.scheme = "Mine";
        if (i == 4) o.scheme = "mine:";
        if (i == 5) o.scheme = "averyveryverylongscheme";
        if (i == 6) o.write = NULL;
        if (i == 7) o.caps |= 0x8000;
        if (i == 8) o.savepoint = NULL;
        if (i == 9) o.threads = 7;
        if (i == 10) o.description = NULL;
        if (i == 11) {
            o.caps &= ~ARC_CAP_SINGLE_WRITER;
            o.lock_rows = NULL;
        }
        assert_status(ARC_E_INVALID, arc_backend_register(t.ctx, &o));
    }
    arc_backend_ops o = *arci_backend_memory();
    for (int i = 0; i < 14; i++) {
        static char names[14][16];
        snprintf(names[i], sizeof names[i], "m%d", i);
        o.scheme = names[i];
        assert_ok(arc_backend_register(t.ctx, &o));
    }
    o.scheme = "last";
    assert_status(ARC_E_LIMIT, arc_backend_register(t.ctx, &o));
    test_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nonsense_is_found_out), cmocka_unit_test(tables_that_are_none) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
