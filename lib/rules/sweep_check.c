/* SPDX-License-Identifier: Apache-2.0 */
/* Proving next dates: of each rule all rows are looked at once more as of its last sweep. A date that is kept may be early, which costs a look; late it must not be. */
#include <string.h>

#include "rules/checks.h"
#include "rules/firing_check.h"
#include "rules/sweep_impl.h"

#define AT_ONCE 500u

typedef struct proving {
    arci_verify *v;
    arci_txn *t;
    const arci_ruleset *set;
    const arci_entity *entity;
    arci_rule_run run;
    arci_rows_found dirty; /* something they hang on has changed: the next sweep looks at them in any case */
    arci_arena arena;      /* of some rows */
    arci_kept_date *dates;
    uint32_t n;
} proving;

static arc_status note(void *user, const arci_subject_result *result)
{
    proving *p = user;
    arci_kept_date *d = &p->dates[p->n++];
    *d = (arci_kept_date){ result->id, 0, ARC_DATE_MAX, ARC_DATE_NONE, 0 };
    return arci_rule_next(&p->run, &result->rules[0], result->rows[0], &d->next);
}

static int is_dirty(const proving *p, int64_t id)
{
    uint32_t lo = 0, hi = p->dirty.n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (p->dirty.ids[mid] < id) lo = mid + 1;
        else hi = mid;
    }
    return lo < p->dirty.n && p->dirty.ids[lo] == id;
}

static arc_status compare(proving *p)
{
    const char *code = p->set->rules[0]->code;
    arci_rule_dates of = { code, p->dates, 0, p->n };
    arc_status st = arci_dates_read(p->t, &p->arena, p->entity->name, &of, 1);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        const arci_kept_date *d = &p->dates[i];
        if (d->old <= d->next || is_dirty(p, d->row)) continue;
        st = arci_finding(p->v, "evaluation_date", "next_on", d->row, "rule %s would come too late for %s", "规则 %s 对 %s 的评估会过晚", code, p->entity->name);
    }
    return st;
}

static arc_status prove_rows(proving *p, const int64_t *ids, uint32_t n)
{
    arci_calendars calendars;
    arci_arena_reset(&p->arena);
    arci_calendars_init(&calendars, p->t, &p->arena);
    p->run.calendars = &calendars;
    p->n = 0;
    p->dates = arci_arena_alloc(&p->arena, n * sizeof *p->dates);
    arc_status st = p->dates ? arci_rules_evaluate(&p->run, p->entity, ids, n, note, p) : arci_nomem(p->t->env);
    if (st == ARC_OK && p->n) st = compare(p);
    if (st == ARC_OK) st = arci_verify_rows(p->v, n);
    arci_calendars_clear(&calendars);
    return st;
}

static arc_status prove_rule(arci_verify *v, arci_txn *t, const arci_ruleset *set, const arci_rule_head *head)
{
    proving p = { .v = v, .t = t, .set = set, .entity = set->rules[0]->frame->subject, .run = { .t = t, .set = set, .as_of = head->swept_on } };
    arci_rows_found rows = { NULL, 0, 0 };
    arci_sweep_look *look = NULL;
    int all = 0;
    arci_arena_init(&p.arena, t->book->ctx);
    arc_status st = arci_sweep_look_new(t, set, NULL, head->swept_on, &look);
    if (st == ARC_OK) st = arci_sweep_look_rows(look, p.entity, &p.dirty, &all);
    if (st == ARC_OK && !all) st = arci_rule_all_rows(&p.run, p.entity, &rows);
    for (uint32_t from = 0; from < rows.n && st == ARC_OK; from += AT_ONCE) st = prove_rows(&p, rows.ids + from, rows.n - from < AT_ONCE ? rows.n - from : AT_ONCE);
    arci_sweep_look_free(look);
    arci_rows_free(t->book->ctx, &rows);
    arci_rows_free(t->book->ctx, &p.dirty);
    arci_arena_clear(&p.arena);
    return st;
}

/* A rule that cannot be read any more is not swept either. */
static int cannot_be_read(arc_status st)
{
    return st == ARC_E_NOT_FOUND || st == ARC_E_VALUE || st == ARC_E_UNSUPPORTED || st == ARC_E_CURRENCY || st == ARC_E_LIMIT || st == ARC_E_REQUIRED || st == ARC_E_RANGE || st == ARC_E_PRECISION;
}

static arc_status prove_dates(arci_verify *v, arci_txn *t)
{
    arci_arena arena;
    arci_rule_head *heads;
    uint32_t n = 0;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_heads_all(t, &arena, &heads, &n);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        arci_ruleset *set = NULL;
        if (heads[i].swept_on == ARC_DATE_NONE || heads[i].at >= 0) continue; /* all rows are looked at next */
        st = arci_ruleset_of(t, &set, &heads[i].definition, 1);
        if (st == ARC_OK && set->n == 1) st = prove_rule(v, t, set, &heads[i]);
        if (cannot_be_read(st)) {
            arci_error_clear(t->env->err);
            st = ARC_OK;
        }
        arci_ruleset_free(set);
    }
    arci_arena_clear(&arena);
    return st;
}

const arci_check arci_rules_checks[] = { { "rules.dates", prove_dates }, { "rules.firings", arci_prove_firings } };
const uint32_t arci_n_rules_checks = sizeof arci_rules_checks / sizeof arci_rules_checks[0];
