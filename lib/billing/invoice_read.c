/* SPDX-License-Identifier: Apache-2.0 */
/* Documents as callers hand them in: records taken and judged, lines turned into amounts, totals. */
#include <string.h>

#include "arcore/fields.h"
#include "billing/uses.h"
#include "ledger/period.h"
#include "store/custom_index.h"
#include "store/record_api.h"
#include "store/setting.h"
#include "store/merged_to.h"

#define LINES_AT_ONCE 1000000u

int arci_code_is(const arc_value *v, const char *s)
{
    return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0;
}

void arci_bill_refuse(arci_bills *b, uint32_t i, arc_status st) { arci_posting_refuse(b->p, i, st); }

int arci_bill_judges(arc_status st)
{
    static const arc_status judgements[] = { ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_RANGE, ARC_E_OVERFLOW, ARC_E_CURRENCY, ARC_E_REFERENCE, ARC_E_STATE,
                                             ARC_E_NOT_FOUND, ARC_E_SYNTAX, ARC_E_CALENDAR, ARC_E_LIMIT, ARC_E_EXISTS, ARC_E_PERIOD, ARC_E_FORBIDDEN,
                                             ARC_E_GUARD, ARC_E_PRECISION, ARC_E_RULE, ARC_E_INVALID, ARC_E_STALE, ARC_E_ENCODING };
    for (size_t k = 0; k < sizeof judgements / sizeof judgements[0]; k++) {
        if (st == judgements[k]) return 1;
    }
    return 0;
}

arc_status arci_bill_judged(arci_bills *b, uint32_t i, arc_status st)
{
    if (st == ARC_OK || b->p->t->doomed || !arci_bill_judges(st)) return st;
    arci_bill_refuse(b, i, st);
    return ARC_OK;
}

/* ---- take -------------------------------------------------------------------------------------------------------------------- */

static arc_status take_lines(arci_bills *b, arci_bill *d, uint32_t i, arc_record *const *handles)
{
    arci_env *env = b->p->t->env;
    for (uint32_t k = 0; k < d->n_lines; k++) {
        arci_record_box *box;
        arc_status st = arci_record_box_in(env, b->p->session, handles[k], &box);
        if (st == ARC_OK && box->record->entity->id != ARC_INVOICE_LINE) {
            st = arci_fail(env, ARC_E_INVALID, "a line is of entity %s%.0s", "明细记录属于实体“%.0s%s”", box->record->entity->name, box->record->entity->label_zh);
        }
        if (st != ARC_OK) {
            arci_fail_at(env, NULL, NULL, 0, i);
            return st;
        }
        d->lines[k] = box->record;
    }
    return ARC_OK;
}

static arc_status room_for_lines(arci_bills *b, const arc_invoice_document *documents)
{
    arci_env *env = b->p->t->env;
    uint64_t n = 0;
    for (uint32_t i = 0; i < b->p->n; i++) {
        if (documents[i].n_lines > ARCI_LINES_MAX || (documents[i].n_lines && !documents[i].lines) || (documents[i].flags & ~(ARC_AS_ADVANCE | ARC_AS_PROFORMA)) ||
            documents[i].flags == (ARC_AS_ADVANCE | ARC_AS_PROFORMA)) {
            arc_status st = documents[i].n_lines > ARCI_LINES_MAX
                                ? arci_fail(env, ARC_E_LIMIT, "at most %u lines a document", "每张单据最多 %u 行", ARCI_LINES_MAX)
                                : arci_fail(env, ARC_E_INVALID, "lines is NULL, or an unknown flag", "lines 为 NULL，或标志未知");
            arci_fail_at(env, "invoice", NULL, 0, i);
            return st;
        }
        n += documents[i].n_lines;
    }
    if (n > LINES_AT_ONCE) return arci_fail(env, ARC_E_LIMIT, "at most %u lines a call", "每次最多 %u 行", LINES_AT_ONCE);
    b->n_lines = (uint32_t)n;
    return ARC_OK;
}

/* What is asked for: each header with its lines. */
static arc_status tell(arci_bills *b, const arc_invoice_document *documents)
{
    arci_posting *p = b->p;
    arc_status st = ARC_OK;
    if (!p->call->request) return ARC_OK;
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        st = arci_call_arg_record(p->call, b->list[i].record, 0);
        arci_call_arg_int(p->call, b->list[i].n_lines);
        if (documents[i].flags) arci_call_arg_int(p->call, documents[i].flags);
        for (uint32_t k = 0; k < b->list[i].n_lines && st == ARC_OK; k++) st = arci_call_arg_record(p->call, b->list[i].lines[k], 0);
        arci_uses_tell(p->call, &documents[i]);
        if (documents[i].series) arci_call_arg_text(p->call, documents[i].series, strlen(documents[i].series));
        arci_posting_arg_end(p, i);
    }
    return st == ARC_OK ? arci_posting_asked(p) : st;
}

static arc_status normalise(arci_bills *b, arci_record **headers)
{
    arci_posting *p = b->p;
    const arci_entity *line = arci_entity_by_id(ARC_INVOICE_LINE);
    if (b->told) return ARC_OK;
    arc_status st = arci_posting_rules(p, headers);
    if (st == ARC_OK) st = arci_rules_get(p->t, line, &b->line_rules);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        b->list[i].record = headers[i];
        for (uint32_t k = 0; b->line_rules && k < b->list[i].n_lines && st == ARC_OK; k++) {
            st = arci_rules_normalise(p->t->env, b->line_rules, &b->list[i].lines[k], 0);
        }
    }
    return st;
}

/* Lines that set what the actor may not set, or point at rows he may not use. */
static arc_status lines_access(arci_bills *b)
{
    arci_posting *p = b->p;
    if (!p->session->access || !b->n_lines) return ARC_OK;
    arci_record **all = arci_arena_calloc(&p->arena, b->n_lines, sizeof *all);
    const arci_field **bad = arci_arena_calloc(&p->arena, b->n_lines, sizeof *bad);
    arc_status *results = arci_arena_calloc(&p->arena, b->n_lines, sizeof *results);
    uint32_t at = 0;
    if (!all || !bad || !results) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        for (uint32_t k = 0; k < b->list[i].n_lines; k++, at++) all[at] = arci_bill_good(b, i) ? b->list[i].lines[k] : NULL;
    }
    arc_status st = arci_access_records(p->t, &p->arena, p->t->call->verb, all, b->n_lines, bad, results);
    at = 0;
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        uint32_t first = at;
        at += b->list[i].n_lines;
        for (uint32_t k = first; k < at && arci_bill_good(b, i); k++) {
            if (bad[k]) arci_bill_refuse(b, i, arci_access_record_fault(p->t, all[k], bad[k], results[k]));
        }
    }
    return st;
}

arc_status arci_bills_new(arci_bills *b, arci_posting *p)
{
    static const arci_total_rules usual = ARCI_TOTAL_RULES_INIT;
    memset(b, 0, sizeof *b);
    b->p = p;
    b->rules = usual;
    arci_rates_init(&b->rates, p->t, &p->arena);
    b->list = arci_arena_calloc(&p->arena, p->n, sizeof *b->list);
    return b->list ? ARC_OK : arci_nomem(p->t->env);
}

arc_status arci_bill_room(arci_bills *b, arci_bill *d, uint32_t n_lines)
{
    arci_arena *arena = &b->p->arena;
    d->n_lines = n_lines;
    d->lines = arci_arena_alloc(arena, ((size_t)n_lines + 1) * sizeof *d->lines);
    d->amounts = arci_arena_calloc(arena, (size_t)n_lines + 1, sizeof *d->amounts);
    d->line_products = arci_arena_calloc(arena, (size_t)n_lines + 1, sizeof *d->line_products);
    return d->lines && d->amounts && d->line_products ? ARC_OK : arci_nomem(b->p->t->env);
}

arc_status arci_bills_take(arci_bills *b, arci_posting *p, const arc_invoice_document *documents)
{
    arc_record **handles = arci_arena_alloc(&p->arena, p->n * sizeof(arc_record *));
    arci_record **headers;
    arc_status st = handles ? arci_bills_new(b, p) : arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) handles[i] = documents[i].invoice;
    if (st == ARC_OK) st = room_for_lines(b, documents);
    if (st == ARC_OK) st = arci_posting_records(p, &headers, handles, ARC_INVOICE);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        arci_bill *d = &b->list[i];
        d->record = headers[i];
        d->kind = documents[i].flags & ARC_AS_ADVANCE    ? "advance"
                  : documents[i].flags & ARC_AS_PROFORMA ? "proforma"
                  : arci_bill_value(d, ARC_INVOICE_DEBIT_OF)->type == ARC_V_INT ? "debit_note"
                                                                                : "invoice";
        d->series = documents[i].series;
        d->uses = documents[i].uses;
        d->n_uses = documents[i].n_uses;
        st = arci_bill_room(b, d, documents[i].n_lines);
        if (st == ARC_OK) st = take_lines(b, d, i, documents[i].lines);
    }
    return st == ARC_OK ? tell(b, documents) : st;
}

arc_status arci_bills_admit(arci_bills *b)
{
    arci_record **headers = arci_arena_alloc(&b->p->arena, b->p->n * sizeof(arci_record *));
    if (!headers) return arci_nomem(b->p->t->env);
    for (uint32_t i = 0; i < b->p->n; i++) headers[i] = b->list[i].record;
    arc_status st = normalise(b, headers);
    if (st == ARC_OK) st = arci_posting_access(b->p, headers);
    return st == ARC_OK ? lines_access(b) : st;
}

/* ---- headers ------------------------------------------------------------------------------------------------------------------- */

/* A text of a record that outlives changes of the record; empty is NULL. */
static arc_status keep_text(arci_bills *b, arc_value *out, const arc_value *v)
{
    *out = arci_v_null();
    if (v->type != ARC_V_TEXT || !v->len) return ARC_OK;
    const char *copy = arci_arena_strndup(&b->p->arena, v->u.s, v->len);
    if (!copy) return arci_nomem(b->p->t->env);
    *out = arci_v_text(copy, v->len);
    return ARC_OK;
}

static arc_status judge_header(arci_bills *b, uint32_t i)
{
    static const uint32_t required[] = { ARC_INVOICE_CUSTOMER, ARC_INVOICE_CURRENCY, 0 };
    arci_bill *d = &b->list[i];
    arci_txn *t = b->p->t;
    if (!b->told && !arci_posting_required(b->p, i, d->record, required)) return ARC_OK;
    const arc_value *date = arci_bill_value(d, ARC_INVOICE_INVOICE_DATE);
    arc_status st = keep_text(b, &d->number, arci_bill_value(d, ARC_INVOICE_NUMBER));
    if (st == ARC_OK) st = keep_text(b, &d->own_term, arci_bill_value(d, ARC_INVOICE_TERM));
    if (st != ARC_OK) return st;
    d->date = date->type == ARC_V_INT ? (arc_date)date->u.i : b->p->session->business_date;
    const char *field = NULL;
    if (d->date == ARC_DATE_NONE) {
        field = "invoice_date";
        st = arci_fail(t->env, ARC_E_REQUIRED, "invoice_date is required: the session has no business date", "开票日期为必填项：会话未设置业务日期");
    } else if (!d->n_lines) {
        st = arci_fail(t->env, ARC_E_REQUIRED, "a document has at least one line", "单据至少须有一行明细");
    } else if (arci_bill_value(d, ARC_INVOICE_RED_OF)->type != ARC_V_NULL) { /* it would give back what credit notes took */
        field = "red_of";
        st = arci_fail(t->env, ARC_E_VALUE, "an invoice is taken back by a credit note: credit it", "冲销发票须开具红字单据");
    }
    if (st != ARC_OK) {
        arci_fail_at(t->env, "invoice", field, 0, -1);
        return arci_bill_judged(b, i, st);
    }
    return b->p->failed.status;
}

/* It, or one of its lines, is of an order or a contract of a customer who was merged since. */
static int goes_on(const arci_bill *d)
{
    int on = arci_merged_goes_on(d->record);
    for (uint32_t k = 0; !on && k < d->n_lines; k++) on = arci_merged_goes_on(d->lines[k]);
    return on;
}

static arc_status judge_customer(arci_bills *b, uint32_t i)
{
    const arc_value *status = &b->list[i].customer[ARCI_CUSTOMER_STATUS], *into = &b->list[i].customer[ARCI_CUSTOMER_MERGED_INTO];
    if (b->told) return ARC_OK;
    if (into->type == ARC_V_INT && goes_on(&b->list[i])) return ARC_OK;
    if (into->type == ARC_V_INT) return arci_bill_judged(b, i, arci_merged_refuse(b->p->t->env, "invoice", arci_bill_value(&b->list[i], ARC_INVOICE_CUSTOMER)->u.i, into->u.i));
    if (!arci_code_is(status, "merged") && !arci_code_is(status, "closed") && !arci_code_is(status, "blocked")) return ARC_OK;
    const char *is[2];
    arci_code_words(is, "customer_status", status);
    arci_fail(b->p->t->env, ARC_E_STATE, "the customer is %s: no invoice can be issued to it%.0s", "客户%.0s状态为“%s”，不能开票", is[0], is[1]);
    arci_fail_at(b->p->t->env, "invoice", "customer", 0, -1);
    return arci_bill_judged(b, i, ARC_E_STATE);
}

static arc_status headers(arci_bills *b)
{
    arci_posting *p = b->p;
    const arc_value **customers;
    int64_t *ids = arci_arena_calloc(&p->arena, p->n, sizeof *ids);
    arc_status st = ids ? ARC_OK : arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!arci_bill_good(b, i)) continue;
        st = judge_header(b, i);
        if (arci_bill_good(b, i)) ids[i] = arci_bill_value(&b->list[i], ARC_INVOICE_CUSTOMER)->u.i;
    }
    if (st == ARC_OK) st = arci_posting_customers(p, &customers, ids);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!arci_bill_good(b, i)) continue;
        b->list[i].customer = customers[i];
        st = judge_customer(b, i);
    }
    return st;
}

/* ---- lines ---------------------------------------------------------------------------------------------------------------------- */

static void given(arci_total_line *l, uint32_t bit, const arc_value *v, int64_t *to)
{
    if (v->type != ARC_V_INT) return;
    l->given |= bit;
    *to = v->u.i;
}

static arc_status line_fault(arci_bills *b, uint32_t line, arc_status st, const char *field)
{
    return arci_line_at(b->p->t->env, st, line, field);
}

static arc_status take_line(arci_bills *b, const arci_bill *d, uint32_t k)
{
    arci_env *env = b->p->t->env;
    const arci_record *r = d->lines[k];
    arci_total_line *l = &d->amounts[k];
    const arc_value *currency = arci_record_value(r, ARC_INVOICE_LINE_CURRENCY), *kind = arci_record_value(r, ARC_INVOICE_LINE_TAX_KIND);
    const arc_value *of = arci_record_value(r, ARC_INVOICE_LINE_DISCOUNT_OF), *header = arci_bill_value(d, ARC_INVOICE_CURRENCY);
    if (currency->type == ARC_V_TEXT && memcmp(currency->u.s, header->u.s, 3) != 0) {
        return line_fault(b, k, arci_fail(env, ARC_E_CURRENCY, "line %u is in another currency than its invoice", "第 %u 行的币种与发票不一致", k + 1), "currency");
    }
    l->quantity.scale = 6;
    l->price.scale = 8;
    given(l, ARCI_GIVEN_QUANTITY, arci_record_value(r, ARC_INVOICE_LINE_QUANTITY), &l->quantity.mantissa);
    given(l, ARCI_GIVEN_PRICE, arci_record_value(r, ARC_INVOICE_LINE_PRICE), &l->price.mantissa);
    given(l, ARCI_GIVEN_NET, arci_record_value(r, ARC_INVOICE_LINE_NET_AMOUNT), &l->net);
    given(l, ARCI_GIVEN_TAX, arci_record_value(r, ARC_INVOICE_LINE_TAX_AMOUNT), &l->tax);
    given(l, ARCI_GIVEN_GROSS, arci_record_value(r, ARC_INVOICE_LINE_GROSS_AMOUNT), &l->gross);
    given(l, ARCI_GIVEN_RATE, arci_record_value(r, ARC_INVOICE_LINE_TAX_RATE), &l->rate);
    if (of->type == ARC_V_INT) l->discount_of = of->u.i > 0 && of->u.i <= k ? (uint32_t)of->u.i : UINT32_MAX;
    static const char *const kinds[ARCI_TAX_KINDS] = { "standard", "simplified", "zero", "exempt", "outside" };
    for (uint8_t i = 0; i < ARCI_TAX_KINDS; i++) {
        if (!arci_code_is(kind, kinds[i])) continue;
        l->kind = i;
        l->given |= ARCI_GIVEN_KIND;
    }
    static const struct {
        uint32_t field;
        const char *name;
    } kept[] = { { ARC_INVOICE_LINE_INVOICE, "invoice" }, { ARC_INVOICE_LINE_SEQ, "seq" }, { ARC_INVOICE_LINE_ID, "id" }, { ARC_INVOICE_LINE_TXN, "txn" }, { ARC_INVOICE_LINE_RED_OF, "red_of" },
                 { ARC_INVOICE_LINE_BASE_CURRENCY, "base_currency" }, { ARC_INVOICE_LINE_BASE_NET, "base_net" }, { ARC_INVOICE_LINE_BASE_TAX, "base_tax" } };
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (arci_record_value(r, kept[i].field)->type == ARC_V_NULL) continue;
        return line_fault(b, k, arci_fail(env, ARC_E_VALUE, "line %u: %s is not set by callers%.0s", "第 %u 行：%.0s%s不能由调用方设置", k + 1, kept[i].name, arci_field_zh("invoice_line", kept[i].name)), kept[i].name);
    }
    const arc_value *role = arci_record_value(r, ARC_INVOICE_LINE_ACCOUNT_ROLE);
    if (role->type == ARC_V_TEXT && arci_role_is_balance(role->u.s, role->len)) {
        return line_fault(b, k, arci_fail(env, ARC_E_VALUE, "line %u: %.*s is no account role of income", "第 %u 行：%.*s 不是收入类科目角色", k + 1, (int)role->len, role->u.s), "account_role");
    }
    arc_status st = b->told ? ARC_OK : arci_record_check_custom(env, d->lines[k]);
    return st == ARC_OK ? ARC_OK : line_fault(b, k, st, env->err->field);
}

static arc_status take_amounts(arci_bills *b)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < b->p->n && st == ARC_OK; i++) {
        for (uint32_t k = 0; k < b->list[i].n_lines && st == ARC_OK && arci_bill_good(b, i); k++) {
            st = arci_custom_renew(b->p->t, b->list[i].lines[k]);
            if (st == ARC_OK) st = arci_bill_judged(b, i, take_line(b, &b->list[i], k));
        }
    }
    return st;
}

/* ---- totals ----------------------------------------------------------------------------------------------------------------------- */

/* What the caller says himself must be what the lines come to. */
static arc_status check_given(arci_bills *b, const arci_bill *d)
{
    const struct {
        uint32_t field;
        const char *name;
        int64_t is;
    } totals[] = { { ARC_INVOICE_NET_AMOUNT, "net_amount", d->totals.net },
                   { ARC_INVOICE_TAX_AMOUNT, "tax_amount", d->totals.tax },
                   { ARC_INVOICE_GROSS_AMOUNT, "gross_amount", d->totals.gross } };
    arci_env *env = b->p->t->env;
    for (int k = 0; k < 3 && !d->kept; k++) {
        const arc_value *v = arci_bill_value(d, totals[k].field);
        if (v->type != ARC_V_INT || v->u.i == totals[k].is) continue;
        char text[48] = "";
        size_t n = sizeof text;
        arc_money m;
        if (arc_money_set(&m, totals[k].is, b->rules.currency) == ARC_OK) (void)arc_money_print_amount(text, &n, &m);
        arci_fail(env, ARC_E_VALUE, "%s is not what the lines come to, %.0s%s", "%.0s%s与明细合计 %s 不符", totals[k].name, arci_field_zh("invoice", totals[k].name), text);
        arci_fail_at(env, "invoice", totals[k].name, 0, -1);
        return ARC_E_VALUE;
    }
    if (d->totals.gross >= 0 || !strcmp(d->kind, "credit_note")) return ARC_OK;
    arci_fail(env, ARC_E_VALUE, "the total is negative: issue a credit note instead", "合计为负数：请开具红字发票");
    arci_fail_at(env, "invoice", "gross_amount", 0, -1);
    return ARC_E_VALUE;
}

static arc_status one_total(arci_bills *b, arci_bill *d)
{
    memcpy(b->rules.currency, arci_bill_value(d, ARC_INVOICE_CURRENCY)->u.s, 3);
    b->rules.gross_basis = (uint8_t)arci_code_is(arci_bill_value(d, ARC_INVOICE_PRICE_BASIS), "gross");
    b->rules.by_group = (uint8_t)arci_code_is(arci_bill_value(d, ARC_INVOICE_TAX_METHOD), "group");
    arc_status st = arci_totals_compute(b->p->t->env, &d->totals, d->amounts, d->n_lines, &b->rules);
    if (st == ARC_OK) st = check_given(b, d);
    if (st != ARC_OK) return st;
    st = arci_booked_at(&b->rates, &d->booked, b->rules.currency, d->totals.gross, d->date, arci_bill_value(d, ARC_INVOICE_BASE_CURRENCY),
                        arci_bill_value(d, ARC_INVOICE_BASE_AMOUNT), arci_bill_value(d, ARC_INVOICE_FX_RATE));
    if (st == ARC_E_VALUE && b->told) { /* no rate is known: it is booked without a base amount */
        const arci_booked none = { .foreign = 1 };
        d->booked = none;
        arci_error_clear(b->p->t->env->err);
        return ARC_OK;
    }
    if (st != ARC_OK) arci_fail_at(b->p->t->env, "invoice", "base_amount", 0, -1);
    return st;
}

/* What was told late counts from the first open day. */
static arc_status period(arci_bills *b, uint32_t i)
{
    arci_bill *d = &b->list[i];
    if (!b->told) {
        (void)arci_posting_period(b->p, i, d->date);
        return ARC_OK;
    }
    arc_status st = arci_period_open_day(b->p->t, &d->posted, d->date);
    d->late = st == ARC_OK && d->posted != d->date;
    return st;
}

static arc_status setting(arci_bills *b, const char *name, int64_t *to)
{
    return arci_setting_int(b->p->t, name, 0, 1000000, *to, to);
}

/* Bounds are asked only where a caller gives what could be computed. */
static int bounded(const arci_bills *b)
{
    const uint32_t counted = ARCI_GIVEN_QUANTITY | ARCI_GIVEN_PRICE, both = ARCI_GIVEN_NET | ARCI_GIVEN_GROSS;
    for (uint32_t i = 0; i < b->p->n; i++) {
        for (uint32_t k = 0; k < b->list[i].n_lines && arci_bill_good(b, i); k++) {
            uint32_t given = b->list[i].amounts[k].given;
            if ((given & ARCI_GIVEN_TAX) || (given & both) == both || ((given & counted) == counted && (given & both))) return 1;
        }
    }
    return 0;
}

static arc_status limits(arci_bills *b)
{
    if (!bounded(b)) return ARC_OK;
    arc_status st = setting(b, "invoice.limit.line_tax", &b->rules.line_tax);
    if (st == ARC_OK) st = setting(b, "invoice.limit.line_price", &b->rules.line_price);
    if (st == ARC_OK) st = setting(b, "invoice.limit.document_tax", &b->rules.document_tax);
    return st == ARC_OK ? setting(b, "invoice.limit.group_tax", &b->rules.group_tax) : st;
}

arc_status arci_bills_complete(arci_bills *b)
{
    arc_status st = headers(b);
    if (st == ARC_OK) st = take_amounts(b);
    if (st == ARC_OK) st = arci_bills_products(b);
    if (st == ARC_OK) st = limits(b);
    for (uint32_t i = 0; i < b->p->n && st == ARC_OK; i++) {
        if (arci_bill_good(b, i)) st = arci_bill_judged(b, i, one_total(b, &b->list[i]));
        if (arci_bill_good(b, i) && st == ARC_OK && !b->drafting) st = period(b, i);
        if (b->p->failed.status) return b->p->failed.status;
    }
    return st == ARC_OK && !b->drafting ? arci_bills_items(b) : st;
}
