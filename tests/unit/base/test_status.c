/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "support/support.h"

/* Every status of the header, found by reading it: a name, and sentences of their own in both languages. */
static void test_every_status(void **state)
{
    size_t len;
    int n = 0;
    char *header = test_read_file(ARCORE_SOURCE_DIR "/include/arcore/status.h", &len);
    (void)state;
    assert_non_null(header);
    for (char *p = header; (p = strstr(p, "#define ARC_")) != NULL; p++) {
        char name[64];
        int value;
        if (sscanf(p, "#define %63s %d", name, &value) != 2 && sscanf(p, "#define %63s (%d)", name, &value) != 2) continue;
        const char *en = arc_status_text(value, "en"), *zh = arc_status_text(value, "zh");
        assert_string_equal(arc_status_name(value), name);
        assert_true(strlen(en) > 4 && en[strlen(en) - 1] == '.');
        assert_true((unsigned char)zh[0] >= 0xe0 || strncmp(zh, "fork", 4) == 0);
        assert_int_equal(arci_utf8_check(zh, strlen(zh)), strlen(zh));
        assert_string_not_equal(en, arc_status_text(1000, "en"));
        assert_string_not_equal(zh, arc_status_text(1000, "zh"));
        n++;
    }
    free(header);
    assert_true(n >= 49);
}

static void test_unknown(void **state)
{
    static const int32_t unknown[] = { 4, 1000, -15, -1000, INT32_MAX, INT32_MIN };
    (void)state;
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        assert_string_equal(arc_status_name(unknown[i]), "ARC_E_?");
        assert_string_equal(arc_status_text(unknown[i], NULL), "Unknown status.");
        assert_int_equal(arc_status_retryable(unknown[i]), 0);
    }
    assert_string_equal(arc_status_text(ARC_E_BUSY, NULL), arc_status_text(ARC_E_BUSY, "en"));
    assert_string_equal(arc_status_text(ARC_E_BUSY, "fr"), arc_status_text(ARC_E_BUSY, "en"));
}

static void test_retryable(void **state)
{
    (void)state;
    for (arc_status s = -100; s <= 10; s++) {
        int expected = s == ARC_E_BUSY || s == ARC_E_CONFLICT || s == ARC_E_STALE || s == ARC_E_OUTCOME_UNKNOWN ||
                       s == ARC_E_CONNECTION;
        assert_int_equal(arc_status_retryable(s), expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_status),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_retryable),
    };
    return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
