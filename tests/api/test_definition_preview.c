/* SPDX-License-Identifier: Apache-2.0 */
/* What a document would do, by kind, without anything being written. */
#include "arcore/match.h"
#include "api/rule_world.h"

static char out[200000];

static arc_status ask(world *w, const char *kind, const char *document, const char *sample, const int64_t *rows, size_t n, uint32_t entity)
{
    arc_preview_options o = ARC_PREVIEW_OPTIONS_INIT;
    static char text[20000];
    size_t len = sizeof out;
    snprintf(text, sizeof text, "%s", quoted(document));
    o.rows = rows;
    o.n_rows = n;
    o.entity = entity;
    o.sample = sample ? quoted(sample) : NULL;
    out[0] = 0;
    return arc_definition_preview(w->s, out, &len, kind, text, SIZE_MAX, &o);
}

static void tells(world *w, const char *kind, const char *document, const char *sample, const char *expected)
{
    assert_session(&w->b, ask(w, kind, document, sample, NULL, 0, 0));
    if (!strstr(out, quoted(expected))) fail_msg("%s lacks %s", out, quoted(expected));
}

static void faulty(world *w, const char *kind, const char *document)
{
    arc_error told = ARC_ERROR_INIT, checked = ARC_ERROR_INIT;
    arc_status st = ask(w, kind, document, NULL, NULL, 0, 0);
    assert_ok(arc_session_error(w->s, &told));
    assert_true(st < 0);
    assert_int_equal(arc_definition_check(w->s, kind, quoted(document), SIZE_MAX, NULL, NULL), st);
    assert_ok(arc_session_error(w->s, &checked));
    assert_string_equal(told.pointer, checked.pointer);
    assert_string_equal(told.message, checked.message);
}

static void rules(world *w)
{
    static const char ladder[] = "{'rule':'arcore/1','subject':'item','currency':'CNY','if':{'>':[{'var':'open'},'0']},'on':{'kind':'date','anchor':'due_date','offset':'P1D'},'then':[]}";
    invoice(w, "A-1", 1, 20000, DAY - 3);
    tells(w, "rule", ladder, NULL, "'fired':1");
    faulty(w, "rule", "{'rule':'arcore/1','subject':'item','on':{'kind':'date','anchor':'amount'},'then':[]}");
}

static void validations(world *w)
{
    invoice(w, "A-1", 1, 20000, DAY - 3);
    invoice(w, "A-2", 1, 500, DAY - 3);
    const char *big = "{'entity':'invoice','rules':[{'name':'big','currency':'CNY','check':{'>=':[{'var':'gross_amount'},'100.00']}},{'name':'once','unique':'customer','severity':'warning'}]}";
    tells(w, "validation", big, NULL, "'entity':'invoice','read':2,'broken':2,'normalised':0,'rules':[{'rule':'big','severity':'error','broken':1,'rows':[2]},"
                                      "{'rule':'once','severity':'warning','broken':2,'rows':[1,2]}]");
    const int64_t one = 1;
    assert_session(&w->b, ask(w, "validation", big, NULL, &one, 1, 0));
    assert_non_null(strstr(out, quoted("'broken':1,'normalised':0,'rules':[{'rule':'big','severity':'error','broken':0,'rows':[]}")));
    faulty(w, "validation", "{'entity':'invoice','rules':[{'name':'big','required':'nonsense'}]}");
}

static void templates(world *w)
{
    static const char letter[] = "{'template':'arcore/1','view':{'number':'text','customer':{'type':'object','members':{'legal_name':'text'}},'gross_amount':'money','due_date':'date','word':'text'},"
                                 "'variants':[{'channel':'sms','language':'en','body':'{{word}} {{number}} {{gross_amount}}{{#customer}} {{legal_name}}{{/customer}}'}]}";
    const int64_t one = 1;
    invoice(w, "A-1", 1, 20000, DAY - 3);
    assert_session(&w->b, ask(w, "template", letter, "{'view':{'word':'Hi'}}", &one, 1, ARC_INVOICE));
    if (!strstr(out, "Hi A-1 CN\xC2\xA5" "200.00 ")) fail_msg("%s", out);
    tells(w, "template", letter, "{'view':{'word':'Hi','number':'N','gross_amount':{'amount':'1.00','currency':'CNY'},'customer':{'legal_name':'X'},'due_date':'2026-01-01'}}", "Hi N ");
    assert_session_status(ARC_E_NOT_FOUND, &w->b, ask(w, "template", letter, NULL, &one, 1, 0));
    faulty(w, "template", "{'template':'arcore/1','view':{'a':'text'},'variants':[{'channel':'sms','language':'en','body':'{{b}}'}]}");
}

static void tables(world *w)
{
    static const char table[] = "{'subject':'customer','inputs':[{'id':'i','field':'code'}],'outputs':[{'id':'o','field':'o','type':'integer'}],'rules':[{'o':1}]}";
    static const char card[] = "{'characteristics':[{'name':'age','field':'age','type':'integer','attributes':[{'test':'<= 10','partialScore':1},{'test':'> 10','partialScore':2}]}]}";
    const int64_t one = 1;
    assert_session(&w->b, ask(w, "decision_table", table, "{'inputs':{'code':'C1'}}", &one, 1, 0));
    assert_non_null(strstr(out, quoted("{'id':1,'answer':{")));
    assert_non_null(strstr(out, quoted("'result':{'o':1}")));
    assert_non_null(strstr(out, quoted("'report':{")));
    faulty(w, "decision_table", "{'inputs':[]}");
    faulty(w, "scorecard", "{'inputs':[]}");
    arc_status st = ask(w, "scorecard", card, "{'inputs':{'age':12}}", NULL, 0, 0);
    if (st != ARC_OK) {
        arc_error e = ARC_ERROR_INIT;
        assert_ok(arc_session_error(w->s, &e));
        fail_msg("%s %s", e.pointer, e.message);
    }
    assert_non_null(strstr(out, quoted("'score':")));
}

static void tolerances(world *w)
{
    static const char document[] = "{'tolerance':'arcore/1','customers':[{'currency':'CNY','absolute':'5.00','percent':'1'}],'bank_fee':[{'currency':'USD','most':'30.00'}],'discount':{'grace_days':3,'partial':true}}";
    const int64_t one = 1;
    tells(w, "tolerance", document, "{'amounts':['100.00','9999.00']}", "'outcomes':[{'amount':'100.00','allowed':'1.00'},{'amount':'9999.00','allowed':'5.00'}]");
    tells(w, "tolerance", document, NULL, "'bank_fee':[{'currency':'USD','most':'30.00'}],'discount':{'grace_days':3,'partial':true,'unearned':false}");
    assert_session(&w->b, ask(w, "tolerance", document, "{'amounts':['200.00']}", &one, 1, 0));
    assert_non_null(strstr(out, quoted("'rows':[{'id':1,'currency':'CNY','outcomes':[{'amount':'200.00','allowed':'2.00'}]}]")));
    assert_session_status(ARC_E_VALUE, &w->b, ask(w, "tolerance", document, "{'amounts':['x']}", NULL, 0, 0));
    faulty(w, "tolerance", "{'tolerance':'arcore/1','customers':[{'absolute':'1'}]}");
}

static void terms(world *w)
{
    tells(w, "term", "{'lines':[{'percent':'30','due':{'kind':'net','days':0}},{'due':{'kind':'net','days':30}}]}", "{'date':'2026-03-10','amount':'1000.00','currency':'CNY'}",
          "'instalments':[{'line':1,'due':'2026-03-10','amount':'300.00'},{'line':2,'due':'2026-04-09','amount':'700.00'}],'discounts':[]");
    tells(w, "term", "{'due':{'kind':'net','days':30},'discounts':[{'percent':'2','until':{'kind':'net','days':10}}]}", "{'date':'2026-03-10'}", "'until':'2026-03-20','last':'2026-03-20','amount':'20.00'");
    faulty(w, "term", "{'due':{'kind':'soon'}}");
}

static void mappings(world *w)
{
    static const char mapping[] = "{'mapping':'arcore/1','targets':[{'entity':'customer','match':['code'],'fields':{'code':{'column':'a'},'legal_name':{'column':'b'}}}]}";
    arc_query *q;
    tells(w, "import_mapping", mapping, "{'csv':'a,b\\nN1,New\\nN2,\\n'}", "'rows':2,'bad_rows':1,'n_faults':1,'customers_new':1");
    assert_non_null(strstr(out, quoted("'records':[{'row':1,'line':2,'entity':'customer','record':{'code':'N1'")));
    assert_non_null(strstr(out, quoted("'faults':[{'row':2,'line':3,'code':'ARC_E_REQUIRED'")));
    assert_ok(arc_query_new(w->s, &q, ARC_CUSTOMER));
    assert_ok(arc_query_where_text(q, ARC_CUSTOMER_CODE, ARC_EQ, "N1", SIZE_MAX));
    arc_cursor *c;
    assert_ok(arc_query_run(q, &c));
    assert_int_equal(arc_cursor_next(c), ARC_DONE); /* nothing was written */
    arc_cursor_free(c);
    arc_query_free(q);
    assert_session_status(ARC_E_REQUIRED, &w->b, ask(w, "import_mapping", mapping, NULL, NULL, 0, 0));
    faulty(w, "import_mapping", "{'mapping':'arcore/1'}");
}

static void account_maps(world *w)
{
    static const char *const shipped[] = { "china", "generic" };
    char document[20000];
    tells(w, "account_map", "{'accounts':{'receivable':{'code':'1122','name':'R','by':[{'currency':'USD','code':'1122.02'}]}}}", "{'currency':'USD'}",
          "{'event':'receipt_applied','debit':[{'role':'on_account','missing':true}],'credit':[{'role':'receivable','code':'1122.02','name':'R'}]}");
    for (int i = 0; i < 2; i++) { /* these have every account */
        size_t n = sizeof document, len = sizeof out;
        assert_ok(arc_account_map_shipped(document, &n, shipped[i]));
        assert_session(&w->b, arc_definition_preview(w->s, out, &len, "account_map", document, n, NULL));
        if (!strstr(out, quoted("'incomplete':0"))) fail_msg("%s", out);
    }
    faulty(w, "account_map", "{'accounts':{'receivable':{'code':'1'}}}");
}

static void approvals(world *w)
{
    tells(w, "approval", "{'approvals':[{'verb':'customer.update','fields':['legal_name'],'days':14},{'verb':'customer.insert'}]}",
          "{'calls':[{'verb':'customer.update','fields':['short_name']},{'verb':'customer.update','fields':['legal_name']},{'verb':'customer.insert','amount':'5.00'}]}",
          "'approvals':[{'verb':'customer.update','fields':['legal_name'],'days':14,'waiting':0,'rows':[]},{'verb':'customer.insert','fields':[],'waiting':0,'rows':[]}],"
          "'calls':[{'verb':'customer.update','waits':false},{'verb':'customer.update','waits':true,'approval':0},{'verb':'customer.insert','waits':true,'approval':1,'within_authority':true}]");
    faulty(w, "approval", "{'approvals':[{'verb':'customer.update','days':0}]}");
}

static void sources(world *w)
{
    tells(w, "source", "{'unlisted':'refuse','entities':{'customer':{'owns':['legal_name'],'others':'skip'}}}", "{'entity':'customer','record':{'legal_name':'A','short_name':'B'}}",
          "'unlisted':'refuse','record':[{'field':'legal_name','outcome':'own'},{'field':'short_name','outcome':'skip'}]");
    assert_non_null(strstr(out, quoted("'entities':[{'entity':'customer','own':['legal_name'],'skip':[")));
    faulty(w, "source", "{'entities':{'customer':{'owns':1}}}");
}

/* Every code of the list has a schema, a check and a preview; those of engines that do not stand yet have none of the three, and are named here. */
static void every_kind(world *w)
{
    static const char *const reserved = " workflow report promotion bank_format exposure ";
    static char schema[600000], text[200000];
    size_t n = sizeof schema;
    int kinds = 0;
    assert_ok(arc_schema_json(w->b.t.ctx, schema, &n, "en"));
    char *at = strstr(schema, "\"definition_kind\":[{");
    assert_non_null(at);
    char *end = strchr(at, ']');
    for (char *code = strstr(at, "\"code\":\""); code && code < end; code = strstr(code, "\"code\":\"")) {
        char kind[41], named[50];
        size_t len = sizeof text, cap = sizeof out;
        code += 8;
        snprintf(kind, sizeof kind, "%.*s", (int)strcspn(code, "\""), code);
        snprintf(named, sizeof named, " %s ", kind);
        int stands = strstr(reserved, named) == NULL;
        assert_int_equal(arc_definition_schema_json(text, &len, kind), stands ? ARC_OK : ARC_E_NOT_FOUND);
        assert_int_equal(arc_definition_check(w->s, kind, "{}", 2, NULL, NULL) == ARC_E_UNSUPPORTED, !stands);
        assert_int_equal(arc_definition_preview(w->s, out, &cap, kind, "{}", 2, NULL) == ARC_E_UNSUPPORTED, !stands);
        kinds++;
    }
    assert_true(kinds >= 18);
}

static void matching(world *w)
{
    char strategy[20000], document[20002];
    size_t n = sizeof strategy, len = sizeof out;
    assert_ok(arc_match_strategy_shipped(strategy, &n, "default"));
    snprintf(document, sizeof document, "\n %s", strategy);
    assert_session(&w->b, arc_definition_preview(w->s, out, &len, "matching", document, SIZE_MAX, NULL));
    assert_non_null(strstr(out, "\"kind\":\"matching\",\"proposal\":{"));
}

static void arguments(world *w)
{
    arc_preview_options o = ARC_PREVIEW_OPTIONS_INIT, d;
    size_t n = 3;
    assert_ok(arc_preview_options_init(&d));
    assert_memory_equal(&o, &d, sizeof o);
    assert_int_equal(arc_preview_options_init(NULL), ARC_E_INVALID);
    assert_int_equal(arc_definition_preview(w->s, out, NULL, "source", "{}", 2, NULL), ARC_E_INVALID);
    assert_int_equal(arc_definition_preview(w->s, out, &n, NULL, "{}", 2, NULL), ARC_E_INVALID);
    assert_int_equal(arc_definition_preview(w->s, out, &n, "source", NULL, 2, NULL), ARC_E_INVALID);
    assert_int_equal(arc_definition_preview(w->s, out, &n, "source", "{}", 2, NULL), ARC_E_BUFFER);
    assert_true(n > 3);
    o.max = 1001;
    assert_int_equal(arc_definition_preview(w->s, out, &n, "source", "{}", 2, &o), ARC_E_LIMIT);
    o.max = 0;
    o.sample = "[]";
    assert_int_equal(arc_definition_preview(w->s, out, &n, "source", "{}", 2, &o), ARC_E_VALUE);
}

static void test_rules(void **unused) { (void)unused, on_all(rules); }
static void test_validations(void **unused) { (void)unused, on_all(validations); }
static void test_templates(void **unused) { (void)unused, on_all(templates); }
static void test_tables(void **unused) { (void)unused, on_all(tables); }
static void test_tolerances(void **unused) { (void)unused, on_all(tolerances); }
static void test_terms(void **unused) { (void)unused, on_all(terms); }
static void test_mappings(void **unused) { (void)unused, on_all(mappings); }
static void test_account_maps(void **unused) { (void)unused, on_all(account_maps); }
static void test_approvals(void **unused) { (void)unused, on_all(approvals); }
static void test_sources(void **unused) { (void)unused, on_all(sources); }
static void test_every_kind(void **unused) { (void)unused, on_all(every_kind); }
static void test_matching(void **unused) { (void)unused, on_all(matching); }
static void test_arguments(void **unused) { (void)unused, on_all(arguments); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules), cmocka_unit_test(test_validations), cmocka_unit_test(test_templates), cmocka_unit_test(test_tables), cmocka_unit_test(test_tolerances), cmocka_unit_test(test_terms),
        cmocka_unit_test(test_mappings), cmocka_unit_test(test_account_maps), cmocka_unit_test(test_approvals), cmocka_unit_test(test_sources), cmocka_unit_test(test_every_kind), cmocka_unit_test(test_matching), cmocka_unit_test(test_arguments),
    };
    return cmocka_run_group_tests_name("definition_preview", tests, NULL, NULL);
}
