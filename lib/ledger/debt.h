/* SPDX-License-Identifier: Apache-2.0 */
/* Debts that become other debts: what is left of an item, or part of it, is cleared by a credit item of kind transfer, and a new item stands for it - a residual, a
 * chargeback, the same debt of another customer. The new item keeps base date, due date and owners; both name the old one as origin.
 *
 * The allocation that clears keeps the new item's id in its evidence: {"made": 12}. Taking it back undoes the allocation and settles the new item with the
 * credit item that is open again: {"takes_back": allocation}. */
#ifndef ARCI_LEDGER_DEBT_H
#define ARCI_LEDGER_DEBT_H

#include "ledger/allot.h"
#include "ledger/items.h"

typedef struct arci_debt_order {
    int64_t item;
    int64_t amount;       /* 0: all that is open */
    int64_t customer;     /* 0: stays the same */
    const char *kind;     /* of the new item; of a retention it is retention */
    const char *reason_code, *reason; /* or NULL */
    arc_date date;
} arci_debt_order;

typedef struct arci_debt_moved {
    int64_t allocation, item, amount;
} arci_debt_moved;

arc_status arci_debt_move(arci_posting *p, const arci_debt_order *m, arci_debt_moved *out);
/* Undoes the allocation `id`, whose row `old` is one of these. */
arc_status arci_debt_take_back(arci_posting *p, int64_t id, const arc_value *old, arc_date date, const char *reason, int64_t *undone);

/* Number and seq of an item that comes of another: the next of its document. */
arc_status arci_debt_next_seq(arci_posting *p, const arc_value *number, const arc_value *invoice, int64_t *seq);
/* An id that evidence keeps under a name; 0: none. */
int64_t arci_evidence_id(arci_posting *p, const arc_value *evidence, const char *name);
/* Opens the journal entry of an item: `account` against `role`. */
void arci_debt_journal(arci_posting *p, const arc_value *item, int64_t id, const char *purpose, const char *against);

#endif
