/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of rules for the matrix of permissions. */
#ifndef TESTS_MATRIX_RULE_H
#define TESTS_MATRIX_RULE_H

#include "api/matrix_world.h"

static arc_status drive_rule_propose(matrix *m, int t)
{
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    arc_proposal *p;
    o.entity = ARC_CUSTOMER;
    o.rows = &m->customer[t];
    o.n_rows = 1;
    o.as_of = PEOPLE_DAY;
    arc_status st = arc_rule_propose(m->actor, &p, &o);
    arc_proposal_free(p);
    return st;
}

/* It has transactions of its own: in one it goes as far as that. */
static arc_status drive_rule_run(matrix *m, int t)
{
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    (void)t;
    o.as_of = PEOPLE_DAY;
    arc_status st = arc_rule_run(m->actor, NULL, NULL, NULL, &o);
    return st == ARC_E_TXN ? ARC_OK : st;
}

#endif
