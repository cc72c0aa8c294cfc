/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of a whole piece of work fails once: open, insert, query, group, page, verify, close. */
#include "arcore/fields.h"
#include "support/books.h"

static arc_status insert(test_book *b, int i)
{
    arc_record *r;
    char code[16];
    snprintf(code, sizeof code, "C%d", i);
    arc_status st = arc_record_new(b->session, &r, ARC_CUSTOMER);
    if (st == ARC_OK) st = arc_record_set_text(r, ARC_CUSTOMER_CODE, code, SIZE_MAX);
    if (st == ARC_OK) st = arc_record_set_text(r, ARC_CUSTOMER_LEGAL_NAME, "a name that is not short", SIZE_MAX);
    if (st == ARC_OK && i) st = arc_record_set_int(r, ARC_CUSTOMER_PARENT, 1);
    if (st == ARC_OK) st = arc_session_insert(b->session, NULL, r);
    if (st == ARC_OK) st = arc_record_set_text(r, ARC_CUSTOMER_SHORT_NAME, "s", SIZE_MAX);
    if (st == ARC_OK) st = arc_session_update(b->session, r);
    arc_record_free(r);
    return st;
}

static arc_status list(test_book *b)
{
    static const char json[] = "{\"entity\":\"customer\",\"filters\":[{\"or\":[{\"member\":\"code\",\"operator\":\"contains\","
                               "\"values\":[\"2\"]},{\"member\":\"parent\",\"operator\":\"equals\",\"values\":[\"1\",\"7\"]}]}],"
                               "\"order\":[{\"member\":\"legal_name\",\"descending\":true}],\"limit\":3}";
    arc_query *q;
    arc_cursor *c = NULL;
    arc_record *r = NULL;
    char text[600];
    size_t n = sizeof text;
    arc_status st = arc_query_from_json(b->session, &q, json, SIZE_MAX);
    if (st == ARC_OK) st = arc_query_run(q, &c);
    if (st == ARC_OK) st = arc_cursor_next(c);
    if (st == ARC_OK) st = arc_cursor_token(c, text, &n);
    if (st == ARC_OK) st = arc_cursor_record(c, &r);
    arc_record_free(r);
    arc_cursor_free(c);
    if (st == ARC_OK) st = arc_query_after(q, text);
    if (st == ARC_OK) st = arc_query_run(q, &c);
    while (st == ARC_OK) st = arc_cursor_next(c);
    arc_cursor_free(c);
    n = sizeof text;
    if (st == ARC_DONE) st = arc_query_json(q, text, &n);
    arc_query_free(q);
    return st;
}

static arc_status sums(test_book *b)
{
    arc_query *q;
    arc_cursor *c = NULL;
    arc_status st = arc_query_new(b->session, &q, ARC_CUSTOMER);
    if (st == ARC_OK) st = arc_query_group(q, ARC_CUSTOMER_PARENT);
    if (st == ARC_OK) st = arc_query_measure(q, ARC_MAX, ARC_CUSTOMER_CODE);
    if (st == ARC_OK) st = arc_query_order_column(q, 1, 1);
    if (st == ARC_OK) st = arc_query_run(q, &c);
    while (st == ARC_OK) st = arc_cursor_next(c);
    arc_cursor_free(c);
    arc_query_free(q);
    return st == ARC_DONE ? ARC_OK : st;
}

static arc_status body(test_env *t, void *arg)
{
    test_book b;
    arc_txn *txn;
    arc_status st = test_book_open_in(&b, t, *(int *)arg);
    for (int i = 0; i < 4 && st == ARC_OK; i++) st = insert(&b, i);
    if (st == ARC_OK) st = arc_session_begin(b.session, &txn, ARC_WRITE);
    if (st == ARC_OK) {
        st = insert(&b, 10);
        if (st == ARC_OK) st = list(&b);
        if (st == ARC_OK) st = arc_txn_commit(txn);
        else arc_txn_rollback(txn);
    }
    if (st == ARC_OK) st = list(&b);
    if (st == ARC_OK) st = sums(&b);
    if (st == ARC_OK) st = arc_book_verify(b.book, NULL, NULL, NULL, NULL);
    arc_book_close(b.book);
    return st;
}

static void every_allocation_fails(void **state)
{
    (void)state;
    for (int k = 0; k < 5; k += 2) {
        int64_t n = test_oom_sweep(body, &k);
        print_message("%s: %lld allocations failed\n", test_backend_names[k], (long long)n);
        assert_true(n > 50);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_allocation_fails) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
