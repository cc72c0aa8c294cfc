/* SPDX-License-Identifier: Apache-2.0 */
/* Cash discounts, tolerances and the settling of items with one receipt: T5.3 to T5.6 of the domain notes, as far as they concern one list of items. */
#include "api/ledger_items.h"

static const char RULES[] = "{\"tolerance\":\"arcore/1\",\"customers\":[{\"group\":\"A\",\"currency\":\"CNY\",\"absolute\":\"10.00\",\"percent\":\"1\"},"
                            "{\"currency\":\"CNY\",\"absolute\":\"2.00\",\"percent\":\"0.5\"},{\"currency\":\"EUR\",\"absolute\":\"5.00\"}],"
                            "\"bank_fee\":[{\"currency\":\"USD\",\"most\":\"30.00\"}],\"discount\":{\"grace_days\":5,\"partial\":true}}";

static void publish(test_book *b, const char *code, const char *json)
{
    int64_t id;
    assert_session(b, arc_definition_save(b->session, &id, "tolerance", code, json, SIZE_MAX, NULL));
    assert_session(b, arc_definition_publish(b->session, id, NULL, NULL));
}

/* An invoice; its item. */
static int64_t invoice(test_book *b, const char *number, const char *gross, const char *currency)
{
    char json[400];
    arc_query *q;
    arc_cursor *c;
    arc_record *r;
    int64_t item;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"invoice_date\":\"2026-01-01\",\"due_date\":\"2026-01-31\",\"currency\":\"%s\",\"gross_amount\":\"%s\"}", number,
             currency, gross);
    int64_t id = record_of(b, ARC_INVOICE, json);
    assert_ok(arc_query_new(b->session, &q, ARC_ITEM));
    assert_ok(arc_query_where_int(q, ARC_ITEM_INVOICE, ARC_EQ, id));
    assert_ok(arc_query_run(q, &c));
    assert_int_equal(arc_cursor_next(c), ARC_OK);
    assert_ok(arc_cursor_record(c, &r));
    assert_ok(arc_record_get_int(r, &item, ARC_ITEM_ID));
    arc_record_free(r);
    arc_cursor_free(c);
    arc_query_free(q);
    return item;
}

static int64_t offered(test_book *b, const char *number, int64_t amount, const char *discounts) { return made_item(b, number, amount, NULL, discounts); }

static int64_t paid(test_book *b, const char *number, const char *amount, const char *currency, const char *on)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"value_date\":\"%s\",\"currency\":\"%s\",\"amount\":\"%s\"}", number, on, currency, amount);
    return record_of(b, ARC_RECEIPT, json);
}

static arc_status settle_one(test_book *b, arc_settled *out, arc_settled_line *line, int64_t receipt, int64_t item, int64_t discount, const arc_settle_options *o)
{
    const arc_settled_line init = ARC_SETTLED_LINE_INIT;
    const arc_settled none = ARC_SETTLED_INIT;
    *line = init;
    *out = none;
    return arc_receipt_settle(b->session, out, line, receipt, &item, discount == -1 ? NULL : &discount, 1, o);
}

static int64_t open_of(test_book *b, int64_t item) { return field_of(b, ARC_ITEM_STATE, item, ARC_ITEM_STATE_OPEN); }
static int64_t unapplied_of(test_book *b, int64_t receipt) { return field_of(b, ARC_RECEIPT_STATE, receipt, ARC_RECEIPT_STATE_UNAPPLIED); }

#define TWO_PERCENT "[{\"until\":\"2026-01-10\",\"percent\":\"2\",\"amount\":\"20.00\"}]"

/* T5.4: 1000 at 2 %: 980 earns 20, 500 earns 10.20 and clears 510.20. */
static void earned_discounts(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_settled out;
        arc_settled_line line;
        arc_offer offer = ARC_OFFER_INIT;
        open_book(&b, backend);
        publish(&b, "default", RULES);
        int64_t one = offered(&b, "A", 100000, TWO_PERCENT), two = offered(&b, "B", 100000, TWO_PERCENT);
        assert_session(&b, arc_item_offer(b.session, &offer, one, 20464, 0, NULL)); /* 11 January: a day of grace */
        assert_int_equal(offer.earned, 2000);
        assert_int_equal(offer.tier, 1);
        assert_session(&b, arc_item_offer(b.session, &offer, one, 20463, 50000, NULL));
        assert_int_equal(offer.earned, 1020);
        assert_session(&b, arc_item_offer(b.session, &offer, one, 20468, 0, NULL)); /* the last day of grace */
        assert_int_equal(offer.earned, 2000);
        assert_session(&b, arc_item_offer(b.session, &offer, one, 20469, 0, NULL)); /* the day after */
        assert_int_equal(offer.earned, 0);
        assert_int_equal(offer.most, 2000);
        int64_t r = paid(&b, "R1", "980.00", "CNY", "2026-01-10"), part = paid(&b, "R2", "500.00", "CNY", "2026-01-10");
        assert_session(&b, settle_one(&b, &out, &line, r, one, -1, NULL));
        assert_int_equal(line.discount, 2000);
        assert_int_equal(out.difference, 0);
        assert_int_equal(open_of(&b, one), 0);
        assert_session(&b, settle_one(&b, &out, &line, part, two, -1, NULL));
        assert_int_equal(line.discount, 1020);
        assert_int_equal(line.left, 48980);
        assert_int_equal(open_of(&b, two), 48980);
        assert_int_equal(sum_of(&b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_AMOUNT, "discount"), 3020);
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* T5.5: 9,810.70 at 5 % offers 490.54; what the allocation carries stays, whatever a formula would say today. */
static void discounts_are_kept(void **state)
{
    test_book b;
    arc_settled out;
    arc_settled_line line;
    (void)state;
    open_book(&b, 1);
    publish(&b, "default", RULES);
    int64_t item = offered(&b, "A", 981070, "[{\"until\":\"2026-01-10\",\"percent\":\"5\"}]");
    int64_t r = paid(&b, "R1", "9320.16", "CNY", "2026-01-10");
    assert_session(&b, settle_one(&b, &out, &line, r, item, -1, NULL));
    assert_int_equal(field_of(&b, ARC_ALLOCATION, out.allocation, ARC_ALLOCATION_DISCOUNT), 49054);
    assert_int_equal(open_of(&b, item), 0);
    assert_session(&b, arc_allocation_reverse(b.session, NULL, out.allocation, ARC_DATE_NONE, "wrong"));
    assert_int_equal(open_of(&b, item), 981070);
    verify_clean(&b);
    test_book_close(&b);
}

/* JDE: 990 on 1000 after expiry: chargeback 10; 600 with a discount of 10: chargeback 390. And back again. */
static void chargebacks(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_settled out;
        arc_settled_line line;
        arc_settle_options o = ARC_SETTLE_OPTIONS_INIT;
        open_book(&b, backend);
        int64_t late = offered(&b, "A", 100000, "[{\"until\":\"2026-01-10\",\"percent\":\"1\"}]"), early = offered(&b, "B", 100000, "[{\"until\":\"2026-01-10\",\"percent\":\"1\"}]");
        int64_t r = paid(&b, "R1", "990.00", "CNY", "2026-01-20"), s = paid(&b, "R2", "600.00", "CNY", "2026-01-05");
        assert_int_equal(settle_one(&b, &out, &line, r, late, 1000, &o), ARC_E_STATE); /* taken, not earned */
        o.rest = ARC_REST_CHARGEBACK;
        o.reason_code = "unearned_discount";
        o.reason = "discount after its day";
        o.flags = ARC_SETTLE_DRY;
        assert_session(&b, settle_one(&b, &out, &line, r, late, 1000, &o));
        assert_int_equal(line.moved, 1000);
        assert_int_equal(out.allocation, 0);
        assert_int_equal(open_of(&b, late), 100000);
        o.flags = 0;
        assert_session(&b, settle_one(&b, &out, &line, r, late, 1000, &o));
        assert_int_equal(line.amount, 99000);
        assert_int_equal(open_of(&b, line.made), 1000);
        assert_text(&b, ARC_ITEM, line.made, ARC_ITEM_KIND, "chargeback");
        assert_session(&b, settle_one(&b, &out, &line, s, early, 1000, &o));
        assert_int_equal(line.moved, 39000);
        assert_int_equal(open_of(&b, line.made), 39000);
        assert_int_equal(open_of(&b, early), 0);
        assert_int_equal(sum_of(&b, ARC_ACCOUNT, ARC_ACCOUNT_OPEN, NULL), 40000);
        assert_int_equal(sum_of(&b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_AMOUNT, "receivable"), 40000);
        assert_int_equal(sum_of(&b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_AMOUNT, "transfer"), 0);
        verify_clean(&b);
        test_book_close(&b);
    }
}

static int64_t only_transfer(test_book *b)
{
    arc_query *q;
    arc_cursor *c;
    int64_t id = 0;
    const arc_field_id field = ARC_ALLOCATION_ID;
    assert_ok(arc_query_new(b->session, &q, ARC_ALLOCATION));
    assert_ok(arc_query_where_text(q, ARC_ALLOCATION_MODE, ARC_EQ, "transfer", SIZE_MAX));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK && !id) assert_ok(arc_cursor_get_int(c, &id, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return id;
}

/* 1000 paid 700 -> residual 300 with the original due date and base date; one verb takes it back; what came of it must be whole. */
static void residuals(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_settled out;
        arc_settled_line line;
        arc_settle_options o = ARC_SETTLE_OPTIONS_INIT;
        arc_record *r1, *r2;
        arc_date d1, d2;
        open_book(&b, backend);
        int64_t item = invoice(&b, "I", "1000.00", "USD"), before = sum_of(&b, ARC_ACCOUNT, ARC_ACCOUNT_OPEN, NULL);
        int64_t r = paid(&b, "R1", "700.00", "USD", "2026-02-05");
        o.rest = ARC_REST_RESIDUAL;
        assert_session(&b, settle_one(&b, &out, &line, r, item, -1, &o));
        assert_int_equal(line.moved, 30000);
        assert_int_equal(open_of(&b, item), 0);
        r1 = row_of_id(&b, ARC_ITEM, item);
        r2 = row_of_id(&b, ARC_ITEM, line.made);
        assert_ok(arc_record_get_date(r1, &d1, ARC_ITEM_DUE_DATE));
        assert_ok(arc_record_get_date(r2, &d2, ARC_ITEM_DUE_DATE));
        assert_int_equal(d1, d2);
        arc_record_free(r1);
        arc_record_free(r2);
        verify_clean(&b);
        int64_t moved = only_transfer(&b), p = paid(&b, "R2", "1.00", "USD", "2026-02-06"), small = allocate(&b, line.made, p, 100, 0);
        assert_int_equal(arc_allocation_reverse(b.session, NULL, moved, ARC_DATE_NONE, "no residual"), ARC_E_STATE);
        assert_session(&b, arc_allocation_reverse(b.session, NULL, small, ARC_DATE_NONE, "first this"));
        assert_session(&b, arc_allocation_reverse(b.session, NULL, moved, ARC_DATE_NONE, "no residual"));
        assert_int_equal(open_of(&b, item), 30000);
        assert_int_equal(open_of(&b, line.made), 0);
        assert_int_equal(sum_of(&b, ARC_ACCOUNT, ARC_ACCOUNT_OPEN, NULL), before - 70000);
        assert_int_equal(arc_allocation_reverse(b.session, NULL, moved, ARC_DATE_NONE, "again"), ARC_E_STATE);
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* A settlement of several rows is undone by the ids it told; without room for them it tells their number. */
static void undone_as_a_whole(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_settled out = ARC_SETTLED_INIT;
        arc_settle_options o = ARC_SETTLE_OPTIONS_INIT;
        int64_t rows[3 * ARC_SETTLED_ROWS], items[3];
        arc_ledger_step steps[3 * ARC_SETTLED_ROWS];
        open_book(&b, backend);
        items[0] = invoice(&b, "I1", "1000.00", "USD");
        items[1] = invoice(&b, "I2", "500.00", "USD");
        items[2] = invoice(&b, "N1", "-100.00", "USD");
        int64_t before = sum_of(&b, ARC_ACCOUNT, ARC_ACCOUNT_OPEN, NULL), r = paid(&b, "R1", "1300.00", "USD", "2026-02-05");
        o.rest = ARC_REST_CHARGEBACK;
        out.rows = rows;
        o.flags = ARC_SETTLE_DRY;
        assert_session(&b, arc_receipt_settle(b.session, &out, NULL, r, items, NULL, 3, &o));
        assert_int_equal(out.n_rows, 0);
        o.flags = 0;
        assert_session(&b, arc_receipt_settle(b.session, &out, NULL, r, items, NULL, 3, &o));
        assert_ptr_equal(out.rows, rows);
        assert_int_equal(out.n_rows, 4); /* credit and cash of the first, cash of the second, what clears its rest */
        assert_int_equal(out.allocation, rows[0]);
        for (uint32_t i = 0; i < out.n_rows; i++) {
            const arc_ledger_step step = ARC_LEDGER_STEP_INIT;
            steps[i] = step;
            steps[i].row = rows[i];
            steps[i].reason = "wrong receipt";
        }
        assert_session(&b, arc_allocation_reverse_many(b.session, NULL, NULL, steps, out.n_rows, ARC_ALL_OR_NONE));
        assert_int_equal(open_of(&b, items[0]), 100000);
        assert_int_equal(open_of(&b, items[1]), 50000);
        assert_int_equal(open_of(&b, items[2]), -10000);
        assert_int_equal(unapplied_of(&b, r), 130000);
        assert_int_equal(sum_of(&b, ARC_ACCOUNT, ARC_ACCOUNT_OPEN, NULL), before);
        out.rows = NULL;
        assert_session(&b, arc_receipt_settle(b.session, &out, NULL, r, items, NULL, 3, &o));
        assert_int_equal(out.n_rows, 4);
        assert_null(out.rows);
        out.struct_size = 0;
        assert_int_equal(arc_receipt_settle(b.session, &out, NULL, r, items, NULL, 3, &o), ARC_E_INVALID);
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* T5.6: USD 10,000 SHA, 9,980 credited -> fee 20, the invoice is paid. With OUR it is no fee; above the cap neither. */
static void bank_fees(void **state)
{
    test_book b;
    arc_settled out;
    arc_settled_line line;
    arc_settle_options o = ARC_SETTLE_OPTIONS_INIT;
    (void)state;
    open_book(&b, 0);
    publish(&b, "default", RULES);
    int64_t one = invoice(&b, "I1", "10000.00", "USD"), two = invoice(&b, "I2", "10000.00", "USD");
    int64_t r = paid(&b, "R1", "9980.00", "USD", "2026-02-05"), s = paid(&b, "R2", "9960.00", "USD", "2026-02-05");
    o.flags = ARC_SETTLE_DRY;
    o.charges = ARC_CHARGES_OUR;
    assert_session(&b, settle_one(&b, &out, &line, r, one, -1, &o));
    assert_int_equal(line.fee, 0);
    assert_int_equal(line.left, 2000);
    o.flags = 0;
    o.charges = ARC_CHARGES_SHA;
    o.instructed = 1000000;
    assert_session(&b, settle_one(&b, &out, &line, r, one, -1, &o));
    assert_int_equal(line.fee, 2000);
    assert_int_equal(open_of(&b, one), 0);
    assert_int_equal(sum_of(&b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_AMOUNT, "bank_fee"), 2000);
    assert_session(&b, settle_one(&b, &out, &line, s, two, -1, &o));
    assert_int_equal(line.fee, 0); /* 40.00 is above the cap */
    assert_int_equal(open_of(&b, two), 4000);
    verify_clean(&b);
    test_book_close(&b);
}

/* The stricter of absolute and percent, of the customer's group and the user's; what is blank is 0. One fen more is refused. */
static void tolerances(void **state)
{
    static const struct {
        const char *segment, *gross, *received;
        int64_t tolerated;
    } cases[] = { { NULL, "1000.00", "998.00", 200 },  { NULL, "1000.00", "997.99", 0 },   { "A", "1000.00", "990.00", 1000 }, { "A", "1000.00", "989.99", 0 },
                  { "A", "500.00", "495.00", 500 },    { "A", "500.00", "494.99", 0 },     { "B", "100.00", "99.50", 50 },     { "B", "100.00", "99.49", 0 } };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        test_book b;
        arc_settled out;
        arc_settled_line line;
        arc_record *c;
        open_book(&b, 0);
        publish(&b, "default", RULES);
        assert_session(&b, arc_session_get(b.session, &c, ARC_CUSTOMER, 1));
        if (cases[i].segment) assert_ok(arc_record_set_text(c, ARC_CUSTOMER_SEGMENT, cases[i].segment, SIZE_MAX));
        if (cases[i].segment) assert_session(&b, arc_session_update(b.session, c));
        arc_record_free(c);
        int64_t item = invoice(&b, "I", cases[i].gross, "CNY"), r = paid(&b, "R", cases[i].received, "CNY", "2026-02-05");
        assert_session(&b, settle_one(&b, &out, &line, r, item, -1, NULL));
        assert_int_equal(line.tolerated, cases[i].tolerated);
        assert_int_equal(open_of(&b, item) == 0, cases[i].tolerated != 0);
        int64_t euro = invoice(&b, "E", "100.00", "EUR"), e = paid(&b, "RE", "99.99", "EUR", "2026-02-05");
        assert_session(&b, settle_one(&b, &out, &line, e, euro, -1, NULL));
        assert_int_equal(line.tolerated, 0); /* no percentage: nothing */
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* Users' limits count where the definition lists any: a user of no listed team gives up nothing. */
static void users_have_limits(void **state)
{
    test_book b;
    arc_settled out;
    arc_settled_line line;
    (void)state;
    open_book(&b, 0);
    publish(&b, "default", "{\"tolerance\":\"arcore/1\",\"customers\":[{\"currency\":\"CNY\",\"absolute\":\"10.00\",\"percent\":\"10\"}],\"users\":[]}");
    publish(&b, "lax", "{\"tolerance\":\"arcore/1\",\"customers\":[{\"currency\":\"CNY\",\"absolute\":\"10.00\",\"percent\":\"10\"}],\"users\":[{\"currency\":\"CNY\",\"absolute\":\"3.00\",\"percent\":\"10\"}]}");
    arc_settle_options o = ARC_SETTLE_OPTIONS_INIT;
    int64_t item = invoice(&b, "I", "100.00", "CNY"), r = paid(&b, "R", "97.00", "CNY", "2026-02-05");
    o.flags = ARC_SETTLE_DRY;
    assert_session(&b, settle_one(&b, &out, &line, r, item, -1, &o));
    assert_int_equal(out.tolerance, 0);
    o.tolerance = "lax";
    assert_session(&b, settle_one(&b, &out, &line, r, item, -1, &o));
    assert_int_equal(out.tolerance, 300);
    assert_int_equal(line.tolerated, 300);
    o.tolerance = "none";
    assert_int_equal(settle_one(&b, &out, &line, r, item, -1, &o), ARC_E_NOT_FOUND);
    test_book_close(&b);
}

/* Several items, a credit among them, a deduction, an over-payment. */
static void lists(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_settled out = ARC_SETTLED_INIT;
        arc_settled_line lines[3] = { ARC_SETTLED_LINE_INIT, ARC_SETTLED_LINE_INIT, ARC_SETTLED_LINE_INIT };
        arc_settle_options o = ARC_SETTLE_OPTIONS_INIT;
        open_book(&b, backend);
        const int64_t items[3] = { invoice(&b, "I1", "600.00", "CNY"), invoice(&b, "CM", "-100.00", "CNY"), invoice(&b, "I2", "400.00", "CNY") };
        int64_t r = paid(&b, "R1", "850.00", "CNY", "2026-04-01");
        o.rest = ARC_REST_DEDUCT;
        assert_int_equal(arc_receipt_settle(b.session, &out, lines, r, items, NULL, 3, &o), ARC_E_REQUIRED);
        o.reason_code = "damage";
        assert_session(&b, arc_receipt_settle(b.session, &out, lines, r, items, NULL, 3, &o));
        assert_int_equal(out.net, 100000);
        assert_int_equal(out.difference, -5000);
        assert_int_equal(lines[0].amount, 60000);
        assert_int_equal(lines[1].amount, 10000);
        assert_int_equal(lines[2].amount, 35000);
        assert_int_equal(lines[2].deducted, 5000);
        assert_int_equal(sum_of(&b, ARC_ACCOUNT, ARC_ACCOUNT_OPEN, NULL), 0);
        assert_int_equal(sum_of(&b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_AMOUNT, "deduction"), 5000);
        verify_clean(&b);
        const int64_t last = invoice(&b, "I3", "10.00", "CNY"), twice[2] = { last, last };
        int64_t more = paid(&b, "R2", "15.00", "CNY", "2026-04-02");
        assert_int_equal(arc_receipt_settle(b.session, NULL, NULL, more, twice, NULL, 2, NULL), ARC_E_INVALID);
        assert_session(&b, arc_receipt_settle(b.session, &out, NULL, more, &last, NULL, 1, NULL));
        assert_int_equal(out.unapplied, 500);
        assert_int_equal(unapplied_of(&b, more), 500);
        verify_clean(&b);
        test_book_close(&b);
    }
}

static void bad_definitions(void **state)
{
    static const char *const bad[] = { "{}", "{\"tolerance\":\"arcore/1\",\"customers\":[{\"absolute\":\"1\"}]}",
                                       "{\"tolerance\":\"arcore/1\",\"customers\":[{\"currency\":\"CNY\",\"percent\":\"101\"}]}",
                                       "{\"tolerance\":\"arcore/1\",\"customers\":[{\"currency\":\"CNY\"},{\"currency\":\"CNY\"}]}",
                                       "{\"tolerance\":\"arcore/1\",\"discount\":{\"grace_days\":-1}}", "{\"tolerance\":\"arcore/1\",\"other\":1}",
                                       "{\"tolerance\":\"arcore/1\",\"bank_fee\":[{\"currency\":\"USD\",\"percent\":\"1\"}]}" };
    test_book b;
    (void)state;
    open_book(&b, 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t id;
        char code[8];
        snprintf(code, sizeof code, "c%d", (int)i);
        assert_session(&b, arc_definition_save(b.session, &id, "tolerance", code, bad[i], SIZE_MAX, NULL));
        assert_int_equal(arc_definition_publish(b.session, id, NULL, NULL), ARC_E_VALUE);
    }
    test_book_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(earned_discounts), cmocka_unit_test(discounts_are_kept), cmocka_unit_test(chargebacks), cmocka_unit_test(residuals), cmocka_unit_test(undone_as_a_whole),
                                        cmocka_unit_test(bank_fees), cmocka_unit_test(tolerances), cmocka_unit_test(users_have_limits), cmocka_unit_test(lists),
                                        cmocka_unit_test(bad_definitions) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
