/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger's verbs as a caller meets them: wrong handles and arguments, batches with bad elements, what the errors say, aging's laws. */
#include "support/support.h"

#include "arcore/arcore.h"

typedef struct fixture {
    arc_book *book;
    arc_session *session;
    int64_t customer;
} fixture;

static void open_book(test_env *t, fixture *f, const char *uri, uint32_t flags)
{
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    bo.flags = flags;
    so.business_date = 20500;
    assert_ok(arc_book_open(t->ctx, &f->book, uri, &bo));
    assert_ok(arc_session_open(f->book, &f->session, &so));
}

static void start(test_env *t, fixture *f)
{
    arc_record *r;
    open_book(t, f, "memory:", ARC_BOOK_CREATE);
    assert_ok(arc_record_new(f->session, &r, ARC_CUSTOMER));
    assert_ok(arc_customer_set_code(r, "K1", SIZE_MAX));
    assert_ok(arc_customer_set_legal_name(r, "One", SIZE_MAX));
    assert_ok(arc_session_insert(f->session, &f->customer, r));
    arc_record_free(r);
}

static arc_record *invoice(fixture *f, const char *number, int64_t minor)
{
    arc_record *r;
    arc_money m;
    assert_ok(arc_money_set(&m, minor, "CNY"));
    assert_ok(arc_record_new(f->session, &r, ARC_INVOICE));
    assert_ok(arc_invoice_set_number(r, number, SIZE_MAX));
    assert_ok(arc_invoice_set_customer(r, f->customer));
    assert_ok(arc_invoice_set_invoice_date(r, 20400));
    assert_ok(arc_invoice_set_due_date(r, 20430));
    assert_ok(arc_invoice_set_gross_amount(r, m));
    return r;
}

static arc_record *receipt(fixture *f, const char *number, int64_t minor)
{
    arc_record *r;
    arc_money m;
    assert_ok(arc_money_set(&m, minor, "CNY"));
    assert_ok(arc_record_new(f->session, &r, ARC_RECEIPT));
    assert_ok(arc_receipt_set_number(r, number, SIZE_MAX));
    assert_ok(arc_receipt_set_customer(r, f->customer));
    assert_ok(arc_receipt_set_value_date(r, 20440));
    assert_ok(arc_receipt_set_amount(r, m));
    return r;
}

static void is_error(fixture *f, arc_status status, const char *entity, const char *field, int64_t row)
{
    arc_error e = ARC_ERROR_INIT;
    assert_ok(arc_session_error(f->session, &e));
    assert_int_equal(e.status, status);
    assert_string_equal(e.entity, entity);
    assert_string_equal(e.field, field);
    assert_int_equal(e.row, row);
    assert_true(e.message[0] && e.message_zh[0]);
}

static void wrong_handles(void **state)
{
    test_env other;
    fixture f, g;
    start(*state, &f);
    test_open(&other);
    start(&other, &g);
    arc_record *r = invoice(&f, "I1", 100), *foreign = invoice(&g, "I1", 100), *money_in = receipt(&f, "R1", 100);
    arc_allocation a = ARC_ALLOCATION_INIT;
    arc_aging *aging = NULL;
    arc_session *wrong[] = { NULL, (arc_session *)(void *)f.book, (arc_session *)(void *)r };
    for (int i = 0; i < 3; i++) {
        assert_status(ARC_E_HANDLE, arc_invoice_record(wrong[i], NULL, r));
        assert_status(ARC_E_HANDLE, arc_invoice_record_many(wrong[i], NULL, NULL, &r, 1, ARC_ALL_OR_NONE));
        assert_status(ARC_E_HANDLE, arc_receipt_record(wrong[i], NULL, money_in));
        assert_status(ARC_E_HANDLE, arc_receipt_record_many(wrong[i], NULL, NULL, &money_in, 1, ARC_ALL_OR_NONE));
        assert_status(ARC_E_HANDLE, arc_allocation_apply(wrong[i], NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
        assert_status(ARC_E_HANDLE, arc_allocation_reverse(wrong[i], NULL, 1, ARC_DATE_NONE, "x"));
        assert_status(ARC_E_HANDLE, arc_aging_compute(wrong[i], &aging, NULL));
        assert_null(aging);
    }
    assert_status(ARC_E_HANDLE, arc_invoice_record(f.session, NULL, NULL));
    assert_true(arc_invoice_record(f.session, NULL, foreign) < 0);
    assert_status(ARC_E_INVALID, arc_invoice_record(f.session, NULL, money_in)); /* a record of another entity */
    assert_status(ARC_E_INVALID, arc_receipt_record(f.session, NULL, r));
    arc_record_free(r);
    assert_status(ARC_E_HANDLE, arc_invoice_record(f.session, NULL, r)); /* freed */
    assert_ok(arc_aging_compute(f.session, &aging, NULL));
    arc_aging_free(aging);
    arc_aging_free(aging); /* twice: ignored */
    arc_aging_free(NULL);
    uint32_t n;
    arc_aging_row row = { .struct_size = sizeof row };
    size_t len = 0;
    assert_status(ARC_E_HANDLE, arc_aging_count(aging, &n));
    assert_status(ARC_E_HANDLE, arc_aging_get(aging, &row, 0));
    assert_status(ARC_E_HANDLE, arc_aging_total(aging, &row, "CNY"));
    assert_status(ARC_E_HANDLE, arc_aging_json(aging, NULL, &len));
    arc_error error = ARC_ERROR_INIT;
    assert_status(ARC_E_HANDLE, arc_aging_error(aging, &error));
    assert_ok(arc_aging_compute(f.session, &aging, NULL));
    arc_book_close(f.book);
    assert_status(ARC_E_HANDLE, arc_aging_count(aging, &n)); /* gone with its session */
    assert_status(ARC_E_HANDLE, arc_aging_compute(f.session, &aging, NULL));
    arc_book_close(g.book);
    test_close(&other);
}

static void wrong_arguments(void **state)
{
    fixture f;
    start(*state, &f);
    arc_record *r = invoice(&f, "I1", 100), *in = receipt(&f, "R1", 100);
    arc_status results[2];
    arc_allocation a = ARC_ALLOCATION_INIT;
    assert_status(ARC_E_INVALID, arc_invoice_record_many(f.session, NULL, results, NULL, 1, 0));
    assert_status(ARC_E_INVALID, arc_invoice_record_many(f.session, NULL, results, &r, 0, 0));
    assert_status(ARC_E_LIMIT, arc_invoice_record_many(f.session, NULL, results, &r, 100001, 0));
    assert_status(ARC_E_LIMIT, arc_receipt_record_many(f.session, NULL, results, &in, SIZE_MAX, 0));
    assert_status(ARC_E_LIMIT, arc_allocation_apply(f.session, NULL, results, &a, (size_t)UINT32_MAX + 2, 0));
    assert_status(ARC_E_INVALID, arc_invoice_record_many(f.session, NULL, results, &r, 1, 2));
    assert_status(ARC_E_INVALID, arc_invoice_record_many(f.session, NULL, NULL, &r, 1, 0)); /* refusals would be lost */
    assert_status(ARC_E_INVALID, arc_receipt_record_many(f.session, NULL, results, NULL, 1, 0));
    assert_status(ARC_E_INVALID, arc_allocation_apply(f.session, NULL, results, NULL, 1, 0));
    a.struct_size = 0;
    assert_status(ARC_E_INVALID, arc_allocation_apply(f.session, NULL, results, &a, 1, 0));
    assert_status(ARC_E_INVALID, arc_allocation_init(NULL));
    assert_status(ARC_E_INVALID, arc_allocation_reverse(f.session, NULL, 1, ARC_DATE_NONE, NULL));
    assert_status(ARC_E_INVALID, arc_allocation_reverse(f.session, NULL, 1, ARC_DATE_NONE, ""));
    assert_status(ARC_E_ENCODING, arc_allocation_reverse(f.session, NULL, 1, ARC_DATE_NONE, "\xff"));
    assert_status(ARC_E_NOT_FOUND, arc_allocation_reverse(f.session, NULL, 99, ARC_DATE_NONE, "why"));
    arc_txn *t;
    assert_ok(arc_session_begin(f.session, &t, ARC_READ));
    assert_status(ARC_E_TXN, arc_invoice_record(f.session, NULL, r));
    assert_status(ARC_E_TXN, arc_receipt_record(f.session, NULL, in));
    arc_txn_rollback(t);
    arc_aging *g;
    static const int32_t falling[] = { 30, 10 }, many[40] = { 0 };
    struct {
        arc_aging_options o;
        arc_status status;
    } cases[6];
    for (int i = 0; i < 6; i++) {
        arc_aging_options_init(&cases[i].o);
        cases[i].status = ARC_E_INVALID;
    }
    cases[0].o.edges = falling, cases[0].o.n_edges = 2;
    cases[1].o.edges = many, cases[1].o.n_edges = 40;
    cases[2].o.flags = 2;
    cases[3].o.basis = 7;
    cases[4].o.as_of = ARC_DATE_MAX + 1, cases[4].status = ARC_E_RANGE;
    memcpy(cases[5].o.currency, "XXQ", 4), cases[5].status = ARC_E_CURRENCY;
    for (int i = 0; i < 6; i++) {
        assert_status(cases[i].status, arc_aging_compute(f.session, &g, &cases[i].o));
        assert_null(g);
    }
    assert_status(ARC_E_INVALID, arc_aging_compute(f.session, NULL, NULL));
    arc_book_close(f.book);
}

/* One bad element among good ones: the others are written, its status and the first error's place are told. */
static void bad_elements(void **state)
{
    fixture f;
    start(*state, &f);
    arc_record *r[6];
    arc_status results[6];
    int64_t ids[6];
    for (int i = 0; i < 6; i++) {
        char number[8];
        snprintf(number, sizeof number, "I%d", i == 4 ? 0 : i); /* 4 takes the number of 0 */
        r[i] = invoice(&f, number, 100 + i);
    }
    assert_ok(arc_record_set_null(r[1], ARC_INVOICE_DUE_DATE));
    assert_ok(arc_invoice_set_customer(r[2], 777));
    assert_ok(arc_record_set_json(r[3], "{\"net_amount\":\"1.00\",\"tax_amount\":\"0.13\"}", SIZE_MAX));
    assert_status(ARC_PARTIAL, arc_invoice_record_many(f.session, ids, results, r, 6, 0));
    const arc_status expected[] = { ARC_OK, ARC_E_REQUIRED, ARC_E_REFERENCE, ARC_E_VALUE, ARC_E_EXISTS, ARC_OK };
    for (int i = 0; i < 6; i++) {
        assert_int_equal(results[i], expected[i]);
        assert_true((ids[i] != 0) == (expected[i] == ARC_OK));
    }
    is_error(&f, ARC_E_REQUIRED, "invoice", "due_date", 1);
    /* all or none: nothing of a second batch */
    arc_record *two[2] = { invoice(&f, "X", 5), r[0] };
    assert_status(ARC_E_EXISTS, arc_invoice_record_many(f.session, ids, results, two, 2, ARC_ALL_OR_NONE));
    is_error(&f, ARC_E_EXISTS, "invoice", "number", 1);
    assert_true(ids[0] == 0 && results[0] != ARC_OK);
    assert_ok(arc_invoice_record(f.session, NULL, two[0])); /* so its number is free */
    arc_aging *a;
    arc_aging_row total = { .struct_size = sizeof total };
    assert_ok(arc_aging_compute(f.session, &a, NULL));
    assert_ok(arc_aging_total(a, &total, "CNY"));
    assert_int_equal(total.total, 100 + 105 + 5);
    assert_int_equal(total.n_items, 3);
    arc_book_close(f.book);
}

static void refused_json(fixture *f, arc_status status, const char *json, const char *field)
{
    arc_record *r = invoice(f, "V1", 500);
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_status(status, arc_invoice_record(f->session, NULL, r));
    is_error(f, status, "invoice", field, 0);
    arc_record_free(r);
}

/* What a verb decides is not the caller's to say, and is not silently overruled; no document without a number. */
static void not_for_callers(void **state)
{
    fixture f;
    start(*state, &f);
    refused_json(&f, ARC_E_VALUE, "{\"kind\":\"credit_note\"}", "kind");
    refused_json(&f, ARC_E_VALUE, "{\"status\":\"voided\"}", "status");
    refused_json(&f, ARC_E_VALUE, "{\"id\":7}", "id");
    refused_json(&f, ARC_E_REQUIRED, "{\"number\":\"\"}", "number");
    arc_record *r = receipt(&f, "R1", 5);
    assert_ok(arc_record_set_json(r, "{\"id\":7}", SIZE_MAX));
    assert_status(ARC_E_VALUE, arc_receipt_record(f.session, NULL, r));
    is_error(&f, ARC_E_VALUE, "receipt", "id", 0);
    arc_book_close(f.book);
}

/* A custom field that must have a value binds the verbs as it binds master data. */
static void required_custom(void **state)
{
    fixture f;
    start(*state, &f);
    assert_ok(arc_custom_define(f.session, NULL, "{\"entity\":\"invoice\",\"name\":\"x_po\",\"kind\":\"text\",\"required\":true}", SIZE_MAX));
    assert_ok(arc_custom_define(f.session, NULL, "{\"entity\":\"receipt\",\"name\":\"x_till\",\"kind\":\"text\",\"required\":true}", SIZE_MAX));
    refused_json(&f, ARC_E_REQUIRED, "{}", "x_po");
    arc_record *r = invoice(&f, "V1", 500), *t = receipt(&f, "R1", 5);
    assert_ok(arc_record_set_json(r, "{\"x_po\":\"4711\"}", SIZE_MAX));
    assert_ok(arc_invoice_record(f.session, NULL, r));
    assert_status(ARC_E_REQUIRED, arc_receipt_record(f.session, NULL, t));
    is_error(&f, ARC_E_REQUIRED, "receipt", "x_till", 0);
    arc_book_close(f.book);
}

static void bad_receipts(void **state)
{
    fixture f;
    start(*state, &f);
    arc_record *zero = receipt(&f, "R1", 0), *nobody = receipt(&f, "R2", 500);
    assert_status(ARC_E_RANGE, arc_receipt_record(f.session, NULL, zero));
    is_error(&f, ARC_E_RANGE, "receipt", "amount", 0);
    assert_ok(arc_record_set_null(nobody, ARC_RECEIPT_CUSTOMER));
    int64_t id, invoice_id;
    assert_ok(arc_receipt_record(f.session, &id, nobody));
    arc_record *i = invoice(&f, "I1", 500);
    assert_ok(arc_invoice_record(f.session, &invoice_id, i));
    arc_allocation a = ARC_ALLOCATION_INIT;
    a.receipt = id;
    a.item = 1;
    a.amount = 500;
    assert_status(ARC_E_STATE, arc_allocation_apply(f.session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE)); /* whose is it? */
    arc_session_set_business_date(f.session, ARC_DATE_NONE);
    arc_record *undated = receipt(&f, "R3", 5), *closed = receipt(&f, "R4", 5), *p;
    assert_ok(arc_receipt_record(f.session, NULL, undated)); /* on its value date */
    assert_ok(arc_record_new(f.session, &p, ARC_FISCAL_PERIOD));
    assert_ok(arc_record_set_json(p, "{\"code\":\"P\",\"starts_on\":\"2020-01-01\",\"ends_on\":\"2030-12-31\"}", SIZE_MAX));
    assert_ok(arc_session_insert(f.session, &id, p));
    assert_ok(arc_fiscal_period_close(f.session, id, NULL, 0));
    assert_status(ARC_E_REQUIRED, arc_receipt_record(f.session, NULL, closed));
    is_error(&f, ARC_E_REQUIRED, "receipt", "posting_date", 0);
    arc_book_close(f.book);
}

/* Several verbs in one transaction stand or fall together. */
/* Money that has not come yet: not beyond the business date, or as many days as the book's setting says; the same when only asked. */
static void receipts_ahead(void **state)
{
    static const struct {
        const char *setting;
        int days;
        arc_status status;
    } cases[] = { { NULL, 0, ARC_OK }, { NULL, 1, ARC_E_RANGE }, { "2", 2, ARC_OK }, { "2", 3, ARC_E_RANGE }, { "\"soon\"", 0, ARC_OK }, { "\"soon\"", 1, ARC_E_STATE } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture f;
        arc_record *r;
        start(*state, &f);
        if (cases[i].setting) {
            assert_ok(arc_record_new(f.session, &r, ARC_BOOK_SETTING));
            assert_ok(arc_book_setting_set_name(r, "receipt.days_ahead", SIZE_MAX));
            assert_ok(arc_book_setting_set_value(r, cases[i].setting, SIZE_MAX));
            assert_ok(arc_session_insert(f.session, NULL, r));
            arc_record_free(r);
        }
        r = receipt(&f, "R", 100);
        assert_ok(arc_receipt_set_value_date(r, 20500 + cases[i].days));
        assert_int_equal(arc_record_validate(f.session, r, NULL, NULL, NULL), cases[i].status);
        assert_status(cases[i].status, arc_receipt_record(f.session, NULL, r));
        if (cases[i].status == ARC_E_RANGE) is_error(&f, ARC_E_RANGE, "receipt", "value_date", 0);
        arc_record_free(r);
        arc_book_close(f.book);
    }
}

static void one_transaction(void **state)
{
    fixture f;
    start(*state, &f);
    for (int keep = 0; keep < 2; keep++) {
        arc_txn *t;
        int64_t in;
        char number[8];
        snprintf(number, sizeof number, "I%d", keep);
        assert_ok(arc_session_begin(f.session, &t, ARC_WRITE));
        assert_ok(arc_invoice_record(f.session, NULL, invoice(&f, number, 100)));
        snprintf(number, sizeof number, "R%d", keep);
        assert_ok(arc_receipt_record(f.session, &in, receipt(&f, number, 100)));
        arc_allocation a = ARC_ALLOCATION_INIT;
        a.receipt = in;
        a.item = 1;
        a.amount = 101;
        assert_status(ARC_E_GUARD, arc_allocation_apply(f.session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE)); /* refused: the rest goes on */
        a.amount = 100;
        assert_ok(arc_allocation_apply(f.session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
        if (keep) assert_ok(arc_txn_commit(t));
        else arc_txn_rollback(t);
        arc_aging *g;
        uint32_t n = 9;
        assert_ok(arc_aging_compute(f.session, &g, NULL));
        assert_ok(arc_aging_count(g, &n));
        assert_int_equal(n, 0);
        arc_verify_summary v = ARC_VERIFY_SUMMARY_INIT;
        assert_ok(arc_book_verify(f.book, &v, NULL, NULL, NULL));
        assert_int_equal(v.findings, 0);
    }
    arc_book_close(f.book);
}

static void aging_laws(void **state)
{
    fixture f;
    start(*state, &f);
    assert_ok(arc_invoice_record(f.session, NULL, invoice(&f, "I1", 12345)));
    arc_aging *a;
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_aging_row row = { .struct_size = sizeof row };
    char text[4000];
    size_t len = 0;
    /* due 20430: the day itself is not overdue, the next is day 1; T2.6's boundaries */
    static const struct {
        int day, bucket;
    } days[] = { { 20430, 0 }, { 20431, 1 }, { 20460, 1 }, { 20461, 2 }, { 20490, 2 }, { 20491, 3 }, { 20520, 3 }, { 20521, 4 } };
    for (int i = 0; i < 8; i++) {
        o.as_of = days[i].day;
        assert_ok(arc_aging_compute(f.session, &a, &o));
        assert_ok(arc_aging_get(a, &row, 0));
        for (int b = 0; b < 5; b++) assert_int_equal(row.buckets[b], b == days[i].bucket ? 12345 : 0);
        arc_aging_free(a);
    }
    o.as_of = 20399; /* before the invoice */
    uint32_t n;
    assert_ok(arc_aging_compute(f.session, &a, &o));
    assert_ok(arc_aging_count(a, &n));
    assert_int_equal(n, 0);
    assert_status(ARC_E_RANGE, arc_aging_get(a, &row, 3));
    arc_error e = ARC_ERROR_INIT;
    assert_ok(arc_aging_error(a, &e));
    assert_status(ARC_E_RANGE, e.status);
    assert_int_equal(e.row, 3);
    assert_status(ARC_E_NOT_FOUND, arc_aging_total(a, &row, "CNY"));
    assert_ok(arc_aging_error(a, &e));
    assert_status(ARC_E_NOT_FOUND, e.status);
    assert_ok(arc_aging_count(a, &n));
    assert_ok(arc_aging_error(a, &e)); /* of the last call, which succeeded */
    assert_status(ARC_OK, e.status);
    assert_status(ARC_E_INVALID, arc_aging_error(a, NULL));
    o.as_of = 20500;
    assert_ok(arc_aging_compute(f.session, &a, &o));
    assert_status(ARC_E_BUFFER, arc_aging_json(a, NULL, &len));
    size_t need = len;
    assert_true(need > 50);
    len = need; /* one byte short: no room for the NUL */
    memset(text, 'x', sizeof text);
    assert_status(ARC_E_BUFFER, arc_aging_json(a, text, &len));
    assert_int_equal(text[0], 'x');
    len = need + 1;
    assert_ok(arc_aging_json(a, text, &len));
    assert_int_equal(len, need);
    assert_non_null(strstr(text, "\"123.45\""));
    row.struct_size = 0;
    assert_status(ARC_E_INVALID, arc_aging_get(a, &row, 0));
    arc_book_close(f.book);
}

/* A balance at the edge of the range: refused whole, nothing written. */
static void overflow(void **state)
{
    fixture f;
    start(*state, &f);
    assert_ok(arc_invoice_record(f.session, NULL, invoice(&f, "I1", ARC_MONEY_MAX)));
    assert_status(ARC_E_OVERFLOW, arc_invoice_record(f.session, NULL, invoice(&f, "I2", 1)));
    is_error(&f, ARC_E_OVERFLOW, "account", "open", -1);
    assert_ok(arc_invoice_record(f.session, NULL, invoice(&f, "I2", -1)));
    arc_verify_summary v = ARC_VERIFY_SUMMARY_INIT;
    assert_ok(arc_book_verify(f.book, &v, NULL, NULL, NULL));
    assert_int_equal(v.findings, 0);
    arc_book_close(f.book);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, test_setup, test_teardown)
    const struct CMUnitTest tests[] = { T(wrong_handles), T(wrong_arguments), T(bad_elements), T(not_for_callers), T(required_custom), T(bad_receipts), T(receipts_ahead), T(one_transaction),
                                        T(aging_laws), T(overflow) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
