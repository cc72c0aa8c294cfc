/* SPDX-License-Identifier: Apache-2.0 */
/* Two processes at once, on SQLite and on PostgreSQL: both run the rules, and both apply the same proposal. Everything happens once. */
#include <sys/wait.h>
#include <unistd.h>

#include "api/rule_world.h"

enum { PROCESSES = 2, ITEMS = 30 };

static const char rule[] = "{'rule':'arcore/1','subject':'item','currency':'CNY','mode':'%s','if':{'>':[{'var':'open'},'0']},'on':{'kind':'date','anchor':'due_date','offset':'P1D'},"
                           "'then':[{'type':'level'}]}";

static arc_session *join(test_env *t, const char *uri)
{
    arc_session_options o = ARC_SESSION_OPTIONS_INIT;
    arc_book *book;
    arc_session *s;
    if (strncmp(uri, "postgresql:", 11) == 0) assert_ok(test_postgresql_register(t->ctx));
    assert_ok(arc_book_open(t->ctx, &book, uri, NULL));
    o.business_date = DAY;
    o.timeout_ms = 30000;
    assert_ok(arc_session_open(book, &s, &o));
    return s;
}

/* The exit status: what this one has done, or 255. */
static int run_rules(const char *uri)
{
    test_env t;
    int64_t fired = 0;
    test_open(&t);
    arc_session *s = join(&t, uri);
    for (int i = 0; i < 3; i++) {
        arc_rule_report report = ARC_RULE_REPORT_INIT;
        arc_status st = arc_rule_run(s, &report, NULL, NULL, NULL);
        if (st != ARC_OK) return 255;
        fired += report.fired;
    }
    test_close(&t);
    return (int)fired;
}

static int apply_proposal(const char *uri)
{
    test_env t;
    arc_proposal *p;
    arc_proposal_info info = ARC_PROPOSAL_INFO_INIT;
    test_open(&t);
    arc_session *s = join(&t, uri);
    if (arc_proposal_load(s, &p, 1) != ARC_OK || arc_proposal_apply(p, NULL) != ARC_OK || arc_proposal_describe(p, &info) != ARC_OK) return 255;
    arc_proposal_free(p);
    test_close(&t);
    return (int)info.n_applied;
}

static int both(int (*does)(const char *uri), const char *uri, int *sum)
{
    pid_t child[PROCESSES];
    *sum = 0;
    for (int i = 0; i < PROCESSES; i++) {
        child[i] = fork();
        assert_true(child[i] >= 0);
        if (!child[i]) _exit(does(uri));
    }
    for (int i = 0; i < PROCESSES; i++) {
        int how;
        assert_int_equal(waitpid(child[i], &how, 0), child[i]);
        if (!WIFEXITED(how) || WEXITSTATUS(how) == 255) return 0;
        *sum += WEXITSTATUS(how);
    }
    return 1;
}

static int32_t show(void *user, const arc_finding *f)
{
    (void)user;
    print_message("%s %s %lld: %s\n", f->check, f->entity, (long long)f->id, f->message);
    return 0;
}

static void once(int backend)
{
    static world w;
    char text[600];
    int sum;
    open_world(&w, backend);
    snprintf(text, sizeof text, rule, "propose");
    publish(&w, "ask", text);
    for (int i = 0; i < ITEMS; i++) {
        char number[16];
        snprintf(number, sizeof number, "A-%d", i);
        invoice(&w, number, 1 + i % 3, 1000, DAY - 5);
    }
    arc_proposal *p = propose(&w, DAY, "ask");
    is(p, ARC_OK, arc_proposal_store(p, NULL, NULL));
    is(p, ARC_OK, arc_proposal_approve(p, NULL, 0));
    arc_proposal_free(p);
    assert_true(both(apply_proposal, w.b.uri, &sum));
    assert_int_equal(count(&w, ARC_RULE_FIRING), ITEMS);
    snprintf(text, sizeof text, rule, "apply");
    publish(&w, "act", text);
    assert_true(both(run_rules, w.b.uri, &sum));
    assert_int_equal(sum, ITEMS); /* each by one of them */
    assert_int_equal(count(&w, ARC_RULE_FIRING), 2 * ITEMS);
    arc_verify_summary found = ARC_VERIFY_SUMMARY_INIT;
    assert_ok(arc_book_verify(w.b.book, &found, show, NULL, NULL));
    assert_int_equal(found.findings, 0);
    test_book_close(&w.b);
}

static void on_sqlite(void **unused) { (void)unused, once(1); }

static void on_postgresql(void **unused)
{
    (void)unused;
    if (!test_postgresql_start()) skip();
    once(TEST_POSTGRESQL);
    test_postgresql_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(on_sqlite), cmocka_unit_test(on_postgresql) };
    return cmocka_run_group_tests_name("rules processes", tests, NULL, NULL);
}
