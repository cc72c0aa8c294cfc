/* SPDX-License-Identifier: Apache-2.0 */
/* Records: typed access, checks, text memory, JSON, rows, custom fields. */
#include "support/corpus.h"

#include "arcore/decimal.h"
#include "model/record.h"

static uint32_t fid(const arci_entity *e, const char *name)
{
    const arci_field *f = arci_entity_field(e, name, strlen(name));
    assert_non_null(f);
    return ARCI_PUBLIC_FIELD(e->id, f->id);
}

static const arci_entity *entity(const char *name)
{
    const arci_entity *e = arci_entity_by_name(name, strlen(name));
    assert_non_null(e);
    return e;
}

static arci_record *make(test_env *t, const char *name, arci_custom *custom)
{
    arci_record *r;
    assert_ok(arci_record_new(&t->env, entity(name), custom, &r));
    return r;
}

static arc_money money(int64_t minor, const char *currency)
{
    arc_money m;
    memset(&m, 0, sizeof m);
    m.minor = minor;
    memcpy(m.currency, currency, 3);
    return m;
}

static void assert_json(test_env *t, arci_record *r, const char *expected)
{
    arci_str b;
    arci_str_init(&b, t->ctx);
    assert_ok_err(&t->err, arci_record_get_json(&t->env, r, &b));
    assert_string_equal(b.s, expected);
    arci_str_clear(&b);
}

#define set_json(t, r, text) arci_record_set_json(&(t)->env, r, text, strlen(text))

static void test_types(void **state)
{
    test_env *t = *state;
    arci_record *r = make(t, "invoice", NULL);
    const arci_entity *e = r->entity;
    int64_t i = 7;
    int32_t null;
    arc_date d = 7;
    arc_money m;
    arc_decimal dec = { 15, 1, 0 };
    const char *s;
    size_t len;
    assert_status(ARC_E_NOT_FOUND, arci_record_get_int(&t->env, r, &i, fid(e, "customer")));
    assert_int_equal(i, 7);
    assert_ok(arci_record_set_int(&t->env, r, fid(e, "customer"), 42));
    assert_ok(arci_record_get_int(&t->env, r, &i, fid(e, "customer")));
    assert_int_equal(i, 42);
    assert_status(ARC_E_RANGE, arci_record_set_int(&t->env, r, fid(e, "customer"), 0));
    assert_string_equal(t->err.field, "customer");
    assert_string_equal(t->err.entity, "invoice");
    assert_string_equal(t->err.message, "customer: an id is 1 or more");
    assert_string_equal(t->err.message_zh, "customer：编号须不小于 1");
    assert_ok(arci_record_set_date(&t->env, r, fid(e, "invoice_date"), ARC_DATE_MAX));
    assert_status(ARC_E_RANGE, arci_record_set_date(&t->env, r, fid(e, "invoice_date"), ARC_DATE_MAX + 1));
    assert_status(ARC_E_RANGE, arci_record_set_date(&t->env, r, fid(e, "invoice_date"), ARC_DATE_NONE));
    assert_ok(arci_record_get_date(&t->env, r, &d, fid(e, "invoice_date")));
    assert_int_equal(d, ARC_DATE_MAX);
    assert_ok(arci_record_set_text(&t->env, r, fid(e, "number"), "RE-2026-0001", 12));
    assert_ok(arci_record_get_text(&t->env, r, &s, &len, fid(e, "number")));
    assert_int_equal(len, 12);
    assert_string_equal(s, "RE-2026-0001");
    assert_ok(arci_record_set_decimal(&t->env, r, fid(e, "fx_rate"), dec));
    assert_ok(arci_record_get_decimal(&t->env, r, &dec, fid(e, "fx_rate")));
    assert_int_equal(dec.mantissa, 150000000);
    assert_int_equal(dec.scale, 8);
    dec.mantissa = 123456789;
    dec.scale = 9;
    assert_status(ARC_E_PRECISION, arci_record_set_decimal(&t->env, r, fid(e, "fx_rate"), dec));
    dec.scale = 19;
    assert_status(ARC_E_INVALID, arci_record_set_decimal(&t->env, r, fid(e, "fx_rate"), dec));
    assert_ok(arci_record_set_money(&t->env, r, fid(e, "gross_amount"), money(12345, "JPY")));
    assert_ok(arci_record_get_money(&t->env, r, &m, fid(e, "gross_amount")));
    assert_int_equal(m.minor, 12345);
    assert_string_equal(m.currency, "JPY");
    assert_ok(arci_record_is_null(&t->env, r, &null, fid(e, "tax_amount")));
    assert_int_equal(null, 1);
    /* wrong type, other entity, unknown, computed, the custom column */
    assert_status(ARC_E_INVALID, arci_record_set_int(&t->env, r, fid(e, "number"), 1));
    assert_status(ARC_E_INVALID, arci_record_get_date(&t->env, r, &d, fid(e, "number")));
    assert_status(ARC_E_INVALID, arci_record_set_int(&t->env, r, fid(entity("customer"), "owner"), 1));
    assert_status(ARC_E_NOT_FOUND, arci_record_set_int(&t->env, r, ARCI_PUBLIC_FIELD(e->id, 900), 1));
    assert_status(ARC_E_NOT_FOUND, arci_record_set_int(&t->env, r, ARCI_PUBLIC_FIELD(e->id, 0x8000), 1));
    assert_status(ARC_E_INVALID, arci_record_set_money(&t->env, r, fid(e, "open"), money(1, "JPY")));
    assert_status(ARC_E_INVALID, arci_record_set_text(&t->env, r, fid(e, "custom"), "{}", 2));
    arci_record_free(r);
}

static void test_text_checks(void **state)
{
    test_env *t = *state;
    arci_record *r = make(t, "customer", NULL);
    const arci_entity *e = r->entity;
    char longer[65];
    const char *s;
    size_t len;
    memset(longer, 'x', sizeof longer);
    assert_ok(arci_record_set_text(&t->env, r, fid(e, "code"), longer, 64));
    assert_status(ARC_E_LIMIT, arci_record_set_text(&t->env, r, fid(e, "code"), longer, 65));
    assert_status(ARC_E_ENCODING, arci_record_set_text(&t->env, r, fid(e, "code"), "a\xFFz", 3));
    assert_status(ARC_E_ENCODING, arci_record_set_text(&t->env, r, fid(e, "code"), "a\0z", 3));
    assert_status(ARC_E_ENCODING, arci_record_set_text(&t->env, r, fid(e, "code"), "\xED\xA0\x80", 3));
    assert_ok(arci_record_get_text(&t->env, r, &s, &len, fid(e, "code")));
    assert_int_equal(len, 64); /* the refused ones left it alone */
    assert_status(ARC_E_VALUE, arci_record_set_text(&t->env, r, fid(e, "status"), "no such", 7));
    assert_status(ARC_E_CURRENCY, arci_record_set_text(&t->env, r, fid(e, "currency"), "XXX", 3));
    assert_status(ARC_E_CURRENCY, arci_record_set_text(&t->env, r, fid(e, "currency"), "CN", 2));
    assert_ok(arci_record_set_text(&t->env, r, fid(e, "currency"), "CNY", 3));
    assert_ok(arci_record_set_text(&t->env, r, fid(e, "short_name"), "", 0));
    assert_ok(arci_record_get_text(&t->env, r, &s, &len, fid(e, "short_name")));
    assert_int_equal(len, 0);
    arci_record_free(r);
}

static void test_currency_pairs(void **state)
{
    test_env *t = *state;
    arci_record *r = make(t, "invoice", NULL);
    const arci_entity *e = r->entity;
    assert_ok(arci_record_set_money(&t->env, r, fid(e, "gross_amount"), money(11300, "CNY")));
    assert_status(ARC_E_CURRENCY, arci_record_set_money(&t->env, r, fid(e, "tax_amount"), money(1300, "USD")));
    assert_ok(arci_record_set_money(&t->env, r, fid(e, "tax_amount"), money(1300, "CNY")));
    assert_ok(arci_record_set_money(&t->env, r, fid(e, "base_amount"), money(11300, "USD"))); /* another pair */
    assert_status(ARC_E_CURRENCY, arci_record_set_text(&t->env, r, fid(e, "currency"), "USD", 3));
    assert_status(ARC_E_CURRENCY, arci_record_set_null(&t->env, r, fid(e, "currency")));
    assert_ok(arci_record_set_text(&t->env, r, fid(e, "currency"), "CNY", 3));
    assert_ok(arci_record_set_null(&t->env, r, fid(e, "gross_amount")));
    assert_ok(arci_record_set_null(&t->env, r, fid(e, "tax_amount")));
    assert_ok(arci_record_set_text(&t->env, r, fid(e, "currency"), "USD", 3));
    assert_status(ARC_E_CURRENCY, arci_record_set_money(&t->env, r, fid(e, "gross_amount"), money(1, "ZZZ")));
    assert_status(ARC_E_RANGE, arci_record_set_money(&t->env, r, fid(e, "gross_amount"), money(ARC_MONEY_MAX + 1, "USD")));
    assert_status(ARC_E_RANGE, arci_record_set_money(&t->env, r, fid(e, "gross_amount"), money(-ARC_MONEY_MAX - 1, "USD")));
    assert_ok(arci_record_set_money(&t->env, r, fid(e, "gross_amount"), money(-ARC_MONEY_MAX, "USD")));
    /* JSON may name both at once, in any order */
    assert_ok_err(&t->err, set_json(t, r, "{\"gross_amount\":\"1.500\",\"currency\":\"KWD\"}"));
    assert_json(t, r, "{\"currency\":\"KWD\",\"gross_amount\":\"1.500\",\"base_currency\":\"USD\",\"base_amount\":\"113.00\"}");
    assert_status(ARC_E_CURRENCY, set_json(t, r, "{\"currency\":\"CNY\"}"));
    arci_record_free(r);
}

static void test_json(void **state)
{
    test_env *t = *state;
    static const char full[] =
        "{\"id\":7,\"version\":3,\"txn\":5,\"code\":\"C-1\",\"legal_name\":\"上海\\\"甲\\\"有限公司\\n\",\"size_declared_on\":\"2026-01-31\","
        "\"capital_currency\":\"CNY\",\"registered_capital\":\"-0.05\",\"currency\":\"USD\",\"opt_out\":true}";
    arci_record *r = make(t, "customer", NULL), *back = make(t, "customer", NULL);
    assert_json(t, r, "{}");
    assert_ok_err(&t->err, set_json(t, r, full));
    assert_json(t, r, full);
    assert_ok(set_json(t, back, full));
    assert_json(t, back, full);
    assert_ok(set_json(t, r, " { \"opt_out\" : null , \"id\": 8 } "));
    assert_int_equal(arci_record_value(r, ARCI_FIELD_ID)->u.i, 8);
    assert_int_equal(arci_record_value(r, fid(r->entity, "opt_out"))->type, ARC_V_NULL);
    arci_record_free(r);
    arci_record_free(back);
}

static const struct {
    const char *json;
    arc_status status;
    const char *field, *pointer;
} bad[] = {
    { "", ARC_E_SYNTAX, "", "" },
    { "[]", ARC_E_SYNTAX, "", "" },
    { "{\"code\":\"a\"} x", ARC_E_SYNTAX, "", "" },
    { "{\"code\":\"a\",\"code\":\"b\"}", ARC_E_EXISTS, "", NULL },
    { "{\"code\":\"\\u0000\"}", ARC_E_SYNTAX, NULL, NULL },
    { "{\"code\":\"\\ud800\"}", ARC_E_ENCODING, NULL, NULL },
    { "{\"code\":7}", ARC_E_VALUE, "code", "/code" },
    { "{\"remark\":\"x\",\"nothing\":1}", ARC_E_NOT_FOUND, "nothing", "/nothing" },
    { "{\"a/b~c\":1}", ARC_E_NOT_FOUND, "a/b~c", "/a~1b~0c" },
    { "{\"owner\":\"7\"}", ARC_E_VALUE, "owner", "/owner" },
    { "{\"owner\":7.0}", ARC_E_VALUE, "owner", "/owner" },
    { "{\"owner\":0}", ARC_E_RANGE, "owner", "/owner" },
    { "{\"owner\":9223372036854775808}", ARC_E_RANGE, "owner", "/owner" },
    { "{\"opt_out\":1}", ARC_E_VALUE, "opt_out", "/opt_out" },
    { "{\"size_declared_on\":\"2026-02-29\"}", ARC_E_RANGE, "size_declared_on", "/size_declared_on" },
    { "{\"size_declared_on\":\"2026-2-1\"}", ARC_E_VALUE, "size_declared_on", "/size_declared_on" },
    { "{\"registered_capital\":\"1.00\"}", ARC_E_CURRENCY, "registered_capital", "/registered_capital" },
    { "{\"registered_capital\":\"1.005\",\"capital_currency\":\"CNY\"}", ARC_E_PRECISION, "registered_capital", "/registered_capital" },
    { "{\"registered_capital\":\"CNY 1\",\"capital_currency\":\"CNY\"}", ARC_E_VALUE, "registered_capital", "/registered_capital" },
    { "{\"registered_capital\":1,\"capital_currency\":\"CNY\"}", ARC_E_VALUE, "registered_capital", "/registered_capital" },
    { "{\"registered_capital\":\"10000000000000000.01\",\"capital_currency\":\"CNY\"}", ARC_E_OVERFLOW, "registered_capital", NULL },
    { "{\"capital_currency\":\"cny\"}", ARC_E_CURRENCY, "capital_currency", "/capital_currency" },
    { "{\"currency\":[]}", ARC_E_VALUE, "currency", "/currency" },
    { "{\"kind\":\"martian\"}", ARC_E_VALUE, "kind", "/kind" },
    { "{\"country\":\"CHN\"}", ARC_E_LIMIT, "country", "/country" },
    { "{\"custom\":{}}", ARC_E_VALUE, "custom", "/custom" },
    { "{\"x_nothing\":1}", ARC_E_NOT_FOUND, "x_nothing", "/x_nothing" },
    { "{\"score\":1}", ARC_E_VALUE, "score", "/score" },
    { "{\"code\":{\"a\":1}}", ARC_E_VALUE, "code", "/code" },
};

static void test_json_faults(void **state)
{
    test_env *t = *state;
    static const char before[] = "{\"id\":3,\"code\":\"C-1\",\"legal_name\":\"N\"}";
    arci_record *r = make(t, "customer", NULL);
    size_t i;
    assert_ok(set_json(t, r, before));
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[256];
        arc_error fresh = ARC_ERROR_INIT;
        t->err = fresh;
        if (set_json(t, r, bad[i].json) != bad[i].status) fail_msg("%s: %d %s", bad[i].json, t->err.status, t->err.message);
        if (bad[i].field) assert_string_equal(t->err.field, bad[i].field);
        if (bad[i].pointer) assert_string_equal(t->err.pointer, bad[i].pointer);
        assert_int_not_equal(t->err.message[0], 0);
        assert_int_not_equal(t->err.message_zh[0], 0);
        assert_json(t, r, before);
        /* the same fault behind members that are right must leave no trace either */
        if (bad[i].json[0] != '{') continue;
        snprintf(text, sizeof text, "{\"remark\":\"changed\",\"language\":\"en\",%s", bad[i].json + 1);
        if (strstr(bad[i].json, "remark")) continue;
        assert_int_not_equal(set_json(t, r, text), ARC_OK);
        assert_json(t, r, before);
    }
    arci_record_free(r);
}

/* Random changes to a record against a plain model of its texts; no memory is asked for once it is warm. */
static void test_text_memory(void **state)
{
    test_env *t = *state;
    static const char *const names[] = { "code", "legal_name", "short_name", "address", "remark" };
    char model[5][61];
    int set[5] = { 0, 0, 0, 0, 0 };
    uint64_t seed = 20260115;
    arci_record *r = make(t, "customer", NULL);
    int64_t calls = 0;
    int round, i;
    for (round = 0; round < 20000; round++) {
        int k = (int)(test_random(&seed) % 5);
        size_t len = test_random(&seed) % 60;
        uint64_t what = test_random(&seed) % 10;
        if (round == 10000) calls = t->memory.calls;
        if (what == 0) {
            arci_record_clear(r);
            memset(set, 0, sizeof set);
        } else if (what == 1) {
            assert_ok(arci_record_set_null(&t->env, r, fid(r->entity, names[k])));
            set[k] = 0;
        } else if (what == 2 && set[0]) { /* text that lives in the record itself */
            const char *s;
            size_t n, from;
            assert_ok(arci_record_get_text(&t->env, r, &s, &n, fid(r->entity, names[0])));
            from = n / 2;
            assert_ok(arci_record_set_text(&t->env, r, fid(r->entity, names[k]), s + from, n - from));
            memmove(model[k], model[0] + from, n - from + 1);
            set[k] = 1;
        } else {
            char text[61];
            memset(text, 'a' + (int)(test_random(&seed) % 26), len);
            text[len] = 0;
            assert_ok(arci_record_set_text(&t->env, r, fid(r->entity, names[k]), text, len));
            memcpy(model[k], text, len + 1);
            set[k] = 1;
        }
        for (i = 0; i < 5; i++) {
            const arc_value *v = arci_record_value(r, fid(r->entity, names[i]));
            assert_int_equal(v->type, set[i] ? ARC_V_TEXT : ARC_V_NULL);
            if (set[i]) assert_string_equal(v->u.s, model[i]);
        }
    }
    assert_true(t->memory.calls - calls < 1000); /* a new block now and then when texts grow in place, never one a change */
    calls = t->memory.calls;
    for (round = 0; round < 1000; round++) {
        arci_record_clear(r);
        for (i = 0; i < 5; i++) assert_ok(arci_record_set_text(&t->env, r, fid(r->entity, names[i]), "0123456789", 10));
    }
    assert_true(t->memory.calls - calls <= 1);
    arci_record_free(r);
}

static void test_rows(void **state)
{
    test_env *t = *state;
    arci_record *r = make(t, "invoice", NULL), *copy = make(t, "invoice", NULL);
    arc_value row[100];
    uint16_t cols[100], n_set, cols_in[3];
    uint32_t i;
    memset(row, 0, sizeof row);
    assert_true(r->n_cols < 100);
    assert_ok(set_json(t, r, "{\"id\":5,\"version\":2,\"number\":\"A1\",\"currency\":\"CNY\",\"gross_amount\":\"10.00\",\"invoice_date\":\"2026-01-31\"}"));
    n_set = (uint16_t)arci_record_set_cols(r, cols);
    assert_int_equal(n_set, 4); /* number, invoice_date, currency, gross_amount */
    assert_int_equal(cols[0], arci_field_col(r->entity, arci_entity_field(r->entity, "number", 6)));
    for (i = 0; i < r->n_cols; i++) cols[i] = (uint16_t)i;
    assert_ok(arci_record_row(&t->env, r, NULL, r->n_cols, row));
    assert_ok(arci_record_load(&t->env, copy, NULL, r->n_cols, row));
    assert_int_equal(arci_record_set_cols(copy, cols), 0);
    assert_json(t, copy, "{\"id\":5,\"version\":2,\"number\":\"A1\",\"invoice_date\":\"2026-01-31\",\"currency\":\"CNY\",\"gross_amount\":\"10.00\"}");
    cols_in[0] = arci_field_col(r->entity, arci_entity_field(r->entity, "number", 6));
    cols_in[1] = arci_field_col(r->entity, arci_entity_field(r->entity, "id", 2));
    row[0] = row[cols_in[0]];
    row[1] = row[cols_in[1]];
    assert_ok(arci_record_load(&t->env, copy, cols_in, 2, row));
    assert_json(t, copy, "{\"id\":5,\"number\":\"A1\"}");
    assert_status(ARC_E_REQUIRED, arci_record_check_required(&t->env, copy, ARCI_F_VERB));
    assert_string_equal(t->err.field, "customer");
    arci_record_free(r);
    arci_record_free(copy);
}

/* ---- custom fields ------------------------------------------------------------------------------------------------ */

static arc_status add(test_env *t, arci_custom *c, uint16_t n, const char *name, uint16_t kind, uint32_t flags, uint32_t size, const char *more)
{
    arci_custom_def d;
    memset(&d, 0, sizeof d);
    d.entity = entity("customer")->id;
    d.number = (uint16_t)(0x8000 + n);
    d.kind = kind;
    d.flags = flags;
    d.size = size;
    d.name = name;
    d.label_en = "Label";
    d.label_zh = "标签";
    if (kind == ARCI_CUSTOM_REFERENCE) d.target = more;
    if (kind == ARCI_CUSTOM_CHOICE || kind == ARCI_CUSTOM_CHOICES) d.choices = more;
    return arci_custom_add(&t->env, c, &d);
}

#define CHOICES "[\"gold\",{\"code\":\"iron\",\"en\":\"Iron\",\"zh\":\"铁\"},\"tin\"]"

static arci_custom *make_custom(test_env *t)
{
    arci_custom *c;
    assert_ok(arci_custom_new(&t->env, &c));
    assert_ok_err(&t->err, add(t, c, 1, "x_tier", ARCI_CUSTOM_CHOICE, ARCI_CUSTOM_INDEXED, 0, CHOICES));
    assert_ok(add(t, c, 2, "x_metals", ARCI_CUSTOM_CHOICES, ARCI_CUSTOM_INDEXED, 0, CHOICES));
    assert_ok(add(t, c, 3, "x_note", ARCI_CUSTOM_TEXT, 0, 10, NULL));
    assert_ok(add(t, c, 4, "x_share", ARCI_CUSTOM_NUMBER, ARCI_CUSTOM_INDEXED, 2, NULL));
    assert_ok(add(t, c, 5, "x_deposit", ARCI_CUSTOM_MONEY, 0, 0, NULL));
    assert_ok(add(t, c, 6, "x_since", ARCI_CUSTOM_DATE, 0, 0, NULL));
    assert_ok(add(t, c, 7, "x_vip", ARCI_CUSTOM_BOOL, 0, 0, NULL));
    assert_ok(add(t, c, 8, "x_agent", ARCI_CUSTOM_REFERENCE, 0, 0, "customer"));
    assert_ok(add(t, c, 9, "x_old", ARCI_CUSTOM_TEXT, ARCI_CUSTOM_RETIRED, 0, NULL));
    return c;
}

static void test_custom_definitions(void **state)
{
    test_env *t = *state;
    arci_custom *c = make_custom(t);
    uint32_t n;
    assert_status(ARC_E_EXISTS, add(t, c, 1, "x_other", ARCI_CUSTOM_TEXT, 0, 0, NULL));
    assert_string_equal(t->err.field, "number");
    assert_status(ARC_E_EXISTS, add(t, c, 20, "x_tier", ARCI_CUSTOM_TEXT, 0, 0, NULL));
    assert_status(ARC_E_VALUE, add(t, c, 20, "tier", ARCI_CUSTOM_TEXT, 0, 0, NULL));
    assert_status(ARC_E_VALUE, add(t, c, 20, "x_", ARCI_CUSTOM_TEXT, 0, 0, NULL));
    assert_status(ARC_E_VALUE, add(t, c, 20, "x_Tier", ARCI_CUSTOM_TEXT, 0, 0, NULL));
    assert_status(ARC_E_VALUE, add(t, c, 20, "x_23456789012345678901234567890123456789x", ARCI_CUSTOM_TEXT, 0, 0, NULL));
    assert_status(ARC_E_VALUE, add(t, c, 20, "x_a", 99, 0, 0, NULL));
    assert_status(ARC_E_RANGE, add(t, c, 20, "x_a", ARCI_CUSTOM_NUMBER, 0, 19, NULL));
    assert_status(ARC_E_RANGE, add(t, c, 20, "x_a", ARCI_CUSTOM_TEXT, 0, 4001, NULL));
    assert_status(ARC_E_VALUE, add(t, c, 20, "x_a", ARCI_CUSTOM_REFERENCE, 0, 0, "martian"));
    assert_status(ARC_E_REQUIRED, add(t, c, 20, "x_a", ARCI_CUSTOM_CHOICE, 0, 0, NULL));
    assert_status(ARC_E_SYNTAX, add(t, c, 20, "x_a", ARCI_CUSTOM_CHOICE, 0, 0, "[\"a\""));
    assert_status(ARC_E_VALUE, add(t, c, 20, "x_a", ARCI_CUSTOM_CHOICE, 0, 0, "[]"));
    assert_status(ARC_E_EXISTS, add(t, c, 20, "x_a", ARCI_CUSTOM_CHOICE, 0, 0, "[\"a\",\"b\",\"a\"]"));
    assert_string_equal(t->err.pointer, "/2");
    assert_status(ARC_E_VALUE, add(t, c, 20, "x_a", ARCI_CUSTOM_CHOICE, 0, 0, "[\"a\",{\"en\":\"b\"}]"));
    arci_custom_of(c, entity("customer"), &n);
    assert_int_equal(n, 9);
    arci_custom_of(c, entity("invoice"), &n);
    assert_int_equal(n, 0);
    arci_custom_drop(c);
}

static void test_custom_values(void **state)
{
    test_env *t = *state;
    static const char full[] = "{\"code\":\"C\",\"x_agent\":4,\"x_deposit\":\"12.50 CNY\",\"x_metals\":[\"gold\",\"tin\"],\"x_note\":\"嗨\","
                               "\"x_share\":\"1.50\",\"x_since\":\"2026-01-31\",\"x_tier\":\"iron\",\"x_vip\":false}";
    arci_custom *c = make_custom(t);
    arci_record *r = make(t, "customer", c), *back = make(t, "customer", c), *blind = make(t, "customer", NULL);
    arc_value row[100];
    arc_money m;
    const arci_custom_entry *entries;
    uint16_t cols[100];
    uint32_t n, field;
    arci_custom_drop(c);
    assert_ok_err(&t->err, set_json(t, r, "{\"code\":\"C\",\"x_vip\":false,\"x_metals\":[\"tin\",\"gold\"],\"x_deposit\":\"12.5 CNY\",\"x_tier\":\"iron\","
                                          "\"x_share\":\"1.5\",\"x_since\":\"2026-01-31\",\"x_agent\":4,\"x_note\":\"嗨\"}"));
    assert_json(t, r, full);
    memset(row, 0, sizeof row);
    assert_ok(arci_record_row(&t->env, r, NULL, r->n_cols, row));
    assert_ok(arci_record_load(&t->env, back, NULL, r->n_cols, row));
    assert_json(t, back, full);
    /* a session that has not heard of the fields hands them on untouched */
    assert_ok(arci_record_load(&t->env, blind, NULL, r->n_cols, row));
    memset(row, 0, sizeof row);
    assert_ok(arci_record_row(&t->env, blind, NULL, r->n_cols, row));
    assert_ok(arci_record_load(&t->env, back, NULL, r->n_cols, row));
    assert_json(t, back, full);
    assert_ok(arci_record_field(&t->env, back, &field, "x_deposit", 9));
    assert_ok(arci_record_get_money(&t->env, back, &m, field));
    assert_int_equal(m.minor, 1250);
    assert_string_equal(m.currency, "CNY");
    assert_ok(arci_record_set_money(&t->env, back, field, money(700, "JPY")));
    assert_int_equal(arci_record_set_cols(back, cols), 1);
    assert_int_equal(cols[0], arci_field_col(back->entity, arci_entity_field(back->entity, "custom", 6)));
    assert_ok(arci_record_custom_index(&t->env, back, &entries, &n));
    assert_int_equal(n, 4); /* metals twice, share, tier */
    assert_int_equal(entries[0].number, 0x8002);
    assert_int_equal(entries[1].seq, 1);
    assert_memory_equal(entries[1].value.u.s, "tin", 3);
    assert_int_equal(entries[2].value.u.i, 150);
    assert_memory_equal(entries[3].value.u.s, "iron", 4);
    assert_status(ARC_E_LIMIT, set_json(t, back, "{\"x_note\":\"12345678901\"}"));
    assert_status(ARC_E_VALUE, set_json(t, back, "{\"x_tier\":\"lead\"}"));
    assert_status(ARC_E_VALUE, set_json(t, back, "{\"x_metals\":[\"lead\"]}"));
    assert_status(ARC_E_VALUE, set_json(t, back, "{\"x_metals\":[\"tin\",\"tin\"]}"));
    assert_status(ARC_E_VALUE, set_json(t, back, "{\"x_metals\":\"tin\"}"));
    assert_status(ARC_E_CURRENCY, set_json(t, back, "{\"x_deposit\":\"1.00\"}"));
    assert_status(ARC_E_CURRENCY, set_json(t, back, "{\"x_deposit\":\"1.00 ZZZ\"}"));
    assert_status(ARC_E_PRECISION, set_json(t, back, "{\"x_share\":\"0.005\"}"));
    assert_status(ARC_E_VALUE, set_json(t, back, "{\"x_old\":\"new\"}"));
    assert_string_equal(t->err.pointer, "/x_old");
    arci_record_free(r);
    arci_record_free(back);
    arci_record_free(blind);
}

/* What the store holds may be older or newer than the definitions at hand. */
static void test_custom_stored(void **state)
{
    test_env *t = *state;
    arci_custom *c = make_custom(t);
    arci_record *r = make(t, "customer", c);
    const arci_entity *e = r->entity;
    uint16_t col = arci_field_col(e, arci_entity_field(e, "custom", 6));
    static const char stored[] = "{\"x_aaa\":[1,{\"b\":2}],\"x_old\":\"kept\",\"x_tier\":\"copper\",\"x_zzz\":1.50}";
    arc_value row = { ARC_V_TEXT, { 0, 0, 0 }, sizeof stored - 1, { 0 } };
    const char *s;
    size_t len;
    arci_custom_drop(c);
    row.u.s = stored;
    assert_ok(arci_record_load(&t->env, r, &col, 1, &row));
    assert_json(t, r, "{\"x_old\":\"kept\",\"x_tier\":\"copper\"}");
    assert_ok(set_json(t, r, "{\"x_note\":\"n\",\"x_tier\":null}"));
    assert_ok(arci_record_get_text(&t->env, r, &s, &len, fid(e, "custom")));
    assert_string_equal(s, "{\"x_aaa\":[1,{\"b\":2}],\"x_note\":\"n\",\"x_old\":\"kept\",\"x_zzz\":1.50}");
    row.u.s = "{\"x_vip\":7}";
    row.len = 11;
    assert_ok(arci_record_load(&t->env, r, &col, 1, &row));
    assert_status(ARC_E_CORRUPT, set_json(t, r, "{\"x_note\":\"n\"}"));
    row.u.s = "{\"x_vip\"";
    row.len = 8;
    assert_ok(arci_record_load(&t->env, r, &col, 1, &row));
    assert_status(ARC_E_CORRUPT, set_json(t, r, "{\"x_note\":\"n\"}"));
    arci_record_free(r);
}

/* Whatever comes in: it is refused and changes nothing, or what comes out goes in again and comes out the same. */
static void check_document(test_env *t, const char *text, size_t n, uint64_t *seed)
{
    arci_custom *c = make_custom(t);
    arci_record *r = make(t, "customer", c), *back = make(t, "customer", c);
    arci_str first, second;
    arc_status st;
    (void)seed;
    arci_custom_drop(c);
    arci_str_init(&first, t->ctx);
    arci_str_init(&second, t->ctx);
    assert_ok(set_json(t, r, "{\"code\":\"before\",\"x_note\":\"before\"}"));
    st = arci_record_set_json(&t->env, r, text, n);
    if (st != ARC_OK) {
        assert_true(st < 0 && st != ARC_E_INTERNAL && st != ARC_E_CORRUPT);
        assert_int_equal(t->err.status, st);
        assert_json(t, r, "{\"code\":\"before\",\"x_note\":\"before\"}");
    } else {
        assert_ok_err(&t->err, arci_record_get_json(&t->env, r, &first));
        assert_ok_err(&t->err, arci_record_set_json(&t->env, back, first.s, first.len));
        assert_ok(arci_record_get_json(&t->env, back, &second));
        assert_string_equal(first.s, second.s);
    }
    arci_str_clear(&first);
    arci_str_clear(&second);
    arci_record_free(r);
    arci_record_free(back);
}

static void test_replay(void **state)
{
    assert_true(corpus_replay("json_record", 400, check_document, *state) >= 15);
}

static arc_status oom_body(test_env *t, void *arg)
{
    static const char text[] = "{\"code\":\"C\",\"legal_name\":\"a rather long name, so that memory is asked for\",\"x_note\":\"n\",\"x_metals\":[\"tin\"]}";
    arci_custom *c = NULL;
    arci_record *r = NULL;
    arci_custom_def d;
    arci_str b;
    const arci_custom_entry *entries;
    uint32_t n;
    arc_status st = arci_custom_new(&t->env, &c);
    (void)arg;
    memset(&d, 0, sizeof d);
    d.entity = entity("customer")->id;
    d.number = 0x8001;
    d.kind = ARCI_CUSTOM_TEXT;
    d.name = "x_note";
    if (st == ARC_OK) st = arci_custom_add(&t->env, c, &d);
    d.number = 0x8002;
    d.kind = ARCI_CUSTOM_CHOICES;
    d.flags = ARCI_CUSTOM_INDEXED;
    d.name = "x_metals";
    d.choices = CHOICES;
    if (st == ARC_OK) st = arci_custom_add(&t->env, c, &d);
    if (st == ARC_OK) st = arci_record_new(&t->env, entity("customer"), c, &r);
    arci_custom_drop(c);
    arci_str_init(&b, t->ctx);
    if (st == ARC_OK) {
        st = set_json(t, r, text);
        if (st != ARC_OK) assert_int_equal(arci_record_value(r, fid(r->entity, "code"))->type, ARC_V_NULL);
    }
    if (st == ARC_OK) st = arci_record_get_json(&t->env, r, &b);
    if (st == ARC_OK) assert_string_equal(b.s, "{\"code\":\"C\",\"legal_name\":\"a rather long name, so that memory is asked for\",\"x_metals\":[\"tin\"],\"x_note\":\"n\"}");
    if (st == ARC_OK) st = arci_record_custom_index(&t->env, r, &entries, &n);
    arci_str_clear(&b);
    arci_record_free(r);
    return st;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    assert_true(test_oom_sweep(oom_body, NULL) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_types, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_text_checks, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_currency_pairs, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_json, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_json_faults, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_text_memory, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_rows, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_custom_definitions, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_custom_values, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_custom_stored, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_replay, test_setup, test_teardown),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
