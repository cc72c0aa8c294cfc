/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of looking for references share. */
#ifndef ARCI_CASH_REFERENCE_IMPL_H
#define ARCI_CASH_REFERENCE_IMPL_H

#include "cash/reference.h"

typedef struct arci_ref_finder {
    const arci_ref_index *x;
    arci_ref_text *t;
    const arc_reference_options *o;
    arc_reference_hit *hits;
    size_t n, most;
    uint32_t tries; /* repairs that may still be tried: a text of noise costs no more than a page */
} arci_ref_finder;

/* Leaves what is of the customers asked for when that decides; sets the flags of it. */
uint32_t arci_ref_narrow(const arci_ref_finder *f, arci_ref_found *found);
/* A hit over keys [from, to); NULL: no room, or too many numbers to tell. */
arc_reference_hit *arci_ref_hit(arci_ref_finder *f, int32_t kind, uint32_t from, uint32_t to, arci_ref_found *found);
void arci_ref_use(arci_ref_finder *f, uint32_t from, uint32_t to); /* pieces */
static inline uint64_t arci_ref_span(const arci_ref_text *t, uint32_t from, uint32_t to) { return t->hash[to] - t->hash[from] * arci_ref_power(to - from); }

/* reference_follow.c: what follows a number: the ends of others in a list, the end of a range. `from` is the key where it begins, i the piece behind it. */
void arci_ref_follow(arci_ref_finder *f, uint32_t number, uint32_t from, uint32_t i);
/* Between two whole numbers, of which the second begins at piece i. */
void arci_ref_between(arci_ref_finder *f, uint32_t first, uint32_t second, uint32_t i, uint32_t from, uint32_t to);
/* A list or range whose first number is not in the book. Pieces taken. */
uint32_t arci_ref_orphans(arci_ref_finder *f, uint32_t i);
uint32_t arci_ref_merged(arci_ref_finder *f, uint32_t i);

/* reference_repair.c: pieces [i, to) hang together and are no number as they stand. */
void arci_ref_last_resort(arci_ref_finder *f, uint32_t i, uint32_t to);

/* reference_scheme.c */
uint32_t arci_ref_strong_scheme(arci_ref_finder *f, uint32_t i); /* pieces taken */
uint32_t arci_ref_weak_scheme(arci_ref_finder *f, uint32_t i);

#endif
