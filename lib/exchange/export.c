/* SPDX-License-Identifier: Apache-2.0 */
#include "arcore/exchange.h"

#include <string.h>

#include "base/json_text.h"
#include "exchange/columns.h"
#include "model/record.h"

enum { FLUSH_BYTES = 65536, NULL_TEXT_MAX = 32 };

#define EXPORT_FLAGS (ARC_EXPORT_BOM | ARC_EXPORT_LF | ARC_EXPORT_NO_HEADER | ARC_EXPORT_RAW | ARC_EXPORT_QUOTE_ALL)

typedef struct exporter {
    arci_env *env;
    arc_export_options o;
    arci_out_columns columns;
    arci_arena arena;
    arci_str b;    /* not written yet */
    arci_str cell; /* the cell under way */
    arc_write_fn write;
    void *user;
    int64_t rows;
    int32_t cancelled;
} exporter;

arc_status arc_export_options_init(arc_export_options *options)
{
    static const arc_export_options defaults = ARC_EXPORT_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = defaults;
    return ARC_OK;
}

/* ---- CSV ---------------------------------------------------------------------------------------------------------- */

static int needs_quotes(const exporter *x, const char *s, size_t n)
{
    size_t i;
    if (n == 0) return x->o.null_text[0] == 0;
    for (i = 0; i < n; i++)
        if (s[i] == x->o.delimiter || s[i] == '"' || s[i] == '\n' || s[i] == '\r') return 1;
    /* what would be taken for NULL, blanks that some readers drop, and a BOM at the very start */
    return n == strlen(x->o.null_text) ? memcmp(s, x->o.null_text, n) == 0
                                       : s[0] == ' ' || s[n - 1] == ' ' || (unsigned char)s[0] == 0xEF;
}

static void put_quoted(arci_str *b, const char *s, size_t n)
{
    size_t i, from = 0;
    arci_str_putc(b, '"');
    for (i = 0; i < n; i++) {
        if (s[i] != '"') continue;
        arci_str_add(b, s + from, i + 1 - from);
        from = i;
    }
    arci_str_add(b, s + from, n - from);
    arci_str_putc(b, '"');
}

static void put_csv(exporter *x, const char *s, size_t n)
{
    if ((x->o.flags & ARC_EXPORT_QUOTE_ALL) || needs_quotes(x, s, n))
        put_quoted(&x->b, s, n);
    else
        arci_str_add(&x->b, s, n);
}

static void put_line_end(exporter *x)
{
    arci_str_puts(&x->b, x->o.flags & ARC_EXPORT_LF ? "\n" : "\r\n");
}

/* A spreadsheet runs what looks like a formula; numbers, amounts and dates are ours and cannot be one. */
static int looks_like_formula(const exporter *x, const arci_out_column *col)
{
    const char *s = x->cell.s;
    int text = col->type == ARC_T_TEXT || col->type == ARC_T_CODE || col->type == ARC_T_JSON;
    return text && !(x->o.flags & ARC_EXPORT_RAW) && x->cell.len > 0 && strchr("=+-@\t\r", s[0]) != NULL;
}

static void put_header(exporter *x)
{
    uint32_t i;
    char label[160];
    if (x->o.flags & ARC_EXPORT_BOM) arci_str_puts(&x->b, "\xEF\xBB\xBF");
    if (x->o.flags & ARC_EXPORT_NO_HEADER) return;
    for (i = 0; i < x->columns.n; i++) {
        const char *text = x->columns.columns[i].name;
        if (i) arci_str_putc(&x->b, (char)x->o.delimiter);
        if (x->o.language) {
            arci_out_label(&x->columns.columns[i], x->o.language, label, sizeof label);
            text = label;
        }
        put_csv(x, text, strlen(text));
    }
    put_line_end(x);
}

static arc_status cell_text(exporter *x, const arci_out_column *col, const arc_value *row)
{
    static const arci_field count = { 0, ARC_T_INT, 0, 0, "count", NULL, "", "", "", 1 };
    arc_value currency = arci_out_currency(&x->columns, col, row);
    arci_field f = col->field ? *col->field : count;
    f.type = (uint8_t)col->type; /* a bucket of dates is a number */
    arci_str_reset(&x->cell);
    arci_str_puts(&x->cell, "");
    return arci_value_text(x->env, &x->cell, &f, &row[col->place], &currency);
}

static arc_status csv_row(exporter *x, const arc_value *row)
{
    uint32_t i;
    for (i = 0; i < x->columns.n; i++) {
        const arci_out_column *col = &x->columns.columns[i];
        arc_status st;
        if (i) arci_str_putc(&x->b, (char)x->o.delimiter);
        if (row[col->place].type == ARC_V_NULL) {
            /* a line with nothing at all would be no row */
            arci_str_puts(&x->b, x->columns.n == 1 && !x->o.null_text[0] ? "\"\"" : x->o.null_text);
            continue;
        }
        st = cell_text(x, col, row);
        if (st != ARC_OK) return st;
        if (looks_like_formula(x, col)) {
            arci_str_putc(&x->cell, '\'');
            if (!x->cell.failed) {
                memmove(x->cell.s + 1, x->cell.s, x->cell.len - 1);
                x->cell.s[0] = '\'';
            }
        }
        if (x->cell.failed) return arci_nomem(x->env);
        put_csv(x, x->cell.s, x->cell.len);
    }
    put_line_end(x);
    return ARC_OK;
}

/* ---- JSON lines --------------------------------------------------------------------------------------------------- */

static arc_status json_row(exporter *x, const arc_value *row)
{
    uint32_t i;
    for (i = 0; i < x->columns.n; i++) {
        const arci_out_column *col = &x->columns.columns[i];
        arc_value currency = arci_out_currency(&x->columns, col, row);
        arci_field f;
        arc_status st;
        memset(&f, 0, sizeof f);
        if (col->field) f = *col->field;
        f.type = (uint8_t)col->type;
        arci_str_putc(&x->b, i ? ',' : '{');
        arci_json_put_text(&x->b, col->name, strlen(col->name));
        arci_str_putc(&x->b, ':');
        st = arci_value_json(x->env, &x->b, &f, &row[col->place], &currency);
        if (st != ARC_OK) return st;
    }
    arci_str_puts(&x->b, "}\n");
    return ARC_OK;
}

/* ---- running ------------------------------------------------------------------------------------------------------ */

static arc_status flush(exporter *x, size_t least)
{
    if (x->b.failed) return arci_nomem(x->env);
    if (x->b.len <= least) return ARC_OK;
    if (x->write(x->user, x->b.s, x->b.len) != 0) x->cancelled = 1;
    arci_str_reset(&x->b);
    return x->cancelled ? arci_fail(x->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止") : ARC_OK;
}

static arc_status write_block(exporter *x, uint32_t format, const arc_block *block)
{
    uint32_t i;
    arc_status st = ARC_OK;
    for (i = 0; st == ARC_OK && i < block->n_rows; i++) {
        const arc_value *row = block->values + (size_t)i * block->n_cols;
        st = format == ARC_EXPORT_CSV ? csv_row(x, row) : json_row(x, row);
        if (st == ARC_OK) {
            x->rows++;
            st = flush(x, FLUSH_BYTES);
        }
    }
    /* what a stored value is at fault for is not the caller's mistake */
    if (st == ARC_E_CURRENCY) st = x->env->err->status = ARC_E_CORRUPT;
    if (st == ARC_OK && x->o.progress && x->o.progress(x->o.progress_user, x->rows, 0) != 0)
        st = arci_fail(x->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
    return st;
}

static arc_status export_rows(exporter *x, arc_cursor *cursor, uint32_t format)
{
    arci_cursor *c;
    arc_block block;
    arc_status st = arci_out_columns_make(x->env, &x->arena, cursor, &x->columns);
    if (st != ARC_OK) return st;
    if (format == ARC_EXPORT_CSV) put_header(x);
    st = arci_cursor_enter(cursor, &c);
    if (st != ARC_OK) return st;
    while ((st = arci_cursor_block(c, &block)) == ARC_OK) {
        st = write_block(x, format, &block);
        if (st != ARC_OK) return arci_session_leave(c->session, st);
    }
    if (st == ARC_DONE)
        st = flush(x, 0);
    else
        (void)arci_fail_copy(x->env, &c->error);
    return arci_session_leave(c->session, st);
}

static arc_status check(arci_env *env, uint32_t format, arc_write_fn write, arc_export_options *o)
{
    if (!o->null_text) o->null_text = "";
    if (!o->delimiter) o->delimiter = ',';
    if (!write || (format != ARC_EXPORT_CSV && format != ARC_EXPORT_JSON_LINES) || (o->flags & ~EXPORT_FLAGS))
        return arci_fail(env, ARC_E_INVALID, "write is NULL, or an unknown format or flag", "write 为 NULL，或格式、标志未知");
    if (o->delimiter < 0 || o->delimiter > 0x7F || strchr("\"\r\n", (int)o->delimiter))
        return arci_fail(env, ARC_E_INVALID, "the delimiter must be an ASCII character that is no quote and no line end",
                         "分隔符须为 ASCII 字符，且不能是引号或换行");
    if (o->language && strcmp(o->language, "en") != 0 && strcmp(o->language, "zh") != 0)
        return arci_fail(env, ARC_E_INVALID, "the language is en or zh", "语言须为 en 或 zh");
    if (strlen(o->null_text) > NULL_TEXT_MAX || strpbrk(o->null_text, "\"\r\n") || strchr(o->null_text, (int)o->delimiter))
        return arci_fail(env, ARC_E_INVALID, "null_text holds a quote, a delimiter or a line end, or is too long",
                         "null_text 含有引号、分隔符或换行，或过长");
    return ARC_OK;
}

arc_status arc_query_export(arc_query *query, int64_t *rows, uint32_t format, arc_write_fn write, void *user,
                            const arc_export_options *options)
{
    exporter x;
    arci_env env;
    arc_cursor *cursor;
    arc_export_options defaults = ARC_EXPORT_OPTIONS_INIT;
    arc_status st = arci_query_env(query, &env);
    if (st != ARC_OK) return st;
    memset(&x, 0, sizeof x);
    x.env = &env;
    x.o = defaults;
    x.write = write;
    x.user = user;
    st = arci_struct_in(&env, &x.o, sizeof x.o, options);
    if (st == ARC_OK) st = check(&env, format, write, &x.o);
    if (st == ARC_OK) st = arci_query_run_out(query, &cursor);
    if (st != ARC_OK) return st;
    arci_arena_init(&x.arena, env.ctx);
    arci_str_init(&x.b, env.ctx);
    arci_str_init(&x.cell, env.ctx);
    st = export_rows(&x, cursor, format);
    arci_own_free(cursor, ARCI_H_CURSOR);
    arci_arena_clear(&x.arena);
    arci_str_clear(&x.b);
    arci_str_clear(&x.cell);
    if (rows) *rows = x.rows;
    return st;
}
