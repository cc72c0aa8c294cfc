/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions over a book: paths along references and states, lists of child rows, custom fields, records, previews; and the same answers
 * whatever the store was asked, for random conditions over random rows with gaps, on every backend. */
#include "api/ledger_kit.h"

#include "arcore/condition.h"
#include "arcore/custom.h"

enum { NO = ARC_CONDITION_FALSE, YES = ARC_CONDITION_TRUE, ERR = ARC_CONDITION_ERROR };

static void quoted(char *to, const char *from)
{
    while ((*to = *from++) != 0) {
        if (*to == '\'') *to = '"';
        to++;
    }
}

static arc_condition *condition(test_book *b, uint32_t entity, const char *text, const char *currency)
{
    arc_condition *c;
    char own[4000];
    arc_condition_options o = ARC_CONDITION_OPTIONS_INIT;
    o.currency = currency;
    quoted(own, text);
    assert_session(b, arc_condition_new(b->session, &c, entity, own, SIZE_MAX, &o));
    return c;
}

static void expect(test_book *b, uint32_t entity, const char *text, int64_t id, int32_t expected)
{
    arc_condition *c = condition(b, entity, text, "CNY");
    int32_t result = -1;
    arc_record *r;
    assert_ok(arc_condition_test(c, &result, &id, 1, 20640));
    if (result != expected) print_message("%s: %d\n", text, result);
    assert_int_equal(result, expected);
    assert_session(b, arc_session_get(b->session, &r, entity, id));
    assert_ok(arc_condition_test_record(c, &result, r, 20640));
    assert_int_equal(result, expected);
    arc_record_free(r);
    arc_condition_free(c);
}

static int64_t first_item(test_book *b, int64_t invoice)
{
    arc_query *q;
    arc_cursor *c;
    int64_t id = 0;
    assert_ok(arc_query_new(b->session, &q, ARC_ITEM));
    assert_ok(arc_query_where_int(q, ARC_ITEM_INVOICE, ARC_EQ, invoice));
    assert_ok(arc_query_run(q, &c));
    assert_int_equal(arc_cursor_next(c), ARC_OK);
    arc_record *r;
    assert_ok(arc_cursor_record(c, &r));
    assert_ok(arc_record_get_int(r, &id, ARC_ITEM_ID));
    arc_record_free(r);
    arc_cursor_free(c);
    arc_query_free(q);
    return id;
}

/* ---- paths --------------------------------------------------------------------------------------------------------------------- */

static void define(test_book *b, const char *json)
{
    assert_session(b, arc_custom_define(b->session, NULL, json, SIZE_MAX));
}

static void paths(test_book *b)
{
    define(b, "{\"entity\":\"customer\",\"name\":\"x_tier\",\"kind\":\"choice\",\"choices\":[\"gold\",\"iron\"]}");
    define(b, "{\"entity\":\"customer\",\"name\":\"x_fee\",\"kind\":\"money\"}");
    define(b, "{\"entity\":\"customer\",\"name\":\"x_tags\",\"kind\":\"choices\",\"choices\":[\"a\",\"b\",\"c\"]}");
    int64_t p = record_of(b, ARC_CUSTOMER, "{\"code\":\"P\",\"legal_name\":\"Parent\",\"kind\":\"company\",\"x_tier\":\"iron\",\"x_fee\":\"12.50 CNY\",\"x_tags\":[\"a\",\"c\"]}");
    char json[400];
    snprintf(json, sizeof json, "{\"code\":\"D\",\"legal_name\":\"Daughter\",\"parent\":%lld}", (long long)p);
    int64_t d = record_of(b, ARC_CUSTOMER, json);
    snprintf(json, sizeof json, "{\"number\":\"I1\",\"customer\":%lld,\"currency\":\"CNY\",\"gross_amount\":\"1000.00\",\"invoice_date\":\"2026-05-01\",\"due_date\":\"2026-05-31\"}", (long long)d);
    int64_t invoice = record_of(b, ARC_INVOICE, json), item = first_item(b, invoice);
    snprintf(json, sizeof json, "{\"number\":\"I2\",\"customer\":%lld,\"currency\":\"CNY\",\"gross_amount\":\"500.00\",\"invoice_date\":\"2026-05-01\",\"due_date\":\"2026-07-31\"}", (long long)d);
    (void)record_of(b, ARC_INVOICE, json);
    expect(b, ARC_ITEM, "{'==':[{'var':'customer.parent.x_tier'},'iron']}", item, YES);
    expect(b, ARC_ITEM, "{'==':[{'var':'customer.x_tier'},null]}", item, YES);
    expect(b, ARC_ITEM, "{'>=':[{'var':'open'},'1000.00']}", item, YES);
    expect(b, ARC_ITEM, "{'>':[{'var':'open'},'1000.00']}", item, NO);
    expect(b, ARC_ITEM, "{'<':[{'/':[{'var':'open'},{'var':'amount'}]},'1.01']}", item, YES); /* one currency */
    expect(b, ARC_ITEM, "{'==':[{'var':'days_overdue'},36]}", item, YES); /* 2026-07-06 */
    expect(b, ARC_ITEM, "{'>':[{'var':'state.due_date'},{'var':'today'}]}", item, NO);
    expect(b, ARC_ITEM, "{'and':[{'==':[{'var':'base_currency'},'CNY']},{'==':[{'var':'base_amount'},'1000']}]}", item, YES);
    expect(b, ARC_CUSTOMER, "{'>':[{'var':'x_fee'},12]}", p, YES);
    expect(b, ARC_CUSTOMER, "{'in':['c',{'var':'x_tags'}]}", p, YES);
    expect(b, ARC_CUSTOMER, "{'all':[{'var':'x_tags'},{'in':[{'var':''},['a','b']]}]}", p, NO);
    expect(b, ARC_CUSTOMER, "{'==':[{'count':[{'var':'items'}]},2]}", d, YES);
    expect(b, ARC_CUSTOMER, "{'==':[{'count':[{'var':'items'}]},0]}", p, YES);
    expect(b, ARC_CUSTOMER, "{'==':[{'sum':[{'var':'items'},{'var':'open'}]},'1500.00']}", d, YES);
    expect(b, ARC_CUSTOMER, "{'==':[{'sum':[{'var':'items'},{'var':'open'},{'>':[{'var':'days_overdue'},0]}]},'1000.00']}", d, YES);
    expect(b, ARC_CUSTOMER, "{'some':[{'var':'items'},{'and':[{'>':[{'var':'days_overdue'},30]},{'==':[{'var':'customer.parent.code'},'P']}]}]}", d, YES);
    expect(b, ARC_CUSTOMER, "{'all':[{'var':'items'},{'>':[{'var':'days_overdue'},0]}]}", d, NO);
    expect(b, ARC_CUSTOMER, "{'none':[{'var':'items'},{'<':[{'var':'amount'},0]}]}", d, YES);
    expect(b, ARC_CUSTOMER, "{'some':[{'var':'customers_by_parent'},{'==':[{'var':'code'},'D']}]}", p, YES);
    expect(b, ARC_CUSTOMER, "{'and':[{'var':'opt_out'},true]}", d, NO);
    expect(b, ARC_ITEM, "{'>':[{'*':[{'/':[1,{'-':[{'var':'seq'},1]}]},1]},0]}", item, ERR);
    /* fields made later, choices too: compiled anew */
    arc_condition *c = condition(b, ARC_CUSTOMER, "{'==':[{'var':'x_tier'},'iron']}", NULL);
    int32_t result = 0;
    assert_session(b, arc_custom_alter(b->session, ARC_CUSTOMER, "x_tier", "{\"choices\":[\"gold\",\"iron\",\"tin\"]}", SIZE_MAX));
    snprintf(json, sizeof json, "{\"code\":\"T\",\"legal_name\":\"Tin\",\"x_tier\":\"tin\"}");
    int64_t ids[] = { record_of(b, ARC_CUSTOMER, json), p, 999999 };
    int32_t results[3];
    assert_ok(arc_condition_test(c, results, ids, 3, ARC_DATE_NONE));
    assert_int_equal(results[0], NO);
    assert_int_equal(results[1], YES);
    assert_int_equal(results[2], ARC_CONDITION_ABSENT);
    /* ... by another handle of the book, too */
    arc_book *other;
    arc_session *s;
    assert_ok(arc_book_clone(b->book, &other));
    assert_ok(arc_session_open(other, &s, NULL));
    assert_ok(arc_custom_alter(s, ARC_CUSTOMER, "x_tier", "{\"choices\":[\"gold\",\"iron\",\"tin\",\"lead\"]}", SIZE_MAX));
    ids[0] = sample_insert(s, ARC_CUSTOMER, "{\"code\":\"Z\",\"legal_name\":\"Lead\",\"x_tier\":\"lead\"}");
    assert_ok(arc_condition_test(c, results, ids, 2, ARC_DATE_NONE));
    assert_int_equal(results[0], NO);
    arc_book_close(other);
    arc_condition_free(c);
    (void)result;
}

static void test_paths(void **state)
{
    (void)state;
    for (int backend = 0; backend < 2; backend++) {
        test_book b;
        open_book(&b, backend);
        paths(&b);
        test_book_close(&b);
    }
}

/* What is open is asked of the states: no item that is settled is read. */
static void test_states(void **state)
{
    test_book b;
    char json[400], buf[4000];
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        size_t len = sizeof buf;
        open_book(&b, backend);
        for (int i = 0; i < 20; i++) {
            snprintf(json, sizeof json, "{\"number\":\"S%d\",\"customer\":1,\"currency\":\"%s\",\"gross_amount\":\"%d\",\"invoice_date\":\"2026-05-01\",\"due_date\":\"2026-05-%02d\"}", i, i % 4 ? "CNY" : "JPY",
                     100 + i, 10 + i);
            (void)record_of(&b, ARC_INVOICE, json);
        }
        arc_condition *c = condition(&b, ARC_ITEM, "{'and':[{'>':[{'var':'open'},'105.00']},{'>':[{'var':'days_overdue'},10]},{'==':[{'var':'customer.code'},'C']},{'!=':[{'var':'number'},'S7']}]}", "CNY");
        assert_ok(arc_condition_preview(c, buf, &len, 2, 20600)); /* due before 2026-05-17: S0 to S6; over 105: S6 */
        assert_string_equal(buf, "{\"matches\":1,\"errors\":0,\"read\":1,\"rows\":[7],\"asked\":{\"entity\":\"item_state\",\"tests\":2,\"whole\":false}}");
        arc_condition_free(c);
        c = condition(&b, ARC_ITEM, "{'and':[{'>':[{'/':[{'var':'open'},{'-':[{'var':'amount'},{'var':'amount'}]}]},1]},{'>':[{'var':'open'},'105.00']}]}", "CNY");
        len = sizeof buf;
        assert_ok(arc_condition_preview(c, buf, &len, 2, 20600)); /* every row is an error, and none is kept back */
        assert_non_null(strstr(buf, "{\"matches\":0,\"errors\":20,\"read\":20,\"rows\":[],\"asked\":{\"entity\":\"item\",\"tests\":0,\"whole\":false},\"first_error\":{\"id\":1,\"code\":\"ARC_E_DIVIDE\""));
        arc_condition_free(c);
        test_book_close(&b);
    }
}

/* A list of 10,000 rows is read, one of 10,001 an error. */
static void test_long_lists(void **state)
{
    test_book b;
    enum { N = 10000 };
    static arc_record *records[N];
    static int64_t ids[N];
    const int64_t customer = 1;
    int32_t result;
    (void)state;
    open_book(&b, 0);
    for (int i = 0; i < N; i++) {
        assert_ok(arc_record_new(b.session, &records[i], ARC_CONTACT));
        assert_ok(arc_record_set_json(records[i], "{\"customer\":1,\"name\":\"N\"}", SIZE_MAX));
    }
    assert_session(&b, arc_session_insert_many(b.session, ids, NULL, records, N, ARC_ALL_OR_NONE));
    for (int i = 0; i < N; i++) arc_record_free(records[i]);
    arc_condition *c = condition(&b, ARC_CUSTOMER, "{'==':[{'count':{'var':'contacts'}},10000]}", NULL);
    assert_ok(arc_condition_test(c, &result, &customer, 1, 20600));
    assert_int_equal(result, YES);
    (void)record_of(&b, ARC_CONTACT, "{\"customer\":1,\"name\":\"N\"}");
    assert_ok(arc_condition_test(c, &result, &customer, 1, 20600));
    assert_int_equal(result, ERR);
    char buf[600];
    size_t len = sizeof buf;
    assert_ok(arc_condition_explain(c, buf, &len, customer, 20600));
    assert_non_null(strstr(buf, "ARC_E_LIMIT"));
    arc_condition_free(c);
    test_book_close(&b);
}

/* ---- telling ------------------------------------------------------------------------------------------------------------------------- */

static void test_telling(void **state)
{
    test_book b;
    char buf[4000];
    size_t len = sizeof buf;
    arc_error e = ARC_ERROR_INIT;
    arc_condition *c;
    (void)state;
    open_book(&b, 0);
    assert_session(&b, arc_condition_check(b.session, buf, &len, ARC_CUSTOMER, "{\"and\":[{\"==\":[{\"var\":\"nix\"},1]},{\"what\":1}]}", SIZE_MAX, NULL));
    assert_non_null(strstr(buf, "[{\"pointer\":\"/and/0/==/0/var\",\"code\":\"unknown_field\",\"status\":\"ARC_E_NOT_FOUND\",\"en\":\"nix: there is no such field\",\"zh\":\""));
    assert_non_null(strstr(buf, "{\"pointer\":\"/and/1/what\",\"code\":\"unknown_operator\""));
    len = sizeof buf;
    assert_session(&b, arc_condition_check(b.session, buf, &len, ARC_CUSTOMER, "{\"==\":[{\"var\":\"code\"},\"C\"]}", SIZE_MAX, NULL));
    assert_string_equal(buf, "[]");
    len = sizeof buf;
    assert_session(&b, arc_condition_check(b.session, buf, &len, ARC_CUSTOMER, "{\"==\":[", SIZE_MAX, NULL));
    assert_non_null(strstr(buf, "\"code\":\"json\",\"status\":\"ARC_E_SYNTAX\""));
    assert_session_status(ARC_E_NOT_FOUND, &b, arc_condition_new(b.session, &c, ARC_CUSTOMER, "{\"==\":[{\"var\":\"nix\"},1]}", SIZE_MAX, NULL));
    assert_ok(arc_session_error(b.session, &e));
    assert_string_equal(e.pointer, "/==/0/var");
    assert_string_equal(e.rule, "unknown_field");
    c = condition(&b, ARC_CUSTOMER, "{'if':{'and':[{'==':[{'var':'code'},'C']},{'>':[{'var':'registered_capital'},'5.00']}]},'currency':'CNY'}", NULL);
    len = sizeof buf;
    assert_ok(arc_condition_explain(c, buf, &len, 1, ARC_DATE_NONE));
    assert_string_equal(buf, "{\"result\":false,\"tests\":[{\"pointer\":\"/if/and/0\",\"op\":\"==\",\"left\":\"C\",\"right\":\"C\",\"result\":true},{\"pointer\":\"/if/and/1\",\"op\":\">\","
                             "\"left\":\"null\",\"right\":\"5.00 CNY\",\"result\":false}],\"sentence\":\"code (C) == C: yes; registered_capital (null) > 5.00 CNY: no.\",\"sentence_zh\":\"code (C) == C：是；registered_capital (null) > 5.00 CNY：否。\"}");
    len = 3;
    assert_status(ARC_E_BUFFER, arc_condition_explain(c, buf, &len, 1, ARC_DATE_NONE));
    assert_status(ARC_E_NOT_FOUND, arc_condition_explain(c, buf, &len, 77, ARC_DATE_NONE));
    assert_ok(arc_condition_error(c, &e));
    assert_int_equal(e.status, ARC_E_NOT_FOUND);
    len = sizeof buf;
    assert_ok(arc_condition_preview(c, buf, &len, 5, ARC_DATE_NONE));
    assert_string_equal(buf, "{\"matches\":0,\"errors\":0,\"read\":0,\"rows\":[],\"asked\":{\"entity\":\"customer\",\"tests\":2,\"whole\":true}}");
    assert_status(ARC_E_LIMIT, arc_condition_preview(c, buf, &len, 1001, ARC_DATE_NONE));
    assert_status(ARC_E_RANGE, arc_condition_preview(c, buf, &len, 1, 99999999));
    assert_status(ARC_E_INVALID, arc_condition_test(c, NULL, NULL, 1, 0));
    assert_status(ARC_E_HANDLE, arc_condition_test_record(c, &(int32_t){ 0 }, (arc_record *)(void *)c, 0));
    arc_condition_free(c);
    assert_status(ARC_E_HANDLE, arc_condition_preview(c, buf, &len, 1, 0));
    test_book_close(&b);
}

/* ---- who may ask what -------------------------------------------------------------------------------------------------------------- */

static arc_status may_ask(arc_session *s, uint32_t entity, const char *text)
{
    arc_condition *c;
    char own[500];
    quoted(own, text);
    arc_status st = arc_condition_new(s, &c, entity, own, SIZE_MAX, NULL);
    arc_condition_free(c);
    return st;
}

static void test_permissions(void **state)
{
    static people p;
    char json[300], buf[2000];
    size_t len = sizeof buf;
    int64_t ids[2];
    int32_t results[2];
    arc_condition *c;
    (void)state;
    people_open(&p, 0);
    for (int i = 0; i < 2; i++) {
        snprintf(json, sizeof json, "{\"code\":\"P%d\",\"legal_name\":\"P\",\"owner\":%lld}", i, (long long)people_user(&p, i ? "dan" : "ann"));
        ids[i] = sample_insert(p.b.session, ARC_CUSTOMER, json);
    }
    assert_session(&p.b, arc_role_define(p.b.session, NULL, "{\"code\":\"own\",\"name\":\"O\",\"rows\":\"own\",\"verbs\":[\"*.read\"],\"fields\":{\"customer.legal_rep\":\"none\",\"customer.uscc\":\"mask\"}}", SIZE_MAX));
    (void)people_grant(&p, "root", "admin");
    (void)people_grant(&p, "ann", "own");
    people_start(&p);
    arc_session *ann = people_session(p.b.book, "ann");
    assert_int_equal(may_ask(ann, ARC_CUSTOMER, "{'==':[{'var':'code'},'P0']}"), ARC_OK);
    assert_int_equal(may_ask(ann, ARC_CUSTOMER, "{'==':[{'var':'legal_rep'},'x']}"), ARC_E_FORBIDDEN);
    assert_int_equal(may_ask(ann, ARC_CUSTOMER, "{'==':[{'var':'uscc'},'x']}"), ARC_E_FORBIDDEN);
    assert_int_equal(may_ask(ann, ARC_ITEM, "{'==':[{'var':'customer.code'},'x']}"), ARC_E_FORBIDDEN); /* she sees a part of the customers */
    assert_int_equal(may_ask(ann, ARC_CUSTOMER, "{'==':[{'count':{'var':'items'}},0]}"), ARC_E_FORBIDDEN);
    assert_ok(arc_condition_new(ann, &c, ARC_CUSTOMER, "{\"!=\":[{\"var\":\"code\"},\"?\"]}", SIZE_MAX, NULL));
    assert_ok(arc_condition_test(c, results, ids, 2, PEOPLE_DAY));
    assert_int_equal(results[0], YES);
    assert_int_equal(results[1], ARC_CONDITION_ABSENT);
    assert_ok(arc_condition_preview(c, buf, &len, 5, PEOPLE_DAY));
    assert_non_null(strstr(buf, "{\"matches\":1,"));
    len = sizeof buf;
    assert_int_equal(arc_condition_explain(c, buf, &len, ids[1], PEOPLE_DAY), ARC_E_NOT_FOUND);
    arc_condition_free(c);
    arc_session_close(ann);
    people_close(&p);
}

/* ---- the store and the program ---------------------------------------------------------------------------------------------------------- */

typedef struct world {
    test_book b;
    uint64_t seed;
    int64_t ids[120];
} world;

static uint64_t draw(world *w, uint64_t n) { return test_random(&w->seed) % n; }
static const char *pick(world *w, const char *const *list, uint64_t n) { return list[draw(w, n)]; }

static void random_customer(world *w, int i)
{
    static const char *const kinds[] = { "company", "person", "public" }, *const names[] = { "", "acme ltd", "acme", "Ltd", "zeta" };
    static const char *const tiers[] = { "gold", "iron", "tin" }, *const days[] = { "2026-01-01", "2026-05-27", "2026-06-01" };
    char json[1000];
    int n = snprintf(json, sizeof json, "{\"code\":\"R%d\",\"legal_name\":\"L%d\"", i, i % 7);
    if (draw(w, 3)) n += snprintf(json + n, sizeof json - (size_t)n, ",\"kind\":\"%s\"", pick(w, kinds, 2));
    if (draw(w, 3)) n += snprintf(json + n, sizeof json - (size_t)n, ",\"short_name\":\"%s\"", pick(w, names, 5));
    if (draw(w, 3)) n += snprintf(json + n, sizeof json - (size_t)n, ",\"capital_currency\":\"%s\",\"registered_capital\":\"%d\"", draw(w, 2) ? "CNY" : "JPY", (int)draw(w, 9) - 2);
    if (draw(w, 3)) n += snprintf(json + n, sizeof json - (size_t)n, ",\"opt_out\":%s", draw(w, 2) ? "true" : "false");
    if (draw(w, 3)) n += snprintf(json + n, sizeof json - (size_t)n, ",\"dunning_block_to\":\"%s\"", pick(w, days, 3));
    if (draw(w, 3)) n += snprintf(json + n, sizeof json - (size_t)n, ",\"size_declared_on\":\"%s\"", pick(w, days, 3));
    if (draw(w, 3)) n += snprintf(json + n, sizeof json - (size_t)n, ",\"parent\":%d", 1);
    if (draw(w, 3)) n += snprintf(json + n, sizeof json - (size_t)n, ",\"x_tier\":\"%s\"", pick(w, tiers, 3));
    if (draw(w, 3)) n += snprintf(json + n, sizeof json - (size_t)n, ",\"x_rate\":\"%d.5\"", (int)draw(w, 5) - 2);
    if (draw(w, 3)) n += snprintf(json + n, sizeof json - (size_t)n, ",\"x_tags\":[%s]", draw(w, 2) ? "\"a\"" : "\"a\",\"b\"");
    snprintf(json + n, sizeof json - (size_t)n, "}");
    w->ids[i] = record_of(&w->b, ARC_CUSTOMER, json);
}

static const char *const atoms[] = {
    "{'==':[{'var':'kind'},'company']}", "{'!=':[{'var':'kind'},'company']}", "{'in':[{'var':'kind'},['company','person']]}", "{'>=':[{'var':'kind'},'person']}", "{'<':[{'var':'kind'},'person']}",
    "{'==':[{'var':'short_name'},'acme']}", "{'!=':[{'var':'short_name'},'']}", "{'in':['ltd',{'var':'short_name'}]}", "{'startsWith':[{'var':'short_name'},'acme']}", "{'startsWith':[{'var':'short_name'},'']}",
    "{'endsWith':[{'var':'short_name'},'ltd']}", "{'!':{'var':'short_name'}}", "{'!!':{'var':'short_name'}}", "{'in':[{'var':'short_name'},['acme','zeta','']]}",
    "{'>=':[{'var':'registered_capital'},3]}", "{'<=':[1,{'var':'registered_capital'},4]}", "{'!=':[{'var':'registered_capital'},3]}", "{'==':[{'var':'registered_capital'},3]}", "{'in':[{'var':'registered_capital'},[1,2,3]]}",
    "{'<':[{'var':'registered_capital'},0]}", "{'==':[{'var':'opt_out'},false]}", "{'!=':[{'var':'opt_out'},true]}", "{'!':{'var':'opt_out'}}", "{'and':[{'var':'opt_out'}]}", "{'==':[{'var':'opt_out'},null]}",
    "{'<':[{'var':'dunning_block_to'},{'var':'today'}]}", "{'==':[{'var':'dunning_block_to'},{'var':'size_declared_on'}]}", "{'!=':[{'var':'dunning_block_to'},{'var':'size_declared_on'}]}",
    "{'<':[{'var':'dunning_block_to'},{'var':'size_declared_on'}]}", "{'<=':['2026-01-01',{'var':'size_declared_on'},{'var':'today'}]}", "{'in':[{'var':'size_declared_on'},['2026-01-01','2026-06-01']]}",
    "{'==':[{'var':'parent'},1]}", "{'!=':[{'var':'parent'},null]}", "{'==':[{'var':'parent.code'},'C']}", "{'==':[{'var':'x_tier'},'gold']}", "{'<=':[{'var':'x_tier'},'iron']}", "{'in':[{'var':'x_tier'},['gold','tin']]}",
    "{'>':[{'var':'x_rate'},'-0.5']}", "{'in':[{'var':'x_rate'},['0.5',1]]}", "{'!=':[{'var':'x_rate'},'0.5']}", "{'in':['b',{'var':'x_tags'}]}", "{'some':[{'var':'x_tags'},{'==':[{'var':''},'b']}]}", "{'!':{'var':'x_tags'}}",
    "{'and':[{'!=':[{'var':'x_rate'},null]},{'>':[{'/':[1,{'var':'x_rate'}]},1]}]}", "{'>':[{'count':{'var':'contacts'}},0]}", "{'==':[{'var':'x_rate'},null]}",
};

static int random_condition(world *w, char *to, int depth)
{
    uint64_t kind = depth ? draw(w, 6) : 5;
    if (kind > 3) return sprintf(to, "%s", atoms[draw(w, sizeof atoms / sizeof atoms[0])]);
    if (kind == 3) {
        int n = sprintf(to, "{'!':");
        n += random_condition(w, to + n, depth - 1);
        return n + sprintf(to + n, "}");
    }
    int n = sprintf(to, "{'%s':[", draw(w, 2) ? "and" : "or"), parts = 2 + (int)draw(w, 2);
    for (int i = 0; i < parts; i++) {
        if (i) n += sprintf(to + n, ",");
        n += random_condition(w, to + n, depth - 1);
    }
    return n + sprintf(to + n, "]}");
}

static void one_question(world *w, int *compiled, int *asked, int *whole)
{
    char text[8000], own[8000], buf[8000], expected[200];
    size_t len = sizeof buf;
    int32_t results[120];
    int64_t matches = 0, errors = 0;
    arc_condition *c;
    arc_condition_options o = ARC_CONDITION_OPTIONS_INIT;
    o.currency = "CNY";
    random_condition(w, text, 3);
    quoted(own, text);
    arc_status st = arc_condition_new(w->b.session, &c, ARC_CUSTOMER, own, SIZE_MAX, &o);
    if (st == ARC_E_VALUE) return; /* asks for a guard */
    assert_int_equal(st, ARC_OK);
    assert_ok(arc_condition_test(c, results, w->ids, 120, 20600));
    for (int i = 0; i < 120; i++) {
        matches += results[i] == YES;
        errors += results[i] == ERR;
    }
    assert_ok(arc_condition_preview(c, buf, &len, 0, 20600));
    snprintf(expected, sizeof expected, "{\"matches\":%lld,\"errors\":%lld,", (long long)matches, (long long)errors);
    if (strncmp(buf, expected, strlen(expected)) != 0) print_message("%s\n%s, not %s\n", text, buf, expected);
    assert_int_equal(strncmp(buf, expected, strlen(expected)), 0);
    ++*compiled;
    *asked += strstr(buf, "\"tests\":0") == NULL;
    *whole += strstr(buf, "\"whole\":true") != NULL;
    arc_condition_free(c);
}

static void test_pushed(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        static world w;
        int compiled = 0, asked = 0, whole = 0;
        memset(&w, 0, sizeof w);
        w.seed = 11;
        open_book(&w.b, backend);
        define(&w.b, "{\"entity\":\"customer\",\"name\":\"x_tier\",\"kind\":\"choice\",\"choices\":[\"gold\",\"iron\",\"tin\"]}");
        define(&w.b, "{\"entity\":\"customer\",\"name\":\"x_rate\",\"kind\":\"number\",\"size\":2}");
        define(&w.b, "{\"entity\":\"customer\",\"name\":\"x_tags\",\"kind\":\"choices\",\"choices\":[\"a\",\"b\",\"c\"]}");
        w.ids[0] = 1;
        for (int i = 1; i < 120; i++) random_customer(&w, i);
        for (int i = 0; i < 400; i++) one_question(&w, &compiled, &asked, &whole);
        print_message("%s: %d conditions, %d of them asked of the store in part, %d whole\n", test_backend_names[backend], compiled, asked, whole);
        assert_true(compiled > 150 && asked > 50 && whole > 20);
        test_book_close(&w.b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_long_lists),
        cmocka_unit_test(test_telling),
        cmocka_unit_test(test_permissions),
        cmocka_unit_test(test_pushed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
