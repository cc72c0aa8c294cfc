/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that are no rules: each fault with its place, code and reason, all of them at once. */
#include "api/rule_world.h"
#include "fuzz/rule.h"
#include "support/corpus.h"

#define HEAD "'rule':'arcore/1','subject':'item'"
#define ON "'on':{'kind':'date','anchor':'due_date'}"

static const struct {
    const char *text, *faults; /* "pointer code;..." in the order they are told */
} cases[] = {
    { "{" HEAD "," ON ",'then':[]}", "" },
    { "7", " type;" },
    { "{", " json;" },
    { "{'subject':'item'," ON ",'then':[]}", " form;" },
    { "{'rule':'arcore/2','subject':'item'," ON ",'then':[]}", "/rule form;" },
    { "{'rule':'arcore/1'," ON ",'then':[]}", " required;" },
    { "{'rule':'arcore/1','subject':'thing'," ON ",'then':[]}", "/subject subject;" },
    { "{'rule':'arcore/1','subject':'dunning_run'," ON ",'then':[]}", "/subject subject;" },
    { "{'rule':'arcore/1','subject':'rule_firing'," ON ",'then':[]}", "/subject subject;" },
    { "{'rule':'arcore/1','subject':'item_state'," ON ",'then':[]}", "/subject subject;" },
    { "{" HEAD ",'currency':'XXX'," ON ",'then':[]}", "/currency currency;" },
    { "{" HEAD ",'calendar':'CN'," ON ",'then':[]}", "/calendar calendar;" },
    { "{" HEAD ",'priority':1.5,'mode':'auto','catch_up':'all','group':'','cooldown':'-P1D','what':1," ON ",'then':[]}",
      "/priority value;/mode value;/catch_up value;/group value;/cooldown cooldown;/what unknown_member;" },
    { "{" HEAD ",'cooldown':'7D','description':7," ON ",'then':[]}", "/cooldown cooldown;/description value;" },
    { "{" HEAD ",'if':{'==':[{'var':'nix'},1]}," ON ",'then':[]}", "/if/==/0/var unknown_field;" },
    { "{" HEAD ",'if':{'!':{'>':[{'var':'state.settled_on'},'2026-01-01']}}," ON ",'then':[]}", "/if/! null_guard;" },
    { "{" HEAD "," ON "}", " required;" },
    { "{" HEAD ",'then':[]}", " required;" },
    { "{" HEAD "," ON ",'then':{}}", "/then action;" },
    { "{" HEAD "," ON ",'then':[],'steps':[]}", "/on steps;/then steps;/steps steps;" },
    { "{" HEAD ",'steps':[7,{" ON ",'then':[],'level':0},{" ON ",'then':[],'x':1}]}", "/steps/0 type;/steps/1/level value;/steps/2/x unknown_member;" },
    { "{" HEAD ",'steps':[{" ON ",'then':[],'level':5},{" ON ",'then':[],'level':5}]}", "/steps/1/level level;" },
    { "{" HEAD ",'steps':[{" ON ",'then':[],'if':{'>':[{'var':'open'},'1.001']}}]}", "/steps/0/if/>/1 currency;" },
    { "{" HEAD ",'on':7,'then':[]}", "/on type;" },
    { "{" HEAD ",'on':{'kind':'cron'},'then':[]}", "/on/kind kind;" },
    { "{" HEAD ",'on':{},'then':[]}", "/on kind;" },
    { "{" HEAD ",'on':{'kind':'date','anchor':'amount'},'then':[]}", "/on/anchor trigger;" },
    { "{" HEAD ",'on':{'kind':'date','anchor':'previous'},'then':[]}", "/on/anchor previous;" },
    { "{" HEAD ",'steps':[{" ON ",'then':[]},{'on':{'kind':'date','anchor':'previous','offset':'-P1D'},'then':[]}]}", "/steps/1/on/offset previous;" },
    { "{" HEAD ",'on':{'kind':'date','anchor':'due_date','days':'business'},'then':[]}", "/on trigger;" },
    { "{" HEAD ",'on':{'kind':'date','anchor':'due_date','calendar':'CN'},'then':[]}", "/on/calendar calendar;" },
    { "{" HEAD ",'on':{'kind':'change'},'then':[]}", "/on required;" },
    { "{" HEAD ",'on':{'kind':'change','field':'status'},'then':[]}", "/on/field field;" },
    { "{" HEAD ",'on':{'kind':'change','verb':'item.explode'},'then':[]}", "/on/verb verb;" },
    { "{" HEAD ",'on':{'kind':'change','verb':'invoice.record','to':'x'},'then':[]}", "/on/to field;" },
    { "{" HEAD ",'on':{'kind':'change','entity':'customer','field':'status','to':'gone'},'then':[]}", "/on/to constant;/on via;" },
    { "{" HEAD ",'on':{'kind':'change','entity':'allocation','field':'mode','via':'receipt'},'then':[]}", "/on/via via;" },
    { "{" HEAD ",'on':{'kind':'change','entity':'item_state','field':'open','via':'item'},'then':[]}", "/on/entity entity;/on/field field;/on/via via;" },
    { "{" HEAD ",'on':{'kind':'threshold','rearm':1},'then':[]}", "/on threshold;" },
    { "{" HEAD ",'on':{'kind':'threshold','value':{'var':'seq'},'above':5},'then':[]}", "/on threshold;" },
    { "{" HEAD ",'on':{'kind':'threshold','value':{'var':'seq'},'above':5,'below':2,'rearm':1},'then':[]}", "/on threshold;" },
    { "{" HEAD ",'on':{'kind':'threshold','value':{'var':'seq'},'above':5,'rearm':6},'then':[]}", "/on/rearm threshold;" },
    { "{" HEAD ",'on':{'kind':'threshold','value':{'var':'seq'},'below':5,'rearm':4},'then':[]}", "/on/rearm threshold;" },
    { "{" HEAD ",'on':{'kind':'threshold','value':{'var':'nix'},'above':5,'rearm':1},'then':[]}", "/on/value/var unknown_field;" },
    { "{" HEAD ",'on':{'kind':'threshold','over':{'var':'seq'},'rearm':{'>':[{'var':'seq'},1]}},'then':[]}", "/on/over not_boolean;" },
    { "{" HEAD "," ON ",'then':[{'type':'explode'},{'typ':'level'}]}", "/then/0/type action;/then/1/typ action;/then/1 action;" },
};

static int32_t collect(void *user, const arc_error *e)
{
    char *out = user;
    size_t n = strlen(out);
    if (!e->message[0] || !e->message_zh[0]) print_message("no reason at %s\n", e->pointer);
    snprintf(out + n, 2000 - n, "%s %s;", e->pointer, e->rule);
    return !e->message[0] || !e->message_zh[0];
}

static void faults(void **unused)
{
    static world w;
    (void)unused;
    open_world(&w, 0);
    int bad = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char told[2000] = "";
        arc_status st = arc_definition_check(w.s, "rule", quoted(cases[i].text), SIZE_MAX, collect, told);
        if (strcmp(told, cases[i].faults) == 0 && (st == ARC_OK) == !cases[i].faults[0]) continue;
        print_message("%s\n   %s (%s), not %s\n", cases[i].text, told, arc_status_name(st), cases[i].faults);
        bad++;
    }
    assert_int_equal(bad, 0);
    test_book_close(&w.b);
}

/* A published rule that something has gone from: the others go on, and it is told. */
static void broken(void **unused)
{
    static world w;
    char json[8000];
    size_t n = sizeof json;
    (void)unused;
    open_world(&w, 0);
    int64_t template = publish_as(&w, "template", "note", "{'template':'arcore/1','view':{'number':'text'},'variants':[{'channel':'email','language':'en','subject':'{{number}}','body':'{{number}}'}]}");
    publish(&w, "lane", "{" HEAD "," ON ",'then':[{'type':'message','params':{'template':'note','to':'owner'}}]}");
    publish(&w, "plain", "{" HEAD "," ON ",'then':[]}");
    invoice(&w, "A-1", 1, 1000, DAY - 1);
    assert_session(&w.b, arc_definition_retire(w.s, template));
    arc_proposal *p = propose(&w, DAY, NULL);
    assert_int_equal(lines(p), 1);
    is(p, ARC_OK, arc_proposal_json(p, json, &n));
    assert_non_null(strstr(json, "\"broken\":[{\"rule\":\"lane\""));
    arc_proposal_free(p);
    test_book_close(&w.b);
}

static world small;

static void try_document(test_env *t, const char *text, size_t n, uint64_t *draw)
{
    (void)t;
    (void)draw;
    const char *fault = fuzz_rule(small.s, text, n);
    if (fault) fail_msg("%s: %.*s", fault, (int)n, text);
}

/* The corpus of the fuzzer and variations of it. */
static void variations(void **unused)
{
    (void)unused;
    open_world(&small, 0);
    for (int i = 0; i < 5; i++) {
        char number[16];
        snprintf(number, sizeof number, "A-%d", i);
        invoice(&small, number, 1 + i % 3, 1000 * (i + 1), FUZZ_DAY - 20 + 5 * i);
    }
    assert_true(corpus_replay("rule", 300, try_document, &small.b.t) >= 6);
    test_book_close(&small.b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(faults), cmocka_unit_test(broken), cmocka_unit_test(variations) };
    return cmocka_run_group_tests_name("rules faults", tests, NULL, NULL);
}
