/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation fails once: fields without a column, of several entities in one call. */
#include "api/settling.h"

static arc_status without_memory(test_env *t, void *arg)
{
    static const uint32_t entities[] = { ARC_CUSTOMER, ARC_INVOICE, ARC_ITEM, ARC_RECEIPT, ARC_ALLOCATION };
    test_book b;
    arc_record *r[5] = { NULL, NULL, NULL, NULL, NULL };
    int64_t id;
    (void)arg;
    arc_status st = test_book_open_in(&b, t, 0);
    if (st == ARC_OK) st = arc_session_set_business_date(b.session, BOOK_DAY + 100);
    if (st == ARC_OK) st = book_customers(b.session, 1, 1);
    if (st == ARC_OK) st = book_invoice(b.session, &id, "I", 1, 1000);
    if (st == ARC_OK) st = book_receipt(b.session, &id, "R", 1, 500);
    if (st == ARC_OK) st = book_allocate(b.session, &id, 1, 1, 300);
    for (int i = 0; i < 5 && st == ARC_OK; i++) st = arc_session_get(b.session, &r[i], entities[i], 1);
    if (st == ARC_OK) st = arc_record_compute(b.session, r, 5, ARC_DATE_NONE);
    if (st == ARC_OK) st = arc_record_compute(b.session, r, 5, BOOK_DAY + 300);
    for (int i = 0; i < 5; i++) arc_record_free(r[i]);
    arc_book_close(b.book);
    return st;
}

static void oom(void **state)
{
    (void)state;
    assert_true(test_oom_sweep(without_memory, NULL) > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(oom) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
