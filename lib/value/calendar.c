/* SPDX-License-Identifier: Apache-2.0 */
#include "value/calendar.h"

#include <string.h>

#include "base/handle.h"
#include "value/date.h"

/* ---- the object ---- */

arci_calendar *arci_calendar_blank(arc_context *ctx)
{
    arci_calendar *c = arci_calloc(ctx, 1, sizeof *c);

    if (c != NULL) arci_arena_init(&c->memory, ctx);
    return c;
}

void arci_calendar_destroy(void *object)
{
    arci_calendar *c = object;
    arc_context *ctx;

    if (c == NULL) return;
    ctx = c->memory.ctx;
    arci_arena_clear(&c->memory);
    arci_free(ctx, c);
}

arc_status arci_calendar_publish(arci_env *env, arc_calendar **out, arci_calendar *c)
{
    void *handle;
    arc_status st = arci_handle_new(env->ctx, ARCI_H_CALENDAR, c, arci_calendar_destroy, &handle);

    if (st != ARC_OK) {
        arci_calendar_destroy(c);
        return st == ARC_E_NOMEM ? arci_nomem(env) : st;
    }
    *out = handle;
    return ARC_OK;
}

void arci_cal_set(arci_cal_year *y, arc_date date, int work)
{
    uint32_t i = (uint32_t)(date - y->first);
    uint64_t bit = UINT64_C(1) << (i & 63);

    if (work)
        y->work[i >> 6] |= bit;
    else
        y->work[i >> 6] &= ~bit;
}

int arci_cal_work(const arci_cal_year *y, arc_date date)
{
    uint32_t i = (uint32_t)(date - y->first);

    return (y->work[i >> 6] >> (i & 63)) & 1;
}

arci_cal_year *arci_cal_find_year(const arci_calendar *c, int32_t year)
{
    size_t lo = 0, hi = c->n_years;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (c->years[mid].year == year) return &c->years[mid];
        if (c->years[mid].year < year)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

/* ---- questions ---- */

/* A walk over days that keeps the year at hand. */
typedef struct walk {
    const arci_calendar *c;
    arci_env env;
    const arci_cal_year *year; /* of the day last asked about */
} walk;

static arc_status begin(walk *w, const arc_calendar *calendar)
{
    void *object;
    arc_context *ctx = NULL;
    arc_status st = arci_handle_get(calendar, ARCI_H_CALENDAR, &object, &ctx);

    if (st != ARC_OK) return st;
    w->c = object;
    w->env.ctx = ctx;
    w->env.err = arci_context_error_slot(ctx);
    w->year = NULL;
    return ARC_OK;
}

static arc_status wrong(walk *w)
{
    return arci_fail(&w->env, ARC_E_INVALID, "an argument is NULL or unknown", "参数为空或未知");
}

static arc_status no_date(walk *w)
{
    return arci_fail(&w->env, ARC_E_RANGE, "a date is outside 0001-01-01..9999-12-31",
                     "日期超出 0001-01-01..9999-12-31 的范围");
}

static arc_status worked(walk *w, int *work, arc_date date)
{
    int32_t y, m, d;

    if (w->year != NULL && date >= w->year->first && date - w->year->first < 365) {
        *work = arci_cal_work(w->year, date);
        return ARC_OK;
    }
    if (arc_date_check(date) != ARC_OK) return no_date(w);
    arci_date_split(&y, &m, &d, date);
    w->year = arci_cal_find_year(w->c, y);
    if (w->year == NULL) {
        return arci_fail(&w->env, ARC_E_CALENDAR, "the calendar has no data for the year %d", "日历没有 %d 年的数据",
                         (int)y);
    }
    *work = arci_cal_work(w->year, date);
    return ARC_OK;
}

/* The first business day from date on (itself included) in steps of +1 or -1. */
static arc_status seek(walk *w, arc_date *out, arc_date date, int32_t step)
{
    int work = 0;

    for (;; date += step) {
        arc_status st = worked(w, &work, date);
        if (st != ARC_OK) return st;
        if (work) break;
    }
    *out = date;
    return ARC_OK;
}

static int same_month(arc_date a, arc_date b)
{
    int32_t ya, ma, da, yb, mb, db;

    arci_date_split(&ya, &ma, &da, a);
    arci_date_split(&yb, &mb, &db, b);
    return ya == yb && ma == mb;
}

static arc_status seek_modified(walk *w, arc_date *out, arc_date date, int32_t step)
{
    int work = 0;
    arc_date d = date;

    for (; same_month(d, date); d += step) {
        arc_status st = worked(w, &work, d);
        if (st != ARC_OK) return st;
        if (work) {
            *out = d;
            return ARC_OK;
        }
        if (d + step < ARC_DATE_MIN || d + step > ARC_DATE_MAX) break;
    }
    return seek(w, out, date, -step);
}

arc_status arc_calendar_adjust(const arc_calendar *calendar, arc_date *out, arc_date date, int32_t convention)
{
    walk w;
    arc_date end;
    arc_status st;

    if (convention == ARC_ADJUST_NONE && calendar == NULL) {
        if (out == NULL) return ARC_E_INVALID;
        if (arc_date_check(date) != ARC_OK) return ARC_E_RANGE;
        *out = date;
        return ARC_OK;
    }
    st = begin(&w, calendar);
    if (st != ARC_OK) return st;
    if (out == NULL) return wrong(&w);
    if (arc_date_check(date) != ARC_OK) return no_date(&w);
    switch (convention) {
    case ARC_ADJUST_NONE: *out = date; return ARC_OK;
    case ARC_ADJUST_FOLLOWING: return seek(&w, out, date, 1);
    case ARC_ADJUST_MODIFIED_FOLLOWING: return seek_modified(&w, out, date, 1);
    case ARC_ADJUST_PRECEDING: return seek(&w, out, date, -1);
    case ARC_ADJUST_MODIFIED_PRECEDING: return seek_modified(&w, out, date, -1);
    case ARC_ADJUST_END_OF_MONTH: (void)arc_date_end_of_month(&end, date); return seek(&w, out, end, -1);
    default: return wrong(&w);
    }
}

arc_status arc_calendar_add(const arc_calendar *calendar, arc_date *out, arc_date date, int32_t n)
{
    walk w;
    int32_t step = n < 0 ? -1 : 1;
    int64_t left = n < 0 ? -(int64_t)n : n;
    arc_status st = begin(&w, calendar);

    if (st != ARC_OK) return st;
    if (out == NULL) return wrong(&w);
    if (arc_date_check(date) != ARC_OK) return no_date(&w);
    if (left == 0) return seek(&w, out, date, 1);
    for (; left > 0; left--) {
        st = seek(&w, &date, date + step, step);
        if (st != ARC_OK) return st;
    }
    *out = date;
    return ARC_OK;
}

static int bits(uint64_t v)
{
    int n = 0;

    for (; v != 0; v &= v - 1) n++;
    return n;
}

/* Worked days of the year's days [from, to), counted from 0. */
static int32_t count_in_year(const arci_cal_year *y, int32_t from, int32_t to)
{
    int32_t n = 0;

    for (int32_t word = 0; word < 6; word++) {
        uint64_t v = y->work[word];
        int32_t lo = from - word * 64, hi = to - word * 64;
        if (lo >= 64 || hi <= 0) continue;
        if (lo > 0) v &= ~UINT64_C(0) << lo;
        if (hi < 64) v &= ~(~UINT64_C(0) << hi);
        n += bits(v);
    }
    return n;
}

arc_status arc_calendar_count(const arc_calendar *calendar, int32_t *out, arc_date from, arc_date to)
{
    walk w;
    int32_t n = 0, sign = 1;
    arc_status st = begin(&w, calendar);

    if (st != ARC_OK) return st;
    if (out == NULL) return wrong(&w);
    if (arc_date_check(from) != ARC_OK || arc_date_check(to) != ARC_OK) return no_date(&w);
    if (to < from) {
        arc_date t = from;
        from = to;
        to = t;
        sign = -1;
    }
    while (from < to) {
        int work;
        int32_t next;
        w.year = NULL;
        st = worked(&w, &work, from);
        if (st != ARC_OK) return st;
        next = w.year->first + 365 + arci_leap(w.year->year);
        if (next > to) next = to;
        n += count_in_year(w.year, from - w.year->first, next - w.year->first);
        from = next;
    }
    *out = sign * n;
    return ARC_OK;
}

arc_status arc_calendar_knows(const arc_calendar *calendar, int32_t *out, int32_t year)
{
    walk w;
    arc_status st = begin(&w, calendar);

    if (st != ARC_OK) return st;
    if (out == NULL) return wrong(&w);
    *out = arci_cal_find_year(w.c, year) != NULL;
    return ARC_OK;
}

arc_status arc_calendar_is_business(const arc_calendar *calendar, int32_t *out, arc_date date)
{
    walk w;
    int work;
    arc_status st = begin(&w, calendar);

    if (st != ARC_OK) return st;
    if (out == NULL) return wrong(&w);
    st = worked(&w, &work, date);
    if (st == ARC_OK) *out = work;
    return st;
}

arc_status arc_calendar_day_name(const arc_calendar *calendar, char *buf, size_t *len, arc_date date)
{
    walk w;
    int work;
    size_t lo = 0, hi;
    const char *name = "";
    arc_status st = begin(&w, calendar);

    if (st != ARC_OK) return st;
    if (len == NULL) return wrong(&w);
    st = worked(&w, &work, date);
    if (st != ARC_OK) return st;
    for (hi = w.c->n_days; lo < hi;) {
        size_t mid = lo + (hi - lo) / 2;
        if (w.c->days[mid].date < date)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < w.c->n_days && w.c->days[lo].date == date; lo++) {
        if (w.c->days[lo].off == !work && name[0] == 0) name = w.c->days[lo].name;
    }
    return arci_text_out(buf, len, name, strlen(name));
}

void arc_calendar_free(arc_calendar *calendar)
{
    void *object;

    if (arci_handle_release(calendar, ARCI_H_CALENDAR, &object) == ARC_OK) arci_calendar_destroy(object);
}
