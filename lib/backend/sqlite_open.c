/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing: options, the path, the connection's settings. */
#define _GNU_SOURCE /* statfs on Linux, O_NOFOLLOW */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif

#include "backend/sqlite.h"

#ifndef PATH_MAX
#define PATH_MAX 4096
#endif

/* ---- options ---- */

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Copies s[0..n) with %XX resolved. 0: does not fit, a bad escape, or a NUL. */
static int decode(const char *s, size_t n, char *out, size_t cap)
{
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (c == '%') {
            int hi = i + 2 < n + 0 ? hex(s[i + 1]) : -1, lo = i + 2 < n ? hex(s[i + 2]) : -1;
            if (hi < 0 || lo < 0 || hi + lo == 0) {
                return 0;
            }
            c = (char)(hi * 16 + lo);
            i += 2;
        }
        if (at + 1 >= cap) {
            return 0;
        }
        out[at++] = c;
    }
    out[at] = 0;
    return 1;
}

static int number_option(const char *s, uint32_t least, uint32_t most, uint32_t *out)
{
    uint64_t v = 0;
    if (!*s || strlen(s) > 10) {
        return 0;
    }
    for (; *s; s++) {
        if (*s < '0' || *s > '9') {
            return 0;
        }
        v = v * 10 + (uint64_t)(*s - '0');
    }
    if (v < least || v > most) {
        return 0;
    }
    *out = (uint32_t)v;
    return 1;
}

static arc_status one_option(arci_sqlite *be, const char *key, const char *value)
{
    int ok = 0;
    if (strcmp(key, "cache_mib") == 0) {
        ok = number_option(value, 1, 65536, &be->opt.cache_mib);
    } else if (strcmp(key, "busy") == 0) {
        ok = number_option(value, 0, 3600000, &be->opt.busy_ms);
    } else if (strcmp(key, "checkpoint") == 0) {
        ok = number_option(value, 1, 10000000, &be->opt.checkpoint);
    } else if (strcmp(key, "journal") == 0) {
        be->opt.truncate = strcmp(value, "truncate") == 0;
        ok = be->opt.truncate || strcmp(value, "wal") == 0;
    } else if (strcmp(key, "vfs") == 0) {
        ok = strlen(value) < sizeof be->opt.vfs && sqlite3_vfs_find(value) != NULL;
        if (ok) {
            memcpy(be->opt.vfs, value, strlen(value) + 1);
        }
    } else {
        return arci_sqlite_error(be, ARC_E_INVALID, "unknown option; known: cache_mib, busy, checkpoint, journal, vfs");
    }
    return ok ? ARC_OK : arci_sqlite_error(be, ARC_E_INVALID, "an option has a value it cannot have");
}

static arc_status parse_options(arci_sqlite *be, const char *options)
{
    for (const char *p = options ? options : ""; *p;) {
        char key[32], value[128];
        size_t n = strcspn(p, "&"), k = strcspn(p, "=&");
        if (k >= n || !decode(p, k, key, sizeof key) || !decode(p + k + 1, n - k - 1, value, sizeof value)) {
            return arci_sqlite_error(be, ARC_E_INVALID, "options are key=value pairs joined by '&'");
        }
        arc_status st = one_option(be, key, value);
        if (st != ARC_OK) {
            return st;
        }
        p += n + (p[n] == '&' ? 1 : 0);
    }
    return ARC_OK;
}

/* ---- the path ---- */

/* The folder's real path plus the last component, which may itself be no link. */
static arc_status resolve(arci_sqlite *be, const char *location)
{
    char folder[PATH_MAX], real[PATH_MAX];
    size_t n = location ? strlen(location) : 0, base = n;
    while (base > 0 && location[base - 1] != '/') {
        base--;
    }
    const char *name = location ? location + base : "";
    if (n == 0 || n >= PATH_MAX || *name == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
        name[0] == ':') {
        return arci_sqlite_error(be, ARC_E_INVALID, "the location is not the path of a file");
    }
    memcpy(folder, base ? location : ".", base ? base : 1);
    folder[base ? base : 1] = 0;
    if (!realpath(folder, real)) {
        return arci_sqlite_error(be, errno == ENOENT || errno == ENOTDIR ? ARC_E_NOT_FOUND : ARC_E_IO,
                                 "the folder of the database cannot be reached");
    }
    size_t real_len = strlen(real), name_len = n - base;
    int slash = real_len > 1;
    be->path = be->host->alloc(be->host, real_len + name_len + 2);
    if (!be->path) {
        return ARC_E_NOMEM;
    }
    memcpy(be->path, real, real_len);
    be->path[real_len] = '/';
    memcpy(be->path + real_len + (slash ? 1 : 0), name, name_len + 1);
    return ARC_OK;
}

static arc_status refuse_network(arci_sqlite *be)
{
#ifdef __linux__
    struct statfs fs;
    if (statfs(be->path, &fs) == 0) {
        unsigned long type = (unsigned long)fs.f_type & 0xffffffffu;
        if (type == 0x6969u || type == 0x517bu || type == 0xff534d42u || type == 0xfe534d42u) {
            return arci_sqlite_error(be, ARC_E_UNSUPPORTED, "the file lies on a network file system, where locks and "
                                                            "shared memory do not hold");
        }
    }
#endif
    (void)be;
    return ARC_OK;
}

static int is_link(arci_sqlite *be, const char *suffix)
{
    char name[PATH_MAX + 16];
    struct stat sb;
    size_t n = strlen(be->path);
    if (n >= PATH_MAX) {
        return 0;
    }
    memcpy(name, be->path, n);
    memcpy(name + n, suffix, strlen(suffix) + 1);
    return lstat(name, &sb) == 0 && S_ISLNK(sb.st_mode);
}

/* Makes the file with our permissions, or checks the one there. An existing database is never opened by a descriptor of
 * ours: closing that would drop SQLite's locks on it in this process. */
static arc_status check_file(arci_sqlite *be)
{
    struct stat sb;
    int made = -1;
    if (lstat(be->path, &sb) != 0) {
        if (errno != ENOENT) {
            return arci_sqlite_error(be, ARC_E_IO, "the database file cannot be reached");
        }
        if (!(be->flags & ARC_OPEN_CREATE)) {
            return arci_sqlite_error(be, ARC_E_NOT_FOUND, "there is no such file");
        }
        made = open(be->path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (made < 0 && errno != EEXIST) {
            return arci_sqlite_error(be, errno == ENOSPC ? ARC_E_FULL : ARC_E_IO, "the database file cannot be made");
        }
        if (made >= 0) {
            close(made);
        }
        if (lstat(be->path, &sb) != 0) {
            return arci_sqlite_error(be, ARC_E_IO, "the database file cannot be reached");
        }
    }
    if (S_ISLNK(sb.st_mode) || is_link(be, "-wal") || is_link(be, "-shm") || is_link(be, "-arclock")) {
        return arci_sqlite_error(be, ARC_E_IO, "the database or a file beside it is a symbolic link");
    }
    if (!S_ISREG(sb.st_mode)) {
        return arci_sqlite_error(be, ARC_E_NOT_A_BOOK, "the location is not a regular file");
    }
    return refuse_network(be);
}

/* ---- the connection ---- */

static int on_progress(void *user)
{
    arci_sqlite *be = user;
    return !be->quiet && be->host->cancelled && be->host->cancelled(be->host);
}

static int on_busy(void *user, int attempt)
{
    arci_sqlite *be = user;
    if (be->paged && !be->lock_held) {
        arci_sqlite_call(be);
    }
    return arci_sqlite_pause(be, attempt);
}

static int on_commit_wal(void *user, sqlite3 *db, const char *name, int pages)
{
    arci_sqlite *be = user;
    (void)db;
    (void)name;
    be->wal_pages = pages < 0 ? 0 : (uint32_t)pages;
    return SQLITE_OK;
}

static int setting(sqlite3 *db, int what, int value)
{
    int now = -1;
    return sqlite3_db_config(db, what, value, &now) == SQLITE_OK && now == value;
}

/* A set as it is asked for each row: SQLite keeps it from the first row of a statement to its last. */
typedef struct among_set {
    int size;
    unsigned char bytes[];
} among_set;

static const among_set *among_first(sqlite3_context *c, sqlite3_value *v)
{
    const void *from = sqlite3_value_blob(v);
    int size = sqlite3_value_bytes(v);
    among_set *s = sqlite3_malloc64(sizeof *s + (size_t)size);
    if (!s) {
        sqlite3_result_error_nomem(c);
        return NULL;
    }
    s->size = size;
    if (size) {
        memcpy(s->bytes, from, (size_t)size);
    }
    sqlite3_set_auxdata(c, 1, s, sqlite3_free);
    s = sqlite3_get_auxdata(c, 1);
    if (!s) { /* there was no room to keep it, and it has been freed */
        sqlite3_result_error_nomem(c);
    }
    return s;
}

/* column, set: is it in there? A NULL is in no set. */
static void among(sqlite3_context *c, int n, sqlite3_value **v)
{
    const among_set *s = sqlite3_get_auxdata(c, 1);
    (void)n;
    if (!s) {
        s = among_first(c, v[1]);
    }
    if (s && sqlite3_value_type(v[0]) == SQLITE_INTEGER) {
        sqlite3_result_int(c, arc_sqlkit_set_has(s->bytes, (size_t)s->size, sqlite3_value_int64(v[0])));
    } else if (s) {
        sqlite3_result_int(c, 0);
    }
}

arc_status arci_sqlite_functions(arci_sqlite *be)
{
    int rc = sqlite3_create_function(be->db, ARCI_SQLITE_AMONG, 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL, among, NULL, NULL);
    return rc == SQLITE_OK ? ARC_OK : arci_sqlite_fail(be, rc);
}

static arc_status connect(arci_sqlite *be)
{
    int readonly = (be->flags & ARC_OPEN_READONLY) != 0;
    int rc = sqlite3_open_v2(be->path, &be->db,
                             (readonly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX |
                                 SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE,
                             be->opt.vfs[0] ? be->opt.vfs : NULL);
    if (rc != SQLITE_OK) {
        return arci_sqlite_fail(be, rc);
    }
    if (!readonly && sqlite3_db_readonly(be->db, "main") != 0) {
        return arci_sqlite_error(be, ARC_E_READONLY, "the file may not be written; open it read-only");
    }
    sqlite3 *db = be->db;
    if (!setting(db, SQLITE_DBCONFIG_DEFENSIVE, 1) || !setting(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0) ||
        !setting(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0) || !setting(db, SQLITE_DBCONFIG_DQS_DML, 0) ||
        !setting(db, SQLITE_DBCONFIG_DQS_DDL, 0) || !setting(db, SQLITE_DBCONFIG_ENABLE_FKEY, 1) ||
        !setting(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 1) || !setting(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)) {
        return arci_sqlite_error(be, ARC_E_UNSUPPORTED, "this SQLite refuses a safety setting");
    }
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_wal_autocheckpoint(db, 0);
    sqlite3_wal_hook(db, on_commit_wal, be);
    sqlite3_busy_handler(db, on_busy, be);
    sqlite3_progress_handler(db, 4000, on_progress, be);
    arc_status st = arci_sqlite_functions(be);
    if (st != ARC_OK) {
        return st;
    }
    rc = sqlite3_exec(db, "PRAGMA secure_delete=ON", NULL, NULL, NULL); /* what is erased is not left in free pages */
    if (rc != SQLITE_OK) return arci_sqlite_fail(be, rc);
    rc = sqlite3_prepare_v3(db, "ROLLBACK", -1, SQLITE_PREPARE_PERSISTENT, &be->undo, NULL);
    return rc == SQLITE_OK ? ARC_OK : arci_sqlite_fail(be, rc);
}

arc_status arci_sqlite_new(const arc_host *host, uint32_t flags, arci_sqlite **out)
{
    arci_sqlite *be = *out = host->alloc(host, sizeof *be);
    if (!be) {
        return ARC_E_NOMEM;
    }
    memset(be, 0, sizeof *be);
    be->host = host;
    arci_process_init(&be->process);
    be->lock_fd = -1;
    be->flags = flags;
    be->cookie = -1;
    be->opt.cache_mib = 24; /* with 64 an import of a million rows took a tenth less time, and 40 MiB more */
    be->opt.busy_ms = 5000;
    be->opt.checkpoint = 16000; /* 64 MiB: against 4,000 a bulk load of 300,000 rows took half the time */
    arc_sql_stmt_init(&be->build, host);
    if (!sqlite3_threadsafe() || sqlite3_libversion_number() < 3037000) {
        arci_sqlite_error(be, ARC_E_UNSUPPORTED, "SQLite is older than 3.37 or built without threads");
        arci_sqlite_close(be);
        return ARC_E_UNSUPPORTED;
    }
    return ARC_OK;
}

arc_status arci_sqlite_open(const arc_host *host, const char *location, const char *options, uint32_t flags, void **out)
{
    arci_sqlite *be;
    *out = NULL;
    arc_status st = arci_sqlite_new(host, flags, &be);
    if (st != ARC_OK) {
        return st;
    }
    if ((flags & ~(ARC_OPEN_CREATE | ARC_OPEN_UPGRADE | ARC_OPEN_READONLY | ARC_OPEN_FOREIGN_TRIGGERS | ARC_OPEN_CHECK)) ||
        ((flags & ARC_OPEN_READONLY) && (flags & (ARC_OPEN_CREATE | ARC_OPEN_UPGRADE)))) {
        st = arci_sqlite_error(be, ARC_E_INVALID, "unknown or contradicting open flags");
    }
    st = st == ARC_OK ? parse_options(be, options) : st;
    st = st == ARC_OK ? resolve(be, location) : st;
    st = st == ARC_OK ? check_file(be) : st;
    st = st == ARC_OK ? connect(be) : st;
    if (st != ARC_OK) {
        arci_sqlite_close(be);
        return st;
    }
    *out = be;
    return ARC_OK;
}

void arci_sqlite_close(void *handle)
{
    arci_sqlite *be = handle;
    if (!be) {
        return;
    }
    const arc_host *host = be->host;
    if (arci_process_same(&be->process)) {
        if (be->mode) {
            arci_sqlite_rollback(be);
        }
        arci_sqlite_free_cursors(be);
        arci_sqlite_drop_cache(be);
        sqlite3_finalize(be->undo);
        if (be->attached) {
            arci_sqlite_detach(be);
        } else {
            sqlite3_close(be->db);
        }
        arci_sqlite_go(be); /* closing is not enough: a forked child has the lock file open too */
    } /* else: in a forked child SQLite's part is left alone; touching it could harm the parent's file */
    arci_sqlite_lock_close(be);
    arci_process_clear(&be->process);
    arc_sql_stmt_clear(&be->build);
    host->release(host, be->traced);
    host->release(host, be->path);
    host->release(host, be);
}
