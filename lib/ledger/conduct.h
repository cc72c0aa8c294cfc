/* SPDX-License-Identifier: Apache-2.0 */
/* How a customer behaves, as sums his account keeps: what he paid and by how many days before or after it was due, and what was sold to him. Every row of
 * allocation and of item adds to them once, and a reversal takes back what its row added; so "now" needs no history, and verify recomputes them from the rows. */
#ifndef ARCI_LEDGER_CONDUCT_H
#define ARCI_LEDGER_CONDUCT_H

#include "arcore/date.h"
#include "base/num.h"
#include "store/repo.h"

/* Counts and sums of days first: these always fit. The amounts behind them are NULL, all of them, once one leaves int64. */
enum {
    ARCI_CONDUCT_PAID_N, ARCI_CONDUCT_LATE_N, ARCI_CONDUCT_DAYS, ARCI_CONDUCT_LATE_DAYS, ARCI_CONDUCT_DEALS_N, ARCI_CONDUCT_DEALS, ARCI_CONDUCT_PAID,
    ARCI_CONDUCT_LATE, ARCI_CONDUCT_WEIGHT, ARCI_CONDUCT_OVER, /* OVER and those behind it: by arci_conduct_bends[] */
    ARCI_CONDUCT_BENDS = 7, ARCI_CONDUCT_N = ARCI_CONDUCT_OVER + ARCI_CONDUCT_BENDS, ARCI_CONDUCT_AMOUNTS = ARCI_CONDUCT_PAID
};

/* Of account, in the order above, to be put behind other fields. */
#define ARCI_CONDUCT_FIELDS \
    "paid_n paid_late_n paid_days paid_late_days deals_n deals paid paid_late paid_weight paid_over_0 paid_over_m30 paid_over_m20 paid_over_15 paid_over_22 paid_over_30 paid_over_180"

/* Days at which the payment index bends; sum of amount x max(0, days - bend) for each. */
extern const int32_t arci_conduct_bends[ARCI_CONDUCT_BENDS];

#define ARCI_CONDUCT_DAYS_MOST 999 /* more days before or after count as that many */
/* Largest |days - bend|: sums of amounts to INT64_MAX / this always fit. */
#define ARCI_CONDUCT_FACTOR 1179

/* What a row of allocation says of his paying: days after the due date, in *days. 0: nothing - no money, given up, netted, a refund, no due date. paid_on: value date of the receipt;
 * money that was there before the debt pays it on the day of the debt. */
int arci_conduct_days(int64_t *days, const arc_value *method, const arc_value *item_kind, int64_t amount, arc_date paid_on, arc_date since, arc_date due);
/* sum += amount x days, exactly. */
void arci_conduct_weigh(arci_acc *sum, int64_t amount, int64_t days);
/* Adds a payment; n -1: takes one back, amount is negative then. */
void arci_conduct_pay(arci_acc sums[ARCI_CONDUCT_N], int64_t amount, int64_t days, int n);
/* Adds an item as it is made. 1: it is a deal. */
int arci_conduct_deal(arci_acc sums[ARCI_CONDUCT_N], const arc_value *kind, int64_t amount, int64_t seq);
/* The kept values behind a change; old NULL: there was no account. */
void arci_conduct_values(arc_value *out, const arci_acc sums[ARCI_CONDUCT_N], const arc_value *old);

#endif
