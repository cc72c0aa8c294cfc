/* SPDX-License-Identifier: Apache-2.0 */
/* The public suite of JsonLogic: all of it by the untyped evaluator; by the typed one whatever it takes, with the same results. Documents of
 * two visual builders. */
#include "support/support.h"

#include "rules/logic.h"
#include "rules/loose.h"
#include "store/cond.h"

/* ---- the data of a case as parameters ---------------------------------------------------------------------------------------------- */

typedef struct declared {
    test_env *t;
    arci_facts *facts;
    arci_arena *arena;
    const arci_json *values[40]; /* by parameter, behind "today" */
    arci_facts *lists[40];
    uint32_t n;
} declared;

static void declare(declared *d, const char *prefix, const arci_json *data);

static void declare_one(declared *d, const char *path, const arci_json *m)
{
    arci_fact f = { .path = path };
    const arci_fact *made;
    declared inner = { .t = d->t, .arena = d->arena };
    f.scale = 6;
    f.type = m->type == ARCI_JSON_NUMBER ? (uint8_t)ARCI_FACT_DECIMAL : m->type == ARCI_JSON_STRING ? (uint8_t)ARCI_FACT_TEXT : (uint8_t)ARCI_FACT_BOOL;
    if (m->type == ARCI_JSON_NULL || d->n == 30) return;
    if (m->type == ARCI_JSON_ARRAY) {
        f.type = ARCI_FACT_LIST;
        assert_ok(arci_facts_new(&d->t->env, &inner.facts, NULL, NULL));
        if (m->child && m->child->type == ARCI_JSON_OBJECT) declare(&inner, "", m->child);
        else if (m->child) declare_one(&inner, "", m->child);
        f.elements = inner.facts;
    }
    assert_ok_err(&d->t->err, arci_facts_param(&d->t->env, d->facts, &f, &made));
    d->lists[d->n] = f.elements;
    d->values[d->n++] = m;
}

static void declare(declared *d, const char *prefix, const arci_json *data)
{
    char path[200];
    if (!data || data->type != ARCI_JSON_OBJECT) return;
    for (const arci_json *m = data->child; m; m = m->next) {
        snprintf(path, sizeof path, "%s%s%s", prefix, prefix[0] ? "." : "", m->key);
        if (m->type == ARCI_JSON_OBJECT) declare(d, path, m);
        else declare_one(d, path, m);
    }
}

static arc_value value_of(declared *d, const arci_fact *f, const arci_json *m);

/* A row of a set of facts from an object, or from a bare element. */
static void fill(declared *d, const arci_facts *facts, const arci_json *data, arc_value *row)
{
    for (uint32_t i = 0; i < arci_facts_width(facts); i++) {
        const arci_fact *f = arci_facts_slot(facts, i);
        const arci_json *at = data;
        char path[200];
        snprintf(path, sizeof path, "%s", f->path);
        for (char *s = path; at && *s;) {
            char *dot = strchr(s, '.');
            if (dot) *dot = 0;
            at = arci_json_get(at, s);
            s = dot ? dot + 1 : s + strlen(s);
        }
        row[i] = at ? value_of(d, f, at) : arci_v_null();
    }
}

static arc_value value_of(declared *d, const arci_fact *f, const arci_json *m)
{
    arc_value v = arci_v_null();
    if (m->type == ARCI_JSON_TRUE || m->type == ARCI_JSON_FALSE) return arci_v_int(m->type == ARCI_JSON_TRUE);
    if (m->type == ARCI_JSON_STRING) return arci_v_text(m->s, m->len);
    if (m->type == ARCI_JSON_NUMBER) {
        assert_ok_err(&d->t->err, arci_fact_constant(&d->t->env, d->facts, f, d->arena, &v, m->s, m->len, 1));
        return v;
    }
    if (m->type != ARCI_JSON_ARRAY) return v;
    uint32_t width = arci_facts_width(f->elements), i = 0;
    arci_fact_list *list = arci_arena_calloc(d->arena, 1, sizeof *list);
    arc_value *rows = arci_arena_calloc(d->arena, m->n * width + 1u, sizeof *rows);
    list->rows = rows;
    list->n = m->n;
    list->width = width;
    for (const arci_json *e = m->child; e; e = e->next, i++) fill(d, f->elements, e, rows + (size_t)i * width);
    v.type = ARCI_V_LIST;
    v.u.s = (const char *)list;
    return v;
}

/* ---- agreeing ----------------------------------------------------------------------------------------------------------------------------- */

static int agrees(const arci_logic_value *v, const arci_json *expected)
{
    char text[96];
    switch (v->type) {
    case 0: return expected->type == ARCI_JSON_NULL;
    case ARCI_FACT_BOOL: return expected->type == (arci_num_sign(&v->n) ? ARCI_JSON_TRUE : ARCI_JSON_FALSE);
    case ARCI_FACT_TEXT: return expected->type == ARCI_JSON_STRING && expected->len == v->len && !memcmp(expected->s, v->s, v->len);
    default: break;
    }
    arci_json n = { .type = ARCI_JSON_NUMBER, .s = text };
    n.len = (uint32_t)arci_num_text(text, &v->n);
    return arci_loose_same(&n, expected);
}

/* 1: taken and the same; 0: refused, with the code counted. */
static int typed(test_env *t, arci_arena *arena, const arci_json *c, int print)
{
    const arci_json *rule = arci_json_get(c, "rule"), *data = arci_json_get(c, "data"), *expected = arci_json_get(c, "result");
    declared d = { .t = t, .arena = arena };
    arci_logic *p;
    arci_logic_run run = { .calendar = NULL };
    arci_logic_value v;
    assert_ok(arci_facts_new(&t->env, &d.facts, NULL, NULL));
    declare(&d, "", data);
    arc_status st = arci_logic_compile(&t->env, &p, d.facts, rule, 1, NULL);
    if (st == ARC_OK) {
        arc_value *row = arci_arena_calloc(arena, arci_facts_width(d.facts) + 1u, sizeof *row);
        fill(&d, d.facts, data ? data : c, row);
        assert_int_equal(arci_logic_get(p, row, &run, &v), ARCI_LOGIC_TRUE);
        if (!agrees(&v, expected)) fail_msg("%s", arci_json_get(c, "description")->s);
    } else {
        assert_true(t->err.rule[0] && t->err.message[0]);
        if (print) print_message("refused (%s at %s): %s\n", t->err.rule, t->err.pointer, arci_json_get(c, "description")->s);
    }
    arci_logic_free(p);
    for (uint32_t i = 0; i < d.n; i++) { /* sets nobody asked for belong to no fact */
        int taken = 0;
        for (uint32_t s = 0; s < arci_facts_width(d.facts); s++) taken |= arci_facts_slot(d.facts, s)->elements == d.lists[i];
        if (d.lists[i] && !taken) arci_facts_free(d.lists[i]);
    }
    arci_facts_free(d.facts);
    return st == ARC_OK;
}

static void test_public_suite(void **state)
{
    TEST_NEED_DATA(path, "jsonlogic/compatible.json");
    test_env *t = *state;
    arci_arena arena;
    arci_json *all;
    const arci_json *out;
    const arci_json_limits wide = { 80, 200000, 1000, 0, 0 };
    size_t len;
    int n = 0, taken = 0;
    char *text = test_read_file(path, &len);
    assert_non_null(text);
    arci_arena_init(&arena, t->ctx);
    assert_ok_err(&t->err, arci_json_parse(&t->env, &arena, text, len, &wide, &all));
    for (const arci_json *c = all->child; c; c = c->next) {
        if (c->type != ARCI_JSON_OBJECT) continue;
        const arci_json *result = arci_json_get(c, "result");
        assert_ok_err(&t->err, arci_loose(&t->env, &arena, arci_json_get(c, "rule"), arci_json_get(c, "data"), &out));
        if (!arci_loose_same(out, result)) fail_msg("untyped: %s", arci_json_get(c, "description")->s);
        taken += typed(t, &arena, c, 1);
        n++;
    }
    print_message("%d cases: all by the untyped evaluator, %d by the typed one, %d refused\n", n, taken, n - taken);
    assert_int_equal(n, 278);
    assert_true(taken >= 100);
    arci_arena_clear(&arena);
    free(text);
}

static void untyped(test_env *t, arci_arena *arena, const char *rule, const char *data, const char *expected, arc_status st)
{
    arci_json *r, *d, *e;
    const arci_json *out;
    assert_ok(arci_json_parse(&t->env, arena, rule, strlen(rule), &arci_json_default_limits, &r));
    assert_ok(arci_json_parse(&t->env, arena, data, strlen(data), &arci_json_default_limits, &d));
    assert_ok(arci_json_parse(&t->env, arena, expected, strlen(expected), &arci_json_default_limits, &e));
    assert_status(st, arci_loose(&t->env, arena, r, d, &out));
    if (st == ARC_OK && !arci_loose_same(out, e)) fail_msg("%s", rule);
}

/* What the suite leaves open, as json-logic-js has it. */
static void test_untyped(void **state)
{
    test_env *t = *state;
    arci_arena arena;
    arci_arena_init(&arena, t->ctx);
    untyped(t, &arena, "{\">=\":[null,0]}", "null", "true", ARC_OK);
    untyped(t, &arena, "{\"==\":[null,0]}", "null", "false", ARC_OK);
    untyped(t, &arena, "{\"==\":[\"\",0]}", "null", "true", ARC_OK);
    untyped(t, &arena, "{\">=\":[\"999.00\",\"1000.00\"]}", "null", "true", ARC_OK);
    untyped(t, &arena, "{\"<\":[\"2025-03-15\",\"2025-03-15T00:00:00.000Z\"]}", "null", "true", ARC_OK);
    untyped(t, &arena, "{\"if\":[{},1,2]}", "null", "1", ARC_OK);
    untyped(t, &arena, "{\"%\":[-7,3]}", "null", "-1", ARC_OK);
    untyped(t, &arena, "{\"/\":[1,0]}", "null", "null", ARC_E_DIVIDE);
    untyped(t, &arena, "{\"+\":[\"x\",0]}", "null", "null", ARC_E_VALUE);
    untyped(t, &arena, "{\"nope\":[1]}", "null", "null", ARC_E_UNSUPPORTED);
    untyped(t, &arena, "{\"var\":\"a.1.b\"}", "{\"a\":[1,{\"b\":7}]}", "7", ARC_OK);
    arci_arena_clear(&arena);
}

/* ---- builders -------------------------------------------------------------------------------------------------------------------------------- */

static void test_builders(void **state)
{
    test_env *t = *state;
    static const arci_custom_def tags = { .entity = 300, .number = ARCI_FIELD_CUSTOM_FIRST, .kind = ARCI_CUSTOM_CHOICES, .name = "x_tags", .choices = "[\"a\",\"b\",\"c\"]" };
    arci_custom *custom;
    arci_facts *facts;
    arci_arena arena;
    arci_json *all;
    arci_logic *p;
    size_t len;
    int n = 0, guarded = 0;
    char *text = test_read_file(ARCORE_SOURCE_DIR "/tests/fixtures/builders/documents.json", &len);
    assert_non_null(text);
    arci_arena_init(&arena, t->ctx);
    assert_ok(arci_custom_new(&t->env, &custom));
    assert_ok(arci_custom_add(&t->env, custom, &tags));
    assert_ok(arci_facts_new(&t->env, &facts, arci_entity_by_name("item", 4), custom));
    assert_ok(arci_facts_currency(&t->env, facts, "CNY"));
    assert_ok_err(&t->err, arci_json_parse(&t->env, &arena, text, len, &arci_json_definition_limits, &all));
    for (const arci_json *c = all->child; c; c = c->next, n++) {
        const char *name = arci_json_get(c, "name")->s;
        arc_status st = arci_logic_compile(&t->env, &p, facts, arci_json_get(c, "document"), 0, NULL);
        /* "not" over fields that may be empty, or of an amount in any currency: understood, and a guard is asked for */
        int may_lack = !strncmp(name, "due_date", 8) || !strncmp(name, "channel", 7) || !strncmp(name, "amount", 6) || !strncmp(name, "allocations", 11);
        int negated = strstr(name, "not") != NULL && strstr(name, "null") == NULL && strstr(name, "Null") == NULL && strstr(name, "empty") == NULL && strstr(name, "_equal") == NULL;
        negated |= strstr(name, "doesNot") != NULL || strstr(name, "none") != NULL;
        if (may_lack && negated) {
            guarded++;
            assert_true(st == ARC_E_VALUE && (!strcmp(t->err.rule, "null_guard") || !strcmp(t->err.rule, "currency_guard")));
        } else if (st != ARC_OK) {
            fail_msg("%s: %s (%s)", name, t->err.message, t->err.rule);
        }
        arci_logic_free(p);
    }
    print_message("%d documents of builders, %d of them ask for a guard\n", n, guarded);
    assert_true(n > 100);
    arci_facts_free(facts);
    arci_custom_drop(custom);
    arci_arena_clear(&arena);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_public_suite, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_untyped, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_builders, test_setup, test_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
