/* SPDX-License-Identifier: Apache-2.0 */
/* What documents took over of plans, estimates and receivables, given back: by voiding all of it, by credit notes in proportion. */
#ifndef ARCI_BILLING_USES_BACK_H
#define ARCI_BILLING_USES_BACK_H

#include "billing/credit.h"
#include "billing/invoice_step.h"

/* Voids the uses of the documents of ids that are good; refuses credit notes whose share was taken again since. */
arc_status arci_uses_void(arci_steps *s, const arc_value *ids, uint32_t n);

typedef struct arci_uses_credit arci_uses_credit;
/* What the targets of the notes took over, less what was given back; NULL: nothing. */
arc_status arci_uses_credit_open(arci_credits *c, arci_uses_credit **out);
/* What note i gives back; its claim is without what it gives back of receivables that stand. x may be NULL. */
arc_status arci_uses_credit_take(arci_uses_credit *x, uint32_t i);
/* Writes what the notes that were written give back. x may be NULL. */
arc_status arci_uses_credit_write(arci_uses_credit *x);

#endif
