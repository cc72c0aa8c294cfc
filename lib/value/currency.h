/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCI_VALUE_CURRENCY_H
#define ARCI_VALUE_CURRENCY_H

#include "arcore/status.h"

typedef struct arci_currency {
    char code[4];
    int16_t numeric;
    int16_t exponent; /* -1: none, no amounts of it */
    const char *name_en, *name_zh;
} arci_currency;

extern const arci_currency arci_currencies[]; /* by code */
extern const int32_t arci_currency_n;

/* NULL: not a current code. Never reads past the fourth byte or a NUL. */
const arci_currency *arci_currency_find(const char *code);
/* The exponent of a currency that has amounts, else -1. */
int32_t arci_currency_exponent(const char *code);

#endif
