/* SPDX-License-Identifier: Apache-2.0 */
/* Between what applies lines about one row (rule_engine.c) and about several (rule_unit_apply.c). */
#ifndef ARCI_RULES_RULE_APPLY_H
#define ARCI_RULES_RULE_APPLY_H

#include "rules/rule_engine.h"
#include "rules/rule_impl.h"

/* An action as it is stored. */
typedef struct arci_stored {
    const char *rule, *mark, *type, *digest; /* digest NULL: none */
    const arci_json *params, *passes; /* passes NULL: none */
    const arci_json *unit, *rows;     /* of rules with a unit; rows: of what is done once, else NULL */
    int64_t level, revision, seq;
    int64_t row;                      /* of rules with a unit; 0: the unit is the row */
    arc_date effective;
    int anew;                         /* params are those of now */
} arci_stored;

/* What a row's lines come to when it is looked at again. */
typedef struct arci_found {
    const arci_entity *entity;
    int64_t id, customer;
    arci_stored *actions;
    arci_rule_record *records; /* fired ones first, then what is passed over */
    uint32_t *record;          /* by line; UINT32_MAX: fired when another line of it was applied */
    uint32_t n_records, n_fired;
} arci_found;

typedef struct arci_looking {
    arci_txn *t;
    arci_unit *u;
    arci_found *f;
    int seen;
} arci_looking;

arc_status arci_stored_damaged(arci_env *env);
arc_status arci_stored_take(arci_env *env, const arci_json *a, arci_stored *out);
/* The revisions that decided. */
arc_status arci_stored_set(arci_txn *t, arci_arena *arena, const arci_proposal *p, arci_ruleset **set);
/* What lines say happened, for arci_rule_chains() and an index. */
arc_status arci_stored_events(arci_txn *t, const arci_unit *u, const arci_found *f, const arci_ruleset *set, arci_history *events);
int arci_stored_rejected(const arci_proposal *p); /* it was asked for what had been rejected, too */
arc_status arci_found_new(arci_txn *t, arci_unit *u, arci_found **out); /* its lines read; entity and id are the caller's */
arc_status arci_found_look(void *looking, const arci_subject_result *r);
/* [{"type", "result"}] of the lines of one firing. */
arc_status arci_found_results(arci_unit *u, const arci_found *f, uint32_t record, const char **out);

/* rule_anew.c: actions approved for rows, worked out again. find: those of a row; NULL: none. ARC_E_STALE: a message reaches nobody any more. */
typedef arci_stored *(*arci_anew_fn)(void *user, int64_t row, uint32_t *n);
arc_status arci_found_anew(arci_txn *t, arci_arena *arena, const arci_proposal *p, const arci_entity *entity, const int64_t *ids, uint32_t n, arci_calendars *calendars, arci_history *events, arci_anew_fn find,
                           void *user);
/* *params: a message worked out anew. It stays with those it was approved for. ARC_E_STALE: another channel, another customer. */
arc_status arci_anew_people(arci_env *env, arci_arena *arena, const arci_json *approved, const arci_json **params);
/* A result that says so: "anew": true. NULL: no memory. */
const char *arci_anew_result(arci_env *env, arci_arena *arena, const char *result);

#endif
