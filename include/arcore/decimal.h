/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/decimal.h
 *  Exact decimal numbers for rates, prices and quantities, the rounding modes, and the reading of numbers as people write them.
 *
 *  All functions here are pure: they take no handle, keep nothing, and are safe from any thread. Text is never read or
 *  written through the locale. */
#ifndef ARCORE_DECIMAL_H
#define ARCORE_DECIMAL_H

#include "arcore/types.h"

ARC_BEGIN_DECLS

/* Rounding modes. All but CEILING and FLOOR are sign-symmetric: rounding -x gives minus the rounding of x. */
#define ARC_ROUND_EXACT 0     /**< never round: a result that would need it is ARC_E_PRECISION */
#define ARC_ROUND_HALF_UP 1   /**< to the nearest, ties away from zero */
#define ARC_ROUND_HALF_EVEN 2 /**< to the nearest, ties to the even neighbour */
#define ARC_ROUND_HALF_DOWN 3 /**< to the nearest, ties toward zero */
#define ARC_ROUND_UP 4        /**< away from zero */
#define ARC_ROUND_DOWN 5      /**< toward zero */
#define ARC_ROUND_CEILING 6   /**< toward plus infinity */
#define ARC_ROUND_FLOOR 7     /**< toward minus infinity */

#define ARC_SCALE_MAX 18     /**< most decimals an arc_decimal can have */
#define ARC_SCALE_NATURAL (-1) /**< as result scale: what the exact result has */

/** Makes a decimal from mantissa and scale.
 *
 *  @param out      receives mantissa / 10^scale.
 *  @param mantissa any value.
 *  @param scale    0 to 18.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL; ARC_E_RANGE: scale outside 0..18. @since 0.1 */
ARC_API arc_status arc_decimal_set(arc_decimal *out, int64_t mantissa, int32_t scale);

/** Reads plain decimal text: optional '-', digits, optional '.' and digits ("1234.50", "-0.5").
 *
 *  The scale is the number of digits after the point; zeros beyond what fits are dropped, other digits never.
 *  @param out  receives the number.
 *  @param text UTF-8, need not be terminated.
 *  @param len  bytes of text, or SIZE_MAX: up to the NUL.
 *  @return ARC_OK; ARC_E_INVALID: out or text is NULL; ARC_E_SYNTAX: any other form, also "", ".5", "5." and "+5";
 *          ARC_E_PRECISION: more than 18 decimals needed; ARC_E_OVERFLOW: does not fit; ARC_E_LIMIT: more than 128 bytes. @since 0.1 */
ARC_API arc_status arc_decimal_parse(arc_decimal *out, const char *text, size_t len);

/** Prints a decimal with all its decimals, so that reading it back gives the same mantissa and scale.
 *
 *  @param buf receives the text and a NUL. @param len in: capacity; out: length without NUL (at most 22).
 *  @param value the number.
 *  @return ARC_OK; ARC_E_INVALID: len or value is NULL; ARC_E_RANGE: value is not a valid decimal; ARC_E_BUFFER: too short,
 *          nothing written. @since 0.1 */
ARC_API arc_status arc_decimal_print(char *buf, size_t *len, const arc_decimal *value);

/** Drops trailing zeros of the fraction: 1.500 becomes 1.5, 0.00 becomes 0.
 *
 *  @param out may be the same as value. @param value the number.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_RANGE: not a valid decimal. @since 0.1 */
ARC_API arc_status arc_decimal_normalise(arc_decimal *out, const arc_decimal *value);

/** Compares by value; scales do not matter.
 *
 *  @param out receives -1, 0 or 1. @param a left. @param b right.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_RANGE: not a valid decimal. @since 0.1 */
ARC_API arc_status arc_decimal_compare(int32_t *out, const arc_decimal *a, const arc_decimal *b);

/** Brings a number to another scale.
 *
 *  @param out may be the same as value. @param value the number. @param scale 0 to 18. @param mode ARC_ROUND_*.
 *  @return ARC_OK; ARC_E_INVALID: NULL or unknown mode; ARC_E_RANGE: scale or value invalid; ARC_E_PRECISION: mode is EXACT
 *          and digits would be lost; ARC_E_OVERFLOW: does not fit. @since 0.1 */
ARC_API arc_status arc_decimal_rescale(arc_decimal *out, const arc_decimal *value, int32_t scale, int32_t mode);

/** Adds exactly. The scale is the larger of the two, or less when only so the result fits without losing a digit.
 *
 *  @param out may be one of the inputs. @param a left. @param b right.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_RANGE: not a valid decimal; ARC_E_OVERFLOW: does not fit. @since 0.1 */
ARC_API arc_status arc_decimal_add(arc_decimal *out, const arc_decimal *a, const arc_decimal *b);

/** Subtracts exactly; as arc_decimal_add().
 *
 *  @param out may be one of the inputs. @param a left. @param b right.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_RANGE: not a valid decimal; ARC_E_OVERFLOW: does not fit. @since 0.1 */
ARC_API arc_status arc_decimal_sub(arc_decimal *out, const arc_decimal *a, const arc_decimal *b);

/** Changes the sign.
 *
 *  @param out may be the same as value. @param value the number.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_RANGE: not a valid decimal; ARC_E_OVERFLOW: the mantissa is INT64_MIN. @since 0.1 */
ARC_API arc_status arc_decimal_neg(arc_decimal *out, const arc_decimal *value);

/** Multiplies; rounds once.
 *
 *  @param out may be one of the inputs. @param a left. @param b right.
 *  @param scale of the result, 0 to 18, or ARC_SCALE_NATURAL: the sum of both scales, cut to 18 only where zeros are lost.
 *  @param mode ARC_ROUND_*; with ARC_SCALE_NATURAL it has no effect unless the natural scale exceeds 18.
 *  @return ARC_OK; ARC_E_INVALID: NULL or unknown mode; ARC_E_RANGE: scale or input invalid; ARC_E_PRECISION: mode is EXACT
 *          and digits would be lost; ARC_E_OVERFLOW: does not fit. @since 0.1 */
ARC_API arc_status arc_decimal_mul(arc_decimal *out, const arc_decimal *a, const arc_decimal *b, int32_t scale, int32_t mode);

/** Divides; rounds once.
 *
 *  @param out may be one of the inputs. @param a dividend. @param b divisor. @param scale of the result, 0 to 18.
 *  @param mode ARC_ROUND_*.
 *  @return ARC_OK; ARC_E_INVALID: NULL or unknown mode; ARC_E_RANGE: scale or input invalid; ARC_E_DIVIDE: b is zero;
 *          ARC_E_PRECISION: mode is EXACT and digits would be lost; ARC_E_OVERFLOW: does not fit. @since 0.1 */
ARC_API arc_status arc_decimal_div(arc_decimal *out, const arc_decimal *a, const arc_decimal *b, int32_t scale, int32_t mode);

/* What a number written by people may contain; each is refused unless its flag is given. */
#define ARC_NUMBER_GROUPING 1u     /**< groups of three: ',' or '.' (whichever is not the decimal mark), ' ', ''', U+00A0, U+202F */
#define ARC_NUMBER_FULLWIDTH 2u    /**< full-width digits, marks, signs and spaces, and U+2212 (１２３４．５０) */
#define ARC_NUMBER_SYMBOL 4u       /**< a currency sign or its ISO code before or after, and a trailing 元 or 円; must fit the currency expected */
#define ARC_NUMBER_PARENTHESES 8u  /**< (123.45) is negative */
#define ARC_NUMBER_TRAILING_SIGN 16u /**< 123.45- is negative */
#define ARC_NUMBER_PLUS 32u        /**< a leading '+' */
#define ARC_NUMBER_SPACE 64u       /**< blanks around the number */
#define ARC_NUMBER_EXPONENT 128u   /**< 1.5E+3 */
#define ARC_NUMBER_LOOSE_GROUPS 256u /**< with GROUPING: groups of any length (Indian, Chinese, or careless) */
#define ARC_NUMBER_BARE_POINT 512u /**< ".5" and "5." */
#define ARC_NUMBER_ANY 1023u       /**< all of the above */

/** How to read a number written by people. Start from ARC_NUMBER_OPTIONS_INIT, which allows nothing but plain text. */
typedef struct arc_number_options {
    uint32_t struct_size; /**< sizeof(arc_number_options) */
    uint32_t flags;       /**< ARC_NUMBER_* */
    int32_t decimal_mark; /**< '.' or ',' */
    int32_t mode;         /**< ARC_ROUND_*: what happens to digits beyond the scale; EXACT refuses them */
} arc_number_options;

#define ARC_NUMBER_OPTIONS_INIT { (uint32_t)sizeof(arc_number_options), 0, '.', ARC_ROUND_EXACT }

/** Fills options with their defaults; the same bytes as ARC_NUMBER_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_number_options_init(arc_number_options *options);

/** Reads a decimal as people write it, without guessing: what is allowed is said in the options.
 *
 *  @param out     receives the number.
 *  @param text    UTF-8, need not be terminated.
 *  @param len     bytes of text, at most 128, or SIZE_MAX: up to the NUL.
 *  @param scale   of the result, 0 to 18, or ARC_SCALE_NATURAL: the digits written.
 *  @param options NULL: as arc_decimal_parse().
 *  @return ARC_OK; ARC_E_INVALID: out or text is NULL, options are wrong; ARC_E_RANGE: scale; ARC_E_ENCODING: not UTF-8;
 *          ARC_E_SYNTAX: not a number of the allowed form; ARC_E_PRECISION: more digits than scale and mode is EXACT;
 *          ARC_E_OVERFLOW: does not fit; ARC_E_LIMIT: text too long. @since 0.1 */
ARC_API arc_status arc_decimal_parse_as(arc_decimal *out, const char *text, size_t len, int32_t scale,
                                        const arc_number_options *options);

ARC_END_DECLS

#endif
