/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON wall. Classes of hostile input follow the public JSON test suites; the cases are our own. */
#include "base/json.h"
#include "base/str.h"
#include "support/support.h"

static arc_status parse(test_env *t, arci_arena *a, const char *text, size_t len, const arci_json_limits *limits,
                        const arci_json **root)
{
    arci_json *r = (void *)1;
    arc_status status = arci_json_parse(&t->env, a, text, len, limits, &r);
    assert_int_equal(r == NULL, status != ARC_OK); /* nothing half-done comes out */
    *root = r;
    return status;
}

typedef struct bad {
    const char *text;
    size_t len; /* 0: strlen */
    arc_status status;
    uint32_t line, column;
    const char *pointer;
} bad;

static const bad bad_cases[] = {
    /* nothing, or not one value */
    { "", 0, ARC_E_SYNTAX, 1, 1, "" },
    { " \t\r\n", 0, ARC_E_SYNTAX, 2, 1, "" },
    { "1 2", 0, ARC_E_SYNTAX, 1, 3, "" },
    { "{}}", 0, ARC_E_SYNTAX, 1, 3, "" },
    { "[]]", 0, ARC_E_SYNTAX, 1, 3, "" },
    { "{} //", 0, ARC_E_SYNTAX, 1, 4, "" },
    { "[1]x", 0, ARC_E_SYNTAX, 1, 4, "" },
    { "\"a\" \"b\"", 0, ARC_E_SYNTAX, 1, 5, "" },
    { "]", 0, ARC_E_SYNTAX, 1, 1, "" },
    { "}", 0, ARC_E_SYNTAX, 1, 1, "" },
    { ",", 0, ARC_E_SYNTAX, 1, 1, "" },
    { ":", 0, ARC_E_SYNTAX, 1, 1, "" },
    { "*", 0, ARC_E_SYNTAX, 1, 1, "" },
    { "<.>", 0, ARC_E_SYNTAX, 1, 1, "" },
    { "\xef\xbb\xbf{}", 0, ARC_E_SYNTAX, 1, 1, "" }, /* BOM */
    { "\f1", 0, ARC_E_SYNTAX, 1, 1, "" },
    { "\xc2\xa0" "1", 0, ARC_E_SYNTAX, 1, 1, "" }, /* no-break space is no space */
    { "\xe2\x81\xa0[]", 0, ARC_E_SYNTAX, 1, 1, "" },
    /* arrays */
    { "[", 0, ARC_E_SYNTAX, 1, 2, "/0" },
    { "[1", 0, ARC_E_SYNTAX, 1, 3, "" },
    { "[1,", 0, ARC_E_SYNTAX, 1, 4, "/1" },
    { "[1,]", 0, ARC_E_SYNTAX, 1, 4, "/1" },
    { "[,1]", 0, ARC_E_SYNTAX, 1, 2, "/0" },
    { "[1,,2]", 0, ARC_E_SYNTAX, 1, 4, "/1" },
    { "[1 2]", 0, ARC_E_SYNTAX, 1, 4, "" },
    { "[1 true]", 0, ARC_E_SYNTAX, 1, 4, "" },
    { "[1}", 0, ARC_E_SYNTAX, 1, 3, "" },
    { "[1:2]", 0, ARC_E_SYNTAX, 1, 3, "" },
    { "[\"a\":1]", 0, ARC_E_SYNTAX, 1, 5, "" },
    { "[[1],\n[2],\n[3]", 0, ARC_E_SYNTAX, 3, 4, "" },
    { "[3[4]]", 0, ARC_E_SYNTAX, 1, 3, "" },
    { "[\"\", ]", 0, ARC_E_SYNTAX, 1, 6, "/1" },
    { "[1,\n1\n,1", 0, ARC_E_SYNTAX, 3, 3, "" },
    { "[(1)]", 0, ARC_E_SYNTAX, 1, 2, "/0" },
    /* objects */
    { "{", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "{\"a\"", 0, ARC_E_SYNTAX, 1, 5, "" },
    { "{\"a\":", 0, ARC_E_SYNTAX, 1, 6, "/a" },
    { "{\"a\":1", 0, ARC_E_SYNTAX, 1, 7, "" },
    { "{\"a\":1,", 0, ARC_E_SYNTAX, 1, 8, "" },
    { "{\"a\":1,}", 0, ARC_E_SYNTAX, 1, 8, "" },
    { "{\"a\":1,,\"b\":2}", 0, ARC_E_SYNTAX, 1, 8, "" },
    { "{,\"a\":1}", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "{\"a\" 1}", 0, ARC_E_SYNTAX, 1, 6, "" },
    { "{\"a\",1}", 0, ARC_E_SYNTAX, 1, 5, "" },
    { "{\"a\"::1}", 0, ARC_E_SYNTAX, 1, 6, "/a" },
    { "{\"a\":1 \"b\":2}", 0, ARC_E_SYNTAX, 1, 8, "" },
    { "{\"a\":1]", 0, ARC_E_SYNTAX, 1, 7, "" },
    { "{a:1}", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "{'a':1}", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "{1:1}", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "{null:1}", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "{[]:1}", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "{\"a\":\"b\"}#", 0, ARC_E_SYNTAX, 1, 10, "" },
    { "{\"a\":/**/1}", 0, ARC_E_SYNTAX, 1, 6, "/a" },
    { "{\"a\":'b'}", 0, ARC_E_SYNTAX, 1, 6, "/a" },
    { "{\"a\":{\"b\":[1,{\"c\":x}]}}", 0, ARC_E_SYNTAX, 1, 19, "/a/b/1/c" },
    { "{\"a/b~c\":[x]}", 0, ARC_E_SYNTAX, 1, 11, "/a~1b~0c/0" },
    { "{\"\":x}", 0, ARC_E_SYNTAX, 1, 5, "/" },
    /* duplicate keys, also when spelled differently */
    { "{\"a\":1,\"a\":1}", 0, ARC_E_EXISTS, 1, 8, "/a" },
    { "{\"a\":1,\n  \"\\u0061\":2}", 0, ARC_E_EXISTS, 2, 3, "/a" },
    { "[{\"x\":{\"\":1,\"\":2}}]", 0, ARC_E_EXISTS, 1, 13, "/0/x/" },
    { "{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":10,\"a\":11}", 0, ARC_E_EXISTS, 1, 63,
      "/a" },
    { "{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":10,\"j\":11}", 0, ARC_E_EXISTS, 1, 63,
      "/j" },
    /* numbers */
    { "-", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "+1", 0, ARC_E_SYNTAX, 1, 1, "" },
    { "--1", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "- 1", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "01", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "-01", 0, ARC_E_SYNTAX, 1, 3, "" },
    { "00", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "1.", 0, ARC_E_SYNTAX, 1, 3, "" },
    { ".5", 0, ARC_E_SYNTAX, 1, 1, "" },
    { "-.5", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "1.e1", 0, ARC_E_SYNTAX, 1, 3, "" },
    { "1e", 0, ARC_E_SYNTAX, 1, 3, "" },
    { "1e+", 0, ARC_E_SYNTAX, 1, 4, "" },
    { "1E-", 0, ARC_E_SYNTAX, 1, 4, "" },
    { "1e1.5", 0, ARC_E_SYNTAX, 1, 4, "" },
    { "1ee1", 0, ARC_E_SYNTAX, 1, 3, "" },
    { "1.2.3", 0, ARC_E_SYNTAX, 1, 4, "" },
    { "1,5", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "1_000", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "0x10", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "[1a]", 0, ARC_E_SYNTAX, 1, 3, "" },
    { "NaN", 0, ARC_E_SYNTAX, 1, 1, "" },
    { "[-NaN]", 0, ARC_E_SYNTAX, 1, 3, "/0" },
    { "Infinity", 0, ARC_E_SYNTAX, 1, 1, "" },
    { "-Infinity", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "\xef\xbc\x91", 0, ARC_E_SYNTAX, 1, 1, "" }, /* fullwidth 1 */
    /* literals */
    { "nul", 0, ARC_E_SYNTAX, 1, 1, "" },
    { "True", 0, ARC_E_SYNTAX, 1, 1, "" },
    { "TRUE", 0, ARC_E_SYNTAX, 1, 1, "" },
    { "truer", 0, ARC_E_SYNTAX, 1, 5, "" },
    { "[fals]", 0, ARC_E_SYNTAX, 1, 2, "/0" },
    { "undefined", 0, ARC_E_SYNTAX, 1, 1, "" },
    /* strings */
    { "\"", 0, ARC_E_SYNTAX, 1, 1, "" },
    { "\"abc", 0, ARC_E_SYNTAX, 1, 1, "" },
    { "\"abc\\", 0, ARC_E_SYNTAX, 1, 1, "" },
    { "\"abc\\\"", 0, ARC_E_SYNTAX, 1, 1, "" },
    { "'a'", 0, ARC_E_SYNTAX, 1, 1, "" },
    { "\"a\nb\"", 0, ARC_E_SYNTAX, 1, 3, "" },
    { "\"a\tb\"", 0, ARC_E_SYNTAX, 1, 3, "" },
    { "\"a\x1f\"", 0, ARC_E_SYNTAX, 1, 3, "" },
    { "\"a\\\nb\"", 0, ARC_E_SYNTAX, 1, 4, "" },
    { "\"\\x41\"", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "\"\\a\"", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "\"\\'\"", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "\"\\0\"", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "\"\\\xe6\xb1\x89\"", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "\"\\U0041\"", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "\"\\u\"", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "\"\\u004\"", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "\"\\u004g\"", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "\"\\u 041\"", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "\"\\u+041\"", 0, ARC_E_SYNTAX, 1, 2, "" },
    { "\"a\\u0000\"", 0, ARC_E_SYNTAX, 1, 3, "" },
    { "[\"\\ud800\"]", 0, ARC_E_ENCODING, 1, 3, "/0" },
    { "[\"\\udc00\"]", 0, ARC_E_ENCODING, 1, 3, "/0" },
    { "[\"\\ud800x\"]", 0, ARC_E_ENCODING, 1, 3, "/0" },
    { "[\"\\ud800\\n\"]", 0, ARC_E_ENCODING, 1, 3, "/0" },
    { "[\"\\ud800\\u0041\"]", 0, ARC_E_ENCODING, 1, 3, "/0" },
    { "[\"\\ud800\\ud800\\udc00\"]", 0, ARC_E_ENCODING, 1, 3, "/0" },
    { "[\"\\udc00\\udc00\"]", 0, ARC_E_ENCODING, 1, 3, "/0" },
    { "[\"\\udc00\\ud800\"]", 0, ARC_E_ENCODING, 1, 3, "/0" },
    { "[\"\\ud83d\\ude0\"]", 0, ARC_E_ENCODING, 1, 3, "/0" },
    { "{\"\\ud800\":1}", 0, ARC_E_ENCODING, 1, 3, "" },
    /* encoding: the place is where the bad character begins, columns count characters */
    { "\"\xff\"", 0, ARC_E_ENCODING, 1, 2, "" },
    { "[\"\xe6\xb1\x89\xc0\xaf\"]", 0, ARC_E_ENCODING, 1, 4, "" },
    { "\"\xed\xa0\x80\"", 0, ARC_E_ENCODING, 1, 2, "" },
    { "\"\xf4\x90\x80\x80\"", 0, ARC_E_ENCODING, 1, 2, "" },
    { "\"\xe6\xb1\"", 0, ARC_E_ENCODING, 1, 2, "" },
    { "[\n\n\"\xe9\"]", 0, ARC_E_ENCODING, 3, 2, "" },
    { "\xff\xfe[\0]\0", 6, ARC_E_ENCODING, 1, 1, "" }, /* UTF-16 */
    /* NUL bytes */
    { "\0", 1, ARC_E_SYNTAX, 1, 1, "" },
    { "[1]\0", 4, ARC_E_SYNTAX, 1, 4, "" },
    { "[1\0]", 4, ARC_E_SYNTAX, 1, 3, "" },
    { "\"a\0b\"", 5, ARC_E_SYNTAX, 1, 3, "" },
};

static void test_refused(void **state)
{
    test_env *t = *state;
    arci_arena a;
    arci_arena_init(&a, t->ctx);
    for (size_t i = 0; i < sizeof bad_cases / sizeof bad_cases[0]; i++) {
        const bad *b = &bad_cases[i];
        const arci_json *root;
        char where[64];
        size_t len = b->len ? b->len : strlen(b->text);
        char *exact = malloc(len ? len : 1); /* so that AddressSanitizer sees one byte too many read */
        assert_non_null(exact);
        memcpy(exact, b->text, len);
        arc_status status = parse(t, &a, exact, len, NULL, &root);
        free(exact);
        snprintf(where, sizeof where, "JSON, line %u, column %u: ", b->line, b->column);
        if (status != b->status || strncmp(t->err.message, where, strlen(where)) || strcmp(t->err.pointer, b->pointer)) {
            fail_msg("case %d <%s>: %s at '%s': %s", (int)i, b->text, arc_status_name(status), t->err.pointer,
                     t->err.message);
        }
        assert_int_equal(t->err.status, status);
        assert_memory_equal(t->err.message_zh, "JSON 第 ", 9);
        arci_arena_reset(&a);
    }
    arci_arena_clear(&a);
}

static void test_accepted(void **state)
{
    static const char *good[] = {
        "null", "true", "false", "0", "-0", "-1", "1.0", "0.10", "1e5", "1E+5", "-1.25e-400", "123456789012345678901234567890",
        "\"\"", "\"\\u0041\"", "[]", "{}", " [ ] ", "\t{\r\n}\n", "[[[]],{}]", "[1,\"a\",null,true,{\"b\":[]}]",
        "{\"\":0}", "{\"a\":{\"a\":{\"a\":1}}}", "[{\"a\":1},{\"a\":1}]", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\ud83d\\ude00\"",
        "\"\\uD83D\\uDE00\"", "\"\x7f\"", "\"\xe2\x80\xa8\"", "\"\xef\xbf\xbf\"", "\"\\uffff\"", "\"\xf4\x8f\xbf\xbf\"",
        "\"\xef\xbb\xbf\"", "\"/\"",
    };
    test_env *t = *state;
    arci_arena a;
    const arci_json *root;
    arci_arena_init(&a, t->ctx);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (parse(t, &a, good[i], strlen(good[i]), NULL, &root)) fail_msg("<%s>: %s", good[i], t->err.message);
    }
    arci_arena_clear(&a);
}

static void test_nodes(void **state)
{
    test_env *t = *state;
    arci_arena a;
    const arci_json *root, *v;
    const char *text = "{\"n\":-12.50e3,\"s\":\"a\\u00e4\\u6c49\\ud83d\\ude00\\n\",\"list\":[1,[],{}],\"t\":true,\"f\":false,"
                       "\"x\":null}";
    arci_arena_init(&a, t->ctx);
    assert_ok_err(&t->err, parse(t, &a, text, strlen(text), NULL, &root));
    assert_int_equal(root->type, ARCI_JSON_OBJECT);
    assert_int_equal(root->n, 6);
    assert_null(root->key);
    assert_null(root->parent);
    assert_null(root->next);
    v = arci_json_get(root, "n");
    assert_int_equal(v->type, ARCI_JSON_NUMBER);
    assert_string_equal(v->s, "-12.50e3"); /* as written */
    assert_int_equal(v->len, 8);
    assert_string_equal(v->key, "n");
    assert_ptr_equal(v->parent, root);
    v = arci_json_get(root, "s");
    assert_string_equal(v->s, "aä汉😀\n");
    assert_int_equal(v->len, strlen(v->s));
    v = arci_json_get(root, "list");
    assert_int_equal(v->type, ARCI_JSON_ARRAY);
    assert_int_equal(v->n, 3);
    assert_int_equal(v->child->next->type, ARCI_JSON_ARRAY);
    assert_int_equal(v->child->next->n, 0);
    assert_int_equal(v->child->next->next->type, ARCI_JSON_OBJECT);
    assert_null(v->child->next->next->next);
    assert_null(arci_json_get(v, "0")); /* not an object */
    assert_null(arci_json_get(NULL, "a"));
    assert_null(arci_json_get(root, "lis"));
    assert_null(arci_json_get(root, "listx"));
    assert_int_equal(arci_json_get(root, "t")->type, ARCI_JSON_TRUE);
    assert_int_equal(arci_json_get(root, "f")->type, ARCI_JSON_FALSE);
    assert_int_equal(arci_json_get(root, "x")->type, ARCI_JSON_NULL);
    arci_arena_clear(&a);
}

static void test_pointers(void **state)
{
    test_env *t = *state;
    arci_arena a;
    const arci_json *root, *v;
    char buf[64], cut[8];
    const char *text = "{\"a\":[0,1,{\"b/~\":{\"汉汉汉\":[9]}}]}";
    arci_arena_init(&a, t->ctx);
    assert_ok_err(&t->err, parse(t, &a, text, strlen(text), NULL, &root));
    arci_json_pointer(root, buf, sizeof buf);
    assert_string_equal(buf, "");
    arci_json_pointer(NULL, buf, sizeof buf);
    assert_string_equal(buf, "");
    v = root->child->child->next->next->child->child->child;
    arci_json_pointer(v, buf, sizeof buf);
    assert_string_equal(buf, "/a/2/b~1~0/汉汉汉/0");
    for (size_t cap = 0; cap <= strlen(buf) + 1; cap++) { /* cut to fit, between characters */
        char *exact = malloc(cap + 1);
        assert_non_null(exact);
        exact[cap] = 'g';
        arci_json_pointer(v, exact, cap);
        assert_int_equal(exact[cap], 'g');
        if (cap) {
            size_t n = strlen(exact);
            assert_true(n < cap);
            assert_memory_equal(exact, buf, n);
            assert_int_equal(arci_utf8_check(exact, n), n);
            assert_true(n == 0 || exact[n - 1] != '~');
        }
        free(exact);
    }
    arci_json_pointer(v, cut, sizeof cut);
    assert_string_equal(cut, "/a/2/b");
    assert_status(ARC_E_VALUE, arci_json_fail(&t->env, v, ARC_E_VALUE, "bad %s %d", "坏 %s %d", "x", 3));
    assert_string_equal(t->err.message, "bad x 3");
    assert_string_equal(t->err.message_zh, "坏 x 3");
    assert_string_equal(t->err.pointer, buf);
    arci_arena_clear(&a);
}

static void test_ints(void **state)
{
    static const struct {
        const char *text;
        arc_status status;
        int64_t value;
    } cases[] = {
        { "[0]", ARC_OK, 0 },
        { "[-0]", ARC_OK, 0 },
        { "[9223372036854775807]", ARC_OK, INT64_MAX },
        { "[-9223372036854775808]", ARC_OK, INT64_MIN },
        { "[9223372036854775808]", ARC_E_OVERFLOW, 0 },
        { "[-9223372036854775809]", ARC_E_OVERFLOW, 0 },
        { "[1.0]", ARC_E_VALUE, 0 },
        { "[1e3]", ARC_E_VALUE, 0 },
        { "[\"1\"]", ARC_E_VALUE, 0 },
        { "[null]", ARC_E_VALUE, 0 },
        { "[[1]]", ARC_E_VALUE, 0 },
    };
    test_env *t = *state;
    arci_arena a;
    arci_arena_init(&a, t->ctx);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const arci_json *root;
        int64_t v = 5;
        assert_ok(parse(t, &a, cases[i].text, strlen(cases[i].text), NULL, &root));
        arci_error_clear(&t->err);
        assert_status(cases[i].status, arci_json_int(&t->env, root->child, &v));
        assert_true(v == (cases[i].status ? 5 : cases[i].value));
        assert_string_equal(t->err.pointer, cases[i].status ? "/0" : "");
    }
    assert_status(ARC_E_VALUE, arci_json_int(&t->env, NULL, &(int64_t){ 0 }));
    arci_arena_clear(&a);
}

/* ---- limits: n - 1 and n pass, n + 1 does not -------------------------------------------------------------------- */

static void limit_is(test_env *t, const arci_str *text, const arci_json_limits *limits, int good)
{
    arci_arena a;
    const arci_json *root;
    assert_int_equal(text->failed, 0);
    arci_arena_init(&a, t->ctx);
    assert_status(good ? ARC_OK : ARC_E_LIMIT, parse(t, &a, text->s, text->len, limits, &root));
    arci_arena_clear(&a);
}

static void nested(arci_str *b, uint32_t depth, int objects)
{
    arci_str_reset(b);
    for (uint32_t i = 0; i < depth; i++) arci_str_puts(b, objects && i % 2 ? "{\"k\":" : "[");
    if (objects) arci_str_puts(b, "0");
    for (uint32_t i = depth; i-- > 0;) arci_str_puts(b, objects && i % 2 ? "}" : "]");
}

static void test_depth(void **state)
{
    test_env *t = *state;
    arci_str b;
    arci_str_init(&b, t->ctx);
    for (int objects = 0; objects <= 1; objects++) {
        for (uint32_t more = 0; more <= 2; more++) {
            nested(&b, 31 + more, objects);
            limit_is(t, &b, NULL, more < 2);
            limit_is(t, &b, &arci_json_default_limits, more < 2);
            nested(&b, 79 + more, objects);
            limit_is(t, &b, &arci_json_definition_limits, more < 2);
        }
    }
    nested(&b, 100000, 0); /* no recursion: the stack is safe whatever the limit */
    limit_is(t, &b, NULL, 0);
    arci_json_limits wide = { UINT32_MAX, UINT32_MAX, UINT32_MAX, 0, 0 };
    limit_is(t, &b, &wide, 1);
    b.len = 100000; /* 100,000 opening brackets and nothing else */
    arci_arena a;
    const arci_json *root;
    arci_arena_init(&a, t->ctx);
    assert_status(ARC_E_SYNTAX, parse(t, &a, b.s, b.len, &wide, &root));
    arci_arena_clear(&a);
    arci_str_clear(&b);
}

static void wide_object(arci_str *b, uint32_t n)
{
    arci_str_reset(b);
    arci_str_putc(b, '{');
    for (uint32_t i = 0; i < n; i++) {
        arci_str_puts(b, i ? ",\"k" : "\"k");
        arci_str_int(b, i);
        arci_str_puts(b, "\":0");
    }
    arci_str_putc(b, '}');
}

static void test_counts(void **state)
{
    test_env *t = *state;
    arci_str b;
    arci_json_limits lists = { 4, 1000, 5, 3, 0 };
    arci_str_init(&b, t->ctx);
    for (uint32_t n = 999; n <= 1001; n++) {
        wide_object(&b, n);
        limit_is(t, &b, NULL, n <= 1000);
    }
    for (uint32_t n = 199999; n <= 200001; n++) { /* elements of the document, in lists of any length */
        arci_str_reset(&b);
        arci_str_putc(&b, '[');
        for (uint32_t i = 0; i < n; i++) arci_str_puts(&b, i ? ",0" : "0");
        arci_str_putc(&b, ']');
        limit_is(t, &b, NULL, n <= 200000);
    }
    arci_str_reset(&b);
    arci_str_puts(&b, "[[1,2],[1,2,3]]");
    limit_is(t, &b, &lists, 1);
    arci_str_reset(&b);
    arci_str_puts(&b, "[[1,2],[1,2,3,4]]");
    limit_is(t, &b, &lists, 0);
    assert_string_equal(t->err.pointer, "/1");
    for (uint32_t n = 8; n <= 10; n++) { /* elements count wherever they stand: 9 in all */
        arci_json_limits few = { 4, n, 5, 3, 0 };
        arci_str_reset(&b);
        arci_str_puts(&b, "[[1,2],[1,2],{\"a\":1,\"b\":2}]");
        limit_is(t, &b, &few, n >= 9);
    }
    arci_str_clear(&b);
}

static void test_bytes(void **state)
{
    test_env *t = *state;
    arci_str b;
    arci_json_limits limits = { 4, 10, 10, 0, 10 };
    arci_str_init(&b, t->ctx);
    for (size_t n = 9; n <= 11; n++) {
        arci_str_reset(&b);
        for (size_t i = 0; i < n; i++) arci_str_putc(&b, '1');
        limit_is(t, &b, &limits, n <= 10);
    }
    arci_str_clear(&b);
    arci_arena a;
    const arci_json *root;
    arci_arena_init(&a, t->ctx);
    assert_status(ARC_E_INVALID, parse(t, &a, NULL, 1, NULL, &root));
    assert_status(ARC_E_SYNTAX, parse(t, &a, NULL, 0, NULL, &root));
    arci_arena_clear(&a);
}

/* ---- duplicates against a simple model ---------------------------------------------------------------------------- */

static void test_duplicates(void **state)
{
    test_env *t = *state;
    uint64_t seed = 11;
    arci_str b;
    arci_arena a;
    arci_str_init(&b, t->ctx);
    arci_arena_init(&a, t->ctx);
    for (int round = 0; round < 3000; round++) {
        uint32_t n = (uint32_t)(test_random(&seed) % 40), keys[40];
        int twice = 0;
        const arci_json *root;
        arci_str_reset(&b);
        arci_str_puts(&b, "[{\"k0\":0,\"k1\":1,\"k2\":2,\"k3\":3,\"k4\":4,\"k5\":5,\"k6\":6,\"k7\":7,\"k8\":8,\"k9\":9},{");
        for (uint32_t i = 0; i < n; i++) {
            keys[i] = (uint32_t)(test_random(&seed) % 400);
            for (uint32_t k = 0; k < i; k++) twice |= keys[k] == keys[i];
            arci_str_puts(&b, i ? ",\"k" : "\"k");
            arci_str_int(&b, keys[i]);
            arci_str_puts(&b, "\":{\"k1\":0,\"k2\":[{\"k1\":1}]}");
        }
        arci_str_puts(&b, "}]");
        assert_status(twice ? ARC_E_EXISTS : ARC_OK, parse(t, &a, b.s, b.len, NULL, &root));
        arci_arena_reset(&a);
    }
    arci_arena_clear(&a);
    arci_str_clear(&b);
}

/* ---- robustness -------------------------------------------------------------------------------------------------- */

/* Random damage to a valid document never crashes and never yields half a tree. */
static void test_damage(void **state)
{
    static const char text[] = "{\"name\":\"caf\\u00e9 \xe6\xb1\x89 \\ud83d\\ude00\",\"list\":[1,-2.5e10,true,null,{\"a\":[]}],\"e\":{}}";
    static const char bytes[] = "{}[]\",:\\u0919eE+-.tfn \n\x80\xc3\xff";
    test_env *t = *state;
    uint64_t seed = 99;
    arci_arena a;
    int good = 0;
    arci_arena_init(&a, t->ctx);
    for (int round = 0; round < 60000; round++) {
        size_t len = sizeof text - 1;
        char *copy = malloc(len + 4);
        const arci_json *root;
        assert_non_null(copy);
        memcpy(copy, text, len);
        for (uint64_t k = test_random(&seed) % 3 + 1; k > 0; k--) {
            copy[test_random(&seed) % len] = bytes[test_random(&seed) % (sizeof bytes - 1)];
        }
        if (test_random(&seed) % 4 == 0) len = (size_t)(test_random(&seed) % (len + 1));
        char *exact = realloc(copy, len ? len : 1);
        assert_non_null(exact);
        arc_status status = parse(t, &a, exact, len, NULL, &root);
        assert_true(status == ARC_OK || status == ARC_E_SYNTAX || status == ARC_E_ENCODING || status == ARC_E_EXISTS);
        good += status == ARC_OK;
        free(exact);
        arci_arena_reset(&a);
    }
    assert_true(good > 600); /* damage inside strings and numbers often leaves a valid document */
    arci_arena_clear(&a);
}

static arc_status parse_big(test_env *t, void *arg)
{
    arci_arena a;
    const arci_json *root;
    const char *text = arg;
    arci_arena_init(&a, t->ctx);
    arc_status status = parse(t, &a, text, strlen(text), NULL, &root);
    if (status) assert_string_equal(t->err.message, arc_status_text(ARC_E_NOMEM, "en"));
    arci_arena_clear(&a);
    return status;
}

static void test_no_memory(void **state)
{
    test_env *t = *state;
    arci_str b;
    arci_str_init(&b, t->ctx);
    wide_object(&b, 500);
    assert_true(test_oom_sweep(parse_big, b.s) > 10);
    arci_str_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_refused, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_accepted, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_nodes, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_pointers, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_ints, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_depth, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_counts, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_bytes, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_duplicates, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_damage, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_no_memory, test_setup, test_teardown),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
