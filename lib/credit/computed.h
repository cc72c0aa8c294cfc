/* SPDX-License-Identifier: Apache-2.0 */
/* Fields without a column that credit knows: of customers. */
#ifndef ARCI_CREDIT_COMPUTED_H
#define ARCI_CREDIT_COMPUTED_H

#include "store/computed.h"

extern const arci_computing arci_credit_computing;
extern const arci_computed_fact arci_credit_computed_facts[]; /* ended by one without entity */

#endif
