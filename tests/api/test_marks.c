/* SPDX-License-Identifier: Apache-2.0 */
/* Disputes and flags: bounds, who closes, as of a day, several on one item, overlaps. */
#include <stdio.h>
#include <string.h>

#include "api/ledger_kit.h"

#define DAY 20600 /* 2026-05-27 */

static int64_t an_item(test_book *b, const char *number, const char *amount)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"invoice_date\":\"2026-05-01\",\"due_date\":\"2026-05-31\",\"currency\":\"CNY\",\"gross_amount\":\"%s\"}", number, amount);
    return record_of(b, ARC_INVOICE, json); /* one item an invoice */
}

static arc_status dispute(test_book *b, int64_t *id, const char *json)
{
    arc_record *r;
    assert_ok(arc_record_new(b->session, &r, ARC_DISPUTE));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    arc_status st = arc_dispute_open(b->session, id, r);
    arc_record_free(r);
    return st;
}

static arc_status dispute_of(test_book *b, int64_t *id, int64_t item, const char *amount)
{
    char json[300];
    snprintf(json, sizeof json, "{\"item\":%d,\"currency\":\"CNY\",\"amount\":\"%s\",\"reason\":\"quality\",\"description\":\"两台水泵漏水\",\"due_date\":\"2026-06-30\"}", (int)item, amount);
    return dispute(b, id, json);
}

static void disputed_is(test_book *b, int64_t item, arc_date on, int64_t expected)
{
    int64_t amounts[3], items[3] = { item, 999, item };
    assert_session(b, arc_dispute_sums(b->session, amounts, items, 3, on));
    assert_int_equal(amounts[0], expected);
    assert_int_equal(amounts[1], 0);
    assert_int_equal(amounts[2], expected);
}

static arc_status resolve(test_book *b, int64_t id, const char *code, arc_date on, int64_t credit)
{
    arc_resolution r = ARC_RESOLUTION_INIT;
    r.code = code;
    r.date = on;
    r.credit = credit;
    r.outcome = "looked at";
    return arc_dispute_resolve(b->session, id, &r);
}

static void disputes(test_book *b)
{
    int64_t item = an_item(b, "I1", "100.00"), credit = an_item(b, "K1", "-30.00"), one, two;
    assert_session_status(ARC_E_GUARD, b, dispute_of(b, NULL, item, "100.01"));
    assert_session(b, dispute_of(b, &one, item, "60.00"));
    assert_session_status(ARC_E_GUARD, b, dispute_of(b, NULL, item, "40.01"));
    assert_ok(arc_session_set_business_date(b->session, DAY + 5));
    assert_session(b, dispute_of(b, &two, item, "40.00"));
    disputed_is(b, item, DAY - 1, 0);
    disputed_is(b, item, DAY, 6000);
    disputed_is(b, item, DAY + 5, 10000);
    assert_session_status(ARC_E_RANGE, b, resolve(b, one, "rejected", DAY - 1, 0));
    assert_session_status(ARC_E_RANGE, b, resolve(b, one, "rejected", DAY + 6, 0)); /* not yet */
    assert_ok(arc_session_set_business_date(b->session, DAY + 8));
    assert_session_status(ARC_E_VALUE, b, resolve(b, one, "open", DAY + 8, 0));
    assert_session_status(ARC_E_VALUE, b, resolve(b, one, NULL, DAY + 8, 0));
    assert_session_status(ARC_E_VALUE, b, resolve(b, one, "rejected", DAY + 8, credit));
    assert_session_status(ARC_E_STATE, b, resolve(b, one, "credited", DAY + 8, item));
    assert_session_status(ARC_E_NOT_FOUND, b, resolve(b, one, "credited", DAY + 8, 777));
    assert_session_status(ARC_E_NOT_FOUND, b, resolve(b, 777, "rejected", DAY + 8, 0));
    assert_session(b, resolve(b, one, "credited", DAY + 8, credit));
    assert_session_status(ARC_E_STATE, b, resolve(b, one, "rejected", DAY + 8, 0));
    disputed_is(b, item, DAY + 7, 10000); /* as it was */
    disputed_is(b, item, DAY + 8, 4000);
    assert_text(b, ARC_DISPUTE, one, ARC_DISPUTE_RESOLUTION, "credited");
    assert_text(b, ARC_DISPUTE, one, ARC_DISPUTE_OUTCOME, "looked at");
    /* what is paid, planned or a credit is not disputed */
    int64_t receipt = record_of(b, ARC_RECEIPT, "{\"number\":\"R1\",\"customer\":1,\"value_date\":\"2026-05-27\",\"currency\":\"CNY\",\"amount\":\"100.00\"}");
    (void)allocate(b, item, receipt, 5000, 0);
    assert_session_status(ARC_E_GUARD, b, dispute_of(b, NULL, item, "10.01")); /* 50 open, 40 disputed */
    assert_session(b, dispute_of(b, NULL, item, "10.00"));
    (void)allocate(b, item, receipt, 5000, 0);
    assert_session_status(ARC_E_STATE, b, dispute_of(b, NULL, item, "0.01"));
    assert_session_status(ARC_E_STATE, b, dispute_of(b, NULL, credit, "0.01"));
    verify_clean(b);
}

static void bad_disputes(test_book *b)
{
    static const struct {
        const char *json, *field;
        arc_status status;
    } bad[] = {
        { "{\"currency\":\"CNY\",\"amount\":\"1.00\",\"reason\":\"price\"}", "item", ARC_E_REQUIRED },
        { "{\"item\":1,\"currency\":\"CNY\",\"amount\":\"1.00\"}", "reason", ARC_E_REQUIRED },
        { "{\"item\":1,\"currency\":\"CNY\",\"amount\":\"0.00\",\"reason\":\"price\"}", "amount", ARC_E_RANGE },
        { "{\"item\":1,\"currency\":\"CNY\",\"amount\":\"-1.00\",\"reason\":\"price\"}", "amount", ARC_E_RANGE },
        { "{\"item\":1,\"currency\":\"USD\",\"amount\":\"1.00\",\"reason\":\"price\"}", "currency", ARC_E_CURRENCY },
        { "{\"item\":77,\"currency\":\"CNY\",\"amount\":\"1.00\",\"reason\":\"price\"}", "item", ARC_E_REFERENCE },
        { "{\"item\":1,\"currency\":\"CNY\",\"amount\":\"1.00\",\"reason\":\"price\",\"due_date\":\"2026-05-26\"}", "due_date", ARC_E_RANGE },
        { "{\"item\":1,\"currency\":\"CNY\",\"amount\":\"1.00\",\"reason\":\"price\",\"resolution\":\"rejected\"}", "resolution", ARC_E_VALUE },
    };
    int64_t amount = 0, item = an_item(b, "I1", "100.00");
    assert_int_equal(item, 1);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        arc_error e = ARC_ERROR_INIT;
        arc_status st = dispute(b, NULL, bad[i].json);
        assert_ok(arc_session_error(b->session, &e));
        if (st != bad[i].status || strcmp(e.field, bad[i].field)) fail_msg("%s: %s %s %s", bad[i].json, arc_status_name(st), e.field, e.message);
    }
    assert_int_equal(sum_of(b, ARC_DISPUTE, ARC_DISPUTE_AMOUNT, NULL), 0);
    assert_session_status(ARC_E_INVALID, b, arc_dispute_sums(b->session, &amount, &item, 0, DAY));
    assert_session_status(ARC_E_INVALID, b, arc_dispute_sums(b->session, NULL, &item, 1, DAY));
    assert_session_status(ARC_E_LIMIT, b, arc_dispute_sums(b->session, &amount, &item, 100001, DAY));
    assert_session_status(ARC_E_INVALID, b, arc_dispute_resolve(b->session, 1, NULL));
}

/* ---- who closes -------------------------------------------------------------------------------------------------------------- */

static void test_never_the_opener(void **unused)
{
    static people p;
    arc_record *r;
    arc_resolution how = ARC_RESOLUTION_INIT;
    int64_t id = 0;
    (void)unused;
    memset(&p, 0, sizeof p);
    people_open(&p, 0);
    arc_session *host = p.b.session;
    assert_session(&p.b, arc_session_set_business_date(host, PEOPLE_DAY));
    int64_t customer = sample_insert(host, ARC_CUSTOMER, "{\"code\":\"X\",\"legal_name\":\"X\"}");
    int64_t invoice = 0;
    assert_session(&p.b, book_invoice(host, &invoice, "I", customer, 1000));
    (void)people_grant(&p, "clerk", "ar_clerk");
    (void)people_grant(&p, "cash", "ar_clerk");
    (void)people_grant(&p, "adm", "admin");
    people_start(&p);
    arc_session *clerk = people_session(p.b.book, "clerk"), *other = people_session(p.b.book, "cash");
    assert_ok(arc_record_new(clerk, &r, ARC_DISPUTE));
    assert_ok(arc_record_set_json(r, "{\"item\":1,\"currency\":\"CNY\",\"amount\":\"1.00\",\"reason\":\"price\"}", SIZE_MAX));
    assert_ok(arc_dispute_open(clerk, &id, r));
    arc_record_free(r);
    how.code = "rejected";
    assert_int_equal(arc_dispute_resolve(clerk, id, &how), ARC_E_FORBIDDEN);
    assert_ok(arc_dispute_resolve(other, id, &how));
    arc_session_close(clerk);
    arc_session_close(other);
    people_close(&p);
}

/* ---- flags --------------------------------------------------------------------------------------------------------------------- */

static arc_flag flag_on(int64_t customer, int64_t item, const char *kind, arc_date from, arc_date to)
{
    arc_flag f = ARC_FLAG_INIT;
    f.customer = customer;
    f.item = item;
    f.kind = kind;
    f.from_date = from;
    f.to_date = to;
    f.reason = "r";
    return f;
}

static void flags_are(test_book *b, int64_t one, int64_t two, arc_date on, uint32_t first, uint32_t second)
{
    uint32_t kinds[4];
    const int64_t items[4] = { two, 999, one, two };
    assert_session(b, arc_flag_active(b->session, kinds, items, 4, on));
    assert_int_equal(kinds[2], first);
    assert_int_equal(kinds[0], second);
    assert_int_equal(kinds[3], second);
    assert_int_equal(kinds[1], 0);
}

static void flags(test_book *b)
{
    int64_t one = an_item(b, "I1", "100.00"), two = an_item(b, "I2", "200.00"), hold = 0, all = 0;
    arc_flag f = flag_on(0, one, "hold", DAY, DAY + 9), c = flag_on(1, 0, "insolvent", DAY + 5, ARC_DATE_NONE);
    assert_session(b, arc_flag_set(b->session, &hold, &f));
    assert_session(b, arc_flag_set(b->session, &all, &c));
    flags_are(b, one, two, DAY - 1, 0, 0);
    flags_are(b, one, two, DAY, ARC_FLAG_HOLD, 0);
    flags_are(b, one, two, DAY + 5, ARC_FLAG_HOLD | ARC_FLAG_INSOLVENT, ARC_FLAG_INSOLVENT);
    flags_are(b, one, two, DAY + 9, ARC_FLAG_HOLD | ARC_FLAG_INSOLVENT, ARC_FLAG_INSOLVENT);
    flags_are(b, one, two, DAY + 10, ARC_FLAG_INSOLVENT, ARC_FLAG_INSOLVENT);
    /* same kind, same row: the days must not overlap */
    static const struct {
        arc_date from, to;
        arc_status status;
    } spans[] = { { DAY - 5, DAY, ARC_E_EXISTS },  { DAY + 9, ARC_DATE_NONE, ARC_E_EXISTS }, { DAY + 3, DAY + 4, ARC_E_EXISTS }, { DAY - 9, DAY + 99, ARC_E_EXISTS },
                  { DAY - 5, DAY - 1, ARC_OK }, { DAY + 10, ARC_DATE_NONE, ARC_OK } };
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        f.from_date = spans[i].from;
        f.to_date = spans[i].to;
        assert_session_status(spans[i].status, b, arc_flag_set(b->session, NULL, &f));
    }
    f = flag_on(0, one, "legal", DAY, DAY);
    assert_session(b, arc_flag_set(b->session, NULL, &f)); /* another kind */
    f = flag_on(0, two, "hold", DAY, DAY);
    assert_session(b, arc_flag_set(b->session, NULL, &f)); /* another item */
    f = flag_on(1, 0, "hold", DAY, DAY);
    assert_session(b, arc_flag_set(b->session, NULL, &f)); /* the customer */
    /* ended: the past stays */
    assert_session_status(ARC_E_RANGE, b, arc_flag_end(b->session, all, DAY + 4, "no"));
    assert_session_status(ARC_E_RANGE, b, arc_flag_end(b->session, hold, DAY + 10, "no"));
    assert_session_status(ARC_E_INVALID, b, arc_flag_end(b->session, hold, DAY + 2, NULL));
    assert_session_status(ARC_E_NOT_FOUND, b, arc_flag_end(b->session, 777, DAY + 2, "no"));
    assert_session(b, arc_flag_end(b->session, all, DAY + 6, "settled"));
    assert_session_status(ARC_E_STATE, b, arc_flag_end(b->session, all, DAY + 6, "again"));
    flags_are(b, two, one, DAY + 6, ARC_FLAG_INSOLVENT, ARC_FLAG_HOLD | ARC_FLAG_INSOLVENT);
    flags_are(b, two, one, DAY + 7, 0, ARC_FLAG_HOLD);
    c.from_date = DAY + 7;
    assert_session(b, arc_flag_set(b->session, NULL, &c));
    verify_clean(b);
}

static void bad_flags(test_book *b)
{
    int64_t item = an_item(b, "I1", "100.00");
    arc_flag f = flag_on(0, item, "factored", DAY, ARC_DATE_NONE);
    assert_session_status(ARC_E_REQUIRED, b, arc_flag_set(b->session, NULL, &f));
    f.evidence = "债权转让通知 2026-05-27";
    f.amount = 10001;
    assert_session_status(ARC_E_RANGE, b, arc_flag_set(b->session, NULL, &f));
    f.amount = 10000;
    assert_session(b, arc_flag_set(b->session, NULL, &f));
    f = flag_on(1, item, "hold", DAY, ARC_DATE_NONE);
    assert_session_status(ARC_E_INVALID, b, arc_flag_set(b->session, NULL, &f));
    f = flag_on(0, 0, "hold", DAY, ARC_DATE_NONE);
    assert_session_status(ARC_E_INVALID, b, arc_flag_set(b->session, NULL, &f));
    f = flag_on(1, 0, "hold", DAY, ARC_DATE_NONE);
    f.amount = 1;
    assert_session_status(ARC_E_RANGE, b, arc_flag_set(b->session, NULL, &f));
    f = flag_on(1, 0, "promised", DAY, ARC_DATE_NONE);
    assert_session_status(ARC_E_VALUE, b, arc_flag_set(b->session, NULL, &f));
    f = flag_on(1, 0, "hold", DAY, DAY - 1);
    assert_session_status(ARC_E_RANGE, b, arc_flag_set(b->session, NULL, &f));
    f = flag_on(77, 0, "hold", DAY, ARC_DATE_NONE);
    assert_session_status(ARC_E_NOT_FOUND, b, arc_flag_set(b->session, NULL, &f));
    f = flag_on(0, 77, "hold", DAY, ARC_DATE_NONE);
    assert_session_status(ARC_E_NOT_FOUND, b, arc_flag_set(b->session, NULL, &f));
    f = flag_on(1, 0, "hold", DAY, ARC_DATE_NONE);
    f.reason = "";
    assert_session_status(ARC_E_INVALID, b, arc_flag_set(b->session, NULL, &f));
    assert_session_status(ARC_E_INVALID, b, arc_flag_set(b->session, NULL, NULL));
}

static int postgresql; /* 1: there is a server */

#define ON_EACH(name) \
    static void test_##name(void **unused) \
    { \
        (void)unused; \
        for (int i = 0; i < TEST_BACKENDS + postgresql; i++) { \
            test_book b; \
            open_book(&b, i); \
            name(&b); \
            test_book_close(&b); \
        } \
    }

ON_EACH(disputes)
ON_EACH(bad_disputes)
ON_EACH(flags)
ON_EACH(bad_flags)

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_disputes), cmocka_unit_test(test_bad_disputes), cmocka_unit_test(test_never_the_opener), cmocka_unit_test(test_flags), cmocka_unit_test(test_bad_flags) };
    postgresql = test_postgresql_start();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_postgresql_stop();
    return failed;
}
