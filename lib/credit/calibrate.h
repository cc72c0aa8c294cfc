/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of arc_score_calibrate(): what customers were on days of observation, what became of them, and what their bins say of it. */
#ifndef ARCI_CREDIT_CALIBRATE_H
#define ARCI_CREDIT_CALIBRATE_H

#include "arcore/score.h"
#include "credit/score_card.h"
#include "store/session.h"

#define ARCI_CAL_DAYS 60u  /* of observation, at most */
#define ARCI_CAL_BINS 256u /* of a characteristic, at most */

typedef struct arci_observed {
    int64_t customer;
    uint8_t bad;
    uint8_t bins[ARCI_TABLE_COLUMNS]; /* of each characteristic */
    int64_t points;                   /* by the calibrated card */
} arci_observed;

typedef struct arci_cal_bin {
    int64_t good, bad, woe; /* woe: in millionths */
    int64_t points;
} arci_cal_bin;

typedef struct arci_calibration {
    arci_txn *t;
    arci_arena arena;        /* of the answer */
    const arci_json *request;
    arci_decision *table;    /* the card that is calibrated */
    arci_decision *bad, *good; /* conditions; good NULL: all that are not bad */
    arc_date days[ARCI_CAL_DAYS];
    uint32_t n_days;
    int64_t window;          /* days of the outcome */
    int64_t pdo, score, odds, band_odds[3];
    int64_t factor, offset;  /* in millionths */
    int64_t initial;         /* points of the card before any bin */
    arci_observed *list;
    uint32_t n, cap;
    int64_t n_good, n_bad, n_without, n_between; /* without an outcome; neither good nor bad */
    arci_cal_bin *bins[ARCI_TABLE_COLUMNS];
    int64_t iv[ARCI_TABLE_COLUMNS];
    arc_progress_fn progress;
    void *user;
} arci_calibration;

arc_status arci_calibrate_observe(arci_calibration *c); /* calibrate_observe.c */
arc_status arci_calibrate_fit(arci_calibration *c);     /* calibrate_fit.c */
arc_status arci_calibrate_report(arci_calibration *c, arci_str *out);
extern const char arci_outcome_inputs[];

#endif
