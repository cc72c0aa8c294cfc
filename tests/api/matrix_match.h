/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of matching, for the permission matrix. */
#ifndef TESTS_API_MATRIX_MATCH_H
#define TESTS_API_MATRIX_MATCH_H

#include "api/matrix.h"

static arc_status drive_match(matrix *m, int t)
{
    arc_proposal *p = NULL;
    arc_status st = arc_match_propose(m->actor, &p, &m->open_receipt[t], 1, NULL);
    arc_proposal_free(p);
    return st == ARC_DONE ? ARC_OK : st;
}

static arc_status drive_match_run(matrix *m, int t)
{
    arc_match_options o = ARC_MATCH_OPTIONS_INIT;
    o.as_of = PEOPLE_DAY;
    arc_status st = arc_match_run(m->actor, NULL, &o);
    return st == ARC_E_TXN ? drive_match(m, t) : st; /* he may: it works on the receipts he sees */
}

static arc_status drive_learn(matrix *m, int t)
{
    arc_match_options o = ARC_MATCH_OPTIONS_INIT;
    o.as_of = PEOPLE_DAY;
    arc_status st = arc_match_learn(m->actor, NULL, NULL, &o);
    return st == ARC_OK ? drive_match(m, t) : st; /* from all that was confirmed, whoever's it is */
}

static arc_status drive_match_reverse(matrix *m, int t)
{
    arc_status st = arc_match_reverse(m->actor, m->open_receipt[t], ARC_DATE_NONE, "wrong");
    return st == ARC_E_STATE ? ARC_OK : st; /* nothing is applied of it */
}

#endif
