/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the SQLite backend share. */
#ifndef ARCI_BACKEND_SQLITE_H
#define ARCI_BACKEND_SQLITE_H

#include <sqlite3.h>

#include "arcore/sys/sqlkit.h"
#include "base/process.h"

/* A prepared statement, cached by shape. One cursor at a time uses it. */
typedef struct arci_sqlite_stmt arci_sqlite_stmt;
struct arci_sqlite_stmt {
    sqlite3_stmt *s;
    arci_sqlite_stmt *next; /* same hash slot */
    uint64_t used;          /* for eviction: the oldest goes */
    uint32_t hash;
    uint32_t key_len;
    uint32_t busy;
    char key[]; /* shape */
};

enum { ARCI_SQLITE_SLOTS = 256, ARCI_SQLITE_MAX_STMTS = 256 };

typedef struct arci_sqlite_options {
    char vfs[64];        /* "" = default */
    uint32_t cache_mib;  /* page cache */
    uint32_t busy_ms;    /* waits outside transactions: open, migrate, backup */
    uint32_t checkpoint; /* pages in the WAL from which a commit checkpoints */
    uint32_t truncate;   /* a rollback journal instead of a WAL */
} arci_sqlite_options;

typedef struct arci_sqlite_cursor arci_sqlite_cursor;

typedef struct arci_sqlite {
    const arc_host *host;
    sqlite3 *db;
    const arc_schema_desc *schema;
    arci_process process; /* that opened it */
    int64_t deadline_us; /* of the wait under way, monotonic */
    int64_t in_place_us; /* when the file was last seen in its place; 0: never */
    char *path;          /* absolute, final component no link; NULL: a host's database without a file */
    int lock_fd;         /* -1: not open */
    int lock_held;
    uint32_t flags; /* ARC_OPEN_* */
    arci_sqlite_options opt;
    int64_t cookie;    /* schema_version the tables were verified at; -1: never */
    uint32_t wal_pages; /* in the WAL after the last commit */
    uint32_t mode;      /* ARC_TXN_* of the open transaction, 0 = none */
    uint32_t doomed;
    uint32_t depth;     /* savepoints */
    uint32_t quiet;     /* cancelling is not asked for: COMMIT, ROLLBACK, checkpoints */
    uint32_t paged;     /* no WAL: a READ holds SQLite's lock only while it reads a page */
    int calling;        /* waits to read */
    int unsettled;      /* what is to be seen may not be on disk: see settle() */
    uint32_t looked;    /* this READ has seen something: data_version is its snapshot */
    uint32_t timeout_ms; /* of the open transaction */
    int64_t data_version;
    uint32_t n_stmts;
    uint64_t tick;
    arci_sqlite_stmt *slots[ARCI_SQLITE_SLOTS];
    arci_sqlite_cursor *cursors; /* open or dead, until end() or the next begin() */
    arci_sqlite_cursor *spare;   /* one closed cursor with its memory, for the next */
    sqlite3_stmt *undo; /* ROLLBACK, prepared at open: undoing must not need memory */
    sqlite3_stmt *undo_point, *drop_point; /* of the savepoint, on a connection of the host's */
    uint8_t attached; /* db is the host's. sqlite_attach.c */
    uint8_t joined;   /* the open transaction is inside one of the host's */
    uint8_t point;    /* ... and has a savepoint there */
    arc_sql_stmt build;
    arc_value *traced; /* bound values shown to the host's trace function */
    uint32_t cap_traced;
} arci_sqlite;

#define ARCI_SQLITE_AMONG "arc_among" /* the function behind `among` of the dialect */
#define ARCI_SQLITE_REFERENCE "arc: reference" /* message of triggers that stand for a foreign key */

extern const arc_sql_dialect arci_sqlite_dialect;
const arc_backend_ops *arci_backend_sqlite(void);

/* ---- errors and statements: sqlite_stmt.c ---- */
arc_status arci_sqlite_status(int rc);
/* The extended code: a connection of the host's may tell the plain one only. */
int arci_sqlite_whole(const arci_sqlite *be, int rc);
/* Tells the host about an SQLite error and returns its status. */
arc_status arci_sqlite_fail(arci_sqlite *be, int rc);
arc_status arci_sqlite_error(arci_sqlite *be, arc_status status, const char *message);
arc_status arci_sqlite_doom(arci_sqlite *be, arc_status status); /* marks the transaction; returns status */
/* ARC_E_FORK in a child process, else ARC_OK. */
arc_status arci_sqlite_forked(arci_sqlite *be);
/* Entry of every operation inside a transaction. */
arc_status arci_sqlite_enter(arci_sqlite *be, uint32_t mode);

/* Statement of the shape last built in be->build; `what` there must have been ARC_SQL_KEY. When there is none, *missing is
 * set and the caller builds the text and calls arci_sqlite_prepare(). */
arci_sqlite_stmt *arci_sqlite_cached(arci_sqlite *be);
arc_status arci_sqlite_prepare(arci_sqlite *be, arci_sqlite_stmt **out); /* text and key of be->build */
arc_status arci_sqlite_fixed(arci_sqlite *be, const char *sql, arci_sqlite_stmt **out); /* constant text, cached by it */
void arci_sqlite_release(arci_sqlite_stmt *stmt); /* resets; back to the cache */
void arci_sqlite_drop_cache(arci_sqlite *be);
/* Binds value i (from 0). Text stays borrowed when `borrow`; dates go through `date` (10 bytes that live as long). */
arc_status arci_sqlite_bind(arci_sqlite *be, sqlite3_stmt *s, uint32_t i, const arc_value *v, const arc_column *c,
                            int borrow, char *date);
arc_status arci_sqlite_bind_params(arci_sqlite *be, arci_sqlite_stmt *stmt); /* be->build.params */
void arci_sqlite_trace(arci_sqlite *be, sqlite3_stmt *s, const arc_value *params, uint32_t n);
arc_value *arci_sqlite_trace_room(arci_sqlite *be, uint32_t n); /* NULL when nobody traces (or no memory) */
char *arci_sqlite_trace_date(arci_sqlite *be, uint32_t i); /* 10 bytes for the text of traced date i */
/* Runs a constant statement to its end; a first column of the first row goes to *value when not NULL. */
int arci_sqlite_run(arci_sqlite *be, const char *sql, int64_t *value);
void arci_sqlite_undo(arci_sqlite *be); /* ROLLBACK when a transaction is open */
arc_status arci_sqlite_exec(arci_sqlite *be, const char *sql); /* once, not cached, traced */
/* Reads a column of the present row; text is borrowed from the statement. */
arc_status arci_sqlite_value(arci_sqlite *be, sqlite3_stmt *s, int i, const arc_column *c, arc_value *out);

/* ---- locking and time: sqlite_lock.c ---- */
int64_t arci_sqlite_now(void); /* monotonic microseconds */
void arci_sqlite_wait_until(arci_sqlite *be, uint32_t timeout_ms);
int arci_sqlite_pause(arci_sqlite *be, int attempt); /* sleeps a little; 0 when the deadline passed or cancelled */
arc_status arci_sqlite_lock(arci_sqlite *be); /* until be->deadline_us */
/* A commit without a WAL shuts readers out for nearly all its time: one after the other would starve them. A reader that finds
 * the door shut calls, and a writer that is about to begin gives way, for 10 ms at most. */
void arci_sqlite_call(arci_sqlite *be);
void arci_sqlite_called(arci_sqlite *be);
void arci_sqlite_give_way(arci_sqlite *be);
/* Before SQLite may find a rollback journal: takes the lock when there is one that nobody writes. Unlock after the first read. */
arc_status arci_sqlite_lock_hot(arci_sqlite *be);
void arci_sqlite_unlock(arci_sqlite *be);
void arci_sqlite_lock_close(arci_sqlite *be);
/* Whether a handle holds a place in the lock file of this name: one that writes, or one without a WAL. */
int arci_sqlite_lock_present(const char *lock_file);
/* Handles without a WAL stay until they go; who wants a WAL must be alone. SQLite itself would switch under them. */
arc_status arci_sqlite_stay(arci_sqlite *be); /* until be->deadline_us, as is alone */
arc_status arci_sqlite_alone(arci_sqlite *be);
void arci_sqlite_go(arci_sqlite *be);

/* ---- the journal mode: sqlite_journal.c ---- */
arc_status arci_sqlite_want_journal(arci_sqlite *be); /* sets it, reads it back */
arc_status arci_sqlite_same_journal(arci_sqlite *be); /* inside a WRITE transaction: nobody switched it */
void arci_sqlite_doctor(arci_sqlite *be); /* warns in the host's log */
arc_status arci_sqlite_describe(void *be, void (*say)(void *user, const char *key, const char *value), void *user);

/* ---- pages of a READ without a WAL: sqlite_txn.c ---- */
static inline int arci_sqlite_pages(const arci_sqlite *be)
{
    return be->paged && be->mode == ARC_TXN_READ;
}
/* BEGIN and a first read, which takes the snapshot and may roll back what a dead writer left. */
arc_status arci_sqlite_begin_read(arci_sqlite *be, int64_t *cookie);
/* Around everything a READ asks of SQLite. Without a WAL the snapshot is found again, or it is ARC_E_CONFLICT. */
arc_status arci_sqlite_look_in(arci_sqlite *be);
void arci_sqlite_look_away(arci_sqlite *be);

/* ---- schema: sqlite_schema.c, sqlite_migrate.c ---- */
enum { ARCI_SQLITE_EXACT, ARCI_SQLITE_NEWER, ARCI_SQLITE_OLDER };
/* Compares what sqlite_schema holds with what `version` of the descriptors would make. NEWER: the book is of a later
 * version and only read: our tables must be there, they may have grown, and everything else is its own affair. OLDER: it
 * is to be upgraded: a code list there may be the beginning of ours. */
arc_status arci_sqlite_verify(arci_sqlite *be, uint32_t version, uint32_t flags, int mode);
/* Brings CHECKs of code lists up to date in tables that `old` had; inside the WRITE transaction of an upgrade. */
arc_status arci_sqlite_renew_codes(arci_sqlite *be, int64_t old);
arc_status arci_sqlite_number(arci_sqlite *be, const char *pragma, int64_t value); /* runs pragma followed by the number */
arc_status arci_sqlite_migrate(void *handle, const arc_schema_desc *schema, uint32_t flags);

/* ---- a connection of the host's: sqlite_attach.c ---- */
arc_status arci_sqlite_attach(const arc_host *host, void *connection, const char *options, uint32_t flags, void **out);
void arci_sqlite_detach(arci_sqlite *be); /* takes ours off the connection */
arc_status arci_sqlite_host_settings(arci_sqlite *be); /* refuses what a book cannot live with */
arc_status arci_sqlite_join(arci_sqlite *be, uint32_t mode, int64_t *cookie); /* begins inside the host's transaction */
arc_status arci_sqlite_still_joined(arci_sqlite *be); /* ARC_E_TXN: the host has ended it */
arc_status arci_sqlite_keep_joined(arci_sqlite *be); /* what was done stays, for the host to commit */
void arci_sqlite_undo_joined(arci_sqlite *be);
/* Of sqlite_open.c: an empty handle; our functions on its connection. */
arc_status arci_sqlite_new(const arc_host *host, uint32_t flags, arci_sqlite **out);
arc_status arci_sqlite_functions(arci_sqlite *be);

/* ---- operations ---- */
arc_status arci_sqlite_open(const arc_host *host, const char *location, const char *options, uint32_t flags, void **out);
void arci_sqlite_close(void *handle);
arc_status arci_sqlite_begin(void *handle, uint32_t mode, uint32_t timeout_ms, void **txn);
arc_status arci_sqlite_commit(void *txn);
arc_status arci_sqlite_snapshot(void *txn, uint64_t *number);
void arci_sqlite_rollback(void *txn);
arc_status arci_sqlite_reserve(void *txn, int64_t book, const char *sequence, uint32_t n, int64_t *first);
arc_status arci_sqlite_next_number(void *txn, int64_t book, const char *sequence, int64_t *next);
arc_status arci_sqlite_savepoint(void *txn, uint32_t depth);
arc_status arci_sqlite_rollback_to(void *txn, uint32_t depth);
arc_status arci_sqlite_release_to(void *txn, uint32_t depth);
arc_status arci_sqlite_write(void *txn, arc_write *const *writes, uint32_t n);
void arci_sqlite_plan(void *handle, arc_fetch *fetch);
arc_status arci_sqlite_fetch(void *txn, arc_fetch *const *fetches, uint32_t n);
arc_status arci_sqlite_next(void *cursor, arc_block *block);
void arci_sqlite_end(void *cursor);
arc_status arci_sqlite_get_many(void *txn, uint16_t table, const uint16_t *cols, uint32_t n_cols, const arc_value *keys,
                                uint32_t n_keys, void **cursor);
arc_status arci_sqlite_aggregate(void *txn, arc_aggregate *aggregate);
arc_status arci_sqlite_explain(void *txn, const arc_fetch *fetch, char *buf, size_t *len);
arc_status arci_sqlite_check(void *handle, void (*report)(void *user, const char *finding), void *user);
arc_status arci_sqlite_remove(const arc_host *host, const char *location, const char *options);
arc_status arci_sqlite_backup(void *handle, const char *location,
                              int32_t (*progress)(void *user, int64_t done, int64_t total), void *user);
void arci_sqlite_kill_cursors(arci_sqlite *be); /* their transaction ends */
void arci_sqlite_free_cursors(arci_sqlite *be);

#endif
