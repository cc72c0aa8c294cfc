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

static int64_t hold_of(int t) { return made[arci_entity_position(arci_entity_by_name("hold", 4))][t]; }

static arc_status drive_hold_place(matrix *m, int t)
{
    arc_status st = arc_hold_place(m->actor, NULL, m->customer[t], "x");
    return st == ARC_E_EXISTS ? ARC_OK : st;
}

/* Held for himself, above his authority, not held: who may is told so. */
static arc_status drive_hold_release(matrix *m, int t)
{
    arc_credit_permit r = ARC_CREDIT_PERMIT_INIT;
    arc_error e = ARC_ERROR_INIT;
    r.hold = hold_of(t);
    r.valid_to = PEOPLE_DAY;
    r.reason = "x";
    arc_status st = judged(m, arc_hold_release(m->actor, &r));
    (void)arc_session_error(m->actor, &e);
    return st == ARC_E_FORBIDDEN && strcmp(e.field, "held_by") == 0 ? ARC_OK : st;
}

static arc_status drive_hold_end(matrix *m, int t) { return judged(m, arc_hold_end(m->actor, hold_of(t), "x")); }

static arc_status drive_credit_check(matrix *m, int t)
{
    arc_credit_question q = ARC_CREDIT_QUESTION_INIT;
    q.customer = m->customer[t];
    q.currency = "CNY";
    return arc_credit_check(m->actor, NULL, NULL, NULL, &q);
}

static arc_status drive_hold_recheck(matrix *m, int t)
{
    (void)t;
    return arc_hold_recheck(m->actor, NULL, INT64_MAX - 1, 1);
}

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
