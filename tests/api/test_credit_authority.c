/* SPDX-License-Identifier: Apache-2.0 */
/* Who lets pass what a credit check holds: another person than who asked, whose authority covers the excess; and what a release of a delivery or of an invoice is bound to. */
#include "api/limits.h"
#include "api/people.h"

#define YUAN 100
#define DAY PEOPLE_DAY

static int64_t as_host(people *p, uint32_t entity, const char *json) { return sample_insert(p->b.session, entity, json); }

static int64_t order_for(people *p, const char *number, const char *amount)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"order_date\":\"2026-01-05\",\"currency\":\"CNY\",\"owner\":%d,\"team\":3,\"region\":1}", number, (int)people_user(p, "ann"));
    const int64_t id = as_host(p, ARC_SALES_ORDER, json);
    snprintf(json, sizeof json, "{\"sales_order\":%d,\"seq\":1,\"name\":\"a\",\"quantity\":\"1\",\"price\":\"1\",\"currency\":\"CNY\",\"amount\":\"%s\"}", (int)id, amount);
    (void)as_host(p, ARC_ORDER_LINE, json);
    return id;
}

static int64_t held(arc_session *s, int64_t order)
{
    arc_order_step e = ARC_ORDER_STEP_INIT;
    arc_error at = ARC_ERROR_INIT;
    e.id = order;
    assert_int_equal(arc_order_confirm(s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE), ARC_NEEDS_APPROVAL);
    (void)arc_session_error(s, &at);
    assert_string_equal(at.entity, "hold");
    return at.id;
}

static arc_status release(arc_session *s, int64_t hold, arc_error *at)
{
    arc_credit_permit r = ARC_CREDIT_PERMIT_INIT;
    r.hold = hold;
    r.valid_to = DAY + 3;
    r.reason = "they pay";
    arc_status st = arc_hold_release(s, &r);
    (void)arc_session_error(s, at);
    return st;
}

/* The shipped credit manager releases an excess of up to 50,000, the finance manager of up to 500,000: what counts is what is above the limit, not the document. */
static void by_excess(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        people p;
        int64_t id;
        char json[200];
        arc_error at = ARC_ERROR_INIT;
        arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
        people_open(&p, backend);
        snprintf(json, sizeof json, "{\"code\":\"A\",\"legal_name\":\"A\",\"owner\":%d,\"team\":3,\"region\":1}", (int)people_user(&p, "ann"));
        assert_int_equal(as_host(&p, ARC_CUSTOMER, json), 1);
        assert_session(&p.b, arc_definition_save(p.b.session, &id, "credit_policy", "default", "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"limit_needs_check\":false,\"rules\":[{\"rule\":\"static\",\"effect\":\"block\"}]}", SIZE_MAX, NULL));
        assert_session(&p.b, arc_definition_publish(p.b.session, id, NULL, NULL));
        assert_ok(arc_session_set_business_date(p.b.session, DAY));
        l.customer = 1;
        l.currency = "CNY";
        l.amount = 1000000 * YUAN;
        l.reason = "agreed";
        assert_session(&p.b, arc_credit_limit_set(p.b.session, NULL, &l));
        (void)people_grant(&p, "ann", "sales_manager");
        (void)people_grant(&p, "bob", "credit_manager");
        (void)people_grant(&p, "cat", "finance_manager");
        const int64_t within = order_for(&p, "O1", "1050000.00"), above = order_for(&p, "O2", "1050000.01");
        (void)people_grant(&p, "adm", "admin");
        people_start(&p);
        arc_session *ann = people_session(p.b.book, "ann"), *bob = people_session(p.b.book, "bob"), *cat = people_session(p.b.book, "cat");
        const int64_t first = held(ann, within), second = held(ann, above);
        assert_int_equal(release(ann, first, &at), ARC_E_FORBIDDEN); /* no right at all */
        assert_int_equal(release(bob, second, &at), ARC_E_FORBIDDEN);
        assert_string_equal(at.field, "amount");
        assert_int_equal(release(bob, first, &at), ARC_OK);
        assert_int_equal(release(cat, second, &at), ARC_OK);
        /* the release is the first one's: the second's excess is more by now, but it was let pass for what it is */
        arc_order_step e = ARC_ORDER_STEP_INIT;
        e.id = within;
        assert_ok(arc_order_confirm(ann, NULL, NULL, &e, 1, ARC_ALL_OR_NONE));
        arc_session_close(ann);
        arc_session_close(bob);
        arc_session_close(cat);
        people_close(&p);
    }
}

/* Nobody releases what was held for himself, whatever his authority. */
static void not_ones_own(void **state)
{
    people p;
    int64_t id;
    arc_error at = ARC_ERROR_INIT;
    arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
    (void)state;
    people_open(&p, 0);
    assert_int_equal(as_host(&p, ARC_CUSTOMER, "{\"code\":\"A\",\"legal_name\":\"A\"}"), 1);
    assert_session(&p.b, arc_definition_save(p.b.session, &id, "credit_policy", "default", "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"limit_needs_check\":false,\"rules\":[{\"rule\":\"static\",\"effect\":\"block\"}]}", SIZE_MAX, NULL));
    assert_session(&p.b, arc_definition_publish(p.b.session, id, NULL, NULL));
    assert_ok(arc_session_set_business_date(p.b.session, DAY));
    l.customer = 1;
    l.currency = "CNY";
    l.reason = "nothing on credit";
    assert_session(&p.b, arc_credit_limit_set(p.b.session, NULL, &l));
    assert_session(&p.b, arc_role_define(p.b.session, &id, "{\"code\":\"both\",\"name\":\"Both\",\"rows\":\"all\",\"verbs\":[\"*.read\",\"sales_order.confirm\",\"hold.release\"],"
                                                           "\"authority\":[{\"verb\":\"hold.release\",\"currency\":\"CNY\",\"amount\":\"50000.00\"}]}", SIZE_MAX));
    (void)people_grant(&p, "dan", "both");
    (void)people_grant(&p, "bob", "credit_manager");
    char json[200];
    snprintf(json, sizeof json, "{\"number\":\"O1\",\"customer\":1,\"order_date\":\"2026-01-05\",\"currency\":\"CNY\",\"owner\":%d,\"team\":5,\"region\":2}", (int)people_user(&p, "dan"));
    const int64_t order = as_host(&p, ARC_SALES_ORDER, json);
    (void)as_host(&p, ARC_ORDER_LINE, "{\"sales_order\":1,\"seq\":1,\"name\":\"a\",\"quantity\":\"1\",\"price\":\"1\",\"currency\":\"CNY\",\"amount\":\"10.00\"}");
    (void)people_grant(&p, "adm", "admin");
    people_start(&p);
    arc_session *dan = people_session(p.b.book, "dan"), *bob = people_session(p.b.book, "bob");
    const int64_t hold = held(dan, order);
    assert_int_equal(release(dan, hold, &at), ARC_E_FORBIDDEN);
    assert_string_equal(at.field, "held_by");
    assert_int_equal(release(bob, hold, &at), ARC_OK);
    arc_session_close(dan);
    arc_session_close(bob);
    people_close(&p);
}

/* ---- bound ------------------------------------------------------------------------------------------------------------------------------ */

static int64_t hold_of(invoices *v)
{
    arc_error e = ARC_ERROR_INIT;
    (void)arc_session_error(v->s, &e);
    assert_string_equal(e.entity, "hold");
    return e.id;
}

static arc_status issued(invoices *v, int64_t draft)
{
    arc_invoice_step step = ARC_INVOICE_STEP_INIT;
    step.invoice = draft;
    return arc_invoice_issue(v->s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE);
}

/* id 0: a new one. */
static int64_t drafted(invoices *v, int64_t id, int64_t version, int64_t yuan)
{
    char header[300], line[200], was[60] = "";
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record *lines[1];
    if (id) snprintf(was, sizeof was, ",\"id\":%lld,\"version\":%lld", (long long)id, (long long)version);
    snprintf(header, sizeof header, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"term\":\"NET30\"%s}", was);
    snprintf(line, sizeof line, "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"1\",\"gross_amount\":\"%lld.00\",\"tax_rate\":\"0.13\"}", (long long)yuan);
    d.invoice = invoices_record(v->s, ARC_INVOICE, header);
    lines[0] = invoices_record(v->s, ARC_INVOICE_LINE, line);
    d.lines = lines;
    d.n_lines = 1;
    assert_session(&v->b, arc_invoice_draft(v->s, &id, &d));
    arc_record_free(d.invoice);
    arc_record_free(lines[0]);
    return id;
}

static void let_pass(invoices *v, int64_t hold, int64_t yuan, arc_date to)
{
    arc_credit_permit r = ARC_CREDIT_PERMIT_INIT;
    r.hold = hold;
    r.amount = yuan * YUAN;
    r.valid_to = to;
    r.reason = "they pay";
    assert_session(&v->b, arc_hold_release(v->s, &r));
}

/* Drafts of invoices and deliveries: another version, more than was released, a day too late are held again; as they are they pass, once. */
static void later_documents(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_record *r;
        invoices_open(&v, backend);
        assert_ok(arc_session_set_business_date(v.s, DAY));
        publish(&v, "credit_policy", "default", "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"limit_needs_check\":false,\"rules\":[{\"rule\":\"static\",\"effect\":\"block\"}]}");
        assert_session(&v.b, limited(&v, NULL, 1, 100 * YUAN, NULL, NULL, DAY, ARC_DATE_NONE));
        const int64_t draft = drafted(&v, 0, 0, 150);
        assert_int_equal(issued(&v, draft), ARC_NEEDS_APPROVAL);
        const int64_t hold = hold_of(&v);
        row_is(&v, ARC_HOLD, hold, "{\"moment\":\"invoice\",\"excess\":\"50.00\",\"document_version\":1}");
        let_pass(&v, hold, 200, DAY + 3);
        (void)drafted(&v, draft, 1, 150); /* the same amount, but another version */
        assert_int_equal(issued(&v, draft), ARC_NEEDS_APPROVAL);
        assert_int_equal(hold_of(&v), hold);
        row_is(&v, ARC_HOLD, hold, "{\"status\":\"active\",\"document_version\":2,\"released_amount\":null}");
        let_pass(&v, hold, 0, DAY + 3);
        assert_ok(arc_session_set_business_date(v.s, DAY + 4));
        assert_int_equal(issued(&v, draft), ARC_NEEDS_APPROVAL);
        let_pass(&v, hold, 0, DAY + 4);
        assert_session(&v.b, issued(&v, draft));
        row_is(&v, ARC_HOLD, hold, "{\"status\":\"used\"}");
        const int64_t delivery = delivering(&v, 1, "D1", 0, "5", 20);
        assert_int_equal(order_step(&v, arc_delivery_ship, delivery), ARC_NEEDS_APPROVAL);
        const int64_t other = hold_of(&v);
        let_pass(&v, other, 0, DAY + 9);
        assert_session(&v.b, arc_session_get(v.s, &r, ARC_DELIVERY_LINE, 1));
        assert_ok(arc_record_set_json(r, "{\"amount\":\"21.00\"}", SIZE_MAX)); /* more of it */
        assert_session(&v.b, arc_session_update(v.s, r));
        arc_record_free(r);
        assert_int_equal(order_step(&v, arc_delivery_ship, delivery), ARC_NEEDS_APPROVAL);
        assert_int_equal(hold_of(&v), other);
        let_pass(&v, other, 0, DAY + 9);
        assert_session(&v.b, order_step(&v, arc_delivery_ship, delivery));
        row_is(&v, ARC_HOLD, other, "{\"status\":\"used\",\"amount\":\"21.00\"}");
        invoices_verified(&v);
        invoices_close(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(by_excess), cmocka_unit_test(not_ones_own), cmocka_unit_test(later_documents) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
