/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers as text, before they become anything: sign, significant digits, and how many of them are decimals. */
#ifndef ARCI_VALUE_DIGITS_H
#define ARCI_VALUE_DIGITS_H

#include "arcore/decimal.h"

enum { ARCI_DIGITS_MAX = 128 };

typedef struct arci_digits {
    int32_t negative;
    int32_t n;     /* digits in d, leading zeros dropped */
    int32_t scale; /* value = d * 10^-scale; negative when an exponent moved the point past the end */
    char d[ARCI_DIGITS_MAX];
} arci_digits;

/* Number text after its surroundings were taken off; currency signs are handled by the caller through arci_affix. */
typedef struct arci_affix {
    char code[4];      /* ISO code met, "" when none */
    const char *codes; /* currencies the sign met may stand for, NULL when none; static */
} arci_affix;

/* affix NULL: currency signs are a syntax error. options NULL: plain text only. Statuses of arc_decimal_parse_as(). */
arc_status arci_digits_parse(arci_digits *out, arci_affix *affix, const char *text, size_t len,
                             const arc_number_options *options);
/* value * 10^scale as an integer: ARC_E_PRECISION, ARC_E_OVERFLOW. */
arc_status arci_digits_int(int64_t *out, const arci_digits *digits, int32_t scale, int32_t mode);
/* Prints mantissa / 10^scale; buf holds at least 24 + scale bytes. Returns the length. */
size_t arci_scaled_text(char *buf, int64_t mantissa, int32_t scale);
arc_status arci_number_options_in(arc_number_options *out, const arc_number_options *in);

#endif
