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
    const arc_value *owner; /* the new customer's owner, team, region */
    int64_t version;      /* of the item's state that was looked at; 0: whatever */
    const char *kind;     /* of the new item; of a retention it is retention */
    const char *reason_code, *reason; /* or NULL */
    arc_date date;
} arci_debt_order;

typedef struct arci_debt_moved {
    int64_t allocation, item, amount;
} arci_debt_moved;

/* Says that order k is refused; 0: the call cannot go on. */
typedef int (*arci_debt_refuse)(void *user, uint32_t k, arc_status st);
/* Moves n debts of different items at once. refuse NULL: the first one that cannot be moved ends it. out[k].allocation 0: refused. */
arc_status arci_debts_move(arci_posting *p, const arci_debt_order *orders, uint32_t n, arci_debt_moved *out, arci_debt_refuse refuse, void *user);
/* The number of an item that comes of a document or of another item: INV-7 becomes INV-7-R12 - R residual, C chargeback, T of another customer, F refund, X what clears, D what takes a
 * refund back; 12 is the new item's id, so that no two are alike. derived: the item it comes of came of another itself. */
arc_status arci_debt_number(arci_posting *p, arc_value *out, const arc_value *number, int derived, char letter, int64_t id);
/* Opens the journal entry of an item: `account` against `role`. */
void arci_debt_journal(arci_posting *p, const arc_value *item, int64_t id, const char *purpose, const char *against);

#endif
