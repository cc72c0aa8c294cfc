/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "store/access.h"
#include "store/query.h"
#include "store/record_api.h"

arc_status arc_column_info_init(arc_column_info *info)
{
    static const arc_column_info defaults = ARC_COLUMN_INFO_INIT;
    if (!info) return ARC_E_INVALID;
    memcpy(info, &defaults, sizeof defaults);
    return ARC_OK;
}

static arc_status find(arc_cursor *handle, arci_cursor **out)
{
    void *object;
    arc_status st = arci_handle_get(handle, ARCI_H_CURSOR, &object, NULL);
    if (st == ARC_OK) *out = object;
    return st;
}

/* ---- stepping ------------------------------------------------------------------------------------------------------ */

static int alive(const arci_cursor *c)
{
    return arci_scan_txn(c->scan) != NULL;
}

/* The block as the actor may see it. */
static arc_status show(arci_cursor *c, arc_block *block)
{
    size_t total = (size_t)block->n_rows * block->n_cols;
    arc_status st = ARC_OK;
    arci_arena_reset(&c->shown);
    arc_value *own = arci_arena_alloc(&c->shown, total * sizeof *own);
    if (!own) return arci_nomem(&c->env);
    memcpy(own, block->values, total * sizeof *own);
    for (uint32_t r = 0; r < block->n_rows && st == ARC_OK; r++) {
        st = arci_access_out(&c->env, &c->shown, c->session, c->table, c->cols, c->n_values, own + (size_t)r * block->n_cols);
    }
    block->values = own;
    return st;
}

static arc_status next_block(arci_cursor *c, arc_block *block)
{
    if (c->done) return ARC_DONE;
    if (!alive(c)) return arci_fail(&c->env, ARC_E_TXN, "the cursor's transaction has ended", "游标所属的事务已结束");
    arci_env *kept = c->txn->env;
    c->txn->env = &c->env;
    arc_status st = arci_scan_next(c->scan, block);
    if (st == ARC_OK && c->hides) st = show(c, block);
    c->txn->env = kept;
    if (st != ARC_OK) c->done = 1;
    return st;
}

static arc_status step(arci_cursor *c)
{
    arc_status st = next_block(c, &c->block);
    c->row = NULL;
    if (st != ARC_OK) {
        c->block.n_rows = c->at = 0;
        return st;
    }
    c->row = c->block.values;
    c->at = 1;
    return ARC_OK;
}

arc_status arc_cursor_next(arc_cursor *cursor)
{
    arci_cursor *c;
    arc_status st = find(cursor, &c);
    if (st != ARC_OK) return st;
    /* Within a block nothing but memory is touched: the checks of an entry are left to the next block. */
    if (c->at < c->block.n_rows && alive(c)) {
        c->row = c->block.values + (size_t)c->at++ * c->block.n_cols;
        return ARC_OK;
    }
    st = arci_book_take(c->session->book, &c->env);
    if (st != ARC_OK) return st;
    st = step(c);
    arci_book_give(c->session->book);
    return st;
}

void arc_cursor_free(arc_cursor *cursor)
{
    arci_own_end(cursor, ARCI_H_CURSOR);
}

arc_status arc_cursor_error(arc_cursor *cursor, arc_error *error)
{
    arci_cursor *c;
    arc_status st = find(cursor, &c);
    if (st != ARC_OK) return st;
    if (!error || !error->struct_size) return ARC_E_INVALID;
    return arci_struct_out(error, &c->error, sizeof(arc_error));
}

arc_status arci_cursor_enter(arc_cursor *handle, arci_cursor **out)
{
    arc_status st = find(handle, out);
    return st == ARC_OK ? arci_book_take((*out)->session->book, &(*out)->env) : st;
}

arc_status arci_cursor_block(arci_cursor *c, arc_block *block)
{
    if (c->at < c->block.n_rows && alive(c)) {
        block->values = c->block.values + (size_t)c->at * c->block.n_cols;
        block->n_rows = c->block.n_rows - c->at;
        block->n_cols = c->block.n_cols;
        c->at = c->block.n_rows;
        c->row = NULL;
        return ARC_OK;
    }
    c->row = NULL;
    c->block.n_rows = c->at = 0;
    return next_block(c, block);
}

/* ---- columns ------------------------------------------------------------------------------------------------------- */

arc_status arc_cursor_columns(arc_cursor *cursor, uint32_t *count)
{
    arci_cursor *c;
    arc_status st = find(cursor, &c);
    if (st != ARC_OK) return st;
    if (!count) return arci_fail(&c->env, ARC_E_INVALID, "count is NULL", "count 为 NULL");
    *count = c->n_columns;
    return ARC_OK;
}

static void put_name(arc_column_info *i, const arci_column *m)
{
    static const char *const prefix[] = { "count", "sum_", "min_", "max_" };
    const char *before = m->measure <= ARC_MAX ? prefix[m->measure] : "", *after = m->bucket ? "_bucket" : "";
    const char *parts[3] = { before, m->field ? m->field->name : "", after };
    size_t at = 0;
    for (int k = 0; k < 3; k++) {
        size_t n = strlen(parts[k]);
        if (at + n >= sizeof i->name) n = sizeof i->name - 1 - at;
        memcpy(i->name + at, parts[k], n);
        at += n;
    }
    i->name[at] = 0;
}

uint16_t arci_column_type(const arci_column *m)
{
    return !m->field || m->bucket ? ARC_T_INT : m->field->type;
}

arc_status arc_cursor_column(arc_cursor *cursor, arc_column_info *info, uint32_t column)
{
    arc_column_info i = ARC_COLUMN_INFO_INIT;
    arci_cursor *c;
    arc_status st = find(cursor, &c);
    if (st != ARC_OK) return st;
    if (!info || !info->struct_size || column >= c->n_columns) {
        return arci_fail(&c->env, ARC_E_INVALID, "info is NULL or has no size, or there is no column %u", "info 无效，或没有第 %u 列", column);
    }
    const arci_column *m = &c->columns[column];
    i.field = m->field ? ARCI_PUBLIC_FIELD(c->table->entity->id, m->field->id) : 0;
    i.type = arci_column_type(m);
    i.scale = i.type == ARC_T_DECIMAL ? m->field->size : 0;
    i.measure = m->measure;
    i.bucket = m->bucket;
    put_name(&i, m);
    return arci_struct_out(info, &i, sizeof i);
}

/* ---- values -------------------------------------------------------------------------------------------------------- */

/* The value of a column that must be of one of some types. */
static arc_status value(arc_cursor *cursor, arci_cursor **out, const arc_value **v, uint32_t column, uint32_t types, const void *to)
{
    arci_cursor *c;
    arc_status st = find(cursor, &c);
    if (st != ARC_OK) return st;
    *out = c;
    if (!to || column >= c->n_columns) return arci_fail(&c->env, ARC_E_INVALID, "the output is NULL or there is no column %u", "输出为 NULL，或没有第 %u 列", column);
    if (!(types & 1u << arci_column_type(&c->columns[column]))) {
        return arci_fail(&c->env, ARC_E_INVALID, "column %u is of another type", "第 %u 列类型不符", column);
    }
    if (!c->row || !alive(c)) return arci_fail(&c->env, ARC_E_STATE, "there is no current row", "没有当前行");
    *v = &c->row[column];
    return (*v)->type == ARC_V_NULL ? ARC_E_NOT_FOUND : ARC_OK;
}

#define T(x) (1u << ARC_T_##x)
#define NUMBERS (T(INT) | T(BOOL) | T(ID) | T(DATE) | T(STAMP) | T(MONEY) | T(DECIMAL))
#define TEXTS (T(TEXT) | T(CODE) | T(JSON))

arc_status arc_cursor_is_null(arc_cursor *cursor, int32_t *is_null, uint32_t column)
{
    arci_cursor *c;
    const arc_value *v;
    arc_status st = value(cursor, &c, &v, column, UINT32_MAX, is_null);
    if (st != ARC_OK && st != ARC_E_NOT_FOUND) return st;
    *is_null = st == ARC_E_NOT_FOUND;
    return ARC_OK;
}

arc_status arc_cursor_get_int(arc_cursor *cursor, int64_t *out, uint32_t column)
{
    arci_cursor *c;
    const arc_value *v;
    arc_status st = value(cursor, &c, &v, column, NUMBERS, out);
    if (st == ARC_OK) *out = v->u.i;
    return st;
}

arc_status arc_cursor_get_text(arc_cursor *cursor, const char **text, size_t *length, uint32_t column)
{
    arci_cursor *c;
    const arc_value *v;
    arc_status st = value(cursor, &c, &v, column, TEXTS, text && length ? text : NULL);
    if (st != ARC_OK) return st;
    *text = v->u.s;
    *length = v->len;
    return ARC_OK;
}

arc_status arc_cursor_get_blob(arc_cursor *cursor, const void **bytes, size_t *length, uint32_t column)
{
    arci_cursor *c;
    const arc_value *v;
    arc_status st = value(cursor, &c, &v, column, T(BLOB), bytes && length ? (const void *)bytes : NULL);
    if (st != ARC_OK) return st;
    *bytes = v->u.s;
    *length = v->len;
    return ARC_OK;
}

arc_status arc_cursor_get_date(arc_cursor *cursor, arc_date *date, uint32_t column)
{
    arci_cursor *c;
    const arc_value *v;
    arc_status st = value(cursor, &c, &v, column, T(DATE), date);
    if (st == ARC_OK) *date = (arc_date)v->u.i;
    return st;
}

arc_status arc_cursor_get_stamp(arc_cursor *cursor, arc_stamp *stamp, uint32_t column)
{
    arci_cursor *c;
    const arc_value *v;
    arc_status st = value(cursor, &c, &v, column, T(STAMP), stamp);
    if (st == ARC_OK) *stamp = v->u.i;
    return st;
}

arc_status arc_cursor_get_money(arc_cursor *cursor, arc_money *money, uint32_t column)
{
    arci_cursor *c;
    const arc_value *v;
    arc_status st = value(cursor, &c, &v, column, T(MONEY), money);
    if (st != ARC_OK) return st;
    const arci_column *m = &c->columns[column];
    arc_value fixed = arci_v_text(m->fixed_currency, 3);
    const arc_value *currency = m->currency == ARC_NO_COL ? &fixed : &c->row[m->currency];
    if (currency->type != ARC_V_TEXT || currency->len != 3 || !currency->u.s[0]) return ARC_E_NOT_FOUND;
    memset(money, 0, sizeof *money);
    money->minor = v->u.i;
    memcpy(money->currency, currency->u.s, 3);
    return ARC_OK;
}

arc_status arc_cursor_get_decimal(arc_cursor *cursor, arc_decimal *out, uint32_t column)
{
    arci_cursor *c;
    const arc_value *v;
    arc_status st = value(cursor, &c, &v, column, T(DECIMAL), out);
    if (st != ARC_OK) return st;
    out->mantissa = v->u.i;
    out->scale = (int32_t)c->columns[column].field->size;
    out->reserved = 0;
    return ARC_OK;
}

/* ---- the row as a whole -------------------------------------------------------------------------------------------- */

static arc_status current(arci_cursor *c, const void *out)
{
    if (!out || c->grouped) return arci_fail(&c->env, ARC_E_INVALID, "the output is NULL or the query is grouped", "输出为 NULL，或查询为分组查询");
    if (!c->row || !alive(c)) return arci_fail(&c->env, ARC_E_STATE, "there is no current row", "没有当前行");
    return ARC_OK;
}

static arc_status make_record(arci_cursor *c, arc_record **out)
{
    arci_record_box *box;
    arc_status st = current(c, out);
    if (st == ARC_OK) st = arci_record_box_new(&c->env, c->session, c->table->entity, out, &box);
    if (st != ARC_OK) return st;
    st = arci_record_load(&c->env, box->record, c->cols, c->n_record, c->row);
    if (st == ARC_OK) return ARC_OK;
    arci_own_free(*out, ARCI_H_RECORD);
    *out = NULL;
    return st;
}

arc_status arc_cursor_record(arc_cursor *cursor, arc_record **out)
{
    arci_cursor *c;
    if (out) *out = NULL;
    arc_status st = arci_cursor_enter(cursor, &c);
    if (st != ARC_OK) return st;
    st = make_record(c, out);
    arci_book_give(c->session->book);
    return st;
}

arc_status arc_cursor_token(arc_cursor *cursor, char *buf, size_t *len)
{
    arci_cursor *c;
    arci_str b;
    arc_status st = find(cursor, &c);
    if (st == ARC_OK) st = current(c, len);
    if (st != ARC_OK) return st;
    arci_str_init(&b, c->env.ctx);
    st = arci_token_make(&c->env, c, &b);
    if (st == ARC_OK) {
        st = arci_text_out(buf, len, b.s, b.len);
        if (st == ARC_E_BUFFER) arci_fail(&c->env, st, "the buffer is too short", "缓冲区不足");
    }
    arci_str_clear(&b);
    return st;
}
