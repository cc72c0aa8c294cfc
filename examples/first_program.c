/* SPDX-License-Identifier: Apache-2.0 */
/* A first program: everything one needs of libarcore, step by step. docs/getting-started.md explains it.
 *
 *     cc first_program.c $(pkg-config --cflags --libs arcore) -o first_program
 *     ./first_program FOLDER            makes company.arc, a copy and a restored one there; none may be there yet */
#include <stdio.h>
#include <string.h>

#include <arcore/arcore.h>

/* ---- errors ---------------------------------------------------------------------------------------------------------- */

/* Prints what went wrong last in a session and hands the status on. */
static arc_status report(arc_session *session, const char *what, arc_status status)
{
    arc_error e = ARC_ERROR_INIT;
    arc_session_error(session, &e);
    if (e.status != status) arc_error_init(&e); /* told elsewhere: by a record or a query */
    fprintf(stderr, "%s: %s: %s\n", what, arc_status_name(status), e.message[0] ? e.message : arc_status_text(status, "en"));
    if (e.field[0]) fprintf(stderr, "  at %s.%s\n", e.entity, e.field);
    if (e.pointer[0]) fprintf(stderr, "  at %s of the document\n", e.pointer);
    if (e.row >= 0) fprintf(stderr, "  element %lld\n", (long long)e.row);
    if (e.retryable) fprintf(stderr, "  trying again may help\n");
    return status;
}

/* ---- master data ------------------------------------------------------------------------------------------------------ */

static arc_status add_customer(arc_session *session, int64_t *id, const char *code, const char *name)
{
    arc_record *r;
    arc_status st = arc_record_new(session, &r, ARC_CUSTOMER);
    if (st == ARC_OK) st = arc_customer_set_code(r, code, SIZE_MAX);
    if (st == ARC_OK) st = arc_customer_set_legal_name(r, name, SIZE_MAX);
    if (st == ARC_OK) st = arc_record_set_json(r, "{\"country\": \"CN\", \"term\": \"NET30\"}", SIZE_MAX);
    if (st == ARC_OK) st = arc_session_insert(session, id, r);
    arc_record_free(r);
    return st;
}

/* Read, change, write: refused with ARC_E_STALE when somebody else changed the row in between. */
static arc_status rename_customer(arc_session *session, int64_t id, const char *name)
{
    arc_record *r;
    arc_status st = arc_session_get(session, &r, ARC_CUSTOMER, id);
    if (st == ARC_OK) st = arc_customer_set_legal_name(r, name, SIZE_MAX);
    if (st == ARC_OK) st = arc_session_update(session, r);
    arc_record_free(r);
    return st;
}

/* A field of this book's own: defined once, then used like any other. */
static arc_status add_tier(arc_session *session, int64_t customer)
{
    arc_record *r;
    arc_field_id tier;
    arc_status st = arc_custom_define(session, NULL,
                                      "{\"entity\": \"customer\", \"name\": \"x_tier\", \"kind\": \"choice\","
                                      " \"choices\": [\"gold\", \"iron\"], \"label_en\": \"Tier\"}", SIZE_MAX);
    if (st == ARC_OK) st = arc_session_get(session, &r, ARC_CUSTOMER, customer);
    if (st != ARC_OK) return st;
    st = arc_record_field(r, &tier, "x_tier"); /* its number differs from book to book */
    if (st == ARC_OK) st = arc_record_set_text(r, tier, "gold", SIZE_MAX);
    if (st == ARC_OK) st = arc_session_update(session, r);
    arc_record_free(r);
    return st;
}

/* ---- documents ------------------------------------------------------------------------------------------------------- */

static arc_status add_invoice(arc_session *session, int64_t *id, int64_t customer, const char *number, const char *amount)
{
    arc_record *r;
    arc_money gross;
    arc_date issued, due;
    arc_status st = arc_record_new(session, &r, ARC_INVOICE);
    if (st == ARC_OK) st = arc_money_parse(&gross, amount, strlen(amount), "CNY", NULL);
    if (st == ARC_OK) st = arc_date_from_ymd(&issued, 2026, 1, 10);
    if (st == ARC_OK) st = arc_date_add_days(&due, issued, 30);
    if (st == ARC_OK) st = arc_invoice_set_customer(r, customer);
    if (st == ARC_OK) st = arc_invoice_set_number(r, number, SIZE_MAX);
    if (st == ARC_OK) st = arc_invoice_set_invoice_date(r, issued);
    if (st == ARC_OK) st = arc_invoice_set_due_date(r, due);
    if (st == ARC_OK) st = arc_invoice_set_gross_amount(r, gross); /* sets the currency as well */
    if (st == ARC_OK) st = arc_invoice_record(session, id, r);
    arc_record_free(r);
    return st;
}

/* The open item an invoice made: that is what payments settle. */
static arc_status find_item(arc_session *session, int64_t *item, int64_t invoice)
{
    static const arc_field_id fields[] = { ARC_ITEM_ID };
    arc_query *q;
    arc_cursor *c = NULL;
    arc_status st = arc_query_new(session, &q, ARC_ITEM);
    if (st == ARC_OK) st = arc_query_where_int(q, ARC_ITEM_INVOICE, ARC_EQ, invoice);
    if (st == ARC_OK) st = arc_query_select(q, fields, 1);
    if (st == ARC_OK) st = arc_query_run(q, &c);
    if (st == ARC_OK) st = arc_cursor_next(c);
    if (st == ARC_OK) st = arc_cursor_get_int(c, item, 0);
    arc_cursor_free(c);
    arc_query_free(q);
    return st == ARC_DONE ? ARC_E_NOT_FOUND : st;
}

typedef struct payment {
    int64_t customer, invoice;
    const char *number, *amount;
} payment;

/* One unit of work: the receipt and what it settles, both or neither. May run more than once. */
static arc_status post_payment(void *user, arc_session *session, arc_txn *txn)
{
    const payment *p = user;
    arc_allocation a = ARC_ALLOCATION_INIT;
    arc_record *r;
    arc_money paid = { 0 };
    arc_date day = ARC_DATE_NONE;
    arc_status st = arc_record_new(session, &r, ARC_RECEIPT);
    (void)txn; /* calls of the session belong to it by themselves */
    if (st == ARC_OK) st = arc_money_parse(&paid, p->amount, strlen(p->amount), "CNY", NULL);
    if (st == ARC_OK) st = arc_date_from_ymd(&day, 2026, 2, 20);
    if (st == ARC_OK) st = arc_receipt_set_number(r, p->number, SIZE_MAX);
    if (st == ARC_OK) st = arc_receipt_set_customer(r, p->customer);
    if (st == ARC_OK) st = arc_receipt_set_value_date(r, day);
    if (st == ARC_OK) st = arc_receipt_set_amount(r, paid);
    if (st == ARC_OK) st = arc_receipt_record(session, &a.receipt, r);
    if (st == ARC_OK) st = find_item(session, &a.item, p->invoice);
    a.amount = paid.minor;
    a.date = day;
    if (st == ARC_OK) st = arc_allocation_apply(session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE);
    arc_record_free(r);
    return st;
}

/* ---- questions --------------------------------------------------------------------------------------------------------- */

/* What is open, the earliest due date first, two rows a page. */
static arc_status print_open(arc_session *session)
{
    static const char question[] =
        "{\"entity\": \"item_state\", \"fields\": [\"item\", \"due_date\", \"open\", \"currency\"],"
        " \"filters\": [{\"member\": \"open\", \"operator\": \"notEquals\", \"values\": [\"0 minor\"]}],"
        " \"order\": [{\"member\": \"due_date\"}], \"limit\": 2}";
    char token[4096] = "";
    int more = 1;
    arc_query *q;
    arc_status st = arc_query_from_json(session, &q, question, SIZE_MAX);
    for (int page = 1; st == ARC_OK && more; page++) {
        arc_cursor *c;
        arc_money open;
        arc_date due;
        char amount[32], day[16];
        if (token[0]) st = arc_query_after(q, token);
        if (st == ARC_OK) st = arc_query_run(q, &c);
        if (st != ARC_OK) break;
        for (more = 0; (st = arc_cursor_next(c)) == ARC_OK; more = 1) {
            size_t n_amount = sizeof amount, n_day = sizeof day, n_token = sizeof token;
            if ((st = arc_cursor_get_date(c, &due, 1)) != ARC_OK || (st = arc_cursor_get_money(c, &open, 2)) != ARC_OK) break;
            if ((st = arc_cursor_token(c, token, &n_token)) != ARC_OK) break; /* where to go on */
            arc_money_print(amount, &n_amount, &open);
            arc_date_print(day, &n_day, due);
            printf("page %d: due %s  %s\n", page, day, amount);
        }
        if (st == ARC_DONE) st = ARC_OK;
        arc_cursor_free(c);
    }
    arc_query_free(q);
    return st;
}

static arc_status print_aging(arc_session *session)
{
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_aging *aging;
    uint32_t n = 0;
    arc_status st = arc_date_from_ymd(&o.as_of, 2026, 3, 31);
    if (st == ARC_OK) st = arc_aging_compute(session, &aging, &o);
    if (st != ARC_OK) return st;
    st = arc_aging_count(aging, &n);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        arc_aging_row row = ARC_AGING_ROW_INIT;
        st = arc_aging_get(aging, &row, i);
        if (st != ARC_OK) break;
        printf("%s %s:", row.code, row.currency);
        for (uint32_t b = 0; b < row.n_buckets; b++) printf(" %lld", (long long)row.buckets[b]);
        printf(" = %lld\n", (long long)row.total);
    }
    arc_aging_free(aging);
    return st;
}

/* ---- import ---------------------------------------------------------------------------------------------------------- */

typedef struct text_source {
    const char *text;
    size_t length, at;
} text_source;

static int64_t source_read(void *user, void *buffer, size_t capacity)
{
    text_source *s = user;
    size_t n = s->length - s->at < capacity ? s->length - s->at : capacity;
    memcpy(buffer, s->text + s->at, n);
    s->at += n;
    return (int64_t)n;
}

static int32_t source_rewind(void *user)
{
    text_source *s = user;
    s->at = 0;
    return 0;
}

static int32_t on_fault(void *user, const arc_import_fault *f)
{
    (void)user;
    printf("line %lld, column %s, \"%s\": %s\n", (long long)f->line, f->column, f->value, f->reason);
    return 0; /* go on */
}

static arc_status import_text(arc_session *session, const char *csv)
{
    static const char mapping[] =
        "{\"mapping\": \"arcore/1\", \"file\": {\"date\": \"ymd\"}, \"targets\": ["
        " {\"entity\": \"customer\", \"match\": [\"code\"], \"fields\": {"
        "   \"code\": {\"column\": \"customer\"}, \"legal_name\": {\"column\": \"customer\"}}},"
        " {\"entity\": \"invoice\", \"fields\": {"
        "   \"number\": {\"column\": \"no\"}, \"customer\": {\"match\": \"customer\"},"
        "   \"invoice_date\": {\"column\": \"date\"}, \"due_date\": {\"column\": \"due\"},"
        "   \"currency\": {\"value\": \"CNY\"}, \"gross_amount\": {\"column\": \"amount\"}}}]}";
    text_source text = { csv, strlen(csv), 0 };
    arc_source source = ARC_SOURCE_INIT;
    arc_import_options o = ARC_IMPORT_OPTIONS_INIT;
    arc_import_summary sum = ARC_IMPORT_SUMMARY_INIT;
    source.user = &text;
    source.read = source_read;
    source.rewind = source_rewind;
    o.fault = on_fault;
    o.flags = ARC_IMPORT_DRY_RUN; /* look first: nothing is written */
    arc_status st = arc_import_csv(session, &sum, &source, mapping, SIZE_MAX, &o);
    printf("dry run: %lld rows, %lld bad\n", (long long)sum.rows, (long long)sum.bad_rows);
    if (st == ARC_OK || st == ARC_PARTIAL) {
        source_rewind(&text);
        o.fault = NULL;
        o.flags = ARC_IMPORT_SKIP_BAD; /* then write what is good */
        st = arc_import_csv(session, &sum, &source, mapping, SIZE_MAX, &o);
    }
    if (st == ARC_OK || st == ARC_PARTIAL) printf("imported: %lld invoices\n", (long long)sum.invoices);
    return st == ARC_PARTIAL ? ARC_OK : st;
}

/* ---- proof and copies --------------------------------------------------------------------------------------------------- */

static int32_t on_finding(void *user, const arc_finding *f)
{
    (void)user;
    printf("%s: %s %lld: %s\n", f->check, f->entity, (long long)f->id, f->message);
    return 0;
}

static arc_status prove_and_copy(arc_context *context, arc_book *book, const char *folder)
{
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    char copy[600], restored[600];
    arc_status st = arc_book_verify(book, &sum, on_finding, NULL, NULL);
    if (st != ARC_OK) return st;
    printf("verify: %lld findings\n", (long long)sum.findings);
    snprintf(copy, sizeof copy, "sqlite:%s/copy.arc", folder);
    snprintf(restored, sizeof restored, "sqlite:%s/restored.arc", folder);
    st = arc_book_backup(book, copy, NULL); /* while others go on working */
    if (st == ARC_OK) st = arc_book_restore(context, copy, restored, NULL); /* proved before it is left standing */
    if (st == ARC_OK) printf("copied and restored\n");
    return st;
}

/* ---- the program ---------------------------------------------------------------------------------------------------------- */

static arc_status work(arc_context *context, arc_book *book, arc_session *session, const char *folder)
{
    int64_t customer, invoice, other;
    arc_status st = add_customer(session, &customer, "C001", "Blue Harbour Trading");
    if (st == ARC_OK) st = rename_customer(session, customer, "Blue Harbour Trading Ltd");
    if (st == ARC_OK) st = add_tier(session, customer);
    if (st == ARC_OK) st = add_invoice(session, &invoice, customer, "INV-1", "1130.00");
    if (st == ARC_OK) st = add_invoice(session, &other, customer, "INV-2", "565.00");
    if (st != ARC_OK) return report(session, "recording", st);

    st = add_invoice(session, &other, customer, "INV-1", "99.00"); /* the number is taken */
    if (st != ARC_E_EXISTS) return report(session, "a number twice", st);
    report(session, "refused, as it should be", st);

    payment p = { customer, invoice, "R-1", "1000.00" };
    st = arc_session_run(session, ARC_WRITE, post_payment, &p, 0);
    if (st != ARC_OK) return report(session, "payment", st);

    st = import_text(session, "no,customer,date,due,amount\n"
                              "A-1,C001,2026-02-01,2026-03-03,200.00\n"
                              "A-2,C002,2026-02-02,2026-03-04,300.00\n"
                              "A-3,C002,2026-02-30,2026-03-04,300.00\n");
    if (st != ARC_OK) return report(session, "import", st);

    st = print_open(session);
    if (st == ARC_OK) st = print_aging(session);
    if (st != ARC_OK) return report(session, "reading", st);

    st = prove_and_copy(context, book, folder);
    if (st != ARC_OK) fprintf(stderr, "proof or copy: %s\n", arc_status_name(st));
    return st;
}

int main(int argc, char **argv)
{
    arc_context *context;
    arc_book *book;
    arc_session *session = NULL;
    arc_context_options co = ARC_CONTEXT_OPTIONS_INIT;
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    char uri[600];

    if (argc != 2) return fprintf(stderr, "usage: first_program FOLDER\n"), 2;
    co.clock = arc_clock_system; /* the library has no clock of its own */
    if (arc_context_new(&context, &co) != ARC_OK) return 1;

    snprintf(uri, sizeof uri, "sqlite:%s/company.arc?book=main", argv[1]);
    bo.flags = ARC_BOOK_CREATE;
    bo.name = "Example Company";
    arc_status st = arc_book_open(context, &book, uri, &bo);
    if (st != ARC_OK) {
        arc_error e = ARC_ERROR_INIT;
        arc_context_error(context, &e); /* of opens: there is no book yet to ask */
        fprintf(stderr, "%s: %s: %s\n", uri, arc_status_name(st), e.message);
        arc_context_free(context);
        return 1;
    }

    so.actor = "alice";
    arc_date_from_ymd(&so.business_date, 2026, 2, 20);
    st = arc_session_open(book, &session, &so);
    if (st == ARC_OK) st = work(context, book, session, argv[1]);

    arc_session_close(session); /* or leave all of it to arc_context_free() */
    arc_book_close(book);
    arc_context_free(context);
    return st == ARC_OK ? 0 : 1;
}
