/* SPDX-License-Identifier: Apache-2.0 */
/* Mustache against the public specification, and what it leaves open: bounds, places of faults, escapes. */
#include "arcore/template.h"
#include "base/json_text.h"
#include "support/support.h"

static const char *const modules[] = { "comments", "delimiters", "interpolation", "inverted", "partials", "sections" };

enum { PARTIALS = 16 };

static void run_case(test_env *t, const char *module, const arci_json *test)
{
    const char *names[PARTIALS], *texts[PARTIALS];
    arc_template_options o = ARC_TEMPLATE_OPTIONS_INIT;
    const arci_json *text = arci_json_get(test, "template"), *expected = arci_json_get(test, "expected"), *partials = arci_json_get(test, "partials");
    arc_template *tmpl;
    char out[4096];
    size_t n = sizeof out;
    arci_str data;
    arci_str_init(&data, t->ctx);
    arci_json_put_node(&data, arci_json_get(test, "data"));
    for (const arci_json *p = partials ? partials->child : NULL; p; p = p->next) {
        assert_true(o.n_partials < PARTIALS);
        names[o.n_partials] = p->key;
        texts[o.n_partials++] = p->s;
    }
    o.partial_names = names;
    o.partial_texts = texts;
    assert_ok_err(&t->err, arc_template_compile(t->ctx, &tmpl, text->s, text->len, &o));
    assert_ok(arc_template_render(tmpl, out, &n, "body", data.s, data.len, NULL, NULL));
    if (n != expected->len || memcmp(out, expected->s, n) != 0) {
        fail_msg("%s: %s: expected \"%s\", is \"%s\"", module, arci_json_get(test, "name")->s, expected->s, out);
    }
    arc_template_free(tmpl);
    arci_str_clear(&data);
}

static void specification(void **state)
{
    test_env *t = *state;
    int cases = 0;
    for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
        char path[64];
        arci_arena arena;
        arci_json *root;
        size_t len;
        snprintf(path, sizeof path, "mustache/%s.json", modules[i]);
        TEST_NEED_DATA(file, path);
        char *text = test_read_file(file, &len);
        arci_arena_init(&arena, t->ctx);
        assert_ok_err(&t->err, arci_json_parse(&t->env, &arena, text, len, &arci_json_definition_limits, &root));
        for (const arci_json *c = arci_json_get(root, "tests")->child; c; c = c->next, cases++) run_case(t, modules[i], c);
        arci_arena_clear(&arena);
        free(text);
    }
    print_message("%d of 136 cases of the specification\n", cases);
    assert_int_equal(cases, 136);
}

/* ---- our own cases ------------------------------------------------------------------------------------------------------------ */

static arc_status render(test_env *t, char *out, size_t size, const char *text, const char *view, int32_t escape)
{
    arc_template_options o = ARC_TEMPLATE_OPTIONS_INIT;
    static const char *const names[] = { "self", "two" };
    static const char *const texts[] = { "<{{#more}}{{>self}}{{/more}}>", "{{a}}\n{{b}}\n" };
    arc_template *tmpl;
    arc_error error = ARC_ERROR_INIT;
    size_t n = size;
    o.escape = escape;
    o.partial_names = names;
    o.partial_texts = texts;
    o.n_partials = 2;
    o.max_output = 1000;
    out[0] = 0;
    arc_status st = arc_template_compile(t->ctx, &tmpl, text, SIZE_MAX, &o);
    if (st != ARC_OK) {
        assert_ok(arc_context_error(t->ctx, &error));
        assert_int_equal(error.status, st);
        snprintf(out, size, "%s", error.message);
        return st;
    }
    st = arc_template_render(tmpl, out, &n, "body", view, SIZE_MAX, NULL, NULL);
    if (st != ARC_OK) {
        assert_ok(arc_template_error(tmpl, &error));
        assert_int_equal(error.status, st);
        snprintf(out, size, "%s", error.message);
    }
    arc_template_free(tmpl);
    return st;
}

static void texts(void **state)
{
    static const struct {
        const char *text, *view, *out;
        int32_t escape;
        arc_status st;
    } cases[] = {
        { "{{x}}|{{{x}}}|{{&x}}", "{\"x\":\"<&\\\"'>\"}", "&lt;&amp;&quot;'&gt;|<&\"'>|<&\"'>", ARC_ESCAPE_HTML, ARC_OK },
        { "{{x}}", "{\"x\":\"<&\\r\\nBcc: a\"}", "<&\r\nBcc: a", ARC_ESCAPE_NONE, ARC_OK },
        { "A{{{x}}}\r\nB", "{\"x\":\"1\\r\\nBcc: 2\"}", "A1Bcc: 2B", ARC_ESCAPE_HEADER, ARC_OK },
        { "{{n}} {{m}}", "{\"n\":1.21,\"m\":90071992547409930000.50}", "1.21 90071992547409930000.50", ARC_ESCAPE_HTML, ARC_OK },
        { "{{#z}}a{{/z}}{{^z}}b{{/z}}{{#e}}c{{/e}}{{^e}}d{{/e}}", "{\"z\":0.00,\"e\":\"\"}", "bd", ARC_ESCAPE_HTML, ARC_OK },
        { "{{a.b.c}}{{#a}}{{b.c}}{{/a}}", "{\"a\":{\"b\":{}},\"b\":{\"c\":\"no\"}}", "", ARC_ESCAPE_HTML, ARC_OK },
        { "x\n  {{>two}}\ny", "{\"a\":\"1\\n2\",\"b\":3}", "x\n  1\n2\n  3\ny", ARC_ESCAPE_HTML, ARC_OK },
        { "{{#l}}({{#.}}{{.}}{{/.}}){{/l}}", "{\"l\":[[1,2],[3]]}", "(12)(3)", ARC_ESCAPE_HTML, ARC_OK },
        { "a{{", "{}", "line 1, column 2: {{: the tag does not end", ARC_ESCAPE_HTML, ARC_E_SYNTAX },
        { "a\n b {{#x}}", "{}", "line 2, column 4: x: the section does not end", ARC_ESCAPE_HTML, ARC_E_SYNTAX },
        { "中文{{/x}}", "{}", "line 1, column 3: x: ends a section that was not begun", ARC_ESCAPE_HTML, ARC_E_SYNTAX },
        { "{{#a}}{{#b}}{{/a}}{{/b}}", "{}", "line 1, column 13: a: ends another section than the last one begun", ARC_ESCAPE_HTML, ARC_E_SYNTAX },
        { "{{}}", "{}", "line 1, column 1: : the tag has no name", ARC_ESCAPE_HTML, ARC_E_SYNTAX },
        { "{{a..b}}", "{}", "line 1, column 1: a..b: a part of the name is empty", ARC_ESCAPE_HTML, ARC_E_SYNTAX },
        { "{{=a}}", "{}", "line 1, column 1: {{: the tag does not end", ARC_ESCAPE_HTML, ARC_E_SYNTAX },
        { "{{=a=}}", "{}", "line 1, column 1: a: not two delimiters", ARC_ESCAPE_HTML, ARC_E_SYNTAX },
        { "\xff", "{}", "the template is not UTF-8", ARC_ESCAPE_HTML, ARC_E_ENCODING },
        { "{{>self}}", "{\"more\":1}", "partial self, line 1, column 11: self: too many partials in each other", ARC_ESCAPE_HTML, ARC_E_LIMIT },
        { "{{#l}}{{#l}}{{#l}}0123456789{{/l}}{{/l}}{{/l}}", "{\"l\":[1,1,1,1,1,1]}", "line 1, column 19: 0123456789: the output is too long", ARC_ESCAPE_HTML, ARC_E_LIMIT },
        { "{{x}}", "{\"x\":1,}", "JSON, line 1, column 8: a key in quotes is missing", ARC_ESCAPE_HTML, ARC_E_SYNTAX },
    };
    test_env *t = *state;
    char out[8192];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arc_status st = render(t, out, sizeof out, cases[i].text, cases[i].view, cases[i].escape);
        if (st != cases[i].st || strcmp(out, cases[i].out) != 0) fail_msg("case %zu: %d \"%s\", expected %d \"%s\"", i, (int)st, out, (int)cases[i].st, cases[i].out);
    }
}

/* Sections in sections over a list print nothing and would run for years. */
static void work_is_bounded(void **state)
{
    test_env *t = *state;
    char text[2000] = "", view[20000] = "{\"l\":[", out[8192];
    for (int i = 0; i < 20; i++) strcat(text, "{{#l}}");
    for (int i = 0; i < 20; i++) strcat(text, "{{/l}}");
    for (int i = 0; i < 900; i++) strcat(view, i ? ",1" : "1");
    strcat(view, "]}");
    assert_int_equal(render(t, out, sizeof out, text, view, ARC_ESCAPE_HTML), ARC_E_LIMIT);
    assert_non_null(strstr(out, "takes too long"));
    text[0] = 0;
    for (int i = 0; i < 33; i++) strcat(text, "{{#l}}");
    assert_int_equal(render(t, out, sizeof out, text, "{}", ARC_ESCAPE_HTML), ARC_E_LIMIT);
}

static void misuse(void **state)
{
    test_env *t = *state;
    arc_template *tmpl = (void *)1;
    arc_template_options o = ARC_TEMPLATE_OPTIONS_INIT;
    char out[64];
    size_t n = 3;
    assert_status(ARC_E_INVALID, arc_template_compile(t->ctx, &tmpl, NULL, 0, NULL));
    assert_null(tmpl);
    assert_status(ARC_E_INVALID, arc_template_compile(t->ctx, NULL, "", 0, NULL));
    o.escape = 3;
    assert_status(ARC_E_INVALID, arc_template_compile(t->ctx, &tmpl, "", 0, &o));
    assert_ok(arc_template_compile(t->ctx, &tmpl, "abcdef", 4, NULL));
    assert_status(ARC_E_BUFFER, arc_template_render(tmpl, out, &n, "body", "{}", SIZE_MAX, NULL, NULL));
    assert_int_equal(n, 4);
    n = sizeof out;
    assert_status(ARC_E_INVALID, arc_template_render(tmpl, out, &n, "foot", "{}", SIZE_MAX, NULL, NULL));
    assert_status(ARC_E_NOT_FOUND, arc_template_render(tmpl, out, &n, "subject", "{}", SIZE_MAX, NULL, NULL));
    assert_status(ARC_E_NOT_FOUND, arc_template_render(tmpl, out, &n, "body", "{}", SIZE_MAX, "email", NULL));
    assert_status(ARC_E_NOT_FOUND, arc_template_preview(tmpl, out, &n, NULL, 0, NULL, NULL));
    assert_ok(arc_template_render(tmpl, out, &n, "body", "{}", SIZE_MAX, NULL, NULL));
    assert_string_equal(out, "abcd");
    arc_template_free(tmpl);
    assert_status(ARC_E_HANDLE, arc_template_render(tmpl, out, &n, "body", "{}", SIZE_MAX, NULL, NULL));
    arc_template_free(tmpl);
}

static arc_status use_one(test_env *t, void *arg)
{
    char out[8192];
    (void)arg;
    arc_template *tmpl;
    arc_template_options o = ARC_TEMPLATE_OPTIONS_INIT;
    const char *name = "p", *text = "[{{x}}]";
    size_t n = sizeof out;
    o.partial_names = &name;
    o.partial_texts = &text;
    o.n_partials = 1;
    arc_status st = arc_template_compile(t->ctx, &tmpl, "{{#l}}{{>p}}{{/l}}", SIZE_MAX, &o);
    if (st != ARC_OK) return st;
    st = arc_template_render(tmpl, out, &n, "body", "{\"l\":[{\"x\":1},{\"x\":\"<\"}]}", SIZE_MAX, NULL, NULL);
    if (st == ARC_OK) {
        n = sizeof out;
        st = arc_template_variables(tmpl, out, &n);
    }
    arc_template_free(tmpl);
    return st;
}

static void memory(void **state)
{
    (void)state;
    assert_true(test_oom_sweep(use_one, NULL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(specification, test_setup, test_teardown), cmocka_unit_test_setup_teardown(texts, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(work_is_bounded, test_setup, test_teardown), cmocka_unit_test_setup_teardown(misuse, test_setup, test_teardown),
        cmocka_unit_test(memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
