/* SPDX-License-Identifier: Apache-2.0 */
/* Rows by key, grouped questions, and how the server would answer one. */
#include <string.h>

#include "backend/postgresql_cursor.h"
#include "backend/sqlkit.h"
#include "base/str.h"

/* A statement whose whole answer becomes a cursor of rows. be->params are its parameters. */
static arc_status answer(arci_pg *be, arci_pg_stmt *stmt, uint32_t n_cols, void **cursor)
{
    arci_pg_cursor *c;
    arc_status st = arci_pg_cursor_new(be, n_cols, &c);
    st = st == ARC_OK ? arci_pg_ask(be, c, stmt) : st;
    if (st == ARC_OK) {
        *cursor = c;
    } else if (c) {
        arci_pg_cursor_end(c);
    }
    return st;
}

/* ---- rows by key: the keys travel as one array a key column ---- */

static void many_text(arc_sql_text *sql, const arc_table *t, const uint16_t *cols, uint32_t n_cols)
{
    for (uint32_t i = 0; i < n_cols; i++) {
        arc_sql_text_puts(sql, i ? ", t." : "SELECT t.");
        arc_sql_name(sql, t->cols[cols[i]].name);
    }
    for (uint32_t i = 0; i < t->n_key; i++) {
        arc_sql_text_puts(sql, i ? ", $" : " FROM unnest($");
        arc_sql_text_int(sql, (int64_t)i + 1);
    }
    for (uint32_t i = 0; i < t->n_key; i++) {
        arc_sql_text_puts(sql, i ? ", k" : ") WITH ORDINALITY AS k(k");
        arc_sql_text_int(sql, i);
    }
    arc_sql_text_puts(sql, ", n) JOIN ");
    arc_sql_name(sql, t->name);
    for (uint32_t i = 0; i < t->n_key; i++) {
        arc_sql_text_puts(sql, i ? " AND t." : " AS t ON t.");
        arc_sql_name(sql, t->cols[t->key[i]].name);
        arc_sql_text_puts(sql, " = k.k");
        arc_sql_text_int(sql, i);
    }
    arc_sql_text_puts(sql, " ORDER BY k.n");
}

static arc_status many_stmt(arci_pg *be, uint16_t table, const uint16_t *cols, uint32_t n_cols, arci_pg_stmt **out)
{
    const arc_table *t = &be->schema->tables[table];
    arc_sql_text *key = &be->build.key;
    arc_sql_text_reset(key);
    arc_sql_text_puts(key, "K");
    arc_sql_text_add(key, &table, sizeof table);
    arc_sql_text_add(key, cols, n_cols * sizeof *cols);
    arc_sql_text_reset(&be->sql);
    many_text(&be->sql, t, cols, n_cols);
    if (key->failed || be->sql.failed) {
        return ARC_E_NOMEM;
    }
    arc_status st = arci_pg_cached(be, out);
    st = *out || st != ARC_OK ? st : arci_pg_params_room(be, t->n_key);
    for (uint32_t i = 0; i < t->n_key && !*out && st == ARC_OK; i++) {
        be->params.types[i] = arci_pg_array_type(arci_pg_type(&t->cols[t->key[i]]));
    }
    return *out || st != ARC_OK ? st : arci_pg_prepare(be, be->sql.s, t->n_key, out);
}

arc_status arci_pg_get_many(void *txn, uint16_t table, const uint16_t *cols, uint32_t n_cols, const arc_value *keys,
                            uint32_t n_keys, void **cursor)
{
    arci_pg *be = txn;
    arci_pg_stmt *stmt = NULL;
    arc_status st = arci_pg_enter(be, 0);
    if (st != ARC_OK) {
        return st;
    }
    const arc_table *t = arci_sqlkit_table(be->schema, table);
    if (!t || n_cols == 0 || !cursor || (n_keys && !keys) || !arci_sqlkit_cols_ok(t, cols, n_cols)) {
        return arci_pg_doom(be, arci_pg_error(be, ARC_E_INVALID, "a question by key that breaks the contract"));
    }
    *cursor = NULL;
    st = many_stmt(be, table, cols, n_cols, &stmt);
    st = st == ARC_OK ? arci_pg_arrays(be, t, t->key, t->n_key, keys, n_keys) : st;
    return arci_pg_doom(be, st == ARC_OK ? answer(be, stmt, n_cols, cursor) : st);
}

/* ---- aggregates ---- */

/* A sum of bigint is numeric: back to bigint around the grouped SELECT, which refuses what does not fit. */
static arc_status wrap(arci_pg *be, const arc_aggregate *a)
{
    arc_sql_text *sql = &be->sql;
    uint32_t n = a->n_groups + a->n_measures;
    arc_sql_text_reset(sql);
    for (uint32_t i = 0; i < n; i++) {
        arc_sql_text_puts(sql, i ? ", a" : "SELECT a");
        arc_sql_text_int(sql, i);
        if (i >= a->n_groups && a->measures[i - a->n_groups].kind == ARC_MEASURE_SUM) {
            arc_sql_text_puts(sql, "::bigint");
        }
    }
    arc_sql_text_puts(sql, " FROM (");
    arc_sql_text_puts(sql, be->build.text.s);
    arc_sql_text_puts(sql, ") AS q(");
    for (uint32_t i = 0; i < n; i++) {
        arc_sql_text_puts(sql, i ? ", a" : "a");
        arc_sql_text_int(sql, i);
    }
    arc_sql_text_puts(sql, ")");
    for (uint32_t i = 0; i < a->n_groups; i++) {
        arc_sql_text_puts(sql, i ? ", " : " ORDER BY ");
        arc_sql_text_int(sql, (int64_t)i + 1);
        arc_sql_text_puts(sql, " NULLS FIRST");
    }
    return sql->failed ? ARC_E_NOMEM : ARC_OK;
}

/* What the server has no word for, though the contract has: the core computes it. */
static int has_words(const arci_pg *be, const arc_aggregate *a)
{
    const arc_table *t = arci_sqlkit_table(be->schema, a->table);
    for (uint32_t i = 0; t && a->conds && i < a->n_conds; i++) {
        if (!arc_sqlkit_accepts(&arci_pg_dialect, t, &a->conds[i])) {
            return 0;
        }
    }
    for (uint32_t i = 0; t && a->measures && i < a->n_measures; i++) {
        const arc_measure *m = &a->measures[i];
        if (m->kind >= ARC_MEASURE_MIN && m->col < t->n_cols && t->cols[m->col].type == ARC_T_BLOB) {
            return 0;
        }
    }
    return 1;
}

/* Groups by days or amounts are of reports, which read much of a table: worth a plan made for what is asked. One for any values takes few rows for
 * granted where a column has only one value so far, and sorts what should be hashed. */
static int worth_planning(const arc_aggregate *a)
{
    uint32_t i = 0;
    while (i < a->n_groups && a->groups[i].kind != ARC_GROUP_BUCKET) {
        i++;
    }
    return i < a->n_groups;
}

arc_status arci_pg_aggregate(void *txn, arc_aggregate *aggregate)
{
    arci_pg *be = txn;
    arci_pg_stmt *stmt = NULL;
    arc_status st = arci_pg_enter(be, 0);
    if (st != ARC_OK) {
        return st;
    }
    if (aggregate && aggregate->struct_size >= sizeof *aggregate && !has_words(be, aggregate)) {
        return ARC_E_UNSUPPORTED;
    }
    st = arc_sqlkit_aggregate(&arci_pg_dialect, be->schema, aggregate, ARC_SQL_KEY, &be->build);
    if (st != ARC_OK) {
        return arci_pg_doom(be, st == ARC_E_INVALID ? arci_pg_error(be, st, "an aggregate that breaks the contract") : st);
    }
    st = arci_pg_cached(be, &stmt);
    if (!stmt && st == ARC_OK) {
        st = arc_sqlkit_aggregate(&arci_pg_dialect, be->schema, aggregate, ARC_SQL_KEY | ARC_SQL_TEXT, &be->build);
        st = st == ARC_OK ? wrap(be, aggregate) : st;
        st = st == ARC_OK ? arci_pg_stmt_for(be, be->sql.s, &stmt) : st;
    }
    st = st == ARC_OK ? arci_pg_params_build(be) : st;
    if (st == ARC_OK) {
        stmt->anew = (uint32_t)worth_planning(aggregate);
    }
    st = st == ARC_OK ? answer(be, stmt, aggregate->n_groups + aggregate->n_measures, &aggregate->cursor) : st;
    return arci_pg_doom(be, st);
}

/* ---- explain ---- */

arc_status arci_pg_explain(void *txn, const arc_fetch *fetch, char *buf, size_t *len)
{
    arci_pg *be = txn;
    PGresult *res = NULL;
    arc_status st = arci_pg_enter(be, 0);
    if (st != ARC_OK || !len) {
        return st != ARC_OK ? st : ARC_E_INVALID;
    }
    st = arc_sqlkit_fetch(&arci_pg_dialect, be->schema, fetch, ARC_SQL_KEY | ARC_SQL_TEXT, &be->build);
    if (st != ARC_OK) {
        return st;
    }
    arc_sql_text_reset(&be->sql);
    arc_sql_text_puts(&be->sql, "EXPLAIN ");
    arc_sql_text_puts(&be->sql, be->build.text.s);
    st = be->sql.failed ? ARC_E_NOMEM : arci_pg_params_build(be);
    st = st == ARC_OK ? arci_pg_run(be, be->sql.s, be->build.n_params, &res) : st;
    if (st != ARC_OK) {
        return arci_pg_doom(be, st);
    }
    arc_sql_text_reset(&be->sql);
    for (int i = 0; i < PQntuples(res); i++) {
        arc_sql_text_puts(&be->sql, i ? "\n" : "");
        arc_sql_text_add(&be->sql, PQgetvalue(res, i, 0), (size_t)PQgetlength(res, i, 0));
    }
    PQclear(res);
    return be->sql.failed ? ARC_E_NOMEM : arci_text_out(buf, len, be->sql.len ? be->sql.s : "", be->sql.len);
}
