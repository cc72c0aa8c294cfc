/* SPDX-License-Identifier: Apache-2.0 */
/* The engine of rules: its proposals, looked at again and applied. */
#ifndef ARCI_RULES_RULE_ENGINE_H
#define ARCI_RULES_RULE_ENGINE_H

#include "store/proposal.h"

#define ARCI_RULE_ENGINE "rules"

extern const arci_engine arci_rule_engine;
void arci_rule_unit(char out[64], const arci_entity *entity, int64_t id); /* "item:12" */

#endif
