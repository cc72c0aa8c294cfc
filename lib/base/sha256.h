/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104). */
#ifndef ARCI_BASE_SHA256_H
#define ARCI_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

typedef struct arci_sha256 {
    uint32_t h[8];
    uint64_t bytes;
    uint8_t block[64];
} arci_sha256;

void arci_sha256_init(arci_sha256 *s);
void arci_sha256_add(arci_sha256 *s, const void *p, size_t n);
void arci_sha256_end(arci_sha256 *s, uint8_t out[32]);
/* n blocks of 64 bytes into h; for sha256*.c and their test. _ni: 0 where the processor or the compiler lacks the instructions. */
extern const uint32_t arci_sha256_k[64];
void arci_sha256_portable(uint32_t h[8], const uint8_t *p, size_t n);
int arci_sha256_ni(uint32_t h[8], const uint8_t *p, size_t n);
void arci_sha256_hex(const uint8_t digest[32], char out[65]);
void arci_hmac_sha256(const void *key, size_t key_len, const void *p, size_t n, uint8_t out[32]);

#endif
