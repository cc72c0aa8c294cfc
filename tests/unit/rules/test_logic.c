/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions: what they say of values, of missing values, of money and days; what is refused; what is told. */
#include "logic_kit.h"

enum { NO = ARCI_LOGIC_FALSE, YES = ARCI_LOGIC_TRUE, ERR = ARCI_LOGIC_ERROR };

static arci_custom *some_custom(test_env *t)
{
    static const arci_custom_def defs[] = {
        { .entity = 300, .number = ARCI_FIELD_CUSTOM_FIRST, .kind = ARCI_CUSTOM_CHOICE, .name = "x_tier", .choices = "[\"gold\",\"iron\",\"tin\"]" },
        { .entity = 300, .number = ARCI_FIELD_CUSTOM_FIRST + 1, .kind = ARCI_CUSTOM_CHOICES, .name = "x_tags", .choices = "[\"a\",\"b\\\"c\",\"c\"]" },
        { .entity = 300, .number = ARCI_FIELD_CUSTOM_FIRST + 2, .kind = ARCI_CUSTOM_NUMBER, .name = "x_rate", .size = 4 },
        { .entity = 300, .number = ARCI_FIELD_CUSTOM_FIRST + 3, .kind = ARCI_CUSTOM_NUMBER, .name = "x_part", .size = 1 },
        { .entity = 300, .number = ARCI_FIELD_CUSTOM_FIRST + 4, .kind = ARCI_CUSTOM_BOOL, .name = "x_flag" },
        { .entity = 300, .number = ARCI_FIELD_CUSTOM_FIRST + 5, .kind = ARCI_CUSTOM_TEXT, .name = "x_note" },
        { .entity = 300, .number = ARCI_FIELD_CUSTOM_FIRST + 6, .kind = ARCI_CUSTOM_NUMBER, .name = "x_other", .size = 4 },
        { .entity = 300, .number = ARCI_FIELD_CUSTOM_FIRST + 7, .kind = ARCI_CUSTOM_MONEY, .name = "x_fee" },
        { .entity = 300, .number = ARCI_FIELD_CUSTOM_FIRST + 8, .kind = ARCI_CUSTOM_DATE, .name = "x_day" },
    };
    arci_custom *c;
    assert_ok(arci_custom_new(&t->env, &c));
    for (size_t i = 0; i < sizeof defs / sizeof defs[0]; i++) assert_ok_err(&t->err, arci_custom_add(&t->env, c, &defs[i]));
    return c;
}

static void with_items(void **state, void (*body)(kit *k), const char *currency)
{
    test_env *t = *state;
    arci_custom *custom = some_custom(t);
    kit k;
    kit_open(&k, t, "item", custom, currency);
    body(&k);
    kit_close(&k);
    arci_custom_drop(custom);
}

/* ---- where engines disagree: the answers that are pinned ------------------------------------------------------------------------ */

static void pinned(kit *k)
{
    kit_is(k, "{'>=':[{'var':'x_rate'},0]}", "", NO);                       /* null >= 0 */
    kit_is(k, "{'<':[{'var':'x_rate'},2]}", "", NO);                        /* missing < 2 */
    kit_refused(k, "{'<':[{'var':'missing'},2]}", "unknown_field", "/</0/var");
    kit_is(k, "{'==':[{'var':'x_rate'},0]}", "", NO);                       /* null == 0 */
    kit_is(k, "{'==':[{'var':'x_rate'},'1']}", "x_rate=1", YES);            /* a text is read as the field is */
    kit_refused(k, "{'==':[1,'1']}", "type", "/==");                        /* and nowhere else */
    kit_refused(k, "{'==':[{'var':'x_rate'},'one']}", "constant", "/==/1");
    kit_is(k, "{'>=':[{'var':'x_rate'},'1000.00']}", "x_rate=999.00", NO);  /* "999.00" >= "1000.00" */
    kit_is(k, "{'==':[{'+':['0.1','0.2']},'0.3']}", "", YES);
    kit_is(k, "{'==':[{'+':[0.1,0.2]},0.3]}", "", YES);
    kit_is(k, "{'<':[{'var':'due_date'},'2025-03-15T00:00:00.000Z']}", "due_date=2025-03-15", NO); /* the same day */
    kit_is(k, "{'==':[{'var':'due_date'},'2025-03-15T00:00:00.000Z']}", "due_date=2025-03-15", YES);
    kit_refused(k, "{'==':['',0]}", "type", "/==");
    kit_is(k, "{'>':[{'/':[1,{'var':'seq'}]},{'var':'seq'}]}", "seq=0", ERR);
    assert_int_equal(k->run.error, ARC_E_DIVIDE);
    assert_string_equal(k->run.pointer, "/>/0");
}

static void test_pinned(void **state) { with_items(state, pinned, NULL); }

/* ---- values -------------------------------------------------------------------------------------------------------------------------- */

static void numbers(kit *k)
{
    static const struct {
        const char *text, *row;
        int result;
    } cases[] = {
        { "{'==':[{'var':'seq'},3]}", "seq=3", YES },
        { "{'===':[{'var':'seq'},3]}", "seq=4", NO },
        { "{'!=':[{'var':'seq'},3]}", "seq=4", YES },
        { "{'!==':[{'var':'seq'},3]}", "seq=3", NO },
        { "{'<':[3,{'var':'seq'}]}", "seq=4", YES },
        { "{'<':[3,{'var':'seq'}]}", "seq=3", NO },
        { "{'>':[3,{'var':'seq'}]}", "seq=2", YES },
        { "{'>=':[3,{'var':'seq'}]}", "seq=3", YES },
        { "{'<=':[1,{'var':'seq'},3]}", "seq=1", YES },
        { "{'<=':[1,{'var':'seq'},3]}", "seq=4", NO },
        { "{'<':[1,{'var':'seq'},3]}", "seq=1", NO },
        { "{'<':[1,{'var':'seq'},3]}", "seq=2", YES },
        { "{'!':{'<=':[1,{'var':'seq'},3]}}", "seq=4", YES },
        { "{'<=':[3,{'var':'seq'},1]}", "seq=2", NO },
        { "{'<=':[{'var':'x_rate'},{'var':'seq'},{'var':'x_part'}]}", "seq=2 x_rate=1.5 x_part=2.0", YES },
        { "{'<':[{'var':'x_rate'},{'var':'x_part'}]}", "x_rate=1.4999 x_part=1.5", YES },
        { "{'<':[{'var':'x_rate'},{'var':'x_other'}]}", "x_rate=1.5 x_other=1.5", NO },
        { "{'<=':[{'var':'x_rate'},{'var':'x_other'}]}", "x_rate=1.5 x_other=1.5", YES },
        { "{'>':[{'var':'x_rate'},{'var':'x_other'}]}", "x_rate=1.6 x_other=1.5", YES },
        { "{'!=':[{'var':'x_rate'},{'var':'x_other'}]}", "x_rate=1.6", YES },
        { "{'==':[{'var':'x_rate'},{'var':'x_other'}]}", "", YES },
        { "{'in':[{'var':'seq'},[1,5,9]]}", "seq=5", YES },
        { "{'in':[{'var':'seq'},[1,5,900]]}", "seq=6", NO },
        { "{'in':[{'var':'seq'},[1,5,900]]}", "seq=900", YES },
        { "{'in':[{'var':'x_rate'},['0.5',1]]}", "x_rate=1.0000", YES },
        { "{'in':[{'+':[{'var':'seq'},1]},[2,'3.5']]}", "seq=1", YES },
        { "{'in':[{'var':'seq'},[]]}", "seq=1", NO },
        { "{'>':[{'*':[{'var':'seq'},'0.1']},'0.2']}", "seq=3", YES },
        { "{'==':[{'-':[{'var':'seq'}]},-3]}", "seq=3", YES },
        { "{'==':[{'min':[{'var':'seq'},2,'1.5']},1.5]}", "seq=3", YES },
        { "{'==':[{'max':[{'var':'seq'},2]},3]}", "seq=3", YES },
        { "{'==':[{'/':[{'var':'seq'},3]},'0.666666666667']}", "seq=2", NO }, /* beside a constant nothing is rounded */
        { "{'==':[{'*':[{'/':[{'var':'seq'},3]},1]},'0.666666666667']}", "seq=2", YES },
        { "{'<':[{'/':[1,{'var':'seq'}]},'0.334']}", "seq=3", YES },
        { "{'==':[{'/':[1,{'var':'seq'}]},'0.5']}", "seq=-2", ERR },
        { "{'==':[{'*':[{'/':[1,{'var':'seq'}]},1]},'-0.5']}", "seq=-2", YES },
        { "{'==':[{'if':[{'>':[{'var':'seq'},2]},10,{'==':[{'var':'seq'},2]},20,30]},20]}", "seq=2", YES },
        { "{'if':[{'>':[{'var':'seq'},2]},{'==':[{'var':'seq'},3]},false]}", "seq=3", YES },
        { "{'if':[{'>':[{'var':'seq'},2]},{'==':[{'var':'seq'},3]},true]}", "seq=1", YES },
        { "{'>':[{'*':[{'var':'seq'},{'var':'seq'},{'var':'seq'}]},0]}", "seq=9223372036854775807", ERR },
        { "{'>':[{'*':[{'var':'seq'},{'var':'seq'}]},0]}", "seq=9223372036854775807", YES },
        { "{'<':[{'var':'seq'},'-9223372036854775808']}", "seq=-9223372036854775808", NO },
        { "{'>':[{'var':'seq'},'9223372036854775807']}", "seq=9223372036854775807", NO },
        { "{'==':[{'>':[{'var':'seq'},2]},true]}", "seq=3", YES },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) kit_is(k, cases[i].text, cases[i].row, cases[i].result);
}

static void test_numbers(void **state) { with_items(state, numbers, NULL); }

static void texts_and_codes(kit *k)
{
    static const struct {
        const char *text, *row;
        int result;
    } cases[] = {
        { "{'==':[{'var':'number'},'A1']}", "number=A1", YES },
        { "{'==':[{'var':'number'},'a1']}", "number=A1", NO },
        { "{'!=':[{'var':'number'},'a1']}", "number=A1", YES },
        { "{'in':['ltd',{'var':'x_note'}]}", "x_note=acme-ltd", YES },
        { "{'in':['ltd',{'var':'x_note'}]}", "x_note=lt", NO },
        { "{'in':['ltd',{'var':'x_note'}]}", "", NO },
        { "{'in':[{'var':'number'},['B2','A1','C3']]}", "number=A1", YES },
        { "{'in':[{'var':'number'},['B2','A1','C3']]}", "number=A2", NO },
        { "{'startsWith':[{'var':'number'},'A']}", "number=A1", YES },
        { "{'endsWith':[{'var':'number'},'A']}", "number=A1", NO },
        { "{'endsWith':[{'var':'number'},'1']}", "number=A1", YES },
        { "{'startsWith':[{'var':'x_note'},'']}", "", NO },
        { "{'!':{'var':'x_note'}}", "", YES },
        { "{'!':[{'var':'x_note'}]}", "x_note=x", NO },
        { "{'!':{'var':'x_note'}}", "x_note=", YES },
        { "{'!!':{'var':'x_note'}}", "x_note=x", YES },
        { "{'!':{'var':'x_flag'}}", "", YES },
        { "{'!':{'var':'x_flag'}}", "x_flag=true", NO },
        { "{'and':[{'var':'x_flag'},true]}", "x_flag=true", YES },
        { "{'and':[{'var':'x_flag'},true]}", "", NO },
        { "{'==':[{'var':'x_flag'},false]}", "", NO },
        { "{'==':[{'var':'x_flag'},false]}", "x_flag=false", YES },
        { "{'==':[{'var':'x_tier'},'gold']}", "x_tier=gold", YES },
        { "{'in':[{'var':'x_tier'},['gold','tin']]}", "x_tier=iron", NO },
        { "{'in':[{'var':'x_tier'},['gold','tin']]}", "x_tier=tin", YES },
        { "{'>=':[{'var':'x_tier'},'iron']}", "x_tier=tin", YES },  /* declared order */
        { "{'<':[{'var':'x_tier'},'iron']}", "x_tier=tin", NO },
        { "{'in':['b\\\"c',{'var':'x_tags'}]}", "x_tags=[\"a\",\"b\\\"c\"]", YES },
        { "{'in':['c',{'var':'x_tags'}]}", "x_tags=[\"a\",\"b\\\"c\"]", NO },
        { "{'some':[{'var':'x_tags'},{'in':[{'var':''},['a','c']]}]}", "x_tags=[\"a\"]", YES },
        { "{'all':[{'var':'x_tags'},{'in':[{'var':''},['a','c']]}]}", "x_tags=[\"a\",\"b\\\"c\"]", NO },
        { "{'all':[{'var':'x_tags'},{'in':[{'var':''},['a','c']]}]}", "", NO },
        { "{'none':[{'var':'x_tags'},{'==':[{'var':''},'a']}]}", "", YES },
        { "{'==':[{'count':{'var':'x_tags'}},2]}", "x_tags=[\"a\",\"c\"]", YES },
        { "{'!':{'var':'x_tags'}}", "x_tags=[]", YES },
        { "{'==':[{'var':'customer'},17]}", "customer=17", YES },
        { "{'==':[{'var':'customer'},null]}", "customer=17", NO },
        { "{'!=':[{'var':'x_tier'},null]}", "", NO },
        { "{'==':[null,{'var':'x_tier'}]}", "", YES },
        { "{'or':[false,{'==':[{'var':'number'},'A1']}]}", "number=A1", YES },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) kit_is(k, cases[i].text, cases[i].row, cases[i].result);
}

static void test_texts(void **state) { with_items(state, texts_and_codes, NULL); }

static void money(kit *k)
{
    static const struct {
        const char *text, *row;
        int result;
    } cases[] = {
        { "{'>=':[{'var':'amount'},'1000.10']}", "amount=1000.10 currency=CNY", YES },
        { "{'>=':[{'var':'amount'},1000.10]}", "amount=1000.09 currency=CNY", NO },
        { "{'>=':[{'var':'amount'},1]}", "amount=5 currency=USD", NO }, /* of other currencies a rule says nothing */
        { "{'==':[{'var':'amount'},5]}", "amount=5 currency=USD", NO },
        { "{'!=':[{'var':'amount'},5]}", "amount=5 currency=USD", YES },
        { "{'>':[{'var':'amount'},0]}", "amount=5 currency=USD", YES }, /* nothing is nothing in any */
        { "{'<=':[1,{'var':'amount'},10]}", "amount=5 currency=CNY", YES },
        { "{'<=':[1,{'var':'amount'},10]}", "amount=5 currency=USD", NO },
        { "{'in':[{'var':'amount'},[5,6]]}", "amount=5 currency=CNY", YES },
        { "{'in':[{'var':'amount'},[5,6]]}", "amount=5 currency=USD", NO },
        { "{'<':[{'var':'tax_amount'},{'var':'amount'}]}", "amount=5 tax_amount=4 currency=USD", YES },
        { "{'<':[{'var':'x_fee'},{'var':'amount'}]}", "amount=5 x_fee=4 x_fee.currency=CNY currency=CNY", YES },
        { "{'<':[{'var':'x_fee'},{'var':'amount'}]}", "amount=5 x_fee=4 x_fee.currency=EUR currency=CNY", NO },
        { "{'and':[{'!=':[{'var':'tax_amount'},null]},{'<':[{'/':[{'var':'tax_amount'},{'var':'amount'}]},'0.2']}]}", "amount=100 tax_amount=19.99 currency=USD", YES },
        { "{'and':[{'!=':[{'var':'tax_amount'},null]},{'<':[{'/':[{'var':'tax_amount'},{'var':'amount'}]},'0.2']}]}", "amount=100 tax_amount=20 currency=USD", NO },
        { "{'and':[{'!=':[{'var':'tax_amount'},null]},{'<':[{'/':[{'var':'tax_amount'},{'var':'amount'}]},'0.2']}]}", "amount=0 tax_amount=20 currency=USD", ERR },
        { "{'>':[{'*':[{'var':'amount'},'0.3']},'30.00']}", "amount=100.01 currency=CNY", YES },
        { "{'>':[{'*':[{'var':'amount'},'0.3']},'30.00']}", "amount=100.01 currency=JPY", NO },
        { "{'>':[{'+':[{'var':'amount'},'1.00']},'2.00']}", "amount=2 currency=USD", ERR },
        { "{'and':[{'==':[{'var':'currency'},'CNY']},{'!':{'>=':[{'var':'amount'},1000]}}]}", "amount=5 currency=CNY", YES },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) kit_is(k, cases[i].text, cases[i].row, cases[i].result);
    kit_refused(k, "{'!':{'>=':[{'var':'amount'},1000]}}", "currency_guard", "/!");
    kit_refused(k, "{'>=':[{'var':'amount'},'1000.001']}", "precision", "/>=/1");
    kit_refused(k, "{'>=':[{'var':'amount'},{'var':'seq'}]}", "type", NULL);
    kit_refused(k, "{'>=':[{'*':[{'var':'amount'},{'var':'amount'}]},1]}", "type", NULL);
    kit_refused(k, "{'>=':[{'+':[{'var':'amount'},{'var':'seq'}]},1]}", "type", NULL);
}

static void no_currency(kit *k)
{
    kit_refused(k, "{'>=':[{'var':'amount'},'1000']}", "currency", "/>=/1");
    kit_refused(k, "{'<':[{'var':'x_fee'},{'var':'amount'}]}", "currency_mixed", NULL);
    kit_refused(k, "{'>':[{'+':[{'var':'x_fee'},{'var':'amount'}]},0]}", "currency_mixed", NULL);
    kit_is(k, "{'<':[{'var':'amount'},0]}", "amount=0 currency=USD", NO);
}

static void test_money(void **state)
{
    with_items(state, money, "CNY");
    with_items(state, no_currency, NULL);
}

static void days(kit *k)
{
    arc_calendar *cal;
    static const char *const texts[] = { "{\"format\":\"arcore-calendar/1\",\"years\":[2026],\"days\":[{\"date\":\"2026-01-05\",\"off\":true}]}" };
    static const size_t lens[] = { SIZE_MAX };
    assert_ok(arc_calendar_load(k->t->ctx, &cal, texts, lens, 1));
    static const struct {
        const char *text, *row;
        int result;
    } cases[] = {
        { "{'<':[{'var':'business_date'},{'var':'today'}]}", "business_date=2026-01-01 today=2026-01-02", YES },
        { "{'>':[{'days_between':[{'var':'business_date'},{'var':'today'}]},14]}", "business_date=2026-01-01 today=2026-01-16", YES },
        { "{'>':[{'days_between':[{'var':'business_date'},'2026-01-15']},14]}", "business_date=2026-01-01", NO },
        { "{'==':[{'add_days':[{'var':'business_date'},3]},'2026-01-04']}", "business_date=2026-01-01", YES },
        { "{'==':[{'add_months':[{'var':'business_date'},1]},'2026-02-28']}", "business_date=2026-01-31", YES },
        { "{'==':[{'add_business_days':[{'var':'business_date'},1]},'2026-01-06']}", "business_date=2026-01-02", YES },
        { "{'==':[{'add_business_days':[{'var':'business_date'},1]},'2026-01-06']}", "business_date=2027-01-02", ERR },
        { "{'>':[{'add_days':[{'var':'business_date'},'9000000000']},'2026-01-04']}", "business_date=2026-01-01", ERR },
        { "{'>=':[{'max':[{'var':'business_date'},'2026-01-04']},'2026-01-05']}", "business_date=2026-01-01", NO },
        { "{'and':[{'!=':[{'var':'due_date'},null]},{'>':[{'days_between':[{'var':'due_date'},{'var':'today'}]},1]}]}", "today=2026-01-01", NO },
        { "{'>':[{'var':'days_overdue'},15]}", "", NO },
        { "{'in':[{'var':'x_day'},['2026-01-01','2026-01-02']]}", "x_day=2026-01-02", YES },
    };
    k->run.calendar = cal;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) kit_is(k, cases[i].text, cases[i].row, cases[i].result);
    kit_compile(k, "{'>':[{'var':'days_overdue'},15]}");
    assert_true(arci_logic_volatile(k->p));
    kit_compile(k, "{'>':[{'var':'seq'},15]}");
    assert_false(arci_logic_volatile(k->p));
    kit_refused(k, "{'<':[{'var':'due_date'},'2025-03-15T08:00:00.000Z']}", "constant", NULL);
    kit_refused(k, "{'<':[{'var':'due_date'},15]}", "constant", NULL);
    kit_refused(k, "{'==':[{'add_days':[{'var':'business_date'},'1.5']},'2026-01-04']}", "type", NULL);
    kit_refused(k, "{'-':[{'var':'business_date'},1]}", "constant", NULL);
    arc_calendar_free(cal);
}

static void test_days(void **state) { with_items(state, days, NULL); }

/* ---- missing values ----------------------------------------------------------------------------------------------------------------- */

static void guards(kit *k)
{
    static const char *const refused[] = {
        "{'!':{'>':[{'var':'x_rate'},5]}}",
        "{'!':{'<=':[7,{'var':'x_rate'},30]}}",
        "{'!':{'in':[{'var':'x_tier'},['gold']]}}",
        "{'!':{'startsWith':[{'var':'x_note'},'a']}}",
        "{'>':[{'+':[{'var':'x_rate'},1]},5]}",
        "{'or':[{'>':[{'var':'seq'},1]},{'!':{'>':[{'var':'x_rate'},5]}}]}",
        "{'and':[{'!':{'>':[{'var':'x_rate'},5]}},{'!=':[{'var':'x_rate'},null]}]}", /* too late */
        "{'!':{'and':[{'>':[{'var':'x_rate'},5]},{'>':[{'var':'seq'},5]}]}}",
        "{'if':[{'>':[{'var':'x_rate'},5]},true,false]}",
        "{'>':[{'days_between':[{'var':'due_date'},{'var':'today'}]},5]}",
        "{'>':[{'if':[{'>':[{'var':'x_rate'},5]},1,2]},1]}",
        "{'>':[{'+':[{'if':[{'>':[{'var':'seq'},5]},1]},1]},1]}",
    };
    static const char *const fine[] = {
        "{'>':[{'var':'x_rate'},5]}",
        "{'!':{'==':[{'var':'x_rate'},5]}}",
        "{'!':{'!':{'>':[{'var':'x_rate'},5]}}}",
        "{'and':[{'!=':[{'var':'x_rate'},null]},{'!':{'>':[{'var':'x_rate'},5]}}]}",
        "{'and':[{'!!':{'var':'x_tier'}},{'!':{'in':[{'var':'x_tier'},['gold']]}}]}",
        "{'or':[{'==':[{'var':'x_rate'},null]},{'!':{'>':[{'var':'x_rate'},5]}}]}",
        "{'or':[{'!':{'var':'x_note'}},{'!':{'startsWith':[{'var':'x_note'},'a']}}]}",
        "{'and':[{'>':[{'var':'x_rate'},0]},{'>':[{'+':[{'var':'x_rate'},1]},5]}]}",
        "{'if':[{'==':[{'var':'x_rate'},null]},false,{'!':{'>':[{'var':'x_rate'},5]}}]}",
        "{'!':{'or':[{'==':[{'var':'x_rate'},null]},{'>':[{'var':'x_rate'},5]}]}}",
        "{'!':{'var':'x_flag'}}",
        "{'and':[{'==':[{'var':'x_tier'},'gold']},{'!':{'>=':[{'var':'x_tier'},'iron']}}]}",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) kit_refused(k, refused[i], "null_guard", NULL);
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) kit_compile(k, fine[i]);
}

static void test_guards(void **state) { with_items(state, guards, NULL); }

/* ---- what is refused ------------------------------------------------------------------------------------------------------------------- */

static void refusals(kit *k)
{
    static const struct {
        const char *text, *code, *pointer;
    } cases[] = {
        { "{'method':[{'var':'seq'},'x']}", "operator_left_out", "/method" },
        { "{'cat':['a','b']}", "operator_left_out", "/cat" },
        { "{'log':'a'}", "operator_left_out", NULL },
        { "{'greater':[{'var':'seq'},1]}", "unknown_operator", "/greater" },
        { "{'>':[{'var':'seq'},1],'<':[{'var':'seq'},5]}", "multi_key", "" },
        { "{}", "multi_key", "" },
        { "{'and':[]}", "arity", "/and" },
        { "{'>':[{'var':'seq'}]}", "arity", "/>" },
        { "{'>':[3,{'var':'seq'},1]}", "arity", "/>" },
        { "{'!':[{'var':'x_note'},1]}", "arity", "/!" },
        { "{'and':[{'var':'seq'}]}", "not_boolean", "/and/0" },
        { "{'and':['x']}", "not_boolean", "/and/0" },
        { "{'+':[1,2]}", "not_boolean", "" },
        { "'x'", "not_boolean", "" },
        { "{'!':{'var':'seq'}}", "truth_of_number", "/!" },
        { "{'>':[{'var':'number'},'A']}", "order", "/>" },
        { "{'>':[{'var':'customer'},1]}", "order", NULL },
        { "{'==':[{'var':'number'},{'var':'seq'}]}", "type", NULL },
        { "{'==':[{'var':'kind'},{'var':'x_tier'}]}", "type", NULL },
        { "{'==':[{'var':'customer'},{'var':'invoice'}]}", "type", NULL },
        { "{'==':[{'var':'seq'},true]}", "type", "/==/1" },
        { "{'==':[{'var':'x_flag'},1]}", "constant", "/==/1" },
        { "{'==':[{'var':'seq'},1.5]}", "precision", "/==/1" },
        { "{'==':[{'var':'x_part'},'1.55']}", "precision", "/==/1" },
        { "{'==':[{'var':'seq'},9007199254740993]}", "digits", "/==/1" },
        { "{'==':[{'var':'x_tier'},'silver']}", "constant", "/==/1" },
        { "{'in':[{'var':'x_tier'},['gold','silver']]}", "constant", "/in/1/1" },
        { "{'in':[{'var':'x_tier'},['gold',null]]}", "null", "/in/1/1" },
        { "{'in':[{'var':'x_tier'},{'var':'seq'}]}", "type", NULL },
        { "{'in':[{'var':'seq'},['a']]}", "constant", NULL },
        { "{'in':[['a'],['a']]}", "constant", NULL },
        { "{'>':[{'var':'seq'},null]}", "null", "/>/1" },
        { "{'var':['seq',1]}", "var_default", NULL },
        { "{'==':[{'var':{'var':'seq'}},1]}", "var_path", NULL },
        { "{'==':[{'var':1},1]}", "var_path", NULL },
        { "{'==':[{'var':''},1]}", "unknown_field", NULL },
        { "{'==':[{'var':'discounts'},'x']}", "field", NULL },
        { "{'==':[{'var':'seq'},[1]]}", "constant", NULL },
        { "{'if':[{'==':[{'var':'seq'},1]},{'==':[{'var':'seq'},1]}]}", "arity", NULL },
        { "{'>':[{'if':[true,1,'x']},1]}", "constant", NULL },
        { "{'some':['a',{'==':[{'var':''},1]}]}", "type", NULL },
        { "{'some':[{'var':'seq'},{'==':[{'var':''},1]}]}", "type", NULL },
        { "{'==':[{'sum':[{'var':'x_tags'},{'var':''}]},1]}", "type", NULL },
        { "{'startsWith':[{'var':'seq'},'1']}", "type", "/startsWith/0" },
        { "{'and':[{'==':[{'var':'seq'},1]},{'or':[{'==':[{'var':'customer.kind'},'nobody']}]}]}", "constant", "/and/1/or/0/==/1" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) kit_refused(k, cases[i].text, cases[i].code, cases[i].pointer);
}

static void test_refusals(void **state) { with_items(state, refusals, NULL); }

static int32_t count_fault(void *user, const arc_error *fault)
{
    int *n = user;
    assert_true(fault->pointer[0] && fault->rule[0] && fault->message[0]);
    return ++*n >= 100;
}

static void limits(kit *k)
{
    char text[7900], *at = text;
    int n = 0;
    arci_json *node;
    arci_logic *p;
    for (int i = 0; i < 31; i++) at += sprintf(at, "{'!':");
    sprintf(at, "{'==':[{'var':'seq'},1]}%.31s", "}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}");
    kit_refused(k, text, "depth", NULL);
    memmove(text, text + 5, strlen(text));
    text[strlen(text) - 1] = 0;
    kit_is(k, text, "seq=1", YES);
    at = text + sprintf(text, "{'and':[");
    for (int i = 0; i < 300; i++) at += sprintf(at, "%s{'==':[{'var':'seq'},1]}", i ? "," : "");
    sprintf(at, "]}");
    kit_compile(k, text);
    at = text + sprintf(text, "{'and':[");
    for (int i = 0; i < 310; i++) at += sprintf(at, "%s{'in':[%d,[1]]}", i ? "," : "", i);
    sprintf(at, "]}");
    kit_compile(k, text);
    at = text + sprintf(text, "{'and':[");
    for (int i = 0; i < 600; i++) at += sprintf(at, "%s{'!':true}", i ? "," : "");
    sprintf(at, "]}");
    kit_refused(k, text, "nodes", NULL);
    /* all faults of a document */
    arci_fault_sink sink = { .report = count_fault, .user = &n };
    static const char wrong[] = "{\"and\":[{\"==\":[{\"var\":\"nix\"},1]},{\"foo\":1},{\"==\":[{\"var\":\"seq\"},\"x\"]},{\"in\":[{\"var\":\"x_tier\"},[\"u\",\"gold\",\"v\"]]}]}";
    assert_ok(arci_json_parse(&k->t->env, &k->arena, wrong, sizeof wrong - 1, &arci_json_definition_limits, &node));
    assert_status(ARC_E_NOT_FOUND, arci_logic_compile(&k->t->env, &p, k->facts, node, 0, &sink));
    assert_null(p);
    assert_int_equal(n, 5);
    assert_string_equal(sink.first.rule, "unknown_field");
}

static void long_lists(kit *k)
{
    static char text[80000];
    arci_json *node;
    for (int n = 10000; n <= 10001; n++) {
        char *at = text + sprintf(text, "{\"in\":[{\"var\":\"seq\"},[");
        for (int i = 0; i < n; i++) at += sprintf(at, "%s%d", i ? "," : "", (i * 7919) % 100003);
        sprintf(at, "]]}");
        arci_logic_free(k->p);
        k->p = NULL;
        assert_ok_err(&k->t->err, arci_json_parse(&k->t->env, &k->arena, text, strlen(text), &arci_json_definition_limits, &node));
        arc_status st = arci_logic_compile(&k->t->env, &k->p, k->facts, node, 0, NULL);
        assert_int_equal(st, n == 10000 ? ARC_OK : ARC_E_LIMIT);
        if (st != ARC_OK) {
            assert_string_equal(k->t->err.rule, "literals");
            break;
        }
        kit_row(k, "seq=7919");
        assert_int_equal(kit_run(k), YES);
        kit_row(k, "seq=100003");
        assert_int_equal(kit_run(k), NO);
    }
}

static void test_limits(void **state)
{
    with_items(state, limits, NULL);
    with_items(state, long_lists, NULL);
}

/* ---- explaining ------------------------------------------------------------------------------------------------------------------------- */

static void explained(kit *k, const char *text, const char *row, const char *expected)
{
    arci_str b;
    int result;
    kit_compile(k, text);
    kit_row(k, row);
    arci_str_init(&b, k->t->ctx);
    arci_logic_explain(k->p, k->row, &k->run, &b, &result);
    assert_string_equal(b.s, expected);
    assert_int_equal(result, kit_run(k));
    arci_str_clear(&b);
}

static void explain(kit *k)
{
    explained(k, "{'and':[{'in':[{'var':'x_tier'},['gold','tin']]},{'>=':[{'var':'amount'},'1000.00']},{'or':[{'!=':[{'var':'seq'},3]},{'==':[{'var':'customer.opt_out'},false]}]}]}",
              "x_tier=tin amount=1200.5 currency=CNY seq=2",
              "{\"result\":true,\"tests\":[{\"pointer\":\"/and/0\",\"op\":\"in\",\"left\":\"tin\",\"right\":\"[gold, tin]\",\"result\":true},"
              "{\"pointer\":\"/and/1\",\"op\":\">=\",\"left\":\"1200.50 CNY\",\"right\":\"1000.00 CNY\",\"result\":true},"
              "{\"pointer\":\"/and/2/or/0\",\"op\":\"!=\",\"left\":\"2\",\"right\":\"3\",\"result\":true},"
              "{\"pointer\":\"/and/2/or/1\",\"op\":\"==\",\"evaluated\":false}],"
              "\"sentence\":\"x_tier (tin) in [gold, tin]: yes; amount (1200.50 CNY) >= 1000.00 CNY: yes; seq (2) != 3: yes.\",\"sentence_zh\":\"x_tier (tin) in [gold, tin]：是；amount (1200.50 CNY) >= 1000.00 CNY：是；seq (2) != 3：是。\"}");
    explained(k, "{'>':[{'*':[{'/':[1,{'var':'seq'}]},2]},0.5]}", "seq=0",
              "{\"result\":\"error\",\"error\":{\"code\":\"ARC_E_DIVIDE\",\"pointer\":\"/>/0/*/0\",\"en\":\"Division by zero.\",\"zh\":\"除数为零。\"},\"tests\":["
              "{\"pointer\":\"\",\"op\":\">\",\"left\":\"ARC_E_DIVIDE\",\"right\":\"0.5\",\"result\":\"error\"}],\"sentence\":\"ARC_E_DIVIDE > 0.5: error.\",\"sentence_zh\":\"ARC_E_DIVIDE > 0.5：出错。\"}");
    explained(k, "{'and':[{'!':{'var':'x_note'}},{'<=':['2026-01-01',{'var':'due_date'},'2026-02-01']}]}", "due_date=2026-01-05",
              "{\"result\":true,\"tests\":[{\"pointer\":\"/and/0/!\",\"op\":\"empty\",\"left\":\"null\",\"result\":true},"
              "{\"pointer\":\"/and/1\",\"op\":\"<=\",\"left\":\"2026-01-01\",\"right\":\"2026-01-05\",\"third\":\"2026-02-01\",\"result\":true}],"
              "\"sentence\":\"x_note (null) is empty: yes; 2026-01-01 <= due_date (2026-01-05) <= 2026-02-01: yes.\",\"sentence_zh\":\"x_note (null) 为空：是；2026-01-01 <= due_date (2026-01-05) <= 2026-02-01：是。\"}");
}

static void test_explain(void **state) { with_items(state, explain, "CNY"); }

static arc_status compile_all(test_env *t, void *arg)
{
    static const char text[] = "{\"and\":[{\"in\":[{\"var\":\"customer.kind\"},[\"company\",\"person\"]]},{\"some\":[{\"var\":\"allocations\"},{\">\":[{\"var\":\"amount\"},0]}]},"
                               "{\"!\":{\"startsWith\":[{\"var\":\"number\"},\"A\"]}},{\">\":[{\"+\":[{\"var\":\"seq\"},1]},{\"if\":[true,1,2]}]}]}";
    arci_facts *f = NULL;
    arci_arena arena;
    arci_json *node;
    arci_logic *p = NULL;
    (void)arg;
    arci_arena_init(&arena, t->ctx);
    arc_status st = arci_facts_new(&t->env, &f, arci_entity_by_name("item", 4), NULL);
    if (st == ARC_OK) st = arci_json_parse(&t->env, &arena, text, sizeof text - 1, &arci_json_definition_limits, &node);
    if (st == ARC_OK) st = arci_logic_compile(&t->env, &p, f, node, 0, NULL);
    arci_logic_free(p);
    arci_facts_free(f);
    arci_arena_clear(&arena);
    return st;
}

static void test_no_memory(void **state)
{
    (void)state;
    assert_true(test_oom_sweep(compile_all, NULL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pinned, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_numbers, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_texts, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_money, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_days, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_guards, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_refusals, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_limits, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_explain, test_setup, test_teardown),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
