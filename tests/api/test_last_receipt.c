/* SPDX-License-Identifier: Apache-2.0 */
/* The day a customer paid last: raised by receipts and claims, lowered by what takes them away. */
#include "api/settling.h"

enum { TODAY = 20600 };

static int64_t came(test_book *b, const char *number, int64_t customer, const char *day, const char *currency)
{
    char json[300], who[40] = "";
    if (customer) snprintf(who, sizeof who, "\"customer\":%d,", (int)customer);
    snprintf(json, sizeof json, "{%s\"number\":\"%s\",\"value_date\":\"%s\",\"posting_date\":\"2026-05-01\",\"currency\":\"%s\",\"amount\":\"10.00\"}", who, number, day, currency);
    return record_of(b, ARC_RECEIPT, json);
}

/* Of customer 1, as text; "" is none. */
static void last_is(test_book *b, int64_t customer, const char *currency, const char *expected)
{
    arc_query *q;
    arc_cursor *c;
    arc_date day;
    char text[16] = "";
    size_t n = sizeof text;
    const arc_field_id field = ARC_ACCOUNT_LAST_RECEIPT_ON;
    assert_ok(arc_query_new(b->session, &q, ARC_ACCOUNT));
    assert_ok(arc_query_where_int(q, ARC_ACCOUNT_CUSTOMER, ARC_EQ, customer));
    assert_ok(arc_query_where_text(q, ARC_ACCOUNT_CURRENCY, ARC_EQ, currency, 3));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_run(q, &c));
    assert_int_equal(arc_cursor_next(c), ARC_OK);
    if (arc_cursor_get_date(c, &day, 0) == ARC_OK) assert_ok(arc_date_print(text, &n, day));
    arc_cursor_free(c);
    arc_query_free(q);
    assert_string_equal(text, expected);
}

static void taken_away(void **state)
{
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        int64_t old = came(&b, "R1", 1, "2019-03-01", "CNY"), late = came(&b, "R2", 1, "2026-04-01", "CNY"), nobody = came(&b, "R3", 0, "2026-04-20", "CNY");
        int64_t found = came(&b, "R4", 0, "2026-03-01", "CNY");
        (void)came(&b, "R5", 1, "2026-04-30", "USD"); /* another account */
        last_is(&b, 1, "CNY", "2026-04-01");
        assert_session(&b, arc_receipt_claim(b.session, nobody, 1, TODAY));
        last_is(&b, 1, "CNY", "2026-04-20");
        assert_session(&b, arc_receipt_claim(b.session, found, 1, TODAY));
        last_is(&b, 1, "CNY", "2026-04-20");
        assert_session(&b, arc_receipt_unclaim(b.session, nobody, TODAY, "not his"));
        last_is(&b, 1, "CNY", "2026-04-01");
        assert_session(&b, arc_receipt_return(b.session, late, TODAY, "bounced"));
        last_is(&b, 1, "CNY", "2026-03-01"); /* that of the claim */
        assert_session(&b, arc_receipt_return(b.session, found, TODAY, "bounced"));
        last_is(&b, 1, "CNY", "2019-03-01"); /* years back */
        assert_session(&b, arc_receipt_return(b.session, old, TODAY, "bounced"));
        last_is(&b, 1, "CNY", "");
        last_is(&b, 1, "USD", "2026-04-30");
        verify_clean(&b);
        test_book_close(&b);
    }
    (void)state;
}

/* Those of many customers in one call, each with others that stay. */
static void many(void **state)
{
    enum { N = 700 };
    static arc_ledger_step steps[N];
    static int64_t ids[N];
    test_book b;
    open_book(&b, 1);
    for (int i = 0; i < N; i++) {
        char json[80], number[20];
        snprintf(json, sizeof json, "{\"code\":\"M%d\",\"legal_name\":\"M\"}", i);
        int64_t customer = record_of(&b, ARC_CUSTOMER, json);
        snprintf(number, sizeof number, "A%d", i);
        if (i % 3) (void)came(&b, number, customer, i % 2 ? "2026-01-10" : "2021-01-10", "CNY");
        snprintf(number, sizeof number, "B%d", i);
        ids[i] = customer;
        (void)arc_ledger_step_init(&steps[i]);
        steps[i].row = came(&b, number, customer, "2026-02-10", "CNY");
        steps[i].date = TODAY;
        steps[i].reason = "bounced";
    }
    assert_session(&b, arc_receipt_return_many(b.session, NULL, NULL, steps, N, ARC_ALL_OR_NONE));
    for (int i = 0; i < N; i += 7) last_is(&b, ids[i], "CNY", !(i % 3) ? "" : i % 2 ? "2026-01-10" : "2021-01-10");
    verify_clean(&b);
    test_book_close(&b);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(taken_away), cmocka_unit_test(many) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
