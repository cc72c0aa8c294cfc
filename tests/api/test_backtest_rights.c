/* SPDX-License-Identifier: Apache-2.0 */
/* Back-tests by who sees only some rows: the others are counted, nothing names them. */
#include "api/people.h"

static const char RULE[] =
    "{\"rule\":\"arcore/1\",\"subject\":\"customer\",\"on\":{\"kind\":\"threshold\",\"over\":{\">=\":[{\"+\":[{\"/\":[100,{\"days_between\":[{\"var\":\"today\"},{\"var\":\"today\"}]}]},0]},1]},"
    "\"rearm\":{\"==\":[{\"var\":\"code\"},\"nobody\"]}},\"then\":[]}";
static const char MINE[] = "{\"code\":\"mine\",\"name\":\"Mine\",\"rows\":\"own\",\"verbs\":[\"*.read\",\"rule_firing.read\"]}";

static void test_errors_of_hidden_rows(void **unused)
{
    static people p;
    arc_backtest *b;
    arc_backtest_totals t = ARC_BACKTEST_TOTALS_INIT;
    arc_backtest_options o = ARC_BACKTEST_OPTIONS_INIT;
    arc_backtest_rule rule = ARC_BACKTEST_RULE_INIT;
    char json[20000], customer[100];
    size_t n = sizeof json;
    uint32_t sealed = 0;
    (void)unused;
    people_open(&p, 0);
    arc_session *host = p.b.session;
    snprintf(customer, sizeof customer, "{\"code\":\"A\",\"legal_name\":\"A\",\"owner\":%d}", (int)people_user(&p, "ann"));
    assert_int_equal(sample_insert(host, ARC_CUSTOMER, customer), 1);
    snprintf(customer, sizeof customer, "{\"code\":\"D\",\"legal_name\":\"D\",\"owner\":%d}", (int)people_user(&p, "dan"));
    assert_int_equal(sample_insert(host, ARC_CUSTOMER, customer), 2);
    assert_session(&p.b, arc_role_define(host, NULL, MINE, SIZE_MAX));
    (void)people_grant(&p, "ann", "mine");
    (void)people_grant(&p, "adm", "admin");
    people_start(&p);
    assert_session(&p.b, arc_audit_seal(host, &sealed, 0));
    arc_session *ann = people_session(p.b.book, "ann");
    rule.code = "odd";
    rule.document = RULE;
    o.rules = &rule;
    o.n_rules = 1;
    arc_error e = ARC_ERROR_INIT;
    if (arc_rule_backtest(ann, &b, &o) != ARC_OK) {
        assert_ok(arc_session_error(ann, &e));
        fail_msg("%s", e.message);
    }
    assert_ok(arc_backtest_get_totals(b, &t));
    assert_int_equal(t.days, 1);
    assert_int_equal(t.errors, 2);
    assert_ok(arc_backtest_json(b, json, &n));
    assert_non_null(strstr(json, "\"entity\":\"customer\",\"row\":1,"));
    assert_null(strstr(json, "\"row\":2"));
    arc_backtest_free(b);
    arc_session_close(ann);
    people_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_errors_of_hidden_rows) };
    return cmocka_run_group_tests_name("rights of back-tests", tests, NULL, NULL);
}
