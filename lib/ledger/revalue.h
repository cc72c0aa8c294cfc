/* SPDX-License-Identifier: Apache-2.0 */
/* Revaluation, between its files: what is open on a day, what it is carried at, what it is worth. */
#ifndef ARCI_LEDGER_REVALUE_H
#define ARCI_LEDGER_REVALUE_H

#include "arcore/revaluation.h"
#include "ledger/rates.h"

typedef struct arci_valuation {
    int64_t item, customer, open, carried, valued;
    const char *role; /* control account it stands in; static */
    arc_rate rate;
    char currency[4];
} arci_valuation;

typedef struct arci_revalue {
    arci_txn *t;
    arci_arena *arena;
    arc_date as_of;
    arci_valuation *list; /* by customer, currency, role, item */
    uint32_t n, cap;
    int64_t carried, valued, n_unvalued;
} arci_revalue;

/* What was open on the day, in no order; nothing is valued. */
arc_status arci_revalue_open(arci_revalue *r);
/* ARC_E_NOT_FOUND: a currency has no closing rate. */
arc_status arci_revalue_read(arci_revalue *r);

#endif
