/* SPDX-License-Identifier: Apache-2.0 */
/* Writing rows: one execution of a cached statement a row. A failed INSERT or UPDATE is atomic in SQLite, so a row that is
 * refused needs no savepoint to leave the others standing. */
#include <string.h>

#include "backend/sqlite_cursor.h"

enum { DATES_INLINE = 64 };

typedef struct writer {
    arci_sqlite *be;
    const arc_table *t;
    const arc_write *w;
    arci_sqlite_stmt *stmt, *why;
    const arc_column **cols; /* by position in a row */
    char *dates;             /* 10 bytes a position */
    arc_value *shown;        /* NULL when nobody traces */
    uint32_t width;          /* values in a row */
    int adds;
} writer;

/* ---- one row ---- */

static void show(writer *x, uint32_t at, const arc_value *v, const arc_column *c, const char *date)
{
    x->shown[at] = *v;
    if (c->type == ARC_T_DATE && v->type == ARC_V_INT) {
        x->shown[at].type = ARC_V_TEXT;
        x->shown[at].len = 10;
        x->shown[at].u.s = date;
    }
}

static arc_status bind_row(writer *x, const arc_value *row)
{
    for (uint32_t i = 0; i < x->width; i++) {
        arc_status st = arci_sqlite_bind(x->be, x->stmt->s, i, &row[i], x->cols[i], 1, x->dates + (size_t)i * 10);
        if (st != ARC_OK) {
            return st;
        }
        if (x->shown) {
            show(x, i, &row[i], x->cols[i], x->dates + (size_t)i * 10);
        }
    }
    arci_sqlite_trace(x->be, x->stmt->s, x->shown, x->shown ? x->width : 0);
    return ARC_OK;
}

/* Why a row was not touched. */
static arc_status diagnose(writer *x, const arc_value *row, uint8_t *result)
{
    arci_sqlite *be = x->be;
    uint32_t skip = x->w->n_cols, n_key = x->t->n_key;
    arc_status st = ARC_OK;
    if (!x->why) {
        st = arc_sqlkit_diagnose(&arci_sqlite_dialect, be->schema, x->w, ARC_SQL_KEY | ARC_SQL_TEXT, &be->build);
        x->why = st == ARC_OK ? arci_sqlite_cached(be) : NULL;
        if (st == ARC_OK && !x->why) {
            st = arci_sqlite_prepare(be, &x->why);
        }
    }
    for (uint32_t i = 0; i < n_key + x->w->n_guards && st == ARC_OK; i++) {
        uint32_t from = i < n_key ? i : i + skip;
        char *date = x->dates + (size_t)from * 10;
        st = arci_sqlite_bind(be, x->why->s, i, &row[from], x->cols[from], 1, date);
        if (x->shown && st == ARC_OK) {
            show(x, i, &row[from], x->cols[from], date);
        }
    }
    if (st != ARC_OK) {
        return st;
    }
    arci_sqlite_trace(be, x->why->s, x->shown, x->shown ? n_key + x->w->n_guards : 0);
    int rc = sqlite3_step(x->why->s);
    *result = ARC_ROW_MISSING;
    if (rc == SQLITE_ROW) {
        *result = ARC_ROW_OK;
        for (uint32_t i = 0; i < x->w->n_guards && *result == ARC_ROW_OK; i++) {
            if (!sqlite3_column_int(x->why->s, (int)i + 1)) {
                *result = (uint8_t)x->w->guards[i].result;
            }
        }
        if (*result == ARC_ROW_OK) { /* found, guards hold, yet not written: a foreign trigger swallowed it */
            st = arci_sqlite_error(be, ARC_E_BACKEND, "a row was not written though nothing speaks against it");
        }
    } else if (rc != SQLITE_DONE) {
        st = arci_sqlite_fail(be, rc);
    }
    sqlite3_reset(x->why->s);
    return st;
}

static arc_status refused(writer *x, int rc, uint8_t *result)
{
    switch (arci_sqlite_whole(x->be, rc)) {
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
    case SQLITE_CONSTRAINT_UNIQUE: *result = ARC_ROW_EXISTS; return ARC_OK;
    case SQLITE_CONSTRAINT_FOREIGNKEY: *result = ARC_ROW_REFERENCE; return ARC_OK;
    case SQLITE_CONSTRAINT_DATATYPE:
        return x->adds ? arci_sqlite_error(x->be, ARC_E_OVERFLOW, "an addition overflows") : arci_sqlite_fail(x->be, rc);
    case SQLITE_CONSTRAINT_TRIGGER:
        if (strcmp(sqlite3_errmsg(x->be->db), ARCI_SQLITE_REFERENCE) == 0) {
            *result = ARC_ROW_REFERENCE;
            return ARC_OK;
        }
        return arci_sqlite_fail(x->be, rc);
    default: return arci_sqlite_fail(x->be, rc);
    }
}

static arc_status write_row(writer *x, const arc_value *row, uint8_t *result)
{
    arc_status st = bind_row(x, row);
    if (st != ARC_OK) {
        return st;
    }
    int rc = sqlite3_step(x->stmt->s);
    *result = ARC_ROW_OK;
    if (rc == SQLITE_DONE) {
        int touched = x->w->op == ARC_WRITE_INSERT || sqlite3_changes(x->be->db) > 0;
        sqlite3_reset(x->stmt->s);
        return touched ? ARC_OK : diagnose(x, row, result);
    }
    if (rc == SQLITE_ROW) {
        return ARC_E_INTERNAL;
    }
    st = refused(x, rc, result); /* before the reset: the message is still there */
    sqlite3_reset(x->stmt->s);
    return st;
}

/* ---- one arc_write ---- */

/* Numbers go into INTEGER columns, text into TEXT: STRICT would turn a number into text without a word. */
static int types_ok(const writer *x, const arc_value *row)
{
    for (uint32_t i = 0; i < x->width; i++) {
        uint8_t want;
        switch (x->cols[i]->type) {
        case ARC_T_TEXT:
        case ARC_T_CODE:
        case ARC_T_JSON: want = ARC_V_TEXT; break;
        case ARC_T_BLOB: want = ARC_V_BLOB; break;
        default: want = ARC_V_INT; break;
        }
        if (row[i].type != want && row[i].type != ARC_V_NULL) {
            return 0;
        }
    }
    return 1;
}

static arc_status write_rows(writer *x)
{
    arci_sqlite *be = x->be;
    for (uint32_t i = 0; i < x->w->n_rows; i++) {
        const arc_value *row = x->w->rows + (size_t)i * x->width;
        if (!types_ok(x, row)) {
            return arci_sqlite_error(be, ARC_E_INVALID, "a value is not of its column's type");
        }
        if ((i & 63u) == 63u && be->host->cancelled && be->host->cancelled(be->host)) {
            return ARC_E_CANCELLED;
        }
        arc_status st = write_row(x, row, &x->w->results[i]);
        if (st != ARC_OK) {
            return st;
        }
    }
    return ARC_OK;
}

static arc_status start(writer *x)
{
    arci_sqlite *be = x->be;
    const arc_write *w = x->w;
    arc_status st = arc_sqlkit_write(&arci_sqlite_dialect, be->schema, w, ARC_SQL_KEY, &be->build);
    if (st != ARC_OK || w->n_rows == 0 || !w->rows || !w->results) {
        return st == ARC_E_NOMEM ? st : arci_sqlite_error(be, ARC_E_INVALID, "a write that breaks the contract");
    }
    x->t = &be->schema->tables[w->table];
    if ((w->op != ARC_WRITE_INSERT && (x->t->flags & ARC_TABLE_APPEND_ONLY) && !(x->t->flags & ARC_TABLE_ERASABLE)) ||
        (w->op == ARC_WRITE_UPDATE && (x->t->flags & ARC_TABLE_APPEND_ONLY))) {
        return arci_sqlite_error(be, ARC_E_INVALID, "rows of this table are never changed");
    }
    x->width = (w->op == ARC_WRITE_INSERT ? 0 : x->t->n_key) + w->n_cols + w->n_guards;
    for (uint32_t i = 0; w->op == ARC_WRITE_UPDATE && w->set && i < w->n_cols; i++) {
        x->adds |= w->set[i] == ARC_ADD;
    }
    x->stmt = arci_sqlite_cached(be);
    if (x->stmt) {
        return ARC_OK;
    }
    st = arc_sqlkit_write(&arci_sqlite_dialect, be->schema, w, ARC_SQL_KEY | ARC_SQL_TEXT, &be->build);
    return st == ARC_OK ? arci_sqlite_prepare(be, &x->stmt) : st;
}

static arc_status write_one(arci_sqlite *be, const arc_write *w)
{
    const arc_column *cols[DATES_INLINE];
    char dates[DATES_INLINE * 10];
    writer x = { be, NULL, w, NULL, NULL, cols, dates, NULL, 0, 0 };
    void *more = NULL;
    arc_status st = start(&x);
    if (st == ARC_OK && w->op == ARC_WRITE_UPDATE) {
        st = arci_sqlite_settle(be, x.t);
    }
    if (st == ARC_OK && x.width > DATES_INLINE) {
        more = be->host->alloc(be->host, x.width * (sizeof *x.cols + 10));
        x.cols = more;
        x.dates = more ? (char *)(x.cols + x.width) : NULL;
        st = more ? ARC_OK : ARC_E_NOMEM;
    }
    if (st == ARC_OK) {
        for (uint32_t i = 0; i < x.width; i++) {
            x.cols[i] = arc_sqlkit_write_column(x.t, w, i);
        }
        x.shown = arci_sqlite_trace_room(be, x.width);
        st = write_rows(&x);
    }
    if (x.stmt) {
        arci_sqlite_release(x.stmt);
    }
    if (x.why) {
        arci_sqlite_release(x.why);
    }
    be->host->release(be->host, more);
    return st;
}

arc_status arci_sqlite_write(void *txn, arc_write *const *writes, uint32_t n)
{
    arci_sqlite *be = txn;
    arc_status st = arci_sqlite_enter(be, ARC_TXN_WRITE);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        st = writes && writes[i] ? write_one(be, writes[i]) : ARC_E_INVALID;
    }
    return st == ARC_OK || st == ARC_E_TXN || st == ARC_E_FORK ? st : arci_sqlite_doom(be, st);
}
