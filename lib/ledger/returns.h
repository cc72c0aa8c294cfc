/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts that went back, which was not known at a seal: a state keeps the day, not who knew of it when. */
#ifndef ARCI_LEDGER_RETURNS_H
#define ARCI_LEDGER_RETURNS_H

#include "store/known.h"

typedef struct arci_return {
    int64_t receipt;
    arc_date on;
} arci_return;

/* By the journal's entries that were not known; cost follows what happened since. */
arc_status arci_returns_unknown(arci_txn *t, arci_arena *arena, const arci_known *known, arci_return **list, uint32_t *n);

#endif
