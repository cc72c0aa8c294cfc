/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of queries as CSV and JSON lines. */
#include "sample.h"

#include "arcore/exchange.h"
#include "io/csv.h"

typedef struct fixture {
    arc_book *book;
    arc_session *s;
    arc_query *q;
    sample_bytes out;
} fixture;

static fixture *start(test_env *t, fixture *f, uint32_t entity, const arc_field_id *fields, size_t n)
{
    memset(f, 0, sizeof *f);
    f->book = sample_open(t, "memory:export", ARC_BOOK_CREATE);
    sample_fill(f->book, 3);
    assert_ok(arc_session_open(f->book, &f->s, NULL));
    assert_ok(arc_query_new(f->s, &f->q, entity));
    if (n) assert_ok(arc_query_select(f->q, fields, n));
    return f;
}

static void stop(fixture *f)
{
    free(f->out.s);
    arc_book_close(f->book);
}

static void run(fixture *f, arc_status expected, uint32_t format, const arc_export_options *o)
{
    arc_error e = ARC_ERROR_INIT;
    arc_status st;
    f->out.n = 0;
    st = arc_query_export(f->q, NULL, format, sample_write, &f->out, o);
    (void)arc_query_error(f->q, &e);
    if (st != expected) fail_msg("%s instead of %s: %s", arc_status_name(st), arc_status_name(expected), e.message);
    if (st < 0 && st != ARC_E_HANDLE) assert_int_equal(e.status, st);
}

static const arc_field_id some[] = { ARC_CUSTOMER_CODE, ARC_CUSTOMER_LEGAL_NAME, ARC_CUSTOMER_REGISTERED_CAPITAL,
                                     ARC_CUSTOMER_SIZE_DECLARED_ON, ARC_CUSTOMER_PARENT, ARC_CUSTOMER_REMARK };

static void test_csv(void **state)
{
    fixture f;
    arc_export_options o = ARC_EXPORT_OPTIONS_INIT;
    int64_t rows = 0;
    start(*state, &f, ARC_CUSTOMER, some, 6);
    assert_ok(arc_query_limit(f.q, 2));
    run(&f, ARC_OK, ARC_EXPORT_CSV, NULL);
    assert_string_equal(f.out.s, "code,legal_name,registered_capital,size_declared_on,parent,remark,capital_currency\r\n"
                                 "C0000,\"上海甲0有限公司, \"\"乙\"\"\n\",-5000.00,2026-01-01,5,'=SUM(A1),CNY\r\n"
                                 "C0001,\"上海甲1有限公司, \"\"乙\"\"\n\",-4000,2026-01-02,,,JPY\r\n");
    o.flags = ARC_EXPORT_BOM | ARC_EXPORT_LF | ARC_EXPORT_RAW;
    o.language = "zh";
    o.delimiter = ';';
    o.null_text = "NULL";
    run(&f, ARC_OK, ARC_EXPORT_CSV, &o);
    assert_string_equal(f.out.s, "\xEF\xBB\xBF" "客户编码;客户全称;注册资本;规模声明日期;母公司;备注;注册资本币种\n"
                                 "C0000;\"上海甲0有限公司, \"\"乙\"\"\n\";-5000.00;2026-01-01;5;=SUM(A1);CNY\n"
                                 "C0001;\"上海甲1有限公司, \"\"乙\"\"\n\";-4000;2026-01-02;NULL;NULL;JPY\n");
    o.flags = ARC_EXPORT_QUOTE_ALL | ARC_EXPORT_NO_HEADER | ARC_EXPORT_LF;
    assert_ok(arc_query_select(f.q, some, 1));
    run(&f, ARC_OK, ARC_EXPORT_CSV, &o);
    assert_string_equal(f.out.s, "\"C0000\"\n\"C0001\"\n");
    assert_ok(arc_query_limit(f.q, 0));
    f.out.n = 0;
    assert_ok(arc_query_export(f.q, &rows, ARC_EXPORT_CSV, sample_write, &f.out, NULL));
    assert_int_equal(rows, 24);
    stop(&f);
}

/* A cell of text that a spreadsheet would run gets an apostrophe; numbers never do. */
static void test_formulas(void **state)
{
    fixture f;
    static const char *const starts[] = { "=", "+", "-", "@", "\\t", "\\r" };
    char json[200];
    size_t i;
    arc_field_id remark = ARC_CUSTOMER_REMARK;
    start(*state, &f, ARC_CUSTOMER, &remark, 1);
    for (i = 0; i < 6; i++) {
        snprintf(json, sizeof json, "{\"code\":\"F%d\",\"legal_name\":\"n\",\"segment\":\"f\",\"remark\":\"%s1\"}", (int)i, starts[i]);
        (void)sample_insert(f.s, ARC_CUSTOMER, json);
    }
    (void)sample_insert(f.s, ARC_CUSTOMER, "{\"code\":\"F6\",\"legal_name\":\"n\",\"segment\":\"f\",\"remark\":\"a=1\"}");
    (void)sample_insert(f.s, ARC_CUSTOMER, "{\"code\":\"F7\",\"legal_name\":\"n\",\"segment\":\"f\",\"remark\":\"\"}");
    (void)sample_insert(f.s, ARC_CUSTOMER, "{\"code\":\"F8\",\"legal_name\":\"n\",\"segment\":\"f\"}");
    assert_ok(arc_query_where_text(f.q, ARC_CUSTOMER_SEGMENT, ARC_EQ, "f", SIZE_MAX));
    run(&f, ARC_OK, ARC_EXPORT_CSV, NULL);
    assert_string_equal(f.out.s, "remark\r\n'=1\r\n'+1\r\n'-1\r\n'@1\r\n'\t1\r\n\"'\r1\"\r\na=1\r\n\"\"\r\n\"\"\r\n");
    stop(&f);
}

static void test_json_lines(void **state)
{
    fixture f;
    start(*state, &f, ARC_CUSTOMER, some, 6);
    assert_ok(arc_query_limit(f.q, 2));
    run(&f, ARC_OK, ARC_EXPORT_JSON_LINES, NULL);
    assert_string_equal(f.out.s, "{\"code\":\"C0000\",\"legal_name\":\"上海甲0有限公司, \\\"乙\\\"\\n\",\"registered_capital\":\"-5000.00\",\"size_declared_on\":\"2026-01-01\","
                                 "\"parent\":5,\"remark\":\"=SUM(A1)\",\"capital_currency\":\"CNY\"}\n"
                                 "{\"code\":\"C0001\",\"legal_name\":\"上海甲1有限公司, \\\"乙\\\"\\n\",\"registered_capital\":\"-4000\",\"size_declared_on\":\"2026-01-02\","
                                 "\"parent\":null,\"remark\":null,\"capital_currency\":\"JPY\"}\n");
    stop(&f);
}

static void test_grouped(void **state)
{
    fixture f;
    start(*state, &f, ARC_CUSTOMER, NULL, 0);
    assert_ok(arc_query_group(f.q, ARC_CUSTOMER_CAPITAL_CURRENCY));
    assert_ok(arc_query_measure(f.q, ARC_COUNT, 0));
    assert_ok(arc_query_measure(f.q, ARC_SUM, ARC_CUSTOMER_REGISTERED_CAPITAL));
    run(&f, ARC_OK, ARC_EXPORT_CSV, NULL);
    assert_string_equal(f.out.s, "capital_currency,count,sum_registered_capital\r\nCNY,12,72000.00\r\nJPY,12,84000\r\n");
    run(&f, ARC_OK, ARC_EXPORT_JSON_LINES, NULL);
    assert_string_equal(f.out.s, "{\"capital_currency\":\"CNY\",\"count\":12,\"sum_registered_capital\":\"72000.00\"}\n"
                                 "{\"capital_currency\":\"JPY\",\"count\":12,\"sum_registered_capital\":\"84000\"}\n");
    stop(&f);
}

static int32_t stop_at_once(void *user, int64_t done, int64_t total)
{
    (void)done;
    (void)total;
    return *(int32_t *)user;
}

static void test_refusals(void **state)
{
    fixture f;
    arc_export_options o = ARC_EXPORT_OPTIONS_INIT;
    int32_t yes = 1;
    start(*state, &f, ARC_CUSTOMER, some, 6);
    run(&f, ARC_E_INVALID, 3, NULL);
    assert_status(ARC_E_INVALID, arc_query_export(f.q, NULL, ARC_EXPORT_CSV, NULL, NULL, NULL));
    o.flags = 0x20;
    run(&f, ARC_E_INVALID, ARC_EXPORT_CSV, &o);
    o.flags = 0;
    o.language = "fr";
    run(&f, ARC_E_INVALID, ARC_EXPORT_CSV, &o);
    o.language = NULL;
    o.delimiter = '"';
    run(&f, ARC_E_INVALID, ARC_EXPORT_CSV, &o);
    o.delimiter = 0xA7;
    run(&f, ARC_E_INVALID, ARC_EXPORT_CSV, &o);
    o.delimiter = 0;
    o.null_text = "a,b";
    run(&f, ARC_E_INVALID, ARC_EXPORT_CSV, &o);
    o.null_text = NULL;
    o.progress = stop_at_once;
    o.progress_user = &yes;
    run(&f, ARC_E_CANCELLED, ARC_EXPORT_CSV, &o);
    yes = 0;
    f.out.calls = 0;
    f.out.stop_at = 1;
    run(&f, ARC_E_CANCELLED, ARC_EXPORT_CSV, &o);
    f.out.stop_at = 0;
    run(&f, ARC_OK, ARC_EXPORT_CSV, &o);
    arc_query_free(f.q);
    assert_status(ARC_E_HANDLE, arc_query_export(f.q, NULL, ARC_EXPORT_CSV, sample_write, &f.out, NULL));
    stop(&f);
}

/* What was written is read back by our own reader, cell by cell as the cursor has it. */
static void test_own_reader(void **state)
{
    test_env *t = *state;
    fixture f;
    arc_export_options o = ARC_EXPORT_OPTIONS_INIT;
    arci_csv_options c = ARCI_CSV_OPTIONS_INIT;
    arci_csv *csv;
    arci_csv_row row;
    arc_cursor *cursor;
    int rows = 0;
    start(t, &f, ARC_CUSTOMER, some, 2);
    o.flags = ARC_EXPORT_RAW | ARC_EXPORT_BOM;
    run(&f, ARC_OK, ARC_EXPORT_CSV, &o);
    assert_ok(arci_csv_new(&t->env, &csv, &c));
    assert_ok(arci_csv_push(&t->env, csv, f.out.s, f.out.n, 1));
    assert_ok(arci_csv_next(&t->env, csv, &row));
    assert_string_equal(row.cells[0].s, "code");
    assert_ok(arc_query_run(f.q, &cursor));
    while (arci_csv_next(&t->env, csv, &row) == ARC_OK) {
        uint32_t i;
        assert_ok(arc_cursor_next(cursor));
        for (i = 0; i < 2; i++) {
            const char *text;
            size_t n;
            assert_ok(arc_cursor_get_text(cursor, &text, &n, i));
            assert_int_equal(n, row.cells[i].len);
            assert_memory_equal(text, row.cells[i].s, n);
        }
        rows++;
    }
    assert_int_equal(rows, 24);
    assert_status(ARC_DONE, arc_cursor_next(cursor));
    arci_csv_free(csv);
    stop(&f);
}

static void save(test_env *t, fixture *f, const char *name)
{
    FILE *file;
    (void)test_dir(t);
    file = fopen(test_path(t, name), "w");
    assert_int_equal(fwrite(f->out.s, 1, f->out.n, file), f->out.n);
    fclose(file);
}

/* Python's csv and json modules read the same from both forms, all columns of the entity. */
static void test_python(void **state)
{
    test_env *t = *state;
    fixture f;
    arc_export_options o = ARC_EXPORT_OPTIONS_INIT;
    char command[2000], csv[700];
    if (system("command -v python3 >/dev/null") != 0) {
        fprintf(stderr, "SKIPPED: python3 not found, exports not read by Python\n");
        skip();
    }
    start(t, &f, ARC_CUSTOMER, NULL, 0);
    o.flags = ARC_EXPORT_RAW;
    o.null_text = "\\N";
    run(&f, ARC_OK, ARC_EXPORT_CSV, &o);
    save(t, &f, "rows.csv");
    run(&f, ARC_OK, ARC_EXPORT_JSON_LINES, NULL);
    save(t, &f, "rows.jsonl");
    snprintf(csv, sizeof csv, "%s", test_path(t, "rows.csv"));
    snprintf(command, sizeof command, "python3 -B %s/tests/api/export_oracle.py %s %s", ARCORE_SOURCE_DIR, csv, test_path(t, "rows.jsonl"));
    assert_int_equal(system(command), 0);
    stop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_csv, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_formulas, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_json_lines, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_grouped, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_refusals, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_own_reader, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_python, test_setup, test_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
