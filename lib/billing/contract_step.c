/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/contract_step.h"

#include <string.h>

#include "base/str.h"
#include "billing/invoice_step.h"
#include "billing/uses.h"

arc_status arci_contract_fault(arci_posting *p, arc_status st, const char *field, int64_t id)
{
    arci_fail_at(p->t->env, "contract", field, id, -1);
    return st;
}

arc_status arci_contract_open(arci_posting *p, arci_contract **c, int64_t id)
{
    int64_t ids[1] = { id };
    uint32_t n;
    arc_status st = arci_access_row(p->t, p->t->call->verb, NULL, arci_entity_by_name("contract", 8), id);
    if (st == ARC_OK) st = arci_contracts_read(p->t, &p->arena, ids, 1, 1, c, &n);
    if (st == ARC_OK && (!n || !(*c)->row)) return arci_contract_fault(p, arci_no_such(p->t->env, "contract"), NULL, id);
    return st == ARC_OK ? arci_contract_may(p->t, &p->arena, p->call->verb->number, id) : st;
}

/* ---- history ------------------------------------------------------------------------------------------------------------------------ */

/* The last row of history: its number and day, 0 and none where there is none. */
static arc_status last_change(arci_posting *p, int64_t contract, int64_t *seq, arc_date *day)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    *seq = 0;
    *day = ARC_DATE_NONE;
    arc_status st = arci_shape_get(p->t, &shape, "contract_change", "contract seq effective_date");
    if (st != ARC_OK) return st;
    const arc_order last = { shape->cols[1], 1 };
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_EQ, contract);
    st = arci_repo_find(p->t, shape, &w, &last, 1, 1, &p->arena, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    *seq = rows.values[1].u.i;
    *day = (arc_date)rows.values[2].u.i;
    return ARC_OK;
}

arc_status arci_contract_day(arci_posting *p, const arci_contract *c, arc_date given, const char *field, arc_date *day)
{
    int64_t seq;
    arc_date last;
    const arc_date today = p->session->business_date;
    *day = given == ARC_DATE_NONE ? today : given;
    if (*day == ARC_DATE_NONE) return arci_contract_fault(p, arci_fail(p->t->env, ARC_E_REQUIRED, "no day is given and the session has no business date", "未填写日期，会话也未设置业务日期"), field, c->id);
    if (*day < ARC_DATE_MIN || *day > ARC_DATE_MAX) return arci_contract_fault(p, arci_fail(p->t->env, ARC_E_RANGE, "no such day", "日期无效"), field, c->id);
    arc_status st = last_change(p, c->id, &seq, &last);
    if (st == ARC_OK && today != ARC_DATE_NONE && *day > today) {
        return arci_contract_fault(p, arci_fail(p->t->env, ARC_E_RANGE, "the day is after the business date", "日期不能晚于业务日期"), field, c->id);
    }
    if (st == ARC_OK && last != ARC_DATE_NONE && *day < last) {
        return arci_contract_fault(p, arci_fail(p->t->env, ARC_E_RANGE, "the day is before the last change of the contract", "日期不能早于合同的上一次变更"), field, c->id);
    }
    return st;
}

arc_status arci_contract_history(arci_posting *p, const arci_contract *c, arci_contract_change *x)
{
    const arci_shape *shape;
    arci_batch *b;
    int64_t seq;
    arc_date last;
    const arc_value *k = c->row;
    arc_status st = last_change(p, c->id, &seq, &last);
    if (st == ARC_OK) {
        st = arci_shape_get(p->t, &shape, "contract_change",
                            "contract seq kind effective_date number reason currency amount tolerance ends_on old_amount old_tolerance old_ends_on custom");
    }
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    const arc_value row[14] = { arci_v_int(c->id), arci_v_int(seq + 1), arci_v_text(x->kind, strlen(x->kind)), arci_v_int(x->date), x->number, x->reason, k[ARCI_CONTRACT_CURRENCY],
                                x->amount, x->tolerance, x->ends_on, k[ARCI_CONTRACT_AMOUNT], k[ARCI_CONTRACT_TOLERANCE], k[ARCI_CONTRACT_ENDS], x->custom };
    memcpy(arci_batch_row(b, 0), row, sizeof row);
    st = arci_repo_write(p->t, &b, 1, NULL);
    if (st == ARC_OK) x->id = arci_batch_id(b, 0);
    return st;
}

arc_status arci_contract_write(arci_posting *p, const arci_contract *c, const char *fields, const arc_value *values, uint16_t n)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(p->t, &shape, "contract", fields);
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = arci_v_int(c->id);
    *arci_batch_guard(b, 0) = c->row[ARCI_CONTRACT_ROW_VERSION];
    memcpy(arci_batch_row(b, 0), values, n * sizeof *values);
    return arci_repo_write(p->t, &b, 1, NULL);
}

/* ---- into force ----------------------------------------------------------------------------------------------------------------------- */

static arc_value id_or_null(int64_t id) { return id ? arci_v_int(id) : arci_v_null(); }
static arc_value text(const char *s) { return arci_v_text(s, strlen(s)); }
static arc_value reason_of(const arci_contract_step *x) { return x->n_reason ? arci_v_text(x->reason, x->n_reason) : arci_v_null(); }

static arc_status has_amount(arci_posting *p, const arci_contract *c)
{
    const arc_value *v = c->row;
    if (v[ARCI_CONTRACT_AMOUNT].type == ARC_V_INT || arci_code_is(&v[ARCI_CONTRACT_KIND], "framework")) return ARC_OK;
    arc_status st = arci_fail(p->t->env, ARC_E_REQUIRED, "contract %.*s has no amount and is no framework contract", "合同 %.*s 没有金额，也不是框架合同", (int)v[ARCI_CONTRACT_NUMBER].len,
                              v[ARCI_CONTRACT_NUMBER].u.s);
    return arci_contract_fault(p, st, "amount", c->id);
}

/* Draft, submitted, active: nothing of the contract stands before. */
static arc_status begin(arci_posting *p, const arci_contract_step *x, const arci_contract *c)
{
    int64_t user = 0, behalf = 0;
    arc_value v[4] = { arci_v_null(), arci_v_null(), arci_v_null(), arci_v_null() };
    arc_status st = p->call->verb->number == ARCI_DO_CONTRACT_REJECT || p->call->verb->number == ARCI_DO_CONTRACT_RECALL ? ARC_OK : has_amount(p, c);
    if (st == ARC_OK) st = arci_step_people(p->t, &user, &behalf);
    if (st != ARC_OK) return st;
    switch (p->call->verb->number) {
    case ARCI_DO_CONTRACT_SUBMIT:
        v[0] = text("submitted");
        v[1] = id_or_null(user);
        v[2] = id_or_null(behalf);
        return arci_contract_write(p, c, "status submitted_by submitted_for decision_reason", v, 4);
    case ARCI_DO_CONTRACT_RECALL:
    case ARCI_DO_CONTRACT_REJECT:
        v[0] = text("draft");
        v[3] = reason_of(x);
        return arci_contract_write(p, c, "status submitted_by submitted_for decision_reason", v, 4);
    default:
        v[0] = text("active");
        v[1] = p->call->verb->number == ARCI_DO_CONTRACT_APPROVE ? id_or_null(user) : arci_v_null();
        return arci_contract_write(p, c, "status approved_by", v, 2);
    }
}

/* ---- the end, and the way back ---------------------------------------------------------------------------------------------------------- */

static arc_status history(arci_posting *p, const arci_contract_step *x, const arci_contract *c, const char *kind, arc_date day)
{
    arci_contract_change change = { .kind = kind, .date = day, .number = arci_v_null(), .reason = reason_of(x), .amount = c->row[ARCI_CONTRACT_AMOUNT],
                                    .tolerance = c->row[ARCI_CONTRACT_TOLERANCE], .ends_on = c->row[ARCI_CONTRACT_ENDS], .custom = arci_v_null() };
    return arci_contract_history(p, c, &change);
}

/* The milestones of plans of which nothing was ever invoiced may be planned again, should the contract return. whole: ids of those plans, ascending. */
static arc_status free_milestones(arci_posting *p, int64_t contract, const int64_t *whole, uint32_t n)
{
    const arci_shape *shape, *link;
    arci_batch *b;
    arci_where w;
    arci_rows rows;
    uint32_t k = 0;
    arc_status st = n ? arci_shape_get(p->t, &shape, "milestone", "contract item id version") : ARC_OK;
    if (st != ARC_OK || !n) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_EQ, contract);
    st = arci_repo_find(p->t, shape, &w, NULL, 0, 0, &p->arena, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    st = arci_shape_get(p->t, &link, "milestone", "item");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, link, ARC_WRITE_UPDATE, rows.n_rows, ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t r = 0; r < rows.n_rows && st == ARC_OK; r++) {
        const arc_value *m = rows.values + 4 * (size_t)r;
        if (m[1].type != ARC_V_INT || arci_ids_find(whole, n, m[1].u.i) == UINT32_MAX) continue;
        *arci_batch_key(b, k) = m[2];
        *arci_batch_guard(b, k++) = m[3];
    }
    if (st != ARC_OK || !k) return st;
    b->n_rows = k;
    return arci_repo_write(p->t, &b, 1, NULL);
}

/* What is still planned of the contract. Estimates stand: what was delivered is owed, whatever became of the contract. */
static arc_status cancel_plans(arci_posting *p, const arci_contract_step *x, arc_date day)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arci_plan *plans;
    arc_value *amounts;
    uint8_t *found;
    uint32_t n, whole = 0;
    arc_status st = arci_shape_get(p->t, &shape, "item_state", "item contract kind");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[1], ARC_OP_EQ, x->contract);
    arci_where_text(&w, shape->cols[2], ARC_OP_EQ, "planned", 7);
    st = arci_repo_find(p->t, shape, &w, NULL, 0, 0, &p->arena, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    int64_t *ids = arci_arena_alloc(&p->arena, rows.n_rows * sizeof *ids);
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < rows.n_rows; r++) ids[r] = rows.values[3 * (size_t)r].u.i;
    st = arci_plans_read_all(p, &plans, &n, ids, rows.n_rows);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "item", "amount");
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, ids, n, &p->arena, &amounts, &found);
    for (uint32_t k = 0; st == ARC_OK && k < n; k++) {
        if (!plans[k].row || !arci_code_is(&plans[k].row[ARCI_PLAN_KIND], "planned")) plans[k].row = NULL; /* became an estimate meanwhile */
        else if (found[k] && plans[k].open == amounts[k].u.i) ids[whole++] = plans[k].id;
    }
    if (st == ARC_OK) st = arci_plans_cancel(p, plans, n, x->reason, x->n_reason, day);
    return st == ARC_OK ? free_milestones(p, x->contract, ids, whole) : st;
}

/* Closed, terminated, or back from there. */
static arc_status turn(arci_posting *p, const arci_contract_step *x, const arci_contract *c)
{
    const uint32_t verb = p->call->verb->number;
    const char *kind = verb == ARCI_DO_CONTRACT_CLOSE ? "closed" : verb == ARCI_DO_CONTRACT_TERMINATE ? "terminated" : "reopened";
    arc_date day;
    arc_status st = arci_contract_day(p, c, x->date, "ended_on", &day);
    if (st == ARC_OK && verb == ARCI_DO_CONTRACT_TERMINATE) st = cancel_plans(p, x, day);
    if (st == ARC_OK) st = history(p, x, c, kind, day);
    if (st != ARC_OK) return st;
    const int back = verb == ARCI_DO_CONTRACT_REOPEN;
    const arc_value v[4] = { text(back ? "active" : kind), back ? arci_v_null() : arci_v_int(day), reason_of(x), arci_v_int(day) };
    return arci_contract_write(p, c, "status ended_on decision_reason changed_on", v, 4);
}

/* ---- the verbs -------------------------------------------------------------------------------------------------------------------------- */

static arc_status run(arci_posting *p, const void *elements)
{
    const arci_contract_step *x = elements;
    const uint32_t verb = p->call->verb->number;
    arci_contract *c;
    arci_call_arg_int(p->call, x->contract);
    arci_call_arg_text(p->call, x->reason ? x->reason : "", x->n_reason);
    arci_call_arg_int(p->call, x->date);
    arci_posting_arg_end(p, 0);
    arc_status st = p->call->request ? arci_posting_asked(p) : ARC_OK;
    if (st != ARC_OK) return st;
    st = arci_contract_open(p, &c, x->contract);
    if (st != ARC_OK) return st;
    const int turns = verb == ARCI_DO_CONTRACT_CLOSE || verb == ARCI_DO_CONTRACT_TERMINATE || verb == ARCI_DO_CONTRACT_REOPEN;
    return turns ? turn(p, x, c) : begin(p, x, c);
}

static arc_status step(arc_session *session, uint32_t verb, int64_t contract, arc_date date, const char *reason, int needs_reason)
{
    const arci_contract_step x = { contract, reason, reason ? strlen(reason) : 0, date };
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (contract < 1) st = arci_fail(&s->env, ARC_E_INVALID, "the id is not positive", "编号须为正数");
    else if (needs_reason && !x.n_reason) st = arci_fail(&s->env, ARC_E_REQUIRED, "a reason is required", "须填写原因");
    else if (x.n_reason > 500) st = arci_fail(&s->env, ARC_E_INVALID, "a reason of at most %u bytes", "原因最多 %u 字节", 500u);
    else if (arci_utf8_check(reason ? reason : "", x.n_reason) != x.n_reason) st = arci_fail(&s->env, ARC_E_ENCODING, "reason is not UTF-8", "原因不是 UTF-8");
    if (st == ARC_OK) st = arci_posting_run(session, verb, NULL, NULL, &x, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE | ARCI_POSTING_INSIDE, run);
    return arci_call_leave(s, st);
}

arc_status arc_contract_activate(arc_session *session, int64_t contract) { return step(session, ARCI_DO_CONTRACT_ACTIVATE, contract, ARC_DATE_NONE, NULL, 0); }
arc_status arc_contract_submit(arc_session *session, int64_t contract) { return step(session, ARCI_DO_CONTRACT_SUBMIT, contract, ARC_DATE_NONE, NULL, 0); }
arc_status arc_contract_approve(arc_session *session, int64_t contract) { return step(session, ARCI_DO_CONTRACT_APPROVE, contract, ARC_DATE_NONE, NULL, 0); }
arc_status arc_contract_close(arc_session *session, int64_t contract) { return step(session, ARCI_DO_CONTRACT_CLOSE, contract, ARC_DATE_NONE, NULL, 0); }

arc_status arc_contract_reject(arc_session *session, int64_t contract, const char *reason)
{
    return step(session, ARCI_DO_CONTRACT_REJECT, contract, ARC_DATE_NONE, reason, 1);
}

arc_status arc_contract_recall(arc_session *session, int64_t contract, const char *reason)
{
    return step(session, ARCI_DO_CONTRACT_RECALL, contract, ARC_DATE_NONE, reason, 0);
}

arc_status arc_contract_terminate(arc_session *session, int64_t contract, arc_date on, const char *reason)
{
    return step(session, ARCI_DO_CONTRACT_TERMINATE, contract, on, reason, 1);
}

arc_status arc_contract_reopen(arc_session *session, int64_t contract, arc_date on, const char *reason)
{
    return step(session, ARCI_DO_CONTRACT_REOPEN, contract, on, reason, 1);
}
