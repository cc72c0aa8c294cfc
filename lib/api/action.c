/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that knows the kinds of actions of all layers. */
#include "rules/action.h"

const arci_action_kinds arci_all_actions = { NULL, 0 };
