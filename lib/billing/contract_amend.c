/* SPDX-License-Identifier: Apache-2.0 */
/* Amendments (补充协议): the one way by which amount, tolerance and end of an active contract change. */
#include <string.h>

#include "arcore/date.h"
#include "arcore/fields.h"
#include "billing/contract_step.h"

static const arc_value *said(const arci_record *r, uint32_t field, const arc_value *else_) { return arci_record_value(r, field)->type == ARC_V_NULL ? else_ : arci_record_value(r, field); }

static arc_status at(arci_posting *p, arc_status st, const char *field)
{
    arci_fail_at(p->t->env, "contract_change", field, 0, -1);
    return st;
}

/* Values that make sense, whatever was issued. */
static arc_status judge_values(arci_posting *p, const arci_contract *c, const arci_record *r, const arci_contract_change *x)
{
    arci_env *env = p->t->env;
    const arc_value *k = c->row, *currency = arci_record_value(r, ARC_CONTRACT_CHANGE_CURRENCY);
    int n = (int)k[ARCI_CONTRACT_NUMBER].len;
    const char *number = k[ARCI_CONTRACT_NUMBER].u.s;
    if (currency->type != ARC_V_NULL && !arci_value_equal(currency, &k[ARCI_CONTRACT_CURRENCY])) {
        return at(p, arci_fail(env, ARC_E_CURRENCY, "contract %.*s is in %.*s", "合同 %.*s 的币种为 %.*s", n, number, 3, k[ARCI_CONTRACT_CURRENCY].u.s), "currency");
    }
    if (arci_code_is(&k[ARCI_CONTRACT_KIND], "framework") && arci_record_value(r, ARC_CONTRACT_CHANGE_AMOUNT)->type != ARC_V_NULL) {
        return at(p, arci_fail(env, ARC_E_VALUE, "contract %.*s is a framework contract: it has no amount", "合同 %.*s 是框架合同，没有金额", n, number), "amount");
    }
    if (x->amount.type == ARC_V_INT && x->amount.u.i < 0) return at(p, arci_fail(env, ARC_E_VALUE, "the amount is negative", "合同金额不能为负"), "amount");
    if (x->tolerance.type == ARC_V_INT && x->tolerance.u.i < 0) return at(p, arci_fail(env, ARC_E_VALUE, "the tolerance is negative", "容差不能为负"), "tolerance");
    if (x->ends_on.type == ARC_V_INT && k[ARCI_CONTRACT_STARTS].type == ARC_V_INT && x->ends_on.u.i < k[ARCI_CONTRACT_STARTS].u.i) {
        return at(p, arci_fail(env, ARC_E_RANGE, "contract %.*s would end before it starts", "合同 %.*s 的结束日期早于开始日期", n, number), "ends_on");
    }
    if (!arci_value_equal(&x->amount, &k[ARCI_CONTRACT_AMOUNT]) || !arci_value_equal(&x->tolerance, &k[ARCI_CONTRACT_TOLERANCE]) || !arci_value_equal(&x->ends_on, &k[ARCI_CONTRACT_ENDS])) {
        return ARC_OK;
    }
    return at(p, arci_fail(env, ARC_E_VALUE, "the amendment of contract %.*s changes nothing", "合同 %.*s 的补充协议没有任何变更", n, number), "amount");
}

/* Never below what is issued, nor below what is ordered; one that is below already, by what others issued, may rise. */
static arc_status judge_limit(arci_posting *p, const arci_contract *c, const arci_record *r, const arci_contract_change *x)
{
    const int64_t used = c->issued > c->ordered ? c->issued : c->ordered;
    char currency[4] = { 0 }, to[48], issued[48], ordered[48];
    int64_t limit;
    if (!arci_contract_limit(c, &x->amount, &x->tolerance, &limit) || limit >= used || (c->limited && limit >= c->limit)) return ARC_OK;
    memcpy(currency, c->row[ARCI_CONTRACT_CURRENCY].u.s, 3);
    arc_status st = arci_fail(p->t->env, ARC_E_GUARD, "contract %.*s cannot be limited to %s: %s are issued, %s ordered", "合同 %.*s 的上限不能降至 %s：已开票 %s，已下单 %s",
                              (int)c->row[ARCI_CONTRACT_NUMBER].len, c->row[ARCI_CONTRACT_NUMBER].u.s, arci_amount_text(to, limit, currency), arci_amount_text(issued, c->issued, currency),
                              arci_amount_text(ordered, c->ordered, currency));
    return at(p, st, arci_record_value(r, ARC_CONTRACT_CHANGE_AMOUNT)->type == ARC_V_NULL ? "tolerance" : "amount");
}

/* The same of each day from that of the amendment on, where something was given back since: more may have been issued then than is now. */
static arc_status judge_days(arci_posting *p, arci_contract *c, const arci_record *r, const arci_contract_change *x)
{
    arci_worst_day w;
    int64_t limit;
    char currency[4] = { 0 }, to[48], issued[48], day[16];
    size_t n = sizeof day;
    if (c->freed <= x->date || !arci_contract_limit(c, &x->amount, &x->tolerance, &limit) || (c->limited && limit >= c->limit)) return ARC_OK;
    arc_status st = arci_contract_worst(p->t, &p->arena, c, x->date, NULL, &limit, &w);
    if (st != ARC_OK || w.issued <= limit) return st;
    memcpy(currency, c->row[ARCI_CONTRACT_CURRENCY].u.s, 3);
    if (arc_date_print(day, &n, w.day) != ARC_OK) day[0] = 0;
    st = arci_fail(p->t->env, ARC_E_GUARD, "contract %.*s cannot be limited to %s: %s are issued on %s", "合同 %.*s 的上限不能降至 %s：已开票 %s（%s）", (int)c->row[ARCI_CONTRACT_NUMBER].len,
                   c->row[ARCI_CONTRACT_NUMBER].u.s, arci_amount_text(to, limit, currency), arci_amount_text(issued, w.issued, currency), day);
    return at(p, st, arci_record_value(r, ARC_CONTRACT_CHANGE_AMOUNT)->type == ARC_V_NULL ? "tolerance" : "amount");
}

static arc_status change(arci_posting *p, const arci_record *r)
{
    const arc_value *day = arci_record_value(r, ARC_CONTRACT_CHANGE_EFFECTIVE_DATE);
    arci_contract *c;
    arc_status st = arci_contract_open(p, &c, arci_record_value(r, ARC_CONTRACT_CHANGE_CONTRACT)->u.i);
    if (st != ARC_OK) return st;
    arci_contract_change x = { .kind = "amended",
                               .number = *arci_record_value(r, ARC_CONTRACT_CHANGE_NUMBER),
                               .reason = *arci_record_value(r, ARC_CONTRACT_CHANGE_REASON),
                               .amount = *said(r, ARC_CONTRACT_CHANGE_AMOUNT, &c->row[ARCI_CONTRACT_AMOUNT]),
                               .tolerance = *said(r, ARC_CONTRACT_CHANGE_TOLERANCE, &c->row[ARCI_CONTRACT_TOLERANCE]),
                               .ends_on = *said(r, ARC_CONTRACT_CHANGE_ENDS_ON, &c->row[ARCI_CONTRACT_ENDS]),
                               .custom = *arci_record_value(r, ARCI_FIELD_CUSTOM) };
    st = judge_values(p, c, r, &x);
    if (st == ARC_OK) st = judge_limit(p, c, r, &x);
    if (st == ARC_OK) st = arci_contract_day(p, c, day->type == ARC_V_INT ? (arc_date)day->u.i : ARC_DATE_NONE, "effective_date", &x.date);
    if (st == ARC_OK) st = judge_days(p, c, r, &x);
    if (st == ARC_OK) st = arci_contract_history(p, c, &x);
    const arc_value values[4] = { x.amount, x.tolerance, x.ends_on, arci_v_int(x.date) };
    if (st == ARC_OK) st = arci_contract_write(p, c, "amount tolerance ends_on changed_on", values, 4);
    if (st == ARC_OK && p->ids) p->ids[0] = x.id;
    return st;
}

static arc_status amend(arci_posting *p, const void *elements)
{
    static const uint32_t required[] = { ARC_CONTRACT_CHANGE_CONTRACT, ARC_CONTRACT_CHANGE_REASON, 0 };
    arci_record **records;
    arc_status st = arci_posting_records(p, &records, elements, ARC_CONTRACT_CHANGE);
    if (st == ARC_OK) st = arci_posting_asked_records(p, records);
    if (st == ARC_OK) st = arci_posting_access(p, records);
    if (st != ARC_OK || !arci_posting_good(p, 0) || !arci_posting_required(p, 0, records[0], required)) return st;
    return change(p, records[0]);
}

arc_status arc_contract_amend(arc_session *session, int64_t *id, arc_record *amendment)
{
    return arci_posting_run(session, ARCI_DO_CONTRACT_AMEND, id, NULL, &amendment, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, amend);
}
