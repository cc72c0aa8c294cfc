/* SPDX-License-Identifier: Apache-2.0 */
/* On every day: what is open is what was claimed less what was settled by then, no document shows less than nothing or more than itself, and the aging says the same. Days come in any order; what is
 * taken back leaves days before as they were. */
#include "api/settling.h"

enum { SEEDS = 12, STEPS = 60, FIRST = FEB_1, DAYS = 40, ITEMS = 6, RECEIPTS = 4, MAX_ROWS = 4000 };

typedef struct row {
    int64_t item, receipt, credit, amount, given_up;
    arc_date day;
} row;

typedef struct doc {
    int64_t id, amount;
    arc_date since;
} doc;

typedef struct world {
    test_book b;
    uint64_t seed;
    int64_t items[ITEMS], receipts[RECEIPTS];
    row rows[MAX_ROWS];
    doc docs[2][MAX_ROWS]; /* items, receipts */
    int n_rows, n[2];
} world;

static uint32_t roll(world *w, uint32_t n)
{
    w->seed ^= w->seed << 13;
    w->seed ^= w->seed >> 7;
    w->seed ^= w->seed << 17;
    return (uint32_t)(w->seed >> 33) % n;
}

static int64_t number_at(arc_cursor *c, uint32_t column)
{
    int64_t v = 0;
    return arc_cursor_get_int(c, &v, column) == ARC_OK ? v : 0;
}

static int64_t money_at(arc_cursor *c, uint32_t column)
{
    arc_money m = { 0 };
    return arc_cursor_get_money(c, &m, column) == ARC_OK ? m.minor : 0;
}

static void read_all(world *w)
{
    static const arc_field_id of_rows[] = { ARC_ALLOCATION_ITEM, ARC_ALLOCATION_RECEIPT, ARC_ALLOCATION_CREDIT_ITEM, ARC_ALLOCATION_AMOUNT, ARC_ALLOCATION_DISCOUNT, ARC_ALLOCATION_WRITE_OFF,
                                            ARC_ALLOCATION_EFFECTIVE_DATE };
    static const arc_field_id of_docs[2][3] = { { ARC_ITEM_ID, ARC_ITEM_AMOUNT, ARC_ITEM_BUSINESS_DATE }, { ARC_RECEIPT_ID, ARC_RECEIPT_AMOUNT, ARC_RECEIPT_VALUE_DATE } };
    arc_query *q;
    arc_cursor *c;
    w->n_rows = w->n[0] = w->n[1] = 0;
    assert_ok(arc_query_new(w->b.session, &q, ARC_ALLOCATION));
    assert_ok(arc_query_select(q, of_rows, 7));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        row *r = &w->rows[w->n_rows++];
        r->item = number_at(c, 0);
        r->receipt = number_at(c, 1);
        r->credit = number_at(c, 2);
        r->amount = money_at(c, 3);
        r->given_up = money_at(c, 4) + money_at(c, 5);
        assert_ok(arc_cursor_get_date(c, &r->day, 6));
    }
    arc_cursor_free(c);
    arc_query_free(q);
    for (int k = 0; k < 2; k++) {
        assert_ok(arc_query_new(w->b.session, &q, k ? ARC_RECEIPT : ARC_ITEM));
        assert_ok(arc_query_select(q, of_docs[k], 3));
        assert_ok(arc_query_run(q, &c));
        while (arc_cursor_next(c) == ARC_OK) {
            doc *d = &w->docs[k][w->n[k]++];
            d->id = number_at(c, 0);
            d->amount = money_at(c, 1);
            assert_ok(arc_cursor_get_date(c, &d->since, 2));
        }
        arc_cursor_free(c);
        arc_query_free(q);
    }
}

static int64_t left_on(const world *w, const doc *d, int receipt, arc_date day)
{
    int64_t left = d->since > day ? 0 : d->amount;
    for (int i = 0; i < w->n_rows; i++) {
        const row *r = &w->rows[i];
        if (r->day > day) continue;
        if (receipt) left -= r->receipt == d->id ? r->amount : 0;
        else left -= r->item == d->id ? r->amount + r->given_up : r->credit == d->id ? -r->amount : 0;
    }
    return left;
}

static void every_day_adds_up(world *w)
{
    read_all(w);
    for (arc_date day = FIRST - 1; day <= FIRST + DAYS; day++) {
        int64_t sums[2] = { 0, 0 };
        for (int k = 0; k < 2; k++) {
            for (int i = 0; i < w->n[k]; i++) {
                const doc *d = &w->docs[k][i];
                int64_t left = left_on(w, d, k, day);
                assert_true(d->amount >= 0 ? left >= 0 && left <= d->amount : left <= 0 && left >= d->amount);
                sums[k] += left;
            }
        }
        as_of(&w->b, day, "CNY", sums[0], sums[1]);
    }
}

/* What is refused is refused whole. */
static void step(world *w)
{
    arc_session *s = w->b.session;
    arc_allocation a = ARC_ALLOCATION_INIT;
    arc_ledger_step e = ARC_LEDGER_STEP_INIT;
    arc_settle_options o = ARC_SETTLE_OPTIONS_INIT;
    int64_t item = w->items[roll(w, ITEMS)], receipt = w->receipts[roll(w, RECEIPTS)];
    arc_date day = FIRST + (arc_date)roll(w, DAYS);
    e.row = item;
    e.date = day;
    e.reason = "reason";
    e.customer = 2;
    switch (roll(w, 9)) {
    case 0: case 1: case 2:
        a.item = item;
        a.receipt = receipt;
        a.amount = 1 + roll(w, 6000);
        a.write_off = roll(w, 3) ? 0 : roll(w, 50);
        a.date = day;
        (void)arc_allocation_apply(s, NULL, NULL, &a, 1, ARC_ALL_OR_NONE);
        break;
    case 3:
        o.date = day;
        o.rest = (int32_t)roll(w, 3);
        (void)arc_receipt_settle(s, NULL, NULL, receipt, &item, NULL, 1, &o);
        break;
    case 4: e.amount = 1 + roll(w, 3000); (void)arc_item_transfer_many(s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE); break;
    case 5: e.amount = 1 + roll(w, 3000); (void)arc_item_charge_back_many(s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE); break;
    case 6: e.row = receipt; e.amount = 1 + roll(w, 1000); (void)arc_receipt_refund_many(s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE); break;
    default: e.row = 1 + roll(w, 40); (void)arc_allocation_reverse_many(s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE); break;
    }
}

static void every_day(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        world *w = calloc(1, sizeof *w);
        char number[16], early[20000];
        assert_non_null(w);
        w->seed = seed * 0x9e3779b97f4a7c15u + 1;
        open_book(&w->b, (int)(seed % 2));
        (void)record_of(&w->b, ARC_CUSTOMER, "{\"code\":\"D\",\"legal_name\":\"D\"}");
        for (int i = 0; i < ITEMS; i++) {
            snprintf(number, sizeof number, "I%d", i);
            w->items[i] = invoiced(&w->b, number, 1, i ? "70.00" : "150.00", "CNY");
        }
        for (int i = 0; i < RECEIPTS; i++) {
            snprintf(number, sizeof number, "R%d", i);
            w->receipts[i] = paid(&w->b, number, 1, "90.00", "CNY");
        }
        aged(&w->b, FIRST - 1, early, sizeof early);
        for (int i = 0; i < STEPS; i++) step(w);
        every_day_adds_up(w);
        assert_true(w->n_rows > 10);
        verify_clean(&w->b);
        assert_aged(&w->b, FIRST - 1, early);
        /* the last first, each on the last day: all is as it was, and the days before as they were */
        char middle[20000];
        aged(&w->b, FIRST + DAYS / 2, middle, sizeof middle);
        for (int64_t id = 6 * STEPS; id > 0; id--) (void)arc_allocation_reverse(w->b.session, NULL, id, FIRST + DAYS, "all back");
        assert_aged(&w->b, FIRST + DAYS / 2, middle);
        for (int i = 0; i < ITEMS; i++) assert_int_equal(open_of(&w->b, w->items[i]), i ? 7000 : 15000);
        for (int i = 0; i < RECEIPTS; i++) assert_int_equal(left_of(&w->b, w->receipts[i]), 9000);
        every_day_adds_up(w);
        verify_clean(&w->b);
        test_book_close(&w->b);
        free(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_day) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
