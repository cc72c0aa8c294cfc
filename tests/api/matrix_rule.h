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

static arc_status drive_rule_explain(matrix *m, int t)
{
    char buf[4000];
    size_t n = sizeof buf;
    return arc_rule_explain(m->actor, buf, &n, "every", m->customer[t], PEOPLE_DAY);
}

static arc_status drive_rule_sim(matrix *m, int t, int two)
{
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    char buf[4000];
    size_t n = sizeof buf;
    o.entity = ARC_CUSTOMER;
    o.rows = &m->customer[t];
    o.n_rows = 1;
    o.as_of = PEOPLE_DAY;
    return two ? arc_rule_compare(m->actor, buf, &n, NULL, 0, "\"every\"", SIZE_MAX, &o) : arc_rule_simulate(m->actor, buf, &n, "\"every\"", SIZE_MAX, &o);
}
static arc_status drive_rule_simulate(matrix *m, int t) { return drive_rule_sim(m, t, 0); }
static arc_status drive_rule_compare(matrix *m, int t) { return drive_rule_sim(m, t, 1); }

/* It has transactions of its own: in one it goes as far as that. */
static arc_status drive_rule_run(matrix *m, int t)
{
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    (void)t;
    o.as_of = PEOPLE_DAY;
    arc_status st = arc_rule_run(m->actor, NULL, NULL, NULL, &o);
    return st == ARC_E_TXN ? ARC_OK : st;
}

/* A rule that fires for every customer tells of those the actor may see. */
static arc_status drive_rule_backtest(matrix *m, int t)
{
    static const char document[] = "{\"rule\":\"arcore/1\",\"subject\":\"customer\",\"on\":{\"kind\":\"threshold\",\"over\":{\"!=\":[{\"var\":\"code\"},\"\"]},"
                                   "\"rearm\":{\"==\":[{\"var\":\"code\"},\"\"]}},\"then\":[]}";
    arc_backtest_options o = ARC_BACKTEST_OPTIONS_INIT;
    arc_backtest_rule rule = ARC_BACKTEST_RULE_INIT;
    arc_backtest *b;
    char wanted[60];
    size_t n = 0;
    rule.code = "all";
    rule.document = document;
    o.rules = &rule;
    o.n_rules = 1;
    arc_status st = arc_rule_backtest(m->actor, &b, &o);
    if (st != ARC_OK) return st;
    (void)arc_backtest_json(b, NULL, &n);
    char *json = malloc(++n);
    assert_ok(arc_backtest_json(b, json, &n));
    snprintf(wanted, sizeof wanted, "\"entity\":\"customer\",\"row\":%lld,", (long long)m->customer[t]);
    st = strstr(json, wanted) ? ARC_OK : ARC_E_NOT_FOUND;
    free(json);
    arc_backtest_free(b);
    return st;
}

#endif
