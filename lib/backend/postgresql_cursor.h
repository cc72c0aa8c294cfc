/* SPDX-License-Identifier: Apache-2.0 */
/* Cursors of the PostgreSQL backend: blocks whose texts lie in the answers of libpq. */
#ifndef ARCI_BACKEND_POSTGRESQL_CURSOR_H
#define ARCI_BACKEND_POSTGRESQL_CURSOR_H

#include "backend/postgresql.h"

struct arci_pg_cursor {
    arci_pg *be;
    arci_pg_cursor *next; /* in be->cursors or be->closing */
    PGresult *res;
    arc_value *values; /* the block */
    uint32_t n_cols, cap;
    uint32_t state;      /* ARCI_PG_* */
    uint32_t id;         /* SERVER: its name is "arcc" and this */
    uint32_t depth;      /* of savepoints when it was opened */
    uint32_t asked;      /* rows asked for with the last FETCH */
    uint32_t drained;    /* SERVER: that was all */
    uint32_t due;        /* rows were asked for and not yet read */
    uint32_t n_rows, at; /* rows of res, and the next */
};

arc_status arci_pg_cursor_new(arci_pg *be, uint32_t n_cols, arci_pg_cursor **out);
/* Sends the statement with be->params; its whole answer will be the cursor's rows. */
arc_status arci_pg_ask(arci_pg *be, arci_pg_cursor *c, const arci_pg_stmt *stmt);
/* Prepares `sql` with the parameter types of be->build under its shape. */
arc_status arci_pg_stmt_for(arci_pg *be, const char *sql, arci_pg_stmt **out);

#endif
