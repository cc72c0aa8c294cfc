/* SPDX-License-Identifier: Apache-2.0 */
/* The yearly cost of a discount not taken. The compound rate needs a power with a fractional exponent; it is found with
 * logarithm and exponential series in fixed point (58 bits of fraction), so that every platform gives the same digits.
 */
#include <string.h>

#include "arcore/terms.h"
#include "value/wide.h"

enum { FRACTION = 58 };
#define ONE (UINT64_C(1) << FRACTION)
#define LN2 UINT64_C(199786072581291494) /* ln 2 * 2^58 */

/* a * b / d, rounded down; the callers keep the quotient below 2^64. */
static uint64_t scale_by(uint64_t a, uint64_t b, uint64_t d)
{
    uint64_t q = 0, rest;

    (void)arci_divmod_u128(arci_mul_u64(a, b), d, &q, &rest);
    return q;
}

/* ln(a / b) for a > b > 0, both below 2^28: powers of two first, then 2 atanh((a - b) / (a + b)). */
static uint64_t log_ratio(uint64_t a, uint64_t b)
{
    uint64_t k = 0, z, square, power, sum;

    while (b * 2 <= a) {
        b *= 2;
        k++;
    }
    z = scale_by(a - b, ONE, a + b);
    square = scale_by(z, z, ONE);
    sum = power = z;
    for (uint64_t i = 3; power != 0; i += 2) {
        power = scale_by(power, square, ONE);
        sum += power / i;
    }
    return k * LN2 + 2 * sum;
}

/* e^y = mantissa * 2^k with 1 <= mantissa < 2. */
static uint64_t exp_fixed(uint64_t y, uint64_t *k)
{
    uint64_t term = ONE, sum = ONE, rest;

    *k = y / LN2;
    rest = y % LN2;
    for (uint64_t i = 1; term != 0; i++) {
        term = scale_by(term, rest, ONE) / i;
        sum += term;
    }
    return sum;
}

static arc_status compound_rate(int64_t *out, uint64_t a, uint64_t b, int32_t days, int32_t scale)
{
    uint64_t y, k, m, whole, log = log_ratio(a, b), factor = 100 * arci_pow10[scale];
    arci_u128 product;

    if (log / (uint64_t)days > 23 * (ONE / 365)) return ARC_E_OVERFLOW;
    y = scale_by(log, 365, (uint64_t)days);
    if (y > 20 * ONE) return ARC_E_OVERFLOW;
    m = exp_fixed(y, &k);              /* k <= 28 */
    product = arci_mul_u64(m, factor); /* below 2^59 * 2^27 */
    product.hi = (product.hi << k) | (k != 0 ? product.lo >> (64 - k) : 0);
    product.lo <<= k;
    whole = (product.hi << (64 - FRACTION)) | (product.lo >> FRACTION);
    whole += (product.lo >> (FRACTION - 1)) & 1; /* half up */
    *out = (int64_t)(whole - factor);
    return ARC_OK;
}

arc_status arc_discount_annual_cost(arc_decimal *simple, arc_decimal *compound, const arc_decimal *percent,
                                    int32_t days, int32_t scale)
{
    arc_decimal p;
    arci_ratio r = ARCI_RATIO_INIT;
    uint64_t a, b;
    int64_t s = 0, c = 0;
    arc_status st = arc_decimal_normalise(&p, percent);

    if (st != ARC_OK) return st;
    if (p.scale > 6) return ARC_E_PRECISION;
    a = 100 * arci_pow10[p.scale];
    if (p.mantissa <= 0 || (uint64_t)p.mantissa >= a || days < 1 || days > 36500 || scale < 0 || scale > 6)
        return ARC_E_RANGE;
    b = a - (uint64_t)p.mantissa;
    r.num[0] = (uint64_t)p.mantissa;
    r.num[1] = 36500;
    r.den[0] = b * (uint64_t)days;
    r.pow10 = scale;
    st = arci_ratio_round(&s, &r, ARC_ROUND_HALF_UP);
    if (st == ARC_OK && compound != NULL) st = compound_rate(&c, a, b, days, scale);
    if (st != ARC_OK) return st;
    if (simple != NULL) (void)arc_decimal_set(simple, s, scale);
    if (compound != NULL) (void)arc_decimal_set(compound, c, scale);
    return ARC_OK;
}
