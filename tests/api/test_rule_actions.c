/* SPDX-License-Identifier: Apache-2.0 */
/* Actions of rules where roles decide: who applies needs the rights to what is done; what the book wants approved waits; a rule run twice does nothing twice. */
#include "api/people.h"
#include "support/work_book.h"

static const char RULE[] =
    "{\"rule\":\"arcore/1\",\"subject\":\"item\",\"currency\":\"CNY\",\"if\":{\">\":[{\"var\":\"open\"},\"0\"]},\"on\":{\"kind\":\"date\",\"anchor\":\"due_date\",\"offset\":\"P1D\"},\"then\":["
    "{\"type\":\"message\",\"params\":{\"body\":\"{{number}} {{open}}\",\"to\":{\"address\":\"ar@x.example\"}}},"
    "{\"type\":\"task\",\"params\":{\"title\":\"{{number}}\",\"assignee\":{\"user\":\"ann\"}}},"
    "{\"type\":\"level\"},"
    "{\"type\":\"set\",\"params\":{\"on\":\"customer\",\"values\":{\"segment\":\"late\"}}},"
    "{\"type\":\"fee\",\"params\":{\"number\":\"F-{{number}}\",\"amount\":{\"max\":[{\"*\":[{\"var\":\"open\"},\"0.01\"]},\"0.05\"]}}}]}";
static const char LETTERS[] = "{\"code\":\"letters\",\"name\":\"Letters\",\"rows\":\"all\",\"verbs\":[\"*.read\",\"definition.run\",\"proposal.*\",\"proposal_line.read\",\"message.enqueue\",\"task.insert\",\"item.record\"]}";

static void publish(arc_session *s, const char *kind, const char *code, const char *json)
{
    int64_t id;
    arc_error e = ARC_ERROR_INIT;
    assert_ok(arc_definition_save(s, &id, kind, code, json, SIZE_MAX, NULL));
    arc_status st = arc_definition_publish(s, id, NULL, NULL);
    if (st != ARC_OK && arc_session_error(s, &e) == ARC_OK) print_message("%s: %s %s\n", code, e.pointer, e.message);
    assert_int_equal(st, ARC_OK);
}

static void found(people *p)
{
    int64_t customer, invoice = 0;
    memset(p, 0, sizeof *p);
    people_open(p, 0);
    arc_session *host = p->b.session;
    assert_session(&p->b, arc_session_set_business_date(host, PEOPLE_DAY));
    customer = sample_insert(host, ARC_CUSTOMER, "{\"code\":\"X\",\"legal_name\":\"X\",\"owner\":1}");
    assert_session(&p->b, book_invoice(host, &invoice, "I", customer, 1000));
    publish(host, "rule", "dun", RULE);
    assert_session(&p->b, arc_role_define(host, NULL, LETTERS, SIZE_MAX));
    (void)people_grant(p, "clerk", "ar_clerk");
    (void)people_grant(p, "cash", "letters");
    (void)people_grant(p, "cat", "finance_manager");
    (void)people_grant(p, "adm", "admin");
}

/* Proposed and stored by one, approved by another: the id of the proposal. */
static int64_t approved(people *p, arc_session *maker)
{
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    arc_proposal *proposal;
    int64_t id = 0;
    o.as_of = PEOPLE_DAY + 400;
    assert_int_equal(arc_rule_propose(maker, &proposal, &o), ARC_OK);
    assert_ok(arc_proposal_store(proposal, &id, NULL));
    arc_proposal_free(proposal);
    arc_session *boss = people_session(p->b.book, "cat");
    assert_ok(arc_proposal_load(boss, &proposal, id));
    assert_ok(arc_proposal_approve(proposal, NULL, 0));
    arc_proposal_free(proposal);
    arc_session_close(boss);
    return id;
}

static arc_status apply(arc_session *who, int64_t id, arc_proposal_info *info)
{
    arc_proposal *proposal;
    arc_proposal_info i = ARC_PROPOSAL_INFO_INIT;
    assert_ok(arc_proposal_load(who, &proposal, id));
    arc_status st = arc_proposal_apply(proposal, NULL);
    assert_ok(arc_proposal_describe(proposal, &i));
    *info = i;
    arc_proposal_free(proposal);
    return st;
}

static int64_t rows(people *p, uint32_t entity)
{
    arc_query *q;
    arc_cursor *c;
    int64_t n = 0;
    assert_session(&p->b, arc_query_new(p->b.session, &q, entity));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) n++;
    arc_cursor_free(c);
    arc_query_free(q);
    return n;
}

/* A rule gives nobody power: what one action may not do undoes the others, and nothing has fired. */
static void test_rights_of_who_applies(void **unused)
{
    static people p;
    arc_proposal_info info;
    (void)unused;
    found(&p);
    people_start(&p);
    arc_session *clerk = people_session(p.b.book, "clerk"), *letters = people_session(p.b.book, "cash");
    int64_t id = approved(&p, clerk);
    assert_int_equal(apply(letters, id, &info), ARC_E_FORBIDDEN); /* item.level */
    assert_int_equal(info.n_applied, 0);
    assert_int_equal(rows(&p, ARC_MESSAGE) + rows(&p, ARC_TASK) + rows(&p, ARC_RULE_FIRING), 0);
    assert_int_equal(apply(clerk, id, &info), ARC_OK);
    assert_int_equal(info.n_applied, 5);
    assert_int_equal(rows(&p, ARC_MESSAGE), 1);
    assert_int_equal(rows(&p, ARC_TASK), 1);
    assert_int_equal(rows(&p, ARC_LEVEL_CHANGE), 1);
    assert_int_equal(rows(&p, ARC_RULE_FIRING), 1);
    assert_int_equal(rows(&p, ARC_ITEM), 2);
    (void)apply(clerk, id, &info);
    assert_int_equal(rows(&p, ARC_MESSAGE), 1); /* nothing twice */
    arc_session_close(letters);
    arc_session_close(clerk);
    assert_session(&p.b, arc_book_verify(p.b.book, NULL, NULL, NULL, NULL));
    people_close(&p);
}

/* A change the book wants approved waits; the rest is done, and the line names what waits. */
static void test_what_waits(void **unused)
{
    static people p;
    arc_proposal *proposal;
    arc_proposal_info info;
    int found_it = 0;
    (void)unused;
    found(&p);
    publish(p.b.session, "approval", "segments", "{\"approvals\":[{\"verb\":\"customer.update\",\"fields\":[\"segment\"]}]}");
    people_start(&p);
    arc_session *clerk = people_session(p.b.book, "clerk");
    int64_t id = approved(&p, clerk);
    assert_int_equal(apply(clerk, id, &info), ARC_OK);
    assert_int_equal(info.n_applied, 5);
    assert_ok(arc_proposal_load(clerk, &proposal, id));
    for (uint32_t i = 0; i < 5; i++) {
        arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
        assert_ok(arc_proposal_get(proposal, &l, i));
        found_it |= strcmp(l.result, "{\"pending_change\":1}") == 0;
    }
    assert_true(found_it);
    arc_proposal_free(proposal);
    assert_int_equal(rows(&p, ARC_PENDING_CHANGE), 1);
    arc_session_close(clerk);
    people_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_rights_of_who_applies), cmocka_unit_test(test_what_waits) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
