/* SPDX-License-Identifier: Apache-2.0 */
/* Random histories of one writer and several readers against a sorted array: rows, per-row results, snapshots, savepoints,
 * rollbacks, cursors held over writes, and the store's own check. */
#include "memory_fixture.h"

typedef struct run {
    fx *f;
    fx_chance c;
    fx_model now, saves[4];
    uint32_t n_saves, ids;
    void *txn;
} run;

static uint8_t expect_insert(run *r, const fx_row *row)
{
    uint32_t at;
    if (fx_model_find(&r->now, row->v[I_BOOK].u.i, row->v[I_ID].u.i, &at)) return ARC_ROW_EXISTS;
    if (fx_model_number_taken(&r->now, row)) return ARC_ROW_EXISTS;
    if (row->v[I_PARTY].type && row->v[I_PARTY].u.i > FX_PARTIES) return ARC_ROW_REFERENCE;
    fx_model_insert(&r->now, at, row);
    return ARC_ROW_OK;
}

static void insert(run *r)
{
    fx_row row;
    uint8_t got = 99;
    fx_random_row(&r->c, &row, r->ids);
    uint8_t want = expect_insert(r, &row);
    assert_int_equal(fx_write(r->f, r->txn, ITEM, ARC_WRITE_INSERT, fx_all, I_COLS, row.v, 1, &got), ARC_OK);
    assert_int_equal(got, want);
}

static void update(run *r)
{
    fx_row row, next;
    uint32_t at;
    uint8_t got = 99, want;
    fx_random_row(&r->c, &row, r->ids);
    uint32_t first = I_PARTY + fx_below(&r->c, I_COLS - I_PARTY), n = 1 + fx_below(&r->c, I_COLS - first);
    int there = fx_model_find(&r->now, row.v[I_BOOK].u.i, row.v[I_ID].u.i, &at);
    arc_value v[I_COLS] = { row.v[I_BOOK], row.v[I_ID] };
    for (uint32_t i = 0; i < n; i++) v[2 + i] = row.v[first + i];
    if (!there) {
        want = ARC_ROW_MISSING;
    } else {
        next = r->now.rows[at];
        for (uint32_t i = 0; i < n; i++) next.v[first + i] = row.v[first + i];
        if (first <= I_NUMBER && first + n > I_NUMBER) memcpy(next.number, row.number, sizeof next.number);
        if (next.v[I_NUMBER].type) next.v[I_NUMBER].u.s = next.number;
        int64_t was = r->now.rows[at].v[I_PARTY].type ? r->now.rows[at].v[I_PARTY].u.i : 0;
        want = ARC_ROW_OK;
        if (next.v[I_PARTY].type && next.v[I_PARTY].u.i > FX_PARTIES && next.v[I_PARTY].u.i != was) want = ARC_ROW_REFERENCE;
        if (fx_model_number_taken(&r->now, &next)) want = ARC_ROW_EXISTS;
        if (!want) {
            r->now.rows[at] = next;
            fx_model_place(&r->now);
        }
    }
    assert_int_equal(fx_write(r->f, r->txn, ITEM, ARC_WRITE_UPDATE, fx_all + first, n, v, 1, &got), ARC_OK);
    assert_int_equal(got, want);
}

static void erase(run *r)
{
    fx_row row;
    uint32_t at;
    uint8_t got = 99;
    fx_random_row(&r->c, &row, r->ids);
    int there = fx_model_find(&r->now, row.v[I_BOOK].u.i, row.v[I_ID].u.i, &at);
    if (there) fx_model_delete(&r->now, at);
    assert_int_equal(fx_write(r->f, r->txn, ITEM, ARC_WRITE_DELETE, NULL, 0, row.v, 1, &got), ARC_OK);
    assert_int_equal(got, there ? ARC_ROW_OK : ARC_ROW_MISSING);
}

static void erase_party(run *r)
{
    arc_value v[] = { fx_int(1 + fx_below(&r->c, 2)), fx_int(1 + fx_below(&r->c, FX_PARTIES)) };
    uint8_t got = 99;
    int used = v[1].u.i * 3 <= FX_PARTIES; /* another party stands below it */
    for (uint32_t i = 0; i < r->now.n; i++)
        used |= !fx_cmp(&r->now.rows[i].v[I_BOOK], &v[0]) && !fx_cmp(&r->now.rows[i].v[I_PARTY], &v[1]);
    if (!used) return;
    assert_int_equal(fx_write(r->f, r->txn, PARTY, ARC_WRITE_DELETE, NULL, 0, v, 1, &got), ARC_OK);
    assert_int_equal(got, ARC_ROW_REFERENCE);
}

static void save(run *r)
{
    uint32_t what = fx_below(&r->c, 3), depth = r->n_saves ? 1 + fx_below(&r->c, r->n_saves) : 0;
    if (what == 0 && r->n_saves < 4) {
        fx_model_copy(&r->saves[r->n_saves++], &r->now);
        assert_int_equal(r->f->ops.savepoint(r->txn, r->n_saves), ARC_OK);
    } else if (what == 1 && depth) {
        assert_int_equal(r->f->ops.rollback_to(r->txn, depth), ARC_OK);
        fx_model_copy(&r->now, &r->saves[depth - 1]);
        r->n_saves = depth;
    } else if (depth) {
        assert_int_equal(r->f->ops.release(r->txn, depth), ARC_OK);
        r->n_saves = depth - 1;
    }
}

static void change(run *r, uint32_t steps)
{
    for (uint32_t i = 0; i < steps; i++) {
        uint32_t what = fx_below(&r->c, 40);
        if (what < 22)
            insert(r);
        else if (what < 30)
            update(r);
        else if (what < 37)
            erase(r);
        else if (what < 38)
            erase_party(r);
        else
            save(r);
    }
}

/* A cursor opened before changes gives the rows of that moment. */
static void change_under_cursor(run *r)
{
    fx_model then = { 0 };
    uint16_t id[] = { I_BOOK, I_ID, I_NOTE };
    arc_block block;
    uint32_t at = 0;
    fx_model_copy(&then, &r->now);
    void *cursor = fx_scan(r->f, r->txn, id, 3);
    while (r->f->ops.next(cursor, &block) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows; i++, at++) {
            assert_true(at < then.n);
            assert_int_equal(fx_cmp(&block.values[i * 3], &then.rows[at].v[I_BOOK]), 0);
            assert_int_equal(fx_cmp(&block.values[i * 3 + 1], &then.rows[at].v[I_ID]), 0);
            assert_int_equal(fx_cmp(&block.values[i * 3 + 2], &then.rows[at].v[I_NOTE]), 0);
        }
        change(r, 5);
    }
    assert_int_equal(at, then.n);
    r->f->ops.end(cursor);
    free(then.rows);
}

static void history(uint64_t seed, uint32_t ids, uint32_t rounds, uint32_t steps)
{
    fx f;
    fx_init(&f, 1);
    run r;
    memset(&r, 0, sizeof r);
    r.f = &f;
    r.c.state = seed;
    r.ids = ids;
    void *writer = fx_open(&f, "shared"), *readers[3], *views[3] = { NULL };
    fx_model seen[3], committed;
    memset(seen, 0, sizeof seen);
    memset(&committed, 0, sizeof committed);
    for (int i = 0; i < 3; i++) readers[i] = fx_open(&f, "shared");
    fx_parties(&f, writer);
    for (uint32_t round = 0; round < rounds; round++) {
        r.txn = fx_begin(&f, writer, ARC_TXN_WRITE);
        r.n_saves = 0;
        change(&r, 1 + fx_below(&r.c, steps));
        if (!fx_below(&r.c, 4)) change_under_cursor(&r);
        fx_same(&f, r.txn, &r.now);
        if (fx_below(&r.c, 5)) {
            assert_int_equal(f.ops.commit(r.txn), ARC_OK);
            fx_model_copy(&committed, &r.now);
        } else {
            f.ops.rollback(r.txn);
            fx_model_copy(&r.now, &committed);
        }
        uint32_t i = fx_below(&r.c, 3);
        if (views[i]) {
            fx_same(&f, views[i], &seen[i]);
            if (fx_below(&r.c, 2)) assert_int_equal(f.ops.commit(views[i]), ARC_OK);
            else f.ops.rollback(views[i]);
            views[i] = NULL;
        } else {
            views[i] = fx_begin(&f, readers[i], ARC_TXN_READ);
            fx_model_copy(&seen[i], &committed);
            fx_same(&f, views[i], &seen[i]);
        }
        assert_int_equal(f.ops.check(writer, fx_finding, NULL), ARC_OK);
    }
    for (int i = 0; i < 3; i++) {
        f.ops.close(readers[i]);
        free(seen[i].rows);
    }
    f.ops.close(writer);
    free(r.now.rows);
    free(committed.rows);
    for (int i = 0; i < 4; i++) free(r.saves[i].rows);
    fx_done(&f);
}

static void small_histories(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) history(seed, 30, 30, 30);
}

static void deep_histories(void **state)
{
    (void)state;
    for (uint64_t seed = 100; seed <= 102; seed++) history(seed, 3000, 30, 1200);
}

/* Loading in order fills the leaves; emptying from either end leaves an empty, sound tree. */
static void fill_and_empty(void **state)
{
    (void)state;
    for (int way = 0; way < 4; way++) {
        fx f;
        fx_init(&f, 1);
        void *be = fx_open(&f, ""), *txn = fx_begin(&f, be, ARC_TXN_WRITE);
        const int64_t n = 20000;
        uint8_t result;
        for (int64_t i = 0; i < n; i++) {
            arc_value v[] = { fx_int(1), fx_int(i), fx_null(), fx_int(i % 97), fx_null(), fx_int(i % 3) };
            assert_int_equal(fx_write(&f, txn, ITEM, ARC_WRITE_INSERT, fx_all, 6, v, 1, &result), ARC_OK);
            assert_int_equal(result, ARC_ROW_OK);
        }
        assert_int_equal(f.ops.check(be, fx_finding, NULL), ARC_OK);
        assert_int_equal(f.ops.commit(txn), ARC_OK);
        txn = fx_begin(&f, be, ARC_TXN_WRITE);
        for (int64_t i = 0; i < n; i++) {
            int64_t id = way == 0 ? i : way == 1 ? n - 1 - i : i * 7919 % n;
            if (way == 3) { /* first the least of every leaf, so that separators move before nodes do */
                int64_t firsts = (n + 63) / 64, rest = i - firsts;
                id = i < firsts ? i * 64 : rest / 63 * 64 + rest % 63 + 1;
            }
            arc_value v[] = { fx_int(1), fx_int(id) };
            assert_int_equal(fx_write(&f, txn, ITEM, ARC_WRITE_DELETE, NULL, 0, v, 1, &result), ARC_OK);
            assert_int_equal(result, ARC_ROW_OK);
            if (i % 4000 == 3999) assert_int_equal(f.ops.check(be, fx_finding, NULL), ARC_OK);
        }
        assert_int_equal(f.ops.commit(txn), ARC_OK);
        fx_model none = { 0 };
        txn = fx_begin(&f, be, ARC_TXN_READ);
        fx_same(&f, txn, &none);
        f.ops.close(be);
        fx_done(&f);
    }
}

/* A separator borrows the long text of the entry it equals: when that entry is replaced, its text goes with it. */
static void replaced_separators(void **state)
{
    (void)state;
    fx f;
    fx_init(&f, 1);
    void *be = fx_open(&f, "");
    static const uint16_t cols[] = { I_BOOK, I_ID, I_OPEN, I_NUMBER }, flag[] = { I_FLAG };
    uint8_t result;
    for (int round = 0; round < 3; round++) {
        void *txn = fx_begin(&f, be, ARC_TXN_WRITE);
        for (int64_t i = 0; i < 3000; i++) {
            char number[40];
            (void)snprintf(number, sizeof number, "INVOICE-2026-%08u", (unsigned)i);
            arc_value v[] = { fx_int(1), fx_int(i), round ? fx_int(round % 2) : fx_int(0), fx_text(number) };
            if (round)
                assert_int_equal(fx_write(&f, txn, ITEM, ARC_WRITE_UPDATE, flag, 1, v, 1, &result), ARC_OK);
            else
                assert_int_equal(fx_write(&f, txn, ITEM, ARC_WRITE_INSERT, cols, 4, v, 1, &result), ARC_OK);
            assert_int_equal(result, ARC_ROW_OK);
        }
        assert_int_equal(f.ops.commit(txn), ARC_OK);
        assert_int_equal(f.ops.check(be, fx_finding, NULL), ARC_OK);
    }
    f.ops.close(be);
    fx_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_histories),
        cmocka_unit_test(deep_histories),
        cmocka_unit_test(fill_and_empty),
        cmocka_unit_test(replaced_separators),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
