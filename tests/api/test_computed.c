/* SPDX-License-Identifier: Apache-2.0 */
/* Fields without a column: the life of an invoice, as it stands and as of days that are past, for whoever may see it. */
#include "api/settling.h"

static arc_record *read_row(test_book *b, uint32_t entity, int64_t id, arc_date day)
{
    arc_record *r;
    assert_session(b, arc_session_get(b->session, &r, entity, id));
    assert_session(b, arc_record_compute(b->session, &r, 1, day));
    return r;
}

static void text_is(arc_record *r, arc_field_id field, const char *expected)
{
    const char *text = NULL;
    arc_status st = arc_record_get_text(r, &text, NULL, field);
    assert_int_equal(st, expected ? ARC_OK : ARC_E_NOT_FOUND);
    if (expected) assert_string_equal(text, expected);
}

static void money_is(arc_record *r, arc_field_id field, int64_t expected)
{
    arc_money m;
    assert_ok(arc_record_get_money(r, &m, field));
    assert_int_equal(m.minor, expected);
}

/* open and settlement of an invoice as of a day; settlement NULL: it was not there. */
static void invoice_is(test_book *b, int64_t id, arc_date day, int64_t open, const char *settlement)
{
    arc_record *r = read_row(b, ARC_INVOICE, id, day);
    text_is(r, ARC_INVOICE_SETTLEMENT, settlement);
    if (settlement) money_is(r, ARC_INVOICE_OPEN, open);
    else text_is(r, ARC_INVOICE_ITEMS, NULL);
    arc_record_free(r);
}

static void receipt_is(test_book *b, int64_t id, arc_date day, int64_t unapplied, const char *status)
{
    arc_record *r = read_row(b, ARC_RECEIPT, id, day);
    text_is(r, ARC_RECEIPT_STATUS, status);
    if (status) money_is(r, ARC_RECEIPT_UNAPPLIED, unapplied);
    arc_record_free(r);
}

static int64_t apply(test_book *b, int64_t item, int64_t receipt, int64_t amount, int64_t write_off, arc_date day)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    int64_t id = 0;
    a.item = item;
    a.receipt = receipt;
    a.amount = amount;
    a.write_off = write_off;
    if (write_off) a.reason_code = "small_difference";
    a.date = day;
    assert_session(b, arc_allocation_apply(b->session, &id, NULL, &a, 1, ARC_ALL_OR_NONE));
    return id;
}

static int64_t invoice_of(test_book *b, int64_t item)
{
    arc_record *r;
    int64_t id = 0;
    assert_session(b, arc_session_get(b->session, &r, ARC_ITEM, item));
    assert_ok(arc_record_get_int(r, &id, ARC_ITEM_INVOICE));
    arc_record_free(r);
    return id;
}

static void life(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        int64_t item = invoiced(&b, "I", 1, "100.00", "CNY"), invoice = invoice_of(&b, item), receipt = paid(&b, "R", 1, "150.00", "CNY"), row, back;
        arc_record *r;
        char list[40];
        invoice_is(&b, invoice, ARC_DATE_NONE, 10000, "open");
        invoice_is(&b, invoice, 20453, 0, NULL); /* the day before */
        receipt_is(&b, receipt, ARC_DATE_NONE, 15000, "unapplied");
        (void)apply(&b, item, receipt, 4000, 0, FEB_10);
        invoice_is(&b, invoice, ARC_DATE_NONE, 6000, "partial");
        row = apply(&b, item, receipt, 5990, 10, MAR_1);
        invoice_is(&b, invoice, ARC_DATE_NONE, 0, "paid");
        receipt_is(&b, receipt, ARC_DATE_NONE, 5010, "partial");
        r = read_row(&b, ARC_ITEM, item, ARC_DATE_NONE);
        money_is(r, ARC_ITEM_RECEIVED, 9990);
        money_is(r, ARC_ITEM_WRITTEN_OFF, 10);
        money_is(r, ARC_ITEM_DISCOUNT, 0);
        money_is(r, ARC_ITEM_OPEN, 0);
        text_is(r, ARC_ITEM_STATUS, "paid");
        assert_int_equal(arc_record_get_int(r, &back, ARC_ITEM_OVERDUE_DAYS), ARC_E_NOT_FOUND); /* nothing of it grows old */
        arc_record_free(r);
        assert_session(&b, arc_allocation_reverse(b.session, &back, row, MAR_10, "wrong"));
        invoice_is(&b, invoice, ARC_DATE_NONE, 6000, "partial");
        invoice_is(&b, invoice, MAR_10 - 1, 0, "paid");
        invoice_is(&b, invoice, MAR_1 - 1, 6000, "partial");
        invoice_is(&b, invoice, FEB_10 - 1, 10000, "open");
        receipt_is(&b, receipt, FEB_10 - 1, 15000, "unapplied");
        receipt_is(&b, receipt, FEB_1 - 1, 0, NULL);
        r = read_row(&b, ARC_ITEM, item, FEB_1 + 1); /* due on 31 January */
        assert_ok(arc_record_get_int(r, &row, ARC_ITEM_OVERDUE_DAYS));
        assert_int_equal(row, 2);
        assert_ok(arc_record_get_int(r, &row, ARC_ITEM_AGE_DAYS));
        assert_int_equal(row, 32);
        assert_ok(arc_record_get_int(r, &row, ARC_ITEM_BUCKET));
        assert_int_equal(row, 1);
        arc_record_free(r);
        r = read_row(&b, ARC_ALLOCATION, 2, ARC_DATE_NONE);
        assert_ok(arc_record_get_int(r, &row, ARC_ALLOCATION_REVERSED_BY));
        assert_int_equal(row, back);
        assert_session(&b, arc_record_compute(b.session, &r, 1, MAR_10 - 1)); /* what it had before is forgotten */
        assert_int_equal(arc_record_get_int(r, &row, ARC_ALLOCATION_REVERSED_BY), ARC_E_NOT_FOUND);
        arc_record_free(r);
        r = read_row(&b, ARC_INVOICE, invoice, ARC_DATE_NONE);
        snprintf(list, sizeof list, "[%lld]", (long long)item);
        text_is(r, ARC_INVOICE_ITEMS, list);
        money_is(r, ARC_INVOICE_DIFFERENCE, 0);
        arc_record_free(r);
        test_book_close(&b);
    }
}

static void what_is_wrong(void **state)
{
    (void)state;
    test_book b;
    arc_record *r, *two[2];
    arc_money m;
    open_book(&b, 0);
    int64_t item = invoiced(&b, "I", 1, "100.00", "CNY");
    assert_ok(arc_record_compute(b.session, NULL, 0, ARC_DATE_NONE));
    assert_session_status(ARC_E_INVALID, &b, arc_record_compute(b.session, NULL, 1, ARC_DATE_NONE));
    assert_ok(arc_record_new(b.session, &r, ARC_ITEM));
    assert_session_status(ARC_E_INVALID, &b, arc_record_compute(b.session, &r, 1, ARC_DATE_NONE));
    assert_ok(arc_record_set_int(r, ARC_ITEM_ID, 99));
    assert_session(&b, arc_session_get(b.session, &two[0], ARC_ITEM, item));
    two[1] = r;
    assert_session_status(ARC_E_NOT_FOUND, &b, arc_record_compute(b.session, two, 2, ARC_DATE_NONE));
    assert_int_equal(arc_record_get_money(two[0], &m, ARC_ITEM_OPEN), ARC_E_NOT_FOUND); /* nothing was put */
    two[1] = two[0];
    assert_session_status(ARC_E_RANGE, &b, arc_record_compute(b.session, two, 2, ARC_DATE_MAX + 1));
    assert_session(&b, arc_record_compute(b.session, two, 2, ARC_DATE_NONE));
    money_is(two[0], ARC_ITEM_OPEN, 10000);
    arc_record_free(two[0]);
    assert_int_equal(arc_record_compute(b.session, two, 1, ARC_DATE_NONE), ARC_E_HANDLE);
    arc_record_free(r);
    test_book_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(life), cmocka_unit_test(what_is_wrong) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
