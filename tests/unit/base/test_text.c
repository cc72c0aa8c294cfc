/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/str.h"
#include "support/support.h"

static void int_is(const char *s, int64_t expected)
{
    int64_t v = 77;
    assert_ok(arci_int_parse(s, strlen(s), &v));
    assert_true(v == expected);
}

static void int_fails(const char *s, size_t n, arc_status expected)
{
    int64_t v = 77;
    assert_status(expected, arci_int_parse(s, n, &v));
    assert_true(v == 77);
}

static void test_int_parse(void **state)
{
    static const char *wrong[] = { "", "-", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "--1", "-+1", "1-", "a", "１", "1,000" };
    (void)state;
    int_is("0", 0);
    int_is("-0", 0);
    int_is("00012", 12);
    int_is("9223372036854775807", INT64_MAX);
    int_is("-9223372036854775807", -INT64_MAX);
    int_is("-9223372036854775808", INT64_MIN);
    int_is("0000000000000000000000000000009223372036854775807", INT64_MAX);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) int_fails(wrong[i], strlen(wrong[i]), ARC_E_SYNTAX);
    int_fails("1\0", 2, ARC_E_SYNTAX);
    int_fails("9223372036854775808", 19, ARC_E_OVERFLOW);
    int_fails("-9223372036854775809", 20, ARC_E_OVERFLOW);
    int_fails("18446744073709551616", 20, ARC_E_OVERFLOW);
    int_fails("99999999999999999999999999999999", 32, ARC_E_OVERFLOW);
    int_fails("99999999999999999999999999999999x", 33, ARC_E_SYNTAX); /* wrong form first */
}

static void test_int_text(void **state)
{
    uint64_t seed = 5;
    char buf[24], expected[32];
    (void)state;
    for (int i = 0; i < 20000; i++) {
        int64_t v = (int64_t)(test_random(&seed) >> (i % 64)), back = 0;
        if (i % 3 == 0) v = -v;
        if (i == 0) v = INT64_MIN;
        if (i == 1) v = INT64_MAX;
        if (i == 2) v = 0;
        size_t n = arci_int_text(buf, v);
        snprintf(expected, sizeof expected, "%" PRId64, v);
        assert_string_equal(buf, expected);
        assert_int_equal(n, strlen(expected));
        assert_ok(arci_int_parse(buf, n, &back));
        assert_true(back == v);
    }
}

/* Every scalar value is accepted, every surrogate and everything above refused; the encoder here is the model. */
static void test_utf8_all(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x120000; c++) {
        char s[4];
        size_t n;
        if (c < 0x80) {
            s[0] = (char)c;
            n = 1;
        } else if (c < 0x800) {
            s[0] = (char)(0xc0 | c >> 6);
            s[1] = (char)(0x80 | (c & 63));
            n = 2;
        } else if (c < 0x10000) {
            s[0] = (char)(0xe0 | c >> 12);
            s[1] = (char)(0x80 | (c >> 6 & 63));
            s[2] = (char)(0x80 | (c & 63));
            n = 3;
        } else {
            s[0] = (char)(0xf0 | c >> 18);
            s[1] = (char)(0x80 | (c >> 12 & 63));
            s[2] = (char)(0x80 | (c >> 6 & 63));
            s[3] = (char)(0x80 | (c & 63));
            n = 4;
        }
        int good = c < 0xd800 || (c > 0xdfff && c <= 0x10ffff);
        if (arci_utf8_check(s, n) != (good ? n : 0)) fail_msg("U+%04X", c);
        for (size_t cut = 1; cut < n; cut++) assert_int_equal(arci_utf8_check(s, cut), 0);
    }
}

static void test_utf8_faults(void **state)
{
    static const struct {
        const char *s;
        size_t n, at;
    } cases[] = {
        { "", 0, 0 },           { "abc", 3, 3 },          { "ab\x80", 3, 2 },         { "a\xc0\x80", 3, 1 },
        { "a\xc1\xbf", 3, 1 },  { "\xe0\x80\x80", 3, 0 }, { "\xe0\x9f\xbf", 3, 0 },   { "\xf0\x80\x80\x80", 4, 0 },
        { "\xf0\x8f\xbf\xbf", 4, 0 }, { "\xf4\x90\x80\x80", 4, 0 }, { "\xf5\x80\x80\x80", 4, 0 },
        { "\xff", 1, 0 },       { "\xfe", 1, 0 },         { "\xed\xa0\x80\xed\xb0\x80", 6, 0 },
        { "汉\xe6\xb1", 5, 3 }, { "汉\xe6\xb1z", 6, 3 },  { "a\0b", 3, 3 },           { "\xc3\xa4\xc3", 3, 2 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(arci_utf8_check(cases[i].s, cases[i].n), cases[i].at);
    }
}

static void test_ieq(void **state)
{
    (void)state;
    assert_true(arci_ascii_ieq("InvOice", 7, "iNVoICE", 7));
    assert_true(arci_ascii_ieq("", 0, "", 0));
    assert_false(arci_ascii_ieq("a", 1, "ab", 2));
    assert_false(arci_ascii_ieq("a", 1, "b", 1));
    assert_false(arci_ascii_ieq("@", 1, "`", 1)); /* neighbours of the letters differ by the same bit */
    assert_false(arci_ascii_ieq("[", 1, "{", 1));
    assert_false(arci_ascii_ieq("Ä", 2, "ä", 2)); /* ASCII only */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_int_parse),
        cmocka_unit_test(test_int_text),
        cmocka_unit_test(test_utf8_all),
        cmocka_unit_test(test_utf8_faults),
        cmocka_unit_test(test_ieq),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
