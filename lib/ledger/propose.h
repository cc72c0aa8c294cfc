/* SPDX-License-Identifier: Apache-2.0 */
/* The engine behind arc_receipt_propose(). */
#ifndef ARCI_LEDGER_PROPOSE_H
#define ARCI_LEDGER_PROPOSE_H

#include "store/proposal.h"

extern const arci_engine arci_receipt_engine;

#endif
