/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of arcore/match.h that ask, and those that edit what was proposed. */
#include "arcore/match.h"

#include <string.h>

#include "arcore/date.h"
#include "base/json_text.h"
#include "cash/match.h"
#include "cash/match_call.h"
#include "store/access.h"

enum { NAMED_MAX = 100000, WAITING_MAX = 10000 };

arc_status arc_match_options_init(arc_match_options *options)
{
    static const arc_match_options init = ARC_MATCH_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = init;
    return ARC_OK;
}

arc_status arc_match_strategy_shipped(char *buf, size_t *len, const char *code)
{
    char codes[400] = "[";
    size_t n = 1;
    if (!len) return ARC_E_INVALID;
    if (code) {
        const char *json = arci_strategy_shipped(code);
        return json ? arci_text_out(buf, len, json, strlen(json)) : ARC_E_NOT_FOUND;
    }
    for (uint32_t i = 0; i < arci_n_shipped_strategies; i++) { /* all of them are short */
        const char *s = arci_shipped_strategies[i].code;
        if (i) codes[n++] = ',';
        codes[n++] = '"';
        memcpy(codes + n, s, strlen(s));
        n += strlen(s);
        codes[n++] = '"';
    }
    codes[n++] = ']';
    return arci_text_out(buf, len, codes, n);
}

/* ---- asking ------------------------------------------------------------------------------------------------------------------------- */

arc_status arci_cash_options_in(arci_session *s, arc_match_options *o, const int64_t *receipts, size_t n, const arc_match_options *options, uint32_t run)
{
    int32_t exponent;
    arci_env *env = &s->env;
    arc_status st = arci_struct_in(env, o, sizeof *o, options);
    if (st != ARC_OK) return st;
    if ((o->flags & ~run) || o->chunk > 10000 || (receipts && !n) || o->customer < 0 || o->after < 0) {
        return arci_fail(env, ARC_E_INVALID, "an unknown flag, no receipts, or a negative id", "标志未知、没有回款，或编号为负");
    }
    if (n > NAMED_MAX || o->max > NAMED_MAX) return arci_fail(env, ARC_E_LIMIT, "at most %d receipts", "最多 %d 笔回款", NAMED_MAX);
    if (o->currency[0] && (o->currency[3] || arc_currency_exponent(&exponent, o->currency) != ARC_OK)) return arci_fail(env, ARC_E_CURRENCY, "unknown currency", "未知币种");
    if (o->as_of == ARC_DATE_NONE) o->as_of = s->business_date;
    if (o->as_of == ARC_DATE_NONE) return arci_fail(env, ARC_E_REQUIRED, "as_of is required: the session has no business date", "须给出日期：会话未设置业务日期");
    if (o->as_of < ARC_DATE_MIN || o->as_of > ARC_DATE_MAX) return arci_fail(env, ARC_E_RANGE, "as_of is not a date", "日期无效");
    return ARC_OK;
}

static arc_status params_of(const arc_match_options *o, const int64_t *receipts, size_t n, arci_str *b)
{
    arci_str_putc(b, '{');
    if (receipts) arci_json_put_int(b, "receipts_named", (int64_t)n);
    if (o->customer) arci_json_put_int(b, "customer", o->customer);
    if (o->currency[0]) arci_json_put_str(b, "currency", o->currency);
    if (o->max) arci_json_put_int(b, "max", o->max);
    arci_str_putc(b, '}');
    return b->failed ? ARC_E_NOMEM : ARC_OK;
}

/* What decided: the strategy asked for, the one for everybody with its revision, and what was learned. */
arc_status arci_cash_definitions(const arci_cash *m, const char *asked, arci_str *b)
{
    const arci_strategy *s = &m->strategies[m->n_strategies - 1];
    arci_str_putc(b, '{');
    if (asked) arci_json_put_str(b, "asked", asked);
    arci_json_put_str(b, "strategy", s->code);
    arci_json_put_int(b, "revision", s->revision);
    if (m->model.row) arci_json_put_int(b, "learned", m->model.row);
    arci_str_putc(b, '}');
    return b->failed ? arci_nomem(m->env) : ARC_OK;
}

static arc_status match(arci_txn *t, arci_session *s, arc_proposal **out, const arci_cash_asked *asked, const arc_match_options *o, const char *params)
{
    arci_cash m;
    arci_proposal *p = NULL;
    arci_str definitions;
    int64_t counts[3] = { 0, 0, 0 };
    arci_str_init(&definitions, s->env.ctx);
    arc_status st = arci_cash_begin(&m, t, o->as_of, o->strategy);
    if (st == ARC_OK) st = arci_cash_definitions(&m, o->strategy, &definitions);
    if (st == ARC_OK) st = arci_proposal_new(t->env, s, out, &p, arci_cash_engine.name, o->as_of, definitions.s, params);
    if (st == ARC_OK) st = arci_cash_read(&m, asked);
    if (st == ARC_OK) st = arci_cash_propose(&m, p, counts);
    if (st == ARC_OK) p->does = &arci_cash_engine;
    arci_cash_end(&m);
    arci_str_clear(&definitions);
    return st;
}

static arc_status propose(arci_session *s, arc_proposal **out, const arci_cash_asked *asked, const arc_match_options *o, size_t n)
{
    arci_scope scope;
    arci_str params;
    arci_proposal *p = NULL;
    arci_str_init(&params, s->env.ctx);
    arc_status st = params_of(o, asked->receipts, n, &params) == ARC_OK ? ARC_OK : arci_nomem(&s->env);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, match(scope.txn, s, out, asked, o, params.s));
    arci_str_clear(&params);
    if (st == ARC_OK) st = arci_proposal_in(*out, &p);
    if (st == ARC_OK) st = arci_proposal_hide_fields(&s->env, s, p, &arci_cash_engine);
    if (st == ARC_OK && !p->n) st = ARC_DONE;
    if (st < ARC_OK && *out) {
        arci_own_free(*out, ARCI_H_PROPOSAL);
        *out = NULL;
    }
    return st;
}

arc_status arc_match_propose(arc_session *session, arc_proposal **out, const int64_t *receipts, size_t n, const arc_match_options *options)
{
    arc_match_options o = ARC_MATCH_OPTIONS_INIT;
    arci_cash_asked asked = { .receipts = receipts, .n = (uint32_t)n };
    arci_session *s;
    if (out) *out = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!out) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "out is NULL", "out 为 NULL"));
    st = arci_cash_options_in(s, &o, receipts, n, options, 0);
    asked.max = o.max ? o.max : WAITING_MAX;
    asked.customer = o.customer;
    asked.currency = o.currency;
    if (st == ARC_OK) st = arci_access_read(&s->env, s, arci_entity_by_name("receipt", 7), &asked.scope);
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("item", 4));
    if (st == ARC_OK) st = propose(s, out, &asked, &o, n);
    return arci_session_leave(s, st);
}

/* ---- editing ------------------------------------------------------------------------------------------------------------------------ */

/* A draft line of a proposal of matches, and its action. */
static arc_status line_in(arc_proposal *handle, arci_proposal **p, arci_pline **line, uint32_t i, arci_arena *arena, arci_json **action, arci_json **why)
{
    arc_status st = arci_proposal_in(handle, p);
    if (st != ARC_OK) return st;
    arci_env *env = &(*p)->env;
    if (strcmp((*p)->engine, ARCI_MATCH_ENGINE) != 0) return arci_fail(env, ARC_E_UNSUPPORTED, "the proposal is none of matches", "该建议不是核销建议");
    if (i >= (*p)->n) return arci_fail(env, ARC_E_RANGE, "there is no such line", "该行不存在");
    arci_pline *l = *line = &(*p)->lines[i];
    if (l->status != ARCI_P_DRAFT || l->hidden) return arci_fail(env, ARC_E_STATE, "the line is no draft", "该行不是草稿");
    const char *first = l->proposed ? l->proposed : l->action;
    st = arci_json_parse(env, arena, first, strlen(first), &arci_json_default_limits, action);
    return st == ARC_OK ? arci_json_parse(env, arena, l->explanation, strlen(l->explanation), &arci_json_default_limits, why) : st;
}

static arc_status put_back(arci_proposal *p, arci_pline *l, arci_str *b)
{
    const char *kept = b->failed ? NULL : arci_proposal_keep(p, b->s, b->len);
    if (!kept) return arci_nomem(&p->env);
    const char *first = l->proposed ? l->proposed : l->action;
    l->proposed = strcmp(first, kept) == 0 ? NULL : first;
    l->action = l->proposed ? kept : first;
    l->edited = 1;
    return ARC_OK;
}

arc_status arc_match_choose(arc_proposal *proposal, uint32_t line, uint32_t candidate)
{
    arci_proposal *p = NULL;
    arci_pline *l = NULL;
    arci_arena arena;
    arci_json *action = NULL, *why = NULL;
    arci_str b;
    arc_status st = arci_proposal_in(proposal, &p);
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, p->env.ctx);
    arci_str_init(&b, p->env.ctx);
    st = line_in(proposal, &p, &l, line, &arena, &action, &why);
    if (st == ARC_OK) {
        const arci_json *others = arci_json_get(why, "alternatives"), *chosen = action;
        const arci_json *e = others ? others->child : NULL;
        for (uint32_t i = 1; e && i < candidate; i++) e = e->next;
        if (candidate) chosen = e ? arci_json_get(e, "action") : NULL;
        if (chosen) arci_json_put_node(&b, chosen);
        st = chosen ? put_back(p, l, &b) : arci_fail(&p->env, ARC_E_RANGE, "there is no such alternative", "没有该备选方案");
    }
    arci_str_clear(&b);
    arci_arena_clear(&arena);
    return st;
}

static int64_t item_of(arci_env *env, const arci_json *row)
{
    const arci_json *m = arci_json_get(row, "item");
    int64_t id = 0;
    return m && arci_json_int(env, m, &id) == ARC_OK ? id : 0;
}

/* The rows of the items that stay; their sum from the receipt. */
static arc_status keep_rows(arci_proposal *p, const arci_json *action, const int64_t *items, size_t n, arci_str *rows, int64_t *sum, char currency[4])
{
    const arci_json *list = arci_json_get(action, "rows"), *cur = arci_json_get(action, "currency");
    uint32_t kept = 0;
    *sum = 0;
    memcpy(currency, cur && cur->type == ARCI_JSON_STRING && cur->len == 3 ? cur->s : "XXX", 4);
    for (size_t i = 0; i < n; i++) {
        int met = 0;
        for (const arci_json *e = list ? list->child : NULL; e; e = e->next) met = met || item_of(&p->env, e) == items[i];
        if (!met) {
            arc_status st = arci_fail(&p->env, ARC_E_RANGE, "the line does not settle this item", "该行不核销此应收");
            arci_fail_at(&p->env, "item", NULL, items[i], (int64_t)i);
            return st;
        }
    }
    for (const arci_json *e = list ? list->child : NULL; e; e = e->next) {
        int stays = 0;
        for (size_t i = 0; i < n && !stays; i++) stays = item_of(&p->env, e) == items[i];
        if (!stays) continue;
        if (kept++) arci_str_putc(rows, ',');
        arci_json_put_node(rows, e);
        const arci_json *leaves = arci_json_get(e, "credit_amount"), *a = leaves ? leaves : arci_json_get(e, "amount");
        arc_money money;
        if (arci_json_get(e, "credit_item") || arci_json_get(e, "receipt") || !a) continue;
        if (arc_money_parse(&money, a->s, a->len, currency, NULL) == ARC_OK) *sum += money.minor;
    }
    return ARC_OK;
}

static void rewrite(const arci_json *action, const arci_str *rows, const char *amount, arci_str *b)
{
    arci_str_putc(b, '{');
    for (const arci_json *m = action->child; m; m = m->next) {
        if (strcmp(m->key, "amount") == 0 || strcmp(m->key, "most") == 0) {
            arci_json_put_str(b, m->key, amount);
            continue;
        }
        if (strcmp(m->key, "equation") == 0 || strcmp(m->key, "refund") == 0) continue; /* no longer what is done */
        arci_json_put_key(b, m->key);
        if (strcmp(m->key, "rows") != 0) {
            arci_json_put_node(b, m);
            continue;
        }
        arci_str_putc(b, '[');
        arci_str_add(b, rows->s, rows->len);
        arci_str_putc(b, ']');
    }
    arci_str_putc(b, '}');
}

arc_status arc_match_keep(arc_proposal *proposal, uint32_t line, const int64_t *items, size_t n)
{
    arci_proposal *p = NULL;
    arci_pline *l = NULL;
    arci_arena arena;
    arci_json *action = NULL, *why = NULL;
    arci_str rows, b;
    char currency[4], said[ARCI_SAID];
    int64_t sum = 0;
    arc_status st = arci_proposal_in(proposal, &p);
    if (st != ARC_OK) return st;
    if (!items || !n) return arci_fail(&p->env, ARC_E_INVALID, "no items", "没有应收");
    arci_arena_init(&arena, p->env.ctx);
    arci_str_init(&rows, p->env.ctx);
    arci_str_init(&b, p->env.ctx);
    st = line_in(proposal, &p, &l, line, &arena, &action, &why);
    if (st == ARC_OK) st = keep_rows(p, action, items, n, &rows, &sum, currency);
    if (st == ARC_OK && !sum) st = arci_fail(&p->env, ARC_E_RANGE, "nothing of the receipt would be used", "不会使用该回款");
    if (st == ARC_OK) {
        rewrite(action, &rows, arci_amount_text(said, sum, currency), &b);
        st = rows.failed ? arci_nomem(&p->env) : put_back(p, l, &b);
    }
    arci_str_clear(&rows);
    arci_str_clear(&b);
    arci_arena_clear(&arena);
    return st;
}
