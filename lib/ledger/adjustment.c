/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to single items: small differences given up, debts that change hands, due dates that move. */
#include "arcore/adjustment.h"

#include <string.h>

#include "ledger/debt.h"
#include "ledger/period.h"
#include "ledger/states.h"
#include "ledger/tolerance.h"

typedef struct request {
    int64_t item, customer, amount;
    arc_date due, date;
    const char *reason;
    arc_status (*work)(arci_posting *p, const struct request *r);
} request;

static arc_status fault(arci_env *env, arc_status st, const char *entity, const char *field, int64_t id)
{
    arci_fail_at(env, entity, field, id, -1);
    return st;
}

static arc_status see_item(arci_posting *p, int64_t item)
{
    return arci_access_row(p->t, p->t->call->verb, NULL, arci_entity_by_name("item", 4), item);
}

/* ---- small differences ------------------------------------------------------------------------------------------------------------ */

/* The whole rest of an item, when the tolerance allows that much of the item's amount. */
static arc_status give_up(arci_posting *p, const request *r)
{
    arci_env *env = p->t->env;
    const arci_shape *shape;
    arci_tolerance tol;
    arc_value *item;
    arci_allot a;
    int64_t id = r->item, most = 0;
    arc_status st = see_item(p, r->item);
    if (st == ARC_OK) st = arci_allot_open(p, &a, &id, 1, NULL, 0, 1);
    const arci_side *side = st == ARC_OK ? arci_sides_find(&a.items, r->item) : NULL;
    if (st == ARC_OK && (!side || side->left <= 0)) st = fault(env, arci_fail(env, ARC_E_STATE, "nothing is open on the item", "该应收没有未收金额"), "item", NULL, r->item);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "item", "amount");
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, r->item, &p->arena, &item);
    if (st == ARC_OK) st = arci_tolerance_get(p->t, &p->arena, &tol, NULL, r->date);
    if (st == ARC_OK) st = arci_tolerated(p->t, &p->arena, &tol, side->customer, side->currency, item[0].u.i, &most);
    if (st != ARC_OK) return st;
    if (side->left > most) {
        return fault(env, arci_fail(env, ARC_E_GUARD, "%lld minor units of %s are open, the tolerance is %lld: ask for a write-off", "未收 %lld（最小货币单位，%s），容差为 %lld：请申请坏账核销",
                                    (long long)side->left, side->currency, (long long)most), "item", "open", r->item);
    }
    const arci_allot_row row = { .date = r->date, .item = r->item, .write_off = side->left, .mode = "write_off", .reason_code = "small_difference", .reason = r->reason };
    st = arci_allot_add(&a, &row);
    if (st == ARC_OK) st = arci_allot_write(&a);
    if (st == ARC_OK && p->ids) p->ids[0] = arci_allot_id(&a, 0);
    return st;
}

/* ---- debts that change hands -------------------------------------------------------------------------------------------------------- */

static arc_status change_hands(arci_posting *p, const request *r)
{
    arci_env *env = p->t->env;
    const arci_shape *shape;
    arc_value *item;
    arci_debt_moved moved;
    const arci_debt_order order = { .item = r->item, .amount = r->amount, .customer = r->customer, .kind = "transfer", .reason = r->reason, .date = r->date };
    arc_status st = see_item(p, r->item);
    if (st == ARC_OK) st = arci_repo_lock(p->t, "item_state", &r->item, 1);
    if (st == ARC_OK) st = arci_item_may(p->t, &p->arena, ARCI_DO_ITEM_TRANSFER, r->item);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "item", "customer");
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, r->item, &p->arena, &item);
    if (st == ARC_OK && item[0].u.i == r->customer) st = fault(env, arci_fail(env, ARC_E_STATE, "the customer owes it already", "该客户即为债务人"), "item", "customer", r->item);
    if (st == ARC_OK) st = arci_period_check(p->t, r->date);
    if (st == ARC_OK) st = arci_debt_move(p, &order, &moved);
    if (st == ARC_OK && p->ids) p->ids[0] = moved.allocation;
    return st;
}

/* ---- due dates ---------------------------------------------------------------------------------------------------------------------- */

enum { A_ITEM, A_DATE, A_CURRENCY, A_DUE, A_CODE, A_REASON, A_REVERSES, A_OLD_DUE, A_N };
static const char adjustment_fields[] = "item effective_date currency due_date reason_code reason reverses old_due_date";

/* The latest extension of an item; 0: none. */
static arc_status latest(arci_posting *p, int64_t item, int64_t *id, arc_value **row)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    *id = 0;
    arc_status st = arci_shape_get(p->t, &shape, "adjustment", "id item effective_date currency due_date reason_code reason reverses old_due_date");
    if (st != ARC_OK) return st;
    const arc_order newest = { shape->cols[0], 1 };
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[1], ARC_OP_EQ, item);
    arci_where_text(&w, shape->cols[5], ARC_OP_EQ, "extension", 9);
    st = arci_repo_find(p->t, shape, &w, &newest, 1, 1, &p->arena, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    *id = rows.values[0].u.i;
    *row = rows.values + 1;
    return ARC_OK;
}

static arc_value date_or_null(arc_date d) { return d == ARC_DATE_NONE ? arci_v_null() : arci_v_int(d); }

static arc_status write_due(arci_posting *p, const arci_side *side, const request *r, int64_t reverses)
{
    const arci_shape *shape, *states;
    arci_batch *b[2];
    arc_status st = arci_shape_get(p->t, &shape, "adjustment", adjustment_fields);
    if (st == ARC_OK) st = arci_shape_get(p->t, &states, "item_state", "due_date");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b[0], shape, ARC_WRITE_INSERT, 1, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b[1], states, ARC_WRITE_UPDATE, 1, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(b[0], 0);
    v[A_ITEM] = arci_v_int(side->id);
    v[A_DATE] = arci_v_int(r->date);
    v[A_CURRENCY] = arci_v_text(side->currency, 3);
    v[A_DUE] = date_or_null(r->due);
    v[A_CODE] = arci_v_text("extension", 9);
    v[A_REASON] = arci_v_text(r->reason, strlen(r->reason));
    if (reverses) v[A_REVERSES] = arci_v_int(reverses);
    v[A_OLD_DUE] = date_or_null(side->due);
    arci_batch_row(b[1], 0)[0] = date_or_null(r->due);
    arci_batch_key(b[1], 0)[0] = arci_v_int(side->id);
    arci_batch_guard(b[1], 0)[0] = arci_v_int(side->version);
    st = arci_repo_write(p->t, b, 2, NULL);
    arci_account_change *c = st == ARC_OK && r->due != ARC_DATE_NONE ? arci_accounts_at(&p->accounts, side->customer, side->currency) : NULL;
    if (st == ARC_OK && r->due != ARC_DATE_NONE && !c) return arci_nomem(p->t->env);
    if (c && (c->oldest_due == ARC_DATE_NONE || r->due < c->oldest_due)) c->oldest_due = r->due;
    if (st == ARC_OK && p->ids) p->ids[0] = arci_batch_id(b[0], 0);
    return st;
}

/* What is open must lie within the actor's authority. */
static arc_status within_authority(arci_posting *p, const arci_side *side)
{
    arci_env *env = p->t->env;
    int64_t most = 0;
    if (arci_access_authority(p->session, "adjustment.approve", side->currency, &most) == ARC_OK && side->left <= most) return ARC_OK;
    return fault(env, arci_fail(env, ARC_E_FORBIDDEN, "the amount is above your authority", "金额超出您的审批权限"), "item", "open", side->id);
}

static arc_status open_item(arci_posting *p, int64_t item, const arci_side **out)
{
    arci_sides sides;
    int64_t id = item;
    arc_status st = see_item(p, item);
    if (st == ARC_OK) st = arci_sides_read(p, &sides, "item_state", &id, 1);
    if (st != ARC_OK) return st;
    *out = arci_sides_find(&sides, item);
    if (!*out) return fault(p->t->env, arci_fail(p->t->env, ARC_E_NOT_FOUND, "there is no such item", "该应收不存在"), "item", NULL, item);
    return ARC_OK;
}

static arc_status extend(arci_posting *p, const request *r)
{
    arci_env *env = p->t->env;
    const arci_side *side;
    arc_value *last = NULL;
    int64_t last_id;
    arc_status st = open_item(p, r->item, &side);
    if (st != ARC_OK) return st;
    st = arci_item_may(p->t, &p->arena, ARCI_DO_ADJUSTMENT_APPROVE, r->item);
    if (st != ARC_OK) return st;
    if (r->due <= side->due || r->due > ARC_DATE_MAX) return fault(env, arci_fail(env, ARC_E_RANGE, "the new due date is after the old one", "新到期日须晚于原到期日"), "adjustment", "due_date", r->item);
    st = latest(p, r->item, &last_id, &last);
    if (st == ARC_OK && (r->date < side->since || r->date > ARC_DATE_MAX || (last_id && r->date < last[A_DATE].u.i))) {
        st = fault(env, arci_fail(env, ARC_E_RANGE, "the date is before the item's, or before its last extension", "日期早于应收日期或上次展期"), "adjustment", "effective_date", r->item);
    }
    if (st == ARC_OK) st = within_authority(p, side);
    return st == ARC_OK ? write_due(p, side, r, 0) : st;
}

static arc_status take_back(arci_posting *p, const request *r)
{
    arci_env *env = p->t->env;
    const arci_shape *shape;
    const arci_side *side;
    arc_value *row;
    request back = *r;
    arc_status st = arci_shape_get(p->t, &shape, "adjustment", adjustment_fields);
    if (st == ARC_OK) st = arci_access_row(p->t, p->t->call->verb, NULL, shape->table->entity, r->item);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, r->item, &p->arena, &row);
    if (st == ARC_OK) st = open_item(p, row[A_ITEM].u.i, &side);
    if (st == ARC_OK) st = arci_adjustment_may(p->t, &p->arena, ARCI_DO_ADJUSTMENT_REVERSE, r->item);
    if (st != ARC_OK) return st;
    if (r->date < row[A_DATE].u.i || r->date > ARC_DATE_MAX) return fault(env, arci_fail(env, ARC_E_RANGE, "the date is before the extension's", "日期早于展期日期"), "adjustment", "effective_date", r->item);
    back.due = row[A_OLD_DUE].type == ARC_V_INT ? (arc_date)row[A_OLD_DUE].u.i : ARC_DATE_NONE;
    st = within_authority(p, side);
    return st == ARC_OK ? write_due(p, side, &back, r->item) : st;
}

/* ---- verbs ---------------------------------------------------------------------------------------------------------------------- */

static arc_status run(arci_posting *p, const void *elements)
{
    request r = *(const request *)elements;
    if (r.date == ARC_DATE_NONE) r.date = p->session->business_date;
    const int64_t told[] = { r.item, r.customer, r.amount, r.due, r.date };
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) arci_call_arg_int(p->call, told[i]);
    arci_call_arg_text(p->call, r.reason, strlen(r.reason));
    arci_posting_arg_end(p, 0);
    arc_status st = arci_posting_asked(p);
    return st == ARC_OK ? r.work(p, &r) : st;
}

static arc_status run_with_reason(arc_session *session, uint32_t verb, int64_t *id, const request *r)
{
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = arci_reason_check(&s->env, r->reason, "adjustment");
    if (st != ARC_OK) return arci_call_leave(s, st);
    (void)arci_session_leave(s, st);
    return arci_posting_run(session, verb, id, NULL, r, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, run);
}

arc_status arc_item_give_up(arc_session *session, int64_t *allocation, int64_t item, arc_date date, const char *reason)
{
    const request r = { item, 0, 0, ARC_DATE_NONE, date, reason, give_up };
    return run_with_reason(session, ARCI_DO_ALLOCATION_APPLY, allocation, &r);
}

arc_status arc_item_transfer(arc_session *session, int64_t *allocation, int64_t item, int64_t customer, int64_t amount, arc_date date, const char *consent)
{
    const request r = { item, customer, amount, ARC_DATE_NONE, date, consent, change_hands };
    return run_with_reason(session, ARCI_DO_ITEM_TRANSFER, allocation, &r);
}

arc_status arc_item_extend(arc_session *session, int64_t *adjustment, int64_t item, arc_date due_date, arc_date date, const char *reason)
{
    const request r = { item, 0, 0, due_date, date, reason, extend };
    return run_with_reason(session, ARCI_DO_ADJUSTMENT_APPROVE, adjustment, &r);
}

arc_status arc_adjustment_reverse(arc_session *session, int64_t *id, int64_t adjustment, arc_date date, const char *reason)
{
    const request r = { adjustment, 0, 0, ARC_DATE_NONE, date, reason, take_back };
    return run_with_reason(session, ARCI_DO_ADJUSTMENT_REVERSE, id, &r);
}
