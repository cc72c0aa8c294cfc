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

/* Delivery n: `quantity` of order line `line`, shipped; its delivery line has its number too. */
static int64_t delivery(invoices *v, int n, int line, const char *quantity, const char *amount)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"D%d\",\"customer\":1,\"delivery_date\":\"2026-01-10\"}", n);
    int64_t id = sample_insert(v->s, ARC_DELIVERY, json);
    snprintf(json, sizeof json, "{\"delivery\":%d,\"seq\":1,\"order_line\":%d,\"quantity\":\"%s\",\"currency\":\"CNY\",\"amount\":\"%s\"}", (int)id, line, quantity, amount);
    (void)sample_insert(v->s, ARC_DELIVERY_LINE, json);
    assert_session(&v->b, order_step(v, arc_delivery_ship, id));
    return id;
}

static int64_t estimate(invoices *v, const char *number, const char *amount, const char *of)
{
    char json[300];
    int64_t id = 0;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"kind\":\"estimated\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"%s\",\"business_date\":\"2026-01-10\"%s}", number, amount, of);
    arc_record *r = invoices_record(v->s, ARC_ITEM, json);
    assert_session(&v->b, arc_item_record(v->s, &id, r));
    arc_record_free(r);
    return id;
}

static int64_t estimated(invoices *v) { return sum_of(v, ARC_ACCOUNT, ARC_ACCOUNT_ESTIMATED); }

/* What is estimated of a delivery is taken by what is invoiced of that delivery, not by what falls due first. */
static void several_deliveries(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        (void)sample_insert(v.s, ARC_BOOK_SETTING, "{\"name\":\"ledger.post_estimates\",\"value\":1}");
        (void)order(&v, 1, "");
        (void)order(&v, 2, "");
        (void)delivery(&v, 1, 1, "4", "40.00");
        (void)delivery(&v, 2, 1, "6", "60.00");
        (void)delivery(&v, 3, 3, "10", "100.00");
        int64_t e1 = estimate(&v, "E1", "40.00", ",\"delivery\":1,\"due_date\":\"2026-01-11\""), e2 = estimate(&v, "E2", "60.00", ",\"delivery\":2"), e3 = estimate(&v, "E3", "100.00", ",\"delivery\":3"),
                o2 = estimate(&v, "E4", "50.00", ",\"sales_order\":2");
        /* one order, two deliveries of it, one invoiced in part */
        int64_t id = issue_ok(&v, "{" HEADER "}", PIECES("3", "30.00", ",\"delivery_line\":2"), NULL);
        invoice_is(&v, id, "{\"sales_order\":1}");
        assert_int_equal(open_of(&v, e1), 4000);
        assert_int_equal(open_of(&v, e2), 3000);
        /* two orders in one document, a line of an order alone */
        int64_t both = issue_ok(&v, "{" HEADER "}", PIECES("4", "40.00", ",\"delivery_line\":1"), PIECES("5", "50.00", ",\"delivery_line\":3"), PIECES("1", "20.00", ",\"order_line\":4"), NULL);
        assert_int_equal(open_of(&v, e1), 0);
        assert_int_equal(open_of(&v, e2), 3000);
        assert_int_equal(open_of(&v, e3), 5000);
        assert_int_equal(open_of(&v, o2), 3000);
        assert_int_equal(estimated(&v), 11000);
        assert_int_equal(role_sum(&v, "estimated_receivable"), 11000);
        drop(&v, both);
        drop(&v, id);
        assert_int_equal(estimated(&v), 25000);
        assert_int_equal(role_sum(&v, "estimated_receivable"), 25000);
        /* an order that is invoiced without a word of deliveries takes what is estimated of those, too: due first */
        (void)issue_ok(&v, "{" HEADER ",\"sales_order\":1}", PIECES("1", "50.00", ""), NULL);
        assert_int_equal(open_of(&v, e1), 0);
        assert_int_equal(open_of(&v, e2), 5000);
        assert_int_equal(open_of(&v, e3), 10000);
        invoices_close(&v);
    }
}

/* The last of a delivery is invoiced, for less than was estimated: the rest of the estimate ends with it, and comes back with it. */
static void the_last_of_it(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        (void)sample_insert(v.s, ARC_BOOK_SETTING, "{\"name\":\"ledger.post_estimates\",\"value\":1}");
        (void)order(&v, 1, "");
        (void)delivery(&v, 1, 1, "10", "100.00");
        int64_t e = estimate(&v, "E1", "100.00", ",\"delivery\":1");
        int64_t first = issue_ok(&v, "{" HEADER "}", PIECES("4", "36.00", ",\"delivery_line\":1"), NULL);
        assert_int_equal(open_of(&v, e), 6400);
        int64_t last = issue_ok(&v, "{" HEADER "}", PIECES("6", "54.00", ",\"delivery_line\":1"), NULL);
        assert_int_equal(open_of(&v, e), 0); /* 10.00 will not be invoiced by anybody */
        assert_int_equal(estimated(&v), 0);
        assert_int_equal(role_sum(&v, "estimated_receivable"), 0);
        drop(&v, last);
        assert_int_equal(open_of(&v, e), 6400);
        /* a batch: the second completes it; a discount line counts */
        arc_invoice_document d[2];
        arc_record *lines[3] = { invoices_record(v.s, ARC_INVOICE_LINE, PIECES("5", "50.00", ",\"delivery_line\":1")), invoices_record(v.s, ARC_INVOICE_LINE, PIECES("1", "10.00", ",\"delivery_line\":1")),
                                 invoices_record(v.s, ARC_INVOICE_LINE, OFF("3.00")) };
        int64_t ids[2];
        for (int k = 0; k < 2; k++) {
            assert_ok(arc_invoice_document_init(&d[k]));
            d[k].invoice = invoices_record(v.s, ARC_INVOICE, "{" HEADER "}");
            d[k].lines = &lines[k];
            d[k].n_lines = (uint32_t)k + 1;
        }
        assert_session(&v.b, arc_invoice_issue_many(v.s, ids, NULL, d, 2, ARC_ALL_OR_NONE));
        assert_int_equal(open_of(&v, e), 0);
        for (int k = 0; k < 3; k++) arc_record_free(lines[k]);
        for (int k = 0; k < 2; k++) arc_record_free(d[k].invoice);
        /* a note gives back its share of what the document ended; whole, all of it */
        arc_credit_note n = credit_of(ids[1]);
        int64_t note = credit_ok(&v, &n);
        assert_int_equal(open_of(&v, e), 1400);
        drop(&v, note);
        assert_int_equal(open_of(&v, e), 0);
        drop(&v, ids[1]);
        drop(&v, ids[0]);
        drop(&v, first);
        assert_int_equal(open_of(&v, e), 10000);
        /* an order in full quantity ends what is estimated of it and of its deliveries */
        int64_t o = estimate(&v, "E2", "33.00", ",\"sales_order\":1");
        (void)issue_ok(&v, "{" HEADER "}", PIECES("10", "90.00", ",\"order_line\":1"), NULL);
        assert_int_equal(open_of(&v, e) + open_of(&v, o), 4300);
        (void)issue_ok(&v, "{" HEADER "}", PIECES("10", "20.00", ",\"order_line\":2"), NULL);
        assert_int_equal(open_of(&v, e) + open_of(&v, o), 0);
        assert_int_equal(estimated(&v), 0);
        invoices_close(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(several_orders), cmocka_unit_test(several_deliveries), cmocka_unit_test(the_last_of_it) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
