/* SPDX-License-Identifier: Apache-2.0 */
/* The two sides of an allocation - open items and receipts - read once for a batch, changed here element by element, written back once
 * under their versions. */
#ifndef ARCI_LEDGER_SIDES_H
#define ARCI_LEDGER_SIDES_H

#include "ledger/posting.h"
#include "value/money.h"

typedef struct arci_side {
    int64_t id;
    int64_t customer; /* 0: not known */
    int64_t before;   /* open (items) or unapplied (receipts) as read */
    int64_t left;     /* now */
    int64_t base;     /* booked base amount of what is left, when has_base */
    int64_t version, episode;
    arc_date since;   /* it exists from this day on */
    arc_date due;     /* items; ARC_DATE_NONE: no due date */
    arc_date settled_on;
    arc_date latest;  /* effective date of the latest allocation of this batch, ARC_DATE_NONE: none */
    arc_date moved;   /* of the latest there is, this batch's among them; ARC_DATE_NONE: none */
    arc_value owner[3]; /* owner, team, region of the document */
    arc_date paid_on; /* receipts: value date; ARC_DATE_NONE: an item */
    char currency[4];
    const char *role; /* account role an item stands in; receipts: the one of what is unapplied */
    uint8_t has_base, domestic; /* domestic: in base currency, worth what it is */
    uint8_t found, closed; /* closed: a receipt that went back */
    uint8_t marked;        /* a row of this batch says that it is open again */
    uint8_t claimed;       /* `since` is the day the receipt was claimed, not the one it came in */
    uint8_t real;          /* 0: a planned or estimated item, which nothing settles yet */
    arc_value kind, parts; /* kind: of an item, or the method of a receipt; parts: what is open of each (ledger/parts.h), NULL: it is one */
    struct arci_moved_day *days; /* what left it day by day, the latest first: all days after `known` of its arci_sides, and what this batch did */
} arci_side;

typedef struct arci_moved_day {
    arc_date day;
    int64_t left; /* what left it on that day; negative: came back */
    struct arci_moved_day *earlier;
} arci_moved_day;

typedef struct arci_sides {
    const char *entity; /* "item_state" or "receipt_state" */
    arci_side *sides;   /* by id */
    uint32_t n;
    arc_date known;     /* the days after it have been read; ARC_DATE_MAX: none */
    const int64_t *asked; /* ids, in order, until they are taken */
} arci_sides;

/* It was settled when it was read, and is not any more. */
static inline int arci_side_reopened(const arci_side *side) { return !side->before && side->left; }
/* Locks the rows of some ids where the store needs it and asks for them; ids (in any order, 0 is skipped, repeats are allowed) are sorted, and live until
 * they are taken. What is asked for before the first is taken is one trip. */
arc_status arci_sides_ask(arci_posting *p, arci_sides *s, const char *entity, int64_t *ids, uint32_t n);
arc_status arci_sides_take(arci_posting *p, arci_sides *s);
/* Both at once. */
arc_status arci_sides_read(arci_posting *p, arci_sides *s, const char *entity, int64_t *ids, uint32_t n);
arci_side *arci_sides_find(const arci_sides *s, int64_t id); /* NULL: no such row */
/* What leaves in base currency when `amount` does: the last part takes what is left. *known 0: nobody knows. */
int64_t arci_side_base(const arci_side *side, int64_t amount, int *known);
/* Takes `amount` towards zero (or gives it back, negative) on a day, with its base amount. */
arc_status arci_side_move(arci_posting *p, arci_side *side, int64_t amount, int64_t base, arc_date date);
/* The least that was left of a side at the end of any day from `date` on, without its sign, and the day. What leaves on `date` leaves all days after it too. earliest: of the dates
 * that will be asked about. */
arc_status arci_side_least(arci_posting *p, arci_sides *s, arci_side *side, arc_date date, arc_date earliest, int64_t *least, arc_date *on);
/* ARC_E_GUARD: more is wanted than is left, said in amounts. */
arc_status arci_wanted_left(arci_env *env, int64_t wanted, int64_t left, const char *currency);
/* ARC_E_CURRENCY: item and credit are in two currencies; with a receipt, how they are applied all the same. */
arc_status arci_two_currencies(arci_env *env, const arci_side *item, const arci_side *credit, int receipt);
/* What it claimed is taken back as a whole: nothing is open of its parts. Before it moves. */
arc_status arci_side_empty(arci_posting *p, arci_side *side);
/* Writes what has changed and moves the accounts. */
arc_status arci_sides_write(arci_posting *p, const arci_sides *s);

#endif
