/* SPDX-License-Identifier: Apache-2.0 */
/* A host, a schema of two tables and a few verbs for tests of the PostgreSQL backend. */
#ifndef TESTS_CONFORMANCE_POSTGRESQL_H
#define TESTS_CONFORMANCE_POSTGRESQL_H

#include <libpq-fe.h>

#include "conformance/postgresql_server.h"
#include "support/support.h"

/* ---- a host and two tables ---- */

typedef struct told {
    arc_status status;
    char sqlstate[6], message[256];
} told;

static void *host_alloc(const arc_host *h, size_t n)
{
    (void)h;
    return malloc(n ? n : 1);
}

static void *host_resize(const arc_host *h, void *p, size_t n)
{
    (void)h;
    return realloc(p, n ? n : 1);
}

static void host_release(const arc_host *h, void *p)
{
    (void)h;
    free(p);
}

static void host_error(const arc_host *h, arc_status st, int32_t vendor, const char *sqlstate, const char *message)
{
    told *t = h->user;
    (void)vendor;
    t->status = st;
    snprintf(t->sqlstate, sizeof t->sqlstate, "%s", sqlstate ? sqlstate : "");
    snprintf(t->message, sizeof t->message, "%s", message ? message : "");
}

static int32_t host_cancelled(const arc_host *h)
{
    (void)h;
    return 0;
}

static arc_host host_of(told *t)
{
    arc_host h = { (uint32_t)sizeof h, 0, t, host_alloc, host_resize, host_release, NULL, host_error, host_cancelled, NULL, NULL };
    return h;
}

#define ID(name_) { name_, "id", NULL, 0, ARC_COL_REQUIRED, ARC_T_ID, ARC_NO_COL, 1000 }
static const arc_column account_cols[] = { ID("book"), ID("id"), { "open", "amount", NULL, 0, ARC_COL_REQUIRED, ARC_T_INT, ARC_NO_COL, 1000 } };
static const arc_column line_cols[] = {
    ID("book"), ID("id"), { "account", "account", NULL, 0, 0, ARC_T_ID, ARC_NO_COL, 1000 },
    { "word", "a word", NULL, 40, 0, ARC_T_TEXT, ARC_NO_COL, 1000 }, { "paid", "paid", NULL, 0, 0, ARC_T_BOOL, ARC_NO_COL, 1000 },
    { "at", "when", NULL, 0, 0, ARC_T_STAMP, ARC_NO_COL, 1000 }, { "amount", "money", NULL, 0, 0, ARC_T_MONEY, 7, 1000 },
    { "currency", "its currency", NULL, 3, 0, ARC_T_TEXT, ARC_NO_COL, 1000 }, { "rate", "rate", NULL, 4, 0, ARC_T_DECIMAL, ARC_NO_COL, 1000 },
};
static const uint16_t key[] = { 0, 1 }, line_account[] = { 0, 2 }, line_word[] = { 0, 3 };
static const arc_index line_indexes[] = { { "account", line_account, 2, 0, ARC_NO_COL, 0, 0, 1000 },
                                          { "word", line_word, 2, 0, ARC_NO_COL, 0, ARC_INDEX_UNIQUE, 1000 } };
static const arc_foreign_key line_fks[] = { { line_account, 2, 0, 1000 } };
static const arc_table tables[] = {
    { "account", "accounts", account_cols, key, NULL, NULL, 3, 2, 0, 0, ARC_TABLE_ERASABLE, 1000 },
    { "line", "lines", line_cols, key, line_indexes, line_fks, 9, 2, 2, 1, ARC_TABLE_APPEND_ONLY, 1000 },
};
static const arc_schema_desc schema = { (uint32_t)sizeof(arc_schema_desc), 1000, 0x41524331u, 2, tables };
enum { ACCOUNT, LINE };

static arc_value num(int64_t i)
{
    arc_value v = { ARC_V_INT, { 0, 0, 0 }, 0, { 0 } };
    v.u.i = i;
    return v;
}

static inline arc_value word(const char *s)
{
    arc_value v = { ARC_V_TEXT, { 0, 0, 0 }, 0, { 0 } };
    v.len = (uint32_t)strlen(s);
    v.u.s = s;
    return v;
}

static arc_status try_open(arc_host *h, const char *options, uint32_t flags, void **be)
{
    arc_status st = ops->open(h, place(), options, flags, be);
    if (st == ARC_OK && (st = ops->migrate(*be, &schema, flags)) != ARC_OK) {
        ops->close(*be);
        *be = NULL;
    }
    return st;
}

static inline void *opened(arc_host *h)
{
    void *be = NULL;
    assert_ok(try_open(h, "", ARC_OPEN_CREATE, &be));
    return be;
}

static void *begun(void *be, uint32_t mode, uint32_t ms)
{
    void *txn = NULL;
    assert_ok(ops->begin(be, mode, ms, &txn));
    return txn;
}

static arc_write insert(uint16_t table, const uint16_t *cols, uint32_t n_cols, const arc_value *rows, uint32_t n, uint8_t *results)
{
    arc_write w;
    memset(&w, 0, sizeof w);
    w.struct_size = (uint32_t)sizeof w;
    w.table = table;
    w.op = ARC_WRITE_INSERT;
    w.cols = cols;
    w.rows = rows;
    w.n_cols = n_cols;
    w.n_rows = n;
    w.results = results;
    return w;
}

static const uint16_t three[] = { 0, 1, 2 };

static void put_accounts(void *be, uint32_t n, int64_t open)
{
    arc_value rows[30];
    uint8_t results[10];
    for (uint32_t i = 0; i < n; i++) {
        rows[i * 3] = num(1);
        rows[i * 3 + 1] = num((int64_t)i + 1);
        rows[i * 3 + 2] = num(open);
    }
    arc_write w = insert(ACCOUNT, three, 3, rows, n, results), *wp = &w;
    void *txn = begun(be, ARC_TXN_WRITE, 1000);
    assert_ok(ops->write(txn, &wp, 1));
    assert_ok(ops->commit(txn));
}

/* open := open + by, guarded by open >= floor. */
static arc_status add(void *txn, int64_t id, int64_t by, int64_t floor, uint8_t *result)
{
    static const uint16_t cols[] = { 2 };
    static const uint8_t set[] = { ARC_ADD };
    static const arc_guard guard[] = { { 2, ARC_OP_GE, ARC_ROW_GUARD, 0 } };
    arc_value row[] = { num(1), num(id), num(by), num(floor) };
    arc_write w = insert(ACCOUNT, cols, 1, row, 1, result), *wp = &w;
    w.op = ARC_WRITE_UPDATE;
    w.set = set;
    w.guards = guard;
    w.n_guards = 1;
    return ops->write(txn, &wp, 1);
}

static int64_t ask(const char *sql)
{
    const char *keys[] = { "host", "user", "dbname", NULL }, *values[] = { server.dir, "postgres", "use", NULL };
    PGconn *c = PQconnectdbParams(keys, values, 0);
    PGresult *r = PQexec(c, sql);
    if (PQresultStatus(r) != PGRES_TUPLES_OK) fail_msg("%s: %s", sql, PQerrorMessage(c));
    int64_t v = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
    PQclear(r);
    PQfinish(c);
    return v;
}

#endif
