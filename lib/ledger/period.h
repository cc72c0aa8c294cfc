/* SPDX-License-Identifier: Apache-2.0 */
/* Fiscal periods: whether a day may be posted on.
 *
 * A day belongs to the first period that ends on or after it: days between two periods, and before the first, go with the next one. Days after the last
 * period, and all days of a book that has none, are open. */
#ifndef ARCI_LEDGER_PERIOD_H
#define ARCI_LEDGER_PERIOD_H

#include "arcore/period.h"
#include "store/verb.h"

enum { ARCI_PERIOD_OPEN, ARCI_PERIOD_LOCKED, ARCI_PERIOD_CLOSED };

typedef struct arci_period {
    int64_t id, version;
    char code[24];
    arc_date starts, ends;
    int status; /* ARCI_PERIOD_* */
} arci_period;

/* The periods of the book as the transaction sees them, by date; valid until the next call. */
arc_status arci_periods_ask(arci_txn *t); /* ahead, where nothing is known of them yet */
arc_status arci_periods(arci_txn *t, const arci_period **list, uint32_t *n);
/* The period a day belongs to; NULL: none. Valid until the next call. */
arc_status arci_period_of(arci_txn *t, const arci_period **out, arc_date day);

/* May the actor post on this day? ARC_E_PERIOD names the period (entity, id) and the day. In a WRITE transaction the answer holds until its end: whoever closes
 * the period waits for it. Costs nothing worth mentioning where writers exclude each other, else two questions a period and transaction. */
arc_status arci_period_check(arci_txn *t, arc_date day);
/* Has the day of something that is told to have happened come? By the business date, or as of what it is about (`since`; ARC_DATE_NONE: nothing), which may be dated ahead.
 * ARC_E_RANGE at entity, field and id. check: that, and whether it may be posted on. */
arc_status arci_day_come(arci_txn *t, arc_date day, arc_date since, const char *entity, const char *field, int64_t id);
arc_status arci_fact_check(arci_txn *t, arc_date day, arc_date since, const char *entity, const char *field, int64_t id);
/* The first day from `day` on that the actor may post on; holds as arci_period_check() does. */
arc_status arci_period_open_day(arci_txn *t, arc_date *out, arc_date day);
/* What a day's vouchers are numbered by: the code of the period it lies in, else its year and month: 2026-11. */
arc_status arci_period_code(arci_txn *t, char code[24], arc_date day);

#endif
