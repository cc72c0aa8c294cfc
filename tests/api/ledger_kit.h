/* SPDX-License-Identifier: Apache-2.0 */
/* A book with one customer, documents from JSON, sums over what the ledger wrote. */
#ifndef TESTS_API_LEDGER_KIT_H
#define TESTS_API_LEDGER_KIT_H

#include "api/people.h"
#include "support/work_book.h"

static inline int64_t record_of(test_book *b, uint32_t entity, const char *json)
{
    arc_record *r;
    int64_t id = 0;
    assert_ok(arc_record_new(b->session, &r, entity));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    if (entity == ARC_INVOICE) assert_session(b, arc_invoice_record(b->session, &id, r));
    else if (entity == ARC_RECEIPT) assert_session(b, arc_receipt_record(b->session, &id, r));
    else assert_session(b, arc_session_insert(b->session, &id, r));
    arc_record_free(r);
    return id;
}

/* Sum of a money field over the journal lines of a role, or over all rows of an entity. */
static inline int64_t sum_of(test_book *b, uint32_t entity, arc_field_id field, const char *role)
{
    arc_query *q;
    arc_cursor *c;
    int64_t sum = 0;
    arc_money m;
    assert_ok(arc_query_new(b->session, &q, entity));
    assert_ok(arc_query_select(q, &field, 1));
    if (role) assert_ok(arc_query_where_text(q, ARC_JOURNAL_LINE_ACCOUNT_ROLE, ARC_EQ, role, SIZE_MAX));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        if (arc_cursor_get_money(c, &m, 0) == ARC_OK) sum += m.minor;
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return sum;
}

/* The row of an entity; of a state, by the id of what it is of. Freed by the caller. */
static inline arc_record *row_of_id(test_book *b, uint32_t entity, int64_t id)
{
    arc_record *r;
    arc_query *q;
    arc_cursor *c;
    arc_field_id key = entity == ARC_ITEM_STATE ? ARC_ITEM_STATE_ITEM : ARC_RECEIPT_STATE_RECEIPT;
    if (entity != ARC_ITEM_STATE && entity != ARC_RECEIPT_STATE) {
        assert_session(b, arc_session_get(b->session, &r, entity, id));
        return r;
    }
    assert_ok(arc_query_new(b->session, &q, entity));
    assert_ok(arc_query_where_int(q, key, ARC_EQ, id));
    assert_ok(arc_query_run(q, &c));
    assert_int_equal(arc_cursor_next(c), ARC_OK);
    assert_ok(arc_cursor_record(c, &r));
    arc_cursor_free(c);
    arc_query_free(q);
    return r;
}

static inline void assert_text(test_book *b, uint32_t entity, int64_t id, arc_field_id field, const char *expected)
{
    arc_record *r = row_of_id(b, entity, id);
    const char *text = NULL;
    arc_status st = arc_record_get_text(r, &text, NULL, field);
    if (expected && st == ARC_OK) assert_string_equal(text, expected);
    else assert_int_equal(st, expected ? ARC_OK : ARC_E_NOT_FOUND);
    arc_record_free(r);
}

static inline int64_t field_of(test_book *b, uint32_t entity, int64_t id, arc_field_id field)
{
    arc_record *r = row_of_id(b, entity, id);
    arc_money m = { 0 };
    arc_status st = arc_record_get_money(r, &m, field);
    if (st != ARC_OK) assert_int_equal(st, ARC_E_NOT_FOUND); /* NULL */
    arc_record_free(r);
    return m.minor;
}

static inline int64_t fx_of(test_book *b, int64_t allocation) { return field_of(b, ARC_ALLOCATION, allocation, ARC_ALLOCATION_FX_DIFFERENCE); }

static inline int32_t tell_finding(void *user, const arc_finding *f)
{
    (void)user;
    print_message("%s.%s %lld: %s\n", f->entity ? f->entity : "", f->field ? f->field : "", (long long)f->id, f->message);
    return 0;
}

static inline void verify_clean(test_book *b)
{
    arc_verify_summary v = ARC_VERIFY_SUMMARY_INIT;
    arc_verify_options o = ARC_VERIFY_OPTIONS_INIT;
    assert_ok(arc_book_verify(b->book, &v, tell_finding, NULL, &o));
    assert_int_equal(v.findings, 0);
}

static inline int64_t allocate(test_book *b, int64_t item, int64_t receipt, int64_t amount, int64_t credit_amount)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    int64_t id = 0;
    a.item = item;
    a.receipt = receipt;
    a.amount = amount;
    a.credit_amount = credit_amount;
    assert_session(b, arc_allocation_apply(b->session, &id, NULL, &a, 1, ARC_ALL_OR_NONE));
    return id;
}

static inline void open_book(test_book *b, int backend)
{
    test_book_open(b, backend);
    assert_ok(arc_session_set_business_date(b->session, 20600)); /* 2026-05-27 */
    (void)record_of(b, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"C\"}");
}

#endif
