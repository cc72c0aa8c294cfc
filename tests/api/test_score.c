/* SPDX-License-Identifier: Apache-2.0 */
/* Scores of customers: the card that is shipped, bands, overrides by two people, statistics. */
#include <stdlib.h>

#include "api/settling.h"

enum { TODAY = 20600, JAN_31 = FEB_1 - 1 };

static char text[400000];

static const char *explained(test_book *b, int64_t customer, const char *card, arc_date as_of)
{
    size_t n = sizeof text;
    arc_score_options o = ARC_SCORE_OPTIONS_INIT;
    o.scorecard = card;
    o.as_of = as_of;
    assert_session(b, arc_score_explain(b->session, text, &n, customer, &o));
    return text;
}

static void says(const char *json, const char *part)
{
    if (!strstr(json, part)) print_message("%s\nlacks %s\n", json, part);
    assert_non_null(strstr(json, part));
}

static int64_t published(test_book *b, const char *code, const char *document)
{
    int64_t id = 0;
    assert_session(b, arc_definition_save(b->session, &id, "scorecard", code, document, SIZE_MAX, NULL));
    assert_session(b, arc_definition_publish(b->session, id, NULL, NULL));
    return id;
}

static void pay_on(test_book *b, const char *number, int64_t item, const char *amount, int days)
{
    char json[300], day[16];
    size_t n = sizeof day;
    assert_ok(arc_date_print(day, &n, JAN_31 + days));
    snprintf(json, sizeof json, "{\"customer\":1,\"number\":\"%s\",\"value_date\":\"%s\",\"currency\":\"CNY\",\"amount\":\"%s\"}", number, day, amount);
    int64_t receipt = record_of(b, ARC_RECEIPT, json), id;
    arc_allocation a = ARC_ALLOCATION_INIT;
    a.item = item;
    a.receipt = receipt;
    a.amount = 100 * strtoll(amount, NULL, 10);
    a.date = JAN_31 + days;
    assert_session(b, arc_allocation_apply(b->session, &id, NULL, &a, 1, ARC_ALL_OR_NONE));
}

/* A book nothing is known of has an answer for everybody. */
static void fresh_book(void **state)
{
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        const char *p = explained(&b, 1, NULL, ARC_DATE_NONE);
        says(p, "{\"score\":\"47\"");
        says(p, "\"band\":\"D\"");
        says(p, "\"thin_file\":true");
        says(p, "\"reasons\":[{\"reasonCode\":\"LATE_PAYMENT\"");
        says(p, "\"name\":\"adbt\",\"label\":\"Average days beyond terms\",\"label_zh\":\"平均逾期付款天数\",\"value\":null,\"test\":\"null\"");
        says(p, "\"proposal\":{\"days\":0,\"term\":null,\"limit\":\"0.00\",\"currency\":\"CNY\",\"limited_by\":\"band\"}");
        (void)record_of(&b, ARC_CUSTOMER, "{\"code\":\"R\",\"legal_name\":\"R\",\"tax_no\":\"T1\",\"enterprise_size\":\"large\",\"capital_currency\":\"CNY\",\"registered_capital\":\"20000000.00\"}");
        p = explained(&b, 2, NULL, ARC_DATE_NONE);
        says(p, "{\"score\":\"60\"");
        says(p, "\"band\":\"C\"");
        arc_score_summary s = ARC_SCORE_SUMMARY_INIT;
        assert_session(&b, arc_score_run(b.session, &s, NULL));
        assert_int_equal(s.scored, 2);
        assert_int_equal(s.thin, 2);
        assert_int_equal(s.bands[2], 1);
        assert_int_equal(s.bands[3], 1);
        verify_clean(&b);
        test_book_close(&b);
    }
    (void)state;
}

/* Three payments, 27 days beyond terms: the points of each characteristic come to the score. */
static void paying(void **state)
{
    test_book b;
    open_book(&b, 1);
    int64_t x = invoiced(&b, "I1", 1, "1000.00", "CNY"), y = invoiced(&b, "I2", 1, "3000.00", "CNY"), z = invoiced(&b, "I3", 1, "6000.00", "CNY");
    pay_on(&b, "R1", x, "1000.00", -5);
    pay_on(&b, "R2", y, "3000.00", 10);
    pay_on(&b, "R3", z, "6000.00", 40);
    const char *p = explained(&b, 1, NULL, ARC_DATE_NONE);
    says(p, "\"adbt\":\"27.0000\"");
    says(p, "\"payment_index\":\"58.2500\"");
    says(p, "\"name\":\"adbt\",\"label\":\"Average days beyond terms\",\"label_zh\":\"平均逾期付款天数\",\"value\":\"27.0000\",\"test\":\"(15..30]\",\"pointer\":\"/characteristics/0/attributes/3\",\"points\":\"7\"");
    says(p, "\"thin_file\":false");
    long sum = 0;
    for (const char *at = p; (at = strstr(at, "\"points\":\"")) != NULL; at += 10) sum += strtol(at + 10, NULL, 10);
    assert_int_equal(sum, strtol(p + 10, NULL, 10));
    /* as of before: nothing of it */
    p = explained(&b, 1, NULL, JAN_31 - 5);
    says(p, "\"payments\":1,");
    says(p, "\"thin_file\":true");
    test_book_close(&b);
    (void)state;
}

static const char simple[] =
    "{\"scorecard\":\"arcore/1\",\"characteristics\":[{\"name\":\"o\",\"field\":\"external_score\",\"type\":\"integer\",\"nullable\":true,\"monotone\":\"increasing\",\"reasonCode\":\"X\",\"baselineScore\":90,"
    "\"attributes\":[{\"test\":\"< 50\",\"partialScore\":50},{\"test\":\"[50..59]\",\"partialScore\":69},{\"test\":\"[60..69]\",\"partialScore\":71},{\"test\":\">= 70\",\"partialScore\":90},{\"test\":\"null\",\"partialScore\":60}]}],"
    "\"credit\":{\"bands\":[{\"band\":\"A\",\"from\":85,\"limit\":\"1000.00\",\"days\":60,\"term\":\"NET60\"},{\"band\":\"B\",\"from\":70,\"limit\":\"100.00\",\"days\":30,\"term\":\"NET30\"},{\"band\":\"C\",\"limit\":\"10.00\"}],"
    "\"thin\":{\"payments\":0},\"hysteresis\":{\"points\":3,\"reviews\":2},\"immediate\":{\"==\":[{\"var\":\"insolvent\"},true]}}}";

static void external(test_book *b, int64_t customer, int score)
{
    arc_record *r;
    char json[80];
    assert_session(b, arc_session_get(b->session, &r, ARC_CUSTOMER, customer));
    snprintf(json, sizeof json, "{\"x_external_score\":\"%d\"}", score);
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session(b, arc_session_update(b->session, r));
    arc_record_free(r);
}

static void score_on(test_book *b, arc_date day, const char *expected, const char *raw, int64_t reviews)
{
    arc_score_options o = ARC_SCORE_OPTIONS_INIT;
    arc_query *q;
    arc_cursor *c;
    arc_record *r;
    int64_t n = 0;
    const char *band = "";
    o.scorecard = "simple";
    o.as_of = day;
    assert_session(b, arc_score_run(b->session, NULL, &o));
    assert_ok(arc_query_new(b->session, &q, ARC_SCORE));
    assert_ok(arc_query_order(q, ARC_SCORE_ID, 1));
    assert_ok(arc_query_run(q, &c));
    assert_int_equal(arc_cursor_next(c), ARC_OK);
    assert_ok(arc_cursor_record(c, &r));
    assert_ok(arc_record_get_text(r, &band, NULL, ARC_SCORE_BAND));
    assert_string_equal(band, expected);
    assert_ok(arc_record_get_text(r, &band, NULL, ARC_SCORE_RAW_BAND));
    assert_string_equal(band, raw);
    assert_ok(arc_record_get_int(r, &n, ARC_SCORE_REVIEWS));
    assert_int_equal(n, reviews);
    arc_record_free(r);
    arc_cursor_free(c);
    arc_query_free(q);
}

/* A band changes beyond the margin, or when scores in a row say so; at once where the card says so. */
static void hysteresis(void **state)
{
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        assert_session(&b, arc_custom_define(b.session, NULL, "{\"entity\":\"customer\",\"name\":\"x_external_score\",\"kind\":\"number\"}", SIZE_MAX));
        (void)published(&b, "simple", simple);
        external(&b, 1, 55);
        score_on(&b, TODAY, "C", "C", 0);
        external(&b, 1, 65);                     /* 71: B, but not by 3 points */
        score_on(&b, TODAY + 1, "C", "B", 1);
        score_on(&b, TODAY + 2, "B", "B", 0);    /* the second time */
        external(&b, 1, 55);                     /* 69: C, by 1 */
        score_on(&b, TODAY + 3, "B", "C", 1);
        external(&b, 1, 65);
        score_on(&b, TODAY + 4, "B", "B", 0);    /* it was nothing */
        external(&b, 1, 80);                     /* 90: far beyond */
        score_on(&b, TODAY + 5, "A", "A", 0);
        arc_flag flag = ARC_FLAG_INIT;
        flag.customer = 1;
        flag.kind = "insolvent";
        flag.reason = "court";
        assert_session(&b, arc_flag_set(b.session, NULL, &flag));
        score_on(&b, TODAY + 6, "C", "C", 0);
        verify_clean(&b);
        test_book_close(&b);
    }
    (void)state;
}

static void faulty(const char *from, const char *to, arc_status st, const char *pointer)
{
    static char document[4000];
    test_book b;
    int64_t id = 0;
    arc_error e = ARC_ERROR_INIT;
    const char *at = strstr(simple, from);
    assert_non_null(at);
    snprintf(document, sizeof document, "%.*s%s%s", (int)(at - simple), simple, to, at + strlen(from));
    open_book(&b, 0);
    assert_session(&b, arc_definition_save(b.session, &id, "scorecard", "faulty", document, SIZE_MAX, NULL));
    const arc_status published_as = arc_definition_publish(b.session, id, NULL, NULL);
    assert_ok(arc_session_error(b.session, &e));
    if (published_as != st || strcmp(e.pointer, pointer) != 0) fail_msg("%d at %s: %s", (int)published_as, e.pointer, e.message);
    test_book_close(&b);
}

static void checked_at_publish(void **state)
{
    faulty("\"partialScore\":71", "\"partialScore\":68", ARC_E_RULE, "/characteristics/0/attributes/2");
    faulty(",{\"test\":\"null\",\"partialScore\":60}", "", ARC_E_REQUIRED, "/characteristics/0"); /* what is missing has a bin of its own */
    faulty("[60..69]", "[61..69]", ARC_E_RULE, "/characteristics/0");                          /* a gap */
    faulty("[60..69]", "[59..69]", ARC_E_RULE, "/characteristics/0/attributes/2");                        /* two bins for one value */
    faulty("\"increasing\"", "\"sideways\"", ARC_E_VALUE, "/characteristics/0/monotone");
    faulty("\"from\":70", "\"from\":86", ARC_E_RULE, "/credit/bands/1/from");
    faulty("\"band\":\"B\"", "\"band\":\"E\"", ARC_E_VALUE, "/credit/bands/1");
    faulty("\"100.00\"", "\"1e2\"", ARC_E_VALUE, "/credit/bands/1/limit");
    faulty("{\"band\":\"C\",", "{\"band\":\"C\",\"from\":1,", ARC_E_RULE, "/credit/bands");
    faulty("{\"var\":\"insolvent\"}", "{\"var\":\"nonsense\"}", ARC_E_NOT_FOUND, "/credit/immediate");
    faulty("\"field\":\"external_score\"", "\"field\":\"external_skore\"", ARC_E_NOT_FOUND, "/characteristics/0/field"); /* nobody would have a value */
    faulty("\"field\":\"external_score\"", "\"field\":\"segment\"", ARC_E_VALUE, "/characteristics/0/type");
    faulty("\"reviews\":2", "\"reviews\":-1", ARC_E_RANGE, "/credit/hysteresis/reviews");
    (void)state;
}

static char grade_on(test_book *b, int64_t customer, arc_date day)
{
    arc_record *r;
    const char *grade = "-";
    assert_session(b, arc_session_get(b->session, &r, ARC_CUSTOMER, customer));
    assert_session(b, arc_record_compute(b->session, &r, 1, day));
    if (arc_record_get_text(r, &grade, NULL, ARC_CUSTOMER_GRADE) != ARC_OK) grade = "-";
    const char c = grade[0];
    arc_record_free(r);
    return c;
}

/* An override stands until its last day; then the score does, without anything being run. */
static void override_ends(void **state)
{
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        int64_t request = 0, over = 0;
        open_book(&b, backend);
        assert_int_equal(grade_on(&b, 1, TODAY), '-');
        assert_session(&b, arc_score_run(b.session, NULL, NULL));
        const char own = grade_on(&b, 1, TODAY);
        assert_int_not_equal(own, 'A');
        assert_session(&b, arc_score_override_request(b.session, &request, 1, "A", "parent guarantees", TODAY + 5));
        assert_int_equal(grade_on(&b, 1, TODAY), own); /* asked for is not granted */
        assert_session(&b, arc_score_override_approve(b.session, &over, request));
        assert_int_equal(grade_on(&b, 1, TODAY), 'A');
        assert_int_equal(grade_on(&b, 1, TODAY + 5), 'A');
        assert_int_equal(grade_on(&b, 1, TODAY + 6), own);
        assert_int_equal(grade_on(&b, 1, TODAY - 1), '-');
        test_book_close(&b);
    }
    (void)state;
}

/* Every point is in the log, and they add up to the score; the reasons are where most was lost. */
static void every_point(void **state)
{
    test_book b;
    char json[30000];
    size_t n = sizeof json;
    double sum = 0;
    int bins = 0;
    (void)state;
    open_book(&b, 0);
    assert_session(&b, arc_score_explain(b.session, json, &n, 1, NULL));
    for (const char *at = json; (at = strstr(at, "\"points\":")) != NULL; at++, bins++) sum += strtod(at + 9 + (at[9] == '"'), NULL);
    const char *score = strstr(json, "\"score\":\"");
    assert_non_null(score);
    if (bins != 12 || (int)(sum * 100 + 0.5) != (int)(strtod(score + 9, NULL) * 100 + 0.5)) fail_msg("%d bins, %.2f points: %s", bins, sum, json);
    test_book_close(&b);
}

static void overrides(void **state)
{
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        int64_t request = 0, over = 0, id = 0;
        open_book(&b, backend);
        assert_session(&b, arc_score_run(b.session, NULL, NULL));
        assert_int_equal(arc_score_override_request(b.session, &id, 1, "E", "why", TODAY + 5), ARC_E_VALUE);
        assert_int_equal(arc_score_override_request(b.session, &id, 1, "A", "", TODAY + 5), ARC_E_INVALID);
        assert_int_equal(arc_score_override_request(b.session, &id, 1, "A", "why", TODAY - 1), ARC_E_RANGE);
        assert_int_equal(arc_score_override_request(b.session, &id, 77, "A", "why", TODAY), ARC_E_NOT_FOUND);
        assert_session(&b, arc_score_override_request(b.session, &request, 1, "A", "parent guarantees", TODAY + 5));
        assert_int_equal(arc_score_override_approve(b.session, &id, 1), ARC_E_STATE); /* a score */
        assert_session(&b, arc_score_override_approve(b.session, &over, request));
        assert_int_equal(arc_score_override_approve(b.session, &id, request), ARC_E_STATE);
        assert_session(&b, arc_score_override_end(b.session, &id, over, "guarantee withdrawn"));
        assert_int_equal(arc_score_override_end(b.session, &id, over, "again"), ARC_E_STATE);
        verify_clean(&b);
        test_book_close(&b);
    }
    (void)state;
}

/* Scores as published: 600 at 50:1, 20 points to double; weights of evidence of 400/300/200/100 good and 10/20/30/40 bad. */
static void statistics(void **state)
{
    int64_t factor, offset, woe[4], iv;
    const int64_t good[] = { 400, 300, 200, 100 }, bad[] = { 10, 20, 30, 40 }, none[] = { 0, 20, 30, 50 };
    assert_ok(arc_score_scaling(&factor, &offset, 20, 600, 50));
    assert_int_equal(factor, 28853901);
    assert_int_equal((offset + 500) / 1000, 487123);
    assert_ok(arc_score_woe(woe, &iv, good, bad, 4));
    assert_int_equal(woe[0], 1386294);
    assert_int_equal(woe[1], 405465);
    assert_int_equal(woe[2], -405465);
    assert_int_equal(woe[3], -1386294);
    assert_int_equal((iv + 50) / 100, 9129);
    assert_ok(arc_score_woe(woe, NULL, good, none, 4));
    assert_int_equal(woe[0], 4383276); /* ln((400.5 / 1000) / (0.5 / 100)) */
    (void)state;
}

/* Terms of the band that stands, of the override first; a customer that has changed is passed over. */
static void proposed(void **state)
{
    static const char document[] =
        "{\"scorecard\":\"arcore/1\",\"characteristics\":[{\"name\":\"o\",\"field\":\"external_score\",\"type\":\"integer\",\"nullable\":true,\"reasonCode\":\"X\",\"attributes\":[{\"test\":\"-\",\"partialScore\":50}]}],"
        "\"credit\":{\"bands\":[{\"band\":\"A\",\"from\":85,\"days\":60,\"term\":\"NET60\"},{\"band\":\"C\",\"days\":15,\"term\":\"NET15\"}],\"thin\":{\"payments\":0}}}";
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_proposal *p;
        arc_record *r;
        int64_t id = 0, request = 0;
        arc_proposal_info info = ARC_PROPOSAL_INFO_INIT;
        open_book(&b, backend);
        (void)record_of(&b, ARC_CUSTOMER, "{\"code\":\"O\",\"legal_name\":\"O\"}");
        (void)record_of(&b, ARC_CUSTOMER, "{\"code\":\"H\",\"legal_name\":\"H\",\"term\":\"NET15\"}"); /* has it */
        (void)published(&b, "default", document);
        assert_session(&b, arc_score_override_request(b.session, &request, 2, "A", "known well", TODAY + 30));
        assert_session(&b, arc_score_override_approve(b.session, &id, request));
        assert_session(&b, arc_score_propose(b.session, &p, NULL));
        assert_ok(arc_proposal_describe(p, &info));
        assert_int_equal(info.n_lines, 2);
        assert_ok(arc_proposal_store(p, &id, NULL));
        assert_ok(arc_proposal_approve(p, NULL, 0));
        assert_session(&b, arc_session_get(b.session, &r, ARC_CUSTOMER, 2)); /* changes in between */
        assert_ok(arc_customer_set_remark(r, "changed", SIZE_MAX));
        assert_session(&b, arc_session_update(b.session, r));
        arc_record_free(r);
        assert_int_equal(arc_proposal_apply(p, NULL), ARC_PARTIAL);
        arc_proposal_free(p);
        assert_text(&b, ARC_CUSTOMER, 1, ARC_CUSTOMER_TERM, "NET15");
        assert_text(&b, ARC_CUSTOMER, 2, ARC_CUSTOMER_TERM, NULL);
        assert_session(&b, arc_score_propose(b.session, &p, NULL));
        assert_ok(arc_proposal_store(p, &id, NULL));
        assert_ok(arc_proposal_approve(p, NULL, 0));
        assert_ok(arc_proposal_apply(p, NULL));
        arc_proposal_free(p);
        assert_text(&b, ARC_CUSTOMER, 2, ARC_CUSTOMER_TERM, "NET60");
        assert_int_equal(arc_score_propose(b.session, &p, NULL), ARC_DONE);
        arc_proposal_free(p);
        verify_clean(&b);
        test_book_close(&b);
    }
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(fresh_book), cmocka_unit_test(paying), cmocka_unit_test(hysteresis), cmocka_unit_test(checked_at_publish), cmocka_unit_test(overrides), cmocka_unit_test(override_ends), cmocka_unit_test(every_point), cmocka_unit_test(statistics), cmocka_unit_test(proposed) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
