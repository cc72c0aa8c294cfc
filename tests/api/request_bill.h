/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the test of request keys: bills of exchange. */
#ifndef TESTS_API_REQUEST_BILL_H
#define TESTS_API_REQUEST_BILL_H

static arc_record *request_bill(arc_session *s, const char *number)
{
    arc_record *r;
    char json[200];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"9.00\",\"maturity\":\"2040-01-01\"}", number);
    assert_ok(arc_record_new(s, &r, ARC_BILL));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    return r;
}

/* The bill without the key of the test, in the status "held" or endorsed. */
static int64_t bill_for(arc_session *s, int endorsed)
{
    arc_bill_move m = ARC_BILL_MOVE_INIT;
    arc_record *r;
    int64_t id;
    for (id = 1; id < 10; id++) { /* what was rolled back has drawn ids */
        const char *number = "";
        if (arc_session_get(s, &r, ARC_BILL, id) != ARC_OK) continue;
        assert_ok(arc_record_get_text(r, &number, NULL, ARC_BILL_NUMBER));
        int is_old = !strcmp(number, "OLDBILL");
        arc_record_free(r);
        if (is_old) return id;
    }
    assert_ok(arc_session_set_request_key(s, NULL));
    r = request_bill(s, "OLDBILL");
    test_session_is(ARC_OK, arc_bill_record(s, &id, r, NULL, 0), "bill", s, __FILE__, __LINE__);
    arc_record_free(r);
    m.party = "Supplier";
    if (endorsed) assert_ok(arc_bill_endorse(s, NULL, id, &m));
    assert_ok(arc_session_set_request_key(s, KEY));
    return id;
}

static void drive_bill_record(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    arc_allocation allocation = ARC_ALLOCATION_INIT;
    arc_record *r = request_bill(s, "NEW");
    allocation.item = ITEM;
    allocation.amount = 100 + body;
    a->st = arc_bill_record(s, &a->n[0], r, &allocation, 1);
    arc_record_free(r);
}

static arc_bill_move request_move(int body)
{
    arc_bill_move m = ARC_BILL_MOVE_INIT;
    m.party = body ? "Bank of A" : "Bank of B";
    m.reason = "r";
    return m;
}

static void drive_bill_endorse(test_book *b, arc_session *s, int body, answer *a)
{
    const arc_bill_move m = request_move(body);
    (void)b;
    a->st = arc_bill_endorse(s, &a->n[0], bill_for(s, 0), &m);
}

static void drive_bill_discount(test_book *b, arc_session *s, int body, answer *a)
{
    const arc_bill_move m = request_move(body);
    (void)b;
    a->st = arc_bill_discount(s, &a->n[0], bill_for(s, 0), &m);
}

static void drive_bill_collect(test_book *b, arc_session *s, int body, answer *a)
{
    arc_bill_move m = request_move(body);
    (void)b;
    m.flags = ARC_BILL_SENT;
    a->st = arc_bill_collect(s, &a->n[0], bill_for(s, 0), &m);
}

static void drive_bill_dishonour(test_book *b, arc_session *s, int body, answer *a)
{
    const arc_bill_move m = request_move(body);
    (void)b;
    a->st = arc_bill_dishonour(s, &a->n[0], bill_for(s, 0), &m);
}

static void drive_bill_return(test_book *b, arc_session *s, int body, answer *a)
{
    const arc_bill_move m = request_move(body);
    (void)b;
    a->st = arc_bill_return(s, &a->n[0], bill_for(s, 0), &m);
}

static void drive_bill_split(test_book *b, arc_session *s, int body, answer *a)
{
    static int64_t bill; /* of the book at hand */
    const int64_t parts[2] = { 4000 + body, 6000 - body };
    arc_record *r;
    (void)b;
    if (!bill || arc_session_get(s, &r, ARC_BILL, bill) != ARC_OK) {
        assert_ok(arc_session_set_request_key(s, NULL));
        assert_ok(arc_record_new(s, &r, ARC_BILL));
        assert_ok(arc_record_set_json(r, "{\"number\":\"DIV\",\"sub_range\":\"1-10000\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"100.00\",\"maturity\":\"2026-09-01\"}", SIZE_MAX));
        assert_ok(arc_bill_record(s, &bill, r, NULL, 0));
        assert_ok(arc_session_set_request_key(s, KEY));
    }
    arc_record_free(r);
    a->st = arc_bill_split(s, &a->n[0], bill, parts, 2, ARC_DATE_NONE, "why");
}

static void drive_bill_reverse(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_bill_reverse(s, &a->n[0], bill_for(s, 1), ARC_DATE_NONE, body ? "other" : "wrong");
}

#endif
