/* SPDX-License-Identifier: Apache-2.0 */
/* Invoices stay within their contracts, orders and deliveries, on every backend. */
#include "api/invoices.h"

#define CONTRACT "\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\""
#define HEADER "\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\""
#define LINE(gross) "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"" gross "\",\"tax_rate\":\"0.13\"}"
#define NET(net) "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"" net "\",\"tax_rate\":\"0.13\"}"

static int64_t contract_of(invoices *v, const char *json)
{
    int64_t id = sample_insert(v->s, ARC_CONTRACT, json);
    assert_session(&v->b, arc_contract_activate(v->s, id));
    return id;
}

static void headroom_is(invoices *v, int64_t contract, int64_t limit, int64_t issued, int64_t left)
{
    arc_headroom h = ARC_HEADROOM_INIT;
    assert_session(&v->b, arc_headroom_compute(v->s, &h, contract));
    assert_int_equal(h.unlimited, 0);
    assert_string_equal(h.headroom.currency, "CNY");
    assert_int_equal(h.limit.minor, limit);
    assert_int_equal(h.issued.minor, issued);
    assert_int_equal(h.headroom.minor, left);
}

/* T3.2: a credit note recorded from elsewhere gives its amount back. */
static void t3_2(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t k = contract_of(&v, "{" CONTRACT ",\"number\":\"K1\",\"amount\":\"100000.00\",\"tax_included\":true}");
        (void)issue_ok(&v, "{" HEADER ",\"contract\":1}", LINE("60000.00"), NULL);
        (void)issue_ok(&v, "{" HEADER ",\"contract\":1}", LINE("30000.00"), NULL);
        arc_record *note = invoices_record(v.s, ARC_INVOICE, "{" HEADER ",\"number\":\"CN1\",\"contract\":1,\"due_date\":\"2026-02-01\",\"gross_amount\":\"-5000.00\"}");
        assert_session(&v.b, arc_invoice_record(v.s, NULL, note));
        arc_record_free(note);
        headroom_is(&v, k, 10000000, 8500000, 1500000);
        issue_refused(&v, ARC_E_GUARD, "contract", "", "{" HEADER ",\"contract\":1}", LINE("15000.01"), NULL);
        arc_error e = ARC_ERROR_INIT;
        (void)arc_session_error(v.s, &e);
        assert_non_null(strstr(e.message, "contract K1 leaves 15000.00: 85000.00 of 100000.00 are issued, the invoice is 15000.01"));
        (void)issue_ok(&v, "{" HEADER ",\"contract\":1}", LINE("15000.00"), NULL);
        headroom_is(&v, k, 10000000, 10000000, 0);
        issue_refused(&v, ARC_E_GUARD, "contract", "", "{" HEADER ",\"contract\":1}", LINE("0.01"), NULL);
        invoices_close(&v);
    }
}

/* One call with three documents: the second does not fit any more, the third does. */
static void within_a_batch(void **state)
{
    (void)state;
    static const char *const lines[] = { LINE("70.00"), LINE("40.00"), LINE("30.00") };
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_invoice_document d[3];
        arc_record *line[3];
        arc_status results[3];
        int64_t ids[3];
        invoices_open(&v, backend);
        int64_t k = contract_of(&v, "{" CONTRACT ",\"number\":\"K1\",\"amount\":\"100.00\",\"tax_included\":true}");
        for (int i = 0; i < 3; i++) {
            assert_ok(arc_invoice_document_init(&d[i]));
            d[i].invoice = invoices_record(v.s, ARC_INVOICE, "{" HEADER ",\"contract\":1}");
            line[i] = invoices_record(v.s, ARC_INVOICE_LINE, lines[i]);
            d[i].lines = &line[i];
            d[i].n_lines = 1;
        }
        assert_int_equal(arc_invoice_issue_many(v.s, ids, results, d, 3, 0), ARC_PARTIAL);
        assert_int_equal(results[0], ARC_OK);
        assert_int_equal(results[1], ARC_E_GUARD);
        assert_int_equal(results[2], ARC_OK);
        headroom_is(&v, k, 10000, 10000, 0);
        for (int i = 0; i < 3; i++) {
            arc_record_free(line[i]);
            arc_record_free(d[i].invoice);
        }
        invoices_close(&v);
    }
}

/* Tolerance; a contract without tax is measured without tax; kinds, states and dates. */
static void what_fits(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_headroom h = ARC_HEADROOM_INIT;
        invoices_open(&v, backend);
        int64_t k1 = contract_of(&v, "{" CONTRACT ",\"number\":\"K1\",\"amount\":\"100.01\",\"tolerance\":\"0.05\",\"tax_included\":true}");
        headroom_is(&v, k1, 10501, 0, 10501); /* 105.0105 */
        issue_refused(&v, ARC_E_GUARD, "contract", "", "{" HEADER ",\"contract\":1}", LINE("105.02"), NULL);
        (void)issue_ok(&v, "{" HEADER ",\"contract\":1}", LINE("105.01"), NULL);
        int64_t k2 = contract_of(&v, "{" CONTRACT ",\"number\":\"K2\",\"amount\":\"100.00\",\"tax_included\":false}");
        (void)issue_ok(&v, "{" HEADER ",\"contract\":2}", NET("100.00"), NULL);
        headroom_is(&v, k2, 10000, 10000, 0);
        int64_t k3 = contract_of(&v, "{" CONTRACT ",\"number\":\"K3\",\"kind\":\"framework\",\"starts_on\":\"2026-02-01\",\"ends_on\":\"2026-02-28\",\"tax_included\":true}");
        (void)issue_ok(&v, "{" HEADER ",\"contract\":3}", LINE("1000000.00"), NULL);
        assert_session(&v.b, arc_headroom_compute(v.s, &h, k3));
        assert_int_equal(h.unlimited, 1);
        issue_refused(&v, ARC_E_GUARD, "contract", "", "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-31\",\"contract\":3}", LINE("1.00"), NULL);
        issue_refused(&v, ARC_E_GUARD, "contract", "", "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-03-01\",\"contract\":3}", LINE("1.00"), NULL);
        issue_refused(&v, ARC_E_CURRENCY, "contract", "", "{\"customer\":1,\"currency\":\"USD\",\"invoice_date\":\"2026-02-01\",\"contract\":3}",
                      "{\"name\":\"a\",\"currency\":\"USD\",\"net_amount\":\"1.00\",\"tax_kind\":\"exempt\"}", NULL);
        (void)sample_insert(v.s, ARC_CUSTOMER, "{\"code\":\"C2\",\"legal_name\":\"乙公司\",\"term\":\"NET30\"}");
        issue_refused(&v, ARC_E_GUARD, "contract", "", "{\"customer\":2,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"contract\":3}", LINE("1.00"), NULL);
        assert_session(&v.b, arc_contract_close(v.s, k3));
        issue_refused(&v, ARC_E_STATE, "contract", "", "{" HEADER ",\"contract\":3}", LINE("1.00"), NULL);
        assert_session_status(ARC_E_STATE, &v.b, arc_contract_close(v.s, k3));
        assert_session_status(ARC_E_STATE, &v.b, arc_contract_activate(v.s, k3));
        assert_session_status(ARC_E_NOT_FOUND, &v.b, arc_contract_activate(v.s, 99));
        assert_session_status(ARC_E_INVALID, &v.b, arc_contract_close(v.s, 0));
        assert_session_status(ARC_E_NOT_FOUND, &v.b, arc_headroom_compute(v.s, &h, 99));
        int64_t draft = sample_insert(v.s, ARC_CONTRACT, "{" CONTRACT ",\"number\":\"K4\",\"tax_included\":true}");
        issue_refused(&v, ARC_E_STATE, "contract", "", "{" HEADER ",\"contract\":4}", LINE("1.00"), NULL);
        assert_session_status(ARC_E_REQUIRED, &v.b, arc_contract_activate(v.s, draft));
        invoices_close(&v);
    }
}

/* Lines of an order and of its delivery: neither quantity nor amount may be exceeded; dimensions and contract come down the chain. */
static void lines_of_orders(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t k = contract_of(&v, "{" CONTRACT ",\"number\":\"K1\",\"amount\":\"1000.00\",\"tax_included\":true}");
        (void)sample_insert(v.s, ARC_PROJECT, "{\"customer\":1,\"code\":\"P\",\"name\":\"p\",\"status\":\"open\"}");
        (void)sample_insert(v.s, ARC_SALES_ORDER, "{\"number\":\"O1\",\"customer\":1,\"contract\":1,\"project\":1,\"channel\":\"shop\",\"order_date\":\"2026-01-05\",\"currency\":\"CNY\"}");
        (void)sample_insert(v.s, ARC_ORDER_LINE, "{\"sales_order\":1,\"seq\":1,\"name\":\"a\",\"quantity\":\"10\",\"price\":\"11.30\",\"currency\":\"CNY\",\"amount\":\"113.00\"}");
        (void)sample_insert(v.s, ARC_DELIVERY, "{\"number\":\"D1\",\"sales_order\":1,\"customer\":1,\"delivery_date\":\"2026-01-10\"}");
        (void)sample_insert(v.s, ARC_DELIVERY_LINE, "{\"delivery\":1,\"seq\":1,\"order_line\":1,\"quantity\":\"6\",\"currency\":\"CNY\",\"amount\":\"67.80\"}");
        assert_session(&v.b, order_step(&v, arc_order_confirm, 1));
        assert_session(&v.b, order_step(&v, arc_delivery_ship, 1));
#define OF_ORDER(q, gross) "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"" q "\",\"gross_amount\":\"" gross "\",\"tax_rate\":\"0.13\",\"order_line\":1}"
#define OF_DELIVERY(q, gross) "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"" q "\",\"gross_amount\":\"" gross "\",\"tax_rate\":\"0.13\",\"delivery_line\":1}"
        issue_refused(&v, ARC_E_GUARD, "quantity", "/lines/0/quantity", "{" HEADER ",\"delivery\":1}", OF_DELIVERY("6.5", "60.00"), NULL);
        int64_t id = issue_ok(&v, "{" HEADER ",\"delivery\":1}", OF_DELIVERY("6", "67.80"), NULL);
        invoice_is(&v, id, "{\"sales_order\":1,\"contract\":1,\"project\":1,\"channel\":\"shop\"}");
        row_is(&v, ARC_INVOICE_LINE, 1, "{\"order_line\":1,\"delivery_line\":1}");
        row_is(&v, ARC_ITEM, 1, "{\"contract\":1,\"sales_order\":1,\"project\":1,\"channel\":\"shop\"}");
        headroom_is(&v, k, 100000, 6780, 93220);
        issue_refused(&v, ARC_E_GUARD, "quantity", "/lines/0/quantity", "{" HEADER ",\"sales_order\":1}", OF_ORDER("4.000001", "45.20"), NULL);
        issue_refused(&v, ARC_E_GUARD, "gross_amount", "/lines/0/gross_amount", "{" HEADER ",\"sales_order\":1}", OF_ORDER("4", "45.21"), NULL);
        /* a discount brings the amount back within */
        (void)issue_ok(&v, "{" HEADER ",\"sales_order\":1}", OF_ORDER("4", "50.00"), "{\"name\":\"d\",\"currency\":\"CNY\",\"gross_amount\":\"-4.80\",\"discount_of\":1}", NULL);
        issue_refused(&v, ARC_E_GUARD, "gross_amount", "/lines/0/gross_amount", "{" HEADER ",\"sales_order\":1}",
                      "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"0.01\",\"tax_rate\":\"0.13\",\"order_line\":1}", NULL);
        invoices_close(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(t3_2), cmocka_unit_test(within_a_batch), cmocka_unit_test(what_fits), cmocka_unit_test(lines_of_orders) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
