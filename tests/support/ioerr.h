/* SPDX-License-Identifier: Apache-2.0 */
/* Failing calls: each call of some work that reaches the file system fails once, and from then on, in each way there is.
 * What came of it must be what the status said. */
#ifndef TESTS_IOERR_H
#define TESTS_IOERR_H

#include "support/arfault.h"
#include "support/work.h"

typedef struct ioerr_counts {
    int64_t points;  /* runs in which a call failed */
    int64_t unhurt;  /* of them, everything asked for succeeded all the same */
    int64_t refused; /* an error without effect */
    int64_t unknown; /* ARC_E_OUTCOME_UNKNOWN */
    int64_t held;    /* of those, the transaction was found to stand */
    int64_t cuts;    /* disks opened that a power cut after the failure leaves */
    int64_t bad;     /* violations; the first few are printed */
} ioerr_counts;

/* The calls of opening a store with `first` transactions in it and of `steps` more. every: only every n-th call. */
void ioerr_work(arfault *a, work *w, int64_t first, int64_t steps, int64_t every, ioerr_counts *out);
/* The calls of making the store. */
void ioerr_create(arfault *a, work *w, int64_t every, ioerr_counts *out);
void ioerr_print(const char *what, const ioerr_counts *c, double seconds);

#endif
