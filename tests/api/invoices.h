/* SPDX-License-Identifier: Apache-2.0 */
/* A book with a customer, a product and a number series, and documents from JSON. */
#ifndef TESTS_API_INVOICES_H
#define TESTS_API_INVOICES_H

#include "api/people.h"

#define INVOICE_LINES 16

typedef struct invoices {
    test_book b;
    arc_session *s;
    int64_t customer, tax, product;
} invoices;

static inline void invoices_fill(invoices *v)
{
    v->s = v->b.session;
    assert_ok(arc_session_set_business_date(v->s, PEOPLE_DAY));
    v->customer = sample_insert(v->s, ARC_CUSTOMER, "{\"code\":\"C1\",\"legal_name\":\"甲公司\",\"term\":\"NET30\"}");
    v->tax = sample_insert(v->s, ARC_TAX_CODE, "{\"code\":\"V13\",\"name\":\"增值税 13%\",\"kind\":\"standard\",\"rate\":\"0.13\",\"valid_from\":\"2019-04-01\"}");
    v->product = sample_insert(v->s, ARC_PRODUCT, "{\"code\":\"P1\",\"name\":\"水泵\",\"unit\":\"台\",\"tax_code\":1,\"tax_class\":\"1090107010000000000\"}");
    (void)sample_insert(v->s, ARC_PROJECT, "{\"code\":\"J1\",\"name\":\"泵站\",\"status\":\"open\"}");
    (void)sample_insert(v->s, ARC_NUMBER_SERIES, "{\"code\":\"invoice\",\"period\":\"\",\"pattern\":\"INV-{yyyy}{mm}-{n:4}\",\"gapless\":true}");
}

static inline void invoices_open(invoices *v, int backend)
{
    memset(v, 0, sizeof *v);
    test_book_open(&v->b, backend);
    invoices_fill(v);
}

static inline arc_record *invoices_record(arc_session *s, uint32_t entity, const char *json)
{
    arc_error e = ARC_ERROR_INIT;
    arc_record *r;
    assert_ok(arc_record_new(s, &r, entity));
    if (arc_record_set_json(r, json, SIZE_MAX) == ARC_OK) return r;
    (void)arc_record_error(r, &e);
    fail_msg("%s: %s", json, e.message);
    return NULL;
}

/* Lines as JSON, ended by NULL. */
static inline arc_status invoices_issue(arc_session *s, int64_t *id, const char *header, const char *const *lines)
{
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record *records[INVOICE_LINES];
    d.invoice = invoices_record(s, ARC_INVOICE, header);
    d.lines = records;
    for (; lines[d.n_lines]; d.n_lines++) records[d.n_lines] = invoices_record(s, ARC_INVOICE_LINE, lines[d.n_lines]);
    arc_status st = arc_invoice_issue_document(s, id, &d);
    for (uint32_t i = 0; i < d.n_lines; i++) arc_record_free(records[i]);
    arc_record_free(d.invoice);
    return st;
}

static inline int64_t issue_lines(invoices *v, const char *header, const char *const *lines)
{
    arc_error e = ARC_ERROR_INIT;
    int64_t id = 0;
    arc_status st = invoices_issue(v->s, &id, header, lines);
    if (st == ARC_OK) return id;
    (void)arc_session_error(v->s, &e);
    fail_msg("%s: %s %s %s%s", header, arc_status_name(st), e.message, e.field, e.pointer);
    return 0;
}
#define issue_ok(v, header, ...) issue_lines(v, header, (const char *const[]){ __VA_ARGS__ })

/* The document is refused with a status, at a field and pointer; nothing is left behind. */
static inline void refuse_lines(invoices *v, arc_status status, const char *field, const char *pointer, const char *header, const char *const *lines)
{
    arc_error e = ARC_ERROR_INIT;
    int64_t id = 77;
    arc_status st = invoices_issue(v->s, &id, header, lines);
    (void)arc_session_error(v->s, &e);
    if (st != status || strcmp(e.field, field) != 0 || strcmp(e.pointer, pointer) != 0) {
        fail_msg("%s: %s %s (%s %s), expected %s (%s %s)", header, arc_status_name(st), e.message, e.field, e.pointer, arc_status_name(status), field, pointer);
    }
    assert_true(e.message_zh[0] != 0);
    assert_int_equal(id, 77); /* stays as it is */
}
#define issue_refused(v, status, field, pointer, header, ...) refuse_lines(v, status, field, pointer, header, (const char *const[]){ __VA_ARGS__ })

typedef arc_status (*order_step_fn)(arc_session *, int64_t *, arc_status *, const arc_order_step *, size_t, uint32_t);

/* One order or delivery a step on. */
static inline arc_status order_step(invoices *v, order_step_fn verb, int64_t id)
{
    arc_order_step e = ARC_ORDER_STEP_INIT;
    e.id = id;
    e.reason = "why";
    return verb(v->s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE);
}

/* The row has the members of a JSON object. */
static inline void row_is(invoices *v, uint32_t entity, int64_t id, const char *json)
{
    static char is[40000], should[40000];
    size_t len = sizeof is, n = sizeof should;
    arc_record *r;
    assert_session(&v->b, arc_session_get(v->s, &r, entity, id));
    assert_ok(arc_record_get_json(r, is, &len));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_ok(arc_record_get_json(r, should, &n));
    if (strcmp(is, should) != 0) fail_msg("is %s, expected %s", is, json);
    arc_record_free(r);
}
static inline void invoice_is(invoices *v, int64_t id, const char *json) { row_is(v, ARC_INVOICE, id, json); }

/* Sum of a money or integer field over all rows. */
static inline int64_t sum_where(invoices *v, uint32_t entity, arc_field_id field, arc_field_id by, const char *text)
{
    arc_query *q;
    arc_cursor *c;
    int64_t sum = 0;
    assert_session(&v->b, arc_query_new(v->s, &q, entity));
    assert_ok(arc_query_select(q, &field, 1));
    if (text) assert_ok(arc_query_where_text(q, by, ARC_EQ, text, SIZE_MAX));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        arc_money m;
        arc_status st = arc_cursor_get_money(c, &m, 0);
        if (st == ARC_E_NOT_FOUND) continue; /* NULL */
        assert_ok(st);
        sum += m.minor;
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return sum;
}
static inline int64_t sum_of(invoices *v, uint32_t entity, arc_field_id field) { return sum_where(v, entity, field, 0, NULL); }
static inline int64_t role_sum(invoices *v, const char *role)
{
    return sum_where(v, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_AMOUNT, ARC_JOURNAL_LINE_ACCOUNT_ROLE, role);
}

static inline int64_t invoices_count(invoices *v, uint32_t entity)
{
    arc_query *q;
    arc_cursor *c;
    int64_t n = 0;
    assert_session(&v->b, arc_query_new(v->s, &q, entity));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) n++;
    arc_cursor_free(c);
    arc_query_free(q);
    return n;
}

static inline int32_t invoices_finding(void *user, const arc_finding *f)
{
    (void)user;
    fail_msg("%s: %s %s %lld: %s", f->check, f->entity, f->field, (long long)f->id, f->message);
    return 1;
}

static inline void invoices_verified(invoices *v)
{
    assert_ok(arc_book_verify(v->b.book, NULL, invoices_finding, NULL, NULL));
}

static inline void invoices_close(invoices *v)
{
    invoices_verified(v);
    test_book_close(&v->b);
}

#endif
