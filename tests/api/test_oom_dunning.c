/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation fails once: letters proposed, approved, sent, and explained. */
#include "arcore/dunning.h"
#include "arcore/fields.h"
#include "support/books.h"
#include "support/work_book.h"

static const char ladder[] =
    "{\"dunning\":\"arcore/1\",\"currency\":\"CNY\",\"interval\":\"P7D\",\"applies\":{\"!=\":[{\"var\":\"code\"},\"x\"]},\"if\":{\"==\":[{\"var\":\"kind\"},\"invoiced\"]},\"levels\":["
    "{\"on\":{\"anchor\":\"due_date\",\"offset\":\"P1D\"},\"min_percent\":\"1\",\"then\":[{\"type\":\"message\",\"params\":{\"to\":{\"address\":\"a@x.example\"},\"channels\":[\"email\"],"
    "\"subject\":\"Reminder\",\"body\":\"Dear {{code}}\"}}]}]}";

static arc_status defined(arc_session *s)
{
    int64_t id;
    arc_status st = arc_definition_save(s, &id, "dunning", "std", ladder, SIZE_MAX, NULL);
    return st == ARC_OK ? arc_definition_publish(s, id, NULL, NULL) : st;
}

static arc_status flagged(arc_session *s)
{
    arc_flag f = ARC_FLAG_INIT;
    f.item = 2;
    f.kind = "hold";
    f.reason = "asked for";
    return arc_flag_set(s, NULL, &f);
}

static arc_status sent(arc_session *s)
{
    arc_proposal *p = NULL;
    arc_status st = arc_dunning_propose(s, &p, NULL);
    if (st == ARC_OK) st = arc_proposal_store(p, NULL, NULL);
    if (st == ARC_OK) st = arc_proposal_approve(p, NULL, 0);
    if (st == ARC_OK) st = arc_proposal_apply(p, NULL);
    arc_proposal_free(p);
    return st;
}

static arc_status whole(test_book *b)
{
    char text[4000];
    size_t n = sizeof text;
    arc_session *s = b->session;
    arc_status st = arc_session_set_business_date(s, BOOK_DAY + 100);
    if (st == ARC_OK) st = book_customers(s, 1, 2);
    if (st == ARC_OK) st = book_invoice(s, NULL, "INV-1", 1, 1000);
    if (st == ARC_OK) st = book_invoice(s, NULL, "INV-2", 2, 2500);
    if (st == ARC_OK) st = defined(s);
    if (st == ARC_OK) st = flagged(s);
    if (st == ARC_OK) st = sent(s);
    return st == ARC_OK ? arc_dunning_explain(s, text, &n, 2, ARC_DATE_NONE) : st;
}

int main(void)
{
    return test_oom_main(whole, 100);
}
