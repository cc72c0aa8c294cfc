/* SPDX-License-Identifier: Apache-2.0 */
/* ctest: slow */
/* Power cuts at every call that reaches the disk. */
#include "support/crash.h"

typedef struct scene {
    const char *title;
    const char *options;
    work *(*make)(const char *path, const char *options);
    int powersafe;
    int64_t first, steps, reopen, images, soak_images;
    int rare; /* a transaction under way is to be seen at so few moments that a sample may miss them all */
} scene;

static int64_t total;

static void run(const scene *s)
{
    test_env t;
    test_open(&t);
    char path[600];
    snprintf(path, sizeof path, "%s", test_path(&t, "book"));
    arfault *a = arfault_new("arfault");
    arfault_powersafe(a, s->powersafe);
    work *w = s->make(path, s->options);
    crash_counts n = { 0, 0, 0, 0, 0, 0 };
    double start = crash_clock();
    int64_t want = test_sized(s->images, s->soak_images);
    for (uint64_t seed = 1; n.images < want && n.bad == 0; seed++) {
        int64_t before = n.images;
        crash_plan plan = { s->first, s->steps, s->reopen, want - n.images, seed, s->first == 0 };
        crash_run(a, w, &plan, &n);
        if (n.images == before) break;
    }
    crash_print(s->title, &n, crash_clock() - start);
    work_free(w);
    arfault_free(a);
    test_close(&t);
    assert_int_equal(n.bad, 0);
    assert_true(n.images >= want * 9 / 10);
    assert_true(n.in_flight > 0 || s->rare);
    total += n.images;
}

static void tables(void **unused)
{
    static const scene s = { "tables", "vfs=arfault&checkpoint=40", work_bank_new, 1, 0, 60, 9, 2300, 20000, 0 };
    (void)unused;
    run(&s);
}

/* Every commit checkpoints, the WAL starts over all the time. */
static void tables_checkpoints(void **unused)
{
    static const scene s = { "tables, checkpoint at every commit", "vfs=arfault&checkpoint=1", work_bank_new, 1, 5, 40, 7, 1800, 20000, 0 };
    (void)unused;
    run(&s);
}

/* A disk that may damage the bytes beside those it writes: SQLite pads each commit to a sector. */
static void tables_padded(void **unused)
{
    static const scene s = { "tables, whole sectors", "vfs=arfault&checkpoint=20", work_bank_new, 0, 5, 40, 7, 800, 10000, 0 };
    (void)unused;
    run(&s);
}

/* A rollback journal instead of the write-ahead log. */
static void tables_truncate(void **unused)
{
    static const scene s = { "tables, rollback journal", "vfs=arfault&journal=truncate", work_bank_new, 1, 0, 40, 9, 2000, 20000, 0 };
    (void)unused;
    run(&s);
}

static void tables_truncate_padded(void **unused)
{
    static const scene s = { "tables, rollback journal, whole sectors", "vfs=arfault&journal=truncate", work_bank_new, 0, 5, 30, 7, 700, 10000, 0 };
    (void)unused;
    run(&s);
}

static arc_status (*bank_open)(work *w, int create);

/* Each opening switches the journal, the one that recovers too. */
static arc_status open_other_mode(work *w, int create)
{
    static const char wal[] = "vfs=arfault", truncate[] = "vfs=arfault&journal=truncate";
    w->options = w->options == truncate ? wal : truncate;
    return bank_open(w, create);
}

static work *switching_bank(const char *path, const char *options)
{
    work *w = work_bank_new(path, options);
    bank_open = w->open;
    w->open = open_other_mode;
    return w;
}

static void tables_switching(void **unused)
{
    static const scene s = { "tables, journal switched at every opening", "vfs=arfault", switching_bank, 1, 0, 40, 2, 2000, 20000, 0 };
    (void)unused;
    run(&s);
}

/* The same through the public functions. */
static void book(void **unused)
{
    static const scene s = { "book", "vfs=arfault&checkpoint=200", work_book_new, 1, 0, 18, 7, 180, 30000, 0 };
    (void)unused;
    run(&s);
}

static void book_truncate(void **unused)
{
    static const scene s = { "book, rollback journal", "vfs=arfault&journal=truncate", work_book_new, 1, 6, 12, 5, 110, 20000, 1 };
    (void)unused;
    run(&s);
}

static void book_checkpoints(void **unused)
{
    static const scene s = { "book, checkpoint at every commit", "vfs=arfault&checkpoint=1", work_book_new, 1, 6, 12, 5, 140, 30000, 0 };
    (void)unused;
    run(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables),
        cmocka_unit_test(tables_checkpoints),
        cmocka_unit_test(tables_padded),
        cmocka_unit_test(tables_truncate),
        cmocka_unit_test(tables_truncate_padded),
        cmocka_unit_test(tables_switching),
        cmocka_unit_test(book),
        cmocka_unit_test(book_truncate),
        cmocka_unit_test(book_checkpoints),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fprintf(stderr, "crash images in all: %lld\n", (long long)total);
    return failed;
}
