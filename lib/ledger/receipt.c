/* SPDX-License-Identifier: Apache-2.0 */
/* Recording money that came in: the document, what of it is unapplied, and the customer's account. */
#include "ledger/receipt.h"

#include <string.h>

#include "arcore/fields.h"
#include "ledger/charges.h"
#include "ledger/period.h"
#include "ledger/posting.h"
#include "store/record_api.h"
#include "store/setting.h"

static const char state_fields[] = "receipt customer currency value_date unapplied owner team region base_currency base_unapplied method posting_date";
enum { S_RECEIPT, S_CUSTOMER, S_CURRENCY, S_VALUE_DATE, S_UNAPPLIED, S_OWNER, S_BASE_CURRENCY = S_OWNER + 3, S_BASE, S_METHOD, S_POSTED };

#define MOST_AHEAD 36500 /* days */

static const uint32_t required[] = { ARC_RECEIPT_NUMBER, ARC_RECEIPT_VALUE_DATE, ARC_RECEIPT_CURRENCY, ARC_RECEIPT_AMOUNT, 0 };

static const uint32_t base_fields[6] = { ARC_RECEIPT_CURRENCY, ARC_RECEIPT_AMOUNT, ARC_RECEIPT_VALUE_DATE, ARC_RECEIPT_BASE_CURRENCY,
                                         ARC_RECEIPT_BASE_AMOUNT, ARC_RECEIPT_FX_RATE };

static const arc_value *value(const arci_record *r, uint32_t field) { return arci_record_value(r, field); }

/* Money that has not come yet: only so far ahead of the business date as the book allows, by default not at all. */
static arc_status check_ahead(arci_txn *t, const arci_record *r)
{
    const arc_value *on = value(r, ARC_RECEIPT_VALUE_DATE);
    arc_date today = t->session->business_date;
    int64_t days = 0;
    if (on->type == ARC_V_NULL || today == ARC_DATE_NONE || on->u.i <= today) return ARC_OK;
    arc_status st = arci_setting_int(t, "receipt.days_ahead", 0, MOST_AHEAD, 0, &days);
    if (st != ARC_OK || on->u.i - today <= days) return st;
    st = arci_fail(t->env, ARC_E_RANGE, "the value date is %lld days after the business date, %lld are allowed (setting receipt.days_ahead)",
                   "起息日晚于业务日期 %lld 天，允许 %lld 天（参数 receipt.days_ahead）", (long long)(on->u.i - today), (long long)days);
    arci_fail_at(t->env, "receipt", "value_date", 0, -1);
    return st;
}

/* No money came in: what we owe the customer was set against what he owes us. */
static int offset(const arci_record *r)
{
    const arc_value *method = value(r, ARC_RECEIPT_METHOD);
    return method->type == ARC_V_TEXT && method->len == 6 && memcmp(method->u.s, "offset", 6) == 0;
}

/* What was kept back on the way is part of the amount: of money alone. */
static arc_status check_charges(arci_txn *t, const arci_record *r, int64_t amount)
{
    const arc_value *json = value(r, ARC_RECEIPT_CHARGES), *currency = value(r, ARC_RECEIPT_CURRENCY);
    char code[4] = { 0 };
    arci_arena arena;
    arci_charges charges;
    if (json->type == ARC_V_NULL || currency->type != ARC_V_TEXT) return ARC_OK;
    memcpy(code, currency->u.s, currency->len < 3 ? currency->len : 3);
    arci_arena_init(&arena, t->env->ctx);
    arc_status st = arci_charges_read(t->env, &arena, &charges, json, code, amount);
    if (st == ARC_OK && offset(r)) st = arci_fail(t->env, ARC_E_VALUE, "a netting brings no money that charges could be kept back of", "抵账没有到账金额，不能有扣费");
    arci_arena_clear(&arena);
    if (st != ARC_OK) arci_fail_at(t->env, "receipt", "charges", 0, -1);
    return st;
}

arc_status arci_receipt_check(arci_txn *t, const arci_record *r, int with_amount)
{
    arci_env *env = t->env;
    arc_date day;
    const char *field = "amount";
    arc_status st = arci_receipt_day(t, &day, r);
    if (st != ARC_OK) return st;
    if (with_amount && value(r, ARC_RECEIPT_AMOUNT)->u.i <= 0) {
        st = arci_fail(env, ARC_E_RANGE, "the amount of a receipt is positive", "回款金额必须为正数");
    } else if (day == ARC_DATE_NONE) {
        field = "posting_date";
        st = arci_fail(env, ARC_E_REQUIRED, "posting_date is required: the value date is not known or its period not open, and the session has no business date",
                       "入账日为必填项：到账日未知或其会计期间未开放，且会话未设置业务日期");
    }
    if (st == ARC_OK && offset(r) && value(r, ARC_RECEIPT_EVIDENCE)->type == ARC_V_NULL) {
        field = "evidence";
        st = arci_fail(env, ARC_E_REQUIRED, "a netting needs evidence: the agreement and its date", "抵账须注明依据：协议及日期");
    }
    if (st != ARC_OK) {
        arci_fail_at(env, "receipt", field, 0, -1);
        return st;
    }
    if (with_amount) st = check_charges(t, r, value(r, ARC_RECEIPT_AMOUNT)->u.i);
    return st == ARC_OK ? check_ahead(t, r) : st;
}

arc_status arci_receipt_day(arci_txn *t, arc_date *day, const arci_record *r)
{
    const arc_value *given = value(r, ARC_RECEIPT_POSTING_DATE), *paid = value(r, ARC_RECEIPT_VALUE_DATE);
    arc_date open = ARC_DATE_NONE;
    *day = t->session->business_date;
    if (given->type != ARC_V_NULL) {
        *day = (arc_date)given->u.i;
        return ARC_OK;
    }
    if (paid->type == ARC_V_NULL) return ARC_OK;
    arc_status st = arci_period_open_day(t, &open, (arc_date)paid->u.i);
    if (st == ARC_OK && open == paid->u.i) *day = open;
    return st;
}

static int judge(arci_posting *p, uint32_t i, arci_record *r, arc_date *day)
{
    if (!arci_posting_required(p, i, r, required)) return 0;
    arc_status st = arci_receipt_check(p->t, r, 1);
    if (st == ARC_OK) st = arci_receipt_day(p->t, day, r);
    if (st != ARC_OK && !p->failed.status && (st == ARC_E_NOMEM || p->t->doomed)) p->failed = *p->t->env->err;
    if (st != ARC_OK) arci_posting_refuse(p, i, st);
    return st == ARC_OK && arci_posting_period(p, i, *day);
}

void arci_receipt_fill_day(arc_value *v, const arci_shape *shape, arc_date day)
{
    for (uint16_t c = 0; c < shape->n; c++) {
        if (ARCI_PUBLIC_FIELD(ARC_RECEIPT, shape->table->field_of_col[shape->cols[c]]->id) == ARC_RECEIPT_POSTING_DATE) v[c] = day == ARC_DATE_NONE ? arci_v_null() : arci_v_int(day);
    }
}

void arci_receipt_fill(const arci_session *s, arc_value *v, const arci_shape *shape, const arci_record *r, const arc_value *customer)
{
    (void)s;
    for (uint16_t c = 0; c < shape->n; c++) {
        if (v[c].type != ARC_V_NULL) continue;
        const arci_field *f = shape->table->field_of_col[shape->cols[c]];
        switch (ARCI_PUBLIC_FIELD(ARC_RECEIPT, f->id)) {
        case ARC_RECEIPT_BOOKING_DATE: v[c] = *value(r, ARC_RECEIPT_VALUE_DATE); break;
        case ARC_RECEIPT_OWNER: if (customer) v[c] = customer[ARCI_CUSTOMER_OWNER]; break;
        case ARC_RECEIPT_TEAM: if (customer) v[c] = customer[ARCI_CUSTOMER_TEAM]; break;
        case ARC_RECEIPT_REGION: if (customer) v[c] = customer[ARCI_CUSTOMER_REGION]; break;
        default: break;
        }
    }
}

static arc_status move_account(arci_posting *p, const arc_value *state)
{
    if (state[S_CUSTOMER].type == ARC_V_NULL) return ARC_OK; /* nobody's account yet */
    char currency[4] = { 0 };
    memcpy(currency, state[S_CURRENCY].u.s, 3);
    arci_account_change *c = arci_accounts_at(&p->accounts, state[S_CUSTOMER].u.i, currency);
    if (!c) return arci_nomem(p->t->env);
    arc_date on = (arc_date)state[S_VALUE_DATE].u.i;
    arci_acc_add(&c->unapplied, state[S_UNAPPLIED].u.i);
    if (c->last_receipt_on == ARC_DATE_NONE || on > c->last_receipt_on) c->last_receipt_on = on;
    return ARC_OK;
}

static arc_status account_for(arci_posting *p, const arci_record *r, const arc_value *state, const arci_booked *booked, const char *into)
{
    arci_charges charges;
    int64_t out = -booked->base;
    int known = state[S_CUSTOMER].type != ARC_V_NULL;
    char currency[4] = { 0 };
    const arci_entry e = { .date = (arc_date)state[S_POSTED].u.i, .purpose = "receipt", .entity = "receipt",
                           .source = state[S_RECEIPT].u.i, .number = value(r, ARC_RECEIPT_NUMBER), .customer = known ? state[S_CUSTOMER].u.i : 0,
                           .person = &state[S_OWNER], .project = value(r, ARC_RECEIPT_PROJECT), .department = value(r, ARC_RECEIPT_DEPARTMENT),
                           .business_line = value(r, ARC_RECEIPT_BUSINESS_LINE) };
    memcpy(currency, state[S_CURRENCY].u.s, 3);
    arc_status st = arci_charges_read(p->t->env, &p->arena, &charges, value(r, ARC_RECEIPT_CHARGES), currency, state[S_UNAPPLIED].u.i);
    if (st != ARC_OK) return st;
    arci_journal_open(&p->journal, &e);
    arci_charges_post(&p->journal, &charges, into, currency, state[S_UNAPPLIED].u.i, booked->known ? &booked->base : NULL, 1);
    arci_journal_line(&p->journal, known ? ARCI_ROLE_ON_ACCOUNT : ARCI_ROLE_UNIDENTIFIED, currency, -state[S_UNAPPLIED].u.i, booked->known ? &out : NULL);
    return ARC_OK;
}

static const uint32_t snapshot[] = { ARC_RECEIPT_OWNER, ARC_RECEIPT_TEAM, ARC_RECEIPT_REGION };

static arc_status write_states(arci_posting *p, const arci_documents *d, const arc_date *days, const char *into)
{
    const arci_shape *shape;
    arci_batch *states = NULL;
    arc_status st = arci_shape_get(p->t, &shape, "receipt_state", state_fields);
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &states, shape, ARC_WRITE_INSERT, d->n, ARCI_BATCH_UNCHECKED, NULL, 0);
    for (uint32_t k = 0, row = 0; st == ARC_OK && k < d->batch->n_rows; k++) {
        if (d->batch->results[k] != ARC_ROW_OK) continue;
        const arci_record *r = d->records[d->of[k]];
        arc_value *v = arci_batch_row(states, row++);
        v[S_RECEIPT] = arci_v_int(arci_batch_id(d->batch, k));
        v[S_CUSTOMER] = *value(r, ARC_RECEIPT_CUSTOMER);
        v[S_CURRENCY] = *value(r, ARC_RECEIPT_CURRENCY);
        v[S_VALUE_DATE] = *value(r, ARC_RECEIPT_VALUE_DATE);
        v[S_UNAPPLIED] = *value(r, ARC_RECEIPT_AMOUNT);
        v[S_METHOD] = *value(r, ARC_RECEIPT_METHOD);
        v[S_POSTED] = arci_v_int(days[d->of[k]]);
        for (int c = 0; c < 3; c++) {
            const arc_value *own = value(r, snapshot[c]);
            v[S_OWNER + c] = own->type == ARC_V_NULL && d->customers[d->of[k]] ? d->customers[d->of[k]][c] : *own;
        }
        const arci_booked *booked = &d->booked[d->of[k]];
        if (booked->known) {
            v[S_BASE_CURRENCY] = arci_v_text(p->session->book->base_currency, 3);
            v[S_BASE] = arci_v_int(booked->base);
        }
        st = move_account(p, v);
        if (st == ARC_OK) st = account_for(p, r, v, booked, offset(r) ? ARCI_ROLE_CLEARING : into);
        if (p->ids) p->ids[d->of[k]] = v[S_RECEIPT].u.i;
    }
    return st == ARC_OK ? arci_repo_write(p->t, &states, 1, NULL) : st;
}

static void finish(void *user, uint32_t i, arc_value *v, const arci_shape *shape)
{
    const arc_date *days = user;
    arci_receipt_fill_day(v, shape, days[i]);
}

static arc_status record_into(arci_posting *p, const void *elements, const char *into)
{
    arci_documents d = { 0 };
    arc_status st = arci_posting_records(p, &d.records, elements, ARC_RECEIPT);
    if (st == ARC_OK) st = arci_posting_asked_records(p, d.records);
    if (st == ARC_OK) st = arci_posting_access(p, d.records);
    if (st != ARC_OK) return st;
    int64_t *customer = arci_arena_calloc(&p->arena, p->n, sizeof *customer);
    arc_date *days = arci_arena_calloc(&p->arena, p->n, sizeof *days);
    if (!customer || !days) return arci_nomem(p->t->env);
    d.finish = finish;
    d.user = days;
    for (uint32_t i = 0; i < p->n; i++) {
        const arc_value *named = value(d.records[i], ARC_RECEIPT_CUSTOMER);
        if (!arci_posting_good(p, i)) continue;
        if (judge(p, i, d.records[i], &days[i]) && named->type != ARC_V_NULL) customer[i] = named->u.i;
    }
    st = arci_posting_customers(p, &d.customers, customer);
    if (st == ARC_OK) arci_posting_merged(p, d.customers, customer, NULL);
    if (st == ARC_OK) st = arci_posting_booked(p, &d.booked, d.records, base_fields);
    if (st == ARC_OK) st = arci_posting_documents(p, &d, "receipt", arci_receipt_fill);
    if (st == ARC_OK && d.n) st = write_states(p, &d, days, into);
    return st;
}

static arc_status record_receipts(arci_posting *p, const void *elements) { return record_into(p, elements, ARCI_ROLE_BANK); }
static arc_status record_notes(arci_posting *p, const void *elements) { return record_into(p, elements, ARCI_ROLE_NOTES); }

/* ---- nettings wait where the book says so ------------------------------------------------------------------------------------ */

static int netting(arci_posting *p, const void *elements, uint32_t i)
{
    arc_record *const *handles = elements;
    arci_record_box *box;
    arc_error kept = *p->t->env->err;
    int yes = arci_record_box_in(p->t->env, p->session, handles[i], &box) == ARC_OK && box->record->entity->id == ARC_RECEIPT && offset(box->record);
    *p->t->env->err = kept; /* what is wrong with it is told by who takes it */
    return yes;
}

static arc_status tell_netting(arci_posting *p, const void *elements, uint32_t i, arci_asked *out)
{
    arc_record *const *handles = elements;
    arci_record_box *box;
    arci_str json;
    arc_status st = arci_record_box_in(p->t->env, p->session, handles[i], &box);
    if (st != ARC_OK) return st;
    arci_str_init(&json, p->arena.ctx);
    st = arci_record_get_json(p->t->env, box->record, &json);
    if (st == ARC_OK && json.failed) st = arci_nomem(p->t->env);
    if (st == ARC_OK) {
        const arc_value *evidence = value(box->record, ARC_RECEIPT_EVIDENCE), *number = value(box->record, ARC_RECEIPT_NUMBER), *customer = value(box->record, ARC_RECEIPT_CUSTOMER);
        arci_asked_text(&out->after, "record", json.s, json.len);
        arci_asked_text(&out->after, "number", number->u.s, number->len);
        if (customer->type == ARC_V_INT) arci_asked_int(&out->after, "customer", customer->u.i);
        if (evidence->type == ARC_V_TEXT) arci_asked_text(&out->after, "evidence", evidence->u.s, evidence->len);
    }
    arci_str_clear(&json);
    return st;
}

static const arci_posting_waits netting_waits = { ARCI_DO_RECEIPT_OFFSET, netting, tell_netting };

arc_status arci_receipt_record_approved(arci_session *s, int64_t *id, arc_record *receipt)
{
    return arci_posting_run_approved(s, ARCI_DO_RECEIPT_RECORD, id, &receipt, record_receipts);
}

arc_status arci_receipt_record_notes(arc_session *session, int64_t *ids, arc_record *const *receipts, uint32_t n)
{
    return arci_posting_run(session, ARCI_DO_RECEIPT_RECORD, ids, NULL, receipts, n, ARC_ALL_OR_NONE, ARCI_POSTING_INSIDE, record_notes);
}

arc_status arci_receipt_record(arc_session *session, int64_t *ids, arc_status *results, arc_record *const *receipts, size_t n,
                               uint32_t flags, uint32_t how)
{
    return arci_posting_run_waiting(session, ARCI_DO_RECEIPT_RECORD, ids, results, receipts, n, flags, how, record_receipts, &netting_waits);
}

arc_status arc_receipt_record_many(arc_session *session, int64_t *ids, arc_status *results, arc_record *const *receipts, size_t n,
                                   uint32_t flags)
{
    return arci_receipt_record(session, ids, results, receipts, n, flags, 0);
}

arc_status arc_receipt_record(arc_session *session, int64_t *id, arc_record *receipt)
{
    return arci_receipt_record(session, id, NULL, &receipt, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE);
}

/* ---- checking one ------------------------------------------------------------------------------------------------------ */

static arc_status judge_receipt(arci_validation *v)
{
    const arc_value *customer;
    arc_date day;
    arc_status st = arci_receipt_day(v->t, &day, v->record);
    if (st == ARC_OK && value(v->record, ARC_RECEIPT_AMOUNT)->type != ARC_V_NULL) {
        st = arci_receipt_check(v->t, v->record, 1);
        if (st == ARC_OK) st = arci_posting_validate_day(v, day);
        else if (st != ARC_E_NOMEM && !v->t->doomed) st = arci_validation_tell(v, ARC_FAULT_ERROR);
    }
    if (st == ARC_OK) st = arci_posting_customer(v->t, &v->arena, value(v->record, ARC_RECEIPT_CUSTOMER), &customer);
    if (st == ARC_OK) arci_receipt_fill(v->t->session, v->row, v->shape, v->record, customer);
    if (st == ARC_OK && value(v->record, ARC_RECEIPT_POSTING_DATE)->type == ARC_V_NULL) arci_receipt_fill_day(v->row, v->shape, day);
    return st;
}

const arci_validator arci_receipt_validator = { ARC_RECEIPT, ARCI_DO_RECEIPT_RECORD, required, judge_receipt };
