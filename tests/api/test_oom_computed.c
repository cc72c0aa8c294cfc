/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation fails once: fields without a column, of several entities in one call. */
#include "api/settling.h"

static arc_status whole(test_book *b)
{
    static const uint32_t entities[] = { ARC_CUSTOMER, ARC_INVOICE, ARC_ITEM, ARC_RECEIPT, ARC_ALLOCATION };
    arc_record *r[5] = { NULL, NULL, NULL, NULL, NULL };
    int64_t id;
    arc_status st = arc_session_set_business_date(b->session, BOOK_DAY + 100);
    if (st == ARC_OK) st = book_customers(b->session, 1, 1);
    if (st == ARC_OK) st = book_invoice(b->session, &id, "I", 1, 1000);
    if (st == ARC_OK) st = book_receipt(b->session, &id, "R", 1, 500);
    if (st == ARC_OK) st = book_allocate(b->session, &id, 1, 1, 300);
    for (int i = 0; i < 5 && st == ARC_OK; i++) st = arc_session_get(b->session, &r[i], entities[i], 1);
    if (st == ARC_OK) st = arc_record_compute(b->session, r, 5, ARC_DATE_NONE);
    if (st == ARC_OK) st = arc_record_compute(b->session, r, 5, BOOK_DAY + 300);
    for (int i = 0; i < 5; i++) arc_record_free(r[i]);
    return st;
}

int main(void)
{
    return test_oom_main(whole, 300);
}
