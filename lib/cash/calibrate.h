/* SPDX-License-Identifier: Apache-2.0 */
/* How often matches that looked this good were right: counted on the book's own history, by tier, made to rise with what they looked like (isotonic). */
#ifndef ARCI_CASH_CALIBRATE_H
#define ARCI_CASH_CALIBRATE_H

#include "arcore/combination.h"
#include "base/arena.h"
#include "base/str.h"

enum { ARCI_CAL_TIERS = 9, ARCI_CAL_BINS = 12, ARCI_CAL_ENOUGH = 200 };

typedef struct arci_cal_case {
    uint8_t tier, right;
    int32_t raw_ppm;
} arci_cal_case;

typedef struct arci_cal_bin {
    int32_t from_ppm, to_ppm; /* of what they looked like */
    int64_t n, right;
    int32_t ppm;              /* what is said of them */
} arci_cal_bin;

typedef struct arci_calibration {
    int64_t cases;
    uint32_t n[ARCI_CAL_TIERS];
    arci_cal_bin bins[ARCI_CAL_TIERS][ARCI_CAL_BINS];
    int64_t brier_ppm; /* mean squared error on what it was learned from */
} arci_calibration;

/* Sorts the cases. */
void arci_calibrate(arci_calibration *c, arci_cal_case *cases, uint32_t n);
/* What is said of a match: the bin's share, shrunk towards what it looks like while the bin has few. Without enough cases in all it is what it looks like. */
int32_t arci_calibrated(const arci_calibration *c, int tier, int32_t raw_ppm);
void arci_calibration_put(const arci_calibration *c, arci_str *b); /* JSON */

/* What was learned of a book: entity match_model, its latest row. */
typedef struct arci_learned {
    int64_t row; /* id; 0: nothing was learned */
    arci_calibration calibration;
    arc_habit *habit; /* NULL: none */
} arci_learned;
arc_status arci_learned_read(arci_env *env, arci_arena *arena, arci_learned *out, const char *json, size_t len);
void arci_learned_clear(arci_learned *m);

#endif
