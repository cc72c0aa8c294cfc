/* SPDX-License-Identifier: Apache-2.0 */
/* Cash discounts that items offer. */
#ifndef ARCI_LEDGER_OFFER_H
#define ARCI_LEDGER_OFFER_H

#include "arcore/settle.h"
#include "ledger/tolerance.h"
#include "store/repo.h"

/* What the discounts of an item (JSON, best first, or NULL) offer on a day for what is open of it. payment 0: for all of it. */
arc_status arci_offer(arci_env *env, arci_arena *arena, arc_offer *out, const arc_value *discounts, const char *currency, int64_t amount, int64_t open, arc_date paid_on,
                      int64_t payment, const arci_tolerance *tol);
/* The discount a part payment earns: payment * rate / (1 - rate), at most what is then left and what all would earn. */
int64_t arci_offer_part(const arc_offer *offer, int64_t payment);

#endif
