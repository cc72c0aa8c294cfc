/* SPDX-License-Identifier: Apache-2.0 */
/* One value in text and JSON, both ways. */
#include <string.h>

#include "arcore/date.h"
#include "arcore/money.h"
#include "base/json_text.h"
#include "model/record_impl.h"
#include "value/digits.h"

arc_status arci_currency_in(arci_env *env, const arci_entity *e, const arci_field *f, const char *code, size_t len, char out[4])
{
    int32_t exponent;
    memset(out, 0, 4);
    if (len == 3) {
        memcpy(out, code, 3);
        if (arc_currency_exponent(&exponent, out) == ARC_OK) return ARC_OK;
    }
    arci_fail(env, ARC_E_CURRENCY, "%s: \"%.*s\" is not a currency", "%s：“%.*s” 不是币种代码", f->name,
              len < 12 ? (int)len : 12, code);
    arci_fail_at(env, e->name, f->name, -1, -1);
    return ARC_E_CURRENCY;
}

/* ---- out ---------------------------------------------------------------------------------------------------------- */

static arc_status put_amount(arci_env *env, arci_str *b, const arci_field *f, int64_t minor, const arc_value *currency)
{
    char code[4] = { 0, 0, 0, 0 }, text[64];
    int32_t exponent;
    if (currency && currency->type == ARC_V_TEXT && currency->len == 3) memcpy(code, currency->u.s, 3);
    if (!code[0] || arc_currency_exponent(&exponent, code) != ARC_OK) {
        arci_fail(env, ARC_E_CURRENCY, "%s: an amount without a known currency", "%s：金额没有有效币种", f->name);
        arci_fail_at(env, NULL, f->name, -1, -1);
        return ARC_E_CURRENCY;
    }
    arci_str_add(b, text, arci_scaled_text(text, minor, exponent));
    return ARC_OK;
}

static void put_base64(arci_str *b, const unsigned char *p, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t i;
    for (i = 0; i < n; i += 3) {
        uint32_t left = n - i < 3 ? (uint32_t)(n - i) : 3u;
        uint32_t v = (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0u) | (left > 2 ? p[i + 2] : 0u);
        char out[4];
        out[0] = digits[v >> 18 & 63];
        out[1] = digits[v >> 12 & 63];
        out[2] = '=';
        out[3] = '=';
        if (left > 1) out[2] = digits[v >> 6 & 63];
        if (left > 2) out[3] = digits[v & 63];
        arci_str_add(b, out, 4);
    }
}

static arc_status put_int(arci_env *env, arci_str *b, const arci_field *f, int64_t v, const arc_value *currency)
{
    char text[64];
    size_t len = sizeof text;
    arc_status st = ARC_OK;
    switch (f->type) {
    case ARC_T_BOOL: arci_str_puts(b, v ? "true" : "false"); return ARC_OK;
    case ARC_T_DATE: st = arc_date_print(text, &len, (arc_date)v); break;
    case ARC_T_STAMP: st = arc_stamp_print(text, &len, v); break;
    case ARC_T_MONEY: return put_amount(env, b, f, v, currency);
    case ARC_T_DECIMAL: len = arci_scaled_text(text, v, (int32_t)f->size); break;
    default: arci_str_int(b, v); return ARC_OK;
    }
    if (st != ARC_OK) {
        arci_fail(env, ARC_E_CORRUPT, "%s: a value out of its range", "%s：值超出范围", f->name);
        arci_fail_at(env, NULL, f->name, -1, -1);
        return ARC_E_CORRUPT;
    }
    arci_str_add(b, text, len);
    return ARC_OK;
}

static arc_status finish(arci_env *env, const arci_str *b, arc_status st)
{
    return st == ARC_OK && b->failed ? arci_nomem(env) : st;
}

arc_status arci_value_text(arci_env *env, arci_str *b, const arci_field *f, const arc_value *v, const arc_value *currency)
{
    arc_status st = ARC_OK;
    if (v->type == ARC_V_INT)
        st = put_int(env, b, f, v->u.i, currency);
    else if (v->type == ARC_V_TEXT)
        arci_str_add(b, v->u.s, v->len);
    else if (v->type == ARC_V_BLOB)
        put_base64(b, (const unsigned char *)v->u.s, v->len);
    return finish(env, b, st);
}

/* A stored document may have line ends, which JSON has between values only; blanks mean the same and keep a row on its line. */
static void put_document(arci_str *b, const char *s, size_t n)
{
    size_t from = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] != '\n' && s[i] != '\r') continue;
        arci_str_add(b, s + from, i - from);
        arci_str_putc(b, ' ');
        from = i + 1;
    }
    arci_str_add(b, s + from, n - from);
}

arc_status arci_value_json(arci_env *env, arci_str *b, const arci_field *f, const arc_value *v, const arc_value *currency)
{
    int quoted = f->type == ARC_T_DATE || f->type == ARC_T_STAMP || f->type == ARC_T_MONEY || f->type == ARC_T_DECIMAL ||
                 f->type == ARC_T_BLOB;
    arc_status st;
    if (v->type == ARC_V_NULL) {
        arci_str_add(b, "null", 4);
        return finish(env, b, ARC_OK);
    }
    if (v->type == ARC_V_TEXT) {
        if (f->type == ARC_T_JSON) put_document(b, v->u.s, v->len);
        else arci_json_put_text(b, v->u.s, v->len);
        return finish(env, b, ARC_OK);
    }
    if (quoted) arci_str_putc(b, '"');
    st = arci_value_text(env, b, f, v, currency);
    if (quoted) arci_str_putc(b, '"');
    return finish(env, b, st);
}

arc_status arci_custom_value_json(arci_env *env, arci_str *b, const arci_custom_field *cf, const arc_value *v,
                                  const arc_value *currency)
{
    arc_status st;
    if (cf->field.type != ARC_T_MONEY) return arci_value_json(env, b, &cf->field, v, currency);
    arci_str_putc(b, '"');
    st = put_amount(env, b, &cf->field, v->u.i, currency);
    if (st == ARC_OK) {
        arci_str_putc(b, ' ');
        arci_str_add(b, currency->u.s, currency->len);
    }
    arci_str_putc(b, '"');
    return finish(env, b, st);
}

/* ---- in ----------------------------------------------------------------------------------------------------------- */

static arc_status form_fail(arci_env *env, const arci_record *r, const arci_slot *s, arc_status st, const char *en, const char *zh)
{
    switch (st) {
    case ARC_E_PRECISION: en = "more decimals than are kept", zh = "小数位超出字段精度"; break;
    case ARC_E_OVERFLOW: en = "too large", zh = "数值过大"; break;
    case ARC_E_RANGE: en = "out of range", zh = "超出范围"; break;
    case ARC_E_LIMIT: en = "too long", zh = "过长"; break;
    case ARC_E_CURRENCY: en = "another or an unknown currency", zh = "币种不符或未知"; break;
    default: st = ARC_E_VALUE; break;
    }
    return arci_field_fail(env, r->entity, s->f, st, en, zh);
}

/* Money of a custom field carries its currency behind the amount: "1234.50 CNY". */
static size_t split_currency(const char *s, size_t len, char code[4])
{
    memset(code, 0, 4);
    if (len < 5 || s[len - 4] != ' ') return len;
    memcpy(code, s + len - 3, 3);
    return len - 4;
}

static arc_status money_any(arci_env *env, arci_record *r, const arci_slot *s, const char *text, size_t len)
{
    arc_money m;
    arc_status st;
    char code[4] = { 0, 0, 0, 0 };
    uint16_t pos = s->cf ? (uint16_t)ARC_NO_COL : r->currency_pos[s->pos];
    if (s->cf)
        len = split_currency(text, len, code);
    else if (pos != ARC_NO_COL && r->values[pos].type == ARC_V_TEXT && r->values[pos].len == 3)
        memcpy(code, r->values[pos].u.s, 3);
    if (!code[0])
        return arci_field_fail(env, r->entity, s->f, ARC_E_CURRENCY, "an amount without a currency", "金额没有币种");
    memset(&m, 0, sizeof m);
    st = arc_money_parse(&m, text, len, code, NULL);
    if (st == ARC_OK && !(text[0] == '-' || (text[0] >= '0' && text[0] <= '9'))) st = ARC_E_SYNTAX; /* "CNY 1.00" */
    if (st != ARC_OK)
        return form_fail(env, r, s, st, s->cf ? "an amount is written \"1234.50 CNY\"" : "an amount is written \"1234.50\"",
                         s->cf ? "金额应写作 \"1234.50 CNY\"" : "金额应写作 \"1234.50\"");
    return arci_record_set_slot_money(env, r, s, m.minor, code);
}

static arc_status decimal_any(arci_env *env, arci_record *r, const arci_slot *s, const char *text, size_t len)
{
    arc_decimal d;
    arc_status st = arc_decimal_parse(&d, text, len);
    if (st == ARC_OK) st = arc_decimal_rescale(&d, &d, (int32_t)s->f->size, ARC_ROUND_EXACT);
    if (st != ARC_OK) return form_fail(env, r, s, st, "a number is written \"1234.50\"", "数值应写作 \"1234.50\"");
    return arci_record_set_slot_int(env, r, s, d.mantissa);
}

static arc_status int_any(arci_env *env, arci_record *r, const arci_slot *s, const char *text, size_t len)
{
    int64_t v;
    arc_status st = arci_int_parse(text, len, &v);
    if (st != ARC_OK) return form_fail(env, r, s, st, "a whole number is written \"17\"", "整数应写作 \"17\"");
    return arci_record_set_slot_int(env, r, s, v);
}

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Strict base64 (RFC 4648 with padding, no stray bits); out holds 3 bytes for each 4. Returns 0 when it is not that. */
static int read_base64(const char *s, size_t n, arci_str *out)
{
    size_t i;
    if (n % 4) return 0;
    for (i = 0; i < n; i += 4) {
        int last = i + 4 == n, pad = last ? (s[i + 3] == '=') + (s[i + 3] == '=' && s[i + 2] == '=') : 0, k;
        uint32_t v = 0;
        for (k = 0; k < 4; k++) {
            int d = k >= 4 - pad ? 0 : base64_digit(s[i + (size_t)k]);
            if (d < 0) return 0;
            v = v << 6 | (uint32_t)d;
        }
        if ((pad == 1 && (v & 0xff)) || (pad == 2 && (v & 0xffff))) return 0;
        arci_str_putc(out, (char)(v >> 16));
        if (pad < 2) arci_str_putc(out, (char)(v >> 8 & 0xff));
        if (pad < 1) arci_str_putc(out, (char)(v & 0xff));
    }
    return 1;
}

static arc_status blob_any(arci_env *env, arci_record *r, const arci_slot *s, const char *text, size_t len)
{
    arci_str_reset(&r->out);
    if (!read_base64(text, len, &r->out))
        return arci_field_fail(env, r->entity, s->f, ARC_E_VALUE, "bytes are written in base64", "字节内容应以 base64 书写");
    if (r->out.failed) return arci_nomem(env);
    return arci_record_set_slot_blob(env, r, s, r->out.s, r->out.len);
}

static arc_status bool_any(arci_env *env, arci_record *r, const arci_slot *s, const char *text, size_t len)
{
    if (len == 4 && memcmp(text, "true", 4) == 0) return arci_record_set_slot_int(env, r, s, 1);
    if (len == 5 && memcmp(text, "false", 5) == 0) return arci_record_set_slot_int(env, r, s, 0);
    return form_fail(env, r, s, ARC_E_VALUE, "is written \"true\" or \"false\"", "应写作 \"true\" 或 \"false\"");
}

arc_status arci_record_set_slot_any(arci_env *env, arci_record *r, const arci_slot *s, const char *text, size_t len)
{
    arc_date d;
    arc_stamp t;
    arc_status st;
    switch (s->f->type) {
    case ARC_T_DATE:
        st = arc_date_parse(&d, text, len);
        if (st != ARC_OK) return form_fail(env, r, s, st, "a date is written \"2026-11-21\"", "日期应写作 \"2026-11-21\"");
        return arci_record_set_slot_int(env, r, s, d);
    case ARC_T_STAMP:
        st = arc_stamp_parse(&t, text, len);
        if (st != ARC_OK)
            return form_fail(env, r, s, st, "an instant is written \"2026-11-21T08:30:00Z\"", "时刻应写作 \"2026-11-21T08:30:00Z\"");
        return arci_record_set_slot_int(env, r, s, t);
    case ARC_T_MONEY: return money_any(env, r, s, text, len);
    case ARC_T_DECIMAL: return decimal_any(env, r, s, text, len);
    case ARC_T_BOOL: return bool_any(env, r, s, text, len);
    case ARC_T_INT:
    case ARC_T_ID: return int_any(env, r, s, text, len);
    case ARC_T_BLOB: return blob_any(env, r, s, text, len);
    default: return arci_record_set_slot_text(env, r, s, text, len);
    }
}
