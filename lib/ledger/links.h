/* SPDX-License-Identifier: Apache-2.0 */
/* What children take of their parents in the chain contract - order - delivery - invoice, kept as one row a link, parent and currency (chain_state), so that asking
 * what is left costs one row whatever the number of children. A verb collects what it moves here and the frame writes it once. */
#ifndef ARCI_LEDGER_LINKS_H
#define ARCI_LEDGER_LINKS_H

#include "arcore/date.h"
#include "base/num.h"
#include "store/repo.h"

/* In the order of the code list chain_link, which is that of their codes. */
enum { ARCI_LINK_CONTRACT_INVOICE, ARCI_LINK_CONTRACT_ORDER, ARCI_LINK_DELIVERY_INVOICE, ARCI_LINK_ORDER_DELIVERY, ARCI_LINK_ORDER_INVOICE,
       ARCI_LINK_SALES_ORDER_INVOICE, /* of documents of the order as a whole; of those of several orders, by their lines */
       ARCI_LINKS };

typedef struct arci_link_sum {
    int64_t quantity; /* 6 decimals */
    int64_t gross, net;
} arci_link_sum;

typedef struct arci_link {
    int64_t parent;
    int32_t link; /* ARCI_LINK_* */
    char currency[4];
    arci_acc quantity, gross, net;
    arc_date freed; /* latest day on which something was given back; ARC_DATE_NONE: none was */
} arci_link;

typedef struct arci_links {
    arc_context *ctx;
    arci_link *list;
    uint32_t n, cap;
    uint8_t nomem; /* told when it is written */
    int64_t *documents[2]; /* orders and deliveries whose states changed: their commitments are computed anew */
    uint32_t n_documents[2], cap_documents[2];
} arci_links;

void arci_links_init(arci_links *l, arc_context *ctx);
void arci_links_clear(arci_links *l);
/* A parent gets (or, negative, gives back) a child. */
void arci_links_add(arci_links *l, int link, int64_t parent, const char *currency, const arci_link_sum *sum);
/* The same by a document that gives back from a day on: a credit note from its date, what is voided from that day; ARC_DATE_NONE: it does not. */
void arci_links_free(arci_links *l, int link, int64_t parent, const char *currency, const arci_link_sum *sum, arc_date freed);
/* The state of an order (delivery) changed, whatever it takes. */
enum { ARCI_LINKS_ORDER, ARCI_LINKS_DELIVERY };
void arci_links_document(arci_links *l, int kind, int64_t id);
/* One entry a parent, link and currency, in that order. */
void arci_links_merge(arci_links *l);
/* Locks the parents, reads their rows and writes them. ARC_E_OVERFLOW names the parent. */
arc_status arci_links_write(arci_txn *t, arci_links *l);

/* What children take of parents now: sums[i] of parents[i], in currencies[i] (3 bytes each). The parents should be locked by who decides on it. */
arc_status arci_links_read(arci_txn *t, arci_arena *arena, int link, const int64_t *parents, const char *const *currencies, uint32_t n, arci_link_sum *sums);

/* On which day something of each was last given back; ARC_DATE_NONE: never. freed may be NULL. */
arc_status arci_links_read_freed(arci_txn *t, arci_arena *arena, int link, const int64_t *parents, const char *const *currencies, uint32_t n, arci_link_sum *sums, arc_date *freed);

/* Quantities of lines that take back may have been entered positive, with a negative price. */
static inline int64_t arci_signed_quantity(int64_t quantity, int64_t gross) { return gross < 0 && quantity > 0 ? -quantity : quantity; }
/* Whether a document of this status and kind counts as issued. */
int arci_invoice_counts(const arc_value *status, const arc_value *kind);
/* From when a document that counts, or did, gives back: a note from its date on, else from when it was voided; ARC_DATE_NONE: it does not. */
arc_date arci_invoice_freed(const arc_value *kind, const arc_value *date, const arc_value *voided_on);

#endif
