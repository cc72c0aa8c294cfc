/* SPDX-License-Identifier: Apache-2.0 */
/* What an actor may do to one record: his rights, and what upper layers know of the record's state. */
#ifndef ARCI_SECURITY_TELL_H
#define ARCI_SECURITY_TELL_H

#include "store/verb.h"

/* Static texts. */
typedef struct arci_verdict {
    const char *class, *en, *zh; /* class NULL: allowed; else permission, rows, state, own, authority, mode */
} arci_verdict;

/* What the state of a record of one entity says against a verb of it. */
typedef struct arci_state_rule {
    uint32_t entity; /* ARC_<ENTITY> */
    arc_status (*judge)(arci_txn *t, const arci_verb *v, arci_record *r, arci_verdict *out);
} arci_state_rule;

/* The same where the verb itself asks a function: ARC_OK, or the error the verb answers with. A verb of another entity than the record's is told of too: a row says that the
 * record is what it is done to. may NULL: the verb makes new ones, what is stored is there already. */
typedef struct arci_state_row {
    uint32_t entity; /* ARC_<ENTITY> of the record; 0 ends a list */
    uint32_t verb;
    arc_status (*may)(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id);
} arci_state_row;

/* What layers know of states. Lists end with NULL. */
typedef struct arci_states {
    const arci_state_rule *const *rules;
    const arci_state_row *const *rows;
} arci_states;

/* The body of arc_verbs_allowed(). */
arc_status arci_verbs_allowed(arc_session *session, char *buf, size_t *len, arc_record *record, const arci_states *states);

#endif
