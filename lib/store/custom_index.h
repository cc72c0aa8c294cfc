/* SPDX-License-Identifier: Apache-2.0 */
/* The mirror of indexed custom fields: kept by whoever writes the rows. */
#ifndef ARCI_STORE_CUSTOM_INDEX_H
#define ARCI_STORE_CUSTOM_INDEX_H

#include "model/record.h"
#include "store/repo.h"

/* Mirrors n records, all of one entity and just inserted with these ids; an id of 0 is passed over. */
arc_status arci_custom_index_add(arci_txn *t, arci_arena *arena, arci_record *const *records, const int64_t *ids, uint32_t n);
/* The same of one field, which was not mirrored before; 0: all. */
arc_status arci_custom_index_field(arci_txn *t, arci_arena *arena, arci_record *const *records, const int64_t *ids, uint32_t n,
                                   uint16_t number);
/* Takes out what is mirrored of a row and mirrors the record instead. */
arc_status arci_custom_index_replace(arci_txn *t, arci_arena *arena, arci_record *r, int64_t id);

/* Whether what is mirrored of a row is what its record says; *n receives how many entries that is. */
arc_status arci_custom_index_same(arci_txn *t, arci_arena *arena, arci_record *r, int64_t id, int *same, uint32_t *n);

/* Before a record is written: takes the definitions as they are in the transaction to it. ARC_E_VALUE: a field that was set has been
 * retired meanwhile. */
arc_status arci_custom_renew(arci_txn *t, arci_record *r);
/* Which records, all of one entity, point at nothing: bad[i] becomes the custom field of record i that does, or stays NULL. Records that
 * are NULL are passed over. Only fields that were set are looked at. */
arc_status arci_custom_references(arci_txn *t, arci_arena *arena, arci_record *const *records, uint32_t n, const arci_custom_field **bad);
/* Sets the error of such a record: ARC_E_REFERENCE. */
arc_status arci_custom_dangling(arci_env *env, const arci_custom_field *f);

#endif
