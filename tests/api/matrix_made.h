/* SPDX-License-Identifier: Apache-2.0 */
/* Bills, disputes and flags in the world of the permission matrix. */
#ifndef TESTS_API_MATRIX_MADE_H
#define TESTS_API_MATRIX_MADE_H

static arc_record *matrix_bill_record(arc_session *s, int64_t customer, const char *number)
{
    char json[200];
    arc_record *r;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"kind\":\"bank\",\"customer\":%d,\"currency\":\"CNY\",\"face\":\"9.00\",\"maturity\":\"2030-01-01\"}", number, (int)customer);
    assert_ok(arc_record_new(s, &r, ARC_BILL));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    return r;
}

static int64_t matrix_bill(arc_session *s, int64_t customer, const char *number)
{
    int64_t id = 0;
    arc_record *r = matrix_bill_record(s, customer, number);
    assert_ok(arc_bill_record(s, &id, r, NULL, 0));
    arc_record_free(r);
    return id;
}

static arc_record *matrix_dispute(arc_session *s, int64_t item)
{
    char json[200];
    arc_record *r;
    snprintf(json, sizeof json, "{\"item\":%d,\"currency\":\"CNY\",\"amount\":\"0.01\",\"reason\":\"price\"}", (int)item);
    assert_ok(arc_record_new(s, &r, ARC_DISPUTE));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    return r;
}

static arc_flag matrix_flag(int64_t item)
{
    arc_flag f = ARC_FLAG_INIT;
    f.item = item;
    f.kind = "hold";
    f.reason = "r";
    f.from_date = PEOPLE_DAY;
    return f;
}

static void make_marks(matrix *m, int t)
{
    arc_session *s = m->p.b.session;
    arc_record *r = matrix_dispute(s, m->item[t]);
    const arc_flag f = matrix_flag(m->item[t]);
    if (t == OWN) (void)sample_insert(s, ARC_NUMBER_SERIES, "{\"code\":\"statement_letter\",\"period\":\"\",\"pattern\":\"M-{n:3}\",\"gapless\":true}");
    assert_session(&m->p.b, arc_dispute_open(s, &m->dispute[t], r));
    arc_record_free(r);
    assert_session(&m->p.b, arc_flag_set(s, &m->flag[t], &f));
    assert_session(&m->p.b, arc_score_override_request(s, &m->asked_band[t], m->customer[t], "B", "r", PEOPLE_DAY + 30));
    assert_session(&m->p.b, arc_score_override_approve(s, &m->other_band[t], m->asked_band[t]));
    assert_session(&m->p.b, arc_score_override_request(s, &m->asked_band[t], m->customer[t], "C", "r", PEOPLE_DAY + 30));
}

static arc_host_question matrix_question(int64_t customer, const char *key)
{
    arc_host_question q = ARC_HOST_QUESTION_INIT;
    q.call_key = key;
    q.name = "check";
    q.entity = "customer";
    q.row = q.customer = customer;
    q.request = "{}";
    q.asked_on = PEOPLE_DAY;
    return q;
}

/* A task of the actor's, of his team's and of others, and a question to the host. */
static void make_work(matrix *m, int t)
{
    arc_session *s = m->p.b.session;
    static const char *const keys[] = { "ask own", "ask team", "ask foreign" };
    const arc_host_question q = matrix_question(m->customer[t], keys[t]);
    char json[200];
    arc_record *r;
    snprintf(json, sizeof json, "{\"title\":\"call\",\"customer\":%d,\"assignee\":%d}", (int)m->customer[t], (int)m->owner[t]);
    assert_ok(arc_record_new(s, &r, ARC_TASK));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session(&m->p.b, arc_session_insert(s, &m->task[t], r));
    arc_record_free(r);
    assert_session(&m->p.b, arc_host_ask(s, &m->host_call[t], &q));
}

#endif
