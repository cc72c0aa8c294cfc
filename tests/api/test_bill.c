/* SPDX-License-Identifier: Apache-2.0 */
/* Bills of exchange: every status by every verb, what each event posts, claims of a dishonour, what is undone, exposure as of a day. */
#include <stdio.h>
#include <string.h>

#include "api/bills.h"

static const char *const statuses[] = { "held", "collecting", "endorsed", "discounted", "honoured", "dishonoured", "returned" };
enum { N_STATUSES = 7 };

/* ---- states ---------------------------------------------------------------------------------------------------------------- */

/* to[status][verb]; verbs: endorse, discount, send, collect, dishonour, return. */
static const char *const to[N_STATUSES][6] = {
    { "endorsed", "discounted", "collecting", "honoured", "dishonoured", "returned" },
    { NULL, NULL, NULL, "honoured", "dishonoured", NULL },
    { NULL, NULL, NULL, "honoured", "dishonoured", NULL },
    { NULL, NULL, NULL, "honoured", "dishonoured", NULL },
    { NULL, NULL, NULL, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL, NULL },
};

static void states(test_book *b)
{
    open_bills(b);
    for (int from = 0; from < N_STATUSES; from++) {
        for (int verb = 0; verb < 6; verb++) {
            for (int recourse = 0; recourse < 2; recourse++) {
                char number[20];
                arc_error e = ARC_ERROR_INIT;
                snprintf(number, sizeof number, "S%d%d%d", from, verb, recourse);
                int64_t bill = receive(b, number, 10000, 0, 0, recourse);
                assert_session(b, bring_to(b, bill, statuses[from]));
                int comes_back = from < 2 || recourse || verb != BILL_DISHONOUR;
                const char *expected = comes_back ? to[from][verb] : NULL;
                arc_status st = move_bill(b->session, NULL, bill, verb, MATURITY, 0);
                if (st != (expected ? ARC_OK : ARC_E_STATE)) fail_msg("%s, verb %d: %s", statuses[from], verb, arc_status_name(st));
                assert_ok(arc_session_error(b->session, &e));
                if (!expected) assert_true(strstr(e.message, number) && strstr(e.message_zh, number));
                assert_text(b, ARC_BILL, bill, ARC_BILL_STATUS, expected ? expected : statuses[from]);
            }
        }
    }
    verify_clean(b);
}

/* ---- money ----------------------------------------------------------------------------------------------------------------- */

static void money(test_book *b)
{
    open_bills(b);
    int64_t one = book_item(b, "I1", "600.00"), two = book_item(b, "I2", "500.00");
    int64_t bill = receive_for(b, "B1", 100000, one, 60000, two, 30000);
    assert_int_equal(posted(b, "notes_receivable"), 100000);
    assert_int_equal(posted(b, "receivable"), 20000);
    assert_int_equal(posted(b, "on_account"), -10000); /* what is not allocated */
    assert_int_equal(posted(b, "bank"), 0);
    assert_int_equal(field_of(b, ARC_ITEM_STATE, one, ARC_ITEM_STATE_OPEN), 0);
    assert_session(b, move_bill(b->session, NULL, bill, BILL_DISCOUNT, DAY + 10, 1234));
    assert_int_equal(posted(b, "notes_receivable"), 0);
    assert_int_equal(posted(b, "bank"), 98766);
    assert_int_equal(posted(b, "bank_fee"), 1234);
    assert_session(b, reverse_bill(b->session, NULL, bill, DAY + 11, "wrong bank"));
    assert_text(b, ARC_BILL, bill, ARC_BILL_STATUS, "held");
    assert_int_equal(posted(b, "notes_receivable"), 100000);
    assert_int_equal(posted(b, "bank"), 0);
    assert_int_equal(posted(b, "bank_fee"), 0);
    assert_session(b, move_bill(b->session, NULL, bill, BILL_ENDORSE, DAY + 12, 0));
    assert_int_equal(posted(b, "clearing"), 100000);
    assert_session(b, move_bill(b->session, NULL, bill, BILL_COLLECT, MATURITY, 0));
    assert_int_equal(posted(b, "clearing"), 100000); /* honoured: the supplier has it */
    assert_int_equal(posted(b, "notes_receivable"), 0);
    int64_t cash = receive(b, "B2", 5000, 0, 0, 1);
    assert_session(b, move_bill(b->session, NULL, cash, BILL_SEND, MATURITY - 3, 0));
    assert_int_equal(posted(b, "notes_receivable"), 5000);
    assert_session(b, move_bill(b->session, NULL, cash, BILL_COLLECT, MATURITY, 20));
    assert_int_equal(posted(b, "bank"), 4980);
    assert_int_equal(posted(b, "bank_fee"), 20);
    verify_clean(b);
}

/* ---- dishonour --------------------------------------------------------------------------------------------------------------- */

static void claim_is(test_book *b, int64_t item, const char *kind, int64_t amount, int64_t origin, arc_date due)
{
    arc_record *r = row_of_id(b, ARC_ITEM, item);
    int64_t of = 0;
    arc_date on = 0;
    assert_text(b, ARC_ITEM, item, ARC_ITEM_KIND, kind);
    assert_int_equal(field_of(b, ARC_ITEM, item, ARC_ITEM_AMOUNT), amount);
    if (origin) assert_ok(arc_record_get_int(r, &of, ARC_ITEM_ORIGIN));
    assert_int_equal(of, origin);
    assert_ok(arc_record_get_date(r, &on, ARC_ITEM_DUE_DATE));
    assert_int_equal(on, due);
    arc_record_free(r);
}

static void dishonour_from(test_book *b, const char *status, const char *role)
{
    open_bills(b);
    int64_t one = book_item(b, "I1", "300.00"), two = book_item(b, "I2", "700.00"), item;
    int64_t bill = receive_for(b, "B1", 100000, one, 30000, two, 70000);
    assert_int_equal(posted(b, "receivable"), 0);
    assert_session(b, bring_to(b, bill, status));
    int64_t before = posted(b, role), bank = posted(b, "bank");
    assert_session(b, move_bill(b->session, &item, bill, BILL_DISHONOUR, MATURITY + 1, 150));
    item = claim_of(b, item);
    claim_is(b, item, "bill", 30000, one, DAY + 4); /* each debt is back, as due as it was */
    claim_is(b, item + 1, "bill", 70000, two, DAY + 4);
    claim_is(b, item + 2, "fee", 150, two, MATURITY + 1); /* of the largest */
    assert_int_equal(posted(b, "receivable"), 100150);
    assert_int_equal(posted(b, role), before - 100000 - (strcmp(role, "bank") ? 0 : 150));
    assert_int_equal(posted(b, "bank"), bank - 150 - (strcmp(role, "bank") ? 0 : 100000));
    assert_int_equal(sum_of(b, ARC_ACCOUNT, ARC_ACCOUNT_OPEN, NULL), 100150);
    assert_int_equal(posted(b, "notes_receivable"), 0);
    verify_clean(b);
    /* undone: nobody owes anything, and it can happen again */
    assert_session(b, reverse_bill(b->session, NULL, bill, MATURITY + 2, "paid after all"));
    assert_text(b, ARC_BILL, bill, ARC_BILL_STATUS, status);
    assert_int_equal(posted(b, "receivable"), 0);
    assert_int_equal(posted(b, role), before);
    assert_int_equal(sum_of(b, ARC_ACCOUNT, ARC_ACCOUNT_OPEN, NULL), 0);
    assert_session(b, move_bill(b->session, &item, bill, BILL_DISHONOUR, MATURITY + 3, 0));
    item = claim_of(b, item);
    verify_clean(b);
    /* a claim that was paid is not taken back */
    int64_t receipt = record_of(b, ARC_RECEIPT, "{\"number\":\"R1\",\"customer\":1,\"value_date\":\"2026-05-27\",\"currency\":\"CNY\",\"amount\":\"1.00\"}");
    arc_allocation a = ARC_ALLOCATION_INIT;
    a.item = item;
    a.receipt = receipt;
    a.amount = 100;
    a.date = MATURITY + 4;
    bills_on(b->session, a.date);
    assert_session(b, arc_allocation_apply(b->session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
    assert_session_status(ARC_E_STATE, b, reverse_bill(b->session, NULL, bill, MATURITY + 5, "no"));
    verify_clean(b);
}

static void dishonour_held(test_book *b) { dishonour_from(b, "held", "notes_receivable"); }
static void dishonour_endorsed(test_book *b) { dishonour_from(b, "endorsed", "clearing"); }
static void dishonour_discounted(test_book *b) { dishonour_from(b, "discounted", "bank"); }

static void returned(test_book *b)
{
    open_bills(b);
    int64_t one = book_item(b, "I1", "600.00"), two = book_item(b, "I2", "500.00");
    int64_t bill = receive_for(b, "B1", 100000, one, 60000, two, 30000);
    arc_bill_move m = ARC_BILL_MOVE_INIT;
    assert_session_status(ARC_E_INVALID, b, arc_bill_return(b->session, NULL, bill, &m)); /* no reason */
    assert_session(b, move_bill(b->session, NULL, bill, BILL_RETURN, DAY + 5, 0));
    assert_int_equal(posted(b, "receivable"), 110000);
    assert_int_equal(posted(b, "notes_receivable"), 0);
    assert_int_equal(posted(b, "on_account"), 0);
    assert_int_equal(field_of(b, ARC_ITEM_STATE, one, ARC_ITEM_STATE_OPEN), 60000);
    assert_int_equal(field_of(b, ARC_ITEM_STATE, two, ARC_ITEM_STATE_OPEN), 50000);
    verify_clean(b);
    assert_session(b, reverse_bill(b->session, NULL, bill, DAY + 6, "it stays"));
    assert_int_equal(posted(b, "notes_receivable"), 100000);
    assert_int_equal(posted(b, "receivable"), 110000);
    assert_int_equal(posted(b, "on_account"), -100000); /* to be allocated anew */
    assert_session_status(ARC_E_STATE, b, reverse_bill(b->session, NULL, bill, DAY + 6, "more")); /* received is not undone */
    verify_clean(b);
}

/* ---- refusals ------------------------------------------------------------------------------------------------------------------ */

static void refused(test_book *b)
{
    open_bills(b);
    static const struct {
        const char *json, *field;
        arc_status status;
    } bad[] = {
        { "{\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"1.00\",\"maturity\":\"2026-09-01\"}", "number", ARC_E_REQUIRED },
        { "{\"number\":\"X\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"0.00\",\"maturity\":\"2026-09-01\"}", "face", ARC_E_RANGE },
        { "{\"number\":\"X\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"1.00\",\"maturity\":\"2026-05-26\"}", "maturity", ARC_E_RANGE },
        { "{\"number\":\"X\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"1.00\",\"maturity\":\"2026-09-01\",\"issued_on\":\"2026-05-28\"}", "issued_on", ARC_E_RANGE },
        { "{\"number\":\"X\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"1.00\",\"maturity\":\"2026-09-01\",\"sub_range\":\"5-3\"}", "sub_range", ARC_E_VALUE },
        { "{\"number\":\"X\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"1.00\",\"maturity\":\"2026-09-01\",\"sub_range\":\"1-101\"}", "face", ARC_E_VALUE },
        { "{\"number\":\"X\",\"kind\":\"bank\",\"customer\":77,\"currency\":\"CNY\",\"face\":\"1.00\",\"maturity\":\"2026-09-01\"}", "customer", ARC_E_REFERENCE },
        { "{\"number\":\"P\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"1.00\",\"maturity\":\"2026-09-01\",\"sub_range\":\"50-149\"}", "number", ARC_E_EXISTS },
        { "{\"number\":\"P\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"1.00\",\"maturity\":\"2026-09-01\"}", "number", ARC_E_EXISTS },
    };
    int64_t part = bill_of(b, "{\"number\":\"P\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"1.00\",\"maturity\":\"2026-09-01\",\"sub_range\":\"1-100\"}");
    int64_t other = bill_of(b, "{\"number\":\"P\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"0.50\",\"maturity\":\"2026-09-01\",\"sub_range\":\"150-199\"}");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        arc_error e = ARC_ERROR_INIT;
        arc_status st = try_bill(b, NULL, bad[i].json);
        assert_ok(arc_session_error(b->session, &e));
        if (st != bad[i].status || strcmp(e.field, bad[i].field)) fail_msg("%s: %s %s %s", bad[i].json, arc_status_name(st), e.field, e.message);
    }
    /* dates, amounts, parties */
    arc_bill_move m = ARC_BILL_MOVE_INIT;
    bills_on(b->session, DAY);
    m.date = DAY + 1;
    m.party = "X";
    assert_session_status(ARC_E_RANGE, b, arc_bill_endorse(b->session, NULL, part, &m)); /* it has not happened */
    assert_session_status(ARC_E_RANGE, b, arc_bill_reverse(b->session, NULL, part, DAY + 1, "no"));
    m.party = NULL;
    assert_session_status(ARC_E_RANGE, b, move_bill(b->session, NULL, part, BILL_ENDORSE, DAY - 1, 0));
    assert_session_status(ARC_E_RANGE, b, move_bill(b->session, NULL, part, BILL_ENDORSE, DAY + 365, 0));
    assert_session_status(ARC_E_RANGE, b, move_bill(b->session, NULL, part, BILL_COLLECT, DAY + 1, 0));
    assert_session_status(ARC_E_RANGE, b, move_bill(b->session, NULL, part, BILL_DISCOUNT, DAY + 1, 101));
    assert_session_status(ARC_E_RANGE, b, move_bill(b->session, NULL, part, BILL_ENDORSE, DAY + 1, 1));
    m.date = DAY + 1;
    bills_on(b->session, DAY + 1);
    assert_session_status(ARC_E_REQUIRED, b, arc_bill_endorse(b->session, NULL, part, &m));
    m.party = "\xff";
    assert_session_status(ARC_E_ENCODING, b, arc_bill_endorse(b->session, NULL, part, &m));
    m.party = "S";
    m.flags = ARC_BILL_SENT;
    assert_session_status(ARC_E_INVALID, b, arc_bill_endorse(b->session, NULL, part, &m));
    assert_session_status(ARC_E_NOT_FOUND, b, arc_bill_collect(b->session, NULL, 777, NULL));
    /* a refused allocation leaves no bill behind */
    arc_allocation a = ARC_ALLOCATION_INIT;
    a.item = 999;
    a.amount = 1;
    arc_record *r = bill_record(b, "{\"number\":\"Y\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"1.00\",\"maturity\":\"2026-09-01\"}");
    assert_session_status(ARC_E_NOT_FOUND, b, arc_bill_record(b->session, NULL, r, &a, 1));
    arc_record_free(r);
    assert_int_equal(sum_of(b, ARC_BILL, ARC_BILL_FACE, NULL), 150);
    assert_int_equal(sum_of(b, ARC_RECEIPT, ARC_RECEIPT_AMOUNT, NULL), 150);
    /* it comes back to us by endorsement */
    assert_session(b, move_bill(b->session, NULL, other, BILL_ENDORSE, DAY, 0));
    (void)bill_of(b, "{\"number\":\"P\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"0.50\",\"maturity\":\"2026-09-01\",\"sub_range\":\"150-199\"}");
    verify_clean(b);
}

static void closed_period(test_book *b)
{
    open_bills(b);
    int64_t bill = receive(b, "B1", 10000, 0, 0, 1);
    int64_t period = record_of(b, ARC_FISCAL_PERIOD, "{\"code\":\"2026-06\",\"starts_on\":\"2026-06-01\",\"ends_on\":\"2026-06-30\"}");
    assert_session(b, arc_fiscal_period_close(b->session, period, NULL, 0));
    assert_session_status(ARC_E_PERIOD, b, move_bill(b->session, NULL, bill, BILL_ENDORSE, 20610, 0));
    assert_session(b, move_bill(b->session, NULL, bill, BILL_ENDORSE, 20640, 0));
}

/* ---- exposure -------------------------------------------------------------------------------------------------------------------- */

static void exposure_is(test_book *b, arc_date on, const char *expected)
{
    char json[500];
    size_t n = sizeof json;
    assert_session(b, arc_bill_exposure_json(b->session, json, &n, on, 0));
    assert_string_equal(json, expected);
}

static void exposure(test_book *b)
{
    open_bills(b);
    int64_t first = receive(b, "B1", 10000, 0, 0, 1), second = receive(b, "B2", 500, 0, 0, 1), third = receive(b, "B3", 30, 0, 0, 0);
    assert_session(b, move_bill(b->session, NULL, second, BILL_ENDORSE, DAY + 2, 0));
    assert_session(b, move_bill(b->session, NULL, third, BILL_DISCOUNT, DAY + 3, 0)); /* without recourse */
    assert_session(b, move_bill(b->session, NULL, second, BILL_COLLECT, MATURITY + 9, 0));
    exposure_is(b, DAY - 1, "[]");
    exposure_is(b, DAY, "[{\"customer\":1,\"currency\":\"CNY\",\"held\":10530,\"recourse\":0,\"matured\":0,\"bills\":[1,2,3]}]");
    exposure_is(b, DAY + 2, "[{\"customer\":1,\"currency\":\"CNY\",\"held\":10030,\"recourse\":500,\"matured\":0,\"bills\":[1,2,3]}]");
    exposure_is(b, DAY + 3, "[{\"customer\":1,\"currency\":\"CNY\",\"held\":10000,\"recourse\":500,\"matured\":0,\"bills\":[1,2]}]");
    exposure_is(b, MATURITY + 1, "[{\"customer\":1,\"currency\":\"CNY\",\"held\":10000,\"recourse\":0,\"matured\":500,\"bills\":[1,2]}]");
    exposure_is(b, MATURITY + 9, "[{\"customer\":1,\"currency\":\"CNY\",\"held\":10000,\"recourse\":0,\"matured\":0,\"bills\":[1]}]");
    assert_session(b, move_bill(b->session, NULL, first, BILL_COLLECT, MATURITY + 9, 0));
    exposure_is(b, MATURITY + 9, "[]");
    char json[3];
    size_t n = sizeof json;
    assert_session(b, arc_bill_exposure_json(b->session, json, &n, DAY, 77));
    assert_string_equal(json, "[]");
    assert_session_status(ARC_E_INVALID, b, arc_bill_exposure_json(b->session, json, NULL, DAY, 0));
}

static void foreign(test_book *b)
{
    open_bills(b);
    (void)record_of(b, ARC_EXCHANGE_RATE, "{\"kind\":\"booked\",\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"valid_on\":\"2026-01-01\",\"units\":1,\"rate\":\"7.1234567\"}");
    int64_t bill = bill_of(b, "{\"number\":\"U\",\"kind\":\"commercial\",\"customer\":1,\"currency\":\"USD\",\"face\":\"33.33\",\"maturity\":\"2026-09-01\"}");
    int64_t before = sum_of(b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT, "notes_receivable");
    assert_int_equal(before, 23742);
    assert_session(b, move_bill(b->session, NULL, bill, BILL_DISCOUNT, DAY + 1, 111));
    assert_int_equal(sum_of(b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT, "notes_receivable"), 0);
    assert_session(b, move_bill(b->session, NULL, bill, BILL_DISHONOUR, DAY + 1, 7));
    verify_clean(b);
    assert_session(b, reverse_bill(b->session, NULL, bill, DAY + 1, "no"));
    verify_clean(b);
}

static int postgresql; /* 1: there is a server */

#define ON_EACH(name) \
    static void test_##name(void **unused) \
    { \
        (void)unused; \
        for (int i = 0; i < TEST_BACKENDS + postgresql; i++) { \
            test_book b; \
            open_book(&b, i); \
            name(&b); \
            test_book_close(&b); \
        } \
    }

ON_EACH(states)
ON_EACH(money)
ON_EACH(dishonour_held)
ON_EACH(dishonour_endorsed)
ON_EACH(dishonour_discounted)
ON_EACH(returned)
ON_EACH(refused)
ON_EACH(closed_period)
ON_EACH(exposure)
ON_EACH(foreign)

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_states),   cmocka_unit_test(test_money),     cmocka_unit_test(test_dishonour_held), cmocka_unit_test(test_dishonour_endorsed),
                                        cmocka_unit_test(test_dishonour_discounted), cmocka_unit_test(test_returned), cmocka_unit_test(test_refused), cmocka_unit_test(test_closed_period),
                                        cmocka_unit_test(test_exposure), cmocka_unit_test(test_foreign) };
    postgresql = test_postgresql_start();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_postgresql_stop();
    return failed;
}
