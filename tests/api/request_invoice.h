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

#endif
