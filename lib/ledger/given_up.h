/* SPDX-License-Identifier: Apache-2.0 */
/* How much a person may give up with allocations, where roles decide. */
#ifndef ARCI_LEDGER_GIVEN_UP_H
#define ARCI_LEDGER_GIVEN_UP_H

#include "arcore/allocation.h"
#include "ledger/allot.h"
#include "ledger/tolerance.h"

typedef struct arci_given_up {
    arci_tolerance tol; /* in force on `day` */
    arc_date day;       /* ARC_DATE_NONE: not read yet */
} arci_given_up;
#define ARCI_GIVEN_UP_INIT { { 0 }, ARC_DATE_NONE }

/* Small differences and bank fees: together with those of the item that stand, and of `a` before, within the tolerance, else ARC_E_GUARD. A bad debt: never, it takes a request; what is deducted for another
 * reason: within the actor's authority for allocation.apply, else ARC_E_FORBIDDEN. */
arc_status arci_may_give_up(arci_allot *a, arci_given_up *g, int64_t item, int64_t amount, const char *reason_code, arc_date day);

/* How much of a discount the item does not offer to who pays `payment` on a day; ARC_E_GUARD: more than it ever offered. day is the allocation's, whose tolerance counts. */
arc_status arci_discount_unearned(arci_allot *a, arci_given_up *g, int64_t *unearned, const arc_allocation *of, arc_date day);

#endif
