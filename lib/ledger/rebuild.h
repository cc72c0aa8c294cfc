/* SPDX-License-Identifier: Apache-2.0 */
/* What the ledger keeps beside its documents, kept again while a book is rebuilt from its events: states of items and receipts, accounts. */
#ifndef ARCI_LEDGER_REBUILD_H
#define ARCI_LEDGER_REBUILD_H

#include "store/replay.h"

arc_status arci_ledger_rebuild(arci_txn *t, arci_arena *arena, const arci_replay_change *changes, uint32_t n);

#endif
