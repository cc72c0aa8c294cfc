/* SPDX-License-Identifier: Apache-2.0 */
/* Seals: the links of the chain over all transactions of a book. */
#ifndef ARCI_STORE_SEAL_H
#define ARCI_STORE_SEAL_H

#include "store/canon.h"
#include "store/repo.h"

typedef struct arci_seal {
    int64_t seq, txn, stamp;
    char hash[65];
    uint8_t keyed;
} arci_seal;

/* The last seal of the book; all 0, hash of zeroes, when there is none. ARC_E_CORRUPT. */
arc_status arci_seal_last(arci_txn *t, arci_seal *out);
/* The seal that follows `before`; stamp: the transaction's. */
arc_status arci_seal_next(arci_txn *t, const arci_seal *before, arci_seal *out, int64_t txn, int64_t stamp, const char digest[64]);
/* Seals transactions that wait, at most so many. ARC_E_CONFLICT: another sealer was quicker; ARC_E_STATE: it needs the book's key. */
arc_status arci_seal_waiting(arci_txn *t, uint32_t *sealed, uint32_t max);
/* Adds a row to a batch of the shape below. The seal must live until it is written. */
#define ARCI_SEAL_FIELDS "seq txn stamp hash keyed"
extern const char arci_seal_fields[];
void arci_seal_row(const arci_seal *s, arc_value *row);

#endif
