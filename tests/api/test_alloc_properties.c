/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold whatever is done: money is conserved, taking back is the way back to the last cent, independent rows commute, days before do not change. */
#include "api/ledger_items.h"

enum { SEEDS = 30, STEPS = 40, DAY = 20490 };

typedef struct world {
    test_book b;
    uint64_t seed;
    int64_t items[8], receipts[5];
} world;

static uint32_t roll(world *w, uint32_t n)
{
    w->seed ^= w->seed << 13;
    w->seed ^= w->seed >> 7;
    w->seed ^= w->seed << 17;
    return (uint32_t)(w->seed >> 33) % n;
}

static void found(world *w, uint64_t seed, int backend)
{
    char json[300];
    memset(w, 0, sizeof *w);
    w->seed = seed * 0x9e3779b97f4a7c15u + 1;
    open_book(&w->b, backend);
    assert_ok(arc_session_set_business_date(w->b.session, DAY));
    (void)record_of(&w->b, ARC_CUSTOMER, "{\"code\":\"D\",\"legal_name\":\"D\"}");
    for (int i = 0; i < 6; i++) {
        int usd = i >= 4;
        snprintf(json, sizeof json, "{\"number\":\"I%d\",\"customer\":1,\"invoice_date\":\"2026-01-01\",\"due_date\":\"2026-01-31\",\"currency\":\"%s\",\"gross_amount\":\"%d.%02d\"%s}", i,
                 usd ? "USD" : "CNY", 100 + (int)roll(w, 900), (int)roll(w, 100), usd ? ",\"fx_rate\":\"7.10333333\"" : "");
        (void)record_of(&w->b, ARC_INVOICE, json);
        w->items[i] = i + 1;
    }
    w->items[6] = made_item(&w->b, "P", 12000, "[{\"kind\":\"cost\",\"amount\":\"10.00\"},{\"kind\":\"interest\",\"amount\":\"20.00\"},{\"kind\":\"principal\",\"amount\":\"90.00\"}]", NULL);
    w->items[7] = made_item(&w->b, "O", 100000, NULL, "[{\"until\":\"2026-02-10\",\"percent\":\"2\",\"amount\":\"20.00\"}]");
    for (int i = 0; i < 5; i++) {
        int usd = i == 4;
        snprintf(json, sizeof json, "{\"number\":\"R%d\",\"customer\":1,\"value_date\":\"2026-02-01\",\"posting_date\":\"2026-02-01\",\"currency\":\"%s\",\"amount\":\"%d.%02d\"%s}", i,
                 usd ? "USD" : "CNY", 50 + (int)roll(w, 800), (int)roll(w, 100), usd ? ",\"fx_rate\":\"7.2\"" : "");
        w->receipts[i] = record_of(&w->b, ARC_RECEIPT, json);
    }
}

/* Whatever is refused is refused whole; the rest is what the invariants are about. */
static void step(world *w)
{
    arc_session *s = w->b.session;
    arc_allocation a = ARC_ALLOCATION_INIT;
    arc_settle_options o = ARC_SETTLE_OPTIONS_INIT;
    int64_t item = w->items[roll(w, 8)], other = w->items[roll(w, 8)], receipt = w->receipts[roll(w, 5)];
    const int64_t pair[2] = { item, other };
    switch (roll(w, 8)) {
    case 0: case 1: case 2:
        a.item = item;
        a.receipt = receipt;
        a.amount = 1 + roll(w, 20000);
        a.discount = roll(w, 3) ? 0 : roll(w, 500);
        a.write_off = roll(w, 3) ? 0 : roll(w, 50);
        (void)arc_allocation_apply(s, NULL, NULL, &a, 1, ARC_ALL_OR_NONE);
        break;
    case 3: case 4:
        o.rest = (int32_t)roll(w, 4);
        o.reason_code = "damage";
        (void)arc_receipt_settle(s, NULL, NULL, receipt, pair, NULL, 1 + (item != other), &o);
        break;
    case 5: (void)arc_item_transfer(s, NULL, item, 2, 1 + roll(w, 30000), ARC_DATE_NONE, "consent"); break;
    case 6: (void)arc_receipt_refund(s, NULL, receipt, 0, 1 + roll(w, 5000), ARC_DATE_NONE, "too much"); break;
    default: (void)arc_allocation_reverse(s, NULL, 1 + roll(w, 20), ARC_DATE_NONE, "wrong"); break;
    }
}

typedef struct totals {
    int64_t open, base_open, unapplied, base_unapplied, account_open, account_unapplied, bank, receivable;
} totals;

static totals sums(world *w)
{
    test_book *b = &w->b;
    const totals t = { sum_of(b, ARC_ITEM_STATE, ARC_ITEM_STATE_OPEN, NULL),          sum_of(b, ARC_ITEM_STATE, ARC_ITEM_STATE_BASE_OPEN, NULL),
                       sum_of(b, ARC_RECEIPT_STATE, ARC_RECEIPT_STATE_UNAPPLIED, NULL), sum_of(b, ARC_RECEIPT_STATE, ARC_RECEIPT_STATE_BASE_UNAPPLIED, NULL),
                       sum_of(b, ARC_ACCOUNT, ARC_ACCOUNT_OPEN, NULL),                 sum_of(b, ARC_ACCOUNT, ARC_ACCOUNT_UNAPPLIED, NULL),
                       sum_of(b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_AMOUNT, "bank"),   sum_of(b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_AMOUNT, "receivable") };
    return t;
}

static char *aged(world *w, arc_date day)
{
    arc_aging *a;
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    static char text[2][20000];
    static int which;
    size_t n = sizeof text[0];
    char *out = text[which ^= 1];
    o.as_of = day;
    assert_session(&w->b, arc_aging_compute(w->b.session, &a, &o));
    assert_ok(arc_aging_json(a, out, &n));
    arc_aging_free(a);
    return out;
}

static int64_t last_allocation(world *w)
{
    arc_query *q;
    arc_cursor *c;
    int64_t id, last = 0;
    const arc_field_id field = ARC_ALLOCATION_ID;
    assert_ok(arc_query_new(w->b.session, &q, ARC_ALLOCATION));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        assert_ok(arc_cursor_get_int(c, &id, 0));
        if (id > last) last = id;
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return last;
}

/* The last first: what came of an allocation has been undone when its turn comes. */
static void take_all_back(world *w)
{
    for (int64_t id = last_allocation(w); id > 0; id--) {
        arc_status st = arc_allocation_reverse(w->b.session, NULL, id, ARC_DATE_NONE, "all back");
        if (st != ARC_OK && st != ARC_E_STATE) assert_int_equal(st, ARC_E_NOT_FOUND);
    }
}

static void everything_can_be_taken_back(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        world w;
        found(&w, seed, (int)(seed % 2));
        const totals before = sums(&w);
        char *old = aged(&w, DAY - 1);
        for (int i = 0; i < STEPS; i++) step(&w);
        assert_string_equal(old, aged(&w, DAY - 1));
        const totals during = sums(&w);
        assert_memory_not_equal(&before, &during, sizeof before); /* something was done */
        assert_int_equal(during.open, during.account_open);
        assert_int_equal(during.unapplied, during.account_unapplied);
        assert_int_equal(during.receivable, during.open);
        assert_int_equal(during.bank, before.bank);
        verify_clean(&w.b);
        take_all_back(&w);
        const totals after = sums(&w);
        assert_memory_equal(&before, &after, sizeof before);
        verify_clean(&w.b);
        test_book_close(&w.b);
    }
}

/* Rows on different items, from receipts that have enough, may come in any order. */
static void independent_rows_commute(void **state)
{
    static const int orders[3][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 2, 0, 3, 1 } };
    int64_t open[3][8];
    (void)state;
    for (int k = 0; k < 3; k++) {
        world w;
        arc_allocation a[4];
        found(&w, 7, 0);
        for (int i = 0; i < 4; i++) {
            const arc_allocation init = ARC_ALLOCATION_INIT;
            a[i] = init;
            a[i].item = w.items[orders[k][i]];
            a[i].receipt = w.receipts[0];
            a[i].amount = 1000 + orders[k][i];
            a[i].discount = 7;
        }
        assert_session(&w.b, arc_allocation_apply(w.b.session, NULL, NULL, a, 4, ARC_ALL_OR_NONE));
        for (int i = 0; i < 8; i++) open[k][i] = field_of(&w.b, ARC_ITEM_STATE, w.items[i], ARC_ITEM_STATE_OPEN);
        verify_clean(&w.b);
        test_book_close(&w.b);
        assert_memory_equal(open[0], open[k], sizeof open[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(everything_can_be_taken_back), cmocka_unit_test(independent_rows_commute) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
