/* SPDX-License-Identifier: Apache-2.0 */
/* Open items on their way into the book: any number of any kind, with their states, and the accounts they move. Every verb that makes a
 * claim writes it here:
 *
 *     arci_items items;
 *     st = arci_items_new(t, arena, &items, n);
 *     v = arci_items_row(&items, i);        fill v[ARCI_ITEM_...]; what is not filled is NULL
 *     st = arci_items_write(t, &items, accounts);
 *     id = arci_items_id(&items, i);
 *
 * Which accounts move depends on the kind: a planned item moves none, an estimated one account.estimated, all others account.open. */
#ifndef ARCI_LEDGER_ITEMS_H
#define ARCI_LEDGER_ITEMS_H

#include "ledger/accounts.h"

/* Required: NUMBER, SEQ, KIND, CUSTOMER, CURRENCY, AMOUNT, BUSINESS_DATE. OWNER, TEAM and REGION are snapshots: the document's, or the customer's. */
enum {
    ARCI_ITEM_NUMBER, ARCI_ITEM_SEQ, ARCI_ITEM_KIND, ARCI_ITEM_CUSTOMER, ARCI_ITEM_CURRENCY, ARCI_ITEM_AMOUNT, ARCI_ITEM_BUSINESS_DATE,
    ARCI_ITEM_BASE_DATE, ARCI_ITEM_DUE_DATE, ARCI_ITEM_INVOICE, ARCI_ITEM_CONTRACT, ARCI_ITEM_SALES_ORDER, ARCI_ITEM_DELIVERY,
    ARCI_ITEM_PROJECT, ARCI_ITEM_STORE, ARCI_ITEM_ORIGIN, ARCI_ITEM_BASE_CURRENCY, ARCI_ITEM_BASE_AMOUNT, ARCI_ITEM_DISCOUNTS,
    ARCI_ITEM_OWNER, ARCI_ITEM_TEAM, ARCI_ITEM_REGION, ARCI_ITEM_DEPARTMENT, ARCI_ITEM_REMARK, ARCI_ITEM_MILESTONE,
    ARCI_ITEM_BUSINESS_LINE, ARCI_ITEM_CHANNEL, ARCI_ITEM_BILL, ARCI_ITEM_TAX_AMOUNT, ARCI_ITEM_REASON_CODE, ARCI_ITEM_PARTS,
    ARCI_ITEM_ROLE, ARCI_ITEM_COLUMNS
};

extern const char arci_item_fields[]; /* of item, in the order of ARCI_ITEM_* */

typedef struct arci_items {
    arci_batch *items, *states;
} arci_items;

/* Room for n items, 1 or more; memory comes from the arena. */
arc_status arci_items_new(arci_txn *t, arci_arena *arena, arci_items *out, uint32_t n);
/* Fewer are written than there is room for: the first n. */
static inline void arci_items_cut(arci_items *items, uint32_t n) { items->items->n_rows = items->states->n_rows = n; }
/* Values of item i by ARCI_ITEM_*; texts must live until it is written. */
static inline arc_value *arci_items_row(const arci_items *items, uint32_t i) { return arci_batch_row(items->items, i); }
/* Draws the ids now, for rows that point at these items and are written in the same call. */
arc_status arci_items_ids(arci_txn *t, arci_items *items);
/* Once written, or after arci_items_ids(). */
static inline int64_t arci_items_id(const arci_items *items, uint32_t i) { return arci_batch_id(items->items, i); }
/* Fills the states, draws ids not drawn yet, adds what moves to the accounts (which the frame of the verb writes) and writes both
 * batches in one call; `more` batches, n_more of them, go in behind them in the same call. ARC_E_EXISTS: an item without invoice whose number and
 * seq are taken. */
arc_status arci_items_write_with(arci_txn *t, arci_items *items, arci_accounts *accounts, arci_batch *const *more, uint32_t n_more);
arc_status arci_items_write(arci_txn *t, arci_items *items, arci_accounts *accounts);

/* The same where rows may be refused, which items->items->results tell: those have no state and move nothing. */
arc_status arci_items_write_some(arci_txn *t, arci_items *items, arci_accounts *accounts, uint32_t *refused);

/* What of an account items of a kind count in. */
enum { ARCI_COUNTS_NOT, ARCI_COUNTS_ESTIMATED, ARCI_COUNTS_OPEN };
int arci_item_counts(const arc_value *kind);

#endif
