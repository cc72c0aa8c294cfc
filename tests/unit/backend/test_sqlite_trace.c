/* SPDX-License-Identifier: Apache-2.0 */
/* The trace is complete: replayed by bare sqlite3 it gives an equal database. That replay is the floor benchmarks compare with. */
#include "sqlite_support.h"

static const arc_backend_ops *ops;

typedef struct recorder {
    lite_host h; /* first */
    struct {
        char *sql;
        arc_value *params;
        uint32_t n;
    } work[4000];
    uint32_t n;
} recorder;

static recorder rec;
static char db[600], other[600];

static void record(const arc_host *host, const char *sql, const arc_value *params, uint32_t n)
{
    (void)host;
    assert_true(rec.n < 4000);
    assert_true(n == 0 || params);
    rec.work[rec.n].sql = strdup(sql);
    rec.work[rec.n].n = n;
    rec.work[rec.n].params = calloc(n + 1, sizeof *params);
    for (uint32_t i = 0; i < n; i++) {
        arc_value *v = &rec.work[rec.n].params[i];
        *v = params[i];
        if (v->type >= ARC_V_TEXT) {
            char *copy = malloc(v->len + 1u);
            memcpy(copy, v->u.s, v->len);
            v->u.s = copy;
        }
    }
    rec.n++;
}

static int setup(void **state)
{
    test_setup(state);
    ops = arci_backend_sqlite();
    memset(&rec, 0, sizeof rec);
    lite_host_init(&rec.h);
    rec.h.host.trace = record;
    lite_path(*state, "a.db", db);
    lite_path(*state, "b.db", other);
    return 0;
}

static int teardown(void **state)
{
    for (uint32_t i = 0; i < rec.n; i++) {
        for (uint32_t k = 0; k < rec.work[i].n; k++) {
            if (rec.work[i].params[k].type >= ARC_V_TEXT) {
                free((void *)(uintptr_t)rec.work[i].params[k].u.s);
            }
        }
        free(rec.work[i].params);
        free(rec.work[i].sql);
    }
    return test_teardown(state);
}

static void replay(sqlite3 *raw)
{
    for (uint32_t i = 0; i < rec.n; i++) {
        sqlite3_stmt *s;
        if (sqlite3_prepare_v2(raw, rec.work[i].sql, -1, &s, NULL) != SQLITE_OK) {
            fprintf(stderr, "%s: %s\n", rec.work[i].sql, sqlite3_errmsg(raw));
            fail();
        }
        assert_int_equal(sqlite3_bind_parameter_count(s), rec.work[i].n);
        for (uint32_t k = 0; k < rec.work[i].n; k++) {
            const arc_value *v = &rec.work[i].params[k];
            int at = (int)k + 1;
            switch (v->type) {
            case ARC_V_INT: sqlite3_bind_int64(s, at, v->u.i); break;
            case ARC_V_TEXT: sqlite3_bind_text(s, at, v->u.s, (int)v->len, SQLITE_STATIC); break;
            case ARC_V_BLOB: sqlite3_bind_blob(s, at, v->u.s, (int)v->len, SQLITE_STATIC); break;
            default: break;
            }
        }
        while (sqlite3_step(s) == SQLITE_ROW) {
        }
        sqlite3_finalize(s);
    }
}

static char *dump(const char *path)
{
    static const char *const queries[] = {
        "SELECT type, name, tbl_name, sql, '', '', '', '', '', '', '' FROM sqlite_schema ORDER BY name",
        "SELECT *, '', '', '', '', '', '', '' FROM customer",
        "SELECT * FROM item",
        "SELECT *, '', '', '', '', '', '', '', '' FROM log",
        "SELECT *, '', '', '', '', '', '', '', '' FROM arc_sequence",
        "SELECT application_id, user_version, '', '', '', '', '', '', '', '', '' FROM pragma_application_id, pragma_user_version",
    };
    sqlite3 *raw;
    size_t size = 1 << 20, at = 0;
    char *out = malloc(size);
    assert_int_equal(sqlite3_open(path, &raw), SQLITE_OK);
    for (size_t q = 0; q < sizeof queries / sizeof queries[0]; q++) {
        sqlite3_stmt *s;
        if (sqlite3_prepare_v2(raw, queries[q], -1, &s, NULL) != SQLITE_OK) {
            fprintf(stderr, "%s\n", sqlite3_errmsg(raw));
            fail();
        }
        while (sqlite3_step(s) == SQLITE_ROW) {
            for (int i = 0; i < 11; i++) {
                const char *v = (const char *)sqlite3_column_text(s, i);
                at += (size_t)snprintf(out + at, size - at, "%d:%s|", sqlite3_column_type(s, i), v ? v : "");
                assert_true(at < size);
            }
        }
        sqlite3_finalize(s);
    }
    sqlite3_close(raw);
    return out;
}

static void reads(void *be)
{
    static const uint16_t cols[] = { I_ID, I_DUE, I_OPEN };
    void *txn, *cursor;
    arc_block b;
    arc_value book = lite_int(1), due = lite_int(20010), keys[] = { lite_int(1), lite_int(3), lite_int(1), lite_int(4000) };
    arc_cond_op ops1[] = { { ARC_OP_EQ, I_BOOK, ARC_NO_COL, 0, 1, &book } };
    arc_cond_op ops2[] = { { ARC_OP_GE, I_DUE, ARC_NO_COL, 0, 1, &due } };
    arc_cond conds[] = { { ops1, 1, 1 }, { ops2, 1, 1 } };
    arc_order order[] = { { I_DUE, 0 }, { I_ID, 1 } };
    arc_fetch f = { (uint32_t)sizeof f, T_ITEM, 0, cols, 3, 2, conds, order, NULL, 2, 0, 7, 0, 0, NULL };
    arc_fetch *fs[] = { &f };
    assert_int_equal(ops->begin(be, ARC_TXN_READ, 0, &txn), ARC_OK);
    assert_int_equal(ops->fetch(txn, fs, 1), ARC_OK);
    assert_int_equal(ops->next(f.cursor, &b), ARC_OK);
    assert_int_equal(b.n_rows, 7);
    assert_int_equal(b.values[1].u.i, 20010);
    ops->end(f.cursor);
    assert_int_equal(ops->get_many(txn, T_ITEM, cols, 3, keys, 2, &cursor), ARC_OK);
    assert_int_equal(ops->next(cursor, &b), ARC_OK);
    assert_int_equal(b.n_rows, 1);
    assert_int_equal(ops->next(cursor, &b), ARC_DONE);
    assert_int_equal(ops->commit(txn), ARC_OK);
}

static void work(void *be)
{
    static const uint16_t cols[] = { I_OPEN, I_DUE, I_NUMBER };
    static const uint8_t set[] = { ARC_ADD, ARC_SET, ARC_SET };
    static const uint16_t log[] = { L_BOOK, L_ID, L_WORDS };
    arc_guard guards[] = { { I_OPEN, ARC_OP_GE, ARC_ROW_GUARD, 0 }, { I_DUE, ARC_OP_NE, ARC_ROW_STALE, 0 } };
    void *txn;
    uint8_t r[3];
    int64_t first;
    lite_fill(be, 1, 40);
    reads(be);
    assert_int_equal(ops->begin(be, ARC_TXN_WRITE, 0, &txn), ARC_OK);
    arc_value rows[] = {
        lite_int(1), lite_int(2),  lite_int(5), lite_int(20555), lite_text("R-x"), lite_int(0), lite_null,
        lite_int(1), lite_int(3),  lite_int(5), lite_null,       lite_text("R-4"), lite_int(0), lite_null,     /* taken */
        lite_int(1), lite_int(5), lite_int(5), lite_int(20001), lite_null,        lite_int(9999), lite_null, /* guard */
    };
    arc_write w = { (uint32_t)sizeof w, T_ITEM, ARC_WRITE_UPDATE, cols, set, guards, rows, 3, 2, 3, 0, r };
    arc_write *ws[] = { &w };
    assert_int_equal(ops->write(txn, ws, 1), ARC_OK);
    assert_int_equal(r[0], ARC_ROW_OK);
    assert_int_equal(r[1], ARC_ROW_EXISTS);
    assert_int_equal(r[2], ARC_ROW_GUARD);
    assert_int_equal(ops->savepoint(txn, 1), ARC_OK);
    assert_int_equal(ops->reserve(txn, 1, "it's", 3, &first), ARC_OK);
    assert_int_equal(first, 1);
    arc_value lines[] = { lite_int(1), lite_int(1), lite_text("gone") };
    assert_int_equal(lite_write(txn, T_LOG, ARC_WRITE_INSERT, log, 3, lines, 1, r), ARC_OK);
    assert_int_equal(ops->rollback_to(txn, 1), ARC_OK);
    assert_int_equal(ops->release(txn, 1), ARC_OK);
    assert_int_equal(ops->reserve(txn, 1, "it's", 2, &first), ARC_OK);
    assert_int_equal(first, 1);
    lines[2] = lite_text("");
    assert_int_equal(lite_write(txn, T_LOG, ARC_WRITE_INSERT, log, 3, lines, 1, r), ARC_OK);
    assert_int_equal(ops->commit(txn), ARC_OK);
    assert_int_equal(ops->begin(be, ARC_TXN_WRITE, 0, &txn), ARC_OK);
    lite_put(txn, 77);
    ops->rollback(txn);
}

static void replays(void **state)
{
    (void)state;
    sqlite3 *raw;
    void *be = NULL;
    assert_int_equal(lite_try(&rec.h, db, "checkpoint=5", &lite_v1, ARC_OPEN_CREATE, &be), ARC_OK);
    work(be);
    ops->close(be);
    assert_int_equal(sqlite3_open(other, &raw), SQLITE_OK);
    replay(raw);
    assert_int_equal(sqlite3_get_autocommit(raw), 1);
    sqlite3_close(raw);
    char *a = dump(db), *b = dump(other);
    assert_string_equal(a, b);
    assert_non_null(strstr(a, "R-x"));
    assert_null(strstr(a, "R-77"));
    free(a);
    free(b);
    int seen = 0;
    for (uint32_t i = 0; i < rec.n; i++) {
        seen |= strcmp(rec.work[i].sql, "COMMIT") == 0;
        seen |= (strcmp(rec.work[i].sql, "BEGIN IMMEDIATE") == 0) << 1;
        seen |= (strncmp(rec.work[i].sql, "PRAGMA wal_checkpoint", 21) == 0) << 2;
        seen |= (strncmp(rec.work[i].sql, "SELECT \"id\"", 11) == 0) << 3;
        if (strstr(rec.work[i].sql, "\"due\" >= ?2")) { /* as it was bound, not as it was asked */
            assert_int_equal(rec.work[i].params[1].type, ARC_V_TEXT);
            assert_memory_equal(rec.work[i].params[1].u.s, "2024-10-14", 10);
            seen |= 16;
        }
        assert_null(strstr(rec.work[i].sql, "R-")); /* values are never in the text */
        assert_null(strstr(rec.work[i].sql, "ller"));
    }
    assert_int_equal(seen, 31);
    assert_int_equal(rec.h.blocks, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = { T(replays) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
