/* SPDX-License-Identifier: Apache-2.0 */
/* Limits in force: the newest permanent one plus all temporary ones of a day, computed from rows that are only added. */
#ifndef ARCI_CREDIT_LIMIT_H
#define ARCI_CREDIT_LIMIT_H

#include "arcore/date.h"
#include "ledger/states.h"
#include "store/repo.h"

enum {
    ARCI_LIMIT_ID, ARCI_LIMIT_CUSTOMER, ARCI_LIMIT_SCOPE, ARCI_LIMIT_KIND, ARCI_LIMIT_CURRENCY, ARCI_LIMIT_AMOUNT, ARCI_LIMIT_FROM, ARCI_LIMIT_TO, ARCI_LIMIT_CHECK, ARCI_LIMIT_REQUEST,
    ARCI_LIMIT_REASON, ARCI_LIMIT_SET_BY, ARCI_LIMIT_TXN, ARCI_LIMIT_POOL, ARCI_LIMIT_COLUMNS
};

typedef struct arci_limits_of {
    const arc_value *rows; /* ARCI_LIMIT_COLUMNS each, by customer, first day and id */
    uint32_t n;
    const int64_t *stamps; /* by row: when it was written; 0: by this transaction. NULL: not asked */
} arci_limits_of;

typedef struct arci_limit_key {
    int64_t customer;
    int64_t pool; /* a customer group; 0: the customer */
    int group; /* scope: the customer with all it owns */
    char currency[4];
} arci_limit_key;

typedef struct arci_limit_now {
    int64_t permanent, temporary, amount; /* amount: their sum */
    int64_t permanent_row;                /* 0: no permanent one is in force */
    arc_date permanent_from;
    uint32_t n_temporary;
    int found; /* a limit is in force */
} arci_limit_now;

/* All rows of some customers, ids ascending; known: written at that stamp or before, INT64_MAX: all. */
arc_status arci_limits_read(arci_txn *t, arci_arena *arena, const int64_t *customers, uint32_t n, int64_t known, arci_limits_of *out);
/* The same of customer groups. */
arc_status arci_pool_limits_read(arci_txn *t, arci_arena *arena, const int64_t *pools, uint32_t n, int64_t known, arci_limits_of *out);
/* When they were written. */
arc_status arci_limits_stamps(arci_txn *t, arci_arena *arena, arci_limits_of *l);
/* ARC_E_OVERFLOW: the sum is too large. */
arc_status arci_limit_on(arci_env *env, const arci_limits_of *l, const arci_limit_key *key, arc_date day, arci_limit_now *out);
int arci_limit_is(const arc_value *row, const arci_limit_key *key);
/* The first day after `day` on which something begins or ends; ARC_DATE_NONE: none. */
arc_date arci_limit_next(const arci_limits_of *l, const arci_limit_key *key, arc_date day);
/* Keys of all limits of a customer, or (pool not 0) of a customer group, in the order of their first row; scope own before group. At most `room`; returns how many there are. */
uint32_t arci_limit_keys(const arci_limits_of *l, int64_t customer, int64_t pool, arci_limit_key *out, uint32_t room);

/* Would setting this limit go well? What arc_credit_limit_set() would say, without writing; kind, scope and first day are said. customer 0: one the book does not have yet. */
struct arc_credit_limit;
arc_status arci_limit_would(arci_txn *t, const struct arc_credit_limit *limit);

/* The customer and those that own it, one after the other; ARC_E_STATE: they go in a circle, or are more than ARCI_OWNERS_MAX. */
enum { ARCI_OWNERS_MAX = 32, ARCI_LIMIT_KEYS_MAX = 64 };
/* pools: the customer group of each, 0: none; may be NULL. */
arc_status arci_credit_owners(arci_txn *t, arci_arena *arena, int64_t customer, int64_t *out, int64_t *pools, uint32_t *n);
/* The same as it was on a day. ARC_E_TXN: it has to be looked for in the past, and the transaction has written. */
arc_status arci_credit_owners_on(arci_txn *t, arci_arena *arena, int64_t customer, arc_date day, int64_t *out, int64_t *pools, uint32_t *n);
/* Does the actor see every customer? */
int arci_credit_sees_all(const arci_txn *t);
/* Those of some customers, ids ascending, that he sees. */
arc_status arci_credit_seen(arci_txn *t, arci_arena *arena, const int64_t *ids, uint32_t n, int64_t **out, uint32_t *n_out);
/* Before a day of the past is asked about, outside of a transaction: what waits for its seal is not in a replayed book. */
arc_status arci_credit_seal(arci_session *s, arc_date day);
/* The customer and all it owns, down to the last; ascending. ARC_E_LIMIT: more than 100,000. */
arc_status arci_credit_owned(arci_txn *t, arci_arena *arena, int64_t customer, int64_t **out, uint32_t *n);
/* Those groups (0 is skipped) and the groups they are of, ascending, each once, in the arena. ARC_E_STATE: they go in a circle, or are more than ARCI_OWNERS_MAX one above the other. */
arc_status arci_credit_pools(arci_txn *t, arci_arena *arena, const int64_t *first, uint32_t n_first, int64_t **out, uint32_t *n);
/* The customers of a group and of the groups below it, with all they own; ascending. */
arc_status arci_pool_members(arci_txn *t, arci_arena *arena, int64_t pool, int64_t **out, uint32_t *n);

arc_status arci_credit_request_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id);
arc_status arci_hold_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id);
extern const arci_state_row arci_credit_states[]; /* for arc_verbs_allowed(), ended by one without entity */

#endif
