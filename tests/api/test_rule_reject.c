/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody rejected is not proposed day after day, and can be asked for again; what was approved is done as it was approved, whatever became of its template. On every backend. */
#include "api/rule_world.h"

#define TWO "'then':[{'type':'level'},{'type':'task','params':{'title':'{{number}}','assignee':{'user':'boss'}}}]"
static const char LADDER[] = "{'rule':'arcore/1','subject':'item','currency':'CNY','if':{'>':[{'var':'open'},'0']},'steps':[{'level':1,'on':{'kind':'date','anchor':'due_date'}," TWO "},"
                             "{'level':2,'on':{'kind':'date','anchor':'previous','offset':'P10D'},'then':[]}]}";

static arc_status again(world *w, arc_proposal **p, arc_date as_of, uint32_t flags)
{
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    o.as_of = as_of;
    o.flags = flags;
    return arc_rule_propose(w->s, p, &o);
}

static void user(world *w)
{
    arc_record *r;
    assert_session(&w->b, arc_record_new(w->s, &r, ARC_USER_ACCOUNT));
    assert_ok(arc_record_set_json(r, "{\"code\":\"boss\",\"name\":\"Boss\",\"kind\":\"person\",\"disabled\":false}", SIZE_MAX));
    assert_session(&w->b, arc_session_insert(w->s, NULL, r));
    arc_record_free(r);
}

static char told[100000];

static int has(arc_proposal *p, const char *words)
{
    size_t n = sizeof told;
    is(p, ARC_OK, arc_proposal_json(p, told, &n));
    return strstr(told, words) != NULL;
}

static void nothing(world *w, arc_date as_of)
{
    arc_proposal *p;
    for (uint32_t flags = 0; flags <= ARC_RULE_SWEEP; flags++) {
        assert_session_status(ARC_DONE, &w->b, again(w, &p, as_of, flags));
        if (!flags && !has(p, "\"en\":\"rejected by system on 2026-04-11\"")) fail_msg("%s", told);
        arc_proposal_free(p);
    }
}

static void remembered(world *w)
{
    arc_proposal *p;
    char json[4000];
    size_t n = sizeof json;
    user(w);
    publish(w, "dun", LADDER);
    invoice(w, "A-1", 1, 1000, DAY - 5);
    p = propose(w, DAY, NULL);
    assert_int_equal(lines(p), 2);
    is(p, ARC_OK, arc_proposal_store(p, NULL, NULL));
    is(p, ARC_OK, arc_proposal_reject(p, (const uint32_t[]){ 0 }, 1, "not this one"));
    assert_int_equal(count(w, ARC_RULE_FIRING), 0); /* the other line is to be decided */
    is(p, ARC_OK, arc_proposal_reject(p, NULL, 0, "nor this"));
    arc_proposal_free(p);
    assert_int_equal(count(w, ARC_RULE_FIRING), 1);
    nothing(w, DAY);
    nothing(w, DAY + 4);
    assert_session(&w->b, arc_rule_explain(w->s, json, &n, "dun", 1, DAY));
    assert_non_null(strstr(json, "\"outcome\":\"rejected\""));
    p = propose(w, DAY + 5, NULL); /* the ladder goes on */
    assert_int_equal(lines(p), 1);
    line_is(p, 0, "item:1", "dun", 2, DAY + 5, "draft");
    arc_proposal_free(p);
    assert_session(&w->b, again(w, &p, DAY, ARC_RULE_REJECTED)); /* wanted after all */
    assert_int_equal(lines(p), 2);
    apply(w, p);
    assert_int_equal(count(w, ARC_RULE_FIRING), 1);
    assert_int_equal(count(w, ARC_TASK), 1);
    assert_session_status(ARC_DONE, &w->b, again(w, &p, DAY, ARC_RULE_REJECTED));
    assert_false(has(p, "rejected by"));
    arc_proposal_free(p);
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    o.flags = ARC_RULE_REJECTED | ARC_RULE_SWEEP;
    assert_session_status(ARC_E_INVALID, &w->b, arc_rule_propose(w->s, &p, &o));
    o.flags = ARC_RULE_REJECTED;
    assert_session_status(ARC_E_INVALID, &w->b, arc_rule_run(w->s, NULL, NULL, NULL, &o));
}

/* A line that was dropped before it was stored; one whose firing goes on with the other line. */
static void in_part(world *w)
{
    arc_proposal *p;
    user(w);
    publish(w, "dun", LADDER);
    invoice(w, "A-1", 1, 1000, DAY - 5);
    invoice(w, "A-2", 2, 1000, DAY - 5);
    p = propose(w, DAY, NULL);
    assert_int_equal(lines(p), 4);
    is(p, ARC_OK, arc_proposal_drop(p, 0, "no"));
    is(p, ARC_OK, arc_proposal_drop(p, 1, "no"));
    is(p, ARC_OK, arc_proposal_drop(p, 2, "no"));
    is(p, ARC_OK, arc_proposal_store(p, NULL, NULL));
    is(p, ARC_OK, arc_proposal_approve(p, NULL, 0));
    is(p, ARC_OK, arc_proposal_apply(p, NULL));
    arc_proposal_free(p);
    assert_int_equal(count(w, ARC_RULE_FIRING), 2); /* one rejected, one fired */
    assert_int_equal(count(w, ARC_TASK), 1);
    nothing(w, DAY);
}

/* Two proposals of one step: what is rejected in one is stale in the other. */
static void meanwhile(world *w)
{
    arc_proposal *p, *q;
    user(w);
    publish(w, "dun", LADDER);
    invoice(w, "A-1", 1, 1000, DAY - 5);
    p = propose(w, DAY, NULL);
    q = propose(w, DAY, NULL);
    is(p, ARC_OK, arc_proposal_store(p, NULL, NULL));
    is(q, ARC_OK, arc_proposal_store(q, NULL, NULL));
    is(p, ARC_OK, arc_proposal_approve(p, NULL, 0));
    is(q, ARC_OK, arc_proposal_reject(q, NULL, 0, "no"));
    is(p, ARC_PARTIAL, arc_proposal_apply(p, NULL));
    reason_has(p, 0, "stale", "rejected meanwhile");
    arc_proposal_free(p);
    arc_proposal_free(q);
}

/* A crossing that was rejected is over; the next one is another. */
static void crossed(world *w)
{
    int64_t receipt;
    arc_proposal *p;
    publish(w, "high", "{'rule':'arcore/1','subject':'customer','currency':'CNY','on':{'kind':'threshold','value':{'sum':[{'var':'items'},{'var':'open'}]},'above':'1000.00','rearm':'500.00'},'then':[]}");
    invoice(w, "A-1", 1, 120000, DAY);
    p = propose(w, DAY, NULL);
    assert_int_equal(lines(p), 1);
    is(p, ARC_OK, arc_proposal_store(p, NULL, NULL));
    is(p, ARC_OK, arc_proposal_reject(p, NULL, 0, "known"));
    arc_proposal_free(p);
    nothing(w, DAY);
    assert_session(&w->b, book_receipt(w->s, &receipt, "R1", 1, 100000));
    assert_session(&w->b, book_allocate(w->s, NULL, receipt, 1, 100000));
    session_on(w, DAY + 1);
    assert_session(&w->b, arc_rule_run(w->s, NULL, NULL, NULL, NULL)); /* armed again */
    invoice(w, "A-2", 1, 120000, DAY);
    p = propose(w, DAY + 2, NULL);
    assert_int_equal(lines(p), 1);
    arc_proposal_free(p);
}

/* The letter is frozen: its template may go, the rule that wrote it may not. */
static void frozen(world *w)
{
    static const char letter[] = "{'rule':'arcore/1','subject':'item','on':{'kind':'date','anchor':'due_date'},'then':[{'type':'message','params':{'template':'note','to':{'address':'a@b.example'}}}]}";
    static const char note[] = "{'template':'arcore/1','view':{'number':'text'},'variants':[{'channel':'email','language':'en','subject':'{{number}}','body':'{{number}}'}]}";
    for (int retire = 0; retire < 2; retire++) {
        char code[8], number[8];
        snprintf(code, sizeof code, "r%d", retire);
        snprintf(number, sizeof number, "A-%d", retire);
        int64_t template = publish_as(w, "template", "note", note), rule = publish(w, code, letter);
        invoice(w, number, 1, 1000, DAY - 5);
        arc_proposal *p = propose(w, DAY, code);
        uint32_t n = lines(p);
        is(p, ARC_OK, arc_proposal_store(p, NULL, NULL));
        is(p, ARC_OK, arc_proposal_approve(p, NULL, 0));
        assert_session(&w->b, arc_definition_retire(w->s, retire ? rule : template));
        is(p, retire ? ARC_PARTIAL : ARC_OK, arc_proposal_apply(p, NULL));
        assert_int_equal(count(w, ARC_MESSAGE), 1);
        if (retire) reason_has(p, 0, "stale", "was retired");
        assert_int_equal(n, retire ? 2 : 1);
        arc_proposal_free(p);
    }
}

#define ON_ALL(name) static void test_##name(void **unused) { (void)unused, on_all(name); }
ON_ALL(remembered) ON_ALL(in_part) ON_ALL(meanwhile) ON_ALL(crossed) ON_ALL(frozen)

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_remembered), cmocka_unit_test(test_in_part), cmocka_unit_test(test_meanwhile), cmocka_unit_test(test_crossed), cmocka_unit_test(test_frozen) };
    return cmocka_run_group_tests_name("rules rejected", tests, NULL, NULL);
}
