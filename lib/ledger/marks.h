/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what hangs on many items: disputes and flags. */
#ifndef ARCI_LEDGER_MARKS_H
#define ARCI_LEDGER_MARKS_H

#include "store/access.h"
#include "store/session.h"

typedef struct arci_marks {
    arci_arena arena;
    int64_t *ids;  /* of the items, ascending, no two the same */
    uint8_t *seen; /* the actor may see it */
    uint32_t n;
} arci_marks;

/* Checks the arguments of a call that reads marks (out, n, a date, which becomes the business date) and whether the actor may read them, opens a READ scope and finds out which items he
 * sees. On error nothing is open. */
arc_status arci_marks_begin(arci_session *s, arci_marks *m, arci_scope *scope, const char *entity, const void *out, const int64_t *items, size_t n, arc_date *as_of);
/* Rows of a shape whose column is one of the first *m of n ids. */
arc_status arci_marks_of(arci_txn *t, arci_arena *arena, const arci_shape *shape, uint16_t col, const int64_t *ids, uint32_t n, uint32_t *m, arci_rows *rows);
/* Place of an id that is among them. */
uint32_t arci_marks_place(const int64_t *ids, uint32_t n, int64_t id);
static inline int arci_marks_seen(const arci_marks *m, int64_t item)
{
    return m->seen[arci_marks_place(m->ids, m->n, item)];
}

/* Flags in force on a day, ARC_FLAG_...: of each item and of its customer. ids ascending, no two the same. */
arc_status arci_flags_of(arci_txn *t, arci_arena *arena, uint32_t *kinds, const int64_t *ids, uint32_t n, arc_date on);

#endif
