/* SPDX-License-Identifier: Apache-2.0 */
/* Credit notes in tests. */
#ifndef TESTS_API_CREDITS_H
#define TESTS_API_CREDITS_H

#include "api/invoices.h"
#include "support/work_book.h"

/* A document of some kind (ARC_AS_...). */
static inline arc_status issue_as(invoices *v, int64_t *id, uint32_t flags, const char *header, const char *const *lines)
{
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record *records[INVOICE_LINES];
    d.flags = flags;
    d.invoice = invoices_record(v->s, ARC_INVOICE, header);
    d.lines = records;
    for (; lines[d.n_lines]; d.n_lines++) records[d.n_lines] = invoices_record(v->s, ARC_INVOICE_LINE, lines[d.n_lines]);
    arc_status st = arc_invoice_issue_document(v->s, id, &d);
    for (uint32_t i = 0; i < d.n_lines; i++) arc_record_free(records[i]);
    arc_record_free(d.invoice);
    return st;
}
#define AS(v, id, flags, header, ...) issue_as(v, id, flags, header, (const char *const[]){ __VA_ARGS__, NULL })

static inline arc_credit_note credit_of(int64_t invoice)
{
    arc_credit_note n = ARC_CREDIT_NOTE_INIT;
    n.invoice = invoice;
    n.reason_code = "return";
    n.reason = "退货";
    return n;
}

static inline arc_credit_line credit_seq(int64_t seq, uint32_t given, int64_t value)
{
    arc_credit_line l = ARC_CREDIT_LINE_INIT;
    l.seq = seq;
    l.given = given;
    if (given == ARC_CREDIT_QUANTITY) l.quantity = value;
    if (given == ARC_CREDIT_NET) l.net = value;
    if (given == ARC_CREDIT_TAX) l.tax = value;
    if (given == ARC_CREDIT_GROSS) l.gross = value;
    return l;
}

static inline int64_t credit_ok(invoices *v, const arc_credit_note *n)
{
    int64_t id = 0;
    assert_session(&v->b, arc_invoice_credit(v->s, &id, n));
    return id;
}

static inline int64_t credit_one(invoices *v, int64_t invoice, arc_credit_line line)
{
    arc_credit_note n = credit_of(invoice);
    n.lines = &line;
    n.n_lines = 1;
    return credit_ok(v, &n);
}

/* Refused with a status and a word of the message; nothing is written. */
static inline void credit_refused(invoices *v, const arc_credit_note *n, arc_status status, const char *field, const char *says)
{
    arc_error e = ARC_ERROR_INIT;
    int64_t id = 77, before = invoices_count(v, ARC_INVOICE);
    arc_status st = arc_invoice_credit(v->s, &id, n);
    (void)arc_session_error(v->s, &e);
    if (st != status || strcmp(e.field, field) != 0 || !strstr(e.message, says)) {
        fail_msg("%s: %s (%s %s), expected %s (%s) %s", arc_status_name(st), e.message, e.field, e.pointer, arc_status_name(status), field, says);
    }
    assert_true(e.message_zh[0] != 0);
    assert_int_equal(id, 77);
    assert_int_equal(invoices_count(v, ARC_INVOICE), before);
}

static inline int64_t open_of(invoices *v, int64_t item)
{
    arc_query *q;
    arc_cursor *c;
    arc_money m;
    arc_field_id field = ARC_ITEM_STATE_OPEN;
    assert_session(&v->b, arc_query_new(v->s, &q, ARC_ITEM_STATE));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_where_int(q, ARC_ITEM_STATE_ITEM, ARC_EQ, item));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_money(c, &m, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return m.minor;
}

#endif
