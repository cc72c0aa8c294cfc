/* SPDX-License-Identifier: Apache-2.0 */
#include "value/money.h"

#include <string.h>

#include "value/currency.h"

arc_status arci_money_put(arc_money *out, const char *currency, int64_t minor)
{
    arc_money m;

    if (minor > ARC_MONEY_MAX || minor < -ARC_MONEY_MAX) return ARC_E_OVERFLOW;
    memset(&m, 0, sizeof m);
    m.minor = minor;
    memcpy(m.currency, currency, 3);
    *out = m;
    return ARC_OK;
}

arc_status arci_money_ratio(arc_money *out, const char *currency, const arci_ratio *r, int32_t mode)
{
    int64_t minor;
    arc_status st = arci_ratio_round(&minor, r, mode);

    return st == ARC_OK ? arci_money_put(out, currency, minor) : st;
}

arc_status arci_decimal_check(const arc_decimal *d)
{
    if (d == NULL) return ARC_E_INVALID;
    return d->scale >= 0 && d->scale <= ARC_SCALE_MAX ? ARC_OK : ARC_E_RANGE;
}

arc_status arc_money_check(const arc_money *value)
{
    if (value == NULL) return ARC_E_INVALID;
    if (arci_currency_exponent(value->currency) < 0) return ARC_E_CURRENCY;
    return value->minor <= ARC_MONEY_MAX && value->minor >= -ARC_MONEY_MAX ? ARC_OK : ARC_E_RANGE;
}

static int in_range(int64_t minor)
{
    return minor <= ARC_MONEY_MAX && minor >= -ARC_MONEY_MAX;
}

arc_status arci_money_pair(const arc_money *a, const arc_money *b)
{
    if (a == NULL || b == NULL) return ARC_E_INVALID;
    if (memcmp(a->currency, b->currency, 4) != 0 || arci_currency_exponent(a->currency) < 0) return ARC_E_CURRENCY;
    return in_range(a->minor) && in_range(b->minor) ? ARC_OK : ARC_E_RANGE;
}

arc_status arc_money_set(arc_money *out, int64_t minor, const char *currency)
{
    if (out == NULL || currency == NULL) return ARC_E_INVALID;
    if (arci_currency_exponent(currency) < 0) return ARC_E_CURRENCY;
    if (minor > ARC_MONEY_MAX || minor < -ARC_MONEY_MAX) return ARC_E_RANGE;
    return arci_money_put(out, currency, minor);
}

arc_status arc_money_add(arc_money *out, const arc_money *a, const arc_money *b)
{
    arc_status st = out != NULL ? arci_money_pair(a, b) : ARC_E_INVALID;

    return st == ARC_OK ? arci_money_put(out, a->currency, a->minor + b->minor) : st;
}

arc_status arc_money_sub(arc_money *out, const arc_money *a, const arc_money *b)
{
    arc_status st = out != NULL ? arci_money_pair(a, b) : ARC_E_INVALID;

    return st == ARC_OK ? arci_money_put(out, a->currency, a->minor - b->minor) : st;
}

arc_status arc_money_neg(arc_money *out, const arc_money *value)
{
    arc_status st = out != NULL ? arc_money_check(value) : ARC_E_INVALID;

    return st == ARC_OK ? arci_money_put(out, value->currency, -value->minor) : st;
}

arc_status arc_money_compare(int32_t *out, const arc_money *a, const arc_money *b)
{
    arc_status st = out != NULL ? arci_money_pair(a, b) : ARC_E_INVALID;

    if (st == ARC_OK) *out = a->minor < b->minor ? -1 : a->minor > b->minor;
    return st;
}

arc_status arc_money_sum(arc_money *out, const char *currency, const arc_money *values, size_t n)
{
    arci_acc acc = {0, 0};
    int64_t minor;

    if (out == NULL || currency == NULL || (values == NULL && n != 0)) return ARC_E_INVALID;
    if (arci_currency_exponent(currency) < 0) return ARC_E_CURRENCY;
    for (size_t i = 0; i < n; i++) {
        if (strncmp(values[i].currency, currency, 4) != 0) return ARC_E_CURRENCY;
        if (values[i].minor > ARC_MONEY_MAX || values[i].minor < -ARC_MONEY_MAX) return ARC_E_RANGE;
        arci_acc_add(&acc, values[i].minor);
    }
    if (arci_acc_get(&acc, &minor)) return ARC_E_OVERFLOW;
    return arci_money_put(out, currency, minor);
}

arc_status arc_money_muldiv(arc_money *out, const arc_money *value, int64_t num, int64_t den, int32_t mode)
{
    arci_ratio r = ARCI_RATIO_INIT;
    arc_status st = out != NULL ? arc_money_check(value) : ARC_E_INVALID;

    if (st != ARC_OK) return st;
    r.num[0] = arci_mag64(value->minor);
    r.num[1] = arci_mag64(num);
    r.den[0] = arci_mag64(den);
    r.negative = (value->minor < 0) ^ (num < 0) ^ (den < 0);
    return arci_money_ratio(out, value->currency, &r, mode);
}

arc_status arc_money_mul(arc_money *out, const arc_money *value, const arc_decimal *factor, int32_t mode)
{
    arci_ratio r = ARCI_RATIO_INIT;
    arc_status st = out != NULL ? arc_money_check(value) : ARC_E_INVALID;

    if (st == ARC_OK) st = arci_decimal_check(factor);
    if (st != ARC_OK) return st;
    r.num[0] = arci_mag64(value->minor);
    r.num[1] = arci_mag64(factor->mantissa);
    r.pow10 = -factor->scale;
    r.negative = (value->minor < 0) != (factor->mantissa < 0);
    return arci_money_ratio(out, value->currency, &r, mode);
}

arc_status arc_money_line(arc_money *out, const arc_decimal *quantity, const arc_decimal *price, const char *currency,
                          int32_t mode)
{
    arci_ratio r = ARCI_RATIO_INIT;
    int32_t exponent;
    arc_status st = out != NULL ? arci_decimal_check(quantity) : ARC_E_INVALID;

    if (st == ARC_OK) st = arci_decimal_check(price);
    if (st == ARC_OK) st = arc_currency_exponent(&exponent, currency);
    if (st != ARC_OK) return st;
    r.num[0] = arci_mag64(quantity->mantissa);
    r.num[1] = arci_mag64(price->mantissa);
    r.pow10 = exponent - quantity->scale - price->scale;
    r.negative = (quantity->mantissa < 0) != (price->mantissa < 0);
    return arci_money_ratio(out, currency, &r, mode);
}

arc_status arc_money_from_decimal(arc_money *out, const arc_decimal *value, const char *currency, int32_t mode)
{
    const arc_decimal one = {1, 0, 0};

    return arc_money_line(out, &one, value, currency, mode);
}

arc_status arc_money_to_decimal(arc_decimal *out, const arc_money *value)
{
    arc_status st = out != NULL ? arc_money_check(value) : ARC_E_INVALID;

    return st == ARC_OK ? arc_decimal_set(out, value->minor, arci_currency_exponent(value->currency)) : st;
}

arc_status arc_money_round_cash(arc_money *out, arc_money *difference, const arc_money *value, int64_t step,
                                int32_t mode)
{
    arci_ratio r = ARCI_RATIO_INIT;
    arc_status st = arc_money_check(value);
    arc_money rounded, rest;
    int64_t steps, minor;

    if (st != ARC_OK) return st;
    if (step < 1) return ARC_E_RANGE;
    r.num[0] = arci_mag64(value->minor);
    r.den[0] = (uint64_t)step;
    r.negative = value->minor < 0;
    st = arci_ratio_round(&steps, &r, mode);
    if (st != ARC_OK) return st;
    if (arci_mul64(steps, step, &minor)) return ARC_E_OVERFLOW;
    st = arci_money_put(&rounded, value->currency, minor);
    if (st == ARC_OK) st = arc_money_sub(&rest, &rounded, value);
    if (st != ARC_OK) return st;
    if (out != NULL) *out = rounded;
    if (difference != NULL) *difference = rest;
    return ARC_OK;
}
