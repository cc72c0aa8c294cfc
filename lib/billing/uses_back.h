/* SPDX-License-Identifier: Apache-2.0 */
/* What documents took over of plans, estimates and receivables, given back by credit notes: what a note takes of a line, and of the lines of a
 * contract, order and delivery, gives back that part of what was taken for them. Voiding, which gives back all of it: voids.h. */
#ifndef ARCI_BILLING_USES_BACK_H
#define ARCI_BILLING_USES_BACK_H

#include "billing/credit.h"

typedef struct arci_uses_credit arci_uses_credit;
/* What the targets of the notes took over, less what was given back; NULL: nothing. */
arc_status arci_uses_credit_open(arci_credits *c, arci_uses_credit **out);
/* What note i gives back; its claim is without what it gives back of receivables that stand. x may be NULL. */
arc_status arci_uses_credit_take(arci_uses_credit *x, uint32_t i);
/* Writes what the notes that were written give back. x may be NULL. */
arc_status arci_uses_credit_write(arci_uses_credit *x);

#endif
