/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions as conditions of the store: what can be asked of the rows of the subject alone is, so that a store reads only rows that can matter.
 * Two-valued on both sides: a missing value means the same. */
#ifndef ARCI_RULES_LOGIC_PUSH_H
#define ARCI_RULES_LOGIC_PUSH_H

#include "rules/logic.h"
#include "store/scan.h"

typedef struct arci_pushed {
    arc_cond *conds; /* rows that fail any of these make the program FALSE */
    uint32_t n;
    uint8_t whole;   /* rows that pass all make it TRUE: nothing is left to test */
} arci_pushed;

/* What can be asked of the rows of one node of the facts: 0 the subject, or its state. Columns are those of its table, custom fields those of the overlay
 * (NULL: none). Everything lies in the arena or in the program. */
arc_status arci_logic_push(arci_env *env, arci_arena *arena, const arci_logic *p, uint32_t node, const arci_table *table, const arci_overlay *overlay,
                           const arci_fact_call *call, arci_pushed *out);

#endif
