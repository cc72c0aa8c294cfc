/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the database's objects of ours are what the descriptors would make.
 *
 * The catalogue is read with one question and compared with the descriptors: columns with type and NOT NULL, keys and checks by number,
 * indexes and triggers by name. Columns of others are allowed when they may be NULL or have a default; so are tables, views and
 * plain indexes of others. */
#include <string.h>

#include "backend/postgresql_schema.h"
#include "backend/sqlkit.h"
#include "base/sha256.h"

enum { COL_KIND, COL_TABLE, COL_NAME, COL_DETAIL, COL_FLAGS };
enum { NOT_NULL = 1, DEFAULTED = 2, UNIQUE = 1, VALID = 2, ENABLED = 1 };

typedef struct catalogue {
    arci_pg *be;
    PGresult *res;
    int n;
    uint32_t version, flags;
    int newer;
} catalogue;

static arc_status foreign(arci_pg *be, const char *what, const char *table, const char *name)
{
    arc_sql_text t;
    arc_sql_text_init(&t, be->host);
    arc_sql_text_puts(&t, what);
    arc_sql_text_puts(&t, ": ");
    arc_sql_text_puts(&t, table);
    arc_sql_text_puts(&t, *name ? "." : "");
    arc_sql_text_puts(&t, name);
    arc_status st = arci_pg_error(be, ARC_E_SCHEMA_FOREIGN, t.failed ? what : t.s);
    arc_sql_text_clear(&t);
    return st;
}

/* ---- the catalogue, sorted by bytes ---- */

static const char *const catalogue_sql[] = {
    "SELECT q.kind COLLATE \"C\", q.tab COLLATE \"C\", q.name COLLATE \"C\", q.detail, q.flags FROM (SELECT 'c' AS kind, "
    "c.relname::text AS tab, a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS detail, (CASE WHEN a.attnotnull "
    "THEN 1 ELSE 0 END + CASE WHEN a.atthasdef OR a.attidentity <> '' THEN 2 ELSE 0 END)::bigint AS flags FROM pg_class c JOIN "
    "pg_attribute a ON a.attrelid = c.oid WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND "
    "c.relnamespace = ",
    " UNION ALL SELECT 'i', t.relname, i.relname, '', CASE WHEN x.indisunique THEN 1 ELSE 0 END + CASE WHEN x.indisvalid THEN 2 "
    "ELSE 0 END FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid WHERE "
    "t.relnamespace = ",
    " UNION ALL SELECT 't', t.relname, g.tgname, '', CASE WHEN g.tgenabled IN ('O', 'A') THEN 1 ELSE 0 END FROM pg_trigger g JOIN "
    "pg_class t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal AND t.relnamespace = ",
    " UNION ALL SELECT 'r', t.relname, r.rulename, '', 0 FROM pg_rewrite r JOIN pg_class t ON t.oid = r.ev_class WHERE t.relkind "
    "IN ('r', 'p') AND t.relnamespace = ",
    " UNION ALL SELECT 'v', c.relname, '', '', 0 FROM pg_class c WHERE c.relkind = 'v' AND c.relnamespace = ",
    " UNION ALL SELECT 'k', t.relname, k.contype::text, '', count(*) + 1000000 * count(*) FILTER (WHERE NOT k.convalidated) FROM "
    "pg_constraint k JOIN pg_class t ON t.oid = k.conrelid WHERE t.relkind IN ('r', 'p') AND t.relnamespace = ",
};

static arc_status read_catalogue(catalogue *c)
{
    arc_sql_text *sql = &c->be->sql;
    arc_sql_text_reset(sql);
    for (size_t i = 0; i < sizeof catalogue_sql / sizeof catalogue_sql[0]; i++) {
        arc_sql_text_puts(sql, catalogue_sql[i]);
        arci_pg_namespace(sql, c->be);
    }
    arc_sql_text_puts(sql, " GROUP BY t.relname, k.contype) AS q ORDER BY 1, 2, 3");
    arc_status st = sql->failed ? ARC_E_NOMEM : arci_pg_run(c->be, sql->s, 0, &c->res);
    c->n = st == ARC_OK ? PQntuples(c->res) : 0;
    return st;
}

static int compare(const catalogue *c, int row, const char *kind, const char *table, const char *name)
{
    int d = strcmp(PQgetvalue(c->res, row, COL_KIND), kind);
    d = d ? d : strcmp(PQgetvalue(c->res, row, COL_TABLE), table);
    return d ? d : strcmp(PQgetvalue(c->res, row, COL_NAME), name);
}

/* -1: there is none. */
static int find(const catalogue *c, const char *kind, const char *table, const char *name)
{
    int lo = 0, hi = c->n - 1;
    while (lo <= hi) {
        int mid = (lo + hi) / 2, d = compare(c, mid, kind, table, name);
        if (d == 0) {
            return mid;
        }
        lo = d < 0 ? mid + 1 : lo;
        hi = d > 0 ? mid - 1 : hi;
    }
    return -1;
}

static int64_t flags_of(const catalogue *c, int row)
{
    return row < 0 ? 0 : arci_pg_int(c->res, row, COL_FLAGS);
}

/* ---- what must be there ---- */

static int in_key(const arc_table *t, uint32_t col)
{
    for (uint32_t i = 0; i < t->n_key; i++) {
        if (t->key[i] == col) {
            return 1;
        }
    }
    return 0;
}

static arc_status columns(const catalogue *c, const arc_table *t)
{
    for (uint32_t i = 0; i < t->n_cols; i++) {
        const arc_column *col = &t->cols[i];
        const char *want = arci_pg_dialect.types[col->type];
        size_t n = strcspn(want, " ");
        if (col->since > c->version) {
            continue;
        }
        int row = find(c, "c", t->name, col->name);
        if (row < 0) {
            return foreign(c->be, "missing", t->name, col->name);
        }
        const char *type = PQgetvalue(c->res, row, COL_DETAIL);
        int strict = (col->flags & ARC_COL_REQUIRED) || in_key(t, i);
        if (strlen(type) != n || strncmp(type, want, n) != 0 || strict != (int)(flags_of(c, row) & NOT_NULL)) {
            return foreign(c->be, "altered by someone else", t->name, col->name);
        }
    }
    return ARC_OK;
}

/* Foreign keys, checks and the primary key by number; none may be waiting to be validated. */
static arc_status constraints(const catalogue *c, const arc_table *t)
{
    int64_t fks = 0, checks = 0;
    for (uint32_t i = 0; i < t->n_fks; i++) {
        fks += t->fks[i].since <= c->version;
    }
    for (uint32_t i = 0; i < t->n_cols; i++) {
        const arc_column *col = &t->cols[i];
        checks += col->since <= c->version && (col->type == ARC_T_BOOL || (col->type == ARC_T_CODE && col->codes && *col->codes));
    }
    if (flags_of(c, find(c, "k", t->name, "f")) != fks || flags_of(c, find(c, "k", t->name, "c")) != checks ||
        flags_of(c, find(c, "k", t->name, "p")) != 1 || find(c, "k", t->name, "u") >= 0 ||
        find(c, "k", t->name, "x") >= 0) {
        return foreign(c->be, "constraints altered by someone else", t->name, "");
    }
    return ARC_OK;
}

/* Receives every object that the descriptors would make. */
static arc_status must_be(void *user, const arc_sql_object *o)
{
    const catalogue *c = user;
    const char *kind = o->kind == ARC_SQL_OBJECT_INDEX ? "i" : "t";
    if (o->kind == ARC_SQL_OBJECT_TABLE) {
        arc_status st = columns(c, o->table);
        return st == ARC_OK && !c->newer ? constraints(c, o->table) : st;
    }
    if (c->newer) {
        return ARC_OK;
    }
    if (o->kind == ARC_SQL_OBJECT_VIEW) {
        return find(c, "v", o->name, "") >= 0 ? ARC_OK : foreign(c->be, "missing", o->name, "");
    }
    if (o->kind != ARC_SQL_OBJECT_INDEX && o->kind != ARC_SQL_OBJECT_TRIGGER) {
        return ARC_OK;
    }
    int64_t want = o->kind == ARC_SQL_OBJECT_TRIGGER ? ENABLED : strncmp(o->sql, "CREATE UNIQUE", 13) == 0 ? UNIQUE | VALID : VALID;
    return flags_of(c, find(c, kind, o->table->name, o->name)) == want
               ? ARC_OK
               : foreign(c->be, "missing or altered by someone else", o->table->name, o->name);
}

/* ---- what must not be there ---- */

static const arc_table *table_of(const catalogue *c, const char *name)
{
    for (uint32_t i = 0; i < c->be->schema->n_tables; i++) {
        const arc_table *t = &c->be->schema->tables[i];
        if (t->since <= c->version && strcmp(t->name, name) == 0) {
            return t;
        }
    }
    return NULL;
}

static int is_column(const arc_table *t, const char *name)
{
    for (uint32_t i = 0; i < t->n_cols; i++) {
        if (strcmp(t->cols[i].name, name) == 0) {
            return 1;
        }
    }
    return 0;
}

static int is_index(const arc_table *t, const char *name)
{
    size_t n = strlen(t->name);
    if (strncmp(name, t->name, n) != 0) {
        return 0;
    }
    for (uint32_t i = 0; i < t->n_indexes; i++) {
        if (strncmp(name + n, "__", 2) == 0 && strcmp(name + n + 2, t->indexes[i].name) == 0) {
            return 1;
        }
    }
    return strcmp(name + n, "_pkey") == 0;
}

static int is_trigger(const arc_table *t, const char *name)
{
    size_t n = strlen(t->name);
    return (t->flags & ARC_TABLE_APPEND_ONLY) && strncmp(name, t->name, n) == 0 &&
           (strcmp(name + n, "__no_update") == 0 || strcmp(name + n, "__no_delete") == 0);
}

static arc_status foreigners(const catalogue *c)
{
    int triggers = (c->flags & (ARC_OPEN_FOREIGN_TRIGGERS | ARC_OPEN_READONLY)) == 0;
    for (int row = 0; row < c->n; row++) {
        const char *name = PQgetvalue(c->res, row, COL_NAME), *table = PQgetvalue(c->res, row, COL_TABLE);
        char kind = PQgetvalue(c->res, row, COL_KIND)[0];
        const arc_table *t = kind == 'v' || kind == 'k' ? NULL : table_of(c, table);
        if (!t) {
            continue;
        }
        int64_t flags = flags_of(c, row);
        if (kind == 'c' && (flags & NOT_NULL) && !(flags & DEFAULTED) && !is_column(t, name)) {
            return foreign(c->be, "a column of someone else that must be filled", table, name);
        }
        if (kind == 'i' && (flags & UNIQUE) && !is_index(t, name)) {
            return foreign(c->be, "a unique index of someone else on our table", table, name);
        }
        if (triggers && (kind == 'r' || (kind == 't' && !is_trigger(t, name)))) {
            return foreign(c->be, "a trigger or rule of someone else on our table", table, name);
        }
    }
    return ARC_OK;
}

arc_status arci_pg_verify(arci_pg *be, uint32_t version, uint32_t flags, int newer)
{
    catalogue c = { be, NULL, 0, version, flags, newer };
    arc_status st = read_catalogue(&c);
    if (st == ARC_OK) {
        st = arc_sqlkit_ddl(&arci_pg_dialect, be->schema, version, be->host, must_be, &c);
        if (st == ARC_E_INVALID) {
            arci_pg_error(be, st, "a table descriptor breaks the contract");
        }
    }
    st = st == ARC_OK && !newer ? foreigners(&c) : st;
    PQclear(c.res);
    return st;
}

/* ---- the fingerprint: what the tables were made from ---- */

static arc_status hash(void *user, const arc_sql_object *o)
{
    if (o->kind == ARC_SQL_OBJECT_TABLE || o->kind == ARC_SQL_OBJECT_KEY || o->kind == ARC_SQL_OBJECT_INDEX ||
        o->kind == ARC_SQL_OBJECT_TRIGGER) {
        arci_sha256_add(user, o->sql, strlen(o->sql) + 1);
    }
    return ARC_OK;
}

arc_status arci_pg_fingerprint(arci_pg *be, uint32_t version, char out[65])
{
    arci_sha256 s;
    uint8_t digest[32];
    arci_sha256_init(&s);
    arc_status st = arc_sqlkit_ddl(&arci_pg_dialect, be->schema, version, be->host, hash, &s);
    arci_sha256_end(&s, digest);
    arci_sha256_hex(digest, out);
    return st == ARC_E_INVALID ? arci_pg_error(be, st, "a table descriptor breaks the contract") : st;
}

/* ---- check ---- */

static arc_status check_table(arci_pg *be, const arc_table *t, void (*report)(void *user, const char *finding), void *user)
{
    arc_sql_text_reset(&be->sql);
    arc_sql_text_puts(&be->sql, "SELECT count(*) FROM ONLY ");
    arc_sql_name(&be->sql, t->name);
    arc_sql_text_puts(&be->sql, " AS t WHERE t IS DISTINCT FROM NULL"); /* the row as a whole: its columns are read */
    arc_status st = be->sql.failed ? ARC_E_NOMEM : arci_pg_run(be, be->sql.s, 0, NULL);
    if (st == ARC_E_CORRUPT || st == ARC_E_BACKEND || st == ARC_E_IO) {
        report(user, PQerrorMessage(be->conn));
        return ARC_OK;
    }
    return st;
}

/* Reads every row of ours: the server compares the checksums of the pages it loads. */
arc_status arci_pg_check(void *handle, void (*report)(void *user, const char *finding), void *user)
{
    arci_pg *be = handle;
    arc_status st = arci_pg_forked(be);
    if (st == ARC_OK && (be->mode || !be->schema || !report)) {
        st = arci_pg_error(be, ARC_E_TXN, "a transaction is open, or migrate() was not called");
    }
    for (uint32_t i = 0; st == ARC_OK && i < be->schema->n_tables; i++) {
        if ((int64_t)be->schema->tables[i].since <= be->version) {
            st = check_table(be, &be->schema->tables[i], report, user);
        }
    }
    return st;
}
