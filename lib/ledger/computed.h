/* SPDX-License-Identifier: Apache-2.0 */
/* What receivables, receipts and allocations come to: fields without a column, as things stand or as of a business date (with what is known now, as agings have it). */
#ifndef ARCI_LEDGER_COMPUTED_H
#define ARCI_LEDGER_COMPUTED_H

#include "store/computed.h"

extern const arci_computing arci_ledger_computing;

/* Amounts have the sign of the item's: open = amount + added - received - discount - written_off - used. */
typedef struct arci_item_figures {
    int64_t amount;
    int64_t added;    /* by adjustments */
    int64_t received; /* settled by receipts and credits; of a credit: used of it */
    int64_t discount, written_off;
    int64_t used;     /* of a plan or an estimate: taken over by invoices */
    int64_t bad;      /* of written_off: bad debts */
    int64_t open;
    arc_date business_date, due_date; /* due_date: ARC_DATE_NONE = none */
    uint8_t stands;   /* 0: there is no such item, or not yet; everything else is 0 */
    uint8_t planned, estimated;
    uint8_t overflow; /* told as ARC_E_OVERFLOW before it is handed out */
} arci_item_figures;

/* out[i] of ids[i], which ascend. Reads a bounded number of rows an item. */
arc_status arci_item_figures_read(arci_txn *t, arci_arena *arena, arci_item_figures *out, const int64_t *ids, uint32_t n, arc_date as_of);
/* Code of item_status; NULL: there is nothing to say. Of sums over several items too. */
const char *arci_item_settlement(const arci_item_figures *f);
/* Adds one up; *sum starts as zeroes. ARC_E_OVERFLOW. */
arc_status arci_item_figures_add(arci_env *env, arci_item_figures *sum, const arci_item_figures *f);

#endif
