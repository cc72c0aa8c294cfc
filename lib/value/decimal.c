/* SPDX-License-Identifier: Apache-2.0 */
#include "arcore/decimal.h"

#include <string.h>

#include "base/str.h"
#include "value/digits.h"
#include "value/wide.h"

static arc_status check(const arc_decimal *d)
{
    if (d == NULL) return ARC_E_INVALID;
    return d->scale >= 0 && d->scale <= ARC_SCALE_MAX ? ARC_OK : ARC_E_RANGE;
}

static arc_status check2(const void *out, const arc_decimal *a, const arc_decimal *b)
{
    arc_status st = out != NULL ? check(a) : ARC_E_INVALID;

    return st != ARC_OK ? st : check(b);
}

static arc_status check_result(int32_t scale, int32_t mode)
{
    if (!arci_round_mode_ok(mode)) return ARC_E_INVALID;
    return scale >= 0 && scale <= ARC_SCALE_MAX ? ARC_OK : ARC_E_RANGE;
}

static arc_status put(arc_decimal *out, int64_t mantissa, int32_t scale)
{
    out->mantissa = mantissa;
    out->scale = scale;
    out->reserved = 0;
    return ARC_OK;
}

arc_status arc_decimal_set(arc_decimal *out, int64_t mantissa, int32_t scale)
{
    if (out == NULL) return ARC_E_INVALID;
    if (scale < 0 || scale > ARC_SCALE_MAX) return ARC_E_RANGE;
    return put(out, mantissa, scale);
}

/* The digits as written where they fit; zeros at the end of the fraction give way. */
static arc_status natural(arc_decimal *out, const arci_digits *g)
{
    int32_t scale = g->scale < 0 ? 0 : g->scale;
    int32_t zeros = 0;

    while (zeros < g->n && g->d[g->n - 1 - zeros] == '0') zeros++;
    if (g->n == 0 && scale > ARC_SCALE_MAX) scale = ARC_SCALE_MAX;
    for (;; scale--, zeros--) {
        int64_t m;
        arc_status st = scale <= ARC_SCALE_MAX ? arci_digits_int(&m, g, scale, ARC_ROUND_EXACT) : ARC_E_PRECISION;
        if (st == ARC_OK) return put(out, m, scale);
        if (scale == 0 || zeros <= 0) return st;
    }
}

arc_status arc_number_options_init(arc_number_options *options)
{
    const arc_number_options init = ARC_NUMBER_OPTIONS_INIT;

    if (options == NULL) return ARC_E_INVALID;
    *options = init;
    return ARC_OK;
}

arc_status arc_decimal_parse_as(arc_decimal *out, const char *text, size_t len, int32_t scale,
                                const arc_number_options *options)
{
    arc_number_options o = ARC_NUMBER_OPTIONS_INIT;
    arci_digits g;
    arc_status st;
    int64_t m;

    if (out == NULL || text == NULL) return ARC_E_INVALID;
    if (len == SIZE_MAX) len = strlen(text);
    if (scale < ARC_SCALE_NATURAL || scale > ARC_SCALE_MAX) return ARC_E_RANGE;
    st = arci_number_options_in(&o, options);
    if (st != ARC_OK) return st;
    if (o.flags & ARC_NUMBER_SYMBOL) return ARC_E_INVALID;
    st = arci_digits_parse(&g, NULL, text, len, &o);
    if (st != ARC_OK) return st;
    if (scale == ARC_SCALE_NATURAL) return natural(out, &g);
    st = arci_digits_int(&m, &g, scale, o.mode);
    return st == ARC_OK ? put(out, m, scale) : st;
}

arc_status arc_decimal_parse(arc_decimal *out, const char *text, size_t len)
{
    arci_digits g;
    arc_status st;

    if (out == NULL || text == NULL) return ARC_E_INVALID;
    if (len == SIZE_MAX) len = strlen(text);
    st = arci_digits_parse(&g, NULL, text, len, NULL);
    return st == ARC_OK ? natural(out, &g) : st;
}

arc_status arc_decimal_print(char *buf, size_t *len, const arc_decimal *value)
{
    char text[48];
    arc_status st = check(value);

    if (len == NULL) return ARC_E_INVALID;
    if (st != ARC_OK) return st;
    return arci_text_out(buf, len, text, arci_scaled_text(text, value->mantissa, value->scale));
}

arc_status arc_decimal_normalise(arc_decimal *out, const arc_decimal *value)
{
    arc_status st = check(value);
    int64_t m;
    int32_t scale;

    if (out == NULL) return ARC_E_INVALID;
    if (st != ARC_OK) return st;
    m = value->mantissa;
    scale = m == 0 ? 0 : value->scale;
    while (scale > 0 && m % 10 == 0) {
        m /= 10;
        scale--;
    }
    return put(out, m, scale);
}

static int cmp_u128(arci_u128 a, arci_u128 b)
{
    if (a.hi != b.hi) return a.hi < b.hi ? -1 : 1;
    if (a.lo != b.lo) return a.lo < b.lo ? -1 : 1;
    return 0;
}

arc_status arc_decimal_compare(int32_t *out, const arc_decimal *a, const arc_decimal *b)
{
    arc_status st = check2(out, a, b);
    int c;

    if (st != ARC_OK) return st;
    if ((a->mantissa < 0) != (b->mantissa < 0)) {
        *out = a->mantissa < 0 ? -1 : 1;
        return ARC_OK;
    }
    c = cmp_u128(arci_mul_u64(arci_mag64(a->mantissa), arci_pow10[b->scale]),
                 arci_mul_u64(arci_mag64(b->mantissa), arci_pow10[a->scale]));
    *out = a->mantissa < 0 ? -c : c;
    return ARC_OK;
}

arc_status arc_decimal_rescale(arc_decimal *out, const arc_decimal *value, int32_t scale, int32_t mode)
{
    arci_ratio r = ARCI_RATIO_INIT;
    arc_status st = check(value);
    int64_t m;

    if (out == NULL) return ARC_E_INVALID;
    if (st == ARC_OK) st = check_result(scale, mode);
    if (st != ARC_OK) return st;
    r.num[0] = arci_mag64(value->mantissa);
    r.negative = value->mantissa < 0;
    r.pow10 = scale - value->scale;
    st = arci_ratio_round(&m, &r, mode);
    return st == ARC_OK ? put(out, m, scale) : st;
}

/* The sum of two magnitudes with signs; both below 2^124. */
static arci_u128 signed_sum(arci_u128 a, int a_neg, arci_u128 b, int b_neg, int *negative)
{
    arci_u128 r;

    if (a_neg == b_neg) {
        *negative = a_neg;
        (void)arci_add_u128(a, b, &r);
        return r;
    }
    *negative = a_neg;
    if (cmp_u128(a, b) < 0) {
        arci_u128 t = a;
        a = b;
        b = t;
        *negative = b_neg;
    }
    r.lo = a.lo - b.lo;
    r.hi = a.hi - b.hi - (a.lo < b.lo);
    return r;
}

static arc_status sum(arc_decimal *out, const arc_decimal *a, const arc_decimal *b, int b_neg)
{
    int32_t scale = a->scale > b->scale ? a->scale : b->scale;
    int negative;
    arci_u128 n = signed_sum(arci_mul_u64(arci_mag64(a->mantissa), arci_pow10[scale - a->scale]), a->mantissa < 0,
                             arci_mul_u64(arci_mag64(b->mantissa), arci_pow10[scale - b->scale]), b_neg, &negative);

    for (int32_t drop = 0; drop <= scale; drop++) {
        uint64_t q, rest;
        int64_t m;
        if (arci_divmod_u128(n, arci_pow10[drop], &q, &rest)) continue;
        if (rest != 0) return ARC_E_OVERFLOW;
        if (!arci_signed64(&m, q, negative)) return put(out, m, scale - drop);
    }
    return ARC_E_OVERFLOW;
}

arc_status arc_decimal_add(arc_decimal *out, const arc_decimal *a, const arc_decimal *b)
{
    arc_status st = check2(out, a, b);

    return st == ARC_OK ? sum(out, a, b, b->mantissa < 0) : st;
}

arc_status arc_decimal_sub(arc_decimal *out, const arc_decimal *a, const arc_decimal *b)
{
    arc_status st = check2(out, a, b);

    return st == ARC_OK ? sum(out, a, b, b->mantissa > 0) : st;
}

arc_status arc_decimal_neg(arc_decimal *out, const arc_decimal *value)
{
    arc_status st = check(value);

    if (out == NULL) return ARC_E_INVALID;
    if (st != ARC_OK) return st;
    if (value->mantissa == INT64_MIN) return ARC_E_OVERFLOW;
    return put(out, -value->mantissa, value->scale);
}

arc_status arc_decimal_mul(arc_decimal *out, const arc_decimal *a, const arc_decimal *b, int32_t scale, int32_t mode)
{
    arci_ratio r = ARCI_RATIO_INIT;
    arc_status st = check2(out, a, b);
    int64_t m;

    if (st != ARC_OK) return st;
    if (scale == ARC_SCALE_NATURAL) scale = a->scale + b->scale > ARC_SCALE_MAX ? ARC_SCALE_MAX : a->scale + b->scale;
    st = check_result(scale, mode);
    if (st != ARC_OK) return st;
    r.num[0] = arci_mag64(a->mantissa);
    r.num[1] = arci_mag64(b->mantissa);
    r.negative = (a->mantissa < 0) != (b->mantissa < 0);
    r.pow10 = scale - a->scale - b->scale;
    st = arci_ratio_round(&m, &r, mode);
    return st == ARC_OK ? put(out, m, scale) : st;
}

arc_status arc_decimal_div(arc_decimal *out, const arc_decimal *a, const arc_decimal *b, int32_t scale, int32_t mode)
{
    arci_ratio r = ARCI_RATIO_INIT;
    arc_status st = check2(out, a, b);
    int64_t m;

    if (st == ARC_OK) st = check_result(scale, mode);
    if (st != ARC_OK) return st;
    r.num[0] = arci_mag64(a->mantissa);
    r.den[0] = arci_mag64(b->mantissa);
    r.negative = (a->mantissa < 0) != (b->mantissa < 0);
    r.pow10 = scale - a->scale + b->scale;
    st = arci_ratio_round(&m, &r, mode);
    return st == ARC_OK ? put(out, m, scale) : st;
}
