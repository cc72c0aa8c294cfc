/* SPDX-License-Identifier: Apache-2.0 */
/* ctest: slow */
/* Every call that reaches the file system fails: once, and from then on. */
#include "support/crash.h"
#include "support/ioerr.h"

typedef struct scene {
    const char *title, *options;
    work *(*make)(const char *path, const char *options);
    int64_t first, steps, every;
    int64_t least; /* points expected */
    int powersafe;
} scene;

static void run(const scene *s)
{
    test_env t;
    test_open(&t);
    char path[600], title[200];
    snprintf(path, sizeof path, "%s", test_path(&t, "book"));
    arfault *a = arfault_new("arfault");
    arfault_powersafe(a, s->powersafe);
    work *w = s->make(path, s->options);
    int64_t every = test_sized(s->every, 1);
    for (int create = 0; create < 2; create++) {
        ioerr_counts n = { 0, 0, 0, 0, 0, 0, 0 };
        double start = crash_clock();
        if (create) ioerr_create(a, w, every, &n);
        else ioerr_work(a, w, s->first, s->steps, every, &n);
        snprintf(title, sizeof title, "%s%s", s->title, create ? ", being made" : "");
        ioerr_print(title, &n, crash_clock() - start);
        assert_int_equal(n.bad, 0);
        assert_true(n.points >= (create ? s->least / 10 : s->least));
        if (!create) assert_true(n.refused > 0 && n.unknown > 0);
    }
    work_free(w);
    arfault_free(a);
    test_close(&t);
}

static void tables(void **unused)
{
    static const scene s = { "tables", "vfs=arfault&checkpoint=30&busy=0", work_bank_new, 5, 4, 1, 500, 1 };
    (void)unused;
    run(&s);
}

static void tables_padded(void **unused)
{
    static const scene s = { "tables, whole sectors", "vfs=arfault&checkpoint=1&busy=0", work_bank_new, 5, 3, 1, 500, 0 };
    (void)unused;
    run(&s);
}

static void tables_truncate(void **unused)
{
    static const scene s = { "tables, rollback journal", "vfs=arfault&journal=truncate&busy=0", work_bank_new, 5, 4, 1, 500, 1 };
    (void)unused;
    run(&s);
}

static void book(void **unused)
{
    static const scene s = { "book", "vfs=arfault&checkpoint=20&busy=0", work_book_new, 6, 6, 36, 80, 1 };
    (void)unused;
    run(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(tables), cmocka_unit_test(tables_padded), cmocka_unit_test(tables_truncate), cmocka_unit_test(book) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
