/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCI_RULES_LOGIC_RUN_H
#define ARCI_RULES_LOGIC_RUN_H

#include "rules/logic_impl.h"

#define ARCI_NOT_SEEN 0xffu

/* As arci_logic_test(), and what came out of each test: seen[n_atoms]. */
int arci_logic_trace(const arci_logic *p, const arc_value *row, arci_logic_run *run, uint8_t *seen);
int arci_lop_test(const arci_logic *p, const arci_lop *o, const arc_value *row, arci_logic_run *run);

/* A slot that follows the day as it will be run->later days on. */
int64_t arci_lx_later(const arci_fact *f, const arc_value *row, const arci_logic_run *run);
/* The sides of a comparison, operands `first` and the one behind: a quotient beside a constant is multiplied out. */
int arci_lx_sides(const arci_logic *p, const arci_lx *x, uint32_t first, const arc_value *row, arci_logic_run *run, arci_logic_value *a, arci_logic_value *b);
/* Whether `a op b` holds of two values. */
int arci_lx_holds(uint8_t op, const arci_logic_value *a, const arci_logic_value *b, arci_logic_run *run, const arci_lx *at);

typedef struct arci_lx_elements {
    const arc_value *list;     /* as it stands in the row */
    const arci_fact_list *rows;
    const arci_code_list *codes;
    uint32_t at;
    arc_value code;
} arci_lx_elements;
int arci_lx_begin(const arci_logic *p, const arci_lx *x, const arc_value *row, arci_logic_run *run, arci_lx_elements *e);
const arc_value *arci_lx_element(arci_lx_elements *e); /* as a row; NULL at the end */

/* A value as people read it. */
void arci_logic_value_text(arci_str *b, const arci_logic_value *v);

#endif
