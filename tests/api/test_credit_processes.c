/* SPDX-License-Identifier: Apache-2.0 */
/* Two processes on one SQLite book: together their orders do not exceed a customer's limit, nor that of who owns two customers. */
#include <sys/wait.h>
#include <unistd.h>

#include "api/limits.h"

enum { PROCESSES = 2, EACH = 12, PRICE = 7, DAY = 20500 };

static arc_session *session_on(test_env *t, arc_book **book, const char *path, uint32_t flags)
{
    char uri[600];
    arc_session_options o = ARC_SESSION_OPTIONS_INIT;
    arc_session *s;
    snprintf(uri, sizeof uri, "sqlite:%s", path);
    *book = sample_open(t, uri, flags);
    o.business_date = DAY;
    o.timeout_ms = 30000;
    assert_ok(arc_session_open(*book, &s, &o));
    return s;
}

enum { OWN, OWNED, POOL };

/* Orders of customers 2 and 3 by turns, which customer 1 owns, or which stand in customer group 1; the limit of 100 is customer 1's for all of them, the group's, or customer 2's. */
static void founded(arc_session *s, int group)
{
    int64_t id;
    arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
    char json[300];
    assert_ok(arc_definition_save(s, &id, "credit_policy", "default", "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"limit_needs_check\":false,\"rules\":[{\"rule\":\"static\",\"effect\":\"block\"}]}", SIZE_MAX, NULL));
    assert_ok(arc_definition_publish(s, id, NULL, NULL));
    (void)sample_insert(s, ARC_CUSTOMER, "{\"code\":\"P\",\"legal_name\":\"P\"}");
    (void)sample_insert(s, ARC_CUSTOMER_GROUP, "{\"code\":\"G\",\"name\":\"G\"}");
    (void)sample_insert(s, ARC_CUSTOMER, group == POOL ? "{\"code\":\"A\",\"legal_name\":\"A\",\"customer_group\":1}" : "{\"code\":\"A\",\"legal_name\":\"A\",\"parent\":1}");
    (void)sample_insert(s, ARC_CUSTOMER, group == POOL ? "{\"code\":\"B\",\"legal_name\":\"B\",\"customer_group\":1}" : "{\"code\":\"B\",\"legal_name\":\"B\",\"parent\":1}");
    l.customer = group == OWN ? 2 : group == OWNED ? 1 : 0;
    l.customer_group = group == POOL;
    l.amount = 10000;
    l.currency = "CNY";
    l.scope = group ? "group" : "own";
    l.reason = "agreed";
    assert_ok(arc_credit_limit_set(s, NULL, &l));
    for (int i = 1; i <= PROCESSES * EACH; i++) {
        snprintf(json, sizeof json, "{\"customer\":%d,\"number\":\"O%d\",\"order_date\":\"2026-01-03\",\"currency\":\"CNY\"}", group ? 2 + i % 2 : 2, i);
        assert_int_equal(sample_insert(s, ARC_SALES_ORDER, json), i);
        snprintf(json, sizeof json, "{\"sales_order\":%d,\"seq\":1,\"name\":\"a\",\"quantity\":\"1\",\"price\":\"7\",\"currency\":\"CNY\",\"amount\":\"%d.00\"}", i, PRICE);
        (void)sample_insert(s, ARC_ORDER_LINE, json);
    }
}

/* The exit status: orders confirmed, or 255. */
static int work_as(const char *path, int me)
{
    test_env t;
    int confirmed = 0;
    arc_book *book;
    test_open(&t);
    arc_session *s = session_on(&t, &book, path, 0);
    for (int k = 0; k < EACH; k++) {
        arc_order_step e = ARC_ORDER_STEP_INIT;
        e.id = k * PROCESSES + me + 1;
        arc_status st = arc_order_confirm(s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE);
        if (st != ARC_OK && st != ARC_NEEDS_APPROVAL) return 255;
        confirmed += st == ARC_OK;
    }
    test_close(&t);
    return confirmed;
}

static void both(int group)
{
    test_env t;
    char path[500];
    pid_t child[PROCESSES];
    int confirmed = 0;
    arc_book *book;
    arc_verify_summary v = ARC_VERIFY_SUMMARY_INIT;
    test_open(&t);
    snprintf(path, sizeof path, "%s", test_path(&t, group == POOL ? "pool.db" : group ? "group.db" : "own.db"));
    arc_session *s = session_on(&t, &book, path, ARC_BOOK_CREATE);
    founded(s, group);
    for (int i = 0; i < PROCESSES; i++) {
        child[i] = fork();
        assert_true(child[i] >= 0);
        if (!child[i]) _exit(work_as(path, i));
    }
    for (int i = 0; i < PROCESSES; i++) {
        int how;
        assert_int_equal(waitpid(child[i], &how, 0), child[i]);
        assert_true(WIFEXITED(how) && WEXITSTATUS(how) != 255);
        confirmed += WEXITSTATUS(how);
    }
    assert_int_equal(confirmed, 100 / PRICE);
    char json[8000];
    size_t n = sizeof json;
    assert_ok(arc_credit_exposure_json(s, json, &n, group ? 1 : 2, NULL, DAY, group));
    assert_int_equal(number_in(json, NULL, 0, "total"), 100 / PRICE * PRICE * 100);
    assert_ok(arc_book_verify(book, &v, NULL, NULL, NULL));
    assert_int_equal(v.findings, 0);
    test_close(&t);
}

static void on_one_limit(void **state)
{
    (void)state;
    both(OWN);
}

static void under_the_owners_limit(void **state)
{
    (void)state;
    both(OWNED);
}

static void in_one_group(void **state)
{
    (void)state;
    both(POOL);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(on_one_limit), cmocka_unit_test(under_the_owners_limit), cmocka_unit_test(in_one_group) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
