/* SPDX-License-Identifier: Apache-2.0 */
/* A unit of several rows on its way into the book. Each row is looked at again and done by itself: what is no longer due, or refused, is dropped with its reason, and what is done
 * once is put together anew for the rows that are left. */
#include "rules/rule_unit.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/date.h"
#include "base/json_text.h"
#include "rules/action.h"
#include "rules/rule_apply.h"

/* Lines about one row: a unit of their own. */
typedef struct part {
    arci_unit u;
    arci_found *f;
    uint32_t *at; /* of the whole unit's lines */
    const char *gone; /* why nothing of it is done; NULL: it is */
    int seen;
} part;

/* What check() hands to apply(). */
typedef struct unit_found {
    arci_found head; /* first: its actions are those of all lines */
    arci_ruleset *set;
    const arci_entity *entity;
    part *parts;
    uint32_t n_parts;
    uint32_t *once, n_once; /* lines of what is done once */
    int64_t customer;
    const char *code, *currency, *language;
} unit_found;

static const char *keep_reason(arci_unit *u, const arc_error *e)
{
    size_t n = strlen(e->message);
    return arci_arena_strndup(u->arena, e->message, n < 500 ? n : 500);
}

/* ---- parts ------------------------------------------------------------------------------------------------------------------------ */

static part *part_of(unit_found *x, int64_t row)
{
    for (uint32_t i = 0; i < x->n_parts; i++) {
        if (x->parts[i].f->id == row) return &x->parts[i];
    }
    return NULL;
}

static arc_status new_part(arci_txn *t, arci_unit *u, unit_found *x, int64_t row)
{
    part *p = &x->parts[x->n_parts];
    uint32_t most = u->n + 1u;
    p->u.p = u->p;
    p->u.name = u->name;
    p->u.arena = u->arena;
    p->u.before = u->before;
    p->u.lines = arci_arena_calloc(u->arena, most, sizeof *p->u.lines);
    p->u.actions = arci_arena_calloc(u->arena, most, sizeof *p->u.actions);
    p->u.results = arci_arena_calloc(u->arena, most, sizeof *p->u.results);
    p->at = arci_arena_calloc(u->arena, most, sizeof *p->at);
    if (!p->u.lines || !p->u.actions || !p->u.results || !p->at) return arci_nomem(t->env);
    for (uint32_t i = 0; i < u->n; i++) {
        if (x->head.actions[i].rows || x->head.actions[i].row != row) continue;
        p->at[p->u.n] = i;
        p->u.lines[p->u.n] = u->lines[i];
        p->u.actions[p->u.n++] = u->actions[i];
    }
    arc_status st = arci_found_new(t, &p->u, &p->f);
    if (st != ARC_OK) return st;
    p->f->entity = x->entity;
    p->f->id = row;
    x->n_parts++;
    return ARC_OK;
}

static const char *text_of(const arci_json *o, const char *key)
{
    const arci_json *m = arci_json_get(o, key);
    return m && m->type == ARCI_JSON_STRING ? m->s : "";
}

static arc_status take_parts(arci_txn *t, arci_unit *u, unit_found *x)
{
    const arci_json *customer = arci_json_get(x->head.actions[0].unit, "customer");
    arc_status st = customer ? arci_json_int(t->env, customer, &x->customer) : arci_stored_damaged(t->env);
    x->code = x->head.actions[0].rule;
    x->currency = text_of(x->head.actions[0].unit, "currency");
    x->language = text_of(x->head.actions[0].unit, "language");
    x->parts = arci_arena_calloc(u->arena, u->n + 1u, sizeof *x->parts);
    x->once = arci_arena_alloc(u->arena, (u->n + 1u) * sizeof *x->once);
    if (!x->parts || !x->once) return arci_nomem(t->env);
    for (uint32_t i = 0; i < u->n && st == ARC_OK; i++) {
        const arci_stored *a = &x->head.actions[i];
        if (!a->unit) st = arci_stored_damaged(t->env);
        else if (a->rows) x->once[x->n_once++] = i;
        else if (!part_of(x, a->row)) st = new_part(t, u, x, a->row);
    }
    return st;
}

/* ---- looking again --------------------------------------------------------------------------------------------------------------------- */

typedef struct looking_all {
    arci_txn *t;
    arci_unit *u;
    unit_found *x;
    arci_units now; /* whose unit each row is of today */
} looking_all;

static arc_status note_unit(looking_all *l, part *p, const arci_subject_result *r)
{
    static const arci_rule_step step;
    const arci_step_result any = { .step = &step };
    for (uint32_t i = 0; i < r->n; i++) {
        if (strcmp(r->rules[i].rule->code, l->x->code) == 0) return arci_units_add(l->t->env, &l->now, 0, r, r->rules[i].rule, r->rows[i], &any, p);
    }
    return ARC_OK;
}

/* A letter goes to whom it was approved for. A row that has another customer or head office by now, another currency or language, is none of it. */
static arc_status check_units(looking_all *l)
{
    arc_status st = arci_units_settle(l->t, &l->now);
    for (uint32_t i = 0; i < l->now.n && st == ARC_OK; i++) {
        const arci_unit_row *row = &l->now.rows[i];
        part *p = part_of(l->x, row->row);
        if (p->gone || (row->head == l->x->customer && strcmp(row->currency, l->x->currency) == 0 && strcmp(row->language, l->x->language) == 0)) continue;
        p->gone = row->head != l->x->customer ? "it belongs to another customer or head office by now" : "it is of another currency or language by now";
    }
    return st;
}

static arc_status look(void *user, const arci_subject_result *r)
{
    looking_all *l = user;
    part *p = part_of(l->x, r->id);
    arci_looking one = { l->t, &p->u, p->f, 0 };
    p->seen = 1;
    arc_status st = note_unit(l, p, r);
    if (st == ARC_OK) st = arci_found_look(&one, r);
    if (st != ARC_E_STALE) return st;
    p->gone = keep_reason(l->u, l->t->env->err);
    arci_error_clear(l->t->env->err);
    return p->gone ? ARC_OK : arci_nomem(l->t->env);
}

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static arci_stored *actions_of(void *user, int64_t row, uint32_t *n)
{
    const part *p = part_of(user, row);
    if (!p || p->gone) return NULL;
    *n = p->u.n;
    return p->f->actions;
}

static arc_status look_at_all(arci_txn *t, arci_unit *u, unit_found *x)
{
    arci_calendars calendars;
    arci_history events;
    looking_all l = { t, u, x, { u->arena, NULL, 0, 0 } };
    arc_status st = ARC_OK;
    int64_t *ids = arci_arena_alloc(u->arena, (x->n_parts + 1u) * sizeof *ids);
    if (!ids) return arci_nomem(t->env);
    for (uint32_t i = 0; i < x->n_parts; i++) ids[i] = x->parts[i].f->id;
    if (x->n_parts > 1) qsort(ids, x->n_parts, sizeof *ids, ascending);
    arci_calendars_init(&calendars, t, u->arena);
    arci_history_init(&events, u->arena);
    if (x->n_parts) st = arci_repo_lock(t, x->entity->name, ids, x->n_parts);
    for (uint32_t i = 0; i < x->n_parts && st == ARC_OK; i++) st = arci_stored_events(t, &x->parts[i].u, x->parts[i].f, x->set, &events);
    if (st == ARC_OK) st = arci_rule_chains(t, &events);
    arci_history_index(&events);
    const arci_rule_run run = { .t = t, .set = x->set, .as_of = u->p->as_of, .calendars = &calendars, .events = &events, .rejected = arci_stored_rejected(u->p) };
    if (st == ARC_OK && x->n_parts) st = arci_rules_evaluate(&run, x->entity, ids, x->n_parts, look, &l);
    if (st == ARC_OK) st = check_units(&l);
    if (st == ARC_OK && x->n_parts) st = arci_found_anew(t, u->arena, u->p, x->entity, ids, x->n_parts, &calendars, &events, actions_of, x);
    arci_calendars_clear(&calendars);
    for (uint32_t i = 0; i < x->n_parts; i++) {
        if (!x->parts[i].seen && !x->parts[i].gone) x->parts[i].gone = "the row is not there any more";
    }
    return st;
}

static int is_once(const arci_pline *l) { return strstr(l->action, "\"once\":true") != NULL; }

/* What is done once has gone out, or is not done any more: rows approved behind it would be told to nobody. */
static int gone_out(const arci_unit *u)
{
    for (uint32_t i = 0; i < u->p->n; i++) {
        const arci_pline *l = &u->p->lines[i];
        if ((l->status == ARCI_P_APPLIED || l->status == ARCI_P_STALE || l->status == ARCI_P_EXPIRED) && strcmp(l->unit, u->name) == 0 && is_once(l)) return 1;
    }
    return 0;
}

int arci_unit_waits(const arci_unit *u)
{
    int rows = 0, draft[2] = { 0, 0 }, applied[2] = { 0, 0 }; /* of rows, of what is done once */
    for (uint32_t i = 0; i < u->n; i++) rows |= !is_once(&u->p->lines[u->lines[i]]);
    for (uint32_t i = 0; i < u->p->n; i++) {
        const arci_pline *l = &u->p->lines[i];
        if (strcmp(l->unit, u->name) != 0) continue;
        draft[is_once(l)] |= l->status == ARCI_P_DRAFT;
        applied[is_once(l)] |= l->status == ARCI_P_APPLIED;
    }
    if (!u->n || !strstr(u->p->lines[u->lines[0]].action, "\"unit\":{")) return 0;
    return rows ? draft[1] && !applied[1] : draft[0] && !applied[0];
}

arc_status arci_unit_check(arci_txn *t, arci_unit *u)
{
    const arci_found *first = u->found;
    unit_found *x = arci_arena_calloc(u->arena, 1, sizeof *x);
    arci_ruleset *set = NULL;
    if (!x) return arci_nomem(t->env);
    x->head = *first;
    u->found = x;
    arc_status st = arci_stored_set(t, u->arena, u->p, &set);
    x->set = set;
    const arci_rule *rule = st == ARC_OK ? arci_ruleset_find(set, first->actions[0].rule, strlen(first->actions[0].rule)) : NULL;
    if (st == ARC_OK && !rule) st = arci_stored_damaged(t->env);
    if (st == ARC_OK) x->entity = rule->frame->subject;
    if (st == ARC_OK) st = take_parts(t, u, x);
    if (st == ARC_OK && x->n_parts && gone_out(u)) st = arci_fail(t->env, ARC_E_STALE, "what is done once for the unit was done without it, or is stale", "合并单元的一次性动作已在没有该行的情况下执行，或已失效");
    if (st == ARC_OK) st = look_at_all(t, u, x);
    arci_ruleset_free(set);
    x->set = NULL;
    return st;
}

/* ---- doing rows ------------------------------------------------------------------------------------------------------------------------------ */

static int is_refusal(arc_status st)
{
    switch (st) {
    case ARC_E_STALE: case ARC_E_GUARD: case ARC_E_STATE: case ARC_E_NOT_FOUND: case ARC_E_EXISTS: case ARC_E_REFERENCE: case ARC_E_RANGE: case ARC_E_VALUE: case ARC_E_CURRENCY: case ARC_E_REQUIRED:
    case ARC_E_PERIOD: case ARC_E_OVERFLOW: case ARC_E_RULE: case ARC_E_DIVIDE: case ARC_E_PRECISION: case ARC_E_CALENDAR: case ARC_E_LIMIT: case ARC_E_UNSUPPORTED: case ARC_E_FORBIDDEN:
        return 1;
    default: return 0;
    }
}

static arc_status row_actions(arc_session *session, arci_session *s, arci_txn *t, part *p)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < p->u.n && st == ARC_OK; i++) {
        const arci_stored *a = &p->f->actions[i];
        arci_action_do d = { .env = &s->env, .session = session, .t = t, .arena = p->u.arena, .rule = a->rule, .mark = a->mark, .revision = a->revision, .level = a->level,
                             .subject = p->f->entity, .row = p->f->id, .customer = p->f->customer, .as_of = p->u.p->as_of, .effective = a->effective, .seq = (uint32_t)a->seq };
        st = arci_rule_act(&d, a->type, a->params, &p->u.results[i]);
        t->env = &s->env;
        if (st == ARC_OK && a->anew && !(p->u.results[i] = arci_anew_result(&s->env, p->u.arena, p->u.results[i]))) st = arci_nomem(&s->env);
    }
    return st;
}

/* All that is done for a row, or nothing of it. */
static arc_status do_part(arc_session *session, arci_session *s, arci_txn *t, part *p)
{
    arci_call c;
    arc_status st = arci_call_begin(s, &c, &arci_verbs[ARCI_DO_PROPOSAL_APPLY], NULL, 0);
    if (st != ARC_OK) return st;
    st = arci_call_end(&c, row_actions(session, s, t, p));
    t->env = &s->env;
    if (st >= ARC_OK || !is_refusal(st) || t->doomed) return st < ARC_OK ? st : ARC_OK;
    p->gone = keep_reason(&p->u, &s->error);
    arci_error_clear(&s->error);
    return p->gone ? ARC_OK : arci_nomem(&s->env);
}

/* ---- what is done once ---------------------------------------------------------------------------------------------------------------------- */

typedef struct lettering {
    arc_session *session;
    arci_session *s;
    arci_txn *t;
    arci_unit *u;
    unit_found *x;
    arci_ruleset *whole;
    const arci_rule *rule;
    arci_units rows;
    arci_letter letter;
    const char **types, **results; /* of what was done */
    uint32_t n;
    int anew; /* it was put together again */
} lettering;

static arc_status add_row(lettering *l, const arci_stored *a)
{
    const arci_rule_step step = { .level = a->level };
    arci_step_result r = { .step = &step, .day = a->effective };
    const arci_subject_result of = { .entity = l->x->entity, .id = a->row, .customer = l->x->customer };
    size_t n = strlen(a->mark);
    if (n >= sizeof r.mark) return arci_stored_damaged(&l->s->env);
    memcpy(r.mark, a->mark, n + 1);
    return arci_units_add(&l->s->env, &l->rows, 0, &of, l->rule, NULL, &r, NULL); /* without facts: one unit it is */
}

/* Rows it is about: those done now, and those done when earlier lines of the unit were applied. */
static arc_status letter_rows(lettering *l)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < l->x->n_parts && st == ARC_OK; i++) {
        const part *p = &l->x->parts[i];
        for (uint32_t k = 0; k < p->u.n && st == ARC_OK && !p->gone; k++) {
            if (!k || p->f->actions[k].level != p->f->actions[k - 1].level || strcmp(p->f->actions[k].mark, p->f->actions[k - 1].mark) != 0) st = add_row(l, &p->f->actions[k]);
        }
    }
    for (uint32_t i = 0; i < l->u->p->n && st == ARC_OK && l->u->before; i++) {
        const arci_pline *line = &l->u->p->lines[i];
        arci_json *node;
        arci_stored a;
        if (line->status != ARCI_P_APPLIED || strcmp(line->unit, l->u->name) != 0) continue;
        st = arci_json_parse(&l->s->env, l->u->arena, line->action, strlen(line->action), &arci_json_default_limits, &node);
        if (st == ARC_OK) st = arci_stored_take(&l->s->env, node, &a);
        if (st == ARC_OK && !a.rows && !a.seq) st = add_row(l, &a);
    }
    if (st == ARC_OK) st = arci_units_settle(l->t, &l->rows); /* customers are heads already: only the order */
    return st;
}

/* The rule with its actions: as it is in force, else read for itself. */
static arc_status read_rule(lettering *l, int64_t definition)
{
    arc_status st = arci_ruleset_in_force(l->t, &l->whole, l->u->p->as_of);
    if (st != ARC_OK) return st;
    l->rule = arci_ruleset_find(l->whole, l->x->code, strlen(l->x->code));
    if (l->rule && l->rule->definition == definition) return ARC_OK;
    arci_ruleset_free(l->whole);
    l->whole = NULL;
    st = arci_ruleset_whole(l->t, &l->whole, definition);
    l->rule = st == ARC_OK ? l->whole->rules[0] : NULL;
    return st;
}

static arc_status compose(lettering *l)
{
    arci_calendars calendars;
    arci_calendars_init(&calendars, l->t, l->u->arena);
    const arci_rule_run run = { .t = l->t, .set = l->whole, .as_of = l->u->p->as_of, .calendars = &calendars };
    l->t->env = &l->s->env;
    arc_status st = arci_letter_compose(&run, l->rows.rows, l->rows.n, l->u->arena, &l->letter);
    arci_calendars_clear(&calendars);
    return st;
}

/* Are they the rows it was approved for, with the same content? */
static int is_same(const lettering *l, const arci_stored *a)
{
    uint32_t i = 0;
    for (const arci_json *m = a->rows->child; m; m = m->next, i++) {
        int64_t id;
        arc_error none = ARC_ERROR_INIT;
        arci_env quiet = { l->s->env.ctx, &none };
        if (i >= l->letter.n_ids || arci_json_int(&quiet, m, &id) != ARC_OK || id != l->letter.ids[i]) return 0;
    }
    return i == l->letter.n_ids && strcmp(l->letter.digest, a->digest) == 0;
}

static arc_status once_line(lettering *l, uint32_t line)
{
    const arci_stored *a = &l->x->head.actions[line];
    const arci_json *params = a->params;
    const char *result;
    arci_str b;
    if (l->anew) {
        arci_json *fresh;
        uint32_t i = 0;
        while (i < l->letter.n && (l->letter.lines[i].seq != (uint32_t)a->seq || strcmp(l->letter.lines[i].type, a->type) != 0)) i++;
        if (i == l->letter.n) return arci_fail(&l->s->env, ARC_E_STALE, "the rows that are left are of another level, which does something else", "剩余行的级别不同，其动作亦不同");
        arc_status st = arci_json_parse(&l->s->env, l->u->arena, l->letter.lines[i].params, strlen(l->letter.lines[i].params), &arci_json_default_limits, &fresh);
        if (st != ARC_OK) return st;
        params = fresh;
        if (strcmp(a->type, "message") == 0) st = arci_anew_people(&l->s->env, l->u->arena, a->params, &params);
        if (st != ARC_OK) return st;
    }
    arc_status st = arci_letter_do(l->session, l->s, l->t, l->u->arena, l->rule, &l->letter, l->x->customer, l->u->p->as_of, a->type, (uint32_t)a->seq, params, &result);
    if (st != ARC_OK) return st;
    l->types[l->n] = a->type;
    l->results[l->n++] = result;
    l->u->results[line] = result;
    if (!l->anew) return ARC_OK;
    arci_str_init(&b, l->s->env.ctx); /* it is not what was approved, word for word */
    arci_str_add(&b, result, strlen(result) - 1);
    arci_json_put_key(&b, "anew");
    for (uint32_t i = 0; i < l->letter.n_ids; i++) {
        arci_str_putc(&b, i ? ',' : '[');
        arci_str_int(&b, l->letter.ids[i]);
    }
    arci_str_puts(&b, "]}");
    l->u->results[line] = b.failed ? NULL : arci_arena_strndup(l->u->arena, b.s, b.len);
    arci_str_clear(&b);
    return l->u->results[line] ? ARC_OK : arci_nomem(&l->s->env);
}

static arc_status definition_of(lettering *l, int64_t *definition)
{
    arci_json *list;
    const char *text = l->u->p->definitions;
    *definition = 0;
    arc_status st = arci_json_parse(&l->s->env, l->u->arena, text, strlen(text), &arci_json_default_limits, &list);
    for (const arci_json *d = st == ARC_OK ? list->child : NULL; d && st == ARC_OK; d = d->next) {
        const arci_json *id = arci_json_get(d, "id");
        if (id && arci_rule_text_is(arci_json_get(d, "rule"), l->x->code)) st = arci_json_int(&l->s->env, id, definition);
    }
    return st;
}

/* For the rows that are left. */
static arc_status put_together(lettering *l)
{
    l->rows.n = 0;
    arc_status st = letter_rows(l);
    if (st == ARC_OK && !l->rows.n) st = arci_fail(&l->s->env, ARC_E_STALE, "no row of it is left", "合并单元已没有剩余行");
    for (uint32_t i = 0; i < l->rows.n; i++) l->rows.rows[i].head = l->x->customer;
    return st == ARC_OK ? compose(l) : st;
}

/* Before anything is done: is it what was approved? */
static arc_status prepare(lettering *l)
{
    int64_t definition;
    if (!l->x->n_once) return ARC_OK;
    arc_status st = definition_of(l, &definition);
    if (st == ARC_OK) st = read_rule(l, definition);
    if (st == ARC_OK) st = put_together(l);
    if (st == ARC_OK) l->anew = !is_same(l, &l->x->head.actions[l->x->once[0]]);
    return st;
}

static uint32_t parts_left(const unit_found *x)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < x->n_parts; i++) n += !x->parts[i].gone;
    return n;
}

/* before: rows there were when it was put together. */
static arc_status do_once(lettering *l, uint32_t before)
{
    arc_status st = ARC_OK;
    if (!l->x->n_once) return ARC_OK;
    if (parts_left(l->x) != before) {
        st = put_together(l);
        l->anew = 1;
    }
    for (uint32_t i = 0; i < l->x->n_once && st == ARC_OK; i++) st = once_line(l, l->x->once[i]);
    return st;
}

/* ---- the unit ---------------------------------------------------------------------------------------------------------------------------------- */

static arc_status write_part(lettering *l, part *p)
{
    arci_found *f = p->f;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < p->u.n; i++) {
        l->u->results[p->at[i]] = p->u.results[i];
        l->u->dropped[p->at[i]] = p->gone;
    }
    if (p->gone) return ARC_OK;
    for (uint32_t k = 0; k < f->n_fired && st == ARC_OK; k++) {
        const char *own = NULL;
        st = arci_found_results(&p->u, f, k, &own);
        f->records[k].result = st == ARC_OK ? arci_letter_results(&l->s->env, l->u->arena, own, l->types, l->results, l->n) : NULL;
        if (st == ARC_OK && !f->records[k].result) return arci_nomem(&l->s->env);
        for (uint32_t i = 0; i < p->u.n && !f->records[k].explanation; i++) {
            if (f->record[i] == k) f->records[k].explanation = l->u->p->lines[p->u.lines[i]].explanation;
        }
    }
    return st == ARC_OK ? arci_rule_write(l->t, l->u->arena, f->entity, f->id, f->customer, arci_rule_fired_on(l->s, l->u->p->as_of), f->records, f->n_records) : st;
}

arc_status arci_unit_apply(arc_session *session, arci_unit *u)
{
    unit_found *x = u->found;
    arci_session *s = u->p->session;
    lettering l = { .session = session, .s = s, .t = s->book->txn, .u = u, .x = x, .rows = { u->arena, NULL, 0, 0 } };
    const uint32_t before = parts_left(x);
    arc_status st = ARC_OK;
    l.types = arci_arena_calloc(u->arena, x->n_once + 1u, sizeof(const char *));
    l.results = arci_arena_calloc(u->arena, x->n_once + 1u, sizeof(const char *));
    if (!l.types || !l.results) return arci_nomem(&s->env);
    if (x->n_parts && !before) return arci_fail(&s->env, ARC_E_STALE, "%s", "%s", x->parts[0].gone);
    st = prepare(&l);
    for (uint32_t i = 0; i < x->n_parts && st == ARC_OK; i++) {
        if (!x->parts[i].gone) st = do_part(session, s, l.t, &x->parts[i]);
    }
    if (st == ARC_OK && x->n_parts && !parts_left(x)) st = arci_fail(&s->env, ARC_E_STALE, "%s", "%s", x->parts[0].gone);
    if (st == ARC_OK) st = do_once(&l, before);
    for (uint32_t i = 0; i < x->n_parts && st == ARC_OK; i++) st = write_part(&l, &x->parts[i]);
    arci_ruleset_free(l.whole);
    return st;
}
