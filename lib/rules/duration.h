/* SPDX-License-Identifier: Apache-2.0 */
/* Durations of ISO 8601 in whole days and months: "P15D", "-P3D", "P1M", "P2W", "P1Y2M3D". Times of day are not counted here. */
#ifndef ARCI_RULES_DURATION_H
#define ARCI_RULES_DURATION_H

#include "arcore/calendar.h"
#include "base/str.h"

#define ARCI_DURATION_MONTHS 1200  /* at most, either way */
#define ARCI_DURATION_DAYS 36600

typedef struct arci_duration {
    int32_t months, days; /* of one sign */
} arci_duration;

/* ARC_E_SYNTAX: no such duration; ARC_E_RANGE: too long. Message set, place up to the caller. */
arc_status arci_duration_parse(arci_env *env, arci_duration *out, const char *s, size_t len);
/* The date plus months (clipped to the month's end), then days. With a calendar the days are business days; *guessed is set where it does not know
 * a year: there Saturdays and Sundays are off. ARC_E_RANGE. */
arc_status arci_duration_add(arc_date *out, arc_date date, const arci_duration *d, const arc_calendar *business, int *guessed);
/* As arc_calendar_adjust(), with the same guess. calendar NULL: Saturdays and Sundays are off. */
arc_status arci_duration_roll(arc_date *out, arc_date date, int32_t convention, const arc_calendar *calendar, int *guessed);

#endif
