/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be done for a row: the actions of what is due, with what they come to. */
#include <string.h>

#include "base/json_text.h"
#include "rules/action.h"
#include "rules/rule_impl.h"

typedef struct planning {
    const arci_rule_run *run;
    const arci_subject_result *r;
    arci_arena *arena;
    arci_rule_line *lines;
    uint32_t n, cap;
    arc_date charged; /* of the rule at hand */
    arci_rule_fault_fn fault;
    void *user;
} planning;

static arci_rule_line *add(planning *p)
{
    if (p->n == p->cap) {
        uint32_t cap = p->cap ? p->cap * 2 : 8;
        arci_rule_line *grown = arci_arena_alloc(p->arena, cap * sizeof *grown);
        if (!grown) return NULL;
        if (p->n) memcpy(grown, p->lines, p->n * sizeof *grown);
        p->lines = grown;
        p->cap = cap;
    }
    return &p->lines[p->n++];
}

static arc_status resolve(planning *p, const arci_rule_result *r, const arci_step_result *s, uint32_t i, const arc_value *row, const char **params, arci_tells *tells)
{
    arci_action_run a = { .env = p->run->t->env, .t = p->run->t, .arena = p->arena, .rule = r->rule->code, .mark = s->mark, .revision = r->rule->revision,
                          .level = s->step->level, .subject = p->r->entity, .row = p->r->id, .customer = p->r->customer, .as_of = p->run->as_of, .people = p->run->people, .charged = &p->charged, .effective = s->day, .tells = tells };
    arci_str b;
    arci_str_init(&b, p->run->t->book->ctx);
    arc_status st = arci_calendars_get(p->run->calendars, &a.calendar, r->rule->calendar, NULL);
    if (st == ARC_OK) st = arci_actions_resolve(&a, s->step->actions, i, row, &b);
    const arci_tells *fixed = arci_actions_tells(s->step->actions, i);
    for (uint32_t k = 0; k < fixed->n && st == ARC_OK; k++) st = arci_tells_add(p->run->t->env, p->arena, tells, fixed->list[k].entity, fixed->list[k].field, fixed->list[k].rows);
    *params = st == ARC_OK && !b.failed ? arci_arena_strndup(p->arena, b.s ? b.s : "{}", b.s ? b.len : 2) : NULL;
    arci_str_clear(&b);
    return st != ARC_OK || *params ? st : arci_nomem(p->run->t->env);
}

static arc_status plan_step(planning *p, arci_rule_result *r, const arci_step_result *s, const arc_value *row)
{
    uint32_t n = arci_actions_n(s->step->actions);
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < (n ? n : 1) && st == ARC_OK; i++) {
        const char *params = "{}";
        arci_tells tells = { NULL, 0, 0 };
        if (n) st = resolve(p, r, s, i, row, &params, &tells);
        if (st != ARC_OK && arci_action_is_fault(st)) {
            arci_rule_fault fault = { r->rule, p->r->id, s->step->level, i, *p->run->t->env->err };
            if (p->fault) p->fault(p->user, &fault);
            return st;
        }
        arci_rule_line *l = st == ARC_OK ? add(p) : NULL;
        if (st == ARC_OK && !l) return arci_nomem(p->run->t->env);
        if (l) *l = (arci_rule_line){ r->rule, r, s, row, n ? arci_actions_type(s->step->actions, i) : "none", params, i, i + 1 >= n, tells, NULL, NULL, 0 };
    }
    return st;
}

/* What a firing passes over: events that are over then, which who looks at the row again could not know of; and lower steps of the rule, which stay passed over when it is rejected. */
static arc_status put_passes(planning *p, const arci_rule_result *r, uint32_t from)
{
    const char *text = NULL;
    uint32_t n = 2;
    arci_str b;
    const arci_tells **sets = arci_arena_alloc(p->arena, (p->r->n + 2u) * sizeof *sets);
    if (!sets) return arci_nomem(p->run->t->env);
    arci_str_init(&b, p->run->t->book->ctx);
    for (uint32_t i = 0; i < p->r->n && p->n > from; i++) {
        const arci_rule_result *x = &p->r->rules[i];
        const size_t before = b.len;
        for (uint32_t k = 0; (x == r || arci_rule_grouped(x->rule, r->rule)) && k < x->n; k++) {
            const arci_step_result *s = &x->steps[k];
            if (s->outcome != ARCI_STEP_PASSED || (s->step->on != ARCI_ON_CHANGE && x != r)) continue;
            arci_str_puts(&b, b.len ? ",{" : "[{");
            arci_json_put_str(&b, "rule", x->rule->code);
            arci_json_put_int(&b, "level", s->step->level);
            arci_json_put_str(&b, "mark", s->mark);
            arci_rule_put_date(&b, "effective_date", s->day);
            arci_str_putc(&b, '}');
        }
        if (b.len > before) sets[n++] = &x->rule->sets;
    }
    if (b.len) arci_str_putc(&b, ']');
    if (b.len && !b.failed) text = arci_arena_strndup(p->arena, b.s, b.len);
    arc_status st = b.failed || (b.len && !text) ? arci_nomem(p->run->t->env) : ARC_OK;
    arci_str_clear(&b);
    for (uint32_t i = from; text && i < p->n; i++) {
        p->lines[i].passes = text;
        p->lines[i].passing = sets;
        p->lines[i].n_passing = n;
    }
    return st;
}

/* A rule is done for a row as a whole or not at all. */
static void give_up(arci_rule_result *r, arc_status st)
{
    for (uint32_t i = 0; i < r->n; i++) {
        arci_step_result *s = &r->steps[i];
        if (s->outcome != ARCI_STEP_DUE && s->outcome != ARCI_STEP_PASSED) continue;
        s->outcome = ARCI_STEP_ERROR;
        s->error = st;
    }
    r->n_due = 0;
}

arc_status arci_rule_plan(const arci_rule_run *run, const arci_subject_result *r, arci_arena *arena, arci_rule_line **lines, uint32_t *n, arci_rule_fault_fn fault, void *user)
{
    planning p = { .run = run, .r = r, .arena = arena, .fault = fault, .user = user };
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < r->n && st == ARC_OK; i++) {
        arci_rule_result *x = &r->rules[i];
        uint32_t before = p.n;
        p.charged = ARC_DATE_NONE;
        for (uint32_t k = 0; k < x->n && st == ARC_OK; k++) {
            if (x->steps[k].outcome == ARCI_STEP_DUE) st = plan_step(&p, x, &x->steps[k], r->rows[i]);
        }
        if (st == ARC_OK) st = put_passes(&p, x, before);
        if (st == ARC_OK || !arci_action_is_fault(st)) continue;
        give_up(x, st);
        arci_error_clear(run->t->env->err);
        p.n = before;
        st = ARC_OK;
    }
    *lines = p.lines;
    *n = p.n;
    return st;
}

/* ---- as a proposal has it ---------------------------------------------------------------------------------------------------------- */

arc_status arci_rule_explain_line(const arci_rule_run *run, const arci_rule_line *l, arci_str *b)
{
    arci_str_putc(b, '{');
    arci_json_put_str(b, "rule", l->rule->code);
    arci_json_put_int(b, "revision", l->rule->revision);
    arci_rule_put_step(b, run, l->result, l->step);
    arc_status st = arci_rule_put_trace(b, run, l->rule, l->step->step, l->row);
    const arci_tells *const lists[] = { &l->rule->sets, &l->rule->holds };
    arci_tells_put(b, lists, 2);
    arci_str_putc(b, '}');
    return st == ARC_OK && b->failed ? arci_nomem(run->t->env) : st;
}

void arci_rule_put_action(arci_str *b, const arci_rule_line *l)
{
    arci_str_puts(b, "{\"verb\":\"rule.");
    arci_str_puts(b, l->type);
    arci_str_putc(b, '"');
    arci_json_put_str(b, "rule", l->rule->code);
    arci_json_put_int(b, "revision", l->rule->revision);
    arci_json_put_int(b, "level", l->step->step->level);
    arci_json_put_str(b, "mark", l->step->mark);
    arci_rule_put_date(b, "effective_date", l->step->day);
    arci_json_put_int(b, "seq", l->seq);
    if (l->passes) {
        arci_json_put_key(b, "passes");
        arci_str_puts(b, l->passes);
    }
    arci_json_put_str(b, "type", l->type);
    arci_json_put_key(b, "params");
    arci_str_puts(b, l->params);
    const arci_tells *own[2], **lists = l->passes ? l->passing : own;
    lists[0] = &l->tells;
    lists[1] = &l->rule->sets;
    arci_tells_put(b, (const arci_tells *const *)lists, l->passes ? l->n_passing : 2);
    arci_str_putc(b, '}');
}
