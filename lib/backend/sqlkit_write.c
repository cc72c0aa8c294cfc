/* SPDX-License-Identifier: Apache-2.0 */
/* INSERT, guarded UPDATE and DELETE, and the question why one of them touched nothing. */
#include <string.h>

#include "backend/sqlkit.h"

enum { SHAPE_WRITE = 0x57, SHAPE_DIAGNOSE = 0x44 };

static int guards_ok(const arc_table *t, const arc_write *w)
{
    if (w->n_guards > 0 && (!w->guards || w->op == ARC_WRITE_INSERT)) {
        return 0;
    }
    for (uint32_t i = 0; i < w->n_guards; i++) {
        const arc_guard *g = &w->guards[i];
        if (g->col >= t->n_cols || g->op < ARC_OP_EQ || g->op > ARC_OP_GE ||
            (g->result != ARC_ROW_STALE && g->result != ARC_ROW_GUARD)) {
            return 0;
        }
    }
    return 1;
}

static int is_key(const arc_table *t, uint16_t col)
{
    for (uint32_t i = 0; i < t->n_key; i++) {
        if (t->key[i] == col) {
            return 1;
        }
    }
    return 0;
}

/* Where the first key column stands among those written; n_cols: nowhere. */
static uint32_t key_position(const arc_table *t, const arc_write *w)
{
    uint32_t i = 0;
    while (i < w->n_cols && w->cols[i] != t->key[0]) {
        i++;
    }
    return i;
}

static int sets_ok(const arc_table *t, const arc_write *w)
{
    for (uint32_t i = 0; i < w->n_cols; i++) {
        for (uint32_t k = 0; k < i; k++) {
            if (w->cols[k] == w->cols[i]) {
                return 0;
            }
        }
        uint8_t set = w->set && w->op != ARC_WRITE_DELETE ? w->set[i] : (uint8_t)ARC_SET, other = w->op == ARC_WRITE_UPDATE ? ARC_ADD : ARC_NEXT;
        if ((w->op == ARC_WRITE_UPDATE && is_key(t, w->cols[i])) || (set != ARC_SET && set != other) ||
            (set != ARC_SET && arci_sqlkit_class(&t->cols[w->cols[i]]) != ARC_V_INT) ||
            (set == ARC_NEXT && (w->n_rows > 1 || key_position(t, w) == w->n_cols))) {
            return 0;
        }
    }
    return 1;
}

static const arc_table *checked(const arc_schema_desc *schema, const arc_write *w)
{
    if (!w || w->struct_size < sizeof *w || w->flags || w->op < ARC_WRITE_INSERT || w->op > ARC_WRITE_DELETE) {
        return NULL;
    }
    const arc_table *t = arci_sqlkit_table(schema, w->table);
    if (!t || !arci_sqlkit_cols_ok(t, w->cols, w->n_cols) || !guards_ok(t, w) || !sets_ok(t, w)) {
        return NULL;
    }
    return (w->op == ARC_WRITE_DELETE) == (w->n_cols == 0) ? t : NULL;
}

const arc_column *arc_sqlkit_write_column(const arc_table *table, const arc_write *write, uint32_t position)
{
    if (write->op != ARC_WRITE_INSERT) {
        if (position < table->n_key) {
            return &table->cols[table->key[position]];
        }
        position -= table->n_key;
    }
    if (position < write->n_cols) {
        return &table->cols[write->cols[position]];
    }
    position -= write->n_cols;
    return position < write->n_guards ? &table->cols[write->guards[position].col] : NULL;
}

static void write_key(arc_sql_text *key, const arc_write *w, uint32_t kind)
{
    arci_sqlkit_key_u32(key, kind | (uint32_t)w->op << 8 | (uint32_t)w->table << 16);
    arci_sqlkit_key_cols(key, w->cols, w->n_cols);
    for (uint32_t i = 0; i < w->n_cols && (w->op == ARC_WRITE_UPDATE || w->set); i++) {
        arc_sql_text_add(key, w->set && w->set[i] ? "+" : "=", 1);
    }
    for (uint32_t i = 0; i < w->n_guards; i++) {
        arci_sqlkit_key_u32(key, (uint32_t)w->guards[i].col << 16 | w->guards[i].op);
    }
}

static void where_key(const arc_sql_dialect *d, arc_sql_text *out, const arc_table *t)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < t->n_key; i++) {
        const arc_column *c = &t->cols[t->key[i]];
        arci_sqlkit_and(out, &n);
        arc_sql_name(out, c->name);
        arc_sql_text_puts(out, " = ");
        arci_sqlkit_param(d, out, c, i + 1);
    }
}

static void next_text(const arc_sql_dialect *d, arc_sql_text *out, const arc_table *t, const arc_write *w, uint32_t i)
{
    const arc_column *c = &t->cols[w->cols[i]], *first = &t->cols[t->key[0]];
    arc_sql_text_puts(out, "(SELECT coalesce(max(");
    arc_sql_name(out, c->name);
    arc_sql_text_puts(out, "), 0) + ");
    arci_sqlkit_param(d, out, c, i + 1);
    arc_sql_text_puts(out, " FROM ");
    arc_sql_name(out, t->name);
    arc_sql_text_puts(out, " WHERE ");
    arc_sql_name(out, first->name);
    arc_sql_text_puts(out, " = ");
    arci_sqlkit_param(d, out, first, key_position(t, w) + 1);
    arc_sql_text_puts(out, ")");
}

static void insert_text(const arc_sql_dialect *d, arc_sql_text *out, const arc_table *t, const arc_write *w)
{
    arc_sql_text_puts(out, "INSERT INTO ");
    arc_sql_name(out, t->name);
    arc_sql_text_puts(out, " (");
    for (uint32_t i = 0; i < w->n_cols; i++) {
        arc_sql_text_puts(out, i ? ", " : "");
        arc_sql_name(out, t->cols[w->cols[i]].name);
    }
    arc_sql_text_puts(out, ") VALUES (");
    for (uint32_t i = 0; i < w->n_cols; i++) {
        arc_sql_text_puts(out, i ? ", " : "");
        if (w->set && w->set[i] == ARC_NEXT) {
            next_text(d, out, t, w, i);
        } else {
            arci_sqlkit_param(d, out, &t->cols[w->cols[i]], i + 1);
        }
    }
    arc_sql_text_puts(out, ")");
}

static void update_text(const arc_sql_dialect *d, arc_sql_text *out, const arc_table *t, const arc_write *w)
{
    arc_sql_text_puts(out, "UPDATE ");
    arc_sql_name(out, t->name);
    arc_sql_text_puts(out, " SET ");
    for (uint32_t i = 0; i < w->n_cols; i++) {
        const arc_column *c = &t->cols[w->cols[i]];
        arc_sql_text_puts(out, i ? ", " : "");
        arc_sql_name(out, c->name);
        arc_sql_text_puts(out, " = ");
        if (!w->set || w->set[i] == ARC_SET) {
            arci_sqlkit_param(d, out, c, t->n_key + i + 1);
        } else if (d->add) {
            d->add(out, c, t->n_key + i + 1);
        } else {
            arc_sql_name(out, c->name);
            arc_sql_text_puts(out, " + ");
            arci_sqlkit_param(d, out, c, t->n_key + i + 1);
        }
    }
}

arc_status arc_sqlkit_write(const arc_sql_dialect *dialect, const arc_schema_desc *schema, const arc_write *write,
                            uint32_t what, arc_sql_stmt *stmt)
{
    const arc_table *t = checked(schema, write);
    if (!t) {
        return ARC_E_INVALID;
    }
    arci_sqlkit_start(stmt);
    write_key(arci_sqlkit_key(stmt, what), write, SHAPE_WRITE);
    arc_sql_text *out = arci_sqlkit_text(stmt, what);
    if (!out) {
        return arci_sqlkit_end(stmt);
    }
    if (write->op == ARC_WRITE_INSERT) {
        insert_text(dialect, out, t, write);
        return arci_sqlkit_end(stmt);
    }
    if (write->op == ARC_WRITE_UPDATE) {
        update_text(dialect, out, t, write);
    } else {
        arc_sql_text_puts(out, "DELETE FROM ");
        arc_sql_name(out, t->name);
    }
    where_key(dialect, out, t);
    for (uint32_t i = 0; i < write->n_guards; i++) {
        const arc_guard *g = &write->guards[i];
        arc_sql_text_puts(out, " AND ");
        arci_sqlkit_compare(dialect, out, &t->cols[g->col], g->op, t->n_key + write->n_cols + i + 1);
    }
    return arci_sqlkit_end(stmt);
}

arc_status arc_sqlkit_diagnose(const arc_sql_dialect *dialect, const arc_schema_desc *schema, const arc_write *write,
                               uint32_t what, arc_sql_stmt *stmt)
{
    const arc_table *t = checked(schema, write);
    if (!t || write->op == ARC_WRITE_INSERT) {
        return ARC_E_INVALID;
    }
    arci_sqlkit_start(stmt);
    write_key(arci_sqlkit_key(stmt, what), write, SHAPE_DIAGNOSE);
    arc_sql_text *out = arci_sqlkit_text(stmt, what);
    arc_sql_text_puts(out, "SELECT 1");
    for (uint32_t i = 0; i < write->n_guards; i++) {
        const arc_guard *g = &write->guards[i];
        arc_sql_text_puts(out, ", CASE WHEN ");
        arci_sqlkit_compare(dialect, out, &t->cols[g->col], g->op, t->n_key + i + 1);
        arc_sql_text_puts(out, " THEN 1 ELSE 0 END");
    }
    arc_sql_text_puts(out, " FROM ");
    if (out) {
        arc_sql_name(out, t->name);
        where_key(dialect, out, t);
    }
    return arci_sqlkit_end(stmt);
}
