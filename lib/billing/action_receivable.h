/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of actions that record receivables. */
#ifndef ARCI_BILLING_ACTION_RECEIVABLE_H
#define ARCI_BILLING_ACTION_RECEIVABLE_H

#include "rules/action.h"

extern const arci_action_kind arci_action_receivable, arci_action_fee, arci_action_interest;

#endif
