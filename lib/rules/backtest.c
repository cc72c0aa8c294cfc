/* SPDX-License-Identifier: Apache-2.0 */
/* Back-tests: the book rebuilt day by day, the rules looked at at the end of each. */
#include "rules/backtest.h"

#include <string.h>

#include "arcore/date.h"
#include "base/handle.h"
#include "rules/backtest_impl.h"
#include "store/access.h"
#include "store/definition.h"

#define MAX_RULES 1000u
#define MAX_DAYS 36525 /* a hundred years */

/* ---- structs of the interface --------------------------------------------------------------------------------------------- */

arc_status arc_backtest_rule_init(arc_backtest_rule *rule)
{
    static const arc_backtest_rule defaults = ARC_BACKTEST_RULE_INIT;
    if (!rule) return ARC_E_INVALID;
    *rule = defaults;
    return ARC_OK;
}

arc_status arc_backtest_options_init(arc_backtest_options *options)
{
    static const arc_backtest_options defaults = ARC_BACKTEST_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = defaults;
    return ARC_OK;
}

arc_status arc_backtest_totals_init(arc_backtest_totals *totals)
{
    static const arc_backtest_totals defaults = ARC_BACKTEST_TOTALS_INIT;
    if (!totals) return ARC_E_INVALID;
    *totals = defaults;
    return ARC_OK;
}

static void free_backtest(arci_owned *o)
{
    arci_backtest *b = (arci_backtest *)o;
    arc_context *ctx = b->ctx;
    arci_str_clear(&b->json);
    arci_free(ctx, b);
}

void arc_backtest_free(arc_backtest *handle) { arci_own_end(handle, ARCI_H_BACKTEST); }

static arc_status enter(arc_backtest *handle, arci_backtest **out)
{
    void *object;
    arc_status st = arci_handle_get(handle, ARCI_H_BACKTEST, &object, NULL);
    if (st != ARC_OK) return st;
    *out = object;
    arci_error_clear(&(*out)->error);
    return ARC_OK;
}

arc_status arc_backtest_error(arc_backtest *handle, arc_error *error)
{
    void *object;
    arc_status st = arci_handle_get(handle, ARCI_H_BACKTEST, &object, NULL);
    if (st != ARC_OK) return st;
    if (!error || !error->struct_size) return ARC_E_INVALID;
    return arci_struct_out(error, &((arci_backtest *)object)->error, sizeof(arc_error));
}

arc_status arc_backtest_get_totals(arc_backtest *handle, arc_backtest_totals *totals)
{
    arci_backtest *b;
    arc_status st = enter(handle, &b);
    if (st != ARC_OK) return st;
    if (!totals || !totals->struct_size) return arci_fail(&b->env, ARC_E_INVALID, "totals is NULL, or its struct_size 0", "totals 为 NULL 或其 struct_size 为 0");
    return arci_struct_out(totals, &b->totals, sizeof b->totals);
}

arc_status arc_backtest_json(arc_backtest *handle, char *buf, size_t *len)
{
    arci_backtest *b;
    arc_status st = enter(handle, &b);
    if (st != ARC_OK) return st;
    if (!len) return arci_fail(&b->env, ARC_E_INVALID, "len is NULL", "len 为 NULL");
    st = arci_text_out(buf, len, b->json.s, b->json.len);
    return st == ARC_E_BUFFER ? arci_fail(&b->env, st, "the text needs %zu bytes", "文本需要 %zu 字节", b->json.len + 1) : st;
}

/* ---- options ------------------------------------------------------------------------------------------------------------------- */

static arc_status options_in(arci_session *s, arc_backtest_options *o, const arc_backtest_options *options)
{
    static const arc_backtest_options defaults = ARC_BACKTEST_OPTIONS_INIT;
    arci_env *env = &s->env;
    *o = defaults;
    arc_status st = arci_struct_in(env, o, sizeof *o, options);
    if (st != ARC_OK) return st;
    if ((o->flags & ~(ARC_BACKTEST_BUSINESS_DATES | ARC_BACKTEST_FRESH)) || o->reserved || (!o->rules != !o->n_rules)) {
        return arci_fail(env, ARC_E_INVALID, "an unknown flag, or a list without its length", "标志未知，或列表缺少长度");
    }
    if (o->n_rules > MAX_RULES) return arci_fail(env, ARC_E_LIMIT, "at most 1,000 rules", "最多 1,000 条规则");
    if ((o->from != ARC_DATE_NONE && arc_date_check(o->from) != ARC_OK) || (o->to != ARC_DATE_NONE && arc_date_check(o->to) != ARC_OK)) {
        return arci_fail(env, ARC_E_RANGE, "from or to is not a date", "日期无效");
    }
    if (o->from != ARC_DATE_NONE && o->to != ARC_DATE_NONE && o->to < o->from) return arci_fail(env, ARC_E_RANGE, "to is before from", "结束日期早于开始日期");
    return ARC_OK;
}

/* ---- rules --------------------------------------------------------------------------------------------------------------------- */

static arc_status keep_rule(arci_bt_run *x, const char *code, size_t n_code, int64_t definition, int64_t revision, const char *json, size_t len)
{
    arci_bt_rule *r = &x->rules[x->n_rules++];
    r->code = arci_arena_strndup(&x->arena, code, n_code);
    r->document = arci_arena_strndup(&x->arena, json, len);
    r->length = len;
    r->definition = definition;
    r->revision = revision;
    r->last_gap = &r->gaps;
    return r->code && r->document ? ARC_OK : arci_nomem(x->env);
}

enum { D_ID, D_REVISION, D_STATUS, D_DOCUMENT, D_PUBLISHED };

/* A revision that was published; 0: the last one. */
static arc_status stored_rule(arci_bt_run *x, const arc_backtest_rule *r, size_t at)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    const arc_value *best = NULL;
    arc_status st = arci_shape_get(x->from, &shape, "definition", "id revision status document published kind code");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[5], ARC_OP_EQ, "rule", 4);
    arci_where_text(&w, shape->cols[6], ARC_OP_EQ, r->code, strlen(r->code));
    st = arci_repo_find(x->from, shape, &w, NULL, 0, 0, &x->arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        if (r->revision ? v[D_REVISION].u.i == r->revision : v[D_PUBLISHED].type == ARC_V_INT && (!best || v[D_REVISION].u.i > best[D_REVISION].u.i)) best = v;
    }
    if (st != ARC_OK) return st;
    if (!best) {
        arci_fail(x->env, ARC_E_NOT_FOUND, "there is no such rule, or no such revision of it: %.64s", "没有该规则或该修订：%.64s", r->code);
        arci_fail_at(x->env, "definition", "code", -1, (int64_t)at);
        return ARC_E_NOT_FOUND;
    }
    return keep_rule(x, r->code, strlen(r->code), best[D_ID].u.i, best[D_REVISION].u.i, best[D_DOCUMENT].u.s, best[D_DOCUMENT].len);
}

static arc_status given_rule(arci_bt_run *x, size_t at)
{
    arc_backtest_rule r = ARC_BACKTEST_RULE_INIT;
    arc_status st = arci_struct_in(x->env, &r, sizeof r, &x->o.rules[at]);
    if (st != ARC_OK) return st;
    if (!r.code || !r.code[0] || strlen(r.code) >= ARCI_RULE_CODE || r.reserved || r.revision < 0 || (r.document && r.revision)) {
        st = arci_fail(x->env, ARC_E_INVALID, "a rule has a code of 1 to 64 bytes, and a document or a revision", "规则须有 1 至 64 字节的编码，以及内容或修订号之一");
    }
    for (uint32_t i = 0; st == ARC_OK && i < x->n_rules; i++) {
        if (strcmp(x->rules[i].code, r.code) == 0) st = arci_fail(x->env, ARC_E_INVALID, "two rules have one code", "两条规则编码相同");
    }
    if (st != ARC_OK) {
        arci_fail_at(x->env, NULL, NULL, -1, (int64_t)at);
        return st;
    }
    if (!r.document) return stored_rule(x, &r, at);
    return keep_rule(x, r.code, strlen(r.code), 0, 0, r.document, r.length == SIZE_MAX ? strlen(r.document) : r.length);
}

static arc_status rules_in_force(arci_bt_run *x)
{
    arci_ruleset *set;
    arc_date today;
    arc_status st = arci_session_day(x->env, x->s, &today);
    if (st == ARC_OK) st = arci_ruleset_in_force(x->from, &set, today);
    if (st != ARC_OK) return st;
    x->rules = arci_arena_calloc(&x->arena, set->n + 1u, sizeof *x->rules);
    if (!x->rules) st = arci_nomem(x->env);
    for (uint32_t i = 0; st == ARC_OK && i < set->n; i++) {
        arc_backtest_rule r = ARC_BACKTEST_RULE_INIT;
        r.code = set->rules[i]->code;
        r.revision = set->rules[i]->revision;
        st = stored_rule(x, &r, i);
    }
    arci_ruleset_free(set);
    return st;
}

/* They must read today, and be of what the actor may read. */
static arc_status check_rules(arci_bt_run *x)
{
    arci_ruleset *set;
    arc_status st = arci_ruleset_new(x->from, &set);
    for (uint32_t i = 0; st == ARC_OK && i < x->n_rules; i++) {
        const arci_bt_rule *r = &x->rules[i];
        st = arci_ruleset_add(x->from, set, r->code, r->definition, r->revision, r->document, r->length, NULL);
        if (st == ARC_OK) st = arci_rule_may(x->env, x->s, set->rules[set->n - 1]);
        x->rules[i].dated = st == ARC_OK && arci_rule_dated(x->s, set->rules[set->n - 1]);
        if (st != ARC_OK && st != ARC_E_NOMEM) arci_fail_at(x->env, NULL, NULL, -1, i);
    }
    arci_ruleset_free(set);
    return st;
}

static arc_status take_rules(arci_bt_run *x)
{
    arc_status st = ARC_OK;
    if (!x->o.rules) {
        st = rules_in_force(x);
    } else {
        x->rules = arci_arena_calloc(&x->arena, x->o.n_rules + 1u, sizeof *x->rules);
        if (!x->rules) return arci_nomem(x->env);
        for (size_t i = 0; st == ARC_OK && i < x->o.n_rules; i++) st = given_rule(x, i);
    }
    return st == ARC_OK ? check_rules(x) : st;
}

/* ---- days ---------------------------------------------------------------------------------------------------------------------- */

static arc_status find_days(arci_bt_run *x)
{
    arc_date first = ARC_DATE_NONE;
    arc_status st = arci_replay_next_day(x->replay, &first);
    if (st == ARC_OK && first == ARC_DATE_NONE) return arci_fail(x->env, ARC_E_RANGE, "the book has no transactions yet", "账簿尚无事务");
    if (st == ARC_OK && x->o.from == ARC_DATE_NONE) x->o.from = first;
    if (st == ARC_OK && x->o.to == ARC_DATE_NONE) st = arci_replay_last_day(x->replay, &x->o.to);
    if (st != ARC_OK) return st;
    if (x->o.to < x->o.from) return arci_fail(x->env, ARC_E_RANGE, "to is before from", "结束日期早于开始日期");
    if (x->o.to - x->o.from > MAX_DAYS) return arci_fail(x->env, ARC_E_LIMIT, "at most a hundred years", "最多一百年");
    x->out->totals.from = x->o.from;
    x->out->totals.to = x->o.to;
    return ARC_OK;
}

static void own_firings(arci_bt_run *x)
{
    arci_replay_skip_now(x->replay, "rule_firing");
    arci_replay_skip_now(x->replay, "rule_state");
}

static arc_status run_days(arci_bt_run *x)
{
    if (x->o.flags & ARC_BACKTEST_FRESH) own_firings(x);
    arc_status st = arci_replay_to_day(x->replay, x->o.from - 1);
    own_firings(x);
    x->day = x->o.from;
    if (st == ARC_OK) st = arci_bt_begin(x);
    for (x->day = x->o.from; st == ARC_OK && x->day <= x->o.to; x->day++) {
        st = arci_replay_to_day(x->replay, x->day);
        if (st == ARC_OK) st = arci_bt_look(x);
    }
    return st;
}

/* ---- the call ------------------------------------------------------------------------------------------------------------------ */

static arc_status work(arci_bt_run *x, arci_txn *t, const arci_rebuild_fn *rebuild, uint32_t n_rebuild)
{
    x->from = t;
    const arci_replay_options o = { .rebuild = rebuild, .n_rebuild = n_rebuild, .progress = x->o.progress, .progress_user = x->o.user,
                                    .days = x->o.flags & ARC_BACKTEST_BUSINESS_DATES ? ARCI_REPLAY_BUSINESS : ARCI_REPLAY_STAMPS };
    arc_status st = take_rules(x);
    x->out->totals.n_rules = x->n_rules;
    if (st == ARC_OK) st = arci_replay_open(t, &x->replay, &o);
    if (st == ARC_OK) st = find_days(x);
    if (st == ARC_OK) st = arci_bt_ledger(x);
    if (st == ARC_OK) st = run_days(x);
    if (st == ARC_OK) st = arci_bt_finish(x);
    arci_replay_close(x->replay);
    return st;
}

static arc_status run(arci_session *s, arci_backtest *out, const arc_backtest_options *options, const arci_rebuild_fn *rebuild, uint32_t n_rebuild)
{
    arci_bt_run x = { .s = s, .env = &s->env, .out = out };
    arci_scope scope;
    arc_context *ctx = s->env.ctx;
    arc_status st = options_in(s, &x.o, options);
    if (st != ARC_OK) return st;
    arci_arena_init(&x.arena, ctx);
    arci_arena_init(&x.day_arena, ctx);
    arci_map_init(&x.subjects, ctx);
    arci_map_init(&x.customers, ctx);
    arci_map_init(&x.today, ctx);
    arci_map_init(&x.ledger, ctx);
    arci_str_init(&x.days, ctx);
    arci_str_init(&x.told, ctx);
    arci_str_init(&x.errors, ctx);
    st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, work(&x, scope.txn, rebuild, n_rebuild));
    arci_str_clear(&x.errors);
    arci_str_clear(&x.told);
    arci_str_clear(&x.days);
    arci_map_clear(&x.ledger);
    arci_map_clear(&x.today);
    arci_map_clear(&x.customers);
    arci_map_clear(&x.subjects);
    arci_free(ctx, x.firings);
    arci_free(ctx, x.rearm);
    arci_free(ctx, x.rearm_of);
    arci_arena_clear(&x.day_arena);
    arci_arena_clear(&x.arena);
    return st;
}

static arc_status make(arci_session *s, arci_backtest **out)
{
    arci_backtest *b = arci_calloc(s->env.ctx, 1, sizeof *b);
    if (!b) return arci_nomem(&s->env);
    b->ctx = s->env.ctx;
    (void)arc_error_init(&b->error);
    b->env.ctx = b->ctx;
    b->env.err = &b->error;
    (void)arc_backtest_totals_init(&b->totals);
    arci_str_init(&b->json, b->ctx);
    arc_status st = arci_own(&s->env, s, &b->owned, ARCI_H_BACKTEST, free_backtest);
    if (st == ARC_OK) *out = b;
    else free_backtest(&b->owned);
    return st;
}

arc_status arci_backtest_run(arc_session *session, arc_backtest **out, const arc_backtest_options *options, const arci_rebuild_fn *rebuild, uint32_t n_rebuild)
{
    arci_session *s;
    arci_backtest *b = NULL;
    if (out) *out = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!out) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "out is NULL", "out 为 NULL"));
    st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("rule_firing", 11));
    if (st == ARC_OK) st = make(s, &b);
    if (st == ARC_OK) st = run(s, b, options, rebuild, n_rebuild);
    if (st == ARC_OK) *out = b->owned.handle;
    else if (b) arci_own_free(b->owned.handle, ARCI_H_BACKTEST);
    return arci_session_leave(s, st);
}
