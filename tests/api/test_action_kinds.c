/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of actions: what they take, what they come to, what they do. */
#include "api/action_kit.h"

static const char TEMPLATE[] =
    "{'template':'arcore/1','view':{'customer':{'type':'object','members':{'legal_name':'text'}},'number':'text','open':'money','due_date':'date','days_overdue':'integer',"
    "'lines':{'type':'list','of':{'type':'object','members':{'number':'text','open':'money'}}},'recipient':{'type':'object','members':{'name':{'type':'text','nullable':true}}}},"
    "'variants':[{'channel':'email','language':'zh','subject':'{{number}} 逾期 {{days_overdue}} 天','body':'<p>{{recipient.name}}：{{customer.legal_name}} {{open}}（{{open_cn}}），{{due_date_long}}</p>"
    "{{#lines}}<i>{{number}} {{open}}</i>{{/lines}}'},"
    "{'channel':'email','language':'en','subject':'{{number}}','body':'{{customer.legal_name}} owes {{open}}'},"
    "{'channel':'sms','language':'zh','body':'{{number}} {{open}}'}]}";

static const char LINES[] = "'data':{'lines':{'each':'customer.items','if':{'>':[{'var':'days_overdue'},0]},'order':'due_date'}}";

static void publish(test_book *b, const char *kind, const char *code, const char *document)
{
    char own[6000];
    int64_t id;
    action_quotes(own, sizeof own, document);
    assert_session(b, arc_definition_save(b->session, &id, kind, code, own, SIZE_MAX, NULL));
    assert_session(b, arc_definition_publish(b->session, id, NULL, NULL));
}

static int64_t insert(test_book *b, uint32_t entity, const char *json)
{
    char own[2000];
    action_quotes(own, sizeof own, json);
    return sample_insert(b->session, entity, own);
}

static void set(test_book *b, uint32_t entity, int64_t id, const char *json)
{
    char own[2000];
    arc_record *r;
    action_quotes(own, sizeof own, json);
    assert_ok(arc_session_get(b->session, &r, entity, id));
    assert_ok(arc_record_set_json(r, own, SIZE_MAX));
    assert_session(b, arc_session_update(b->session, r));
    arc_record_free(r);
}

static int64_t item(test_book *b, const char *number, const char *due, const char *amount)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"invoice_date\":\"2026-04-01\",\"due_date\":\"%s\",\"currency\":\"CNY\",\"gross_amount\":\"%s\"}", number, due, amount);
    return record_of(b, ARC_INVOICE, json);
}

enum { ANN = 1, BOSS, LEAD };

/* Customer 1 of Ann with an item 15 days overdue, one 5 days overdue and one not due; contacts of finance (mail and mobile), legal (no address), one who gets copies. */
static int backend;

static void open_kit(action_kit *k, test_book *b)
{
    memset(k, 0, sizeof *k);
    test_book_open(b, backend);
    assert_ok(arc_session_set_business_date(b->session, ACTION_DAY));
    assert_int_equal(insert(b, ARC_USER_ACCOUNT, "{'code':'ann','name':'Ann','kind':'person','disabled':false,'email':'ann@us.example'}"), ANN);
    assert_int_equal(insert(b, ARC_USER_ACCOUNT, "{'code':'boss','name':'Boss','kind':'person','disabled':false,'email':'boss@us.example','language':'zh'}"), BOSS);
    assert_int_equal(insert(b, ARC_USER_ACCOUNT, "{'code':'lead','name':'Lead','kind':'person','disabled':false}"), LEAD);
    set(b, ARC_USER_ACCOUNT, ANN, "{'manager':2}");
    (void)insert(b, ARC_ORG_UNIT, "{'code':'east','name':'East','kind':'team','head':3}");
    (void)insert(b, ARC_CUSTOMER, "{'code':'C1','legal_name':'甲公司 <a>','owner':1,'team':1,'language':'zh-CN','address':'Road 1'}");
    (void)insert(b, ARC_CONTACT, "{'customer':1,'name':'Fin','role':'finance','email':'fin@a.example','mobile':'+86 1'}");
    (void)insert(b, ARC_CONTACT, "{'customer':1,'name':'Law','role':'legal'}");
    (void)insert(b, ARC_CONTACT, "{'customer':1,'name':'Copy','email':'copy@a.example','cc':true}");
    (void)item(b, "I1", "2026-05-12", "1680.32");
    (void)item(b, "I2", "2026-05-22", "20.00");
    (void)item(b, "I3", "2026-06-30", "30.00");
    publish(b, "template", "dun", TEMPLATE);
    assert_session(b, arc_custom_define(b->session, NULL, "{\"entity\":\"customer\",\"name\":\"x_tier\",\"kind\":\"choice\",\"choices\":[\"gold\",\"iron\"]}", SIZE_MAX));
    *k = (action_kit){ .b = b, .subject = "item", .row = 1, .customer = 1, .level = 2 };
}

static int64_t number_of(test_book *b, uint32_t entity, int64_t id, arc_field_id field)
{
    arc_record *r = row_of_id(b, entity, id);
    int64_t v = -1;
    arc_status st = arc_record_get_int(r, &v, field);
    assert_true(st == ARC_OK || st == ARC_E_NOT_FOUND);
    arc_record_free(r);
    return v;
}

/* The id behind this key in what the last action made. */
static int64_t made(const action_kit *k, const char *key)
{
    const char *at = strstr(k->result, key);
    assert_non_null(at);
    return strtoll(at + strlen(key), NULL, 10);
}

static void messages(action_kit *k)
{
    char params[600];
    snprintf(params, sizeof params, "{'template':'dun','to':{'role':'finance'},'cc':['owner','owner_manager','team_lead'],'channels':['email','sms'],%s}", LINES);
    action_do(k, "message", params);
    assert_has(k, "'kind':'rule.message','channel':'email','customer':1,'contact':1,'to':[{'contact':1,'name':'Fin','address':'fin@a.example'}]");
    assert_has(k, "'cc':[{'user':1,'name':'Ann','address':'ann@us.example'},{'user':2,'name':'Boss','address':'boss@us.example'},{'contact':3,'name':'Copy','address':'copy@a.example'}]");
    assert_has(k, "'language':'zh','format':'html','subject':'I1 逾期 15 天'");
    assert_has(k, "<p>Fin：甲公司 &lt;a&gt; ¥1,680.32（人民币壹仟陆佰捌拾元零叁角贰分），2026年5月12日</p><i>I1 ¥1,680.32</i><i>I2 ¥20.00</i>");
    assert_result(k, "{'message':1}");
    assert_text(k->b, ARC_MESSAGE, 1, ARC_MESSAGE_MESSAGE_KEY, "rule/dun-1/item/1/2/0@2026-05-01/0");
    assert_text(k->b, ARC_MESSAGE, 1, ARC_MESSAGE_CHANNEL, "email");
    assert_int_equal(number_of(k->b, ARC_MESSAGE, 1, ARC_MESSAGE_CONTACT), 1);
    arc_record *r = row_of_id(k->b, ARC_MESSAGE, 1);
    const char *payload;
    assert_ok(arc_record_get_text(r, &payload, NULL, ARC_MESSAGE_PAYLOAD));
    action_has(payload, "'rule':'dun-1','revision':3,'level':2,'mark':'0@2026-05-01','entity':'item','row':1,'effective_date':'2026-05-25'", __FILE__, __LINE__);
    arc_record_free(r);
    assert_int_equal(action_apply(k, "message"), ARC_E_EXISTS); /* the key is stable */
    snprintf(params, sizeof params, "{'template':'dun','to':{'role':['purchasing','finance']},'language':'en-GB','copied':false,%s}", LINES);
    action_resolve(k, "message", params);
    assert_has(k, "'language':'en','format':'html','subject':'I1','body':'甲公司 &lt;a&gt; owes CN¥1,680.32'");
    assert_null(strstr(k->params, "copy@"));
}

/* A channel that reaches nobody gives way to the next, then to a task, then it is on record that there was nobody. */
static void falls_back(action_kit *k)
{
    set(k->b, ARC_CONTACT, 1, "{'email':null}");
    action_resolve(k, "message", "{'body':'{{number}}: {{open}} {{kind}} {{customer.short_name}}','to':{'role':'finance'},'channels':['email','sms','letter']}");
    assert_has(k, "'channel':'sms'");
    assert_has(k, "'address':'+86 1'");
    assert_has(k, "'body':'I1: ¥1,680.32 应收 '");
    assert_has(k, "'tried':[{'channel':'email','reason':'no_address'}]");
    action_resolve(k, "message", "{'subject':'{{number}}\\r\\nBcc: all@x.example','body':'x','to':{'address':'a@x.example\\nBcc: b@x.example'}}"); /* no line of a header begins another */
    assert_has(k, "'subject':'I1Bcc: all@x.example'");
    assert_has(k, "'address':'a@x.exampleBcc: b@x.example'");
    action_resolve(k, "message", "{'body':'x','to':{'role':'legal'},'channels':['email','letter']}");
    assert_has(k, "'address':'Road 1'");
    action_resolve(k, "message", "{'body':'x','to':{'role':'legal'},'channels':['preferred','email','wechat']}");
    assert_has(k, "{'suppressed':'no_recipient','why':{'en':'nobody has an address for any of the channels','zh':'没有可送达的接收人'},'tried':[{'channel':'email','reason':'no_address'},{'channel':'wechat','reason':'no_address'}]}");
    assert_int_equal(action_apply(k, "message"), ARC_OK);
    assert_result(k, "{'suppressed':'no_recipient','why':{'en':'nobody has an address for any of the channels','zh':'没有可送达的接收人'}}");
    action_do(k, "message", "{'body':'x','to':{'role':'legal'},'channels':['email'],'otherwise':'task','task':{'title':'Find an address of {{customer.legal_name}}','deadline':'P7D'}}");
    assert_has(k, "'task':{'title':'Find an address of 甲公司 <a>','deadline':'2026-06-03','level':2,'customer':1,'items':[1],'assignee':1,'about':'item','about_row':1}");
    assert_result(k, "{'task':1}");
    set(k->b, ARC_CUSTOMER, 1, "{'preferred_channel':'phone'}");
    action_do(k, "message", "{'body':'x','to':{'role':'finance'},'channels':['preferred','email']}");
    assert_has(k, "'channel':'phone','task':{'title':'Call: item 1 (dun-1)'");
    assert_has(k, "'channel':'phone','contact':1,'assignee':1");
    assert_int_equal(number_of(k->b, ARC_TASK, 2, ARC_TASK_CONTACT), 1);
    set(k->b, ARC_CUSTOMER, 1, "{'opt_out':true,'preferred_channel':null}");
    action_resolve(k, "message", "{'body':'x','to':{'role':'finance'},'channels':['sms']}");
    assert_has(k, "{'suppressed':'opt_out'");
    action_resolve(k, "message", "{'body':'x','to':'owner','channels':['email']}"); /* our own people are told all the same */
    assert_has(k, "'address':'ann@us.example'");
    set(k->b, ARC_CUSTOMER, 1, "{'opt_out':false}");
    set(k->b, ARC_CONTACT, 1, "{'consent':false}");
    action_resolve(k, "message", "{'body':'x','to':{'role':'finance'},'channels':['sms']}");
    assert_has(k, "{'suppressed':'no_consent'");
    set(k->b, ARC_CONTACT, 1, "{'consent':true,'valid_to':'2026-05-26'}");
    action_resolve(k, "message", "{'body':'x','to':[{'role':'finance'},{'address':'ar@x.example'},{'user':'boss'}],'channels':['email']}");
    assert_has(k, "'to':[{'address':'ar@x.example'},{'user':2,'name':'Boss','address':'boss@us.example'}]");
}

static void refuses(action_kit *k)
{
    static const struct {
        const char *type, *params, *pointer;
        arc_status status;
    } cases[] = {
        { "message", "{'body':'x'}", "/0/params", ARC_E_REQUIRED },
        { "message", "{'to':'owner'}", "/0/params", ARC_E_REQUIRED },
        { "message", "{'body':'x','to':'nobody'}", "/0/params/to", ARC_E_NOT_FOUND },
        { "message", "{'body':'x','to':[{'role':'cook'}]}", "/0/params/to/0/role", ARC_E_VALUE },
        { "message", "{'body':'x','to':{'var':'customer.parent'}}", "/0/params/to/var", ARC_E_VALUE },
        { "message", "{'body':'x','to':{'user':'zed'}}", "/0/params/to/user", ARC_E_NOT_FOUND },
        { "message", "{'body':'{{numbr}}','to':'owner'}", "/0/params/body", ARC_E_NOT_FOUND },
        { "message", "{'body':'{{customer}}','to':'owner'}", "/0/params/body", ARC_E_VALUE },
        { "message", "{'body':'{{#a','to':'owner'}", "/0/params/body", ARC_E_SYNTAX },
        { "message", "{'template':'none','to':'owner'}", "/0/params/template", ARC_E_NOT_FOUND },
        { "message", "{'template':'dun','to':'owner'}", "/0/params/template", ARC_E_VALUE },
        { "message", "{'template':'dun','to':'owner','data':{'lines':{'each':'customer.items','as':{'number':{'var':'amount'},'open':{'var':'number'}}}}}", "/0/params/data/lines/as/open", ARC_E_VALUE },
        { "message", "{'template':'dun','to':'owner','channels':['wechat'],'data':{'lines':{'each':'customer.items'}}}", "/0/params/channels/0", ARC_E_NOT_FOUND },
        { "message", "{'body':'x','to':'owner','channels':['fax']}", "/0/params/channels/0", ARC_E_VALUE },
        { "message", "{'body':'x','to':'owner','colour':1}", "/0/params/colour", ARC_E_NOT_FOUND },
        { "task", "{}", "/0/params", ARC_E_REQUIRED },
        { "task", "{'title':'x','assignee':{'role':'finance'}}", "/0/params/assignee", ARC_E_VALUE },
        { "task", "{'title':'x','deadline':'P7X'}", "/0/params/deadline", ARC_E_SYNTAX },
        { "task", "{'title':7}", "/0/params/title", ARC_E_VALUE },
        { "level", "{'level':-1}", "/0/params/level", ARC_E_RANGE },
        { "level", "{'level':{'var':'number'}}", "/0/params/level", ARC_E_VALUE },
        { "level", "{'level':{'var':'nothing'}}", "/0/params/level/var", ARC_E_NOT_FOUND },
        { "flag", "{}", "/0/params", ARC_E_REQUIRED },
        { "flag", "{'kind':'red'}", "/0/params/kind", ARC_E_VALUE },
        { "flag", "{'kind':'hold','on':'order'}", "/0/params/on", ARC_E_VALUE },
        { "set", "{'values':{'amount':'1.00'}}", "/0/params/values", ARC_E_FORBIDDEN },
        { "set", "{'on':'customer','values':{'version':1}}", "/0/params/values/version", ARC_E_VALUE },
        { "set", "{'on':'customer','values':{'x_none':1}}", "/0/params/values/x_none", ARC_E_NOT_FOUND },
        { "set", "{'on':'number','values':{'segment':'a'}}", "/0/params/on", ARC_E_VALUE },
        { "set", "{'on':'customer','values':{'status':'gone'}}", "/0/params/values/status", ARC_E_VALUE },
        { "set", "{'on':'customer','values':{'x_tier':'tin'}}", "/0/params/values/x_tier", ARC_E_VALUE },
        { "call_host", "{}", "/0/params", ARC_E_REQUIRED },
        { "call_host", "{'name':'x','data':[]}", "/0/params/data", ARC_E_VALUE },
        { "nothing", "{}", "/0/type", ARC_E_NOT_FOUND },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) action_refused(k, cases[i].type, cases[i].params, cases[i].status, cases[i].pointer);
}

static void run_messages(void **unused)
{
    test_book b;
    action_kit k;
    (void)unused;
    open_kit(&k, &b);
    messages(&k);
    test_book_close(&b);
}

static void run_falls_back(void **unused)
{
    test_book b;
    action_kit k;
    (void)unused;
    open_kit(&k, &b);
    falls_back(&k);
    test_book_close(&b);
}

static void run_refuses(void **unused)
{
    test_book b;
    action_kit k;
    (void)unused;
    open_kit(&k, &b);
    refuses(&k);
    test_book_close(&b);
}

static arc_status note(void *user, arc_session *session, const arc_action_call *call, char *result, size_t *length)
{
    int *times = user;
    arc_message m = ARC_MESSAGE_INIT;
    int64_t id = 0;
    ++*times;
    assert_string_equal(call->type, "host.note");
    assert_string_equal(call->entity, "item");
    assert_string_equal(call->rule, "dun-1");
    if (strstr(call->params, "bad")) return ARC_E_STATE;
    m.kind = "note";
    m.message_key = call->key;
    m.payload = call->params;
    m.payload_length = call->params_length;
    if (arc_message_enqueue(session, &id, &m) != ARC_OK) return ARC_E_EXISTS;
    *length = (size_t)snprintf(result, *length, "{\"note\":%d}", (int)id);
    return ARC_OK;
}

static void hosts(action_kit *k, int *times)
{
    arc_action_kind kind = ARC_ACTION_KIND_INIT;
    action_refused(k, "host.note", "{'a':1}", ARC_E_NOT_FOUND, "/0/type");
    assert_int_equal(arc_action_register(k->b->book, &kind), ARC_E_INVALID);
    kind.type = "note";
    kind.label_en = "Note";
    kind.apply = note;
    kind.user = times;
    assert_int_equal(arc_action_register(k->b->book, &kind), ARC_E_VALUE);
    kind.type = "host.note";
    kind.schema = "[]";
    assert_int_equal(arc_action_register(k->b->book, &kind), ARC_E_VALUE);
    kind.schema = "{\"required\":[\"text\"],\"properties\":{\"text\":{},\"open\":{},\"suppressed\":{}},\"additionalProperties\":false}";
    assert_ok(arc_action_register(k->b->book, &kind));
    assert_int_equal(arc_action_register(k->b->book, &kind), ARC_E_EXISTS);
    action_refused(k, "host.note", "{}", ARC_E_REQUIRED, "/0/params");
    action_refused(k, "host.note", "{'text':'x','colour':1}", ARC_E_NOT_FOUND, "/0/params/colour");
    action_do(k, "host.note", "{'text':'{{number}} {{days_overdue}}','open':{'var':'open'}}");
    assert_has(k, "{'text':'I1 15','open':{'amount':'1680.32','currency':'CNY'}}");
    assert_result(k, "{'note':");
    action_resolve(k, "host.note", "{'text':'bad'}");
    assert_int_equal(action_apply(k, "host.note"), ARC_E_STATE);
    action_resolve(k, "host.note", "{'text':'bad','suppressed':'a name of the host'}");
    assert_int_equal(action_apply(k, "host.note"), ARC_E_STATE);
    assert_int_equal(*times, 3);
}

static void run_others(void **unused)
{
    test_book b;
    action_kit k;
    (void)unused;
    open_kit(&k, &b);
    action_do(&k, "level", "{}");
    assert_has(&k, "{'item':1,'level':2}");
    assert_result(&k, "{'level_change':1}");
    assert_int_equal(number_of(&b, ARC_ITEM_STATE, 1, ARC_ITEM_STATE_DUNNING_LEVEL), 2);
    assert_text(&b, ARC_LEVEL_CHANGE, 1, ARC_LEVEL_CHANGE_CAUSE, "rule/dun-1/item/1/2/0@2026-05-01/0");
    action_do(&k, "level", "{'level':{'+':[{'var':'dunning_level'},1]},'reason':'{{number}} {{days_overdue}}'}");
    assert_has(&k, "{'item':1,'level':3,'reason':'I1 15'}");
    assert_int_equal(number_of(&b, ARC_ITEM_STATE, 1, ARC_ITEM_STATE_DUNNING_LEVEL), 3);
    action_do(&k, "level", "{'level':3}");
    assert_result(&k, "{'level_change':0}");
    action_do(&k, "hold", "{'to_date':'P14D','reason':'promised'}");
    assert_has(&k, "{'item':1,'kind':'hold','to_date':'2026-06-10','reason':'promised'}");
    assert_result(&k, "{'flag':1}");
    action_do(&k, "flag", "{'kind':'hold','on':'item','to_date':'P1M'}");
    assert_result(&k, "{'flag':1,'already':true}");
    action_do(&k, "flag", "{'kind':'legal','on':'customer','from_date':'2026-06-01'}");
    assert_has(&k, "{'customer':1,'kind':'legal','from_date':'2026-06-01','reason':'rule dun-1'}");
    action_do(&k, "task", "{'title':'{{number}}: {{open}}, due {{due_date}}','assignee':{'var':'customer.owner.manager'},'content':'{{#customer.items}}{{number}} {{/customer.items}}','channel':'visit','contact':{'role':'finance'}}");
    assert_has(&k, "{'title':'I1: ¥1,680.32, due 2026-05-12','content':'I1 I2 I3 ','level':2,'customer':1,'items':[1],'channel':'visit','contact':1,'assignee':2,'about':'item','about_row':1}");
    assert_text(&b, ARC_TASK, 1, ARC_TASK_STATUS, "open");
    action_do(&k, "set", "{'on':'customer','values':{'segment':'late','dunning_block_to':'P3D','remark':'owes {{open}}','short_name':null}}");
    assert_has(&k, "{'entity':'customer','id':1,'values':{'segment':'late','dunning_block_to':'2026-05-30','remark':'owes CN¥1,680.32','short_name':null}}");
    assert_text(&b, ARC_CUSTOMER, 1, ARC_CUSTOMER_SEGMENT, "late");
    action_do(&k, "set", "{'on':'customer','values':{'x_tier':'iron'}}");
    assert_has(&k, "{'entity':'customer','id':1,'values':{'x_tier':'iron'}}");
    action_do(&k, "approval", "{'on':'customer','values':{'status':'blocked'},'reason':'{{days_overdue}} days','days':5}");
    assert_result(&k, "{'pending_change':1}");
    assert_text(&b, ARC_CUSTOMER, 1, ARC_CUSTOMER_STATUS, NULL);
    assert_text(&b, ARC_PENDING_CHANGE, 1, ARC_PENDING_CHANGE_REASON, "15 days");
    action_do(&k, "call_host", "{'name':'credit_check','data':{'code':{'var':'customer.code'},'open':{'var':'open'},'days':{'var':'days_overdue'},'text':'{{number}}','kind':'quick'}}");
    assert_has(&k, "{'name':'credit_check','customer':1,'data':{'code':'C1','open':{'amount':'1680.32','currency':'CNY'},'days':15,'text':'I1','kind':'quick'}}");
    assert_result(&k, "{'host_call':1}");
    assert_text(&b, ARC_HOST_CALL, 1, ARC_HOST_CALL_STATUS, "waiting");
    assert_session(&b, arc_host_answer(b.session, 1, "approved", "{\"limit\":5}", SIZE_MAX, ARC_DATE_NONE));
    assert_session(&b, arc_host_answer(b.session, 1, "approved", "{\"limit\": 5}", SIZE_MAX, ARC_DATE_NONE));
    assert_session_status(ARC_E_STATE, &b, arc_host_answer(b.session, 1, "refused", NULL, 0, ARC_DATE_NONE));
    assert_text(&b, ARC_HOST_CALL, 1, ARC_HOST_CALL_OUTCOME, "approved");
    int times = 0;
    k.level = 3; /* another firing */
    hosts(&k, &times);
    assert_session(&b, arc_book_verify(b.book, NULL, NULL, NULL, NULL));
    test_book_close(&b);
}

/* Items of their own, with a number of their own. */
static void run_receivables(void **unused)
{
    test_book b;
    action_kit k;
    (void)unused;
    open_kit(&k, &b);
    action_do(&k, "fee", "{'number':'F-{{number}}-{{firing.level}}','amount':{'*':[{'var':'open'},'0.0101']},'due_date':'P14D','remark':'reminder fee'}");
    assert_has(&k, "{'item':{'number':'F-I1-2','due_date':'2026-06-10','remark':'reminder fee','customer':1,'kind':'fee','currency':'CNY','amount':'16.97','business_date':'2026-05-27'}}");
    assert_result(&k, "{'item':4}");
    assert_int_equal(field_of(&b, ARC_ITEM, 4, ARC_ITEM_AMOUNT), 1697);
    assert_int_equal(action_apply(&k, "fee"), ARC_E_EXISTS);
    /* 1680.32 at 7.3 % for 15 of 365 days: 5.0409..., of 360: 5.1110... */
    action_do(&k, "interest", "{'number':'Z-{{number}}','rate':'7.3'}");
    assert_has(&k, "'amount':'5.04'");
    assert_has(&k, "'interest':{'base':'1680.32','rate':'7.3','from':'2026-05-12','to':'2026-05-27','days':15,'day_count':'act/365'}");
    action_resolve(&k, "interest", "{'number':'Z','rate':'7.3','day_count':'act/360','base':'100000.00','from':'2026-01-01','to':'2026-05-27'}");
    assert_has(&k, "'amount':'2960.56'"); /* 146 of 360 days */
    action_resolve(&k, "interest", "{'number':'Z','rate':'7.3','from':'2026-06-01'}");
    assert_has(&k, "{'suppressed':'nothing_due'");
    assert_int_equal(action_try(&k, "fee", "{'number':'F','amount':{'var':'base_amount'}}"), ARC_OK);
    action_refused(&k, "fee", "{'number':'F'}", ARC_E_REQUIRED, "/0/params");
    action_refused(&k, "fee", "{'number':'F','amount':'5.00','kind':'invoiced'}", ARC_E_NOT_FOUND, "/0/params/kind");
    action_refused(&k, "receivable", "{'number':'F','amount':'5.00','kind':'credit'}", ARC_E_VALUE, "/0/params/kind");
    action_refused(&k, "interest", "{'number':'F','rate':'5','day_count':'act/7'}", ARC_E_VALUE, "/0/params/day_count");
    action_refused(&k, "fee", "{'number':'F','amount':{'var':'days_overdue'}}", ARC_E_VALUE, "/0/params/amount");
    /* a contract that was approved becomes a receivable */
    k.subject = "contract";
    k.row = insert(&b, ARC_CONTRACT, "{'customer':1,'number':'K1','sign_date':'2026-01-01','currency':'CNY','amount':'500.00','tax_included':true,'term':'NET30'}");
    assert_session(&b, arc_contract_activate(b.session, k.row));
    action_do(&k, "receivable", "{'number':'{{number}}-1','amount':{'if':[{'!=':[{'var':'amount'},null]},{'*':[{'var':'amount'},'0.3']},'0.00']},'kind':'planned','due_date':'P1M'}");
    assert_has(&k, "{'item':{'number':'K1-1','due_date':'2026-06-27','customer':1,'kind':'planned','currency':'CNY','amount':'150.00','business_date':'2026-05-27','contract':1}}");
    assert_int_equal(number_of(&b, ARC_ITEM, made(&k, "\"item\":"), ARC_ITEM_CONTRACT), 1);
    assert_session(&b, arc_book_verify(b.book, NULL, NULL, NULL, NULL));
    test_book_close(&b);
}

#define ON_ALL(name) \
    static void test_##name(void **state) \
    { \
        for (backend = 0; backend < TEST_BACKENDS; backend++) run_##name(state); \
    }
ON_ALL(messages)
ON_ALL(falls_back)
ON_ALL(refuses)
ON_ALL(others)
ON_ALL(receivables)

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_messages), cmocka_unit_test(test_falls_back), cmocka_unit_test(test_refuses), cmocka_unit_test(test_others), cmocka_unit_test(test_receivables) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
