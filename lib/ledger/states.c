/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/states.h"

#include <stdio.h>
#include <string.h>

#include "arcore/fields.h"
#include "base/json.h"
#include "ledger/person.h"
#include "security/duty.h"
#include "store/repo.h"
#include "store/session.h"
#include "store/setting.h"

/* ---- facts and blocks ------------------------------------------------------------------------------------------------------ */

uint32_t arci_block_asks(const arci_block *blocks, size_t n, uint32_t verb)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < n; i++) bits |= blocks[i].verb == verb ? blocks[i].when : 0;
    return bits;
}

arc_status arci_block_tell(arci_env *env, const arci_block *blocks, size_t n, uint32_t verb, uint32_t facts, const char *entity, const char *field, int64_t id)
{
    for (size_t i = 0; i < n; i++) {
        if (blocks[i].verb != verb || !(blocks[i].when & facts)) continue;
        arc_status st = arci_fail(env, ARC_E_STATE, "%s%.0s", "%.0s%s", blocks[i].en, blocks[i].zh);
        arci_fail_at(env, entity, field, id, -1);
        return st;
    }
    return ARC_OK;
}

#define TELL(blocks, t, verb, facts, entity, field, id) arci_block_tell((t)->env, blocks, sizeof(blocks) / sizeof *(blocks), verb, facts, entity, field, id)
#define ASKS(blocks, verb) arci_block_asks(blocks, sizeof(blocks) / sizeof *(blocks), verb)

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

static arc_status get(arci_txn *t, arci_arena *arena, arc_value **row, const char *entity, const char *fields, int64_t id)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(t, &shape, entity, fields);
    return st == ARC_OK ? arci_repo_get(t, shape, id, arena, row) : st;
}

/* Rows whose column is an id; limit 0: all. */
static arc_status find(arci_txn *t, arci_arena *arena, arci_rows *rows, const char *entity, const char *fields, const char *column, int64_t id, uint32_t limit)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(t, &shape, entity, fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, arci_col(shape->table->entity, column), ARC_OP_EQ, id);
    return arci_repo_find(t, shape, &w, NULL, 0, limit, arena, rows);
}

int64_t arci_evidence_id(const arc_value *evidence, const char *name)
{
    char key[40];
    int64_t id = 0;
    (void)snprintf(key, sizeof key, "\"%s\":", name);
    const char *at = evidence->type == ARC_V_TEXT ? strstr(evidence->u.s, key) : NULL;
    for (at = at ? at + strlen(key) : NULL; at && *at >= '0' && *at <= '9' && id < INT64_MAX / 10 - 1; at++) id = id * 10 + (*at - '0');
    return id;
}

/* ---- receipts -------------------------------------------------------------------------------------------------------------- */

enum { R_GONE = 1, R_NOBODY = 2, R_OWNED = 4, R_NOT_CLAIMED = 8, R_APPLIED = 16, R_EMPTY = 32, R_BILL = ARCI_RECEIPT_BILL, R_REFUNDED = ARCI_RECEIPT_REFUNDED, R_BAD_BILL = ARCI_RECEIPT_BAD_BILL };

static const arci_block receipt_blocks[] = {
    { ARCI_DO_RECEIPT_CLAIM, R_GONE, "the receipt went back to the payer", "回款已退回" },
    { ARCI_DO_RECEIPT_CLAIM, R_OWNED, "the receipt is a customer's already", "回款已有所属客户" },
    { ARCI_DO_RECEIPT_UNCLAIM, R_GONE, "the receipt went back to the payer", "回款已退回" },
    { ARCI_DO_RECEIPT_UNCLAIM, R_NOT_CLAIMED, "nobody claimed the receipt: it was recorded as it is", "回款并非认领所得" },
    { ARCI_DO_RECEIPT_UNCLAIM, R_APPLIED, "the receipt is applied: reverse its allocations first", "回款已核销，请先反核销" },
    { ARCI_DO_RECEIPT_RETURN, R_GONE, "the receipt went back to the payer", "回款已退回" },
    { ARCI_DO_RECEIPT_RETURN, R_BILL, "the receipt is a bill of exchange: it is dishonoured, not returned", "该回款为票据，请办理拒付" },
    { ARCI_DO_RECEIPT_RETURN, R_REFUNDED, "part of the receipt was paid back already: reverse the refund first", "回款已部分退款，请先撤销退款" },
    { ARCI_DO_RECEIPT_REFUND, R_GONE, "the receipt went back to the payer", "回款已退回" },
    { ARCI_DO_RECEIPT_REFUND, R_NOBODY, "nobody knows yet whose the receipt is: return it instead", "回款尚未认领，请办理退回" },
    { ARCI_DO_RECEIPT_REFUND, R_BAD_BILL, "the receipt is a bill that was dishonoured or given back: no money came in", "该回款为已拒付或已退票的票据，并未到账" },
    { ARCI_DO_RECEIPT_REFUND, R_EMPTY, "nothing is left to pay back", "没有可退余额" },
    { ARCI_DO_ALLOCATION_APPLY, R_GONE, "the receipt went back to the payer", "回款已退回" },
    { ARCI_DO_ALLOCATION_APPLY, R_NOBODY, "nobody knows yet whose the receipt is", "回款尚未认领" },
    { ARCI_DO_ALLOCATION_APPLY, R_EMPTY, "nothing of the receipt is left", "回款已无余额" },
};

/* Facts about the bill behind a receipt, when there is one. */
static arc_status bill_behind(arci_txn *t, arci_arena *arena, int64_t id, uint32_t *facts)
{
    arci_rows rows;
    arc_status st = find(t, arena, &rows, "bill", "status", "receipt", id, 0);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        *facts |= R_BILL;
        if (is(&rows.values[i], "dishonoured") || is(&rows.values[i], "returned")) *facts |= R_BAD_BILL;
    }
    return st;
}

enum { AL_ID, AL_MODE, AL_REVERSES, AL_N };

arc_status arci_receipt_refunded(arci_txn *t, arci_arena *arena, int64_t id, int *yes)
{
    arci_rows rows;
    arc_status st = find(t, arena, &rows, "allocation", "id mode reverses", "receipt", id, 0);
    *yes = 0;
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * AL_N;
        int standing = is(&v[AL_MODE], "refund") && v[AL_REVERSES].type == ARC_V_NULL;
        for (uint32_t k = 0; standing && k < rows.n_rows; k++) {
            const arc_value *other = rows.values + (size_t)k * AL_N;
            if (other[AL_REVERSES].type == ARC_V_INT && other[AL_REVERSES].u.i == v[AL_ID].u.i) standing = 0;
        }
        *yes |= standing;
    }
    return st;
}

uint32_t arci_receipt_facts(int64_t amount, int64_t unapplied, const arc_value *customer, const arc_value *claimed_on, const arc_value *returned_on)
{
    uint32_t facts = returned_on->type != ARC_V_NULL ? R_GONE : 0u;
    facts |= customer->type == ARC_V_NULL ? R_NOBODY : R_OWNED;
    facts |= claimed_on->type == ARC_V_NULL ? R_NOT_CLAIMED : 0u;
    facts |= unapplied != amount ? R_APPLIED : 0u;
    return facts | (unapplied <= 0 ? R_EMPTY : 0u);
}

arc_status arci_receipt_tell(arci_txn *t, uint32_t verb, uint32_t facts, int64_t id) { return TELL(receipt_blocks, t, verb, facts, "receipt", NULL, id); }

arc_status arci_receipt_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id)
{
    enum { CUSTOMER, UNAPPLIED, CLAIMED, RETURNED };
    arc_value *s, *r;
    uint32_t asks = ASKS(receipt_blocks, verb);
    arc_status st = get(t, arena, &r, "receipt", "amount method", id);
    if (st == ARC_OK) st = get(t, arena, &s, "receipt_state", "customer unapplied claimed_on returned_on", id);
    if (st != ARC_OK) return st;
    uint32_t facts = arci_receipt_facts(r[0].u.i, s[UNAPPLIED].u.i, &s[CUSTOMER], &s[CLAIMED], &s[RETURNED]);
    if ((asks & (R_BILL | R_BAD_BILL)) && is(&r[1], "bill")) st = bill_behind(t, arena, id, &facts);
    int paid_back = 0;
    if (st == ARC_OK && (asks & R_REFUNDED)) st = arci_receipt_refunded(t, arena, id, &paid_back);
    facts |= paid_back ? R_REFUNDED : 0u;
    return st == ARC_OK ? arci_receipt_tell(t, verb, facts, id) : st;
}

/* ---- items ------------------------------------------------------------------------------------------------------------------- */

enum { I_PLAN = 1, I_REAL = 2, I_CREDIT = 4, I_DEBIT = 8, I_PAID = 16, I_NOTHING = 32, I_NO_DUE = 64, I_REFUND = 128, I_DISPUTED = 256 };

static const arci_block item_blocks[] = {
    { ARCI_DO_ITEM_TRANSFER, I_PLAN, "the receivable is planned or estimated: it is settled once it is invoiced", "该应收为计划或暂估，开票后方可核销" },
    { ARCI_DO_ITEM_TRANSFER, I_PAID | I_CREDIT, "nothing is open on the item", "该应收没有未收金额" },
    { ARCI_DO_ITEM_TRANSFER, I_REFUND, "a refund does not change hands", "退款不得转移" },
    { ARCI_DO_ITEM_CANCEL, I_REAL | I_NOTHING, "the item is neither planned nor estimated, or nothing is left of it", "该应收不是计划或暂估，或已无余额" },
    { ARCI_DO_ADJUSTMENT_APPROVE, I_PAID | I_CREDIT, "nothing is open on the item", "该应收没有未收金额" },
    { ARCI_DO_ADJUSTMENT_APPROVE, I_NO_DUE, "the item is not due yet: its trigger has not happened", "该应收尚无到期日：触发事件未发生" },
    { ARCI_DO_DISPUTE_DISPUTE, I_PLAN, "the receivable is planned or estimated: nobody can dispute it yet", "该应收为计划或暂估，尚不能提出争议" },
    { ARCI_DO_DISPUTE_DISPUTE, I_CREDIT, "the item is a credit", "该项为贷项" },
    { ARCI_DO_DISPUTE_DISPUTE, I_PAID, "the item is paid: what is wrong with it is a claim for a credit note", "该应收已结清，如有异议请申请红字冲销" },
    { ARCI_DO_DISPUTE_DISPUTE, I_DISPUTED, "all that is open is disputed already", "未收金额已全部处于争议中" },
    { ARCI_DO_ITEM_LEVEL, I_PLAN, "the receivable is planned or estimated: it is not dunned", "该应收为计划或暂估，不催收" },
    { ARCI_DO_ITEM_LEVEL, I_PAID | I_CREDIT, "nothing is owed on the item", "该应收没有未收金额" },
    { ARCI_DO_WRITE_OFF_REQUEST, I_PLAN | I_PAID | I_CREDIT, "nothing is open on the item", "该应收没有未收金额" },
    { ARCI_DO_ALLOCATION_APPLY, I_PLAN, "the receivable is planned or estimated: it is settled once it is invoiced", "该应收为计划或暂估，开票后方可核销" },
    { ARCI_DO_ALLOCATION_APPLY, I_NOTHING, "nothing is open on the item", "该应收没有未收金额" },
    { ARCI_DO_RECEIPT_REFUND, I_PLAN | I_DEBIT, "only a credit is paid back", "只有贷项可以退款" },
    { ARCI_DO_RECEIPT_REFUND, I_NOTHING, "nothing is left to pay back", "没有可退余额" },
};

/* What open disputes of an item come to. */
static arc_status disputed(arci_txn *t, arci_arena *arena, int64_t id, int64_t open, uint32_t *facts)
{
    arci_rows rows;
    int64_t sum = 0;
    arc_status st = find(t, arena, &rows, "dispute", "amount resolution", "item", id, 0);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) sum += is(&rows.values[2 * (size_t)i + 1], "open") ? rows.values[2 * (size_t)i].u.i : 0; /* each at most what was open */
    if (st == ARC_OK && open > 0 && sum >= open) *facts |= I_DISPUTED;
    return st;
}

uint32_t arci_item_facts(int64_t amount, int64_t open, const arc_value *kind, const arc_value *due_date)
{
    uint32_t facts = is(kind, "planned") || is(kind, "estimated") ? I_PLAN : I_REAL;
    facts |= amount < 0 ? I_CREDIT : I_DEBIT;
    facts |= amount >= 0 && open <= 0 ? I_PAID : 0u;
    facts |= !open ? I_NOTHING : 0u;
    facts |= due_date->type == ARC_V_NULL ? I_NO_DUE : 0u;
    return facts | (is(kind, "refund") ? I_REFUND : 0u);
}

arc_status arci_item_tell(arci_txn *t, uint32_t verb, uint32_t facts, int64_t id) { return TELL(item_blocks, t, verb, facts, "item", NULL, id); }

arc_status arci_item_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id)
{
    enum { KIND, OPEN, DUE };
    arc_value *s, *item;
    arc_status st = get(t, arena, &item, "item", "amount", id);
    if (st == ARC_OK) st = get(t, arena, &s, "item_state", "kind open due_date", id);
    if (st != ARC_OK) return st;
    uint32_t facts = arci_item_facts(item[0].u.i, s[OPEN].u.i, &s[KIND], &s[DUE]);
    if (verb == ARCI_DO_DISPUTE_DISPUTE) st = disputed(t, arena, id, s[OPEN].u.i, &facts);
    return st == ARC_OK ? arci_item_tell(t, verb, facts, id) : st;
}

/* ---- disputes, flags, letters, write-offs ------------------------------------------------------------------------------------- */

arc_status arci_dispute_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id)
{
    static const arci_block blocks[] = { { ARCI_DO_DISPUTE_RESOLVE, 1, "the dispute is closed", "该争议已关闭" } };
    const arci_access *who = t->session->access;
    arc_value *v;
    arc_status st = get(t, arena, &v, "dispute", "resolution opened_by", id);
    if (st == ARC_OK) st = TELL(blocks, t, verb, !is(&v[0], "open"), "dispute", "resolution", id);
    if (st != ARC_OK || verb != ARCI_DO_DISPUTE_RESOLVE || !who || v[1].type != ARC_V_INT || v[1].u.i != who->user) return st;
    st = arci_fail(t->env, ARC_E_FORBIDDEN, "who opened a dispute does not close it", "争议不得由提出人关闭");
    arci_fail_at(t->env, "dispute", "opened_by", id, -1);
    return st;
}

arc_status arci_flag_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id)
{
    static const arci_block blocks[] = { { ARCI_DO_FLAG_END, 1, "the flag was ended", "该标记已结束" } };
    arc_value *v;
    arc_status st = get(t, arena, &v, "flag", "end_reason", id);
    return st == ARC_OK ? TELL(blocks, t, verb, v[0].type == ARC_V_TEXT, "flag", "to_date", id) : st;
}

arc_status arci_letter_tell(arci_txn *t, uint32_t verb, const arc_value *status, int64_t id)
{
    enum { DRAFT = 1, OUT = 2, CONFIRMED = 4 };
    static const arci_block blocks[] = { { ARCI_DO_LETTER_SEND, OUT, "the letter has been sent", "对账函已发出" },
                                         { ARCI_DO_LETTER_CONFIRM, DRAFT, "the letter has not been sent", "对账函尚未发出" },
                                         { ARCI_DO_LETTER_CONFIRM, CONFIRMED, "the letter is confirmed", "对账函已确认" } };
    uint32_t facts = (is(status, "draft") ? DRAFT : OUT) | (is(status, "confirmed") ? CONFIRMED : 0u);
    return TELL(blocks, t, verb, facts, "statement_letter", "status", id);
}

arc_status arci_letter_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id)
{
    arc_value *v;
    arc_status st = get(t, arena, &v, "statement_letter", "status", id);
    return st == ARC_OK ? arci_letter_tell(t, verb, &v[0], id) : st;
}

enum { W_DECIDED = ARCI_WRITE_OFF_DECIDED, W_NOT_APPROVED = ARCI_WRITE_OFF_NOT_APPROVED, W_PAID = ARCI_WRITE_OFF_PAID, W_NOTHING = ARCI_WRITE_OFF_NOTHING };

static const arci_block write_off_blocks[] = {
    { ARCI_DO_WRITE_OFF_APPROVE, W_DECIDED, "the request has been decided already", "该申请已有审批结论" },
    { ARCI_DO_WRITE_OFF_APPROVE, W_PAID, "what is open on the items has become less than the request: reject it and ask again", "应收余额已少于申请金额，请驳回后重新申请" },
    { ARCI_DO_WRITE_OFF_REJECT, W_DECIDED, "the request has been decided already", "该申请已有审批结论" },
    { ARCI_DO_WRITE_OFF_RECALL, W_DECIDED, "the request has been decided already", "该申请已有审批结论" },
    { ARCI_DO_WRITE_OFF_RECOVER, W_NOT_APPROVED, "nothing was written off by this request", "该申请未核销坏账" },
    { ARCI_DO_WRITE_OFF_RECOVER, W_NOTHING, "all of it has been recovered", "坏账已全部收回" },
};

/* What of a request's write-offs stands on one item. */
static arc_status written_off(arci_txn *t, arci_arena *arena, int64_t item, int64_t request, int64_t *sum)
{
    enum { ID, MODE, EVIDENCE, REVERSES, AMOUNT, N };
    arci_rows rows;
    arc_status st = find(t, arena, &rows, "allocation", "id mode evidence reverses write_off", "item", item, 0);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * N;
        int standing = is(&v[MODE], "write_off") && v[REVERSES].type == ARC_V_NULL && arci_evidence_id(&v[EVIDENCE], "write_off_request") == request;
        for (uint32_t k = 0; standing && k < rows.n_rows; k++) {
            const arc_value *other = rows.values + (size_t)k * N;
            if (other[REVERSES].type == ARC_V_INT && other[REVERSES].u.i == v[ID].u.i) standing = 0;
        }
        if (standing) *sum += v[AMOUNT].u.i;
    }
    return st;
}

/* Whether something is open on each item and all of the amount on all of them, or how much of it stands written off. */
static arc_status items_of(arci_txn *t, arci_arena *arena, const arc_value *row, int64_t request, int approved, uint32_t *facts)
{
    arci_json *root;
    int64_t open = 0, lost = 0, id;
    arc_value *state;
    arc_status st = arci_json_parse(t->env, arena, row[1].u.s, row[1].len, &arci_json_default_limits, &root);
    for (const arci_json *m = st == ARC_OK ? root->child : NULL; m && st == ARC_OK; m = m->next) {
        st = arci_json_int(t->env, m, &id);
        if (st == ARC_OK && approved) st = written_off(t, arena, id, request, &lost);
        if (st != ARC_OK || approved) continue;
        st = get(t, arena, &state, "item_state", "open", id);
        if (st == ARC_OK && state[0].u.i <= 0) *facts |= W_PAID;
        if (st == ARC_OK && open <= row[2].u.i) open += state[0].u.i;
    }
    if (!approved && open < row[2].u.i) *facts |= W_PAID;
    if (approved && !lost) *facts |= W_NOTHING;
    return st;
}

uint32_t arci_write_off_facts(const arc_value *status) { return (is(status, "running") ? 0u : W_DECIDED) | (is(status, "approved") ? 0u : W_NOT_APPROVED); }

arc_status arci_write_off_tell(arci_txn *t, uint32_t verb, uint32_t facts, int64_t id) { return TELL(write_off_blocks, t, verb, facts, "write_off_request", "status", id); }

static arc_status refused(arci_txn *t, arc_status st, const char *field, int64_t id, const char *en, const char *zh)
{
    (void)arci_fail(t->env, st, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_at(t->env, "write_off_request", field, id, -1);
    return st;
}

arc_status arci_write_off_judge(arci_txn *t, const arci_write_off_people *x, const arc_value *customer, const arc_value *currency, const arc_value *amount, int64_t id)
{
    char code[4] = { 0 };
    int64_t most;
    memcpy(code, currency->u.s, 3);
    if (x->own) return refused(t, ARC_E_FORBIDDEN, "requested_by", id, "nobody approves what he asked for himself", "不得审批本人的申请");
    arc_status st = arci_duty_tell(t, x->duty, customer->u.i);
    if (st != ARC_OK) return st;
    if (arci_access_authority(t->session, "write_off_request.approve", code, &most) != ARC_OK || amount->u.i > most) {
        return refused(t, ARC_E_FORBIDDEN, "amount", id, "the amount is above your authority", "金额超出您的审批权限");
    }
    return x->unproven ? refused(t, ARC_E_REQUIRED, "evidence", id, "the book asks for evidence: attach it to the request", "须先为申请上传证据附件") : ARC_OK;
}

arc_status arci_write_off_not_his(arci_txn *t, int64_t id)
{
    return refused(t, ARC_E_FORBIDDEN, "requested_by", id, "who asked takes a request back; others reject it", "只有申请人可以撤回，其他人请驳回");
}

static arc_status may_write_off(arci_txn *t, arci_arena *arena, const arc_value *row, int64_t id)
{
    enum { AMOUNT = 2, TXN, CUSTOMER, CURRENCY };
    arci_write_off_people x = { 0, 0, NULL };
    uint8_t has = 0;
    int evidence = 0;
    arc_status st = t->session->access ? arci_person_wrote(t, arena, &row[TXN].u.i, 1, &x.own) : ARC_OK;
    if (st == ARC_OK) st = arci_duties_broken(t, arena, "write_off_request.approve", &row[CUSTOMER].u.i, 1, &x.duty);
    if (st == ARC_OK) st = arci_setting_flag(t, "write_off.evidence", &evidence);
    if (st == ARC_OK && evidence) st = arci_person_attached(t, arena, "write_off_request", &id, 1, &has);
    x.unproven = evidence && !has;
    return st == ARC_OK ? arci_write_off_judge(t, &x, &row[CUSTOMER], &row[CURRENCY], &row[AMOUNT], id) : st;
}

arc_status arci_write_off_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id)
{
    arc_value *v;
    arc_status st = get(t, arena, &v, "write_off_request", "status items amount txn customer currency", id);
    if (st != ARC_OK) return st;
    uint32_t facts = arci_write_off_facts(&v[0]);
    int approved = verb == ARCI_DO_WRITE_OFF_RECOVER;
    if (verb == ARCI_DO_WRITE_OFF_APPROVE ? !(facts & W_DECIDED) : approved && !(facts & W_NOT_APPROVED)) st = items_of(t, arena, v, id, approved, &facts);
    if (st == ARC_OK) st = arci_write_off_tell(t, verb, facts, id);
    if (st == ARC_OK && verb == ARCI_DO_WRITE_OFF_RECALL && t->session->access) {
        uint8_t own = 0;
        st = arci_person_wrote(t, arena, &v[3].u.i, 1, &own);
        return st == ARC_OK && !own ? arci_write_off_not_his(t, id) : st;
    }
    return st == ARC_OK && verb == ARCI_DO_WRITE_OFF_APPROVE ? may_write_off(t, arena, v, id) : st;
}

/* ---- vouchers, revaluations ------------------------------------------------------------------------------------------------------ */

enum { V_TAKEN = 1, V_REJECTED = 2, V_NOT_REJECTED = 4 };

static const arci_block voucher_blocks[] = { { ARCI_DO_VOUCHER_SEND, V_TAKEN, "the general ledger has taken it", "总账已入账" },
                       { ARCI_DO_VOUCHER_ACKNOWLEDGE, V_TAKEN, "it was taken under another number", "已以其他凭证号入账" },
                       { ARCI_DO_VOUCHER_ACKNOWLEDGE, V_REJECTED, "it was rejected: send it again first", "已被拒绝，请先重新导出" },
                       { ARCI_DO_VOUCHER_REJECT, V_TAKEN, "the general ledger has taken it", "总账已入账" },
                       { ARCI_DO_VOUCHER_REBUILD, V_NOT_REJECTED, "only a rejected one is built anew", "仅被拒绝的凭证可重新生成" } };

arc_status arci_voucher_state(arci_env *env, uint32_t verb, int64_t id, const arc_value *status, const arc_value *period, int64_t number)
{
    uint32_t facts = (is(status, "acknowledged") ? V_TAKEN : 0u) | (is(status, "rejected") ? V_REJECTED : V_NOT_REJECTED);
    for (size_t i = 0; i < sizeof voucher_blocks / sizeof *voucher_blocks; i++) {
        if (voucher_blocks[i].verb != verb || !(voucher_blocks[i].when & facts)) continue;
        arc_status st = arci_fail(env, ARC_E_STATE, "voucher %.20s-%lld: %s%.0s", "凭证 %.20s-%lld：%.0s%s", period->u.s, (long long)number, voucher_blocks[i].en, voucher_blocks[i].zh);
        arci_fail_at(env, "voucher", "status", id, -1);
        return st;
    }
    return ARC_OK;
}

arc_status arci_voucher_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id)
{
    arc_value *v;
    arc_status st = get(t, arena, &v, "voucher", "status period number", id);
    return st == ARC_OK ? arci_voucher_state(t->env, verb, id, &v[0], &v[1], v[2].u.i) : st;
}

arc_status arci_revaluation_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id)
{
    enum { REVERSAL = 1, REVERSED = 2 };
    static const arci_block blocks[] = { { ARCI_DO_REVALUATION_REVERSE, REVERSAL, "it is itself a reversal", "该记录本身是冲销" },
                                         { ARCI_DO_REVALUATION_REVERSE, REVERSED, "it is reversed already", "已冲销" } };
    arc_value *v;
    arci_rows rows;
    arc_status st = get(t, arena, &v, "revaluation", "as_of reverses", id);
    if (st != ARC_OK) return st;
    uint32_t facts = v[1].type != ARC_V_NULL ? REVERSAL : 0u;
    if (!facts) st = find(t, arena, &rows, "revaluation", "id", "reverses", id, 1);
    if (!facts && st == ARC_OK && rows.n_rows) facts = REVERSED;
    return st == ARC_OK ? TELL(blocks, t, verb, facts, "revaluation", "as_of", id) : st;
}

/* ---- allocations, extensions ------------------------------------------------------------------------------------------------------- */

enum { A_REVERSAL = 1, A_REVERSED = ARCI_ALLOCATION_REVERSED, A_TOOK_BACK = 4, A_BAD_DEBT = 8, A_BILL = 16, A_MOVED = 32 };

static const arci_block allocation_blocks[] = {
    { ARCI_DO_ALLOCATION_REVERSE, A_REVERSAL, "a reversal cannot be reversed: allocate again", "反核销记录不能再次冲销，请重新核销" },
    { ARCI_DO_ALLOCATION_REVERSE, A_REVERSED, "the allocation is reversed already", "该核销已被冲销" },
    { ARCI_DO_ALLOCATION_REVERSE, A_TOOK_BACK, "this row took a transfer or refund back: do that again instead of reversing it", "该记录为转移或退款的撤回，不能冲销，请重新办理" },
    { ARCI_DO_ALLOCATION_REVERSE, A_BAD_DEBT, "a bad debt is recovered by its request", "坏账须通过其申请办理收回" },
    { ARCI_DO_ALLOCATION_REVERSE, A_BILL, "this row belongs to a bill that was given back or dishonoured: reverse the bill's last event instead", "该记录属于退票或拒付，请撤销票据的最近一次操作" },
    { ARCI_DO_ALLOCATION_REVERSE, A_MOVED, "the item that came of it has been settled in part or moved on: undo that first", "由此产生的应收已部分核销或转移，请先撤销" },
};

uint32_t arci_allocation_facts(const arc_value *v, int mode, int evidence, int reverses, int credit_item, const arc_value *kind, int64_t made, int64_t open, int64_t amount)
{
    uint32_t facts = made && is(&v[mode], "transfer") && open != amount ? A_MOVED : 0u;
    if (v[reverses].type != ARC_V_NULL) facts |= A_REVERSAL;
    if ((is(&v[mode], "transfer") || is(&v[mode], "refund")) && !made) facts |= A_TOOK_BACK;
    if (is(&v[mode], "write_off") && arci_evidence_id(&v[evidence], "write_off_request")) facts |= A_BAD_DEBT;
    if (is(&v[mode], "bill") && (v[credit_item].type == ARC_V_INT || is(kind, "refund"))) facts |= A_BILL;
    return facts;
}

arc_status arci_allocation_tell(arci_txn *t, uint32_t verb, uint32_t facts, int64_t id) { return TELL(allocation_blocks, t, verb, facts, "allocation", NULL, id); }

arc_status arci_allocation_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id)
{
    enum { MODE, EVIDENCE, REVERSES, CREDIT_ITEM, ITEM, AMOUNT };
    arc_value *v, *item, *heir;
    arci_rows rows;
    uint32_t facts = 0;
    arc_status st = get(t, arena, &v, "allocation", "mode evidence reverses credit_item item amount", id);
    if (st == ARC_OK) st = get(t, arena, &item, "item", "kind", v[ITEM].u.i);
    if (st == ARC_OK) st = find(t, arena, &rows, "allocation", "id", "reverses", id, 1);
    if (st != ARC_OK) return st;
    int64_t made = arci_evidence_id(&v[EVIDENCE], "made"), open = 0;
    if (made && is(&v[MODE], "transfer")) {
        st = get(t, arena, &heir, "item_state", "open", made);
        if (st == ARC_OK) open = heir[0].u.i;
    }
    facts |= arci_allocation_facts(v, MODE, EVIDENCE, REVERSES, CREDIT_ITEM, &item[0], made, open, v[AMOUNT].u.i);
    if (rows.n_rows) facts |= A_REVERSED;
    return st == ARC_OK ? arci_allocation_tell(t, verb, facts, id) : st;
}

arc_status arci_adjustment_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id)
{
    static const arci_block blocks[] = { { ARCI_DO_ADJUSTMENT_REVERSE, 1, "only the last extension of an item can be taken back", "只能撤销最近一次展期" } };
    enum { ID, CODE, REVERSES, N };
    arc_value *v;
    arci_rows rows;
    int64_t last = 0;
    arc_status st = get(t, arena, &v, "adjustment", "item", id);
    if (st == ARC_OK) st = find(t, arena, &rows, "adjustment", "id reason_code reverses", "item", v[0].u.i, 0);
    if (st != ARC_OK) return st;
    int reversal = 0;
    for (uint32_t i = 0; i < rows.n_rows; i++) {
        const arc_value *row = rows.values + (size_t)i * N;
        if (!is(&row[CODE], "extension") || row[ID].u.i < last) continue;
        last = row[ID].u.i;
        reversal = row[REVERSES].type == ARC_V_INT;
    }
    return TELL(blocks, t, verb, last != id || reversal, "adjustment", "reverses", id);
}

/* ---- all of them --------------------------------------------------------------------------------------------------------------------- */

const arci_state_row arci_ledger_states[] = {
    { ARC_RECEIPT, ARCI_DO_RECEIPT_CLAIM, arci_receipt_may },
    { ARC_RECEIPT, ARCI_DO_RECEIPT_UNCLAIM, arci_receipt_may },
    { ARC_RECEIPT, ARCI_DO_RECEIPT_RETURN, arci_receipt_may },
    { ARC_RECEIPT, ARCI_DO_RECEIPT_REFUND, arci_receipt_may },
    { ARC_RECEIPT, ARCI_DO_RECEIPT_OFFSET, NULL },
    { ARC_RECEIPT, ARCI_DO_ALLOCATION_APPLY, arci_receipt_may },
    { ARC_ITEM, ARCI_DO_ITEM_RECORD, NULL },
    { ARC_ITEM, ARCI_DO_ITEM_CANCEL, arci_item_may },
    { ARC_ITEM, ARCI_DO_ITEM_LEVEL, arci_item_may },
    { ARC_ITEM, ARCI_DO_ITEM_TRANSFER, arci_item_may },
    { ARC_ITEM, ARCI_DO_ADJUSTMENT_APPROVE, arci_item_may },
    { ARC_ITEM, ARCI_DO_DISPUTE_DISPUTE, arci_item_may },
    { ARC_ITEM, ARCI_DO_WRITE_OFF_REQUEST, arci_item_may },
    { ARC_ITEM, ARCI_DO_ALLOCATION_APPLY, arci_item_may },
    { ARC_ITEM, ARCI_DO_RECEIPT_REFUND, arci_item_may },
    { ARC_ITEM, ARCI_DO_FLAG_SET, arci_item_may },
    { ARC_ALLOCATION, ARCI_DO_ALLOCATION_REVERSE, arci_allocation_may },
    { ARC_ADJUSTMENT, ARCI_DO_ADJUSTMENT_APPROVE, NULL },
    { ARC_ADJUSTMENT, ARCI_DO_ADJUSTMENT_REVERSE, arci_adjustment_may },
    { ARC_DISPUTE, ARCI_DO_DISPUTE_DISPUTE, NULL },
    { ARC_DISPUTE, ARCI_DO_DISPUTE_RESOLVE, arci_dispute_may },
    { ARC_FLAG, ARCI_DO_FLAG_SET, NULL },
    { ARC_FLAG, ARCI_DO_FLAG_END, arci_flag_may },
    { ARC_WRITE_OFF_REQUEST, ARCI_DO_WRITE_OFF_REQUEST, NULL },
    { ARC_WRITE_OFF_REQUEST, ARCI_DO_WRITE_OFF_APPROVE, arci_write_off_may },
    { ARC_WRITE_OFF_REQUEST, ARCI_DO_WRITE_OFF_REJECT, arci_write_off_may },
    { ARC_WRITE_OFF_REQUEST, ARCI_DO_WRITE_OFF_RECALL, arci_write_off_may },
    { ARC_WRITE_OFF_REQUEST, ARCI_DO_WRITE_OFF_RECOVER, arci_write_off_may },
    { ARC_STATEMENT_LETTER, ARCI_DO_LETTER_MAKE, NULL },
    { ARC_STATEMENT_LETTER, ARCI_DO_LETTER_SEND, arci_letter_may },
    { ARC_STATEMENT_LETTER, ARCI_DO_LETTER_CONFIRM, arci_letter_may },
    { ARC_FISCAL_PERIOD, ARCI_DO_PERIOD_LOCK, arci_period_may },
    { ARC_FISCAL_PERIOD, ARCI_DO_PERIOD_CLOSE, arci_period_may },
    { ARC_FISCAL_PERIOD, ARCI_DO_PERIOD_REOPEN, arci_period_may },
    { ARC_VOUCHER, ARCI_DO_VOUCHER_EXPORT, NULL },
    { ARC_VOUCHER, ARCI_DO_VOUCHER_SEND, arci_voucher_may },
    { ARC_VOUCHER, ARCI_DO_VOUCHER_ACKNOWLEDGE, arci_voucher_may },
    { ARC_VOUCHER, ARCI_DO_VOUCHER_REJECT, arci_voucher_may },
    { ARC_VOUCHER, ARCI_DO_VOUCHER_REBUILD, arci_voucher_may },
    { ARC_REVALUATION, ARCI_DO_REVALUATION_RUN, NULL },
    { ARC_REVALUATION, ARCI_DO_REVALUATION_REVERSE, arci_revaluation_may },
    { ARC_BILL, ARCI_DO_BILL_RECORD, NULL },
    { ARC_BILL, ARCI_DO_BILL_ENDORSE, arci_bill_may },
    { ARC_BILL, ARCI_DO_BILL_DISCOUNT, arci_bill_may },
    { ARC_BILL, ARCI_DO_BILL_COLLECT, arci_bill_may },
    { ARC_BILL, ARCI_DO_BILL_DISHONOUR, arci_bill_may },
    { ARC_BILL, ARCI_DO_BILL_RETURN, arci_bill_may },
    { ARC_BILL, ARCI_DO_BILL_SPLIT, arci_bill_may },
    { ARC_BILL, ARCI_DO_BILL_REVERSE, arci_bill_may },
    { 0, 0, NULL },
};
