/* SPDX-License-Identifier: Apache-2.0 */
/* The life of one receivable: an invoice with lines, paid in part with a discount, credited in part, a payment that bounced; what each step posts,
 * and what is open at the end and was open on the way. Public API only.
 *
 *   lifecycle [BOOK_URI]      a customer of that book, for example of quickstart's; default: a new book in memory
 *
 * Every call has a request key: run it twice on one book, and nothing happens twice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arcore/arcore.h"
#include "arcore/fields.h"

static arc_session *session;

static void need(arc_status st, const char *what)
{
    arc_error e = ARC_ERROR_INIT;
    if (st == ARC_OK) return;
    if (session) arc_session_error(session, &e);
    fprintf(stderr, "%s: %s %s\n", what, arc_status_name(st), e.message);
    exit(1);
}
#define NEED(call) need(call, #call)

static arc_date day(const char *text)
{
    arc_date d;
    NEED(arc_date_parse(&d, text, strlen(text)));
    return d;
}

static arc_record *record(uint32_t entity, const char *json)
{
    arc_record *r;
    NEED(arc_record_new(session, &r, entity));
    NEED(arc_record_set_json(r, json, SIZE_MAX));
    return r;
}

static void tell(const char *what, int64_t minor)
{
    printf("  %-66s %12.2f\n", what, (double)minor / 100);
}

/* The first customer of the book; a new one where there is none. */
static int64_t a_customer(void)
{
    static const arc_field_id fields[] = { ARC_CUSTOMER_ID, ARC_CUSTOMER_LEGAL_NAME };
    arc_query *q;
    arc_cursor *c;
    int64_t id = 0;
    NEED(arc_query_new(session, &q, ARC_CUSTOMER));
    NEED(arc_query_select(q, fields, 2));
    NEED(arc_query_limit(q, 1));
    NEED(arc_query_run(q, &c));
    if (arc_cursor_next(c) == ARC_OK) NEED(arc_cursor_get_int(c, &id, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    if (id) return id;
    arc_record *r = record(ARC_CUSTOMER, "{\"code\":\"C001\",\"legal_name\":\"上海华新贸易有限公司\"}");
    NEED(arc_session_insert(session, &id, r));
    arc_record_free(r);
    return id;
}

/* Goods for 10,000.00 and freight for 500.00, 13 % VAT, 2 % discount within ten days, all within thirty. */
static int64_t issue(int64_t customer)
{
    char json[300];
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record *lines[] = { record(ARC_INVOICE_LINE, "{\"name\":\"Pumps\",\"currency\":\"CNY\",\"quantity\":\"4\",\"price\":\"2500\",\"tax_rate\":\"0.13\"}"),
                            record(ARC_INVOICE_LINE, "{\"name\":\"Freight\",\"currency\":\"CNY\",\"net_amount\":\"500.00\",\"tax_rate\":\"0.13\"}") };
    int64_t id;
    snprintf(json, sizeof json, "{\"number\":\"LIFE-1\",\"customer\":%lld,\"currency\":\"CNY\",\"invoice_date\":\"2026-07-01\",\"term\":\"2/10 NET30\"}", (long long)customer);
    d.invoice = record(ARC_INVOICE, json);
    d.lines = lines;
    d.n_lines = 2;
    NEED(arc_session_set_request_key(session, "lifecycle-issue"));
    NEED(arc_invoice_issue_document(session, &id, &d));
    for (int i = 0; i < 2; i++) arc_record_free(lines[i]);
    arc_record_free(d.invoice);
    return id;
}

static int64_t item_of(int64_t invoice)
{
    arc_query *q;
    arc_cursor *c;
    arc_field_id id_field = ARC_ITEM_ID;
    int64_t id = 0;
    NEED(arc_query_new(session, &q, ARC_ITEM));
    NEED(arc_query_select(q, &id_field, 1));
    NEED(arc_query_where_int(q, ARC_ITEM_INVOICE, ARC_EQ, invoice));
    NEED(arc_query_run(q, &c));
    if (arc_cursor_next(c) == ARC_OK) NEED(arc_cursor_get_int(c, &id, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return id;
}

static int64_t receive(int64_t customer, const char *number, const char *on, const char *amount)
{
    char json[300], key[40];
    int64_t id;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":%lld,\"value_date\":\"%s\",\"posting_date\":\"%s\",\"currency\":\"CNY\",\"amount\":\"%s\"}", number, (long long)customer,
             on, on, amount);
    arc_record *r = record(ARC_RECEIPT, json);
    snprintf(key, sizeof key, "lifecycle-%s", number);
    NEED(arc_session_set_request_key(session, key));
    NEED(arc_receipt_record(session, &id, r));
    arc_record_free(r);
    return id;
}

static int64_t apply(int64_t receipt, int64_t item, const char *on, int64_t amount, int64_t discount)
{
    char key[60];
    arc_allocation a = ARC_ALLOCATION_INIT;
    int64_t id;
    a.receipt = receipt;
    a.item = item;
    a.date = day(on);
    a.amount = amount;
    a.discount = discount;
    snprintf(key, sizeof key, "lifecycle-apply-%s", on);
    NEED(arc_session_set_request_key(session, key));
    NEED(arc_allocation_apply(session, &id, NULL, &a, 1, ARC_ALL_OR_NONE));
    return id;
}

/* One pump came back broken: its part of the first line. */
static void credit(int64_t invoice)
{
    arc_credit_line line = ARC_CREDIT_LINE_INIT;
    arc_credit_note note = ARC_CREDIT_NOTE_INIT;
    line.given = ARC_CREDIT_QUANTITY;
    line.seq = 1;
    line.quantity = 1000000;
    note.invoice = invoice;
    note.date = day("2026-07-15");
    note.lines = &line;
    note.n_lines = 1;
    note.number = "LIFE-CN1";
    note.reason_code = "return";
    note.reason = "one pump came back broken";
    NEED(arc_session_set_request_key(session, "lifecycle-credit"));
    NEED(arc_invoice_credit(session, NULL, &note));
}

/* ---- what the book says ------------------------------------------------------------------------------------------------------ */

static void show_lines(int64_t entry)
{
    static const arc_field_id fields[] = { ARC_JOURNAL_LINE_ACCOUNT_ROLE, ARC_JOURNAL_LINE_AMOUNT, ARC_JOURNAL_LINE_RED };
    arc_query *q;
    arc_cursor *c;
    NEED(arc_query_new(session, &q, ARC_JOURNAL_LINE));
    NEED(arc_query_select(q, fields, 3));
    NEED(arc_query_where_int(q, ARC_JOURNAL_LINE_JOURNAL_ENTRY, ARC_EQ, entry));
    NEED(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        const char *role;
        size_t n, len = 32;
        char text[32];
        arc_money m;
        int64_t red = 0;
        NEED(arc_cursor_get_text(c, &role, &n, 0));
        NEED(arc_cursor_get_money(c, &m, 1));
        (void)arc_cursor_get_int(c, &red, 2);
        int debit = (m.minor > 0) != (red != 0); /* red: a negative amount on the side it takes back */
        if (!debit) m.minor = -m.minor;
        NEED(arc_money_print_amount(text, &len, &m));
        printf("      %s %-24.*s %*s%14s\n", debit ? "Dr" : "Cr", (int)n, role, debit ? 0 : 16, "", text);
    }
    arc_cursor_free(c);
    arc_query_free(q);
}

static void show_journal(int64_t customer)
{
    static const arc_field_id fields[] = { ARC_JOURNAL_ENTRY_ID, ARC_JOURNAL_ENTRY_POSTING_DATE, ARC_JOURNAL_ENTRY_PURPOSE };
    arc_query *q;
    arc_cursor *c;
    printf("\nWhat the general ledger is told:\n");
    NEED(arc_query_new(session, &q, ARC_JOURNAL_ENTRY));
    NEED(arc_query_select(q, fields, 3));
    NEED(arc_query_where_int(q, ARC_JOURNAL_ENTRY_CUSTOMER, ARC_EQ, customer));
    NEED(arc_query_where_date(q, ARC_JOURNAL_ENTRY_POSTING_DATE, ARC_GE, day("2026-07-01")));
    NEED(arc_query_where_date(q, ARC_JOURNAL_ENTRY_POSTING_DATE, ARC_LE, day("2026-08-31")));
    NEED(arc_query_order(q, ARC_JOURNAL_ENTRY_ID, 0));
    NEED(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        int64_t id;
        arc_date on;
        char text[16];
        const char *purpose;
        size_t n, len = sizeof text;
        NEED(arc_cursor_get_int(c, &id, 0));
        NEED(arc_cursor_get_date(c, &on, 1));
        NEED(arc_cursor_get_text(c, &purpose, &n, 2));
        NEED(arc_date_print(text, &len, on));
        printf("  %s  %.*s\n", text, (int)n, purpose);
        show_lines(id);
    }
    arc_cursor_free(c);
    arc_query_free(q);
}

/* What the invoice had open at the end of a day: allocations of later days are not seen. */
static void show_open(int64_t customer)
{
    static const char *const days[] = { "2026-07-01", "2026-07-08", "2026-07-15", "2026-07-30", "2026-08-03", "2026-08-31" };
    printf("\nWhat the customer owes in CNY, as of\n  %-12s%14s%14s%14s\n", "", "open", "overdue", "unapplied");
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        arc_aging_options o = ARC_AGING_OPTIONS_INIT;
        arc_aging_row t = ARC_AGING_ROW_INIT;
        arc_aging *aging;
        o.as_of = day(days[i]);
        o.customer = customer;
        NEED(arc_aging_compute(session, &aging, &o));
        if (arc_aging_total(aging, &t, "CNY") == ARC_OK) {
            printf("  %-12s%14.2f%14.2f%14.2f\n", days[i], (double)t.total / 100, (double)(t.total - t.buckets[0]) / 100, (double)t.unapplied / 100);
        }
        arc_aging_free(aging);
    }
}

static void live(int64_t customer)
{
    int64_t invoice = issue(customer), item = item_of(invoice);
    tell("2026-07-01  invoice LIFE-1: two lines, 13 % VAT, 2/10 NET30", 1186500);
    int64_t first = receive(customer, "LIFE-R1", "2026-07-08", "4900.00");
    (void)apply(first, item, "2026-07-08", 490000, 10000);
    tell("2026-07-08  part payment within ten days; 2 % of it is discount", 490000);
    credit(invoice);
    tell("2026-07-15  credit note: one of four pumps came back", -282500);
    int64_t second = receive(customer, "LIFE-R2", "2026-07-30", "4040.00");
    int64_t bounced = apply(second, item, "2026-07-30", 404000, 0);
    tell("2026-07-30  the rest is paid: nothing is open", 404000);
    NEED(arc_session_set_request_key(session, "lifecycle-reverse"));
    NEED(arc_allocation_reverse(session, NULL, bounced, day("2026-08-03"), "the cheque bounced"));
    tell("2026-08-03  the cheque bounced: reversed, open again as it was due", -404000);
}

int main(int argc, char **argv)
{
    arc_context *ctx;
    arc_book *book = NULL;
    arc_context_options co = ARC_CONTEXT_OPTIONS_INIT;
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    arc_verify_summary v = ARC_VERIFY_SUMMARY_INIT;
    co.clock = arc_clock_system;
    bo.flags = ARC_BOOK_CREATE;
    NEED(arc_context_new(&ctx, &co));
    NEED(arc_book_open(ctx, &book, argc > 1 ? argv[1] : "memory:lifecycle", &bo));
    so.business_date = day("2026-08-31");
    NEED(arc_session_open(book, &session, &so));
    int64_t customer = a_customer();
    printf("The life of a receivable:\n");
    live(customer);
    show_journal(customer);
    show_open(customer);
    NEED(arc_book_verify(book, &v, NULL, NULL, NULL));
    printf("\nVerified: %u checks, %lld findings\n", v.checks, (long long)v.findings);
    arc_context_free(ctx);
    return v.findings != 0;
}
