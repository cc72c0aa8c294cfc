/* SPDX-License-Identifier: Apache-2.0 */
/* Settling in time: reports as of a day stay as they were, and show no less than nothing on any day; whose a receipt was; nettings are known as such. */
#include "api/bills.h"
#include "api/settling.h"

/* 100 paid on 10 February, taken back on 10 March: on the days between nothing was open, so nothing can be paid on one of them. */
static void no_day_is_paid_twice(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_allocation a = ARC_ALLOCATION_INIT;
        arc_error e = ARC_ERROR_INIT;
        open_book(&b, backend);
        int64_t item = invoiced(&b, "I", 1, "100.00", "CNY"), r = paid(&b, "R", 1, "100.00", "CNY"), s = paid(&b, "S", 1, "100.00", "CNY");
        a.item = item;
        a.receipt = r;
        a.amount = 10000;
        a.date = FEB_10;
        int64_t id;
        assert_session(&b, arc_allocation_apply(b.session, &id, NULL, &a, 1, ARC_ALL_OR_NONE));
        assert_session(&b, arc_allocation_reverse(b.session, NULL, id, MAR_10, "bounced"));
        a.receipt = s;
        a.date = MAR_1;
        assert_int_equal(arc_allocation_apply(b.session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE), ARC_E_GUARD);
        assert_ok(arc_session_error(b.session, &e));
        assert_string_equal(e.entity, "item");
        assert_true(strstr(e.message, "2026-03-09") != NULL);
        a.receipt = r; /* nor on a day on which the receipt had nothing left */
        a.item = invoiced(&b, "J", 1, "100.00", "CNY");
        assert_int_equal(arc_allocation_apply(b.session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE), ARC_E_GUARD);
        a.date = FEB_1 + 3; /* before the first: the same */
        assert_int_equal(arc_allocation_apply(b.session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE), ARC_E_GUARD);
        a.date = MAR_10;
        assert_session(&b, arc_allocation_apply(b.session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
        as_of(&b, MAR_1, "CNY", 10000, 10000);
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* In one call, in any order of days: what an earlier element leaves over counts from its day on. */
static void days_of_one_call(void **state)
{
    test_book b;
    arc_allocation a[3] = { ARC_ALLOCATION_INIT, ARC_ALLOCATION_INIT, ARC_ALLOCATION_INIT };
    arc_status results[3];
    (void)state;
    open_book(&b, 1);
    int64_t item = invoiced(&b, "I", 1, "100.00", "CNY"), r = paid(&b, "R", 1, "300.00", "CNY");
    static const arc_date days[] = { MAR_10, FEB_10, MAR_1 };
    static const int64_t amounts[] = { 5000, 3000, 2000 };
    for (int i = 0; i < 3; i++) {
        a[i].item = item;
        a[i].receipt = r;
        a[i].amount = amounts[i];
        a[i].date = days[i];
    }
    assert_session(&b, arc_allocation_apply(b.session, NULL, results, a, 3, 0));
    as_of(&b, FEB_10, "CNY", 7000, 27000);
    as_of(&b, MAR_1, "CNY", 5000, 25000);
    as_of(&b, MAR_10, "CNY", 0, 20000);
    verify_clean(&b);
    test_book_close(&b);
}

/* Between claim and its being taken back the receipt was the customer's, and stays so in reports of those days; then it is another's. */
static void claims_have_a_history(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        char before[2][20000];
        open_book(&b, backend);
        (void)record_of(&b, ARC_CUSTOMER, "{\"code\":\"D\",\"legal_name\":\"D\"}");
        int64_t item = invoiced(&b, "I", 1, "100.00", "CNY"), r = paid(&b, "R", 0, "60.00", "CNY");
        assert_session(&b, arc_receipt_claim(b.session, r, 1, FEB_10));
        arc_allocation a = ARC_ALLOCATION_INIT;
        a.item = item;
        a.receipt = r;
        a.amount = 2000;
        a.date = FEB_10 + 1;
        int64_t id;
        assert_session(&b, arc_allocation_apply(b.session, &id, NULL, &a, 1, ARC_ALL_OR_NONE));
        aged(&b, FEB_10, before[0], sizeof before[0]);
        aged(&b, FEB_10 + 2, before[1], sizeof before[1]);
        assert_session(&b, arc_allocation_reverse(b.session, NULL, id, MAR_1, "not theirs"));
        assert_int_equal(arc_receipt_unclaim(b.session, r, MAR_1 - 1, "it was applied until later"), ARC_E_RANGE);
        assert_session(&b, arc_receipt_unclaim(b.session, r, MAR_1 + 2, "not theirs"));
        verify_clean(&b);
        assert_aged(&b, FEB_10, before[0]);
        assert_aged(&b, FEB_10 + 2, before[1]);
        as_of(&b, MAR_1 + 1, "CNY", 10000, 6000);
        as_of(&b, MAR_1 + 2, "CNY", 10000, 0);
        assert_int_equal(arc_receipt_claim(b.session, r, 2, MAR_1), ARC_E_RANGE); /* it was the first one's then */
        assert_session(&b, arc_receipt_claim(b.session, r, 2, MAR_10));
        verify_clean(&b);
        assert_aged(&b, FEB_10, before[0]);
        assert_aged(&b, FEB_10 + 2, before[1]);
        as_of(&b, MAR_1 + 3, "CNY", 10000, 0);
        as_of(&b, MAR_10, "CNY", 10000, 6000);
        assert_int_equal(unapplied_of_customer(&b, FEB_10, 1), 6000);
        assert_int_equal(unapplied_of_customer(&b, FEB_10, 2), 0);
        assert_int_equal(unapplied_of_customer(&b, MAR_10, 1), 0);
        assert_int_equal(unapplied_of_customer(&b, MAR_10, 2), 6000);
        assert_int_equal(arc_receipt_return(b.session, r, MAR_10 - 1, "bounced"), ARC_E_RANGE);
        assert_session(&b, arc_receipt_return(b.session, r, MAR_10 + 5, "bounced"));
        assert_aged(&b, FEB_10, before[0]);
        assert_int_equal(unapplied_of_customer(&b, MAR_10 + 4, 2), 6000);
        assert_int_equal(unapplied_of_customer(&b, MAR_10 + 5, 2), 0);
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* Nobody knew of it before it was made, nor of its end before that: by seal. */
static void claims_as_known(void **state)
{
    test_book b;
    int64_t seals[3];
    (void)state;
    open_book(&b, 0);
    int64_t r = paid(&b, "R", 0, "60.00", "CNY");
    seals[0] = sealed(&b);
    assert_session(&b, arc_receipt_claim(b.session, r, 1, FEB_10));
    seals[1] = sealed(&b);
    assert_session(&b, arc_receipt_unclaim(b.session, r, MAR_1, "not theirs"));
    seals[2] = sealed(&b);
    assert_int_equal(unapplied_known(&b, FEB_10, seals[0]), 0);
    assert_int_equal(unapplied_known(&b, FEB_10, seals[1]), 6000);
    assert_int_equal(unapplied_known(&b, MAR_10, seals[1]), 6000);
    assert_int_equal(unapplied_known(&b, FEB_10, seals[2]), 6000);
    assert_int_equal(unapplied_known(&b, MAR_10, seals[2]), 0);
    test_book_close(&b);
}

/* A statement of the time shows that it came, and that it went. */
static void statements_show_claims(void **state)
{
    test_book b;
    arc_statement *st;
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    char text[8000];
    size_t n = sizeof text;
    (void)state;
    open_book(&b, 0);
    (void)invoiced(&b, "I", 1, "100.00", "CNY");
    int64_t r = paid(&b, "R", 0, "60.00", "CNY");
    assert_session(&b, arc_receipt_claim(b.session, r, 1, FEB_10));
    assert_session(&b, arc_receipt_unclaim(b.session, r, MAR_1, "not theirs"));
    o.customer = 1;
    o.from = FEB_1;
    o.to = MAR_10;
    assert_session(&b, arc_statement_compute(b.session, &st, &o));
    assert_ok(arc_statement_json(st, text, &n));
    assert_true(strstr(text, "receipt_unclaim") != NULL);
    assert_true(strstr(text, "\"closing\":\"100.00\"") != NULL);
    arc_statement_free(st);
    o.to = FEB_10 + 1;
    n = sizeof text;
    assert_session(&b, arc_statement_compute(b.session, &st, &o));
    assert_ok(arc_statement_json(st, text, &n));
    assert_true(strstr(text, "\"closing\":\"40.00\"") != NULL);
    arc_statement_free(st);
    test_book_close(&b);
}

/* A receipt cannot have gone back before what it paid was freed. */
static void returns_come_last(void **state)
{
    test_book b;
    arc_allocation a = ARC_ALLOCATION_INIT;
    int64_t id;
    (void)state;
    open_book(&b, 1);
    a.item = invoiced(&b, "I", 1, "100.00", "CNY");
    a.receipt = paid(&b, "R", 1, "100.00", "CNY");
    a.amount = 4000;
    a.date = FEB_10;
    assert_session(&b, arc_allocation_apply(b.session, &id, NULL, &a, 1, ARC_ALL_OR_NONE));
    assert_session(&b, arc_allocation_reverse(b.session, NULL, id, MAR_10, "wrong"));
    assert_int_equal(arc_receipt_return(b.session, a.receipt, MAR_1, "bounced"), ARC_E_RANGE);
    assert_session(&b, arc_receipt_return(b.session, a.receipt, MAR_10, "bounced"));
    as_of(&b, MAR_1, "CNY", 6000, 6000);
    verify_clean(&b);
    test_book_close(&b);
}

/* What a netting settles says so, by hand and by proposal. */
static void nettings_say_so(void **state)
{
    test_book b;
    (void)state;
    open_book(&b, 0);
    int64_t item = invoiced(&b, "I", 1, "100.00", "CNY");
    int64_t n = record_of(&b, ARC_RECEIPT, "{\"number\":\"N\",\"customer\":1,\"value_date\":\"2026-02-01\",\"currency\":\"CNY\",\"amount\":\"70.00\",\"method\":\"offset\","
                                           "\"evidence\":\"netting agreement 2026-01\"}");
    int64_t r = paid(&b, "R", 1, "10.00", "CNY");
    assert_text(&b, ARC_ALLOCATION, allocate(&b, item, n, 7000, 0), ARC_ALLOCATION_MODE, "netting");
    assert_text(&b, ARC_ALLOCATION, allocate(&b, item, r, 1000, 0), ARC_ALLOCATION_MODE, "manual");
    verify_clean(&b);
    test_book_close(&b);
}

/* A bill of exchange is given back or dishonoured, never returned like money. */
static void bills_are_not_returned(void **state)
{
    test_book b;
    arc_record *r;
    int64_t receipt;
    (void)state;
    open_book(&b, 0);
    open_bills(&b);
    int64_t item = book_item(&b, "I", "100.00"), bill = receive_for(&b, "B", 10000, item, 6000, book_item(&b, "J", "40.00"), 4000);
    r = row_of_id(&b, ARC_BILL, bill);
    assert_ok(arc_record_get_int(r, &receipt, ARC_BILL_RECEIPT));
    arc_record_free(r);
    assert_int_equal(arc_receipt_return(b.session, receipt, ARC_DATE_NONE, "bounced"), ARC_E_STATE);
    assert_int_equal(open_of(&b, item), 4000);
    verify_clean(&b);
    test_book_close(&b);
}

/* Many at once: each with its answer, one commit. */
static void many_receipts(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_ledger_step steps[5] = { ARC_LEDGER_STEP_INIT, ARC_LEDGER_STEP_INIT, ARC_LEDGER_STEP_INIT, ARC_LEDGER_STEP_INIT, ARC_LEDGER_STEP_INIT };
        arc_status results[5];
        int64_t ids[5], r[3];
        open_book(&b, backend);
        r[0] = paid(&b, "R0", 0, "10.00", "CNY");
        r[1] = paid(&b, "R1", 0, "20.00", "CNY");
        r[2] = paid(&b, "R2", 1, "30.00", "CNY");
        for (int i = 0; i < 5; i++) {
            steps[i].row = i < 3 ? r[i] : i == 3 ? r[0] : 999;
            steps[i].customer = 1;
            steps[i].date = FEB_10;
        }
        assert_int_equal(arc_receipt_claim_many(b.session, ids, results, steps, 5, 0), ARC_PARTIAL);
        assert_int_equal(results[0], ARC_OK);
        assert_int_equal(results[1], ARC_OK);
        assert_int_equal(results[2], ARC_E_STATE);  /* known already */
        assert_int_equal(results[3], ARC_E_EXISTS); /* named twice */
        assert_int_equal(results[4], ARC_E_NOT_FOUND);
        assert_true(ids[0] && ids[1] && !ids[2] && !ids[3] && !ids[4]);
        assert_int_equal(sum_of(&b, ARC_ACCOUNT, ARC_ACCOUNT_UNAPPLIED, NULL), 6000);
        verify_clean(&b);
        assert_int_equal(arc_receipt_unclaim_many(b.session, NULL, NULL, steps, 2, ARC_ALL_OR_NONE), ARC_E_INVALID); /* no reason */
        for (int i = 0; i < 5; i++) steps[i].reason = "not theirs";
        steps[1].version = 77;
        assert_int_equal(arc_receipt_unclaim_many(b.session, NULL, results, steps, 2, ARC_ALL_OR_NONE), ARC_E_STALE);
        assert_int_equal(sum_of(&b, ARC_ACCOUNT, ARC_ACCOUNT_UNAPPLIED, NULL), 6000);
        steps[1].version = 0;
        assert_session(&b, arc_receipt_unclaim_many(b.session, ids, results, steps, 2, 0));
        assert_session(&b, arc_receipt_return_many(b.session, ids, results, steps, 3, 0));
        assert_int_equal(sum_of(&b, ARC_ACCOUNT, ARC_ACCOUNT_UNAPPLIED, NULL), 0);
        assert_int_equal(booked(&b, "unidentified"), 0);
        assert_int_equal(booked(&b, "bank"), 0);
        verify_clean(&b);
        test_book_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(no_day_is_paid_twice), cmocka_unit_test(days_of_one_call), cmocka_unit_test(claims_have_a_history),
                                        cmocka_unit_test(claims_as_known), cmocka_unit_test(statements_show_claims), cmocka_unit_test(returns_come_last),
                                        cmocka_unit_test(nettings_say_so), cmocka_unit_test(bills_are_not_returned), cmocka_unit_test(many_receipts) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
