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
    if (left <= 0 || (be->host->cancelled && be->host->cancelled(be->host))) {
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

/* 1: got it or released, 0: somebody else has it, -1: error. */
static int set_lock(int fd, int take)
{
#ifdef F_OFD_SETLK
    struct flock l;
    memset(&l, 0, sizeof l);
    l.l_type = take ? F_WRLCK : F_UNLCK;
    l.l_whence = SEEK_SET;
    l.l_len = 1;
    int rc = fcntl(fd, F_OFD_SETLK, &l);
#else /* flock() belongs to the open file description too */
    int rc = flock(fd, take ? LOCK_EX | LOCK_NB : LOCK_UN);
#endif
    return rc == 0 ? 1 : errno == EAGAIN || errno == EACCES || errno == EINTR || errno == EWOULDBLOCK ? 0 : -1;
}

arc_status arci_sqlite_lock(arci_sqlite *be)
{
    if (be->lock_fd < 0) {
        arc_status st = open_lock_file(be);
        if (st != ARC_OK) {
            return st;
        }
    }
    for (int attempt = 0;; attempt++) {
        int got = set_lock(be->lock_fd, 1);
        if (got > 0) {
            be->lock_held = 1;
            return ARC_OK;
        }
        if (got < 0) {
            return arci_sqlite_error(be, ARC_E_IO, "the file system does not lock <database>-arclock");
        }
        if (!arci_sqlite_pause(be, attempt)) {
            return be->host->cancelled && be->host->cancelled(be->host)
                       ? ARC_E_CANCELLED
                       : arci_sqlite_error(be, ARC_E_BUSY, "another writer holds the write lock");
        }
    }
}

void arci_sqlite_unlock(arci_sqlite *be)
{
    if (be->lock_held) {
        set_lock(be->lock_fd, 0);
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
