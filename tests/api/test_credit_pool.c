/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of customer groups, and what their customers have to their credit: counted for others or not. Limits that are asked for. */
#include "api/limits.h"

#define YUAN 100
#define DAY 20500 /* 2026-02-16 */
#define POLICY(more) "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\"," more "\"rules\":[{\"rule\":\"static\",\"effect\":\"block\"}]}"

typedef struct pooled {
    invoices v;
    int64_t top, group;       /* customer groups: group is part of top */
    int64_t owned, other, out; /* customers: owned by customer 1, which stands in group; in top; in none */
} pooled;

static void opened(pooled *p, int backend, const char *policy)
{
    char json[200];
    invoices_open(&p->v, backend);
    assert_ok(arc_session_set_business_date(p->v.s, DAY));
    publish(&p->v, "credit_policy", "default", policy);
    p->top = sample_insert(p->v.s, ARC_CUSTOMER_GROUP, "{\"code\":\"T\",\"name\":\"top\"}");
    snprintf(json, sizeof json, "{\"code\":\"G\",\"name\":\"group\",\"parent\":%d}", (int)p->top);
    p->group = sample_insert(p->v.s, ARC_CUSTOMER_GROUP, json);
    arc_record *r;
    assert_session(&p->v.b, arc_session_get(p->v.s, &r, ARC_CUSTOMER, 1));
    snprintf(json, sizeof json, "{\"customer_group\":%d}", (int)p->group);
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session(&p->v.b, arc_session_update(p->v.s, r));
    arc_record_free(r);
    p->owned = sample_insert(p->v.s, ARC_CUSTOMER, "{\"code\":\"B\",\"legal_name\":\"B\",\"term\":\"NET30\",\"parent\":1}");
    snprintf(json, sizeof json, "{\"code\":\"C\",\"legal_name\":\"C\",\"term\":\"NET30\",\"customer_group\":%d}", (int)p->top);
    p->other = sample_insert(p->v.s, ARC_CUSTOMER, json);
    p->out = sample_insert(p->v.s, ARC_CUSTOMER, "{\"code\":\"D\",\"legal_name\":\"D\",\"term\":\"NET30\"}");
}

static arc_credit_limit limit_of(int64_t group, int64_t yuan, int64_t check)
{
    arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
    l.customer_group = group;
    l.amount = yuan * YUAN;
    l.currency = "CNY";
    l.credit_check = check;
    l.valid_from = DAY;
    l.reason = "the group as a whole";
    return l;
}

static arc_credit_decision asked(pooled *p, int64_t customer, int64_t yuan)
{
    arc_credit_question q = ARC_CREDIT_QUESTION_INIT;
    arc_credit_decision d = ARC_CREDIT_DECISION_INIT;
    q.customer = customer;
    q.currency = "CNY";
    q.amount = yuan * YUAN;
    assert_session(&p->v.b, arc_credit_check(p->v.s, &d, NULL, NULL, &q));
    return d;
}

static void owe(pooled *p, int64_t customer, const char *number, int64_t yuan)
{
    int64_t id;
    assert_session(&p->v.b, book_invoice(p->v.s, &id, number, customer, yuan * YUAN));
}

/* All that stand in a group or below it, with what they own; who is in none is not touched. */
static void limits_of_groups(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        pooled p;
        char json[20000];
        size_t n = sizeof json;
        int64_t id;
        opened(&p, backend, POLICY(""));
        const int64_t own = checked(&p.v, 1, "2027-12-31"), foreign = checked(&p.v, p.out, "2027-12-31");
        arc_credit_limit l = limit_of(p.top, 1000, 0);
        assert_int_equal(arc_credit_limit_set(p.v.s, &id, &l), ARC_E_REQUIRED); /* which credit check? */
        l = limit_of(p.top, 1000, foreign);
        assert_int_equal(arc_credit_limit_set(p.v.s, &id, &l), ARC_E_NOT_FOUND); /* of no customer of it */
        l.customer = 1;
        assert_int_equal(arc_credit_limit_set(p.v.s, &id, &l), ARC_E_INVALID);
        l = limit_of(p.top, 1000, own);
        l.scope = "own";
        assert_int_equal(arc_credit_limit_set(p.v.s, &id, &l), ARC_E_VALUE);
        l = limit_of(99, 1000, own);
        assert_int_equal(arc_credit_limit_set(p.v.s, &id, &l), ARC_E_NOT_FOUND);
        l = limit_of(p.top, 1000, own);
        assert_session(&p.v.b, arc_credit_limit_set(p.v.s, &id, &l));
        l = limit_of(p.group, 300, own);
        assert_session(&p.v.b, arc_credit_limit_set(p.v.s, NULL, &l));
        owe(&p, 1, "A1", 100);
        owe(&p, p.owned, "A2", 150);
        owe(&p, p.other, "A3", 600);
        owe(&p, p.out, "A4", 5000);
        assert_int_equal(number_in(exposure_json(&p.v, p.group, DAY, ARC_EXPOSURE_OF_GROUP), NULL, 0, "total"), 250 * YUAN);
        const char *x = exposure_json(&p.v, p.top, DAY, ARC_EXPOSURE_OF_GROUP);
        assert_int_equal(number_in(x, NULL, 0, "total"), 850 * YUAN);
        assert_int_equal(number_in(x, "\"limits\"", 0, "headroom"), 150 * YUAN);
        assert_int_equal(asked(&p, p.owned, 50).result, ARC_CREDIT_PASS);
        assert_int_equal(asked(&p, p.owned, 51).excess, YUAN);
        assert_int_equal(asked(&p, p.other, 150).result, ARC_CREDIT_PASS);
        assert_int_equal(asked(&p, p.other, 151).excess, YUAN);
        assert_int_equal(asked(&p, p.out, 1).has_limit, 0);
        int64_t order = ordered(&p.v, p.owned, "O1", 51, NULL);
        assert_int_equal(order_step(&p.v, arc_order_confirm, order), ARC_NEEDS_APPROVAL);
        assert_session(&p.v.b, order_step(&p.v, arc_order_confirm, ordered(&p.v, p.owned, "O2", 50, NULL)));
        assert_int_equal(asked(&p, p.other, 101).excess, YUAN); /* it counts above, too */
        assert_session(&p.v.b, arc_credit_limit_json(p.v.s, json, &n, p.owned, DAY, 0));
        assert_int_equal(number_in(json, "\"customer_group\"", 1, "amount"), 300 * YUAN);
        assert_int_equal(arc_credit_exposure_json(p.v.s, json, &n, 99, NULL, DAY, ARC_EXPOSURE_OF_GROUP), ARC_E_NOT_FOUND);
        assert_int_equal(arc_credit_exposure_json(p.v.s, json, &n, 1, NULL, DAY, 3), ARC_E_INVALID);
        invoices_verified(&p.v);
        invoices_close(&p.v);
    }
}

/* A group has limits that are temporary, and asked for; what is asked for is known with the others. */
static void asked_for(void **state)
{
    (void)state;
    pooled p;
    int64_t request, id;
    opened(&p, 0, POLICY(""));
    arc_credit_limit l = limit_of(p.group, 500, 0);
    l.valid_from = DAY + 10;
    assert_session(&p.v.b, arc_credit_request_submit(p.v.s, &request, &l));
    const char *json = limits_json(&p.v, p.owned, DAY, 0);
    assert_int_equal(number_in(json, "\"requests\"", 0, "id"), request);
    assert_int_equal(number_in(json, "\"requests\"", 0, "customer_group"), p.group);
    assert_int_equal(number_in(json, "\"requests\"", 0, "new_amount"), 500 * YUAN);
    assert_non_null(strstr(json, "\"valid_from\":\"2026-02-26\""));
    assert_null(strstr(limits_json(&p.v, p.out, DAY, 0), "new_amount"));
    assert_session(&p.v.b, arc_credit_request_approve(p.v.s, &id, request, "seen the group's accounts"));
    json = limits_json(&p.v, p.owned, DAY, 0);
    assert_null(strstr(json, "new_amount"));
    assert_int_equal(number_in(json, "\"next\"", 0, "amount"), 500 * YUAN); /* the future limit is known */
    assert_ok(arc_session_set_business_date(p.v.s, DAY + 10));
    owe(&p, p.owned, "A1", 500);
    assert_int_equal(asked(&p, 1, 1).excess, YUAN);
    invoices_close(&p.v);
}

/* What one has to its credit pays nobody else's debts, unless the policy says so; its own new debts it does pay. */
static void netting(void **state)
{
    (void)state;
    for (int net = 0; net < 2; net++) {
        pooled p;
        int64_t id;
        opened(&p, 0, net ? POLICY("\"group_netting\":true,\"limit_needs_check\":false,") : POLICY("\"limit_needs_check\":false,"));
        arc_credit_limit l = limit_of(p.top, 1000, 0);
        l.customer_group = 0;
        l.customer = 1;
        l.scope = "group";
        assert_session(&p.v.b, arc_credit_limit_set(p.v.s, NULL, &l));
        owe(&p, 1, "A1", 900);
        assert_session(&p.v.b, book_receipt(p.v.s, &id, "R1", p.owned, 300 * YUAN));
        const char *x = exposure_json(&p.v, 1, DAY, ARC_EXPOSURE_OWNED);
        assert_int_equal(number_in(x, NULL, 0, "total"), (net ? 600 : 900) * YUAN);
        assert_int_equal(part_of(x, "unapplied"), net ? -300 * YUAN : 0);
        assert_int_equal(number_in(exposure_json(&p.v, p.owned, DAY, 0), NULL, 0, "total"), -300 * YUAN);
        assert_int_equal(asked(&p, 1, 100).exposure, (net ? 700 : 1000) * YUAN);
        assert_int_equal(asked(&p, 1, 101).result, net ? ARC_CREDIT_PASS : ARC_CREDIT_HOLD);
        assert_int_equal(asked(&p, p.owned, 350).exposure, 950 * YUAN); /* 300 of it are paid */
        arc_order_step e[2] = { ARC_ORDER_STEP_INIT, ARC_ORDER_STEP_INIT }; /* in one call, too */
        arc_status results[2];
        e[0].id = ordered(&p.v, p.owned, "O1", 200, NULL);
        e[1].id = ordered(&p.v, p.owned, "O2", 201, NULL);
        assert_int_equal(arc_order_confirm(p.v.s, NULL, results, e, 2, ARC_ALL_OR_NONE), ARC_NEEDS_APPROVAL);
        assert_int_equal(results[0], ARC_OK);
        invoices_close(&p.v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(limits_of_groups), cmocka_unit_test(asked_for), cmocka_unit_test(netting) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
