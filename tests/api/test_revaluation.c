/* SPDX-License-Identifier: Apache-2.0 */
/* Revaluation at closing rates: the published examples, both methods, once a day, as of days gone by. */
#include "api/voucher_world.h"

static void rate(test_book *b, const char *kind, const char *from, const char *day, const char *value)
{
    char json[300];
    snprintf(json, sizeof json, "{\"kind\":\"%s\",\"from_currency\":\"%s\",\"to_currency\":\"CNY\",\"valid_on\":\"%s\",\"units\":1,\"rate\":\"%s\"}", kind, from, day, value);
    (void)sample_insert(b->session, ARC_EXCHANGE_RATE, json);
}

static void invoice(test_book *b, const char *number, const char *currency, const char *gross, const char *day)
{
    char json[400];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"invoice_date\":\"%s\",\"due_date\":\"2026-12-31\",\"currency\":\"%s\",\"gross_amount\":\"%s\"}", number, day, currency, gross);
    assert_session(b, world_json(b->session, NULL, ARC_INVOICE, json));
}

/* Sum of base amounts of a role's lines posted up to a day; minor units. */
static int64_t base_of(test_book *b, const char *role, arc_date until)
{
    static const arc_field_id fields[] = { ARC_JOURNAL_LINE_JOURNAL_ENTRY, ARC_JOURNAL_LINE_BASE_AMOUNT };
    arc_query *q;
    arc_cursor *c;
    int64_t sum = 0;
    assert_ok(arc_query_new(b->session, &q, ARC_JOURNAL_LINE));
    assert_ok(arc_query_where_text(q, ARC_JOURNAL_LINE_ACCOUNT_ROLE, ARC_EQ, role, SIZE_MAX));
    assert_ok(arc_query_where_null(q, ARC_JOURNAL_LINE_BASE_AMOUNT));
    assert_ok(arc_query_not(q));
    assert_ok(arc_query_select(q, fields, 2));
    assert_ok(arc_query_run(q, &c));
    int64_t entries[64], amounts[64];
    int n = 0;
    for (; arc_cursor_next(c) == ARC_OK; n++) {
        arc_money m;
        assert_ok(arc_cursor_get_int(c, &entries[n], 0));
        assert_ok(arc_cursor_get_money(c, &m, 1));
        amounts[n] = m.minor;
    }
    arc_cursor_free(c);
    arc_query_free(q);
    for (int i = 0; i < n; i++) {
        arc_record *r;
        arc_date day;
        assert_ok(arc_session_get(b->session, &r, ARC_JOURNAL_ENTRY, entries[i]));
        assert_ok(arc_record_get_date(r, &day, ARC_JOURNAL_ENTRY_POSTING_DATE));
        arc_record_free(r);
        if (day <= until) sum += amounts[i];
    }
    return sum;
}

/* T1.7: 1,000 booked at 1.13545, closing 1.13225: -3.20. */
static void published(test_book *b)
{
    arc_revaluation r = ARC_REVALUATION_INIT;
    voucher_world(b);
    rate(b, "booked", "USD", "2026-01-01", "1.13545");
    rate(b, "closing", "USD", "2026-01-31", "1.13225");
    invoice(b, "I", "USD", "1000.00", "2026-01-05");
    world_says(b, "D 1122 1000.00 C1|C 6001 1000.00");
    assert_session(b, arc_revaluation_run(b->session, &r, WORLD_JAN + 30));
    assert_int_equal(r.n_items, 1);
    assert_int_equal(r.carried, 113545);
    assert_int_equal(r.valued, 113225);
    assert_int_equal(r.difference, -320);
    arc_voucher_summary sum = ARC_VOUCHER_SUMMARY_INIT;
    char text[400];
    assert_session(b, arc_voucher_export(b->session, &sum, "GL", ARC_DATE_NONE, WORLD_JAN + 31, NULL));
    assert_int_equal(sum.n_vouchers, 2); /* the day, and the day after */
    world_spell(b, sum.first, 1, text, sizeof text);
    assert_string_equal(text, "C 1122 3.20 C1|D 6603.06 3.20");
    world_spell(b, sum.last, 1, text, sizeof text);
    assert_string_equal(text, "D 1122 3.20 C1|C 6603.06 3.20");
}

/* T1.9: 100 + 50 booked at 2.00, close 2.50: +75. */
static void two_items(test_book *b)
{
    arc_revaluation r = ARC_REVALUATION_INIT;
    voucher_world(b);
    rate(b, "booked", "GBP", "2026-01-01", "2");
    rate(b, "closing", "GBP", "2026-01-31", "2.5");
    invoice(b, "A", "GBP", "100.00", "2026-01-05");
    invoice(b, "B", "GBP", "50.00", "2026-01-06");
    invoice(b, "C", "GBP", "70.00", "2026-02-06"); /* after the day */
    invoice(b, "D", "CNY", "70.00", "2026-01-06"); /* nothing to value */
    assert_session(b, arc_revaluation_run(b->session, &r, WORLD_JAN + 30));
    assert_int_equal(r.n_items, 2);
    assert_int_equal(r.difference, 7500);
}

/* T1.8: 10,000 at 7.10; close 7.20: +1,000, taken back; 4,000 at 7.15: +200; 6,000 at 7.05: -300; realised -100. Without the reversal, carried at 72,000, what is realised is
 * -200 and -900, and with the +1,000 before it is -100 as well. */
static void both_methods(test_book *b)
{
    arc_revaluation r = ARC_REVALUATION_INIT;
    int64_t receipts[2];
    voucher_world(b);
    rate(b, "booked", "USD", "2026-01-01", "7.10");
    rate(b, "closing", "USD", "2026-01-31", "7.20");
    rate(b, "booked", "USD", "2026-02-05", "7.15");
    rate(b, "booked", "USD", "2026-02-08", "7.05");
    invoice(b, "I", "USD", "10000.00", "2026-01-05");
    assert_session(b, arc_revaluation_run(b->session, &r, WORLD_JAN + 30));
    assert_int_equal(r.difference, 100000);
    assert_int_equal(base_of(b, "fx_unrealised", WORLD_JAN + 30), -100000); /* income stands in credit */
    assert_int_equal(base_of(b, "receivable", WORLD_JAN + 30), 7200000);
    assert_int_equal(base_of(b, "receivable", WORLD_JAN + 31), 7100000);
    assert_session(b, world_json(b->session, &receipts[0], ARC_RECEIPT,
                                 "{\"number\":\"R1\",\"customer\":1,\"value_date\":\"2026-02-05\",\"posting_date\":\"2026-02-05\",\"currency\":\"USD\",\"amount\":\"4000.00\"}"));
    assert_session(b, world_json(b->session, &receipts[1], ARC_RECEIPT,
                                 "{\"number\":\"R2\",\"customer\":1,\"value_date\":\"2026-02-08\",\"posting_date\":\"2026-02-08\",\"currency\":\"USD\",\"amount\":\"6000.00\"}"));
    for (int i = 0; i < 2; i++) {
        arc_allocation a = ARC_ALLOCATION_INIT;
        a.item = 1;
        a.receipt = receipts[i];
        a.amount = i ? 600000 : 400000;
        a.date = WORLD_JAN + (i ? 38 : 35);
        assert_session(b, arc_allocation_apply(b->session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
        assert_int_equal(base_of(b, "fx_realised", WORLD_JAN + 60), i ? 10000 : -20000); /* +200, then -100 in all */
    }
    assert_int_equal(base_of(b, "fx_unrealised", WORLD_JAN + 60), 0);
    assert_int_equal(base_of(b, "receivable", WORLD_JAN + 60), 0);
    int64_t without = (28600 - 28800) * 100 + (42300 - 43200) * 100 + 100000; /* the other method, from the same facts */
    assert_int_equal(-base_of(b, "fx_realised", WORLD_JAN + 60), without);
    /* as of the day before the receipts nothing has changed */
    char json[2000];
    size_t n = sizeof json;
    assert_session(b, arc_revaluation_preview_json(b->session, json, &n, WORLD_JAN + 30));
    assert_non_null(strstr(json, "\"difference\":\"1000.00\",\"unvalued\":0,\"items\":[{\"item\":1,\"number\":\"I\",\"customer\":1,\"currency\":\"USD\",\"open\":\"10000.00\",\"carried\":\"71000.00\""));
    n = sizeof json;
    assert_session(b, arc_revaluation_preview_json(b->session, json, &n, WORLD_JAN + 36)); /* between them */
    assert_non_null(strstr(json, "\"open\":\"6000.00\",\"carried\":\"42600.00\""));
    n = sizeof json;
    assert_session(b, arc_revaluation_preview_json(b->session, json, &n, WORLD_JAN + 50));
    assert_non_null(strstr(json, "\"items\":[]"));
}

static void once_a_day(test_book *b)
{
    arc_session *s = b->session;
    arc_revaluation r = ARC_REVALUATION_INIT;
    int64_t back;
    voucher_world(b);
    rate(b, "booked", "USD", "2026-01-01", "7");
    invoice(b, "I", "USD", "10.00", "2026-01-05");
    assert_session_status(ARC_E_NOT_FOUND, b, arc_revaluation_run(s, &r, WORLD_JAN + 30)); /* no closing rate */
    rate(b, "closing", "USD", "2026-01-31", "8");
    assert_session(b, arc_revaluation_run(s, &r, WORLD_JAN + 30));
    assert_session_status(ARC_E_STATE, b, arc_revaluation_run(s, NULL, WORLD_JAN + 30));
    assert_session(b, arc_revaluation_reverse(s, &back, r.id, "wrong rate"));
    assert_int_equal(base_of(b, "receivable", WORLD_JAN + 30), 7000);
    assert_int_equal(base_of(b, "fx_unrealised", WORLD_JAN + 30), 0);
    assert_session_status(ARC_E_STATE, b, arc_revaluation_reverse(s, NULL, r.id, "again"));
    assert_session_status(ARC_E_STATE, b, arc_revaluation_reverse(s, NULL, back, "the reversal"));
    assert_session_status(ARC_E_NOT_FOUND, b, arc_revaluation_reverse(s, NULL, 99, "none"));
    assert_session_status(ARC_E_INVALID, b, arc_revaluation_reverse(s, NULL, r.id, ""));
    assert_session(b, arc_revaluation_run(s, &r, WORLD_JAN + 30));
    assert_session_status(ARC_E_STATE, b, arc_revaluation_run(s, NULL, WORLD_JAN + 30));
    int64_t jan = sample_insert(s, ARC_FISCAL_PERIOD, "{\"code\":\"P1\",\"starts_on\":\"2026-01-01\",\"ends_on\":\"2026-01-31\"}");
    assert_session(b, arc_fiscal_period_close(s, jan, NULL, 0));
    assert_session_status(ARC_E_PERIOD, b, arc_revaluation_reverse(s, NULL, r.id, "late"));
    assert_session_status(ARC_E_PERIOD, b, arc_revaluation_run(s, NULL, WORLD_JAN + 29));
}

/* Credits lower what is valued; items without a base amount are told of, not guessed. */
static void credits_and_unvalued(test_book *b)
{
    arc_revaluation r = ARC_REVALUATION_INIT;
    voucher_world(b);
    invoice(b, "U", "EUR", "5.00", "2026-01-04"); /* no rate is known */
    rate(b, "booked", "USD", "2026-01-01", "7");
    rate(b, "closing", "USD", "2026-01-31", "8");
    rate(b, "closing", "EUR", "2026-01-31", "9");
    invoice(b, "I", "USD", "100.00", "2026-01-05");
    invoice(b, "K", "USD", "-40.00", "2026-01-06");
    assert_session(b, arc_revaluation_run(b->session, &r, WORLD_JAN + 30));
    assert_int_equal(r.n_items, 2);
    assert_int_equal(r.n_unvalued, 1);
    assert_int_equal(r.difference, 6000);
}

static void every_backend(void **state)
{
    static void (*const parts[])(test_book *) = { published, two_items, both_methods, once_a_day, credits_and_unvalued };
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
            test_book b;
            test_book_open(&b, backend);
            assert_ok(arc_session_set_business_date(b.session, WORLD_JAN + 60));
            parts[i](&b);
            world_verify(&b);
            test_book_close(&b);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_backend) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
