/* SPDX-License-Identifier: Apache-2.0 */
/* Who acts, who acted, and what he attached: for verbs where one person asks and another decides. */
#ifndef ARCI_LEDGER_PERSON_H
#define ARCI_LEDGER_PERSON_H

#include "ledger/posting.h"

/* The user_account of the session's actor; NULL value: nobody the book knows. */
arc_status arci_person_id(arci_posting *p, arc_value *user);
/* The user the actor is, and whom he stands in for: ids of user_account, 0 where the book knows none. */
arc_status arci_step_people(arci_txn *t, int64_t *user, int64_t *behalf);
/* Which of n transactions the session's actor wrote, or who acts for him. */
arc_status arci_person_wrote(arci_txn *t, arci_arena *arena, const int64_t *txns, uint32_t n, uint8_t *same);
/* Which of n rows of an entity, in order of their ids and each once, have an attachment that was not withdrawn; the others stay as they are. */
arc_status arci_person_attached(arci_txn *t, arci_arena *arena, const char *entity, const int64_t *ids, uint32_t n, uint8_t *has);

#endif
