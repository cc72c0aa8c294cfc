/* SPDX-License-Identifier: Apache-2.0 */
/* Which verbs the state of a task allows. */
#ifndef ARCI_WORKFLOW_TASK_H
#define ARCI_WORKFLOW_TASK_H

#include "security/tell.h"

/* ARC_OK, or ARC_E_STATE with the reason for a clerk; ARC_E_NOT_FOUND. */
arc_status arci_task_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id);

extern const arci_state_row arci_workflow_states[]; /* for arc_verbs_allowed(), ended by one without entity */

#endif
