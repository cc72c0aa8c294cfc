/* SPDX-License-Identifier: Apache-2.0 */
/* Formats with check digits, patterns, normalisation. */
#include "support/support.h"

#include "value/textform.h"

static int fits(const char *format, const char *s)
{
    const arci_format *f = arci_format_by_name(format, strlen(format));
    assert_non_null(f);
    return f->fits(s, strlen(s));
}

typedef struct format_case {
    const char *format, *good, *bad;
} format_case;

static void test_formats(void **state)
{
    static const format_case cases[] = {
        { "uscc", "91350100M000100Y43", "91350100M000100Y44" },  { "uscc", "91350100M000100Y43", "91350100M000100Y4" },
        { "uscc", "91350100M000100Y43", "91350100I000100Y43" },  { "tax_no", "91350100M000100Y43", "91350100M000100Y34" },
        { "tax_no", "110108600000001", "11010860000000" },       { "id_card_cn", "11010519491231002X", "110105194912310021" },
        { "id_card_cn", "11010519491231002X", "11010519491331002X" },
        { "iban", "GB82WEST12345698765432", "GB82WEST12345698765433" }, { "iban", "NO9386011117947", "NO93860111179" },
        { "rf", "RF18539007547034", "RF17539007547034" },        { "rf", "RF720HYA6", "RF19GAX8WS5JYOOUJ87" },
        { "luhn", "45096", "45095" },                              { "luhn", "1234574", "1234575" },
        { "bank_card", "4111111111111111", "4111111111111112" }, { "bic", "DEUTDEFF500", "DEUTDEF" },
        { "bic", "BKCHCNBJ", "bkchcnbj" },                       { "bank_account", "NO9386011117947", "NO9386011117948" },
        { "bank_account", "6222-0212-3456", "6222--0212" },      { "bank_account", "123456", "12345" },
        { "cnaps", "102100099996", "10210009999" },              { "email", "a.b+c@example.co", "a..b@example.co" },
        { "email", "张三@例子.中国", "@example.co" },              { "email", "a@b.cn", "a@b" },
        { "email", "a@b.cn", "a b@b.cn" },                       { "phone", "+86 10 6552-9988", "+86+10" },
        { "phone", "(010) 65529988", "(010 65529988" },          { "phone", "13800138000", "1380 013x" },
        { "mobile_cn", "13800138000", "12800138000" },           { "country", "CN", "cn" },
        { "digits", "007", "" },                                 { "alnum", "a1B", "a-1" },
        { "upper_alnum", "A1", "a1" },                           { "letters", "ab", "a1" },
        { "fapiao_no", "25312000000012345678", "253120000000" }, { "url", "https://a.cn:8080/x?y", "ftp://a.cn" },
        { "url", "http://a.cn", "http://a.cn:x" },
        { "iban", "DE89370400440532013000", "DE8937040044053201300" },  { "iban", "FR1420041010050500013M02606", "GB82WEST1234569876543" },
        { "iban", "MT84MALT011000012345MTLCAST001S", "BE68539007547" },  { "lei", "5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R21" },
        { "lei", "213800WSGIIZCXF1P572", "213800WSGIIZCXF1P57" },
        { "vat_eu", "ATU13585627", "ATU13585626" },     { "vat_eu", "BE0428759497", "BE0431150351" },   { "vat_eu", "BG175074752", "BG175074753" },
        { "vat_eu", "CY10259033P", "CY10259033Z" },     { "vat_eu", "CZ25123891", "CZ25123890" },       { "vat_eu", "CZ640903926", "CZ640903927" },
        { "vat_eu", "DE136695976", "DE136695978" },     { "vat_eu", "DK13585628", "DK13585627" },       { "vat_eu", "EE100931558", "EE100594103" },
        { "vat_eu", "EL094259216", "EL123456781" },     { "vat_eu", "ESM1234567L", "ESM1234567K" },     { "vat_eu", "ESB58378431", "ESB58378432" },
        { "vat_eu", "ESX5253868R", "ESX5253868S" },     { "vat_eu", "ES54362315K", "ES54362315Z" },     { "vat_eu", "FI20774740", "FI20774741" },
        { "vat_eu", "FR40303265045", "FR84323140391" }, { "vat_eu", "FRK7399859412", "FRK8399859412" }, { "vat_eu", "HR33392005961", "HR33392005962" },
        { "vat_eu", "HU12892312", "HU12892313" },       { "vat_eu", "IE6433435F", "IE6433435E" },       { "vat_eu", "IE8D79739I", "IE8D79738J" },
        { "vat_eu", "IE6433435OA", "IE6433435OB" },     { "vat_eu", "IT00743110157", "IT00743110158" }, { "vat_eu", "LT119511515", "LT119511516" },
        { "vat_eu", "LT100001919017", "LT100001919018" }, { "vat_eu", "LU15027442", "LU15027443" },     { "vat_eu", "LV40003521600", "LV40003521601" },
        { "vat_eu", "MT11679112", "MT11679113" },       { "vat_eu", "NL004495445B01", "NL123456789B90" }, { "vat_eu", "NL002455799B11", "NL002455799C11" },
        { "vat_eu", "PL8567346215", "PL8567346216" },   { "vat_eu", "PT501964843", "PT501964842" },     { "vat_eu", "RO18547290", "RO18547291" },
        { "vat_eu", "SE123456789701", "SE123456789101" }, { "vat_eu", "SI50223054", "SI50223055" },     { "vat_eu", "SK2022749619", "SK2022749618" },
        { "vat_eu", "XI980780684", "XI980780683" },     { "vat_eu", "GBGD001", "GBHA001" },             { "vat_eu", "DE136695976", "US136695976" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (!fits(cases[i].format, cases[i].good)) fail_msg("%s refuses %s", cases[i].format, cases[i].good);
        if (fits(cases[i].format, cases[i].bad)) fail_msg("%s takes %s", cases[i].format, cases[i].bad);
    }
    assert_null(arci_format_by_name("none", 4));
    /* No format reads past an empty text. */
    for (uint32_t i = 0; i < arci_n_formats; i++) assert_int_equal(arci_formats[i].fits("", 0), 0);
}

/* Every single wrong character is found, and every swap of neighbours but those the code is known to miss. */
static void test_uscc_power(void **state)
{
    char s[19] = "91350100M000100Y43";
    static const char set[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    (void)state;
    for (int i = 0; i < 18; i++) {
        char kept = s[i];
        for (const char *c = set; *c; c++) {
            s[i] = *c;
            assert_int_equal(fits("uscc", s), *c == kept);
        }
        s[i] = kept;
    }
}

static int match(test_env *t, const char *pattern, const char *text)
{
    arci_arena arena;
    const arci_pattern *p;
    arci_arena_init(&arena, t->ctx);
    assert_ok_err(&t->err, arci_pattern_read(&t->env, &arena, &p, pattern, strlen(pattern)));
    int r = arci_pattern_fits(p, text, strlen(text));
    arci_arena_clear(&arena);
    return r;
}

static void test_patterns(void **state)
{
    static const struct {
        const char *pattern, *text;
        int fits;
    } cases[] = {
        { "[A-Z]{2}-\\d{4,6}", "AB-1234", 1 },  { "[A-Z]{2}-\\d{4,6}", "AB-1234567", 0 }, { "[A-Z]{2}-\\d{4,6}", "ab-1234", 0 },
        { "a*a", "aaaa", 1 },                   { "a*a", "", 0 },                         { "a?a?a?aaa", "aaa", 1 },
        { "\\w+\\.pdf", "x_1.pdf", 1 },         { "\\w+\\.pdf", "x_1-pdf", 0 },           { "[一-龥]{2,4}", "张三", 1 },
        { "[一-龥]{2,4}", "Zhang", 0 },          { ".{3}", "中文字", 1 },                   { "[^0-9]+", "abc", 1 },
        { "[^0-9]+", "ab1", 0 },                { "[a\\]\\-]+", "a]-", 1 },               { "\\(\\d\\)", "(1)", 1 },
        { "", "", 1 },                          { "", "x", 0 },                           { "x{0}", "", 1 },
        { "INV-?[0-9]{3,}", "INV00012", 1 },    { "a{2,3}b", "aaaab", 0 },                { "[+-]", "-", 1 },
    };
    test_env *t = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (match(t, cases[i].pattern, cases[i].text) != cases[i].fits) fail_msg("%s on %s", cases[i].pattern, cases[i].text);
    }
}

static void test_bad_patterns(void **state)
{
    static const char *const bad[] = { "(a)", "a|b", "[a", "[]", "a{2", "a{3,2}", "a{,2}", "*a", "\\", "\\q", "[z-a]", "a**", "^a", "a$", "a{5000}" };
    test_env *t = *state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        arci_arena arena;
        const arci_pattern *p;
        arci_arena_init(&arena, t->ctx);
        arc_status st = arci_pattern_read(&t->env, &arena, &p, bad[i], strlen(bad[i]));
        if (st != ARC_E_SYNTAX && st != ARC_E_LIMIT) fail_msg("%s gave %s", bad[i], arc_status_name(st));
        assert_null(p);
        arci_arena_clear(&arena);
    }
}

/* A plain matcher that backtracks, on random patterns over two letters. */
static int plain(const char *p, const char *s)
{
    if (!*p) return !*s;
    char c = *p, q = p[1];
    if (q == '*') return (*s == c && plain(p, s + 1)) || plain(p + 2, s);
    if (q == '?') return (*s == c && plain(p + 2, s + 1)) || plain(p + 2, s);
    return *s == c && plain(p + 1, s + 1);
}

static void test_pattern_model(void **state)
{
    test_env *t = *state;
    uint64_t seed = 7;
    for (int i = 0; i < 3000; i++) {
        char p[16], s[8];
        size_t n = 0, m = (size_t)(test_random(&seed) % 7);
        for (size_t k = 1 + test_random(&seed) % 5; k; k--) {
            uint64_t x = test_random(&seed);
            p[n++] = x & 1 ? 'a' : 'b';
            if ((x >> 1) % 3 == 1) p[n++] = '*';
            if ((x >> 1) % 3 == 2) p[n++] = '?';
        }
        p[n] = 0;
        for (size_t k = 0; k < m; k++) s[k] = test_random(&seed) & 1 ? 'a' : 'b';
        s[m] = 0;
        if (match(t, p, s) != plain(p, s)) fail_msg("%s on %s", p, s);
    }
}

static void test_normalise(void **state)
{
    static const struct {
        const char *in, *out;
        uint32_t steps;
    } cases[] = {
        { "  a b  ", "a b", ARCI_NORM_TRIM },
        { "\xe3\x80\x80甲　乙\xc2\xa0", "甲　乙", ARCI_NORM_TRIM },
        { "a \t\n b", "a b", ARCI_NORM_COLLAPSE },
        { " a  b ", "a b", ARCI_NORM_TRIM | ARCI_NORM_COLLAPSE },
        { "ＡＢ１２－３（x）", "AB12-3(x)", ARCI_NORM_HALF_WIDTH },
        { "甲　乙", "甲 乙", ARCI_NORM_HALF_WIDTH },
        { "6222 0212", "62220212", ARCI_NORM_REMOVE_SPACE },
        { "aBé", "ABé", ARCI_NORM_UPPER },
        { "ＡbC", "abc", ARCI_NORM_HALF_WIDTH | ARCI_NORM_LOWER },
        { " \t", "", ARCI_NORM_TRIM },
        { "", "", 0x3f & ~ARCI_NORM_LOWER },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char buf[100];
        size_t n = arci_normalise(buf, cases[i].in, strlen(cases[i].in), cases[i].steps), again;
        buf[n] = 0;
        assert_string_equal(buf, cases[i].out);
        again = arci_normalise(buf, buf, n, cases[i].steps); /* in place, and nothing is left to do */
        assert_int_equal(again, n);
        assert_memory_equal(buf, cases[i].out, n);
    }
    assert_int_equal(arci_norm_by_name("half_width", 10), ARCI_NORM_HALF_WIDTH);
    assert_int_equal(arci_norm_by_name("x", 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_uscc_power),
        cmocka_unit_test_setup_teardown(test_patterns, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_bad_patterns, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_pattern_model, test_setup, test_teardown),
        cmocka_unit_test(test_normalise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
