/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions, savepoints, row locks and sequences of the PostgreSQL backend. */
#include <string.h>

#include "backend/postgresql.h"
#include "backend/sqlkit.h"

enum { DRAW_LEAST = 16, DRAW_MOST = 1024 };

/* ---- begin ---- */

static void ended(arci_pg *be)
{
    if (be->attached && be->mode) {
        arci_pg_give_back(be);
    }
    be->mode = 0;
    be->doomed = 0;
    be->depth = 0;
    be->unsent = 0;
    be->later = 0;
}

/* Nothing hangs on the end of a transaction that only read: it is sent, and its answer read with the next batch. */
static int end_reading(arci_pg *be)
{
    if (be->mode != ARC_TXN_READ || be->attached || be->doomed || be->stopping || arci_pg_start(be) != ARC_OK) {
        return 0;
    }
    arc_status st = arci_pg_send(be, "ROLLBACK", 0);
    st = st == ARC_OK ? arci_pg_owe(be, ARCI_PG_DUE_DONE, NULL) : st;
    if (st == ARC_OK && !PQpipelineSync(be->conn)) {
        st = arci_pg_lost(be);
    }
    st = st == ARC_OK ? arci_pg_owe(be, ARCI_PG_DUE_SYNC, NULL) : st;
    return st == ARC_OK && PQflush(be->conn) >= 0;
}

/* What is due may fail, and would take a ROLLBACK in the same batch with it. */
static int apart(arci_pg *be)
{
    if (be->n_due == 0) {
        return 1;
    }
    if (!PQpipelineSync(be->conn)) {
        (void)arci_pg_lost(be);
        return 0;
    }
    return arci_pg_owe(be, ARCI_PG_DUE_SYNC, NULL) == ARC_OK;
}

static void leave(arci_pg *be)
{
    be->quiet++;
    be->waited_us = 0; /* the way out has a time of its own */
    if (!be->broken && be->mode && !be->unsent && !end_reading(be) && !be->broken && apart(be)) {
        if (be->joined) {
            arci_pg_undo_joined(be);
        } else {
            arci_pg_run(be, "ROLLBACK", 0, NULL); /* whatever it says: the server undoes what is lost, too */
        }
    }
    be->quiet--;
    ended(be);
}

static void add_text(char *text, const char *more) { memcpy(text + strlen(text), more, strlen(more) + 1); }

static void add_number(char *text, uint32_t v)
{
    char digits[12];
    size_t d = sizeof digits - 1;
    digits[d] = 0;
    do {
        digits[--d] = (char)('0' + v % 10);
    } while ((v /= 10) != 0);
    add_text(text, digits + d);
}

/* The version is read in the transaction itself: an upgrade waits for it, and it fixes the snapshot of a READ. */
arc_status arci_pg_send_begin(arci_pg *be)
{
    static const char write[] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
    static const char read[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    /* What is written is found by its keys. Plans of references checked are kept for the session, and one made while a table was empty would read all of it. */
    char text[280] = "SELECT set_config('lock_timeout', '";
    /* who waits for a lock is told so, and not that time is up */
    add_number(text, be->limit_ms && be->timeout_ms >= be->limit_ms ? be->limit_ms - be->limit_ms / 8 : be->timeout_ms);
    if (be->limit_ms && !be->attached) { /* settings of the host's connection are the host's */
        add_text(text, "', true), set_config('statement_timeout', '");
        add_number(text, be->limit_ms);
    }
    add_text(text, be->mode == ARC_TXN_WRITE ? "', true), set_config('enable_seqscan', 'off', true), \"version\" FROM \"arc_schema\""
                                           : "', true), \"version\" FROM \"arc_schema\"");
    be->unsent = 0;
    arc_status st = arci_pg_send(be, be->joined ? "SAVEPOINT arc_joined" : be->mode == ARC_TXN_WRITE ? write : read, 0);
    st = st == ARC_OK ? arci_pg_owe(be, ARCI_PG_DUE_DONE, NULL) : st;
    if (be->attached && st == ARC_OK) {
        st = arci_pg_send_settings(be);
        st = st == ARC_OK ? arci_pg_owe(be, ARCI_PG_DUE_DONE, NULL) : st;
    }
    st = st == ARC_OK ? arci_pg_send(be, text, 0) : st;
    return st == ARC_OK ? arci_pg_owe(be, ARCI_PG_DUE_VERSION, NULL) : st;
}

/* The schema was changed by another program since it was verified, or nothing is known of it: the connection is a new one. */
static arc_status look_again(arci_pg *be)
{
    PGresult *res = NULL;
    arc_status st = arci_pg_run(be, "SELECT \"version\" FROM \"arc_schema\"", 0, &res);
    int64_t version = res && PQntuples(res) == 1 ? arci_pg_int(res, 0, 0) : -1, own = (int64_t)be->schema->version;
    PQclear(res);
    if (st != ARC_OK) {
        return st;
    }
    if (version < 0) {
        return arci_pg_error(be, ARC_E_SCHEMA_FOREIGN, "the table arc_schema was emptied");
    }
    if (version > own && !(be->flags & ARC_OPEN_READONLY)) {
        return arci_pg_error(be, ARC_E_SCHEMA_NEWER, "the book was upgraded by a newer version meanwhile");
    }
    st = arci_pg_verify(be, be->schema->version, be->flags, version > own);
    be->version = st == ARC_OK ? version : -1;
    return st;
}

/* A READ has its snapshot when this returns; a WRITE is begun with its first statement. */
static arc_status begun(arci_pg *be)
{
    arc_status st = ARC_OK;
    be->unsent = 1;
    if (be->version < 0) {
        be->unsent = 0;
        st = look_again(be);
        be->unsent = 1;
    }
    if (st != ARC_OK || be->mode == ARC_TXN_WRITE) {
        return st;
    }
    st = arci_pg_start(be);
    return st == ARC_OK ? arci_pg_settle(be) : arci_pg_abandon(be, st);
}

arc_status arci_pg_begin(void *handle, uint32_t mode, uint32_t timeout_ms, void **txn)
{
    arci_pg *be = handle;
    *txn = NULL;
    arc_status st = arci_pg_forked(be);
    if (st != ARC_OK) {
        return st;
    }
    if (mode != ARC_TXN_READ && mode != ARC_TXN_WRITE) {
        return arci_pg_error(be, ARC_E_INVALID, "unknown transaction mode");
    }
    if (be->mode || !be->schema) {
        return arci_pg_error(be, ARC_E_TXN, "a transaction is open, or migrate() was not called");
    }
    if (mode == ARC_TXN_WRITE && (be->flags & ARC_OPEN_READONLY)) {
        return arci_pg_error(be, ARC_E_READONLY, "opened for reading only");
    }
    arci_pg_free_cursors(be);
    be->timeout_ms = timeout_ms == 0 ? 1 : timeout_ms > INT32_MAX ? INT32_MAX : timeout_ms; /* 0 would mean for ever */
    be->limit_ms = be->deadline_session ? be->timeout_ms : be->deadline_ms;
    be->waited_us = 0;
    st = be->broken ? arci_pg_again(be) : be->attached ? arci_pg_borrow(be) : ARC_OK;
    if (st != ARC_OK && be->attached) {
        return st; /* nothing was begun */
    }
    be->mode = mode;
    st = st == ARC_OK ? begun(be) : st;
    if (st != ARC_OK) {
        int64_t seen = be->version;
        leave(be);
        be->version = seen;
        return st;
    }
    *txn = be;
    return ARC_OK;
}

void arci_pg_later(void *txn)
{
    arci_pg *be = txn;
    be->later = be->mode == ARC_TXN_WRITE && !be->doomed;
}

/* ---- commit ---- */

/* Where the server answered with an error and still talks, the transaction is known to be undone. */
static arc_status failed_commit(arci_pg *be, arc_status st)
{
    int gone = be->broken || st == ARC_E_CONNECTION || st == ARC_E_OUTCOME_UNKNOWN || st == ARC_E_INTERNAL;
    if (!gone || be->mode == ARC_TXN_READ) {
        return st;
    }
    return arci_pg_error(be, ARC_E_OUTCOME_UNKNOWN, "the connection was lost during COMMIT");
}

arc_status arci_pg_commit(void *txn)
{
    arci_pg *be = txn;
    PGresult *res = NULL;
    arc_status st = arci_pg_forked(be);
    if (st != ARC_OK) {
        return st;
    }
    if (!be->mode) {
        return ARC_E_TXN;
    }
    arci_pg_kill_cursors(be, 0);
    if (be->doomed || be->broken || be->unsent) {
        st = be->broken ? ARC_E_CONNECTION : be->doomed ? ARC_E_DOOMED : ARC_OK;
        leave(be);
        return st;
    }
    be->quiet++;
    if (be->joined) {
        st = arci_pg_keep(be);
        be->quiet--;
        if (st == ARC_OK) {
            ended(be);
        } else {
            leave(be);
        }
        return st;
    }
    st = arci_pg_run(be, "COMMIT", 0, &res);
    be->quiet--;
    if (st != ARC_OK) {
        st = failed_commit(be, st);
    } else if (strcmp(PQcmdStatus(res), "COMMIT") != 0) { /* COMMIT of a failed transaction answers ROLLBACK */
        st = ARC_E_DOOMED;
    }
    PQclear(res);
    if (st == ARC_OK) {
        ended(be);
    } else {
        leave(be);
    }
    return st;
}

void arci_pg_rollback(void *txn)
{
    arci_pg *be = txn;
    if (!be->mode || arci_pg_forked(be) != ARC_OK) {
        return;
    }
    arci_pg_kill_cursors(be, 0);
    leave(be);
}

/* ---- savepoints ---- */

static arc_status savepoint_run(arci_pg *be, const char *verb, uint32_t depth)
{
    arc_sql_text_reset(&be->sql);
    arc_sql_text_puts(&be->sql, verb);
    arc_sql_text_int(&be->sql, depth);
    if (be->sql.failed) {
        return arci_pg_doom(be, ARC_E_NOMEM);
    }
    if (!arci_pg_takes_later(be)) {
        return arci_pg_doom(be, arci_pg_run(be, be->sql.s, 0, NULL));
    }
    arc_status st = arci_pg_start(be);
    st = st == ARC_OK ? arci_pg_send(be, be->sql.s, 0) : st;
    return arci_pg_doom(be, st == ARC_OK ? arci_pg_owe(be, ARCI_PG_DUE_DONE, NULL) : st);
}

static arc_status savepoint_enter(arci_pg *be, int there)
{
    arc_status st = arci_pg_enter(be, 0);
    if (st == ARC_OK && !there) {
        st = arci_pg_doom(be, arci_pg_error(be, ARC_E_INVALID, "no such savepoint depth"));
    }
    return st;
}

arc_status arci_pg_savepoint(void *txn, uint32_t depth)
{
    arci_pg *be = txn;
    arc_status st = savepoint_enter(be, depth == be->depth + 1);
    st = st == ARC_OK ? savepoint_run(be, "SAVEPOINT arc", depth) : st;
    be->depth += st == ARC_OK ? 1 : 0;
    return st;
}

arc_status arci_pg_rollback_to(void *txn, uint32_t depth)
{
    arci_pg *be = txn;
    arc_status st = savepoint_enter(be, depth > 0 && depth <= be->depth);
    if (st == ARC_OK) {
        arci_pg_kill_cursors(be, depth); /* the server closes what was opened behind the point */
        st = savepoint_run(be, "ROLLBACK TO arc", depth);
    }
    be->depth = st == ARC_OK ? depth : be->depth;
    return st;
}

arc_status arci_pg_release(void *txn, uint32_t depth)
{
    arci_pg *be = txn;
    arc_status st = savepoint_enter(be, depth > 0 && depth <= be->depth);
    st = st == ARC_OK ? savepoint_run(be, "RELEASE arc", depth) : st;
    if (st == ARC_OK) {
        arci_pg_lift_cursors(be, depth - 1);
        be->depth = depth - 1;
    }
    return st;
}

/* ---- row locks ---- */

static arc_status lock_stmt(arci_pg *be, const arc_table *t, uint16_t table, int share, arci_pg_stmt **out)
{
    arc_sql_text *key = &be->build.key, *sql = &be->sql;
    arc_sql_text_reset(key);
    arc_sql_text_puts(key, share ? "LS" : "L");
    arc_sql_text_add(key, &table, sizeof table);
    arc_sql_text_reset(sql);
    if (key->failed) {
        return ARC_E_NOMEM;
    }
    arc_status st = arci_pg_cached(be, out);
    if (*out || st != ARC_OK) {
        return st;
    }
    /* Keys never change, so rows that point here need not wait: NO KEY. */
    arc_sql_text_puts(sql, "SELECT 1 FROM ");
    arc_sql_name(sql, t->name);
    for (uint32_t i = 0; i < t->n_key; i++) {
        arc_sql_text_puts(sql, i ? " AND " : " WHERE ");
        arc_sql_name(sql, t->cols[t->key[i]].name);
        arc_sql_text_puts(sql, " = $");
        arc_sql_text_int(sql, (int64_t)i + 1);
    }
    arc_sql_text_puts(sql, share ? " FOR SHARE" : " FOR NO KEY UPDATE");
    st = sql->failed ? ARC_E_NOMEM : arci_pg_params_room(be, t->n_key);
    for (uint32_t i = 0; i < t->n_key && st == ARC_OK; i++) {
        be->params.types[i] = arci_pg_type(&t->cols[t->key[i]]);
    }
    return st == ARC_OK ? arci_pg_prepare(be, sql->s, t->n_key, out) : st;
}

static arc_status lock_batch(arci_pg *be, const arc_table *t, const arci_pg_stmt *stmt, const arc_value *keys, uint32_t n, int later)
{
    arc_status st = arci_pg_params_room(be, t->n_key);
    st = st == ARC_OK ? arci_pg_start(be) : st;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        for (uint32_t k = 0; k < t->n_key && st == ARC_OK; k++) {
            st = arci_pg_param(be, k, &keys[(size_t)i * t->n_key + k], &t->cols[t->key[k]]);
        }
        st = st == ARC_OK ? arci_pg_send_stmt(be, stmt) : st;
        st = st == ARC_OK ? arci_pg_owe(be, ARCI_PG_DUE_DONE, NULL) : st;
    }
    return st != ARC_OK ? arci_pg_abandon(be, st) : later ? ARC_OK : arci_pg_settle(be);
}

static arc_status hold_rows(arci_pg *be, uint16_t table, const arc_value *keys, uint32_t n_keys, int share)
{
    arci_pg_stmt *stmt = NULL;
    int later = arci_pg_takes_later(be);
    arc_status st = arci_pg_enter(be, ARC_TXN_WRITE);
    if (st != ARC_OK) {
        return st;
    }
    const arc_table *t = arci_sqlkit_table(be->schema, table);
    if (!t || (n_keys && !keys)) {
        return arci_pg_doom(be, arci_pg_error(be, ARC_E_INVALID, "no such table"));
    }
    if (n_keys == 0) {
        return ARC_OK;
    }
    st = lock_stmt(be, t, table, share, &stmt);
    return arci_pg_doom(be, st == ARC_OK ? lock_batch(be, t, stmt, keys, n_keys, later) : st);
}

arc_status arci_pg_lock_rows(void *txn, uint16_t table, const arc_value *keys, uint32_t n_keys)
{
    return hold_rows(txn, table, keys, n_keys, 0);
}

arc_status arci_pg_share_rows(void *txn, uint16_t table, const arc_value *keys, uint32_t n_keys)
{
    return hold_rows(txn, table, keys, n_keys, 1);
}

/* ---- sequences: drawn in advance and for ever, on a connection of their own ---- */

static const char draw_sql[] =
    "INSERT INTO \"arc_sequence\" (\"book\", \"name\", \"next\") VALUES ($1, $2, 1 + $3) ON CONFLICT (\"book\", \"name\") "
    "DO UPDATE SET \"next\" = \"arc_sequence\".\"next\" + $3 RETURNING \"next\"";

/* No fsync of its own: the commit that uses a number flushes the log behind the record that drew it. */
static arc_status draw_connection(arci_pg *be)
{
    if (be->draws) {
        return ARC_OK;
    }
    arc_status st = be->attached ? arci_pg_connect_like(be, &be->draws) : arci_pg_connect(be, &be->draws);
    st = st == ARC_OK ? arci_pg_session(be, be->draws) : st;
    if (st != ARC_OK) {
        return st;
    }
    PGresult *r = PQexec(be->draws, "SET synchronous_commit = off; SET lock_timeout = 5000");
    if (PQresultStatus(r) != PGRES_COMMAND_OK) {
        st = arci_pg_error(be, ARC_E_CONNECTION, PQerrorMessage(be->draws));
    }
    PQclear(r);
    return st;
}

static const arc_column name_column = { "name", "", NULL, 0, 0, ARC_T_TEXT, ARC_NO_COL, 0 };

static arc_status draw(arci_pg *be, arci_pg_range *g, uint32_t n)
{
    const arci_pg_params *p = &be->params;
    uint32_t size = n > g->grow ? n : g->grow;
    arc_value v[3] = { { ARC_V_INT, { 0, 0, 0 }, 0, { g->book } },
                       { ARC_V_TEXT, { 0, 0, 0 }, (uint32_t)strlen(g->name), { 0 } },
                       { ARC_V_INT, { 0, 0, 0 }, 0, { size } } };
    v[1].u.s = g->name;
    arc_status st = arci_pg_params_room(be, 3);
    for (uint32_t i = 0; i < 3 && st == ARC_OK; i++) {
        st = arci_pg_param(be, i, &v[i], i == 1 ? &name_column : NULL);
    }
    st = st == ARC_OK ? draw_connection(be) : st;
    if (st == ARC_OK) {
        if (be->host->trace) {
            be->host->trace(be->host, draw_sql, p->shown, 3);
        }
        be->draws_made++;
        PGresult *r = arci_pg_draw_run(be, draw_sql, p, 3);
        if (PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1) {
            g->end = arci_pg_int(r, 0, 0);
            g->at = g->end - (int64_t)size;
            g->grow = g->grow * 2 > DRAW_MOST ? DRAW_MOST : g->grow * 2;
        } else {
            const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
            st = arci_pg_error(be, state ? arci_pg_status(state) : ARC_E_CONNECTION,
                               be->draws ? PQerrorMessage(be->draws) : "the server did not answer before the deadline");
        }
        PQclear(r);
    }
    if (be->draws && PQstatus(be->draws) != CONNECTION_OK) { /* the next call connects anew */
        PQfinish(be->draws);
        be->draws = NULL;
    }
    return st;
}

static arci_pg_range *range_of(arci_pg *be, int64_t book, const char *name)
{
    arci_pg_range *g = be->ranges;
    while (g && (g->book != book || strcmp(g->name, name) != 0)) {
        g = g->next;
    }
    size_t n = strlen(name) + 1;
    if (!g && (g = be->host->alloc(be->host, sizeof *g + n)) != NULL) {
        memset(g, 0, sizeof *g);
        memcpy(g->name, name, n);
        g->book = book;
        g->grow = DRAW_LEAST;
        g->next = be->ranges;
        be->ranges = g;
    }
    return g;
}

void arci_pg_drop_ranges(arci_pg *be)
{
    while (be->ranges) {
        arci_pg_range *g = be->ranges;
        be->ranges = g->next;
        be->host->release(be->host, g);
    }
}

arc_status arci_pg_reserve(void *txn, int64_t book, const char *sequence, uint32_t n, int64_t *first)
{
    arci_pg *be = txn;
    arc_status st = arci_pg_enter(be, ARC_TXN_WRITE);
    if (st != ARC_OK) {
        return st;
    }
    if (n == 0 || !sequence || !first) {
        return arci_pg_doom(be, ARC_E_INVALID);
    }
    arci_pg_range *g = range_of(be, book, sequence);
    if (!g) {
        return arci_pg_doom(be, ARC_E_NOMEM);
    }
    if (g->end - g->at < (int64_t)n) {
        st = draw(be, g, n);
    }
    if (st == ARC_OK) {
        *first = g->at;
        g->at += (int64_t)n;
    }
    return arci_pg_doom(be, st);
}

/* As this transaction sees it: rows that it sees were given their numbers before. */
arc_status arci_pg_next_number(void *txn, int64_t book, const char *sequence, int64_t *next)
{
    arci_pg *be = txn;
    PGresult *r = NULL;
    arc_status st = arci_pg_enter(be, 0);
    if (st != ARC_OK) {
        return st;
    }
    if (!sequence || !next) {
        return arci_pg_doom(be, ARC_E_INVALID);
    }
    arc_value v[2] = { { ARC_V_INT, { 0, 0, 0 }, 0, { book } }, { ARC_V_TEXT, { 0, 0, 0 }, (uint32_t)strlen(sequence), { 0 } } };
    v[1].u.s = sequence;
    st = arci_pg_params_room(be, 2);
    for (uint32_t i = 0; i < 2 && st == ARC_OK; i++) {
        st = arci_pg_param(be, i, &v[i], i == 1 ? &name_column : NULL);
    }
    if (st == ARC_OK) {
        st = arci_pg_run(be, "SELECT \"next\" FROM \"arc_sequence\" WHERE \"book\" = $1 AND \"name\" = $2", 2, &r);
    }
    if (st == ARC_OK) {
        *next = PQntuples(r) == 1 ? arci_pg_int(r, 0, 0) : 1;
    }
    PQclear(r);
    return arci_pg_doom(be, st);
}
