/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sha256.h"
#include "support/support.h"

static void digest_is(const void *p, size_t n, const char *expected)
{
    uint8_t digest[32];
    char hex[65];
    /* Every way of cutting the input in two gives the same digest. */
    for (size_t cut = 0; cut <= n; cut += n < 1000 ? 1 : n / 7 + 1) {
        arci_sha256 s;
        arci_sha256_init(&s);
        arci_sha256_add(&s, p, cut);
        arci_sha256_add(&s, (const char *)p + cut, n - cut);
        arci_sha256_end(&s, digest);
        arci_sha256_hex(digest, hex);
        assert_string_equal(hex, expected);
    }
}

/* FIPS 180-4 examples and the classic long messages. */
static void test_digests(void **state)
{
    (void)state;
    digest_is("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    digest_is("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_is("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    digest_is("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrst"
              "nopqrstu", 112, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    char *million = malloc(1000000);
    assert_non_null(million);
    memset(million, 'a', 1000000);
    digest_is(million, 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(million);
}

/* FIPS 180-4, lengths around the block: digests of n zero bytes. */
static void test_block_edges(void **state)
{
    static const char zeros[120];
    (void)state;
    digest_is(zeros, 55, "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7");
    digest_is(zeros, 56, "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb");
    digest_is(zeros, 57, "65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785");
    digest_is(zeros, 64, "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b");
}

static void hmac_is(const void *key, size_t key_len, const void *p, size_t n, const char *expected)
{
    uint8_t digest[32];
    char hex[65];
    arci_hmac_sha256(key, key_len, p, n, digest);
    arci_sha256_hex(digest, hex);
    hex[strlen(expected)] = 0; /* case 5 is truncated */
    assert_string_equal(hex, expected);
}

/* RFC 4231 */
static void test_hmac(void **state)
{
    unsigned char key[131], data[50];
    (void)state;
    memset(key, 0x0b, 20);
    hmac_is(key, 20, "Hi There", 8, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    hmac_is("Jefe", 4, "what do ya want for nothing?", 28,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, 20);
    memset(data, 0xdd, 50);
    hmac_is(key, 20, data, 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    for (int i = 0; i < 25; i++) key[i] = (unsigned char)(i + 1);
    memset(data, 0xcd, 50);
    hmac_is(key, 25, data, 50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    memset(key, 0x0c, 20);
    hmac_is(key, 20, "Test With Truncation", 20, "a3b6167473100ee06e0c796c2955552b");
    memset(key, 0xaa, 131);
    hmac_is(key, 131, "Test Using Larger Than Block-Size Key - Hash Key First", 54,
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    const char *text = "This is a test using a larger than block-size key and a larger than block-size data. The key needs to "
                       "be hashed before being used by the HMAC algorithm.";
    hmac_is(key, 131, text, strlen(text), "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

/* Keys around the block length; computed with another implementation. */
static void test_hmac_key_edges(void **state)
{
    char key[65];
    (void)state;
    memset(key, 'a', sizeof key);
    hmac_is(key, 63, "abc", 3, "0a261b1a2941dfb294b904f925c4fafa1746eaa1f1d2318964ab2650b8908777");
    hmac_is(key, 64, "abc", 3, "6608ac82dca1cb1fddbb5d81e3d9877642b744f565cd9697ac27daa250c80d28");
    hmac_is(key, 65, "abc", 3, "c0d2f0e7f578e80e4996cf2ffb922ea70fe1094e693f2cd75bbba0281add9da5");
}

/* The processor's instructions, where it has them, and plain C give the same, whatever the bytes, the state and where the bytes lie. */
static void test_two_ways(void **state)
{
    static unsigned char bytes[64 * 9 + 16];
    uint64_t x = 88172645463325252u;
    (void)state;
    for (int round = 0; round < 2000; round++) {
        uint32_t a[8], b[8];
        for (size_t i = 0; i < sizeof bytes; i++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            bytes[i] = (unsigned char)(x >> 24);
        }
        memcpy(a, bytes + 5, sizeof a);
        memcpy(b, a, sizeof b);
        size_t n = (size_t)round % 9 + 1;
        if (!arci_sha256_ni(a, bytes + round % 16, n)) skip();
        arci_sha256_portable(b, bytes + round % 16, n);
        assert_memory_equal(a, b, sizeof a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digests),
        cmocka_unit_test(test_block_edges),
        cmocka_unit_test(test_hmac),
        cmocka_unit_test(test_hmac_key_edges),
        cmocka_unit_test(test_two_ways),
    };
    return cmocka_run_group_tests_name("sha256", tests, NULL, NULL);
}
