/* SPDX-License-Identifier: Apache-2.0 */
/* Imports of what is no document: contacts, bank accounts, titles, opening balances; footers, units of 10,000, control totals, files read twice. */
#include "api/importing.h"

#include <iconv.h>
#include <stdlib.h>

#define CUSTOMER "{\"entity\":\"customer\",\"match\":[\"code\"],\"fields\":{\"code\":{\"column\":\"客户编码\"},\"legal_name\":{\"column\":\"客户全称\"}}}"
#define MINE "{\"customer\":{\"match\":\"customer\"},"
#define MASTER(file) \
    "{\"mapping\":\"arcore/1\",\"file\":{" file "\"footers\":[\"合计\"]},\"targets\":[" CUSTOMER "," \
    "{\"entity\":\"contact\",\"when\":{\"column\":\"联系人\",\"filled\":true},\"fields\":" MINE "\"name\":{\"column\":\"联系人\"},\"mobile\":{\"column\":\"手机\"}}}," \
    "{\"entity\":\"bank_account\",\"when\":{\"column\":\"账号\",\"filled\":true},\"fields\":" MINE "\"number\":{\"column\":\"账号\"},\"bank\":{\"value\":\"工行\"}}}," \
    "{\"entity\":\"invoice_title\",\"when\":{\"column\":\"税号\",\"filled\":true},\"fields\":" MINE "\"title\":{\"column\":\"客户全称\"},\"tax_no\":{\"column\":\"税号\"}}}]}"
static const char master[] = MASTER("");
static const char master_utf8[] = MASTER("\"encoding\":\"utf-8\",");

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
    static const char bad[] = "客户,单号,日期,到期,余额（万元）\nA,O1,2025-12-31,,1\nA,O4,2025-12-31,,1.1234567\nC,O5,2025-12-31,,1\nA,O6,2025-12-31,,0\nA,O7,2025-12-31,,3\nA,O7,2025-12-31,,3\n";
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
    assert_int_equal(b.faults.statuses[2], ARC_E_REFERENCE); /* nobody knows C, and the file has no name of his */
    assert_int_equal(b.faults.statuses[3], ARC_E_VALUE);     /* nothing */
    assert_int_equal(b.faults.statuses[4], ARC_E_EXISTS);    /* twice in the file */
    assert_int_equal(rows_of(&b, ARC_ITEM), 4);
    assert_int_equal(findings(&b), 0);
    arc_session_close(b.session);
    arc_book_close(b.book);
    test_close(&t);
}

/* Credit balances are taken over like debts; what only writing would meet is told by the dry run, row by row. */
static void test_opening_credits(void **state)
{
    static const char map[] = "{\"mapping\":\"arcore/1\",\"file\":{\"grouping\":\",\"},\"targets\":[{\"entity\":\"customer\",\"match\":[\"code\"],\"fields\":{\"code\":{\"column\":\"c\"}}},"
                              "{\"entity\":\"item\",\"fields\":" MINE "\"number\":{\"column\":\"no\"},\"kind\":{\"column\":\"kind\"},\"business_date\":{\"value\":\"2025-12-31\"},"
                              "\"currency\":{\"value\":\"CNY\"},\"amount\":{\"column\":\"amount\"},\"tax_amount\":{\"column\":\"tax\"}}}]}";
    static const char good[] = "c,no,kind,amount,tax\nA,D1,,600.00,\nA,C1,,-25.50,\nB,C2,opening,(100.00),\n";
    static const char bad[] = "c,no,kind,amount,tax\nA,X1,invoiced,-1.00,\nA,X2,fee,0.00,\nA,X3,opening,-5.00,0.10\nA,X4,invoiced,5.00,6.00\nA,X5,planned,5.00,\nA,X6,refund,5.00,\nA,X7,fee,5.00,\n";
    static const arc_status says[] = { ARC_E_VALUE, ARC_E_VALUE, ARC_E_VALUE, ARC_E_VALUE, ARC_E_REQUIRED, ARC_E_VALUE };
    static const char *const fields[] = { "amount", "amount", "tax_amount", "tax_amount", "contract", "kind" };
    test_env t;
    book b;
    (void)state;
    test_open(&t);
    open_book(&t, &b, "memory:credits");
    assert_ok(run(&b, customers, master, 0));
    assert_ok(run(&b, good, map, ARC_IMPORT_DRY_RUN));
    assert_int_equal(told.last.minor, 47450);
    assert_int_equal(told.last.count, 3);
    assert_ok(run(&b, good, map, 0));
    assert_int_equal(rows_of(&b, ARC_ITEM), 3);
    assert_int_equal(findings(&b), 0);
    assert_int_equal(run(&b, bad, map, ARC_IMPORT_DRY_RUN), ARC_PARTIAL);
    assert_int_equal(b.faults.n, 6);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(b.faults.statuses[i], says[i]);
        assert_int_equal(b.faults.lines[i], i + 2);
        assert_string_equal(b.faults.fields[i], fields[i]);
    }
    assert_int_equal(run(&b, bad, map, 0), ARC_E_VALUE); /* nothing is written of a file with faults */
    assert_int_equal(rows_of(&b, ARC_ITEM), 3);
    assert_int_equal(run(&b, bad, map, ARC_IMPORT_SKIP_BAD), ARC_PARTIAL);
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
    static const char whole[] = "{\"mapping\":\"arcore/1\",\"targets\":[{\"entity\":\"customer\",\"match\":[\"code\"],\"fields\":{\"code\":{\"column\":\"c\"}}},"
                                "{\"entity\":\"credit_limit\",\"fields\":" MINE "\"currency\":{\"value\":\"CNY\"},\"amount\":{\"column\":\"l\"},\"valid_from\":{\"column\":\"from\"},\"valid_to\":{\"column\":\"to\"},"
                                "\"scope\":{\"column\":\"scope\"},\"kind\":{\"column\":\"kind\"}}}]}";
    test_env t;
    book b;
    int64_t id;
    (void)state;
    test_open(&t);
    open_book(&t, &b, "memory:limits");
    assert_ok(run(&b, customers, master, 0));
    assert_int_equal(run(&b, "c,l,from\nA,100,2026-01-01\n", limits, ARC_IMPORT_DRY_RUN), ARC_PARTIAL); /* a credit check is missing: the dry run says so of its row */
    assert_int_equal(b.faults.n, 1);
    assert_int_equal(b.faults.statuses[0], ARC_E_REQUIRED);
    assert_int_equal(b.faults.lines[0], 2);
    assert_int_equal(run(&b, "c,l,from\nA,100,2026-01-01\n", limits, 0), ARC_E_VALUE);
    assert_int_equal(rows_of(&b, ARC_CREDIT_LIMIT), 0);
    assert_ok(arc_definition_save(b.session, &id, "credit_policy", "default", "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"limit_needs_check\":false}", SIZE_MAX, NULL));
    assert_ok(arc_definition_publish(b.session, id, NULL, NULL));
    assert_int_equal(run(&b, "c,l,from\nA,100,2026-01-01\nB,-1,2026-01-01\nQ,1,2026-01-01\n", limits, ARC_IMPORT_DRY_RUN), ARC_PARTIAL);
    assert_int_equal(b.faults.statuses[0], ARC_E_RANGE);
    assert_int_equal(b.faults.statuses[1], ARC_E_REFERENCE);
    assert_string_equal(b.faults.column, "c");
    assert_string_equal(b.faults.value, "Q");
    assert_ok(run(&b, "c,l,from\nA,100,2026-01-01\nB,50.5,2026-01-01\n", limits, 0));
    assert_string_equal(told.entity, "credit_limit");
    assert_int_equal(told.last.minor, 150500000);
    assert_int_equal(rows_of(&b, ARC_CREDIT_LIMIT), 2);
    assert_ok(run(&b, "c,l,from\nA,100,2026-01-01\nB,60,2026-02-01\n", limits, 0));
    assert_int_equal(b.sum.others, 1);
    assert_int_equal(b.sum.others_known, 1);
    assert_int_equal(rows_of(&b, ARC_CREDIT_LIMIT), 3);
    /* twice in one file is one limit; of the whole group, or with another last day, it is another */
    assert_ok(run(&b, "c,l,from,to,scope,kind\nA,7,2026-03-01,,own,\nA,7,2026-03-01,,own,permanent\nA,7,2026-03-01,,group,\nA,7,2026-03-01,2026-04-01,own,temporary\nA,7,2026-03-01,2026-05-01,own,temporary\n", whole, 0));
    assert_int_equal(b.sum.others, 4);
    assert_int_equal(b.sum.others_known, 1);
    assert_ok(run(&b, "c,l,from,to,scope,kind\nA,7,2026-03-01,,own,\nA,7,2026-03-01,,group,\nA,7,2026-03-01,2026-04-01,own,temporary\nB,8,2026-03-01,,,\nB,8,2026-03-01,,own,\n", whole, ARC_IMPORT_DRY_RUN));
    assert_int_equal(b.sum.others, 1);
    assert_int_equal(b.sum.others_known, 4);
    assert_int_equal(run(&b, "c,l,from,to,scope,kind\nA,7,2026-06-01,2026-05-01,own,temporary\nA,7,2026-06-01,,own,temporary\nA,7,2026-06-01,,all,\n", whole, ARC_IMPORT_DRY_RUN), ARC_PARTIAL);
    assert_string_equal(b.faults.fields[0], "valid_to");
    assert_string_equal(b.faults.fields[1], "valid_to");
    assert_string_equal(b.faults.fields[2], "scope");
    arc_session_close(b.session);
    arc_book_close(b.book);
    test_close(&t);
}

/* Lists that are no invoices: a mapping is proposed for each, and reads its file. */
static void guess(book *b, char map[8000], const char *text)
{
    text_source s = { text, strlen(text), 0, 0, 0 };
    arc_source source = { sizeof source, 0, &s, read_text, rewind_text };
    size_t len = 8000;
    arc_error e = ARC_ERROR_INIT;
    const arc_status st = arc_import_guess(b->session, map, &len, &source);
    (void)arc_session_error(b->session, &e);
    if (st != ARC_OK) fail_msg("%s (%s)", e.message, text);
}

static void test_guess(void **state)
{
    static const char people[] = "\xef\xbb\xbf客户编码,客户名称,客户简称,统一社会信用代码,地址,联系人,手机,开户行,银行账号,开票抬头,税号\n"
                                 "A,甲公司,甲,91350100M000100Y43,\"上海\n浦东\",张三,１３８００１３８０００,工行,6222021234567890,甲公司,91350100M000100Y43\n"
                                 "B,乙公司,,,,,,,,,\n";
    static const char balances[] = "客户编码,单据编号,单据日期,到期日,期初余额（万元）\nA,O1,2025-12-31,2026-01-31,\"1,2\"\nA,,2025-12-31,,-0.5\nB,O3,2025-12-31,,\n";
    static const char plain[] = "customer no;opening balance\nA;1.234,50\nB;-12,00\n";
    static const char limits[] = "客户编码\t币种\t信用额度\t生效日期\t失效日期\nA\tCNY\t¥１００,０００.00\t2026/1/1\t2026/12/31\nB\tUSD\t5000\t2026/1/1\t\n";
    test_env t;
    book b;
    char map[8000];
    int64_t id;
    (void)state;
    test_open(&t);
    open_book(&t, &b, "memory:guess");
    guess(&b, map, people);
    if (run(&b, people, map, 0) != ARC_OK) fail_msg("%s: %s (%s)\n%s", b.faults.field, b.faults.reason, b.faults.value, map);
    counts(&b, 1, 2, 3, 0);
    assert_non_null(strstr(map, "\"uscc\""));
    assert_non_null(strstr(map, "\"short_name\""));
    assert_non_null(strstr(map, "\"address\""));
    guess(&b, map, balances);
    assert_null(strstr(map, "legal_name"));
    assert_non_null(strstr(map, "\"10000\""));
    guess(&b, map, plain);
    assert_ok(run(&b, plain, map, ARC_IMPORT_DRY_RUN));
    assert_int_equal(told.last.minor, 122250);
    assert_ok(run(&b, plain, map, 0));
    assert_int_equal(rows_of(&b, ARC_ITEM), 2);
    assert_ok(arc_definition_save(b.session, &id, "credit_policy", "default", "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"limit_needs_check\":false}", SIZE_MAX, NULL));
    assert_ok(arc_definition_publish(b.session, id, NULL, NULL));
    guess(&b, map, limits);
    assert_ok(run(&b, limits, map, 0));
    assert_int_equal(rows_of(&b, ARC_CREDIT_LIMIT), 2);
    assert_int_equal(findings(&b), 0);
    arc_session_close(b.session);
    arc_book_close(b.book);
    test_close(&t);
}

/* In the encoding of a spreadsheet in China. */
static size_t encode(char *out, size_t cap, const char *to, const char *utf8)
{
    iconv_t cd = iconv_open(to, "UTF-8");
    char *in = (char *)(uintptr_t)utf8, *at = out;
    size_t n = strlen(utf8), room = cap;
    assert_true(cd != (iconv_t)-1);
    assert_true(iconv(cd, &in, &n, &at, &room) != (size_t)-1);
    iconv_close(cd);
    return cap - room;
}

static arc_status run_bytes(book *b, const char *bytes, size_t n, size_t piece, const char *map, uint32_t flags)
{
    told.n = 0;
    return import_text(b, bytes, n, flags, piece, map);
}

#define PLACES "客户编码,客户全称,联系人,手机,账号,税号\n"
/* Files that are damaged in their third line, in every way files are: each tells the line, and nothing of it is written, not even of the good lines before. */
static void test_hostile(void **state)
{
    static const struct {
        const char *bad;
        size_t n;
        arc_status status;
        const char *field;
    } cases[] = {
        { "B,乙,李四\n", 0, ARC_E_SYNTAX, "" },                  /* too few columns */
        { "B,乙,李四,,,,,\n", 0, ARC_E_SYNTAX, "" },             /* too many */
        { "B,乙,\"李\0四\",,,\n", 19, ARC_E_SYNTAX, "" },         /* a NUL */
        { "B,乙,\xff\xfe,,,\n", 0, ARC_E_ENCODING, "" },         /* no text */
        { ",乙,李四,,,\n", 0, ARC_E_REQUIRED, "code" },
        { "\xe3\x80\x80,乙,李四,,,\n", 0, ARC_E_REQUIRED, "code" }, /* a wide space is no code */
        { "B,乙,李四,123456789012345678901234567890123,,\n", 0, ARC_E_LIMIT, "mobile" },
    };
    test_env t;
    book b;
    (void)state;
    test_open(&t);
    open_book(&t, &b, "memory:hostile");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[1000];
        size_t n = (size_t)snprintf(text, sizeof text, PLACES "A,甲,\"张\n三\",,,\n");
        const size_t bad = cases[i].n ? cases[i].n : strlen(cases[i].bad);
        memcpy(text + n, cases[i].bad, bad);
        n += bad;
        n += (size_t)snprintf(text + n, sizeof text - n, "C,丙,王五,,,\n");
        for (size_t piece = 0; piece < 4; piece += 3) {
            assert_int_equal(run_bytes(&b, text, n, piece, master_utf8, ARC_IMPORT_DRY_RUN), ARC_PARTIAL);
            if (b.faults.n != 1 || b.faults.lines[0] != 4 || b.faults.statuses[0] != cases[i].status || strcmp(b.faults.field, cases[i].field) != 0) {
                fail_msg("case %zu: %d faults, line %d, %d, %s: %s", i, b.faults.n, (int)b.faults.lines[0], (int)b.faults.statuses[0], b.faults.field, b.faults.reason);
            }
            assert_int_equal(b.sum.customers_new, 2);
            assert_int_equal(b.sum.others, 2);
        }
        assert_int_equal(run_bytes(&b, text, n, 1, master_utf8, 0), ARC_E_VALUE);
        assert_int_equal(rows_of(&b, ARC_CUSTOMER) + rows_of(&b, ARC_CONTACT), 0);
    }
    arc_session_close(b.session);
    arc_book_close(b.book);
    test_close(&t);
}

/* The same file in every encoding is the same rows; a cell without an end, and one longer than cells are, end where they are. */
static void test_encodings(void **state)
{
    static const char *const encodings[] = { "GBK", "GB18030", "UTF-16LE", "UTF-8" };
    static const char text[] = "\xef\xbb\xbf" PLACES "Ａ０１,甲公司（上海）,\"张,三\",１３８００１３８０００,６２２２ ０２１,\nA01,甲,\"李\"\"四\"\"\",,,\n";
    test_env t;
    (void)state;
    test_open(&t);
    for (int i = 0; i < 4; i++) {
        book b;
        char bytes[2000];
        arc_record *r;
        const char *s;
        size_t n, k;
        open_book(&t, &b, "memory:");
        n = encode(bytes, sizeof bytes, encodings[i], i == 2 || i == 3 ? text : text + 3); /* these begin with a mark of the byte order */
        assert_ok(run_bytes(&b, bytes, n, 1, master, 0));
        assert_int_equal(b.sum.customers_new, 1);
        assert_int_equal(b.sum.others, 3);
        assert_ok(arc_session_get(b.session, &r, ARC_CUSTOMER, 1));
        assert_ok(arc_customer_code(r, &s, &k));
        assert_string_equal(s, "A01");
        assert_ok(arc_customer_legal_name(r, &s, &k));
        assert_string_equal(s, "甲公司（上海）");
        arc_record_free(r);
        assert_ok(arc_session_get(b.session, &r, ARC_CONTACT, 1));
        assert_ok(arc_contact_mobile(r, &s, &k));
        assert_string_equal(s, "13800138000");
        arc_record_free(r);
        arc_session_close(b.session);
        arc_book_close(b.book);
    }
    book b;
    open_book(&t, &b, "memory:");
    static const char open_quote[] = PLACES "A,甲,张三,,,\nB,乙,\"李四,,,\nC,丙,王五,,,\n";
    assert_int_equal(run_bytes(&b, open_quote, strlen(open_quote), 0, master, ARC_IMPORT_DRY_RUN), ARC_PARTIAL);
    assert_int_equal(b.faults.lines[0], 3);
    assert_int_equal(b.sum.customers_new, 1);
    const size_t huge = (2u << 20) + 200;
    char *big = malloc(huge);
    assert_non_null(big);
    size_t n = (size_t)snprintf(big, huge, PLACES "A,甲,");
    memset(big + n, 'x', 2u << 20);
    n += 2u << 20;
    n += (size_t)snprintf(big + n, huge - n, ",,,\nB,乙,李四,,,\n");
    assert_int_equal(run_bytes(&b, big, n, 0, master, ARC_IMPORT_DRY_RUN), ARC_PARTIAL);
    assert_int_equal(b.faults.n, 1);
    assert_int_equal(b.faults.lines[0], 2);
    assert_int_equal(b.sum.customers_new, 1);
    free(big);
    assert_int_equal(rows_of(&b, ARC_CUSTOMER), 0);
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
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_master), cmocka_unit_test(test_opening), cmocka_unit_test(test_opening_credits), cmocka_unit_test(test_duplicates), cmocka_unit_test(test_limits), cmocka_unit_test(test_mappings), cmocka_unit_test(test_guess), cmocka_unit_test(test_hostile), cmocka_unit_test(test_encodings) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
