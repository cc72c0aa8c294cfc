/* SPDX-License-Identifier: Apache-2.0 */
/* Formulas of custom fields: exact arithmetic over the amounts and numbers of one row, written as
 *
 *     {"-": [{"var": "gross_amount"}, {"var": "x_paid"}]}
 *     {"/": [{"var": "x_paid"}, {"var": "gross_amount"}, 4, "half_even"]}
 *
 * + and * take 2 to 16 operands, - one or two, / a dividend, a divisor, the decimals kept and a rounding mode. An operand is a field, a
 * number, or an expression. What kinds go together is checked when the formula is defined; what only a row can tell (another currency, a
 * division by zero, a result that does not fit, an operand without a value) makes the result NULL. */
#ifndef ARCI_MODEL_FORMULA_H
#define ARCI_MODEL_FORMULA_H

#include "arcore/decimal.h"
#include "base/json.h"
#include "model/custom.h"

enum { ARCI_FX_FIELD = 1, ARCI_FX_CONST, ARCI_FX_ADD, ARCI_FX_SUB, ARCI_FX_MUL, ARCI_FX_DIV, ARCI_FX_NEG };

typedef struct arci_formula_op {
    uint8_t op;
    uint8_t mode; /* division: ARC_ROUND_* */
    uint8_t scale; /* division: decimals kept */
    uint8_t pad;
    uint32_t field; /* number, plain or custom */
    arc_decimal value;
} arci_formula_op;

struct arci_formula {
    arci_formula_op *ops; /* postfix */
    uint32_t n_ops;
    uint8_t money;  /* the result is an amount */
    uint8_t mode;   /* how it is brought to the decimals kept */
    uint8_t scale;  /* of a number */
    uint8_t custom; /* reads custom fields */
};

/* Reads a formula. fields: the custom fields defined so far. scale: decimals of a number. round: ARC_ROUND_* name, or NULL: the result
 * must need none. Errors with the JSON Pointer in the expression: ARC_E_SYNTAX, ARC_E_NOT_FOUND, ARC_E_VALUE, ARC_E_LIMIT, ARC_E_REQUIRED. */
arc_status arci_formula_read(arci_env *env, arci_arena *arena, const arci_custom *fields, const arci_entity *e, const char *json,
                             uint32_t scale, const char *round, arci_formula **out);
int32_t arci_round_by_name(const char *name); /* -1: no such mode */

struct arci_record;
/* Value of a formula for a record whose custom values are decoded; currency is "" for numbers. Type NULL when there is none. */
void arci_formula_value(const arci_formula *f, const struct arci_record *r, arc_value *v, char currency[4]);

#endif
