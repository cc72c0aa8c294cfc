/* SPDX-License-Identifier: Apache-2.0 */
/* What of a document over several contracts is of which: lines say so. What is claimed goes by the lines; what credit notes to the document take is taken of the contracts of their lines; what
 * is open, and so what was paid, is divided by what that leaves of each. Sums over contracts are those of the items, to the cent. */
#ifndef ARCI_LEDGER_BY_CONTRACT_H
#define ARCI_LEDGER_BY_CONTRACT_H

#include "ledger/computed.h"
#include "store/repo.h"

typedef struct arci_contract_share {
    int64_t contract; /* 0: of none */
    int64_t lines;    /* gross amounts of its lines */
    int64_t claim;    /* its part of what the items claim */
    int64_t left;     /* of that, what credit notes leave */
} arci_contract_share;

typedef struct arci_shared {
    int64_t invoice;
    arci_contract_share *shares; /* by contract, without those of nothing */
    const int64_t *items;        /* ascending */
    const arci_item_figures *figures; /* of items[] */
    int64_t claim, open;         /* sums of the items */
    uint32_t n_shares, n_items;
} arci_shared;

typedef struct arci_by_contract {
    arci_shared *list; /* by invoice: those over several contracts, or with lines of another than their own */
    uint32_t n;
} arci_by_contract;

/* Of these documents (in any order, repeats and zeros allowed), as of the end of a day (ARC_DATE_NONE: as things stand). One query where none of them is over several contracts. */
arc_status arci_by_contract_read(arci_txn *t, arci_arena *arena, arci_by_contract *out, const int64_t *invoices, uint32_t n, arc_date as_of);
/* NULL: all of the document is of the contract of its header. */
const arci_shared *arci_shared_find(const arci_by_contract *x, int64_t invoice);
/* The part of share k in an amount that is the document's, by what is left of each. */
int64_t arci_shared_part(const arci_shared *d, uint32_t k, int64_t amount);
/* Of what item claims, or has open, which is `open` as the caller has it. */
int64_t arci_shared_amount(const arci_shared *d, uint32_t k, int64_t item); /* of its amount */
int64_t arci_shared_claim(const arci_shared *d, uint32_t k, int64_t item);
int64_t arci_shared_open(const arci_shared *d, uint32_t k, int64_t item, int64_t open);

#endif
