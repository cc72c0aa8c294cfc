/* SPDX-License-Identifier: Apache-2.0 */
/* What a clerk reads when a settlement is refused: amounts in major units with their currency, days and ways out by name. */
#include "api/settling.h"

#include <string.h>

#define CHECK(b, st, ...) check(b, st, __VA_ARGS__, NULL)

/* The call was refused so, and the message has these words. */
static void check(test_book *b, arc_status expected, arc_status st, ...)
{
    arc_error e = ARC_ERROR_INIT;
    va_list words;
    const char *word;
    arc_session_error(b->session, &e);
    if (st != expected) fail_msg("%s instead of %s: %s", arc_status_name(st), arc_status_name(expected), e.message);
    va_start(words, st);
    while ((word = va_arg(words, const char *)) != NULL) {
        if (!strstr(e.message, word) && !strstr(e.message_zh, word)) fail_msg("no \"%s\" in: %s / %s", word, e.message, e.message_zh);
    }
    va_end(words);
    if (strstr(e.message, "minor units") || strstr(e.message_zh, "最小货币单位")) fail_msg("minor units: %s", e.message);
}

static arc_status apply(test_book *b, int64_t item, int64_t receipt, int64_t amount, arc_date day)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    a.item = item;
    a.receipt = receipt;
    a.amount = amount;
    a.date = day;
    return arc_allocation_apply(b->session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE);
}

static void test_amounts(void **state)
{
    test_book b;
    (void)state;
    open_book(&b, 0);
    int64_t item = invoiced(&b, "I1", 1, "1130", "CNY"), receipt = paid(&b, "R1", 1, "2000", "CNY"), yen = invoiced(&b, "I2", 1, "500", "JPY");
    int64_t from_yen = paid(&b, "R2", 1, "900", "JPY");
    CHECK(&b, ARC_E_GUARD, apply(&b, item, receipt, 113001, FEB_10), "1130.01 CNY", "1130.00 CNY");
    CHECK(&b, ARC_E_GUARD, apply(&b, yen, from_yen, 501, FEB_10), "501 JPY", "500 JPY");
    CHECK(&b, ARC_E_GUARD, arc_receipt_refund(b.session, NULL, receipt, 0, 200001, FEB_10, "paid twice"), "2000.01 CNY", "2000.00 CNY");
    test_book_close(&b);
}

static void test_ways_out(void **state)
{
    test_book b;
    (void)state;
    open_book(&b, 0);
    int64_t item = invoiced(&b, "I1", 1, "100", "CNY"), dollars = invoiced(&b, "I2", 1, "50", "USD"), receipt = paid(&b, "R1", 1, "100", "CNY");
    CHECK(&b, ARC_E_CURRENCY, apply(&b, dollars, receipt, 5000, FEB_10), "credit_amount", "USD", "CNY");
    CHECK(&b, ARC_E_CURRENCY, arc_receipt_settle(b.session, NULL, NULL, receipt, &dollars, NULL, 1, NULL), "credit_amount");
    assert_session(&b, arc_receipt_return(b.session, receipt, FEB_10, "wrong account"));
    CHECK(&b, ARC_E_STATE, arc_receipt_settle(b.session, NULL, NULL, receipt, &item, NULL, 1, NULL), "went back to the payer");

    receipt = paid(&b, "R2", 0, "100", "CNY");
    assert_session(&b, arc_receipt_claim(b.session, receipt, 1, MAR_10));
    CHECK(&b, ARC_E_RANGE, apply(&b, item, receipt, 10000, FEB_10), "claimed on 2026-03-10", "2026-03-10 认领");
    CHECK(&b, ARC_E_RANGE, apply(&b, item, paid(&b, "R3", 1, "100", "CNY"), 10000, FEB_1 - 1), "from 2026-02-01 on");
    assert_session(&b, apply(&b, item, receipt, 10000, MAR_10));
    CHECK(&b, ARC_E_STATE, arc_receipt_unclaim(b.session, receipt, MAR_10, "not his"), "the receipt is applied: reverse");
    test_book_close(&b);
}

/* A copy never overwrites, and says it as a sentence. */
static void test_backup(void **state)
{
    for (int backend = 0; backend < 2; backend++) {
        test_book b;
        arc_error e = ARC_ERROR_INIT;
        char name[20], to[600];
        snprintf(name, sizeof name, "copy%d.arc", backend);
        (void)test_dir(*state);
        snprintf(to, sizeof to, "sqlite:%s", test_path(*state, name));
        open_book(&b, backend);
        assert_ok(arc_book_backup(b.book, to, NULL));
        assert_int_equal(arc_book_backup(b.book, to, NULL), ARC_E_EXISTS);
        arc_book_error(b.book, &e);
        assert_non_null(strstr(e.message, "overwrites nothing"));
        assert_null(strstr(e.message, "nique value"));
        test_book_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_amounts), cmocka_unit_test(test_ways_out), cmocka_unit_test_setup_teardown(test_backup, test_setup, test_teardown) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
