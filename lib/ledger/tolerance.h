/* SPDX-License-Identifier: Apache-2.0 */
/* Tolerances: definitions of kind "tolerance" (docs/settling.md). What may be given up of a difference is the stricter of an absolute amount and a percentage, of the
 * customer's group and of the user's; what is left out is 0, so a percentage left out allows nothing. */
#ifndef ARCI_LEDGER_TOLERANCE_H
#define ARCI_LEDGER_TOLERANCE_H

#include "arcore/money.h"
#include "store/definition.h"

typedef struct arci_limit { /* of a group in a currency */
    const char *group; /* NULL: everybody no other entry names */
    char currency[4];
    int64_t absolute;
    arc_decimal percent;
} arci_limit;

typedef struct arci_tolerance {
    const arci_limit *customers, *users;
    uint32_t n_customers, n_users;
    uint8_t asks_users; /* there is a list of users, if an empty one */
    uint8_t partial_discount, unearned_discount;
    int32_t grace_days;
    const arci_limit *fees; /* currency and absolute: most that is a bank's fee */
    uint32_t n_fees;
    int64_t definition; /* id, 0: none is in force, nothing is tolerated */
    const char *code;
} arci_tolerance;

/* Reads a document; everything in the arena. ARC_E_VALUE ... with the JSON Pointer. */
arc_status arci_tolerance_read(arci_env *env, arci_arena *arena, arci_tolerance *out, const char *json, size_t len);
arc_status arci_tolerance_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink);
/* The one in force on a day: by code, NULL: by the setting ledger.tolerance, else "default". A code that was asked for and is not there is ARC_E_NOT_FOUND. */
arc_status arci_tolerance_get(arci_txn *t, arci_arena *arena, arci_tolerance *out, const char *code, arc_date on);
/* How much may be given up of `amount`, for a customer in the session's actor's hands. */
arc_status arci_tolerated(arci_txn *t, arci_arena *arena, const arci_tolerance *tol, int64_t customer, const char *currency, int64_t amount, int64_t *most);
/* The same of many: the group of the session's actor once, then the customer's segment. */
arc_status arci_tolerance_user(arci_txn *t, arci_arena *arena, const arci_tolerance *tol, arc_value *group);
int64_t arci_tolerated_of(const arci_tolerance *tol, const arc_value *segment, const arc_value *user, const char *currency, int64_t amount);
/* What an entry gives up of an amount of its currency. */
int64_t arci_limit_of(const arci_limit *limit, const char *currency, int64_t amount);
int64_t arci_tolerated_fee(const arci_tolerance *tol, const char *currency);

#endif
