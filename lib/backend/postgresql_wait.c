/* SPDX-License-Identifier: Apache-2.0 */
/* The deadline of a transaction: how long it may wait for the server in all, over all its statements. Time between them is the caller's own. */
#include <poll.h>
#include <time.h>

#include "backend/postgresql.h"

enum { SLICE_MS = 20, GRACE_MS = 1000 }; /* how often a wait asks whether to go on; how much later than its own deadline the server may say so */

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int arci_pg_wait(arci_pg *be, PGconn *conn, int left)
{
    struct pollfd p = { PQsocket(conn), (short)(POLLIN | (left ? POLLOUT : 0)), 0 };
    int64_t begun = be->limit_ms ? now_us() : 0;
    int ready = poll(&p, 1, SLICE_MS) != 0;
    if (be->limit_ms) {
        be->waited_us += now_us() - begun;
        ready = !ready && be->waited_us > ((int64_t)be->limit_ms + GRACE_MS) * 1000 ? -1 : ready;
    }
    return ready;
}

arc_status arci_pg_in_time(arci_pg *be)
{
    if (!be->limit_ms || be->quiet || be->waited_us < (int64_t)be->limit_ms * 1000) {
        return ARC_OK;
    }
    return arci_pg_error(be, ARC_E_TIMEOUT, "the deadline of the transaction has passed");
}

PGresult *arci_pg_draw_run(arci_pg *be, const char *sql, const arci_pg_params *p, uint32_t n)
{
    if (!be->limit_ms) {
        return PQexecParams(be->draws, sql, (int)n, p->types, p->values, p->lengths, p->formats, 1);
    }
    if (!PQsendQueryParams(be->draws, sql, (int)n, p->types, p->values, p->lengths, p->formats, 1)) {
        return NULL;
    }
    while (PQisBusy(be->draws)) {
        int ready = arci_pg_wait(be, be->draws, PQflush(be->draws) > 0);
        if (ready < 0 || (ready && !PQconsumeInput(be->draws))) {
            PQfinish(be->draws); /* the next call connects anew */
            be->draws = NULL;
            return NULL;
        }
    }
    PGresult *r = PQgetResult(be->draws), *rest;
    while ((rest = PQgetResult(be->draws)) != NULL) {
        PQclear(rest);
    }
    return r;
}
