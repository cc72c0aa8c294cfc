/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts that pay for several customers, customers that were merged, and receipts in another currency than what they pay; proposed, applied and taken back, on every backend. */
#include "api/matching.h"

static int64_t customer(test_book *b, const char *code, int64_t parent)
{
    char json[200], of[40] = "";
    if (parent) snprintf(of, sizeof of, ",\"parent\":%d", (int)parent);
    snprintf(json, sizeof json, "{\"code\":\"%s\",\"legal_name\":\"%s Trading\"%s}", code, code, of);
    return record_of(b, ARC_CUSTOMER, json);
}

/* Of nobody, paid by a name. */
static int64_t by_name(test_book *b, const char *number, const char *payer, const char *amount, const char *memo)
{
    char json[400];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"value_date\":\"2026-04-01\",\"posting_date\":\"2026-04-01\",\"currency\":\"CNY\",\"amount\":\"%s\",\"memo\":\"%s\",\"payer_name\":\"%s\"}", number,
             amount, memo, payer);
    return record_of(b, ARC_RECEIPT, json);
}

static void merge(test_book *b, int64_t kept, int64_t gone)
{
    arc_merge m = ARC_MERGE_INIT;
    m.kept = kept;
    m.merged = gone;
    m.reason = "one and the same";
    assert_session(b, arc_customer_merge(b->session, NULL, &m));
}

/* Customers that were merged are one: what the merged one has open, what he paid, his names and flags. */
static void merged(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        int64_t gone = customer(&b, "Gone", 0);
        int64_t kept_item = due(&b, "INV-1001", 1, "500.00", "2026-03-01", ""), gone_item = due(&b, "INV-2001", gone, "300.00", "2026-03-15", "");
        int64_t of_gone = came(&b, "R0", gone, "500.00", "INV-1001");
        came(&b, "RA", gone, "77.00", "March rent");
        merge(&b, 1, gone);
        SAYS(&b, came(&b, "R1", 1, "800.00", ""), "autocash", "\"rule\":\"account\"", "\"equation\":\"800.00 = 500.00 + 300.00\"");
        SAYS(&b, came(&b, "R2", 0, "300.00", "INV-2001"), NULL, "\"rule\":\"document_amount\"", "\"claim\":1", "\"outcome\":\"auto\"");
        int64_t both = came(&b, "R3", 1, "800.00", "INV-1001 INV-2001");
        SAYS(&b, both, NULL, "\"rule\":\"references_sum\"", "\"equation\":\"800.00 = 500.00 + 300.00\"", "\"outcome\":\"auto\"");
        SAYS(&b, of_gone, NULL, "\"rule\":\"document_amount\"", "\"outcome\":\"auto\"");
        SAYS(&b, by_name(&b, "R4", "Gone Trading", "800.00", ""), "autocash", "\"rule\":\"account\"", "\"claim\":1", "\"payer_known_by\":\"name\"");
        none(&b, came(&b, "R5", 1, "77.00", "March rent"), "amount_customer", "double_payment");
        apply_line(&b, both, NULL);
        assert_int_equal(open_of(&b, kept_item), 0);
        assert_int_equal(open_of(&b, gone_item), 0);
        assert_int_equal(left_of(&b, both), 0);
        verify_clean(&b);
        assert_session(&b, arc_match_reverse(b.session, both, ARC_DATE_NONE, "not these"));
        assert_int_equal(open_of(&b, gone_item), 30000);
        arc_flag legal = ARC_FLAG_INIT;
        legal.customer = customer(&b, "Third", 0);
        legal.kind = "legal";
        legal.reason = "court";
        legal.from_date = FEB_1;
        assert_session(&b, arc_flag_set(b.session, NULL, &legal));
        int64_t last = came(&b, "R9", 1, "501.00", "INV-1001 surplus");
        SAYS(&b, last, NULL, "\"why\":\"history\"");
        merge(&b, 1, legal.customer);
        SAYS(&b, last, NULL, "\"why\":\"held\"");
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* A parent pays for those below it, by name of the documents or by the sum of all; not for anybody else. */
static void family(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        char row[80];
        open_book(&b, backend);
        int64_t parent = customer(&b, "Holding", 0), d = customer(&b, "Delta", parent), e = customer(&b, "Echo", parent), other = customer(&b, "Foxtrot", 0);
        int64_t of_d = due(&b, "INV-2001", d, "300.00", "2026-03-01", ""), of_e = due(&b, "INV-3001", e, "500.00", "2026-03-15", ""), of_other = due(&b, "INV-4001", other, "70.00", "2026-03-15", "");
        due(&b, "INV-3002", e, "41.00", "2026-05-15", "");
        int64_t r = came(&b, "R1", parent, "800.00", "INV-2001 INV-3001");
        snprintf(row, sizeof row, "{\"item\":%d,\"amount\":\"500.00\"}", (int)of_e);
        SAYS(&b, r, NULL, "\"rule\":\"references_sum\"", "\"equation\":\"800.00 = 300.00 + 500.00\"", "\"outcome\":\"auto\"", "\"family\":true", row);
        SAYS(&b, came(&b, "R2", parent, "300.00", "for Delta: INV-2001"), NULL, "\"rule\":\"document_amount\"", "\"family\":true");
        SAYS(&b, by_name(&b, "R3", "Holding Trading", "800.00", "INV-2001 INV-3001"), NULL, "\"rule\":\"references_sum\"", "\"payer_known_by\":\"name\"", "\"claim\":2");
        SAYS(&b, came(&b, "R4", parent, "841.00", ""), "autocash", "\"rule\":\"account\"", "\"outcome\":\"suggest\"", "\"why\":\"mode\"", "\"equation\":\"841.00 = 300.00 + 500.00 + 41.00\"");
        SAYS(&b, came(&b, "R5", parent, "41.00", ""), NULL, "\"outcome\":\"suggest\"", "\"equation\":\"41.00 = 41.00\"", "\"family\":true");
        none(&b, came(&b, "R6", parent, "370.00", "INV-2001 INV-4001"), "by_document", "several_customers");
        none(&b, came(&b, "R7", d, "570.00", "INV-3001 INV-4001"), "by_document", "several_customers");
        apply_line(&b, r, NULL);
        assert_int_equal(open_of(&b, of_d), 0);
        assert_int_equal(open_of(&b, of_e), 0);
        assert_int_equal(left_of(&b, r), 0);
        verify_clean(&b);
        assert_session(&b, arc_match_reverse(b.session, r, ARC_DATE_NONE, "not these"));
        assert_int_equal(open_of(&b, of_d), 30000);
        assert_int_equal(left_of(&b, r), 80000);
        (void)allocate(&b, of_d, r, 10000, 0); /* by hand too */
        arc_allocation a = ARC_ALLOCATION_INIT;
        a.receipt = r;
        a.item = of_other;
        a.amount = 100;
        assert_int_equal(arc_allocation_apply(b.session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE), ARC_E_STATE);
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* A relation that ended while the proposal waited does not pay any more. */
static void family_ends(void **state)
{
    (void)state;
    test_book b;
    arc_record *c;
    int64_t id;
    open_book(&b, 0);
    int64_t parent = customer(&b, "Holding", 0), d = customer(&b, "Delta", parent);
    int64_t item = due(&b, "INV-2001", d, "300.00", "2026-03-01", ""), r = came(&b, "R1", parent, "300.00", "INV-2001");
    arc_proposal *p = matched(&b, r, NULL);
    assert_session(&b, arc_proposal_store(p, &id, NULL));
    assert_ok(arc_proposal_approve(p, NULL, 0));
    assert_session(&b, arc_session_get(b.session, &c, ARC_CUSTOMER, d));
    assert_ok(arc_record_set_null(c, ARC_CUSTOMER_PARENT));
    assert_session(&b, arc_session_update(b.session, c));
    arc_record_free(c);
    arc_proposal_apply(p, NULL);
    arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
    assert_ok(arc_proposal_get(p, &l, 0));
    assert_int_equal(open_of(&b, item), 30000);
    arc_proposal_free(p);
    verify_clean(&b);
    test_book_close(&b);
}

/* A factor, or a shared service centre: one account that somebody said pays for several customers. */
static void factor(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        int64_t d = customer(&b, "Delta", 0), e = customer(&b, "Echo", 0), other = customer(&b, "Foxtrot", 0);
        int64_t of_d = due(&b, "INV-2001", d, "300.00", "2026-03-01", ""), of_e = due(&b, "INV-3001", e, "500.00", "2026-03-15", "");
        due(&b, "INV-4001", other, "70.00", "2026-03-15", "");
        assert_session(&b, arc_payer_confirm(b.session, NULL, d, "payer_name", "Big Factor AG", ARC_DATE_NONE));
        assert_session(&b, arc_payer_confirm(b.session, NULL, e, "payer_name", "Big Factor AG", ARC_DATE_NONE));
        int64_t r = by_name(&b, "R1", "Big Factor AG", "800.00", "INV-2001, INV-3001");
        SAYS(&b, r, NULL, "\"rule\":\"references_sum\"", "\"equation\":\"800.00 = 300.00 + 500.00\"", "\"family\":true", "\"claim\":2");
        none(&b, by_name(&b, "R2", "Big Factor AG", "370.00", "INV-2001, INV-4001"), "by_document", "several_customers");
        apply_line(&b, r, NULL);
        assert_int_equal(open_of(&b, of_d), 0);
        assert_int_equal(open_of(&b, of_e), 0);
        verify_clean(&b);
        assert_session(&b, arc_match_reverse(b.session, r, ARC_DATE_NONE, "not these"));
        assert_int_equal(open_of(&b, of_e), 50000);
        verify_clean(&b);
        test_book_close(&b);
    }
}

static int64_t in_currency(test_book *b, const char *number, int64_t of, const char *amount, const char *currency, const char *memo)
{
    char json[400];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":%d,\"value_date\":\"2026-04-01\",\"posting_date\":\"2026-04-01\",\"currency\":\"%s\",\"amount\":\"%s\",\"memo\":\"%s\"}", number, (int)of,
             currency, amount, memo);
    return record_of(b, ARC_RECEIPT, json);
}

static int64_t owed(test_book *b, const char *number, int64_t of, const char *amount, const char *currency)
{
    char json[400];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":%d,\"invoice_date\":\"2026-01-02\",\"due_date\":\"2026-03-01\",\"currency\":\"%s\",\"gross_amount\":\"%s\"}", number, (int)of, currency,
             amount);
    return item_of_invoice(b, record_of(b, ARC_INVOICE, json));
}

static void rate(test_book *b, const char *from, const char *on, const char *rate)
{
    char json[300];
    snprintf(json, sizeof json, "{\"from_currency\":\"%s\",\"to_currency\":\"CNY\",\"kind\":\"booked\",\"valid_on\":\"%s\",\"units\":1,\"rate\":\"%s\"}", from, on, rate);
    record_of(b, ARC_EXCHANGE_RATE, json);
}

/* Paid in another currency: at the payer's own rate where that is near to the day's, else at the day's. */
static void foreign(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        int64_t d = customer(&b, "Delta", 0);
        rate(&b, "USD", "2026-01-01", "7.00000000");
        rate(&b, "USD", "2026-03-30", "7.08000000");
        rate(&b, "EUR", "2026-01-01", "8.00000000");
        int64_t item = owed(&b, "USD-77", 1, "1000.00", "USD"), yen = owed(&b, "JPY-99", d, "90000", "JPY");
        int64_t r = in_currency(&b, "R1", 1, "7090.00", "CNY", "USD-77");
        SAYS(&b, r, NULL, "\"rule\":\"document_amount\"", "\"equation\":\"7090.00 CNY = 1000.00 USD = 1000.00\"", "\"outcome\":\"suggest\"", "\"why\":\"difference\"", "\"as\":\"exchange\",\"amount\":\"10.00\"",
             "\"rate\":\"7.09000000\"", "\"rate_of_day\":\"7.08000000\"", "\"currency\":\"CNY\",\"amount\":\"7090.00\",\"most\":\"7090.00\"", "\"amount\":\"1000.00\",\"credit_amount\":\"7090.00\"");
        SAYS(&b, in_currency(&b, "R2", 1, "3540.00", "CNY", "USD-77"), NULL, "\"rule\":\"reference\"", "\"equation\":\"3540.00 CNY = 500.00 USD = 1000.00 - 500.00 (partial)\"",
             "\"amount\":\"500.00\",\"credit_amount\":\"3540.00\"");
        SAYS(&b, in_currency(&b, "R3", 1, "7080.00", "CNY", ""), NULL, "\"rule\":\"payer_amount\"", "\"outcome\":\"suggest\"", "\"amount\":\"1000.00\",\"credit_amount\":\"7080.00\"");
        SAYS(&b, in_currency(&b, "R4", 1, "8000.00", "CNY", "USD-77"), NULL, "\"as\":\"on_account\"", "\"amount\":\"1000.00\",\"credit_amount\":\"7080.00\"");
        SAYS(&b, in_currency(&b, "R5", 1, "885.00", "EUR", "USD-77"), NULL, "\"rule\":\"document_amount\"", "\"amount\":\"1000.00\",\"credit_amount\":\"885.00\"");
        none(&b, in_currency(&b, "R6", d, "4300.00", "CNY", "JPY-99"), NULL, "no_rate");
        none(&b, in_currency(&b, "R7", 1, "7090.00", "CNY", "see USD-77"), "by_order", "nothing_fits");
        (void)yen;
        apply_line(&b, r, NULL);
        assert_int_equal(open_of(&b, item), 0);
        assert_int_equal(left_of(&b, r), 0);
        assert_int_equal(sum_of(&b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT, "fx_realised"), -9000); /* 7,090.00 came for what was booked at 7,000.00 */
        verify_clean(&b);
        assert_session(&b, arc_match_reverse(b.session, r, APR_1, "not this"));
        assert_int_equal(open_of(&b, item), 100000);
        assert_int_equal(left_of(&b, r), 709000);
        apply_line(&b, r, NULL);
        assert_int_equal(open_of(&b, item), 0);
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* Less of the receipt is used: as much less of the item is settled, at the same rate. */
static void foreign_in_part(void **state)
{
    (void)state;
    test_book b;
    int64_t id;
    arc_money half = { 354500, "CNY", 0 };
    open_book(&b, 0);
    rate(&b, "USD", "2026-01-01", "7.00000000");
    int64_t item = owed(&b, "USD-77", 1, "1000.00", "USD"), r = in_currency(&b, "R1", 1, "7090.00", "CNY", "USD-77");
    arc_proposal *p = matched(&b, r, NULL);
    assert_ok(arc_proposal_set_amount(p, 0, &half));
    assert_session(&b, arc_proposal_store(p, &id, NULL));
    assert_ok(arc_proposal_approve(p, NULL, 0));
    assert_ok(arc_proposal_apply(p, NULL));
    assert_int_equal(open_of(&b, item), 50000);
    assert_int_equal(left_of(&b, r), 354500);
    arc_proposal_free(p);
    verify_clean(&b);
    test_book_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(merged), cmocka_unit_test(family), cmocka_unit_test(family_ends), cmocka_unit_test(factor), cmocka_unit_test(foreign), cmocka_unit_test(foreign_in_part) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
