/* SPDX-License-Identifier: Apache-2.0 */
/* Amounts as files and people write them. */
#include "value_support.h"

static arc_status parse(arc_money *m, const char *text, const char *currency, uint32_t flags, char mark, int32_t mode)
{
    arc_number_options o = ARC_NUMBER_OPTIONS_INIT;

    o.flags = flags;
    o.decimal_mark = mark;
    o.mode = mode;
    return arc_money_parse(m, text, strlen(text), currency, &o);
}

typedef struct read_case {
    const char *text;
    uint32_t flags;
    char mark;
    const char *currency;
    const char *want;
} read_case;

#define G ARC_NUMBER_GROUPING
#define FW ARC_NUMBER_FULLWIDTH
#define SY ARC_NUMBER_SYMBOL
#define PA ARC_NUMBER_PARENTHESES
#define TR ARC_NUMBER_TRAILING_SIGN
#define SP ARC_NUMBER_SPACE

static const read_case good[] = {
    {"1234.50", 0, '.', "CNY", "1234.50"},
    {"1234,50", 0, ',', "EUR", "1234.50"},
    {"1,234.50", G, '.', "CNY", "1234.50"},
    {"1.234,50", G, ',', "EUR", "1234.50"},
    {"1,234,567", G, '.', "JPY", "1234567"},
    {"¥1，234.50", G | FW | SY, '.', "CNY", "1234.50"},
    {"￥1,234.50", G | SY, '.', "CNY", "1234.50"},
    {"１２３４.５０", FW, '.', "CNY", "1234.50"},
    {"１，２３４．５０", FW | G, '.', "CNY", "1234.50"},
    {"（１２３．４５）", FW | PA, '.', "CNY", "-123.45"},
    {"(123.45)", PA, '.', "USD", "-123.45"},
    {"($123.45)", PA | SY, '.', "USD", "-123.45"},
    {"$(123.45)", PA | SY, '.', "USD", "-123.45"},
    {"123.45-", TR, '.', "EUR", "-123.45"},
    {"-$5", SY, '.', "USD", "-5.00"},
    {"$-5", SY, '.', "USD", "-5.00"},
    {"− 5.25", FW | SP, '.', "EUR", "-5.25"},
    {"1 234,50 €", G | SY, ',', "EUR", "1234.50"},
    {"1\xC2\xA0"
     "234,50\xC2\xA0€",
     G | SY | SP, ',', "EUR", "1234.50"},
    {"1\xE2\x80\xAF"
     "234\xE2\x80\xAF"
     "567,5",
     G, ',', "EUR", "1234567.50"},
    {"1'234.50", G, '.', "CHF", "1234.50"},
    {"1’234.50", G, '.', "CHF", "1234.50"},
    {"12,34,567.50", G | ARC_NUMBER_LOOSE_GROUPS, '.', "INR", "1234567.50"},
    {"CNY 1,234.5", G | SY, '.', "CNY", "1234.50"},
    {"1,234.5CNY", G | SY, '.', "CNY", "1234.50"},
    {"1234.5元", SY, '.', "CNY", "1234.50"},
    {"RMB 12", SY, '.', "CNY", "12.00"},
    {"HK$12", SY, '.', "HKD", "12.00"},
    {"1.5E+3", ARC_NUMBER_EXPONENT, '.', "CNY", "1500.00"},
    {"150e-2", ARC_NUMBER_EXPONENT, '.', "CNY", "1.50"},
    {"1e-2", ARC_NUMBER_EXPONENT, '.', "CNY", "0.01"},
    {"0e9999", ARC_NUMBER_EXPONENT, '.', "CNY", "0.00"},
    {"+7", ARC_NUMBER_PLUS, '.', "CNY", "7.00"},
    {".5", ARC_NUMBER_BARE_POINT, '.', "CNY", "0.50"},
    {"5.", ARC_NUMBER_BARE_POINT, '.', "CNY", "5.00"},
    {"  5\t", SP, '.', "CNY", "5.00"},
    {"1.2300", 0, '.', "CNY", "1.23"},
    {"€5", SY, '.', NULL, "5.00"},
    {"USD 5", SY, '.', NULL, "5.00"},
    {"-0.00", 0, '.', "CNY", "0.00"},
};

static void read_as_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        arc_money m;
        assert_ok(parse(&m, good[i].text, good[i].currency, good[i].flags, good[i].mark, ARC_ROUND_EXACT));
        assert_amount(good[i].want, m);
        /* what needs no liberty beyond the named ones must also be read with all of them */
        assert_ok(parse(&m, good[i].text, good[i].currency, ARC_NUMBER_ANY, good[i].mark, ARC_ROUND_EXACT));
        assert_amount(good[i].want, m);
    }
}

/* Without its flags no liberty is taken. */
static void nothing_is_guessed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        arc_money m = {7, "CNY", 0};
        if (good[i].flags == 0) continue;
        assert_status(ARC_E_SYNTAX, parse(&m, good[i].text, good[i].currency ? good[i].currency : "EUR", 0,
                                          good[i].mark, ARC_ROUND_EXACT));
        assert_int_equal(7, m.minor);
    }
}

static void refused(void **state)
{
    static const struct {
        const char *text;
        char mark;
        const char *currency;
        arc_status status;
    } bad[] = {
        {"", '.', "CNY", ARC_E_SYNTAX},
        {"-", '.', "CNY", ARC_E_SYNTAX},
        {".", '.', "CNY", ARC_E_SYNTAX},
        {"()", '.', "CNY", ARC_E_SYNTAX},
        {"12-34", '.', "CNY", ARC_E_SYNTAX},
        {"-5-", '.', "CNY", ARC_E_SYNTAX},
        {"(-5)", '.', "CNY", ARC_E_SYNTAX},
        {"-(5)", '.', "CNY", ARC_E_SYNTAX},
        {"1.2.3", '.', "CNY", ARC_E_SYNTAX},
        {"1,2.3,4", '.', "CNY", ARC_E_SYNTAX},
        {"1,", '.', "CNY", ARC_E_SYNTAX},
        {",1", '.', "CNY", ARC_E_SYNTAX},
        {"1,,000", '.', "CNY", ARC_E_SYNTAX},
        {"1,000'000", '.', "CNY", ARC_E_SYNTAX},
        {"abc", '.', "CNY", ARC_E_SYNTAX},
        {"1e", '.', "CNY", ARC_E_SYNTAX},
        {"1e+", '.', "CNY", ARC_E_SYNTAX},
        {"1e5.5", '.', "CNY", ARC_E_SYNTAX},
        {"NaN", '.', "CNY", ARC_E_SYNTAX},
        {"Infinity", '.', "CNY", ARC_E_SYNTAX},
        {"=1+1", '.', "CNY", ARC_E_SYNTAX},
        {"¥", '.', "CNY", ARC_E_SYNTAX},
        {"¥¥5", '.', "CNY", ARC_E_SYNTAX},
        {"USD USD 5", '.', "USD", ARC_E_SYNTAX},
        {"$5", '.', "CNY", ARC_E_CURRENCY},
        {"€5", '.', "USD", ARC_E_CURRENCY},
        {"USD 5", '.', "CNY", ARC_E_CURRENCY},
        {"USD €5", '.', "USD", ARC_E_CURRENCY},
        {"5", '.', NULL, ARC_E_CURRENCY},
        {"$5", '.', NULL, ARC_E_CURRENCY},
        {"5", '.', "DEM", ARC_E_CURRENCY},
        {"DEM 5", '.', NULL, ARC_E_CURRENCY},
        {"1.005", '.', "CNY", ARC_E_PRECISION},
        {"1.5", '.', "JPY", ARC_E_PRECISION},
        {"1e-3", '.', "CNY", ARC_E_PRECISION},
        {"1e9999", '.', "CNY", ARC_E_OVERFLOW},
        {"10000000000000000.01", '.', "CNY", ARC_E_OVERFLOW},
        {"99999999999999999999", '.', "JPY", ARC_E_OVERFLOW},
        {"-1000000000000000001", '.', "JPY", ARC_E_OVERFLOW},
        {"9223372036854775808", '.', "JPY", ARC_E_OVERFLOW},
        {"5\xC3", '.', "CNY", ARC_E_ENCODING},
        {"\xC0\xB1", '.', "CNY", ARC_E_ENCODING},
        {"5\n", '.', "CNY", ARC_E_SYNTAX},
        {"\xF0\x9D\x9F\x8F", '.', "CNY", ARC_E_SYNTAX},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        arc_money m = {7, "CNY", 0};
        assert_status(bad[i].status,
                      parse(&m, bad[i].text, bad[i].currency, ARC_NUMBER_ANY, bad[i].mark, ARC_ROUND_EXACT));
        assert_int_equal(7, m.minor);
    }
}

static void strict_groups(void **state)
{
    static const char *const bad[] = {"12,34,567", "1,23", "1234,567", "1,2345", "0001,234"};
    arc_money m;

    (void)state;
    assert_status(ARC_E_SYNTAX, parse(&m, "- 5", "CNY", 0, '.', ARC_ROUND_EXACT));
    assert_status(ARC_E_SYNTAX, parse(&m, "( 5)", "CNY", PA, '.', ARC_ROUND_EXACT));
    assert_status(ARC_E_SYNTAX, arc_money_parse(&m, "CNYX1.00", 8, "CNY", NULL));
    assert_status(ARC_E_SYNTAX, arc_money_parse(&m, "CNY1.00", 7, "CNY", NULL));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_status(ARC_E_SYNTAX, parse(&m, bad[i], "CNY", G, '.', ARC_ROUND_EXACT));
    assert_status(ARC_E_SYNTAX, parse(&m, "1.234.50", "EUR", G, ',', ARC_ROUND_EXACT)); /* not 1234.50 and not 123450 */
}

static void rounding_on_request(void **state)
{
    static const struct {
        const char *text;
        int32_t mode;
        const char *want;
    } cases[] = {{"1.005", ARC_ROUND_HALF_UP, "1.01"},
                 {"1.005", ARC_ROUND_HALF_EVEN, "1.00"},
                 {"1.0050000000000000000000000000000000000001", ARC_ROUND_HALF_EVEN, "1.01"},
                 {"1.0049999999999999999999999999999999999999", ARC_ROUND_HALF_UP, "1.00"},
                 {"-1.005", ARC_ROUND_HALF_UP, "-1.01"},
                 {"-1.001", ARC_ROUND_FLOOR, "-1.01"},
                 {"-1.009", ARC_ROUND_CEILING, "-1.00"},
                 {"0.001", ARC_ROUND_UP, "0.01"},
                 {"0.0000000000000000000000001", ARC_ROUND_UP, "0.01"},
                 {"0.0000000000000000000000009", ARC_ROUND_HALF_UP, "0.00"},
                 {"0.009", ARC_ROUND_DOWN, "0.00"},
                 {"0.005", ARC_ROUND_HALF_DOWN, "0.00"},
                 {"0.0051", ARC_ROUND_HALF_DOWN, "0.01"},
                 {"0.9999", ARC_ROUND_HALF_UP, "1.00"}};
    arc_money m;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_ok(parse(&m, cases[i].text, "CNY", 0, '.', cases[i].mode));
        assert_amount(cases[i].want, m);
    }
}

static void canonical_text(void **state)
{
    static const char *const codes[] = {"JPY", "CNY", "KWD", "CLF"};
    uint64_t seed = 4;
    arc_money m, back;
    char text[32];

    (void)state;
    for (int i = 0; i < 40000; i++) {
        size_t len = sizeof text;
        int64_t v = (int64_t)(test_random(&seed) % ((uint64_t)ARC_MONEY_MAX + 1)) >> (test_random(&seed) % 60);
        assert_ok(arc_money_set(&m, i % 2 ? v : -v, codes[i % 4]));
        assert_ok(arc_money_print(text, &len, &m));
        assert_int_equal(strlen(text), len);
        assert_ok(arc_money_parse(&back, text, len, NULL, NULL));
        assert_memory_equal(&m, &back, sizeof m);
        assert_ok(arc_money_parse(&back, text + 4, len - 4, codes[i % 4], NULL));
        assert_memory_equal(&m, &back, sizeof m);
    }
    {
        size_t len = sizeof text;
        assert_ok(arc_money_set(&m, -ARC_MONEY_MAX, "CLF"));
        assert_ok(arc_money_print(text, &len, &m));
        assert_string_equal("CLF -100000000000000.0000", text);
        len = 25;
        assert_status(ARC_E_BUFFER, arc_money_print(text, &len, &m));
        assert_int_equal(25, len);
        assert_status(ARC_E_CURRENCY, arc_money_parse(&back, "CLF 1", 5, "CNY", NULL));
        assert_status(ARC_E_SYNTAX, arc_money_parse(&back, "CLF  1", 6, NULL, NULL));
        assert_status(ARC_E_SYNTAX, arc_money_parse(&back, "1 CLF", 5, NULL, NULL));
    }
}

static void options(void **state)
{
    arc_number_options o = ARC_NUMBER_OPTIONS_INIT, p;
    arc_decimal d;

    (void)state;
    memset(&p, 0xAA, sizeof p);
    assert_ok(arc_number_options_init(&p));
    assert_memory_equal(&o, &p, sizeof o);
    o.flags = 1u << 20;
    assert_status(ARC_E_INVALID, arc_decimal_parse_as(&d, "1", 1, 2, &o));
    o.flags = 0;
    o.decimal_mark = ';';
    assert_status(ARC_E_INVALID, arc_decimal_parse_as(&d, "1", 1, 2, &o));
    o.decimal_mark = ',';
    o.mode = 99;
    assert_status(ARC_E_INVALID, arc_decimal_parse_as(&d, "1", 1, 2, &o));
    o.mode = ARC_ROUND_HALF_UP;
    o.struct_size = 0;
    assert_status(ARC_E_INVALID, arc_decimal_parse_as(&d, "1", 1, 2, &o));
    o.struct_size = sizeof o;
    assert_ok(arc_decimal_parse_as(&d, "0,1255", 6, 3, &o));
    assert_decimal("0.126", d);
    assert_ok(arc_decimal_parse_as(&d, "0,12550", 7, ARC_SCALE_NATURAL, &o));
    assert_decimal("0.12550", d);
    assert_status(ARC_E_RANGE, arc_decimal_parse_as(&d, "0", 1, 19, &o));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_as_written), cmocka_unit_test(nothing_is_guessed),  cmocka_unit_test(refused),
        cmocka_unit_test(strict_groups),   cmocka_unit_test(rounding_on_request), cmocka_unit_test(canonical_text),
        cmocka_unit_test(options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
