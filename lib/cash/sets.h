/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of open items that add up to a payment: found, weighed, ranked. Pure: arrays in, sets out. */
#ifndef ARCI_CASH_SETS_H
#define ARCI_CASH_SETS_H

#include "base/arena.h"
#include "cash/habit.h"

#define ARCI_SETS_MAX 1000       /* items */
#define ARCI_SETS_HITS 20000     /* sets kept */
#define ARCI_SETS_WHOLE 36       /* log2 of how many sets are searched whole: two halves of 2^18 sums */
#define ARCI_SETS_STRETCH 32     /* the same of a stretch of many items */

typedef struct arci_sets_item {
    int64_t amount; /* open; a credit is negative */
    int64_t less;   /* cash discount that may be taken, >= 0 */
    int32_t due;
    uint32_t from; /* position in the caller's arrays */
} arci_sets_item;

typedef struct arci_set {
    uint64_t *in, *taken; /* bits: items; those whose discount is taken */
    int64_t sum;          /* of what is to pay */
    int64_t log;          /* log2 of its likelihood, 1/65536 */
    uint64_t alike;       /* sets of the same amounts have the same */
    uint32_t items, words; /* words: of in and taken */
    int32_t kind;         /* ARC_SET_* */
} arci_set;

typedef struct arci_sets {
    arci_env *env;
    arci_arena *arena;
    uint32_t n, words;        /* items; 64-bit words of a set */
    arci_sets_item *items;    /* by due date, issue date, amount, position */
    uint8_t *bin, *same;      /* of items: bin of days late; due on the day of the one before */
    int64_t logs[ARCI_HABIT_CELLS][2];
    int64_t amount, low, high; /* paid; sums that count as that */
    int32_t day;
    int has_less, has_credit;
    arci_set *sets;
    uint32_t n_sets, cap;
    uint32_t *slots; /* of sets by hash, n_slots a power of two, position + 1 */
    uint32_t n_slots;
    int whole;       /* every set was looked at */
    int64_t steps;   /* left of the budget */
} arci_sets;

/* Adds a set once; ends the search when there are too many to keep. sum: of what is to pay with the discounts taken. */
arc_status arci_sets_add(arci_sets *s, const uint64_t *in, const uint64_t *taken, int64_t sum);
static inline void arci_bit_on(uint64_t *bits, uint32_t i) { bits[i >> 6] |= UINT64_C(1) << (i & 63); }
static inline void arci_bit_off(uint64_t *bits, uint32_t i) { bits[i >> 6] &= ~(UINT64_C(1) << (i & 63)); }
static inline int arci_bit(const uint64_t *bits, uint32_t i) { return (int)(bits[i >> 6] >> (i & 63) & 1); }

/* What payers do: runs of items by due date (one item, one day, all of them among it), two runs, runs less two items, few items. */
arc_status arci_sets_runs(arci_sets *s);
/* Every set of the items [from, to), with all before `base` and none of the others. 0 in *done: there are too many. */
arc_status arci_sets_whole(arci_sets *s, uint32_t from, uint32_t to, uint32_t base, int *done);
/* The end of the longest stretch of at most 2^most sets. */
uint32_t arci_sets_fit(const arci_sets *s, uint32_t from, int most);

#endif
