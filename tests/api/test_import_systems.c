/* SPDX-License-Identifier: Apache-2.0 */
/* The sample mappings for systems of others (examples/mappings/<system>/): each file beside them is imported through its mapping, as UTF-8 and as GBK, and the
 * book has what the file says. */
#include "importing.h"

#include <iconv.h>

typedef struct expected {
    const char *system;
    int64_t customers, invoices, receipts;  /* written by the three files */
    int64_t rows[3], passed_over;           /* of the files; rows that are neither invoice nor receipt though they stand in such a file */
    const char *currency[2];
    int64_t open[2], unapplied[2];          /* minor units, by currency */
    const char *invoice, *receipt;          /* one document of each, whole */
} expected;

static const expected systems[] = {
    { "kingdee", 3, 4, 2, { 2, 5, 3 }, 2, { "CNY", "USD" }, { 1073500, 200000 }, { 1017000, 50000 },
      "{\"number\":\"AR00000103\",\"invoice_date\":\"2026-01-20\",\"due_date\":\"2026-01-20\",\"currency\":\"CNY\",\"gross_amount\":\"-1130.00\",\"net_amount\":\"-1000.00\","
      "\"tax_amount\":\"-130.00\",\"kind\":\"credit_note\",\"remark\":\"退货\"}",
      "{\"number\":\"SKD00000021\",\"value_date\":\"2026-02-05\",\"currency\":\"CNY\",\"amount\":\"10170.00\",\"remark\":\"电汇\"}" },
    { "yonyou", 2, 3, 2, { 2, 3, 3 }, 1, { "CNY", "HKD" }, { 3880000, 300000 }, { 3080000, 0 },
      "{\"number\":\"0000000018\",\"invoice_date\":\"2026-01-06\",\"due_date\":\"2026-01-06\",\"currency\":\"HKD\",\"gross_amount\":\"3000.00\",\"kind\":\"invoice\",\"remark\":\"样品\"}",
      "{\"number\":\"0000000005\",\"value_date\":\"2026-02-04\",\"currency\":\"CNY\",\"amount\":\"800.00\",\"method\":\"bill\"}" },
    { "xiaoshouyi", 2, 2, 1, { 2, 3, 2 }, 2, { "CNY", "USD" }, { 1245050, 0 }, { 600000, 0 },
      "{\"number\":\"INV-20260107-01\",\"invoice_date\":\"2026-01-07\",\"due_date\":\"2026-01-07\",\"currency\":\"CNY\",\"gross_amount\":\"450.50\"}",
      "{\"number\":\"PAY-0001\",\"value_date\":\"2026-02-10\",\"currency\":\"CNY\",\"amount\":\"6000.00\",\"method\":\"transfer\"}" },
    { "fxiaoke", 2, 2, 1, { 2, 3, 2 }, 2, { "CNY", "USD" }, { 8920050, 0 }, { 5000000, 0 },
      "{\"number\":\"KP2026-0001\",\"invoice_date\":\"2026-01-09\",\"due_date\":\"2026-02-08\",\"currency\":\"CNY\",\"gross_amount\":\"88000.00\",\"fapiao_no\":\"26427000000012345678\"}",
      "{\"number\":\"HK2026-0001\",\"value_date\":\"2026-02-09\",\"currency\":\"CNY\",\"amount\":\"50000.00\",\"method\":\"transfer\",\"remark\":\"第一笔\"}" },
};
static const char *const parts[] = { "customers", "receivables", "receipts" };

static char *read_sample(const char *system, const char *part, const char *ext, size_t *n)
{
    char path[1024];
    snprintf(path, sizeof path, ARCORE_SOURCE_DIR "/examples/mappings/%s/%s.%s", system, part, ext);
    return test_read_file(path, n);
}

static char *as_gbk(const char *text, size_t *n)
{
    iconv_t c = iconv_open("GBK", "UTF-8");
    assert_true(c != (iconv_t)-1);
    size_t left = strlen(text), room = 2 * left + 16, all = room;
    char *out = malloc(room), *to = out, *from = (char *)(uintptr_t)text;
    assert_int_equal(iconv(c, &from, &left, &to, &room), 0);
    assert_int_equal(left, 0);
    iconv_close(c);
    *n = all - room;
    return out;
}

/* Every member of a document as JSON, against the one row that has this number. */
static void has_document(book *b, uint32_t entity, arc_field_id id_field, arc_field_id number_field, const char *json)
{
    arc_record *got;
    arc_query *q;
    arc_cursor *c;
    char number[80], a[4000], w[4000];
    size_t na = sizeof a;
    int64_t id;
    const char *at = strstr(json, "\"number\":\"") + 10;
    snprintf(number, sizeof number, "%.*s", (int)strcspn(at, "\""), at);
    assert_ok(arc_query_new(b->session, &q, entity));
    assert_ok(arc_query_select(q, &id_field, 1));
    assert_ok(arc_query_where_text(q, number_field, ARC_EQ, number, SIZE_MAX));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_int(c, &id, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    assert_ok(arc_session_get(b->session, &got, entity, id));
    assert_ok(arc_record_get_json(got, a, &na));
    arc_record_free(got);
    for (const char *p = json + 1; *p; p += *p == ',') { /* "name":"value", with the comma or brace behind it */
        size_t n = strcspn(p, ":") + 1;
        n += strcspn(p + n + 1, "\"") + 2;
        snprintf(w, sizeof w, "%.*s", (int)n, p);
        if (!strstr(a, w)) fail_msg("%s\nlacks %s", a, w);
        p += n;
        if (*p == '}') break;
    }
}

static int64_t import_part(book *b, const expected *x, int part, int gbk, uint32_t flags)
{
    size_t n, m;
    char *map = read_sample(x->system, parts[part], "json", &m), *text = read_sample(x->system, parts[part], "csv", &n), *other = gbk ? as_gbk(text, &n) : NULL;
    arc_status st = import_text(b, other ? other : text, n, flags, 0, map);
    if (st < ARC_OK || b->faults.n) print_message("%s %s: %d faults, %s %s %s\n", x->system, parts[part], b->faults.n, b->faults.column, b->faults.value, b->faults.reason);
    if (!(flags & ARC_IMPORT_SKIP_BAD)) assert_int_equal(b->faults.n, 0);
    if (!(flags & ARC_IMPORT_SKIP_BAD)) assert_ok(st);
    assert_int_equal(b->sum.rows, x->rows[part]);
    free(map);
    free(text);
    free(other);
    return b->sum.invoices + b->sum.receipts;
}

static void samples(void **state)
{
    for (int gbk = 0; gbk < 2; gbk++) {
        for (size_t i = 0; i < sizeof systems / sizeof *systems; i++) {
            const expected *x = &systems[i];
            book b;
            arc_aging *a;
            int64_t documents = 0;
            open_book(*state, &b, "memory:");
            for (int part = 0; part < 3; part++) {
                (void)import_part(&b, x, part, gbk, ARC_IMPORT_DRY_RUN);
                documents += import_part(&b, x, part, gbk, 0);
            }
            assert_int_equal(rows_of(&b, ARC_CUSTOMER), x->customers);
            assert_int_equal(rows_of(&b, ARC_INVOICE), x->invoices);
            assert_int_equal(rows_of(&b, ARC_RECEIPT), x->receipts);
            assert_int_equal(x->rows[1] + x->rows[2] - documents, x->passed_over);
            assert_ok(arc_aging_compute(b.session, &a, NULL));
            for (int k = 0; k < 2; k++) {
                arc_aging_row total = { .struct_size = sizeof total };
                if (!x->open[k]) continue;
                assert_ok(arc_aging_total(a, &total, x->currency[k]));
                assert_int_equal(total.total, x->open[k]);
                assert_int_equal(total.unapplied, x->unapplied[k]);
            }
            arc_aging_free(a);
            has_document(&b, ARC_INVOICE, ARC_INVOICE_ID, ARC_INVOICE_NUMBER, x->invoice);
            has_document(&b, ARC_RECEIPT, ARC_RECEIPT_ID, ARC_RECEIPT_NUMBER, x->receipt);
            assert_int_equal(findings(&b), 0);
            for (int part = 0; part < 3; part++) assert_int_equal(import_part(&b, x, part, gbk, ARC_IMPORT_SKIP_BAD), 0); /* nothing comes twice */
            arc_book_close(b.book);
        }
    }
}

/* They publish as definitions, and so does what says which fields a system owns: with it, what it does not own stays. */
static void definitions(void **state)
{
    for (size_t i = 0; i < sizeof systems / sizeof *systems; i++) {
        const expected *x = &systems[i];
        book b;
        size_t n;
        int64_t id, row;
        int32_t what;
        arc_record *r;
        int erp = i < 2;
        open_book(*state, &b, "memory:");
        for (int part = 0; part < 3; part++) {
            char *map = read_sample(x->system, parts[part], "json", &n), code[40];
            snprintf(code, sizeof code, "%s-%s", x->system, parts[part]);
            assert_ok(arc_definition_save(b.session, &id, "import_mapping", code, map, n, NULL));
            assert_ok(arc_definition_publish(b.session, id, NULL, NULL));
            free(map);
        }
        char *source = read_sample(x->system, "source", "json", &n);
        assert_ok(arc_definition_save(b.session, &id, "source", x->system, source, n, NULL));
        assert_ok(arc_definition_publish(b.session, id, NULL, NULL));
        free(source);
        for (int round = 0; round < 2; round++) {
            assert_ok(arc_record_new(b.session, &r, ARC_CUSTOMER));
            assert_ok(arc_customer_set_code(r, "C1", SIZE_MAX));
            assert_ok(arc_customer_set_legal_name(r, round ? "New" : "Old", SIZE_MAX));
            assert_ok(arc_customer_set_industry(r, round ? "new" : "old", SIZE_MAX));
            assert_ok(arc_session_upsert(b.session, &row, &what, r, x->system, "1", NULL));
            assert_int_equal(what, round ? ARC_UPSERT_UPDATED : ARC_UPSERT_INSERTED);
            arc_record_free(r);
        }
        assert_ok(arc_session_get(b.session, &r, ARC_CUSTOMER, row));
        char json[2000];
        n = sizeof json;
        assert_ok(arc_record_get_json(r, json, &n));
        assert_true((strstr(json, "\"legal_name\":\"New\"") != NULL) == erp);
        assert_true((strstr(json, "\"industry\":\"new\"") != NULL) == !erp);
        arc_record_free(r);
        arc_book_close(b.book);
    }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, test_setup, test_teardown)
    const struct CMUnitTest tests[] = { T(samples), T(definitions) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
