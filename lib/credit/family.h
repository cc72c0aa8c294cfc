/* SPDX-License-Identifier: Apache-2.0 */
/* Customers to be read with those who were merged into them. */
#ifndef ARCI_CREDIT_FAMILY_H
#define ARCI_CREDIT_FAMILY_H

#include "ledger/merged.h"

typedef struct arci_families {
    arci_merged merged;
    const int64_t *ids; /* ascending, each once: those asked about who are nobody else's, and who belongs to them */
    uint32_t n;
} arci_families;

/* ids ascending, each once. As of a day, known NULL: as known now. Cleared whatever the answer. */
arc_status arci_families_read(arci_txn *t, arci_arena *arena, arci_families *f, const int64_t *ids, uint32_t n, arc_date as_of, const arci_known *known);
static inline void arci_families_clear(arci_families *f) { arci_merged_clear(&f->merged); }
static inline int64_t arci_family_of(const arci_families *f, int64_t customer) { return arci_merged_root(&f->merged, customer); }

#endif
