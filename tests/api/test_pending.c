/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of master data that wait for somebody else: asked for, edited, decided, expired; on every backend. */
#include "api/people.h"
#include "arcore/fields.h"
#include "support/work_book.h"

#ifdef ARCORE_HAVE_POSTGRESQL
#include "conformance/postgresql_server.h"
#endif

static const char rules[] =
    "{\"approvals\":[{\"verb\":\"bank_account.insert\",\"days\":14,\"reason\":\"bank data\"},{\"verb\":\"bank_account.update\"},"
    "{\"verb\":\"customer.update\",\"fields\":[\"legal_name\",\"legal_rep\"]}]}";

static void publish(arc_session *s)
{
    int64_t id;
    assert_ok(arc_definition_save(s, &id, "approval", "a", rules, SIZE_MAX, NULL));
    assert_ok(arc_definition_publish(s, id, NULL, NULL));
}

static arc_record *account(arc_session *s, int64_t customer, const char *number)
{
    char json[120];
    arc_record *r;
    snprintf(json, sizeof json, "{\"customer\":%d,\"number\":\"%s\",\"bank\":\"B\"}", (int)customer, number);
    assert_ok(arc_record_new(s, &r, ARC_BANK_ACCOUNT));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    return r;
}

static arc_status insert(arc_session *s, arc_record *r, int64_t *pending)
{
    arc_error e = ARC_ERROR_INIT;
    arc_status st = arc_session_insert(s, NULL, r);
    assert_ok(arc_session_error(s, &e));
    if (pending) *pending = e.id;
    if (st == ARC_NEEDS_APPROVAL) assert_string_equal(e.entity, "pending_change");
    arc_record_free(r);
    return st;
}

static int64_t count(arc_session *s, uint32_t entity)
{
    arc_query *q;
    arc_cursor *c;
    int64_t n = -1;
    assert_ok(arc_query_new(s, &q, entity));
    assert_ok(arc_query_measure(q, ARC_COUNT, 0));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_int(c, &n, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return n;
}

/* A field of a pending change as text. */
static void field_is(arc_session *s, int64_t pending, uint32_t field, const char *expected)
{
    arc_record *r;
    const char *text = "";
    size_t n = 0;
    assert_ok(arc_session_get(s, &r, ARC_PENDING_CHANGE, pending));
    if (arc_record_get_text(r, &text, &n, field) != ARC_OK) text = "";
    assert_string_equal(text, expected);
    arc_record_free(r);
}

static void asked(test_book *b)
{
    arc_session *s = b->session;
    int64_t p, row = 0;
    assert_session(b, book_customers(s, 1, 2));
    publish(s);
    assert_session_status(ARC_NEEDS_APPROVAL, b, insert(s, account(s, 1, "111"), &p));
    assert_int_equal(p, 1);
    assert_int_equal(count(s, ARC_BANK_ACCOUNT), 0);
    field_is(s, p, ARC_PENDING_CHANGE_STATUS, "running");
    field_is(s, p, ARC_PENDING_CHANGE_VERB, "bank_account.insert");
    field_is(s, p, ARC_PENDING_CHANGE_REASON, "bank data");
    /* what could not be done is refused as ever */
    assert_session_status(ARC_E_REFERENCE, b, insert(s, account(s, 77, "111"), NULL));
    assert_int_equal(count(s, ARC_PENDING_CHANGE), 1);
    assert_session(b, arc_pending_approve(s, &row, p, "seen"));
    assert_int_equal(count(s, ARC_BANK_ACCOUNT), 1);
    field_is(s, p, ARC_PENDING_CHANGE_STATUS, "approved");
    assert_session_status(ARC_E_STATE, b, arc_pending_approve(s, &row, p, NULL));
    assert_session_status(ARC_E_STATE, b, arc_pending_reject(s, p, "late"));
    assert_session_status(ARC_E_NOT_FOUND, b, arc_pending_approve(s, &row, 55, NULL));
    /* others are as free as before */
    arc_record *r;
    assert_session(b, arc_session_get(s, &r, ARC_CUSTOMER, 1));
    assert_ok(arc_record_set_text(r, ARC_CUSTOMER_REMARK, "x", SIZE_MAX));
    assert_session(b, arc_session_update(s, r));
    arc_record_free(r);
}

static arc_record *renamed(test_book *b, const char *name, const char *rep)
{
    arc_record *r;
    assert_session(b, arc_session_get(b->session, &r, ARC_CUSTOMER, 1));
    assert_ok(arc_record_set_text(r, ARC_CUSTOMER_LEGAL_NAME, name, SIZE_MAX));
    if (rep) assert_ok(arc_record_set_text(r, ARC_CUSTOMER_LEGAL_REP, rep, SIZE_MAX));
    else assert_ok(arc_record_set_null(r, ARC_CUSTOMER_LEGAL_REP));
    return r;
}

static void updates(test_book *b)
{
    arc_session *s = b->session;
    arc_error e = ARC_ERROR_INIT;
    int64_t row;
    assert_session(b, book_customers(s, 1, 2));
    publish(s);
    arc_record *r = renamed(b, "New name", "Wang");
    assert_session_status(ARC_NEEDS_APPROVAL, b, arc_session_update(s, r));
    int64_t version = 0;
    assert_ok(arc_record_get_int(r, &version, ARC_CUSTOMER_VERSION));
    assert_int_equal(version, 1); /* nothing was written */
    arc_record_free(r);
    field_is(s, 1, ARC_PENDING_CHANGE_BEFORE_VALUE, "{\"legal_name\":\"A customer of some standing Ltd.\",\"legal_rep\":null}");
    field_is(s, 1, ARC_PENDING_CHANGE_AFTER_VALUE, "{\"legal_name\":\"New name\",\"legal_rep\":\"Wang\"}");
    /* edited, and checked again */
    assert_session_status(ARC_E_NOT_FOUND, b, arc_pending_edit(s, 1, "{\"no_field\":1}", SIZE_MAX));
    assert_session(b, arc_pending_edit(s, 1, "{\"legal_name\":\"Better name\",\"legal_rep\":\"Li\"}", SIZE_MAX));
    assert_session(b, arc_pending_approve(s, &row, 1, NULL));
    assert_int_equal(row, 1);
    assert_session(b, arc_session_get(s, &r, ARC_CUSTOMER, 1));
    const char *name;
    size_t n;
    assert_ok(arc_record_get_text(r, &name, &n, ARC_CUSTOMER_LEGAL_NAME));
    assert_string_equal(name, "Better name");
    arc_record_free(r);
    /* personal values go with the decision */
    field_is(s, 1, ARC_PENDING_CHANGE_AFTER_VALUE, "{\"legal_name\":\"Better name\"}");
    /* NULL is a value too; the row changes meanwhile */
    r = renamed(b, "Third", NULL);
    assert_session_status(ARC_NEEDS_APPROVAL, b, arc_session_update(s, r));
    arc_record_free(r);
    field_is(s, 2, ARC_PENDING_CHANGE_AFTER_VALUE, "{\"legal_name\":\"Third\",\"legal_rep\":null}");
    assert_session(b, arc_session_get(s, &r, ARC_CUSTOMER, 1));
    assert_ok(arc_record_set_text(r, ARC_CUSTOMER_REMARK, "x", SIZE_MAX));
    assert_session(b, arc_session_update(s, r));
    arc_record_free(r);
    assert_session_status(ARC_E_STALE, b, arc_pending_approve(s, &row, 2, NULL));
    field_is(s, 2, ARC_PENDING_CHANGE_STATUS, "running");
    assert_session(b, arc_pending_reject(s, 2, "ask again"));
    field_is(s, 2, ARC_PENDING_CHANGE_STATUS, "rejected");
    /* a batch: one waits, one is done, one is refused */
    arc_record *many[3];
    arc_status results[3] = { 0 };
    many[0] = renamed(b, "Fourth", NULL);
    for (int i = 1; i < 3; i++) {
        assert_session(b, arc_session_get(s, &many[i], ARC_CUSTOMER, 2));
        assert_ok(arc_record_set_text(many[i], ARC_CUSTOMER_REMARK, "y", SIZE_MAX));
    }
    assert_session_status(ARC_PARTIAL, b, arc_session_update_many(s, results, many, 3, 0));
    assert_int_equal(results[0], ARC_NEEDS_APPROVAL);
    assert_int_equal(results[1], ARC_OK);
    assert_int_equal(results[2], ARC_E_STALE);
    assert_session_status(ARC_NEEDS_APPROVAL, b, arc_session_update_many(s, NULL, many, 1, ARC_ALL_OR_NONE));
    assert_ok(arc_session_error(s, &e));
    assert_int_equal(e.id, 4);
    assert_int_equal(e.row, 0);
    for (int i = 0; i < 3; i++) arc_record_free(many[i]);
}

/* Inside a transaction: it goes with it, and what others did in it stays. */
static void together(test_book *b)
{
    arc_session *s = b->session;
    arc_txn *t;
    assert_session(b, book_customers(s, 1, 1));
    publish(s);
    assert_session(b, arc_session_begin(s, &t, ARC_WRITE));
    assert_session(b, book_customers(s, 2, 1));
    assert_session_status(ARC_NEEDS_APPROVAL, b, insert(s, account(s, 1, "1"), NULL));
    assert_session_status(ARC_E_REFERENCE, b, insert(s, account(s, 99, "1"), NULL));
    assert_session(b, book_customers(s, 3, 1));
    assert_session(b, arc_txn_commit(t));
    assert_int_equal(count(s, ARC_CUSTOMER), 3);
    assert_int_equal(count(s, ARC_PENDING_CHANGE), 1);
    assert_session(b, arc_session_begin(s, &t, ARC_WRITE));
    assert_session(b, arc_pending_approve(s, NULL, 1, NULL));
    arc_txn_rollback(t);
    assert_int_equal(count(s, ARC_BANK_ACCOUNT), 0);
    assert_session(b, arc_pending_approve(s, NULL, 1, NULL));
    assert_int_equal(count(s, ARC_BANK_ACCOUNT), 1);
}

static void expires(test_book *b)
{
    arc_session *s = b->session;
    uint32_t n = 0;
    assert_session(b, book_customers(s, 1, 1));
    publish(s);
    assert_session_status(ARC_NEEDS_APPROVAL, b, insert(s, account(s, 1, "1"), NULL));
    b->t.now += 14 * INT64_C(86400000000);
    assert_session_status(ARC_E_STATE, b, arc_pending_approve(s, NULL, 1, NULL));
    assert_session_status(ARC_DONE, b, arc_pending_expire(s, &n, 5));
    assert_int_equal(n, 1);
    field_is(s, 1, ARC_PENDING_CHANGE_STATUS, "expired");
}

/* A record that was just written is as stored: only what is set from then on is asked about, and written. */
static void written(test_book *b)
{
    arc_session *s = b->session;
    arc_record *r, *other;
    int64_t id;
    publish(s);
    assert_session(b, arc_record_new(s, &r, ARC_CUSTOMER));
    assert_ok(arc_record_set_json(r, "{\"code\":\"W\",\"legal_name\":\"W Ltd.\",\"legal_rep\":\"Wang\",\"address\":\"A\"}", SIZE_MAX));
    assert_session(b, arc_session_insert(s, &id, r));
    assert_ok(arc_record_set_text(r, ARC_CUSTOMER_REMARK, "x", SIZE_MAX));
    assert_session(b, arc_session_update(s, r)); /* legal_name waits for nobody: it was not touched */
    /* the row is changed by others; what this record set before is not written once more */
    assert_session(b, arc_session_get(s, &other, ARC_CUSTOMER, id));
    assert_ok(arc_record_set_text(other, ARC_CUSTOMER_ADDRESS, "B", SIZE_MAX));
    assert_session(b, arc_session_update(s, other));
    assert_ok(arc_record_set_text(other, ARC_CUSTOMER_LEGAL_NAME, "V Ltd.", SIZE_MAX));
    assert_session_status(ARC_NEEDS_APPROVAL, b, arc_session_update(s, other));
    field_is(s, 1, ARC_PENDING_CHANGE_AFTER_VALUE, "{\"legal_name\":\"V Ltd.\"}");
    assert_session_status(ARC_NEEDS_APPROVAL, b, arc_session_update(s, other)); /* what waits is not written: it stays set */
    arc_record_free(other);
    arc_record_free(r);
    /* many at once */
    arc_record *two[2];
    arc_status results[2];
    for (int i = 0; i < 2; i++) {
        assert_session(b, arc_record_new(s, &two[i], ARC_CUSTOMER));
        assert_ok(arc_record_set_json(two[i], i ? "{\"code\":\"X\",\"legal_name\":\"X\"}" : "{\"code\":\"Y\",\"legal_name\":\"Y\"}", SIZE_MAX));
    }
    assert_session(b, arc_session_insert_many(s, NULL, results, two, 2, 0));
    for (int i = 0; i < 2; i++) assert_ok(arc_record_set_text(two[i], ARC_CUSTOMER_REMARK, "x", SIZE_MAX));
    assert_session(b, arc_session_update_many(s, results, two, 2, 0));
    for (int i = 0; i < 2; i++) arc_record_free(two[i]);
}

static void definitions(test_book *b)
{
    static const struct {
        const char *json, *pointer;
    } bad[] = { { "{}", "" }, { "{\"approvals\":[{}]}", "/approvals/0" }, { "{\"approvals\":[{\"verb\":\"invoice.record\"}]}", "/approvals/0/verb" },
                { "{\"approvals\":[{\"verb\":\"customer.insert\",\"fields\":[\"code\"]}]}", "/approvals/0/fields" },
                { "{\"approvals\":[{\"verb\":\"customer.update\",\"fields\":[\"nothing\"]}]}", "/approvals/0/fields/0" },
                { "{\"approvals\":[{\"verb\":\"customer.update\",\"days\":0}]}", "/approvals/0/days" },
                { "{\"approvals\":[{\"verb\":\"customer.update\",\"x\":0}]}", "/approvals/0/x" } };
    arc_error e = ARC_ERROR_INIT;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_true(arc_definition_check(b->session, "approval", bad[i].json, SIZE_MAX, NULL, NULL) < ARC_OK);
        assert_ok(arc_session_error(b->session, &e));
        assert_string_equal(e.pointer, bad[i].pointer);
    }
    assert_session(b, arc_definition_check(b->session, "approval", rules, SIZE_MAX, NULL, NULL));
}

#ifdef ARCORE_HAVE_POSTGRESQL
static void on_postgresql(void (*test)(test_book *b))
{
    static test_book b;
    memset(&b, 0, sizeof b);
    if (!runs) {
        print_message("SKIPPED: no PostgreSQL server\n");
        return;
    }
    print_message("postgresql\n");
    fresh();
    test_open(&b.t);
    assert_ok(arc_backend_register(b.t.ctx, ops));
    snprintf(b.uri, sizeof b.uri, "postgresql:%s?book=main", place());
    b.book = sample_open(&b.t, b.uri, ARC_BOOK_CREATE);
    assert_ok(book_session(b.book, &b.session));
    test(&b);
    test_book_close(&b);
}
#else
static void on_postgresql(void (*test)(test_book *b)) { (void)test; }
static int start(void **state) { return (void)state, 0; }
static int stop(void **state) { return (void)state, 0; }
#endif

static void on_all(void (*test)(test_book *b))
{
    on_postgresql(test);
    for (int k = 0; k < TEST_BACKENDS; k++) {
        static test_book b;
        print_message("%s\n", test_backend_names[k]);
        test_book_open(&b, k);
        arc_session_close(b.session);
        assert_ok(book_session(b.book, &b.session));
        test(&b);
        test_book_close(&b);
    }
}

static void test_asked(void **unused) { (void)unused, on_all(asked); }
static void test_updates(void **unused) { (void)unused, on_all(updates); }
static void test_together(void **unused) { (void)unused, on_all(together); }
static void test_expires(void **unused) { (void)unused, on_all(expires); }
static void test_written(void **unused) { (void)unused, on_all(written); }
static void test_definitions(void **unused) { (void)unused, on_all(definitions); }

/* With roles: who asks does not decide; who decides needs no right to do it himself. */
static void two_people(void **unused)
{
    static people p;
    (void)unused;
    people_open(&p, 0);
    assert_ok(arc_session_set_business_date(p.b.session, PEOPLE_DAY));
    assert_session(&p.b, book_customers(p.b.session, 1, 1));
    publish(p.b.session);
    (void)people_grant(&p, "clerk", "ar_clerk");
    (void)people_grant(&p, "cash", "finance_manager");
    (void)people_grant(&p, "root", "admin");
    people_start(&p);
    arc_session *clara = people_session(p.b.book, "clerk"), *fred = people_session(p.b.book, "cash");
    assert_int_equal(insert(clara, account(clara, 1, "1"), NULL), ARC_NEEDS_APPROVAL);
    assert_status(ARC_E_FORBIDDEN, arc_pending_approve(clara, NULL, 1, NULL)); /* not her verb */
    assert_status(ARC_E_FORBIDDEN, insert(fred, account(fred, 1, "2"), NULL));
    assert_ok(arc_pending_approve(fred, NULL, 1, NULL));
    assert_int_equal(count(fred, ARC_BANK_ACCOUNT), 1);
    /* a role that may both */
    assert_session(&p.b, arc_role_define(p.b.session, NULL, "{\"code\":\"both\",\"name\":\"B\",\"rows\":\"all\",\"verbs\":[\"*.*\",\"@system.*\"]}", SIZE_MAX));
    (void)people_grant(&p, "dan", "both");
    arc_session *bea = people_session(p.b.book, "dan");
    assert_int_equal(insert(bea, account(bea, 1, "3"), NULL), ARC_NEEDS_APPROVAL);
    assert_status(ARC_E_FORBIDDEN, arc_pending_approve(bea, NULL, 2, NULL)); /* her own */
    assert_ok(arc_pending_reject(bea, 2, "taken back"));
    arc_session_close(clara);
    arc_session_close(fred);
    arc_session_close(bea);
    people_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_asked),   cmocka_unit_test(test_updates),     cmocka_unit_test(test_together),
                                        cmocka_unit_test(test_expires), cmocka_unit_test(test_written),    cmocka_unit_test(test_definitions), cmocka_unit_test(two_people) };
    return cmocka_run_group_tests(tests, start, stop);
}
