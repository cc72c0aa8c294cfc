/* SPDX-License-Identifier: Apache-2.0 */
/* Logarithms to base 2 in fixed point, so that likelihoods come out the same on every machine. */
#ifndef ARCI_CASH_LOGS_H
#define ARCI_CASH_LOGS_H

#include <stdint.h>

#define ARCI_LOG_ONE 65536 /* log2 of 2 */

int64_t arci_log2(uint64_t x);                /* x > 0; 1/65536, cut down */
int64_t arci_log2_share(uint64_t a, uint64_t of); /* log2(a / of); both > 0 */
/* 2^(log / 65536) * 2^32 of a log <= 0; 0 below 2^-32. */
uint64_t arci_exp2_q32(int64_t log);

#endif
