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
    return st == ARC_PARTIAL ? result : st;
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
    st = many ? arc_invoice_credit_many(m->actor, NULL, &result, &n, 1, 0) : arc_invoice_credit(m->actor, NULL, &n);
    return st == ARC_PARTIAL ? result : st;
}

static arc_status drive_credit(matrix *m, int t) { return credit_as(m, t, 0); }
static arc_status drive_credits(matrix *m, int t) { return credit_as(m, t, 1); }

#endif
