/* SPDX-License-Identifier: Apache-2.0 */
/* What of a rule is due for a row.
 *
 * Steps are settled in the order of the days they were crossed on, as daily runs would have met them, however late this one is: so a level that depends on the
 * one below finds it, and a level that a higher one has overtaken never fires. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arcore/date.h"
#include "rules/rule_impl.h"

#define AGES 36525 /* days: as far back as a threshold is looked for */

const char *const arci_step_outcomes[] = { "none", "waits", "fired_before", "below", "false", "error", "cools", "later", "passed", "rejected", "due" };

/* A step and what sets it off. */
typedef struct entry {
    arci_step_result r;
    uint32_t at;     /* position of the step */
    uint8_t settled;
} entry;

typedef struct evaluating {
    const arci_rule_run *run;
    const arci_rule *rule;
    int64_t id;
    const arc_value *row;
    const arci_history *history;
    const arci_firing *fired; /* of this rule for this row */
    uint32_t n_fired;
    arci_arena *arena;
    arci_rule_result *out;
    arci_logic_run logic;
    arc_status error;    /* of the rule's own condition */
    const char *pointer;
    entry *entries;
    uint32_t n, cap;
} evaluating;

/* ---- entries ---------------------------------------------------------------------------------------------------------------------- */

static entry *add(evaluating *e, uint32_t at)
{
    if (e->n == e->cap) {
        uint32_t cap = e->cap ? e->cap * 2 : e->rule->n_steps + 2u;
        entry *grown = arci_arena_alloc(e->arena, cap * sizeof *grown);
        if (!grown) return NULL;
        if (e->n) memcpy(grown, e->entries, e->n * sizeof *grown);
        e->entries = grown;
        e->cap = cap;
    }
    entry *x = &e->entries[e->n++];
    memset(x, 0, sizeof *x);
    x->at = at;
    x->r.step = &e->rule->steps[at];
    x->r.day = x->r.until = ARC_DATE_NONE;
    return x;
}

static void settle(entry *x, uint8_t outcome)
{
    x->r.outcome = outcome;
    x->settled = 1;
}

static int64_t episode_of(const evaluating *e)
{
    const arci_fact *f = e->rule->frame->episode;
    return f && e->row[f->slot].type == ARC_V_INT ? e->row[f->slot].u.i : 0;
}

/* "<episode>@<anchor date>", or the date alone where the subject has no episodes. */
static void date_mark(const evaluating *e, char *mark, arc_date anchor)
{
    size_t n = 0, left;
    if (e->rule->frame->episode) {
        n = arci_int_text(mark, episode_of(e));
        mark[n++] = '@';
    }
    left = ARCI_RULE_MARK - n;
    if (arc_date_print(mark + n, &left, anchor) != ARC_OK) mark[n] = 0;
}

/* Whether two marks are of one episode of the row. */
static int same_episode(const arci_rule *rule, const char *a, const char *b)
{
    const char *x = strchr(a, '@'), *y = strchr(b, '@');
    if (!rule->frame->episode || !x || !y) return strcmp(a, b) == 0;
    return x - a == y - b && memcmp(a, b, (size_t)(x - a)) == 0;
}

static arc_status day_of(const evaluating *e, entry *x, arc_date previous)
{
    const arc_calendar *calendar;
    int guessed = 0;
    arc_status st = arci_calendars_get(e->run->calendars, &calendar, x->r.step->date.calendar, &guessed);
    if (st != ARC_OK) return st;
    st = arci_trigger_day(&x->r.step->date, &x->r.day, e->row, previous, calendar, &guessed);
    x->r.guessed = guessed != 0;
    if (st == ARC_OK) return st;
    x->r.error = st; /* a day beyond the calendar of dates */
    settle(x, ARCI_STEP_ERROR);
    return ARC_OK;
}

/* The step above counts from the one that has just been settled, or fired earlier. What it waited for since an earlier time is overtaken. */
static arc_status follow(evaluating *e, uint32_t below, const char *mark, arc_date effective)
{
    uint32_t at = below + 1;
    if (at >= e->rule->n_steps || e->rule->steps[at].on != ARCI_ON_DATE || e->rule->steps[at].date.from != ARCI_ANCHOR_PREVIOUS) return ARC_OK;
    for (uint32_t i = 0; i < e->n; i++) {
        if (e->entries[i].at == at && strcmp(e->entries[i].r.mark, mark) == 0) return ARC_OK;
    }
    for (uint32_t i = 0; i < e->n; i++) {
        if (e->entries[i].at == at && !e->entries[i].settled) settle(&e->entries[i], ARCI_STEP_NONE);
    }
    entry *x = add(e, at);
    if (!x) return arci_nomem(e->run->t->env);
    memcpy(x->r.mark, mark, strlen(mark) + 1);
    arc_status st = day_of(e, x, effective);
    if (st == ARC_OK && x->r.day != ARC_DATE_NONE && x->r.day < effective) x->r.day = effective;
    return st;
}

/* The last time the level fired, for whatever mark. */
static const arci_firing *last_of(const evaluating *e, int64_t level)
{
    const arci_firing *last = NULL;
    for (uint32_t i = 0; i < e->n_fired; i++) {
        if (e->fired[i].level == level && (!last || e->fired[i].fired_on > last->fired_on)) last = &e->fired[i];
    }
    return last;
}

static arc_status begin_date(evaluating *e, uint32_t at)
{
    const arci_trigger *t = &e->rule->steps[at].date;
    if (t->from == ARCI_ANCHOR_PREVIOUS) return ARC_OK;
    entry *x = add(e, at);
    if (!x) return arci_nomem(e->run->t->env);
    const arc_value *v = &e->row[t->anchor->slot];
    if (v->type != ARC_V_INT) {
        settle(x, ARCI_STEP_NONE);
        return ARC_OK;
    }
    date_mark(e, x->r.mark, (arc_date)v->u.i);
    return day_of(e, x, ARC_DATE_NONE);
}

/* Counting from the last time the level below fired, where no date of the row says which time that was. */
static arc_status begin_above(evaluating *e, uint32_t below)
{
    const arci_firing *last = NULL;
    for (uint32_t i = 0; i < e->n_fired; i++) {
        if (e->fired[i].level == e->rule->steps[below].level && (!last || e->fired[i].effective >= last->effective)) last = &e->fired[i];
    }
    return last && strlen(last->mark) < ARCI_RULE_MARK ? follow(e, below, last->mark, last->effective) : ARC_OK;
}

static arc_status begin_change(evaluating *e, uint32_t at)
{
    const arci_history *h = e->run->events ? e->run->events : e->history;
    const arci_rule_event *first;
    uint32_t n = arci_history_find_events(h, e->rule->code, e->id, e->rule->steps[at].level, &first);
    for (uint32_t i = 0; i < n; i++) {
        entry *x = add(e, at);
        if (!x) return arci_nomem(e->run->t->env);
        memcpy(x->r.mark, first[i].mark, sizeof x->r.mark);
        x->r.day = first[i].day;
        x->r.chain = first[i].chain;
    }
    if (!n) {
        const arci_firing *last = last_of(e, e->rule->steps[at].level);
        entry *x = add(e, at);
        if (!x) return arci_nomem(e->run->t->env);
        settle(x, last && !last->rejected ? ARCI_STEP_BEFORE : ARCI_STEP_NONE);
        if (x->r.outcome == ARCI_STEP_BEFORE) {
            (void)snprintf(x->r.mark, sizeof x->r.mark, "%s", last->mark);
            x->r.day = last->effective;
            x->r.passed = last->passed;
        }
    }
    return begin_above(e, at);
}

static void fail(evaluating *e, entry *x)
{
    x->r.error = e->logic.error;
    x->r.pointer = e->logic.pointer;
    settle(x, ARCI_STEP_ERROR);
}

static const arci_firing *fired_for(const evaluating *e, int64_t level, const char *mark)
{
    for (uint32_t i = 0; i < e->n_fired; i++) {
        if (e->fired[i].rejected && e->run->rejected) continue;
        if (e->fired[i].level == level && strcmp(e->fired[i].mark, mark) == 0) return &e->fired[i];
    }
    return NULL;
}

/* Had the row always been as it is now: the day it was crossed on by growing older, after the last time. Else something has changed, today as far as is known. */
static arc_date crossed_on(evaluating *e, const arci_rule_step *step)
{
    const arci_firing *last = last_of(e, step->level);
    arc_date after = e->run->as_of - AGES;
    if (after < ARC_DATE_MIN) after = ARC_DATE_MIN;
    if (last && last->fired_on > after) after = last->fired_on;
    return arci_logic_since(step->threshold.over, e->row, e->run->as_of, &e->logic, after);
}

/* A state may have been written by somebody who had not seen the firing: what has fired for this count is not armed. */
static arc_status begin_threshold(evaluating *e, uint32_t at)
{
    const arci_rule_step *step = &e->rule->steps[at];
    const arci_rule_state *s = arci_history_find_state(e->history, e->rule->code, e->id, step->level);
    entry *x = add(e, at);
    if (!x) return arci_nomem(e->run->t->env);
    x->r.count = s ? s->count : 0;
    x->r.mark[0] = 'n';
    (void)arci_int_text(x->r.mark + 1, x->r.count);
    const arci_firing *last = NULL;
    int rejected = 0;
    for (uint32_t i = 0; i < e->n_fired; i++) {
        if (e->fired[i].level != step->level || strcmp(e->fired[i].mark, x->r.mark) != 0) continue;
        last = &e->fired[i];
        rejected |= last->rejected;
    }
    int armed = (rejected && e->run->rejected) || ((!s || s->armed) && !rejected && !fired_for(e, step->level, x->r.mark)), result = arci_logic_test(armed ? step->threshold.over : step->threshold.rearm, e->row, &e->logic);
    x->r.unarmed = !armed;
    if (result == ARCI_LOGIC_ERROR) {
        fail(e, x);
    } else if (!armed) {
        x->r.rearm = result == ARCI_LOGIC_TRUE;
        if (last) x->r.day = last->effective;
        if (last) x->r.passed = last->passed;
        settle(x, !last || (rejected && x->r.rearm) ? ARCI_STEP_NONE : rejected ? ARCI_STEP_REJECTED : ARCI_STEP_BEFORE);
    } else if (result == ARCI_LOGIC_FALSE) {
        settle(x, ARCI_STEP_NONE);
    } else {
        x->r.day = crossed_on(e, step);
    }
    return begin_above(e, at);
}

/* ---- settling ------------------------------------------------------------------------------------------------------------------------ */

/* Has a higher level overtaken it? What is crossed again and again is overtaken within its own mark alone. */
static int overtaken(const evaluating *e, const entry *x)
{
    if (x->r.step->on == ARCI_ON_THRESHOLD) return 0;
    for (uint32_t i = 0; i < e->n_fired; i++) {
        if (!e->fired[i].rejected && e->fired[i].level > x->r.step->level && same_episode(e->rule, e->fired[i].mark, x->r.mark)) return 1;
    }
    for (uint32_t i = 0; i < e->n; i++) {
        const entry *y = &e->entries[i];
        if (y->settled && y->r.outcome == ARCI_STEP_DUE && y->r.step->level > x->r.step->level && same_episode(e->rule, y->r.mark, x->r.mark)) return 1;
    }
    return 0;
}

static int rule_holds(evaluating *e)
{
    arci_rule_result *out = e->out;
    if (!out->looked) {
        out->when = e->rule->when ? (uint8_t)arci_logic_test(e->rule->when, e->row, &e->logic) : ARCI_LOGIC_TRUE;
        out->looked = 1;
        e->error = e->logic.error;
        e->pointer = e->logic.pointer;
    }
    return out->when;
}

static void judge(evaluating *e, entry *x)
{
    const arci_firing *f = fired_for(e, x->r.step->level, x->r.mark);
    if (f) {
        x->r.day = f->effective;
        x->r.passed = f->passed;
        settle(x, f->rejected ? ARCI_STEP_REJECTED : ARCI_STEP_BEFORE);
        return;
    }
    if (overtaken(e, x)) {
        settle(x, ARCI_STEP_BELOW);
        return;
    }
    if (x->r.chain >= ARCI_RULE_CHAIN) {
        x->r.error = ARC_E_LIMIT;
        settle(x, ARCI_STEP_ERROR);
        return;
    }
    int result = rule_holds(e);
    if (result == ARCI_LOGIC_ERROR) {
        e->logic.error = e->error;
        e->logic.pointer = e->pointer;
    } else if (result == ARCI_LOGIC_TRUE && x->r.step->when) {
        result = arci_logic_test(x->r.step->when, e->row, &e->logic);
    }
    if (result == ARCI_LOGIC_ERROR) fail(e, x);
    else settle(x, result == ARCI_LOGIC_TRUE ? ARCI_STEP_DUE : ARCI_STEP_FALSE);
}

static int earlier(const entry *a, const entry *b)
{
    if (a->r.day != b->r.day) return a->r.day < b->r.day;
    return a->at != b->at ? a->at < b->at : strcmp(a->r.mark, b->r.mark) < 0;
}

static arc_status settle_all(evaluating *e)
{
    arc_status st = ARC_OK;
    while (st == ARC_OK) {
        entry *next = NULL;
        for (uint32_t i = 0; i < e->n; i++) {
            entry *x = &e->entries[i];
            if (!x->settled && x->r.day != ARC_DATE_NONE && x->r.day <= e->run->as_of && (!next || earlier(x, next))) next = x;
        }
        if (!next) break;
        uint32_t at = (uint32_t)(next - e->entries);
        judge(e, next);
        const entry x = e->entries[at]; /* the list may move */
        if (x.r.outcome == ARCI_STEP_BEFORE || x.r.outcome == ARCI_STEP_REJECTED || x.r.outcome == ARCI_STEP_DUE) st = follow(e, x.at, x.r.mark, x.r.day);
    }
    for (uint32_t i = 0; i < e->n; i++) {
        if (!e->entries[i].settled) settle(&e->entries[i], ARCI_STEP_WAITS);
    }
    return st;
}

/* ---- catching up --------------------------------------------------------------------------------------------------------------------- */

static int one_chain(const arci_rule *rule, const entry *a, const entry *b)
{
    if (a->r.step->on == ARCI_ON_THRESHOLD && b->r.step->on == ARCI_ON_THRESHOLD) return 1;
    return same_episode(rule, a->r.mark, b->r.mark);
}

static void pass_lower(evaluating *e)
{
    for (uint32_t i = 0; i < e->n; i++) {
        for (uint32_t k = 0; k < e->n && e->entries[i].r.outcome == ARCI_STEP_DUE; k++) {
            const entry *b = &e->entries[k];
            if ((b->r.outcome == ARCI_STEP_DUE || b->r.outcome == ARCI_STEP_PASSED) && b->r.step->level > e->entries[i].r.step->level && one_chain(e->rule, &e->entries[i], b)) {
                e->entries[i].r.outcome = ARCI_STEP_PASSED;
            }
        }
    }
}

/* Leaves the first of what is due; the others get an outcome. */
static void keep_first(evaluating *e, uint8_t outcome, arc_date until)
{
    const entry *first = NULL;
    for (uint32_t i = 0; i < e->n; i++) {
        const entry *x = &e->entries[i];
        if (x->r.outcome == ARCI_STEP_DUE && (!first || earlier(x, first))) first = x;
    }
    for (uint32_t i = 0; i < e->n; i++) {
        entry *x = &e->entries[i];
        if (x->r.outcome != ARCI_STEP_DUE || x == first) continue;
        x->r.outcome = outcome;
        x->r.until = until;
    }
}

static void hold_all(evaluating *e, uint8_t outcome, arc_date until)
{
    for (uint32_t i = 0; i < e->n; i++) {
        entry *x = &e->entries[i];
        if (x->r.outcome != ARCI_STEP_DUE && x->r.outcome != ARCI_STEP_PASSED) continue;
        x->r.outcome = outcome;
        x->r.until = until;
    }
}

static arc_status cool(evaluating *e, arc_date last)
{
    arc_date until;
    int guessed = 0;
    arc_status st = ARC_OK;
    if (last != ARC_DATE_NONE) {
        st = arci_duration_add(&until, last, &e->rule->cooldown, NULL, &guessed);
        if (st != ARC_OK) until = ARC_DATE_MAX;
        if (e->run->as_of < until) {
            hold_all(e, ARCI_STEP_COOLS, until);
            return ARC_OK;
        }
    }
    if (arci_duration_add(&until, e->run->as_of, &e->rule->cooldown, NULL, &guessed) != ARC_OK) until = ARC_DATE_MAX;
    keep_first(e, ARCI_STEP_COOLS, until);
    return ARC_OK;
}

static arc_status catch_up(evaluating *e)
{
    arc_date last = ARC_DATE_NONE;
    uint32_t due = 0;
    for (uint32_t i = 0; i < e->n; i++) due += e->entries[i].r.outcome == ARCI_STEP_DUE;
    if (!due) return ARC_OK;
    for (uint32_t i = 0; i < e->n_fired; i++) {
        if (!e->fired[i].passed && !e->fired[i].rejected && (last == ARC_DATE_NONE || e->fired[i].fired_on > last)) last = e->fired[i].fired_on;
    }
    if (e->rule->catch_up == ARCI_CATCH_HIGHEST) pass_lower(e);
    if (e->rule->catch_up == ARCI_CATCH_ONE) {
        if (last != ARC_DATE_NONE && last >= e->run->as_of) hold_all(e, ARCI_STEP_LATER, ARC_DATE_NONE);
        else keep_first(e, ARCI_STEP_LATER, ARC_DATE_NONE);
    }
    return e->rule->cools ? cool(e, last) : ARC_OK;
}

/* ---- one rule -------------------------------------------------------------------------------------------------------------------------- */

static int by_step(const void *x, const void *y)
{
    const entry *a = x, *b = y;
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    if (a->r.day != b->r.day) return a->r.day < b->r.day ? -1 : 1;
    return strcmp(a->r.mark, b->r.mark);
}

static arc_status hand_out(evaluating *e)
{
    arci_rule_result *out = e->out;
    uint8_t *seen = arci_arena_calloc(e->arena, e->rule->n_steps + 1u, 1);
    if (!seen) return arci_nomem(e->run->t->env);
    for (uint32_t i = 0; i < e->n; i++) seen[e->entries[i].at] = 1;
    for (uint32_t at = 0; at < e->rule->n_steps; at++) { /* what counts from a level that has not fired */
        entry *x = seen[at] ? NULL : add(e, at);
        if (!seen[at] && !x) return arci_nomem(e->run->t->env);
        if (x) settle(x, ARCI_STEP_NONE);
    }
    if (e->n > 1) qsort(e->entries, e->n, sizeof *e->entries, by_step);
    out->steps = arci_arena_alloc(e->arena, e->n * sizeof *out->steps);
    if (!out->steps) return arci_nomem(e->run->t->env);
    for (uint32_t i = 0; i < e->n; i++) {
        out->steps[i] = e->entries[i].r;
        out->n_due += e->entries[i].r.outcome == ARCI_STEP_DUE;
    }
    out->n = e->n;
    return ARC_OK;
}

static void find_fired(evaluating *e)
{
    const arci_firing *all;
    uint32_t n = arci_history_firings(e->history, e->id, &all), i = 0;
    while (i < n && strcmp(all[i].policy, e->rule->code) != 0) i++;
    e->fired = n ? all + i : NULL;
    while (i + e->n_fired < n && strcmp(all[i + e->n_fired].policy, e->rule->code) == 0) e->n_fired++;
}

arc_status arci_rule_eval(const arci_rule_run *run, const arci_rule *rule, int64_t id, const arc_value *row, const arci_history *history, arci_arena *arena,
                          arci_rule_result *out)
{
    evaluating e;
    memset(&e, 0, sizeof e);
    memset(out, 0, sizeof *out);
    out->rule = rule;
    out->when = ARCI_LOGIC_FALSE;
    e.run = run;
    e.rule = rule;
    e.id = id;
    e.row = row;
    e.history = history;
    e.arena = arena;
    e.out = out;
    arc_status st = arci_calendars_get(run->calendars, &e.logic.calendar, rule->calendar, NULL);
    find_fired(&e);
    for (uint32_t at = 0; at < rule->n_steps && st == ARC_OK; at++) {
        if (rule->steps[at].on == ARCI_ON_DATE) st = begin_date(&e, at);
        else if (rule->steps[at].on == ARCI_ON_CHANGE) st = begin_change(&e, at);
        else st = begin_threshold(&e, at);
    }
    if (st == ARC_OK) st = settle_all(&e);
    if (st == ARC_OK) st = catch_up(&e);
    return st == ARC_OK ? hand_out(&e) : st;
}
