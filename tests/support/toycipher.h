/* SPDX-License-Identifier: Apache-2.0 */
/* A cipher for tests of what lies around ciphers: it hides and binds, and protects nobody from anything. */
#ifndef TESTS_TOYCIPHER_H
#define TESTS_TOYCIPHER_H

#include <string.h>

#include "arcore/sys/cipher.h"
#include "base/sha256.h"

enum { TOY_OVERHEAD = 16 };

typedef struct toy_keys {
    uint32_t known; /* bit n: key n is in the ring */
    uint32_t twist; /* another one gives other keys under the same numbers */
} toy_keys;

static void toy_stream(const toy_keys *keys, uint32_t key, const unsigned char *bound, size_t n_bound, const unsigned char *plain, size_t n, unsigned char tag[32])
{
    arci_sha256 h;
    arci_sha256_init(&h);
    arci_sha256_add(&h, &key, sizeof key);
    arci_sha256_add(&h, &keys->twist, sizeof keys->twist);
    arci_sha256_add(&h, bound, n_bound);
    if (n) arci_sha256_add(&h, plain, n);
    arci_sha256_end(&h, tag);
}

static arc_status toy_seal(void *user, uint32_t key, unsigned char *out, const unsigned char *plain, size_t n, const unsigned char *bound, size_t n_bound)
{
    unsigned char tag[32];
    if (!(((toy_keys *)user)->known >> key & 1u)) return ARC_E_KEY;
    toy_stream(user, key, bound, n_bound, plain, n, tag);
    memcpy(out, tag, TOY_OVERHEAD);
    for (size_t i = 0; i < n; i++) out[TOY_OVERHEAD + i] = (unsigned char)(plain[i] ^ (0x5a + 7 * key + i));
    return ARC_OK;
}

static arc_status toy_open(void *user, uint32_t key, unsigned char *out, const unsigned char *sealed, size_t n, const unsigned char *bound, size_t n_bound)
{
    unsigned char tag[32];
    if (key > 31 || !(((toy_keys *)user)->known >> key & 1u) || n < TOY_OVERHEAD) return ARC_E_KEY;
    for (size_t i = TOY_OVERHEAD; i < n; i++) out[i - TOY_OVERHEAD] = (unsigned char)(sealed[i] ^ (0x5a + 7 * key + i - TOY_OVERHEAD));
    toy_stream(user, key, bound, n_bound, out, n - TOY_OVERHEAD, tag);
    return memcmp(tag, sealed, TOY_OVERHEAD) == 0 ? ARC_OK : ARC_E_KEY;
}

static inline arc_cipher toy_cipher(toy_keys *keys, uint32_t current)
{
    arc_cipher c = { (uint32_t)sizeof c, current, TOY_OVERHEAD, 0, keys, toy_seal, toy_open };
    return c;
}

#endif
