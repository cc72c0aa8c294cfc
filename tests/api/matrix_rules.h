/* SPDX-License-Identifier: Apache-2.0 */
/* Definitions in use: whoever may read definitions may. There is none of the name. */
#ifndef TESTS_API_MATRIX_RULES_H
#define TESTS_API_MATRIX_RULES_H

static arc_status drive_open_template(matrix *m, int t)
{
    arc_template *tmpl;
    (void)t;
    return arc_template_open(m->actor, &tmpl, "none", PEOPLE_DAY);
}

static arc_status drive_open_table(matrix *m, int t)
{
    arc_decision *table;
    (void)t;
    return arc_decision_open(m->actor, &table, "scorecard", "none", PEOPLE_DAY);
}

#endif
