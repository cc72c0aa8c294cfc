/* SPDX-License-Identifier: Apache-2.0 */
/* Texts kept as fingerprints: the first bits of their SHA-256. Open addressing in ARCI_PRINT_PARTS parts, so that what is copied while the
 * table grows is a small piece of it, and by quarters, so that little of it is free.
 *
 * How sure is a fingerprint? Of n different texts, two share b bits with a chance of at most n * n / 2^(b + 1), if nobody made them to.
 * - Document numbers are kept in 96 bits: 6e-18 for a million of them, 6e-14 for a hundred million. If it happened, the second
 *   document would be reported as a number that stands in the file before: refused, never taken for the first.
 * - What receipts are grouped by decides which invoices a receipt pays, and nothing would be reported. It is kept in 160 bits: 3e-37
 *   for a million receipts, and who wants two of his own receipts to be taken for one must compute 2^80 digests to find them. */
#include <string.h>

#include "exchange/import.h"

static void fingerprint(uint32_t *out, uint32_t words, const void *text, size_t n)
{
    uint8_t digest[32];
    arci_sha256 s;
    arci_sha256_init(&s);
    arci_sha256_add(&s, text, n);
    arci_sha256_end(&s, digest);
    memcpy(out, digest, words * sizeof *out);
    if (!out[0]) out[0] = 1; /* a first word of zero marks a free slot */
}

void arci_prints_init(arci_prints *p, arc_context *ctx, uint32_t words, uint32_t extra)
{
    memset(p, 0, sizeof *p);
    p->ctx = ctx;
    p->words = words;
    p->stride = words + extra;
}

void arci_prints_clear(arci_prints *p)
{
    for (uint32_t i = 0; i < ARCI_PRINT_PARTS; i++) {
        arci_free(p->ctx, p->parts[i].slots);
        p->parts[i] = (arci_prints_part){ NULL, 0, 0 };
    }
}

/* The print's slot, or the free one where it belongs. The first word chooses the part, the second the place in it. */
static uint32_t *place(const arci_prints *p, const arci_prints_part *part, const uint32_t *print)
{
    uint32_t i = (uint32_t)((uint64_t)print[1] * part->cap >> 32);
    for (;;) {
        uint32_t *slot = part->slots + (size_t)i * p->stride;
        if (!slot[0] || memcmp(slot, print, p->words * sizeof *print) == 0) return slot;
        if (++i == part->cap) i = 0;
    }
}

static int grow(arci_prints *p, arci_prints_part *part)
{
    arci_prints_part wider = *part;
    size_t n;
    if (part->cap > UINT32_MAX / 2) return 0;
    wider.cap = part->cap ? part->cap + part->cap / 4 : 64;
    if (arci_mulsz(wider.cap, p->stride, &n)) return 0;
    wider.slots = arci_calloc(p->ctx, n, sizeof *wider.slots);
    if (!wider.slots) return 0;
    for (uint32_t i = 0; i < part->cap; i++) {
        const uint32_t *slot = part->slots + (size_t)i * p->stride;
        if (slot[0]) memcpy(place(p, &wider, slot), slot, p->stride * sizeof *slot);
    }
    arci_free(p->ctx, part->slots);
    *part = wider;
    return 1;
}

int32_t arci_prints_put(arci_prints *p, const void *text, size_t n, uint32_t **extra)
{
    uint32_t print[ARCI_PRINT_GROUP];
    fingerprint(print, p->words, text, n);
    arci_prints_part *part = &p->parts[print[0] % ARCI_PRINT_PARTS];
    if (part->n >= part->cap / 8 * 7 && !grow(p, part)) return ARC_E_NOMEM;
    uint32_t *slot = place(p, part, print);
    *extra = slot + p->words;
    if (slot[0]) return 0;
    memcpy(slot, print, p->words * sizeof *print);
    part->n++;
    return 1;
}

int arci_prints_has(const arci_prints *p, const void *text, size_t n)
{
    uint32_t print[ARCI_PRINT_GROUP];
    fingerprint(print, p->words, text, n);
    const arci_prints_part *part = &p->parts[print[0] % ARCI_PRINT_PARTS];
    return part->cap && place(p, part, print)[0] != 0;
}

int32_t arci_prints_add(arci_prints *p, const void *text, size_t n)
{
    uint32_t *extra;
    return arci_prints_put(p, text, n, &extra);
}
