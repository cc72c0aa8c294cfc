/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/habit.h"

#include "cash/logs.h"

/* Chance in thousands that an item is paid, before anything was learned: what is just due is paid, what is long overdue has its reason, what is due
 * later waits; who pays one item of a day pays most of that day. Orders of magnitude, not measurements. */
static const int16_t first_guess[ARCI_HABIT_CELLS] = {
    /* days late: < -30, -30.., -10.., -3.., 0.., 3.., 11.., > 30 */
    100, 20, 50, 250, 700, 500, 250, 100,  /* the one before was not paid and is due on another day */
    10, 5, 20, 100, 300, 250, 50, 20,      /* it was not paid and is due on the same day */
    100, 50, 80, 150, 600, 600, 750, 750,  /* it was paid and is due on another day */
    800, 600, 600, 600, 800, 800, 900, 950 /* it was paid and is due on the same day */
};
#define GUESS_WEIGHT 20 /* as many items as the first guess of a cell stands for */

int arci_habit_bin(int64_t late)
{
    static const int16_t from[ARCI_HABIT_BINS] = { INT16_MIN, -30, -10, -3, 0, 3, 11, 31 };
    int bin = 0;
    while (bin + 1 < ARCI_HABIT_BINS && late >= from[bin + 1]) bin++;
    return bin;
}

int arci_habit_cell(int before, int same, int bin)
{
    return (before * 2 + same) * ARCI_HABIT_BINS + bin;
}

int32_t arci_habit_usual(const arci_habit *h)
{
    int64_t all = 0, seen = 0;
    for (int i = 0; h && i < ARCI_HABIT_DAYS; i++) all += h->late[i];
    if (all < 5) return 0;
    for (int i = 0; i < ARCI_HABIT_DAYS; i++) {
        seen += h->late[i];
        if (seen * 2 >= all) return i - 61;
    }
    return 0;
}

void arci_habit_logs(const arci_habit *h, int64_t logs[ARCI_HABIT_CELLS][2])
{
    for (int c = 0; c < ARCI_HABIT_CELLS; c++) {
        /* In thousandths of an item; nothing is ever impossible or certain. */
        uint64_t paid = (uint64_t)first_guess[c] * GUESS_WEIGHT, not_paid = (uint64_t)(1000 - first_guess[c]) * GUESS_WEIGHT;
        if (h) {
            not_paid += (uint64_t)h->counts[c][0] * 1000;
            paid += (uint64_t)h->counts[c][1] * 1000;
        }
        logs[c][0] = arci_log2_share(not_paid, not_paid + paid);
        logs[c][1] = arci_log2_share(paid, not_paid + paid);
    }
}
