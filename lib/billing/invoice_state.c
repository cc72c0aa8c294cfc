/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/invoice_state.h"

#include <string.h>

#include "arcore/fields.h"
#include "billing/credit.h"
#include "billing/invoice_step.h"
#include "store/setting.h"

enum { DRAFT = 1, SUBMITTED = 2, APPROVED = 4, ISSUED = 8, CREDITED = 16, VOIDED = 32, CLOSED = 64 };
enum { UNSENT = 1, SENT = 2, DELIVERED = 4, CONFIRMED = 8, REFUSED = 16 };

/* Which states a verb starts from; the text says so to a clerk. */
static const struct {
    uint32_t verb, from, delivery;
    const char *en, *zh;
} table[] = {
    { ARCI_DO_INVOICE_DRAFT, DRAFT, 0, "only a draft is edited: what is submitted is sent back first, what is issued is credited", "只有草稿可以修改：已提交的须先退回，已开具的须红冲" },
    { ARCI_DO_INVOICE_SUBMIT, DRAFT, 0, "only a draft is submitted", "只有草稿可以提交" },
    { ARCI_DO_INVOICE_APPROVE, SUBMITTED, 0, "only what was submitted is approved", "只有已提交的发票可以批准" },
    { ARCI_DO_INVOICE_REJECT, SUBMITTED | APPROVED, 0, "only what is submitted or approved, and not issued, is sent back", "只有已提交或已批准且未开具的发票可以退回" },
    { ARCI_DO_INVOICE_RECALL, SUBMITTED, 0, "only what was submitted, and is not decided, is taken back", "只有已提交且未审批的发票可以撤回" },
    { ARCI_DO_INVOICE_ISSUE, DRAFT | APPROVED, 0, NULL, NULL },
    { ARCI_DO_INVOICE_VOID, DRAFT | ISSUED, 0, NULL, NULL },
    { ARCI_DO_INVOICE_SEND, ISSUED | CREDITED | CLOSED, UNSENT | REFUSED, "it is sent already", "发票已寄送" },
    { ARCI_DO_INVOICE_DELIVER, ISSUED | CREDITED | CLOSED, SENT, "only what was sent and not received yet is received", "只有已寄送且未签收的发票可以登记收票" },
    { ARCI_DO_INVOICE_CONFIRM, ISSUED | CREDITED | CLOSED, SENT | DELIVERED, "only what was sent or received is confirmed, and once", "只有已寄送或已收到的发票可以确认，且只确认一次" },
    { ARCI_DO_INVOICE_REFUSE, ISSUED | CREDITED | CLOSED, SENT | DELIVERED, "only what was sent or received, and is not confirmed, is refused", "只有已寄送或已收到且未确认的发票可以拒收" },
    { ARCI_DO_INVOICE_DATE, ISSUED, 0, "only issued invoices have due dates to follow", "只有已开具的发票才有随之确定的到期日" },
    { ARCI_DO_INVOICE_CLOSE, ISSUED | CREDITED, 0, "only issued invoices are closed", "只有已开具的发票可以关闭" },
};

static uint32_t bit_of(const arc_value *v, const char *const *codes, uint32_t otherwise)
{
    for (uint32_t i = 0; v && codes[i]; i++) {
        if (arci_code_is(v, codes[i])) return 1u << i;
    }
    return otherwise;
}

static uint32_t status_of(const arci_invoice_row *r)
{
    static const char *const codes[] = { "draft", "submitted", "approved", "issued", "credited", "voided", "closed", NULL };
    return bit_of(r->status, codes, 0);
}

static uint32_t delivery_of(const arci_invoice_row *r)
{
    static const char *const codes[] = { "", "sent", "delivered", "confirmed", "refused", NULL };
    return bit_of(r->delivery, codes, UNSENT);
}

static arci_verdict no(const char *en, const char *zh) { return (arci_verdict){ "state", en, zh }; }

/* A credit note that is not issued waits for the tax service, or came back from it: what is said of its confirmation moves it, nothing else does. */
static int is_red_on_its_way(uint32_t status, const arci_invoice_row *r)
{
    return (status & (DRAFT | SUBMITTED | APPROVED)) && !r->note && r->kind && arci_code_is(r->kind, "credit_note");
}

static arci_verdict issue_verdict(uint32_t status, const arci_invoice_row *r)
{
    static const arci_verdict fine = { NULL, NULL, NULL };
    if (status == SUBMITTED) return no("it waits for approval", "尚待批准");
    if (status == DRAFT && r->approval) return no("it needs approval first: submit it", "须先提交审批");
    if (!(status & (DRAFT | APPROVED))) return no("it is issued already", "已经开具");
    return fine;
}

static int is_digital(const arc_value *kind) { return kind && (arci_code_is(kind, "digital_special") || arci_code_is(kind, "digital_general")); }

static arci_verdict void_verdict(uint32_t status, const arci_invoice_row *r)
{
    static const arci_verdict fine = { NULL, NULL, NULL };
    if (status & (SUBMITTED | APPROVED)) return no("it is not issued: send it back, then drop the draft", "尚未开具：请退回后作废草稿");
    if (status == CREDITED) return no("it is credited already", "已经红冲");
    if (status == VOIDED) return no("it is void already", "已经作废");
    if (status == CLOSED) return no("it is closed", "已经关闭");
    if (status == ISSUED && r->approval) return (arci_verdict){ "permission", "what is issued is voided by who has the right invoice.void_issued", "作废已开具的发票须有 invoice.void_issued 权限" };
    if (status == ISSUED && is_digital(r->fapiao_kind)) return no("a digital fapiao (数电票) cannot be voided: credit it instead", "数电票不能作废，请开具红字发票");
    if (status == ISSUED && r->buyer_use && r->buyer_use->type == ARC_V_TEXT) return no("the buyer has certified, deducted or booked it: credit it instead", "购方已认证、抵扣或入账，不能作废，请开具红字发票");
    return fine;
}

arci_verdict arci_invoice_verdict(uint32_t verb, const arci_invoice_row *r)
{
    static const arci_verdict fine = { NULL, NULL, NULL };
    uint32_t status = status_of(r);
    int drops = verb == ARCI_DO_INVOICE_VOID && status == DRAFT, tells = verb == ARCI_DO_INVOICE_RED_STATUS || verb == ARCI_DO_INVOICE_RED_ISSUED;
    if (is_red_on_its_way(status, r) && !drops && !tells) {
        return no("this red-letter credit note goes the way of its confirmation: say what the tax service says", "红字单据随红字确认单流转，请登记税务确认状态");
    }
    if (verb == ARCI_DO_INVOICE_ISSUE) return issue_verdict(status, r);
    if (verb == ARCI_DO_INVOICE_VOID) return void_verdict(status, r);
    if (verb == ARCI_DO_INVOICE_DRAFT && r->note) return no("a credit note is drafted anew: drop this one", "红字单据草稿不能修改：请作废后重新起草");
    if (verb == ARCI_DO_INVOICE_CREDIT || verb == ARCI_DO_INVOICE_CREDIT_DRAFT) {
        const char *const *why = arci_credit_refusal(r->status, r->kind);
        return why ? no(why[0], why[1]) : fine;
    }
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].verb != verb) continue;
        if (!(status & table[i].from)) {
            if (!table[i].delivery) return no(table[i].en, table[i].zh);
            return status == VOIDED ? no("it is void", "已经作废") : no("it is not issued yet", "尚未开具");
        }
        if (table[i].delivery && !(delivery_of(r) & table[i].delivery)) return no(table[i].en, table[i].zh);
    }
    return fine;
}

arc_status arci_invoice_seconds(arci_txn *t, uint32_t verb, arci_seconds *out)
{
    memset(out, 0, sizeof *out);
    arc_status st = ARC_OK;
    if (verb == ARCI_DO_INVOICE_ISSUE) {
        st = arci_alone_read(t, &out->invoices, ARCI_INVOICE_APPROVAL, ARCI_DO_INVOICE_ISSUE);
        if (st == ARC_OK) st = arci_alone_read(t, &out->notes, ARCI_CREDIT_APPROVAL, ARCI_DO_INVOICE_CREDIT);
    }
    if (verb == ARCI_DO_INVOICE_VOID) st = arci_alone_read(t, &out->voids, ARCI_INVOICE_APPROVAL, ARCI_DO_INVOICE_VOID_ISSUED);
    return st;
}

int arci_invoice_is_note(const arc_value *kind, const arc_value *red_of) { return arci_code_is(kind, "credit_note") && red_of->type == ARC_V_NULL; }

int arci_invoice_second(const arci_seconds *s, uint32_t verb, int note, const arc_value *currency, int64_t gross)
{
    if (verb != ARCI_DO_INVOICE_VOID) return arci_alone_refused(note ? &s->notes : &s->invoices, currency, gross);
    /* voidings are not drafted: a right says who does it */
    return s->voids.needed && s->voids.session->access && !arci_access_may(s->voids.session, &arci_verbs[ARCI_DO_INVOICE_VOID_ISSUED], arci_entity_by_id(ARC_INVOICE));
}

int arci_invoice_his(const arc_value *const people[2], const int64_t actors[2])
{
    int his = 0;
    for (int k = 0; k < 4; k++) his |= people[k & 1]->type == ARC_V_INT && actors[k >> 1] && people[k & 1]->u.i == actors[k >> 1];
    return his;
}

arci_verdict arci_invoice_approver(const arci_session *s, const arc_value *const people[2], const int64_t actors[2], const arc_value *currency, int64_t gross)
{
    static const arci_verdict fine = { NULL, NULL, NULL };
    const arci_access *a = s->access;
    char code[4] = { 0 };
    int64_t most = 0;
    int limited = 0;
    if (!a) return fine; /* one accountant who keeps the book decides himself */
    for (int k = 0; k < 4; k++) {
        const arc_value *v = people[k & 1];
        if (v->type == ARC_V_INT && v->u.i == actors[k >> 1]) return (arci_verdict){ "own", "nobody approves what he drafted himself", "不能批准本人制作的发票" };
    }
    for (uint32_t k = 0; k < a->n_authorities; k++) limited |= strcmp(a->authorities[k].verb, "invoice.approve") == 0;
    memcpy(code, currency->u.s, 3);
    if (!limited || (arci_access_authority(s, "invoice.approve", code, &most) == ARC_OK && (gross < 0 ? -gross : gross) <= most)) return fine;
    return (arci_verdict){ "authority", "it is above the amount the actor may approve", "超出该操作人的审批金额" };
}

/* ---- what front ends are told ---------------------------------------------------------------------------------------------------- */

/* What a credit item settled of the invoice that its note is to, by itself: voiding takes that back. */
static arc_status by_note(arci_txn *t, arci_arena *arena, int64_t credit_item, int64_t invoice, int64_t *own)
{
    enum { CREDIT, ITEM, MODE, AMOUNT, COLUMNS };
    const arci_shape *shape, *items;
    arci_where w;
    arci_rows rows;
    arc_value *of;
    uint8_t *found;
    arc_status st = arci_shape_get(t, &shape, "allocation", "credit_item item mode amount");
    if (st == ARC_OK) st = arci_shape_get(t, &items, "item", "invoice");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[CREDIT], ARC_OP_EQ, credit_item);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    int64_t *ids = arci_arena_alloc(arena, rows.n_rows * sizeof *ids);
    if (!ids) return arci_nomem(t->env);
    for (uint32_t r = 0; r < rows.n_rows; r++) ids[r] = rows.values[(size_t)r * COLUMNS + ITEM].u.i;
    st = arci_repo_get_many(t, items, ids, rows.n_rows, arena, &of, &found);
    for (uint32_t r = 0; r < rows.n_rows && st == ARC_OK; r++) {
        const arc_value *v = rows.values + (size_t)r * COLUMNS;
        if (found[r] && of[r].type == ARC_V_INT && of[r].u.i == invoice && arci_code_is(&v[MODE], "credit_note")) *own += v[AMOUNT].u.i;
    }
    return st;
}

/* What is open of an invoice's items, against their amounts; red_of: of a credit note, what it is to, else 0. */
static arc_status settled(arci_txn *t, arci_arena *arena, int64_t invoice, int64_t red_of, int *untouched, int *paid)
{
    const arci_shape *items, *states;
    arci_where w;
    arci_rows rows;
    arc_value *open;
    uint8_t *found;
    *untouched = *paid = 1;
    arc_status st = arci_shape_get(t, &items, "item", "invoice id amount");
    if (st == ARC_OK) st = arci_shape_get(t, &states, "item_state", "open");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, items->cols[0], ARC_OP_EQ, invoice);
    st = arci_repo_find(t, items, &w, NULL, 0, 0, arena, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    int64_t *ids = arci_arena_alloc(arena, rows.n_rows * sizeof *ids);
    if (!ids) return arci_nomem(t->env);
    for (uint32_t r = 0; r < rows.n_rows; r++) ids[r] = rows.values[3 * (size_t)r + 1].u.i;
    st = arci_repo_get_many(t, states, ids, rows.n_rows, arena, &open, &found);
    for (uint32_t r = 0; r < rows.n_rows && st == ARC_OK; r++) {
        int64_t own = 0;
        if (!found[r] || open[r].u.i) *paid = 0;
        if (found[r] && red_of) st = by_note(t, arena, ids[r], red_of, &own);
        if (!found[r] || open[r].u.i - own != rows.values[3 * (size_t)r + 2].u.i) *untouched = 0;
    }
    return st;
}

/* Credit notes to it that stand, or wait for the tax service. */
static arc_status noted(arci_txn *t, arci_arena *arena, int64_t invoice, int *stands, int *waits)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    *stands = *waits = 0;
    arc_status st = arci_shape_get(t, &shape, "invoice", "red_of status");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_EQ, invoice);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *v = &rows.values[2 * (size_t)r + 1];
        *waits |= arci_code_is(v, "approved");
        *stands |= !arci_code_is(v, "voided") && !arci_code_is(v, "draft");
    }
    return st;
}

static arc_status ends(arci_txn *t, arci_arena *arena, const arci_verb *v, const arci_record *r, arci_verdict *out)
{
    const arc_value *red_of = arci_record_value(r, ARC_INVOICE_RED_OF);
    int64_t id = arci_record_value(r, ARC_INVOICE_ID)->u.i, of = arci_code_is(arci_record_value(r, ARC_INVOICE_KIND), "credit_note") && red_of->type == ARC_V_INT ? red_of->u.i : 0;
    int untouched = 1, paid = 1, stands = 0, waits = 0;
    arc_status st = settled(t, arena, id, of, &untouched, &paid);
    if (st == ARC_OK) st = noted(t, arena, id, &stands, &waits);
    if (st != ARC_OK) return st;
    if (waits) *out = no("a red-letter credit note to it waits for the tax service", "有待税务确认的红字单据");
    else if (v->number == ARCI_DO_INVOICE_CLOSE && !paid) *out = no("something is still open", "尚有未结金额");
    else if (v->number != ARCI_DO_INVOICE_VOID) return ARC_OK;
    else if (!untouched) *out = no("it is settled in part or whole: credit it instead", "已部分或全部结算，请开具红字发票");
    else if (stands) *out = no("it is credited in part: void the credit note first, or credit the rest", "已部分红冲，请先作废红字发票，或红冲其余部分");
    return ARC_OK;
}

static arc_status by_book(arci_txn *t, const arci_verb *v, arci_record *r, const arci_invoice_row *row, arci_verdict *out)
{
    arci_arena arena;
    arc_status st = ARC_OK;
    if (v->number == ARCI_DO_INVOICE_APPROVE && t->session->access) {
        const arc_value *const people[2] = { arci_record_value(r, ARC_INVOICE_DRAFTED_BY), arci_record_value(r, ARC_INVOICE_DRAFTED_FOR) };
        int64_t actors[2];
        st = arci_step_people(t, &actors[0], &actors[1]);
        if (st == ARC_OK) *out = arci_invoice_approver(t->session, people, actors, arci_record_value(r, ARC_INVOICE_CURRENCY), arci_record_value(r, ARC_INVOICE_GROSS_AMOUNT)->u.i);
        return st;
    }
    if (v->number == ARCI_DO_INVOICE_RECALL && t->session->access) {
        const arc_value *const people[2] = { arci_record_value(r, ARC_INVOICE_DRAFTED_BY), arci_record_value(r, ARC_INVOICE_DRAFTED_FOR) };
        int64_t actors[2];
        st = arci_step_people(t, &actors[0], &actors[1]);
        if (st == ARC_OK && !arci_invoice_his(people, actors)) *out = (arci_verdict){ "own", "who drafted it takes it back; others reject it", "只有制单人可以撤回，其他人请退回" };
        return st;
    }
    if (status_of(row) == DRAFT || (v->number != ARCI_DO_INVOICE_VOID && v->number != ARCI_DO_INVOICE_CLOSE)) return ARC_OK;
    arci_arena_init(&arena, t->env->ctx);
    st = ends(t, &arena, v, r, out);
    arci_arena_clear(&arena);
    return st;
}

/* What the tax service says is said of a red letter that waits for it, or that it sent back; the use by the buyer of a fapiao that stands. */
static arci_verdict tax_verdict(uint32_t verb, const arci_record *r)
{
    static const arci_verdict fine = { NULL, NULL, NULL };
    const arc_value *status = arci_record_value(r, ARC_INVOICE_STATUS), *tax = arci_record_value(r, ARC_INVOICE_TAX_STATUS), *red = arci_record_value(r, ARC_INVOICE_RED_STATUS);
    const arc_value *fapiao = arci_record_value(r, ARC_INVOICE_FAPIAO_KIND), *kind = arci_record_value(r, ARC_INVOICE_KIND);
    int note = arci_code_is(kind, "credit_note"), waits = note && arci_code_is(status, "approved"), back = note && arci_code_is(status, "draft") && arci_code_is(tax, "failed");
    if (verb == ARCI_DO_INVOICE_BUYER_USE) {
        if (fapiao->type != ARC_V_TEXT || arci_code_is(fapiao, "none") || note || arci_code_is(kind, "proforma")) return no("only fapiao are used by buyers", "只有已开税票的发票才有购方用途状态");
        return arci_code_is(status, "issued") || arci_code_is(status, "credited") || arci_code_is(status, "closed") ? fine : no("the invoice is not issued", "发票未开具");
    }
    if (!note) return no("only credit notes to tax invoices wait for the tax service", "只有对税票开具的红字单据才需税务确认");
    if (!waits && !back) {
        return arci_code_is(tax, "red") ? no("the red fapiao exists: the credit note is final", "红字发票已开具，不能再变更")
                                        : no("the credit note does not wait for the tax service", "该红字单据不在税务确认流程中");
    }
    if (verb == ARCI_DO_INVOICE_RED_ISSUED && (!waits || (!arci_code_is(red, "not_needed") && !arci_code_is(red, "confirmed")))) {
        return no("the confirmation is neither not needed (01) nor given by both (04): no red fapiao can exist", "确认单既非 01 无需确认也非 04 双方已确认，不能开具红字发票");
    }
    return fine;
}

static arc_status judge(arci_txn *t, const arci_verb *v, arci_record *r, arci_verdict *out)
{
    arci_invoice_row row = { arci_record_value(r, ARC_INVOICE_STATUS), arci_record_value(r, ARC_INVOICE_KIND),
                             arci_record_value(r, ARC_INVOICE_DELIVERY_STATUS), arci_record_value(r, ARC_INVOICE_FAPIAO_KIND),
                             arci_record_value(r, ARC_INVOICE_BUYER_USE), 0, 0 };
    int stored = arci_record_value(r, ARC_INVOICE_ID)->type == ARC_V_INT;
    arci_seconds seconds;
    uint32_t n = v->number;
    if (n == ARCI_DO_READ || n == ARCI_DO_INSERT || n == ARCI_DO_UPDATE || n == ARCI_DO_LOAD || n == ARCI_DO_INVOICE_RECORD) return ARC_OK;
    if (!stored) {
        if (n != ARCI_DO_INVOICE_DRAFT && n != ARCI_DO_INVOICE_ISSUE) *out = no("it is not stored yet", "尚未保存");
        return ARC_OK;
    }
    if (n == ARCI_DO_INVOICE_RED_STATUS || n == ARCI_DO_INVOICE_RED_ISSUED || n == ARCI_DO_INVOICE_BUYER_USE) {
        *out = tax_verdict(n, r);
        return ARC_OK;
    }
    row.note = (uint8_t)arci_invoice_is_note(row.kind, arci_record_value(r, ARC_INVOICE_RED_OF));
    if (n == ARCI_DO_INVOICE_CREDIT) { /* how much is asked for later */
        arc_status st = arci_alone_read(t, &seconds.notes, ARCI_CREDIT_APPROVAL, ARCI_DO_INVOICE_CREDIT);
        if (st != ARC_OK) return st;
        *out = arci_invoice_verdict(n, &row);
        if (!out->class && !arci_alone_some(&seconds.notes)) *out = no("a second person approves it: draft the credit note", "须由他人审批：请起草红字单据");
        return ARC_OK;
    }
    if (n == ARCI_DO_INVOICE_ISSUE || n == ARCI_DO_INVOICE_VOID) {
        arc_status st = arci_invoice_seconds(t, n, &seconds);
        if (st != ARC_OK) return st;
        row.approval = (uint8_t)arci_invoice_second(&seconds, n, row.note, arci_record_value(r, ARC_INVOICE_CURRENCY), arci_record_value(r, ARC_INVOICE_GROSS_AMOUNT)->u.i);
    }
    *out = arci_invoice_verdict(n, &row);
    return out->class ? ARC_OK : by_book(t, v, r, &row, out);
}

const arci_state_rule arci_invoice_states = { ARC_INVOICE, judge };
