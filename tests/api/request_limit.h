/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of limits and requests for them, for the test of request keys. */
#ifndef TESTS_API_REQUEST_LIMIT_H
#define TESTS_API_REQUEST_LIMIT_H

#include "api/request_drivers.h"

static arc_credit_limit limit_of(int body)
{
    arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
    l.customer = 1;
    l.currency = "CNY";
    l.amount = 1000 + body;
    l.valid_from = 20600;
    l.reason = "agreed";
    return l;
}

static void drive_limit_set(test_book *b, arc_session *s, int body, answer *a)
{
    arc_record *r;
    const arc_credit_limit l = limit_of(body);
    (void)b;
    if (arc_session_get(s, &r, ARC_CREDIT_CHECK, 1) == ARC_OK) {
        arc_record_free(r);
    } else {
        assert_ok(arc_session_set_request_key(s, NULL));
        (void)sample_insert(s, ARC_CREDIT_CHECK, "{\"customer\":1,\"checked_on\":\"2026-01-01\",\"sources\":[\"a\"],\"documents\":[\"b\"],\"result\":\"pass\",\"valid_to\":\"2030-01-01\"}");
        assert_ok(arc_session_set_request_key(s, KEY));
    }
    a->st = arc_credit_limit_set(s, &a->n[0], &l);
}

/* Two customers' holds, made without the key of the test; the first has id 1. */
static void held_customers(arc_session *s)
{
    arc_record *r;
    if (arc_session_get(s, &r, ARC_HOLD, 1) == ARC_OK) {
        arc_record_free(r);
        return;
    }
    assert_ok(arc_session_set_request_key(s, NULL));
    assert_ok(arc_hold_place(s, NULL, 1, "x"));
    assert_ok(arc_session_set_request_key(s, KEY));
}

static void drive_hold_place(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_hold_place(s, &a->n[0], 1, body ? "other" : "x");
}

static void drive_hold_end(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    held_customers(s);
    a->st = arc_hold_end(s, 1, body ? "other" : "paid");
}

/* An order that a policy holds. */
static void drive_hold_release(test_book *b, arc_session *s, int body, answer *a)
{
    arc_record *r;
    arc_credit_permit x = ARC_CREDIT_PERMIT_INIT;
    (void)b;
    if (arc_session_get(s, &r, ARC_HOLD, 1) == ARC_OK) {
        arc_record_free(r);
    } else {
        int64_t id;
        arc_order_step e = ARC_ORDER_STEP_INIT;
        assert_ok(arc_session_set_request_key(s, NULL));
        assert_ok(arc_definition_save(s, &id, "credit_policy", "default", "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"without_limit\":\"block\"}", SIZE_MAX, NULL));
        assert_ok(arc_definition_publish(s, id, NULL, NULL));
        e.id = sample_insert(s, ARC_SALES_ORDER, "{\"customer\":1,\"number\":\"HELD\",\"order_date\":\"2026-01-01\",\"currency\":\"CNY\"}");
        assert_int_equal(arc_order_confirm(s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE), ARC_NEEDS_APPROVAL);
        assert_ok(arc_session_set_request_key(s, KEY));
    }
    x.hold = 1;
    x.valid_to = 30000;
    x.reason = body ? "other" : "x";
    a->st = arc_hold_release(s, &x);
}

static void drive_hold_recheck(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_hold_recheck(s, &a->n[0], 0, 10 + (uint32_t)body);
}

static void drive_limit_request(test_book *b, arc_session *s, int body, answer *a)
{
    const arc_credit_limit l = limit_of(body);
    (void)b;
    a->st = arc_credit_request_submit(s, &a->n[0], &l);
}

/* A request that waits, made without the key of the test; the first there is. */
static int64_t waiting_limit(arc_session *s)
{
    arc_record *r;
    int64_t id = 1;
    if (arc_session_get(s, &r, ARC_CREDIT_REQUEST, 1) == ARC_OK) {
        arc_record_free(r);
        return id;
    }
    const arc_credit_limit l = limit_of(0);
    assert_ok(arc_session_set_request_key(s, NULL));
    assert_ok(arc_credit_request_submit(s, &id, &l));
    assert_ok(arc_session_set_request_key(s, KEY));
    return id;
}

static void drive_limit_approve(test_book *b, arc_session *s, int body, answer *a)
{
    const int64_t id = waiting_limit(s);
    (void)b;
    a->st = arc_credit_request_approve(s, &a->n[0], id, body ? "other" : "yes");
}

static void drive_limit_reject(test_book *b, arc_session *s, int body, answer *a)
{
    const int64_t id = waiting_limit(s);
    (void)b;
    a->st = arc_credit_request_reject(s, id, body ? "other" : "no");
}

static void drive_limit_recall(test_book *b, arc_session *s, int body, answer *a)
{
    const int64_t id = waiting_limit(s);
    (void)b;
    a->st = arc_credit_request_recall(s, id, body ? "other" : "no");
}

#endif
