/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of verbs with one element and one number as outcome, memory of their own, and what it takes for them to wait for approval. */
#ifndef ARCI_STORE_DEED_H
#define ARCI_STORE_DEED_H

#include "store/pending.h"
#include "store/verb.h"

/* What a pending change keeps of a deed. The JSON names fields of the verb's entity where it can: rights on fields go by them. */
typedef struct arci_asked {
    int64_t row, version; /* that it changes; 0: none. With a version it is stale when the row has another one */
    arci_str before, after; /* members, each with a comma before it but the first */
} arci_asked;

typedef struct arci_deed {
    uint32_t verb;           /* ARCI_DO_* */
    const char *const *name; /* of the outcome's number, ended by NULL, static */
    void (*args)(arci_call *c, const void *what); /* tells what was asked for */
    arc_status (*work)(arci_txn *t, arci_arena *arena, const void *what, int64_t *number);
    /* Of verbs that may wait (ARCI_VERB_WAITS), else NULL: what is kept, what was kept, and what its approver himself must not do (NULL: nothing). */
    arc_status (*tell)(arci_txn *t, arci_arena *arena, const void *what, arci_asked *out);
    arc_status (*take)(arci_env *env, arci_arena *arena, const void *with, const arci_asked *asked, const arci_json *after, const void **what);
    arc_status (*fits)(arci_txn *t, arci_arena *arena, const void *what);
} arci_deed;

/* Deeds of a layer that may wait. `with` goes to their take(). */
typedef struct arci_deed_list {
    const arci_deed *const *deeds;
    uint32_t n;
    const void *with;
} arci_deed_list;

/* number may be NULL. ARC_NEEDS_APPROVAL: stored as a pending change, which the error names. */
arc_status arci_deed_do(arci_session *s, arci_arena *arena, const arci_deed *d, const void *what, int64_t *number);

/* Members of what is kept. */
void arci_asked_text(arci_str *b, const char *key, const char *s, size_t n);
void arci_asked_int(arci_str *b, const char *key, int64_t v);
void arci_asked_raw(arci_str *b, const char *key, const char *json, size_t n); /* JSON as it is */
/* And back; wrong or missing where it is needed: ARC_E_CORRUPT. */
arc_status arci_asked_get_text(arci_env *env, const arci_json *after, const char *key, const char **out, size_t *n);
arc_status arci_asked_get_int(arci_env *env, const arci_json *after, const char *key, int64_t *out); /* missing: unchanged */

/* Does what was asked for by somebody else, inside the call that approves it. s has the rights of who asked. */
arc_status arci_deed_perform(arci_session *s, arci_arena *arena, const arci_deed *d, const void *what, int64_t *number);

/* arc_pending_approve() with the deeds of all layers. */
arc_status arci_pending_approve(arc_session *session, int64_t *row, int64_t pending, const char *reason, const arci_deed_list *lists, uint32_t n);

/* Those of this layer. */
extern const arci_deed arci_definition_publish_deed, arci_definition_retire_deed, arci_custom_alter_deed, arci_custom_retire_deed;

#endif
