/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the permission matrix: agings and statements. */
#ifndef TEST_API_MATRIX_REPORTS_H
#define TEST_API_MATRIX_REPORTS_H

#include "api/matrix.h"

static arc_status drive_aging(matrix *m, int t)
{
    arc_aging *a;
    uint32_t n = 0;
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    o.customer = m->customer[t];
    arc_status st = arc_aging_compute(m->actor, &a, &o);
    if (st != ARC_OK) return st;
    assert_ok(arc_aging_count(a, &n));
    arc_aging_free(a);
    return n ? ARC_OK : ARC_E_NOT_FOUND;
}

static arc_status drive_statement(matrix *m, int t)
{
    arc_statement *s;
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    o.customer = m->customer[t];
    arc_status st = arc_statement_compute(m->actor, &s, &o);
    arc_statement_free(s);
    return st;
}

#endif
