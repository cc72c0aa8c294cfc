/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that rules are to be looked at for: all for which the condition of one of them is not false. */
#include <stdlib.h>
#include <string.h>

#include "rules/logic_scan.h"
#include "rules/rule_impl.h"

#define FEW 8u /* rules that are asked for one by one, each with what the store can be asked */

arc_status arci_rows_add(arci_env *env, arci_rows_found *f, int64_t id)
{
    if (f->n && f->ids[f->n - 1] == id) return ARC_OK;
    if (f->n == f->cap) {
        uint32_t cap = f->cap ? f->cap * 2 : 1024;
        int64_t *grown = cap > f->cap ? arci_resize(env->ctx, f->ids, cap * sizeof *grown) : NULL;
        if (!grown) return arci_nomem(env);
        f->ids = grown;
        f->cap = cap;
    }
    f->ids[f->n++] = id;
    return ARC_OK;
}

typedef struct taking {
    arci_env *env;
    arci_rows_found *found;
} taking;

static arc_status take(void *user, int64_t id, int result, const arc_value *row, const arci_logic_run *run)
{
    taking *k = user;
    (void)result;
    (void)row;
    (void)run;
    return arci_rows_add(k->env, k->found, id);
}

/* Rows of one rule's condition. */
static arc_status by_rule(const arci_rule_run *run, const arci_rule *rule, arci_rows_found *out)
{
    arci_logic_scanned scanned;
    taking k = { run->t->env, out };
    const arc_calendar *calendar;
    arc_status st = arci_calendars_get(run->calendars, &calendar, rule->calendar, NULL);
    const arci_logic_scan scan = { .entity = rule->frame->subject, .facts = rule->frame->facts, .logic = rule->when, .call = { .today = run->as_of }, .calendar = calendar, .ids_only = 1 };
    return st == ARC_OK ? arci_logic_scan_run(run->t, &scan, take, &k, &scanned) : st;
}

arc_status arci_rule_all_rows(const arci_rule_run *run, const arci_entity *entity, arci_rows_found *out)
{
    const arci_shape *shape;
    arci_scan *scan;
    arc_block block;
    arc_status st = arci_shape_get(run->t, &shape, entity->name, "id");
    if (st == ARC_OK) st = arci_repo_scan(run->t, shape, NULL, NULL, 0, &scan);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++) st = arci_rows_add(run->t->env, out, block.values[(size_t)i * block.n_cols].u.i);
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

static int by_id(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

void arci_rows_free(arc_context *ctx, arci_rows_found *f)
{
    arci_free(ctx, f->ids);
    f->ids = NULL;
    f->n = f->cap = 0;
}

void arci_rows_sort(arci_rows_found *f)
{
    uint32_t n = 0;
    if (f->n > 1) qsort(f->ids, f->n, sizeof *f->ids, by_id);
    for (uint32_t i = 0; i < f->n; i++) {
        if (!n || f->ids[n - 1] != f->ids[i]) f->ids[n++] = f->ids[i];
    }
    f->n = n;
}

/* Thresholds are armed again whether the rule's condition holds or not. */
static int has_threshold(const arci_rule *rule)
{
    uint32_t i = 0;
    while (i < rule->n_steps && rule->steps[i].on != ARCI_ON_THRESHOLD) i++;
    return i < rule->n_steps;
}

arc_status arci_rule_find(const arci_rule_run *run, const arci_entity *entity, arci_rows_found *out)
{
    const arci_ruleset *set = run->set;
    uint32_t n = 0;
    int all = 0;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < set->n; i++) {
        if (set->rules[i]->frame->subject != entity || (run->wanted && !run->wanted[i])) continue;
        n++;
        all |= !set->rules[i]->when || has_threshold(set->rules[i]);
    }
    if (!n) return ARC_OK;
    if (all || n > FEW) return arci_rule_all_rows(run, entity, out);
    for (uint32_t i = 0; i < set->n && st == ARC_OK; i++) {
        if (set->rules[i]->frame->subject == entity && (!run->wanted || run->wanted[i])) st = by_rule(run, set->rules[i], out);
    }
    if (st == ARC_OK) arci_rows_sort(out);
    return st;
}
