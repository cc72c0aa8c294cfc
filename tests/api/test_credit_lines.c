/* SPDX-License-Identifier: Apache-2.0 */
/* Credit notes to documents over several contracts, orders, deliveries and receivables: what comes back is what the credited lines took, and of what is over nothing does. */
#include "api/credits.h"
#include "support/rebuilt.h"

#define HEADER "\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-10\",\"due_date\":\"2026-03-10\""
#define LINE(gross, more) "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"10\",\"gross_amount\":\"" gross "\",\"tax_rate\":\"0.13\"" more "}"
#define OFF(gross, of, more) "{\"name\":\"d\",\"currency\":\"CNY\",\"gross_amount\":\"-" gross "\",\"tax_rate\":\"0.13\",\"discount_of\":" #of more "}"
#define OF(n) ",\"contract\":" #n
#define ORDERED(n) ",\"order_line\":" #n
#define SENT(n) ",\"delivery_line\":" #n

static int64_t contract(invoices *v, int n, const char *amount, const char *more)
{
    char json[300];
    snprintf(json, sizeof json, "{\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"tax_included\":true,\"number\":\"K%d\"%s%s%s%s}", n, amount ? ",\"amount\":\"" : "",
             amount ? amount : ",\"kind\":\"framework", amount ? "\"" : "\"", more);
    int64_t id = sample_insert(v->s, ARC_CONTRACT, json);
    if (!*more) assert_session(&v->b, arc_contract_activate(v->s, id));
    return id;
}

/* Order n of line n: 10 for 100.00. */
static void order(invoices *v, int n, const char *more)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"O%d\",\"customer\":1,\"order_date\":\"2026-01-01\",\"currency\":\"CNY\"%s}", n, more);
    assert_int_equal(sample_insert(v->s, ARC_SALES_ORDER, json), n);
    snprintf(json, sizeof json, "{\"sales_order\":%d,\"seq\":1,\"name\":\"a\",\"quantity\":\"10\",\"price\":\"10\",\"currency\":\"CNY\",\"amount\":\"100.00\",\"tax_rate\":\"0.13\"}", n);
    assert_int_equal(sample_insert(v->s, ARC_ORDER_LINE, json), n);
    assert_session(&v->b, order_step(v, arc_order_confirm, n));
}

/* Delivery n of order line n: all of it. */
static void deliver(invoices *v, int n)
{
    char json[200];
    snprintf(json, sizeof json, "{\"number\":\"D%d\",\"customer\":1,\"delivery_date\":\"2026-02-01\",\"sales_order\":%d}", n, n);
    assert_int_equal(sample_insert(v->s, ARC_DELIVERY, json), n);
    snprintf(json, sizeof json, "{\"delivery\":%d,\"seq\":1,\"order_line\":%d,\"quantity\":\"10\",\"currency\":\"CNY\",\"amount\":\"100.00\"}", n, n);
    assert_int_equal(sample_insert(v->s, ARC_DELIVERY_LINE, json), n);
    assert_session(&v->b, order_step(v, arc_delivery_ship, n));
}

static int64_t expect(invoices *v, const char *number, const char *kind, const char *amount, const char *of)
{
    char json[300];
    int64_t id = 0;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"kind\":\"%s\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"%s\",\"business_date\":\"2026-02-01\"%s}", number, kind, amount, of);
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

static void open_are(invoices *v, const int64_t *items, int64_t a, int64_t b)
{
    assert_int_equal(open_of(v, items[0]), a);
    assert_int_equal(open_of(v, items[1]), b);
}

static int64_t issued_of(invoices *v, int64_t id)
{
    arc_headroom h = ARC_HEADROOM_INIT;
    assert_session(&v->b, arc_headroom_compute(v->s, &h, id));
    return h.issued.minor;
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

/* The same of contracts, of orders and of deliveries: two lines, an estimate (or a plan) each; a note to the second gives back the second's. */
static void by_parent(void **state)
{
    (void)state;
    static const char *const kinds[2] = { "estimated", "planned" };
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        for (int how = 0; how < 6; how++) {
            invoices v;
            int64_t items[2], id = 0;
            invoices_open(&v, backend);
            (void)sample_insert(v.s, ARC_BOOK_SETTING, "{\"name\":\"ledger.post_estimates\",\"value\":1}");
            for (int n = 1; n <= 2; n++) {
                static const char *const of[] = { ",\"contract\":%d", ",\"sales_order\":%d", ",\"delivery\":%d" };
                char parent[30], number[8];
                (void)contract(&v, n, "100.00", "");
                order(&v, n, "");
                deliver(&v, n);
                snprintf(parent, sizeof parent, of[how / 2], n);
                snprintf(number, sizeof number, "E%d", n);
                items[n - 1] = expect(&v, number, kinds[how % 2], "100.00", parent);
            }
            if (how / 2 == 0) id = issue_ok(&v, "{" HEADER "}", LINE("100.00", OF(1)), LINE("100.00", OF(2)), NULL);
            if (how / 2 == 1) id = issue_ok(&v, "{" HEADER "}", LINE("100.00", ORDERED(1)), LINE("100.00", ORDERED(2)), NULL);
            if (how / 2 == 2) id = issue_ok(&v, "{" HEADER "}", LINE("100.00", SENT(1)), LINE("100.00", SENT(2)), NULL);
            open_are(&v, items, 0, 0);
            int64_t half = credit_one(&v, id, credit_seq(2, ARC_CREDIT_GROSS, 4000));
            open_are(&v, items, 0, 4000);
            int64_t rest = credit_one(&v, id, credit_seq(2, 0, 0));
            open_are(&v, items, 0, 10000);
            assert_session(&v.b, drop(&v, half));
            open_are(&v, items, 0, 6000);
            int64_t one = credit_one(&v, id, credit_seq(1, ARC_CREDIT_GROSS, 1));
            open_are(&v, items, 1, 6000);
            assert_session(&v.b, drop(&v, one));
            assert_session(&v.b, drop(&v, rest));
            open_are(&v, items, 0, 0);
            assert_session(&v.b, drop(&v, id));
            open_are(&v, items, 10000, 10000);
            close_rebuilt(&v);
        }
    }
}

static arc_invoice_use use_of(int64_t item, int64_t minor, uint32_t line)
{
    arc_invoice_use u = ARC_INVOICE_USE_INIT;
    u.item = item;
    u.line = line;
    assert_ok(arc_money_set(&u.amount, minor, "CNY"));
    return u;
}

static arc_status issue_uses(invoices *v, int64_t *id, const arc_invoice_use *uses, uint32_t n, const char *const *lines)
{
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record *records[INVOICE_LINES];
    d.invoice = invoices_record(v->s, ARC_INVOICE, "{" HEADER "}");
    d.lines = records;
    for (; lines[d.n_lines]; d.n_lines++) records[d.n_lines] = invoices_record(v->s, ARC_INVOICE_LINE, lines[d.n_lines]);
    d.uses = uses;
    d.n_uses = n;
    arc_status st = arc_invoice_issue_document(v->s, id, &d);
    for (uint32_t i = 0; i < d.n_lines; i++) arc_record_free(records[i]);
    arc_record_free(d.invoice);
    return st;
}
#define USING(v, id, uses, n, ...) issue_uses(v, id, uses, n, (const char *const[]){ __VA_ARGS__, NULL })

/* Uses that name their line, or are what the lines come to one by one; plans, and receivables that stand. */
static void by_use(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        (void)contract(&v, 1, NULL, "");
        for (int named = 0; named < 2; named++) {
            int64_t items[2], id = 0;
            items[0] = expect(&v, named ? "A1" : "B1", "estimated", "100.00", OF(1));
            items[1] = expect(&v, named ? "A2" : "B2", "estimated", "90.00", OF(1));
            const arc_invoice_use uses[2] = { use_of(items[1], 9000, named ? 3 : 0), use_of(items[0], 10000, named ? 1 : 0) }, turned[2] = { uses[1], uses[0] };
            assert_session(&v.b, USING(&v, &id, named ? uses : turned, 2, LINE("110.00", ""), OFF("10.00", 1, ""), LINE("90.00", "")));
            open_are(&v, items, 0, 0);
            int64_t note = credit_one(&v, id, credit_seq(3, ARC_CREDIT_GROSS, 3333));
            open_are(&v, items, 0, 3333);
            (void)credit_one(&v, id, credit_seq(1, 0, 0)); /* with its discount */
            open_are(&v, items, 10000, 3333);
            assert_session(&v.b, drop(&v, note));
            open_are(&v, items, 10000, 0);
        }
        int64_t stands[2] = { expect(&v, "R1", "invoiced", "100.00", ",\"due_date\":\"2026-03-10\""), expect(&v, "R2", "invoiced", "50.00", ",\"due_date\":\"2026-03-10\"") }, id = 0;
        const arc_invoice_use uses[2] = { use_of(stands[0], 10000, 1), use_of(stands[1], 5000, 2) };
        assert_session(&v.b, USING(&v, &id, uses, 2, LINE("100.00", ""), LINE("80.00", "")));
        int64_t note = credit_one(&v, id, credit_seq(1, 0, 0)); /* of which nothing is claimed */
        assert_int_equal(sum_where(&v, ARC_ITEM, ARC_ITEM_AMOUNT, ARC_ITEM_KIND, "credit"), -2 * (3333 + 10000));
        (void)note;
        /* what a line cannot bear */
        const arc_invoice_use more = use_of(stands[0], 10000, 1), nowhere = use_of(stands[0], 10000, 3);
        arc_error e = ARC_ERROR_INIT;
        assert_session_status(ARC_E_GUARD, &v.b, USING(&v, &id, &more, 1, LINE("99.99", ""), LINE("80.00", "")));
        (void)arc_session_error(v.s, &e);
        assert_string_equal(e.entity, "item");
        assert_session_status(ARC_E_VALUE, &v.b, USING(&v, &id, &nowhere, 1, LINE("99.99", ""), LINE("80.00", "")));
        close_rebuilt(&v);
    }
}

/* What is over stays over: plans of a terminated contract and of closed orders get nothing back, what was delivered does. */
static void over(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t items[2];
        invoices_open(&v, backend);
        (void)contract(&v, 1, "1000.00", "");
        items[0] = expect(&v, "P", "planned", "600.00", OF(1));
        items[1] = expect(&v, "E", "estimated", "400.00", OF(1));
        int64_t id = issue_ok(&v, "{" HEADER "}", LINE("800.00", OF(1)), NULL);
        open_are(&v, items, 0, 20000);
        assert_session(&v.b, arc_contract_terminate(v.s, 1, ARC_DATE_NONE, "end"));
        assert_ok(arc_session_set_business_date(v.s, 20540));
        int64_t note = credit_one(&v, id, credit_seq(1, ARC_CREDIT_GROSS, 40000));
        open_are(&v, items, 0, 30000); /* half of each; the plan's lapsed */
        assert_int_equal(issued_of(&v, 1), 40000);
        invoices_verified(&v);
        assert_session(&v.b, drop(&v, note));
        open_are(&v, items, 0, 20000);
        note = credit_one(&v, id, credit_seq(1, ARC_CREDIT_GROSS, 40000));
        assert_session(&v.b, arc_contract_reopen(v.s, 1, ARC_DATE_NONE, "back"));
        (void)credit_one(&v, id, credit_seq(1, 0, 0));
        open_are(&v, items, 30000, 40000); /* what lapsed is gone; the rest is the contract's again */
        assert_int_equal(issued_of(&v, 1), 0);
        /* a plan of an order that is closed then, and voiding */
        order(&v, 1, "");
        order(&v, 2, "");
        items[0] = expect(&v, "P1", "planned", "100.00", ",\"sales_order\":1");
        items[1] = expect(&v, "P2", "planned", "100.00", ",\"sales_order\":2");
        id = issue_ok(&v, "{\"customer\":1,\"currency\":\"CNY\",\"due_date\":\"2026-06-10\"}", LINE("100.00", ORDERED(1)), LINE("50.00", ORDERED(2)), NULL);
        assert_session(&v.b, order_step(&v, arc_order_close, 1));
        note = credit_one(&v, id, credit_seq(1, ARC_CREDIT_GROSS, 4000));
        open_are(&v, items, 0, 0); /* the second order was invoiced in full, at half the price */
        assert_int_equal(drop(&v, note), ARC_E_GUARD); /* nothing of a closed order was delivered */
        order(&v, 3, "");
        items[0] = expect(&v, "P3", "planned", "100.00", ",\"sales_order\":3");
        id = issue_ok(&v, "{\"customer\":1,\"currency\":\"CNY\",\"due_date\":\"2026-06-10\"}", LINE("100.00", ORDERED(3)), NULL);
        assert_session(&v.b, order_step(&v, arc_order_close, 3));
        assert_session(&v.b, drop(&v, id));
        open_are(&v, items, 0, 0);
        close_rebuilt(&v);
    }
}

/* Freight is credited in all instalments; what is over of a note goes by due date. */
static void by_part(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t term = 0;
        invoices_open(&v, backend);
        assert_session(&v.b, arc_definition_save(v.s, &term, "term", "3060", "{\"lines\":[{\"percent\":\"50\",\"due\":{\"kind\":\"net\",\"days\":30}},{\"due\":{\"kind\":\"net\",\"days\":60}}]}", SIZE_MAX, NULL));
        assert_session(&v.b, arc_definition_publish(v.s, term, NULL, NULL));
        int64_t id = issue_ok(&v, "{\"customer\":1,\"currency\":\"CNY\",\"term\":\"3060\"}", "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"1000.00\",\"tax_rate\":\"0\"}",
                              "{\"name\":\"f\",\"currency\":\"CNY\",\"gross_amount\":\"100.00\",\"tax_rate\":\"0\",\"part\":\"freight\"}", NULL);
        const int64_t items[2] = { 1, 2 };
        int64_t note = credit_one(&v, id, credit_seq(2, ARC_CREDIT_GROSS, 8000));
        open_are(&v, items, 50000, 52000);
        assert_session(&v.b, drop(&v, note));
        open_are(&v, items, 55000, 55000);
        (void)credit_one(&v, id, credit_seq(1, ARC_CREDIT_GROSS, 60000));
        open_are(&v, items, 5000, 45000);
        (void)credit_one(&v, id, credit_seq(2, 0, 0));
        open_are(&v, items, 0, 40000);
        invoices_verified(&v);
        invoices_close(&v);
    }
}

/* A discount goes with its line; a price is a price. */
static void discounted(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        (void)contract(&v, 1, "1000.00", "");
        (void)contract(&v, 2, "1000.00", "");
        int64_t id = issue_ok(&v, "{" HEADER ",\"contract\":2}", LINE("400.00", OF(1)), OFF("40.00", 1, ""), LINE("100.00", ""), NULL);
        arc_credit_line both[2] = { credit_seq(2, 0, 0), credit_seq(3, 0, 0) };
        arc_credit_note n = credit_of(id);
        assert_int_equal(issued_of(&v, 1), 36000);
        int64_t part = credit_one(&v, id, credit_seq(1, ARC_CREDIT_QUANTITY, 2500000));
        invoice_is(&v, part, "{\"gross_amount\":\"-90.01\"}");
        assert_int_equal(issued_of(&v, 1), 26999);
        assert_session(&v.b, drop(&v, part));
        n.lines = both;
        n.n_lines = 2;
        credit_refused(&v, &n, ARC_E_GUARD, "seq", "discount of line 1");
        both[0] = credit_seq(1, ARC_CREDIT_GROSS, 36001);
        n.n_lines = 1;
        credit_refused(&v, &n, ARC_E_GUARD, "gross_amount", "after its discount");
        int64_t price = credit_one(&v, id, credit_seq(1, ARC_CREDIT_GROSS, 36000));
        assert_int_equal(issued_of(&v, 1), 0);
        assert_session(&v.b, drop(&v, price));
        (void)credit_one(&v, id, credit_seq(1, 0, 0));
        assert_int_equal(issued_of(&v, 1), 0);
        assert_int_equal(issued_of(&v, 2), 10000);
        assert_int_equal(open_of(&v, 1), 10000);
        (void)credit_one(&v, id, credit_seq(3, 0, 0));
        invoice_is(&v, id, "{\"status\":\"credited\"}");
        close_rebuilt(&v);
    }
}

/* What is taken off is of what it is taken off from. */
static void taken_off(void **state)
{
    (void)state;
    invoices v;
    invoices_open(&v, 0);
    (void)contract(&v, 1, NULL, "");
    (void)contract(&v, 2, "500.00", "");
    for (int n = 1; n <= 2; n++) order(&v, n, "");
    deliver(&v, 1);
    issue_refused(&v, ARC_E_VALUE, "contract", "/lines/1/contract", "{" HEADER "}", LINE("1000.00", OF(1)), OFF("500.00", 1, OF(2)), NULL);
    issue_refused(&v, ARC_E_VALUE, "order_line", "/lines/1/order_line", "{" HEADER "}", LINE("100.00", ORDERED(1)), OFF("60.00", 1, ORDERED(2)), NULL);
    issue_refused(&v, ARC_E_VALUE, "delivery_line", "/lines/1/delivery_line", "{" HEADER "}", LINE("100.00", ""), OFF("60.00", 1, SENT(1)), NULL);
    int64_t id = issue_ok(&v, "{" HEADER "}", LINE("90.00", SENT(1)), OFF("60.00", 1, ORDERED(1)), NULL); /* it is of that order line */
    row_is(&v, ARC_INVOICE_LINE, 2, "{\"order_line\":1,\"delivery_line\":1}");
    assert_session(&v.b, drop(&v, id));
#define TAKE(gross, more) "{\"name\":\"t\",\"currency\":\"CNY\",\"gross_amount\":\"-" gross "\",\"tax_rate\":\"0.13\"" more "}"
    issue_refused(&v, ARC_E_GUARD, "contract", "/lines/1/contract", "{" HEADER "}", LINE("1000.00", OF(1)), TAKE("500.00", OF(2)), NULL);
    issue_refused(&v, ARC_E_GUARD, "discount_of", "/lines/2/discount_of", "{" HEADER "}", LINE("1000.00", OF(1)), LINE("700.00", OF(2)), TAKE("500.00", ""), NULL);
    issue_refused(&v, ARC_E_GUARD, "order_line", "/lines/1/order_line", "{" HEADER "}", LINE("90.00", ORDERED(1)), TAKE("50.00", ORDERED(2)), NULL);
    issue_refused(&v, ARC_E_GUARD, "discount_of", "/lines/2/discount_of", "{" HEADER "}", LINE("90.00", ORDERED(1)), LINE("90.00", ORDERED(2)), TAKE("50.00", ""), NULL);
    (void)issue_ok(&v, "{" HEADER ",\"contract\":2}", LINE("540.00", ""), TAKE("50.00", ""), NULL); /* of one contract: its own discount */
    assert_int_equal(issued_of(&v, 2), 49000);
    (void)issue_ok(&v, "{" HEADER "}", LINE("90.00", ""), TAKE("50.00", ""), NULL);
    invoices_verified(&v);
    invoices_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(by_parent), cmocka_unit_test(by_use), cmocka_unit_test(over), cmocka_unit_test(by_part), cmocka_unit_test(discounted), cmocka_unit_test(taken_off) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
