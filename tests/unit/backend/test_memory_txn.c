/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions: doom, references to oneself, savepoints, sequences, threads, nonsense, and running out of memory at every
 * allocation. */
#include <pthread.h>

#include "memory_fixture.h"

static void doomed(void **state)
{
    (void)state;
    fx f;
    fx_init(&f, 1);
    void *be = fx_open(&f, ""), *cursor, *txn;
    uint8_t result;
    int64_t sum, n;
    fx_parties(&f, be);
    txn = fx_begin(&f, be, ARC_TXN_WRITE);
    assert_int_equal(fx_put(&f, txn, 1, INT64_MAX, NULL, &result), ARC_OK);
    assert_int_equal(fx_put(&f, txn, 2, -3, NULL, &result), ARC_OK);
    assert_int_equal(fx_put(&f, txn, 3, 1, NULL, &result), ARC_OK);
    assert_int_equal(fx_total(&f, txn, 1, &sum, &n), ARC_OK); /* goes beyond int64 on the way, and comes back */
    assert_int_equal(sum, INT64_MAX - 2);
    assert_int_equal(f.ops.commit(txn), ARC_OK);
    for (int i = 0; i < 4; i++) {
        txn = fx_begin(&f, be, ARC_TXN_WRITE);
        assert_int_equal(fx_put(&f, txn, 9, 5, NULL, &result), ARC_OK);
        cursor = fx_scan(&f, txn, fx_all, 1);
        if (i == 0) assert_int_equal(fx_add(&f, txn, 1, 1, &result), ARC_E_OVERFLOW);
        if (i == 1) assert_int_equal(fx_total(&f, txn, 1, &sum, &n), ARC_E_OVERFLOW);
        if (i == 2) assert_int_equal(f.ops.release(txn, 1), ARC_E_INVALID);
        if (i == 3) assert_int_equal(f.ops.reserve(txn, 1, "s", 0, &n), ARC_E_INVALID);
        arc_block block;
        assert_int_equal(f.ops.next(cursor, &block), ARC_E_DOOMED);
        assert_int_equal(fx_put(&f, txn, 10, 5, NULL, &result), ARC_E_DOOMED);
        assert_int_equal(f.ops.savepoint(txn, 1), ARC_E_DOOMED);
        if (i % 2)
            f.ops.rollback(txn);
        else
            assert_int_equal(f.ops.commit(txn), ARC_E_DOOMED);
    }
    txn = fx_begin(&f, be, ARC_TXN_READ);
    assert_int_equal(fx_put(&f, txn, 10, 5, NULL, &result), ARC_E_TXN);
    f.ops.rollback(txn);
    txn = fx_begin(&f, be, ARC_TXN_READ);
    assert_int_equal(fx_total(&f, txn, 1, &sum, &n), ARC_OK);
    assert_int_equal(n, 3);
    f.ops.close(be);
    fx_done(&f);
}

/* A row may point at itself: it comes, changes and goes; it may not point at one that comes later. */
static void self_reference(void **state)
{
    (void)state;
    fx f;
    fx_init(&f, 1);
    void *be = fx_open(&f, ""), *txn;
    static const uint16_t above = P_ABOVE;
    struct {
        uint16_t op;
        int64_t id, above;
        uint8_t want;
    } steps[] = {
        { ARC_WRITE_INSERT, 50, 50, ARC_ROW_OK },        { ARC_WRITE_INSERT, 51, 52, ARC_ROW_REFERENCE },
        { ARC_WRITE_INSERT, 51, 50, ARC_ROW_OK },        { ARC_WRITE_DELETE, 50, 0, ARC_ROW_REFERENCE },
        { ARC_WRITE_UPDATE, 51, 51, ARC_ROW_OK },        { ARC_WRITE_DELETE, 50, 0, ARC_ROW_OK },
        { ARC_WRITE_UPDATE, 51, 50, ARC_ROW_REFERENCE }, { ARC_WRITE_UPDATE, 50, 51, ARC_ROW_MISSING },
        { ARC_WRITE_DELETE, 51, 0, ARC_ROW_OK },
    };
    txn = fx_begin(&f, be, ARC_TXN_WRITE);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        int insert = steps[i].op == ARC_WRITE_INSERT, update = steps[i].op == ARC_WRITE_UPDATE;
        arc_value v[] = { fx_int(1), fx_int(steps[i].id), insert ? fx_text("a name of more than twelve") : fx_int(steps[i].above),
                          fx_int(steps[i].above) };
        uint8_t got = 99;
        assert_int_equal(fx_write(&f, txn, PARTY, steps[i].op, insert ? fx_all : &above, insert ? P_COLS : update ? 1u : 0u, v, 1, &got),
                         ARC_OK);
        assert_int_equal(got, steps[i].want);
    }
    f.ops.close(be);
    fx_done(&f);
}

/* Many small savepoints in one transaction must not keep a copy of the path for each. */
static void small_savepoints(void **state)
{
    (void)state;
    fx f;
    fx_init(&f, 1);
    void *be = fx_open(&f, ""), *txn;
    uint8_t result;
    fx_parties(&f, be);
    txn = fx_begin(&f, be, ARC_TXN_WRITE);
    for (int64_t i = 1; i <= 3000; i++) assert_int_equal(fx_put(&f, txn, i, i, NULL, &result), ARC_OK);
    assert_int_equal(f.ops.commit(txn), ARC_OK);
    txn = fx_begin(&f, be, ARC_TXN_WRITE);
    int64_t before = f.live;
    for (int64_t i = 1; i <= 2000; i++) {
        assert_int_equal(f.ops.savepoint(txn, 1), ARC_OK);
        assert_int_equal(fx_add(&f, txn, 1 + i * 7919 % 3000, 1, &result), ARC_OK);
        assert_int_equal(f.ops.release(txn, 1), ARC_OK);
    }
    assert_true(f.live - before < 2000 + 1000); /* a row each, and each node at most twice */
    assert_int_equal(f.ops.commit(txn), ARC_OK);
    assert_true(f.live - before < 100);
    assert_int_equal(f.ops.check(be, fx_finding, NULL), ARC_OK);
    f.ops.close(be);
    fx_done(&f);
}

static void sequences(void **state)
{
    (void)state;
    fx f;
    fx_init(&f, 1);
    void *be = fx_open(&f, ""), *txn = fx_begin(&f, be, ARC_TXN_WRITE);
    static const char *const names[] = { "s", "another", "a name that is much longer than twelve bytes" };
    int64_t first;
    for (int64_t book = 1; book <= 2; book++) {
        for (int i = 0; i < 3; i++) {
            assert_int_equal(f.ops.reserve(txn, book, names[i], 5, &first), ARC_OK);
            assert_int_equal(first, 1);
            assert_int_equal(f.ops.reserve(txn, book, names[i], 1, &first), ARC_OK);
            assert_int_equal(first, 6);
        }
    }
    assert_int_equal(f.ops.commit(txn), ARC_OK);
    txn = fx_begin(&f, be, ARC_TXN_WRITE);
    assert_int_equal(f.ops.reserve(txn, 2, names[2], UINT32_MAX, &first), ARC_OK);
    assert_int_equal(first, 7);
    assert_int_equal(f.ops.reserve(txn, 2, names[2], 1, &first), ARC_OK);
    assert_int_equal(first, INT64_C(7) + UINT32_MAX);
    f.ops.rollback(txn);
    txn = fx_begin(&f, be, ARC_TXN_READ);
    assert_int_equal(f.ops.reserve(txn, 2, names[2], 1, &first), ARC_E_TXN);
    f.ops.close(be);
    fx_done(&f);
}

/* ---- threads ------------------------------------------------------------------------------------------------------------------------ */

typedef struct worker {
    fx *f;
    void *be;
    int id;
    int64_t committed;
    int failed;
} worker;

#define ROWS 400

/* Moves amounts between rows: whatever is seen whole has the same total. */
static void *write_on(void *arg)
{
    worker *w = arg;
    fx_chance c = { (uint64_t)w->id };
    for (int i = 0; i < 150; i++) {
        void *txn;
        uint8_t a = 9, b = 9;
        arc_status s = w->f->ops.begin(w->be, ARC_TXN_WRITE, 10000, &txn);
        if (s) {
            w->failed++;
            continue;
        }
        for (int k = 0; k < 4; k++) {
            int64_t x = 1 + fx_below(&c, ROWS), y = 1 + fx_below(&c, ROWS), amount = fx_below(&c, 100);
            if (fx_add(w->f, txn, x, -amount, &a) || fx_add(w->f, txn, y, amount, &b) || a || b) w->failed++;
        }
        if (fx_below(&c, 5)) {
            if (w->f->ops.commit(txn)) w->failed++;
            w->committed++;
        } else {
            w->f->ops.rollback(txn);
        }
    }
    return NULL;
}

static void *read_on(void *arg)
{
    worker *w = arg;
    for (int i = 0; i < 150; i++) {
        void *txn;
        int64_t sum = 0, n = 0, again = 0;
        if (w->f->ops.begin(w->be, ARC_TXN_READ, 0, &txn)) {
            w->failed++;
            continue;
        }
        if (fx_total(w->f, txn, 0, &sum, &n) || sum != ROWS * 1000 || n != ROWS) w->failed++;
        if (fx_total(w->f, txn, 1, &again, &n) || again != sum) w->failed++;
        w->f->ops.rollback(txn);
    }
    return NULL;
}

static void threads(void **state)
{
    (void)state;
    fx f;
    fx_init(&f, 0);
    worker w[5];
    pthread_t t[5];
    uint8_t result;
    memset(w, 0, sizeof w);
    for (int i = 0; i < 5; i++) {
        w[i].f = &f;
        w[i].id = i + 1;
        w[i].be = fx_open(&f, "threads");
    }
    fx_parties(&f, w[0].be);
    void *txn = fx_begin(&f, w[0].be, ARC_TXN_WRITE);
    for (int64_t i = 1; i <= ROWS; i++) assert_int_equal(fx_put(&f, txn, i, 1000, "a note that needs room", &result), ARC_OK);
    assert_int_equal(f.ops.commit(txn), ARC_OK);
    for (int i = 0; i < 5; i++) assert_int_equal(pthread_create(&t[i], NULL, i < 2 ? write_on : read_on, &w[i]), 0);
    for (int i = 0; i < 5; i++) assert_int_equal(pthread_join(t[i], NULL), 0);
    for (int i = 0; i < 5; i++) assert_int_equal(w[i].failed, 0);
    assert_true(w[0].committed && w[1].committed);
    assert_int_equal(f.ops.check(w[0].be, fx_finding, NULL), ARC_OK);
    for (int i = 0; i < 5; i++) f.ops.close(w[i].be);
    fx_done(&f);
}

/* ---- no memory ------------------------------------------------------------------------------------------------------------------------ */

/* One of everything. ARC_OK, or ARC_E_NOMEM from the first call that found none. */
static arc_status everything(fx *f, void *be, int64_t base)
{
    void *txn, *cursor = NULL;
    uint8_t result;
    int64_t sum, n, first;
    arc_block block;
    arc_status s = f->ops.begin(be, ARC_TXN_WRITE, 0, &txn);
    if (s) return s;
    for (int64_t i = 0; i < 90 && !s; i++) s = fx_put(f, txn, base + i, i, "a note that needs room of its own", &result);
    if (!s) s = f->ops.savepoint(txn, 1);
    for (int64_t i = 0; i < 20 && !s; i++) s = fx_add(f, txn, 1 + i * 13, 0, &result);
    if (!s) s = f->ops.savepoint(txn, 2);
    for (int64_t i = 0; i < 300 && !s; i++) {
        arc_value v[] = { fx_int(1), fx_int(1 + i) };
        s = fx_write(f, txn, ITEM, ARC_WRITE_DELETE, NULL, 0, v, 1, &result);
    }
    if (!s) s = f->ops.rollback_to(txn, 2);
    if (!s) s = f->ops.release(txn, 1);
    if (!s) s = f->ops.reserve(txn, 1, "a long name of a sequence", 3, &first);
    if (!s) s = fx_total(f, txn, 1, &sum, &n);
    if (!s) s = fx_total(f, txn, 0, &sum, &n);
    if (!s) {
        arc_value keys[] = { fx_int(1), fx_int(5) };
        s = f->ops.get_many(txn, ITEM, fx_all, 3, keys, 1, &cursor);
        if (!s) s = f->ops.next(cursor, &block);
    }
    if (!s) {
        arc_fetch q;
        memset(&q, 0, sizeof q);
        q.struct_size = (uint32_t)sizeof q;
        q.table = ITEM;
        q.cols = fx_all;
        q.n_cols = I_COLS;
        arc_fetch *list[] = { &q };
        s = f->ops.fetch(txn, list, 1);
        while (!s) s = f->ops.next(q.cursor, &block);
        if (s == ARC_DONE) s = ARC_OK;
    }
    if (s) {
        f->ops.rollback(txn);
        return s;
    }
    return f->ops.commit(txn);
}

static void no_memory(void **state)
{
    (void)state;
    fx f;
    fx_init(&f, 1);
    void *be = fx_open(&f, ""), *txn;
    uint8_t result;
    fx_parties(&f, be);
    txn = fx_begin(&f, be, ARC_TXN_WRITE);
    for (int64_t i = 1; i <= 300; i++) assert_int_equal(fx_put(&f, txn, i, i, "a note that needs room of its own", &result), ARC_OK);
    assert_int_equal(f.ops.commit(txn), ARC_OK);
    int64_t live = f.live, sum, n, tries = 0;
    arc_status s;
    do {
        f.allocs = 0;
        f.fail_at = ++tries;
        s = everything(&f, be, 1000);
        f.fail_at = 0;
        if (!s) break;
        assert_int_equal(s, ARC_E_NOMEM);
        assert_int_equal(f.live, live);
        txn = fx_begin(&f, be, ARC_TXN_READ);
        assert_int_equal(fx_total(&f, txn, 0, &sum, &n), ARC_OK);
        assert_int_equal(n, 300);
        assert_int_equal(sum, 300 * 301 / 2);
        f.ops.rollback(txn);
        if (tries % 16 == 0) assert_int_equal(f.ops.check(be, fx_finding, NULL), ARC_OK);
    } while (tries < 100000);
    assert_int_equal(s, ARC_OK);
    assert_true(tries > 100);
    assert_int_equal(f.ops.check(be, fx_finding, NULL), ARC_OK);
    f.ops.close(be);
    fx_done(&f);
}

/* ---- what is no question ----------------------------------------------------------------------------------------------------------------- */

static void nonsense(void **state)
{
    (void)state;
    fx f;
    fx_init(&f, 1);
    void *be = fx_open(&f, "");
    arc_value one = fx_int(1), text = fx_text("x"), null = fx_null();
    static const uint16_t beyond = 99;
    struct {
        arc_cond_op op[2];
        uint32_t n;
    } bad[] = {
        { { { 0, I_ID, ARC_NO_COL, 0, 0, &one } }, 1 },
        { { { 11, I_ID, ARC_NO_COL, 0, 0, &one } }, 1 },
        { { { ARC_OP_EQ, 99, ARC_NO_COL, 0, 0, &one } }, 1 },
        { { { ARC_OP_EQ, I_ID, 99, 0, 0, &one } }, 1 },
        { { { ARC_OP_EQ, I_ID, I_NOTE, 0, 0, NULL } }, 1 },
        { { { ARC_OP_EQ, I_ID, ARC_NO_COL, 0, 0, &text } }, 1 },
        { { { ARC_OP_EQ, I_ID, ARC_NO_COL, 0, 0, NULL } }, 1 },
        { { { ARC_OP_IN, I_ID, ARC_NO_COL, 0, 1, &null } }, 1 },
        { { { ARC_OP_PREFIX, I_ID, ARC_NO_COL, 0, 0, &one } }, 1 },
        { { { ARC_OP_NOT, 0, ARC_NO_COL, 0, 0, NULL } }, 1 },
        { { { ARC_OP_IS_NULL, I_ID, ARC_NO_COL, 0, 0, NULL }, { ARC_OP_AND, 0, ARC_NO_COL, 0, 2, NULL } }, 2 },
        { { { ARC_OP_IS_NULL, I_ID, ARC_NO_COL, 0, 0, NULL }, { ARC_OP_OR, 0, ARC_NO_COL, 0, 0, NULL } }, 2 },
        { { { ARC_OP_IS_NULL, I_ID, ARC_NO_COL, 0, 0, NULL }, { ARC_OP_IS_NULL, I_ID, ARC_NO_COL, 0, 0, NULL } }, 2 },
    };
    arc_fetch q;
    arc_fetch *list[] = { &q };
    memset(&q, 0, sizeof q);
    q.struct_size = (uint32_t)sizeof q;
    q.table = ITEM;
    q.cols = fx_all;
    for (size_t i = 0; i < sizeof bad / sizeof *bad + 6; i++) {
        arc_cond cond = { bad[i % (sizeof bad / sizeof *bad)].op, bad[i % (sizeof bad / sizeof *bad)].n, 0 };
        size_t k = i - sizeof bad / sizeof *bad;
        void *txn = fx_begin(&f, be, ARC_TXN_READ);
        q.conds = &cond;
        q.n_conds = i < sizeof bad / sizeof *bad;
        q.n_cols = k == 0 ? 0 : 2;
        q.flags = k == 1;
        q.table = k == 2 ? 2 : ITEM;
        q.limit = k == 3 ? -1 : 0;
        q.cols = k == 4 ? &beyond : fx_all;
        q.struct_size = k == 5 ? 8 : (uint32_t)sizeof q;
        f.ops.plan(be, &q);
        assert_int_equal(cond.accepted, 0);
        f.error = 0;
        assert_int_equal(f.ops.fetch(txn, list, 1), ARC_E_INVALID);
        assert_int_equal(f.error, ARC_E_INVALID);
        f.ops.rollback(txn);
    }
    f.ops.close(be);
    fx_done(&f);
}

static void nonsense_written(void **state)
{
    (void)state;
    fx f;
    fx_init(&f, 1);
    void *be = fx_open(&f, "");
    static const uint16_t beyond = 99, open_col = I_OPEN;
    for (int i = 0; i < 9; i++) {
        void *txn = fx_begin(&f, be, ARC_TXN_WRITE);
        arc_value v[] = { fx_int(1), fx_int(1), fx_int(3), fx_int(3) };
        uint8_t result;
        arc_guard guard = { i == 7 ? 99 : I_OPEN, i == 8 ? ARC_OP_IN : ARC_OP_EQ, ARC_ROW_STALE, 0 };
        arc_write w;
        arc_write *writes[] = { &w };
        memset(&w, 0, sizeof w);
        w.struct_size = i == 0 ? 4 : (uint32_t)sizeof w;
        w.table = i == 1 ? 2 : ITEM;
        w.op = i == 2 ? 4 : ARC_WRITE_UPDATE;
        w.cols = i == 3 ? &fx_all[1] : i == 4 ? &beyond : &open_col;
        w.n_cols = 1;
        w.guards = &guard;
        w.n_guards = 1;
        w.rows = v;
        w.n_rows = i == 5 ? 0 : 1;
        w.flags = i == 6;
        w.results = &result;
        assert_int_equal(f.ops.write(txn, writes, 1), ARC_E_INVALID);
        f.ops.rollback(txn);
    }
    f.ops.close(be);
    fx_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doomed),
        cmocka_unit_test(self_reference),
        cmocka_unit_test(small_savepoints),
        cmocka_unit_test(sequences),
        cmocka_unit_test(threads),
        cmocka_unit_test(no_memory),
        cmocka_unit_test(nonsense),
        cmocka_unit_test(nonsense_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
