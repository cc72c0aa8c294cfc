/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the verbs of invoices, for the permission matrix. */
#ifndef TESTS_API_MATRIX_INVOICE_H
#define TESTS_API_MATRIX_INVOICE_H

#include "api/matrix.h"

static arc_status issue_as(matrix *m, int t, int many)
{
    char json[200];
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_status result = ARC_OK, st;
    snprintf(json, sizeof json, "{\"number\":\"new\",\"customer\":%d,\"invoice_date\":\"2026-01-05\",\"due_date\":\"2026-02-05\",\"currency\":\"CNY\"}", (int)m->customer[t]);
    d.invoice = record(m->actor, ARC_INVOICE, json);
    arc_record *line = record(m->actor, ARC_INVOICE_LINE, "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"1.00\",\"tax_kind\":\"outside\"}");
    d.lines = &line;
    d.n_lines = 1;
    st = many ? arc_invoice_issue_many(m->actor, NULL, &result, &d, 1, 0) : arc_invoice_issue_document(m->actor, NULL, &d);
    arc_record_free(line);
    arc_record_free(d.invoice);
    st = st == ARC_PARTIAL ? result : st;
    return st == ARC_E_STATE ? ARC_OK : st; /* he may issue, and a second person has to approve */
}

/* A draft of the target's customer, taken by the host to where the verb starts from. */
typedef arc_status (*invoice_step)(arc_session *, int64_t *, arc_status *, const arc_invoice_step *, size_t, uint32_t);

static arc_status draft_as(arc_session *s, matrix *m, int t, const char *number, int64_t *id)
{
    char json[200];
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":%d,\"invoice_date\":\"2026-02-05\",\"due_date\":\"2026-03-05\",\"currency\":\"CNY\"}", number, (int)m->customer[t]);
    d.invoice = record(s, ARC_INVOICE, json);
    arc_record *line = record(s, ARC_INVOICE_LINE, "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"0.00\",\"tax_kind\":\"outside\"}");
    d.lines = &line;
    d.n_lines = 1;
    arc_status st = arc_invoice_draft(s, id, &d);
    arc_record_free(line);
    arc_record_free(d.invoice);
    return st;
}

static arc_status step_as(arc_session *s, invoice_step fn, int64_t id)
{
    arc_invoice_step step = ARC_INVOICE_STEP_INIT;
    step.invoice = id;
    step.date = PEOPLE_DAY;
    step.accepted_on = PEOPLE_DAY;
    step.reason = step.by = "x";
    return fn(s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE);
}

/* An invoice of each target on each stage of its way, made before anybody's rights are looked at. */
enum { STAGE_DRAFT, STAGE_SUBMITTED, STAGE_APPROVED, STAGE_ISSUED, STAGE_SENT, STAGES };
static int64_t stages[STAGES][TARGETS];

static void found_stages(matrix *m)
{
    static const invoice_step steps[] = { arc_invoice_submit, arc_invoice_approve, arc_invoice_issue, arc_invoice_send };
    for (int s = 0; s < STAGES; s++) {
        for (int t = 0; t < TARGETS; t++) {
            char number[16];
            (void)snprintf(number, sizeof number, "S%d%d", s, t);
            assert_session(&m->p.b, draft_as(m->host, m, t, number, &stages[s][t]));
            for (int i = 0; i < s; i++) assert_session(&m->p.b, step_as(m->host, steps[i], stages[s][t]));
        }
    }
}

static arc_status drive_draft(matrix *m, int t) { return draft_as(m->actor, m, t, "new", NULL); }
static arc_status drive_submit(matrix *m, int t) { return step_as(m->actor, arc_invoice_submit, stages[STAGE_DRAFT][t]); }
static arc_status drive_approve_invoice(matrix *m, int t) { return step_as(m->actor, arc_invoice_approve, stages[STAGE_SUBMITTED][t]); }
static arc_status drive_reject_invoice(matrix *m, int t) { return step_as(m->actor, arc_invoice_reject, stages[STAGE_SUBMITTED][t]); }
static arc_status drive_issue_draft(matrix *m, int t) { return step_as(m->actor, arc_invoice_issue, stages[STAGE_APPROVED][t]); }
static arc_status drive_void(matrix *m, int t) { return step_as(m->actor, arc_invoice_void, stages[STAGE_DRAFT][t]); } /* what is issued wants a right more */
static arc_status drive_close(matrix *m, int t) { return step_as(m->actor, arc_invoice_close, stages[STAGE_ISSUED][t]); }
static arc_status drive_send(matrix *m, int t) { return step_as(m->actor, arc_invoice_send, stages[STAGE_ISSUED][t]); }
static arc_status drive_deliver(matrix *m, int t) { return step_as(m->actor, arc_invoice_deliver, stages[STAGE_SENT][t]); }
static arc_status drive_confirm(matrix *m, int t) { return step_as(m->actor, arc_invoice_confirm, stages[STAGE_SENT][t]); }
static arc_status drive_refuse(matrix *m, int t) { return step_as(m->actor, arc_invoice_refuse, stages[STAGE_SENT][t]); }
static arc_status drive_date(matrix *m, int t) { return step_as(m->actor, arc_invoice_date, stages[STAGE_ISSUED][t]); }

static arc_status drive_preview(matrix *m, int t)
{
    char json[200];
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    uint32_t n = 1;
    arc_record *item, *line = record(m->actor, ARC_INVOICE_LINE, "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"1.00\",\"tax_kind\":\"outside\"}");
    snprintf(json, sizeof json, "{\"number\":\"PREVIEW\",\"customer\":%d,\"invoice_date\":\"2026-02-05\",\"due_date\":\"2026-03-05\",\"currency\":\"CNY\"}", (int)m->customer[t]);
    d.invoice = record(m->actor, ARC_INVOICE, json);
    d.lines = &line;
    d.n_lines = 1;
    assert_ok(arc_record_new(m->actor, &item, ARC_ITEM));
    arc_status st = arc_invoice_preview(m->actor, NULL, NULL, &item, &n, &d);
    arc_record_free(item);
    arc_record_free(line);
    arc_record_free(d.invoice);
    return st;
}

static arc_status drive_issue(matrix *m, int t) { return issue_as(m, t, 0); }
static arc_status drive_issues(matrix *m, int t) { return issue_as(m, t, 1); }

static arc_status credit_as(matrix *m, int t, int many)
{
    arc_credit_note n = ARC_CREDIT_NOTE_INIT;
    arc_credit_line line = ARC_CREDIT_LINE_INIT; /* of the line that every invoice of this world has */
    arc_status result = ARC_OK, st;
    n.invoice = m->invoice[t];
    n.lines = &line;
    n.n_lines = 1;
    line.seq = t + 1;
    line.given = ARC_CREDIT_GROSS | ARC_CREDIT_NET | ARC_CREDIT_TAX;
    line.gross = line.net = 1;
    n.number = "credit";
    n.reason_code = "price";
    n.reason = "r";
    assert_ok(arc_date_parse(&n.date, "2026-12-05", SIZE_MAX));
    if (many == 2) return arc_invoice_credit_draft(m->actor, NULL, &n);
    st = many ? arc_invoice_credit_many(m->actor, NULL, &result, &n, 1, 0) : arc_invoice_credit(m->actor, NULL, &n);
    st = st == ARC_PARTIAL ? result : st;
    return st == ARC_E_STATE ? ARC_OK : st; /* he may credit, and a second person has to approve */
}

static arc_status drive_credit(matrix *m, int t) { return credit_as(m, t, 0); }
static arc_status drive_credits(matrix *m, int t) { return credit_as(m, t, 1); }
static arc_status drive_credit_draft(matrix *m, int t) { return credit_as(m, t, 2); }

static arc_status drive_void_issued(matrix *m, int t) { return step_as(m->actor, arc_invoice_void, stages[STAGE_ISSUED][t]); }

/* What does not wait cannot be told of: the state comes after the right. */
static arc_status drive_red_status(matrix *m, int t)
{
    arc_status st = arc_credit_red_status(m->actor, m->invoice[t], "confirmed", NULL, NULL);
    return st == ARC_E_STATE ? ARC_OK : st;
}

static arc_status drive_red_issued(matrix *m, int t)
{
    arc_status st = arc_credit_red_issued(m->actor, m->invoice[t], "1", NULL, ARC_DATE_NONE);
    return st == ARC_E_STATE ? ARC_OK : st;
}

static arc_status drive_buyer_use(matrix *m, int t)
{
    arc_status st = arc_credit_buyer_use(m->actor, m->invoice[t], "booked", ARC_DATE_NONE);
    return st == ARC_E_STATE ? ARC_OK : st; /* it is no fapiao */
}

#endif
