/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the test of request keys: customers merged and taken apart. */
#ifndef TESTS_API_REQUEST_MERGE_H
#define TESTS_API_REQUEST_MERGE_H

static arc_merge request_merge(int64_t merged, const char *reason)
{
    arc_merge m = ARC_MERGE_INIT;
    m.kept = 1;
    m.merged = merged;
    m.reason = reason;
    return m;
}

static void drive_customer_merge(test_book *b, arc_session *s, int body, answer *a)
{
    const arc_merge m = request_merge(3, body ? "other" : "asked for");
    (void)b;
    a->st = arc_customer_merge(s, &a->n[0], &m);
}

/* The merge without the key of the test, once. */
static void one_merge(arc_session *s)
{
    const arc_merge m = request_merge(3, "once");
    int64_t records = 0;
    arc_query *q;
    arc_cursor *c;
    assert_ok(arc_query_new(s, &q, ARC_MERGE_RECORD));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) records++;
    arc_cursor_free(c);
    arc_query_free(q);
    if (records) return;
    assert_ok(arc_session_set_request_key(s, NULL));
    test_session_is(ARC_OK, arc_customer_merge(s, NULL, &m), "merge", s, __FILE__, __LINE__);
    assert_ok(arc_session_set_request_key(s, KEY));
}

static void drive_customer_unmerge(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    one_merge(s);
    a->st = arc_customer_unmerge(s, &a->n[0], 3, body ? "other" : "asked for");
}

#endif
