/* SPDX-License-Identifier: Apache-2.0 */
#include "value_support.h"

static void parse_fails(arc_status want, const char *text)
{
    arc_decimal d = {7, 7, 0};

    assert_status(want, arc_decimal_parse(&d, text, strlen(text)));
    assert_int_equal(7, d.mantissa);
}

static void text(void **state)
{
    static const char *const same[] = {"0",
                                       "1",
                                       "-1",
                                       "0.00",
                                       "1234.50",
                                       "-0.5",
                                       "9223372036854775807",
                                       "-9223372036854775808",
                                       "0.000000000000000001",
                                       "9.223372036854775807",
                                       "-9.223372036854775808"};
    char buf[48];
    size_t len = 3;
    arc_decimal d;

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) assert_decimal(same[i], dec(same[i]));
    assert_decimal("0", dec("-0"));
    assert_decimal("7.5", dec("007.5"));
    assert_decimal("0.100000000000000000", dec("0.1000000000000000000000"));
    assert_decimal("1000000000000.000000", dec("1000000000000.000000000000"));
    parse_fails(ARC_E_SYNTAX, "");
    parse_fails(ARC_E_SYNTAX, "-");
    parse_fails(ARC_E_SYNTAX, "+5");
    parse_fails(ARC_E_SYNTAX, ".5");
    parse_fails(ARC_E_SYNTAX, "5.");
    parse_fails(ARC_E_SYNTAX, "1,5");
    parse_fails(ARC_E_SYNTAX, "1e5");
    parse_fails(ARC_E_SYNTAX, " 1");
    parse_fails(ARC_E_SYNTAX, "1 ");
    parse_fails(ARC_E_SYNTAX, "--1");
    parse_fails(ARC_E_SYNTAX, "1-");
    parse_fails(ARC_E_SYNTAX, "(1)");
    parse_fails(ARC_E_SYNTAX, "NaN");
    parse_fails(ARC_E_SYNTAX, "0x10");
    parse_fails(ARC_E_SYNTAX, "１");
    parse_fails(ARC_E_SYNTAX, "\xE2\x88\x92"
                              "1");
    parse_fails(ARC_E_ENCODING, "1\xFF");
    parse_fails(ARC_E_PRECISION, "0.0000000000000000001");
    parse_fails(ARC_E_OVERFLOW, "9223372036854775808");
    parse_fails(ARC_E_OVERFLOW, "-9223372036854775809");
    parse_fails(ARC_E_OVERFLOW, "99999999999999999999999999");
    parse_fails(ARC_E_OVERFLOW, "92233720368547758.08");
    assert_status(ARC_E_SYNTAX, arc_decimal_parse(&d,
                                                  "1\0"
                                                  "2",
                                                  3));
    assert_status(ARC_E_INVALID, arc_decimal_parse(&d, NULL, 3));
    d = dec("12.5");
    assert_status(ARC_E_BUFFER, arc_decimal_print(buf, &len, &d));
    assert_int_equal(4, len);
    d.scale = 19;
    assert_status(ARC_E_RANGE, arc_decimal_print(buf, &len, &d));
    d.scale = -1;
    assert_status(ARC_E_RANGE, arc_decimal_print(buf, &len, &d));
}

static void too_long(void **state)
{
    char zeros[200];
    arc_decimal d;

    (void)state;
    memset(zeros, '0', sizeof zeros);
    assert_status(ARC_E_LIMIT, arc_decimal_parse(&d, zeros, 129));
    assert_ok(arc_decimal_parse(&d, zeros, 128));
    zeros[1] = '.';
    assert_ok(arc_decimal_parse(&d, zeros, 128));
    assert_int_equal(18, d.scale);
}

static void arithmetic(void **state)
{
    arc_decimal a = dec("1.50"), b = dec("-0.125"), r;
    int32_t c;

    (void)state;
    assert_ok(arc_decimal_add(&r, &a, &b));
    assert_decimal("1.375", r);
    assert_ok(arc_decimal_sub(&r, &a, &b));
    assert_decimal("1.625", r);
    assert_ok(arc_decimal_mul(&r, &a, &b, ARC_SCALE_NATURAL, ARC_ROUND_EXACT));
    assert_decimal("-0.18750", r);
    assert_ok(arc_decimal_div(&r, &a, &b, 2, ARC_ROUND_EXACT));
    assert_decimal("-12.00", r);
    assert_ok(arc_decimal_normalise(&r, &r));
    assert_decimal("-12", r);
    a = dec("2");
    b = dec("3");
    assert_ok(arc_decimal_div(&r, &a, &b, 18, ARC_ROUND_HALF_UP));
    assert_decimal("0.666666666666666667", r);
    assert_status(ARC_E_PRECISION, arc_decimal_div(&r, &a, &b, 18, ARC_ROUND_EXACT));
    b = dec("0.000");
    assert_status(ARC_E_DIVIDE, arc_decimal_div(&r, &a, &b, 2, ARC_ROUND_HALF_UP));
    assert_status(ARC_E_RANGE, arc_decimal_div(&r, &a, &a, 19, ARC_ROUND_HALF_UP));
    assert_status(ARC_E_INVALID, arc_decimal_div(&r, &a, &a, 2, 9));
    a = dec("1.5");
    b = dec("1.500000000000000000");
    assert_ok(arc_decimal_compare(&c, &a, &b));
    assert_int_equal(0, c);
}

static void edges(void **state)
{
    arc_decimal max = {INT64_MAX, 0, 0}, min = {INT64_MIN, 0, 0}, tiny = {1, 18, 0}, r = {5, 5, 0}, half = {5, 1, 0}, x;
    int32_t c;

    (void)state;
    assert_status(ARC_E_OVERFLOW, arc_decimal_add(&r, &max, &tiny));
    assert_status(ARC_E_OVERFLOW, arc_decimal_sub(&r, &min, &tiny));
    assert_status(ARC_E_OVERFLOW, arc_decimal_neg(&r, &min));
    assert_status(ARC_E_OVERFLOW, arc_decimal_mul(&r, &min, &min, 0, ARC_ROUND_HALF_UP));
    assert_status(ARC_E_OVERFLOW, arc_decimal_rescale(&r, &max, 1, ARC_ROUND_HALF_UP));
    assert_status(ARC_E_OVERFLOW, arc_decimal_div(&r, &max, &tiny, 18, ARC_ROUND_HALF_UP));
    assert_int_equal(5, r.mantissa);
    assert_ok(arc_decimal_add(&r, &max, &min));
    assert_decimal("-1", r);
    x = dec("922337203685477580.5");
    assert_ok(arc_decimal_add(&r, &x, &half)); /* with its zero it would not fit */
    assert_decimal("922337203685477581", r);
    x.mantissa = INT64_MAX - 2; /* ...580.5 again, but the sum of both only fits without its zero */
    assert_ok(arc_decimal_add(&r, &x, &x));
    assert_decimal("1844674407370955161", r);
    x = (arc_decimal){185, 1, 0}; /* 1.85e19 at 18 decimals is more than 64 bits */
    assert_ok(arc_decimal_sub(&r, &x, &(arc_decimal){INT64_C(9200000000000000000), 18, 0}));
    assert_decimal("9.30000000000000000", r);
    assert_ok(arc_decimal_sub(&r, &max, &max));
    assert_decimal("0", r);
    assert_ok(arc_decimal_compare(&c, &max, &tiny));
    assert_int_equal(1, c);
    assert_ok(arc_decimal_compare(&c, &min, &max));
    assert_int_equal(-1, c);
    assert_ok(arc_decimal_rescale(&r, &tiny, 0, ARC_ROUND_CEILING));
    assert_decimal("1", r);
    x = dec("-0.000000000000000001");
    assert_ok(arc_decimal_rescale(&r, &x, 0, ARC_ROUND_FLOOR));
    assert_decimal("-1", r);
    assert_ok(arc_decimal_rescale(&r, &x, 17, ARC_ROUND_HALF_UP));
    assert_decimal("0.00000000000000000", r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(text), cmocka_unit_test(too_long), cmocka_unit_test(arithmetic),
                                       cmocka_unit_test(edges)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
