/* SPDX-License-Identifier: Apache-2.0 */
/* Exchange rates of the book, and what documents in foreign currency are booked at. */
#ifndef ARCI_LEDGER_RATES_H
#define ARCI_LEDGER_RATES_H

#include "arcore/money.h"
#include "store/repo.h"

typedef struct arci_rate_table arci_rate_table;
typedef struct arci_rates {
    arci_txn *t;
    arci_arena *arena;
    arci_rate_table *tables; /* each pair and kind that was asked for, read once */
} arci_rates;

void arci_rates_init(arci_rates *r, arci_txn *t, arci_arena *arena);
/* The rate of a kind (booked, closing ...) that holds on a day: of the latest row on or before it. *found 0: there is none. */
arc_status arci_rate_on(arci_rates *r, const char *kind, const char *from, const char *to, arc_date on, arc_rate *out, int *found);

/* What a document is booked at in the book's base currency. */
typedef struct arci_booked {
    int64_t base;
    int64_t rate;    /* it was booked at, base units for one with 8 decimals; 0: the base amount was given, or none is known */
    uint8_t foreign; /* its currency is another one */
    uint8_t known;   /* base is: always 0 for documents in base currency, whose base fields stay NULL */
} arci_booked;
/* base * part / whole, rounded half away from zero; exact for the whole. |part| <= |whole|: the result is within base. */
int64_t arci_part_of(int64_t base, int64_t part, int64_t whole);
/* The part of the base amount that belongs to `part` of `whole`, rounded half away from zero; the whole has all of it. */
int64_t arci_booked_part(const arci_booked *b, int64_t part, int64_t whole);
/* In this order: the amount given (its currency must be the base currency), amount * the rate given (fx_rate, 8 decimals), amount * the booked rate of the
 * day. None: not known, or ARC_E_VALUE when the setting ledger.require_rate is 1. Given values may be NULL or of type ARC_V_NULL. ARC_E_CURRENCY, ARC_E_VALUE:
 * what is given contradicts itself; the error has no place yet. */
arc_status arci_booked_at(arci_rates *r, arci_booked *out, const char *currency, int64_t amount, arc_date on, const arc_value *base_currency,
                          const arc_value *base_amount, const arc_value *fx_rate);

#endif
