/* SPDX-License-Identifier: Apache-2.0 */
/* Each kind of difference, applied for real and taken back: what is open, what is left, what came of it and what the journal says. */
#include "api/ledger_items.h"
#include "api/matching.h"

typedef struct kind {
    const char *as;       /* the rule, as JSON members */
    const char *currency, *amount, *memo;
    int64_t open, left;   /* of the item and of the receipt afterwards */
    int64_t made;         /* open of what came of it: a residual, a chargeback */
    const char *role;     /* account that took the difference; NULL: none */
    int64_t taken;
} kind;

static const kind kinds[] = {
    { "{\"as\":\"discount\"}", "CNY", "980.00", "INV-900", 0, 0, 0, "discount", 2000 },
    { "{\"as\":\"bank_charge\",\"across_borders\":false,\"most\":[{\"currency\":\"CNY\",\"amount\":\"30.00\"}]}", "CNY", "975.00", "INV-900", 0, 0, 0, "bank_fee", 2500 },
    { "{\"as\":\"tolerance\"}", "CNY", "997.00", "INV-900", 0, 0, 0, "small_difference", 300 },
    { "{\"as\":\"deduction\",\"reason\":\"damage\",\"words\":[\"broken\"]}", "CNY", "900.00", "INV-900 two broken", 0, 0, 0, "deduction", 10000 },
    { "{\"as\":\"residual\",\"reason\":\"price\"}", "CNY", "700.00", "INV-900", 0, 0, 30000, NULL, 0 },
    { "{\"as\":\"chargeback\",\"reason\":\"unearned_discount\"}", "CNY", "700.00", "INV-900", 0, 0, 30000, NULL, 0 },
    { "{\"as\":\"partial\"}", "CNY", "700.00", "INV-900", 30000, 0, 0, NULL, 0 },
    { "{\"as\":\"on_account\"}", "CNY", "1100.00", "INV-900", 0, 10000, 0, NULL, 0 },
    { "{\"as\":\"refund\"}", "CNY", "1100.00", "INV-900", 0, 0, 0, "refund", -10000 },
    { "{\"as\":\"exchange\",\"percent\":\"2\"}", "USD", "143.00", "INV-900", 0, 0, 0, NULL, 0 },
};

static int64_t all_open(test_book *b) { return sum_of(b, ARC_ITEM_STATE, ARC_ITEM_STATE_OPEN, NULL); }

static void one_kind(test_book *b, const kind *k)
{
    char strategy[600], json[400];
    int64_t id, item = made_item(b, "INV-900", 100000, NULL, "[{\"until\":\"2026-04-10\",\"percent\":\"2\",\"amount\":\"20.00\"}]");
    snprintf(json, sizeof json, "{\"customer\":1,\"number\":\"R1\",\"value_date\":\"2026-04-01\",\"posting_date\":\"2026-04-01\",\"currency\":\"%s\",\"amount\":\"%s\",\"memo\":\"%s\"}", k->currency, k->amount, k->memo);
    const int64_t receipt = record_of(b, ARC_RECEIPT, json), came = left_of(b, receipt), before = all_open(b), charged = k->role ? booked(b, k->role) : 0;
    snprintf(strategy, sizeof strategy, "{\"matching\":\"arcore/1\",\"tiers\":[{\"tier\":\"reference\"}],\"differences\":[%s]}", k->as);
    assert_session(b, arc_definition_save(b->session, &id, "matching", "one", strategy, SIZE_MAX, NULL));
    assert_session(b, arc_definition_publish(b->session, id, NULL, NULL));
    apply_line(b, receipt, "one");
    assert_int_equal(open_of(b, item), k->open);
    assert_int_equal(left_of(b, receipt), k->left);
    assert_int_equal(all_open(b) - k->open, k->made);
    if (k->role) assert_int_equal(booked(b, k->role) - charged, k->taken);
    verify_clean(b);
    assert_session(b, arc_match_reverse(b->session, receipt, APR_1, "not this"));
    assert_int_equal(open_of(b, item), 100000);
    assert_int_equal(left_of(b, receipt), came);
    assert_int_equal(all_open(b), before);
    if (k->role) assert_int_equal(booked(b, k->role), charged);
    verify_clean(b);
}

static void every_kind(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
            test_book b;
            int64_t id;
            open_book(&b, backend);
            print_message("%s\n", kinds[i].as);
            assert_session(&b, arc_definition_save(b.session, &id, "tolerance", "default", "{\"tolerance\":\"arcore/1\",\"customers\":[{\"currency\":\"CNY\",\"absolute\":\"5.00\",\"percent\":\"1\"}]}", SIZE_MAX, NULL));
            assert_session(&b, arc_definition_publish(b.session, id, NULL, NULL));
            record_of(&b, ARC_EXCHANGE_RATE, "{\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"kind\":\"booked\",\"valid_on\":\"2026-01-01\",\"units\":1,\"rate\":\"7.00000000\"}");
            one_kind(&b, &kinds[i]);
            test_book_close(&b);
        }
    }
}

/* A residual over two items, and a receipt in a run beside another: only its own comes back. */
static void only_its_own(void **state)
{
    static const char strategy[] = "{\"matching\":\"arcore/1\",\"tiers\":[{\"tier\":\"reference\"}],\"differences\":[{\"as\":\"residual\",\"reason\":\"price\"}]}";
    (void)state;
    test_book b;
    int64_t id;
    open_book(&b, 0);
    assert_session(&b, arc_definition_save(b.session, &id, "matching", "one", strategy, SIZE_MAX, NULL));
    assert_session(&b, arc_definition_publish(b.session, id, NULL, NULL));
    int64_t a = due(&b, "INV-1", 1, "100.00", "2026-03-01", ""), c = due(&b, "INV-2", 1, "100.00", "2026-03-02", ""), d = due(&b, "INV-3", 1, "100.00", "2026-03-02", "");
    int64_t one = came(&b, "R1", 1, "150.00", "INV-1 INV-2"), two = came(&b, "R2", 1, "60.00", "INV-3");
    apply_line(&b, one, "one");
    apply_line(&b, two, "one");
    assert_int_equal(all_open(&b), 9000);
    assert_session(&b, arc_match_reverse(b.session, one, APR_1, "not this"));
    assert_int_equal(open_of(&b, a), 10000);
    assert_int_equal(open_of(&b, c), 10000);
    assert_int_equal(open_of(&b, d), 0);
    assert_int_equal(all_open(&b), 24000);
    verify_clean(&b);
    test_book_close(&b);
}

/* Where a refund needs a second person it waits, and the rest is done. */
static void refund_waits(void **state)
{
    static const char strategy[] = "{\"matching\":\"arcore/1\",\"tiers\":[{\"tier\":\"reference\",\"mode\":\"auto\"}],\"differences\":[{\"as\":\"refund\",\"mode\":\"auto\"}]}";
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        int64_t id, pending = 0;
        arc_query *q;
        arc_cursor *c;
        open_book(&b, backend);
        assert_session(&b, arc_definition_save(b.session, &id, "approval", "a", "{\"approvals\":[{\"verb\":\"receipt.refund\"}]}", SIZE_MAX, NULL));
        assert_session(&b, arc_definition_publish(b.session, id, NULL, NULL));
        assert_session(&b, arc_definition_save(b.session, &id, "matching", "one", strategy, SIZE_MAX, NULL));
        assert_session(&b, arc_definition_publish(b.session, id, NULL, NULL));
        int64_t item = due(&b, "INV-1", 1, "100.00", "2026-03-01", ""), r = came(&b, "R1", 1, "150.00", "INV-1");
        SAYS(&b, r, "one", "\"refund\":\"50.00\"", "\"outcome\":\"suggest\"", "\"why\":\"difference\""); /* money never goes out by itself */
        apply_line(&b, r, "one");
        assert_int_equal(open_of(&b, item), 0);
        assert_int_equal(left_of(&b, r), 5000);
        assert_ok(arc_query_new(b.session, &q, ARC_PENDING_CHANGE));
        assert_ok(arc_query_run(q, &c));
        while (arc_cursor_next(c) == ARC_OK) pending++;
        arc_cursor_free(c);
        arc_query_free(q);
        assert_int_equal(pending, 1);
        verify_clean(&b);
        test_book_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_kind), cmocka_unit_test(only_its_own), cmocka_unit_test(refund_waits) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
