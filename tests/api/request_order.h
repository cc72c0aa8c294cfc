/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the verbs of orders and deliveries, for the test of request keys. */
#ifndef TESTS_API_REQUEST_ORDER_H
#define TESTS_API_REQUEST_ORDER_H

#include "api/request_drivers.h"

typedef arc_status (*order_verb)(arc_session *, int64_t *, arc_status *, const arc_order_step *, size_t, uint32_t);

static arc_status order_step_of(arc_session *s, order_verb verb, int64_t id, const char *reason, answer *a)
{
    arc_order_step e[2] = { ARC_ORDER_STEP_INIT, ARC_ORDER_STEP_INIT };
    arc_status results[2] = { 0 };
    e[0].id = id;
    e[1].id = 99; /* there is none */
    e[0].reason = e[1].reason = reason;
    e[0].date = e[1].date = 20600;
    arc_status st = verb(s, a ? a->n : NULL, results, e, 2, 0);
    for (int i = 0; a && i < 2; i++) a->n[2 + i] = results[i];
    return st;
}

/* Orders 1 and 2 are drafts, 3 and 4 confirmed; deliveries 1 and 2 drafts, 3 and 4 shipped. Made without the key of the test. */
static void four_orders(arc_session *s)
{
    arc_record *r;
    if (arc_session_get(s, &r, ARC_SALES_ORDER, 1) == ARC_OK) {
        arc_record_free(r);
        return;
    }
    assert_ok(arc_session_set_request_key(s, NULL));
    for (int i = 1; i <= 4; i++) {
        char json[200];
        snprintf(json, sizeof json, "{\"customer\":1,\"number\":\"O%d\",\"order_date\":\"2026-01-01\",\"currency\":\"CNY\"}", i);
        assert_int_equal(sample_insert(s, ARC_SALES_ORDER, json), i);
        snprintf(json, sizeof json, "{\"customer\":1,\"number\":\"D%d\",\"delivery_date\":\"2026-01-02\"}", i);
        assert_int_equal(sample_insert(s, ARC_DELIVERY, json), i);
        snprintf(json, sizeof json, "{\"delivery\":%d,\"seq\":1,\"quantity\":\"1\",\"currency\":\"CNY\",\"amount\":\"1.00\"}", i);
        assert_int_equal(sample_insert(s, ARC_DELIVERY_LINE, json), i);
        if (i > 2) assert_int_equal(order_step_of(s, arc_order_confirm, i, NULL, NULL), ARC_PARTIAL);
        if (i > 2) assert_int_equal(order_step_of(s, arc_delivery_ship, i, NULL, NULL), ARC_PARTIAL);
    }
    assert_ok(arc_session_set_request_key(s, KEY));
}

#define DRIVE_ORDER(name, verb, id, reason) \
    static void drive_##name(test_book *b, arc_session *s, int body, answer *a) \
    { \
        (void)b; \
        four_orders(s); \
        a->st = order_step_of(s, verb, id, reason, a); \
    }
DRIVE_ORDER(order_confirm, arc_order_confirm, 1 + body, NULL)
DRIVE_ORDER(order_close, arc_order_close, 3 + body, NULL)
DRIVE_ORDER(order_cancel, arc_order_cancel, 3, body ? "other" : "why")
DRIVE_ORDER(delivery_ship, arc_delivery_ship, 1 + body, NULL)
DRIVE_ORDER(delivery_sign, arc_delivery_sign, 3 + body, NULL)
DRIVE_ORDER(delivery_refuse, arc_delivery_refuse, 3, body ? "other" : "why")
DRIVE_ORDER(delivery_cancel, arc_delivery_cancel, 1, body ? "other" : "why")

#endif
