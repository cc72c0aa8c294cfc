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

/* Account map "main" and vouchers 1 to 3, the last rejected. */
static void three_vouchers(arc_session *s)
{
    char json[9000];
    size_t n = sizeof json;
    int64_t id;
    arc_voucher_options o = ARC_VOUCHER_OPTIONS_INIT;
    if (arc_definition_find(s, &id, "account_map", "main", BOOK_DAY + 10) == ARC_OK) return;
    assert_ok(arc_session_set_request_key(s, NULL));
    assert_ok(arc_account_map_shipped(json, &n, "generic"));
    assert_ok(arc_definition_save(s, &id, "account_map", "main", json, n, NULL));
    assert_ok(arc_definition_publish(s, id, NULL, NULL));
    o.max = 3;
    assert_ok(arc_voucher_export(s, NULL, "OLD", ARC_DATE_NONE, BOOK_DAY + 400, &o));
    assert_ok(arc_voucher_reject(s, 3, "no"));
    assert_ok(arc_session_set_request_key(s, KEY));
}

static void drive_voucher_export(test_book *b, arc_session *s, int body, answer *a)
{
    arc_voucher_summary sum = ARC_VOUCHER_SUMMARY_INIT;
    (void)b;
    three_vouchers(s);
    a->st = arc_voucher_export(s, &sum, body ? "OTHER" : "GL", ARC_DATE_NONE, BOOK_DAY + 400, NULL);
    a->n[0] = sum.n_vouchers;
    a->n[1] = sum.n_entries;
    a->n[2] = sum.first;
    a->n[3] = sum.last;
}

static void drive_voucher_send(test_book *b, arc_session *s, int body, answer *a)
{
    const int64_t ids[] = { 1 + body, 3 };
    arc_status results[2];
    (void)b;
    three_vouchers(s);
    a->st = arc_voucher_send(s, results, ids, 2, 0);
    a->n[0] = results[0];
    a->n[1] = results[1];
}

static void drive_voucher_acknowledge(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    three_vouchers(s);
    a->st = arc_voucher_acknowledge(s, 1, body ? "17" : "18");
}

static void drive_voucher_reject(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    three_vouchers(s);
    a->st = arc_voucher_reject(s, 2, body ? "other" : "no such account");
}

static void drive_voucher_rebuild(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    three_vouchers(s);
    a->st = arc_voucher_rebuild(s, 3, body ? "other" : "main");
}

static void drive_revalue(test_book *b, arc_session *s, int body, answer *a)
{
    arc_revaluation r = ARC_REVALUATION_INIT;
    (void)b;
    a->st = arc_revaluation_run(s, &r, BOOK_DAY + 30 + body);
    a->n[0] = r.id;
}

static void drive_revalue_reverse(test_book *b, arc_session *s, int body, answer *a)
{
    arc_record *r;
    (void)b;
    if (arc_session_get(s, &r, ARC_REVALUATION, 1) != ARC_OK) {
        assert_ok(arc_session_set_request_key(s, NULL));
        assert_ok(arc_revaluation_run(s, NULL, BOOK_DAY + 30));
        assert_ok(arc_session_set_request_key(s, KEY));
    } else {
        arc_record_free(r);
    }
    a->st = arc_revaluation_reverse(s, &a->n[0], 1, body ? "other" : "wrong rate");
}

static void drive_provision(test_book *b, arc_session *s, int body, answer *a)
{
    arc_provision r = ARC_PROVISION_INIT;
    (void)b;
    a->st = arc_provision_run(s, &r, BOOK_DAY + 30, 500 + body, "individual", "month end", NULL, 0);
    a->n[0] = r.id;
    a->n[1] = r.charge;
}

static void drive_provision_reverse(test_book *b, arc_session *s, int body, answer *a)
{
    arc_record *r;
    (void)b;
    if (arc_session_get(s, &r, ARC_PROVISION_RUN, 1) != ARC_OK) {
        assert_ok(arc_session_set_request_key(s, NULL));
        assert_ok(arc_provision_run(s, NULL, BOOK_DAY + 30, 500, "individual", "month end", NULL, 0));
        assert_ok(arc_session_set_request_key(s, KEY));
    } else {
        arc_record_free(r);
    }
    a->st = arc_provision_reverse(s, &a->n[0], 1, body ? "other" : "wrong");
}

#endif
