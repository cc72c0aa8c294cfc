/* SPDX-License-Identifier: Apache-2.0 */
/* What the conformance kit does not see: error details, cancelling, the views, indexes really used, the statement cache. */
#include "sqlite_support.h"

static const arc_backend_ops *ops;
static lite_host h;
static char db[600];
static void *be;

static int setup(void **state)
{
    test_setup(state);
    ops = arci_backend_sqlite();
    lite_host_init(&h);
    lite_path(*state, "a.db", db);
    be = lite_open(&h, db, &lite_v2, ARC_OPEN_CREATE);
    lite_fill(be, 1, 60);
    return 0;
}

static int teardown(void **state)
{
    ops->close(be);
    assert_int_equal(h.blocks, 0);
    return test_teardown(state);
}

static void *begin(uint32_t mode)
{
    void *txn;
    assert_int_equal(ops->begin(be, mode, 1000, &txn), ARC_OK);
    return txn;
}

static void one_text(const char *sql, const char *expected)
{
    sqlite3 *raw;
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_open(db, &raw), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(raw, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(s, 0), expected);
    sqlite3_finalize(s);
    sqlite3_close(raw);
}

/* People and reports see decimals, dates and times. */
static void views(void **state)
{
    (void)state;
    static const uint16_t cols[] = { I_BOOK, I_ID, I_CUSTOMER, I_CURRENCY, I_AMOUNT, I_OPEN, I_STATUS, I_MADE };
    static const struct {
        const char *currency, *shown;
    } cases[] = { { "EUR", "1234.56" }, { "JPY", "123456.0" }, { "KWD", "123.456" }, { "CLF", "12.3456" }, { "CNY", "1234.56" } };
    void *txn = begin(ARC_TXN_WRITE);
    uint8_t r;
    for (int i = 0; i < 5; i++) {
        arc_value v[] = { lite_int(1), lite_int(1000 + i), lite_int(1), lite_text(cases[i].currency),
                          lite_int(123456), lite_int(0), lite_text("it's void"), lite_int(i ? TEST_NOW + 42 : -1) };
        assert_int_equal(lite_write(txn, T_ITEM, ARC_WRITE_INSERT, cols, 8, v, 1, &r), ARC_OK);
    }
    assert_int_equal(ops->commit(txn), ARC_OK);
    for (int i = 0; i < 5; i++) {
        char sql[100];
        snprintf(sql, sizeof sql, "SELECT amount FROM v_item WHERE id = %d", 1000 + i);
        one_text(sql, cases[i].shown);
    }
    one_text("SELECT made FROM v_item WHERE id = 1001", "2026-01-15T08:00:00.000042Z");
    one_text("SELECT made FROM v_item WHERE id = 1000", "1969-12-31T23:59:59.999999Z");
    one_text("SELECT due FROM item WHERE id = 1", "2024-10-05");
    one_text("SELECT typeof(due) || typeof(amount) || typeof(made) FROM item WHERE id = 1", "textintegerinteger");
}

static void doomed(void **state)
{
    (void)state;
    static const uint16_t cols[] = { L_BOOK, L_ID, L_WORDS }, ic[] = { I_STATUS };
    uint8_t r;
    int64_t first;
    void *txn = begin(ARC_TXN_WRITE);
    arc_value row[] = { lite_int(1), lite_int(1), lite_text("a line of the log") };
    assert_int_equal(lite_write(txn, T_LOG, ARC_WRITE_INSERT, cols, 3, row, 1, &r), ARC_OK);
    assert_int_equal(lite_write(txn, T_LOG, ARC_WRITE_UPDATE, cols + 2, 1, row, 1, &r), ARC_E_INVALID);
    assert_int_equal(lite_write(txn, T_LOG, ARC_WRITE_INSERT, cols, 3, row, 1, &r), ARC_E_DOOMED);
    assert_int_equal(ops->reserve(txn, 1, "x", 1, &first), ARC_E_DOOMED);
    assert_int_equal(ops->commit(txn), ARC_E_DOOMED);
    assert_int_equal(lite_count(be, T_LOG), 0);
    txn = begin(ARC_TXN_WRITE);
    arc_value status[] = { lite_int(1), lite_int(1), lite_text("never heard of") };
    assert_int_equal(lite_write(txn, T_ITEM, ARC_WRITE_UPDATE, ic, 1, status, 1, &r), ARC_E_CHECK);
    assert_int_equal(h.vendor, SQLITE_CONSTRAINT_CHECK);
    assert_int_equal(h.error, ARC_E_CHECK);
    assert_true(strlen(h.message) > 0);
    ops->rollback(txn);
    txn = begin(ARC_TXN_WRITE); /* required, and STRICT */
    row[1] = lite_null;
    assert_int_equal(lite_write(txn, T_LOG, ARC_WRITE_INSERT, cols, 3, row, 1, &r), ARC_E_CHECK);
    assert_int_equal(h.vendor, SQLITE_CONSTRAINT_NOTNULL);
    ops->rollback(txn);
    txn = begin(ARC_TXN_WRITE);
    row[1] = lite_text("1");
    assert_int_equal(lite_write(txn, T_LOG, ARC_WRITE_INSERT, cols, 3, row, 1, &r), ARC_E_INVALID);
    ops->rollback(txn);
}

/* Append-only tables are so for everybody. */
static void append_only(void **state)
{
    (void)state;
    static const uint16_t cols[] = { L_BOOK, L_ID };
    uint8_t r;
    sqlite3 *raw;
    void *txn = begin(ARC_TXN_WRITE);
    arc_value row[] = { lite_int(1), lite_int(1) };
    assert_int_equal(lite_write(txn, T_LOG, ARC_WRITE_INSERT, cols, 2, row, 1, &r), ARC_OK);
    assert_int_equal(ops->commit(txn), ARC_OK);
    assert_int_equal(sqlite3_open(db, &raw), SQLITE_OK);
    assert_int_equal(sqlite3_exec(raw, "UPDATE log SET words = 'other'", NULL, NULL, NULL), SQLITE_CONSTRAINT);
    assert_int_equal(sqlite3_exec(raw, "DELETE FROM log", NULL, NULL, NULL), SQLITE_CONSTRAINT);
    sqlite3_close(raw);
    assert_int_equal(lite_count(be, T_LOG), 1);
}

static int32_t calls_left;
static int32_t cancel_later(const arc_host *host)
{
    (void)host;
    return calls_left-- <= 0;
}

static void cancelled(void **state)
{
    (void)state;
    static const uint16_t cols[] = { I_ID };
    arc_block b;
    lite_fill(be, 100, 3000);
    h.host.cancelled = cancel_later;
    for (calls_left = 0; calls_left < 2; calls_left++) {
        int32_t had = calls_left;
        arc_value words = lite_text("nowhere");
        arc_cond_op op = { ARC_OP_CONTAINS, I_NUMBER, ARC_NO_COL, 0, 1, &words };
        arc_cond cond = { &op, 1, 1 };
        arc_fetch f = { (uint32_t)sizeof f, T_ITEM, 0, cols, 1, 1, &cond, NULL, NULL, 0, 0, 0, 0, 0, NULL };
        arc_fetch *fs[] = { &f };
        calls_left = 1000;
        void *txn = begin(ARC_TXN_READ);
        assert_int_equal(ops->fetch(txn, fs, 1), ARC_OK);
        calls_left = had;
        assert_int_equal(ops->next(f.cursor, &b), ARC_E_CANCELLED);
        assert_int_equal(h.vendor, SQLITE_INTERRUPT);
        assert_int_equal(ops->commit(txn), ARC_E_DOOMED);
        calls_left = had;
    }
    calls_left = 0; /* a commit is never cancelled */
    h.host.cancelled = NULL;
    void *txn = begin(ARC_TXN_WRITE);
    lite_put(txn, 9000);
    h.host.cancelled = cancel_later;
    assert_int_equal(ops->commit(txn), ARC_OK);
    h.host.cancelled = NULL;
    assert_int_equal(lite_count(be, T_ITEM), 59 + 2900 + 1);
}

static const char *plan_of(arc_fetch *f)
{
    static char text[1000];
    size_t len = sizeof text;
    void *txn = begin(ARC_TXN_READ);
    assert_int_equal(ops->explain(txn, f, text, &len), ARC_OK);
    assert_int_equal(strlen(text), len);
    size_t want = 0;
    assert_int_equal(ops->explain(txn, f, NULL, &want), ARC_E_BUFFER);
    assert_int_equal(want, len);
    ops->rollback(txn);
    return text;
}

/* Conditions on a partial index find it although the constant is a parameter. */
static void plans(void **state)
{
    (void)state;
    static const uint16_t cols[] = { I_DUE, I_OPEN }, num[] = { I_ID, I_NUMBER }, payer[] = { I_ID, I_PAYER };
    arc_value one = lite_int(1), zero = lite_int(0), number = lite_text("R-5");
    arc_cond_op book = { ARC_OP_EQ, I_BOOK, ARC_NO_COL, 0, 1, &one }, open = { ARC_OP_NE, I_OPEN, ARC_NO_COL, 0, 1, &zero };
    arc_cond_op eq = { ARC_OP_EQ, I_NUMBER, ARC_NO_COL, 0, 1, &number };
    arc_cond_op set[] = { { ARC_OP_IS_NULL, I_PAYER, ARC_NO_COL, 0, 0, NULL }, { ARC_OP_NOT, 0, 0, 0, 0, NULL } };
    arc_cond conds[] = { { &book, 1, 1 }, { &open, 1, 1 } };
    arc_order due[] = { { I_DUE, 0 } };
    arc_fetch f = { (uint32_t)sizeof f, T_ITEM, 0, cols, 2, 2, conds, due, NULL, 1, 0, 0, 0, 0, NULL };
    assert_string_equal(plan_of(&f), "SEARCH item USING COVERING INDEX item__due (book=?)");
    open.op = ARC_OP_GT;
    assert_string_equal(plan_of(&f), "SEARCH item USING COVERING INDEX item__due (book=?)");
    open.op = ARC_OP_GE; /* open may be 0: the partial index would lose rows */
    assert_null(strstr(plan_of(&f), "item__due"));
    conds[1].ops = &eq;
    f.cols = num;
    f.n_order = 0;
    f.order = NULL;
    assert_non_null(strstr(plan_of(&f), "item__number (book=? AND number=?)"));
    eq.op = ARC_OP_PREFIX;
    assert_non_null(strstr(plan_of(&f), "item__number (book=? AND number>? AND number<?)"));
    f.cols = payer;
    conds[1].ops = set;
    conds[1].n_ops = 2;
    assert_non_null(strstr(plan_of(&f), "item__payer"));
}

/* More shapes than the cache holds, and the same shape in several cursors at once. */
static void many_shapes(void **state)
{
    (void)state;
    static const uint16_t all[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
    arc_block b;
    void *txn = begin(ARC_TXN_READ);
    for (int round = 0; round < 2; round++) {
        for (int mask = 1; mask < 600; mask++) {
            uint16_t cols[13];
            uint32_t n = 0;
            for (int i = 0; i < 13; i++) {
                if (mask & (1 << i)) {
                    cols[n++] = all[i];
                }
            }
            arc_fetch f = { (uint32_t)sizeof f, T_ITEM, 0, cols, n, 0, NULL, NULL, NULL, 0, 0, 3, 0, 0, NULL };
            arc_fetch *fs[] = { &f };
            assert_int_equal(ops->fetch(txn, fs, 1), ARC_OK);
            assert_int_equal(ops->next(f.cursor, &b), ARC_OK);
            assert_int_equal(b.n_rows, 3);
            ops->end(f.cursor);
        }
    }
    arc_fetch f[300], *fs[300];
    for (int i = 0; i < 300; i++) {
        arc_fetch one = { (uint32_t)sizeof one, T_ITEM, 0, all, 2, 0, NULL, NULL, NULL, 0, 0, 0, 0, 0, NULL };
        f[i] = one;
        fs[i] = &f[i];
    }
    assert_int_equal(ops->fetch(txn, fs, 300), ARC_OK);
    for (int i = 0; i < 300; i++) {
        assert_int_equal(ops->next(f[i].cursor, &b), ARC_OK);
        assert_int_equal(b.n_rows, 16);
    }
    assert_int_equal(ops->next(f[7].cursor, &b), ARC_OK);
    assert_true(b.n_rows > 16); /* the rest: the others did not disturb it */
    assert_int_equal(ops->commit(txn), ARC_OK); /* the cursors die with it */
    assert_int_equal(ops->next(f[7].cursor, &b), ARC_E_TXN);
    ops->end(f[7].cursor);
    assert_int_equal(lite_count(be, T_ITEM), 59);
}

/* Additions fail at both ends; -2^63 - 1 does not come back as -2^63. */
static void overflow(void **state)
{
    (void)state;
    static const uint16_t cols[] = { I_OPEN };
    static const uint8_t add[] = { ARC_ADD };
    static const int64_t cases[][3] = {
        { INT64_MIN, -1, ARC_E_OVERFLOW }, { INT64_MIN, -1024, ARC_E_OVERFLOW },  { INT64_MAX, 1, ARC_E_OVERFLOW },
        { INT64_MAX, INT64_MAX, ARC_E_OVERFLOW }, { INT64_MIN, INT64_MIN, ARC_E_OVERFLOW }, { INT64_MIN, INT64_MAX, ARC_OK },
        { INT64_MIN + 1, -1, ARC_OK },
    };
    uint8_t r;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        void *txn = begin(ARC_TXN_WRITE);
        arc_value row[] = { lite_int(1), lite_int(5), lite_int(cases[i][0]) };
        arc_write w = { (uint32_t)sizeof w, T_ITEM, ARC_WRITE_UPDATE, cols, NULL, NULL, row, 1, 0, 1, 0, &r };
        arc_write *ws[] = { &w };
        assert_int_equal(ops->write(txn, ws, 1), ARC_OK);
        row[2] = lite_int(cases[i][1]);
        w.set = add;
        assert_int_equal(ops->write(txn, ws, 1), cases[i][2]);
        ops->rollback(txn);
    }
    int64_t first;
    lite_sql(db, "INSERT INTO arc_sequence VALUES (1, 'far', 9223372036854775800)");
    void *txn = begin(ARC_TXN_WRITE);
    assert_int_equal(ops->reserve(txn, 1, "far", 7, &first), ARC_OK);
    assert_int_equal(ops->reserve(txn, 1, "far", 1, &first), ARC_E_OVERFLOW);
    ops->rollback(txn);
}

/* A long scan holds one block, not the table. */
static void long_scan(void **state)
{
    (void)state;
    static const uint16_t cols[] = { I_ID, I_NUMBER, I_STATUS };
    lite_fill(be, 100, 6000);
    arc_fetch f = { (uint32_t)sizeof f, T_ITEM, 0, cols, 3, 0, NULL, NULL, NULL, 0, 0, 0, 0, 0, NULL };
    arc_fetch *fs[] = { &f };
    arc_block b;
    void *txn = begin(ARC_TXN_READ);
    int64_t early = 0, rows = 0;
    assert_int_equal(ops->fetch(txn, fs, 1), ARC_OK);
    while (ops->next(f.cursor, &b) == ARC_OK) {
        early = rows < 1500 ? h.blocks : early;
        assert_true(h.blocks <= early + 1);
        assert_true(b.n_rows <= 256);
        rows += b.n_rows;
    }
    assert_int_equal(rows, 59 + 5900);
    ops->rollback(txn);
}

static uint32_t rows_of(arc_cond *conds, uint32_t n)
{
    static const uint16_t cols[] = { I_ID };
    arc_fetch f;
    arc_block b;
    uint32_t count = 0;
    memset(&f, 0, sizeof f);
    f.struct_size = (uint32_t)sizeof f;
    f.table = T_ITEM;
    f.cols = cols;
    f.n_cols = 1;
    f.conds = conds;
    f.n_conds = n;
    arc_fetch *fs[] = { &f };
    void *txn = begin(ARC_TXN_READ);
    assert_int_equal(ops->fetch(txn, fs, 1), ARC_OK);
    while (ops->next(f.cursor, &b) == ARC_OK) {
        count += b.n_rows;
    }
    ops->end(f.cursor);
    ops->rollback(txn);
    return count;
}

/* Rows are tested against a set as against a list, those without a value too. */
static void long_lists(void **state)
{
    (void)state;
    arc_value v[30], one = lite_int(1);
    lite_fill(be, 1, 201);
    for (int i = 0; i < 30; i++) {
        v[i] = lite_int(3 * i + 150);
    }
    arc_cond_op book = { ARC_OP_EQ, I_BOOK, ARC_NO_COL, 0, 1, &one };
    arc_cond_op in[] = { { ARC_OP_IN, I_CUSTOMER, ARC_NO_COL, 0, 30, v }, { ARC_OP_NOT, 0, ARC_NO_COL, 0, 0, NULL } };
    arc_cond conds[] = { { in, 1, 0 }, { &book, 1, 0 } };
    assert_int_equal(rows_of(conds, 2), 17);
    conds[0].n_ops = 2;
    assert_int_equal(rows_of(conds, 2), 183);
    in[0].col = I_PAYER; /* nobody has one */
    assert_int_equal(rows_of(conds, 1), 200);
    conds[0].n_ops = 1;
    assert_int_equal(rows_of(conds, 1), 0);
}

static void wrong_calls(void **state)
{
    (void)state;
    void *txn, *other;
    int64_t first;
    assert_int_equal(ops->begin(be, 3, 0, &txn), ARC_E_INVALID);
    txn = begin(ARC_TXN_READ);
    assert_int_equal(ops->begin(be, ARC_TXN_READ, 0, &other), ARC_E_TXN);
    assert_int_equal(ops->reserve(txn, 1, "x", 1, &first), ARC_E_TXN);
    assert_int_equal(ops->commit(txn), ARC_E_DOOMED);
    txn = begin(ARC_TXN_WRITE);
    assert_int_equal(ops->savepoint(txn, 2), ARC_E_INVALID);
    ops->rollback(txn);
    txn = begin(ARC_TXN_WRITE);
    assert_int_equal(ops->reserve(txn, 1, "x", 0, &first), ARC_E_INVALID);
    ops->rollback(txn);
    txn = begin(ARC_TXN_WRITE);
    assert_int_equal(ops->savepoint(txn, 1), ARC_OK);
    assert_int_equal(ops->savepoint(txn, 2), ARC_OK);
    assert_int_equal(ops->rollback_to(txn, 1), ARC_OK);
    assert_int_equal(ops->release(txn, 2), ARC_E_INVALID);
    ops->rollback(txn);
    ops->close(NULL);
    ops->end(NULL);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = { T(views), T(doomed),      T(append_only), T(cancelled),
                                        T(plans), T(many_shapes), T(wrong_calls),
                                        T(overflow), T(long_scan), T(long_lists) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
