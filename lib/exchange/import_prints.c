/* SPDX-License-Identifier: Apache-2.0 */
/* A set of 128-bit fingerprints (halves of SHA-256), open addressing. Two texts of one file share one with a chance below 1e-25. */
#include <string.h>

#include "exchange/import.h"

void arci_fingerprint(uint64_t out[2], const void *text, size_t n)
{
    uint8_t digest[32];
    arci_sha256 s;
    arci_sha256_init(&s);
    arci_sha256_add(&s, text, n);
    arci_sha256_end(&s, digest);
    memcpy(out, digest, 16);
    if (!out[0] && !out[1]) out[0] = 1; /* both zero marks a free slot */
}

void arci_prints_init(arci_prints *p, arc_context *ctx)
{
    memset(p, 0, sizeof *p);
    p->ctx = ctx;
}

void arci_prints_clear(arci_prints *p)
{
    arci_free(p->ctx, p->slots);
    p->slots = NULL;
    p->n = p->cap = 0;
}

/* Slot of a print, or the free one where it belongs. */
static uint64_t place(uint64_t (*slots)[2], uint64_t cap, const uint64_t print[2])
{
    uint64_t i = print[0] & (cap - 1);
    while ((slots[i][0] || slots[i][1]) && (slots[i][0] != print[0] || slots[i][1] != print[1])) i = (i + 1) & (cap - 1);
    return i;
}

static int grow(arci_prints *p)
{
    uint64_t cap = p->cap ? p->cap * 2 : 1024;
    uint64_t(*slots)[2] = arci_calloc(p->ctx, (size_t)cap, sizeof *slots);
    if (!slots) return 0;
    for (uint64_t i = 0; i < p->cap; i++) {
        if (p->slots[i][0] || p->slots[i][1]) memcpy(slots[place(slots, cap, p->slots[i])], p->slots[i], sizeof *slots);
    }
    arci_free(p->ctx, p->slots);
    p->slots = slots;
    p->cap = cap;
    return 1;
}

int32_t arci_prints_add(arci_prints *p, const void *text, size_t n)
{
    uint64_t print[2];
    arci_fingerprint(print, text, n);
    if (p->n >= p->cap - p->cap / 4 && !grow(p)) return ARC_E_NOMEM;
    uint64_t i = place(p->slots, p->cap, print);
    if (p->slots[i][0] || p->slots[i][1]) return 0;
    memcpy(p->slots[i], print, sizeof print);
    p->n++;
    return 1;
}
