/* SPDX-License-Identifier: Apache-2.0 */
/* Vouchers: what each event says to a general ledger, numbers, states, the same bytes ever after. */
#include <cjson/cJSON.h>

#include "api/voucher_world.h"

/* ---- what each event says ------------------------------------------------------------------------------------------------ */

static void table(test_book *b)
{
    arc_session *s = b->session;
    int64_t invoice, receipt, stray, allocation;
    voucher_world(b);
    assert_session(b, world_json(s, &invoice, ARC_INVOICE,
                                 "{\"number\":\"I1\",\"customer\":1,\"invoice_date\":\"2026-01-05\",\"due_date\":\"2026-02-05\",\"currency\":\"CNY\",\"gross_amount\":\"113000.00\","
                                 "\"tax_amount\":\"13000.00\"}"));
    world_says(b, "D 1122 113000.00 C1|C 6001 100000.00|C 2221.01.07 13000.00");
    assert_session(b, world_json(s, &receipt, ARC_RECEIPT, "{\"number\":\"R1\",\"customer\":1,\"value_date\":\"2026-01-10\",\"currency\":\"CNY\",\"amount\":\"111980.00\"}"));
    world_says(b, "D 1002 111980.00|C 2203 111980.00 C1"); /* on account until it is applied */
    arc_allocation a = ARC_ALLOCATION_INIT;
    a.item = 1;
    a.receipt = receipt;
    a.amount = 11198000;
    a.discount = 100000;
    a.write_off = 2000;
    assert_session(b, arc_allocation_apply(s, &allocation, NULL, &a, 1, ARC_ALL_OR_NONE));
    world_says(b, "D 2203 111980.00 C1|C 1122 113000.00 C1|D 6603.04 1000.00|D 6603.05 20.00");
    assert_session(b, arc_allocation_reverse(s, NULL, allocation, ARC_DATE_NONE, "bounced"));
    world_says(b, "C 2203 111980.00 C1|D 1122 113000.00 C1|C 6603.04 1000.00|C 6603.05 20.00");
    assert_session(b, world_json(s, &stray, ARC_RECEIPT, "{\"number\":\"R2\",\"value_date\":\"2026-01-10\",\"currency\":\"CNY\",\"amount\":\"5.00\"}"));
    world_says(b, "D 1002 5.00|C 2241 5.00"); /* nobody knows whose it is */
    assert_session(b, world_json(s, NULL, ARC_INVOICE, "{\"number\":\"K1\",\"customer\":1,\"invoice_date\":\"2026-01-12\",\"due_date\":\"2026-02-05\",\"currency\":\"CNY\","
                                                       "\"gross_amount\":\"-1130.00\",\"tax_amount\":\"-130.00\"}"));
    world_says(b, "D 1122 -1130.00 C1 red|C 6001 -1000.00 red|C 2221.01.07 -130.00 red"); /* negative on the same sides */
}

/* ---- once, and the same ---------------------------------------------------------------------------------------------------- */

static void post(test_book *b, const char *number, int customer, const char *date, const char *gross, const char *currency)
{
    char json[400];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":%d,\"invoice_date\":\"%s\",\"due_date\":\"2026-12-31\",\"currency\":\"%s\",\"gross_amount\":\"%s\"}", number, customer,
             date, currency, gross);
    assert_session(b, world_json(b->session, NULL, ARC_INVOICE, json));
}

static void once(test_book *b)
{
    arc_voucher_summary sum = ARC_VOUCHER_SUMMARY_INIT;
    arc_voucher_print p = ARC_VOUCHER_PRINT_INIT;
    voucher_world(b);
    for (int i = 0; i < 7; i++) {
        char number[8];
        snprintf(number, sizeof number, "A%d", i);
        post(b, number, 1 + i % 2, i < 4 ? "2026-01-05" : "2026-02-05", "10.00", "CNY");
    }
    arc_voucher_options o = ARC_VOUCHER_OPTIONS_INIT;
    o.max = 3;
    assert_session(b, arc_voucher_export(b->session, &sum, "GL", WORLD_JAN, WORLD_JAN + 30, &o)); /* January alone */
    assert_int_equal(sum.n_vouchers, 3);
    assert_int_equal(sum.more, 1);
    assert_session(b, arc_voucher_export(b->session, &sum, "GL", ARC_DATE_NONE, WORLD_JAN + 60, NULL));
    assert_int_equal(sum.n_vouchers, 4);
    assert_int_equal(sum.n_entries, 4);
    assert_int_equal(sum.more, 0);
    char *first = world_print(b, &p), *again = world_print(b, &p);
    assert_string_equal(first, again);
    assert_session(b, arc_voucher_export(b->session, &sum, "GL", ARC_DATE_NONE, WORLD_JAN + 60, NULL));
    assert_int_equal(sum.n_vouchers, 0);
    assert_int_equal(sum.first, 0);
    free(again);
    again = world_print(b, &p);
    assert_string_equal(first, again);
    /* 1, 2, 3, 4 of January, 1, 2, 3 of February */
    int at = 0;
    static const char *const expected[] = { "\"period\":\"2026-01\",\"number\":1,", "\"number\":2,", "\"number\":3,", "\"number\":4,", "\"period\":\"2026-02\",\"number\":1,", "\"number\":2,", "\"number\":3," };
    for (char *line = first; *line; line = strchr(line, '\n') + 1, at++) {
        char *end = strchr(line, '\n');
        *end = 0;
        if (!strstr(line, expected[at])) fail_msg("%s lacks %s", line, expected[at]);
        *end = '\n';
    }
    assert_int_equal(at, 7);
    assert_session(b, arc_voucher_export(b->session, &sum, "OTHER", ARC_DATE_NONE, WORLD_JAN + 60, NULL)); /* each ledger by itself */
    assert_int_equal(sum.n_vouchers, 7);
    free(first);
    free(again);
}

static void merged(test_book *b)
{
    arc_voucher_options o = ARC_VOUCHER_OPTIONS_INIT;
    arc_voucher_summary sum = ARC_VOUCHER_SUMMARY_INIT;
    voucher_world(b);
    post(b, "A", 1, "2026-01-05", "10.00", "CNY");
    post(b, "B", 1, "2026-01-05", "20.00", "CNY");
    post(b, "C", 2, "2026-01-05", "40.00", "CNY");
    post(b, "D", 1, "2026-01-06", "80.00", "CNY");
    o.merge = ARC_VOUCHER_BY_CUSTOMER_DAY;
    assert_session(b, arc_voucher_export(b->session, &sum, "CD", ARC_DATE_NONE, WORLD_JAN + 60, &o));
    assert_int_equal(sum.n_vouchers, 3);
    world_lines(b, sum.first, "D 1122 30.00 C1|C 6001 30.00");
    world_lines(b, sum.first + 1, "D 1122 40.00 C2|C 6001 40.00");
    world_lines(b, sum.first + 2, "D 1122 80.00 C1|C 6001 80.00");
    o.merge = ARC_VOUCHER_BY_DAY;
    assert_session(b, arc_voucher_export(b->session, &sum, "D", ARC_DATE_NONE, WORLD_JAN + 60, &o));
    assert_int_equal(sum.n_vouchers, 2);
    world_lines(b, sum.first, "D 1122 30.00 C1|C 6001 70.00|D 1122 40.00 C2");
}

/* ---- states -------------------------------------------------------------------------------------------------------------------- */

static void states(test_book *b)
{
    arc_session *s = b->session;
    arc_status results[3];
    const int64_t ids[] = { 1, 77, 2 };
    voucher_world(b);
    post(b, "A", 1, "2026-01-05", "10.00", "CNY");
    post(b, "B", 1, "2026-01-05", "10.00", "CNY");
    assert_session(b, arc_voucher_export(s, NULL, "GL", ARC_DATE_NONE, WORLD_JAN + 60, NULL));
    assert_session_status(ARC_PARTIAL, b, arc_voucher_send(s, results, ids, 3, 0));
    assert_int_equal(results[0], ARC_OK);
    assert_int_equal(results[1], ARC_E_NOT_FOUND);
    assert_int_equal(results[2], ARC_OK);
    assert_session(b, arc_voucher_send(s, NULL, ids, 1, ARC_ALL_OR_NONE)); /* it is sent */
    assert_session(b, arc_voucher_acknowledge(s, 1, "PZ-17"));
    assert_session(b, arc_voucher_acknowledge(s, 1, "PZ-17"));
    assert_session_status(ARC_E_STATE, b, arc_voucher_acknowledge(s, 1, "PZ-18"));
    assert_session_status(ARC_E_STATE, b, arc_voucher_reject(s, 1, "no"));
    assert_session_status(ARC_E_STATE, b, arc_voucher_send(s, NULL, ids, 1, ARC_ALL_OR_NONE));
    assert_session_status(ARC_E_STATE, b, arc_voucher_rebuild(s, 1, NULL));
    assert_session_status(ARC_E_INVALID, b, arc_voucher_acknowledge(s, 2, ""));
    assert_session_status(ARC_E_INVALID, b, arc_voucher_reject(s, 2, NULL));
    assert_session_status(ARC_E_ENCODING, b, arc_voucher_reject(s, 2, "\xff"));
    assert_session(b, arc_voucher_reject(s, 2, "no account 1122"));
    assert_session_status(ARC_E_STATE, b, arc_voucher_acknowledge(s, 2, "PZ-19"));
    arc_voucher_print p = ARC_VOUCHER_PRINT_INIT;
    p.voucher = 2;
    char *before = world_print(b, &p);
    /* the map is corrected: under its number, with its entries, the voucher says something else */
    int64_t id;
    char json[8000], *at;
    size_t n = sizeof json;
    assert_ok(arc_account_map_shipped(json, &n, "china"));
    at = strstr(json, "\"1122\"");
    memcpy(at, "\"1199\"", 6);
    assert_session(b, arc_definition_save(s, &id, "account_map", "main", json, n, NULL));
    assert_session(b, arc_definition_publish(s, id, NULL, NULL));
    assert_session_status(ARC_E_NOT_FOUND, b, arc_voucher_rebuild(s, 2, "nomap"));
    assert_session(b, arc_voucher_rebuild(s, 2, NULL));
    world_lines(b, 2, "D 1199 10.00 C1|C 6001 10.00");
    char *after = world_print(b, &p);
    assert_string_not_equal(before, after);
    free(before);
    free(after);
    assert_session(b, arc_voucher_send(s, NULL, &ids[2], 1, ARC_ALL_OR_NONE));
    assert_session(b, arc_voucher_reject(s, 2, "out of office"));
    assert_session(b, arc_voucher_send(s, NULL, &ids[2], 1, ARC_ALL_OR_NONE)); /* again as it is */
    assert_session(b, arc_voucher_acknowledge(s, 2, "PZ-20"));
}

/* ---- what cannot be as it was ---------------------------------------------------------------------------------------------------- */

static void closed_period(test_book *b)
{
    arc_session *s = b->session;
    arc_voucher_summary sum = ARC_VOUCHER_SUMMARY_INIT;
    arc_voucher_print p = ARC_VOUCHER_PRINT_INIT;
    voucher_world(b);
    int64_t jan = sample_insert(s, ARC_FISCAL_PERIOD, "{\"code\":\"P1\",\"starts_on\":\"2026-01-01\",\"ends_on\":\"2026-01-31\"}");
    (void)sample_insert(s, ARC_FISCAL_PERIOD, "{\"code\":\"P2\",\"starts_on\":\"2026-02-01\",\"ends_on\":\"2026-02-28\"}");
    post(b, "A", 1, "2026-01-05", "10.00", "CNY");
    char json[2000];
    size_t n = sizeof json;
    assert_session(b, arc_fiscal_period_ready_json(s, json, &n, jan));
    assert_non_null(strstr(json, "\"code\":\"unexported\",\"severity\":\"warning\",\"count\":1"));
    assert_session(b, arc_fiscal_period_close(s, jan, NULL, 0));
    assert_session(b, arc_voucher_export(s, &sum, "GL", ARC_DATE_NONE, WORLD_JAN + 60, NULL));
    assert_int_equal(sum.n_moved, 1);
    char *text = world_print(b, &p);
    assert_non_null(strstr(text, "\"period\":\"P2\",\"number\":1,\"posting_date\":\"2026-02-01\""));
    assert_non_null(strstr(text, "\"original_date\":\"2026-01-05\""));
    assert_non_null(strstr(text, "原记账日期 2026-01-05"));
    free(text);
}

static void unvalued(test_book *b)
{
    arc_voucher_summary sum = ARC_VOUCHER_SUMMARY_INIT;
    arc_voucher_options o = ARC_VOUCHER_OPTIONS_INIT;
    arc_voucher_print p = ARC_VOUCHER_PRINT_INIT;
    voucher_world(b);
    post(b, "A", 1, "2026-01-05", "10.00", "USD"); /* no rate is known */
    o.flags = ARC_VOUCHER_VALUED;
    assert_session_status(ARC_E_VALUE, b, arc_voucher_export(b->session, &sum, "GL", ARC_DATE_NONE, WORLD_JAN + 60, &o));
    assert_session(b, arc_voucher_export(b->session, &sum, "GL", ARC_DATE_NONE, WORLD_JAN + 60, NULL));
    assert_int_equal(sum.n_unvalued, 2);
    assert_int_equal(sum.first, 1); /* nothing was left behind by the one that was refused */
    char *text = world_print(b, &p);
    assert_non_null(strstr(text, "\"currency\":\"USD\",\"debit\":\"10.00\",\"unvalued\":true"));
    free(text);
}

/* ---- maps --------------------------------------------------------------------------------------------------------------------------- */

static int32_t note(void *user, const arc_error *fault)
{
    char *all = user;
    strcat(all, fault->pointer);
    strcat(all, " ");
    return 0;
}

static void maps(test_book *b)
{
    arc_session *s = b->session;
    arc_voucher_summary sum = ARC_VOUCHER_SUMMARY_INIT;
    static const struct {
        const char *json, *pointers;
        arc_status status;
    } bad[] = {
        { "{}", " ", ARC_E_REQUIRED },
        { "{\"accounts\":{\"bank\":{\"name\":\"B\"}}}", "/accounts/bank ", ARC_E_REQUIRED },
        { "{\"accounts\":{\"bank\":{\"code\":\"\",\"name\":\"B\"}},\"x\":1}", "/x /accounts/bank/code ", ARC_E_VALUE },
        { "{\"accounts\":{\"bank\":{\"code\":\"1\",\"name\":\"B\",\"auxiliaries\":[\"who\"]}}}", "/accounts/bank/auxiliaries/0 ", ARC_E_VALUE },
        { "{\"accounts\":{\"bank\":{\"code\":\"1\",\"name\":\"B\",\"by\":[{\"code\":\"2\"}]}}}", "/accounts/bank/by/0 ", ARC_E_REQUIRED },
        { "{\"accounts\":{\"bank\":{\"code\":\"1\",\"name\":\"B\",\"by\":[{\"currency\":\"XXQ\",\"code\":\"2\"}]}}}", "/accounts/bank/by/0/currency ", ARC_E_CURRENCY },
        { "{\"accounts\":{\"bank\":{\"code\":\"1\",\"name\":\"B\",\"by\":[{\"currency\":\"USD\",\"code\":\"2\"},{\"currency\":\"USD\",\"code\":\"3\"}]}}}", "/accounts/bank/by/1 ", ARC_E_EXISTS },
        { "[", " ", ARC_E_SYNTAX },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char all[400] = "";
        arc_status st = arc_definition_check(s, "account_map", bad[i].json, SIZE_MAX, note, all);
        if (st != bad[i].status || (strcmp(all, bad[i].pointers) != 0 && bad[i].status != ARC_E_SYNTAX && bad[i].status != ARC_E_CURRENCY && i))
            fail_msg("%s: %s at %s", bad[i].json, arc_status_name(st), all);
    }
    (void)sample_insert(s, ARC_CUSTOMER, "{\"code\":\"C1\",\"legal_name\":\"C\",\"segment\":\"platform\"}");
    (void)sample_insert(s, ARC_CUSTOMER, "{\"code\":\"C2\",\"legal_name\":\"C\"}");
    post(b, "A", 1, "2026-01-05", "10.00", "CNY");
    post(b, "B", 2, "2026-01-05", "10.00", "CNY");
    post(b, "C", 2, "2026-01-05", "10.00", "USD");
    post(b, "D", 1, "2026-01-05", "10.00", "USD");
    assert_session_status(ARC_E_NOT_FOUND, b, arc_voucher_export(s, NULL, "GL", ARC_DATE_NONE, WORLD_JAN + 60, NULL)); /* no map */
    world_map(b, "main", "{\"accounts\":{\"receivable\":{\"code\":\"1\",\"name\":\"R\"}}}");
    assert_session_status(ARC_E_NOT_FOUND, b, arc_voucher_export(s, NULL, "GL", ARC_DATE_NONE, WORLD_JAN + 60, NULL)); /* no account for revenue */
    world_map(b, "main", "{\"accounts\":{\"revenue\":{\"code\":\"6\",\"name\":\"V\",\"auxiliaries\":[\"department\"]},\"receivable\":{\"code\":\"1\",\"name\":\"R\",\"auxiliaries\":[\"customer\"],"
                         "\"by\":[{\"segment\":\"platform\",\"code\":\"1.P\",\"auxiliaries\":[]},{\"currency\":\"USD\",\"code\":\"1.U\"},{\"currency\":\"USD\",\"segment\":\"platform\",\"code\":\"1.PU\"}]}}}");
    assert_session(b, arc_voucher_export(s, &sum, "GL", ARC_DATE_NONE, WORLD_JAN + 60, NULL));
    assert_int_equal(sum.n_incomplete, 4); /* revenue without the department it demands */
    world_lines(b, sum.first, "D 1.P 10.00|C 6 10.00");
    world_lines(b, sum.first + 1, "D 1 10.00 C2|C 6 10.00");
    world_lines(b, sum.first + 2, "D 1.U 10.00 C2|C 6 10.00");
    world_lines(b, sum.first + 3, "D 1.PU 10.00 C1|C 6 10.00");
}

/* ---- layouts ------------------------------------------------------------------------------------------------------------------------- */

static void layouts(test_book *b)
{
    arc_voucher_print p = ARC_VOUCHER_PRINT_INIT;
    voucher_world(b);
    (void)sample_insert(b->session, ARC_EXCHANGE_RATE,
                        "{\"kind\":\"booked\",\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"valid_on\":\"2026-01-01\",\"units\":1,\"rate\":\"7.1\"}");
    post(b, "A,1", 1, "2026-01-05", "10.00", "CNY");
    assert_session(b, arc_voucher_export(b->session, NULL, "GL", ARC_DATE_NONE, WORLD_JAN + 60, NULL));
    p.format = ARC_VOUCHER_CSV;
    p.layout = "yonyou_u8";
    p.language = "zh";
    char *text = world_print(b, &p);
    assert_string_equal(text, "填制凭证,V800\r\n2026-01-05,记,1,0,\"开票 A,1\",1122,10.00,0,0,0,1,,,,2026-01-05,,,C1,,,\r\n"
                              "2026-01-05,记,1,0,\"开票 A,1\",6001,0,10.00,0,0,1,,,,2026-01-05,,,,,,\r\n");
    free(text);
    p.layout = "kingdee_k3";
    text = world_print(b, &p);
    static const char k3[] = "\xef\xbb\xbf凭证日期,会计年度,会计期间,凭证字,凭证号,科目代码,科目名称,币别代码,币别名称,原币金额,借方,贷方,制单,审核,核准,出纳,经办,结算方式,结算号,凭证摘要,"
                             "数量,数量单位,单价,参考信息,业务日期,往来业务编号,附件数,序号,系统模块,业务描述,汇率类型,汇率,分录序号,核算项目,过账,机制凭证,现金流量\r\n"
                             "2026-01-05,2026,1,记,1,1122,应收账款,RMB,人民币,10.00,10.00,0,,NONE,NONE,NONE,,*,,\"开票 A,1\",0,*,0,\"A,1\",2026-01-05,\"A,1\",0,1,,,公司汇率,1,0,客户---C1,0,,\r\n";
    if (strncmp(text, k3, sizeof k3 - 1) != 0) fail_msg("%s", text);
    free(text);
    p.layout = "kingdee_kis";
    text = world_print(b, &p);
    if (!strstr(text, "2026-01-05,记,1,0,\"开票 A,1\",1122,应收账款,10.00,0,RMB,1,10.00,C1,,,\r\n")) fail_msg("%s", text);
    free(text);
    p.layout = "{\"separator\":\";\",\"columns\":[{\"header\":\"a\",\"value\":\"account\"},{\"header\":\"s\",\"value\":\"side\"},{\"header\":\"n\",\"value\":\"account_name\"}]}";
    p.language = "en";
    text = world_print(b, &p);
    assert_string_equal(text, "a;s;n\n1122;debit;Accounts receivable\n6001;credit;Revenue\n");
    free(text);
    static const char *const bad[] = { "nothing", "{\"columns\":[]}", "{\"columns\":[{\"header\":\"a\",\"value\":\"nothing\"}]}", "{\"columns\":[{\"header\":\"a\"}]}", "{", "{\"columns\":3}",
                                       "{\"header\":1,\"columns\":[{\"header\":\"a\",\"text\":\"\"}]}",
                                       "{\"currencies\":[],\"columns\":[{\"header\":\"a\",\"text\":\"\"}]}", "{\"currency_names\":{\"CNY\":1},\"columns\":[{\"header\":\"a\",\"text\":\"\"}]}" };
    sample_bytes bytes = { NULL, 0, 0, 0, 0 };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        p.layout = bad[i];
        assert_true(arc_voucher_write(b->session, sample_write, &bytes, NULL, &p) < 0);
    }
    assert_int_equal(bytes.n, 0);
    p.layout = NULL;
    p.status = "nothing";
    assert_session_status(ARC_E_VALUE, b, arc_voucher_write(b->session, sample_write, &bytes, NULL, &p));
    p.status = "sent";
    int64_t n = 7;
    assert_session(b, arc_voucher_write(b->session, sample_write, &bytes, &n, &p));
    assert_int_equal(n, 0);
    p.status = NULL;
    p.voucher = 99;
    assert_session_status(ARC_E_NOT_FOUND, b, arc_voucher_write(b->session, sample_write, &bytes, NULL, &p));
    free(bytes.s);
}

/* ---- balances ------------------------------------------------------------------------------------------------------------------------ */

static void balance_is(test_book *b, const arc_journal_balance_options *o, const char *expected)
{
    char json[4000];
    size_t n = sizeof json;
    assert_session(b, arc_journal_balance_json(b->session, json, &n, o));
    if (!strstr(json, expected)) fail_msg("%s lacks %s", json, expected);
}

static void balances(test_book *b)
{
    arc_journal_balance_options o = ARC_JOURNAL_BALANCE_OPTIONS_INIT;
    voucher_world(b);
    balance_is(b, NULL, "\"rows\":[]");
    post(b, "A", 1, "2026-01-05", "10.00", "CNY");
    post(b, "B", 2, "2026-01-15", "20.00", "CNY");
    post(b, "C", 2, "2026-01-25", "5.00", "USD");
    balance_is(b, NULL, "\"rows\":[{\"role\":\"receivable\",\"currency\":\"CNY\",\"debit\":\"30.00\",\"base\":\"30.00\"},"
                        "{\"role\":\"receivable\",\"currency\":\"USD\",\"debit\":\"5.00\",\"base\":\"0.00\",\"unvalued\":1},"
                        "{\"role\":\"revenue\",\"currency\":\"CNY\",\"credit\":\"30.00\",\"base\":\"-30.00\"},");
    o.as_of = WORLD_JAN + 13;
    balance_is(b, &o, "\"as_of\":\"2026-01-14\",\"rows\":[{\"role\":\"receivable\",\"currency\":\"CNY\",\"debit\":\"10.00\",\"base\":\"10.00\"},{\"role\":\"revenue\",\"currency\":\"CNY\",\"credit\":\"10.00\",\"base\":\"-10.00\"}]}");
    o.as_of = ARC_DATE_NONE;
    o.flags = ARC_JOURNAL_BY_CUSTOMER;
    o.map = "main";
    balance_is(b, &o, "{\"account\":\"1122\",\"name\":\"Accounts receivable\",\"currency\":\"CNY\",\"customer\":2,\"debit\":\"20.00\",\"base\":\"20.00\"}");
    o.customer = 1;
    balance_is(b, &o, "\"rows\":[{\"account\":\"1122\",\"name\":\"Accounts receivable\",\"currency\":\"CNY\",\"customer\":1,\"debit\":\"10.00\",\"base\":\"10.00\"},{\"account\":\"6001\",");
    size_t n = 0;
    o.map = "nomap";
    assert_session_status(ARC_E_NOT_FOUND, b, arc_journal_balance_json(b->session, NULL, &n, &o));
    o.flags = 8;
    assert_session_status(ARC_E_INVALID, b, arc_journal_balance_json(b->session, NULL, &n, &o));
    assert_session_status(ARC_E_INVALID, b, arc_journal_balance_json(b->session, NULL, NULL, NULL));
    assert_session_status(ARC_E_BUFFER, b, arc_journal_balance_json(b->session, NULL, &n, NULL));
    assert_status(ARC_E_INVALID, arc_journal_balance_options_init(NULL));
}

static void wrong(test_book *b)
{
    arc_session *s = b->session;
    arc_voucher_options o = ARC_VOUCHER_OPTIONS_INIT;
    voucher_world(b);
    assert_session_status(ARC_E_INVALID, b, arc_voucher_export(s, NULL, NULL, ARC_DATE_NONE, WORLD_JAN, NULL));
    assert_session_status(ARC_E_VALUE, b, arc_voucher_export(s, NULL, "a b", ARC_DATE_NONE, WORLD_JAN, NULL));
    assert_session_status(ARC_E_VALUE, b, arc_voucher_export(s, NULL, "", ARC_DATE_NONE, WORLD_JAN, NULL));
    assert_session_status(ARC_E_RANGE, b, arc_voucher_export(s, NULL, "GL", WORLD_JAN + 1, WORLD_JAN, NULL));
    o.merge = 3;
    assert_session_status(ARC_E_INVALID, b, arc_voucher_export(s, NULL, "GL", ARC_DATE_NONE, WORLD_JAN, &o));
    o.merge = 0;
    o.max = ARC_VOUCHER_MAX + 1;
    assert_session_status(ARC_E_INVALID, b, arc_voucher_export(s, NULL, "GL", ARC_DATE_NONE, WORLD_JAN, &o));
    assert_session_status(ARC_E_INVALID, b, arc_voucher_write(s, NULL, NULL, NULL, NULL));
    assert_status(ARC_E_HANDLE, arc_voucher_export(NULL, NULL, "GL", ARC_DATE_NONE, WORLD_JAN, NULL));
    assert_status(ARC_E_INVALID, arc_voucher_options_init(NULL));
    assert_status(ARC_E_INVALID, arc_voucher_summary_init(NULL));
    assert_status(ARC_E_INVALID, arc_voucher_print_init(NULL));
    size_t n = 0;
    assert_status(ARC_E_NOT_FOUND, arc_account_map_shipped(NULL, &n, "nothing"));
    assert_status(ARC_E_BUFFER, arc_account_map_shipped(NULL, &n, "china"));
    assert_status(ARC_E_BUFFER, arc_voucher_layout_shipped(NULL, &n, "plain"));
}

static void every_backend(void **state)
{
    static void (*const parts[])(test_book *) = { table, once, merged, states, closed_period, unvalued, maps, layouts, balances, wrong };
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
            test_book b;
            test_book_open(&b, backend);
            assert_ok(arc_session_set_business_date(b.session, WORLD_JAN + 40));
            parts[i](&b);
            world_verify(&b);
            test_book_close(&b);
        }
    }
}

/* Each role the library posts to has an account in each map that is shipped. */
static void shipped_maps(void **state)
{
    static const char *const maps[] = { "china", "generic" };
    size_t len;
    int n = 0;
    char *text = test_read_file(ARCORE_SOURCE_DIR "/lib/ledger/journal.h", &len);
    (void)state;
    for (char *at = strstr(text, "#define ARCI_ROLE_"); at; at = strstr(at + 1, "#define ARCI_ROLE_"), n++) {
        char role[64];
        const char *from = strchr(at, '"'), *to = strchr(from + 1, '"');
        snprintf(role, sizeof role, "%.*s:", (int)(to - from + 1), from);
        for (int i = 0; i < 2; i++) {
            char json[9000];
            size_t size = sizeof json;
            assert_ok(arc_account_map_shipped(json, &size, maps[i]));
            if (!strstr(json, role)) fail_msg("the map %s has no account for %s", maps[i], role);
        }
    }
    assert_true(n > 20);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_backend), cmocka_unit_test(shipped_maps) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
