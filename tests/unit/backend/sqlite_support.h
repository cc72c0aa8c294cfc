/* SPDX-License-Identifier: Apache-2.0 */
/* A hand-made schema in two versions and short forms of the calls, for the tests of the SQLite backend. */
#ifndef TESTS_SQLITE_SUPPORT_H
#define TESTS_SQLITE_SUPPORT_H

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arcore/sys/sqlkit.h"
#include "support/support.h"

const arc_backend_ops *arci_backend_sqlite(void);
extern const arc_sql_dialect arci_sqlite_dialect;

/* ---- host ---- */

typedef struct lite_host {
    arc_host host; /* first */
    int64_t blocks;
    int32_t vendor;
    arc_status error;
    int cancel;
    char message[256];
    char *log; /* traced work, one statement a record; NULL: not traced */
    size_t log_len;
} lite_host;

static inline void *lite_alloc(const arc_host *h, size_t n)
{
    ((lite_host *)(uintptr_t)h)->blocks++;
    return malloc(n ? n : 1);
}
static inline void *lite_resize(const arc_host *h, void *p, size_t n)
{
    ((lite_host *)(uintptr_t)h)->blocks += p ? 0 : 1;
    return realloc(p, n ? n : 1);
}
static inline void lite_release(const arc_host *h, void *p)
{
    ((lite_host *)(uintptr_t)h)->blocks -= p ? 1 : 0;
    free(p);
}
static inline void lite_error(const arc_host *host, arc_status st, int32_t vendor, const char *state, const char *message)
{
    lite_host *h = (lite_host *)(uintptr_t)host;
    (void)state;
    h->error = st;
    h->vendor = vendor;
    snprintf(h->message, sizeof h->message, "%s", message ? message : "");
}
static inline int32_t lite_cancelled(const arc_host *h)
{
    return ((const lite_host *)h)->cancel;
}
static inline void lite_host_init(lite_host *h)
{
    memset(h, 0, sizeof *h);
    h->host.struct_size = (uint32_t)sizeof h->host;
    h->host.alloc = lite_alloc;
    h->host.resize = lite_resize;
    h->host.release = lite_release;
    h->host.set_error = lite_error;
    h->host.cancelled = lite_cancelled;
}

/* ---- schema: customers, items that point at them, an append-only log; version 2 adds columns, an index, a key, a table ---- */

enum { T_CUSTOMER, T_ITEM, T_LOG, T_NOTE };
enum { C_BOOK, C_ID, C_NAME, C_SINCE };
enum { I_BOOK, I_ID, I_CUSTOMER, I_NUMBER, I_DUE, I_CURRENCY, I_AMOUNT, I_OPEN, I_STATUS, I_MADE, I_HELD, I_PAYER, I_NOTE };
enum { L_BOOK, L_ID, L_WORDS };

#define LITE_COL(name_, type_, size_, flags_, since_) \
    { name_, "about " name_, NULL, size_, flags_, type_, ARC_NO_COL, since_ }
#define REQ ARC_COL_REQUIRED

static const char *const lite_status[] = { "open", "paid", "it's void", NULL };
static const arc_column lite_customer[] = {
    LITE_COL("book", ARC_T_ID, 0, REQ, 1),
    LITE_COL("id", ARC_T_ID, 0, REQ, 1),
    LITE_COL("name", ARC_T_TEXT, 80, REQ, 1),
    LITE_COL("since", ARC_T_DATE, 0, 0, 1),
};
static const arc_column lite_item[] = {
    LITE_COL("book", ARC_T_ID, 0, REQ, 1),
    LITE_COL("id", ARC_T_ID, 0, REQ, 1),
    LITE_COL("customer", ARC_T_ID, 0, REQ, 1),
    LITE_COL("number", ARC_T_TEXT, 40, 0, 1),
    LITE_COL("due", ARC_T_DATE, 0, 0, 1),
    LITE_COL("currency", ARC_T_TEXT, 3, REQ, 1),
    { "amount", "what it was made for", NULL, 0, REQ, ARC_T_MONEY, I_CURRENCY, 1 },
    { "open", "what is left", NULL, 0, REQ, ARC_T_MONEY, I_CURRENCY, 1 },
    { "status", "where it stands", lite_status, 0, REQ, ARC_T_CODE, ARC_NO_COL, 1 },
    LITE_COL("made", ARC_T_STAMP, 0, 0, 1),
    LITE_COL("held", ARC_T_BOOL, 0, 0, 1),
    LITE_COL("payer", ARC_T_ID, 0, 0, 2),
    LITE_COL("note", ARC_T_TEXT, 200, 0, 2),
};
static const arc_column lite_log[] = {
    LITE_COL("book", ARC_T_ID, 0, REQ, 1),
    LITE_COL("id", ARC_T_ID, 0, REQ, 1),
    LITE_COL("words", ARC_T_TEXT, 200, 0, 1),
};
static const arc_column lite_note[] = {
    LITE_COL("book", ARC_T_ID, 0, REQ, 2),
    LITE_COL("id", ARC_T_ID, 0, REQ, 2),
    LITE_COL("item", ARC_T_ID, 0, 0, 2),
};
static const uint16_t lite_key[] = { 0, 1 };
static const uint16_t lite_fk_customer[] = { I_BOOK, I_CUSTOMER }, lite_fk_payer[] = { I_BOOK, I_PAYER };
static const uint16_t lite_fk_item[] = { 0, 2 };
static const uint16_t lite_ix_number[] = { I_BOOK, I_NUMBER }, lite_ix_due[] = { I_BOOK, I_DUE, I_OPEN };
static const uint16_t lite_ix_payer[] = { I_BOOK, I_PAYER };
static const arc_index lite_indexes[] = {
    { "number", lite_ix_number, 2, 0, ARC_NO_COL, 0, ARC_INDEX_UNIQUE, 1 },
    { "due", lite_ix_due, 2, 1, I_OPEN, 0, ARC_INDEX_WHERE_NONZERO, 1 },
    { "payer", lite_ix_payer, 2, 0, I_PAYER, 0, ARC_INDEX_WHERE_SET, 2 },
};
static const arc_foreign_key lite_fks[] = { { lite_fk_customer, 2, T_CUSTOMER, 1 }, { lite_fk_payer, 2, T_CUSTOMER, 2 } };
static const arc_foreign_key lite_note_fks[] = { { lite_fk_item, 2, T_ITEM, 2 } };

#define LITE_CUSTOMER { "customer", "who owes", lite_customer, lite_key, NULL, NULL, 4, 2, 0, 0, ARC_TABLE_ERASABLE, 1 }
#define LITE_LOG { "log", "what happened", lite_log, lite_key, NULL, NULL, 3, 2, 0, 0, ARC_TABLE_APPEND_ONLY, 1 }
static const arc_table lite_tables_1[] = {
    LITE_CUSTOMER,
    { "item", "what is owed", lite_item, lite_key, lite_indexes, lite_fks, 11, 2, 2, 1, ARC_TABLE_ERASABLE, 1 },
    LITE_LOG,
};
static const arc_table lite_tables_2[] = {
    LITE_CUSTOMER,
    { "item", "what is owed", lite_item, lite_key, lite_indexes, lite_fks, 13, 2, 3, 2, ARC_TABLE_ERASABLE, 1 },
    LITE_LOG,
    { "note", "words about an item", lite_note, lite_key, NULL, lite_note_fks, 3, 2, 0, 1, 0, 2 },
};
static const arc_schema_desc lite_v1 = { (uint32_t)sizeof(arc_schema_desc), 1, 0x41524331u, 3, lite_tables_1 };
static const arc_schema_desc lite_v2 = { (uint32_t)sizeof(arc_schema_desc), 2, 0x41524331u, 4, lite_tables_2 };

/* ---- values and calls ---- */

static inline arc_value lite_int(int64_t i)
{
    arc_value v = { ARC_V_INT, { 0, 0, 0 }, 0, { 0 } };
    v.u.i = i;
    return v;
}
static inline arc_value lite_text(const char *s)
{
    arc_value v = { ARC_V_TEXT, { 0, 0, 0 }, (uint32_t)strlen(s), { 0 } };
    v.u.s = s;
    return v;
}
static const arc_value lite_null = { ARC_V_NULL, { 0, 0, 0 }, 0, { 0 } };

static inline arc_status lite_try(lite_host *h, const char *path, const char *options, const arc_schema_desc *schema,
                                  uint32_t flags, void **be)
{
    const arc_backend_ops *o = arci_backend_sqlite();
    arc_status st = o->open(&h->host, path, options, flags, be);
    if (st == ARC_OK) {
        st = o->migrate(*be, schema, flags);
        if (st != ARC_OK) {
            o->close(*be);
            *be = NULL;
        }
    }
    return st;
}
static inline void *lite_open(lite_host *h, const char *path, const arc_schema_desc *schema, uint32_t flags)
{
    void *be = NULL;
    arc_status st = lite_try(h, path, "", schema, flags, &be);
    if (st != ARC_OK) {
        fprintf(stderr, "open gave %s: %s\n", arc_status_name(st), h->message);
    }
    assert_int_equal(st, ARC_OK);
    return be;
}

static inline arc_status lite_write(void *txn, uint16_t table, uint16_t op, const uint16_t *cols, uint32_t n_cols,
                                    const arc_value *rows, uint32_t n_rows, uint8_t *results)
{
    arc_write w = { (uint32_t)sizeof w, table, op, cols, NULL, NULL, rows, n_cols, 0, n_rows, 0, results };
    arc_write *ws[] = { &w };
    return arci_backend_sqlite()->write(txn, ws, 1);
}

/* Customer `id` and item `id` of book 1. */
static inline uint8_t lite_put(void *txn, int64_t id)
{
    static const uint16_t cc[] = { C_BOOK, C_ID, C_NAME, C_SINCE };
    static const uint16_t ic[] = { I_BOOK, I_ID, I_CUSTOMER, I_NUMBER, I_DUE, I_CURRENCY, I_AMOUNT, I_OPEN, I_STATUS, I_MADE };
    uint8_t r = 99;
    char number[32];
    snprintf(number, sizeof number, "R-%lld", (long long)id);
    arc_value c[] = { lite_int(1), lite_int(id), lite_text("M\xc3\xbcller; it's \"x\""), lite_int(-719162 + id) };
    assert_int_equal(lite_write(txn, T_CUSTOMER, ARC_WRITE_INSERT, cc, 4, c, 1, &r), ARC_OK);
    arc_value i[] = { lite_int(1),         lite_int(id), lite_int(id),      lite_text(number),
                      lite_int(20000 + id), lite_text("EUR"), lite_int(id * 100), lite_int(id % 3 * 100),
                      lite_text("open"),   lite_int(TEST_NOW) };
    assert_int_equal(lite_write(txn, T_ITEM, ARC_WRITE_INSERT, ic, 10, i, 1, &r), ARC_OK);
    return r;
}

static inline void lite_fill(void *be, int64_t from, int64_t to)
{
    const arc_backend_ops *o = arci_backend_sqlite();
    void *txn;
    assert_int_equal(o->begin(be, ARC_TXN_WRITE, 2000, &txn), ARC_OK);
    for (int64_t i = from; i < to; i++) {
        lite_put(txn, i);
    }
    assert_int_equal(o->commit(txn), ARC_OK);
}

/* Rows of a table; negative: the status that came instead. */
static inline int64_t lite_count(void *be, uint16_t table)
{
    const arc_backend_ops *o = arci_backend_sqlite();
    static const uint16_t cols[] = { 0, 1 };
    arc_fetch f;
    memset(&f, 0, sizeof f);
    f.struct_size = (uint32_t)sizeof f;
    f.table = table;
    f.cols = cols;
    f.n_cols = 2;
    arc_fetch *fs[] = { &f };
    void *txn;
    int64_t n = 0;
    arc_block b;
    arc_status st = o->begin(be, ARC_TXN_READ, 1000, &txn);
    if (st != ARC_OK) {
        return st;
    }
    st = o->fetch(txn, fs, 1);
    while (st == ARC_OK && (st = o->next(f.cursor, &b)) == ARC_OK) {
        n += b.n_rows;
    }
    o->rollback(txn);
    return st == ARC_DONE ? n : st;
}

/* SQL from outside, as a foreign program would run it. */
static inline void lite_sql(const char *path, const char *sql)
{
    sqlite3 *db;
    char *message = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", sql, message);
        fail();
    }
    sqlite3_close(db);
}

static inline void lite_copy(const char *from, const char *to)
{
    size_t n = 0;
    char *bytes = test_read_file(from, &n);
    FILE *f = fopen(to, "wb");
    assert_non_null(bytes);
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
    free(bytes);
}

/* test_path() has one buffer: a copy of its own a file. */
static inline char *lite_path(test_env *t, const char *name, char buf[600])
{
    snprintf(buf, 600, "%s", test_path(t, name));
    return buf;
}

#endif
