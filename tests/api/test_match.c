/* SPDX-License-Identifier: Apache-2.0 */
/* Matching receipts by a strategy: what is proposed and why, and what becomes of it; on every backend. */
#include "api/matching.h"

/* T5.3: the order of AutoCash. */
static void autocash(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        char one[60], row[60];
        open_book(&b, backend);
        int64_t i1 = due(&b, "I1", 1, "600.00", "2026-03-01", ""), i2 = due(&b, "I2", 1, "400.00", "2026-03-15", ""), i3 = due(&b, "I3", 1, "500.00", "2026-04-30", "");
        record_of(&b, ARC_INVOICE, "{\"number\":\"CM\",\"customer\":1,\"invoice_date\":\"2026-03-10\",\"due_date\":\"2026-03-10\",\"currency\":\"CNY\",\"gross_amount\":\"-100.00\"}");
        snprintf(one, sizeof one, "\"rows\":[{\"item\":%d,\"amount\":\"500.00\"}]", (int)i3);
        SAYS(&b, came(&b, "R500", 1, "500.00", ""), "autocash", one, "\"rule\":\"payer_amount\"", "\"answer\":\"unique\"", "\"why\":\"history\"");
        SAYS(&b, came(&b, "R1400", 1, "1400.00", ""), "autocash", "\"rule\":\"account\"", "\"equation\":\"1400.00 = 600.00 - 100.00 + 400.00 + 500.00\"");
        SAYS(&b, came(&b, "R900", 1, "900.00", ""), "autocash", "\"rule\":\"past_due\"", "\"equation\":\"900.00 = 600.00 - 100.00 + 400.00\"");
        snprintf(one, sizeof one, "{\"item\":%d,\"credit_item\":", (int)i1);
        snprintf(row, sizeof row, "{\"item\":%d,\"amount\":\"200.00\"}", (int)i2);
        SAYS(&b, came(&b, "R700", 1, "700.00", ""), "autocash", "\"rule\":\"oldest\"", one, row);
        none(&b, came(&b, "R0", 0, "17.00", ""), "autocash", "no_customer");
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* Named documents: exact, several, in part, short for a reason, over; unknown payers are found by what they name. */
static void named(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        record_of(&b, ARC_CUSTOMER, "{\"code\":\"D\",\"legal_name\":\"D\"}");
        due(&b, "INV-10045", 1, "600.00", "2026-03-01", "");
        due(&b, "INV-10046", 1, "400.00", "2026-03-15", "");
        due(&b, "INV-20001", 2, "900.00", "2026-03-15", "");
        due(&b, "INV-10099", 1, "123.00", "2026-05-15", "");
        int64_t r = came(&b, "R1", 0, "600.00", "payment inv-10045, thanks");
        SAYS(&b, r, NULL, "\"rule\":\"document_amount\"", "\"outcome\":\"auto\"", "\"claim\":1", "\"field\":\"memo\",\"start\":8,\"end\":17,\"text\":\"inv-10045\"", "\"found\":\"exact\"");
        SAYS(&b, came(&b, "R2", 1, "1000.00", "INV-10045 INV-10046"), NULL, "\"rule\":\"references_sum\"", "\"outcome\":\"auto\"", "\"equation\":\"1000.00 = 600.00 + 400.00\"");
        SAYS(&b, came(&b, "R3", 1, "250.00", "INV-10045 instalment"), NULL, "\"rule\":\"reference\"", "\"outcome\":\"suggest\"", "\"as\":\"partial\",\"amount\":\"350.00\"", "\"why\":\"difference\"");
        SAYS(&b, came(&b, "R4", 1, "570.00", "INV-10045 less damage 30.00"), NULL, "\"as\":\"deduction\",\"amount\":\"30.00\",\"reason_code\":\"damage\"",
             "\"write_off\":\"30.00\",\"reason_code\":\"damage\"");
        SAYS(&b, came(&b, "R5", 1, "700.00", "INV-10045"), NULL, "\"as\":\"on_account\",\"amount\":\"100.00\"", "\"amount\":\"600.00\",\"most\":\"600.00\"");
        SAYS(&b, came(&b, "R6", 1, "400.00", "INV-10045 INV-10046"), NULL, "\"equation\":\"400.00 = 400.00\"");
        none(&b, came(&b, "R7", 0, "1500.00", "INV-10045 INV-20001"), NULL, "several_customers");
        none(&b, came(&b, "R8", 1, "900.00", "INV-20001"), "by_document", "other_customer");
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* Proposed, stored, applied: whole, in part, another alternative; taken twice it is stale. */
static void applied(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_proposal_info info = ARC_PROPOSAL_INFO_INIT;
        arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
        int64_t id = 0;
        open_book(&b, backend);
        int64_t a = due(&b, "INV-1001", 1, "600.00", "2026-03-01", ""), c = due(&b, "INV-1002", 1, "400.00", "2026-03-15", "");
        int64_t d = due(&b, "INV-1003", 1, "80.00", "2026-03-15", "");
        int64_t whole = came(&b, "R1", 0, "600.00", "INV-1001"), part = came(&b, "R2", 1, "480.00", "INV-1002 INV-1003");
        arc_proposal *p = matched(&b, 0, NULL);
        assert_ok(arc_proposal_describe(p, &info));
        assert_int_equal(info.n_lines, 2);
        assert_int_equal(arc_match_keep(p, 1, &a, 1), ARC_E_RANGE);
        assert_ok(arc_match_keep(p, 1, &c, 1));
        assert_int_equal(arc_match_choose(p, 1, 7), ARC_E_RANGE);
        assert_session(&b, arc_proposal_store(p, &id, NULL));
        assert_ok(arc_proposal_approve(p, NULL, 0));
        assert_ok(arc_proposal_apply(p, NULL));
        assert_ok(arc_proposal_get(p, &l, 0));
        has(l.result, "{\"claimed\":1,\"allocations\":[");
        assert_int_equal(open_of(&b, a), 0);
        assert_int_equal(open_of(&b, c), 0);
        assert_int_equal(open_of(&b, d), 8000);
        assert_int_equal(left_of(&b, whole), 0);
        assert_int_equal(left_of(&b, part), 8000);
        arc_proposal_free(p);
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* T5.4 and T5.6: what is missing is a discount that was earned, the fee of a bank, a small difference. */
static void differences(void **state)
{
    (void)state;
    test_book b;
    int64_t id;
    open_book(&b, 0);
    assert_session(&b, arc_definition_save(b.session, &id, "tolerance", "default",
                                           "{\"tolerance\":\"arcore/1\",\"customers\":[{\"currency\":\"CNY\",\"absolute\":\"5.00\",\"percent\":\"1\"}],"
                                           "\"bank_fee\":[{\"currency\":\"USD\",\"most\":\"30.00\"}],\"discount\":{\"partial\":true}}",
                                           SIZE_MAX, NULL));
    assert_session(&b, arc_definition_publish(b.session, id, NULL, NULL));
    due(&b, "INV-1", 1, "1000.00", "2026-04-30", ",\"term\":\"NET30\"");
    SAYS(&b, came(&b, "R1", 1, "997.00", "INV-1"), NULL, "\"as\":\"tolerance\",\"amount\":\"3.00\"", "\"outcome\":\"auto\"");
    SAYS(&b, came(&b, "R2", 1, "990.00", "INV-1"), NULL, "\"as\":\"partial\",\"amount\":\"10.00\"", "\"outcome\":\"suggest\"");
    record_of(&b, ARC_INVOICE, "{\"number\":\"USD-77\",\"customer\":1,\"invoice_date\":\"2026-01-02\",\"due_date\":\"2026-03-01\",\"currency\":\"USD\",\"gross_amount\":\"10000.00\"}");
    int64_t r = record_of(&b, ARC_RECEIPT, "{\"customer\":1,\"number\":\"RU\",\"value_date\":\"2026-04-01\",\"posting_date\":\"2026-04-01\",\"currency\":\"USD\",\"amount\":\"9980.00\",\"memo\":\"USD-77 SHA\"}");
    SAYS(&b, r, NULL, "\"as\":\"bank_charge\",\"amount\":\"20.00\"", "\"reason_code\":\"bank_fee\"", "\"outcome\":\"auto\"");
    r = record_of(&b, ARC_RECEIPT, "{\"customer\":1,\"number\":\"RO\",\"value_date\":\"2026-04-01\",\"posting_date\":\"2026-04-01\",\"currency\":\"USD\",\"amount\":\"9980.00\",\"memo\":\"USD-77 OUR\"}");
    SAYS(&b, r, NULL, "\"as\":\"partial\",\"amount\":\"20.00\"", "\"outcome\":\"suggest\"");
    assert_session(&b, arc_definition_save(b.session, &id, "tolerance", "strict", "{\"tolerance\":\"arcore/1\"}", SIZE_MAX, NULL));
    assert_session(&b, arc_definition_publish(b.session, id, NULL, NULL));
    assert_session(&b, arc_definition_save(b.session, &id, "matching", "careful", "{\"matching\":\"arcore/1\",\"tolerance\":\"strict\",\"tiers\":[{\"tier\":\"reference\",\"mode\":\"auto\"}],"
                                           "\"differences\":[{\"as\":\"tolerance\"},{\"as\":\"partial\"}]}", SIZE_MAX, NULL));
    assert_session(&b, arc_definition_publish(b.session, id, NULL, NULL));
    SAYS(&b, came(&b, "R9", 1, "997.00", "INV-1"), "careful", "\"as\":\"partial\",\"amount\":\"3.00\"");
    test_book_close(&b);
}

/* Separators lost, lists, last digits, one character wrong: among what the customer has open, or in the whole of a small book. */
static void written(void **state)
{
    (void)state;
    test_book b;
    open_book(&b, 0);
    record_of(&b, ARC_CUSTOMER, "{\"code\":\"D\",\"legal_name\":\"D\"}");
    due(&b, "INV-2026-10041", 1, "100.00", "2026-03-01", "");
    due(&b, "INV-2026-10042", 1, "250.00", "2026-03-01", "");
    due(&b, "INV-2026-10045", 1, "375.00", "2026-03-01", "");
    due(&b, "INV-2026-20077", 2, "999.00", "2026-03-01", "");
    SAYS(&b, came(&b, "R1", 1, "725.00", "INV-2026-10041/42/45"), NULL, "\"rule\":\"references_sum\"", "\"equation\":\"725.00 = 100.00 + 250.00 + 375.00\"", "\"outcome\":\"auto\"");
    SAYS(&b, came(&b, "R2", 1, "250.00", "inv202610042"), NULL, "\"rule\":\"document_amount\"", "\"found\":\"exact\"");
    SAYS(&b, came(&b, "R3", 1, "375.00", "ref 10045"), NULL, "\"rule\":\"document_amount\"", "\"found\":\"part\"", "\"why\":\"history\"");
    SAYS(&b, came(&b, "R4", 0, "999.00", "INV-2026-2O077"), NULL, "\"rule\":\"document_amount\"", "\"found\":\"repaired\"", "\"repair\":\"lookalike", "\"claim\":2");
    verify_clean(&b);
    test_book_close(&b);
}

/* The same payment once more is flagged, and names the first. */
static void twice(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        char part[60];
        open_book(&b, backend);
        due(&b, "INV-1", 1, "600.00", "2026-03-01", "");
        due(&b, "INV-2", 1, "600.00", "2026-03-05", "");
        int64_t first = came(&b, "R1", 1, "600.00", "March rent"), second = came(&b, "R2", 1, "600.00", "March rent"), third = came(&b, "R3", 1, "600.00", "April rent");
        snprintf(part, sizeof part, "\"repeats_receipt\":%d", (int)first);
        SAYS(&b, second, "autocash", "\"why\":\"double_payment\"", part);
        SAYS(&b, third, "autocash", "\"why\":\"history\"");
        test_book_close(&b);
    }
}

static int32_t stop_at_once(void *user, int64_t done, int64_t total)
{
    (void)total;
    *(int64_t *)user = done;
    return 1;
}

/* Many at once: what is proved is posted, the rest is stored once; stopped and called again, nothing happens twice. */
static void batch(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_match_report report = ARC_MATCH_REPORT_INIT;
        arc_match_options o = ARC_MATCH_OPTIONS_INIT;
        int64_t done = 0;
        open_book(&b, backend);
        for (int i = 0; i < 9; i++) {
            char number[20], memo[40], amount[20];
            snprintf(number, sizeof number, "INV-%d", 7000 + i);
            snprintf(amount, sizeof amount, "%d.00", 100 + 7 * i);
            due(&b, number, 1, amount, "2026-03-01", "");
            snprintf(memo, sizeof memo, i % 3 == 2 ? "thank you" : "payment of %s", number);
            snprintf(number, sizeof number, "R%d", i);
            came(&b, number, i % 2, amount, i % 3 == 2 && !(i % 2) ? "thanks" : memo);
        }
        o.as_of = APR_1;
        o.chunk = 2;
        o.flags = ARC_MATCH_STORE;
        o.progress = stop_at_once;
        o.user = &done;
        assert_int_equal(arc_match_run(b.session, &report, &o), ARC_E_CANCELLED);
        assert_int_equal(done, 2);
        assert_int_equal(report.posted, 2);
        o.progress = NULL;
        o.after = report.last;
        assert_session(&b, arc_match_run(b.session, &report, &o));
        assert_int_equal(report.receipts, 7);
        assert_int_equal(report.posted, 4);
        assert_int_equal(report.suggested, 1);
        assert_int_equal(report.none, 2);
        assert_int_equal(report.proposals, 1);
        o.after = 0;
        assert_session(&b, arc_match_run(b.session, &report, &o));
        assert_int_equal(report.posted, 0);
        assert_int_equal(report.suggested, 1);
        assert_int_equal(report.proposals, 0);
        assert_int_equal(report.refused, 0);
        verify_clean(&b);
        test_book_close(&b);
    }
}

static void strategies(void **state)
{
    static const char *const bad[] = { "{}", "{\"matching\":\"arcore/1\"}", "{\"matching\":\"arcore/1\",\"tiers\":[{\"tier\":\"psychic\"}]}",
                                       "{\"matching\":\"arcore/1\",\"tiers\":[{\"tier\":\"oldest\"},{\"tier\":\"oldest\"}]}",
                                       "{\"matching\":\"arcore/1\",\"tiers\":[{\"tier\":\"oldest\"}],\"differences\":[{\"as\":\"deduction\"}]}",
                                       "{\"matching\":\"arcore/1\",\"tiers\":[{\"tier\":\"oldest\"}],\"auto\":{\"probability\":\"1.5\"}}",
                                       "{\"matching\":\"arcore/1\",\"tiers\":[{\"tier\":\"oldest\"}],\"auto\":{\"review_cost\":\"3\"}}",
                                       "{\"matching\":\"arcore/1\",\"tiers\":[{\"tier\":\"oldest\",\"by\":[\"order\"]}]}", "{\"matching\":\"arcore/1\",\"tiers\":[{\"tier\":\"oldest\"}],\"x\":1}" };
    (void)state;
    test_book b;
    char codes[400], json[20000];
    size_t n = sizeof codes;
    open_book(&b, 0);
    assert_ok(arc_match_strategy_shipped(codes, &n, NULL));
    for (char *at = strchr(codes, '"'); at; at = strchr(at + 1, '"')) {
        char *end = strchr(at + 1, '"');
        *end = 0;
        n = sizeof json;
        assert_ok(arc_match_strategy_shipped(json, &n, at + 1));
        assert_session(&b, arc_definition_check(b.session, "matching", json, n, NULL, NULL));
        at = end;
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_int_equal(arc_definition_check(b.session, "matching", bad[i], SIZE_MAX, NULL, NULL), ARC_E_VALUE);
    assert_int_equal(arc_match_strategy_shipped(json, &n, "nobody"), ARC_E_NOT_FOUND);
    test_book_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(strategies), cmocka_unit_test(autocash), cmocka_unit_test(named), cmocka_unit_test(differences), cmocka_unit_test(applied), cmocka_unit_test(written), cmocka_unit_test(twice),
                                        cmocka_unit_test(batch) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
