/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that name a customer who was merged into another: new ones are refused where they do not hang on documents of his. */
#ifndef ARCI_STORE_MERGED_TO_H
#define ARCI_STORE_MERGED_TO_H

#include "model/record.h"
#include "store/repo.h"

/* ARC_E_STATE at the row's field: the customer was merged into that one, which the message names. */
arc_status arci_merged_refuse(arci_env *env, const char *entity, int64_t customer, int64_t into);
/* Does a record hang on a document of its customer (an order, a contract, an item ...)? These go on whoever was merged. */
int arci_merged_goes_on(const arci_record *r);
/* Customers named by records of master data that are about to be inserted: into[i] is whom they were merged into, 0: nobody, or a record that may name him. records[i] may be NULL. */
arc_status arci_merged_named(arci_txn *t, arci_arena *arena, arci_record *const *records, uint32_t n, int64_t *into);

#endif
