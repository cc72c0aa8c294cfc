/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions that nobody wrote: the corpus of the fuzzer and variations of it; and random conditions without gaps, by the typed language and
 * by the untyped evaluator. */
#include "fuzz/condition.h"
#include "support/corpus.h"

#include "rules/loose.h"

static void check_document(test_env *t, const char *s, size_t n, uint64_t *seed)
{
    const char *fault = fuzz_condition(&t->env, s, n, *seed);
    if (fault) fail_msg("%s: %.*s", fault, (int)n, s);
}

static void test_corpus(void **state)
{
    assert_true(corpus_replay("condition", 400, check_document, *state) >= 12);
}

/* ---- typed and untyped ------------------------------------------------------------------------------------------------------------ */

typedef struct maker {
    uint64_t seed;
    char *at;
} maker;

static uint64_t draw(maker *m, uint64_t n) { return test_random(&m->seed) % n; }
static void put(maker *m, const char *s) { m->at += sprintf(m->at, "%s", s); }

static void number(maker *m, int depth);

static void numbers(maker *m, const char *op, int n, int depth)
{
    m->at += sprintf(m->at, "{\"%s\":[", op);
    for (int i = 0; i < n; i++) {
        if (i) put(m, ",");
        number(m, depth);
    }
    put(m, "]}");
}

static void number(maker *m, int depth)
{
    static const char *const vars[] = { "{\"var\":\"a\"}", "{\"var\":\"b\"}", "{\"var\":\"n\"}" };
    static const char *const ops[] = { "+", "-", "*", "min", "max" };
    uint64_t kind = depth > 0 ? draw(m, 5) : draw(m, 2);
    if (kind == 0) put(m, vars[draw(m, 3)]);
    else if (kind == 1) m->at += sprintf(m->at, "{\"+\":[%d,0.%d]}", (int)draw(m, 9) - 4, (int)draw(m, 99));
    else if (kind == 2) {
        put(m, "{\"/\":[");
        number(m, depth - 1);
        put(m, draw(m, 2) ? ",4]}" : ",-0.5]}");
    } else {
        numbers(m, ops[draw(m, 5)], 2, depth - 1);
    }
}

static void atom(maker *m)
{
    static const char *const fixed[] = {
        "{\"==\":[{\"var\":\"s\"},\"x\"]}", "{\"!=\":[{\"var\":\"s\"},{\"var\":\"t\"}]}", "{\"in\":[\"x\",{\"var\":\"s\"}]}", "{\"in\":[{\"var\":\"t\"},[\"x\",\"xy\",\"\"]]}", "{\"startsWith\":[{\"var\":\"s\"},\"x\"]}",
        "{\"endsWith\":[{\"var\":\"s\"},{\"var\":\"t\"}]}", "{\"==\":[{\"var\":\"f\"},true]}", "{\"!=\":[{\"var\":\"f\"},false]}", "{\"!\":{\"var\":\"f\"}}", "{\"!!\":{\"var\":\"f\"}}", "{\"!\":{\"var\":\"s\"}}",
        "{\"<\":[{\"var\":\"d\"},{\"var\":\"e\"}]}", "{\"<=\":[\"2026-01-03\",{\"var\":\"d\"},\"2026-01-06\"]}", "{\"==\":[{\"var\":\"d\"},\"2026-01-04\"]}", "{\">=\":[{\"var\":\"e\"},\"2026-01-05\"]}",
        "{\"==\":[{\"var\":\"k\"},\"iron\"]}", "{\"in\":[{\"var\":\"k\"},[\"gold\",\"tin\"]]}", "{\"in\":[{\"var\":\"n\"},[1,3,5]]}", "{\"in\":[{\"var\":\"d\"},[\"2026-01-02\",\"2026-01-04\"]]}",
        "{\"<\":[1,{\"var\":\"n\"},4]}", "{\"!==\":[{\"var\":\"n\"},2]}", "{\">\":[{\"var\":\"a\"},1.25]}", "{\"<=\":[{\"var\":\"a\"},{\"var\":\"n\"}]}", "true", "false",
        "{\"some\":[{\"var\":\"l\"},{\">\":[{\"var\":\"\"},2]}]}", "{\"all\":[{\"var\":\"l\"},{\">\":[{\"var\":\"\"},0]}]}", "{\"none\":[{\"var\":\"l\"},{\"==\":[{\"var\":\"\"},3]}]}",
    };
    static const char *const ops[] = { "==", "!=", "<", "<=", ">", ">=" };
    static const char *const vars[] = { "a", "b", "n" };
    if (!draw(m, 4)) {
        const char *op = ops[draw(m, 6)], *var = vars[draw(m, 3)];
        int v = (int)draw(m, 9) - 3;
        m->at += draw(m, 2) ? sprintf(m->at, "{\"%s\":[{\"var\":\"%s\"},%d]}", op, var, v) : sprintf(m->at, "{\"%s\":[%d,{\"var\":\"%s\"}]}", op, v, var);
    } else if (draw(m, 2)) put(m, fixed[draw(m, sizeof fixed / sizeof fixed[0])]);
    else numbers(m, ops[draw(m, 6)], 2, 2);
}

static void condition(maker *m, int depth)
{
    uint64_t kind = depth ? draw(m, 5) : 4;
    if (kind == 0) {
        put(m, "{\"!\":");
        condition(m, depth - 1);
        put(m, "}");
    } else if (kind < 4) {
        int n = kind == 3 ? 3 : 2;
        m->at += sprintf(m->at, "{\"%s\":[", kind == 3 ? "if" : kind == 1 ? "and" : "or");
        for (int i = 0; i < n; i++) {
            if (i) put(m, ",");
            if (kind == 3 && i && depth < 3) atom(m); /* of an `if` all are conditions */
            else condition(m, depth - 1);
        }
        put(m, "]}");
    } else {
        atom(m);
    }
}

static const char *const codes[] = { "gold", "iron", "tin", NULL };
static const arci_code_list tiers = { "tiers", codes, codes, codes };

static arci_facts *make_facts(test_env *t, arci_facts **elements)
{
    arci_fact params[] = {
        { .path = "a", .type = ARCI_FACT_DECIMAL, .scale = 2 }, { .path = "b", .type = ARCI_FACT_DECIMAL, .scale = 1 }, { .path = "n", .type = ARCI_FACT_INT },
        { .path = "s", .type = ARCI_FACT_TEXT }, { .path = "t", .type = ARCI_FACT_TEXT }, { .path = "f", .type = ARCI_FACT_BOOL }, { .path = "d", .type = ARCI_FACT_DATE },
        { .path = "e", .type = ARCI_FACT_DATE }, { .path = "k", .type = ARCI_FACT_ENUM, .codes = &tiers }, { .path = "l", .type = ARCI_FACT_LIST },
    };
    const arci_fact element = { .path = "", .type = ARCI_FACT_INT }, *made;
    arci_facts *f;
    assert_ok(arci_facts_new(&t->env, elements, NULL, NULL));
    assert_ok(arci_facts_param(&t->env, *elements, &element, &made));
    params[9].elements = *elements;
    assert_ok(arci_facts_new(&t->env, &f, NULL, NULL));
    for (size_t i = 0; i < sizeof params / sizeof params[0]; i++) assert_ok(arci_facts_param(&t->env, f, &params[i], &made));
    for (size_t i = 0; i < sizeof params / sizeof params[0]; i++) assert_ok(arci_facts_path(&t->env, f, &made, params[i].path, 1));
    assert_ok(arci_facts_path(&t->env, *elements, &made, "", 0));
    return f;
}

/* The same values as a row and as JSON. Slots are in the order of the parameters. */
static void values(maker *m, arc_value *row, arc_value *list, arci_fact_list *rows, char *json)
{
    static const char *const texts[] = { "", "x", "xy", "yx" };
    int64_t a = (int64_t)draw(m, 800) - 400, b = (int64_t)draw(m, 80) - 40, n = (int64_t)draw(m, 8) - 1, d = (int64_t)draw(m, 8), e = (int64_t)draw(m, 8);
    const char *s = texts[draw(m, 4)], *t = texts[draw(m, 4)];
    int f = (int)draw(m, 2), k = (int)draw(m, 3);
    row[0] = arci_v_int(a), row[1] = arci_v_int(b), row[2] = arci_v_int(n), row[3] = arci_v_text(s, strlen(s)), row[4] = arci_v_text(t, strlen(t));
    row[5] = arci_v_int(f), row[6] = arci_v_int(20454 + d), row[7] = arci_v_int(20454 + e), row[8] = arci_v_int(k); /* from 2026-01-01 */
    rows->rows = list;
    rows->width = 1;
    rows->n = (uint32_t)draw(m, 4);
    int at = sprintf(json, "{\"a\":%s%d.%02d,\"b\":%s%d.%d,\"n\":%d,\"s\":\"%s\",\"t\":\"%s\",\"f\":%s,\"d\":\"2026-01-%02d\",\"e\":\"2026-01-%02d\",\"k\":\"%s\",\"l\":[", a < 0 ? "-" : "",
                     (int)(llabs(a) / 100), (int)(llabs(a) % 100), b < 0 ? "-" : "", (int)(llabs(b) / 10), (int)(llabs(b) % 10), (int)n, s, t, f ? "true" : "false", (int)d + 1, (int)e + 1, codes[k]);
    for (uint32_t i = 0; i < rows->n; i++) {
        list[i] = arci_v_int((int64_t)draw(m, 5));
        at += sprintf(json + at, "%s%d", i ? "," : "", (int)list[i].u.i);
    }
    sprintf(json + at, "]}");
    memset(&row[9], 0, sizeof row[9]);
    row[9].type = ARCI_V_LIST;
    row[9].u.s = (const char *)rows;
}

static void test_untyped_agrees(void **state)
{
    test_env *t = *state;
    maker m = { .seed = 7 };
    arci_facts *elements, *facts = make_facts(t, &elements);
    static char text[60000];
    char json[1000];
    int compared = 0, yes = 0;
    for (int i = 0; i < 3000; i++) {
        arci_arena arena;
        arci_json *node, *data;
        const arci_json *out;
        arci_logic *p;
        arc_value row[10], list[8];
        arci_fact_list rows;
        arci_logic_run run = { .calendar = NULL };
        arci_arena_init(&arena, t->ctx);
        m.at = text;
        condition(&m, 3);
        assert_ok_err(&t->err, arci_json_parse(&t->env, &arena, text, strlen(text), &arci_json_definition_limits, &node));
        arc_status st = arci_logic_compile(&t->env, &p, facts, node, 0, NULL);
        if (st != ARC_OK) fail_msg("%s: %s %s", text, t->err.rule, t->err.message);
        for (int round = 0; round < 8; round++) {
            values(&m, row, list, &rows, json);
            assert_ok(arci_json_parse(&t->env, &arena, json, strlen(json), &arci_json_default_limits, &data));
            assert_ok_err(&t->err, arci_loose(&t->env, &arena, node, data, &out));
            int typed = arci_logic_test(p, row, &run);
            if (typed != arci_loose_truth(out)) fail_msg("%s on %s: typed %d", text, json, typed);
            compared++;
            yes += typed == ARCI_LOGIC_TRUE;
        }
        arci_logic_free(p);
        arci_arena_clear(&arena);
    }
    print_message("%d results compared, %d of them true\n", compared, yes);
    assert_true(yes > compared / 5 && yes < compared * 4 / 5);
    arci_facts_free(facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_corpus, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_untyped_agrees, test_setup, test_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
