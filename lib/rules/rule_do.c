/* SPDX-License-Identifier: Apache-2.0 */
/* What rules that apply themselves do for a row, in the transaction that says it has fired. */
#include <string.h>

#include "base/json_text.h"
#include "rules/action.h"
#include "rules/rule_run.h"

typedef arci_rule_running running;
typedef arci_rule_doing doing;
typedef arci_rule_refusal refusal;

static arc_status refused(doing *d, const arci_rule *rule, int64_t row, const arc_error *error)
{
    refusal *f = arci_arena_calloc(&d->r->unit, 1, sizeof *f);
    if (!f) return arci_nomem(&d->r->s->env);
    f->error = *error;
    arci_env env = { d->r->s->env.ctx, &f->error };
    if (!f->error.entity[0] || f->error.id < 1) arci_fail_at(&env, rule->frame->subject->name, NULL, row, -1);
    arci_fail_rule(&env, rule->code);
    *d->last = f;
    d->last = &f->next;
    return ARC_OK;
}

static void on_fault(void *user, const arci_rule_fault *f)
{
    doing *d = user;
    arc_error e = f->error;
    arci_env env = { d->r->s->env.ctx, &e };
    arci_fail_at(&env, f->rule->frame->subject->name, NULL, f->row, -1);
    if (refused(d, f->rule, f->row, &e) != ARC_OK) d->lost = 1;
}

/* Rules that only propose, or have units of several rows, are not done here - of one rule, others -, though they settle their groups: what another rule of the group passes over stays passed. */
static void leave_out(const arci_subject_result *x, const arci_rule *but)
{
    for (uint32_t i = 0; i < x->n; i++) {
        arci_rule_result *rule = &x->rules[i];
        int stays = but ? rule->rule == but : rule->rule->mode == ARCI_RULE_APPLY && !rule->rule->unit.by;
        for (uint32_t k = 0; !stays && k < rule->n; k++) {
            arci_step_result *s = &rule->steps[k];
            if (s->outcome == ARCI_STEP_DUE || (s->outcome == ARCI_STEP_PASSED && !s->grouped)) s->outcome = ARCI_STEP_LATER;
        }
        if (!stays) rule->n_due = 0;
    }
}

static void record_of(arci_rule_record *out, const arci_rule *rule, const arci_step_result *s, int passed)
{
    memset(out, 0, sizeof *out);
    out->policy = rule->code;
    out->definition = rule->definition;
    out->mark = s->mark;
    out->level = s->step->level;
    out->effective = s->day;
    out->passed = (uint8_t)passed;
    out->crossed = s->step->on == ARCI_ON_THRESHOLD;
    out->count = s->count;
    out->chain = s->chain;
}

static const char *kept(arci_arena *arena, arci_str *b)
{
    const char *text = b->failed ? NULL : arci_arena_strndup(arena, b->s, b->len);
    arci_str_clear(b);
    return text;
}

/* The lines of one step: its actions, then the record of its firing. */
static arc_status do_step(doing *d, const arci_subject_result *x, const arci_rule_line *l, uint32_t n)
{
    running *r = d->r;
    arci_env *env = &r->s->env;
    arci_str results, why;
    arc_status st = ARC_OK;
    arci_str_init(&results, env->ctx);
    arci_str_putc(&results, '[');
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        arci_json *params;
        const char *result;
        arci_action_do a = { .env = env, .session = r->session, .t = d->t, .arena = &r->unit, .rule = l->rule->code, .mark = l->step->mark, .revision = l->rule->revision,
                             .level = l->step->step->level, .subject = x->entity, .row = x->id, .customer = x->customer, .as_of = r->o.as_of, .effective = l->step->day, .seq = l[i].seq };
        st = arci_json_parse(env, &r->unit, l[i].params, strlen(l[i].params), &arci_json_default_limits, &params);
        if (st == ARC_OK) st = arci_rule_act(&a, l[i].type, params, &result);
        d->t->env = env;
        if (st != ARC_OK) break;
        arci_str_puts(&results, i ? ",{" : "{");
        arci_json_put_str(&results, "type", l[i].type);
        arci_json_put_key(&results, "result");
        arci_str_puts(&results, result);
        arci_str_putc(&results, '}');
        d->n_actions += strcmp(l[i].type, "none") != 0;
    }
    arci_str_putc(&results, ']');
    arci_str_init(&why, env->ctx);
    if (st == ARC_OK) st = arci_rule_explain_line(d->run, l, &why);
    arci_rule_record *record = &d->records[d->n];
    record_of(record, l->rule, l->step, 0);
    record->result = kept(&r->unit, &results);
    record->explanation = kept(&r->unit, &why);
    if (st == ARC_OK && (!record->result || !record->explanation)) return arci_nomem(env);
    d->n += st == ARC_OK;
    return st;
}

static arc_status arm(doing *d, const arci_subject_result *x)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < x->n && st == ARC_OK; i++) {
        for (uint32_t k = 0; k < x->rules[i].n && st == ARC_OK; k++) {
            const arci_step_result *s = &x->rules[i].steps[k];
            const arci_rule_state state = { x->rules[i].rule->code, x->id, s->step->level, s->count + 1, 1, { 0 } };
            if (!s->rearm) continue;
            st = arci_rule_arm(d->t, &d->r->unit, x->entity, &state, 1);
            d->n_armed++;
        }
    }
    return st;
}

/* Passed over by what fires here: of rules that fired, and of their groups. */
static void add_passed(doing *d, const arci_subject_result *x)
{
    uint32_t fired = d->n;
    for (uint32_t i = 0; i < x->n; i++) {
        const arci_rule *rule = x->rules[i].rule;
        int fires = 0;
        for (uint32_t m = 0; m < x->n && !fires; m++) {
            const arci_rule *other = x->rules[m].rule;
            if (other != rule && !arci_rule_grouped(other, rule)) continue;
            for (uint32_t k = 0; k < fired && !fires; k++) fires = d->records[k].policy == other->code;
        }
        for (uint32_t k = 0; k < x->rules[i].n; k++) {
            const arci_step_result *s = &x->rules[i].steps[k];
            if (s->outcome == ARCI_STEP_PASSED && (fires || s->grouped == ARCI_GROUP_FIRED)) record_of(&d->records[d->n++], rule, s, 1);
        }
    }
}

int arci_run_again(arc_status st) { return st == ARC_E_CONFLICT || st == ARC_E_BUSY || st == ARC_E_EXISTS; }

/* What keeps from doing anything for any row. */
int arci_run_is_grave(arc_status st)
{
    switch (st) {
    case ARC_E_NOMEM: case ARC_E_IO: case ARC_E_FULL: case ARC_E_CORRUPT: case ARC_E_CONNECTION: case ARC_E_BACKEND: case ARC_E_READONLY: case ARC_E_FORK: case ARC_E_HANDLE:
    case ARC_E_TXN: case ARC_E_DOOMED: case ARC_E_OUTCOME_UNKNOWN: case ARC_E_INTERNAL: case ARC_E_BUSY: case ARC_E_CONFLICT: case ARC_E_CANCELLED:
        return 1;
    default: return 0;
    }
}

/* What is there already may have been made by somebody who fires the same: that is seen when the row is looked at once more. */
static int is_refusal(const doing *d, arc_status st) { return !arci_run_is_grave(st) && !d->t->doomed && (st != ARC_E_EXISTS || d->tries); }

static void give_up(const arci_subject_result *x, const arci_rule *rule)
{
    for (uint32_t i = 0; i < x->n; i++) {
        for (uint32_t k = 0; x->rules[i].rule == rule && k < x->rules[i].n; k++) {
            arci_step_result *s = &x->rules[i].steps[k];
            if (s->outcome == ARCI_STEP_DUE || s->outcome == ARCI_STEP_PASSED) s->outcome = ARCI_STEP_LATER;
        }
    }
}

/* The steps of one rule: all that they do, or nothing of it. A refusal leaves the other rules alone. */
static arc_status do_rule(doing *d, const arci_subject_result *x, const arci_rule_line *lines, uint32_t n)
{
    arci_env *env = &d->r->s->env;
    const uint32_t records = d->n, actions = d->n_actions;
    arci_call c;
    uint32_t from = 0;
    arc_status st = arci_call_begin(d->r->s, &c, &arci_verbs[ARCI_DO_RULE_RUN], NULL, 0);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (!lines[i].last) continue;
        st = do_step(d, x, &lines[from], i + 1 - from);
        from = i + 1;
    }
    st = arci_call_end(&c, st);
    d->t->env = env;
    if (st >= ARC_OK || !is_refusal(d, st)) return st < ARC_OK ? st : ARC_OK;
    d->n = records;
    d->n_actions = actions;
    give_up(x, lines->rule);
    const arc_error e = *env->err;
    arci_error_clear(env->err);
    return refused(d, lines->rule, x->id, &e);
}

static arc_status do_rules(doing *d, const arci_subject_result *x)
{
    running *r = d->r;
    arci_rule_line *lines;
    uint32_t n, most = 0;
    for (uint32_t i = 0; i < x->n; i++) most += x->rules[i].n;
    d->records = arci_arena_alloc(&r->unit, (most + 1u) * sizeof *d->records);
    if (!d->records) return arci_nomem(&r->s->env);
    arc_status st = arci_rule_plan(d->run, x, &r->unit, &lines, &n, on_fault, d);
    if (st == ARC_OK && d->lost) st = arci_nomem(&r->s->env);
    for (uint32_t i = 0, end; i < n && st == ARC_OK; i = end) {
        for (end = i; end < n && lines[end].rule == lines[i].rule;) end++;
        st = do_rule(d, x, &lines[i], end - i);
    }
    if (st == ARC_OK) add_passed(d, x);
    return st;
}

arc_status arci_run_row(void *user, const arci_subject_result *x)
{
    doing *d = user;
    running *r = d->r;
    leave_out(x, NULL);
    arc_status st = do_rules(d, x);
    if (st == ARC_OK && d->n) st = arci_rule_write(d->t, &r->unit, x->entity, x->id, x->customer, arci_rule_fired_on(r->s, r->o.as_of), d->records, d->n);
    return st == ARC_OK ? arm(d, x) : st;
}

arc_status arci_run_rule(doing *d, const arci_subject_result *x, const arci_rule *rule)
{
    leave_out(x, rule);
    d->n = 0;
    arc_status st = do_rules(d, x);
    for (uint32_t i = 0; i < d->n && st == ARC_OK; i++) { /* the result is gone with the next row */
        d->records[i].mark = arci_arena_strndup(&d->r->unit, d->records[i].mark, strlen(d->records[i].mark));
        if (!d->records[i].mark) st = arci_nomem(&d->r->s->env);
    }
    return st;
}
