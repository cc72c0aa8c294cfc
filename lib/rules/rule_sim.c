/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/action.h"
#include "rules/rule_sim.h"
#include "rules/rule_unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "rules/sweep.h"

/* ---- which rules ---------------------------------------------------------------------------------------------------------------------- */

enum { D_ID, D_REVISION, D_STATUS, D_DOCUMENT, D_FROM, D_TO, D_PUBLISHED };

static int admits(const arc_value *v, int64_t revision, arc_date day)
{
    if (v[D_PUBLISHED].type != ARC_V_INT) return 0;
    if (revision) return v[D_REVISION].u.i == revision;
    if (v[D_STATUS].len != 9) return 0; /* published: neither draft nor retired */
    return (v[D_FROM].type == ARC_V_NULL || v[D_FROM].u.i <= day) && (v[D_TO].type == ARC_V_NULL || v[D_TO].u.i >= day);
}

/* "code" or "code@3". */
static arc_status add_stored(arci_sim *sim, arci_txn *t, const char *name, size_t len)
{
    const arci_shape *shape;
    const arc_value *best = NULL;
    const char *at = memchr(name, '@', len);
    size_t n = at ? (size_t)(at - name) : len;
    char code[ARCI_RULE_CODE] = { 0 };
    arci_where w;
    arci_rows rows;
    int64_t revision = 0, since = 0;
    if (!n || n >= sizeof code || (at && (arci_int_parse(at + 1, len - n - 1, &revision) != ARC_OK || revision < 1))) {
        return arci_fail(t->env, ARC_E_VALUE, "%.80s is neither the code of a rule nor code@revision", "%.80s 既不是规则编码，也不是 编码@修订号", name);
    }
    memcpy(code, name, n);
    arc_status st = arci_shape_get(t, &shape, "definition", "id revision status document valid_from valid_to published kind code");
    if (st != ARC_OK) return st;
    const arc_order order = { shape->cols[D_REVISION], 0 };
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[7], ARC_OP_EQ, "rule", 4);
    arci_where_text(&w, shape->cols[8], ARC_OP_EQ, code, n);
    st = arci_repo_find(t, shape, &w, &order, 1, 0, &sim->arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        if (!since && v[D_PUBLISHED].type == ARC_V_INT) since = v[D_PUBLISHED].u.i;
        if (admits(v, revision, sim->walk.o.as_of)) best = v;
    }
    if (st != ARC_OK) return st;
    if (!best) return arci_fail(t->env, ARC_E_NOT_FOUND, "no such rule: %.80s", "没有该规则：%.80s", name);
    st = arci_ruleset_add(t, sim->walk.set, code, best[D_ID].u.i, best[D_REVISION].u.i, best[D_DOCUMENT].u.s, best[D_DOCUMENT].len, NULL);
    if (st == ARC_OK) sim->walk.set->rules[sim->walk.set->n - 1]->since = since;
    return st;
}

static arc_status add_document(arci_sim *sim, arci_txn *t, const arci_json *node)
{
    const arci_json *inner = arci_json_get(node, "document"), *code = arci_json_get(node, "code");
    char name[ARCI_RULE_CODE] = "document";
    arci_str text;
    if (inner && (!code || code->type != ARCI_JSON_STRING || !code->len || code->len >= sizeof name || node->n != 2)) {
        return arci_json_fail(t->env, node, ARC_E_VALUE, "needs a code and a document", "须有 code 和 document");
    }
    if (inner) memcpy(name, code->s, code->len + 1u);
    else sim->bare = 1;
    arci_str_init(&text, t->env->ctx);
    arci_json_put_node(&text, inner ? inner : node);
    arc_status st = text.failed ? arci_nomem(t->env) : arci_ruleset_add(t, sim->walk.set, name, 0, 0, text.s, text.len, NULL);
    arci_str_clear(&text);
    if (st == ARC_OK) sim->walk.set->rules[sim->walk.set->n - 1]->since = INT64_MAX; /* no event has set it off yet */
    return st;
}

static arc_status add_rule(arci_sim *sim, arci_txn *t, const arci_json *node)
{
    uint32_t n = sim->walk.set->n;
    arc_status st;
    if (node->type == ARCI_JSON_STRING) st = add_stored(sim, t, node->s, node->len);
    else if (node->type == ARCI_JSON_OBJECT) st = add_document(sim, t, node);
    else st = arci_json_fail(t->env, node, ARC_E_VALUE, "is a code, code@revision or a document", "须为规则编码、编码@修订号或文档");
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (strcmp(sim->walk.set->rules[i]->code, sim->walk.set->rules[n]->code) == 0) st = arci_json_fail(t->env, node, ARC_E_EXISTS, "the same rule twice", "规则重复");
    }
    return st;
}

static arc_status read_rules(arci_sim *sim, arci_txn *t, const char *rules, size_t len)
{
    arci_json *root;
    if (!rules) return ARC_OK; /* those in force: arci_rule_walk_begin() */
    arc_status st = arci_json_parse(t->env, &sim->arena, rules, len, &arci_json_definition_limits, &root);
    if (st == ARC_OK) st = arci_ruleset_new(t, &sim->walk.set);
    if (st == ARC_OK) sim->walk.set->day = sim->walk.o.as_of;
    if (st == ARC_OK && root->type != ARCI_JSON_ARRAY) st = add_rule(sim, t, root);
    for (const arci_json *m = st == ARC_OK && root->type == ARCI_JSON_ARRAY ? root->child : NULL; m && st == ARC_OK; m = m->next) st = add_rule(sim, t, m);
    if (st == ARC_OK && !sim->walk.set->n) st = arci_fail(t->env, ARC_E_VALUE, "no rule is named", "未指定规则");
    if (st == ARC_OK) arci_ruleset_sort(sim->walk.set);
    return st;
}

/* ---- what fires ------------------------------------------------------------------------------------------------------------------------- */

/* A row that is looked at again. */
typedef struct waiting {
    const arci_entity *entity;
    int64_t id;
    arc_date next;
} waiting;

typedef struct simulating {
    arci_sim *sim;
    arci_txn *t;
    arci_rule_run *run;
    arci_arena unit, kept, made; /* of a row; of the history; of what the day brings */
    arci_history history;
    arci_history today;    /* what the day brings: part of the history when it is over */
    waiting *rows;
    uint32_t n_rows, cap_rows, at;
    arc_date last;
    int first; /* the first day: rows are found */
    arci_units units; /* what fires together today */
} simulating;

static const char *actions_of(simulating *x, const arci_rule_line *lines, uint32_t n, const arci_step_result *s)
{
    arci_str b;
    arci_str_init(&b, x->t->book->ctx);
    arci_str_putc(&b, '[');
    for (uint32_t i = 0; i < n; i++) {
        if (lines[i].step != s || strcmp(lines[i].type, "none") == 0) continue;
        arci_str_puts(&b, b.len > 1 ? ",{" : "{");
        arci_json_put_str(&b, "type", lines[i].type);
        arci_rule_put_params(x->sim->walk.s, &b, &lines[i]);
        arci_str_putc(&b, '}');
    }
    arci_str_putc(&b, ']');
    const char *text = b.failed ? NULL : arci_arena_strndup(&x->sim->arena, b.s, b.len);
    arci_str_clear(&b);
    return text;
}

static arc_status keep_firing(simulating *x, const arci_subject_result *r, const arci_rule *rule, const arci_step_result *s, const char *actions)
{
    arci_sim *sim = x->sim;
    if (sim->n == sim->cap) {
        uint32_t cap = sim->cap ? sim->cap * 2 : 256;
        arci_sim_firing *grown = arci_resize(x->t->book->ctx, sim->firings, cap * sizeof *grown);
        if (!grown) return arci_nomem(x->t->env);
        sim->firings = grown;
        sim->cap = cap;
    }
    arci_sim_firing *f = &sim->firings[sim->n];
    *f = (arci_sim_firing){ rule->code, arci_arena_strndup(&sim->arena, s->mark, strlen(s->mark)), actions, r->entity, r->id, r->customer, s->step->level, s->day, x->run->as_of,
                            s->outcome == ARCI_STEP_PASSED, (uint8_t)arci_rule_dated(sim->walk.s, rule), 0, NULL, NULL };
    if (!f->mark || !f->actions) return arci_nomem(x->t->env);
    sim->n++;
    const arci_firing own = { rule->code, s->mark, r->id, s->step->level, s->day, x->run->as_of, f->passed, 0, { 0 } };
    return arci_history_add(x->t->env, &x->today, &own);
}

static arc_status keep_state(simulating *x, const arci_rule *rule, int64_t id, const arci_step_result *s, int armed)
{
    const arci_rule_state state = { rule->code, id, s->step->level, s->count + armed, (uint8_t)armed, { 0 } };
    return arci_history_state(x->t->env, &x->today, &state);
}

/* sorted: states of the history that are in order. */
static arc_status take_state(simulating *x, const arci_rule_state *s, uint32_t sorted)
{
    const arci_history known = { .states = x->history.states, .n_states = sorted };
    const arci_rule_state *found = arci_history_find_state(&known, s->policy, s->row, s->level);
    arci_rule_state *old = found ? &x->history.states[found - known.states] : NULL;
    if (!old) return arci_history_state(x->t->env, &x->history, s);
    old->armed = s->armed;
    old->count = s->count;
    return ARC_OK;
}

/* ---- units ---- */

static const char *once_of(simulating *x, const arci_letter *l, const arci_rule *rule)
{
    const arci_session *s = x->sim->walk.s;
    arci_str b;
    arci_str_init(&b, x->t->book->ctx);
    arci_str_putc(&b, '[');
    for (uint32_t i = 0; i < l->n; i++) {
        int shows = arci_tells_may(s, l->lines[i].tells.list, l->lines[i].tells.n, 1) && arci_rule_dated(s, rule);
        arci_str_puts(&b, i ? ",{" : "{");
        arci_json_put_str(&b, "type", l->lines[i].type);
        arci_json_put_key(&b, "params");
        arci_str_puts(&b, shows ? l->lines[i].params : "{\"hidden\":true}");
        arci_str_putc(&b, '}');
    }
    arci_str_putc(&b, ']');
    const char *text = b.failed ? NULL : arci_arena_strndup(&x->sim->arena, b.s, b.len);
    arci_str_clear(&b);
    return text;
}

static const char *unit_of(simulating *x, const arci_letter *l, const arci_unit_row *r)
{
    arci_str b;
    arci_str_init(&b, x->t->book->ctx);
    arci_str_putc(&b, '{');
    arci_unit_put(&b, r);
    arci_json_put_key(&b, "rows");
    for (uint32_t i = 0; i < l->n_ids; i++) {
        arci_str_putc(&b, i ? ',' : '[');
        arci_str_int(&b, l->ids[i]);
    }
    arci_str_puts(&b, "]}");
    const char *text = b.failed ? NULL : arci_arena_strndup(&x->sim->arena, b.s + 1, b.len - 2); /* members, to stand in a firing */
    arci_str_clear(&b);
    return text;
}

static arc_status one_unit(simulating *x, const arci_unit_row *rows, uint32_t n)
{
    arci_letter letter;
    arci_arena_reset(&x->unit);
    arc_status st = arci_letter_compose(x->run, rows, n, &x->unit, &letter);
    if (st != ARC_OK && arci_action_is_fault(st)) {
        x->sim->errors++;
        arci_error_clear(x->t->env->err);
        return ARC_OK;
    }
    const char *once = st == ARC_OK ? once_of(x, &letter, rows->rule) : NULL, *unit = st == ARC_OK ? unit_of(x, &letter, rows) : NULL;
    if (st == ARC_OK && (!once || !unit)) return arci_nomem(x->t->env);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        arci_sim_firing *f = &x->sim->firings[(uintptr_t)rows[i].user];
        f->unit = unit;
        f->once = once;
        f->leads = i == 0;
    }
    return st;
}

static arc_status all_units(simulating *x)
{
    arc_status st = arci_units_settle(x->t, &x->units);
    for (uint32_t i = 0, end; i < x->units.n && st == ARC_OK; i = end) {
        end = arci_units_end(&x->units, i);
        st = one_unit(x, &x->units.rows[i], end - i);
    }
    x->units = (arci_units){ &x->made, NULL, 0, 0 };
    return st;
}

/* The day is over. */
static arc_status end_day(simulating *x)
{
    uint32_t sorted = x->history.n_states;
    arc_status st = all_units(x);
    for (uint32_t i = 0; i < x->today.n_firings && st == ARC_OK; i++) st = arci_history_add(x->t->env, &x->history, &x->today.firings[i]);
    for (uint32_t i = 0; i < x->today.n_states && st == ARC_OK; i++) st = take_state(x, &x->today.states[i], sorted);
    arci_history_index(&x->history);
    arci_arena_reset(&x->made);
    arci_history_init(&x->today, &x->made);
    return st;
}

static uint32_t order_of(const arci_ruleset *set, const arci_rule *rule)
{
    uint32_t i = 0;
    while (set->rules[i] != rule) i++;
    return i;
}

static const arc_value *row_of(const arci_subject_result *r, const arci_rule_result *k) { return r->rows[k - r->rules]; }

static arc_status keep_steps(simulating *x, const arci_subject_result *r, const arci_rule_result *k, const arci_rule_line *lines, uint32_t n, int *fires)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < k->n && st == ARC_OK; i++) {
        const arci_step_result *s = &k->steps[i];
        x->sim->errors += s->outcome == ARCI_STEP_ERROR;
        if (s->rearm) st = keep_state(x, k->rule, r->id, s, 1);
        if (s->outcome != ARCI_STEP_DUE && (s->outcome != ARCI_STEP_PASSED || !arci_rule_passes(r, k, s))) continue;
        st = keep_firing(x, r, k->rule, s, s->outcome == ARCI_STEP_DUE ? actions_of(x, lines, n, s) : "[]");
        if (st == ARC_OK && k->rule->unit.by && s->outcome == ARCI_STEP_DUE)
            st = arci_units_add(x->t->env, &x->units, order_of(x->sim->walk.set, k->rule), r, k->rule, row_of(r, k), s, (const void *)(uintptr_t)(x->sim->n - 1));
        if (st == ARC_OK && s->step->on == ARCI_ON_THRESHOLD) st = keep_state(x, k->rule, r->id, s, 0);
        *fires = 1;
    }
    return st;
}

static arc_status look_later(simulating *x, const arci_subject_result *r, arc_date next)
{
    if (!x->first) {
        while (x->rows[x->at].id != r->id || x->rows[x->at].entity != r->entity) x->at++;
        x->rows[x->at].next = next;
        return ARC_OK;
    }
    if (next > x->last) return ARC_OK;
    if (x->n_rows == x->cap_rows) {
        uint32_t cap = x->cap_rows ? x->cap_rows * 2 : 1024;
        waiting *grown = arci_resize(x->t->book->ctx, x->rows, cap * sizeof *grown);
        if (!grown) return arci_nomem(x->t->env);
        x->rows = grown;
        x->cap_rows = cap;
    }
    x->rows[x->n_rows++] = (waiting){ r->entity, r->id, next };
    return ARC_OK;
}

static arc_status row(void *user, const arci_subject_result *r)
{
    simulating *x = user;
    arci_rule_line *lines;
    uint32_t n;
    int fires = 0;
    arc_date next = ARC_DATE_MAX, one;
    arci_arena_reset(&x->unit);
    arc_status st = arci_rule_plan(x->run, r, &x->unit, &lines, &n, NULL, NULL);
    for (uint32_t i = 0; i < r->n && st == ARC_OK; i++) {
        st = keep_steps(x, r, &r->rules[i], lines, n, &fires);
        if (st == ARC_OK) st = arci_rule_next(x->run, &r->rules[i], r->rows[i], &one);
        if (st == ARC_OK && one < next) next = one;
    }
    if (fires || next <= x->run->as_of) next = x->run->as_of + 1; /* what counts from it, what is held back, what could not be answered */
    return st == ARC_OK ? look_later(x, r, next) : st;
}

/* ---- days ---------------------------------------------------------------------------------------------------------------------------------- */

/* What has fired in the book, for the rows that are looked at again. */
static arc_status read_history(simulating *x)
{
    arc_status st = ARC_OK;
    int64_t *ids = arci_alloc(x->t->book->ctx, (x->n_rows + 1u) * sizeof *ids);
    if (!ids) return arci_nomem(x->t->env);
    for (uint32_t i = 0, end; i < x->n_rows && st == ARC_OK; i = end) {
        for (end = i; end < x->n_rows && x->rows[end].entity == x->rows[i].entity; end++) ids[end - i] = x->rows[end].id;
        st = arci_history_read(x->t, &x->history, x->rows[i].entity, ids, end - i, 1);
    }
    arci_free(x->t->book->ctx, ids);
    return st;
}

static arc_status one_day(simulating *x, int64_t *ids)
{
    arc_status st = ARC_OK;
    x->at = 0;
    for (uint32_t i = 0, end; i < x->n_rows && st == ARC_OK; i = end) {
        uint32_t n = 0;
        for (end = i; end < x->n_rows && x->rows[end].entity == x->rows[i].entity; end++) {
            if (x->rows[end].next <= x->run->as_of) ids[n++] = x->rows[end].id;
        }
        if (n) st = arci_rules_evaluate(x->run, x->rows[i].entity, ids, n, row, x);
    }
    return st;
}

static arc_status later_days(simulating *x)
{
    const arc_rule_options *o = &x->sim->walk.o;
    arci_rule_run run = x->sim->walk.run;
    arc_status st = read_history(x);
    arci_history_index(&x->history);
    if (st == ARC_OK) st = end_day(x);
    int64_t *ids = st == ARC_OK ? arci_alloc(x->t->book->ctx, (x->n_rows + 1u) * sizeof *ids) : NULL;
    if (st == ARC_OK && !ids) return arci_nomem(x->t->env);
    x->run = &run;
    run.history = &x->history;
    x->first = 0;
    for (arc_date day = run.as_of + 1; day <= x->last && st == ARC_OK; day++) {
        run.as_of = day;
        st = one_day(x, ids);
        if (st == ARC_OK) st = end_day(x);
        if (st == ARC_OK && o->progress && o->progress(o->user, day - o->from + 1, x->last - o->from + 1)) st = arci_fail(x->t->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
    }
    arci_free(x->t->book->ctx, ids);
    return st;
}

static int by_rule(const void *p, const void *q)
{
    const arci_sim_firing *a = p, *b = q;
    int c = strcmp(a->code, b->code);
    if (c) return c;
    if (a->entity != b->entity) return a->entity->id < b->entity->id ? -1 : 1;
    if (a->row != b->row) return a->row < b->row ? -1 : 1;
    if (a->on != b->on) return a->on < b->on ? -1 : 1;
    if (a->level != b->level) return a->level < b->level ? -1 : 1;
    return strcmp(a->mark, b->mark);
}

static arc_status days(arci_sim *sim, arci_txn *t)
{
    arci_rule_walk *w = &sim->walk;
    simulating x;
    memset(&x, 0, sizeof x);
    x.sim = sim;
    x.t = t;
    x.run = &w->run;
    x.last = w->o.as_of;
    x.first = 1;
    arci_arena_init(&x.unit, t->book->ctx);
    arci_arena_init(&x.kept, t->book->ctx);
    arci_arena_init(&x.made, t->book->ctx);
    arci_history_init(&x.history, &x.kept);
    arci_history_init(&x.today, &x.made);
    x.units.arena = &x.made;
    w->every = w->o.from != ARC_DATE_NONE && w->o.from < w->o.as_of;
    if (w->every) w->run.as_of = w->o.from;
    arc_status st = arci_rule_walk_rows(w, row, &x);
    sim->rows = w->counts.rows;
    if (st == ARC_OK && w->every) st = later_days(&x);
    else if (st == ARC_OK) st = all_units(&x);
    if (sim->n > 1) qsort(sim->firings, sim->n, sizeof *sim->firings, by_rule);
    arci_free(t->book->ctx, x.rows);
    arci_arena_clear(&x.made);
    arci_arena_clear(&x.kept);
    arci_arena_clear(&x.unit);
    return st;
}

arc_status arci_sim_run(arci_session *s, arci_txn *t, arci_sim *sim, const char *rules, size_t n, const arc_rule_options *o)
{
    arci_rule_walk *w = &sim->walk;
    memset(sim, 0, sizeof *sim);
    arci_arena_init(&sim->arena, t->book->ctx);
    w->s = s;
    w->o = *o;
    w->o.codes = NULL;
    w->o.n_codes = 0;
    w->o.max = 0;
    if (o->from != ARC_DATE_NONE && (o->from > o->as_of || o->as_of - o->from >= ARCI_SIM_DAYS)) {
        arci_rule_walk_begin_nothing(w, t);
        return arci_fail(t->env, ARC_E_RANGE, "the days go from the first to the last, at most %d of them", "日期须由先至后，最多 %d 天", ARCI_SIM_DAYS);
    }
    arc_status st = read_rules(sim, t, rules, n);
    if (st == ARC_OK) st = arci_rule_walk_begin(w, t);
    else arci_rule_walk_begin_nothing(w, t);
    if (st == ARC_OK) st = arci_rule_walk_may(w, rules != NULL);
    return st == ARC_OK ? days(sim, t) : st;
}

void arci_sim_end(arci_sim *sim)
{
    arc_context *ctx = sim->arena.ctx;
    arci_rule_walk_end(&sim->walk);
    arci_free(ctx, sim->firings);
    arci_arena_clear(&sim->arena);
}

/* ---- telling --------------------------------------------------------------------------------------------------------------------------------- */

void arci_sim_put(arci_str *b, const arci_sim_firing *f)
{
    arci_str_putc(b, '{');
    arci_json_put_str(b, "rule", f->code);
    arci_json_put_int(b, "level", f->level);
    arci_json_put_str(b, "entity", f->entity->name);
    arci_json_put_int(b, "row", f->row);
    if (f->customer) arci_json_put_int(b, "customer", f->customer);
    if (f->dated) arci_json_put_str(b, "mark", f->mark);
    if (f->dated) arci_rule_put_date(b, "effective_date", f->effective);
    arci_rule_put_date(b, "on", f->on);
    arci_json_put_str(b, "status", f->passed ? "passed" : "fired");
    arci_json_put_key(b, "actions");
    arci_str_puts(b, f->actions);
    if (f->unit) {
        arci_str_putc(b, ',');
        arci_str_puts(b, f->unit);
        if (f->leads) {
            arci_json_put_key(b, "once");
            arci_str_puts(b, f->once);
        }
    }
    arci_str_putc(b, '}');
}

void arci_sim_put_days(arci_str *b, const arc_rule_options *o)
{
    arci_rule_put_date(b, "from", o->from == ARC_DATE_NONE ? o->as_of : o->from);
    arci_rule_put_date(b, "to", o->as_of);
}
