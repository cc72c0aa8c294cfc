/* SPDX-License-Identifier: Apache-2.0 */
/* The same verbs through the public API. */
#ifndef TESTS_MODEL_DRIVE_H
#define TESTS_MODEL_DRIVE_H

#include "model/plain_bills.h"

#include "arcore/arcore.h"
#include "arcore/fields.h"

typedef struct world {
    arc_context *ctx;
    arc_book *book;
    arc_session *session;
    int64_t customers[CUSTOMERS], periods[PERIODS], contracts[CONTRACTS + 1];
    plain p;
    char uri[640], why[600]; /* why: the first difference, "" none */
    uint64_t probe; /* for days of agings */
    int64_t last_item, last_alloc, last_bill; /* ids the model knows of */
} world;

static const char *const codes[] = { "CNY", "USD", "JPY" };
static const char *const role_names[] = { "receivable", "retention_receivable", "bank", "on_account", "unidentified", "revenue", "output_vat", "discount",
                                          "small_difference", "bank_fee", "bad_debt_allowance", "deduction", "fx_realised", "exchange", "transfer", "refund", "notes_receivable", "clearing", "advance",
                                          "pending_vat" };
static const char *const reasons[] = { NULL, "small_difference", "bank_fee", "bad_debt", "damage" };

#define DIFFERS(w, ...) ((w)->why[0] ? 0 : snprintf((w)->why, sizeof (w)->why, __VA_ARGS__))
#define NEED(w, call) need(w, call, #call, __LINE__)
static inline int need(world *w, arc_status st, const char *call, int line)
{
    arc_error e = ARC_ERROR_INIT;
    if (st == ARC_OK) return 1;
    if (w->session) (void)arc_session_error(w->session, &e);
    DIFFERS(w, "line %d: %s: %s %s", line, call, arc_status_name(st), e.message);
    return 0;
}

/* ---- a book ------------------------------------------------------------------------------------------------------------------ */

static inline int open_world(world *w, uint32_t flags)
{
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    w->session = NULL;
    bo.flags = flags;
    so.business_date = TODAY;
    return NEED(w, arc_book_open(w->ctx, &w->book, w->uri, &bo)) && NEED(w, arc_session_open(w->book, &w->session, &so));
}

static inline void close_world(world *w)
{
    arc_book_close(w->book);
    w->session = NULL;
    w->book = NULL;
}

static inline int64_t insert(world *w, uint32_t entity, const char *json)
{
    arc_record *r = NULL;
    int64_t id = 0;
    if (NEED(w, arc_record_new(w->session, &r, entity)) && NEED(w, arc_record_set_json(r, json, SIZE_MAX))) NEED(w, arc_session_insert(w->session, &id, r));
    arc_record_free(r);
    return id;
}

static inline void day_text(char out[16], int day)
{
    size_t n = 16;
    if (arc_date_print(out, &n, day) != ARC_OK) out[0] = 0;
}

static inline void set_rate(world *w, const char *from, int day, const char *units, const char *rate)
{
    char json[200], on[16];
    day_text(on, day);
    snprintf(json, sizeof json, "{\"kind\":\"booked\",\"from_currency\":\"%s\",\"to_currency\":\"CNY\",\"valid_on\":\"%s\",\"units\":%s,\"rate\":\"%s\"}", from, on, units, rate);
    insert(w, ARC_EXCHANGE_RATE, json);
}

static inline void define(world *w, const char *kind, const char *code, const char *json)
{
    int64_t id = 0;
    if (NEED(w, arc_definition_save(w->session, &id, kind, code, json, SIZE_MAX, NULL))) NEED(w, arc_definition_publish(w->session, id, NULL, NULL));
}

/* What every sequence begins with. */
static inline void furnish(world *w)
{
    char json[320], from[16], to[16];
    for (int i = 0; i < CUSTOMERS; i++) {
        snprintf(json, sizeof json, "{\"code\":\"C%d\",\"legal_name\":\"C%d\"}", i, i);
        w->customers[i] = insert(w, ARC_CUSTOMER, json);
    }
    for (int i = 0; i < PERIODS; i++) {
        day_text(from, FIRST_DAY + i * PERIOD_DAYS);
        day_text(to, FIRST_DAY + (i + 1) * PERIOD_DAYS - 1);
        snprintf(json, sizeof json, "{\"code\":\"P%d\",\"starts_on\":\"%s\",\"ends_on\":\"%s\"}", i, from, to);
        w->periods[i] = insert(w, ARC_FISCAL_PERIOD, json);
    }
    set_rate(w, "USD", FIRST_DAY + 100, "1", "7.1");
    set_rate(w, "USD", FIRST_DAY + 200, "1", "7.25");
    set_rate(w, "JPY", FIRST_DAY, "100", "4.73");
    insert(w, ARC_NUMBER_SERIES, "{\"code\":\"invoice\",\"period\":\"\",\"pattern\":\"INV-{n:6}\",\"gapless\":true}");
    day_text(from, contracts[1].from);
    day_text(to, contracts[1].to);
    snprintf(json, sizeof json, "{\"number\":\"K1\",\"sign_date\":\"2024-01-01\",\"term\":\"TWO\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"3000.00\",\"tolerance\":\"0.05\",\"tax_included\":true,\"starts_on\":\"%s\",\"ends_on\":\"%s\"}", from, to);
    w->contracts[1] = insert(w, ARC_CONTRACT, json);
    w->contracts[2] = insert(w, ARC_CONTRACT, "{\"number\":\"K2\",\"sign_date\":\"2024-01-01\",\"term\":\"TWO\",\"customer\":1,\"currency\":\"USD\",\"amount\":\"2500.00\",\"tax_included\":false}");
    for (int i = 1; i <= CONTRACTS; i++) NEED(w, arc_contract_activate(w->session, w->contracts[i]));
    define(w, "term", "THREE", "{\"lines\":[{\"percent\":\"30\",\"due\":{\"kind\":\"net\",\"days\":0}},{\"percent\":\"30\",\"due\":{\"kind\":\"net\",\"days\":30}},"
                         "{\"percent\":\"40\",\"due\":{\"kind\":\"net\",\"days\":60}}]}");
    define(w, "term", "BALANCE", "{\"lines\":[{\"percent\":\"30\",\"due\":{\"kind\":\"net\",\"days\":0}},{\"due\":{\"kind\":\"net\",\"days\":30}}]}");
    define(w, "term", "TWO", "{\"lines\":[{\"percent\":\"100\",\"due\":{\"kind\":\"net\",\"days\":30}}],"
                             "\"discounts\":[{\"percent\":\"2\",\"until\":{\"kind\":\"net\",\"days\":10}}]}");
    define(w, "tolerance", "default", "{\"tolerance\":\"arcore/1\",\"customers\":[{\"currency\":\"CNY\",\"absolute\":\"1.00\",\"percent\":\"1\"}]}");
}

/* ---- verbs ------------------------------------------------------------------------------------------------------------------- */

typedef struct made { /* ids of a call */
    int64_t id[MAX_EL];
    arc_status result[MAX_EL];
} made;

static inline arc_money money(int currency, int64_t minor)
{
    arc_money m;
    memset(&m, 0, sizeof m);
    m.minor = minor;
    memcpy(m.currency, codes[currency], 3);
    return m;
}

static inline void set_given_rate(world *w, arc_record *r, arc_field_id field, int rate)
{
    arc_decimal d;
    memset(&d, 0, sizeof d);
    d.mantissa = rate;
    d.scale = 4;
    if (rate) NEED(w, arc_record_set_decimal(r, field, d));
}

static inline arc_record *invoice_of(world *w, const op *o)
{
    arc_record *r = NULL;
    NEED(w, arc_record_new(w->session, &r, ARC_INVOICE));
    NEED(w, arc_invoice_set_customer(r, w->customers[o->customer]));
    NEED(w, arc_invoice_set_invoice_date(r, o->date));
    if (!o->term) NEED(w, arc_invoice_set_due_date(r, o->due));
    if (o->contract) NEED(w, arc_invoice_set_contract(r, w->contracts[o->contract]));
    set_given_rate(w, r, ARC_INVOICE_FX_RATE, o->rate_given);
    return r;
}

static inline arc_status drive_record(world *w, const op *o, made *m)
{
    char text[24];
    arc_record *r = invoice_of(w, o);
    snprintf(text, sizeof text, "N%d", o->flags & NUMBER_TAKEN ? w->p.n_numbers - 1 : w->p.n_numbers);
    NEED(w, arc_invoice_set_number(r, text, SIZE_MAX));
    NEED(w, arc_invoice_set_gross_amount(r, money(o->currency, o->amount)));
    if (o->tax) NEED(w, arc_invoice_set_tax_amount(r, money(o->currency, o->tax)));
    arc_status st = arc_invoice_record(w->session, m->id, r);
    arc_record_free(r);
    return st;
}

static inline arc_status drive_issue(world *w, const op *o, made *m)
{
    static const char *const terms[] = { NULL, "THREE", "BALANCE", "TWO" };
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record *lines[MAX_EL + 1], *r = invoice_of(w, o);
    const int n = o->n + (o->amount != 0);
    const int64_t of = o->amount || o->flags & DEBIT_NOTE ? w->p.docs[find_doc(&w->p, o->target)].invoice : 0;
    NEED(w, arc_record_set_text(r, ARC_INVOICE_CURRENCY, codes[o->currency], 3));
    if (o->term) NEED(w, arc_invoice_set_term(r, terms[o->term], SIZE_MAX));
    if (o->retention) NEED(w, arc_record_set_decimal(r, ARC_INVOICE_RETENTION, (arc_decimal){ .mantissa = 5, .scale = 2 }));
    if (o->flags & BY_GROUP) NEED(w, arc_record_set_text(r, ARC_INVOICE_TAX_METHOD, "group", SIZE_MAX));
    if (o->flags & DEBIT_NOTE) NEED(w, arc_invoice_set_debit_of(r, of));
    for (int i = 0; i < n; i++) {
        NEED(w, arc_record_new(w->session, &lines[i], ARC_INVOICE_LINE));
        NEED(w, arc_record_set_text(lines[i], ARC_INVOICE_LINE_NAME, "goods", SIZE_MAX));
        NEED(w, arc_record_set_money(lines[i], ARC_INVOICE_LINE_NET_AMOUNT, money(o->currency, i < o->n ? o->net[i] : -o->amount)));
        NEED(w, arc_record_set_decimal(lines[i], ARC_INVOICE_LINE_TAX_RATE, (arc_decimal){ .mantissa = i < o->n ? o->rate[i] : o->tax, .scale = 2 }));
        if (i == o->n) NEED(w, arc_invoice_line_set_advance(lines[i], of));
    }
    d.invoice = r;
    d.lines = lines;
    d.n_lines = (uint32_t)n;
    d.flags = o->flags & AN_ADVANCE ? ARC_AS_ADVANCE : o->flags & PROFORMA ? ARC_AS_PROFORMA : 0;
    arc_status st = arc_invoice_issue_document(w->session, m->id, &d);
    for (int i = 0; i < n; i++) arc_record_free(lines[i]);
    arc_record_free(r);
    return st;
}

static inline arc_status drive_receive(world *w, const op *o, made *m)
{
    char text[24];
    arc_record *r = NULL;
    snprintf(text, sizeof text, "R%d", o->step);
    NEED(w, arc_record_new(w->session, &r, ARC_RECEIPT));
    NEED(w, arc_receipt_set_number(r, text, SIZE_MAX));
    if (o->customer >= 0) NEED(w, arc_receipt_set_customer(r, w->customers[o->customer]));
    NEED(w, arc_receipt_set_value_date(r, o->due));
    if (!(o->flags & DAY_LEFT_OUT)) NEED(w, arc_receipt_set_posting_date(r, o->date));
    NEED(w, arc_receipt_set_amount(r, money(o->currency, o->amount)));
    set_given_rate(w, r, ARC_RECEIPT_FX_RATE, o->rate_given);
    arc_status st = arc_receipt_record(w->session, m->id, r);
    arc_record_free(r);
    return st;
}

static inline arc_status drive_allocate(world *w, const op *o, made *m)
{
    arc_allocation in[MAX_EL];
    for (int k = 0; k < o->n; k++) {
        const element *e = &o->el[k];
        const doc *c = &w->p.docs[find_doc(&w->p, e->credit)];
        (void)arc_allocation_init(&in[k]);
        in[k].date = e->date;
        *(c->receipt ? &in[k].receipt : &in[k].credit_item) = c->id;
        in[k].item = w->p.docs[find_doc(&w->p, e->item)].id;
        in[k].amount = e->amount;
        in[k].discount = e->discount;
        in[k].write_off = e->write_off;
        in[k].credit_amount = e->leaves;
        in[k].reason_code = reasons[e->reason];
    }
    return arc_allocation_apply(w->session, m->id, m->result, in, (size_t)o->n, o->flags & ATOMIC ? ARC_ALL_OR_NONE : 0);
}

static inline arc_status drive_reverse(world *w, const op *o, made *m)
{
    return arc_allocation_reverse(w->session, m->id, w->p.allocs[find_alloc(&w->p, o->target)].id, o->date, "bounced");
}

static inline arc_status drive_credit(world *w, const op *o, made *m)
{
    arc_credit_note n = ARC_CREDIT_NOTE_INIT;
    n.invoice = w->p.docs[find_doc(&w->p, o->target)].invoice;
    n.amount = o->amount;
    n.date = o->date;
    n.reason_code = "return";
    n.reason = "came back";
    return arc_invoice_credit(w->session, m->id, &n);
}

/* A list of bytes that a record takes as JSON. */
static inline arc_status drive_write_off(world *w, const op *o, made *m)
{
    const doc *first = &w->p.docs[find_doc(&w->p, o->el[0].item)];
    char items[100] = "[";
    arc_record *r = NULL;
    int64_t request = 0;
    for (int k = 0; k < o->n; k++) snprintf(items + strlen(items), sizeof items - strlen(items), "%s%lld", k ? "," : "", (long long)w->p.docs[find_doc(&w->p, o->el[k].item)].id);
    snprintf(items + strlen(items), sizeof items - strlen(items), "]");
    char number[24];
    snprintf(number, sizeof number, "W%d", o->step);
    NEED(w, arc_record_new(w->session, &r, ARC_WRITE_OFF_REQUEST));
    NEED(w, arc_write_off_request_set_number(r, number, SIZE_MAX));
    NEED(w, arc_write_off_request_set_customer(r, w->customers[first->customer]));
    NEED(w, arc_write_off_request_set_items(r, items, SIZE_MAX));
    NEED(w, arc_write_off_request_set_amount(r, money(first->currency, o->amount)));
    NEED(w, arc_write_off_request_set_reason(r, "bankrupt", SIZE_MAX));
    arc_status st = arc_write_off_request(w->session, &request, r);
    arc_record_free(r);
    if (st == ARC_OK) st = arc_write_off_approve(w->session, NULL, request, o->date, "lost");
    m->id[0] = request;
    return st;
}

static inline arc_status drive_recover(world *w, const op *o, made *m)
{
    int64_t request = 0;
    for (int i = 0; i < w->p.n_losses; i++) if (w->p.losses[i].name.step == o->target.step) request = w->p.losses[i].id;
    return arc_write_off_recover(w->session, m->id, request, o->amount, o->date, "came in after all");
}

static inline int64_t target_id(const world *w, const op *o) { return w->p.docs[find_doc(&w->p, o->target)].id; }
static inline arc_status drive_transfer(world *w, const op *o, made *m)
{
    return arc_item_transfer(w->session, m->id, target_id(w, o), w->customers[o->customer], o->amount, o->date, "consent of today");
}
static inline arc_status drive_refund(world *w, const op *o, made *m)
{
    int receipt = w->p.docs[find_doc(&w->p, o->target)].receipt;
    return arc_receipt_refund(w->session, m->id, receipt ? target_id(w, o) : 0, receipt ? 0 : target_id(w, o), o->amount, o->date, "paid too much");
}
static inline arc_status drive_claim(world *w, const op *o, made *m)
{
    (void)m;
    return arc_receipt_claim(w->session, target_id(w, o), w->customers[o->customer], o->date);
}
static inline arc_status drive_unclaim(world *w, const op *o, made *m)
{
    (void)m;
    return arc_receipt_unclaim(w->session, target_id(w, o), o->date, "somebody else's");
}
static inline arc_status drive_return(world *w, const op *o, made *m)
{
    (void)m;
    return arc_receipt_return(w->session, target_id(w, o), o->date, "bounced");
}
static inline arc_status drive_give_up(world *w, const op *o, made *m) { return arc_item_give_up(w->session, m->id, target_id(w, o), o->date, "cents"); }
static inline arc_status drive_extend(world *w, const op *o, made *m) { return arc_item_extend(w->session, m->id, target_id(w, o), o->due, o->date, "asked for it"); }
static inline arc_status drive_unextend(world *w, const op *o, made *m)
{
    return arc_adjustment_reverse(w->session, m->id, w->p.extensions[find_extension(&w->p, o->target)].id, o->date, "was wrong");
}

static inline arc_status drive_dispute(world *w, const op *o, made *m)
{
    arc_record *r = NULL;
    NEED(w, arc_record_new(w->session, &r, ARC_DISPUTE));
    NEED(w, arc_dispute_set_item(r, target_id(w, o)));
    NEED(w, arc_dispute_set_amount(r, money(w->p.docs[find_doc(&w->p, o->target)].currency, o->amount)));
    NEED(w, arc_dispute_set_reason(r, "price", SIZE_MAX));
    arc_status st = arc_dispute_open(w->session, m->id, r);
    arc_record_free(r);
    return st;
}

static inline arc_status drive_resolve(world *w, const op *o, made *m)
{
    arc_resolution r = ARC_RESOLUTION_INIT;
    (void)m;
    r.date = o->date;
    r.code = "rejected";
    for (int i = 0; i < w->p.n_disputes; i++) if (w->p.disputes[i].name.step == o->target.step) return arc_dispute_resolve(w->session, w->p.disputes[i].id, &r);
    return ARC_E_INTERNAL;
}

static inline arc_status drive_void(world *w, const op *o, made *m)
{
    arc_invoice_step s = ARC_INVOICE_STEP_INIT;
    (void)m;
    s.invoice = w->p.docs[find_doc(&w->p, o->target)].invoice;
    s.date = o->date;
    s.reason = "wrong customer";
    return arc_invoice_void(w->session, NULL, NULL, &s, 1, ARC_ALL_OR_NONE);
}

static inline arc_status drive_settle(world *w, const op *o, made *m)
{
    arc_settle_options so = ARC_SETTLE_OPTIONS_INIT;
    int64_t items[MAX_EL];
    (void)m;
    for (int k = 0; k < o->n; k++) items[k] = w->p.docs[find_doc(&w->p, o->el[k].item)].id;
    so.date = o->date;
    so.rest = o->term;
    so.reason_code = "damage";
    return arc_receipt_settle(w->session, NULL, NULL, target_id(w, o), items, NULL, (size_t)o->n, &so);
}

static inline arc_status drive_period(world *w, const op *o, made *m)
{
    (void)m;
    if (o->term == 0) return arc_fiscal_period_close(w->session, w->periods[o->n], NULL, 0);
    if (o->term == 1) return arc_fiscal_period_lock(w->session, w->periods[o->n], NULL);
    return arc_fiscal_period_reopen(w->session, w->periods[o->n], "again");
}

/* ---- bills of exchange ----------------------------------------------------------------------------------------------------------- */

static inline arc_status drive_bill(world *w, const op *o, made *m)
{
    char text[60];
    arc_allocation in[MAX_EL];
    arc_record *r = NULL;
    int64_t unit = o->currency == USD && o->amount % 10 == 0 ? 10 : 1;
    for (int k = 0; k < o->n; k++) {
        const element *e = &o->el[k];
        (void)arc_allocation_init(&in[k]);
        in[k].date = e->date;
        in[k].item = w->p.docs[find_doc(&w->p, e->item)].id;
        in[k].amount = e->amount;
        in[k].discount = e->discount;
        in[k].write_off = e->write_off;
        in[k].credit_amount = e->leaves;
        in[k].reason_code = reasons[e->reason];
    }
    NEED(w, arc_record_new(w->session, &r, ARC_BILL));
    snprintf(text, sizeof text, "B%d", o->step);
    NEED(w, arc_bill_set_number(r, text, SIZE_MAX));
    NEED(w, arc_bill_set_kind(r, "bank", SIZE_MAX));
    NEED(w, arc_bill_set_customer(r, w->customers[o->customer]));
    NEED(w, arc_bill_set_face(r, money(o->currency, o->amount)));
    NEED(w, arc_bill_set_maturity(r, o->due));
    NEED(w, arc_bill_set_received_on(r, o->date));
    NEED(w, arc_bill_set_recourse(r, (o->flags & RECOURSE) != 0));
    snprintf(text, sizeof text, "1-%lld", (long long)(o->amount / unit));
    if (o->retention && o->amount > 0) NEED(w, arc_bill_set_sub_range(r, text, SIZE_MAX));
    arc_status st = arc_bill_record(w->session, m->id, r, in, (size_t)o->n);
    arc_record_free(r);
    return st;
}

static inline arc_status drive_move(world *w, const op *o, made *m)
{
    arc_bill_move mv = ARC_BILL_MOVE_INIT;
    int64_t id = w->p.bills[find_bill(&w->p, o->target)].id;
    mv.date = o->date;
    mv.party = "somebody else";
    mv.reason = "so it was agreed";
    mv.charge = o->tax;
    mv.proceeds = o->net[0];
    mv.amount = o->amount;
    switch (o->term) {
    case ENDORSE: return arc_bill_endorse(w->session, m->id, id, &mv);
    case SELL: return arc_bill_discount(w->session, m->id, id, &mv);
    case SEND: mv.flags = ARC_BILL_SENT; return arc_bill_collect(w->session, m->id, id, &mv);
    case COLLECT: return arc_bill_collect(w->session, m->id, id, &mv);
    case DISHONOUR: return arc_bill_dishonour(w->session, m->id, id, &mv);
    default: return arc_bill_return(w->session, m->id, id, &mv);
    }
}

static inline arc_status drive_split(world *w, const op *o, made *m)
{
    return arc_bill_split(w->session, m->id, w->p.bills[find_bill(&w->p, o->target)].id, o->net, (size_t)o->n, o->date, "they go their own ways");
}

static inline arc_status drive_unmove(world *w, const op *o, made *m)
{
    return arc_bill_reverse(w->session, m->id, w->p.bills[find_bill(&w->p, o->target)].id, o->date, "by mistake");
}

#endif
