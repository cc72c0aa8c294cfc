/* SPDX-License-Identifier: Apache-2.0 */
/* Reading rows: questions, keys, blocks. */
#include <string.h>

#include "backend/sqlite_cursor.h"
#include "base/str.h"

/* ---- cursors ---- */

static void free_cursor(arci_sqlite_cursor *c)
{
    const arc_host *host = c->be->host;
    while (c->chunks) {
        arci_sqlite_chunk *k = c->chunks;
        c->chunks = k->next;
        host->release(host, k);
    }
    host->release(host, c->values);
    host->release(host, c->keys);
    host->release(host, (void *)c->cols);
    host->release(host, c);
}

static void close_stmt(arci_sqlite_cursor *c)
{
    if (c->stmt) {
        if (arci_sqlite_forked(c->be) == ARC_OK) { /* a child leaves SQLite alone */
            arci_sqlite_release(c->stmt);
        }
        c->stmt = NULL;
    }
}

arc_status arci_sqlite_cursor_new(arci_sqlite *be, const arc_table *t, const uint16_t *cols, uint32_t n_cols,
                                  arci_sqlite_cursor **out)
{
    arci_sqlite_cursor *c = be->spare;
    be->spare = NULL;
    if (!c) {
        c = be->host->alloc(be->host, sizeof *c);
        if (!c) {
            return ARC_E_NOMEM;
        }
        memset(c, 0, sizeof *c);
        c->be = be;
    }
    c->state = ARCI_SQLITE_DEAD;
    c->table = t;
    c->grow = 16;
    c->n_keys = c->at = 0;
    c->n_rows = c->given = 0;
    c->passed = 0;
    c->paged = 0;
    c->rest = NULL;
    c->next = be->cursors;
    be->cursors = c;
    if (n_cols > c->cap_cols) {
        const arc_column **p = be->host->resize(be->host, (void *)c->cols, n_cols * sizeof *p);
        if (!p) {
            arci_sqlite_end(c);
            return ARC_E_NOMEM;
        }
        c->cols = p;
        c->cap_cols = n_cols;
    }
    c->n_cols = n_cols;
    for (uint32_t i = 0; i < n_cols && cols; i++) {
        c->cols[i] = &t->cols[cols[i]];
    }
    *out = c;
    return ARC_OK;
}

arc_status arci_sqlite_cursor_room(arci_sqlite_cursor *c, uint32_t n_values)
{
    if (n_values > c->cap_values) {
        arc_value *p = c->be->host->resize(c->be->host, c->values, (size_t)n_values * sizeof *p);
        if (!p) {
            return ARC_E_NOMEM;
        }
        c->values = p;
        c->cap_values = n_values;
    }
    return ARC_OK;
}

int arci_sqlite_cursor_keep(arci_sqlite_cursor *c, arc_value *v)
{
    arci_sqlite_chunk *k = c->chunks;
    if (v->type < ARC_V_TEXT) {
        return 1;
    }
    if (!k || k->size - k->used < v->len) {
        size_t size = k ? k->size * 2 : 1024;
        size = size > 65536 ? 65536 : size;
        size = size < v->len ? v->len : size;
        k = c->be->host->alloc(c->be->host, sizeof *k + size);
        if (!k) {
            return 0;
        }
        k->size = size;
        k->used = 0;
        k->next = c->chunks;
        c->chunks = k;
    }
    if (v->len) {
        memcpy(k->data + k->used, v->u.s, v->len);
    }
    v->u.s = k->data + k->used;
    k->used += v->len;
    return 1;
}

/* Forgets the text of the last block; one chunk is kept. */
static void reset_chunks(arci_sqlite_cursor *c)
{
    while (c->chunks && c->chunks->next) {
        arci_sqlite_chunk *k = c->chunks->next;
        c->chunks->next = k->next;
        c->be->host->release(c->be->host, k);
    }
    if (c->chunks) {
        c->chunks->used = 0;
    }
}

void arci_sqlite_end(void *cursor)
{
    arci_sqlite_cursor *c = cursor;
    if (!c) {
        return;
    }
    arci_sqlite *be = c->be;
    arci_sqlite_cursor **at = &be->cursors;
    while (*at && *at != c) {
        at = &(*at)->next;
    }
    if (!*at) {
        return;
    }
    *at = c->next;
    arci_sqlite_end(c->rest);
    close_stmt(c);
    reset_chunks(c);
    if (be->spare || c->cap_values > 65536) {
        free_cursor(c);
    } else {
        be->spare = c;
    }
}

void arci_sqlite_kill_cursors(arci_sqlite *be)
{
    for (arci_sqlite_cursor *c = be->cursors; c; c = c->next) {
        close_stmt(c);
        c->state = ARCI_SQLITE_DEAD;
    }
}

void arci_sqlite_free_cursors(arci_sqlite *be)
{
    while (be->cursors) {
        arci_sqlite_end(be->cursors);
    }
    if (be->spare) {
        free_cursor(be->spare);
        be->spare = NULL;
    }
}

/* ---- questions ---- */

void arci_sqlite_plan(void *handle, arc_fetch *fetch)
{
    arci_sqlite *be = handle;
    arc_sqlkit_plan(&arci_sqlite_dialect, be->schema, fetch);
}

arc_status arci_sqlite_question(arci_sqlite *be, const arc_fetch *fetch, arci_sqlite_stmt **out)
{
    *out = NULL;
    arc_status st = arc_sqlkit_fetch(&arci_sqlite_dialect, be->schema, fetch, ARC_SQL_KEY, &be->build);
    if (st != ARC_OK) {
        return st == ARC_E_NOMEM ? st : arci_sqlite_error(be, st, "a question that breaks the contract");
    }
    *out = arci_sqlite_cached(be);
    if (!*out) {
        st = arc_sqlkit_fetch(&arci_sqlite_dialect, be->schema, fetch, ARC_SQL_KEY | ARC_SQL_TEXT, &be->build);
        if (st == ARC_OK) {
            st = arci_sqlite_prepare(be, out);
        }
    }
    if (st == ARC_OK) {
        st = arci_sqlite_bind_params(be, *out);
    }
    if (st != ARC_OK && *out) {
        arci_sqlite_release(*out);
        *out = NULL;
    }
    return st;
}

/* ---- pages: what a READ without a WAL takes before it lets the writers pass ---- */

static arc_status read_page(arci_sqlite_cursor *c);

static arc_status first_page(arci_sqlite_cursor *c)
{
    c->paged = 1;
    c->grow = ARCI_SQLITE_PAGE;
    return read_page(c);
}

static arc_status fetch_one(arci_sqlite *be, arc_fetch *f)
{
    arci_sqlite_stmt *stmt;
    arci_sqlite_cursor *c;
    arc_status st = arci_sqlite_question(be, f, &stmt);
    if (st != ARC_OK) {
        return st;
    }
    st = arci_sqlite_cursor_new(be, &be->schema->tables[f->table], f->cols, f->n_cols, &c);
    if (st != ARC_OK) {
        arci_sqlite_release(stmt);
        return st;
    }
    c->stmt = stmt;
    c->state = ARCI_SQLITE_SCAN;
    st = arci_sqlite_pages(be) ? first_page(c) : ARC_OK;
    if (st != ARC_OK) {
        arci_sqlite_end(c);
        return st;
    }
    f->cursor = c;
    return ARC_OK;
}

arc_status arci_sqlite_fetch(void *txn, arc_fetch *const *fetches, uint32_t n)
{
    arci_sqlite *be = txn;
    uint32_t opened = 0;
    arc_status st = arci_sqlite_enter(be, 0);
    if (st != ARC_OK) {
        return st;
    }
    st = arci_sqlite_look_in(be);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        st = fetches && fetches[i] ? fetch_one(be, fetches[i]) : ARC_E_INVALID;
        opened += st == ARC_OK ? 1 : 0;
    }
    arci_sqlite_look_away(be);
    for (uint32_t i = 0; st != ARC_OK && i < opened; i++) {
        arci_sqlite_end(fetches[i]->cursor);
        fetches[i]->cursor = NULL;
    }
    return arci_sqlite_doom(be, st);
}

static arc_status copy_keys(arci_sqlite_cursor *c, const arc_value *keys, uint32_t n)
{
    size_t values = (size_t)n * c->table->n_key, bytes = 0;
    for (size_t i = 0; i < values; i++) {
        bytes += keys[i].type >= ARC_V_TEXT ? keys[i].len : 0;
    }
    arc_value *p = c->be->host->resize(c->be->host, c->keys, values * sizeof *p + bytes + 1);
    if (!p) {
        return ARC_E_NOMEM;
    }
    c->keys = p;
    char *text = (char *)(p + values);
    for (size_t i = 0; i < values; i++) {
        p[i] = keys[i];
        if (keys[i].type >= ARC_V_TEXT) {
            memcpy(text, keys[i].u.s, keys[i].len);
            p[i].u.s = text;
            text += keys[i].len;
        }
    }
    c->n_keys = n;
    return ARC_OK;
}

arc_status arci_sqlite_get_many(void *txn, uint16_t table, const uint16_t *cols, uint32_t n_cols, const arc_value *keys,
                                uint32_t n_keys, void **cursor)
{
    arci_sqlite *be = txn;
    arci_sqlite_cursor *c = NULL;
    arc_status st = arci_sqlite_enter(be, 0);
    if (st != ARC_OK) {
        return st;
    }
    *cursor = NULL;
    st = arci_sqlite_look_in(be);
    if (st != ARC_OK) {
        return arci_sqlite_doom(be, st);
    }
    st = keys || !n_keys ? arc_sqlkit_get(&arci_sqlite_dialect, be->schema, table, cols, n_cols,
                                          ARC_SQL_KEY | ARC_SQL_TEXT, &be->build)
                         : ARC_E_INVALID;
    if (st == ARC_OK) {
        st = arci_sqlite_cursor_new(be, &be->schema->tables[table], cols, n_cols, &c);
    }
    if (st == ARC_OK) {
        c->stmt = arci_sqlite_cached(be);
        st = c->stmt ? ARC_OK : arci_sqlite_prepare(be, &c->stmt);
    }
    if (st == ARC_OK) {
        st = copy_keys(c, keys, n_keys);
    }
    if (st == ARC_OK) {
        c->state = ARCI_SQLITE_KEYS;
        st = arci_sqlite_pages(be) ? first_page(c) : ARC_OK;
    }
    if (st == ARC_OK) {
        *cursor = c;
    } else if (c) {
        arci_sqlite_end(c);
    }
    arci_sqlite_look_away(be);
    return arci_sqlite_doom(be, st);
}

/* ---- blocks ---- */

static arc_status keep_row(arci_sqlite_cursor *c, uint32_t row)
{
    arc_value *v = c->values + (size_t)row * c->n_cols;
    for (uint32_t i = 0; i < c->n_cols; i++) {
        arc_status st = arci_sqlite_value(c->be, c->stmt->s, (int)i, c->cols[i], &v[i]);
        if (st == ARC_E_CORRUPT) { /* somebody else wrote it: the core says where it lies */
            memset(&v[i], 0, sizeof v[i]);
            v[i].type = ARC_V_DAMAGED;
            continue;
        }
        if (st != ARC_OK) {
            return st;
        }
        if (!arci_sqlite_cursor_keep(c, &v[i])) {
            return ARC_E_NOMEM;
        }
    }
    return ARC_OK;
}

static size_t row_bytes(const arci_sqlite_cursor *c, uint32_t row)
{
    size_t n = 0;
    for (uint32_t i = 0; i < c->n_cols; i++) {
        n += c->values[(size_t)row * c->n_cols + i].len;
    }
    return n;
}

/* SQLITE_ROW, SQLITE_DONE or an error; of a key that is absent the next key is tried. */
static int step_key(arci_sqlite_cursor *c, arc_status *st)
{
    arci_sqlite *be = c->be;
    uint32_t n = c->table->n_key;
    while (c->at < c->n_keys) {
        const arc_value *key = c->keys + (size_t)c->at++ * n;
        arc_value *shown = arci_sqlite_trace_room(be, n);
        sqlite3_reset(c->stmt->s);
        for (uint32_t i = 0; i < n; i++) {
            const arc_column *col = &c->table->cols[c->table->key[i]];
            char one[10], *date = shown ? arci_sqlite_trace_date(be, i) : one;
            *st = arci_sqlite_bind(be, c->stmt->s, i, &key[i], col, col->type != ARC_T_DATE, date);
            if (*st != ARC_OK) {
                return SQLITE_ERROR;
            }
            if (shown) {
                shown[i] = key[i];
                if (col->type == ARC_T_DATE && key[i].type == ARC_V_INT) {
                    shown[i].type = ARC_V_TEXT;
                    shown[i].len = 10;
                    shown[i].u.s = date;
                }
            }
        }
        arci_sqlite_trace(be, c->stmt->s, shown, shown ? n : 0);
        int rc = sqlite3_step(c->stmt->s);
        if (rc != SQLITE_DONE) {
            return rc;
        }
    }
    return SQLITE_DONE;
}

static arc_status fill(arci_sqlite_cursor *c, arc_block *block)
{
    uint32_t n = 0, most = c->grow;
    arc_status st = arci_sqlite_cursor_room(c, most * c->n_cols);
    reset_chunks(c);
    while (st == ARC_OK && n < most) {
        int rc = c->state == ARCI_SQLITE_KEYS ? step_key(c, &st) : sqlite3_step(c->stmt->s);
        if (rc == SQLITE_DONE) {
            c->state = ARCI_SQLITE_FINISHED;
            close_stmt(c);
            break;
        }
        if (rc != SQLITE_ROW) {
            st = st != ARC_OK ? st : arci_sqlite_fail(c->be, rc);
            break;
        }
        st = keep_row(c, n);
        n += st == ARC_OK ? 1 : 0;
    }
    if (st != ARC_OK) {
        return arci_sqlite_doom(c->be, st);
    }
    c->grow = most * 4 > ARCI_SQLITE_BLOCK ? ARCI_SQLITE_BLOCK : most * 4;
    block->values = c->values;
    block->n_rows = n;
    block->n_cols = c->n_cols;
    return n ? ARC_OK : ARC_DONE;
}

/* Starts over and steps past the rows that were given: the data are the same, so they come in the same order. */
static arc_status pass(arci_sqlite_cursor *c)
{
    for (uint64_t i = 0; i < c->passed && c->state == ARCI_SQLITE_SCAN; i++) {
        int rc = sqlite3_step(c->stmt->s);
        if (rc != SQLITE_ROW) {
            return rc == SQLITE_DONE ? arci_sqlite_error(c->be, ARC_E_INTERNAL, "rows of an unchanged table are gone")
                                     : arci_sqlite_fail(c->be, rc);
        }
    }
    return ARC_OK;
}

static arc_status read_page(arci_sqlite_cursor *c)
{
    size_t width = c->n_cols * sizeof *c->values, bytes = 0;
    size_t most = c->passed ? (size_t)c->be->opt.cache_mib << 18 : ARCI_SQLITE_PAGE_BYTES;
    reset_chunks(c);
    c->n_rows = c->given = 0;
    arc_status st = pass(c);
    while (st == ARC_OK) {
        int full = c->n_rows == c->grow || bytes >= most;
        if (full && c->state == ARCI_SQLITE_KEYS && c->at < c->n_keys) {
            break; /* a key once asked for is used up */
        }
        int rc = c->state == ARCI_SQLITE_KEYS ? step_key(c, &st) : sqlite3_step(c->stmt->s);
        if (rc == SQLITE_DONE) {
            c->state = ARCI_SQLITE_FINISHED;
            close_stmt(c);
            break;
        }
        if (rc != SQLITE_ROW || full) {
            st = rc == SQLITE_ROW || st != ARC_OK ? st : arci_sqlite_fail(c->be, rc);
            break;
        }
        if ((c->n_rows + 1) * c->n_cols > c->cap_values) {
            st = arci_sqlite_cursor_room(c, (c->n_rows ? c->n_rows * 2 : 16) * c->n_cols);
        }
        st = st == ARC_OK ? keep_row(c, c->n_rows) : st;
        if (st == ARC_OK) {
            bytes += width + row_bytes(c, c->n_rows++);
        }
    }
    if (c->stmt) {
        sqlite3_reset(c->stmt->s);
    }
    c->passed += c->n_rows;
    c->grow = c->grow * 4 > ARCI_SQLITE_MAX_PAGE ? ARCI_SQLITE_MAX_PAGE : c->grow * 4;
    return st;
}

static arc_status next_of_page(arci_sqlite_cursor *c, arc_block *block)
{
    if (c->given == c->n_rows && c->state != ARCI_SQLITE_FINISHED) {
        arc_status st = arci_sqlite_look_in(c->be);
        if (st == ARC_OK) {
            st = read_page(c);
            arci_sqlite_look_away(c->be);
        }
        if (st != ARC_OK) {
            return arci_sqlite_doom(c->be, st);
        }
    }
    uint32_t left = c->n_rows - c->given;
    block->n_rows = left > 1024 ? 1024 : left;
    block->values = c->values + (size_t)c->given * c->n_cols;
    c->given += block->n_rows;
    return left ? ARC_OK : ARC_DONE;
}

/* The block in the caller's hands stays where it is: the rest gets a cursor of its own. */
static arc_status read_rest(arci_sqlite_cursor *c)
{
    arci_sqlite_cursor *r;
    arc_status st = arci_sqlite_cursor_new(c->be, c->table, NULL, c->n_cols, &r);
    if (st != ARC_OK) {
        return st;
    }
    for (uint32_t i = 0; i < c->n_cols; i++) {
        r->cols[i] = c->cols[i];
    }
    c->rest = r;
    r->stmt = c->stmt;
    c->stmt = NULL;
    for (uint32_t cap = 0;; r->n_keys++) {
        int rc = sqlite3_step(r->stmt->s);
        if (rc == SQLITE_DONE) {
            break;
        }
        if (rc != SQLITE_ROW) {
            return arci_sqlite_fail(c->be, rc);
        }
        if (r->n_keys == cap) {
            cap = cap ? cap * 2 : ARCI_SQLITE_BLOCK;
            st = cap > UINT32_MAX / 2 / c->n_cols ? ARC_E_LIMIT : arci_sqlite_cursor_room(r, cap * c->n_cols);
        }
        st = st == ARC_OK ? keep_row(r, r->n_keys) : st;
        if (st != ARC_OK) {
            return st;
        }
    }
    close_stmt(r);
    r->state = ARCI_SQLITE_ROWS;
    return ARC_OK;
}

arc_status arci_sqlite_settle(arci_sqlite *be, const arc_table *t)
{
    arc_status st = ARC_OK;
    for (arci_sqlite_cursor *c = be->cursors; c && st == ARC_OK; c = c->next) {
        if (c->state == ARCI_SQLITE_SCAN && c->table == t && !c->rest) {
            st = read_rest(c);
        }
    }
    return st;
}

arc_status arci_sqlite_next(void *cursor, arc_block *block)
{
    arci_sqlite_cursor *c = cursor;
    block->values = NULL;
    block->n_rows = 0;
    block->n_cols = c->n_cols;
    if (c->state == ARCI_SQLITE_DEAD) {
        return ARC_E_TXN;
    }
    arc_status st = arci_sqlite_enter(c->be, 0);
    if (st != ARC_OK) {
        return st;
    }
    if (c->paged) {
        return next_of_page(c, block);
    }
    if (c->state == ARCI_SQLITE_FINISHED) {
        return ARC_DONE;
    }
    c = c->rest ? c->rest : c;
    if (c->state != ARCI_SQLITE_ROWS) {
        return fill(c, block);
    }
    uint32_t left = c->n_keys - c->at;
    if (left == 0) {
        return ARC_DONE;
    }
    block->n_rows = left > 1024 ? 1024 : left;
    block->values = c->values + (size_t)c->at * c->n_cols;
    c->at += block->n_rows;
    return ARC_OK;
}

/* ---- explain ---- */

arc_status arci_sqlite_explain(void *txn, const arc_fetch *fetch, char *buf, size_t *len)
{
    arci_sqlite *be = txn;
    sqlite3_stmt *s = NULL;
    arc_sql_text out;
    arc_status st = arci_sqlite_enter(be, 0);
    if (st != ARC_OK || !len) {
        return st != ARC_OK ? st : ARC_E_INVALID;
    }
    st = arc_sqlkit_fetch(&arci_sqlite_dialect, be->schema, fetch, ARC_SQL_KEY | ARC_SQL_TEXT, &be->build);
    if (st != ARC_OK) {
        return st;
    }
    arc_sql_text_init(&out, be->host);
    arc_sql_text_puts(&out, "EXPLAIN QUERY PLAN ");
    arc_sql_text_puts(&out, be->build.text.s);
    int rc = out.failed ? SQLITE_NOMEM : sqlite3_prepare_v2(be->db, out.s, -1, &s, NULL);
    arc_sql_text_reset(&out);
    while (rc == SQLITE_OK && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        const char *line = (const char *)sqlite3_column_text(s, 3);
        arc_sql_text_puts(&out, out.len ? "\n" : "");
        arc_sql_text_puts(&out, line ? line : "");
        rc = SQLITE_OK;
    }
    st = rc != SQLITE_DONE ? arci_sqlite_fail(be, rc) : out.failed ? ARC_E_NOMEM : ARC_OK;
    sqlite3_finalize(s);
    if (st == ARC_OK) {
        st = arci_text_out(buf, len, out.len ? out.s : "", out.len);
    }
    arc_sql_text_clear(&out);
    return st;
}
