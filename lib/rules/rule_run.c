/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that apply themselves: what is due is found in one look, then done row by row, each looked at again in a transaction of its own. */
#include <string.h>

#include "base/json_text.h"
#include "rules/action.h"
#include "rules/rule_run.h"
#include "rules/sweep.h"

#define TRIES 8

arc_status arc_rule_report_init(arc_rule_report *report)
{
    static const arc_rule_report defaults = ARC_RULE_REPORT_INIT;
    if (!report) return ARC_E_INVALID;
    *report = defaults;
    return ARC_OK;
}

typedef arci_rule_job job;
typedef arci_rule_running running;
typedef arci_rule_doing doing;
typedef arci_rule_refusal refusal;

/* ---- telling ------------------------------------------------------------------------------------------------------------------------- */

arc_status arci_run_tell(running *r, const arc_error *e)
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

static arc_status note_step(running *r, uint32_t rule, const arci_subject_result *x, const arc_value *row, const arci_step_result *s, int *work)
{
    arc_error e;
    int applies = r->set->rules[rule]->mode == ARCI_RULE_APPLY;
    switch (s->outcome) {
    case ARCI_STEP_ERROR:
        fault_of(&r->s->env, &e, r->set->rules[rule], x->entity, x->id, s->error, s->pointer);
        return arci_run_tell(r, &e);
    case ARCI_STEP_COOLS:
    case ARCI_STEP_LATER: r->report.held++; /* fall through */
    case ARCI_STEP_WAITS: arci_cursor_hold(&r->cursor, rule, x->id, s); break;
    case ARCI_STEP_DUE:
        if (applies && r->set->rules[rule]->unit.by) return arci_units_add(&r->s->env, &r->units, rule, x, r->set->rules[rule], row, s, NULL);
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
        for (uint32_t k = 0; k < x->rules[i].n && st == ARC_OK; k++) st = note_step(r, rule, x, x->rows[i], &x->rules[i].steps[k], &work);
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
        st = arci_run_tell(r, &e);
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
    if (st == ARC_OK) st = arci_units_settle(scope.txn, &r->units);
    r->report.rows = w.counts.rows;
    arci_rule_walk_end(&w);
    return arci_scope_end(&scope, st);
}

/* ---- a row --------------------------------------------------------------------------------------------------------------------------------- */

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
    if (st == ARC_OK) st = arci_rules_evaluate(&run, j->entity, &j->id, 1, arci_run_row, d);
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
    } while (arci_run_again(st) && ++tries < TRIES);
    arc_status told = ARC_OK;
    for (const refusal *f = st >= ARC_OK ? d.first : NULL; f && told == ARC_OK; f = f->next) told = arci_run_tell(r, &f->error);
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
    if (arci_run_is_grave(st)) return st;
    arc_error e = r->s->error; /* the row stays as it was */
    if (!e.entity[0]) {
        arci_env env = { r->s->env.ctx, &e };
        arci_fail_at(&env, j->entity->name, NULL, j->id, -1);
    }
    hold_events(r, j);
    return arci_run_tell(r, &e);
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
    st = arci_sweep_seal(r->s); /* what waits for its seal sets nothing off */
    if (st == ARC_OK) st = arci_rule_refresh(r->s, &r->o, &r->report.armed);
    return arci_session_leave(r->s, st == ARC_OK ? find_jobs(r) : st);
}

/* Units are done whole, one after the other. *left: those that are not. */
static arc_status do_units(running *r, uint32_t *done, int64_t *left)
{
    arc_status st = ARC_OK;
    *left = 0;
    for (uint32_t i = 0, end; i < r->units.n && st == ARC_OK; i = end) {
        int any = 0;
        end = arci_units_end(&r->units, i);
        if (r->o.max && *done >= r->o.max) {
            ++*left;
            for (uint32_t k = i; k < end; k++) arci_cursor_hold_row(&r->cursor, r->units.rows[k].rule->frame->subject, r->units.rows[k].row);
            continue;
        }
        st = arci_run_unit(r, &r->units.rows[i], end - i, &any);
        *done += any != 0;
    }
    return st;
}

static arc_status do_all(running *r)
{
    arc_status st = look_at_all(r);
    int64_t left = 0;
    uint32_t i = 0, done = 0;
    for (; i < r->n && st == ARC_OK && (!r->o.max || done < r->o.max); i++) {
        int any = 0;
        st = one_row(r, &r->jobs[i], &any);
        done += any != 0; /* what is refused every time keeps nothing else from its turn */
        if (st == ARC_OK && r->o.progress && r->o.progress(r->o.user, (int64_t)i + 1, r->n)) st = arci_fail(&r->s->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
    }
    if (st == ARC_OK) st = do_units(r, &done, &left);
    if (st == ARC_OK) r->report.more = (int64_t)(r->n - i) + left;
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
    arci_arena_init(&r.together, book->ctx);
    r.units.arena = &r.together;
    st = whole(&r, ARC_OK, 0);
    if (st == ARC_DONE) {
        st = do_all(&r);
        if (st >= ARC_OK) st = whole(&r, st, 1);
    }
    arci_ruleset_free(r.set);
    arci_free(book->ctx, r.jobs);
    arci_arena_clear(&r.together);
    arci_arena_clear(&r.unit);
    arci_arena_clear(&r.arena);
    if (st >= ARC_OK && report) (void)arci_struct_out(report, &r.report, sizeof r.report);
    arci_book_unhold(book);
    return st;
}
