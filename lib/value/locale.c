/* SPDX-License-Identifier: Apache-2.0 */
#include "value/locale.h"

#include <string.h>

#include "base/env.h"
#include "base/num.h"
#include "value/currency.h"
#include "value/date.h"
#include "value/digits.h"
#include "value/money.h"

#define NBSP "\xC2\xA0"
#define NARROW "\xE2\x80\xAF" /* U+202F */

enum { PLURAL_NONE, PLURAL_ONE, PLURAL_ZERO_ONE };

/* ---- the data --------------------------------------------------------------------------------------------------------------- */

static const arci_sign signs_zh[] = { { "CNY", "¥" }, { "USD", "US$" }, { "EUR", "€" }, { "GBP", "£" }, { "JPY", "JP¥" }, { "HKD", "HK$" }, { "TWD", "NT$" },
                                      { "KRW", "₩" }, { "AUD", "AU$" }, { "CAD", "CA$" }, { "INR", "₹" }, { NULL, NULL } };
static const arci_sign signs_hant[] = { { "TWD", "$" }, { "CNY", "CN¥" }, { "USD", "US$" }, { "EUR", "€" }, { "GBP", "£" }, { "JPY", "¥" }, { "HKD", "HK$" },
                                        { "KRW", "₩" }, { "AUD", "AU$" }, { "CAD", "CA$" }, { "INR", "₹" }, { NULL, NULL } };
static const arci_sign signs_en[] = { { "USD", "$" }, { "EUR", "€" }, { "GBP", "£" }, { "JPY", "¥" }, { "CNY", "CN¥" }, { "HKD", "HK$" }, { "TWD", "NT$" },
                                      { "KRW", "₩" }, { "AUD", "A$" }, { "CAD", "CA$" }, { "INR", "₹" }, { NULL, NULL } };
static const arci_sign signs_gb[] = { { "GBP", "£" }, { "EUR", "€" }, { "USD", "US$" }, { "JPY", "JP¥" }, { "CNY", "CN¥" }, { "HKD", "HK$" }, { "TWD", "NT$" },
                                      { "KRW", "₩" }, { "AUD", "A$" }, { "CAD", "CA$" }, { "INR", "₹" }, { NULL, NULL } };
static const arci_sign signs_de[] = { { "EUR", "€" }, { "USD", "$" }, { "GBP", "£" }, { "JPY", "¥" }, { "CNY", "CN¥" }, { "HKD", "HK$" }, { "TWD", "NT$" },
                                      { "KRW", "₩" }, { "AUD", "AU$" }, { "CAD", "CA$" }, { "INR", "₹" }, { NULL, NULL } };
static const arci_sign signs_fr[] = { { "EUR", "€" }, { "USD", "$US" }, { "GBP", "£GB" }, { NULL, NULL } };
static const arci_sign signs_ja[] = { { "JPY", "￥" }, { "USD", "$" }, { "EUR", "€" }, { "GBP", "£" }, { "CNY", "元" }, { "HKD", "HK$" }, { "TWD", "NT$" },
                                      { "KRW", "₩" }, { "AUD", "A$" }, { "CAD", "CA$" }, { "INR", "₹" }, { NULL, NULL } };

static const char *const months_en[] = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December" };
static const char *const months_de[] = { "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember" };
static const char *const months_fr[] = { "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre" };

static const arci_locale locales[] = {
    { "zh", ".", ",", "$_#", "-$_#", signs_zh, NULL, "%Y-%M-%D", "%Y年%m月%d日", PLURAL_NONE },
    { "zh-Hant", ".", ",", "$_#", "-$_#", signs_hant, NULL, "%Y/%M/%D", "%Y年%m月%d日", PLURAL_NONE },
    { "en", ".", ",", "$_#", "-$_#", signs_en, months_en, "%b %d, %Y", "%B %d, %Y", PLURAL_ONE },
    { "en-GB", ".", ",", "$_#", "-$_#", signs_gb, months_en, "%d %b %Y", "%d %B %Y", PLURAL_ONE },
    { "de", ",", ".", "# $", "-# $", signs_de, months_de, "%D.%M.%Y", "%d. %B %Y", PLURAL_ONE },
    { "de-CH", ".", "’", "$ #", "$-#", signs_de, months_de, "%D.%M.%Y", "%d. %B %Y", PLURAL_ONE },
    { "fr", ",", NARROW, "# $", "-# $", signs_fr, months_fr, "%D/%M/%Y", "%d %B %Y", PLURAL_ZERO_ONE },
    { "ja", ".", ",", "$_#", "-$_#", signs_ja, NULL, "%Y/%M/%D", "%Y年%m月%d日", PLURAL_NONE },
};

/* Tags that do not begin like the locale they take. */
static const struct {
    const char *tag, *locale;
} others[] = { { "zh-TW", "zh-Hant" }, { "zh-HK", "zh-Hant" }, { "zh-MO", "zh-Hant" } };

/* ---- finding ------------------------------------------------------------------------------------------------------------------ */

static char lower(char c)
{
    if (c == '_') return '-';
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether tag is `known` or begins with it and a '-'. */
static int begins(const char *tag, size_t n, const char *known)
{
    size_t k = strlen(known);
    if (n < k || (n > k && lower(tag[k]) != '-')) return 0;
    for (size_t i = 0; i < k; i++) {
        if (lower(tag[i]) != lower(known[i])) return 0;
    }
    return 1;
}

const arci_locale *arci_locale_find(const char *tag, size_t n)
{
    const arci_locale *best = NULL;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (begins(tag, n, others[i].tag)) return arci_locale_find(others[i].locale, strlen(others[i].locale));
    }
    for (size_t i = 0; i < sizeof locales / sizeof locales[0]; i++) {
        if (begins(tag, n, locales[i].tag) && (!best || strlen(locales[i].tag) > strlen(best->tag))) best = &locales[i];
    }
    return best;
}

const char *arci_locale_plural(const arci_locale *l, int64_t n)
{
    switch (l->plural) {
    case PLURAL_ONE: return n == 1 || n == -1 ? "one" : "other";
    case PLURAL_ZERO_ONE: return n >= -1 && n <= 1 ? "one" : "other";
    default: return "other";
    }
}

/* ---- writing -------------------------------------------------------------------------------------------------------------------- */

typedef struct writer {
    char *s;
    size_t n;
} writer;

static void put(writer *w, const char *s)
{
    while (*s && w->n + 1 < ARCI_FORMAT_MAX) w->s[w->n++] = *s++;
    w->s[w->n] = 0;
}

/* Plain digits with '.', in the marks of the language. */
static void put_number(writer *w, const arci_locale *l, const char *digits, int grouped)
{
    size_t whole = strcspn(digits, ".");
    for (size_t i = 0; digits[i]; i++) {
        char one[2] = { digits[i], 0 };
        if (grouped && i && i < whole && (whole - i) % 3 == 0) put(w, l->group);
        put(w, digits[i] == '.' ? l->decimal : one);
    }
}

static int letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

static void put_amount(writer *w, const arci_locale *l, const char *digits, const char *pattern, const char *sign)
{
    for (; *pattern; pattern++) {
        char one[2] = { *pattern, 0 };
        if (*pattern == '#') put_number(w, l, digits, 1);
        else if (*pattern == '$') put(w, sign);
        else if (*pattern == ' ') put(w, NBSP);
        else if (*pattern != '_') put(w, one);
        else if (letter(sign[strlen(sign) - 1])) put(w, NBSP);
    }
}

size_t arci_locale_money(char *buf, const arci_locale *l, const arc_money *value, int32_t style)
{
    char text[64];
    writer w = { buf, 0 };
    int minus = value->minor < 0;
    const char *digits = text, *sign = value->currency;
    arci_scaled_text(text, value->minor, arci_currency_exponent(value->currency));
    if (minus) digits++;
    buf[0] = 0;
    for (const arci_sign *s = l->signs; style == ARC_FORMAT_SYMBOL && s->currency; s++) {
        if (strcmp(s->currency, value->currency) == 0) sign = s->sign;
    }
    if (style != ARC_FORMAT_NUMBER) {
        put_amount(&w, l, digits, minus ? l->negative : l->positive, sign);
    } else {
        if (minus) put(&w, "-");
        put_number(&w, l, digits, 1);
    }
    return w.n;
}

size_t arci_locale_decimal(char *buf, const arci_locale *l, const arc_decimal *value)
{
    char text[64];
    writer w = { buf, 0 };
    arci_scaled_text(text, value->mantissa, value->scale);
    buf[0] = 0;
    put_number(&w, l, text, 0);
    return w.n;
}

static void put_fixed(writer *w, size_t digits, int32_t v)
{
    char text[12] = { 0 };
    if (digits == 0) digits = v > 9 ? 2 : 1;
    arci_put_digits(text, digits, v);
    put(w, text);
}

size_t arci_locale_date(char *buf, const arci_locale *l, arc_date date, int32_t style)
{
    int32_t y, m, d;
    char three[4] = { 0 };
    writer w = { buf, 0 };
    buf[0] = 0;
    arci_date_split(&y, &m, &d, date);
    for (const char *p = style == ARC_FORMAT_LONG ? l->date_long : l->date_short; *p; p++) {
        char one[2] = { *p, 0 };
        if (*p != '%') {
            put(&w, one);
            continue;
        }
        switch (*++p) {
        case 'Y': put_fixed(&w, 4, y); break;
        case 'M': put_fixed(&w, 2, m); break;
        case 'D': put_fixed(&w, 2, d); break;
        case 'm': put_fixed(&w, 0, m); break;
        case 'd': put_fixed(&w, 0, d); break;
        case 'B': put(&w, l->months[m - 1]); break;
        default:
            memcpy(three, l->months[m - 1], 3);
            put(&w, three);
        }
    }
    return w.n;
}

/* ---- Chinese capital figures ------------------------------------------------------------------------------------------------------- */

static const char *const figures[] = { "零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖" };

/* Four digits at a time, from the left. A zero is owed when zeros stood inside a section or a whole section was zero; the zeros at the end of
 * a section that is not zero owe nothing. */
static void put_whole(writer *w, uint64_t v)
{
    static const char *const places[] = { "仟", "佰", "拾", "" };
    static const char *const units[] = { "万亿", "亿", "万", "" };
    int owed = 0, any = 0;
    for (int s = 0; s < 4; s++) {
        uint64_t size = s == 0 ? UINT64_C(1000000000000) : s == 1 ? UINT64_C(100000000) : s == 2 ? 10000 : 1;
        uint32_t section = (uint32_t)(v / size % 10000), power = 1000;
        for (int i = 0; i < 4; i++, power /= 10) {
            uint32_t digit = section / power % 10;
            if (!digit) {
                owed = 1;
                continue;
            }
            if (owed && any) put(w, figures[0]);
            owed = 0;
            any = 1;
            put(w, figures[digit]);
            put(w, places[i]);
        }
        if (!section) continue;
        owed = 0;
        put(w, s == 0 && v / 100000000 % 10000 ? "万" : units[s]);
    }
}

size_t arci_capital(char *buf, const arc_money *value)
{
    const arci_currency *c = arci_currency_find(value->currency);
    writer w = { buf, 0 };
    uint64_t minor = arci_mag64(value->minor), unit = c->exponent == 2 ? 100 : 1;
    if ((c->exponent != 0 && c->exponent != 2) || minor / unit >= UINT64_C(10000000000000000)) return 0;
    uint64_t whole = minor / unit, jiao = minor % unit / 10, fen = minor % unit % 10;
    buf[0] = 0;
    put(&w, c->name_zh);
    if (value->minor < 0) put(&w, "负");
    put_whole(&w, whole);
    if (!minor) put(&w, figures[0]);
    if (whole || !minor) put(&w, "元");
    if (whole && ((jiao && whole % 10 == 0) || (!jiao && fen))) put(&w, figures[0]);
    if (jiao) {
        put(&w, figures[jiao]);
        put(&w, "角");
    }
    if (fen) {
        put(&w, figures[fen]);
        put(&w, "分");
    }
    if (!jiao && !fen) put(&w, "整");
    return w.n;
}

/* ---- public ---------------------------------------------------------------------------------------------------------------------------- */

static arc_status check_money(const arc_money *value)
{
    if (arci_currency_exponent(value->currency) < 0) return ARC_E_CURRENCY;
    return value->minor > ARC_MONEY_MAX || value->minor < -ARC_MONEY_MAX ? ARC_E_RANGE : ARC_OK;
}

arc_status arc_money_format(char *buf, size_t *len, const arc_money *value, const char *language, int32_t style)
{
    char text[ARCI_FORMAT_MAX];
    if (!len || !value || !language || style < ARC_FORMAT_SYMBOL || style > ARC_FORMAT_CODE) return ARC_E_INVALID;
    const arci_locale *l = arci_locale_find(language, strlen(language));
    if (!l) return ARC_E_NOT_FOUND;
    arc_status st = check_money(value);
    return st == ARC_OK ? arci_text_out(buf, len, text, arci_locale_money(text, l, value, style)) : st;
}

arc_status arc_money_capital(char *buf, size_t *len, const arc_money *value)
{
    char text[ARCI_FORMAT_MAX];
    if (!len || !value) return ARC_E_INVALID;
    arc_status st = check_money(value);
    size_t n = st == ARC_OK ? arci_capital(text, value) : 0;
    if (st == ARC_OK && !n) st = arci_currency_exponent(value->currency) > 2 ? ARC_E_CURRENCY : ARC_E_RANGE;
    return st == ARC_OK ? arci_text_out(buf, len, text, n) : st;
}

arc_status arc_date_format(char *buf, size_t *len, arc_date date, const char *language, int32_t style)
{
    char text[ARCI_FORMAT_MAX];
    if (!len || !language || style < ARC_FORMAT_SHORT || style > ARC_FORMAT_LONG) return ARC_E_INVALID;
    const arci_locale *l = arci_locale_find(language, strlen(language));
    if (!l) return ARC_E_NOT_FOUND;
    if (date < ARC_DATE_MIN || date > ARC_DATE_MAX) return ARC_E_RANGE;
    return arci_text_out(buf, len, text, arci_locale_date(text, l, date, style));
}
