/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/duration.h"

#include <string.h>

static arc_status bad(arci_env *env, arc_status st)
{
    if (st == ARC_E_RANGE) return arci_fail(env, st, "is longer than %d months or %d days", "超过 %d 个月或 %d 天", ARCI_DURATION_MONTHS, ARCI_DURATION_DAYS);
    return arci_fail(env, st, "is no duration in days or months, such as P15D, -P3D, P1M or P2W", "不是以天或月计的时长，例如 P15D、-P3D、P1M、P2W");
}

/* A number and its letter, in the order Y M W D; -1: none of them, -2: too large. */
static int part(const char **s, const char *end, int64_t *n)
{
    static const char letters[] = "YMWD";
    const char *p = *s;
    *n = 0;
    while (p < end && *p >= '0' && *p <= '9') {
        *n = *n * 10 + (*p++ - '0');
        if (*n > ARCI_DURATION_DAYS) return -2;
    }
    const char *at = p > *s && p < end ? memchr(letters, *p, 4) : NULL;
    *s = p + 1;
    return at ? (int)(at - letters) : -1;
}

arc_status arci_duration_parse(arci_env *env, arci_duration *out, const char *s, size_t len)
{
    const char *end = s + len;
    int sign = len && *s == '-' ? -1 : 1, last = -1;
    int64_t months = 0, days = 0, n;
    s += sign < 0;
    if (end - s < 3 || *s++ != 'P') return bad(env, ARC_E_SYNTAX);
    while (s < end) {
        int unit = part(&s, end, &n);
        if (unit == -2) return bad(env, ARC_E_RANGE);
        if (unit <= last) return bad(env, ARC_E_SYNTAX);
        last = unit;
        if (unit < 2) months += unit ? n : 12 * n;
        else days += unit == 2 ? 7 * n : n;
    }
    if (months > ARCI_DURATION_MONTHS || days > ARCI_DURATION_DAYS) return bad(env, ARC_E_RANGE);
    out->months = (int32_t)months * sign;
    out->days = (int32_t)days * sign;
    return ARC_OK;
}

/* ---- business days ------------------------------------------------------------------------------------------------------------ */

static int worked(const arc_calendar *calendar, arc_date d, int *guessed)
{
    int32_t yes = 0, weekday = 0;
    if (calendar && arc_calendar_is_business(calendar, &yes, d) == ARC_OK) return yes != 0;
    if (calendar) *guessed = 1;
    (void)arc_date_weekday(&weekday, d);
    return weekday < 6; /* 1 = Monday */
}

static arc_status step_to_worked(arc_date *d, int32_t step, const arc_calendar *calendar, int *guessed)
{
    do {
        arc_status st = arc_date_add_days(d, *d, step);
        if (st != ARC_OK) return st;
    } while (!worked(calendar, *d, guessed));
    return ARC_OK;
}

arc_status arci_duration_add(arc_date *out, arc_date date, const arci_duration *d, const arc_calendar *business, int *guessed)
{
    arc_status st = arc_date_add_months(out, date, d->months);
    if (st != ARC_OK || !business) return st == ARC_OK ? arc_date_add_days(out, *out, d->days) : st;
    if (arc_calendar_add(business, out, *out, d->days) == ARC_OK) return ARC_OK;
    int32_t left = d->days < 0 ? -d->days : d->days;
    if (!left) return arci_duration_roll(out, *out, ARC_ADJUST_FOLLOWING, business, guessed);
    while (left-- && st == ARC_OK) st = step_to_worked(out, d->days < 0 ? -1 : 1, business, guessed);
    return st;
}

arc_status arci_duration_roll(arc_date *out, arc_date date, int32_t convention, const arc_calendar *calendar, int *guessed)
{
    int back = convention == ARC_ADJUST_PRECEDING || convention == ARC_ADJUST_MODIFIED_PRECEDING;
    int modified = convention == ARC_ADJUST_MODIFIED_FOLLOWING || convention == ARC_ADJUST_MODIFIED_PRECEDING;
    arc_date d = date, end;
    arc_date month;
    *out = date;
    if (convention == ARC_ADJUST_NONE || (calendar && arc_calendar_adjust(calendar, out, date, convention) == ARC_OK)) return ARC_OK;
    arc_status st = arc_date_end_of_month(&month, date);
    if (st == ARC_OK && convention == ARC_ADJUST_END_OF_MONTH) {
        d = month;
        back = 1;
    }
    if (st == ARC_OK && !worked(calendar, d, guessed)) st = step_to_worked(&d, back ? -1 : 1, calendar, guessed);
    if (st == ARC_OK) st = arc_date_end_of_month(&end, d);
    if (st == ARC_OK && modified && end != month) {
        d = date;
        st = step_to_worked(&d, back ? 1 : -1, calendar, guessed);
    }
    *out = d;
    return st;
}
