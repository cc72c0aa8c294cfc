/* SPDX-License-Identifier: Apache-2.0 */
/* The worked example of docs/concepts.md, figure by figure, and the pieces of code that docs/api-laws.md quotes. */
#include "arcore/arcore.h"
#include "support/support.h"

static arc_book *book;
static arc_session *session;
static test_env env;

static int setup(void **state)
{
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    *state = &env;
    test_open(&env);
    bo.flags = ARC_BOOK_CREATE;
    assert_ok(arc_book_open(env.ctx, &book, "memory:docs", &bo));
    assert_ok(arc_session_open(book, &session, NULL));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arc_book_close(book);
    test_close(&env);
    return 0;
}

static arc_date day(int32_t month, int32_t d)
{
    arc_date out = ARC_DATE_NONE;
    assert_ok(arc_date_from_ymd(&out, 2026, month, d));
    return out;
}

static int64_t customer(void)
{
    arc_record *r;
    int64_t id = 0;
    assert_ok(arc_record_new(session, &r, ARC_CUSTOMER));
    assert_ok(arc_record_set_json(r, "{\"code\": \"C001\", \"legal_name\": \"Blue Harbour Trading\"}", SIZE_MAX));
    assert_ok(arc_session_insert(session, &id, r));
    arc_record_free(r);
    return id;
}

static arc_record *invoice_record(int64_t of, const char *number, arc_date date, arc_date due, int64_t minor)
{
    arc_record *r;
    arc_money m;
    assert_ok(arc_money_set(&m, minor, "CNY"));
    assert_ok(arc_record_new(session, &r, ARC_INVOICE));
    assert_ok(arc_invoice_set_customer(r, of));
    assert_ok(arc_invoice_set_number(r, number, SIZE_MAX));
    assert_ok(arc_invoice_set_invoice_date(r, date));
    assert_ok(arc_invoice_set_due_date(r, due));
    assert_ok(arc_invoice_set_gross_amount(r, m));
    return r;
}

/* Returns the id of its open item. */
static int64_t invoice(int64_t of, const char *number, arc_date date, arc_date due, int64_t minor)
{
    arc_record *r = invoice_record(of, number, date, due, minor);
    arc_query *q;
    arc_cursor *c;
    int64_t id = 0, item = 0;
    assert_ok(arc_invoice_record(session, &id, r));
    arc_record_free(r);
    assert_ok(arc_query_new(session, &q, ARC_ITEM));
    assert_ok(arc_query_where_int(q, ARC_ITEM_INVOICE, ARC_EQ, id));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_int(c, &item, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return item;
}

static int64_t receipt(int64_t of, const char *number, arc_date date, int64_t minor)
{
    arc_record *r;
    arc_money m;
    int64_t id = 0;
    assert_ok(arc_money_set(&m, minor, "CNY"));
    assert_ok(arc_record_new(session, &r, ARC_RECEIPT));
    assert_ok(arc_receipt_set_customer(r, of));
    assert_ok(arc_receipt_set_number(r, number, SIZE_MAX));
    assert_ok(arc_receipt_set_value_date(r, date));
    assert_ok(arc_receipt_set_posting_date(r, date));
    assert_ok(arc_receipt_set_amount(r, m));
    assert_ok(arc_receipt_record(session, &id, r));
    arc_record_free(r);
    return id;
}

static int64_t apply(arc_date date, int64_t from_receipt, int64_t from_credit, int64_t item, int64_t amount, int64_t write_off)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    int64_t id = 0;
    a.date = date;
    a.receipt = from_receipt;
    a.credit_item = from_credit;
    a.item = item;
    a.amount = amount;
    a.write_off = write_off;
    assert_ok(arc_allocation_apply(session, &id, NULL, &a, 1, ARC_ALL_OR_NONE));
    return id;
}

/* The row of docs/concepts.md: not due, 1-30, 31-60, open, unapplied. */
static void aging_is(arc_date as_of, int64_t not_due, int64_t to_30, int64_t to_60, int64_t open, int64_t unapplied)
{
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_aging_row row = ARC_AGING_ROW_INIT;
    arc_aging *aging;
    o.as_of = as_of;
    assert_ok(arc_aging_compute(session, &aging, &o));
    assert_ok(arc_aging_get(aging, &row, 0));
    assert_int_equal(row.n_buckets, 5);
    assert_int_equal(row.buckets[0], not_due);
    assert_int_equal(row.buckets[1], to_30);
    assert_int_equal(row.buckets[2], to_60);
    assert_int_equal(row.buckets[3], 0);
    assert_int_equal(row.buckets[4], 0);
    assert_int_equal(row.total, open);
    assert_int_equal(row.unapplied, unapplied);
    arc_aging_free(aging);
}

static void february(void)
{
    aging_is(day(2, 15), 56500, 113000, 0, 169500, 0);
    aging_is(day(2, 28), 0, 56500, 0, 56500, 0);
}

static void account_is(int64_t of, int64_t open, int64_t unapplied, int64_t n_open)
{
    arc_query *q;
    arc_cursor *c;
    arc_money m;
    static const arc_field_id fields[] = { ARC_ACCOUNT_OPEN, ARC_ACCOUNT_UNAPPLIED, ARC_ACCOUNT_N_OPEN };
    int64_t n = 0;
    assert_ok(arc_query_new(session, &q, ARC_ACCOUNT));
    assert_ok(arc_query_where_int(q, ARC_ACCOUNT_CUSTOMER, ARC_EQ, of));
    assert_ok(arc_query_select(q, fields, 3));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_money(c, &m, 0));
    assert_int_equal(m.minor, open);
    assert_ok(arc_cursor_get_money(c, &m, 1));
    assert_int_equal(m.minor, unapplied);
    assert_ok(arc_cursor_get_int(c, &n, 2));
    assert_int_equal(n, n_open);
    assert_status(ARC_DONE, arc_cursor_next(c));
    arc_cursor_free(c);
    arc_query_free(q);
}

static void worked_example(void **state)
{
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    int64_t c, inv1, inv2, credit, r1, a1;
    (void)state;
    c = customer();
    inv1 = invoice(c, "INV-1", day(1, 10), day(2, 9), 113000);
    inv2 = invoice(c, "INV-2", day(1, 20), day(2, 19), 56500);
    account_is(c, 169500, 0, 2);
    r1 = receipt(c, "R-1", day(2, 20), 112000);
    account_is(c, 169500, 112000, 2);
    a1 = apply(day(2, 20), r1, 0, inv1, 112000, 1000);
    account_is(c, 56500, 0, 1);
    february();
    credit = invoice(c, "CN-1", day(3, 5), day(3, 5), -6500);
    account_is(c, 50000, 0, 2);
    apply(day(3, 5), 0, credit, inv2, 6500, 0);
    account_is(c, 50000, 0, 1);
    aging_is(day(3, 8), 0, 50000, 0, 50000, 0);
    assert_ok(arc_allocation_reverse(session, NULL, a1, day(3, 10), "the payment was for INV-2"));
    account_is(c, 163000, 112000, 2);
    apply(day(3, 10), r1, 0, inv2, 50000, 0);
    account_is(c, 113000, 62000, 1);
    aging_is(day(3, 31), 0, 0, 113000, 113000, 62000);
    /* What was said of earlier days is still said. */
    february();
    aging_is(day(3, 8), 0, 50000, 0, 50000, 0);
    assert_ok(arc_book_verify(book, &sum, NULL, NULL, NULL));
    assert_int_equal(sum.findings, 0);
    assert_true(sum.checks > 0);
}

/* Text of unknown length: ask, take memory, ask again. Freed with free(). */
static char *json_of(arc_record *r)
{
    size_t n = 0;
    char *text;
    if (arc_record_get_json(r, NULL, &n) != ARC_E_BUFFER) return NULL;
    text = malloc(++n); /* room for the NUL */
    if (text && arc_record_get_json(r, text, &n) != ARC_OK) {
        free(text);
        return NULL;
    }
    return text;
}

static void text_out(void **state)
{
    arc_record *r = invoice_record(1, "INV-9", day(1, 10), day(2, 9), 113000);
    char small[4] = "abc";
    size_t n = sizeof small;
    char *text = json_of(r);
    (void)state;
    assert_non_null(text);
    assert_non_null(strstr(text, "\"gross_amount\":\"1130.00\""));
    assert_status(ARC_E_BUFFER, arc_record_get_json(r, small, &n));
    assert_int_equal(n, strlen(text));
    assert_string_equal(small, "abc");
    free(text);
    arc_record_free(r);
}

/* A batch: each element has its own status. */
static size_t record_all(arc_record *const *invoices, size_t n, arc_status *results)
{
    size_t refused = 0;
    arc_status st = arc_invoice_record_many(session, NULL, results, invoices, n, 0);
    if (st < 0) return n; /* nothing was recorded */
    if (st == ARC_PARTIAL) {
        for (size_t i = 0; i < n; i++) refused += results[i] != ARC_OK;
    }
    return refused;
}

static void batches(void **state)
{
    int64_t c = customer();
    arc_record *r[3];
    arc_status results[3] = { 0 };
    arc_error e = ARC_ERROR_INIT;
    (void)state;
    r[0] = invoice_record(c, "INV-1", day(1, 10), day(2, 9), 100);
    r[1] = invoice_record(c, "INV-1", day(1, 10), day(2, 9), 200);
    r[2] = invoice_record(c, "INV-2", day(1, 10), day(2, 9), 300);
    assert_int_equal(record_all(r, 3, results), 1);
    assert_int_equal(results[0], ARC_OK);
    assert_int_equal(results[1], ARC_E_EXISTS);
    assert_int_equal(results[2], ARC_OK);
    assert_ok(arc_session_error(session, &e));
    assert_int_equal(e.row, 1);
    assert_string_equal(e.field, "number");
    account_is(c, 400, 0, 2);
    for (int i = 0; i < 3; i++) arc_record_free(r[i]);
}

/* Does it once, however often it is called with the same key: also by another process, after this one died. */
static arc_status record_once(const char *key, int64_t *id, arc_record *invoice)
{
    arc_status st;
    int tries = 5;
    do {
        st = arc_session_set_request_key(session, key); /* each call takes it */
        if (st == ARC_OK) st = arc_invoice_record(session, id, invoice);
    } while (arc_status_retryable(st) && --tries);
    return st;
}

static void once(void **state)
{
    int64_t c = customer(), first = 0, again = 0;
    arc_record *r = invoice_record(c, "INV-1", day(1, 10), day(2, 9), 100), *other = invoice_record(c, "INV-1", day(1, 10), day(2, 9), 101);
    (void)state;
    assert_ok(record_once("order 17", &first, r));
    assert_ok(record_once("order 17", &again, r));
    assert_int_equal(first, again);
    assert_status(ARC_E_REQUEST, record_once("order 17", &again, other));
    assert_status(ARC_E_EXISTS, arc_invoice_record(session, NULL, r)); /* without the key it is a call like any other */
    account_is(c, 100, 0, 1);
    arc_record_free(r);
    arc_record_free(other);
}

/* Lines of docs/api-laws.md on handles and outputs. */
static void handles(void **state)
{
    arc_record *r, *gone;
    int64_t kept = 7;
    (void)state;
    assert_ok(arc_record_new(session, &r, ARC_CUSTOMER));
    assert_status(ARC_E_NOT_FOUND, arc_record_get_int(r, &kept, ARC_CUSTOMER_OWNER));
    assert_int_equal(kept, 7); /* a default set before the call stands */
    gone = r;
    arc_record_free(r);
    arc_record_free(gone); /* does nothing */
    assert_status(ARC_E_HANDLE, arc_record_clear(gone));
    assert_status(ARC_E_HANDLE, arc_session_error((arc_session *)(void *)book, NULL));
    arc_session_close(session);
    assert_status(ARC_E_HANDLE, arc_record_new(session, &r, ARC_CUSTOMER));
    assert_null(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(worked_example, setup, teardown),
        cmocka_unit_test_setup_teardown(text_out, setup, teardown),
        cmocka_unit_test_setup_teardown(batches, setup, teardown),
        cmocka_unit_test_setup_teardown(once, setup, teardown),
        cmocka_unit_test_setup_teardown(handles, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
