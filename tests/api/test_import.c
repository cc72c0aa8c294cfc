/* SPDX-License-Identifier: Apache-2.0 */
/* Import: every kind of bad row with its place, nothing written unless clean. */
#include "importing.h"

static const char mapping[] = MAPPING;

static void good_file(void **state)
{
    static const char text[] = HEADER
        "A1,K1,One,2026-01-05,2026-02-04,CNY,\"1,000.00\",2026-02-01\n"
        "A2,K1,One,2026-01-09,2026-02-08,CNY,250.50,2026-02-01\n"
        "A3,K2,,2026-01-09,2026-02-08,CNY,99.99,\n";
    for (size_t piece = 0; piece < 4; piece++) { /* whole, and in pieces of 1, 2, 3 bytes */
        book b;
        char uri[32];
        snprintf(uri, sizeof uri, "memory:good%d", (int)piece);
        open_book(*state, &b, uri);
        assert_ok(import_text(&b, text, sizeof text - 1, ARC_IMPORT_DRY_RUN, piece, mapping));
        assert_int_equal(rows_of(&b, ARC_INVOICE), 0);
        assert_int_equal(rows_of(&b, ARC_CUSTOMER), 0);
        assert_int_equal(b.sum.invoices, 3);
        assert_int_equal(b.sum.receipts, 1);
        assert_int_equal(b.sum.allocations, 2);
        assert_int_equal(b.sum.customers_new, 2);
        assert_int_equal(b.sum.customers_known, 1);
        assert_ok(import_text(&b, text, sizeof text - 1, 0, piece, mapping));
        assert_int_equal(b.sum.invoices, 3);
        assert_int_equal(b.sum.customers_new, 2); /* as the dry run said */
        assert_int_equal(b.sum.customers_known, 1);
        assert_int_equal(b.sum.receipts, 1);
        assert_int_equal(b.sum.allocations, 2);
        assert_int_equal(rows_of(&b, ARC_INVOICE), 3);
        assert_int_equal(rows_of(&b, ARC_RECEIPT), 1);
        assert_int_equal(rows_of(&b, ARC_ALLOCATION), 2);
        assert_int_equal(findings(&b), 0);
        arc_aging *a;
        arc_aging_row total = { .struct_size = sizeof total };
        assert_ok(arc_aging_compute(b.session, &a, NULL));
        assert_ok(arc_aging_total(a, &total, "CNY"));
        assert_int_equal(total.total, 9999);
        assert_int_equal(total.unapplied, 0);
        arc_aging_free(a);
        /* once more: all numbers are taken, nothing is written twice */
        assert_status(ARC_E_VALUE, import_text(&b, text, sizeof text - 1, 0, piece, mapping));
        assert_int_equal(b.sum.bad_rows, 3);
        assert_int_equal(rows_of(&b, ARC_INVOICE), 3);
        arc_book_close(b.book);
    }
}

static void bad_rows(void **state)
{
    static const struct {
        const char *row, *column, *value, *field;
        arc_status status;
    } cases[] = {
        { "B,K,N,2026-01-05,2026-02-04,CNY,12.345,\n", "amount", "12.345", "gross_amount", ARC_E_PRECISION },
        { "B,K,N,2026-01-05,2026-02-04,CNY,abc,\n", "amount", "abc", "gross_amount", ARC_E_SYNTAX },
        { "B,K,N,2026-01-05,2026-02-04,CNY,,\n", "amount", "", "gross_amount", ARC_E_REQUIRED },
        { "B,K,N,2026-01-05,2026-02-04,CNY,99999999999999999999,\n", "amount", "99999999999999999999", "gross_amount", ARC_E_OVERFLOW },
        { "B,K,N,2026-01-05,2026-02-04,XXQ,1.00,\n", "cur", "XXQ", "currency", ARC_E_CURRENCY },
        { "B,K,N,2026-02-30,2026-03-04,CNY,1.00,\n", "date", "2026-02-30", "invoice_date", ARC_E_RANGE },
        { "B,K,N,soon,2026-03-04,CNY,1.00,\n", "date", "soon", "invoice_date", ARC_E_SYNTAX },
        { "B,K,N,2026-01-05,,CNY,1.00,\n", "due", "", "due_date", ARC_E_REQUIRED },
        { ",K,N,2026-01-05,2026-02-04,CNY,1.00,\n", "no", "", "number", ARC_E_REQUIRED },
        { "B,,N,2026-01-05,2026-02-04,CNY,1.00,\n", "cust", "", "code", ARC_E_REQUIRED },
        { "A,K,N,2026-01-05,2026-02-04,CNY,1.00,\n", "no", "A", "number", ARC_E_EXISTS },
        { "B,K,N,2026-01-05,2026-02-04,CNY,1.00\n", "", "", "", ARC_E_SYNTAX },
        { "B,K,N,2026-01-05,2026-02-04,CNY,1.00,,\n", "", "", "", ARC_E_SYNTAX },
        { "B,K,\"N\"x,2026-01-05,2026-02-04,CNY,1.00,\n", "", "", "", ARC_E_SYNTAX },
        { "B,K,\xff\xfe,2026-01-05,2026-02-04,CNY,1.00,\n", "", "", "", ARC_E_ENCODING },
        { "B,K,N,2026-01-05,2026-02-04,CNY,-5.00,2026-02-02\n", "", "", "amount", ARC_E_RANGE },
    };
    static const char good[] = "A,G,Good,2026-01-05,2026-02-04,CNY,10.00,\n", last[] = "Z,G,Good,2026-01-05,2026-02-04,CNY,20.00,\n";
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        book b;
        char text[600], uri[32];
        snprintf(text, sizeof text, "%s%s%s%s", HEADER, good, cases[i].row, last);
        snprintf(uri, sizeof uri, "memory:bad%d", (int)i);
        open_book(*state, &b, uri);
        print_message("case %d: %s", (int)i, cases[i].row);
        assert_status(ARC_E_VALUE, import_text(&b, text, strlen(text), 0, 0, mapping));
        assert_int_equal(b.faults.n, 1);
        assert_int_equal(b.faults.lines[0], 3);
        assert_int_equal(b.faults.statuses[0], cases[i].status);
        assert_string_equal(b.faults.column, cases[i].column);
        assert_string_equal(b.faults.value, cases[i].value);
        assert_string_equal(b.faults.field, cases[i].field);
        assert_true(strlen(b.faults.reason) > 5);
        assert_int_equal(b.sum.bad_rows, 1);
        assert_int_equal(rows_of(&b, ARC_INVOICE), 0);
        assert_int_equal(rows_of(&b, ARC_CUSTOMER), 0);
        assert_int_equal(rows_of(&b, ARC_IMPORT_JOB), 0);
        /* told to skip: the good rows are there, and only they */
        assert_status(ARC_PARTIAL, import_text(&b, text, strlen(text), ARC_IMPORT_SKIP_BAD, 0, mapping));
        assert_int_equal(rows_of(&b, ARC_INVOICE), 2);
        assert_int_equal(findings(&b), 0);
        arc_book_close(b.book);
    }
}

static void bad_mappings(void **state)
{
    static const struct {
        const char *json, *pointer;
        arc_status status;
    } cases[] = {
        { "{", "", ARC_E_SYNTAX },
        { "[]", "", ARC_E_SYNTAX },
        { "{\"mapping\":\"arcore/2\",\"targets\":[]}", "", ARC_E_SYNTAX },
        { "{\"mapping\":\"arcore/1\",\"mapping\":\"arcore/1\"}", "/mapping", ARC_E_EXISTS },
        { "{\"mapping\":\"arcore/1\",\"targets\":[],\"x\":1}", "/x", ARC_E_NOT_FOUND },
        { "{\"mapping\":\"arcore/1\",\"file\":{\"encoding\":\"klingon\"},\"targets\":[]}", "/file/encoding", ARC_E_SYNTAX },
        { "{\"mapping\":\"arcore/1\",\"file\":{\"date\":\"ymdx\"},\"targets\":[]}", "/file/date", ARC_E_SYNTAX },
        { "{\"mapping\":\"arcore/1\",\"targets\":[{\"entity\":\"dragon\",\"fields\":{}}]}", "/targets/0/entity", ARC_E_SYNTAX },
        { "{\"mapping\":\"arcore/1\",\"targets\":[{\"entity\":\"customer\",\"fields\":{\"code\":{\"column\":\"cust\"}}}]}", "/targets/0", ARC_E_REQUIRED },
        { "{\"mapping\":\"arcore/1\",\"targets\":[{\"entity\":\"customer\",\"fields\":{\"cod\":{\"column\":\"cust\"}}}]}", "/targets/0/fields/cod", ARC_E_NOT_FOUND },
        { "{\"mapping\":\"arcore/1\",\"targets\":[{\"entity\":\"customer\",\"fields\":{\"code\":{\"column\":\"cust\",\"value\":\"x\"}}}]}",
          "/targets/0/fields/code/value", ARC_E_SYNTAX },
        { "{\"mapping\":\"arcore/1\",\"targets\":[{\"entity\":\"customer\",\"fields\":{\"code\":{\"column\":\"nowhere\"},\"legal_name\":{\"column\":\"name\"}}}]}",
          "/targets/0/fields/code", ARC_E_NOT_FOUND },
        { "{\"mapping\":\"arcore/1\",\"targets\":[{\"entity\":\"customer\",\"fields\":{\"code\":{\"template\":\"{cust\"},\"legal_name\":{\"column\":\"name\"}}}]}",
          "/targets/0/fields/code", ARC_E_SYNTAX },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        book b;
        arc_error e = ARC_ERROR_INIT;
        open_book(*state, &b, "memory:");
        print_message("%s\n", cases[i].json);
        assert_status(cases[i].status, import_text(&b, HEADER, strlen(HEADER), 0, 0, cases[i].json));
        assert_ok(arc_session_error(b.session, &e));
        assert_int_equal(e.status, cases[i].status);
        assert_string_equal(e.pointer, cases[i].pointer);
        arc_book_close(b.book);
    }
}

static void wrong_calls(void **state)
{
    book b;
    text_source s = { HEADER, sizeof HEADER - 1, 0, 0, 0 };
    arc_source source = { sizeof source, 0, &s, read_text, rewind_text };
    arc_import_options o = ARC_IMPORT_OPTIONS_INIT;
    arc_txn *t;
    open_book(*state, &b, "memory:");
    assert_status(ARC_E_HANDLE, arc_import_csv(NULL, NULL, &source, mapping, SIZE_MAX, NULL));
    assert_status(ARC_E_INVALID, arc_import_csv(b.session, NULL, NULL, mapping, SIZE_MAX, NULL));
    assert_status(ARC_E_INVALID, arc_import_csv(b.session, NULL, &source, NULL, 0, NULL));
    o.flags = 64;
    assert_status(ARC_E_INVALID, arc_import_csv(b.session, NULL, &source, mapping, SIZE_MAX, &o));
    assert_status(ARC_E_IO, arc_import_csv_file(b.session, NULL, "/nowhere/at/all.csv", mapping, SIZE_MAX, NULL));
    assert_ok(arc_session_begin(b.session, &t, ARC_WRITE));
    assert_status(ARC_E_TXN, arc_import_csv(b.session, NULL, &source, mapping, SIZE_MAX, NULL));
    arc_txn_rollback(t);
    s.broken_at_rewind = 1;
    assert_status(ARC_E_IO, arc_import_csv(b.session, NULL, &source, mapping, SIZE_MAX, NULL));
    s.broken_at_rewind = 0;
    s.at = s.len = 0;
    assert_status(ARC_E_SYNTAX, arc_import_csv(b.session, NULL, &source, mapping, SIZE_MAX, NULL)); /* an empty file */
    arc_book_close(b.book);
}

/* Rows of separators say nothing; negatives as accountants write them. */
static void spreadsheet_habits(void **state)
{
    static const char text[] = HEADER
        "A1,K1,One,2026-01-05,2026-02-04,CNY,(30.00),\n"
        ",,,,,,,\n"
        "A2,K1,One,2026-01-06,2026-02-08,CNY,10.00-,\n"
        "A3,K1,One,2026-01-06,2026-02-08,CNY,\xef\xbc\x88" "5.00\xef\xbc\x89,\n"
        " , ,,,,,,\n";
    book b;
    arc_aging *a;
    arc_aging_row total = { .struct_size = sizeof total };
    open_book(*state, &b, "memory:");
    assert_ok(import_text(&b, text, sizeof text - 1, 0, 0, mapping));
    assert_int_equal(b.sum.rows, 3);
    assert_ok(arc_aging_compute(b.session, &a, NULL));
    assert_ok(arc_aging_total(a, &total, "CNY"));
    assert_int_equal(total.total, -4500);
    arc_book_close(b.book);
}

/* A group with a credit note: the credit is used up first, the receipt pays the rest. */
static void credit_in_a_group(void **state)
{
    static const char text[] = HEADER
        "A1,K1,One,2026-01-05,2026-02-04,CNY,100.00,2026-02-01\n"
        "A2,K1,One,2026-01-06,2026-02-08,CNY,-30.00,2026-02-01\n"
        "A3,K1,One,2026-01-07,2026-02-08,CNY,50.00,2026-02-01\n";
    book b;
    open_book(*state, &b, "memory:");
    assert_ok(import_text(&b, text, sizeof text - 1, 0, 0, mapping));
    assert_int_equal(b.sum.receipts, 1);
    assert_int_equal(findings(&b), 0);
    arc_aging *a;
    uint32_t n = 9;
    assert_ok(arc_aging_compute(b.session, &a, NULL));
    assert_ok(arc_aging_count(a, &n));
    assert_int_equal(n, 0); /* all settled, nothing unapplied */
    arc_book_close(b.book);
}

/* ---- files as people have them --------------------------------------------------------------------------------------------------- */

/* A file as a spreadsheet in China writes it: GB18030, Chinese headers, full-width digits, 2025/3/1, thousands marks, yen signs. */
static void chinese_file(void **state)
{
    static const unsigned char gbk[] = {
        0xbf, 0xcd, 0xbb, 0xa7, 0xb1, 0xe0, 0xc2, 0xeb, ',', 0xbf, 0xcd, 0xbb, 0xa7, 0xc3, 0xfb, 0xb3, 0xc6, ',', /* 客户编码,客户名称 */
        0xb7, 0xa2, 0xc6, 0xb1, 0xba, 0xc5, 0xc2, 0xeb, ',', 0xbf, 0xaa, 0xc6, 0xb1, 0xc8, 0xd5, 0xc6, 0xda, ',', /* 发票号码,开票日期 */
        0xb5, 0xbd, 0xc6, 0xda, 0xc8, 0xd5, ',', 0xb1, 0xd2, 0xd6, 0xd6, ',', 0xbc, 0xdb, 0xcb, 0xb0, 0xba, 0xcf, 0xbc, 0xc6, '\r', '\n', /* 到期日,币种,价税合计 */
        'K', '1', ',', 0xc9, 0xcf, 0xba, 0xa3, ',', 'F', '1', ',', '2', '0', '2', '5', '/', '3', '/', '1', ',', '2', '0', '2', '5', '/', '3', '/', '3', '1', ',',
        'C', 'N', 'Y', ',', '"', 0xa3, 0xa4, '1', ',', '2', '3', '4', '.', '5', '0', '"', '\r', '\n', /* ￥1,234.50 */
    };
    book b;
    char map[8192];
    size_t len = sizeof map;
    text_source s = { (const char *)gbk, sizeof gbk, 0, 0, 0 };
    arc_source source = { sizeof source, 0, &s, read_text, rewind_text };
    open_book(*state, &b, "memory:");
    assert_ok(arc_import_guess(b.session, map, &len, &source));
    assert_non_null(strstr(map, "GB18030"));
    assert_ok(import_text(&b, (const char *)gbk, sizeof gbk, 0, 0, map));
    assert_int_equal(b.sum.invoices, 1);
    arc_aging *a;
    arc_aging_row row = { .struct_size = sizeof row };
    assert_ok(arc_aging_compute(b.session, &a, NULL));
    assert_ok(arc_aging_get(a, &row, 0));
    assert_int_equal(row.total, 123450);
    assert_string_equal(row.name, "上海");
    arc_book_close(b.book);
}

/* One impossible date does not spoil the guess; a column of none names itself and a cell. */
static void guess_bad_dates(void **state)
{
    static const char one[] = "cust,invoice no,invoice date,due date,amount\nK,1,2026-02-30,2026-05-06,1.00\nK,2,2026-02-27,2026-05-06,1.00\n";
    static const char none[] = "cust,invoice no,invoice date,due date,amount\nK,1,soon,2026-05-06,1.00\n";
    book b;
    char map[8192];
    arc_error e = ARC_ERROR_INIT;
    open_book(*state, &b, "memory:");
    size_t len = sizeof map;
    text_source s = { one, sizeof one - 1, 0, 0, 0 }, t = { none, sizeof none - 1, 0, 0, 0 };
    arc_source source = { sizeof source, 0, &s, read_text, rewind_text };
    assert_ok(arc_import_guess(b.session, map, &len, &source));
    assert_non_null(strstr(map, "ymd"));
    source.user = &t;
    len = sizeof map;
    assert_status(ARC_E_VALUE, arc_import_guess(b.session, map, &len, &source));
    assert_ok(arc_session_error(b.session, &e));
    assert_string_equal(e.field, "invoice date");
    assert_non_null(strstr(e.message, "soon"));
    assert_non_null(strstr(e.message_zh, "soon"));
    arc_book_close(b.book);
}

/* Dates that can be read in two ways are reported, never chosen. */
static void guess_refuses(void **state)
{
    static const char twice[] = "cust,invoice no,invoice date,due date,amount\nK,1,03/04/2026,05/06/2026,1.00\n";
    static const char no_due[] = "cust,invoice no,invoice date,amount\nK,1,2026-01-01,1.00\n";
    static const char day_first[] = "cust,invoice no,invoice date,due date,amount\nK,1,03/04/2026,25/06/2026,\"1.000,00\"\n";
    book b;
    char map[8192];
    open_book(*state, &b, "memory:");
    const struct {
        const char *text;
        arc_status status;
    } cases[] = { { twice, ARC_E_VALUE }, { no_due, ARC_E_NOT_FOUND }, { day_first, ARC_OK } };
    for (int i = 0; i < 3; i++) {
        size_t len = sizeof map;
        text_source s = { cases[i].text, strlen(cases[i].text), 0, 0, 0 };
        arc_source source = { sizeof source, 0, &s, read_text, rewind_text };
        assert_status(cases[i].status, arc_import_guess(b.session, map, &len, &source));
    }
    assert_non_null(strstr(map, "dmy"));
    assert_non_null(strstr(map, "\"decimal\":\t\",\"") ? map : strstr(map, "\"decimal\": \",\""));
    arc_book_close(b.book);
}

/* Headers of a language, each in the ways it is written; what follows them is read as that country writes it. */
static void guess_german(void **state)
{
    static const char *const heads[] = {
        "Kundennummer;Kundenname;Rechnungsnummer;Rechnungsdatum;F\xc3\xa4lligkeit;W\xc3\xa4hrung;Betrag;Zahlungseingang\n",
        "KD-NR.;KUNDE;RECHNUNGS-NR.;BELEGDATUM;F\xc3\x84LLIG AM;W\xc3\x84HRUNG;BRUTTOBETRAG (EUR);BEZAHLT AM\n",
        "Debitor;Firma;Beleg-Nr;Datum;Faelligkeitsdatum;Whg;Summe;Zahlungsdatum\n",
    };
    static const char rows[] = "D1;M\xc3\xbcller GmbH;R-1;03.04.2025;05.05.2025;EUR;1.234,50;06.05.2025\n"
                               "D1;M\xc3\xbcller GmbH;R-2;04.04.2025;06.05.2025;EUR;12,00;\n";
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        book b;
        char map[8192], text[1000];
        size_t len = sizeof map;
        arc_error e = ARC_ERROR_INIT;
        snprintf(text, sizeof text, "%s%s", heads[i], rows);
        text_source s = { text, strlen(text), 0, 0, 0 };
        arc_source source = { sizeof source, 0, &s, read_text, rewind_text };
        open_book(*state, &b, "memory:");
        arc_status st = arc_import_guess(b.session, map, &len, &source);
        (void)arc_session_error(b.session, &e);
        print_message("%s%s", heads[i], st == ARC_OK ? "" : e.message);
        assert_ok(st);
        assert_ok(import_text(&b, text, strlen(text), 0, 0, map));
        assert_int_equal(b.sum.invoices, 2);
        assert_int_equal(b.sum.receipts, 1);
        assert_int_equal(b.sum.customers_new, 1);
        arc_aging *a;
        arc_aging_row row = { .struct_size = sizeof row };
        assert_ok(arc_aging_compute(b.session, &a, NULL));
        assert_ok(arc_aging_get(a, &row, 0));
        assert_int_equal(row.total, 1200);
        assert_string_equal(row.name, "M\xc3\xbcller GmbH");
        arc_book_close(b.book);
    }
}

/* A column headed as the schema labels the field is found, though no list has it. */
static void guess_labels(void **state)
{
    char text[500], map[8192];
    size_t len = sizeof map;
    book b;
    snprintf(text, sizeof text, "%s,%s,%s,%s,%s,%s\nK1,N,1,2026-01-05,2026-02-05,9.00\n", "\xe5\xae\xa2\xe6\x88\xb7\xe7\xbc\x96\xe7\xa0\x81", "Legal name", "Number", "Invoice date", "Due date",
             "Gross amount");
    text_source s = { text, strlen(text), 0, 0, 0 };
    arc_source source = { sizeof source, 0, &s, read_text, rewind_text };
    open_book(*state, &b, "memory:");
    assert_ok(arc_import_guess(b.session, map, &len, &source));
    assert_non_null(strstr(map, "Gross amount"));
    assert_non_null(strstr(map, "Legal name"));
    arc_book_close(b.book);
}

static int32_t stop_at(void *user, const arc_import_summary *s)
{
    return s->pass == *(uint32_t *)user && s->rows >= 20;
}

static void cancelled(void **state)
{
    char text[8000] = HEADER;
    for (int i = 0; i < 40; i++) sprintf(text + strlen(text), "N%d,K%d,N,2026-01-05,2026-02-04,CNY,1.00,\n", i, i);
    for (uint32_t pass = 1; pass <= 2; pass++) {
        book b;
        text_source s = { text, strlen(text), 0, 0, 0 };
        arc_source source = { sizeof source, 0, &s, read_text, rewind_text };
        arc_import_options o = ARC_IMPORT_OPTIONS_INIT;
        o.progress = stop_at;
        o.progress_rows = 10;
        o.user = &pass;
        open_book(*state, &b, "memory:");
        assert_status(ARC_E_CANCELLED, arc_import_csv(b.session, NULL, &source, mapping, SIZE_MAX, &o));
        assert_int_equal(rows_of(&b, ARC_INVOICE), 0);
        assert_int_equal(rows_of(&b, ARC_CUSTOMER), 0);
        arc_book_close(b.book);
    }
}

/* ---- memory ------------------------------------------------------------------------------------------------------------------- */

/* What the library itself holds at most while it imports n rows into a file; every row is a receipt of its own, or has none. */
static int64_t import_peak(test_env *t, int64_t n, int receipts, uint32_t flags)
{
    book b;
    char uri[700], name[32], *text = malloc((size_t)n * 80 + sizeof HEADER);
    size_t len = (size_t)sprintf(text, HEADER);
    for (int64_t i = 0; i < n; i++) {
        len += (size_t)sprintf(text + len, "INV-%08d,K%d,Name,2026-01-05,2026-02-04,CNY,12.34,", (int)i, (int)(i % 50));
        if (receipts) len += (size_t)sprintf(text + len, "%d-%02d-%02d", 1900 + (int)(i / 15000), 1 + (int)(i / 50 / 25 % 12), 1 + (int)(i / 50 % 25));
        text[len++] = '\n';
    }
    snprintf(name, sizeof name, "peak%d-%d-%d.arc", (int)n, receipts, (int)flags);
    snprintf(uri, sizeof uri, "sqlite:%s", test_path(t, name));
    open_book(t, &b, uri);
    t->memory.peak = t->memory.bytes;
    int64_t before = t->memory.bytes;
    assert_ok(import_text(&b, text, len, flags, 0, mapping));
    assert_int_equal(b.sum.receipts, receipts ? n : 0);
    int64_t peak = t->memory.peak - before;
    arc_book_close(b.book);
    free(text);
    return peak;
}

/* What an import keeps grows by few bytes a row: the first pass holds every number (12 bytes) and every receipt (60), the second the
 * receipts only, and tables have some room left. */
static void memory_per_row(void **state)
{
    static const struct {
        int64_t small, large;
        int receipts;
        uint32_t flags;
        double limit;
    } cases[] = { { 8192, 65536, 0, ARC_IMPORT_DRY_RUN, 20 }, { 8192, 65536, 1, ARC_IMPORT_DRY_RUN, 110 }, { 4096, 24576, 1, 0, 75 } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t small = import_peak(*state, cases[i].small, cases[i].receipts, cases[i].flags);
        int64_t large = import_peak(*state, cases[i].large, cases[i].receipts, cases[i].flags);
        double each = (double)(large - small) / (double)(cases[i].large - cases[i].small);
        print_message("%d: %lld and %lld bytes, %.1f a row\n", (int)i, (long long)small, (long long)large, each);
        assert_true(each < cases[i].limit);
    }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, test_setup, test_teardown)
    const struct CMUnitTest tests[] = { T(good_file), T(bad_rows), T(bad_mappings), T(wrong_calls), T(spreadsheet_habits), T(credit_in_a_group),
                                        T(chinese_file), T(guess_refuses), T(guess_german), T(guess_labels), T(guess_bad_dates), T(cancelled), T(memory_per_row) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
