/* SPDX-License-Identifier: Apache-2.0 */
/* Templates, plain Mustache, decision tables and scorecards as nobody wrote them: the corpora and thousands of damaged copies. Whatever comes in is read, or
 * refused with a status and a message; what was read can be used. */
#include "arcore/decision.h"
#include "arcore/template.h"
#include "base/json.h"
#include "support/corpus.h"

enum { VARIATIONS = 4000 };

static uint64_t read_n, used_n;

static void is_error(test_env *t, arc_status st)
{
    arc_error error = ARC_ERROR_INIT;
    assert_true(st < 0);
    assert_ok(arc_context_error(t->ctx, &error));
    assert_int_equal(error.status, st);
    assert_true(error.message[0] && error.message_zh[0]);
}

static void is_json(test_env *t, const char *s, size_t n)
{
    arci_arena arena;
    arci_json *root;
    arci_arena_init(&arena, t->ctx);
    assert_ok_err(&t->err, arci_json_parse(&t->env, &arena, s, n, &arci_json_definition_limits, &root));
    arci_arena_clear(&arena);
}

static int32_t fault(void *user, const arc_error *e)
{
    (void)user;
    return e->status >= 0 || !e->message[0];
}

static void check_template(test_env *t, const char *s, size_t n, uint64_t *seed)
{
    static char out[300000];
    static const char *const channels[] = { NULL, "email", "sms", "push" };
    arc_template *tmpl;
    arc_status st = arc_template_load(t->ctx, &tmpl, s, n, fault, NULL);
    if (st != ARC_OK) {
        assert_int_not_equal(st, ARC_E_CANCELLED);
        is_error(t, st);
        return;
    }
    read_n++;
    size_t len = sizeof out;
    assert_ok(arc_template_variables(tmpl, out, &len));
    is_json(t, out, len);
    len = sizeof out;
    st = arc_template_preview(tmpl, out, &len, NULL, 0, channels[test_random(seed) % 4], "de-AT");
    if (st == ARC_OK) is_json(t, out, len);
    used_n += st == ARC_OK;
    arc_template_free(tmpl);
}

static void check_mustache(test_env *t, const char *s, size_t n, uint64_t *seed)
{
    static char out[300000];
    static const char *const names[] = { "p" }, *const texts[] = { "[{{x}}{{>p}}\n{{a.b}}]" };
    static const char view[] = "{\"x\":1,\"y\":{\"n\":\"<\"},\"l\":[1,{\"x\":2},[]],\"a\":{\"b\":[true,null,1.50]},\"b\":\"\"}";
    arc_template_options o = ARC_TEMPLATE_OPTIONS_INIT;
    arc_template *tmpl;
    o.partial_names = names;
    o.partial_texts = texts;
    o.n_partials = test_random(seed) % 2;
    o.escape = (int32_t)(test_random(seed) % 3);
    o.max_output = 200000;
    arc_status st = arc_template_compile(t->ctx, &tmpl, s, n, &o);
    if (st != ARC_OK) {
        is_error(t, st);
        return;
    }
    size_t len = sizeof out;
    read_n++;
    st = arc_template_render(tmpl, out, &len, "body", view, SIZE_MAX, NULL, NULL);
    assert_true(st == ARC_OK || st == ARC_E_LIMIT);
    used_n += st == ARC_OK;
    arc_template_free(tmpl);
}

static void check_table(test_env *t, const char *s, size_t n, uint64_t *seed)
{
    static char out[300000];
    arc_decision *d;
    arc_status st = arc_decision_load(t->ctx, &d, s, n, fault, NULL);
    if (st != ARC_OK) {
        assert_int_not_equal(st, ARC_E_CANCELLED);
        is_error(t, st);
        return;
    }
    size_t len = sizeof out;
    read_n++;
    assert_ok(arc_decision_report(d, out, &len));
    is_json(t, out, len);
    len = sizeof out;
    st = arc_decision_evaluate(d, out, &len, NULL, 0, (uint32_t)(test_random(seed) % 2));
    if (st == ARC_OK) is_json(t, out, len);
    used_n += st == ARC_OK;
    arc_decision_free(d);
}

static void replay(test_env *t, const char *corpus, void (*check)(test_env *, const char *, size_t, uint64_t *), int files)
{
    read_n = used_n = 0;
    assert_int_equal(corpus_replay(corpus, VARIATIONS, check, t), files);
    print_message("%s: %u read, %u used\n", corpus, (unsigned)read_n, (unsigned)used_n);
    assert_true(read_n > 100 && used_n > 30); /* damage does not stop at the first byte */
}

static void templates(void **state) { replay(*state, "template", check_template, 3); }
static void texts(void **state) { replay(*state, "mustache", check_mustache, 6); }
static void tables(void **state) { replay(*state, "table", check_table, 5); }

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(templates, test_setup, test_teardown), cmocka_unit_test_setup_teardown(texts, test_setup, test_teardown),
                                        cmocka_unit_test_setup_teardown(tables, test_setup, test_teardown) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
