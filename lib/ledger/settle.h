/* SPDX-License-Identifier: Apache-2.0 */
/* Settling items with one receipt: the decision, apart from reading and writing. */
#ifndef ARCI_LEDGER_SETTLE_H
#define ARCI_LEDGER_SETTLE_H

#include "ledger/allot.h"
#include "ledger/offer.h"

typedef struct arci_settle_line {
    arc_settled_line out; /* .item, .open given; the rest is decided */
    arc_offer offer;
    int64_t taken; /* discount the payer took; -1: what is earned */
} arci_settle_line;

typedef struct arci_settling {
    arci_txn *t;
    arc_settle_options options;
    const arci_tolerance *tol;
    arci_settle_line *lines; /* in the caller's order, credits among them */
    uint32_t n;
    int64_t unapplied; /* of the receipt, before */
    int64_t received;  /* its amount */
    int64_t tolerated; /* most that may be given up; asked for once net is known by `limit` */
    char currency[4];
    arc_settled out;
    arc_status (*limit)(struct arci_settling *s); /* fills tolerated */
    void *user;
} arci_settling;

/* Fills every line, and out but for allocation and definition. */
arc_status arci_settle_decide(arci_settling *s);

#endif
