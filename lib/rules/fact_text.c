/* SPDX-License-Identifier: Apache-2.0 */
/* Constants and values of facts as text. */
#include <string.h>

#include "arcore/date.h"
#include "arcore/decimal.h"
#include "arcore/money.h"
#include "rules/fact.h"
#include "store/cond.h"
#include "value/currency.h"
#include "value/digits.h"

#define DAY_MICROS INT64_C(86400000000)

/* ---- constants ---------------------------------------------------------------------------------------------------------- */

static arc_status wrong(arci_env *env, arc_status st, const char *s, size_t len, const char *en, const char *zh)
{
    int n = len > 60 ? 60 : (int)len;
    return arci_fail(env, st, "%.*s: %s%.0s", "%.*s：%.0s%s", n, s, en, zh);
}

static arc_status read_number(arci_env *env, int32_t scale, arc_value *out, const char *s, size_t len)
{
    arc_number_options o = ARC_NUMBER_OPTIONS_INIT;
    arc_decimal d;
    o.flags = ARC_NUMBER_EXPONENT;
    arc_status st = arc_decimal_parse_as(&d, s, len, scale, &o);
    if (st == ARC_OK) *out = arci_v_int(d.mantissa);
    if (st == ARC_OK) return st;
    if (st == ARC_E_PRECISION) {
        int n = len > 60 ? 60 : (int)len;
        return arci_fail(env, st, "%.*s: more decimals than the %d it is compared at", "%.*s：小数位数超过字段的 %d 位", n, s, (int)scale);
    }
    return st == ARC_E_OVERFLOW ? wrong(env, st, s, len, "too large", "数值过大") : wrong(env, ARC_E_VALUE, s, len, "not a number", "不是数值");
}

static int is_zero(const char *s, size_t len)
{
    size_t i = 0;
    while (i < len && (s[i] == '0' || s[i] == '.')) i++;
    return len && i == len;
}

static arc_status read_money(arci_env *env, const arci_facts *f, const arci_fact *fact, arc_value *out, const char *s, size_t len)
{
    const char *currency = arci_fact_in_currency(f, fact);
    if (!currency[0]) {
        *out = arci_v_int(0);
        return is_zero(s, len) ? ARC_OK : wrong(env, ARC_E_CURRENCY, s, len, "an amount, but no currency is stated", "是金额，但未注明币种");
    }
    arc_status st = read_number(env, arci_currency_exponent(currency), out, s, len);
    if (st != ARC_OK || (out->u.i <= ARC_MONEY_MAX && out->u.i >= -ARC_MONEY_MAX)) return st;
    return wrong(env, ARC_E_OVERFLOW, s, len, "too large for an amount", "金额过大");
}

/* A day, or the instant at which one begins in UTC or in the zone of the book: what front ends write for a day. */
static arc_status read_date(arci_env *env, const arci_facts *f, arc_value *out, const char *s, size_t len)
{
    arc_date day;
    arc_stamp at;
    arc_status st = arc_date_parse(&day, s, len);
    if (st == ARC_OK) {
        *out = arci_v_int(day);
        return st;
    }
    if (st == ARC_E_RANGE) return wrong(env, st, s, len, "no such day", "没有这一天");
    if (arc_stamp_parse(&at, s, len) != ARC_OK) return wrong(env, ARC_E_VALUE, s, len, "not a date YYYY-MM-DD", "不是 YYYY-MM-DD 日期");
    int64_t local = at + arci_facts_get_zone(f) * INT64_C(60000000);
    if (at % DAY_MICROS == 0) *out = arci_v_int(at / DAY_MICROS);
    else if (local % DAY_MICROS == 0) *out = arci_v_int(local / DAY_MICROS);
    else return wrong(env, ARC_E_VALUE, s, len, "a time of day where a date is asked for", "此处须为日期，而不是时刻");
    return arc_date_check((arc_date)out->u.i) == ARC_OK ? ARC_OK : wrong(env, ARC_E_RANGE, s, len, "no such day", "没有这一天");
}

static arc_status read_code(arci_env *env, const arci_fact *fact, arc_value *out, const char *s, size_t len)
{
    for (int64_t i = 0; fact->codes && fact->codes->codes[i]; i++) {
        if (strlen(fact->codes->codes[i]) != len || memcmp(fact->codes->codes[i], s, len) != 0) continue;
        *out = arci_v_int(i);
        return ARC_OK;
    }
    return wrong(env, ARC_E_VALUE, s, len, "not one of the codes of this field", "不是该字段的代码");
}

static arc_status read_text(arci_env *env, const arci_fact *fact, arci_arena *arena, arc_value *out, const char *s, size_t len)
{
    if ((fact->flags & ARCI_FACT_CURRENCY) && len) {
        char code[4] = { 0, 0, 0, 0 };
        if (len == 3) memcpy(code, s, 3);
        if (!code[0] || !arci_currency_find(code)) return wrong(env, ARC_E_CURRENCY, s, len, "not a currency of ISO 4217", "不是 ISO 4217 币种");
    }
    char *own = arci_arena_strndup(arena, s, len);
    if (!own) return arci_nomem(env);
    *out = arci_v_text(own, len);
    return ARC_OK;
}

arc_status arci_fact_constant(arci_env *env, const arci_facts *f, const arci_fact *fact, arci_arena *arena, arc_value *out, const char *s,
                              size_t len, int number)
{
    arc_stamp at;
    *out = arci_v_null();
    switch (fact->type) {
    case ARCI_FACT_INT:
    case ARCI_FACT_REF: return read_number(env, 0, out, s, len);
    case ARCI_FACT_DECIMAL: return read_number(env, fact->scale, out, s, len);
    case ARCI_FACT_MONEY: return read_money(env, f, fact, out, s, len);
    default: break;
    }
    if (number) return wrong(env, ARC_E_VALUE, s, len, "a number where another kind of value is asked for", "此处不能是数值");
    switch (fact->type) {
    case ARCI_FACT_BOOL:
        *out = arci_v_int(len == 4);
        if ((len == 4 && !memcmp(s, "true", 4)) || (len == 5 && !memcmp(s, "false", 5))) return ARC_OK;
        return wrong(env, ARC_E_VALUE, s, len, "neither true nor false", "既非 true 也非 false");
    case ARCI_FACT_DATE: return read_date(env, f, out, s, len);
    case ARCI_FACT_STAMP:
        if (arc_stamp_parse(&at, s, len) != ARC_OK) return wrong(env, ARC_E_VALUE, s, len, "not an instant of RFC 3339", "不是 RFC 3339 时刻");
        *out = arci_v_int(at);
        return ARC_OK;
    case ARCI_FACT_ENUM:
    case ARCI_FACT_CHOICES: return read_code(env, fact, out, s, len);
    case ARCI_FACT_TEXT: return read_text(env, fact, arena, out, s, len);
    default: return wrong(env, ARC_E_VALUE, s, len, "a list has no constants", "列表没有常量");
    }
}

/* ---- values as text ------------------------------------------------------------------------------------------------------- */

const char *arci_fact_type_name(const arci_fact *f)
{
    static const char *const names[] = { "", "bool", "int", "decimal", "money", "date", "stamp", "enum", "text", "ref", "choices", "list" };
    return names[f->type <= ARCI_FACT_LIST ? f->type : 0];
}

static void put_scaled(arci_str *b, int64_t v, int32_t scale)
{
    char buf[64];
    arci_str_add(b, buf, arci_scaled_text(buf, v, scale));
}

static void put_money(arci_str *b, const arci_fact *f, int64_t minor, const arc_value *currency)
{
    char code[4] = { 0, 0, 0, 0 };
    if (currency && currency->type == ARC_V_TEXT && currency->len == 3) memcpy(code, currency->u.s, 3);
    else memcpy(code, f->fixed, 4);
    int32_t digits = code[0] ? arci_currency_exponent(code) : -1;
    put_scaled(b, minor, digits < 0 ? 0 : digits);
    arci_str_putc(b, ' ');
    arci_str_puts(b, digits < 0 ? "minor" : code);
}

static void put_code(arci_str *b, const arci_code_list *list, int64_t at)
{
    int64_t n = 0;
    while (list && list->codes[n] && n < at) n++;
    if (at < 0 || !list || !list->codes[n]) arci_str_puts(b, "?");
    else arci_str_puts(b, list->codes[n]);
}

void arci_fact_text(arci_str *b, const arci_fact *f, const arc_value *v, const arc_value *currency)
{
    char buf[32];
    size_t n = sizeof buf;
    if (v->type == ARC_V_NULL) arci_str_puts(b, "null");
    else if (v->type == ARC_V_TEXT) arci_str_add(b, v->u.s, v->len);
    else if (v->type != ARC_V_INT) arci_str_puts(b, v->type == ARCI_V_FAULT ? "error" : "list");
    else if (f->type == ARCI_FACT_BOOL) arci_str_puts(b, v->u.i ? "true" : "false");
    else if (f->type == ARCI_FACT_DECIMAL) put_scaled(b, v->u.i, f->scale);
    else if (f->type == ARCI_FACT_MONEY) put_money(b, f, v->u.i, currency);
    else if (f->type == ARCI_FACT_ENUM || f->type == ARCI_FACT_CHOICES) put_code(b, f->codes, v->u.i);
    else if (f->type == ARCI_FACT_DATE && arc_date_print(buf, &n, (arc_date)v->u.i) == ARC_OK) arci_str_add(b, buf, n);
    else if (f->type == ARCI_FACT_STAMP && arc_stamp_print(buf, &n, v->u.i) == ARC_OK) arci_str_add(b, buf, n);
    else arci_str_int(b, v->u.i);
}
