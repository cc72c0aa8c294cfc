/* SPDX-License-Identifier: Apache-2.0 */
/* Credit checks of orders, deliveries and invoices, holds and releases: worked examples, on every backend. */
#include "api/limits.h"

#define YUAN 100
#define DAY 20500 /* 2026-02-16 */
#define POLICY(rules) "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"rules\":[" rules "]}"
#define STATIC "{\"rule\":\"static\",\"effect\":\"block\"}"

static void opened(invoices *v, int backend, const char *policy)
{
    invoices_open(v, backend);
    assert_ok(arc_session_set_business_date(v->s, DAY));
    publish(v, "credit_policy", "default", policy);
    (void)checked(v, 1, "2027-12-31");
}

static void has_status(invoices *v, uint32_t entity, int64_t id, const char *status)
{
    char json[60];
    snprintf(json, sizeof json, "{\"status\":\"%s\"}", status);
    row_is(v, entity, id, json);
}

static arc_status confirm(invoices *v, int64_t order) { return order_step(v, arc_order_confirm, order); }

static int64_t held_by(invoices *v)
{
    arc_error e = ARC_ERROR_INIT;
    (void)arc_session_error(v->s, &e);
    assert_string_equal(e.entity, "hold");
    assert_true(e.message_zh[0] != 0);
    return e.id;
}

static arc_status let_pass(invoices *v, int64_t hold, int64_t amount, arc_date to)
{
    arc_credit_permit r = ARC_CREDIT_PERMIT_INIT;
    r.hold = hold;
    r.amount = amount;
    r.valid_to = to;
    r.reason = "they pay tomorrow";
    return arc_hold_release(v->s, &r);
}

static arc_credit_decision asked(invoices *v, uint32_t entity, int64_t row, char *json, size_t room)
{
    arc_credit_question q = ARC_CREDIT_QUESTION_INIT;
    arc_credit_decision d = ARC_CREDIT_DECISION_INIT;
    q.entity = entity;
    q.row = row;
    assert_session(&v->b, arc_credit_check(v->s, &d, json, json ? &room : NULL, &q));
    return d;
}

static int64_t claim(invoices *v, int64_t customer, const char *number, int64_t yuan)
{
    int64_t id;
    assert_session(&v->b, book_invoice(v->s, &id, number, customer, yuan * YUAN));
    return id;
}

/* T4.1: exposure 810 against 1,000; an order of 220 makes 1,030, 103 %, 30 over: held. */
static void worked_example(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        char json[8000];
        opened(&v, backend, POLICY(STATIC));
        assert_session(&v.b, limited(&v, NULL, 1, 1000 * YUAN, NULL, NULL, DAY, ARC_DATE_NONE));
        (void)claim(&v, 1, "A1", 810);
        int64_t small = ordered(&v, 1, "O1", 190, NULL), order = ordered(&v, 1, "O2", 220, NULL);
        const arc_credit_decision d = asked(&v, ARC_SALES_ORDER, order, json, sizeof json);
        assert_int_equal(d.result, ARC_CREDIT_HOLD);
        assert_int_equal(d.limit, 1000 * YUAN);
        assert_int_equal(d.exposure, 1030 * YUAN);
        assert_int_equal(d.excess, 30 * YUAN);
        assert_non_null(strstr(json, "\"percent\":103"));
        assert_int_equal(asked(&v, ARC_SALES_ORDER, small, NULL, 0).result, ARC_CREDIT_PASS); /* equal passes */
        assert_int_equal(confirm(&v, order), ARC_NEEDS_APPROVAL);
        const int64_t hold = held_by(&v);
        has_status(&v, ARC_SALES_ORDER, order, "held");
        row_is(&v, ARC_HOLD, hold, "{\"status\":\"active\",\"excess\":\"30.00\",\"amount\":\"220.00\",\"moment\":\"order\",\"document_kind\":\"sales_order\"}");
        assert_session(&v.b, confirm(&v, small));
        assert_int_equal(confirm(&v, order), ARC_NEEDS_APPROVAL); /* still */
        assert_int_equal(held_by(&v), hold);
        row_is(&v, ARC_HOLD, hold, "{\"excess\":\"220.00\"}");
        assert_session(&v.b, let_pass(&v, hold, 0, DAY + 3));
        assert_session(&v.b, confirm(&v, order));
        has_status(&v, ARC_SALES_ORDER, order, "confirmed");
        has_status(&v, ARC_HOLD, hold, "used");
        invoices_verified(&v);
        invoices_close(&v);
    }
}

/* A release is bound to amount, day and version; what goes beyond is held again. */
static void bound_releases(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_record *r;
        opened(&v, backend, POLICY(STATIC));
        assert_session(&v.b, limited(&v, NULL, 1, 100 * YUAN, NULL, NULL, DAY, ARC_DATE_NONE));
        int64_t order = ordered(&v, 1, "O1", 150, NULL);
        assert_int_equal(confirm(&v, order), ARC_NEEDS_APPROVAL);
        const int64_t hold = held_by(&v);
        assert_int_equal(let_pass(&v, hold, 149 * YUAN, DAY + 3), ARC_E_RANGE);
        assert_int_equal(let_pass(&v, hold, 0, DAY - 1), ARC_E_RANGE);
        assert_int_equal(let_pass(&v, hold, 0, ARC_DATE_NONE), ARC_E_REQUIRED);
        assert_session(&v.b, let_pass(&v, hold, 200 * YUAN, DAY + 3));
        assert_int_equal(let_pass(&v, hold, 0, DAY + 3), ARC_E_STATE);
        /* more is ordered: 201 is beyond it */
        assert_session(&v.b, arc_session_get(v.s, &r, ARC_ORDER_LINE, line_of_order(&v, order)));
        assert_ok(arc_record_set_json(r, "{\"amount\":\"201.00\"}", SIZE_MAX));
        assert_session(&v.b, arc_session_update(v.s, r));
        arc_record_free(r);
        assert_int_equal(confirm(&v, order), ARC_NEEDS_APPROVAL);
        assert_int_equal(held_by(&v), hold);
        row_is(&v, ARC_HOLD, hold, "{\"status\":\"active\",\"amount\":\"201.00\",\"released_amount\":null}");
        assert_session(&v.b, let_pass(&v, hold, 0, DAY + 3));
        assert_ok(arc_session_set_business_date(v.s, DAY + 4)); /* too late */
        assert_int_equal(confirm(&v, order), ARC_NEEDS_APPROVAL);
        assert_session(&v.b, let_pass(&v, hold, 0, DAY + 9));
        assert_session(&v.b, arc_session_get(v.s, &r, ARC_SALES_ORDER, order)); /* another version */
        assert_ok(arc_record_set_json(r, "{\"channel\":\"web\"}", SIZE_MAX));
        assert_session(&v.b, arc_session_update(v.s, r));
        arc_record_free(r);
        assert_int_equal(confirm(&v, order), ARC_NEEDS_APPROVAL);
        assert_session(&v.b, arc_hold_end(v.s, hold, "given up"));
        has_status(&v, ARC_SALES_ORDER, order, "draft");
        assert_int_equal(arc_hold_end(v.s, hold, "twice"), ARC_E_STATE);
        invoices_verified(&v);
        invoices_close(&v);
    }
}

/* T4.3: child limit 300, exposure 100, order 50 passes there; the parent's 600 with 580 + 50 does not. */
static void groups(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        opened(&v, backend, POLICY(STATIC));
        const int64_t child = sample_insert(v.s, ARC_CUSTOMER, "{\"code\":\"B\",\"legal_name\":\"B\",\"term\":\"NET30\",\"parent\":1}"), other = sample_insert(v.s, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"C\",\"term\":\"NET30\",\"parent\":2}");
        (void)checked(&v, child, "2027-12-31");
        assert_session(&v.b, limited(&v, NULL, child, 300 * YUAN, "own", NULL, DAY, ARC_DATE_NONE));
        assert_session(&v.b, limited(&v, NULL, 1, 600 * YUAN, "group", NULL, DAY, ARC_DATE_NONE));
        (void)claim(&v, child, "A1", 100);
        (void)claim(&v, other, "A2", 380);
        (void)claim(&v, 1, "A3", 100);
        int64_t order = ordered(&v, child, "O1", 50, NULL), fits = ordered(&v, child, "O2", 20, NULL);
        const arc_credit_decision d = asked(&v, ARC_SALES_ORDER, order, NULL, 0);
        assert_int_equal(d.result, ARC_CREDIT_HOLD);
        assert_int_equal(d.exposure, 630 * YUAN);
        assert_int_equal(d.limit, 600 * YUAN);
        assert_int_equal(number_in(exposure_json(&v, 1, DAY, 1), NULL, 0, "total"), 580 * YUAN);
        assert_int_equal(confirm(&v, order), ARC_NEEDS_APPROVAL);
        assert_session(&v.b, confirm(&v, fits));
        invoices_close(&v);
    }
}

/* Two orders of one call: what the first takes the second has not. */
static void one_call(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_order_step e[2] = { ARC_ORDER_STEP_INIT, ARC_ORDER_STEP_INIT };
        arc_status results[2];
        int64_t versions[2];
        opened(&v, backend, POLICY(STATIC));
        assert_session(&v.b, limited(&v, NULL, 1, 100 * YUAN, NULL, NULL, DAY, ARC_DATE_NONE));
        e[0].id = ordered(&v, 1, "O1", 60, NULL);
        e[1].id = ordered(&v, 1, "O2", 60, NULL);
        assert_int_equal(arc_order_confirm(v.s, versions, results, e, 2, ARC_ALL_OR_NONE), ARC_NEEDS_APPROVAL);
        assert_int_equal(results[0], ARC_OK);
        assert_int_equal(results[1], ARC_NEEDS_APPROVAL);
        has_status(&v, ARC_SALES_ORDER, e[0].id, "confirmed");
        has_status(&v, ARC_SALES_ORDER, e[1].id, "held");
        invoices_verified(&v);
        invoices_close(&v);
    }
}

/* Room comes back by a receipt, or by a limit: the held orders are checked again. */
static void checked_again(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id, n = -1;
        opened(&v, backend, POLICY(STATIC));
        assert_session(&v.b, limited(&v, NULL, 1, 100 * YUAN, NULL, NULL, DAY, ARC_DATE_NONE));
        (void)claim(&v, 1, "A1", 90);
        int64_t first = ordered(&v, 1, "O1", 50, NULL), second = ordered(&v, 1, "O2", 50, NULL);
        assert_int_equal(confirm(&v, first), ARC_NEEDS_APPROVAL);
        assert_int_equal(confirm(&v, second), ARC_NEEDS_APPROVAL);
        assert_session(&v.b, arc_hold_recheck(v.s, &n, 0, 100));
        assert_int_equal(n, 0);
        assert_session(&v.b, book_receipt(v.s, &id, "R1", 1, 40 * YUAN));
        assert_session(&v.b, arc_hold_recheck(v.s, &n, 0, 100));
        assert_int_equal(n, 1);
        has_status(&v, ARC_SALES_ORDER, first, "confirmed");
        has_status(&v, ARC_SALES_ORDER, second, "held");
        assert_session(&v.b, limited(&v, NULL, 1, 50 * YUAN, NULL, "temporary", DAY, DAY));
        assert_session(&v.b, arc_hold_recheck(v.s, &n, 0, 1));
        assert_int_equal(n, 1);
        assert_session(&v.b, arc_hold_recheck(v.s, &n, 0, 1));
        assert_int_equal(n, 0);
        assert_int_equal(arc_hold_recheck(v.s, &n, 0, 0), ARC_E_INVALID);
        invoices_verified(&v);
        invoices_close(&v);
    }
}

/* Deliveries and invoices move what is counted; only what is of no order adds. */
static void later_moments(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        char line[300];
        opened(&v, backend, POLICY(STATIC));
        assert_session(&v.b, limited(&v, NULL, 1, 100 * YUAN, NULL, NULL, DAY, ARC_DATE_NONE));
        int64_t order = ordered(&v, 1, "O1", 100, NULL);
        assert_session(&v.b, confirm(&v, order));
        int64_t of_it = delivering(&v, 1, "D1", line_of_order(&v, order), "1000", 100), loose = delivering(&v, 1, "D2", 0, "1", 1);
        assert_session(&v.b, order_step(&v, arc_delivery_ship, of_it));
        assert_int_equal(order_step(&v, arc_delivery_ship, loose), ARC_NEEDS_APPROVAL);
        const int64_t hold = held_by(&v);
        has_status(&v, ARC_DELIVERY, loose, "draft");
        assert_session(&v.b, let_pass(&v, hold, 0, DAY));
        assert_session(&v.b, order_step(&v, arc_delivery_ship, loose));
        has_status(&v, ARC_HOLD, hold, "used");
        assert_session(&v.b, limited(&v, NULL, 1, 101 * YUAN, NULL, NULL, DAY, ARC_DATE_NONE));
        snprintf(line, sizeof line, "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"1000\",\"gross_amount\":\"100.00\",\"tax_rate\":\"0.13\",\"order_line\":%d}", (int)line_of_order(&v, order));
        const char *const lines[] = { line, NULL }, *const more[] = { "{\"name\":\"b\",\"currency\":\"CNY\",\"quantity\":\"1\",\"gross_amount\":\"1.00\",\"tax_rate\":\"0.13\"}", NULL };
        static const char header[] = "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"term\":\"NET30\"}";
        (void)issue_lines(&v, header, lines);
        assert_int_equal(invoices_issue(v.s, NULL, header, more), ARC_E_GUARD); /* not stored: nothing to hold */
        assert_int_equal(invoices_count(&v, ARC_INVOICE), 1);
        invoices_verified(&v);
        invoices_close(&v);
    }
}

static void only_within_the_horizon(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        opened(&v, backend, POLICY("{\"rule\":\"dynamic\",\"days\":30,\"effect\":\"block\"}"));
        assert_session(&v.b, limited(&v, NULL, 1, 100 * YUAN, NULL, NULL, DAY, ARC_DATE_NONE));
        assert_session(&v.b, confirm(&v, ordered(&v, 1, "O1", 500, "2026-12-01"))); /* far away */
        assert_session(&v.b, confirm(&v, ordered(&v, 1, "O2", 100, "2026-03-18")));
        assert_int_equal(confirm(&v, ordered(&v, 1, "O3", 1, "2026-03-18")), ARC_NEEDS_APPROVAL);
        assert_session(&v.b, confirm(&v, ordered(&v, 1, "O4", 1, "2026-03-19")));
        invoices_close(&v);
    }
}

/* Each rule, just within and just beyond. */
static arc_status by_rule(invoices *v, const char *rule, const char *number, int64_t yuan)
{
    char policy[400];
    snprintf(policy, sizeof policy, "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"parts\":{\"overdue\":{\"limit\":\"500.00\"}},\"rules\":[%s]}", rule);
    publish(v, "credit_policy", "default", policy);
    return confirm(v, ordered(v, 1, number, yuan, NULL));
}

static void rules(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id;
        opened(&v, backend, POLICY(""));
        assert_session(&v.b, by_rule(&v, "{\"rule\":\"document\",\"amount\":\"10.00\",\"effect\":\"block\"}", "O1", 10));
        assert_int_equal(by_rule(&v, "{\"rule\":\"document\",\"amount\":\"10.00\",\"effect\":\"block\"}", "O2", 11), ARC_NEEDS_APPROVAL);
        assert_session(&v.b, by_rule(&v, "{\"rule\":\"document\",\"amount\":\"10.00\",\"effect\":\"warn\"}", "O3", 11));
        assert_session(&v.b, by_rule(&v, "{\"rule\":\"document\",\"amount\":\"10.00\",\"effect\":\"block\",\"at\":[\"invoice\"]}", "O4", 11));
        assert_session(&v.b, by_rule(&v, "{\"rule\":\"document\",\"amount\":\"10.00\",\"effect\":\"block\",\"segments\":[\"vip\"]}", "O5", 11));
        arc_record *r = invoices_record(v.s, ARC_INVOICE, "{\"number\":\"L1\",\"customer\":1,\"currency\":\"CNY\",\"gross_amount\":\"600.00\",\"invoice_date\":\"2026-01-01\",\"due_date\":\"2026-02-06\"}");
        assert_session(&v.b, arc_invoice_record(v.s, NULL, r)); /* due 10 days ago */
        arc_record_free(r);
        r = invoices_record(v.s, ARC_INVOICE, "{\"number\":\"L2\",\"customer\":1,\"currency\":\"CNY\",\"gross_amount\":\"400.00\",\"invoice_date\":\"2026-01-01\",\"due_date\":\"2026-06-06\"}");
        assert_session(&v.b, arc_invoice_record(v.s, NULL, r));
        arc_record_free(r);
        assert_session(&v.b, by_rule(&v, "{\"rule\":\"oldest\",\"days\":10,\"effect\":\"block\"}", "O6", 1));
        assert_int_equal(by_rule(&v, "{\"rule\":\"oldest\",\"days\":9,\"effect\":\"block\"}", "O7", 1), ARC_NEEDS_APPROVAL);
        assert_session(&v.b, by_rule(&v, "{\"rule\":\"overdue_share\",\"percent\":\"60\",\"effect\":\"block\"}", "O8", 1));
        assert_int_equal(by_rule(&v, "{\"rule\":\"overdue_share\",\"percent\":\"59.99\",\"effect\":\"block\"}", "O9", 1), ARC_NEEDS_APPROVAL);
        assert_int_equal(by_rule(&v, "{\"rule\":\"part\",\"effect\":\"block\"}", "O10", 1), ARC_NEEDS_APPROVAL);
        assert_session(&v.b, book_receipt(v.s, &id, "R1", 1, 100));
        assert_session(&v.b, by_rule(&v, "{\"rule\":\"last_payment\",\"days\":90,\"effect\":\"block\"}", "O11", 1));
        assert_session(&v.b, by_rule(&v, "{\"rule\":\"level\",\"level\":0,\"effect\":\"block\"}", "O12", 1));
        arc_level second = ARC_LEVEL_INIT;
        second.item = 1;
        second.level = 2;
        second.reason = "second letter";
        assert_session(&v.b, arc_item_set_level(v.s, NULL, &second));
        assert_session(&v.b, by_rule(&v, "{\"rule\":\"level\",\"level\":2,\"effect\":\"block\"}", "O13", 1));
        assert_int_equal(by_rule(&v, "{\"rule\":\"level\",\"level\":1,\"effect\":\"block\"}", "O14", 1), ARC_NEEDS_APPROVAL);
        assert_session(&v.b, by_rule(&v, "{\"rule\":\"review\",\"effect\":\"block\"}", "O15", 1));
        (void)sample_insert(v.s, ARC_CREDIT_CHECK, "{\"customer\":1,\"checked_on\":\"2026-02-01\",\"sources\":[\"x\"],\"documents\":[\"y\"],\"result\":\"pass\",\"valid_to\":\"2026-02-15\"}");
        assert_int_equal(by_rule(&v, "{\"rule\":\"review\",\"effect\":\"block\"}", "O16", 1), ARC_NEEDS_APPROVAL);
        assert_int_equal(by_rule(&v, "{\"rule\":\"documents\",\"kinds\":[\"other\"],\"effect\":\"block\"}", "O17", 1), ARC_NEEDS_APPROVAL);
        arc_attachment_new file = ARC_ATTACHMENT_NEW_INIT;
        file.entity = ARC_CUSTOMER;
        file.row = 1;
        file.kind = "other";
        file.name = "licence";
        file.media_type = "text/plain";
        assert_session(&v.b, arc_attachment_add(v.s, &id, &file, "x", 1));
        assert_session(&v.b, by_rule(&v, "{\"rule\":\"documents\",\"kinds\":[\"other\"],\"effect\":\"block\"}", "O18", 1));
        publish(&v, "credit_policy", "default", "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"without_limit\":\"block\"}");
        assert_int_equal(confirm(&v, ordered(&v, 1, "O19", 1, NULL)), ARC_NEEDS_APPROVAL);
        invoices_verified(&v);
        invoices_close(&v);
    }
}

static void held_customers(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t hold;
        opened(&v, backend, POLICY(STATIC));
        assert_session(&v.b, arc_hold_place(v.s, &hold, 1, "cheque bounced"));
        assert_int_equal(arc_hold_place(v.s, NULL, 1, "again"), ARC_E_EXISTS);
        int64_t order = ordered(&v, 1, "O1", 1, NULL);
        assert_int_equal(confirm(&v, order), ARC_NEEDS_APPROVAL);
        assert_int_equal(let_pass(&v, hold, 0, DAY), ARC_E_STATE); /* it is ended, not released */
        assert_session(&v.b, arc_hold_end(v.s, hold, "paid"));
        assert_session(&v.b, confirm(&v, order));
        assert_int_equal(arc_hold_place(v.s, NULL, 99, "x"), ARC_E_NOT_FOUND);
        assert_int_equal(arc_hold_place(v.s, NULL, 1, NULL), ARC_E_INVALID);
        assert_int_equal(let_pass(&v, 99, 0, DAY), ARC_E_NOT_FOUND);
        assert_int_equal(arc_hold_release(v.s, NULL), ARC_E_INVALID);
        invoices_close(&v);
    }
}

/* Two that turned out to be one: what either owes counts against the limit, in whatever name the order comes. */
static void merged(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_merge m = ARC_MERGE_INIT;
        opened(&v, backend, POLICY(STATIC ",{\"rule\":\"oldest\",\"days\":5000,\"effect\":\"block\"}"));
        const int64_t other = sample_insert(v.s, ARC_CUSTOMER, "{\"code\":\"B\",\"legal_name\":\"B\",\"term\":\"NET30\"}");
        assert_session(&v.b, limited(&v, NULL, 1, 100 * YUAN, NULL, NULL, DAY, ARC_DATE_NONE));
        (void)claim(&v, other, "A1", 60);
        int64_t order = ordered(&v, other, "O1", 41, NULL);
        assert_int_equal(asked(&v, ARC_SALES_ORDER, order, NULL, 0).has_limit, 0);
        m.kept = 1;
        m.merged = other;
        m.reason = "one company";
        assert_session(&v.b, arc_customer_merge(v.s, NULL, &m));
        const arc_credit_decision d = asked(&v, ARC_SALES_ORDER, order, NULL, 0);
        assert_int_equal(d.result, ARC_CREDIT_HOLD);
        assert_int_equal(d.excess, YUAN);
        assert_int_equal(confirm(&v, ordered(&v, 1, "O2", 41, NULL)), ARC_NEEDS_APPROVAL);
        assert_session(&v.b, confirm(&v, ordered(&v, 1, "O3", 40, NULL)));
        invoices_close(&v);
    }
}

static const char *warnings(invoices *v)
{
    static char json[8000];
    size_t n = sizeof json;
    assert_session(&v->b, arc_credit_warnings_json(v->s, json, &n));
    return json;
}

/* What an order, a delivery, an invoice are warned of passes; the caller is told, and it is kept. */
static void warned(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_order_step e[2] = { ARC_ORDER_STEP_INIT, ARC_ORDER_STEP_INIT };
        int64_t versions[2], id;
        size_t n = 0;
        opened(&v, backend, POLICY("{\"rule\":\"static\",\"effect\":\"warn\"}"));
        assert_string_equal(warnings(&v), "{\"warnings\":[]}");
        assert_session(&v.b, limited(&v, NULL, 1, 100 * YUAN, NULL, NULL, DAY, ARC_DATE_NONE));
        e[0].id = ordered(&v, 1, "O1", 90, NULL);
        e[1].id = ordered(&v, 1, "O2", 30, NULL);
        assert_session(&v.b, arc_order_confirm(v.s, versions, NULL, e, 2, ARC_ALL_OR_NONE));
        const char *json = warnings(&v);
        assert_int_equal(number_in(json, NULL, 0, "element"), 1);
        assert_int_equal(number_in(json, NULL, 0, "document"), e[1].id);
        assert_int_equal(number_in(json, NULL, 0, "excess"), 20 * YUAN);
        row_is(&v, ARC_HOLD, number_in(json, NULL, 0, "hold"), "{\"status\":\"warned\",\"moment\":\"order\",\"document_kind\":\"sales_order\",\"amount\":\"30.00\",\"excess\":\"20.00\"}");
        has_status(&v, ARC_SALES_ORDER, e[1].id, "confirmed");
        const int64_t loose = delivering(&v, 1, "D1", 0, "1", 1);
        assert_session(&v.b, order_step(&v, arc_delivery_ship, loose));
        assert_non_null(strstr(warnings(&v), "\"document_kind\":\"delivery\""));
        const char *const line[] = { "{\"name\":\"b\",\"currency\":\"CNY\",\"quantity\":\"1\",\"gross_amount\":\"1.00\",\"tax_rate\":\"0.13\"}", NULL };
        assert_session(&v.b, invoices_issue(v.s, &id, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"term\":\"NET30\"}", line));
        json = warnings(&v); /* one that had no row when it was judged */
        assert_int_equal(number_in(json, NULL, 0, "document"), id);
        row_is(&v, ARC_HOLD, number_in(json, NULL, 0, "hold"), "{\"status\":\"warned\",\"moment\":\"invoice\",\"document_kind\":\"invoice\"}");
        assert_int_equal(arc_credit_warnings_json(v.s, NULL, &n), ARC_E_BUFFER);
        assert_int_equal(arc_credit_warnings_json(v.s, NULL, NULL), ARC_E_INVALID);
        assert_int_equal(arc_hold_end(v.s, number_in(json, NULL, 0, "hold"), "seen"), ARC_E_STATE); /* nothing is stopped */
        assert_session(&v.b, book_receipt(v.s, &id, "R1", 1, 100 * YUAN));
        assert_string_equal(warnings(&v), "{\"warnings\":[]}"); /* the next call */
        assert_session(&v.b, confirm(&v, ordered(&v, 1, "O3", 1, NULL)));
        assert_string_equal(warnings(&v), "{\"warnings\":[]}");
        assert_int_equal(invoices_count(&v, ARC_HOLD), 3);
        invoices_verified(&v);
        invoices_close(&v);
    }
}

static void amounts_asked_about(void **state)
{
    (void)state;
    invoices v;
    arc_credit_question q = ARC_CREDIT_QUESTION_INIT;
    arc_credit_decision d = ARC_CREDIT_DECISION_INIT;
    opened(&v, 0, POLICY(STATIC));
    assert_session(&v.b, limited(&v, NULL, 1, 100 * YUAN, NULL, NULL, DAY, ARC_DATE_NONE));
    q.customer = 1;
    q.currency = "CNY";
    q.amount = 101 * YUAN;
    assert_session(&v.b, arc_credit_check(v.s, &d, NULL, NULL, &q));
    assert_int_equal(d.result, ARC_CREDIT_HOLD);
    assert_int_equal(d.excess, YUAN);
    q.amount = 100 * YUAN;
    assert_session(&v.b, arc_credit_check(v.s, &d, NULL, NULL, &q));
    assert_int_equal(d.result, ARC_CREDIT_PASS);
    q.amount = -1;
    assert_int_equal(arc_credit_check(v.s, &d, NULL, NULL, &q), ARC_E_RANGE);
    q.amount = 1;
    q.currency = "QQQ";
    assert_int_equal(arc_credit_check(v.s, &d, NULL, NULL, &q), ARC_E_CURRENCY);
    q.currency = NULL;
    assert_int_equal(arc_credit_check(v.s, &d, NULL, NULL, &q), ARC_E_INVALID);
    q.entity = ARC_ITEM;
    assert_int_equal(arc_credit_check(v.s, &d, NULL, NULL, &q), ARC_E_INVALID);
    q.entity = ARC_SALES_ORDER;
    q.row = 99;
    assert_int_equal(arc_credit_check(v.s, &d, NULL, NULL, &q), ARC_E_NOT_FOUND);
    assert_int_equal(arc_credit_check(v.s, &d, NULL, NULL, NULL), ARC_E_INVALID);
    assert_int_equal(invoices_count(&v, ARC_HOLD), 0); /* asking writes nothing */
    invoices_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_example), cmocka_unit_test(bound_releases), cmocka_unit_test(groups), cmocka_unit_test(one_call), cmocka_unit_test(checked_again),
        cmocka_unit_test(later_moments), cmocka_unit_test(only_within_the_horizon), cmocka_unit_test(rules), cmocka_unit_test(held_customers), cmocka_unit_test(merged), cmocka_unit_test(warned), cmocka_unit_test(amounts_asked_about),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
