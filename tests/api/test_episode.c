/* SPDX-License-Identifier: Apache-2.0 */
/* Episodes of items: what is told of one once may be told again when it opens again, or its due date moves by agreement. */
#include "api/settling.h"

enum { LATER = 20600 }; /* the business date, on which allocations are made */

static int64_t number_at(test_book *b, uint32_t entity, int64_t id, arc_field_id field)
{
    arc_record *r = row_of_id(b, entity, id);
    int64_t v = 0;
    arc_status st = arc_record_get_int(r, &v, field);
    if (st != ARC_OK) assert_int_equal(st, ARC_E_NOT_FOUND);
    arc_record_free(r);
    return v;
}

static int64_t episode(test_book *b, int64_t item) { return number_at(b, ARC_ITEM_STATE, item, ARC_ITEM_STATE_EPISODE); }
static int64_t reopens(test_book *b, int64_t allocation) { return number_at(b, ARC_ALLOCATION, allocation, ARC_ALLOCATION_REOPENS); }

static int64_t reversed(test_book *b, int64_t allocation, arc_date day)
{
    int64_t id = 0;
    assert_session(b, arc_allocation_reverse(b->session, &id, allocation, day, "wrong"));
    return id;
}

static void opens_again(void **state)
{
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        int64_t item = invoiced(&b, "I1", 1, "100.00", "CNY"), receipt = paid(&b, "R1", 1, "300.00", "CNY");
        assert_int_equal(episode(&b, item), 0);
        int64_t part = allocate(&b, item, receipt, 4000, 0);
        int64_t back = reversed(&b, part, LATER); /* it was never settled */
        assert_int_equal(reopens(&b, back), 0);
        assert_int_equal(episode(&b, item), 0);
        int64_t first = allocate(&b, item, receipt, 4000, 0), second = allocate(&b, item, receipt, 6000, 0);
        assert_int_equal(open_of(&b, item), 0);
        assert_int_equal(episode(&b, item), 0);
        back = reversed(&b, first, LATER);
        assert_int_equal(reopens(&b, back), 1);
        assert_int_equal(episode(&b, item), 1);
        back = reversed(&b, second, LATER); /* more of what is open already */
        assert_int_equal(reopens(&b, back), 0);
        assert_int_equal(episode(&b, item), 1);
        verify_clean(&b);
        test_book_close(&b);
    }
    (void)state;
}

/* All payments of a receipt that went back: each item once, whatever the number of rows. */
static void with_its_receipt(void **state)
{
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        int64_t a = invoiced(&b, "I1", 1, "100.00", "CNY"), c = invoiced(&b, "I2", 1, "50.00", "CNY"), open = invoiced(&b, "I3", 1, "80.00", "CNY");
        int64_t receipt = paid(&b, "R1", 1, "200.00", "CNY");
        (void)allocate(&b, a, receipt, 3000, 0);
        (void)allocate(&b, a, receipt, 7000, 0);
        (void)allocate(&b, c, receipt, 5000, 0);
        (void)allocate(&b, open, receipt, 1000, 0);
        assert_session(&b, arc_receipt_return(b.session, receipt, LATER, "bounced"));
        assert_int_equal(episode(&b, a), 1);
        assert_int_equal(episode(&b, c), 1);
        assert_int_equal(episode(&b, open), 0);
        verify_clean(&b);
        test_book_close(&b);
    }
    (void)state;
}

static void credit_items(void **state)
{
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_allocation a = ARC_ALLOCATION_INIT;
        open_book(&b, backend);
        int64_t big = invoiced(&b, "I1", 1, "100.00", "CNY"), same = invoiced(&b, "I2", 1, "40.00", "CNY"), id = 0;
        a.credit_item = invoiced(&b, "K1", 1, "-40.00", "CNY");
        a.item = big;
        a.amount = 4000;
        assert_session(&b, arc_allocation_apply(b.session, &id, NULL, &a, 1, ARC_ALL_OR_NONE));
        int64_t back = reversed(&b, id, LATER);
        assert_int_equal(reopens(&b, back), 2); /* the credit alone was used up */
        assert_int_equal(episode(&b, big), 0);
        assert_int_equal(episode(&b, a.credit_item), 1);
        a.item = same;
        assert_session(&b, arc_allocation_apply(b.session, &id, NULL, &a, 1, ARC_ALL_OR_NONE));
        back = reversed(&b, id, LATER);
        assert_int_equal(reopens(&b, back), 3);
        assert_int_equal(episode(&b, same), 1);
        assert_int_equal(episode(&b, a.credit_item), 2);
        verify_clean(&b);
        test_book_close(&b);
    }
    (void)state;
}

static void due_dates(void **state)
{
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        int64_t item = invoiced(&b, "I1", 1, "100.00", "CNY"), other = invoiced(&b, "I2", 1, "100.00", "CNY"), id = 0, back = 0;
        assert_session(&b, arc_item_extend(b.session, &id, item, MAR_1, FEB_10, "agreed"));
        assert_int_equal(episode(&b, item), 1);
        assert_session(&b, arc_adjustment_reverse(b.session, &back, id, MAR_1, "never signed"));
        assert_int_equal(episode(&b, item), 2);
        assert_int_equal(episode(&b, other), 0);
        verify_clean(&b);
        test_book_close(&b);
    }
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_again),
        cmocka_unit_test(with_its_receipt),
        cmocka_unit_test(credit_items),
        cmocka_unit_test(due_dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
