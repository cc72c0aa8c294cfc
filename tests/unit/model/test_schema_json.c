/* SPDX-License-Identifier: Apache-2.0 */
/* The schema as JSON: complete, parseable, in both languages, the same every time; bad arguments and no memory. */
#include "arcore/fields.h"
#include "arcore/schema.h"
#include "base/json_out.h"
#include "model/schema.h"
#include "support/support.h"

static char *schema_text(arc_context *ctx, const char *language, size_t *len)
{
    char *s;
    *len = 0;
    assert_status(ARC_E_BUFFER, arc_schema_json(ctx, NULL, len, language));
    s = malloc(*len + 1);
    assert_non_null(s);
    *len += 1;
    assert_ok(arc_schema_json(ctx, s, len, language));
    assert_int_equal(strlen(s), *len);
    return s;
}

static cJSON *named(cJSON *array, const char *name)
{
    cJSON *o;
    cJSON_ArrayForEach(o, array)
    {
        if (strcmp(cJSON_GetObjectItem(o, "name")->valuestring, name) == 0) return o;
    }
    fail_msg("no %s", name);
    return NULL;
}

static const char *text_of(cJSON *o, const char *key)
{
    cJSON *v = cJSON_GetObjectItem(o, key);
    return v != NULL && cJSON_IsString(v) ? v->valuestring : "";
}

static void all_is_told(void **state)
{
    test_env *t = *state;
    size_t n;
    char *s = schema_text(t->ctx, "en", &n);
    cJSON *root = cJSON_Parse(s), *entities = cJSON_GetObjectItem(root, "entities");
    assert_non_null(root);
    assert_int_equal(cJSON_GetArraySize(entities), arci_n_entities);
    for (uint32_t i = 0; i < arci_n_entities; i++) {
        cJSON *e = cJSON_GetArrayItem(entities, (int)i), *fields = cJSON_GetObjectItem(e, "fields"), *f;
        uint32_t k = 0;
        assert_string_equal(text_of(e, "name"), arci_entities[i]->name);
        assert_int_equal(cJSON_IsTrue(cJSON_GetObjectItem(e, "reserved")),
                         (arci_entities[i]->flags & ARCI_E_RESERVED) != 0);
        cJSON_ArrayForEach(f, fields)
        {
            const arci_field *is = &arci_entities[i]->fields[k++];
            assert_string_equal(text_of(f, "name"), is->name);
            assert_string_equal(text_of(f, "label"), is->label_en);
            assert_string_equal(text_of(f, "type"), arci_type_name(is->type));
            assert_int_equal(cJSON_IsTrue(cJSON_GetObjectItem(f, "required")), (is->flags & ARCI_F_REQUIRED) != 0);
            assert_int_equal(cJSON_IsTrue(cJSON_GetObjectItem(f, "personal")), (is->flags & ARCI_F_PERSONAL) != 0);
            assert_int_equal(cJSON_IsTrue(cJSON_GetObjectItem(f, "verb")), (is->flags & ARCI_F_VERB) != 0);
            if (is->type == ARC_T_CODE)
                assert_non_null(cJSON_GetObjectItem(cJSON_GetObjectItem(root, "codes"), text_of(f, "codes")));
        }
        assert_int_equal(k, arci_entities[i]->n_fields);
    }
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(root, "codes")), arci_n_code_lists);
    cJSON_Delete(root);
    free(s);
}

static void one_field_in_full(void **state)
{
    test_env *t = *state;
    size_t n;
    char *s = schema_text(t->ctx, "zh", &n);
    cJSON *root = cJSON_Parse(s), *invoice, *gross, *codes;
    invoice = named(cJSON_GetObjectItem(root, "entities"), "invoice");
    assert_string_equal(text_of(invoice, "label"), "发票");
    assert_int_equal(cJSON_GetObjectItem(invoice, "number")->valueint, ARC_INVOICE);
    assert_string_equal(text_of(invoice, "scope"), "customer");
    gross = named(cJSON_GetObjectItem(invoice, "fields"), "gross_amount");
    assert_string_equal(text_of(gross, "label"), "价税合计");
    assert_string_equal(text_of(gross, "type"), "money");
    assert_string_equal(text_of(gross, "currency"), "currency");
    assert_int_equal(cJSON_GetObjectItem(gross, "number")->valueint, ARC_INVOICE_GROSS_AMOUNT);
    assert_int_equal(cJSON_GetObjectItem(named(cJSON_GetObjectItem(invoice, "fields"), "fx_rate"), "scale")->valueint,
                     8);
    codes = cJSON_GetObjectItem(cJSON_GetObjectItem(root, "codes"), "invoice_status");
    assert_string_equal(text_of(cJSON_GetArrayItem(codes, 0), "code"), "draft");
    assert_string_equal(text_of(cJSON_GetArrayItem(codes, 0), "label"), "草稿");
    cJSON_Delete(root);
    free(s);
}

static void languages(void **state)
{
    test_env *t = *state;
    size_t n, m, k;
    char *en = schema_text(t->ctx, NULL, &n), *other = schema_text(t->ctx, "fr", &m),
         *zh = schema_text(t->ctx, "zh", &k);
    assert_int_equal(n, m);
    assert_memory_equal(en, other, n);
    assert_string_not_equal(en, zh);
    free(en);
    free(other);
    free(zh);
}

static void bad_arguments(void **state)
{
    test_env *t = *state;
    char buf[16] = "untouched";
    size_t n = sizeof(buf);
    arc_error err = ARC_ERROR_INIT;
    assert_status(ARC_E_HANDLE, arc_schema_json(NULL, buf, &n, "en"));
    assert_status(ARC_E_INVALID, arc_schema_json(t->ctx, buf, NULL, "en"));
    assert_ok(arc_context_error(t->ctx, &err));
    assert_int_equal(err.status, ARC_E_INVALID);
    assert_status(ARC_E_BUFFER, arc_schema_json(t->ctx, buf, &n, "en"));
    assert_string_equal(buf, "untouched");
    assert_true(n > 100000);
}

static arc_status ask(test_env *t, void *arg)
{
    size_t n = 0;
    arc_status s = arc_schema_json(t->ctx, NULL, &n, "en");
    (void)arg;
    return s == ARC_E_BUFFER ? ARC_OK : s;
}

static void out_of_memory(void **state)
{
    (void)state;
    assert_true(test_oom_sweep(ask, NULL) >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_is_told, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(one_field_in_full, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(languages, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(bad_arguments, test_setup, test_teardown),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
