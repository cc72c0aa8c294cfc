/* SPDX-License-Identifier: Apache-2.0 */
/* Receivables that stand without an invoice, and the end of plans and estimates. */
#include "arcore/receivable.h"

#include <string.h>

#include "arcore/fields.h"
#include "base/str.h"
#include "billing/chain.h"
#include "billing/uses.h"
#include "ledger/parts.h"
#include "ledger/period.h"

/* ---- recording ---------------------------------------------------------------------------------------------------------------------- */

static const uint32_t in_order[ARCI_ITEM_COLUMNS] = {
    ARC_ITEM_NUMBER, ARC_ITEM_SEQ, ARC_ITEM_KIND, ARC_ITEM_CUSTOMER, ARC_ITEM_CURRENCY, ARC_ITEM_AMOUNT, ARC_ITEM_BUSINESS_DATE, ARC_ITEM_BASE_DATE,
    ARC_ITEM_DUE_DATE, ARC_ITEM_INVOICE, ARC_ITEM_CONTRACT, ARC_ITEM_SALES_ORDER, ARC_ITEM_DELIVERY, ARC_ITEM_PROJECT, ARC_ITEM_STORE, ARC_ITEM_ORIGIN,
    ARC_ITEM_BASE_CURRENCY, ARC_ITEM_BASE_AMOUNT, ARC_ITEM_DISCOUNTS, ARC_ITEM_OWNER, ARC_ITEM_TEAM, ARC_ITEM_REGION, ARC_ITEM_DEPARTMENT, ARC_ITEM_REMARK,
    ARC_ITEM_MILESTONE, ARC_ITEM_BUSINESS_LINE, ARC_ITEM_CHANNEL, ARC_ITEM_BILL, ARC_ITEM_TAX_AMOUNT, ARC_ITEM_REASON_CODE, ARC_ITEM_PARTS, ARC_ITEM_ACCOUNT_ROLE };

static arc_status fault(arci_posting *p, const char *field, const char *en, const char *zh)
{
    arci_fail(p->t->env, ARC_E_VALUE, "%s: %.0s%s%.0s", "%.0s%s：%.0s%s", field, arci_field_zh("item", field), en, zh);
    arci_fail_at(p->t->env, "item", field, 0, -1);
    return ARC_E_VALUE;
}

/* Of what a debt is made - cost, interest, principal - in the order in which they are settled; its amount, exactly. */
static arc_status judge_parts(arci_posting *p, arc_value *v)
{
    arci_parts parts;
    char currency[4] = { 0 };
    if (v[ARCI_ITEM_PARTS].type == ARC_V_NULL) return ARC_OK;
    if (arci_item_counts(&v[ARCI_ITEM_KIND]) != ARCI_COUNTS_OPEN) return fault(p, "parts", "are of receivables that are settled", "仅适用于可核销的应收");
    memcpy(currency, v[ARCI_ITEM_CURRENCY].u.s, 3);
    arc_status st = arci_parts_read(p->t->env, &p->arena, &parts, &v[ARCI_ITEM_PARTS], currency);
    for (uint32_t k = 0; st == ARC_OK && k < parts.n; k++) {
        if (parts.part[k].amount <= 0) st = fault(p, "parts", "must be positive amounts", "各项金额须为正数");
    }
    if (st == ARC_OK) st = arci_parts_fit(p->t->env, &parts, v[ARCI_ITEM_AMOUNT].u.i);
    if (st == ARC_OK) st = arci_parts_print(p->t->env, &p->arena, &v[ARCI_ITEM_PARTS], &parts);
    if (st == ARC_E_VALUE) arci_fail_at(p->t->env, "item", "parts", 0, -1);
    return st;
}

static arc_status judge(arci_posting *p, const arc_value *v)
{
    const arc_value *role = &v[ARCI_ITEM_ROLE];
    static const uint32_t kept[] = { ARCI_ITEM_INVOICE, ARCI_ITEM_ORIGIN, ARCI_ITEM_DISCOUNTS, ARCI_ITEM_BILL, ARCI_ITEM_REASON_CODE };
    static const char *const names[] = { "invoice", "origin", "discounts", "bill", "reason_code" };
    const arc_value *kind = &v[ARCI_ITEM_KIND], *tax = &v[ARCI_ITEM_TAX_AMOUNT];
    if (!arci_code_is(kind, "estimated") && !arci_code_is(kind, "planned") && !arci_code_is(kind, "invoiced") && !arci_code_is(kind, "opening") && !arci_code_is(kind, "fee")) {
        return fault(p, "kind", "one of planned, estimated, invoiced, opening, fee", "须为计划、暂估、应收、期初或费用");
    }
    if (role->type != ARC_V_NULL && !arci_code_is(kind, "invoiced") && !arci_code_is(kind, "fee")) return fault(p, "account_role", "is of receivables that are credited to an account", "仅适用于应收和费用");
    if (role->type == ARC_V_TEXT && arci_role_is_balance(role->u.s, role->len)) return fault(p, "account_role", "is no role of income", "不是收入类科目角色");
    const int credit = arci_code_is(kind, "opening") && v[ARCI_ITEM_AMOUNT].u.i < 0; /* taken over from another system; others are documents */
    if (v[ARCI_ITEM_AMOUNT].u.i <= 0 && !credit) return fault(p, "amount", "must be positive, of an opening balance not 0", "须为正数，期初余额不能为零");
    if (credit && v[ARCI_ITEM_PARTS].type != ARC_V_NULL) return fault(p, "parts", "are of debts", "仅适用于应收");
    if (credit && tax->type != ARC_V_NULL) return fault(p, "tax_amount", "is of debts", "仅适用于应收");
    if (tax->type == ARC_V_INT && (tax->u.i < 0 || tax->u.i > v[ARCI_ITEM_AMOUNT].u.i)) return fault(p, "tax_amount", "is not within the amount", "须在金额之内");
    for (size_t k = 0; k < sizeof kept / sizeof kept[0]; k++) {
        if (v[kept[k]].type != ARC_V_NULL) return fault(p, names[k], "is not set by callers", "不能由调用方设置");
    }
    if (v[ARCI_ITEM_BUSINESS_DATE].type == ARC_V_NULL) return fault(p, "business_date", "is required: the session has no business date", "为必填项：会话未设置业务日期");
    return arci_item_counts(kind) == ARCI_COUNTS_NOT ? ARC_OK : arci_period_check(p->t, (arc_date)v[ARCI_ITEM_BUSINESS_DATE].u.i); /* posted or not: agings count estimates */
}

/* ---- where it comes from ------------------------------------------------------------------------------------------------------------ */

enum { K_CONTRACT, K_ORDER, K_DELIVERY, K_PROJECT, K_SOURCES }; /* of which it may be; a milestone is of its contract */
/* Behind what is inherited: customer, number, status. */
enum { S_CUSTOMER, S_NUMBER, S_STATUS };

static const struct {
    uint32_t of;
    const char *entity, *en, *zh, *list;
    const char *not_yet[4]; /* states in which nothing comes of it */
} sources[K_SOURCES] = { { ARCI_ITEM_CONTRACT, "contract", "contract", "合同", "contract_status", { "draft", "submitted" } },
                         { ARCI_ITEM_SALES_ORDER, "sales_order", "order", "订单", "order_status", { "draft", "cancelled" } },
                         { ARCI_ITEM_DELIVERY, "delivery", "delivery", "发货单", "delivery_status", { "draft", "refused", "cancelled" } },
                         { ARCI_ITEM_PROJECT, "project", "project", "项目", "project_status", { NULL } } };

static arc_status at_source(arci_posting *p, arc_status st, int k)
{
    arci_fail_at(p->t->env, "item", sources[k].entity, 0, -1);
    return st;
}

/* Plans and estimates come of what was agreed: a contract that was approved, an order that stands, goods that left; of plans a contract that goes on. */
static arc_status judge_state(arci_posting *p, const arc_value *v, const arc_value *row, int k)
{
    const int counts = arci_item_counts(&v[ARCI_ITEM_KIND]);
    int bad = k == K_CONTRACT && counts == ARCI_COUNTS_NOT && !arci_code_is(&row[S_STATUS], "active");
    const char *is[2];
    if (counts == ARCI_COUNTS_OPEN) return ARC_OK;
    for (size_t i = 0; i < 4 && sources[k].not_yet[i]; i++) bad |= arci_code_is(&row[S_STATUS], sources[k].not_yet[i]);
    if (!bad) return ARC_OK;
    arci_code_words(is, sources[k].list, &row[S_STATUS]);
    arci_fail(p->t->env, ARC_E_STATE, "%s%.0s %.*s is %s%.0s: nothing is planned or estimated of it", "%.0s%s %.*s %.0s状态为“%s”，不能登记计划或暂估应收", sources[k].en, sources[k].zh, (int)row[S_NUMBER].len,
              row[S_NUMBER].u.s, is[0], is[1]);
    return at_source(p, ARC_E_STATE, k);
}

static arc_status judge_source(arci_posting *p, const arc_value *v, const arc_value *row, int k)
{
    if (row[S_CUSTOMER].type == ARC_V_INT && row[S_CUSTOMER].u.i != v[ARCI_ITEM_CUSTOMER].u.i) {
        return at_source(p, arci_fail(p->t->env, ARC_E_GUARD, "the %s is another customer's%.0s", "%.0s%s属于其他客户", sources[k].en, sources[k].zh), k);
    }
    return judge_state(p, v, row, k);
}

/* What an order and a contract say of the dimensions that were left open; they are of the customer, and stand. k: which of the sources it is. */
static arc_status inherit(arci_posting *p, arc_value *v, int k, const char *fields, const uint32_t *to, uint32_t n)
{
    const arci_shape *shape;
    arc_value *row;
    if (v[sources[k].of].type != ARC_V_INT) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, sources[k].entity, fields);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, v[sources[k].of].u.i, &p->arena, &row);
    if (st == ARC_E_NOT_FOUND) return ARC_OK; /* the reference is told when the item is written */
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (v[to[i]].type == ARC_V_NULL) v[to[i]] = row[i];
    }
    return st == ARC_OK ? judge_source(p, v, row + n, k) : st;
}

/* The contract of its milestone. */
static arc_status of_milestone(arci_posting *p, arc_value *v)
{
    const arci_shape *shape;
    arc_value *row;
    if (v[ARCI_ITEM_MILESTONE].type != ARC_V_INT) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, "milestone", "contract");
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, v[ARCI_ITEM_MILESTONE].u.i, &p->arena, &row);
    if (st == ARC_E_NOT_FOUND) return ARC_OK;
    if (st == ARC_OK && v[ARCI_ITEM_CONTRACT].type == ARC_V_NULL) v[ARCI_ITEM_CONTRACT] = row[0];
    if (st != ARC_OK || arci_value_equal(&v[ARCI_ITEM_CONTRACT], &row[0])) return st;
    arci_fail(p->t->env, ARC_E_GUARD, "the milestone is of another contract", "里程碑属于其他合同");
    arci_fail_at(p->t->env, "item", "milestone", 0, -1);
    return ARC_E_GUARD;
}

static arc_status dimensions(arci_posting *p, arc_value *v)
{
    static const uint32_t of_delivery[] = { ARCI_ITEM_SALES_ORDER };
    static const uint32_t of_order[] = { ARCI_ITEM_CONTRACT, ARCI_ITEM_PROJECT, ARCI_ITEM_STORE, ARCI_ITEM_DEPARTMENT, ARCI_ITEM_BUSINESS_LINE, ARCI_ITEM_CHANNEL };
    static const uint32_t of_contract[] = { ARCI_ITEM_PROJECT, ARCI_ITEM_DEPARTMENT, ARCI_ITEM_BUSINESS_LINE, ARCI_ITEM_CHANNEL };
    const int named = v[ARCI_ITEM_CONTRACT].type == ARC_V_INT || v[ARCI_ITEM_SALES_ORDER].type == ARC_V_INT || v[ARCI_ITEM_DELIVERY].type == ARC_V_INT ||
                      v[ARCI_ITEM_MILESTONE].type == ARC_V_INT || v[ARCI_ITEM_PROJECT].type == ARC_V_INT;
    if (!named && arci_item_counts(&v[ARCI_ITEM_KIND]) != ARCI_COUNTS_OPEN) {
        arci_fail(p->t->env, ARC_E_REQUIRED, "what is planned or estimated is of a contract, an order, a delivery, a milestone or a project: name one", "计划或暂估应收须注明合同、订单、发货单、里程碑或项目");
        return at_source(p, ARC_E_REQUIRED, K_CONTRACT);
    }
    arc_status st = inherit(p, v, K_DELIVERY, "sales_order customer number status", of_delivery, 1);
    if (st == ARC_OK) st = inherit(p, v, K_ORDER, "contract project store department business_line channel customer number status", of_order, 6);
    if (st == ARC_OK) st = of_milestone(p, v);
    if (st == ARC_OK) st = inherit(p, v, K_CONTRACT, "project department business_line channel customer number status", of_contract, 4);
    return st == ARC_OK ? inherit(p, v, K_PROJECT, "customer code status", NULL, 0) : st;
}

/* ---- the journal ---------------------------------------------------------------------------------------------------------------------- */

static void account_for(arci_posting *p, const arc_value *v, int64_t id, const arci_booked *booked)
{
    int opening = arci_code_is(&v[ARCI_ITEM_KIND], "opening");
    const char *credited = opening ? ARCI_ROLE_OPENING : arci_code_is(&v[ARCI_ITEM_KIND], "fee") ? ARCI_ROLE_FEE_INCOME : ARCI_ROLE_REVENUE;
    int64_t amount = v[ARCI_ITEM_AMOUNT].u.i, tax = opening || v[ARCI_ITEM_TAX_AMOUNT].type != ARC_V_INT ? 0 : v[ARCI_ITEM_TAX_AMOUNT].u.i;
    int64_t base_tax = arci_booked_part(booked, tax, amount), base_net = base_tax - booked->base, minus = -base_tax;
    char currency[4] = { 0 };
    const arci_entry e = { .date = (arc_date)v[ARCI_ITEM_BUSINESS_DATE].u.i, .purpose = opening ? "opening" : "receivable", .entity = "item", .source = id,
                           .number = &v[ARCI_ITEM_NUMBER], .customer = v[ARCI_ITEM_CUSTOMER].u.i, .person = &v[ARCI_ITEM_OWNER], .department = &v[ARCI_ITEM_DEPARTMENT],
                           .project = &v[ARCI_ITEM_PROJECT], .business_line = &v[ARCI_ITEM_BUSINESS_LINE] };
    memcpy(currency, v[ARCI_ITEM_CURRENCY].u.s, 3);
    arci_journal_open(&p->journal, &e);
    arci_journal_line(&p->journal, ARCI_ROLE_RECEIVABLE, currency, amount, booked->known ? &booked->base : NULL);
    if (v[ARCI_ITEM_ROLE].type == ARC_V_TEXT) credited = arci_arena_strndup(&p->arena, v[ARCI_ITEM_ROLE].u.s, v[ARCI_ITEM_ROLE].len);
    if (!credited) {
        p->journal.nomem = 1;
        return;
    }
    arci_journal_line(&p->journal, credited, currency, tax - amount, booked->known ? &base_net : NULL);
    arci_journal_line(&p->journal, ARCI_ROLE_OUTPUT_VAT, currency, -tax, booked->known ? &minus : NULL);
}

static arc_status fill(arci_posting *p, const arci_record *r, arc_value *v, const arc_value *customer, arci_booked *booked)
{
    const arc_value none = arci_v_null();
    char currency[4] = { 0 };
    arci_rates rates;
    for (int c = 0; c < ARCI_ITEM_COLUMNS; c++) v[c] = *arci_record_value(r, in_order[c]);
    if (v[ARCI_ITEM_SEQ].type == ARC_V_NULL) v[ARCI_ITEM_SEQ] = arci_v_int(1);
    if (v[ARCI_ITEM_KIND].type == ARC_V_NULL) v[ARCI_ITEM_KIND] = arci_v_text("estimated", 9);
    if (v[ARCI_ITEM_BUSINESS_DATE].type == ARC_V_NULL && p->session->business_date != ARC_DATE_NONE) v[ARCI_ITEM_BUSINESS_DATE] = arci_v_int(p->session->business_date);
    for (int c = 0; c < 3; c++) {
        if (v[ARCI_ITEM_OWNER + c].type == ARC_V_NULL && customer) v[ARCI_ITEM_OWNER + c] = customer[c];
    }
    memset(booked, 0, sizeof *booked);
    arc_status st = judge(p, v);
    if (st == ARC_OK) st = judge_parts(p, v);
    if (st == ARC_OK) st = dimensions(p, v);
    if (st != ARC_OK || arci_item_counts(&v[ARCI_ITEM_KIND]) != ARCI_COUNTS_OPEN) {
        v[ARCI_ITEM_BASE_CURRENCY] = v[ARCI_ITEM_BASE_AMOUNT] = none; /* booked when it is invoiced */
        return st;
    }
    memcpy(currency, v[ARCI_ITEM_CURRENCY].u.s, 3);
    arci_rates_init(&rates, p->t, &p->arena);
    st = arci_booked_at(&rates, booked, currency, v[ARCI_ITEM_AMOUNT].u.i, (arc_date)v[ARCI_ITEM_BUSINESS_DATE].u.i, &v[ARCI_ITEM_BASE_CURRENCY], &v[ARCI_ITEM_BASE_AMOUNT], &none);
    v[ARCI_ITEM_BASE_CURRENCY] = booked->known ? arci_v_text(p->session->book->base_currency, 3) : none;
    v[ARCI_ITEM_BASE_AMOUNT] = booked->known ? arci_v_int(booked->base) : none;
    return st;
}

/* What is written, by row. */
typedef struct recorded {
    uint32_t *of; /* element */
    arci_booked *booked;
    arci_items items;
    uint32_t n;
} recorded;

/* Errors that judge the element refuse it; others end the call. */
static arc_status refused(arci_posting *p, uint32_t i, arc_status st)
{
    if (st == ARC_OK) return ARC_OK;
    if (st == ARC_E_NOMEM || p->t->doomed) return st;
    arci_posting_refuse(p, i, st);
    return ARC_OK;
}

static arc_status lay_out(arci_posting *p, arci_record *const *records, const arc_value *const *customers, recorded *w)
{
    w->of = arci_arena_alloc(&p->arena, p->n * sizeof *w->of);
    w->booked = arci_arena_calloc(&p->arena, p->n, sizeof *w->booked);
    if (!w->of || !w->booked) return arci_nomem(p->t->env);
    arc_status st = arci_items_new(p->t, &p->arena, &w->items, p->n);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!arci_posting_good(p, i)) continue;
        const arci_shape *shape = w->items.items->shape;
        const arci_valid_row view = { records[i], arci_items_row(&w->items, w->n), shape->cols, shape->n };
        arc_status judged = fill(p, records[i], arci_items_row(&w->items, w->n), customers[i], &w->booked[w->n]);
        if (judged == ARC_OK && p->rules) judged = arci_rules_judge(p->t->env, p->rules, &view, NULL, NULL, NULL);
        st = refused(p, i, judged);
        if (st == ARC_OK && arci_posting_good(p, i)) w->of[w->n++] = i;
    }
    if (st == ARC_OK) arci_items_cut(&w->items, w->n);
    return st;
}

static arc_status account_item(arci_posting *p, const recorded *w, uint32_t row)
{
    const arc_value *v = arci_items_row(&w->items, row);
    int64_t id = arci_items_id(&w->items, row);
    char currency[4] = { 0 };
    int counts = arci_item_counts(&v[ARCI_ITEM_KIND]);
    memcpy(currency, v[ARCI_ITEM_CURRENCY].u.s, 3);
    if (p->ids) p->ids[w->of[row]] = id;
    if (counts == ARCI_COUNTS_OPEN) account_for(p, v, id, &w->booked[row]);
    if (counts != ARCI_COUNTS_ESTIMATED) return ARC_OK;
    return arci_estimate_post(p, "item", id, (arc_date)v[ARCI_ITEM_BUSINESS_DATE].u.i, v[ARCI_ITEM_CUSTOMER].u.i, currency, v[ARCI_ITEM_AMOUNT].u.i);
}

static arc_status record_items(arci_posting *p, const void *elements)
{
    static const uint32_t required[] = { ARC_ITEM_NUMBER, ARC_ITEM_CUSTOMER, ARC_ITEM_CURRENCY, ARC_ITEM_AMOUNT, 0 };
    arci_record **records;
    const arc_value **customers;
    recorded w = { .n = 0 };
    uint32_t n_refused = 0;
    arc_status st = arci_posting_records(p, &records, elements, ARC_ITEM);
    if (st == ARC_OK) st = arci_posting_asked_records(p, records);
    if (st == ARC_OK) st = arci_posting_access(p, records);
    if (st != ARC_OK) return st;
    int64_t *ids = arci_arena_calloc(&p->arena, p->n, sizeof *ids);
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (arci_posting_good(p, i) && arci_posting_required(p, i, records[i], required)) ids[i] = arci_record_value(records[i], ARC_ITEM_CUSTOMER)->u.i;
    }
    st = arci_posting_customers(p, &customers, ids);
    if (st == ARC_OK) arci_posting_merged(p, customers, ids, records);
    if (st == ARC_OK) st = lay_out(p, records, customers, &w);
    if (st == ARC_OK && w.n) st = arci_items_write_some(p->t, &w.items, &p->accounts, &n_refused);
    for (uint32_t r = 0; r < w.n && st == ARC_OK; r++) {
        if (w.items.items->results[r] != ARC_ROW_OK) arci_posting_refuse(p, w.of[r], arci_batch_refused(p->t, w.items.items, r));
        else st = account_item(p, &w, r);
    }
    return st;
}

arc_status arc_item_record(arc_session *session, int64_t *id, arc_record *item)
{
    return arci_posting_run(session, ARCI_DO_ITEM_RECORD, id, NULL, &item, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, record_items);
}

arc_status arc_item_record_many(arc_session *session, int64_t *ids, arc_status *results, arc_record *const *items, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_ITEM_RECORD, ids, results, items, n, flags, 0, record_items);
}

/* ---- cancelling --------------------------------------------------------------------------------------------------------------------- */

typedef struct cancel {
    int64_t item;
    const char *reason;
    size_t n;
} cancel;

static arc_status wrong(arci_posting *p, arc_status st, int64_t id)
{
    arci_fail_at(p->t->env, "item", NULL, id, -1);
    return st;
}

static arc_status cancel_item(arci_posting *p, const void *elements)
{
    const cancel *x = elements;
    arci_plan *list;
    uint32_t n;
    int64_t ids[1] = { x->item };
    arci_call_arg_int(p->call, x->item);
    arci_call_arg_text(p->call, x->reason ? x->reason : "", x->n);
    arci_posting_arg_end(p, 0);
    arc_status st = p->call->request ? arci_posting_asked(p) : ARC_OK;
    if (st != ARC_OK) return st;
    if (p->session->business_date == ARC_DATE_NONE) {
        return wrong(p, arci_fail(p->t->env, ARC_E_REQUIRED, "the session has no business date", "会话未设置业务日期"), x->item);
    }
    st = arci_access_row(p->t, p->t->call->verb, NULL, arci_entity_by_name("item", 4), x->item);
    if (st == ARC_OK) st = arci_plans_read(p, &list, &n, ids, 1);
    if (st != ARC_OK) return st;
    arci_plan *plan = arci_plan_find(list, n, x->item);
    if (!plan) return wrong(p, arci_no_such(p->t->env, "item"), x->item);
    if (arci_item_counts(&plan->row[ARCI_PLAN_KIND]) == ARCI_COUNTS_OPEN || !plan->open) {
        return wrong(p, arci_fail(p->t->env, ARC_E_STATE, "the item is neither planned nor estimated, or nothing is left of it", "该应收不是计划或暂估，或已无余额"), x->item);
    }
    if (p->ids) p->ids[0] = x->item;
    return arci_plans_cancel(p, plan, 1, x->reason, x->n, p->session->business_date);
}

arc_status arc_item_cancel(arc_session *session, int64_t item, const char *reason)
{
    const cancel x = { item, reason, reason ? strlen(reason) : 0 };
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (x.n > 500) st = arci_fail(&s->env, ARC_E_INVALID, "a reason of at most %u bytes", "原因最多 %u 字节", 500u);
    else if (arci_utf8_check(reason ? reason : "", x.n) != x.n) st = arci_fail(&s->env, ARC_E_ENCODING, "reason is not UTF-8", "原因不是 UTF-8");
    if (st == ARC_OK) st = arci_posting_run(session, ARCI_DO_ITEM_CANCEL, NULL, NULL, &x, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE | ARCI_POSTING_INSIDE, cancel_item);
    return arci_call_leave(s, st);
}
