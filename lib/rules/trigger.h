/* SPDX-License-Identifier: Apache-2.0 */
/* Date triggers: from when on a step of a rule is to be looked at for a subject. Never "on the day": a step that was crossed and has not fired yet
 * fires, however late the run is; the day it should have is its effective date.
 *
 *     {"kind": "date", "anchor": "due_date", "offset": "P15D", "op": ">=", "days": "calendar", "calendar": "CN", "roll": "following"}
 *
 * anchor: a date of the subject ("due_date", "customer.review_date", "x_visit"), or {"month_end": path}, or "previous": the effective date of the level
 * below. Of a date that the subject's state keeps too (the due date of an item) it is the one in force, as days_overdue has it. op ">=" (the default) counts the day itself, ">" begins the day after. days "business" counts the offset in business days of the calendar. roll
 * moves a day that is not worked: none, following, modified_following, preceding, modified_preceding, end_of_month. */
#ifndef ARCI_RULES_TRIGGER_H
#define ARCI_RULES_TRIGGER_H

#include "base/json.h"
#include "rules/duration.h"
#include "rules/fact.h"

enum { ARCI_ANCHOR_FIELD, ARCI_ANCHOR_MONTH_END, ARCI_ANCHOR_PREVIOUS };

typedef struct arci_trigger {
    arci_duration offset;
    const arci_fact *anchor; /* NULL: previous */
    const char *calendar;    /* code, of the document; NULL: none */
    int32_t roll;            /* ARC_ADJUST_* */
    uint8_t from;            /* ARCI_ANCHOR_* */
    uint8_t after;           /* op ">" */
    uint8_t business;
} arci_trigger;

/* The facts grow by the anchor; the document must outlive the trigger. calendar: the one that goes without saying, NULL: none. Errors have the pointer of the
 * place. */
arc_status arci_trigger_read(arci_env *env, arci_trigger *out, arci_facts *facts, const arci_json *node, const char *calendar);
/* First day on which it is crossed. row: of the facts; previous: effective date of the level below, ARC_DATE_NONE: it has not fired.
 * calendar: of its code. *day is ARC_DATE_NONE where the anchor has no value. *guessed: see duration.h. ARC_E_RANGE. */
arc_status arci_trigger_day(const arci_trigger *t, arc_date *day, const arc_value *row, arc_date previous, const arc_calendar *calendar, int *guessed);

#endif
