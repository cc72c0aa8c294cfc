/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the permission matrix for what is taken back by who asked for it. */
#ifndef TESTS_API_MATRIX_RECALL_H
#define TESTS_API_MATRIX_RECALL_H

#include "api/matrix_contract.h"
#include "api/matrix_invoice.h"
#include "api/matrix_settle.h"

/* Asked for by somebody else, or decided: that is his to take back, but not this one. */
static arc_status recalled(matrix *m, arc_status st)
{
    static const char *const whose[] = { "requested_by", "maker", "submitted_by", "drafted_by" };
    arc_error e = ARC_ERROR_INIT;
    (void)arc_session_error(m->actor, &e);
    for (int k = 0; k < 4 && st == ARC_E_FORBIDDEN; k++) {
        if (strcmp(e.field, whose[k]) == 0) return ARC_OK;
    }
    return st == ARC_E_STATE ? ARC_OK : st;
}

static arc_status drive_write_off_recall(matrix *m, int t) { return recalled(m, arc_write_off_recall(m->actor, m->request[t], "no")); }
static arc_status drive_write_off_recalls(matrix *m, int t)
{
    arc_ledger_step s = ARC_LEDGER_STEP_INIT;
    s.row = m->request[t];
    return recalled(m, arc_write_off_recall_many(m->actor, NULL, NULL, &s, 1, ARC_ALL_OR_NONE));
}

static arc_status drive_pending_recall(matrix *m, int t) { return (void)t, recalled(m, arc_pending_recall(m->actor, 1, "no")); }
static arc_status drive_recall_invoice(matrix *m, int t) { return recalled(m, step_as(m->actor, arc_invoice_recall, stages[STAGE_SUBMITTED][t])); }
static arc_status drive_request_recall(matrix *m, int t) { return recalled(m, arc_invoice_request_recall(m->actor, request_of(t), "x")); }
static arc_status drive_contract_recall(matrix *m, int t) { return recalled(m, arc_contract_recall(m->actor, m->contract[t], "x")); }

#endif
