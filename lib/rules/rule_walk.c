/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about all rows they are to be looked at for, as a call asks. */
#include <string.h>

#include "arcore/date.h"
#include "rules/rule_impl.h"
#include "rules/sweep.h"
#include "store/valid.h"

#define MAX_ROWS 1000000u
#define MAX_CODES 10000u
#define AT_ONCE 500u

arc_status arc_rule_options_init(arc_rule_options *options)
{
    static const arc_rule_options defaults = ARC_RULE_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = defaults;
    return ARC_OK;
}

arc_status arci_rule_options_in(arci_session *s, arc_rule_options *o, const arc_rule_options *options)
{
    static const arc_rule_options defaults = ARC_RULE_OPTIONS_INIT;
    arci_env *env = &s->env;
    *o = defaults;
    arc_status st = arci_struct_in(env, o, sizeof *o, options);
    if (st != ARC_OK) return st;
    if ((o->flags & ~(ARC_RULE_SWEEP | ARC_RULE_REJECTED)) || ((o->flags & ARC_RULE_SWEEP) && (o->rows || (o->flags & ARC_RULE_REJECTED))) || (o->codes && !o->n_codes) || (!o->codes && o->n_codes) || (!o->rows && o->n_rows) || (o->rows && !o->entity)) {
        return arci_fail(env, ARC_E_INVALID, "an unknown flag, a list without its length, or rows without their entity", "标志未知、列表缺少长度，或行未指明实体");
    }
    if (o->n_rows > MAX_ROWS || o->n_codes > MAX_CODES) return arci_fail(env, ARC_E_LIMIT, "at most 1,000,000 rows and 10,000 rules", "最多 1,000,000 行和 10,000 条规则");
    for (size_t i = 0; i < o->n_codes; i++) {
        if (!o->codes[i]) return arci_fail(env, ARC_E_INVALID, "a code is NULL", "规则编码为 NULL");
    }
    if (o->entity && !arci_entity_by_id(o->entity)) return arci_fail(env, ARC_E_NOT_FOUND, "no entity has the number %u", "没有编号为 %u 的实体", o->entity);
    if (o->as_of == ARC_DATE_NONE) o->as_of = s->business_date;
    if (o->as_of == ARC_DATE_NONE) return arci_fail(env, ARC_E_REQUIRED, "as_of is required: the session has no business date", "须给出日期：会话未设置业务日期");
    if (arc_date_check(o->as_of) != ARC_OK || (o->from != ARC_DATE_NONE && arc_date_check(o->from) != ARC_OK)) return arci_fail(env, ARC_E_RANGE, "not a date", "日期无效");
    return ARC_OK;
}

/* ---- the rules --------------------------------------------------------------------------------------------------------------------- */

static arc_status want_codes(arci_rule_walk *w)
{
    w->wanted = arci_arena_calloc(&w->arena, w->set->n + 1u, 1);
    if (!w->wanted) return arci_nomem(w->t->env);
    for (size_t i = 0; i < w->o.n_codes; i++) {
        const char *code = w->o.codes[i];
        uint32_t k = 0;
        while (k < w->set->n && strcmp(w->set->rules[k]->code, code) != 0) k++;
        if (k < w->set->n) {
            w->wanted[k] = 1;
            continue;
        }
        arci_fail(w->t->env, ARC_E_NOT_FOUND, "no rule %.64s is in force", "没有生效的规则 %.64s", code);
        arci_fail_at(w->t->env, "definition", "code", -1, (int64_t)i);
        return ARC_E_NOT_FOUND;
    }
    return ARC_OK;
}

void arci_rule_walk_begin_nothing(arci_rule_walk *w, arci_txn *t)
{
    w->t = t;
    arci_arena_init(&w->arena, t->book->ctx);
    arci_calendars_init(&w->calendars, t, &w->arena);
}

arc_status arci_rule_walk_begin(arci_rule_walk *w, arci_txn *t)
{
    arci_rule_walk_begin_nothing(w, t);
    arc_status st = w->set ? ARC_OK : arci_ruleset_in_force(t, &w->set, w->o.as_of);
    if (st == ARC_OK && w->o.codes) st = want_codes(w);
    w->run.t = t;
    w->run.set = w->set;
    w->run.wanted = w->wanted;
    w->run.as_of = w->o.as_of;
    w->run.calendars = &w->calendars;
    w->run.events = &w->events;
    if (st == ARC_OK) st = arci_people_new(t, &w->people);
    w->run.people = w->people;
    w->run.rejected = (w->o.flags & ARC_RULE_REJECTED) != 0;
    arci_history_init(&w->events, &w->arena);
    w->heads = st == ARC_OK ? arci_arena_calloc(&w->arena, w->set->n + 1u, sizeof *w->heads) : NULL;
    if (st == ARC_OK && !w->heads) return arci_nomem(t->env);
    if (st == ARC_OK) st = arci_rule_events(t, w->set, w->wanted, NULL, &w->events, w->heads);
    arci_history_index(&w->events);
    return st;
}

void arci_rule_walk_end(arci_rule_walk *w)
{
    arci_calendars_clear(&w->calendars);
    arci_people_free(w->people);
    w->people = w->run.people = NULL;
    arci_sweep_look_free(w->look);
    w->look = NULL;
    arci_ruleset_free(w->set);
    w->set = NULL;
    arci_arena_clear(&w->arena);
}

static int concerns(const arci_rule_walk *w, uint32_t i, const arci_entity *e)
{
    return (!w->wanted || w->wanted[i]) && (!e || w->set->rules[i]->frame->subject == e) && (!w->o.entity || w->set->rules[i]->frame->subject->id == w->o.entity);
}

arc_status arci_rule_walk_may(arci_rule_walk *w, int named)
{
    arc_status st = ARC_OK;
    if (!w->s->access) return ARC_OK;
    w->mute = arci_arena_calloc(&w->arena, w->set->n + 1u, 1);
    if (!w->mute) return arci_nomem(w->t->env);
    for (uint32_t i = 0; i < w->set->n && st == ARC_OK; i++) {
        if (!concerns(w, i, NULL)) continue;
        st = arci_rule_may(w->t->env, w->s, w->set->rules[i]);
        if (named || st != ARC_E_FORBIDDEN) continue;
        arci_error_clear(w->t->env->err);
        w->mute[i] = 1;
        w->n_mute++;
        st = ARC_OK;
    }
    return st;
}

/* Next dates brought up to date, in transactions of their own; nothing where that cannot be. armed (may be NULL) grows by thresholds armed again. */
arc_status arci_rule_refresh(arci_session *s, const arc_rule_options *o, int64_t *armed)
{
    arci_rule_walk w;
    arci_scope scope;
    if (!(o->flags & ARC_RULE_SWEEP) || s->book->txn || (s->book->flags & ARC_BOOK_READONLY)) return ARC_OK;
    memset(&w, 0, sizeof w);
    w.s = s;
    w.o = *o;
    arc_status st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    st = arci_scope_end(&scope, arci_rule_walk_begin(&w, scope.txn));
    arci_sweep sweep = { .session = s, .set = w.set, .wanted = w.wanted, .progress = o->progress, .progress_user = o->user, .as_of = o->as_of };
    if (st == ARC_OK) st = arci_sweep_run(&sweep, NULL, NULL);
    if (armed) *armed += sweep.counts.armed;
    arci_rule_walk_end(&w);
    return st == ARC_OK && !armed ? arci_cursor_refresh(s, o) : st; /* a run reads on by itself */
}

/* ---- the rows ------------------------------------------------------------------------------------------------------------------------ */

static void count(arci_rule_counts *c, const arci_rule_result *r)
{
    for (uint32_t i = 0; i < r->n; i++) {
        switch (r->steps[i].outcome) {
        case ARCI_STEP_DUE: c->due++; break;
        case ARCI_STEP_PASSED: c->passed++; break;
        case ARCI_STEP_COOLS: c->cools++; break;
        case ARCI_STEP_LATER: c->later++; break;
        case ARCI_STEP_ERROR: c->errors++; break;
        default: break;
        }
        c->guessed += r->steps[i].guessed;
    }
}

static arc_status tell(void *user, const arci_subject_result *r)
{
    arci_rule_walk *w = user;
    w->counts.rows++;
    for (uint32_t i = 0, rule = 0; i < r->n && w->n_mute; i++) {
        while (w->set->rules[rule] != r->rules[i].rule) rule++; /* both are in the same order */
        if (w->mute[rule]) r->rules[i].n = r->rules[i].n_due = 0; /* it has had its say in its group */
    }
    for (uint32_t i = 0; i < r->n; i++) count(&w->counts, &r->rules[i]);
    arc_status st = w->tell(w->user, r);
    if (st != ARC_OK || !w->o.progress || w->counts.rows % 1000 != 0) return st;
    return w->o.progress(w->o.user, w->counts.rows, w->total) ? arci_fail(w->t->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止") : ARC_OK;
}

/* Rows named by the caller: each must be there and be seen. */
static arc_status named_rows(arci_rule_walk *w, const arci_entity *e, arci_rows_found *rows)
{
    const arci_shape *shape;
    arc_value *values;
    uint8_t *found;
    arc_status st = arci_shape_get(w->t, &shape, e->name, "id");
    rows->ids = st == ARC_OK ? arci_alloc(w->t->book->ctx, (w->o.n_rows + 1u) * sizeof *rows->ids) : NULL;
    if (st == ARC_OK && !rows->ids) return arci_nomem(w->t->env);
    for (uint32_t from = 0; st == ARC_OK && from < w->o.n_rows; from += AT_ONCE) {
        uint32_t n = (uint32_t)w->o.n_rows - from < AT_ONCE ? (uint32_t)w->o.n_rows - from : AT_ONCE;
        st = arci_repo_get_many(w->t, shape, w->o.rows + from, n, &w->arena, &values, &found);
        for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
            rows->ids[from + i] = w->o.rows[from + i];
            if (found[i]) continue;
            arci_fail(w->t->env, ARC_E_NOT_FOUND, "there is no such row", "没有该行");
            arci_fail_at(w->t->env, e->name, NULL, w->o.rows[from + i], from + i);
            st = ARC_E_NOT_FOUND;
        }
    }
    rows->n = st == ARC_OK ? (uint32_t)w->o.n_rows : 0;
    arci_rows_sort(rows);
    return st;
}

arc_status arci_rule_walk_cut(arci_rule_walk *w, const arci_entity *e, arci_rows_found *rows)
{
    const arci_row_scope *scope;
    uint32_t kept = 0;
    arc_status st = arci_access_read(w->t->env, w->s, e, &scope);
    if (st != ARC_OK || !scope) return st;
    for (uint32_t from = 0; st == ARC_OK && from < rows->n; from += AT_ONCE) {
        uint8_t seen[AT_ONCE];
        uint32_t n = rows->n - from < AT_ONCE ? rows->n - from : AT_ONCE;
        st = arci_scope_rows(w->t, &w->arena, e, scope, rows->ids + from, n, seen);
        for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
            if (seen[i]) rows->ids[kept++] = rows->ids[from + i];
            else if (w->o.rows) {
                arci_fail(w->t->env, ARC_E_NOT_FOUND, "there is no such row", "没有该行");
                arci_fail_at(w->t->env, e->name, NULL, rows->ids[from + i], -1);
                st = ARC_E_NOT_FOUND;
            }
        }
    }
    rows->n = kept;
    return st;
}

/* Rows events wait for. */
static arc_status add_waiting(arci_rule_walk *w, const arci_entity *e, arci_rows_found *rows)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < w->events.n_events && st == ARC_OK; i++) {
        const char *code = w->events.events[i].policy;
        const arci_rule *rule = arci_ruleset_find(w->set, code, strlen(code));
        if (rule && rule->frame->subject == e) st = arci_rows_add(w->t->env, rows, w->events.events[i].row);
    }
    arci_rows_sort(rows);
    return st;
}

static arc_status one_entity(arci_rule_walk *w, const arci_entity *e)
{
    arci_rows_found rows = { NULL, 0, 0 };
    int all = 1;
    arc_status st = w->look ? arci_sweep_look_rows(w->look, e, &rows, &all) : ARC_OK;
    if (st == ARC_OK && all) st = w->o.rows ? named_rows(w, e, &rows) : w->every ? arci_rule_all_rows(&w->run, e, &rows) : arci_rule_find(&w->run, e, &rows);
    else if (st == ARC_OK) st = add_waiting(w, e, &rows);
    if (st == ARC_OK && !w->definer) st = arci_rule_walk_cut(w, e, &rows);
    w->total += rows.n;
    if (st == ARC_OK) st = arci_rules_evaluate(&w->run, e, rows.ids, rows.n, tell, w);
    arci_free(w->t->book->ctx, rows.ids);
    return st;
}

arc_status arci_rule_walk_rows(arci_rule_walk *w, arci_subject_fn told, void *user)
{
    arc_status st = ARC_OK;
    w->tell = told;
    w->user = user;
    if (w->o.flags & ARC_RULE_SWEEP) st = arci_sweep_look_new(w->t, w->set, w->wanted, w->o.as_of, &w->look);
    for (uint32_t at = 0; at < arci_n_entities && st == ARC_OK; at++) {
        int any = 0;
        for (uint32_t i = 0; i < w->set->n && !any; i++) any = concerns(w, i, arci_entities[at]);
        if (any) st = one_entity(w, arci_entities[at]);
    }
    return st;
}
