/* SPDX-License-Identifier: Apache-2.0 */
/* One day of a back-test: what is due at its end fires in the scratch book. */
#include <string.h>

#include "arcore/date.h"
#include "base/json_text.h"
#include "rules/action.h"
#include "rules/backtest_impl.h"
#include "store/seal.h"

#define MAX_ERRORS 100u /* told one by one */

/* ---- rules ----------------------------------------------------------------------------------------------------------------- */

static arc_status note_gap(arci_bt_run *x, arci_bt_rule *r)
{
    arci_bt_gap *last = r->gaps;
    while (last && last->next) last = last->next;
    if (last && last->to == x->day - 1 && last->why.status == x->env->err->status && strcmp(last->why.message, x->env->err->message) == 0) {
        last->to = x->day;
        arci_error_clear(x->env->err);
        return ARC_OK;
    }
    arci_bt_gap *gap = arci_arena_calloc(&x->arena, 1, sizeof *gap);
    if (!gap) return arci_nomem(x->env);
    gap->from = gap->to = x->day;
    gap->why = *x->env->err;
    *r->last_gap = gap;
    r->last_gap = &gap->next;
    arci_error_clear(x->env->err);
    return ARC_OK;
}

/* The rules as they can be read on this day: what they name must be there. */
static arc_status read_rules(arci_bt_run *x)
{
    arc_status st = arci_ruleset_new(x->t, &x->set);
    for (uint32_t i = 0; st == ARC_OK && i < x->n_rules; i++) {
        arci_bt_rule *r = &x->rules[i];
        st = arci_ruleset_add(x->t, x->set, r->code, r->definition, r->revision, r->document, r->length, NULL);
        if (st == ARC_E_NOMEM || x->t->doomed) return st;
        if (st != ARC_OK) {
            st = note_gap(x, r);
            continue;
        }
        r->subject = x->set->rules[x->set->n - 1]->frame->subject;
    }
    if (st == ARC_OK) arci_ruleset_sort(x->set);
    return st;
}

static uint32_t place_of(const arci_bt_run *x, const arci_rule *rule)
{
    uint32_t i = 0;
    while (i < x->n_rules && strcmp(x->rules[i].code, rule->code) != 0) i++;
    return i;
}

static int grow(arci_bt_run *x, void *list, uint32_t *cap, uint32_t n, size_t size)
{
    void **at = list, *grown;
    if (n < *cap) return 1;
    uint32_t more = *cap ? *cap * 2 : 64;
    if (more < *cap || !(grown = arci_resize(x->env->ctx, *at, more * size))) return 0;
    *at = grown;
    *cap = more;
    return 1;
}

/* ---- what fires --------------------------------------------------------------------------------------------------------------- */

/* Rows outside of the actor's scope are counted and not told. */
static int is_seen(arci_bt_run *x, const char *entity, int64_t row)
{
    const arci_entity *e = arci_entity_by_name(entity, strlen(entity));
    const arci_row_scope *scope = NULL;
    uint8_t seen = 1;
    arc_status st = arci_access_read(x->env, x->s, e, &scope);
    if (st == ARC_OK && scope) st = arci_scope_rows(x->from, &x->day_arena, e, scope, &row, 1, &seen);
    return st == ARC_OK && seen;
}

static void tell_error(arci_bt_run *x, const char *code, const char *entity, int64_t row, int64_t level, arc_status st, const char *pointer, const arc_error *why)
{
    char day[16];
    size_t n = sizeof day;
    arci_str *b = &x->errors;
    x->out->totals.errors++;
    if (x->n_errors >= MAX_ERRORS || !is_seen(x, entity, row)) return;
    x->n_errors++;
    arci_str_puts(b, b->len ? ",{" : "{");
    if (arc_date_print(day, &n, x->day) == ARC_OK) arci_json_put_str(b, "day", day);
    arci_json_put_str(b, "rule", code);
    arci_json_put_int(b, "level", level);
    arci_json_put_str(b, "entity", entity);
    arci_json_put_int(b, "row", row);
    arci_json_put_str(b, "code", arc_status_name(st));
    if (pointer && pointer[0]) arci_json_put_str(b, "pointer", pointer);
    if (why) {
        arci_json_put_str(b, "en", why->message);
        arci_json_put_str(b, "zh", why->message_zh);
    }
    arci_str_putc(b, '}');
}

static void action_fault(void *user, const arci_rule_fault *f)
{
    arci_bt_run *x = user;
    for (uint32_t i = 0; i < x->set->n; i++) {
        if (x->set->rules[i] == f->rule) x->keep[i] = 0; /* its events are looked at again */
    }
    x->rules[place_of(x, f->rule)].errors++;
    tell_error(x, f->rule->code, f->rule->frame->subject->name, f->row, f->level, f->error.status, f->error.pointer, arci_rule_fault_shows(x->s, f) ? &f->error : NULL);
}

static arc_status add_firing(arci_bt_run *x, const arci_subject_result *r, const arci_rule_result *k, const arci_step_result *s, arci_bt_firing **out)
{
    if (!grow(x, &x->firings, &x->cap_firings, x->n_firings, sizeof *x->firings)) return arci_nomem(x->env);
    arci_bt_firing *f = *out = &x->firings[x->n_firings++];
    memset(f, 0, sizeof *f);
    f->rule = place_of(x, k->rule);
    f->passed = s->outcome == ARCI_STEP_PASSED;
    f->crossed = s->step->on == ARCI_ON_THRESHOLD;
    f->row = r->id;
    f->customer = r->customer;
    f->level = s->step->level;
    f->count = s->count;
    f->entity = r->entity;
    f->effective = s->day;
    f->mark = arci_arena_strndup(&x->day_arena, s->mark, strlen(s->mark));
    return f->mark ? ARC_OK : arci_nomem(x->env);
}

/* The actions of a step that fires, with what nobody would have got. */
static arc_status add_actions(arci_bt_run *x, arci_bt_firing *f, const arci_step_result *s, const arci_rule_line *lines, uint32_t n)
{
    const char **types = arci_arena_alloc(&x->day_arena, (n + 1u) * sizeof *types);
    uint8_t *suppressed = arci_arena_calloc(&x->day_arena, n + 1u, 1);
    if (!types || !suppressed) return arci_nomem(x->env);
    for (uint32_t i = 0; i < n; i++) {
        if (lines[i].step != s || strcmp(lines[i].type, "none") == 0) continue;
        types[f->n] = arci_arena_strndup(&x->day_arena, lines[i].type, strlen(lines[i].type));
        suppressed[f->n] = strncmp(lines[i].params, "{\"suppressed\":", 14) == 0;
        if (!types[f->n++]) return arci_nomem(x->env);
    }
    f->types = types;
    f->suppressed = suppressed;
    return ARC_OK;
}

static arc_status add_rearm(arci_bt_run *x, const arci_subject_result *r, const arci_rule_result *k, const arci_step_result *s)
{
    if (!grow(x, &x->rearm, &x->cap_rearm, x->n_rearm, sizeof *x->rearm) ||
        !grow(x, &x->rearm_of, &x->cap_rearm_of, x->n_rearm, sizeof *x->rearm_of)) {
        return arci_nomem(x->env);
    }
    arci_rule_state *state = &x->rearm[x->n_rearm];
    memset(state, 0, sizeof *state);
    state->policy = x->rules[place_of(x, k->rule)].code;
    state->row = r->id;
    state->level = s->step->level;
    state->count = s->count + 1;
    state->armed = 1;
    x->rearm_of[x->n_rearm++] = r->entity;
    return ARC_OK;
}

/* An event that is still waited for keeps its rule from reading on. */
static void hold_event(arci_bt_run *x, const arci_subject_result *r, const arci_rule *rule, const arci_step_result *s)
{
    const arci_rule_event *e;
    uint32_t at = 0;
    if (s->step->on != ARCI_ON_CHANGE || (s->outcome != ARCI_STEP_COOLS && s->outcome != ARCI_STEP_LATER && s->outcome != ARCI_STEP_WAITS)) return;
    while (x->set->rules[at] != rule) at++;
    uint32_t n = arci_history_find_events(x->run->events, rule->code, r->id, s->step->level, &e);
    for (uint32_t i = 0; i < n; i++) {
        if (strcmp(e[i].mark, s->mark) == 0 && e[i].seal < x->keep[at]) x->keep[at] = e[i].seal;
    }
}

static arc_status one_row(void *user, const arci_subject_result *r)
{
    arci_bt_run *x = user;
    arci_rule_line *lines = NULL;
    uint32_t n_lines = 0, due = 0;
    arc_status st = ARC_OK;
    x->evaluated++;
    for (uint32_t i = 0; i < r->n; i++) {
        due += r->rules[i].n_due;
        for (uint32_t k = 0; k < r->rules[i].n; k++) {
            const arci_step_result *s = &r->rules[i].steps[k];
            hold_event(x, r, r->rules[i].rule, s);
            if (s->outcome != ARCI_STEP_ERROR) continue;
            x->rules[place_of(x, r->rules[i].rule)].errors++;
            tell_error(x, r->rules[i].rule->code, r->entity->name, r->id, s->step->level, s->error, s->pointer, NULL);
        }
    }
    if (due) st = arci_rule_plan(x->run, r, &x->day_arena, &lines, &n_lines, action_fault, x);
    for (uint32_t i = 0; st == ARC_OK && i < r->n; i++) {
        for (uint32_t k = 0; st == ARC_OK && k < r->rules[i].n; k++) {
            const arci_step_result *s = &r->rules[i].steps[k];
            arci_bt_firing *f = NULL;
            if (s->rearm) st = add_rearm(x, r, &r->rules[i], s);
            if (st != ARC_OK || (s->outcome != ARCI_STEP_DUE && (s->outcome != ARCI_STEP_PASSED || !arci_rule_passes(r, &r->rules[i], s)))) continue;
            st = add_firing(x, r, &r->rules[i], s, &f);
            if (st == ARC_OK && f && !f->passed) st = add_actions(x, f, s, lines, n_lines);
            if (st == ARC_OK && !f->passed && r->rules[i].rule->unit.by) {
                uint32_t order = 0;
                while (x->set->rules[order] != r->rules[i].rule) order++;
                st = arci_units_add(x->env, &x->units, order, r, r->rules[i].rule, r->rows[i], s, (const void *)(uintptr_t)(x->n_firings - 1));
            }
        }
    }
    return st;
}

/* What is done once for rows that fire together counts with the first of them. */
static arc_status add_once(arci_bt_run *x, const arci_unit_row *rows, uint32_t n)
{
    arci_bt_firing *f = &x->firings[(uintptr_t)rows->user];
    arci_letter letter;
    arc_status st = arci_letter_compose(x->run, rows, n, &x->day_arena, &letter);
    if (st != ARC_OK && arci_action_is_fault(st)) {
        x->rules[f->rule].errors++;
        tell_error(x, rows->rule->code, rows->rule->frame->subject->name, rows->row, letter.level, st, x->env->err->pointer, x->s->access ? NULL : x->env->err);
        arci_error_clear(x->env->err);
        return ARC_OK;
    }
    const uint32_t all = st == ARC_OK ? f->n + letter.n : 0;
    const char **types = arci_arena_alloc(&x->day_arena, (all + 1u) * sizeof *types);
    uint8_t *suppressed = arci_arena_calloc(&x->day_arena, all + 1u, 1);
    if (st == ARC_OK && (!types || !suppressed)) return arci_nomem(x->env);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < f->n; i++) {
        types[i] = f->types[i];
        suppressed[i] = f->suppressed[i];
    }
    for (uint32_t i = 0; i < letter.n; i++) {
        types[f->n] = arci_arena_strndup(&x->day_arena, letter.lines[i].type, strlen(letter.lines[i].type));
        suppressed[f->n] = strncmp(letter.lines[i].params, "{\"suppressed\":", 14) == 0;
        if (!types[f->n++]) return arci_nomem(x->env);
    }
    f->types = types;
    f->suppressed = suppressed;
    return ARC_OK;
}

static arc_status all_units(arci_bt_run *x)
{
    arc_status st = arci_units_settle(x->t, &x->units);
    for (uint32_t i = 0, end; i < x->units.n && st == ARC_OK; i = end) {
        end = arci_units_end(&x->units, i);
        st = add_once(x, &x->units.rows[i], end - i);
    }
    return st;
}

static arc_status evaluate(arci_bt_run *x)
{
    arci_calendars calendars;
    arc_status st = ARC_OK;
    arci_calendars_init(&calendars, x->t, &x->day_arena);
    arci_history events;
    arci_history_init(&events, &x->day_arena);
    x->heads = arci_arena_calloc(&x->day_arena, x->set->n + 1u, sizeof *x->heads);
    x->keep = arci_arena_alloc(&x->day_arena, (x->set->n + 1u) * sizeof *x->keep);
    if (!x->heads || !x->keep) st = arci_nomem(x->env);
    for (uint32_t i = 0; st == ARC_OK && i < x->set->n; i++) x->keep[i] = INT64_MAX;
    if (st == ARC_OK) st = arci_rule_events(x->t, x->set, NULL, NULL, &events, x->heads);
    arci_history_index(&events);
    const arci_rule_run run = { .t = x->t, .set = x->set, .as_of = x->day, .calendars = &calendars, .events = &events };
    x->run = &run;
    x->units = (arci_units){ &x->day_arena, NULL, 0, 0 };
    for (uint32_t at = 0; at < arci_n_entities && st == ARC_OK; at++) {
        arci_rows_found rows = { NULL, 0, 0 };
        int any = 0;
        for (uint32_t i = 0; i < x->set->n && !any; i++) any = x->set->rules[i]->frame->subject == arci_entities[at];
        if (!any) continue;
        st = arci_rule_find(&run, arci_entities[at], &rows);
        if (st == ARC_OK) st = arci_rules_evaluate(&run, arci_entities[at], rows.ids, rows.n, one_row, x);
        arci_free(x->env->ctx, rows.ids);
    }
    if (st == ARC_OK) st = all_units(x);
    x->run = NULL;
    arci_calendars_clear(&calendars);
    return st;
}

/* ---- into the scratch book -------------------------------------------------------------------------------------------------------- */

static const arci_table *table_of(const arci_bt_run *x, const char *name) { return arci_store_table(x->t->book->store, arci_entity_by_name(name, strlen(name))); }
static void put(const arci_table *table, arc_value *row, const char *name, arc_value v) { row[arci_col(table->entity, name)] = v; }
static arc_value text(const char *s) { return arci_v_text(s, strlen(s)); }

/* Firings name a revision, which may not be in the book, or not yet: one stands for all. */
static arc_status stand_in(arci_bt_run *x)
{
    const arci_table *table = table_of(x, "definition");
    arc_value *row = arci_arena_calloc(&x->day_arena, table->n_cols, sizeof *row);
    if (x->definition) return ARC_OK;
    if (!row) return arci_nomem(x->env);
    put(table, row, "kind", text("rule"));
    put(table, row, "code", text("arcore:back-test"));
    put(table, row, "revision", arci_v_int(1));
    put(table, row, "status", text("draft"));
    put(table, row, "document", text("{}"));
    arc_status st = arci_replay_put(x->replay, x->t, table, row);
    if (st == ARC_OK) x->definition = row[table->col_id].u.i;
    return st;
}

static arc_status keep_firing(arci_bt_run *x, const arci_bt_firing *f)
{
    const arci_table *table = table_of(x, "rule_firing");
    arc_value *row = arci_arena_calloc(&x->day_arena, table->n_cols, sizeof *row);
    if (!row) return arci_nomem(x->env);
    put(table, row, "policy", text(x->rules[f->rule].code));
    put(table, row, "definition", arci_v_int(x->definition));
    put(table, row, "entity", text(f->entity->name));
    put(table, row, "row", arci_v_int(f->row));
    if (f->customer) put(table, row, "customer", arci_v_int(f->customer));
    put(table, row, "level", arci_v_int(f->level));
    put(table, row, "mark", text(f->mark));
    put(table, row, "effective_date", arci_v_int(f->effective));
    put(table, row, "fired_on", arci_v_int(x->day));
    put(table, row, "status", text(f->passed ? "passed" : "fired"));
    return arci_replay_put(x->replay, x->t, table, row);
}

static arc_status keep_state(arci_bt_run *x, const arci_entity *entity, const arci_rule_state *s)
{
    const arci_table *table = table_of(x, "rule_state");
    arc_value *row = arci_arena_calloc(&x->day_arena, table->n_cols, sizeof *row);
    if (!row) return arci_nomem(x->env);
    put(table, row, "policy", text(s->policy));
    put(table, row, "entity", text(entity->name));
    put(table, row, "row", arci_v_int(s->row));
    put(table, row, "level", arci_v_int(s->level));
    put(table, row, "armed", arci_v_int(s->armed));
    put(table, row, "rearmed", arci_v_int(s->count));
    return arci_replay_put(x->replay, x->t, table, row);
}

/* Up to which seal a rule has read its events. */
static arc_status keep_head(arci_bt_run *x, const char *code, int64_t seal)
{
    const arci_rule_state s = { .policy = code, .row = 1, .count = seal, .armed = 1 };
    return keep_state(x, arci_entity_by_name(ARCI_RULE_HEADS, strlen(ARCI_RULE_HEADS)), &s);
}

/* What happened before the first day had its chance: a rule that has read nothing yet begins behind it. */
static arc_status begin_heads(arci_bt_run *x)
{
    const arci_shape *shape;
    arci_seal last;
    arc_status st = arci_seal_last(x->t, &last);
    if (st == ARC_OK) st = arci_shape_get(x->t, &shape, "rule_state", "policy entity");
    for (uint32_t i = 0; st == ARC_OK && last.seq && i < x->n_rules; i++) {
        arci_where w;
        arci_rows rows;
        arci_where_init(&w);
        arci_where_text(&w, shape->cols[0], ARC_OP_EQ, x->rules[i].code, strlen(x->rules[i].code));
        arci_where_text(&w, shape->cols[1], ARC_OP_EQ, ARCI_RULE_HEADS, strlen(ARCI_RULE_HEADS));
        st = arci_repo_find(x->t, shape, &w, NULL, 0, 1, &x->day_arena, &rows);
        if (st == ARC_OK && !rows.n_rows) st = keep_head(x, x->rules[i].code, last.seq);
    }
    return st;
}

static arc_status keep(arci_bt_run *x)
{
    arc_status st = x->n_firings ? stand_in(x) : ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < x->n_firings; i++) {
        const arci_bt_firing *f = &x->firings[i];
        const arci_rule_state crossed = { .policy = x->rules[f->rule].code, .row = f->row, .level = f->level, .count = f->count };
        st = keep_firing(x, f);
        if (st == ARC_OK && f->crossed) st = keep_state(x, f->entity, &crossed);
    }
    for (uint32_t i = 0; st == ARC_OK && i < x->n_rearm; i++) st = keep_state(x, x->rearm_of[i], &x->rearm[i]);
    for (uint32_t i = 0; st == ARC_OK && i < x->set->n; i++) {
        const int64_t to = x->keep[i] == INT64_MAX ? x->heads[i].to : x->keep[i] - 1;
        if (to > x->heads[i].from) st = keep_head(x, x->set->rules[i]->code, to);
    }
    return st;
}

/* ---- amounts --------------------------------------------------------------------------------------------------------------------------- */

/* What of a row is at stake: what is open of it, else what it is about. */
static const struct {
    const char *entity, *of, *key, *amount;
} stakes[] = { { "item", "item_state", "item", "open" },          { "receipt", "receipt_state", "receipt", "unapplied" }, { "customer", "account", "customer", "open" },
               { "invoice", "invoice", "id", "gross_amount" },    { "contract", "contract", "id", "amount" },             { "sales_order", "sales_order", "id", "amount" },
               { "dispute", "dispute", "id", "amount" },          { "bill", "bill", "id", "face" },                       { "milestone", "milestone", "id", "amount" },
               { "write_off_request", "write_off_request", "id", "amount" } };

static arc_status read_stakes(arci_bt_run *x, size_t k, arci_bt_firing **list, uint32_t n)
{
    const arci_entity *e = arci_entity_by_name(stakes[k].of, strlen(stakes[k].of));
    const arci_table *table = arci_store_table(x->t->book->store, e);
    uint16_t cols[3] = { arci_col(e, stakes[k].key), arci_col(e, stakes[k].amount), ARC_NO_COL };
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_value ids[500];
    if (!table || cols[0] == ARC_NO_COL || cols[1] == ARC_NO_COL) return ARC_OK;
    cols[2] = table->desc->cols[cols[1]].currency_col;
    for (uint32_t i = 0; i < n; i++) ids[i] = arci_v_int(list[i]->row);
    arci_where_init(&w);
    arci_where_in(&w, cols[0], ids, n);
    arc_status st = arci_shape_of(x->env, &x->day_arena, &shape, table, cols, 3);
    if (st == ARC_OK) st = arci_repo_find(x->t, shape, &w, NULL, 0, 0, &x->day_arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *v = rows.values + (size_t)r * rows.n_cols;
        for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
            if (list[i]->row != v[0].u.i || v[1].type != ARC_V_INT || v[2].type != ARC_V_TEXT) continue;
            st = arci_bt_add(x, &x->day_arena, &list[i]->money, v[2].u.s, v[2].len, v[1].u.i);
        }
    }
    return st;
}

static arc_status weigh(arci_bt_run *x)
{
    arc_status st = ARC_OK;
    for (size_t k = 0; st == ARC_OK && k < sizeof stakes / sizeof *stakes; k++) {
        const arci_tell amount = { stakes[k].of, stakes[k].amount, ARCI_TELL_OWN };
        arci_bt_firing *list[64];
        uint32_t n = 0;
        if (!arci_tell_may(x->s, &amount, 0)) continue; /* nor its sums */
        for (uint32_t i = 0; st == ARC_OK && i < x->n_firings; i++) {
            if (x->firings[i].passed || strcmp(x->firings[i].entity->name, stakes[k].entity) != 0) continue;
            list[n++] = &x->firings[i];
            if (n < 64) continue;
            st = read_stakes(x, k, list, n);
            n = 0;
        }
        if (st == ARC_OK && n) st = read_stakes(x, k, list, n);
    }
    return st;
}

/* ---- the day --------------------------------------------------------------------------------------------------------------------------- */

static arc_status work(arci_bt_run *x)
{
    arc_status st = read_rules(x);
    if (st == ARC_OK) st = evaluate(x);
    if (st == ARC_OK) st = weigh(x);
    if (st == ARC_OK) st = keep(x);
    arci_ruleset_free(x->set);
    x->set = NULL;
    return st;
}

/* Does something in a WRITE transaction of the scratch book, as of the day. */
static arc_status in_scratch(arci_bt_run *x, arc_status (*deed)(arci_bt_run *x))
{
    arci_session *s;
    arci_arena_reset(&x->day_arena);
    arc_status st = arci_session_enter(arci_replay_session(x->replay), &s);
    if (st != ARC_OK) return arci_fail(x->env, st, "the scratch book is in use", "临时账簿正在使用");
    s->business_date = x->day;
    st = arci_txn_begin(s, x->env, &x->t, ARC_WRITE);
    if (st == ARC_OK) {
        st = deed(x);
        arc_status ended = arci_txn_end(x->t, st == ARC_OK);
        if (st == ARC_OK) st = ended;
    }
    x->t = NULL;
    (void)arci_session_leave(s, st);
    return st;
}

arc_status arci_bt_begin(arci_bt_run *x) { return in_scratch(x, begin_heads); }

arc_status arci_bt_look(arci_bt_run *x)
{
    x->n_firings = x->n_rearm = 0;
    arc_status st = in_scratch(x, work);
    return st == ARC_OK ? arci_bt_take_day(x) : st;
}
