/* SPDX-License-Identifier: Apache-2.0 */
/* Two processes on one SQLite book: together they exceed neither the contract nor the order line. And asking costs the same at any number of invoices. */
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "api/invoices.h"

enum { PROCESSES = 2, EACH = 10 };

static arc_session *session_on(test_env *t, const char *path, uint32_t flags)
{
    char uri[600];
    arc_session_options o = ARC_SESSION_OPTIONS_INIT;
    arc_session *s;
    snprintf(uri, sizeof uri, "sqlite:%s", path);
    arc_book *book = sample_open(t, uri, flags);
    o.business_date = PEOPLE_DAY;
    o.timeout_ms = 30000;
    assert_ok(arc_session_open(book, &s, &o));
    return s;
}

static void founded(arc_session *s)
{
    char json[300];
    (void)sample_insert(s, ARC_CUSTOMER, "{\"code\":\"C1\",\"legal_name\":\"C\"}");
    (void)sample_insert(s, ARC_CONTRACT, "{\"customer\":1,\"number\":\"K1\",\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"amount\":\"100.00\",\"tax_included\":true,\"term\":\"NET30\"}");
    assert_ok(arc_contract_activate(s, 1));
    (void)sample_insert(s, ARC_SALES_ORDER, "{\"customer\":1,\"number\":\"O\",\"order_date\":\"2026-01-02\",\"currency\":\"CNY\"}");
    (void)sample_insert(s, ARC_ORDER_LINE, "{\"sales_order\":1,\"seq\":1,\"name\":\"a\",\"quantity\":\"100\",\"price\":\"1\",\"currency\":\"CNY\",\"amount\":\"100.00\"}");
    arc_order_step e = ARC_ORDER_STEP_INIT;
    e.id = 1;
    assert_ok(arc_order_confirm(s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE));
    for (int i = 1; i <= PROCESSES * EACH; i++) {
        snprintf(json, sizeof json, "{\"customer\":1,\"number\":\"D%d\",\"delivery_date\":\"2026-01-03\"}", i);
        assert_int_equal(sample_insert(s, ARC_DELIVERY, json), i);
        snprintf(json, sizeof json, "{\"delivery\":%d,\"seq\":1,\"order_line\":1,\"quantity\":\"7\",\"currency\":\"CNY\",\"amount\":\"7.00\"}", i);
        (void)sample_insert(s, ARC_DELIVERY_LINE, json);
    }
}

static arc_status issue(arc_session *s, int me, int k)
{
    char json[300];
    static const char *const lines[] = { "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"7.00\",\"tax_rate\":\"0.13\"}", NULL };
    snprintf(json, sizeof json, "{\"number\":\"%d-%d\",\"customer\":1,\"contract\":1,\"invoice_date\":\"2026-01-05\",\"currency\":\"CNY\"}", me, k);
    return invoices_issue(s, NULL, json, lines);
}

/* The exit status: deliveries shipped and invoices issued, or 255. */
static int work_as(const char *path, int me)
{
    test_env t;
    int shipped = 0, issued = 0;
    test_open(&t);
    arc_session *s = session_on(&t, path, 0);
    for (int k = 0; k < EACH; k++) {
        arc_order_step e = ARC_ORDER_STEP_INIT;
        e.id = me * EACH + k + 1;
        arc_status st = arc_delivery_ship(s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE);
        if (st != ARC_OK && st != ARC_E_GUARD) return 255;
        shipped += st == ARC_OK;
        st = issue(s, me, k);
        if (st != ARC_OK && st != ARC_E_GUARD) return 255;
        issued += st == ARC_OK;
    }
    test_close(&t);
    return 16 * shipped + issued;
}

static void two_processes(void **state)
{
    (void)state;
    test_env t;
    char path[500];
    pid_t child[PROCESSES];
    int shipped = 0, issued = 0;
    test_open(&t);
    snprintf(path, sizeof path, "%s", test_path(&t, "chain.db"));
    arc_session *s = session_on(&t, path, ARC_BOOK_CREATE);
    founded(s);
    for (int i = 0; i < PROCESSES; i++) {
        child[i] = fork();
        assert_true(child[i] >= 0);
        if (!child[i]) _exit(work_as(path, i));
    }
    for (int i = 0; i < PROCESSES; i++) {
        int how;
        assert_int_equal(waitpid(child[i], &how, 0), child[i]);
        assert_true(WIFEXITED(how) && WEXITSTATUS(how) != 255);
        shipped += WEXITSTATUS(how) / 16;
        issued += WEXITSTATUS(how) % 16;
    }
    assert_int_equal(shipped, 14);
    assert_int_equal(issued, 14);
    arc_headroom h = ARC_HEADROOM_INIT;
    assert_ok(arc_headroom_compute(s, &h, 1));
    assert_int_equal(h.issued.minor, 9800);
    test_close(&t);
}

/* One issues, the other takes room away from under it, as far as it can. */
static int lower_as(const char *path)
{
    test_env t;
    int lowered = 0;
    test_open(&t);
    arc_session *s = session_on(&t, path, 0);
    for (int amount = 96; amount > 0; amount -= 4) {
        char json[200];
        arc_record *r;
        snprintf(json, sizeof json, "{\"contract\":1,\"currency\":\"CNY\",\"amount\":\"%d.00\",\"reason\":\"less\",\"effective_date\":\"2026-01-01\"}", amount);
        if (arc_record_new(s, &r, ARC_CONTRACT_CHANGE) != ARC_OK || arc_record_set_json(r, json, SIZE_MAX) != ARC_OK) return 255;
        arc_status st = arc_contract_amend(s, NULL, r);
        arc_record_free(r);
        if (st != ARC_OK && st != ARC_E_GUARD) return 255;
        lowered += st == ARC_OK;
    }
    test_close(&t);
    return lowered;
}

static int issue_as(const char *path)
{
    test_env t;
    int issued = 0;
    test_open(&t);
    arc_session *s = session_on(&t, path, 0);
    for (int k = 0; k < 2 * EACH; k++) {
        arc_status st = issue(s, 0, k);
        if (st != ARC_OK && st != ARC_E_GUARD) return 255;
        issued += st == ARC_OK;
    }
    test_close(&t);
    return issued;
}

static void an_amendment_meanwhile(void **state)
{
    (void)state;
    test_env t;
    char path[500];
    pid_t child[PROCESSES];
    int did[PROCESSES];
    arc_headroom h = ARC_HEADROOM_INIT;
    arc_verify_summary v = ARC_VERIFY_SUMMARY_INIT;
    test_open(&t);
    snprintf(path, sizeof path, "%s", test_path(&t, "amended.db"));
    arc_book *looking_on;
    char uri[600];
    arc_session *s = session_on(&t, path, ARC_BOOK_CREATE);
    snprintf(uri, sizeof uri, "sqlite:%s", path);
    looking_on = sample_open(&t, uri, 0);
    (void)sample_insert(s, ARC_CUSTOMER, "{\"code\":\"C1\",\"legal_name\":\"C\"}");
    (void)sample_insert(s, ARC_CONTRACT, "{\"customer\":1,\"number\":\"K1\",\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"amount\":\"100.00\",\"tax_included\":true,\"term\":\"NET30\"}");
    assert_ok(arc_contract_activate(s, 1));
    for (int i = 0; i < PROCESSES; i++) {
        child[i] = fork();
        assert_true(child[i] >= 0);
        if (!child[i]) _exit(i ? lower_as(path) : issue_as(path));
    }
    for (int i = 0; i < PROCESSES; i++) {
        int how;
        assert_int_equal(waitpid(child[i], &how, 0), child[i]);
        assert_true(WIFEXITED(how) && WEXITSTATUS(how) != 255);
        did[i] = WEXITSTATUS(how);
    }
    assert_ok(arc_headroom_compute(s, &h, 1));
    assert_int_equal(h.issued.minor, 700 * did[0]);
    assert_true(h.headroom.minor >= 0);
    assert_true(did[0] + did[1] > 0);
    assert_ok(arc_book_verify(looking_on, &v, NULL, NULL, NULL));
    assert_int_equal(v.findings, 0);
    test_close(&t);
}

/* Rows of the backend that issuing on a contract reads do not grow with what was issued: chain_state has one row, whatever that is the sum of. */
static void one_row(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        (void)sample_insert(v.s, ARC_CONTRACT, "{\"customer\":1,\"number\":\"K1\",\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"amount\":\"1000.00\",\"tax_included\":true,\"term\":\"NET30\"}");
        assert_session(&v.b, arc_contract_activate(v.s, 1));
        for (int k = 0; k < 20; k++) assert_session(&v.b, issue(v.s, 0, k));
        assert_int_equal(invoices_count(&v, ARC_CHAIN_STATE), 1);
        assert_int_equal(sum_of(&v, ARC_CHAIN_STATE, ARC_CHAIN_STATE_GROSS_AMOUNT), 14000);
        assert_int_equal(sum_of(&v, ARC_CHAIN_STATE, ARC_CHAIN_STATE_NET_AMOUNT), 20 * 619);
        invoices_close(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(two_processes), cmocka_unit_test(an_amendment_meanwhile), cmocka_unit_test(one_row) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
