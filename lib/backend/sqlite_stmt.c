/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of the SQLite backend: cache, binding, reading, errors. */
#include <string.h>

#include "backend/sqlite.h"

/* ---- errors ---- */

arc_status arci_sqlite_status(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return ARC_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL: return ARC_E_BUSY;
    case SQLITE_NOMEM: return ARC_E_NOMEM;
    case SQLITE_FULL: return ARC_E_FULL;
    case SQLITE_IOERR: return rc == SQLITE_IOERR_NOMEM ? ARC_E_NOMEM : rc == SQLITE_IOERR_CORRUPTFS ? ARC_E_CORRUPT : ARC_E_IO;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_NOLFS: return ARC_E_IO;
    case SQLITE_READONLY: return ARC_E_READONLY;
    case SQLITE_CORRUPT: return ARC_E_CORRUPT;
    case SQLITE_NOTADB: return ARC_E_NOT_A_BOOK;
    case SQLITE_CONSTRAINT: return ARC_E_CHECK;
    case SQLITE_INTERRUPT: return ARC_E_CANCELLED;
    case SQLITE_TOOBIG: return ARC_E_LIMIT;
    case SQLITE_SCHEMA: return ARC_E_SCHEMA_FOREIGN;
    default: return ARC_E_BACKEND;
    }
}

int arci_sqlite_whole(const arci_sqlite *be, int rc)
{
    return be->attached && rc > 0 && rc < SQLITE_ROW ? sqlite3_extended_errcode(be->db) : rc;
}

arc_status arci_sqlite_fail(arci_sqlite *be, int rc)
{
    rc = arci_sqlite_whole(be, rc);
    arc_status st = arci_sqlite_status(rc);
    if (be->host->set_error) {
        be->host->set_error(be->host, st, rc, NULL, be->db ? sqlite3_errmsg(be->db) : sqlite3_errstr(rc));
    }
    return st;
}

arc_status arci_sqlite_error(arci_sqlite *be, arc_status status, const char *message)
{
    if (be->host->set_error) {
        be->host->set_error(be->host, status, 0, NULL, message);
    }
    return status;
}

arc_status arci_sqlite_doom(arci_sqlite *be, arc_status status)
{
    if (status < 0) {
        be->doomed = 1;
    }
    return status;
}

arc_status arci_sqlite_forked(arci_sqlite *be)
{
    if (arci_process_same(&be->process)) {
        return ARC_OK;
    }
    return arci_sqlite_error(be, ARC_E_FORK, "the handle was opened before fork(): open the book again in the child");
}

arc_status arci_sqlite_enter(arci_sqlite *be, uint32_t mode)
{
    arc_status st = arci_sqlite_forked(be);
    if (st != ARC_OK) {
        return st;
    }
    if (!be->mode || (mode && be->mode != mode)) {
        return arci_sqlite_doom(be, arci_sqlite_error(be, ARC_E_TXN, "not inside the kind of transaction this needs"));
    }
    st = arci_sqlite_doom(be, arci_sqlite_still_joined(be));
    if (st != ARC_OK) {
        return st;
    }
    return be->doomed ? ARC_E_DOOMED : ARC_OK;
}

/* ---- cache ---- */

static uint32_t hash_key(const void *key, size_t n)
{
    const unsigned char *p = key;
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++) {
        h = (h ^ p[i]) * 16777619u;
    }
    return h ^ (h >> 15);
}

static arci_sqlite_stmt *look_up(arci_sqlite *be, const void *key, size_t n)
{
    uint32_t h = hash_key(key, n);
    for (arci_sqlite_stmt *e = be->slots[h % ARCI_SQLITE_SLOTS]; e; e = e->next) {
        if (e->hash == h && e->key_len == n && !e->busy && memcmp(e->key, key, n) == 0) {
            e->busy = 1;
            e->used = ++be->tick;
            return e;
        }
    }
    return NULL;
}

arci_sqlite_stmt *arci_sqlite_cached(arci_sqlite *be)
{
    return look_up(be, be->build.key.s, be->build.key.len);
}

static void unlink_stmt(arci_sqlite *be, arci_sqlite_stmt *stmt)
{
    arci_sqlite_stmt **at = &be->slots[stmt->hash % ARCI_SQLITE_SLOTS];
    while (*at != stmt) {
        at = &(*at)->next;
    }
    *at = stmt->next;
    sqlite3_finalize(stmt->s);
    be->host->release(be->host, stmt);
    be->n_stmts--;
}

static void evict(arci_sqlite *be)
{
    arci_sqlite_stmt *oldest = NULL;
    for (uint32_t i = 0; i < ARCI_SQLITE_SLOTS; i++) {
        for (arci_sqlite_stmt *e = be->slots[i]; e; e = e->next) {
            if (!e->busy && (!oldest || e->used < oldest->used)) {
                oldest = e;
            }
        }
    }
    if (oldest) {
        unlink_stmt(be, oldest);
    }
}

void arci_sqlite_drop_cache(arci_sqlite *be)
{
    for (uint32_t i = 0; i < ARCI_SQLITE_SLOTS; i++) {
        while (be->slots[i]) {
            unlink_stmt(be, be->slots[i]);
        }
    }
}

static arc_status prepare(arci_sqlite *be, const char *sql, size_t n, const void *key, size_t key_len,
                          arci_sqlite_stmt **out)
{
    *out = NULL;
    if (be->n_stmts >= ARCI_SQLITE_MAX_STMTS) {
        evict(be);
    }
    arci_sqlite_stmt *e = be->host->alloc(be->host, sizeof *e + key_len);
    if (!e) {
        return ARC_E_NOMEM;
    }
    memset(e, 0, sizeof *e);
    int rc = sqlite3_prepare_v3(be->db, sql, (int)n + 1, SQLITE_PREPARE_PERSISTENT, &e->s, NULL);
    if (rc != SQLITE_OK || !e->s) {
        be->host->release(be->host, e);
        return rc == SQLITE_OK ? ARC_E_INTERNAL : arci_sqlite_fail(be, rc);
    }
    e->hash = hash_key(key, key_len);
    e->key_len = (uint32_t)key_len;
    memcpy(e->key, key, key_len);
    e->busy = 1;
    e->used = ++be->tick;
    e->next = be->slots[e->hash % ARCI_SQLITE_SLOTS];
    be->slots[e->hash % ARCI_SQLITE_SLOTS] = e;
    be->n_stmts++;
    *out = e;
    return ARC_OK;
}

arc_status arci_sqlite_prepare(arci_sqlite *be, arci_sqlite_stmt **out)
{
    return prepare(be, be->build.text.s, be->build.text.len, be->build.key.s, be->build.key.len, out);
}

arc_status arci_sqlite_fixed(arci_sqlite *be, const char *sql, arci_sqlite_stmt **out)
{
    size_t n = strlen(sql);
    *out = look_up(be, sql, n);
    return *out ? ARC_OK : prepare(be, sql, n, sql, n, out);
}

void arci_sqlite_release(arci_sqlite_stmt *stmt)
{
    sqlite3_reset(stmt->s);
    stmt->busy = 0;
}

/* ---- values ---- */

arc_status arci_sqlite_bind(arci_sqlite *be, sqlite3_stmt *s, uint32_t i, const arc_value *v, const arc_column *c,
                            int borrow, char *date)
{
    int rc, at = (int)i + 1, isdate = c && c->type == ARC_T_DATE;
    sqlite3_destructor_type life = borrow ? SQLITE_STATIC : SQLITE_TRANSIENT;
    if (v->len > 1000000000u) { /* SQLite's own bound; its lengths are int */
        return arci_sqlite_error(be, ARC_E_LIMIT, "a value is longer than a billion bytes");
    }
    switch (v->type) {
    case ARC_V_NULL: rc = sqlite3_bind_null(s, at); break;
    case ARC_V_INT:
        if (!isdate) {
            rc = sqlite3_bind_int64(s, at, v->u.i);
        } else if (arc_sql_date_text(date, v->u.i)) {
            rc = sqlite3_bind_text(s, at, date, 10, life);
        } else {
            return arci_sqlite_error(be, ARC_E_CHECK, "a date outside 0001-01-01 to 9999-12-31");
        }
        break;
    case ARC_V_TEXT: rc = sqlite3_bind_text(s, at, v->len ? v->u.s : "", (int)v->len, life); break;
    case ARC_V_BLOB:
        rc = v->len ? sqlite3_bind_blob(s, at, v->u.s, (int)v->len, life) : sqlite3_bind_zeroblob(s, at, 0);
        break;
    default: return arci_sqlite_error(be, ARC_E_INVALID, "a value of an unknown type");
    }
    return rc == SQLITE_OK ? ARC_OK : arci_sqlite_fail(be, rc);
}

arc_value *arci_sqlite_trace_room(arci_sqlite *be, uint32_t n)
{
    if (!be->host->trace) {
        return NULL;
    }
    if (n >= be->cap_traced) {
        arc_value *p = be->host->resize(be->host, be->traced, ((size_t)n + 16) * (sizeof *p + 10));
        if (!p) {
            return NULL;
        }
        be->traced = p;
        be->cap_traced = n + 16;
    }
    return be->traced;
}

char *arci_sqlite_trace_date(arci_sqlite *be, uint32_t i)
{
    return (char *)(be->traced + be->cap_traced) + (size_t)i * 10;
}

void arci_sqlite_trace(arci_sqlite *be, sqlite3_stmt *s, const arc_value *params, uint32_t n)
{
    if (be->host->trace) {
        be->host->trace(be->host, sqlite3_sql(s), params, n);
    }
}

arc_status arci_sqlite_bind_params(arci_sqlite *be, arci_sqlite_stmt *stmt)
{
    uint32_t n = be->build.n_params;
    char one[10];
    arc_value *shown = arci_sqlite_trace_room(be, n);
    for (uint32_t i = 0; i < n; i++) {
        const arc_sql_param *p = &be->build.params[i];
        char *date = shown ? arci_sqlite_trace_date(be, i) : one;
        arc_status st = arci_sqlite_bind(be, stmt->s, i, &p->value, p->column, 0, date);
        if (st != ARC_OK) {
            return st;
        }
        if (shown) {
            shown[i] = p->value;
            if (p->column && p->column->type == ARC_T_DATE && p->value.type == ARC_V_INT) {
                shown[i].type = ARC_V_TEXT;
                shown[i].len = 10;
                shown[i].u.s = date;
            }
        }
    }
    if (shown) {
        arci_sqlite_trace(be, stmt->s, shown, n);
    }
    return ARC_OK;
}

static arc_status wrong_type(arci_sqlite *be, const arc_column *c)
{
    (void)c;
    return arci_sqlite_error(be, ARC_E_CORRUPT, "a stored value is not of its column's type");
}

arc_status arci_sqlite_value(arci_sqlite *be, sqlite3_stmt *s, int i, const arc_column *c, arc_value *out)
{
    /* The value itself: each sqlite3_column_...() would look at the statement again. The connection is this thread's alone. */
    sqlite3_value *v = sqlite3_column_value(s, i);
    int type = sqlite3_value_type(v);
    memset(out, 0, sizeof *out);
    if (type == SQLITE_INTEGER) {
        out->type = ARC_V_INT;
        out->u.i = sqlite3_value_int64(v);
        return c->type == ARC_T_DATE || c->type == ARC_T_TEXT || c->type == ARC_T_CODE || c->type == ARC_T_JSON ||
                       c->type == ARC_T_BLOB
                   ? wrong_type(be, c)
                   : ARC_OK;
    }
    if (type == SQLITE_NULL) { /* a required column has NOT NULL: only damage puts one there */
        return c->flags & ARC_COL_REQUIRED ? wrong_type(be, c) : ARC_OK;
    }
    if (type == SQLITE_FLOAT || (type == SQLITE_BLOB) != (c->type == ARC_T_BLOB)) {
        return wrong_type(be, c);
    }
    out->len = (uint32_t)sqlite3_value_bytes(v); /* first: it makes the text UTF-8 */
    out->u.s = sqlite3_value_blob(v);            /* of text too: its bytes where they lie; asking for text copies them to add a NUL */
    if (!out->u.s && out->len) {
        return arci_sqlite_fail(be, SQLITE_NOMEM);
    }
    out->u.s = out->len ? out->u.s : "";
    out->type = type == SQLITE_BLOB ? ARC_V_BLOB : ARC_V_TEXT;
    if (c->type == ARC_T_DATE) {
        int64_t days = 0;
        if (!arc_sql_date_parse(out->u.s, out->len, &days)) {
            return wrong_type(be, c);
        }
        memset(out, 0, sizeof *out);
        out->type = ARC_V_INT;
        out->u.i = days;
        return ARC_OK;
    }
    return c->type == ARC_T_TEXT || c->type == ARC_T_CODE || c->type == ARC_T_JSON || c->type == ARC_T_BLOB
               ? ARC_OK
               : wrong_type(be, c);
}

/* ---- constant statements ---- */

int arci_sqlite_run(arci_sqlite *be, const char *sql, int64_t *value)
{
    arci_sqlite_stmt *e;
    arc_status st = arci_sqlite_fixed(be, sql, &e);
    if (st != ARC_OK) {
        return st == ARC_E_NOMEM ? SQLITE_NOMEM : sqlite3_extended_errcode(be->db);
    }
    arci_sqlite_trace(be, e->s, NULL, 0);
    int rc = sqlite3_step(e->s);
    if (rc == SQLITE_ROW && value) {
        *value = sqlite3_column_int64(e->s, 0);
    }
    while (rc == SQLITE_ROW) {
        rc = sqlite3_step(e->s);
    }
    int reset = sqlite3_reset(e->s);
    e->busy = 0;
    return rc == SQLITE_DONE ? SQLITE_OK : reset != SQLITE_OK ? reset : rc;
}

void arci_sqlite_undo(arci_sqlite *be)
{
    if (be->joined) {
        arci_sqlite_undo_joined(be);
    } else if (!sqlite3_get_autocommit(be->db)) {
        be->quiet++;
        arci_sqlite_trace(be, be->undo, NULL, 0);
        sqlite3_step(be->undo);
        sqlite3_reset(be->undo);
        be->quiet--;
    }
}

arc_status arci_sqlite_exec(arci_sqlite *be, const char *sql)
{
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(be->db, sql, -1, &s, NULL);
    if (rc == SQLITE_OK && s) {
        arci_sqlite_trace(be, s, NULL, 0);
        do {
            rc = sqlite3_step(s);
        } while (rc == SQLITE_ROW);
    }
    arc_status st = rc == SQLITE_DONE || rc == SQLITE_OK ? ARC_OK : arci_sqlite_fail(be, rc);
    sqlite3_finalize(s);
    return st;
}
