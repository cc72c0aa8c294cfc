/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that apply themselves: what is due is found in one look, then done row by row, each looked at again in a transaction of its own. */
#include <string.h>

#include "base/json_text.h"
#include "rules/action.h"
#include "rules/rule_impl.h"

#define TRIES 8

arc_status arc_rule_report_init(arc_rule_report *report)
{
    static const arc_rule_report defaults = ARC_RULE_REPORT_INIT;
    if (!report) return ARC_E_INVALID;
    *report = defaults;
    return ARC_OK;
}

/* A row something is to be done for. */
typedef struct job {
    const arci_entity *entity;
    int64_t id;
} job;

typedef struct running {
    arc_session *session;
    arci_session *s;
    arc_rule_options o;
    arc_rule_report report;
    arc_fault_fn failed;
    void *user;
    char key[ARCI_REQUEST_KEY_MAX + 1];
    arci_ruleset *set;
    uint8_t *wanted;
    arci_rule_cursor cursor;
    arci_arena arena, unit;
    job *jobs;
    uint32_t n, cap;
    int whole; /* all rows were looked at, by somebody who sees all */
} running;

/* ---- telling ------------------------------------------------------------------------------------------------------------------------- */

static arc_status tell(running *r, const arc_error *e)
{
    r->report.failed++;
    if (!r->failed || !r->failed(r->user, e)) return ARC_OK;
    return arci_fail(&r->s->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
}

/* The error of a rule at a row; env's own is left clear. */
static void fault_of(arci_env *env, arc_error *out, const arci_rule *rule, const arci_entity *entity, int64_t id, arc_status st, const char *pointer)
{
    if (st == ARC_E_LIMIT && !pointer) arci_fail(env, st, "rule %s: rules set each other off more than %d times in a row", "规则 %s：规则相互触发连续超过 %d 次", rule->code, ARCI_RULE_CHAIN);
    else arci_fail(env, st, "rule %s: a condition cannot be answered", "规则 %s：条件无法判断", rule->code);
    arci_fail_at(env, entity->name, NULL, id, -1);
    arci_fail_rule(env, rule->code);
    if (pointer) arci_fail_pointer(env, pointer);
    *out = *env->err;
    arci_error_clear(env->err);
}

/* ---- looking ----------------------------------------------------------------------------------------------------------------------------- */

static arc_status add_job(running *r, const arci_subject_result *x)
{
    if (r->n == r->cap) {
        uint32_t cap = r->cap ? r->cap * 2 : 256;
        job *grown = arci_resize(r->s->env.ctx, r->jobs, cap * sizeof *grown);
        if (!grown) return arci_nomem(&r->s->env);
        r->jobs = grown;
        r->cap = cap;
    }
    r->jobs[r->n].entity = x->entity;
    r->jobs[r->n++].id = x->id;
    return ARC_OK;
}

static arc_status note_step(running *r, uint32_t rule, const arci_subject_result *x, const arci_step_result *s, int *work)
{
    arc_error e;
    int applies = r->set->rules[rule]->mode == ARCI_RULE_APPLY;
    switch (s->outcome) {
    case ARCI_STEP_ERROR:
        fault_of(&r->s->env, &e, r->set->rules[rule], x->entity, x->id, s->error, s->pointer);
        return tell(r, &e);
    case ARCI_STEP_COOLS:
    case ARCI_STEP_LATER: r->report.held++; /* fall through */
    case ARCI_STEP_WAITS: arci_cursor_hold(&r->cursor, rule, x->id, s); break;
    case ARCI_STEP_DUE:
        if (applies) *work = 1;
        else {
            r->report.waiting++;
            arci_cursor_hold(&r->cursor, rule, x->id, s);
        }
        break;
    case ARCI_STEP_PASSED:
        if (s->grouped == ARCI_GROUP_FIRED) *work = 1;
        if (s->grouped != ARCI_GROUP_PEOPLE) break;
        r->report.held += applies;
        arci_cursor_hold(&r->cursor, rule, x->id, s);
        break;
    default: break;
    }
    if (s->rearm) *work = 1;
    return ARC_OK;
}

static arc_status look(void *user, const arci_subject_result *x)
{
    running *r = user;
    int work = 0;
    uint32_t rule = 0;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < x->n && st == ARC_OK; i++) {
        while (r->set->rules[rule] != x->rules[i].rule) rule++; /* both are in the same order */
        for (uint32_t k = 0; k < x->rules[i].n && st == ARC_OK; k++) st = note_step(r, rule, x, &x->rules[i].steps[k], &work);
    }
    return st == ARC_OK && work ? add_job(r, x) : st;
}

static arc_status take_rules(running *r, const arci_rule_walk *w)
{
    if (w->wanted) r->wanted = arci_arena_calloc(&r->arena, w->set->n + 1u, 1);
    if (w->wanted && !r->wanted) return arci_nomem(&r->s->env);
    if (w->wanted) memcpy(r->wanted, w->wanted, w->set->n);
    for (uint32_t i = 0; i < w->set->n; i++) r->report.n_rules += !w->wanted || w->wanted[i];
    return arci_cursor_take(&r->cursor, &r->arena, w);
}

static arc_status broken_rules(running *r)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < r->set->n_broken && st == ARC_OK; i++) {
        arc_error e = r->set->broken[i].error;
        arci_env env = { r->s->env.ctx, &e };
        arci_fail_rule(&env, r->set->broken[i].code);
        st = tell(r, &e);
    }
    return st;
}

/* Whether no row of any subject is hidden: only then are events done with for everybody. */
static arc_status sees_all(running *r, int *all)
{
    const arci_row_scope *rows = NULL;
    arc_status st = ARC_OK;
    *all = !r->o.rows && !r->o.entity;
    for (uint32_t i = 0; i < r->set->n && *all && st == ARC_OK; i++) {
        if (r->wanted && !r->wanted[i]) continue;
        st = arci_access_read(&r->s->env, r->s, r->set->rules[i]->frame->subject, &rows);
        *all = !rows;
    }
    return st;
}

static arc_status find_jobs(running *r)
{
    arci_scope scope;
    arci_rule_walk w;
    const arci_row_scope *rows = NULL;
    memset(&w, 0, sizeof w);
    w.s = r->s;
    w.o = r->o;
    arc_status st = arci_access_read(&r->s->env, r->s, arci_entity_by_name("rule_firing", 11), &rows);
    if (st == ARC_OK) st = arci_scope_begin(r->s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    st = arci_rule_walk_begin(&w, scope.txn);
    if (st == ARC_OK) st = take_rules(r, &w);
    if (st == ARC_OK) {
        r->set = w.set;
        r->set->users++;
        st = sees_all(r, &r->whole);
        r->whole &= !rows;
        if (st == ARC_OK) st = broken_rules(r);
    }
    if (st == ARC_OK) st = arci_rule_walk_rows(&w, look, r);
    r->report.rows = w.counts.rows;
    arci_rule_walk_end(&w);
    return arci_scope_end(&scope, st);
}

/* ---- a row --------------------------------------------------------------------------------------------------------------------------------- */

/* A rule that is not done for the row, and why. */
typedef struct refusal {
    struct refusal *next;
    arc_error error;
} refusal;

typedef struct doing {
    running *r;
    arci_txn *t;
    const arci_rule_run *run;
    arci_rule_record *records;
    refusal *first, **last; /* in the unit's arena */
    uint32_t n, n_actions, n_armed;
    uint32_t tries; /* before this one */
    int lost;       /* no memory for a refusal */
} doing;

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

/* Rules that only propose are not done here, though they settle their groups: what another rule of the group passes over stays passed. */
static void leave_out(const arci_subject_result *x)
{
    for (uint32_t i = 0; i < x->n; i++) {
        arci_rule_result *rule = &x->rules[i];
        for (uint32_t k = 0; rule->rule->mode != ARCI_RULE_APPLY && k < rule->n; k++) {
            arci_step_result *s = &rule->steps[k];
            if (s->outcome == ARCI_STEP_DUE || (s->outcome == ARCI_STEP_PASSED && !s->grouped)) s->outcome = ARCI_STEP_LATER;
        }
        if (rule->rule->mode != ARCI_RULE_APPLY) rule->n_due = 0;
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

static int again(arc_status st) { return st == ARC_E_CONFLICT || st == ARC_E_BUSY || st == ARC_E_EXISTS; }

/* What keeps from doing anything for any row. */
static int is_grave(arc_status st)
{
    switch (st) {
    case ARC_E_NOMEM: case ARC_E_IO: case ARC_E_FULL: case ARC_E_CORRUPT: case ARC_E_CONNECTION: case ARC_E_BACKEND: case ARC_E_READONLY: case ARC_E_FORK: case ARC_E_HANDLE:
    case ARC_E_TXN: case ARC_E_DOOMED: case ARC_E_OUTCOME_UNKNOWN: case ARC_E_INTERNAL: case ARC_E_BUSY: case ARC_E_CONFLICT: case ARC_E_CANCELLED:
        return 1;
    default: return 0;
    }
}

/* What is there already may have been made by somebody who fires the same: that is seen when the row is looked at once more. */
static int is_refusal(const doing *d, arc_status st) { return !is_grave(st) && !d->t->doomed && (st != ARC_E_EXISTS || d->tries); }

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

static arc_status do_row(void *user, const arci_subject_result *x)
{
    doing *d = user;
    running *r = d->r;
    arci_rule_line *lines;
    uint32_t n, most = 0;
    leave_out(x);
    for (uint32_t i = 0; i < x->n; i++) most += x->rules[i].n;
    d->records = arci_arena_alloc(&r->unit, (most + 1u) * sizeof *d->records);
    if (!d->records) return arci_nomem(&r->s->env);
    arc_status st = arci_rule_plan(d->run, x, &r->unit, &lines, &n, on_fault, d);
    if (st == ARC_OK && d->lost) st = arci_nomem(&r->s->env);
    for (uint32_t i = 0, end; i < n && st == ARC_OK; i = end) {
        for (end = i; end < n && lines[end].rule == lines[i].rule;) end++;
        st = do_rule(d, x, &lines[i], end - i);
    }
    if (st != ARC_OK) return st;
    add_passed(d, x);
    if (d->n) st = arci_rule_write(d->t, &r->unit, x->entity, x->id, x->customer, arci_rule_fired_on(r->s, r->o.as_of), d->records, d->n);
    return st == ARC_OK ? arm(d, x) : st;
}

static arc_status in_call(running *r, const job *j, doing *d)
{
    arci_call c;
    arci_calendars calendars;
    arci_txn *t = d->t = r->s->book->txn;
    t->env = &r->s->env;
    arc_status st = arci_call_begin(r->s, &c, &arci_verbs[ARCI_DO_RULE_RUN], NULL, ARCI_SCOPE_NO_UNDO);
    if (st != ARC_OK) return st;
    arci_calendars_init(&calendars, t, &r->unit);
    const arci_rule_run run = { .t = t, .set = r->set, .wanted = r->wanted, .as_of = r->o.as_of, .calendars = &calendars, .events = &r->cursor.events };
    d->run = &run;
    st = arci_repo_lock(t, j->entity->name, &j->id, 1);
    if (st == ARC_OK) st = arci_rules_evaluate(&run, j->entity, &j->id, 1, do_row, d);
    t->env = &r->s->env;
    arci_calendars_clear(&calendars);
    return arci_call_end(&c, st);
}

static arc_status finish(arc_txn *txn, arc_status st)
{
    if (st >= ARC_OK) {
        arc_status done = arc_txn_commit(txn);
        return done == ARC_OK ? st : done;
    }
    arc_txn_rollback(txn);
    return st;
}

/* What was not done for a row is to be done yet: its events are read again. Those of other rows are over. */
static void hold_events(running *r, const job *j) { arci_cursor_hold_row(&r->cursor, j->entity, j->id); }

static arc_status one_row(running *r, const job *j, int *any)
{
    arc_status st;
    doing d;
    uint32_t tries = 0;
    do {
        arc_txn *txn;
        memset(&d, 0, sizeof d);
        d.r = r;
        d.last = &d.first;
        d.tries = tries;
        arci_arena_reset(&r->unit);
        st = arc_session_begin(r->session, &txn, ARC_WRITE);
        if (st == ARC_OK) st = finish(txn, in_call(r, j, &d));
    } while (again(st) && ++tries < TRIES);
    arc_status told = ARC_OK;
    for (const refusal *f = st >= ARC_OK ? d.first : NULL; f && told == ARC_OK; f = f->next) told = tell(r, &f->error);
    if (d.first) hold_events(r, j);
    if (st >= ARC_OK) {
        for (uint32_t i = 0; i < d.n; i++) {
            if (d.records[i].passed) r->report.passed++;
            else r->report.fired++;
        }
        r->report.actions += d.n_actions;
        r->report.armed += d.n_armed;
        *any = d.n || d.n_armed;
        return told;
    }
    if (is_grave(st)) return st;
    arc_error e = r->s->error; /* the row stays as it was */
    if (!e.entity[0]) {
        arci_env env = { r->s->env.ctx, &e };
        arci_fail_at(&env, j->entity->name, NULL, j->id, -1);
    }
    hold_events(r, j);
    return tell(r, &e);
}

/* ---- events read ---------------------------------------------------------------------------------------------------------------------------- */

/* Rules have read their events: the next run begins behind them. Written down when there were any, or when it has become many seals. */
static arc_status move_heads(running *r)
{
    arc_txn *txn;
    arci_call c;
    if (!r->whole || !arci_cursor_worth(&r->cursor)) return ARC_OK;
    arc_status st = arc_session_begin(r->session, &txn, ARC_WRITE);
    if (st != ARC_OK) return st;
    st = arci_call_begin(r->s, &c, &arci_verbs[ARCI_DO_RULE_RUN], NULL, 0);
    if (st == ARC_OK) st = arci_call_end(&c, arci_cursor_write(c.txn, &r->unit, &r->cursor, -1));
    return finish(txn, st);
}

/* ---- the call -------------------------------------------------------------------------------------------------------------------------------- */

/* The caller's request key, for the call as a whole: looked for before, kept behind. ARC_DONE: it was not done before. */
static arc_status whole(running *r, arc_status st, int after)
{
    enum { NUMBERS = 9 };
    static const char *const names[] = { "rows", "fired", "passed", "actions", "armed", "waiting", "held", "failed", "more", "rules", NULL };
    arc_rule_report *p = &r->report;
    int64_t *const numbers[NUMBERS] = { &p->rows, &p->fired, &p->passed, &p->actions, &p->armed, &p->waiting, &p->held, &p->failed, &p->more };
    int64_t kept_numbers[NUMBERS + 1];
    arci_call c;
    if (!r->key[0]) return after ? st : ARC_DONE;
    arc_status got = arci_session_enter(r->session, &r->s);
    if (got != ARC_OK) return got;
    memcpy(r->s->request_key, r->key, sizeof r->key);
    got = arci_call_begin(r->s, &c, &arci_verbs[ARCI_DO_RULE_RUN], NULL, 0);
    if (got != ARC_OK) return arci_call_leave(r->s, got);
    got = arci_call_elements(&c, names, 1, 0);
    arci_call_arg_int(&c, r->o.as_of);
    arci_call_arg_int(&c, r->o.entity);
    arci_call_arg_int(&c, r->o.flags);
    arci_call_arg_int(&c, r->o.max);
    arci_call_arg_int(&c, (int64_t)r->o.n_codes);
    for (size_t i = 0; i < r->o.n_codes; i++) arci_call_arg_text(&c, r->o.codes[i], strlen(r->o.codes[i]));
    for (size_t i = 0; i < r->o.n_rows; i++) arci_call_arg_int(&c, r->o.rows[i]);
    arci_call_arg_end(&c, 0, NULL);
    if (got == ARC_OK) got = arci_call_replay(&c);
    if (got == ARC_OK && arci_call_done(&c, 0)) {
        for (uint32_t i = 0; i < NUMBERS; i++) *numbers[i] = arci_call_number(&c, 0, i);
        p->n_rules = (uint32_t)arci_call_number(&c, 0, NUMBERS);
        got = arci_call_status(&c, 0);
    } else if (got == ARC_OK && !after) {
        got = ARC_DONE;
    } else if (got == ARC_OK) {
        for (uint32_t i = 0; i < NUMBERS; i++) kept_numbers[i] = *numbers[i];
        kept_numbers[NUMBERS] = p->n_rules;
        arci_call_keep(&c, 0, got = st, kept_numbers);
    }
    return arci_call_leave(r->s, arci_call_end(&c, got));
}

static arc_status look_at_all(running *r)
{
    arc_status st = arci_session_enter(r->session, &r->s);
    if (st != ARC_OK) return st;
    st = arci_rule_refresh(r->s, &r->o, &r->report.armed);
    return arci_session_leave(r->s, st == ARC_OK ? find_jobs(r) : st);
}

static arc_status do_all(running *r)
{
    arc_status st = look_at_all(r);
    uint32_t i = 0, done = 0;
    for (; i < r->n && st == ARC_OK && (!r->o.max || done < r->o.max); i++) {
        int any = 0;
        st = one_row(r, &r->jobs[i], &any);
        done += any != 0; /* what is refused every time keeps nothing else from its turn */
        if (st == ARC_OK && r->o.progress && r->o.progress(r->o.user, (int64_t)i + 1, r->n)) st = arci_fail(&r->s->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
    }
    if (st == ARC_OK) r->report.more = r->n - i;
    for (; st == ARC_OK && i < r->n; i++) hold_events(r, &r->jobs[i]);
    if (st == ARC_OK) st = move_heads(r);
    return st == ARC_OK && r->report.failed ? ARC_PARTIAL : st;
}

static arc_status prepare(running *r, const arc_rule_report *report, const arc_rule_options *options)
{
    arci_env *env = &r->s->env;
    if (report && !report->struct_size) return arci_fail(env, ARC_E_INVALID, "report's struct_size is 0", "report 的 struct_size 为 0");
    arc_status st = arci_rule_options_in(r->s, &r->o, options);
    if (st == ARC_OK && (r->o.flags & ARC_RULE_REJECTED)) st = arci_fail(env, ARC_E_INVALID, "what was rejected is proposed again, not done", "被驳回的内容只能重新建议，不能直接执行");
    if (st == ARC_OK && r->o.from != ARC_DATE_NONE) st = arci_fail(env, ARC_E_INVALID, "from is for simulations: a run is of one day", "from 仅用于模拟：执行只针对一天");
    if (st == ARC_OK) st = arci_access_check(env, r->s, &arci_verbs[ARCI_DO_RULE_RUN], NULL);
    if (st == ARC_OK && r->s->book->txn) st = arci_fail(env, ARC_E_TXN, "a transaction is open: rules run in their own", "存在未结束的事务：规则在自己的事务中执行");
    return st;
}

arc_status arc_rule_run(arc_session *session, arc_rule_report *report, arc_fault_fn failed, void *user, const arc_rule_options *options)
{
    static const arc_rule_report none = ARC_RULE_REPORT_INIT;
    running r;
    memset(&r, 0, sizeof r);
    r.session = session;
    r.report = none;
    r.failed = failed;
    r.user = user;
    arc_status st = arci_session_enter(session, &r.s);
    if (st != ARC_OK) return st;
    memcpy(r.key, r.s->request_key, sizeof r.key);
    st = prepare(&r, report, options);
    arci_book *book = r.s->book;
    if (st != ARC_OK) return arci_call_leave(r.s, st);
    arci_book_hold(book);
    (void)arci_call_leave(r.s, st); /* verbs called from here on enter the session themselves */
    arci_arena_init(&r.arena, book->ctx);
    arci_arena_init(&r.unit, book->ctx);
    st = whole(&r, ARC_OK, 0);
    if (st == ARC_DONE) {
        st = do_all(&r);
        if (st >= ARC_OK) st = whole(&r, st, 1);
    }
    arci_ruleset_free(r.set);
    arci_free(book->ctx, r.jobs);
    arci_arena_clear(&r.unit);
    arci_arena_clear(&r.arena);
    if (st >= ARC_OK && report) (void)arci_struct_out(report, &r.report, sizeof r.report);
    arci_book_unhold(book);
    return st;
}
