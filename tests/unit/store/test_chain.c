/* SPDX-License-Identifier: Apache-2.0 */
/* The hash chain itself: worked example T10.1. */
#include "support/support.h"

#include "store/canon.h"

static void link_is(uint8_t hash[32], const char *bytes, const char *expected)
{
    char hex[65];
    uint8_t next[32];
    arci_chain(hash, bytes, strlen(bytes), NULL, 0, next);
    arci_sha256_hex(next, hex);
    assert_string_equal(hex, expected);
    memcpy(hash, next, 32);
}

static void worked_example(void **state)
{
    uint8_t hash[32] = { 0 };
    (void)state;
    link_is(hash, "{\"seq\":1,\"ev\":\"invoice.issued\",\"id\":\"I1\",\"amt\":11300}", "7b2f60f07bbbeef522f065393bdeeb56626d3ca0c0cf5fd33e6775cd40db659f");
    link_is(hash, "{\"seq\":2,\"ev\":\"receipt.applied\",\"id\":\"R1\",\"amt\":11300}", "a058de0f619a63d25b96744977cda16c171becc6a2628ef38a4d79b5a2feae4d");
}

static void key_changes_the_link(void **state)
{
    uint8_t before[32] = { 0 }, plain[32], keyed[32], other[32], hmac[32], text[35] = { 0 };
    (void)state;
    arci_chain(before, "abc", 3, NULL, 0, plain);
    arci_chain(before, "abc", 3, "key", 3, keyed);
    arci_chain(before, "abc", 3, "kez", 3, other);
    assert_memory_not_equal(plain, keyed, 32);
    assert_memory_not_equal(other, keyed, 32);
    memcpy(text + 32, "abc", 3);
    arci_hmac_sha256("key", 3, text, sizeof text, hmac);
    assert_memory_equal(hmac, keyed, 32);
}

static void hex_is_strict(void **state)
{
    uint8_t out[32];
    char hex[65];
    (void)state;
    memset(hex, 'a', 64);
    hex[64] = 0;
    assert_true(arci_unhex(hex, 64, out));
    assert_int_equal(out[31], 0xaa);
    assert_false(arci_unhex(hex, 63, out));
    hex[9] = 'A';
    assert_false(arci_unhex(hex, 64, out));
    hex[9] = 'g';
    assert_false(arci_unhex(hex, 64, out));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(worked_example), cmocka_unit_test(key_changes_the_link),
                                        cmocka_unit_test(hex_is_strict) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
