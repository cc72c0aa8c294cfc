/* SPDX-License-Identifier: Apache-2.0 */
/* Imports of what is no document: contacts, bank accounts, titles, opening balances; footers, units of 10,000, control totals, files read twice. */
#include "api/importing.h"

#define CUSTOMER "{\"entity\":\"customer\",\"match\":[\"code\"],\"fields\":{\"code\":{\"column\":\"客户编码\"},\"legal_name\":{\"column\":\"客户全称\"}}}"
#define MINE "{\"customer\":{\"match\":\"customer\"},"
static const char master[] =
    "{\"mapping\":\"arcore/1\",\"file\":{\"footers\":[\"合计\"]},\"targets\":[" CUSTOMER ","
    "{\"entity\":\"contact\",\"when\":{\"column\":\"联系人\",\"filled\":true},\"fields\":" MINE "\"name\":{\"column\":\"联系人\"},\"mobile\":{\"column\":\"手机\"}}},"
    "{\"entity\":\"bank_account\",\"when\":{\"column\":\"账号\",\"filled\":true},\"fields\":" MINE "\"number\":{\"column\":\"账号\"},\"bank\":{\"value\":\"工行\"}}},"
    "{\"entity\":\"invoice_title\",\"when\":{\"column\":\"税号\",\"filled\":true},\"fields\":" MINE "\"title\":{\"column\":\"客户全称\"},\"tax_no\":{\"column\":\"税号\"}}}]}";

static const char opening[] =
    "{\"mapping\":\"arcore/1\",\"file\":{\"grouping\":\",\",\"footers\":[\"合计\"]},\"targets\":[{\"entity\":\"customer\",\"match\":[\"code\"],\"fields\":{\"code\":{\"column\":\"客户\"}}},"
    "{\"entity\":\"item\",\"fields\":" MINE "\"number\":{\"column\":\"单号\"},\"business_date\":{\"column\":\"日期\"},\"due_date\":{\"column\":\"到期\"},"
    "\"currency\":{\"value\":\"CNY\"},\"amount\":{\"column\":\"余额（万元）\",\"unit\":\"10000\"}}}]}";

typedef struct totals {
    int n, stop;
    arc_import_total last;
    char entity[20];
} totals;

static totals told;

static int32_t on_total(void *user, const arc_import_total *t)
{
    (void)user;
    told.n++;
    told.last = *t;
    snprintf(told.entity, sizeof told.entity, "%s", t->entity);
    return told.stop;
}

static arc_status run(book *b, const char *text, const char *map, uint32_t flags)
{
    text_source s = { text, strlen(text), 0, 7, 0 };
    arc_source source = { sizeof source, 0, &s, read_text, rewind_text };
    arc_import_options o = ARC_IMPORT_OPTIONS_INIT;
    arc_import_summary_init(&b->sum);
    memset(&b->faults, 0, sizeof b->faults);
    memset(&told.last, 0, sizeof told.last);
    told.n = 0;
    o.flags = flags;
    o.fault = on_fault;
    o.user = &b->faults;
    o.total = on_total;
    return arc_import_csv(b->session, &b->sum, &source, map, SIZE_MAX, &o);
}

static const char customers[] = "客户编码,客户全称,联系人,手机,账号,税号\n"
                                "A,甲公司,张三,13800138000,6222021234567890,91350100M000100Y43\n"
                                "A,甲公司,李四,,6222021234567890,\n"
                                "B,乙公司,张三,13900139000,,\n"
                                "合计,,,,,\n";

static void counts(book *b, int64_t fresh, int64_t new_customers, int64_t others, int64_t known)
{
    (void)fresh;
    assert_int_equal(b->sum.customers_new, new_customers);
    assert_int_equal(b->sum.others, others);
    assert_int_equal(b->sum.others_known, known);
}

static void test_master(void **state)
{
    (void)state;
    for (int backend = 0; backend < 2; backend++) {
        test_env t;
        book b;
        char uri[700];
        test_open(&t);
        if (backend) snprintf(uri, sizeof uri, "sqlite:%s", test_path(&t, "more.db"));
        open_book(&t, &b, backend ? uri : "memory:more");
        assert_ok(run(&b, customers, master, ARC_IMPORT_DRY_RUN));
        counts(&b, 1, 2, 5, 1);
        assert_int_equal(rows_of(&b, ARC_CONTACT), 0);
        assert_ok(run(&b, customers, master, 0));
        assert_int_equal(b.sum.rows, 3); /* the sums at the end are no row */
        counts(&b, 1, 2, 5, 1);
        assert_int_equal(rows_of(&b, ARC_CONTACT), 3);
        assert_int_equal(rows_of(&b, ARC_BANK_ACCOUNT), 1);
        assert_int_equal(rows_of(&b, ARC_INVOICE_TITLE), 1);
        assert_ok(run(&b, customers, master, 0)); /* read twice, added once */
        counts(&b, 0, 0, 0, 6);
        assert_int_equal(rows_of(&b, ARC_CONTACT), 3);
        assert_int_equal(findings(&b), 0);
        arc_session_close(b.session);
        arc_book_close(b.book);
        test_close(&t);
    }
}

static void test_opening(void **state)
{
    static const char good[] = "客户,单号,日期,到期,余额（万元）\nA,O1,2025-12-31,2026-01-31,\"1,234.5678\"\nA,O2,2025-12-31,2026/2/28,０.５\nB,O3,2025-12-31,,￥2万\n合计,,,,\"1,233.0678\"\n";
    static const char bad[] = "客户,单号,日期,到期,余额（万元）\nA,O1,2025-12-31,,1\nA,O4,2025-12-31,,1.1234567\nC,O5,2025-12-31,,1\nA,O6,2025-12-31,,-1\nA,O7,2025-12-31,,3\nA,O7,2025-12-31,,3\n";
    test_env t;
    book b;
    (void)state;
    test_open(&t);
    open_book(&t, &b, "memory:opening");
    assert_ok(run(&b, customers, master, 0));
    assert_ok(run(&b, good, opening, ARC_IMPORT_DRY_RUN));
    assert_int_equal(told.n, 1);
    assert_string_equal(told.entity, "item");
    assert_string_equal(told.last.currency, "CNY");
    assert_int_equal(told.last.count, 3);
    assert_int_equal(told.last.minor, 1237067800);
    told.stop = 1; /* the control total is another */
    assert_int_equal(run(&b, good, opening, 0), ARC_E_CANCELLED);
    told.stop = 0;
    assert_int_equal(rows_of(&b, ARC_ITEM), 0);
    arc_error e = ARC_ERROR_INIT;
    arc_status st = run(&b, good, opening, 0);
    (void)arc_session_error(b.session, &e);
    if (st != ARC_OK) fail_msg("%s %s", e.message, e.field);
    assert_int_equal(b.sum.others, 3);
    assert_int_equal(rows_of(&b, ARC_ITEM), 3);
    assert_int_equal(run(&b, bad, opening, ARC_IMPORT_SKIP_BAD), ARC_PARTIAL);
    assert_int_equal(b.faults.n, 5);
    assert_int_equal(b.faults.statuses[0], ARC_E_EXISTS);    /* in the book */
    assert_int_equal(b.faults.statuses[1], ARC_E_PRECISION); /* a part of a fen */
    assert_int_equal(b.faults.statuses[2], ARC_E_REQUIRED);  /* nobody knows C, and the file has no name of his */
    assert_int_equal(b.faults.statuses[3], ARC_E_VALUE);     /* a credit */
    assert_int_equal(b.faults.statuses[4], ARC_E_EXISTS);    /* twice in the file */
    assert_int_equal(rows_of(&b, ARC_ITEM), 4);
    assert_int_equal(findings(&b), 0);
    arc_session_close(b.session);
    arc_book_close(b.book);
    test_close(&t);
}

static void test_duplicates(void **state)
{
    static const char more[] = "客户编码,客户全称,联系人,手机,账号,税号\nX,索迪龍自動化（上海）有限公司,,,,\nY,Zebra,,,,\n";
    test_env t;
    book b;
    (void)state;
    test_open(&t);
    open_book(&t, &b, "memory:twins");
    assert_ok(run(&b, "客户编码,客户全称,联系人,手机,账号,税号\nA,上海索迪龙自动化股份有限公司,,,,\nB,Schumann GmbH,,,,\n", master, 0));
    assert_ok(run(&b, more, master, ARC_IMPORT_DRY_RUN));
    assert_int_equal(b.faults.n, 0);
    assert_ok(run(&b, more, master, ARC_IMPORT_DRY_RUN | ARC_IMPORT_WARN_DUPLICATES));
    assert_int_equal(b.faults.n, 1);
    assert_int_equal(b.faults.last.severity, ARC_FAULT_WARNING);
    assert_int_equal(b.faults.last.row, 1);
    assert_non_null(strstr(b.faults.reason, "could be customer A"));
    assert_ok(run(&b, more, master, ARC_IMPORT_WARN_DUPLICATES));
    assert_int_equal(b.sum.customers_new, 2);
    arc_merge m = ARC_MERGE_INIT; /* merged, they are no pair; his name finds the kept one */
    arc_name_index *index;
    size_t n;
    m.kept = 1;
    m.merged = 3;
    m.reason = "one";
    assert_ok(arc_duplicate_index(b.session, &index));
    assert_ok(arc_name_index_find_pairs(index, &n, ARC_NAME_LIKELY, NULL, NULL));
    assert_int_equal(n, 1);
    arc_name_index_free(index);
    assert_ok(arc_customer_merge(b.session, NULL, &m));
    assert_ok(arc_duplicate_index(b.session, &index));
    assert_ok(arc_name_index_find_pairs(index, &n, ARC_NAME_LIKELY, NULL, NULL));
    assert_int_equal(n, 0);
    arc_name_index_free(index);
    arc_session_close(b.session);
    arc_book_close(b.book);
    test_close(&t);
}

static void test_limits(void **state)
{
    static const char limits[] = "{\"mapping\":\"arcore/1\",\"targets\":[{\"entity\":\"customer\",\"match\":[\"code\"],\"fields\":{\"code\":{\"column\":\"c\"}}},"
                                 "{\"entity\":\"credit_limit\",\"fields\":" MINE "\"currency\":{\"value\":\"CNY\"},\"amount\":{\"column\":\"l\",\"unit\":\"10000\"},\"valid_from\":{\"column\":\"from\"}}}]}";
    test_env t;
    book b;
    int64_t id;
    (void)state;
    test_open(&t);
    open_book(&t, &b, "memory:limits");
    assert_ok(run(&b, customers, master, 0));
    assert_int_equal(run(&b, "c,l,from\nA,100,2026-01-01\n", limits, 0), ARC_E_REQUIRED); /* a credit check is missing */
    assert_int_equal(rows_of(&b, ARC_CREDIT_LIMIT), 0);
    assert_ok(arc_definition_save(b.session, &id, "credit_policy", "default", "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"limit_needs_check\":false}", SIZE_MAX, NULL));
    assert_ok(arc_definition_publish(b.session, id, NULL, NULL));
    assert_int_equal(run(&b, "c,l,from\nA,100,2026-01-01\nB,-1,2026-01-01\nQ,1,2026-01-01\n", limits, ARC_IMPORT_DRY_RUN), ARC_PARTIAL);
    assert_int_equal(b.faults.statuses[0], ARC_E_RANGE);
    assert_int_equal(b.faults.statuses[1], ARC_E_REQUIRED);
    assert_ok(run(&b, "c,l,from\nA,100,2026-01-01\nB,50.5,2026-01-01\n", limits, 0));
    assert_string_equal(told.entity, "credit_limit");
    assert_int_equal(told.last.minor, 150500000);
    assert_int_equal(rows_of(&b, ARC_CREDIT_LIMIT), 2);
    assert_ok(run(&b, "c,l,from\nA,100,2026-01-01\nB,60,2026-02-01\n", limits, 0));
    assert_int_equal(b.sum.others, 1);
    assert_int_equal(b.sum.others_known, 1);
    assert_int_equal(rows_of(&b, ARC_CREDIT_LIMIT), 3);
    arc_session_close(b.session);
    arc_book_close(b.book);
    test_close(&t);
}

static void test_mappings(void **state)
{
    static const char *const wrong[] = {
        "{\"mapping\":\"arcore/1\",\"targets\":[" CUSTOMER ",{\"entity\":\"contact\",\"fields\":" MINE "\"mobile\":{\"column\":\"手机\"}}}]}",
        "{\"mapping\":\"arcore/1\",\"targets\":[" CUSTOMER ",{\"entity\":\"contact\",\"fields\":{\"customer\":{\"column\":\"x\"},\"name\":{\"column\":\"手机\"}}}]}",
        "{\"mapping\":\"arcore/1\",\"targets\":[{\"entity\":\"contact\",\"fields\":" MINE "\"name\":{\"column\":\"手机\"}}}]}",
        "{\"mapping\":\"arcore/1\",\"file\":{\"footers\":\"合计\"},\"targets\":[" CUSTOMER "]}",
    };
    test_env t;
    book b;
    (void)state;
    test_open(&t);
    open_book(&t, &b, "memory:wrong");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_true(run(&b, customers, wrong[i], 0) < 0);
    assert_int_equal(rows_of(&b, ARC_CUSTOMER), 0);
    arc_session_close(b.session);
    arc_book_close(b.book);
    test_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_master), cmocka_unit_test(test_opening), cmocka_unit_test(test_duplicates), cmocka_unit_test(test_limits), cmocka_unit_test(test_mappings) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
