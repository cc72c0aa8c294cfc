/* SPDX-License-Identifier: Apache-2.0 */
#include "value/currency.h"
#include "value/money.h"

static arc_status check_rate(const arc_rate *rate)
{
    arc_status st = rate != NULL ? arci_decimal_check(&rate->value) : ARC_E_INVALID;

    if (st != ARC_OK) return st;
    if (rate->value.mantissa <= 0) return ARC_E_RANGE;
    return rate->per == 1 || rate->per == 100 || rate->per == 1000 ? ARC_OK : ARC_E_RANGE;
}

static arc_status convert(arc_money *out, const arc_money *value, const char *currency, const arc_rate *rate,
                          int32_t mode, int back)
{
    arci_ratio r = ARCI_RATIO_INIT;
    arc_status st = out != NULL && currency != NULL ? arc_money_check(value) : ARC_E_INVALID;
    int32_t exponent;

    if (st == ARC_OK) st = check_rate(rate);
    if (st == ARC_OK) st = arc_currency_exponent(&exponent, currency);
    if (st != ARC_OK) return st;
    r.num[0] = arci_mag64(value->minor);
    r.negative = value->minor < 0;
    r.pow10 = exponent - arci_currency_exponent(value->currency);
    if (back) {
        r.num[1] = (uint64_t)rate->per;
        r.den[0] = (uint64_t)rate->value.mantissa;
        r.pow10 += rate->value.scale;
    } else {
        r.num[1] = (uint64_t)rate->value.mantissa;
        r.den[0] = (uint64_t)rate->per;
        r.pow10 -= rate->value.scale;
    }
    return arci_money_ratio(out, currency, &r, mode);
}

arc_status arc_money_convert(arc_money *out, const arc_money *value, const char *currency, const arc_rate *rate,
                             int32_t mode)
{
    return convert(out, value, currency, rate, mode, 0);
}

arc_status arc_money_convert_back(arc_money *out, const arc_money *value, const char *currency, const arc_rate *rate,
                                  int32_t mode)
{
    return convert(out, value, currency, rate, mode, 1);
}

arc_status arc_fx_realise(arc_money *booked, arc_money *settled, arc_money *difference, const arc_money *applied,
                          const arc_money *open, const arc_money *carried, const arc_rate *rate, int32_t mode)
{
    arc_money leaves, comes, gain;
    arc_status st = arci_money_pair(applied, open);

    if (st == ARC_OK) st = arc_money_check(carried);
    if (st != ARC_OK) return st;
    if (open->minor == 0 || (applied->minor != 0 && (applied->minor < 0) != (open->minor < 0))) return ARC_E_RANGE;
    if (arci_mag64(applied->minor) > arci_mag64(open->minor)) return ARC_E_RANGE;
    st = arc_money_muldiv(&leaves, carried, applied->minor, open->minor, mode); /* exact when applied closes the item */
    if (st == ARC_OK) st = arc_money_convert(&comes, applied, carried->currency, rate, mode);
    if (st == ARC_OK) st = arc_money_sub(&gain, &comes, &leaves);
    if (st != ARC_OK) return st;
    if (booked != NULL) *booked = leaves;
    if (settled != NULL) *settled = comes;
    if (difference != NULL) *difference = gain;
    return ARC_OK;
}

arc_status arc_fx_revalue(arc_money *valued, arc_money *difference, const arc_money *open, const arc_money *carried,
                          const arc_rate *rate, int32_t mode)
{
    arc_money now, rest;
    arc_status st = arc_money_check(carried);

    if (st == ARC_OK) st = arc_money_convert(&now, open, carried->currency, rate, mode);
    if (st == ARC_OK) st = arc_money_sub(&rest, &now, carried);
    if (st != ARC_OK) return st;
    if (valued != NULL) *valued = now;
    if (difference != NULL) *difference = rest;
    return ARC_OK;
}
