/* SPDX-License-Identifier: Apache-2.0 */
/* Several rows that fire together, done without asking: each by itself, then what is done once for those that were. */
#include <string.h>

#include "rules/action.h"
#include "rules/rule_run.h"

#define TRIES 8

/* A row that was done. */
typedef struct done_row {
    struct done_row *next;
    int64_t id, customer;
    arci_rule_record *records;
    uint32_t n;
} done_row;

typedef struct together {
    arci_rule_doing d; /* first: what is done for a row sees it */
    const arci_rule *rule;
    const arci_entity *entity;
    int64_t head;
    done_row *first, **last;
    arci_units fired;
    uint32_t n_fired, n_passed;
} together;

static arc_status one_row(void *user, const arci_subject_result *x)
{
    together *g = user;
    arci_rule_doing *d = &g->d;
    arci_arena *arena = &d->r->unit;
    arc_status st = ARC_OK;
    uint32_t at = 0;
    while (at < x->n && x->rules[at].rule != g->rule) at++;
    if (at == x->n || !x->rules[at].n_due) return ARC_OK; /* no longer */
    st = arci_run_rule(d, x, g->rule);
    if (st != ARC_OK || !d->n) return st;
    done_row *row = arci_arena_calloc(arena, 1, sizeof *row);
    if (!row) return arci_nomem(&d->r->s->env);
    *row = (done_row){ NULL, x->id, x->customer, d->records, d->n };
    *g->last = row;
    g->last = &row->next;
    for (uint32_t i = 0; i < x->rules[at].n && st == ARC_OK; i++) {
        const arci_step_result *s = &x->rules[at].steps[i];
        int fires = 0;
        for (uint32_t k = 0; k < d->n; k++) fires |= !d->records[k].passed && d->records[k].level == s->step->level && strcmp(d->records[k].mark, s->mark) == 0 && d->records[k].policy == g->rule->code;
        if (fires) st = arci_units_add(&d->r->s->env, &g->fired, 0, x, g->rule, NULL, s, NULL);
    }
    return st;
}

/* What is done once, and its results behind those of each row. */
static arc_status do_once(together *g)
{
    arci_rule_running *r = g->d.r;
    arci_env *env = &r->s->env;
    arci_letter letter;
    arc_status st = arci_units_settle(g->d.t, &g->fired);
    for (uint32_t i = 0; i < g->fired.n; i++) g->fired.rows[i].head = g->head;
    if (st == ARC_OK) st = arci_letter_compose(g->d.run, g->fired.rows, g->fired.n, &r->unit, &letter);
    if (st != ARC_OK) return st;
    const char **types = arci_arena_calloc(&r->unit, letter.n + 1u, sizeof(const char *)), **results = arci_arena_calloc(&r->unit, letter.n + 1u, sizeof(const char *));
    if (!types || !results) return arci_nomem(env);
    for (uint32_t i = 0; i < letter.n && st == ARC_OK; i++) {
        const arci_unit_line *l = &letter.lines[i];
        arci_json *params;
        types[i] = l->type;
        st = arci_json_parse(env, &r->unit, l->params, strlen(l->params), &arci_json_default_limits, &params);
        if (st == ARC_OK) st = arci_letter_do(r->session, r->s, g->d.t, &r->unit, g->rule, &letter, g->head, r->o.as_of, l->type, l->seq, params, &results[i]);
        g->d.n_actions += st == ARC_OK;
    }
    for (done_row *row = g->first; row && st == ARC_OK; row = row->next) {
        for (uint32_t i = 0; i < row->n && st == ARC_OK; i++) {
            if (row->records[i].passed) continue;
            row->records[i].result = arci_letter_results(env, &r->unit, row->records[i].result, types, results, letter.n);
            if (!row->records[i].result) st = arci_nomem(env);
        }
    }
    return st;
}

static arc_status work(together *g, const int64_t *ids, uint32_t n)
{
    arci_rule_running *r = g->d.r;
    arc_status st = arci_repo_lock(g->d.t, g->entity->name, ids, n);
    if (st == ARC_OK) st = arci_rules_evaluate(g->d.run, g->entity, ids, n, one_row, g);
    g->d.t->env = &r->s->env;
    if (st == ARC_OK && g->fired.n) st = do_once(g);
    for (const done_row *row = g->first; row && st == ARC_OK; row = row->next) {
        st = arci_rule_write(g->d.t, &r->unit, g->entity, row->id, row->customer, arci_rule_fired_on(r->s, r->o.as_of), row->records, row->n);
        for (uint32_t i = 0; i < row->n; i++) {
            if (row->records[i].passed) g->n_passed++;
            else g->n_fired++;
        }
    }
    return st;
}

static arc_status in_call(together *g, const int64_t *ids, uint32_t n)
{
    arci_rule_running *r = g->d.r;
    arci_call c;
    arci_calendars calendars;
    arci_txn *t = g->d.t = r->s->book->txn;
    t->env = &r->s->env;
    arc_status st = arci_call_begin(r->s, &c, &arci_verbs[ARCI_DO_RULE_RUN], NULL, ARCI_SCOPE_NO_UNDO);
    if (st != ARC_OK) return st;
    arci_calendars_init(&calendars, t, &r->unit);
    const arci_rule_run run = { .t = t, .set = r->set, .wanted = r->wanted, .as_of = r->o.as_of, .calendars = &calendars, .events = &r->cursor.events };
    g->d.run = &run;
    st = work(g, ids, n);
    t->env = &r->s->env;
    arci_calendars_clear(&calendars);
    return arci_call_end(&c, st);
}

static arc_status try_once(arci_rule_running *r, together *g, const arci_unit_row *rows, uint32_t n, uint32_t tries)
{
    arc_txn *txn;
    uint32_t k = 0;
    memset(g, 0, sizeof *g);
    arci_arena_reset(&r->unit);
    g->d.r = r;
    g->d.last = &g->d.first;
    g->d.tries = tries;
    g->rule = rows->rule;
    g->entity = rows->rule->frame->subject;
    g->head = rows->head;
    g->last = &g->first;
    g->fired.arena = &r->unit;
    int64_t *ids = arci_arena_alloc(&r->unit, n * sizeof *ids);
    if (!ids) return arci_nomem(&r->s->env);
    for (uint32_t i = 0; i < n; i++) { /* ascending; a row may fire several steps */
        if (!k || ids[k - 1] != rows[i].row) ids[k++] = rows[i].row;
    }
    arc_status st = arc_session_begin(r->session, &txn, ARC_WRITE);
    if (st != ARC_OK) return st;
    st = in_call(g, ids, k);
    if (st < ARC_OK) {
        arc_txn_rollback(txn);
        return st;
    }
    arc_status committed = arc_txn_commit(txn);
    return committed == ARC_OK ? st : committed;
}

arc_status arci_run_unit(arci_rule_running *r, const arci_unit_row *rows, uint32_t n, int *any)
{
    together g;
    arc_status st, told = ARC_OK;
    uint32_t tries = 0;
    do {
        st = try_once(r, &g, rows, n, tries);
    } while (arci_run_again(st) && ++tries < TRIES);
    for (const arci_rule_refusal *f = st >= ARC_OK ? g.d.first : NULL; f && told == ARC_OK; f = f->next) told = arci_run_tell(r, &f->error);
    if (st < ARC_OK || g.d.first) {
        for (uint32_t i = 0; i < n; i++) arci_cursor_hold_row(&r->cursor, rows->rule->frame->subject, rows[i].row);
    }
    if (st >= ARC_OK) {
        r->report.fired += g.n_fired;
        r->report.passed += g.n_passed;
        r->report.actions += g.d.n_actions;
        *any = g.n_fired || g.n_passed;
        return told;
    }
    if (arci_run_is_grave(st)) return st;
    arc_error e = r->s->error; /* nothing of the unit is done; the next run tries again */
    arci_env env = { r->s->env.ctx, &e };
    if (!e.entity[0]) arci_fail_at(&env, rows->rule->frame->subject->name, NULL, rows->row, -1);
    arci_fail_rule(&env, rows->rule->code);
    arci_error_clear(&r->s->error);
    return arci_run_tell(r, &e);
}
