/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions, savepoints, sequences and checkpoints of the SQLite backend. */
#include <string.h>

#include "backend/sqlite.h"

/* The schema may have been changed by another program since it was verified; the cookie tells. */
static arc_status check_cookie(arci_sqlite *be, int64_t cookie)
{
    if (cookie == be->cookie) {
        return ARC_OK;
    }
    int64_t version = 0;
    int rc = arci_sqlite_run(be, "PRAGMA user_version", &version);
    if (rc != SQLITE_OK) {
        return arci_sqlite_fail(be, rc);
    }
    if (version > (int64_t)be->schema->version && !(be->flags & ARC_OPEN_READONLY)) {
        return arci_sqlite_error(be, ARC_E_SCHEMA_NEWER, "the book was upgraded by a newer version meanwhile");
    }
    int mode = version > (int64_t)be->schema->version ? ARCI_SQLITE_NEWER : ARCI_SQLITE_EXACT;
    arc_status st = arci_sqlite_verify(be, be->schema->version, be->flags, mode);
    if (st == ARC_OK) {
        be->cookie = cookie;
    }
    return st;
}

/* ---- looking in: the READ without a WAL ---- */

arc_status arci_sqlite_begin_read(arci_sqlite *be, int64_t *cookie)
{
    arc_status st = be->paged ? arci_sqlite_lock_hot(be) : ARC_OK;
    if (st != ARC_OK) {
        return st;
    }
    int rc = arci_sqlite_run(be, "BEGIN", NULL);
    rc = rc == SQLITE_OK ? arci_sqlite_run(be, "PRAGMA schema_version", cookie) : rc;
    st = rc == SQLITE_OK ? ARC_OK : arci_sqlite_fail(be, rc);
    arci_sqlite_called(be);
    arci_sqlite_unlock(be);
    return st;
}

/* data_version changes with every commit of another connection, and only then. Until the READ has seen something, a newer
 * state is as good as the one that was there when it began. */
arc_status arci_sqlite_look_in(arci_sqlite *be)
{
    int64_t version = 0, cookie = -1;
    if (!arci_sqlite_pages(be)) {
        return ARC_OK;
    }
    arci_sqlite_wait_until(be, be->timeout_ms);
    arc_status st = arci_sqlite_begin_read(be, &cookie);
    int rc = st == ARC_OK ? arci_sqlite_run(be, "PRAGMA data_version", &version) : SQLITE_OK;
    st = rc == SQLITE_OK ? st : arci_sqlite_fail(be, rc);
    if (st == ARC_OK && be->looked && version != be->data_version) {
        st = arci_sqlite_error(be, ARC_E_CONFLICT, "somebody else committed between two looks of this READ");
    } else if (st == ARC_OK) {
        st = check_cookie(be, cookie);
    }
    be->data_version = version;
    be->looked = 1;
    if (st != ARC_OK) {
        arci_sqlite_look_away(be);
    }
    return st;
}

void arci_sqlite_look_away(arci_sqlite *be)
{
    if (arci_sqlite_pages(be)) {
        arci_sqlite_undo(be);
    }
}

/* ---- begin ---- */

static arc_status settle(arci_sqlite *be);

#define LOOK_US 100000 /* a READ asks so often: the system call would be a fifth of reading one row */

/* A file that was deleted or replaced lives on for who has it open: what is written there is lost, what is read is old. */
static arc_status in_place(arci_sqlite *be, uint32_t mode)
{
    int moved = 0;
    int64_t now = arci_sqlite_now();
    if (mode == ARC_TXN_READ && now - be->in_place_us < LOOK_US) {
        return ARC_OK;
    }
    be->in_place_us = now;
    if (sqlite3_file_control(be->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || !moved) {
        return ARC_OK; /* other VFS need not know */
    }
    be->in_place_us = 0;
    return arci_sqlite_error(be, ARC_E_CONNECTION, "the database file was moved, deleted or replaced; open it again");
}

static arc_status begin_write(arci_sqlite *be)
{
    int64_t cookie = -1;
    if (be->paged) {
        arci_sqlite_give_way(be);
    }
    arc_status st = arci_sqlite_lock(be);
    st = st == ARC_OK ? in_place(be, ARC_TXN_WRITE) : st;
    if (st != ARC_OK) {
        return st;
    }
    int rc = arci_sqlite_run(be, "BEGIN IMMEDIATE", NULL);
    for (int attempt = 0; be->attached && rc == SQLITE_BUSY && arci_sqlite_pause(be, attempt); attempt++) {
        rc = arci_sqlite_run(be, "BEGIN IMMEDIATE", NULL); /* the host's connection waits as the host told it, or not at all */
    }
    rc = rc == SQLITE_OK ? arci_sqlite_run(be, "PRAGMA schema_version", &cookie) : rc;
    st = rc == SQLITE_OK ? arci_sqlite_same_journal(be) : arci_sqlite_fail(be, rc);
    return st == ARC_OK ? check_cookie(be, cookie) : st;
}

static arc_status begin_read(arci_sqlite *be)
{
    int64_t cookie = -1; /* reading it takes the snapshot now rather than at the first question */
    arc_status st = in_place(be, ARC_TXN_READ);
    st = st == ARC_OK ? arci_sqlite_begin_read(be, &cookie) : st;
    return st == ARC_OK ? check_cookie(be, cookie) : st;
}

static arc_status begin_joined(arci_sqlite *be, uint32_t mode)
{
    int64_t cookie = -1;
    arc_status st = arci_sqlite_join(be, mode, &cookie);
    return st == ARC_OK ? check_cookie(be, cookie) : st;
}

static void leave(arci_sqlite *be)
{
    arci_sqlite_undo(be);
    arci_sqlite_unlock(be);
    be->mode = 0;
    be->looked = 0;
    be->doomed = 0;
    be->depth = 0;
}

arc_status arci_sqlite_begin(void *handle, uint32_t mode, uint32_t timeout_ms, void **txn)
{
    arci_sqlite *be = handle;
    *txn = NULL;
    arc_status st = arci_sqlite_forked(be);
    if (st != ARC_OK) {
        return st;
    }
    if (mode != ARC_TXN_READ && mode != ARC_TXN_WRITE) {
        return arci_sqlite_error(be, ARC_E_INVALID, "unknown transaction mode");
    }
    if (be->mode || !be->schema) {
        return arci_sqlite_error(be, ARC_E_TXN, "a transaction is open, or migrate() was not called");
    }
    if (mode == ARC_TXN_WRITE && (be->flags & ARC_OPEN_READONLY)) {
        return arci_sqlite_error(be, ARC_E_READONLY, "opened for reading only");
    }
    arci_sqlite_free_cursors(be);
    arci_sqlite_wait_until(be, timeout_ms);
    if (be->unsettled) {
        st = arci_sqlite_lock(be);
        st = st == ARC_OK ? settle(be) : st;
        arci_sqlite_unlock(be);
    }
    if (st == ARC_OK && be->attached && !sqlite3_get_autocommit(be->db)) {
        st = begin_joined(be, mode);
    } else if (st == ARC_OK) {
        st = mode == ARC_TXN_WRITE ? begin_write(be) : begin_read(be);
    }
    if (st != ARC_OK) {
        leave(be);
        return st;
    }
    be->mode = mode;
    be->timeout_ms = timeout_ms;
    arci_sqlite_look_away(be);
    *txn = be;
    return ARC_OK;
}

/* ---- commit ---- */

/* A COMMIT that failed while writing or syncing the WAL may still be found whole by the recovery after a crash: its fate is
 * unknown. Where nothing was written (busy) or the disk had no room for the commit frame, it is known to be undone. Without a
 * WAL the commit is the cutting of the journal, which needs no room: a full disk was met before it. */
static arc_status failed_commit(arci_sqlite *be, int rc)
{
    arc_status st = arci_sqlite_fail(be, rc);
    sqlite3_file *file = NULL;
    switch (st) {
    case ARC_E_BUSY:
    case ARC_E_NOMEM:
    case ARC_E_CHECK: return st;
    case ARC_E_FULL: /* with this property no copy of the commit frame is written behind the frame itself */
        sqlite3_file_control(be->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
        if (be->paged) {
            return st;
        }
        if (file && file->pMethods &&
            (file->pMethods->xDeviceCharacteristics(file) & SQLITE_IOCAP_POWERSAFE_OVERWRITE)) {
            return st;
        }
        break;
    default: break;
    }
    if (be->host->set_error) {
        be->host->set_error(be->host, ARC_E_OUTCOME_UNKNOWN, rc, NULL, sqlite3_errmsg(be->db));
    }
    return ARC_E_OUTCOME_UNKNOWN;
}

/* Without a WAL a COMMIT that failed may have cut the journal without getting that to the disk: everybody sees the new state,
 * and a power cut brings the old one back. A commit more, which changes nothing, makes sure of what is seen, or nobody may
 * look. Under the sidecar lock. */
static arc_status settle(arci_sqlite *be)
{
    int64_t version = 0;
    be->unsettled = 1;
    be->quiet++;
    int rc = arci_sqlite_run(be, "BEGIN IMMEDIATE", NULL);
    rc = rc == SQLITE_OK ? arci_sqlite_run(be, "PRAGMA user_version", &version) : rc;
    arc_status st = rc == SQLITE_OK ? arci_sqlite_number(be, "PRAGMA user_version = ", version) : arci_sqlite_fail(be, rc);
    rc = st == ARC_OK ? arci_sqlite_run(be, "COMMIT", NULL) : SQLITE_OK;
    st = rc == SQLITE_OK ? st : arci_sqlite_fail(be, rc);
    arci_sqlite_undo(be);
    be->quiet--;
    be->unsettled = st != ARC_OK;
    return st;
}

/* Moves the WAL into the database, under the sidecar lock that the ended transaction still holds. PASSIVE waits for nobody;
 * when readers kept the WAL from restarting for long, TRUNCATE (which gives up at once while one still reads) cuts it. */
static void checkpoint(arci_sqlite *be)
{
    if (be->wal_pages < be->opt.checkpoint) {
        return;
    }
    int64_t deadline = be->deadline_us;
    be->deadline_us = 0; /* no waiting for readers */
    int rc = arci_sqlite_run(be, be->wal_pages / 4 >= be->opt.checkpoint ? "PRAGMA wal_checkpoint(TRUNCATE)"
                                                                         : "PRAGMA wal_checkpoint(PASSIVE)",
                             NULL);
    be->deadline_us = deadline;
    be->wal_pages = 0; /* the next commit that writes tells anew */
    if (rc != SQLITE_OK && rc != SQLITE_BUSY && be->host->log) { /* the commit stands; the next one tries again */
        be->host->log(be->host, ARC_LOG_WARNING, "checkpoint failed; the write-ahead log keeps growing");
    }
}

arc_status arci_sqlite_commit(void *txn)
{
    arci_sqlite *be = txn;
    arc_status st = arci_sqlite_forked(be);
    if (st != ARC_OK) {
        return st;
    }
    if (!be->mode) {
        return ARC_E_TXN;
    }
    arci_sqlite_kill_cursors(be);
    if (be->doomed) {
        leave(be);
        return ARC_E_DOOMED;
    }
    be->quiet++;
    if (be->paged) { /* SQLite waits for the pages that others are reading */
        arci_sqlite_wait_until(be, be->opt.busy_ms);
    }
    int rc = arci_sqlite_pages(be) || be->joined ? SQLITE_OK : arci_sqlite_run(be, "COMMIT", NULL);
    st = be->joined ? arci_sqlite_keep_joined(be) : rc == SQLITE_OK ? ARC_OK : failed_commit(be, rc);
    if (st == ARC_E_OUTCOME_UNKNOWN && be->paged) {
        arci_sqlite_undo(be);
        (void)settle(be); /* begin() tries again */
        arci_sqlite_error(be, st, "the commit failed while it was written");
    }
    if (st == ARC_OK && be->mode == ARC_TXN_WRITE) {
        checkpoint(be);
    }
    be->quiet--;
    leave(be);
    return st;
}

void arci_sqlite_rollback(void *txn)
{
    arci_sqlite *be = txn;
    if (!be->mode || arci_sqlite_forked(be) != ARC_OK) {
        return;
    }
    arci_sqlite_kill_cursors(be);
    leave(be);
}

/* begin() has taken the snapshot, so the pager knows what others committed; it counts our own commits too. Without a WAL nothing is held
 * between two looks. */
arc_status arci_sqlite_snapshot(void *txn, uint64_t *number)
{
    arci_sqlite *be = txn;
    unsigned int version = 0;
    arc_status st = arci_sqlite_forked(be);
    if (st != ARC_OK) {
        return st;
    }
    if (be->mode != ARC_TXN_READ || be->paged || be->joined ||
        sqlite3_file_control(be->db, "main", SQLITE_FCNTL_DATA_VERSION, &version) != SQLITE_OK) {
        return ARC_E_UNSUPPORTED;
    }
    *number = version;
    return ARC_OK;
}

/* ---- savepoints ---- */

static arc_status savepoint_run(arci_sqlite *be, const char *verb, uint32_t depth)
{
    arc_sql_text *t = &be->build.text; /* savepoint names are few: their statements live in the cache */
    arc_sql_text_reset(t);
    arc_sql_text_puts(t, verb);
    arc_sql_text_int(t, depth);
    if (t->failed) {
        return arci_sqlite_doom(be, ARC_E_NOMEM);
    }
    int rc = arci_sqlite_run(be, t->s, NULL);
    return rc == SQLITE_OK ? ARC_OK : arci_sqlite_doom(be, arci_sqlite_fail(be, rc));
}

static arc_status no_savepoint(arci_sqlite *be)
{
    return arci_sqlite_doom(be, arci_sqlite_error(be, ARC_E_INVALID, "no such savepoint depth"));
}

arc_status arci_sqlite_savepoint(void *txn, uint32_t depth)
{
    arci_sqlite *be = txn;
    arc_status st = arci_sqlite_enter(be, 0);
    if (st != ARC_OK) {
        return st;
    }
    if (depth != be->depth + 1) {
        return no_savepoint(be);
    }
    st = savepoint_run(be, "SAVEPOINT arc", depth);
    be->depth += st == ARC_OK ? 1 : 0;
    return st;
}

arc_status arci_sqlite_rollback_to(void *txn, uint32_t depth)
{
    arci_sqlite *be = txn;
    arc_status st = arci_sqlite_enter(be, 0);
    if (st != ARC_OK) {
        return st;
    }
    if (depth == 0 || depth > be->depth) {
        return no_savepoint(be);
    }
    st = savepoint_run(be, "ROLLBACK TO arc", depth);
    be->depth = st == ARC_OK ? depth : be->depth;
    return st;
}

arc_status arci_sqlite_release_to(void *txn, uint32_t depth)
{
    arci_sqlite *be = txn;
    arc_status st = arci_sqlite_enter(be, 0);
    if (st != ARC_OK) {
        return st;
    }
    if (depth == 0 || depth > be->depth) {
        return no_savepoint(be);
    }
    st = savepoint_run(be, "RELEASE arc", depth);
    be->depth = st == ARC_OK ? depth - 1 : be->depth;
    return st;
}

/* ---- sequences ---- */

static const char reserve_sql[] =
    "INSERT INTO \"arc_sequence\" (\"book\", \"name\", \"next\") VALUES (?1, ?2, 1 + ?3) ON CONFLICT (\"book\", \"name\") "
    "DO UPDATE SET \"next\" = \"next\" + ?3 "
    "RETURNING \"next\"";

arc_status arci_sqlite_reserve(void *txn, int64_t book, const char *sequence, uint32_t n, int64_t *first)
{
    arci_sqlite *be = txn;
    arci_sqlite_stmt *e;
    arc_status st = arci_sqlite_enter(be, ARC_TXN_WRITE);
    if (st != ARC_OK) {
        return st;
    }
    if (n == 0 || !sequence || !first) {
        return arci_sqlite_doom(be, ARC_E_INVALID);
    }
    st = arci_sqlite_fixed(be, reserve_sql, &e);
    if (st != ARC_OK) {
        return arci_sqlite_doom(be, st);
    }
    arc_value v[3] = { { ARC_V_INT, { 0, 0, 0 }, 0, { book } },
                       { ARC_V_TEXT, { 0, 0, 0 }, (uint32_t)strlen(sequence), { 0 } },
                       { ARC_V_INT, { 0, 0, 0 }, 0, { n } } };
    v[1].u.s = sequence;
    for (uint32_t i = 0; i < 3 && st == ARC_OK; i++) {
        st = arci_sqlite_bind(be, e->s, i, &v[i], NULL, 1, NULL);
    }
    if (st == ARC_OK) {
        arci_sqlite_trace(be, e->s, v, 3);
        int rc = sqlite3_step(e->s);
        if (rc == SQLITE_ROW) {
            *first = sqlite3_column_int64(e->s, 0) - (int64_t)n;
            rc = sqlite3_step(e->s);
        }
        if (rc != SQLITE_DONE) {
            rc = sqlite3_reset(e->s);
            st = arci_sqlite_whole(be, rc) == SQLITE_CONSTRAINT_DATATYPE ? ARC_E_OVERFLOW : arci_sqlite_fail(be, rc);
        }
    }
    arci_sqlite_release(e);
    return arci_sqlite_doom(be, st);
}

static const char next_sql[] = "SELECT \"next\" FROM \"arc_sequence\" WHERE \"book\" = ?1 AND \"name\" = ?2";

arc_status arci_sqlite_next_number(void *txn, int64_t book, const char *sequence, int64_t *next)
{
    arci_sqlite *be = txn;
    arci_sqlite_stmt *e;
    arc_status st = arci_sqlite_enter(be, 0);
    if (st != ARC_OK) {
        return st;
    }
    if (!sequence || !next) {
        return arci_sqlite_doom(be, ARC_E_INVALID);
    }
    st = arci_sqlite_look_in(be);
    if (st != ARC_OK) {
        return arci_sqlite_doom(be, st);
    }
    st = arci_sqlite_fixed(be, next_sql, &e);
    if (st == ARC_OK) {
        arc_value v[2] = { { ARC_V_INT, { 0, 0, 0 }, 0, { book } }, { ARC_V_TEXT, { 0, 0, 0 }, (uint32_t)strlen(sequence), { 0 } } };
        v[1].u.s = sequence;
        for (uint32_t i = 0; i < 2 && st == ARC_OK; i++) {
            st = arci_sqlite_bind(be, e->s, i, &v[i], NULL, 1, NULL);
        }
        arci_sqlite_trace(be, e->s, v, 2);
        int rc = st == ARC_OK ? sqlite3_step(e->s) : SQLITE_DONE;
        *next = 1;
        if (rc == SQLITE_ROW) {
            *next = sqlite3_column_type(e->s, 0) == SQLITE_INTEGER ? sqlite3_column_int64(e->s, 0) : 0;
        } else if (rc != SQLITE_DONE) {
            st = arci_sqlite_fail(be, rc);
        }
        arci_sqlite_release(e);
    }
    arci_sqlite_look_away(be);
    return arci_sqlite_doom(be, st);
}
