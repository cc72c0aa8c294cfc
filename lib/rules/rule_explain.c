/* SPDX-License-Identifier: Apache-2.0 */
/* Why a rule is due for a row, or is not. */
#include <string.h>

#include "base/json_text.h"
#include "rules/action.h"
#include "rules/rule_unit.h"

typedef struct explaining {
    arci_rule_walk *w;
    const char *code;
    arci_str *b;
    arci_arena arena;
    arci_history history; /* of the row */
    arc_error fault;
    int seen, fault_shows;
    arci_units units; /* rows that fire together with it */
    int64_t id;       /* the row */
    int64_t customer;
    uint32_t due;
} explaining;

static const arci_firing *firing_of(const explaining *x, const arci_step_result *s, int64_t row)
{
    const arci_firing *f;
    uint32_t n = arci_history_firings(&x->history, row, &f);
    for (uint32_t i = 0; i < n; i++) {
        if (f[i].level == s->step->level && strcmp(f[i].policy, x->code) == 0 && strcmp(f[i].mark, s->mark) == 0) return &f[i];
    }
    return NULL;
}

static void put_actions(explaining *x, const arci_rule_line *lines, uint32_t n, const arci_step_result *s)
{
    int first = 1;
    arci_json_put_key(x->b, "actions");
    arci_str_putc(x->b, '[');
    for (uint32_t i = 0; i < n; i++) {
        if (lines[i].step != s || strcmp(lines[i].type, "none") == 0) continue;
        arci_str_puts(x->b, first ? "{" : ",{");
        arci_json_put_str(x->b, "type", lines[i].type);
        arci_rule_put_params(x->w->s, x->b, &lines[i]);
        arci_str_putc(x->b, '}');
        first = 0;
    }
    arci_str_putc(x->b, ']');
}

/* What of a firing was not done, since nobody was to be reached or nothing was due. */
static arc_status put_suppressed(explaining *x, const arci_subject_result *of, const arci_step_result *s)
{
    const arci_json *made;
    arci_str *b = x->b;
    arc_date on;
    int n = 0;
    if (x->w->s->access) return ARC_OK; /* what rule_firing keeps of it is for who sees all */
    arc_status st = arci_rule_firing_result(x->w->t, &x->arena, of->entity, of->id, x->code, s->step->level, s->mark, &on, &made);
    for (const arci_json *m = st == ARC_OK && made ? made->child : NULL; m; m = m->next) {
        const arci_json *result = arci_json_get(m, "result"), *why = result ? arci_json_get(result, "suppressed") : NULL, *type = arci_json_get(m, "type");
        if (!why || why->type != ARCI_JSON_STRING || !type || type->type != ARCI_JSON_STRING) continue;
        if (!n++) {
            arci_json_put_str(b, "en", "some of its actions were not done: see suppressed");
            arci_json_put_str(b, "zh", "部分动作未执行：见 suppressed");
            arci_json_put_key(b, "suppressed");
        }
        arci_str_puts(b, n == 1 ? "[{" : ",{");
        arci_json_put_str(b, "type", type->s);
        arci_json_put_str(b, "suppressed", why->s);
        const arci_json *words = arci_json_get(result, "why");
        if (words && words->type == ARCI_JSON_OBJECT) {
            arci_json_put_key(b, "why");
            arci_json_put_node(b, words);
        }
        arci_str_putc(b, '}');
    }
    if (n) arci_str_putc(b, ']');
    return st;
}

static arc_status put_step(explaining *x, const arci_subject_result *of, const arci_rule_result *r, const arci_step_result *s, const arc_value *row, const arci_rule_line *lines, uint32_t n)
{
    const arci_firing *f = s->outcome == ARCI_STEP_BEFORE || s->outcome == ARCI_STEP_REJECTED ? firing_of(x, s, of->id) : NULL;
    arc_status st = ARC_OK;
    arci_rule_put_step(x->b, &x->w->run, r, s);
    if (f) {
        arci_json_put_key(x->b, "fired");
        arci_str_putc(x->b, '{');
        arci_rule_put_date(x->b, "on", f->fired_on);
        arci_json_put_str(x->b, "status", f->passed ? "passed" : f->rejected ? "rejected" : "fired");
        if (!f->passed && !f->rejected) st = put_suppressed(x, of, s);
        arci_str_putc(x->b, '}');
    }
    if (s->outcome == ARCI_STEP_DUE) put_actions(x, lines, n, s);
    if (st == ARC_OK) st = arci_rule_put_step_trace(x->b, &x->w->run, r->rule, s->step, row);
    return st == ARC_OK && s->unarmed ? arci_rule_put_rearm(x->b, &x->w->run, r->rule, s->step, row) : st;
}

/* ---- what fires together with it ---- */

static arc_status take_unit_row(void *user, const arci_subject_result *r)
{
    explaining *x = user;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < r->n && st == ARC_OK; i++) {
        const arci_rule_result *k = &r->rules[i];
        if (strcmp(k->rule->code, x->code) != 0) continue;
        for (uint32_t j = 0; j < k->n && st == ARC_OK; j++) {
            if (k->steps[j].outcome == ARCI_STEP_DUE) st = arci_units_add(x->w->t->env, &x->units, 0, r, k->rule, r->rows[i], &k->steps[j], NULL);
        }
    }
    return st;
}

/* The letter of the unit the row is in. */
static arc_status put_letter(explaining *x, const arci_unit_row *rows, uint32_t n)
{
    arci_letter l;
    arci_str *b = x->b;
    const arci_session *s = x->w->s;
    arc_status st = arci_letter_compose(&x->w->run, rows, n, &x->arena, &l);
    if (st != ARC_OK && arci_action_is_fault(st)) {
        arci_json_put_str(b, "once_fault", arc_status_name(st));
        arci_error_clear(x->w->t->env->err);
        return ARC_OK;
    }
    if (st != ARC_OK) return st;
    arci_unit_put(b, rows);
    arci_json_put_key(b, "rows");
    for (uint32_t i = 0; i < l.n_ids; i++) {
        arci_str_putc(b, i ? ',' : '[');
        arci_str_int(b, l.ids[i]);
    }
    arci_str_putc(b, ']');
    arci_json_put_key(b, "once");
    arci_str_putc(b, '[');
    for (uint32_t i = 0; i < l.n; i++) {
        arci_str_puts(b, i ? ",{" : "{");
        arci_json_put_str(b, "type", l.lines[i].type);
        arci_json_put_key(b, "params");
        arci_str_puts(b, arci_tells_may(s, l.lines[i].tells.list, l.lines[i].tells.n, 1) && arci_rule_dated(s, rows->rule) ? l.lines[i].params : "{\"hidden\":true}");
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, ']');
    return ARC_OK;
}

/* Rows of the same customers are looked at, too. */
static arc_status put_unit(explaining *x, const arci_rule *rule, int64_t customer)
{
    const arci_entity *e = rule->frame->subject;
    arci_rows_found rows = { NULL, 0, 0 };
    arc_status st = arci_unit_rows(x->w->t, &x->arena, rule, customer, &rows);
    if (st == ARC_OK && !rows.n) st = arci_rows_add(x->w->t->env, &rows, x->id);
    if (st == ARC_OK && x->w->s->access) st = arci_rule_walk_cut(x->w, e, &rows);
    if (st == ARC_OK) st = arci_rules_evaluate(&x->w->run, e, rows.ids, rows.n, take_unit_row, x);
    arci_rows_free(x->w->t->book->ctx, &rows);
    if (st == ARC_OK) st = arci_units_settle(x->w->t, &x->units);
    for (uint32_t i = 0, end; i < x->units.n && st == ARC_OK; i = end) {
        int mine = 0;
        end = arci_units_end(&x->units, i);
        for (uint32_t k = i; k < end; k++) mine |= x->units.rows[k].row == x->id;
        if (mine) st = put_letter(x, &x->units.rows[i], end - i);
    }
    return st;
}

static void on_fault(void *user, const arci_rule_fault *f)
{
    explaining *x = user;
    if (strcmp(f->rule->code, x->code) != 0) return;
    x->fault = f->error;
    x->fault_shows = arci_rule_fault_shows(x->w->s, f);
}

static arc_status row(void *user, const arci_subject_result *r)
{
    explaining *x = user;
    arci_rule_line *lines;
    uint32_t n, at = 0;
    arci_str *b = x->b;
    x->seen = 1;
    while (strcmp(r->rules[at].rule->code, x->code) != 0) at++;
    const arci_rule_result *result = &r->rules[at];
    arc_status st = arci_rule_plan(&x->w->run, r, &x->arena, &lines, &n, on_fault, x);
    if (st != ARC_OK) return st;
    arci_str_putc(b, '{');
    arci_json_put_str(b, "rule", x->code);
    arci_json_put_int(b, "revision", result->rule->revision);
    arci_json_put_str(b, "entity", r->entity->name);
    arci_json_put_int(b, "row", r->id);
    arci_rule_put_date(b, "as_of", x->w->o.as_of);
    st = arci_rule_put_trace(b, &x->w->run, result->rule, NULL, r->rows[at]);
    if (x->fault.status != ARC_OK) {
        arci_json_put_key(b, "fault");
        arci_str_putc(b, '{');
        arci_json_put_str(b, "code", arc_status_name(x->fault.status));
        arci_json_put_str(b, "pointer", x->fault.pointer);
        if (x->fault_shows) arci_json_put_str(b, "en", x->fault.message);
        if (x->fault_shows) arci_json_put_str(b, "zh", x->fault.message_zh);
        arci_str_putc(b, '}');
    }
    arci_json_put_key(b, "steps");
    arci_str_putc(b, '[');
    for (uint32_t i = 0; i < result->n && st == ARC_OK; i++) {
        arci_str_puts(b, i ? ",{" : "{");
        st = put_step(x, r, result, &result->steps[i], r->rows[at], lines, n);
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, ']');
    x->due = result->n_due;
    x->customer = r->customer;
    return st == ARC_OK && b->failed ? arci_nomem(x->w->t->env) : st;
}

static arc_status work(explaining *x, arci_txn *t, const int64_t *id)
{
    arci_rule_walk *w = x->w;
    arc_status st = arci_rule_walk_begin(w, t);
    const arci_rule *rule = st == ARC_OK ? arci_ruleset_find(w->set, x->code, strlen(x->code)) : NULL;
    if (st == ARC_OK && !rule) {
        st = arci_fail(t->env, ARC_E_NOT_FOUND, "no rule %.64s is in force", "没有生效的规则 %.64s", x->code);
    }
    if (st == ARC_OK) st = arci_rule_may(t->env, w->s, rule);
    if (st == ARC_OK) {
        st = arci_rule_mask(t->env, w->s, &w->arena, rule, &w->run.masked);
        w->run.undated = !arci_rule_dated(w->s, rule);
    }
    if (st == ARC_OK) {
        w->o.entity = rule->frame->subject->id;
        w->o.rows = id;
        w->o.n_rows = 1;
        arci_history_init(&x->history, &w->arena);
        st = arci_history_read(t, &x->history, rule->frame->subject, id, 1, 0);
        arci_history_index(&x->history);
    }
    x->id = *id;
    x->units.arena = &w->arena;
    if (st == ARC_OK) st = arci_rule_walk_rows(w, row, x);
    if (st == ARC_OK && x->due && rule->unit.by) st = put_unit(x, rule, x->customer);
    if (st == ARC_OK) arci_str_putc(x->b, '}');
    if (st == ARC_OK && x->b->failed) st = arci_nomem(t->env);
    arci_rule_walk_end(w);
    return st;
}

static arc_status explain(arci_session *s, arci_str *b, const char *code, int64_t id, arc_date as_of)
{
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    arci_rule_walk w;
    explaining x;
    arci_scope scope;
    memset(&w, 0, sizeof w);
    memset(&x, 0, sizeof x);
    o.as_of = as_of;
    w.s = s;
    x.w = &w;
    x.code = code;
    x.b = b;
    arc_status st = arci_rule_options_in(s, &w.o, &o);
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("rule_firing", 11));
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    arci_arena_init(&x.arena, s->env.ctx);
    st = arci_scope_end(&scope, work(&x, scope.txn, &id));
    arci_arena_clear(&x.arena);
    return st;
}

arc_status arc_rule_explain(arc_session *session, char *buf, size_t *len, const char *code, int64_t id, arc_date as_of)
{
    arci_session *s;
    arci_str b;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    arci_str_init(&b, s->env.ctx);
    st = len && code ? explain(s, &b, code, id, as_of) : arci_fail(&s->env, ARC_E_INVALID, "len or code is NULL", "len 或 code 为 NULL");
    if (st == ARC_OK) st = arci_text_out(buf, len, b.s, b.len);
    if (st == ARC_E_BUFFER) arci_fail(&s->env, st, "the buffer is too short", "缓冲区太短");
    arci_str_clear(&b);
    return arci_session_leave(s, st);
}
