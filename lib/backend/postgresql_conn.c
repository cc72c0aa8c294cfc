/* SPDX-License-Identifier: Apache-2.0 */
/* Batches over libpq's pipeline mode, errors, cancelling. */
#include <string.h>
#include <unistd.h>

#include "backend/postgresql.h"

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
    st = st == ARC_E_CANCELLED && be->limit_ms && !be->stopping ? ARC_E_TIMEOUT : st; /* statement_timeout */
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
        int ready = arci_pg_wait(be, be->conn, left);
        if (ready < 0) {
            be->broken = 1;
            return arci_pg_error(be, ARC_E_CONNECTION, "the server did not answer before the deadline");
        }
        if (!ready) {
            stop(be);
        } else if (!PQconsumeInput(be->conn)) {
            return arci_pg_lost(be);
        }
    }
}

/* ---- what is due ---- */

arc_status arci_pg_owe(arci_pg *be, uint32_t kind, void *of)
{
    arci_pg_due *last = be->n_due ? &be->due[be->n_due - 1] : NULL;
    if (last && last->kind == kind && !of && !last->of && kind <= ARCI_PG_DUE_LATE) {
        last->n++;
        return ARC_OK;
    }
    if (be->n_due == be->cap_due) {
        uint32_t cap = be->cap_due ? be->cap_due * 2 : 16;
        arci_pg_due *p = be->host->resize(be->host, be->due, cap * sizeof *p);
        if (!p) { /* an answer would come that nobody knows of */
            be->broken = 1;
            return ARC_E_NOMEM;
        }
        be->due = p;
        be->cap_due = cap;
    }
    be->due[be->n_due].kind = kind;
    be->due[be->n_due].n = 1;
    be->due[be->n_due++].of = of;
    return ARC_OK;
}

void arci_pg_disown(arci_pg *be, const void *of)
{
    for (uint32_t i = 0; i < be->n_due; i++) {
        if (be->due[i].of == of) {
            be->due[i].of = NULL;
        }
    }
}

int arci_pg_takes_later(arci_pg *be)
{
    int later = (int)be->later;
    be->later = 0;
    return later;
}

/* ---- batches ---- */

arc_status arci_pg_start(arci_pg *be)
{
    if (be->broken) {
        return arci_pg_error(be, ARC_E_CONNECTION, "the connection was lost");
    }
    be->stopping = 0;
    arc_status st = arci_pg_in_time(be);
    if (st != ARC_OK) {
        return st;
    }
    st = be->unsent ? arci_pg_send_begin(be) : ARC_OK;
    return st == ARC_OK ? arci_pg_close_texts(be) : st;
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

/* The server's version of our schema, asked for as the transaction began. */
static arc_status take_version(arci_pg *be)
{
    PGresult *res;
    arc_status st = arci_pg_result(be, &res, 1);
    int64_t version = res && PQntuples(res) == 1 ? arci_pg_int(res, 0, PQnfields(res) - 1) : -1;
    PQclear(res);
    if (st != ARC_OK || version == be->version) {
        return st;
    }
    be->version = -1; /* looked at closely when the next transaction begins */
    return version < 0 ? arci_pg_error(be, ARC_E_SCHEMA_FOREIGN, "the table arc_schema was emptied")
           : version > (int64_t)be->schema->version
               ? arci_pg_error(be, ARC_E_SCHEMA_NEWER, "the book was upgraded by a newer version meanwhile")
               : arci_pg_error(be, ARC_E_CONFLICT, "the schema was changed meanwhile");
}

static arc_status take_sync(arci_pg *be)
{
    PGresult *res = NULL;
    arc_status st = take(be, &res);
    int ok = st == ARC_OK && PQresultStatus(res) == PGRES_PIPELINE_SYNC;
    PQclear(res);
    be->broken = ok ? be->broken : 1;
    return ok ? ARC_OK : st == ARC_OK ? ARC_E_INTERNAL : st;
}

static arc_status take_due(arci_pg *be, const arci_pg_due *d)
{
    PGresult *res = NULL;
    arc_status st = ARC_OK;
    switch (d->kind) {
    case ARCI_PG_DUE_SYNC: return take_sync(be);
    case ARCI_PG_DUE_VERSION: return take_version(be);
    case ARCI_PG_DUE_ROWS:
        st = arci_pg_result(be, &res, 1);
        if (st == ARC_OK && d->of) {
            arci_pg_take_rows(d->of, res);
        } else {
            PQclear(res);
        }
        return st;
    default: break;
    }
    for (uint32_t i = 0; i < d->n && st == ARC_OK; i++) {
        st = arci_pg_result(be, &res, d->kind != ARCI_PG_DUE_TRY);
        PQclear(res);
        if (st == ARC_E_CHECK && d->kind == ARCI_PG_DUE_LATE && strcmp(be->sqlstate, "22012") == 0) {
            st = arci_pg_error(be, ARC_E_STALE, "a row that was to be changed is not as it was"); /* its statement divided by the rows changed */
        }
    }
    return st;
}

/* The server has skipped everything up to the next end of a batch. */
static void forget_due(arci_pg *be, uint32_t from)
{
    for (uint32_t i = from; i < be->n_due; i++) {
        if (be->due[i].kind == ARCI_PG_DUE_STMT && be->due[i].of) {
            ((arci_pg_stmt *)be->due[i].of)->ready = 0;
        }
    }
    be->n_due = 0;
}

/* A transaction that only read has ended behind an error of its own: that is over. */
static arc_status skip_to_sync(arci_pg *be, uint32_t *i)
{
    uint32_t k = *i;
    while (k < be->n_due && be->due[k].kind != ARCI_PG_DUE_SYNC) {
        k++;
    }
    if (k == be->n_due) {
        return ARC_DONE;
    }
    for (; *i < k; ++*i) {
        if (be->due[*i].kind == ARCI_PG_DUE_STMT && be->due[*i].of) {
            ((arci_pg_stmt *)be->due[*i].of)->ready = 0;
        }
    }
    for (;;) {
        PGresult *res = NULL;
        arc_status st = take(be, &res);
        int sync = st == ARC_OK && PQresultStatus(res) == PGRES_PIPELINE_SYNC;
        PQclear(res);
        if (st != ARC_OK || sync) {
            return st;
        }
    }
}

static arc_status read_due(arci_pg *be)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < be->n_due; i++) {
        st = take_due(be, &be->due[i]);
        if (st != ARC_OK && !be->broken && skip_to_sync(be, &i) != ARC_DONE) {
            st = be->broken ? st : ARC_OK;
        }
        if (st != ARC_OK) {
            forget_due(be, i);
        }
    }
    be->n_due = 0;
    return st;
}

arc_status arci_pg_go(arci_pg *be)
{
    if (!PQpipelineSync(be->conn)) {
        return arci_pg_lost(be);
    }
    be->trips++;
    return read_due(be);
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
    arc_status st = be->broken ? ARC_E_CONNECTION : arci_pg_go(be);
    if (be->broken) {
        return status;
    }
    st = arci_pg_end(be, st == ARC_OK ? status : st);
    return status == ARC_OK ? st : status;
}

arc_status arci_pg_settle(arci_pg *be)
{
    arc_status st = be->broken ? arci_pg_error(be, ARC_E_CONNECTION, "the connection was lost") : arci_pg_go(be);
    return arci_pg_end(be, st);
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
