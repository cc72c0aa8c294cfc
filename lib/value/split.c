/* SPDX-License-Identifier: Apache-2.0 */
/* Largest remainder without memory of its own: remainders are computed again where they are needed, and the place where
 * the left-over units stop is found by halving instead of sorting. */
#include "value/money.h"

enum { ACTIVE = -1 }; /* in parts[]: the line still takes its share; else what it got */

typedef struct round_state {
    const int64_t *weights;
    int64_t *parts;
    size_t n;
    uint64_t rest;   /* to split among the active lines */
    uint64_t weight; /* of the active lines */
    int equal;       /* no active line has a weight: each counts 1 */
    uint64_t edge;   /* remainders above it get a unit */
    uint64_t ties;   /* as many of those at the edge get one too, lowest index first */
} round_state;

static uint64_t share(const round_state *s, size_t i, uint64_t *remainder)
{
    uint64_t q = 0, w = s->equal ? 1 : (uint64_t)s->weights[i];

    (void)arci_divmod_u128(arci_mul_u64(s->rest, w), s->weight, &q, remainder);
    return q;
}

static uint64_t count_above(const round_state *s, uint64_t edge)
{
    uint64_t n = 0, remainder;

    for (size_t i = 0; i < s->n; i++) {
        if (s->parts[i] != ACTIVE) continue;
        (void)share(s, i, &remainder);
        n += remainder > edge;
    }
    return n;
}

/* Weight of the active lines and, for the units left over after the whole shares, the edge that separates who gets one.
 */
static void begin_round(round_state *s)
{
    uint64_t active = 0, left, lo = 0, hi, remainder;

    s->weight = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (s->parts[i] != ACTIVE) continue;
        active++;
        s->weight += (uint64_t)s->weights[i];
    }
    s->equal = s->weight == 0;
    if (s->equal) s->weight = active;
    left = s->rest;
    for (size_t i = 0; i < s->n; i++) {
        if (s->parts[i] == ACTIVE) left -= share(s, i, &remainder);
    }
    hi = s->weight - 1;            /* no remainder is above it */
    while (left != 0 && lo < hi) { /* smallest edge with at most `left` remainders above */
        uint64_t mid = lo + (hi - lo) / 2;
        if (count_above(s, mid) <= left)
            hi = mid;
        else
            lo = mid + 1;
    }
    s->edge = left != 0 ? hi : s->weight;
    s->ties = left != 0 ? left - count_above(s, hi) : 0;
}

/* Share of an active line with its left-over unit; to be called in order of index, once per line. */
static uint64_t full_share(round_state *s, size_t i)
{
    uint64_t remainder, q = share(s, i, &remainder);

    if (remainder > s->edge) return q + 1;
    if (remainder == s->edge && s->ties != 0) {
        s->ties--;
        return q + 1;
    }
    return q;
}

/* Fixes every line whose share is over its cap; 1: there was one. */
static int fix_capped(round_state *s, const int64_t *caps)
{
    uint64_t fixed = 0, ties = s->ties;
    int any = 0;

    for (size_t i = 0; i < s->n; i++) {
        uint64_t got;
        if (s->parts[i] != ACTIVE) continue;
        got = full_share(s, i);
        if (got <= (uint64_t)caps[i]) continue;
        fixed += (uint64_t)caps[i];
        any = 1;
        s->parts[i] = caps[i];
    }
    s->ties = ties;
    s->rest -= fixed;
    return any;
}

static arc_status check(const arc_money *total, const int64_t *weights, const int64_t *caps, size_t n)
{
    uint64_t room = 0, magnitude;
    int64_t sum = 0;
    arc_status st = arc_money_check(total);

    if (st != ARC_OK) return st;
    magnitude = arci_mag64(total->minor);
    for (size_t i = 0; i < n; i++) {
        if (weights[i] < 0 || (caps != NULL && caps[i] < 0)) return ARC_E_RANGE;
    }
    for (size_t i = 0; i < n; i++) {
        if (arci_add64(sum, weights[i], &sum)) return ARC_E_OVERFLOW;
        if (caps != NULL && room < magnitude) room += (uint64_t)caps[i];
    }
    return caps != NULL && room < magnitude ? ARC_E_RANGE : ARC_OK;
}

arc_status arc_money_allocate(int64_t *parts, const arc_money *total, const int64_t *weights, const int64_t *caps,
                              size_t n)
{
    round_state s = {weights, parts, n, 0, 0, 0, 0, 0};
    arc_status st;

    if (parts == NULL || weights == NULL || total == NULL || n == 0) return ARC_E_INVALID;
    st = check(total, weights, caps, n);
    if (st != ARC_OK) return st;
    s.rest = arci_mag64(total->minor);
    for (size_t i = 0; i < n; i++) parts[i] = ACTIVE;
    do begin_round(&s);
    while (caps != NULL && fix_capped(&s, caps));
    for (size_t i = 0; i < n; i++) {
        if (parts[i] == ACTIVE) parts[i] = (int64_t)full_share(&s, i);
        if (total->minor < 0) parts[i] = -parts[i];
    }
    return ARC_OK;
}
