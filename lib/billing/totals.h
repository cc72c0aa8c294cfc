/* SPDX-License-Identifier: Apache-2.0 */
/* What the lines of a document come to. Pure: amounts in, amounts out, no book behind it.
 *
 * A line gives an amount without tax, with tax, or quantity and price; its tax may be given or is computed. Everything is rounded once, half
 * away from zero, so that a credit note is the mirror of its invoice. By line: tax = round(net * rate), or gross - round(gross / (1 + rate))
 * where the line was entered with tax. By group (of tax kind and rate): the tax of the group's sum, spread over its lines by the largest
 * remainder. In both, the sums of the lines are the totals. */
#ifndef ARCI_BILLING_TOTALS_H
#define ARCI_BILLING_TOTALS_H

#include "arcore/money.h"
#include "base/env.h"

#define ARCI_LINES_MAX 10000u

enum { ARCI_GIVEN_QUANTITY = 1, ARCI_GIVEN_PRICE = 2, ARCI_GIVEN_NET = 4, ARCI_GIVEN_TAX = 8, ARCI_GIVEN_GROSS = 16, ARCI_GIVEN_RATE = 32, ARCI_GIVEN_KIND = 64 };
/* In the order of the code list tax_kind. */
enum { ARCI_TAX_STANDARD, ARCI_TAX_SIMPLIFIED, ARCI_TAX_ZERO, ARCI_TAX_EXEMPT, ARCI_TAX_OUTSIDE, ARCI_TAX_KINDS };

/* A deduction of an advance that never counted on the document's contract, or on its order, takes nothing off them. */
enum { ARCI_OFF_CONTRACT = 1, ARCI_OFF_ORDER = 2 };

typedef struct arci_total_line {
    uint32_t given;         /* ARCI_GIVEN_* */
    uint32_t discount_of;   /* number of the line above, from 1; 0: no discount line */
    arc_decimal quantity, price;
    int64_t rate;           /* mantissa of a fraction with 4 decimals */
    int64_t net, tax, gross; /* in: those given; out: all */
    uint8_t kind;           /* ARCI_TAX_* */
    uint8_t with_tax;       /* out: its amount was entered with tax */
    uint8_t valued;         /* base_net and base_tax are known: of a document in foreign currency; not by arci_totals_compute() */
    uint8_t off;            /* ARCI_OFF_*: what of the document it does not count on; not by arci_totals_compute() */
    uint8_t pad[4];
    int64_t base_net, base_tax; /* in the book's base currency, in the sign of the line */
} arci_total_line;

typedef struct arci_total_rules {
    char currency[4];
    uint8_t gross_basis; /* prices are with tax */
    uint8_t by_group;
    uint8_t pad[2];
    /* Bounds on what a caller gives himself, in minor units of the currency. */
    int64_t line_tax;     /* |net * rate - tax| of a line */
    int64_t line_price;   /* |quantity * price - amount| */
    int64_t document_tax; /* |sum of (net * rate - tax)|: when a line's tax was given */
    int64_t group_tax;    /* |round(net * rate) - tax| of a group, by group: when a line's tax was given */
} arci_total_rules;

#define ARCI_TOTAL_RULES_INIT { { 0 }, 0, 0, { 0, 0 }, 6, 1, 127, 100 }

typedef struct arci_totals {
    int64_t net, tax, gross;
} arci_totals;

/* One group of the tax table, in order of first appearance. */
typedef struct arci_total_group {
    int64_t rate, net, tax;
    uint8_t kind;
    uint8_t pad[7];
} arci_total_group;

/* Fills the lines and the totals. Errors name entity, field and, as JSON Pointer, the line: ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_OVERFLOW, ARC_E_NOMEM. */
arc_status arci_totals_compute(arci_env *env, arci_totals *out, arci_total_line *lines, uint32_t n, const arci_total_rules *rules);
/* The tax table of computed lines; groups has room for n. */
uint32_t arci_totals_groups(arci_total_group *groups, const arci_total_line *lines, uint32_t n);
/* The fault of a line, for others that judge lines: sets entity, field and pointer; returns status. */
arc_status arci_line_at(arci_env *env, arc_status status, uint32_t line, const char *field);

#endif
