/* SPDX-License-Identifier: Apache-2.0 */
/* Scoring customers: one that is explained, many that are kept. */
#include "arcore/score.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "credit/score_rows.h"
#include "store/computed.h"
#include "store/verb.h"
#include "store/scout.h"

#define AT_ONCE 500u
#define MOST 1000000u
#define SCORE 153u

arc_status arc_score_options_init(arc_score_options *options)
{
    static const arc_score_options init = ARC_SCORE_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = init;
    return ARC_OK;
}

arc_status arc_score_summary_init(arc_score_summary *summary)
{
    static const arc_score_summary init = ARC_SCORE_SUMMARY_INIT;
    if (!summary) return ARC_E_INVALID;
    *summary = init;
    return ARC_OK;
}

arc_status arc_score_shipped(char *buf, size_t *len) { return len ? arci_text_out(buf, len, arci_scorecard_default, strlen(arci_scorecard_default)) : ARC_E_INVALID; }

/* ---- options ---------------------------------------------------------------------------------------------------------------------------- */

arc_status arci_score_options_in(arci_session *s, arc_score_options *o, const arc_score_options *given)
{
    arc_score_options init = ARC_SCORE_OPTIONS_INIT;
    *o = init;
    arc_status st = arci_struct_in(&s->env, o, sizeof *o, given);
    if (st != ARC_OK) return st;
    if (!o->scorecard) o->scorecard = "default";
    if (o->as_of == ARC_DATE_NONE) o->as_of = s->business_date;
    if (o->as_of < ARC_DATE_MIN || o->as_of > ARC_DATE_MAX) {
        return arci_fail(&s->env, ARC_E_RANGE, "the date is outside the calendar, or the session has no business date", "日期超出范围，或会话未设置业务日期");
    }
    if (o->n_customers > MOST) return arci_fail(&s->env, ARC_E_LIMIT, "at most %u customers", "最多 %u 个客户", MOST);
    return o->customers || !o->n_customers ? ARC_OK : arci_fail(&s->env, ARC_E_INVALID, "customers is NULL", "customers 为 NULL");
}

/* ---- explaining --------------------------------------------------------------------------------------------------------------------------- */

static arc_status explain(arci_txn *t, arci_arena *arena, int64_t customer, const arc_score_options *o, const char **json)
{
    arci_card *card = NULL;
    arci_score_subject x;
    arci_score_before before;
    arci_scored scored;
    arc_status st = arci_access_row(t, &arci_verbs[ARCI_DO_SCORE_RUN], NULL, arci_entity_by_id(ARC_CUSTOMER), customer);
    if (st == ARC_OK) st = arci_card_get(t, &card, o->scorecard, o->as_of);
    if (st != ARC_OK) return st;
    card->code = o->scorecard;
    st = arci_score_facts(t, arena, &x, &customer, 1, o->as_of, NULL, (uint32_t)card->thin);
    if (st == ARC_OK && !x.json) st = arci_no_such(t->env, "customer");
    if (st == ARC_OK) st = arci_scores_before(t, arena, &before, &customer, 1, o->as_of);
    if (st == ARC_OK) st = arci_card_score(t->env, arena, card, &x, &before, o->as_of, &scored);
    if (st == ARC_OK) *json = scored.json;
    arci_card_free(card);
    return st;
}

arc_status arc_score_explain(arc_session *session, char *buf, size_t *len, int64_t customer, const arc_score_options *options)
{
    arci_session *s;
    arci_scope scope;
    arci_arena arena;
    arc_score_options o;
    const char *json = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, s->env.ctx);
    st = len ? arci_access_fresh(&s->env, s, 0) : arci_fail(&s->env, ARC_E_INVALID, "len is NULL", "len 为空");
    if (st == ARC_OK) st = arci_score_options_in(s, &o, options);
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_SCORE_RUN], NULL); /* a preview of running it */
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, explain(scope.txn, &arena, customer, &o, &json));
    if (st == ARC_OK) st = arci_text_out(buf, len, json, strlen(json));
    arci_arena_clear(&arena);
    return arci_session_leave(s, st);
}

/* ---- running --------------------------------------------------------------------------------------------------------------------------------- */

typedef struct run {
    arci_call *call;
    const arc_score_options *o;
    arci_card *card;
    arc_score_summary out;
    int64_t done;
} run;

static arc_status fill(run *r, arci_arena *arena, const arci_score_subject *x, const arci_score_before *before, arc_value *v)
{
    arci_scored scored;
    const arci_card *c = r->card;
    arc_status st = arci_card_score(r->call->txn->env, arena, c, x, before, r->o->as_of, &scored);
    if (st != ARC_OK) {
        arci_fail_at(r->call->txn->env, "customer", NULL, x->customer, -1);
        return st;
    }
    const arci_band *band = &c->bands[scored.stands];
    const char *code = arci_band_codes[c->bands[scored.band].code], *raw = arci_band_codes[c->bands[scored.raw].code];
    v[ARCI_SC_CUSTOMER] = arci_v_int(x->customer);
    v[ARCI_SC_AS_OF] = arci_v_int(r->o->as_of);
    v[ARCI_SC_POINTS] = arci_v_int(scored.points);
    v[ARCI_SC_BAND] = arci_v_text(code, 1);
    v[ARCI_SC_RAW_BAND] = arci_v_text(raw, 1);
    if (c->table->definition) v[ARCI_SC_DEFINITION] = arci_v_int(c->table->definition);
    v[ARCI_SC_EXPLANATION] = arci_v_text(scored.json, strlen(scored.json));
    v[ARCI_SC_KIND] = arci_v_text("scored", 6);
    v[ARCI_SC_REVIEWS] = arci_v_int(scored.reviews);
    v[ARCI_SC_THIN] = arci_v_int(scored.thin);
    if (band->has_limit || strcmp(scored.why_limit, "band") != 0) {
        v[ARCI_SC_LIMIT_CURRENCY] = arci_v_text(c->currency, 3);
        v[ARCI_SC_LIMIT] = arci_v_int(scored.limit);
    }
    if (band->term) v[ARCI_SC_TERM] = arci_v_text(band->term, strlen(band->term));
    r->out.scored++;
    r->out.changed += scored.changed;
    r->out.thin += scored.thin;
    r->out.bands[c->bands[scored.band].code]++;
    return ARC_OK;
}

typedef struct block {
    run *r;
    arci_arena *arena;
    arci_score_subject *x;
    arci_score_before *before;
    const int64_t *ids;
    uint32_t n;
} block;

static arc_status read_block(void *user)
{
    const block *b = user;
    arci_txn *t = b->r->call->txn;
    arc_status st = arci_score_facts(t, b->arena, b->x, b->ids, b->n, b->r->o->as_of, NULL, (uint32_t)b->r->card->thin);
    return st == ARC_OK ? arci_scores_before(t, b->arena, b->before, b->ids, b->n, b->r->o->as_of) : st;
}

/* ids: ascending, each once. */
static arc_status score_block(run *r, const int64_t *ids, uint32_t n)
{
    arci_txn *t = r->call->txn;
    arci_arena arena;
    const arci_shape *shape;
    arci_batch *b;
    uint32_t row = 0;
    arci_arena_init(&arena, t->env->ctx);
    arci_score_subject *x = arci_arena_alloc(&arena, n * sizeof *x);
    arci_score_before *before = arci_arena_alloc(&arena, n * sizeof *before);
    arc_status st = x && before ? ARC_OK : arci_nomem(t->env);
    block all = { r, &arena, x, before, ids, n };
    if (st == ARC_OK) st = arci_scout(t, read_block, &all);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "score", arci_score_fields);
    if (st == ARC_OK) st = arci_batch_new(t, &arena, &b, shape, ARC_WRITE_INSERT, n, 0, NULL, 0);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (x[i].json) st = fill(r, &arena, &x[i], &before[i], arci_batch_row(b, row++));
    }
    if (st == ARC_OK && row) {
        b->n_rows = row;
        st = arci_repo_write(t, &b, 1, NULL);
    }
    arci_arena_clear(&arena);
    r->done += n;
    if (st == ARC_OK && r->o->progress && r->o->progress(r->o->user, r->done, r->o->n_customers ? (int64_t)r->o->n_customers : 0)) {
        st = arci_fail(t->env, ARC_E_CANCELLED, "the run was stopped", "评分已中止");
    }
    return st;
}

/* Those the actor may score. */
static arc_status score_seen(run *r, int64_t *ids, uint32_t n)
{
    arci_txn *t = r->call->txn;
    const arci_entity *e = arci_entity_by_id(ARC_CUSTOMER);
    const arci_row_scope *scope = arci_access_scope(t->session, r->call->verb, NULL);
    arci_arena arena;
    uint8_t seen[AT_ONCE];
    uint32_t kept = 0;
    if (!n) return ARC_OK;
    arci_arena_init(&arena, t->env->ctx);
    memset(seen, 1, sizeof seen);
    arc_status st = scope ? arci_scope_rows(t, &arena, e, scope, ids, n, seen) : ARC_OK;
    for (uint32_t i = 0; i < n; i++) {
        if (seen[i]) ids[kept++] = ids[i];
    }
    arci_arena_clear(&arena);
    return st == ARC_OK && kept ? score_block(r, ids, kept) : st;
}

static int is_closed(const arc_value *status) { return status->type == ARC_V_TEXT && status->len == 6 && memcmp(status->u.s, "closed", 6) == 0; }

static arc_status score_all(run *r)
{
    const arci_shape *shape;
    int64_t last = 0, ids[AT_ONCE];
    arc_status st = arci_shape_get(r->call->txn, &shape, "customer", "id status");
    for (uint32_t found = AT_ONCE; st == ARC_OK && found == AT_ONCE;) {
        arci_where w;
        arci_rows rows;
        arci_arena arena;
        uint32_t n = 0;
        const arc_order by_id = { shape->cols[0], 0 };
        arci_arena_init(&arena, r->call->txn->env->ctx);
        arci_where_init(&w);
        arci_where_int(&w, shape->cols[0], ARC_OP_GT, last);
        st = arci_repo_find(r->call->txn, shape, &w, &by_id, 1, AT_ONCE, &arena, &rows);
        found = st == ARC_OK ? rows.n_rows : 0;
        for (uint32_t i = 0; i < found; i++) {
            last = rows.values[2 * (size_t)i].u.i;
            if (!is_closed(&rows.values[2 * (size_t)i + 1])) ids[n++] = last;
        }
        arci_arena_clear(&arena);
        if (st == ARC_OK) st = score_seen(r, ids, n);
    }
    return st;
}

static arc_status score_named(run *r)
{
    arci_arena arena;
    arci_arena_init(&arena, r->call->txn->env->ctx);
    int64_t *ids = arci_arena_alloc(&arena, r->o->n_customers * sizeof *ids);
    arc_status st = ids ? ARC_OK : arci_nomem(r->call->txn->env);
    uint32_t n = 0;
    if (st == ARC_OK) {
        memcpy(ids, r->o->customers, r->o->n_customers * sizeof *ids);
        n = arci_id_sort(ids, (uint32_t)r->o->n_customers);
    }
    for (uint32_t at = 0; st == ARC_OK && at < n; at += AT_ONCE) st = score_seen(r, ids + at, n - at < AT_ONCE ? n - at : AT_ONCE);
    arci_arena_clear(&arena);
    return st;
}

static arc_status run_once(run *r)
{
    static const char *const names[] = { "scored", "changed", "thin", "A", "B", "C", "D", NULL };
    arci_call *c = r->call;
    const arc_score_options *o = r->o;
    const arc_score_summary none = ARC_SCORE_SUMMARY_INIT;
    r->out = none;
    r->done = 0;
    arc_status st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, o->as_of);
    arci_call_arg_text(c, o->scorecard, strlen(o->scorecard));
    for (size_t i = 0; i < o->n_customers; i++) arci_call_arg_int(c, o->customers[i]);
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    uint32_t *const out[] = { &r->out.scored, &r->out.changed, &r->out.thin, &r->out.bands[0], &r->out.bands[1], &r->out.bands[2], &r->out.bands[3] };
    if (st == ARC_OK && arci_call_done(c, 0)) {
        for (uint32_t i = 0; i < 7; i++) *out[i] = (uint32_t)arci_call_number(c, 0, i);
        return arci_call_status(c, 0);
    }
    if (st == ARC_OK) st = arci_card_get(c->txn, &r->card, o->scorecard, o->as_of);
    if (st != ARC_OK) return st;
    r->card->code = o->scorecard;
    st = o->customers ? score_named(r) : score_all(r);
    arci_card_free(r->card);
    int64_t numbers[7];
    for (int i = 0; i < 7; i++) numbers[i] = *out[i];
    if (st == ARC_OK) arci_call_keep(c, 0, st, numbers);
    return st;
}

arc_status arc_score_run(arc_session *session, arc_score_summary *summary, const arc_score_options *options)
{
    arci_session *s;
    arci_call call;
    arc_score_options o;
    run r;
    memset(&r, 0, sizeof r);
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    r.call = &call;
    r.o = &o;
    st = summary && !summary->struct_size ? arci_fail(&s->env, ARC_E_INVALID, "summary is not initialised", "summary 未初始化") : arci_score_options_in(s, &o, options);
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &call, &arci_verbs[ARCI_DO_SCORE_RUN], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&call, run_once(&r));
    }
    if (st == ARC_OK && summary) st = arci_struct_out(summary, &r.out, sizeof r.out);
    return arci_call_leave(s, st);
}
