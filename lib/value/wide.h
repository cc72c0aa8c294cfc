/* SPDX-License-Identifier: Apache-2.0 */
/* Exact quotients of products, rounded once: the one place where amounts, rates and decimals are rounded. */
#ifndef ARCI_VALUE_WIDE_H
#define ARCI_VALUE_WIDE_H

#include "arcore/status.h"
#include "base/num.h"

/* sign * num[0] * num[1] * num[2] * 10^pow10 / (den[0] * den[1]); factors not used are 1. */
typedef struct arci_ratio {
    uint64_t num[3];
    uint64_t den[2];
    int32_t pow10; /* -57..57 */
    int32_t negative;
} arci_ratio;

#define ARCI_RATIO_INIT                                                                                                \
    {                                                                                                                  \
        {1, 1, 1}, {1, 1}, 0, 0                                                                                        \
    }

extern const uint64_t arci_pow10[20]; /* 10^0 .. 10^19 */

int arci_round_mode_ok(int32_t mode);
/* Whether the magnitude q must grow by one: 1 or 0. half is -1, 0, 1 for a rest below, at, above one half. */
int arci_round_away(int32_t mode, int negative, uint64_t q, int half);
/* ARC_E_DIVIDE, ARC_E_PRECISION (mode EXACT), ARC_E_OVERFLOW, ARC_E_INVALID (mode). */
arc_status arci_ratio_round(int64_t *out, const arci_ratio *r, int32_t mode);
/* Sign and magnitude to int64; 1: does not fit. */
int arci_signed64(int64_t *out, uint64_t magnitude, int negative);

#endif
