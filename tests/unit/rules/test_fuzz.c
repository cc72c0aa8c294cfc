/* SPDX-License-Identifier: Apache-2.0 */
/* Templates, plain Mustache, decision tables and scorecards as nobody wrote them: the corpora and thousands of damaged copies. Whatever comes in is read, or
 * refused with a status and a message; what was read can be used. */
#include "fuzz/documents.h"
#include "support/corpus.h"

enum { VARIATIONS = 4000 };

static fuzz_counts counts;

#define CHECK(kind) \
    static void check_##kind(test_env *t, const char *s, size_t n, uint64_t *seed) \
    { \
        const char *fault = fuzz_##kind(&t->env, s, n, test_random(seed), &counts); \
        if (fault) fail_msg("%s: %.*s", fault, (int)n, s); \
    }
CHECK(template) CHECK(mustache) CHECK(table)

static void replay(test_env *t, const char *corpus, void (*check)(test_env *, const char *, size_t, uint64_t *), int files)
{
    memset(&counts, 0, sizeof counts);
    assert_int_equal(corpus_replay(corpus, VARIATIONS, check, t), files);
    print_message("%s: %u read, %u used\n", corpus, (unsigned)counts.read, (unsigned)counts.used);
    assert_true(counts.read > 100 && counts.used > 30); /* damage does not stop at the first byte */
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
