/* SPDX-License-Identifier: Apache-2.0 */
/* When customers paid last, looked for among their receipts. */
#ifndef ARCI_LEDGER_LAST_RECEIPT_H
#define ARCI_LEDGER_LAST_RECEIPT_H

#include "arcore/types.h"
#include "store/repo.h"

typedef struct arci_last_receipt {
    int64_t customer;
    char currency[4];
    arc_date on; /* in: no receipt of his is later; out: the latest that is his and did not go back, ARC_DATE_NONE: there is none */
} arci_last_receipt;

/* list: by customer and currency, each once. Reads back from the days given as far as it takes, for all of them together. */
arc_status arci_last_receipts(arci_txn *t, arci_arena *arena, arci_last_receipt *list, uint32_t n);
/* The same, ahead: the accounts are not read yet, and may turn out not to need it. */
arc_status arci_last_receipts_ask(arci_txn *t, arci_arena *arena, arci_last_receipt *list, uint32_t n);

#endif
