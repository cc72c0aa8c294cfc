/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the test of request keys: levels, tasks and calls to the host. */
#ifndef TESTS_API_REQUEST_WORK_H
#define TESTS_API_REQUEST_WORK_H

static void drive_item_level(test_book *b, arc_session *s, int body, answer *a)
{
    arc_level l = ARC_LEVEL_INIT;
    (void)b;
    l.item = ITEM;
    l.level = 1;
    l.reason = body ? "other" : "overdue";
    a->st = arc_item_set_level(s, &a->n[0], &l);
}

static arc_host_question request_question(const char *key, int body)
{
    arc_host_question q = ARC_HOST_QUESTION_INIT;
    q.call_key = key;
    q.name = "check";
    q.entity = "customer";
    q.row = q.customer = 1;
    q.request = body ? "{\"a\":1}" : "{}";
    return q;
}

/* The task and the call without the key of the test, once. */
static void one_task(arc_session *s, int64_t *task, int64_t *call)
{
    arc_record *r;
    const arc_host_question q = request_question("asked before", 0);
    for (int64_t id = 1; id < 10; id++) { /* what was rolled back has drawn ids */
        if (arc_session_get(s, &r, ARC_TASK, id) != ARC_OK) continue;
        arc_record_free(r);
        *task = id;
        for (*call = 1; arc_session_get(s, &r, ARC_HOST_CALL, *call) != ARC_OK; ++*call) assert_true(*call < 10);
        arc_record_free(r);
        return;
    }
    assert_ok(arc_session_set_request_key(s, NULL));
    *task = sample_insert(s, ARC_TASK, "{\"title\":\"call\",\"customer\":1,\"assignee\":1}");
    test_session_is(ARC_OK, arc_host_ask(s, call, &q), "ask", s, __FILE__, __LINE__);
    assert_ok(arc_session_set_request_key(s, KEY));
}

static void drive_task_assign(test_book *b, arc_session *s, int body, answer *a)
{
    int64_t task = 0, call = 0;
    (void)b;
    one_task(s, &task, &call);
    a->st = arc_task_assign(s, task, body ? 1 : 2, ARC_DATE_NONE);
}

static void drive_task_escalate(test_book *b, arc_session *s, int body, answer *a)
{
    int64_t task = 0, call = 0;
    (void)b;
    one_task(s, &task, &call);
    a->st = arc_task_escalate(s, task, body ? 1 : 2, ARC_DATE_NONE);
}

static void drive_task_close(test_book *b, arc_session *s, int body, answer *a)
{
    arc_task_outcome o = ARC_TASK_OUTCOME_INIT;
    int64_t task = 0, call = 0;
    (void)b;
    one_task(s, &task, &call);
    o.feedback = body ? "other" : "called";
    a->st = arc_task_close(s, task, &o);
}

static void drive_task_cancel(test_book *b, arc_session *s, int body, answer *a)
{
    int64_t task = 0, call = 0;
    (void)b;
    one_task(s, &task, &call);
    a->st = arc_task_cancel(s, task, body ? "other" : "not needed");
}

static void drive_host_ask(test_book *b, arc_session *s, int body, answer *a)
{
    const arc_host_question q = request_question("asked", body);
    (void)b;
    a->st = arc_host_ask(s, &a->n[0], &q);
}

static void drive_host_answer(test_book *b, arc_session *s, int body, answer *a)
{
    int64_t task = 0, call = 0;
    (void)b;
    one_task(s, &task, &call);
    a->st = arc_host_answer(s, call, body ? "no" : "yes", NULL, 0, ARC_DATE_NONE);
}

#endif
