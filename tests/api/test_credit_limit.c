/* SPDX-License-Identifier: Apache-2.0 */
/* Limits that fall back by themselves, requests for them, exposure by parts: worked examples, on every backend. */
#include "api/limits.h"

#define POLICY "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\"}"
#define YUAN 100
#define DAY 20500 /* 2026-02-16 */

static void opened(invoices *v, int backend)
{
    invoices_open(v, backend);
    assert_ok(arc_session_set_business_date(v->s, DAY));
    publish(v, "credit_policy", "default", POLICY);
}

static void refused(invoices *v, arc_status st, arc_status want, const char *field)
{
    arc_error e = ARC_ERROR_INIT;
    (void)arc_session_error(v->s, &e);
    if (st != want || strcmp(e.field, field) != 0) fail_msg("%s at \"%s\", not %s at \"%s\": %s", arc_status_name(st), e.field, arc_status_name(want), field, e.message);
    assert_true(e.message_zh[0] != 0);
}

/* ---- limits ------------------------------------------------------------------------------------------------------------------------ */

static void falls_back(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        opened(&v, backend);
        (void)checked(&v, 1, "2027-12-31");
        assert_session(&v.b, limited(&v, NULL, 1, 1000 * YUAN, "own", "permanent", DAY, ARC_DATE_NONE));
        assert_session(&v.b, limited(&v, NULL, 1, 300 * YUAN, "own", "temporary", DAY + 10, DAY + 20));
        assert_session(&v.b, limited(&v, NULL, 1, 50 * YUAN, "own", "temporary", DAY + 15, DAY + 15));
        assert_session(&v.b, limited(&v, NULL, 1, 800 * YUAN, "own", "permanent", DAY + 18, ARC_DATE_NONE));
        static const struct {
            int day;
            int64_t amount;
        } want[] = { { -1, INT64_MIN }, { 0, 1000 }, { 9, 1000 }, { 10, 1300 }, { 14, 1300 }, { 15, 1350 }, { 16, 1300 }, { 17, 1300 }, { 18, 1100 }, { 20, 1100 }, { 21, 800 }, { 4000, 800 } };
        for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
            const int64_t amount = number_in(limits_json(&v, 1, DAY + want[i].day, 0), "\"limits\"", 0, "amount");
            assert_int_equal(amount, want[i].amount == INT64_MIN ? INT64_MIN : want[i].amount * YUAN);
        }
        /* the future is known on the first day */
        const char *now = limits_json(&v, 1, DAY, 0);
        assert_non_null(strstr(now, "\"next\":[{\"from\":\"2026-02-26\",\"amount\":130000},{\"from\":\"2026-03-03\",\"amount\":135000},{\"from\":\"2026-03-04\",\"amount\":130000},"
                                    "{\"from\":\"2026-03-06\",\"amount\":110000},{\"from\":\"2026-03-09\",\"amount\":80000}]"));
        invoices_close(&v);
    }
}

static void known_then(void **state)
{
    invoices v;
    arc_audit_mark mark = ARC_AUDIT_MARK_INIT;
    (void)state;
    opened(&v, 0);
    (void)checked(&v, 1, "2027-12-31");
    assert_session(&v.b, limited(&v, NULL, 1, 1000 * YUAN, "own", NULL, DAY, ARC_DATE_NONE));
    assert_session(&v.b, arc_audit_head(v.s, &mark));
    v.b.t.now += 1000000;
    assert_session(&v.b, limited(&v, NULL, 1, 2000 * YUAN, "own", NULL, DAY, ARC_DATE_NONE));
    assert_int_equal(number_in(limits_json(&v, 1, DAY, 0), "\"limits\"", 0, "amount"), 2000 * YUAN);
    assert_int_equal(number_in(limits_json(&v, 1, DAY, mark.stamp), "\"limits\"", 0, "amount"), 1000 * YUAN);
    assert_non_null(strstr(limits_json(&v, 1, DAY, 1), "\"limits\":[]"));
    invoices_close(&v);
}

static void needs_a_check(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id = 0;
        opened(&v, backend);
        refused(&v, limited(&v, NULL, 1, 100, NULL, NULL, DAY, ARC_DATE_NONE), ARC_E_REQUIRED, "credit_check");
        id = sample_insert(v.s, ARC_CREDIT_CHECK, "{\"customer\":1,\"checked_on\":\"2026-01-01\",\"sources\":[\"registry\"],\"documents\":[],\"result\":\"pass\",\"valid_to\":\"2027-01-01\"}");
        refused(&v, limited(&v, NULL, 1, 100, NULL, NULL, DAY, ARC_DATE_NONE), ARC_E_REQUIRED, "credit_check");
        (void)sample_insert(v.s, ARC_CREDIT_CHECK, "{\"customer\":1,\"checked_on\":\"2026-01-02\",\"sources\":[\"registry\"],\"documents\":[\"licence\"],\"result\":\"reject\",\"valid_to\":\"2027-01-01\"}");
        refused(&v, limited(&v, NULL, 1, 100, NULL, NULL, DAY, ARC_DATE_NONE), ARC_E_REQUIRED, "credit_check");
        int64_t good = checked(&v, 1, "2026-03-01");
        assert_session(&v.b, limited(&v, &id, 1, 100, NULL, NULL, DAY, ARC_DATE_NONE));
        assert_int_equal(number_in(limits_json(&v, 1, DAY, 0), "\"rows\"", 0, "credit_check"), good);
        refused(&v, limited(&v, NULL, 1, 100, NULL, NULL, DAY + 100, ARC_DATE_NONE), ARC_E_REQUIRED, "credit_check"); /* it has run out by then */
        arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
        l.customer = 1;
        l.currency = "CNY";
        l.reason = "x";
        l.credit_check = 9999;
        refused(&v, arc_credit_limit_set(v.s, NULL, &l), ARC_E_NOT_FOUND, "credit_check");
        publish(&v, "credit_policy", "default", "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"limit_needs_check\":false}");
        assert_session(&v.b, limited(&v, NULL, 1, 100, NULL, NULL, DAY + 100, ARC_DATE_NONE));
        invoices_close(&v);
    }
}

static void hostile_limits(void **state)
{
    invoices v;
    (void)state;
    opened(&v, 0);
    (void)checked(&v, 1, "2027-12-31");
    refused(&v, limited(&v, NULL, 1, -1, NULL, NULL, DAY, ARC_DATE_NONE), ARC_E_RANGE, "amount");
    refused(&v, limited(&v, NULL, 1, INT64_MAX, NULL, NULL, DAY, ARC_DATE_NONE), ARC_E_RANGE, "amount");
    refused(&v, limited(&v, NULL, 1, 1, "all", NULL, DAY, ARC_DATE_NONE), ARC_E_VALUE, "scope");
    refused(&v, limited(&v, NULL, 1, 1, NULL, "for ever", DAY, ARC_DATE_NONE), ARC_E_VALUE, "kind");
    refused(&v, limited(&v, NULL, 1, 1, NULL, "temporary", DAY, ARC_DATE_NONE), ARC_E_REQUIRED, "valid_to");
    refused(&v, limited(&v, NULL, 1, 1, NULL, NULL, DAY, DAY - 1), ARC_E_RANGE, "valid_to");
    refused(&v, limited(&v, NULL, 99, 1, NULL, NULL, DAY, ARC_DATE_NONE), ARC_E_NOT_FOUND, "");
    assert_int_equal(arc_credit_limit_set(v.s, NULL, NULL), ARC_E_INVALID);
    arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
    l.customer = 1;
    l.currency = "XXY";
    l.reason = "x";
    refused(&v, arc_credit_limit_set(v.s, NULL, &l), ARC_E_CURRENCY, "currency");
    l.currency = NULL;
    refused(&v, arc_credit_limit_set(v.s, NULL, &l), ARC_E_REQUIRED, "currency");
    l.currency = "CNY";
    l.reason = "\xff";
    refused(&v, arc_credit_limit_set(v.s, NULL, &l), ARC_E_ENCODING, "reason");
    l.reason = NULL;
    refused(&v, arc_credit_limit_set(v.s, NULL, &l), ARC_E_INVALID, "reason");
    l.reason = "x";
    l.reserved = 1;
    assert_int_equal(arc_credit_limit_set(v.s, NULL, &l), ARC_E_INVALID);
    l.reserved = 0;
    l.struct_size = 3;
    assert_int_equal(arc_credit_limit_set(v.s, NULL, &l), ARC_E_INVALID);
    size_t n = 0;
    assert_int_equal(arc_credit_limit_json(v.s, NULL, &n, 99, DAY, 0), ARC_E_NOT_FOUND);
    assert_int_equal(arc_credit_limit_json(v.s, NULL, NULL, 1, DAY, 0), ARC_E_INVALID);
    assert_int_equal(arc_credit_exposure_json(v.s, NULL, &n, 1, "XXY", DAY, 0), ARC_E_CURRENCY);
    assert_int_equal(arc_credit_exposure_json(v.s, NULL, &n, 1, "CNY", DAY, 3), ARC_E_INVALID);
    assert_int_equal(invoices_count(&v, ARC_CREDIT_LIMIT), 0);
    invoices_close(&v);
}

/* ---- requests ------------------------------------------------------------------------------------------------------------------------- */

static void asked_and_granted(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id, again, limit = 0;
        opened(&v, backend);
        arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
        l.customer = 1;
        l.currency = "CNY";
        l.amount = 5000;
        l.reason = "they grow";
        assert_session(&v.b, arc_credit_request_submit(v.s, &id, &l)); /* without a credit check */
        assert_session(&v.b, arc_credit_request_submit(v.s, &again, &l));
        refused(&v, arc_credit_request_approve(v.s, &limit, id, NULL), ARC_E_INVALID, "reason"); /* what it overrides needs a reason */
        assert_session(&v.b, arc_credit_request_approve(v.s, &limit, id, "seen their books"));
        assert_int_equal(number_in(limits_json(&v, 1, DAY, 0), "\"rows\"", 0, "credit_request"), id);
        assert_true(number_in(limits_json(&v, 1, DAY, 0), "\"rows\"", 0, "set_at") > 0);
        assert_int_equal(number_in(limits_json(&v, 1, DAY, 0), "\"limits\"", 0, "amount"), 5000);
        refused(&v, arc_credit_request_approve(v.s, NULL, id, "twice"), ARC_E_STATE, "status");
        assert_session(&v.b, arc_credit_request_reject(v.s, again, "no"));
        refused(&v, arc_credit_request_recall(v.s, again, "late"), ARC_E_STATE, "status");
        row_is(&v, ARC_CREDIT_REQUEST, again, "{\"status\":\"rejected\",\"decision_reason\":\"no\"}");
        assert_int_equal(arc_credit_request_reject(v.s, 999, "no"), ARC_E_NOT_FOUND);
        invoices_close(&v);
    }
}

/* ---- exposure -------------------------------------------------------------------------------------------------------------------------- */

static int64_t claim(invoices *v, int64_t customer, const char *number, int64_t yuan)
{
    int64_t id;
    assert_session(&v->b, book_invoice(v->s, &id, number, customer, yuan * YUAN));
    return id;
}

/* T4.1: AR 620, delivered 80, orders 250, unapplied 40, letter of credit 100: 810. T4.2: insured 500 at 90 %: 450, 360 are left. */
static void worked_examples(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id;
        opened(&v, backend);
        (void)claim(&v, 1, "A1", 620000);
        int64_t order = ordered(&v, 1, "O1", 330000, NULL);
        assert_session(&v.b, order_step(&v, arc_order_confirm, order));
        assert_session(&v.b, order_step(&v, arc_delivery_ship, delivering(&v, 1, "D1", line_of_order(&v, order), "242", 80000)));
        assert_session(&v.b, book_receipt(v.s, &id, "R1", 1, 40000 * YUAN));
        (void)sample_insert(v.s, ARC_GUARANTEE, "{\"customer\":1,\"kind\":\"letter_of_credit\",\"guarantor\":\"bank\",\"currency\":\"CNY\",\"amount\":\"100000.00\",\"valid_from\":\"2026-01-01\",\"valid_to\":\"2026-12-31\"}");
        const char *x = exposure_json(&v, 1, DAY, 0);
        assert_int_equal(number_in(x, NULL, 0, "total"), 810000 * YUAN);
        assert_int_equal(part_of(x, "open") + part_of(x, "overdue"), 620000 * YUAN);
        assert_int_equal(part_of(x, "delivered"), 80000 * YUAN);
        assert_int_equal(part_of(x, "ordered"), 250000 * YUAN);
        assert_int_equal(part_of(x, "unapplied"), -40000 * YUAN);
        assert_int_equal(part_of(x, "collateral"), -100000 * YUAN);
        (void)sample_insert(v.s, ARC_GUARANTEE, "{\"customer\":1,\"kind\":\"insurance\",\"guarantor\":\"insurer\",\"currency\":\"CNY\",\"amount\":\"500000.00\",\"covered\":\"0.9\",\"valid_from\":\"2026-01-01\"}");
        x = exposure_json(&v, 1, DAY, 0);
        assert_int_equal(part_of(x, "insured"), -450000 * YUAN);
        assert_int_equal(number_in(x, NULL, 0, "total"), 360000 * YUAN);
        x = limits_json(&v, 1, DAY, 0); /* what of a limit is secured, and insured */
        assert_int_equal(number_in(x, "\"part\":\"collateral\"", 0, "covered"), 100000 * YUAN);
        assert_int_equal(number_in(x, "\"part\":\"insured\"", 0, "covered"), 450000 * YUAN);
        assert_null(strstr(limits_json(&v, 1, DAY + 400, 0), "\"part\":\"collateral\""));
        /* the letter runs out by itself: insurance covers at most its limit */
        assert_int_equal(part_of(exposure_json(&v, 1, DAY + 400, 0), "collateral"), 0);
        invoices_close(&v);
    }
}

/* Planned, ordered, delivered, invoiced: what is in one part is in no other. */
static void counted_once(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        char json[400], line[300];
        opened(&v, backend);
        publish(&v, "credit_policy", "default", "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"parts\":{\"planned\":{\"include\":true}}}");
        int64_t contract = sample_insert(v.s, ARC_CONTRACT, "{\"number\":\"K\",\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"tax_included\":true,\"amount\":\"1000.00\",\"term\":\"NET30\"}");
        assert_session(&v.b, arc_contract_activate(v.s, contract));
        snprintf(json, sizeof json, "{\"number\":\"P1\",\"seq\":1,\"kind\":\"planned\",\"customer\":1,\"contract\":%d,\"currency\":\"CNY\",\"amount\":\"1000.00\",\"business_date\":\"2026-01-01\"}", (int)contract);
        arc_record *r = invoices_record(v.s, ARC_ITEM, json);
        assert_session(&v.b, arc_item_record(v.s, NULL, r));
        arc_record_free(r);
        assert_int_equal(part_of(exposure_json(&v, 1, DAY, 0), "planned"), 1000 * YUAN);
        snprintf(json, sizeof json, "{\"number\":\"O1\",\"customer\":1,\"contract\":%d,\"order_date\":\"2026-01-05\",\"currency\":\"CNY\"}", (int)contract);
        int64_t order = sample_insert(v.s, ARC_SALES_ORDER, json);
        snprintf(json, sizeof json, "{\"sales_order\":%d,\"seq\":1,\"name\":\"a\",\"quantity\":\"10\",\"price\":\"60\",\"currency\":\"CNY\",\"amount\":\"600.00\",\"tax_rate\":\"0.13\"}", (int)order);
        int64_t order_line = sample_insert(v.s, ARC_ORDER_LINE, json);
        assert_session(&v.b, order_step(&v, arc_order_confirm, order));
        const char *x = exposure_json(&v, 1, DAY, 0);
        assert_int_equal(part_of(x, "planned"), 400 * YUAN);
        assert_int_equal(part_of(x, "ordered"), 600 * YUAN);
        assert_session(&v.b, order_step(&v, arc_delivery_ship, delivering(&v, 1, "D1", order_line, "5", 300)));
        x = exposure_json(&v, 1, DAY, 0);
        assert_int_equal(part_of(x, "ordered"), 300 * YUAN);
        assert_int_equal(part_of(x, "delivered"), 300 * YUAN);
        assert_int_equal(number_in(x, NULL, 0, "total"), 1000 * YUAN);
        snprintf(json, sizeof json, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"term\":\"NET30\",\"contract\":%d}", (int)contract);
        snprintf(line, sizeof line, "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"2\",\"gross_amount\":\"120.00\",\"tax_rate\":\"0.13\",\"order_line\":%d}", (int)order_line);
        const char *const lines[] = { line, NULL };
        (void)issue_lines(&v, json, lines);
        x = exposure_json(&v, 1, DAY, 0);
        assert_int_equal(part_of(x, "open") + part_of(x, "overdue"), 120 * YUAN);
        assert_int_equal(part_of(x, "delivered"), 180 * YUAN);
        assert_int_equal(part_of(x, "ordered"), 300 * YUAN);
        assert_int_equal(part_of(x, "planned"), 400 * YUAN);
        assert_int_equal(number_in(x, NULL, 0, "total"), 1000 * YUAN);
        assert_session(&v.b, order_step(&v, arc_order_close, order));
        x = exposure_json(&v, 1, DAY, 0);
        assert_int_equal(part_of(x, "ordered"), 0);
        assert_int_equal(part_of(x, "delivered"), 180 * YUAN);
        invoices_verified(&v);
        invoices_close(&v);
    }
}

/* A delivery of no order, an invoice of it, its refusal. */
static void loose_deliveries(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        char line[300];
        opened(&v, backend);
        int64_t first = delivering(&v, 1, "D1", 0, "5", 300), second = delivering(&v, 1, "D2", 0, "5", 200);
        assert_session(&v.b, order_step(&v, arc_delivery_ship, first));
        assert_session(&v.b, order_step(&v, arc_delivery_ship, second));
        assert_int_equal(part_of(exposure_json(&v, 1, DAY, 0), "delivered"), 500 * YUAN);
        assert_session(&v.b, order_step(&v, arc_delivery_refuse, second));
        assert_int_equal(part_of(exposure_json(&v, 1, DAY, 0), "delivered"), 300 * YUAN);
        snprintf(line, sizeof line, "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"2\",\"gross_amount\":\"120.00\",\"tax_rate\":\"0.13\",\"delivery_line\":1}");
        const char *const lines[] = { line, NULL };
        (void)issue_lines(&v, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"term\":\"NET30\"}", lines);
        const char *x = exposure_json(&v, 1, DAY, 0);
        assert_int_equal(part_of(x, "delivered"), 180 * YUAN);
        assert_int_equal(number_in(x, NULL, 0, "total"), 300 * YUAN);
        invoices_verified(&v);
        invoices_close(&v);
    }
}

/* As of an earlier day the book is replayed: orders and receipts since are not there. */
static int64_t sealed_now(invoices *v)
{
    arc_audit_mark mark = ARC_AUDIT_MARK_INIT;
    uint32_t n;
    (void)arc_audit_seal(v->s, &n, 1000);
    assert_session(&v->b, arc_audit_head(v->s, &mark));
    return mark.seq;
}

static int64_t aged_open(invoices *v, arc_date day, int64_t known_at)
{
    arc_aging *a;
    arc_aging_row total = ARC_AGING_ROW_INIT;
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    o.as_of = day;
    o.known_at = known_at;
    assert_session(&v->b, arc_aging_compute(v->s, &a, &o));
    assert_ok(arc_aging_total(a, &total, "CNY"));
    arc_aging_free(a);
    return total.total;
}

static void as_it_was(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id;
        opened(&v, backend);
        (void)claim(&v, 1, "A1", 100);
        assert_ok(arc_session_set_business_date(v.s, DAY + 10));
        assert_session(&v.b, order_step(&v, arc_order_confirm, ordered(&v, 1, "O1", 50, NULL)));
        assert_ok(arc_session_set_business_date(v.s, DAY + 20));
        assert_session(&v.b, book_receipt(v.s, &id, "R1", 1, 40 * YUAN));
        assert_int_equal(number_in(exposure_json(&v, 1, DAY + 20, 0), NULL, 0, "total"), 110 * YUAN);
        assert_int_equal(number_in(exposure_json(&v, 1, DAY + 12, 0), NULL, 0, "total"), 150 * YUAN);
        assert_int_equal(number_in(exposure_json(&v, 1, DAY, 0), NULL, 0, "total"), 100 * YUAN);
        const int64_t seal = sealed_now(&v);
        assert_ok(arc_session_set_business_date(v.s, DAY + 30)); /* recorded later, dated back: an aging has it, unless it is to know no more than the book did */
        (void)claim(&v, 1, "A2", 70);
        assert_int_equal(number_in(exposure_json(&v, 1, DAY + 30, 0), NULL, 0, "total"), 180 * YUAN);
        assert_int_equal(number_in(exposure_json(&v, 1, DAY + 20, 0), NULL, 0, "total"), 110 * YUAN);
        assert_int_equal(part_of(exposure_json(&v, 1, DAY + 20, 0), "open") + part_of(exposure_json(&v, 1, DAY + 20, 0), "overdue"), aged_open(&v, DAY + 20, seal));
        assert_int_equal(aged_open(&v, DAY + 20, 0), 170 * YUAN);
        invoices_close(&v);
    }
}

/* Currencies at the rate of the day, quoted either way; one with a limit of its own counts there alone. */
static void currencies(void **state)
{
    (void)state;
    invoices v;
    size_t n = 0;
    opened(&v, 0);
    (void)checked(&v, 1, "2027-12-31");
    (void)claim(&v, 1, "A1", 1000);
    arc_record *r = invoices_record(v.s, ARC_INVOICE, "{\"number\":\"U1\",\"customer\":1,\"currency\":\"USD\",\"gross_amount\":\"100.00\",\"invoice_date\":\"2026-02-01\",\"due_date\":\"2026-03-01\"}");
    assert_session(&v.b, arc_invoice_record(v.s, NULL, r));
    arc_record_free(r);
    assert_int_equal(arc_credit_exposure_json(v.s, NULL, &n, 1, "CNY", DAY, 0), ARC_E_VALUE);
    (void)sample_insert(v.s, ARC_EXCHANGE_RATE, "{\"kind\":\"booked\",\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"valid_on\":\"2026-02-10\",\"units\":1,\"rate\":\"7\"}");
    (void)sample_insert(v.s, ARC_EXCHANGE_RATE, "{\"kind\":\"booked\",\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"valid_on\":\"2026-02-20\",\"units\":1,\"rate\":\"8\"}");
    assert_int_equal(number_in(exposure_json(&v, 1, DAY, 0), NULL, 0, "total"), 1700 * YUAN);
    assert_int_equal(number_in(exposure_json(&v, 1, DAY + 10, 0), NULL, 0, "total"), 1800 * YUAN);
    assert_session(&v.b, limited(&v, NULL, 1, 2000 * YUAN, "own", NULL, DAY, ARC_DATE_NONE));
    assert_int_equal(number_in(exposure_json(&v, 1, DAY, 0), "\"limits\"", 0, "exposure"), 1700 * YUAN);
    arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
    l.customer = 1;
    l.amount = 20000;
    l.currency = "USD";
    l.reason = "x";
    assert_session(&v.b, arc_credit_limit_set(v.s, NULL, &l));
    const char *x = exposure_json(&v, 1, DAY, 0);
    assert_int_equal(number_in(x, "\"scope\"", 0, "exposure"), 1000 * YUAN);
    assert_int_equal(number_in(x, "\"scope\"", 1, "exposure"), 10000);
    invoices_close(&v);
}

/* ---- policies --------------------------------------------------------------------------------------------------------------------------- */

static void policy_is(invoices *v, const char *json, const char *pointer)
{
    arc_error e = ARC_ERROR_INIT;
    arc_status st = arc_definition_check(v->s, "credit_policy", json, SIZE_MAX, NULL, NULL);
    (void)arc_session_error(v->s, &e);
    if (!pointer) assert_session(&v->b, st);
    else if (st == ARC_OK || strcmp(e.pointer, pointer) != 0) fail_msg("%s: %s at %s, not at %s", json, arc_status_name(st), e.pointer, pointer);
}

#define P(more) "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\"" more "}"

static void policies(void **state)
{
    invoices v;
    (void)state;
    invoices_open(&v, 0);
    policy_is(&v, P(""), NULL);
    policy_is(&v, P(",\"parts\":{\"open\":{\"limit\":\"10\"},\"disputed\":{\"include\":false}},\"rules\":[{\"rule\":\"static\",\"effect\":\"block\"},{\"rule\":\"dynamic\",\"days\":30,\"effect\":\"warn\",\"at\":[\"order\"]},"
                      "{\"rule\":\"document\",\"amount\":\"5\",\"effect\":\"block\"},{\"rule\":\"overdue_share\",\"percent\":\"12.5\",\"effect\":\"warn\",\"segments\":[\"a\"]},{\"rule\":\"rating\",\"bands\":[\"D\"],\"effect\":\"block\"}]"), NULL);
    policy_is(&v, "{}", "");
    policy_is(&v, "{\"credit_policy\":\"arcore/1\"}", "");
    policy_is(&v, "{\"credit_policy\":\"arcore/2\",\"currency\":\"CNY\"}", "/credit_policy");
    policy_is(&v, P(",\"parts\":{\"gold\":{}}"), "/parts/gold");
    policy_is(&v, P(",\"parts\":{\"insured\":{\"limit\":\"1\"}}"), "/parts/insured/limit");
    policy_is(&v, P(",\"parts\":{\"open\":{\"limit\":\"-1\"}}"), "/parts/open/limit");
    policy_is(&v, P(",\"rules\":[{\"rule\":\"static\"}]"), "/rules/0");
    policy_is(&v, P(",\"rules\":[{\"rule\":\"magic\",\"effect\":\"block\"}]"), "/rules/0/rule");
    policy_is(&v, P(",\"rules\":[{\"rule\":\"dynamic\",\"effect\":\"block\"}]"), "/rules/0");
    policy_is(&v, P(",\"rules\":[{\"rule\":\"static\",\"effect\":\"block\",\"days\":3}]"), "/rules/0/days");
    policy_is(&v, P(",\"rules\":[{\"rule\":\"static\",\"effect\":\"block\",\"at\":[\"order\",\"order\"]}]"), "/rules/0/at/1");
    policy_is(&v, P(",\"rules\":[{\"rule\":\"overdue_share\",\"percent\":\"101\",\"effect\":\"warn\"}]"), "/rules/0/percent");
    policy_is(&v, P(",\"without_limit\":\"maybe\""), "/without_limit");
    char schema[8000];
    size_t n = sizeof schema;
    assert_ok(arc_definition_schema_json(schema, &n, "credit_policy"));
    assert_non_null(strstr(schema, "overdue_share"));
    arc_preview_options o = ARC_PREVIEW_OPTIONS_INIT;
    const int64_t rows[] = { 1 };
    o.rows = rows;
    o.n_rows = 1;
    o.as_of = DAY;
    (void)claim(&v, 1, "A1", 10);
    n = sizeof schema;
    assert_session(&v.b, arc_definition_preview(v.s, schema, &n, "credit_policy", P(",\"rules\":[{\"rule\":\"static\",\"effect\":\"block\"}]"), SIZE_MAX, &o));
    assert_non_null(strstr(schema, "\"exposure\":\"10.00\""));
    invoices_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(falls_back), cmocka_unit_test(known_then), cmocka_unit_test(needs_a_check), cmocka_unit_test(hostile_limits), cmocka_unit_test(asked_and_granted),
        cmocka_unit_test(worked_examples), cmocka_unit_test(counted_once), cmocka_unit_test(loose_deliveries), cmocka_unit_test(as_it_was), cmocka_unit_test(currencies), cmocka_unit_test(policies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
