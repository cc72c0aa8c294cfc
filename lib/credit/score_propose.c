/* SPDX-License-Identifier: Apache-2.0 */
/* The engine of scores: terms and limits that differ from what customers have, as a proposal; applied by the verbs that set them. */
#include "credit/score_propose.h"

#include <string.h>

#include "arcore/fields.h"
#include "arcore/limit.h"
#include "arcore/record.h"
#include "base/json_text.h"
#include "credit/limit.h"
#include "credit/score_rows.h"
#include "store/access.h"
#include "store/computed.h"
#include "store/session.h"
#include "value/money.h"

#define AT_ONCE 500u

enum { C_ID, C_VERSION, C_TERM, C_STATUS, C_COLUMNS };
static const char customer_fields[] = "id version term status";

typedef struct planning {
    arci_txn *t;
    arci_proposal *p;
    arci_card *card;
    arc_date as_of;
    arci_arena arena; /* of one block */
} planning;

static int same_text(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

static arc_status add_line(planning *g, const arc_value *customer, const arci_scored *x, const char *term, int limit, const arci_limit_now *now)
{
    arci_str action, why, before;
    char unit[40] = "customer:", amount[ARCI_SAID], was[ARCI_SAID];
    arc_context *ctx = g->t->env->ctx;
    const char *band = arci_band_codes[g->card->bands[x->stands].code];
    (void)arci_int_text(unit + 9, customer[C_ID].u.i);
    (void)arci_amount_text(amount, x->limit, g->card->currency);
    arci_str_init(&action, ctx);
    arci_str_init(&why, ctx);
    arci_str_init(&before, ctx);
    arci_str_putc(&action, '{');
    arci_json_put_str(&action, "verb", "customer.credit_terms");
    arci_json_put_int(&action, "customer", customer[C_ID].u.i);
    arci_json_put_str(&action, "band", band);
    if (term) arci_json_put_str(&action, "term", term);
    if (limit) arci_json_put_str(&action, "amount", amount);
    if (limit) arci_json_put_str(&action, "currency", g->card->currency);
    arci_str_putc(&action, '}');
    arci_str_putc(&why, '{');
    arci_json_put_str(&why, "en", "the score puts the customer in a band with other terms or another limit");
    arci_json_put_str(&why, "zh", "按评分所属等级，付款条件或额度应调整");
    if (limit && now->found) arci_json_put_str(&why, "limit_before", arci_amount_text(was, now->permanent, g->card->currency));
    arci_json_put_key(&why, "score");
    arci_str_puts(&why, x->json);
    arci_str_putc(&why, '}');
    arci_str_puts(&before, "{\"customer_version\":");
    arci_str_int(&before, customer[C_VERSION].u.i);
    arci_str_putc(&before, '}');
    arc_status st = action.failed || why.failed || before.failed ? arci_nomem(g->t->env) : arci_proposal_add(g->t->env, g->p, unit, customer[C_ID].u.i, action.s, why.s, before.s, NULL);
    arci_str_clear(&before);
    arci_str_clear(&why);
    arci_str_clear(&action);
    return st;
}

static arc_status plan_one(planning *g, const arc_value *customer, const arci_score_subject *subject, const arci_score_before *before, const arci_limits_of *limits)
{
    arci_scored x;
    arci_limit_now now;
    arci_limit_key key = { .customer = customer[C_ID].u.i };
    memcpy(key.currency, g->card->currency, 4);
    memset(&now, 0, sizeof now);
    arc_status st = arci_card_score(g->t->env, &g->arena, g->card, subject, before, g->as_of, &x);
    if (st == ARC_OK) st = arci_limit_on(g->t->env, limits, &key, g->as_of, &now);
    if (st != ARC_OK) return st;
    const arci_band *band = &g->card->bands[x.stands];
    const int bounded = band->has_limit || strcmp(x.why_limit, "band") != 0;
    const int limit = bounded && (!now.permanent_row || now.permanent != x.limit);
    const char *term = band->term && !same_text(&customer[C_TERM], band->term) ? band->term : NULL;
    return term || limit ? add_line(g, customer, &x, term, limit, &now) : ARC_OK;
}

/* ids: ascending, each once. */
static arc_status plan_block(planning *g, const int64_t *ids, uint32_t n)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    arci_limits_of limits;
    arci_arena_init(&g->arena, g->t->env->ctx);
    arci_score_subject *x = arci_arena_alloc(&g->arena, n * sizeof *x);
    arci_score_before *before = arci_arena_alloc(&g->arena, n * sizeof *before);
    arc_status st = x && before ? arci_shape_get(g->t, &shape, "customer", customer_fields) : arci_nomem(g->t->env);
    if (st == ARC_OK) st = arci_repo_get_many(g->t, shape, ids, n, &g->arena, &rows, &found);
    if (st == ARC_OK) st = arci_score_facts(g->t, &g->arena, x, ids, n, g->as_of, NULL, (uint32_t)g->card->thin);
    if (st == ARC_OK) st = arci_scores_before(g->t, &g->arena, before, ids, n, g->as_of);
    if (st == ARC_OK) st = arci_limits_read(g->t, &g->arena, ids, n, INT64_MAX, &limits);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        const arc_value *row = rows + (size_t)i * C_COLUMNS;
        if (found[i] && !same_text(&row[C_STATUS], "closed") && !same_text(&row[C_STATUS], "merged")) st = plan_one(g, row, &x[i], &before[i], &limits);
    }
    arci_arena_clear(&g->arena);
    return st;
}

/* Those the actor may score. */
static arc_status plan_seen(planning *g, int64_t *ids, uint32_t n)
{
    const arci_row_scope *scope = arci_access_scope(g->t->session, &arci_verbs[ARCI_DO_SCORE_RUN], NULL);
    uint8_t seen[AT_ONCE];
    uint32_t kept = 0;
    arci_arena arena;
    memset(seen, 1, sizeof seen);
    arci_arena_init(&arena, g->t->env->ctx);
    arc_status st = scope && n ? arci_scope_rows(g->t, &arena, arci_entity_by_id(ARC_CUSTOMER), scope, ids, n, seen) : ARC_OK;
    arci_arena_clear(&arena);
    for (uint32_t i = 0; i < n; i++) {
        if (seen[i]) ids[kept++] = ids[i];
    }
    return st == ARC_OK && kept ? plan_block(g, ids, kept) : st;
}

static arc_status plan_all(planning *g)
{
    const arci_shape *shape;
    int64_t last = 0, ids[AT_ONCE];
    arc_status st = arci_shape_get(g->t, &shape, "customer", "id");
    for (uint32_t n = AT_ONCE; st == ARC_OK && n == AT_ONCE;) {
        arci_where w;
        arci_rows rows;
        arci_arena arena;
        const arc_order by_id = { shape->cols[0], 0 };
        arci_arena_init(&arena, g->t->env->ctx);
        arci_where_init(&w);
        arci_where_int(&w, shape->cols[0], ARC_OP_GT, last);
        st = arci_repo_find(g->t, shape, &w, &by_id, 1, AT_ONCE, &arena, &rows);
        n = st == ARC_OK ? rows.n_rows : 0;
        for (uint32_t i = 0; i < n; i++) ids[i] = last = rows.values[i].u.i;
        arci_arena_clear(&arena);
        if (st == ARC_OK) st = plan_seen(g, ids, n);
    }
    return st;
}

static arc_status plan(arci_txn *t, arci_proposal *p, const arc_score_options *o)
{
    planning g = { .t = t, .p = p, .as_of = o->as_of };
    arci_arena arena;
    arc_status st = arci_card_get(t, &g.card, o->scorecard, o->as_of);
    if (st != ARC_OK) return st;
    g.card->code = o->scorecard;
    arci_arena_init(&arena, t->env->ctx);
    if (!o->customers) st = plan_all(&g);
    int64_t *ids = o->n_customers ? arci_arena_alloc(&arena, o->n_customers * sizeof *ids) : NULL;
    if (o->n_customers && !ids) st = arci_nomem(t->env);
    uint32_t n = 0;
    if (ids) {
        memcpy(ids, o->customers, o->n_customers * sizeof *ids);
        n = arci_id_sort(ids, (uint32_t)o->n_customers);
    }
    for (uint32_t at = 0; st == ARC_OK && at < n; at += AT_ONCE) st = plan_seen(&g, ids + at, n - at < AT_ONCE ? n - at : AT_ONCE);
    arci_arena_clear(&arena);
    arci_card_free(g.card);
    return st;
}

/* ---- applying ------------------------------------------------------------------------------------------------------------------------ */

static arc_status damaged(arci_env *env) { return arci_fail(env, ARC_E_CORRUPT, "a line of the proposal is damaged", "建议行已损坏"); }

static arc_status int_member(arci_env *env, const arci_json *node, const char *key, int64_t *out)
{
    const arci_json *m = node ? arci_json_get(node, key) : NULL;
    return m ? arci_json_int(env, m, out) : damaged(env);
}

static arc_status rerun(arci_txn *t, arci_proposal *fresh, const arci_proposal *p, const char *unit)
{
    arc_score_options o = ARC_SCORE_OPTIONS_INIT;
    arci_arena arena;
    arci_json *params;
    int64_t id;
    if (strncmp(unit, "customer:", 9) != 0 || arci_int_parse(unit + 9, strlen(unit + 9), &id) != ARC_OK) return damaged(t->env);
    arci_arena_init(&arena, t->env->ctx);
    arc_status st = arci_json_parse(t->env, &arena, p->params, strlen(p->params), &arci_json_default_limits, &params);
    const arci_json *card = st == ARC_OK ? arci_json_get(params, "scorecard") : NULL;
    o.scorecard = card && card->type == ARCI_JSON_STRING ? card->s : "default";
    o.as_of = p->as_of;
    o.customers = &id;
    o.n_customers = 1;
    if (st == ARC_OK) st = plan(t, fresh, &o);
    arci_arena_clear(&arena);
    return st;
}

static arc_status check_unit(arci_txn *t, arci_unit *u)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(t, &shape, "customer", "version");
    for (uint32_t i = 0; i < u->n && st == ARC_OK; i++) {
        int64_t customer, version;
        arc_value *row;
        st = int_member(t->env, u->actions[i], "customer", &customer);
        if (st == ARC_OK) st = int_member(t->env, u->preconditions[i], "customer_version", &version);
        if (st == ARC_OK) st = arci_repo_get(t, shape, customer, u->arena, &row);
        if (st != ARC_OK || row[0].u.i == version) continue;
        st = arci_fail(t->env, ARC_E_STALE, "the customer has changed since", "客户此后已变更");
        arci_fail_at(t->env, "customer", NULL, customer, -1);
    }
    return st;
}

static arc_status set_term(arc_session *session, int64_t customer, const arci_json *term)
{
    arc_record *r;
    if (!term) return ARC_OK;
    arc_status st = arc_session_get(session, &r, ARC_CUSTOMER, customer);
    if (st != ARC_OK) return st;
    st = arc_record_set_text(r, ARC_CUSTOMER_TERM, term->s, term->len);
    if (st == ARC_OK) st = arc_session_update(session, r);
    arc_record_free(r);
    return st;
}

static arc_status set_limit(arci_env *env, arc_session *session, int64_t customer, const arci_json *action, int64_t *id)
{
    arc_credit_limit limit = ARC_CREDIT_LIMIT_INIT;
    arc_money amount;
    if (!arci_json_get(action, "amount")) return ARC_OK;
    arc_status st = arci_action_amount(env, action, &amount, "amount");
    if (st != ARC_OK) return st;
    limit.customer = customer;
    limit.amount = amount.minor;
    limit.currency = amount.currency;
    limit.reason = "proposed by the score";
    return arc_credit_limit_set(session, id, &limit);
}

static arc_status apply_unit(arc_session *session, arci_unit *u)
{
    arci_env *env = &u->p->session->env;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < u->n && st == ARC_OK; i++) {
        char text[48] = "{\"credit_limit\":";
        int64_t customer, limit = 0;
        const arci_json *term = arci_json_get(u->actions[i], "term");
        if (term && term->type != ARCI_JSON_STRING) return damaged(env);
        st = int_member(env, u->actions[i], "customer", &customer);
        if (st == ARC_OK) st = set_limit(env, session, customer, u->actions[i], &limit);
        if (st == ARC_OK) st = set_term(session, customer, term);
        size_t n = strlen(text);
        n += arci_int_text(text + n, limit);
        text[n++] = '}';
        u->results[i] = st == ARC_OK ? arci_arena_strndup(u->arena, text, n) : NULL;
        if (st == ARC_OK && !u->results[i]) st = arci_nomem(env);
    }
    return st;
}

static const arci_tell told[] = { { "customer", "term", 0 }, { "score", "explanation", 0 }, { "credit_limit", "amount", 0 }, { "account", "paid", 0 }, { "item_state", "open", 0 } };
const arci_engine arci_score_engine = { "score", told, sizeof told / sizeof told[0], 0, rerun, check_unit, apply_unit, NULL, NULL };

/* ---- the call -------------------------------------------------------------------------------------------------------------------------- */

static arc_status propose(arci_session *s, arc_proposal **out, const arc_score_options *o)
{
    arci_scope scope;
    arci_proposal *p;
    arci_str params;
    arci_str_init(&params, s->env.ctx);
    arci_str_putc(&params, '{');
    arci_json_put_str(&params, "scorecard", o->scorecard);
    if (o->customers) arci_json_put_int(&params, "customers_named", (int64_t)o->n_customers);
    arci_str_putc(&params, '}');
    arc_status st = params.failed ? arci_nomem(&s->env) : arci_proposal_new(&s->env, s, out, &p, arci_score_engine.name, o->as_of, "{}", params.s);
    arci_str_clear(&params);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, plan(scope.txn, p, o));
    if (st == ARC_OK) p->does = &arci_score_engine;
    if (st == ARC_OK) st = arci_proposal_hide_fields(&s->env, s, p, &arci_score_engine);
    if (st == ARC_OK && !p->n) st = ARC_DONE;
    if (st < ARC_OK && *out) {
        arci_own_free(*out, ARCI_H_PROPOSAL);
        *out = NULL;
    }
    return st;
}

arc_status arc_score_propose(arc_session *session, arc_proposal **out, const arc_score_options *options)
{
    arci_session *s;
    arc_score_options o;
    if (out) *out = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = out ? arci_access_fresh(&s->env, s, 0) : arci_fail(&s->env, ARC_E_INVALID, "out is NULL", "out 为 NULL");
    if (st == ARC_OK) st = arci_score_options_in(s, &o, options);
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_SCORE_RUN], NULL);
    if (st == ARC_OK) st = propose(s, out, &o);
    return arci_session_leave(s, st);
}
