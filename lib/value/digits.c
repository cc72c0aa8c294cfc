/* SPDX-License-Identifier: Apache-2.0 */
/* Reading numbers as people write them. The text is first folded to ASCII, then its surroundings (blanks, signs,
 * currency) are peeled off from both ends, and what is left must be digits, group marks and one decimal mark. */
#include "value/digits.h"

#include <string.h>

#include "base/str.h"
#include "value/wide.h"

/* Stand-ins for non-ASCII group marks in the folded text. */
enum { MARK_NBSP = 1, MARK_NARROW = 2 };

typedef struct cursor {
    char s[ARCI_DIGITS_MAX + 1];
    size_t from, to;
    uint32_t flags;
    char decimal;
    int32_t negative, signs;
} cursor;

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static uint32_t decode(const unsigned char *p, size_t *n)
{
    if (p[0] < 0x80) {
        *n = 1;
        return p[0];
    }
    if (p[0] < 0xE0) {
        *n = 2;
        return ((uint32_t)(p[0] & 0x1F) << 6) | (p[1] & 0x3Fu);
    }
    if (p[0] < 0xF0) {
        *n = 3;
        return ((uint32_t)(p[0] & 0x0F) << 12) | ((uint32_t)(p[1] & 0x3F) << 6) | (p[2] & 0x3Fu);
    }
    *n = 4;
    return 0xFFFD;
}

/* The ASCII twin of a code point, 0 when it has none. */
static int fold_point(uint32_t u, uint32_t flags)
{
    if (flags & ARC_NUMBER_GROUPING) {
        if (u == 0xA0) return MARK_NBSP;
        if (u == 0x202F) return MARK_NARROW;
        if (u == 0x2019) return '\'';
    }
    if ((flags & ARC_NUMBER_SPACE) && u == 0xA0) return ' ';
    if (flags & ARC_NUMBER_FULLWIDTH) {
        if (u >= 0xFF01 && u <= 0xFF5E && u != 0xFF04) return (int)(u - 0xFEE0);
        if (u == 0x2212) return '-'; /* the true minus sign */
        if (u == 0x3000) return ' ';
        if (u == 0x3002) return '.'; /* ideographic full stop */
    }
    return 0;
}

static int blank(char c)
{
    return c == ' ' || c == '\t' || c == MARK_NBSP || c == MARK_NARROW;
}

/* Currency signs stay as they are, as UTF-8. */
static arc_status fold(cursor *c, const char *text, size_t len)
{
    size_t used = 0;

    if (len > ARCI_DIGITS_MAX) return ARC_E_LIMIT;
    if (arci_utf8_check(text, len) != len) return ARC_E_ENCODING;
    for (size_t i = 0; i < len;) {
        size_t n;
        uint32_t u = decode((const unsigned char *)text + i, &n);
        int f;
        if (u < 0x80) {
            if (u < 0x20 && u != '\t') return ARC_E_SYNTAX;
            c->s[used++] = (char)u;
        } else if ((f = fold_point(u, c->flags)) != 0) {
            c->s[used++] = (char)f;
        } else {
            memcpy(c->s + used, text + i, n);
            used += n;
        }
        i += n;
    }
    c->s[used] = 0;
    c->from = 0;
    c->to = used;
    return ARC_OK;
}

static void trim(cursor *c)
{
    while (c->from < c->to && blank(c->s[c->from])) c->from++;
    while (c->to > c->from && blank(c->s[c->to - 1])) c->to--;
}

/* Currency signs and the currencies each may stand for. */
static const struct {
    const char *sign;
    const char *codes;
    int tail_only;
} signs[] = {
    {"US$", "USD", 0},
    {"HK$", "HKD", 0},
    {"NT$", "TWD", 0},
    {"RMB", "CNY", 0},
    {"\xC2\xA5", "CNY JPY", 0},     /* U+00A5 */
    {"\xEF\xBF\xA5", "CNY JPY", 0}, /* U+FFE5 */
    {"\xE2\x82\xAC", "EUR", 0},
    {"\xC2\xA3", "GBP EGP FKP GIP LBP SDG SHP SSP SYP", 0},
    {"$",
     "USD ARS AUD BBD BMD BND BSD BZD CAD CLP COP CUP DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD TWD UYU "
     "XCD",
     0},
    {"\xEF\xBC\x84", "USD AUD CAD HKD NZD SGD TWD", 0}, /* U+FF04 */
    {"\xE2\x82\xA9", "KRW KPW", 0},
    {"\xE2\x82\xB9", "INR", 0},
    {"\xE2\x82\xBD", "RUB", 0},
    {"\xE2\x82\xAB", "VND", 0},
    {"\xE0\xB8\xBF", "THB", 0},
    {"\xE5\x85\x83", "CNY HKD TWD MOP", 1}, /* yuan */
    {"\xE5\x86\x86", "JPY", 1},             /* yen */
};

static int match(const cursor *c, size_t at, const char *s, size_t n)
{
    return at + n <= c->to && memcmp(c->s + at, s, n) == 0;
}

/* Takes one currency sign or code off the given end. 1: taken. */
static int take_affix(cursor *c, arci_affix *affix, int tail)
{
    size_t room = c->to - c->from;

    for (size_t i = 0; affix->codes == NULL && i < sizeof signs / sizeof signs[0]; i++) {
        size_t n = strlen(signs[i].sign);
        if (n > room || (signs[i].tail_only && !tail)) continue;
        if (!match(c, tail ? c->to - n : c->from, signs[i].sign, n)) continue;
        affix->codes = signs[i].codes;
        if (tail)
            c->to -= n;
        else
            c->from += n;
        return 1;
    }
    if (room > 3 && affix->code[0] == 0) {
        const char *p = c->s + (tail ? c->to - 3 : c->from);
        if (is_upper(p[0]) && is_upper(p[1]) && is_upper(p[2])) {
            memcpy(affix->code, p, 3);
            if (tail)
                c->to -= 3;
            else
                c->from += 3;
            return 1;
        }
    }
    return 0;
}

/* One sign in all, wherever it stands. 1: taken, 0: none there, -1: a second one. */
static int take_sign(cursor *c)
{
    char first = c->from < c->to ? c->s[c->from] : 0, last = c->from < c->to ? c->s[c->to - 1] : 0;

    if (first == '-' || (first == '+' && (c->flags & ARC_NUMBER_PLUS))) {
        c->from++;
        c->negative = first == '-';
        return ++c->signs > 1 ? -1 : 1;
    }
    if (last == '-' && (c->flags & ARC_NUMBER_TRAILING_SIGN)) {
        c->to--;
        c->negative = 1;
        return ++c->signs > 1 ? -1 : 1;
    }
    if (first == '(' && last == ')' && c->to - c->from > 2 && (c->flags & ARC_NUMBER_PARENTHESES)) {
        c->from++;
        c->to--;
        c->negative = 1;
        return ++c->signs > 1 ? -1 : 1;
    }
    return 0;
}

static arc_status peel(cursor *c, arci_affix *affix)
{
    int again = 1;

    if (c->flags & ARC_NUMBER_SPACE) trim(c);
    while (again) {
        int sign = take_sign(c);
        if (sign < 0) return ARC_E_SYNTAX;
        again = sign;
        if (affix != NULL && (c->flags & ARC_NUMBER_SYMBOL) && (take_affix(c, affix, 0) || take_affix(c, affix, 1)))
            again = 1;
        if (again && (c->flags & (ARC_NUMBER_SPACE | ARC_NUMBER_SYMBOL))) trim(c);
    }
    return ARC_OK;
}

static int group_mark(const cursor *c, char x)
{
    if (!(c->flags & ARC_NUMBER_GROUPING)) return 0;
    if (x == ',' || x == '.') return x != c->decimal;
    return x == ' ' || x == '\'' || x == MARK_NBSP || x == MARK_NARROW;
}

static void add_digit(arci_digits *out, char x)
{
    if (out->n != 0 || x != '0') out->d[out->n++] = x;
}

/* Whole part: digits with one kind of group mark; the first group has 1 to 3 digits, every other exactly 3. */
static arc_status whole_part(cursor *c, arci_digits *out, size_t *count)
{
    char mark = 0;
    size_t group = 0;

    *count = 0;
    for (; c->from < c->to; c->from++) {
        char x = c->s[c->from];
        if (is_digit(x)) {
            add_digit(out, x);
            group++;
            (*count)++;
            continue;
        }
        if (!group_mark(c, x)) break;
        if ((mark != 0 && x != mark) || group == 0) return ARC_E_SYNTAX;
        if (!(c->flags & ARC_NUMBER_LOOSE_GROUPS) && (mark == 0 ? group > 3 : group != 3)) return ARC_E_SYNTAX;
        mark = x;
        group = 0;
    }
    if (mark == 0) return ARC_OK;
    if (group == 0 || (!(c->flags & ARC_NUMBER_LOOSE_GROUPS) && group != 3)) return ARC_E_SYNTAX;
    return ARC_OK;
}

static arc_status exponent_part(cursor *c, arci_digits *out)
{
    int32_t e = 0, negative = 0;
    size_t count = 0;

    c->from++;
    if (c->from < c->to && (c->s[c->from] == '-' || c->s[c->from] == '+')) negative = c->s[c->from++] == '-';
    for (; c->from < c->to && is_digit(c->s[c->from]); c->from++, count++) {
        e = e * 10 + (c->s[c->from] - '0');
        if (e > 9999) e = 9999;
    }
    if (count == 0) return ARC_E_SYNTAX;
    out->scale += negative ? e : -e;
    return ARC_OK;
}

static arc_status number_part(cursor *c, arci_digits *out)
{
    size_t whole, fraction = 0;
    int point = 0;
    arc_status st = whole_part(c, out, &whole);

    if (st != ARC_OK) return st;
    if (c->from < c->to && c->s[c->from] == c->decimal) {
        point = 1;
        c->from++;
        for (; c->from < c->to && is_digit(c->s[c->from]); c->from++, fraction++) add_digit(out, c->s[c->from]);
    }
    out->scale = (int32_t)fraction;
    if (whole + fraction == 0) return ARC_E_SYNTAX;
    if (!(c->flags & ARC_NUMBER_BARE_POINT) && (whole == 0 || (point && fraction == 0))) return ARC_E_SYNTAX;
    if ((c->flags & ARC_NUMBER_EXPONENT) && c->from < c->to && (c->s[c->from] == 'e' || c->s[c->from] == 'E')) {
        st = exponent_part(c, out);
        if (st != ARC_OK) return st;
    }
    return c->from == c->to ? ARC_OK : ARC_E_SYNTAX;
}

arc_status arci_number_options_in(arc_number_options *out, const arc_number_options *in)
{
    arc_status st = arci_struct_in(NULL, out, sizeof *out, in);

    if (st != ARC_OK) return st;
    if ((out->flags & ~ARC_NUMBER_ANY) != 0 || (out->decimal_mark != '.' && out->decimal_mark != ','))
        return ARC_E_INVALID;
    return arci_round_mode_ok(out->mode) ? ARC_OK : ARC_E_INVALID;
}

arc_status arci_digits_parse(arci_digits *out, arci_affix *affix, const char *text, size_t len,
                             const arc_number_options *options)
{
    cursor c;
    arc_status st;

    memset(&c, 0, sizeof c);
    memset(out, 0, sizeof *out);
    if (affix != NULL) memset(affix, 0, sizeof *affix);
    c.flags = options != NULL ? options->flags : 0;
    c.decimal = options != NULL ? (char)options->decimal_mark : '.';
    st = fold(&c, text, len);
    if (st == ARC_OK) st = peel(&c, affix);
    if (st == ARC_OK) st = number_part(&c, out);
    out->negative = c.negative;
    return st;
}

/* Rounds the digits from position keep on; q is what stands before it. */
static int round_up_rest(const arci_digits *g, int32_t keep, uint64_t q, int32_t mode)
{
    int half;
    int32_t first = keep < 0 ? 0 : keep, i;
    char lead = keep < 0 ? '0' : g->d[keep];

    for (i = keep < 0 ? first : first + 1; i < g->n && g->d[i] == '0'; i++) {
    }
    if (lead == '5')
        half = i < g->n ? 1 : 0;
    else
        half = lead > '5' ? 1 : -1;
    return arci_round_away(mode, g->negative, q, half);
}

arc_status arci_digits_int(int64_t *out, const arci_digits *g, int32_t scale, int32_t mode)
{
    int32_t keep = g->n - g->scale + scale; /* digits of the result */
    uint64_t q = 0;
    int rest = 0;

    for (int32_t i = keep < 0 ? 0 : keep; i < g->n; i++) rest |= g->d[i] != '0';
    if (g->n == 0) keep = 0;
    if (rest && mode == ARC_ROUND_EXACT) return ARC_E_PRECISION;
    if (keep > 19) return ARC_E_OVERFLOW;
    for (int32_t i = 0; i < keep; i++) q = q * 10 + (i < g->n ? (uint64_t)(g->d[i] - '0') : 0);
    if (rest && round_up_rest(g, keep, q, mode)) q++;
    return arci_signed64(out, q, g->negative) ? ARC_E_OVERFLOW : ARC_OK;
}

size_t arci_scaled_text(char *buf, int64_t mantissa, int32_t scale)
{
    char digits[24];
    size_t n = 0, used = 0;
    uint64_t m = arci_mag64(mantissa);

    while (m != 0 || n <= (size_t)scale) {
        digits[n++] = (char)('0' + (int)(m % 10));
        m /= 10;
    }
    if (mantissa < 0) buf[used++] = '-';
    while (n > 0) {
        if (n == (size_t)scale) buf[used++] = '.';
        buf[used++] = digits[--n];
    }
    buf[used] = 0;
    return used;
}
