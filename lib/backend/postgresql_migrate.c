/* SPDX-License-Identifier: Apache-2.0 */
/* Making, upgrading and accepting a book's tables, each in one transaction. */
#include <string.h>

#include "backend/postgresql_schema.h"
#include "backend/sealed_mark.h"

typedef struct standing {
    int64_t application, version;
    int space, there; /* the schema exists; arc_schema exists */
    char fingerprint[65];
} standing;

void arci_pg_namespace(arc_sql_text *out, const arci_pg *be)
{
    arc_sql_literal(out, be->space);
    arc_sql_text_puts(out, "::regnamespace");
}

/* ---- looking ---- */

static arc_status begin(arci_pg *be, int write)
{
    arc_status st = arci_pg_run(be, write ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
                                          : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", 0, NULL);
    arc_sql_text_reset(&be->sql);
    arc_sql_text_puts(&be->sql, "SELECT set_config('lock_timeout', '");
    arc_sql_text_int(&be->sql, be->busy_ms ? be->busy_ms : 1);
    arc_sql_text_puts(&be->sql, "', true)");
    st = st == ARC_OK && be->sql.failed ? ARC_E_NOMEM : st;
    return st == ARC_OK ? arci_pg_run(be, be->sql.s, 0, NULL) : st;
}

static void undo(arci_pg *be)
{
    be->quiet++;
    if (!be->broken && PQtransactionStatus(be->conn) != PQTRANS_IDLE) {
        arci_pg_run(be, "ROLLBACK", 0, NULL);
    }
    be->quiet--;
}

static arc_status look(arci_pg *be, standing *s)
{
    PGresult *res = NULL;
    memset(s, 0, sizeof *s);
    arc_sql_text_reset(&be->sql);
    arc_sql_text_puts(&be->sql, "SELECT to_regnamespace('");
    arc_sql_text_puts(&be->sql, be->space);
    arc_sql_text_puts(&be->sql, "') IS NOT NULL, to_regclass('");
    arc_sql_text_puts(&be->sql, be->space);
    arc_sql_text_puts(&be->sql, ".arc_schema') IS NOT NULL");
    arc_status st = be->sql.failed ? ARC_E_NOMEM : arci_pg_run(be, be->sql.s, 0, &res);
    if (st == ARC_OK) {
        s->space = arci_pg_int(res, 0, 0) != 0;
        s->there = arci_pg_int(res, 0, 1) != 0;
    }
    PQclear(res);
    if (st != ARC_OK || !s->there) {
        return st;
    }
    st = arci_pg_run(be, "SELECT \"application\", \"version\", \"fingerprint\" FROM \"arc_schema\"", 0, &res);
    if (st == ARC_OK && PQntuples(res) == 1 && PQgetlength(res, 0, 2) == 64) {
        s->application = arci_pg_int(res, 0, 0);
        s->version = arci_pg_int(res, 0, 1);
        memcpy(s->fingerprint, PQgetvalue(res, 0, 2), 65);
    }
    PQclear(res);
    return st == ARC_E_SCHEMA_FOREIGN ? ARC_E_NOT_A_BOOK : st; /* a table of that name, but without these columns */
}

static arc_status verify(arci_pg *be, const standing *s, uint32_t version, uint32_t flags)
{
    char own[65];
    arc_status st = arci_pg_verify(be, version, flags, 0);
    st = st == ARC_OK ? arci_pg_fingerprint(be, version, own) : st;
    if (st == ARC_OK && strcmp(own, s->fingerprint) != 0) {
        st = arci_pg_error(be, ARC_E_SCHEMA_FOREIGN, "the tables were made from other descriptors of the same version");
    }
    return st;
}

/* *upgrade is set when that is what remains to be done. */
static arc_status accept(arci_pg *be, const standing *s, uint32_t flags, int *upgrade)
{
    int64_t want = (int64_t)be->schema->version;
    *upgrade = 0;
    if (s->application != (int64_t)be->schema->application_id) {
        const char *text = "the schema belongs to another application";
        arc_status st = arci_sealed_foreign(s->application, be->schema->application_id, &text);
        return arci_pg_error(be, st, text);
    }
    if (s->version > want) {
        arc_status st = be->flags & ARC_OPEN_READONLY ? arci_pg_verify(be, be->schema->version, flags, 1) : ARC_OK;
        return !(be->flags & ARC_OPEN_READONLY) || st == ARC_E_SCHEMA_FOREIGN
                   ? arci_pg_error(be, ARC_E_SCHEMA_NEWER, "written by a newer version")
                   : st;
    }
    if (s->version < want) {
        if (s->version <= 0 || s->version / 1000 != want / 1000 || !(flags & ARC_OPEN_UPGRADE)) {
            return arci_pg_error(be, ARC_E_SCHEMA_OLDER, "written by an older version");
        }
        *upgrade = 1;
        return ARC_OK;
    }
    return verify(be, s, be->schema->version, flags);
}

/* ---- making and upgrading: all statements in one batch ---- */

typedef struct maker {
    arci_pg *be;
    int64_t old; /* version there; 0: nothing is there */
    uint32_t sent;
} maker;

static arc_status send(maker *m, const char *sql)
{
    m->sent++;
    return arci_pg_send(m->be, sql, 0);
}

static arc_status make(void *user, const arc_sql_object *o)
{
    maker *m = user;
    arc_status st = ARC_OK;
    if (strlen(o->name) > 63 && o->kind != ARC_SQL_OBJECT_COMMENT) {
        return arci_pg_error(m->be, ARC_E_INVALID, "a name is longer than the 63 bytes that PostgreSQL keeps");
    }
    if (m->old && o->kind == ARC_SQL_OBJECT_VIEW) {
        arc_sql_text *t = &m->be->sql;
        arc_sql_text_reset(t);
        arc_sql_text_puts(t, "DROP VIEW IF EXISTS ");
        arc_sql_name(t, o->name);
        st = t->failed ? ARC_E_NOMEM : send(m, t->s);
    } else if (m->old && (int64_t)o->since <= m->old) {
        return ARC_OK;
    }
    return st == ARC_OK ? send(m, o->sql) : st;
}

static arc_status add_columns(maker *m, const arc_table *t)
{
    arc_sql_text *sql = &m->be->sql;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < t->n_cols && st == ARC_OK && (int64_t)t->since <= m->old; i++) {
        if ((int64_t)t->cols[i].since > m->old) {
            arc_sql_text_reset(sql);
            arc_sql_text_puts(sql, "ALTER TABLE ");
            arc_sql_name(sql, t->name);
            arc_sql_text_puts(sql, " ADD COLUMN ");
            arc_sqlkit_column(&arci_pg_dialect, sql, t, &t->cols[i]);
            st = sql->failed ? ARC_E_NOMEM : send(m, sql->s);
        }
    }
    return st;
}

static const char forbid_sql[] =
    "CREATE FUNCTION \"arc_forbid\"() RETURNS trigger LANGUAGE plpgsql AS $arc$ BEGIN RAISE EXCEPTION 'rows of this table are "
    "never changed' USING ERRCODE = 'integrity_constraint_violation'; END $arc$";
static const char *const first_sql[] = {
    forbid_sql,
    "CREATE TABLE \"arc_schema\" (\"application\" bigint NOT NULL, \"version\" bigint NOT NULL, \"fingerprint\" text NOT NULL)",
    "COMMENT ON TABLE \"arc_schema\" IS 'what the tables of this schema were made from; one row'",
};

static arc_status send_all(maker *m, const standing *s, const char *fingerprint)
{
    arci_pg *be = m->be;
    arc_sql_text *sql = &be->sql;
    arc_status st = ARC_OK;
    if (!m->old && !s->space) {
        arc_sql_text_reset(sql);
        arc_sql_text_puts(sql, "CREATE SCHEMA ");
        arc_sql_name(sql, be->space);
        st = sql->failed ? ARC_E_NOMEM : send(m, sql->s);
    }
    for (size_t i = 0; i < sizeof first_sql / sizeof first_sql[0] && !m->old && st == ARC_OK; i++) {
        st = send(m, first_sql[i]);
    }
    for (uint32_t i = 0; i < be->schema->n_tables && m->old && st == ARC_OK; i++) {
        st = add_columns(m, &be->schema->tables[i]);
    }
    st = st == ARC_OK ? arc_sqlkit_ddl(&arci_pg_dialect, be->schema, be->schema->version, be->host, make, m) : st;
    arc_sql_text_reset(sql);
    arc_sql_text_puts(sql, m->old ? "UPDATE \"arc_schema\" SET \"version\" = " : "INSERT INTO \"arc_schema\" VALUES (");
    if (!m->old) {
        arc_sql_text_int(sql, be->schema->application_id);
        arc_sql_text_puts(sql, ", ");
    }
    arc_sql_text_int(sql, be->schema->version);
    arc_sql_text_puts(sql, m->old ? ", \"fingerprint\" = " : ", ");
    arc_sql_literal(sql, fingerprint);
    arc_sql_text_puts(sql, m->old ? "" : ")");
    return st == ARC_OK && sql->failed ? ARC_E_NOMEM : st == ARC_OK ? send(m, sql->s) : st;
}

static arc_status build(arci_pg *be, const standing *s, uint32_t flags)
{
    maker m = { be, s->there ? s->version : 0, 0 };
    char fingerprint[65];
    arc_status st = m.old ? verify(be, s, (uint32_t)m.old, flags) : ARC_OK;
    st = st == ARC_OK ? arci_pg_fingerprint(be, be->schema->version, fingerprint) : st;
    st = st == ARC_OK ? arci_pg_start(be) : st;
    if (st != ARC_OK) {
        return st;
    }
    st = send_all(&m, s, fingerprint);
    if (st != ARC_OK) {
        return arci_pg_abandon(be, st);
    }
    st = arci_pg_go(be);
    for (uint32_t i = 0; i < m.sent && st == ARC_OK; i++) {
        st = arci_pg_done(be);
    }
    st = arci_pg_end(be, st);
    if (st != ARC_OK && memcmp(be->sqlstate, "427", 3) == 0) { /* duplicate table, object or function */
        st = arci_pg_error(be, ARC_E_NOT_A_BOOK, "the schema holds something else under one of our names");
    }
    return st == ARC_OK && m.old ? arci_pg_verify(be, be->schema->version, flags, 0) : st;
}

/* Whoever comes second waits and then looks again. */
static arc_status write_schema(arci_pg *be, standing *s, uint32_t flags)
{
    int upgrade = 0;
    arc_sql_text_reset(&be->sql);
    arc_sql_text_puts(&be->sql, "SELECT pg_advisory_xact_lock(1095910193, hashtext('");
    arc_sql_text_puts(&be->sql, be->space);
    arc_sql_text_puts(&be->sql, "'))");
    arc_status st = be->sql.failed ? ARC_E_NOMEM : arci_pg_run(be, be->sql.s, 0, NULL);
    st = st == ARC_OK ? look(be, s) : st;
    if (st == ARC_OK && s->there) {
        st = arci_pg_run(be, "LOCK TABLE \"arc_schema\" IN ACCESS EXCLUSIVE MODE", 0, NULL);
        st = st == ARC_OK ? look(be, s) : st;
        st = st == ARC_OK ? accept(be, s, flags, &upgrade) : st;
    }
    if (st == ARC_OK && (upgrade || !s->there)) {
        st = build(be, s, flags);
        s->version = (int64_t)be->schema->version;
    }
    return st;
}

/* ---- the role of programs: what it may do is what the tables allow ---- */

static void grant_text(arc_sql_text *t, const char *words, const char *name, const char *role)
{
    arc_sql_text_puts(t, words);
    arc_sql_name(t, name);
    arc_sql_text_puts(t, " TO ");
    arc_sql_name(t, role);
    arc_sql_text_puts(t, "; ");
}

/* One statement a line; all in one trip, by way of a DO block. What was granted before is taken back first. */
static arc_status grant(arci_pg *be)
{
    arc_sql_text *t = &be->sql;
    arc_sql_text_reset(t);
    arc_sql_text_puts(t, "DO $arc$ BEGIN REVOKE ALL ON ALL TABLES IN SCHEMA ");
    arc_sql_name(t, be->space);
    arc_sql_text_puts(t, " FROM ");
    arc_sql_name(t, be->role);
    arc_sql_text_puts(t, "; ");
    grant_text(t, "GRANT USAGE ON SCHEMA ", be->space, be->role);
    arc_sql_text_puts(t, "GRANT SELECT ON ALL TABLES IN SCHEMA ");
    arc_sql_name(t, be->space);
    arc_sql_text_puts(t, " TO ");
    arc_sql_name(t, be->role);
    arc_sql_text_puts(t, "; ");
    for (uint32_t i = 0; i < be->schema->n_tables; i++) {
        const arc_table *o = &be->schema->tables[i];
        int fixed = (o->flags & ARC_TABLE_APPEND_ONLY) != 0, erased = (o->flags & ARC_TABLE_ERASABLE) != 0;
        grant_text(t, fixed ? erased ? "GRANT INSERT, DELETE ON " : "GRANT INSERT ON "
                      : erased ? "GRANT INSERT, UPDATE, DELETE ON " : "GRANT INSERT, UPDATE ON ", o->name, be->role);
    }
    grant_text(t, "GRANT INSERT, UPDATE ON ", "arc_sequence", be->role);
    arc_sql_text_puts(t, "END $arc$");
    return t->failed ? ARC_E_NOMEM : arci_pg_run(be, t->s, 0, NULL);
}

/* ---- migrate ---- */

static arc_status inside(arci_pg *be, standing *s, uint32_t flags)
{
    int write = 0;
    arc_status st = look(be, s);
    if (st != ARC_OK) {
        return st == ARC_E_NOT_A_BOOK ? arci_pg_error(be, st, "the schema belongs to another application") : st;
    }
    if (s->there) {
        st = accept(be, s, flags, &write);
    } else if (flags & ARC_OPEN_CREATE) {
        write = 1;
    } else {
        st = arci_pg_error(be, ARC_E_NOT_A_BOOK, "there is no book in this schema");
    }
    st = st == ARC_OK && write ? write_schema(be, s, flags) : st;
    return st == ARC_OK && be->role[0] && (flags & (ARC_OPEN_CREATE | ARC_OPEN_UPGRADE)) ? grant(be) : st;
}

/* In the host's transaction where it has one. Undone in any case: with the settings. */
static arc_status migrate_attached(arci_pg *be, standing *s, uint32_t flags)
{
    int joined;
    arc_status st = arci_pg_borrow(be);
    if (st != ARC_OK) {
        return st;
    }
    joined = (int)be->joined;
    st = arci_pg_run(be, joined ? "SAVEPOINT arc_joined" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", 0, NULL);
    st = st == ARC_OK ? arci_pg_start(be) : st;
    st = st == ARC_OK ? arci_pg_send_settings(be) : st;
    st = st == ARC_OK ? arci_pg_owe(be, ARCI_PG_DUE_DONE, NULL) : st;
    st = st == ARC_OK ? arci_pg_settle(be) : st;
    st = st == ARC_OK ? inside(be, s, flags) : st;
    if (joined) {
        arci_pg_undo_joined(be);
    } else {
        undo(be);
    }
    arci_pg_give_back(be);
    return st;
}

static void count_finding(void *user, const char *finding)
{
    (void)finding;
    ++*(int *)user;
}

arc_status arci_pg_migrate(void *handle, const arc_schema_desc *schema, uint32_t flags)
{
    arci_pg *be = handle;
    standing s;
    arc_status st = arci_pg_forked(be);
    if (st != ARC_OK) {
        return st;
    }
    if (!schema || schema->struct_size < sizeof *schema || be->mode ||
        ((be->flags & ARC_OPEN_READONLY) && (flags & (ARC_OPEN_CREATE | ARC_OPEN_UPGRADE)))) {
        return arci_pg_error(be, ARC_E_INVALID, "migrate() called wrongly");
    }
    be->schema = schema;
    if (be->attached) {
        st = migrate_attached(be, &s, flags);
        be->version = st == ARC_OK ? s.version : -1;
        be->schema = st == ARC_OK ? schema : NULL;
        return st;
    }
    st = begin(be, (flags & (ARC_OPEN_CREATE | ARC_OPEN_UPGRADE)) != 0);
    st = st == ARC_OK ? inside(be, &s, flags) : st;
    if (st == ARC_OK) {
        be->quiet++;
        st = arci_pg_run(be, "COMMIT", 0, NULL);
        be->quiet--;
        st = be->broken ? ARC_E_OUTCOME_UNKNOWN : st;
    }
    undo(be);
    be->version = st == ARC_OK ? s.version : -1;
    if (st == ARC_OK && (flags & ARC_OPEN_CHECK)) {
        int findings = 0;
        st = arci_pg_check(be, count_finding, &findings);
        if (st == ARC_OK && findings) {
            st = arci_pg_error(be, ARC_E_CORRUPT, "the integrity check found faults");
        }
    }
    be->schema = st == ARC_OK ? schema : NULL;
    return st;
}
