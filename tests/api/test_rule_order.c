/* SPDX-License-Identifier: Apache-2.0 */
/* Rules and each other: groups in the course of a day, events about rows that have moved on, rules that set each other off, how far events were read. On
 * every backend. */
#include <inttypes.h>

#include "api/rule_world.h"
#include "rules/rule_impl.h"

static arc_error last;
static uint32_t n_told;

static int32_t take_fault(void *user, const arc_error *e)
{
    last = *e;
    n_told++;
    (void)user;
    return 0;
}

static arc_rule_report run_as(world *w, arc_status expected, arc_date as_of)
{
    arc_rule_report report = ARC_RULE_REPORT_INIT;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    o.as_of = as_of;
    session_on(w, as_of);
    n_told = 0;
    assert_session_status(expected, &w->b, arc_rule_run(w->s, &report, take_fault, NULL, &o));
    return report;
}

static arc_rule_report run(world *w, arc_date as_of) { return run_as(w, ARC_OK, as_of); }

/* "first item:1 L1; ..." in the order they were written; "-" in front of what was passed over. */
static const char *fired(world *w)
{
    static char text[4000];
    static const arc_field_id fields[] = { ARC_RULE_FIRING_POLICY, ARC_RULE_FIRING_ROW, ARC_RULE_FIRING_STATUS };
    arc_query *q;
    arc_cursor *c;
    size_t at = 0;
    text[0] = 0;
    assert_session(&w->b, arc_query_new(w->s, &q, ARC_RULE_FIRING));
    assert_ok(arc_query_select(q, fields, 3));
    assert_session(&w->b, arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        const char *policy, *status;
        size_t n, k;
        int64_t row;
        assert_ok(arc_cursor_get_text(c, &policy, &n, 0));
        assert_ok(arc_cursor_get_int(c, &row, 1));
        assert_ok(arc_cursor_get_text(c, &status, &k, 2));
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%s%.*s:%" PRId64, at ? " " : "", status[0] == 'p' ? "-" : "", (int)n, policy, row);
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return text;
}

static void update(world *w, uint32_t entity, int64_t id, const char *json)
{
    arc_record *r;
    assert_session(&w->b, arc_session_get(w->s, &r, entity, id));
    assert_ok(arc_record_set_json(r, quoted(json), SIZE_MAX));
    assert_session(&w->b, arc_session_update(w->s, r));
    arc_record_free(r);
}

static int64_t add(world *w, uint32_t entity, const char *json)
{
    arc_record *r;
    int64_t id;
    assert_session(&w->b, arc_record_new(w->s, &r, entity));
    assert_ok(arc_record_set_json(r, quoted(json), SIZE_MAX));
    assert_session(&w->b, arc_session_insert(w->s, &id, r));
    arc_record_free(r);
    return id;
}

static void explained(world *w, const char *code, int64_t row, arc_date day, const char *words)
{
    static char text[20000];
    size_t n = sizeof text;
    uint32_t sealed = 0;
    assert_session(&w->b, arc_audit_seal(w->s, &sealed, 0)); /* explaining writes nothing: on a server events wait for their seals */
    assert_session(&w->b, arc_rule_explain(w->s, text, &n, code, row, day));
    if (!strstr(text, words)) fail_msg("%s: %s", words, text);
}

/* ---- groups ------------------------------------------------------------------------------------------------------------------------- */

#define GROUPED "{'rule':'arcore/1','subject':'customer','mode':'%s','group':'g','priority':%d,'on':{'kind':'change','field':'%s'},'then':[]}"

static void grouped(world *w, const char *code, const char *mode, int priority, const char *field)
{
    char text[600];
    snprintf(text, sizeof text, GROUPED, mode, priority, field);
    publish(w, code, text);
}

/* What becomes due behind one that has fired that day is passed over for good; what goes before it waits for the next day. */
static void course_of_a_day(world *w)
{
    grouped(w, "high", "apply", 3, "remark");
    grouped(w, "mid", "apply", 2, "short_name");
    grouped(w, "low", "apply", 1, "industry");
    update(w, ARC_CUSTOMER, 1, "{'short_name':'a'}");
    assert_int_equal(run(w, DAY).fired, 1);
    update(w, ARC_CUSTOMER, 1, "{'industry':'a'}");
    update(w, ARC_CUSTOMER, 1, "{'remark':'a'}");
    explained(w, "low", 1, DAY, "another rule of its group has fired today");
    explained(w, "high", 1, DAY, "tomorrow: another rule of its group has fired today");
    arc_rule_report report = run(w, DAY);
    assert_int_equal(report.fired, 0);
    assert_int_equal(report.passed, 1);
    assert_int_equal(report.held, 1);
    assert_string_equal(fired(w), "mid:1 -low:1");
    report = run(w, DAY);
    assert_int_equal(report.passed, 0);
    report = run(w, DAY + 1);
    assert_int_equal(report.fired, 1);
    assert_string_equal(fired(w), "mid:1 -low:1 high:1");
    assert_int_equal(run(w, DAY + 2).fired, 0);
}

/* What people have to decide goes before what happens by itself: it waits for them, and is done when they have decided for it or the cause has gone. */
static void people_first(world *w)
{
    publish(w, "ask", "{'rule':'arcore/1','subject':'customer','mode':'propose','group':'g','priority':2,'if':{'!=':[{'var':'status'},'blocked']},'on':{'kind':'change','field':'remark'},'then':[]}");
    grouped(w, "do", "apply", 1, "remark");
    update(w, ARC_CUSTOMER, 1, "{'remark':'a'}");
    update(w, ARC_CUSTOMER, 2, "{'remark':'a'}");
    for (int i = 0; i < 3; i++) {
        arc_rule_report report = run(w, DAY + i);
        assert_int_equal(report.fired + report.passed, 0);
        assert_int_equal(report.waiting, 2);
        assert_int_equal(report.held, 2);
    }
    explained(w, "do", 1, DAY + 2, "people first decide about another rule of its group");
    arc_proposal *p = propose(w, DAY + 2, NULL);
    assert_int_equal(lines(p), 2);
    arc_proposal_free(p);
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    const int64_t one = 1;
    o.as_of = DAY + 2;
    o.entity = ARC_CUSTOMER;
    o.rows = &one;
    o.n_rows = 1;
    assert_session(&w->b, arc_rule_propose(w->s, &p, &o));
    apply(w, p);
    assert_string_equal(fired(w), "ask:1 -do:1");
    update(w, ARC_CUSTOMER, 2, "{'status':'blocked'}");
    assert_int_equal(run(w, DAY + 3).fired, 1);
    assert_string_equal(fired(w), "ask:1 -do:1 do:2");
}

/* Nothing is passed over by what was not done: neither in the book nor in a simulation. */
static void not_done(world *w)
{
    static char text[20000];
    size_t n = sizeof text;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    publish(w, "high", "{'rule':'arcore/1','subject':'item','currency':'CNY','mode':'apply','group':'g','priority':2,'on':{'kind':'date','anchor':'due_date','offset':'P1D'},"
                       "'then':[{'type':'fee','params':{'number':'Z','amount':{'/':[{'var':'amount'},{'-':[{'var':'age_days'},{'var':'age_days'}]}]}}}]}");
    publish(w, "low", "{'rule':'arcore/1','subject':'item','currency':'CNY','mode':'apply','group':'g','priority':1,'on':{'kind':'date','anchor':'due_date','offset':'P1D'},'then':[]}");
    invoice(w, "A-1", 1, 1000, DAY - 3);
    o.as_of = DAY;
    assert_session(&w->b, arc_rule_simulate(w->s, text, &n, NULL, 0, &o));
    if (!strstr(text, "\"fired\":0,\"passed\":0,\"errors\":1")) fail_msg("%s", text);
    arc_rule_report report = run_as(w, ARC_PARTIAL, DAY);
    assert_int_equal(report.fired + report.passed, 0);
    assert_int_equal(n_told, 1);
    assert_string_equal(fired(w), "");
}

/* ---- events --------------------------------------------------------------------------------------------------------------------------- */

/* An event is about whom its row pointed at when it happened. */
static void moved_on(world *w)
{
    publish(w, "m", "{'rule':'arcore/1','subject':'customer_group','mode':'apply','on':{'kind':'change','entity':'customer','field':'short_name','via':'customer_group'},'then':[]}");
    publish(w, "v", "{'rule':'arcore/1','subject':'customer_group','mode':'apply','on':{'kind':'change','entity':'customer','verb':'customer.update','via':'customer_group'},'then':[]}");
    for (int i = 0; i < 3; i++) (void)add(w, ARC_CUSTOMER_GROUP, i == 0 ? "{'code':'A','name':'a'}" : i == 1 ? "{'code':'B','name':'b'}" : "{'code':'C','name':'c'}");
    int64_t own = add(w, ARC_CUSTOMER, "{'code':'M1','legal_name':'n','customer_group':1,'short_name':'x'}"), other = add(w, ARC_CUSTOMER, "{'code':'M2','legal_name':'n','customer_group':1}");
    update(w, ARC_CUSTOMER, own, "{'short_name':'y'}");
    update(w, ARC_CUSTOMER, own, "{'customer_group':2}");
    update(w, ARC_CUSTOMER, own, "{'customer_group':3,'short_name':'z'}");
    update(w, ARC_CUSTOMER, own, "{'customer_group':null}");
    update(w, ARC_CUSTOMER, other, "{'short_name':'q'}");
    update(w, ARC_CUSTOMER, 1, "{'customer_group':2,'short_name':'r'}");
    (void)run(w, DAY);
    /* m: made and changed (1), changed on its way to 3, the other one (1), on its way to 2. v: 1, 2, 3, none, 1, 2. */
    assert_string_equal(fired(w), "m:1 m:1 m:1 v:1 v:1 m:2 v:2 v:2 m:3 v:3");
}

/* Rules that set each other off come to an end, and somebody hears of it. */
static void in_a_circle(world *w)
{
    publish(w, "a", "{'rule':'arcore/1','subject':'customer','mode':'apply','on':{'kind':'change','field':'short_name','to':'a'},'then':[{'type':'set','params':{'values':{'short_name':'b'}}}]}");
    publish(w, "b", "{'rule':'arcore/1','subject':'customer','mode':'apply','on':{'kind':'change','field':'short_name','to':'b'},'then':[{'type':'set','params':{'values':{'short_name':'a'}}}]}");
    update(w, ARC_CUSTOMER, 1, "{'short_name':'a'}");
    int64_t n = 0;
    for (int i = 0; i < ARCI_RULE_CHAIN; i++) n += run(w, DAY + i).fired;
    assert_int_equal(n, ARCI_RULE_CHAIN);
    explained(w, "a", 1, DAY + 20, "rules set each other off too often");
    arc_rule_report report = run_as(w, ARC_PARTIAL, DAY + 20);
    assert_int_equal(report.fired, 0);
    assert_int_equal(report.failed, 1);
    assert_int_equal(last.status, ARC_E_LIMIT);
    assert_string_equal(last.message, "rule a: rules set each other off more than 10 times in a row");
    assert_int_equal(run(w, DAY + 21).failed, 0); /* told once */
    update(w, ARC_CUSTOMER, 1, "{'short_name':'c'}"); /* what a person does begins anew */
    update(w, ARC_CUSTOMER, 1, "{'short_name':'a'}");
    assert_int_equal(run(w, DAY + 22).fired, 1);
}

/* Who only proposes reads on, too: what did not hold when it was looked at is over. */
static void reads_on(world *w)
{
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    arc_proposal *p;
    publish(w, "ask", "{'rule':'arcore/1','subject':'customer','if':{'!=':[{'var':'status'},'blocked']},'on':{'kind':'change','field':'remark'},'then':[]}");
    update(w, ARC_CUSTOMER, 1, "{'remark':'a'}");
    update(w, ARC_CUSTOMER, 2, "{'remark':'a','status':'blocked'}");
    o.as_of = DAY;
    o.flags = ARC_RULE_SWEEP;
    assert_session(&w->b, arc_rule_propose(w->s, &p, &o));
    assert_int_equal(lines(p), 1);
    arc_proposal_free(p);
    update(w, ARC_CUSTOMER, 2, "{'status':'active'}"); /* the first one still waits, so both are read again */
    assert_session(&w->b, arc_rule_propose(w->s, &p, &o));
    uint32_t first = lines(p);
    apply(w, p);
    assert_session_status(ARC_DONE, &w->b, arc_rule_propose(w->s, &p, &o));
    arc_proposal_free(p);
    assert_true(first >= 1);
    update(w, ARC_CUSTOMER, 3, "{'remark':'b','status':'blocked'}");
    assert_session_status(ARC_DONE, &w->b, arc_rule_propose(w->s, &p, &o));
    arc_proposal_free(p);
    update(w, ARC_CUSTOMER, 3, "{'status':'active'}");
    assert_session_status(ARC_DONE, &w->b, arc_rule_propose(w->s, &p, &o));
    arc_proposal_free(p);
}

/* ---- interest ---------------------------------------------------------------------------------------------------------------------------- */

static void fees(world *w, const char *expected)
{
    static const arc_field_id fields[] = { ARC_ITEM_NUMBER, ARC_ITEM_AMOUNT };
    char text[1000];
    arc_query *q;
    arc_cursor *c;
    size_t at = 0;
    text[0] = 0;
    assert_session(&w->b, arc_query_new(w->s, &q, ARC_ITEM));
    assert_ok(arc_query_select(q, fields, 2));
    assert_session(&w->b, arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        const char *number;
        size_t n;
        arc_money m;
        assert_ok(arc_cursor_get_text(c, &number, &n, 0));
        assert_ok(arc_cursor_get_money(c, &m, 1));
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%.*s %d", at ? " " : "", (int)n, number, (int)m.minor);
    }
    arc_cursor_free(c);
    arc_query_free(q);
    assert_string_equal(text, expected);
}

/* No day is charged twice, whether firings come one after the other or together. */
static void interest(world *w)
{
    publish(w, "z", "{'rule':'arcore/1','subject':'item','currency':'CNY','mode':'apply','catch_up':'each','if':{'==':[{'var':'kind'},'invoiced']},'steps':["
                    "{'level':1,'on':{'kind':'date','anchor':'due_date','offset':'P10D'},'then':[{'type':'interest','params':{'number':'Z-{{number}}-1','rate':'7.3'}}]},"
                    "{'level':2,'on':{'kind':'date','anchor':'due_date','offset':'P40D'},'then':[{'type':'interest','params':{'number':'Z-{{number}}-2','rate':'7.3'}}]}]}");
    invoice(w, "A", 1, 1000000, DAY - 10); /* 2.00 a day */
    invoice(w, "B", 1, 1000000, DAY - 45);
    assert_int_equal(run(w, DAY).fired, 3);
    fees(w, "A 1000000 B 1000000 Z-A-1 2000 Z-B-1 9000");
    assert_int_equal(run(w, DAY + 30).fired, 1);
    fees(w, "A 1000000 B 1000000 Z-A-1 2000 Z-B-1 9000 Z-A-2 6000");
    assert_int_equal(run(w, DAY + 60).fired, 0);
}

/* What was charged since a proposal was made is seen when it is applied. */
static void interest_proposed(world *w)
{
    arc_proposal *early, *late;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    publish(w, "z", "{'rule':'arcore/1','subject':'item','currency':'CNY','if':{'==':[{'var':'kind'},'invoiced']},'steps':["
                    "{'level':1,'on':{'kind':'date','anchor':'due_date','offset':'P10D'},'then':[{'type':'interest','params':{'number':'Z-{{number}}-1','rate':'7.3'}}]},"
                    "{'level':2,'on':{'kind':'date','anchor':'due_date','offset':'P12D'},'then':[{'type':'interest','params':{'number':'Z-{{number}}-2','rate':'7.3'}}]}]}");
    invoice(w, "A", 1, 1000000, DAY - 10);
    o.as_of = DAY;
    assert_session(&w->b, arc_rule_propose(w->s, &early, &o));
    apply(w, early);
    o.as_of = DAY + 2;
    session_on(w, DAY + 2);
    assert_session(&w->b, arc_rule_propose(w->s, &late, &o));
    apply(w, late);
    fees(w, "A 1000000 Z-A-1 2000 Z-A-2 400");
}

static void test_course(void **state) { (void)state, on_all(course_of_a_day); }
static void test_people(void **state) { (void)state, on_all(people_first); }
static void test_not_done(void **state) { (void)state, on_all(not_done); }
static void test_moved(void **state) { (void)state, on_all(moved_on); }
static void test_circle(void **state) { (void)state, on_all(in_a_circle); }
static void test_reads(void **state) { (void)state, on_all(reads_on); }
static void test_interest(void **state) { (void)state, on_all(interest), on_all(interest_proposed); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_course), cmocka_unit_test(test_people), cmocka_unit_test(test_not_done), cmocka_unit_test(test_moved), cmocka_unit_test(test_circle), cmocka_unit_test(test_reads), cmocka_unit_test(test_interest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
