/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/json_out.h"
#include "support/support.h"

static cJSON *sample(void)
{
    cJSON *root = arci_jo_object(NULL, NULL);
    assert_true(arci_jo_text(root, "text", "a\"b\\c\n\t汉😀\x01", 15));
    assert_true(arci_jo_text(root, "part", "abcdef", 3));
    assert_true(arci_jo_text(root, "none", NULL, 0));
    assert_true(arci_jo_int(root, "max", INT64_MAX));
    assert_true(arci_jo_int(root, "min", INT64_MIN));
    assert_true(arci_jo_raw(root, "amount", "12345678901234567.89", 20));
    assert_true(arci_jo_bool(root, "yes", 1));
    assert_true(arci_jo_bool(root, "no", 0));
    assert_true(arci_jo_null(root, "nil"));
    cJSON *list = arci_jo_array(root, "list");
    assert_true(arci_jo_int(list, NULL, 1));
    cJSON *inner = arci_jo_object(list, NULL);
    assert_true(arci_jo_text(inner, "k:\t", "v:\t", 3)); /* tabs and colons inside are not layout */
    assert_non_null(arci_jo_array(root, "empty"));
    return root;
}

static void test_compact(void **state)
{
    test_env *t = *state;
    arci_str b;
    cJSON *root = sample();
    arci_str_init(&b, t->ctx);
    arci_str_puts(&b, "> ");
    assert_true(arci_jo_print(root, 0, &b));
    assert_string_equal(b.s, "> {\"text\":\"a\\\"b\\\\c\\n\\t汉😀\\u0001\",\"part\":\"abc\",\"none\":\"\","
                             "\"max\":9223372036854775807,\"min\":-9223372036854775808,\"amount\":12345678901234567.89,"
                             "\"yes\":true,\"no\":false,\"nil\":null,\"list\":[1,{\"k:\\t\":\"v:\\t\"}],\"empty\":[]}");
    cJSON_Delete(root);
    arci_str_clear(&b);
}

static void test_pretty(void **state)
{
    test_env *t = *state;
    arci_str b, c;
    arci_arena a;
    arci_json *parsed;
    cJSON *root = sample();
    arci_str_init(&b, t->ctx);
    arci_str_init(&c, t->ctx);
    arci_arena_init(&a, t->ctx);
    assert_true(arci_jo_print(root, 1, &b));
    assert_null(strchr(b.s, '\t'));
    assert_non_null(strstr(b.s, "{\n  \"text\": \"a"));
    assert_non_null(strstr(b.s, "\n      \"k:\\t\": \"v:\\t\"\n"));
    /* What goes out comes in again. */
    assert_ok_err(&t->err, arci_json_parse(&t->env, &a, b.s, b.len, NULL, &parsed));
    assert_int_equal(parsed->n, 11);
    assert_string_equal(arci_json_get(parsed, "text")->s, "a\"b\\c\n\t汉😀\x01");
    assert_string_equal(arci_json_get(parsed, "min")->s, "-9223372036854775808");
    cJSON_Delete(root);
    arci_arena_clear(&a);
    arci_str_clear(&b);
    arci_str_clear(&c);
}

static arc_status print_it(test_env *t, void *arg)
{
    arci_str b;
    arci_str_init(&b, t->ctx);
    int done = arci_jo_print(arg, 1, &b);
    assert_int_equal(done, !b.failed);
    arci_str_clear(&b);
    return done ? ARC_OK : ARC_E_NOMEM;
}

static void test_no_memory(void **state)
{
    cJSON *root = sample();
    (void)state;
    assert_true(test_oom_sweep(print_it, root) > 2);
    cJSON_Delete(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_compact, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_pretty, test_setup, test_teardown),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests_name("json_out", tests, NULL, NULL);
}
