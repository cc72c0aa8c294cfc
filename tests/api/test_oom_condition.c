/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation fails once: conditions made, checked, run by id and on a record, explained, previewed. */
#include "arcore/condition.h"
#include "arcore/custom.h"
#include "arcore/fields.h"
#include "support/books.h"
#include "support/work_book.h"

static const char about_items[] =
    "{\"and\":[{\"in\":[{\"var\":\"kind\"},[\"invoiced\",\"fee\"]]},{\">\":[{\"var\":\"open\"},0]},{\"!=\":[{\"var\":\"customer.x_tier\"},\"iron\"]},{\"<\":[{\"/\":[{\"var\":\"open\"},{\"var\":\"amount\"}]},2]}]}";
static const char about_customers[] = "{\"and\":[{\"==\":[{\"count\":[{\"var\":\"items\"},{\">\":[{\"var\":\"days_overdue\"},0]}]},0]},{\"!\":{\"var\":\"x_tier\"}},{\"or\":[{\"==\":[{\"var\":\"payment_index\"},null]},{\"<\":[{\"var\":\"last_contact_days\"},9]},{\"!=\":[{\"var\":\"grade\"},\"A\"]},{\"==\":[{\"var\":\"limit_valid_to\"},null]}]}]}";

static arc_status ask(arc_session *s, uint32_t entity, const char *text)
{
    static const int64_t ids[] = { 1, 2, 77 };
    int32_t results[3];
    char buf[3000];
    size_t n = sizeof buf;
    arc_condition *c = NULL;
    arc_record *r = NULL;
    arc_status st = arc_condition_new(s, &c, entity, text, SIZE_MAX, NULL);
    if (st == ARC_OK) st = arc_condition_test(c, results, ids, 3, BOOK_DAY);
    if (st == ARC_OK) st = arc_session_get(s, &r, entity, 1);
    if (st == ARC_OK) st = arc_condition_test_record(c, results, r, BOOK_DAY);
    if (st == ARC_OK) st = arc_condition_explain_record(c, buf, &n, r, BOOK_DAY);
    n = sizeof buf;
    if (st == ARC_OK) st = arc_condition_explain(c, buf, &n, 1, BOOK_DAY);
    n = sizeof buf;
    if (st == ARC_OK) st = arc_condition_preview(c, buf, &n, 5, BOOK_DAY);
    arc_record_free(r);
    arc_condition_free(c);
    return st;
}

static arc_status whole(test_book *b)
{
    char buf[2000];
    size_t n = sizeof buf;
    arc_status st = arc_session_set_business_date(b->session, BOOK_DAY);
    if (st == ARC_OK) st = book_customers(b->session, 1, 2);
    if (st == ARC_OK) st = arc_custom_define(b->session, NULL, "{\"entity\":\"customer\",\"name\":\"x_tier\",\"kind\":\"choice\",\"choices\":[\"gold\",\"iron\"]}", SIZE_MAX);
    if (st == ARC_OK) st = book_bulk(b->session, "B", 1, 3);
    if (st == ARC_OK) st = ask(b->session, ARC_ITEM, about_items);
    if (st == ARC_OK) st = ask(b->session, ARC_CUSTOMER, about_customers);
    if (st == ARC_OK) st = arc_condition_check(b->session, buf, &n, ARC_ITEM, "{\"and\":[{\"==\":[{\"var\":\"nix\"},1]},{\"foo\":1}]}", SIZE_MAX, NULL);
    return st;
}

int main(void)
{
    return test_oom_main(whole, 100);
}
