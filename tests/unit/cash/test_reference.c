/* SPDX-License-Identifier: Apache-2.0 */
/* References in texts: check digits, masks, every way a number is written, repairs, offsets. */
#include "support/corpus.h"

#include "arcore/reference.h"
#include "fuzz/reference.h"

typedef struct world {
    test_env t;
    arc_reference_index *index;
    int64_t next;
} world;

static void begin(world *w)
{
    memset(w, 0, sizeof *w);
    test_open(&w->t);
    assert_ok(arc_reference_index_new(w->t.ctx, &w->index));
}

static void end(world *w)
{
    arc_reference_index_free(w->index);
    test_close(&w->t);
}

static void add_of(world *w, const char *number, int64_t customer)
{
    arc_reference_target target = ARC_REFERENCE_TARGET_INIT;
    target.kind = ARC_REFERENCE_DOCUMENT;
    target.id = ++w->next;
    target.customer = customer;
    assert_ok(arc_reference_index_add(w->index, number, SIZE_MAX, &target));
}

static void add(world *w, const char *numbers)
{
    char number[80];
    for (const char *s = numbers; *s;) {
        size_t n = strcspn(s, " ");
        snprintf(number, sizeof number, "%.*s", (int)n, s);
        add_of(w, number, 1);
        s += n + (s[n] == ' ');
    }
}

static const char *const kinds[] = { "?", "exact", "structured", "bare", "list", "range", "merged", "suffix", "prefix", "repaired", "unknown" };

/* What is found, as "number@start-end kind; ...". */
static const char *found_with(world *w, const char *text, const arc_reference_options *o)
{
    static char out[4096];
    arc_reference_hit hits[64];
    size_t n = 64, at = 0;
    for (size_t i = 0; i < n; i++) assert_ok(arc_reference_hit_init(&hits[i]));
    assert_ok(arc_reference_index_find(w->index, hits, &n, text, SIZE_MAX, o));
    out[0] = 0;
    for (size_t i = 0; i < n; i++) {
        char number[80] = "";
        size_t len = sizeof number;
        assert_true(hits[i].start < hits[i].end && hits[i].end <= strlen(text));
        if (hits[i].n_numbers) assert_ok(arc_reference_index_number(w->index, number, &len, NULL, hits[i].numbers[0]));
        at += (size_t)snprintf(out + at, sizeof out - at, "%s%s%s@%d-%d %s", i ? "; " : "", number, hits[i].n_numbers > 1 ? "?" : "", (int)hits[i].start, (int)hits[i].end, kinds[hits[i].kind]);
    }
    return out;
}

static const char *found(world *w, const char *text) { return found_with(w, text, NULL); }

#define IS(text, want) assert_string_equal(found(&w, text), want)

/* ---- check digits --------------------------------------------------------------------------------------------------------------------- */

static void check_digits(void **state)
{
    static const struct { int32_t scheme; int right; const char *text; } cases[] = {
        { ARC_SCHEME_RF, 1, "RF18539007547034" }, { ARC_SCHEME_RF, 1, "RF451234512345" }, { ARC_SCHEME_RF, 1, "RF68AB2G5" }, { ARC_SCHEME_RF, 1, "RF720HYA6" }, { ARC_SCHEME_RF, 0, "RF17539007547034" },
        { ARC_SCHEME_RF, 0, "RF19GAX8WS5JYOOUJ87" }, { ARC_SCHEME_RF, 1, "RF18000000000539007547034" }, { ARC_SCHEME_RF, 1, "RF341234561" }, { ARC_SCHEME_RF, 1, "rf18 5390 0754 7034" },
        { ARC_SCHEME_FINNISH, 1, "1234561" }, { ARC_SCHEME_FINNISH, 1, "2023000098" }, { ARC_SCHEME_FINNISH, 0, "2023000095" }, { ARC_SCHEME_FINNISH, 0, "111111111111111111111" },
        { ARC_SCHEME_KID, 1, "602243" }, { ARC_SCHEME_KID, 1, "1234567897" }, { ARC_SCHEME_KID, 0, "1234567898" }, { ARC_SCHEME_KID11, 1, "123456785" }, { ARC_SCHEME_KID11, 1, "104-" },
        { ARC_SCHEME_KID11, 1, "1090" }, { ARC_SCHEME_OCR_LENGTH, 1, "1234574" }, { ARC_SCHEME_OCR_LENGTH, 0, "1234564" }, { ARC_SCHEME_OCR, 1, "1234574" },
        { ARC_SCHEME_OGM, 1, "020343057642" }, { ARC_SCHEME_OGM, 1, "+++020/3430/57642+++" }, { ARC_SCHEME_OGM, 1, "***020/3430/53497***" }, { ARC_SCHEME_OGM, 0, "020343057641" },
        { ARC_SCHEME_QRR, 1, "210000000003139471430009017" }, { ARC_SCHEME_QRR, 1, "21 00000 00003 13947 14300 09017" }, { ARC_SCHEME_QRR, 0, "210000000003139471430009018" },
        { ARC_SCHEME_FAPIAO, 1, "25312000000012345678" }, { ARC_SCHEME_FAPIAO, 0, "25992000000012345678" }, { ARC_SCHEME_FAPIAO, 0, "2531200000001234567" }, { ARC_SCHEME_RF, 0, "" }, { 99, 0, "1" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (arc_reference_check(cases[i].scheme, cases[i].text, SIZE_MAX) != cases[i].right) fail_msg("%s of %s", arc_scheme_name(cases[i].scheme), cases[i].text);
    assert_int_equal(arc_reference_check(ARC_SCHEME_RF, NULL, 0), 0);
}

static void made(void **state)
{
    static const struct { int32_t scheme; const char *number, *want; } cases[] = {
        { ARC_SCHEME_RF, "539007547034", "RF18539007547034" }, { ARC_SCHEME_FINNISH, "123456", "1234561" }, { ARC_SCHEME_KID, "123456789", "1234567897" }, { ARC_SCHEME_KID11, "104", "104-" },
        { ARC_SCHEME_OCR_LENGTH, "12345", "1234574" }, { ARC_SCHEME_OGM, "203430576", "020343057642" }, { ARC_SCHEME_OGM, "0203430534", "020343053497" },
        { ARC_SCHEME_QRR, "21000000000313947143000901", "210000000003139471430009017" }, { ARC_SCHEME_QRR, "92100700000005690220631200", "921007000000056902206312007" },
    };
    char buf[40];
    size_t len;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        len = sizeof buf;
        assert_ok(arc_reference_make(buf, &len, cases[i].scheme, cases[i].number));
        if (strcmp(buf, cases[i].want) != 0) fail_msg("%s: %s", cases[i].number, buf);
        assert_int_equal(arc_reference_check(cases[i].scheme, buf, len), 1);
    }
    /* what check digits cannot see: Luhn takes 09 for 90, 7-3-1 a swap of digits five apart */
    len = sizeof buf, assert_ok(arc_reference_make(buf, &len, ARC_SCHEME_OCR, "4509")), assert_int_equal(buf[4], '6');
    len = sizeof buf, assert_ok(arc_reference_make(buf, &len, ARC_SCHEME_OCR, "4590")), assert_int_equal(buf[4], '6');
    len = sizeof buf, assert_ok(arc_reference_make(buf, &len, ARC_SCHEME_FINNISH, "1216")), assert_int_equal(buf[4], '6');
    len = sizeof buf, assert_ok(arc_reference_make(buf, &len, ARC_SCHEME_FINNISH, "1261")), assert_int_equal(buf[4], '6');
    len = sizeof buf, assert_int_equal(arc_reference_make(buf, &len, ARC_SCHEME_OGM, "12345678901"), ARC_E_VALUE);
    len = sizeof buf, assert_int_equal(arc_reference_make(buf, &len, ARC_SCHEME_FAPIAO, "1"), ARC_E_INVALID);
}

/* ---- numbers -------------------------------------------------------------------------------------------------------------------------- */

static void as_they_stand(void **state)
{
    world w;
    (void)state;
    begin(&w);
    add(&w, "INV-01-001 INV-01-002 INV-2025-0001 10045 PO-9901 SO2025A7 销字2025第12号");
    IS("INV-01-001", "INV-01-001@0-10 exact");
    IS("payment inv 01 001 thanks", "INV-01-001@8-18 exact");
    IS("INV01001", "INV-01-001@0-8 exact");
    IS("INV-01-001 INV-01-002", "INV-01-001@0-10 exact; INV-01-002@11-21 exact");
    IS("INV 2025-0001", "INV-2025-0001@0-13 exact");
    IS("ＩＮＶ－２０２５－０００１", "INV-2025-0001@0-39 exact");
    IS("INV-2025-\n0001", "INV-2025-0001@0-14 exact");
    IS("INV-20\n25-0001", "INV-2025-0001@0-14 exact");
    IS("2025-0001", "INV-2025-0001@0-9 bare");
    IS("Rechnung 10045 vom 12.03.2025", "10045@9-14 exact");
    IS("发票10045货款", "10045@6-11 exact");
    IS("PO-9901", "PO-9901@0-7 exact");
    IS("po 9901, so2025a7", "PO-9901@0-7 exact; SO2025A7@9-17 exact");
    IS("付 销字2025第12号 款", "销字2025第12号@4-22 exact");
    IS("110046", "");
    IS("1004523", "");
    IS("", "");
    end(&w);
}

static void never_mistaken(void **state)
{
    world w;
    (void)state;
    begin(&w);
    add(&w, "20250131 31012025 13800138000 1234567 123456 2025 310125 12500 50000 123 4567 1708 DE123456789 91350100M000100Y43 491701234567 89370400440532013000 10045");
    IS("paid 2025-01-31 and 20250131 on 31.01.2025", "");
    IS("2025年1月31日 20250131付款", "");
    IS("Tel 1234567", "");
    IS("电话1234567", "");
    IS("13800138000", "");
    IS("+49 170 1234567", "");
    IS("EUR 12500", "");
    IS("50000 EUR @ 1.08", "");
    IS("12,500.00", "");
    IS("12.500,00", "");
    IS("\xc2\xa5" "12500", "");
    IS("12500元", "");
    IS("at 17:08", "");
    IS("VAT DE123456789", "");
    IS("税号91350100M000100Y43", "");
    IS("DE89 3704 0044 0532 0130 00", "");
    IS("in 2025", "");
    IS("12 Jan 2025, January 2025, 2025/01", "");
    IS("10045 12500.00 20250131", "10045@0-5 exact");
    arc_reference_options o = ARC_REFERENCE_OPTIONS_INIT;
    const char *own[] = { "DE02 1234 5600 0001 2345 67" };
    o.accounts = own;
    o.n_accounts = 1;
    o.amount = (arc_money){ 5000000, "EUR", 0 };
    assert_string_equal(found_with(&w, "50000 10045", &o), "10045@6-11 exact");
    assert_string_equal(found_with(&w, "0001234567", &o), "");
    end(&w);
}

static void lists_and_ranges(void **state)
{
    world w;
    (void)state;
    begin(&w);
    add(&w, "INV10041 INV10042 INV10043 INV10044 INV10045 INV10050");
    IS("INV10041/42/45", "INV10041@0-8 exact; INV10042@9-11 list; INV10045@12-14 list");
    IS("INV 10041, 10042 and 10045", "INV10041@0-9 exact; INV10042@11-16 list; INV10045@21-26 list");
    IS("10041-45", "INV10041@0-5 bare; INV10042@0-8 range; INV10043@0-8 range; INV10044@0-8 range; INV10045@6-8 range");
    IS("INV10041-INV10043", "INV10041@0-8 exact; INV10042@0-17 range; INV10043@9-17 exact");
    IS("INV10041 to INV10043", "INV10041@0-8 exact; INV10042@0-20 range; INV10043@12-20 exact");
    IS("INV10041至43", "INV10041@0-8 exact; INV10042@0-13 range; INV10043@11-13 range");
    IS("INV10041+42&45", "INV10041@0-8 exact; INV10042@9-11 list; INV10045@12-14 list");
    IS("10039-42", "INV10041@0-8 range; INV10042@6-8 range");
    IS("10039/42", "INV10042@6-8 list");
    IS("INV10041/2", "INV10041@0-8 exact");
    IS("INV10041INV10042", "INV10041@0-8 exact; INV10042@8-16 exact");
    IS("1004110045", "INV10041@0-5 merged; INV10045@5-10 merged");
    IS("INV1004110045", "INV10041@3-8 merged; INV10045@8-13 merged");
    end(&w);
}

static void ends_and_repairs(void **state)
{
    world w;
    int64_t one[] = { 1 };
    arc_reference_options o = ARC_REFERENCE_OPTIONS_INIT;
    (void)state;
    begin(&w);
    add_of(&w, "RE-2025-00731", 1);
    add_of(&w, "RE-2025-00845", 1);
    add_of(&w, "RE-2024-10845", 2);
    add_of(&w, "K7788991", 3);
    add_of(&w, "K7788950", 3);
    IS("00731", "RE-2025-00731@0-5 suffix");
    IS("845", "");
    o.customers = one;
    o.n_customers = 1;
    assert_string_equal(found_with(&w, "0845", &o), "RE-2025-00845@0-4 suffix");
    assert_string_equal(found_with(&w, "RE-2025-007", &o), "RE-2025-00731@0-11 prefix");
    IS("RE-2025-0O731", "RE-2025-00731@0-13 repaired");
    IS("RE-2025-00713", "RE-2025-00731@0-13 repaired");
    IS("RE-2025-0731", "RE-2025-00731@0-12 repaired");
    IS("RE-2025-000731", "RE-2025-00731@0-14 repaired");
    IS("RE-2025-00732", "RE-2025-00731@0-13 repaired");
    IS("K7788951", "K7788991?@0-8 repaired");
    IS("Kunde 4711 sagt danke", "");
    IS("FV-2019-00731", "");
    IS("FV-00731", "RE-2025-00731@3-8 suffix");
    o.flags = ARC_REFERENCE_NO_REPAIR;
    assert_string_equal(found_with(&w, "RE-2025-00732", &o), "");
    end(&w);
}

static void repairs_are_told(void **state)
{
    static const struct { const char *text; int32_t repair; int at; const char *from, *to; } cases[] = {
        { "x 7788992", ARC_REPAIR_REPLACED, 8, "2", "1" }, { "x 7789891", ARC_REPAIR_SWAPPED, 5, "98", "89" }, { "x 77888991", ARC_REPAIR_EXTRA, 4, "8", "" }, { "x 778991", ARC_REPAIR_MISSING, 4, "", "8" },
        { "x 77B8991", ARC_REPAIR_LOOKALIKE, 4, "B", "8" },
    };
    world w;
    (void)state;
    begin(&w);
    add(&w, "K7788991");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        arc_reference_hit hit = ARC_REFERENCE_HIT_INIT;
        size_t n = 1;
        assert_ok(arc_reference_index_find(w.index, &hit, &n, cases[i].text, SIZE_MAX, NULL));
        if (n != 1 || hit.kind != ARC_HIT_REPAIRED || hit.repair != cases[i].repair || (int)hit.repair_at != cases[i].at || strcmp(hit.repair_from, cases[i].from) || strcmp(hit.repair_to, cases[i].to))
            fail_msg("%s: %d hits, kind %d, repair %d at %d, '%s' to '%s'", cases[i].text, (int)n, hit.kind, hit.repair, (int)hit.repair_at, hit.repair_from, hit.repair_to);
    }
    end(&w);
}

static void structured(void **state)
{
    world w;
    (void)state;
    begin(&w);
    add(&w, "INV539007547034 12345 203430576 7001234 RF341234561");
    IS("RF18 5390 0754 7034", "INV539007547034@0-19 structured");
    IS("ref RF341234561.", "RF341234561@4-15 structured");
    IS("+++020/3430/57642+++", "203430576@3-17 structured");
    IS("1234574", "12345@0-7 structured");
    IS("RF68AB2G5", "@0-9 unknown");
    IS("25312000000012345678", "@0-20 unknown");
    end(&w);
}

/* ---- properties ----------------------------------------------------------------------------------------------------------------------- */

static uint32_t rnd(uint64_t *s)
{
    *s = *s * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*s >> 33);
}

/* Numbers of a book, one of them written among noise: it is found, and the offsets cut it out. */
static void found_in_noise(void **state)
{
    uint64_t seed = 20261122;
    world w;
    char number[32], text[256];
    (void)state;
    begin(&w);
    for (int i = 0; i < 3000; i++) {
        snprintf(number, sizeof number, "RE-%d-%05d", 2020 + i % 6, i * 31 + 7);
        add_of(&w, number, i % 50 + 1);
    }
    for (int i = 0; i < 3000; i++) {
        static const char *const noise[] = { "Zahlung", "2025-01-31", "1.234,56 EUR", "Kd 4711", "\xe8\xb4\xa7\xe6\xac\xbe", "Tel 089 123456", "\xff\xfe", "12:30", "", "#" };
        int at = snprintf(text, sizeof text, "%s ", noise[rnd(&seed) % 10]), from = at;
        snprintf(number, sizeof number, "RE-%d-%05d", 2020 + i % 6, i * 31 + 7);
        at += snprintf(text + at, sizeof text - (size_t)at, "%s", number);
        int to = at;
        snprintf(text + at, sizeof text - (size_t)at, " %s", noise[rnd(&seed) % 10]);
        arc_reference_hit hits[8];
        size_t n = 8;
        for (int k = 0; k < 8; k++) assert_ok(arc_reference_hit_init(&hits[k]));
        assert_ok(arc_reference_index_find(w.index, hits, &n, text, SIZE_MAX, NULL));
        if (n != 1 || hits[0].kind != ARC_HIT_EXACT || (int)hits[0].start != from || (int)hits[0].end != to || hits[0].numbers[0] != (uint32_t)i) fail_msg("%s: %s", text, found(&w, text));
    }
    end(&w);
}

/* Any bytes at all, and a lot of them: in bounds, in order, the same again. */
static void any_bytes(void **state)
{
    uint64_t seed = 7;
    world w;
    size_t most = 1 << 20;
    char *text = malloc(most);
    arc_reference_hit *hits = calloc(1000, sizeof *hits);
    (void)state;
    assert_true(text && hits);
    begin(&w);
    add(&w, "10041 10042 INV-01-001 RE20250001 ABC123 00000");
    for (int round = 0; round < 300; round++) {
        static const char pool[] = "0123456789INVRE-/., \n+~\xe5\x8f\xb7\xff\xc3O0l1";
        size_t length = round == 299 ? most : rnd(&seed) % 400, n = 1000;
        for (size_t i = 0; i < length; i++) text[i] = round % 3 == 2 ? (char)rnd(&seed) : pool[rnd(&seed) % (sizeof pool - 1)];
        for (size_t i = 0; i < n; i++) hits[i].struct_size = sizeof *hits;
        assert_ok(arc_reference_index_find(w.index, hits, &n, text, length, NULL));
        for (size_t i = 0; i < n; i++) assert_true(hits[i].start < hits[i].end && hits[i].end <= length && (!i || hits[i - 1].start <= hits[i].start));
    }
    end(&w);
    free(text);
    free(hits);
}

static void wrong_arguments(void **state)
{
    world w;
    arc_reference_hit hit = ARC_REFERENCE_HIT_INIT;
    arc_reference_options o = ARC_REFERENCE_OPTIONS_INIT;
    arc_reference_target target = ARC_REFERENCE_TARGET_INIT;
    int64_t wrong[] = { 2, 1 };
    size_t n = 1, len = 0;
    (void)state;
    begin(&w);
    assert_int_equal(arc_reference_index_add(w.index, "1", SIZE_MAX, &target), ARC_E_INVALID);
    target.kind = ARC_REFERENCE_ORDER;
    assert_ok(arc_reference_index_add(w.index, "-", SIZE_MAX, &target));
    assert_int_equal(arc_reference_index_add(w.index, "12345678901234567890123456789012345678901234567890123456789012345", SIZE_MAX, &target), ARC_E_LIMIT);
    assert_int_equal(arc_reference_index_number(w.index, NULL, &len, NULL, 0), ARC_E_NOT_FOUND);
    o.customers = wrong;
    o.n_customers = 2;
    assert_int_equal(arc_reference_index_find(w.index, &hit, &n, "x", 1, &o), ARC_E_INVALID);
    assert_int_equal(arc_reference_index_find(w.index, &hit, &n, NULL, 1, NULL), ARC_E_INVALID);
    assert_int_equal(arc_reference_index_find(NULL, &hit, &n, "x", 1, NULL), ARC_E_HANDLE);
    n = 1;
    assert_ok(arc_reference_index_find(w.index, &hit, &n, "12345", 5, NULL));
    assert_int_equal(n, 0);
    target.id = 9, target.customer = 4;
    assert_ok(arc_reference_index_add(w.index, "A-17", SIZE_MAX, &target));
    target.id = 10;
    assert_ok(arc_reference_index_add(w.index, "a17", SIZE_MAX, &target));
    n = 1;
    assert_ok(arc_reference_index_find(w.index, &hit, &n, "for A/17", 8, NULL));
    assert_int_equal(n, 1);
    assert_ok(arc_reference_index_target(w.index, &target, hit.numbers[0], 1));
    assert_int_equal(target.id, 10);
    assert_int_equal(arc_reference_index_target(w.index, &target, hit.numbers[0], 2), ARC_E_NOT_FOUND);
    end(&w);
}

static void shown(void **state)
{
    test_env t;
    char buf[2000];
    size_t len = sizeof buf;
    (void)state;
    test_open(&t);
    assert_ok(arc_reference_read(t.ctx, buf, &len, "Inv 1 2025-01-31 RF341234561", SIZE_MAX, NULL));
    assert_non_null(strstr(buf, "\"folded\":\"INV120250131RF341234561\""));
    assert_non_null(strstr(buf, "{\"start\":6,\"end\":10,\"text\":\"2025\",\"mask\":\"date\"}"));
    assert_non_null(strstr(buf, "{\"start\":17,\"end\":28,\"text\":\"RF341234561\",\"schemes\":[\"rf\"]}"));
    test_close(&t);
}

static void check_input(test_env *t, const char *s, size_t n, uint64_t *seed)
{
    const char *fault = fuzz_reference(t->ctx, s, n);
    (void)seed;
    if (fault) fail_msg("%s: %.*s", fault, (int)n, s);
}

static void corpus(void **state)
{
    test_env t;
    (void)state;
    test_open(&t);
    assert_int_equal(corpus_replay("reference", 300, check_input, &t), 4);
    test_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_digits),   cmocka_unit_test(made),      cmocka_unit_test(as_they_stand),  cmocka_unit_test(never_mistaken), cmocka_unit_test(lists_and_ranges),
        cmocka_unit_test(ends_and_repairs), cmocka_unit_test(repairs_are_told), cmocka_unit_test(structured), cmocka_unit_test(found_in_noise), cmocka_unit_test(any_bytes),
        cmocka_unit_test(wrong_arguments), cmocka_unit_test(shown), cmocka_unit_test(corpus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
