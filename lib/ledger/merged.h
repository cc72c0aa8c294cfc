/* SPDX-License-Identifier: Apache-2.0 */
/* Customers that were merged: documents keep the customer they name, and who reads them asks here whose they are.
 *
 * A merge is a row of merge_record, undone by another row; both have a day. As of a day, known at a seal, the merges in force make
 * trees: every customer belongs to the root of his. Before the first merge, and on days before it, everybody is his own root, so a
 * report of such a day reads exactly what it read then. */
#ifndef ARCI_LEDGER_MERGED_H
#define ARCI_LEDGER_MERGED_H

#include "arcore/date.h"
#include "base/map.h"
#include "store/known.h"
#include "store/merged_to.h"
#include "store/repo.h"

typedef struct arci_merge_edge {
    int64_t id, undo; /* undo 0: not undone */
    int64_t merged, kept;
    arc_date from, to; /* in force from the day on, until the day before `to`; ARC_DATE_NONE: it stands */
} arci_merge_edge;

typedef struct arci_merged {
    arci_map roots;         /* of customers that are merged as of the day */
    arci_merge_edge *edges; /* all that are known, by id, those with from = to included */
    uint32_t n;
} arci_merged;

void arci_merged_init(arci_merged *m, arc_context *ctx);
void arci_merged_clear(arci_merged *m);
/* As of a day (ARC_DATE_NONE: whatever stands, be its day past or to come) and, with known not NULL, as known at its seal. Edges lie in the arena. */
arc_status arci_merged_read(arci_txn *t, arci_arena *arena, arci_merged *m, arc_date as_of, const arci_known *known);
static inline int64_t arci_merged_root(const arci_merged *m, int64_t customer)
{
    const int64_t *root = m->roots.n ? arci_map_get(&m->roots, &customer, sizeof customer) : NULL;
    return root ? *root : customer;
}
/* The root of a customer and whoever belongs to it: ids[0] is the root. */
arc_status arci_merged_family(arci_env *env, arci_arena *arena, const arci_merged *m, int64_t customer, int64_t **ids, uint32_t *n);
/* The condition "the customer is one of that family". */
arc_status arci_merged_where(arci_env *env, arci_arena *arena, const arci_merged *m, arci_where *where, uint16_t col, int64_t customer);

/* ---- now, by what customers say of themselves: a read for each step of a chain, none where nobody is merged ---- */

/* Roots of n customers (0 stays 0), which may repeat. */
arc_status arci_merged_roots_now(arci_txn *t, arci_arena *arena, const int64_t *customers, uint32_t n, int64_t *roots);
/* Whether one of two customers is above the other in the tree of parents. */
arc_status arci_merged_related_now(arci_txn *t, arci_arena *arena, int64_t a, int64_t b, int *yes);
/* The same as arci_merged_family() of what stands. */
arc_status arci_merged_family_now(arci_txn *t, arci_arena *arena, int64_t customer, int64_t **ids, uint32_t *n);
arc_status arci_merged_where_now(arci_txn *t, arci_arena *arena, arci_where *where, uint16_t col, int64_t customer);

#endif
