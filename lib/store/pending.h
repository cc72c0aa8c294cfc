/* SPDX-License-Identifier: Apache-2.0 */
/* Approvals: which inserts and updates of master data wait for somebody else, and the rows they wait in. */
#ifndef ARCI_STORE_PENDING_H
#define ARCI_STORE_PENDING_H

#include "arcore/pending.h"
#include "store/definition.h"
#include "store/verb.h"

typedef struct arci_approval {
    const char *verb; /* "customer.update" */
    const char **fields; /* n_fields; none: any */
    uint32_t n_fields;
    int64_t days; /* until it expires; 0: never */
    const char *reason; /* NULL: none */
} arci_approval;

/* The approval a write of r needs by the definitions in force; *out NULL: none. */
arc_status arci_approval_for(arci_txn *t, const arci_verb *verb, arci_record *r, const arci_approval **out);
void arci_approvals_free(arci_book *b);
/* The check of definitions of kind "approval". */
arc_status arci_approval_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink);

/* Stores a pending change: r was judged and may be done. */
arc_status arci_pending_store(arci_txn *t, arci_arena *arena, const arci_verb *verb, const arci_approval *a, arci_record *r, int update, int64_t *id);

/* Master data (master.c): one record, inside the session and its transaction, without asking for approval. try: it is judged whole and undone. */
arc_status arci_master_write(arci_session *s, arc_record *handle, int update, int try, int64_t *id);

#endif
