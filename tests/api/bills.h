/* SPDX-License-Identifier: Apache-2.0 */
/* A book that receives bills of exchange. */
#ifndef TESTS_API_BILLS_H
#define TESTS_API_BILLS_H

#include "api/ledger_kit.h"

#define DAY 20600      /* 2026-05-27, the business date */
#define MATURITY 20697 /* 2026-09-01 */

enum { BILL_ENDORSE, BILL_DISCOUNT, BILL_SEND, BILL_COLLECT, BILL_DISHONOUR, BILL_RETURN };

static arc_date bills_today = DAY; /* the business date between the moves */

/* What happens on a later day is told on that day. */
static inline void bills_on(arc_session *s, arc_date date)
{
    assert_ok(arc_session_set_business_date(s, date > bills_today ? date : bills_today));
}

static inline arc_status reverse_bill(arc_session *s, int64_t *event, int64_t bill, arc_date date, const char *reason)
{
    bills_on(s, date);
    arc_status st = arc_bill_reverse(s, event, bill, date, reason);
    if (st == ARC_OK) bills_on(s, bills_today); /* else the error would be gone */
    return st;
}

static inline arc_status split_bill(arc_session *s, int64_t *parts, int64_t bill, const int64_t *amounts, uint32_t n, arc_date date, const char *reason)
{
    bills_on(s, date);
    arc_status st = arc_bill_split(s, parts, bill, amounts, n, date, reason);
    if (st == ARC_OK) bills_on(s, bills_today); /* else the error would be gone */
    return st;
}

static inline void open_bills(test_book *b)
{
    arc_session *s = b->session;
    assert_ok(arc_session_set_business_date(s, DAY));
}

static inline int64_t book_item(test_book *b, const char *number, const char *amount)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"invoice_date\":\"2026-05-01\",\"due_date\":\"2026-05-31\",\"currency\":\"CNY\",\"gross_amount\":\"%s\"}", number, amount);
    return record_of(b, ARC_INVOICE, json); /* one item an invoice */
}

static inline arc_record *bill_record(test_book *b, const char *json)
{
    arc_record *r;
    assert_ok(arc_record_new(b->session, &r, ARC_BILL));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    return r;
}

static inline arc_status try_bill(test_book *b, int64_t *id, const char *json)
{
    arc_record *r = bill_record(b, json);
    arc_status st = arc_bill_record(b->session, id, r, NULL, 0);
    arc_record_free(r);
    return st;
}

static inline int64_t bill_of(test_book *b, const char *json)
{
    int64_t id = 0;
    assert_session(b, try_bill(b, &id, json));
    return id;
}

static inline arc_record *plain_bill(test_book *b, const char *number, int64_t face, int recourse)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"%d.%02d\",\"maturity\":\"2026-09-01\",\"recourse\":%s}", number, (int)(face / 100),
             (int)(face % 100), recourse ? "true" : "false");
    return bill_record(b, json);
}

static inline int64_t receive_for(test_book *b, const char *number, int64_t face, int64_t one, int64_t first, int64_t two, int64_t second)
{
    arc_allocation a[2] = { ARC_ALLOCATION_INIT, ARC_ALLOCATION_INIT };
    int64_t id = 0;
    a[0].item = one;
    a[0].amount = first;
    a[1].item = two;
    a[1].amount = second;
    arc_record *r = plain_bill(b, number, face, 1);
    assert_session(b, arc_bill_record(b->session, &id, r, a, 2));
    arc_record_free(r);
    return id;
}

static inline int64_t receive(test_book *b, const char *number, int64_t face, int64_t item, int64_t amount, int recourse)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    int64_t id = 0;
    a.item = item;
    a.amount = amount;
    arc_record *r = plain_bill(b, number, face, recourse);
    assert_session(b, arc_bill_record(b->session, &id, r, &a, item != 0));
    arc_record_free(r);
    return id;
}

static inline arc_status move_bill(arc_session *s, int64_t *event, int64_t bill, int verb, arc_date date, int64_t charge)
{
    arc_bill_move m = ARC_BILL_MOVE_INIT;
    m.date = date;
    m.charge = charge;
    m.reason = verb == BILL_RETURN ? "wrong payee" : NULL;
    m.party = verb == BILL_ENDORSE ? "Supplier" : verb == BILL_DISCOUNT ? "Bank" : NULL;
    m.flags = verb == BILL_SEND ? ARC_BILL_SENT : 0;
    arc_status st;
    bills_on(s, date);
    switch (verb) {
    case BILL_ENDORSE: st = arc_bill_endorse(s, event, bill, &m); break;
    case BILL_DISCOUNT: st = arc_bill_discount(s, event, bill, &m); break;
    case BILL_DISHONOUR: st = arc_bill_dishonour(s, event, bill, &m); break;
    case BILL_RETURN: st = arc_bill_return(s, event, bill, &m); break;
    default: st = arc_bill_collect(s, event, bill, &m); break;
    }
    if (st == ARC_OK) bills_on(s, bills_today); /* else the error would be gone */
    return st;
}

static inline arc_status bring_to(test_book *b, int64_t bill, const char *status)
{
    static const struct {
        const char *status;
        int verb;
    } ways[] = { { "collecting", BILL_SEND }, { "endorsed", BILL_ENDORSE }, { "discounted", BILL_DISCOUNT }, { "honoured", BILL_COLLECT }, { "dishonoured", BILL_DISHONOUR }, { "returned", BILL_RETURN } };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (!strcmp(ways[i].status, status)) return move_bill(b->session, NULL, bill, ways[i].verb, MATURITY, 0);
    }
    return ARC_OK;
}

static inline int64_t posted(test_book *b, const char *role) { return sum_of(b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_AMOUNT, role); }

/* The item of an event. */
static inline int64_t claim_of(test_book *b, int64_t event)
{
    arc_record *r = row_of_id(b, ARC_BILL_EVENT, event);
    int64_t item = 0;
    assert_ok(arc_record_get_int(r, &item, ARC_BILL_EVENT_ITEM));
    arc_record_free(r);
    return item;
}

#endif
