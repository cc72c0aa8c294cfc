/* SPDX-License-Identifier: Apache-2.0 */
/* What a document takes of the chain above it, wherever it comes from: documents on their way in, and those that are voided. */
#ifndef ARCI_BILLING_CLAIM_H
#define ARCI_BILLING_CLAIM_H

#include "ledger/links.h"

typedef struct arci_claim_line {
    const arc_value *order_line, *delivery_line; /* values may be NULL */
    int64_t contract;                            /* that it counts on; 0: the header's */
    int64_t order, delivery;                     /* what those lines are of; 0: of none, or none there is */
    int64_t quantity, gross, net;                /* negative: given back */
    int64_t tolerance;                           /* of its contract: arci_claim_terms() */
    uint8_t by_delivery;                         /* only what was delivered */
    uint8_t pad[7];
} arci_claim_line;

typedef struct arci_claim {
    const arc_value *contract, *order, *delivery, *customer, *currency; /* of the header; values may be NULL */
    arci_claim_line *lines;
    uint32_t n_lines;
    int64_t gross, net;             /* that counts on its contracts */
    int64_t order_gross, order_net; /* on the order of its header */
    int64_t tolerance;
    arc_date day;   /* from which on it counts, or is given back */
    arc_date freed; /* that day, of what gives back; ARC_DATE_NONE: it takes */
    uint8_t there;  /* 0: refused, or it takes nothing of the chain */
    uint8_t judged; /* held against the chain; others give back: what they name is locked, no more */
} arci_claim;

/* What a line with ARCI_OFF_* does not count on (billing/totals.h), taken off what the document comes to; once its totals are set. */
static inline void arci_claim_off(arci_claim *c, uint32_t off, int64_t gross, int64_t net)
{
    c->gross -= off & 1u ? gross : 0;
    c->net -= off & 1u ? net : 0;
    c->order_gross -= off & 2u ? gross : 0;
    c->order_net -= off & 2u ? net : 0;
}

/* The orders and deliveries of the lines: two reads for all. */
arc_status arci_claims_heads(arci_txn *t, arci_arena *arena, arci_claim *list, uint32_t n);
/* sign 1: the parents get this child, -1: they lose it. A document of one order counts on it as a whole, one of several by its lines. */
void arci_claim_count(arci_links *l, const arci_claim *c, int sign);

/* Lines of one contract, order and delivery: what of a document plans and estimates are taken by, and given back by. */
typedef struct arci_claim_group {
    int64_t order, delivery, contract;
} arci_claim_group;
/* Of a line; UINT32_MAX: of the header, whose they are that no line says. */
arci_claim_group arci_claim_group_of(const arci_claim *c, uint32_t line);
int arci_claim_group_order(const arci_claim_group *a, const arci_claim_group *b); /* as qsort() asks */

/* Whether it names anything of the chain. */
int arci_claim_names(const arci_claim *c);

static inline int64_t arci_ref(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

#endif
