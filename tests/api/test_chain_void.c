/* SPDX-License-Identifier: Apache-2.0 */
/* Many documents voided in one call: each is judged with what those before it in the call took again and gave back - of contracts, orders, deliveries, their lines, advances and estimates -
 * and what is refused leaves everything as it was. */
#include "api/credits.h"

#define HEADER "\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-16\",\"due_date\":\"2026-03-10\""
#define GROSS(amount) "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"" amount "\",\"tax_rate\":\"0.13\"}"
#define NET(net) "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"" net "\",\"tax_rate\":\"0.13\"}"
#define DEDUCT(net) "{\"name\":\"d\",\"currency\":\"CNY\",\"net_amount\":\"-" net "\",\"tax_rate\":\"0.13\",\"advance\":1}"
#define PIECES(n, gross, parents) "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"" n "\",\"gross_amount\":\"" gross "\",\"tax_rate\":\"0.13\"" parents "}"
#define MOST 6

static int64_t issue(invoices *v, uint32_t flags, const char *header, const char *const *lines)
{
    int64_t id = 0;
    assert_session(&v->b, issue_as(v, &id, flags, header, lines));
    return id;
}
#define ISSUE(v, flags, header, ...) issue(v, flags, header, (const char *const[]){ __VA_ARGS__, NULL })

static int64_t note_gross(invoices *v, int64_t invoice, int64_t gross) { return credit_one(v, invoice, credit_seq(1, ARC_CREDIT_GROSS, gross)); }
static int64_t note_pieces(invoices *v, int64_t invoice, int64_t n) { return credit_one(v, invoice, credit_seq(1, ARC_CREDIT_QUANTITY, n * 1000000)); }
static int64_t note_all(invoices *v, int64_t invoice)
{
    arc_credit_note n = credit_of(invoice);
    return credit_ok(v, &n);
}

/* Voids documents in one call; should: what comes of each. */
static void drop_all(invoices *v, const int64_t *ids, const arc_status *should, uint32_t n)
{
    arc_invoice_step steps[MOST] = { ARC_INVOICE_STEP_INIT };
    arc_status results[MOST];
    uint32_t good = 0;
    for (uint32_t i = 0; i < n; i++) {
        assert_ok(arc_invoice_step_init(&steps[i]));
        steps[i].invoice = ids[i];
        steps[i].reason = "误开";
        good += should[i] == ARC_OK;
    }
    arc_status st = arc_invoice_void(v->s, NULL, results, steps, n, 0);
    for (uint32_t i = 0; i < n; i++) {
        if (results[i] != should[i]) fail_msg("document %u: %s, expected %s", i, arc_status_name(results[i]), arc_status_name(should[i]));
        invoice_is(v, ids[i], should[i] == ARC_OK ? "{\"status\":\"voided\"}" : "{\"status\":\"issued\"}");
    }
    if (good == n) assert_session(&v->b, st);
    else assert_int_equal(st, ARC_PARTIAL);
    invoices_verified(v);
}
#define DROP(v, n, ...) drop_all(v, ids, (const arc_status[]){ __VA_ARGS__ }, n)

static int64_t one_contract(invoices *v, const char *more)
{
    char json[400];
    snprintf(json, sizeof json, "{\"number\":\"K1\",\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"amount\":\"100.00\",\"tax_included\":true%s}", more);
    int64_t id = sample_insert(v->s, ARC_CONTRACT, json);
    assert_session(&v->b, arc_contract_activate(v->s, id));
    return id;
}

static int64_t one_order(invoices *v, const char *number, const char *more, const char *quantity, const char *amount)
{
    char json[400];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"order_date\":\"2026-01-01\",\"currency\":\"CNY\"%s}", number, more);
    int64_t id = sample_insert(v->s, ARC_SALES_ORDER, json);
    snprintf(json, sizeof json, "{\"sales_order\":%lld,\"seq\":1,\"name\":\"a\",\"quantity\":\"%s\",\"price\":\"10\",\"currency\":\"CNY\",\"amount\":\"%s\",\"tax_rate\":\"0.13\"}", (long long)id, quantity, amount);
    (void)sample_insert(v->s, ARC_ORDER_LINE, json);
    assert_session(&v->b, order_step(v, arc_order_confirm, id));
    return id;
}

static int64_t one_delivery(invoices *v, const char *number, int64_t order_line, const char *quantity, const char *amount)
{
    char json[400];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"delivery_date\":\"2026-01-02\"}", number);
    int64_t id = sample_insert(v->s, ARC_DELIVERY, json);
    snprintf(json, sizeof json, "{\"delivery\":%lld,\"seq\":1,\"order_line\":%lld,\"quantity\":\"%s\",\"currency\":\"CNY\",\"amount\":\"%s\"}", (long long)id, (long long)order_line,
             quantity, amount);
    (void)sample_insert(v->s, ARC_DELIVERY_LINE, json);
    assert_session(&v->b, order_step(v, arc_delivery_ship, id));
    return id;
}

static int64_t left_of(invoices *v, int64_t contract)
{
    arc_headroom h = ARC_HEADROOM_INIT;
    assert_session(&v->b, arc_headroom_compute(v->s, &h, contract));
    return h.headroom.minor;
}

static int64_t owed(invoices *v, int64_t invoice)
{
    arc_query *q;
    arc_cursor *c;
    int64_t sum = 0;
    arc_field_id field = ARC_ITEM_ID;
    assert_session(&v->b, arc_query_new(v->s, &q, ARC_ITEM));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_where_int(q, ARC_ITEM_INVOICE, ARC_EQ, invoice));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        int64_t id = 0;
        assert_ok(arc_cursor_get_int(c, &id, 0));
        sum += open_of(v, id);
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return sum;
}

/* Whether a front end is told that a document may be voided. */
static int may_void(invoices *v, int64_t id)
{
    static char json[40000];
    size_t n = sizeof json;
    arc_record *r;
    assert_session(&v->b, arc_session_get(v->s, &r, ARC_INVOICE, id));
    assert_session(&v->b, arc_verbs_allowed(v->s, json, &n, r));
    arc_record_free(r);
    char *at = strstr(json, "\"verb\":\"invoice.void\""), *end = at ? strchr(at, '}') : NULL;
    assert_non_null(end);
    *end = 0;
    return strstr(at, "\"allowed\":true") != NULL;
}

/* The second of two notes would take more than is left by the first; an invoice that is voided before it makes room. */
static void of_a_contract(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t k = one_contract(&v, "");
        int64_t first = ISSUE(&v, 0, "{" HEADER ",\"contract\":1}", GROSS("100.00"));
        int64_t a = note_gross(&v, first, 4000), b = note_gross(&v, first, 4000);
        int64_t other = ISSUE(&v, 0, "{" HEADER ",\"contract\":1}", GROSS("35.00"));
        assert_int_equal(left_of(&v, k), 4500);
        assert_int_equal(may_void(&v, a) + may_void(&v, other), 2); /* what a note settled of its invoice it takes back */
        assert_false(may_void(&v, first));
        int64_t ids[3] = { a, b };
        DROP(&v, 2, ARC_OK, ARC_E_GUARD);
        assert_int_equal(left_of(&v, k), 500);
        assert_int_equal(owed(&v, first), 6000); /* the refused one settles what it did */
        assert_int_equal(owed(&v, b), 0);
        ids[0] = b;
        ids[1] = other;
        DROP(&v, 2, ARC_E_GUARD, ARC_OK); /* in their order */
        assert_int_equal(left_of(&v, k), 4000);
        other = ISSUE(&v, 0, "{" HEADER ",\"contract\":1}", GROSS("35.00"));
        ids[0] = other;
        ids[1] = b;
        DROP(&v, 2, ARC_OK, ARC_OK);
        assert_int_equal(left_of(&v, k), 0);
        assert_int_equal(owed(&v, first), 10000);
        assert_true(may_void(&v, first));
        invoices_close(&v);
    }
}

/* The same by lines, in quantity and in amount; what a refused one would have taken is there for the next. */
static void of_lines(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        (void)one_order(&v, "O1", "", "10", "100.00");
        int64_t first = ISSUE(&v, 0, "{" HEADER "}", PIECES("10", "100.00", ",\"order_line\":1"));
        int64_t ids[3] = { note_pieces(&v, first, 3), note_pieces(&v, first, 4), note_pieces(&v, first, 1) };
        (void)ISSUE(&v, 0, "{" HEADER "}", PIECES("4", "1.00", ",\"order_line\":1"));
        DROP(&v, 3, ARC_OK, ARC_E_GUARD, ARC_OK);
        assert_int_equal(owed(&v, first), 6000);
        /* by deliveries */
        (void)one_order(&v, "O2", "", "10", "100.00");
        (void)one_delivery(&v, "D1", 2, "10", "100.00");
        first = ISSUE(&v, 0, "{" HEADER "}", PIECES("10", "100.00", ",\"delivery_line\":1"));
        ids[0] = note_gross(&v, first, 5000);
        ids[1] = note_gross(&v, first, 3000);
        (void)ISSUE(&v, 0, "{" HEADER "}", "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"25.00\",\"tax_rate\":\"0.13\",\"delivery_line\":1}");
        DROP(&v, 2, ARC_OK, ARC_E_GUARD);
        /* and the whole of an order, whatever lines say */
        int64_t o = one_order(&v, "O3", "", "10", "100.00");
        first = ISSUE(&v, 0, "{" HEADER ",\"sales_order\":3}", GROSS("100.00"));
        ids[0] = note_gross(&v, first, 5000);
        ids[1] = note_gross(&v, first, 5000);
        (void)ISSUE(&v, 0, "{" HEADER ",\"sales_order\":3}", GROSS("50.00"));
        DROP(&v, 2, ARC_OK, ARC_E_GUARD);
        assert_session(&v.b, order_step(&v, arc_order_close, o));
        invoices_close(&v);
    }
}

/* What was delivered counts where the contract says so; orders and deliveries that are over by now take nothing back. */
static void of_what_is_over(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t ids[1];
        invoices_open(&v, backend);
        (void)one_contract(&v, ",\"billing_basis\":\"delivered\"");
        (void)one_order(&v, "O1", ",\"contract\":1", "10", "100.00");
        int64_t d = one_delivery(&v, "D1", 1, "10", "100.00");
        int64_t first = ISSUE(&v, 0, "{" HEADER "}", PIECES("10", "100.00", ",\"order_line\":1"));
        ids[0] = note_pieces(&v, first, 5);
        (void)note_pieces(&v, first, 4);
        assert_int_equal(order_step(&v, arc_delivery_cancel, d), ARC_E_STATE);
        (void)note_pieces(&v, first, 1);
        assert_session(&v.b, order_step(&v, arc_delivery_cancel, d));
        DROP(&v, 1, ARC_E_GUARD);
        /* an order that was cancelled after its invoice was credited */
        int64_t o = one_order(&v, "O2", "", "10", "100.00");
        first = ISSUE(&v, 0, "{" HEADER "}", PIECES("10", "100.00", ",\"order_line\":2"));
        ids[0] = note_all(&v, first);
        assert_session(&v.b, order_step(&v, arc_order_cancel, o));
        DROP(&v, 1, ARC_E_GUARD);
        /* a delivery that was refused */
        (void)one_order(&v, "O3", "", "10", "100.00");
        d = one_delivery(&v, "D3", 3, "10", "100.00");
        first = ISSUE(&v, 0, "{" HEADER "}", PIECES("10", "100.00", ",\"delivery_line\":2"));
        ids[0] = note_all(&v, first);
        assert_session(&v.b, order_step(&v, arc_delivery_refuse, d));
        DROP(&v, 1, ARC_E_GUARD);
        /* an order that was closed: what was neither delivered nor invoiced went back to the contract */
        o = one_order(&v, "O4", "", "10", "100.00");
        first = ISSUE(&v, 0, "{" HEADER ",\"sales_order\":4}", GROSS("100.00"));
        ids[0] = note_gross(&v, first, 6000);
        assert_session(&v.b, order_step(&v, arc_order_close, o));
        DROP(&v, 1, ARC_E_GUARD);
        invoices_close(&v);
    }
}

/* An advance is deducted once, whoever is voided first. */
static void of_an_advance(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t advance = ISSUE(&v, ARC_AS_ADVANCE, "{" HEADER "}", NET("600.00"));
        int64_t first = ISSUE(&v, 0, "{" HEADER "}", NET("1000.00"), DEDUCT("300.00")), second = ISSUE(&v, 0, "{" HEADER "}", NET("1000.00"), DEDUCT("300.00"));
        int64_t a = note_all(&v, first), b = note_all(&v, second);
        int64_t third = ISSUE(&v, 0, "{" HEADER "}", NET("1000.00"), DEDUCT("300.00"));
        int64_t ids[3] = { a, b };
        DROP(&v, 2, ARC_OK, ARC_E_GUARD);
        ids[0] = third;
        ids[1] = b;
        DROP(&v, 2, ARC_OK, ARC_OK);
        a = note_all(&v, first);
        b = note_all(&v, second);
        ids[0] = a; /* the first deducts again: the advance is not voided behind it */
        ids[1] = advance;
        DROP(&v, 2, ARC_OK, ARC_E_STATE);
        a = note_all(&v, first);
        ids[0] = advance; /* void, it is deducted by nobody */
        ids[1] = a;
        DROP(&v, 2, ARC_OK, ARC_E_GUARD);
        ids[0] = b;
        DROP(&v, 1, ARC_E_GUARD); /* in a call of its own neither */
        assert_int_equal(role_sum(&v, "advance"), 0);
        assert_int_equal(role_sum(&v, "pending_vat"), 0);
        invoices_close(&v);
    }
}

/* A document whose second line is refused has deducted nothing with its first. */
static void deducted_in_part(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_invoice_document d[2];
        arc_record *lines[2][3] = { { NULL } };
        arc_status results[2];
        int64_t ids[2];
        invoices_open(&v, backend);
        (void)one_contract(&v, "");
        (void)ISSUE(&v, ARC_AS_ADVANCE, "{" HEADER "}", NET("60.00"));
        for (int k = 0; k < 2; k++) { /* by the advance; by the contract */
            for (int i = 0; i < 2; i++) {
                assert_ok(arc_invoice_document_init(&d[i]));
                d[i].invoice = invoices_record(v.s, ARC_INVOICE, i || !k ? "{" HEADER "}" : "{" HEADER ",\"contract\":1}");
                d[i].lines = lines[i];
                lines[i][d[i].n_lines++] = invoices_record(v.s, ARC_INVOICE_LINE, NET("1000.00"));
                lines[i][d[i].n_lines++] = invoices_record(v.s, ARC_INVOICE_LINE, DEDUCT("30.00"));
                if (!i && !k) lines[i][d[i].n_lines++] = invoices_record(v.s, ARC_INVOICE_LINE, DEDUCT("31.00"));
            }
            assert_int_equal(arc_invoice_issue_many(v.s, ids, results, d, 2, 0), ARC_PARTIAL);
            assert_int_equal(results[0], ARC_E_GUARD);
            assert_int_equal(results[1], ARC_OK);
            for (int i = 0; i < 2; i++) {
                for (uint32_t n = 0; n < d[i].n_lines; n++) arc_record_free(lines[i][n]);
                arc_record_free(d[i].invoice);
            }
            if (!k) continue;
            assert_int_equal(role_sum(&v, "advance"), 0); /* both who were issued, in full */
        }
        invoices_close(&v);
    }
}

/* What was estimated: what one gives back another takes, in their order. */
static void of_estimates(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        (void)one_contract(&v, "");
        arc_record *r = invoices_record(v.s, ARC_ITEM, "{\"number\":\"E1\",\"kind\":\"estimated\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"90.00\",\"business_date\":\"2026-01-05\",\"contract\":1}");
        int64_t item = 0;
        assert_session(&v.b, arc_item_record(v.s, &item, r));
        arc_record_free(r);
        int64_t first = ISSUE(&v, 0, "{" HEADER ",\"contract\":1}", GROSS("90.00")), a = note_gross(&v, first, 4500), b = note_gross(&v, first, 4500);
        int64_t other = ISSUE(&v, 0, "{" HEADER ",\"contract\":1}", GROSS("50.00"));
        assert_int_equal(open_of(&v, item), 4000);
        invoice_is(&v, first, "{\"status\":\"credited\"}");
        int64_t ids[3] = { other, a, b };
        DROP(&v, 3, ARC_OK, ARC_OK, ARC_OK);
        assert_int_equal(open_of(&v, item), 0);
        assert_int_equal(owed(&v, first), 9000);
        invoice_is(&v, first, "{\"status\":\"issued\"}");
        invoices_close(&v);
    }
}

/* The fapiao of a document that is void is void too. */
static void tax_status(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t ids[2] = { ISSUE(&v, 0, "{" HEADER ",\"fapiao_kind\":\"paper_general\",\"fapiao_no\":\"12345678\",\"fapiao_code\":\"0123456789\"}", NET("10.00")), ISSUE(&v, 0, "{" HEADER "}", NET("10.00")) };
        invoice_is(&v, ids[0], "{\"tax_status\":\"issued\"}");
        DROP(&v, 2, ARC_OK, ARC_OK);
        invoice_is(&v, ids[0], "{\"tax_status\":\"void\"}");
        invoice_is(&v, ids[1], "{\"tax_status\":null}");
        invoices_close(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(of_a_contract), cmocka_unit_test(of_lines),     cmocka_unit_test(of_what_is_over), cmocka_unit_test(of_an_advance),
                                        cmocka_unit_test(deducted_in_part), cmocka_unit_test(of_estimates), cmocka_unit_test(tax_status) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
