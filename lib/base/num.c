/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"

#if defined(__SIZEOF_INT128__) && !defined(ARCI_NO_INT128)
#define HAVE_INT128 1
__extension__ typedef unsigned __int128 u128;
#endif

#if !defined(__GNUC__) || defined(ARCI_NO_INT128)
int arci_add64(int64_t a, int64_t b, int64_t *r)
{
    if (b > 0 ? a > INT64_MAX - b : a < INT64_MIN - b) return 1;
    *r = a + b;
    return 0;
}

int arci_sub64(int64_t a, int64_t b, int64_t *r)
{
    if (b < 0 ? a > INT64_MAX + b : a < INT64_MIN + b) return 1;
    *r = a - b;
    return 0;
}

int arci_mul64(int64_t a, int64_t b, int64_t *r)
{
    uint64_t limit = (a < 0) != (b < 0) ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    arci_u128 p = arci_mul_u64(arci_mag64(a), arci_mag64(b));
    if (p.hi || p.lo > limit) return 1;
    *r = (a < 0) != (b < 0) && p.lo ? -(int64_t)(p.lo - 1) - 1 : (int64_t)p.lo;
    return 0;
}

int arci_addsz(size_t a, size_t b, size_t *r)
{
    if (a > SIZE_MAX - b) return 1;
    *r = a + b;
    return 0;
}

int arci_mulsz(size_t a, size_t b, size_t *r)
{
    if (b && a > SIZE_MAX / b) return 1;
    *r = a * b;
    return 0;
}
#endif

uint64_t arci_mag64(int64_t v)
{
    return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

arci_u128 arci_mul_u64(uint64_t a, uint64_t b)
{
    arci_u128 r;
#ifdef HAVE_INT128
    u128 p = (u128)a * b;
    r.hi = (uint64_t)(p >> 64);
    r.lo = (uint64_t)p;
#else
    const uint64_t low = UINT64_C(0xffffffff);
    uint64_t a0 = a & low, a1 = a >> 32, b0 = b & low, b1 = b >> 32;
    uint64_t p00 = a0 * b0, p01 = a0 * b1, p10 = a1 * b0, p11 = a1 * b1;
    uint64_t mid = (p00 >> 32) + (p01 & low) + (p10 & low);
    r.lo = (mid << 32) | (p00 & low);
    r.hi = p11 + (p01 >> 32) + (p10 >> 32) + (mid >> 32);
#endif
    return r;
}

int arci_add_u128(arci_u128 a, arci_u128 b, arci_u128 *r)
{
    uint64_t lo = a.lo + b.lo;
    uint64_t carry = lo < a.lo;
    uint64_t hi = a.hi + b.hi;
    int over = hi < a.hi || hi + carry < hi;
    if (over) return 1;
    r->lo = lo;
    r->hi = hi + carry;
    return 0;
}

int arci_divmod_u128(arci_u128 n, uint64_t d, uint64_t *q, uint64_t *rem)
{
    if (n.hi >= d) return 1;
#ifdef HAVE_INT128
    u128 v = ((u128)n.hi << 64) | n.lo;
    *q = (uint64_t)(v / d);
    *rem = (uint64_t)(v % d);
#else
    uint64_t r = n.hi, lo = n.lo, out = 0;
    for (int i = 0; i < 64; i++) { /* schoolbook, one bit a step */
        uint64_t top = r >> 63;
        r = (r << 1) | (lo >> 63);
        lo <<= 1;
        out <<= 1;
        if (top || r >= d) {
            r -= d;
            out |= 1;
        }
    }
    *q = out;
    *rem = r;
#endif
    return 0;
}

int arci_acc_get(const arci_acc *a, int64_t *r)
{
    int negative = a->lo >> 63 != 0;
    if (a->hi != (negative ? -1 : 0)) return 1;
    *r = negative ? -(int64_t)~a->lo - 1 : (int64_t)a->lo;
    return 0;
}
