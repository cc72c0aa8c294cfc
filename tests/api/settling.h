/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of settling ask again and again: invoices and receipts of a customer, and what reports say of a day. */
#ifndef TESTS_API_SETTLING_H
#define TESTS_API_SETTLING_H

#include "api/ledger_kit.h"

enum { FEB_1 = 20485, FEB_10 = FEB_1 + 9, MAR_1 = FEB_1 + 28, MAR_10 = MAR_1 + 9 };

/* An invoice of 1 January 2026, due on the 31st; its item. */
static inline int64_t invoiced(test_book *b, const char *number, int64_t customer, const char *gross, const char *currency)
{
    char json[300];
    arc_query *q;
    arc_cursor *c;
    int64_t item = 0;
    const arc_field_id field = ARC_ITEM_ID;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":%d,\"invoice_date\":\"2026-01-01\",\"due_date\":\"2026-01-31\",\"currency\":\"%s\",\"gross_amount\":\"%s\"}", number,
             (int)customer, currency, gross);
    int64_t id = record_of(b, ARC_INVOICE, json);
    assert_ok(arc_query_new(b->session, &q, ARC_ITEM));
    assert_ok(arc_query_where_int(q, ARC_ITEM_INVOICE, ARC_EQ, id));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_run(q, &c));
    assert_int_equal(arc_cursor_next(c), ARC_OK);
    assert_ok(arc_cursor_get_int(c, &item, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return item;
}

/* A receipt of 1 February; customer 0: nobody knows whose. */
static inline int64_t paid(test_book *b, const char *number, int64_t customer, const char *amount, const char *currency)
{
    char json[300], who[40] = "";
    if (customer) snprintf(who, sizeof who, "\"customer\":%d,", (int)customer);
    snprintf(json, sizeof json, "{%s\"number\":\"%s\",\"value_date\":\"2026-02-01\",\"posting_date\":\"2026-02-01\",\"currency\":\"%s\",\"amount\":\"%s\"}", who, number, currency, amount);
    return record_of(b, ARC_RECEIPT, json);
}

static inline int64_t open_of(test_book *b, int64_t item) { return field_of(b, ARC_ITEM_STATE, item, ARC_ITEM_STATE_OPEN); }
static inline int64_t left_of(test_book *b, int64_t receipt) { return field_of(b, ARC_RECEIPT_STATE, receipt, ARC_RECEIPT_STATE_UNAPPLIED); }
static inline int64_t booked(test_book *b, const char *role) { return sum_of(b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_AMOUNT, role); }

static inline arc_aging *aging_of(test_book *b, arc_date day, int64_t customer, int64_t known_at)
{
    arc_aging *a;
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    o.as_of = day;
    o.customer = customer;
    o.known_at = known_at;
    assert_session(b, arc_aging_compute(b->session, &a, &o));
    return a;
}

/* Total and unapplied of the book as of a day, in one currency. */
static inline void as_of(test_book *b, arc_date day, const char *currency, int64_t total, int64_t unapplied)
{
    arc_aging_row row = ARC_AGING_ROW_INIT;
    arc_aging *a = aging_of(b, day, 0, 0);
    arc_status st = arc_aging_total(a, &row, currency);
    assert_int_equal(st == ARC_OK ? row.total : 0, total);
    assert_int_equal(st == ARC_OK ? row.unapplied : 0, unapplied);
    arc_aging_free(a);
}

static inline int64_t unapplied_in(arc_aging *a)
{
    arc_aging_row row = ARC_AGING_ROW_INIT;
    int64_t unapplied = arc_aging_total(a, &row, "CNY") == ARC_OK ? row.unapplied : 0;
    arc_aging_free(a);
    return unapplied;
}

static inline int64_t unapplied_of_customer(test_book *b, arc_date day, int64_t customer) { return unapplied_in(aging_of(b, day, customer, 0)); }
static inline int64_t unapplied_known(test_book *b, arc_date day, int64_t seal) { return unapplied_in(aging_of(b, day, 0, seal)); }

/* Everything the aging says of a day. */
static inline void aged(test_book *b, arc_date day, char *out, size_t n)
{
    arc_aging *a = aging_of(b, day, 0, 0);
    assert_ok(arc_aging_json(a, out, &n));
    arc_aging_free(a);
}

static inline void assert_aged(test_book *b, arc_date day, const char *expected)
{
    char now[20000];
    aged(b, day, now, sizeof now);
    assert_string_equal(now, expected);
}

/* The seal of all that was done up to now. */
static inline int64_t sealed(test_book *b)
{
    arc_audit_mark mark = ARC_AUDIT_MARK_INIT;
    uint32_t n;
    (void)arc_audit_seal(b->session, &n, 1000);
    assert_session(b, arc_audit_head(b->session, &mark));
    return mark.seq;
}

#endif
