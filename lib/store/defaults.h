/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of which one at most is the default of its owner: titles of a customer. Setting one takes it from the others, in the same transaction. */
#ifndef ARCI_STORE_DEFAULTS_H
#define ARCI_STORE_DEFAULTS_H

#include "store/repo.h"
#include "store/verify.h"

/* Those of a batch that become defaults. */
typedef struct arci_defaults {
    int64_t *owners, *rows; /* sorted by owner */
    uint32_t n;
} arci_defaults;

/* Before rows are inserted: of several that would be an owner's default the last one is. Before an update of row `id` to the columns set. Their owners are locked, so that two who set
 * one wait for each other. Entities without such rows cost nothing. */
arc_status arci_defaults_insert(arci_txn *t, arci_arena *arena, arci_defaults *d, arci_batch *b);
arc_status arci_defaults_update(arci_txn *t, arci_arena *arena, arci_defaults *d, const arci_batch *b, int64_t id);
/* After they were written: the others are none any more. of the rows of an insert, their ids. */
arc_status arci_defaults_written(arci_txn *t, arci_arena *arena, arci_defaults *d, const arci_batch *b);
/* Owners with two. */
arc_status arci_check_defaults(arci_verify *v, arci_txn *t);

#endif
