/* SPDX-License-Identifier: Apache-2.0 */
/* Cells: what each form holds, for every type, and what is no cell. */
#include "rules/cell.h"
#include "store/cond.h"
#include "support/support.h"

typedef struct world {
    test_env *t;
    arci_facts *facts;
    arci_arena arena;
    const arci_fact *n, *x, *d, *s, *e, *b, *m;
} world;

static const char *const grades[] = { "A", "B", "C", NULL };
static const arci_code_list grade_list = { "grade", grades, grades, grades };

static void open_world(world *w, test_env *t)
{
    const arci_fact specs[] = {
        { .path = "n", .type = ARCI_FACT_INT, .flags = ARCI_FACT_NULLABLE }, { .path = "x", .type = ARCI_FACT_DECIMAL, .scale = 2 }, { .path = "d", .type = ARCI_FACT_DATE },
        { .path = "s", .type = ARCI_FACT_TEXT }, { .path = "e", .type = ARCI_FACT_ENUM, .codes = &grade_list }, { .path = "b", .type = ARCI_FACT_BOOL },
        { .path = "m", .type = ARCI_FACT_MONEY, .fixed = "CNY" },
    };
    const arci_fact **out[] = { &w->n, &w->x, &w->d, &w->s, &w->e, &w->b, &w->m };
    w->t = t;
    arci_arena_init(&w->arena, t->ctx);
    assert_ok(arci_facts_new(&t->env, &w->facts, NULL, NULL));
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
        const arci_fact *ignored;
        assert_ok(arci_facts_param(&t->env, w->facts, &specs[i], &ignored));
        assert_ok(arci_facts_path(&t->env, w->facts, out[i], specs[i].path, 1));
    }
}

static void close_world(world *w)
{
    arci_facts_free(w->facts);
    arci_arena_clear(&w->arena);
}

static const arci_fact *fact_of(const world *w, char c)
{
    switch (c) {
    case 'n': return w->n;
    case 'x': return w->x;
    case 'd': return w->d;
    case 's': return w->s;
    case 'e': return w->e;
    case 'b': return w->b;
    default: return w->m;
    }
}

static arc_value value(world *w, const arci_fact *f, const char *text)
{
    arc_value v = arci_v_null();
    if (strcmp(text, "null") != 0) assert_ok_err(&w->t->err, arci_fact_constant(&w->t->env, w->facts, f, &w->arena, &v, text, strlen(text), 0));
    return v;
}

static const struct {
    char type;
    const char *cell, *in, *out; /* values with blanks between */
} holding[] = {
    { 'n', "", "0 -5 null", "" },
    { 'n', " - ", "0 -5 null", "" },
    { 'n', "-5", "-5", "5 null" },
    { 'n', "> 15", "16 9223372036854775807", "15 null" },
    { 'n', ">=15", "15 16", "14 null" },
    { 'n', "<15", "14 -9223372036854775808", "15 null" },
    { 'n', "<= 15", "15", "16" },
    { 'n', "= 15", "15", "14 16" },
    { 'n', "!= 15", "14 16", "15 null" },
    { 'n', "[1..3]", "1 2 3", "0 4 null" },
    { 'n', "(1..3)", "2", "1 3" },
    { 'n', "]1..3[", "2", "1 3" },
    { 'n', "[1..3)", "1 2", "3" },
    { 'n', "(1..3]", "2 3", "1" },
    { 'n', "(1..2)", "", "1 2" },
    { 'n', "1,3 , 5", "1 3 5", "2 4" },
    { 'n', "< 0, [5..7], 100", "-1 5 7 100", "0 4 8 99 101" },
    { 'n', "[1..5],[4..9]", "1 5 9", "0 10" },
    { 'n', "null", "null", "0" },
    { 'n', "null, > 5", "null 6", "5" },
    { 'n', "= null", "null", "0" },
    { 'n', "!= null", "0 1", "null" },
    { 'n', "not(null)", "0 1", "null" },
    { 'n', "not(5)", "4 6", "5 null" },
    { 'n', "not(null, 5)", "4", "5 null" },
    { 'n', "not([1..3], 7)", "0 4 6 8", "1 3 7" },
    { 'n', "not(5), null", "4 null", "5" },
    { 's', "not(\"a\") , null", "b null", "a" },
    { 'n', "not(< 0, >= 0)", "", "-1 0 1" },
    { 'n', "< -9223372036854775808", "", "0 -9223372036854775808" },
    { 'n', "> 9223372036854775807", "", "0 9223372036854775807" },
    { 'x', "> 15.5", "15.51 16", "15.50" },
    { 'x', "(0.1..0.3)", "0.11 0.2 0.29", "0.1 0.3" },
    { 'x', "0.30", "0.3", "0.31" },
    { 'm', ">= 1000.00", "1000.00 1000.01", "999.99 -1" },
    { 'd', "> 2025-03-15", "2025-03-16", "2025-03-15" },
    { 'd', "[2024-02-28..\"2024-03-01\"]", "2024-02-29", "2024-03-02" },
    { 'd', "date(\"2025-01-01\"), 2026-01-01", "2025-01-01 2026-01-01", "2025-01-02" },
    { 's', "\"Medium\",\"Low\"", "Medium Low", "High medium null" },
    { 's', "not(\"a\", \"b\")", "c A", "a b null" },
    { 's', "!= \"a\"", "b", "a null" },
    { 's', "!= null", "a", "null" },
    { 's', "not(null)", "a", "null" },
    { 's', "\"a,b\", \"q\\\"\\\\\"", "a,b q\"\\", "a q" },
    { 's', "null, \"x\"", "null x", "y" },
    { 'e', "\"A\"", "A", "B" },
    { 'e', "<= \"B\"", "A B", "C" },
    { 'e', "not(\"A\",\"C\")", "B", "A C" },
    { 'b', "true", "true", "false" },
    { 'b', "not(true)", "false", "true null" },
    { 'b', "true,false", "true false", "null" },
};

static void what_holds(void **state)
{
    world w;
    open_world(&w, *state);
    for (size_t i = 0; i < sizeof holding / sizeof holding[0]; i++) {
        const arci_fact *f = fact_of(&w, holding[i].type);
        arci_cell c;
        assert_ok_err(&w.t->err, arci_cell_read(&w.t->env, &w.arena, w.facts, f, arci_cell_domain(f), holding[i].cell, strlen(holding[i].cell), &c));
        for (int in = 0; in < 2; in++) {
            char list[200], *save = NULL;
            snprintf(list, sizeof list, "%s", in ? holding[i].in : holding[i].out);
            for (char *word = strtok_r(list, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
                arc_value v = value(&w, f, word);
                if (arci_cell_holds(&c, &v) != in) fail_msg("%c: %s %s %s", holding[i].type, holding[i].cell, in ? "does not hold" : "holds", word);
            }
        }
        for (uint32_t k = 1; k < c.n && !c.text; k++) assert_true(c.ranges[k].lo > c.ranges[k - 1].hi + 1); /* normal form */
    }
    close_world(&w);
}

static void what_is_refused(void **state)
{
    static const struct {
        char type;
        const char *cell;
        arc_status st;
        const char *message;
    } cases[] = {
        { 'n', ">", ARC_E_SYNTAX, "character 2: a value is missing" },
        { 'n', "1,", ARC_E_SYNTAX, "character 3: a value is missing" },
        { 'n', "1 2", ARC_E_SYNTAX, "character 3: a comma or the end is expected" },
        { 'n', "[1..", ARC_E_SYNTAX, "a value is missing" },
        { 'n', "[1..2", ARC_E_SYNTAX, "an interval ends with ], ) or [" },
        { 'n', "[1 2]", ARC_E_SYNTAX, "an interval has .. in the middle" },
        { 'n', "[3..1]", ARC_E_RANGE, "the interval ends before it begins" },
        { 'n', "not(1", ARC_E_SYNTAX, "not( ends with )" },
        { 'n', "not(1) x", ARC_E_SYNTAX, "not(...) stands alone, or before a null" },
        { 'n', "not(1), 2", ARC_E_SYNTAX, "not(...) stands alone, or before a null" },
        { 'n', "not 1", ARC_E_SYNTAX, "not is followed by (" },
        { 'n', "\"5\"", ARC_E_VALUE, "a text where a int is asked for" },
        { 'n', "5.5", ARC_E_PRECISION, "more decimals" },
        { 'n', "abc", ARC_E_VALUE, "abc: not a number" },
        { 'n', "99999999999999999999", ARC_E_OVERFLOW, "too large" },
        { 's', "abc", ARC_E_SYNTAX, "texts stand in quotes" },
        { 's', "\"abc", ARC_E_SYNTAX, "not a text" },
        { 's', "> \"a\"", ARC_E_VALUE, "texts have no order" },
        { 's', "[\"a\"..\"b\"]", ARC_E_VALUE, "have no order" },
        { 's', "!= \"a\", \"b\"", ARC_E_VALUE, "!= stands alone" },
        { 's', "not(!= \"a\")", ARC_E_VALUE, "!= has no place in not(...)" },
        { 'e', "\"Z\"", ARC_E_VALUE, "not one of the codes" },
        { 'b', "yes", ARC_E_VALUE, "neither true nor false" },
        { 'd', "2025-02-30", ARC_E_RANGE, "no such day" },
        { 'd', "date(\"2025-02-03\"", ARC_E_SYNTAX, "a value is missing" },
    };
    world w;
    open_world(&w, *state);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const arci_fact *f = fact_of(&w, cases[i].type);
        arci_cell c;
        arc_status st = arci_cell_read(&w.t->env, &w.arena, w.facts, f, arci_cell_domain(f), cases[i].cell, strlen(cases[i].cell), &c);
        if (st != cases[i].st || !strstr(w.t->err.message, cases[i].message)) fail_msg("%s: %d %s", cases[i].cell, (int)st, w.t->err.message);
    }
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(what_holds, test_setup, test_teardown), cmocka_unit_test_setup_teardown(what_is_refused, test_setup, test_teardown) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
