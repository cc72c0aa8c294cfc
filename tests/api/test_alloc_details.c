/* SPDX-License-Identifier: Apache-2.0 */
/* What an allocation says beside its amounts: unearned discounts, reasons and the accounts they charge, evidence, the order inside an item. */
#include "api/ledger_items.h"

static int64_t item_in_parts(test_book *b, const char *number, int64_t amount, const char *parts) { return made_item(b, number, amount, parts, NULL); }

static arc_allocation from(int64_t receipt, int64_t item, int64_t amount)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    a.receipt = receipt;
    a.item = item;
    a.amount = amount;
    return a;
}

static arc_status try_one(test_book *b, int64_t *id, const arc_allocation *a) { return arc_allocation_apply(b->session, id, NULL, a, 1, ARC_ALL_OR_NONE); }

static void assert_refused(test_book *b, arc_status st, const char *field, const arc_allocation *a)
{
    arc_error e = ARC_ERROR_INIT;
    assert_int_equal(try_one(b, NULL, a), st);
    assert_ok(arc_session_error(b->session, &e));
    assert_string_equal(e.field, field);
}

/* Each reason charges its own account, and the way back credits the same. */
static void reasons_charge_accounts(void **state)
{
    static const struct {
        const char *code, *role;
    } cases[] = { { NULL, "small_difference" }, { "small_difference", "small_difference" }, { "bank_fee", "bank_fee" }, { "bad_debt", "bad_debt_allowance" },
                  { "unearned_discount", "discount" }, { "damage", "deduction" }, { "commission", "commission" } };
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        (void)record_of(&b, ARC_INVOICE, "{\"number\":\"I\",\"customer\":1,\"invoice_date\":\"2026-01-31\",\"due_date\":\"2026-02-28\",\"currency\":\"CNY\",\"gross_amount\":\"100.00\"}");
        int64_t r = record_of(&b, ARC_RECEIPT, "{\"number\":\"R1\",\"customer\":1,\"value_date\":\"2026-02-01\",\"currency\":\"CNY\",\"amount\":\"100.00\"}");
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            int64_t id, before = sum_of(&b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_AMOUNT, cases[i].role);
            arc_allocation a = from(r, 1, 9000);
            a.write_off = 1000;
            a.reason_code = cases[i].code;
            a.reason = "agreed by telephone";
            a.evidence = "{\"call\":7}";
            assert_session(&b, try_one(&b, &id, &a));
            assert_int_equal(sum_of(&b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_AMOUNT, cases[i].role) - before, 1000);
            assert_text(&b, ARC_ALLOCATION, id, ARC_ALLOCATION_REASON_CODE, cases[i].code);
            assert_text(&b, ARC_ALLOCATION, id, ARC_ALLOCATION_EVIDENCE, "{\"call\":7}");
            assert_int_equal(sum_of(&b, ARC_ITEM_STATE, ARC_ITEM_STATE_OPEN, NULL), 0);
            verify_clean(&b);
            assert_session(&b, arc_allocation_reverse(b.session, NULL, id, ARC_DATE_NONE, "not agreed after all"));
            assert_int_equal(sum_of(&b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_AMOUNT, cases[i].role), before);
            assert_int_equal(sum_of(&b, ARC_ITEM_STATE, ARC_ITEM_STATE_OPEN, NULL), 10000);
        }
        verify_clean(&b);
        test_book_close(&b);
    }
}

static void what_is_refused(void **state)
{
    test_book b;
    (void)state;
    open_book(&b, 1);
    (void)record_of(&b, ARC_INVOICE, "{\"number\":\"I\",\"customer\":1,\"invoice_date\":\"2026-01-31\",\"due_date\":\"2026-02-28\",\"currency\":\"CNY\",\"gross_amount\":\"100.00\"}");
    int64_t r = record_of(&b, ARC_RECEIPT, "{\"number\":\"R1\",\"customer\":1,\"value_date\":\"2026-02-01\",\"currency\":\"CNY\",\"amount\":\"100.00\"}");
    arc_allocation a = from(r, 1, 9000);
    a.reason_code = "because";
    assert_refused(&b, ARC_E_VALUE, "reason_code", &a);
    a = from(r, 1, 9000);
    a.evidence = "{";
    assert_refused(&b, ARC_E_SYNTAX, "evidence", &a);
    a = from(r, 1, 9000);
    a.reason = "\xff";
    assert_refused(&b, ARC_E_ENCODING, "reason", &a);
    a = from(r, 1, 9000);
    a.order = "tax,soap"; /* of kinds there are, an item of one part has nothing to say */
    assert_refused(&b, ARC_E_VALUE, "parts", &a);
    a = from(r, 1, 9000);
    a.discount = 5;
    a.unearned = 6;
    (void)record_of(&b, ARC_BOOK_SETTING, "{\"name\":\"ledger.unearned_discount\",\"value\":true}");
    assert_refused(&b, ARC_E_RANGE, "unearned", &a);
    assert_int_equal(sum_of(&b, ARC_ITEM_STATE, ARC_ITEM_STATE_OPEN, NULL), 10000);
    verify_clean(&b);
    test_book_close(&b);
}

/* A discount that was not earned is granted only where the book says so; what was not earned stays written. */
static void unearned_discounts(void **state)
{
    test_book b;
    int64_t id;
    (void)state;
    open_book(&b, 0);
    (void)record_of(&b, ARC_INVOICE, "{\"number\":\"I\",\"customer\":1,\"invoice_date\":\"2026-01-31\",\"due_date\":\"2026-02-28\",\"currency\":\"CNY\",\"gross_amount\":\"1000.00\"}");
    int64_t r = record_of(&b, ARC_RECEIPT, "{\"number\":\"R1\",\"customer\":1,\"value_date\":\"2026-02-01\",\"currency\":\"CNY\",\"amount\":\"990.00\"}");
    arc_allocation a = from(r, 1, 99000);
    a.discount = a.unearned = 1000;
    assert_refused(&b, ARC_E_STATE, "unearned", &a);
    (void)record_of(&b, ARC_BOOK_SETTING, "{\"name\":\"ledger.unearned_discount\",\"value\":true}");
    assert_session(&b, try_one(&b, &id, &a));
    assert_int_equal(field_of(&b, ARC_ALLOCATION, id, ARC_ALLOCATION_UNEARNED), 1000);
    assert_int_equal(sum_of(&b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_AMOUNT, "discount"), 1000);
    assert_session(&b, arc_allocation_reverse(b.session, &id, id, ARC_DATE_NONE, "no"));
    assert_int_equal(field_of(&b, ARC_ALLOCATION, id, ARC_ALLOCATION_UNEARNED), -1000);
    verify_clean(&b);
    test_book_close(&b);
}

#define DEBT "[{\"kind\":\"cost\",\"amount\":\"10.00\"},{\"kind\":\"interest\",\"amount\":\"20.00\"},{\"kind\":\"principal\",\"amount\":\"70.00\"}]"

/* Costs, interest, principal (Civil Code 561); another order by agreement; a reversal gives each part back what it gave. */
static void order_inside_a_debt(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        int64_t first, second, third;
        open_book(&b, backend);
        int64_t item = item_in_parts(&b, "D", 10000, DEBT);
        int64_t r = record_of(&b, ARC_RECEIPT, "{\"number\":\"R1\",\"customer\":1,\"value_date\":\"2026-02-20\",\"currency\":\"CNY\",\"amount\":\"200.00\"}");
        arc_allocation a = from(r, item, 1500);
        assert_session(&b, try_one(&b, &first, &a));
        assert_text(&b, ARC_ALLOCATION, first, ARC_ALLOCATION_PARTS,
                    "[{\"kind\":\"cost\",\"amount\":\"10.00\"},{\"kind\":\"interest\",\"amount\":\"5.00\"},{\"kind\":\"principal\",\"amount\":\"0.00\"}]");
        a.amount = 5000;
        a.order = "principal";
        assert_refused(&b, ARC_E_REQUIRED, "parts", &a);
        a.reason = "agreement of 1 February";
        assert_session(&b, try_one(&b, &second, &a));
        assert_text(&b, ARC_ITEM_STATE, item, ARC_ITEM_STATE_PARTS,
                    "[{\"kind\":\"cost\",\"amount\":\"0.00\"},{\"kind\":\"interest\",\"amount\":\"15.00\"},{\"kind\":\"principal\",\"amount\":\"20.00\"}]");
        verify_clean(&b);
        assert_session(&b, arc_allocation_reverse(b.session, NULL, first, ARC_DATE_NONE, "wrong debt"));
        assert_text(&b, ARC_ITEM_STATE, item, ARC_ITEM_STATE_PARTS,
                    "[{\"kind\":\"cost\",\"amount\":\"10.00\"},{\"kind\":\"interest\",\"amount\":\"20.00\"},{\"kind\":\"principal\",\"amount\":\"20.00\"}]");
        a.order = "prorate";
        assert_session(&b, try_one(&b, &third, &a)); /* all that is left */
        assert_int_equal(sum_of(&b, ARC_ITEM_STATE, ARC_ITEM_STATE_OPEN, NULL), 0);
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* Line, tax, freight, charges in their order, or in proportion [ORA-APP]. */
static void order_inside_an_invoice(void **state)
{
    static const char parts[] = "[{\"kind\":\"line\",\"amount\":\"100.00\"},{\"kind\":\"tax\",\"amount\":\"13.00\"},{\"kind\":\"freight\",\"amount\":\"7.00\"},{\"kind\":\"charges\",\"amount\":\"0.00\"}]";
    test_book b;
    int64_t id;
    (void)state;
    open_book(&b, 0);
    int64_t item = item_in_parts(&b, "L", 12000, parts);
    int64_t r = record_of(&b, ARC_RECEIPT, "{\"number\":\"R1\",\"customer\":1,\"value_date\":\"2026-02-20\",\"currency\":\"CNY\",\"amount\":\"200.00\"}");
    arc_allocation a = from(r, item, 6000);
    a.order = "prorate";
    a.reason = "their advice";
    assert_session(&b, try_one(&b, &id, &a));
    assert_text(&b, ARC_ALLOCATION, id, ARC_ALLOCATION_PARTS,
                "[{\"kind\":\"line\",\"amount\":\"50.00\"},{\"kind\":\"tax\",\"amount\":\"6.50\"},{\"kind\":\"freight\",\"amount\":\"3.50\"},{\"kind\":\"charges\",\"amount\":\"0.00\"}]");
    a = from(r, item, 5200);
    assert_session(&b, try_one(&b, &id, &a));
    assert_text(&b, ARC_ITEM_STATE, item, ARC_ITEM_STATE_PARTS,
                "[{\"kind\":\"line\",\"amount\":\"0.00\"},{\"kind\":\"tax\",\"amount\":\"4.50\"},{\"kind\":\"freight\",\"amount\":\"3.50\"},{\"kind\":\"charges\",\"amount\":\"0.00\"}]");
    verify_clean(&b);
    test_book_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(reasons_charge_accounts), cmocka_unit_test(what_is_refused), cmocka_unit_test(unearned_discounts),
                                        cmocka_unit_test(order_inside_a_debt), cmocka_unit_test(order_inside_an_invoice) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
