/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/locale.h
 *  Amounts and dates as readers of a language expect them, from data of the library's own: nothing is asked of the system's locale.
 *
 *  Languages: "zh", "zh-Hant", "en", "en-GB", "de", "de-CH", "fr", "ja". A tag that is longer ("de-AT", "zh_CN") takes the longest beginning that is
 *  known; "zh-TW", "zh-HK" and "zh-MO" are "zh-Hant". All functions are pure: no handle, no transaction, any thread. Outputs are untouched on error. */
#ifndef ARCORE_LOCALE_H
#define ARCORE_LOCALE_H

#include "arcore/date.h"
#include "arcore/money.h"

ARC_BEGIN_DECLS

#define ARC_FORMAT_SYMBOL 1 /**< with the sign where the language puts it: "$1,234.50", "1.234,50 €", "¥1,234.50" */
#define ARC_FORMAT_NUMBER 2 /**< the number alone: "1,234.50" */
#define ARC_FORMAT_CODE 3   /**< with the ISO 4217 code: "EUR 1,234.50", "1.234,50 EUR" */

#define ARC_FORMAT_SHORT 1 /**< a date for tables: "2026-03-01", "Mar 1, 2026", "01.03.2026" */
#define ARC_FORMAT_LONG 2  /**< a date for sentences: "2026年3月1日", "March 1, 2026", "1. März 2026" */

/** Writes an amount for readers of a language, with as many decimals as the currency has and groups of three.
 *
 *  A currency whose sign the language does not know is written by its code. Spaces are U+00A0 (French groups: U+202F).
 *  @param buf receives UTF-8 and a NUL. @param len in: capacity; out: length without NUL. @param value the amount.
 *  @param language a language tag. @param style ARC_FORMAT_SYMBOL, ARC_FORMAT_NUMBER or ARC_FORMAT_CODE.
 *  @return ARC_OK; ARC_E_INVALID: NULL, or no such style; ARC_E_NOT_FOUND: no such language; ARC_E_CURRENCY: unknown; ARC_E_RANGE: too large; ARC_E_BUFFER:
 *          too short, nothing written. @since 0.1 */
ARC_API arc_status arc_money_format(char *buf, size_t *len, const arc_money *value, const char *language, int32_t style);

/** Writes an amount in Chinese capital figures, as cheques and vouchers want it: 人民币壹仟陆佰捌拾元零叁角贰分.
 *
 *  The rules are those for filling in bills and settlement vouchers (支付结算办法): amounts that end at yuan end in 整; a zero between figures is written once. Other
 *  currencies than CNY stand with their Chinese name in front.
 *  @param buf receives UTF-8 and a NUL. @param len in: capacity; out: length without NUL. @param value the amount.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_CURRENCY: unknown, or with three or more decimals; ARC_E_RANGE: 10^16 units or more; ARC_E_BUFFER: too short, nothing
 *          written. @since 0.1 */
ARC_API arc_status arc_money_capital(char *buf, size_t *len, const arc_money *value);

/** Writes a date for readers of a language.
 *
 *  @param buf receives UTF-8 and a NUL. @param len in: capacity; out: length without NUL. @param date the date.
 *  @param language a language tag. @param style ARC_FORMAT_SHORT or ARC_FORMAT_LONG.
 *  @return ARC_OK; ARC_E_INVALID: NULL, or no such style; ARC_E_NOT_FOUND: no such language; ARC_E_RANGE: not a date; ARC_E_BUFFER: too short, nothing
 *          written. @since 0.1 */
ARC_API arc_status arc_date_format(char *buf, size_t *len, arc_date date, const char *language, int32_t style);

ARC_END_DECLS

#endif
