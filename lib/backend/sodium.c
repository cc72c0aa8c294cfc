/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>
#include <string.h>

#include "arcore/sodium.h"

enum { NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES };

struct arc_sodium {
    uint32_t current, n;
    arc_sodium_key keys[ARC_SODIUM_MAX_KEYS];
};

static const arc_sodium_key *find(const arc_sodium *s, uint32_t number)
{
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->keys[i].number == number) return &s->keys[i];
    }
    return NULL;
}

static arc_status seal(void *user, uint32_t key, unsigned char *out, const unsigned char *plain, size_t n, const unsigned char *bound, size_t n_bound)
{
    const arc_sodium_key *k = find(user, key);
    unsigned long long got;
    if (!k) return ARC_E_KEY;
    randombytes_buf(out, NONCE);
    if (crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, &got, plain, n, bound, n_bound, NULL, out, k->bytes)) return ARC_E_KEY;
    return ARC_OK;
}

static arc_status open_value(void *user, uint32_t key, unsigned char *out, const unsigned char *sealed, size_t n, const unsigned char *bound,
                             size_t n_bound)
{
    const arc_sodium_key *k = find(user, key);
    unsigned long long got;
    if (!k || n < (size_t)NONCE + TAG) return ARC_E_KEY;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, &got, NULL, sealed + NONCE, n - NONCE, bound, n_bound, sealed, k->bytes)) return ARC_E_KEY;
    return ARC_OK;
}

arc_status arc_sodium_new(arc_sodium **out, const arc_sodium_key *keys, size_t n, uint32_t current)
{
    int found = 0;
    if (!out) return ARC_E_INVALID;
    *out = NULL;
    if (!keys || !n || n > ARC_SODIUM_MAX_KEYS) return ARC_E_INVALID;
    for (size_t i = 0; i < n; i++) {
        if (!keys[i].number) return ARC_E_INVALID;
        for (size_t k = 0; k < i; k++) {
            if (keys[k].number == keys[i].number) return ARC_E_INVALID;
        }
        found |= keys[i].number == current;
    }
    if (!found) return ARC_E_INVALID;
    if (sodium_init() < 0) return ARC_E_UNSUPPORTED;
    arc_sodium *s = sodium_malloc(sizeof *s);
    if (!s) return ARC_E_NOMEM;
    memset(s, 0, sizeof *s);
    s->current = current;
    s->n = (uint32_t)n;
    memcpy(s->keys, keys, n * sizeof *keys);
    (void)sodium_mprotect_readonly(s);
    *out = s;
    return ARC_OK;
}

void arc_sodium_free(arc_sodium *keys)
{
    sodium_free(keys);
}

arc_status arc_sodium_cipher(arc_cipher *cipher, arc_sodium *keys)
{
    if (!cipher || !keys) return ARC_E_INVALID;
    const arc_cipher made = { (uint32_t)sizeof made, keys->current, NONCE + TAG, 0, keys, seal, open_value };
    *cipher = made;
    return ARC_OK;
}
