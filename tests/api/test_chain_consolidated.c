/* SPDX-License-Identifier: Apache-2.0 */
/* One invoice over several orders and deliveries: every line counts at its own order line, delivery line and order, and on nothing else; what is left of each is exact to the cent, whichever
 * way documents come and go. */
#include "api/credits.h"

#define HEADER "\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"due_date\":\"2026-03-10\""
#define PIECES(n, gross, parents) "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"" n "\",\"gross_amount\":\"" gross "\",\"tax_rate\":\"0.13\"" parents "}"
#define OFF(gross) "{\"name\":\"d\",\"currency\":\"CNY\",\"gross_amount\":\"-" gross "\",\"tax_rate\":\"0.13\",\"discount_of\":1}"

/* Order n has two lines, 2n - 1 and 2n: 10 for 100.00 and 10 for 200.00. */
static int64_t order(invoices *v, int n, const char *more)
{
    char json[400];
    snprintf(json, sizeof json, "{\"number\":\"O%d\",\"customer\":1,\"order_date\":\"2026-01-01\",\"currency\":\"CNY\"%s}", n, more);
    int64_t id = sample_insert(v->s, ARC_SALES_ORDER, json);
    for (int k = 1; k <= 2; k++) {
        snprintf(json, sizeof json, "{\"sales_order\":%lld,\"seq\":%d,\"name\":\"a\",\"quantity\":\"10\",\"price\":\"10\",\"currency\":\"CNY\",\"amount\":\"%d.00\",\"tax_rate\":\"0.13\"}", (long long)id, k, 100 * k);
        (void)sample_insert(v->s, ARC_ORDER_LINE, json);
    }
    assert_session(&v->b, order_step(v, arc_order_confirm, id));
    return id;
}

static void drop(invoices *v, int64_t id)
{
    arc_invoice_step step = ARC_INVOICE_STEP_INIT;
    step.invoice = id;
    step.reason = "误开";
    assert_session(&v->b, arc_invoice_void(v->s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
}

/* gross of a link of chain_state */
static int64_t taken(invoices *v, const char *link, int64_t parent)
{
    arc_query *q;
    arc_cursor *c;
    arc_field_id field = ARC_CHAIN_STATE_GROSS_AMOUNT;
    int64_t sum = 0;
    assert_session(&v->b, arc_query_new(v->s, &q, ARC_CHAIN_STATE));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_where_text(q, ARC_CHAIN_STATE_LINK, ARC_EQ, link, SIZE_MAX));
    assert_ok(arc_query_where_int(q, ARC_CHAIN_STATE_PARENT, ARC_EQ, parent));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        int64_t n = 0;
        assert_ok(arc_cursor_get_int(c, &n, 0));
        sum += n;
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return sum;
}

/* Several orders in one document: headroom of each order and each line. */
static void several_orders(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t a = order(&v, 1, ""), b = order(&v, 2, "");
        int64_t id = issue_ok(&v, "{" HEADER "}", PIECES("5", "50.00", ",\"order_line\":1"), OFF("10.00"), PIECES("10", "200.00", ",\"order_line\":4"), PIECES("1", "33.00", ""), NULL);
        invoice_is(&v, id, "{\"sales_order\":null,\"gross_amount\":\"273.00\"}");
        assert_int_equal(taken(&v, "order_invoice", 1), 4000); /* less its discount */
        assert_int_equal(taken(&v, "order_invoice", 4), 20000);
        assert_int_equal(taken(&v, "sales_order_invoice", a), 4000); /* freight is of neither */
        assert_int_equal(taken(&v, "sales_order_invoice", b), 20000);
        invoices_verified(&v);
        /* what is left of the second order as a whole is 100.00, whatever lines say */
        issue_refused(&v, ARC_E_GUARD, "sales_order", "", "{" HEADER ",\"sales_order\":2}", PIECES("1", "100.01", ""), NULL);
        int64_t whole = issue_ok(&v, "{" HEADER ",\"sales_order\":2}", PIECES("1", "60.00", ""), NULL);
        /* and then 40.00 for its lines, though the line itself has 100.00 */
        issue_refused(&v, ARC_E_GUARD, "order_line", "/lines/1/order_line", "{" HEADER "}", PIECES("1", "1.00", ",\"order_line\":1"), PIECES("1", "40.01", ",\"order_line\":3"), NULL);
        int64_t rest = issue_ok(&v, "{" HEADER "}", PIECES("1", "1.00", ",\"order_line\":1"), PIECES("1", "40.00", ",\"order_line\":3"), NULL);
        issue_refused(&v, ARC_E_GUARD, "order_line", "/lines/1/order_line", "{" HEADER "}", PIECES("1", "1.00", ",\"order_line\":1"), PIECES("1", "0.01", ",\"order_line\":3"), NULL);
        assert_int_equal(order_step(&v, arc_order_cancel, b), ARC_E_STATE);
        /* a note gives back by line, and by order */
        arc_credit_note n = credit_of(id);
        arc_credit_line lines[2] = { credit_seq(1, ARC_CREDIT_GROSS, 1000), credit_seq(3, ARC_CREDIT_GROSS, 5000) };
        n.lines = lines;
        n.n_lines = 2;
        int64_t note = credit_ok(&v, &n);
        assert_int_equal(taken(&v, "sales_order_invoice", a), 3100);
        assert_int_equal(taken(&v, "sales_order_invoice", b), 25000);
        drop(&v, whole);
        int64_t other = issue_ok(&v, "{" HEADER "}", PIECES("1", "1.00", ",\"order_line\":1"), PIECES("5", "60.00", ",\"order_line\":3"), NULL);
        drop(&v, rest);
        drop(&v, other);
        drop(&v, note);
        drop(&v, id);
        for (int64_t k = 1; k <= 4; k++) assert_int_equal(taken(&v, "order_invoice", k), 0);
        assert_int_equal(taken(&v, "sales_order_invoice", a) + taken(&v, "sales_order_invoice", b), 0);
        assert_session(&v.b, order_step(&v, arc_order_cancel, b));
        invoices_close(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(several_orders) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
