/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of credit notes fails once: an advance in foreign currency deducted, credited in pieces, voided; a red letter on its way. */
#include "arcore/fields.h"
#include "support/books.h"

#define USD(number, day) "{\"number\":\"" number "\",\"customer\":1,\"currency\":\"USD\",\"invoice_date\":\"" day "\",\"due_date\":\"2026-03-10\",\"fx_rate\":\"7.1\"}"

static arc_status put(arc_session *s, uint32_t entity, const char *json)
{
    arc_record *r;
    arc_status st = arc_record_new(s, &r, entity);
    if (st == ARC_OK) st = arc_record_set_json(r, json, SIZE_MAX);
    if (st == ARC_OK) st = arc_session_insert(s, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status issue(arc_session *s, uint32_t flags, const char *header, const char *first, const char *second)
{
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    const char *const json[2] = { first, second };
    arc_record *lines[2] = { NULL, NULL };
    d.flags = flags;
    d.lines = lines;
    d.n_lines = second ? 2 : 1;
    arc_status st = arc_record_new(s, &d.invoice, ARC_INVOICE);
    if (st == ARC_OK) st = arc_record_set_json(d.invoice, header, SIZE_MAX);
    for (uint32_t i = 0; i < d.n_lines && st == ARC_OK; i++) {
        st = arc_record_new(s, &lines[i], ARC_INVOICE_LINE);
        if (st == ARC_OK) st = arc_record_set_json(lines[i], json[i], SIZE_MAX);
    }
    if (st == ARC_OK) st = arc_invoice_issue_document(s, NULL, &d);
    for (int i = 0; i < 2; i++) arc_record_free(lines[i]);
    arc_record_free(d.invoice);
    return st;
}

static arc_status credit(arc_session *s, int64_t *id, int64_t invoice, const char *number, int64_t net)
{
    arc_credit_note n = ARC_CREDIT_NOTE_INIT;
    arc_credit_line l = ARC_CREDIT_LINE_INIT;
    l.seq = 1;
    l.given = ARC_CREDIT_NET;
    l.net = net;
    n.invoice = invoice;
    n.number = number;
    n.lines = net ? &l : NULL;
    n.n_lines = net ? 1 : 0;
    n.reason_code = "return";
    n.reason = "r";
    n.role = net ? "refund_liability" : NULL;
    return arc_invoice_credit(s, id, &n);
}

static arc_status red(arc_session *s)
{
    int64_t id = 0;
    arc_status st = issue(s, 0, "{\"number\":\"T\",\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-10\",\"due_date\":\"2026-03-10\",\"fapiao_kind\":\"paper_special\"}",
                          "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"10.00\",\"tax_rate\":\"0.13\"}", NULL);
    if (st == ARC_OK) st = arc_credit_buyer_use(s, 5, "booked", 20475);
    if (st == ARC_OK) st = credit(s, &id, 5, "R", 0);
    if (st == ARC_OK) st = arc_credit_red_status(s, id, "seller_entered", "C1", NULL);
    if (st == ARC_OK) st = arc_credit_red_status(s, id, "lapsed", NULL, "72 h");
    if (st == ARC_OK) st = arc_credit_red_status(s, id, "confirmed", "C2", NULL);
    return st == ARC_OK ? arc_credit_red_issued(s, id, "12345678", "0123456789", 20480) : st;
}

static arc_status whole(test_book *b)
{
    int64_t id = 0;
    arc_invoice_step step = ARC_INVOICE_STEP_INIT;
    arc_status st = arc_session_set_business_date(b->session, 20480);
    if (st == ARC_OK) st = put(b->session, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"c\"}");
    if (st == ARC_OK) st = put(b->session, ARC_PROJECT, "{\"code\":\"P\",\"name\":\"p\",\"customer\":1,\"status\":\"open\"}");
    if (st == ARC_OK) st = issue(b->session, ARC_AS_ADVANCE, USD("A", "2026-01-10"), "{\"name\":\"a\",\"currency\":\"USD\",\"net_amount\":\"33.33\",\"tax_rate\":\"0.13\"}", NULL);
    if (st == ARC_OK) st = issue(b->session, 0, USD("F", "2026-01-12"), "{\"name\":\"a\",\"currency\":\"USD\",\"net_amount\":\"100.01\",\"tax_rate\":\"0.13\",\"project\":1}",
                                 "{\"name\":\"d\",\"currency\":\"USD\",\"net_amount\":\"-11.11\",\"tax_rate\":\"0.13\",\"advance\":1}");
    if (st == ARC_OK) st = credit(b->session, NULL, 2, "K1", 3333);
    if (st == ARC_OK) st = credit(b->session, &id, 2, "K2", 0);
    step.invoice = id;
    step.reason = "r";
    if (st == ARC_OK) st = arc_invoice_void(b->session, NULL, NULL, &step, 1, ARC_ALL_OR_NONE);
    if (st == ARC_OK) st = red(b->session);
    return st;
}

int main(void)
{
    return test_oom_main(whole, 100);
}
