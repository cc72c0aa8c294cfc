/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that knows the kinds of actions of all layers. */
#include "rules/action_kinds.h"

static const arci_action_kind *const kinds[] = {
    &arci_action_message, &arci_action_task, &arci_action_level, &arci_action_flag, &arci_action_hold, &arci_action_set, &arci_action_approval, &arci_action_call,
};
const arci_action_kinds arci_all_actions = { kinds, sizeof kinds / sizeof kinds[0] };
