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

/* ---- key files ----------------------------------------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static const char *skip_blanks(const char *s, const char *end)
{
    while (s < end && (*s == ' ' || *s == '\t' || *s == '\r')) s++;
    return s;
}

/* 1: a key; 0: an empty line; -1: neither. */
static int read_line(arc_sodium_key *key, const char *s, const char *end)
{
    uint64_t number = 0;
    s = skip_blanks(s, end);
    if (s == end || *s == '#') return 0;
    for (; s < end && *s >= '0' && *s <= '9' && number <= UINT32_MAX; s++) number = number * 10 + (uint64_t)(*s - '0');
    const char *hex = skip_blanks(s, end);
    if (!number || number > UINT32_MAX || hex == s || (size_t)(end - hex) < 2u * ARC_SODIUM_KEY_BYTES) return -1;
    for (size_t i = 0; i < ARC_SODIUM_KEY_BYTES; i++) {
        int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
        if (high < 0 || low < 0) return -1;
        key->bytes[i] = (uint8_t)(high * 16 + low);
    }
    key->number = (uint32_t)number;
    return skip_blanks(hex + 2u * ARC_SODIUM_KEY_BYTES, end) == end ? 1 : -1;
}

arc_status arc_sodium_read(arc_sodium **out, const char *text, size_t len)
{
    arc_sodium_key ring[ARC_SODIUM_MAX_KEYS];
    size_t n = 0;
    int got = 0;
    if (!out) return ARC_E_INVALID;
    *out = NULL;
    if (!text) return ARC_E_INVALID;
    for (const char *s = text, *end = text + len; s < end && got >= 0;) {
        const char *stop = memchr(s, '\n', (size_t)(end - s));
        arc_sodium_key key;
        got = read_line(&key, s, stop ? stop : end);
        if (got > 0 && n == ARC_SODIUM_MAX_KEYS) got = -1;
        if (got > 0) ring[n++] = key;
        sodium_memzero(&key, sizeof key);
        s = stop ? stop + 1 : end;
    }
    arc_status st = got < 0 || !n ? ARC_E_SYNTAX : arc_sodium_new(out, ring, n, ring[n - 1].number);
    sodium_memzero(ring, sizeof ring);
    return st == ARC_E_INVALID ? ARC_E_SYNTAX : st; /* a number that stands there twice */
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
