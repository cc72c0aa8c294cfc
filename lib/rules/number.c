/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/number.h"

#include "value/wide.h"

#define TOP (UINT64_C(1) << 63)
#define MAX_SCALE 36

/* ---- magnitudes -------------------------------------------------------------------------------------------------------- */

static int cmp_u(arci_u128 a, arci_u128 b)
{
    if (a.hi != b.hi) return a.hi < b.hi ? -1 : 1;
    return a.lo < b.lo ? -1 : a.lo > b.lo;
}

static arci_u128 sub_u(arci_u128 a, arci_u128 b) /* a >= b */
{
    arci_u128 r;
    r.lo = a.lo - b.lo;
    r.hi = a.hi - b.hi - (a.lo < b.lo);
    return r;
}

static int add_u(arci_u128 a, arci_u128 b, arci_u128 *r)
{
    return arci_add_u128(a, b, r) || r->hi >= TOP;
}

static int mul_u(arci_u128 a, arci_u128 b, arci_u128 *r)
{
    if (a.hi && b.hi) return 1;
    arci_u128 low = arci_mul_u64(a.lo, b.lo), cross = arci_mul_u64(a.hi ? a.hi : b.hi, a.hi ? b.lo : a.lo);
    if (cross.hi) return 1;
    cross.hi = cross.lo;
    cross.lo = 0;
    return add_u(low, cross, r);
}

static int mul_pow10(arci_u128 a, int32_t k, arci_u128 *r)
{
    *r = a;
    while (k > 0) {
        int32_t step = k > 19 ? 19 : k;
        const arci_u128 f = { 0, arci_pow10[step] };
        if (mul_u(*r, f, r)) return 1;
        k -= step;
    }
    return 0;
}

/* q = n / d, rest in *rem; d != 0. Bit by bit: quotients are rare, and comparisons with a constant never divide. */
static arci_u128 div_u(arci_u128 n, arci_u128 d, arci_u128 *rem)
{
    arci_u128 q = { 0, 0 }, r = { 0, 0 };
    for (int i = 127; i >= 0; i--) {
        r.hi = r.hi << 1 | r.lo >> 63;
        r.lo = r.lo << 1 | ((i > 63 ? n.hi >> (i - 64) : n.lo >> i) & 1);
        if (cmp_u(r, d) < 0) continue;
        r = sub_u(r, d);
        if (i > 63) q.hi |= UINT64_C(1) << (i - 64);
        else q.lo |= UINT64_C(1) << i;
    }
    *rem = r;
    return q;
}

static int is_zero(arci_u128 a) { return !a.hi && !a.lo; }

/* ---- numbers ------------------------------------------------------------------------------------------------------------- */

arci_num arci_num_of(int64_t v, int32_t scale)
{
    arci_num n = { { 0, 0 }, 0, 0 };
    n.m.lo = arci_mag64(v);
    n.negative = v < 0;
    n.scale = scale;
    return n;
}

int arci_num_sign(const arci_num *a)
{
    return is_zero(a->m) ? 0 : a->negative ? -1 : 1;
}

/* Drops zeros that do not matter so that scales stay in bounds. */
static void settle(arci_num *a)
{
    const arci_u128 ten = { 0, 10 };
    if (is_zero(a->m)) a->negative = a->scale = 0;
    while (a->scale > 18) {
        arci_u128 rem, q = div_u(a->m, ten, &rem);
        if (!is_zero(rem)) return;
        a->m = q;
        a->scale--;
    }
}

static arc_status align(arci_num *a, arci_num *b)
{
    if (a->scale == b->scale) return ARC_OK;
    arci_num *low = a->scale < b->scale ? a : b, *high = low == a ? b : a;
    if (mul_pow10(low->m, high->scale - low->scale, &low->m)) return ARC_E_OVERFLOW;
    low->scale = high->scale;
    return ARC_OK;
}

arc_status arci_num_add(arci_num *out, const arci_num *a, const arci_num *b)
{
    arci_num x = *a, y = *b;
    arc_status st = align(&x, &y);
    if (st != ARC_OK) return st;
    if (x.negative == y.negative) {
        if (add_u(x.m, y.m, &x.m)) return ARC_E_OVERFLOW;
    } else if (cmp_u(x.m, y.m) >= 0) {
        x.m = sub_u(x.m, y.m);
    } else {
        x.m = sub_u(y.m, x.m);
        x.negative = y.negative;
    }
    settle(&x);
    *out = x;
    return ARC_OK;
}

arc_status arci_num_sub(arci_num *out, const arci_num *a, const arci_num *b)
{
    arci_num y = *b;
    y.negative = !is_zero(y.m) && !y.negative;
    return arci_num_add(out, a, &y);
}

arc_status arci_num_mul(arci_num *out, const arci_num *a, const arci_num *b)
{
    arci_num x = *a;
    if (mul_u(a->m, b->m, &x.m)) return ARC_E_OVERFLOW;
    x.negative = !is_zero(x.m) && a->negative != b->negative;
    x.scale = a->scale + b->scale;
    settle(&x);
    if (x.scale > MAX_SCALE) return ARC_E_OVERFLOW;
    *out = x;
    return ARC_OK;
}

arc_status arci_num_div(arci_num *out, const arci_num *a, const arci_num *b)
{
    arci_num x = *a, y = *b;
    arci_u128 rem, twice;
    int32_t shift = ARCI_NUM_QUOTIENT + y.scale - x.scale;
    if (is_zero(y.m)) return ARC_E_DIVIDE;
    if (shift >= 0 ? mul_pow10(x.m, shift, &x.m) : mul_pow10(y.m, -shift, &y.m)) return ARC_E_OVERFLOW;
    x.m = div_u(x.m, y.m, &rem);
    const arci_u128 one = { 0, 1 };
    if ((add_u(rem, rem, &twice) || cmp_u(twice, y.m) >= 0) && add_u(x.m, one, &x.m)) return ARC_E_OVERFLOW;
    x.negative = !is_zero(x.m) && a->negative != b->negative;
    x.scale = ARCI_NUM_QUOTIENT;
    *out = x;
    return ARC_OK;
}

arc_status arci_num_cmp(int *out, const arci_num *a, const arci_num *b)
{
    int sa = arci_num_sign(a), sb = arci_num_sign(b);
    arci_num x = *a, y = *b;
    if (sa != sb) {
        *out = sa < sb ? -1 : 1;
        return ARC_OK;
    }
    if (align(&x, &y) != ARC_OK) { /* the one that cannot be brought to the other's decimals is the larger */
        int c = x.scale < y.scale ? 1 : -1;
        *out = sa < 0 ? -c : c;
        return ARC_OK;
    }
    int c = cmp_u(x.m, y.m);
    *out = sa < 0 ? -c : c;
    return ARC_OK;
}

int arci_num_int(const arci_num *a, int64_t *out)
{
    arci_num x = *a;
    const arci_u128 ten = { 0, 10 };
    while (x.scale > 0) {
        arci_u128 rem;
        x.m = div_u(x.m, ten, &rem);
        if (!is_zero(rem)) return 1;
        x.scale--;
    }
    return x.m.hi ? 1 : arci_signed64(out, x.m.lo, x.negative);
}

int arci_num_round(const arci_num *a, int32_t scale, int64_t *out)
{
    arci_num x = *a;
    arci_u128 unit = { 0, 1 }, rem, twice;
    if (x.scale < scale) {
        if (mul_pow10(x.m, scale - x.scale, &x.m)) return 1;
        x.scale = scale;
    }
    if (mul_pow10(unit, x.scale - scale, &unit)) return 1;
    x.m = div_u(x.m, unit, &rem);
    if (add_u(rem, rem, &twice) || cmp_u(twice, unit) >= 0) {
        const arci_u128 one = { 0, 1 };
        if (add_u(x.m, one, &x.m)) return 1;
    }
    return x.m.hi ? 1 : arci_signed64(out, x.m.lo, x.negative);
}

size_t arci_num_text(char *buf, const arci_num *a)
{
    char digits[48];
    int n = 0;
    size_t len = 0;
    const arci_u128 ten = { 0, 10 };
    arci_u128 m = a->m;
    do {
        arci_u128 rem;
        m = div_u(m, ten, &rem);
        digits[n++] = (char)('0' + rem.lo);
    } while (!is_zero(m) || n <= a->scale);
    if (a->negative) buf[len++] = '-';
    while (n--) {
        buf[len++] = digits[n];
        if (n == a->scale && n) buf[len++] = '.';
    }
    buf[len] = 0;
    return len;
}
