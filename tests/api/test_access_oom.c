/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of a piece of work with roles fails once: defining, granting, opening, looking, being refused. */
#include "arcore/fields.h"
#include "support/books.h"

static const char ROLE[] = "{\"code\":\"r\",\"name\":\"R\",\"rows\":{\"*\":\"own\",\"org_unit\":\"all\"},\"owner_at\":\"now\",\"verbs\":[\"*.*\",\"role_grant.grant\"],"
                           "\"fields\":{\"customer.legal_rep\":\"none\",\"customer.uscc\":\"mask\",\"customer.x_a\":\"none\"},"
                           "\"authority\":[{\"verb\":\"invoice.approve\",\"currency\":\"CNY\",\"amount\":\"1\"}],\"excludes\":[\"q\"]}";

static arc_status add(arc_session *s, int64_t *id, uint32_t entity, const char *json)
{
    arc_record *r;
    arc_status st = arc_record_new(s, &r, entity);
    if (st == ARC_OK) st = arc_record_set_json(r, json, SIZE_MAX);
    if (st == ARC_OK) st = arc_session_insert(s, id, r);
    arc_record_free(r);
    return st;
}

static arc_status people(arc_session *s)
{
    arc_grant g = ARC_GRANT_INIT;
    arc_status st = add(s, &g.user, ARC_USER_ACCOUNT, "{\"code\":\"ann\",\"name\":\"A\",\"kind\":\"person\",\"disabled\":false}");
    if (st == ARC_OK) st = arc_custom_define(s, NULL, "{\"entity\":\"customer\",\"name\":\"x_a\",\"kind\":\"text\"}", SIZE_MAX);
    if (st == ARC_OK) st = arc_role_define(s, &g.role, ROLE, SIZE_MAX);
    if (st == ARC_OK) st = arc_role_grant(s, NULL, &g);
    if (st == ARC_OK) st = add(s, NULL, ARC_CUSTOMER, "{\"code\":\"C1\",\"legal_name\":\"One\",\"uscc\":\"913100001322079000\",\"owner\":1,\"x_a\":\"b\"}");
    if (st == ARC_OK) st = add(s, NULL, ARC_CUSTOMER, "{\"code\":\"C2\",\"legal_name\":\"Two\"}");
    if (st == ARC_OK) st = add(s, NULL, ARC_CONTACT, "{\"customer\":1,\"name\":\"x\"}");
    return st == ARC_OK ? arc_access_set_mode(s, ARC_ACCESS_ROLES) : st;
}

static arc_status rows(arc_session *s, uint32_t entity)
{
    arc_query *q;
    arc_cursor *c = NULL;
    int n = 0;
    arc_status st = arc_query_new(s, &q, entity);
    if (st == ARC_OK) st = arc_query_run(q, &c);
    while (st == ARC_OK && (st = arc_cursor_next(c)) == ARC_OK) n++;
    arc_cursor_free(c);
    arc_query_free(q);
    if (st == ARC_DONE) assert_int_equal(n, 1);
    return st == ARC_DONE ? ARC_OK : st;
}

/* What is refused is refused, unless memory ran out before. */
static arc_status refused(arc_session *s)
{
    arc_record *r;
    arc_status st = arc_session_get(s, &r, ARC_CUSTOMER, 2);
    if (st == ARC_OK) fail_msg("a foreign customer was shown");
    if (st == ARC_E_NOT_FOUND) st = add(s, NULL, ARC_CONTACT, "{\"customer\":2,\"name\":\"x\"}");
    if (st == ARC_OK) fail_msg("a foreign customer was pointed at");
    return st == ARC_E_REFERENCE ? ARC_OK : st;
}

/* Refusals that cannot be written for want of memory are kept for later; nobody is told. */
static arc_status refuse_and_close(test_env *t, arc_session *s)
{
    int64_t before = t->memory.failed;
    arc_status st = refused(s);
    arc_session_close(s);
    return st == ARC_OK && t->memory.failed > before ? ARC_E_NOMEM : st;
}

static arc_status look(test_env *t, arc_book *book)
{
    arc_session *s = NULL;
    arc_record *r = NULL;
    arc_aging *a;
    char json[20000];
    size_t len = sizeof json;
    arc_session_options o = ARC_SESSION_OPTIONS_INIT;
    o.actor = "ann";
    o.business_date = 20500;
    arc_status st = arc_session_open(book, &s, &o);
    if (st == ARC_OK) st = arc_session_get(s, &r, ARC_CUSTOMER, 1);
    if (st == ARC_OK) st = arc_verbs_allowed(s, json, &len, r);
    arc_record_free(r);
    len = sizeof json;
    if (st == ARC_OK) st = arc_access_json(s, json, &len);
    if (st == ARC_OK) st = rows(s, ARC_CUSTOMER);
    if (st == ARC_OK) st = rows(s, ARC_CONTACT);
    if (st == ARC_OK) st = arc_aging_compute(s, &a, NULL);
    if (st == ARC_OK) return refuse_and_close(t, s);
    arc_session_close(s);
    return st;
}

static arc_status body(test_env *t, void *arg)
{
    test_book b;
    arc_status st = test_book_open_in(&b, t, *(int *)arg);
    if (st == ARC_OK) st = people(b.session);
    if (st == ARC_OK) st = look(t, b.book);
    int64_t before = t->memory.failed;
    arc_book_close(b.book); /* may write the last refusals */
    return st == ARC_OK && t->memory.failed > before ? ARC_E_NOMEM : st;
}

static void every_allocation_fails(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
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
