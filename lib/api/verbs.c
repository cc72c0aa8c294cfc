/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that knows whose states say which verbs are possible. */
#include "arcore/access.h"
#include "billing/chain_state.h"
#include "billing/invoice_state.h"
#include "billing/states.h"
#include "credit/limit.h"
#include "ledger/states.h"
#include "workflow/task.h"

arc_status arc_verbs_allowed(arc_session *session, char *buf, size_t *len, arc_record *record)
{
    static const arci_state_rule *const rules[] = { &arci_invoice_states, &arci_order_states, &arci_delivery_states, NULL };
    static const arci_state_row *const rows[] = { arci_ledger_states, arci_credit_states, arci_billing_states, arci_workflow_states, NULL };
    static const arci_states states = { rules, rows };
    return arci_verbs_allowed(session, buf, len, record, &states);
}
