/* SPDX-License-Identifier: Apache-2.0 */
/* The same verbs through the public API, and what the book then holds beside the plain model. */
#ifndef TESTS_MODEL_DRIVE_H
#define TESTS_MODEL_DRIVE_H

#include "model/plain.h"

#include "arcore/arcore.h"
#include "arcore/fields.h"

typedef struct world {
    arc_context *ctx;
    arc_book *book;
    arc_session *session;
    int64_t customers[CUSTOMERS], periods[PERIODS];
    plain p;
    char uri[640], why[600]; /* why: the first difference, "" none */
    uint64_t probe; /* for days of agings */
    int64_t keys;
} world;

static const char *const codes[] = { "CNY", "USD", "JPY" };
static const char *const role_names[] = { "receivable", "retention_receivable", "bank", "on_account", "unidentified", "revenue", "output_vat", "discount",
                                          "small_difference", "bank_fee", "bad_debt_allowance", "deduction", "fx_realised", "exchange" };
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

static inline void set_term(world *w, const char *code, const char *json)
{
    int64_t id = 0;
    if (NEED(w, arc_definition_save(w->session, &id, "term", code, json, SIZE_MAX, NULL))) NEED(w, arc_definition_publish(w->session, id, NULL, NULL));
}

/* What every sequence begins with. */
static inline void furnish(world *w)
{
    char json[200], from[16], to[16];
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
    set_term(w, "THREE", "{\"lines\":[{\"percent\":\"30\",\"due\":{\"kind\":\"net\",\"days\":0}},{\"percent\":\"30\",\"due\":{\"kind\":\"net\",\"days\":30}},"
                         "{\"percent\":\"40\",\"due\":{\"kind\":\"net\",\"days\":60}}]}");
    set_term(w, "BALANCE", "{\"lines\":[{\"percent\":\"30\",\"due\":{\"kind\":\"net\",\"days\":0}},{\"due\":{\"kind\":\"net\",\"days\":30}}]}");
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
    static const char *const terms[] = { NULL, "THREE", "BALANCE" };
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record *lines[MAX_EL], *r = invoice_of(w, o);
    NEED(w, arc_record_set_text(r, ARC_INVOICE_CURRENCY, codes[o->currency], 3));
    if (o->term) NEED(w, arc_invoice_set_term(r, terms[o->term], SIZE_MAX));
    if (o->retention) NEED(w, arc_record_set_decimal(r, ARC_INVOICE_RETENTION, (arc_decimal){ .mantissa = 5, .scale = 2 }));
    if (o->flags & BY_GROUP) NEED(w, arc_record_set_text(r, ARC_INVOICE_TAX_METHOD, "group", SIZE_MAX));
    for (int i = 0; i < o->n; i++) {
        NEED(w, arc_record_new(w->session, &lines[i], ARC_INVOICE_LINE));
        NEED(w, arc_record_set_text(lines[i], ARC_INVOICE_LINE_NAME, "goods", SIZE_MAX));
        NEED(w, arc_record_set_money(lines[i], ARC_INVOICE_LINE_NET_AMOUNT, money(o->currency, o->net[i])));
        NEED(w, arc_record_set_decimal(lines[i], ARC_INVOICE_LINE_TAX_RATE, (arc_decimal){ .mantissa = o->rate[i], .scale = 2 }));
    }
    d.invoice = r;
    d.lines = lines;
    d.n_lines = (uint32_t)o->n;
    arc_status st = arc_invoice_issue_document(w->session, m->id, &d);
    for (int i = 0; i < o->n; i++) arc_record_free(lines[i]);
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
    NEED(w, arc_receipt_set_value_date(r, o->date));
    NEED(w, arc_receipt_set_posting_date(r, o->date));
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

static inline arc_status drive_period(world *w, const op *o, made *m)
{
    (void)m;
    if (o->term == 0) return arc_fiscal_period_close(w->session, w->periods[o->n], NULL, 0);
    if (o->term == 1) return arc_fiscal_period_lock(w->session, w->periods[o->n], NULL);
    return arc_fiscal_period_reopen(w->session, w->periods[o->n], "again");
}

/* ---- comparing --------------------------------------------------------------------------------------------------------------- */

static inline arc_cursor *ask(world *w, arc_query **q, uint32_t entity, const arc_field_id *fields, size_t n)
{
    arc_cursor *c = NULL;
    NEED(w, arc_query_new(w->session, q, entity));
    NEED(w, arc_query_select(*q, fields, n));
    return c;
}

static inline int64_t int_at(arc_cursor *c, uint32_t column)
{
    int64_t v = 0;
    return arc_cursor_get_int(c, &v, column) == ARC_OK ? v : 0;
}

static inline int date_at(arc_cursor *c, uint32_t column)
{
    arc_date d = 0;
    return arc_cursor_get_date(c, &d, column) == ARC_OK ? d : NONE;
}

static inline int64_t minor_at(arc_cursor *c, uint32_t column, int *known)
{
    arc_money m;
    *known = arc_cursor_get_money(c, &m, column) == ARC_OK;
    return *known ? m.minor : 0;
}

/* The ids of an invoice's items, in their order. */
static inline void name_items(world *w, int first, int64_t invoice)
{
    static const arc_field_id fields[] = { ARC_ITEM_ID, ARC_ITEM_AMOUNT, ARC_ITEM_DUE_DATE };
    arc_query *q = NULL;
    (void)ask(w, &q, ARC_ITEM, fields, 3);
    arc_cursor *c = NULL;
    int known;
    NEED(w, arc_query_where_int(q, ARC_ITEM_INVOICE, ARC_EQ, invoice));
    NEED(w, arc_query_order(q, ARC_ITEM_SEQ, 0));
    NEED(w, arc_query_run(q, &c));
    for (; c && arc_cursor_next(c) == ARC_OK; first++) {
        if (first >= w->p.n_docs) {
            DIFFERS(w, "the invoice made more items");
            break;
        }
        doc *d = &w->p.docs[first];
        d->id = int_at(c, 0);
        int64_t amount = minor_at(c, 1, &known);
        int due = date_at(c, 2);
        if (amount != d->amount || due != d->due) {
            DIFFERS(w, "item %d.%d: amount %lld due %d, not %lld due %d", d->name.step, d->name.k, (long long)amount, due, (long long)d->amount, d->due);
        }
    }
    if (first < w->p.n_docs) DIFFERS(w, "the invoice made fewer items");
    arc_cursor_free(c);
    arc_query_free(q);
}

/* The allocation a credit note made of its own accord. */
static inline int64_t allocation_of(world *w, int64_t credit_item)
{
    static const arc_field_id id_field = ARC_ALLOCATION_ID;
    arc_query *q = NULL;
    arc_cursor *c = NULL;
    int64_t id = 0;
    (void)ask(w, &q, ARC_ALLOCATION, &id_field, 1);
    NEED(w, arc_query_where_int(q, ARC_ALLOCATION_CREDIT_ITEM, ARC_EQ, credit_item));
    NEED(w, arc_query_run(q, &c));
    if (c && arc_cursor_next(c) == ARC_OK) id = int_at(c, 0);
    arc_cursor_free(c);
    arc_query_free(q);
    return id;
}

static inline void compare_states(world *w, int receipts)
{
    const arc_field_id item[] = { ARC_ITEM_STATE_ITEM, ARC_ITEM_STATE_OPEN, ARC_ITEM_STATE_SETTLED_ON, ARC_ITEM_STATE_BASE_OPEN };
    const arc_field_id receipt[] = { ARC_RECEIPT_STATE_RECEIPT, ARC_RECEIPT_STATE_UNAPPLIED, ARC_RECEIPT_STATE_SETTLED_ON, ARC_RECEIPT_STATE_BASE_UNAPPLIED };
    arc_query *q = NULL;
    arc_cursor *c = NULL;
    int seen = 0, expected = 0, known, has;
    (void)ask(w, &q, receipts ? ARC_RECEIPT_STATE : ARC_ITEM_STATE, receipts ? receipt : item, 4);
    NEED(w, arc_query_run(q, &c));
    for (int d = 0; d < w->p.n_docs; d++) expected += w->p.docs[d].receipt == receipts;
    for (; c && arc_cursor_next(c) == ARC_OK; seen++) {
        int64_t id = int_at(c, 0), left = minor_at(c, 1, &known), base = minor_at(c, 3, &has);
        int d = 0;
        while (d < w->p.n_docs && (w->p.docs[d].id != id || w->p.docs[d].receipt != receipts)) d++;
        if (d == w->p.n_docs) {
            DIFFERS(w, "%s %lld is nobody's", receipts ? "receipt" : "item", (long long)id);
            break;
        }
        const doc *x = &w->p.docs[d];
        int settled = date_at(c, 2), should = settled_on(&w->p, d);
        if (left != x->left || left != (int64_t)left_on(&w->p, d, NEVER - 1) || settled != should || has != x->has_base || (has && base != x->base)) {
            DIFFERS(w, "%s %d.%d: left %lld settled %d base %lld, not %lld, %d, %lld", receipts ? "receipt" : "item", x->name.step, x->name.k, (long long)left, settled,
                    (long long)base, (long long)x->left, should, (long long)(x->has_base ? x->base : 0));
        }
    }
    if (seen != expected) DIFFERS(w, "%d %s, not %d", seen, receipts ? "receipts" : "items", expected);
    arc_cursor_free(c);
    arc_query_free(q);
}

static inline int customer_of(const world *w, int64_t id)
{
    for (int i = 0; i < CUSTOMERS; i++) if (w->customers[i] == id) return i;
    return -1;
}

static inline int currency_of(const char *code) { return code[0] == 'C' ? CNY : code[0] == 'U' ? USD : JPY; }

static inline void compare_accounts(world *w)
{
    static const arc_field_id fields[] = { ARC_ACCOUNT_CUSTOMER, ARC_ACCOUNT_OPEN, ARC_ACCOUNT_UNAPPLIED };
    wide open[CUSTOMERS][CURRENCIES] = { { 0 } }, unapplied[CUSTOMERS][CURRENCIES] = { { 0 } };
    arc_query *q = NULL;
    arc_cursor *c = NULL;
    for (int d = 0; d < w->p.n_docs; d++) {
        const doc *x = &w->p.docs[d];
        if (x->customer >= 0) (x->receipt ? unapplied : open)[x->customer][x->currency] += x->left;
    }
    (void)ask(w, &q, ARC_ACCOUNT, fields, 3);
    NEED(w, arc_query_run(q, &c));
    while (c && arc_cursor_next(c) == ARC_OK) {
        arc_money o, u;
        int of = customer_of(w, int_at(c, 0));
        if (of < 0 || !NEED(w, arc_cursor_get_money(c, &o, 1)) || !NEED(w, arc_cursor_get_money(c, &u, 2))) continue;
        wide *po = &open[of][currency_of(o.currency)], *pu = &unapplied[of][currency_of(o.currency)];
        if (o.minor != *po || u.minor != *pu) {
            DIFFERS(w, "account C%d %s: open %lld unapplied %lld, not %lld, %lld", of, o.currency, (long long)o.minor, (long long)u.minor, (long long)*po, (long long)*pu);
        }
        *po = *pu = 0;
    }
    for (int i = 0; i < CUSTOMERS * CURRENCIES; i++) {
        if (open[i / CURRENCIES][i % CURRENCIES] || unapplied[i / CURRENCIES][i % CURRENCIES]) DIFFERS(w, "the account of C%d in %s is missing", i / CURRENCIES, codes[i % CURRENCIES]);
    }
    arc_cursor_free(c);
    arc_query_free(q);
}

static inline void compare_journal(world *w)
{
    plain *left = malloc(sizeof *left);
    arc_query *q = NULL;
    arc_cursor *c = NULL;
    memcpy(left, &w->p, sizeof *left);
    NEED(w, arc_query_new(w->session, &q, ARC_JOURNAL_LINE));
    NEED(w, arc_query_group(q, ARC_JOURNAL_LINE_CUSTOMER));
    NEED(w, arc_query_group(q, ARC_JOURNAL_LINE_CURRENCY));
    NEED(w, arc_query_group(q, ARC_JOURNAL_LINE_ACCOUNT_ROLE));
    NEED(w, arc_query_group(q, ARC_JOURNAL_LINE_BASE_CURRENCY));
    NEED(w, arc_query_measure(q, ARC_SUM, ARC_JOURNAL_LINE_AMOUNT));
    NEED(w, arc_query_measure(q, ARC_SUM, ARC_JOURNAL_LINE_BASE_AMOUNT));
    NEED(w, arc_query_run(q, &c));
    while (c && arc_cursor_next(c) == ARC_OK) {
        const char *currency = "", *role = "";
        size_t n = 0, len = 0;
        int r = 0;
        (void)arc_cursor_get_text(c, &currency, &n, 1);
        (void)arc_cursor_get_text(c, &role, &len, 2);
        while (r < ROLES && (strlen(role_names[r]) != len || memcmp(role_names[r], role, len) != 0)) r++;
        if (r == ROLES) DIFFERS(w, "account role %.*s", (int)len, role);
        else post(left, customer_of(w, int_at(c, 0)), currency_of(currency), r, -int_at(c, 4), -int_at(c, 5));
    }
    for (int i = 0; i < (CUSTOMERS + 1) * CURRENCIES * ROLES; i++) {
        int64_t amount = left->journal[i / (CURRENCIES * ROLES)][i / ROLES % CURRENCIES][i % ROLES].amount;
        int64_t base = left->journal[i / (CURRENCIES * ROLES)][i / ROLES % CURRENCIES][i % ROLES].base;
        int of = i / (CURRENCIES * ROLES) - 1;
        if (amount || base) DIFFERS(w, "journal C%d %s %s: %lld, base %lld too little", of, codes[i / ROLES % CURRENCIES], role_names[i % ROLES], (long long)amount, (long long)base);
    }
    arc_cursor_free(c);
    arc_query_free(q);
    free(left);
}

static inline void compare_aging(world *w, int day)
{
    static const int32_t edges[] = { 1, 31, 61 };
    wide buckets[CUSTOMERS][CURRENCIES][4] = { { { 0 } } }, unapplied[CUSTOMERS][CURRENCIES] = { { 0 } };
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_aging *aging = NULL;
    uint32_t n = 0;
    o.as_of = day;
    o.edges = edges;
    o.n_edges = 3;
    if (!NEED(w, arc_aging_compute(w->session, &aging, &o)) || !NEED(w, arc_aging_count(aging, &n))) return;
    for (int d = 0; d < w->p.n_docs; d++) {
        const doc *x = &w->p.docs[d];
        int age = x->due == NONE ? 0 : day - x->due;
        wide left = left_on(&w->p, d, day);
        if (x->customer < 0) continue;
        if (x->receipt) unapplied[x->customer][x->currency] += left;
        else buckets[x->customer][x->currency][(age >= 1) + (age >= 31) + (age >= 61)] += left;
    }
    for (uint32_t i = 0; i < n; i++) {
        arc_aging_row row = ARC_AGING_ROW_INIT;
        if (!NEED(w, arc_aging_get(aging, &row, i))) break;
        int c = customer_of(w, row.customer), cur = currency_of(row.currency);
        for (int b = 0; c >= 0 && b < 4; b++) buckets[c][cur][b] -= row.buckets[b];
        if (c >= 0) unapplied[c][cur] -= row.unapplied;
    }
    for (int i = 0; i < CUSTOMERS * CURRENCIES; i++) {
        int c = i / CURRENCIES, cur = i % CURRENCIES;
        for (int b = 0; b < 4; b++) {
            if (buckets[c][cur][b]) DIFFERS(w, "aging as of %d, C%d %s, bucket %d: %lld too little", day, c, codes[cur], b, (long long)buckets[c][cur][b]);
        }
        if (unapplied[c][cur]) DIFFERS(w, "aging as of %d, C%d %s: unapplied differs", day, c, codes[cur]);
    }
    arc_aging_free(aging);
}

static inline int32_t keep_finding(void *user, const arc_finding *f)
{
    world *w = user;
    DIFFERS(w, "verify %s %s.%s %lld: %s", f->check, f->entity, f->field, (long long)f->id, f->message);
    return 0;
}

static inline void compare(world *w, int with_verify)
{
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    compare_states(w, 0);
    compare_states(w, 1);
    compare_accounts(w);
    compare_journal(w);
    compare_aging(w, FIRST_DAY + (int)(test_random(&w->probe) % (DAYS + 120)));
    if (with_verify && NEED(w, arc_book_verify(w->book, &sum, keep_finding, w, NULL)) && (sum.findings || sum.checks < 5)) DIFFERS(w, "verify does not say why");
}

#endif
