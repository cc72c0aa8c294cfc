/* SPDX-License-Identifier: Apache-2.0 */
/* What someone changed behind the library's back is found, named by check, entity, field and row. */
#include <sqlite3.h>

#include "arcore/definition.h"
#include "arcore/fields.h"
#include "arcore/invoice.h"
#include "support/books.h"

typedef struct found {
    int n, stop_after;
    char lines[16][160];
} found;

static int32_t note(void *user, const arc_finding *f)
{
    found *all = user;
    if (all->n < 16) {
        snprintf(all->lines[all->n], sizeof all->lines[0], "%s %s.%s %lld", f->check, f->entity, f->field, (long long)f->id);
    }
    assert_true(f->message[0] && f->message_zh[0]);
    return ++all->n == all->stop_after;
}

static int has(const found *all, const char *line)
{
    for (int i = 0; i < all->n && i < 16; i++) {
        if (!strcmp(all->lines[i], line)) return 1;
    }
    for (int i = 0; i < all->n && i < 16; i++) print_message("found: %s\n", all->lines[i]);
    return 0;
}

static void customers(test_book *b, int n)
{
    for (int i = 0; i < n; i++) {
        arc_record *r;
        char code[8];
        snprintf(code, sizeof code, "C%d", i % 100);
        assert_session(b, arc_record_new(b->session, &r, ARC_CUSTOMER));
        assert_ok(arc_record_set_text(r, ARC_CUSTOMER_CODE, code, SIZE_MAX));
        assert_ok(arc_record_set_text(r, ARC_CUSTOMER_LEGAL_NAME, code, SIZE_MAX));
        assert_session(b, arc_session_insert(b->session, NULL, r));
        arc_record_free(r);
    }
}

/* Closes the book, changes its file, opens it again. */
static void behind_its_back(test_book *b, const char *sql)
{
    sqlite3 *db;
    char *message = NULL;
    arc_book_close(b->book);
    assert_int_equal(sqlite3_open(b->uri + strlen("sqlite:"), &db), SQLITE_OK);
    int rc = sqlite3_exec(db, sql, NULL, NULL, &message);
    if (rc != SQLITE_OK) print_message("%s\n", message);
    assert_int_equal(rc, SQLITE_OK);
    sqlite3_close(db);
    assert_ok(arc_book_open(b->t.ctx, &b->book, b->uri, NULL));
}

static void damage_is_named(void **state)
{
    (void)state;
    test_book b;
    found all = { 0, 0, { { 0 } } };
    arc_verify_summary s = ARC_VERIFY_SUMMARY_INIT;
    test_book_open(&b, 1);
    customers(&b, 5);
    behind_its_back(&b, "pragma ignore_check_constraints=1; pragma foreign_keys=0;"
                        "update customer set parent = 999 where id = 2;"
                        "update customer set txn = 777 where id = 3;"
                        "update customer set country = 'TOOLONG' where id = 4;"
                        "update customer set registered_capital = 5 where id = 5;"
                        "update customer set version = 0 where id = 1;");
    assert_ok(arc_book_verify(b.book, &s, note, &all, NULL));
    assert_true(has(&all, "store.reference customer.parent 2"));
    assert_true(has(&all, "store.reference customer.txn 3"));
    assert_true(has(&all, "store.value customer.country 4"));
    assert_true(has(&all, "store.value customer.registered_capital 5"));
    assert_true(has(&all, "store.number customer.version 1"));
    assert_int_equal(s.findings, all.n);
    assert_true(s.checks >= 3);

    arc_verify_options o = ARC_VERIFY_OPTIONS_INIT;
    found few = { 0, 0, { { 0 } } };
    o.only = "store.number";
    assert_ok(arc_book_verify(b.book, &s, note, &few, &o));
    assert_int_equal(few.n, 1);
    found one = { 0, 1, { { 0 } } };
    assert_status(ARC_E_CANCELLED, arc_book_verify(b.book, &s, note, &one, NULL));
    assert_int_equal(one.n, 1);
    o.only = NULL;
    o.max_findings = 2;
    assert_status(ARC_E_CANCELLED, arc_book_verify(b.book, &s, NULL, NULL, &o));
    assert_int_equal(s.findings, 2);
    o.flags = 1;
    assert_status(ARC_E_INVALID, arc_book_verify(b.book, &s, NULL, NULL, &o));
    test_book_close(&b);
}

/* A foreign tool that does not mind the types: the table without STRICT while it writes. */
#define LOOSE(table) "create temp table kept as select name, sql from sqlite_schema where name = '" table "';pragma writable_schema=1;" \
                     "update sqlite_schema set sql = replace(sql, ' STRICT', '') where name = '" table "';pragma writable_schema=reset;" \
                     "pragma ignore_check_constraints=1;pragma foreign_keys=0;"
#define STRICT_AGAIN "pragma writable_schema=1;update sqlite_schema as main set sql = (select kept.sql from kept where kept.name = main.name) where name in " \
                     "(select name from kept);pragma writable_schema=reset;drop table temp.kept;"

static void wrong_types(void **state)
{
    (void)state;
    test_book b;
    arc_record *r;
    arc_error e = ARC_ERROR_INIT;
    found all = { 0, 0, { { 0 } } };
    arc_verify_summary s = ARC_VERIFY_SUMMARY_INIT;
    test_book_open(&b, 1);
    customers(&b, 6);
    behind_its_back(&b, LOOSE("customer") "update customer set registered_capital = 'much' where id = 2;"
                        "update customer set size_declared_on = 'soon' where id = 3;"
                        "update customer set legal_name = x'ff00' where id = 4;"
                        "update customer set version = 1.5 where id = 5;"
                        "update customer set custom = '{\"x_a\":' where id = 6;"
                        "update customer set parent = 999 where id = 1;" STRICT_AGAIN);
    assert_ok(arc_book_verify(b.book, &s, note, &all, NULL));
    assert_true(has(&all, "store.value customer.registered_capital 2"));
    assert_true(has(&all, "store.value customer.size_declared_on 3"));
    assert_true(has(&all, "store.value customer.legal_name 4"));
    assert_true(has(&all, "store.value customer.version 5"));
    assert_true(has(&all, "store.value customer.custom 6"));
    assert_true(has(&all, "store.reference customer.parent 1")); /* the proof went on */

    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    assert_ok(arc_session_open(b.book, &b.session, &so));
    static const struct {
        int64_t id;
        const char *field;
    } cases[] = { { 2, "registered_capital" }, { 3, "size_declared_on" }, { 4, "legal_name" }, { 5, "version" } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_status(ARC_E_CORRUPT, arc_session_get(b.session, &r, ARC_CUSTOMER, cases[i].id));
        assert_ok(arc_session_error(b.session, &e));
        assert_int_equal(e.status, ARC_E_CORRUPT);
        assert_string_equal(e.entity, "customer");
        assert_string_equal(e.field, cases[i].field);
        assert_int_equal(e.id, cases[i].id);
    }
    assert_session(&b, arc_session_get(b.session, &r, ARC_CUSTOMER, 1)); /* rows beside it can be read */
    arc_record_free(r);
    test_book_close(&b);
}

static void invoice(test_book *b, const char *json)
{
    arc_record *r;
    assert_session(b, arc_record_new(b->session, &r, ARC_INVOICE));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session(b, arc_invoice_record(b->session, NULL, r));
    arc_record_free(r);
}

/* The ledger's checks read over what is damaged, and find the rest; a definition that was cut is one finding more. */
static void wrong_types_in_the_ledger(void **state)
{
    (void)state;
    test_book b;
    int64_t id;
    found all = { 0, 0, { { 0 } } };
    arc_verify_summary s = ARC_VERIFY_SUMMARY_INIT;
    test_book_open(&b, 1);
    customers(&b, 2);
    invoice(&b, "{\"number\":\"A\",\"customer\":1,\"currency\":\"CNY\",\"gross_amount\":\"5.00\",\"invoice_date\":\"2026-01-02\",\"due_date\":\"2026-01-02\"}");
    invoice(&b, "{\"number\":\"B\",\"customer\":2,\"currency\":\"CNY\",\"gross_amount\":\"7.00\",\"invoice_date\":\"2026-01-02\",\"due_date\":\"2026-01-02\"}");
    assert_session(&b, arc_definition_save(b.session, &id, "validation", "v", "{\"entity\":\"customer\",\"rules\":[{\"name\":\"r\",\"required\":\"code\"}]}", SIZE_MAX, NULL));
    assert_session(&b, arc_definition_publish(b.session, id, NULL, NULL));
    assert_ok(arc_book_verify(b.book, &s, note, &all, NULL));
    assert_int_equal(all.n, 0);
    behind_its_back(&b, LOOSE("item_state") "update item_state set open = 'five' where item = 1;" STRICT_AGAIN
                        "update account set open = 8 where customer = 2; update definition set document = '{\"entity\":' where id = 1;");
    assert_ok(arc_book_verify(b.book, &s, note, &all, NULL));
    assert_true(has(&all, "store.value item_state.open 1"));
    assert_true(has(&all, "store.value definition.document 1"));
    assert_true(has(&all, "ledger.item_state item_state.open 1"));
    int account = 0;
    for (int i = 0; i < all.n && i < 16; i++) account |= strncmp(all.lines[i], "ledger.account account.open ", 28) == 0;
    assert_true(account);
    test_book_close(&b);
}

/* A counter that somebody turned back would hand out ids that are in use. */
static void counters(void **state)
{
    (void)state;
    test_book b;
    found all = { 0, 0, { { 0 } } };
    arc_verify_summary s = ARC_VERIFY_SUMMARY_INIT;
    test_book_open(&b, 1);
    customers(&b, 5);
    assert_ok(arc_book_verify(b.book, &s, note, &all, NULL));
    assert_int_equal(all.n, 0);
    behind_its_back(&b, "update arc_sequence set next = 5 where name = 'customer'; delete from arc_sequence where name = 'txn';"
                        "update arc_sequence set next = 1 where name = 'book';");
    assert_ok(arc_book_verify(b.book, &s, note, &all, NULL));
    assert_true(has(&all, "store.sequence customer.id 5"));
    assert_true(has(&all, "store.sequence book.id 1"));
    int txn = 0;
    for (int i = 0; i < all.n; i++) txn |= strncmp(all.lines[i], "store.sequence txn.id ", 22) == 0;
    assert_true(txn);
    assert_int_equal(all.n, 3);
    test_book_close(&b);
}

static void the_mirror_is_compared(void **state)
{
    (void)state;
    test_book b;
    arc_record *r;
    arc_field_id field;
    arc_verify_summary s = ARC_VERIFY_SUMMARY_INIT;
    found all = { 0, 0, { { 0 } } };
    test_book_open(&b, 1);
    assert_session(&b, arc_custom_define(b.session, &field, "{\"entity\":\"customer\",\"name\":\"x_zone\",\"kind\":\"text\","
                                                            "\"indexed\":true}", SIZE_MAX));
    for (int i = 0; i < 3; i++) {
        char code[4] = { 'Z', (char)('0' + i), 0, 0 };
        assert_session(&b, arc_record_new(b.session, &r, ARC_CUSTOMER));
        assert_ok(arc_record_set_text(r, ARC_CUSTOMER_CODE, code, SIZE_MAX));
        assert_ok(arc_record_set_text(r, ARC_CUSTOMER_LEGAL_NAME, code, SIZE_MAX));
        assert_ok(arc_record_set_text(r, field, code, SIZE_MAX));
        assert_session(&b, arc_session_insert(b.session, NULL, r));
        arc_record_free(r);
    }
    assert_ok(arc_book_verify(b.book, &s, note, &all, NULL));
    assert_int_equal(s.findings, 0);
    behind_its_back(&b, "update custom_index set txt = 'other' where row = 2; delete from custom_index where row = 3;");
    assert_ok(arc_book_verify(b.book, &s, note, &all, NULL));
    assert_true(has(&all, "store.custom_index customer.custom 2"));
    assert_true(has(&all, "store.custom_index customer.custom 3"));
    assert_true(has(&all, "store.custom_index custom_index. 0"));
    assert_int_equal(all.n, 3);
    test_book_close(&b);
}

static int32_t stop(void *user, int64_t done, int64_t total)
{
    (void)total;
    *(int64_t *)user = done;
    return 1;
}

static void a_sound_book_is_sound(void **state)
{
    (void)state;
    for (int k = 0; k < TEST_BACKENDS; k++) {
        static test_book b;
        arc_verify_summary s = ARC_VERIFY_SUMMARY_INIT;
        arc_verify_options o = ARC_VERIFY_OPTIONS_INIT;
        int64_t done = 0;
        test_book_open(&b, k);
        customers(&b, 50);
        assert_ok(arc_book_verify(b.book, &s, NULL, NULL, NULL));
        assert_int_equal(s.findings, 0);
        assert_true(s.rows >= 100);
        o.progress = stop;
        o.progress_user = &done;
        assert_status(ARC_E_CANCELLED, arc_book_verify(b.book, NULL, NULL, NULL, &o));
        assert_true(done > 0);
        test_book_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damage_is_named),
        cmocka_unit_test(wrong_types),
        cmocka_unit_test(wrong_types_in_the_ledger),
        cmocka_unit_test(counters),
        cmocka_unit_test(the_mirror_is_compared),
        cmocka_unit_test(a_sound_book_is_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
