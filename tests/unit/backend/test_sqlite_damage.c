/* SPDX-License-Identifier: Apache-2.0 */
/* Cut and damaged files give typed errors; the integrity check tells; copies are whole or not there. */
#include <dirent.h>

#include "sqlite_support.h"

static const arc_backend_ops *ops;
static lite_host h;
static char db[600], other[700];

static int setup(void **state)
{
    test_setup(state);
    ops = arci_backend_sqlite();
    lite_host_init(&h);
    lite_path(*state, "a.db", db);
    lite_path(*state, "b.db", other);
    void *be = lite_open(&h, db, &lite_v1, ARC_OPEN_CREATE);
    lite_fill(be, 1, 300);
    ops->close(be);
    lite_sql(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    return 0;
}

static void remove_all(const char *path)
{
    static const char *const suffixes[] = { "", "-wal", "-shm" };
    char name[800];
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        unlink(name);
    }
}

static void put_file(const char *path, const char *bytes, size_t n)
{
    remove_all(path);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

static int typed(arc_status st)
{
    return st == ARC_E_CORRUPT || st == ARC_E_NOT_A_BOOK || st == ARC_E_SCHEMA_FOREIGN || st == ARC_E_IO;
}

/* Opens and reads everything; the status of what failed first, ARC_OK when nothing did. */
static arc_status read_all(const char *path, uint32_t flags)
{
    void *be = NULL;
    arc_status st = lite_try(&h, path, "", &lite_v1, flags, &be);
    if (st == ARC_OK) {
        for (uint16_t t = T_CUSTOMER; t <= T_LOG && st == ARC_OK; t++) {
            int64_t n = lite_count(be, t);
            st = n < 0 ? (arc_status)n : n == (t == T_LOG ? 0 : 299) ? ARC_OK : ARC_E_INTERNAL;
        }
        ops->close(be);
    }
    assert_int_equal(h.blocks, 0);
    return st;
}

static void cut(void **state)
{
    (void)state;
    size_t n;
    char *bytes = test_read_file(db, &n);
    assert_true(n > 40000);
    assert_int_equal(read_all(db, 0), ARC_OK);
    for (size_t keep = 0; keep < n; keep += 512) {
        put_file(other, bytes, keep);
        arc_status st = read_all(other, ARC_OPEN_CHECK);
        if (!typed(st)) {
            fprintf(stderr, "cut to %zu bytes: %s\n", keep, arc_status_name(st));
        }
        assert_true(typed(st));
    }
    free(bytes);
}

/* Without the check at open, a damage elsewhere must not crash, and what is read is a typed error or rows. */
static void flipped(void **state)
{
    (void)state;
    size_t n;
    uint64_t seed = 7;
    int found = 0;
    char *bytes = test_read_file(db, &n);
    for (int i = 0; i < 400; i++) {
        char *copy = malloc(n);
        memcpy(copy, bytes, n);
        for (int k = 0; k < 8; k++) {
            size_t at = (size_t)(test_random(&seed) % (i % 2 ? n : 4096));
            copy[at] = (char)(copy[at] ^ (1 << test_random(&seed) % 8));
        }
        put_file(other, copy, n);
        arc_status st = read_all(other, i % 3 ? 0 : ARC_OPEN_CHECK);
        found += st != ARC_OK;
        if (!typed(st) && st != ARC_OK && st != ARC_E_SCHEMA_NEWER && st != ARC_E_SCHEMA_OLDER && st != ARC_E_INTERNAL &&
            st != ARC_E_UNSUPPORTED && st != ARC_E_NOMEM && st != ARC_E_READONLY) {
            fprintf(stderr, "round %d: %s %s\n", i, arc_status_name(st), h.message);
            fail();
        }
        free(copy);
    }
    assert_true(found > 50);
    free(bytes);
}

static void count(void *user, const char *finding)
{
    assert_true(strlen(finding) > 0);
    ++*(int *)user;
}

static void checks(void **state)
{
    (void)state;
    int n = 0;
    void *be = lite_open(&h, db, &lite_v1, 0);
    assert_int_equal(ops->check(be, count, &n), ARC_OK);
    assert_int_equal(n, 0);
    lite_sql(db, "PRAGMA foreign_keys = off; DELETE FROM customer WHERE id = 7");
    assert_int_equal(ops->check(be, count, &n), ARC_OK);
    assert_int_equal(n, 1);
    ops->close(be);
    void *none = NULL;
    assert_int_equal(lite_try(&h, db, "", &lite_v1, ARC_OPEN_CHECK, &none), ARC_E_CORRUPT);
}

/* Values of the wrong form, put there by someone else: handed over as damaged, the rows around them as they are. */
static void strange_values(void **state)
{
    (void)state;
    void *be = lite_open(&h, db, &lite_v1, 0), *txn;
    static const uint16_t cols[] = { I_ID, I_DUE, I_AMOUNT };
    arc_fetch f = { (uint32_t)sizeof f, T_ITEM, 0, cols, 3, 0, NULL, NULL, NULL, 0, 0, 0, 0, 0, NULL };
    arc_fetch *fs[] = { &f };
    arc_block b;
    arc_status st;
    int rows = 0, damaged = 0;
    lite_sql(db, "UPDATE item SET due = '2026-02-30' WHERE id = 40");
    lite_sql(db, "UPDATE item SET due = 'soon' WHERE id = 299");
    assert_int_equal(ops->begin(be, ARC_TXN_READ, 0, &txn), ARC_OK);
    assert_int_equal(ops->fetch(txn, fs, 1), ARC_OK);
    while ((st = ops->next(f.cursor, &b)) == ARC_OK) {
        for (uint32_t i = 0; i < b.n_rows; i++) {
            const arc_value *v = b.values + (size_t)i * b.n_cols;
            rows++;
            damaged += v[1].type == ARC_V_DAMAGED;
            assert_int_equal(v[0].type, ARC_V_INT);
            assert_int_equal(v[1].type, v[0].u.i == 40 || v[0].u.i == 299 ? ARC_V_DAMAGED : ARC_V_INT);
            assert_int_equal(v[2].type, ARC_V_INT);
            assert_int_equal(v[2].u.i, v[0].u.i * 100);
        }
    }
    assert_int_equal(st, ARC_DONE);
    assert_int_equal(rows, 299);
    assert_int_equal(damaged, 2);
    ops->end(f.cursor);
    assert_int_equal(ops->commit(txn), ARC_OK);
    ops->close(be);
}

/* ---- backup ---- */

static int32_t stop_at_once(void *user, int64_t done, int64_t total)
{
    assert_true(done >= 0 && done <= total);
    ++*(int *)user;
    return 1;
}

typedef struct writer {
    void *be;
    int64_t next;
} writer;

static int32_t write_meanwhile(void *user, int64_t done, int64_t total)
{
    writer *w = user;
    (void)done;
    (void)total;
    lite_fill(w->be, w->next, w->next + 3);
    w->next += 3;
    return 0;
}

static int files_in(const char *dir)
{
    int n = 0;
    DIR *d = opendir(dir);
    while (readdir(d)) {
        n++;
    }
    closedir(d);
    return n;
}

static void backups(void **state)
{
    test_env *t = *state;
    struct stat sb;
    int asked = 0;
    void *txn, *be = lite_open(&h, db, &lite_v1, 0);
    writer w = { lite_open(&h, db, &lite_v1, 0), 100000 };
    lite_fill(w.be, 2000, 12000);
    lite_fill(w.be, 50000, 50001);
    int before = files_in(t->dir);
    assert_int_equal(ops->backup(be, other, stop_at_once, &asked), ARC_E_CANCELLED);
    assert_int_equal(asked, 1);
    assert_int_equal(files_in(t->dir), before); /* nothing is left */
    h.cancel = 1;
    assert_int_equal(ops->backup(be, other, NULL, NULL), ARC_E_CANCELLED);
    h.cancel = 0;
    assert_int_equal(files_in(t->dir), before);
    assert_int_equal(ops->backup(be, other, write_meanwhile, &w), ARC_OK);
    assert_true(w.next > 100003); /* in several steps */
    assert_int_equal(stat(other, &sb), 0);
    assert_int_equal(sb.st_mode & 0777, 0600);
    assert_int_equal(files_in(t->dir), before + 1);
    assert_int_equal(ops->backup(be, other, NULL, NULL), ARC_E_EXISTS);
    snprintf(other, sizeof other, "%s.none/x", db);
    assert_int_equal(ops->backup(be, other, NULL, NULL), ARC_E_NOT_FOUND);
    assert_int_equal(ops->backup(be, "", NULL, NULL), ARC_E_INVALID);
    assert_int_equal(ops->begin(be, ARC_TXN_WRITE, 0, &txn), ARC_OK);
    assert_int_equal(ops->backup(be, other, NULL, NULL), ARC_E_TXN);
    ops->rollback(txn);
    lite_path(t, "b.db", other);
    void *copy = lite_open(&h, other, &lite_v1, ARC_OPEN_CHECK);
    assert_int_equal(lite_count(copy, T_ITEM), 299 + 10001); /* as it was when the copy began */
    lite_fill(copy, 200000, 200001);
    ops->close(copy);
    ops->close(w.be);
    ops->close(be);
    assert_int_equal(h.blocks, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, test_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = { T(cut), T(flipped), T(checks), T(strange_values), T(backups) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
