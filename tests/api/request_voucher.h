/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the test of request keys: fiscal periods and what goes to the general ledger. */
#ifndef TESTS_API_REQUEST_VOUCHER_H
#define TESTS_API_REQUEST_VOUCHER_H

/* Periods 1 and 2 are open, 3 is locked; made without the key of the test. */
static void two_periods(arc_session *s)
{
    arc_record *r;
    if (arc_session_get(s, &r, ARC_FISCAL_PERIOD, 1) == ARC_OK) {
        arc_record_free(r);
        return;
    }
    assert_ok(arc_session_set_request_key(s, NULL));
    (void)sample_insert(s, ARC_FISCAL_PERIOD, "{\"code\":\"2025-01\",\"starts_on\":\"2025-01-01\",\"ends_on\":\"2025-01-31\"}");
    (void)sample_insert(s, ARC_FISCAL_PERIOD, "{\"code\":\"2025-02\",\"starts_on\":\"2025-02-01\",\"ends_on\":\"2025-02-28\"}");
    (void)sample_insert(s, ARC_FISCAL_PERIOD, "{\"code\":\"2025-03\",\"starts_on\":\"2025-03-01\",\"ends_on\":\"2025-03-31\"}");
    assert_ok(arc_fiscal_period_lock(s, 3, NULL));
    assert_ok(arc_session_set_request_key(s, KEY));
}

static void drive_period_close(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    two_periods(s);
    a->st = arc_fiscal_period_close(s, 1, body ? "other" : "month end", 0);
}

static void drive_period_lock(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    two_periods(s);
    a->st = arc_fiscal_period_lock(s, 1 + body, NULL);
}

static void drive_period_reopen(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    two_periods(s);
    a->st = arc_fiscal_period_reopen(s, 3, body ? "other" : "late invoice");
}

#endif
