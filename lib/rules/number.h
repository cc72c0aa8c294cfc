/* SPDX-License-Identifier: Apache-2.0 */
/* Exact numbers of rules: sign, 127-bit magnitude, decimals. Nothing is rounded but the quotient of arci_num_div(). */
#ifndef ARCI_RULES_NUMBER_H
#define ARCI_RULES_NUMBER_H

#include "base/env.h"
#include "base/num.h"

#define ARCI_NUM_QUOTIENT 12 /* decimals of a quotient */

typedef struct arci_num {
    arci_u128 m;
    int32_t negative; /* of 0: never */
    int32_t scale;    /* value = m / 10^scale; 0 .. 36 */
} arci_num;

arci_num arci_num_of(int64_t v, int32_t scale);
/* ARC_E_OVERFLOW where a result does not fit 127 bits; nothing else. */
arc_status arci_num_add(arci_num *out, const arci_num *a, const arci_num *b);
arc_status arci_num_sub(arci_num *out, const arci_num *a, const arci_num *b);
arc_status arci_num_mul(arci_num *out, const arci_num *a, const arci_num *b);
arc_status arci_num_div(arci_num *out, const arci_num *a, const arci_num *b); /* ARC_E_DIVIDE; half away from zero */
arc_status arci_num_cmp(int *out, const arci_num *a, const arci_num *b);
int arci_num_sign(const arci_num *a); /* -1, 0, 1 */
int arci_num_int(const arci_num *a, int64_t *out); /* 1: not an integer, or does not fit */
/* The value in units of 10^-scale, half away from zero; 1: it does not fit. */
int arci_num_round(const arci_num *a, int32_t scale, int64_t *out);
/* "-12.50" with the scale's decimals; buf holds at least 90 bytes. Returns the length. */
size_t arci_num_text(char *buf, const arci_num *a);

#endif
