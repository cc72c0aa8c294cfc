/* SPDX-License-Identifier: Apache-2.0 */
/* Advances are deducted of what they were issued for: a deduction takes nothing off the limit of anything else. */
#include "api/credits.h"
#include "support/rebuilt.h"

#define HEADER "\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-16\",\"due_date\":\"2026-03-10\""
#define LINE(gross, more) "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"" gross "\",\"tax_rate\":\"0\"" more "}"
#define DEDUCT(gross, of, more) "{\"name\":\"d\",\"currency\":\"CNY\",\"net_amount\":\"-" gross "\",\"tax_rate\":\"0\",\"advance\":" #of more "}"
#define OF(n) ",\"contract\":" #n

static void contract(invoices *v, int n, const char *amount)
{
    char json[300];
    snprintf(json, sizeof json, "{\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"tax_included\":true,\"number\":\"K%d\",\"amount\":\"%s\"}", n, amount);
    assert_int_equal(sample_insert(v->s, ARC_CONTRACT, json), n);
    assert_session(&v->b, arc_contract_activate(v->s, n));
}

static void order(invoices *v, int n, const char *more)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"O%d\",\"customer\":1,\"order_date\":\"2026-01-01\",\"currency\":\"CNY\"%s}", n, more);
    assert_int_equal(sample_insert(v->s, ARC_SALES_ORDER, json), n);
    snprintf(json, sizeof json, "{\"sales_order\":%d,\"seq\":1,\"name\":\"a\",\"quantity\":\"10\",\"price\":\"100\",\"currency\":\"CNY\",\"amount\":\"1000.00\",\"tax_rate\":\"0\"}", n);
    assert_int_equal(sample_insert(v->s, ARC_ORDER_LINE, json), n);
    assert_session(&v->b, order_step(v, arc_order_confirm, n));
}

static int64_t plan(invoices *v, const char *number, const char *amount, const char *of)
{
    char json[300];
    int64_t id = 0;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"kind\":\"planned\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"%s\",\"business_date\":\"2026-02-01\"%s}", number, amount, of);
    arc_record *r = invoices_record(v->s, ARC_ITEM, json);
    assert_session(&v->b, arc_item_record(v->s, &id, r));
    arc_record_free(r);
    return id;
}

static arc_status drop(invoices *v, int64_t id)
{
    arc_invoice_step step = ARC_INVOICE_STEP_INIT;
    step.invoice = id;
    step.reason = "误开";
    return arc_invoice_void(v->s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE);
}

static int64_t issued_of(invoices *v, int64_t id)
{
    arc_headroom h = ARC_HEADROOM_INIT;
    arc_record *r;
    arc_money days = { 0, "", 0 };
    assert_session(&v->b, arc_headroom_compute(v->s, &h, id));
    assert_session(&v->b, arc_session_get(v->s, &r, ARC_CONTRACT, id));
    assert_session(&v->b, arc_record_compute(v->s, &r, 1, 30000)); /* from the documents themselves */
    assert_ok(arc_record_get_money(r, &days, ARC_CONTRACT_ISSUED));
    assert_int_equal(days.minor, h.issued.minor);
    arc_record_free(r);
    return h.issued.minor;
}

/* gross of a link of chain_state */
static int64_t order_has(invoices *v, int64_t parent)
{
    arc_query *q;
    arc_cursor *c;
    arc_field_id field = ARC_CHAIN_STATE_GROSS_AMOUNT;
    arc_money m = { 0, "", 0 };
    assert_session(&v->b, arc_query_new(v->s, &q, ARC_CHAIN_STATE));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_where_text(q, ARC_CHAIN_STATE_LINK, ARC_EQ, "sales_order_invoice", SIZE_MAX));
    assert_ok(arc_query_where_int(q, ARC_CHAIN_STATE_PARENT, ARC_EQ, parent));
    assert_ok(arc_query_run(q, &c));
    if (arc_cursor_next(c) == ARC_OK) assert_ok(arc_cursor_get_money(c, &m, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return m.minor;
}

/* From its events the book comes out as it is. */
static void close_rebuilt(invoices *v)
{
    char why[1000] = "";
    uint32_t sealed = 0;
    invoices_verified(v);
    assert_ok(arc_audit_seal(v->s, &sealed, 0)); /* a server seals when it is told to */
    (void)rebuilt_check(v->b.book, 1, NULL, NULL, why);
    if (why[0]) fail_msg("%s", why);
    invoices_close(v);
}

/* An advance of no contract: what is invoiced of a contract is the whole, whatever was paid before. */
static void of_nothing(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        contract(&v, 1, "1000.00");
        int64_t planned = plan(&v, "P", "1000.00", OF(1));
        assert_session(&v.b, AS(&v, NULL, ARC_AS_ADVANCE, "{" HEADER "}", LINE("600.00", "")));
        issue_refused(&v, ARC_E_GUARD, "contract", "", "{" HEADER ",\"contract\":1}", LINE("1000.01", ""), DEDUCT("300.00", 1, ""), NULL);
        int64_t id = issue_ok(&v, "{" HEADER ",\"contract\":1}", LINE("600.00", ""), DEDUCT("300.00", 1, ""), LINE("400.00", ""), NULL);
        invoice_is(&v, id, "{\"gross_amount\":\"700.00\"}");
        row_is(&v, ARC_INVOICE_LINE, 3, "{\"off_contract\":true,\"contract\":null}");
        assert_int_equal(issued_of(&v, 1), 100000);
        assert_int_equal(open_of(&v, planned), 0);
        int64_t note = credit_one(&v, id, credit_seq(3, ARC_CREDIT_GROSS, 30000)); /* goods alone: what was deducted stays so */
        assert_int_equal(issued_of(&v, 1), 70000);
        assert_int_equal(open_of(&v, planned), 30000);
        arc_credit_note rest = credit_of(id);
        int64_t last = credit_ok(&v, &rest);
        row_is(&v, ARC_INVOICE_LINE, 7, "{\"off_contract\":true}");
        assert_int_equal(issued_of(&v, 1), 0);
        assert_int_equal(open_of(&v, planned), 100000);
        assert_session(&v.b, drop(&v, last));
        assert_session(&v.b, drop(&v, note));
        assert_int_equal(issued_of(&v, 1), 100000);
        assert_int_equal(open_of(&v, planned), 0);
        assert_session(&v.b, drop(&v, id));
        assert_int_equal(issued_of(&v, 1), 0);
        close_rebuilt(&v);
    }
}

/* Of a contract: it counts there, and is deducted of what is invoiced of that. */
static void of_contract(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        contract(&v, 1, "1000.00");
        contract(&v, 2, "500.00");
        assert_session(&v.b, AS(&v, NULL, ARC_AS_ADVANCE, "{" HEADER ",\"contract\":1}", LINE("300.00", "")));
        issue_refused(&v, ARC_E_GUARD, "contract", "/lines/1/contract", "{" HEADER ",\"contract\":2}", LINE("500.00", ""), DEDUCT("300.00", 1, ""), NULL);
        issue_refused(&v, ARC_E_VALUE, "contract", "/lines/1/contract", "{" HEADER ",\"contract\":2}", LINE("500.00", ""), DEDUCT("300.00", 1, OF(2)), NULL);
        issue_refused(&v, ARC_E_GUARD, "contract", "/lines/2/contract", "{" HEADER ",\"contract\":2}", LINE("500.00", ""), LINE("299.99", OF(1)), DEDUCT("300.00", 1, ""), NULL);
        int64_t id = issue_ok(&v, "{" HEADER ",\"contract\":2}", LINE("500.00", ""), LINE("400.00", OF(1)), DEDUCT("300.00", 1, ""), NULL);
        row_is(&v, ARC_INVOICE_LINE, 4, "{\"contract\":1,\"off_contract\":null}");
        assert_int_equal(issued_of(&v, 1), 40000); /* 300.00 before, and 100.00 now */
        assert_int_equal(issued_of(&v, 2), 50000);
        assert_session(&v.b, drop(&v, id));
        (void)issue_ok(&v, "{" HEADER ",\"contract\":1}", LINE("1000.00", ""), DEDUCT("300.00", 1, ""), NULL);
        assert_int_equal(issued_of(&v, 1), 100000);
        close_rebuilt(&v);
    }
}

/* Of a contract and no order: the contract has it already, the order is invoiced in full. */
static void by_order(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        contract(&v, 1, "2000.00");
        order(&v, 1, OF(1));
        order(&v, 2, OF(1));
        assert_session(&v.b, AS(&v, NULL, ARC_AS_ADVANCE, "{" HEADER ",\"contract\":1}", LINE("300.00", "")));
        assert_session(&v.b, AS(&v, NULL, ARC_AS_ADVANCE, "{" HEADER ",\"sales_order\":2}", LINE("200.00", ""))); /* invoice 2 */
        issue_refused(&v, ARC_E_GUARD, "sales_order", "", "{" HEADER ",\"sales_order\":1}", LINE("1000.01", ""), DEDUCT("300.00", 1, ""), NULL);
        issue_refused(&v, ARC_E_VALUE, "order_line", "/lines/1/order_line", "{" HEADER ",\"sales_order\":2}", LINE("1000.00", ""), DEDUCT("200.00", 2, ",\"order_line\":2"), NULL);
        int64_t id = issue_ok(&v, "{" HEADER ",\"sales_order\":1}", LINE("1000.00", ""), DEDUCT("300.00", 1, ""), NULL);
        row_is(&v, ARC_INVOICE_LINE, 4, "{\"off_order\":true,\"off_contract\":null}");
        assert_int_equal(order_has(&v, 1), 100000);
        assert_int_equal(issued_of(&v, 1), 120000);
        int64_t second = issue_ok(&v, "{" HEADER ",\"sales_order\":2}", LINE("1000.00", ""), DEDUCT("200.00", 2, ""), NULL);
        assert_int_equal(order_has(&v, 2), 100000); /* 200.00 before, 800.00 now */
        arc_credit_note n = credit_of(id);
        int64_t note = credit_ok(&v, &n);
        assert_int_equal(order_has(&v, 1), 0);
        assert_int_equal(issued_of(&v, 1), 130000);
        assert_session(&v.b, drop(&v, note));
        assert_session(&v.b, drop(&v, id));
        assert_session(&v.b, drop(&v, second));
        assert_int_equal(order_has(&v, 1), 0);
        assert_int_equal(order_has(&v, 2), 20000);
        close_rebuilt(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(of_nothing), cmocka_unit_test(of_contract), cmocka_unit_test(by_order) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
