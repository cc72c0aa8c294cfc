/* SPDX-License-Identifier: Apache-2.0 */
/* Rules: what is due on a day, proposed, approved and applied exactly once; on every backend. */
#include <inttypes.h>

#include "api/rule_world.h"

/* ---- date triggers ---------------------------------------------------------------------------------------------------------------- */

static const char ladder[] =
    "{'rule':'arcore/1','subject':'item','currency':'CNY','if':{'and':[{'in':[{'var':'kind'},['invoiced']]},{'>':[{'var':'open'},'0']}]},"
    "'steps':[{'level':1,'on':{'kind':'date','anchor':'due_date','offset':'P1D'},'then':[]},"
    "{'level':2,'on':{'kind':'date','anchor':'due_date','offset':'P16D'},'if':{'>=':[{'var':'open'},'100.00']},'then':[]},"
    "{'level':3,'on':{'kind':'date','anchor':'previous','offset':'P10D'},'then':[]}]}";

static void due(world *w)
{
    publish(w, "dun", ladder);
    invoice(w, "A-1", 1, 20000, DAY - 3);  /* level 1 */
    invoice(w, "A-2", 1, 20000, DAY - 20); /* levels 1 and 2: the highest */
    invoice(w, "A-3", 2, 5000, DAY - 20);  /* level 1: too small for 2, and so for 3 */
    invoice(w, "A-4", 2, 20000, DAY);      /* tomorrow */
    invoice(w, "A-5", 3, 20000, DAY - 90); /* all three */
    invoice(w, "A-6", 3, 20000, DAY - 90); /* paid */
    assert_session(&w->b, book_receipt(w->s, NULL, "R1", 3, 20000));
    assert_session(&w->b, book_allocate(w->s, NULL, 1, 6, 20000));
    arc_proposal *p = propose(w, DAY, NULL);
    assert_int_equal(lines(p), 4);
    line_is(p, 0, "item:1", "dun", 1, DAY - 2, "draft");
    line_is(p, 1, "item:2", "dun", 2, DAY - 4, "draft");
    line_is(p, 2, "item:3", "dun", 1, DAY - 19, "draft");
    line_is(p, 3, "item:5", "dun", 3, DAY - 90 + 26, "draft");
    arc_proposal_free(p);
    assert_int_equal(count(w, ARC_RULE_FIRING), 0); /* nothing was done */
    p = propose(w, DAY - 3, NULL); /* as of another day */
    assert_int_equal(lines(p), 3);
    line_is(p, 0, "item:2", "dun", 2, DAY - 4, "draft");
    arc_proposal_free(p);
}

/* Stored, approved, applied; then there is nothing more to do, however often it is asked. */
static void life(world *w)
{
    int64_t id;
    publish(w, "dun", ladder);
    invoice(w, "A-1", 1, 20000, DAY - 20);
    invoice(w, "A-2", 1, 20000, DAY - 3);
    invoice(w, "A-3", 1, 20000, DAY - 3);
    arc_proposal *p = propose(w, DAY, NULL), *q = propose(w, DAY, NULL);
    is(p, ARC_OK, arc_proposal_store(p, &id, NULL));
    is(q, ARC_OK, arc_proposal_store(q, NULL, NULL));
    is(p, ARC_OK, arc_proposal_approve(p, NULL, 0));
    is(q, ARC_OK, arc_proposal_approve(q, NULL, 0));
    assert_session(&w->b, book_receipt(w->s, NULL, "R1", 1, 20000));
    assert_session(&w->b, book_allocate(w->s, NULL, 1, 3, 20000)); /* paid meanwhile */
    is(p, ARC_PARTIAL, arc_proposal_apply(p, NULL));
    line_is(p, 0, "item:1", "dun", 2, DAY - 4, "applied");
    line_is(p, 1, "item:2", "dun", 1, DAY - 2, "applied");
    reason_has(p, 2, "stale", "a condition does not hold any more");
    is(p, ARC_PARTIAL, arc_proposal_apply(p, NULL)); /* again */
    is(q, ARC_PARTIAL, arc_proposal_apply(q, NULL)); /* what somebody else has proposed as well */
    reason_has(q, 0, "stale", "it has fired meanwhile");
    assert_int_equal(count(w, ARC_RULE_FIRING), 3); /* level 1 of item 1 was passed over */
    arc_proposal_free(q);
    arc_proposal_free(p);
    assert_session_status(ARC_DONE, &w->b, propose_as(w, &p, DAY, NULL));
    arc_proposal_free(p);
    p = propose(w, DAY + 20, NULL); /* the next level of each */
    assert_int_equal(lines(p), 2);
    line_is(p, 0, "item:1", "dun", 3, DAY + 6, "draft");
    line_is(p, 1, "item:2", "dun", 2, DAY + 13, "draft");
    arc_proposal_free(p);
    publish(w, "dun", ladder); /* a new revision fires nothing again */
    assert_session_status(ARC_DONE, &w->b, propose_as(w, &p, DAY, NULL));
    arc_proposal_free(p);
}

/* A run that was missed does not lose level 1 (invoiceninja#2183): where each level is to be sent, all are, in order, with the days they should have had
 * (killbill#535). */
static void late(world *w)
{
    char text[2000];
    snprintf(text, sizeof text, "{'catch_up':'each',%s", ladder + 1);
    publish(w, "dun", text);
    invoice(w, "A-1", 1, 20000, DAY - 20);
    arc_proposal *p = propose(w, DAY, NULL);
    assert_int_equal(lines(p), 2);
    line_is(p, 0, "item:1", "dun", 1, DAY - 19, "draft");
    line_is(p, 1, "item:1", "dun", 2, DAY - 4, "draft");
    apply(w, p);
    p = propose(w, DAY + 6, NULL); /* counted from when level 2 should have fired */
    line_is(p, 0, "item:1", "dun", 3, DAY + 6, "draft");
    arc_proposal_free(p);
    snprintf(text, sizeof text, "{'catch_up':'one_step',%s", ladder + 1);
    publish(w, "slow", text);
    p = propose(w, DAY, "slow");
    assert_int_equal(lines(p), 1);
    line_is(p, 0, "item:1", "slow", 1, DAY - 19, "draft");
    apply(w, p);
    assert_session_status(ARC_DONE, &w->b, propose_as(w, &p, DAY, "slow")); /* once a day */
    arc_proposal_free(p);
    p = propose(w, DAY + 1, "slow");
    line_is(p, 0, "item:1", "slow", 2, DAY - 4, "draft");
    arc_proposal_free(p);
}

/* An item that opens again begins anew; so does one whose due date was moved. */
static void episodes(world *w)
{
    publish(w, "dun", ladder);
    invoice(w, "A-1", 1, 20000, DAY - 20);
    invoice(w, "A-2", 1, 20000, DAY - 20);
    arc_proposal *p = propose(w, DAY, NULL);
    apply(w, p);
    assert_int_equal(count(w, ARC_RULE_FIRING), 4);
    assert_session(&w->b, book_receipt(w->s, NULL, "R1", 1, 20000));
    int64_t allocation;
    assert_session(&w->b, book_allocate(w->s, &allocation, 1, 1, 20000));
    assert_session(&w->b, arc_allocation_reverse(w->s, NULL, allocation, DAY, "bounced"));
    p = propose(w, DAY, NULL);
    assert_int_equal(lines(p), 1);
    line_is(p, 0, "item:1", "dun", 2, DAY - 4, "draft");
    apply(w, p);
    assert_int_equal(count(w, ARC_RULE_FIRING), 6);
    assert_session(&w->b, arc_item_extend(w->s, NULL, 2, DAY + 5, DAY, "agreed"));
    assert_session_status(ARC_DONE, &w->b, propose_as(w, &p, DAY, NULL));
    arc_proposal_free(p);
    session_on(w, DAY + 6);
    p = propose(w, DAY + 6, NULL);
    assert_int_equal(lines(p), 2);
    line_is(p, 0, "item:1", "dun", 3, DAY + 6, "draft"); /* ten days after level 2 of the new episode should have fired */
    line_is(p, 1, "item:2", "dun", 1, DAY + 6, "draft");
    arc_proposal_free(p);
}

/* Actions, what has fired and the message in the outbox come together or not at all. */
static void together(world *w)
{
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
    int64_t rule = publish_as(w, "validation", "names", "{'entity':'customer','rules':[{'name':'no_late','check':{'!=':[{'var':'segment'},'late']},'message':{'en':'not late','zh':'不可'}}]}");
    publish(w, "warn", "{'rule':'arcore/1','subject':'customer','on':{'kind':'threshold','over':{'!=':[{'var':'code'},'?']},'rearm':{'==':[{'var':'code'},'?']}},"
                       "'then':[{'type':'message','params':{'to':{'address':'ar@example.com'},'channels':['email'],'subject':'{{code}}','body':'{{legal_name}}'}},"
                       "{'type':'set','params':{'values':{'segment':'late'}}}]}");
    o.as_of = DAY;
    o.entity = ARC_CUSTOMER;
    o.rows = &(int64_t){ 2 };
    o.n_rows = 1;
    arc_proposal *p;
    for (int round = 0; round < 2; round++) {
        assert_session(&w->b, arc_rule_propose(w->s, &p, &o));
        assert_int_equal(lines(p), 2);
        is(p, ARC_OK, arc_proposal_store(p, NULL, NULL));
        is(p, ARC_OK, arc_proposal_approve(p, NULL, 0));
        is(p, round ? ARC_OK : ARC_PARTIAL, arc_proposal_apply(p, NULL));
        assert_int_equal(count(w, ARC_RULE_FIRING), round);
        assert_int_equal(count(w, ARC_MESSAGE), round);
        if (!round) reason_has(p, 0, "stale", "not late");
        if (round) is(p, ARC_OK, arc_proposal_get(p, &l, 0));
        if (round) assert_non_null(strstr(l.result, "\"message\":"));
        arc_proposal_free(p);
        if (!round) assert_session(&w->b, arc_definition_retire(w->s, rule));
    }
    assert_session_status(ARC_DONE, &w->b, arc_rule_propose(w->s, &p, &o));
    arc_proposal_free(p);
}

/* Lines of one firing decided one after the other: it fires once. */
static void in_parts(world *w)
{
    const uint32_t first = 0, second = 1;
    publish(w, "two", "{'rule':'arcore/1','subject':'item','on':{'kind':'date','anchor':'due_date'},'then':[{'type':'level'},{'type':'flag','params':{'kind':'legal'}}]}");
    invoice(w, "A-1", 1, 20000, DAY);
    arc_proposal *p = propose(w, DAY, NULL);
    is(p, ARC_OK, arc_proposal_store(p, NULL, NULL));
    is(p, ARC_OK, arc_proposal_approve(p, &first, 1));
    is(p, ARC_OK, arc_proposal_apply(p, NULL));
    assert_int_equal(count(w, ARC_RULE_FIRING), 1);
    is(p, ARC_OK, arc_proposal_approve(p, &second, 1));
    is(p, ARC_OK, arc_proposal_apply(p, NULL));
    assert_int_equal(count(w, ARC_RULE_FIRING), 1);
    assert_int_equal(count(w, ARC_FLAG), 1);
    arc_proposal_free(p);
}

/* ---- told without being done ------------------------------------------------------------------------------------------------------ */

static void has(const char *text, const char *words)
{
    if (!strstr(text, words)) fail_msg("%s\nis not in\n%s", words, text);
}

static void explained(world *w)
{
    char text[8000];
    size_t n = sizeof text;
    publish(w, "dun", ladder);
    invoice(w, "A-1", 1, 9000, DAY - 20);
    assert_session(&w->b, arc_rule_explain(w->s, text, &n, "dun", 1, DAY));
    has(text, "{\"rule\":\"dun\",\"revision\":1,\"entity\":\"item\",\"row\":1,");
    has(text, "{\"level\":1,\"on\":\"date\",\"outcome\":\"due\",\"mark\":\"0@");
    has(text, "\"late_days\":19");
    has(text, "{\"level\":2,\"on\":\"date\",\"outcome\":\"false\"");
    has(text, "\"left\":\"90.00 CNY\",\"right\":\"100.00 CNY\",\"result\":false");
    has(text, "{\"level\":3,\"on\":\"date\",\"outcome\":\"none\"");
    arc_proposal *p = propose(w, DAY, NULL);
    apply(w, p);
    n = sizeof text;
    assert_session(&w->b, arc_rule_explain(w->s, text, &n, "dun", 1, DAY));
    has(text, "\"outcome\":\"fired_before\"");
    has(text, "\"fired\":{\"on\":\"2026-04-11\",\"status\":\"fired\"}");
    n = sizeof text;
    assert_session_status(ARC_E_NOT_FOUND, &w->b, arc_rule_explain(w->s, text, &n, "dun", 9, DAY));
    n = sizeof text;
    assert_session_status(ARC_E_NOT_FOUND, &w->b, arc_rule_explain(w->s, text, &n, "nix", 1, DAY));
    n = 10;
    assert_session_status(ARC_E_BUFFER, &w->b, arc_rule_explain(w->s, text, &n, "dun", 1, DAY));
}

/* What a simulation tells of each day is what runs on each day do. */
static void simulated(world *w)
{
    char text[2000], told[20000], rule[2200] = { 0 };
    size_t n = sizeof told;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    for (int i = 0; i < 10; i++) {
        char number[16];
        snprintf(number, sizeof number, "A-%d", i);
        invoice(w, number, 1 + i % 3, i % 2 ? 20000 : 5000, DAY - 30 + 6 * i);
    }
    snprintf(text, sizeof text, "{'mode':'apply',%s", ladder + 1);
    strncpy(rule, quoted(text), sizeof rule - 1);
    o.from = DAY;
    o.as_of = DAY + 40;
    assert_session(&w->b, arc_rule_simulate(w->s, told, &n, rule, SIZE_MAX, &o));
    assert_int_equal(count(w, ARC_RULE_FIRING), 0);
    publish(w, "document", text);
    int64_t fires = 0, passed = 0;
    for (arc_date day = DAY; day <= DAY + 40; day++) {
        arc_rule_report report = ARC_RULE_REPORT_INIT;
        arc_rule_options r = ARC_RULE_OPTIONS_INIT;
        r.as_of = day;
        session_on(w, day);
        assert_session(&w->b, arc_rule_run(w->s, &report, NULL, NULL, &r));
        fires += report.fired;
        passed += report.passed;
    }
    assert_true(fires > 8 && passed > 0);
    snprintf(text, sizeof text, "\"fired\":%d,\"passed\":%d,\"errors\":0", (int)fires, (int)passed);
    has(told, text);
    n = sizeof told;
    assert_session(&w->b, arc_rule_simulate(w->s, told, &n, "\"document@1\"", SIZE_MAX, &o)); /* what has fired counts */
    has(told, "\"fired\":0,\"passed\":0");
    o.from = DAY - 2000;
    n = sizeof told;
    assert_session_status(ARC_E_RANGE, &w->b, arc_rule_simulate(w->s, told, &n, NULL, 0, &o));
    o.from = ARC_DATE_NONE;
    n = sizeof told;
    assert_session_status(ARC_E_NOT_FOUND, &w->b, arc_rule_simulate(w->s, told, &n, "\"document@7\"", SIZE_MAX, &o));
    n = sizeof told;
    assert_session_status(ARC_E_REQUIRED, &w->b, arc_rule_simulate(w->s, told, &n, "{}", SIZE_MAX, &o));
}

static void compared(world *w)
{
    char told[20000];
    size_t n = sizeof told;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    publish(w, "dun", ladder);
    publish(w, "dun", "{'rule':'arcore/1','subject':'item','currency':'CNY','if':{'>':[{'var':'open'},'60.00']},'steps':[{'level':1,'on':{'kind':'date','anchor':'due_date','offset':'P3D'},'then':[]}]}");
    invoice(w, "A-1", 1, 20000, DAY - 20); /* level 2: now level 1 */
    invoice(w, "A-2", 2, 20000, DAY - 2);  /* no more */
    invoice(w, "A-3", 3, 5000, DAY - 20);  /* no more */
    o.as_of = DAY;
    assert_session(&w->b, arc_rule_compare(w->s, told, &n, "\"dun@1\"", SIZE_MAX, "\"dun\"", SIZE_MAX, &o));
    has(told, "\"rules\":[{\"rule\":\"dun\",\"same\":0,\"gain\":0,\"lose\":2,\"change\":1}]");
    has(told, "\"change\":[{\"before\":{\"rule\":\"dun\",\"level\":2,\"entity\":\"item\",\"row\":1,");
    n = sizeof told;
    assert_session(&w->b, arc_rule_compare(w->s, told, &n, "\"dun@2\"", SIZE_MAX, "[\"dun@1\"]", SIZE_MAX, &o));
    has(told, "\"gain\":2,\"lose\":0,\"change\":1}]");
}

static void test_together(void **unused) { (void)unused, on_all(together); }
static void test_in_parts(void **unused) { (void)unused, on_all(in_parts); }
static void test_explained(void **unused) { (void)unused, on_all(explained); }
static void test_simulated(void **unused) { (void)unused, on_all(simulated); }
static void test_compared(void **unused) { (void)unused, on_all(compared); }
static void test_due(void **unused) { (void)unused, on_all(due); }
static void test_life(void **unused) { (void)unused, on_all(life); }
static void test_late(void **unused) { (void)unused, on_all(late); }
static void test_episodes(void **unused) { (void)unused, on_all(episodes); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_due), cmocka_unit_test(test_life), cmocka_unit_test(test_late), cmocka_unit_test(test_episodes),
        cmocka_unit_test(test_together), cmocka_unit_test(test_in_parts), cmocka_unit_test(test_explained), cmocka_unit_test(test_simulated), cmocka_unit_test(test_compared),
    };
    return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
