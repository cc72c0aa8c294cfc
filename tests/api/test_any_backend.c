/* SPDX-License-Identifier: Apache-2.0 */
/* The sample file, read into a book on every kind of backend: whatever a backend leaves to the core, verify finds nothing and the
 * dump has the same bytes. What the core tests and sorts by itself comes behind the columns asked for, which a reader that counts
 * columns or strides wrongly takes for values. */
#define ARC_EXAMPLE_AS_PART
#include "../../examples/backend_jsonl.c"

#include "sample.h"
#include "support/books.h"

#define SAMPLE ARCORE_SOURCE_DIR "/examples/data/"

static int32_t print_finding(void *user, const arc_finding *f)
{
    print_message("%s: %s.%s %lld: %s\n", (const char *)user, f->entity, f->field, (long long)f->id, f->message);
    return 1; /* the first says enough */
}

/* Imports the sample and verifies; the dump, for the caller to free. */
static sample_bytes use_book(arc_book *book, const char *name)
{
    static char mapping[8192];
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    arc_import_summary done = ARC_IMPORT_SUMMARY_INIT;
    arc_verify_summary found = ARC_VERIFY_SUMMARY_INIT;
    arc_session *s;
    FILE *f = fopen(SAMPLE "mapping.json", "rb");
    assert_non_null(f);
    size_t n = fread(mapping, 1, sizeof mapping, f);
    fclose(f);
    so.business_date = 20650; /* later than the last payment */
    assert_ok(arc_session_open(book, &s, &so));
    assert_ok(arc_import_csv_file(s, &done, SAMPLE "invoices.csv", mapping, n, NULL));
    assert_true(done.invoices > 100 && done.receipts > 10 && done.allocations > 10);
    assert_ok(arc_book_verify(book, &found, print_finding, (void *)(uintptr_t)name, NULL));
    assert_int_equal(found.findings, 0);
    arc_session_close(s);
    return sample_dump(book);
}

static void test_sample_everywhere(void **unused)
{
    sample_bytes first = { 0 };
    (void)unused;
    for (int i = 0; i < TEST_BACKENDS; i++) {
        test_book b;
        test_book_open(&b, i);
        sample_bytes dump = use_book(b.book, test_backend_names[i]);
        if (i) assert_string_equal(dump.s, first.s);
        if (i) free(dump.s);
        else first = dump;
        test_book_close(&b);
    }
    free(first.s);
}

/* The lesson for writers of backends: accepts nothing at all. */
static void test_jsonl(void **state)
{
    test_env *t = *state;
    char uri[700];
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_book *plain, *lesson;
    o.flags = ARC_BOOK_CREATE;
    assert_ok(arc_backend_register(t->ctx, arc_example_jsonl()));
    (void)test_dir(t);
    snprintf(uri, sizeof uri, "jsonl:%s", test_path(t, "book.jsonl"));
    assert_ok(arc_book_open(t->ctx, &lesson, uri, &o));
    assert_ok(arc_book_open(t->ctx, &plain, "memory:plain", &o));
    sample_bytes x = use_book(lesson, "jsonl"), y = use_book(plain, "memory");
    assert_string_equal(x.s, y.s);
    free(x.s);
    free(y.s);
    arc_book_close(lesson);
    arc_book_close(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sample_everywhere),
        cmocka_unit_test_setup_teardown(test_jsonl, test_setup, test_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
