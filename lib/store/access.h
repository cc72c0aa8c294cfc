/* SPDX-License-Identifier: Apache-2.0 */
/* What the actor of a session may see and do. The store enforces this value; it does not build it (lib/security does, from users, roles
 * and grants). A session without one (access NULL) may do everything: the host itself, and every actor of a book kept by a single
 * accountant.
 *
 * Engines and invariants read with definer rights: they use the repository, which looks at no access value. Rows that leave through the
 * API are cut to the scope, fields to the rights. */
#ifndef ARCI_STORE_ACCESS_H
#define ARCI_STORE_ACCESS_H

#include "model/verbs.h"
#include "store/session.h"

/* Rights on a field. */
enum { ARCI_RIGHT_NONE = 1, ARCI_RIGHT_MASK, ARCI_RIGHT_READ, ARCI_RIGHT_WRITE };

/* Which rows. */
enum { ARCI_SEES_NONE, ARCI_SEES_SOME, ARCI_SEES_ALL };

typedef struct arci_access {
    int32_t refs; /* a session and what was made from it */
    int64_t user; /* user_account */
    uint8_t *verbs;         /* by entity position * ARCI_N_VERBS + verb number: 1 = allowed. Verbs of one entity are looked up under it */
    uint8_t **fields;       /* by entity position: rights by field position; NULL = all ARCI_RIGHT_WRITE */
    uint8_t sees;           /* ARCI_SEES_* of scoped entities; others are seen whole by whoever may read them */
    uint8_t pad[3];
    uint32_t n_owners, n_teams, n_regions; /* ARCI_SEES_SOME: a row is seen when any of these holds its owner, team or region */
    int64_t *owners, *teams;
    int64_t *regions;
    arci_arena arena; /* everything above lies here */
} arci_access;

/* May the actor do this? ARC_E_FORBIDDEN with the verb's name otherwise. Denials of writing verbs are noted (arci_access_denied). */
arc_status arci_access_check(arci_env *env, arci_session *s, const arci_verb *v, const arci_entity *e);
/* The same without an error or a note. */
int arci_access_may(const arci_session *s, const arci_verb *v, const arci_entity *e);

#endif
