/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that apply themselves, whenever they are run; changes, thresholds, groups, cooldowns. On every backend. */
#include <inttypes.h>

#include "api/rule_world.h"
#include "rules/rule_impl.h"

static uint32_t how; /* flags: each test looks at all rows, and once more at those that can have become due */

static arc_error told[10];
static uint32_t n_told;

static int32_t take_fault(void *user, const arc_error *e)
{
    if (n_told < 10) told[n_told++] = *e;
    return show_fault(user, e);
}

static arc_rule_report run_as(world *w, arc_status expected, arc_date as_of, const char *code)
{
    arc_rule_report report = ARC_RULE_REPORT_INIT;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    o.as_of = as_of;
    o.flags = how;
    o.codes = code ? &code : NULL;
    o.n_codes = code ? 1 : 0;
    session_on(w, as_of);
    assert_session_status(expected, &w->b, arc_rule_run(w->s, &report, take_fault, NULL, &o));
    return report;
}

static arc_rule_report run(world *w, arc_date as_of) { return run_as(w, ARC_OK, as_of, NULL); }

/* What has fired, as text: "dun item:1 L2 0@2026-03-22 2026-04-07 fired;...", by rule, row, level and mark. */
static const char *fired(world *w, int when)
{
    static char text[20000];
    static const arc_field_id fields[] = { ARC_RULE_FIRING_POLICY, ARC_RULE_FIRING_ENTITY, ARC_RULE_FIRING_ROW, ARC_RULE_FIRING_LEVEL, ARC_RULE_FIRING_MARK,
                                           ARC_RULE_FIRING_EFFECTIVE_DATE, ARC_RULE_FIRING_STATUS, ARC_RULE_FIRING_FIRED_ON };
    arc_query *q;
    arc_cursor *c;
    size_t at = 0;
    text[0] = 0;
    assert_session(&w->b, arc_query_new(w->s, &q, ARC_RULE_FIRING));
    assert_ok(arc_query_select(q, fields, 8));
    assert_ok(arc_query_order(q, fields[0], 0));
    assert_ok(arc_query_order(q, fields[2], 0));
    assert_ok(arc_query_order(q, fields[5], 0));
    assert_ok(arc_query_order(q, fields[3], 0));
    assert_ok(arc_query_order(q, fields[4], 0));
    assert_session(&w->b, arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        const char *policy, *entity, *mark, *status;
        size_t n, m, k, l;
        int64_t row, level;
        arc_date effective, on;
        assert_ok(arc_cursor_get_text(c, &policy, &n, 0));
        assert_ok(arc_cursor_get_text(c, &entity, &m, 1));
        assert_ok(arc_cursor_get_int(c, &row, 2));
        assert_ok(arc_cursor_get_int(c, &level, 3));
        assert_ok(arc_cursor_get_text(c, &mark, &k, 4));
        assert_ok(arc_cursor_get_date(c, &effective, 5));
        assert_ok(arc_cursor_get_text(c, &status, &l, 6));
        assert_ok(arc_cursor_get_date(c, &on, 7));
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%.*s %.*s:%" PRId64 " L%" PRId64 " %.*s %+d", at ? "; " : "", (int)n, policy, (int)m, entity, row, level,
                               when ? (int)k : 0, mark, (int)(effective - DAY));
        if (when) at += (size_t)snprintf(text + at, sizeof text - at, " on %+d", (int)(on - DAY));
        if (status[0] == 'p') at += (size_t)snprintf(text + at, sizeof text - at, " passed");
        assert_true(at < sizeof text);
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return text;
}

#define LADDER(code_catch_up, cooldown) \
    "{'rule':'arcore/1','subject':'item','currency':'CNY','mode':'apply','catch_up':'" code_catch_up "'" cooldown ",'if':{'>':[{'var':'open'},'0']}," \
    "'steps':[{'level':1,'on':{'kind':'date','anchor':'due_date','offset':'P1D'},'then':[]},{'level':2,'on':{'kind':'date','anchor':'due_date','offset':'P8D'},'then':[]}," \
    "{'level':3,'on':{'kind':'date','anchor':'previous','offset':'P10D'},'then':[]}]}"

/* Hourly, daily, after a week: nothing twice, nothing lost. */
static void often(world *w)
{
    publish(w, "dun", LADDER("highest", ""));
    invoice(w, "A-1", 1, 20000, DAY - 3);
    invoice(w, "A-2", 1, 20000, DAY + 1);
    for (int hour = 0; hour < 4; hour++) {
        arc_rule_report report = run(w, DAY);
        assert_int_equal(report.fired, hour ? 0 : 1);
        if (!how) assert_int_equal(report.rows, 2);
        assert_int_equal(report.n_rules, 1);
    }
    assert_string_equal(fired(w, 1), "dun item:1 L1 0@2026-04-08 -2 on +0");
    for (arc_date day = DAY + 1; day <= DAY + 4; day++) (void)run(w, day);
    (void)run(w, DAY + 11); /* a week nobody ran it: level 2 of both has come, each with its day */
    assert_string_equal(fired(w, 0), "dun item:1 L1  -2; dun item:1 L2  +5; dun item:2 L1  +2; dun item:2 L2  +9");
    (void)run(w, DAY + 30);
    assert_string_equal(fired(w, 0), "dun item:1 L1  -2; dun item:1 L2  +5; dun item:1 L3  +15; dun item:2 L1  +2; dun item:2 L2  +9; dun item:2 L3  +19");
    assert_int_equal(run(w, DAY + 31).fired, 0);
}

/* After a long time only the highest goes out; the lower ones are on record. */
static void outage(world *w)
{
    publish(w, "dun", LADDER("highest", ""));
    invoice(w, "A-1", 1, 20000, DAY - 60);
    arc_rule_report report = run(w, DAY);
    assert_int_equal(report.fired, 1);
    assert_int_equal(report.passed, 2);
    assert_string_equal(fired(w, 0), "dun item:1 L1  -59 passed; dun item:1 L2  -52 passed; dun item:1 L3  -42");
}

static uint64_t seed;
static uint32_t dice(uint32_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

/* However the days of the runs are chosen: the same (level, mark, effective date). */
static void whenever(world *w)
{
    char want[20000];
    publish(w, "dun", LADDER("each", ""));
    for (int round = 0; round < 6; round++) {
        if (round) {
            test_book_close(&w->b);
            open_world(w, 0);
            publish(w, "dun", LADDER("each", ""));
        }
        for (int i = 0; i < 12; i++) {
            char number[16];
            snprintf(number, sizeof number, "A-%d", i);
            invoice(w, number, 1 + i % 3, 1000, DAY - 30 + 5 * i);
        }
        seed = (uint64_t)round;
        for (arc_date day = DAY - 40; day < DAY + 60;) {
            (void)run(w, day);
            day += round == 0 ? 1 : round == 1 ? 7 : 1 + (arc_date)dice(40);
        }
        (void)run(w, DAY + 60);
        if (!round) snprintf(want, sizeof want, "%s", fired(w, 0));
        else assert_string_equal(fired(w, 0), want);
    }
    assert_true(strlen(want) > 500);
}

/* The step stays due until the rule has cooled down. */
static void cooldown(world *w)
{
    publish(w, "dun", LADDER("each", ",'cooldown':'P7D'"));
    invoice(w, "A-1", 1, 20000, DAY - 30);
    assert_int_equal(run(w, DAY).held, 2);
    assert_int_equal(run(w, DAY + 6).fired, 0);
    assert_int_equal(run(w, DAY + 7).fired, 1);
    assert_int_equal(run(w, DAY + 20).fired, 1);
    assert_string_equal(fired(w, 1), "dun item:1 L1 0@2026-03-12 -29 on +0; dun item:1 L2 0@2026-03-12 -22 on +7; dun item:1 L3 0@2026-03-12 -12 on +20");
}

/* Of a group the first that fires counts; what others had due is passed over. */
static void groups(world *w)
{
    static const char rule[] = "{'rule':'arcore/1','subject':'item','currency':'CNY','mode':'apply','group':'dunning','priority':%d,'if':{'and':[{'>':[{'var':'open'},'0']},{'>=':[{'var':'open'},'%s']}]},"
                               "'on':{'kind':'date','anchor':'due_date','offset':'P%dD'},'then':[]}";
    char text[1000];
    snprintf(text, sizeof text, rule, 100, "500.00", 1);
    publish(w, "big", text);
    snprintf(text, sizeof text, rule, 1, "0", 1);
    publish(w, "any", text);
    snprintf(text, sizeof text, rule, 0, "0", 20);
    publish(w, "late", text);
    invoice(w, "A-1", 1, 60000, DAY - 5);
    invoice(w, "A-2", 1, 10000, DAY - 5);
    (void)run(w, DAY);
    (void)run(w, DAY);
    (void)run(w, DAY + 1);
    assert_string_equal(fired(w, 0), "any item:1 L1  -4 passed; any item:2 L1  -4; big item:1 L1  -4");
    (void)run(w, DAY + 15);
    assert_string_equal(fired(w, 0), "any item:1 L1  -4 passed; any item:2 L1  -4; big item:1 L1  -4; late item:1 L1  +15; late item:2 L1  +15");
}

/* A rule that only proposes is passed over on record too: its step does not come up the day after. */
static void mixed_group(world *w)
{
    static const char rule[] = "{'rule':'arcore/1','subject':'item','currency':'CNY','mode':'%s','group':'dunning','priority':%d,'if':{'>':[{'var':'open'},'0']},"
                               "'on':{'kind':'date','anchor':'due_date','offset':'P1D'},'then':[]}";
    char text[1000];
    arc_proposal *p = NULL;
    snprintf(text, sizeof text, rule, "apply", 100);
    publish(w, "does", text);
    snprintf(text, sizeof text, rule, "propose", 1);
    publish(w, "asks", text);
    invoice(w, "A-1", 1, 60000, DAY - 5);
    arc_rule_report report = run(w, DAY);
    assert_int_equal(report.fired, 1);
    assert_int_equal(report.passed, 1);
    assert_string_equal(fired(w, 0), "asks item:1 L1  -4 passed; does item:1 L1  -4");
    assert_int_equal(run(w, DAY + 1).waiting, 0);
    assert_session_status(ARC_DONE, &w->b, propose_as(w, &p, DAY + 1, NULL));
    arc_proposal_free(p);
}

/* ---- changes --------------------------------------------------------------------------------------------------------------------------- */

static void set_status(world *w, int64_t customer, const char *status)
{
    arc_record *r;
    assert_session(&w->b, arc_session_get(w->s, &r, ARC_CUSTOMER, customer));
    assert_ok(arc_record_set_text(r, ARC_CUSTOMER_STATUS, status, SIZE_MAX));
    assert_session(&w->b, arc_session_update(w->s, r));
    arc_record_free(r);
}

static void changes(world *w)
{
    set_status(w, 1, "blocked"); /* before there was a rule */
    w->b.t.now += 1000000;
    publish(w, "watch", "{'rule':'arcore/1','subject':'customer','mode':'apply','steps':["
                        "{'level':1,'on':{'kind':'change','field':'status','to':['blocked','insolvent']},'then':[]},"
                        "{'level':2,'on':{'kind':'date','anchor':'previous','offset':'P10D'},'if':{'!=':[{'var':'status'},'active']},'then':[]}]}");
    publish(w, "sold", "{'rule':'arcore/1','subject':'customer','mode':'apply','on':{'kind':'change','verb':'invoice.record','entity':'invoice','via':'customer'},'then':[]}");
    publish(w, "asked", "{'rule':'arcore/1','subject':'customer','on':{'kind':'change','field':'status','from':'blocked','to':'active'},'then':[]}");
    w->b.t.now += 1000000;
    assert_int_equal(run(w, DAY).fired, 0);
    set_status(w, 2, "blocked");
    set_status(w, 1, "active");
    invoice(w, "A-1", 3, 1000, DAY);
    arc_rule_report report = run(w, DAY);
    assert_int_equal(report.fired, 2);
    assert_int_equal(report.waiting, 1); /* for approval */
    assert_int_equal(run(w, DAY).fired, 0);
    session_on(w, DAY + 1);
    set_status(w, 2, "active");
    set_status(w, 2, "blocked"); /* again: another event */
    assert_int_equal(run(w, DAY + 2).fired, 1);
    assert_string_equal(fired(w, 0), "sold customer:3 L1  +0; watch customer:2 L1  +0; watch customer:2 L1  +1");
    assert_int_equal(run(w, DAY + 10).fired, 0); /* ten days after the last time */
    assert_int_equal(run(w, DAY + 11).fired, 1);
    set_status(w, 2, "active");
    assert_int_equal(run(w, DAY + 12).fired, 0);
    assert_string_equal(fired(w, 0), "sold customer:3 L1  +0; watch customer:2 L1  +0; watch customer:2 L1  +1; watch customer:2 L2  +11");
    arc_proposal *p = propose(w, DAY + 12, "asked");
    assert_int_equal(lines(p), 3);
    line_is(p, 0, "customer:1", "asked", 1, DAY, "draft");
    line_is(p, 1, "customer:2", "asked", 1, DAY + 1, "draft");
    line_is(p, 2, "customer:2", "asked", 1, DAY + 11, "draft");
    apply(w, p);
    assert_session_status(ARC_DONE, &w->b, propose_as(w, &p, DAY + 12, "asked"));
    arc_proposal_free(p);
    (void)run(w, DAY + 12);
    assert_session_status(ARC_DONE, &w->b, propose_as(w, &p, DAY + 12, "asked"));
    arc_proposal_free(p);
}

static void set_segment(world *w, int64_t customer, const char *segment)
{
    arc_record *r;
    assert_session(&w->b, arc_session_get(w->s, &r, ARC_CUSTOMER, customer));
    assert_ok(arc_record_set_text(r, ARC_CUSTOMER_SEGMENT, segment, SIZE_MAX));
    assert_session(&w->b, arc_session_update(w->s, r));
    arc_record_free(r);
}

/* A row that is refused every day keeps its own events waiting, not those of others: an event whose condition did not hold is over all the same. */
static void refused_elsewhere(world *w)
{
    publish(w, "stuck", "{'rule':'arcore/1','subject':'item','mode':'apply','on':{'kind':'date','anchor':'due_date'},'then':[{'type':'level','params':{'level':1000000}}]}");
    publish(w, "watch", "{'rule':'arcore/1','subject':'customer','mode':'apply','if':{'==':[{'var':'segment'},'vip']},'on':{'kind':'change','field':'status','to':'blocked'},'then':[]}");
    w->b.t.now += 1000000;
    invoice(w, "A-1", 1, 1000, DAY - 5);
    set_status(w, 2, "blocked");
    arc_rule_report report = run_as(w, ARC_PARTIAL, DAY, NULL);
    assert_int_equal(report.fired, 0);
    assert_int_equal(report.failed, 1);
    set_segment(w, 2, "vip");
    assert_int_equal(run_as(w, ARC_PARTIAL, DAY + 1, NULL).fired, 0);
}

/* What a verb refuses is that rule's alone: nothing of it is done, the other rules of the row go on, and it is tried again. */
static void refused_alone(world *w)
{
    publish(w, "a", "{'rule':'arcore/1','subject':'item','mode':'apply','priority':9,'on':{'kind':'date','anchor':'due_date'},'then':[{'type':'flag','params':{'kind':'legal'}}]}");
    publish(w, "b", "{'rule':'arcore/1','subject':'item','currency':'CNY','mode':'apply','priority':8,'on':{'kind':'date','anchor':'due_date'},"
                    "'then':[{'type':'level','params':{'level':3}},{'type':'level','params':{'level':1000000}}]}");
    publish(w, "c", "{'rule':'arcore/1','subject':'item','mode':'apply','priority':7,'on':{'kind':'date','anchor':'due_date'},'then':[{'type':'level','params':{'level':1000000}}]}");
    publish(w, "d", "{'rule':'arcore/1','subject':'item','mode':'apply','priority':6,'if':{'==':[{'var':'number'},'A-1']},'on':{'kind':'date','anchor':'due_date'},'then':[]}");
    invoice(w, "A-1", 1, 1000, DAY - 5);
    for (int again = 0; again < 2; again++) {
        n_told = 0;
        arc_rule_report report = run_as(w, ARC_PARTIAL, DAY, NULL);
        assert_int_equal(report.fired, again ? 0 : 2);
        assert_int_equal(report.actions, again ? 0 : 1);
        assert_int_equal(report.failed, 2);
        assert_int_equal(n_told, 2);
        assert_string_equal(told[0].rule, "b");
        assert_string_equal(told[1].rule, "c");
        for (int i = 0; i < 2; i++) assert_true(told[i].id == 1 && strcmp(told[i].entity, "item") == 0 && told[i].message[0] && told[i].message_zh[0]);
    }
    assert_string_equal(fired(w, 0), "a item:1 L1  -5; d item:1 L1  -5");
    assert_int_equal(count(w, ARC_LEVEL_CHANGE), 0); /* of b, undone with what was refused */
    assert_int_equal(count(w, ARC_FLAG), 1);
}

/* At most so many rows; the others have their turn, whatever is refused. */
static void so_many(world *w)
{
    arc_rule_report report = ARC_RULE_REPORT_INIT;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    publish(w, "stuck", "{'rule':'arcore/1','subject':'item','mode':'apply','if':{'==':[{'var':'number'},'A-1']},'on':{'kind':'date','anchor':'due_date'},"
                        "'then':[{'type':'level','params':{'level':1000000}}]}");
    publish(w, "dun", "{'rule':'arcore/1','subject':'item','mode':'apply','if':{'!=':[{'var':'number'},'A-1']},'on':{'kind':'date','anchor':'due_date'},'then':[]}");
    for (int i = 1; i <= 6; i++) {
        char number[8];
        snprintf(number, sizeof number, "A-%d", i);
        invoice(w, number, 1, 1000, DAY - 5);
    }
    o.max = 2;
    o.flags = how;
    for (int round = 0; round < 3; round++) {
        assert_session_status(ARC_PARTIAL, &w->b, arc_rule_run(w->s, &report, NULL, NULL, &o));
        assert_int_equal(report.fired, round < 2 ? 2 : 1);
        assert_int_equal(report.more, round == 0 ? 3 : round == 1 ? 1 : 0);
    }
    o.from = DAY;
    assert_session_status(ARC_E_INVALID, &w->b, arc_rule_run(w->s, &report, NULL, NULL, &o));
    o.from = ARC_DATE_NONE;
    assert_ok(arc_session_set_request_key(w->s, "once"));
    assert_session_status(ARC_PARTIAL, &w->b, arc_rule_run(w->s, &report, NULL, NULL, &o));
    o.max = 3;
    assert_ok(arc_session_set_request_key(w->s, "once"));
    assert_session_status(ARC_E_REQUEST, &w->b, arc_rule_run(w->s, &report, NULL, NULL, &o));
    o.max = 2;
    o.flags ^= ARC_RULE_SWEEP;
    assert_ok(arc_session_set_request_key(w->s, "once"));
    assert_session_status(ARC_E_REQUEST, &w->b, arc_rule_run(w->s, &report, NULL, NULL, &o));
}

/* ---- thresholds ------------------------------------------------------------------------------------------------------------------------- */

/* Once on crossing, again only after it was below the other bound. */
static void thresholds(world *w)
{
    int64_t receipt[3];
    publish(w, "high", "{'rule':'arcore/1','subject':'customer','currency':'CNY','mode':'apply','on':{'kind':'threshold','value':{'sum':[{'var':'items'},{'var':'open'}]},"
                       "'above':'1000.00','rearm':'500.00'},'then':[]}");
    invoice(w, "A-1", 1, 90000, DAY);
    assert_int_equal(run(w, DAY).fired, 0);
    invoice(w, "A-2", 1, 20000, DAY);
    assert_int_equal(run(w, DAY + 1).fired, 1);
    assert_int_equal(run(w, DAY + 2).fired, 0);
    assert_session(&w->b, book_receipt(w->s, &receipt[0], "R1", 1, 20000));
    assert_session(&w->b, book_allocate(w->s, NULL, receipt[0], 1, 20000)); /* 900.00: not far enough down */
    assert_int_equal(run(w, DAY + 3).armed, 0);
    invoice(w, "A-3", 1, 50000, DAY);
    assert_int_equal(run(w, DAY + 4).fired, 0);
    assert_session(&w->b, book_receipt(w->s, &receipt[1], "R2", 1, 100000));
    assert_session(&w->b, book_allocate(w->s, NULL, receipt[1], 1, 70000));
    assert_session(&w->b, book_allocate(w->s, NULL, receipt[1], 3, 30000));
    arc_rule_report report = run(w, DAY + 5); /* 400.00 */
    assert_int_equal(report.armed, 1);
    assert_int_equal(report.fired, 0);
    invoice(w, "A-4", 1, 70000, DAY);
    assert_int_equal(run(w, DAY + 6).fired, 1);
    assert_int_equal(run(w, DAY + 6).fired, 0);
    assert_string_equal(fired(w, 1), "high customer:1 L1 n0 +1 on +1; high customer:1 L1 n1 +6 on +6");
}

/* The other bound is seen while the rule's condition does not hold. */
static void armed_meanwhile(world *w)
{
    int64_t receipt;
    publish(w, "high", "{'rule':'arcore/1','subject':'customer','currency':'CNY','mode':'apply','if':{'==':[{'var':'status'},'active']},"
                       "'on':{'kind':'threshold','value':{'sum':[{'var':'items'},{'var':'open'}]},'above':'1000.00','rearm':'500.00'},'then':[]}");
    set_status(w, 1, "active");
    invoice(w, "A-1", 1, 120000, DAY);
    assert_int_equal(run(w, DAY).fired, 1);
    set_status(w, 1, "blocked");
    assert_session(&w->b, book_receipt(w->s, &receipt, "R1", 1, 120000));
    assert_session(&w->b, book_allocate(w->s, NULL, receipt, 1, 120000));
    assert_int_equal(run(w, DAY + 1).armed, 1);
    set_status(w, 1, "active");
    invoice(w, "A-2", 1, 120000, DAY);
    assert_int_equal(run(w, DAY + 2).fired, 1);
}

/* As a sweep leaves it that had looked before the threshold fired, where writers work side by side. */
static void arm_late(world *w, const char *rule, int64_t customer)
{
    const arci_rule_state state = { rule, customer, 1, 0, 1, { 0 } };
    arci_session *s;
    arci_scope scope;
    arci_arena arena;
    assert_ok(arci_session_enter(w->s, &s));
    arci_arena_init(&arena, s->env.ctx);
    assert_ok(arci_scope_begin(s, &scope, ARC_WRITE, 0));
    assert_ok(arci_scope_end(&scope, arci_rule_arm(scope.txn, &arena, arci_entity_by_name("customer", 8), &state, 1)));
    arci_arena_clear(&arena);
    assert_ok(arci_session_leave(s, ARC_OK));
}

/* What has fired is the truth: a threshold whose state says otherwise is armed again as always, and fires again. */
static void late_states(world *w)
{
    int64_t receipt;
    publish(w, "high", "{'rule':'arcore/1','subject':'customer','currency':'CNY','mode':'apply','on':{'kind':'threshold','value':{'sum':[{'var':'items'},{'var':'open'}]},"
                       "'above':'1000.00','rearm':'500.00'},'then':[]}");
    invoice(w, "A-1", 1, 120000, DAY);
    assert_int_equal(run(w, DAY).fired, 1);
    arm_late(w, "high", 1);
    assert_int_equal(run(w, DAY + 1).fired, 0);
    assert_session(&w->b, book_receipt(w->s, &receipt, "R1", 1, 100000));
    assert_session(&w->b, book_allocate(w->s, NULL, receipt, 1, 100000));
    assert_int_equal(run(w, DAY + 2).armed, 1);
    invoice(w, "A-2", 1, 120000, DAY);
    assert_int_equal(run(w, DAY + 3).fired, 1);
    assert_string_equal(fired(w, 1), "high customer:1 L1 n0 +0 on +0; high customer:1 L1 n1 +3 on +3");
}

/* A condition that is an error for one row: told, and the others go on. */
static void errors(world *w)
{
    publish(w, "odd", "{'rule':'arcore/1','subject':'item','mode':'apply','if':{'and':[{'!=':[{'var':'days_overdue'},null]},{'>=':[{'+':[{'/':[100,{'-':[{'var':'days_overdue'},1]}]},0]},-1000]}]},'on':{'kind':'date','anchor':'due_date'},'then':[]}");
    invoice(w, "A-1", 1, 1000, DAY);
    invoice(w, "A-2", 2, 1000, DAY - 1);
    invoice(w, "A-3", 3, 1000, DAY - 2);
    arc_rule_report report = run_as(w, ARC_PARTIAL, DAY, NULL);
    assert_int_equal(report.fired, 2);
    assert_int_equal(report.failed, 1);
}

static void both_ways(void (*test)(world *w))
{
    for (how = 0; how <= ARC_RULE_SWEEP; how++) on_all(test);
    how = 0;
}

#define ON_ALL(name) static void test_##name(void **unused) { (void)unused, both_ways(name); }
ON_ALL(often) ON_ALL(outage) ON_ALL(whenever) ON_ALL(cooldown) ON_ALL(groups) ON_ALL(mixed_group) ON_ALL(changes) ON_ALL(thresholds) ON_ALL(late_states) ON_ALL(armed_meanwhile) ON_ALL(refused_elsewhere) ON_ALL(refused_alone) ON_ALL(so_many) ON_ALL(errors)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_often), cmocka_unit_test(test_outage), cmocka_unit_test(test_whenever), cmocka_unit_test(test_cooldown), cmocka_unit_test(test_groups),
        cmocka_unit_test(test_mixed_group),
        cmocka_unit_test(test_changes), cmocka_unit_test(test_late_states), cmocka_unit_test(test_armed_meanwhile), cmocka_unit_test(test_refused_elsewhere), cmocka_unit_test(test_refused_alone), cmocka_unit_test(test_so_many), cmocka_unit_test(test_thresholds), cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests_name("rules run", tests, NULL, NULL);
}
