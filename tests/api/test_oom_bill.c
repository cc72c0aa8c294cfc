/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation fails once: bills in parts and many at once, what states allow, statements of many customers, letters. */
#include "arcore/fields.h"
#include "support/books.h"
#include "support/work_book.h"

static arc_status new_bill(arc_session *s, arc_record **out, const char *json)
{
    arc_status st = arc_record_new(s, out, ARC_BILL);
    return st == ARC_OK ? arc_record_set_json(*out, json, SIZE_MAX) : st;
}

static arc_status bills(arc_session *s)
{
    const int64_t parts[2] = { 4000, 6000 };
    int64_t ids[2] = { 0, 0 }, first = 0;
    arc_bill_entry e[2] = { ARC_BILL_ENTRY_INIT, ARC_BILL_ENTRY_INIT };
    arc_bill_move m = ARC_BILL_MOVE_INIT;
    arc_allocation a = ARC_ALLOCATION_INIT;
    char json[4000];
    size_t n = sizeof json;
    a.item = 1;
    a.amount = 50;
    e[0].allocations = &a;
    e[0].n = 1;
    m.party = "Supplier";
    m.amount = 1000;
    arc_status st = new_bill(s, &e[0].bill, "{\"number\":\"D\",\"sub_range\":\"1-10000\",\"kind\":\"bank\",\"acceptor\":\"A\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"100.00\",\"maturity\":\"2026-09-01\"}");
    if (st == ARC_OK) st = new_bill(s, &e[1].bill, "{\"number\":\"W\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"10.00\",\"maturity\":\"2026-09-01\"}");
    if (st == ARC_OK) st = arc_bill_record_many(s, ids, NULL, e, 2, ARC_ALL_OR_NONE);
    arc_record_free(e[0].bill);
    arc_record_free(e[1].bill);
    if (st == ARC_OK) st = arc_bill_split(s, &first, ids[0], parts, 2, ARC_DATE_NONE, "why");
    if (st == ARC_OK) st = arc_bill_endorse(s, NULL, first + 1, &m);
    if (st == ARC_OK) st = arc_bill_dishonour(s, NULL, first, NULL);
    if (st == ARC_OK) st = arc_bill_reverse(s, NULL, first, ARC_DATE_NONE, "paid");
    (void)arc_bill_move_init(&m);
    m.flags = ARC_BILL_SENT;
    if (st == ARC_OK) st = arc_bill_collect_many(s, NULL, NULL, &ids[1], &m, 1, ARC_ALL_OR_NONE);
    return st == ARC_OK ? arc_bill_acceptors_json(s, json, &n, ARC_DATE_NONE) : st;
}

/* What front ends are told of a bill, an item and a receipt. */
static arc_status told(arc_session *s)
{
    static const uint32_t entities[] = { ARC_BILL, ARC_ITEM, ARC_RECEIPT };
    static char json[40000];
    arc_status st = ARC_OK;
    for (int i = 0; i < 3 && st == ARC_OK; i++) {
        arc_record *r = NULL;
        size_t n = sizeof json;
        st = arc_session_get(s, &r, entities[i], 1);
        if (st == ARC_OK) st = arc_verbs_allowed(s, json, &n, r);
        arc_record_free(r);
    }
    return st;
}

static arc_status statements(arc_session *s)
{
    const int64_t who[3] = { 2, 99, 1 };
    arc_statement *all[3] = { NULL, NULL, NULL };
    arc_status results[3];
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    static char text[20000];
    size_t n = sizeof text;
    int64_t letter = 0;
    o.flags = ARC_STATEMENT_OPEN_ITEMS;
    arc_status st = arc_statement_compute_many(s, all, results, &o, who, 3);
    if (st == ARC_PARTIAL) st = ARC_OK;
    if (st == ARC_OK) st = arc_statement_json(all[2], text, &n);
    for (int i = 0; i < 3; i++) arc_statement_free(all[i]);
    o.flags = 0;
    o.customer = 1;
    o.from = BOOK_DAY;
    if (st == ARC_OK) st = arc_statement_letter_make(s, &letter, &o, "L");
    n = sizeof text;
    return st == ARC_OK ? arc_statement_letter_text(s, text, &n, letter, "zh") : st;
}

static arc_status whole(test_book *b)
{
    arc_status st = arc_session_set_business_date(b->session, BOOK_DAY + 40);
    if (st == ARC_OK) st = book_customers(b->session, 1, 2);
    if (st == ARC_OK) st = book_bulk(b->session, "B", 1, 3);
    if (st == ARC_OK) st = bills(b->session);
    if (st == ARC_OK) st = told(b->session);
    if (st == ARC_OK) st = statements(b->session);
    return st;
}

int main(void)
{
    return test_oom_main(whole, 100);
}
