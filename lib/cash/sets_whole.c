/* SPDX-License-Identifier: Apache-2.0 */
/* Every set of a stretch of items, by meeting in the middle: the sums of each half, made sorted by merging, are walked against each other. */
#include <string.h>

#include "cash/logs.h"
#include "cash/sets.h"

#define THREE_WAYS 103872             /* log2 3: left, paid, paid less its discount */

typedef struct half_sum {
    int64_t sum;
    uint32_t in, taken; /* bits from the half's first item on */
} half_sum;

typedef struct half {
    half_sum *sums, *spare;
    size_t n;
    uint32_t from, to;
} half;

static int64_t ways(const arci_sets *s, uint32_t i)
{
    return s->items[i].less ? THREE_WAYS : ARCI_LOG_ONE;
}

uint32_t arci_sets_fit(const arci_sets *s, uint32_t from, int most)
{
    int64_t bits = 0;
    uint32_t to = from;
    while (to < s->n && bits + ways(s, to) <= most * ARCI_LOG_ONE) bits += ways(s, to++);
    return to;
}

static size_t sums_of(const arci_sets *s, uint32_t from, uint32_t to)
{
    size_t n = 1;
    for (uint32_t i = from; i < to; i++) n *= s->items[i].less ? 3 : 2;
    return n;
}

/* Merges the sums with themselves grown by `more`. */
static void merge(half *h, int64_t more, uint32_t in, uint32_t taken, const half_sum *base, size_t n_base)
{
    size_t x = 0, y = 0, o = 0;
    while (x < h->n || y < n_base) {
        if (x < h->n && (y == n_base || h->sums[x].sum <= base[y].sum + more)) {
            h->spare[o++] = h->sums[x++];
            continue;
        }
        h->spare[o] = base[y++];
        h->spare[o].sum += more;
        h->spare[o].in |= in;
        h->spare[o++].taken |= taken;
    }
    half_sum *t = h->sums;
    h->sums = h->spare;
    h->spare = t;
    h->n = o;
}

static void build(const arci_sets *s, half *h, half_sum *base)
{
    h->n = 1;
    h->sums[0] = (half_sum){ 0, 0, 0 };
    for (uint32_t i = h->from; i < h->to; i++) {
        const arci_sets_item *it = &s->items[i];
        uint32_t bit = UINT32_C(1) << (i - h->from);
        size_t n = h->n;
        if (it->less) memcpy(base, h->sums, n * sizeof *base);
        merge(h, it->amount, bit, 0, it->less ? base : h->sums, n);
        if (it->less) merge(h, it->amount - it->less, bit, bit, base, n);
    }
}

static void put(uint64_t *bits, uint32_t mask, const half *h)
{
    for (uint32_t i = h->from; i < h->to; i++) {
        if (mask >> (i - h->from) & 1) arci_bit_on(bits, i);
    }
}

static arc_status meet(arci_sets *s, const half *a, const half *b, const uint64_t *before, int64_t base, uint64_t *in, uint64_t *taken)
{
    size_t from = b->n;
    int64_t low = s->low - base, high = s->high - base;
    for (size_t i = 0; i < a->n; i++) {
        while (from > 0 && b->sums[from - 1].sum >= low - a->sums[i].sum) from--;
        for (size_t j = from; j < b->n && b->sums[j].sum <= high - a->sums[i].sum; j++) {
            if (s->steps-- <= 0) {
                s->whole = 0;
                return ARC_OK;
            }
            memcpy(in, before, s->words * sizeof *in);
            memset(taken, 0, s->words * sizeof *taken);
            put(in, a->sums[i].in, a);
            put(in, b->sums[j].in, b);
            put(taken, a->sums[i].taken, a);
            put(taken, b->sums[j].taken, b);
            arc_status st = arci_sets_add(s, in, taken, base + a->sums[i].sum + b->sums[j].sum);
            if (st != ARC_OK) return st;
        }
    }
    return ARC_OK;
}

static arc_status search(arci_sets *s, half *a, half *b, half_sum *base, uint32_t all_before)
{
    uint64_t *bits = arci_arena_calloc(s->arena, 3 * (size_t)s->words, sizeof *bits);
    int64_t sum = 0;
    if (!bits) return arci_nomem(s->env);
    for (uint32_t i = 0; i < all_before; i++) {
        arci_bit_on(bits, i);
        sum += s->items[i].amount;
    }
    build(s, a, base);
    build(s, b, base);
    return meet(s, a, b, bits, sum, bits + s->words, bits + 2 * (size_t)s->words);
}

arc_status arci_sets_whole(arci_sets *s, uint32_t from, uint32_t to, uint32_t base, int *done)
{
    half a = { .from = from }, b = { .to = to };
    int64_t all = 0, bits = 0;
    arc_context *ctx = s->env->ctx;
    *done = 0;
    if (arci_sets_fit(s, from, ARCI_SETS_WHOLE) < to) return ARC_OK;
    for (uint32_t i = from; i < to; i++) all += ways(s, i);
    for (a.to = from; a.to < to && bits + ways(s, a.to) <= (all + 1) / 2; a.to++) bits += ways(s, a.to);
    b.from = a.to;
    size_t na = sums_of(s, a.from, a.to), nb = sums_of(s, b.from, b.to);
    half_sum *memory = arci_alloc(ctx, (2 * na + 2 * nb + (na > nb ? na : nb)) * sizeof *memory);
    if (!memory) return arci_nomem(s->env);
    a.sums = memory;
    a.spare = a.sums + na;
    b.sums = a.spare + na;
    b.spare = b.sums + nb;
    half_sum *base_sums = b.spare + nb;
    arc_status st = search(s, &a, &b, base_sums, base);
    arci_free(ctx, memory);
    *done = 1;
    return st;
}
