/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/money.h
 *  Currencies and exact arithmetic on amounts: checked, in minor units, rounded once and by a mode the caller names.
 *
 *  All functions here are pure: they take no handle, keep nothing, need no transaction and are safe from any thread. Outputs may
 *  be the same objects as inputs unless said otherwise; on error outputs are untouched. Every result lies within
 *  +-ARC_MONEY_MAX or the call is ARC_E_OVERFLOW. An amount handed in must have a current ISO 4217 currency that has a minor
 *  unit (else ARC_E_CURRENCY) and lie within +-ARC_MONEY_MAX (else ARC_E_RANGE). */
#ifndef ARCORE_MONEY_H
#define ARCORE_MONEY_H

#include "arcore/decimal.h"

ARC_BEGIN_DECLS

/** What the library knows of a currency. Start from ARC_CURRENCY_INFO_INIT. */
typedef struct arc_currency_info {
    uint32_t struct_size; /**< sizeof(arc_currency_info) */
    char code[4];         /**< ISO 4217 letters */
    int32_t numeric;      /**< ISO 4217 number, 156 for CNY */
    int32_t exponent;     /**< decimals of the minor unit, 0 to 4; -1: the code has none and cannot carry amounts (XAU, XXX) */
    const char *name_en;  /**< static */
    const char *name_zh;  /**< static */
} arc_currency_info;

#define ARC_CURRENCY_INFO_INIT { (uint32_t)sizeof(arc_currency_info), { 0 }, 0, 0, NULL, NULL }

/** Fills info with its defaults; the same bytes as ARC_CURRENCY_INFO_INIT.
 *  @param info not NULL. @return ARC_OK, or ARC_E_INVALID when info is NULL. @since 0.1 */
ARC_API arc_status arc_currency_info_init(arc_currency_info *info);

/** @return number of currencies in the table (ISO 4217 list one as of 2026-01-01). @since 0.1 */
ARC_API int32_t arc_currency_count(void);

/** The currency at a place of the table, which is in order of code.
 *
 *  @param out filled up to its struct_size. @param index 0 to arc_currency_count() - 1.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL or its struct_size 0; ARC_E_NOT_FOUND: no such place. @since 0.1 */
ARC_API arc_status arc_currency_at(arc_currency_info *out, int32_t index);

/** Looks a currency up by its letters.
 *
 *  @param out filled up to its struct_size. @param code three capital letters and NUL.
 *  @return ARC_OK; ARC_E_INVALID: NULL or struct_size 0; ARC_E_CURRENCY: not a current code (also withdrawn ones). @since 0.1 */
ARC_API arc_status arc_currency_get(arc_currency_info *out, const char *code);

/** Looks a currency up by its ISO number.
 *
 *  @param out filled up to its struct_size. @param numeric for example 156.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL or its struct_size 0; ARC_E_CURRENCY: not a current number. @since 0.1 */
ARC_API arc_status arc_currency_get_numeric(arc_currency_info *out, int32_t numeric);

/** Decimals of a currency's minor unit.
 *
 *  @param exponent receives 0 to 4. @param code three capital letters and NUL.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_CURRENCY: not a current code, or one without a minor unit. @since 0.1 */
ARC_API arc_status arc_currency_exponent(int32_t *exponent, const char *code);

/** Makes an amount.
 *
 *  @param out receives it. @param minor minor units (fen, cents). @param currency three capital letters and NUL.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_CURRENCY: unknown; ARC_E_RANGE: beyond ARC_MONEY_MAX. @since 0.1 */
ARC_API arc_status arc_money_set(arc_money *out, int64_t minor, const char *currency);

/** Whether an amount is one: known currency, within ARC_MONEY_MAX.
 *
 *  @param value the amount.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_CURRENCY: unknown; ARC_E_RANGE: too large. @since 0.1 */
ARC_API arc_status arc_money_check(const arc_money *value);

/** Adds two amounts of one currency.
 *
 *  @param out receives a + b. @param a left. @param b right.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_CURRENCY: unknown or different; ARC_E_RANGE: input too large; ARC_E_OVERFLOW:
 *          result too large. @since 0.1 */
ARC_API arc_status arc_money_add(arc_money *out, const arc_money *a, const arc_money *b);

/** Subtracts two amounts of one currency; codes as arc_money_add().
 *
 *  @param out receives a - b. @param a left. @param b right.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_CURRENCY: unknown or different; ARC_E_RANGE: input too large; ARC_E_OVERFLOW:
 *          result too large. @since 0.1 */
ARC_API arc_status arc_money_sub(arc_money *out, const arc_money *a, const arc_money *b);

/** Changes the sign.
 *
 *  @param out receives -value. @param value the amount.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_CURRENCY: unknown; ARC_E_RANGE: too large. @since 0.1 */
ARC_API arc_status arc_money_neg(arc_money *out, const arc_money *value);

/** Compares two amounts of one currency.
 *
 *  @param out receives -1, 0 or 1. @param a left. @param b right.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_CURRENCY: unknown or different; ARC_E_RANGE: input too large. @since 0.1 */
ARC_API arc_status arc_money_compare(int32_t *out, const arc_money *a, const arc_money *b);

/** Adds many amounts of one currency; only the end result must fit.
 *
 *  @param out receives the sum. @param currency of every element, and of the sum when n is 0.
 *  @param values n amounts. @param n number of them.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_CURRENCY: unknown or different; ARC_E_RANGE: an element too large;
 *          ARC_E_OVERFLOW: the sum is too large. @since 0.1 */
ARC_API arc_status arc_money_sum(arc_money *out, const char *currency, const arc_money *values, size_t n);

/** value * num / den with a 128-bit product, rounded once.
 *
 *  @param out receives the result. @param value the amount. @param num any. @param den not 0. @param mode ARC_ROUND_*.
 *  @return ARC_OK; ARC_E_INVALID: NULL or unknown mode; ARC_E_CURRENCY, ARC_E_RANGE: value; ARC_E_DIVIDE: den is 0;
 *          ARC_E_PRECISION: mode is EXACT and there is a rest; ARC_E_OVERFLOW: result too large. @since 0.1 */
ARC_API arc_status arc_money_muldiv(arc_money *out, const arc_money *value, int64_t num, int64_t den, int32_t mode);

/** value * factor, rounded once.
 *
 *  @param out receives the result. @param value the amount. @param factor for example 0.13. @param mode ARC_ROUND_*.
 *  @return ARC_OK; ARC_E_INVALID: NULL or unknown mode; ARC_E_CURRENCY, ARC_E_RANGE: an input; ARC_E_PRECISION: mode is EXACT
 *          and there is a rest; ARC_E_OVERFLOW: result too large. @since 0.1 */
ARC_API arc_status arc_money_mul(arc_money *out, const arc_money *value, const arc_decimal *factor, int32_t mode);

/** quantity * price as an amount, rounded once: what an invoice line comes to.
 *
 *  @param out receives the result. @param quantity for example 3. @param price in major units, for example 0.0045.
 *  @param currency three capital letters and NUL. @param mode ARC_ROUND_*.
 *  @return ARC_OK; ARC_E_INVALID: NULL or unknown mode; ARC_E_CURRENCY: unknown; ARC_E_RANGE: an input; ARC_E_PRECISION: mode
 *          is EXACT and there is a rest; ARC_E_OVERFLOW: result too large. @since 0.1 */
ARC_API arc_status arc_money_line(arc_money *out, const arc_decimal *quantity, const arc_decimal *price, const char *currency,
                                  int32_t mode);

/** A decimal number of major units as an amount.
 *
 *  @param out receives it. @param value major units. @param currency three capital letters and NUL. @param mode ARC_ROUND_*.
 *  @return ARC_OK; ARC_E_INVALID: NULL or unknown mode; ARC_E_CURRENCY: unknown; ARC_E_RANGE: not a valid decimal;
 *          ARC_E_PRECISION: mode is EXACT and there are too many decimals; ARC_E_OVERFLOW: too large. @since 0.1 */
ARC_API arc_status arc_money_from_decimal(arc_money *out, const arc_decimal *value, const char *currency, int32_t mode);

/** An amount as a decimal number of major units, with the currency's number of decimals.
 *
 *  @param out receives it. @param value the amount.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_CURRENCY: unknown; ARC_E_RANGE: too large. @since 0.1 */
ARC_API arc_status arc_money_to_decimal(arc_decimal *out, const arc_money *value);

/** Splits an amount in proportion to weights by the largest remainder; the parts always add up to the whole.
 *
 *  Left-over units go to the largest remainders, ties to the lower index. A negative total gives the same parts with minus.
 *  When no line that can still take anything has a weight, equal weights count. A line never gets more than its cap; what it
 *  could not take is split among the others again.
 *  @param parts   receives n parts in minor units; must not overlap an input. Untouched on error.
 *  @param total   the amount.
 *  @param weights n weights >= 0 whose sum fits int64.
 *  @param caps    NULL, or n bounds >= 0 on the magnitude of each part.
 *  @param n       number of lines, at least 1.
 *  @return ARC_OK; ARC_E_INVALID: NULL or n is 0; ARC_E_CURRENCY: unknown; ARC_E_RANGE: total too large, a negative weight or
 *          cap, or the caps together cannot hold the total; ARC_E_OVERFLOW: the weights do not fit. @since 0.1 */
ARC_API arc_status arc_money_allocate(int64_t *parts, const arc_money *total, const int64_t *weights, const int64_t *caps,
                                      size_t n);

/** Tax on a net amount: tax = round(net * rate), gross = net + tax.
 *
 *  @param tax receives the tax, may be NULL. @param gross receives the sum, may be NULL. @param net the amount without tax.
 *  @param rate a fraction >= 0, 0.13 for 13 %. @param mode ARC_ROUND_*.
 *  @return ARC_OK; ARC_E_INVALID: NULL or unknown mode; ARC_E_CURRENCY, ARC_E_RANGE: an input; ARC_E_PRECISION: mode is EXACT
 *          and there is a rest; ARC_E_OVERFLOW: result too large. @since 0.1 */
ARC_API arc_status arc_money_tax_from_net(arc_money *tax, arc_money *gross, const arc_money *net, const arc_decimal *rate,
                                          int32_t mode);

/** Tax inside a gross amount: net = round(gross / (1 + rate)), tax = gross - net, so that the gross survives.
 *
 *  @param net receives the net, may be NULL. @param tax receives the tax, may be NULL. @param gross the amount with tax.
 *  @param rate a fraction >= 0, 0.13 for 13 %. @param mode ARC_ROUND_*.
 *  @return ARC_OK; ARC_E_INVALID: NULL or unknown mode; ARC_E_CURRENCY, ARC_E_RANGE: an input; ARC_E_PRECISION: mode is EXACT
 *          and there is a rest. @since 0.1 */
ARC_API arc_status arc_money_tax_from_gross(arc_money *net, arc_money *tax, const arc_money *gross, const arc_decimal *rate,
                                            int32_t mode);

/** Rounds what is paid in cash to the coins there are. The invoice keeps its total; the difference is a line of its own.
 *
 *  @param out receives a multiple of step, may be NULL. @param difference receives out - value, may be NULL.
 *  @param value the amount due. @param step in minor units, 5 for 0.05. @param mode ARC_ROUND_*.
 *  @return ARC_OK; ARC_E_INVALID: NULL or unknown mode; ARC_E_CURRENCY: unknown; ARC_E_RANGE: value too large or step < 1;
 *          ARC_E_PRECISION: mode is EXACT and there is a rest; ARC_E_OVERFLOW: result too large. @since 0.1 */
ARC_API arc_status arc_money_round_cash(arc_money *out, arc_money *difference, const arc_money *value, int64_t step,
                                        int32_t mode);

/** An exchange rate: `per` units of the foreign currency cost `value` units of the base currency. */
typedef struct arc_rate {
    arc_decimal value; /**< > 0 */
    int32_t per;       /**< 1, 100 or 1000 */
    int32_t reserved;  /**< 0 */
} arc_rate;

/** A foreign amount in base currency: value * rate / per, rounded once.
 *
 *  @param out receives the amount. @param value foreign amount. @param currency the base currency. @param rate the rate.
 *  @param mode ARC_ROUND_*.
 *  @return ARC_OK; ARC_E_INVALID: NULL or unknown mode; ARC_E_CURRENCY: unknown; ARC_E_RANGE: value too large, rate not > 0, per
 *          not 1, 100 or 1000; ARC_E_PRECISION: mode is EXACT and there is a rest; ARC_E_OVERFLOW: result too large. @since 0.1 */
ARC_API arc_status arc_money_convert(arc_money *out, const arc_money *value, const char *currency, const arc_rate *rate,
                                     int32_t mode);

/** A base amount in foreign currency: value * per / rate, rounded once.
 *
 *  @param out receives the amount. @param value base amount. @param currency the foreign currency. @param rate the rate.
 *  @param mode ARC_ROUND_*.
 *  @return ARC_OK; ARC_E_INVALID: NULL or unknown mode; ARC_E_CURRENCY: unknown; ARC_E_RANGE: value too large, rate not > 0, per
 *          not 1, 100 or 1000; ARC_E_PRECISION: mode is EXACT and there is a rest; ARC_E_OVERFLOW: result too large. @since 0.1 */
ARC_API arc_status arc_money_convert_back(arc_money *out, const arc_money *value, const char *currency, const arc_rate *rate,
                                          int32_t mode);

/** Realised exchange difference of one application of cash to a foreign-currency item.
 *
 *  The part of the booked base that leaves is carried * applied / open, rounded; the application that closes the item takes
 *  what is left exactly, so nothing remains. difference = settled - booked: positive is a gain on a receivable.
 *  @param booked     receives the booked base that leaves, may be NULL.
 *  @param settled    receives applied at the settlement rate, may be NULL.
 *  @param difference receives the realised difference, may be NULL.
 *  @param applied    foreign amount applied, same sign as open and not beyond it.
 *  @param open       foreign amount open before; not 0.
 *  @param carried    base amount still booked before.
 *  @param rate       settlement rate. @param mode ARC_ROUND_*.
 *  @return ARC_OK; ARC_E_INVALID: NULL or unknown mode; ARC_E_CURRENCY: unknown or different; ARC_E_RANGE: an input too large,
 *          applied beyond open or of the other sign, open is 0, or the rate is not valid; ARC_E_PRECISION: mode is EXACT and
 *          there is a rest; ARC_E_OVERFLOW: result too large. @since 0.1 */
ARC_API arc_status arc_fx_realise(arc_money *booked, arc_money *settled, arc_money *difference, const arc_money *applied,
                                  const arc_money *open, const arc_money *carried, const arc_rate *rate, int32_t mode);

/** Unrealised exchange difference at a closing rate: open * rate - carried.
 *
 *  @param valued     receives open at the closing rate, may be NULL.
 *  @param difference receives the difference, may be NULL.
 *  @param open       foreign amount open. @param carried base amount booked. @param rate closing rate. @param mode ARC_ROUND_*.
 *  @return ARC_OK; ARC_E_INVALID: NULL or unknown mode; ARC_E_CURRENCY: unknown; ARC_E_RANGE: an input too large or the rate not
 *          valid; ARC_E_PRECISION: mode is EXACT and there is a rest; ARC_E_OVERFLOW: result too large. @since 0.1 */
ARC_API arc_status arc_fx_revalue(arc_money *valued, arc_money *difference, const arc_money *open, const arc_money *carried,
                                  const arc_rate *rate, int32_t mode);

/** Reads an amount in major units.
 *
 *  @param out      receives it.
 *  @param text     without options "1234.50" or "CNY 1234.50", nothing else; UTF-8, need not be terminated.
 *  @param len      bytes of text, at most 128, or SIZE_MAX: up to the NUL.
 *  @param currency the currency expected; NULL: the text must name it by code (or, with ARC_NUMBER_SYMBOL, by a sign that only
 *                  one currency has).
 *  @param options  NULL, or what else is allowed: see ARC_NUMBER_*.
 *  @return ARC_OK; ARC_E_INVALID: NULL or wrong options; ARC_E_ENCODING: not UTF-8; ARC_E_SYNTAX: not an amount of the allowed
 *          form; ARC_E_CURRENCY: unknown, missing, or not the one expected; ARC_E_PRECISION: more decimals than the currency has
 *          and options->mode is EXACT; ARC_E_OVERFLOW: beyond ARC_MONEY_MAX; ARC_E_LIMIT: text too long. @since 0.1 */
ARC_API arc_status arc_money_parse(arc_money *out, const char *text, size_t len, const char *currency,
                                   const arc_number_options *options);

/** Prints an amount with its currency: "CNY -1234.50". arc_money_parse() reads it back.
 *
 *  @param buf receives the text and a NUL. @param len in: capacity; out: length without NUL (at most 26).
 *  @param value the amount.
 *  @return ARC_OK; ARC_E_INVALID: len or value is NULL; ARC_E_CURRENCY: unknown; ARC_E_RANGE: too large; ARC_E_BUFFER: too
 *          short, nothing written. @since 0.1 */
ARC_API arc_status arc_money_print(char *buf, size_t *len, const arc_money *value);

/** Prints an amount without its currency: "-1234.50"; as many decimals as the currency has.
 *
 *  @param buf receives the text and a NUL. @param len in: capacity; out: length without NUL (at most 22).
 *  @param value the amount.
 *  @return ARC_OK; ARC_E_INVALID: len or value is NULL; ARC_E_CURRENCY: unknown; ARC_E_RANGE: too large; ARC_E_BUFFER: too
 *          short, nothing written. @since 0.1 */
ARC_API arc_status arc_money_print_amount(char *buf, size_t *len, const arc_money *value);

ARC_END_DECLS

#endif
