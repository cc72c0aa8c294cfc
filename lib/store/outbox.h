/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the outbox. */
#ifndef ARCI_STORE_OUTBOX_H
#define ARCI_STORE_OUTBOX_H

#include "arcore/outbox.h"
#include "store/verb.h"

/* JSON of a caller's, compact, in the arena; NULL stays NULL. field names it in errors. */
arc_status arci_outbox_json(arci_txn *t, arci_arena *arena, arc_value *out, const char *json, size_t n, const char *field);
/* Puts a message into the outbox, in a call of any verb: the actor must be able to use it on the message's customer. */
arc_status arci_outbox_put(arci_call *c, arci_arena *arena, const arc_message *m, int64_t *id);
/* What became of a message. failure and receipt may be NULL (receipt NULL or of kind NULL: as it was). */
arc_status arci_outbox_became(arci_txn *t, arci_arena *arena, int64_t id, const char *status, int64_t attempts, const char *failure,
                              const arc_value *receipt);
/* The same, and it leaves the outbox: its lease goes. ARC_E_STALE: it has left already. */
arc_status arci_outbox_leave(arci_txn *t, arci_arena *arena, int64_t id, const char *status, int64_t attempts, const char *failure,
                             const arc_value *receipt);

#endif
