/* SPDX-License-Identifier: Apache-2.0 */
#include "value_support.h"

static arc_money scaled(const char *decimal, const char *currency, int32_t mode)
{
    arc_decimal d = dec(decimal);
    arc_money m;

    assert_ok(arc_money_from_decimal(&m, &d, currency, mode));
    return m;
}

/* T1.1 */
static void rounding_modes(void **state)
{
    arc_money m, jpy = money("105", "JPY");
    arc_decimal rate = dec("0.1");

    (void)state;
    assert_amount("2.35", scaled("2.345", "CNY", ARC_ROUND_HALF_UP));
    assert_amount("2.34", scaled("2.345", "CNY", ARC_ROUND_HALF_EVEN));
    assert_amount("2.36", scaled("2.355", "CNY", ARC_ROUND_HALF_UP));
    assert_amount("2.36", scaled("2.355", "CNY", ARC_ROUND_HALF_EVEN));
    assert_amount("0.13", scaled("0.125", "CNY", ARC_ROUND_HALF_UP));
    assert_amount("0.12", scaled("0.125", "CNY", ARC_ROUND_HALF_EVEN));
    assert_amount("-2.35", scaled("-2.345", "CNY", ARC_ROUND_HALF_UP));
    assert_ok(arc_money_mul(&m, &jpy, &rate, ARC_ROUND_HALF_UP));
    assert_amount("11", m);
    assert_ok(arc_money_mul(&m, &jpy, &rate, ARC_ROUND_HALF_EVEN));
    assert_amount("10", m);
    assert_amount("1.235", scaled("1.2345", "KWD", ARC_ROUND_HALF_UP));
    assert_amount("1.234", scaled("1.2345", "KWD", ARC_ROUND_HALF_EVEN));
}

/* Every mode at, below and above a tie, both signs, exponents 0, 2, 3 and 4. */
static void every_mode_at_ties(void **state)
{
    static const struct {
        int32_t mode;
        int64_t even_tie, odd_tie, below, above; /* 2.5, 3.5, 2.4, 2.6 */
        int64_t minus_even_tie, minus_odd_tie, minus_below, minus_above;
    } want[] = {
        {ARC_ROUND_HALF_UP, 3, 4, 2, 3, -3, -4, -2, -3},   {ARC_ROUND_HALF_EVEN, 2, 4, 2, 3, -2, -4, -2, -3},
        {ARC_ROUND_HALF_DOWN, 2, 3, 2, 3, -2, -3, -2, -3}, {ARC_ROUND_UP, 3, 4, 3, 3, -3, -4, -3, -3},
        {ARC_ROUND_DOWN, 2, 3, 2, 2, -2, -3, -2, -2},      {ARC_ROUND_CEILING, 3, 4, 3, 3, -2, -3, -2, -2},
        {ARC_ROUND_FLOOR, 2, 3, 2, 2, -3, -4, -3, -3},
    };
    static const struct {
        const char *code;
        int32_t exponent;
    } currency[] = {{"JPY", 0}, {"CNY", 2}, {"KWD", 3}, {"CLF", 4}};

    (void)state;
    for (size_t c = 0; c < 4; c++) {
        for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
            const int64_t expected[] = {want[i].even_tie,    want[i].odd_tie,        want[i].below,
                                        want[i].above,       want[i].minus_even_tie, want[i].minus_odd_tie,
                                        want[i].minus_below, want[i].minus_above};
            static const int64_t tenths[] = {25, 35, 24, 26, -25, -35, -24, -26};
            for (size_t k = 0; k < 8; k++) {
                arc_decimal d = {tenths[k], currency[c].exponent + 1, 0};
                arc_money m;
                assert_ok(arc_money_from_decimal(&m, &d, currency[c].code, want[i].mode));
                assert_int_equal(expected[k], m.minor);
                assert_ok(arc_money_muldiv(&m, &(arc_money){tenths[k], "CNY", 0}, 1, 10, want[i].mode));
                assert_int_equal(expected[k], m.minor);
                assert_ok(arc_money_muldiv(&m, &(arc_money){tenths[k], "CNY", 0}, -1, -10, want[i].mode));
                assert_int_equal(expected[k], m.minor);
            }
        }
    }
}

static void exact_mode_refuses(void **state)
{
    arc_decimal d = dec("1.005");
    arc_money m = money("1.00", "CNY"), before = m;

    (void)state;
    assert_status(ARC_E_PRECISION, arc_money_from_decimal(&m, &d, "CNY", ARC_ROUND_EXACT));
    assert_status(ARC_E_PRECISION, arc_money_muldiv(&m, &before, 1, 3, ARC_ROUND_EXACT));
    assert_memory_equal(&m, &before, sizeof m);
    d = dec("1.0500");
    assert_ok(arc_money_from_decimal(&m, &d, "CNY", ARC_ROUND_EXACT));
    assert_amount("1.05", m);
    assert_status(ARC_E_INVALID, arc_money_from_decimal(&m, &d, "CNY", 8));
    assert_status(ARC_E_INVALID, arc_money_from_decimal(&m, &d, "CNY", -1));
}

static arc_money line_tax(const char *net, const char *rate, int lines, int per_line)
{
    arc_money one = money(net, "CNY"), all, tax, sum;
    arc_decimal r = dec(rate);

    assert_ok(arc_money_muldiv(&all, &one, lines, 1, ARC_ROUND_EXACT));
    if (!per_line) {
        assert_ok(arc_money_tax_from_net(&tax, NULL, &all, &r, ARC_ROUND_HALF_UP));
        return tax;
    }
    assert_ok(arc_money_tax_from_net(&tax, NULL, &one, &r, ARC_ROUND_HALF_UP));
    assert_ok(arc_money_muldiv(&sum, &tax, lines, 1, ARC_ROUND_EXACT));
    return sum;
}

/* T1.2, T1.3, T1.4 */
static void tax_by_line_and_total(void **state)
{
    (void)state;
    assert_amount("13.10", line_tax("10.05", "0.13", 10, 1));
    assert_amount("13.07", line_tax("10.05", "0.13", 10, 0));
    assert_amount("10.00", line_tax("3.33", "0.06", 50, 1));
    assert_amount("9.99", line_tax("3.33", "0.06", 50, 0));
    assert_amount("5.00", line_tax("0.35", "0.13", 100, 1));
    assert_amount("4.55", line_tax("0.35", "0.13", 100, 0));
}

/* T1.5 */
static void tax_inside_gross(void **state)
{
    static const char *const want[][3] = {
        {"0.13", "88.50", "11.50"}, {"0.09", "91.74", "8.26"}, {"0.06", "94.34", "5.66"},
        {"0.03", "97.09", "2.91"},  {"0.01", "99.01", "0.99"}, {"0", "100.00", "0.00"},
    };
    arc_money gross = money("100.00", "CNY"), minus, net, tax;

    (void)state;
    assert_ok(arc_money_neg(&minus, &gross));
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        arc_decimal r = dec(want[i][0]);
        int64_t n, t;
        assert_ok(arc_money_tax_from_gross(&net, &tax, &gross, &r, ARC_ROUND_HALF_UP));
        assert_amount(want[i][1], net);
        assert_amount(want[i][2], tax);
        n = net.minor;
        t = tax.minor;
        assert_ok(arc_money_tax_from_gross(&net, &tax, &minus, &r, ARC_ROUND_HALF_UP));
        assert_int_equal(-n, net.minor);
        assert_int_equal(-t, tax.minor);
    }
    {
        arc_decimal r = dec("-0.01");
        assert_status(ARC_E_RANGE, arc_money_tax_from_gross(&net, &tax, &gross, &r, ARC_ROUND_HALF_UP));
        assert_status(ARC_E_RANGE, arc_money_tax_from_net(&net, &tax, &gross, &r, ARC_ROUND_HALF_UP));
    }
}

static void add_compare_bounds(void **state)
{
    arc_money max, one, out, minus, usd = money("1.00", "USD");
    int32_t c = 9;

    (void)state;
    assert_ok(arc_money_set(&max, ARC_MONEY_MAX, "CNY"));
    assert_ok(arc_money_set(&one, 1, "CNY"));
    assert_status(ARC_E_RANGE, arc_money_set(&out, ARC_MONEY_MAX + 1, "CNY"));
    assert_status(ARC_E_RANGE, arc_money_set(&out, -ARC_MONEY_MAX - 1, "CNY"));
    assert_status(ARC_E_RANGE, arc_money_set(&out, INT64_MIN, "CNY"));
    assert_status(ARC_E_RANGE, arc_money_set(&out, INT64_MAX, "CNY"));
    assert_status(ARC_E_OVERFLOW, arc_money_add(&out, &max, &one));
    assert_ok(arc_money_neg(&minus, &max));
    assert_status(ARC_E_OVERFLOW, arc_money_sub(&out, &minus, &one));
    assert_ok(arc_money_add(&out, &max, &minus));
    assert_int_equal(0, out.minor);
    assert_status(ARC_E_CURRENCY, arc_money_add(&out, &one, &usd));
    assert_status(ARC_E_CURRENCY, arc_money_compare(&c, &one, &usd));
    assert_int_equal(9, c);
    assert_ok(arc_money_compare(&c, &minus, &one));
    assert_int_equal(-1, c);
    assert_ok(arc_money_compare(&c, &one, &one));
    assert_int_equal(0, c);
    assert_ok(arc_money_compare(&c, &max, &one));
    assert_int_equal(1, c);
    out = one;
    out.minor = INT64_MIN;
    assert_status(ARC_E_RANGE, arc_money_check(&out));
    assert_status(ARC_E_RANGE, arc_money_neg(&out, &out));
    assert_status(ARC_E_RANGE, arc_money_add(&out, &out, &one));
    memcpy(out.currency, "ZZZ", 4);
    assert_status(ARC_E_CURRENCY, arc_money_check(&out));
    assert_status(ARC_E_INVALID, arc_money_add(NULL, &one, &one));
    assert_status(ARC_E_INVALID, arc_money_add(&out, NULL, &one));
    assert_status(ARC_E_INVALID, arc_money_add(&out, &one, NULL));
    assert_status(ARC_E_DIVIDE, arc_money_muldiv(&out, &one, 1, 0, ARC_ROUND_HALF_UP));
    assert_status(ARC_E_OVERFLOW, arc_money_muldiv(&out, &max, 2, 1, ARC_ROUND_HALF_UP));
    assert_status(ARC_E_OVERFLOW, arc_money_muldiv(&out, &max, INT64_MIN, 1, ARC_ROUND_HALF_UP));
    assert_ok(arc_money_muldiv(&out, &max, INT64_MIN, INT64_MIN, ARC_ROUND_EXACT));
    assert_int_equal(ARC_MONEY_MAX, out.minor);
    assert_ok(arc_money_muldiv(&out, &max, INT64_MAX, INT64_MIN, ARC_ROUND_HALF_UP));
    assert_int_equal(-ARC_MONEY_MAX, out.minor);
}

static void sums(void **state)
{
    arc_money v[3], out;

    (void)state;
    assert_ok(arc_money_set(&v[0], ARC_MONEY_MAX, "CNY"));
    assert_ok(arc_money_set(&v[1], ARC_MONEY_MAX, "CNY"));
    assert_ok(arc_money_set(&v[2], -ARC_MONEY_MAX, "CNY"));
    assert_ok(arc_money_sum(&out, "CNY", v, 3));
    assert_int_equal(ARC_MONEY_MAX, out.minor);
    assert_status(ARC_E_OVERFLOW, arc_money_sum(&out, "CNY", v, 2));
    assert_ok(arc_money_sum(&out, "USD", NULL, 0));
    assert_int_equal(0, out.minor);
    assert_status(ARC_E_CURRENCY, arc_money_sum(&out, "USD", v, 1));
    assert_status(ARC_E_CURRENCY, arc_money_sum(&out, "XXX", v, 0));
    assert_status(ARC_E_INVALID, arc_money_sum(&out, "CNY", NULL, 1));
}

static void cash_rounding(void **state)
{
    arc_money out, rest, v = money("10.02", "CHF");

    (void)state;
    assert_ok(arc_money_round_cash(&out, &rest, &v, 5, ARC_ROUND_HALF_UP));
    assert_amount("10.00", out);
    assert_amount("-0.02", rest);
    v = money("-10.03", "CHF");
    assert_ok(arc_money_round_cash(&out, &rest, &v, 5, ARC_ROUND_HALF_UP));
    assert_amount("-10.05", out);
    assert_amount("-0.02", rest);
    v = money("1.50", "SEK");
    assert_ok(arc_money_round_cash(&out, NULL, &v, 100, ARC_ROUND_HALF_UP));
    assert_amount("2.00", out);
    assert_status(ARC_E_RANGE, arc_money_round_cash(&out, NULL, &v, 0, ARC_ROUND_HALF_UP));
    assert_status(ARC_E_PRECISION, arc_money_round_cash(&out, NULL, &v, 100, ARC_ROUND_EXACT));
    v = money("10000000000000000.00", "CHF");
    assert_status(ARC_E_OVERFLOW, arc_money_round_cash(&out, NULL, &v, INT64_MAX, ARC_ROUND_UP));
}

static void line_amounts(void **state)
{
    arc_decimal q = dec("3"), p = dec("0.3333");
    arc_money m;

    (void)state;
    assert_ok(arc_money_line(&m, &q, &p, "CNY", ARC_ROUND_HALF_UP));
    assert_amount("1.00", m);
    q = dec("-0.123456789012345678");
    p = dec("8.123456789012345678");
    assert_ok(arc_money_line(&m, &q, &p, "CLF", ARC_ROUND_HALF_UP));
    assert_amount("-1.0029", m);
    assert_status(ARC_E_CURRENCY, arc_money_line(&m, &q, &p, "ABC", ARC_ROUND_HALF_UP));
}

static void currencies(void **state)
{
    static const char *const gone[] = {"DEM", "HRK", "ZWL", "SLL", "BGN", "ANG", "cny", "CN", "", "CNYX", "ABC"};
    arc_currency_info info = ARC_CURRENCY_INFO_INIT, previous = ARC_CURRENCY_INFO_INIT;
    int32_t e;

    (void)state;
    assert_int_equal(178, arc_currency_count());
    for (int32_t i = 0; i < arc_currency_count(); i++) {
        arc_currency_info by = ARC_CURRENCY_INFO_INIT;
        assert_ok(arc_currency_at(&info, i));
        assert_true(strcmp(previous.code, info.code) < 0);
        assert_true(info.numeric > 0 && info.numeric < 1000 && info.exponent >= -1 && info.exponent <= 4);
        assert_true(info.name_en[0] != 0 && (unsigned char)info.name_zh[strlen(info.name_zh) - 1] != 0);
        assert_ok(arc_currency_get(&by, info.code));
        assert_memory_equal(&info, &by, sizeof info);
        assert_ok(arc_currency_get_numeric(&by, info.numeric));
        assert_string_equal(info.code, by.code);
        previous = info;
    }
    assert_status(ARC_E_NOT_FOUND, arc_currency_at(&info, -1));
    assert_status(ARC_E_NOT_FOUND, arc_currency_at(&info, arc_currency_count()));
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
        assert_status(ARC_E_CURRENCY, arc_currency_get(&info, gone[i]));
    assert_ok(arc_currency_get(&info, "CNY"));
    assert_int_equal(156, info.numeric);
    assert_int_equal(2, info.exponent);
    assert_string_equal("人民币", info.name_zh);
    assert_ok(arc_currency_exponent(&e, "JPY"));
    assert_int_equal(0, e);
    assert_ok(arc_currency_exponent(&e, "TND"));
    assert_int_equal(3, e);
    assert_ok(arc_currency_exponent(&e, "MRU"));
    assert_int_equal(2, e);
    assert_status(ARC_E_CURRENCY, arc_currency_exponent(&e, "XAU"));
    assert_ok(arc_currency_get(&info, "XAU"));
    assert_int_equal(-1, info.exponent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounding_modes),
        cmocka_unit_test(every_mode_at_ties),
        cmocka_unit_test(exact_mode_refuses),
        cmocka_unit_test(tax_by_line_and_total),
        cmocka_unit_test(tax_inside_gross),
        cmocka_unit_test(add_compare_bounds),
        cmocka_unit_test(sums),
        cmocka_unit_test(cash_rounding),
        cmocka_unit_test(line_amounts),
        cmocka_unit_test(currencies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
