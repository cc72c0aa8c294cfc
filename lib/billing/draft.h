/* SPDX-License-Identifier: Apache-2.0 */
/* What drafts of invoices and of credit notes share: records that live as long as the call, and lines as JSON. */
#ifndef ARCI_BILLING_DRAFT_H
#define ARCI_BILLING_DRAFT_H

#include "billing/invoice.h"
#include "billing/invoice_step.h"

/* Records made here, freed at the end of the call. */
typedef struct arci_made {
    arci_record **list;
    uint32_t n, cap;
} arci_made;

void arci_made_free(arci_made *m);
arc_status arci_made_record(arci_bills *b, arci_made *m, uint32_t entity, arci_record **out);

/* The lines of a document as a draft keeps them, and back. */
arc_status arci_draft_lines(const arci_bills *b, const arci_bill *d, arc_value *out);
arc_status arci_draft_read(arci_bills *b, arci_made *m, arci_bill *d, const arc_value *json);

/* credit_draft.c: issues the steps that are drafted credit notes. *notes: they are, and nothing is left to do; those of a call are all notes or none, else the notes are refused. */
arc_status arci_credit_drafts(arci_steps *s, int *notes);

#endif
