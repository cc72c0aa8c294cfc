/* SPDX-License-Identifier: Apache-2.0 */
/* JsonLogic as the public test suite has it: untyped, with truth of any value and texts that become numbers. For comparing and for telling
 * what a document from elsewhere would have meant; no rule of a book is ever run by it. Numbers are exact decimals here, too. */
#ifndef ARCI_RULES_LOOSE_H
#define ARCI_RULES_LOOSE_H

#include "base/json.h"

#define ARCI_LOOSE_STEPS 1000000u

/* data may be NULL. The result lies in the arena or is a part of rule or data. ARC_E_UNSUPPORTED: an operator that does not exist; ARC_E_DIVIDE,
 * ARC_E_OVERFLOW; ARC_E_LIMIT: more than a million steps. */
arc_status arci_loose(arci_env *env, arci_arena *arena, const arci_json *rule, const arci_json *data, const arci_json **out);
/* Whether two documents say the same: members in any order, numbers by value. */
int arci_loose_same(const arci_json *a, const arci_json *b);
int arci_loose_truth(const arci_json *v);

#endif
