/* SPDX-License-Identifier: Apache-2.0 */
/* Custom fields of a book, from their definition to the mirror that makes them searchable, on both backends. */
#include "sample.h"

#include "arcore/custom.h"
#include "arcore/invoice.h"
#include "store/repo.h"

typedef struct fixture {
    test_env t;
    arc_book *book;
    arc_session *s;
} fixture;

static void start(fixture *f, int sqlite)
{
    char uri[600] = "memory:custom";
    test_open(&f->t);
    (void)test_dir(&f->t);
    if (sqlite) snprintf(uri, sizeof uri, "sqlite:%s", test_path(&f->t, "custom.db"));
    f->book = sample_open(&f->t, uri, ARC_BOOK_CREATE);
    assert_ok(arc_session_open(f->book, &f->s, NULL));
}

static void stop(fixture *f)
{
    arc_book_close(f->book);
    test_close(&f->t);
}

static arc_field_id define(fixture *f, const char *json)
{
    arc_error e = ARC_ERROR_INIT;
    arc_field_id id = 0;
    arc_status st = arc_custom_define(f->s, &id, json, SIZE_MAX);
    (void)arc_session_error(f->s, &e);
    assert_ok_err(&e, st);
    return id;
}

static void define_all(fixture *f)
{
    assert_int_equal(define(f, "{\"entity\":\"customer\",\"name\":\"x_tier\",\"kind\":\"choice\",\"choices\":[\"gold\",{\"code\":\"iron\",\"zh\":\"铁\"}],\"indexed\":true}"),
                     ARC_CUSTOMER << 16 | 0x8000);
    assert_int_equal(define(f, "{\"entity\":\"customer\",\"name\":\"x_metals\",\"kind\":\"choices\",\"choices\":[\"gold\",\"iron\"],\"indexed\":true}"),
                     ARC_CUSTOMER << 16 | 0x8001);
    (void)define(f, "{\"entity\":\"customer\",\"name\":\"x_share\",\"kind\":\"number\",\"size\":2,\"indexed\":true,\"label_en\":\"Share\",\"label_zh\":\"占比\"}");
    (void)define(f, "{\"entity\":\"customer\",\"name\":\"x_deposit\",\"kind\":\"money\"}");
    (void)define(f, "{\"entity\":\"customer\",\"name\":\"x_agent\",\"kind\":\"reference\",\"target\":\"customer\"}");
    assert_int_equal(define(f, "{\"entity\":\"invoice\",\"name\":\"x_tier\",\"kind\":\"text\",\"size\":5,\"indexed\":true}"), ARC_INVOICE << 16 | 0x8000);
}

static void set_json(arc_record *r, const char *json)
{
    arc_error e = ARC_ERROR_INIT;
    arc_status st = arc_record_set_json(r, json, SIZE_MAX);
    (void)arc_record_error(r, &e);
    assert_ok_err(&e, st);
}

static void assert_customer(arc_session *s, int64_t id, const char *expected)
{
    arc_record *r;
    char json[1000];
    size_t n = sizeof json;
    assert_ok(arc_session_get(s, &r, ARC_CUSTOMER, id));
    assert_ok(arc_record_get_json(r, json, &n));
    assert_non_null(strstr(json, "\"legal_name\":\"n\""));
    assert_string_equal(strstr(json, "\"legal_name\":\"n\"") + 16, expected);
    arc_record_free(r);
}

/* The mirror as "entity.row.number.seq=value " ... */
static void assert_mirror(arc_session *s, const char *expected)
{
    arc_query *q;
    arc_cursor *c;
    char text[2000] = "";
    const arc_field_id fields[] = { ARC_CUSTOM_INDEX_ENTITY, ARC_CUSTOM_INDEX_ROW, ARC_CUSTOM_INDEX_NUMBER, ARC_CUSTOM_INDEX_SEQ,
                                    ARC_CUSTOM_INDEX_NUM, ARC_CUSTOM_INDEX_TXT };
    assert_ok(arc_query_new(s, &q, ARC_CUSTOM_INDEX));
    assert_ok(arc_query_select(q, fields, 6));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        int64_t v[5] = { 0, 0, 0, 0, 0 };
        const char *s5 = "";
        size_t n = 0;
        uint32_t i;
        for (i = 0; i < 5; i++) (void)arc_cursor_get_int(c, &v[i], i);
        (void)arc_cursor_get_text(c, &s5, &n, 5);
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s.%lld.%lld.%lld=", v[0] == ARC_CUSTOMER ? "c" : "i", (long long)v[1],
                 (long long)v[2] - 0x8000, (long long)v[3]);
        if (n)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%.*s ", (int)n, s5);
        else
            snprintf(text + strlen(text), sizeof text - strlen(text), "%lld ", (long long)v[4]);
    }
    assert_string_equal(text, expected);
    arc_cursor_free(c);
    arc_query_free(q);
}

static void check_backend(int sqlite)
{
    fixture f;
    arc_record *r;
    arc_session *other;
    int64_t id;
    start(&f, sqlite);
    assert_ok(arc_session_open(f.book, &other, NULL));
    assert_ok(arc_record_new(other, &r, ARC_CUSTOMER)); /* has read its fields by now */
    assert_status(ARC_E_NOT_FOUND, arc_record_set_json(r, "{\"x_tier\":\"gold\"}", SIZE_MAX));
    arc_record_free(r);
    define_all(&f);
    id = sample_insert(f.s, ARC_CUSTOMER, "{\"code\":\"a\",\"legal_name\":\"n\",\"x_tier\":\"gold\",\"x_metals\":[\"iron\",\"gold\"],\"x_share\":\"1.5\",\"x_deposit\":\"7 JPY\"}");
    assert_customer(f.s, id, ",\"x_deposit\":\"7 JPY\",\"x_metals\":[\"gold\",\"iron\"],\"x_share\":\"1.50\",\"x_tier\":\"gold\"}");
    assert_mirror(f.s, "c.1.0.0=gold c.1.1.0=gold c.1.1.1=iron c.1.2.0=150 ");
    /* a record with nothing but the change keeps the other fields */
    assert_ok(arc_record_new(f.s, &r, ARC_CUSTOMER));
    set_json(r, "{\"id\":1,\"version\":1,\"x_share\":\"2\",\"x_tier\":null}");
    assert_ok(arc_session_update(f.s, r));
    arc_record_free(r);
    assert_customer(f.s, id, ",\"x_deposit\":\"7 JPY\",\"x_metals\":[\"gold\",\"iron\"],\"x_share\":\"2.00\"}");
    assert_mirror(f.s, "c.1.1.0=gold c.1.1.1=iron c.1.2.0=200 ");
    /* a session that does not know them hands them on */
    assert_ok(arc_session_get(other, &r, ARC_CUSTOMER, id));
    assert_ok(arc_record_set_text(r, ARC_CUSTOMER_REMARK, "r", 1));
    assert_ok(arc_session_update(other, r));
    arc_record_free(r);
    assert_customer(f.s, id, ",\"remark\":\"r\",\"x_deposit\":\"7 JPY\",\"x_metals\":[\"gold\",\"iron\"],\"x_share\":\"2.00\"}");
    assert_mirror(f.s, "c.1.1.0=gold c.1.1.1=iron c.1.2.0=200 ");
    arc_session_close(other);
    /* documents are mirrored too */
    assert_ok(arc_session_set_business_date(f.s, 20468));
    assert_ok(arc_record_new(f.s, &r, ARC_INVOICE));
    set_json(r, "{\"number\":\"R1\",\"customer\":1,\"invoice_date\":\"2026-01-15\",\"due_date\":\"2026-02-15\",\"currency\":\"CNY\",\"gross_amount\":\"1.00\",\"x_tier\":\"high\"}");
    {
        arc_error e = ARC_ERROR_INIT;
        arc_status st = arc_invoice_record(f.s, &id, r);
        (void)arc_session_error(f.s, &e);
        assert_ok_err(&e, st);
    }
    arc_record_free(r);
    assert_mirror(f.s, "c.1.1.0=gold c.1.1.1=iron c.1.2.0=200 i.1.0.0=high ");
    stop(&f);
}

static void in_memory(void **state)
{
    (void)state;
    check_backend(0);
}

static void in_sqlite(void **state)
{
    (void)state;
    check_backend(1);
}

static void test_retire(void **state)
{
    fixture f;
    arc_record *r;
    (void)state;
    start(&f, 0);
    define_all(&f);
    (void)sample_insert(f.s, ARC_CUSTOMER, "{\"code\":\"a\",\"legal_name\":\"n\",\"x_share\":\"1.5\",\"x_deposit\":\"7 JPY\"}");
    assert_ok(arc_custom_retire(f.s, ARC_CUSTOMER, "x_share"));
    assert_status(ARC_E_STATE, arc_custom_retire(f.s, ARC_CUSTOMER, "x_share"));
    assert_status(ARC_E_NOT_FOUND, arc_custom_retire(f.s, ARC_CUSTOMER, "x_nothing"));
    assert_status(ARC_E_NOT_FOUND, arc_custom_retire(f.s, 9999, "x_share"));
    assert_status(ARC_E_INVALID, arc_custom_retire(f.s, ARC_CUSTOMER, NULL));
    assert_customer(f.s, 1, ",\"x_deposit\":\"7 JPY\",\"x_share\":\"1.50\"}");
    assert_ok(arc_session_get(f.s, &r, ARC_CUSTOMER, 1));
    assert_status(ARC_E_VALUE, arc_record_set_json(r, "{\"x_share\":\"3\"}", SIZE_MAX));
    set_json(r, "{\"x_share\":null}");
    assert_ok(arc_session_update(f.s, r));
    arc_record_free(r);
    assert_customer(f.s, 1, ",\"x_deposit\":\"7 JPY\"}");
    assert_status(ARC_E_EXISTS, arc_custom_define(f.s, NULL, "{\"entity\":\"customer\",\"name\":\"x_share\",\"kind\":\"date\"}", SIZE_MAX));
    assert_int_equal(define(&f, "{\"entity\":\"customer\",\"name\":\"x_more\",\"kind\":\"date\"}"), ARC_CUSTOMER << 16 | 0x8005);
    stop(&f);
}

/* One row of the mirror taken out or altered behind the library's back. */
static void spoil(arc_book *handle, uint16_t op, int64_t number)
{
    arci_book *b;
    arci_session s;
    arci_scope scope;
    arci_arena a;
    const arci_shape *shape;
    arci_batch *batch;
    assert_ok(arci_book_enter(handle, &b));
    arci_session_system(&s, b);
    arci_arena_init(&a, b->ctx);
    assert_ok(arci_scope_begin(&s, &scope, ARC_WRITE, 0));
    assert_ok(arci_shape_get(scope.txn, &shape, "custom_index", op == ARC_WRITE_INSERT ? "entity row number seq num" : "num"));
    assert_ok(arci_batch_new(scope.txn, &a, &batch, shape, op, 1, 0, NULL, 0));
    arc_value *v = op == ARC_WRITE_INSERT ? arci_batch_row(batch, 0) : arci_batch_key(batch, 0);
    v[0] = arci_v_int(ARC_CUSTOMER);
    v[1] = arci_v_int(1);
    v[2] = arci_v_int(number);
    v[3] = arci_v_int(0);
    if (op == ARC_WRITE_INSERT) v[4] = arci_v_int(7);
    if (op == ARC_WRITE_UPDATE) arci_batch_row(batch, 0)[0] = arci_v_int(7);
    assert_ok_err(&s.error, arci_repo_write(scope.txn, &batch, 1, NULL));
    assert_ok(arci_scope_end(&scope, ARC_OK));
    arci_arena_clear(&a);
    arci_session_clear(&s);
    assert_ok(arci_book_leave(b, ARC_OK));
}

static int32_t note(void *user, const arc_finding *finding)
{
    char *text = user;
    size_t n = strlen(text);
    snprintf(text + n, 1000 - n, "%s %s %lld: %s\n", finding->check, finding->entity, (long long)finding->id, finding->message);
    return 0;
}

static void assert_findings(fixture *f, const char *expected)
{
    char text[1000] = "";
    arc_verify_summary s = ARC_VERIFY_SUMMARY_INIT;
    assert_ok(arc_book_verify(f->book, &s, note, text, NULL));
    assert_int_equal(text[0] == 0, expected[0] == 0);
    assert_memory_equal(text, expected, strlen(expected));
}

static void test_verify(void **state)
{
    fixture f;
    int sqlite;
    (void)state;
    for (sqlite = 0; sqlite < 2; sqlite++) {
        start(&f, sqlite);
        define_all(&f);
        (void)sample_insert(f.s, ARC_CUSTOMER, "{\"code\":\"a\",\"legal_name\":\"n\",\"x_share\":\"1.5\",\"x_tier\":\"gold\",\"x_metals\":[\"iron\",\"gold\"]}");
        (void)sample_insert(f.s, ARC_CUSTOMER, "{\"code\":\"b\",\"legal_name\":\"n\",\"x_share\":\"2.5\"}");
        assert_findings(&f, "");
        spoil(f.book, ARC_WRITE_UPDATE, 0x8002);
        assert_findings(&f, "store.custom_index");
        spoil(f.book, ARC_WRITE_DELETE, 0x8002);
        assert_findings(&f, "store.custom_index");
        spoil(f.book, ARC_WRITE_INSERT, 0x8003);
        assert_findings(&f, "store.custom_index");
        stop(&f);
    }
}

/* A definition undone is gone at once. */
static void test_undone(void **state)
{
    fixture f;
    arc_txn *txn;
    arc_record *r;
    arc_field_id id;
    (void)state;
    start(&f, 0);
    assert_ok(arc_session_begin(f.s, &txn, ARC_WRITE));
    (void)define(&f, "{\"entity\":\"customer\",\"name\":\"x_a\",\"kind\":\"date\",\"required\":true}");
    (void)sample_insert(f.s, ARC_CUSTOMER, "{\"code\":\"a\",\"legal_name\":\"n\",\"x_a\":\"2026-01-31\"}");
    arc_txn_rollback(txn);
    assert_ok(arc_record_new(f.s, &r, ARC_CUSTOMER));
    assert_status(ARC_E_NOT_FOUND, arc_record_field(r, &id, "x_a"));
    arc_record_free(r);
    assert_int_equal(define(&f, "{\"entity\":\"customer\",\"name\":\"x_b\",\"kind\":\"date\",\"required\":true}"), ARC_CUSTOMER << 16 | 0x8000);
    assert_ok(arc_record_new(f.s, &r, ARC_CUSTOMER));
    set_json(r, "{\"code\":\"a\",\"legal_name\":\"n\"}");
    assert_status(ARC_E_REQUIRED, arc_session_insert(f.s, NULL, r));
    arc_record_free(r);
    stop(&f);
}

static const struct {
    const char *json;
    arc_status status;
    const char *field;
} bad[] = {
    { "[]", ARC_E_SYNTAX, "" },
    { "{\"entity\":\"customer\"", ARC_E_SYNTAX, "" },
    { "{\"name\":\"x_a\",\"kind\":\"text\"}", ARC_E_REQUIRED, "entity" },
    { "{\"entity\":\"customer\",\"kind\":\"text\"}", ARC_E_REQUIRED, "name" },
    { "{\"entity\":\"customer\",\"name\":\"x_a\"}", ARC_E_REQUIRED, "kind" },
    { "{\"entity\":\"martian\",\"name\":\"x_a\",\"kind\":\"text\"}", ARC_E_VALUE, "entity" },
    { "{\"entity\":\"txn\",\"name\":\"x_a\",\"kind\":\"text\"}", ARC_E_VALUE, "entity" },
    { "{\"entity\":\"customer\",\"name\":\"a\",\"kind\":\"text\"}", ARC_E_VALUE, "name" },
    { "{\"entity\":\"customer\",\"name\":\"x_a\",\"kind\":\"blob\"}", ARC_E_VALUE, "kind" },
    { "{\"entity\":\"customer\",\"name\":\"x_a\",\"kind\":7}", ARC_E_VALUE, "kind" },
    { "{\"entity\":\"customer\",\"name\":\"x_a\",\"kind\":\"text\",\"size\":4001}", ARC_E_RANGE, "size" },
    { "{\"entity\":\"customer\",\"name\":\"x_a\",\"kind\":\"text\",\"size\":-1}", ARC_E_VALUE, "size" },
    { "{\"entity\":\"customer\",\"name\":\"x_a\",\"kind\":\"choice\"}", ARC_E_REQUIRED, "choices" },
    { "{\"entity\":\"customer\",\"name\":\"x_a\",\"kind\":\"choice\",\"choices\":\"a\"}", ARC_E_VALUE, "choices" },
    { "{\"entity\":\"customer\",\"name\":\"x_a\",\"kind\":\"choice\",\"choices\":[1]}", ARC_E_VALUE, "choices" },
    { "{\"entity\":\"customer\",\"name\":\"x_a\",\"kind\":\"reference\",\"target\":\"x\"}", ARC_E_VALUE, "target" },
    { "{\"entity\":\"customer\",\"name\":\"x_a\",\"kind\":\"date\",\"indexed\":1}", ARC_E_VALUE, "indexed" },
    { "{\"entity\":\"customer\",\"name\":\"x_a\",\"kind\":\"date\",\"colour\":1}", ARC_E_NOT_FOUND, "colour" },
    { "{\"entity\":\"customer\",\"name\":\"x_tier\",\"kind\":\"date\"}", ARC_E_EXISTS, "name" },
};

static void test_refusals(void **state)
{
    fixture f;
    size_t i;
    sample_bytes before, after;
    (void)state;
    start(&f, 0);
    define_all(&f);
    before = sample_dump(f.book);
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        arc_error e = ARC_ERROR_INIT;
        arc_status st = arc_custom_define(f.s, NULL, bad[i].json, SIZE_MAX);
        assert_ok(arc_session_error(f.s, &e));
        if (st != bad[i].status) fail_msg("%s: %s %s", bad[i].json, arc_status_name(st), e.message);
        assert_string_equal(e.field, bad[i].field);
        assert_true(e.message[0] && e.message_zh[0]);
    }
    assert_status(ARC_E_INVALID, arc_custom_define(f.s, NULL, NULL, 0));
    after = sample_dump(f.book);
    assert_string_equal(before.s, after.s);
    free(before.s);
    free(after.s);
    arc_session_close(f.s);
    assert_status(ARC_E_HANDLE, arc_custom_define(f.s, NULL, "{}", 2));
    assert_status(ARC_E_HANDLE, arc_custom_retire(f.s, ARC_CUSTOMER, "x"));
    stop(&f);
}

/* Handles of records: NULL, stale, of another type; NULL arguments; a record of another book. */
static void test_record_handles(void **state)
{
    fixture f;
    arc_book *second;
    arc_session *other;
    arc_record *r, *stale;
    uint32_t entity;
    int64_t v;
    char buf[100];
    size_t n = 4;
    const char *text;
    arc_error e = ARC_ERROR_INIT;
    (void)state;
    start(&f, 0);
    assert_ok(arc_record_new(f.s, &stale, ARC_CUSTOMER));
    arc_record_free(stale);
    arc_record_free(stale);
    arc_record_free(NULL);
    assert_ok(arc_record_new(f.s, &r, ARC_CUSTOMER));
    assert_status(ARC_E_HANDLE, arc_record_clear(stale));
    assert_status(ARC_E_HANDLE, arc_record_clear(NULL));
    assert_status(ARC_E_HANDLE, arc_record_clear((arc_record *)(void *)f.s));
    assert_status(ARC_E_HANDLE, arc_record_get_int(stale, &v, ARC_CUSTOMER_OWNER));
    assert_status(ARC_E_HANDLE, arc_record_set_int(stale, ARC_CUSTOMER_OWNER, 1));
    assert_status(ARC_E_HANDLE, arc_record_error(stale, &e));
    assert_status(ARC_E_INVALID, arc_record_entity(r, NULL));
    assert_status(ARC_E_INVALID, arc_record_get_int(r, NULL, ARC_CUSTOMER_OWNER));
    assert_status(ARC_E_INVALID, arc_record_get_text(r, NULL, &n, ARC_CUSTOMER_CODE));
    assert_status(ARC_E_INVALID, arc_record_set_text(r, ARC_CUSTOMER_CODE, NULL, 0));
    assert_status(ARC_E_INVALID, arc_record_set_json(r, NULL, 0));
    assert_status(ARC_E_INVALID, arc_record_get_json(r, buf, NULL));
    assert_status(ARC_E_INVALID, arc_record_field(r, NULL, "code"));
    assert_status(ARC_E_INVALID, arc_record_error(r, NULL));
    assert_status(ARC_E_INVALID, arc_record_new(f.s, NULL, ARC_CUSTOMER));
    assert_status(ARC_E_NOT_FOUND, arc_record_new(f.s, &stale, 9999));
    assert_null(stale);
    assert_status(ARC_E_HANDLE, arc_record_new(NULL, &stale, ARC_CUSTOMER));
    assert_ok(arc_record_entity(r, &entity));
    assert_int_equal(entity, ARC_CUSTOMER);
    assert_ok(arc_record_set_text(r, ARC_CUSTOMER_CODE, "abc", SIZE_MAX));
    assert_ok(arc_record_get_text(r, &text, NULL, ARC_CUSTOMER_CODE));
    assert_string_equal(text, "abc");
    assert_status(ARC_E_BUFFER, arc_record_get_json(r, buf, &n));
    assert_int_equal(n, strlen("{\"code\":\"abc\"}"));
    n = sizeof buf;
    assert_ok(arc_record_get_json(r, buf, &n));
    assert_string_equal(buf, "{\"code\":\"abc\"}");
    assert_status(ARC_E_VALUE, arc_record_set_json(r, "{\"code\":1}", SIZE_MAX));
    assert_ok(arc_record_error(r, &e));
    assert_string_equal(e.pointer, "/code");
    assert_ok(arc_record_clear(r));
    assert_ok(arc_record_error(r, &e));
    assert_int_equal(e.status, ARC_OK);
    second = sample_open(&f.t, "memory:second", ARC_BOOK_CREATE);
    assert_ok(arc_session_open(second, &other, NULL));
    assert_status(ARC_E_INVALID, arc_session_insert(other, NULL, r));
    arc_session_close(f.s);
    assert_status(ARC_E_HANDLE, arc_record_clear(r)); /* freed with its session */
    arc_book_close(second);
    stop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_memory),      cmocka_unit_test(in_sqlite),   cmocka_unit_test(test_retire),
        cmocka_unit_test(test_undone),      cmocka_unit_test(test_verify),       cmocka_unit_test(test_refusals), cmocka_unit_test(test_record_handles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
