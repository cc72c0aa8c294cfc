/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the verbs of contracts, for the permission matrix. */
#ifndef TESTS_API_MATRIX_CONTRACT_H
#define TESTS_API_MATRIX_CONTRACT_H

#include "api/matrix_rows.h"

/* The contracts are drafts without an amount: who may is told so. */
static arc_status drive_contract_activate(matrix *m, int t)
{
    arc_status st = arc_contract_activate(m->actor, m->contract[t]);
    return st == ARC_E_REQUIRED ? ARC_OK : st;
}

static arc_status drive_contract_close(matrix *m, int t)
{
    arc_status st = arc_contract_close(m->actor, m->contract[t]);
    return st == ARC_E_STATE ? ARC_OK : st;
}

/* Drafts without an amount are neither submitted nor approved nor ended. */
static arc_status contract_told(arc_status st) { return st == ARC_E_STATE || st == ARC_E_REQUIRED ? ARC_OK : st; }

static arc_status drive_contract_submit(matrix *m, int t) { return contract_told(arc_contract_submit(m->actor, m->contract[t])); }
static arc_status drive_contract_approve(matrix *m, int t) { return contract_told(arc_contract_approve(m->actor, m->contract[t])); }
static arc_status drive_contract_reject(matrix *m, int t) { return contract_told(arc_contract_reject(m->actor, m->contract[t], "x")); }
static arc_status drive_contract_terminate(matrix *m, int t) { return contract_told(arc_contract_terminate(m->actor, m->contract[t], PEOPLE_DAY, "x")); }
static arc_status drive_contract_reopen(matrix *m, int t) { return contract_told(arc_contract_reopen(m->actor, m->contract[t], PEOPLE_DAY, "x")); }

static arc_status drive_contract_amend(matrix *m, int t)
{
    char json[200];
    snprintf(json, sizeof json, "{\"contract\":%d,\"ends_on\":\"2027-01-05\",\"reason\":\"x\"}", (int)m->contract[t]);
    arc_record *r = record(m->actor, ARC_CONTRACT_CHANGE, json);
    arc_status st = arc_contract_amend(m->actor, NULL, r);
    arc_record_free(r);
    return contract_told(st);
}

static arc_status drive_headroom(matrix *m, int t)
{
    arc_headroom h = ARC_HEADROOM_INIT;
    return arc_headroom_compute(m->actor, &h, m->contract[t]);
}

static arc_status drive_compute(matrix *m, int t)
{
    arc_record *r;
    assert_ok(arc_record_new(m->actor, &r, ARC_CONTRACT));
    assert_ok(arc_record_set_int(r, ARC_CONTRACT_ID, m->contract[t]));
    arc_status st = arc_record_compute(m->actor, &r, 1, ARC_DATE_NONE);
    arc_record_free(r);
    return st;
}

/* Who may is told that the contract is no active one. */
static arc_status drive_plan(matrix *m, int t)
{
    arc_status st = arc_contract_plan(m->actor, NULL, m->contract[t]);
    return st == ARC_E_STATE ? ARC_OK : st;
}

static arc_status drive_reach(matrix *m, int t)
{
    arc_status st = arc_milestone_reach(m->actor, made[arci_entity_position(arci_entity_by_name("milestone", 9))][t], PEOPLE_DAY);
    return st == ARC_E_STATE ? ARC_OK : st;
}

static arc_status drive_item_record(matrix *m, int t)
{
    char json[200];
    snprintf(json, sizeof json, "{\"number\":\"new\",\"project\":%d,\"customer\":%d,\"business_date\":\"2026-01-05\",\"amount\":\"1.00\",\"currency\":\"CNY\"}", (int)m->project[t], (int)m->customer[t]);
    arc_record *r = record(m->actor, ARC_ITEM, json);
    arc_status st = arc_item_record(m->actor, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status drive_item_record_many(matrix *m, int t)
{
    char json[200];
    snprintf(json, sizeof json, "{\"number\":\"newer\",\"project\":%d,\"customer\":%d,\"business_date\":\"2026-01-05\",\"amount\":\"1.00\",\"currency\":\"CNY\"}", (int)m->project[t], (int)m->customer[t]);
    arc_record *r = record(m->actor, ARC_ITEM, json);
    arc_status st = arc_item_record_many(m->actor, NULL, NULL, &r, 1, ARC_ALL_OR_NONE);
    arc_record_free(r);
    return st;
}

static arc_status drive_item_tracking(matrix *m, int t)
{
    char json[8000];
    size_t n = sizeof json;
    return arc_item_tracking_json(m->actor, json, &n, m->item[t]);
}

static arc_status drive_item_cancel(matrix *m, int t)
{
    arc_status st = arc_item_cancel(m->actor, m->item[t], NULL);
    return st == ARC_E_STATE ? ARC_OK : st;
}

/* Requests are drafts without lines, or not there: who may is told what is wrong with them. */
static int64_t request_of(int t) { return made[arci_entity_position(arci_entity_by_name("invoice_request", 15))][t]; }
static arc_status told(arc_status st) { return st == ARC_E_STATE || st == ARC_E_VALUE || st == ARC_E_REQUIRED ? ARC_OK : st; }

static arc_status drive_request_submit(matrix *m, int t) { return told(arc_invoice_request_submit(m->actor, request_of(t))); }
static arc_status drive_request_approve(matrix *m, int t) { return told(arc_invoice_request_approve(m->actor, request_of(t))); }
static arc_status drive_request_send(matrix *m, int t) { return told(arc_invoice_request_send(m->actor, NULL, request_of(t))); }
static arc_status drive_request_fail(matrix *m, int t) { return told(arc_invoice_request_fail(m->actor, request_of(t), "x")); }
static arc_status drive_request_reject(matrix *m, int t) { return told(arc_invoice_request_reject(m->actor, request_of(t), "x")); }
static arc_status drive_request_cancel(matrix *m, int t) { return told(arc_invoice_request_cancel(m->actor, request_of(t), "x")); }
static arc_status drive_request_reissue(matrix *m, int t) { return told(arc_invoice_request_reissue(m->actor, NULL, request_of(t), "x")); }

static arc_status drive_request_issue(matrix *m, int t)
{
    arc_fapiao f = ARC_FAPIAO_INIT;
    f.number = "1";
    f.date = PEOPLE_DAY;
    return told(arc_invoice_request_issue(m->actor, NULL, request_of(t), &f));
}

static arc_status drive_tracking(matrix *m, int t)
{
    char json[4000];
    size_t n = sizeof json;
    return arc_contract_tracking_json(m->actor, json, &n, m->contract[t]);
}

/* The same, many a call. */
static arc_status many_as(matrix *m, int t, arc_status (*fn)(arc_session *, int64_t *, arc_status *, const arc_request_step *, size_t, uint32_t))
{
    arc_request_step e = ARC_REQUEST_STEP_INIT;
    e.request = request_of(t);
    e.reason = "x";
    e.number = "1";
    e.date = PEOPLE_DAY;
    return told(fn(m->actor, NULL, NULL, &e, 1, ARC_ALL_OR_NONE));
}

static arc_status drive_requests_submit(matrix *m, int t) { return many_as(m, t, arc_invoice_request_submit_many); }
static arc_status drive_requests_approve(matrix *m, int t) { return many_as(m, t, arc_invoice_request_approve_many); }
static arc_status drive_requests_send(matrix *m, int t) { return many_as(m, t, arc_invoice_request_send_many); }
static arc_status drive_requests_issue(matrix *m, int t) { return many_as(m, t, arc_invoice_request_issue_many); }
static arc_status drive_requests_fail(matrix *m, int t) { return many_as(m, t, arc_invoice_request_fail_many); }

#endif
