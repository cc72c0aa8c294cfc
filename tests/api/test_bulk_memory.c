/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of what moves rows in bulk fails once: the answer is ARC_E_NOMEM, nothing leaks, nothing half-done stays. */
#include <errno.h>
#include <unistd.h>

#include "sample.h"

#include "arcore/arrow.h"
#include "arcore/custom.h"
#include "arcore/exchange.h"

static arc_status open_filled(test_env *t, arc_book **book, arc_session **s, const char *uri)
{
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_record *r = NULL;
    arc_status st;
    int i;
    o.flags = ARC_BOOK_CREATE;
    st = arc_book_open(t->ctx, book, uri, &o);
    if (st == ARC_OK) st = arc_session_open(*book, s, NULL);
    if (st == ARC_OK) st = arc_custom_define(*s, NULL, "{\"entity\":\"customer\",\"name\":\"x_a\",\"kind\":\"choices\",\"choices\":[\"a\",\"b\"],\"indexed\":true}", SIZE_MAX);
    for (i = 0; st == ARC_OK && i < 3; i++) {
        static const char *const rows[] = { "{\"code\":\"a\",\"legal_name\":\"A\",\"x_a\":[\"a\",\"b\"]}", "{\"code\":\"b\",\"legal_name\":\"B\",\"parent\":1}",
                                            "{\"code\":\"c\",\"legal_name\":\"C\",\"registered_capital\":\"1.00\",\"capital_currency\":\"CNY\"}" };
        st = arc_record_new(*s, &r, ARC_CUSTOMER);
        if (st == ARC_OK) st = arc_record_set_json(r, rows[i], SIZE_MAX);
        if (st == ARC_OK) st = arc_session_insert(*s, NULL, r);
        arc_record_free(r);
        r = NULL;
    }
    return st;
}

static arc_status make_query(arc_session *s, arc_query **q)
{
    static const arc_field_id fields[] = { ARC_CUSTOMER_CODE, ARC_CUSTOMER_LEGAL_NAME, ARC_CUSTOMER_REGISTERED_CAPITAL };
    arc_status st = arc_query_new(s, q, ARC_CUSTOMER);
    return st == ARC_OK ? arc_query_select(*q, fields, 3) : st;
}

static arc_status read_stream(struct ArrowArrayStream *stream)
{
    struct ArrowSchema schema;
    struct ArrowArray a;
    int code = stream->get_schema(stream, &schema);
    if (code == 0) schema.release(&schema);
    while (code == 0 && (code = stream->get_next(stream, &a)) == 0 && a.release) a.release(&a);
    assert_true(code == 0 || code == ENOMEM);
    if (code) assert_non_null(stream->get_last_error(stream));
    stream->release(stream);
    return code ? ARC_E_NOMEM : ARC_OK;
}

static arc_status out_body(test_env *t, void *arg)
{
    arc_book *book = NULL;
    arc_session *s = NULL;
    arc_query *q = NULL;
    struct ArrowArrayStream stream;
    sample_bytes b;
    arc_status st = open_filled(t, &book, &s, "memory:out");
    (void)arg;
    memset(&b, 0, sizeof b);
    if (st == ARC_OK) st = make_query(s, &q);
    if (st == ARC_OK) st = arc_query_export(q, NULL, ARC_EXPORT_CSV, sample_write, &b, NULL);
    if (st == ARC_OK) st = arc_query_export(q, NULL, ARC_EXPORT_JSON_LINES, sample_write, &b, NULL);
    if (st == ARC_OK) st = arc_book_dump(book, sample_write, &b, NULL);
    if (st == ARC_OK) st = arc_query_arrow(q, &stream, NULL);
    if (st == ARC_OK) st = read_stream(&stream);
    free(b.s);
    arc_book_close(book);
    return st;
}

static arc_status load_body(test_env *t, void *arg)
{
    arc_book *from = NULL, *to = NULL;
    arc_session *a = NULL, *b = NULL;
    arc_query *q = NULL;
    struct ArrowArrayStream stream;
    arc_status st = open_filled(t, &from, &a, "memory:from");
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    (void)arg;
    o.flags = ARC_BOOK_CREATE;
    if (st == ARC_OK) st = arc_book_open(t->ctx, &to, "memory:to", &o);
    if (st == ARC_OK) st = arc_session_open(to, &b, NULL);
    if (st == ARC_OK) st = make_query(a, &q);
    if (st == ARC_OK) st = arc_query_arrow(q, &stream, NULL);
    if (st == ARC_OK) {
        arc_load_results r = ARC_LOAD_RESULTS_INIT;
        st = arc_session_load_arrow(b, &r, ARC_CUSTOMER, &stream, NULL);
        assert_int_equal(r.loaded, st == ARC_OK ? 3 : 0);
        if (st == ARC_E_IO) st = ARC_E_NOMEM; /* the stream's own lack of memory */
    }
    arc_book_close(from);
    arc_book_close(to);
    return st;
}

static arc_status copy_body(test_env *t, void *arg)
{
    arc_book *book = NULL;
    arc_session *s = NULL;
    char to[600];
    arc_status st = open_filled(t, &book, &s, "memory:copied");
    (void)arg;
    (void)test_dir(t);
    snprintf(to, sizeof to, "sqlite:%s", test_path(t, "copy.db"));
    if (st == ARC_OK) {
        st = arc_book_backup(book, to, NULL);
        if (st != ARC_OK && t->memory.fail_on == 0) assert_int_not_equal(access(test_path(t, "copy.db"), F_OK), 0);
    }
    arc_book_close(book);
    return st;
}

static void test_out(void **state)
{
    (void)state;
    print_message("%lld points\n", (long long)test_oom_sweep(out_body, NULL));
}

static void test_load(void **state)
{
    (void)state;
    print_message("%lld points\n", (long long)test_oom_sweep(load_body, NULL));
}

static void test_copy(void **state)
{
    (void)state;
    print_message("%lld points\n", (long long)test_oom_sweep(copy_body, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_out), cmocka_unit_test(test_load), cmocka_unit_test(test_copy) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
