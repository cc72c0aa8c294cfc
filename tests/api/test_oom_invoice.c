/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of documents with lines fails once: issued, drafted, issued from the draft, voided, looked at. */
#include "arcore/fields.h"
#include "support/books.h"

static arc_status put(arc_session *s, uint32_t entity, const char *json)
{
    arc_record *r;
    arc_status st = arc_record_new(s, &r, entity);
    if (st == ARC_OK) st = arc_record_set_json(r, json, SIZE_MAX);
    if (st == ARC_OK) st = arc_session_insert(s, NULL, r);
    arc_record_free(r);
    return st;
}

/* Header and line made, one thing done with them. */
static arc_status with_document(arc_session *s, int64_t *id, arc_status (*use)(arc_session *, int64_t *, const arc_invoice_document *))
{
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record *lines[2] = { NULL, NULL };
    arc_status st = arc_record_new(s, &d.invoice, ARC_INVOICE);
    d.lines = lines;
    d.n_lines = 2;
    for (int i = 0; i < 2 && st == ARC_OK; i++) st = arc_record_new(s, &lines[i], ARC_INVOICE_LINE);
    if (st == ARC_OK) {
        st = arc_record_set_json(d.invoice, "{\"customer\":1,\"currency\":\"USD\",\"invoice_date\":\"2026-01-10\",\"term\":\"halves\",\"retention\":\"0.05\","
                                            "\"retention_term\":\"12M@ACCEPTANCE\",\"tax_method\":\"group\"}", SIZE_MAX);
    }
    if (st == ARC_OK) st = arc_record_set_json(lines[0], "{\"product\":1,\"currency\":\"USD\",\"quantity\":\"3\",\"price\":\"33.337\"}", SIZE_MAX);
    if (st == ARC_OK) st = arc_record_set_json(lines[1], "{\"name\":\"b\",\"currency\":\"USD\",\"net_amount\":\"1.05\",\"tax_rate\":\"0.13\"}", SIZE_MAX);
    if (st == ARC_OK) st = use(s, id, &d);
    for (int i = 0; i < 2; i++) arc_record_free(lines[i]);
    arc_record_free(d.invoice);
    return st;
}

static arc_status look(arc_session *s, int64_t *id, const arc_invoice_document *d)
{
    uint32_t n = 3;
    arc_record *items[3] = { NULL, NULL, NULL };
    arc_status st = ARC_OK;
    (void)id;
    for (int i = 0; i < 3 && st == ARC_OK; i++) st = arc_record_new(s, &items[i], ARC_ITEM);
    if (st == ARC_OK) st = arc_invoice_preview(s, NULL, NULL, items, &n, d);
    for (int i = 0; i < 3; i++) arc_record_free(items[i]);
    return st;
}

static arc_status step(arc_session *s, int64_t id, arc_status (*take)(arc_session *, int64_t *, arc_status *, const arc_invoice_step *, size_t, uint32_t))
{
    arc_invoice_step e = ARC_INVOICE_STEP_INIT;
    e.invoice = id;
    e.date = 20463;
    e.accepted_on = 20463;
    e.reason = "r";
    return take(s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE);
}

static arc_status found(arc_session *s)
{
    int64_t term = 0;
    arc_status st = put(s, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"c\"}");
    if (st == ARC_OK) st = put(s, ARC_TAX_CODE, "{\"code\":\"V\",\"name\":\"v\",\"kind\":\"standard\",\"rate\":\"0.13\",\"valid_from\":\"2019-04-01\"}");
    if (st == ARC_OK) st = put(s, ARC_PRODUCT, "{\"code\":\"P\",\"name\":\"p\",\"tax_code\":1}");
    if (st == ARC_OK) st = put(s, ARC_NUMBER_SERIES, "{\"code\":\"invoice\",\"period\":\"\",\"pattern\":\"{yyyy}-{n}\",\"gapless\":true}");
    if (st == ARC_OK) st = put(s, ARC_EXCHANGE_RATE, "{\"kind\":\"booked\",\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"valid_on\":\"2026-01-01\",\"units\":1,\"rate\":\"7.1\"}");
    if (st == ARC_OK) st = put(s, ARC_CALENDAR, "{\"code\":\"CN\",\"year\":2026,\"weekend\":96,\"days\":[]}");
    if (st == ARC_OK) {
        st = arc_definition_save(s, &term, "term", "halves",
                                 "{\"calendar\":\"CN\",\"lines\":[{\"percent\":\"50\",\"due\":{\"kind\":\"net\",\"convention\":\"following\"}},{\"due\":{\"kind\":\"net\",\"days\":30}}],"
                                 "\"discounts\":[{\"percent\":\"2\",\"until\":{\"kind\":\"net\",\"days\":10}}]}", SIZE_MAX, NULL);
    }
    return st == ARC_OK ? arc_definition_publish(s, term, NULL, NULL) : st;
}

static arc_status whole(test_book *b)
{
    int64_t id = 0, draft = 0;
    arc_status st = found(b->session);
    if (st == ARC_OK) st = with_document(b->session, NULL, look);
    if (st == ARC_OK) st = with_document(b->session, &id, arc_invoice_issue_document);
    if (st == ARC_OK) st = step(b->session, id, arc_invoice_date);
    if (st == ARC_OK) st = step(b->session, id, arc_invoice_void);
    if (st == ARC_OK) st = with_document(b->session, &draft, arc_invoice_draft);
    if (st == ARC_OK) st = step(b->session, draft, arc_invoice_issue);
    return st;
}

int main(void)
{
    return test_oom_main(whole, 1000);
}
