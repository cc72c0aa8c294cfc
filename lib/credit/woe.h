/* SPDX-License-Identifier: Apache-2.0 */
/* Natural logarithms in integers: the same on every machine. */
#ifndef ARCI_CREDIT_WOE_H
#define ARCI_CREDIT_WOE_H

#include <stdint.h>

#define ARCI_MILLION INT64_C(1000000)

/* ln(a / b) in units of 2^-31, within 20 of them; a, b > 0. */
int64_t arci_ln_ratio(int64_t a, int64_t b);
/* Of such a value, in millionths, half away from zero. */
int64_t arci_millionths(int64_t ln);

#endif
