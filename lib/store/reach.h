/* SPDX-License-Identifier: Apache-2.0 */
/* What a book knows of its rows without reading them again: whose customers are, and which rows scopes hold.
 *
 * All of it is of one committed state. It is kept from one READ transaction to the next only while the backend says that both see the
 * same rows (`snapshot` of arc_backend_ops); any commit, by whomever, makes it forgotten. Where the backend cannot tell, it lasts as long as
 * one READ transaction. WRITE transactions see their own changes: they neither use it nor add to it, and what they allow is always read. */
#ifndef ARCI_STORE_REACH_H
#define ARCI_STORE_REACH_H

#include "store/access.h"

/* Whose a customer is: ids by ARCI_BY_*, 0 for nobody's. */
typedef struct arci_owners {
    int64_t id; /* 0: there is no such customer */
    int64_t by[ARCI_BY_N];
} arci_owners;

/* Whose customers are: out[i] of ids[i], which may repeat. */
arc_status arci_reach_owners(arci_txn *t, arci_arena *arena, const int64_t *ids, uint32_t n, arci_owners *out);

/* Ids of the rows of e that the lists `at` of a scope hold, ascending, where they are known: they stay until the next call of
 * arci_reach_keep(). *ids NULL: not known. */
arc_status arci_reach_find(arci_txn *t, const arci_entity *e, const arci_row_scope *scope, int at, const int64_t **ids, uint32_t *n);
/* Keeps them for later, when there is room. */
arc_status arci_reach_keep(arci_txn *t, const arci_entity *e, const arci_row_scope *scope, int at, const int64_t *ids, uint32_t n);

/* *told 1: *number is that of the state a READ transaction sees; 0: it cannot be told. */
arc_status arci_reach_number(arci_txn *t, int *told, uint64_t *number);
void arci_reach_free(arci_book *b);

#endif
