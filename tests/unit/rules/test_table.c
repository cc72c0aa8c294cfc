/* SPDX-License-Identifier: Apache-2.0 */
/* Decision tables: overlaps and gaps against trying every value, bounds, memory. */
#include "rules/table.h"
#include "store/cond.h"
#include "support/support.h"

enum { SIDE = 7 }; /* values 0 .. 6 and null in each column */

static void random_cell(arci_str *out, uint64_t *seed)
{
    static const char *const forms[] = { "", "-", "%u", ">%u", "<=%u", "[%u..6]", "(%u..5]", "not(%u)", "null", "null,%u", "!=%u", "%u,6" };
    char cell[64];
    snprintf(cell, sizeof cell, forms[test_random(seed) % (sizeof forms / sizeof forms[0])], (unsigned)(test_random(seed) % SIDE));
    unsigned lo;
    if (sscanf(cell, "(%u..5]", &lo) == 1 && lo > 5) snprintf(cell, sizeof cell, "6");
    arci_str_puts(out, cell);
}

static void random_table(arci_str *out, uint64_t *seed, uint32_t columns, uint32_t rows)
{
    char text[200];
    arci_str_puts(out, "{\"hitPolicy\":\"U\",\"inputs\":[");
    for (uint32_t k = 0; k < columns; k++) {
        snprintf(text, sizeof text, "%s{\"id\":\"i%u\",\"field\":\"f%u\",\"type\":\"integer\",\"min\":0,\"max\":6,\"nullable\":true}", k ? "," : "", k, k);
        arci_str_puts(out, text);
    }
    arci_str_puts(out, "],\"outputs\":[{\"id\":\"o\",\"field\":\"o\",\"type\":\"integer\"}],\"rules\":[");
    for (uint32_t i = 0; i < rows; i++) {
        arci_str_puts(out, i ? ",{" : "{");
        for (uint32_t k = 0; k < columns; k++) {
            snprintf(text, sizeof text, "\"i%u\":\"", k);
            arci_str_puts(out, text);
            random_cell(out, seed);
            arci_str_puts(out, "\",");
        }
        snprintf(text, sizeof text, "\"o\":%u}", (unsigned)(test_random(seed) % 2));
        arci_str_puts(out, text);
    }
    arci_str_puts(out, "]}");
}

/* Every point of the grid: which pairs meet, and whether one has no row. */
static void try_all(test_env *t, const arci_decision *table, uint32_t columns, uint32_t *pairs, uint32_t *holes)
{
    static uint8_t seen[16][16];
    arc_value row[8];
    uint32_t points = 1;
    memset(seen, 0, sizeof seen);
    *pairs = *holes = 0;
    for (uint32_t k = 0; k < columns; k++) points *= SIDE + 1;
    for (uint32_t p = 0; p < points; p++) {
        arci_arena arena;
        uint32_t *found, n, rest = p;
        for (uint32_t k = 0; k < columns; k++, rest /= SIDE + 1) row[table->inputs[k].fact->slot] = rest % (SIDE + 1) == SIDE ? arci_v_null() : arci_v_int(rest % (SIDE + 1));
        arci_arena_init(&arena, t->ctx);
        assert_ok(arci_table_match(&t->env, table, &arena, row, NULL, &found, &n));
        *holes += n == 0;
        for (uint32_t a = 0; a < n; a++) {
            for (uint32_t b = a + 1; b < n; b++) {
                if (!seen[found[a]][found[b]]) ++*pairs;
                seen[found[a]][found[b]] = 1;
            }
        }
        arci_arena_clear(&arena);
    }
}

static void overlaps_and_gaps(void **state)
{
    test_env *t = *state;
    uint64_t seed = 42;
    int with_gaps = 0, without = 0;
    for (int round = 0; round < 600; round++) {
        uint32_t columns = 1 + (uint32_t)(test_random(&seed) % 3), rows = 1 + (uint32_t)(test_random(&seed) % 12), pairs, holes;
        arci_str text;
        arci_decision *table;
        arci_table_findings f;
        arci_str_init(&text, t->ctx);
        random_table(&text, &seed, columns, rows);
        assert_ok_err(&t->err, arci_table_read(&t->env, &table, text.s, text.len, NULL, NULL, 0, NULL));
        memset(&f, 0, sizeof f);
        assert_ok(arci_table_look(&t->env, table, &f));
        try_all(t, table, columns, &pairs, &holes);
        if (f.n_overlaps != pairs || (f.n_gaps != 0) != (holes != 0)) fail_msg("%s: %u overlaps, expected %u; %u gaps, %u holes", text.s, f.n_overlaps, pairs, f.n_gaps, holes);
        assert_true(f.overlaps_decided && f.gaps_decided);
        assert_int_equal(f.has_meet, pairs != 0);
        if (holes) with_gaps++;
        else without++;
        arci_table_free(table);
        arci_str_clear(&text);
    }
    assert_true(with_gaps > 50 && without > 50);
}

/* Beyond the bounds nothing is claimed, and nothing takes long. */
static void bounds(void **state)
{
    test_env *t = *state;
    arci_str text;
    arci_decision *table;
    arci_table_findings f;
    uint64_t seed = 5;
    char cell[100];
    arci_str_init(&text, t->ctx);
    arci_str_puts(&text, "{\"hitPolicy\":\"U\",\"inputs\":[");
    for (int k = 0; k < 12; k++) {
        snprintf(cell, sizeof cell, "%s{\"id\":\"i%d\",\"field\":\"f%d\",\"type\":\"integer\"}", k ? "," : "", k, k);
        arci_str_puts(&text, cell);
    }
    arci_str_puts(&text, "],\"outputs\":[{\"id\":\"o\",\"field\":\"o\",\"type\":\"integer\"}],\"rules\":[");
    for (int i = 0; i < 3000; i++) {
        arci_str_puts(&text, i ? ",{" : "{");
        for (int k = 0; k < 12; k++) {
            snprintf(cell, sizeof cell, "\"i%d\":\">%u\",", k, (unsigned)(test_random(&seed) % 100000));
            arci_str_puts(&text, cell);
        }
        arci_str_puts(&text, "\"o\":1}");
    }
    arci_str_puts(&text, "]}");
    assert_ok_err(&t->err, arci_table_read(&t->env, &table, text.s, text.len, NULL, NULL, 1, NULL)); /* what is not decided is not refused */
    memset(&f, 0, sizeof f);
    assert_ok(arci_table_look(&t->env, table, &f));
    assert_false(f.overlaps_decided || f.gaps_decided);
    arci_table_free(table);
    arci_str_clear(&text);
}

static arc_status whole(test_env *t, void *arg)
{
    static const char text[] = "{\"hitPolicy\":\"A\",\"currency\":\"CNY\",\"inputs\":[{\"id\":\"a\",\"field\":\"n\",\"type\":\"integer\"},{\"id\":\"b\",\"field\":\"s\",\"type\":\"text\",\"nullable\":true},{\"id\":\"c\",\"type\":\"condition\"}],"
                               "\"outputs\":[{\"id\":\"o\",\"field\":\"o\",\"type\":\"decimal\",\"default\":\"1.5\"}],\"rules\":[{\"a\":\"<5\",\"b\":\"\\\"x\\\"\",\"c\":\"{\\\">\\\":[{\\\"var\\\":\\\"n\\\"},1]}\",\"o\":\"2\"},{\"a\":\"\",\"o\":\"2.00\"}]}";
    static const char inputs[] = "{\"n\":3,\"s\":\"x\"}";
    arci_decision *table;
    arci_arena arena;
    arci_json *root;
    arc_value *row;
    arci_str out;
    (void)arg;
    arc_status st = arci_table_read(&t->env, &table, text, sizeof text - 1, NULL, NULL, 1, NULL);
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, t->ctx);
    arci_str_init(&out, t->ctx);
    st = arci_json_parse(&t->env, &arena, inputs, sizeof inputs - 1, &arci_json_default_limits, &root);
    if (st == ARC_OK) st = arci_table_row_of(&t->env, table, &arena, root, &row);
    if (st == ARC_OK) st = arci_table_decide(&t->env, table, row, NULL, 1, &out);
    if (st == ARC_OK) assert_non_null(strstr(out.s, "\"result\":{\"o\":\"2\"}"));
    arci_str_clear(&out);
    arci_arena_clear(&arena);
    arci_table_free(table);
    return st;
}

static void memory(void **state)
{
    (void)state;
    assert_true(test_oom_sweep(whole, NULL) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(overlaps_and_gaps, test_setup, test_teardown), cmocka_unit_test_setup_teardown(bounds, test_setup, test_teardown),
                                        cmocka_unit_test(memory) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
