/* SPDX-License-Identifier: Apache-2.0 */
/* How far rules have read their events, and which of those read still wait: the next reading begins behind those that do not. */
#include <string.h>

#include "rules/rule_impl.h"

#define LAG 1000 /* seals a rule may be behind before that is written down without need */

arc_status arci_cursor_take(arci_rule_cursor *c, arci_arena *arena, const arci_rule_walk *w)
{
    arci_env *env = w->t->env;
    arc_status st = ARC_OK;
    memset(c, 0, sizeof *c);
    c->set = w->set;
    c->heads = arci_arena_calloc(arena, w->set->n + 1u, sizeof *c->heads);
    c->keep = arci_arena_calloc(arena, w->set->n + 1u, sizeof *c->keep);
    if (!c->heads || !c->keep) return arci_nomem(env);
    memcpy(c->heads, w->heads, w->set->n * sizeof *c->heads);
    for (uint32_t i = 0; i < w->set->n; i++) c->keep[i] = INT64_MAX;
    arci_history_init(&c->events, arena);
    for (uint32_t i = 0; i < w->events.n_events && st == ARC_OK; i++) st = arci_history_event(env, &c->events, &w->events.events[i]);
    arci_history_index(&c->events);
    return st;
}

void arci_cursor_hold(arci_rule_cursor *c, uint32_t rule, int64_t row, const arci_step_result *s)
{
    const arci_rule_event *e;
    if (s->step->on != ARCI_ON_CHANGE) return;
    uint32_t n = arci_history_find_events(&c->events, c->set->rules[rule]->code, row, s->step->level, &e);
    for (uint32_t i = 0; i < n; i++) {
        if (strcmp(e[i].mark, s->mark) == 0 && e[i].seal < c->keep[rule]) c->keep[rule] = e[i].seal;
    }
}

void arci_cursor_hold_row(arci_rule_cursor *c, const arci_entity *entity, int64_t row)
{
    for (uint32_t i = 0; i < c->set->n; i++) {
        for (uint32_t k = 0; c->set->rules[i]->frame->subject == entity && k < c->events.n_events; k++) {
            const arci_rule_event *e = &c->events.events[k];
            if (e->row == row && e->seal < c->keep[i] && strcmp(e->policy, c->set->rules[i]->code) == 0) c->keep[i] = e->seal;
        }
    }
}

int arci_cursor_worth(const arci_rule_cursor *c)
{
    int worth = c->events.n_events > 0;
    for (uint32_t i = 0; i < c->set->n; i++) worth |= c->heads[i].to - c->heads[i].from >= LAG;
    return worth;
}

arc_status arci_cursor_write(arci_txn *t, arci_arena *arena, const arci_rule_cursor *c, int mode)
{
    arci_rule_state *states = arci_arena_alloc(arena, (c->set->n + 1u) * sizeof *states);
    uint32_t n = 0;
    if (!states) return arci_nomem(t->env);
    for (uint32_t i = 0; i < c->set->n; i++) {
        const arci_rule *rule = c->set->rules[i];
        int64_t to = c->keep[i] == INT64_MAX ? c->heads[i].to : c->keep[i] - 1;
        if ((mode < 0 || rule->mode == mode) && to > c->heads[i].from) states[n++] = (arci_rule_state){ rule->code, 1, 0, to, 1, { 0 } };
    }
    return n ? arci_rule_arm(t, arena, arci_entity_by_name(ARCI_RULE_HEADS, strlen(ARCI_RULE_HEADS)), states, n) : ARC_OK;
}

/* ---- of rules that only propose --------------------------------------------------------------------------------------------------------- */

static arc_status hold_waiting(void *user, const arci_subject_result *x)
{
    arci_rule_cursor *c = user;
    uint32_t rule = 0;
    for (uint32_t i = 0; i < x->n; i++) {
        while (c->set->rules[rule] != x->rules[i].rule) rule++; /* both are in the same order */
        for (uint32_t k = 0; k < x->rules[i].n; k++) {
            const arci_step_result *s = &x->rules[i].steps[k];
            if (s->outcome != ARCI_STEP_FALSE && s->outcome != ARCI_STEP_BEFORE && s->outcome != ARCI_STEP_REJECTED && s->outcome != ARCI_STEP_BELOW) arci_cursor_hold(c, rule, x->id, s);
        }
    }
    return ARC_OK;
}

/* Rows that events wait for, as they stand. */
static arc_status look(arci_rule_cursor *c, arci_rule_walk *w)
{
    arc_status st = ARC_OK;
    for (uint32_t at = 0; at < arci_n_entities && st == ARC_OK; at++) {
        arci_rows_found rows = { NULL, 0, 0 };
        for (uint32_t i = 0; i < w->events.n_events && st == ARC_OK; i++) {
            const arci_rule *rule = arci_ruleset_find(w->set, w->events.events[i].policy, strlen(w->events.events[i].policy));
            if (rule && rule->frame->subject == arci_entities[at]) st = arci_rows_add(w->t->env, &rows, w->events.events[i].row);
        }
        arci_rows_sort(&rows);
        if (st == ARC_OK && rows.n) st = arci_rules_evaluate(&w->run, arci_entities[at], rows.ids, rows.n, hold_waiting, c);
        arci_rows_free(w->t->book->ctx, &rows);
    }
    return st;
}

arc_status arci_cursor_refresh(arci_session *s, const arc_rule_options *o)
{
    arci_rule_walk w;
    arci_rule_cursor c;
    arci_scope scope;
    int waits = 0, worth = 0;
    if (o->entity || (s->business_date != ARC_DATE_NONE && o->as_of < s->business_date)) return ARC_OK; /* what does not hold on an earlier day may hold today */
    memset(&w, 0, sizeof w);
    w.s = s;
    w.o = *o;
    arc_status st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    st = arci_rule_walk_begin(&w, scope.txn);
    for (uint32_t i = 0; st == ARC_OK && i < w.set->n; i++) waits |= w.set->rules[i]->mode == ARCI_RULE_PROPOSE && w.heads[i].to > w.heads[i].from;
    if (st == ARC_OK && waits) st = arci_cursor_take(&c, &w.arena, &w);
    if (st == ARC_OK && waits) worth = arci_cursor_worth(&c);
    if (st == ARC_OK && worth) st = look(&c, &w);
    st = arci_scope_end(&scope, st);
    if (st == ARC_OK && worth) {
        st = arci_scope_begin(s, &scope, ARC_WRITE, 0);
        if (st == ARC_OK) st = arci_scope_end(&scope, arci_cursor_write(scope.txn, &w.arena, &c, ARCI_RULE_PROPOSE));
    }
    arci_rule_walk_end(&w);
    return st;
}
