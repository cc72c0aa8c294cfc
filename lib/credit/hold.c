/* SPDX-License-Identifier: Apache-2.0 */
/* Holds: written by checks, released by a second person, ended. */
#include "arcore/fields.h"
#include "arcore/hold.h"

#include <string.h>

#include "base/json_text.h"
#include "credit/check.h"
#include "ledger/allot.h"
#include "ledger/person.h"

static const char *const moments[] = { "", "order", "delivery", "", "invoice" };

const char *arci_hold_moment(uint32_t moment) { return moments[moment]; }
const char *arci_hold_kind(uint32_t moment) { return moment == ARCI_AT_ORDER ? "sales_order" : moments[moment]; }

arc_status arc_credit_permit_init(arc_credit_permit *permit)
{
    static const arc_credit_permit init = ARC_CREDIT_PERMIT_INIT;
    if (!permit) return ARC_E_INVALID;
    *permit = init;
    return ARC_OK;
}

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }
static arc_value text(const char *s) { return s && *s ? arci_v_text(s, strlen(s)) : arci_v_null(); }
static arc_value id_or_null(int64_t id) { return id ? arci_v_int(id) : arci_v_null(); }

enum {
    H_ID, H_VERSION, H_CUSTOMER, H_KIND, H_DOCUMENT, H_DOCUMENT_VERSION, H_CURRENCY, H_EXCESS, H_STATUS, H_RELEASED_AMOUNT, H_RELEASED_TO, H_MOMENT, H_AMOUNT, H_HELD_BY, H_COLUMNS
};
static const char hold_fields[] = "id version customer document_kind document document_version currency excess status released_amount released_to moment amount held_by";

/* ---- written by checks ------------------------------------------------------------------------------------------------------------- */

/* The hold of a document that is not over; NULL: none. */
static arc_status find_hold(arci_credit_run *run, const arci_credit_ask *ask, const arc_value **out)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    *out = NULL;
    if (!ask->entity) return ARC_OK;
    arc_status st = arci_shape_get(run->t, &shape, "hold", hold_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[H_DOCUMENT], ARC_OP_EQ, ask->row);
    arci_where_text(&w, shape->cols[H_KIND], ARC_OP_EQ, ask->entity, strlen(ask->entity));
    st = arci_repo_find(run->t, shape, &w, NULL, 0, 0, run->arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *v = rows.values + (size_t)r * rows.n_cols;
        if (is(&v[H_STATUS], "active") || is(&v[H_STATUS], "released")) *out = v;
    }
    return st;
}

static arc_status set_status(arci_txn *t, arci_arena *arena, const arc_value *hold, const char *status, arc_date day, const char *reason)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = reason ? arci_shape_get(t, &shape, "hold", "status ended_on reason") : arci_shape_get(t, &shape, "hold", "status ended_on");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = hold[H_ID];
    *arci_batch_guard(b, 0) = hold[H_VERSION];
    arci_batch_row(b, 0)[0] = text(status);
    arci_batch_row(b, 0)[1] = day == ARC_DATE_NONE ? arci_v_null() : arci_v_int(day);
    if (reason) arci_batch_row(b, 0)[2] = text(reason);
    return arci_repo_write(t, &b, 1, NULL);
}

arc_status arci_hold_reasons(arci_credit_run *run, const arci_credit_said *said, arc_value *out)
{
    arci_str b;
    arci_str_init(&b, run->t->book->ctx);
    arci_str_puts(&b, "{\"rules\":[");
    if (said->rules.len) arci_str_add(&b, said->rules.s, said->rules.len);
    arci_str_puts(&b, "],\"limits\":[");
    if (said->limits.len) arci_str_add(&b, said->limits.s, said->limits.len);
    arci_str_puts(&b, "]}");
    const char *copy = b.failed ? NULL : arci_arena_strndup(run->arena, b.s, b.len);
    *out = copy ? arci_v_text(copy, b.len) : arci_v_null();
    arci_str_clear(&b);
    return copy ? ARC_OK : arci_nomem(run->t->env);
}

/* The excess in the currency of the document, at the rate of the day. */
arc_status arci_hold_excess(arci_credit_run *run, const arci_credit_ask *ask, const arci_credit_said *said, int64_t *out)
{
    arci_exposure_ask e;
    memset(&e, 0, sizeof e);
    e.t = run->t;
    e.arena = run->arena;
    e.policy = &run->policy;
    e.rates = &run->rates;
    e.customers = &ask->customer;
    e.day = run->day;
    *out = 0;
    return said->excess ? arci_credit_convert(&e, said->excess, said->currency, ask->currency, out) : ARC_OK;
}

static arc_status write_hold(arci_credit_run *run, const arci_credit_ask *ask, const arci_credit_said *said, const arc_value *was, int64_t *id)
{
    static const char added[] = "customer document_kind document document_version reasons currency excess status moment amount held_on held_by";
    static const char changed[] = "document_version reasons excess status amount held_on released_amount released_to released_by";
    const arci_shape *shape;
    arci_batch *b;
    arc_value reasons;
    int64_t excess, user, behalf;
    arc_status st = arci_hold_reasons(run, said, &reasons);
    if (st == ARC_OK) st = arci_hold_excess(run, ask, said, &excess);
    if (st == ARC_OK) st = arci_step_people(run->t, &user, &behalf);
    if (st == ARC_OK) st = arci_shape_get(run->t, &shape, "hold", was ? changed : added);
    if (st == ARC_OK) st = arci_batch_new(run->t, run->arena, &b, shape, was ? ARC_WRITE_UPDATE : ARC_WRITE_INSERT, 1, was ? ARCI_BATCH_VERSION : 0, NULL, 0);
    if (st != ARC_OK) return st;
    if (was) {
        const arc_value row[] = { arci_v_int(ask->version), reasons, arci_v_int(excess), text("active"), arci_v_int(ask->amount), arci_v_int(run->day), arci_v_null(), arci_v_null(), arci_v_null() };
        *arci_batch_key(b, 0) = was[H_ID];
        *arci_batch_guard(b, 0) = was[H_VERSION];
        memcpy(arci_batch_row(b, 0), row, sizeof row);
        *id = was[H_ID].u.i;
        return arci_repo_write(run->t, &b, 1, NULL);
    }
    const arc_value row[] = { arci_v_int(ask->customer), text(ask->entity), arci_v_int(ask->row), arci_v_int(ask->version), reasons, arci_v_text(ask->currency, 3), arci_v_int(excess), text("active"),
                              text(moments[ask->moment]), arci_v_int(ask->amount), arci_v_int(run->day), id_or_null(user) };
    memcpy(arci_batch_row(b, 0), row, sizeof row);
    st = arci_repo_write(run->t, &b, 1, NULL);
    if (st == ARC_OK) *id = arci_batch_id(b, 0);
    return st;
}

/* Bound to the document's version and currency, up to an amount, until a day. */
static int released(const arci_credit_run *run, const arci_credit_ask *ask, const arc_value *hold)
{
    return hold && is(&hold[H_STATUS], "released") && is(&hold[H_MOMENT], moments[ask->moment]) && hold[H_DOCUMENT_VERSION].u.i == ask->version && hold[H_CURRENCY].type == ARC_V_TEXT &&
           memcmp(hold[H_CURRENCY].u.s, ask->currency, 3) == 0 && ask->amount <= hold[H_RELEASED_AMOUNT].u.i && run->day <= hold[H_RELEASED_TO].u.i;
}

static arc_status remember(arci_credit_run *run, const arci_credit_ask *ask)
{
    if (run->n_passed == run->cap_passed) {
        uint32_t cap = run->cap_passed ? run->cap_passed * 2 : 8;
        arci_credit_passed *grown = arci_arena_alloc(run->arena, cap * sizeof *grown);
        if (!grown) return arci_nomem(run->t->env);
        if (run->n_passed) memcpy(grown, run->passed, run->n_passed * sizeof *grown);
        run->passed = grown;
        run->cap_passed = cap;
    }
    arci_credit_passed *k = &run->passed[run->n_passed++];
    memset(k, 0, sizeof *k);
    k->customer = ask->customer;
    k->adds = ask->adds;
    k->days = ask->days;
    k->n_days = ask->n_days;
    memcpy(k->currency, ask->currency, 3);
    return ARC_OK;
}

static arc_status hold_it(arci_credit_run *run, uint32_t i, const arci_credit_ask *ask, const arci_credit_said *said, const arc_value *was)
{
    arci_env *env = run->t->env;
    int64_t id;
    if (!ask->entity) {
        arci_fail(env, ARC_E_GUARD, "%s%.0s", "%.0s%s", said->first_en, said->first_zh);
        arci_fail_at(env, "customer", "credit", ask->customer, -1);
        arci_posting_refuse(run->p, i, ARC_E_GUARD);
        return ARC_OK;
    }
    arc_status st = write_hold(run, ask, said, was, &id);
    if (st != ARC_OK) return st;
    arci_fail(env, ARC_NEEDS_APPROVAL, "held: %s%.0s", "已冻结：%.0s%s", said->first_en, said->first_zh);
    arci_fail_at(env, "hold", NULL, id, -1);
    arci_posting_hold(run->p, i, ask->version);
    return ARC_OK;
}

arc_status arci_credit_document(arci_credit_run *run, uint32_t i, const arci_credit_ask *ask, int *held)
{
    arci_credit_said said;
    const arc_value *hold = NULL;
    *held = 0;
    if (!run->on) return ARC_OK;
    const uint32_t n_taken = run->n_taken, n_papers = run->n_papers;
    arc_status st = arci_credit_judge(run, ask, &said);
    if (st == ARC_OK) st = find_hold(run, ask, &hold);
    if (st == ARC_OK) {
        const int may = said.result == ARCI_CREDIT_HOLD && released(run, ask, hold);
        *held = said.result == ARCI_CREDIT_HOLD && !may;
        if (*held) {
            st = hold_it(run, i, ask, &said, hold);
            run->n_taken = n_taken; /* it stays what it was */
            run->n_papers = n_papers;
        } else if (hold) st = set_status(run->t, run->arena, hold, may ? "used" : "ended", run->day, NULL);
        if (st == ARC_OK && !*held) st = remember(run, ask);
        if (st == ARC_OK && said.result == ARCI_CREDIT_WARN) st = arci_credit_note_warning(run, i, ask, &said);
    }
    arci_credit_said_clear(&said);
    return st;
}

/* ---- a customer --------------------------------------------------------------------------------------------------------------------- */

typedef struct placing {
    int64_t customer;
    const char *reason;
} placing;

static arc_status fault(arci_posting *p, arc_status st, const char *field, int64_t id)
{
    arci_fail_at(p->t->env, "hold", field, id, -1);
    return st;
}

static arc_status place(arci_posting *p, const void *elements)
{
    const placing *x = elements;
    const arci_shape *shape;
    const arci_entity *customer = arci_entity_by_name("customer", 8);
    arci_batch *b;
    arci_where w;
    arci_rows rows;
    arc_value *row_of;
    int64_t user, behalf;
    arci_call_arg_int(p->call, x->customer);
    arci_call_arg_text(p->call, x->reason ? x->reason : "", x->reason ? strlen(x->reason) : 0);
    arci_posting_arg_end(p, 0);
    arc_status st = arci_posting_asked(p);
    if (st == ARC_OK) st = arci_reason_check(p->t->env, x->reason, "hold");
    if (st == ARC_OK && p->session->business_date == ARC_DATE_NONE) st = fault(p, arci_fail(p->t->env, ARC_E_REQUIRED, "a day is required: the session has no business date", "须填写日期：会话未设置业务日期"), "held_on", 0);
    if (st == ARC_OK) st = arci_access_row(p->t, p->call->verb, NULL, customer, x->customer);
    if (st == ARC_OK) st = arci_repo_lock(p->t, "customer", &x->customer, 1);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "customer", "id");
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, x->customer, &p->arena, &row_of);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "hold", "customer status document id");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_EQ, x->customer);
    arci_where_text(&w, shape->cols[1], ARC_OP_EQ, "active", 6);
    arci_where_null(&w, shape->cols[2]);
    st = arci_repo_find(p->t, shape, &w, NULL, 0, 1, &p->arena, &rows);
    if (st == ARC_OK && rows.n_rows) st = fault(p, arci_fail(p->t->env, ARC_E_EXISTS, "the customer is held already", "客户已被冻结"), "customer", rows.values[3].u.i);
    if (st == ARC_OK) st = arci_step_people(p->t, &user, &behalf);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "hold", "customer reasons status moment held_on held_by reason");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    const arc_value row[] = { arci_v_int(x->customer), text("{}"), text("active"), text("customer"), arci_v_int(p->session->business_date), id_or_null(user), text(x->reason) };
    memcpy(arci_batch_row(b, 0), row, sizeof row);
    st = arci_repo_write(p->t, &b, 1, NULL);
    if (st == ARC_OK && p->ids) p->ids[0] = arci_batch_id(b, 0);
    return st;
}

arc_status arc_hold_place(arc_session *session, int64_t *id, int64_t customer, const char *reason)
{
    const placing x = { customer, reason };
    return arci_posting_run(session, ARCI_DO_HOLD_PLACE, id, NULL, &x, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, place);
}

/* ---- released, ended ------------------------------------------------------------------------------------------------------------------ */

static arc_status refused(arci_txn *t, arc_status st, const char *field, int64_t id, const char *en, const char *zh)
{
    (void)arci_fail(t->env, st, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_at(t->env, "hold", field, id, -1);
    return st;
}

static arc_status judge_hold(arci_txn *t, uint32_t verb, int64_t id, const arc_value *v)
{
    int64_t user, behalf, most;
    char currency[4] = { 0 };
    const int active = is(&v[H_STATUS], "active");
    if (!active && !is(&v[H_STATUS], "released")) return refused(t, ARC_E_STATE, "status", id, "the hold is over", "冻结已结束");
    if (verb != ARCI_DO_HOLD_RELEASE) return ARC_OK;
    if (!active) return refused(t, ARC_E_STATE, "status", id, "it was released already", "已放行");
    if (v[H_DOCUMENT].type != ARC_V_INT) return refused(t, ARC_E_STATE, "document", id, "the hold of a customer is ended, not released", "客户冻结须结束，不能放行");
    if (!t->session->access) return ARC_OK;
    arc_status st = arci_step_people(t, &user, &behalf);
    if (st != ARC_OK) return st;
    if (v[H_HELD_BY].type == ARC_V_INT && (v[H_HELD_BY].u.i == user || v[H_HELD_BY].u.i == behalf)) {
        return refused(t, ARC_E_FORBIDDEN, "held_by", id, "nobody releases what was held for himself", "不得放行本人经办的单据");
    }
    const int64_t excess = v[H_EXCESS].type == ARC_V_INT && v[H_EXCESS].u.i > 0 ? v[H_EXCESS].u.i : v[H_AMOUNT].u.i;
    memcpy(currency, v[H_CURRENCY].u.s, 3);
    if (arci_access_authority(t->session, "hold.release", currency, &most) == ARC_OK && excess <= most) return ARC_OK;
    return refused(t, ARC_E_FORBIDDEN, "amount", id, "the excess is above your authority", "超额超出您的放行权限");
}

arc_status arci_hold_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id)
{
    const arci_shape *shape;
    arc_value *v;
    arc_status st = arci_shape_get(t, &shape, "hold", hold_fields);
    if (st == ARC_OK) st = arci_repo_get(t, shape, id, arena, &v);
    return st == ARC_OK ? judge_hold(t, verb, id, v) : st;
}

static arc_status open_hold(arci_posting *p, int64_t id, const char *reason, arc_value **v)
{
    const arci_shape *shape;
    arc_status st = arci_posting_asked(p);
    if (st == ARC_OK) st = arci_reason_check(p->t->env, reason, "hold");
    if (st == ARC_OK) st = arci_repo_lock(p->t, "hold", &id, 1);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "hold", hold_fields);
    if (st == ARC_OK) st = arci_access_row(p->t, p->call->verb, NULL, shape->table->entity, id);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, id, &p->arena, v);
    return st == ARC_OK ? judge_hold(p->t, p->call->verb->number, id, *v) : st;
}

static arc_status release(arci_posting *p, const void *elements)
{
    const arc_credit_permit *x = elements;
    const arci_shape *shape;
    arci_batch *b;
    arc_value *v;
    int64_t user, behalf;
    const int64_t numbers[] = { x->hold, x->amount, x->version, x->valid_to };
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) arci_call_arg_int(p->call, numbers[k]);
    arci_call_arg_text(p->call, x->reason ? x->reason : "", x->reason ? strlen(x->reason) : 0);
    arci_posting_arg_end(p, 0);
    arc_status st = open_hold(p, x->hold, x->reason, &v);
    if (st != ARC_OK) return st;
    const int64_t amount = x->amount ? x->amount : v[H_AMOUNT].u.i;
    const arc_date today = p->session->business_date;
    if (x->version && x->version != v[H_VERSION].u.i) return refused(p->t, ARC_E_STALE, "version", x->hold, "the hold was changed since", "冻结记录已被修改");
    if (x->valid_to == ARC_DATE_NONE) return refused(p->t, ARC_E_REQUIRED, "released_to", x->hold, "a release needs its last day", "须填写放行有效期");
    if (x->valid_to > ARC_DATE_MAX || (today != ARC_DATE_NONE && x->valid_to < today)) return refused(p->t, ARC_E_RANGE, "released_to", x->hold, "the last day is over, or no date", "放行有效期已过或日期无效");
    if (amount < v[H_AMOUNT].u.i || amount > ARC_MONEY_MAX) return refused(p->t, ARC_E_RANGE, "released_amount", x->hold, "a release is not for less than the document", "放行金额不得低于单据金额");
    st = arci_step_people(p->t, &user, &behalf);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "hold", "status released_amount released_to released_by reason");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    const arc_value row[] = { text("released"), arci_v_int(amount), arci_v_int(x->valid_to), id_or_null(user), text(x->reason) };
    *arci_batch_key(b, 0) = v[H_ID];
    *arci_batch_guard(b, 0) = v[H_VERSION];
    memcpy(arci_batch_row(b, 0), row, sizeof row);
    if (p->ids) p->ids[0] = x->hold;
    return arci_repo_write(p->t, &b, 1, NULL);
}

arc_status arc_hold_release(arc_session *session, const arc_credit_permit *r)
{
    arc_credit_permit x = ARC_CREDIT_PERMIT_INIT;
    arci_session *s;
    int64_t id = 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = r ? arci_struct_in(&s->env, &x, sizeof x, r) : arci_fail(&s->env, ARC_E_INVALID, "release is NULL", "release 为 NULL");
    if (st != ARC_OK) return arci_call_leave(s, st);
    (void)arci_session_leave(s, ARC_OK);
    return arci_posting_run(session, ARCI_DO_HOLD_RELEASE, &id, NULL, &x, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, release);
}

/* An order that is held can be changed again. */
static arc_status let_go(arci_posting *p, const arc_value *hold)
{
    const arci_shape *shape, *changes;
    arci_batch *b;
    arc_value *row;
    uint8_t *found;
    if (!is(&hold[H_KIND], "sales_order")) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, "sales_order", "status version");
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, &hold[H_DOCUMENT].u.i, 1, &p->arena, &row, &found);
    if (st != ARC_OK || !found[0] || !is(&row[0], "held")) return st;
    st = arci_shape_get(p->t, &changes, "sales_order", "status");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, changes, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = hold[H_DOCUMENT];
    *arci_batch_guard(b, 0) = row[1];
    arci_batch_row(b, 0)[0] = text("draft");
    return arci_repo_write(p->t, &b, 1, NULL);
}

static arc_status end(arci_posting *p, const void *elements)
{
    const placing *x = elements; /* customer: the hold */
    arc_value *v;
    arci_call_arg_int(p->call, x->customer);
    arci_call_arg_text(p->call, x->reason ? x->reason : "", x->reason ? strlen(x->reason) : 0);
    arci_posting_arg_end(p, 0);
    arc_status st = open_hold(p, x->customer, x->reason, &v);
    if (st == ARC_OK) st = let_go(p, v);
    if (st == ARC_OK) st = set_status(p->t, &p->arena, v, "ended", p->session->business_date, x->reason);
    if (p->ids) p->ids[0] = x->customer;
    return st;
}

arc_status arc_hold_end(arc_session *session, int64_t hold, const char *reason)
{
    const placing x = { hold, reason };
    int64_t id = 0;
    return arci_posting_run(session, ARCI_DO_HOLD_END, &id, NULL, &x, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, end);
}

/* ---- for front ends --------------------------------------------------------------------------------------------------------------------- */

const arci_state_row arci_credit_states[] = {
    { ARC_CREDIT_REQUEST, ARCI_DO_LIMIT_APPROVE, arci_credit_request_may }, { ARC_CREDIT_REQUEST, ARCI_DO_LIMIT_REJECT, arci_credit_request_may },
    { ARC_CREDIT_REQUEST, ARCI_DO_LIMIT_RECALL, arci_credit_request_may },  { ARC_HOLD, ARCI_DO_HOLD_RELEASE, arci_hold_may },
    { ARC_HOLD, ARCI_DO_HOLD_END, arci_hold_may },                          { 0, 0, NULL },
};
