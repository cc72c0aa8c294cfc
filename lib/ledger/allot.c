/* SPDX-License-Identifier: Apache-2.0 */
/* Judging and writing allocation rows. */
#include "ledger/allot.h"

#include <string.h>

#include "arcore/date.h"
#include "base/json.h"
#include "base/str.h"
#include "ledger/allot_journal.h"
#include "ledger/conduct.h"
#include "ledger/merged.h"
#include "ledger/parts.h"
#include "ledger/period.h"

#define FIELDS \
    "effective_date item receipt credit_item currency amount discount write_off reverses mode reason owner team region base_currency fx_difference credit_currency " \
    "credit_amount item_base credit_base reason_code evidence unearned parts account_role reopens credit_parts days_late rule confidence"
const char arci_allot_fields[] = FIELDS;
static const char standing_fields[] = "id " FIELDS;

enum { REASON_MAX = 500, EVIDENCE_MAX = 65536, ORDER_MAX = 400 };

static arc_status fault(arci_env *env, arc_status st, const char *entity, const char *field, int64_t id)
{
    arci_fail_at(env, entity, field, id, -1);
    return st;
}

/* ---- judging ------------------------------------------------------------------------------------------------------------- */

static arc_status amounts_fit(arci_env *env, const arci_allot_row *r)
{
    const int64_t parts[] = { r->amount, r->discount, r->write_off, r->unearned, r->credit_amount };
    int good = !(r->receipt && r->credit_item) && (r->receipt || r->credit_item || !r->amount);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) good = good && parts[i] >= 0 && parts[i] <= ARC_MONEY_MAX;
    if (!good || r->amount + r->discount + r->write_off == 0) {
        return fault(env,
                     arci_fail(env, ARC_E_RANGE, "an allocation takes from one receipt or credit item; its parts are not negative, and not all zero",
                               "核销须来自一笔回款或一笔贷项；各部分金额不得为负且不得全为零"),
                     "allocation", "amount", 0);
    }
    if (r->unearned <= r->discount) return ARC_OK;
    return fault(env, arci_fail(env, ARC_E_RANGE, "the unearned part of a discount is at most the discount", "不符合条件的折扣不得超过折扣总额"), "allocation", "unearned", 0);
}

arc_status arci_reason_check(arci_env *env, const char *reason, const char *entity)
{
    size_t n = reason ? strlen(reason) : 0;
    arc_status st = ARC_OK;
    if (!n || n > REASON_MAX) st = arci_fail(env, ARC_E_INVALID, "a reason of 1 to %d bytes is required", "须填写原因（1 至 %d 字节）", REASON_MAX);
    else if (arci_utf8_check(reason, n) != n) st = arci_fail(env, ARC_E_ENCODING, "the reason is not valid UTF-8", "原因不是有效的 UTF-8");
    return st == ARC_OK ? st : fault(env, st, entity, "reason", 0);
}

static int known_code(const char *list, const char *code)
{
    const arci_code_list *l = arci_code_list_get(list);
    for (uint32_t i = 0; l->codes[i]; i++) {
        if (strcmp(l->codes[i], code) == 0) return 1;
    }
    return 0;
}

static arc_status texts_fit(arci_posting *p, const arci_allot_row *r)
{
    arci_env *env = p->t->env;
    arci_json *root;
    arc_status st = r->reason ? arci_reason_check(env, r->reason, "allocation") : ARC_OK;
    if (st == ARC_OK && r->reason_code && !known_code("deduction_reason", r->reason_code)) {
        st = fault(env, arci_fail(env, ARC_E_VALUE, "there is no such reason code", "原因代码不存在"), "allocation", "reason_code", 0);
    }
    if (st == ARC_OK && r->evidence) {
        size_t n = strlen(r->evidence);
        st = n > EVIDENCE_MAX ? arci_fail(env, ARC_E_LIMIT, "evidence has at most %d bytes", "依据最多 %d 字节", EVIDENCE_MAX)
                              : arci_json_parse(env, &p->arena, r->evidence, n, &arci_json_default_limits, &root);
        if (st != ARC_OK) st = fault(env, st, "allocation", "evidence", 0);
    }
    if (st == ARC_OK && r->order && strlen(r->order) > ORDER_MAX) {
        st = fault(env, arci_fail(env, ARC_E_LIMIT, "an order has at most %d bytes", "顺序最多 %d 字节", ORDER_MAX), "allocation", "parts", 0);
    }
    return st;
}

/* In two currencies both sides must be worth something in base currency, or the journal would not balance. */
static arc_status currencies_fit(arci_env *env, const arci_allot_row *r, const arci_side *item, const arci_side *credit)
{
    int same = memcmp(item->currency, credit->currency, 3) == 0, known = (item->domestic || item->has_base) && (credit->domestic || credit->has_base);
    if (same && !r->credit_amount) return ARC_OK;
    if (same) return arci_fail(env, ARC_E_VALUE, "credit_amount is for a receipt in another currency", "credit_amount 仅用于不同币种的回款");
    if (!r->credit_amount || !r->receipt || !r->amount) {
        return arci_two_currencies(env, item, credit, r->receipt && !r->credit_amount);
    }
    if (known) return ARC_OK;
    return arci_fail(env, ARC_E_VALUE, "what the item or the receipt is worth in base currency is not known", "应收或回款的本位币金额未知");
}

/* one: their customers were merged, or one pays for the other. */
static arc_status sides_fit(arci_env *env, const arci_allot_row *r, const arci_side *item, const arci_side *credit, int one)
{
    arc_status st = credit ? currencies_fit(env, r, item, credit) : ARC_OK;
    if (st != ARC_OK) {
        /* told */
    } else if (!item->real) {
        st = arci_fail(env, ARC_E_STATE, "the receivable is planned or estimated: it is settled once it is invoiced", "该应收为计划或暂估，开票后方可核销");
    } else if (credit && !credit->customer) {
        st = arci_fail(env, ARC_E_STATE, "nobody knows yet whose the receipt is", "回款尚未认领");
    } else if (credit && item->customer != credit->customer && !(r->flags & ARCI_ALLOT_OTHERS) && !one) {
        st = arci_fail(env, ARC_E_STATE, "item and credit belong to different customers", "应收与贷项属于不同客户");
    } else if (credit && credit->closed) {
        st = arci_fail(env, ARC_E_STATE, "the receipt went back to the payer", "回款已退回");
    } else if (item->left < 0) {
        st = arci_fail(env, ARC_E_STATE, "the item to settle is a credit", "待核销项是贷项");
    } else if (r->credit_item && credit->left > 0) {
        st = arci_fail(env, ARC_E_STATE, "the credit item is a debit", "所用贷项是借项");
    }
    return st == ARC_OK ? st : fault(env, st, "item", NULL, item->id);
}

static arc_status enough_left(arci_env *env, const char *entity, int64_t id, int64_t left, int64_t wanted, const char *currency)
{
    if (wanted <= left) return ARC_OK;
    return fault(env, arci_wanted_left(env, wanted, left, currency), entity, NULL, id);
}

static arc_status missing(arci_env *env, const arci_allot_row *r, const arci_side *item)
{
    if (!item) return fault(env, arci_fail(env, ARC_E_NOT_FOUND, "there is no such item", "该应收不存在"), "item", NULL, r->item);
    if (r->receipt) return fault(env, arci_fail(env, ARC_E_NOT_FOUND, "there is no such receipt", "该回款不存在"), "receipt", NULL, r->receipt);
    return fault(env, arci_fail(env, ARC_E_NOT_FOUND, "there is no such credit item", "该贷项不存在"), "item", NULL, r->credit_item);
}

static arc_status date_fits(arci_txn *t, arc_date date, const arci_side *item, const arci_side *credit)
{
    arci_env *env = t->env;
    arc_date first = credit && credit->since > item->since ? credit->since : item->since;
    if (date >= first && date <= ARC_DATE_MAX) return arci_fact_check(t, date, first, "allocation", "effective_date", item->id);
    char day[16] = { 0 };
    size_t n = sizeof day;
    (void)arc_date_print(day, &n, first);
    arc_status st = arci_fail(env, ARC_E_RANGE, "the date is out of range", "日期超出范围");
    if (date < first && credit && credit->claimed && credit->since == first) {
        st = arci_fail(env, ARC_E_RANGE, "the receipt was claimed on %s: it is applied from that day on", "回款于 %s 认领，自该日起方可核销", day);
    } else if (date < first) {
        st = arci_fail(env, ARC_E_RANGE, "the date is before the item or the credit existed: both do from %s on", "核销日期早于应收或贷项的日期（%s）", day);
    }
    return fault(env, st, "allocation", "effective_date", item->id);
}

/* Enough is left today, and was on every day from the row's date on: reports as of those days must not show less than nothing. */
static arc_status enough_since(arci_allot *a, const arci_allot_row *r, arci_sides *sides, arci_side *side, int64_t wanted)
{
    arci_env *env = a->p->t->env;
    const char *entity = sides == &a->receipts ? "receipt" : "item";
    int64_t left = side->left < 0 ? -side->left : side->left, least = 0;
    arc_date on = ARC_DATE_NONE;
    arc_status st = enough_left(env, entity, side->id, left, wanted, side->currency);
    if (st == ARC_OK) st = arci_side_least(a->p, sides, side, r->date, a->earliest, &least, &on);
    if (st != ARC_OK || wanted <= least) return st;
    char day[16] = { 0 }, asked[ARCI_SAID], then[ARCI_SAID];
    size_t n = sizeof day;
    (void)arc_date_print(day, &n, on);
    st = arci_fail(env, ARC_E_GUARD, "%s is wanted, only %s was left on %s: take a later date", "需要 %s，仅剩 %s（%s），请使用更晚的日期", arci_money_said(asked, wanted, side->currency),
                   arci_money_said(then, least, side->currency), day);
    return fault(env, st, entity, NULL, side->id);
}

/* Two customers that are one by now, or of which one is above the other: he may pay for him. */
static arc_status merged(arci_allot *a, const arci_allot_row *r, const arci_side *item, const arci_side *credit, int *one)
{
    int64_t roots[2] = { item->customer, credit ? credit->customer : 0 };
    if (!credit || !roots[0] || !roots[1] || roots[0] == roots[1]) return ARC_OK;
    const int64_t ids[2] = { roots[0], roots[1] };
    arc_status st = arci_merged_roots_now(a->p->t, &a->p->arena, ids, 2, roots);
    *one = st == ARC_OK && roots[0] == roots[1];
    return st == ARC_OK && !*one && r->receipt ? arci_merged_related_now(a->p->t, &a->p->arena, roots[0], roots[1], one) : st;
}

static arc_status judge(arci_allot *a, const arci_allot_row *r, arci_side *item, arci_side *credit)
{
    arci_env *env = a->p->t->env;
    if (!item || (!credit && (r->receipt || r->credit_item))) return missing(env, r, item);
    int64_t settled = r->amount + r->discount + r->write_off; /* each within ARC_MONEY_MAX: no overflow */
    int64_t leaves = r->credit_amount ? r->credit_amount : r->amount;
    int one = 0;
    arc_status st = r->flags & ARCI_ALLOT_OTHERS ? ARC_OK : merged(a, r, item, credit, &one);
    if (st == ARC_OK) st = sides_fit(env, r, item, credit, one);
    if (st == ARC_OK) st = date_fits(a->p->t, r->date, item, credit);
    if (st == ARC_OK) st = enough_since(a, r, &a->items, item, settled);
    if (st != ARC_OK || !credit) return st;
    return enough_since(a, r, r->receipt ? &a->receipts : &a->items, credit, leaves);
}

/* ---- one row ---------------------------------------------------------------------------------------------------------------- */

static arc_status parts_of(arci_allot *a, const arci_side *side, arci_parts *out)
{
    return arci_parts_read(a->p->t->env, &a->p->arena, out, &side->parts, side->currency);
}

/* What is left of a side, and of the row what left it. */
static arc_status keep_parts(arci_allot *a, arci_side *side, const arci_parts *left, arc_value *cell, const arci_parts *taken)
{
    arc_value open;
    arc_status st = left->n ? arci_parts_print(a->p->t->env, &a->p->arena, &open, left) : ARC_OK;
    if (st == ARC_OK && left->n) st = arci_parts_print(a->p->t->env, &a->p->arena, cell, taken);
    if (st == ARC_OK && left->n) side->parts = open;
    return st;
}

/* Inside of a debt another order than the one it carries needs an agreement, which the reason names (Civil Code 561). */
static arc_status divide(arci_allot *a, const arci_allot_row *r, arci_side *item, arci_side *credit, arc_value *row)
{
    arci_env *env = a->p->t->env;
    arci_parts open, taken, of_credit, given;
    const int one_part = item->parts.type == ARC_V_NULL;
    arc_status st = ARC_OK;
    if (one_part && r->order) st = arci_parts_order(env, r->order);
    if (one_part && (!credit || credit->parts.type == ARC_V_NULL)) return st == ARC_OK ? ARC_OK : fault(env, st, "item", "parts", item->id);
    if (st == ARC_OK && !one_part && r->order && !r->reason) {
        st = arci_fail(env, ARC_E_REQUIRED, "another order inside a debt needs an agreement: name it in reason", "变更同一债务内的清偿顺序须有约定，请在原因中注明");
    }
    memset(&of_credit, 0, sizeof of_credit);
    if (st == ARC_OK) st = parts_of(a, item, &open);
    if (st == ARC_OK && credit) st = parts_of(a, credit, &of_credit);
    if (st == ARC_OK) st = arci_parts_match(env, &open, &taken, r->amount + r->discount + r->write_off, &of_credit, &given, r->amount, r->order);
    if (st == ARC_OK) st = keep_parts(a, item, &open, &row[ARCI_AL_PARTS], &taken);
    if (st == ARC_OK && credit) st = keep_parts(a, credit, &of_credit, &row[ARCI_AL_CREDIT_PARTS], &given);
    return st == ARC_OK ? ARC_OK : fault(env, st, "item", "parts", item->id);
}

/* Changes both sides, and keeps what leaves them in base currency where one of them is foreign. */
static arc_status move(arci_allot *a, const arci_allot_row *r, arci_side *item, arci_side *credit, arc_value *row)
{
    int64_t settled = r->amount + r->discount + r->write_off, leaves = r->credit_amount ? r->credit_amount : r->amount;
    int item_known, credit_known = 0, foreign = !item->domestic || (credit && !credit->domestic);
    int64_t from_item = arci_side_base(item, settled, &item_known), from_credit = 0;
    if (credit) from_credit = r->receipt ? arci_side_base(credit, leaves, &credit_known) : -arci_side_base(credit, -leaves, &credit_known);
    arc_status st = arci_side_move(a->p, item, settled, from_item, r->date);
    if (st == ARC_OK && credit) st = arci_side_move(a->p, credit, r->receipt ? leaves : -leaves, r->receipt ? from_credit : -from_credit, r->date);
    if (st != ARC_OK) return st;
    if (r->credit_amount) {
        row[ARCI_AL_CREDIT_CURRENCY] = arci_v_text(credit->currency, 3);
        row[ARCI_AL_CREDIT_AMOUNT] = arci_v_int(r->credit_amount);
    }
    if (!foreign || (!item_known && !credit_known)) return ARC_OK;
    row[ARCI_AL_BASE_CURRENCY] = arci_v_text(a->p->session->book->base_currency, 3);
    if (item_known) row[ARCI_AL_ITEM_BASE] = arci_v_int(from_item);
    if (credit_known) row[ARCI_AL_CREDIT_BASE] = arci_v_int(from_credit);
    if (item_known && credit_known) {
        row[ARCI_AL_FX] = arci_v_int(from_credit - arci_base_parts_of(from_item, r->amount, r->discount, r->write_off).amount);
    }
    return ARC_OK;
}

static arc_value text_or_null(const char *s) { return s ? arci_v_text(s, strlen(s)) : arci_v_null(); }

/* What a netting settles is known as such; who or what decided is not asked of it. */
static const char *mode_of(const arci_allot_row *r, const arci_side *credit)
{
    const arc_value *method = credit && r->receipt ? &credit->kind : NULL;
    int netted = method && method->type == ARC_V_TEXT && method->len == 6 && memcmp(method->u.s, "offset", 6) == 0;
    return netted && r->mode && (strcmp(r->mode, "manual") == 0 || strcmp(r->mode, "auto") == 0) ? "netting" : r->mode;
}

static void fill(arc_value *row, const arci_allot_row *r, const arci_side *item, const arci_side *credit)
{
    int64_t days = 0;
    const char *role = r->role ? r->role : r->write_off && r->reason_code ? arci_reason_role(r->reason_code) : NULL;
    row[ARCI_AL_DATE] = arci_v_int(r->date);
    row[ARCI_AL_ITEM] = arci_v_int(r->item);
    if (r->receipt) row[ARCI_AL_RECEIPT] = arci_v_int(r->receipt);
    if (r->credit_item) row[ARCI_AL_CREDIT_ITEM] = arci_v_int(r->credit_item);
    row[ARCI_AL_CURRENCY] = arci_v_text(item->currency, 3);
    row[ARCI_AL_AMOUNT] = arci_v_int(r->amount);
    row[ARCI_AL_DISCOUNT] = arci_v_int(r->discount);
    row[ARCI_AL_WRITE_OFF] = arci_v_int(r->write_off);
    row[ARCI_AL_MODE] = text_or_null(mode_of(r, credit));
    row[ARCI_AL_REASON] = text_or_null(r->reason);
    if (r->receipt && arci_conduct_days(&days, &credit->kind, &item->kind, r->amount, credit->paid_on, item->since, item->due)) row[ARCI_AL_DAYS_LATE] = arci_v_int(days);
    row[ARCI_AL_REASON_CODE] = text_or_null(r->reason_code);
    row[ARCI_AL_EVIDENCE] = text_or_null(r->evidence);
    if (r->rule) row[ARCI_AL_RULE] = arci_v_int(r->rule);
    if (r->engine) row[ARCI_AL_LIKELY] = arci_v_int(r->likely);
    if (r->unearned) row[ARCI_AL_UNEARNED] = arci_v_int(r->unearned);
    if (role && strcmp(role, ARCI_ROLE_SMALL_DIFFERENCE) != 0) row[ARCI_AL_ROLE] = text_or_null(role);
    memcpy(&row[ARCI_AL_OWNER], item->owner, sizeof item->owner);
}

static arc_value *next_row(arci_allot *a)
{
    return a->rows && a->rows->n_rows < a->cap ? a->rows->rows + (size_t)a->rows->n_rows * a->rows->stride + a->rows->first : NULL;
}

arc_status arci_allot_add(arci_allot *a, const arci_allot_row *r)
{
    arci_posting *p = a->p;
    arc_value *row = next_row(a);
    if (!row) return arci_fail(p->t->env, ARC_E_INTERNAL, "more rows than there is room for", "核销行超出预留");
    arc_status st = amounts_fit(p->t->env, r);
    if (st == ARC_OK) st = texts_fit(p, r);
    if (st != ARC_OK) return st;
    arci_side *item = arci_sides_find(&a->items, r->item);
    arci_side *credit = r->receipt ? arci_sides_find(&a->receipts, r->receipt) : r->credit_item ? arci_sides_find(&a->items, r->credit_item) : NULL;
    st = judge(a, r, item, credit);
    for (int c = 0; c < ARCI_AL_N; c++) row[c] = arci_v_null();
    if (st == ARC_OK) st = divide(a, r, item, credit, row);
    if (st == ARC_OK) st = move(a, r, item, credit, row);
    if (st != ARC_OK) return st;
    fill(row, r, item, credit);
    a->rows->n_rows++;
    return ARC_OK;
}

arc_status arci_allot_fits(arci_allot *a, const arci_allot_row *r)
{
    const arci_allot_row alone = { .date = r->date, .item = r->item, .write_off = r->amount + r->discount + r->write_off, .reason_code = r->reason_code, .reason = r->reason };
    arc_status st = amounts_fit(a->p->t->env, &alone);
    if (st == ARC_OK) st = texts_fit(a->p, &alone);
    return st == ARC_OK ? judge(a, &alone, arci_sides_find(&a->items, r->item), NULL) : st;
}

/* sign 1: of the item, whose parts are open again; -1: of the credit item. */
static arc_status undo_parts(arci_allot *a, arci_side *side, arc_value *cell, int sign)
{
    arci_env *env = a->p->t->env;
    arci_parts open, back;
    if (!side || side->parts.type == ARC_V_NULL || cell->type == ARC_V_NULL) return ARC_OK;
    arc_status st = parts_of(a, side, &open);
    if (st == ARC_OK) st = arci_parts_read(env, &a->p->arena, &back, cell, side->currency);
    if (st == ARC_OK) st = arci_parts_add(env, &open, &back, sign);
    for (uint32_t i = 0; st == ARC_OK && i < back.n; i++) back.part[i].amount = -back.part[i].amount;
    return st == ARC_OK ? keep_parts(a, side, &open, cell, &back) : st;
}

static arci_side *credit_of(arci_allot *a, const arc_value *old)
{
    if (old[ARCI_AL_RECEIPT].type == ARC_V_INT) return arci_sides_find(&a->receipts, old[ARCI_AL_RECEIPT].u.i);
    return old[ARCI_AL_CREDIT_ITEM].type == ARC_V_INT ? arci_sides_find(&a->items, old[ARCI_AL_CREDIT_ITEM].u.i) : NULL;
}

arc_status arci_allot_undoes(arci_allot *a, int64_t id, const arc_value *old, arc_date date)
{
    arci_env *env = a->p->t->env;
    const int credited = old[ARCI_AL_RECEIPT].type == ARC_V_INT || old[ARCI_AL_CREDIT_ITEM].type == ARC_V_INT;
    if (!arci_sides_find(&a->items, old[ARCI_AL_ITEM].u.i) || (credited && !credit_of(a, old))) {
        return arci_fail(env, ARC_E_CORRUPT, "the allocation's item or credit has no state", "核销对应的应收或贷项缺少状态记录");
    }
    if (date < old[ARCI_AL_DATE].u.i || date > ARC_DATE_MAX) {
        return fault(env, arci_fail(env, ARC_E_RANGE, "the date is before the allocation's", "反核销日期早于核销日期"), "allocation", "effective_date", id);
    }
    return arci_fact_check(a->p->t, date, (arc_date)old[ARCI_AL_DATE].u.i, "allocation", "effective_date", id);
}

arc_status arci_allot_undo(arci_allot *a, int64_t id, const arc_value *old, arc_date date, const char *reason)
{
    static const int parts[] = { ARCI_AL_AMOUNT, ARCI_AL_DISCOUNT, ARCI_AL_WRITE_OFF, ARCI_AL_FX, ARCI_AL_CREDIT_AMOUNT, ARCI_AL_ITEM_BASE, ARCI_AL_CREDIT_BASE, ARCI_AL_UNEARNED };
    arci_env *env = a->p->t->env;
    arc_value *row = next_row(a);
    if (!row) return arci_fail(env, ARC_E_INTERNAL, "more rows than there is room for", "核销行超出预留");
    int of_receipt = old[ARCI_AL_RECEIPT].type == ARC_V_INT;
    arc_status st = arci_allot_undoes(a, id, old, date);
    if (st != ARC_OK) return st;
    arci_side *item = arci_sides_find(&a->items, old[ARCI_AL_ITEM].u.i), *credit = credit_of(a, old);
    memcpy(row, old, ARCI_AL_N * sizeof *row);
    st = undo_parts(a, item, &row[ARCI_AL_PARTS], 1);
    if (st == ARC_OK) st = undo_parts(a, credit, &row[ARCI_AL_CREDIT_PARTS], -1);
    if (st != ARC_OK) return st;
    int64_t amount = old[ARCI_AL_AMOUNT].u.i, leaves = old[ARCI_AL_CREDIT_AMOUNT].type == ARC_V_NULL ? amount : old[ARCI_AL_CREDIT_AMOUNT].u.i;
    int64_t from_item = old[ARCI_AL_ITEM_BASE].type == ARC_V_NULL ? 0 : old[ARCI_AL_ITEM_BASE].u.i;
    int64_t from_credit = old[ARCI_AL_CREDIT_BASE].type == ARC_V_NULL ? 0 : old[ARCI_AL_CREDIT_BASE].u.i;
    st = arci_side_move(a->p, item, -(amount + old[ARCI_AL_DISCOUNT].u.i + old[ARCI_AL_WRITE_OFF].u.i), -from_item, date);
    if (st == ARC_OK && credit) st = arci_side_move(a->p, credit, of_receipt ? -leaves : leaves, of_receipt ? -from_credit : from_credit, date);
    if (st != ARC_OK) return st;
    for (size_t c = 0; c < sizeof parts / sizeof *parts; c++) {
        if (old[parts[c]].type != ARC_V_NULL) row[parts[c]] = arci_v_int(-old[parts[c]].u.i);
    }
    row[ARCI_AL_DATE] = arci_v_int(date);
    row[ARCI_AL_REVERSES] = arci_v_int(id);
    row[ARCI_AL_REASON] = text_or_null(reason);
    a->rows->n_rows++;
    return ARC_OK;
}

/* ---- reading and writing -------------------------------------------------------------------------------------------------------- */

arc_status arci_allot_open(arci_posting *p, arci_allot *a, int64_t *items, uint32_t n_items, int64_t *receipts, uint32_t n_receipts, uint32_t cap)
{
    const arci_shape *shape;
    memset(a, 0, sizeof *a);
    a->p = p;
    a->cap = cap;
    a->earliest = ARC_DATE_MAX;
    arc_status st = arci_sides_ask(p, &a->items, "item_state", items, n_items);
    if (st == ARC_OK) st = arci_sides_ask(p, &a->receipts, "receipt_state", receipts, n_receipts);
    if (st == ARC_OK) st = arci_sides_take(p, &a->items);
    if (st == ARC_OK) st = arci_sides_take(p, &a->receipts);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "allocation", arci_allot_fields);
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &a->rows, shape, ARC_WRITE_INSERT, cap ? cap : 1, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK) a->rows->n_rows = 0;
    return st;
}

static arc_status name_accounts(const arci_sides *s, arci_accounts *out, arci_env *env)
{
    for (uint32_t i = 0; i < s->n; i++) {
        const arci_side *side = &s->sides[i];
        if (side->found && side->customer && !arci_accounts_at(out, side->customer, side->currency)) return arci_nomem(env);
    }
    return ARC_OK;
}

arc_status arci_allot_ask_accounts(arci_allot *a)
{
    arci_posting *p = a->p;
    arci_accounts named;
    if (!p->t->ahead) return ARC_OK;
    arci_accounts_init(&named, p->arena.ctx);
    arc_status st = name_accounts(&a->items, &named, p->t->env);
    if (st == ARC_OK) st = name_accounts(&a->receipts, &named, p->t->env);
    if (st == ARC_OK) st = arci_accounts_ask(p->t, &named);
    arci_accounts_clear(&named);
    return st;
}

/* The first row of each item that opens again says so: from the rows alone it is not to be seen in which order they came. */
static void mark_reopened(arci_allot *a)
{
    for (uint32_t r = 0; r < a->rows->n_rows; r++) {
        arc_value *row = arci_batch_row(a->rows, r);
        int64_t which = 0;
        for (int k = 0; k < 2; k++) {
            const arc_value *id = &row[k ? ARCI_AL_CREDIT_ITEM : ARCI_AL_ITEM];
            arci_side *side = id->type == ARC_V_INT ? arci_sides_find(&a->items, id->u.i) : NULL;
            if (!side || side->marked || !arci_side_reopened(side)) continue;
            side->marked = 1;
            which |= k + 1;
        }
        row[ARCI_AL_REOPENS] = which ? arci_v_int(which) : arci_v_null();
    }
}

/* How the customers pay, as the rows tell. */
static arc_status note_conduct(arci_allot *a)
{
    for (uint32_t r = 0; r < a->rows->n_rows; r++) {
        const arc_value *row = arci_batch_row(a->rows, r);
        const arci_side *item = row[ARCI_AL_DAYS_LATE].type == ARC_V_INT ? arci_sides_find(&a->items, row[ARCI_AL_ITEM].u.i) : NULL;
        if (!item) continue;
        arci_account_change *c = arci_accounts_at(&a->p->accounts, item->customer, item->currency);
        if (!c) return arci_nomem(a->p->t->env);
        arci_conduct_pay(c->conduct, row[ARCI_AL_AMOUNT].u.i, row[ARCI_AL_DAYS_LATE].u.i, row[ARCI_AL_REVERSES].type == ARC_V_INT ? -1 : 1);
    }
    return ARC_OK;
}

/* States first: they read the allocations there were before. */
arc_status arci_allot_write(arci_allot *a)
{
    if (!a->rows->n_rows) return ARC_OK;
    mark_reopened(a);
    arc_status st = arci_sides_write(a->p, &a->items);
    if (st == ARC_OK) st = arci_sides_write(a->p, &a->receipts);
    if (st == ARC_OK) st = arci_repo_write(a->p->t, &a->rows, 1, NULL);
    if (st == ARC_OK) st = note_conduct(a);
    if (st == ARC_OK) st = arci_allot_account(a);
    return st;
}

/* Which of some rows have been undone: found through the unique index of `reverses`, 500 at a time. */
static arc_status drop_undone(arci_posting *p, arc_value *rows, int64_t *ids, uint32_t *n)
{
    const arci_shape *shape;
    const uint32_t at_once = 500;
    uint32_t kept = 0, had = *n;
    arc_status st = arci_shape_get(p->t, &shape, "allocation", "reverses");
    for (uint32_t from = 0; st == ARC_OK && from < had; from += at_once) {
        uint32_t m = had - from < at_once ? had - from : at_once;
        arc_value *in = arci_arena_alloc(&p->arena, m * sizeof *in);
        arci_where where;
        arci_rows found;
        if (!in) return arci_nomem(p->t->env);
        for (uint32_t i = 0; i < m; i++) in[i] = arci_v_int(ids[from + i]);
        arci_where_init(&where);
        arci_where_in(&where, shape->cols[0], in, m);
        st = arci_repo_find(p->t, shape, &where, NULL, 0, 0, &p->arena, &found);
        for (uint32_t i = from; st == ARC_OK && i < from + m; i++) {
            int undone = 0;
            for (uint32_t k = 0; k < found.n_rows && !undone; k++) undone = found.values[k].u.i == ids[i];
            if (undone) continue;
            memmove(rows + (size_t)kept * ARCI_AL_N, rows + (size_t)i * ARCI_AL_N, ARCI_AL_N * sizeof *rows);
            ids[kept++] = ids[i];
        }
    }
    *n = kept;
    return st;
}

arc_status arci_allot_standing_of(arci_posting *p, const char *column, const int64_t *of, uint32_t n_of, arc_value **rows, int64_t **ids, uint32_t *n)
{
    const arci_shape *shape;
    const uint32_t at_once = 500;
    uint32_t n_found = 0, all = 0;
    *n = 0;
    arci_rows *found = arci_arena_calloc(&p->arena, n_of / at_once + 1u, sizeof *found);
    arc_status st = found ? arci_shape_get(p->t, &shape, "allocation", standing_fields) : arci_nomem(p->t->env);
    for (uint32_t from = 0; st == ARC_OK && from < n_of; from += at_once, n_found++) {
        uint32_t m = n_of - from < at_once ? n_of - from : at_once;
        arc_value *in = arci_arena_alloc(&p->arena, m * sizeof *in);
        arci_where where;
        if (!in) return arci_nomem(p->t->env);
        for (uint32_t i = 0; i < m; i++) in[i] = arci_v_int(of[from + i]);
        arci_where_init(&where);
        arci_where_in(&where, arci_col(shape->table->entity, column), in, m);
        st = arci_repo_find(p->t, shape, &where, NULL, 0, 0, &p->arena, &found[n_found]);
        if (st == ARC_OK) all += found[n_found].n_rows;
    }
    if (st != ARC_OK) return st;
    *rows = arci_arena_alloc(&p->arena, ((size_t)all + 1) * ARCI_AL_N * sizeof **rows);
    *ids = arci_arena_alloc(&p->arena, ((size_t)all + 1) * sizeof **ids);
    if (!*rows || !*ids) return arci_nomem(p->t->env);
    for (uint32_t f = 0; f < n_found; f++) {
        for (uint32_t i = 0; i < found[f].n_rows; i++) {
            const arc_value *v = found[f].values + (size_t)i * found[f].n_cols;
            if (v[1 + ARCI_AL_REVERSES].type == ARC_V_INT) continue;
            memcpy(*rows + (size_t)*n * ARCI_AL_N, v + 1, ARCI_AL_N * sizeof *v);
            (*ids)[(*n)++] = v[0].u.i;
        }
    }
    return drop_undone(p, *rows, *ids, n);
}

arc_status arci_allot_standing(arci_posting *p, const char *column, int64_t id, arc_value **rows, int64_t **ids, uint32_t *n)
{
    return arci_allot_standing_of(p, column, &id, 1, rows, ids, n);
}
