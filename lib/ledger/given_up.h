/* SPDX-License-Identifier: Apache-2.0 */
/* How much a person may give up with an allocation, where roles decide. */
#ifndef ARCI_LEDGER_GIVEN_UP_H
#define ARCI_LEDGER_GIVEN_UP_H

#include "ledger/allot.h"
#include "ledger/tolerance.h"

typedef struct arci_given_up {
    arci_tolerance tol; /* in force on `day` */
    arc_date day;       /* ARC_DATE_NONE: not read yet */
} arci_given_up;
#define ARCI_GIVEN_UP_INIT { { 0 }, ARC_DATE_NONE }

/* A small difference: within the tolerance, or his authority for write_off_request.approve; a bank's fee: up to what the tolerance says; a bad debt: never, it takes a request; what is deducted for another
 * reason: within his authority for allocation.apply. ARC_E_FORBIDDEN. */
arc_status arci_may_give_up(arci_posting *p, arci_given_up *g, const arci_side *item, int64_t amount, const char *reason_code, arc_date day);

#endif
