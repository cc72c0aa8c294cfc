/* SPDX-License-Identifier: Apache-2.0 */
/* Documents kept as master data (orders, deliveries, invoice requests) are fixed once they are no draft: their lines, and what of their heads others rely on. */
#ifndef ARCI_STORE_FROZEN_H
#define ARCI_STORE_FROZEN_H

#include "model/record.h"
#include "store/repo.h"

typedef struct arci_frozen { /* starts as zeroes */
    int64_t draft; /* the document that was looked at last, and is a draft */
} arci_frozen;

/* A row about to be inserted, of any entity: ARC_OK, or ARC_E_STATE: it would be a line of a document that is no draft. Who moves that document waits until the
 * transaction ends. */
arc_status arci_frozen_insert(arci_txn *t, arci_arena *arena, arci_frozen *f, const arci_shape *shape, const arc_value *row);
/* A record about to change columns of the row it names; rows that are not there are not judged. */
arc_status arci_frozen_update(arci_txn *t, arci_arena *arena, const arci_record *r, const arci_table *table, const uint16_t *cols, uint16_t n);

#endif
