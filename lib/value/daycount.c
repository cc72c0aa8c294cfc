/* SPDX-License-Identifier: Apache-2.0 */
#include "value/date.h"

static int64_t gcd(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t t = a % b;
        a = b;
        b = t;
    }
    return a;
}

/* Days of leap years in [0001-01-01, date). */
static int64_t leap_days_before(arc_date date)
{
    int32_t y, m, d;
    int64_t past;

    arci_date_split(&y, &m, &d, date);
    past = (y - 1) / 4 - (y - 1) / 100 + (y - 1) / 400;
    return past * 366 + (arci_leap(y) ? date - arci_date_number(y, 1, 1) : 0);
}

static int64_t days_360(arc_date from, arc_date to, int european)
{
    int32_t y1, m1, d1, y2, m2, d2;

    arci_date_split(&y1, &m1, &d1, from);
    arci_date_split(&y2, &m2, &d2, to);
    if (d1 == 31) d1 = 30;
    if (d2 == 31 && (european || d1 == 30)) d2 = 30;
    return (int64_t)(y2 - y1) * 360 + (m2 - m1) * 30 + (d2 - d1);
}

/* from <= to; the fraction is not yet in lowest terms. */
static arc_status fraction(int64_t *num, int64_t *den, arc_date from, arc_date to, int32_t convention)
{
    int64_t days = (int64_t)to - from, leap;

    switch (convention) {
    case ARC_COUNT_ACT_365:
        *num = days;
        *den = 365;
        return ARC_OK;
    case ARC_COUNT_ACT_360:
        *num = days;
        *den = 360;
        return ARC_OK;
    case ARC_COUNT_ACT_ACT:
        leap = leap_days_before(to) - leap_days_before(from);
        *num = leap * 365 + (days - leap) * 366;
        *den = INT64_C(365) * 366;
        return ARC_OK;
    case ARC_COUNT_30_360:
    case ARC_COUNT_30E_360:
        *num = days_360(from, to, convention == ARC_COUNT_30E_360);
        *den = 360;
        return ARC_OK;
    default: return ARC_E_INVALID;
    }
}

arc_status arc_date_fraction(int64_t *num, int64_t *den, arc_date from, arc_date to, int32_t convention)
{
    int64_t n, d, g;
    int swapped = from > to;
    arc_status st;

    if (num == NULL || den == NULL) return ARC_E_INVALID;
    if (arc_date_check(from) != ARC_OK || arc_date_check(to) != ARC_OK) return ARC_E_RANGE;
    st = swapped ? fraction(&n, &d, to, from, convention) : fraction(&n, &d, from, to, convention);
    if (st != ARC_OK) return st;
    g = gcd(d,
            n < 0 ? -n
                  : n); /* a 30/360 count can be -1: from the 30th to the 31st has 1 day, from the 31st to the 31st 0 */
    *num = (swapped ? -n : n) / g;
    *den = d / g;
    return ARC_OK;
}
