/* SPDX-License-Identifier: Apache-2.0 */
/* Red-letter credit notes (红字发票): what the tax service says of the confirmation, and that the red fapiao exists. Until then the note takes its share of
 * the invoice, and claims nothing. */
#include <string.h>

#include "arcore/fields.h"
#include "base/str.h"
#include "billing/credit.h"
#include "billing/uses_back.h"

typedef struct red_call {
    int64_t credit;
    const char *state, *confirm_no, *reason; /* of the confirmation */
    const char *fapiao_no, *fapiao_code;     /* of the red fapiao */
    arc_date date;
} red_call;

typedef struct red {
    arci_credits c;
    red_call call;
    const arc_value *row; /* of the credit note, all fields */
    arci_credit_target *target;
} red;

static const arc_value *own(const red *x, uint32_t field) { return arci_credit_value(x->c.headers, x->row, field); }
static arc_value text(const char *s) { return s && *s ? arci_v_text(s, strlen(s)) : arci_v_null(); }

static arc_status fault(const red *x, arc_status st, const char *field)
{
    arci_fail_at(x->c.p->t->env, "invoice", field, x->call.credit, -1);
    return st;
}

/* ---- states ---------------------------------------------------------------------------------------------------------------------- */

/* In the order of the code list red_status: 01 to 09. */
enum { NONE, S01, S02, S03, S04, S05, S06, S07, S08, S09 };
#define AFTER(s) (1u << (s))

static int number_of_state(const arc_value *v)
{
    const arci_code_list *l = arci_code_list_get("red_status");
    for (int i = 0; v->type == ARC_V_TEXT && l->codes[i]; i++) {
        if (arci_code_is(v, l->codes[i])) return i + 1;
    }
    return NONE;
}

/* What may follow. From 05 on the note is a draft again: it may be asked for anew. */
static int may_follow(int from, int to)
{
    static const uint32_t anew = AFTER(S01) | AFTER(S02) | AFTER(S03) | AFTER(S04);
    static const uint32_t waiting = AFTER(S04) | AFTER(S07) | AFTER(S08);
    static const uint32_t next[] = { anew, AFTER(S08), waiting | AFTER(S05), waiting | AFTER(S06), AFTER(S09), anew, anew, anew, anew, anew };
    return (next[from] & AFTER(to)) != 0;
}

static arc_status judge_follow(const red *x, int from, int to)
{
    const arci_code_list *l = arci_code_list_get("red_status");
    if (may_follow(from, to)) return ARC_OK;
    return fault(x, arci_fail(x->c.p->t->env, ARC_E_STATE, "the confirmation is at \"%s\": \"%s\" does not follow it%.0s%.0s", "%.0s%.0s确认单状态为“%s”，不能变为“%s”",
                              from ? l->codes[from - 1] : "not asked for", l->codes[to - 1], from ? l->labels_zh[from - 1] : "未申请", l->labels_zh[to - 1]),
                 "red_status");
}

/* ---- reading ---------------------------------------------------------------------------------------------------------------------- */

/* The credit note and its invoice, both locked: the invoice first, as all who credit do. */
static arc_status read_both(red *x, arci_posting *p)
{
    arci_credits *c = &x->c;
    arc_credit_note *note = arci_arena_calloc(&p->arena, 1, sizeof *note);
    const arci_entity *e = arci_entity_by_id(ARC_INVOICE);
    arc_value *row;
    c->p = p;
    c->bills.p = p;
    c->bills.list = arci_arena_calloc(&p->arena, 1, sizeof *c->bills.list);
    if (!note || !c->bills.list) return arci_nomem(p->t->env);
    arci_rates_init(&c->bills.rates, p->t, &p->arena);
    arc_status st = p->session->access ? arci_access_row(p->t, p->t->call->verb, NULL, e, x->call.credit) : ARC_OK;
    if (st == ARC_OK) st = arci_shape_get(p->t, &c->headers, "invoice", "*");
    if (st == ARC_OK) st = arci_repo_get(p->t, c->headers, x->call.credit, &p->arena, &row);
    if (st != ARC_OK) return st;
    x->row = row;
    if (!arci_code_is(own(x, ARC_INVOICE_KIND), "credit_note") || own(x, ARC_INVOICE_RED_OF)->type != ARC_V_INT) {
        return fault(x, arci_fail(p->t->env, ARC_E_STATE, "this is no credit note to an invoice", "该单据不是红字单据"), "kind");
    }
    note->invoice = own(x, ARC_INVOICE_RED_OF)->u.i;
    c->notes = note;
    st = arci_repo_lock(p->t, "invoice", &x->call.credit, 1); /* before what it points at */
    if (st == ARC_OK) st = arci_credit_targets(c);
    if (st == ARC_OK) st = arci_repo_get(p->t, c->headers, x->call.credit, &p->arena, &row);
    x->row = row;
    x->target = c->of[0];
    if (st == ARC_OK && !x->target->row) st = fault(x, arci_fail(p->t->env, ARC_E_CORRUPT, "the invoice it takes back does not exist", "所红冲的发票不存在"), "red_of");
    return st;
}

static int is_waiting(const red *x) { return arci_code_is(own(x, ARC_INVOICE_STATUS), "approved") && arci_code_is(own(x, ARC_INVOICE_TAX_STATUS), "red_pending"); }
static int is_returned(const red *x) { return arci_code_is(own(x, ARC_INVOICE_STATUS), "draft") && arci_code_is(own(x, ARC_INVOICE_TAX_STATUS), "failed"); }

static arc_status judge_waits(const red *x)
{
    arci_env *env = x->c.p->t->env;
    if (is_waiting(x) || is_returned(x)) return ARC_OK;
    if (arci_code_is(own(x, ARC_INVOICE_TAX_STATUS), "red")) return fault(x, arci_fail(env, ARC_E_STATE, "the red fapiao exists: the credit note is final", "红字发票已开具，不能再变更"), "red_status");
    return fault(x, arci_fail(env, ARC_E_STATE, "the credit note does not wait for the tax service", "该红字单据不在税务确认流程中"), "tax_status");
}

/* ---- lines of a stored note --------------------------------------------------------------------------------------------------------- */

static arc_status stored_lines(red *x, arci_bill *d)
{
    enum { INVOICE, SEQ, ID, COLUMNS };
    arci_posting *p = x->c.p;
    const arci_shape *key, *all;
    arci_rows rows;
    arc_value *values;
    uint8_t *found;
    arc_status st = arci_shape_get(p->t, &key, "invoice_line", "invoice seq id");
    if (st == ARC_OK) st = arci_shape_get(p->t, &all, "invoice_line", NULL);
    if (st == ARC_OK) st = arci_credit_find(p->t, &p->arena, key, &x->call.credit, 1, &rows);
    if (st != ARC_OK) return st;
    x->c.lines = all;
    int64_t *ids = arci_arena_alloc(&p->arena, (rows.n_rows + 1) * sizeof *ids);
    d->lines = arci_arena_calloc(&p->arena, rows.n_rows + 1, sizeof *d->lines);
    d->amounts = arci_arena_calloc(&p->arena, rows.n_rows + 1, sizeof *d->amounts);
    if (!ids || !d->lines || !d->amounts) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < rows.n_rows; r++) ids[r] = rows.values[(size_t)r * COLUMNS + ID].u.i;
    if (rows.n_rows) st = arci_repo_get_many(p->t, all, ids, rows.n_rows, &p->arena, &values, &found);
    for (uint32_t r = 0; r < rows.n_rows && st == ARC_OK; r++) {
        const arc_value *v = values + (size_t)r * all->n;
        d->amounts[r].net = arci_credit_value(all, v, ARC_INVOICE_LINE_NET_AMOUNT)->u.i;
        d->amounts[r].tax = arci_credit_value(all, v, ARC_INVOICE_LINE_TAX_AMOUNT)->u.i;
        d->amounts[r].gross = arci_credit_value(all, v, ARC_INVOICE_LINE_GROSS_AMOUNT)->u.i;
        const arc_value *base = arci_credit_value(all, v, ARC_INVOICE_LINE_BASE_NET), *base_tax = arci_credit_value(all, v, ARC_INVOICE_LINE_BASE_TAX);
        d->amounts[r].off = arci_credit_off(all, v);
        d->amounts[r].valued = base->type == ARC_V_INT;
        d->amounts[r].base_net = base->type == ARC_V_INT ? base->u.i : 0;
        d->amounts[r].base_tax = base_tax->type == ARC_V_INT ? base_tax->u.i : 0;
        st = arci_credit_record(&x->c, &d->lines[r], all, v);
    }
    d->n_lines = rows.n_rows;
    d->has_lines = d->based = 1;
    return st;
}

static int64_t amount_of(const red *x, uint32_t field)
{
    const arc_value *v = own(x, field);
    return v->type == ARC_V_INT ? v->u.i : 0;
}

/* Taking `part` (negative) off what is left stays on its side of nothing; the base amount goes with the last of it. */
static int fits(int64_t left, int64_t part) { return part <= 0 ? left + part >= 0 : left + part <= 0; }
static int fits_base(int64_t left, int64_t part, int64_t base_left, int64_t base) { return left + part ? fits(base_left, base) : base_left + base == 0; }

static int line_left(const arci_credit_source *s, const arci_total_line *l, const arc_value *quantity)
{
    int64_t n = quantity->type == ARC_V_INT ? quantity->u.i : 0;
    if (!fits(s->left.gross, l->gross) || !fits(s->left.net, l->net) || !fits(s->left.tax, l->tax) || !fits(s->left.quantity, n)) return 0;
    return !l->valued || (fits_base(s->left.net, l->net, s->base_net, l->base_net) && fits_base(s->left.tax, l->tax, s->base_tax, l->base_tax));
}

/* A note that was returned has given back its share: is that still there? */
static int still_left(const red *x, const arci_bill *d)
{
    const arci_credit_target *t = x->target;
    int64_t gross = amount_of(x, ARC_INVOICE_GROSS_AMOUNT), net = amount_of(x, ARC_INVOICE_NET_AMOUNT), tax = amount_of(x, ARC_INVOICE_TAX_AMOUNT);
    if (!fits(t->left.gross, gross) || (t->split && (!fits(t->left.net, net) || !fits(t->left.tax, tax)))) return 0;
    if (!d->n_lines && t->has_base && !fits_base(t->left.gross, gross, t->base_left, amount_of(x, ARC_INVOICE_BASE_AMOUNT))) return 0;
    for (uint32_t r = 0; r < d->n_lines; r++) {
        const arc_value *of = arci_record_value(d->lines[r], ARC_INVOICE_LINE_RED_OF);
        for (uint32_t k = 0; k < t->n_lines; k++) {
            if (t->lines[k].id == of->u.i && !line_left(&t->lines[k], &d->amounts[r], arci_record_value(d->lines[r], ARC_INVOICE_LINE_QUANTITY))) return 0;
        }
    }
    return 1;
}

static arc_status ask_anew(red *x)
{
    arci_bill *d = &x->c.bills.list[0];
    arc_status st = arci_credit_possible(&x->c, x->target);
    if (st == ARC_OK) st = arci_credit_deducted(&x->c, x->target);
    if (st == ARC_OK) st = stored_lines(x, d);
    if (st != ARC_OK || still_left(x, d)) return st;
    return fault(x, arci_fail(x->c.p->t->env, ARC_E_GUARD, "other credit notes have taken what this one would: make a new one", "该发票的余额已被其他红字单据占用，请重新开具"), "gross_amount");
}

/* ---- the confirmation ---------------------------------------------------------------------------------------------------------------- */

static arc_status update_one(red *x, const char *fields, const arc_value *values, uint16_t n)
{
    arci_posting *p = x->c.p;
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", fields);
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    memcpy(arci_batch_row(b, 0), values, n * sizeof *values);
    arci_batch_key(b, 0)[0] = arci_v_int(x->call.credit);
    arci_batch_guard(b, 0)[0] = *own(x, ARC_INVOICE_VERSION);
    if (p->ids) p->ids[0] = x->call.credit;
    return arci_repo_write(p->t, &b, 1, NULL);
}

/* Without a confirmation: only while the buyer has not used the fapiao. */
static arc_status judge_unused(const red *x)
{
    if (arci_credit_value(x->c.headers, x->target->row, ARC_INVOICE_BUYER_USE)->type != ARC_V_TEXT) return ARC_OK;
    return fault(x, arci_fail(x->c.p->t->env, ARC_E_STATE, "the buyer has certified, deducted or booked the fapiao: a confirmation is needed", "购方已认证、抵扣或入账，须开具红字信息确认单"), "red_status");
}

static arc_status move_to(red *x)
{
    const arc_value state = text(x->call.state);
    int from = number_of_state(own(x, ARC_INVOICE_RED_STATUS)), to = number_of_state(&state);
    arci_env *env = x->c.p->t->env;
    if (!to) return fault(x, arci_fail(env, ARC_E_VALUE, "there is no such state of a confirmation: %s", "没有该确认单状态：%s", x->call.state), "red_status");
    arc_status st = judge_waits(x);
    if (st != ARC_OK) return st;
    if (from == to) return ARC_OK; /* told twice */
    st = judge_follow(x, from, to);
    if (st == ARC_OK && to == S01) st = judge_unused(x);
    if (st == ARC_OK && to >= S05 && !(x->call.reason && *x->call.reason)) {
        st = fault(x, arci_fail(env, ARC_E_REQUIRED, "a reason is required: the credit note goes back to draft", "须填写原因：红字单据将退回草稿"), "decision_reason");
    }
    if (st == ARC_OK && to < S05 && is_returned(x)) st = ask_anew(x);
    if (st != ARC_OK) return st;
    const arc_value values[] = { text(to >= S05 ? "draft" : "approved"), text(to >= S05 ? "failed" : "red_pending"), state,
                                 x->call.confirm_no ? text(x->call.confirm_no) : *own(x, ARC_INVOICE_CONFIRM_NO), to >= S05 ? text(x->call.reason) : arci_v_null() };
    return update_one(x, "status tax_status red_status confirm_no decision_reason", values, 5);
}

static void tell_text(arci_posting *p, const char *s) { arci_call_arg_text(p->call, s ? s : "", s ? strlen(s) : 0); }

static arc_status find_number(arci_posting *p, const char *fapiao_no, arci_rows *rows)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", "fapiao_no fapiao_code id");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[0], ARC_OP_EQ, fapiao_no, strlen(fapiao_no));
    return arci_repo_find(p->t, shape, &w, NULL, 0, 0, &p->arena, rows);
}

static arc_status begin(red *x, arci_posting *p, const void *elements)
{
    arci_rows rows;
    memset(x, 0, sizeof *x);
    x->call = *(const red_call *)elements;
    arci_call_arg_int(p->call, x->call.credit);
    arci_call_arg_int(p->call, x->call.date);
    tell_text(p, x->call.state);
    tell_text(p, x->call.confirm_no);
    tell_text(p, x->call.reason);
    tell_text(p, x->call.fapiao_no);
    tell_text(p, x->call.fapiao_code);
    arci_posting_arg_end(p, 0);
    arc_status st = arci_posting_asked(p);
    if (st == ARC_OK && x->call.fapiao_no && arci_repo_asking(p->t)) { /* goes out with the documents */
        st = find_number(p, x->call.fapiao_no, &rows);
        arci_repo_asked(p->t);
    }
    return st == ARC_OK ? read_both(x, p) : st;
}

static arc_status status(arci_posting *p, const void *elements)
{
    red x;
    arc_status st = begin(&x, p, elements);
    if (st == ARC_OK) st = move_to(&x);
    arci_credit_clear(&x.c);
    return st;
}

/* ---- the red fapiao exists ------------------------------------------------------------------------------------------------------------- */

/* Two documents are never one fapiao. */
static arc_status judge_number(red *x)
{
    arci_posting *p = x->c.p;
    arci_rows rows;
    const arc_value code = text(x->call.fapiao_code);
    arc_status st = find_number(p, x->call.fapiao_no, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *v = rows.values + (size_t)r * 3;
        if (v[2].u.i == x->call.credit || !arci_value_equal(&v[1], &code)) continue;
        st = fault(x, arci_fail(p->t->env, ARC_E_EXISTS, "another invoice has the fapiao %s", "发票号码 %s 已被其他发票使用", x->call.fapiao_no), "fapiao_no");
    }
    return st;
}

static arc_status judge_issue(red *x)
{
    arci_env *env = x->c.p->t->env;
    int at = number_of_state(own(x, ARC_INVOICE_RED_STATUS));
    arc_status st = judge_waits(x);
    if (st == ARC_OK && (!is_waiting(x) || (at != S01 && at != S04))) {
        st = fault(x, arci_fail(env, ARC_E_STATE, "the confirmation is neither not needed (01) nor given by both (04): no red fapiao can exist", "确认单既非 01 无需确认也非 04 双方已确认，不能开具红字发票"),
                   "red_status");
    }
    if (st == ARC_OK && at == S01) st = judge_unused(x); /* used since it was said that none is needed: withdrawn (08), then asked for */
    if (st == ARC_OK) st = arci_credit_possible(&x->c, x->target);
    if (st == ARC_OK) st = judge_number(x);
    return st == ARC_OK ? arci_credit_day(&x->c, x->target, x->call.date) : st;
}

static arc_status make_bill(red *x)
{
    static const arc_value nobody[ARCI_CUSTOMER_COLUMNS];
    arci_bill *d = &x->c.bills.list[0];
    const arc_value *net = own(x, ARC_INVOICE_NET_AMOUNT), *tax = own(x, ARC_INVOICE_TAX_AMOUNT), *base = own(x, ARC_INVOICE_BASE_AMOUNT);
    arc_status st = arci_credit_record(&x->c, &d->record, x->c.headers, x->row);
    if (st == ARC_OK) st = stored_lines(x, d);
    d->items = arci_arena_calloc(&x->c.p->arena, 1, sizeof *d->items);
    if (!d->items) return arci_nomem(x->c.p->t->env);
    d->customer = nobody;
    d->kind = "credit_note";
    d->id = x->call.credit;
    d->date = d->due = x->call.date;
    d->number = *own(x, ARC_INVOICE_NUMBER);
    d->term = arci_v_null();
    d->is_advance = (uint8_t)arci_code_is(arci_credit_value(x->c.headers, x->target->row, ARC_INVOICE_KIND), "advance");
    d->no_split = net->type != ARC_V_INT;
    d->totals.gross = own(x, ARC_INVOICE_GROSS_AMOUNT)->u.i;
    d->totals.tax = tax->type == ARC_V_INT ? tax->u.i : 0;
    d->totals.net = d->totals.gross - d->totals.tax;
    d->booked = (arci_booked){ .base = base->type == ARC_V_INT ? base->u.i : 0, .foreign = (uint8_t)arci_credit_foreign(d, base->type == ARC_V_INT), .known = base->type == ARC_V_INT };
    d->items[0] = (arci_bill_item){ .kind = "credit", .amount = d->totals.gross, .tax = d->totals.tax, .base = d->booked.base, .base_date = d->date, .due = d->date };
    d->n_items = 1;
    return st;
}

static arc_status issue_red(red *x)
{
    const arci_bill *d = &x->c.bills.list[0];
    arci_posting *p = x->c.p;
    arci_uses_credit *uses = NULL;
    arc_status st = make_bill(x);
    if (st == ARC_OK) st = arci_uses_credit_open(&x->c, &uses);
    if (st == ARC_OK) st = arci_uses_credit_take(uses, 0);
    if (st == ARC_OK) st = arci_bills_number(&x->c.bills);
    if (st != ARC_OK) return st;
    const arc_date today = p->session->business_date == ARC_DATE_NONE ? d->date : p->session->business_date;
    const arc_value values[] = { text("issued"), text("red"), d->number, arci_v_int(d->date), arci_v_int(d->date), arci_v_int(today), text(x->call.fapiao_no),
                                 text(x->call.fapiao_code) };
    st = update_one(x, "status tax_status number invoice_date due_date issued_on fapiao_no fapiao_code", values, 8);
    if (st == ARC_OK) st = arci_bills_post(&x->c.bills);
    if (st == ARC_OK) st = arci_uses_credit_write(uses);
    if (st != ARC_OK) return st;
    x->target->changed = 1;
    x->target->n_waiting--; /* this one waits no longer; its share was taken when it was made */
    return arci_credit_apply(&x->c);
}

static arc_status issued(arci_posting *p, const void *elements)
{
    red x;
    arc_status st = begin(&x, p, elements);
    if (st == ARC_OK) st = judge_issue(&x);
    if (st == ARC_OK) st = issue_red(&x);
    arci_credit_clear(&x.c);
    return st;
}

/* ---- arguments ------------------------------------------------------------------------------------------------------------------------------ */

static arc_status text_fits(arci_env *env, const char *s, size_t most, const char *field, int required)
{
    if (s && strlen(s) <= most && arci_utf8_check(s, strlen(s)) == strlen(s) && (*s || !required)) return ARC_OK;
    if (!s && !required) return ARC_OK;
    arc_status st = arci_fail(env, ARC_E_INVALID, "%s is missing, too long or not UTF-8%.0s", "%.0s%s缺失、过长或不是 UTF-8", field, arci_field_zh("invoice", field));
    arci_fail_at(env, "invoice", field, 0, -1);
    return st;
}

arc_status arc_credit_red_status(arc_session *session, int64_t credit, const char *state, const char *confirm_no, const char *reason)
{
    arci_session *s;
    const red_call call = { .credit = credit, .state = state, .confirm_no = confirm_no, .reason = reason, .date = ARC_DATE_NONE };
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = text_fits(&s->env, state, 40, "red_status", 1);
    if (st == ARC_OK) st = text_fits(&s->env, confirm_no, 64, "confirm_no", 0);
    if (st == ARC_OK) st = text_fits(&s->env, reason, 500, "decision_reason", 0);
    if (st != ARC_OK) return arci_call_leave(s, st);
    (void)arci_session_leave(s, st);
    return arci_posting_run(session, ARCI_DO_INVOICE_RED_STATUS, NULL, NULL, &call, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, status);
}

arc_status arc_credit_red_issued(arc_session *session, int64_t credit, const char *fapiao_no, const char *fapiao_code, arc_date date)
{
    arci_session *s;
    red_call call = { .credit = credit, .fapiao_no = fapiao_no, .fapiao_code = fapiao_code, .date = date };
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (call.date == ARC_DATE_NONE) call.date = s->business_date;
    st = text_fits(&s->env, fapiao_no, 20, "fapiao_no", 1);
    if (st == ARC_OK) st = text_fits(&s->env, fapiao_code, 12, "fapiao_code", 0);
    if (st != ARC_OK) return arci_call_leave(s, st);
    (void)arci_session_leave(s, st);
    return arci_posting_run(session, ARCI_DO_INVOICE_RED_ISSUED, NULL, NULL, &call, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, issued);
}
