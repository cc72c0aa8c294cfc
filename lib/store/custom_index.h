/* SPDX-License-Identifier: Apache-2.0 */
/* The mirror of indexed custom fields: kept by whoever writes the rows. */
#ifndef ARCI_STORE_CUSTOM_INDEX_H
#define ARCI_STORE_CUSTOM_INDEX_H

#include "model/record.h"
#include "store/repo.h"

/* Mirrors n records, all of one entity and just inserted with these ids; an id of 0 is passed over. */
arc_status arci_custom_index_add(arci_txn *t, arci_arena *arena, arci_record *const *records, const int64_t *ids, uint32_t n);
/* Takes out what is mirrored of a row and mirrors the record instead. */
arc_status arci_custom_index_replace(arci_txn *t, arci_arena *arena, arci_record *r, int64_t id);

/* Whether what is mirrored of a row is what its record says; *n receives how many entries that is. */
arc_status arci_custom_index_same(arci_txn *t, arci_arena *arena, arci_record *r, int64_t id, int *same, uint32_t *n);

#endif
