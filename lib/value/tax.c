/* SPDX-License-Identifier: Apache-2.0 */
#include "value/money.h"

static arc_status check_rate(const arc_money *value, const arc_decimal *rate)
{
    arc_status st = arc_money_check(value);

    if (st == ARC_OK) st = arci_decimal_check(rate);
    if (st == ARC_OK && rate->mantissa < 0) st = ARC_E_RANGE;
    return st;
}

arc_status arc_money_tax_from_net(arc_money *tax, arc_money *gross, const arc_money *net, const arc_decimal *rate,
                                  int32_t mode)
{
    arc_status st = check_rate(net, rate);
    arc_money t, g;

    if (st == ARC_OK) st = arc_money_mul(&t, net, rate, mode);
    if (st == ARC_OK) st = arc_money_add(&g, net, &t);
    if (st != ARC_OK) return st;
    if (tax != NULL) *tax = t;
    if (gross != NULL) *gross = g;
    return ARC_OK;
}

arc_status arc_money_tax_from_gross(arc_money *net, arc_money *tax, const arc_money *gross, const arc_decimal *rate,
                                    int32_t mode)
{
    arci_ratio r = ARCI_RATIO_INIT;
    arc_status st = check_rate(gross, rate);
    arc_money n, t;

    if (st != ARC_OK) return st;
    r.num[0] = arci_mag64(gross->minor);
    r.num[1] = arci_pow10[rate->scale];
    r.den[0] = arci_pow10[rate->scale] + (uint64_t)rate->mantissa; /* below 2^64: 10^18 + 2^63 */
    r.negative = gross->minor < 0;
    st = arci_money_ratio(&n, gross->currency, &r, mode);
    if (st == ARC_OK) st = arc_money_sub(&t, gross, &n);
    if (st != ARC_OK) return st;
    if (net != NULL) *net = n;
    if (tax != NULL) *tax = t;
    return ARC_OK;
}
