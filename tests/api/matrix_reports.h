/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the permission matrix: agings and statements. */
#ifndef TEST_API_MATRIX_REPORTS_H
#define TEST_API_MATRIX_REPORTS_H

#include "api/matrix.h"
#include "api/matrix_rows.h"

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

static arc_status drive_statements(matrix *m, int t)
{
    arc_statement *s = NULL;
    arc_status result = ARC_OK;
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    arc_status st = arc_statement_compute_many(m->actor, &s, &result, &o, &m->customer[t], 1);
    arc_statement_free(s);
    return st == ARC_PARTIAL ? result : st;
}

static arc_status drive_letter_text(matrix *m, int t)
{
    char text[4000];
    size_t n = sizeof text;
    return arc_statement_letter_text(m->actor, text, &n, row_of(m, "statement_letter", t), "zh");
}

static arc_status drive_letter_make(matrix *m, int t)
{
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    o.customer = m->customer[t];
    o.from = PEOPLE_DAY - 30;
    o.to = PEOPLE_DAY;
    return arc_statement_letter_make(m->actor, NULL, &o, "L");
}

static arc_status drive_letter_send(matrix *m, int t)
{
    return arc_statement_letter_send(m->actor, row_of(m, "statement_letter", t), PEOPLE_DAY + 9);
}

/* It is a draft: the right was asked for before that was looked at. */
static arc_status drive_letter_confirm(matrix *m, int t)
{
    arc_status st = arc_statement_letter_confirm(m->actor, row_of(m, "statement_letter", t), PEOPLE_DAY + 9, "x", NULL, 0);
    return st == ARC_E_STATE ? ARC_OK : st;
}

#endif
