/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCI_RULES_LOGIC_RUN_H
#define ARCI_RULES_LOGIC_RUN_H

#include "rules/logic_impl.h"

#define ARCI_NOT_SEEN 0xffu

/* As arci_logic_test(), and what came out of each test: seen[n_atoms]. */
int arci_logic_trace(const arci_logic *p, const arc_value *row, arci_logic_run *run, uint8_t *seen);
/* A value as people read it. */
void arci_logic_value_text(arci_str *b, const arci_logic_value *v);

#endif
