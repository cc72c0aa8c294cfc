/* SPDX-License-Identifier: Apache-2.0 */
/* Making, upgrading and accepting a book's tables. A file that is not ours is never written to. */
#include <string.h>

#include "backend/sealed_mark.h"
#include "backend/sqlite.h"

typedef struct standing {
    int64_t application, version, objects, cookie;
} standing;

/* ---- settings of the connection: set, then read back ---- */

static arc_status pragma_is(arci_sqlite *be, const char *set, const char *get, int64_t want)
{
    int64_t value = -1;
    int rc = arci_sqlite_run(be, set, NULL);
    rc = rc == SQLITE_OK ? arci_sqlite_run(be, get, &value) : rc;
    if (rc != SQLITE_OK) {
        return arci_sqlite_fail(be, rc);
    }
    return value == want ? ARC_OK : arci_sqlite_error(be, ARC_E_UNSUPPORTED, "SQLite refuses a setting that durability needs");
}

static arc_status configure(arci_sqlite *be)
{
    arc_sql_text *t = &be->build.text;
    arc_status st = pragma_is(be, "PRAGMA synchronous = FULL", "PRAGMA synchronous", 2);
    st = st == ARC_OK ? pragma_is(be, "PRAGMA foreign_keys = ON", "PRAGMA foreign_keys", 1) : st;
    st = st == ARC_OK ? pragma_is(be, "PRAGMA temp_store = MEMORY", "PRAGMA temp_store", 2) : st;
    if (st != ARC_OK) {
        return st;
    }
    arc_sql_text_reset(t);
    arc_sql_text_puts(t, "PRAGMA cache_size = -");
    arc_sql_text_int(t, (int64_t)be->opt.cache_mib * 1024);
    st = t->failed ? ARC_E_NOMEM : arci_sqlite_exec(be, t->s);
    if (st == ARC_OK) { /* has no answer where memory mapping is compiled out */
        int rc = arci_sqlite_run(be, "PRAGMA mmap_size = 0", NULL);
        st = rc == SQLITE_OK ? ARC_OK : arci_sqlite_fail(be, rc);
    }
    return st;
}

/* ---- looking ---- */

static arc_status look(arci_sqlite *be, standing *s)
{
    int rc = arci_sqlite_run(be, "PRAGMA application_id", &s->application);
    rc = rc == SQLITE_OK ? arci_sqlite_run(be, "PRAGMA user_version", &s->version) : rc;
    rc = rc == SQLITE_OK ? arci_sqlite_run(be, "PRAGMA schema_version", &s->cookie) : rc;
    rc = rc == SQLITE_OK ? arci_sqlite_run(be, "SELECT count(*) FROM \"sqlite_schema\"", &s->objects) : rc;
    return rc == SQLITE_OK ? ARC_OK : arci_sqlite_fail(be, rc);
}

static int is_ours(const arci_sqlite *be, const standing *s)
{
    return s->application == (int64_t)be->schema->application_id;
}

static int is_empty(const standing *s)
{
    return s->application == 0 && s->version == 0 && s->objects == 0;
}

static arc_status newer(arci_sqlite *be)
{
    return arci_sqlite_error(be, ARC_E_SCHEMA_NEWER, "written by a newer version");
}

/* Inside a transaction; ours. *upgrade is set when that is what remains to be done. */
static arc_status accept(arci_sqlite *be, const standing *s, uint32_t flags, int *upgrade)
{
    int64_t want = (int64_t)be->schema->version;
    *upgrade = 0;
    if (s->version > want) {
        arc_status st = be->flags & ARC_OPEN_READONLY ? arci_sqlite_verify(be, be->schema->version, flags, ARCI_SQLITE_NEWER) : ARC_OK;
        return !(be->flags & ARC_OPEN_READONLY) || st == ARC_E_SCHEMA_FOREIGN ? newer(be) : st;
    }
    if (s->version < want) {
        if (s->version <= 0 || s->version / 1000 != want / 1000 || !(flags & ARC_OPEN_UPGRADE)) {
            return arci_sqlite_error(be, ARC_E_SCHEMA_OLDER, "written by an older version");
        }
        *upgrade = 1;
        return ARC_OK;
    }
    return arci_sqlite_verify(be, be->schema->version, flags, ARCI_SQLITE_EXACT);
}

/* ---- making and upgrading, inside a WRITE transaction ---- */

typedef struct maker {
    arci_sqlite *be;
    int64_t old; /* version there; 0: nothing is there */
} maker;

static arc_status make(void *user, const arc_sql_object *o)
{
    maker *m = user;
    arc_status st = ARC_OK;
    if (m->old && o->kind == ARC_SQL_OBJECT_VIEW) {
        arc_sql_text *t = &m->be->build.text;
        arc_sql_text_reset(t);
        arc_sql_text_puts(t, "DROP VIEW IF EXISTS ");
        arc_sql_name(t, o->name);
        st = t->failed ? ARC_E_NOMEM : arci_sqlite_exec(m->be, t->s);
    } else if (m->old && (int64_t)o->since <= m->old) {
        return ARC_OK;
    }
    return st == ARC_OK ? arci_sqlite_exec(m->be, o->sql) : st;
}

static arc_status add_columns(arci_sqlite *be, const arc_table *t, uint32_t since)
{
    arc_sql_text *sql = &be->build.text;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < t->n_cols && st == ARC_OK; i++) {
        if (t->cols[i].since == since) {
            arc_sql_text_reset(sql);
            arc_sql_text_puts(sql, "ALTER TABLE ");
            arc_sql_name(sql, t->name);
            arc_sql_text_puts(sql, " ADD COLUMN ");
            arc_sqlkit_column(&arci_sqlite_dialect, sql, t, &t->cols[i]);
            st = sql->failed ? ARC_E_NOMEM : arci_sqlite_exec(be, sql->s);
        }
    }
    return st;
}

arc_status arci_sqlite_number(arci_sqlite *be, const char *pragma, int64_t value)
{
    arc_sql_text *t = &be->build.text;
    arc_sql_text_reset(t);
    arc_sql_text_puts(t, pragma);
    arc_sql_text_int(t, value);
    return t->failed ? ARC_E_NOMEM : arci_sqlite_exec(be, t->s);
}

static arc_status build(arci_sqlite *be, int64_t old, uint32_t flags)
{
    maker m = { be, old };
    arc_status st = old ? arci_sqlite_verify(be, (uint32_t)old, flags, ARCI_SQLITE_OLDER) : ARC_OK;
    for (uint32_t since = (uint32_t)old + 1; old && since <= be->schema->version && st == ARC_OK; since++) {
        for (uint32_t i = 0; i < be->schema->n_tables && st == ARC_OK; i++) {
            if ((int64_t)be->schema->tables[i].since <= old) {
                st = add_columns(be, &be->schema->tables[i], since);
            }
        }
    }
    if (st == ARC_OK && old) {
        st = arci_sqlite_renew_codes(be, old);
    }
    if (st == ARC_OK) {
        st = arc_sqlkit_ddl(&arci_sqlite_dialect, be->schema, be->schema->version, be->host, make, &m);
    }
    if (st == ARC_OK && !old) {
        st = arci_sqlite_number(be, "PRAGMA application_id = ", be->schema->application_id);
    }
    if (st == ARC_OK) {
        st = arci_sqlite_number(be, "PRAGMA user_version = ", be->schema->version);
    }
    return st == ARC_OK && old ? arci_sqlite_verify(be, be->schema->version, flags, ARCI_SQLITE_EXACT) : st;
}

static arc_status write_schema(arci_sqlite *be, standing *s, uint32_t flags)
{
    int upgrade = 0;
    arc_status st = arci_sqlite_lock(be);
    st = st == ARC_OK ? arci_sqlite_want_journal(be) : st;
    if (st == ARC_OK) {
        int rc = arci_sqlite_run(be, "BEGIN IMMEDIATE", NULL);
        st = rc == SQLITE_OK ? look(be, s) : arci_sqlite_fail(be, rc);
    }
    if (st == ARC_OK && is_ours(be, s)) { /* somebody else may have been faster */
        st = accept(be, s, flags, &upgrade);
        st = st == ARC_OK && upgrade ? build(be, s->version, flags) : st;
    } else if (st == ARC_OK) {
        st = is_empty(s) ? build(be, 0, flags) : arci_sqlite_error(be, ARC_E_NOT_A_BOOK, "the file became something else");
    }
    if (st == ARC_OK) {
        int rc = arci_sqlite_run(be, "PRAGMA schema_version", &s->cookie);
        be->quiet++;
        rc = rc == SQLITE_OK ? arci_sqlite_run(be, "COMMIT", NULL) : rc;
        be->quiet--;
        st = rc == SQLITE_OK ? ARC_OK : arci_sqlite_fail(be, rc);
    }
    arci_sqlite_undo(be);
    arci_sqlite_unlock(be);
    return st;
}

/* ---- migrate ---- */

static arc_status accept_existing(arci_sqlite *be, standing *s, uint32_t flags, int *write)
{
    int rc = arci_sqlite_run(be, "BEGIN", NULL);
    arc_status st = rc == SQLITE_OK ? look(be, s) : arci_sqlite_fail(be, rc);
    *write = 0;
    if (st == ARC_OK && is_ours(be, s)) {
        st = accept(be, s, flags, write);
    } else if (st == ARC_OK && is_empty(s) && (flags & ARC_OPEN_CREATE)) {
        *write = 1;
    } else if (st == ARC_OK) {
        const char *text = "the file is not a book";
        st = arci_sealed_foreign(s->application, be->schema->application_id, &text);
        st = arci_sqlite_error(be, st, text);
    }
    arci_sqlite_undo(be);
    return st;
}

static void count_finding(void *user, const char *finding)
{
    (void)finding;
    ++*(int *)user;
}

/* The host's connection: tables are looked at, in its transaction where it has one. */
static arc_status accept_attached(arci_sqlite *be, uint32_t flags)
{
    standing s = { 0, 0, 0, -1 };
    int write = 0, own = sqlite3_get_autocommit(be->db);
    arc_status st = arci_sqlite_host_settings(be);
    if (st == ARC_OK && own) {
        st = accept_existing(be, &s, flags, &write);
    } else if (st == ARC_OK) {
        st = look(be, &s);
        st = st == ARC_OK && !is_ours(be, &s) ? arci_sqlite_error(be, ARC_E_NOT_A_BOOK, "the host's database has no books in it") : st;
        st = st == ARC_OK ? accept(be, &s, flags, &write) : st;
    }
    be->cookie = s.cookie;
    return st;
}

arc_status arci_sqlite_migrate(void *handle, const arc_schema_desc *schema, uint32_t flags)
{
    arci_sqlite *be = handle;
    standing s = { 0, 0, 0, -1 };
    int write = 0, findings = 0;
    arc_status st = arci_sqlite_forked(be);
    if (st != ARC_OK) {
        return st;
    }
    if (!schema || schema->struct_size < sizeof *schema || be->mode ||
        ((be->flags & ARC_OPEN_READONLY) && (flags & (ARC_OPEN_CREATE | ARC_OPEN_UPGRADE)))) {
        return arci_sqlite_error(be, ARC_E_INVALID, "migrate() called wrongly");
    }
    be->schema = schema;
    be->flags |= flags;
    if (be->attached) {
        st = accept_attached(be, flags);
        be->schema = st == ARC_OK ? schema : NULL;
        return st;
    }
    arci_sqlite_wait_until(be, be->opt.busy_ms);
    st = arci_sqlite_lock_hot(be);
    st = st == ARC_OK ? configure(be) : st;
    st = st == ARC_OK ? accept_existing(be, &s, flags, &write) : st;
    arci_sqlite_unlock(be);
    if (st == ARC_E_BACKEND) { /* a general error while reading: the header asks for what SQLite cannot do */
        st = arci_sqlite_error(be, ARC_E_NOT_A_BOOK, "SQLite cannot read this file");
    }
    if (st == ARC_OK) {
        st = write ? write_schema(be, &s, flags) : arci_sqlite_want_journal(be);
    }
    if (st == ARC_OK && (flags & ARC_OPEN_CHECK)) {
        st = arci_sqlite_check(be, count_finding, &findings);
        if (st == ARC_OK && findings) {
            st = arci_sqlite_error(be, ARC_E_CORRUPT, "the integrity check found faults");
        }
    }
    be->cookie = s.cookie;
    be->schema = st == ARC_OK ? schema : NULL;
    if (st == ARC_OK) {
        arci_sqlite_doctor(be);
    }
    return st;
}
