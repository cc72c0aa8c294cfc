/* SPDX-License-Identifier: Apache-2.0 */
/* Facts: paths over the schema, and constants as facts have them. */
#include "support/support.h"

#include "rules/fact.h"

static const arci_entity *entity(const char *name) { return arci_entity_by_name(name, strlen(name)); }

static arci_custom *some_custom(test_env *t)
{
    static const arci_custom_def defs[] = {
        { .entity = 100, .number = ARCI_FIELD_CUSTOM_FIRST, .kind = ARCI_CUSTOM_CHOICE, .name = "x_tier", .choices = "[\"gold\",\"iron\"]" },
        { .entity = 100, .number = ARCI_FIELD_CUSTOM_FIRST + 1, .kind = ARCI_CUSTOM_MONEY, .name = "x_fee" },
        { .entity = 100, .number = ARCI_FIELD_CUSTOM_FIRST + 2, .kind = ARCI_CUSTOM_NUMBER, .name = "x_rate", .size = 4 },
        { .entity = 100, .number = ARCI_FIELD_CUSTOM_FIRST + 3, .kind = ARCI_CUSTOM_REFERENCE, .name = "x_agent", .target = "customer" },
    };
    arci_custom *c;
    assert_ok(arci_custom_new(&t->env, &c));
    for (size_t i = 0; i < sizeof defs / sizeof defs[0]; i++) assert_ok_err(&t->err, arci_custom_add(&t->env, c, &defs[i]));
    return c;
}

static const arci_fact *path(test_env *t, arci_facts *f, const char *p)
{
    const arci_fact *x;
    assert_ok_err(&t->err, arci_facts_path(&t->env, f, &x, p, strlen(p)));
    return x;
}

static void refused(test_env *t, arci_facts *f, const char *p, arc_status st)
{
    const arci_fact *x;
    uint32_t width = arci_facts_width(f);
    assert_status(st, arci_facts_path(&t->env, f, &x, p, strlen(p)));
    assert_int_equal(arci_facts_width(f), width);
}

static void test_paths(void **state)
{
    test_env *t = *state;
    arci_custom *custom = some_custom(t);
    arci_facts *f;
    assert_ok(arci_facts_new(&t->env, &f, entity("item"), custom));
    const arci_fact *x = path(t, f, "amount");
    assert_int_equal(x->type, ARCI_FACT_MONEY);
    assert_string_equal(arci_facts_slot(f, x->currency)->path, "currency");
    assert_int_equal(x->flags, 0);
    x = path(t, f, "customer.kind");
    assert_int_equal(x->type, ARCI_FACT_ENUM);
    assert_int_equal(x->flags, ARCI_FACT_NULLABLE);
    assert_non_null(x->codes);
    assert_ptr_equal(path(t, f, "customer.kind"), x);
    x = path(t, f, "customer.x_fee");
    assert_string_equal(arci_facts_slot(f, x->currency)->path, "customer.x_fee.currency");
    assert_int_equal(path(t, f, "customer.x_rate")->scale, 4);
    assert_int_equal(path(t, f, "customer.x_agent.parent.x_tier")->type, ARCI_FACT_ENUM);
    assert_string_equal(path(t, f, "open")->path, "state.open");
    x = path(t, f, "days_overdue");
    assert_int_equal(x->type, ARCI_FACT_INT);
    assert_int_equal(x->flags, ARCI_FACT_NULLABLE | ARCI_FACT_VOLATILE);
    assert_string_equal(arci_facts_slot(f, x->from)->path, "state.due_date");
    assert_int_equal(path(t, f, "today")->flags, ARCI_FACT_VOLATILE | ARCI_FACT_PARAM);
    assert_int_equal(path(t, f, "id")->type, ARCI_FACT_REF);
    refused(t, f, "nothing", ARC_E_NOT_FOUND);
    refused(t, f, "customer.nothing", ARC_E_NOT_FOUND);
    refused(t, f, "contract.nothing", ARC_E_NOT_FOUND);
    refused(t, f, "amount.kind", ARC_E_VALUE);
    refused(t, f, "customer.external_ids", ARC_E_VALUE); /* computed, and nobody says how it goes on */
    refused(t, f, "discounts", ARC_E_VALUE);
    refused(t, f, "", ARC_E_NOT_FOUND);
    refused(t, f, ".", ARC_E_NOT_FOUND);
    refused(t, f, "customer.", ARC_E_NOT_FOUND);
    refused(t, f, "customer.parent.parent.parent.parent.parent.parent.parent.parent.kind", ARC_E_LIMIT);
    arci_facts_free(f);
    arci_custom_drop(custom);
}

static void test_lists_roots_parameters(void **state)
{
    test_env *t = *state;
    static const char *const codes[] = { "a", "b", NULL };
    static const arci_code_list list = { "grade", codes, codes, codes };
    const arci_fact grade = { .path = "grade", .type = ARCI_FACT_ENUM, .codes = &list };
    const arci_fact *x;
    arci_facts *f;
    assert_ok(arci_facts_new(&t->env, &f, entity("customer"), NULL));
    assert_ok(arci_facts_param(&t->env, f, &grade, &x));
    assert_status(ARC_E_EXISTS, arci_facts_param(&t->env, f, &grade, &x));
    x = path(t, f, "items");
    assert_int_equal(x->type, ARCI_FACT_LIST);
    assert_string_equal(x->entity->name, "item");
    assert_string_equal(x->field->name, "customer");
    assert_int_equal(path(t, x->elements, "grade")->type, ARCI_FACT_ENUM);
    assert_int_equal(path(t, x->elements, "days_overdue")->type, ARCI_FACT_INT);
    refused(t, x->elements, "customer.items", ARC_E_VALUE);
    assert_string_equal(path(t, f, "deliveries")->entity->name, "delivery");
    assert_string_equal(path(t, f, "customers_by_parent")->field->name, "parent");
    refused(t, f, "bank_accounts_by_number", ARC_E_NOT_FOUND);
    arci_facts_free(f);
    assert_ok(arci_facts_new(&t->env, &f, NULL, NULL));
    refused(t, f, "amount", ARC_E_NOT_FOUND);
    assert_ok(arci_facts_root(&t->env, f, "payment", entity("receipt")));
    assert_ok(arci_facts_root(&t->env, f, "item", entity("item")));
    assert_status(ARC_E_EXISTS, arci_facts_root(&t->env, f, "item", entity("item")));
    x = path(t, f, "payment.amount");
    assert_string_equal(arci_facts_slot(f, x->currency)->path, "payment.currency");
    assert_string_equal(path(t, f, "item.customer.code")->path, "item.customer.code");
    refused(t, f, "amount", ARC_E_NOT_FOUND);
    arci_facts_free(f);
}

static arc_value constant(test_env *t, arci_facts *f, const char *p, const char *text, int number, arc_status expected)
{
    arci_arena arena;
    arc_value v;
    arci_arena_init(&arena, t->ctx);
    assert_status(expected, arci_fact_constant(&t->env, f, path(t, f, p), &arena, &v, text, strlen(text), number));
    if (v.type == ARC_V_TEXT) v.type = ARC_V_NULL;
    arci_arena_clear(&arena);
    return v;
}

static void test_constants(void **state)
{
    test_env *t = *state;
    arci_custom *custom = some_custom(t);
    arci_facts *f;
    assert_ok(arci_facts_new(&t->env, &f, entity("item"), custom));
    constant(t, f, "amount", "1000.00", 0, ARC_E_CURRENCY);
    assert_int_equal(constant(t, f, "amount", "0", 1, ARC_OK).u.i, 0);
    assert_status(ARC_E_CURRENCY, arci_facts_currency(&t->env, f, "XXQ"));
    assert_ok(arci_facts_currency(&t->env, f, "CNY"));
    assert_int_equal(constant(t, f, "amount", "1000.10", 0, ARC_OK).u.i, 100010);
    assert_int_equal(constant(t, f, "amount", "1e3", 1, ARC_OK).u.i, 100000);
    constant(t, f, "amount", "1000.101", 0, ARC_E_PRECISION);
    constant(t, f, "amount", "99999999999999999999", 0, ARC_E_OVERFLOW);
    constant(t, f, "amount", "", 0, ARC_E_VALUE);
    constant(t, f, "amount", "1,000", 0, ARC_E_VALUE);
    assert_int_equal(constant(t, f, "due_date", "1970-01-02", 0, ARC_OK).u.i, 1);
    assert_int_equal(constant(t, f, "due_date", "1970-01-02T00:00:00.000Z", 0, ARC_OK).u.i, 1);
    constant(t, f, "due_date", "1970-01-01T16:00:00.000Z", 0, ARC_E_VALUE);
    arci_facts_zone(f, 480);
    assert_int_equal(constant(t, f, "due_date", "1970-01-01T16:00:00.000Z", 0, ARC_OK).u.i, 1);
    assert_int_equal(constant(t, f, "due_date", "1970-01-02T00:00:00+08:00", 0, ARC_OK).u.i, 1);
    constant(t, f, "due_date", "1970-02-30", 0, ARC_E_RANGE);
    constant(t, f, "due_date", "1970", 1, ARC_E_VALUE);
    assert_int_equal(constant(t, f, "customer.x_tier", "iron", 0, ARC_OK).u.i, 1);
    constant(t, f, "customer.x_tier", "Iron", 0, ARC_E_VALUE);
    assert_int_equal(constant(t, f, "customer.x_rate", "0.5", 1, ARC_OK).u.i, 5000);
    constant(t, f, "customer.x_rate", "0.00001", 1, ARC_E_PRECISION);
    assert_int_equal(constant(t, f, "customer.opt_out", "true", 0, ARC_OK).u.i, 1);
    constant(t, f, "customer.opt_out", "1", 1, ARC_E_VALUE);
    constant(t, f, "currency", "ABC", 0, ARC_E_CURRENCY);
    constant(t, f, "currency", "USD", 0, ARC_OK);
    assert_int_equal(constant(t, f, "customer", "17", 1, ARC_OK).u.i, 17);
    arci_facts_free(f);
    arci_custom_drop(custom);
}

static arc_status build(test_env *t, void *arg)
{
    arci_facts *f;
    const arci_fact *x;
    arc_status st = arci_facts_new(&t->env, &f, entity("customer"), NULL);
    (void)arg;
    if (st == ARC_OK) st = arci_facts_path(&t->env, f, &x, "parent.parent.currency", 22);
    if (st == ARC_OK) st = arci_facts_path(&t->env, f, &x, "items", 5);
    if (st == ARC_OK) st = arci_facts_path(&t->env, x->elements, &x, "open", 4);
    arci_facts_free(f);
    return st;
}

static void test_no_memory(void **state)
{
    (void)state;
    assert_true(test_oom_sweep(build, NULL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_paths, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_lists_roots_parameters, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_constants, test_setup, test_teardown),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
