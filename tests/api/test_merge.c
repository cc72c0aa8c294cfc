/* SPDX-License-Identifier: Apache-2.0 */
/* Customers merged and taken apart: reports of both, what was before, chains and rings, new documents, settling, approval; on every backend. */
#include "api/ledger_kit.h"
#include "arcore/limit.h"

enum { DAY1 = 20500 };

typedef struct world {
    test_book b;
    int64_t a, k, other; /* to be merged, kept, somebody else */
} world;

static int64_t invoice(world *w, const char *number, int64_t customer, const char *day, const char *amount)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":%d,\"invoice_date\":\"%s\",\"due_date\":\"%s\",\"currency\":\"CNY\",\"gross_amount\":\"%s\"}", number, (int)customer, day, day, amount);
    return record_of(&w->b, ARC_INVOICE, json);
}

static int64_t receipt(world *w, const char *number, int64_t customer, const char *day, const char *amount)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":%d,\"value_date\":\"%s\",\"posting_date\":\"%s\",\"currency\":\"CNY\",\"amount\":\"%s\"}", number, (int)customer, day, day, amount);
    return record_of(&w->b, ARC_RECEIPT, json);
}

static void open_world(world *w, int backend)
{
    memset(w, 0, sizeof *w);
    test_book_open(&w->b, backend);
    assert_ok(arc_session_set_business_date(w->b.session, DAY1));
    w->a = sample_insert(w->b.session, ARC_CUSTOMER, "{\"code\":\"A\",\"legal_name\":\"上海甲有限公司\"}");
    w->k = sample_insert(w->b.session, ARC_CUSTOMER, "{\"code\":\"K\",\"legal_name\":\"甲（上海）有限公司\"}");
    w->other = sample_insert(w->b.session, ARC_CUSTOMER, "{\"code\":\"O\",\"legal_name\":\"乙\"}");
    (void)invoice(w, "I1", w->a, "2026-01-05", "100.00");
    (void)invoice(w, "I2", w->k, "2026-01-06", "40.00");
    (void)invoice(w, "I3", w->other, "2026-01-07", "7.00");
    (void)receipt(w, "R1", w->k, "2026-01-20", "60.00");
}

static arc_status merge(world *w, int64_t kept, int64_t merged, int64_t *id)
{
    arc_merge m = ARC_MERGE_INIT;
    m.kept = kept;
    m.merged = merged;
    m.reason = "one and the same";
    return arc_customer_merge(w->b.session, id, &m);
}

static void day(world *w, arc_date d) { assert_ok(arc_session_set_business_date(w->b.session, d)); }

/* Total and unapplied of a customer as of a day. n_rows: how many rows there are in all. */
static int64_t aged(world *w, int64_t customer, arc_date on, int64_t *unapplied, uint32_t *n_rows)
{
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_aging_row row = ARC_AGING_ROW_INIT;
    arc_aging *a;
    uint32_t n;
    int64_t total = 0;
    o.as_of = on;
    o.customer = customer;
    assert_session(&w->b, arc_aging_compute(w->b.session, &a, &o));
    assert_ok(arc_aging_count(a, &n));
    if (n_rows) *n_rows = n;
    *unapplied = 0;
    for (uint32_t i = 0; i < n; i++) {
        assert_ok(arc_aging_get(a, &row, i));
        total += row.total;
        *unapplied += row.unapplied;
    }
    arc_aging_free(a);
    return total;
}

static void aging_is(world *w, int64_t customer, arc_date on, int64_t total, int64_t unapplied)
{
    int64_t left;
    assert_int_equal(aged(w, customer, on, &left, NULL), total);
    assert_int_equal(left, unapplied);
}

static char *aging_text(world *w, arc_date on, int64_t known_at)
{
    static char text[2][4000];
    static int at;
    size_t n = sizeof text[0];
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_aging *a;
    at = !at;
    o.as_of = on;
    o.known_at = known_at;
    assert_session(&w->b, arc_aging_compute(w->b.session, &a, &o));
    assert_ok(arc_aging_json(a, text[at], &n));
    arc_aging_free(a);
    return text[at];
}

static int64_t seal(world *w)
{
    arc_audit_mark m = ARC_AUDIT_MARK_INIT;
    uint32_t n;
    (void)arc_audit_seal(w->b.session, &n, 0);
    assert_session(&w->b, arc_audit_head(w->b.session, &m));
    return m.seq;
}

static void both_are_one(int backend)
{
    world w;
    uint32_t n;
    int64_t left, ids[4], root = 0, id = 0;
    char before[4000];
    open_world(&w, backend);
    strcpy(before, aging_text(&w, DAY1 - 1, 0));
    const int64_t then = seal(&w);
    day(&w, DAY1 + 10);
    assert_session(&w.b, merge(&w, w.k, w.a, &id));
    assert_true(id > 0);
    aging_is(&w, w.k, DAY1 + 10, 14000, 6000);
    aging_is(&w, w.a, DAY1 + 10, 14000, 6000); /* whose is asked by either */
    (void)aged(&w, 0, DAY1 + 10, &left, &n);
    assert_int_equal(n, 2);
    aging_is(&w, w.k, DAY1 + 9, 4000, 6000); /* the day before they were two */
    aging_is(&w, w.a, DAY1 + 9, 10000, 0);
    assert_string_equal(aging_text(&w, DAY1 - 1, 0), before);
    assert_string_equal(aging_text(&w, DAY1 - 1, then), before);
    (void)seal(&w);
    arc_aging_options o = ARC_AGING_OPTIONS_INIT; /* the day of the merge, as it was known before it */
    arc_aging *a;
    o.as_of = DAY1 + 10;
    o.known_at = then;
    assert_session(&w.b, arc_aging_compute(w.b.session, &a, &o));
    assert_ok(arc_aging_count(a, &n));
    assert_int_equal(n, 3);
    arc_aging_free(a);
    assert_session(&w.b, arc_customer_root(w.b.session, &root, w.a, ARC_DATE_NONE));
    assert_int_equal(root, w.k);
    assert_session(&w.b, arc_customer_root(w.b.session, &root, w.a, DAY1 + 9));
    assert_int_equal(root, w.a);
    n = 4;
    assert_session(&w.b, arc_customer_family(w.b.session, ids, &n, w.a, ARC_DATE_NONE));
    assert_int_equal(n, 2);
    assert_int_equal(ids[0], w.k);
    assert_int_equal(ids[1], w.a);
    n = 1;
    assert_session_status(ARC_E_BUFFER, &w.b, arc_customer_family(w.b.session, ids, &n, w.a, DAY1 + 10));
    assert_int_equal(n, 2);
    assert_text(&w.b, ARC_CUSTOMER, w.a, ARC_CUSTOMER_STATUS, "merged");
    verify_clean(&w.b);
    test_book_close(&w.b);
}

static void apart_again(int backend)
{
    world w;
    int64_t id = 0;
    open_world(&w, backend);
    day(&w, DAY1 + 10);
    assert_session(&w.b, merge(&w, w.k, w.a, NULL));
    (void)invoice(&w, "I9", w.k, "2026-02-27", "5.00"); /* posted to the kept one meanwhile */
    day(&w, DAY1 + 12);
    aging_is(&w, w.k, DAY1 + 12, 14500, 6000);
    assert_session_status(ARC_E_STATE, &w.b, arc_customer_unmerge(w.b.session, NULL, w.k, "no"));
    day(&w, DAY1 + 9);
    assert_session_status(ARC_E_RANGE, &w.b, arc_customer_unmerge(w.b.session, NULL, w.a, "too early"));
    day(&w, DAY1 + 20);
    assert_session(&w.b, arc_customer_unmerge(w.b.session, &id, w.a, "two after all"));
    assert_true(id > 0);
    assert_session_status(ARC_E_STATE, &w.b, arc_customer_unmerge(w.b.session, NULL, w.a, "again"));
    assert_text(&w.b, ARC_CUSTOMER, w.a, ARC_CUSTOMER_STATUS, NULL);
    aging_is(&w, w.a, DAY1 + 20, 10000, 0);
    aging_is(&w, w.k, DAY1 + 20, 4500, 6000);
    aging_is(&w, w.k, DAY1 + 19, 14500, 6000); /* in between they were one, and stay so */
    aging_is(&w, w.k, DAY1 + 9, 4000, 6000);
    (void)invoice(&w, "I10", w.a, "2026-03-05", "1.00");
    day(&w, DAY1 + 15); /* it would be of two on some day */
    assert_session_status(ARC_E_RANGE, &w.b, merge(&w, w.other, w.a, NULL));
    day(&w, DAY1 + 20);
    assert_session(&w.b, merge(&w, w.other, w.a, NULL));
    aging_is(&w, w.other, DAY1 + 25, 10800, 0);
    verify_clean(&w.b);
    test_book_close(&w.b);
}

static void chains(int backend)
{
    world w;
    int64_t ids[4];
    uint32_t n = 4;
    open_world(&w, backend);
    day(&w, DAY1 + 10);
    assert_session_status(ARC_E_INVALID, &w.b, merge(&w, w.k, w.k, NULL));
    assert_session_status(ARC_E_NOT_FOUND, &w.b, merge(&w, w.k, 777, NULL));
    assert_session(&w.b, merge(&w, w.k, w.a, NULL));
    assert_session_status(ARC_E_STATE, &w.b, merge(&w, w.other, w.a, NULL)); /* he is part of another */
    assert_session_status(ARC_E_STATE, &w.b, merge(&w, w.a, w.other, NULL));
    assert_session_status(ARC_E_STATE, &w.b, merge(&w, w.a, w.k, NULL)); /* a ring */
    day(&w, DAY1 + 12);
    assert_session(&w.b, merge(&w, w.other, w.k, NULL));
    aging_is(&w, w.other, DAY1 + 12, 14700, 6000);
    aging_is(&w, w.a, DAY1 + 12, 14700, 6000);
    aging_is(&w, w.a, DAY1 + 11, 14000, 6000);
    assert_session(&w.b, arc_customer_family(w.b.session, ids, &n, w.k, ARC_DATE_NONE));
    assert_int_equal(n, 3);
    assert_int_equal(ids[0], w.other);
    day(&w, DAY1 + 14);
    assert_session(&w.b, arc_customer_unmerge(w.b.session, NULL, w.k, "not that one")); /* with those who are part of him */
    aging_is(&w, w.other, DAY1 + 14, 700, 0);
    aging_is(&w, w.k, DAY1 + 14, 14000, 6000);
    day(&w, DAY1 + 13); /* on that day he belonged to the other: a ring of days past */
    assert_session_status(ARC_E_RANGE, &w.b, merge(&w, w.k, w.other, NULL));
    day(&w, DAY1 + 14);
    assert_session(&w.b, merge(&w, w.k, w.other, NULL));
    aging_is(&w, w.other, DAY1 + 14, 14700, 6000);
    verify_clean(&w.b);
    test_book_close(&w.b);
}

static arc_status try_invoice(world *w, int64_t customer, const char *more, arc_error *e)
{
    char json[400];
    arc_record *r;
    int64_t id;
    snprintf(json, sizeof json, "{\"number\":\"N%d\",\"customer\":%d,\"invoice_date\":\"2026-02-20\",\"due_date\":\"2026-03-20\",\"currency\":\"CNY\",\"gross_amount\":\"1.00\"%s}", (int)w->other++, (int)customer, more);
    assert_ok(arc_record_new(w->b.session, &r, ARC_INVOICE));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    arc_status st = arc_invoice_record(w->b.session, &id, r);
    assert_ok(arc_session_error(w->b.session, e));
    arc_record_free(r);
    return st;
}

static void new_documents(int backend)
{
    world w;
    char json[300], more[60];
    arc_error e = ARC_ERROR_INIT;
    arc_record *r;
    open_world(&w, backend);
    snprintf(json, sizeof json, "{\"customer\":%d,\"number\":\"K1\",\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"amount\":\"100.00\",\"tax_included\":true,\"term\":\"NET30\"}", (int)w.a);
    int64_t contract = sample_insert(w.b.session, ARC_CONTRACT, json), open = receipt(&w, "R2", w.other, "2026-01-21", "3.00");
    assert_session(&w.b, arc_contract_activate(w.b.session, contract));
    (void)open;
    day(&w, DAY1 + 10);
    assert_session(&w.b, merge(&w, w.k, w.a, NULL));
    assert_int_equal(try_invoice(&w, w.a, "", &e), ARC_E_STATE);
    assert_int_equal(e.id, w.k);
    assert_string_equal(e.field, "customer");
    snprintf(more, sizeof more, ",\"contract\":%d", (int)contract);
    assert_int_equal(try_invoice(&w, w.a, more, &e), ARC_OK); /* what hangs on his documents goes on */
    aging_is(&w, w.k, DAY1 + 10, 14100, 6000);
    snprintf(json, sizeof json, "{\"number\":\"RX\",\"customer\":%d,\"value_date\":\"2026-01-20\",\"currency\":\"CNY\",\"amount\":\"1.00\"}", (int)w.a);
    assert_ok(arc_record_new(w.b.session, &r, ARC_RECEIPT));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session_status(ARC_E_STATE, &w.b, arc_receipt_record(w.b.session, NULL, r));
    arc_record_free(r);
    snprintf(json, sizeof json, "{\"customer\":%d,\"name\":\"n\"}", (int)w.a);
    assert_ok(arc_record_new(w.b.session, &r, ARC_CONTACT));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session_status(ARC_E_STATE, &w.b, arc_session_insert(w.b.session, NULL, r));
    arc_record_free(r);
    verify_clean(&w.b);
    test_book_close(&w.b);
}

static void state(world *w, int64_t customer, arc_date on, char *text, size_t size)
{
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    arc_statement *s;
    o.customer = customer;
    o.from = DAY1 + 1;
    o.to = on;
    assert_session(&w->b, arc_statement_compute(w->b.session, &s, &o));
    assert_ok(arc_statement_json(s, text, &size));
    arc_statement_free(s);
}

/* The kept one's money pays the merged one's invoices; taken apart, what was settled stays settled. */
static void settling(int backend)
{
    world w;
    arc_allocation x = ARC_ALLOCATION_INIT;
    arc_proposal *p;
    char text[8000];
    size_t n = sizeof text;
    open_world(&w, backend);
    x.item = 1;
    x.receipt = 1;
    x.amount = 2500;
    day(&w, DAY1 + 10);
    assert_session_status(ARC_E_STATE, &w.b, arc_allocation_apply(w.b.session, NULL, NULL, &x, 1, ARC_ALL_OR_NONE));
    assert_session(&w.b, merge(&w, w.k, w.a, NULL));
    assert_session(&w.b, arc_receipt_propose(w.b.session, &p, NULL, 0, NULL));
    assert_ok(arc_proposal_json(p, text, &n));
    assert_non_null(strstr(text, "\"item\":1"));
    arc_proposal_free(p);
    assert_session(&w.b, arc_allocation_apply(w.b.session, NULL, NULL, &x, 1, ARC_ALL_OR_NONE));
    aging_is(&w, w.k, DAY1 + 10, 11500, 3500);
    char said[8000];
    state(&w, w.a, DAY1 + 10, said, sizeof said);
    assert_null(strstr(said, "transfer")); /* between the two of them */
    assert_non_null(strstr(said, "\"kind\":\"merge\",\"number\":\"A\""));
    assert_non_null(strstr(said, "\"code\":\"K\"")); /* asked for by the merged one */
    day(&w, DAY1 + 20);
    assert_session(&w.b, arc_customer_unmerge(w.b.session, NULL, w.a, "two"));
    aging_is(&w, w.a, DAY1 + 20, 7500, 0);
    aging_is(&w, w.k, DAY1 + 20, 4000, 3500);
    state(&w, w.k, DAY1 + 20, said, sizeof said);
    assert_non_null(strstr(said, "\"kind\":\"unmerge\""));
    state(&w, w.a, DAY1 + 20, said, sizeof said);
    assert_non_null(strstr(said, "\"closing\":\"75.00\""));
    verify_clean(&w.b);
    test_book_close(&w.b);
}

/* What holds for the kept one holds for what the merged one owes, and the other way. */
static void flags(int backend)
{
    world w;
    arc_flag f = ARC_FLAG_INIT;
    uint32_t kinds[2];
    const int64_t items[2] = { 1, 2 }; /* of the merged one, of the kept one */
    open_world(&w, backend);
    f.customer = w.k;
    f.kind = "insolvent";
    f.reason = "court";
    assert_session(&w.b, arc_flag_set(w.b.session, NULL, &f));
    f.customer = w.a;
    f.kind = "hold";
    assert_session(&w.b, arc_flag_set(w.b.session, NULL, &f));
    day(&w, DAY1 + 10);
    assert_session(&w.b, merge(&w, w.k, w.a, NULL));
    assert_session(&w.b, arc_flag_active(w.b.session, kinds, items, 2, ARC_DATE_NONE));
    for (int i = 0; i < 2; i++) assert_int_equal(kinds[i], ARC_FLAG_INSOLVENT | ARC_FLAG_HOLD);
    assert_session(&w.b, arc_flag_active(w.b.session, kinds, items, 2, DAY1 + 9));
    assert_int_equal(kinds[0], ARC_FLAG_HOLD);
    assert_int_equal(kinds[1], ARC_FLAG_INSOLVENT);
    test_book_close(&w.b);
}

static int64_t balance(world *w, int64_t customer, arc_date on)
{
    char text[4000];
    size_t n = sizeof text;
    arc_journal_balance_options o = ARC_JOURNAL_BALANCE_OPTIONS_INIT;
    o.customer = customer;
    o.as_of = on;
    o.flags = ARC_JOURNAL_BY_CUSTOMER;
    assert_session(&w->b, arc_journal_balance_json(w->b.session, text, &n, &o));
    const char *at = strstr(text, "\"role\":\"receivable\"");
    at = at ? strstr(at, "\"debit\":\"") : NULL;
    return at ? (int64_t)(strtod(at + 9, NULL) * 100 + 0.5) : 0;
}

static void balances(int backend)
{
    world w;
    open_world(&w, backend);
    day(&w, DAY1 + 10);
    assert_session(&w.b, merge(&w, w.k, w.a, NULL));
    assert_int_equal(balance(&w, w.k, DAY1 + 10), 14000);
    assert_int_equal(balance(&w, w.a, DAY1 + 10), 14000);
    assert_int_equal(balance(&w, w.k, DAY1 + 9), 4000);
    assert_int_equal(balance(&w, w.k, ARC_DATE_NONE), 14000);
    assert_session(&w.b, arc_customer_unmerge(w.b.session, NULL, w.a, "two"));
    assert_int_equal(balance(&w, w.k, DAY1 + 10), 4000);
    test_book_close(&w.b);
}

/* Exposure, with the tree of owners, and the profile hold both; as of the day before they hold the one. */
static void credit(int backend)
{
    world w;
    char text[30000];
    size_t n = sizeof text;
    arc_record *r;
    arc_profile_options o = ARC_PROFILE_OPTIONS_INIT;
    open_world(&w, backend);
    assert_session(&w.b, arc_session_get(w.b.session, &r, ARC_CUSTOMER, w.other)); /* owned by the one that goes */
    assert_ok(arc_record_set_int(r, ARC_CUSTOMER_PARENT, w.a));
    assert_session(&w.b, arc_session_update(w.b.session, r));
    arc_record_free(r);
    day(&w, DAY1 + 10);
    assert_session(&w.b, merge(&w, w.k, w.a, NULL));
    assert_session(&w.b, arc_credit_exposure_json(w.b.session, text, &n, w.k, "CNY", ARC_DATE_NONE, 0));
    if (!strstr(text, "\"amount\":14000")) fail_msg("%s", text);
    n = sizeof text;
    assert_session(&w.b, arc_credit_exposure_json(w.b.session, text, &n, w.k, "CNY", ARC_DATE_NONE, 1));
    if (!strstr(text, "\"amount\":14700")) fail_msg("%s", text);
    n = sizeof text;
    assert_session(&w.b, arc_customer_profile(w.b.session, text, &n, w.k, &o));
    if (!strstr(text, "\"140.00\"")) fail_msg("%s", text);
    n = sizeof text;
    o.as_of = DAY1 + 9;
    assert_session(&w.b, arc_customer_profile(w.b.session, text, &n, w.k, &o));
    if (strstr(text, "\"140.00\"") || !strstr(text, "\"40.00\"")) fail_msg("%s", text);
    day(&w, DAY1 + 12);
    assert_session(&w.b, arc_customer_unmerge(w.b.session, NULL, w.a, "two"));
    n = sizeof text; /* as it was, though nothing was sealed since */
    assert_session(&w.b, arc_credit_exposure_json(w.b.session, text, &n, w.k, "CNY", DAY1 + 11, 1));
    if (!strstr(text, "\"amount\":14700")) fail_msg("%s", text);
    n = sizeof text;
    assert_session(&w.b, arc_credit_exposure_json(w.b.session, text, &n, w.k, "CNY", ARC_DATE_NONE, 1));
    if (strstr(text, ":14000") || strstr(text, ":14700")) fail_msg("%s", text);
    verify_clean(&w.b);
    test_book_close(&w.b);
}

static const char *limits_of(world *w, int64_t customer, arc_date on)
{
    static char texts[2][6000];
    static int at;
    char *text = texts[at++ % 2];
    size_t n = sizeof texts[0];
    assert_session(&w->b, arc_credit_limit_json(w->b.session, text, &n, customer, on, 0));
    return text;
}

static void limit_of(world *w, int64_t customer, int64_t amount, const char *scope)
{
    arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
    l.customer = customer;
    l.amount = amount;
    l.currency = "CNY";
    l.scope = scope;
    l.valid_from = DAY1;
    l.reason = "agreed";
    assert_session(&w->b, arc_credit_limit_set(w->b.session, NULL, &l));
}

/* Limits of a day are those of who was one, and who owned whom, on that day. */
static void limits(int backend)
{
    world w;
    char before[3][6000], between[3][6000];
    int64_t definition;
    arc_record *r;
    open_world(&w, backend);
    const int64_t of[3] = { w.a, w.k, w.other };
    day(&w, DAY1);
    assert_session(&w.b, arc_definition_save(w.b.session, &definition, "credit_policy", "default", "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"limit_needs_check\":false}", SIZE_MAX, NULL));
    assert_session(&w.b, arc_definition_publish(w.b.session, definition, NULL, NULL));
    limit_of(&w, w.a, 30000, "own");
    limit_of(&w, w.k, 50000, "own");
    limit_of(&w, w.k, 90000, "group");
    assert_session(&w.b, arc_session_get(w.b.session, &r, ARC_CUSTOMER, w.other)); /* owned by the one that goes */
    assert_ok(arc_record_set_int(r, ARC_CUSTOMER_PARENT, w.a));
    assert_session(&w.b, arc_session_update(w.b.session, r));
    arc_record_free(r);
    for (int i = 0; i < 3; i++) strcpy(before[i], limits_of(&w, of[i], DAY1));
    day(&w, DAY1 + 10);
    assert_session(&w.b, merge(&w, w.k, w.a, NULL));
    for (int i = 0; i < 3; i++) strcpy(between[i], limits_of(&w, of[i], DAY1 + 12));
    if (!strstr(between[0], ":50000")) fail_msg("%s", between[0]); /* of the one it is part of */
    assert_non_null(strstr(between[2], ":90000")); /* which owns what it owned */
    day(&w, DAY1 + 15);
    for (int i = 0; i < 3; i++) assert_string_equal(limits_of(&w, of[i], DAY1), before[i]);
    assert_session(&w.b, arc_customer_unmerge(w.b.session, NULL, w.a, "two"));
    assert_session(&w.b, arc_session_get(w.b.session, &r, ARC_CUSTOMER, w.other));
    assert_ok(arc_record_set_null(r, ARC_CUSTOMER_PARENT));
    assert_session(&w.b, arc_session_update(w.b.session, r));
    arc_record_free(r);
    assert_non_null(strstr(limits_of(&w, w.other, ARC_DATE_NONE), "\"limits\":[],"));
    for (int i = 0; i < 3; i++) {
        assert_string_equal(limits_of(&w, of[i], DAY1), before[i]);
        if (strcmp(limits_of(&w, of[i], DAY1 + 12), between[i])) fail_msg("backend %d, %d: %s", backend, i, between[i]);
    }
    test_book_close(&w.b);
}

static void waits(int backend)
{
    world w;
    int64_t id = 0;
    arc_error e = ARC_ERROR_INIT;
    arc_session *boss;
    arc_session_options o = ARC_SESSION_OPTIONS_INIT;
    open_world(&w, backend);
    assert_session(&w.b, arc_definition_save(w.b.session, &id, "approval", "a", "{\"approvals\":[{\"verb\":\"customer.merge\"},{\"verb\":\"customer.unmerge\"}]}", SIZE_MAX, NULL));
    assert_session(&w.b, arc_definition_publish(w.b.session, id, NULL, NULL));
    day(&w, DAY1 + 10);
    assert_session_status(ARC_NEEDS_APPROVAL, &w.b, merge(&w, w.k, w.a, NULL));
    assert_ok(arc_session_error(w.b.session, &e));
    aging_is(&w, w.k, DAY1 + 10, 4000, 6000);
    o.actor = "boss";
    o.business_date = DAY1 + 11;
    assert_ok(arc_session_open(w.b.book, &boss, &o));
    assert_ok(arc_pending_approve(boss, NULL, e.id, "yes"));
    aging_is(&w, w.k, DAY1 + 11, 14000, 6000);
    day(&w, DAY1 + 11);
    assert_session_status(ARC_NEEDS_APPROVAL, &w.b, arc_customer_unmerge(w.b.session, NULL, w.a, "two"));
    assert_ok(arc_session_error(w.b.session, &e));
    assert_ok(arc_pending_approve(boss, NULL, e.id, "yes"));
    aging_is(&w, w.k, DAY1 + 11, 4000, 6000);
    arc_session_close(boss);
    verify_clean(&w.b);
    test_book_close(&w.b);
}

static int server; /* 1: there is one */

#define ON_ALL(name) \
    static void test_##name(void **state) \
    { \
        (void)state; \
        for (int backend = 0; backend < TEST_BACKENDS + server; backend++) name(backend); \
    }
ON_ALL(both_are_one)
ON_ALL(apart_again)
ON_ALL(chains)
ON_ALL(new_documents)
ON_ALL(settling)
ON_ALL(balances)
ON_ALL(credit)
ON_ALL(flags)
ON_ALL(limits)
ON_ALL(waits)

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_both_are_one), cmocka_unit_test(test_apart_again), cmocka_unit_test(test_chains), cmocka_unit_test(test_new_documents),
                                        cmocka_unit_test(test_settling),     cmocka_unit_test(test_balances),    cmocka_unit_test(test_credit), cmocka_unit_test(test_flags),   cmocka_unit_test(test_limits), cmocka_unit_test(test_waits) };
    server = test_postgresql_start();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_postgresql_stop();
    return failed;
}
