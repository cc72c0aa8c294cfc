/* SPDX-License-Identifier: Apache-2.0 */
/* Checks: conditions that find fault only with what is there. Random ones against three-valued logic written down plainly. */
#include "support/corpus.h"

#include "base/json.h"
#include "rules/logic.h"
#include "store/cond.h"

enum { NO, YES, UNKNOWN };
#define VARS 4

typedef struct tree {
    char text[4000];
    size_t n;
    uint64_t seed;
    int64_t values[VARS];
    int lacks[VARS];
} tree;

static uint64_t draw(tree *t, uint64_t n) { return test_random(&t->seed) % n; }

static void put(tree *t, const char *s)
{
    t->n += (size_t)snprintf(t->text + t->n, sizeof t->text - t->n, "%s", s);
}

static int truth(int v) { return v ? YES : NO; }

/* Writes a test and says what comes of it. */
static int atom(tree *t)
{
    static const char *const ops[] = { "==", "!=", "<", "<=", ">", ">=" };
    char s[200];
    int op = (int)draw(t, 6), a = (int)draw(t, VARS), b = (int)draw(t, VARS), form = (int)draw(t, 6);
    int64_t c = (int64_t)draw(t, 5), x = t->values[a], y = form == 1 ? t->values[b] : form == 2 ? t->values[b] + 1 : c;
    int lacks = t->lacks[a] || ((form == 1 || form == 2) && t->lacks[b]);
    if (form == 3) { /* between; what is there may decide */
        snprintf(s, sizeof s, "{\"<=\":[1,{\"var\":\"v%d\"},{\"var\":\"v%d\"}]}", a, b);
        put(t, s);
        if (!t->lacks[a] && x < 1) return NO;
        if (t->lacks[a] || t->lacks[b]) return UNKNOWN;
        return truth(x <= t->values[b]);
    }
    if (form == 4) {
        snprintf(s, sizeof s, "{\"in\":[{\"var\":\"v%d\"},[1,3]]}", a);
        put(t, s);
        return t->lacks[a] ? UNKNOWN : truth(x == 1 || x == 3);
    }
    if (form == 5) {
        snprintf(s, sizeof s, "{\"%s\":[{\"var\":\"v%d\"},null]}", op % 2 ? "!=" : "==", a);
        put(t, s);
        return truth(t->lacks[a] == (op % 2 == 0));
    }
    if (form == 1) snprintf(s, sizeof s, "{\"%s\":[{\"var\":\"v%d\"},{\"var\":\"v%d\"}]}", ops[op], a, b);
    else if (form == 2) snprintf(s, sizeof s, "{\"%s\":[{\"var\":\"v%d\"},{\"+\":[{\"var\":\"v%d\"},1]}]}", ops[op], a, b);
    else snprintf(s, sizeof s, "{\"%s\":[{\"var\":\"v%d\"},%d]}", ops[op], a, (int)c);
    put(t, s);
    if (lacks) return UNKNOWN;
    return truth(op == 0 ? x == y : op == 1 ? x != y : op == 2 ? x < y : op == 3 ? x <= y : op == 4 ? x > y : x >= y);
}

static int condition(tree *t, int depth)
{
    int kind = depth ? (int)draw(t, 4) : 3, result;
    if (kind == 3) return atom(t);
    if (kind == 0) {
        put(t, "{\"!\":");
        result = condition(t, depth - 1);
        put(t, "}");
        return result == UNKNOWN ? result : !result;
    }
    int n = 2 + (int)draw(t, 2), decides = kind == 1 ? NO : YES;
    put(t, kind == 1 ? "{\"and\":[" : "{\"or\":[");
    result = !decides;
    for (int i = 0; i < n; i++) {
        if (i) put(t, ",");
        int one = condition(t, depth - 1);
        if (one == decides) result = decides;
        else if (one == UNKNOWN && result != decides) result = UNKNOWN;
    }
    put(t, "]}");
    return result;
}

static void one_tree(test_env *t, uint64_t seed)
{
    static const char *const names[VARS] = { "v0", "v1", "v2", "v3" };
    tree x = { .seed = seed };
    arc_value row[VARS + 1];
    arci_facts *f;
    arci_logic *p;
    arci_json *node;
    arci_arena arena;
    const arci_fact *made;
    arci_logic_run run = { .error = ARC_OK };
    assert_ok(arci_facts_new(&t->env, &f, NULL, NULL));
    for (int i = 0; i < VARS; i++) {
        const arci_fact spec = { .path = names[i], .type = ARCI_FACT_INT, .flags = i ? ARCI_FACT_NULLABLE : 0 };
        assert_ok(arci_facts_param(&t->env, f, &spec, &made));
        assert_ok(arci_facts_path(&t->env, f, &made, names[i], 2));
        x.lacks[i] = i && draw(&x, 3) == 0;
        x.values[i] = (int64_t)draw(&x, 5);
        row[made->slot] = x.lacks[i] ? arci_v_null() : arci_v_int(x.values[i]);
    }
    int expected = condition(&x, 4);
    arci_arena_init(&arena, t->env.ctx);
    assert_ok(arci_json_parse(&t->env, &arena, x.text, x.n, &arci_json_definition_limits, &node));
    arc_status st = arci_logic_compile_check(&t->env, &p, f, node, NULL);
    if (st != ARC_OK) fail_msg("%s: %s", t->err.message, x.text);
    int got = arci_logic_check(p, row, &run);
    if (got != (expected != NO)) fail_msg("gave %d, expected %d: %s", got, expected, x.text);
    arci_logic_free(p);
    arci_arena_clear(&arena);
    arci_facts_free(f);
}

static void test_three_values(void **state)
{
    for (uint64_t i = 1; i <= 20000; i++) one_tree(*state, i * 7919);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(test_three_values, test_setup, test_teardown) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
