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

static arc_status drive_decision_row(matrix *m, int t)
{
    static const char text[] = "{\"subject\":\"customer\",\"inputs\":[{\"id\":\"i\",\"field\":\"code\"}],\"outputs\":[{\"id\":\"o\",\"field\":\"o\",\"type\":\"integer\"}],\"rules\":[{\"o\":1}]}";
    arc_decision *table;
    char out[1000];
    size_t n = sizeof out;
    assert_ok(arc_decision_load(m->p.b.t.ctx, &table, text, SIZE_MAX, NULL, NULL));
    arc_status st = arc_decision_evaluate_row(m->actor, out, &n, table, m->customer[t], PEOPLE_DAY, 0);
    arc_decision_free(table);
    return st;
}

static arc_status drive_preview_definition(matrix *m, int t)
{
    char out[1000];
    size_t n = sizeof out;
    (void)t;
    return arc_definition_preview(m->actor, out, &n, "tolerance", "{\"tolerance\":\"arcore/1\"}", SIZE_MAX, NULL);
}

#endif
