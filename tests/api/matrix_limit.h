/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of limits and requests for them, for the permission matrix. */
#ifndef TESTS_API_MATRIX_LIMIT_H
#define TESTS_API_MATRIX_LIMIT_H

#include "api/matrix_recall.h"

/* No credit check, or above his authority: who may is told so. */
static arc_status drive_limit_set(matrix *m, int t)
{
    arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
    l.customer = m->customer[t];
    l.currency = "CNY";
    l.amount = 100;
    l.reason = "x";
    arc_status st = judged(m, arc_credit_limit_set(m->actor, NULL, &l));
    return st == ARC_E_REQUIRED ? ARC_OK : st;
}

static arc_status drive_limit_request(matrix *m, int t)
{
    arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
    l.customer = m->customer[t];
    l.currency = "CNY";
    l.amount = 100;
    l.reason = "x";
    return arc_credit_request_submit(m->actor, NULL, &l);
}

static int64_t limit_request(matrix *m, int t)
{
    (void)m;
    return made[arci_entity_position(arci_entity_by_name("credit_request", 14))][t];
}

static arc_status drive_limit_approve(matrix *m, int t) { return recalled(m, judged(m, arc_credit_request_approve(m->actor, NULL, limit_request(m, t), "yes"))); }
static arc_status drive_limit_reject(matrix *m, int t) { return recalled(m, arc_credit_request_reject(m->actor, limit_request(m, t), "no")); }
static arc_status drive_limit_recall(matrix *m, int t) { return recalled(m, arc_credit_request_recall(m->actor, limit_request(m, t), "no")); }

static arc_status drive_limit_json(matrix *m, int t)
{
    size_t n = 0;
    arc_status st = arc_credit_limit_json(m->actor, NULL, &n, m->customer[t], PEOPLE_DAY, 0);
    return st == ARC_E_BUFFER ? ARC_OK : st;
}

static arc_status drive_exposure_json(matrix *m, int t)
{
    size_t n = 0;
    arc_status st = arc_credit_exposure_json(m->actor, NULL, &n, m->customer[t], "CNY", PEOPLE_DAY, 0);
    return st == ARC_E_BUFFER ? ARC_OK : st;
}

#endif
