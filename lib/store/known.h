/* SPDX-License-Identifier: Apache-2.0 */
/* As known at a seal: what transactions sealed later, or not sealed yet, have written. Taken away from what stands now, it leaves what was known
 * then. The cost follows what has happened since. */
#ifndef ARCI_STORE_KNOWN_H
#define ARCI_STORE_KNOWN_H

#include "base/map.h"
#include "store/repo.h"

typedef struct arci_known {
    arci_map rows; /* (entity id, row id) inserted by a transaction not known then: to 1 */
} arci_known;

void arci_known_init(arci_known *k, arc_context *ctx);
void arci_known_clear(arci_known *k);
/* Reads what came behind seal `seq`. ARC_E_RANGE: there is no such seal. */
arc_status arci_known_read(arci_txn *t, arci_known *k, int64_t seq);
int arci_known_has(const arci_known *k, uint16_t entity, int64_t row); /* 1: the row was known then */
/* Ids of the rows of an entity that were not known; *ids lies in the arena. */
arc_status arci_known_missing(arci_txn *t, const arci_known *k, uint16_t entity, arci_arena *arena, int64_t **ids, uint32_t *n);

#endif
