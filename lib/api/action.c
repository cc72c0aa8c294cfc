/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that knows the kinds of actions of all layers. */
#include "arcore/action.h"
#include "billing/action_receivable.h"
#include "rules/action_kinds.h"

static const arci_action_kind *const kinds[] = {
    &arci_action_message, &arci_action_task, &arci_action_level, &arci_action_flag, &arci_action_hold, &arci_action_set, &arci_action_approval, &arci_action_call,
    &arci_action_receivable, &arci_action_fee, &arci_action_interest,
};
const arci_action_kinds arci_all_actions = { kinds, sizeof kinds / sizeof kinds[0] };

arc_status arc_action_schema_json(char *buf, size_t *len)
{
    if (!len) return ARC_E_INVALID;
    size_t cap = buf ? *len : 0;
    *len = arci_actions_schema(buf, cap);
    return *len < cap ? ARC_OK : ARC_E_BUFFER;
}
