/* SPDX-License-Identifier: Apache-2.0 */
/* Scores as they were kept, and overrides by two people. */
#include "credit/score_rows.h"

#include <string.h>

#include "arcore/fields.h"
#include "base/str.h"
#include "store/computed.h"
#include "store/proposal.h"
#include "store/verb.h"

const char arci_score_fields[] =
    "customer as_of kind points band raw_band reviews thin_file definition explanation limit_currency limit_amount term request reason valid_to";

/* ---- what stands ------------------------------------------------------------------------------------------------------------------------- */

enum { R_CUSTOMER, R_ID, R_AS_OF, R_KIND, R_POINTS, R_BAND, R_REVIEWS, R_THIN, R_VALID_TO, R_REQUEST };
static const char read_fields[] = "customer id as_of kind points band reviews thin_file valid_to request";

typedef struct reading {
    arci_txn *t;
    const int64_t *ids;
    uint32_t n;
    arc_date on;
    arci_score_standing *scored, *over; /* of each */
    int64_t *reviews;
    arc_date *over_to;
    arc_date *ahead; /* of the first that is dated behind the day; NULL: nobody asks */
} reading;

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

static int32_t band_of(const arc_value *v)
{
    for (int32_t i = 0; i < (int32_t)ARCI_BANDS; i++) if (is(v, arci_band_codes[i])) return i;
    return -1;
}

static int later(const arci_score_standing *x, const arc_value *v) { return !x->row || v[R_AS_OF].u.i > x->as_of || (v[R_AS_OF].u.i == x->as_of && v[R_ID].u.i > x->row); }

static arc_status take_score(void *user, const arc_value *v)
{
    reading *r = user;
    const uint32_t at = arci_id_place(r->ids, r->n, v[R_CUSTOMER].u.i);
    if (at == UINT32_MAX) return ARC_OK;
    if (v[R_AS_OF].u.i > r->on) {
        if (r->ahead && (r->ahead[at] == ARC_DATE_NONE || v[R_AS_OF].u.i < r->ahead[at])) r->ahead[at] = (arc_date)v[R_AS_OF].u.i;
        return ARC_OK;
    }
    const arci_score_standing x = { .row = v[R_ID].u.i, .as_of = (arc_date)v[R_AS_OF].u.i, .points = v[R_POINTS].type == ARC_V_INT ? v[R_POINTS].u.i : 0, .band = band_of(&v[R_BAND]),
                                    .thin = v[R_THIN].type == ARC_V_INT && v[R_THIN].u.i };
    if (is(&v[R_KIND], "scored") && later(&r->scored[at], v)) {
        r->scored[at] = x;
        r->reviews[at] = v[R_REVIEWS].type == ARC_V_INT ? v[R_REVIEWS].u.i : 0;
    }
    if ((is(&v[R_KIND], "override") || is(&v[R_KIND], "override_end")) && later(&r->over[at], v)) { /* one that ends leaves none */
        r->over[at] = x;
        r->over_to[at] = is(&v[R_KIND], "override") && v[R_VALID_TO].type == ARC_V_INT ? (arc_date)v[R_VALID_TO].u.i : ARC_DATE_NONE;
    }
    return ARC_OK;
}

static arc_status read_scores(reading *r, arci_arena *arena)
{
    const arci_shape *shape;
    arci_where w;
    r->scored = arci_arena_calloc(arena, r->n, sizeof *r->scored);
    r->over = arci_arena_calloc(arena, r->n, sizeof *r->over);
    r->reviews = arci_arena_calloc(arena, r->n, sizeof *r->reviews);
    r->over_to = arci_arena_alloc(arena, r->n * sizeof *r->over_to);
    if (!r->scored || !r->over || !r->reviews || !r->over_to) return arci_nomem(r->t->env);
    for (uint32_t i = 0; i < r->n; i++) {
        r->scored[i].band = r->over[i].band = -1;
        r->over_to[i] = ARC_DATE_NONE;
    }
    arc_status st = arci_shape_get(r->t, &shape, "score", read_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    if (!r->ahead) arci_where_int(&w, shape->cols[R_AS_OF], ARC_OP_LE, r->on);
    return arci_find_in(r->t, arena, shape, shape->cols[R_CUSTOMER], r->ids, r->n, &w, NULL, 0, take_score, r);
}

static int overridden(const reading *r, uint32_t i) { return r->over_to[i] != ARC_DATE_NONE && r->over_to[i] >= r->on; }

arc_status arci_scores_before(arci_txn *t, arci_arena *arena, arci_score_before *out, const int64_t *ids, uint32_t n, arc_date as_of)
{
    reading r = { .t = t, .ids = ids, .n = n, .on = as_of };
    arc_status st = read_scores(&r, arena);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        out[i] = (arci_score_before){ .band = r.scored[i].band, .reviews = r.reviews[i], .override_to = overridden(&r, i) ? r.over_to[i] : ARC_DATE_NONE,
                                      .override_row = overridden(&r, i) ? r.over[i].row : 0, .override_band = overridden(&r, i) ? r.over[i].band : -1 };
    }
    return st;
}

arc_status arci_scores_standing(arci_txn *t, arci_arena *arena, arci_score_standing *out, const int64_t *ids, uint32_t n, arc_date on)
{
    reading r = { .t = t, .ids = ids, .n = n, .on = on, .ahead = arci_arena_alloc(arena, (n + 1) * sizeof *r.ahead) };
    if (!r.ahead) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) r.ahead[i] = ARC_DATE_NONE;
    arc_status st = read_scores(&r, arena);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        out[i] = r.scored[i];
        out[i].next = r.ahead[i];
        if (overridden(&r, i) && (out[i].next == ARC_DATE_NONE || r.over_to[i] < out[i].next)) out[i].next = r.over_to[i] + 1;
        if (!overridden(&r, i)) continue;
        out[i].row = r.over[i].row;
        out[i].band = r.over[i].band;
        out[i].overridden = 1;
        if (!out[i].points) out[i].points = r.over[i].points;
    }
    return st;
}

/* ---- overrides --------------------------------------------------------------------------------------------------------------------------------- */

enum { REASON_MAX = 500 };

typedef struct override {
    uint16_t verb;
    int64_t of; /* customer, request or override */
    const char *band, *reason;
    arc_date valid_to;
    int64_t id; /* out */
} override;

static arc_status fault(arci_env *env, arc_status st, const char *field, int64_t id)
{
    arci_fail_at(env, "score", field, id, -1);
    return st;
}

static arc_status check_reason(arci_env *env, const char *reason)
{
    const size_t n = reason ? strlen(reason) : 0;
    if (!n || n > REASON_MAX) return fault(env, arci_fail(env, ARC_E_INVALID, "a reason of 1 to %d bytes is required", "须填写原因（1 至 %d 字节）", REASON_MAX), "reason", 0);
    return arci_utf8_check(reason, n) == n ? ARC_OK : fault(env, arci_fail(env, ARC_E_ENCODING, "the reason is not valid UTF-8", "原因不是有效的 UTF-8"), "reason", 0);
}

static arc_status write_row(arci_txn *t, arci_arena *arena, const arc_value *v, int64_t *id)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "score", arci_score_fields);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    memcpy(arci_batch_row(b, 0), v, ARCI_SC_N * sizeof *v);
    st = arci_repo_write(t, &b, 1, NULL);
    if (st == ARC_OK) *id = arci_batch_id(b, 0);
    return st;
}

/* A row of the kind wanted that the actor may use the verb on, which no other row points at yet. */
static arc_status take_row(arci_txn *t, arci_arena *arena, const override *o, const char *kind, arc_value **row)
{
    const arci_shape *shape, *pointing;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, "score", arci_score_fields);
    if (st == ARC_OK) st = arci_access_row(t, t->call->verb, NULL, shape->table->entity, o->of);
    if (st == ARC_OK) st = arci_repo_get(t, shape, o->of, arena, row);
    if (st == ARC_OK && !is(&(*row)[ARCI_SC_KIND], kind)) st = fault(t->env, arci_fail(t->env, ARC_E_STATE, "the row is of another kind", "该记录不是所需的种类"), "kind", o->of);
    if (st == ARC_OK && (*row)[ARCI_SC_VALID_TO].u.i < t->session->business_date) st = fault(t->env, arci_fail(t->env, ARC_E_STATE, "its last day is over", "已超过有效期"), "valid_to", o->of);
    if (st == ARC_OK) st = arci_shape_get(t, &pointing, "score", "id request");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, pointing->cols[1], ARC_OP_EQ, o->of);
    st = arci_repo_find(t, pointing, &w, NULL, 0, 1, arena, &rows);
    return st == ARC_OK && rows.n_rows ? fault(t->env, arci_fail(t->env, ARC_E_STATE, "it was decided already", "已处理"), "request", o->of) : st;
}

/* Who asked: the actor of its transaction. */
static arc_status not_his_own(arci_txn *t, arci_arena *arena, int64_t request)
{
    const arci_shape *shape;
    arc_value *row, *made;
    char maker[200] = { 0 }, maker_for[200] = { 0 };
    arc_status st = arci_shape_get(t, &shape, "score", "*");
    if (st == ARC_OK) st = arci_repo_get(t, shape, request, arena, &row);
    if (st != ARC_OK) return st;
    const int64_t txn = row[shape->table->col_txn].u.i;
    if (txn == t->id) return arci_not_own_request(t->env, t->session, t->session->actor ? t->session->actor : ARC_ACTOR_SYSTEM, t->session->on_behalf_of);
    st = arci_shape_get(t, &shape, "txn", "actor on_behalf_of");
    if (st == ARC_OK) st = arci_repo_get(t, shape, txn, arena, &made);
    if (st != ARC_OK) return st;
    if (made[0].type == ARC_V_TEXT && made[0].len < sizeof maker) memcpy(maker, made[0].u.s, made[0].len);
    if (made[1].type == ARC_V_TEXT && made[1].len < sizeof maker_for) memcpy(maker_for, made[1].u.s, made[1].len);
    return arci_not_own_request(t->env, t->session, maker, *maker_for ? maker_for : NULL);
}

static arc_status fill_request(arci_txn *t, arci_arena *arena, const override *o, arc_value *v)
{
    arci_score_standing now;
    const arci_shape *shape;
    arc_value *there;
    arc_status st = arci_access_row(t, t->call->verb, NULL, arci_entity_by_id(ARC_CUSTOMER), o->of);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "customer", "id");
    if (st == ARC_OK) st = arci_repo_get(t, shape, o->of, arena, &there);
    if (st == ARC_OK) st = arci_scores_standing(t, arena, &now, &o->of, 1, t->session->business_date);
    if (st != ARC_OK) return st;
    v[ARCI_SC_CUSTOMER] = arci_v_int(o->of);
    v[ARCI_SC_KIND] = arci_v_text("override_request", 16);
    v[ARCI_SC_BAND] = arci_v_text(o->band, 1);
    v[ARCI_SC_POINTS] = arci_v_int(now.points);
    if (now.band >= 0) v[ARCI_SC_RAW_BAND] = arci_v_text(arci_band_codes[now.band], 1);
    v[ARCI_SC_REASON] = arci_v_text(o->reason, strlen(o->reason));
    v[ARCI_SC_VALID_TO] = arci_v_int(o->valid_to);
    return ARC_OK;
}

static arc_status fill_decision(arci_txn *t, arci_arena *arena, const override *o, arc_value *v)
{
    const int end = o->verb == ARCI_DO_SCORE_OVERRIDE_END;
    arc_value *row;
    arc_status st = take_row(t, arena, o, end ? "override" : "override_request", &row);
    if (st == ARC_OK && !end) st = not_his_own(t, arena, o->of);
    if (st != ARC_OK) return st;
    memcpy(v, row, ARCI_SC_N * sizeof *v);
    v[ARCI_SC_KIND] = end ? arci_v_text("override_end", 12) : arci_v_text("override", 8);
    v[ARCI_SC_REQUEST] = arci_v_int(o->of);
    if (end) v[ARCI_SC_REASON] = arci_v_text(o->reason, strlen(o->reason));
    return ARC_OK;
}

static arc_status work(arci_call *c, arci_arena *arena, override *o)
{
    static const char *const names[] = { "id", NULL };
    arc_value v[ARCI_SC_N];
    arci_txn *t = c->txn;
    arc_status st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, o->of);
    arci_call_arg_int(c, o->valid_to);
    arci_call_arg_text(c, o->band ? o->band : "", o->band ? strlen(o->band) : 0);
    arci_call_arg_text(c, o->reason ? o->reason : "", o->reason ? strlen(o->reason) : 0);
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st == ARC_OK && arci_call_done(c, 0)) {
        o->id = arci_call_number(c, 0, 0);
        return arci_call_status(c, 0);
    }
    for (int i = 0; i < ARCI_SC_N; i++) v[i] = arci_v_null();
    if (st == ARC_OK) st = o->verb == ARCI_DO_SCORE_OVERRIDE_REQUEST ? fill_request(t, arena, o, v) : fill_decision(t, arena, o, v);
    v[ARCI_SC_AS_OF] = arci_v_int(t->session->business_date);
    if (st == ARC_OK) st = write_row(t, arena, v, &o->id);
    if (st == ARC_OK) arci_call_keep(c, 0, st, &o->id);
    return st;
}

static arc_status check(arci_session *s, const override *o)
{
    const arc_value band = arci_v_text(o->band ? o->band : "", o->band ? strlen(o->band) : 0);
    arci_env *env = &s->env;
    if (s->business_date == ARC_DATE_NONE) return arci_fail(env, ARC_E_RANGE, "the session has no business date", "会话未设置业务日期");
    if (o->verb == ARCI_DO_SCORE_OVERRIDE_APPROVE) return ARC_OK;
    arc_status st = check_reason(env, o->reason);
    if (st != ARC_OK || o->verb == ARCI_DO_SCORE_OVERRIDE_END) return st;
    if (band_of(&band) < 0) return fault(env, arci_fail(env, ARC_E_VALUE, "a band is A, B, C or D", "等级为 A、B、C 或 D"), "band", 0);
    if (o->valid_to >= s->business_date && o->valid_to <= ARC_DATE_MAX) return ARC_OK;
    return fault(env, arci_fail(env, ARC_E_RANGE, "the last day of an override is today or later", "有效期不得早于当日"), "valid_to", 0);
}

static arc_status run(arc_session *session, int64_t *id, override *o)
{
    arci_session *s;
    arci_call call;
    arci_arena arena;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (id) *id = 0;
    arci_arena_init(&arena, s->env.ctx);
    st = check(s, o);
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &call, &arci_verbs[o->verb], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&call, work(&call, &arena, o));
    }
    if (st == ARC_OK && id) *id = o->id;
    arci_arena_clear(&arena);
    return arci_call_leave(s, st);
}

arc_status arc_score_override_request(arc_session *session, int64_t *id, int64_t customer, const char *band, const char *reason, arc_date valid_to)
{
    override o = { .verb = ARCI_DO_SCORE_OVERRIDE_REQUEST, .of = customer, .band = band, .reason = reason, .valid_to = valid_to };
    return run(session, id, &o);
}

arc_status arc_score_override_approve(arc_session *session, int64_t *id, int64_t request)
{
    override o = { .verb = ARCI_DO_SCORE_OVERRIDE_APPROVE, .of = request };
    return run(session, id, &o);
}

arc_status arc_score_override_end(arc_session *session, int64_t *id, int64_t override_id, const char *reason)
{
    override o = { .verb = ARCI_DO_SCORE_OVERRIDE_END, .of = override_id, .reason = reason };
    return run(session, id, &o);
}
