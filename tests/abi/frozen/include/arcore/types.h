/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/types.h
 *  The small value types that cross the API. Functions on them: money.h, decimal.h, date.h. */
#ifndef ARCORE_TYPES_H
#define ARCORE_TYPES_H

#include <stddef.h>
#include <stdint.h>

#include "arcore/export.h"
#include "arcore/status.h"

/** Flag of every call that takes many elements: one refused element refuses them all, and its status is the call's. */
#define ARC_ALL_OR_NONE 0x1u

/** A civil date: days since 1970-01-01 in the proleptic Gregorian calendar, 0001-01-01 to 9999-12-31. */
typedef int32_t arc_date;
#define ARC_DATE_NONE INT32_MIN   /**< "no date" where a date is optional */
#define ARC_DATE_MIN (-719162)    /**< 0001-01-01 */
#define ARC_DATE_MAX 2932896      /**< 9999-12-31 */

/** An instant: microseconds since 1970-01-01T00:00:00Z. Not a date: which date it is depends on a time zone. */
typedef int64_t arc_stamp;

/** An amount of money in minor units (fen, cents) of an ISO 4217 currency. |minor| <= ARC_MONEY_MAX. */
typedef struct arc_money {
    int64_t minor;
    char currency[4]; /**< three capital letters, NUL */
    uint32_t reserved; /**< 0 */
} arc_money;
#define ARC_MONEY_MAX INT64_C(1000000000000000000) /**< 1e18 minor units: sums of two never wrap */

/** A decimal number: mantissa / 10^scale, 0 <= scale <= 18. 1.50 with scale 2 and 1.5 with scale 1 are equal. */
typedef struct arc_decimal {
    int64_t mantissa;
    int32_t scale;
    int32_t reserved; /**< 0 */
} arc_decimal;

#endif
