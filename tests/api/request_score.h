/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the test of request keys: scores. */
#ifndef TESTS_API_REQUEST_SCORE_H
#define TESTS_API_REQUEST_SCORE_H

static void drive_score_run(test_book *b, arc_session *s, int body, answer *a)
{
    arc_score_options o = ARC_SCORE_OPTIONS_INIT;
    arc_score_summary sum = ARC_SCORE_SUMMARY_INIT;
    (void)b;
    o.as_of = BOOK_DAY + body;
    a->st = arc_score_run(s, &sum, &o);
    a->n[0] = sum.scored;
}

/* A request, or an override, without the key of the test: the first there is. */
static int64_t override_row(arc_session *s, const char *kind)
{
    arc_query *q;
    arc_cursor *c;
    int64_t id = 0, request = 0;
    assert_ok(arc_query_new(s, &q, ARC_SCORE));
    assert_ok(arc_query_where_text(q, ARC_SCORE_KIND, ARC_EQ, kind, SIZE_MAX));
    assert_ok(arc_query_run(q, &c));
    if (arc_cursor_next(c) == ARC_OK) assert_ok(arc_cursor_get_int(c, &id, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    if (id) return id;
    assert_ok(arc_session_set_request_key(s, NULL));
    test_session_is(ARC_OK, arc_score_override_request(s, &request, 1, "A", "r", BOOK_DAY + 100), "request", s, __FILE__, __LINE__);
    id = request;
    if (kind[8]) goto made;
    test_session_is(ARC_OK, arc_score_override_approve(s, &id, request), "approve", s, __FILE__, __LINE__);
made:
    assert_ok(arc_session_set_request_key(s, KEY));
    return id;
}

static void drive_override_request(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_score_override_request(s, &a->n[0], 1, body ? "B" : "A", "asked for", BOOK_DAY + 100);
}

static void drive_override_approve(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_score_override_approve(s, &a->n[0], override_row(s, "override_request") + body);
}

static void drive_override_end(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_score_override_end(s, &a->n[0], override_row(s, "override"), body ? "other" : "asked for");
}

#endif
