/* SPDX-License-Identifier: Apache-2.0 */
/* A book on a connection of the host's: its settings stay as the host made them, and inside a transaction of the host's ours is a savepoint of it. */
#include <string.h>

#include "backend/sqlite.h"

/* ---- attaching and letting go ---- */

static arc_status prepare(arci_sqlite *be, const char *sql, sqlite3_stmt **out)
{
    int rc = sqlite3_prepare_v3(be->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
    return rc == SQLITE_OK ? ARC_OK : arci_sqlite_fail(be, rc);
}

static arc_status take_over(arci_sqlite *be)
{
    const char *file = sqlite3_db_filename(be->db, "main");
    size_t n = file ? strlen(file) : 0;
    if (n) { /* of a database in memory or a temporary one nobody else knows: there is nothing to lock */
        be->path = be->host->alloc(be->host, n + 1);
        if (!be->path) {
            return ARC_E_NOMEM;
        }
        memcpy(be->path, file, n + 1);
    }
    if (sqlite3_db_readonly(be->db, "main") != 0 && !(be->flags & ARC_OPEN_READONLY)) {
        return arci_sqlite_error(be, ARC_E_READONLY, "the connection may not write; attach it read-only");
    }
    arc_status st = arci_sqlite_functions(be);
    st = st == ARC_OK ? prepare(be, "ROLLBACK", &be->undo) : st;
    st = st == ARC_OK ? prepare(be, "ROLLBACK TO \"arc_joined\"", &be->undo_point) : st;
    return st == ARC_OK ? prepare(be, "RELEASE \"arc_joined\"", &be->drop_point) : st;
}

arc_status arci_sqlite_attach(const arc_host *host, void *connection, const char *options, uint32_t flags, void **out)
{
    arci_sqlite *be;
    *out = NULL;
    if (!connection || (options && *options) || (flags & ~(ARC_OPEN_READONLY | ARC_OPEN_FOREIGN_TRIGGERS))) {
        host->set_error(host, ARC_E_INVALID, 0, NULL, "a connection is attached without options, and neither made, upgraded nor checked");
        return ARC_E_INVALID;
    }
    arc_status st = arci_sqlite_new(host, flags, &be);
    if (st != ARC_OK) {
        return st;
    }
    be->attached = 1;
    be->db = connection;
    st = take_over(be);
    if (st != ARC_OK) {
        arci_sqlite_close(be);
        return st;
    }
    *out = be;
    return ARC_OK;
}

void arci_sqlite_detach(arci_sqlite *be)
{
    sqlite3_finalize(be->undo_point);
    sqlite3_finalize(be->drop_point);
    sqlite3_create_function(be->db, ARCI_SQLITE_AMONG, 2, SQLITE_UTF8, NULL, NULL, NULL, NULL);
}

/* What the book's own connections insist on is the host's to choose here; without foreign keys a book could not be kept whole. */
arc_status arci_sqlite_host_settings(arci_sqlite *be)
{
    int64_t keys = 0, sync = 0;
    int rc = arci_sqlite_run(be, "PRAGMA foreign_keys", &keys);
    rc = rc == SQLITE_OK ? arci_sqlite_run(be, "PRAGMA synchronous", &sync) : rc;
    if (rc != SQLITE_OK) {
        return arci_sqlite_fail(be, rc);
    }
    if (!keys) {
        return arci_sqlite_error(be, ARC_E_UNSUPPORTED, "the connection does not check foreign keys: run PRAGMA foreign_keys = ON before");
    }
    if (sync < 2 && be->host->log) {
        be->host->log(be->host, ARC_LOG_WARNING, "PRAGMA synchronous is below FULL on the host's connection: a power cut may undo what was committed");
    }
    return ARC_OK;
}

/* ---- a transaction inside the host's ---- */

/* A statement that may write takes the write lock before it looks for rows; what a deferred transaction of the host's has read must
 * still be the latest then. */
static arc_status lock_for_writing(arci_sqlite *be)
{
    int rc = SQLITE_BUSY;
    for (int attempt = 0; rc == SQLITE_BUSY; attempt++) {
        rc = arci_sqlite_whole(be, arci_sqlite_run(be, "UPDATE \"arc_sequence\" SET \"next\" = \"next\" WHERE 0", NULL));
        if (rc == SQLITE_BUSY && !arci_sqlite_pause(be, attempt)) {
            return arci_sqlite_fail(be, rc);
        }
    }
    if (rc == SQLITE_BUSY_SNAPSHOT) {
        return arci_sqlite_error(be, ARC_E_CONFLICT, "the host's transaction has read what others have changed since: roll it back, and begin it with BEGIN IMMEDIATE");
    }
    return rc == SQLITE_OK ? ARC_OK : arci_sqlite_fail(be, rc);
}

arc_status arci_sqlite_join(arci_sqlite *be, uint32_t mode, int64_t *cookie)
{
    be->joined = 1;
    if (mode == ARC_TXN_WRITE) {
        int rc = arci_sqlite_run(be, "SAVEPOINT \"arc_joined\"", NULL);
        if (rc != SQLITE_OK) {
            return arci_sqlite_fail(be, rc);
        }
        be->point = 1;
        arc_status st = lock_for_writing(be);
        if (st != ARC_OK) {
            return st;
        }
    }
    int rc = arci_sqlite_run(be, "PRAGMA schema_version", cookie);
    return rc == SQLITE_OK ? ARC_OK : arci_sqlite_fail(be, rc);
}

arc_status arci_sqlite_still_joined(arci_sqlite *be)
{
    if (!be->joined || !sqlite3_get_autocommit(be->db)) {
        return ARC_OK;
    }
    be->point = 0;
    return arci_sqlite_error(be, ARC_E_TXN, "the host's transaction ended while one of the book was open inside it");
}

static int step(arci_sqlite *be, sqlite3_stmt *s)
{
    arci_sqlite_trace(be, s, NULL, 0);
    int rc = sqlite3_step(s);
    int reset = sqlite3_reset(s);
    return rc == SQLITE_DONE ? SQLITE_OK : reset;
}

arc_status arci_sqlite_keep_joined(arci_sqlite *be)
{
    arc_status st = arci_sqlite_still_joined(be);
    if (st != ARC_OK || !be->point) {
        return st;
    }
    int rc = step(be, be->drop_point);
    be->point = rc != SQLITE_OK && !sqlite3_get_autocommit(be->db);
    return rc == SQLITE_OK ? ARC_OK : arci_sqlite_fail(be, rc);
}

void arci_sqlite_undo_joined(arci_sqlite *be)
{
    if (be->point && !sqlite3_get_autocommit(be->db)) {
        (void)step(be, be->undo_point);
        (void)step(be, be->drop_point);
    }
    be->point = 0;
    be->joined = 0;
}
