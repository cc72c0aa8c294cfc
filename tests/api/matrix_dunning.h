/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of dunning, for the permission matrix. */
#ifndef TESTS_API_MATRIX_DUNNING_H
#define TESTS_API_MATRIX_DUNNING_H

#include "api/matrix.h"

static arc_status drive_dunning(matrix *m, int t)
{
    arc_dunning_options o = ARC_DUNNING_OPTIONS_INIT;
    arc_proposal *p = NULL;
    o.as_of = PEOPLE_DAY;
    o.customers = &m->customer[t];
    o.n_customers = 1;
    arc_status st = arc_dunning_propose(m->actor, &p, &o);
    arc_proposal_free(p);
    return st == ARC_DONE ? ARC_OK : st;
}

static arc_status drive_dunning_explain(matrix *m, int t)
{
    static char text[100000];
    size_t n = sizeof text;
    return arc_dunning_explain(m->actor, text, &n, m->customer[t], PEOPLE_DAY);
}

#endif
