/* SPDX-License-Identifier: Apache-2.0 */
/* Amounts and dates for readers; capital figures as the rules for bills and settlement vouchers print them. */
#include "arcore/locale.h"
#include "support/support.h"

#define S "\xC2\xA0"
#define N "\xE2\x80\xAF"

static void capitals(void **state)
{
    static const struct {
        int64_t minor;
        const char *currency, *text;
    } cases[] = {
        /* the examples of the rules themselves */
        { 140950, "CNY", "人民币壹仟肆佰零玖元伍角" },
        { 600714, "CNY", "人民币陆仟零柒元壹角肆分" },
        { 168032, "CNY", "人民币壹仟陆佰捌拾元零叁角贰分" },
        { 10700053, "CNY", "人民币壹拾万柒仟元零伍角叁分" },
        { 1640902, "CNY", "人民币壹万陆仟肆佰零玖元零贰分" },
        { 32504, "CNY", "人民币叁佰贰拾伍元零肆分" },
        /* and what they leave to be worked out */
        { 0, "CNY", "人民币零元整" },
        { 5, "CNY", "人民币伍分" },
        { 50, "CNY", "人民币伍角" },
        { 105, "CNY", "人民币壹元零伍分" },
        { 1000, "CNY", "人民币壹拾元整" },
        { -12345, "CNY", "人民币负壹佰贰拾叁元肆角伍分" },
        { 10050000, "CNY", "人民币壹拾万零伍佰元整" },
        { 100000000, "CNY", "人民币壹佰万元整" },
        { 10000700000, "CNY", "人民币壹亿零柒仟元整" },
        { 120300000000, "CNY", "人民币壹拾贰亿零叁佰万元整" },
        { 1000000000000, "CNY", "人民币壹佰亿元整" },
        { INT64_C(123456789012345678), "CNY", "人民币壹仟贰佰叁拾肆万伍仟陆佰柒拾捌亿玖仟零壹拾贰万叁仟肆佰伍拾陆元柒角捌分" },
        { INT64_C(100000000000005), "CNY", "人民币壹万亿元零伍分" },
        { INT64_C(100000000500000), "CNY", "人民币壹万亿零伍仟元整" },
        { 100000, "HKD", "港元壹仟元整" },
        { 1000, "JPY", "日元壹仟元整" },
    };
    char out[400];
    size_t n;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arc_money m = { cases[i].minor, { 0 }, 0 };
        memcpy(m.currency, cases[i].currency, 4);
        n = sizeof out;
        assert_ok(arc_money_capital(out, &n, &m));
        assert_string_equal(out, cases[i].text);
        assert_int_equal(n, strlen(out));
    }
    arc_money dinar = { 1, "BHD", 0 }, most = { ARC_MONEY_MAX, "CNY", 0 }, none = { 1, "XXX", 0 };
    n = sizeof out;
    assert_status(ARC_E_CURRENCY, arc_money_capital(out, &n, &dinar));
    assert_status(ARC_E_RANGE, arc_money_capital(out, &n, &most));
    assert_status(ARC_E_CURRENCY, arc_money_capital(out, &n, &none));
    assert_status(ARC_E_INVALID, arc_money_capital(out, NULL, &dinar));
}

static void amounts(void **state)
{
    static const struct {
        int64_t minor;
        const char *currency, *language;
        int32_t style;
        const char *text;
    } cases[] = {
        { 123450, "CNY", "zh-CN", ARC_FORMAT_SYMBOL, "¥1,234.50" },
        { -123450, "CNY", "zh", ARC_FORMAT_SYMBOL, "-¥1,234.50" },
        { 123450, "USD", "zh_CN", ARC_FORMAT_SYMBOL, "US$1,234.50" },
        { 1234, "JPY", "zh", ARC_FORMAT_SYMBOL, "JP¥1,234" },
        { 123450, "TWD", "zh-TW", ARC_FORMAT_SYMBOL, "$1,234.50" },
        { 123450, "USD", "en-US", ARC_FORMAT_SYMBOL, "$1,234.50" },
        { -5, "USD", "EN", ARC_FORMAT_SYMBOL, "-$0.05" },
        { 123450, "CHF", "en", ARC_FORMAT_SYMBOL, "CHF" S "1,234.50" },
        { 123450, "EUR", "en", ARC_FORMAT_CODE, "EUR" S "1,234.50" },
        { 123450, "EUR", "en", ARC_FORMAT_NUMBER, "1,234.50" },
        { 123450, "GBP", "en-GB", ARC_FORMAT_SYMBOL, "£1,234.50" },
        { 123450, "USD", "en-GB", ARC_FORMAT_SYMBOL, "US$1,234.50" },
        { 123456789, "EUR", "de-AT", ARC_FORMAT_SYMBOL, "1.234.567,89" S "€" },
        { -123450, "EUR", "de", ARC_FORMAT_SYMBOL, "-1.234,50" S "€" },
        { 99, "EUR", "de", ARC_FORMAT_NUMBER, "0,99" },
        { -100000, "EUR", "de", ARC_FORMAT_NUMBER, "-1.000,00" },
        { 123450, "CHF", "de", ARC_FORMAT_SYMBOL, "1.234,50" S "CHF" },
        { 123450, "CHF", "de-CH", ARC_FORMAT_SYMBOL, "CHF" S "1’234.50" },
        { -123450, "CHF", "de-CH", ARC_FORMAT_SYMBOL, "CHF-1’234.50" },
        { 123456700, "EUR", "fr", ARC_FORMAT_SYMBOL, "1" N "234" N "567,00" S "€" },
        { 1234567, "KWD", "en", ARC_FORMAT_SYMBOL, "KWD" S "1,234.567" },
        { 1234567, "JPY", "ja", ARC_FORMAT_SYMBOL, "￥1,234,567" },
        { ARC_MONEY_MAX, "USD", "en", ARC_FORMAT_SYMBOL, "$10,000,000,000,000,000.00" },
    };
    char out[400];
    size_t n;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arc_money m = { cases[i].minor, { 0 }, 0 };
        memcpy(m.currency, cases[i].currency, 4);
        n = sizeof out;
        assert_ok(arc_money_format(out, &n, &m, cases[i].language, cases[i].style));
        assert_string_equal(out, cases[i].text);
    }
    arc_money m = { 1, "CNY", 0 }, none = { 1, "XXX", 0 };
    n = sizeof out;
    assert_status(ARC_E_NOT_FOUND, arc_money_format(out, &n, &m, "xx", ARC_FORMAT_SYMBOL));
    assert_status(ARC_E_NOT_FOUND, arc_money_format(out, &n, &m, "english", ARC_FORMAT_SYMBOL));
    assert_status(ARC_E_CURRENCY, arc_money_format(out, &n, &none, "en", ARC_FORMAT_SYMBOL));
    assert_status(ARC_E_INVALID, arc_money_format(out, &n, &m, "en", 0));
    n = 2;
    assert_status(ARC_E_BUFFER, arc_money_format(out, &n, &m, "en", ARC_FORMAT_NUMBER));
    assert_int_equal(n, 4);
}

static void dates(void **state)
{
    static const struct {
        const char *language, *brief, *full;
    } cases[] = {
        { "zh-CN", "2026-03-01", "2026年3月1日" }, { "zh-HK", "2026/03/01", "2026年3月1日" }, { "en", "Mar 1, 2026", "March 1, 2026" },
        { "en-GB", "1 Mar 2026", "1 March 2026" }, { "de", "01.03.2026", "1. März 2026" },    { "fr", "01/03/2026", "1 mars 2026" },
        { "ja", "2026/03/01", "2026年3月1日" },
    };
    char out[100];
    size_t n;
    arc_date day;
    (void)state;
    assert_ok(arc_date_from_ymd(&day, 2026, 3, 1));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        n = sizeof out;
        assert_ok(arc_date_format(out, &n, day, cases[i].language, ARC_FORMAT_SHORT));
        assert_string_equal(out, cases[i].brief);
        n = sizeof out;
        assert_ok(arc_date_format(out, &n, day, cases[i].language, ARC_FORMAT_LONG));
        assert_string_equal(out, cases[i].full);
    }
    assert_status(ARC_E_RANGE, arc_date_format(out, &n, ARC_DATE_NONE, "en", ARC_FORMAT_LONG));
    assert_status(ARC_E_NOT_FOUND, arc_date_format(out, &n, day, "", ARC_FORMAT_LONG));
    assert_status(ARC_E_INVALID, arc_date_format(out, &n, day, "en", 3));
}

/* Each figure of a number can be read back: what is written is the number. */
static int64_t read_capital(const char *s)
{
    static const char *const figures[] = { "零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖" };
    int64_t total = 0, high = 0, section = 0, digit = 0, minor = 0;
    s += strlen("人民币");
    for (; *s; s += 3) {
        int d = -1;
        for (int i = 0; i < 10; i++) {
            if (!memcmp(s, figures[i], 3)) d = i;
        }
        if (d >= 0) digit = d;
        else if (!memcmp(s, "拾", 3)) section += digit * 10, digit = 0;
        else if (!memcmp(s, "佰", 3)) section += digit * 100, digit = 0;
        else if (!memcmp(s, "仟", 3)) section += digit * 1000, digit = 0;
        else if (!memcmp(s, "万", 3)) total += (section + digit) * 10000, section = digit = 0;
        else if (!memcmp(s, "亿", 3)) high = (total + section + digit) * 100000000, total = section = digit = 0;
        else if (!memcmp(s, "元", 3)) minor += (high + total + section + digit) * 100, digit = 0;
        else if (!memcmp(s, "角", 3)) minor += digit * 10, digit = 0;
        else if (!memcmp(s, "分", 3)) minor += digit;
    }
    return minor;
}

static void read_back(void **state)
{
    uint64_t seed = 7;
    char out[400];
    (void)state;
    for (int i = 0; i < 20000; i++) {
        uint64_t unit = 10;
        for (uint64_t k = test_random(&seed) % 17; k > 0; k--) unit *= 10;
        arc_money m = { (int64_t)(test_random(&seed) % unit), "CNY", 0 };
        if (i % 3 == 0) m.minor = m.minor / 10000 * 10000; /* many zeros */
        if (i % 5 == 0) m.minor = m.minor / 1000003 * 1000000 + m.minor % 1000;
        size_t n = sizeof out;
        assert_ok(arc_money_capital(out, &n, &m));
        assert_int_equal(read_capital(out), m.minor);
        assert_null(strstr(out, "零零"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(capitals), cmocka_unit_test(amounts), cmocka_unit_test(dates), cmocka_unit_test(read_back) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
