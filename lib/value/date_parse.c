/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as files carry them. The text is folded to ASCII first; the order of the parts is the caller's word. */
#include <string.h>

#include "base/str.h"
#include "value/date.h"

enum { TEXT_MAX = 64 };

typedef struct reader {
    char s[TEXT_MAX + 1];
    size_t at, len;
} reader;

arc_status arc_date_options_init(arc_date_options *options)
{
    const arc_date_options init = ARC_DATE_OPTIONS_INIT;

    if (options == NULL) return ARC_E_INVALID;
    *options = init;
    return ARC_OK;
}

/* Year, month and day signs become 'y', 'm', 'd'; with FULLWIDTH the block U+FF01..FF5E becomes ASCII. */
static arc_status fold(reader *r, const char *text, size_t len, uint32_t flags)
{
    static const struct {
        const char *from;
        char to;
    } chinese[] = {{"\xE5\xB9\xB4", 'y'}, {"\xE6\x9C\x88", 'm'}, {"\xE6\x97\xA5", 'd'}, {"\xE5\x8F\xB7", 'd'}};

    for (size_t i = 0; i < len;) {
        const unsigned char *p = (const unsigned char *)text + i;
        size_t k;
        if (p[0] < 0x80) {
            if (p[0] < 0x20 || p[0] == 'y' || p[0] == 'm' || p[0] == 'd') return ARC_E_SYNTAX;
            r->s[r->len++] = text[i++];
            continue;
        }
        for (k = 0; k < 4 && (len - i < 3 || memcmp(text + i, chinese[k].from, 3) != 0); k++) {
        }
        if (k < 4) {
            r->s[r->len++] = chinese[k].to;
        } else if ((flags & ARC_DATE_FULLWIDTH) && p[0] == 0xEF && (p[1] == 0xBC || p[1] == 0xBD)) {
            unsigned u = (0xF000u | (unsigned)((p[1] & 0x3F) << 6) | (p[2] & 0x3Fu)) - 0xFEE0u;
            if (u > 0x7E) return ARC_E_SYNTAX;
            r->s[r->len++] = (char)u;
        } else if ((flags & ARC_DATE_FULLWIDTH) && p[0] == 0xE3 && p[1] == 0x80 && p[2] == 0x80) {
            r->s[r->len++] = ' ';
        } else {
            return ARC_E_SYNTAX;
        }
        i += 3;
    }
    return ARC_OK;
}

static size_t digit_run(const reader *r)
{
    size_t n = 0;

    while (r->at + n < r->len && r->s[r->at + n] >= '0' && r->s[r->at + n] <= '9') n++;
    return n;
}

static int take_number(reader *r, int32_t *v, size_t *digits)
{
    *digits = digit_run(r);
    if (*digits < 1 || *digits > 4) return 0;
    *v = arci_fixed_digits(r->s + r->at, *digits);
    r->at += *digits;
    return 1;
}

static char peek(const reader *r)
{
    return r->at < r->len ? r->s[r->at] : 0;
}

/* part[] in written order. Eight digits without marks, three numbers with one kind of mark, or year-month-day signs. */
static arc_status parts(reader *r, int32_t order, int32_t part[3], size_t digits[3])
{
    char mark;

    if (digit_run(r) == 8) {
        size_t first = order == ARC_DATE_YMD ? 4 : 2;
        part[0] = arci_fixed_digits(r->s + r->at, first);
        part[1] = arci_fixed_digits(r->s + r->at + first, 2);
        part[2] = arci_fixed_digits(r->s + r->at + first + 2, 6 - first);
        digits[0] = first;
        digits[1] = 2;
        digits[2] = 6 - first;
        r->at += 8;
        return ARC_OK;
    }
    if (!take_number(r, &part[0], &digits[0])) return ARC_E_SYNTAX;
    mark = peek(r);
    if (mark != '-' && mark != '/' && mark != '.' && !(mark == 'y' && order == ARC_DATE_YMD)) return ARC_E_SYNTAX;
    r->at++;
    if (!take_number(r, &part[1], &digits[1])) return ARC_E_SYNTAX;
    if (peek(r) != (mark == 'y' ? 'm' : mark)) return ARC_E_SYNTAX;
    r->at++;
    if (!take_number(r, &part[2], &digits[2])) return ARC_E_SYNTAX;
    if (mark != 'y') return ARC_OK;
    return peek(r) == 'd' ? (r->at++, ARC_OK) : ARC_E_SYNTAX;
}

static arc_status full_year(int32_t *year, size_t digits, int32_t pivot)
{
    if (digits == 4) return ARC_OK;
    if (digits != 2 || pivot == 0) return ARC_E_SYNTAX;
    *year += pivot - pivot % 100;
    if (*year < pivot) *year += 100;
    return ARC_OK;
}

/* "12:30", "12:30:05", "12:30:05.25", and after it "Z" or an offset: looked at, not used. */
static arc_status time_tail(reader *r)
{
    int32_t v, limit[3] = {23, 59, 59};
    size_t n, count = 0;

    if (peek(r) != ' ' && peek(r) != 'T') return ARC_E_SYNTAX;
    r->at++;
    for (;; r->at++) {
        if (!take_number(r, &v, &n) || n > 2) return ARC_E_SYNTAX;
        if (v > limit[count]) return ARC_E_RANGE;
        if (++count == 3 || peek(r) != ':') break;
    }
    if (count < 2) return ARC_E_SYNTAX;
    if (count == 3 && peek(r) == '.') {
        r->at++;
        n = digit_run(r);
        if (n == 0) return ARC_E_SYNTAX;
        r->at += n;
    }
    if (peek(r) == 'Z') {
        r->at++;
    } else if (peek(r) == '+' || peek(r) == '-') {
        if (r->len - r->at != 6 || arci_fixed_digits(r->s + r->at + 1, 2) < 0 || r->s[r->at + 3] != ':' ||
            arci_fixed_digits(r->s + r->at + 4, 2) < 0)
            return ARC_E_SYNTAX;
        r->at += 6;
    }
    return ARC_OK;
}

static arc_status excel(arc_date *out, reader *r, int epoch_1904)
{
    size_t n = digit_run(r);
    int32_t serial;
    int64_t date;

    if (n < 1 || n > 7) return ARC_E_SYNTAX;
    serial = arci_fixed_digits(r->s + r->at, n);
    r->at += n;
    if (peek(r) == '.') {
        r->at++;
        n = digit_run(r);
        if (n == 0) return ARC_E_SYNTAX;
        r->at += n;
    }
    if (r->at != r->len) return ARC_E_SYNTAX;
    if (epoch_1904)
        date = (int64_t)arci_date_number(1904, 1, 1) + serial;
    else if (serial < 1 || serial == 60)
        return ARC_E_RANGE;
    else
        date = (int64_t)arci_date_number(1899, 12, serial > 60 ? 30 : 31) + serial;
    if (date > ARC_DATE_MAX) return ARC_E_RANGE;
    *out = (arc_date)date;
    return ARC_OK;
}

static arc_status check_options(arc_date_options *o, const arc_date_options *options)
{
    arc_status st = arci_struct_in(NULL, o, sizeof *o, options);

    if (st != ARC_OK) return st;
    if ((o->flags & ~(ARC_DATE_TIME_TAIL | ARC_DATE_FULLWIDTH | ARC_DATE_SPACE)) != 0) return ARC_E_INVALID;
    if (o->order < ARC_DATE_YMD || o->order > ARC_DATE_EXCEL_1904) return ARC_E_INVALID;
    return o->pivot < 0 || o->pivot > 9900 ? ARC_E_INVALID : ARC_OK;
}

arc_status arc_date_parse_as(arc_date *out, const char *text, size_t len, const arc_date_options *options)
{
    static const int place[3][3] = {{0, 1, 2}, {2, 1, 0}, {2, 0, 1}}; /* of year, month, day */
    arc_date_options o = ARC_DATE_OPTIONS_INIT;
    reader r;
    int32_t part[3];
    size_t digits[3];
    const int *p;
    arc_status st;

    memset(&r, 0, sizeof r);
    if (out == NULL || text == NULL) return ARC_E_INVALID;
    st = check_options(&o, options);
    if (st != ARC_OK) return st;
    if (len == SIZE_MAX) len = strlen(text);
    if (len > TEXT_MAX) return ARC_E_LIMIT;
    if (arci_utf8_check(text, len) != len) return ARC_E_ENCODING;
    st = fold(&r, text, len, o.flags);
    if (st != ARC_OK) return st;
    if (o.flags & ARC_DATE_SPACE) {
        while (r.at < r.len && r.s[r.at] == ' ') r.at++;
        while (r.len > r.at && r.s[r.len - 1] == ' ') r.len--;
    }
    if (o.order >= ARC_DATE_EXCEL_1900) return excel(out, &r, o.order == ARC_DATE_EXCEL_1904);
    st = parts(&r, o.order, part, digits);
    if (st == ARC_OK && r.at < r.len && (o.flags & ARC_DATE_TIME_TAIL)) st = time_tail(&r);
    if (st == ARC_OK && r.at != r.len) st = ARC_E_SYNTAX;
    if (st != ARC_OK) return st;
    p = place[o.order - 1];
    st = full_year(&part[p[0]], digits[p[0]], o.pivot);
    if (st != ARC_OK) return st;
    if (digits[p[1]] > 2 || digits[p[2]] > 2) return ARC_E_SYNTAX;
    return arc_date_from_ymd(out, part[p[0]], part[p[1]], part[p[2]]);
}
