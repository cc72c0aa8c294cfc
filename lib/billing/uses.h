/* SPDX-License-Identifier: Apache-2.0 */
/* Which receivables documents take over: planned and estimated items are consumed, receivables without a tax invoice are covered. */
#ifndef ARCI_BILLING_USES_H
#define ARCI_BILLING_USES_H

#include "billing/invoice.h"

#define ARCI_USES_MAX 1000u

/* What a request key looks at. */
void arci_uses_tell(arci_call *c, const arc_invoice_document *d);
/* What a draft names, as JSON (uses_kept.c), and back. NULL: nothing. */
arc_status arci_uses_keep(arci_bills *b, uint32_t i, arc_value *json);
arc_status arci_uses_kept(arci_bills *b, uint32_t i, const arc_value *json);
typedef struct arci_limits arci_limits; /* billing/chain.h */
/* Finds and locks the items the good documents may take over; limits: how much of orders and deliveries the call invoices. */
arc_status arci_uses_open(arci_bills *b, const arci_limits *limits);
/* Takes from them in memory what document i takes over; refused: nothing. */
arc_status arci_uses_take(arci_bills *b, uint32_t i);
/* What document i takes of plans and estimates, in the arena. */
struct arci_credit_taken;
arc_status arci_uses_consumed(const arci_bills *b, uint32_t i, const struct arci_credit_taken **out, uint32_t *n);
/* Writes what the documents that were written took: rows of invoice_item, states, accounts, journal. */
arc_status arci_uses_write(arci_bills *b);

/* States of planned and estimated items, for verbs that move them. */
enum { ARCI_PLAN_ITEM, ARCI_PLAN_CUSTOMER, ARCI_PLAN_CURRENCY, ARCI_PLAN_KIND, ARCI_PLAN_OPEN, ARCI_PLAN_DUE, ARCI_PLAN_SINCE, ARCI_PLAN_VERSION,
       ARCI_PLAN_CONTRACT, ARCI_PLAN_ORDER, ARCI_PLAN_DELIVERY, ARCI_PLAN_EPISODE, ARCI_PLAN_COLUMNS };
typedef struct arci_plan {
    int64_t id, open, before;
    const arc_value *row; /* ARCI_PLAN_*; NULL: no such item */
    arc_date latest;      /* of what moves it now; ARC_DATE_NONE: nothing */
    const char *kind;     /* becomes; NULL: as it was */
    int marked;           /* a row says that it is open again */
    int over;             /* planned of a contract, order or delivery that is over: nothing comes back to it; where it was asked */
    arc_date due;         /* becomes; ARC_DATE_NONE: as it was */
} arci_plan;
/* It was used up when it was read, and is not any more. */
static inline int arci_plan_reopened(const arci_plan *x) { return x->latest != ARC_DATE_NONE && !x->before && x->open; }
/* Locked; ids are sorted, repeats dropped. Rows the actor may not use with the verb are not there. */
arc_status arci_plans_read(arci_posting *p, arci_plan **out, uint32_t *n_out, int64_t *ids, uint32_t n);
arc_status arci_plans_read_all(arci_posting *p, arci_plan **out, uint32_t *n_out, int64_t *ids, uint32_t n); /* whoever may use them */
/* Of those that stand (no plans, no estimates) `open` becomes what no tax invoice covers; 0 of items that invoices made. */
arc_status arci_uses_uncovered(arci_posting *p, arci_plan *plans, uint32_t n);
arci_plan *arci_plan_find(arci_plan *list, uint32_t n, int64_t id);
/* Writes the states of those that moved, and what their accounts count; estimates go to the journal where the book wants it. source: the document. */
arc_status arci_plans_write(arci_posting *p, arci_plan *list, uint32_t n);
/* Ends what is left of plans and estimates, on a day or on the first of each; those without a row, and those that are over, stay. */
arc_status arci_plans_cancel(arci_posting *p, arci_plan *list, uint32_t n, const char *reason, size_t n_reason, arc_date day);
/* An estimate of a customer grows by `amount` (or falls): the journal's entry, where the setting ledger.post_estimates is 1. */
arc_status arci_estimate_post(arci_posting *p, const char *entity, int64_t source, arc_date day, int64_t customer, const char *currency, int64_t amount);

#endif
