/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCI_RULES_CHECKS_H
#define ARCI_RULES_CHECKS_H

#include "store/verify.h"

extern const arci_check arci_rules_checks[];
extern const uint32_t arci_n_rules_checks;

#endif
