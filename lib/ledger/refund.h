/* SPDX-License-Identifier: Apache-2.0 */
/* Taking refunds back: the money came back, or was never paid out. */
#ifndef ARCI_LEDGER_REFUND_H
#define ARCI_LEDGER_REFUND_H

#include "ledger/items.h"
#include "ledger/step.h"

/* Writes a credit item against each of n refunds (items of kind refund), as of a day each; it settles what stands again once the refund's allocation is undone. */
arc_status arci_refunds_undo(arci_posting *p, arci_items *items, const int64_t *made, const arc_date *dates, uint32_t n);

#endif
