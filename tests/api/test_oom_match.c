/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation fails once: receipts matched, a line edited and applied, many at once, taken back, learned from. */
#include "arcore/fields.h"
#include "support/books.h"
#include "support/work_book.h"

static arc_status receipt(arc_session *s, int64_t *id, const char *json)
{
    arc_record *r;
    arc_status st = arc_record_new(s, &r, ARC_RECEIPT);
    if (st != ARC_OK) return st;
    st = arc_record_set_json(r, json, SIZE_MAX);
    if (st == ARC_OK) st = arc_receipt_record(s, id, r);
    arc_record_free(r);
    return st;
}

static arc_status proposed(arc_session *s)
{
    arc_proposal *p = NULL;
    arc_match_options o = ARC_MATCH_OPTIONS_INIT;
    const int64_t item = 1;
    arc_status st = arc_match_propose(s, &p, NULL, 0, &o);
    if (st == ARC_OK) st = arc_match_choose(p, 0, 0);
    if (st == ARC_OK) st = arc_match_keep(p, 0, &item, 1);
    if (st == ARC_OK) st = arc_proposal_store(p, NULL, NULL);
    if (st == ARC_OK) st = arc_proposal_approve(p, NULL, 0);
    if (st == ARC_OK) st = arc_proposal_apply(p, NULL);
    arc_proposal_free(p);
    return st;
}

static arc_status whole(test_book *b)
{
    arc_match_report report = ARC_MATCH_REPORT_INIT;
    arc_match_options o = ARC_MATCH_OPTIONS_INIT;
    int64_t id = 0;
    arc_session *s = b->session;
    arc_status st = arc_session_set_business_date(s, BOOK_DAY + 40);
    if (st == ARC_OK) st = book_customers(s, 1, 2);
    if (st == ARC_OK) st = book_invoice(s, NULL, "INV-1001", 1, 1000);
    if (st == ARC_OK) st = book_invoice(s, NULL, "INV-1002", 1, 2500);
    if (st == ARC_OK) st = book_invoice(s, NULL, "INV-1003", 2, 7700);
    if (st == ARC_OK) st = receipt(s, NULL, "{\"number\":\"R1\",\"value_date\":\"2026-01-20\",\"currency\":\"CNY\",\"amount\":\"10.00\",\"memo\":\"INV-1001\",\"payer_name\":\"Customer 1\",\"payer_account\":\"62220001\"}");
    if (st == ARC_OK) st = proposed(s);
    if (st == ARC_OK) st = receipt(s, &id, "{\"number\":\"R2\",\"value_date\":\"2026-01-20\",\"currency\":\"CNY\",\"amount\":\"25.00\",\"memo\":\"INV-1002\",\"payer_account\":\"62220001\"}");
    if (st == ARC_OK) st = receipt(s, NULL, "{\"number\":\"R3\",\"customer\":2,\"value_date\":\"2026-01-20\",\"currency\":\"CNY\",\"amount\":\"77.00\",\"memo\":\"thanks, 1O03\"}");
    o.flags = ARC_MATCH_STORE;
    if (st == ARC_OK) st = arc_match_run(s, &report, &o);
    if (st == ARC_OK) st = arc_match_learn(s, NULL, NULL, NULL);
    return st == ARC_OK ? arc_match_reverse(s, id, ARC_DATE_NONE, "wrong") : st;
}

int main(void)
{
    return test_oom_main(whole, 100);
}
