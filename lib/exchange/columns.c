/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/columns.h"

#include <stdio.h>
#include <string.h>

/* Number of the out column that stands at a place of the row. */
static uint32_t find_place(const arci_out_columns *out, uint32_t place)
{
    uint32_t i;
    for (i = 0; i < out->n; i++)
        if (out->columns[i].place == place) return i;
    return UINT32_MAX;
}

static uint32_t add_currency(arci_out_columns *out, const arci_cursor *c, uint32_t place)
{
    const arci_field *f = c->cols ? c->table->field_of_col[c->cols[place]] : c->columns[place].field;
    uint32_t at = find_place(out, place);
    arci_out_column *col;
    if (at != UINT32_MAX) return at;
    col = &out->columns[out->n];
    memset(col, 0, sizeof *col);
    col->field = f;
    col->type = ARC_T_TEXT;
    col->place = place;
    col->currency = UINT32_MAX;
    col->measure = UINT32_MAX;
    (void)snprintf(col->name, sizeof col->name, "%s", f->name);
    return out->n++;
}

static void fill(const arci_cursor *c, arci_out_columns *out)
{
    uint32_t i;
    for (i = 0; i < c->n_columns; i++) {
        const arci_column *from = &c->columns[i];
        arci_out_column *col = &out->columns[i];
        col->field = from->field;
        col->place = i;
        col->measure = from->measure;
        col->currency = UINT32_MAX;
        memcpy(col->fixed_currency, from->fixed_currency, sizeof col->fixed_currency);
    }
    for (i = 0; i < c->n_columns; i++) {
        if (out->columns[i].type != ARC_T_MONEY || c->columns[i].currency == ARC_NO_COL) continue;
        out->columns[i].currency = add_currency(out, c, c->columns[i].currency);
    }
}

arc_status arci_query_env(arc_query *query, arci_env *env)
{
    void *object;
    arc_status st = arci_handle_get(query, ARCI_H_QUERY, &object, NULL);
    if (st != ARC_OK) return st;
    *env = ((arci_query *)object)->env;
    if (env->err->status != ARC_OK) arci_error_clear(env->err);
    return ARC_OK;
}

arc_status arci_query_run_out(arc_query *query, arc_cursor **cursor)
{
    void *object;
    arc_status st = arci_handle_get(query, ARCI_H_QUERY, &object, NULL);
    if (st != ARC_OK) return st;
    ((arci_query *)object)->spread = 1;
    st = arc_query_run(query, cursor);
    ((arci_query *)object)->spread = 0;
    return st;
}

arc_status arci_out_columns_make(arci_env *env, arci_arena *arena, arc_cursor *cursor, arci_out_columns *out)
{
    uint32_t n, i;
    arci_cursor *c;
    arc_status st = arc_cursor_columns(cursor, &n);
    if (st != ARC_OK) return st;
    out->columns = arci_arena_calloc(arena, (size_t)n * 2, sizeof *out->columns);
    out->n = n;
    if (!out->columns) return arci_nomem(env);
    for (i = 0; i < n; i++) {
        arc_column_info info = ARC_COLUMN_INFO_INIT;
        st = arc_cursor_column(cursor, &info, i);
        if (st != ARC_OK) return st;
        out->columns[i].type = info.type;
        out->columns[i].scale = info.scale;
        memcpy(out->columns[i].name, info.name, sizeof info.name);
    }
    st = arci_cursor_enter(cursor, &c);
    if (st != ARC_OK) return st;
    fill(c, out);
    return arci_session_leave(c->session, ARC_OK);
}

arc_value arci_out_currency(const arci_out_columns *c, const arci_out_column *col, const arc_value *row)
{
    if (col->fixed_currency[0]) return arci_v_text(col->fixed_currency, 3);
    return col->currency == UINT32_MAX ? arci_v_null() : row[c->columns[col->currency].place];
}

void arci_out_label(const arci_out_column *col, const char *language, char *buf, size_t cap)
{
    static const char *const en[] = { "Count", "Sum: ", "Smallest: ", "Largest: " };
    static const char *const zh[] = { "数量", "合计：", "最小：", "最大：" };
    int chinese = language[0] == 'z';
    const char *measure = col->measure > ARC_MAX ? "" : chinese ? zh[col->measure] : en[col->measure];
    const char *label = !col->field ? "" : chinese ? col->field->label_zh : col->field->label_en;
    (void)snprintf(buf, cap, "%s%s", measure, label);
}
