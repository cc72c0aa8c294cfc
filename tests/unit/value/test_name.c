/* SPDX-License-Identifier: Apache-2.0 */
/* Names: what words are made of them, how near two are. */
#include "support/corpus.h"

#include "arcore/arcore.h"
#include "fuzz/name.h"
#include "value/name.h"

static int32_t winkler(const char *a, const char *b, int32_t *jaro)
{
    uint32_t x[64], y[64];
    size_t nx = arci_name_points(x, 64, a, strlen(a)), ny = arci_name_points(y, 64, b, strlen(b));
    *jaro = arci_name_jaro(x, nx, y, ny);
    return arci_name_jaro_winkler(x, nx, y, ny);
}

/* T5.7 and the published examples. */
static void test_jaro_winkler(void **state)
{
    static const struct {
        const char *a, *b;
        int32_t jaro, winkler;
    } cases[] = {
        { "MARTHA", "MARHTA", 9444, 9611 }, { "DWAYNE", "DUANE", 8222, 8400 }, { "DIXON", "DICKSONX", 7667, 8133 },
        { "华为技术有限公司", "华为终端有限公司", 8333, 8667 }, { "华为技术", "华为终端", 6667, 7333 },
        { "上海索迪龙自动化股份有限公司", "上海索迪龙自动化有限公司", 9524, 9714 }, { "", "", 10000, 10000 }, { "A", "", 0, 0 }, { "AB", "AB", 10000, 10000 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int32_t jaro, w = winkler(cases[i].a, cases[i].b, &jaro);
        if (jaro != cases[i].jaro || w != cases[i].winkler) fail_msg("%s / %s: %d %d", cases[i].a, cases[i].b, jaro, w);
    }
}

static void test_edits(void **state)
{
    static const struct {
        const char *a, *b;
        uint32_t edits;
    } cases[] = { { "kitten", "sitting", 3 }, { "ab", "ba", 1 }, { "ca", "abc", 3 }, { "", "abc", 3 }, { "abc", "abc", 0 }, { "abcd", "acbd", 1 } };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t x[64], y[64];
        size_t nx = arci_name_points(x, 64, cases[i].a, strlen(cases[i].a)), ny = arci_name_points(y, 64, cases[i].b, strlen(cases[i].b));
        assert_int_equal(arci_name_edits(x, nx, y, ny), cases[i].edits);
        assert_int_equal(arci_name_edits(y, ny, x, nx), cases[i].edits);
    }
}

static const char *form(const char *name, uint32_t flags)
{
    static char buf[2][1400];
    static int turn;
    size_t len = sizeof buf[0];
    turn = !turn;
    assert_ok(arc_name_normalise(buf[turn], &len, name, SIZE_MAX, flags));
    assert_int_equal(len, strlen(buf[turn]));
    return buf[turn];
}

static void test_normalise(void **state)
{
    static const struct {
        const char *name, *whole, *core;
    } cases[] = {
        { "上海索迪龙自动化股份有限公司", "上海 索迪龙 自动化 股份有限公司", "索迪龙" },
        { "華為（上海）技術有限公司", "华为 上海 技术 有限公司", "华为" },
        { "华为(上海)技术有限公司", "华为 上海 技术 有限公司", "华为" },
        { "昆山市龙腾电子有限公司", "昆山 龙腾 电子 有限公司", "龙腾" },
        { "浙江省义乌市双童日用品有限公司", "浙江 义乌 双童 日用品 有限公司", "双童" },
        { "上海索迪龙自动化有限公司北京分公司", "上海 索迪龙 自动化 有限公司 北京 分公司", "索迪龙" },
        { "海尔集团电器产业有限公司", "海尔 集团 电器 产业 有限公司", "海尔" },
        { "中国建筑有限公司", "中国 建筑 有限公司", "" },
        { "東方電子", "东方 电子", "东方" },
        { "株式會社日立製作所", "株式会社 日立 制作所", "日立" },
        { "㈱日立製作所", "株式会社 日立 制作所", "日立" },
        { "ｱﾏｿﾞﾝ ｼﾞｬﾊﾟﾝ", "アマソン シャハン", "アマソン シャハン" },
        { "Ｍüller & Söhne ＧｍｂＨ", "muller and son gmbh", "muller" },
        { "GmbH & Co. KG Ålesund", "gmbh and co kg alesund", "alesund" },
        { "Société Anonyme d'Électricité", "soc sa delectricite", "delectricite" },
        { "FOO S.p.A.", "foo spa", "foo" },
        { "Foo S. p. A.", "foo spa", "foo" },
        { "Foo A/S", "foo as", "foo" },
        { "Foo B V", "foo bv", "foo" },
        { "J.G. de Groot B.V.", "jg de groot bv", "jg groot" },
        { "O'Hara-Kohler", "ohara kohler", "ohara kohler" },
        { "ООО «Газпром»", "ooo gazprom", "gazprom" },
        { "ΟΤΕ Α.Ε.", "ote ae", "ote ae" },
        { "Acme Mfg. Intl. Technologies, Inc.", "acme manufacturing international technology inc", "acme" },
        { "Fund Ⅲ 2024", "fund iii 2024", "iii 2024" },
        { "", "", "" },
        { "  ... ", "", "" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *whole = form(cases[i].name, 0), *core = form(cases[i].name, ARC_NAME_CORE_ONLY);
        if (strcmp(whole, cases[i].whole) != 0 || strcmp(core, cases[i].core) != 0) fail_msg("%s: \"%s\" \"%s\"", cases[i].name, whole, core);
    }
}

static int32_t near(const char *a, const char *b)
{
    int32_t ab = -1, ba = -1;
    assert_ok(arc_name_compare(&ab, a, b));
    assert_ok(arc_name_compare(&ba, b, a));
    if (ab != ba) fail_msg("%s / %s: %d there, %d back", a, b, ab, ba);
    assert_in_range(ab, 0, ARC_NAME_SAME);
    return ab;
}

static void test_one_company(void **state)
{
    static const char *const pairs[][2] = {
        { "上海索迪龙自动化股份有限公司", "上海索迪龙自动化有限公司" },
        { "華為技術有限公司", "华为技术有限公司" },
        { "华为（上海）技术有限公司", "华为技术(上海)有限公司" },
        { "上海市索迪龙自动化有限公司", "索迪龙自动化有限公司" },
        { "Müller Maschinenbau GmbH", "Mueller Maschinenfabrik Gesellschaft mbH" },
        { "Midland Brass Boiler Works", "MBBW Ltd." },
        { "Smith & Sons Ltd", "SONS SMITH AND LTD." },
        { "Schumann GmbH", "Schuman G.m.b.H." },
        { "J. Whitfield Trading", "John Whitfield Trading Co" },
        { "Brightwater Storage Systems", "Bright Water Storagesystems Inc" },
        { "Газпром", "Gazprom OAO" },
        { "Société Dupont", "DUPONT SA" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (near(pairs[i][0], pairs[i][1]) < ARC_NAME_LIKELY) fail_msg("%s / %s: %d", pairs[i][0], pairs[i][1], near(pairs[i][0], pairs[i][1]));
        assert_int_equal(near(pairs[i][0], pairs[i][0]), ARC_NAME_SAME);
    }
}

static void test_two_companies(void **state)
{
    static const char *const pairs[][2] = {
        { "华为技术有限公司", "华为终端有限公司" },
        { "上海华星贸易有限公司", "上海华兴贸易有限公司" },
        { "上海永昌贸易有限公司", "上海恒信贸易有限公司" },
        { "H. Miller Holding B.V.", "H. Kowalski Holding B.V." },
        { "Acme Fund 1 Ltd", "Acme Fund 2 Ltd" },
        { "Delta Trading International Ltd", "Omega Trading International Ltd" },
        { "Kamil B.V.", "Bokil B.V." },
        { "Schmidt Logistik GmbH", "Schneider Logistik GmbH" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (near(pairs[i][0], pairs[i][1]) >= ARC_NAME_LIKELY) fail_msg("%s / %s: %d", pairs[i][0], pairs[i][1], near(pairs[i][0], pairs[i][1]));
    }
}

/* A branch is no company of its own, and its company comes first. */
static void test_branch(void **state)
{
    (void)state;
    int32_t branch = near("上海索迪龙自动化有限公司", "上海索迪龙自动化有限公司北京分公司");
    assert_true(branch < near("上海索迪龙自动化有限公司", "上海索迪龙自动化股份有限公司"));
    assert_true(branch > 7000);
}

static void sorted(const arci_name_word *w, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (strcmp(w[i - 1].text, w[i].text) >= 0) fail_msg("%s stands before %s", w[i - 1].text, w[i].text);
    }
    for (size_t i = 0; i < n; i++) {
        const char *stem;
        (void)arci_name_word_kind(w[i].text, strlen(w[i].text), &stem);
        if (w[i].stem && arci_name_word_kind(w[i].stem, strlen(w[i].stem), &stem) == ARCI_NAME_CORE) fail_msg("the stem %s of %s is in no list", w[i].stem, w[i].text);
    }
}

static void test_tables(void **state)
{
    static const char *const words[] = { "gmbh", "zrt", "ab", "holdings", "x", "zur", "a", "beijing", "zurich", "africa" };
    static const int kinds[] = { ARCI_NAME_LEGAL, ARCI_NAME_LEGAL, ARCI_NAME_LEGAL, ARCI_NAME_GENERIC, ARCI_NAME_CORE, ARCI_NAME_STOP, ARCI_NAME_STOP, ARCI_NAME_REGION,
                                 ARCI_NAME_REGION, ARCI_NAME_REGION };
    const char *stem;
    (void)state;
    sorted(arci_name_generic, arci_n_name_generic);
    sorted(arci_name_places, arci_n_name_places);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) assert_int_equal(arci_name_word_kind(words[i], strlen(words[i]), &stem), kinds[i]);
    for (size_t i = 2; i < arci_n_name_han_pairs * 2; i += 2) assert_true(arci_name_han_pairs[i - 2] < arci_name_han_pairs[i]);
    assert_int_equal(arci_name_fold_point(0x570B), 0x56FD); /* 國 */
    assert_int_equal(arci_name_fold_point(0x5E83), 0x5E7F); /* 広 */
}

/* Any bytes that are UTF-8: no crash, one form of the form, 10,000 with itself. */
static void test_any_text(void **state)
{
    static const char *const bits[] = { "a", "B", " ", ".", "&", "公司", "上海", "有限", "é", "Ж", "株式会社", "1", "-", "ö", "集团", "(", "x", "\xF0\x9F\x98\x80", "市", "分公司", "控股" };
    uint64_t seed = 20260118;
    (void)state;
    for (int round = 0; round < 3000; round++) {
        char s[400] = "", t[400] = "";
        for (uint64_t i = test_random(&seed) % 30; i > 0; i--) strcat(s, bits[test_random(&seed) % (sizeof bits / sizeof bits[0])]);
        for (uint64_t i = test_random(&seed) % 30; i > 0; i--) strcat(t, bits[test_random(&seed) % (sizeof bits / sizeof bits[0])]);
        (void)near(s, t);
        assert_int_equal(near(s, s), ARC_NAME_SAME);
    }
}

static void check_input(test_env *t, const char *s, size_t n, uint64_t *seed)
{
    const char *fault = fuzz_name(t->ctx, s, n);
    (void)seed;
    if (fault) fail_msg("%s: %.*s", fault, (int)n, s);
}

static void test_corpus(void **state)
{
    assert_int_equal(corpus_replay("name", 300, check_input, *state), 3);
}

static void test_wrong_arguments(void **state)
{
    char buf[8], wide[1300];
    size_t len = sizeof buf;
    int32_t score = 7;
    (void)state;
    memset(wide, 'x', sizeof wide);
    assert_status(ARC_E_BUFFER, arc_name_normalise(buf, &len, "Siemens Deutschland", SIZE_MAX, 0));
    assert_int_equal(len, strlen("siemens germany"));
    len = sizeof buf;
    assert_status(ARC_E_INVALID, arc_name_normalise(buf, &len, NULL, 0, 0));
    assert_status(ARC_E_INVALID, arc_name_normalise(buf, NULL, "a", 1, 0));
    assert_status(ARC_E_INVALID, arc_name_normalise(buf, &len, "a", 1, 2));
    assert_status(ARC_E_ENCODING, arc_name_normalise(buf, &len, "\xFF", 1, 0));
    assert_status(ARC_E_LIMIT, arc_name_normalise(buf, &len, wide, sizeof wide, 0));
    assert_status(ARC_E_INVALID, arc_name_compare(&score, NULL, "a"));
    assert_status(ARC_E_INVALID, arc_name_compare(NULL, "a", "a"));
    assert_status(ARC_E_ENCODING, arc_name_compare(&score, "a", "\xC0"));
    assert_int_equal(score, 7);
}

static void test_explain(void **state)
{
    test_env *t = *state;
    char buf[4096];
    size_t len = sizeof buf;
    assert_ok(arc_name_explain(t->ctx, buf, &len, "Schumann Tech GmbH", "Schuman Technologies AG 7"));
    assert_non_null(strstr(buf, "{\"a\":\"schumann\",\"b\":\"schuman\",\"how\":\"typo\""));
    assert_non_null(strstr(buf, "{\"a\":\"technology\",\"b\":\"technology\",\"how\":\"same\",\"nearness\":10000}"));
    assert_non_null(strstr(buf, "\"unmatched_b\":[\"ag\",\"7\"],\"legal_differs\":true,\"number_differs\":false"));
    len = 10;
    assert_status(ARC_E_BUFFER, arc_name_explain(t->ctx, buf, &len, "a", "b"));
    assert_status(ARC_E_INVALID, arc_name_explain(t->ctx, buf, NULL, "a", "b"));
    assert_status(ARC_E_ENCODING, arc_name_explain(t->ctx, buf, &len, "a", "\xFF"));
    assert_status(ARC_E_HANDLE, arc_name_explain(NULL, buf, &len, "a", "b"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jaro_winkler), cmocka_unit_test(test_edits), cmocka_unit_test(test_normalise), cmocka_unit_test(test_one_company),
        cmocka_unit_test(test_two_companies), cmocka_unit_test(test_branch), cmocka_unit_test(test_tables), cmocka_unit_test(test_any_text),
        cmocka_unit_test(test_wrong_arguments), cmocka_unit_test_setup_teardown(test_corpus, test_setup, test_teardown), cmocka_unit_test_setup_teardown(test_explain, test_setup, test_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
