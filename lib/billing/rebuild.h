/* SPDX-License-Identifier: Apache-2.0 */
/* What children take of their parents, kept again while a book is rebuilt from its events. */
#ifndef ARCI_BILLING_REBUILD_H
#define ARCI_BILLING_REBUILD_H

#include "store/replay.h"

arc_status arci_billing_rebuild(arci_txn *t, arci_arena *arena, const arci_replay_change *changes, uint32_t n);

#endif
