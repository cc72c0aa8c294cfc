/* SPDX-License-Identifier: Apache-2.0 */
#include "value_support.h"

enum { MOST = 40 };

static void split(int64_t total, const int64_t *weights, const int64_t *caps, size_t n, const int64_t *want)
{
    arc_money m = {total, "CNY", 0};
    int64_t parts[MOST];

    assert_ok(arc_money_allocate(parts, &m, weights, caps, n));
    for (size_t i = 0; i < n; i++) assert_int_equal(want[i], parts[i]);
    m.minor = -total;
    assert_ok(arc_money_allocate(parts, &m, weights, caps, n));
    for (size_t i = 0; i < n; i++) assert_int_equal(-want[i], parts[i]);
}

#define SPLIT(total, w, want)                                                                                          \
    split(total, (const int64_t[])w, NULL, sizeof((const int64_t[])w) / 8, (const int64_t[])want)
#define SPLIT_CAPS(total, w, c, want)                                                                                  \
    split(total, (const int64_t[])w, (const int64_t[])c, sizeof((const int64_t[])w) / 8, (const int64_t[])want)
#define L(...)                                                                                                         \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }

/* T1.6 */
static void worked_examples(void **state)
{
    (void)state;
    SPLIT(100, L(1, 1, 1), L(34, 33, 33));
    SPLIT(1000, L(1, 2, 4), L(143, 286, 571));
    SPLIT(4000, L(29900, 5900, 1500), L(3206, 633, 161));
    SPLIT(5, L(0, 0, 0), L(2, 2, 1));
    SPLIT(5, L(0, 1, 0), L(0, 5, 0));
    SPLIT(0, L(3, 4), L(0, 0));
    SPLIT(ARC_MONEY_MAX, L(1, 1), L(ARC_MONEY_MAX / 2, ARC_MONEY_MAX / 2));
    SPLIT(ARC_MONEY_MAX - 1, L(INT64_MAX - 1, 1), L(ARC_MONEY_MAX - 1, 0));
}

static void caps_hold(void **state)
{
    arc_money m = money("1.00", "CNY");
    int64_t parts[3] = {7, 7, 7};

    (void)state;
    SPLIT_CAPS(100, L(1, 1, 1), L(10, 100, 100), L(10, 45, 45));
    SPLIT_CAPS(100, L(1, 1, 1), L(10, 40, 50), L(10, 40, 50));
    SPLIT_CAPS(100, L(1, 0, 0), L(60, 30, 30), L(60, 20, 20));
    SPLIT_CAPS(100, L(98, 1, 1), L(50, 30, 30), L(50, 25, 25));
    SPLIT_CAPS(0, L(1, 1), L(0, 0), L(0, 0));
    SPLIT_CAPS(10, L(5, 5), L(0, INT64_MAX), L(0, 10));
    assert_status(ARC_E_RANGE,
                  arc_money_allocate(parts, &m, (const int64_t[]){1, 1, 1}, (const int64_t[]){33, 33, 33}, 3));
    assert_status(ARC_E_RANGE, arc_money_allocate(parts, &m, (const int64_t[]){1, -1, 1}, NULL, 3));
    assert_status(ARC_E_RANGE,
                  arc_money_allocate(parts, &m, (const int64_t[]){1, 1, 1}, (const int64_t[]){200, -1, 3}, 3));
    assert_status(ARC_E_RANGE, arc_money_allocate(parts, &m, (const int64_t[]){-1, 9}, NULL, 2));
    assert_status(ARC_E_RANGE, arc_money_allocate(parts, &m, (const int64_t[]){1, 9}, (const int64_t[]){-1, 200}, 2));
    assert_status(ARC_E_OVERFLOW, arc_money_allocate(parts, &m, (const int64_t[]){INT64_MAX, 1}, NULL, 2));
    assert_status(ARC_E_INVALID, arc_money_allocate(parts, &m, (const int64_t[]){1}, NULL, 0));
    assert_status(ARC_E_INVALID, arc_money_allocate(parts, &m, NULL, NULL, 1));
    assert_status(ARC_E_INVALID, arc_money_allocate(parts, NULL, (const int64_t[]){1}, NULL, 1));
    assert_int_equal(7, parts[0]);
}

/* The same by sorting, as a person would write it down. */
static void model_round(int64_t rest, const int64_t *w, const int *active, size_t n, int64_t *got)
{
    int64_t sum = 0, left = rest, remainder[MOST];

    for (size_t i = 0; i < n; i++) sum += active[i] ? w[i] : 0;
    for (size_t i = 0; i < n; i++) {
        int64_t weight = sum == 0 ? 1 : w[i], all = sum;
        if (sum == 0) {
            all = 0;
            for (size_t k = 0; k < n; k++) all += active[k];
        }
        remainder[i] = -1;
        if (!active[i]) continue;
        got[i] = rest * weight / all;
        remainder[i] = rest * weight % all;
        left -= got[i];
    }
    for (; left > 0; left--) {
        size_t best = 0;
        for (size_t i = 1; i < n; i++) {
            if (remainder[i] > remainder[best]) best = i;
        }
        got[best]++;
        remainder[best] = -1;
    }
}

static void model_split(int64_t total, const int64_t *w, const int64_t *caps, size_t n, int64_t *got)
{
    int active[MOST], again = 1;

    for (size_t i = 0; i < n; i++) active[i] = 1;
    while (again) {
        int64_t capped = 0;
        again = 0;
        for (size_t i = 0; i < n; i++) capped += active[i] ? 0 : got[i];
        model_round(total - capped, w, active, n, got);
        for (size_t i = 0; caps != NULL && i < n; i++) {
            if (!active[i] || got[i] <= caps[i]) continue;
            got[i] = caps[i];
            active[i] = 0;
            again = 1;
        }
    }
}

/* Parts add up, keep their caps and their sign, and equal the model's. */
static void properties(void **state)
{
    uint64_t seed = 20250331;

    (void)state;
    for (int run = 0; run < 60000; run++) {
        size_t n = 1 + test_random(&seed) % (run % 10 == 0 ? MOST : 6);
        int64_t w[MOST], caps[MOST], parts[MOST], want[MOST], room = 0, sum = 0;
        int with_caps = (int)(test_random(&seed) & 1);
        uint64_t span = (uint64_t)1 << (test_random(&seed) % 20);
        arc_money m = {0, "EUR", 0};
        for (size_t i = 0; i < n; i++) {
            w[i] = (int64_t)(test_random(&seed) % span);
            caps[i] = (int64_t)(test_random(&seed) % span);
            room += caps[i];
        }
        m.minor = with_caps ? (room > 0 ? (int64_t)(test_random(&seed) % (uint64_t)(room + 1)) : 0)
                            : (int64_t)(test_random(&seed) % 1000000000000);
        model_split(m.minor, w, with_caps ? caps : NULL, n, want);
        assert_ok(arc_money_allocate(parts, &m, w, with_caps ? caps : NULL, n));
        for (size_t i = 0; i < n; i++) {
            sum += parts[i];
            assert_int_equal(want[i], parts[i]);
            if (with_caps) assert_true(parts[i] <= caps[i]);
        }
        assert_int_equal(m.minor, sum);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_examples),
        cmocka_unit_test(caps_hold),
        cmocka_unit_test(properties),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
