/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of writing master data: one call (master.c) and its writes (master_write.c). */
#ifndef STORE_MASTER_IMPL_H
#define STORE_MASTER_IMPL_H

#include "store/record_api.h"
#include "store/repo_impl.h"
#include "store/verb.h"

/* One call over n elements; runs of one entity are written together. */
typedef struct arci_many {
    arci_session *s;
    arci_txn *t;
    arci_call *call;
    arci_arena *arena;
    arc_record *const *handles;
    arci_record_box **boxes;
    arci_record **records; /* as they are written: normalised copies where that changed something */
    arc_status *results; /* never NULL */
    int64_t *ids;        /* by element; 0 */
    int64_t *versions;   /* by element, once it is stored */
    size_t n;
    size_t refused, first_at;
    int update, single;
    int approved, trying; /* asked nobody; judged and undone */
    const struct arci_approval *asked; /* waits for this approval, whatever the book says; NULL: as it says */
    int says;             /* records say what another system has: what they set stays set */
    arc_error first; /* what the first refusal said */
} arci_many;

/* Notes that element i was refused; the error of the first in order is what the call reports. */
void arci_many_refuse(arci_many *m, size_t i, arc_status st);
/* Whether a status says that an element was refused; others end the call. */
int arci_many_is_refusal(arc_status st);

/* Inserts elements from..*to, which are of one entity; *to may come down. Refused elements are noted. */
arc_status arci_many_insert(arci_many *m, uint32_t from, uint32_t *to);
/* Updates element i. Refusals are returned like errors; the caller tells them apart. */
arc_status arci_many_update(arci_many *m, size_t i);

#endif
