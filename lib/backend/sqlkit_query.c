/* SPDX-License-Identifier: Apache-2.0 */
/* Questions: SELECT with conditions, order, keyset and limit; by key; grouped. */
#include "backend/sqlkit.h"

enum { SHAPE_FETCH = 0x46, SHAPE_GET = 0x47, SHAPE_AGGREGATE = 0x41 };

/* ---- plan ---- */

void arc_sqlkit_plan(const arc_sql_dialect *dialect, const arc_schema_desc *schema, arc_fetch *fetch)
{
    const arc_table *t = arci_sqlkit_table(schema, fetch->table);
    uint32_t accepted = 0;
    fetch->planned = 0;
    if (!t) {
        return;
    }
    for (uint32_t i = 0; i < fetch->n_conds; i++) {
        fetch->conds[i].accepted = arc_sqlkit_accepts(dialect, t, &fetch->conds[i]) ? 1 : 0;
        accepted += fetch->conds[i].accepted;
    }
    fetch->planned = ARC_PLAN_ORDER;
    if (accepted == fetch->n_conds) {
        fetch->planned |= ARC_PLAN_LIMIT;
    }
}

/* ---- keyset ---- */

static int value_fits(const arc_column *c, const arc_value *v)
{
    int cls = arci_sqlkit_class(c);
    return v->type == ARC_V_NULL || v->type == (cls == 16 ? ARC_V_INT : cls);
}

static int order_ok(const arc_table *t, const arc_fetch *f)
{
    if (f->n_order > 64 || (f->n_order && !f->order) || (f->after && !f->n_order)) {
        return 0;
    }
    for (uint32_t i = 0; i < f->n_order; i++) {
        if (f->order[i].col >= t->n_cols || f->order[i].descending > 1 ||
            (f->after && !value_fits(&t->cols[f->order[i].col], &f->after[i]))) {
            return 0;
        }
    }
    return 1;
}

/* (a, b) > (x, y): one direction, nothing NULL. */
static int row_value(const arc_sql_dialect *d, const arc_table *t, const arc_fetch *f)
{
    if (!(d->flags & ARC_SQL_ROW_VALUES)) {
        return 0;
    }
    for (uint32_t i = 0; i < f->n_order; i++) {
        if (f->after[i].type == ARC_V_NULL || !(t->cols[f->order[i].col].flags & ARC_COL_REQUIRED) ||
            f->order[i].descending != f->order[0].descending) {
            return 0;
        }
    }
    return 1;
}

static void after_row_value(const arc_sql_dialect *d, arc_sql_stmt *stmt, arc_sql_text *out, const arc_table *t,
                            const arc_fetch *f)
{
    arc_sql_text_puts(out, "(");
    for (uint32_t i = 0; i < f->n_order; i++) {
        arc_sql_text_puts(out, i ? ", " : "");
        arc_sql_name(out, t->cols[f->order[i].col].name);
    }
    arc_sql_text_puts(out, f->order[0].descending ? ") < (" : ") > (");
    for (uint32_t i = 0; i < f->n_order; i++) {
        const arc_column *c = &t->cols[f->order[i].col];
        arc_sql_text_puts(out, i ? ", " : "");
        arci_sqlkit_param(d, out, c, arci_sqlkit_bind(stmt, &f->after[i], c));
    }
    arc_sql_text_puts(out, ")");
}

/* Strictly behind v in one column; NULL is smallest. `n` is the parameter of v. */
static void behind(const arc_sql_dialect *d, arc_sql_text *out, const arc_column *c, int descending, int is_null,
                   uint32_t n)
{
    if (is_null) {
        arc_sql_text_puts(out, descending ? "1 = 0" : "");
        if (!descending) {
            arc_sql_name(out, c->name);
            arc_sql_text_puts(out, " IS NOT NULL");
        }
        return;
    }
    arc_sql_text_puts(out, "(");
    arci_sqlkit_compare(d, out, c, descending ? ARC_OP_LT : ARC_OP_GT, n);
    if (descending && !(c->flags & ARC_COL_REQUIRED)) {
        arc_sql_text_puts(out, " OR ");
        arc_sql_name(out, c->name);
        arc_sql_text_puts(out, " IS NULL");
    }
    arc_sql_text_puts(out, ")");
}

/* behind(a) OR (a same AND (behind(b) OR (b same AND ...))) */
static void after_expanded(const arc_sql_dialect *d, arc_sql_stmt *stmt, arc_sql_text *out, const arc_table *t,
                           const arc_fetch *f)
{
    for (uint32_t i = 0; i < f->n_order; i++) {
        const arc_column *c = &t->cols[f->order[i].col];
        int is_null = f->after[i].type == ARC_V_NULL;
        uint32_t n = is_null ? 0 : arci_sqlkit_bind(stmt, &f->after[i], c);
        arc_sql_text_puts(out, "(");
        behind(d, out, c, f->order[i].descending, is_null, n);
        if (i + 1 == f->n_order) {
            break;
        }
        arc_sql_text_puts(out, " OR (");
        if (is_null) {
            arc_sql_name(out, c->name);
            arc_sql_text_puts(out, " IS NULL");
        } else {
            arci_sqlkit_compare(d, out, c, ARC_OP_EQ, n);
        }
        arc_sql_text_puts(out, " AND ");
    }
    for (uint32_t i = 0; i < f->n_order; i++) {
        arc_sql_text_puts(out, i ? "))" : ")");
    }
}

static void after_text(const arc_sql_dialect *d, arc_sql_stmt *stmt, uint32_t what, const arc_table *t,
                       const arc_fetch *f)
{
    arc_sql_text *key = arci_sqlkit_key(stmt, what), *out = arci_sqlkit_text(stmt, what);
    for (uint32_t i = 0; i < f->n_order; i++) {
        arc_sql_text_add(key, f->after[i].type == ARC_V_NULL ? "n" : "v", 1);
    }
    if (row_value(d, t, f)) {
        after_row_value(d, stmt, out, t, f);
    } else {
        after_expanded(d, stmt, out, t, f);
    }
}

/* Where a column is never NULL the words are left out: with them PostgreSQL does not see that an index has the order. */
static void order_text(const arc_sql_dialect *d, arc_sql_text *out, const arc_table *t, const arc_fetch *f)
{
    for (uint32_t i = 0; i < f->n_order; i++) {
        const arc_column *c = &t->cols[f->order[i].col];
        int words = (d->flags & ARC_SQL_NULLS_WORDS) && !(c->flags & ARC_COL_REQUIRED);
        arc_sql_text_puts(out, i ? ", " : " ORDER BY ");
        arc_sql_name(out, c->name);
        if (f->order[i].descending) {
            arc_sql_text_puts(out, words ? " DESC NULLS LAST" : " DESC");
        } else if (words) {
            arc_sql_text_puts(out, " ASC NULLS FIRST");
        }
    }
}

/* ---- fetch ---- */

static int conds_ok(const arc_sql_dialect *d, const arc_table *t, const arc_cond *conds, uint32_t n)
{
    if (n && !conds) {
        return 0;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (!arc_sqlkit_accepts(d, t, &conds[i])) {
            return 0;
        }
    }
    return 1;
}

static void conds_text(const arc_sql_dialect *d, arc_sql_stmt *stmt, uint32_t what, const arc_table *t,
                       const arc_cond *conds, uint32_t n, uint32_t *wheres)
{
    arci_sqlkit_key_u32(arci_sqlkit_key(stmt, what), n);
    for (uint32_t i = 0; i < n; i++) {
        arci_sqlkit_and(arci_sqlkit_text(stmt, what), wheres);
        arci_sqlkit_cond(d, stmt, what, t, conds, n, i);
    }
}

arc_status arc_sqlkit_fetch(const arc_sql_dialect *dialect, const arc_schema_desc *schema, const arc_fetch *fetch,
                            uint32_t what, arc_sql_stmt *stmt)
{
    const arc_table *t = fetch && fetch->struct_size >= sizeof *fetch ? arci_sqlkit_table(schema, fetch->table) : NULL;
    if (!t || fetch->flags || fetch->n_cols == 0 || fetch->limit < 0 ||
        !arci_sqlkit_cols_ok(t, fetch->cols, fetch->n_cols) || !order_ok(t, fetch) ||
        !conds_ok(dialect, t, fetch->conds, fetch->n_conds)) {
        return ARC_E_INVALID;
    }
    arci_sqlkit_start(stmt);
    arc_sql_text *key = arci_sqlkit_key(stmt, what), *out = arci_sqlkit_text(stmt, what);
    uint32_t wheres = 0;
    arci_sqlkit_key_u32(key, SHAPE_FETCH | (fetch->limit ? 256u : 0u) | (fetch->after ? 512u : 0u) |
                                 (uint32_t)fetch->table << 16);
    arci_sqlkit_key_cols(key, fetch->cols, fetch->n_cols);
    arci_sqlkit_key_u32(key, fetch->n_order);
    for (uint32_t i = 0; i < fetch->n_order; i++) {
        arci_sqlkit_key_u32(key, (uint32_t)fetch->order[i].descending << 16 | fetch->order[i].col);
    }
    arci_sqlkit_select(dialect, out, t, fetch->cols, fetch->n_cols);
    conds_text(dialect, stmt, what, t, fetch->conds, fetch->n_conds, &wheres);
    if (fetch->after) {
        arci_sqlkit_and(out, &wheres);
        after_text(dialect, stmt, what, t, fetch);
    }
    order_text(dialect, out, t, fetch);
    if (fetch->limit) {
        arc_value v = { ARC_V_INT, { 0, 0, 0 }, 0, { fetch->limit } };
        arc_sql_text_puts(out, " LIMIT ");
        arci_sqlkit_param(dialect, out, NULL, arci_sqlkit_bind(stmt, &v, NULL));
    }
    return arci_sqlkit_end(stmt);
}

arc_status arc_sqlkit_get(const arc_sql_dialect *dialect, const arc_schema_desc *schema, uint16_t table,
                          const uint16_t *cols, uint32_t n_cols, uint32_t what, arc_sql_stmt *stmt)
{
    const arc_table *t = arci_sqlkit_table(schema, table);
    if (!t || n_cols == 0 || !arci_sqlkit_cols_ok(t, cols, n_cols)) {
        return ARC_E_INVALID;
    }
    arci_sqlkit_start(stmt);
    arc_sql_text *key = arci_sqlkit_key(stmt, what), *out = arci_sqlkit_text(stmt, what);
    uint32_t wheres = 0;
    arci_sqlkit_key_u32(key, SHAPE_GET | (uint32_t)table << 16);
    arci_sqlkit_key_cols(key, cols, n_cols);
    arci_sqlkit_select(dialect, out, t, cols, n_cols);
    for (uint32_t i = 0; i < t->n_key; i++) {
        const arc_column *c = &t->cols[t->key[i]];
        arci_sqlkit_and(out, &wheres);
        arci_sqlkit_compare(dialect, out, c, ARC_OP_EQ, i + 1);
    }
    return arci_sqlkit_end(stmt);
}

/* ---- aggregate ---- */

static int aggregate_ok(const arc_table *t, const arc_aggregate *a)
{
    if (a->n_groups > 16 || a->n_measures > 64 || (a->n_groups && !a->groups) || (a->n_measures && !a->measures)) {
        return 0;
    }
    for (uint32_t i = 0; i < a->n_groups; i++) {
        const arc_group *g = &a->groups[i];
        if (g->col >= t->n_cols || g->kind > ARC_GROUP_BUCKET) {
            return 0;
        }
        int cls = arci_sqlkit_class(&t->cols[g->col]);
        if (g->kind == ARC_GROUP_BUCKET && ((g->n_edges && !g->edges) || cls == ARC_V_TEXT || cls == ARC_V_BLOB)) {
            return 0;
        }
    }
    for (uint32_t i = 0; i < a->n_measures; i++) {
        const arc_measure *m = &a->measures[i];
        if (m->kind > ARC_MEASURE_MAX || (m->kind != ARC_MEASURE_COUNT && m->col >= t->n_cols) ||
            (m->kind == ARC_MEASURE_SUM && arci_sqlkit_class(&t->cols[m->col]) != ARC_V_INT)) {
            return 0;
        }
    }
    return a->n_groups + a->n_measures > 0;
}

static void group_text(const arc_sql_dialect *d, arc_sql_stmt *stmt, arc_sql_text *out, const arc_table *t,
                       const arc_group *g)
{
    const arc_column *c = &t->cols[g->col];
    if (g->kind == ARC_GROUP_VALUE) {
        arci_sqlkit_read(d, out, c);
        return;
    }
    arc_sql_text_puts(out, "CASE WHEN ");
    arc_sql_name(out, c->name);
    arc_sql_text_puts(out, " IS NULL THEN NULL");
    for (uint32_t i = g->n_edges; i-- > 0;) { /* from the last edge down: the first that fits tells the number */
        arc_value v = { ARC_V_INT, { 0, 0, 0 }, 0, { g->edges[i] } };
        arc_sql_text_puts(out, " WHEN ");
        arci_sqlkit_compare(d, out, c, ARC_OP_GE, arci_sqlkit_bind(stmt, &v, c));
        arc_sql_text_puts(out, " THEN ");
        arc_sql_text_int(out, (int64_t)i + 1);
    }
    arc_sql_text_puts(out, " ELSE 0 END");
}

static void measure_text(const arc_sql_dialect *d, arc_sql_text *out, const arc_table *t, const arc_measure *m)
{
    static const char *const words[] = { "count(*)", "sum(", "min(", "max(" };
    arc_sql_text_puts(out, words[m->kind]);
    if (m->kind != ARC_MEASURE_COUNT) {
        arci_sqlkit_read(d, out, &t->cols[m->col]);
        arc_sql_text_puts(out, ")");
    }
}

static void positions(arc_sql_text *out, const char *words, uint32_t n, const char *after)
{
    for (uint32_t i = 0; i < n; i++) {
        arc_sql_text_puts(out, i ? ", " : words);
        arc_sql_text_int(out, (int64_t)i + 1);
        arc_sql_text_puts(out, after);
    }
}

arc_status arc_sqlkit_aggregate(const arc_sql_dialect *dialect, const arc_schema_desc *schema,
                                const arc_aggregate *aggregate, uint32_t what, arc_sql_stmt *stmt)
{
    const arc_aggregate *a = aggregate;
    const arc_table *t = a && a->struct_size >= sizeof *a ? arci_sqlkit_table(schema, a->table) : NULL;
    if (!t || !aggregate_ok(t, a) || !conds_ok(dialect, t, a->conds, a->n_conds)) {
        return ARC_E_INVALID;
    }
    arci_sqlkit_start(stmt);
    arc_sql_text *key = arci_sqlkit_key(stmt, what), *out = arci_sqlkit_text(stmt, what);
    uint32_t wheres = 0;
    arci_sqlkit_key_u32(key, SHAPE_AGGREGATE | (uint32_t)a->table << 16);
    arci_sqlkit_key_u32(key, a->n_groups << 16 | a->n_measures);
    arc_sql_text_puts(out, "SELECT ");
    for (uint32_t i = 0; i < a->n_groups; i++) {
        arci_sqlkit_key_u32(key, (uint32_t)a->groups[i].kind << 16 | a->groups[i].col);
        arci_sqlkit_key_u32(key, a->groups[i].n_edges);
        arc_sql_text_puts(out, i ? ", " : "");
        group_text(dialect, stmt, out, t, &a->groups[i]);
    }
    for (uint32_t i = 0; i < a->n_measures; i++) {
        arci_sqlkit_key_u32(key, (uint32_t)a->measures[i].kind << 16 | a->measures[i].col);
        arc_sql_text_puts(out, i || a->n_groups ? ", " : "");
        measure_text(dialect, out, t, &a->measures[i]);
    }
    arc_sql_text_puts(out, " FROM ");
    arc_sql_name(out, t->name);
    conds_text(dialect, stmt, what, t, a->conds, a->n_conds, &wheres);
    positions(out, " GROUP BY ", a->n_groups, "");
    positions(out, " ORDER BY ", a->n_groups, dialect->flags & ARC_SQL_NULLS_WORDS ? " NULLS FIRST" : "");
    return arci_sqlkit_end(stmt);
}
