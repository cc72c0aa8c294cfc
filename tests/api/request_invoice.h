/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the verbs of invoices, for the test of request keys. */
#ifndef TESTS_API_REQUEST_INVOICE_H
#define TESTS_API_REQUEST_INVOICE_H

#include "api/request_drivers.h"

static arc_record *invoice_record_of(arc_session *s, uint32_t entity, const char *json)
{
    arc_record *r;
    assert_ok(arc_record_new(s, &r, entity));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    return r;
}

/* Two documents, of which the second one's customer does not exist. */
static void drive_issue(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    arc_invoice_document d[2] = { ARC_INVOICE_DOCUMENT_INIT, ARC_INVOICE_DOCUMENT_INIT };
    arc_status results[2] = { 0 };
    arc_record *line = invoice_record_of(s, ARC_INVOICE_LINE, body ? "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"2.00\",\"tax_rate\":\"0.13\"}"
                                                                 : "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"1.00\",\"tax_rate\":\"0.13\"}");
    for (int i = 0; i < 2; i++) {
        char json[160];
        snprintf(json, sizeof json, "{\"number\":\"N%d\",\"customer\":%d,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-05\",\"term\":\"NET30\"}", i, i ? 99 : 1);
        d[i].invoice = invoice_record_of(s, ARC_INVOICE, json);
        d[i].lines = &line;
        d[i].n_lines = 1;
    }
    a->st = arc_invoice_issue_many(s, a->n, results, d, 2, 0);
    for (int i = 0; i < 2; i++) {
        a->n[2 + i] = results[i];
        arc_record_free(d[i].invoice);
    }
    arc_record_free(line);
}

/* Two credit notes to the invoice there is, of which the second is more than it leaves. */
static void drive_credit(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    arc_credit_note n[2] = { ARC_CREDIT_NOTE_INIT, ARC_CREDIT_NOTE_INIT };
    arc_status results[2] = { 0 };
    for (int i = 0; i < 2; i++) {
        n[i].invoice = 1;
        n[i].amount = i ? 100000 : 100 + body;
        n[i].number = i ? "CN2" : "CN1";
        n[i].reason_code = "return";
        n[i].reason = "退货";
        assert_ok(arc_date_parse(&n[i].date, "2026-12-05", SIZE_MAX));
    }
    a->st = arc_invoice_credit_many(s, a->n, results, n, 2, 0);
    for (int i = 0; i < 2; i++) a->n[2 + i] = results[i];
}

static void drive_credit_draft(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    arc_credit_note n = ARC_CREDIT_NOTE_INIT;
    n.invoice = 1;
    n.amount = 100 + body;
    n.reason_code = "return";
    n.reason = "退货";
    assert_ok(arc_date_parse(&n.date, "2026-12-05", SIZE_MAX));
    a->st = arc_invoice_credit_draft(s, &a->n[0], &n);
}

static int64_t request_draft(arc_session *s, const char *number)
{
    int64_t id;
    char json[160];
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record *line = invoice_record_of(s, ARC_INVOICE_LINE, "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"0.00\",\"tax_rate\":\"0.13\"}");
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-01\",\"term\":\"NET30\"}", number);
    d.invoice = invoice_record_of(s, ARC_INVOICE, json);
    d.lines = &line;
    d.n_lines = 1;
    arc_status st = arc_invoice_draft(s, &id, &d);
    arc_record_free(d.invoice);
    arc_record_free(line);
    return st == ARC_OK ? id : -1;
}

static void drive_draft(test_book *b, arc_session *s, int body, answer *a)
{
    arc_error e = ARC_ERROR_INIT;
    a->n[0] = request_draft(s, body ? "D1" : "D0");
    (void)b;
    (void)arc_session_error(s, &e);
    a->st = a->n[0] > 0 ? ARC_OK : e.status;
    if (a->n[0] < 0) a->n[0] = 0;
}

typedef arc_status (*request_step)(arc_session *, int64_t *, arc_status *, const arc_invoice_step *, size_t, uint32_t);

/* Two steps, of which the second one's invoice does not exist. The drafts are found by number, as they were made before. */
static void steps_of(arc_session *s, int body, answer *a, request_step fn, const char *number)
{
    arc_invoice_step e[2] = { ARC_INVOICE_STEP_INIT, ARC_INVOICE_STEP_INIT };
    arc_status results[2] = { 0 };
    assert_ok(arc_session_find(s, &e[0].invoice, ARC_INVOICE, number));
    e[1].invoice = 9999;
    e[0].reason = e[1].reason = body ? "other" : "this";
    e[0].by = e[1].by = "Wang";
    e[0].accepted_on = e[1].accepted_on = BOOK_DAY;
    a->st = fn(s, a->n, results, e, 2, 0);
    for (int i = 0; i < 2; i++) a->n[2 + i] = results[i];
}

#define REQUEST_STEP(name, fn, number) \
    static void name(test_book *b, arc_session *s, int body, answer *a) \
    { \
        (void)b; \
        steps_of(s, body, a, fn, number); \
    }
REQUEST_STEP(drive_submit, arc_invoice_submit, "R-draft")
REQUEST_STEP(drive_approve_invoice, arc_invoice_approve, "R-submitted")
REQUEST_STEP(drive_reject_invoice, arc_invoice_reject, "R-submitted")
REQUEST_STEP(drive_recall_invoice, arc_invoice_recall, "R-submitted")
REQUEST_STEP(drive_void, arc_invoice_void, "R-issued")
REQUEST_STEP(drive_close, arc_invoice_close, "R-issued")
REQUEST_STEP(drive_send, arc_invoice_send, "R-issued")
REQUEST_STEP(drive_date, arc_invoice_date, "R-issued")
REQUEST_STEP(drive_deliver, arc_invoice_deliver, "R-sent")
REQUEST_STEP(drive_confirm, arc_invoice_confirm, "R-sent")
REQUEST_STEP(drive_refuse, arc_invoice_refuse, "R-sent")

/* Invoices on each stage of their way. */
static void found_invoices(test_book *b)
{
    static const char *const numbers[] = { "R-draft", "R-submitted", "R-issued", "R-sent" };
    for (int i = 0; i < 4; i++) {
        arc_invoice_step e = ARC_INVOICE_STEP_INIT;
        e.invoice = request_draft(b->session, numbers[i]);
        assert_true(e.invoice > 0);
        if (i == 1) assert_session(b, arc_invoice_submit(b->session, NULL, NULL, &e, 1, ARC_ALL_OR_NONE));
        if (i >= 2) assert_session(b, arc_invoice_issue(b->session, NULL, NULL, &e, 1, ARC_ALL_OR_NONE));
        if (i == 3) assert_session(b, arc_invoice_send(b->session, NULL, NULL, &e, 1, ARC_ALL_OR_NONE));
    }
}

static void drive_red_status(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_credit_red_status(s, RED_ASKED, body ? "withdrawn" : "confirmed", "C-1", "r");
}

static void drive_red_issued(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    arc_date day;
    assert_ok(arc_date_parse(&day, "2026-12-06", SIZE_MAX));
    a->st = arc_credit_red_issued(s, RED_CONFIRMED, body ? "2" : "1", NULL, day);
}

/* The blue invoice of the red ones. */
static void drive_buyer_use(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_credit_buyer_use(s, 2, body ? "deducted" : "certified", BOOK_DAY + 20);
}

#endif
