/* SPDX-License-Identifier: Apache-2.0 */
/* Recording invoices that were issued elsewhere: the document, its open item and the customer's account in one step. */
#include "ledger/invoice.h"

#include <string.h>

#include "arcore/fields.h"
#include "ledger/invoice_red.h"
#include "ledger/items.h"
#include "ledger/posting.h"

static const uint32_t required[] = { ARC_INVOICE_CUSTOMER, ARC_INVOICE_NUMBER,   ARC_INVOICE_INVOICE_DATE, ARC_INVOICE_DUE_DATE,
                                     ARC_INVOICE_CURRENCY, ARC_INVOICE_GROSS_AMOUNT, 0 };

static const uint32_t base_fields[6] = { ARC_INVOICE_CURRENCY, ARC_INVOICE_GROSS_AMOUNT, ARC_INVOICE_INVOICE_DATE, ARC_INVOICE_BASE_CURRENCY,
                                         ARC_INVOICE_BASE_AMOUNT, ARC_INVOICE_FX_RATE };

static const arc_value *value(const arci_record *r, uint32_t field) { return arci_record_value(r, field); }

static arc_value code(const char *s) { return arci_v_text(s, strlen(s)); }

/* net + tax = gross, or neither is given, or one is: the other follows. */
static arc_status check_split(arci_env *env, const arci_record *r)
{
    const arc_value *net = value(r, ARC_INVOICE_NET_AMOUNT), *tax = value(r, ARC_INVOICE_TAX_AMOUNT);
    if (net->type == ARC_V_NULL || tax->type == ARC_V_NULL) return ARC_OK;
    if (net->u.i + tax->u.i == value(r, ARC_INVOICE_GROSS_AMOUNT)->u.i) return ARC_OK; /* both within ARC_MONEY_MAX: no overflow */
    arci_fail(env, ARC_E_VALUE, "net and tax do not add up to the gross amount", "不含税金额与税额之和不等于价税合计");
    arci_fail_at(env, "invoice", "net_amount", 0, -1);
    return ARC_E_VALUE;
}

static int split_fits(arci_posting *p, uint32_t i, const arci_record *r)
{
    arc_status st = check_split(p->t->env, r);
    if (st != ARC_OK) arci_posting_refuse(p, i, st);
    return st == ARC_OK;
}

void arci_invoice_fill(const arci_session *s, arc_value *v, const arci_shape *shape, const arci_record *r,
                         const arc_value *customer)
{
    (void)s;
    const arc_value *net = value(r, ARC_INVOICE_NET_AMOUNT), *tax = value(r, ARC_INVOICE_TAX_AMOUNT);
    int64_t gross = value(r, ARC_INVOICE_GROSS_AMOUNT)->u.i;
    for (uint16_t c = 0; c < shape->n; c++) {
        const arci_field *f = shape->table->field_of_col[shape->cols[c]];
        switch (ARCI_PUBLIC_FIELD(ARC_INVOICE, f->id)) {
        case ARC_INVOICE_KIND: v[c] = code(gross < 0 ? "credit_note" : "invoice"); break;
        case ARC_INVOICE_STATUS: v[c] = code("issued"); break;
        case ARC_INVOICE_TAX_STATUS: if (v[c].type == ARC_V_NULL && gross > 0 && value(r, ARC_INVOICE_FAPIAO_NO)->type != ARC_V_NULL) v[c] = code("issued"); break;
        case ARC_INVOICE_NET_AMOUNT:
            if (net->type == ARC_V_NULL && tax->type != ARC_V_NULL) v[c] = arci_v_int(gross - tax->u.i);
            break;
        case ARC_INVOICE_TAX_AMOUNT:
            if (tax->type == ARC_V_NULL && net->type != ARC_V_NULL) v[c] = arci_v_int(gross - net->u.i);
            break;
        case ARC_INVOICE_OWNER: if (v[c].type == ARC_V_NULL) v[c] = customer[ARCI_CUSTOMER_OWNER]; break;
        case ARC_INVOICE_TEAM: if (v[c].type == ARC_V_NULL) v[c] = customer[ARCI_CUSTOMER_TEAM]; break;
        case ARC_INVOICE_REGION: if (v[c].type == ARC_V_NULL) v[c] = customer[ARCI_CUSTOMER_REGION]; break;
        default: break;
        }
    }
}

static arc_value or_null(const arc_value *v) { return v ? *v : arci_v_null(); }

static void fill_item(arc_value *v, const arci_record *r, int64_t invoice, const arc_value *customer)
{
    int64_t gross = value(r, ARC_INVOICE_GROSS_AMOUNT)->u.i;
    const arc_value *base = value(r, ARC_INVOICE_BASE_DATE);
    v[ARCI_ITEM_NUMBER] = *value(r, ARC_INVOICE_NUMBER);
    v[ARCI_ITEM_SEQ] = arci_v_int(1);
    v[ARCI_ITEM_KIND] = code(gross < 0 ? "credit" : "invoiced");
    v[ARCI_ITEM_CUSTOMER] = *value(r, ARC_INVOICE_CUSTOMER);
    v[ARCI_ITEM_CURRENCY] = *value(r, ARC_INVOICE_CURRENCY);
    v[ARCI_ITEM_AMOUNT] = arci_v_int(gross);
    v[ARCI_ITEM_BUSINESS_DATE] = *value(r, ARC_INVOICE_INVOICE_DATE);
    v[ARCI_ITEM_BASE_DATE] = base->type == ARC_V_NULL ? v[ARCI_ITEM_BUSINESS_DATE] : *base;
    v[ARCI_ITEM_DUE_DATE] = *value(r, ARC_INVOICE_DUE_DATE);
    v[ARCI_ITEM_INVOICE] = arci_v_int(invoice);
    v[ARCI_ITEM_CONTRACT] = or_null(value(r, ARC_INVOICE_CONTRACT));
    v[ARCI_ITEM_PROJECT] = or_null(value(r, ARC_INVOICE_PROJECT));
    static const uint32_t snapshot[] = { ARC_INVOICE_OWNER, ARC_INVOICE_TEAM, ARC_INVOICE_REGION };
    for (int k = 0; k < 3; k++) {
        const arc_value *own = value(r, snapshot[k]);
        v[ARCI_ITEM_OWNER + k] = own->type == ARC_V_NULL ? customer[k] : *own;
    }
}

/* Without a known tax all of it is revenue. */
static void account_for(arci_posting *p, const arci_record *r, const arc_value *item, const arci_booked *booked)
{
    char currency[4] = { 0 };
    const arc_value *net = value(r, ARC_INVOICE_NET_AMOUNT), *tax = value(r, ARC_INVOICE_TAX_AMOUNT);
    int64_t gross = item[ARCI_ITEM_AMOUNT].u.i;
    int64_t vat = tax->type != ARC_V_NULL ? tax->u.i : net->type != ARC_V_NULL ? gross - net->u.i : 0;
    const arci_entry e = { .date = (arc_date)item[ARCI_ITEM_BUSINESS_DATE].u.i, .purpose = "invoice", .entity = "invoice", .source = item[ARCI_ITEM_INVOICE].u.i, .number = &item[ARCI_ITEM_NUMBER],
                           .customer = item[ARCI_ITEM_CUSTOMER].u.i, .person = &item[ARCI_ITEM_OWNER], .project = &item[ARCI_ITEM_PROJECT] };
    void (*line)(arci_journal *, const char *, const char *, int64_t, const int64_t *) = gross < 0 ? arci_journal_red : arci_journal_line;
    memcpy(currency, item[ARCI_ITEM_CURRENCY].u.s, 3);
    arci_journal_open(&p->journal, &e);
    /* as documents with lines are, so that a credit note is their mirror in base currency too */
    int64_t rest = -arci_booked_part(booked, gross - vat, gross), out = booked->known ? -booked->base - rest : 0;
    line(&p->journal, ARCI_ROLE_RECEIVABLE, currency, gross, booked->known ? &booked->base : NULL);
    line(&p->journal, ARCI_ROLE_REVENUE, currency, vat - gross, booked->known ? &rest : NULL);
    line(&p->journal, ARCI_ROLE_OUTPUT_VAT, currency, -vat, booked->known ? &out : NULL);
}

static void book_item(const arci_posting *p, arc_value *item, const arci_booked *booked)
{
    if (!booked->known) return;
    item[ARCI_ITEM_BASE_CURRENCY] = arci_v_text(p->session->book->base_currency, 3);
    item[ARCI_ITEM_BASE_AMOUNT] = arci_v_int(booked->base);
}

/* What other systems issued counts on its contract and its order. */
static void count_on_parents(arci_posting *p, const arci_record *r)
{
    const arc_value *contract = value(r, ARC_INVOICE_CONTRACT), *net = value(r, ARC_INVOICE_NET_AMOUNT), *tax = value(r, ARC_INVOICE_TAX_AMOUNT);
    const int64_t gross = value(r, ARC_INVOICE_GROSS_AMOUNT)->u.i;
    const arci_link_sum sum = { 0, gross, net->type != ARC_V_NULL ? net->u.i : tax->type != ARC_V_NULL ? gross - tax->u.i : gross };
    const char *currency = value(r, ARC_INVOICE_CURRENCY)->u.s;
    const arc_value *order = value(r, ARC_INVOICE_SALES_ORDER), *date = value(r, ARC_INVOICE_INVOICE_DATE);
    const arc_date freed = gross < 0 && date->type == ARC_V_INT ? (arc_date)date->u.i : ARC_DATE_NONE;
    if (contract->type == ARC_V_INT) arci_links_free(&p->links, ARCI_LINK_CONTRACT_INVOICE, contract->u.i, currency, &sum, freed);
    if (order->type == ARC_V_INT) arci_links_free(&p->links, ARCI_LINK_SALES_ORDER_INVOICE, order->u.i, currency, &sum, freed);
}

typedef struct elements_of {
    arc_record *const *records;
    int64_t *item_ids; /* may be NULL */
} elements_of;

static arc_status write_items(arci_posting *p, const arci_documents *d, int64_t *item_ids)
{
    arci_items items;
    arc_status st = arci_items_new(p->t, &p->arena, &items, d->n);
    if (st == ARC_OK) st = arci_items_ids(p->t, &items);
    for (uint32_t k = 0, row = 0; st == ARC_OK && k < d->batch->n_rows; k++) {
        if (d->batch->results[k] != ARC_ROW_OK) continue;
        uint32_t i = d->of[k];
        int64_t invoice = arci_batch_id(d->batch, k);
        fill_item(arci_items_row(&items, row), d->records[i], invoice, d->customers[i]);
        book_item(p, arci_items_row(&items, row), &d->booked[i]);
        account_for(p, d->records[i], arci_items_row(&items, row), &d->booked[i]);
        count_on_parents(p, d->records[i]);
        if (p->ids) p->ids[i] = invoice;
        if (item_ids) item_ids[i] = arci_items_id(&items, row);
        row++;
    }
    return st == ARC_OK ? arci_items_write(p->t, &items, &p->accounts) : st;
}

static arc_status record_invoices(arci_posting *p, const void *elements)
{
    const elements_of *of = elements;
    arci_documents d = { 0 };
    if (of->item_ids) memset(of->item_ids, 0, p->n * sizeof *of->item_ids);
    arc_status st = arci_posting_records(p, &d.records, of->records, ARC_INVOICE);
    if (st == ARC_OK) st = arci_posting_asked_records(p, d.records);
    if (st == ARC_OK) st = arci_posting_access(p, d.records);
    if (st != ARC_OK) return st;
    int64_t *customer = arci_arena_calloc(&p->arena, p->n, sizeof *customer);
    if (!customer) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (!arci_posting_good(p, i)) continue;
        if (arci_posting_required(p, i, d.records[i], required) && split_fits(p, i, d.records[i]) &&
            arci_posting_period(p, i, (arc_date)value(d.records[i], ARC_INVOICE_INVOICE_DATE)->u.i)) {
            customer[i] = value(d.records[i], ARC_INVOICE_CUSTOMER)->u.i;
        }
    }
    st = arci_posting_customers(p, &d.customers, customer);
    if (st == ARC_OK) arci_posting_merged(p, d.customers, customer, d.records);
    if (st == ARC_OK) st = arci_posting_booked(p, &d.booked, d.records, base_fields);
    if (st == ARC_OK) st = arci_invoice_reds(p, d.records);
    if (st == ARC_OK) st = arci_posting_documents(p, &d, "invoice", arci_invoice_fill);
    if (st == ARC_OK && d.n) st = write_items(p, &d, of->item_ids);
    return st;
}

arc_status arci_invoice_record(arc_session *session, int64_t *ids, int64_t *item_ids, arc_status *results, arc_record *const *invoices,
                               size_t n, uint32_t flags, uint32_t how)
{
    elements_of of = { invoices, item_ids };
    return arci_posting_run(session, ARCI_DO_INVOICE_RECORD, ids, results, invoices ? &of : NULL, n, flags, how, record_invoices);
}

arc_status arc_invoice_record_many(arc_session *session, int64_t *ids, arc_status *results, arc_record *const *invoices, size_t n,
                                   uint32_t flags)
{
    return arci_invoice_record(session, ids, NULL, results, invoices, n, flags, 0);
}

arc_status arc_invoice_record(arc_session *session, int64_t *id, arc_record *invoice)
{
    return arci_invoice_record(session, id, NULL, NULL, &invoice, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE);
}

/* ---- checking one ------------------------------------------------------------------------------------------------------ */

static arc_status judge_invoice(arci_validation *v)
{
    const arc_value *customer;
    arc_status st = ARC_OK;
    for (const uint32_t *f = required; *f; f++) {
        if (value(v->record, *f)->type == ARC_V_NULL) return ARC_OK; /* reported; the rest cannot be judged without */
    }
    if (check_split(v->t->env, v->record) != ARC_OK) st = arci_validation_tell(v, ARC_FAULT_ERROR);
    if (st == ARC_OK) st = arci_posting_validate_day(v, (arc_date)value(v->record, ARC_INVOICE_INVOICE_DATE)->u.i);
    if (st == ARC_OK) st = arci_posting_customer(v->t, &v->arena, value(v->record, ARC_INVOICE_CUSTOMER), &customer);
    if (st == ARC_OK) arci_invoice_fill(v->t->session, v->row, v->shape, v->record, customer);
    return st;
}

const arci_validator arci_invoice_validator = { ARC_INVOICE, ARCI_DO_INVOICE_RECORD, required, judge_invoice };
