/* SPDX-License-Identifier: Apache-2.0 */
/* Power cuts: some work is recorded, every disk that a cut could leave is opened again and must hold all that was
 * acknowledged, nothing else but at most the transaction under way, and be sound. */
#ifndef TESTS_CRASH_H
#define TESTS_CRASH_H

#include "support/arfault.h"
#include "support/work.h"

typedef struct crash_plan {
    int64_t first;  /* transactions before the record starts */
    int64_t steps;  /* transactions recorded; the store is opened anew after every `reopen` of them */
    int64_t reopen;
    int64_t images; /* about so many, spread over the record; 0: every one */
    uint64_t seed;
    int create;     /* 1: the making of the store is part of the record (first is 0 then) */
} crash_plan;

typedef struct crash_counts {
    int64_t moments;  /* calls recorded */
    int64_t images;   /* opened */
    int64_t again;    /* of them, crashed again while recovering and opened once more */
    int64_t in_flight; /* showed the transaction under way */
    int64_t none;     /* the store was not there yet */
    int64_t bad;      /* violations; the first few are printed */
} crash_counts;

/* w must use the VFS of a. Adds to *out. */
void crash_run(arfault *a, work *w, const crash_plan *plan, crash_counts *out);
void crash_print(const char *what, const crash_counts *c, double seconds);
double crash_clock(void); /* seconds */

#endif
