/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of memory fails once: settling, and what happens to receipts and debts, one by one, many at once, and by a second person. */
#include "arcore/fields.h"
#include "support/books.h"
#include "support/work_book.h"

static arc_status insert(arc_session *s, uint32_t entity, const char *json, int64_t *id)
{
    arc_record *r = NULL;
    arc_status st = arc_record_new(s, &r, entity);
    if (st == ARC_OK) st = arc_record_set_json(r, json, SIZE_MAX);
    if (st == ARC_OK) {
        st = entity == ARC_RECEIPT ? arc_receipt_record(s, id, r) : entity == ARC_WRITE_OFF_REQUEST ? arc_write_off_request(s, id, r) : arc_invoice_record(s, id, r);
    }
    arc_record_free(r);
    return st;
}

static arc_status publish(arc_session *s, const char *kind, const char *json)
{
    int64_t id;
    arc_status st = arc_definition_save(s, &id, kind, "default", json, SIZE_MAX, NULL);
    return st == ARC_OK ? arc_definition_publish(s, id, NULL, NULL) : st;
}

/* Invoices 1 to 6 and their items; receipts 1 to 4, the last of nobody. */
static arc_status documents(arc_session *s)
{
    char json[300];
    int64_t id;
    arc_status st = ARC_OK;
    for (int i = 0; st == ARC_OK && i < 6; i++) {
        snprintf(json, sizeof json, "{\"number\":\"I%d\",\"customer\":1,\"invoice_date\":\"2026-01-05\",\"due_date\":\"2026-02-05\",\"currency\":\"%s\",\"gross_amount\":\"%s10.00\"%s}", i,
                 i == 4 ? "USD" : "CNY", i == 5 ? "-" : "", i == 4 ? ",\"fx_rate\":\"7\"" : "");
        st = insert(s, ARC_INVOICE, json, &id);
    }
    for (int i = 0; st == ARC_OK && i < 4; i++) {
        snprintf(json, sizeof json, "{\"number\":\"R%d\",%s\"value_date\":\"2026-01-06\",\"currency\":\"%s\",\"amount\":\"%s\"%s}", i, i < 3 ? "\"customer\":1," : "", i == 2 ? "USD" : "CNY",
                 i == 0 ? "9.95" : "6.00", i == 2 ? ",\"fx_rate\":\"7.1\"" : "");
        st = insert(s, ARC_RECEIPT, json, &id);
    }
    return st;
}

static arc_status settling(arc_session *s)
{
    static const int64_t first = 1, second[2] = { 2, 6 }, usd = 5;
    arc_settle_options o = ARC_SETTLE_OPTIONS_INIT;
    arc_settled out = ARC_SETTLED_INIT;
    int64_t id;
    arc_status st = arc_receipt_settle(s, &out, NULL, 1, &first, NULL, 1, NULL); /* 0.05 tolerated */
    o.rest = ARC_REST_DEDUCT;
    o.reason_code = "damage";
    if (st == ARC_OK) st = arc_receipt_settle(s, NULL, NULL, 3, &usd, NULL, 1, &o);
    o.rest = ARC_REST_CHARGEBACK;
    if (st == ARC_OK) st = arc_receipt_settle(s, &out, NULL, 2, second, NULL, 2, &o);
    if (st == ARC_OK) st = arc_allocation_reverse(s, &id, out.allocation, ARC_DATE_NONE, "wrong");
    return st;
}

static arc_ledger_step step_of(int64_t row, int64_t customer)
{
    arc_ledger_step e = ARC_LEDGER_STEP_INIT;
    e.row = row;
    e.customer = customer;
    e.reason = "reason";
    e.due_date = BOOK_DAY + 400;
    return e;
}

static arc_status many(arc_session *s)
{
    int64_t ids[2], moved[2];
    arc_status results[2];
    arc_ledger_step e[2] = { step_of(3, 2), step_of(4, 2) };
    arc_status st = arc_item_extend_many(s, ids, results, e, 2, ARC_ALL_OR_NONE);
    e[0].row = ids[0];
    e[1].row = ids[1];
    if (st == ARC_OK) st = arc_adjustment_reverse_many(s, NULL, results, e, 2, ARC_ALL_OR_NONE);
    e[0].row = 3;
    e[1].row = 4;
    e[0].amount = 400;
    if (st == ARC_OK) st = arc_item_transfer_many(s, moved, results, e, 2, ARC_ALL_OR_NONE);
    e[0].row = moved[0];
    e[1].row = moved[1];
    if (st == ARC_OK) st = arc_allocation_reverse_many(s, NULL, results, e, 2, ARC_ALL_OR_NONE);
    arc_ledger_step r[1] = { step_of(4, 1) };
    if (st == ARC_OK) st = arc_receipt_claim_many(s, NULL, results, r, 1, ARC_ALL_OR_NONE);
    if (st == ARC_OK) st = arc_receipt_unclaim_many(s, NULL, results, r, 1, ARC_ALL_OR_NONE);
    if (st == ARC_OK) st = arc_receipt_claim(s, 4, 1, ARC_DATE_NONE);
    r[0].amount = 100;
    if (st == ARC_OK) st = arc_receipt_refund_many(s, ids, results, r, 1, ARC_ALL_OR_NONE);
    r[0].row = ids[0];
    if (st == ARC_OK) st = arc_allocation_reverse_many(s, NULL, results, r, 1, ARC_ALL_OR_NONE);
    return st == ARC_OK ? arc_receipt_return(s, 4, ARC_DATE_NONE, "bounced") : st;
}

static arc_status losses(arc_session *s)
{
    int64_t request;
    arc_status st = insert(s, ARC_WRITE_OFF_REQUEST, "{\"number\":\"W\",\"customer\":1,\"items\":[3,4],\"currency\":\"CNY\",\"amount\":\"15.00\",\"reason\":\"bankrupt\"}", &request);
    if (st == ARC_OK) st = arc_write_off_approve(s, NULL, request, ARC_DATE_NONE, "yes");
    return st == ARC_OK ? arc_write_off_recover(s, NULL, request, 1200, ARC_DATE_NONE, "paid") : st;
}

static arc_status by_two(arc_session *s)
{
    int64_t id;
    arc_error e = ARC_ERROR_INIT;
    arc_status st = publish(s, "approval", "{\"approvals\":[{\"verb\":\"adjustment.approve\"},{\"verb\":\"receipt.offset\"}]}");
    if (st == ARC_OK) st = arc_item_extend(s, NULL, 3, BOOK_DAY + 500, ARC_DATE_NONE, "agreed");
    if (st != ARC_NEEDS_APPROVAL) return st;
    (void)arc_session_error(s, &e);
    st = arc_pending_approve(s, &id, e.id, NULL);
    if (st == ARC_OK) st = insert(s, ARC_RECEIPT, "{\"number\":\"N\",\"customer\":1,\"value_date\":\"2026-01-06\",\"currency\":\"CNY\",\"amount\":\"5.00\",\"method\":\"offset\",\"evidence\":\"agreed\"}", &id);
    if (st != ARC_NEEDS_APPROVAL) return st;
    (void)arc_session_error(s, &e);
    return arc_pending_approve(s, &id, e.id, NULL);
}

static arc_status whole(test_book *b)
{
    arc_aging *aging = NULL;
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_status st = arc_session_set_business_date(b->session, BOOK_DAY + 40);
    if (st == ARC_OK) st = book_customers(b->session, 1, 2);
    if (st == ARC_OK) {
        st = publish(b->session, "tolerance", "{\"tolerance\":\"arcore/1\",\"customers\":[{\"currency\":\"CNY\",\"absolute\":\"1.00\",\"percent\":\"5\"}],\"discount\":{\"partial\":true}}");
    }
    if (st == ARC_OK) st = documents(b->session);
    if (st == ARC_OK) st = settling(b->session);
    if (st == ARC_OK) st = many(b->session);
    if (st == ARC_OK) st = losses(b->session);
    if (st == ARC_OK) st = by_two(b->session);
    o.as_of = BOOK_DAY + 39;
    if (st == ARC_OK) st = arc_aging_compute(b->session, &aging, &o); /* past claims are met */
    arc_aging_free(aging);
    return st;
}

int main(void)
{
    return test_oom_main(whole, 100);
}
