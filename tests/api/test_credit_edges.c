/* SPDX-License-Identifier: Apache-2.0 */
/* Credit notes where several things meet: notes that are voided or asked for anew after others took what they gave back, invoices that advances paid in full, advances and
 * credit notes in foreign currency to the last cent by account, dimensions of lines; on every backend. */
#include "api/credits.h"

#define CNY(day) "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"" day "\",\"due_date\":\"2026-03-10\"}"
#define USD(day, rate) "{\"customer\":1,\"currency\":\"USD\",\"invoice_date\":\"" day "\",\"due_date\":\"2026-03-10\",\"fx_rate\":\"" rate "\"}"
#define NET(currency, net, rate) "{\"name\":\"a\",\"currency\":\"" currency "\",\"net_amount\":\"" net "\",\"tax_rate\":\"" rate "\"}"
#define DEDUCT(currency, net, rate, advance) "{\"name\":\"d\",\"currency\":\"" currency "\",\"net_amount\":\"-" net "\",\"tax_rate\":\"" rate "\",\"advance\":" #advance "}"

static int64_t issue(invoices *v, uint32_t flags, const char *header, const char *const *lines)
{
    int64_t id = 0;
    assert_session(&v->b, issue_as(v, &id, flags, header, lines));
    return id;
}
#define ISSUE(v, flags, header, ...) issue(v, flags, header, (const char *const[]){ __VA_ARGS__, NULL })

static int64_t base_sum(invoices *v, const char *role) { return sum_where(v, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT, ARC_JOURNAL_LINE_ACCOUNT_ROLE, role); }

static arc_status drop(invoices *v, int64_t id)
{
    arc_invoice_step step = ARC_INVOICE_STEP_INIT;
    step.invoice = id;
    step.reason = "误开";
    return arc_invoice_void(v->s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE);
}

static void says(invoices *v, const char *part)
{
    arc_error e = ARC_ERROR_INIT;
    (void)arc_session_error(v->s, &e);
    if (!strstr(e.message, part)) fail_msg("%s does not say %s", e.message, part);
    assert_true(e.message_zh[0] != 0);
}

/* What a credit note gave back of an advance was deducted by somebody else: voiding it would deduct it twice. */
static void void_after_deduction(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        (void)ISSUE(&v, ARC_AS_ADVANCE, CNY("2026-01-10"), NET("CNY", "300.00", "0.13"));
        int64_t first = ISSUE(&v, 0, CNY("2026-02-01"), NET("CNY", "1000.00", "0.13"), DEDUCT("CNY", "300.00", "0.13", 1));
        arc_credit_note n = credit_of(first);
        int64_t note = credit_ok(&v, &n);
        int64_t second = ISSUE(&v, 0, CNY("2026-02-02"), NET("CNY", "1000.00", "0.13"), DEDUCT("CNY", "200.00", "0.13", 1));
        assert_session_status(ARC_E_GUARD, &v.b, drop(&v, note));
        says(&v, "advance that it gave back");
        invoice_is(&v, note, "{\"status\":\"issued\"}");
        assert_session(&v.b, drop(&v, second));
        assert_session(&v.b, drop(&v, note));
        assert_int_equal(role_sum(&v, "advance"), 0);
        assert_int_equal(role_sum(&v, "pending_vat"), 0);
        assert_int_equal(role_sum(&v, "revenue"), -100000);
        invoices_close(&v);
    }
}

/* The same for the room of a contract, and for order lines. */
static void void_after_reuse(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t contract = sample_insert(v.s, ARC_CONTRACT, "{\"number\":\"K1\",\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"amount\":\"1130.00\",\"tax_included\":true}");
        assert_session(&v.b, arc_contract_activate(v.s, contract));
        int64_t first = ISSUE(&v, 0, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"contract\":1}", NET("CNY", "1000.00", "0.13"));
        int64_t note = credit_one(&v, first, credit_seq(1, ARC_CREDIT_NET, 40000));
        int64_t other = ISSUE(&v, 0, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-16\",\"contract\":1}", NET("CNY", "0.01", "0.13"));
        assert_session_status(ARC_E_GUARD, &v.b, drop(&v, note));
        says(&v, "contract has no room");
        assert_session(&v.b, drop(&v, other));
        assert_session(&v.b, drop(&v, note));
        (void)sample_insert(v.s, ARC_SALES_ORDER, "{\"number\":\"O1\",\"customer\":1,\"order_date\":\"2026-01-01\",\"currency\":\"CNY\"}");
        (void)sample_insert(v.s, ARC_ORDER_LINE, "{\"sales_order\":1,\"seq\":1,\"name\":\"a\",\"quantity\":\"10\",\"price\":\"11.30\",\"currency\":\"CNY\",\"amount\":\"113.00\"}");
        assert_session(&v.b, order_step(&v, arc_order_confirm, 1));
        static const char *const line[] = { "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"10\",\"price\":\"10\",\"tax_rate\":\"0.13\",\"order_line\":1}", NULL };
        first = issue(&v, 0, CNY("2026-02-01"), line);
        note = credit_one(&v, first, credit_seq(1, ARC_CREDIT_QUANTITY, 4000000));
        other = ISSUE(&v, 0, CNY("2026-02-01"), "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"1\",\"price\":\"10\",\"tax_rate\":\"0.13\",\"order_line\":1}");
        assert_session_status(ARC_E_GUARD, &v.b, drop(&v, note));
        says(&v, "order or delivery lines");
        assert_session(&v.b, drop(&v, other));
        assert_session(&v.b, drop(&v, note));
        invoices_close(&v);
    }
}

#define TAXED "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"due_date\":\"2026-03-10\",\"fapiao_kind\":\"paper_special\"}"

/* A red letter goes the way of its confirmation, whatever other verbs would do with a document of its status; its invoice stands as long as it waits. */
static void red_goes_its_way(void **state)
{
    typedef arc_status (*step_fn)(arc_session *, int64_t *, arc_status *, const arc_invoice_step *, size_t, uint32_t);
    static const step_fn steps[] = { arc_invoice_submit, arc_invoice_approve, arc_invoice_reject, arc_invoice_issue };
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_invoice_step step = ARC_INVOICE_STEP_INIT;
        invoices_open(&v, backend);
        int64_t blue = ISSUE(&v, 0, TAXED, NET("CNY", "100.00", "0.13"));
        step.reason = "r";
        arc_credit_note n = credit_of(blue);
        step.invoice = credit_ok(&v, &n);
        for (int waits = 1; waits >= 0; waits--) {
            for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
                assert_session_status(ARC_E_STATE, &v.b, steps[k](v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
                says(&v, "goes the way of its confirmation");
            }
            if (!waits) break;
            assert_session_status(ARC_E_STATE, &v.b, drop(&v, blue));
            says(&v, "waits for the tax service");
            assert_session(&v.b, arc_credit_red_status(v.s, step.invoice, "seller_entered", NULL, NULL));
            assert_session(&v.b, arc_credit_red_status(v.s, step.invoice, "lapsed", NULL, "72 h"));
        }
        assert_session(&v.b, drop(&v, blue)); /* nothing waits any more */
        assert_session_status(ARC_E_STATE, &v.b, arc_credit_red_status(v.s, step.invoice, "seller_entered", NULL, NULL));
        assert_session(&v.b, drop(&v, step.invoice));
        invoices_close(&v);
    }
}

/* Returned, and meanwhile the advance was deducted; or the tax of an invoice without lines was taken. */
static void asked_anew(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t advance = ISSUE(&v, ARC_AS_ADVANCE, TAXED, NET("CNY", "300.00", "0.13"));
        arc_credit_note n = credit_of(advance);
        int64_t red = credit_ok(&v, &n);
        assert_session_status(ARC_E_GUARD, &v.b, AS(&v, NULL, 0, CNY("2026-02-02"), NET("CNY", "900.00", "0.13"), DEDUCT("CNY", "0.01", "0.13", 1)));
        assert_session(&v.b, arc_credit_red_status(v.s, red, "seller_entered", NULL, NULL));
        assert_session(&v.b, arc_credit_red_status(v.s, red, "refused_by_buyer", NULL, "no"));
        int64_t final = ISSUE(&v, 0, CNY("2026-02-02"), NET("CNY", "900.00", "0.13"), DEDUCT("CNY", "300.00", "0.13", 1));
        assert_session_status(ARC_E_STATE, &v.b, arc_credit_red_status(v.s, red, "seller_entered", NULL, NULL));
        says(&v, "deducted by other invoices");
        assert_session(&v.b, drop(&v, final));
        assert_session(&v.b, arc_credit_red_status(v.s, red, "not_needed", NULL, NULL));
        assert_session(&v.b, arc_credit_red_issued(v.s, red, "12345678", "0123456789", ARC_DATE_NONE));
        assert_int_equal(role_sum(&v, "advance"), 0);
        arc_record *r = invoices_record(v.s, ARC_INVOICE, "{\"number\":\"OLD\",\"customer\":1,\"invoice_date\":\"2026-01-05\",\"due_date\":\"2026-02-05\",\"currency\":\"CNY\",\"gross_amount\":\"10.05\","
                                                          "\"tax_amount\":\"1.16\",\"fapiao_kind\":\"paper_general\"}");
        int64_t old, parts[3];
        assert_session(&v.b, arc_invoice_record(v.s, &old, r));
        arc_record_free(r);
        for (int k = 0; k < 3; k++) {
            n = credit_of(old);
            n.amount = k < 2 ? 3 : 0; /* 0.03 has no tax or a cent of it, by what is left */
            parts[k] = credit_ok(&v, &n);
            if (k < 1) assert_session(&v.b, arc_credit_red_status(v.s, parts[k], "seller_entered", NULL, NULL));
            if (k < 1) assert_session(&v.b, arc_credit_red_status(v.s, parts[k], "withdrawn", NULL, "r"));
        }
        assert_session_status(ARC_E_GUARD, &v.b, arc_credit_red_status(v.s, parts[0], "seller_entered", NULL, NULL));
        invoices_close(&v);
    }
}

/* An advance of all of it: nothing to pay, all of the revenue; and all of it back. */
static void paid_in_full(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t advance = ISSUE(&v, ARC_AS_ADVANCE, CNY("2026-01-10"), NET("CNY", "1000.00", "0.13"));
        int64_t final = ISSUE(&v, 0, CNY("2026-02-01"), NET("CNY", "1000.00", "0.13"), DEDUCT("CNY", "1000.00", "0.13", 1));
        invoice_is(&v, final, "{\"gross_amount\":\"0.00\",\"status\":\"issued\"}");
        assert_int_equal(role_sum(&v, "revenue"), -100000);
        assert_int_equal(role_sum(&v, "output_vat"), -13000);
        assert_int_equal(role_sum(&v, "advance"), 0);
        arc_credit_line l = credit_seq(1, ARC_CREDIT_NET, 1);
        arc_credit_note n = credit_of(final);
        n.lines = &l;
        n.n_lines = 1;
        credit_refused(&v, &n, ARC_E_GUARD, "gross_amount", "0.00 can be credited");
        n = credit_of(final);
        int64_t note = credit_ok(&v, &n);
        invoice_is(&v, final, "{\"status\":\"credited\"}");
        invoice_is(&v, note, "{\"kind\":\"credit_note\",\"gross_amount\":\"0.00\"}");
        assert_int_equal(role_sum(&v, "revenue"), 0);
        assert_int_equal(role_sum(&v, "output_vat"), 0);
        assert_int_equal(role_sum(&v, "advance"), -100000);
        assert_int_equal(role_sum(&v, "pending_vat"), -13000);
        credit_refused(&v, &n, ARC_E_STATE, "status", "credited in full");
        n = credit_of(advance);
        (void)credit_ok(&v, &n);
        assert_int_equal(role_sum(&v, "receivable"), 0);
        invoices_close(&v);
    }
}

/* Credited in pieces, every account comes back to nothing in base currency, not the total alone. */
static void foreign_by_account(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        static const char *const roles[] = { "receivable", "revenue", "other_revenue", "output_vat", "fx_realised" };
        invoices v;
        invoices_open(&v, backend);
        int64_t id = ISSUE(&v, 0, USD("2026-02-01", "7.12345678"), NET("USD", "33.37", "0.13"), NET("USD", "11.11", "0.06"),
                           "{\"name\":\"b\",\"currency\":\"USD\",\"net_amount\":\"77.79\",\"tax_rate\":\"0.13\",\"account_role\":\"other_revenue\"}");
        assert_int_equal(base_sum(&v, "receivable") + base_sum(&v, "revenue") + base_sum(&v, "other_revenue") + base_sum(&v, "output_vat"), 0);
        for (int64_t k = 0; k < 12; k++) (void)credit_one(&v, id, credit_seq(1 + k % 3, ARC_CREDIT_NET, 61 + 29 * k));
        arc_credit_note n = credit_of(id);
        (void)credit_ok(&v, &n);
        invoice_is(&v, id, "{\"status\":\"credited\"}");
        for (size_t k = 0; k < sizeof roles / sizeof *roles; k++) {
            if (base_sum(&v, roles[k])) fail_msg("%s: %lld", roles[k], (long long)base_sum(&v, roles[k]));
        }
        assert_int_equal(sum_of(&v, ARC_INVOICE_LINE, ARC_INVOICE_LINE_BASE_NET), 0);
        assert_int_equal(sum_of(&v, ARC_INVOICE_LINE, ARC_INVOICE_LINE_BASE_TAX), 0);
        assert_int_equal(sum_of(&v, ARC_INVOICE, ARC_INVOICE_BASE_AMOUNT), 0);
        invoices_close(&v);
    }
}

/* IAS 21: an advance is no monetary item. USD 1,000 at 7.10, USD 3,000 at 7.20 that deduct it: revenue is 7,100 + 2,000 at 7.20 = 21,500. */
static void foreign_advance(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t advance = ISSUE(&v, ARC_AS_ADVANCE, USD("2026-01-10", "7.10"), NET("USD", "1000.00", "0"));
        assert_int_equal(base_sum(&v, "advance"), -710000);
        int64_t final = ISSUE(&v, 0, USD("2026-02-01", "7.20"), NET("USD", "3000.00", "0"), DEDUCT("USD", "1000.00", "0", 1));
        assert_int_equal(base_sum(&v, "advance"), 0);
        assert_int_equal(base_sum(&v, "revenue"), -2150000);
        assert_int_equal(base_sum(&v, "receivable"), 710000 + 1440000);
        invoice_is(&v, final, "{\"base_amount\":\"14400.00\",\"gross_amount\":\"2000.00\"}");
        arc_credit_note n = credit_of(final);
        (void)credit_ok(&v, &n);
        assert_int_equal(base_sum(&v, "advance"), -710000);
        assert_int_equal(base_sum(&v, "revenue"), 0);
        assert_int_equal(base_sum(&v, "receivable"), 710000);
        /* a third at a time, with tax, at other rates: the last one takes the last cent */
        int64_t taxed = ISSUE(&v, ARC_AS_ADVANCE, USD("2026-01-10", "7.0123"), NET("USD", "100.01", "0.13"));
        int64_t liability = base_sum(&v, "advance") + 710000, waiting = base_sum(&v, "pending_vat");
        assert_int_equal(advance, 1);
        assert_int_equal(taxed, 4);
        assert_int_equal(liability + waiting, -79246); /* 113.01 x 7.0123 = 792.46 */
        static const char *const days[] = { USD("2026-02-02", "7.3"), USD("2026-02-03", "7.4"), USD("2026-02-04", "6.9999") };
        static const char *const nets[] = { DEDUCT("USD", "33.33", "0.13", 4), DEDUCT("USD", "33.34", "0.13", 4), DEDUCT("USD", "33.34", "0.13", 4) };
        for (int k = 0; k < 3; k++) {
            const char *const lines[] = { NET("USD", "50.00", "0.13"), nets[k], NULL };
            (void)issue(&v, 0, days[k], lines);
        }
        assert_int_equal(role_sum(&v, "advance"), -100000);
        assert_int_equal(base_sum(&v, "advance"), -710000);
        /* 4.33 + 4.33 + 4.33 of 13.00: a cent of tax is left, with what it is worth */
        assert_int_equal(role_sum(&v, "pending_vat"), -1);
        assert_true(base_sum(&v, "pending_vat") < 0 && base_sum(&v, "pending_vat") > -10);
        assert_session_status(ARC_E_GUARD, &v.b, AS(&v, NULL, 0, USD("2026-02-05", "7"), NET("USD", "5.00", "0.13"), DEDUCT("USD", "0.01", "0.13", 4)));
        invoices_close(&v);
    }
}

/* No rate is known on the day of the invoice: the advance leaves at what it is booked at, net and tax, and comes back so; also where nothing is left to pay. */
static void foreign_unvalued(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        static const char unknown[] = "{\"customer\":1,\"currency\":\"USD\",\"invoice_date\":\"2026-02-01\",\"due_date\":\"2026-03-10\"}";
        invoices v;
        invoices_open(&v, backend);
        int64_t advance = ISSUE(&v, ARC_AS_ADVANCE, USD("2026-01-10", "7.10"), NET("USD", "1000.00", "0.13"));
        assert_int_equal(advance, 1);
        assert_int_equal(base_sum(&v, "pending_vat"), -92300);
        for (int more = 1; more >= 0; more--) {
            int64_t final = more ? ISSUE(&v, 0, unknown, NET("USD", "3000.00", "0.13"), DEDUCT("USD", "1000.00", "0.13", 1))
                                 : ISSUE(&v, 0, unknown, NET("USD", "1000.00", "0.13"), DEDUCT("USD", "1000.00", "0.13", 1));
            assert_int_equal(base_sum(&v, "advance"), 0);
            assert_int_equal(base_sum(&v, "pending_vat"), 0);
            assert_int_equal(base_sum(&v, "revenue"), more ? 0 : -710000);
            arc_credit_note n = credit_of(final);
            (void)credit_ok(&v, &n);
            assert_int_equal(base_sum(&v, "advance"), -710000);
            assert_int_equal(base_sum(&v, "pending_vat"), -92300);
            assert_int_equal(base_sum(&v, "revenue"), 0);
            assert_int_equal(base_sum(&v, "output_vat"), 0);
        }
        invoices_close(&v);
    }
}

static int64_t project_sum(invoices *v, const char *role, int64_t project)
{
    arc_query *q;
    arc_cursor *c;
    int64_t sum = 0;
    arc_field_id field = ARC_JOURNAL_LINE_AMOUNT;
    assert_session(&v->b, arc_query_new(v->s, &q, ARC_JOURNAL_LINE));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_where_text(q, ARC_JOURNAL_LINE_ACCOUNT_ROLE, ARC_EQ, role, SIZE_MAX));
    assert_ok(arc_query_where_int(q, ARC_JOURNAL_LINE_PROJECT, ARC_EQ, project));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        arc_money m;
        assert_ok(arc_cursor_get_money(c, &m, 0));
        sum += m.minor;
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return sum;
}

/* Revenue by the dimensions of the lines; a discount goes with its line; credited and voided likewise. */
static void dimensions(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        for (int k = 1; k <= 3; k++) {
            char json[120];
            snprintf(json, sizeof json, "{\"code\":\"P%d\",\"name\":\"p\",\"customer\":1,\"status\":\"open\"}", k);
            (void)sample_insert(v.s, ARC_PROJECT, json);
            snprintf(json, sizeof json, "{\"code\":\"D%d\",\"name\":\"d\",\"kind\":\"department\"}", k);
            (void)sample_insert(v.s, ARC_ORG_UNIT, json);
        }
        int64_t id = ISSUE(&v, 0, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-10\",\"due_date\":\"2026-03-10\",\"project\":1,\"department\":1}",
                           "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"100.00\",\"tax_rate\":\"0.13\",\"project\":2}",
                           "{\"name\":\"-\",\"currency\":\"CNY\",\"net_amount\":\"-10.00\",\"discount_of\":1}",
                           "{\"name\":\"b\",\"currency\":\"CNY\",\"net_amount\":\"200.00\",\"tax_rate\":\"0.13\"}",
                           "{\"name\":\"c\",\"currency\":\"CNY\",\"net_amount\":\"50.00\",\"tax_rate\":\"0.13\",\"project\":1}",
                           "{\"name\":\"c\",\"currency\":\"CNY\",\"net_amount\":\"7.00\",\"tax_rate\":\"0.13\",\"project\":1,\"department\":3}");
        assert_int_equal(invoices_count(&v, ARC_JOURNAL_LINE), 5); /* the claim, revenue of three sets of dimensions, the tax */
        assert_int_equal(project_sum(&v, "revenue", 2), -9000);
        assert_int_equal(project_sum(&v, "revenue", 1), -25700);
        assert_int_equal(sum_where(&v, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_AMOUNT, ARC_JOURNAL_LINE_ACCOUNT_ROLE, "revenue"), -34700);
        row_is(&v, ARC_INVOICE_LINE, 2, "{\"project\":2}");
        (void)credit_one(&v, id, credit_seq(1, ARC_CREDIT_NET, 4000));
        assert_int_equal(project_sum(&v, "revenue", 2), -5000);
        arc_credit_note n = credit_of(id);
        int64_t note = credit_ok(&v, &n);
        for (int64_t k = 1; k <= 2; k++) assert_int_equal(project_sum(&v, "revenue", k), 0);
        assert_session(&v.b, drop(&v, note));
        assert_int_equal(project_sum(&v, "revenue", 2), -5000);
        assert_int_equal(project_sum(&v, "revenue", 1), -25700);
        invoices_close(&v);
    }
}

static arc_status use(invoices *v, int64_t id, const char *what) { return arc_credit_buyer_use(v->s, id, what, ARC_DATE_NONE); }

/* A special fapiao that the buyer has used is taken back with his confirmation alone; a paper one is voided in its own month. */
static void used(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_invoice_step step = ARC_INVOICE_STEP_INIT;
        invoices_open(&v, backend);
        int64_t blue = ISSUE(&v, 0, TAXED, NET("CNY", "100.00", "0.13")), none = ISSUE(&v, 0, CNY("2026-02-01"), NET("CNY", "1.00", "0.13"));
        int64_t general = ISSUE(&v, 0, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"due_date\":\"2026-03-10\",\"fapiao_kind\":\"paper_general\"}", NET("CNY", "1.00", "0.13"));
        assert_session_status(ARC_E_STATE, &v.b, use(&v, none, "booked"));
        assert_session_status(ARC_E_STATE, &v.b, use(&v, general, "deducted"));
        assert_session_status(ARC_E_VALUE, &v.b, use(&v, blue, "eaten"));
        assert_session_status(ARC_E_NOT_FOUND, &v.b, use(&v, 99, "booked"));
        assert_session_status(ARC_E_RANGE, &v.b, arc_credit_buyer_use(v.s, blue, "certified", 20400));
        assert_session(&v.b, use(&v, general, "booked"));
        assert_session(&v.b, use(&v, blue, "certified"));
        invoice_is(&v, blue, "{\"buyer_use\":\"certified\",\"buyer_use_on\":\"2026-02-16\"}");
        assert_session_status(ARC_E_STATE, &v.b, drop(&v, blue));
        says(&v, "certified, deducted or booked");
        arc_credit_note n = credit_of(blue);
        int64_t red = credit_ok(&v, &n);
        assert_session_status(ARC_E_STATE, &v.b, use(&v, red, "booked"));
        assert_session_status(ARC_E_STATE, &v.b, arc_credit_red_status(v.s, red, "not_needed", NULL, NULL));
        says(&v, "a confirmation is needed");
        assert_session(&v.b, arc_credit_red_status(v.s, red, "buyer_entered", NULL, NULL));
        assert_session(&v.b, arc_credit_red_status(v.s, red, "withdrawn", NULL, "r"));
        assert_session(&v.b, use(&v, blue, NULL)); /* taken back */
        invoice_is(&v, blue, "{\"buyer_use\":null,\"buyer_use_on\":null}");
        assert_session(&v.b, arc_credit_red_status(v.s, red, "not_needed", NULL, NULL));
        assert_session(&v.b, arc_credit_red_issued(v.s, red, "00112233", "044001900111", ARC_DATE_NONE));
        /* one fapiao, one document */
        n = credit_of(general);
        int64_t other = credit_ok(&v, &n);
        assert_session(&v.b, arc_credit_red_status(v.s, other, "confirmed", NULL, NULL));
        assert_session_status(ARC_E_EXISTS, &v.b, arc_credit_red_issued(v.s, other, "00112233", "044001900111", ARC_DATE_NONE));
        assert_session(&v.b, arc_credit_red_issued(v.s, other, "00112233", "044001900112", ARC_DATE_NONE));
        /* a quarter as period: the month of the tax office is the calendar's */
        (void)sample_insert(v.s, ARC_FISCAL_PERIOD, "{\"code\":\"2026-Q1\",\"starts_on\":\"2026-01-01\",\"ends_on\":\"2026-03-31\"}");
        step.reason = "误开";
        step.invoice = ISSUE(&v, 0, TAXED, NET("CNY", "100.00", "0.13"));
        assert_ok(arc_date_parse(&step.date, "2026-03-01", SIZE_MAX));
        assert_session_status(ARC_E_STATE, &v.b, arc_invoice_void(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
        says(&v, "month it was issued in");
        assert_session(&v.b, drop(&v, step.invoice));
        step.invoice = none;
        assert_session_status(ARC_E_RANGE, &v.b, arc_invoice_void(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE)); /* not yet */
        assert_ok(arc_session_set_business_date(v.s, step.date));
        assert_session(&v.b, arc_invoice_void(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE)); /* no fapiao */
        invoices_close(&v);
    }
}

/* Accounts of balances are nobody's income: the control account would not be the account any more. */
static void roles(void **state)
{
    static const char *const bad[] = { "receivable", "on_account", "bank", "advance", "pending_vat", "retention_receivable" };
    (void)state;
    invoices v;
    invoices_open(&v, 0);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        char line[200];
        snprintf(line, sizeof line, "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"1.00\",\"tax_rate\":\"0.13\",\"account_role\":\"%s\"}", bad[k]);
        issue_refused(&v, ARC_E_VALUE, "account_role", "/lines/0/account_role", CNY("2026-02-01"), line, NULL);
    }
    issue_refused(&v, ARC_E_VALUE, "base_currency", "/lines/0/base_currency", CNY("2026-02-01"),
                  "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"1.00\",\"tax_rate\":\"0.13\",\"base_currency\":\"CNY\",\"base_net\":\"1.00\"}", NULL);
    invoices_close(&v);
}

static arc_status record(invoices *v, const char *number, const char *more)
{
    char json[400];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"invoice_date\":\"2026-02-05\",\"due_date\":\"2026-02-05\",\"currency\":\"CNY\",%s}", number, more);
    arc_record *r = invoices_record(v->s, ARC_INVOICE, json);
    arc_status st = arc_invoice_record(v->s, NULL, r);
    arc_record_free(r);
    return st;
}

/* Credit notes of other systems take their share as ours do; and nothing else names an invoice it takes back, which would give room to credit it twice. */
static void recorded(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        (void)sample_insert(v.s, ARC_CUSTOMER, "{\"code\":\"C2\",\"legal_name\":\"乙公司\",\"term\":\"NET30\"}");
        int64_t id = ISSUE(&v, 0, CNY("2026-02-01"), NET("CNY", "100.00", "0.13"));
        issue_refused(&v, ARC_E_VALUE, "red_of", "", "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"due_date\":\"2026-03-10\",\"red_of\":1}", NET("CNY", "50.00", "0.13"), NULL);
        issue_refused(&v, ARC_E_VALUE, "red_of", "/lines/0/red_of", CNY("2026-02-01"), "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"5.00\",\"tax_rate\":\"0.13\",\"red_of\":1}", NULL);
        assert_session_status(ARC_E_VALUE, &v.b, record(&v, "X", "\"customer\":1,\"gross_amount\":\"50.00\",\"red_of\":1"));
        assert_session_status(ARC_E_GUARD, &v.b, record(&v, "X", "\"customer\":1,\"gross_amount\":\"-113.01\",\"red_of\":1"));
        says(&v, "more than is left of the invoice");
        assert_session_status(ARC_E_GUARD, &v.b, record(&v, "X", "\"customer\":1,\"gross_amount\":\"-50.00\",\"tax_amount\":\"-13.01\",\"red_of\":1"));
        assert_session_status(ARC_E_GUARD, &v.b, record(&v, "X", "\"customer\":2,\"gross_amount\":\"-50.00\",\"red_of\":1"));
        assert_session_status(ARC_E_REFERENCE, &v.b, record(&v, "X", "\"customer\":1,\"gross_amount\":\"-50.00\",\"red_of\":77"));
        assert_session(&v.b, record(&v, "K1", "\"customer\":1,\"gross_amount\":\"-100.00\",\"tax_amount\":\"-11.50\",\"red_of\":1"));
        assert_session_status(ARC_E_GUARD, &v.b, record(&v, "X", "\"customer\":1,\"gross_amount\":\"-13.01\",\"red_of\":1"));
        assert_session_status(ARC_E_STATE, &v.b, record(&v, "X", "\"customer\":1,\"gross_amount\":\"-1.00\",\"red_of\":2"));
        arc_credit_note n = credit_of(id); /* 13.00 are left */
        credit_refused(&v, &n, ARC_E_GUARD, "gross_amount", "13.00 can be credited");
        (void)credit_one(&v, id, credit_seq(1, ARC_CREDIT_GROSS, 1300));
        invoice_is(&v, id, "{\"status\":\"credited\"}");
        /* net and tax for themselves; of an invoice that knows none there is none to take; advances and proformas are not taken back so */
        int64_t more = ISSUE(&v, 0, CNY("2026-02-01"), NET("CNY", "100.00", "0.13"));
        char of[100];
        snprintf(of, sizeof of, "\"customer\":1,\"gross_amount\":\"-100.00\",\"tax_amount\":\"0.00\",\"red_of\":%lld", (long long)more);
        assert_session(&v.b, record(&v, "K2", of));
        snprintf(of, sizeof of, "\"customer\":1,\"gross_amount\":\"-13.00\",\"tax_amount\":\"0.00\",\"red_of\":%lld", (long long)more);
        assert_session_status(ARC_E_GUARD, &v.b, record(&v, "X", of));
        snprintf(of, sizeof of, "\"customer\":1,\"gross_amount\":\"-5.00\",\"tax_amount\":\"5.00\",\"red_of\":%lld", (long long)more);
        assert_session_status(ARC_E_GUARD, &v.b, record(&v, "X", of));
        snprintf(of, sizeof of, "\"customer\":1,\"gross_amount\":\"-13.00\",\"tax_amount\":\"-13.00\",\"red_of\":%lld", (long long)more);
        assert_session(&v.b, record(&v, "K3", of));
        assert_session(&v.b, record(&v, "P", "\"customer\":1,\"gross_amount\":\"113.00\""));
        int64_t plain = invoices_count(&v, ARC_INVOICE);
        snprintf(of, sizeof of, "\"customer\":1,\"gross_amount\":\"-113.00\",\"tax_amount\":\"-13.00\",\"red_of\":%lld", (long long)plain);
        assert_session_status(ARC_E_GUARD, &v.b, record(&v, "X", of));
        snprintf(of, sizeof of, "\"customer\":1,\"gross_amount\":\"-113.00\",\"red_of\":%lld", (long long)plain);
        assert_session(&v.b, record(&v, "K4", of));
        int64_t advance = ISSUE(&v, ARC_AS_ADVANCE, CNY("2026-02-01"), NET("CNY", "100.00", "0.13"));
        snprintf(of, sizeof of, "\"customer\":1,\"gross_amount\":\"-113.00\",\"red_of\":%lld", (long long)advance);
        assert_session_status(ARC_E_STATE, &v.b, record(&v, "X", of));
        invoices_close(&v); /* verifies */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(void_after_deduction), cmocka_unit_test(void_after_reuse), cmocka_unit_test(red_goes_its_way), cmocka_unit_test(asked_anew),
                                        cmocka_unit_test(paid_in_full),         cmocka_unit_test(foreign_by_account), cmocka_unit_test(foreign_advance), cmocka_unit_test(foreign_unvalued), cmocka_unit_test(dimensions),
                                        cmocka_unit_test(used),                 cmocka_unit_test(roles),
                                        cmocka_unit_test(recorded) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
