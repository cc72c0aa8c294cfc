/* SPDX-License-Identifier: Apache-2.0 */
/* Which verbs the states of contracts and milestones allow; see ledger/states.h. */
#ifndef ARCI_BILLING_STATES_H
#define ARCI_BILLING_STATES_H

#include "ledger/states.h"

arc_status arci_contract_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id);
arc_status arci_milestone_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id);
arc_status arci_invoice_request_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id);

/* Nobody approves what he submitted or stood in for, nor for who did. people: submitted_by, submitted_for; one accountant who keeps the book alone, and the host itself, may. */
arc_status arci_another_person(arci_txn *t, const arc_value *people, const char *entity, int64_t id, const char *en, const char *zh);
/* The other way round: taken back by who submitted it, or who acts for him. */
arc_status arci_same_person(arci_txn *t, const arc_value *people, const char *entity, int64_t id);

/* Rows for arc_verbs_allowed(), ended by one without entity. */
extern const arci_state_row arci_billing_states[];

#endif
