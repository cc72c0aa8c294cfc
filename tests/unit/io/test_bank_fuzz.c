/* SPDX-License-Identifier: Apache-2.0 */
/* Files of banks as nobody wrote them: the corpora of the fuzzers and thousands of damaged copies. */
#include "fuzz/bank.h"
#include "support/corpus.h"

enum { VARIATIONS = 1500 };

static uint64_t n_read, n_refused;

static void judge(test_env *t, const char *fault, const char *s, size_t n)
{
    arc_error e = ARC_ERROR_INIT;
    if (fault) fail_msg("%s: %.*s", fault, n < 400 ? (int)n : 400, s);
    assert_ok(arc_context_error(t->ctx, &e));
}

static void one(test_env *t, int32_t format, const char *s, size_t n)
{
    arc_bank_file *f;
    arc_bank_options o = ARC_BANK_OPTIONS_INIT;
    o.format = format;
    if (arc_bank_file_read(t->ctx, &f, s, n, &o) == ARC_OK) n_read++;
    else n_refused++;
    arc_bank_file_free(f);
    judge(t, fuzz_bank(t->ctx, format, NULL, s, n), s, n);
}

static void check_mt940(test_env *t, const char *s, size_t n, uint64_t *seed) { (void)seed, one(t, ARC_BANK_MT940, s, n); }
static void check_camt(test_env *t, const char *s, size_t n, uint64_t *seed) { (void)seed, one(t, ARC_BANK_CAMT, s, n); }
static void check_ofx(test_env *t, const char *s, size_t n, uint64_t *seed) { (void)seed, one(t, ARC_BANK_OFX, s, n); }
static void check_bai2(test_env *t, const char *s, size_t n, uint64_t *seed) { (void)seed, one(t, ARC_BANK_BAI2, s, n); }
static void check_bill(test_env *t, const char *s, size_t n, uint64_t *seed) { (void)seed, one(t, ARC_BANK_AUTO, s, n); }

static void check_table(test_env *t, const char *s, size_t n, uint64_t *seed)
{
    (void)seed;
    n_read++, n_refused++;
    judge(t, fuzz_bank_table(t->ctx, s, n), s, n);
}

static void replay(test_env *t, const char *corpus, void (*check)(test_env *, const char *, size_t, uint64_t *))
{
    n_read = n_refused = 0;
    int files = corpus_replay(corpus, VARIATIONS, check, t);
    print_message("%s: %d files, %u read, %u refused\n", corpus, files, (unsigned)n_read, (unsigned)n_refused);
    assert_true(files >= 3 && n_read > 100 && n_refused > 100);
}

static void mt940(void **state) { replay(*state, "mt940", check_mt940); }
static void camt(void **state) { replay(*state, "camt", check_camt); }
static void ofx(void **state) { replay(*state, "ofx", check_ofx); }
static void bai2(void **state) { replay(*state, "bai2", check_bai2); }
static void tables(void **state) { replay(*state, "bank_csv", check_table); }
static void bills(void **state) { replay(*state, "bill", check_bill); }

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(mt940, test_setup, test_teardown), cmocka_unit_test_setup_teardown(camt, test_setup, test_teardown),
                                        cmocka_unit_test_setup_teardown(ofx, test_setup, test_teardown),   cmocka_unit_test_setup_teardown(bai2, test_setup, test_teardown),
                                        cmocka_unit_test_setup_teardown(tables, test_setup, test_teardown), cmocka_unit_test_setup_teardown(bills, test_setup, test_teardown) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
