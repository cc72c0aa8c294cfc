/* SPDX-License-Identifier: Apache-2.0 */
/* Upgrades: version 1 to 2 adds columns, a key, an index and a table. */
#include "sqlite_support.h"

static const arc_backend_ops *ops;
static lite_host h;
static char db[600], other[600];

static int setup(void **state)
{
    test_setup(state);
    ops = arci_backend_sqlite();
    lite_host_init(&h);
    lite_path(*state, "a.db", db);
    lite_path(*state, "b.db", other);
    return 0;
}

static void make_v1(const char *path)
{
    void *be = lite_open(&h, path, &lite_v1, ARC_OPEN_CREATE);
    lite_fill(be, 1, 50);
    ops->close(be);
}

static arc_status try_open(const char *path, const arc_schema_desc *schema, uint32_t flags)
{
    void *be = NULL;
    arc_status st = lite_try(&h, path, "", schema, flags, &be);
    if (be) {
        ops->close(be);
    }
    return st;
}

/* All of sqlite_schema, blanks and comments as they are but the order made stable. */
static char *schema_text(const char *path)
{
    sqlite3 *raw;
    sqlite3_stmt *s;
    char *text = calloc(1, 65536);
    assert_int_equal(sqlite3_open(path, &raw), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(raw, "SELECT name, tbl_name FROM sqlite_schema ORDER BY 1", -1, &s, NULL), SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW) {
        strcat(text, (const char *)sqlite3_column_text(s, 0));
        strcat(text, "\n");
    }
    sqlite3_finalize(s);
    assert_int_equal(sqlite3_prepare_v2(raw,
                                        "SELECT m.name, x.name, x.type, x.\"notnull\", x.pk FROM sqlite_schema m, "
                                        "pragma_table_xinfo(m.name) x ORDER BY m.name, x.cid",
                                        -1, &s, NULL),
                     SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW) {
        for (int i = 0; i < 5; i++) {
            strcat(text, (const char *)sqlite3_column_text(s, i));
            strcat(text, i == 4 ? "\n" : " ");
        }
    }
    sqlite3_finalize(s);
    sqlite3_close(raw);
    return text;
}

static void refused_without_leave(void **state)
{
    (void)state;
    size_t n, m;
    make_v1(db);
    lite_sql(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    char *before = test_read_file(db, &n);
    assert_int_equal(try_open(db, &lite_v2, 0), ARC_E_SCHEMA_OLDER);
    assert_int_equal(try_open(db, &lite_v2, ARC_OPEN_READONLY), ARC_E_SCHEMA_OLDER);
    char *after = test_read_file(db, &m);
    assert_int_equal(n, m);
    assert_memory_equal(before, after, n);
    free(before);
    free(after);
}

static uint8_t put_payer(void *be, int64_t id, int64_t payer)
{
    static const uint16_t cols[] = { I_PAYER };
    void *txn;
    uint8_t r = 99;
    arc_value row[] = { lite_int(1), lite_int(id), lite_int(payer) };
    assert_int_equal(ops->begin(be, ARC_TXN_WRITE, 1000, &txn), ARC_OK);
    assert_int_equal(lite_write(txn, T_ITEM, ARC_WRITE_UPDATE, cols, 1, row, 1, &r), ARC_OK);
    assert_int_equal(ops->commit(txn), ARC_OK);
    return r;
}

static uint8_t drop_customer(void *be, int64_t id)
{
    void *txn;
    uint8_t r = 99;
    arc_value row[] = { lite_int(1), lite_int(id) };
    assert_int_equal(ops->begin(be, ARC_TXN_WRITE, 1000, &txn), ARC_OK);
    assert_int_equal(lite_write(txn, T_CUSTOMER, ARC_WRITE_DELETE, NULL, 0, row, 1, &r), ARC_OK);
    assert_int_equal(ops->commit(txn), ARC_OK);
    return r;
}

static void keys_hold(void *be)
{
    static const uint16_t cols[] = { C_BOOK, C_ID, C_NAME };
    void *txn;
    uint8_t r;
    arc_value c[] = { lite_int(1), lite_int(900), lite_text("payer") };
    assert_int_equal(put_payer(be, 3, 900), ARC_ROW_REFERENCE);
    assert_int_equal(ops->begin(be, ARC_TXN_WRITE, 1000, &txn), ARC_OK);
    assert_int_equal(lite_write(txn, T_CUSTOMER, ARC_WRITE_INSERT, cols, 3, c, 1, &r), ARC_OK);
    assert_int_equal(ops->commit(txn), ARC_OK);
    assert_int_equal(put_payer(be, 3, 900), ARC_ROW_OK);
    assert_int_equal(drop_customer(be, 900), ARC_ROW_REFERENCE);
    assert_int_equal(put_payer(be, 3, 4), ARC_ROW_OK);
    assert_int_equal(drop_customer(be, 900), ARC_ROW_OK);
    static const uint16_t ic[] = { I_BOOK, I_ID, I_CUSTOMER, I_CURRENCY, I_AMOUNT, I_OPEN, I_STATUS, I_PAYER };
    arc_value row[] = { lite_int(1), lite_int(800), lite_int(1), lite_text("EUR"), lite_int(1), lite_int(1),
                        lite_text("open"), lite_int(900) };
    assert_int_equal(ops->begin(be, ARC_TXN_WRITE, 1000, &txn), ARC_OK);
    assert_int_equal(lite_write(txn, T_ITEM, ARC_WRITE_INSERT, ic, 8, row, 1, &r), ARC_OK);
    assert_int_equal(r, ARC_ROW_REFERENCE);
    ops->rollback(txn);
}

/* An upgraded book equals one made new. */
static void upgraded(void **state)
{
    (void)state;
    make_v1(db);
    void *be = lite_open(&h, db, &lite_v2, ARC_OPEN_UPGRADE);
    assert_int_equal(lite_count(be, T_ITEM), 49);
    assert_int_equal(lite_count(be, T_NOTE), 0);
    keys_hold(be);
    ops->close(be);
    be = lite_open(&h, other, &lite_v2, ARC_OPEN_CREATE);
    lite_fill(be, 1, 50);
    keys_hold(be);
    ops->close(be);
    char *a = schema_text(db), *b = schema_text(other);
    assert_string_equal(a, b);
    free(a);
    free(b);
    assert_int_equal(try_open(db, &lite_v2, ARC_OPEN_CHECK), ARC_OK);
    assert_int_equal(try_open(db, &lite_v2, ARC_OPEN_UPGRADE), ARC_OK);
    assert_int_equal(h.blocks, 0);
}

static void with_foreign_columns(void **state)
{
    (void)state;
    make_v1(db);
    lite_sql(db, "ALTER TABLE item ADD COLUMN theirs TEXT DEFAULT 'x'; CREATE TABLE more(a)");
    void *be = lite_open(&h, db, &lite_v2, ARC_OPEN_UPGRADE);
    keys_hold(be);
    ops->close(be);
    lite_sql(db, "ALTER TABLE item ADD COLUMN theirs2 TEXT");
    assert_int_equal(try_open(db, &lite_v2, 0), ARC_OK);
}

static const char *const longer[] = { "open", "paid", "it's void", "sold, (really)", "x", NULL };
static const char *const other_list[] = { "open", "it's void", "paid", "sold", NULL };

static arc_schema_desc with_codes(const char *const *codes, arc_column *cols, arc_table *tables)
{
    arc_schema_desc s = lite_v2;
    memcpy(cols, lite_item, sizeof lite_item);
    memcpy(tables, lite_tables_2, sizeof lite_tables_2);
    cols[I_STATUS].codes = codes;
    tables[T_ITEM].cols = cols;
    s.version = 3;
    s.tables = tables;
    return s;
}

static arc_status set_status(void *be, const char *status)
{
    static const uint16_t cols[] = { I_STATUS };
    void *txn;
    uint8_t r = 99;
    arc_value row[] = { lite_int(1), lite_int(3), lite_text(status) };
    assert_int_equal(ops->begin(be, ARC_TXN_WRITE, 1000, &txn), ARC_OK);
    arc_status st = lite_write(txn, T_ITEM, ARC_WRITE_UPDATE, cols, 1, row, 1, &r);
    arc_status end = ops->commit(txn);
    assert_int_equal(end, st == ARC_OK ? ARC_OK : ARC_E_DOOMED);
    return st;
}

/* A code list grows at its end; anything else is a change that an upgrade cannot know. */
static void more_codes(void **state)
{
    (void)state;
    arc_column cols[13];
    arc_table tables[4];
    arc_schema_desc v3 = with_codes(longer, cols, tables);
    for (int foreign = 0; foreign < 2; foreign++) {
        for (int from = 1; from <= 2; from++) {
            char name[700];
            unlink(db);
            snprintf(name, sizeof name, "%s-wal", db);
            unlink(name);
            void *be = lite_open(&h, db, from == 1 ? &lite_v1 : &lite_v2, ARC_OPEN_CREATE);
            lite_fill(be, 1, 50);
            ops->close(be);
            if (foreign) {
                lite_sql(db, "ALTER TABLE item ADD COLUMN theirs TEXT CHECK (theirs IN ('a', 'b'))");
            }
            be = lite_open(&h, db, &v3, ARC_OPEN_UPGRADE | ARC_OPEN_CHECK);
            assert_int_equal(set_status(be, "sold, (really)"), ARC_OK);
            assert_int_equal(set_status(be, "nonsense"), ARC_E_CHECK);
            assert_int_equal(set_status(be, "paid"), ARC_OK);
            keys_hold(be);
            ops->close(be);
            be = lite_open(&h, db, &v3, ARC_OPEN_CHECK);
            assert_int_equal(set_status(be, "x"), ARC_OK);
            assert_int_equal(lite_count(be, T_ITEM), 49);
            ops->close(be);
        }
    }
    void *be = lite_open(&h, other, &lite_v2, ARC_OPEN_CREATE);
    ops->close(be);
    arc_schema_desc bad = with_codes(other_list, cols, tables);
    assert_int_equal(try_open(other, &bad, ARC_OPEN_UPGRADE), ARC_E_SCHEMA_FOREIGN);
    bad = with_codes(longer, cols, tables);
    bad.version = 2; /* without a new version it is no upgrade */
    assert_int_equal(try_open(other, &bad, ARC_OPEN_UPGRADE), ARC_E_SCHEMA_FOREIGN);
    assert_int_equal(h.blocks, 0);
}

/* All or nothing: something in the way of the last step leaves the book as it was. */
static void in_the_way(void **state)
{
    (void)state;
    make_v1(db);
    lite_sql(db, "CREATE TABLE note(a)");
    char *before = schema_text(db);
    void *be = NULL;
    assert_int_not_equal(lite_try(&h, db, "", &lite_v2, ARC_OPEN_UPGRADE, &be), ARC_OK);
    char *after = schema_text(db);
    assert_string_equal(before, after);
    free(before);
    free(after);
    assert_int_equal(try_open(db, &lite_v1, 0), ARC_OK);
    lite_sql(db, "DROP TABLE note; DROP INDEX item__due");
    assert_int_equal(try_open(db, &lite_v2, ARC_OPEN_UPGRADE), ARC_E_SCHEMA_FOREIGN);
    assert_int_equal(h.blocks, 0);
}

static void newer(void **state)
{
    (void)state;
    void *txn, *be = lite_open(&h, db, &lite_v2, ARC_OPEN_CREATE);
    lite_fill(be, 1, 20);
    assert_int_equal(try_open(db, &lite_v1, 0), ARC_E_SCHEMA_NEWER);
    assert_int_equal(try_open(db, &lite_v1, ARC_OPEN_UPGRADE | ARC_OPEN_CREATE), ARC_E_SCHEMA_NEWER);
    void *old = lite_open(&h, db, &lite_v1, ARC_OPEN_READONLY);
    assert_int_equal(lite_count(old, T_ITEM), 19);
    assert_int_equal(ops->begin(old, ARC_TXN_WRITE, 0, &txn), ARC_E_READONLY);
    ops->close(old);
    ops->close(be);
    lite_sql(db, "ALTER TABLE item RENAME COLUMN amount TO sum"); /* too new to be read either */
    assert_int_equal(try_open(db, &lite_v1, ARC_OPEN_READONLY), ARC_E_SCHEMA_NEWER);
    arc_schema_desc major = lite_v2;
    major.version = 1001;
    assert_int_equal(try_open(db, &major, ARC_OPEN_UPGRADE), ARC_E_SCHEMA_OLDER);
}

/* Somebody upgrades while an old handle is open: it stops writing. */
static void upgraded_meanwhile(void **state)
{
    (void)state;
    void *txn;
    make_v1(db);
    void *old = lite_open(&h, db, &lite_v1, 0), *reader = lite_open(&h, db, &lite_v1, ARC_OPEN_READONLY);
    assert_int_equal(lite_count(reader, T_ITEM), 49);
    void *be = lite_open(&h, db, &lite_v2, ARC_OPEN_UPGRADE);
    assert_int_equal(ops->begin(old, ARC_TXN_WRITE, 100, &txn), ARC_E_SCHEMA_NEWER);
    assert_int_equal(lite_count(reader, T_ITEM), 49);
    lite_fill(be, 100, 101);
    ops->close(old);
    ops->close(be);
    ops->close(reader);
}

static void bad_descriptors(void **state)
{
    (void)state;
    arc_schema_desc s = lite_v1;
    arc_table t[3];
    void *be = NULL;
    s.tables = t;
    for (int i = 0; i < 5; i++) {
        memcpy(t, lite_tables_1, sizeof t);
        arc_foreign_key fk = { lite_fk_customer, 1, T_CUSTOMER, 1 };
        arc_index ix = { "bad", lite_ix_payer, 2, 0, I_PAYER, 0, ARC_INDEX_WHERE_SET, 1 };
        switch (i) {
        case 0: t[0].name = "Customer"; break;
        case 1: t[1].name = "item\"; DROP TABLE x; --"; break;
        case 2: t[1].fks = &fk; break;
        case 3: t[1].n_key = 0; break;
        default:
            t[1].indexes = &ix;
            t[1].n_indexes = 1;
            break;
        }
        assert_int_equal(lite_try(&h, db, "", &s, ARC_OPEN_CREATE, &be), ARC_E_INVALID);
        assert_null(be);
    }
    assert_int_equal(try_open(db, &lite_v1, ARC_OPEN_CREATE), ARC_OK);
    assert_int_equal(h.blocks, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, test_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = { T(refused_without_leave), T(upgraded),           T(with_foreign_columns), T(more_codes),
                                        T(in_the_way),            T(newer),              T(upgraded_meanwhile),
                                        T(bad_descriptors) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
