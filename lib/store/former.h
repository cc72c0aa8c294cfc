/* SPDX-License-Identifier: Apache-2.0 */
/* Names customers had: the name an update takes away stays as an alias of kind former_name, so that whoever is looked for under it is found. A spelling that is mended - the name is compared by
 * one form for all spellings - leaves nothing. */
#ifndef ARCI_STORE_FORMER_H
#define ARCI_STORE_FORMER_H

#include "store/repo.h"

enum { ARCI_FORMER_NAMES = 2 }; /* of a customer: as registered, and short */

typedef struct arci_former {
    int64_t customer;
    arc_value names[ARCI_FORMER_NAMES], keys[ARCI_FORMER_NAMES];
    uint32_t n;
} arci_former;

/* Before row `id` is updated to the first row of a batch: what it takes away. Costs nothing where no name is written. */
arc_status arci_former_update(arci_txn *t, arci_arena *arena, arci_former *f, const arci_batch *b, int64_t id);
/* After it was written. */
arc_status arci_former_written(arci_txn *t, arci_arena *arena, const arci_former *f);

#endif
