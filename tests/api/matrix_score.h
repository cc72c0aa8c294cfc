/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the permission matrix: scores. */
#ifndef TEST_API_MATRIX_SCORE_H
#define TEST_API_MATRIX_SCORE_H

#include "api/matrix.h"

static arc_status drive_score_explain(matrix *m, int t)
{
    static char text[100000];
    size_t n = sizeof text;
    return arc_score_explain(m->actor, text, &n, m->customer[t], NULL);
}

static arc_status drive_score_propose(matrix *m, int t)
{
    arc_proposal *p;
    arc_score_options o = ARC_SCORE_OPTIONS_INIT;
    o.customers = &m->customer[t];
    o.n_customers = 1;
    arc_status st = arc_score_propose(m->actor, &p, &o);
    arc_proposal_free(p);
    return st == ARC_DONE ? ARC_E_NOT_FOUND : st;
}

static arc_status drive_score_run(matrix *m, int t)
{
    arc_score_options o = ARC_SCORE_OPTIONS_INIT;
    arc_score_summary s = ARC_SCORE_SUMMARY_INIT;
    o.customers = &m->customer[t];
    o.n_customers = 1;
    arc_status st = arc_score_run(m->actor, &s, &o);
    return st == ARC_OK && !s.scored ? ARC_E_NOT_FOUND : st;
}

static arc_status drive_override_request(matrix *m, int t) { return arc_score_override_request(m->actor, NULL, m->customer[t], "A", "r", PEOPLE_DAY + 30); }
static arc_status drive_override_approve(matrix *m, int t) { return arc_score_override_approve(m->actor, NULL, m->asked_band[t]); }
static arc_status drive_override_end(matrix *m, int t) { return arc_score_override_end(m->actor, NULL, m->other_band[t], "r"); }

/* There is too little to calibrate on, which only who may is told; it looks at the customers he may score. */
static arc_status drive_calibrate(matrix *m, int t)
{
    char text[100];
    size_t n = sizeof text;
    arc_status st = arc_score_calibrate(m->actor, text, &n, "{\"observe\":[\"2020-01-01\"],\"bad\":{\">\":[{\"var\":\"worst_late\"},30]}}", SIZE_MAX, NULL, NULL);
    return st == ARC_E_STATE ? drive_score_explain(m, t) : st;
}

#endif
