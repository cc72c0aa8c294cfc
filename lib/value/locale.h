/* SPDX-License-Identifier: Apache-2.0 */
/* How readers of a language write amounts, numbers and dates: data of our own, no locale of the system is asked. */
#ifndef ARCI_VALUE_LOCALE_H
#define ARCI_VALUE_LOCALE_H

#include "arcore/locale.h"

typedef struct arci_sign {
    const char *currency, *sign;
} arci_sign;

typedef struct arci_locale {
    const char *tag;
    const char *decimal, *group;
    const char *positive, *negative; /* of amounts: $ is the sign, # the number, _ a no-break space where the sign ends or begins with a letter */
    const arci_sign *signs;          /* ends with NULL; other currencies are written by their code */
    const char *const *months;       /* names; NULL: none */
    const char *date_short, *date_long; /* %Y %M %D (two digits) %m %d (as short as can be) %B (name) %b (its first three letters) */
    int32_t plural;                  /* PLURAL_* of locale.c */
} arci_locale;

#define ARCI_FORMAT_MAX 320u /* bytes any of these may write, NUL included */

/* The best locale for a tag such as "de-CH", "zh_CN": the longest known beginning; NULL when there is none. */
const arci_locale *arci_locale_find(const char *tag, size_t n);
/* All write into buf[ARCI_FORMAT_MAX], terminated, and return the length. Values were checked. */
size_t arci_locale_money(char *buf, const arci_locale *l, const arc_money *value, int32_t style);
size_t arci_locale_decimal(char *buf, const arci_locale *l, const arc_decimal *value);
size_t arci_locale_date(char *buf, const arci_locale *l, arc_date date, int32_t style);
/* 0: not written so (three decimals and more, or 10^16 units and more). */
size_t arci_capital(char *buf, const arc_money *value);
/* "one" or "other". */
const char *arci_locale_plural(const arci_locale *l, int64_t n);

#endif
