/* SPDX-License-Identifier: Apache-2.0 */
/* What keeps a receivable from being dunned on a day: one answer for whoever asks. */
#ifndef ARCI_LEDGER_BLOCK_H
#define ARCI_LEDGER_BLOCK_H

#include "store/repo.h"

typedef struct arci_block {
    int64_t item, customer;  /* in: the item, and who owes it now (merged customers: who is left) */
    int64_t open, disputed;  /* in: in minor units, at least 0 */
    int64_t amount;          /* out: what may be claimed: open without what is disputed or flagged in part */
    const char *code;        /* out: why nothing may be claimed: insolvent, legal, factored, hold, opt_out, block, disputed; NULL: it may. Static */
    const char *reason;      /* out: as it was given, in the arena; NULL: none */
    const char *entity;      /* out: of the row that says so. Static; NULL: none */
    int64_t row;
    arc_date until;          /* out: last day; ARC_DATE_NONE: no end is known */
} arci_block;

/* Items of one or many customers; the list is put in the order of items. */
arc_status arci_blocks_as_of(arci_txn *t, arci_arena *arena, arc_date as_of, arci_block *list, uint32_t n);

#endif
