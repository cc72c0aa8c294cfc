/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the test of request keys: settling, and what happens to receipts and debts. */
#ifndef TESTS_API_REQUEST_SETTLE_H
#define TESTS_API_REQUEST_SETTLE_H

static void drive_settle(test_book *b, arc_session *s, int body, answer *a)
{
    arc_settle_options o = ARC_SETTLE_OPTIONS_INIT;
    arc_settled out = ARC_SETTLED_INIT;
    const int64_t item = ITEM;
    (void)b;
    o.reason = body ? "other" : "advice";
    a->st = arc_receipt_settle(s, &out, NULL, RECEIPT, &item, NULL, 1, &o);
    a->n[0] = out.allocation;
}

#endif
