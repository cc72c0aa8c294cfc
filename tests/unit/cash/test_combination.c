/* SPDX-License-Identifier: Apache-2.0 */
/* Which items a payment pays: worked cases, every set against brute force, orders of the items, bounds. */
#include "support/support.h"

#include "arcore/combination.h"
#include "cash/logs.h"

#define MOST 40
#define DAY_0 20000 /* any day */

typedef struct question {
    int64_t amount, open[MOST], less[MOST];
    arc_date due[MOST], day;
    size_t n;
    arc_combination_options options;
} question;

static void begin(question *q, int64_t amount)
{
    memset(q, 0, sizeof *q);
    q->amount = amount;
    q->day = DAY_0;
    assert_ok(arc_combination_options_init(&q->options));
}

static void item(question *q, int64_t open, int due)
{
    q->open[q->n] = open;
    q->due[q->n++] = DAY_0 + due;
}

static arc_combination *ask(test_env *t, const question *q)
{
    arc_combination *c = NULL;
    assert_ok_err(&t->err, arc_combination_find(t->ctx, &c, q->amount, q->day, q->open, q->less, q->due, NULL, q->n, &q->options));
    return c;
}

static arc_combination_info info_of(const arc_combination *c)
{
    arc_combination_info info = ARC_COMBINATION_INFO_INIT;
    assert_ok(arc_combination_get(c, &info));
    return info;
}

/* Bits of the items of a candidate; what it tells of itself is right. */
static uint64_t members(const question *q, const arc_combination *c, size_t i, arc_combination_candidate *told)
{
    size_t at[MOST], n = MOST;
    int64_t taken[MOST], total = 0, less = 0;
    uint64_t bits = 0;
    assert_ok(arc_combination_candidate_init(told));
    assert_ok(arc_combination_at(c, told, at, taken, &n, i));
    assert_int_equal(n, told->items);
    for (size_t k = 0; k < n; k++) {
        assert_true(at[k] < q->n && !(bits >> at[k] & 1));
        assert_true(taken[k] == 0 || taken[k] == q->less[at[k]]);
        bits |= UINT64_C(1) << at[k];
        total += q->open[at[k]];
        less += taken[k];
    }
    assert_int_equal(total, told->total);
    assert_int_equal(less, told->discount);
    assert_int_equal(q->amount - (total - less), told->difference);
    assert_true(told->difference <= q->options.over && -told->difference <= q->options.under);
    return bits;
}

static void expect(test_env *t, const question *q, int outcome, uint64_t bits, int kind)
{
    arc_combination_candidate told;
    arc_combination *c = ask(t, q);
    assert_int_equal(info_of(c).outcome, outcome);
    if (outcome == ARC_COMBINATION_UNIQUE || outcome == ARC_COMBINATION_AMBIGUOUS) {
        assert_int_equal(members(q, c, 0, &told), bits);
        assert_int_equal(told.kind, kind);
    }
    arc_combination_free(c);
}

/* ---- worked cases ---------------------------------------------------------------------------------------------------------------------- */

/* The account of T5.3: I1 600, CM -100, I2 400 and I3 500, asked on 1 April. */
static void account(question *q, int64_t amount)
{
    begin(q, amount);
    item(q, 60000, -31);
    item(q, -10000, -22);
    item(q, 40000, -17);
    item(q, 50000, 29);
}

static void test_account(void **state)
{
    question q;
    account(&q, 50000); /* I3, not yet due, or I1 less the credit note: which one is not to be told from the amount */
    arc_combination *c = ask(*state, &q);
    assert_int_equal(info_of(c).outcome, ARC_COMBINATION_AMBIGUOUS);
    assert_int_equal(info_of(c).found, 2);
    arc_combination_free(c);
    account(&q, 140000);
    expect(*state, &q, ARC_COMBINATION_UNIQUE, 15, ARC_SET_ALL);
    account(&q, 90000);
    c = ask(*state, &q);
    assert_int_equal(info_of(c).found, 2); /* all that is due, or I2 and I3 */
    arc_combination_candidate told;
    assert_int_equal(members(&q, c, 0, &told), 7);
    assert_int_equal(told.kind, ARC_SET_DUE);
    arc_combination_free(c);
    account(&q, 70000);
    expect(*state, &q, ARC_COMBINATION_NONE, 0, 0);
}

static void test_twins(void **state)
{
    question q;
    arc_combination_candidate told;
    begin(&q, 30000);
    item(&q, 30000, -5);
    item(&q, 30000, -35);
    item(&q, 77700, -5);
    arc_combination *c = ask(*state, &q);
    assert_int_equal(info_of(c).outcome, ARC_COMBINATION_UNIQUE);
    assert_int_equal(info_of(c).candidates, 1);
    members(&q, c, 0, &told);
    assert_int_equal(told.alike, 2);
    arc_combination_free(c);
}

static void test_round_prices(void **state)
{
    question q;
    static const int64_t prices[12] = { 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1100, 1200 };
    begin(&q, 390000);
    for (int i = 0; i < 12; i++) item(&q, prices[i] * 100, i * 9 - 50);
    arc_combination *c = ask(*state, &q);
    assert_int_equal(info_of(c).outcome, ARC_COMBINATION_AMBIGUOUS);
    assert_true(info_of(c).found > 20);
    assert_true(info_of(c).whole);
    arc_combination_free(c);
}

static void test_discount_and_tolerance(void **state)
{
    question q;
    arc_combination_candidate told;
    begin(&q, 98000); /* T5.4: 1000 at 2 % */
    item(&q, 100000, 20);
    q.less[0] = 2000;
    arc_combination *c = ask(*state, &q);
    assert_int_equal(info_of(c).outcome, ARC_COMBINATION_UNIQUE);
    members(&q, c, 0, &told);
    assert_int_equal(told.discount, 2000);
    assert_int_equal(told.difference, 0);
    arc_combination_free(c);
    begin(&q, 998000); /* T5.6: a bank kept 20 of 10,000 */
    item(&q, 1000000, -1);
    expect(*state, &q, ARC_COMBINATION_NONE, 0, 0);
    q.options.under = 2000;
    c = ask(*state, &q);
    assert_int_equal(info_of(c).outcome, ARC_COMBINATION_UNIQUE);
    members(&q, c, 0, &told);
    assert_int_equal(told.difference, -2000);
    arc_combination_free(c);
}

/* ---- brute force ----------------------------------------------------------------------------------------------------------------------- */

static void random_question(question *q, uint64_t *seed, size_t most)
{
    begin(q, 1);
    size_t n = 1 + test_random(seed) % most;
    int64_t step = test_random(seed) % 3 ? 1 : 5000; /* few different sums now and then */
    int discounts = test_random(seed) % 3 == 0, credits = test_random(seed) % 3 == 0, tolerance = test_random(seed) % 3 == 0;
    for (size_t i = 0; i < n; i++) {
        int64_t a = (int64_t)(1 + test_random(seed) % 20) * step * 10 + (step == 1 ? (int64_t)(test_random(seed) % 50) : 0);
        item(q, credits && test_random(seed) % 4 == 0 ? -a : a, (int)(test_random(seed) % 90) - 60);
        if (discounts && a > 10 && q->open[i] > 0 && test_random(seed) % 2) q->less[i] = a / 50 + 1;
    }
    for (size_t i = 0; i < n; i++) q->amount += test_random(seed) % 2 ? q->open[i] : 0;
    if (q->amount < 1) q->amount = 1 + (int64_t)(test_random(seed) % 1000);
    q->amount -= test_random(seed) % 2 && q->amount > 1;
    if (tolerance) q->options.under = (int64_t)(test_random(seed) % 20);
    if (tolerance && q->amount > 20) q->options.over = (int64_t)(test_random(seed) % 20);
}

static int64_t by_force(const question *q, size_t i, int64_t sum, int any)
{
    if (i == q->n) return any && sum >= q->amount - q->options.over && sum <= q->amount + q->options.under;
    int64_t n = by_force(q, i + 1, sum, any) + by_force(q, i + 1, sum + q->open[i], 1);
    if (q->less[i]) n += by_force(q, i + 1, sum + q->open[i] - q->less[i], 1);
    return n;
}

static void test_brute_force(void **state)
{
    uint64_t seed = 5;
    int several = 0;
    for (int round = 0; round < 1500; round++) {
        question q;
        random_question(&q, &seed, 11);
        arc_combination *c = ask(*state, &q);
        int64_t should = by_force(&q, 0, 0, 0);
        if (should > 20000) should = 20000, q.n = 0;
        if (info_of(c).found != should) fail_msg("round %d: %lld sets instead of %lld", round, (long long)info_of(c).found, (long long)should);
        if (!q.n) {
            assert_false(info_of(c).whole);
            arc_combination_free(c);
            continue;
        }
        assert_true(info_of(c).whole);
        int64_t likely = 0;
        for (int i = 0; i < info_of(c).candidates; i++) {
            arc_combination_candidate told;
            members(&q, c, (size_t)i, &told);
            likely += told.likely_ppm;
        }
        assert_true(likely <= 1000000);
        assert_true(info_of(c).outcome != ARC_COMBINATION_UNKNOWN && (info_of(c).outcome == ARC_COMBINATION_NONE) == (should == 0));
        several += should > 1;
        arc_combination_free(c);
    }
    assert_true(several > 300);
}

/* The same items in another order have the same answer. */
static void test_order(void **state)
{
    uint64_t seed = 9;
    for (int round = 0; round < 200; round++) {
        question q, p;
        arc_combination_candidate told, other;
        random_question(&q, &seed, 24);
        p = q;
        for (size_t i = q.n; i > 1; i--) {
            size_t k = test_random(&seed) % i;
            int64_t open = p.open[i - 1], less = p.less[i - 1];
            arc_date due = p.due[i - 1];
            p.open[i - 1] = p.open[k], p.less[i - 1] = p.less[k], p.due[i - 1] = p.due[k];
            p.open[k] = open, p.less[k] = less, p.due[k] = due;
        }
        arc_combination *a = ask(*state, &q), *b = ask(*state, &p);
        arc_combination_info x = info_of(a), y = info_of(b);
        assert_memory_equal(&x, &y, sizeof x);
        for (int i = 0; i < x.candidates; i++) {
            members(&q, a, (size_t)i, &told);
            members(&p, b, (size_t)i, &other);
            assert_memory_equal(&told, &other, sizeof told);
        }
        arc_combination_free(a);
        arc_combination_free(b);
    }
}

/* ---- many items ------------------------------------------------------------------------------------------------------------------------ */

enum { MANY = 450 };

static arc_combination *ask_many(test_env *t, int from, int to, int without, int64_t steps)
{
    static int64_t open[MANY];
    static arc_date due[MANY];
    uint64_t seed = 77;
    int64_t amount = 0;
    arc_combination_options options = ARC_COMBINATION_OPTIONS_INIT;
    arc_combination *c = NULL;
    options.steps = steps;
    for (int i = 0; i < MANY; i++) {
        open[i] = 1000 + (int64_t)(test_random(&seed) % 9999000);
        due[i] = DAY_0 - 30 + i / 10;
        if (i >= from && i < to && i != without) amount += open[i];
    }
    assert_ok_err(&t->err, arc_combination_find(t->ctx, &c, amount, DAY_0, open, NULL, due, NULL, MANY, &options));
    return c;
}

static void many(test_env *t, int from, int to, int without, int kind, int outcome)
{
    size_t at[MANY], n = MANY;
    arc_combination_candidate told = ARC_COMBINATION_CANDIDATE_INIT;
    arc_combination *c = ask_many(t, from, to, without, 2000000);
    if (info_of(c).outcome != outcome) fail_msg("items %d to %d: outcome %d", from, to, info_of(c).outcome);
    assert_false(info_of(c).whole);
    assert_ok(arc_combination_at(c, &told, at, NULL, &n, 0));
    assert_int_equal(told.kind, kind);
    assert_int_equal(n, to - from - (without >= from && without < to));
    for (size_t i = 0; i < n; i++) assert_true((int)at[i] >= from && (int)at[i] < to && (int)at[i] != without);
    arc_combination_free(c);
}

static void test_many_items(void **state)
{
    many(*state, 0, 310, -1, ARC_SET_DUE, ARC_COMBINATION_UNIQUE);
    many(*state, 0, MANY, -1, ARC_SET_ALL, ARC_COMBINATION_UNIQUE);
    many(*state, 0, 120, -1, ARC_SET_RUN, ARC_COMBINATION_UNIQUE);
    many(*state, 0, 120, 60, ARC_SET_RUN_LESS, ARC_COMBINATION_AMBIGUOUS); /* too many other sets could be meant */
    many(*state, 300, 310, -1, ARC_SET_DAY, ARC_COMBINATION_UNIQUE);
    arc_combination *c = ask_many(*state, 0, 120, 60, 10);
    assert_false(info_of(c).whole); /* hardly looked at all */
    arc_combination_free(c);
}

/* ---- habits ---------------------------------------------------------------------------------------------------------------------------- */

/* A payer who pays early, and never what is old: what it is asked then is told by that. */
static void test_habit(void **state)
{
    test_env *t = *state;
    arc_habit *habit = NULL, *again = NULL;
    char text[8192], second[8192];
    size_t len = sizeof text;
    question q;
    arc_combination_candidate told;
    assert_ok(arc_habit_new(t->ctx, &habit, NULL, 0));
    for (int i = 0; i < 400; i++) {
        const arc_date due[4] = { DAY_0 + i - 40, DAY_0 + i - 20, DAY_0 + i + 20, DAY_0 + i + 40 };
        const uint8_t paid[4] = { 0, 0, 1, 0 };
        assert_ok(arc_habit_learn(habit, DAY_0 + i, due, NULL, paid, 4));
    }
    begin(&q, 50000);
    item(&q, 50000, -1);
    item(&q, 20000, 19);
    item(&q, 30000, 19);
    item(&q, 80000, 40);
    arc_combination *c = ask(t, &q);
    members(&q, c, 0, &told);
    assert_int_equal(told.items, 1); /* nothing learned: what is due */
    arc_combination_free(c);
    q.options.habit = habit;
    c = ask(t, &q);
    assert_int_equal(members(&q, c, 0, &told), 6);
    arc_combination_free(c);

    assert_ok(arc_habit_json(habit, text, &len));
    assert_ok(arc_habit_new(t->ctx, &again, text, len));
    len = sizeof second;
    assert_ok(arc_habit_json(again, second, &len));
    assert_string_equal(text, second);
    assert_non_null(strstr(text, "\"payments\":400"));
    assert_non_null(strstr(text, "\"-20\":400"));
    arc_habit_free(habit);
    arc_habit_free(again);
    assert_status(ARC_E_HANDLE, arc_combination_find(t->ctx, &c, 1, DAY_0, q.open, NULL, q.due, NULL, q.n, &q.options)); /* the habit is gone */
}

static void bad_habit(test_env *t, const char *text, arc_status st, const char *pointer)
{
    arc_habit *habit = NULL;
    arc_error e = ARC_ERROR_INIT;
    assert_status(st, arc_habit_new(t->ctx, &habit, text, SIZE_MAX));
    assert_null(habit);
    assert_ok(arc_context_error(t->ctx, &e));
    if (pointer) assert_string_equal(e.pointer, pointer);
}

static void test_bad_habits(void **state)
{
    bad_habit(*state, "{", ARC_E_SYNTAX, NULL);
    bad_habit(*state, "{}", ARC_E_VALUE, "");
    bad_habit(*state, "{\"habit\":\"arcore/2\"}", ARC_E_VALUE, "/habit");
    bad_habit(*state, "{\"habit\":\"arcore/1\",\"payments\":1}", ARC_E_VALUE, "");
    bad_habit(*state, "{\"habit\":\"arcore/1\",\"payments\":-1,\"late\":{},\"counts\":[]}", ARC_E_VALUE, "/payments");
    bad_habit(*state, "{\"habit\":\"arcore/1\",\"payments\":1,\"late\":{\"122\":1},\"counts\":[]}", ARC_E_VALUE, "/late/122");
    bad_habit(*state, "{\"habit\":\"arcore/1\",\"payments\":1,\"late\":{\"1\":1.5},\"counts\":[]}", ARC_E_VALUE, "/late/1");
    bad_habit(*state, "{\"habit\":\"arcore/1\",\"payments\":1,\"late\":{},\"counts\":[[1,2]]}", ARC_E_VALUE, "/counts");
}

/* ---- wrong questions, memory, logarithms ------------------------------------------------------------------------------------------------ */

static void wrong(test_env *t, const question *q, arc_status st, int64_t row)
{
    arc_combination *c = (arc_combination *)(void *)t;
    arc_error e = ARC_ERROR_INIT;
    assert_status(st, arc_combination_find(t->ctx, &c, q->amount, q->day, q->open, q->less, q->due, NULL, q->n, &q->options));
    assert_null(c);
    assert_ok(arc_context_error(t->ctx, &e));
    assert_int_equal(e.row, row);
}

static void test_wrong(void **state)
{
    question good, q;
    account(&good, 50000);
#define WRONG(change, st, row) q = good, change, wrong(*state, &q, st, row)
    WRONG(q.amount = 0, ARC_E_RANGE, -1);
    WRONG(q.open[2] = 0, ARC_E_RANGE, 2);
    WRONG(q.less[1] = 1, ARC_E_RANGE, 1); /* off a credit */
    WRONG(q.less[0] = 60001, ARC_E_RANGE, 0);
    WRONG(q.due[3] = ARC_DATE_NONE, ARC_E_RANGE, 3);
    WRONG(q.day = ARC_DATE_NONE, ARC_E_RANGE, -1);
    WRONG(q.open[0] = INT64_MAX, ARC_E_OVERFLOW, -1);
    WRONG(q.options.under = -1, ARC_E_INVALID, -1);
    WRONG(q.options.over = 50000, ARC_E_INVALID, -1);
    WRONG(q.options.certain_ppm = 500000, ARC_E_INVALID, -1);
    WRONG(q.options.candidates = 21, ARC_E_INVALID, -1);
    WRONG(q.options.usual_days_late = 4000, ARC_E_INVALID, -1);
    begin(&q, 100);
    expect(*state, &q, ARC_COMBINATION_NONE, 0, 0); /* nothing is open */
}

static arc_status find_body(test_env *t, void *arg)
{
    question *q = arg;
    arc_habit *habit = NULL;
    arc_combination *c = NULL;
    arc_status st = arc_habit_new(t->ctx, &habit, NULL, 0);
    if (st == ARC_OK) st = arc_habit_learn(habit, q->day, q->due, NULL, (const uint8_t *)"\1\0\1\0", 4);
    if (st == ARC_OK) q->options.habit = habit;
    if (st == ARC_OK) st = arc_combination_find(t->ctx, &c, q->amount, q->day, q->open, q->less, q->due, NULL, q->n, &q->options);
    arc_combination_free(c);
    arc_habit_free(habit);
    return st;
}

static void test_out_of_memory(void **state)
{
    question q;
    (void)state;
    account(&q, 50000);
    q.less[3] = 1000;
    assert_true(test_oom_sweep(find_body, &q) > 5);
}

static void test_logs(void **state)
{
    uint64_t seed = 3;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        uint64_t b = (test_random(&seed) >> (33 + test_random(&seed) % 28)) + 1, a = 1 + test_random(&seed) % b;
        uint64_t should = (a << 32) / b, is = arci_exp2_q32(arci_log2_share(a, b)), off = is > should ? is - should : should - is;
        if (off > should / 10000 + 64) fail_msg("%llu/%llu: %llu instead of %llu", (unsigned long long)a, (unsigned long long)b, (unsigned long long)is, (unsigned long long)should);
        assert_int_equal(arci_log2(a * 2), arci_log2(a) + ARCI_LOG_ONE);
        assert_true(arci_log2(a + 1) >= arci_log2(a));
    }
    assert_int_equal(arci_log2(1), 0);
    assert_int_equal(arci_exp2_q32(0), UINT64_C(1) << 32);
    assert_int_equal(arci_exp2_q32(-40 * ARCI_LOG_ONE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_account, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_twins, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_round_prices, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_discount_and_tolerance, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_brute_force, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_order, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_many_items, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_habit, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_bad_habits, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_wrong, test_setup, test_teardown),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_logs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
