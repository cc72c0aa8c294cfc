/* SPDX-License-Identifier: Apache-2.0 */
/* The sidecar lock <db>-arclock and the waits of the SQLite backend.
 *
 * SQLite's own locks are POSIX record locks: they vanish when the process closes any descriptor of the file (a host that copies
 * or hashes it), and a second copy of SQLite in the process does not see them. An open file description lock on a file of
 * our own has neither fault. It is held around every write transaction and every checkpoint, which also closes the WAL-reset
 * race of SQLite before 3.51.3 among users of this library. Two handles of one process exclude each other as two processes do. */
#define _GNU_SOURCE /* F_OFD_SETLK */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#ifndef F_OFD_SETLK
#include <sys/file.h>
#endif

#include "backend/sqlite.h"

int64_t arci_sqlite_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void arci_sqlite_wait_until(arci_sqlite *be, uint32_t timeout_ms)
{
    be->deadline_us = arci_sqlite_now() + (int64_t)timeout_ms * 1000;
}

int arci_sqlite_pause(arci_sqlite *be, int attempt)
{
    int64_t left = be->deadline_us - arci_sqlite_now();
    int64_t us = attempt < 7 ? (int64_t)50 << attempt : 5000; /* 50 us, doubling up to 5 ms */
    us = be->calling && us > 1000 ? 1000 : us; /* a writer gives way for a few milliseconds only */
    if (left <= 0 || (!be->quiet && be->host->cancelled && be->host->cancelled(be->host))) {
        return 0;
    }
    us = us < left ? us : left;
    struct timespec t = { 0, (long)(us * 1000) };
    nanosleep(&t, NULL);
    return 1;
}

static arc_status open_lock_file(arci_sqlite *be)
{
    size_t n = strlen(be->path);
    char *name = be->host->alloc(be->host, n + sizeof "-arclock");
    if (!name) {
        return ARC_E_NOMEM;
    }
    memcpy(name, be->path, n);
    memcpy(name + n, "-arclock", sizeof "-arclock");
    do {
        be->lock_fd = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    } while (be->lock_fd < 0 && errno == EINTR);
    be->host->release(be->host, name);
    struct stat sb;
    if (be->lock_fd >= 0 && (fstat(be->lock_fd, &sb) != 0 || !S_ISREG(sb.st_mode))) {
        arci_sqlite_lock_close(be);
        errno = EINVAL;
    }
    if (be->lock_fd < 0) {
        arc_status st = errno == ENOSPC ? ARC_E_FULL : errno == EROFS || errno == EACCES ? ARC_E_READONLY : ARC_E_IO;
        return arci_sqlite_error(be, st, "the lock file <database>-arclock cannot be opened");
    }
    return ARC_OK;
}

/* Bytes of the lock file: the write lock, who is there without a WAL, who waits to read without one, and who writes next. */
enum { WRITER, PRESENCE, READER, NEXT };

/* 1: got it or released, 0: somebody else has it, -1: error. */
static int set_byte(int fd, int byte, int type)
{
#ifdef F_OFD_SETLK
    struct flock l;
    memset(&l, 0, sizeof l);
    l.l_type = (short)type;
    l.l_whence = SEEK_SET;
    l.l_start = byte;
    l.l_len = 1;
    int rc = fcntl(fd, F_OFD_SETLK, &l);
#else /* flock() belongs to the open file description too, but has no bytes: a switch is noticed only by the next writer */
    int rc = byte == WRITER ? flock(fd, type == F_WRLCK ? LOCK_EX | LOCK_NB : LOCK_UN) : 0;
#endif
    return rc == 0 ? 1 : errno == EAGAIN || errno == EACCES || errno == EINTR || errno == EWOULDBLOCK ? 0 : -1;
}

/* ARC_DONE: somebody else has it. */
static arc_status try_lock(arci_sqlite *be)
{
    arc_status st = be->lock_fd < 0 ? open_lock_file(be) : ARC_OK;
    if (st != ARC_OK) {
        return st;
    }
    int got = set_byte(be->lock_fd, WRITER, F_WRLCK);
    if (got < 0) {
        return arci_sqlite_error(be, ARC_E_IO, "the file system does not lock <database>-arclock");
    }
    be->lock_held = got > 0 ? 1 : be->lock_held;
    return got > 0 ? ARC_OK : ARC_DONE;
}

static arc_status waited(arci_sqlite *be, const char *message)
{
    return be->host->cancelled && be->host->cancelled(be->host) ? ARC_E_CANCELLED
                                                                : arci_sqlite_error(be, ARC_E_BUSY, message);
}

/* Takes the place of the one who is next. */
static arc_status queue(arci_sqlite *be)
{
    arc_status st = be->lock_fd < 0 ? open_lock_file(be) : ARC_OK;
    for (int attempt = 0; st == ARC_OK; attempt++) {
        int got = set_byte(be->lock_fd, NEXT, F_WRLCK);
        if (got != 0) {
            return got > 0 ? ARC_OK : arci_sqlite_error(be, ARC_E_IO, "the file system does not lock <database>-arclock");
        }
        if (!arci_sqlite_pause(be, attempt)) {
            return waited(be, "another writer holds the write lock, and a third one is next");
        }
    }
    return st;
}

/* A writer that has just finished would win every race against waiters who sleep between two looks: so one must be next
 * before one can write, and whoever is next cannot be overtaken. It looks often, so that the lock does not lie idle. */
arc_status arci_sqlite_lock(arci_sqlite *be)
{
    arc_status st = be->path ? queue(be) : ARC_OK;
    if (st != ARC_OK || !be->path) {
        return st;
    }
    for (int attempt = 0;; attempt++) {
        st = try_lock(be);
        if (st == ARC_DONE && !arci_sqlite_pause(be, attempt < 100 ? attempt % 3 : 4)) {
            st = waited(be, "another writer holds the write lock");
        }
        if (st != ARC_DONE) {
            set_byte(be->lock_fd, NEXT, F_UNLCK);
            return st;
        }
    }
}

static arc_status presence(arci_sqlite *be, int type)
{
    arc_status st = be->lock_fd < 0 ? open_lock_file(be) : ARC_OK;
    for (int attempt = 0; st == ARC_OK; attempt++) {
        int got = set_byte(be->lock_fd, PRESENCE, type);
        if (got != 0) {
            return got > 0 ? ARC_OK : arci_sqlite_error(be, ARC_E_IO, "the file system does not lock <database>-arclock");
        }
        if (!arci_sqlite_pause(be, attempt)) {
            return waited(be, "somebody else has the book open with journal=truncate");
        }
    }
    return st;
}

arc_status arci_sqlite_stay(arci_sqlite *be)
{
    return presence(be, F_RDLCK);
}

arc_status arci_sqlite_alone(arci_sqlite *be)
{
    return presence(be, F_WRLCK);
}

void arci_sqlite_go(arci_sqlite *be)
{
    if (be->lock_fd >= 0) {
        set_byte(be->lock_fd, PRESENCE, F_UNLCK);
    }
}

/* ---- rollback journals ---- */

void arci_sqlite_call(arci_sqlite *be)
{
    if (!be->calling && be->lock_fd >= 0) {
        be->calling = set_byte(be->lock_fd, READER, F_RDLCK) > 0;
    }
}

void arci_sqlite_called(arci_sqlite *be)
{
    if (be->calling) {
        set_byte(be->lock_fd, READER, F_UNLCK);
        be->calling = 0;
    }
}

void arci_sqlite_give_way(arci_sqlite *be)
{
#ifdef F_OFD_SETLK
    for (int i = 0; i < 10 && be->lock_fd >= 0; i++) {
        struct timespec t = { 0, 1000000 };
        struct flock l;
        memset(&l, 0, sizeof l);
        l.l_type = F_WRLCK;
        l.l_whence = SEEK_SET;
        l.l_start = READER;
        l.l_len = 1;
        if (fcntl(be->lock_fd, F_OFD_GETLK, &l) != 0 || l.l_type == F_UNLCK) {
            return;
        }
        nanosleep(&t, NULL);
    }
#else
    (void)be;
#endif
}

static int journal_filled(arci_sqlite *be)
{
    const char *file = sqlite3_db_filename(be->db, "main"), *name = file && *file ? sqlite3_filename_journal(file) : NULL;
    struct stat sb;
    return name && stat(name, &sb) == 0 && sb.st_size > 0;
}

static int reserved(arci_sqlite *be)
{
    sqlite3_file *file = NULL;
    int held = 0;
    sqlite3_file_control(be->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    return file && file->pMethods && file->pMethods->xCheckReservedLock(file, &held) == SQLITE_OK && held;
}

/* A reader that finds a journal and no SQLite lock takes its writer for dead and rolls back. When the writer lives and its host
 * merely closed a descriptor of the file, that would undo half of a commit. So who may roll back holds our lock. */
arc_status arci_sqlite_lock_hot(arci_sqlite *be)
{
    if ((be->flags & ARC_OPEN_READONLY) || be->lock_held || !journal_filled(be)) {
        return ARC_OK;
    }
    for (int attempt = 0;; attempt++) {
        arc_status st = try_lock(be);
        if (st != ARC_DONE || reserved(be) || !journal_filled(be)) {
            return st == ARC_DONE ? ARC_OK : st;
        }
        if (!arci_sqlite_pause(be, attempt)) {
            return waited(be, "a writer at work has lost its SQLite lock");
        }
    }
}

void arci_sqlite_unlock(arci_sqlite *be)
{
    if (be->lock_held) {
        set_byte(be->lock_fd, WRITER, F_UNLCK);
        be->lock_held = 0;
    }
}

void arci_sqlite_lock_close(arci_sqlite *be)
{
    if (be->lock_fd >= 0) {
        close(be->lock_fd); /* in a forked child this is only a duplicate: the parent's lock stays */
        be->lock_fd = -1;
        be->lock_held = 0;
    }
}

int arci_sqlite_lock_present(const char *lock_file)
{
    int fd = open(lock_file, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    int there = fd >= 0 && (set_byte(fd, WRITER, F_WRLCK) == 0 || set_byte(fd, PRESENCE, F_WRLCK) == 0);
    if (fd >= 0) {
        close(fd);
    }
    return there;
}
