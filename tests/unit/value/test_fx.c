/* SPDX-License-Identifier: Apache-2.0 */
#include "value_support.h"

static arc_rate rate(const char *value, int32_t per)
{
    arc_rate r = {dec(value), per, 0};

    return r;
}

static void convert_is(const char *want, const char *amount, const char *from, const char *to, arc_rate r)
{
    arc_money m = money(amount, from);

    assert_ok(arc_money_convert(&m, &m, to, &r, ARC_ROUND_HALF_UP));
    assert_string_equal(to, m.currency);
    assert_amount(want, m);
}

static void conversion(void **state)
{
    arc_money m = money("1000.00", "USD"), back;
    arc_rate r = rate("7.1234", 1);

    (void)state;
    convert_is("1135.45", "1000.00", "USD", "EUR", rate("1.13545", 1));
    convert_is("4.85", "100", "JPY", "CNY", rate("4.8495", 100));
    convert_is("-48.50", "-1000", "JPY", "CNY", rate("48.495", 1000));
    convert_is("3256", "1.000", "KWD", "CLP", rate("3255.5", 1));
    convert_is("0.0003", "1", "JPY", "CLF", rate("0.000250", 1));
    convert_is("1000000000000000.00", "1000000000000000.000", "KWD", "CNY", rate("1.000000000000000000", 1));
    assert_ok(arc_money_convert(&m, &m, "CNY", &r, ARC_ROUND_HALF_UP));
    assert_amount("7123.40", m);
    assert_ok(arc_money_convert_back(&back, &m, "USD", &r, ARC_ROUND_EXACT));
    assert_amount("1000.00", back);
    r = rate("4.8495", 100);
    assert_ok(arc_money_convert_back(&back, &m, "JPY", &r, ARC_ROUND_HALF_UP));
    assert_amount("146889", back);
}

static void refused(void **state)
{
    arc_money m = money("1.00", "USD"), max;
    arc_rate r = rate("7.1", 10);

    (void)state;
    assert_status(ARC_E_RANGE, arc_money_convert(&m, &m, "CNY", &r, ARC_ROUND_HALF_UP));
    r = rate("0.0", 1);
    assert_status(ARC_E_RANGE, arc_money_convert(&m, &m, "CNY", &r, ARC_ROUND_HALF_UP));
    r = rate("-1", 1);
    assert_status(ARC_E_RANGE, arc_money_convert_back(&m, &m, "CNY", &r, ARC_ROUND_HALF_UP));
    r = rate("7.123", 1);
    assert_status(ARC_E_CURRENCY, arc_money_convert(&m, &m, "XXX", &r, ARC_ROUND_HALF_UP));
    assert_status(ARC_E_INVALID, arc_money_convert(&m, &m, NULL, &r, ARC_ROUND_HALF_UP));
    assert_status(ARC_E_INVALID, arc_money_convert(&m, &m, "CNY", NULL, ARC_ROUND_HALF_UP));
    assert_status(ARC_E_PRECISION, arc_money_convert(&m, &m, "JPY", &r, ARC_ROUND_EXACT));
    assert_ok(arc_money_set(&max, ARC_MONEY_MAX, "USD"));
    assert_status(ARC_E_OVERFLOW, arc_money_convert(&m, &max, "CNY", &r, ARC_ROUND_HALF_UP));
    r = rate("9223372036854775807", 1);
    assert_status(ARC_E_OVERFLOW, arc_money_convert(&m, &max, "CLF", &r, ARC_ROUND_HALF_UP));
    r.value.scale = 19;
    assert_status(ARC_E_RANGE, arc_money_convert(&m, &max, "CLF", &r, ARC_ROUND_HALF_UP));
    assert_amount("1.00", m);
}

static void revalued(const char *want, const char *open, const char *from, const char *carried, const char *to,
                     const char *closing)
{
    arc_money o = money(open, from), c = money(carried, to), difference;
    arc_rate r = rate(closing, 1);

    assert_ok(arc_fx_revalue(NULL, &difference, &o, &c, &r, ARC_ROUND_HALF_UP));
    assert_amount(want, difference);
}

/* Applies cash at a rate; moves the item on; returns the realised difference. */
static int64_t apply(arc_money *open, arc_money *carried, const char *cash, const char *settle)
{
    arc_money applied = money(cash, open->currency), booked, settled, difference;
    arc_rate r = rate(settle, 1);

    assert_ok(arc_fx_realise(&booked, &settled, &difference, &applied, open, carried, &r, ARC_ROUND_HALF_UP));
    assert_int_equal(settled.minor - booked.minor, difference.minor);
    assert_ok(arc_money_sub(open, open, &applied));
    assert_ok(arc_money_sub(carried, carried, &booked));
    return difference.minor;
}

/* T1.7, T1.8, T1.9 */
static void differences(void **state)
{
    arc_money open = money("10000.00", "USD"), carried = money("71000.00", "CNY");

    (void)state;
    revalued("-3.20", "1000.00", "USD", "1135.45", "EUR", "1.13225");
    revalued("1000.00", "10000.00", "USD", "71000.00", "CNY", "7.20");
    assert_int_equal(20000, apply(&open, &carried, "4000.00", "7.15"));
    assert_int_equal(-30000, apply(&open, &carried, "6000.00", "7.05"));
    assert_int_equal(0, open.minor);
    assert_int_equal(0, carried.minor);
    open = money("10000.00", "USD"); /* without reversal at the period's start both ways agree in the end */
    carried = money("72000.00", "CNY");
    assert_int_equal(-20000, apply(&open, &carried, "4000.00", "7.15"));
    assert_int_equal(-90000, apply(&open, &carried, "6000.00", "7.05"));
    assert_int_equal(0, carried.minor);
    revalued("75.00", "150.00", "GBP", "300.00", "USD", "2.50");
}

/* However an item is split, nothing of its base remains, and the differences add up to settled - booked. */
static void nothing_remains(void **state)
{
    uint64_t seed = 9;

    (void)state;
    for (int run = 0; run < 20000; run++) {
        arc_money open = {1 + (int64_t)(test_random(&seed) % 1000000), "USD", 0}, carried = {0, "JPY", 0};
        int64_t sign = run % 2 ? 1 : -1, total = 0, came = 0;
        open.minor *= sign;
        carried.minor = sign * (int64_t)(test_random(&seed) % 200000000);
        int64_t was = carried.minor;
        while (open.minor != 0) {
            int64_t left = open.minor * sign;
            arc_money applied = {sign * (1 + (int64_t)(test_random(&seed) % (uint64_t)left)), "USD", 0}, booked,
                      settled, difference;
            arc_rate r = {{100 + (int64_t)(test_random(&seed) % 100), 0, 0}, 1, 0};
            assert_ok(
                arc_fx_realise(&booked, &settled, &difference, &applied, &open, &carried, &r, ARC_ROUND_HALF_EVEN));
            total += difference.minor;
            came += settled.minor;
            open.minor -= applied.minor;
            carried.minor -= booked.minor;
        }
        assert_int_equal(0, carried.minor);
        assert_int_equal(came - was, total);
    }
}

static void bad_applications(void **state)
{
    arc_money open = money("10.00", "USD"), carried = money("70.00", "CNY"), applied = money("10.01", "USD"),
              d = carried;
    arc_rate r = rate("7", 1);

    (void)state;
    assert_status(ARC_E_RANGE, arc_fx_realise(NULL, NULL, &d, &applied, &open, &carried, &r, ARC_ROUND_HALF_UP));
    applied = money("-1.00", "USD");
    assert_status(ARC_E_RANGE, arc_fx_realise(NULL, NULL, &d, &applied, &open, &carried, &r, ARC_ROUND_HALF_UP));
    applied = money("1.00", "EUR");
    assert_status(ARC_E_CURRENCY, arc_fx_realise(NULL, NULL, &d, &applied, &open, &carried, &r, ARC_ROUND_HALF_UP));
    applied = open = money("0.00", "USD");
    assert_status(ARC_E_RANGE, arc_fx_realise(NULL, NULL, &d, &applied, &open, &carried, &r, ARC_ROUND_HALF_UP));
    assert_status(ARC_E_INVALID, arc_fx_realise(NULL, NULL, &d, NULL, &open, &carried, &r, ARC_ROUND_HALF_UP));
    assert_status(ARC_E_INVALID, arc_fx_revalue(NULL, &d, &open, NULL, &r, ARC_ROUND_HALF_UP));
    assert_amount("70.00", d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversion),      cmocka_unit_test(refused),          cmocka_unit_test(differences),
        cmocka_unit_test(nothing_remains), cmocka_unit_test(bad_applications),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
