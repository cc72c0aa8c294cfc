/* SPDX-License-Identifier: Apache-2.0 */
/* Divisible bills and their parts, exchange differences, many bills at once, exposure by acceptor. */
#include <stdio.h>
#include <string.h>

#include "api/bills.h"

static const char divisible[] = "{\"number\":\"D1\",\"sub_range\":\"101-100100\",\"kind\":\"bank\",\"acceptor\":\"工行\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"1000.00\",\"maturity\":\"2026-09-01\"}";

/* A divisible bill of 1000.00 that settled 600.00 of one item and 300.00 of another. */
static int64_t package(test_book *b, int64_t *one, int64_t *two)
{
    arc_allocation a[2] = { ARC_ALLOCATION_INIT, ARC_ALLOCATION_INIT };
    int64_t bill = 0;
    open_bills(b);
    a[0].item = *one = book_item(b, "I1", "600.00");
    a[0].amount = 60000;
    a[1].item = *two = book_item(b, "I2", "500.00");
    a[1].amount = 30000;
    arc_record *r = bill_record(b, divisible);
    assert_session(b, arc_bill_record(b->session, &bill, r, a, 2));
    arc_record_free(r);
    return bill;
}

static void part_is(test_book *b, int64_t bill, const char *range, int64_t face, const char *status)
{
    assert_text(b, ARC_BILL, bill, ARC_BILL_SUB_RANGE, range);
    assert_int_equal(field_of(b, ARC_BILL, bill, ARC_BILL_FACE), face);
    assert_text(b, ARC_BILL, bill, ARC_BILL_STATUS, status);
}

static void item_is(test_book *b, int64_t item, int64_t amount, int64_t origin, const char *due)
{
    arc_record *r = row_of_id(b, ARC_ITEM, item);
    int64_t of = 0;
    char text[20];
    size_t n = sizeof text;
    arc_date on = 0;
    (void)arc_record_get_int(r, &of, ARC_ITEM_ORIGIN);
    assert_ok(arc_record_get_date(r, &on, ARC_ITEM_DUE_DATE));
    assert_ok(arc_date_print(text, &n, on));
    arc_record_free(r);
    assert_int_equal(field_of(b, ARC_ITEM, item, ARC_ITEM_AMOUNT), amount);
    assert_int_equal(of, origin);
    assert_string_equal(text, due);
}

/* The parts share the receipt: each has what the allocations lie behind each other, from its offset on. */
static void parts(test_book *b)
{
    int64_t one, two, first = 0, event = 0, bill = package(b, &one, &two);
    const int64_t amounts[3] = { 50000, 20000, 30000 };
    assert_session(b, split_bill(b->session, &first, bill, amounts, 3, DAY + 1, "for suppliers"));
    part_is(b, bill, "101-100100", 100000, "split");
    part_is(b, first, "101-50100", 50000, "held");
    part_is(b, first + 1, "50101-70100", 20000, "held");
    part_is(b, first + 2, "70101-100100", 30000, "held");
    assert_int_equal(posted(b, "notes_receivable"), 100000);
    verify_clean(b);
    assert_session(b, move_bill(b->session, NULL, first, BILL_ENDORSE, DAY + 2, 0));
    assert_int_equal(posted(b, "notes_receivable"), 50000);
    assert_session_status(ARC_E_STATE, b, reverse_bill(b->session, NULL, bill, DAY + 3, "one again")); /* a part has moved on */
    assert_session(b, move_bill(b->session, NULL, first + 2, BILL_COLLECT, MATURITY, 0));
    assert_session(b, move_bill(b->session, &event, first + 1, BILL_DISHONOUR, MATURITY, 0));
    int64_t claim = claim_of(b, event); /* 500 to 700: the last hundred of one, the first of the other */
    item_is(b, claim, 10000, one, "2026-05-31");
    item_is(b, claim + 1, 10000, two, "2026-05-31");
    assert_session(b, move_bill(b->session, &event, first, BILL_DISHONOUR, MATURITY + 1, 100));
    item_is(b, claim_of(b, event), 50000, one, "2026-05-31");
    item_is(b, claim_of(b, event) + 1, 100, one, "2026-09-02");
    assert_int_equal(posted(b, "notes_receivable"), 0);
    assert_int_equal(posted(b, "bank"), 30000 - 100);
    verify_clean(b);
    assert_session(b, reverse_bill(b->session, NULL, first, MATURITY + 2, "paid"));
    assert_session(b, reverse_bill(b->session, NULL, first + 1, MATURITY + 2, "paid"));
    part_is(b, first, "101-50100", 50000, "endorsed");
    assert_int_equal(sum_of(b, ARC_ACCOUNT, ARC_ACCOUNT_OPEN, NULL), 20000);
    verify_clean(b);
}

static void one_again(test_book *b)
{
    int64_t one, two, first = 0, second = 0, bill = package(b, &one, &two);
    const int64_t halves[2] = { 40000, 60000 }, more[2] = { 10000, 30000 };
    assert_session(b, split_bill(b->session, &first, bill, halves, 2, DAY + 1, NULL));
    assert_session(b, split_bill(b->session, &second, first, more, 2, DAY + 1, NULL)); /* a part is divisible too */
    part_is(b, second + 1, "10101-40100", 30000, "held");
    assert_session_status(ARC_E_STATE, b, reverse_bill(b->session, NULL, bill, DAY + 2, "one"));
    assert_session(b, reverse_bill(b->session, NULL, first, DAY + 2, "one"));
    part_is(b, second, "101-10100", 10000, "merged");
    assert_session_status(ARC_E_STATE, b, reverse_bill(b->session, NULL, second, DAY + 2, "no"));
    assert_session(b, reverse_bill(b->session, NULL, bill, DAY + 2, "one"));
    part_is(b, bill, "101-100100", 100000, "held");
    part_is(b, first, "101-40100", 40000, "merged");
    verify_clean(b);
    assert_session(b, split_bill(b->session, &first, bill, halves, 2, DAY + 3, NULL)); /* and again */
    assert_session(b, move_bill(b->session, NULL, first + 1, BILL_RETURN, DAY + 4, 0)); /* 600 go back: 200 of one, 300 of the other, 100 on account */
    assert_int_equal(field_of(b, ARC_ITEM_STATE, one, ARC_ITEM_STATE_OPEN), 20000);
    assert_int_equal(field_of(b, ARC_ITEM_STATE, two, ARC_ITEM_STATE_OPEN), 50000);
    assert_int_equal(posted(b, "on_account"), 0);
    assert_int_equal(posted(b, "notes_receivable"), 40000);
    verify_clean(b);
    int64_t event = 0;
    assert_session(b, move_bill(b->session, &event, first, BILL_DISHONOUR, DAY + 5, 0)); /* what is left of the receipt is this part's */
    item_is(b, claim_of(b, event), 40000, one, "2026-05-31");
    verify_clean(b);
}

/* What settled what of the face is known for good, in whatever order parts go back, come again and are dishonoured. */
static void kept_places(test_book *b)
{
    int64_t one, two, first = 0, event = 0, bill = package(b, &one, &two);
    const int64_t halves[2] = { 60000, 40000 };
    assert_session(b, split_bill(b->session, &first, bill, halves, 2, DAY + 1, NULL));
    arc_allocation a = ARC_ALLOCATION_INIT;
    assert_session(b, move_bill(b->session, NULL, first, BILL_RETURN, DAY + 2, 0)); /* all of one */
    assert_int_equal(field_of(b, ARC_ITEM_STATE, one, ARC_ITEM_STATE_OPEN), 60000);
    assert_int_equal(field_of(b, ARC_ITEM_STATE, two, ARC_ITEM_STATE_OPEN), 20000);
    assert_session(b, reverse_bill(b->session, NULL, first, DAY + 3, "here again")); /* 600 on account */
    assert_session(b, move_bill(b->session, &event, first + 1, BILL_DISHONOUR, DAY + 4, 0));
    item_is(b, claim_of(b, event), 30000, two, "2026-05-31");
    item_is(b, claim_of(b, event) + 1, 10000, 0, "2026-09-01");
    arc_record *r = row_of_id(b, ARC_BILL, bill);
    assert_ok(arc_bill_receipt(r, &a.receipt));
    arc_record_free(r);
    a.item = two;
    a.amount = 20000;
    a.date = DAY + 5;
    bills_on(b->session, a.date);
    assert_session(b, arc_allocation_apply(b->session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE)); /* the first place that is free: the first part's */
    assert_session(b, move_bill(b->session, &event, first, BILL_DISHONOUR, DAY + 6, 0));
    item_is(b, claim_of(b, event), 20000, two, "2026-05-31");
    item_is(b, claim_of(b, event) + 1, 40000, 0, "2026-09-01");
    verify_clean(b);
}

/* The part in the middle goes back first: of each item the rest stays where it lay, and each part can go back. */
static void middle_first(test_book *b)
{
    int64_t one, two, first = 0, bill = package(b, &one, &two);
    const int64_t amounts[3] = { 50000, 20000, 30000 };
    assert_session(b, split_bill(b->session, &first, bill, amounts, 3, DAY + 1, NULL));
    for (int i = 0; i < 3; i++) {
        static const int order[3] = { 1, 0, 2 };
        static const int64_t left[3][2] = { { 10000, 30000 }, { 60000, 30000 }, { 60000, 50000 } };
        assert_session(b, move_bill(b->session, NULL, first + order[i], BILL_RETURN, DAY + 2 + i, 0));
        assert_int_equal(field_of(b, ARC_ITEM_STATE, one, ARC_ITEM_STATE_OPEN), left[i][0]);
        assert_int_equal(field_of(b, ARC_ITEM_STATE, two, ARC_ITEM_STATE_OPEN), left[i][1]);
        verify_clean(b);
    }
    assert_int_equal(posted(b, "notes_receivable"), 0);
    assert_int_equal(posted(b, "on_account"), 0);
}

static void days_of_parts(test_book *b)
{
    int64_t one, two, first = 0, bill = package(b, &one, &two);
    const int64_t halves[2] = { 60000, 40000 };
    assert_session(b, split_bill(b->session, &first, bill, halves, 2, DAY + 1, NULL));
    assert_session(b, move_bill(b->session, NULL, first, BILL_ENDORSE, DAY + 2, 0));
    assert_session(b, reverse_bill(b->session, NULL, first, DAY + 4, "came back"));
    assert_session_status(ARC_E_RANGE, b, reverse_bill(b->session, NULL, bill, DAY + 3, "one again")); /* a part was with somebody until later */
    assert_session(b, reverse_bill(b->session, NULL, bill, DAY + 4, "one again"));
    int64_t period = record_of(b, ARC_FISCAL_PERIOD, "{\"code\":\"2026-06\",\"starts_on\":\"2026-06-01\",\"ends_on\":\"2026-06-30\"}");
    assert_session(b, arc_fiscal_period_close(b->session, period, NULL, 0));
    assert_session_status(ARC_E_PERIOD, b, split_bill(b->session, &first, bill, halves, 2, 20610, NULL));
    verify_clean(b);
}

static void part_of_it(test_book *b)
{
    int64_t one, two, event = 0, bill = package(b, &one, &two);
    arc_bill_move m = ARC_BILL_MOVE_INIT;
    arc_record *r;
    int64_t part = 0;
    m.party = "Supplier";
    m.amount = 70000;
    m.date = DAY + 1;
    bills_on(b->session, m.date);
    assert_session(b, arc_bill_endorse(b->session, &event, bill, &m));
    r = row_of_id(b, ARC_BILL_EVENT, event);
    assert_ok(arc_record_get_int(r, &part, ARC_BILL_EVENT_BILL));
    arc_record_free(r);
    part_is(b, bill, "101-100100", 100000, "split");
    part_is(b, part, "101-70100", 70000, "endorsed");
    part_is(b, part + 1, "70101-100100", 30000, "held");
    assert_int_equal(posted(b, "clearing"), 70000);
    assert_int_equal(posted(b, "notes_receivable"), 30000);
    m.party = "Bank";
    m.amount = 10000;
    m.charge = 55;
    assert_session(b, arc_bill_discount(b->session, NULL, part + 1, &m));
    assert_int_equal(posted(b, "bank"), 9945);
    assert_int_equal(posted(b, "notes_receivable"), 20000);
    m.charge = 0;
    m.amount = 20001;
    assert_session_status(ARC_E_RANGE, b, arc_bill_endorse(b->session, NULL, part + 3, &m));
    m.amount = 1;
    m.party = NULL;
    assert_session_status(ARC_E_RANGE, b, arc_bill_dishonour(b->session, NULL, part + 3, &m));
    verify_clean(b);
}

static void not_divisible(test_book *b)
{
    const int64_t halves[2] = { 5000, 5000 }, wrong[2] = { 5000, 4000 }, minus[2] = { -1, 10001 };
    open_bills(b);
    int64_t whole = receive(b, "W", 10000, 0, 0, 1);
    assert_session_status(ARC_E_STATE, b, split_bill(b->session, NULL, whole, halves, 2, DAY, NULL));
    int64_t bill = bill_of(b, "{\"number\":\"D\",\"sub_range\":\"1-10000\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"100.00\",\"maturity\":\"2026-09-01\"}");
    assert_session_status(ARC_E_RANGE, b, split_bill(b->session, NULL, bill, wrong, 2, DAY, NULL));
    assert_session_status(ARC_E_RANGE, b, split_bill(b->session, NULL, bill, minus, 2, DAY, NULL));
    assert_session_status(ARC_E_RANGE, b, split_bill(b->session, NULL, bill, halves, 2, DAY - 1, NULL));
    assert_session_status(ARC_E_INVALID, b, split_bill(b->session, NULL, bill, halves, 1, DAY, NULL));
    assert_session_status(ARC_E_NOT_FOUND, b, split_bill(b->session, NULL, 99, halves, 2, DAY, NULL));
    int64_t usd = bill_of(b, "{\"number\":\"F\",\"sub_range\":\"1-100\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"USD\",\"face\":\"100.00\",\"maturity\":\"2026-09-01\"}"), first = 0;
    const int64_t odd[2] = { 150, 9850 };
    assert_session_status(ARC_E_RANGE, b, split_bill(b->session, NULL, usd, odd, 2, DAY, NULL)); /* a part is 1.00 */
    assert_session(b, split_bill(b->session, &first, usd, halves, 2, DAY, NULL));
    part_is(b, first + 1, "51-100", 5000, "held");
    verify_clean(b);
}

/* Received at 7.00, paid at 7.20: the difference is realised, to the last cent over the parts. */
static void exchange(test_book *b)
{
    open_bills(b);
    for (int i = 0; i < 2; i++) {
        (void)record_of(b, ARC_EXCHANGE_RATE, i ? "{\"kind\":\"booked\",\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"valid_on\":\"2026-08-01\",\"units\":1,\"rate\":\"7.2\"}"
                                                : "{\"kind\":\"booked\",\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"valid_on\":\"2026-01-01\",\"units\":1,\"rate\":\"7.0001\"}");
    }
    int64_t bill = bill_of(b, "{\"number\":\"U\",\"sub_range\":\"1-3333\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"USD\",\"face\":\"33.33\",\"maturity\":\"2026-09-01\"}"), first = 0;
    const int64_t thirds[3] = { 1111, 1111, 1111 };
    assert_session(b, split_bill(b->session, &first, bill, thirds, 3, DAY, NULL));
    for (int i = 0; i < 2; i++) assert_session(b, move_bill(b->session, NULL, first + i, BILL_COLLECT, MATURITY, i ? 11 : 0));
    assert_session(b, move_bill(b->session, NULL, first + 2, BILL_DISCOUNT, DAY + 1, 0)); /* at the rate it came in at */
    assert_int_equal(sum_of(b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT, "notes_receivable"), 0);
    assert_int_equal(sum_of(b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT, "bank") + sum_of(b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT, "bank_fee"), 2 * 7999 + 7777);
    assert_int_equal(sum_of(b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT, "fx_realised"), 23331 - 2 * 7999 - 7777); /* a gain */
    verify_clean(b);
    int64_t event = 0; /* the bank took it back at the rate of that day: the claim is worth what we paid */
    assert_session(b, move_bill(b->session, &event, first + 2, BILL_DISHONOUR, MATURITY, 10));
    assert_int_equal(field_of(b, ARC_ITEM, claim_of(b, event), ARC_ITEM_BASE_AMOUNT), 7999);
    assert_int_equal(field_of(b, ARC_ITEM, claim_of(b, event) + 1, ARC_ITEM_BASE_AMOUNT), 72);
    verify_clean(b);
    assert_session(b, reverse_bill(b->session, NULL, first + 2, MATURITY, "no"));
    assert_session(b, reverse_bill(b->session, NULL, first, MATURITY, "no"));
    assert_int_equal(sum_of(b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT, "notes_receivable"), 7777);
    verify_clean(b);
}

static void many(test_book *b)
{
    static const char *const json[] = { "{\"number\":\"A\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"10.00\",\"maturity\":\"2026-09-01\"}",
                                        "{\"number\":\"A\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"10.00\",\"maturity\":\"2026-09-01\"}",
                                        "{\"number\":\"B\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"20.00\",\"maturity\":\"2026-09-01\"}",
                                        "{\"number\":\"C\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"30.00\",\"maturity\":\"2026-09-01\"}" };
    arc_bill_entry e[4];
    arc_allocation pays = ARC_ALLOCATION_INIT, too_much = ARC_ALLOCATION_INIT;
    arc_status results[4];
    int64_t ids[4], events[4];
    open_bills(b);
    pays.item = too_much.item = book_item(b, "I1", "25.00");
    pays.amount = 2000;
    too_much.amount = 2600;
    for (int i = 0; i < 4; i++) {
        assert_ok(arc_bill_entry_init(&e[i]));
        e[i].bill = bill_record(b, json[i]);
    }
    e[2].allocations = &pays;
    e[3].allocations = &too_much;
    e[2].n = e[3].n = 1;
    assert_int_equal(arc_bill_record_many(b->session, ids, results, e, 4, 0), ARC_PARTIAL);
    const arc_status expected[] = { ARC_OK, ARC_E_EXISTS, ARC_OK, ARC_E_GUARD };
    for (int i = 0; i < 4; i++) {
        assert_int_equal(results[i], expected[i]);
        assert_int_equal(ids[i] != 0, expected[i] == ARC_OK);
        arc_record_free(e[i].bill);
    }
    assert_int_equal(posted(b, "notes_receivable"), 3000); /* what was refused left neither receipt nor entry */
    assert_int_equal(sum_of(b, ARC_RECEIPT, ARC_RECEIPT_AMOUNT, NULL), 3000);
    assert_int_equal(field_of(b, ARC_ITEM_STATE, pays.item, ARC_ITEM_STATE_OPEN), 500);
    verify_clean(b);
    const int64_t bills[4] = { ids[0], 99, ids[2], ids[0] };
    arc_bill_move m[4];
    for (int i = 0; i < 4; i++) {
        assert_ok(arc_bill_move_init(&m[i]));
        m[i].date = MATURITY;
        m[i].charge = i;
    }
    assert_int_equal(arc_bill_collect_many(b->session, events, results, bills, m, 4, 0), ARC_PARTIAL); /* none of them: it is not that day yet */
    assert_int_equal(results[0], ARC_E_RANGE);
    bills_on(b->session, MATURITY);
    assert_int_equal(arc_bill_collect_many(b->session, events, results, bills, m, 4, ARC_ALL_OR_NONE), ARC_E_NOT_FOUND);
    assert_int_equal(posted(b, "bank"), 0);
    assert_int_equal(arc_bill_collect_many(b->session, events, results, bills, m, 4, 0), ARC_PARTIAL);
    assert_int_equal(results[0], ARC_OK);
    assert_int_equal(results[1], ARC_E_NOT_FOUND);
    assert_int_equal(results[2], ARC_OK);
    assert_int_equal(results[3], ARC_E_STATE); /* named twice */
    assert_int_equal(posted(b, "bank"), 3000 - 2);
    assert_int_equal(posted(b, "bank_fee"), 2);
    verify_clean(b);
}

/* Under a request key each element is done once: a repeat answers those that were done and tries the rest again. */
static void many_once(test_book *b)
{
    arc_bill_entry e[2];
    arc_status results[2];
    int64_t ids[2], again[2], events[2], events_again[2];
    open_bills(b);
    for (int i = 0; i < 2; i++) {
        assert_ok(arc_bill_entry_init(&e[i]));
        e[i].bill = plain_bill(b, i ? "K2" : "K1", 1000, 1);
    }
    int64_t taken = receive(b, "K2", 1000, 0, 0, 1); /* the second is refused at first */
    assert_ok(arc_session_set_request_key(b->session, "in"));
    assert_int_equal(arc_bill_record_many(b->session, ids, results, e, 2, 0), ARC_PARTIAL);
    assert_session(b, move_bill(b->session, NULL, taken, BILL_ENDORSE, DAY + 1, 0)); /* ours no longer */
    assert_ok(arc_session_set_request_key(b->session, "in"));
    assert_session(b, arc_bill_record_many(b->session, again, results, e, 2, 0));
    assert_int_equal(again[0], ids[0]);
    assert_true(again[1] != 0);
    assert_ok(arc_session_set_request_key(b->session, "out"));
    assert_session(b, arc_bill_collect_many(b->session, events, results, again, NULL, 2, 0) == ARC_PARTIAL ? ARC_OK : ARC_E_INTERNAL); /* not due yet */
    arc_bill_move m[2] = { ARC_BILL_MOVE_INIT, ARC_BILL_MOVE_INIT };
    m[0].date = m[1].date = MATURITY;
    bills_on(b->session, MATURITY);
    assert_ok(arc_session_set_request_key(b->session, "out"));
    assert_session(b, arc_bill_collect_many(b->session, events, results, again, m, 2, 0));
    assert_ok(arc_session_set_request_key(b->session, "out"));
    assert_session(b, arc_bill_collect_many(b->session, events_again, results, again, m, 2, 0));
    assert_memory_equal(events, events_again, sizeof events);
    assert_int_equal(posted(b, "bank"), 2000);
    for (int i = 0; i < 2; i++) arc_record_free(e[i].bill);
    verify_clean(b);
}

/* In a transaction of the caller: what was done inside a call that is refused goes with it, and the transaction stays good. */
static void refused_inside(test_book *b)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    open_bills(b);
    a.item = book_item(b, "I1", "25.00");
    a.amount = 2600;
    arc_txn *t;
    assert_session(b, arc_session_begin(b->session, &t, ARC_WRITE));
    arc_record *r = plain_bill(b, "B", 3000, 1);
    assert_session_status(ARC_E_GUARD, b, arc_bill_record(b->session, NULL, r, &a, 1));
    a.amount = 2500;
    assert_session(b, arc_bill_record(b->session, NULL, r, &a, 1));
    arc_record_free(r);
    assert_session(b, arc_txn_commit(t));
    assert_int_equal(sum_of(b, ARC_RECEIPT, ARC_RECEIPT_AMOUNT, NULL), 3000);
    assert_int_equal(posted(b, "notes_receivable"), 3000);
    verify_clean(b);
}

static void by_acceptor(test_book *b)
{
    char json[600];
    size_t n = sizeof json;
    int64_t one, two, bill = package(b, &one, &two);
    int64_t other = bill_of(b, "{\"number\":\"N\",\"kind\":\"commercial\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"1.00\",\"maturity\":\"2026-09-01\"}");
    arc_bill_move m = ARC_BILL_MOVE_INIT;
    m.party = "S";
    m.amount = 10000;
    m.date = DAY + 1;
    bills_on(b->session, m.date);
    assert_session(b, arc_bill_endorse(b->session, NULL, bill, &m));
    assert_session(b, arc_bill_acceptors_json(b->session, json, &n, DAY + 1));
    char expected[600];
    snprintf(expected, sizeof expected,
             "[{\"acceptor\":\"\",\"currency\":\"CNY\",\"held\":100,\"recourse\":0,\"matured\":0,\"bills\":[%d]},{\"acceptor\":\"工行\",\"currency\":\"CNY\",\"held\":90000,\"recourse\":10000,\"matured\":0,"
             "\"bills\":[%d,%d]}]", (int)other, (int)other + 1, (int)other + 2);
    assert_string_equal(json, expected);
    n = sizeof json;
    assert_session(b, arc_bill_acceptors_json(b->session, json, &n, DAY)); /* whole on the day before */
    assert_non_null(strstr(json, "\"acceptor\":\"工行\",\"currency\":\"CNY\",\"held\":100000,\"recourse\":0"));
    n = sizeof json;
    assert_session(b, arc_bill_acceptors_json(b->session, json, &n, DAY - 1));
    assert_string_equal(json, "[]");
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

ON_EACH(parts)
ON_EACH(one_again)
ON_EACH(kept_places)
ON_EACH(middle_first)
ON_EACH(days_of_parts)
ON_EACH(part_of_it)
ON_EACH(not_divisible)
ON_EACH(exchange)
ON_EACH(many)
ON_EACH(many_once)
ON_EACH(refused_inside)
ON_EACH(by_acceptor)

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_parts),    cmocka_unit_test(test_one_again), cmocka_unit_test(test_kept_places), cmocka_unit_test(test_middle_first), cmocka_unit_test(test_days_of_parts),
                                        cmocka_unit_test(test_part_of_it), cmocka_unit_test(test_not_divisible),
                                        cmocka_unit_test(test_exchange), cmocka_unit_test(test_many),      cmocka_unit_test(test_many_once), cmocka_unit_test(test_refused_inside), cmocka_unit_test(test_by_acceptor) };
    postgresql = test_postgresql_start();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_postgresql_stop();
    return failed;
}
