/* SPDX-License-Identifier: Apache-2.0 */
/* Commitments: what orders and deliveries leave to invoice, kept as one row a document (commitment) and summed in account.ordered and account.delivered. Each amount is in one
 * place: of an order line what is invoiced is in the items, what is delivered and not invoiced is `delivered`, the rest of it is `ordered`; documents that name the order alone take
 * of what is delivered first. */
#ifndef ARCI_LEDGER_COMMITMENT_H
#define ARCI_LEDGER_COMMITMENT_H

#include "ledger/accounts.h"
#include "ledger/links.h"
#include "store/verify.h"

/* Computes anew what the documents behind the links commit, behind arci_links_write(), and adds what changes to the accounts. */
arc_status arci_commitments_write(arci_txn *t, const arci_links *l, arci_accounts *accounts);

typedef struct arci_commitment {
    int32_t source; /* ARCI_LINKS_ORDER, ARCI_LINKS_DELIVERY */
    char currency[4];
    int64_t row, customer, contract; /* contract 0: none */
    int64_t ordered, delivered;
    arci_due_day *wanted; /* of ordered, by day, each once */
    uint32_t n_wanted;
} arci_commitment;
/* What is left of some orders, or deliveries as far as they are of no order; ids ascend. In the arena, by id and currency; those of which nothing is left are not among them. */
arc_status arci_commitments_compute(arci_txn *t, arci_arena *arena, int source, const int64_t *ids, uint32_t n, arci_commitment **out, uint32_t *n_out);

/* Every row recomputed, and the sums of the accounts: part of arc_book_verify(). */
arc_status arci_check_commitments(arci_verify *v, arci_txn *t);

#endif
