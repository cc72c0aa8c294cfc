/* SPDX-License-Identifier: Apache-2.0 */
/* How customers stand and behave on a day, for profiles, scores and fields without a column. "Now" comes from what accounts keep and from what is open; the past is
 * folded from the rows of the customers themselves. */
#ifndef ARCI_CREDIT_PROFILE_H
#define ARCI_CREDIT_PROFILE_H

#include "arcore/date.h"
#include "credit/family.h"
#include "ledger/conduct.h"
#include "rules/number.h"
#include "store/known.h"

/* One customer in one currency. */
typedef struct arci_standing {
    int64_t customer;
    char currency[4];
    uint8_t unkept;           /* amounts of the conduct are too large to be kept: only counts and days stand */
    int64_t open, unapplied;  /* minor units */
    arci_acc debit, overdue, overdue_days; /* open debit items; those past due; the sum of amount x days of these */
    int64_t n_debit, n_overdue, worst;     /* worst: days */
    arc_date first_deal, last_deal;        /* ARC_DATE_NONE: none */
    arc_date next_due;                     /* the earliest that has not passed; ARC_DATE_NONE: none */
    arc_date oldest_due, last_paid;        /* oldest due day of what is open; value date of the last receipt. ARC_DATE_NONE: none */
    arci_acc conduct[ARCI_CONDUCT_N];
} arci_standing;

typedef struct arci_standings {
    arci_txn *t;
    arci_arena *arena;
    arc_date as_of;
    const arci_known *known; /* NULL: as known now */
    arci_families families;  /* what is of a merged customer counts with the one he was merged into */
    const int64_t *ids;      /* ascending, each once: with those who were merged */
    uint32_t n_ids;
    uint8_t now;             /* read from what accounts keep */
    arci_map index;          /* (customer, currency) to place + 1 */
    arci_standing *list;     /* by customer and currency, once read */
    uint32_t n, cap;
} arci_standings;

/* The customers of which nothing is known have no row. */
arc_status arci_standings_read(arci_standings *s, arci_txn *t, arci_arena *arena, const int64_t *ids, uint32_t n, arc_date as_of, const arci_known *known);
void arci_standings_clear(arci_standings *s);
/* Rows of a customer: the first in *at, their number. */
uint32_t arci_standings_of(const arci_standings *s, int64_t customer, uint32_t *at);
arci_standing *arci_standing_at(arci_standings *s, int64_t customer, const arc_value *currency); /* NULL: no memory */
arc_status arci_standings_past(arci_standings *s);  /* profile_past.c */
arc_status arci_standings_money(arci_standings *s); /* its part of receipts: profile_receipts.c */

/* Figures. 0: there is no answer - nothing was paid, or it is not kept. All exact quotients of 12 decimals. */
typedef struct arci_behaviour {
    arci_num paid, late, weight, over[ARCI_CONDUCT_BENDS], overdue, overdue_days, debit, deals;
    arc_date first_deal, last_deal;
    int64_t n, n_late, days, late_days, n_deals, n_debit, n_overdue, worst;
    uint8_t unkept;
} arci_behaviour;
void arci_behaviour_init(arci_behaviour *out);
arc_status arci_behaviour_of(arci_env *env, arci_behaviour *out, const arci_standing *s);
/* Adds another currency's, times a rate. */
arc_status arci_behaviour_add(arci_env *env, arci_behaviour *out, const arci_standing *s, const arci_num *rate);
int arci_adbt_weighted(const arci_behaviour *b, arci_num *out);
int arci_adbt_signed(const arci_behaviour *b, arci_num *out);
int arci_adbt_simple(const arci_behaviour *b, arci_num *out);
int arci_adbt_with_open(const arci_behaviour *b, arci_num *out); /* what is overdue enters with its days so far */
int arci_payment_index(const arci_behaviour *b, arci_num *out);
int arci_share_late(const arci_behaviour *b, arci_num *out);     /* of what was paid, 0 to 1 */
int arci_share_overdue(const arci_behaviour *b, arci_num *out);  /* of what is open, 0 to 1 */
int arci_average_deal(const arci_behaviour *b, arci_num *out);   /* minor units */

#endif
