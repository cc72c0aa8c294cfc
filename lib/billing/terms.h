/* SPDX-License-Identifier: Apache-2.0 */
/* Payment terms of a book: by the code of a published definition of kind "term", or as a rule such as NET30; with the calendars they name. */
#ifndef ARCI_BILLING_TERMS_H
#define ARCI_BILLING_TERMS_H

#include "base/map.h"
#include "store/definition.h"
#include "value/terms.h"

typedef struct arci_term {
    arc_terms terms;
    const arc_calendar *calendar; /* NULL: none is named */
    uint8_t bases[ARC_BASE_MILESTONE + 1]; /* which base dates its rules count from */
} arci_term;

/* What was found so far: each term is read once a call, each calendar too. */
typedef struct arci_term_book {
    arci_txn *t;
    arci_arena *arena;
    arci_map index; /* (text, day in force for definitions) to position + 1 */
    arci_term **terms;
    struct {
        char code[32];
        arc_calendar *calendar;
    } *calendars;
    arci_rows definitions;
    uint32_t n, cap, n_calendars, cap_calendars;
    uint8_t read; /* the definitions */
} arci_term_book;

void arci_term_book_init(arci_term_book *b, arci_txn *t, arci_arena *arena);
void arci_term_book_clear(arci_term_book *b);
/* The term a field names, as it holds on a day. ARC_E_VALUE: there is no such definition, and it is no rule; ARC_E_CALENDAR: its calendar has no row. The
 * error has no place yet. Lives until the book is cleared. */
arc_status arci_term_find(arci_term_book *b, const arci_term **out, const arc_value *text, arc_date on);

/* The check of definitions of kind "term". */
arc_status arci_term_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink);

#endif
