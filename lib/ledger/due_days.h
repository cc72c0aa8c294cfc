/* SPDX-License-Identifier: Apache-2.0 */
/* Amounts by day, as an account keeps them: what is open of debit items by due date (account.due_days), what is ordered by wanted date (account.wanted_days). So what is overdue on any day, or wanted within a
 * horizon, costs a look at one row, whatever the number of documents. Text:
 * [[day number,amount in minor units],...], days ascending, none of them 0. */
#ifndef ARCI_LEDGER_DUE_DAYS_H
#define ARCI_LEDGER_DUE_DAYS_H

#include "arcore/date.h"
#include "base/arena.h"
#include "base/num.h"
#include "store/repo.h"

typedef struct arci_due_day {
    arc_date day;
    int64_t open;
} arci_due_day;

typedef struct arci_due_days {
    arci_due_day *list;
    uint32_t n, cap;
    uint8_t bad; /* 1: a sum was too large; 2: there was no memory. Told where it is used */
} arci_due_days;

/* An item of `open` that is due on a day is there, or (negative) is not any more; of no day it is not kept. */
void arci_due_days_add(arc_context *ctx, arci_due_days *d, const arc_value *due, int64_t open);
void arci_due_days_clear(arc_context *ctx, arci_due_days *d);
/* By day, each once, without those that come to 0. */
void arci_due_days_merge(arci_due_days *d);
/* The stored text with a change, in the arena; NULL where nothing is left. ARC_E_CORRUPT: the text is none; ARC_E_OVERFLOW; ARC_E_NOMEM. Without an error: that is its caller's. */
arc_status arci_due_days_print(arci_arena *arena, arc_value *out, const arc_value *stored, arci_due_days *change);
/* The stored days one after the other: *at starts as 0. 0: there is none left; -1: the text is none. */
int arci_due_days_next(const arc_value *stored, size_t *at, arci_due_day *out);
/* Adds (sign -1: takes off) what is stored. 0: the text is none. */
int arci_due_days_add_stored(arc_context *ctx, arci_due_days *d, const arc_value *stored, int sign);
/* What is due from one day to another. ARC_E_CORRUPT, ARC_E_OVERFLOW. */
arc_status arci_due_days_between(const arc_value *stored, arc_date from, arc_date to, int64_t *out);

#endif
