/* SPDX-License-Identifier: Apache-2.0 */
/* Who is let in: every refusal of open() and migrate(), and that a refused file is not touched. */
#include <fcntl.h>

#include "sqlite_support.h"

static const arc_backend_ops *ops;
static lite_host h;
static char db[600], other[700];

static arc_status try_open(const char *path, const char *options, uint32_t flags)
{
    void *be = NULL;
    arc_status st = lite_try(&h, path, options, &lite_v1, flags, &be);
    if (be) {
        ops->close(be);
    }
    assert_int_equal(h.blocks, 0);
    return st;
}

static int setup(void **state)
{
    test_setup(state);
    ops = arci_backend_sqlite();
    lite_host_init(&h);
    lite_path(*state, "a.db", db);
    lite_path(*state, "b.db", other);
    return 0;
}

static void make(const char *path)
{
    void *be = lite_open(&h, path, &lite_v1, ARC_OPEN_CREATE);
    lite_fill(be, 1, 10);
    ops->close(be);
}

static void missing_and_made(void **state)
{
    (void)state;
    struct stat sb;
    assert_int_equal(try_open(db, "", 0), ARC_E_NOT_FOUND);
    assert_int_equal(lstat(db, &sb), -1);
    make(db);
    assert_int_equal(try_open(db, "", 0), ARC_OK);
    static const char *const suffixes[] = { "", "-wal", "-arclock" };
    for (int i = 0; i < 3; i++) {
        snprintf(other, sizeof other, "%s%s", db, suffixes[i]);
        assert_int_equal(stat(other, &sb), 0);
        assert_int_equal(sb.st_mode & 0777, 0600);
    }
    snprintf(other, sizeof other, "%s.none/x.db", db);
    assert_int_equal(try_open(other, "", ARC_OPEN_CREATE), ARC_E_NOT_FOUND);
}

static void locations_and_flags(void **state)
{
    test_env *t = *state;
    assert_int_equal(try_open("", "", ARC_OPEN_CREATE), ARC_E_INVALID);
    assert_int_equal(try_open(":memory:", "", ARC_OPEN_CREATE), ARC_E_INVALID);
    assert_int_equal(try_open("/tmp/", "", ARC_OPEN_CREATE), ARC_E_INVALID);
    assert_int_equal(try_open("/tmp/..", "", ARC_OPEN_CREATE), ARC_E_INVALID);
    assert_int_equal(try_open(db, "", ARC_OPEN_CREATE | ARC_OPEN_READONLY), ARC_E_INVALID);
    assert_int_equal(try_open(db, "", 0x4000u), ARC_E_INVALID);
    mkdir(db, 0700);
    assert_int_equal(try_open(db, "", ARC_OPEN_CREATE), ARC_E_NOT_A_BOOK);
    lite_path(t, "file:odd?name#", other); /* no URI is seen in a name */
    make(other);
    assert_int_equal(try_open(other, "", 0), ARC_OK);
}

static void options(void **state)
{
    (void)state;
    make(db);
    assert_int_equal(try_open(db, "cache_mib=8&busy=10&checkpoint=100&journal=wal&vfs=unix", 0), ARC_OK);
    assert_int_equal(try_open(db, "cache%5fmib=%38", 0), ARC_OK);
    static const char *const bad[] = { "x=1",         "cache_mib",     "cache_mib=",   "cache_mib=0",  "cache_mib=-1",
                                       "busy=1x",     "busy=99999999", "journal=off",  "journal=",     "vfs=none",
                                       "cache_mib=%4", "cache_mib=%00", "checkpoint=0", "=1",           "&",
                                       "synchronous=off" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(try_open(db, bad[i], 0), ARC_E_INVALID);
    }
    assert_int_equal(try_open(db, "journal=truncate", 0), ARC_OK);
    assert_int_equal(try_open(db, "", 0), ARC_OK);
}

static void links(void **state)
{
    (void)state;
    make(db);
    assert_int_equal(symlink(db, other), 0);
    assert_int_equal(try_open(other, "", 0), ARC_E_IO);
    assert_int_equal(unlink(other), 0);
    static const char *const suffixes[] = { "-wal", "-shm", "-arclock" };
    for (int i = 0; i < 3; i++) { /* nor beside it */
        snprintf(other, sizeof other, "%s%s", db, suffixes[i]);
        unlink(other);
        assert_int_equal(symlink("/dev/null", other), 0);
        assert_int_equal(try_open(db, "", 0), ARC_E_IO);
        assert_int_equal(unlink(other), 0);
    }
}

static void strangers(void **state)
{
    (void)state;
    static const char *const theirs[] = { "CREATE TABLE t(a)", "PRAGMA user_version = 1; CREATE TABLE customer(a)",
                                          "PRAGMA application_id = 7", "PRAGMA user_version = 3" };
    for (size_t i = 0; i < sizeof theirs / sizeof theirs[0]; i++) {
        size_t n = 0, m = 0;
        unlink(db);
        lite_sql(db, theirs[i]);
        char *before = test_read_file(db, &n);
        assert_int_equal(try_open(db, "", ARC_OPEN_CREATE | ARC_OPEN_UPGRADE), ARC_E_NOT_A_BOOK);
        char *after = test_read_file(db, &m);
        assert_int_equal(n, m);
        assert_memory_equal(before, after, n);
        free(before);
        free(after);
    }
    FILE *f = fopen(other, "w");
    fprintf(f, "this is no database, but long enough to be read as one: %0600d", 1);
    fclose(f);
    assert_int_equal(try_open(other, "", ARC_OPEN_CREATE), ARC_E_NOT_A_BOOK);
    f = fopen(other, "w");
    fclose(f);
    assert_int_equal(try_open(other, "", 0), ARC_E_NOT_A_BOOK);
    assert_int_equal(try_open(other, "", ARC_OPEN_CREATE), ARC_OK);
}

/* What ALTER TABLE cannot do, somebody can still do by hand. */
#define EDIT(from, to)                                                                                             \
    "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, '" from "', '" to "') WHERE name = 'item'"

static void altered(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        arc_status status;
    } cases[] = {
        { "CREATE TABLE theirs(a); CREATE VIEW v_theirs AS SELECT * FROM item", ARC_OK },
        { "CREATE INDEX theirs ON item(amount)", ARC_OK },
        { "ALTER TABLE item ADD COLUMN theirs TEXT", ARC_OK },
        { "ALTER TABLE item ADD COLUMN theirs INTEGER NOT NULL DEFAULT 7; ALTER TABLE item ADD COLUMN \"more, (x)\" TEXT", ARC_OK },
        { "ANALYZE", ARC_OK },
        { "CREATE UNIQUE INDEX theirs ON item(book, amount)", ARC_E_SCHEMA_FOREIGN },
        { "CREATE TRIGGER theirs AFTER INSERT ON item BEGIN SELECT 1; END", ARC_E_SCHEMA_FOREIGN },
        { "DROP TRIGGER log__no_delete", ARC_E_SCHEMA_FOREIGN },
        { "DROP INDEX item__due", ARC_E_SCHEMA_FOREIGN },
        { "DROP VIEW v_item; CREATE VIEW v_item AS SELECT 1", ARC_E_SCHEMA_FOREIGN },
        { "ALTER TABLE item RENAME COLUMN made TO born", ARC_E_SCHEMA_FOREIGN },
        { "PRAGMA foreign_keys=off; DROP VIEW v_customer; DROP TABLE customer", ARC_E_SCHEMA_FOREIGN },
        { "DROP VIEW v_item; ALTER TABLE item DROP COLUMN made", ARC_E_SCHEMA_FOREIGN },
        { "DROP TABLE arc_sequence", ARC_E_SCHEMA_FOREIGN },
        { EDIT("PRIMARY KEY", "CHECK (amount < 5), PRIMARY KEY"), ARC_E_SCHEMA_FOREIGN },
        { EDIT("PRIMARY KEY", "theirs TEXT NOT NULL, PRIMARY KEY"), ARC_E_SCHEMA_FOREIGN },
        { EDIT("s void", "s other"), ARC_E_SCHEMA_FOREIGN },
        { EDIT(" STRICT", " "), ARC_E_SCHEMA_FOREIGN },
        { EDIT("PRIMARY KEY", "theirs TEXT, /* a, (comment) */ PRIMARY  KEY"), ARC_OK },
    };
    make(other);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[700];
        snprintf(name, sizeof name, "%s-wal", db);
        unlink(name);
        lite_sql(other, "PRAGMA wal_checkpoint(TRUNCATE)");
        lite_copy(other, db);
        lite_sql(db, cases[i].sql);
        arc_status st = try_open(db, "", 0);
        if (st != cases[i].status) {
            fprintf(stderr, "%s: %s (%s)\n", cases[i].sql, arc_status_name(st), h.message);
        }
        assert_int_equal(st, cases[i].status);
        if (st == ARC_OK) { /* and it works */
            void *be = lite_open(&h, db, &lite_v1, 0);
            lite_fill(be, 100, 105);
            assert_int_equal(lite_count(be, T_ITEM), 14);
            ops->close(be);
        }
    }
}

static void foreign_trigger_allowed(void **state)
{
    (void)state;
    make(db);
    lite_sql(db, "CREATE TRIGGER theirs AFTER INSERT ON item BEGIN SELECT 1; END");
    assert_int_equal(try_open(db, "", 0), ARC_E_SCHEMA_FOREIGN);
    assert_int_equal(try_open(db, "", ARC_OPEN_FOREIGN_TRIGGERS), ARC_OK);
}

/* The tables change under an open handle: the next transaction finds out. */
static void altered_meanwhile(void **state)
{
    (void)state;
    void *txn;
    make(db);
    void *be = lite_open(&h, db, &lite_v1, 0);
    assert_int_equal(lite_count(be, T_ITEM), 9);
    lite_sql(db, "CREATE TABLE theirs(a)");
    assert_int_equal(lite_count(be, T_ITEM), 9);
    lite_sql(db, "DROP INDEX item__due");
    assert_int_equal(lite_count(be, T_ITEM), ARC_E_SCHEMA_FOREIGN);
    assert_int_equal(ops->begin(be, ARC_TXN_WRITE, 100, &txn), ARC_E_SCHEMA_FOREIGN);
    ops->close(be);
}

static void read_only(void **state)
{
    (void)state;
    void *txn;
    make(db);
    void *be = lite_open(&h, db, &lite_v1, ARC_OPEN_READONLY);
    assert_int_equal(lite_count(be, T_ITEM), 9);
    assert_int_equal(ops->begin(be, ARC_TXN_WRITE, 100, &txn), ARC_E_READONLY);
    assert_null(txn);
    ops->close(be);
    assert_int_equal(chmod(db, 0400), 0);
    if (getuid() != 0) {
        assert_int_equal(try_open(db, "", 0), ARC_E_READONLY);
    }
}

static void settings(void **state)
{
    (void)state;
    make(db);
    lite_sql(db, "PRAGMA journal_mode = DELETE"); /* somebody left WAL: it is set again */
    void *be = lite_open(&h, db, &lite_v1, 0);
    sqlite3 *raw;
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_open(db, &raw), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(raw, "PRAGMA journal_mode", -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(s, 0), "wal");
    sqlite3_finalize(s);
    sqlite3_close(raw);
    ops->close(be);
    assert_int_equal(try_open(db, "", ARC_OPEN_CHECK), ARC_OK);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, test_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        T(missing_and_made),  T(locations_and_flags),     T(options),           T(links),     T(strangers),
        T(altered),           T(foreign_trigger_allowed), T(altered_meanwhile), T(read_only), T(settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
