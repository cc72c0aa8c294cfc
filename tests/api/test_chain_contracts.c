/* SPDX-License-Identifier: Apache-2.0 */
/* One document over several contracts: each takes what its lines say, exactly, whichever way documents come and go. */
#include "support/support.h"

#include "api/credits.h"
#include "support/rebuilt.h"

#define HEADER "\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-16\",\"due_date\":\"2026-03-10\""
#define LINE(gross, more) "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"1\",\"gross_amount\":\"" gross "\",\"tax_rate\":\"0.13\"" more "}"
#define OF(n) ",\"contract\":" #n
#define ORDERED(n) ",\"order_line\":" #n

static int64_t contract(invoices *v, int n, const char *amount, const char *more)
{
    char json[300];
    snprintf(json, sizeof json, "{\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"number\":\"K%d\",\"amount\":\"%s\"%s}", n, amount, more);
    int64_t id = sample_insert(v->s, ARC_CONTRACT, json);
    assert_session(&v->b, arc_contract_activate(v->s, id));
    return id;
}

/* Order n of contract n, with line n: 100 for 100.00. */
static void order(invoices *v, int n)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"O%d\",\"customer\":1,\"order_date\":\"2026-01-01\",\"currency\":\"CNY\",\"contract\":%d}", n, n);
    assert_int_equal(sample_insert(v->s, ARC_SALES_ORDER, json), n);
    snprintf(json, sizeof json, "{\"sales_order\":%d,\"seq\":1,\"name\":\"a\",\"quantity\":\"100\",\"price\":\"1\",\"currency\":\"CNY\",\"amount\":\"100.00\",\"tax_rate\":\"0.13\"}", n);
    assert_int_equal(sample_insert(v->s, ARC_ORDER_LINE, json), n);
    assert_session(&v->b, order_step(v, arc_order_confirm, n));
}

static void issued_is(invoices *v, int64_t first, int64_t second)
{
    const int64_t should[2] = { first, second };
    for (int k = 0; k < 2; k++) {
        arc_headroom h = ARC_HEADROOM_INIT;
        assert_session(&v->b, arc_headroom_compute(v->s, &h, k + 1));
        if (h.issued.minor != should[k]) fail_msg("contract %d: %lld issued, not %lld", k + 1, (long long)h.issued.minor, (long long)should[k]);
        assert_int_equal(h.headroom.minor, h.limit.minor - h.issued.minor);
    }
}

/* From its events the book comes out as it is. */
static void close_rebuilt(invoices *v)
{
    char why[1000] = "";
    uint32_t sealed = 0;
    assert_ok(arc_audit_seal(v->s, &sealed, 0)); /* a server seals when it is told to */
    (void)rebuilt_check(v->b.book, 1, NULL, NULL, why);
    if (why[0]) fail_msg("%s", why);
    invoices_close(v);
}

static arc_status drop(invoices *v, int64_t id)
{
    arc_invoice_step step = ARC_INVOICE_STEP_INIT;
    step.invoice = id;
    step.reason = "误开";
    return arc_invoice_void(v->s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE);
}

/* Lines of orders of two contracts, one of them measured without tax; notes and voiding. */
static void by_orders(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        (void)contract(&v, 1, "100.00", ",\"tax_included\":true");
        (void)contract(&v, 2, "100.00", ",\"tax_included\":false,\"tolerance\":\"0.1\"");
        for (int n = 1; n <= 2; n++) order(&v, n);
        int64_t id = issue_ok(&v, "{" HEADER "}", LINE("60.00", ORDERED(1)), LINE("22.60", ORDERED(2)), LINE("5.00", ""), NULL);
        invoice_is(&v, id, "{\"contract\":null,\"sales_order\":null,\"gross_amount\":\"87.60\"}");
        row_is(&v, ARC_INVOICE_LINE, 1, "{\"contract\":1}");
        row_is(&v, ARC_INVOICE_LINE, 2, "{\"contract\":2}");
        row_is(&v, ARC_INVOICE_LINE, 3, "{\"contract\":null}"); /* freight is of neither */
        issued_is(&v, 6000, 2000);
        /* a main contract has what no line says is of another */
        int64_t with_main = issue_ok(&v, "{" HEADER ",\"contract\":1}", LINE("30.00", ORDERED(1)), LINE("11.30", ORDERED(2)), LINE("5.00", ""), NULL);
        invoice_is(&v, with_main, "{\"contract\":1}");
        row_is(&v, ARC_INVOICE_LINE, 4, "{\"contract\":null}");
        row_is(&v, ARC_INVOICE_LINE, 5, "{\"contract\":2}");
        issued_is(&v, 9500, 3000);
        issue_refused(&v, ARC_E_GUARD, "contract", "/lines/1/contract", "{" HEADER "}", LINE("1.00", ORDERED(2)), LINE("5.01", ORDERED(1)), NULL);
        issue_refused(&v, ARC_E_GUARD, "contract", "", "{" HEADER ",\"contract\":1}", LINE("1.00", ORDERED(2)), LINE("5.01", ORDERED(1)), NULL);
        issued_is(&v, 9500, 3000);
        /* a note gives back to each what it credits of it */
        arc_credit_note n = credit_of(id);
        arc_credit_line lines[2] = { credit_seq(1, ARC_CREDIT_GROSS, 1000), credit_seq(2, ARC_CREDIT_GROSS, 1130) };
        n.lines = lines;
        n.n_lines = 2;
        int64_t note = credit_ok(&v, &n);
        issued_is(&v, 8500, 2000);
        int64_t filled = issue_ok(&v, "{" HEADER "}", LINE("5.00", ORDERED(1)), LINE("10.00", ""), NULL); /* of one order: all of it is */
        assert_int_equal(drop(&v, note), ARC_E_GUARD); /* the first contract has no room for it */
        issued_is(&v, 10000, 2000);
        (void)filled;
        invoices_verified(&v);
        assert_session(&v.b, drop(&v, with_main));
        assert_session(&v.b, drop(&v, note));
        issued_is(&v, 7500, 2000);
        assert_session(&v.b, drop(&v, id));
        issued_is(&v, 1500, 0);
        close_rebuilt(&v);
    }
}

/* Lines that name their contracts; what does not fit together. */
static void by_name(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        (void)contract(&v, 1, "100.00", ",\"tax_included\":true");
        (void)contract(&v, 2, "100.00", ",\"tax_included\":true");
        order(&v, 1);
        (void)sample_insert(v.s, ARC_CUSTOMER, "{\"code\":\"C2\",\"legal_name\":\"乙\"}");
        (void)sample_insert(v.s, ARC_CONTRACT, "{\"customer\":2,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"number\":\"K3\",\"amount\":\"9.00\",\"tax_included\":true}");
        assert_session(&v.b, arc_contract_activate(v.s, 3));
        (void)sample_insert(v.s, ARC_CONTRACT, "{\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"USD\",\"term\":\"NET30\",\"number\":\"K4\",\"amount\":\"9.00\",\"tax_included\":true}");
        assert_session(&v.b, arc_contract_activate(v.s, 4));
        (void)sample_insert(v.s, ARC_CONTRACT, "{\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"number\":\"K5\",\"amount\":\"9.00\",\"tax_included\":true}");
        issue_refused(&v, ARC_E_GUARD, "contract", "/lines/1/contract", "{" HEADER ",\"contract\":1}", LINE("1.00", ""), LINE("1.00", OF(3)), NULL);
        issue_refused(&v, ARC_E_CURRENCY, "contract", "/lines/0/contract", "{" HEADER ",\"contract\":1}", LINE("1.00", OF(4)), NULL);
        issue_refused(&v, ARC_E_STATE, "contract", "/lines/0/contract", "{" HEADER ",\"contract\":1}", LINE("1.00", OF(5)), NULL);
        issue_refused(&v, ARC_E_REFERENCE, "contract", "/lines/0/contract", "{" HEADER ",\"contract\":1}", LINE("1.00", OF(99)), NULL);
        issue_refused(&v, ARC_E_GUARD, "order_line", "/lines/0/order_line", "{" HEADER ",\"contract\":1}", LINE("1.00", OF(2) ORDERED(1)), NULL);
        issue_refused(&v, ARC_E_GUARD, "contract", "/lines/1/contract", "{" HEADER ",\"sales_order\":1}", LINE("1.00", ORDERED(1)), LINE("1.00", OF(2)), NULL);
        issued_is(&v, 0, 0);
        /* lines of one contract make the document one of that */
        int64_t id = issue_ok(&v, "{" HEADER "}", LINE("10.00", OF(2)), LINE("20.00", OF(2)), NULL);
        invoice_is(&v, id, "{\"contract\":2}");
        row_is(&v, ARC_INVOICE_LINE, 1, "{\"contract\":null}");
        issued_is(&v, 0, 3000);
        /* a discount is of the line it discounts */
        (void)issue_ok(&v, "{" HEADER ",\"contract\":1}", LINE("50.00", OF(2)), "{\"name\":\"d\",\"currency\":\"CNY\",\"gross_amount\":\"-10.00\",\"tax_rate\":\"0.13\",\"discount_of\":1}", LINE("7.00", ""), NULL);
        issued_is(&v, 700, 7000);
        /* in one call each document is judged with what those before it took */
        static const char *const amounts[] = { LINE("20.00", OF(2)), LINE("10.01", OF(2)), LINE("10.00", OF(2)) };
        arc_invoice_document d[3];
        arc_record *line[3][2];
        arc_status results[3];
        for (int i = 0; i < 3; i++) {
            assert_ok(arc_invoice_document_init(&d[i]));
            d[i].invoice = invoices_record(v.s, ARC_INVOICE, "{" HEADER ",\"contract\":1}");
            line[i][0] = invoices_record(v.s, ARC_INVOICE_LINE, LINE("1.00", ""));
            line[i][1] = invoices_record(v.s, ARC_INVOICE_LINE, amounts[i]);
            d[i].lines = line[i];
            d[i].n_lines = 2;
        }
        assert_int_equal(arc_invoice_issue_many(v.s, NULL, results, d, 3, 0), ARC_PARTIAL);
        assert_int_equal(results[1], ARC_E_GUARD);
        issued_is(&v, 900, 10000);
        /* a draft keeps it */
        int64_t draft = 0;
        assert_int_equal(arc_invoice_draft(v.s, &draft, &d[0]), ARC_OK);
        arc_invoice_step step = ARC_INVOICE_STEP_INIT;
        step.invoice = draft;
        assert_session_status(ARC_E_GUARD, &v.b, arc_invoice_issue(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
        assert_session(&v.b, drop(&v, id));
        assert_session(&v.b, arc_invoice_issue(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
        issued_is(&v, 1000, 9000);
        for (int i = 0; i < 3; i++) {
            for (int k = 0; k < 2; k++) arc_record_free(line[i][k]);
            arc_record_free(d[i].invoice);
        }
        close_rebuilt(&v);
    }
}

static int64_t planned(invoices *v, const char *number, int contract_id)
{
    char json[300];
    int64_t id = 0;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"kind\":\"planned\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"50.00\",\"business_date\":\"2026-01-10\",\"contract\":%d}", number, contract_id);
    arc_record *r = invoices_record(v->s, ARC_ITEM, json);
    assert_session(&v->b, arc_item_record(v->s, &id, r));
    arc_record_free(r);
    return id;
}

static int64_t left_of(invoices *v, int64_t item)
{
    arc_record *r;
    arc_money m;
    assert_session(&v->b, arc_session_get(v->s, &r, ARC_ITEM, item));
    assert_session(&v->b, arc_record_compute(v->s, &r, 1, ARC_DATE_NONE));
    assert_ok(arc_record_get_money(r, &m, ARC_ITEM_OPEN));
    arc_record_free(r);
    return m.minor;
}

/* What is planned of each contract is consumed by what the lines invoice of that one. */
static void plans(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        (void)contract(&v, 1, "100.00", ",\"tax_included\":true");
        (void)contract(&v, 2, "100.00", ",\"tax_included\":true");
        order(&v, 2 - 1);
        int64_t first = planned(&v, "P1", 1), second = planned(&v, "P2", 2);
        int64_t id = issue_ok(&v, "{" HEADER "}", LINE("20.00", ORDERED(1)), LINE("45.00", OF(2)), LINE("9.00", ""), NULL);
        assert_int_equal(left_of(&v, first), 3000);
        assert_int_equal(left_of(&v, second), 500);
        assert_session(&v.b, drop(&v, id));
        assert_int_equal(left_of(&v, first), 5000);
        assert_int_equal(left_of(&v, second), 5000);
        (void)issue_ok(&v, "{" HEADER ",\"contract\":1}", LINE("60.00", OF(2)), LINE("9.00", ""), NULL);
        assert_int_equal(left_of(&v, first), 4100);
        assert_int_equal(left_of(&v, second), 0);
        close_rebuilt(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(by_orders), cmocka_unit_test(by_name), cmocka_unit_test(plans) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
