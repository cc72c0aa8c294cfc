/* SPDX-License-Identifier: Apache-2.0 */
/* The calendar is counted in eras of 400 years that begin on 1 March, so that the leap day is the last of its year (the
 * method of H. Hinnant's "chrono-Compatible Low-Level Date Algorithms"). */
#include <string.h>

#include "value/date.h"

#include "base/env.h"

int arci_leap(int32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int32_t arci_month_days(int32_t year, int32_t month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && arci_leap(year) ? 29 : days[month - 1];
}

int32_t arci_date_number(int32_t year, int32_t month, int32_t day)
{
    int32_t y = month <= 2 ? year - 1 : year;
    int32_t era = y / 400, of_era = y % 400;
    int32_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void arci_date_split(int32_t *year, int32_t *month, int32_t *day, arc_date date)
{
    int32_t z = date + 719468; /* days since 0000-03-01, never negative */
    int32_t era = z / 146097, doe = z % 146097;
    int32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int32_t mp = (5 * doy + 2) / 153;

    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = yoe + era * 400 + (*month <= 2);
}

int32_t arci_weekday(arc_date date)
{
    return (date - ARC_DATE_MIN) % 7 + 1; /* 0001-01-01 was a Monday */
}

int32_t arci_fixed_digits(const char *s, size_t n)
{
    int32_t v = 0;

    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9') return -1;
        v = v * 10 + (s[i] - '0');
    }
    return v;
}

void arci_put_digits(char *s, size_t n, int32_t v)
{
    while (n > 0) {
        s[--n] = (char)('0' + v % 10);
        v /= 10;
    }
}

arc_status arc_date_check(arc_date date)
{
    return date >= ARC_DATE_MIN && date <= ARC_DATE_MAX ? ARC_OK : ARC_E_RANGE;
}

arc_status arc_date_from_ymd(arc_date *out, int32_t year, int32_t month, int32_t day)
{
    if (out == NULL) return ARC_E_INVALID;
    if (year < 1 || year > 9999 || month < 1 || month > 12) return ARC_E_RANGE;
    if (day < 1 || day > arci_month_days(year, month)) return ARC_E_RANGE;
    *out = arci_date_number(year, month, day);
    return ARC_OK;
}

arc_status arc_date_to_ymd(int32_t *year, int32_t *month, int32_t *day, arc_date date)
{
    int32_t y, m, d;
    arc_status st = arc_date_check(date);

    if (st != ARC_OK) return st;
    arci_date_split(&y, &m, &d, date);
    if (year != NULL) *year = y;
    if (month != NULL) *month = m;
    if (day != NULL) *day = d;
    return ARC_OK;
}

arc_status arc_date_parse(arc_date *out, const char *text, size_t len)
{
    int32_t y, m, d;

    if (out == NULL || text == NULL) return ARC_E_INVALID;
    if (len == SIZE_MAX) len = strlen(text);
    if (len != 10 || text[4] != '-' || text[7] != '-') return ARC_E_SYNTAX;
    y = arci_fixed_digits(text, 4);
    m = arci_fixed_digits(text + 5, 2);
    d = arci_fixed_digits(text + 8, 2);
    if (y < 0 || m < 0 || d < 0) return ARC_E_SYNTAX;
    return arc_date_from_ymd(out, y, m, d);
}

arc_status arc_date_print(char *buf, size_t *len, arc_date date)
{
    char text[11] = "0000-00-00";
    int32_t y, m, d;
    arc_status st = arc_date_check(date);

    if (len == NULL) return ARC_E_INVALID;
    if (st != ARC_OK) return st;
    arci_date_split(&y, &m, &d, date);
    arci_put_digits(text, 4, y);
    arci_put_digits(text + 5, 2, m);
    arci_put_digits(text + 8, 2, d);
    return arci_text_out(buf, len, text, 10);
}

arc_status arc_date_add_days(arc_date *out, arc_date date, int64_t days)
{
    arc_status st = arc_date_check(date);

    if (out == NULL) return ARC_E_INVALID;
    if (st != ARC_OK) return st;
    if (days > ARC_DATE_MAX - (int64_t)date || days < ARC_DATE_MIN - (int64_t)date) return ARC_E_OVERFLOW;
    *out = (arc_date)(date + days);
    return ARC_OK;
}

/* day 0: the date's own day. */
static arc_status shift(arc_date *out, arc_date date, int64_t months, int32_t day)
{
    int32_t y, m, d, last;
    int64_t count;
    arc_status st = arc_date_check(date);

    if (out == NULL) return ARC_E_INVALID;
    if (st != ARC_OK) return st;
    if (months > 120000 || months < -120000) return ARC_E_OVERFLOW;
    arci_date_split(&y, &m, &d, date);
    count = (int64_t)(y - 1) * 12 + (m - 1) + months; /* months since 0001-01 */
    if (count < 0 || count >= INT64_C(9999) * 12) return ARC_E_OVERFLOW;
    y = (int32_t)(count / 12) + 1;
    m = (int32_t)(count % 12) + 1;
    last = arci_month_days(y, m);
    if (day != 0) d = day;
    *out = arci_date_number(y, m, d < last ? d : last);
    return ARC_OK;
}

arc_status arc_date_add_months(arc_date *out, arc_date date, int64_t months)
{
    return shift(out, date, months, 0);
}

arc_status arc_date_end_of_month(arc_date *out, arc_date date)
{
    return shift(out, date, 0, 31);
}

arc_status arc_date_day_of_month(arc_date *out, arc_date date, int64_t months, int32_t day)
{
    if (out == NULL) return ARC_E_INVALID;
    if (day < 1 || day > 31) return ARC_E_RANGE;
    return shift(out, date, months, day);
}

arc_status arc_date_weekday(int32_t *out, arc_date date)
{
    arc_status st = arc_date_check(date);

    if (out == NULL) return ARC_E_INVALID;
    if (st == ARC_OK) *out = arci_weekday(date);
    return st;
}

arc_status arc_date_iso_week(int32_t *year, int32_t *week, arc_date date)
{
    int32_t y, m, d, thursday;
    arc_status st = arc_date_check(date);

    if (year == NULL || week == NULL) return ARC_E_INVALID;
    if (st != ARC_OK) return st;
    thursday = date - arci_weekday(date) + 4; /* its year is the week's year; may be the first days of year 10000 */
    arci_date_split(&y, &m, &d, thursday);
    *year = y;
    *week = (thursday - arci_date_number(y, 1, 1)) / 7 + 1;
    return ARC_OK;
}

arc_status arc_days_past_due(int32_t *out, arc_date due, arc_date as_of)
{
    if (out == NULL) return ARC_E_INVALID;
    if (arc_date_check(due) != ARC_OK || arc_date_check(as_of) != ARC_OK) return ARC_E_RANGE;
    *out = as_of > due ? as_of - due : 0;
    return ARC_OK;
}

arc_status arc_bucket_index(int32_t *out, int64_t value, const int64_t *edges, size_t n)
{
    int32_t index = 0;

    if (out == NULL || (edges == NULL && n != 0) || n > INT32_MAX) return ARC_E_INVALID;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && edges[i] <= edges[i - 1]) return ARC_E_INVALID;
        index += edges[i] <= value;
    }
    *out = index;
    return ARC_OK;
}
