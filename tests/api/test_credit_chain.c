/* SPDX-License-Identifier: Apache-2.0 */
/* From the estimate by order, delivery, draft and invoice to the receipt: what the customer may come to owe is counted once at every moment, in exposure and in each check; and orders by when their lines are wanted. */
#include "api/limits.h"

#define YUAN 100
#define DAY 20500 /* 2026-02-16 */

static const char with_drafts[] = "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"parts\":{\"planned\":{\"include\":true},\"drafts\":{\"include\":true}},\"rules\":[{\"rule\":\"static\",\"effect\":\"block\"}]}";
static const char without_drafts[] = "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"rules\":[{\"rule\":\"static\",\"effect\":\"block\"}]}";

static void opened(invoices *v, int backend, const char *policy, int64_t limit)
{
    invoices_open(v, backend);
    assert_ok(arc_session_set_business_date(v->s, DAY));
    publish(v, "credit_policy", "default", policy);
    (void)checked(v, 1, "2027-12-31");
    assert_session(&v->b, limited(v, NULL, 1, limit * YUAN, NULL, NULL, DAY, ARC_DATE_NONE));
}

static int64_t total(invoices *v) { return number_in(exposure_json(v, 1, DAY, 0), NULL, 0, "total"); }

static int64_t contracted(invoices *v)
{
    int64_t id = sample_insert(v->s, ARC_CONTRACT, "{\"number\":\"K\",\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"tax_included\":true,\"amount\":\"1000.00\",\"term\":\"NET30\"}");
    assert_session(&v->b, arc_contract_activate(v->s, id));
    return id;
}

static int64_t estimated(invoices *v, int64_t contract, int64_t yuan)
{
    char json[300];
    int64_t id;
    snprintf(json, sizeof json, "{\"number\":\"P1\",\"seq\":1,\"customer\":1,\"contract\":%d,\"currency\":\"CNY\",\"amount\":\"%lld.00\",\"business_date\":\"2026-01-01\"}", (int)contract, (long long)yuan);
    arc_record *r = invoices_record(v->s, ARC_ITEM, json);
    assert_session(&v->b, arc_item_record(v->s, &id, r));
    arc_record_free(r);
    return id;
}

/* contract, line 0: none. */
static int64_t drafted(invoices *v, int64_t contract, int64_t order_line, int64_t yuan, const arc_invoice_use *use)
{
    char header[300], line[300], of_contract[40] = "", of_line[40] = "";
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record *lines[1];
    int64_t id;
    if (contract) snprintf(of_contract, sizeof of_contract, ",\"contract\":%d", (int)contract);
    if (order_line) snprintf(of_line, sizeof of_line, ",\"order_line\":%d", (int)order_line);
    snprintf(header, sizeof header, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"term\":\"NET30\"%s}", of_contract);
    snprintf(line, sizeof line, "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"%lld\",\"gross_amount\":\"%lld.00\",\"tax_rate\":\"0.13\"%s}", (long long)yuan, (long long)yuan, of_line);
    d.invoice = invoices_record(v->s, ARC_INVOICE, header);
    lines[0] = invoices_record(v->s, ARC_INVOICE_LINE, line);
    d.lines = lines;
    d.n_lines = 1;
    d.uses = use;
    d.n_uses = use != NULL;
    assert_session(&v->b, arc_invoice_draft(v->s, &id, &d));
    arc_record_free(d.invoice);
    arc_record_free(lines[0]);
    return id;
}

static arc_credit_decision asked(invoices *v, uint32_t entity, int64_t row)
{
    arc_credit_question q = ARC_CREDIT_QUESTION_INIT;
    arc_credit_decision d = ARC_CREDIT_DECISION_INIT;
    q.entity = entity;
    q.row = row;
    assert_session(&v->b, arc_credit_check(v->s, &d, NULL, NULL, &q));
    return d;
}

static arc_status issued(invoices *v, int64_t draft)
{
    arc_invoice_step step = ARC_INVOICE_STEP_INIT;
    step.invoice = draft;
    return arc_invoice_issue(v->s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE);
}

/* A check of a document says what exposure will be, and passes at the limit itself. */
static void fits(invoices *v, uint32_t entity, int64_t row, int64_t yuan)
{
    const arc_credit_decision d = asked(v, entity, row);
    assert_int_equal(d.exposure, yuan * YUAN);
    assert_int_equal(d.result, ARC_CREDIT_PASS);
}

/* The limit is what was estimated: whatever the estimate has become, there is never more than that. */
static void whole_chain(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        char json[300];
        int64_t id;
        opened(&v, backend, with_drafts, 1000);
        const int64_t contract = contracted(&v);
        (void)estimated(&v, contract, 1000);
        assert_int_equal(total(&v), 1000 * YUAN);
        snprintf(json, sizeof json, "{\"number\":\"O1\",\"customer\":1,\"contract\":%d,\"order_date\":\"2026-01-05\",\"currency\":\"CNY\"}", (int)contract);
        const int64_t order = sample_insert(v.s, ARC_SALES_ORDER, json);
        snprintf(json, sizeof json, "{\"sales_order\":%d,\"seq\":1,\"name\":\"a\",\"quantity\":\"600\",\"price\":\"1\",\"currency\":\"CNY\",\"amount\":\"600.00\",\"tax_rate\":\"0.13\"}", (int)order);
        const int64_t line = sample_insert(v.s, ARC_ORDER_LINE, json);
        assert_int_equal(total(&v), 1000 * YUAN); /* a draft of the order */
        fits(&v, ARC_SALES_ORDER, order, 1000);
        assert_session(&v.b, order_step(&v, arc_order_confirm, order));
        assert_int_equal(total(&v), 1000 * YUAN);
        const int64_t delivery = delivering(&v, 1, "D1", line, "300", 300);
        fits(&v, ARC_DELIVERY, delivery, 1000);
        assert_session(&v.b, order_step(&v, arc_delivery_ship, delivery));
        assert_int_equal(total(&v), 1000 * YUAN);
        const int64_t draft = drafted(&v, 0, line, 300, NULL), rest = drafted(&v, contract, 0, 400, NULL);
        const char *x = exposure_json(&v, 1, DAY, 0);
        assert_int_equal(part_of(x, "drafts"), 400 * YUAN); /* not what is of the order */
        assert_int_equal(part_of(x, "estimated"), 0);
        assert_int_equal(number_in(x, NULL, 0, "total"), 1000 * YUAN);
        fits(&v, ARC_INVOICE, draft, 1000);
        fits(&v, ARC_INVOICE, rest, 1000);
        assert_session(&v.b, issued(&v, draft));
        assert_int_equal(total(&v), 1000 * YUAN);
        fits(&v, ARC_INVOICE, rest, 1000);
        assert_session(&v.b, issued(&v, rest));
        x = exposure_json(&v, 1, DAY, 0);
        assert_int_equal(part_of(x, "open") + part_of(x, "overdue"), 700 * YUAN);
        assert_int_equal(part_of(x, "ordered"), 300 * YUAN);
        assert_int_equal(part_of(x, "estimated"), 0);
        assert_int_equal(part_of(x, "drafts"), 0);
        assert_int_equal(number_in(x, NULL, 0, "total"), 1000 * YUAN);
        assert_session(&v.b, book_receipt(v.s, &id, "R1", 1, 300 * YUAN));
        assert_int_equal(total(&v), 700 * YUAN);
        arc_allocation a = ARC_ALLOCATION_INIT;
        a.receipt = id;
        a.item = 2;
        a.amount = 300 * YUAN;
        assert_session(&v.b, arc_allocation_apply(v.s, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
        assert_int_equal(total(&v), 700 * YUAN);
        assert_int_equal(invoices_count(&v, ARC_HOLD), 0);
        invoices_verified(&v);
        invoices_close(&v);
    }
}

/* An estimate that a document names, or that it takes of its contract by itself; drafts counted or not. */
static void of_estimates(void **state)
{
    (void)state;
    for (int k = 0; k < 4; k++) {
        invoices v;
        arc_invoice_use use = ARC_INVOICE_USE_INIT;
        opened(&v, 0, k & 1 ? with_drafts : without_drafts, 500);
        const int64_t contract = contracted(&v);
        use.item = estimated(&v, contract, 500);
        assert_ok(arc_money_set(&use.amount, 500 * YUAN, "CNY"));
        const int64_t draft = drafted(&v, k & 2 ? contract : 0, 0, 500, k & 2 ? NULL : &use);
        assert_int_equal(total(&v), 500 * YUAN);
        fits(&v, ARC_INVOICE, draft, 500);
        assert_session(&v.b, issued(&v, draft));
        const char *x = exposure_json(&v, 1, DAY, 0);
        assert_int_equal(part_of(x, "estimated"), 0);
        assert_int_equal(number_in(x, NULL, 0, "total"), 500 * YUAN);
        fits(&v, ARC_INVOICE, draft, 500); /* it is issued: it is counted */
        const int64_t more = drafted(&v, 0, 0, 1, NULL);
        assert_int_equal(asked(&v, ARC_INVOICE, more).excess, YUAN);
        assert_int_equal(issued(&v, more), ARC_NEEDS_APPROVAL);
        invoices_verified(&v);
        invoices_close(&v);
    }
}

/* A line names a contract of its own: its order is of another one, or of none. */
static void of_lines_contracts(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        char json[300];
        opened(&v, backend, "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"parts\":{\"planned\":{\"include\":true}},\"rules\":[{\"rule\":\"static\",\"effect\":\"block\"}]}", 1500);
        const int64_t contract = contracted(&v);
        (void)estimated(&v, contract, 1000);
        int64_t other = sample_insert(v.s, ARC_CONTRACT, "{\"number\":\"K2\",\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"tax_included\":true,\"amount\":\"500.00\",\"term\":\"NET30\"}");
        assert_session(&v.b, arc_contract_activate(v.s, other));
        snprintf(json, sizeof json, "{\"number\":\"P2\",\"seq\":1,\"customer\":1,\"contract\":%d,\"currency\":\"CNY\",\"amount\":\"500.00\",\"business_date\":\"2026-01-01\"}", (int)other);
        arc_record *r = invoices_record(v.s, ARC_ITEM, json);
        assert_session(&v.b, arc_item_record(v.s, NULL, r));
        arc_record_free(r);
        assert_int_equal(total(&v), 1500 * YUAN);
        snprintf(json, sizeof json, "{\"number\":\"O1\",\"customer\":1,\"order_date\":\"2026-01-05\",\"currency\":\"CNY\",\"contract\":%d}", (int)other);
        const int64_t order = sample_insert(v.s, ARC_SALES_ORDER, json);
        snprintf(json, sizeof json, "{\"sales_order\":%d,\"seq\":1,\"name\":\"a\",\"quantity\":\"600\",\"price\":\"1\",\"currency\":\"CNY\",\"amount\":\"600.00\",\"tax_rate\":\"0.13\",\"contract\":%d}", (int)order, (int)contract);
        const int64_t line = sample_insert(v.s, ARC_ORDER_LINE, json);
        snprintf(json, sizeof json, "{\"sales_order\":%d,\"seq\":2,\"name\":\"b\",\"quantity\":\"200\",\"price\":\"1\",\"currency\":\"CNY\",\"amount\":\"200.00\",\"tax_rate\":\"0.13\"}", (int)order);
        (void)sample_insert(v.s, ARC_ORDER_LINE, json);
        fits(&v, ARC_SALES_ORDER, order, 1500);
        assert_session(&v.b, order_step(&v, arc_order_confirm, order));
        const char *x = exposure_json(&v, 1, DAY, 0);
        assert_int_equal(part_of(x, "ordered"), 800 * YUAN);
        assert_int_equal(part_of(x, "estimated"), (400 + 300) * YUAN);
        assert_session(&v.b, order_step(&v, arc_delivery_ship, delivering(&v, 1, "D1", line, "300", 300)));
        assert_int_equal(total(&v), 1500 * YUAN);
        invoices_verified(&v);
        invoices_close(&v);
    }
}

static int64_t order_of(invoices *v, const char *number, const char *header, const char *const *lines)
{
    char json[400];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"order_date\":\"2026-01-05\",\"currency\":\"CNY\"%s}", number, header);
    const int64_t id = sample_insert(v->s, ARC_SALES_ORDER, json);
    for (int k = 0; lines[k]; k++) {
        snprintf(json, sizeof json, "{\"sales_order\":%d,\"seq\":%d,\"name\":\"a\",\"quantity\":\"100\",\"price\":\"1\",\"currency\":\"CNY\",\"tax_rate\":\"0.13\",%s}", (int)id, k + 1, lines[k]);
        (void)sample_insert(v->s, ARC_ORDER_LINE, json);
    }
    return id;
}

/* A line says when it is wanted, else its order. */
static void by_line(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_record *r;
        opened(&v, backend, "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"rules\":[{\"rule\":\"dynamic\",\"days\":30,\"effect\":\"block\"}]}", 100);
        const int64_t order = order_of(&v, "O1", ",\"wanted_on\":\"2026-12-01\"", (const char *const[]){ "\"amount\":\"70.00\",\"wanted_on\":\"2026-03-01\"", "\"amount\":\"500.00\"", "\"amount\":\"40.00\",\"wanted_on\":\"2026-03-19\"", NULL });
        assert_int_equal(asked(&v, ARC_SALES_ORDER, order).exposure, 70 * YUAN);
        assert_session(&v.b, order_step(&v, arc_order_confirm, order));
        const int64_t small = order_of(&v, "O2", "", (const char *const[]){ "\"amount\":\"30.00\"", NULL });
        assert_int_equal(asked(&v, ARC_SALES_ORDER, small).exposure, 100 * YUAN);
        assert_ok(arc_session_set_business_date(v.s, DAY + 1)); /* 40 come near */
        assert_int_equal(asked(&v, ARC_SALES_ORDER, small).exposure, 140 * YUAN);
        assert_int_equal(order_step(&v, arc_order_confirm, small), ARC_NEEDS_APPROVAL);
        assert_ok(arc_session_set_business_date(v.s, DAY));
        assert_session(&v.b, order_step(&v, arc_order_confirm, small));
        /* what is delivered counts whenever it was wanted */
        int64_t line = line_of_order(&v, order);
        assert_session(&v.b, order_step(&v, arc_delivery_ship, delivering(&v, 1, "D1", line, "100", 70)));
        const int64_t none = order_of(&v, "O3", "", (const char *const[]){ "\"amount\":\"1.00\"", NULL });
        assert_int_equal(asked(&v, ARC_SALES_ORDER, none).exposure, 101 * YUAN);
        /* a confirmed order keeps its day: an earlier one would have had to be checked */
        assert_session(&v.b, arc_session_get(v.s, &r, ARC_SALES_ORDER, order));
        assert_ok(arc_record_set_json(r, "{\"wanted_on\":\"2026-02-20\"}", SIZE_MAX));
        assert_int_equal(arc_session_update(v.s, r), ARC_E_STATE);
        arc_record_free(r);
        assert_session(&v.b, order_step(&v, arc_order_close, order));
        assert_int_equal(asked(&v, ARC_SALES_ORDER, none).exposure, 101 * YUAN);
        invoices_verified(&v);
        invoices_close(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(whole_chain), cmocka_unit_test(of_estimates), cmocka_unit_test(of_lines_contracts), cmocka_unit_test(by_line) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
