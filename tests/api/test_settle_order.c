/* SPDX-License-Identifier: Apache-2.0 */
/* T5.3: which items a receipt pays, and in which order, when the payer named none. */
#include "api/ledger_items.h"
#include "api/settling.h"

enum { APR_1 = 20544 };

static int64_t due(test_book *b, const char *number, const char *gross, const char *from, const char *due_date, const char *term)
{
    char json[300];
    arc_query *q;
    arc_cursor *c;
    int64_t item = 0;
    const arc_field_id field = ARC_ITEM_ID;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"invoice_date\":\"%s\",\"due_date\":\"%s\",\"currency\":\"CNY\",\"gross_amount\":\"%s\"%s%s}", number, from, due_date, gross,
             term ? ",\"term\":" : "", term ? term : "");
    int64_t id = record_of(b, ARC_INVOICE, json);
    assert_ok(arc_query_new(b->session, &q, ARC_ITEM));
    assert_ok(arc_query_where_int(q, ARC_ITEM_INVOICE, ARC_EQ, id));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_run(q, &c));
    assert_int_equal(arc_cursor_next(c), ARC_OK);
    assert_ok(arc_cursor_get_int(c, &item, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return item;
}

static int64_t receipt_of(test_book *b, const char *number, const char *amount)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"value_date\":\"2026-04-01\",\"currency\":\"CNY\",\"amount\":\"%s\"}", number, amount);
    return record_of(b, ARC_RECEIPT, json);
}

static void assert_suggested(test_book *b, int64_t receipt, uint32_t flags, int32_t rule, const int64_t *expected, size_t n_expected)
{
    int64_t items[8];
    size_t n = 8;
    int32_t by = -1;
    assert_session(b, arc_receipt_suggest(b->session, &by, items, &n, receipt, APR_1, flags));
    assert_int_equal(by, rule);
    assert_int_equal(n, n_expected);
    for (size_t i = 0; i < n; i++) assert_int_equal(items[i], expected[i]);
}

/* I1 600 due 03-01, CM -100 dated 03-10, I2 400 due 03-15, I3 500 due 04-30; as of 04-01. */
static void the_vector(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        int64_t i1 = due(&b, "I1", "600.00", "2026-02-01", "2026-03-01", NULL), i3 = due(&b, "I3", "500.00", "2026-03-20", "2026-04-30", NULL);
        int64_t i2 = due(&b, "I2", "400.00", "2026-02-15", "2026-03-15", NULL), cm = due(&b, "CM", "-100.00", "2026-03-10", "2026-03-10", NULL);
        const int64_t all[] = { i1, cm, i2, i3 }, past[] = { i1, cm, i2 };
        assert_suggested(&b, receipt_of(&b, "A", "500.00"), 0, ARC_CASH_EXACT, &i3, 1);
        assert_suggested(&b, receipt_of(&b, "B", "1400.00"), 0, ARC_CASH_ACCOUNT, all, 4);
        assert_suggested(&b, receipt_of(&b, "C", "900.00"), 0, ARC_CASH_PAST_DUE, past, 3);
        int64_t r = receipt_of(&b, "D", "700.00");
        assert_suggested(&b, r, 0, ARC_CASH_OLDEST, past, 3);
        assert_suggested(&b, r, ARC_SUGGEST_WHOLE, ARC_CASH_OLDEST, &i1, 1);
        arc_settled out = ARC_SETTLED_INIT;
        arc_settled_line lines[3] = { ARC_SETTLED_LINE_INIT, ARC_SETTLED_LINE_INIT, ARC_SETTLED_LINE_INIT };
        assert_session(&b, arc_receipt_settle(b.session, &out, lines, r, past, NULL, 3, NULL));
        assert_int_equal(lines[0].amount, 60000);
        assert_int_equal(lines[1].amount, 10000);
        assert_int_equal(lines[2].amount, 20000);
        assert_int_equal(lines[2].left, 20000);
        assert_int_equal(out.unapplied, 0);
        verify_clean(&b);
        size_t n = 0;
        assert_int_equal(arc_receipt_suggest(b.session, NULL, NULL, &n, receipt_of(&b, "E", "700.00"), APR_1, 0), ARC_E_BUFFER);
        assert_int_equal(n, 2);
        n = 0;
        assert_session(&b, arc_receipt_suggest(b.session, NULL, NULL, &n, r, APR_1, 0)); /* nothing is left on it */
        assert_int_equal(n, 0);
        assert_int_equal(arc_receipt_suggest(b.session, NULL, NULL, NULL, r, APR_1, 0), ARC_E_INVALID);
        assert_int_equal(arc_receipt_suggest(b.session, NULL, NULL, &n, r, APR_1, 2), ARC_E_INVALID);
        assert_int_equal(arc_receipt_suggest(b.session, NULL, NULL, &n, 999, APR_1, 0), ARC_E_NOT_FOUND);
        assert_int_equal(arc_receipt_suggest(b.session, NULL, NULL, &n, paid(&b, "N", 0, "1.00", "CNY"), APR_1, 0), ARC_E_STATE);
        test_book_close(&b);
    }
}

/* Two items of the amount: the one due first; without partial payments nothing is begun that is not finished. */
static void ties_and_wholes(void **state)
{
    test_book b;
    (void)state;
    open_book(&b, 1);
    int64_t later = due(&b, "L", "300.00", "2026-02-01", "2026-03-20", NULL), first = due(&b, "F", "300.00", "2026-02-01", "2026-03-05", NULL);
    assert_suggested(&b, receipt_of(&b, "A", "300.00"), 0, ARC_CASH_EXACT, &first, 1);
    const int64_t both[] = { first, later };
    assert_suggested(&b, receipt_of(&b, "B", "450.00"), 0, ARC_CASH_OLDEST, both, 2);
    assert_suggested(&b, receipt_of(&b, "C", "450.00"), ARC_SUGGEST_WHOLE, ARC_CASH_OLDEST, &first, 1);
    assert_suggested(&b, receipt_of(&b, "D", "200.00"), ARC_SUGGEST_WHOLE, ARC_CASH_NONE, NULL, 0);
    assert_suggested(&b, receipt_of(&b, "E", "900.00"), 0, ARC_CASH_OLDEST, both, 2); /* what is over stays unapplied */
    test_book_close(&b);
}

/* What is past due on one payment term; of two such terms the one with the oldest item. */
static void terms(void **state)
{
    test_book b;
    (void)state;
    open_book(&b, 1);
    int64_t t1 = due(&b, "T1", "100.00", "2026-01-01", "2026-03-10", "\"NET60\""), t2 = due(&b, "T2", "200.00", "2026-01-01", "2026-03-12", "\"NET60\"");
    int64_t t3 = due(&b, "T3", "250.00", "2026-01-01", "2026-03-11", "\"NET70\""), t4 = due(&b, "T4", "50.00", "2026-01-01", "2026-03-14", "\"NET70\"");
    (void)due(&b, "T5", "70.00", "2026-01-01", "2026-04-30", "\"NET60\"");
    const int64_t first[] = { t1, t2 };
    assert_suggested(&b, receipt_of(&b, "A", "300.00"), 0, ARC_CASH_TERM, first, 2);
    (void)allocate(&b, t1, receipt_of(&b, "B", "1.00"), 100, 0);
    const int64_t second[] = { t3, t4 };
    assert_suggested(&b, receipt_of(&b, "C", "300.00"), 0, ARC_CASH_TERM, second, 2);
    test_book_close(&b);
}

/* The published case: 2,000 at 10 % within 10 days and 5 of grace, 1,800 paid on day 13: it matches. */
static void discounts_count(void **state)
{
    test_book b;
    int64_t id;
    char json[200];
    (void)state;
    open_book(&b, 0);
    assert_session(&b, arc_definition_save(b.session, &id, "tolerance", "default", "{\"tolerance\":\"arcore/1\",\"discount\":{\"grace_days\":5}}", SIZE_MAX, NULL));
    assert_session(&b, arc_definition_publish(b.session, id, NULL, NULL));
    int64_t item = made_item(&b, "A", 200000, NULL, "[{\"until\":\"2026-01-11\",\"percent\":\"10\",\"amount\":\"200.00\"}]");
    for (int day = 14; day <= 17; day += 3) {
        snprintf(json, sizeof json, "{\"number\":\"R%d\",\"customer\":1,\"value_date\":\"2026-01-%d\",\"currency\":\"CNY\",\"amount\":\"1800.00\"}", day, day);
        assert_suggested(&b, record_of(&b, ARC_RECEIPT, json), 0, day == 14 ? ARC_CASH_EXACT : ARC_CASH_OLDEST, &item, 1);
    }
    test_book_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_vector), cmocka_unit_test(ties_and_wholes), cmocka_unit_test(discounts_count), cmocka_unit_test(terms) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
