/* SPDX-License-Identifier: Apache-2.0 */
/* Cash discounts that items offer. */
#ifndef ARCI_LEDGER_OFFER_H
#define ARCI_LEDGER_OFFER_H

#include "arcore/settle.h"
#include "ledger/tolerance.h"
#include "store/repo.h"

/* An item as its discounts see it. */
typedef struct arci_offered {
    int64_t item, amount, open;
    const arc_value *discounts; /* JSON, best first, or NULL */
    int64_t granted;            /* of them, in rows that stand */
} arci_offered;

/* Fills `granted`. Items without discounts, and those of which nothing was settled, cost nothing. */
arc_status arci_offers_granted(arci_txn *t, arci_arena *arena, arci_offered *items, uint32_t n);
/* What the discounts of an item offer on a day for what is open of it: never more together than they are. payment 0: for all of it. */
arc_status arci_offer(arci_env *env, arci_arena *arena, arc_offer *out, const arci_offered *item, const char *currency, arc_date paid_on, int64_t payment, const arci_tolerance *tol);
/* The discount a part payment earns: payment * rate / (1 - rate), at most what is then left and what all would earn. */
int64_t arci_offer_part(const arc_offer *offer, int64_t payment);

#endif
