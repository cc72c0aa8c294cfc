/* SPDX-License-Identifier: Apache-2.0 */
/* A book on a connection of the host's. It is in pipeline mode only while a transaction of the book is open; settings the statements rely on are set for
 * that time, and inside a transaction of the host's ours is a savepoint of it. Numbers are drawn on a connection of their own, as ever. */
#include <string.h>
#include <unistd.h>

#include "backend/postgresql.h"

enum { MOST_KEYWORDS = 60 };

/* ---- attaching ---- */

static arc_status needs(arci_pg *be, const char *name, const char *want)
{
    const char *value = PQparameterStatus(be->conn, name);
    if (value && strcmp(value, want) == 0) {
        return ARC_OK;
    }
    char message[160] = "the connection needs the setting ";
    size_t at = strlen(message), n = strlen(name), m = strlen(want);
    memcpy(message + at, name, n);
    memcpy(message + at + n, " = ", 3);
    memcpy(message + at + n + 3, want, m + 1);
    return arci_pg_error(be, ARC_E_UNSUPPORTED, message);
}

static arc_status look_over(arci_pg *be)
{
    if (PQstatus(be->conn) != CONNECTION_OK) {
        return arci_pg_error(be, ARC_E_CONNECTION, "the host's connection is not open");
    }
    if (PQpipelineStatus(be->conn) != PQ_PIPELINE_OFF) {
        return arci_pg_error(be, ARC_E_UNSUPPORTED, "the host's connection is in pipeline mode");
    }
    if (PQserverVersion(be->conn) < 130000) {
        return arci_pg_error(be, ARC_E_UNSUPPORTED, "the server is older than PostgreSQL 13");
    }
    arc_status st = needs(be, "client_encoding", "UTF8");
    st = st == ARC_OK ? needs(be, "server_encoding", "UTF8") : st;
    return st == ARC_OK ? needs(be, "standard_conforming_strings", "on") : st;
}

arc_status arci_pg_attach(const arc_host *host, void *connection, const char *options, uint32_t flags, void **out)
{
    arci_pg *be;
    *out = NULL;
    if (!connection || (flags & ~(ARC_OPEN_READONLY | ARC_OPEN_FOREIGN_TRIGGERS))) {
        host->set_error(host, ARC_E_INVALID, 0, NULL, "on a host's connection a book is neither made, upgraded nor checked");
        return ARC_E_INVALID;
    }
    arc_status st = arci_pg_new(host, flags, &be);
    if (st != ARC_OK) {
        return st;
    }
    be->conn = connection;
    be->attached = 1;
    st = arci_pg_attach_options(be, options);
    st = st == ARC_OK ? look_over(be) : st;
    if (st != ARC_OK) {
        arci_pg_close(be);
        return st;
    }
    *out = be;
    return ARC_OK;
}

/* A second connection to where the host's leads. */
arc_status arci_pg_connect_like(arci_pg *be, PGconn **out)
{
    const char *keywords[MOST_KEYWORDS + 2], *values[MOST_KEYWORDS + 2];
    int n = 0;
    PQconninfoOption *all = PQconninfo(be->conn);
    if (!all) {
        return ARC_E_NOMEM;
    }
    for (const PQconninfoOption *o = all; o->keyword && n < MOST_KEYWORDS; o++) {
        if (o->val && *o->val && strcmp(o->keyword, "options") != 0) {
            keywords[n] = o->keyword;
            values[n++] = o->val;
        }
    }
    keywords[n] = values[n] = NULL;
    PGconn *conn = PQconnectdbParams(keywords, values, 0);
    PQconninfoFree(all);
    if (!conn) {
        return ARC_E_NOMEM;
    }
    if (PQstatus(conn) != CONNECTION_OK) {
        arc_status st = arci_pg_error(be, ARC_E_CONNECTION, PQerrorMessage(conn));
        PQfinish(conn);
        return st;
    }
    *out = conn;
    return ARC_OK;
}

/* ---- a transaction of the book ---- */

arc_status arci_pg_borrow(arci_pg *be)
{
    if (PQstatus(be->conn) != CONNECTION_OK) {
        return arci_pg_error(be, ARC_E_CONNECTION, "the host's connection was lost");
    }
    switch (PQtransactionStatus(be->conn)) {
    case PQTRANS_IDLE: be->joined = 0; break;
    case PQTRANS_INTRANS: be->joined = 1; break;
    case PQTRANS_INERROR: return arci_pg_error(be, ARC_E_TXN, "the host's transaction has failed: roll it back");
    default: return arci_pg_error(be, ARC_E_TXN, "the host's connection is at work");
    }
    if (PQpipelineStatus(be->conn) != PQ_PIPELINE_OFF || PQsetnonblocking(be->conn, 1) != 0 || !PQenterPipelineMode(be->conn)) {
        return arci_pg_error(be, ARC_E_TXN, "the host's connection is at work");
    }
    return ARC_OK;
}

void arci_pg_give_back(arci_pg *be)
{
    be->quiet++;
    if (!be->broken && be->n_due) {
        (void)arci_pg_settle(be);
    }
    be->quiet--;
    be->n_due = 0;
    be->broken |= !PQexitPipelineMode(be->conn);
    (void)PQsetnonblocking(be->conn, 0);
    be->joined = 0;
}

/* Behind BEGIN or the savepoint: what is set here is gone with them, or set back by arci_pg_keep(). */
arc_status arci_pg_send_settings(arci_pg *be)
{
    arc_sql_text *sql = &be->sql;
    arc_sql_text_reset(sql);
    arc_sql_text_puts(sql, "SELECT set_config('arcore.search_path', current_setting('search_path'), true), "
                           "set_config('arcore.lock_timeout', current_setting('lock_timeout'), true), "
                           "set_config('arcore.null_equals', current_setting('transform_null_equals'), true), "
                           "set_config('transform_null_equals', 'off', true), set_config('search_path', '");
    arc_sql_text_puts(sql, be->space);
    arc_sql_text_puts(sql, ", pg_temp', true)");
    return sql->failed ? ARC_E_NOMEM : arci_pg_send(be, sql->s, 0);
}

static const char set_back[] = "SELECT set_config('search_path', current_setting('arcore.search_path'), true), "
                               "set_config('lock_timeout', current_setting('arcore.lock_timeout'), true), "
                               "set_config('transform_null_equals', current_setting('arcore.null_equals'), true)";

arc_status arci_pg_keep(arci_pg *be)
{
    PGresult *res = NULL;
    arc_status st = arci_pg_start(be);
    st = st == ARC_OK ? arci_pg_send(be, set_back, 0) : st;
    st = st == ARC_OK ? arci_pg_owe(be, ARCI_PG_DUE_DONE, NULL) : st;
    st = st == ARC_OK ? arci_pg_run(be, "RELEASE SAVEPOINT arc_joined", 0, &res) : arci_pg_abandon(be, st);
    PQclear(res);
    if (st != ARC_OK && strcmp(be->sqlstate, "3B001") == 0) { /* no such savepoint */
        st = arci_pg_error(be, ARC_E_TXN, "the host's transaction ended while one of the book was open inside it");
    }
    return st;
}

void arci_pg_undo_joined(arci_pg *be)
{
    if (arci_pg_run(be, "ROLLBACK TO SAVEPOINT arc_joined", 0, NULL) == ARC_OK) {
        (void)arci_pg_run(be, "RELEASE SAVEPOINT arc_joined", 0, NULL);
    }
}

/* ---- letting go ---- */

static void take_off(arci_pg *be)
{
    char name[24];
    for (uint32_t i = 0; i < ARCI_PG_SLOTS; i++) {
        for (const arci_pg_stmt *e = be->slots[i]; e; e = e->next) {
            if (!e->ready) {
                continue;
            }
            char text[48] = "DEALLOCATE ";
            arci_pg_stmt_name(name, e->id);
            memcpy(text + strlen(text), name, strlen(name) + 1);
            PQclear(PQexec(be->conn, text));
        }
    }
}

void arci_pg_detach(arci_pg *be)
{
    PGTransactionStatusType state = PQtransactionStatus(be->conn);
    if ((int64_t)getpid() == be->pid && !be->broken && (state == PQTRANS_IDLE || state == PQTRANS_INTRANS)) {
        take_off(be);
    }
    be->conn = NULL;
}
