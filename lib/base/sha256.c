/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/sha256.h"

const uint32_t arci_sha256_k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* Called eight times in a row, which a compiler takes for a reason not to put it in place: that halves the speed. */
#if defined(__GNUC__)
#define IN_PLACE static inline __attribute__((always_inline))
#else
#define IN_PLACE static inline
#endif

IN_PLACE uint32_t rotr(uint32_t x, unsigned n)
{
    return (x >> n) | (x << (32 - n));
}

/* One round. The eight words change places from round to round: that is done by naming them in another order, not by moving them. */
IN_PLACE void round_of(uint32_t a, uint32_t b, uint32_t c, uint32_t *d, uint32_t e, uint32_t f, uint32_t g, uint32_t *h, uint32_t kw)
{
    uint32_t t = *h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + (g ^ (e & (f ^ g))) + kw;
    *d += t;
    *h = t + (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) | (c & (a | b)));
}

static void transform(uint32_t h[8], const uint8_t *p)
{
    uint32_t w[64];
    uint32_t s0 = h[0], s1 = h[1], s2 = h[2], s3 = h[3], s4 = h[4], s5 = h[5], s6 = h[6], s7 = h[7];
    for (int i = 0; i < 16; i++, p += 4) {
        w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    }
    for (int i = 16; i < 64; i++) {
        uint32_t x = w[i - 15], y = w[i - 2];
        w[i] = w[i - 16] + (rotr(x, 7) ^ rotr(x, 18) ^ (x >> 3)) + w[i - 7] + (rotr(y, 17) ^ rotr(y, 19) ^ (y >> 10));
    }
    for (int i = 0; i < 64; i += 8) {
        round_of(s0, s1, s2, &s3, s4, s5, s6, &s7, arci_sha256_k[i] + w[i]);
        round_of(s7, s0, s1, &s2, s3, s4, s5, &s6, arci_sha256_k[i + 1] + w[i + 1]);
        round_of(s6, s7, s0, &s1, s2, s3, s4, &s5, arci_sha256_k[i + 2] + w[i + 2]);
        round_of(s5, s6, s7, &s0, s1, s2, s3, &s4, arci_sha256_k[i + 3] + w[i + 3]);
        round_of(s4, s5, s6, &s7, s0, s1, s2, &s3, arci_sha256_k[i + 4] + w[i + 4]);
        round_of(s3, s4, s5, &s6, s7, s0, s1, &s2, arci_sha256_k[i + 5] + w[i + 5]);
        round_of(s2, s3, s4, &s5, s6, s7, s0, &s1, arci_sha256_k[i + 6] + w[i + 6]);
        round_of(s1, s2, s3, &s4, s5, s6, s7, &s0, arci_sha256_k[i + 7] + w[i + 7]);
    }
    h[0] += s0;
    h[1] += s1;
    h[2] += s2;
    h[3] += s3;
    h[4] += s4;
    h[5] += s5;
    h[6] += s6;
    h[7] += s7;
}

void arci_sha256_portable(uint32_t h[8], const uint8_t *p, size_t n)
{
    for (; n; n--, p += 64) transform(h, p);
}

static void blocks(uint32_t h[8], const uint8_t *p, size_t n)
{
    if (!arci_sha256_ni(h, p, n)) arci_sha256_portable(h, p, n);
}

void arci_sha256_init(arci_sha256 *s)
{
    static const uint32_t start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
    memset(s, 0, sizeof *s);
    memcpy(s->h, start, sizeof start);
}

void arci_sha256_add(arci_sha256 *s, const void *p, size_t n)
{
    const uint8_t *in = p;
    size_t have = (size_t)(s->bytes % 64);
    s->bytes += n;
    if (have) {
        size_t take = 64 - have < n ? 64 - have : n;
        memcpy(s->block + have, in, take);
        in += take;
        n -= take;
        if (have + take < 64) return;
        blocks(s->h, s->block, 1);
    }
    if (n >= 64) blocks(s->h, in, n / 64);
    if (n % 64) memcpy(s->block, in + n / 64 * 64, n % 64);
}

void arci_sha256_end(arci_sha256 *s, uint8_t out[32])
{
    uint8_t pad[72] = { 0x80 };
    uint64_t bits = s->bytes * 8;
    size_t n = 64 - (size_t)((s->bytes + 8) % 64); /* 1 to 64: the rest of the block before the length */
    for (size_t i = 0; i < 8; i++) pad[n + i] = (uint8_t)(bits >> (56 - 8 * i));
    arci_sha256_add(s, pad, n + 8);
    for (size_t i = 0; i < 32; i++) out[i] = (uint8_t)(s->h[i / 4] >> (24 - 8 * (i % 4)));
}

void arci_sha256_hex(const uint8_t digest[32], char out[65])
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < 32; i++) {
        out[2 * i] = hex[digest[i] >> 4];
        out[2 * i + 1] = hex[digest[i] & 15];
    }
    out[64] = 0;
}

void arci_hmac_sha256(const void *key, size_t key_len, const void *p, size_t n, uint8_t out[32])
{
    uint8_t block[64] = { 0 }, inner[32];
    arci_sha256 s;
    if (key_len > sizeof block) {
        arci_sha256_init(&s);
        arci_sha256_add(&s, key, key_len);
        arci_sha256_end(&s, block);
    } else if (key_len) {
        memcpy(block, key, key_len);
    }
    for (size_t i = 0; i < sizeof block; i++) block[i] ^= 0x36;
    arci_sha256_init(&s);
    arci_sha256_add(&s, block, sizeof block);
    arci_sha256_add(&s, p, n);
    arci_sha256_end(&s, inner);
    for (size_t i = 0; i < sizeof block; i++) block[i] ^= 0x36 ^ 0x5c;
    arci_sha256_init(&s);
    arci_sha256_add(&s, block, sizeof block);
    arci_sha256_add(&s, inner, sizeof inner);
    arci_sha256_end(&s, out);
}
