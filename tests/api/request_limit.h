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
