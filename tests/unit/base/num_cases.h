/* SPDX-License-Identifier: Apache-2.0 */
/* Cases of num.h, run once for the compiler's own 128-bit integers and once for the portable code. The model is __int128. */
#ifndef NUM_CASES_H
#define NUM_CASES_H

#include "support/support.h"

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

#define RANDOM_CASES 200000

static const uint64_t edges[] = {
    0, 1, 2, 3, 9, 10, 99, 100, 101, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff, 0x100000000,
    0x100000001, 0x1fffffffffffff, 0x20000000000000, 0x20000000000001, 1000000000000000000u, 0x7ffffffffffffffe,
    0x7fffffffffffffff, 0x8000000000000000, 0x8000000000000001, 0xfffffffffffffffe, 0xffffffffffffffff
};
#define N_EDGES (sizeof edges / sizeof edges[0])

/* Half the values are edges, the others of any length. */
static uint64_t pick(uint64_t *seed)
{
    uint64_t r = test_random(seed);
    if (r & 1) return edges[(r >> 1) % N_EDGES];
    return test_random(seed) >> ((r >> 1) % 64);
}

static void check_signed(int64_t a, int64_t b)
{
    int64_t r = 0;
    i128 sum = (i128)a + b, difference = (i128)a - b, product = (i128)a * b;
    assert_int_equal(arci_add64(a, b, &r), sum != (int64_t)sum);
    if (sum == (int64_t)sum) assert_true(r == (int64_t)sum);
    assert_int_equal(arci_sub64(a, b, &r), difference != (int64_t)difference);
    if (difference == (int64_t)difference) assert_true(r == (int64_t)difference);
    assert_int_equal(arci_mul64(a, b, &r), product != (int64_t)product);
    if (product == (int64_t)product) assert_true(r == (int64_t)product);
}

static void check_sizes(size_t a, size_t b)
{
    size_t r = 0;
    u128 sum = (u128)a + b, product = (u128)a * b;
    assert_int_equal(arci_addsz(a, b, &r), sum > SIZE_MAX);
    if (sum <= SIZE_MAX) assert_true(r == (size_t)sum);
    assert_int_equal(arci_mulsz(a, b, &r), product > SIZE_MAX);
    if (product <= SIZE_MAX) assert_true(r == (size_t)product);
}

static u128 wide(arci_u128 v)
{
    return (u128)v.hi << 64 | v.lo;
}

static void check_wide(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    arci_u128 p = arci_mul_u64(a, b), x = { a, b }, y = { c, d }, r = { 0, 0 };
    uint64_t q = 0, rem = 0;
    assert_true(wide(p) == (u128)a * b);
    u128 sum = wide(x) + wide(y);
    assert_int_equal(arci_add_u128(x, y, &r), sum < wide(x));
    if (sum >= wide(x)) assert_true(wide(r) == sum);
    if (!d) return;
    int too_wide = wide(p) / d > UINT64_MAX;
    assert_int_equal(arci_divmod_u128(p, d, &q, &rem), too_wide);
    if (!too_wide) assert_true(q == (uint64_t)(wide(p) / d) && rem == (uint64_t)(wide(p) % d));
}

static void test_edges(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_EDGES; i++) {
        for (size_t k = 0; k < N_EDGES; k++) {
            check_signed((int64_t)edges[i], (int64_t)edges[k]);
            check_sizes((size_t)edges[i], (size_t)edges[k]);
            for (size_t m = 0; m < N_EDGES; m++) check_wide(edges[i], edges[k], edges[(i + k) % N_EDGES], edges[m]);
        }
    }
}

static void test_randoms(void **state)
{
    uint64_t seed = 42;
    (void)state;
    for (int i = 0; i < RANDOM_CASES; i++) {
        uint64_t a = pick(&seed), b = pick(&seed), c = pick(&seed), d = pick(&seed);
        check_signed((int64_t)a, (int64_t)b);
        check_sizes((size_t)a, (size_t)b);
        check_wide(a, b, c, d);
    }
}

static void test_magnitude(void **state)
{
    (void)state;
    assert_true(arci_mag64(0) == 0);
    assert_true(arci_mag64(-1) == 1);
    assert_true(arci_mag64(INT64_MAX) == 0x7fffffffffffffff);
    assert_true(arci_mag64(INT64_MIN) == 0x8000000000000000);
}

/* Sums that leave 64 bits on the way and come back are exact; those that stay outside are refused. */
static void test_accumulator(void **state)
{
    uint64_t seed = 7;
    (void)state;
    for (int round = 0; round < 2000; round++) {
        arci_acc acc = { 0, 0 };
        i128 sum = 0;
        for (int i = 0; i < 50; i++) {
            int64_t v = (int64_t)pick(&seed), r = 0;
            arci_acc_add(&acc, v);
            sum += v;
            assert_int_equal(arci_acc_get(&acc, &r), sum != (int64_t)sum);
            if (sum == (int64_t)sum) assert_true(r == (int64_t)sum);
        }
    }
}

static int run_num_cases(const char *name)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_randoms),
        cmocka_unit_test(test_magnitude),
        cmocka_unit_test(test_accumulator),
    };
    return _cmocka_run_group_tests(name, tests, sizeof tests / sizeof tests[0], NULL, NULL);
}

#endif
