/* SPDX-License-Identifier: Apache-2.0 */
/* Money paid back: what a receipt has left, or a credit item, settles a debit item of kind refund, which stands against what is owed to the customer. */
#include <stdio.h>
#include <string.h>

#include "arcore/receipt.h"
#include "ledger/debt.h"
#include "ledger/period.h"
#include "ledger/refund.h"
#include "ledger/states.h"
#include "security/duty.h"

typedef struct request {
    int64_t receipt, credit_item, amount;
    arc_date date;
    const char *reason;
} request;

static arc_status fault(arci_env *env, arc_status st, const char *entity, const char *field, int64_t id)
{
    arci_fail_at(env, entity, field, id, -1);
    return st;
}

/* Number and the dimensions of what is paid back. */
static arc_status source_of(arci_posting *p, const request *r, const arc_value **row)
{
    const arci_shape *shape;
    arc_value *v;
    const char *entity = r->receipt ? "receipt" : "item";
    arc_status st = arci_shape_get(p->t, &shape, entity, r->receipt ? "number project department business_line channel" : "number project department business_line channel kind");
    if (st == ARC_OK) st = arci_access_row(p->t, p->t->call->verb, NULL, shape->table->entity, r->receipt ? r->receipt : r->credit_item);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, r->receipt ? r->receipt : r->credit_item, &p->arena, &v);
    if (st == ARC_OK) *row = v;
    return st;
}

static arc_status judge(arci_posting *p, request *r, const arci_side *credit)
{
    arci_env *env = p->t->env;
    const char *entity = r->receipt ? "receipt" : "item";
    int64_t id = r->receipt ? r->receipt : r->credit_item;
    if (!credit) return fault(env, arci_fail(env, ARC_E_NOT_FOUND, "there is no such receipt or credit item", "该回款或贷项不存在"), entity, NULL, id);
    int64_t left = r->receipt ? credit->left : -credit->left;
    arc_status st = (r->receipt ? arci_receipt_may : arci_item_may)(p->t, &p->arena, ARCI_DO_RECEIPT_REFUND, id);
    if (st != ARC_OK) return st;
    if (!r->amount) r->amount = left;
    if (r->amount < 0) return fault(env, arci_fail(env, ARC_E_RANGE, "the amount of a refund is positive", "退款金额必须为正数"), entity, NULL, id);
    if (r->amount > left) {
        return fault(env, arci_fail(env, ARC_E_GUARD, "%lld minor units of %s are wanted, %lld are left", "需要 %lld（最小货币单位，%s），仅剩 %lld", (long long)r->amount, credit->currency,
                                    (long long)left), entity, NULL, id);
    }
    return r->date < credit->since ? fault(env, arci_fail(env, ARC_E_RANGE, "the date is before the money came in", "退款日期早于到账日"), entity, NULL, id) : ARC_OK;
}

static void fill_item(const arci_posting *p, arc_value *v, const request *r, const arci_side *credit, const arc_value *source, int64_t seq)
{
    static const int kept[] = { ARCI_ITEM_NUMBER, ARCI_ITEM_PROJECT, ARCI_ITEM_DEPARTMENT, ARCI_ITEM_BUSINESS_LINE, ARCI_ITEM_CHANNEL };
    int known;
    int64_t base = arci_side_base(credit, r->receipt ? r->amount : -r->amount, &known);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) v[kept[i]] = source[i];
    v[ARCI_ITEM_SEQ] = arci_v_int(seq);
    v[ARCI_ITEM_KIND] = arci_v_text("refund", 6);
    v[ARCI_ITEM_CUSTOMER] = arci_v_int(credit->customer);
    v[ARCI_ITEM_CURRENCY] = arci_v_text(credit->currency, 3);
    v[ARCI_ITEM_AMOUNT] = arci_v_int(r->amount);
    v[ARCI_ITEM_BUSINESS_DATE] = v[ARCI_ITEM_DUE_DATE] = v[ARCI_ITEM_BASE_DATE] = arci_v_int(r->date);
    if (r->credit_item) v[ARCI_ITEM_ORIGIN] = arci_v_int(r->credit_item);
    for (int c = 0; c < 3; c++) v[ARCI_ITEM_OWNER + c] = credit->owner[c];
    v[ARCI_ITEM_REMARK] = arci_v_text(r->reason, strlen(r->reason));
    if (credit->domestic || !known) return;
    v[ARCI_ITEM_BASE_CURRENCY] = arci_v_text(p->session->book->base_currency, 3);
    v[ARCI_ITEM_BASE_AMOUNT] = arci_v_int(r->receipt ? base : -base);
}

/* Writes one item and its entry. */
static arc_status make(arci_posting *p, const arc_value *from, const char *purpose, int64_t *id)
{
    arci_items items;
    arc_status st = arci_items_new(p->t, &p->arena, &items, 1);
    if (st != ARC_OK) return st;
    memcpy(arci_items_row(&items, 0), from, ARCI_ITEM_COLUMNS * sizeof *from);
    st = arci_items_write(p->t, &items, &p->accounts);
    if (st != ARC_OK) return st;
    *id = arci_items_id(&items, 0);
    arci_debt_journal(p, arci_items_row(&items, 0), *id, purpose, ARCI_ROLE_REFUND);
    return ARC_OK;
}

static arc_status evidence_of(arci_posting *p, char **out, const char *name, int64_t id)
{
    *out = arci_arena_alloc(&p->arena, 64);
    if (!*out) return arci_nomem(p->t->env);
    snprintf(*out, 64, "{\"%s\":%lld}", name, (long long)id);
    return ARC_OK;
}

static arc_status pay_back(arci_posting *p, const request *r, int64_t item)
{
    arci_allot a;
    char *evidence;
    int64_t sides[2] = { r->credit_item, item }, receipt = r->receipt;
    arc_status st = evidence_of(p, &evidence, "made", item);
    if (st == ARC_OK) st = arci_allot_open(p, &a, sides, 2, &receipt, 1, 1);
    if (st != ARC_OK) return st;
    const arci_allot_row row = { .date = r->date, .receipt = r->receipt, .credit_item = r->credit_item, .item = item, .amount = r->amount, .mode = "refund", .reason = r->reason,
                                 .evidence = evidence };
    st = arci_allot_add(&a, &row);
    if (st == ARC_OK) st = arci_allot_write(&a);
    if (st == ARC_OK && p->ids) p->ids[0] = arci_allot_id(&a, 0);
    return st;
}

static arc_status refund(arci_posting *p, const void *elements)
{
    request r = *(const request *)elements;
    arci_sides sides;
    const arc_value *source = NULL;
    arc_value item[ARCI_ITEM_COLUMNS] = { 0 };
    int64_t id = r.receipt ? r.receipt : r.credit_item, seq = 1;
    if (r.date == ARC_DATE_NONE) r.date = p->session->business_date;
    const int64_t told[] = { r.receipt, r.credit_item, r.amount, r.date };
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) arci_call_arg_int(p->call, told[i]);
    arci_call_arg_text(p->call, r.reason, strlen(r.reason));
    arci_posting_arg_end(p, 0);
    arc_status st = arci_posting_asked(p);
    if (st == ARC_OK) st = source_of(p, &r, &source);
    if (st == ARC_OK) st = arci_sides_read(p, &sides, r.receipt ? "receipt_state" : "item_state", &id, 1);
    const arci_side *credit = st == ARC_OK ? arci_sides_find(&sides, r.receipt ? r.receipt : r.credit_item) : NULL;
    if (st == ARC_OK) st = judge(p, &r, credit);
    if (st == ARC_OK) st = arci_duty_check(p->t, "receipt.refund", credit->customer);
    if (st == ARC_OK) st = arci_period_check(p->t, r.date);
    const arc_value none = arci_v_null();
    if (st == ARC_OK) st = arci_debt_next_seq(p, &source[0], &none, &seq);
    if (st != ARC_OK) return st;
    fill_item(p, item, &r, credit, source, seq);
    st = make(p, item, "refund", &id);
    return st == ARC_OK ? pay_back(p, &r, id) : st;
}

arc_status arc_receipt_refund(arc_session *session, int64_t *allocation, int64_t receipt, int64_t credit_item, int64_t amount, arc_date date, const char *reason)
{
    arci_session *s;
    const request r = { receipt, credit_item, amount, date, reason };
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = arci_reason_check(&s->env, reason, "receipt");
    if (st == ARC_OK && (receipt != 0) == (credit_item != 0)) st = arci_fail(&s->env, ARC_E_INVALID, "either a receipt or a credit item is paid back", "退款须来自一笔回款或一笔贷项");
    if (st != ARC_OK) return arci_call_leave(s, st);
    (void)arci_session_leave(s, st);
    return arci_posting_run(session, ARCI_DO_RECEIPT_REFUND, allocation, NULL, &r, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, refund);
}

/* ---- taking back ---------------------------------------------------------------------------------------------------------------- */

arc_status arci_refund_take_back(arci_posting *p, int64_t id, const arc_value *old, arc_date date, const char *reason, int64_t *undone)
{
    const arci_shape *shape;
    arc_value *made, credit[ARCI_ITEM_COLUMNS];
    arci_allot a;
    char *evidence;
    int64_t item = old[ARCI_AL_ITEM].u.i, credit_id = 0, seq;
    arc_status st = arci_shape_get(p->t, &shape, "item", arci_item_fields);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, item, &p->arena, &made);
    if (st == ARC_OK) st = arci_debt_next_seq(p, &made[ARCI_ITEM_NUMBER], &made[ARCI_ITEM_INVOICE], &seq);
    if (st == ARC_OK) st = evidence_of(p, &evidence, "takes_back", id);
    if (st != ARC_OK) return st;
    memcpy(credit, made, sizeof credit);
    credit[ARCI_ITEM_SEQ] = arci_v_int(seq);
    credit[ARCI_ITEM_AMOUNT] = arci_v_int(-made[ARCI_ITEM_AMOUNT].u.i);
    if (made[ARCI_ITEM_BASE_AMOUNT].type == ARC_V_INT) credit[ARCI_ITEM_BASE_AMOUNT] = arci_v_int(-made[ARCI_ITEM_BASE_AMOUNT].u.i);
    credit[ARCI_ITEM_BUSINESS_DATE] = credit[ARCI_ITEM_DUE_DATE] = credit[ARCI_ITEM_BASE_DATE] = arci_v_int(date);
    credit[ARCI_ITEM_ORIGIN] = arci_v_int(item);
    st = make(p, credit, "reversal", &credit_id);
    int64_t items[3] = { item, credit_id, old[ARCI_AL_CREDIT_ITEM].type == ARC_V_INT ? old[ARCI_AL_CREDIT_ITEM].u.i : 0 };
    int64_t receipt = old[ARCI_AL_RECEIPT].type == ARC_V_INT ? old[ARCI_AL_RECEIPT].u.i : 0;
    const arci_allot_row row = { .date = date, .credit_item = credit_id, .item = item, .amount = made[ARCI_ITEM_AMOUNT].u.i, .mode = "refund", .reason = reason, .evidence = evidence };
    if (st == ARC_OK) st = arci_allot_open(p, &a, items, 3, &receipt, 1, 2);
    if (st == ARC_OK) st = arci_allot_undo(&a, id, old, date, reason);
    if (st == ARC_OK) st = arci_allot_add(&a, &row);
    if (st == ARC_OK) st = arci_allot_write(&a);
    if (st == ARC_OK) *undone = arci_allot_id(&a, 0);
    return st;
}
