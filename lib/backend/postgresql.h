/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the PostgreSQL backend share.
 *
 * The connection is in libpq's pipeline mode from open to close. Work goes out in batches: statements are sent, arci_pg_go() ends
 * the batch and starts reading, arci_pg_result() hands out one answer a statement, arci_pg_end() reads what is left. One batch is one
 * round trip.
 *
 * What nobody waits for yet - the beginning of a transaction, a statement being prepared, a question whose rows are not asked for, a
 * write that is expected to succeed - is sent and noted as due (arci_pg_owe()). The next batch goes behind it, in the same trip, and
 * reads the answers that are due first. */
#ifndef ARCI_BACKEND_POSTGRESQL_H
#define ARCI_BACKEND_POSTGRESQL_H

#include <libpq-fe.h>

#include "arcore/sys/sqlkit.h"

enum { ARCI_PG_SLOTS = 256, ARCI_PG_MAX_STMTS = 512, ARCI_PG_BLOCK = 1024, ARCI_PG_FIRST_BLOCK = 256, ARCI_PG_NEXT_BLOCK = 8192 };

/* A prepared statement, cached by shape. */
typedef struct arci_pg_stmt arci_pg_stmt;
struct arci_pg_stmt {
    arci_pg_stmt *next; /* same hash slot */
    uint64_t used;      /* for eviction: the oldest goes */
    const Oid *types; /* of its parameters; behind the struct, then the key, then the text */
    char *key;
    const char *text;
    uint32_t n_params;
    uint32_t id; /* its name is "arcore_" and this */
    uint32_t hash;
    uint32_t key_len;
    uint32_t busy;  /* not to be evicted */
    uint32_t ready; /* the server has it, or is about to: else it is sent once more */
    uint32_t anew;  /* planned each time, for its values */
};

/* Answers of the server that somebody will read later: n of them in a row. */
enum { ARCI_PG_DUE_DONE, ARCI_PG_DUE_TRY, ARCI_PG_DUE_LATE, ARCI_PG_DUE_VERSION, ARCI_PG_DUE_STMT, ARCI_PG_DUE_ROWS, ARCI_PG_DUE_SYNC };
typedef struct arci_pg_due {
    uint32_t kind; /* ARCI_PG_DUE_* */
    uint32_t n;
    void *of; /* STMT, ROWS: the statement or cursor; NULL when it is gone */
} arci_pg_due;

/* Values of one statement on their way to libpq. */
typedef struct arci_pg_params {
    const char **values;
    int *lengths, *formats;
    Oid *types;
    char (*room)[8];    /* numbers in network order */
    arc_value *shown;   /* for the trace function */
    char (*dates)[10];  /* their dates */
    uint32_t n, cap;
} arci_pg_params;

enum { ARCI_PG_DEAD, ARCI_PG_ROWS, ARCI_PG_SERVER }; /* of a cursor */

typedef struct arci_pg_cursor arci_pg_cursor;
typedef struct arci_pg {
    const arc_host *host;
    PGconn *conn;
    PGconn *draws; /* second connection, for reserve(); NULL until needed */
    const arc_schema_desc *schema;
    char *text; /* location, decoded options */
    const char *keywords[24];
    const char *values[24];
    char space[48]; /* schema that holds the tables */
    char role[48];  /* that is granted what a program needs; "": none */
    int64_t pid;
    uint32_t flags; /* ARC_OPEN_* */
    uint32_t busy_ms;
    uint32_t timeout_ms; /* of the open transaction */
    uint32_t deadline_ms; /* option deadline; 0: none */
    uint32_t deadline_session; /* it is each session's timeout */
    uint32_t limit_ms;   /* of waiting for the server in the open transaction; 0: none */
    int64_t waited_us;   /* in it, so far */
    uint32_t take_any;   /* durability=server */
    uint32_t mode;       /* ARC_TXN_* of the open transaction, 0 = none */
    uint32_t doomed;
    uint32_t depth;    /* savepoints */
    uint32_t broken;   /* the connection is lost */
    uint32_t quiet;    /* cancelling is not asked for */
    uint32_t stopping; /* the batch under way was cancelled */
    uint32_t attached; /* conn is the host's. postgresql_attach.c */
    uint32_t joined;   /* the open transaction is inside one of the host's */
    uint32_t unsent;   /* a transaction is open here and not yet on the server */
    uint32_t later;    /* the next call need not wait for its answer */
    uint32_t n_due, cap_due;
    arci_pg_due *due;  /* in the order sent */
    uint64_t trips;    /* batches waited for since the handle was opened */
    uint64_t draws_made; /* blocks of numbers waited for, on the second connection */
    uint32_t next_id;
    uint32_t n_stmts;
    uint64_t tick;
    int64_t version; /* of the schema in the database */
    arci_pg_stmt *slots[ARCI_PG_SLOTS];
    arci_pg_cursor *cursors; /* open or dead, until end() or the next begin() */
    arci_pg_cursor *closing; /* ended, their CLOSE goes out with the next batch */
    arc_sql_stmt build;
    arc_sql_text sql; /* statements around what sqlkit built */
    arc_sql_text arrays;
    arci_pg_params params;
    struct arci_pg_range *ranges; /* numbers drawn ahead */
    char sqlstate[6];             /* of the last error */
} arci_pg;

typedef struct arci_pg_range arci_pg_range;
struct arci_pg_range {
    arci_pg_range *next;
    int64_t book, at, end;
    uint32_t grow;
    char name[];
};

extern const arc_sql_dialect arci_pg_dialect;

/* ---- the connection and batches: postgresql_conn.c ---- */
arc_status arci_pg_status(const char *sqlstate);
arc_status arci_pg_error(arci_pg *be, arc_status status, const char *message);
arc_status arci_pg_lost(arci_pg *be); /* libpq itself failed: ARC_E_CONNECTION or ARC_E_NOMEM, the handle is done for */
arc_status arci_pg_fail(arci_pg *be, const PGresult *res, int report);
arc_status arci_pg_doom(arci_pg *be, arc_status status); /* marks the transaction; returns status */
arc_status arci_pg_forked(arci_pg *be);
arc_status arci_pg_enter(arci_pg *be, uint32_t mode); /* entry of every operation inside a transaction */
arc_status arci_pg_send_begin(arci_pg *be); /* postgresql_txn.c */
arc_status arci_pg_start(arci_pg *be); /* a batch begins: what must go before it is sent */
/* Notes that the answer of what was just sent is read with the next batch. of: see arci_pg_due. */
arc_status arci_pg_owe(arci_pg *be, uint32_t kind, void *of);
void arci_pg_disown(arci_pg *be, const void *of); /* its answer is of no use any more */
arc_status arci_pg_settle(arci_pg *be);           /* a batch of nothing: what is due is read */
/* Takes the promise of later(): whether this call may leave its answer to the next. */
int arci_pg_takes_later(arci_pg *be);
arc_status arci_pg_send(arci_pg *be, const char *sql, uint32_t n_params); /* with be->params */
arc_status arci_pg_send_stmt(arci_pg *be, const arci_pg_stmt *stmt);      /* with all of be->params */
arc_status arci_pg_go(arci_pg *be);
/* The next answer; the caller clears it. An error of the server is told to the host; without `report` not when it is a unique or
 * foreign key that refused a row. */
arc_status arci_pg_result(arci_pg *be, PGresult **out, int report);
arc_status arci_pg_done(arci_pg *be); /* the next answer, if nobody wants to see it */
arc_status arci_pg_end(arci_pg *be, arc_status status); /* ends reading; returns status, or what went wrong meanwhile */
arc_status arci_pg_abandon(arci_pg *be, arc_status status); /* a batch that cannot be completed; returns status */
arc_status arci_pg_run(arci_pg *be, const char *sql, uint32_t n_params, PGresult **out); /* a batch of one; out may be NULL */

/* ---- the deadline: postgresql_wait.c ---- */
/* Waits until the connection can be read, or written where `left`, or for a moment: 1, 0, or -1 when the server has kept silent for longer than the
 * deadline and some more. The server stops a statement at the deadline itself, so that silence means it is not there. */
int arci_pg_wait(arci_pg *be, PGconn *conn, int left);
arc_status arci_pg_in_time(arci_pg *be); /* ARC_E_TIMEOUT: the deadline has passed, nothing more is asked */
/* A question on the connection for numbers. NULL: no memory, or the deadline passed and it is gone. */
PGresult *arci_pg_draw_run(arci_pg *be, const char *sql, const arci_pg_params *p, uint32_t n);

/* ---- statements and values: postgresql_stmt.c ---- */
arc_status arci_pg_params_room(arci_pg *be, uint32_t n);
/* Parameter i (from 0) is a value for a column; NULL: a plain integer. */
arc_status arci_pg_param(arci_pg *be, uint32_t i, const arc_value *v, const arc_column *c);
arc_status arci_pg_params_build(arci_pg *be); /* those of be->build */
Oid arci_pg_type(const arc_column *c);
Oid arci_pg_array_type(Oid element);
const char *arci_pg_type_name(Oid element);
/* be->params become one array a column: of the columns that rows have, row after row. */
arc_status arci_pg_arrays(arci_pg *be, const arc_table *t, const uint16_t *cols, uint32_t n_cols, const arc_value *rows, uint32_t n_rows);
int arci_pg_arrays_fit(uint32_t n_cols);
arc_status arci_pg_cached(arci_pg *be, arci_pg_stmt **out); /* shape in be->build.key; NULL: it is new */
/* Sends the text `sql` to be prepared under the shape in be->build.key; be->params.types tells the types. */
arc_status arci_pg_prepare(arci_pg *be, const char *sql, uint32_t n_params, arci_pg_stmt **out);
void arci_pg_drop_cache(arci_pg *be);
arc_status arci_pg_value(arci_pg *be, const PGresult *res, int row, int col, arc_value *out);
int64_t arci_pg_int(const PGresult *res, int row, int col); /* of an answer whose form is known; NULL = 0 */

/* ---- operations ---- */
arc_status arci_pg_open(const arc_host *host, const char *location, const char *options, uint32_t flags, void **out);
void arci_pg_close(void *handle);
arc_status arci_pg_connect(arci_pg *be, PGconn **out);
arc_status arci_pg_again(arci_pg *be); /* a new connection in place of one that was lost; no transaction is open */
arc_status arci_pg_session(arci_pg *be, PGconn *conn); /* waits for the answer; before pipeline mode */
arc_status arci_pg_migrate(void *handle, const arc_schema_desc *schema, uint32_t flags);
/* Compares the catalogue with what `version` of the descriptors would make. */
arc_status arci_pg_verify(arci_pg *be, uint32_t version, uint32_t flags, int newer);
arc_status arci_pg_check(void *handle, void (*report)(void *user, const char *finding), void *user);
arc_status arci_pg_begin(void *handle, uint32_t mode, uint32_t timeout_ms, void **txn);
void arci_pg_later(void *txn);
arc_status arci_pg_commit(void *txn);
void arci_pg_rollback(void *txn);
arc_status arci_pg_savepoint(void *txn, uint32_t depth);
arc_status arci_pg_rollback_to(void *txn, uint32_t depth);
arc_status arci_pg_release(void *txn, uint32_t depth);
arc_status arci_pg_lock_rows(void *txn, uint16_t table, const arc_value *keys, uint32_t n_keys);
arc_status arci_pg_share_rows(void *txn, uint16_t table, const arc_value *keys, uint32_t n_keys);
arc_status arci_pg_reserve(void *txn, int64_t book, const char *sequence, uint32_t n, int64_t *first);
arc_status arci_pg_next_number(void *txn, int64_t book, const char *sequence, int64_t *next);
void arci_pg_drop_ranges(arci_pg *be);
arc_status arci_pg_write(void *txn, arc_write *const *writes, uint32_t n);
void arci_pg_plan(void *handle, arc_fetch *fetch);
arc_status arci_pg_fetch(void *txn, arc_fetch *const *fetches, uint32_t n);
arc_status arci_pg_next(void *cursor, arc_block *block);
void arci_pg_cursor_end(void *cursor);
arc_status arci_pg_get_many(void *txn, uint16_t table, const uint16_t *cols, uint32_t n_cols, const arc_value *keys,
                            uint32_t n_keys, void **cursor);
arc_status arci_pg_aggregate(void *txn, arc_aggregate *aggregate);
arc_status arci_pg_explain(void *txn, const arc_fetch *fetch, char *buf, size_t *len);

/* ---- a connection of the host's: postgresql_attach.c ---- */
arc_status arci_pg_attach(const arc_host *host, void *connection, const char *options, uint32_t flags, void **out);
void arci_pg_detach(arci_pg *be); /* takes ours off the connection */
arc_status arci_pg_connect_like(arci_pg *be, PGconn **out);
arc_status arci_pg_borrow(arci_pg *be); /* before a transaction: the connection is in pipeline mode, joined says whether the host's is open */
void arci_pg_give_back(arci_pg *be);    /* after it */
arc_status arci_pg_send_settings(arci_pg *be);
arc_status arci_pg_keep(arci_pg *be); /* what was done stays, for the host to commit */
void arci_pg_undo_joined(arci_pg *be);
/* Of postgresql_open.c: an empty handle; the options a host's connection may have. */
arc_status arci_pg_new(const arc_host *host, uint32_t flags, arci_pg **out);
arc_status arci_pg_attach_options(arci_pg *be, const char *options);
void arci_pg_stmt_name(char name[24], uint32_t id);

/* ---- cursors: postgresql_fetch.c ---- */
arc_status arci_pg_close_texts(arci_pg *be); /* sends the CLOSEs that wait */
void arci_pg_take_rows(arci_pg_cursor *c, PGresult *res); /* the answer that was due */
void arci_pg_kill_cursors(arci_pg *be, uint32_t depth); /* those opened at this depth of savepoints or deeper */
void arci_pg_lift_cursors(arci_pg *be, uint32_t depth); /* their savepoint was released */
void arci_pg_free_cursors(arci_pg *be);

#endif
