/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of this layer's verbs: one element, one number as outcome, memory of its own. */
#ifndef ARCI_SECURITY_DEED_H
#define ARCI_SECURITY_DEED_H

#include "store/verb.h"

typedef struct arci_deed {
    uint32_t verb;           /* ARCI_DO_* */
    const char *const *name; /* of the outcome's number, ended by NULL, static */
    void (*args)(arci_call *c, const void *what); /* tells what was asked for */
    arc_status (*work)(arci_txn *t, arci_arena *arena, const void *what, int64_t *number);
} arci_deed;

/* number may be NULL. */
arc_status arci_deed_do(arci_session *s, arci_arena *arena, const arci_deed *d, const void *what, int64_t *number);

#endif
