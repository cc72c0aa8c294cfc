/* SPDX-License-Identifier: Apache-2.0 */
/* Who acts, who acted, and what he attached: for verbs where one person asks and another decides. */
#ifndef ARCI_LEDGER_PERSON_H
#define ARCI_LEDGER_PERSON_H

#include "ledger/posting.h"

/* The user_account of the session's actor; NULL value: nobody the book knows. */
arc_status arci_person_id(arci_posting *p, arc_value *user);
/* Whether the session's actor, or who acts for him, wrote a transaction. */
arc_status arci_person_wrote(arci_txn *t, arci_arena *arena, int64_t txn, int *same);
/* Whether a row has an attachment that was not withdrawn. */
arc_status arci_person_attached(arci_txn *t, arci_arena *arena, const char *entity, int64_t row, int *has);

#endif
