/* SPDX-License-Identifier: Apache-2.0 */
/* Template definitions: checked at publish, bound to their view, written for readers. */
#include "arcore/arcore.h"
#include "support/books.h"

static const char letter[] =
    "{\"template\":\"arcore/1\",\"view\":{"
    "\"customer\":{\"type\":\"object\",\"members\":{\"name\":\"text\",\"contact\":{\"type\":\"text\",\"nullable\":true}}},"
    "\"currency\":\"text\",\"total\":{\"type\":\"money\",\"currency\":\"currency\"},\"fee\":{\"type\":\"money\",\"nullable\":true},\"due\":\"date\",\"days\":\"integer\",\"rate\":\"decimal\",\"firm\":\"boolean\","
    "\"items\":{\"type\":\"list\",\"of\":{\"type\":\"object\",\"members\":{\"number\":\"text\",\"open\":{\"type\":\"money\",\"currency\":\"currency\"},\"due\":\"date\"}}},"
    "\"tags\":{\"type\":\"list\",\"of\":\"text\"}},"
    "\"partials\":{\"rows\":\"{{#items}}{{number}} {{open}} {{due}}\\n{{/items}}\"},"
    "\"variants\":[{\"channel\":\"email\",\"language\":\"zh\",\"subject\":\"{{customer.name}} {{total}}\","
    "\"body\":\"<p>{{customer.name}}{{#customer.contact}}（{{.}}）{{/customer.contact}}{{total}} {{total_plain}} {{total_cn}} {{due_long}}</p>\","
    "\"text\":\"{{customer.name}}\\n  {{>rows}}\"},"
    "{\"channel\":\"email\",\"language\":\"de\",\"subject\":\"{{total_code}}\",\"body\":\"{{total}} {{due}} {{rate}} {{days_plural}} {{#firm}}!{{/firm}}{{^firm}}?{{/firm}}\","
    "\"plurals\":{\"days\":{\"one\":\"{n} Tag\",\"other\":\"{n} Tage\"}}},"
    "{\"channel\":\"sms\",\"language\":\"en\",\"body\":\"{{customer.name}}: {{total}}{{#fee}} + {{fee}}{{/fee}}{{#fee_is_zero}} (none){{/fee_is_zero}} {{#tags}}[{{.}}]{{/tags}}\"}]%s}";

static const char view[] = "{\"customer\":{\"name\":\"A & B\"},\"currency\":\"CNY\",\"total\":\"1680.32\",\"due\":\"2026-03-01\",\"days\":1,\"rate\":\"12.5\",\"firm\":true,"
                           "\"items\":[{\"number\":\"R1\",\"open\":\"1000.00\",\"due\":\"2026-02-01\"},{\"number\":\"R2\",\"open\":\"680.32\",\"due\":\"2026-02-02\"}],\"tags\":[\"x\",\"<y>\"]}";

static arc_template *load(arc_context *ctx, const char *tail)
{
    char text[8192];
    arc_template *tmpl = NULL;
    arc_error error = ARC_ERROR_INIT;
    snprintf(text, sizeof text, letter, tail);
    if (arc_template_load(ctx, &tmpl, text, SIZE_MAX, NULL, NULL) != ARC_OK) {
        assert_ok(arc_context_error(ctx, &error));
        fail_msg("%s %s", error.pointer, error.message);
    }
    return tmpl;
}

static void expect(arc_template *tmpl, const char *part, const char *data, const char *channel, const char *language, const char *text)
{
    char out[2000];
    size_t n = sizeof out;
    assert_ok(arc_template_render(tmpl, out, &n, part, data, SIZE_MAX, channel, language));
    assert_string_equal(out, text);
}

static void writes_for_readers(void **state)
{
    test_env *t = *state;
    arc_template *tmpl = load(t->ctx, "");
    expect(tmpl, "subject", view, NULL, NULL, "A & B ¥1,680.32");
    expect(tmpl, "body", view, "email", "zh-CN", "<p>A &amp; B¥1,680.32 1,680.32 人民币壹仟陆佰捌拾元零叁角贰分 2026年3月1日</p>");
    expect(tmpl, "text", view, "email", "zh", "A & B\n  R1 ¥1,000.00 2026-02-01\nR2 ¥680.32 2026-02-02\n");
    expect(tmpl, "subject",
           "{\"customer\":{\"name\":\"A & B\"},\"currency\":\"CNY\",\"total\":{\"amount\":\"1680.32\",\"currency\":\"CNY\"}}", NULL, NULL, "A & B ¥1,680.32"); /* says its currency itself */
    expect(tmpl, "subject", view, "email", "de-AT", "1.680,32\xC2\xA0" "CNY");
    expect(tmpl, "body", view, "email", "de", "1.680,32\xC2\xA0" "CN¥ 01.03.2026 12,5 1 Tag !");
    expect(tmpl, "subject", view, "email", "fr", "A & B ¥1,680.32"); /* no such language: the channel's first */
    expect(tmpl, "body", view, "sms", NULL, "A & B: CN¥1,680.32 [x][<y>]");
    expect(tmpl, "body",
           "{\"customer\":{\"name\":\"A\\r\\nB\",\"contact\":\"Li\"},\"currency\":\"EUR\",\"total\":\"-1000.00\",\"fee\":{\"amount\":\"0.00\",\"currency\":\"USD\"},"
           "\"due\":\"2026-03-01\",\"days\":2,\"rate\":1.50,\"firm\":false,\"items\":[],\"tags\":[]}",
           "sms", "en", "A\r\nB: -€1,000.00 + $0.00 (none) ");
    arc_template_free(tmpl);
}

static void refuses_bad_values(void **state)
{
    static const struct {
        const char *from, *to, *channel, *language, *pointer, *message;
        arc_status st;
    } cases[] = {
        { "\"A & B\"", "null", "email", "zh", "/customer/name", "line 1, column 4: customer.name: the value is needed and is null", ARC_E_REQUIRED },
        { "\"total\":\"1680.32\"", "\"x\":1", "email", "zh", "/total", "line 1, column 70: total: the value is needed and is null", ARC_E_REQUIRED },
        { "\"1680.32\"", "\"1680.325\"", "email", "zh", "/total", "total: not an amount of its currency", ARC_E_PRECISION },
        { "\"1680.32\"", "[]", "email", "zh", "/total", "total: the value is no money", ARC_E_VALUE },
        { "\"1680.32\"", "{\"amount\":\"1680.32\",\"currency\":\"USD\"}", "email", "zh", "/total/currency", "total: it is in another currency than the view says", ARC_E_CURRENCY },
        { "\"1680.32\"", "{\"currency\":\"CNY\"}", "email", "zh", "/total", "total: the value is no money", ARC_E_VALUE },
        { "\"CNY\"", "\"Yuan\"", "email", "zh", "/currency", "total: it has no currency", ARC_E_CURRENCY },
        { "\"CNY\"", "\"BHD\"", "email", "zh", "/total", "this currency has no capital figures", ARC_E_CURRENCY },
        { "2026-03-01", "2026-02-30", "email", "de", "/due", "due: the value is no date", ARC_E_VALUE },
        { "\"days\":1", "\"days\":1.5", "email", "de", "/days", "days_plural: the value is no integer", ARC_E_VALUE },
        { "true", "\"yes\"", "email", "de", "/firm", "firm: the value is no boolean", ARC_E_VALUE },
        { "[\"x\",\"<y>\"]", "{\"x\":1}", "sms", "en", "/tags", "tags: the value is no list", ARC_E_VALUE },
        { "\"x\",", "1,", "sms", "en", "/tags/0", ".: the value is no text", ARC_E_VALUE },
    };
    test_env *t = *state;
    arc_template *tmpl = load(t->ctx, "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char data[2000], out[2000];
        size_t n = sizeof out;
        arc_error error = ARC_ERROR_INIT;
        const char *at = strstr(view, cases[i].from);
        assert_non_null(at);
        snprintf(data, sizeof data, "%.*s%s%s", (int)(at - view), view, cases[i].to, at + strlen(cases[i].from));
        arc_status st = arc_template_render(tmpl, out, &n, "body", data, SIZE_MAX, cases[i].channel, cases[i].language);
        assert_ok(arc_template_error(tmpl, &error));
        if (st != cases[i].st || strcmp(error.pointer, cases[i].pointer) != 0 || !strstr(error.message, cases[i].message))
            fail_msg("case %zu: %d %s %s", i, (int)st, error.pointer, error.message);
        assert_true(error.message_zh[0] != 0);
    }
    arc_template_free(tmpl);
}

/* ---- publishing ------------------------------------------------------------------------------------------------------------------ */

typedef struct faults {
    char text[4000];
    int n;
} faults;

static int32_t take_fault(void *user, const arc_error *fault)
{
    faults *f = user;
    size_t at = strlen(f->text);
    snprintf(f->text + at, sizeof f->text - at, "%s %d %s\n", fault->pointer, (int)fault->status, fault->message);
    assert_true(fault->rule[0]); /* its code */
    f->n++;
    return 0;
}

#define HEAD "{\"template\":\"arcore/1\",\"view\":{\"a\":\"text\",\"m\":\"money\",\"k\":{\"type\":\"money\",\"currency\":\"cur\"},\"n\":{\"type\":\"text\",\"nullable\":true},\"d\":\"integer\",\"l\":{\"type\":\"list\",\"of\":{\"type\":\"object\",\"members\":{\"b\":\"text\"}}}},\"variants\":[{\"channel\":\"sms\",\"language\":\"en\",\"body\":"
#define TAIL "}]}"

static void every_fault_is_told(void **state)
{
    static const struct {
        const char *document, *told; /* lines of take_fault() */
    } cases[] = {
        { "[]", " -26 must say \"template\": \"arcore/1\"\n -25 needs a view: what it may name\n -25 needs variants\n" },
        { "{\"template\":\"arcore/1\",\"x\":1}", "/x -20 no such member here\n -25 needs a view: what it may name\n -25 needs variants\n" },
        { HEAD "\"{{a}} {{q}}\\n{{#l}}{{b}}{{a}}{{c}}{{/l}}{{b}}\"" TAIL,
          "/variants/0/body -20 line 1, column 7: q: the view has no such value\n/variants/0/body -20 line 2, column 17: c: the view has no such value\n"
          "/variants/0/body -20 line 2, column 28: b: the view has no such value\n" },
        { HEAD "\"{{q}} {{#l}}{{b}}{{/k}} {{/z}} {{}} {{c}} {{#l}}\"" TAIL, /* a fault of syntax hides no other */
          "/variants/0/body -6 line 1, column 18: k: ends another section than the last one begun\n/variants/0/body -6 line 1, column 25: z: ends a section that was not begun\n"
          "/variants/0/body -6 line 1, column 32: : the tag has no name\n/variants/0/body -6 line 1, column 43: l: the section does not end\n"
          "/variants/0/body -20 line 1, column 1: q: the view has no such value\n/variants/0/body -20 line 1, column 37: c: the view has no such value\n" },
        { HEAD "\"{{#q}}{{a}}{{z}}{{/q}}{{l}}{{a.b}}\"" TAIL,
          "/variants/0/body -20 line 1, column 1: q: the view has no such value\n/variants/0/body -26 line 1, column 23: l: a list or an object cannot be printed\n"
          "/variants/0/body -20 line 1, column 28: a.b: the view has no such value\n" },
        { HEAD "\"{{k}}{{m_plain}}{{d_plural}}{{m_is_zero}}{{#m_cn}}{{/m_cn}}\"" TAIL,
          "/variants/0/body -10 line 1, column 1: k: the view does not have its currency\n/variants/0/body -20 line 1, column 17: d_plural: the variant has no plural forms for it\n"
          "/variants/0/body -26 line 1, column 29: m_is_zero: yes and no are for sections\n/variants/0/body -26 line 1, column 42: m_cn: a written form is no section\n" },
        { HEAD "\"{{a}\",\"subject\":\"{{/a}}\",\"text\":\"{{>none}}\",\"channel2\":1" TAIL,
          "/variants/0/body -6 line 1, column 1: {{: the tag does not end\n/variants/0/subject -6 line 1, column 1: a: ends a section that was not begun\n"
          "/variants/0/text -20 line 1, column 1: none: there is no such partial\n/variants/0/channel2 -20 no such member\n" },
        { HEAD "1},{\"channel\":\"fax\",\"language\":\"xx\"},{\"channel\":\"sms\",\"language\":\"en\",\"format\":\"pdf\",\"body\":\"\",\"plurals\":{\"d\":{\"few\":\"\"}},\"required\":[1]" TAIL,
          "/variants/0/body -26 is a text\n/variants/1/channel -26 needs a channel of the list message_channel\n/variants/1/language -26 needs a language that is known\n"
          "/variants/1 -25 a variant needs a body\n/variants/2 -21 two variants are of this channel and language\n/variants/2/format -26 is html or text\n"
          "/variants/2/plurals/d -25 needs the form other\n/variants/2/plurals/d/few -26 is a text for one or other\n/variants/2/required/0 -26 is a name\n" },
        { "{\"template\":\"arcore/1\",\"view\":{\"1\":\"text\",\"a\":\"float\",\"b\":{\"type\":\"list\"},\"c\":{\"type\":\"object\"},\"d\":{\"type\":\"text\",\"of\":1},\"e\":{\"type\":\"object\",\"members\":{}}},\"variants\":[]}",
          "/view/1 -26 a name is of letters, digits and _\n/view/a -26 is object, list, text, integer, decimal, money, date or boolean\n/view/b -25 a list needs of, what its elements are\n"
          "/view/c -25 an object needs members\n/view/d/of -20 no such member for this type\n/view/e/members -26 is an object of fields\n/variants -26 is a list of variants\n" },
        { "{\"template\":\"arcore/1\",\"view\":{\"a\":\"text\"},\"partials\":{\"p\":\"{{>q}}\",\"q\":\"{{>p}}\",\"r\":\"x {{b}}\"},\"variants\":[{\"channel\":\"sms\",\"language\":\"en\",\"body\":\"{{>p}}\"},"
          "{\"channel\":\"push\",\"language\":\"en\",\"body\":\"{{>r}}\"}]}",
          "/variants/0/body -14 partial q, line 1, column 1: p: the partial brings itself in\n/variants/1/body -20 partial r, line 1, column 3: b: the view has no such value\n" },
        { "{\"template\":\"arcore/1\",\"view\":{\"a\":\"text\"},\"variants\":[{\"channel\":\"sms\",\"language\":\"en\",\"body\":\"{{a}}\"}],\"sample\":{}}", "/sample/a -25 line 1, column 1: a: the value is needed and is null\n" },
        { "{\"template\":\"arcore/1\",\"partial\":\"{{#a}}\",\"view\":{}}", "/view -20 no such member here\n/partial -6 line 1, column 1: a: the section does not end\n" },
        { "{,", " -6 JSON, line 1, column 2: a key in quotes is missing\n" },
    };
    test_book b;
    (void)state;
    test_book_open(&b, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        faults f = { { 0 }, 0 };
        arc_template *tmpl = (void *)1;
        arc_status st = arc_definition_check(b.session, "template", cases[i].document, SIZE_MAX, take_fault, &f);
        if (strcmp(f.text, cases[i].told) != 0) fail_msg("case %zu:\n%s", i, f.text);
        assert_true(st < 0);
        f.text[0] = 0;
        assert_int_equal(arc_template_load(b.t.ctx, &tmpl, cases[i].document, SIZE_MAX, take_fault, &f), st);
        assert_null(tmpl);
    }
    test_book_close(&b);
}

static void required_in_a_variant(void **state)
{
    test_env *t = *state;
    static const char text[] = HEAD "\"{{a}}{{n}}\"},{\"channel\":\"push\",\"language\":\"en\",\"body\":\"{{n}}\",\"required\":[\"n\"]" TAIL;
    char out[100];
    size_t n = sizeof out;
    arc_template *tmpl;
    assert_ok(arc_template_load(t->ctx, &tmpl, text, SIZE_MAX, NULL, NULL));
    expect(tmpl, "body", "{\"a\":\"x\",\"n\":null}", "sms", NULL, "x");
    expect(tmpl, "body", "{\"n\":\"y\"}", "push", NULL, "y");
    assert_status(ARC_E_REQUIRED, arc_template_render(tmpl, out, &n, "body", "{\"a\":\"x\"}", SIZE_MAX, "push", NULL));
    arc_template_free(tmpl);
}

static void versions_and_partials_in_the_book(void **state)
{
    static const char body[] = "{\"template\":\"arcore/1\",\"view\":{\"a\":\"text\"},\"variants\":[{\"channel\":\"sms\",\"language\":\"en\",\"body\":\"{{a}} {{>foot}}\"}],\"sample\":{\"a\":\"hi\"}}";
    test_book b;
    int64_t id, foot;
    faults f = { { 0 }, 0 };
    arc_template *tmpl;
    char out[200];
    size_t n = sizeof out;
    (void)state;
    test_book_open(&b, 0);
    assert_session(&b, arc_definition_save(b.session, &id, "template", "greeting", body, SIZE_MAX, NULL));
    assert_status(ARC_E_NOT_FOUND, arc_definition_publish(b.session, id, take_fault, &f));
    assert_string_equal(f.text, "/variants/0/body -20 line 1, column 7: foot: there is no such partial\n");
    assert_session(&b, arc_definition_save(b.session, &foot, "template", "foot", "{\"template\":\"arcore/1\",\"partial\":\"-- {{a}}\"}", SIZE_MAX, NULL));
    assert_session(&b, arc_definition_publish(b.session, foot, NULL, NULL));
    assert_session(&b, arc_definition_publish(b.session, id, NULL, NULL));
    assert_session(&b, arc_template_open(b.session, &tmpl, "greeting", ARC_DATE_NONE));
    assert_ok(arc_template_preview(tmpl, out, &n, NULL, 0, NULL, NULL));
    assert_string_equal(out, "{\"channel\":\"sms\",\"language\":\"en\",\"body\":\"hi -- hi\"}");
    n = sizeof out;
    assert_ok(arc_template_preview(tmpl, out, &n, "{\"a\":\"you\"}", SIZE_MAX, "sms", "en"));
    assert_string_equal(out, "{\"channel\":\"sms\",\"language\":\"en\",\"body\":\"you -- you\"}");
    assert_status(ARC_E_NOT_FOUND, arc_template_open(b.session, &tmpl, "none", ARC_DATE_NONE));
    assert_status(ARC_E_NOT_FOUND, arc_template_load(b.t.ctx, &tmpl, body, SIZE_MAX, NULL, NULL));
    test_book_close(&b);
}

static void names(void **state)
{
    test_env *t = *state;
    static const char text[] = "{\"template\":\"arcore/1\",\"view\":{\"a\":{\"type\":\"date\",\"nullable\":true}},\"partials\":{\"p\":\"\\n{{a_long}}\"},\"variants\":[{\"channel\":\"sms\",\"language\":\"en\",\"body\":\"{{#a}}{{>p}}{{/a}}\"}]}";
    arc_template *tmpl;
    char out[2000];
    size_t n = sizeof out;
    assert_ok(arc_template_load(t->ctx, &tmpl, text, SIZE_MAX, NULL, NULL));
    assert_ok(arc_template_variables(tmpl, out, &n));
    assert_string_equal(out, "{\"tags\":[{\"name\":\"a\",\"kind\":\"section\",\"channel\":\"sms\",\"language\":\"en\",\"part\":\"body\",\"line\":1,\"column\":1,\"type\":\"date\",\"nullable\":true},"
                             "{\"name\":\"p\",\"kind\":\"partial\",\"channel\":\"sms\",\"language\":\"en\",\"part\":\"body\",\"line\":1,\"column\":7},"
                             "{\"name\":\"a_long\",\"kind\":\"value\",\"channel\":\"sms\",\"language\":\"en\",\"part\":\"body\",\"line\":2,\"column\":1,\"partial\":\"p\",\"type\":\"date\",\"nullable\":true}],"
                             "\"offers\":[{\"name\":\"a\",\"type\":\"date\",\"nullable\":true},{\"name\":\"a_long\",\"type\":\"text\",\"nullable\":true},{\"name\":\"a_iso\",\"type\":\"text\",\"nullable\":true}]}");
    arc_template_free(tmpl);
}

static arc_status whole(test_env *t, void *arg)
{
    char text[8192], out[4000];
    size_t n = sizeof out;
    arc_template *tmpl;
    (void)arg;
    snprintf(text, sizeof text, letter, "");
    arc_status st = arc_template_load(t->ctx, &tmpl, text, SIZE_MAX, NULL, NULL);
    if (st != ARC_OK) return st;
    st = arc_template_preview(tmpl, out, &n, view, SIZE_MAX, "email", "zh");
    arc_template_free(tmpl);
    return st;
}

static void memory(void **state)
{
    (void)state;
    assert_true(test_oom_sweep(whole, NULL) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writes_for_readers, test_setup, test_teardown), cmocka_unit_test_setup_teardown(refuses_bad_values, test_setup, test_teardown),
        cmocka_unit_test(every_fault_is_told), cmocka_unit_test_setup_teardown(required_in_a_variant, test_setup, test_teardown),
        cmocka_unit_test(versions_and_partials_in_the_book), cmocka_unit_test_setup_teardown(names, test_setup, test_teardown), cmocka_unit_test(memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
