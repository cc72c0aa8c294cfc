/* SPDX-License-Identifier: Apache-2.0 */
/* Rules looked at late: what is crossed by growing older has the day it was crossed on, whoever looks when; what holds for some days only is told of when it is published; and
 * explanations tell what has fired from what was passed over, held, suppressed or not reached. */
#include <inttypes.h>

#include "api/rule_world.h"

static uint64_t seed;
static uint32_t dice(uint32_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

static arc_rule_report run_on(world *w, arc_date day, uint32_t flags)
{
    arc_rule_report report = ARC_RULE_REPORT_INIT;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    session_on(w, day);
    o.as_of = day;
    o.flags = flags;
    assert_session(&w->b, arc_rule_run(w->s, &report, show_fault, NULL, &o));
    return report;
}

/* "rule row L1 mark +day;" of all firings, by rule, row, level and mark. */
static const char *fired(world *w)
{
    static char text[60000];
    static const arc_field_id fields[] = { ARC_RULE_FIRING_POLICY, ARC_RULE_FIRING_ROW, ARC_RULE_FIRING_LEVEL, ARC_RULE_FIRING_MARK, ARC_RULE_FIRING_EFFECTIVE_DATE, ARC_RULE_FIRING_STATUS };
    arc_query *q;
    arc_cursor *c;
    size_t at = 0;
    text[0] = 0;
    assert_session(&w->b, arc_query_new(w->s, &q, ARC_RULE_FIRING));
    assert_ok(arc_query_select(q, fields, 6));
    for (int i = 0; i < 4; i++) assert_ok(arc_query_order(q, fields[i], 0));
    assert_session(&w->b, arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        const char *policy, *mark, *status;
        size_t n, k, l;
        int64_t row, level;
        arc_date day;
        assert_ok(arc_cursor_get_text(c, &policy, &n, 0));
        assert_ok(arc_cursor_get_int(c, &row, 1));
        assert_ok(arc_cursor_get_int(c, &level, 2));
        assert_ok(arc_cursor_get_text(c, &mark, &k, 3));
        assert_ok(arc_cursor_get_date(c, &day, 4));
        assert_ok(arc_cursor_get_text(c, &status, &l, 5));
        at += (size_t)snprintf(text + at, sizeof text - at, "%.*s %" PRId64 " L%" PRId64 " %.*s %+d%s;", (int)n, policy, row, level, (int)k, mark, (int)(day - DAY), status[0] == 'p' ? " passed" : "");
        assert_true(at < sizeof text);
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return text;
}

static void explanation_has(world *w, const char *code, int64_t row, arc_date day, const char *words)
{
    char text[16000];
    size_t n = sizeof text;
    assert_session(&w->b, arc_rule_explain(w->s, text, &n, code, row, day));
    if (!strstr(text, quoted(words))) fail_msg("%s\n... has no\n%s", text, words);
}

/* ---- the day that counts ---------------------------------------------------------------------------------------------------------- */

#define OVERDUE "{'sum':[{'var':'items'},{'var':'open'},{'>':[{'var':'days_overdue'},0]}]}"
static const char threshold[] = "{'rule':'arcore/1','subject':'customer','currency':'CNY','mode':'apply','on':{'kind':'threshold','value':" OVERDUE ",'above':'150.00','rearm':'80.00'},'then':[]}";

static void crossed(world *w)
{
    publish(w, "sum", threshold);
    invoice(w, "A-1", 1, 10000, DAY + 2);
    invoice(w, "A-2", 1, 10000, DAY + 9); /* the sum is above from the day after on */
    assert_int_equal(run_on(w, DAY, 0).fired, 0);
    explanation_has(w, "sum", 1, DAY, "'outcome':'none','mark':'n0','en':'it was not crossed: the bound is not reached'");
    explanation_has(w, "sum", 1, DAY + 20, "'outcome':'due','mark':'n0','day':'2026-04-21','late_days':10");
    assert_int_equal(run_on(w, DAY + 20, ARC_RULE_SWEEP).fired, 1);
    assert_string_equal(fired(w), "sum 1 L1 n0 +10;");
    explanation_has(w, "sum", 1, DAY + 21, "'outcome':'fired_before','mark':'n0','day':'2026-04-21'");
    explanation_has(w, "sum", 1, DAY + 21, "it has fired, for 2026-04-21; it fires again once the other bound was seen");
    explanation_has(w, "sum", 1, DAY + 21, "'fired':{'on':'2026-05-01','status':'fired'}");
    explanation_has(w, "sum", 1, DAY + 21, "'rearm':{'result':false");
}

/* What holds because something changed has the day it was seen on. */
static void changed(world *w)
{
    publish(w, "many", "{'rule':'arcore/1','subject':'customer','currency':'CNY','mode':'apply','on':{'kind':'threshold','over':{'>':[{'count':[{'var':'items'}]},1]},'rearm':{'==':[{'count':[{'var':'items'}]},0]}},'then':[]}");
    publish(w, "old", "{'rule':'arcore/1','subject':'customer','currency':'CNY','mode':'apply','on':{'kind':'threshold','over':{'or':[{'>':[{'count':[{'var':'items'}]},1]},{'some':[{'var':'items'},"
                      "{'>':[{'var':'days_overdue'},400]}]}]},'rearm':{'==':[{'count':[{'var':'items'}]},0]}},'then':[]}");
    invoice(w, "A-1", 1, 10000, DAY - 5);
    invoice(w, "A-2", 1, 10000, DAY - 5);
    assert_int_equal(run_on(w, DAY + 3, 0).fired, 2);
    assert_string_equal(fired(w), "many 1 L1 n0 +3;old 1 L1 n0 +3;");
}

/* ---- whenever it is looked at --------------------------------------------------------------------------------------------------------- */

#define RULE(more) "{'rule':'arcore/1','subject':'item','currency':'CNY','mode':'apply'," more "}"

static void publish_all(world *w)
{
    publish(w, "each", RULE("'catch_up':'each','if':{'>':[{'var':'open'},'50.00']},'steps':[{'level':1,'on':{'kind':'date','anchor':'due_date','offset':'P1D'},'then':[]},"
                            "{'level':2,'on':{'kind':'date','anchor':'previous','offset':'P5D'},'if':{'>=':[{'var':'days_overdue'},8]},'then':[]},"
                            "{'level':3,'on':{'kind':'date','anchor':'due_date','offset':'P2W'},'then':[]}]"));
    publish(w, "late", RULE("'if':{'and':[{'>':[{'var':'days_overdue'},3]},{'!':{'<=':[{'var':'days_overdue'},6]}}]},'on':{'kind':'date','anchor':{'month_end':'due_date'}},'then':[]"));
    publish(w, "sum", threshold);
    publish(w, "few", "{'rule':'arcore/1','subject':'customer','currency':'CNY','mode':'apply','on':{'kind':'threshold','over':{'>=':[{'count':[{'var':'items'},{'>':[{'var':'days_overdue'},4]}]},2]},"
                      "'rearm':{'==':[{'count':[{'var':'items'}]},0]}},'then':[]}");
}

/* The same book; with `step` 0 the days between looks are drawn. */
static void a_quarter(world *w, uint64_t book, uint32_t step, char out[60000])
{
    arc_date day = DAY;
    test_book_close(&w->b);
    open_world(w, 0);
    publish_all(w);
    seed = book;
    for (int i = 0; i < 12; i++) {
        char number[16];
        snprintf(number, sizeof number, "A-%d", i);
        invoice(w, number, 1 + dice(3), 4000 + dice(8000), DAY + 1 + (int)dice(40));
    }
    seed = book * 31 + step;
    while (day < DAY + 75) {
        day += step ? (int)step : 1 + (int)dice(15);
        if (day > DAY + 75) day = DAY + 75;
        (void)run_on(w, day, dice(2) && !step ? ARC_RULE_SWEEP : 0);
    }
    memcpy(out, fired(w), 60000);
}

static void whenever(void **state)
{
    static world w;
    static char daily[60000], other[60000];
    (void)state;
    open_world(&w, 0);
    for (uint64_t book = 1; book <= 3; book++) {
        a_quarter(&w, book, 1, daily);
        assert_non_null(strstr(daily, "sum "));
        assert_non_null(strstr(daily, "few "));
        assert_non_null(strstr(daily, "late "));
        a_quarter(&w, book, 7, other);
        assert_string_equal(other, daily);
        for (int k = 0; k < 2; k++) {
            a_quarter(&w, book, 0, other);
            assert_string_equal(other, daily);
        }
    }
    test_book_close(&w.b);
}

/* What holds for some days only fires where somebody looks on one of them, with its own day all the same. */
static void some_days(world *w)
{
    publish(w, "short", RULE("'if':{'<=':[{'var':'days_overdue'},4]},'on':{'kind':'date','anchor':'due_date','offset':'P1D'},'then':[]"));
    invoice(w, "A-1", 1, 10000, DAY);
    invoice(w, "A-2", 1, 10000, DAY + 4);
    assert_int_equal(run_on(w, DAY + 7, 0).fired, 1); /* the first was over by then */
    assert_string_equal(fired(w), "short 2 L1 0@2026-04-15 +5;");
    explanation_has(w, "short", 1, DAY + 7, "its day was 2026-04-12, but a condition does not hold");
}

/* ---- remarks ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct remarks {
    char text[2000];
    uint32_t faults;
} remarks;

static int32_t take_remark(void *user, const arc_error *e)
{
    remarks *r = user;
    size_t n = strlen(r->text);
    if (e->status != ARC_OK) r->faults++;
    snprintf(r->text + n, sizeof r->text - n, "%s %s;", e->pointer, e->rule);
    return 0;
}

static void told_of(void **state)
{
    static const struct {
        const char *condition, *told;
    } cases[] = {
        { "{'==':[{'var':'days_overdue'},3]}", "/if passing;" },
        { "{'!=':[{'var':'days_overdue'},3]}", "/if passing;" },
        { "{'<=':[{'var':'days_overdue'},5]}", "/if passing;" },
        { "{'<=':[3,{'var':'days_overdue'},5]}", "/if passing;" },
        { "{'in':[{'var':'days_overdue'},[3,5]]}", "/if passing;" },
        { "{'and':[{'!=':[{'var':'days_overdue'},null]},{'!':{'>':[{'var':'days_overdue'},5]}}]}", "/if/and/1/! passing;" },
        { "{'and':[{'>':[{'var':'days_overdue'},1]},{'>':[5,{'var':'days_overdue'}]}]}", "/if/and/1 passing;" },
        { "{'==':[{'var':'today'},'2026-07-01']}", "/if passing;" },
        { "{'and':[{'!=':[{'var':'due_date'},null]},{'==':[{'days_between':[{'var':'due_date'},{'var':'today'}]},3]}]}", "/if/and/1 passing;" },
        { "{'some':[{'var':'customer.items'},{'==':[{'var':'days_overdue'},3]}]}", "/if passing;" },
        { "{'>=':[{'var':'days_overdue'},3]}", "" },
        { "{'and':[{'!=':[{'var':'days_overdue'},null]},{'!':{'<':[{'var':'days_overdue'},3]}}]}", "" },
        { "{'>':[{'sum':[{'var':'customer.items'},{'var':'open'},{'>':[{'var':'days_overdue'},3]}]},'10.00']}", "" },
        { "{'none':[{'var':'customer.items'},{'and':[{'!=':[{'var':'days_overdue'},null]},{'<':[{'var':'days_overdue'},3]}]}]}", "" },
        { "{'or':[{'==':[{'var':'kind'},'fee']},{'and':[{'!=':[{'var':'days_overdue'},null]},{'>':[{'-':[{'var':'days_overdue'},3]},2]}]}]}", "" },
        { "{'and':[{'!=':[{'var':'days_overdue'},null]},{'<':[{'-':[3,{'var':'days_overdue'}]},0]}]}", "" },
    };
    static world w;
    (void)state;
    open_world(&w, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[2000];
        remarks r = { { 0 }, 0 };
        snprintf(text, sizeof text, RULE("'if':%s,'on':{'kind':'date','anchor':'due_date'},'then':[]"), cases[i].condition);
        assert_session(&w.b, arc_definition_check(w.s, "rule", quoted(text), SIZE_MAX, take_remark, &r));
        if (strcmp(r.text, cases[i].told) != 0 || r.faults) fail_msg("%s: %s, not %s", cases[i].condition, r.text, cases[i].told);
    }
    remarks r = { { 0 }, 0 };
    assert_session(&w.b, arc_definition_check(w.s, "rule", quoted("{'rule':'arcore/1','subject':'item','on':{'kind':'threshold','over':{'==':[{'var':'days_overdue'},3]},'rearm':{'!=':[{'var':'days_overdue'},3]}},'then':[]}"),
                                              SIZE_MAX, take_remark, &r));
    assert_string_equal(r.text, "/on/over passing;");
    test_book_close(&w.b);
}

/* ---- amounts that come to nothing ------------------------------------------------------------------------------------------------------------ */

static void nothing_due(world *w)
{
    static const char *const bad[] = { "'amount':'0'", "'amount':'-5.00'", "'amount':-1", "'amount':'5','tax_amount':'-1'" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        for (int fee = 0; fee < 2; fee++) {
            char text[1000];
            remarks r = { { 0 }, 0 };
            snprintf(text, sizeof text, RULE("'on':{'kind':'date','anchor':'due_date'},'then':[{'type':'%s','params':{%s,'number':'N-{{number}}'}}]"), fee ? "fee" : "receivable", bad[i]);
            assert_session_status(ARC_E_RANGE, &w->b, arc_definition_check(w->s, "rule", quoted(text), SIZE_MAX, take_remark, &r));
            assert_string_equal(r.text, i == 3 ? "/then/0/params/tax_amount action;" : "/then/0/params/amount action;");
        }
    }
    publish(w, "fee", RULE("'on':{'kind':'date','anchor':'due_date'},'then':[{'type':'fee','params':{'number':'F-{{number}}','amount':{'-':[{'var':'open'},'100.00']}}}]"));
    invoice(w, "A-1", 1, 9000, DAY - 5);
    invoice(w, "A-2", 1, 10001, DAY - 5);
    assert_int_equal(run_on(w, DAY, 0).fired, 2);
    assert_int_equal(count(w, ARC_ITEM), 3);
    explanation_has(w, "fee", 1, DAY, "'suppressed':[{'type':'fee','suppressed':'nothing_due','why':{'en':'no fee: the amount comes to -10.00 CNY, which is not above 0'");
}

/* ---- what was not done ------------------------------------------------------------------------------------------------------------------------- */

static void told_apart(world *w)
{
    publish(w, "dun", RULE("'steps':[{'level':1,'on':{'kind':'date','anchor':'due_date','offset':'P1D'},'then':[]},{'level':2,'on':{'kind':'date','anchor':'due_date','offset':'P2D'},'then':["
                           "{'type':'message','params':{'subject':'x','body':'y','to':{'role':'legal'},'channels':['email']}}]},{'level':3,'on':{'kind':'date','anchor':'previous','offset':'P90D'},'then':[]}]"));
    publish(w, "seen", RULE("'on':{'kind':'change','field':'remark','entity':'item'},'then':[]"));
    publish(w, "people", "{'rule':'arcore/1','subject':'item','group':'g','priority':9,'on':{'kind':'date','anchor':'due_date'},'then':[]}");
    publish(w, "alone", RULE("'group':'g','on':{'kind':'date','anchor':'due_date'},'then':[]"));
    invoice(w, "A-1", 1, 10000, DAY - 5);
    arc_rule_report report = run_on(w, DAY, 0);
    assert_int_equal(report.held, 1);
    explanation_has(w, "dun", 1, DAY, "{'level':1,'on':'date','outcome':'passed_before'");
    explanation_has(w, "dun", 1, DAY, "it was passed over, for 2026-04-07");
    explanation_has(w, "dun", 1, DAY, "{'level':2,'on':'date','outcome':'fired_before'");
    explanation_has(w, "dun", 1, DAY, "'suppressed':[{'type':'message','suppressed':'no_recipient'");
    explanation_has(w, "dun", 1, DAY, "{'level':3,'on':'date','outcome':'waits'");
    explanation_has(w, "seen", 1, DAY, "'outcome':'none','en':'no event has set it off'");
    explanation_has(w, "alone", 1, DAY, "'outcome':'held','by':'people'");
    explanation_has(w, "alone", 1, DAY, "but people first decide about another rule of its group");
}

static void test_crossed(void **unused) { (void)unused, on_all(crossed); }
static void test_changed(void **unused) { (void)unused, on_all(changed); }
static void test_some_days(void **unused) { (void)unused, on_all(some_days); }
static void test_nothing_due(void **unused) { (void)unused, on_all(nothing_due); }
static void test_told_apart(void **unused) { (void)unused, on_all(told_apart); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crossed), cmocka_unit_test(test_changed), cmocka_unit_test(whenever), cmocka_unit_test(test_some_days), cmocka_unit_test(told_of), cmocka_unit_test(test_nothing_due),
        cmocka_unit_test(test_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
