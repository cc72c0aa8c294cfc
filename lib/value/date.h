/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCI_VALUE_DATE_H
#define ARCI_VALUE_DATE_H

#include "arcore/date.h"

int arci_leap(int32_t year);
int32_t arci_month_days(int32_t year, int32_t month);
/* No checks: the date must be valid. */
int32_t arci_date_number(int32_t year, int32_t month, int32_t day);
void arci_date_split(int32_t *year, int32_t *month, int32_t *day, arc_date date);
int32_t arci_weekday(arc_date date);
/* n digits as a number; -1 when one is not a digit. n <= 9. */
int32_t arci_fixed_digits(const char *s, size_t n);
/* Writes exactly n digits. */
void arci_put_digits(char *s, size_t n, int32_t v);

#endif
