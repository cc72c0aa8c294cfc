/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCI_VALUE_CALENDAR_H
#define ARCI_VALUE_CALENDAR_H

#include "arcore/calendar.h"
#include "base/arena.h"

/* A day that differs from its weekday, as a document gave it. */
typedef struct arci_cal_day {
    arc_date date;
    int32_t off;
    const char *name; /* never NULL */
} arci_cal_day;

typedef struct arci_cal_year {
    int32_t year;
    int32_t first;    /* 1 January */
    uint64_t work[6]; /* bit per day of the year: worked */
} arci_cal_year;

typedef struct arci_calendar {
    arci_arena memory;    /* holds everything below and this struct's arrays */
    arci_cal_year *years; /* ascending */
    arci_cal_day *days;   /* by date */
    size_t n_years, n_days;
    uint32_t weekend; /* bit 1 << weekday */
} arci_calendar;

/* Wraps a finished object; frees it when that fails. */
arc_status arci_calendar_publish(arci_env *env, arc_calendar **out, arci_calendar *c);
arci_calendar *arci_calendar_blank(arc_context *ctx); /* NULL: no memory */
void arci_calendar_destroy(void *object);
arci_cal_year *arci_cal_find_year(const arci_calendar *c, int32_t year); /* NULL: unknown */
void arci_cal_set(arci_cal_year *y, arc_date date, int work);
int arci_cal_work(const arci_cal_year *y, arc_date date);

#endif
