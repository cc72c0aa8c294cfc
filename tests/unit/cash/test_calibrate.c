/* SPDX-License-Identifier: Apache-2.0 */
/* Calibration: bins that rise, what little is known says little, and the way to JSON and back. */
#include "cash/calibrate.h"
#include "support/support.h"

enum { MANY = 600 };

/* Right more often the surer it looked, with a dent in the middle that pooling has to even out. */
static uint32_t made(arci_cal_case *cases)
{
    uint32_t n = 0;
    for (int i = 0; i < MANY; i++) {
        const int32_t raw = 400000 + i * 1000;
        const int level = i < 200 ? 5 : i < 400 ? 3 : 10; /* right out of ten */
        cases[n++] = (arci_cal_case){ 3, (uint8_t)(i % 10 < level), raw };
    }
    return n;
}

static void bins_rise(void **state)
{
    static arci_cal_case cases[MANY];
    arci_calibration c;
    (void)state;
    arci_calibrate(&c, cases, made(cases));
    assert_int_equal(c.cases, MANY);
    assert_true(c.n[3] >= 2 && c.n[3] <= ARCI_CAL_BINS);
    int64_t n = 0, right = 0;
    for (uint32_t i = 0; i < c.n[3]; i++) {
        n += c.bins[3][i].n;
        right += c.bins[3][i].right;
        if (i) assert_true(c.bins[3][i].ppm >= c.bins[3][i - 1].ppm);
        assert_true(c.bins[3][i].from_ppm <= c.bins[3][i].to_ppm);
    }
    assert_int_equal(n, MANY);
    assert_int_equal(right, 100 + 60 + 200);
    for (int32_t raw = 0; raw < 1000000; raw += 5000) assert_true(arci_calibrated(&c, 3, raw) <= arci_calibrated(&c, 3, raw + 5000));
    assert_in_range(arci_calibrated(&c, 3, 500000), 380000, 430000); /* the dent and what is before it, together */
    assert_true(arci_calibrated(&c, 3, 990000) > 980000);
    assert_int_equal(arci_calibrated(&c, 0, 777000), 777000); /* nothing was learned of this tier */
}

static void little_says_little(void **state)
{
    static arci_cal_case cases[MANY];
    arci_calibration c;
    (void)state;
    (void)made(cases);
    arci_calibrate(&c, cases, ARCI_CAL_ENOUGH - 1);
    assert_int_equal(arci_calibrated(&c, 3, 450000), 450000);
    (void)made(cases);
    arci_calibrate(&c, cases, ARCI_CAL_ENOUGH);
    assert_int_not_equal(arci_calibrated(&c, 3, 450000), 450000);
    arci_calibrate(&c, cases, 0);
    assert_int_equal(c.cases, 0);
}

static void to_json_and_back(void **state)
{
    static arci_cal_case cases[MANY];
    static const char *const bad[] = { "{}", "{\"calibration\":{\"cases\":1}}", "{\"calibration\":{\"cases\":1,\"bins\":[{\"tier\":9,\"from\":0,\"to\":1,\"n\":1,\"right\":0}]}}",
                                       "{\"calibration\":{\"cases\":1,\"bins\":[{\"tier\":0,\"from\":0,\"to\":1,\"n\":1,\"right\":2}]}}",
                                       "{\"calibration\":{\"cases\":1,\"bins\":[]},\"habit\":{\"habit\":\"else\"}}" };
    test_env *t = *state;
    arci_calibration c;
    arci_learned learned;
    arci_arena arena;
    arci_str b;
    arci_calibrate(&c, cases, made(cases));
    arci_arena_init(&arena, t->ctx);
    arci_str_init(&b, t->ctx);
    arci_str_puts(&b, "{\"calibration\":");
    arci_calibration_put(&c, &b);
    arci_str_putc(&b, '}');
    assert_int_equal(arci_learned_read(&t->env, &arena, &learned, b.s, b.len), ARC_OK);
    for (int32_t raw = 0; raw <= 1000000; raw += 1000) assert_int_equal(arci_calibrated(&learned.calibration, 3, raw), arci_calibrated(&c, 3, raw));
    arci_learned_clear(&learned);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(arci_learned_read(&t->env, &arena, &learned, bad[i], strlen(bad[i])), ARC_E_CORRUPT);
        arci_learned_clear(&learned);
    }
    arci_str_clear(&b);
    arci_arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(bins_rise), cmocka_unit_test(little_says_little), cmocka_unit_test_setup_teardown(to_json_and_back, test_setup, test_teardown) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
