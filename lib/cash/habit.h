/* SPDX-License-Identifier: Apache-2.0 */
/* How payers choose the items they pay, as counts: walking the open items by due date, was an item paid, given whether the one before it was,
 * whether both are due on the same day, and how late it was. A payment's set of items is likely when this chain makes it likely: all that is due,
 * one due date or the oldest items are, a scattered handful is not. The counts are learned from payments that are settled. */
#ifndef ARCI_CASH_HABIT_H
#define ARCI_CASH_HABIT_H

#include "arcore/combination.h"
#include "base/env.h"

#define ARCI_HABIT_BINS 8                     /* of days late */
#define ARCI_HABIT_CELLS (4 * ARCI_HABIT_BINS) /* the one before paid, same due date, bin */
#define ARCI_HABIT_DAYS 183                   /* days late remembered one by one, from -61 to 121; beyond: at the ends */

typedef struct arci_habit {
    int64_t counts[ARCI_HABIT_CELLS][2]; /* not paid, paid: what was learned */
    int64_t late[ARCI_HABIT_DAYS];       /* of paid items */
    int64_t payments;
    arc_context *ctx;
} arci_habit;

int arci_habit_bin(int64_t late);
int arci_habit_cell(int before, int same, int bin);
int32_t arci_habit_usual(const arci_habit *h); /* median days late; 0 with fewer than 5 items learned */
/* log2 of the chance that an item of a cell is not paid, is paid. h NULL: nothing learned. */
void arci_habit_logs(const arci_habit *h, int64_t logs[ARCI_HABIT_CELLS][2]);

#endif
