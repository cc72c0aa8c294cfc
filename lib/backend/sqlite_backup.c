/* SPDX-License-Identifier: Apache-2.0 */
/* Integrity check and online copy. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/sqlite.h"

/* ---- check ---- */

static arc_status report_rows(arci_sqlite *be, const char *sql, const char *prefix,
                              void (*report)(void *user, const char *finding), void *user)
{
    arci_sqlite_stmt *e;
    char line[512];
    int rc;
    arc_status st = arci_sqlite_fixed(be, sql, &e);
    if (st != ARC_OK) {
        return st;
    }
    while ((rc = sqlite3_step(e->s)) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(e->s, 0);
        if (text && strcmp(text, "ok") != 0) {
            sqlite3_snprintf((int)sizeof line, line, "%s%s", prefix, text);
            report(user, line);
        }
    }
    if ((rc & 0xff) == SQLITE_CORRUPT) { /* so broken that even the check stops: that is a finding too */
        report(user, sqlite3_errmsg(be->db));
        rc = SQLITE_DONE;
    }
    st = rc == SQLITE_DONE ? ARC_OK : arci_sqlite_fail(be, rc);
    arci_sqlite_release(e);
    return st;
}

arc_status arci_sqlite_check(void *handle, void (*report)(void *user, const char *finding), void *user)
{
    arci_sqlite *be = handle;
    arc_status st = arci_sqlite_forked(be);
    if (st != ARC_OK || !report) {
        return st != ARC_OK ? st : ARC_E_INVALID;
    }
    int64_t cookie;
    arci_sqlite_wait_until(be, be->opt.busy_ms);
    st = be->paged && !be->mode ? arci_sqlite_begin_read(be, &cookie) : ARC_OK;
    if (st == ARC_OK) {
        st = report_rows(be, "PRAGMA integrity_check", "", report, user);
    }
    if (st == ARC_OK) {
        st = report_rows(be, "PRAGMA foreign_key_check", "a reference points at nothing in table ", report, user);
    }
    if (!be->mode) {
        arci_sqlite_undo(be);
    }
    return st;
}

/* ---- backup ---- */

typedef struct copy {
    arci_sqlite *be;
    const char *target;
    char *temp, *folder; /* temp: the copy until it is whole */
    sqlite3 *db;
    int32_t (*progress)(void *user, int64_t done, int64_t total);
    void *user;
} copy;

static arc_status copy_names(copy *c)
{
    const arc_host *host = c->be->host;
    size_t n = strlen(c->target), base = n;
    while (base > 0 && c->target[base - 1] != '/') {
        base--;
    }
    c->temp = host->alloc(host, n + 32);
    c->folder = host->alloc(host, n + 2);
    if (!c->temp || !c->folder) {
        return ARC_E_NOMEM;
    }
    sqlite3_snprintf((int)n + 32, c->temp, "%s.arctmp%lld", c->target, (long long)getpid());
    memcpy(c->folder, base ? c->target : ".", base ? base : 1);
    c->folder[base ? base : 1] = 0;
    return ARC_OK;
}

static arc_status copy_pages(copy *c)
{
    arci_sqlite *be = c->be;
    sqlite3_backup *b = sqlite3_backup_init(c->db, "main", be->db, "main");
    if (!b) {
        return arci_sqlite_error(be, arci_sqlite_status(sqlite3_errcode(c->db)), "the copy cannot be started");
    }
    arc_status st = ARC_OK;
    int rc = SQLITE_OK;
    for (int attempt = 0; rc == SQLITE_OK && st == ARC_OK;) {
        rc = sqlite3_backup_step(b, 256);
        int total = sqlite3_backup_pagecount(b), left = sqlite3_backup_remaining(b);
        if (c->progress && c->progress(c->user, (int64_t)total - left, total)) {
            st = ARC_E_CANCELLED;
        } else if (be->host->cancelled && be->host->cancelled(be->host)) {
            st = ARC_E_CANCELLED;
        } else if (((rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED) && arci_sqlite_pause(be, attempt++)) {
            rc = SQLITE_OK;
        }
    }
    sqlite3_backup_finish(b);
    return st != ARC_OK || rc == SQLITE_DONE ? st : arci_sqlite_error(be, arci_sqlite_status(rc), sqlite3_errstr(rc));
}

/* A copy without a write-ahead log is one file that can be read where nothing may be written, too. Who opens it for writing gives it
 * the journal he wants. */
static arc_status plain_journal(copy *c)
{
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(c->db, "PRAGMA journal_mode = DELETE", -1, &s, NULL);
    rc = rc == SQLITE_OK ? sqlite3_step(s) : rc;
    const char *mode = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(s, 0) : NULL;
    int done = mode && strcmp(mode, "delete") == 0;
    sqlite3_finalize(s);
    if (done) {
        return ARC_OK;
    }
    return arci_sqlite_error(c->be, rc == SQLITE_ROW ? ARC_E_IO : arci_sqlite_status(rc), "the copy cannot be finished");
}

static int sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    int rc = fd < 0 ? -1 : fsync(fd);
    if (fd >= 0) {
        close(fd);
    }
    return rc;
}

/* link() gives the name only when it is free, in one step; rename() would overwrite. */
static arc_status publish(copy *c)
{
    arci_sqlite *be = c->be;
    struct stat sb;
    if (sync_path(c->temp, O_RDWR) != 0) {
        return arci_sqlite_error(be, ARC_E_IO, "the copy cannot be synced");
    }
    if (link(c->temp, c->target) == 0) {
        unlink(c->temp);
    } else if (errno == EEXIST) {
        return arci_sqlite_error(be, ARC_E_EXISTS, "the target of the backup exists");
    } else if (lstat(c->target, &sb) == 0 || rename(c->temp, c->target) != 0) { /* no hard links here */
        return arci_sqlite_error(be, ARC_E_IO, "the copy cannot take its name");
    }
    return sync_path(c->folder, O_RDONLY) == 0 ? ARC_OK
                                               : arci_sqlite_error(be, ARC_E_IO, "the folder of the copy cannot be synced");
}

static arc_status copy_open(copy *c)
{
    arci_sqlite *be = c->be;
    struct stat sb;
    if (lstat(c->target, &sb) == 0) {
        return arci_sqlite_error(be, ARC_E_EXISTS, "the target of the backup exists");
    }
    arc_status st = copy_names(c);
    if (st != ARC_OK) {
        return st;
    }
    int fd = open(c->temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        int no = errno;
        be->host->release(be->host, c->temp);
        c->temp = NULL;
        return arci_sqlite_error(be, no == ENOENT ? ARC_E_NOT_FOUND : no == ENOSPC ? ARC_E_FULL : ARC_E_IO,
                                 "the copy cannot be made there");
    }
    close(fd);
    int rc = sqlite3_open_v2(c->temp, &c->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                             be->opt.vfs[0] ? be->opt.vfs : NULL);
    return rc == SQLITE_OK ? ARC_OK : arci_sqlite_error(be, arci_sqlite_status(rc), "the copy cannot be opened");
}

arc_status arci_sqlite_backup(void *handle, const char *location,
                              int32_t (*progress)(void *user, int64_t done, int64_t total), void *user)
{
    arci_sqlite *be = handle;
    copy c = { be, location, NULL, NULL, NULL, progress, user };
    arc_status st = arci_sqlite_forked(be);
    if (st != ARC_OK) {
        return st;
    }
    if (!location || !*location || be->mode) {
        return arci_sqlite_error(be, be->mode ? ARC_E_TXN : ARC_E_INVALID, "a backup needs a path and no open transaction");
    }
    if (be->attached) {
        return arci_sqlite_error(be, ARC_E_UNSUPPORTED, "a backup is made through a connection of the book's own, not the host's");
    }
    arci_sqlite_wait_until(be, be->opt.busy_ms);
    st = copy_open(&c);
    if (st == ARC_OK) { /* one snapshot for all steps: writers go on and the copy never starts over */
        int64_t cookie;
        st = arci_sqlite_begin_read(be, &cookie);
        st = st == ARC_OK ? copy_pages(&c) : st;
        arci_sqlite_undo(be);
    }
    st = st == ARC_OK ? plain_journal(&c) : st;
    sqlite3_close(c.db);
    st = st == ARC_OK ? publish(&c) : st;
    if (c.temp && st != ARC_OK) {
        static const char *const suffixes[] = { "", "-journal", "-wal", "-shm" };
        size_t n = strlen(c.temp);
        char *name = be->host->alloc(be->host, n + 16);
        unlink(c.temp);
        for (int i = 1; name && i < 4; i++) {
            memcpy(name, c.temp, n);
            memcpy(name + n, suffixes[i], strlen(suffixes[i]) + 1);
            unlink(name);
        }
        be->host->release(be->host, name);
    }
    be->host->release(be->host, c.temp);
    be->host->release(be->host, c.folder);
    return st;
}

/* Who has a WAL open is seen by SQLite's own locks, others by their place in the lock file. What is no database nobody has open. */
static int in_use(const char *path, const char *lock_file)
{
    sqlite3 *db = NULL;
    int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (rc == SQLITE_OK) {
        (void)sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        rc = sqlite3_exec(db, "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK", NULL, NULL, NULL);
    }
    (void)sqlite3_close(db);
    return (rc & 0xff) == SQLITE_BUSY || arci_sqlite_lock_present(lock_file);
}

/* The database goes first: what is left without it is no database. */
arc_status arci_sqlite_remove(const arc_host *host, const char *location, const char *options)
{
    static const char *const suffixes[] = { "", "-journal", "-wal", "-shm", "-arclock" };
    size_t n = location ? strlen(location) : 0, i;
    arc_status st = ARC_OK;
    (void)options;
    if (n == 0) {
        return ARC_E_INVALID;
    }
    char *name = host->alloc(host, n + 16);
    struct stat db;
    if (!name) {
        return ARC_E_NOMEM;
    }
    memcpy(name, location, n);
    memcpy(name + n, "-arclock", sizeof "-arclock");
    if (lstat(location, &db) == 0 && S_ISREG(db.st_mode) && in_use(location, name)) {
        host->set_error(host, ARC_E_BUSY, 0, NULL, "somebody has the store open");
        host->release(host, name);
        return ARC_E_BUSY;
    }
    for (i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        struct stat sb;
        memcpy(name, location, n);
        memcpy(name + n, suffixes[i], strlen(suffixes[i]) + 1);
        if (lstat(name, &sb) == 0 && (!S_ISREG(sb.st_mode) || unlink(name) != 0)) {
            host->set_error(host, ARC_E_IO, 0, NULL, "a file of the store cannot be removed");
            st = ARC_E_IO;
            break;
        }
    }
    host->release(host, name);
    return st;
}
