/* SPDX-License-Identifier: Apache-2.0 */
#include "value/wide.h"

#include <string.h>

#include "arcore/decimal.h"

const uint64_t arci_pow10[20] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
    UINT64_C(10000000000000000000),
};

/* 448 bits, least limb first: three 64-bit factors and 10^57 fit, with a limb of room. */
enum { LIMBS = 14 };
typedef struct wide {
    uint32_t w[LIMBS];
    int n; /* limbs in use */
} wide;

int arci_round_mode_ok(int32_t mode)
{
    return mode >= ARC_ROUND_EXACT && mode <= ARC_ROUND_FLOOR;
}

int arci_round_away(int32_t mode, int negative, uint64_t q, int half)
{
    switch (mode) {
    case ARC_ROUND_HALF_UP: return half >= 0;
    case ARC_ROUND_HALF_EVEN: return half > 0 || (half == 0 && (q & 1) != 0);
    case ARC_ROUND_HALF_DOWN: return half > 0;
    case ARC_ROUND_UP: return 1;
    case ARC_ROUND_CEILING: return !negative;
    case ARC_ROUND_FLOOR: return negative;
    default: return 0;
    }
}

int arci_signed64(int64_t *out, uint64_t magnitude, int negative)
{
    if (negative) {
        if (magnitude > UINT64_C(9223372036854775808)) return 1;
        *out = magnitude == UINT64_C(9223372036854775808) ? INT64_MIN : -(int64_t)magnitude;
        return 0;
    }
    if (magnitude > (uint64_t)INT64_MAX) return 1;
    *out = (int64_t)magnitude;
    return 0;
}

static void wide_set(wide *x, uint64_t v)
{
    memset(x, 0, sizeof *x);
    x->w[0] = (uint32_t)v;
    x->w[1] = (uint32_t)(v >> 32);
    x->n = x->w[1] != 0 ? 2 : (x->w[0] != 0 ? 1 : 0);
}

static int wide_mul32(wide *x, uint32_t m)
{
    uint64_t carry = 0;

    for (int i = 0; i < x->n; i++) {
        carry += (uint64_t)x->w[i] * m;
        x->w[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0) {
        if (x->n == LIMBS) return 1;
        x->w[x->n++] = (uint32_t)carry;
    }
    while (x->n > 0 && x->w[x->n - 1] == 0) x->n--;
    return 0;
}

static int wide_add_shifted(wide *x, const wide *y, int shift)
{
    uint64_t carry = 0;
    int i;

    if (y->n == 0) return 0;
    for (i = 0; i < y->n || carry != 0; i++) {
        if (i + shift >= LIMBS) return 1;
        carry += (uint64_t)x->w[i + shift] + (i < y->n ? y->w[i] : 0);
        x->w[i + shift] = (uint32_t)carry;
        carry >>= 32;
    }
    if (i + shift > x->n) x->n = i + shift;
    return 0;
}

static int wide_mul64(wide *x, uint64_t m)
{
    wide high = *x;

    if (m == 1) return 0;
    if (wide_mul32(x, (uint32_t)m) || wide_mul32(&high, (uint32_t)(m >> 32))) return 1;
    return wide_add_shifted(x, &high, 1);
}

static int wide_mul_pow10(wide *x, int32_t k)
{
    for (; k > 19; k -= 19) {
        if (wide_mul64(x, arci_pow10[19])) return 1;
    }
    return wide_mul64(x, arci_pow10[k]);
}

static int wide_cmp(const wide *a, const wide *b)
{
    if (a->n != b->n) return a->n < b->n ? -1 : 1;
    for (int i = a->n - 1; i >= 0; i--) {
        if (a->w[i] != b->w[i]) return a->w[i] < b->w[i] ? -1 : 1;
    }
    return 0;
}

static int wide_shl(wide *x, int bits)
{
    uint32_t carry = 0;

    if (bits == 0) return 0;
    for (int i = 0; i < x->n; i++) {
        uint32_t v = x->w[i];
        x->w[i] = (v << bits) | carry;
        carry = v >> (32 - bits);
    }
    if (carry == 0) return 0;
    if (x->n == LIMBS) return 1;
    x->w[x->n++] = carry;
    return 0;
}

/* Subtracts d * digit from the window of n that starts at limb j; 1 when it went below zero. */
static int wide_sub_mul(wide *n, const wide *d, int j, uint64_t digit)
{
    uint64_t carry = 0, borrow = 0;

    for (int i = 0; i <= d->n; i++) {
        uint64_t part = carry + (i < d->n ? digit * d->w[i] : 0);
        uint64_t have = n->w[i + j];
        uint64_t take = (part & UINT32_MAX) + borrow;
        carry = part >> 32;
        borrow = have < take;
        n->w[i + j] = (uint32_t)(have - take);
    }
    return (int)borrow;
}

static void wide_add_back(wide *n, const wide *d, int j)
{
    uint64_t carry = 0;

    for (int i = 0; i <= d->n; i++) {
        carry += (uint64_t)n->w[i + j] + (i < d->n ? d->w[i] : 0);
        n->w[i + j] = (uint32_t)carry;
        carry >>= 32;
    }
}

static void wide_trim(wide *x)
{
    x->n = LIMBS;
    while (x->n > 0 && x->w[x->n - 1] == 0) x->n--;
}

/* Knuth, algorithm D. n becomes the remainder, *q the quotient; both scaled operands leave n < d * 2^64 or the result
 * is 1. d is normalised (its top bit set) and n was shifted with it. */
static int wide_divmod(wide *n, const wide *d, uint64_t *q)
{
    uint64_t top = d->w[d->n - 1], next = d->n > 1 ? d->w[d->n - 2] : 0;
    int m = n->n - d->n;

    *q = 0;
    if (n->n == LIMBS) return 1; /* the loop needs one limb of room above */
    for (int j = m; j >= 0; j--) {
        uint64_t have = ((uint64_t)n->w[j + d->n] << 32) | n->w[j + d->n - 1];
        uint64_t below = j + d->n >= 2 ? n->w[j + d->n - 2] : 0;
        uint64_t digit = have / top, rest = have % top;
        while (digit > UINT32_MAX || (d->n > 1 && digit * next > ((rest << 32) | below))) {
            digit--;
            rest += top;
            if (rest > UINT32_MAX) break;
        }
        if (wide_sub_mul(n, d, j, digit)) {
            digit--;
            wide_add_back(n, d, j);
        }
        if ((*q >> 32) != 0) return 1;
        *q = (*q << 32) | digit;
    }
    wide_trim(n);
    return 0;
}

/* Compares twice the rest with the divisor. */
static int wide_half(wide *rest, const wide *d)
{
    if (wide_shl(rest, 1)) return 1;
    return wide_cmp(rest, d);
}

/* The general way. *half tells how the rest lies, *inexact whether there is one. 1: overflow. */
static int ratio_wide(const arci_ratio *r, uint64_t *q, int *inexact, int *half)
{
    wide n, d;
    int shift = 0;

    wide_set(&n, r->num[0]);
    wide_set(&d, r->den[0]);
    if (wide_mul64(&n, r->num[1]) || wide_mul64(&n, r->num[2]) || wide_mul64(&d, r->den[1])) return 1;
    if (r->pow10 > 0 && wide_mul_pow10(&n, r->pow10)) return 1;
    if (r->pow10 < 0 && wide_mul_pow10(&d, -r->pow10)) return 1;
    while (((d.w[d.n - 1] << shift) & UINT32_C(0x80000000)) == 0) shift++;
    if (wide_shl(&n, shift) || wide_shl(&d, shift)) return 1;
    if (wide_divmod(&n, &d, q)) return 1;
    *inexact = n.n != 0;
    *half = wide_half(&n, &d);
    return 0;
}

/* The usual case: the numerator fits 128 bits and the denominator 64. 1: it does not, try the general way. */
static int ratio_narrow(const arci_ratio *r, uint64_t *q, int *inexact, int *half)
{
    arci_u128 n;
    uint64_t d, rest;

    if (r->num[2] != 1 || r->den[1] != 1) return 1;
    if (r->pow10 < 0) {
        arci_u128 p;
        if (r->pow10 < -19) return 1;
        p = arci_mul_u64(r->den[0], arci_pow10[-r->pow10]);
        if (p.hi != 0) return 1;
        d = p.lo;
        n = arci_mul_u64(r->num[0], r->num[1]);
    } else {
        uint64_t f = r->num[0];
        if (r->pow10 > 19) return 1;
        d = r->den[0];
        if (r->pow10 > 0) {
            arci_u128 p = arci_mul_u64(f, arci_pow10[r->pow10]);
            if (p.hi != 0) return 1;
            f = p.lo;
        }
        n = arci_mul_u64(f, r->num[1]);
    }
    if (arci_divmod_u128(n, d, q, &rest)) return 1;
    *inexact = rest != 0;
    *half = rest > d - rest ? 1 : (rest == d - rest ? 0 : -1);
    return 0;
}

arc_status arci_ratio_round(int64_t *out, const arci_ratio *r, int32_t mode)
{
    uint64_t q = 0;
    int inexact = 0, half = 0;

    if (!arci_round_mode_ok(mode)) return ARC_E_INVALID;
    if (r->den[0] == 0 || r->den[1] == 0) return ARC_E_DIVIDE;
    if (ratio_narrow(r, &q, &inexact, &half) && ratio_wide(r, &q, &inexact, &half)) return ARC_E_OVERFLOW;
    if (inexact) {
        if (mode == ARC_ROUND_EXACT) return ARC_E_PRECISION;
        if (arci_round_away(mode, r->negative, q, half)) {
            if (q == UINT64_MAX) return ARC_E_OVERFLOW;
            q++;
        }
    }
    return arci_signed64(out, q, r->negative) ? ARC_E_OVERFLOW : ARC_OK;
}
