/* SPDX-License-Identifier: Apache-2.0 */
/* Which verb orders and deliveries allow in which state, and why not: one table for the verbs themselves and for what front ends are told. */
#ifndef ARCI_BILLING_CHAIN_STATE_H
#define ARCI_BILLING_CHAIN_STATE_H

#include "security/tell.h"

/* Why a verb is not possible in a state; a verdict without class: it is, or the table does not know the verb. */
arci_verdict arci_chain_verdict(uint32_t verb, const arc_value *status);

extern const arci_state_rule arci_order_states, arci_delivery_states;

#endif
