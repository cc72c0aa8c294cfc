/* SPDX-License-Identifier: Apache-2.0 */
/* Receivables before the invoice: plans, estimates, what documents consume of them, tax invoices of receivables that stand. */
#include "api/invoices.h"

#define HEADER "\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-16\""
#define LINE(gross) "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"" gross "\",\"tax_rate\":\"0.13\"}"

static arc_date day(const char *text)
{
    arc_date d = ARC_DATE_NONE;
    assert_ok(arc_date_parse(&d, text, SIZE_MAX));
    return d;
}

static void state_is(invoices *v, int64_t item, const char *json)
{
    static char is[4000], should[4000];
    size_t len = sizeof is, n = sizeof should;
    arc_query *q;
    arc_cursor *c;
    arc_record *r;
    assert_session(&v->b, arc_query_new(v->s, &q, ARC_ITEM_STATE));
    assert_ok(arc_query_where_int(q, ARC_ITEM_STATE_ITEM, ARC_EQ, item));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_record(c, &r));
    assert_ok(arc_record_get_json(r, is, &len));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_ok(arc_record_get_json(r, should, &n));
    if (strcmp(is, should) != 0) fail_msg("is %s, expected %s", is, json);
    arc_record_free(r);
    arc_cursor_free(c);
    arc_query_free(q);
}

static int64_t estimated(invoices *v) { return sum_of(v, ARC_ACCOUNT, ARC_ACCOUNT_ESTIMATED); }
static int64_t opened(invoices *v) { return sum_of(v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN); }

static void contract_3331(invoices *v)
{
    static const char *const rows[] = { "\"seq\":1,\"milestone\":\"deposit\",\"amount\":\"300000.00\",\"trigger_kind\":\"advance\",\"term\":\"NET0\"",
                                        "\"seq\":2,\"milestone\":\"delivery\",\"amount\":\"300000.00\",\"trigger_kind\":\"delivery\"",
                                        "\"seq\":3,\"milestone\":\"acceptance\",\"amount\":\"300000.00\",\"trigger_kind\":\"acceptance\",\"item_kind\":\"estimated\"",
                                        "\"seq\":4,\"milestone\":\"retention\",\"amount\":\"100000.00\",\"trigger_kind\":\"retention\",\"term\":\"12M\"" };
    assert_int_equal(sample_insert(v->s, ARC_CONTRACT, "{\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"number\":\"K1\",\"kind\":\"milestones\","
                                                       "\"amount\":\"1000000.00\",\"tax_included\":true,\"channel\":\"direct\"}"), 1);
    for (int i = 0; i < 4; i++) {
        char json[300];
        snprintf(json, sizeof json, "{\"contract\":1,\"currency\":\"CNY\",%s}", rows[i]);
        assert_int_equal(sample_insert(v->s, ARC_MILESTONE, json), i + 1);
    }
    assert_session(&v->b, arc_contract_activate(v->s, 1));
}

/* T3.3: each step is an item; one that has not happened has no due date; invoices consume, nothing counts twice. */
static void t3_3(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t n = 0;
        invoices_open(&v, backend);
        contract_3331(&v);
        assert_session(&v.b, arc_contract_plan(v.s, &n, 1));
        assert_int_equal(n, 4);
        assert_session(&v.b, arc_contract_plan(v.s, &n, 1)); /* again: none is missing */
        assert_int_equal(n, 0);
        for (int i = 1; i <= 4; i++) state_is(&v, i, "{\"kind\":\"planned\",\"due_date\":null}");
        row_is(&v, ARC_ITEM, 4, "{\"number\":\"K1\",\"seq\":4,\"amount\":\"100000.00\",\"milestone\":4,\"contract\":1,\"channel\":\"direct\"}");
        assert_int_equal(opened(&v), 0);
        assert_int_equal(estimated(&v), 0);
        assert_ok(arc_session_set_business_date(v.s, day("2026-03-31")));
        assert_session(&v.b, arc_milestone_reach(v.s, 2, day("2026-03-01")));
        state_is(&v, 2, "{\"kind\":\"planned\",\"due_date\":\"2026-03-31\"}");
        assert_session(&v.b, arc_milestone_reach(v.s, 3, day("2026-03-10")));
        state_is(&v, 3, "{\"kind\":\"estimated\",\"due_date\":\"2026-04-09\"}");
        assert_int_equal(estimated(&v), 30000000);
        assert_session_status(ARC_E_STATE, &v.b, arc_milestone_reach(v.s, 3, day("2026-03-11")));
        invoices_verified(&v);
        /* due first is invoiced first: milestone 2, then 3 */
        int64_t id = issue_ok(&v, "{" HEADER ",\"contract\":1}", LINE("450000.00"), NULL);
        state_is(&v, 2, "{\"open\":\"0.00\"}");
        state_is(&v, 3, "{\"open\":\"150000.00\",\"settled_on\":null}");
        state_is(&v, 1, "{\"open\":\"300000.00\"}");
        assert_int_equal(estimated(&v), 15000000);
        assert_int_equal(opened(&v), 45000000);
        assert_int_equal(sum_of(&v, ARC_INVOICE_ITEM, ARC_INVOICE_ITEM_AMOUNT), 45000000);
        row_is(&v, ARC_INVOICE_ITEM, 1, "{\"item\":2,\"consumes\":true,\"amount\":\"300000.00\"}");
        invoice_is(&v, id, "{\"channel\":\"direct\"}");
        /* the rest is given up */
        assert_session(&v.b, arc_item_cancel(v.s, 3, "price agreed"));
        state_is(&v, 3, "{\"open\":\"0.00\"}");
        assert_int_equal(estimated(&v), 0);
        assert_session_status(ARC_E_STATE, &v.b, arc_item_cancel(v.s, 3, NULL));
        assert_session_status(ARC_E_STATE, &v.b, arc_item_cancel(v.s, 5, NULL)); /* the invoice's own */
        assert_session_status(ARC_E_NOT_FOUND, &v.b, arc_item_cancel(v.s, 99, NULL));
        invoices_close(&v);
    }
}

/* T3.1: the retention of an invoice is an item of its own. */
static void t3_1(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        (void)issue_ok(&v, "{" HEADER ",\"term\":\"NET30\",\"retention\":\"0.05\",\"retention_term\":\"12M@ACCEPTANCE\",\"accepted_on\":\"2026-03-01\"}", LINE("100000.00"), NULL);
        state_is(&v, 1, "{\"kind\":\"invoiced\",\"open\":\"95000.00\",\"due_date\":\"2026-03-18\"}");
        state_is(&v, 2, "{\"kind\":\"retention\",\"open\":\"5000.00\",\"due_date\":\"2027-03-01\"}");
        invoices_close(&v);
    }
}

static int64_t record_item(invoices *v, const char *json)
{
    int64_t id = 0;
    arc_record *r = invoices_record(v->s, ARC_ITEM, json);
    assert_session(&v->b, arc_item_record(v->s, &id, r));
    arc_record_free(r);
    return id;
}

static arc_status use_items(invoices *v, int64_t *id, const char *gross_line, const arc_invoice_use *uses, uint32_t n)
{
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record *line = invoices_record(v->s, ARC_INVOICE_LINE, gross_line);
    d.invoice = invoices_record(v->s, ARC_INVOICE, "{" HEADER ",\"term\":\"NET30\"}");
    d.lines = &line;
    d.n_lines = 1;
    d.uses = uses;
    d.n_uses = n;
    arc_status st = arc_invoice_issue_document(v->s, id, &d);
    arc_record_free(line);
    arc_record_free(d.invoice);
    return st;
}

static arc_invoice_use use_of(int64_t item, int64_t minor)
{
    arc_invoice_use u = ARC_INVOICE_USE_INIT;
    u.item = item;
    assert_ok(arc_money_set(&u.amount, minor, "CNY"));
    return u;
}

/* An estimate is consumed by its order's invoice; explicit amounts; too much is refused and leaves nothing. */
static void estimates(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        (void)sample_insert(v.s, ARC_BOOK_SETTING, "{\"name\":\"ledger.post_estimates\",\"value\":1}");
        (void)sample_insert(v.s, ARC_SALES_ORDER, "{\"number\":\"O1\",\"customer\":1,\"channel\":\"shop\",\"order_date\":\"2026-01-05\",\"currency\":\"CNY\"}");
        assert_session(&v.b, order_step(&v, arc_order_confirm, 1));
        int64_t a = record_item(&v, "{\"number\":\"E1\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"1000.00\",\"sales_order\":1,\"business_date\":\"2026-02-01\"}");
        row_is(&v, ARC_ITEM, a, "{\"kind\":\"estimated\",\"seq\":1,\"channel\":\"shop\"}");
        assert_int_equal(estimated(&v), 100000);
        assert_int_equal(role_sum(&v, "estimated_receivable"), 100000);
        (void)issue_ok(&v, "{" HEADER ",\"sales_order\":1,\"term\":\"NET30\"}", LINE("400.00"), NULL);
        state_is(&v, a, "{\"open\":\"600.00\"}");
        assert_int_equal(estimated(&v), 60000);
        assert_int_equal(role_sum(&v, "estimated_receivable"), 60000);
        const arc_invoice_use too_much[] = { use_of(a, 60001) }, all[] = { use_of(a, 60000) }, wrong[] = { use_of(99, 1) };
        assert_int_equal(use_items(&v, NULL, LINE("700.00"), too_much, 1), ARC_E_GUARD);
        assert_int_equal(use_items(&v, NULL, LINE("599.99"), all, 1), ARC_E_GUARD); /* more than its total */
        assert_int_equal(use_items(&v, NULL, LINE("700.00"), wrong, 1), ARC_E_REFERENCE);
        assert_session(&v.b, use_items(&v, NULL, LINE("700.00"), all, 1));
        state_is(&v, a, "{\"open\":\"0.00\",\"settled_on\":\"2026-02-16\"}");
        assert_int_equal(estimated(&v), 0);
        assert_int_equal(opened(&v), 110000);
        assert_int_equal(role_sum(&v, "estimated_receivable"), 0);
        invoices_close(&v);
    }
}

/* Receivables that stand get their tax invoices later, many to many: nothing is claimed twice. */
static void covered(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id = 0;
        invoices_open(&v, backend);
        int64_t a = record_item(&v, "{\"number\":\"R1\",\"customer\":1,\"kind\":\"invoiced\",\"currency\":\"CNY\",\"amount\":\"113.00\",\"tax_amount\":\"13.00\",\"due_date\":\"2026-03-01\"}");
        int64_t o = record_item(&v, "{\"number\":\"R2\",\"customer\":1,\"kind\":\"opening\",\"currency\":\"CNY\",\"amount\":\"50.00\",\"due_date\":\"2026-03-01\"}");
        assert_int_equal(opened(&v), 16300);
        assert_int_equal(role_sum(&v, "receivable"), 16300);
        assert_int_equal(role_sum(&v, "output_vat"), -1300);
        assert_int_equal(role_sum(&v, "opening"), -5000);
        const arc_invoice_use part[] = { use_of(a, 6000) }, both[] = { use_of(a, 5300), use_of(o, 5000) }, more[] = { use_of(a, 1) };
        assert_int_equal(use_items(&v, NULL, LINE("59.99"), part, 1), ARC_E_GUARD); /* more than its total */
        assert_session(&v.b, use_items(&v, &id, LINE("60.00"), part, 1));
        assert_session(&v.b, use_items(&v, NULL, LINE("103.00"), both, 2));
        assert_int_equal(use_items(&v, NULL, LINE("0.01"), more, 1), ARC_E_GUARD);
        assert_int_equal(opened(&v), 16300); /* as before */
        assert_int_equal(role_sum(&v, "receivable"), 16300);
        assert_int_equal(invoices_count(&v, ARC_ITEM), 2);
        row_is(&v, ARC_INVOICE_ITEM, 1, "{\"item\":1,\"consumes\":false,\"amount\":\"60.00\"}");
        invoices_close(&v);
    }
}

/* Plans and estimates are in no aging. */
static void not_aged(void **state)
{
    (void)state;
    invoices v;
    arc_aging *aging;
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    invoices_open(&v, 0);
    (void)record_item(&v, "{\"number\":\"E1\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"10.00\",\"project\":1}");
    (void)record_item(&v, "{\"number\":\"P1\",\"kind\":\"planned\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"10.00\",\"project\":1}");
    assert_session(&v.b, arc_aging_compute(v.s, &aging, &o));
    uint32_t n = 9;
    assert_ok(arc_aging_count(aging, &n));
    assert_int_equal(n, 0);
    arc_aging_free(aging);
    arc_record *r = invoices_record(v.s, ARC_ITEM, "{\"number\":\"E2\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"-10.00\",\"project\":1}");
    assert_session_status(ARC_E_VALUE, &v.b, arc_item_record(v.s, NULL, r));
    assert_ok(arc_record_set_json(r, "{\"amount\":\"10.00\",\"number\":\"E1\"}", SIZE_MAX));
    assert_session_status(ARC_E_EXISTS, &v.b, arc_item_record(v.s, NULL, r));
    assert_ok(arc_record_set_json(r, "{\"kind\":\"credit\"}", SIZE_MAX));
    assert_session_status(ARC_E_VALUE, &v.b, arc_item_record(v.s, NULL, r));
    arc_record_free(r);
    invoices_close(&v);
}

/* A draft keeps what it is to take over until it is issued, or changed. */
static void drafted(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id = 0;
        arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
        arc_invoice_step step = ARC_INVOICE_STEP_INIT;
        invoices_open(&v, backend);
        (void)sample_insert(v.s, ARC_BOOK_SETTING, "{\"name\":\"invoice.approval\",\"value\":0}");
        int64_t a = record_item(&v, "{\"number\":\"E1\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"1000.00\",\"business_date\":\"2026-02-01\",\"project\":1}");
        const arc_invoice_use use = use_of(a, 40000), less = use_of(a, 30000);
        arc_record *line = invoices_record(v.s, ARC_INVOICE_LINE, LINE("500.00"));
        d.invoice = invoices_record(v.s, ARC_INVOICE, "{" HEADER ",\"term\":\"NET30\"}");
        d.lines = &line;
        d.n_lines = 1;
        d.uses = &use;
        d.n_uses = 1;
        assert_session(&v.b, arc_invoice_draft(v.s, &id, &d));
        invoice_is(&v, id, "{\"draft_uses\":[{\"item\":1,\"minor\":40000,\"currency\":\"CNY\"}]}");
        state_is(&v, a, "{\"open\":\"1000.00\"}"); /* a draft takes nothing */
        arc_record_free(d.invoice);
        assert_session(&v.b, arc_session_get(v.s, &d.invoice, ARC_INVOICE, id));
        d.uses = &less;
        assert_session(&v.b, arc_invoice_draft(v.s, NULL, &d));
        step.invoice = id;
        assert_session(&v.b, arc_invoice_issue(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
        state_is(&v, a, "{\"open\":\"700.00\"}");
        invoice_is(&v, id, "{\"status\":\"issued\",\"draft_uses\":null}");
        arc_record_free(line);
        arc_record_free(d.invoice);
        invoices_close(&v);
    }
}

/* Many receivables in a call: each has its answer. */
static void many(void **state)
{
    (void)state;
    static const char *const json[] = { "{\"number\":\"M1\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"10.00\",\"project\":1}",
                                        "{\"number\":\"M2\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"-1.00\",\"project\":1}",
                                        "{\"number\":\"M1\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"20.00\",\"project\":1}",
                                        "{\"number\":\"M3\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"30.00\",\"contract\":99}",
                                        "{\"number\":\"M4\",\"customer\":99,\"currency\":\"CNY\",\"amount\":\"30.00\",\"project\":1}",
                                        "{\"number\":\"M5\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"40.00\",\"kind\":\"invoiced\"}",
                                        "{\"number\":\"M6\",\"customer\":1,\"amount\":null}" };
    static const arc_status should[] = { ARC_OK, ARC_E_VALUE, ARC_E_EXISTS, ARC_E_REFERENCE, ARC_E_REFERENCE, ARC_OK, ARC_E_REQUIRED };
    enum { N = sizeof json / sizeof *json };
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_record *r[N];
        int64_t ids[N];
        arc_status results[N];
        invoices_open(&v, backend);
        for (int i = 0; i < N; i++) r[i] = invoices_record(v.s, ARC_ITEM, json[i]);
        assert_session_status(ARC_E_VALUE, &v.b, arc_item_record_many(v.s, ids, results, r, N, ARC_ALL_OR_NONE));
        assert_int_equal(invoices_count(&v, ARC_ITEM), 0);
        assert_int_equal(arc_item_record_many(v.s, ids, results, r, N, 0), ARC_PARTIAL);
        for (int i = 0; i < N; i++) {
            if (results[i] != should[i]) fail_msg("element %d: %s", i, arc_status_name(results[i]));
            assert_int_equal(ids[i] != 0, should[i] == ARC_OK);
            arc_record_free(r[i]);
        }
        assert_int_equal(estimated(&v), 1000);
        assert_int_equal(opened(&v), 4000);
        assert_int_equal(role_sum(&v, "receivable"), 4000);
        invoices_close(&v);
    }
}

/* Plans and estimates come of something that was agreed, and of this customer's. */
static void of_what(void **state)
{
    static const struct {
        const char *of;
        arc_status status;
        const char *field;
    } cases[] = { { "", ARC_E_REQUIRED, "contract" },
                  { ",\"kind\":\"planned\"", ARC_E_REQUIRED, "contract" },
                  { ",\"contract\":1", ARC_E_STATE, "contract" }, /* a draft */
                  { ",\"contract\":1,\"kind\":\"invoiced\"", ARC_OK, "" },
                  { ",\"contract\":3", ARC_E_GUARD, "contract" }, /* another customer's */
                  { ",\"contract\":3,\"kind\":\"invoiced\"", ARC_E_GUARD, "contract" },
                  { ",\"contract\":2", ARC_OK, "" },
                  { ",\"contract\":2,\"kind\":\"planned\"", ARC_OK, "" },
                  { ",\"contract\":4", ARC_OK, "" }, /* closed: what was delivered is owed */
                  { ",\"contract\":4,\"kind\":\"planned\"", ARC_E_STATE, "contract" },
                  { ",\"sales_order\":1", ARC_E_STATE, "sales_order" }, /* a draft */
                  { ",\"sales_order\":2", ARC_OK, "" },
                  { ",\"delivery\":1", ARC_E_STATE, "delivery" }, /* a draft */
                  { ",\"delivery\":2", ARC_OK, "" },
                  { ",\"project\":1", ARC_OK, "" },
                  { ",\"project\":2", ARC_E_GUARD, "project" },
                  { ",\"milestone\":1", ARC_OK, "" },
                  { ",\"milestone\":1,\"contract\":4", ARC_E_GUARD, "milestone" },
                  { "", ARC_E_REQUIRED, "contract" } };
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        char json[300];
        invoices_open(&v, backend);
        (void)sample_insert(v.s, ARC_CUSTOMER, "{\"code\":\"C2\",\"legal_name\":\"B\"}");
        (void)sample_insert(v.s, ARC_PROJECT, "{\"code\":\"J2\",\"name\":\"j\",\"status\":\"open\",\"customer\":2}");
        for (int k = 1; k <= 4; k++) {
            snprintf(json, sizeof json, "{\"number\":\"K%d\",\"customer\":%d,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"amount\":\"900.00\",\"tax_included\":true}", k, k == 3 ? 2 : 1);
            assert_int_equal(sample_insert(v.s, ARC_CONTRACT, json), k);
            if (k > 1) assert_session(&v.b, arc_contract_activate(v.s, k));
        }
        assert_session(&v.b, arc_contract_close(v.s, 4));
        (void)sample_insert(v.s, ARC_MILESTONE, "{\"contract\":2,\"seq\":1,\"currency\":\"CNY\",\"amount\":\"10.00\",\"trigger_kind\":\"delivery\"}");
        for (int k = 1; k <= 2; k++) {
            snprintf(json, sizeof json, "{\"number\":\"O%d\",\"customer\":1,\"order_date\":\"2026-01-05\",\"currency\":\"CNY\"}", k);
            (void)sample_insert(v.s, ARC_SALES_ORDER, json);
            snprintf(json, sizeof json, "{\"sales_order\":%d,\"seq\":1,\"name\":\"a\",\"quantity\":\"1\",\"price\":\"9\",\"currency\":\"CNY\",\"amount\":\"9.00\",\"tax_rate\":\"0\"}", k);
            (void)sample_insert(v.s, ARC_ORDER_LINE, json);
        }
        assert_session(&v.b, order_step(&v, arc_order_confirm, 2));
        for (int k = 1; k <= 2; k++) {
            snprintf(json, sizeof json, "{\"number\":\"D%d\",\"customer\":1,\"delivery_date\":\"2026-01-10\"}", k);
            (void)sample_insert(v.s, ARC_DELIVERY, json);
            snprintf(json, sizeof json, "{\"delivery\":%d,\"seq\":1,\"order_line\":2,\"quantity\":\"0.5\",\"currency\":\"CNY\",\"amount\":\"4.50\"}", k);
            (void)sample_insert(v.s, ARC_DELIVERY_LINE, json);
        }
        assert_session(&v.b, order_step(&v, arc_delivery_ship, 2));
        for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
            arc_error e = ARC_ERROR_INIT;
            snprintf(json, sizeof json, "{\"number\":\"E%d\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"1.00\"%s}", (int)k, cases[k].of);
            arc_record *r = invoices_record(v.s, ARC_ITEM, json);
            const arc_status st = arc_item_record(v.s, NULL, r);
            (void)arc_session_error(v.s, &e);
            if (st != cases[k].status || (st != ARC_OK && (strcmp(e.field, cases[k].field) != 0 || !e.message_zh[0]))) fail_msg("%s: %s %s (%s)", json, arc_status_name(st), e.message, e.field);
            arc_record_free(r);
        }
        invoices_close(&v);
    }
}

static arc_record *computed(invoices *v, uint32_t entity, int64_t id)
{
    arc_record *r;
    assert_session(&v->b, arc_session_get(v->s, &r, entity, id));
    assert_session(&v->b, arc_record_compute(v->s, &r, 1, ARC_DATE_NONE));
    return r;
}

static void status_of(invoices *v, int64_t item, const char *code)
{
    const char *text;
    arc_record *r = computed(v, ARC_ITEM, item);
    assert_ok(arc_record_get_text(r, &text, NULL, ARC_ITEM_STATUS));
    assert_string_equal(text, code);
    arc_record_free(r);
}

/* What came in for an invoice is received for the milestones it invoiced, by what it took of each. */
static void milestones_are_paid(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_allocation a = ARC_ALLOCATION_INIT;
        arc_money m;
        arc_date due;
        invoices_open(&v, backend);
        contract_3331(&v);
        assert_session(&v.b, arc_contract_plan(v.s, NULL, 1));
        assert_ok(arc_session_set_business_date(v.s, day("2026-03-31")));
        assert_session(&v.b, arc_milestone_reach(v.s, 2, day("2026-03-01")));
        assert_session(&v.b, arc_milestone_reach(v.s, 3, day("2026-03-10")));
        (void)issue_ok(&v, "{" HEADER ",\"contract\":1}", LINE("450000.00"), NULL); /* all of 2, half of 3; its item is the fifth */
        status_of(&v, 1, "to_invoice");
        status_of(&v, 2, "invoiced");
        status_of(&v, 3, "to_invoice");
        status_of(&v, 5, "open");
        arc_record *r;
        assert_ok(arc_record_new(v.s, &r, ARC_RECEIPT));
        assert_ok(arc_record_set_json(r, "{\"number\":\"R\",\"customer\":1,\"value_date\":\"2026-02-16\",\"currency\":\"CNY\",\"amount\":\"90000.01\"}", SIZE_MAX));
        assert_session(&v.b, arc_receipt_record(v.s, &a.receipt, r));
        arc_record_free(r);
        a.item = 5;
        a.amount = 9000001;
        assert_session(&v.b, arc_allocation_apply(v.s, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
        static const int64_t received[] = { 0, 6000000, 3000000, 0 };
        for (int i = 0; i < 4; i++) {
            r = computed(&v, ARC_MILESTONE, i + 1);
            assert_ok(arc_record_get_money(r, &m, ARC_MILESTONE_RECEIVED));
            assert_int_equal(m.minor, received[i]);
            assert_int_equal(arc_record_get_date(r, &due, ARC_MILESTONE_DUE_DATE), i == 1 || i == 2 ? ARC_OK : ARC_E_NOT_FOUND);
            arc_record_free(r);
        }
        invoices_close(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(drafted), cmocka_unit_test(many), cmocka_unit_test(of_what), cmocka_unit_test(t3_3), cmocka_unit_test(milestones_are_paid), cmocka_unit_test(t3_1), cmocka_unit_test(estimates), cmocka_unit_test(covered), cmocka_unit_test(not_aged) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
