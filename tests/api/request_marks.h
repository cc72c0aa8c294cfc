/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the test of request keys: disputes and flags. */
#ifndef TESTS_API_REQUEST_MARKS_H
#define TESTS_API_REQUEST_MARKS_H

static arc_record *request_dispute(arc_session *s, int body)
{
    arc_record *r;
    char json[200];
    snprintf(json, sizeof json, "{\"item\":%d,\"currency\":\"CNY\",\"amount\":\"%d.00\",\"reason\":\"price\"}", ITEM, 1 + body);
    assert_ok(arc_record_new(s, &r, ARC_DISPUTE));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    return r;
}

static arc_flag request_flag(int body)
{
    arc_flag f = ARC_FLAG_INIT;
    f.item = ITEM;
    f.kind = "hold";
    f.reason = body ? "other" : "asked for";
    return f;
}

static void drive_dispute(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    arc_record *r = request_dispute(s, body);
    a->st = arc_dispute_open(s, &a->n[0], r);
    arc_record_free(r);
}

/* The dispute and the flag without the key of the test, once. */
static void one_of_each(arc_session *s, int64_t *dispute, int64_t *flag)
{
    arc_record *r;
    for (int64_t id = 1; id < 10; id++) { /* what was rolled back has drawn ids */
        if (arc_session_get(s, &r, ARC_FLAG, id) != ARC_OK) continue;
        arc_record_free(r);
        *flag = id;
        for (*dispute = 1; arc_session_get(s, &r, ARC_DISPUTE, *dispute) != ARC_OK; ++*dispute) assert_true(*dispute < 10);
        arc_record_free(r);
        return;
    }
    const arc_flag f = request_flag(0);
    assert_ok(arc_session_set_request_key(s, NULL));
    r = request_dispute(s, 0);
    test_session_is(ARC_OK, arc_dispute_open(s, dispute, r), "dispute", s, __FILE__, __LINE__);
    arc_record_free(r);
    test_session_is(ARC_OK, arc_flag_set(s, flag, &f), "flag", s, __FILE__, __LINE__);
    assert_ok(arc_session_set_request_key(s, KEY));
}

static void drive_dispute_resolve(test_book *b, arc_session *s, int body, answer *a)
{
    int64_t dispute, flag;
    arc_resolution r = ARC_RESOLUTION_INIT;
    (void)b;
    one_of_each(s, &dispute, &flag);
    r.code = body ? "rejected" : "withdrawn";
    a->st = arc_dispute_resolve(s, dispute, &r);
}

static void drive_flag_set(test_book *b, arc_session *s, int body, answer *a)
{
    const arc_flag f = request_flag(body);
    (void)b;
    a->st = arc_flag_set(s, &a->n[0], &f);
}

static void drive_flag_end(test_book *b, arc_session *s, int body, answer *a)
{
    int64_t dispute, flag;
    (void)b;
    one_of_each(s, &dispute, &flag);
    a->st = arc_flag_end(s, flag, ARC_DATE_NONE, body ? "other" : "over");
}

#endif
