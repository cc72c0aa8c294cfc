/* SPDX-License-Identifier: Apache-2.0 */
/* Stores by name, schema versions, and running out of memory while opening. */
#include "memory_fixture.h"

/* ---- stores and schemas ---------------------------------------------------------------------------------------------------------------- */

static void stores(void **state)
{
    (void)state;
    fx f;
    fx_init(&f, 1);
    void *be = &f;
    assert_int_equal(f.ops.open(&f.host, "", "journal=wal", 0, &be), ARC_E_INVALID);
    assert_null(be);
    assert_int_equal(f.ops.open(&f.host, "", "", 0x100, &be), ARC_E_INVALID);
    f.ops.user = NULL;
    assert_int_equal(f.ops.open(&f.host, "name", "", 0, &be), ARC_E_UNSUPPORTED);
    f.ops.user = &f.registry;
    assert_int_equal(f.ops.open(&f.host, "a", "", 0, &be), ARC_OK);
    assert_int_equal(f.ops.migrate(be, &fx_schema, 0), ARC_E_NOT_A_BOOK);
    void *txn;
    assert_int_equal(f.ops.begin(be, ARC_TXN_READ, 0, &txn), ARC_E_TXN);
    f.ops.close(be);

    /* one name, one store; another name or none, another store; gone with the last handle */
    void *a = fx_open(&f, "a"), *again = fx_open(&f, "a"), *b = fx_open(&f, "b"), *own = fx_open(&f, "");
    fx_parties(&f, a);
    void *all[] = { a, again, b, own };
    static const int64_t want[] = { 1, 1, 0, 0 };
    for (int i = 0; i < 4; i++) {
        int64_t sum, n;
        uint8_t result;
        txn = fx_begin(&f, all[i], ARC_TXN_WRITE);
        if (i == 0) assert_int_equal(fx_put(&f, txn, 1, 5, "a note of some length", &result), ARC_OK);
        assert_int_equal(f.ops.commit(txn), ARC_OK);
        txn = fx_begin(&f, all[i], ARC_TXN_READ);
        assert_int_equal(fx_total(&f, txn, 0, &sum, &n), ARC_OK);
        assert_int_equal(n, want[i]);
        f.ops.rollback(txn);
    }
    f.ops.close(a);
    f.ops.close(again);
    again = NULL;
    assert_int_equal(f.ops.open(&f.host, "a", "", 0, &again), ARC_OK);
    assert_int_equal(f.ops.migrate(again, &fx_schema, 0), ARC_E_NOT_A_BOOK);
    f.ops.close(again);
    f.ops.close(b);
    f.ops.close(own);
    fx_done(&f);
}

static arc_status reopen(fx *f, const arc_schema_desc *schema, uint32_t flags, void **be)
{
    assert_int_equal(f->ops.open(&f->host, "s", "", flags, be), ARC_OK);
    arc_status status = f->ops.migrate(*be, schema, flags);
    if (status) f->ops.close(*be);
    return status;
}

static void schemas(void **state)
{
    (void)state;
    fx f;
    fx_init(&f, 1);
    void *be = fx_open(&f, "s"), *other, *txn;
    fx_parties(&f, be);
    uint8_t result;
    txn = fx_begin(&f, be, ARC_TXN_WRITE);
    for (int64_t i = 1; i <= 300; i++) assert_int_equal(fx_put(&f, txn, i, i, i % 3 ? "a note that is not short" : NULL, &result), ARC_OK);
    assert_int_equal(f.ops.commit(txn), ARC_OK);
    void *old = fx_begin(&f, be, ARC_TXN_READ);

    arc_table altered[2] = { fx_tables[0], fx_tables[1] };
    arc_schema_desc schema = fx_schema;
    schema.tables = altered;
    assert_int_equal(reopen(&f, &schema, ARC_OPEN_CHECK, &other), ARC_OK);
    f.ops.close(other);
    altered[1].n_indexes = 6;
    assert_int_equal(reopen(&f, &schema, 0, &other), ARC_E_SCHEMA_FOREIGN);
    schema.application_id++;
    assert_int_equal(reopen(&f, &schema, 0, &other), ARC_E_NOT_A_BOOK);
    static const uint16_t beyond[] = { 0, 77 };
    altered[0].key = beyond;
    assert_int_equal(reopen(&f, &schema, ARC_OPEN_CREATE, &other), ARC_E_NOT_A_BOOK);
    schema.application_id--;
    assert_int_equal(reopen(&f, &schema, ARC_OPEN_CREATE, &other), ARC_E_INVALID);

    assert_int_equal(reopen(&f, &fx_schema_newer, 0, &other), ARC_E_SCHEMA_OLDER);
    assert_int_equal(reopen(&f, &fx_schema_newer, ARC_OPEN_UPGRADE | ARC_OPEN_READONLY, &other), ARC_E_SCHEMA_OLDER);
    assert_int_equal(reopen(&f, &fx_schema_newer, ARC_OPEN_UPGRADE, &other), ARC_OK);
    assert_int_equal(f.ops.check(other, fx_finding, NULL), ARC_OK);
    /* the new column can be written and read, old rows have NULL there */
    static const uint16_t late[] = { I_COLS };
    arc_value v[] = { fx_int(1), fx_int(7), fx_text("late") };
    txn = fx_begin(&f, other, ARC_TXN_WRITE);
    assert_int_equal(fx_write(&f, txn, ITEM, ARC_WRITE_UPDATE, late, 1, v, 1, &result), ARC_OK);
    assert_int_equal(f.ops.commit(txn), ARC_OK);
    txn = fx_begin(&f, other, ARC_TXN_READ);
    void *cursor = fx_scan(&f, txn, late, 1);
    arc_block block;
    uint32_t at = 0;
    while (f.ops.next(cursor, &block) == ARC_OK)
        for (uint32_t i = 0; i < block.n_rows; i++) assert_int_equal(block.values[i].type, ++at == 7 ? ARC_V_TEXT : ARC_V_NULL);
    assert_int_equal(at, 300);
    f.ops.close(other);

    /* a reader of before the upgrade sees what it saw; an older schema may read, not write */
    int64_t sum, n;
    assert_int_equal(fx_total(&f, old, 1, &sum, &n), ARC_OK);
    assert_int_equal(sum, 300 * 301 / 2);
    f.ops.rollback(old);
    assert_int_equal(reopen(&f, &fx_schema, 0, &other), ARC_E_SCHEMA_NEWER);
    assert_int_equal(reopen(&f, &fx_schema, ARC_OPEN_READONLY, &other), ARC_OK);
    assert_int_equal(f.ops.begin(other, ARC_TXN_WRITE, 0, &txn), ARC_E_READONLY);
    txn = fx_begin(&f, other, ARC_TXN_READ);
    assert_int_equal(fx_total(&f, txn, 0, &sum, &n), ARC_OK);
    assert_int_equal(n, 300);
    f.ops.close(other);
    f.ops.close(be);
    fx_done(&f);
}

/* ---- one writer ---------------------------------------------------------------------------------------------------------------------- */

static void writers(void **state)
{
    (void)state;
    fx f;
    fx_init(&f, 1);
    void *a = fx_open(&f, "w"), *b = fx_open(&f, "w"), *txn = fx_begin(&f, a, ARC_TXN_WRITE), *second;
    assert_int_equal(f.ops.begin(a, ARC_TXN_READ, 0, &second), ARC_E_TXN);
    assert_int_equal(f.ops.begin(b, 3, 0, &second), ARC_E_INVALID);
    assert_int_equal(f.ops.begin(b, ARC_TXN_WRITE, 0, &second), ARC_E_BUSY);
    assert_int_equal(f.ops.begin(b, ARC_TXN_WRITE, 30, &second), ARC_E_BUSY);
    f.cancel = 1;
    assert_int_equal(f.ops.begin(b, ARC_TXN_WRITE, 60000, &second), ARC_E_CANCELLED);
    f.cancel = 0;
    f.ops.rollback(txn);
    (void)fx_begin(&f, b, ARC_TXN_WRITE);
    f.ops.close(b); /* a handle closed in the middle of writing gives its place up */
    txn = fx_begin(&f, a, ARC_TXN_WRITE);
    f.ops.close(a);
    fx_done(&f);
}

static void no_memory_to_open(void **state)
{
    (void)state;
    fx f;
    fx_init(&f, 1);
    void *keep = fx_open(&f, "kept"), *txn, *be;
    uint8_t result;
    fx_parties(&f, keep);
    txn = fx_begin(&f, keep, ARC_TXN_WRITE);
    for (int64_t i = 1; i <= 200; i++) assert_int_equal(fx_put(&f, txn, i, i, "a note that needs room of its own", &result), ARC_OK);
    assert_int_equal(f.ops.commit(txn), ARC_OK);
    for (int way = 0; way < 2; way++) {
        int64_t live = f.live, tries = 0;
        arc_status s;
        do {
            f.allocs = 0;
            f.fail_at = ++tries;
            s = f.ops.open(&f.host, way ? "kept" : "new", "", 0, &be);
            if (!s) {
                s = f.ops.migrate(be, way ? &fx_schema_newer : &fx_schema, way ? ARC_OPEN_UPGRADE : ARC_OPEN_CREATE);
                f.fail_at = 0;
                if (!s) assert_int_equal(f.ops.check(be, fx_finding, NULL), ARC_OK);
                f.ops.close(be);
            }
            f.fail_at = 0;
            if (s) {
                assert_int_equal(s, ARC_E_NOMEM);
                assert_int_equal(f.live, live);
            }
            assert_int_equal(f.ops.check(keep, fx_finding, NULL), ARC_OK);
        } while (s && tries < 10000);
        assert_int_equal(s, ARC_OK);
        assert_true(tries > 5);
    }
    f.ops.close(keep);
    fx_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stores),
        cmocka_unit_test(schemas),
        cmocka_unit_test(writers),
        cmocka_unit_test(no_memory_to_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
