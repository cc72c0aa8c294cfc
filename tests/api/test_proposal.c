/* SPDX-License-Identifier: Apache-2.0 */
/* Proposals of the ledger: what receipts pay, in memory, stored, decided and applied; on every backend. */
#include <inttypes.h>

#include "arcore/fields.h"
#include "support/books.h"
#include "support/work_book.h"

#define DAY (BOOK_DAY + 10) /* the sessions' business date */

typedef struct world {
    test_book b;
    arc_session *s;
} world;

static void receipt(world *w, const char *number, int64_t customer, int64_t amount, arc_date on, const char *memo)
{
    arc_record *r;
    arc_money m = { amount, "CNY", 0 };
    assert_session(&w->b, arc_record_new(w->s, &r, ARC_RECEIPT));
    assert_ok(arc_record_set_text(r, ARC_RECEIPT_NUMBER, number, SIZE_MAX));
    if (customer) assert_ok(arc_record_set_int(r, ARC_RECEIPT_CUSTOMER, customer));
    assert_ok(arc_record_set_date(r, ARC_RECEIPT_VALUE_DATE, on));
    assert_ok(arc_record_set_money(r, ARC_RECEIPT_AMOUNT, m));
    if (memo) assert_ok(arc_record_set_text(r, ARC_RECEIPT_MEMO, memo, SIZE_MAX));
    assert_session(&w->b, arc_receipt_record(w->s, NULL, r));
    arc_record_free(r);
}

static void invoice(world *w, const char *number, int64_t customer, int64_t amount, arc_date due)
{
    arc_record *r;
    arc_money m = { amount, "CNY", 0 };
    assert_session(&w->b, arc_record_new(w->s, &r, ARC_INVOICE));
    assert_ok(arc_record_set_text(r, ARC_INVOICE_NUMBER, number, SIZE_MAX));
    assert_ok(arc_record_set_int(r, ARC_INVOICE_CUSTOMER, customer));
    assert_ok(arc_record_set_date(r, ARC_INVOICE_INVOICE_DATE, BOOK_DAY));
    assert_ok(arc_record_set_date(r, ARC_INVOICE_DUE_DATE, due));
    assert_ok(arc_record_set_money(r, ARC_INVOICE_GROSS_AMOUNT, m));
    assert_session(&w->b, arc_invoice_record(w->s, NULL, r));
    arc_record_free(r);
}

static void open_world(world *w, int backend)
{
    memset(w, 0, sizeof *w);
    test_book_open(&w->b, backend);
    arc_session_close(w->b.session);
    assert_ok(book_session(w->b.book, &w->b.session));
    w->s = w->b.session;
    assert_session(&w->b, book_customers(w->s, 1, 3));
}

static void close_world(world *w) { test_book_close(&w->b); }

static void on_all(void (*test)(world *w))
{
    for (int k = 0; k < TEST_BACKENDS; k++) {
        static world w;
        print_message("%s\n", test_backend_names[k]);
        open_world(&w, k);
        test(&w);
        arc_verify_summary found = ARC_VERIFY_SUMMARY_INIT;
        assert_ok(arc_book_verify(w.b.book, &found, NULL, NULL, NULL));
        assert_int_equal(found.findings, 0);
        close_world(&w);
    }
}

static void is(arc_proposal *p, arc_status expected, arc_status st)
{
    arc_error e = ARC_ERROR_INIT;
    (void)arc_proposal_error(p, &e);
    test_status_is(expected, st, "proposal", &e, __FILE__, __LINE__);
}

/* Line i has this unit, item, amount, rule and status. */
static void line_is(arc_proposal *p, uint32_t i, const char *unit, int64_t item, const char *amount, const char *rule, const char *status)
{
    char text[100];
    arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
    is(p, ARC_OK, arc_proposal_get(p, &l, i));
    assert_string_equal(l.unit, unit);
    assert_string_equal(l.status, status);
    snprintf(text, sizeof text, "\"item\":%lld,", (long long)item);
    if (!strstr(l.action, text)) fail_msg("line %u: %s, not %s", i, l.action, text);
    snprintf(text, sizeof text, "\"amount\":\"%s\"", amount);
    if (!strstr(l.action, text)) fail_msg("line %u: %s, not %s", i, l.action, text);
    snprintf(text, sizeof text, "\"rule\":\"%s\"", rule);
    if (!strstr(l.explanation, text)) fail_msg("line %u: %s, not %s", i, l.explanation, text);
}

static arc_proposal_info info_of(arc_proposal *p)
{
    arc_proposal_info info = ARC_PROPOSAL_INFO_INIT;
    is(p, ARC_OK, arc_proposal_describe(p, &info));
    return info;
}

static void status_is(arc_proposal *p, const char *status) { assert_string_equal(info_of(p).status, status); }

static arc_proposal *propose(world *w)
{
    arc_proposal *p;
    assert_session(&w->b, arc_receipt_propose(w->s, &p, NULL, 0, NULL));
    return p;
}

/* Money that counts later than the day asked about is applied from then on: from its posting date, from its claim. */
static void later_days(world *w)
{
    static const char *const json[] = { "{\"number\":\"L1\",\"customer\":1,\"value_date\":\"2026-01-02\",\"posting_date\":\"2026-01-25\",\"currency\":\"CNY\",\"amount\":\"10.00\"}",
                                        "{\"number\":\"L2\",\"value_date\":\"2026-01-03\",\"posting_date\":\"2026-01-03\",\"currency\":\"CNY\",\"amount\":\"20.00\"}" };
    static const char *const days[] = { "\"date\":\"2026-01-28\"", "\"date\":\"2026-01-25\"" }; /* the claimed one was posted first */
    int64_t ids[2];
    invoice(w, "LATER", 1, 3000, BOOK_DAY + 40);
    for (int i = 0; i < 2; i++) {
        arc_record *r;
        assert_session(&w->b, arc_record_new(w->s, &r, ARC_RECEIPT));
        assert_ok(arc_record_set_json(r, json[i], SIZE_MAX));
        assert_session(&w->b, arc_receipt_record(w->s, &ids[i], r));
        arc_record_free(r);
    }
    assert_ok(arc_session_set_business_date(w->s, BOOK_DAY + 27));
    assert_session(&w->b, arc_receipt_claim(w->s, ids[1], 1, BOOK_DAY + 27));
    assert_ok(arc_session_set_business_date(w->s, DAY)); /* as if it were asked for before */
    arc_proposal *p;
    assert_session(&w->b, arc_receipt_propose(w->s, &p, NULL, 0, NULL));
    for (uint32_t i = 0; i < 2; i++) {
        arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
        is(p, ARC_OK, arc_proposal_get(p, &l, i));
        if (!strstr(l.action, days[i])) fail_msg("line %u: %s, not %s", i, l.action, days[i]);
    }
    arc_proposal_options o = ARC_PROPOSAL_OPTIONS_INIT;
    is(p, ARC_OK, arc_proposal_store(p, NULL, &o));
    is(p, ARC_OK, arc_proposal_approve(p, NULL, 0));
    is(p, ARC_OK, arc_proposal_apply(p, NULL));
    arc_proposal_free(p);
}

static int64_t open_of(world *w, int64_t item)
{
    arc_query *q;
    arc_cursor *c;
    arc_money m = { 0, "", 0 };
    arc_field_id fields[] = { ARC_ITEM_STATE_OPEN };
    assert_ok(arc_query_new(w->s, &q, ARC_ITEM_STATE));
    assert_ok(arc_query_select(q, fields, 1));
    assert_ok(arc_query_where_int(q, ARC_ITEM_STATE_ITEM, ARC_EQ, item));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_money(c, &m, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return m.minor;
}

/* ---- what is proposed ---------------------------------------------------------------------------------------------------- */

/* The payer's word first, then what is due, then the rest; shares within a due date. */
static void order(world *w)
{
    invoice(w, "A-1", 1, 10000, DAY - 20);  /* 1 */
    invoice(w, "A-2", 1, 20000, DAY - 10);  /* 2 */
    invoice(w, "A-20", 1, 30000, DAY + 5);  /* 3: "A-2" is no word of it */
    invoice(w, "A-3", 1, 10000, DAY + 9);   /* 4 and 5: one due date */
    invoice(w, "A-4", 1, 20000, DAY + 9);
    invoice(w, "B-1", 2, 500, DAY - 1);     /* 6 */
    receipt(w, "R1", 1, 15000, DAY - 2, "pays a-20");      /* half of 3 */
    receipt(w, "R2", 1, 65000, DAY - 1, NULL);             /* 1, 2, rest of 3, and 20000 of 30000 for 4 and 5 */
    receipt(w, "R3", 2, 700, DAY, "B-1;A-1");              /* 500, 200 stay */
    receipt(w, "R4", 3, 100, DAY, NULL);                   /* nothing open */
    receipt(w, "R5", 0, 100, DAY, NULL);                   /* nobody's */
    arc_proposal *p = propose(w);
    assert_int_equal(info_of(p).n_lines, 7);
    line_is(p, 0, "receipt:1", 3, "150.00", "reference", "draft");
    line_is(p, 1, "receipt:2", 1, "100.00", "due", "draft");
    line_is(p, 2, "receipt:2", 2, "200.00", "due", "draft");
    line_is(p, 3, "receipt:2", 3, "150.00", "not_due", "draft");
    line_is(p, 4, "receipt:2", 4, "66.67", "pro_rata", "draft");
    line_is(p, 5, "receipt:2", 5, "133.33", "pro_rata", "draft");
    line_is(p, 6, "receipt:3", 6, "5.00", "reference", "draft");
    char json[16000];
    size_t n = sizeof json;
    is(p, ARC_OK, arc_proposal_json(p, json, &n));
    assert_non_null(strstr(json, "{\"receipt\":4,\"reason\":\"no_open_item\",\"left\":\"1.00\"}"));
    assert_non_null(strstr(json, "{\"receipt\":5,\"reason\":\"no_customer\",\"left\":\"1.00\"}"));
    status_is(p, "draft");
    arc_proposal_free(p);
    assert_int_equal(open_of(w, 3), 30000); /* nothing was done */
    /* criteria */
    arc_propose_options o = ARC_PROPOSE_OPTIONS_INIT;
    o.customer = 2;
    assert_session(&w->b, arc_receipt_propose(w->s, &p, NULL, 0, &o));
    assert_int_equal(info_of(p).n_lines, 1);
    arc_proposal_free(p);
    int64_t named[] = { 4 }, missing[] = { 1, 99 };
    assert_session_status(ARC_DONE, &w->b, arc_receipt_propose(w->s, &p, named, 1, NULL));
    arc_proposal_free(p);
    assert_session_status(ARC_E_NOT_FOUND, &w->b, arc_receipt_propose(w->s, &p, missing, 2, NULL));
    assert_null(p);
}

/* ---- its life ------------------------------------------------------------------------------------------------------------ */

static void small_world(world *w)
{
    invoice(w, "A-1", 1, 10000, DAY - 20); /* 1 */
    invoice(w, "A-2", 1, 10000, DAY - 10); /* 2 */
    invoice(w, "B-1", 2, 10000, DAY - 5);  /* 3 */
    receipt(w, "R1", 1, 6000, DAY - 3, NULL);
    receipt(w, "R2", 1, 6000, DAY - 2, NULL); /* 4000 of item 1, 2000 of item 2: after R1 */
    receipt(w, "R3", 2, 10000, DAY - 1, NULL);
}

static void life(world *w)
{
    int64_t id = 0;
    small_world(w);
    arc_proposal *p = propose(w), *q;
    assert_int_equal(info_of(p).n_lines, 4);
    is(p, ARC_E_STATE, arc_proposal_apply(p, NULL));
    is(p, ARC_E_STATE, arc_proposal_approve(p, NULL, 0));
    arc_proposal_options o = ARC_PROPOSAL_OPTIONS_INIT;
    o.title = "November";
    is(p, ARC_OK, arc_proposal_store(p, &id, &o));
    assert_session(&w->b, arc_proposal_load(w->s, &q, id));
    char x[8000], y[8000];
    size_t n = sizeof x, m = sizeof y;
    is(p, ARC_OK, arc_proposal_json(p, x, &n));
    is(q, ARC_OK, arc_proposal_json(q, y, &m));
    assert_string_equal(x, y);
    is(q, ARC_E_STATE, arc_proposal_apply(q, NULL)); /* nothing is approved */
    uint32_t three[] = { 3 };
    is(q, ARC_OK, arc_proposal_reject(q, three, 1, "wrong customer"));
    is(p, ARC_OK, arc_proposal_approve(p, NULL, 0)); /* it reads what the other handle did */
    assert_int_equal(info_of(p).n_approved, 3);
    status_is(p, "approved");
    is(p, ARC_OK, arc_proposal_apply(p, NULL));
    status_is(p, "applied");
    line_is(p, 0, "receipt:1", 1, "60.00", "due", "applied");
    line_is(p, 1, "receipt:2", 1, "40.00", "due", "applied");
    line_is(p, 2, "receipt:2", 2, "20.00", "due", "applied");
    line_is(p, 3, "receipt:3", 3, "100.00", "due", "rejected");
    assert_int_equal(open_of(w, 1), 0);
    assert_int_equal(open_of(w, 2), 8000);
    assert_int_equal(open_of(w, 3), 10000);
    is(p, ARC_OK, arc_proposal_apply(p, NULL)); /* nothing more happens */
    is(q, ARC_OK, arc_proposal_apply(q, NULL));
    assert_int_equal(open_of(w, 2), 8000);
    arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
    is(q, ARC_OK, arc_proposal_get(q, &l, 0));
    assert_string_equal(l.result, "{\"allocation\":1}");
    is(p, ARC_E_STATE, arc_proposal_reject(p, NULL, 0, "late"));
    arc_proposal_free(p);
    arc_proposal_free(q);
    assert_session_status(ARC_E_NOT_FOUND, &w->b, arc_proposal_load(w->s, &q, 77));
}

static void edits(world *w)
{
    arc_money m = { 5000, "CNY", 0 }, usd = { 5000, "USD", 0 }, much = { 6001, "CNY", 0 };
    small_world(w);
    arc_proposal *p = propose(w), *q;
    int64_t id;
    is(p, ARC_E_CURRENCY, arc_proposal_set_amount(p, 0, &usd));
    is(p, ARC_E_RANGE, arc_proposal_set_amount(p, 0, &much));
    is(p, ARC_E_RANGE, arc_proposal_set_amount(p, 4, &m));
    is(p, ARC_OK, arc_proposal_drop(p, 2, "not this one"));
    is(p, ARC_E_STATE, arc_proposal_drop(p, 2, "not this one"));
    is(p, ARC_OK, arc_proposal_store(p, &id, NULL));
    is(p, ARC_OK, arc_proposal_set_amount(p, 3, &m));
    is(p, ARC_E_STATE, arc_proposal_approve(p, NULL, 0)); /* store it first */
    is(p, ARC_OK, arc_proposal_store(p, NULL, NULL));
    assert_session(&w->b, arc_proposal_load(w->s, &q, id));
    is(q, ARC_OK, arc_proposal_set_amount(q, 0, &m));
    is(p, ARC_OK, arc_proposal_approve(p, NULL, 0));
    is(q, ARC_E_STALE, arc_proposal_store(q, NULL, NULL)); /* decided meanwhile */
    arc_proposal_free(q);
    is(p, ARC_OK, arc_proposal_apply(p, NULL));
    line_is(p, 2, "receipt:2", 2, "20.00", "due", "rejected");
    line_is(p, 3, "receipt:3", 3, "50.00", "due", "applied");
    assert_int_equal(open_of(w, 1), 0);
    assert_int_equal(open_of(w, 2), 10000);
    assert_int_equal(open_of(w, 3), 5000);
    arc_proposal_free(p);
}

static arc_proposal *approved(world *w, int64_t *id, arc_stamp expires)
{
    arc_proposal_options o = ARC_PROPOSAL_OPTIONS_INIT;
    arc_proposal *p = propose(w);
    o.expires = expires;
    is(p, ARC_OK, arc_proposal_store(p, id, &o));
    is(p, ARC_OK, arc_proposal_approve(p, NULL, 0));
    return p;
}

static void reason_has(arc_proposal *p, uint32_t i, const char *status, const char *words)
{
    arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
    is(p, ARC_OK, arc_proposal_get(p, &l, i));
    assert_string_equal(l.status, status);
    if (!strstr(l.reason, words)) fail_msg("%s", l.reason);
}

/* What happened between the plan and its doing. */
static void premises(world *w)
{
    int64_t id;
    small_world(w);
    arc_proposal *p = approved(w, &id, 0);
    assert_session(&w->b, book_allocate(w->s, NULL, 1, 2, 100)); /* somebody used receipt 1 */
    is(p, ARC_PARTIAL, arc_proposal_apply(p, NULL));
    reason_has(p, 0, "stale", "receipt 1");
    /* receipt 2's customer's accounts moved, and the engine now pays all of it to item 1 */
    reason_has(p, 1, "stale", "something else");
    reason_has(p, 3, "applied", "");
    status_is(p, "partly_applied");
    arc_proposal_free(p);
    /* soft context moved, same answer: applied */
    p = approved(w, &id, 0);
    invoice(w, "A-9", 1, 100, DAY + 30);
    is(p, ARC_OK, arc_proposal_apply(p, NULL));
    status_is(p, "applied");
    arc_proposal_free(p);
    /* atomic: nothing when one is stale */
    invoice(w, "C-1", 3, 10000, DAY);
    receipt(w, "R7", 3, 400, DAY, NULL);
    receipt(w, "R8", 3, 500, DAY, NULL);
    p = approved(w, &id, 0);
    int64_t item = 5, before = open_of(w, item);
    assert_session(&w->b, book_allocate(w->s, NULL, 5, item, 500));
    arc_apply_options o = ARC_APPLY_OPTIONS_INIT;
    o.flags = ARC_APPLY_ATOMIC;
    is(p, ARC_E_STALE, arc_proposal_apply(p, &o));
    assert_int_equal(open_of(w, item), before - 500);
    status_is(p, "approved");
    is(p, ARC_PARTIAL, arc_proposal_apply(p, NULL));
    assert_int_equal(open_of(w, item), before - 900);
    arc_proposal_free(p);
}

static void approve(arc_proposal *p, uint32_t line)
{
    is(p, ARC_OK, arc_proposal_approve(p, &line, 1));
}

/* Decided and applied in steps: what the proposal itself has done takes nothing from the rest of it. */
static void in_steps(world *w)
{
    int64_t id;
    arc_money less = { 5000, "CNY", 0 };
    small_world(w);
    arc_proposal *p = propose(w);
    is(p, ARC_OK, arc_proposal_store(p, &id, NULL));
    approve(p, 1); /* the first half of receipt 2, before receipt 1 */
    is(p, ARC_OK, arc_proposal_apply(p, NULL));
    status_is(p, "partly_applied");
    arc_proposal_free(p);
    assert_session(&w->b, arc_proposal_load(w->s, &p, id));
    approve(p, 0);
    approve(p, 2);
    is(p, ARC_OK, arc_proposal_apply(p, NULL));
    for (uint32_t i = 0; i < 3; i++) reason_has(p, i, "applied", "");
    assert_int_equal(open_of(w, 1), 0);
    assert_int_equal(open_of(w, 2), 8000);
    arc_proposal_free(p);
    /* less is taken than was proposed: what was decided beside it stands */
    invoice(w, "C-1", 3, 10000, DAY - 9); /* 4 */
    invoice(w, "C-2", 3, 10000, DAY - 8); /* 5 */
    receipt(w, "R4", 3, 6000, DAY - 2, NULL);
    receipt(w, "R5", 3, 6000, DAY - 1, NULL);
    arc_propose_options o = ARC_PROPOSE_OPTIONS_INIT;
    o.customer = 3;
    assert_session(&w->b, arc_receipt_propose(w->s, &p, NULL, 0, &o));
    is(p, ARC_OK, arc_proposal_set_amount(p, 0, &less));
    is(p, ARC_OK, arc_proposal_store(p, &id, NULL));
    approve(p, 0);
    approve(p, 1);
    is(p, ARC_OK, arc_proposal_apply(p, NULL));
    assert_int_equal(open_of(w, 4), 1000);
    /* somebody else's change beside one of its own: the engine is asked about the rest of the unit, and would take item 4 first */
    invoice(w, "C-9", 3, 100, DAY + 30);
    approve(p, 2);
    is(p, ARC_PARTIAL, arc_proposal_apply(p, NULL));
    reason_has(p, 2, "stale", "something else");
    arc_proposal_free(p);
}

/* The rest of a unit, after others have changed what makes no difference to it. */
static void rest_of_a_unit(world *w)
{
    int64_t id;
    small_world(w);
    arc_proposal *p = propose(w);
    is(p, ARC_OK, arc_proposal_store(p, &id, NULL));
    approve(p, 0);
    approve(p, 1);
    is(p, ARC_OK, arc_proposal_apply(p, NULL));
    invoice(w, "A-9", 1, 100, DAY + 30);
    approve(p, 2);
    is(p, ARC_OK, arc_proposal_apply(p, NULL));
    reason_has(p, 2, "applied", "");
    arc_proposal_free(p);
    /* its receipt was used by others as well */
    receipt(w, "R4", 3, 900, DAY, NULL);
    invoice(w, "C-1", 3, 500, DAY);
    invoice(w, "C-2", 3, 500, DAY + 1);
    arc_propose_options o = ARC_PROPOSE_OPTIONS_INIT;
    int64_t named[] = { 4 };
    assert_session(&w->b, arc_receipt_propose(w->s, &p, named, 1, &o));
    arc_money less = { 300, "CNY", 0 };
    is(p, ARC_OK, arc_proposal_set_amount(p, 0, &less));
    is(p, ARC_OK, arc_proposal_store(p, &id, NULL));
    approve(p, 0);
    is(p, ARC_OK, arc_proposal_apply(p, NULL));
    int64_t item = 0;
    arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
    is(p, ARC_OK, arc_proposal_get(p, &l, 1));
    assert_int_equal(sscanf(strstr(l.action, "\"item\":"), "\"item\":%" SCNd64, &item), 1);
    assert_session(&w->b, book_allocate(w->s, NULL, 4, item, 10));
    approve(p, 1);
    is(p, ARC_PARTIAL, arc_proposal_apply(p, NULL));
    reason_has(p, 1, "stale", "receipt 4");
    arc_proposal_free(p);
}

static void all_in_one(world *w)
{
    int64_t id;
    arc_apply_options o = ARC_APPLY_OPTIONS_INIT;
    small_world(w);
    arc_proposal *p = approved(w, &id, 0);
    o.flags = ARC_APPLY_ATOMIC;
    is(p, ARC_OK, arc_proposal_apply(p, &o));
    status_is(p, "applied");
    assert_int_equal(open_of(w, 2), 8000);
    arc_proposal_free(p);
}

static void expiry(world *w)
{
    int64_t id;
    uint32_t n = 9;
    small_world(w);
    assert_session_status(ARC_DONE, &w->b, arc_proposal_expire(w->s, &n, 10));
    assert_int_equal(n, 0);
    arc_proposal *p = approved(w, &id, TEST_NOW + 1000), *q = approved(w, &id, TEST_NOW + 2000);
    w->b.t.now = TEST_NOW + 1000;
    is(p, ARC_PARTIAL, arc_proposal_apply(p, NULL));
    status_is(p, "expired");
    reason_has(p, 0, "expired", "expired");
    assert_int_equal(open_of(w, 1), 10000);
    w->b.t.now = TEST_NOW + 5000;
    assert_session_status(ARC_DONE, &w->b, arc_proposal_expire(w->s, &n, 10));
    assert_int_equal(n, 1);
    arc_proposal_free(q);
    assert_session(&w->b, arc_proposal_load(w->s, &q, id));
    status_is(q, "expired");
    is(q, ARC_E_STATE, arc_proposal_approve(q, NULL, 0));
    arc_proposal_free(p);
    arc_proposal_free(q);
}

static void test_order(void **unused) { (void)unused, on_all(order); }
static void test_life(void **unused) { (void)unused, on_all(life); }
static void test_edits(void **unused) { (void)unused, on_all(edits); }
static void test_premises(void **unused) { (void)unused, on_all(premises); }
static void test_in_steps(void **unused) { (void)unused, on_all(in_steps); }
static void test_rest(void **unused) { (void)unused, on_all(rest_of_a_unit); }
static void test_all_in_one(void **unused) { (void)unused, on_all(all_in_one); }
static void test_expiry(void **unused) { (void)unused, on_all(expiry); }
static void test_later_days(void **unused) { (void)unused, on_all(later_days); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),    cmocka_unit_test(test_life),       cmocka_unit_test(test_edits),
        cmocka_unit_test(test_premises), cmocka_unit_test(test_all_in_one), cmocka_unit_test(test_expiry),
        cmocka_unit_test(test_in_steps), cmocka_unit_test(test_rest),       cmocka_unit_test(test_later_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
