/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes that are hashed, the same when written and when proven. docs/audit.md has them for people.
 *
 *   event   SHA-256 of {"txn":..,"seq":..,"verb":..,"entity":..,"row":..,"diff":..,"definitions":..,"source":..}, members without a value left out
 *   txn     SHA-256 of its events' digests (32 bytes each, in order of seq), of those of the rows of its request keys (32 bytes each, in order
 *           of the bytes), then of its row as an object without the digest
 *   seal    SHA-256 (or HMAC-SHA-256) of the hash before (32 bytes; zeroes at first), then of {"seq":..,"txn":..,"stamp":..,"digest":..} */
#ifndef ARCI_STORE_CANON_H
#define ARCI_STORE_CANON_H

#include "base/sha256.h"
#include "base/str.h"

typedef struct arci_canon_event {
    int64_t txn, seq;
    const char *verb, *entity, *diff, *definitions, *source; /* the last two NULL: none */
    size_t n_verb, n_entity, n_diff, n_definitions, n_source;
    int64_t row; /* 0: none */
} arci_canon_event;

void arci_canon_event_digest(const arci_canon_event *e, uint8_t out[32]);
/* h(n) = SHA-256(h(n-1) + bytes). key NULL: not keyed. */
void arci_chain(const uint8_t before[32], const void *bytes, size_t n, const void *key, size_t n_key, uint8_t out[32]);
/* Text of a seal into b. stamp in µs. */
void arci_canon_seal(arci_str *b, int64_t seq, int64_t txn, int64_t stamp, const char digest[64]);
int arci_unhex(const char *s, size_t n, uint8_t out[32]); /* 1: 64 lower-case digits */

#endif
