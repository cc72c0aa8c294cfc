/* SPDX-License-Identifier: Apache-2.0 */
/* What rules have due, as a proposal. */
#include <string.h>

#include "arcore/date.h"
#include "base/json_text.h"
#include "rules/action.h"
#include "rules/rule_engine.h"
#include "rules/rule_impl.h"
#include "rules/rule_unit.h"

#define MAX_UNITS 100000u
#define MAX_TOLD 100u /* errors told one by one */

typedef struct proposing {
    arci_rule_walk *w;
    arci_proposal *p;
    arci_arena arena; /* of a row */
    arci_str action, explanation, errors;
    arci_str rejections;
    uint32_t n_units, n_told, n_rejected;
    arci_arena kept;   /* of units, until all rows were looked at */
    arci_units units;
    int has_units;
} proposing;

/* The lines of one step of a row, kept until its unit is whole. */
typedef struct step_line {
    struct step_line *next;
    const char *action, *explanation;
} step_line;

static void tell_error(proposing *x, const char *code, const char *entity, int64_t row, int64_t level, arc_status st, const char *pointer, const arc_error *why)
{
    arci_str *b = &x->errors;
    if (x->n_told++ >= MAX_TOLD) return;
    arci_str_puts(b, b->len ? ",{" : "{");
    arci_json_put_str(b, "rule", code);
    arci_json_put_str(b, "entity", entity);
    arci_json_put_int(b, "row", row);
    arci_json_put_int(b, "level", level);
    arci_json_put_str(b, "code", arc_status_name(st));
    if (pointer && pointer[0]) arci_json_put_str(b, "pointer", pointer);
    if (why) {
        arci_json_put_str(b, "en", why->message);
        arci_json_put_str(b, "zh", why->message_zh);
    }
    arci_str_putc(b, '}');
}

static void on_fault(void *user, const arci_rule_fault *f)
{
    proposing *x = user;
    x->w->counts.errors++;
    tell_error(x, f->rule->code, f->rule->frame->subject->name, f->row, f->level, f->error.status, f->error.pointer, arci_rule_fault_shows(x->w->s, f) ? &f->error : NULL);
}

/* Who did not want it, and when. */
static arc_status tell_rejected(proposing *x, const arci_subject_result *r, const arci_rule_result *k, const arci_step_result *s)
{
    const arci_json *made;
    arci_str *b = &x->rejections;
    char day[16] = "";
    size_t n = sizeof day;
    arc_date on;
    if (x->n_rejected++ >= MAX_TOLD) return ARC_OK;
    arci_arena_reset(&x->arena);
    arc_status st = arci_rule_firing_result(x->w->t, &x->arena, r->entity, r->id, k->rule->code, s->step->level, s->mark, &on, &made);
    if (st != ARC_OK || on == ARC_DATE_NONE) return st;
    const arci_json *result = made && made->child ? arci_json_get(made->child, "result") : NULL, *by = result ? arci_json_get(result, "by") : NULL;
    const char *who = by && by->type == ARCI_JSON_STRING ? by->s : "?";
    (void)arc_date_print(day, &n, on);
    arci_str_puts(b, b->len ? ",{" : "{");
    arci_json_put_str(b, "rule", k->rule->code);
    arci_json_put_str(b, "entity", r->entity->name);
    arci_json_put_int(b, "row", r->id);
    arci_json_put_int(b, "level", s->step->level);
    arci_json_put_str(b, "by", who);
    arci_json_put_str(b, "on", day);
    arci_json_put_key(b, "en");
    arci_str_reset(&x->action);
    arci_str_puts(&x->action, "rejected by ");
    arci_str_puts(&x->action, who);
    arci_str_puts(&x->action, " on ");
    arci_str_puts(&x->action, day);
    arci_json_put_text(b, x->action.s ? x->action.s : "", x->action.len);
    arci_str_reset(&x->action);
    arci_str_puts(&x->action, who);
    arci_str_puts(&x->action, " 于 ");
    arci_str_puts(&x->action, day);
    arci_str_puts(&x->action, " 驳回");
    arci_json_put_key(b, "zh");
    arci_json_put_text(b, x->action.s ? x->action.s : "", x->action.len);
    arci_str_putc(b, '}');
    return x->action.failed ? arci_nomem(x->w->t->env) : ARC_OK;
}

static arc_status put_line(proposing *x, const char *unit, int64_t customer, const arci_rule_line *l)
{
    arci_str_reset(&x->action);
    arci_str_reset(&x->explanation);
    arci_rule_put_action(&x->action, l);
    arc_status st = arci_rule_explain_line(&x->w->run, l, &x->explanation);
    if (st != ARC_OK || x->action.failed) return st != ARC_OK ? st : arci_nomem(x->w->t->env);
    return arci_proposal_add(x->w->t->env, x->p, unit, customer, x->action.s, x->explanation.s, NULL, NULL);
}

static int is_full(const proposing *x) { return x->n_units == (x->w->o.max ? x->w->o.max : MAX_UNITS); }

/* The lines of a step of a rule with a unit: [from, end). */
static arc_status keep_step(proposing *x, const arci_subject_result *r, const arci_rule_line *lines, uint32_t from, uint32_t end)
{
    arci_env *env = x->w->t->env;
    const arci_rule_line *l = &lines[from];
    step_line *first = NULL, **last = &first;
    uint32_t order = 0;
    for (uint32_t i = from; i < end; i++) {
        step_line *k = arci_arena_calloc(&x->kept, 1, sizeof *k);
        if (!k) return arci_nomem(env);
        arci_str_reset(&x->action);
        arci_str_reset(&x->explanation);
        arci_rule_put_action(&x->action, &lines[i]);
        arc_status st = arci_rule_explain_line(&x->w->run, &lines[i], &x->explanation);
        if (st != ARC_OK) return st;
        k->action = x->action.failed ? NULL : arci_arena_strndup(&x->kept, x->action.s, x->action.len);
        k->explanation = x->explanation.failed ? NULL : arci_arena_strndup(&x->kept, x->explanation.s, x->explanation.len);
        if (!k->action || !k->explanation) return arci_nomem(env);
        *last = k;
        last = &k->next;
    }
    while (x->w->set->rules[order] != l->rule) order++;
    return arci_units_add(env, &x->units, order, r, l->rule, l->row, l->step, first);
}

static arc_status put_lines(proposing *x, const arci_subject_result *r, const arci_rule_line *lines, uint32_t n)
{
    arc_status st = ARC_OK;
    char unit[64];
    int own = 0, full = is_full(x);
    arci_rule_unit(unit, r->entity, r->id);
    for (uint32_t i = 0, end; i < n && st == ARC_OK; i = end) {
        end = i + 1;
        if (!lines[i].rule->unit.by) {
            if (!full) st = put_line(x, unit, r->customer, &lines[i]);
            own = 1;
            continue;
        }
        while (end < n && lines[end].step == lines[i].step) end++;
        st = keep_step(x, r, lines, i, end);
    }
    x->n_units += own && !full;
    return st == ARC_OK && own && full ? ARC_DONE : st;
}

static arc_status row(void *user, const arci_subject_result *r)
{
    proposing *x = user;
    arci_rule_line *lines;
    uint32_t n, due = 0;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < r->n && st == ARC_OK; i++) {
        const arci_rule_result *k = &r->rules[i];
        due += k->n_due;
        for (uint32_t j = 0; j < k->n && st == ARC_OK; j++) {
            if (k->steps[j].outcome == ARCI_STEP_REJECTED) st = tell_rejected(x, r, k, &k->steps[j]);
        }
        for (uint32_t j = 0; j < k->n; j++) {
            if (k->steps[j].outcome == ARCI_STEP_ERROR) tell_error(x, k->rule->code, r->entity->name, r->id, k->steps[j].step->level, k->steps[j].error, k->steps[j].pointer, NULL);
        }
    }
    if (!due || st != ARC_OK) return st;
    if (is_full(x) && !x->has_units) return ARC_DONE;
    arci_arena_reset(&x->arena);
    st = arci_rule_plan(&x->w->run, r, &x->arena, &lines, &n, on_fault, x);
    if (st == ARC_OK) st = put_lines(x, r, lines, n);
    if (st != ARC_DONE || !x->has_units) return st;
    x->w->stopped = ARC_DONE; /* rows of units are looked for on: no unit is cut in two */
    return ARC_OK;
}

/* ---- units -------------------------------------------------------------------------------------------------------------------------------- */

static arc_status put_step_lines(proposing *x, const char *name, const arci_unit_row *r)
{
    arc_status st = ARC_OK;
    for (const step_line *k = r->user; k && st == ARC_OK; k = k->next) {
        arci_str_reset(&x->action);
        arci_str_add(&x->action, k->action, strlen(k->action) - 1);
        arci_json_put_int(&x->action, "row", r->row);
        arci_unit_put(&x->action, r);
        arci_str_putc(&x->action, '}');
        st = x->action.failed ? arci_nomem(x->w->t->env) : arci_proposal_add(x->w->t->env, x->p, name, r->customer, x->action.s, k->explanation, NULL, NULL);
    }
    return st;
}

static void put_once(arci_str *b, const arci_letter *l, const arci_unit_row *r, const arci_unit_line *line)
{
    arci_str_puts(b, "{\"verb\":\"rule.");
    arci_str_puts(b, line->type);
    arci_str_putc(b, '"');
    arci_json_put_str(b, "rule", r->rule->code);
    arci_json_put_int(b, "revision", r->rule->revision);
    arci_json_put_int(b, "level", l->level);
    arci_json_put_str(b, "mark", l->mark);
    arci_rule_put_date(b, "effective_date", l->effective);
    arci_json_put_int(b, "seq", line->seq);
    arci_json_put_str(b, "type", line->type);
    arci_json_put_key(b, "params");
    arci_str_puts(b, line->params);
    arci_json_put_key(b, "once");
    arci_str_puts(b, "true");
    arci_json_put_str(b, "digest", l->digest);
    arci_json_put_key(b, "rows");
    arci_str_putc(b, '[');
    for (uint32_t i = 0; i < l->n_ids; i++) {
        if (i) arci_str_putc(b, ',');
        arci_str_int(b, l->ids[i]);
    }
    arci_str_putc(b, ']');
    arci_unit_put(b, r);
    const arci_tells *const lists[] = { &line->tells, &r->rule->sets };
    arci_tells_put(b, lists, 2);
    arci_str_putc(b, '}');
}

/* Why a letter is there: the rows it is about. */
static void why_once(arci_str *b, const arci_letter *l, const arci_unit_row *rows, uint32_t n)
{
    char number[24];
    arci_str_putc(b, '{');
    arci_json_put_str(b, "rule", rows->rule->code);
    arci_json_put_int(b, "revision", rows->rule->revision);
    arci_json_put_int(b, "level", l->level);
    arci_json_put_key(b, "rows");
    for (uint32_t i = 0; i < n; i++) {
        arci_str_puts(b, i ? ",{" : "[{");
        arci_json_put_int(b, "row", rows[i].row);
        arci_json_put_int(b, "level", rows[i].level);
        arci_json_put_str(b, "mark", rows[i].mark);
        arci_rule_put_date(b, "effective_date", rows[i].effective);
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, ']');
    number[arci_int_text(number, l->n_ids)] = 0;
    arci_json_put_key(b, "en");
    arci_str_puts(b, "\"once for ");
    arci_str_puts(b, number);
    arci_str_puts(b, l->n_ids == 1 ? " row" : " rows");
    arci_str_puts(b, ": as the highest level of them says\"");
    arci_json_put_key(b, "zh");
    arci_str_puts(b, "\"对 ");
    arci_str_puts(b, number);
    arci_str_puts(b, " 行执行一次：按其中最高一级\"");
    const arci_tells *const lists[] = { &rows->rule->sets, &rows->rule->holds };
    arci_tells_put(b, lists, 2);
    arci_str_putc(b, '}');
}

static arc_status put_unit(proposing *x, const arci_unit_row *rows, uint32_t n)
{
    arci_env *env = x->w->t->env;
    arci_letter letter;
    char name[101];
    arci_unit_name(name, rows);
    arci_arena_reset(&x->arena);
    arc_status st = arci_letter_compose(&x->w->run, rows, n, &x->arena, &letter);
    if (st != ARC_OK && arci_action_is_fault(st)) {
        x->w->counts.errors++;
        tell_error(x, rows->rule->code, rows->rule->frame->subject->name, rows->row, letter.level, st, env->err->pointer, x->w->s->access ? NULL : env->err);
        arci_error_clear(env->err);
        return ARC_OK;
    }
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) st = put_step_lines(x, name, &rows[i]);
    for (uint32_t i = 0; i < letter.n && st == ARC_OK; i++) {
        arci_str_reset(&x->action);
        arci_str_reset(&x->explanation);
        put_once(&x->action, &letter, rows, &letter.lines[i]);
        why_once(&x->explanation, &letter, rows, n);
        if (x->action.failed || x->explanation.failed) return arci_nomem(env);
        st = arci_proposal_add(env, x->p, name, rows->head, x->action.s, x->explanation.s, NULL, NULL);
    }
    x->n_units++;
    return st;
}

static arc_status put_units(proposing *x)
{
    arc_status st = arci_units_settle(x->w->t, &x->units);
    for (uint32_t i = 0, end; i < x->units.n && st == ARC_OK; i = end) {
        end = arci_units_end(&x->units, i);
        if (is_full(x)) {
            x->w->stopped = ARC_DONE;
            break;
        }
        st = put_unit(x, &x->units.rows[i], end - i);
    }
    return st;
}

/* ---- what was looked at ---------------------------------------------------------------------------------------------------------------- */

static void put_broken(arci_str *b, const arci_ruleset *set)
{
    arci_json_put_key(b, "broken");
    arci_str_putc(b, '[');
    for (uint32_t i = 0; i < set->n_broken && i < MAX_TOLD; i++) {
        arci_str_puts(b, i ? ",{" : "{");
        arci_json_put_str(b, "rule", set->broken[i].code);
        arci_json_put_str(b, "code", arc_status_name(set->broken[i].error.status));
        arci_json_put_str(b, "pointer", set->broken[i].error.pointer);
        arci_json_put_str(b, "en", set->broken[i].error.message);
        arci_json_put_str(b, "zh", set->broken[i].error.message_zh);
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, ']');
}

void arci_rule_put_counts(arci_str *b, const arci_rule_counts *c)
{
    arci_json_put_int(b, "rows", c->rows);
    arci_json_put_int(b, "due", c->due);
    arci_json_put_int(b, "passed", c->passed);
    arci_json_put_int(b, "cools", c->cools);
    arci_json_put_int(b, "later", c->later);
    arci_json_put_int(b, "errors", c->errors);
    arci_json_put_int(b, "guessed", c->guessed);
}

static arc_status considered(proposing *x)
{
    arci_str *b = &x->action;
    arci_str_reset(b);
    arci_str_putc(b, '{');
    arci_json_put_int(b, "rules", x->w->set->n);
    arci_rule_put_counts(b, &x->w->counts);
    if (x->w->stopped == ARC_DONE) arci_json_put_int(b, "more", 1);
    if (x->w->n_mute) arci_json_put_int(b, "hidden_rules", x->w->n_mute);
    arci_json_put_key(b, "failed");
    arci_str_putc(b, '[');
    if (x->errors.len) arci_str_add(b, x->errors.s, x->errors.len);
    arci_str_putc(b, ']');
    arci_json_put_key(b, "rejected");
    arci_str_putc(b, '[');
    if (x->rejections.len) arci_str_add(b, x->rejections.s, x->rejections.len);
    arci_str_putc(b, ']');
    put_broken(b, x->w->set);
    arci_str_putc(b, '}');
    if (b->failed || x->errors.failed || x->rejections.failed) return arci_nomem(x->w->t->env);
    x->p->considered = arci_proposal_keep(x->p, b->s, b->len);
    return x->p->considered ? ARC_OK : arci_nomem(x->w->t->env);
}

/* [{"rule", "id", "revision"}]: of all that were looked at. */
static arc_status definitions(proposing *x)
{
    const arci_rule_walk *w = x->w;
    arci_str *b = &x->action;
    int first = 1;
    arci_str_reset(b);
    arci_str_putc(b, '[');
    for (uint32_t i = 0; i < w->set->n; i++) {
        if ((w->wanted && !w->wanted[i]) || (w->o.entity && w->set->rules[i]->frame->subject->id != w->o.entity)) continue;
        arci_str_puts(b, first ? "{" : ",{");
        arci_json_put_str(b, "rule", w->set->rules[i]->code);
        arci_json_put_int(b, "id", w->set->rules[i]->definition);
        arci_json_put_int(b, "revision", w->set->rules[i]->revision);
        arci_str_putc(b, '}');
        first = 0;
    }
    arci_str_putc(b, ']');
    x->p->definitions = b->failed ? NULL : arci_proposal_keep(x->p, b->s, b->len);
    return x->p->definitions ? ARC_OK : arci_nomem(w->t->env);
}

static arc_status params(proposing *x)
{
    const arc_rule_options *o = &x->w->o;
    arci_str *b = &x->action;
    arci_str_reset(b);
    arci_str_putc(b, '{');
    if (o->codes) {
        arci_json_put_key(b, "codes");
        arci_str_putc(b, '[');
        for (size_t i = 0; i < o->n_codes; i++) {
            if (i) arci_str_putc(b, ',');
            arci_json_put_text(b, o->codes[i], strlen(o->codes[i]));
        }
        arci_str_putc(b, ']');
    }
    if (o->entity) arci_json_put_str(b, "entity", arci_entity_by_id(o->entity)->name);
    if (o->rows) arci_json_put_int(b, "rows_named", (int64_t)o->n_rows);
    if (o->max) arci_json_put_int(b, "max", o->max);
    if (o->flags & ARC_RULE_REJECTED) arci_json_put_int(b, "rejected", 1);
    arci_str_putc(b, '}');
    x->p->params = b->failed ? NULL : arci_proposal_keep(x->p, b->s, b->len);
    return x->p->params ? ARC_OK : arci_nomem(x->w->t->env);
}

/* ---- the call ---------------------------------------------------------------------------------------------------------------------------- */

static arc_status fill(proposing *x, arci_txn *t)
{
    arci_rule_walk *w = x->w;
    arc_status st = arci_rule_walk_begin(w, t);
    if (st == ARC_OK) st = arci_rule_walk_may(w, w->o.codes != NULL);
    if (st == ARC_OK) st = definitions(x);
    if (st == ARC_OK) st = params(x);
    for (uint32_t i = 0; st == ARC_OK && i < w->set->n; i++) x->has_units |= w->set->rules[i]->unit.by;
    if (st == ARC_OK) st = arci_rule_walk_rows(w, row, x);
    if (st == ARC_DONE) w->stopped = ARC_DONE;
    if (st == ARC_DONE) st = ARC_OK; /* enough */
    if (st == ARC_OK) st = put_units(x);
    if (st == ARC_OK) st = considered(x);
    x->p->does = &arci_rule_engine;
    if (st == ARC_OK) st = arci_proposal_hide_fields(t->env, w->s, x->p, &arci_rule_engine);
    arci_rule_walk_end(w);
    return st;
}

static arc_status propose(arci_session *s, arc_proposal **out, arci_rule_walk *w)
{
    proposing x;
    arci_scope scope;
    memset(&x, 0, sizeof x);
    x.w = w;
    arci_arena_init(&x.arena, s->env.ctx);
    arci_arena_init(&x.kept, s->env.ctx);
    x.units.arena = &x.kept;
    arci_str_init(&x.action, s->env.ctx);
    arci_str_init(&x.explanation, s->env.ctx);
    arci_str_init(&x.errors, s->env.ctx);
    arci_str_init(&x.rejections, s->env.ctx);
    arc_status st = arci_proposal_new(&s->env, s, out, &x.p, ARCI_RULE_ENGINE, w->o.as_of, "[]", "{}");
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, fill(&x, scope.txn));
    if (st == ARC_OK && !x.p->n) st = ARC_DONE;
    if (st < ARC_OK && *out) {
        arci_own_free(*out, ARCI_H_PROPOSAL);
        *out = NULL;
    }
    arci_str_clear(&x.action);
    arci_str_clear(&x.explanation);
    arci_str_clear(&x.errors);
    arci_str_clear(&x.rejections);
    arci_arena_clear(&x.kept);
    arci_arena_clear(&x.arena);
    return st;
}

arc_status arc_rule_propose(arc_session *session, arc_proposal **out, const arc_rule_options *options)
{
    arci_session *s;
    arci_rule_walk w;
    if (out) *out = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!out) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "out is NULL", "out 为 NULL"));
    memset(&w, 0, sizeof w);
    w.s = s;
    st = arci_rule_options_in(s, &w.o, options);
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("rule_firing", 11));
    if (st == ARC_OK) st = arci_rule_refresh(s, &w.o, NULL);
    if (st == ARC_OK) st = propose(s, out, &w);
    return arci_session_leave(s, st);
}
