/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/env.h"
#include "value/date.h"

#define SECOND INT64_C(1000000)
#define DAY (INT64_C(86400) * SECOND)

static arc_status clock_time(int64_t *us, const char *s)
{
    int32_t h = arci_fixed_digits(s, 2), m = arci_fixed_digits(s + 3, 2), sec = arci_fixed_digits(s + 6, 2);

    if (h < 0 || m < 0 || sec < 0 || s[2] != ':' || s[5] != ':') return ARC_E_SYNTAX;
    if (h > 23 || m > 59 || sec > 59) return ARC_E_RANGE;
    *us = ((int64_t)h * 3600 + m * 60 + sec) * SECOND;
    return ARC_OK;
}

/* ".25" at *at; moves *at past it. */
static arc_status fraction(int64_t *us, const char *s, size_t len, size_t *at)
{
    int64_t unit = SECOND / 10;
    size_t start;
    arc_status st = ARC_OK;

    *us = 0;
    if (*at >= len || s[*at] != '.') return ARC_OK;
    start = ++*at;
    for (; *at < len && s[*at] >= '0' && s[*at] <= '9'; ++*at, unit /= 10) {
        if (unit == 0 && s[*at] != '0') st = ARC_E_PRECISION;
        *us += unit * (s[*at] - '0');
    }
    return *at == start ? ARC_E_SYNTAX : st;
}

static arc_status zone(int64_t *us, const char *s, size_t n)
{
    int32_t h, m;

    *us = 0;
    if (n == 1 && (s[0] == 'Z' || s[0] == 'z')) return ARC_OK;
    if (n != 6 || (s[0] != '+' && s[0] != '-') || s[3] != ':') return ARC_E_SYNTAX;
    h = arci_fixed_digits(s + 1, 2);
    m = arci_fixed_digits(s + 4, 2);
    if (h < 0 || m < 0) return ARC_E_SYNTAX;
    if (h > 23 || m > 59) return ARC_E_RANGE;
    *us = ((int64_t)h * 60 + m) * 60 * SECOND;
    if (s[0] == '-') *us = -*us;
    return ARC_OK;
}

arc_status arc_stamp_parse(arc_stamp *out, const char *text, size_t len)
{
    arc_date date;
    int64_t time, part, offset, stamp;
    size_t at = 19;
    arc_status st;

    if (out == NULL || text == NULL) return ARC_E_INVALID;
    if (len == SIZE_MAX) len = strlen(text);
    if (len < 20 || (text[10] != 'T' && text[10] != 't')) return ARC_E_SYNTAX;
    st = arc_date_parse(&date, text, 10);
    if (st == ARC_OK) st = clock_time(&time, text + 11);
    if (st == ARC_OK) st = fraction(&part, text, len, &at);
    if (st == ARC_OK) st = zone(&offset, text + at, len - at);
    if (st != ARC_OK) return st;
    stamp = date * DAY + time + part - offset;
    if (stamp < ARC_STAMP_MIN || stamp > ARC_STAMP_MAX) return ARC_E_RANGE;
    *out = stamp;
    return ARC_OK;
}

/* Whole days and the rest, rounded down; the stamp is in range. */
static arc_date split(int64_t stamp, int64_t *rest)
{
    int64_t days = stamp / DAY, r = stamp % DAY;

    if (r < 0) {
        days--;
        r += DAY;
    }
    *rest = r;
    return (arc_date)days;
}

arc_status arc_stamp_print(char *buf, size_t *len, arc_stamp stamp)
{
    char text[28] = "0000-00-00T00:00:00.000000Z";
    int32_t y, m, d, second;
    int64_t rest;

    if (len == NULL) return ARC_E_INVALID;
    if (stamp < ARC_STAMP_MIN || stamp > ARC_STAMP_MAX) return ARC_E_RANGE;
    arci_date_split(&y, &m, &d, split(stamp, &rest));
    second = (int32_t)(rest / SECOND);
    arci_put_digits(text, 4, y);
    arci_put_digits(text + 5, 2, m);
    arci_put_digits(text + 8, 2, d);
    arci_put_digits(text + 11, 2, second / 3600);
    arci_put_digits(text + 14, 2, second / 60 % 60);
    arci_put_digits(text + 17, 2, second % 60);
    arci_put_digits(text + 20, 6, (int32_t)(rest % SECOND));
    return arci_text_out(buf, len, text, 27);
}

arc_status arc_stamp_date(arc_date *out, arc_stamp stamp, int32_t offset_minutes)
{
    int64_t rest;
    arc_date date;

    if (out == NULL) return ARC_E_INVALID;
    if (stamp < ARC_STAMP_MIN || stamp > ARC_STAMP_MAX || offset_minutes < -1439 || offset_minutes > 1439)
        return ARC_E_RANGE;
    date = split(stamp + offset_minutes * 60 * SECOND, &rest);
    if (arc_date_check(date) != ARC_OK) return ARC_E_RANGE;
    *out = date;
    return ARC_OK;
}

arc_status arc_stamp_from_date(arc_stamp *out, arc_date date, int32_t offset_minutes)
{
    int64_t stamp;

    if (out == NULL) return ARC_E_INVALID;
    if (arc_date_check(date) != ARC_OK || offset_minutes < -1439 || offset_minutes > 1439) return ARC_E_RANGE;
    stamp = date * DAY - offset_minutes * 60 * SECOND;
    if (stamp < ARC_STAMP_MIN || stamp > ARC_STAMP_MAX) return ARC_E_RANGE;
    *out = stamp;
    return ARC_OK;
}
