/* SPDX-License-Identifier: Apache-2.0 */
/* Bills by the hundred: received and collected together what one by one gives, to the cent; one that cannot be stands aside and the others go through. */
#include "api/settling.h"

enum { N = 1201, MATURITY = 20590 };

typedef struct crowd {
    int64_t items[N], bills[N], events[N];
    arc_status results[N];
} crowd;

static const char *currency_of(int i) { return i % 5 ? "CNY" : "USD"; }

static void book(test_book *b)
{
    open_book(b, 0);
    (void)record_of(b, ARC_EXCHANGE_RATE, "{\"kind\":\"booked\",\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"units\":1,\"rate\":\"7.1\",\"valid_on\":\"2025-12-31\"}");
    (void)record_of(b, ARC_EXCHANGE_RATE, "{\"kind\":\"booked\",\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"units\":1,\"rate\":\"7.3\",\"valid_on\":\"2026-05-20\"}");
}

static void receive(test_book *b, crowd *c, int together)
{
    static arc_bill_entry entries[N];
    static arc_allocation pays[N];
    static arc_record *records[N];
    for (int i = 0; i < N; i++) {
        char json[300], number[16];
        snprintf(number, sizeof number, "I%d", i);
        c->items[i] = invoiced(b, number, 1, "100.00", currency_of(i));
        /* two parts of one bill now and then, one behind the other */
        snprintf(json, sizeof json, "{\"number\":\"%d\",\"sub_range\":\"%d-%d\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"%s\",\"face\":\"90.00\",\"received_on\":\"2026-02-01\",\"maturity\":\"2026-05-17\"}", i - i % 7 % 2,
                 i % 7 % 2 * 9000 + 1, i % 7 % 2 * 9000 + 9000, currency_of(i));
        assert_ok(arc_record_new(b->session, &records[i], ARC_BILL));
        assert_ok(arc_record_set_json(records[i], json, SIZE_MAX));
        (void)arc_bill_entry_init(&entries[i]);
        (void)arc_allocation_init(&pays[i]);
        pays[i].item = c->items[i];
        pays[i].amount = 9000;
        entries[i].bill = records[i];
        entries[i].allocations = &pays[i];
        entries[i].n = i % 3 != 0;
    }
    if (together) assert_session(b, arc_bill_record_many(b->session, c->bills, c->results, entries, N, ARC_ALL_OR_NONE));
    for (int i = 0; i < N; i++) {
        if (!together) assert_session(b, arc_bill_record(b->session, &c->bills[i], records[i], entries[i].allocations, entries[i].n));
        arc_record_free(records[i]);
    }
}

static void collect(test_book *b, crowd *c, int together, uint32_t flags, arc_date date)
{
    static arc_bill_move moves[N];
    static int64_t bills[N];
    for (int i = 0; i < N; i++) {
        (void)arc_bill_move_init(&moves[i]);
        moves[i].flags = flags;
        moves[i].date = date;
        moves[i].charge = flags ? 0 : i % 4;
        bills[i] = c->bills[N - 1 - i]; /* descending */
        if (!together) assert_session(b, arc_bill_collect(b->session, &c->events[i], bills[i], &moves[i]));
    }
    if (together) assert_session(b, arc_bill_collect_many(b->session, c->events, c->results, bills, moves, N, ARC_ALL_OR_NONE));
    for (int i = 0; i < N; i += 100) {
        arc_record *r = row_of_id(b, ARC_BILL_EVENT, c->events[i]);
        int64_t of = 0;
        assert_ok(arc_record_get_int(r, &of, ARC_BILL_EVENT_BILL));
        assert_int_equal(of, bills[i]);
        arc_record_free(r);
    }
}

static void sums(test_book *b, int64_t out[8])
{
    static const char *const roles[] = { "bank", "bank_fee", "notes_receivable", "receivable", "on_account", "fx_realised" };
    for (int k = 0; k < 6; k++) out[k] = booked(b, roles[k]);
    out[6] = sum_of(b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT, "fx_realised");
    out[7] = sum_of(b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT, "bank_fee");
}

static void as_one_by_one(void **state)
{
    static crowd c;
    int64_t told[2][8];
    (void)state;
    for (int together = 0; together < 2; together++) {
        test_book b;
        book(&b);
        receive(&b, &c, together);
        for (int i = 0; i < N; i++) assert_int_equal(open_of(&b, c.items[i]), i % 3 ? 1000 : 10000);
        collect(&b, &c, together, ARC_BILL_SENT, MATURITY);
        collect(&b, &c, together, 0, 20600);
        sums(&b, told[together]);
        verify_clean(&b);
        test_book_close(&b);
    }
    assert_memory_equal(told[0], told[1], sizeof told[0]);
    assert_true(told[1][0] > 0 && told[1][1] > 0 && told[1][6] != 0);
}

/* The same bill twice, one that is paid already, one of another: each alone. */
static void some_stand_aside(void **state)
{
    static crowd c;
    test_book b;
    arc_status results[4];
    int64_t events[4];
    (void)state;
    book(&b);
    receive(&b, &c, 1);
    const int64_t bills[] = { c.bills[7], c.bills[3], c.bills[7], 999999 };
    arc_bill_move moves[4];
    for (int i = 0; i < 4; i++) {
        (void)arc_bill_move_init(&moves[i]);
        moves[i].date = 20600;
    }
    assert_session_status(ARC_PARTIAL, &b, arc_bill_collect_many(b.session, events, results, bills, moves, 4, 0));
    assert_int_equal(results[0], ARC_OK);
    assert_int_equal(results[1], ARC_OK);
    assert_int_equal(results[2], ARC_E_STATE);
    assert_int_equal(results[3], ARC_E_NOT_FOUND);
    assert_true(events[0] && events[1]);
    verify_clean(&b);
    test_book_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(as_one_by_one), cmocka_unit_test(some_stand_aside) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
