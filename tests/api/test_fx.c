/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign currency: booked base amounts, realised differences, receipts in another currency than the item. T1.8 and T1.9 of the domain notes. */
#include "api/ledger_kit.h"

/* The rate a document was booked at stands in it. */
static void rate_is(test_book *b, uint32_t entity, int64_t id, arc_field_id field, int64_t mantissa)
{
    arc_decimal d = { 0 };
    arc_record *r = row_of_id(b, entity, id);
    assert_ok(arc_record_get_decimal(r, &d, field));
    assert_int_equal(d.scale, 8);
    assert_int_equal(d.mantissa, mantissa);
    arc_record_free(r);
}

/* T1.8: USD 10,000 booked at 7.10; 4,000 come in at 7.15, 6,000 at 7.05: +200, -300. */
static void differences_are_realised(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        (void)record_of(&b, ARC_EXCHANGE_RATE, "{\"kind\":\"booked\",\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"valid_on\":\"2026-01-01\",\"units\":100,\"rate\":\"710\"}");
        (void)record_of(&b, ARC_EXCHANGE_RATE, "{\"kind\":\"booked\",\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"valid_on\":\"2026-02-01\",\"units\":1,\"rate\":\"7.15\"}");
        (void)record_of(&b, ARC_INVOICE, "{\"number\":\"I\",\"customer\":1,\"invoice_date\":\"2026-01-31\",\"due_date\":\"2026-02-28\",\"currency\":\"USD\",\"gross_amount\":\"10000.00\"}");
        int64_t one = record_of(&b, ARC_RECEIPT, "{\"number\":\"R1\",\"customer\":1,\"value_date\":\"2026-02-01\",\"currency\":\"USD\",\"amount\":\"4000.00\"}");
        int64_t two = record_of(&b, ARC_RECEIPT, "{\"number\":\"R2\",\"customer\":1,\"value_date\":\"2026-03-01\",\"currency\":\"USD\",\"amount\":\"6000.00\",\"fx_rate\":\"7.05\"}");
        assert_int_equal(sum_of(&b, ARC_ITEM_STATE, ARC_ITEM_STATE_BASE_OPEN, NULL), 7100000);
        rate_is(&b, ARC_INVOICE, 1, ARC_INVOICE_FX_RATE, 710000000); /* for one, though quoted for 100 */
        rate_is(&b, ARC_RECEIPT, one, ARC_RECEIPT_FX_RATE, 715000000);
        rate_is(&b, ARC_RECEIPT, two, ARC_RECEIPT_FX_RATE, 705000000);
        int64_t first = allocate(&b, 1, one, 400000, 0), last = allocate(&b, 1, two, 600000, 0);
        assert_int_equal(fx_of(&b, first), 20000);
        assert_int_equal(fx_of(&b, last), -30000);
        assert_int_equal(sum_of(&b, ARC_ITEM_STATE, ARC_ITEM_STATE_BASE_OPEN, NULL), 0);
        assert_int_equal(sum_of(&b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT, "fx_realised"), 10000); /* a loss is a debit */
        assert_int_equal(sum_of(&b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT, "receivable"), 0);
        assert_int_equal(sum_of(&b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT, "bank"), 7090000);
        verify_clean(&b);
        assert_session(&b, arc_allocation_reverse(b.session, NULL, first, ARC_DATE_NONE, "wrong one"));
        assert_int_equal(sum_of(&b, ARC_ITEM_STATE, ARC_ITEM_STATE_BASE_OPEN, NULL), 2840000);
        assert_int_equal(sum_of(&b, ARC_RECEIPT_STATE, ARC_RECEIPT_STATE_BASE_UNAPPLIED, NULL), 2860000);
        assert_int_equal(sum_of(&b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT, "fx_realised"), 30000);
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* Parts never leave a cent behind: 100.00 USD at 7.10333333 in thirds. */
static void the_last_takes_the_last_cent(void **state)
{
    test_book b;
    (void)state;
    open_book(&b, 0);
    (void)record_of(&b, ARC_INVOICE, "{\"number\":\"I\",\"customer\":1,\"invoice_date\":\"2026-01-31\",\"due_date\":\"2026-02-28\",\"currency\":\"USD\",\"gross_amount\":\"100.00\","
                                     "\"fx_rate\":\"7.10333333\"}");
    int64_t r = record_of(&b, ARC_RECEIPT, "{\"number\":\"R1\",\"customer\":1,\"value_date\":\"2026-02-01\",\"currency\":\"USD\",\"amount\":\"100.00\",\"fx_rate\":\"7.10333333\"}");
    static const int64_t parts[] = { 3333, 3333, 3334 };
    for (int i = 0; i < 3; i++) (void)allocate(&b, 1, r, parts[i], 0);
    assert_int_equal(sum_of(&b, ARC_ITEM_STATE, ARC_ITEM_STATE_BASE_OPEN, NULL), 0);
    assert_int_equal(sum_of(&b, ARC_RECEIPT_STATE, ARC_RECEIPT_STATE_BASE_UNAPPLIED, NULL), 0);
    assert_int_equal(sum_of(&b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT, "fx_realised"), 0);
    verify_clean(&b);
    test_book_close(&b);
}

/* EUR 90.00 booked at 700.00, paid with CNY 710.00, and CNY 700.00 paid with USD 100.00 booked at 710.00. */
static void receipts_in_another_currency(void **state)
{
    test_book b;
    arc_allocation a = ARC_ALLOCATION_INIT;
    (void)state;
    open_book(&b, 1);
    (void)record_of(&b, ARC_INVOICE, "{\"number\":\"I1\",\"customer\":1,\"invoice_date\":\"2026-01-31\",\"due_date\":\"2026-02-28\",\"currency\":\"EUR\",\"gross_amount\":\"90.00\","
                                     "\"base_currency\":\"CNY\",\"base_amount\":\"700.00\"}");
    (void)record_of(&b, ARC_INVOICE, "{\"number\":\"I2\",\"customer\":1,\"invoice_date\":\"2026-01-31\",\"due_date\":\"2026-02-28\",\"currency\":\"CNY\",\"gross_amount\":\"700.00\"}");
    int64_t cny = record_of(&b, ARC_RECEIPT, "{\"number\":\"R1\",\"customer\":1,\"value_date\":\"2026-02-01\",\"currency\":\"CNY\",\"amount\":\"710.00\"}");
    int64_t usd = record_of(&b, ARC_RECEIPT, "{\"number\":\"R2\",\"customer\":1,\"value_date\":\"2026-02-01\",\"currency\":\"USD\",\"amount\":\"100.00\",\"fx_rate\":\"7.1\"}");
    a.item = 1;
    a.receipt = cny;
    a.amount = 9000;
    assert_session_status(ARC_E_CURRENCY, &b, arc_allocation_apply(b.session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
    assert_int_equal(fx_of(&b, allocate(&b, 1, cny, 9000, 71000)), 1000);
    assert_int_equal(fx_of(&b, allocate(&b, 2, usd, 70000, 10000)), 1000);
    assert_int_equal(sum_of(&b, ARC_RECEIPT_STATE, ARC_RECEIPT_STATE_UNAPPLIED, NULL), 0);
    assert_int_equal(sum_of(&b, ARC_ITEM_STATE, ARC_ITEM_STATE_OPEN, NULL), 0);
    verify_clean(&b);
    assert_session(&b, arc_allocation_reverse(b.session, NULL, 1, ARC_DATE_NONE, "wrong one"));
    assert_int_equal(sum_of(&b, ARC_ITEM_STATE, ARC_ITEM_STATE_BASE_OPEN, NULL), 70000);
    verify_clean(&b);
    test_book_close(&b);
}

/* Without a rate there are no base amounts; a book may ask for them. */
static void without_a_rate(void **state)
{
    test_book b;
    arc_record *r;
    arc_error e = ARC_ERROR_INIT;
    static const char json[] = "{\"number\":\"I\",\"customer\":1,\"invoice_date\":\"2026-01-31\",\"due_date\":\"2026-02-28\",\"currency\":\"JPY\",\"gross_amount\":\"90\"}";
    (void)state;
    open_book(&b, 0);
    (void)record_of(&b, ARC_INVOICE, json);
    verify_clean(&b);
    (void)record_of(&b, ARC_BOOK_SETTING, "{\"name\":\"ledger.require_rate\",\"value\":\"1\"}");
    assert_ok(arc_record_new(b.session, &r, ARC_INVOICE));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session_status(ARC_E_VALUE, &b, arc_invoice_record(b.session, NULL, r));
    assert_ok(arc_session_error(b.session, &e));
    assert_string_equal(e.field, "base_amount");
    arc_record_free(r);
    test_book_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(differences_are_realised), cmocka_unit_test(the_last_takes_the_last_cent),
                                        cmocka_unit_test(receipts_in_another_currency), cmocka_unit_test(without_a_rate) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
