/* SPDX-License-Identifier: Apache-2.0 */
/* Batches over libpq's pipeline mode, errors, cancelling. */
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "backend/postgresql.h"

enum { SLICE_MS = 20 }; /* how often a wait asks whether to go on */

/* ---- errors ---- */

typedef struct state_map {
    char prefix[6];
    arc_status status;
} state_map;

/* The first match counts: single codes before their classes. */
static const state_map states[] = {
    { "40001", ARC_E_CONFLICT }, { "40P01", ARC_E_CONFLICT },       { "40003", ARC_E_OUTCOME_UNKNOWN },
    { "55P03", ARC_E_BUSY },     { "55006", ARC_E_BUSY },           { "57014", ARC_E_CANCELLED },
    { "57P", ARC_E_CONNECTION }, { "08", ARC_E_CONNECTION },        { "53300", ARC_E_CONNECTION },
    { "22003", ARC_E_OVERFLOW }, { "23505", ARC_E_EXISTS },         { "23503", ARC_E_REFERENCE },
    { "23", ARC_E_CHECK },       { "22", ARC_E_CHECK },             { "25006", ARC_E_READONLY },
    { "25P02", ARC_E_DOOMED },   { "53100", ARC_E_FULL },           { "53200", ARC_E_NOMEM },
    { "53", ARC_E_IO },          { "54", ARC_E_LIMIT },             { "58", ARC_E_IO },
    { "28", ARC_E_IO },          { "42501", ARC_E_IO },             { "XX001", ARC_E_CORRUPT },
    { "XX002", ARC_E_CORRUPT },  { "42P01", ARC_E_SCHEMA_FOREIGN }, { "42703", ARC_E_SCHEMA_FOREIGN },
    { "0A000", ARC_E_SCHEMA_FOREIGN },
};

arc_status arci_pg_status(const char *sqlstate)
{
    for (size_t i = 0; sqlstate && i < sizeof states / sizeof states[0]; i++) {
        if (strncmp(sqlstate, states[i].prefix, strlen(states[i].prefix)) == 0) {
            return states[i].status;
        }
    }
    return ARC_E_BACKEND;
}

arc_status arci_pg_error(arci_pg *be, arc_status status, const char *message)
{
    if (be->host->set_error) {
        be->host->set_error(be->host, status, 0, NULL, message);
    }
    return status;
}

arc_status arci_pg_lost(arci_pg *be)
{
    int alive = PQstatus(be->conn) == CONNECTION_OK; /* then only memory can be missing */
    be->broken = 1;
    return arci_pg_error(be, alive ? ARC_E_NOMEM : ARC_E_CONNECTION, PQerrorMessage(be->conn));
}

arc_status arci_pg_fail(arci_pg *be, const PGresult *res, int report)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    memset(be->sqlstate, 0, sizeof be->sqlstate);
    if (!state) { /* made by libpq, not by the server */
        return arci_pg_lost(be);
    }
    memcpy(be->sqlstate, state, strlen(state) < 5 ? strlen(state) : 5);
    arc_status st = arci_pg_status(state);
    const char *message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    if ((report || (st != ARC_E_EXISTS && st != ARC_E_REFERENCE)) && be->host->set_error) {
        be->host->set_error(be->host, st, 0, be->sqlstate, message ? message : "the server refused");
    }
    return st;
}

arc_status arci_pg_doom(arci_pg *be, arc_status status)
{
    if (status < 0) {
        be->doomed = 1;
    }
    return status;
}

arc_status arci_pg_forked(arci_pg *be)
{
    if ((int64_t)getpid() == be->pid) {
        return ARC_OK;
    }
    return arci_pg_error(be, ARC_E_FORK, "the handle was opened before fork(): open the book again in the child");
}

arc_status arci_pg_enter(arci_pg *be, uint32_t mode)
{
    arc_status st = arci_pg_forked(be);
    if (st != ARC_OK) {
        return st;
    }
    if (!be->mode || (mode && be->mode != mode)) {
        return arci_pg_doom(be, arci_pg_error(be, ARC_E_TXN, "not inside the kind of transaction this needs"));
    }
    if (be->broken) {
        return arci_pg_error(be, ARC_E_CONNECTION, "the connection was lost");
    }
    return be->doomed ? ARC_E_DOOMED : ARC_OK;
}

/* ---- waiting ---- */

static void stop(arci_pg *be)
{
    char message[256];
    if (be->quiet || be->stopping || !be->host->cancelled || !be->host->cancelled(be->host)) {
        return;
    }
    PGcancel *c = PQgetCancel(be->conn);
    be->stopping = 1;
    if (c) {
        PQcancel(c, message, (int)sizeof message);
        PQfreeCancel(c);
    }
}

/* Until an answer can be taken without waiting. Sends what is left to send meanwhile. */
static arc_status pump(arci_pg *be)
{
    for (;;) {
        int left = PQflush(be->conn);
        if (left < 0 || PQstatus(be->conn) != CONNECTION_OK) {
            return arci_pg_lost(be);
        }
        if (!PQisBusy(be->conn)) {
            return ARC_OK;
        }
        struct pollfd p = { PQsocket(be->conn), (short)(POLLIN | (left ? POLLOUT : 0)), 0 };
        if (poll(&p, 1, SLICE_MS) == 0) {
            stop(be);
        } else if (!PQconsumeInput(be->conn)) {
            return arci_pg_lost(be);
        }
    }
}

/* ---- batches ---- */

arc_status arci_pg_start(arci_pg *be)
{
    arc_status st = ARC_OK;
    if (be->broken) {
        return arci_pg_error(be, ARC_E_CONNECTION, "the connection was lost");
    }
    be->stopping = 0;
    be->lead = 0;
    arci_pg_close_texts(be, &st);
    return st;
}

arc_status arci_pg_send(arci_pg *be, const char *sql, uint32_t n_params)
{
    arci_pg_params *p = &be->params;
    if (n_params > 65535) {
        return arci_pg_error(be, ARC_E_LIMIT, "more than 65535 parameters");
    }
    if (be->host->trace) {
        be->host->trace(be->host, sql, n_params ? p->shown : NULL, n_params);
    }
    int ok = PQsendQueryParams(be->conn, sql, (int)n_params, p->types, p->values, p->lengths, p->formats, 1);
    return ok ? ARC_OK : arci_pg_lost(be);
}

static void stmt_name(char name[16], uint32_t id)
{
    char digits[12];
    size_t n = 0, at = 1;
    do {
        digits[n++] = (char)('0' + id % 10);
        id /= 10;
    } while (id);
    name[0] = 's';
    while (n) {
        name[at++] = digits[--n];
    }
    name[at] = 0;
}

arc_status arci_pg_send_stmt(arci_pg *be, const arci_pg_stmt *stmt)
{
    const arci_pg_params *p = &be->params;
    char name[16];
    stmt_name(name, stmt->id);
    if (be->host->trace) {
        be->host->trace(be->host, stmt->text ? stmt->text : "", p->n ? p->shown : NULL, p->n);
    }
    int ok = PQsendQueryPrepared(be->conn, name, (int)p->n, p->values, p->lengths, p->formats, 1);
    return ok ? ARC_OK : arci_pg_lost(be);
}

arc_status arci_pg_go(arci_pg *be)
{
    if (!PQpipelineSync(be->conn)) {
        return arci_pg_lost(be);
    }
    arc_status st = ARC_OK;
    for (; be->lead && st == ARC_OK; be->lead--) {
        st = arci_pg_done(be);
    }
    return st;
}

/* An empty answer separates the answers of two statements. */
static arc_status take(arci_pg *be, PGresult **out)
{
    for (int empty = 0; empty < 3; empty++) {
        arc_status st = pump(be);
        if (st != ARC_OK) {
            return st;
        }
        *out = PQgetResult(be->conn);
        if (*out) {
            return ARC_OK;
        }
    }
    be->broken = 1;
    return arci_pg_error(be, ARC_E_INTERNAL, "an answer is missing");
}

arc_status arci_pg_result(arci_pg *be, PGresult **out, int report)
{
    *out = NULL;
    if (be->broken) {
        return ARC_E_CONNECTION;
    }
    PGresult *res = NULL;
    arc_status st = take(be, &res);
    if (st != ARC_OK) {
        return st;
    }
    switch (PQresultStatus(res)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY: *out = res; return ARC_OK;
    case PGRES_PIPELINE_ABORTED: st = ARC_E_DOOMED; break;
    case PGRES_PIPELINE_SYNC:
        be->broken = 1; /* more was asked than sent */
        st = ARC_E_INTERNAL;
        break;
    default: st = arci_pg_fail(be, res, report); break;
    }
    PQclear(res);
    return st;
}

arc_status arci_pg_done(arci_pg *be)
{
    PGresult *res;
    arc_status st = arci_pg_result(be, &res, 1);
    PQclear(res);
    return st;
}

arc_status arci_pg_end(arci_pg *be, arc_status status)
{
    while (!be->broken) {
        PGresult *res = NULL;
        arc_status st = take(be, &res);
        ExecStatusType kind = st == ARC_OK ? PQresultStatus(res) : PGRES_FATAL_ERROR;
        if (st == ARC_OK && kind == PGRES_FATAL_ERROR) {
            st = arci_pg_fail(be, res, status == ARC_OK);
        }
        PQclear(res);
        status = status == ARC_OK ? st : status;
        if (kind == PGRES_PIPELINE_SYNC) {
            break;
        }
    }
    if (be->stopping && (status == ARC_OK || status == ARC_E_CANCELLED)) {
        return ARC_E_CANCELLED;
    }
    return be->broken && status == ARC_OK ? ARC_E_CONNECTION : status;
}

arc_status arci_pg_abandon(arci_pg *be, arc_status status)
{
    if (be->broken || !PQpipelineSync(be->conn)) {
        be->broken = 1;
        return status;
    }
    arc_status st = arci_pg_end(be, status);
    return status == ARC_OK ? st : status;
}

arc_status arci_pg_run(arci_pg *be, const char *sql, uint32_t n_params, PGresult **out)
{
    PGresult *res = NULL;
    arc_status st = arci_pg_start(be);
    if (st != ARC_OK) {
        return be->broken ? st : arci_pg_abandon(be, st);
    }
    st = arci_pg_send(be, sql, n_params);
    if (st != ARC_OK) {
        return arci_pg_abandon(be, st);
    }
    st = arci_pg_go(be);
    st = st == ARC_OK ? arci_pg_result(be, &res, 1) : st;
    st = arci_pg_end(be, st);
    if (st != ARC_OK || !out) {
        PQclear(res);
        res = NULL;
    }
    if (out) {
        *out = res;
    }
    return st;
}
