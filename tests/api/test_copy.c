/* SPDX-License-Identifier: Apache-2.0 */
/* Row by row copies of books whose rows point at each other in circles: what comes out is the same book, with the same proof. */
#include "api/invoices.h"

#ifdef ARCORE_HAVE_POSTGRESQL
#include "arcore/postgresql.h"
#include "support/pg.h"
#endif

static void set_int(arc_session *s, uint32_t entity, int64_t id, arc_field_id field, int64_t value)
{
    arc_error e = ARC_ERROR_INIT;
    arc_record *r;
    assert_ok(arc_session_get(s, &r, entity, id));
    assert_ok(arc_record_set_int(r, field, value));
    arc_status st = arc_session_update(s, r);
    (void)arc_session_error(s, &e);
    assert_ok_err(&e, st);
    arc_record_free(r);
}

/* Contract, steps and the items they make, which name their steps. */
static void circle_of_plan(invoices *v)
{
    int64_t n = 0;
    int64_t contract = sample_insert(v->s, ARC_CONTRACT, "{\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"number\":\"K1\","
                                                         "\"kind\":\"milestones\",\"amount\":\"100.00\",\"tax_included\":true,\"channel\":\"direct\"}");
    for (int i = 1; i <= 4; i++) {
        char json[300];
        snprintf(json, sizeof json, "{\"contract\":%d,\"currency\":\"CNY\",\"seq\":%d,\"amount\":\"25.00\",\"trigger_kind\":\"delivery\"}", (int)contract, i);
        (void)sample_insert(v->s, ARC_MILESTONE, json);
    }
    assert_session(&v->b, arc_contract_activate(v->s, contract));
    assert_session(&v->b, arc_contract_plan(v->s, &n, contract));
    assert_true(n > 0);
}

/* A unit is led by one of its own, who is his colleague's manager; units stand in each other. */
static void circle_of_people(invoices *v)
{
    int64_t company = sample_insert(v->s, ARC_ORG_UNIT, "{\"code\":\"H\",\"name\":\"company\",\"kind\":\"department\"}");
    int64_t team = sample_insert(v->s, ARC_ORG_UNIT, "{\"code\":\"T\",\"name\":\"team\",\"kind\":\"team\"}");
    int64_t region = sample_insert(v->s, ARC_ORG_UNIT, "{\"code\":\"R\",\"name\":\"region\",\"kind\":\"region\"}");
    int64_t department = sample_insert(v->s, ARC_ORG_UNIT, "{\"code\":\"D\",\"name\":\"department\",\"kind\":\"department\"}");
    int64_t later = sample_insert(v->s, ARC_ORG_UNIT, "{\"code\":\"L\",\"name\":\"later\",\"kind\":\"department\"}");
    int64_t ann = sample_insert(v->s, ARC_USER_ACCOUNT, "{\"code\":\"ann\",\"name\":\"Ann\",\"kind\":\"person\",\"disabled\":false}");
    int64_t bob = sample_insert(v->s, ARC_USER_ACCOUNT, "{\"code\":\"bob\",\"name\":\"Bob\",\"kind\":\"person\",\"disabled\":false}");
    set_int(v->s, ARC_ORG_UNIT, team, ARC_ORG_UNIT_HEAD, ann);
    set_int(v->s, ARC_ORG_UNIT, region, ARC_ORG_UNIT_HEAD, ann);
    set_int(v->s, ARC_ORG_UNIT, department, ARC_ORG_UNIT_HEAD, ann);
    set_int(v->s, ARC_ORG_UNIT, company, ARC_ORG_UNIT_HEAD, bob);
    set_int(v->s, ARC_ORG_UNIT, company, ARC_ORG_UNIT_PARENT, later);
    set_int(v->s, ARC_ORG_UNIT, team, ARC_ORG_UNIT_PARENT, company);
    set_int(v->s, ARC_USER_ACCOUNT, ann, ARC_USER_ACCOUNT_TEAM, team);
    set_int(v->s, ARC_USER_ACCOUNT, ann, ARC_USER_ACCOUNT_REGION, region);
    set_int(v->s, ARC_USER_ACCOUNT, ann, ARC_USER_ACCOUNT_DEPARTMENT, department);
    set_int(v->s, ARC_USER_ACCOUNT, ann, ARC_USER_ACCOUNT_MANAGER, bob);
}

/* Customers and groups that come before those they belong to. */
static void circle_of_customers(invoices *v)
{
    int64_t first = sample_insert(v->s, ARC_CUSTOMER_GROUP, "{\"code\":\"G1\",\"name\":\"one\"}");
    int64_t second = sample_insert(v->s, ARC_CUSTOMER_GROUP, "{\"code\":\"G2\",\"name\":\"two\"}");
    int64_t mother = sample_insert(v->s, ARC_CUSTOMER, "{\"code\":\"M\",\"legal_name\":\"mother\",\"customer_group\":1}");
    set_int(v->s, ARC_CUSTOMER_GROUP, first, ARC_CUSTOMER_GROUP_PARENT, second);
    set_int(v->s, ARC_CUSTOMER, v->customer, ARC_CUSTOMER_PARENT, mother);
}

/* A bill and the receipt it is booked with. */
static void circle_of_bill(invoices *v)
{
    int64_t id;
    arc_record *r = invoices_record(v->s, ARC_BILL, "{\"number\":\"B1\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"50.00\",\"maturity\":\"2026-09-01\","
                                                    "\"recourse\":true}");
    assert_session(&v->b, arc_bill_record(v->s, &id, r, NULL, 0));
    arc_record_free(r);
}

static void fill(invoices *v)
{
    (void)invoices_fill(v);
    circle_of_plan(v);
    circle_of_people(v);
    circle_of_customers(v);
    circle_of_bill(v);
}

/* ---- copies --------------------------------------------------------------------------------------------------------- */

static void prove(arc_book *book, arc_audit_mark *mark)
{
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    arc_audit_report report = ARC_AUDIT_REPORT_INIT;
    arc_session *s;
    assert_ok(arc_book_verify(book, &sum, NULL, NULL, NULL));
    assert_int_equal(sum.findings, 0);
    assert_ok(arc_session_open(book, &s, NULL));
    assert_ok(arc_audit_verify(s, &report, NULL, NULL, NULL));
    assert_int_equal(report.findings, 0);
    assert_ok(arc_audit_head(s, mark));
    arc_session_close(s);
}

static void same(arc_book *a, arc_book *b)
{
    arc_audit_mark x = ARC_AUDIT_MARK_INIT, y = ARC_AUDIT_MARK_INIT;
    prove(a, &x);
    prove(b, &y);
    assert_memory_equal(&x, &y, sizeof x);
    sample_same(a, b);
}

static arc_book *copied(test_env *t, arc_book *from, const char *uri)
{
    arc_error e = ARC_ERROR_INIT;
    arc_status st = arc_book_backup(from, uri, NULL);
    (void)arc_book_error(from, &e);
    if (st != ARC_OK) fail_msg("%s: %s %s: %s, %s %lld %s", uri, arc_status_name(st), arc_status_name(e.status), e.message, e.entity, (long long)e.id, e.field);
    arc_book *copy = sample_open(t, uri, 0);
    same(from, copy);
    return copy;
}

static void one_circle(void (*circle)(invoices *v))
{
    invoices v;
    char uri[700];
    memset(&v, 0, sizeof v);
    test_book_open(&v.b, 0);
    invoices_fill(&v);
    circle(&v);
    (void)test_dir(&v.b.t);
    snprintf(uri, sizeof uri, "sqlite:%s", test_path(&v.b.t, "copy.db"));
    arc_book_close(copied(&v.b.t, v.b.book, uri));
    test_book_close(&v.b);
}

static void plan_is_copied(void **state)
{
    (void)state;
    one_circle(circle_of_plan);
}

static void people_are_copied(void **state)
{
    (void)state;
    one_circle(circle_of_people);
}

static void customers_are_copied(void **state)
{
    (void)state;
    one_circle(circle_of_customers);
}

static void bill_is_copied(void **state)
{
    (void)state;
    one_circle(circle_of_bill);
}

/* All circles in one book, from every store to SQLite, restored from there. */
static void restored(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        char uri[700], again[700];
        print_message("%s\n", test_backend_names[backend]);
        memset(&v, 0, sizeof v);
        test_book_open(&v.b, backend);
        fill(&v);
        snprintf(uri, sizeof uri, "sqlite:%s", test_path(&v.b.t, "copy.db"));
        snprintf(again, sizeof again, "sqlite:%s", test_path(&v.b.t, "again.db"));
        arc_book *copy = copied(&v.b.t, v.b.book, uri);
        sample_check(v.b.t.ctx, arc_book_restore(v.b.t.ctx, uri, again, NULL), again);
        arc_book *other = sample_open(&v.b.t, again, 0);
        same(copy, other);
        arc_book_close(other);
        arc_book_close(copy);
        test_book_close(&v.b);
    }
}

/* To a server and back. */
static void by_postgresql(void **state)
{
    (void)state;
#ifdef ARCORE_HAVE_POSTGRESQL
    invoices v;
    pg_server server;
    char uri[700], back[700];
    if (!pg_start(&server, "-c fsync=off")) skip();
    assert_int_equal(pg_run(&server, "postgres", "CREATE DATABASE copies"), 0);
    memset(&v, 0, sizeof v);
    test_book_open(&v.b, 1);
    assert_ok(arc_backend_register(v.b.t.ctx, arc_postgresql_backend()));
    fill(&v);
    snprintf(uri, sizeof uri, "postgresql://postgres@%s/copies?durability=server", server.socket);
    snprintf(back, sizeof back, "sqlite:%s", test_path(&v.b.t, "back.db"));
    arc_book *there = copied(&v.b.t, v.b.book, uri), *here = copied(&v.b.t, there, back);
    same(v.b.book, here);
    arc_book_close(here);
    arc_book_close(there);
    test_book_close(&v.b);
    pg_stop(&server);
#else
    fprintf(stderr, "SKIPPED: built without libpq, copies were not tested on PostgreSQL\n");
    skip();
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plan_is_copied),       cmocka_unit_test(people_are_copied), cmocka_unit_test(customers_are_copied),
        cmocka_unit_test(bill_is_copied),       cmocka_unit_test(restored),          cmocka_unit_test(by_postgresql),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
