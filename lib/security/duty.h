/* SPDX-License-Identifier: Apache-2.0 */
/* Segregation of duties. */
#ifndef ARCI_SECURITY_DUTY_H
#define ARCI_SECURITY_DUTY_H

#include "security/build.h"

/* A role as stored, read. */
typedef struct arci_role_row {
    int64_t id, version;
    uint8_t retired;
    arci_role role;
} arci_role_row;

/* ARC_E_NOT_FOUND with entity and id. */
arc_status arci_role_load(arci_txn *t, arci_arena *arena, int64_t id, arci_role_row *out);
int arci_periods_meet(arc_date from, arc_date to, arc_date from2, arc_date to2);
/* May a user hold role r from..to beside what he holds (grant `except` left out)? ARC_E_FORBIDDEN names both roles and the rule. */
arc_status arci_duties_fit(arci_txn *t, arci_arena *arena, int64_t user, const arci_role *r, arc_date from, arc_date to, int64_t except);
/* Somebody can still grant roles, for good: ARC_E_STATE otherwise. */
arc_status arci_somebody_grants(arci_txn *t, arci_arena *arena);
/* The same where roles decide; nothing to prove in the mode `single`. */
arc_status arci_somebody_grants_if_roles(arci_txn *t, arci_arena *arena);
/* Whether roles decide in the book. */
arc_status arci_roles_decide(arci_txn *t, arci_arena *arena, int *yes);
/* The rule of arci_sod_rules[] that keeps the actor of a session from a verb on the affairs of a customer, by what he wrote about it
 * before: ARC_E_FORBIDDEN with the rule. */
arc_status arci_duty_check(arci_txn *t, const char *verb, int64_t customer);
/* The same of n customers, in order and each once: broken[i] is the rule, or NULL; and what is told of it. */
arc_status arci_duties_broken(arci_txn *t, arci_arena *arena, const char *verb, const int64_t *customers, uint32_t n, const arci_sod_rule **broken);
arc_status arci_duty_tell(arci_txn *t, const arci_sod_rule *broken, int64_t customer); /* NULL: ARC_OK */

#endif
