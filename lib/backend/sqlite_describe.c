/* SPDX-License-Identifier: Apache-2.0 */
/* What the store is, and what is to be said about the SQLite it runs on. */
#include "backend/sqlite.h"

/* The WAL-reset defect, in all versions before these. */
static int fixed(int version)
{
    return version >= 3051003 || (version >= 3050007 && version < 3051000) || (version >= 3044006 && version < 3045000);
}

void arci_sqlite_doctor(arci_sqlite *be)
{
    char line[320];
    if (be->paged || (be->flags & ARC_OPEN_READONLY) || fixed(sqlite3_libversion_number()) || !be->host->log) {
        return;
    }
    sqlite3_snprintf((int)sizeof line, line,
                     "SQLite %s can damage a write-ahead log that programs without this library write to as well (fixed in "
                     "3.51.3, 3.50.7 and 3.44.6): let other programs only read, use a fixed SQLite, or open with "
                     "journal=truncate",
                     sqlite3_libversion());
    be->host->log(be->host, ARC_LOG_WARNING, line);
}

static void say_number(void (*say)(void *user, const char *key, const char *value), void *user, const char *key, uint32_t value)
{
    char text[16];
    sqlite3_snprintf((int)sizeof text, text, "%u", value);
    say(user, key, text);
}

arc_status arci_sqlite_describe(void *handle, void (*say)(void *user, const char *key, const char *value), void *user)
{
    arci_sqlite *be = handle;
    say(user, "engine", "SQLite");
    say(user, "version", sqlite3_libversion());
    say(user, "location", be->path ? be->path : "");
    say(user, "journal", be->paged ? "truncate" : "wal");
    say(user, "synchronous", "full"); /* read back at open */
    say(user, "wal_reset_defect", fixed(sqlite3_libversion_number()) ? "no" : "yes");
    say_number(say, user, "cache_mib", be->opt.cache_mib);
    say_number(say, user, "checkpoint", be->opt.checkpoint);
    say_number(say, user, "busy", be->opt.busy_ms);
    return ARC_OK;
}
