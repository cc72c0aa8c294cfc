/* SPDX-License-Identifier: Apache-2.0 */
/* Fiscal periods: which days may be posted on, who closes what, and what is said on the way. */
#include "api/people.h"
#include "support/work_book.h"

#define JAN 20454 /* 2026-01-01 */

static int64_t period(arc_session *s, const char *code, const char *from, const char *to)
{
    char json[200];
    snprintf(json, sizeof json, "{\"code\":\"%s\",\"starts_on\":\"%s\",\"ends_on\":\"%s\"}", code, from, to);
    return sample_insert(s, ARC_FISCAL_PERIOD, json);
}

static arc_status insert_period(arc_session *s, const char *code, const char *from, const char *to)
{
    char json[200];
    arc_record *r;
    snprintf(json, sizeof json, "{\"code\":\"%s\",\"starts_on\":\"%s\",\"ends_on\":\"%s\"}", code, from, to);
    assert_ok(arc_record_new(s, &r, ARC_FISCAL_PERIOD));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    arc_status st = arc_session_insert(s, NULL, r);
    arc_record_free(r);
    return st;
}

/* The document of a day: 113.00, on the 1st of January + day. */
static arc_record *invoice_on(arc_session *s, const char *number, int day)
{
    arc_record *r;
    arc_money m;
    assert_ok(arc_money_set(&m, 11300, "CNY"));
    assert_ok(arc_record_new(s, &r, ARC_INVOICE));
    assert_ok(arc_invoice_set_number(r, number, SIZE_MAX));
    assert_ok(arc_invoice_set_customer(r, 1));
    assert_ok(arc_invoice_set_invoice_date(r, JAN + day));
    assert_ok(arc_invoice_set_due_date(r, JAN + day + 30));
    assert_ok(arc_invoice_set_gross_amount(r, m));
    return r;
}

static arc_status post_invoice(arc_session *s, int day)
{
    static int n;
    char number[16];
    snprintf(number, sizeof number, "P%d", n++);
    arc_record *r = invoice_on(s, number, day);
    arc_status st = arc_invoice_record(s, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status post_receipt(arc_session *s, int64_t *id, int day)
{
    static int n;
    char json[200];
    arc_record *r;
    arc_status st;
    snprintf(json, sizeof json, "{\"number\":\"R%d\",\"customer\":1,\"value_date\":\"2026-01-01\",\"currency\":\"CNY\",\"amount\":\"50.00\"}", n++);
    assert_ok(arc_record_new(s, &r, ARC_RECEIPT));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_ok(arc_receipt_set_posting_date(r, JAN + day));
    st = arc_receipt_record(s, id, r);
    arc_record_free(r);
    return st;
}

static void says(arc_session *s, const char *what)
{
    arc_error e = ARC_ERROR_INIT;
    assert_ok(arc_session_error(s, &e));
    if (!strstr(e.message, what) || !e.message_zh[0]) fail_msg("%s does not say %s", e.message, what);
}

static void closed_days(test_book *b)
{
    arc_session *s = b->session;
    int64_t receipt, allocation;
    arc_allocation a = ARC_ALLOCATION_INIT;
    (void)sample_insert(s, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"C\"}");
    assert_session(b, post_invoice(s, 10)); /* a book without periods is open */
    int64_t jan = period(s, "2026-01", "2026-01-01", "2026-01-31"), feb = period(s, "2026-02", "2026-02-05", "2026-02-28");
    assert_session(b, post_invoice(s, -400));
    assert_session(b, post_receipt(s, &receipt, 30));
    a.item = 1;
    a.receipt = receipt;
    a.amount = 1000;
    a.date = JAN + 30;
    assert_session(b, arc_allocation_apply(s, &allocation, NULL, &a, 1, ARC_ALL_OR_NONE));
    assert_session_status(ARC_E_STATE, b, arc_fiscal_period_close(s, feb, NULL, 0)); /* January first */
    says(s, "2026-01");
    assert_session(b, arc_fiscal_period_close(s, jan, "month end", 0));
    for (int day = -400; day <= 30; day += 43) {
        assert_session_status(ARC_E_PERIOD, b, post_invoice(s, day));
        says(s, "2026-01");
    }
    assert_session_status(ARC_E_PERIOD, b, post_receipt(s, NULL, 30));
    a.date = JAN + 30;
    assert_session_status(ARC_E_PERIOD, b, arc_allocation_apply(s, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
    assert_session_status(ARC_E_PERIOD, b, arc_allocation_reverse(s, NULL, allocation, JAN + 30, "wrong"));
    assert_session(b, post_invoice(s, 31)); /* a day between two periods goes with the next */
    a.date = JAN + 40;
    assert_session(b, arc_allocation_apply(s, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
    assert_session(b, arc_allocation_reverse(s, NULL, allocation, JAN + 40, "wrong"));
    assert_session(b, arc_fiscal_period_close(s, feb, NULL, 0));
    assert_session_status(ARC_E_PERIOD, b, post_invoice(s, 31));
    assert_session_status(ARC_E_PERIOD, b, post_invoice(s, 58));
    assert_session(b, post_invoice(s, 59)); /* behind the last */
    assert_session_status(ARC_E_STATE, b, arc_fiscal_period_close(s, feb, NULL, 0));
    assert_session_status(ARC_E_STATE, b, arc_fiscal_period_reopen(s, jan, "late")); /* the last one first */
    assert_session_status(ARC_E_INVALID, b, arc_fiscal_period_reopen(s, feb, ""));
    assert_session(b, arc_fiscal_period_reopen(s, feb, "late invoice"));
    assert_session(b, post_invoice(s, 31));
    assert_session_status(ARC_E_NOT_FOUND, b, arc_fiscal_period_close(s, 99, NULL, 0));
}

/* Elements of a batch stand for themselves. */
static void batches(test_book *b)
{
    arc_session *s = b->session;
    (void)sample_insert(s, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"C\"}");
    assert_session(b, arc_fiscal_period_close(s, period(s, "1", "2026-01-01", "2026-01-31"), NULL, 0));
    arc_record *r[3] = { invoice_on(s, "A", 20), invoice_on(s, "B", 50), invoice_on(s, "C", 5) };
    arc_status results[3];
    arc_error e = ARC_ERROR_INIT;
    assert_session_status(ARC_PARTIAL, b, arc_invoice_record_many(s, NULL, results, r, 3, 0));
    assert_int_equal(results[0], ARC_E_PERIOD);
    assert_int_equal(results[1], ARC_OK);
    assert_int_equal(results[2], ARC_E_PERIOD);
    assert_ok(arc_session_error(s, &e));
    assert_int_equal(e.row, 0);
    assert_string_equal(e.entity, "fiscal_period");
    assert_int_equal(e.id, 1);
    arc_record_free(r[1]);
    r[1] = invoice_on(s, "D", 50);
    assert_session_status(ARC_E_PERIOD, b, arc_invoice_record_many(s, NULL, results, r, 3, ARC_ALL_OR_NONE));
    for (int i = 0; i < 3; i++) arc_record_free(r[i]);
}

static void overlaps(test_book *b)
{
    arc_session *s = b->session;
    (void)period(s, "1", "2026-01-01", "2026-01-31");
    assert_session_status(ARC_E_RANGE, b, insert_period(s, "2", "2026-01-31", "2026-02-10"));
    says(s, "overlaps period 1");
    assert_session_status(ARC_E_RANGE, b, insert_period(s, "2", "2025-12-10", "2026-01-01"));
    assert_session_status(ARC_E_RANGE, b, insert_period(s, "2", "2026-01-10", "2026-01-11"));
    assert_session_status(ARC_E_RANGE, b, insert_period(s, "2", "2025-01-10", "2027-01-11"));
    assert_session_status(ARC_E_RANGE, b, insert_period(s, "2", "2026-03-02", "2026-03-01"));
    assert_session(b, insert_period(s, "2", "2026-02-01", "2026-02-01"));
    assert_session_status(ARC_E_EXISTS, b, insert_period(s, "2", "2026-05-01", "2026-05-01"));
    arc_record *r[3];
    arc_status results[3];
    static const char *const json[] = { "{\"code\":\"a\",\"starts_on\":\"2026-03-01\",\"ends_on\":\"2026-03-10\"}",
                                        "{\"code\":\"b\",\"starts_on\":\"2026-03-10\",\"ends_on\":\"2026-03-11\"}",
                                        "{\"code\":\"c\",\"starts_on\":\"2026-03-11\",\"ends_on\":\"2026-03-12\"}" };
    for (int i = 0; i < 3; i++) {
        assert_ok(arc_record_new(s, &r[i], ARC_FISCAL_PERIOD));
        assert_ok(arc_record_set_json(r[i], json[i], SIZE_MAX));
    }
    assert_session_status(ARC_PARTIAL, b, arc_session_insert_many(s, NULL, results, r, 3, 0));
    assert_int_equal(results[0], ARC_OK);
    assert_int_equal(results[1], ARC_E_RANGE);
    assert_int_equal(results[2], ARC_OK);
    for (int i = 0; i < 3; i++) arc_record_free(r[i]);
    assert_session(b, arc_fiscal_period_close(s, 1, NULL, 0));
    assert_session_status(ARC_E_RANGE, b, insert_period(s, "0", "2025-12-01", "2025-12-31")); /* would open days before a closed one */
}

/* What was done and undone in a transaction is forgotten with it. */
static void undone(test_book *b)
{
    arc_session *s = b->session;
    arc_txn *t;
    uint32_t point;
    (void)sample_insert(s, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"C\"}");
    int64_t jan = period(s, "1", "2026-01-01", "2026-01-31");
    assert_ok(arc_session_begin(s, &t, ARC_WRITE));
    assert_session(b, post_invoice(s, 1));
    arc_status marked = arc_txn_savepoint(t, &point);
    assert_session(b, arc_fiscal_period_close(s, jan, NULL, 0));
    assert_session_status(ARC_E_PERIOD, b, post_invoice(s, 1));
    if (marked == ARC_OK) {
        assert_ok(arc_txn_rollback_to(t, point));
        assert_session(b, post_invoice(s, 1));
        assert_session(b, arc_fiscal_period_close(s, jan, NULL, 0));
    }
    arc_txn_rollback(t);
    assert_session(b, post_invoice(s, 1));
    assert_ok(arc_session_begin(s, &t, ARC_WRITE));
    assert_session(b, arc_fiscal_period_close(s, jan, NULL, 0));
    assert_ok(arc_txn_commit(t));
    assert_session_status(ARC_E_PERIOD, b, post_invoice(s, 1));
}

static char *ready(arc_session *s, int64_t id)
{
    static char json[4000];
    size_t n = sizeof json;
    assert_ok(arc_fiscal_period_ready_json(s, json, &n, id));
    return json;
}

/* Receipts of nobody on January's last day, whatever became of them later. */
static int64_t unclaimed(arc_session *s, int64_t period)
{
    static const char key[] = "\"code\":\"unidentified\",\"severity\":\"warning\",\"count\":";
    const char *at = strstr(ready(s, period), key);
    return at ? strtoll(at + sizeof key - 1, NULL, 10) : 0;
}

static void nobodys(test_book *b)
{
    enum { JAN_20 = 20473, FEB_2 = 20486 };
    arc_session *s = b->session;
    int64_t jan = period(s, "1", "2026-01-01", "2026-01-31"), ids[5], customer;
    arc_record *r;
    assert_ok(arc_record_new(s, &r, ARC_CUSTOMER));
    assert_ok(arc_record_set_json(r, "{\"code\":\"N\",\"legal_name\":\"N\"}", SIZE_MAX));
    assert_session(b, arc_session_insert(s, &customer, r));
    arc_record_free(r);
    for (int i = 0; i < 5; i++) {
        char json[200];
        snprintf(json, sizeof json, "{\"number\":\"N%d\",\"value_date\":\"2026-01-05\",\"posting_date\":\"%s\",\"currency\":\"CNY\",\"amount\":\"1\"}", i, i == 4 ? "2026-02-01" : "2026-01-05");
        assert_ok(arc_record_new(s, &r, ARC_RECEIPT));
        assert_ok(arc_record_set_json(r, json, SIZE_MAX));
        assert_session(b, arc_receipt_record(s, &ids[i], r));
        arc_record_free(r);
    }
    assert_int_equal(unclaimed(s, jan), 4); /* one came in February */
    assert_session(b, arc_receipt_claim(s, ids[0], customer, FEB_2));
    assert_session(b, arc_receipt_return(s, ids[1], FEB_2, "why"));
    assert_int_equal(unclaimed(s, jan), 4);
    assert_session(b, arc_receipt_claim(s, ids[2], customer, JAN_20));
    assert_session(b, arc_receipt_return(s, ids[3], JAN_20, "why"));
    assert_int_equal(unclaimed(s, jan), 2);
    assert_session(b, arc_receipt_unclaim(s, ids[0], FEB_2, "why"));
    assert_session(b, arc_receipt_unclaim(s, ids[2], FEB_2, "why"));
    assert_int_equal(unclaimed(s, jan), 2); /* on the 31st it was his */
    assert_session(b, arc_receipt_claim(s, ids[2], customer, FEB_2));
    assert_int_equal(unclaimed(s, jan), 2);
}

static void readiness(test_book *b)
{
    arc_session *s = b->session;
    arc_record *r;
    size_t n = 0;
    int64_t jan = period(s, "1", "2026-01-01", "2026-01-31"), feb = period(s, "2", "2026-02-01", "2026-02-28");
    assert_non_null(strstr(ready(s, jan), "\"ready\":true,\"findings\":[]"));
    assert_ok(arc_record_new(s, &r, ARC_RECEIPT));
    assert_ok(arc_record_set_json(r, "{\"number\":\"R\",\"value_date\":\"2026-01-05\",\"posting_date\":\"2026-01-05\",\"currency\":\"CNY\",\"amount\":\"1\"}", SIZE_MAX));
    assert_session(b, arc_receipt_record(s, NULL, r));
    arc_record_free(r);
    char *json = ready(s, feb);
    assert_non_null(strstr(json, "\"ready\":false"));
    assert_non_null(strstr(json, "\"code\":\"earlier_open\",\"severity\":\"error\",\"count\":1,\"period\":\"1\""));
    assert_non_null(strstr(json, "\"code\":\"unidentified\",\"severity\":\"warning\",\"count\":1"));
    assert_session_status(ARC_E_BUFFER, b, arc_fiscal_period_ready_json(s, NULL, &n, feb));
    assert_session_status(ARC_E_INVALID, b, arc_fiscal_period_ready_json(s, NULL, NULL, feb));
    assert_session_status(ARC_E_NOT_FOUND, b, arc_fiscal_period_ready_json(s, NULL, &n, 77));
    assert_session(b, arc_fiscal_period_close(s, jan, "why", 0));
    arc_query *q;
    arc_cursor *c;
    const char *text;
    static const arc_field_id fields[] = { ARC_PERIOD_LOCK_STATUS, ARC_PERIOD_LOCK_REASON };
    assert_ok(arc_query_new(s, &q, ARC_PERIOD_LOCK));
    assert_ok(arc_query_select(q, fields, 2));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_text(c, &text, &n, 0));
    assert_true(n == 6 && !memcmp(text, "closed", 6));
    assert_ok(arc_cursor_get_text(c, &text, &n, 1));
    assert_true(n == 3 && !memcmp(text, "why", 3));
    assert_int_equal(arc_cursor_next(c), ARC_DONE);
    arc_cursor_free(c);
    arc_query_free(q);
}

static int64_t unapplied_on(test_book *b, int day)
{
    arc_aging *a;
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_aging_row row = ARC_AGING_ROW_INIT;
    o.as_of = JAN + day;
    assert_session(b, arc_aging_compute(b->session, &a, &o));
    int64_t left = arc_aging_total(a, &row, "CNY") == ARC_OK ? row.unapplied : 0;
    arc_aging_free(a);
    return left;
}

static arc_status paid_on(test_book *b, int64_t *id, const char *number, const char *day)
{
    char json[200];
    arc_record *r;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"value_date\":\"%s\",\"currency\":\"CNY\",\"amount\":\"10.00\"}", number, day);
    assert_ok(arc_record_new(b->session, &r, ARC_RECEIPT));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    arc_status st = arc_receipt_record(b->session, id, r);
    arc_record_free(r);
    return st;
}

static arc_date posted_on(test_book *b, int64_t id)
{
    arc_record *r;
    arc_date day = ARC_DATE_NONE;
    assert_session(b, arc_session_get(b->session, &r, ARC_RECEIPT, id));
    assert_ok(arc_record_get_date(r, &day, ARC_RECEIPT_POSTING_DATE));
    arc_record_free(r);
    return day;
}

/* A receipt counts from the day it posts on: its value date, or where that is closed the business date; a closed day stays as it was. */
static void counted(test_book *b)
{
    arc_session *s = b->session;
    arc_allocation a = ARC_ALLOCATION_INIT;
    int64_t id = 0, jan = period(s, "1", "2026-01-01", "2026-01-31");
    (void)sample_insert(s, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"C\"}");
    assert_session(b, post_invoice(s, 10));
    assert_session(b, paid_on(b, &id, "A", "2026-01-20"));
    assert_int_equal(posted_on(b, id), JAN + 19);
    assert_int_equal(unapplied_on(b, 18), 0);
    assert_int_equal(unapplied_on(b, 30), 1000);
    assert_session(b, arc_fiscal_period_close(s, jan, NULL, 0));
    assert_session(b, paid_on(b, &id, "B", "2026-01-21"));
    assert_int_equal(posted_on(b, id), JAN + 100);
    assert_int_equal(unapplied_on(b, 30), 1000);
    assert_int_equal(unapplied_on(b, 99), 1000);
    assert_int_equal(unapplied_on(b, 100), 2000);
    a.item = 1;
    a.receipt = id;
    a.amount = 100;
    a.date = JAN + 99;
    assert_session_status(ARC_E_RANGE, b, arc_allocation_apply(s, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
    assert_session_status(ARC_E_RANGE, b, arc_receipt_return(s, id, JAN + 99, "bounced"));
    a.date = JAN + 100;
    assert_session(b, arc_allocation_apply(s, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
    arc_statement *st;
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    arc_statement_info info = ARC_STATEMENT_INFO_INIT;
    o.customer = 1;
    o.from = JAN;
    o.to = JAN + 99;
    assert_session(b, arc_statement_compute(s, &st, &o));
    assert_ok(arc_statement_get_info(st, &info));
    assert_int_equal(info.closing, 11300 - 1000);
    arc_statement_free(st);
}

static void foreign(test_book *b, int64_t item, const char *number, int64_t *allocation, int day)
{
    char json[300];
    arc_allocation a = ARC_ALLOCATION_INIT;
    arc_record *r;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"invoice_date\":\"2026-01-05\",\"due_date\":\"2026-02-05\",\"currency\":\"EUR\",\"gross_amount\":\"10.00\"}", number);
    assert_ok(arc_record_new(b->session, &r, ARC_INVOICE));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session(b, arc_invoice_record(b->session, NULL, r));
    arc_record_free(r);
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"value_date\":\"2026-01-06\",\"posting_date\":\"2026-01-06\",\"currency\":\"EUR\",\"amount\":\"10.00\"}", number);
    assert_ok(arc_record_new(b->session, &r, ARC_RECEIPT));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session(b, arc_receipt_record(b->session, &a.receipt, r));
    arc_record_free(r);
    a.item = item;
    a.amount = 1000;
    a.date = JAN + day;
    assert_session(b, arc_allocation_apply(b->session, allocation, NULL, &a, 1, ARC_ALL_OR_NONE));
}

/* What was open on the last day counts, not what is open now. */
static void revalued(test_book *b)
{
    arc_session *s = b->session;
    int64_t id, jan = period(s, "1", "2026-01-01", "2026-01-31");
    (void)sample_insert(s, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"C\"}");
    foreign(b, 1, "A", &id, 20);
    assert_session(b, arc_allocation_reverse(s, NULL, id, JAN + 50, "wrong")); /* settled that day, open now */
    assert_null(strstr(ready(s, jan), "not_revalued"));
    foreign(b, 2, "B", &id, 40); /* open that day, settled now */
    assert_non_null(strstr(ready(s, jan), "\"code\":\"not_revalued\",\"severity\":\"warning\",\"count\":1"));
}

/* A record that is only checked says so too. */
static int32_t note(void *user, const arc_record_fault *fault)
{
    *(arc_status *)user = fault->status;
    return 0;
}

static void validated(test_book *b)
{
    arc_session *s = b->session;
    arc_status seen = ARC_OK;
    (void)sample_insert(s, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"C\"}");
    assert_session(b, arc_fiscal_period_close(s, period(s, "1", "2026-01-01", "2026-01-31"), NULL, 0));
    arc_record *r = invoice_on(s, "A", 20);
    (void)arc_record_validate(s, r, note, &seen, NULL);
    assert_int_equal(seen, ARC_E_PERIOD);
    arc_record_free(r);
}

static void every_backend(void **state)
{
    static void (*const parts[])(test_book *) = { closed_days, batches, overlaps, undone, readiness, nobodys, revalued, counted, validated };
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
            test_book b;
            test_book_open(&b, backend);
            assert_ok(arc_session_set_business_date(b.session, JAN + 100));
            parts[i](&b);
            test_book_close(&b);
        }
    }
}

/* Locked: who has the right posts, others do not. */
static void locked(void **state)
{
    people p;
    (void)state;
    people_open(&p, 0);
    int64_t id = period(p.b.session, "1", "2026-01-01", "2026-12-31");
    (void)sample_insert(p.b.session, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"C\"}");
    assert_session(&p.b, arc_role_define(p.b.session, NULL, "{\"code\":\"poster\",\"name\":\"P\",\"rows\":\"all\",\"verbs\":[\"*.read\",\"invoice.record\"]}", SIZE_MAX));
    assert_session(&p.b, arc_role_define(p.b.session, NULL, "{\"code\":\"late\",\"name\":\"L\",\"rows\":\"all\",\"verbs\":[\"*.read\",\"invoice.record\",\"fiscal_period.post_locked\"]}",
                                         SIZE_MAX));
    (void)people_grant(&p, "root", "admin");
    (void)people_grant(&p, "ann", "poster");
    (void)people_grant(&p, "bob", "late");
    people_start(&p);
    arc_session *ann = people_session(p.b.book, "ann"), *bob = people_session(p.b.book, "bob");
    assert_session(&p.b, post_invoice(ann, 1));
    assert_status(ARC_E_FORBIDDEN, arc_fiscal_period_lock(ann, id, NULL));
    assert_session(&p.b, arc_fiscal_period_lock(p.b.session, id, NULL));
    assert_status(ARC_E_PERIOD, post_invoice(ann, 1));
    says(ann, "post_locked");
    assert_ok(post_invoice(bob, 1));
    assert_session(&p.b, post_invoice(p.b.session, 1)); /* the host itself may do everything */
    assert_session_status(ARC_E_STATE, &p.b, arc_fiscal_period_lock(p.b.session, id, NULL));
    assert_session(&p.b, arc_fiscal_period_close(p.b.session, id, NULL, 0));
    assert_status(ARC_E_PERIOD, post_invoice(bob, 1));
    assert_session_status(ARC_E_STATE, &p.b, arc_fiscal_period_lock(p.b.session, id, NULL));
    people_close(&p);
}

/* Who keeps the book alone holds to his own lock, until he reopens. */
static void locked_by_himself(void **state)
{
    people p;
    (void)state;
    people_open(&p, 1);
    int64_t id = period(p.b.session, "1", "2026-01-01", "2026-12-31");
    (void)sample_insert(p.b.session, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"C\"}");
    arc_session *ann = people_session(p.b.book, "ann");
    assert_ok(post_invoice(ann, 1));
    assert_session(&p.b, arc_fiscal_period_lock(ann, id, "month end"));
    assert_status(ARC_E_PERIOD, post_invoice(ann, 1));
    says(ann, "reopen");
    assert_status(ARC_E_PERIOD, post_invoice(p.b.session, 1));
    assert_ok(arc_fiscal_period_reopen(ann, id, "a late invoice"));
    assert_ok(post_invoice(ann, 1));
    people_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_backend), cmocka_unit_test(locked), cmocka_unit_test(locked_by_himself) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
