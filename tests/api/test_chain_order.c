/* SPDX-License-Identifier: Apache-2.0 */
/* Orders and deliveries: every step from every state; what orders take of contracts, deliveries of orders, invoices of both, on every backend. */
#include "api/invoices.h"

#define CONTRACT "\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"tax_included\":true"
#define HEADER "\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"term\":\"NET30\""
#define LINE(q, gross, more) "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"" q "\",\"gross_amount\":\"" gross "\",\"tax_rate\":\"0.13\"" more "}"

static int64_t contract_of(invoices *v, const char *json)
{
    int64_t id = sample_insert(v->s, ARC_CONTRACT, json);
    assert_session(&v->b, arc_contract_activate(v->s, id));
    return id;
}

/* An order with one line; contract 0: of none. */
static int64_t order_of(invoices *v, const char *number, int contract, const char *quantity, const char *amount)
{
    char json[300], of[40] = "";
    if (contract) snprintf(of, sizeof of, ",\"contract\":%d", contract);
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"order_date\":\"2026-01-05\",\"currency\":\"CNY\"%s}", number, of);
    int64_t id = sample_insert(v->s, ARC_SALES_ORDER, json);
    snprintf(json, sizeof json, "{\"sales_order\":%d,\"seq\":1,\"name\":\"a\",\"quantity\":\"%s\",\"price\":\"1\",\"currency\":\"CNY\",\"amount\":\"%s\",\"tax_rate\":\"0.13\"}", (int)id, quantity, amount);
    (void)sample_insert(v->s, ARC_ORDER_LINE, json);
    return id;
}

static int64_t delivery_of(invoices *v, const char *number, int order_line, const char *quantity, const char *amount)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"delivery_date\":\"2026-01-10\"}", number);
    int64_t id = sample_insert(v->s, ARC_DELIVERY, json);
    snprintf(json, sizeof json, "{\"delivery\":%d,\"seq\":1,\"order_line\":%d,\"quantity\":\"%s\",\"currency\":\"CNY\",\"amount\":\"%s\"}", (int)id, order_line, quantity, amount);
    (void)sample_insert(v->s, ARC_DELIVERY_LINE, json);
    return id;
}

static void status_is(invoices *v, uint32_t entity, int64_t id, const char *status)
{
    char json[60];
    snprintf(json, sizeof json, "{\"status\":\"%s\"}", status);
    row_is(v, entity, id, json);
}

static void message_has(invoices *v, const char *text)
{
    arc_error e = ARC_ERROR_INIT;
    (void)arc_session_error(v->s, &e);
    if (!strstr(e.message, text)) fail_msg("%s: no \"%s\"", e.message, text);
    assert_true(e.message_zh[0] != 0);
}

/* What arc_verbs_allowed() says of a verb. */
static int allowed(invoices *v, uint32_t entity, int64_t id, const char *verb)
{
    static char json[60000];
    char name[80];
    size_t n = sizeof json;
    arc_record *r;
    assert_session(&v->b, arc_session_get(v->s, &r, entity, id));
    assert_session(&v->b, arc_verbs_allowed(v->s, json, &n, r));
    arc_record_free(r);
    snprintf(name, sizeof name, "\"verb\":\"%s\"", verb);
    const char *at = strstr(json, name);
    assert_non_null(at);
    at = strstr(at, "\"allowed\":");
    assert_non_null(at);
    return strncmp(at + 10, "true", 4) == 0;
}

/* ---- states ----------------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    order_step_fn fn;
} steps[] = { { "sales_order.confirm", arc_order_confirm }, { "sales_order.close", arc_order_close },     { "sales_order.cancel", arc_order_cancel },
              { "delivery.ship", arc_delivery_ship },       { "delivery.sign", arc_delivery_sign },       { "delivery.refuse", arc_delivery_refuse },
              { "delivery.cancel", arc_delivery_cancel } };

typedef struct way {
    const char *state;
    int path[4];            /* steps that lead there, ended by -1 */
    const char *to[3 + 4];  /* by step: what it becomes; NULL: refused */
} way;

static void walk(const way *ways, size_t n, uint32_t entity, int first, int last)
{
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int k = 0;
        invoices_open(&v, backend);
        for (size_t w = 0; w < n; w++) {
            for (int s = first; s <= last; s++) {
                char number[20];
                snprintf(number, sizeof number, "N%d", k++);
                int64_t id = entity == ARC_SALES_ORDER ? order_of(&v, number, 0, "1", "1.13") : 0;
                if (!id) {
                    char json[200];
                    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"delivery_date\":\"2026-01-10\"}", number);
                    id = sample_insert(v.s, ARC_DELIVERY, json);
                    snprintf(json, sizeof json, "{\"delivery\":%d,\"seq\":1,\"quantity\":\"1\",\"currency\":\"CNY\",\"amount\":\"1.13\"}", (int)id);
                    (void)sample_insert(v.s, ARC_DELIVERY_LINE, json);
                }
                for (int p = 0; ways[w].path[p] >= 0; p++) assert_session(&v.b, order_step(&v, steps[ways[w].path[p]].fn, id));
                status_is(&v, entity, id, ways[w].state);
                assert_int_equal(allowed(&v, entity, id, steps[s].name), ways[w].to[s] != NULL);
                arc_status st = order_step(&v, steps[s].fn, id);
                if ((st == ARC_OK) != (ways[w].to[s] != NULL)) fail_msg("%s from %s: %s", steps[s].name, ways[w].state, arc_status_name(st));
                if (st != ARC_OK) {
                    assert_int_equal(st, ARC_E_STATE);
                    message_has(&v, number);
                }
                status_is(&v, entity, id, ways[w].to[s] ? ways[w].to[s] : ways[w].state);
            }
        }
        invoices_close(&v);
    }
}

static void states_of_orders(void **state)
{
    static const way ways[] = { { "draft", { -1 }, { "confirmed", NULL, "cancelled" } },
                                { "confirmed", { 0, -1 }, { NULL, "closed", "cancelled" } },
                                { "closed", { 0, 1, -1 }, { NULL, NULL, NULL } },
                                { "cancelled", { 2, -1 }, { NULL, NULL, NULL } } };
    (void)state;
    walk(ways, sizeof ways / sizeof ways[0], ARC_SALES_ORDER, 0, 2);
}

static void states_of_deliveries(void **state)
{
    static const way ways[] = { { "draft", { -1 }, { NULL, NULL, NULL, "shipped", NULL, NULL, "cancelled" } },
                                { "shipped", { 3, -1 }, { NULL, NULL, NULL, NULL, "signed", "refused", "cancelled" } },
                                { "signed", { 3, 4, -1 }, { NULL } },
                                { "refused", { 3, 5, -1 }, { NULL } },
                                { "cancelled", { 6, -1 }, { NULL } } };
    (void)state;
    walk(ways, sizeof ways / sizeof ways[0], ARC_DELIVERY, 3, 6);
}

/* ---- amounts ---------------------------------------------------------------------------------------------------------------------- */

/* Orders within their contract: tolerance, batches, what cancelling and closing give back. */
static void orders_of_a_contract(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_order_step e[3] = { ARC_ORDER_STEP_INIT, ARC_ORDER_STEP_INIT, ARC_ORDER_STEP_INIT };
        arc_status results[3];
        int64_t versions[3];
        invoices_open(&v, backend);
        int64_t k = contract_of(&v, "{" CONTRACT ",\"number\":\"K1\",\"amount\":\"100.00\",\"tolerance\":\"0.1\"}");
        int64_t a = order_of(&v, "A", 1, "10", "70.00"), b = order_of(&v, "B", 1, "10", "40.01"), c = order_of(&v, "C", 1, "10", "40.00");
        e[0].id = a;
        e[1].id = b;
        e[2].id = c;
        assert_int_equal(arc_order_confirm(v.s, versions, results, e, 3, 0), ARC_PARTIAL);
        assert_int_equal(results[0], ARC_OK);
        assert_int_equal(results[1], ARC_E_GUARD);
        assert_int_equal(results[2], ARC_OK); /* what the second would have taken is free */
        assert_int_equal(versions[0], 2);
        assert_int_equal(versions[1], 0);
        message_has(&v, "contract K1 leaves 40.00 to order, the order is 40.01");
        row_is(&v, ARC_SALES_ORDER, a, "{\"status\":\"confirmed\",\"committed\":\"70.00\",\"committed_net\":\"61.95\"}");
        arc_headroom h = ARC_HEADROOM_INIT;
        assert_session(&v.b, arc_headroom_compute(v.s, &h, k));
        assert_int_equal(h.ordered.minor, 11000);
        assert_int_equal(order_step(&v, arc_order_confirm, b), ARC_E_GUARD);
        assert_session(&v.b, order_step(&v, arc_order_cancel, c));
        row_is(&v, ARC_SALES_ORDER, c, "{\"status\":\"cancelled\",\"committed\":null,\"decision_reason\":\"why\"}");
        assert_int_equal(order_step(&v, arc_order_confirm, b), ARC_E_GUARD); /* 40.00 are left of 110.00 */
        int64_t d = order_of(&v, "D", 1, "10", "40.00");
        assert_session(&v.b, order_step(&v, arc_order_confirm, d));
        /* half of A is delivered and a bit of it invoiced: closing gives the other half back */
        int64_t half = delivery_of(&v, "D1", 1, "5", "35.00");
        assert_session(&v.b, order_step(&v, arc_delivery_ship, half));
        status_is(&v, ARC_SALES_ORDER, a, "delivering");
        assert_int_equal(order_step(&v, arc_order_cancel, a), ARC_E_STATE);
        message_has(&v, "order A is delivered or invoiced in part: close it");
        assert_int_equal(allowed(&v, ARC_SALES_ORDER, a, "sales_order.cancel"), 0);
        (void)issue_ok(&v, "{" HEADER "}", LINE("2", "14.00", ",\"order_line\":1"), NULL);
        assert_session(&v.b, order_step(&v, arc_order_close, a));
        row_is(&v, ARC_SALES_ORDER, a, "{\"status\":\"closed\",\"committed\":\"35.00\",\"committed_net\":\"30.98\"}");
        int64_t f = order_of(&v, "F", 1, "1", "35.00");
        assert_session(&v.b, order_step(&v, arc_order_confirm, f));
        /* of a closed order what was delivered is invoiced, not more */
        issue_refused(&v, ARC_E_GUARD, "quantity", "/lines/0/quantity", "{" HEADER "}", LINE("3.1", "21.00", ",\"order_line\":1"), NULL);
        (void)issue_ok(&v, "{" HEADER "}", LINE("3", "21.00", ",\"order_line\":1"), NULL);
        assert_int_equal(arc_contract_close(v.s, k), ARC_E_STATE);
        message_has(&v, "orders of the contract are open");
        for (int64_t id = 1; id <= f; id++) (void)order_step(&v, arc_order_close, id);
        assert_session(&v.b, arc_contract_close(v.s, k));
        assert_int_equal(order_step(&v, arc_order_confirm, b), ARC_E_STATE);
        invoices_close(&v);
    }
}

/* Deliveries within their orders; what is refused or cancelled may be delivered again. */
static void deliveries_of_an_order(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        (void)contract_of(&v, "{" CONTRACT ",\"number\":\"K1\",\"amount\":\"1000.00\",\"tolerance\":\"0.05\"}");
        int64_t o = order_of(&v, "O1", 1, "10", "113.00");
        int64_t d1 = delivery_of(&v, "D1", 1, "6", "67.80"), d2 = delivery_of(&v, "D2", 1, "4.6", "45.20"), d3 = delivery_of(&v, "D3", 1, "4.5", "50.86"), d4 = delivery_of(&v, "D4", 1, "4.5", "50.85");
        assert_int_equal(order_step(&v, arc_delivery_ship, d1), ARC_E_STATE); /* the order is a draft */
        message_has(&v, "order O1 is draft: nothing is delivered on it");
        assert_session(&v.b, order_step(&v, arc_order_confirm, o));
        assert_session(&v.b, order_step(&v, arc_delivery_ship, d1));
        assert_int_equal(order_step(&v, arc_delivery_ship, d2), ARC_E_GUARD);
        message_has(&v, "line 1: the order line leaves 4.5, the line is 4.6");
        assert_int_equal(order_step(&v, arc_delivery_ship, d3), ARC_E_GUARD);
        message_has(&v, "line 1: the order line leaves 50.85, the line is 50.86");
        assert_session(&v.b, order_step(&v, arc_delivery_ship, d4));
        assert_session(&v.b, order_step(&v, arc_delivery_refuse, d4));
        row_is(&v, ARC_DELIVERY, d4, "{\"status\":\"refused\",\"decision_reason\":\"why\"}");
        int64_t d5 = delivery_of(&v, "D5", 1, "4.5", "50.85");
        assert_session(&v.b, order_step(&v, arc_delivery_ship, d5));
        assert_session(&v.b, order_step(&v, arc_delivery_cancel, d5));
        int64_t d6 = delivery_of(&v, "D6", 1, "4", "45.20");
        assert_session(&v.b, order_step(&v, arc_delivery_ship, d6));
        assert_session(&v.b, order_step(&v, arc_delivery_sign, d6));
        /* invoiced: it is not refused any more, until that is credited */
        int64_t id = issue_ok(&v, "{" HEADER ",\"delivery\":1}", LINE("6", "67.80", ",\"delivery_line\":1"), NULL);
        invoice_is(&v, id, "{\"sales_order\":1,\"contract\":1}");
        assert_int_equal(order_step(&v, arc_delivery_refuse, d1), ARC_E_STATE);
        message_has(&v, "delivery D1 is invoiced: credit that first");
        assert_int_equal(allowed(&v, ARC_DELIVERY, d1, "delivery.refuse"), 0);
        arc_invoice_step s = ARC_INVOICE_STEP_INIT;
        s.invoice = id;
        s.reason = "wrong";
        s.date = PEOPLE_DAY;
        assert_ok(arc_date_parse(&s.date, "2026-02-02", SIZE_MAX));
        assert_session(&v.b, arc_invoice_void(v.s, NULL, NULL, &s, 1, ARC_ALL_OR_NONE));
        assert_session(&v.b, order_step(&v, arc_delivery_refuse, d1));
        issue_refused(&v, ARC_E_STATE, "delivery", "", "{" HEADER ",\"delivery\":1}", LINE("6", "67.80", ",\"delivery_line\":1"), NULL);
        invoices_close(&v);
    }
}

/* A contract that is invoiced by delivery; one that is by order; what drafts and other customers' orders are for. */
static void invoiced_by(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        (void)contract_of(&v, "{" CONTRACT ",\"number\":\"K1\",\"amount\":\"1000.00\",\"billing_basis\":\"delivered\"}");
        int64_t o = order_of(&v, "O1", 1, "10", "113.00");
        issue_refused(&v, ARC_E_STATE, "sales_order", "", "{" HEADER ",\"sales_order\":1}", LINE("1", "11.30", ",\"order_line\":1"), NULL);
        issue_refused(&v, ARC_E_STATE, "sales_order", "", "{" HEADER "}", LINE("1", "11.30", ",\"order_line\":1"), NULL); /* its line says so too */
        assert_session(&v.b, order_step(&v, arc_order_confirm, o));
        issue_refused(&v, ARC_E_GUARD, "quantity", "/lines/0/quantity", "{" HEADER "}", LINE("1", "11.30", ",\"order_line\":1"), NULL);
        int64_t d = delivery_of(&v, "D1", 1, "6", "67.80");
        assert_session(&v.b, order_step(&v, arc_delivery_ship, d));
        issue_refused(&v, ARC_E_GUARD, "gross_amount", "/lines/0/gross_amount", "{" HEADER "}", LINE("6", "67.81", ",\"order_line\":1"), NULL);
        int64_t id = issue_ok(&v, "{" HEADER "}", LINE("6", "67.80", ",\"order_line\":1"), NULL);
        invoice_is(&v, id, "{\"sales_order\":1,\"contract\":1}"); /* the line brings both */
        assert_int_equal(order_step(&v, arc_delivery_cancel, d), ARC_E_STATE);
        /* of an order its documents may not exceed the whole, whatever lines say */
        int64_t whole = order_of(&v, "O2", 0, "10", "100.00");
        assert_session(&v.b, order_step(&v, arc_order_confirm, whole));
        (void)issue_ok(&v, "{" HEADER ",\"sales_order\":2}", LINE("1", "60.00", ""), NULL);
        issue_refused(&v, ARC_E_GUARD, "sales_order", "", "{" HEADER ",\"sales_order\":2}", LINE("1", "40.01", ""), NULL);
        (void)issue_ok(&v, "{" HEADER ",\"sales_order\":2}", LINE("1", "40.00", ""), NULL);
        (void)sample_insert(v.s, ARC_CUSTOMER, "{\"code\":\"C2\",\"legal_name\":\"乙公司\",\"term\":\"NET30\"}");
        issue_refused(&v, ARC_E_GUARD, "sales_order", "", "{\"customer\":2,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"sales_order\":2}", LINE("1", "0.01", ""), NULL);
        /* a document of an order is of its contract */
        (void)contract_of(&v, "{" CONTRACT ",\"number\":\"K2\",\"amount\":\"1000.00\"}");
        int64_t other = order_of(&v, "O3", 2, "10", "113.00");
        assert_session(&v.b, order_step(&v, arc_order_confirm, other));
        issue_refused(&v, ARC_E_GUARD, "sales_order", "", "{" HEADER ",\"contract\":1}", LINE("1", "11.30", ",\"order_line\":3"), NULL);
        invoices_close(&v);
    }
}

/* What others rely on does not change behind their backs. */
static void fixed(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_record *r;
        int64_t id = 0;
        invoices_open(&v, backend);
        int64_t o = order_of(&v, "O1", 0, "10", "113.00"), o2 = order_of(&v, "O2", 0, "10", "113.00");
        assert_session(&v.b, arc_session_get(v.s, &r, ARC_ORDER_LINE, 1));
        assert_ok(arc_record_set_json(r, "{\"quantity\":\"11\"}", SIZE_MAX));
        assert_session(&v.b, arc_session_update(v.s, r)); /* a draft's */
        arc_record_free(r);
        assert_session(&v.b, order_step(&v, arc_order_confirm, o));
        assert_session(&v.b, arc_session_get(v.s, &r, ARC_ORDER_LINE, 1));
        assert_ok(arc_record_set_json(r, "{\"quantity\":\"12\"}", SIZE_MAX));
        assert_session_status(ARC_E_STATE, &v.b, arc_session_update(v.s, r));
        arc_record_free(r);
        r = invoices_record(v.s, ARC_ORDER_LINE, "{\"sales_order\":1,\"seq\":2,\"name\":\"b\",\"quantity\":\"1\",\"price\":\"1\",\"currency\":\"CNY\",\"amount\":\"1.00\"}");
        assert_session_status(ARC_E_STATE, &v.b, arc_session_insert(v.s, &id, r));
        arc_record_free(r);
        assert_session(&v.b, arc_session_get(v.s, &r, ARC_ORDER_LINE, 2)); /* nor is a line moved to it */
        assert_ok(arc_record_set_json(r, "{\"sales_order\":1,\"seq\":2}", SIZE_MAX));
        assert_session_status(ARC_E_STATE, &v.b, arc_session_update(v.s, r));
        arc_record_free(r);
        assert_session(&v.b, arc_session_get(v.s, &r, ARC_SALES_ORDER, o));
        assert_ok(arc_record_set_json(r, "{\"channel\":\"shop\"}", SIZE_MAX));
        assert_session(&v.b, arc_session_update(v.s, r));
        arc_record_free(r);
        assert_session(&v.b, arc_session_get(v.s, &r, ARC_SALES_ORDER, o));
        assert_ok(arc_record_set_json(r, "{\"order_date\":\"2026-01-06\"}", SIZE_MAX));
        assert_session_status(ARC_E_STATE, &v.b, arc_session_update(v.s, r));
        arc_record_free(r);
        status_is(&v, ARC_SALES_ORDER, o2, "draft");
        /* arguments */
        arc_order_step e[2] = { ARC_ORDER_STEP_INIT, ARC_ORDER_STEP_INIT };
        arc_status results[2];
        e[0].id = e[1].id = o2;
        assert_int_equal(arc_order_confirm(v.s, NULL, results, e, 2, 0), ARC_PARTIAL);
        assert_int_equal(results[1], ARC_E_EXISTS);
        e[0].version = 1;
        assert_int_equal(arc_order_close(v.s, NULL, results, e, 1, 0), ARC_PARTIAL);
        assert_int_equal(results[0], ARC_E_STALE);
        e[0].version = 0;
        assert_int_equal(arc_order_cancel(v.s, NULL, NULL, e, 1, ARC_ALL_OR_NONE), ARC_E_REQUIRED);
        e[0].id = 99;
        assert_int_equal(arc_order_close(v.s, NULL, NULL, e, 1, ARC_ALL_OR_NONE), ARC_E_NOT_FOUND);
        e[0].flags = 1;
        assert_int_equal(arc_order_close(v.s, NULL, NULL, e, 1, ARC_ALL_OR_NONE), ARC_E_INVALID);
        invoices_close(&v);
    }
}

/* A document that its contract refuses leaves what it would take of order lines to the next of the batch. */
static void refused_gives_back(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_invoice_document d[2];
        arc_record *line[2];
        arc_status results[2];
        int64_t ids[2];
        invoices_open(&v, backend);
        (void)contract_of(&v, "{" CONTRACT ",\"number\":\"K1\",\"amount\":\"113.00\"}");
        int64_t o = order_of(&v, "O1", 1, "10", "113.00");
        assert_session(&v.b, order_step(&v, arc_order_confirm, o));
        for (int i = 0; i < 2; i++) {
            assert_ok(arc_invoice_document_init(&d[i]));
            d[i].invoice = invoices_record(v.s, ARC_INVOICE, "{" HEADER ",\"contract\":1}");
            line[i] = invoices_record(v.s, ARC_INVOICE_LINE, LINE("10", "113.00", ",\"order_line\":1"));
            d[i].lines = &line[i];
            d[i].n_lines = 1;
        }
        arc_invoice_use u = ARC_INVOICE_USE_INIT; /* there is no such item: the last check of all refuses */
        u.item = 99;
        assert_ok(arc_money_set(&u.amount, 100, "CNY"));
        d[0].uses = &u;
        d[0].n_uses = 1;
        assert_int_equal(arc_invoice_issue_many(v.s, ids, results, d, 2, 0), ARC_PARTIAL);
        assert_int_equal(results[0], ARC_E_REFERENCE);
        assert_int_equal(results[1], ARC_OK);
        for (int i = 0; i < 2; i++) {
            arc_record_free(line[i]);
            arc_record_free(d[i].invoice);
        }
        invoices_close(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(states_of_orders),       cmocka_unit_test(states_of_deliveries), cmocka_unit_test(orders_of_a_contract),
                                        cmocka_unit_test(deliveries_of_an_order), cmocka_unit_test(invoiced_by),          cmocka_unit_test(fixed),
                                        cmocka_unit_test(refused_gives_back) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
