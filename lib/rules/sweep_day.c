/* SPDX-License-Identifier: Apache-2.0 */
/* When a rule must look at a row again. */
#include "rules/sweep.h"

#define ROUNDS 4 /* of conditions that take turns in not holding; then the row is looked at again on the day that was reached */

typedef struct looking {
    const arci_rule *rule;
    const arc_value *row;
    arci_logic_run logic;
    arc_date today;
} looking;

/* The first day from `day` on on which the conditions of a step hold, or are an error that is to be told. */
static arc_date holds_from(looking *l, const arci_rule_step *step, arc_date day)
{
    const arci_logic *both[2] = { l->rule->when, step->when };
    for (int round = 0; round < ROUNDS; round++) {
        int i = 0;
        for (; i < 2; i++) {
            arc_date change = ARC_DATE_MAX;
            int r = both[i] ? arci_logic_from(both[i], l->row, l->today, &l->logic, day, &change) : ARCI_LOGIC_TRUE;
            if (r == ARCI_LOGIC_ERROR) return day;
            if (r == ARCI_LOGIC_TRUE) continue;
            day = change;
            break;
        }
        if (i == 2 || day == ARC_DATE_MAX) break;
    }
    return day;
}

static void sooner(arc_date *next, arc_date day)
{
    if (day < *next) *next = day;
}

/* A threshold that is not crossed: whether it is armed shows where only one side holds. */
static void next_of_threshold(looking *l, const arci_step_result *s, arc_date *next)
{
    const arci_rule_threshold *t = &s->step->threshold;
    arc_date over_on, rearm_on;
    int over = arci_logic_next(t->over, l->row, l->today, &l->logic, &over_on), rearm = arci_logic_next(t->rearm, l->row, l->today, &l->logic, &rearm_on);
    if (s->rearm) sooner(next, l->today);
    if (over != ARCI_LOGIC_TRUE) sooner(next, over_on);
    if (rearm != ARCI_LOGIC_TRUE) sooner(next, rearm_on);
}

static void next_of_step(looking *l, const arci_step_result *s, arc_date *next)
{
    switch (s->outcome) {
    case ARCI_STEP_DUE:
    case ARCI_STEP_PASSED:
    case ARCI_STEP_LATER:
    case ARCI_STEP_ERROR: sooner(next, s->day != ARC_DATE_NONE && s->day < l->today ? s->day : l->today); break; /* until somebody does it */
    case ARCI_STEP_COOLS: sooner(next, s->until == ARC_DATE_NONE ? l->today : s->until); break;
    case ARCI_STEP_WAITS:
        if (s->day != ARC_DATE_NONE) sooner(next, holds_from(l, s->step, s->day > l->today ? s->day : l->today));
        break;
    case ARCI_STEP_FALSE: sooner(next, holds_from(l, s->step, l->today)); break;
    default:
        if (s->step->on == ARCI_ON_THRESHOLD) next_of_threshold(l, s, next);
    }
}

arc_status arci_rule_next(const arci_rule_run *run, const arci_rule_result *result, const arc_value *row, arc_date *next)
{
    looking l = { result->rule, row, { .calendar = NULL }, run->as_of };
    *next = ARC_DATE_MAX;
    arc_status st = arci_calendars_get(run->calendars, &l.logic.calendar, result->rule->calendar, NULL);
    for (uint32_t i = 0; i < result->n && st == ARC_OK; i++) next_of_step(&l, &result->steps[i], next);
    return st;
}
