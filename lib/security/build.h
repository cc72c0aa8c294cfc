/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCI_SECURITY_BUILD_H
#define ARCI_SECURITY_BUILD_H

#include "security/role.h"

/* A user as the book has it. */
typedef struct arci_user {
    int64_t id;
    arc_date valid_from, valid_to; /* ARC_DATE_NONE: no bound */
    int64_t team, region;          /* 0: none */
    uint8_t disabled;
} arci_user;

/* A grant that stands: not taken back. */
typedef struct arci_grant {
    int64_t id, user, role, unit; /* unit 0: none */
    arc_date valid_from, valid_to;
} arci_grant;

/* ARC_E_NOT_FOUND without an error: no such user. */
arc_status arci_user_find(arci_txn *t, const char *code, size_t len, arci_user *out);
/* Grants that stand, of one user (0: of all). */
arc_status arci_grants_read(arci_txn *t, arci_arena *arena, int64_t user, arci_grant **out, uint32_t *n);
/* Does a validity hold on a day? With a bound and no day it does not. */
int arci_valid_on(arc_date from, arc_date to, arc_date day);

/* An arci_access_source: from users, roles and grants. */
arc_status arci_access_build(arci_env *env, arci_session *s, arci_txn *t, arc_date day, arci_access **out);

#endif
