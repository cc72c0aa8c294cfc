/* SPDX-License-Identifier: Apache-2.0 */
/* Every function of book.h, session.h and query.h with handles that are NULL, of another type, or freed, and with arguments out of
 * range: a typed error, and the book works on. */
#include "arcore/fields.h"
#include "support/books.h"

static int32_t report(void *user, const arc_finding *finding)
{
    (void)user;
    (void)finding;
    return 0;
}

static int32_t sink(void *user, const char *bytes, size_t n)
{
    (void)user;
    (void)bytes;
    (void)n;
    return 0;
}

static arc_status nothing(void *user, arc_session *s, arc_txn *t)
{
    (void)user;
    (void)s;
    (void)t;
    return ARC_OK;
}

static void use_book(arc_status want, arc_book *h)
{
    arc_book *b = NULL;
    arc_session *s = NULL;
    arc_error e = ARC_ERROR_INIT;
    arc_book_info i = ARC_BOOK_INFO_INIT;
    assert_status(want, arc_book_clone(h, &b));
    assert_null(b);
    assert_status(want, arc_book_error(h, &e));
    size_t len = 0;
    assert_status(want, arc_book_describe(h, &i));
    assert_status(want, arc_book_store_json(h, NULL, &len));
    assert_status(want, arc_book_verify(h, NULL, report, NULL, NULL));
    assert_status(want, arc_book_backup(h, "memory:x", NULL));
    assert_status(want, arc_book_dump(h, sink, NULL, NULL));
    assert_status(want, arc_session_open(h, &s, NULL));
    assert_null(s);
    arc_book_close(h);
}

static void use_session(arc_status want, arc_session *h)
{
    arc_txn *t = NULL;
    arc_error e = ARC_ERROR_INIT;
    arc_record *r = NULL;
    arc_query *q = NULL;
    int64_t id;
    arc_status result;
    arc_record *list[1] = { NULL };
    assert_status(want, arc_session_error(h, &e));
    assert_status(want, arc_session_set_business_date(h, 20000));
    assert_status(want, arc_session_begin(h, &t, ARC_READ));
    assert_status(want, arc_session_run(h, ARC_READ, nothing, NULL, 1));
    assert_status(want, arc_session_get(h, &r, ARC_CUSTOMER, 1));
    assert_status(want, arc_session_insert(h, &id, NULL));
    assert_status(want, arc_session_update(h, NULL));
    assert_status(want, arc_session_insert_many(h, &id, &result, list, 1, 0));
    assert_status(want, arc_session_update_many(h, &result, list, 1, 0));
    assert_status(want, arc_query_new(h, &q, ARC_CUSTOMER));
    assert_status(want, arc_query_from_json(h, &q, "{}", 2));
    assert_null(t);
    assert_null(r);
    assert_null(q);
    arc_session_close(h);
}

static void use_txn(arc_status want, arc_txn *h)
{
    uint32_t depth;
    assert_status(want, arc_txn_savepoint(h, &depth));
    assert_status(want, arc_txn_rollback_to(h, 1));
    assert_status(want, arc_txn_release(h, 1));
    assert_status(want, arc_txn_commit(h));
    arc_txn_rollback(h);
}

static void use_query(arc_status want, arc_query *h)
{
    char buf[8];
    size_t len = sizeof buf;
    arc_error e = ARC_ERROR_INIT;
    arc_field_id f = ARC_CUSTOMER_CODE;
    arc_cursor *c = NULL;
    arc_money m = { 1, "CNY", 0 };
    arc_decimal d = { 1, 0, 0 };
    int64_t list[1] = { 1 };
    const char *const texts[1] = { "a" };
    assert_status(want, arc_query_json(h, buf, &len));
    assert_status(want, arc_query_error(h, &e));
    assert_status(want, arc_query_field(h, &f, "code"));
    assert_status(want, arc_query_where_int(h, ARC_CUSTOMER_ID, ARC_EQ, 1));
    assert_status(want, arc_query_where_text(h, f, ARC_EQ, "a", 1));
    assert_status(want, arc_query_where_date(h, ARC_CUSTOMER_DUNNING_BLOCK_TO, ARC_EQ, 1));
    assert_status(want, arc_query_where_stamp(h, f, ARC_EQ, 1));
    assert_status(want, arc_query_where_money(h, ARC_CUSTOMER_REGISTERED_CAPITAL, ARC_EQ, m));
    assert_status(want, arc_query_where_minor(h, ARC_CUSTOMER_REGISTERED_CAPITAL, ARC_EQ, 1));
    assert_status(want, arc_query_where_decimal(h, f, ARC_EQ, d));
    assert_status(want, arc_query_where_null(h, f));
    assert_status(want, arc_query_where_in_int(h, ARC_CUSTOMER_ID, list, 1));
    assert_status(want, arc_query_where_in_text(h, f, texts, 1));
    assert_status(want, arc_query_where_field(h, f, ARC_EQ, f));
    assert_status(want, arc_query_and(h, 1));
    assert_status(want, arc_query_or(h, 1));
    assert_status(want, arc_query_not(h));
    assert_status(want, arc_query_select(h, &f, 1));
    assert_status(want, arc_query_order(h, f, 0));
    assert_status(want, arc_query_order_column(h, 0, 0));
    assert_status(want, arc_query_limit(h, 1));
    assert_status(want, arc_query_after(h, NULL));
    assert_status(want, arc_query_group(h, f));
    assert_status(want, arc_query_group_bucket(h, ARC_CUSTOMER_ID, list, 1));
    assert_status(want, arc_query_measure(h, ARC_COUNT, 0));
    assert_status(want, arc_query_explain(h, buf, &len));
    assert_status(want, arc_query_run(h, &c));
    assert_null(c);
    arc_query_free(h);
}

static void use_cursor(arc_status want, arc_cursor *h)
{
    arc_error e = ARC_ERROR_INIT;
    uint32_t n;
    arc_column_info info = ARC_COLUMN_INFO_INIT;
    int32_t is;
    int64_t i;
    const char *s;
    const void *p;
    size_t len = 0;
    arc_date date;
    arc_stamp stamp;
    arc_money m;
    arc_decimal d;
    arc_record *r = NULL;
    assert_status(want, arc_cursor_next(h));
    assert_status(want, arc_cursor_error(h, &e));
    assert_status(want, arc_cursor_columns(h, &n));
    assert_status(want, arc_cursor_column(h, &info, 0));
    assert_status(want, arc_cursor_is_null(h, &is, 0));
    assert_status(want, arc_cursor_get_int(h, &i, 0));
    assert_status(want, arc_cursor_get_text(h, &s, &len, 0));
    assert_status(want, arc_cursor_get_blob(h, &p, &len, 0));
    assert_status(want, arc_cursor_get_date(h, &date, 0));
    assert_status(want, arc_cursor_get_stamp(h, &stamp, 0));
    assert_status(want, arc_cursor_get_money(h, &m, 0));
    assert_status(want, arc_cursor_get_decimal(h, &d, 0));
    assert_status(want, arc_cursor_record(h, &r));
    assert_status(want, arc_cursor_token(h, NULL, &len));
    arc_cursor_free(h);
}

static void handles(void **state)
{
    (void)state;
    test_book b;
    arc_txn *t;
    arc_query *q;
    arc_cursor *c;
    arc_book *closed;
    char uri[] = "memory:other";
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    test_book_open(&b, 0);
    assert_session(&b, arc_session_begin(b.session, &t, ARC_WRITE));
    assert_session(&b, arc_query_new(b.session, &q, ARC_CUSTOMER));
    assert_ok(arc_query_run(q, &c));
    void *const all[] = { NULL, b.book, b.session, t, q, c };
    for (int i = 0; i < 6; i++) {
        if (i != 1) use_book(ARC_E_HANDLE, all[i]);
        if (i != 2) use_session(ARC_E_HANDLE, all[i]);
        if (i != 3) use_txn(ARC_E_HANDLE, all[i]);
        if (i != 4) use_query(ARC_E_HANDLE, all[i]);
        if (i != 5) use_cursor(ARC_E_HANDLE, all[i]);
    }
    o.flags = ARC_BOOK_CREATE;
    assert_ok(arc_book_open(b.t.ctx, &closed, uri, &o));
    arc_book_close(closed);
    use_book(ARC_E_HANDLE, closed);
    arc_session_close(b.session); /* takes everything with it */
    use_session(ARC_E_HANDLE, b.session);
    use_txn(ARC_E_HANDLE, t);
    use_query(ARC_E_HANDLE, q);
    use_cursor(ARC_E_HANDLE, c);
    test_book_close(&b);
}

static void bad_uris(void **state)
{
    (void)state;
    static const struct {
        const char *uri;
        arc_status want;
    } cases[] = {
        { "", ARC_E_INVALID },
        { "book", ARC_E_INVALID },
        { ":x", ARC_E_INVALID },
        { "averyveryverylongscheme:x", ARC_E_INVALID },
        { "nosuch:x", ARC_E_UNSUPPORTED },
        { "memory:x#y", ARC_E_INVALID },
        { "memory:x?book=", ARC_E_INVALID },
        { "memory:x?book=a%20b", ARC_E_INVALID },
        { "memory:x?book=a&book=b", ARC_E_INVALID },
        { "memory:x?book=123456789012345678901234567890123", ARC_E_INVALID },
        { "memory:x?nonsense=1", ARC_E_INVALID },
        { "memory:\xff", ARC_E_INVALID },
    };
    test_env t;
    test_open(&t);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arc_book *b = (arc_book *)1;
        arc_error e = ARC_ERROR_INIT;
        arc_book_options o = ARC_BOOK_OPTIONS_INIT;
        o.flags = ARC_BOOK_CREATE;
        arc_status st = arc_book_open(t.ctx, &b, cases[i].uri, &o);
        test_status_is(cases[i].want, st, cases[i].uri, NULL, __FILE__, __LINE__);
        assert_null(b);
        assert_ok(arc_context_error(t.ctx, &e));
        assert_int_equal(e.status, st);
        assert_true(e.message[0] && e.message_zh[0]);
    }
    test_close(&t);
}

static void bad_options(void **state)
{
    (void)state;
    test_env t;
    arc_book *b;
    struct bad {
        uint32_t flags, timeout;
        int32_t offset;
        const char *currency, *name;
        arc_status want;
    } cases[] = { { 0x1000, 0, 0, NULL, NULL, ARC_E_INVALID },
                  { ARC_BOOK_CREATE | ARC_BOOK_READONLY, 0, 0, NULL, NULL, ARC_E_READONLY },
                  { 1, 3600001, 0, NULL, NULL, ARC_E_INVALID },
                  { 1, 0, 1081, NULL, NULL, ARC_E_INVALID },
                  { 1, 0, 0, "XYZ", NULL, ARC_E_CURRENCY },
                  { 1, 0, 0, "", NULL, ARC_E_CURRENCY },
                  { 1, 0, 0, NULL, "", ARC_E_INVALID },
                  { 1, 0, 0, NULL, "\xc3", ARC_E_INVALID } };
    test_open(&t);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arc_book_options o = ARC_BOOK_OPTIONS_INIT;
        o.flags = cases[i].flags;
        o.timeout_ms = cases[i].timeout;
        o.utc_offset_minutes = cases[i].offset;
        o.base_currency = cases[i].currency;
        o.name = cases[i].name;
        assert_status(cases[i].want, arc_book_open(t.ctx, &b, "memory:x", &o));
    }
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    o.struct_size = 0;
    assert_status(ARC_E_INVALID, arc_book_open(t.ctx, &b, "memory:x", &o));
    assert_status(ARC_E_INVALID, arc_book_open(t.ctx, NULL, "memory:x", NULL));
    assert_status(ARC_E_INVALID, arc_book_open(t.ctx, &b, NULL, NULL));
    assert_status(ARC_E_HANDLE, arc_book_open(NULL, &b, "memory:x", NULL));
    assert_status(ARC_E_NOT_A_BOOK, arc_book_open(t.ctx, &b, "memory:x", NULL)); /* empty, and not to be made */
    assert_status(ARC_E_INVALID, arc_book_options_init(NULL));
    assert_status(ARC_E_INVALID, arc_book_info_init(NULL));
    assert_status(ARC_E_INVALID, arc_session_options_init(NULL));
    assert_status(ARC_E_INVALID, arc_verify_options_init(NULL));
    assert_status(ARC_E_INVALID, arc_column_info_init(NULL));
    test_close(&t);
}

static void bad_sessions(void **state)
{
    (void)state;
    test_book b;
    arc_session *s;
    test_book_open(&b, 0);
    for (int i = 0; i < 7; i++) {
        arc_session_options o = ARC_SESSION_OPTIONS_INIT;
        if (i == 0) o.flags = 1;
        if (i == 1) o.actor = "";
        if (i == 2) o.actor = "\xff";
        if (i == 3) o.business_date = ARC_DATE_MAX + 1;
        if (i == 4) o.timeout_ms = 3600001;
        if (i == 5) o.language = "de";
        if (i == 6) o.on_behalf_of = "12345678901234567890123456789012345678901234567890123456789012345";
        assert_status(i == 2 ? ARC_E_ENCODING : ARC_E_INVALID, arc_session_open(b.book, &s, &o));
        assert_null(s);
    }
    assert_status(ARC_E_INVALID, arc_session_open(b.book, NULL, NULL));
    assert_session_status(ARC_E_RANGE, &b, arc_session_set_business_date(b.session, ARC_DATE_MAX + 1));
    arc_txn *t;
    assert_session_status(ARC_E_INVALID, &b, arc_session_begin(b.session, &t, 3));
    assert_session_status(ARC_E_INVALID, &b, arc_session_begin(b.session, NULL, ARC_READ));
    test_book_close(&b);
}

static void bad_queries(void **state)
{
    (void)state;
    test_book b;
    arc_query *q;
    arc_cursor *c;
    const char *s;
    size_t len;
    int64_t i;
    int64_t down[2] = { 5, 5 };
    arc_field_id f = ARC_CUSTOMER_CODE;
    arc_money m = { 1, "QQQ", 0 };
    arc_decimal d = { 12345, 4, 0 };
    test_book_open(&b, 0);
    assert_session_status(ARC_E_NOT_FOUND, &b, arc_query_new(b.session, &q, 60000));
    assert_session(&b, arc_query_new(b.session, &q, ARC_CUSTOMER));
    assert_status(ARC_E_NOT_FOUND, arc_query_field(q, &f, "nope"));
    assert_status(ARC_E_INVALID, arc_query_where_int(q, ARC_CUSTOMER_CODE, ARC_EQ, 1));
    assert_status(ARC_E_INVALID, arc_query_where_int(q, ARC_CONTRACT_ID, ARC_EQ, 1));
    assert_status(ARC_E_NOT_FOUND, arc_query_where_int(q, ARC_CUSTOMER_ID + 900, ARC_EQ, 1));
    assert_status(ARC_E_UNSUPPORTED, arc_query_where_int(q, ARC_CUSTOMER_SCORE, ARC_EQ, 1));
    assert_status(ARC_E_INVALID, arc_query_where_int(q, ARC_CUSTOMER_ID, 77, 1));
    assert_status(ARC_E_INVALID, arc_query_where_text(q, f, ARC_EQ, NULL, 0));
    assert_status(ARC_E_ENCODING, arc_query_where_text(q, f, ARC_EQ, "\xff", 1));
    assert_status(ARC_E_ENCODING, arc_query_where_text(q, f, ARC_EQ, "a\0b", 3));
    assert_status(ARC_E_RANGE, arc_query_where_date(q, ARC_CUSTOMER_DUNNING_BLOCK_TO, ARC_EQ, ARC_DATE_MAX + 1));
    assert_status(ARC_E_CURRENCY, arc_query_where_money(q, ARC_CUSTOMER_REGISTERED_CAPITAL, ARC_EQ, m));
    assert_status(ARC_E_INVALID, arc_query_where_decimal(q, ARC_CUSTOMER_ID, ARC_EQ, d));
    assert_status(ARC_E_INVALID, arc_query_where_in_int(q, ARC_CUSTOMER_ID, down, 0));
    assert_status(ARC_E_LIMIT, arc_query_where_in_int(q, ARC_CUSTOMER_ID, down, 10001));
    assert_status(ARC_E_INVALID, arc_query_where_field(q, ARC_CUSTOMER_ID, ARC_EQ, ARC_CUSTOMER_CODE));
    assert_status(ARC_E_INVALID, arc_query_and(q, 1));
    assert_status(ARC_E_INVALID, arc_query_not(q));
    assert_status(ARC_E_INVALID, arc_query_order(q, f, 2));
    assert_ok(arc_query_order(q, f, 0));
    assert_status(ARC_E_INVALID, arc_query_order(q, f, 1));
    assert_status(ARC_E_INVALID, arc_query_order_column(q, 0, 0));
    assert_status(ARC_E_INVALID, arc_query_limit(q, -1));
    assert_status(ARC_E_SYNTAX, arc_query_after(q, "with space"));
    assert_status(ARC_E_SYNTAX, arc_query_after(q, ""));
    assert_ok(arc_query_after(q, "1.2ax"));
    assert_status(ARC_E_SYNTAX, arc_query_run(q, &c));
    assert_ok(arc_query_after(q, NULL));
    assert_status(ARC_E_INVALID, arc_query_group_bucket(q, ARC_CUSTOMER_ID, down, 2));
    assert_status(ARC_E_INVALID, arc_query_group_bucket(q, f, down, 1));
    assert_status(ARC_E_INVALID, arc_query_measure(q, 9, 0));
    assert_status(ARC_E_INVALID, arc_query_measure(q, ARC_SUM, f));
    assert_status(ARC_E_INVALID, arc_query_run(q, NULL));
    for (int k = 0; k < 1000; k++) assert_ok(arc_query_where_int(q, ARC_CUSTOMER_ID, ARC_GE, 1));
    assert_status(ARC_E_LIMIT, arc_query_where_int(q, ARC_CUSTOMER_ID, ARC_GE, 1));
    assert_ok(arc_query_run(q, &c));
    assert_status(ARC_E_STATE, arc_cursor_get_int(c, &i, 0));
    assert_status(ARC_E_INVALID, arc_cursor_get_text(c, &s, &len, 0));
    assert_status(ARC_E_INVALID, arc_cursor_get_int(c, &i, 999));
    assert_status(ARC_E_INVALID, arc_cursor_get_int(c, NULL, 0));
    assert_status(ARC_DONE, arc_cursor_next(c));
    test_book_close(&b);
}

static void bad_json(void **state)
{
    (void)state;
    static const struct {
        const char *json, *pointer;
        arc_status want;
    } cases[] = {
        { "", "", ARC_E_SYNTAX },
        { "[]", "", ARC_E_SYNTAX },
        { "{}", "", ARC_E_SYNTAX },
        { "{\"entity\":\"nope\"}", "/entity", ARC_E_NOT_FOUND },
        { "{\"entity\":\"customer\",\"x\":1}", "/x", ARC_E_NOT_FOUND },
        { "{\"entity\":\"customer\",\"entity\":\"customer\"}", "/entity", ARC_E_EXISTS },
        { "{\"entity\":\"customer\",\"fields\":[]}", "/fields", ARC_E_SYNTAX },
        { "{\"entity\":\"customer\",\"fields\":[\"code\",\"nope\"]}", "/fields/1", ARC_E_NOT_FOUND },
        { "{\"entity\":\"customer\",\"fields\":[\"score\"]}", "/fields/0", ARC_E_UNSUPPORTED },
        { "{\"entity\":\"customer\",\"limit\":-1}", "/limit", ARC_E_RANGE },
        { "{\"entity\":\"customer\",\"filters\":[{\"member\":\"code\"}]}", "/filters/0", ARC_E_SYNTAX },
        { "{\"entity\":\"customer\",\"filters\":[{\"member\":\"code\",\"operator\":\"like\",\"values\":[\"a\"]}]}",
          "/filters/0/operator", ARC_E_NOT_FOUND },
        { "{\"entity\":\"customer\",\"filters\":[{\"member\":\"code\",\"operator\":\"equals\",\"values\":[]}]}", "/filters/0/values",
          ARC_E_SYNTAX },
        { "{\"entity\":\"customer\",\"filters\":[{\"member\":\"code\",\"operator\":\"equals\",\"values\":[1]}]}",
          "/filters/0/values/0", ARC_E_SYNTAX },
        { "{\"entity\":\"customer\",\"filters\":[{\"or\":[{\"member\":\"dunning_block_to\",\"operator\":\"lt\","
          "\"values\":[\"2025-02-30\"]}]}]}", "/filters/0/or/0/values/0", ARC_E_RANGE },
        { "{\"entity\":\"contract\",\"filters\":[{\"member\":\"amount\",\"operator\":\"gt\",\"values\":[\"1.234 CNY\"]}]}",
          "/filters/0/values/0", ARC_E_PRECISION },
        { "{\"entity\":\"contract\",\"filters\":[{\"member\":\"amount\",\"operator\":\"gt\",\"values\":[\"12\"]}]}",
          "/filters/0/values/0", ARC_E_VALUE },
        { "{\"entity\":\"customer\",\"measures\":[{\"measure\":\"avg\"}]}", "/measures/0/measure", ARC_E_NOT_FOUND },
        { "{\"entity\":\"customer\",\"dimensions\":[{\"member\":\"code\",\"edges\":[\"1\"]}]}", "/dimensions/0/edges/0", ARC_E_VALUE },
        { "{\"entity\":\"customer\",\"order\":[{\"member\":\"code\",\"descending\":1}]}", "/order/0/descending", ARC_E_SYNTAX },
    };
    test_book b;
    test_book_open(&b, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arc_query *q = (arc_query *)1;
        arc_error e = ARC_ERROR_INIT;
        arc_status st = arc_query_from_json(b.session, &q, cases[i].json, SIZE_MAX);
        assert_ok(arc_session_error(b.session, &e));
        test_status_is(cases[i].want, st, cases[i].json, &e, __FILE__, __LINE__);
        assert_null(q);
        assert_string_equal(e.pointer, cases[i].pointer);
    }
    test_book_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handles),     cmocka_unit_test(bad_uris),    cmocka_unit_test(bad_options), cmocka_unit_test(bad_sessions),
        cmocka_unit_test(bad_queries), cmocka_unit_test(bad_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
