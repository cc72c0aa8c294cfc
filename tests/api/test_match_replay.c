/* SPDX-License-Identifier: Apache-2.0 */
/* The same book proposes the same bytes: asked again, on another store, and rebuilt from its events. */
#include "api/bank_world.h"
#include "api/ledger_kit.h"
#include "support/rebuilt.h"

static char *proposed(arc_session *s)
{
    char *json;
    assert_ok(bank_proposed(s, &json));
    return json;
}

static void same_bytes(void **state)
{
    char *first = NULL;
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        test_book_open(&b, backend);
        assert_session(&b, bank_world(b.session));
        char *now = proposed(b.session), *again = proposed(b.session);
        assert_string_equal(now, again);
        if (!first) first = strdup(now);
        assert_string_equal(now, first);
        assert_non_null(strstr(first, "\"item_currency\":\"USD\""));
        assert_non_null(strstr(first, "\"found\":\"repaired\""));
        verify_clean(&b);
        free(now);
        free(again);
        test_book_close(&b);
    }
    free(first);
}

typedef struct then {
    const char *should;
    uint32_t met;
} then;

/* How often accounts and receipts were written is no fact of the book: a rebuilt one counts anew. */
static void without_versions(char *json)
{
    static const char key[] = "version\":";
    for (char *at = strstr(json, key); at; at = strstr(at + 1, key)) {
        char *from = at + sizeof key - 1, *end = from;
        while (*end >= '0' && *end <= '9') end++;
        memmove(from, end, strlen(end) + 1);
    }
}

static void at_the_end(void *user, arc_session *s, int64_t seal)
{
    then *x = user;
    (void)seal;
    char *now = proposed(s);
    without_versions(now);
    if (strcmp(now, x->should) != 0) print_message("%s\n%s\n", now, x->should);
    x->met += strcmp(now, x->should) == 0;
    free(now);
}

static void rebuilt(void **state)
{
    (void)state;
    for (int backend = 0; backend < 2; backend++) {
        test_book b;
        char why[1000];
        uint32_t n;
        test_book_open(&b, backend);
        assert_session(&b, bank_world(b.session));
        assert_ok(arc_audit_seal(b.session, &n, 0));
        char *now = proposed(b.session);
        without_versions(now);
        then x = { now, 0 };
        if (rebuilt_check(b.book, INT64_MAX, at_the_end, &x, why)) fail_msg("%s", why);
        assert_int_equal(x.met, 1);
        free(now);
        test_book_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(same_bytes), cmocka_unit_test(rebuilt) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
