/* SPDX-License-Identifier: Apache-2.0 */
/* Credit notes: arguments, judgement of what may be credited, the order of the steps. */
#include "billing/credit.h"

#include <stdio.h>
#include <string.h>

#include "arcore/fields.h"
#include "base/str.h"
#include "billing/advance.h"
#include "billing/uses_back.h"
#include "ledger/alone.h"
#include "ledger/period.h"
#include "store/setting.h"

#define TEXT_MAX 500u
#define NUMBER_MAX 64u
#define ROLE_MAX 40u
#define LINES_AT_ONCE 1000000u

arc_status arc_credit_line_init(arc_credit_line *line)
{
    static const arc_credit_line init = ARC_CREDIT_LINE_INIT;
    if (!line) return ARC_E_INVALID;
    *line = init;
    return ARC_OK;
}

arc_status arc_credit_note_init(arc_credit_note *note)
{
    static const arc_credit_note init = ARC_CREDIT_NOTE_INIT;
    if (!note) return ARC_E_INVALID;
    *note = init;
    return ARC_OK;
}

/* ---- arguments ------------------------------------------------------------------------------------------------------------------ */

static int bad_text(const char *s, size_t most) { return s && (strlen(s) > most || arci_utf8_check(s, strlen(s)) != strlen(s)); }

static arc_status take_lines(arci_credits *c, arc_credit_note *note, uint32_t i)
{
    arci_env *env = c->p->t->env;
    const char *from = (const char *)note->lines;
    uint32_t stride, of;
    arc_credit_line *copies = arci_arena_alloc(&c->p->arena, note->n_lines * sizeof *copies);
    if (!copies) return arci_nomem(env);
    memcpy(&stride, from, sizeof stride);
    for (uint32_t k = 0; k < note->n_lines; k++, from += stride) {
        memcpy(&of, from, sizeof of);
        (void)arc_credit_line_init(&copies[k]);
        arc_status st = arci_struct_in(env, &copies[k], sizeof *copies, from);
        if (st == ARC_OK && (of != stride || copies[k].given > 15u)) st = arci_fail(env, ARC_E_INVALID, "lines of different struct_size, or an unknown flag", "明细行 struct_size 不一致或标志未知");
        if (st == ARC_OK) continue;
        arci_fail_at(env, "invoice", "lines", 0, i);
        return st;
    }
    note->lines = copies;
    return ARC_OK;
}

static arc_status take_notes(arci_credits *c, const void *elements)
{
    arci_posting *p = c->p;
    uint64_t n_lines = 0;
    arc_credit_note *notes = arci_arena_alloc(&p->arena, p->n * sizeof *notes);
    if (!notes) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) (void)arc_credit_note_init(&notes[i]);
    arc_status st = arci_posting_structs(p, notes, sizeof *notes, elements, "invoice");
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        n_lines += notes[i].n_lines;
        if (notes[i].n_lines > ARCI_LINES_MAX || n_lines > LINES_AT_ONCE) {
            st = arci_fail(p->t->env, ARC_E_LIMIT, "at most %u lines a credit note, and %u a call", "每张红字单据最多 %u 行，每次调用最多 %u 行", ARCI_LINES_MAX, LINES_AT_ONCE);
        } else if (notes[i].flags || (notes[i].n_lines && !notes[i].lines) || bad_text(notes[i].number, NUMBER_MAX) || bad_text(notes[i].series, NUMBER_MAX) ||
                   bad_text(notes[i].reason, TEXT_MAX) || bad_text(notes[i].reason_code, NUMBER_MAX) || bad_text(notes[i].role, ROLE_MAX)) {
            st = arci_fail(p->t->env, ARC_E_INVALID, "lines is NULL, an unknown flag, or a text that is too long or not UTF-8", "lines 为 NULL、标志未知，或文本过长、不是 UTF-8");
        }
        if (st != ARC_OK) arci_fail_at(p->t->env, "invoice", NULL, 0, i);
        else if (notes[i].n_lines) st = take_lines(c, &notes[i], i);
    }
    c->notes = notes;
    return st;
}

static void tell_text(arci_posting *p, const char *s) { arci_call_arg_text(p->call, s ? s : "", s ? strlen(s) : 0); }

static arc_status tell(arci_credits *c)
{
    arci_posting *p = c->p;
    if (!p->call->request) return ARC_OK;
    for (uint32_t i = 0; i < p->n; i++) {
        const arc_credit_note *e = &c->notes[i];
        const int64_t numbers[] = { e->invoice, e->amount, e->date, e->n_lines };
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) arci_call_arg_int(p->call, numbers[k]);
        for (uint32_t k = 0; k < e->n_lines; k++) {
            const arc_credit_line *l = &e->lines[k];
            const int64_t parts[] = { l->given, l->line, l->seq, l->quantity, l->net, l->tax, l->gross };
            for (size_t x = 0; x < sizeof parts / sizeof *parts; x++) arci_call_arg_int(p->call, parts[x]);
        }
        tell_text(p, e->number);
        tell_text(p, e->series);
        tell_text(p, e->reason_code);
        tell_text(p, e->reason);
        tell_text(p, e->role);
        arci_posting_arg_end(p, i);
    }
    return arci_posting_asked(p);
}

/* ---- what may be credited -------------------------------------------------------------------------------------------------------- */

const char *const *arci_credit_refusal(const arc_value *status, const arc_value *kind)
{
    static const struct {
        const char *code, *text[2];
    } states[] = { { "draft", { "it is a draft: change the draft", "尚为草稿，请直接修改草稿" } },
                   { "submitted", { "it is not issued yet: send it back and change it", "尚未开具，请退回修改" } },
                   { "approved", { "it is not issued yet: send it back and change it", "尚未开具，请退回修改" } },
                   { "credited", { "it is credited in full already", "已全部红冲" } },
                   { "voided", { "it is voided", "已作废" } },
                   { "closed", { "it is closed", "已关闭" } } },
      kinds[] = { { "credit_note", { "it is a credit note itself", "其本身为红字单据" } }, { "proforma", { "a proforma claims nothing", "形式发票不产生应收" } } };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (arci_code_is(kind, kinds[i].code)) return kinds[i].text;
    }
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (arci_code_is(status, states[i].code)) return states[i].text;
    }
    return NULL;
}

static int known_reason(const char *code)
{
    const arci_code_list *l = arci_code_list_get("deduction_reason");
    for (uint32_t i = 0; l->codes[i]; i++) {
        if (strcmp(l->codes[i], code) == 0) return 1;
    }
    return 0;
}

static arc_status judge_reason(arci_credits *c, const arc_credit_note *note)
{
    arci_env *env = c->p->t->env;
    if (!note->reason_code || !*note->reason_code) {
        return arci_credit_at(c, arci_fail(env, ARC_E_REQUIRED, "a credit note needs a reason code", "红字单据须填写原因代码"), NULL, "reason_code");
    }
    if (!known_reason(note->reason_code)) {
        return arci_credit_at(c, arci_fail(env, ARC_E_VALUE, "there is no reason code %s", "没有原因代码 %s", note->reason_code), NULL, "reason_code");
    }
    if (note->role && arci_role_is_balance(note->role, strlen(note->role))) {
        return arci_credit_at(c, arci_fail(env, ARC_E_VALUE, "%s is no account role that bears a credit note", "%s 不能作为红字单据的科目角色", note->role), NULL, "account_role");
    }
    if (!note->reason || !*note->reason) return arci_credit_at(c, arci_fail(env, ARC_E_REQUIRED, "a credit note needs a reason", "红字单据须填写原因"), NULL, "reason");
    return ARC_OK;
}

arc_status arci_credit_day(arci_credits *c, const arci_credit_target *t, arc_date day)
{
    arci_env *env = c->p->t->env;
    const arc_value *since = arci_credit_value(c->headers, t->row, ARC_INVOICE_INVOICE_DATE);
    if (day == ARC_DATE_NONE) {
        return arci_credit_at(c, arci_fail(env, ARC_E_REQUIRED, "a date is required: the session has no business date", "日期为必填项：会话未设置业务日期"), t, "invoice_date");
    }
    if (day < since->u.i || day > ARC_DATE_MAX) {
        return arci_credit_at(c, arci_fail(env, ARC_E_RANGE, "a credit note is not dated before its invoice", "红字单据日期不得早于原发票日期"), t, "invoice_date");
    }
    return arci_period_check(c->p->t, day);
}

arc_status arci_credit_possible(arci_credits *c, const arci_credit_target *t)
{
    int n;
    const char *const *why = arci_credit_refusal(arci_credit_value(c->headers, t->row, ARC_INVOICE_STATUS), arci_credit_value(c->headers, t->row, ARC_INVOICE_KIND));
    const char *name = arci_credit_name(c, t, &n);
    if (!why) return ARC_OK;
    char unnumbered[24];
    if (!n) n = snprintf(unnumbered, sizeof unnumbered, "#%lld", (long long)t->id), name = unnumbered; /* a draft */
    arci_fail(c->p->t->env, ARC_E_STATE, "invoice %.*s cannot be credited: %s%.0s", "发票 %.*s 不能红冲：%.0s%s", n, name, why[0], why[1]);
    return arci_credit_at(c, ARC_E_STATE, t, "status");
}

arc_status arci_credit_deducted(arci_credits *c, const arci_credit_target *t)
{
    arci_advance_sum gone;
    int n;
    if (!arci_code_is(arci_credit_value(c->headers, t->row, ARC_INVOICE_KIND), "advance")) return ARC_OK;
    arc_status st = arci_advance_deducted(c->p->t, &c->p->arena, t->id, &gone);
    if (st != ARC_OK || (!gone.net && !gone.tax)) return st;
    const char *name = arci_credit_name(c, t, &n);
    arci_fail(c->p->t->env, ARC_E_STATE, "advance invoice %.*s is deducted by other invoices: credit those first", "预收发票 %.*s 已被抵扣，请先红冲抵扣发票", n, name);
    return arci_credit_at(c, ARC_E_STATE, t, "status");
}

static arc_status judge(arci_credits *c, uint32_t i)
{
    const arci_credit_target *t = c->of[i];
    const arc_credit_note *note = &c->notes[i];
    if (!t->row) return arci_credit_at(c, arci_fail(c->p->t->env, ARC_E_NOT_FOUND, "there is no invoice %lld", "发票 %lld 不存在", (long long)t->id), t, NULL);
    if (t->access != ARC_OK) return arci_access_row(c->p->t, c->p->t->call->verb, NULL, c->headers->table->entity, t->id);
    arc_status st = arci_credit_possible(c, t);
    if (st == ARC_OK) st = arci_credit_deducted(c, t);
    if (st == ARC_OK) st = judge_reason(c, note);
    c->bills.list[i].date = note->date == ARC_DATE_NONE ? c->p->session->business_date : note->date;
    if (st == ARC_OK) st = arci_credit_day(c, t, c->bills.list[i].date);
    return st == ARC_OK ? arci_credit_lines(c, i) : st;
}

/* ---- the steps --------------------------------------------------------------------------------------------------------------------- */

static arc_status judge_all(arci_credits *c)
{
    arci_posting *p = c->p;
    const arci_shape *shape;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", NULL);
    arci_record **records = arci_arena_alloc(&p->arena, p->n * sizeof *records);
    if (!records) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (arci_posting_good(p, i)) {
            st = judge(c, i);
            if (st != ARC_OK) st = arci_bill_judged(&c->bills, i, st);
        }
        if (st == ARC_OK && !c->bills.list[i].record) st = arci_credit_record(c, &c->bills.list[i].record, shape, NULL);
        records[i] = c->bills.list[i].record;
    }
    if (st == ARC_OK) st = arci_posting_rules(p, records);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) c->bills.list[i].record = records[i];
    return st;
}

/* A note that was refused only now, by its number or by a rule, has had its share of an invoice that others of this call are of too: what they took was
 * computed behind it. */
static arc_status refused_late(arci_credits *c, const uint8_t *was_good)
{
    for (uint32_t i = 0; i < c->p->n; i++) {
        if (!was_good[i] || arci_posting_good(c->p, i)) continue;
        if (c->of[i]->n_notes > 1) return arci_fail_copy(c->p->t->env, &c->p->first);
        c->of[i]->changed = 0;
    }
    return ARC_OK;
}

/* Where a second person is asked for, notes are drafted. */
static arc_status straight(arci_credits *c)
{
    arci_posting *p = c->p;
    arci_alone alone;
    if (p->call->outer) return ARC_OK; /* what makes it was approved itself */
    arc_status st = arci_alone_read(p->t, &alone, ARCI_CREDIT_APPROVAL, ARCI_DO_INVOICE_CREDIT);
    for (uint32_t i = 0; i < p->n && st == ARC_OK && alone.needed; i++) {
        const arci_bill *d = &c->bills.list[i];
        if (!arci_posting_good(p, i) || !arci_alone_refused(&alone, arci_bill_value(d, ARC_INVOICE_CURRENCY), d->totals.gross)) continue;
        if (c->of[i]->n_notes > 1) return arci_credit_at(c, arci_fail(p->t->env, ARC_E_STATE, "credit notes are approved by a second person first: draft and submit them", "红字单据须先由他人审批：请保存草稿并提交"), c->of[i], "status");
        c->of[i]->changed = 0; /* nothing is taken of it */
        st = arci_bill_judged(&c->bills, i, arci_credit_at(c, arci_fail(p->t->env, ARC_E_STATE, "credit notes are approved by a second person first: draft and submit them", "红字单据须先由他人审批：请保存草稿并提交"), c->of[i], "status"));
    }
    return st;
}

arc_status arci_credits_judge(arci_credits *c, arci_posting *p, const void *elements)
{
    c->p = c->bills.p = p;
    c->bills.list = arci_arena_calloc(&p->arena, p->n, sizeof *c->bills.list);
    if (!c->bills.list) return arci_nomem(p->t->env);
    arci_rates_init(&c->bills.rates, p->t, &p->arena);
    arc_status st = elements ? take_notes(c, elements) : ARC_OK;
    if (st == ARC_OK && elements) st = tell(c);
    if (st == ARC_OK && elements) st = arci_setting_ask(p->t, ARCI_CREDIT_APPROVAL);
    if (st == ARC_OK) st = arci_credit_targets(c);
    return st == ARC_OK ? judge_all(c) : st;
}

arc_status arci_credits_write(arci_credits *c)
{
    arci_posting *p = c->p;
    arci_uses_credit *uses = NULL;
    uint8_t *was_good = arci_arena_alloc(&p->arena, p->n);
    if (!was_good) return arci_nomem(p->t->env);
    arc_status st = arci_uses_credit_open(c, &uses);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) st = arci_uses_credit_take(uses, i);
    for (uint32_t i = 0; i < p->n; i++) was_good[i] = (uint8_t)arci_posting_good(p, i);
    if (st == ARC_OK) st = arci_bills_write(&c->bills);
    if (st == ARC_OK) st = refused_late(c, was_good);
    if (st == ARC_OK) st = arci_uses_credit_write(uses);
    return st == ARC_OK ? arci_credit_apply(c) : st;
}

void arci_credit_clear(arci_credits *c)
{
    for (uint32_t i = 0; i < c->n_made; i++) arci_record_free(c->made[i]);
    c->n_made = 0;
}

static arc_status credit(arci_posting *p, const void *elements)
{
    arci_credits c;
    memset(&c, 0, sizeof c);
    arc_status st = arci_credits_judge(&c, p, elements);
    if (st == ARC_OK) st = straight(&c);
    if (st == ARC_OK) st = arci_credits_write(&c);
    arci_credit_clear(&c);
    return st;
}

arc_status arc_invoice_credit_many(arc_session *session, int64_t *ids, arc_status *results, const arc_credit_note *notes, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_CREDIT, ids, results, notes, n, flags, 0, credit);
}

arc_status arc_invoice_credit(arc_session *session, int64_t *id, const arc_credit_note *note)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_CREDIT, id, NULL, note, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, credit);
}
