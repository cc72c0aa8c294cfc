/* SPDX-License-Identifier: Apache-2.0 */
/* The journal of the SQLite backend: a write-ahead log, or a rollback journal that each commit cuts to nothing. The second is for
 * books that other programs write to with an SQLite whose write-ahead log is not to be trusted. */
#include <string.h>

#include "backend/sqlite.h"

static arc_status journal(arci_sqlite *be, const char *sql, char mode[16])
{
    arci_sqlite_stmt *e;
    arc_status st = arci_sqlite_fixed(be, sql, &e);
    if (st != ARC_OK) {
        return st;
    }
    arci_sqlite_trace(be, e->s, NULL, 0);
    int rc = sqlite3_step(e->s);
    if (rc == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(e->s, 0);
        sqlite3_snprintf(16, mode, "%s", text ? text : "");
    } else {
        st = arci_sqlite_fail(be, rc);
    }
    arci_sqlite_release(e);
    return st;
}

static const char *wanted(const arci_sqlite *be)
{
    return be->opt.truncate ? "truncate" : "wal";
}

static arc_status set_journal(arci_sqlite *be, char mode[16])
{
    be->quiet++;
    arc_status st = journal(be, be->opt.truncate ? "PRAGMA journal_mode = TRUNCATE" : "PRAGMA journal_mode = WAL", mode);
    be->quiet--;
    return st != ARC_OK || strcmp(mode, wanted(be)) == 0
               ? st
               : arci_sqlite_error(be, ARC_E_UNSUPPORTED, "this file cannot have the journal mode asked for");
}

/* Between WAL and a rollback journal the file itself is changed: a write like any other, and nobody else may be there. From
 * a WAL SQLite sees to that. */
static arc_status switch_journal(arci_sqlite *be, char mode[16])
{
    int locked = be->lock_held;
    arc_status st = locked ? ARC_OK : arci_sqlite_lock(be);
    if (st == ARC_OK && !be->opt.truncate) {
        st = arci_sqlite_alone(be);
    }
    st = st == ARC_OK ? set_journal(be, mode) : st;
    if (!be->opt.truncate) {
        arci_sqlite_go(be);
    }
    if (!locked) {
        arci_sqlite_unlock(be);
    }
    return st != ARC_E_BUSY ? st
                            : arci_sqlite_error(be, st, "the journal mode changes only while nobody else has the book open");
}

arc_status arci_sqlite_want_journal(arci_sqlite *be)
{
    char mode[16] = "";
    int readonly = (be->flags & ARC_OPEN_READONLY) != 0;
    arc_status st = be->opt.truncate && !readonly ? arci_sqlite_stay(be) : ARC_OK;
    st = st == ARC_OK ? journal(be, "PRAGMA journal_mode", mode) : st;
    int wal = strcmp(mode, "wal") == 0;
    if (st == ARC_OK && !readonly && strcmp(mode, wanted(be)) != 0) {
        st = be->opt.truncate && !wal ? set_journal(be, mode) : switch_journal(be, mode);
        wal = !be->opt.truncate;
    }
    be->paged = !wal; /* a read-only handle takes what it finds */
    return st;
}

arc_status arci_sqlite_same_journal(arci_sqlite *be)
{
    char mode[16] = "";
    if (!be->paged) {
        return ARC_OK; /* an open write-ahead log keeps others from it */
    }
    arc_status st = journal(be, "PRAGMA journal_mode", mode);
    return st != ARC_OK || strcmp(mode, wanted(be)) == 0
               ? st
               : arci_sqlite_error(be, ARC_E_CONNECTION, "somebody else changed the journal mode; open the book again");
}
