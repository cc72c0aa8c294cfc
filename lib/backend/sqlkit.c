/* SPDX-License-Identifier: Apache-2.0 */
/* Text building, parameters and dates of the SQL kit. */
#include <string.h>

#include "backend/sqlkit.h"

/* ---- text ---- */

void arc_sql_text_init(arc_sql_text *text, const arc_host *host)
{
    if (text) {
        memset(text, 0, sizeof *text);
        text->host = host;
    }
}

void arc_sql_text_clear(arc_sql_text *text)
{
    if (text && text->host) {
        text->host->release(text->host, text->s);
        arc_sql_text_init(text, text->host);
    }
}

void arc_sql_text_reset(arc_sql_text *text)
{
    if (text) {
        text->len = 0;
        text->failed = 0;
    }
}

void arc_sql_text_add(arc_sql_text *text, const void *s, size_t n)
{
    if (!text || text->failed) {
        return;
    }
    if (n > SIZE_MAX / 4 || text->len > SIZE_MAX / 4) {
        text->failed = 1;
        return;
    }
    if (text->len + n + 1 > text->cap) {
        size_t cap = text->cap ? text->cap * 2 : 128;
        if (cap < text->len + n + 1) {
            cap = text->len + n + 1;
        }
        char *p = text->host->resize(text->host, text->s, cap);
        if (!p) {
            text->failed = 1;
            return;
        }
        text->s = p;
        text->cap = cap;
    }
    if (n) {
        memcpy(text->s + text->len, s, n);
    }
    text->len += n;
    text->s[text->len] = 0;
}

void arc_sql_text_puts(arc_sql_text *text, const char *s)
{
    if (text) {
        arc_sql_text_add(text, s, strlen(s));
    }
}

void arc_sql_text_int(arc_sql_text *text, int64_t v)
{
    char buf[24];
    size_t at = sizeof buf;
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        buf[--at] = (char)('0' + (char)(u % 10));
        u /= 10;
    } while (u);
    if (v < 0) {
        buf[--at] = '-';
    }
    arc_sql_text_add(text, buf + at, sizeof buf - at);
}

static void quoted(arc_sql_text *out, const char *s, char quote)
{
    arc_sql_text_add(out, &quote, 1);
    for (const char *p = s; *p; p++) {
        if (*p == quote) {
            arc_sql_text_add(out, &quote, 1);
        }
        arc_sql_text_add(out, p, 1);
    }
    arc_sql_text_add(out, &quote, 1);
}

void arc_sql_name(arc_sql_text *out, const char *name)
{
    quoted(out, name, '"');
}

void arc_sql_literal(arc_sql_text *out, const char *s)
{
    quoted(out, s, '\'');
}

/* ---- statements ---- */

void arc_sql_stmt_init(arc_sql_stmt *stmt, const arc_host *host)
{
    if (stmt) {
        memset(stmt, 0, sizeof *stmt);
        arc_sql_text_init(&stmt->key, host);
        arc_sql_text_init(&stmt->text, host);
        arc_sql_text_init(&stmt->scratch, host);
    }
}

void arc_sql_stmt_clear(arc_sql_stmt *stmt)
{
    if (stmt && stmt->key.host) {
        const arc_host *host = stmt->key.host;
        arc_sql_text_clear(&stmt->key);
        arc_sql_text_clear(&stmt->text);
        arc_sql_text_clear(&stmt->scratch);
        host->release(host, stmt->params);
        arc_sql_stmt_init(stmt, host);
    }
}

void arci_sqlkit_start(arc_sql_stmt *stmt)
{
    arc_sql_text_reset(&stmt->key);
    arc_sql_text_reset(&stmt->text);
    arc_sql_text_reset(&stmt->scratch);
    stmt->n_params = 0;
}

arc_sql_text *arci_sqlkit_key(arc_sql_stmt *stmt, uint32_t what)
{
    return (what & ARC_SQL_KEY) ? &stmt->key : NULL;
}

arc_sql_text *arci_sqlkit_text(arc_sql_stmt *stmt, uint32_t what)
{
    return (what & ARC_SQL_TEXT) ? &stmt->text : NULL;
}

void arci_sqlkit_key_u32(arc_sql_text *key, uint32_t v)
{
    arc_sql_text_add(key, &v, sizeof v);
}

void arci_sqlkit_key_cols(arc_sql_text *key, const uint16_t *cols, uint32_t n)
{
    arci_sqlkit_key_u32(key, n);
    arc_sql_text_add(key, cols, n * sizeof *cols);
}

uint32_t arci_sqlkit_bind(arc_sql_stmt *stmt, const arc_value *v, const arc_column *column)
{
    const arc_host *host = stmt->key.host;
    if (stmt->n_params == stmt->cap_params) {
        uint32_t cap = stmt->cap_params ? stmt->cap_params * 2 : 16;
        arc_sql_param *p = host->resize(host, stmt->params, cap * sizeof *p);
        if (!p) {
            stmt->key.failed = 1;
            return 0;
        }
        stmt->params = p;
        stmt->cap_params = cap;
    }
    stmt->params[stmt->n_params].value = *v; /* pad[0]: see arci_sqlkit_end() */
    stmt->params[stmt->n_params].column = column;
    return ++stmt->n_params;
}

arc_status arci_sqlkit_end(arc_sql_stmt *stmt)
{
    if (stmt->key.failed || stmt->text.failed || stmt->scratch.failed) {
        return ARC_E_NOMEM;
    }
    for (uint32_t i = 0; stmt->scratch.len && i < stmt->n_params; i++) {
        arc_value *v = &stmt->params[i].value;
        if (v->pad[0]) {
            v->pad[0] = 0;
            v->u.s = stmt->scratch.s + v->u.i;
        }
    }
    return ARC_OK;
}

/* ---- shared pieces ---- */

const arc_table *arci_sqlkit_table(const arc_schema_desc *schema, uint16_t table)
{
    return table < schema->n_tables ? &schema->tables[table] : NULL;
}

int arci_sqlkit_cols_ok(const arc_table *t, const uint16_t *cols, uint32_t n)
{
    if (n > 0 && !cols) {
        return 0;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (cols[i] >= t->n_cols) {
            return 0;
        }
    }
    return 1;
}

int arci_sqlkit_class(const arc_column *column)
{
    switch (column->type) {
    case ARC_T_TEXT:
    case ARC_T_CODE:
    case ARC_T_JSON: return ARC_V_TEXT;
    case ARC_T_BLOB: return ARC_V_BLOB;
    case ARC_T_DATE: return 16;
    default: return ARC_V_INT;
    }
}

void arci_sqlkit_param(const arc_sql_dialect *d, arc_sql_text *out, const arc_column *column, uint32_t number)
{
    if (d->param && column) {
        d->param(out, column, number);
        return;
    }
    arc_sql_text_puts(out, d->placeholder);
    arc_sql_text_int(out, number);
}

void arci_sqlkit_read(const arc_sql_dialect *d, arc_sql_text *out, const arc_column *column)
{
    if (d->read) {
        d->read(out, column);
    } else {
        arc_sql_name(out, column->name);
    }
}

void arci_sqlkit_select(const arc_sql_dialect *d, arc_sql_text *out, const arc_table *t, const uint16_t *cols,
                        uint32_t n)
{
    arc_sql_text_puts(out, "SELECT ");
    for (uint32_t i = 0; i < n; i++) {
        if (i) {
            arc_sql_text_puts(out, ", ");
        }
        arci_sqlkit_read(d, out, &t->cols[cols[i]]);
    }
    arc_sql_text_puts(out, " FROM ");
    arc_sql_name(out, t->name);
}

void arci_sqlkit_and(arc_sql_text *out, uint32_t *n)
{
    arc_sql_text_puts(out, (*n)++ ? " AND " : " WHERE ");
}

/* ---- dates: Howard Hinnant's civil calendar algorithms ---- */

int32_t arc_sql_date_text(char out[10], int64_t days)
{
    if (days < -719162 || days > 2932896) {
        return 0;
    }
    uint32_t z = (uint32_t)(days + 719468);
    uint32_t era = z / 146097, doe = z % 146097;
    uint32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    uint32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    uint32_t mp = (5 * doy + 2) / 153;
    uint32_t d = doy - (153 * mp + 2) / 5 + 1, m = mp < 10 ? mp + 3 : mp - 9;
    uint32_t y = yoe + era * 400 + (m <= 2 ? 1 : 0);
    out[0] = (char)('0' + y / 1000);
    out[1] = (char)('0' + y / 100 % 10);
    out[2] = (char)('0' + y / 10 % 10);
    out[3] = (char)('0' + y % 10);
    out[4] = '-';
    out[5] = (char)('0' + m / 10);
    out[6] = (char)('0' + m % 10);
    out[7] = '-';
    out[8] = (char)('0' + d / 10);
    out[9] = (char)('0' + d % 10);
    return 1;
}

int32_t arc_sql_date_parse(const char *s, size_t n, int64_t *days)
{
    static const uint8_t month_days[12] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (n != 10 || s[4] != '-' || s[7] != '-') {
        return 0;
    }
    uint32_t digit[10], bad = 0;
    for (uint32_t i = 0; i < 10; i++) {
        digit[i] = (uint32_t)(uint8_t)s[i] - '0';
        bad |= (uint32_t)(digit[i] > 9) << i;
    }
    uint32_t y = digit[0] * 1000 + digit[1] * 100 + digit[2] * 10 + digit[3];
    uint32_t m = digit[5] * 10 + digit[6], d = digit[8] * 10 + digit[9];
    if (bad != (1u << 4 | 1u << 7) || y < 1 || m < 1 || m > 12 || d < 1 || d > month_days[m - 1] ||
        (m == 2 && d == 29 && (y % 4 != 0 || (y % 100 == 0 && y % 400 != 0)))) {
        return 0;
    }
    y -= m <= 2 ? 1 : 0;
    uint32_t era = y / 400, yoe = y % 400;
    uint32_t doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    uint32_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    *days = (int64_t)(era * 146097 + doe) - 719468;
    return 1;
}
