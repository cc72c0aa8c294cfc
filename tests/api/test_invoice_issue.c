/* SPDX-License-Identifier: Apache-2.0 */
/* Documents with lines, issued straight: rows, items, accounts, journal, on every backend; terms, retention, discounts, currencies, numbers; what is refused. */
#include "api/invoices.h"

#define CNY "\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-31\""
#define LINE "\"name\":\"a\",\"currency\":\"CNY\",\"tax_rate\":\"0.13\""

static int backends = TEST_BACKENDS; /* and PostgreSQL where there is a server to be had */

static void one_document(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t id = issue_ok(&v, "{" CNY ",\"term\":\"EOM+1M\"}", "{" LINE ",\"quantity\":\"10\",\"price\":\"10.05\"}",
                              "{\"name\":\"b\",\"currency\":\"CNY\",\"net_amount\":\"-10.05\",\"discount_of\":1}", NULL);
        invoice_is(&v, id, "{\"number\":\"INV-202601-0001\",\"status\":\"issued\",\"kind\":\"invoice\",\"net_amount\":\"90.45\",\"tax_amount\":\"11.76\","
                           "\"gross_amount\":\"102.21\",\"due_date\":\"2026-02-28\",\"term\":\"EOM+1M\",\"issued_on\":\"2026-02-16\"}");
        assert_int_equal(sum_of(&v, ARC_INVOICE_LINE, ARC_INVOICE_LINE_GROSS_AMOUNT), 10221);
        assert_int_equal(sum_of(&v, ARC_ITEM_STATE, ARC_ITEM_STATE_OPEN), 10221);
        assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN), 10221);
        assert_int_equal(role_sum(&v, "receivable"), 10221);
        assert_int_equal(role_sum(&v, "revenue"), -9045);
        assert_int_equal(role_sum(&v, "output_vat"), -1176);
        invoices_close(&v);
    }
}

static void define_term(invoices *v, const char *code, const char *json)
{
    int64_t id;
    assert_session(&v->b, arc_definition_save(v->s, &id, "term", code, json, SIZE_MAX, NULL));
    assert_session(&v->b, arc_definition_publish(v->s, id, NULL, NULL));
}

/* T1.6, T3.1: instalments and retention add up, each with its own day; an event that has not happened gives none. */
static void terms_and_items(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        invoices v;
        invoices_open(&v, backend);
        define_term(&v, "343", "{\"lines\":[{\"percent\":\"30\",\"due\":{\"kind\":\"net\"}},{\"percent\":\"40\",\"due\":{\"kind\":\"net\",\"days\":30}},"
                               "{\"due\":{\"kind\":\"net\",\"days\":60}}],\"discounts\":[{\"percent\":\"2\",\"until\":{\"kind\":\"net\",\"days\":10},\"grace_days\":3,\"line\":2}]}");
        (void)issue_ok(&v, "{" CNY ",\"term\":\"343\"}", "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"100.01\",\"tax_rate\":\"0.13\"}", NULL);
        row_is(&v, ARC_ITEM, 1, "{\"seq\":1,\"amount\":\"30.00\",\"due_date\":\"2026-01-31\",\"kind\":\"invoiced\",\"tax_amount\":\"3.45\"}");
        row_is(&v, ARC_ITEM, 2, "{\"seq\":2,\"amount\":\"40.00\",\"due_date\":\"2026-03-02\",\"discounts\":[{\"until\":\"2026-02-13\",\"percent\":\"2\",\"amount\":\"0.80\"}]}");
        row_is(&v, ARC_ITEM, 3, "{\"seq\":3,\"amount\":\"30.01\",\"due_date\":\"2026-04-01\"}");
        (void)issue_ok(&v, "{" CNY ",\"term\":\"NET30\",\"retention\":\"0.05\",\"retention_term\":\"12M@ACCEPTANCE\"}", "{" LINE ",\"gross_amount\":\"100000\"}", NULL);
        row_is(&v, ARC_ITEM, 4, "{\"seq\":1,\"amount\":\"95000.00\",\"due_date\":\"2026-03-02\",\"kind\":\"invoiced\"}");
        row_is(&v, ARC_ITEM, 5, "{\"seq\":2,\"amount\":\"5000.00\",\"kind\":\"retention\",\"due_date\":null,\"base_date\":null}");
        assert_int_equal(role_sum(&v, "retention_receivable"), 500000);
        (void)issue_ok(&v, "{" CNY ",\"term\":\"NET30\",\"retention\":\"0.05\",\"retention_term\":\"12M@ACCEPTANCE\",\"accepted_on\":\"2026-02-10\"}", "{" LINE ",\"gross_amount\":\"100000\"}",
                       NULL);
        row_is(&v, ARC_ITEM, 7, "{\"amount\":\"5000.00\",\"kind\":\"retention\",\"due_date\":\"2027-02-10\",\"base_date\":\"2026-02-10\"}");
        (void)issue_ok(&v, "{" CNY ",\"due_date\":\"2026-05-05\"}", "{" LINE ",\"net_amount\":\"1\"}", NULL); /* by hand */
        row_is(&v, ARC_ITEM, 8, "{\"due_date\":\"2026-05-05\",\"base_date\":\"2026-01-31\"}");
        (void)issue_ok(&v, "{" CNY "}", "{" LINE ",\"net_amount\":\"1\"}", NULL); /* the customer's */
        row_is(&v, ARC_ITEM, 9, "{\"due_date\":\"2026-03-02\"}");
        (void)issue_ok(&v, "{" CNY ",\"base_date\":\"2026-02-10\",\"term\":\"NET5@DELIVERY\"}", "{" LINE ",\"net_amount\":\"1\"}", NULL);
        row_is(&v, ARC_ITEM, 10, "{\"due_date\":\"2026-02-15\",\"base_date\":\"2026-02-10\"}");
        issue_refused(&v, ARC_E_VALUE, "term", "", "{" CNY ",\"term\":\"nowhere\"}", "{" LINE ",\"net_amount\":\"1\"}", NULL);
        issue_refused(&v, ARC_E_VALUE, "due_date", "", "{" CNY ",\"term\":\"343\",\"due_date\":\"2026-05-05\"}", "{" LINE ",\"net_amount\":\"1\"}", NULL);
        issue_refused(&v, ARC_E_RANGE, "retention", "", "{" CNY ",\"retention\":\"1.5\"}", "{" LINE ",\"net_amount\":\"1\"}", NULL);
        invoices_close(&v);
    }
}

/* A term's calendar shifts its dates; a year it does not know is an error. */
static void calendars(void **state)
{
    invoices v;
    (void)state;
    invoices_open(&v, 0);
    define_term(&v, "CN30", "{\"calendar\":\"CN\",\"due\":{\"kind\":\"net\",\"days\":30,\"convention\":\"following\"}}");
    issue_refused(&v, ARC_E_CALENDAR, "term", "", "{" CNY ",\"term\":\"CN30\"}", "{" LINE ",\"net_amount\":\"1\"}", NULL);
    (void)sample_insert(v.s, ARC_CALENDAR, "{\"code\":\"CN\",\"year\":2026,\"weekend\":96,\"days\":[{\"date\":\"2026-03-02\",\"name\":\"x\",\"isOffDay\":true}]}");
    (void)issue_ok(&v, "{" CNY ",\"term\":\"CN30\"}", "{" LINE ",\"net_amount\":\"1\"}", NULL);
    row_is(&v, ARC_ITEM, 1, "{\"due_date\":\"2026-03-03\"}");
    (void)issue_ok(&v, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-29\",\"term\":\"CN30\"}", "{" LINE ",\"net_amount\":\"1\"}", NULL); /* a Saturday */
    row_is(&v, ARC_ITEM, 2, "{\"due_date\":\"2026-03-03\"}");
    issue_refused(&v, ARC_E_CALENDAR, "term", "", "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-12-20\",\"term\":\"CN30\"}", "{" LINE ",\"net_amount\":\"1\"}", NULL);
    invoices_close(&v);
}

/* A product gives name, unit, classification and the rate of the day. */
static void products(void **state)
{
    invoices v;
    (void)state;
    invoices_open(&v, 1);
    (void)sample_insert(v.s, ARC_TAX_CODE, "{\"code\":\"V13\",\"name\":\"16%\",\"kind\":\"standard\",\"rate\":\"0.16\",\"valid_from\":\"2018-05-01\",\"valid_to\":\"2019-03-31\"}");
    (void)issue_ok(&v, "{" CNY "}", "{\"product\":1,\"currency\":\"CNY\",\"quantity\":\"2\",\"price\":\"50\"}", NULL);
    row_is(&v, ARC_INVOICE_LINE, 1, "{\"name\":\"水泵\",\"unit\":\"台\",\"tax_class\":\"1090107010000000000\",\"tax_rate\":\"0.1300\",\"tax_kind\":\"standard\",\"net_amount\":\"100.00\","
                                    "\"tax_amount\":\"13.00\",\"gross_amount\":\"113.00\",\"seq\":1}");
    (void)issue_ok(&v, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2019-03-31\"}", "{\"product\":1,\"currency\":\"CNY\",\"net_amount\":\"100\"}", NULL);
    row_is(&v, ARC_INVOICE_LINE, 2, "{\"tax_rate\":\"0.1600\",\"tax_amount\":\"16.00\"}");
    (void)issue_ok(&v, "{" CNY "}", "{\"product\":1,\"currency\":\"CNY\",\"net_amount\":\"100\",\"name\":\"own\",\"tax_kind\":\"exempt\"}", NULL);
    row_is(&v, ARC_INVOICE_LINE, 3, "{\"name\":\"own\",\"tax_rate\":\"0.0000\",\"tax_kind\":\"exempt\",\"tax_amount\":\"0.00\"}");
    issue_refused(&v, ARC_E_VALUE, "tax_rate", "/lines/0/tax_rate", "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2017-01-01\"}",
                  "{\"product\":1,\"currency\":\"CNY\",\"net_amount\":\"100\"}", NULL);
    issue_refused(&v, ARC_E_REFERENCE, "product", "/lines/1/product", "{" CNY "}", "{" LINE ",\"net_amount\":\"1\"}", "{\"product\":9,\"currency\":\"CNY\",\"net_amount\":\"100\"}", NULL);
    invoices_close(&v);
}

/* A foreign document is valued whole, and its parts add up. */
static void currencies(void **state)
{
    invoices v;
    (void)state;
    invoices_open(&v, 0);
    const char *line = "{\"name\":\"a\",\"currency\":\"USD\",\"net_amount\":\"33.34\",\"tax_kind\":\"zero\"}";
    const char *role = "{\"name\":\"b\",\"currency\":\"USD\",\"net_amount\":\"66.67\",\"tax_kind\":\"zero\",\"account_role\":\"fee_income\"}";
    int64_t id = issue_ok(&v, "{\"customer\":1,\"currency\":\"USD\",\"invoice_date\":\"2026-01-31\"}", line, role, NULL); /* no rate is known */
    invoice_is(&v, id, "{\"base_amount\":null,\"gross_amount\":\"100.01\"}");
    (void)sample_insert(v.s, ARC_EXCHANGE_RATE, "{\"kind\":\"booked\",\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"valid_on\":\"2026-01-01\",\"units\":1,\"rate\":\"7.12345678\"}");
    define_term(&v, "halves", "{\"lines\":[{\"percent\":\"50\",\"due\":{\"kind\":\"net\"}},{\"due\":{\"kind\":\"net\",\"days\":30}}]}");
    id = issue_ok(&v, "{\"customer\":1,\"currency\":\"USD\",\"invoice_date\":\"2026-01-31\",\"term\":\"halves\"}", line, role, NULL);
    invoice_is(&v, id, "{\"base_currency\":\"CNY\",\"base_amount\":\"712.42\",\"fx_rate\":\"7.12345678\",\"tax_status\":null}"); /* the document tells its rate */
    assert_int_equal(sum_of(&v, ARC_ITEM, ARC_ITEM_BASE_AMOUNT), 71242);
    assert_int_equal(sum_of(&v, ARC_ITEM_STATE, ARC_ITEM_STATE_BASE_OPEN), 71242);
    assert_int_equal(sum_of(&v, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT), 0);
    assert_int_equal(role_sum(&v, "fee_income"), -2 * 6667);
    id = issue_ok(&v, "{\"customer\":1,\"currency\":\"USD\",\"invoice_date\":\"2026-01-31\",\"fx_rate\":\"7.2\"}", line, role, NULL);
    invoice_is(&v, id, "{\"base_amount\":\"720.07\",\"fx_rate\":\"7.20000000\"}");
    id = issue_ok(&v, "{\"customer\":1,\"currency\":\"USD\",\"invoice_date\":\"2026-01-31\",\"base_currency\":\"CNY\",\"base_amount\":\"700.00\",\"fapiao_no\":\"24312000000000000009\"}", line, role, NULL);
    invoice_is(&v, id, "{\"base_amount\":\"700.00\",\"fx_rate\":null,\"tax_status\":\"issued\"}");
    invoices_close(&v);
}

/* What is wrong is said with the field, and the line where there is one; nothing is left behind. */
static void refusals(void **state)
{
    invoices v;
    (void)state;
    invoices_open(&v, 1);
    issue_refused(&v, ARC_E_REQUIRED, "customer", "", "{\"currency\":\"CNY\"}", "{" LINE ",\"net_amount\":\"1\"}", NULL);
    issue_refused(&v, ARC_E_REQUIRED, "currency", "", "{\"customer\":1}", "{" LINE ",\"net_amount\":\"1\"}", NULL);
    issue_refused(&v, ARC_E_REQUIRED, "", "", "{" CNY "}", NULL);
    issue_refused(&v, ARC_E_REFERENCE, "customer", "", "{\"customer\":9,\"currency\":\"CNY\"}", "{" LINE ",\"net_amount\":\"1\"}", NULL);
    issue_refused(&v, ARC_E_VALUE, "status", "", "{" CNY ",\"status\":\"issued\"}", "{" LINE ",\"net_amount\":\"1\"}", NULL);
    issue_refused(&v, ARC_E_VALUE, "gross_amount", "", "{" CNY ",\"gross_amount\":\"1.14\"}", "{" LINE ",\"net_amount\":\"1\"}", NULL);
    issue_refused(&v, ARC_E_VALUE, "gross_amount", "", "{" CNY "}", "{" LINE ",\"net_amount\":\"-1\"}", NULL);
    issue_refused(&v, ARC_E_CURRENCY, "currency", "/lines/0/currency", "{\"customer\":1,\"currency\":\"USD\"}", "{" LINE ",\"net_amount\":\"1\"}", NULL);
    issue_refused(&v, ARC_E_REQUIRED, "tax_rate", "/lines/1/tax_rate", "{" CNY "}", "{" LINE ",\"net_amount\":\"1\"}", "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"1\"}", NULL);
    issue_refused(&v, ARC_E_REQUIRED, "name", "/lines/0/name", "{" CNY "}", "{\"currency\":\"CNY\",\"net_amount\":\"1\",\"tax_rate\":\"0.13\"}", NULL);
    issue_refused(&v, ARC_E_VALUE, "seq", "/lines/0/seq", "{" CNY "}", "{" LINE ",\"net_amount\":\"1\",\"seq\":3}", NULL);
    issue_refused(&v, ARC_E_REFERENCE, "contract", "", "{" CNY ",\"contract\":5}", "{" LINE ",\"net_amount\":\"1\"}", NULL);
    (void)sample_insert(v.s, ARC_CUSTOMER, "{\"code\":\"C2\",\"legal_name\":\"b\",\"status\":\"blocked\"}");
    issue_refused(&v, ARC_E_STATE, "customer", "", "{\"customer\":2,\"currency\":\"CNY\"}", "{" LINE ",\"net_amount\":\"1\"}", NULL);
    (void)sample_insert(v.s, ARC_CUSTOMER, "{\"code\":\"C3\",\"legal_name\":\"c\"}");
    issue_refused(&v, ARC_E_REQUIRED, "due_date", "", "{\"customer\":3,\"currency\":\"CNY\"}", "{" LINE ",\"net_amount\":\"1\"}", NULL);
    assert_int_equal(invoices_count(&v, ARC_INVOICE), 0);
    assert_int_equal(invoices_count(&v, ARC_INVOICE_LINE), 0);
    assert_int_equal(invoices_count(&v, ARC_ITEM), 0);
    (void)issue_ok(&v, "{" CNY "}", "{" LINE ",\"net_amount\":\"1\"}", NULL);
    invoice_is(&v, 1, "{\"number\":\"INV-202601-0001\"}"); /* no number was lost */
    invoices_close(&v);
}

/* Bounds of the fapiao are settings. */
static void limits(void **state)
{
    invoices v;
    (void)state;
    invoices_open(&v, 0);
    const char *off = "{" LINE ",\"net_amount\":\"100\",\"tax_amount\":\"13.07\"}";
    issue_refused(&v, ARC_E_VALUE, "tax_amount", "/lines/0/tax_amount", "{" CNY "}", off, NULL);
    (void)sample_insert(v.s, ARC_BOOK_SETTING, "{\"name\":\"invoice.limit.line_tax\",\"value\":7}");
    (void)issue_ok(&v, "{" CNY "}", off, NULL);
    (void)sample_insert(v.s, ARC_BOOK_SETTING, "{\"name\":\"invoice.limit.document_tax\",\"value\":\"much\"}");
    issue_refused(&v, ARC_E_STATE, "value", "", "{" CNY "}", off, NULL);
    invoices_close(&v);
}

enum { BATCH = 40 };

/* Each document by itself; numbers without a gap although some are refused, and some were typed in before. */
static void batches(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        invoices v;
        arc_invoice_document d[BATCH];
        arc_status results[BATCH];
        int64_t ids[BATCH];
        invoices_open(&v, backend);
        (void)issue_ok(&v, "{" CNY ",\"number\":\"INV-202601-0003\"}", "{" LINE ",\"net_amount\":\"1\"}", NULL);
        arc_record *line = invoices_record(v.s, ARC_INVOICE_LINE, "{" LINE ",\"net_amount\":\"1\"}");
        for (int i = 0; i < BATCH; i++) {
            char json[300];
            /* every seventh names a contract that does not exist, every eighth a number that is taken, one another period */
            (void)snprintf(json, sizeof json, "{\"customer\":%d,\"currency\":\"CNY\",\"invoice_date\":\"2026-0%d-01\"%s%s}", i % 5 == 4 ? 9 : 1, i == 20 ? 2 : 1,
                           i % 7 == 6 ? ",\"project\":99" : "", i % 8 == 7 ? ",\"number\":\"INV-202601-0003\"" : "");
            arc_invoice_document_init(&d[i]);
            d[i].invoice = invoices_record(v.s, ARC_INVOICE, json);
            d[i].lines = &line;
            d[i].n_lines = 1;
        }
        assert_session_status(ARC_PARTIAL, &v.b, arc_invoice_issue_many(v.s, ids, results, d, BATCH, 0));
        int next = 1;
        for (int i = 0; i < BATCH; i++) {
            char json[60];
            arc_status want = i % 5 == 4 || i % 7 == 6 ? ARC_E_REFERENCE : i % 8 == 7 ? ARC_E_EXISTS : ARC_OK;
            if (results[i] != want) fail_msg("%d on %s: %s", i, backend < TEST_BACKENDS ? test_backend_names[backend] : "postgresql", arc_status_name(results[i]));
            assert_int_equal(ids[i] != 0, want == ARC_OK);
            arc_record_free(d[i].invoice);
            if (want != ARC_OK) continue;
            if (next == 3) next++;
            (void)snprintf(json, sizeof json, "{\"number\":\"INV-2026%s-%04d\"}", i == 20 ? "02" : "01", i == 20 ? 1 : next++);
            invoice_is(&v, ids[i], json);
        }
        arc_record_free(line);
        invoices_close(&v);
    }
}

/* In a transaction of the caller's own a number is drawn as well, and given back when it is rolled back. */
static void in_a_transaction(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        invoices v;
        arc_txn *txn;
        invoices_open(&v, backend);
        for (int i = 0; i < 2; i++) {
            assert_session(&v.b, arc_session_begin(v.s, &txn, ARC_WRITE));
            int64_t id = issue_ok(&v, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-31\"}", "{\"name\":\"A\",\"currency\":\"CNY\",\"net_amount\":\"1.00\",\"tax_rate\":\"0.13\"}", NULL);
            invoice_is(&v, id, "{\"number\":\"INV-202601-0001\"}");
            if (i) assert_ok(arc_txn_commit(txn));
            else arc_txn_rollback(txn);
        }
        assert_int_equal(invoices_count(&v, ARC_INVOICE), 1);
        invoices_close(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_document), cmocka_unit_test(terms_and_items), cmocka_unit_test(calendars), cmocka_unit_test(products), cmocka_unit_test(currencies),
        cmocka_unit_test(refusals),     cmocka_unit_test(limits),          cmocka_unit_test(batches), cmocka_unit_test(in_a_transaction),
    };
    if (test_postgresql_start()) backends = TEST_POSTGRESQL + 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_postgresql_stop();
    return failed;
}
