/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCI_VALUE_MONEY_H
#define ARCI_VALUE_MONEY_H

#include "arcore/money.h"
#include "value/wide.h"

/* out = ratio in value's currency; ARC_E_OVERFLOW beyond ARC_MONEY_MAX. */
arc_status arci_money_ratio(arc_money *out, const char *currency, const arci_ratio *r, int32_t mode);
/* Stores minor units after the range check: ARC_E_OVERFLOW. */
arc_status arci_money_put(arc_money *out, const char *currency, int64_t minor);
/* Amounts for a message: "1130.01" and "1130.01 CNY"; "?" for what is no amount. Both give buf. */
#define ARCI_SAID 48
const char *arci_amount_text(char buf[ARCI_SAID], int64_t minor, const char *currency);
const char *arci_money_said(char buf[ARCI_SAID], int64_t minor, const char *currency);
arc_status arci_decimal_check(const arc_decimal *d);
/* Both are amounts and of one currency. */
arc_status arci_money_pair(const arc_money *a, const arc_money *b);

#endif
