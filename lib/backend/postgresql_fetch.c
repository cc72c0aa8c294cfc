/* SPDX-License-Identifier: Apache-2.0 */
/* Reading rows. A question with a small limit is one prepared statement whose answer is kept here; any other gets a cursor on the
 * server and is fetched in blocks, so that several can be open at once and none needs much memory. */
#include <string.h>

#include "backend/postgresql_cursor.h"
#include "backend/sqlkit.h"
#include "base/str.h"

/* ---- cursors ---- */

static void free_cursor(arci_pg *be, arci_pg_cursor *c)
{
    PQclear(c->res);
    be->host->release(be->host, c->values);
    be->host->release(be->host, c);
}

arc_status arci_pg_cursor_new(arci_pg *be, uint32_t n_cols, arci_pg_cursor **out)
{
    arci_pg_cursor *c = be->host->alloc(be->host, sizeof *c);
    *out = c;
    if (!c) {
        return ARC_E_NOMEM;
    }
    memset(c, 0, sizeof *c);
    c->be = be;
    c->n_cols = n_cols;
    c->depth = be->depth;
    c->state = ARCI_PG_DEAD;
    c->next = be->cursors;
    be->cursors = c;
    return ARC_OK;
}

void arci_pg_cursor_end(void *cursor)
{
    arci_pg_cursor *c = cursor;
    if (!c) {
        return;
    }
    arci_pg *be = c->be;
    arci_pg_cursor **at = &be->cursors;
    while (*at && *at != c) {
        at = &(*at)->next;
    }
    if (!*at) {
        return;
    }
    *at = c->next;
    arci_pg_disown(be, c);
    if (c->state != ARCI_PG_SERVER) {
        free_cursor(be, c);
        return;
    }
    c->next = be->closing;
    be->closing = c;
}

static void free_closing(arci_pg *be, uint32_t depth)
{
    arci_pg_cursor **at = &be->closing;
    while (*at) {
        arci_pg_cursor *c = *at;
        if (c->depth >= depth) {
            *at = c->next;
            free_cursor(be, c);
        } else {
            at = &c->next;
        }
    }
}

void arci_pg_kill_cursors(arci_pg *be, uint32_t depth)
{
    for (arci_pg_cursor *c = be->cursors; c; c = c->next) {
        if (c->depth >= depth) {
            arci_pg_disown(be, c);
            PQclear(c->res);
            c->res = NULL;
            c->due = 0;
            c->state = ARCI_PG_DEAD;
        }
    }
    free_closing(be, depth);
}

void arci_pg_lift_cursors(arci_pg *be, uint32_t depth)
{
    for (int i = 0; i < 2; i++) {
        for (arci_pg_cursor *c = i ? be->closing : be->cursors; c; c = c->next) {
            c->depth = c->depth > depth ? depth : c->depth;
        }
    }
}

void arci_pg_free_cursors(arci_pg *be)
{
    arci_pg_kill_cursors(be, 0);
    while (be->cursors) {
        arci_pg_cursor_end(be->cursors);
    }
}

/* A statement with the name of a cursor in it, in a buffer on the stack: it must not need memory. */
static void cursor_text(char out[48], const char *words, uint32_t id)
{
    char digits[12];
    size_t n = 0, at = strlen(words);
    memcpy(out, words, at);
    do {
        digits[n++] = (char)('0' + id % 10);
        id /= 10;
    } while (id);
    while (n) {
        out[at++] = digits[--n];
    }
    out[at] = 0;
}

arc_status arci_pg_close_texts(arci_pg *be)
{
    arc_status st = ARC_OK;
    while (be->closing && st == ARC_OK) {
        arci_pg_cursor *c = be->closing;
        char text[48];
        cursor_text(text, "CLOSE arcc", c->id);
        be->closing = c->next;
        free_cursor(be, c);
        st = arci_pg_send(be, text, 0);
        st = st == ARC_OK ? arci_pg_owe(be, ARCI_PG_DUE_DONE, NULL) : st;
    }
    return st;
}

static arc_status send_fetch(arci_pg_cursor *c, uint32_t n)
{
    char text[48];
    c->asked = n;
    cursor_text(text, n == ARCI_PG_NEXT_BLOCK ? "FETCH 8192 FROM arcc" : "FETCH 256 FROM arcc", c->id);
    arc_status st = arci_pg_send(c->be, text, 0);
    c->due = st == ARC_OK;
    return st == ARC_OK ? arci_pg_owe(c->be, ARCI_PG_DUE_ROWS, c) : st;
}

void arci_pg_take_rows(arci_pg_cursor *c, PGresult *res)
{
    c->res = res;
    c->due = 0;
    c->at = 0;
    c->n_rows = (uint32_t)PQntuples(res);
    if (c->state == ARCI_PG_SERVER && c->n_rows < c->asked) {
        c->drained = 1;
    }
}

/* ---- questions ---- */

void arci_pg_plan(void *handle, arc_fetch *fetch)
{
    const arci_pg *be = handle;
    arc_sqlkit_plan(&arci_pg_dialect, be->schema, fetch);
}

static arc_status build(arci_pg *be, const arc_fetch *f, uint32_t what)
{
    arc_fetch plain;
    arc_status st = ARC_E_INVALID;
    if (f && f->struct_size >= sizeof plain) {
        plain = *f;
        plain.flags &= ~ARC_FETCH_WHOLE; /* the text is the same */
        st = arc_sqlkit_fetch(&arci_pg_dialect, be->schema, &plain, what, &be->build);
    }
    return st == ARC_E_INVALID ? arci_pg_error(be, st, "a question that breaks the contract") : st;
}

arc_status arci_pg_stmt_for(arci_pg *be, const char *sql, arci_pg_stmt **out)
{
    arc_status st = arci_pg_params_room(be, be->build.n_params);
    for (uint32_t i = 0; i < be->build.n_params && st == ARC_OK; i++) {
        be->params.types[i] = arci_pg_type(be->build.params[i].column);
    }
    return st == ARC_OK ? arci_pg_prepare(be, sql, be->build.n_params, out) : st;
}

/* The primary key is given: there is one row at most. */
static int one_row(const arci_pg *be, const arc_fetch *f)
{
    const arc_table *t = &be->schema->tables[f->table];
    uint32_t found = 0;
    for (uint32_t k = 0; k < t->n_key; k++) {
        for (uint32_t i = 0; i < f->n_conds; i++) {
            const arc_cond_op *op = f->conds[i].ops;
            if (f->conds[i].n_ops == 1 && op->op == ARC_OP_EQ && op->col == t->key[k] && op->col2 == ARC_NO_COL) {
                found++;
                break;
            }
        }
    }
    return found == t->n_key;
}

static arc_status declare(arci_pg *be, arci_pg_cursor *c)
{
    char text[48];
    cursor_text(text, "DECLARE arcc", c->id);
    arc_sql_text_reset(&be->sql);
    arc_sql_text_puts(&be->sql, text);
    arc_sql_text_puts(&be->sql, " NO SCROLL CURSOR FOR ");
    arc_sql_text_puts(&be->sql, be->build.text.s);
    arc_status st = be->sql.failed ? ARC_E_NOMEM : arci_pg_params_build(be);
    st = st == ARC_OK ? arci_pg_start(be) : st;
    st = st == ARC_OK ? arci_pg_send(be, be->sql.s, be->build.n_params) : st;
    st = st == ARC_OK ? arci_pg_owe(be, ARCI_PG_DUE_DONE, NULL) : st;
    return st == ARC_OK ? send_fetch(c, ARCI_PG_FIRST_BLOCK) : st;
}

arc_status arci_pg_ask(arci_pg *be, arci_pg_cursor *c, const arci_pg_stmt *stmt)
{
    arc_status st = arci_pg_start(be);
    st = st == ARC_OK ? arci_pg_send_stmt(be, stmt) : st;
    st = st == ARC_OK ? arci_pg_owe(be, ARCI_PG_DUE_ROWS, c) : st;
    c->state = ARCI_PG_ROWS;
    c->due = st == ARC_OK;
    return st;
}

/* Sent, and answered when the first rows are asked for: several questions are one trip. */
static arc_status ask(arci_pg *be, arc_fetch *f)
{
    arci_pg_cursor *c;
    arci_pg_stmt *stmt = NULL;
    arc_status st = build(be, f, ARC_SQL_KEY);
    st = st == ARC_OK ? arci_pg_cursor_new(be, f->n_cols, &c) : st;
    if (st != ARC_OK) {
        return st;
    }
    f->cursor = c;
    int server = (f->limit == 0 || f->limit > ARCI_PG_BLOCK) && !(f->flags & ARC_FETCH_WHOLE) && !one_row(be, f);
    st = server ? ARC_OK : arci_pg_cached(be, &stmt);
    if (st == ARC_OK && !stmt) {
        st = build(be, f, ARC_SQL_KEY | ARC_SQL_TEXT);
    }
    if (server && st == ARC_OK) {
        c->state = ARCI_PG_SERVER;
        c->id = ++be->next_id;
        return declare(be, c);
    }
    if (st == ARC_OK && !stmt) {
        st = arci_pg_stmt_for(be, be->build.text.s, &stmt);
    }
    st = st == ARC_OK ? arci_pg_params_build(be) : st;
    return st == ARC_OK ? arci_pg_ask(be, c, stmt) : st;
}

arc_status arci_pg_fetch(void *txn, arc_fetch *const *fetches, uint32_t n)
{
    arci_pg *be = txn;
    arc_status st = arci_pg_enter(be, 0);
    if (st != ARC_OK || n == 0) {
        return st;
    }
    for (uint32_t i = 0; i < n && fetches; i++) {
        if (fetches[i]) {
            fetches[i]->cursor = NULL;
        }
    }
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        st = fetches ? ask(be, fetches[i]) : ARC_E_INVALID;
    }
    for (uint32_t i = 0; i < n && fetches && st != ARC_OK; i++) {
        arci_pg_cursor *c = fetches[i] ? fetches[i]->cursor : NULL;
        if (c) {
            c->state = ARCI_PG_DEAD; /* the transaction is doomed: nothing to close */
            arci_pg_cursor_end(c);
            fetches[i]->cursor = NULL;
        }
    }
    return arci_pg_doom(be, st);
}

/* ---- blocks ---- */

static arc_status more(arci_pg_cursor *c)
{
    arci_pg *be = c->be;
    arc_status st = ARC_OK;
    PQclear(c->res);
    c->res = NULL;
    c->at = c->n_rows = 0;
    if (!c->due) {
        if (c->state != ARCI_PG_SERVER || c->drained) {
            return ARC_DONE;
        }
        st = arci_pg_start(be);
        st = st == ARC_OK ? send_fetch(c, ARCI_PG_NEXT_BLOCK) : st; /* handed out in blocks */
    }
    st = st == ARC_OK ? arci_pg_settle(be) : arci_pg_abandon(be, st);
    return st != ARC_OK ? st : c->n_rows ? ARC_OK : ARC_DONE;
}

static arc_status decode(arci_pg_cursor *c, uint32_t n)
{
    arci_pg *be = c->be;
    size_t want = (size_t)n * c->n_cols;
    if (want > c->cap) {
        arc_value *p = be->host->resize(be->host, c->values, want * sizeof *p);
        if (!p) {
            return ARC_E_NOMEM;
        }
        c->values = p;
        c->cap = (uint32_t)want;
    }
    for (uint32_t r = 0; r < n; r++) {
        for (uint32_t i = 0; i < c->n_cols; i++) {
            arc_status st = arci_pg_value(be, c->res, (int)(c->at + r), (int)i, &c->values[(size_t)r * c->n_cols + i]);
            if (st != ARC_OK) {
                return st;
            }
        }
    }
    return ARC_OK;
}

arc_status arci_pg_next(void *cursor, arc_block *block)
{
    arci_pg_cursor *c = cursor;
    block->values = NULL;
    block->n_rows = 0;
    block->n_cols = c->n_cols;
    if (c->state == ARCI_PG_DEAD) {
        return ARC_E_TXN;
    }
    arc_status st = arci_pg_enter(c->be, 0);
    if (st != ARC_OK) {
        return st;
    }
    if (c->at >= c->n_rows && (st = more(c)) != ARC_OK) {
        return arci_pg_doom(c->be, st);
    }
    uint32_t n = c->n_rows - c->at > ARCI_PG_BLOCK ? ARCI_PG_BLOCK : c->n_rows - c->at;
    st = decode(c, n);
    if (st != ARC_OK) {
        return arci_pg_doom(c->be, st);
    }
    c->at += n;
    block->values = c->values;
    block->n_rows = n;
    return ARC_OK;
}
