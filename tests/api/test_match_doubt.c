/* SPDX-License-Identifier: Apache-2.0 */
/* What must not post by itself: answers that are not the only one, words that are no references, payers and amounts that look odd, what somebody took back or rejected. */
#include "api/ledger_items.h"
#include "api/matching.h"

static void silent(test_book *b, int64_t receipt, const char *strategy) /* not posted by itself, whatever is proposed */
{
    arc_proposal *p = matched(b, receipt, strategy);
    arc_proposal_info info = ARC_PROPOSAL_INFO_INIT;
    arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
    assert_ok(arc_proposal_describe(p, &info));
    if (info.n_lines) {
        assert_ok(arc_proposal_get(p, &l, 0));
        if (strstr(l.explanation, "\"outcome\":\"auto\"")) fail_msg("posts by itself: %s\n%s", l.action, l.explanation);
    }
    arc_proposal_free(p);
}

static void item_said(char out[40], const char *name, int64_t item) { snprintf(out, 40, "\"%s\":%d,", name, (int)item); }

/* Items of the same amount: the oldest is proposed, the others are told, a person chooses. */
static void alike(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        char first[40], other[40];
        open_book(&b, backend);
        int64_t j1 = due(&b, "J1", 1, "200.00", "2026-03-01", ""), j2 = due(&b, "J2", 1, "200.00", "2026-03-01", "");
        item_said(first, "item", j1);
        item_said(other, "item", j2);
        SAYS(&b, came(&b, "R1", 1, "200.00", ""), NULL, "\"answer\":\"ambiguous\"", "\"why\":\"alike\"", first, other, "\"rows\":[{\"item\":1,", "\"rejected\":\"as_likely_and_later\"");
        due(&b, "J3", 1, "700.00", "2026-03-20", "");
        SAYS(&b, came(&b, "R2", 1, "900.00", ""), NULL, "\"answer\":\"ambiguous\"", "\"why\":\"alike\"", other);
        SAYS(&b, came(&b, "R3", 1, "200.00", "J4, or J9"), NULL, "\"answer\":\"ambiguous\"");
        record_of(&b, ARC_CUSTOMER, "{\"code\":\"D\",\"legal_name\":\"D\"}");
        due(&b, "K1", 2, "2000.00", "2026-03-01", "");
        due(&b, "K2", 2, "1700.00", "2026-03-01", "");
        due(&b, "K3", 2, "300.00", "2026-02-01", "");
        SAYS(&b, came(&b, "R4", 2, "2000.00", ""), NULL, "\"answer\":\"ambiguous\"", "\"why\":\"several_sets\"", "\"sets\":2");
        test_book_close(&b);
    }
}

/* Dates, telephones, amounts and small counts are no references, even if a document has that number. */
static void masked(void **state)
{
    static const struct { const char *number, *memo; } cases[] = {
        { "20260612", "Zahlung vom 20260612" }, { "13812345678", "电话13812345678" }, { "2026", "June 2026" },       { "100", "100 units" },         { "1000", "total 1000 CNY" },
        { "300", "300%" },                      { "250", "250 CNY deposit 750" }, { "202606", "rent 202606" }, { "51300", "PLZ 51300 Koeln" }, { "4989123456", "Tel. +49 89 123456" },
        { "20260613", "value date 20260613 goods" } };
    (void)state;
    test_book b;
    open_book(&b, 0);
    record_of(&b, ARC_CUSTOMER, "{\"code\":\"D\",\"legal_name\":\"D\"}");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char number[20], amount[20];
        snprintf(number, sizeof number, "R%d", (int)i);
        snprintf(amount, sizeof amount, "%d.00", 1000 + (int)i * (i == 4 ? 0 : 1));
        if (i == 4) snprintf(amount, sizeof amount, "1000.00");
        due(&b, cases[i].number, 2, amount, "2026-03-01", "");
        silent(&b, came(&b, number, 0, amount, cases[i].memo), NULL);
    }
    due(&b, "100077", 2, "12.34", "2026-03-01", "");
    due(&b, "4711", 2, "43.21", "2026-03-01", "");
    SAYS(&b, came(&b, "RX", 0, "12.34", "payment of 100077"), NULL, "\"outcome\":\"auto\"");
    SAYS(&b, came(&b, "RY", 0, "43.21", "Rechnung 4711"), NULL, "\"outcome\":\"auto\"");
    test_book_close(&b);
}

/* Two numbers that differ in their separators alone: as they stand they are told apart, without them not. */
static void separators(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        test_book b;
        open_book(&b, 0);
        due(&b, order ? "A-1001" : "A-10-01", 1, "120.00", "2026-03-01", "");
        due(&b, order ? "A-10-01" : "A-1001", 1, "120.00", "2026-03-05", "");
        silent(&b, came(&b, "R1", 1, "120.00", "A1001"), NULL);
        due(&b, "INV 11-2", 1, "77.00", "2026-03-01", "");
        due(&b, "INV 1-12", 1, "77.00", "2026-03-01", "");
        SAYS(&b, came(&b, "R3", 1, "77.00", "INV 11-2"), NULL, "\"outcome\":\"auto\"", "\"number\":\"INV 11-2\"");
        SAYS(&b, came(&b, "R2", 1, "120.00", "A-1001"), NULL, "\"outcome\":\"auto\"", "\"number\":\"A-1001\"");
        test_book_close(&b);
    }
}

/* T5.4 and T5.5: what a part payment earns is told as it is posted, and kept with the row. */
static void part_discount(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        int64_t id;
        open_book(&b, backend);
        assert_session(&b, arc_definition_save(b.session, &id, "tolerance", "default", "{\"tolerance\":\"arcore/1\",\"discount\":{\"partial\":true}}", SIZE_MAX, NULL));
        assert_session(&b, arc_definition_publish(b.session, id, NULL, NULL));
        int64_t item = made_item(&b, "INV-500", 100000, NULL, "[{\"until\":\"2026-04-10\",\"percent\":\"2\",\"amount\":\"20.00\"}]");
        made_item(&b, "INV-501", 981070, NULL, "[{\"until\":\"2026-04-10\",\"percent\":\"5\",\"amount\":\"490.54\"}]");
        SAYS(&b, came(&b, "R1", 1, "980.00", "INV-500"), NULL, "\"equation\":\"980.00 = 1000.00 - 20.00 (discount)\"", "\"outcome\":\"auto\"");
        int64_t part = came(&b, "R2", 1, "500.00", "INV-500");
        SAYS(&b, part, NULL, "\"equation\":\"500.00 = 1000.00 - 10.20 (discount) - 489.80 (partial)\"", "\"discount\":\"10.20\"");
        SAYS(&b, came(&b, "R3", 1, "9320.16", "INV-501"), NULL, "\"equation\":\"9320.16 = 9810.70 - 490.54 (discount)\"", "\"outcome\":\"auto\"");
        apply_line(&b, part, NULL);
        assert_int_equal(open_of(&b, item), 48980);
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* Half of a debt is no bank charge. */
static void small_charges(void **state)
{
    (void)state;
    test_book b;
    int64_t id;
    open_book(&b, 0);
    assert_session(&b, arc_definition_save(b.session, &id, "tolerance", "default", "{\"tolerance\":\"arcore/1\",\"bank_fee\":[{\"currency\":\"USD\",\"most\":\"30.00\"}],\"discount\":{\"partial\":true}}", SIZE_MAX, NULL));
    assert_session(&b, arc_definition_publish(b.session, id, NULL, NULL));
    record_of(&b, ARC_INVOICE, "{\"number\":\"USD-60\",\"customer\":1,\"invoice_date\":\"2026-01-02\",\"due_date\":\"2026-03-01\",\"currency\":\"USD\",\"gross_amount\":\"60.00\"}");
    int64_t r = record_of(&b, ARC_RECEIPT, "{\"customer\":1,\"number\":\"RU\",\"value_date\":\"2026-04-01\",\"posting_date\":\"2026-04-01\",\"currency\":\"USD\",\"amount\":\"30.00\",\"memo\":\"USD-60 first half\"}");
    SAYS(&b, r, NULL, "\"as\":\"partial\",\"amount\":\"30.00\"", "\"outcome\":\"suggest\"");
    test_book_close(&b);
}

static int64_t payer_came(test_book *b, const char *number, const char *payer, const char *account, const char *amount, const char *memo)
{
    char json[500];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"value_date\":\"2026-04-01\",\"posting_date\":\"2026-04-01\",\"currency\":\"CNY\",\"amount\":\"%s\",\"memo\":\"%s\",\"payer_name\":\"%s\",\"payer_account\":\"%s\"}",
             number, amount, memo, payer, account);
    return record_of(b, ARC_RECEIPT, json);
}

/* A document that is named and paid exactly is looked at like any other: by whom, from where, and whether it is the first time. */
static void odd_payers(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        record_of(&b, ARC_CUSTOMER, "{\"code\":\"D\",\"legal_name\":\"Beta Trading GmbH\"}");
        record_of(&b, ARC_BANK_ACCOUNT, "{\"customer\":2,\"number\":\"DE02120300000000202051\",\"holder\":\"Beta Trading GmbH\",\"bank\":\"DKB\"}");
        due(&b, "INV-1001", 1, "600.00", "2026-03-01", "");
        due(&b, "INV-1002", 1, "601.00", "2026-03-01", "");
        due(&b, "INV-2001", 2, "70.00", "2026-03-01", "");
        SAYS(&b, payer_came(&b, "R1", "Beta Trading GmbH", "DE02120300000000202051", "600.00", "INV-1001"), NULL, "\"outcome\":\"suggest\"", "\"why\":\"other_payer\"");
        SAYS(&b, payer_came(&b, "R2", "Beta Trading GmbH", "GB29NWBK60161331926819", "70.00", "INV-2001"), NULL, "\"outcome\":\"suggest\"", "\"why\":\"new_payer\"");
        SAYS(&b, payer_came(&b, "R3", "Beta Trading GmbH", "DE02120300000000202051", "70.00", "INV-2001"), NULL, "\"outcome\":\"auto\"");
        came(&b, "R4", 1, "601.00", "INV-1002");
        SAYS(&b, came(&b, "R5", 1, "601.00", "INV-1002"), NULL, "\"outcome\":\"suggest\"", "\"why\":\"double_payment\"");
        test_book_close(&b);
    }
}

/* Words that say that it is no plain payment; and a payer who is known by one receipt alone. */
static void words(void **state)
{
    (void)state;
    test_book b;
    open_book(&b, 0);
    due(&b, "INV-1001", 1, "600.00", "2026-03-01", "");
    SAYS(&b, came(&b, "R1", 1, "600.00", "Storno INV-1001"), NULL, "\"outcome\":\"suggest\"", "\"why\":\"words\"");
    SAYS(&b, came(&b, "R2", 1, "600.00", "refund of double payment INV-1001"), NULL, "\"why\":\"words\"");
    SAYS(&b, came(&b, "R3", 1, "600.00", "payment of INV-1001"), NULL, "\"outcome\":\"auto\"");
    int64_t known = payer_came(&b, "R4", "Agent 47", "DE02120300000000202051", "1.00", "hello");
    assert_session(&b, arc_receipt_claim(b.session, known, 1, APR_1));
    assert_session(&b, arc_payer_learn(b.session, NULL, &known, 1, 0));
    SAYS(&b, payer_came(&b, "R5", "Agent 47", "DE02120300000000202051", "600.00", "thanks"), NULL, "\"rule\":\"payer_amount\"", "\"outcome\":\"suggest\"", "\"payer_known_by\":\"learned_account\"", "\"payer_probability\":");
    test_book_close(&b);
}

/* What went back does not count as paid before. */
static void bounced(void **state)
{
    (void)state;
    test_book b;
    open_book(&b, 0);
    due(&b, "INV-1001", 1, "600.00", "2026-03-01", "");
    int64_t r = came(&b, "R1", 1, "600.00", "March rent");
    assert_session(&b, arc_receipt_return(b.session, r, APR_1, "no funds"));
    SAYS(&b, came(&b, "R2", 1, "600.00", "March rent"), NULL, "\"why\":\"history\"");
    test_book_close(&b);
}

/* A field in which both must agree binds where documents are named as well. */
static void agreed(void **state)
{
    static const char strategy[] = "{\"matching\":\"arcore/1\",\"agree\":[\"project\"],\"tiers\":[{\"tier\":\"document_amount\",\"mode\":\"auto\"},{\"tier\":\"reference\",\"mode\":\"auto\"}]}";
    (void)state;
    test_book b;
    open_book(&b, 0);
    record_of(&b, ARC_PROJECT, "{\"code\":\"P1\",\"name\":\"one\",\"status\":\"open\"}");
    record_of(&b, ARC_PROJECT, "{\"code\":\"P2\",\"name\":\"two\",\"status\":\"open\"}");
    due(&b, "INV-1001", 1, "600.00", "2026-03-01", ",\"project\":1");
    static const char json[] = "{\"number\":\"%s\",\"customer\":1,\"value_date\":\"2026-04-01\",\"posting_date\":\"2026-04-01\",\"currency\":\"CNY\",\"amount\":\"600.00\",\"memo\":\"%sINV-1001\",\"project\":%d}";
    char one[300], two[300];
    snprintf(one, sizeof one, json, "R1", "", 1);
    snprintf(two, sizeof two, json, "R2", "for ", 2);
    SAYS(&b, record_of(&b, ARC_RECEIPT, one), strategy, "\"outcome\":\"auto\"");
    int64_t other = record_of(&b, ARC_RECEIPT, two);
    none(&b, other, strategy, "disagrees");
    silent(&b, other, "t_plus");
    test_book_close(&b);
}

static int64_t match_now(test_book *b, arc_match_report *report)
{
    arc_match_options o = ARC_MATCH_OPTIONS_INIT;
    *report = (arc_match_report)ARC_MATCH_REPORT_INIT;
    o.as_of = APR_1;
    o.flags = ARC_MATCH_STORE;
    assert_session(b, arc_match_run(b->session, report, &o));
    return report->posted;
}

/* A match that somebody took back is not posted again by itself, and one that was rejected is not proposed again as it was. */
static void taken_back(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_match_report report;
        arc_proposal *p;
        open_book(&b, backend);
        due(&b, "INV-1001", 1, "600.00", "2026-03-01", "");
        due(&b, "INV-1002", 1, "80.00", "2026-03-01", "");
        int64_t r = came(&b, "R1", 1, "600.00", "INV-1001"), part = came(&b, "R2", 1, "50.00", "INV-1002");
        assert_int_equal(match_now(&b, &report), 1);
        assert_int_equal(report.proposals, 1);
        assert_session(&b, arc_match_reverse(b.session, r, APR_1, "was for order 77"));
        assert_session(&b, arc_proposal_load(b.session, &p, report.proposal));
        assert_ok(arc_proposal_reject(p, NULL, 0, "no"));
        arc_proposal_free(p);
        assert_int_equal(match_now(&b, &report), 0);
        assert_int_equal(report.proposals, 1); /* what was taken back; not what was rejected */
        SAYS(&b, r, NULL, "\"outcome\":\"suggest\"", "\"why\":\"taken_back\"");
        (void)part;
        assert_int_equal(match_now(&b, &report), 0);
        assert_int_equal(report.proposals, 0);
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* What a person chose instead is what the rows tell. */
static void chosen(void **state)
{
    (void)state;
    test_book b;
    int64_t id;
    open_book(&b, 0);
    due(&b, "X5", 1, "500.00", "2026-03-01", "");
    due(&b, "X2", 1, "200.00", "2026-03-02", "");
    due(&b, "X3", 1, "300.00", "2026-03-03", "");
    int64_t r = came(&b, "R1", 1, "500.00", "");
    arc_proposal *p = matched(&b, r, NULL);
    arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
    assert_ok(arc_proposal_get(p, &l, 0));
    const int first_is_one = strstr(l.explanation, "\"equation\":\"500.00 = 500.00\"") < strstr(l.explanation, "200.00 + 300.00");
    assert_ok(arc_match_choose(p, 0, 1));
    assert_session(&b, arc_proposal_store(p, &id, NULL));
    assert_ok(arc_proposal_approve(p, NULL, 0));
    assert_ok(arc_proposal_apply(p, NULL));
    arc_record *row;
    const char *evidence = NULL;
    assert_session(&b, arc_session_get(b.session, &row, ARC_ALLOCATION, 1));
    assert_ok(arc_record_get_text(row, &evidence, NULL, ARC_ALLOCATION_EVIDENCE));
    has(evidence, first_is_one ? "\"equation\":\"500.00 = 200.00 + 300.00\"" : "\"equation\":\"500.00 = 500.00\"");
    has(evidence, "\"edited\":true");
    arc_record_free(row);
    arc_proposal_free(p);
    test_book_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(alike), cmocka_unit_test(masked), cmocka_unit_test(separators), cmocka_unit_test(part_discount), cmocka_unit_test(small_charges), cmocka_unit_test(odd_payers), cmocka_unit_test(words), cmocka_unit_test(bounced),
                                        cmocka_unit_test(agreed), cmocka_unit_test(taken_back), cmocka_unit_test(chosen) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
