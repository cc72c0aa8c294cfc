/* SPDX-License-Identifier: Apache-2.0 */
/* Approvals: which inserts and updates of master data wait for somebody else, and the rows they wait in. */
#ifndef ARCI_STORE_PENDING_H
#define ARCI_STORE_PENDING_H

#include "arcore/pending.h"
#include "store/definition.h"
#include "store/record_api.h"
#include "store/verb.h"

typedef struct arci_approval {
    const char *verb; /* "customer.update" */
    const char **fields; /* n_fields; none: any */
    uint32_t n_fields;
    int64_t days; /* until it expires; 0: never */
    const char *reason; /* NULL: none */
} arci_approval;

/* The approval a verb needs by the definitions in force; *out NULL: none. e and r: of an insert or update, else NULL. */
arc_status arci_approval_for(arci_txn *t, const arci_verb *verb, const arci_entity *e, arci_record *r, const arci_approval **out);
/* Those of a document, in the arena. */
arc_status arci_approval_read(arci_env *env, arci_arena *arena, const char *json, size_t len, const arci_approval **out, uint32_t *n);
void arci_approvals_free(arci_book *b);
/* The check of definitions of kind "approval". */
arc_status arci_approval_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink);

/* A pending change on its way through a call. */
typedef struct arci_pending {
    arci_session *s;
    arci_txn *t;
    arci_arena arena;
    const arci_entity *entity;
    const arc_value *v; /* of its row: ARCI_PC_* */
    int64_t id;
    int update;
} arci_pending;

extern const char arci_pending_fields[];
enum {
    ARCI_PC_ID, ARCI_PC_VERSION, ARCI_PC_VERB, ARCI_PC_ENTITY, ARCI_PC_ROW, ARCI_PC_ROW_VERSION, ARCI_PC_BEFORE, ARCI_PC_AFTER, ARCI_PC_STATUS, ARCI_PC_EXPIRES, ARCI_PC_MAKER,
    ARCI_PC_MAKER_FOR, ARCI_PC_REASON, ARCI_PC_ASKED, ARCI_PC_DECIDED_BY, ARCI_PC_DECISION, ARCI_PC_RESULT, ARCI_PC_N
};
/* Its row is read: entity and update follow from it. */
arc_status arci_pending_take(arci_pending *p, const arc_value *v);
/* The record as it is to be written: the row as it is, with the fields asked for set, under the version it was asked against. */
arc_status arci_pending_build(arci_pending *p, const char *after, size_t len, arc_record **handle, arci_record_box **box);
arc_status arci_pending_over(arci_pending *p, int *is); /* is its time over by the host's clock? */

/* What an actor may do about a pending change (pending_list.c). */
typedef struct arci_pending_verdict {
    int seen;           /* the rest holds for those he sees */
    uint32_t hidden;    /* fields of the change he may not read */
    const char *before, *after; /* JSON without them, masked ones masked; in its arena */
    const char *class;  /* NULL: he may approve it */
    const char *en, *zh;
} arci_pending_verdict;
arc_status arci_pending_judge(arci_pending *p, arci_pending_verdict *out);

/* Stores a pending change: r was judged and may be done. */
arc_status arci_pending_store(arci_txn *t, arci_arena *arena, const arci_verb *verb, const arci_approval *a, arci_record *r, int update, int64_t *id);

/* The same of another verb: members of JSON objects; row and version 0: none. */
arc_status arci_pending_put(arci_txn *t, arci_arena *arena, const arci_verb *verb, const arci_approval *a, int64_t row, int64_t version, const arci_str *before,
                            const arci_str *after, int64_t *id);

/* Something is done to see whether it could be, and undone whatever came of it. end: st, or why it could not be undone; the error stays. */
typedef struct arci_try {
    uint32_t depth, scope_depth;
    uint8_t wrote;
} arci_try;
arc_status arci_try_begin(arci_txn *t, arci_try *try);
arc_status arci_try_end(arci_txn *t, const arci_try *try, arc_status st);

/* Rights laid aside while something is judged or done for somebody else, or by the library itself. */
typedef struct arci_rights {
    struct arci_access *access;
    arci_access_source source;
} arci_rights;
arci_rights arci_rights_aside(arci_session *s);
void arci_rights_back(arci_session *s, arci_rights own);

/* Master data (master.c): one record, inside the session and its transaction, without asking for approval. try: it is judged whole and undone. */
arc_status arci_master_write(arci_session *s, arc_record *handle, int update, int try, int64_t *id);
/* An update that waits for this approval though the book may not say so: arc_session_update() that answers ARC_NEEDS_APPROVAL. */
arc_status arci_master_ask(arc_session *session, int64_t *pending, arc_record *record, const arci_approval *a);

#endif
