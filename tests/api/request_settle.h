/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the test of request keys: settling, and what happens to receipts and debts. */
#ifndef TESTS_API_REQUEST_SETTLE_H
#define TESTS_API_REQUEST_SETTLE_H

static void drive_settle(test_book *b, arc_session *s, int body, answer *a)
{
    arc_settle_options o = ARC_SETTLE_OPTIONS_INIT;
    arc_settled out = ARC_SETTLED_INIT;
    const int64_t item = ITEM;
    (void)b;
    o.reason = body ? "other" : "advice";
    a->st = arc_receipt_settle(s, &out, NULL, RECEIPT, &item, NULL, 1, &o);
    a->n[0] = out.allocation;
}

/* Rows the verbs need, made without the key of the test: an unclaimed and a claimed receipt, an extension, requests that wait, one that was approved. */
typedef struct settled_world {
    int64_t unclaimed, claimed, spare, item, extension, waiting, approved;
} settled_world;

static int64_t wait_for_write_off(arc_session *s, const char *number, int64_t item)
{
    char json[300];
    arc_record *r;
    int64_t id = 0;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"items\":[%d],\"currency\":\"CNY\",\"amount\":\"1.00\",\"reason\":\"bankrupt\"}", number, (int)item);
    assert_ok(arc_record_new(s, &r, ARC_WRITE_OFF_REQUEST));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_ok(arc_write_off_request(s, &id, r));
    arc_record_free(r);
    return id;
}

/* The first row of an entity, or the first one a text names; 0: there is none. */
static int64_t row_named(arc_session *s, uint32_t entity, arc_field_id field, const char *text)
{
    arc_query *q;
    arc_cursor *c;
    int64_t id = 0;
    assert_ok(arc_query_new(s, &q, entity));
    if (text) assert_ok(arc_query_where_text(q, field, ARC_EQ, text, SIZE_MAX));
    assert_ok(arc_query_run(q, &c));
    if (arc_cursor_next(c) == ARC_OK) assert_ok(arc_cursor_get_int(c, &id, 0)); /* the id comes first */
    arc_cursor_free(c);
    arc_query_free(q);
    return id;
}

static settled_world known_world(arc_session *s)
{
    const settled_world w = { row_named(s, ARC_RECEIPT, ARC_RECEIPT_NUMBER, "S0"), row_named(s, ARC_RECEIPT, ARC_RECEIPT_NUMBER, "S1"),
                              row_named(s, ARC_RECEIPT, ARC_RECEIPT_NUMBER, "S2"), row_named(s, ARC_ITEM, ARC_ITEM_NUMBER, "S-1"),
                              row_named(s, ARC_ADJUSTMENT, 0, NULL), row_named(s, ARC_WRITE_OFF_REQUEST, ARC_WRITE_OFF_REQUEST_NUMBER, "W1"),
                              row_named(s, ARC_WRITE_OFF_REQUEST, ARC_WRITE_OFF_REQUEST_NUMBER, "W2") };
    return w;
}

static settled_world settle_world(arc_session *s)
{
    static const char json[] = "{\"number\":\"%s\",\"value_date\":\"2026-01-02\",\"currency\":\"CNY\",\"amount\":\"1.00\"%s}";
    settled_world w = known_world(s);
    arc_record *r;
    char text[200];
    if (w.approved) return w;
    assert_ok(arc_session_set_request_key(s, NULL));
    for (int i = 0; i < 3; i++) {
        snprintf(text, sizeof text, json, i == 0 ? "S0" : i == 1 ? "S1" : "S2", i == 2 ? ",\"customer\":1" : "");
        assert_ok(arc_record_new(s, &r, ARC_RECEIPT));
        assert_ok(arc_record_set_json(r, text, SIZE_MAX));
        assert_ok(arc_receipt_record(s, NULL, r));
        arc_record_free(r);
    }
    assert_ok(book_invoice(s, NULL, "S-1", 1, 100000));
    w = known_world(s);
    assert_ok(arc_receipt_claim(s, w.claimed, 1, ARC_DATE_NONE));
    assert_ok(arc_item_extend(s, NULL, w.item, 25000, ARC_DATE_NONE, "agreed"));
    (void)wait_for_write_off(s, "W1", w.item);
    assert_ok(arc_write_off_approve(s, NULL, wait_for_write_off(s, "W2", w.item), ARC_DATE_NONE, "yes"));
    assert_ok(arc_session_set_request_key(s, KEY));
    return known_world(s);
}

static void drive_claim(test_book *b, arc_session *s, int body, answer *a)
{
    const settled_world w = settle_world(s);
    (void)b;
    a->st = arc_receipt_claim(s, w.unclaimed, 1 + body, ARC_DATE_NONE);
}

static void drive_unclaim(test_book *b, arc_session *s, int body, answer *a)
{
    const settled_world w = settle_world(s);
    (void)b;
    a->st = arc_receipt_unclaim(s, w.claimed, ARC_DATE_NONE, body ? "other" : "wrong");
}

static void drive_return(test_book *b, arc_session *s, int body, answer *a)
{
    const settled_world w = settle_world(s);
    (void)b;
    a->st = arc_receipt_return(s, w.spare, ARC_DATE_NONE, body ? "other" : "bounced");
}

static void drive_refund(test_book *b, arc_session *s, int body, answer *a)
{
    const settled_world w = settle_world(s);
    (void)b;
    a->st = arc_receipt_refund(s, &a->n[0], w.spare, 0, 50 + body, ARC_DATE_NONE, "twice");
}

static void drive_transfer(test_book *b, arc_session *s, int body, answer *a)
{
    const settled_world w = settle_world(s);
    (void)b;
    a->st = arc_item_transfer(s, &a->n[0], w.item, 2, 100 + body, ARC_DATE_NONE, "letter");
}

static void drive_extend(test_book *b, arc_session *s, int body, answer *a)
{
    const settled_world w = settle_world(s);
    (void)b;
    a->st = arc_item_extend(s, &a->n[0], w.item, 25010 + body, ARC_DATE_NONE, "agreed");
}

static void drive_unextend(test_book *b, arc_session *s, int body, answer *a)
{
    const settled_world w = settle_world(s);
    (void)b;
    a->st = arc_adjustment_reverse(s, &a->n[0], w.extension, ARC_DATE_NONE, body ? "other" : "broken");
}

static void drive_ask_write_off(test_book *b, arc_session *s, int body, answer *a)
{
    arc_record *r;
    (void)b;
    assert_ok(arc_record_new(s, &r, ARC_WRITE_OFF_REQUEST));
    assert_ok(arc_record_set_json(r, body ? "{\"number\":\"N\",\"customer\":1,\"items\":[1],\"currency\":\"CNY\",\"amount\":\"2.00\",\"reason\":\"court\"}"
                                          : "{\"number\":\"N\",\"customer\":1,\"items\":[1],\"currency\":\"CNY\",\"amount\":\"1.00\",\"reason\":\"court\"}", SIZE_MAX));
    a->st = arc_write_off_request(s, &a->n[0], r);
    arc_record_free(r);
}

static void drive_approve_write_off(test_book *b, arc_session *s, int body, answer *a)
{
    const settled_world w = settle_world(s);
    (void)b;
    a->st = arc_write_off_approve(s, &a->n[0], w.waiting, ARC_DATE_NONE, body ? "other" : "yes");
}

static void drive_reject_write_off(test_book *b, arc_session *s, int body, answer *a)
{
    const settled_world w = settle_world(s);
    (void)b;
    a->st = arc_write_off_reject(s, w.waiting, body ? "other" : "no");
}

static void drive_recall_write_off(test_book *b, arc_session *s, int body, answer *a)
{
    const settled_world w = settle_world(s);
    (void)b;
    a->st = arc_write_off_recall(s, w.waiting, body ? "other" : "no");
}

static void drive_recover(test_book *b, arc_session *s, int body, answer *a)
{
    const settled_world w = settle_world(s);
    (void)b;
    a->st = arc_write_off_recover(s, &a->n[0], w.approved, 10 + body, ARC_DATE_NONE, "paid");
}

#endif
