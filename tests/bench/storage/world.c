/* SPDX-License-Identifier: Apache-2.0 */
/* Books with invoices, made through the public verbs. */
#include "bench.h"

#include "backend/sqlite.h"

static int64_t fixed_clock(void *user)
{
    (void)user;
    return INT64_C(1728000000000000);
}

static int forgiving;
void world_forgive(int yes) { forgiving = yes; }

void world_check(arc_status st, arc_session *session, const char *call, const char *file, int line)
{
    arc_error e;
    if (st == ARC_OK || forgiving) return;
    (void)arc_error_init(&e);
    if (session && arc_session_error(session, &e) == ARC_OK) fprintf(stderr, "%s %s.%s row %d\n", e.message, e.entity, e.field, (int)e.row);
    fprintf(stderr, "status %d\n", (int)st);
    bench_die(call, file, line);
}

int64_t invoice_customers(int64_t n) { return n / 100 + 1; }

void invoice_make(invoice *v, int64_t i, int64_t n)
{
    uint64_t r = bench_mix((uint64_t)i);
    int64_t id = i + 1;
    v->customer = (int64_t)(r % (uint64_t)invoice_customers(n)) + 1;
    v->issued = (arc_date)(TODAY - 730 + i * 730 / n);
    v->due = v->issued + 14 + (arc_date)(r >> 20 & 3) * 15;
    v->amount = 1000 + (int64_t)((r >> 24) % 1000000);
    v->currency = r >> 60 < 13 ? "CNY" : "USD";
    memcpy(v->number, "INV-", 4);
    for (int k = 12; k >= 4; k--, id /= 10) v->number[k] = (char)('0' + id % 10);
    v->number[13] = 0;
}

static void context(world *w, int64_t n)
{
    arc_context_options co = ARC_CONTEXT_OPTIONS_INIT;
    memset(w, 0, sizeof *w);
    co.clock = fixed_clock;
    OK(w, arc_context_new(&w->ctx, &co));
    w->n = n;
}

static void open_book(world *w, const char *uri, uint32_t flags, replay_log *trace)
{
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    bo.flags = flags;
    bo.trace = trace ? replay_record : NULL;
    bo.trace_user = trace;
    so.business_date = TODAY;
    OK(w, arc_book_open(w->ctx, &w->book, uri, &bo));
    OK(w, arc_session_open(w->book, &w->session, &so));
    for (int i = 0; i < BATCH; i++) OK(w, arc_record_new(w->session, &w->records[i], ARC_INVOICE));
}

void world_open(world *w, const char *uri, int64_t n, replay_log *trace)
{
    context(w, n);
    open_book(w, uri, ARC_BOOK_CREATE, trace);
}

void world_open_nopushdown(world *w, const char *uri, int64_t n)
{
    static arc_backend_ops shim_ops;
    static arc_shim shim;
    context(w, n);
    NEED(arc_shim_init(&shim_ops, &shim, arci_backend_sqlite(), ARC_SHIM_NOPUSHDOWN) == ARC_OK);
    OK(w, arc_backend_register(w->ctx, &shim_ops));
    open_book(w, uri, 0, NULL);
}

void world_close(world *w)
{
    arc_book_close(w->book);
    arc_context_free(w->ctx);
}

void world_customers(world *w)
{
    arc_record *r[BATCH];
    int64_t total = invoice_customers(w->n);
    for (int i = 0; i < BATCH; i++) OK(w, arc_record_new(w->session, &r[i], ARC_CUSTOMER));
    for (int64_t at = 0; at < total; at += BATCH) {
        int64_t n = total - at < BATCH ? total - at : BATCH;
        for (int64_t i = 0; i < n; i++) {
            char code[24], name[40];
            snprintf(code, sizeof code, "C%07" PRId64, at + i + 1);
            snprintf(name, sizeof name, "Customer number %" PRId64, at + i + 1);
            OK(w, arc_record_clear(r[i]));
            OK(w, arc_record_set_text(r[i], ARC_CUSTOMER_CODE, code, SIZE_MAX));
            OK(w, arc_record_set_text(r[i], ARC_CUSTOMER_LEGAL_NAME, name, SIZE_MAX));
        }
        OK(w, arc_session_insert_many(w->session, NULL, NULL, r, (size_t)n, ARC_ALL_OR_NONE));
    }
    for (int i = 0; i < BATCH; i++) arc_record_free(r[i]);
}

void world_load(world *w, int64_t first, int32_t count)
{
    for (int32_t k = 0; k < count; k++) {
        arc_record *r = w->records[k];
        invoice v;
        arc_money m;
        invoice_make(&v, first + k, w->n);
        memset(&m, 0, sizeof m);
        m.minor = v.amount;
        memcpy(m.currency, v.currency, 4);
        OK(w, arc_record_clear(r));
        OK(w, arc_record_set_text(r, ARC_INVOICE_NUMBER, v.number, 13));
        OK(w, arc_record_set_int(r, ARC_INVOICE_CUSTOMER, v.customer));
        OK(w, arc_record_set_date(r, ARC_INVOICE_INVOICE_DATE, v.issued));
        OK(w, arc_record_set_date(r, ARC_INVOICE_DUE_DATE, v.due));
        OK(w, arc_record_set_money(r, ARC_INVOICE_GROSS_AMOUNT, m));
    }
    OK(w, arc_invoice_record_many(w->session, NULL, NULL, w->records, (uint32_t)count, ARC_ALL_OR_NONE));
}

/* ---- paying -------------------------------------------------------------------------------------------------------- */

static int paid(int64_t i) { return (bench_mix((uint64_t)i) >> 50) % 10 < 6; }

/* One large receipt per currency and customer; ids: two a customer, CNY first. */
static void receipts(world *w, int64_t *ids, int64_t customers)
{
    arc_record *r[BATCH];
    for (int i = 0; i < BATCH; i++) OK(w, arc_record_new(w->session, &r[i], ARC_RECEIPT));
    for (int64_t at = 0; at < customers * 2; at += BATCH) {
        int64_t n = customers * 2 - at < BATCH ? customers * 2 - at : BATCH;
        for (int64_t i = 0; i < n; i++) {
            char number[24];
            arc_money m;
            memset(&m, 0, sizeof m);
            m.minor = INT64_C(100000000000);
            memcpy(m.currency, (at + i) & 1 ? "USD" : "CNY", 4);
            snprintf(number, sizeof number, "R%07" PRId64, at + i);
            OK(w, arc_record_clear(r[i]));
            OK(w, arc_record_set_text(r[i], ARC_RECEIPT_NUMBER, number, SIZE_MAX));
            OK(w, arc_record_set_int(r[i], ARC_RECEIPT_CUSTOMER, (at + i) / 2 + 1));
            OK(w, arc_record_set_date(r[i], ARC_RECEIPT_VALUE_DATE, TODAY - 1));
            OK(w, arc_record_set_money(r[i], ARC_RECEIPT_AMOUNT, m));
        }
        OK(w, arc_receipt_record_many(w->session, ids + at, NULL, r, (uint32_t)n, ARC_ALL_OR_NONE));
    }
    for (int i = 0; i < BATCH; i++) arc_record_free(r[i]);
}

void world_settle(world *w, int64_t n)
{
    int64_t customers = invoice_customers(w->n);
    int64_t *ids = calloc((size_t)customers * 2, sizeof *ids);
    arc_allocation *list = calloc(BATCH * 10, sizeof *list);
    uint32_t k = 0;
    NEED(ids && list);
    receipts(w, ids, customers);
    for (int64_t i = 0; i < n; i++) {
        if (paid(i)) {
            arc_allocation a = ARC_ALLOCATION_INIT;
            invoice v;
            invoice_make(&v, i, w->n);
            a.date = TODAY - 1;
            a.receipt = ids[(v.customer - 1) * 2 + (v.currency[0] == 'U')];
            a.item = i + 1; /* ids in order of calls: one item an invoice, nothing else makes items */
            a.amount = v.amount;
            list[k++] = a;
        }
        if (k == BATCH * 10 || (k && i == n - 1)) {
            OK(w, arc_allocation_apply(w->session, NULL, NULL, list, k, ARC_ALL_OR_NONE));
            k = 0;
        }
    }
    free(ids);
    free(list);
}
