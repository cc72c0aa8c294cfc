/* SPDX-License-Identifier: Apache-2.0 */
/* Ids as dense ranks: 1 for the smallest id of an entity in a book, 2 for the next. Backends leave different gaps between the ids they
 * draw, but all draw them in call order, so equal work gives equal ranks everywhere. */
#ifndef ARCI_EXCHANGE_RANKS_H
#define ARCI_EXCHANGE_RANKS_H

#include "store/repo.h"

typedef struct arci_rank_list {
    int64_t dense; /* ids 1 .. dense are all there: each is its own rank */
    int64_t *rest; /* the ids behind them, ascending */
    size_t n, cap;
} arci_rank_list;

typedef struct arci_ranks {
    arc_context *ctx;
    const arci_store *store;
    arci_rank_list *lists; /* by table number */
} arci_ranks;

/* Reads all ids of the book. arci_ranks_clear() also after an error. */
arc_status arci_ranks_read(arci_txn *t, arci_ranks *r);
void arci_ranks_clear(arci_ranks *r);
/* Rank of a row of an entity; 0 when there is no such row. */
int64_t arci_rank(const arci_ranks *r, const arci_entity *e, int64_t id);

/* All rows of a table of the book by primary key; cols NULL: all columns from 0. */
arc_status arci_table_scan(arci_txn *t, arci_scan **out, const arci_table *table, const uint16_t *cols, uint32_t n_cols);

#endif
