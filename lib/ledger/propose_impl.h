/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by propose.c and propose_read.c only. */
#ifndef ARCI_LEDGER_PROPOSE_IMPL_H
#define ARCI_LEDGER_PROPOSE_IMPL_H

#include "base/map.h"
#include "base/num.h"
#include "ledger/merged.h"
#include "ledger/propose.h"

#define ARCI_PLAN_TEXTS 3 /* memo, bank_ref, remark */

typedef struct arci_plan_receipt {
    int64_t id, customer, left, version; /* customer: whose it is by now, merged ones count; 0: nobody knows */
    arc_date date; /* it was posted on */
    arc_date from; /* it can be used: posted, and found to be the customer's */
    char currency[4];
    uint8_t returned;
    arc_value texts[ARCI_PLAN_TEXTS];
} arci_plan_receipt;

typedef struct arci_plan_item {
    int64_t id, customer, seq;
    int64_t left; /* open, less what the plan has taken so far */
    arc_date due, since; /* due: ARC_DATE_MAX when it has none */
    char currency[4];
    arc_value number;
} arci_plan_item;

typedef struct arci_plan {
    arci_txn *t;
    arci_proposal *out;
    arc_date as_of;
    arci_arena arena;
    arci_plan_receipt *receipts; /* in order of value date and id */
    arci_plan_item *items;       /* by customer, currency, due date, number, line, id */
    uint32_t n_receipts, n_items;
    arci_map accounts; /* (customer, currency) to version; of merged ones the sum */
    arci_merged merged;
    arci_str text[4];  /* action, explanation, preconditions, context of the line at hand */
    arci_str rejected; /* of what was considered */
    uint32_t n_rejected;
    const arci_row_scope *scope; /* receipts the actor sees; NULL: all */
} arci_plan;

/* Receipts by id, or all that wait. */
arc_status arci_plan_read(arci_plan *p, const int64_t *ids, uint32_t n, const arc_propose_options *o, uint32_t max);

#endif
