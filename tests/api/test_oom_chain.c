/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of documents that take of orders, deliveries, estimates and advances fails once: issued, credited, and voided in one call. */
#include "arcore/fields.h"
#include "support/books.h"

static arc_status put(arc_session *s, uint32_t entity, const char *json)
{
    arc_record *r;
    arc_status st = arc_record_new(s, &r, entity);
    if (st == ARC_OK) st = arc_record_set_json(r, json, SIZE_MAX);
    if (st == ARC_OK) st = entity == ARC_ITEM ? arc_item_record(s, NULL, r) : arc_session_insert(s, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status go(arc_session *s, arc_status (*verb)(arc_session *, int64_t *, arc_status *, const arc_order_step *, size_t, uint32_t))
{
    arc_order_step e = ARC_ORDER_STEP_INIT;
    e.id = 1;
    return verb(s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE);
}

static arc_status issue(arc_session *s, int64_t *id, uint32_t flags, const char *line, const arc_invoice_use *use)
{
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record *lines[2] = { NULL, NULL };
    arc_status st = arc_record_new(s, &d.invoice, ARC_INVOICE);
    d.lines = lines;
    d.flags = flags;
    d.n_lines = use ? 2 : 1;
    d.uses = use;
    d.n_uses = use != NULL;
    for (uint32_t k = 0; k < d.n_lines && st == ARC_OK; k++) st = arc_record_new(s, &lines[k], ARC_INVOICE_LINE);
    if (st == ARC_OK) st = arc_record_set_json(d.invoice, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-10\",\"due_date\":\"2026-03-01\"}", SIZE_MAX);
    if (st == ARC_OK) st = arc_record_set_json(lines[0], line, SIZE_MAX);
    if (st == ARC_OK && use) st = arc_record_set_json(lines[1], "{\"name\":\"b\",\"currency\":\"CNY\",\"gross_amount\":\"30.00\",\"tax_rate\":\"0.13\"}", SIZE_MAX);
    if (st == ARC_OK) st = arc_invoice_issue_document(s, id, &d);
    for (uint32_t k = 0; k < 2; k++) arc_record_free(lines[k]);
    arc_record_free(d.invoice);
    return st;
}

static arc_status note(arc_session *s, int64_t *id, int64_t of)
{
    arc_credit_note n = ARC_CREDIT_NOTE_INIT;
    n.invoice = of;
    n.reason_code = "return";
    n.reason = "r";
    return arc_invoice_credit(s, id, &n);
}

static arc_status found(arc_session *s)
{
    arc_status st = arc_session_set_business_date(s, 20463);
    if (st == ARC_OK) st = put(s, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"c\"}");
    if (st == ARC_OK) st = put(s, ARC_NUMBER_SERIES, "{\"code\":\"invoice\",\"period\":\"\",\"pattern\":\"{yyyy}-{n}\",\"gapless\":false}");
    if (st == ARC_OK) st = put(s, ARC_SALES_ORDER, "{\"number\":\"O\",\"customer\":1,\"order_date\":\"2026-01-01\",\"currency\":\"CNY\"}");
    if (st == ARC_OK) st = put(s, ARC_ORDER_LINE, "{\"sales_order\":1,\"seq\":1,\"name\":\"a\",\"quantity\":\"10\",\"price\":\"10\",\"currency\":\"CNY\",\"amount\":\"100.00\"}");
    if (st == ARC_OK) st = go(s, arc_order_confirm);
    if (st == ARC_OK) st = put(s, ARC_DELIVERY, "{\"number\":\"D\",\"customer\":1,\"delivery_date\":\"2026-01-02\"}");
    if (st == ARC_OK) st = put(s, ARC_DELIVERY_LINE, "{\"delivery\":1,\"seq\":1,\"order_line\":1,\"quantity\":\"10\",\"currency\":\"CNY\",\"amount\":\"100.00\"}");
    if (st == ARC_OK) st = go(s, arc_delivery_ship);
    if (st == ARC_OK) st = put(s, ARC_ITEM, "{\"number\":\"E1\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"100.00\",\"delivery\":1,\"business_date\":\"2026-01-02\"}");
    if (st == ARC_OK) st = put(s, ARC_ITEM, "{\"number\":\"R1\",\"kind\":\"invoiced\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"20.00\",\"business_date\":\"2026-01-02\"}");
    return st;
}

static arc_status drop(arc_session *s, const int64_t *ids, size_t n)
{
    arc_invoice_step e[4] = { ARC_INVOICE_STEP_INIT, ARC_INVOICE_STEP_INIT, ARC_INVOICE_STEP_INIT, ARC_INVOICE_STEP_INIT };
    for (size_t k = 0; k < n; k++) {
        e[k].invoice = ids[k];
        e[k].reason = "r";
    }
    return arc_invoice_void(s, NULL, NULL, e, n, ARC_ALL_OR_NONE);
}

static arc_status whole(test_book *b)
{
    static const char some[] = "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"4\",\"gross_amount\":\"30.00\",\"tax_rate\":\"0.13\",\"delivery_line\":1}";
    static const char rest[] = "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"6\",\"gross_amount\":\"40.00\",\"tax_rate\":\"0.13\",\"delivery_line\":1}";
    int64_t ids[4] = { 0, 0, 0, 0 };
    arc_invoice_use use = ARC_INVOICE_USE_INIT;
    use.item = 2;
    arc_status st = arc_money_set(&use.amount, 2000, "CNY");
    if (st == ARC_OK) st = found(b->session);
    if (st == ARC_OK) st = issue(b->session, &ids[2], 0, some, &use);
    if (st == ARC_OK) st = issue(b->session, &ids[1], 0, rest, NULL);
    if (st == ARC_OK) st = note(b->session, &ids[0], ids[1]);
    if (st == ARC_OK) st = drop(b->session, ids, 1);
    if (st == ARC_OK) st = issue(b->session, &ids[0], ARC_AS_ADVANCE, "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"30.00\",\"tax_rate\":\"0.13\"}", NULL);
    if (st == ARC_OK) st = drop(b->session, ids, 3);
    return st;
}

int main(void)
{
    return test_oom_main(whole, 1000);
}
