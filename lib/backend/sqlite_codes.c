/* SPDX-License-Identifier: Apache-2.0 */
/* Code lists that grew: their CHECKs in tables that exist. SQLite has no ALTER TABLE for a CHECK; it documents editing
 * the text in sqlite_schema for just this case (lang_altertable.html, section 7), which no longer fits old rows only if a
 * code went away. Codes are only ever appended: arci_sqlite_verify() has made sure that the stored list begins ours. */
#include <string.h>

#include "backend/sqlite.h"

/* The first ')' that closes the '(' before s, outside of quotes. */
static const char *closing(const char *s)
{
    for (int depth = 1; *s; s++) {
        if (*s == '\'' || *s == '"') {
            const char *end = strchr(s + 1, *s);
            if (!end) {
                return NULL;
            }
            s = end;
        } else if (*s == '(') {
            depth++;
        } else if (*s == ')' && --depth == 0) {
            return s;
        }
    }
    return NULL;
}

/* Puts the column's definition of today where its definition of then stands. *changed counts up. */
static arc_status renew_column(arci_sqlite *be, const arc_table *t, const arc_column *c, arc_sql_text *sql, int *changed)
{
    arc_sql_text def, out;
    arc_sql_text_init(&def, be->host);
    arc_sql_text_init(&out, be->host);
    arc_sqlkit_column(&arci_sqlite_dialect, &def, t, c);
    char *check = def.failed ? NULL : strstr(def.s, " CHECK (");
    if (check) {
        size_t head = (size_t)(check - def.s) + sizeof " CHECK (" - 1;
        char kept = def.s[head];
        def.s[head] = 0;
        const char *at = strstr(sql->s, def.s), *end = at ? closing(at + head) : NULL;
        def.s[head] = kept;
        if (end && ((size_t)(end + 1 - at) != def.len || memcmp(at, def.s, def.len) != 0)) {
            arc_sql_text_add(&out, sql->s, (size_t)(at - sql->s));
            arc_sql_text_add(&out, def.s, def.len);
            arc_sql_text_puts(&out, end + 1);
            arc_sql_text_reset(sql);
            arc_sql_text_add(sql, out.s, out.len);
            ++*changed;
        }
    }
    int failed = def.failed || out.failed || sql->failed;
    arc_sql_text_clear(&def);
    arc_sql_text_clear(&out);
    return failed ? ARC_E_NOMEM : ARC_OK;
}

/* Runs a statement on (table name, text); the first column of its row, if any, goes into `row`. */
static arc_status on_table(arci_sqlite *be, const char *statement, const arc_table *t, const arc_sql_text *text,
                           arc_sql_text *row)
{
    arci_sqlite_stmt *e;
    arc_value v[2] = { { ARC_V_TEXT, { 0, 0, 0 }, (uint32_t)strlen(t->name), { 0 } },
                       { ARC_V_TEXT, { 0, 0, 0 }, text ? (uint32_t)text->len : 0, { 0 } } };
    v[0].u.s = t->name;
    v[1].u.s = text ? text->s : NULL;
    arc_status st = arci_sqlite_fixed(be, statement, &e);
    if (st != ARC_OK) {
        return st;
    }
    for (uint32_t i = 0; i < (text ? 2u : 1u) && st == ARC_OK; i++) {
        st = arci_sqlite_bind(be, e->s, i, &v[i], NULL, 0, NULL);
    }
    if (st == ARC_OK) {
        arci_sqlite_trace(be, e->s, v, text ? 2 : 1);
        int rc = sqlite3_step(e->s);
        if (rc == SQLITE_ROW && row) {
            arc_sql_text_puts(row, (const char *)sqlite3_column_text(e->s, 0));
        }
        st = rc == SQLITE_ROW || rc == SQLITE_DONE ? ARC_OK : arci_sqlite_fail(be, rc);
    }
    arci_sqlite_release(e);
    return st;
}

static arc_status renew_table(arci_sqlite *be, const arc_table *t, int *changed)
{
    arc_sql_text sql;
    int before = *changed;
    arc_sql_text_init(&sql, be->host);
    arc_status st = on_table(be, "SELECT \"sql\" FROM \"sqlite_schema\" WHERE \"type\" = 'table' AND \"name\" = ?1", t, NULL, &sql);
    st = st == ARC_OK && !sql.s ? ARC_E_NOMEM : st;
    for (uint32_t i = 0; i < t->n_cols && st == ARC_OK; i++) {
        if (t->cols[i].type == ARC_T_CODE) {
            st = renew_column(be, t, &t->cols[i], &sql, changed);
        }
    }
    if (st == ARC_OK && *changed != before) {
        st = on_table(be, "UPDATE \"sqlite_schema\" SET \"sql\" = ?2 WHERE \"type\" = 'table' AND \"name\" = ?1", t, &sql, NULL);
    }
    arc_sql_text_clear(&sql);
    return st;
}

static arc_status renew_all(arci_sqlite *be, int64_t old, int *changed)
{
    arc_status st = arci_sqlite_exec(be, "PRAGMA writable_schema = ON");
    for (uint32_t i = 0; i < be->schema->n_tables && st == ARC_OK; i++) {
        if ((int64_t)be->schema->tables[i].since <= old) {
            st = renew_table(be, &be->schema->tables[i], changed);
        }
    }
    if (st == ARC_OK && *changed) { /* others must read the schema again */
        int64_t cookie = 0;
        int rc = arci_sqlite_run(be, "PRAGMA schema_version", &cookie);
        st = rc == SQLITE_OK ? arci_sqlite_number(be, "PRAGMA schema_version = ", (cookie + 1) & 0x7fffffff)
                             : arci_sqlite_fail(be, rc);
    }
    return st;
}

arc_status arci_sqlite_renew_codes(arci_sqlite *be, int64_t old)
{
    int changed = 0;
    if (sqlite3_db_config(be->db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL) != SQLITE_OK) {
        return ARC_E_INTERNAL;
    }
    arc_status st = renew_all(be, old, &changed);
    arc_status off = arci_sqlite_exec(be, "PRAGMA writable_schema = RESET"); /* off, and our own copy of the schema is read again */
    if (sqlite3_db_config(be->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) != SQLITE_OK) {
        return ARC_E_INTERNAL;
    }
    return st != ARC_OK ? st : off;
}
