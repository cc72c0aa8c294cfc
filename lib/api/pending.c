/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that knows the verbs of all layers that may wait for approval. */
#include "credit/merge.h"
#include "ledger/step.h"
#include "security/deeds.h"

static const arci_deed *const security[] = { &arci_grant_deed,       &arci_revoke_deed,      &arci_mode_deed,
                                             &arci_role_define_deed, &arci_role_revise_deed, &arci_role_retire_deed };

static const arci_deed *const store[] = { &arci_definition_publish_deed, &arci_definition_retire_deed, &arci_custom_alter_deed, &arci_custom_retire_deed };

static const arci_deed *const ledger[] = { &arci_extend_deed, &arci_transfer_deed, &arci_refund_deed, &arci_give_up_deed, &arci_offset_deed };

static const arci_deed *const credit[] = { &arci_merge_deed, &arci_unmerge_deed };

arc_status arc_pending_approve(arc_session *session, int64_t *row, int64_t pending, const char *reason)
{
    const arci_deed_list lists[] = { { security, sizeof security / sizeof security[0], NULL }, { store, sizeof store / sizeof store[0], &arci_all_kinds },
                                     { ledger, sizeof ledger / sizeof ledger[0], NULL }, { credit, sizeof credit / sizeof credit[0], NULL } };
    return arci_pending_approve(session, row, pending, reason, lists, sizeof lists / sizeof lists[0]);
}
