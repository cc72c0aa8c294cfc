/* SPDX-License-Identifier: Apache-2.0 */
/* Custom fields through their life: formulas, references, changes that other sessions see, ways in and out. */
#include "sample.h"

#include "arcore/arrow.h"
#include "arcore/custom.h"
#include "arcore/exchange.h"
#include "store/query.h"
#include "store/repo.h"
#include "support/books.h"

static void define_in(arc_session *s, const char *json)
{
    arc_error e = ARC_ERROR_INIT;
    arc_status st = arc_custom_define(s, NULL, json, SIZE_MAX);
    (void)arc_session_error(s, &e);
    if (st != ARC_OK) fail_msg("%s: %s %s %s", json, arc_status_name(st), e.message, e.pointer);
}

static void assert_json(arc_session *s, uint32_t entity, int64_t id, const char *part, int there)
{
    arc_record *r;
    char json[2000];
    size_t n = sizeof json;
    assert_ok(arc_session_get(s, &r, entity, id));
    assert_ok(arc_record_get_json(r, json, &n));
    if ((strstr(json, part) != NULL) != there) fail_msg("%s: %s", part, json);
    arc_record_free(r);
}

static int64_t findings_of(arc_book *book)
{
    arc_verify_summary v = ARC_VERIFY_SUMMARY_INIT;
    assert_ok(arc_book_verify(book, &v, NULL, NULL, NULL));
    return v.findings;
}

static int64_t mirrored(arc_session *s)
{
    arc_query *q;
    arc_cursor *c;
    int64_t n = 0;
    assert_ok(arc_query_new(s, &q, ARC_CUSTOM_INDEX));
    assert_ok(arc_query_measure(q, ARC_COUNT, 0));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_int(c, &n, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return n;
}

/* ---- formulas --------------------------------------------------------------------------------------------------------------- */

#define FORMULA(more) "{\"entity\":\"customer\",\"name\":\"x_f\",\"kind\":\"formula\"," more "}"
#define VAR(name) "{\"var\":\"" name "\"}"

static void bad_formulas(void **state)
{
    static const struct {
        const char *json, *pointer;
        arc_status status;
    } cases[] = {
        { FORMULA("\"size\":2"), "/formula", ARC_E_REQUIRED },
        { FORMULA("\"formula\":\"x_a\""), "/formula", ARC_E_SYNTAX },
        { FORMULA("\"formula\":{}"), "/formula", ARC_E_SYNTAX },
        { FORMULA("\"formula\":{\"+\":[1,2],\"-\":[1]}"), "/formula", ARC_E_SYNTAX },
        { FORMULA("\"formula\":{\"%\":[1,2]}"), "/formula/%", ARC_E_NOT_FOUND },
        { FORMULA("\"formula\":{\"+\":[1]}"), "/formula/+", ARC_E_SYNTAX },
        { FORMULA("\"formula\":{\"-\":[1,2,3]}"), "/formula/-", ARC_E_SYNTAX },
        { FORMULA("\"formula\":{\"+\":[1," VAR("x_none") "]}"), "/formula/+/1/var", ARC_E_NOT_FOUND },
        { FORMULA("\"formula\":{\"+\":[1," VAR("code") "]}"), "/formula/+/1/var", ARC_E_VALUE },
        { FORMULA("\"formula\":{\"+\":[1," VAR("id") "]}"), "/formula/+/1/var", ARC_E_VALUE },
        { FORMULA("\"formula\":{\"+\":[1," VAR("x_cap") "]}"), "/formula/+/1", ARC_E_VALUE },
        { FORMULA("\"formula\":{\"*\":[" VAR("x_cap") "," VAR("x_cap") "]}"), "/formula/*/1", ARC_E_VALUE },
        { FORMULA("\"formula\":{\"*\":[" VAR("x_cap") ",0.5]}"), "/formula", ARC_E_REQUIRED },
        { FORMULA("\"formula\":{\"+\":[" VAR("x_n") ",1]}"), "/formula", ARC_E_REQUIRED },
        { FORMULA("\"size\":2,\"formula\":{\"/\":[1,2]}"), "/formula/~1", ARC_E_SYNTAX },
        { FORMULA("\"size\":2,\"formula\":{\"/\":[1," VAR("x_cap") ",2,\"up\"]}"), "/formula/~1/1", ARC_E_VALUE },
        { FORMULA("\"size\":2,\"formula\":{\"/\":[1,2,19,\"up\"]}"), "/formula/~1/2", ARC_E_RANGE },
        { FORMULA("\"size\":2,\"formula\":{\"/\":[1,2,2,\"exact\"]}"), "/formula/~1/3", ARC_E_VALUE },
        { FORMULA("\"size\":2,\"formula\":{\"+\":[1,2]},\"round\":\"often\""), "", ARC_E_VALUE },
        { FORMULA("\"size\":2,\"formula\":{\"+\":[1,2]},\"indexed\":true"), "", ARC_E_VALUE },
        { FORMULA("\"size\":19,\"formula\":{\"+\":[1,2]}"), "", ARC_E_RANGE },
        { FORMULA("\"size\":2,\"formula\":{\"+\":[1," VAR("x_g") "]}"), "/formula/+/1/var", ARC_E_VALUE }, /* another formula */
    };
    arc_book *book = sample_open(*state, "memory:", ARC_BOOK_CREATE);
    arc_session *s;
    assert_ok(arc_session_open(book, &s, NULL));
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_cap\",\"kind\":\"money\"}");
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_n\",\"kind\":\"number\",\"size\":3}");
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_g\",\"kind\":\"formula\",\"size\":3,\"formula\":" VAR("x_n") "}");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        arc_error e = ARC_ERROR_INIT;
        arc_status st = arc_custom_define(s, NULL, cases[i].json, SIZE_MAX);
        assert_ok(arc_session_error(s, &e));
        if (st != cases[i].status || strcmp(e.pointer, cases[i].pointer)) fail_msg("%s: %s at %s, %s", cases[i].json, arc_status_name(st), e.pointer, e.message);
        assert_true(e.message[0] && e.message_zh[0]);
    }
    arc_book_close(book);
}

/* What a row makes of a formula; NULL instead of a guess. */
static void formula_values(void **state)
{
    static const struct {
        const char *row, *expected;
    } cases[] = {
        { "\"x_cap\":\"10.00 CNY\",\"x_paid\":\"2.50 CNY\",\"x_n\":\"3\"", "\"x_left\":\"7.50 CNY\",\"x_n\":\"3.000\",\"x_paid\":\"2.50 CNY\",\"x_part\":\"3.33 CNY\",\"x_share\":\"0.2500\",\"x_twice\":\"-6.0\"}" },
        { "\"x_cap\":\"10.00 CNY\",\"x_paid\":\"2.50 USD\",\"x_n\":\"0\"", "\"x_cap\":\"10.00 CNY\",\"x_n\":\"0.000\",\"x_paid\":\"2.50 USD\",\"x_twice\":\"0.0\"}" },
        { "\"x_cap\":\"0 JPY\",\"x_paid\":\"7 JPY\"", "\"x_cap\":\"0 JPY\",\"x_left\":\"-7 JPY\",\"x_paid\":\"7 JPY\"}" },
        { "\"x_n\":\"9000000000000000\"", "\"x_n\":\"9000000000000000.000\"}" }, /* twice that has no 64-bit mantissa */
    };
    arc_book *book = sample_open(*state, "memory:", ARC_BOOK_CREATE);
    arc_session *s;
    arc_record *r;
    assert_ok(arc_session_open(book, &s, NULL));
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_cap\",\"kind\":\"money\"}");
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_paid\",\"kind\":\"money\"}");
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_n\",\"kind\":\"number\",\"size\":3}");
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_left\",\"kind\":\"formula\",\"formula\":{\"-\":[" VAR("x_cap") "," VAR("x_paid") "]}}");
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_part\",\"kind\":\"formula\",\"round\":\"half_up\",\"formula\":{\"/\":[" VAR("x_cap") "," VAR("x_n") ",6,\"half_even\"]}}");
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_share\",\"kind\":\"formula\",\"size\":4,\"formula\":{\"/\":[" VAR("x_paid") "," VAR("x_cap") ",4,\"half_even\"]}}");
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_twice\",\"kind\":\"formula\",\"size\":1,\"round\":\"down\",\"formula\":{\"-\":[{\"*\":[2," VAR("x_n") "]}]}}");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char json[400];
        snprintf(json, sizeof json, "{\"code\":\"K%d\",\"legal_name\":\"n\",%s}", (int)i, cases[i].row);
        assert_json(s, ARC_CUSTOMER, sample_insert(s, ARC_CUSTOMER, json), cases[i].expected, 1);
    }
    assert_ok(arc_session_get(s, &r, ARC_CUSTOMER, 1));
    assert_status(ARC_E_VALUE, arc_record_set_json(r, "{\"x_left\":\"1.00 CNY\"}", SIZE_MAX));
    /* it follows what is set, before it is stored */
    arc_field_id left;
    arc_money m;
    assert_ok(arc_record_set_json(r, "{\"x_paid\":\"4.00 CNY\"}", SIZE_MAX));
    assert_ok(arc_record_field(r, &left, "x_left"));
    assert_ok(arc_record_get_money(r, &m, left));
    assert_int_equal(m.minor, 600);
    assert_status(ARC_E_INVALID, arc_record_set_money(r, left, m));
    arc_record_free(r);
    assert_int_equal(findings_of(book), 0);
    arc_book_close(book);
}

/* ---- references ------------------------------------------------------------------------------------------------------------- */

static arc_status insert_json(arc_session *s, uint32_t entity, const char *json)
{
    arc_record *r;
    assert_ok(arc_record_new(s, &r, entity));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    arc_status st = arc_session_insert(s, NULL, r);
    arc_record_free(r);
    return st;
}

/* A reference set behind the library's back. */
static void point_nowhere(arc_book *handle)
{
    arci_book *b;
    arci_session s;
    arci_scope scope;
    arci_arena a;
    const arci_shape *shape;
    arci_batch *batch;
    static const char custom[] = "{\"x_agent\":99}";
    assert_ok(arci_book_enter(handle, &b));
    arci_session_system(&s, b);
    arci_arena_init(&a, b->ctx);
    assert_ok(arci_scope_begin(&s, &scope, ARC_WRITE, 0));
    assert_ok(arci_shape_get(scope.txn, &shape, "customer", "custom"));
    assert_ok(arci_batch_new(scope.txn, &a, &batch, shape, ARC_WRITE_UPDATE, 1, 0, NULL, 0));
    arci_batch_key(batch, 0)[0] = arci_v_int(1);
    arci_batch_row(batch, 0)[0] = arci_v_text(custom, sizeof custom - 1);
    assert_ok_err(&s.error, arci_repo_write(scope.txn, &batch, 1, NULL));
    assert_ok(arci_scope_end(&scope, ARC_OK));
    arci_arena_clear(&a);
    arci_session_clear(&s);
    assert_ok(arci_book_leave(b, ARC_OK));
}

static void references_on(int backend)
{
    test_book b;
    arc_record *r;
    arc_error e = ARC_ERROR_INIT;
    test_book_open(&b, backend);
    arc_session *s = b.session;
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_agent\",\"kind\":\"reference\",\"target\":\"customer\"}");
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_seller\",\"kind\":\"member\"}");
    define_in(s, "{\"entity\":\"invoice\",\"name\":\"x_agent\",\"kind\":\"reference\",\"target\":\"customer\"}");
    assert_status(ARC_E_REFERENCE, insert_json(s, ARC_CUSTOMER, "{\"code\":\"a\",\"legal_name\":\"A\",\"x_agent\":7}"));
    assert_ok(arc_session_error(s, &e));
    assert_string_equal(e.field, "x_agent");
    assert_status(ARC_E_REFERENCE, insert_json(s, ARC_CUSTOMER, "{\"code\":\"a\",\"legal_name\":\"A\",\"x_seller\":1}"));
    assert_ok(arc_record_new(s, &r, ARC_CUSTOMER));
    assert_ok(arc_record_set_json(r, "{\"code\":\"a\",\"legal_name\":\"A\",\"x_agent\":7}", SIZE_MAX));
    assert_status(ARC_E_REFERENCE, arc_record_validate(s, r, NULL, NULL, NULL));
    arc_record_free(r);
    int64_t a = sample_insert(s, ARC_CUSTOMER, "{\"code\":\"a\",\"legal_name\":\"A\"}");
    int64_t user = sample_insert(s, ARC_USER_ACCOUNT, "{\"code\":\"u\",\"name\":\"U\",\"kind\":\"person\",\"disabled\":false}");
    assert_int_equal(user, 1);
    assert_ok(insert_json(s, ARC_CUSTOMER, "{\"code\":\"b\",\"legal_name\":\"B\",\"x_agent\":1,\"x_seller\":1}"));
    assert_ok(arc_session_get(s, &r, ARC_CUSTOMER, a));
    assert_ok(arc_record_set_json(r, "{\"x_agent\":55}", SIZE_MAX));
    assert_status(ARC_E_REFERENCE, arc_session_update(s, r));
    assert_ok(arc_record_set_json(r, "{\"x_agent\":2}", SIZE_MAX));
    assert_session(&b, arc_session_update(s, r));
    arc_record_free(r);
    assert_ok(arc_session_set_business_date(s, 20468));
    assert_ok(arc_record_new(s, &r, ARC_INVOICE));
    assert_ok(arc_record_set_json(r, "{\"number\":\"R1\",\"customer\":1,\"invoice_date\":\"2026-01-15\",\"due_date\":\"2026-02-15\",\"currency\":\"CNY\",\"gross_amount\":\"1.00\",\"x_agent\":9}", SIZE_MAX));
    assert_status(ARC_E_REFERENCE, arc_invoice_record(s, NULL, r));
    assert_ok(arc_record_set_json(r, "{\"x_agent\":1}", SIZE_MAX));
    assert_session(&b, arc_invoice_record(s, NULL, r));
    arc_record_free(r);
    assert_int_equal(findings_of(b.book), 0);
    point_nowhere(b.book);
    assert_int_equal(findings_of(b.book), 1);
    test_book_close(&b);
}

static void references(void **state)
{
    (void)state;
    for (int i = 0; i < TEST_BACKENDS; i++) references_on(i);
}

/* ---- changes ---------------------------------------------------------------------------------------------------------------- */

static void altered_on(int backend)
{
    test_book b;
    char json[200];
    test_book_open(&b, backend);
    arc_session *s = b.session;
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_tags\",\"kind\":\"choices\",\"choices\":[\"a\",\"b\"]}");
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_n\",\"kind\":\"number\",\"indexed\":true}");
    for (int i = 0; i < 1200; i++) { /* more than a page */
        snprintf(json, sizeof json, i % 3 ? "{\"code\":\"%d\",\"legal_name\":\"n\",\"x_n\":\"%d\",\"x_tags\":[\"a\",\"b\"]}" : "{\"code\":\"%d\",\"legal_name\":\"n\"}", i, i);
        (void)sample_insert(s, ARC_CUSTOMER, json);
    }
    assert_int_equal(mirrored(s), 800);
    assert_session(&b, arc_custom_alter(s, ARC_CUSTOMER, "x_tags", "{\"indexed\":true}", SIZE_MAX));
    assert_int_equal(mirrored(s), 800 + 1600);
    assert_int_equal(findings_of(b.book), 0);
    assert_session(&b, arc_custom_alter(s, ARC_CUSTOMER, "x_tags", "{\"choices\":[\"a\",{\"code\":\"b\",\"en\":\"Bee\"},\"c\"],\"label_en\":\"Tags\",\"position\":4}", SIZE_MAX));
    (void)sample_insert(s, ARC_CUSTOMER, "{\"code\":\"c\",\"legal_name\":\"n\",\"x_tags\":[\"c\",\"a\"]}");
    assert_int_equal(mirrored(s), 800 + 1602);
    assert_session(&b, arc_custom_alter(s, ARC_CUSTOMER, "x_n", "{\"indexed\":false}", SIZE_MAX));
    assert_int_equal(mirrored(s), 1602);
    assert_int_equal(findings_of(b.book), 0);
    test_book_close(&b);
}

static void altered(void **state)
{
    (void)state;
    for (int i = 0; i < TEST_BACKENDS; i++) altered_on(i);
}

static void bad_changes(void **state)
{
    static const struct {
        const char *name, *json, *pointer;
        arc_status status;
    } cases[] = {
        { "x_tags", "{}", "", ARC_E_SYNTAX },
        { "x_tags", "[1]", "", ARC_E_SYNTAX },
        { "x_tags", "{\"kind\":\"text\"}", "/kind", ARC_E_VALUE },
        { "x_tags", "{\"size\":3}", "/size", ARC_E_VALUE },
        { "x_tags", "{\"choices\":[\"a\"]}", "/choices", ARC_E_VALUE },
        { "x_tags", "{\"choices\":[\"b\",\"a\"]}", "/choices/0", ARC_E_VALUE },
        { "x_tags", "{\"choices\":[\"a\",\"b\",\"a\"]}", "/choices/2", ARC_E_EXISTS },
        { "x_tags", "{\"choices\":[\"a\",\"b\",7]}", "/choices/2", ARC_E_VALUE },
        { "x_tags", "{\"required\":1}", "/required", ARC_E_VALUE },
        { "x_tags", "{\"position\":\"first\"}", "/position", ARC_E_VALUE },
        { "x_n", "{\"choices\":[\"a\"]}", "", ARC_E_VALUE },
        { "x_f", "{\"indexed\":true}", "", ARC_E_VALUE },
        { "x_none", "{\"required\":true}", "", ARC_E_NOT_FOUND },
        { "x_old", "{\"required\":true}", "", ARC_E_STATE },
    };
    arc_book *book = sample_open(*state, "memory:", ARC_BOOK_CREATE);
    arc_session *s;
    assert_ok(arc_session_open(book, &s, NULL));
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_tags\",\"kind\":\"choices\",\"choices\":[\"a\",\"b\"]}");
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_n\",\"kind\":\"number\"}");
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_old\",\"kind\":\"number\"}");
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_f\",\"kind\":\"formula\",\"formula\":" VAR("x_n") "}");
    assert_ok(arc_custom_retire(s, ARC_CUSTOMER, "x_old"));
    sample_bytes before = sample_dump(book), after;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        arc_error e = ARC_ERROR_INIT;
        arc_status st = arc_custom_alter(s, ARC_CUSTOMER, cases[i].name, cases[i].json, SIZE_MAX);
        assert_ok(arc_session_error(s, &e));
        if (st != cases[i].status || strcmp(e.pointer, cases[i].pointer)) fail_msg("%s: %s at %s, %s", cases[i].json, arc_status_name(st), e.pointer, e.message);
    }
    assert_status(ARC_E_INVALID, arc_custom_alter(s, ARC_CUSTOMER, NULL, "{}", 2));
    assert_status(ARC_E_INVALID, arc_custom_alter(s, ARC_CUSTOMER, "x_n", NULL, 0));
    assert_status(ARC_E_NOT_FOUND, arc_custom_alter(s, 9999, "x_n", "{\"required\":true}", SIZE_MAX));
    after = sample_dump(book);
    assert_string_equal(before.s, after.s);
    free(before.s);
    free(after.s);
    arc_book_close(book);
}

/* Two processes' worth of handles on one file: what one defines or changes, the other's next call knows. */
static void seen_by_others(void **state)
{
    test_env *t = *state;
    char uri[700];
    arc_session *one, *two;
    arc_record *r, *kept;
    arc_query *q;
    arc_field_id id;
    (void)test_dir(t);
    snprintf(uri, sizeof uri, "sqlite:%s", test_path(t, "two.arc"));
    arc_book *a = sample_open(t, uri, ARC_BOOK_CREATE), *b = sample_open(t, uri, 0);
    assert_ok(arc_session_open(a, &one, NULL));
    assert_ok(arc_session_open(b, &two, NULL));
    (void)sample_insert(two, ARC_CUSTOMER, "{\"code\":\"a\",\"legal_name\":\"A\"}"); /* it has read that there are none */
    assert_ok(arc_record_new(two, &kept, ARC_CUSTOMER));
    define_in(one, "{\"entity\":\"customer\",\"name\":\"x_n\",\"kind\":\"number\"}");
    assert_ok(arc_record_set_json(kept, "{\"code\":\"b\",\"legal_name\":\"B\",\"x_n\":\"5\"}", SIZE_MAX)); /* a name not known: it looks again */
    /* indexed meanwhile: the row is written by the definitions of its transaction */
    assert_ok(arc_custom_alter(one, ARC_CUSTOMER, "x_n", "{\"indexed\":true}", SIZE_MAX));
    assert_ok(arc_session_insert(two, NULL, kept));
    arc_record_free(kept);
    assert_int_equal(mirrored(one), 1);
    assert_int_equal(findings_of(a), 0);
    /* a query of a session that thinks it is indexed, when it is not any more */
    assert_ok(arc_query_new(two, &q, ARC_CUSTOMER));
    assert_ok(arc_query_field(q, &id, "x_n"));
    arc_decimal five = { 5, 0, 0 };
    assert_ok(arc_query_where_decimal(q, id, ARC_EQ, five));
    assert_ok(arc_custom_alter(one, ARC_CUSTOMER, "x_n", "{\"indexed\":false}", SIZE_MAX));
    arc_cursor *c;
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    arc_cursor_free(c);
    arc_query_free(q);
    /* a row with a field that is new to the reader */
    define_in(one, "{\"entity\":\"customer\",\"name\":\"x_late\",\"kind\":\"text\"}");
    assert_ok(arc_session_get(one, &r, ARC_CUSTOMER, 1));
    assert_ok(arc_record_set_json(r, "{\"x_late\":\"here\"}", SIZE_MAX));
    assert_ok(arc_session_update(one, r));
    arc_record_free(r);
    assert_json(two, ARC_CUSTOMER, 1, "\"x_late\":\"here\"", 1);
    /* required by now */
    assert_ok(arc_record_new(two, &kept, ARC_CUSTOMER));
    assert_ok(arc_record_set_json(kept, "{\"code\":\"c\",\"legal_name\":\"C\"}", SIZE_MAX));
    assert_ok(arc_custom_alter(one, ARC_CUSTOMER, "x_late", "{\"required\":true}", SIZE_MAX));
    assert_status(ARC_E_REQUIRED, arc_session_insert(two, NULL, kept));
    assert_ok(arc_record_set_json(kept, "{\"x_late\":\"\"}", SIZE_MAX));
    assert_status(ARC_E_REQUIRED, arc_session_insert(two, NULL, kept)); /* an empty text is none */
    assert_ok(arc_record_set_json(kept, "{\"x_late\":\"x\"}", SIZE_MAX));
    assert_ok(arc_custom_retire(one, ARC_CUSTOMER, "x_late"));
    assert_status(ARC_E_VALUE, arc_session_insert(two, NULL, kept));
    arc_record_free(kept);
    arc_book_close(b);
    arc_book_close(a);
}

/* Required texts hold something, on insert and on update. */
static void required_texts(void **state)
{
    arc_book *book = sample_open(*state, "memory:", ARC_BOOK_CREATE);
    arc_session *s;
    arc_record *r;
    arc_error e = ARC_ERROR_INIT;
    assert_ok(arc_session_open(book, &s, NULL));
    assert_status(ARC_E_REQUIRED, insert_json(s, ARC_CUSTOMER, "{\"code\":\"a\",\"legal_name\":\"\"}"));
    assert_ok(arc_session_error(s, &e));
    assert_string_equal(e.field, "legal_name");
    assert_status(ARC_E_REQUIRED, insert_json(s, ARC_CUSTOMER_GROUP, "{\"code\":\"\",\"name\":\"n\"}"));
    (void)sample_insert(s, ARC_CUSTOMER, "{\"code\":\"a\",\"legal_name\":\"A\"}");
    assert_ok(arc_session_get(s, &r, ARC_CUSTOMER, 1));
    assert_ok(arc_record_set_json(r, "{\"legal_name\":\"\"}", SIZE_MAX));
    assert_status(ARC_E_REQUIRED, arc_session_update(s, r));
    assert_ok(arc_record_set_json(r, "{\"legal_name\":\"B\",\"remark\":\"\"}", SIZE_MAX)); /* not required: may be empty */
    assert_ok(arc_session_update(s, r));
    arc_record_free(r);
    assert_ok(insert_json(s, ARC_NUMBER_SERIES, "{\"code\":\"inv\",\"period\":\"\",\"pattern\":\"{n}\",\"gapless\":true}")); /* "" = never restarts */
    arc_book_close(book);
}

/* ---- in and out ------------------------------------------------------------------------------------------------------------- */

typedef struct text_source {
    const char *text;
    size_t len, at;
} text_source;

static int64_t read_text(void *user, void *buffer, size_t capacity)
{
    text_source *s = user;
    size_t n = s->len - s->at < capacity ? s->len - s->at : capacity;
    memcpy(buffer, s->text + s->at, n);
    s->at += n;
    return (int64_t)n;
}

static int32_t rewind_text(void *user)
{
    ((text_source *)user)->at = 0;
    return 0;
}

static char fault_field[64];
static arc_status fault_status;
static int64_t fault_line;

static int32_t on_fault(void *user, const arc_import_fault *f)
{
    (void)user;
    snprintf(fault_field, sizeof fault_field, "%s", f->field);
    fault_status = f->status;
    fault_line = f->line;
    return 0;
}

static arc_status import(arc_session *s, const char *csv, const char *mapping)
{
    text_source text = { csv, strlen(csv), 0 };
    arc_source source = { sizeof source, 0, &text, read_text, rewind_text };
    arc_import_options o = ARC_IMPORT_OPTIONS_INIT;
    o.fault = on_fault;
    fault_field[0] = 0;
    return arc_import_csv(s, NULL, &source, mapping, SIZE_MAX, &o);
}

#define HEAD "Customer,Name,Invoice No,Invoice date,Due date,Currency,Amount,Grade,\xe6\xa0\x87\xe7\xad\xbe,x_fee,Rate,Since\n"

static void define_for_import(arc_session *s)
{
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_grade\",\"kind\":\"choice\",\"choices\":[\"gold\",\"iron\"],\"label_en\":\"Grade\",\"required\":true,\"indexed\":true}");
    define_in(s, "{\"entity\":\"invoice\",\"name\":\"x_tags\",\"kind\":\"choices\",\"choices\":[\"a\",\"b\"],\"label_zh\":\"\xe6\xa0\x87\xe7\xad\xbe\"}");
    define_in(s, "{\"entity\":\"invoice\",\"name\":\"x_fee\",\"kind\":\"money\",\"indexed\":true}");
    define_in(s, "{\"entity\":\"invoice\",\"name\":\"x_rate\",\"kind\":\"number\",\"size\":3,\"label_en\":\"Rate\"}");
    define_in(s, "{\"entity\":\"customer\",\"name\":\"x_since\",\"kind\":\"date\",\"label_en\":\"since\"}");
}

static void imported(void **state)
{
    static const char good[] = HEAD "K1,One,A1,2026-01-05,2026-02-04,CNY,\"1,000.00\",gold,a;b,12.50,\"1,000.125\",2020-01-31\n"
                                    "K1,One,A2,2026-01-06,2026-02-05,JPY,500,gold,,3.00 USD,,2020-01-31\n";
    static const struct {
        const char *row, *field;
        arc_status status;
    } bad[] = {
        { "K1,One,A1,2026-01-05,2026-02-04,CNY,1.00,,,,,\n", "x_grade", ARC_E_REQUIRED },
        { "K1,One,A1,2026-01-05,2026-02-04,CNY,1.00,lead,,,,\n", "x_grade", ARC_E_VALUE },
        { "K1,One,A1,2026-01-05,2026-02-04,CNY,1.00,gold,a;c,,,\n", "x_tags", ARC_E_VALUE },
        { "K1,One,A1,2026-01-05,2026-02-04,CNY,1.00,gold,,1.234,,\n", "x_fee", ARC_E_PRECISION },
        { "K1,One,A1,2026-01-05,2026-02-04,CNY,1.00,gold,,,many,\n", "x_rate", ARC_E_SYNTAX },
        { "K1,One,A1,2026-01-05,2026-02-04,CNY,1.00,gold,,,,soon\n", "x_since", ARC_E_SYNTAX },
    };
    arc_book *book = sample_open(*state, "memory:", ARC_BOOK_CREATE);
    arc_session *s;
    char mapping[4000], csv[1000];
    size_t n = sizeof mapping;
    text_source text = { good, sizeof good - 1, 0 };
    arc_source source = { sizeof source, 0, &text, read_text, rewind_text };
    arc_session_options o = ARC_SESSION_OPTIONS_INIT;
    o.business_date = 20500;
    assert_ok(arc_session_open(book, &s, &o));
    define_for_import(s);
    assert_ok(arc_import_guess(s, mapping, &n, &source));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(csv, sizeof csv, HEAD "%s", bad[i].row);
        assert_status(ARC_E_VALUE, import(s, csv, mapping));
        if (fault_status != bad[i].status || strcmp(fault_field, bad[i].field)) fail_msg("%s: %s %s", bad[i].row, fault_field, arc_status_name(fault_status));
        assert_int_equal(fault_line, 2);
    }
    assert_ok(import(s, good, mapping));
    assert_json(s, ARC_CUSTOMER, 1, "\"x_grade\":\"gold\",\"x_since\":\"2020-01-31\"", 1);
    assert_json(s, ARC_INVOICE, 1, "\"x_fee\":\"12.50 CNY\",\"x_rate\":\"1000.125\",\"x_tags\":[\"a\",\"b\"]", 1);
    assert_json(s, ARC_INVOICE, 2, "\"x_fee\":\"3.00 USD\"", 1);
    assert_int_equal(mirrored(s), 3);
    assert_int_equal(findings_of(book), 0);
    arc_book_close(book);
}

/* Out as CSV and JSON lines, and through Arrow into another book: the same values. */
static void exported(void **state)
{
    arc_book *from = sample_open(*state, "memory:from", ARC_BOOK_CREATE), *to = sample_open(*state, "memory:to", ARC_BOOK_CREATE);
    arc_session *a, *b;
    arc_query *q;
    sample_bytes bytes;
    struct ArrowArrayStream stream;
    arc_load_results done = ARC_LOAD_RESULTS_INIT;
    arc_field_id ids[5];
    memset(&bytes, 0, sizeof bytes);
    assert_ok(arc_session_open(from, &a, NULL));
    assert_ok(arc_session_open(to, &b, NULL));
    for (int i = 0; i < 2; i++) {
        arc_session *s = i ? b : a;
        define_in(s, "{\"entity\":\"customer\",\"name\":\"x_fee\",\"kind\":\"money\"}");
        define_in(s, "{\"entity\":\"customer\",\"name\":\"x_tags\",\"kind\":\"choices\",\"choices\":[\"a\",\"b\"],\"indexed\":true}");
        define_in(s, "{\"entity\":\"customer\",\"name\":\"x_n\",\"kind\":\"number\",\"size\":2}");
    }
    (void)sample_insert(a, ARC_CUSTOMER, "{\"code\":\"a\",\"legal_name\":\"A\",\"x_fee\":\"12.50 CNY\",\"x_tags\":[\"a\",\"b\"],\"x_n\":\"1.5\"}");
    (void)sample_insert(a, ARC_CUSTOMER, "{\"code\":\"b\",\"legal_name\":\"B\",\"x_fee\":\"7 JPY\"}");
    (void)sample_insert(a, ARC_CUSTOMER, "{\"code\":\"c\",\"legal_name\":\"C\"}");
    assert_ok(arc_query_new(a, &q, ARC_CUSTOMER));
    assert_ok(arc_query_export(q, NULL, ARC_EXPORT_JSON_LINES, sample_write, &bytes, NULL)); /* nothing selected: all of them */
    assert_non_null(strstr(bytes.s, "\"x_fee\":\"12.50\",\"x_tags\":[\"a\",\"b\"],\"x_n\":\"1.50\""));
    assert_non_null(strstr(bytes.s, "\"x_fee.currency\":\"JPY\""));
    assert_null(strstr(bytes.s, "\"custom\""));
    assert_ok(arc_query_field(q, &ids[2], "x_fee"));
    assert_ok(arc_query_field(q, &ids[3], "x_tags"));
    assert_ok(arc_query_field(q, &ids[4], "x_n"));
    ids[0] = ARC_CUSTOMER_CODE;
    ids[1] = ARC_CUSTOMER_LEGAL_NAME;
    assert_ok(arc_query_select(q, ids, 5));
    bytes.n = 0;
    assert_ok(arc_query_export(q, NULL, ARC_EXPORT_CSV, sample_write, &bytes, NULL));
    assert_string_equal(bytes.s, "code,legal_name,x_fee,x_tags,x_n,x_fee.currency\r\na,A,12.50,\"[\"\"a\"\",\"\"b\"\"]\",1.50,CNY\r\nb,B,7,,,JPY\r\nc,C,,,,\r\n");
    assert_ok(arc_query_arrow(q, &stream, NULL));
    arc_error e = ARC_ERROR_INIT;
    arc_status st = arc_session_load_arrow(b, &done, ARC_CUSTOMER, &stream, NULL);
    (void)arc_session_error(b, &e);
    assert_ok_err(&e, st);
    assert_int_equal(done.loaded, 3);
    assert_json(b, ARC_CUSTOMER, 1, "\"x_fee\":\"12.50 CNY\",\"x_n\":\"1.50\",\"x_tags\":[\"a\",\"b\"]", 1);
    assert_json(b, ARC_CUSTOMER, 2, "\"x_fee\":\"7 JPY\"", 1);
    assert_int_equal(mirrored(b), 2);
    assert_int_equal(findings_of(to), 0);
    assert_ok(arc_query_select(q, ids, 3)); /* an amount goes with its currency */
    assert_ok(arc_query_arrow(q, &stream, NULL));
    stream.release(&stream);
    arc_query_free(q);
    free(bytes.s);
    arc_book_close(from);
    arc_book_close(to);
}

static void told_by_schema(void **state)
{
    arc_book *book = sample_open(*state, "memory:", ARC_BOOK_CREATE);
    arc_session *s;
    size_t n = 0;
    assert_ok(arc_session_open(book, &s, NULL));
    define_for_import(s);
    assert_status(ARC_E_BUFFER, arc_session_schema_json(s, NULL, &n, "zh"));
    char *text = malloc(++n);
    assert_ok(arc_session_schema_json(s, text, &n, "zh"));
    assert_non_null(strstr(text, "\"name\":\"x_grade\""));
    assert_non_null(strstr(text, "\"kind\":\"choice\",\"indexed\":true,\"retired\":false,\"position\":0,\"choices\":[{\"code\":\"gold\",\"label\":\"gold\"}"));
    assert_non_null(strstr(text, "\xe6\xa0\x87\xe7\xad\xbe"));
    free(text);
    assert_status(ARC_E_INVALID, arc_session_schema_json(s, NULL, NULL, NULL));
    arc_book_close(book);
}

/* ---- memory ----------------------------------------------------------------------------------------------------------------- */

static arc_status insert_two(arc_session *s)
{
    static const char *const rows[] = { "{\"code\":\"a\",\"legal_name\":\"A\",\"x_n\":\"1.5\",\"x_t\":[\"a\",\"b\"],\"x_r\":1}",
                                        "{\"code\":\"b\",\"legal_name\":\"B\",\"x_n\":\"2\",\"x_m\":\"7 JPY\"}" };
    arc_status st = ARC_OK;
    for (int i = 0; i < 2 && st == ARC_OK; i++) {
        arc_record *r = NULL;
        st = arc_record_new(s, &r, ARC_CUSTOMER);
        if (st == ARC_OK) st = arc_record_set_json(r, rows[i], SIZE_MAX);
        if (st == ARC_OK) st = arc_session_insert(s, NULL, r);
        arc_record_free(r);
    }
    return st;
}

static arc_status ask(arc_session *s, const char *json, int64_t *rows)
{
    arc_query *q = NULL;
    arc_cursor *c = NULL;
    char plan[4000];
    size_t n = sizeof plan;
    arc_status st = arc_query_from_json(s, &q, json, SIZE_MAX);
    if (st == ARC_OK) st = arc_query_explain(q, plan, &n);
    if (st == ARC_OK) st = arc_query_run(q, &c);
    while (st == ARC_OK && (st = arc_cursor_next(c)) == ARC_OK) ++*rows;
    arc_cursor_free(c);
    arc_query_free(q);
    return st == ARC_DONE ? ARC_OK : st;
}

/* Every allocation of a field's life fails once: ARC_E_NOMEM, nothing leaks. */
static arc_status whole_life(test_env *t, void *arg)
{
    static const char *const fields[] = {
        "{\"entity\":\"customer\",\"name\":\"x_n\",\"kind\":\"number\",\"size\":1,\"indexed\":true}",
        "{\"entity\":\"customer\",\"name\":\"x_t\",\"kind\":\"choices\",\"choices\":[\"a\",\"b\"]}",
        "{\"entity\":\"customer\",\"name\":\"x_m\",\"kind\":\"money\"}",
        "{\"entity\":\"customer\",\"name\":\"x_r\",\"kind\":\"reference\",\"target\":\"customer_group\"}",
        "{\"entity\":\"customer\",\"name\":\"x_f\",\"kind\":\"formula\",\"size\":1,\"formula\":{\"+\":[1," VAR("x_n") "]}}",
    };
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_book *book = NULL;
    arc_session *s = NULL;
    arc_record *r = NULL;
    int64_t rows = 0;
    (void)arg;
    o.flags = ARC_BOOK_CREATE;
    arc_status st = arc_book_open(t->ctx, &book, "memory:", &o);
    if (st == ARC_OK) st = arc_session_open(book, &s, NULL);
    for (int i = 0; i < 5 && st == ARC_OK; i++) st = arc_custom_define(s, NULL, fields[i], SIZE_MAX);
    if (st == ARC_OK) st = arc_record_new(s, &r, ARC_CUSTOMER_GROUP);
    if (st == ARC_OK) st = arc_record_set_json(r, "{\"code\":\"g\",\"name\":\"G\"}", SIZE_MAX);
    if (st == ARC_OK) st = arc_session_insert(s, NULL, r);
    arc_record_free(r);
    if (st == ARC_OK) st = insert_two(s);
    if (st == ARC_OK) st = arc_custom_alter(s, ARC_CUSTOMER, "x_t", "{\"indexed\":true,\"choices\":[\"a\",\"b\",\"c\"]}", SIZE_MAX);
    if (st == ARC_OK) {
        st = ask(s, "{\"entity\":\"customer\",\"fields\":[\"code\",\"x_f\",\"x_m\"],\"filters\":[{\"member\":\"x_n\",\"operator\":\"gte\",\"values\":[\"1.5\"]},"
                    "{\"or\":[{\"member\":\"x_t\",\"operator\":\"contains\",\"values\":[\"b\"]},{\"member\":\"x_m\",\"operator\":\"set\"}]}],\"order\":[{\"member\":\"x_f\"}]}",
                 &rows);
    }
    if (st == ARC_OK) st = ask(s, "{\"entity\":\"customer\",\"dimensions\":[\"x_m.currency\"],\"measures\":[{\"measure\":\"sum\",\"member\":\"x_n\"}]}", &rows);
    if (st == ARC_OK) st = arc_custom_alter(s, ARC_CUSTOMER, "x_n", "{\"indexed\":false}", SIZE_MAX);
    if (st == ARC_OK) assert_int_equal(rows, 4);
    arc_book_close(book);
    return st;
}

static void no_memory(void **state)
{
    (void)state;
    print_message("%lld points\n", (long long)test_oom_sweep(whole_life, NULL));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, test_setup, test_teardown)
    const struct CMUnitTest tests[] = { T(bad_formulas), T(formula_values), cmocka_unit_test(references), cmocka_unit_test(altered), T(bad_changes), T(seen_by_others),
                                        T(required_texts), T(imported), T(exported), T(told_by_schema), cmocka_unit_test(no_memory) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
