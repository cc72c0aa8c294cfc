/* SPDX-License-Identifier: Apache-2.0 */
/* Advance invoices and their deduction: negative lines of a later invoice that name the advance (invoice_line.advance). What is deducted never comes to more than the
 * advance, and - where the book asks so (setting advance.collected) - than what was collected of it. */
#ifndef ARCI_BILLING_ADVANCE_H
#define ARCI_BILLING_ADVANCE_H

#include "billing/invoice.h"

/* Locks the advances that lines name: before contracts are. */
arc_status arci_advances_open(arci_bills *b);
/* What document i deducts, in memory; refused: nothing. No credit note. */
arc_status arci_advances_take(arci_bills *b, uint32_t i);
void arci_advances_undo(arci_bills *b, uint32_t i);
/* Parts of an advance. In another currency than the book's they have what they were booked at: an advance is no monetary item. */
typedef struct arci_advance_sum {
    int64_t net, tax;
    int64_t base_net, base_tax;
    uint8_t valued; /* those are known */
    uint8_t pad[7];
} arci_advance_sum;
/* What is deducted of an advance, positive; what of it was invoiced, less its credit notes and what is deducted. */
arc_status arci_advance_deducted(arci_txn *t, arci_arena *arena, int64_t advance, arci_advance_sum *out);
arc_status arci_advance_left(arci_txn *t, arci_arena *arena, int64_t advance, arci_advance_sum *out);
/* The advance a line deducts, 0: none. */
static inline int64_t arci_advance_of(const arci_bill *d, uint32_t line)
{
    const arc_value *v = arci_record_value(d->lines[line], ARC_INVOICE_LINE_ADVANCE);
    return v->type == ARC_V_INT ? v->u.i : 0;
}

#endif
