/* SPDX-License-Identifier: Apache-2.0 */
/* Cells of decision tables: S-FEEL unary tests, read for one fact into what they are sets of: ranges of integers (every type but text has one),
 * texts, and whether null is in. */
#ifndef ARCI_RULES_CELL_H
#define ARCI_RULES_CELL_H

#include "rules/logic.h"

#define ARCI_CELL_TESTS 1000u

typedef struct arci_range {
    int64_t lo, hi; /* both in */
} arci_range;

typedef struct arci_word {
    const char *s;
    uint32_t len;
} arci_word;

/* By bytes, for sorting. */
int arci_word_order(const void *a, const void *b);

typedef struct arci_cell {
    const char *s; /* as it is written */
    uint32_t len;
    uint8_t any;     /* empty or "-": null too */
    uint8_t null;    /* null is in */
    uint8_t negated; /* texts: all but these */
    uint8_t text;
    uint32_t n;      /* ranges, ascending, apart from each other; or words, ascending */
    const arci_range *ranges;
    const arci_word *words;
    arci_logic *condition; /* instead of all that; owned by the table */
} arci_cell;

/* The values a fact can have but null. */
arci_range arci_cell_domain(const arci_fact *fact);
/* Whether tests can be written for it at all. */
int arci_cell_fits(const arci_fact *fact);
/* The message says what is wrong; the caller adds the place. */
arc_status arci_cell_read(arci_env *env, arci_arena *arena, const arci_facts *facts, const arci_fact *fact, arci_range domain, const char *s, size_t len, arci_cell *out);
int arci_cell_holds(const arci_cell *c, const arc_value *v); /* not for conditions */

/* One literal of a cell: "text", 12.50, 2026-03-01, date("..."), true, false. *n: how far it was read. */
arc_status arci_cell_literal(arci_env *env, arci_arena *arena, const arci_facts *facts, const arci_fact *fact, const char *s, size_t len, size_t *n, arc_value *out);

#endif
