/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that must not overlap in time: fiscal periods. Which days they are closed for is lib/ledger/period.h's. */
#ifndef ARCI_STORE_SPANS_H
#define ARCI_STORE_SPANS_H

#include "store/repo.h"

typedef struct arci_span {
    arc_date from, to;
    int64_t id; /* 0: about to be added */
    const char *code;
    int closed;
} arci_span;

typedef struct arci_spans { /* starts as zeroes */
    arci_span *list; /* in an arena */
    uint32_t n, cap;
} arci_spans;

/* A row about to be inserted, of any entity: ARC_OK, or for one of these ARC_E_RANGE: it ends before it starts, overlaps another one, or lies before one
 * that is closed. The first such row of a call reads those there are; whoever else is about to add one waits until the transaction ends. */
arc_status arci_spans_fit(arci_txn *t, arci_arena *arena, arci_spans *s, const arci_shape *shape, const arc_value *row);

#endif
