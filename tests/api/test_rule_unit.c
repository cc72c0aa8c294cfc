/* SPDX-License-Identifier: Apache-2.0 */
/* Rules with a unit: rows of a customer or a head office fire together, one letter and one fee for all of them, and each row keeps its level and its firing. On every backend. */
#include <inttypes.h>

#include "api/rule_world.h"

static const char letter[] =
    "{'template':'arcore/1','view':{'name':'text','currency':'text','total':{'type':'money','currency':'currency'},'rows':{'type':'list','of':{'type':'object','members':{'number':'text','currency':'text',"
    "'open':{'type':'money','currency':'currency'},'level':'integer'}}}},'variants':[{'channel':'email','language':'en','format':'text','subject':'{{name}}',"
    "'body':'{{#rows}}{{number}} {{open}} L{{level}}; {{/rows}}={{total}}'}]}";

#define ONCE(fee) \
    "[{'type':'message','params':{'template':'letter','to':{'role':'finance'},'channels':['email'],'language':'en','data':{'name':{'var':'code'},'currency':'CNY','total':{'sum':[{'var':'rows'},{'var':'open'}]}," \
    "'rows':{'each':'rows','order':'number','as':{'level':{'var':'firing.level'}}}}}},{'type':'fee','params':{'amount':'" fee "','number':'F-{{code}}-{{firing.mark}}'}}]"
#define STEPS(then) \
    "[{'level':1,'on':{'kind':'date','anchor':'due_date','offset':'P1D'},'then':" then ",'once':" ONCE("5.00") "}," \
    "{'level':2,'on':{'kind':'date','anchor':'due_date','offset':'P15D'},'then':" then ",'once':" ONCE("10.00") "}]"
#define RULE(mode, unit, then) \
    "{'rule':'arcore/1','subject':'item','currency':'CNY','mode':'" mode "','unit':" unit ",'if':{'and':[{'==':[{'var':'kind'},'invoiced']},{'>':[{'var':'open'},'0']}]},'steps':" STEPS(then) "}"
#define LEVEL "[{'type':'level'}]"

static int64_t insert(world *w, uint32_t entity, const char *json)
{
    int64_t id;
    arc_record *r;
    assert_session(&w->b, arc_record_new(w->s, &r, entity));
    assert_ok(arc_record_set_json(r, quoted(json), SIZE_MAX));
    assert_session(&w->b, arc_session_insert(w->s, &id, r));
    arc_record_free(r);
    return id;
}

static void edit(world *w, uint32_t entity, int64_t id, const char *json)
{
    arc_record *r;
    assert_session(&w->b, arc_session_get(w->s, &r, entity, id));
    assert_ok(arc_record_set_json(r, quoted(json), SIZE_MAX));
    assert_session(&w->b, arc_session_update(w->s, r));
    arc_record_free(r);
}

/* Customer 2 is a daughter of 1. Items 1 and 2 are customer 1's, 3 is customer 2's. */
static void make(world *w, const char *rule)
{
    for (int i = 1; i <= 2; i++) {
        char json[200];
        snprintf(json, sizeof json, "{'customer':%d,'name':'P%d','role':'finance','email':'p%d@x.example','consent':true,'cc':false}", i, i, i);
        (void)insert(w, ARC_CONTACT, json);
    }
    edit(w, ARC_CUSTOMER, 2, "{'parent':1}");
    publish_as(w, "template", "letter", letter);
    publish(w, "dun", rule);
    invoice(w, "A-1", 1, 100000, DAY - 20);
    invoice(w, "A-2", 1, 25000, DAY - 5);
    invoice(w, "A-3", 2, 9900, DAY - 5);
}

static void paid(world *w, int64_t item, int64_t customer, int64_t amount)
{
    char number[32];
    arc_record *r;
    int64_t id;
    arc_money m = { amount, "CNY", 0 };
    snprintf(number, sizeof number, "R-%" PRId64, item);
    assert_session(&w->b, arc_record_new(w->s, &r, ARC_RECEIPT));
    assert_ok(arc_record_set_text(r, ARC_RECEIPT_NUMBER, number, SIZE_MAX));
    assert_ok(arc_record_set_int(r, ARC_RECEIPT_CUSTOMER, customer));
    assert_ok(arc_record_set_date(r, ARC_RECEIPT_VALUE_DATE, DAY));
    assert_ok(arc_record_set_money(r, ARC_RECEIPT_AMOUNT, m));
    assert_session(&w->b, arc_receipt_record(w->s, &id, r));
    arc_record_free(r);
    arc_allocation a = ARC_ALLOCATION_INIT;
    a.receipt = id;
    a.item = item;
    a.amount = amount;
    arc_status st;
    assert_session(&w->b, arc_allocation_apply(w->s, NULL, &st, &a, 1, 0));
}

static const char *line_text(arc_proposal *p, uint32_t i, const char *status)
{
    arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
    is(p, ARC_OK, arc_proposal_get(p, &l, i));
    if (strcmp(l.status, status) != 0) fail_msg("line %u: %s (%s)", i, l.status, l.reason);
    return strcmp(status, "applied") == 0 ? l.result : l.action;
}

static void has(const char *text, const char *words)
{
    if (!strstr(text, quoted(words))) fail_msg("%s\n... has no\n%s", text, words);
}

/* Bodies of the letters in the outbox, one after the other. */
static const char *letters(world *w)
{
    static char text[4000];
    static const arc_field_id fields[] = { ARC_MESSAGE_PAYLOAD };
    arc_query *q;
    arc_cursor *c;
    size_t at = 0;
    text[0] = 0;
    assert_session(&w->b, arc_query_new(w->s, &q, ARC_MESSAGE));
    assert_ok(arc_query_select(q, fields, 1));
    assert_session(&w->b, arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        const char *stored;
        char payload[4000];
        size_t n;
        assert_ok(arc_cursor_get_text(c, &stored, &n, 0));
        snprintf(payload, sizeof payload, "%.*s", (int)n, stored);
        const char *from = strstr(payload, "\"body\":\"") + 8, *to = strchr(from, '"');
        at += (size_t)snprintf(text + at, sizeof text - at, "%.*s|", (int)(to - from), from);
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return text;
}

static const char *firings(world *w)
{
    static char text[4000];
    static const arc_field_id fields[] = { ARC_RULE_FIRING_ROW, ARC_RULE_FIRING_LEVEL, ARC_RULE_FIRING_STATUS, ARC_RULE_FIRING_RESULT };
    arc_query *q;
    arc_cursor *c;
    size_t at = 0;
    text[0] = 0;
    assert_session(&w->b, arc_query_new(w->s, &q, ARC_RULE_FIRING));
    assert_ok(arc_query_select(q, fields, 4));
    assert_ok(arc_query_order(q, fields[0], 0));
    assert_ok(arc_query_order(q, fields[1], 0));
    assert_session(&w->b, arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        const char *status, *result = "";
        size_t n, m = 0;
        int64_t row, level, letter_id = 0;
        assert_ok(arc_cursor_get_int(c, &row, 0));
        assert_ok(arc_cursor_get_int(c, &level, 1));
        assert_ok(arc_cursor_get_text(c, &status, &n, 2));
        if (arc_cursor_get_text(c, &result, &m, 3) == ARC_OK && m) {
            char whole[2000];
            snprintf(whole, sizeof whole, "%.*s", (int)m, result);
            const char *at_letter = strstr(whole, "{\"message\":");
            if (at_letter) letter_id = strtoll(at_letter + 11, NULL, 10);
        }
        at += (size_t)snprintf(text + at, sizeof text - at, "%" PRId64 " L%" PRId64 " %.*s m%" PRId64 ";", row, level, (int)n, status, letter_id);
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return text;
}

/* ---- proposed ------------------------------------------------------------------------------------------------------------------------- */

static void proposed(world *w)
{
    make(w, RULE("propose", "'customer'", LEVEL));
    arc_proposal *p = propose(w, DAY, NULL);
    assert_int_equal(lines(p), 7);
    line_is(p, 0, "customer:1/dun/CNY", "dun", 2, DAY - 5, "draft");
    line_is(p, 1, "customer:1/dun/CNY", "dun", 1, DAY - 4, "draft");
    has(line_text(p, 2, "draft"), "'once':true,'digest':'");
    has(line_text(p, 2, "draft"), "'rows':[1,2],'unit':{'by':'customer','customer':1,'currency':'CNY'}");
    has(line_text(p, 2, "draft"), "A-1 CN¥1,000.00 L2; A-2 CN¥250.00 L1; =CN¥1,250.00");
    has(line_text(p, 3, "draft"), "'amount':'10.00'"); /* one fee, of the highest level */
    line_is(p, 4, "customer:2/dun/CNY", "dun", 1, DAY - 4, "draft");
    apply(w, p);
    assert_string_equal(letters(w), "A-1 CN¥1,000.00 L2; A-2 CN¥250.00 L1; =CN¥1,250.00|A-3 CN¥99.00 L1; =CN¥99.00|");
    assert_string_equal(firings(w), "1 L1 passed m0;1 L2 fired m1;2 L1 fired m1;3 L1 fired m2;");
    assert_int_equal(count(w, ARC_ITEM), 5);
    assert_session_status(ARC_DONE, &w->b, propose_as(w, &p, DAY, NULL));
    arc_proposal_free(p);
}

/* A row that is paid, or that somebody rejects, is dropped with its reason; the letter is written anew for those that are left. */
static void dropped(world *w)
{
    make(w, RULE("propose", "{'by':'head_office','split':['currency','language']}", LEVEL));
    arc_proposal *p = propose(w, DAY, NULL);
    assert_int_equal(lines(p), 5);
    has(line_text(p, 3, "draft"), "A-1 CN¥1,000.00 L2; A-2 CN¥250.00 L1; A-3 CN¥99.00 L1; =CN¥1,349.00");
    is(p, ARC_OK, arc_proposal_store(p, NULL, NULL));
    is(p, ARC_OK, arc_proposal_reject(p, (const uint32_t[]){ 2 }, 1, "the customer disputes it"));
    is(p, ARC_OK, arc_proposal_approve(p, NULL, 0));
    paid(w, 1, 1, 100000);
    is(p, ARC_PARTIAL, arc_proposal_apply(p, NULL));
    reason_has(p, 0, "stale", "a condition does not hold any more");
    (void)line_text(p, 1, "applied");
    (void)line_text(p, 2, "rejected");
    has(line_text(p, 3, "applied"), "'anew':[2]}");
    assert_string_equal(letters(w), "A-2 CN¥250.00 L1; =CN¥250.00|");
    assert_string_equal(firings(w), "2 L1 fired m1;3 L1 rejected m0;");
    arc_proposal_free(p);
    assert_session_status(ARC_DONE, &w->b, propose_as(w, &p, DAY, NULL));
    arc_proposal_free(p);
}

/* Part of an item was paid since: what is sent says what is open now. */
static void open_now(world *w)
{
    make(w, RULE("propose", "'customer'", LEVEL));
    arc_proposal *p = propose(w, DAY, NULL);
    is(p, ARC_OK, arc_proposal_store(p, NULL, NULL));
    is(p, ARC_OK, arc_proposal_approve(p, NULL, 0));
    paid(w, 1, 1, 40000);
    is(p, ARC_OK, arc_proposal_apply(p, NULL));
    assert_string_equal(letters(w), "A-1 CN¥600.00 L2; A-2 CN¥250.00 L1; =CN¥850.00|A-3 CN¥99.00 L1; =CN¥99.00|");
    has(line_text(p, 2, "applied"), "'anew':[1,2]}");
    arc_proposal_free(p);
}

/* What a verb refuses for one row: two receivables of one number. */
static void refused(world *w)
{
    make(w, RULE("propose", "'customer'", "[{'type':'receivable','params':{'amount':'1.00','number':'X-{{customer.code}}'}}]"));
    arc_proposal *p = propose(w, DAY, NULL);
    is(p, ARC_OK, arc_proposal_store(p, NULL, NULL));
    is(p, ARC_OK, arc_proposal_approve(p, NULL, 0));
    is(p, ARC_PARTIAL, arc_proposal_apply(p, NULL));
    (void)line_text(p, 0, "applied");
    (void)line_text(p, 1, "stale");
    assert_string_equal(letters(w), "A-1 CN¥1,000.00 L2; =CN¥1,000.00|A-3 CN¥99.00 L1; =CN¥99.00|");
    assert_string_equal(firings(w), "1 L1 passed m0;1 L2 fired m1;3 L1 fired m2;");
    arc_proposal_free(p);
}

/* Approved in parts: nothing is done until what is done once is decided; a row behind it comes too late. */
static void in_parts(world *w)
{
    make(w, RULE("propose", "'customer'", LEVEL));
    arc_proposal *p = propose(w, DAY, NULL);
    is(p, ARC_OK, arc_proposal_store(p, NULL, NULL));
    is(p, ARC_OK, arc_proposal_approve(p, (const uint32_t[]){ 1 }, 1));
    is(p, ARC_OK, arc_proposal_apply(p, NULL));
    assert_string_equal(letters(w), "");
    assert_string_equal(firings(w), "");
    is(p, ARC_OK, arc_proposal_approve(p, (const uint32_t[]){ 2 }, 1));
    is(p, ARC_OK, arc_proposal_apply(p, NULL));
    assert_string_equal(letters(w), "");
    is(p, ARC_OK, arc_proposal_approve(p, (const uint32_t[]){ 3 }, 1));
    is(p, ARC_OK, arc_proposal_apply(p, NULL));
    assert_string_equal(letters(w), "A-2 CN¥250.00 L1; =CN¥250.00|");
    assert_string_equal(firings(w), "2 L1 fired m1;");
    is(p, ARC_OK, arc_proposal_approve(p, (const uint32_t[]){ 0 }, 1));
    is(p, ARC_PARTIAL, arc_proposal_apply(p, NULL));
    reason_has(p, 0, "stale", "was done without it");
    arc_proposal_free(p);
}

/* Nothing of it is left: nothing is sent. */
static void none_left(world *w)
{
    make(w, RULE("propose", "'customer'", LEVEL));
    arc_proposal *p = propose(w, DAY, NULL);
    is(p, ARC_OK, arc_proposal_store(p, NULL, NULL));
    is(p, ARC_OK, arc_proposal_approve(p, NULL, 0));
    paid(w, 3, 2, 9900);
    is(p, ARC_PARTIAL, arc_proposal_apply(p, NULL));
    reason_has(p, 4, "stale", "a condition does not hold any more");
    reason_has(p, 5, "stale", "a condition does not hold any more");
    assert_string_equal(letters(w), "A-1 CN¥1,000.00 L2; A-2 CN¥250.00 L1; =CN¥1,250.00|");
    arc_proposal_free(p);
}

/* ---- by itself --------------------------------------------------------------------------------------------------------------------------- */

static arc_rule_report run_on(world *w, arc_status expected, arc_date day, uint32_t flags)
{
    arc_rule_report report = ARC_RULE_REPORT_INIT;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    session_on(w, day);
    o.as_of = day;
    o.flags = flags;
    assert_session_status(expected, &w->b, arc_rule_run(w->s, &report, show_fault, NULL, &o));
    return report;
}

static void run_alone(world *w)
{
    make(w, RULE("apply", "'head_office'", LEVEL));
    arc_rule_report report = run_on(w, ARC_OK, DAY, 0);
    assert_int_equal(report.fired, 3);
    assert_int_equal(report.passed, 1);
    assert_int_equal(report.actions, 5);
    assert_string_equal(letters(w), "A-1 CN¥1,000.00 L2; A-2 CN¥250.00 L1; A-3 CN¥99.00 L1; =CN¥1,349.00|");
    assert_string_equal(firings(w), "1 L1 passed m0;1 L2 fired m1;2 L1 fired m1;3 L1 fired m1;");
    assert_int_equal(run_on(w, ARC_OK, DAY, 0).fired, 0);
    assert_int_equal(run_on(w, ARC_OK, DAY + 1, ARC_RULE_SWEEP).fired, 0);
    report = run_on(w, ARC_OK, DAY + 30, ARC_RULE_SWEEP); /* after a month: the next level of two */
    assert_int_equal(report.fired, 2);
    assert_string_equal(letters(w), "A-1 CN¥1,000.00 L2; A-2 CN¥250.00 L1; A-3 CN¥99.00 L1; =CN¥1,349.00|A-2 CN¥250.00 L2; A-3 CN¥99.00 L2; =CN¥349.00|");
    assert_int_equal(count(w, ARC_ITEM), 5);
}

static void run_refused(world *w)
{
    make(w, RULE("apply", "'customer'", "[{'type':'receivable','params':{'amount':'1.00','number':'X-{{customer.code}}'}}]"));
    arc_rule_report report = run_on(w, ARC_PARTIAL, DAY, 0);
    assert_int_equal(report.fired, 2);
    assert_int_equal(report.failed, 1);
    assert_string_equal(letters(w), "A-1 CN¥1,000.00 L2; =CN¥1,000.00|A-3 CN¥99.00 L1; =CN¥99.00|");
}

/* Rows, units at most; a unit is never cut in two. */
static void at_most(world *w)
{
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    arc_proposal *p;
    make(w, RULE("propose", "'customer'", LEVEL));
    o.as_of = DAY;
    o.max = 1;
    assert_session(&w->b, arc_rule_propose(w->s, &p, &o));
    assert_int_equal(lines(p), 4);
    static char json[20000];
    size_t n = sizeof json;
    is(p, ARC_OK, arc_proposal_json(p, json, &n));
    has(json, "\"more\":1");
    arc_proposal_free(p);
}

/* ---- asked ---------------------------------------------------------------------------------------------------------------------------------- */

static void told(world *w)
{
    static char text[30000];
    size_t n = sizeof text;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    make(w, RULE("apply", "'head_office'", LEVEL));
    assert_session(&w->b, arc_rule_explain(w->s, text, &n, "dun", 3, DAY));
    has(text, "'unit':{'by':'head_office','customer':1,'currency':'CNY'},'rows':[1,2,3],'once':[{'type':'message'");
    has(text, "A-3 CN¥99.00 L1; =CN¥1,349.00");
    n = sizeof text;
    o.as_of = DAY;
    assert_session(&w->b, arc_rule_simulate(w->s, text, &n, "\"dun\"", SIZE_MAX, &o));
    has(text, "'fired':3,'passed':1,");
    has(text, "'rows':[1,2,3],'once':[{'type':'message'");
    assert_ptr_equal(strstr(strstr(text, "\"once\":") + 1, "\"once\":"), NULL); /* told once */
    o.from = DAY;
    o.as_of = DAY + 30;
    n = sizeof text;
    assert_session(&w->b, arc_rule_simulate(w->s, text, &n, "\"dun\"", SIZE_MAX, &o));
    has(text, "=CN¥349.00");
    n = sizeof text;
    static char other[8000];
    snprintf(other, sizeof other, "{'code':'dun','document':%s}", RULE("apply", "'customer'", LEVEL));
    static char after[8000];
    snprintf(after, sizeof after, "%s", quoted(other));
    assert_session(&w->b, arc_rule_compare(w->s, text, &n, "\"dun\"", SIZE_MAX, after, SIZE_MAX, &o));
    has(text, "'gain':0,'lose':0,'change':5");
}

/* ---- documents ------------------------------------------------------------------------------------------------------------------------------- */

static int32_t take(void *user, const arc_error *e)
{
    char *text = user;
    size_t n = strlen(text);
    snprintf(text + n, 2000 - n, "%s %s;", e->pointer, e->rule);
    return 0;
}

static void faults(void **state)
{
#define HEAD "{'rule':'arcore/1','subject':'item','currency':'CNY',"
#define ON "'on':{'kind':'date','anchor':'due_date'},'then':[]"
    static const struct {
        const char *document, *told;
    } cases[] = {
        { HEAD "'unit':'x'," ON "}", "/unit unit;" },
        { HEAD "'unit':{'by':'customer','split':['day'],'z':1}," ON "}", "/unit/z unknown_member;/unit/split/0 unit;" },
        { HEAD "'unit':{}," ON "}", "/unit required;" },
        { HEAD ON ",'once':[]}", "/once unit;" },
        { "{'rule':'arcore/1','subject':'calendar_day','unit':'customer','on':{'kind':'threshold','over':{'==':[{'var':'id'},1]},'rearm':{'!=':[{'var':'id'},1]}},'then':[]}", NULL },
        { HEAD "'unit':'customer'," ON ",'once':[{'type':'interest','params':{'rate':'5','number':'x'}}]}", NULL },
        { HEAD "'unit':'customer'," ON ",'once':[{'type':'level'}]}", NULL },
        { HEAD "'unit':'customer'," ON ",'once':[{'type':'task','params':{'title':'{{#rows}}{{nix}}{{/rows}}'}}]}", NULL },
        { HEAD "'unit':'customer','steps':[{" ON ",'once':[]}],'once':[]}", "/once steps;" },
    };
    static world w;
    (void)state;
    open_world(&w, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[2000] = "";
        assert_true(arc_definition_check(w.s, "rule", quoted(cases[i].document), SIZE_MAX, take, text) < 0);
        if (cases[i].told && strcmp(text, cases[i].told) != 0) fail_msg("case %zu: %s, not %s", i, text, cases[i].told);
    }
    test_book_close(&w.b);
}

#define ON_ALL(name) static void test_##name(void **unused) { (void)unused, on_all(name); }
ON_ALL(proposed) ON_ALL(dropped) ON_ALL(open_now) ON_ALL(refused) ON_ALL(in_parts) ON_ALL(none_left) ON_ALL(run_alone) ON_ALL(run_refused) ON_ALL(at_most) ON_ALL(told)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_proposed), cmocka_unit_test(test_dropped), cmocka_unit_test(test_open_now), cmocka_unit_test(test_refused), cmocka_unit_test(test_in_parts), cmocka_unit_test(test_none_left),
        cmocka_unit_test(test_run_alone), cmocka_unit_test(test_run_refused), cmocka_unit_test(test_at_most), cmocka_unit_test(test_told), cmocka_unit_test(faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
