/* SPDX-License-Identifier: Apache-2.0 */
/* Users, roles, grants: who gets a session and what it may do. */
#include <stdio.h>
#include <string.h>

#include "api/people.h"

static void single_mode_lets_everybody_do_everything(void **state)
{
    test_book b;
    arc_session *s;
    uint32_t mode = 0;
    (void)state;
    test_book_open(&b, 0);
    assert_session(&b, arc_access_get_mode(b.session, &mode));
    assert_int_equal(mode, ARC_ACCESS_SINGLE);
    s = people_session(b.book, "anybody");
    (void)sample_insert(s, ARC_CUSTOMER, "{\"code\":\"C1\",\"legal_name\":\"One\"}");
    arc_session_close(s);
    test_book_close(&b);
}

static void switching_needs_somebody_who_grants(void **state)
{
    people p;
    (void)state;
    people_open(&p, 0);
    assert_session_status(ARC_E_STATE, &p.b, arc_access_set_mode(p.b.session, ARC_ACCESS_ROLES));
    int64_t grant = people_grant(&p, "root", "admin");
    assert_session(&p.b, arc_access_set_mode(p.b.session, ARC_ACCESS_ROLES));
    assert_session_status(ARC_E_STATE, &p.b, arc_role_revoke(p.b.session, NULL, grant, "the last one"));
    people_close(&p);
}

static arc_status change_user(arc_session *s, int64_t user, const char *json)
{
    arc_record *r;
    assert_ok(arc_session_get(s, &r, ARC_USER_ACCOUNT, user));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    arc_status st = arc_session_update(s, r);
    arc_record_free(r);
    return st;
}

/* Shutting out the last one who grants is taking away his role, by whatever call. */
static void the_last_who_grants_stays(void **state)
{
    static const char *const shuts[] = { "{\"disabled\":true}", "{\"valid_to\":\"2027-01-31\"}", "{\"valid_from\":\"2027-01-31\"}" };
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        people p;
        int64_t disabled = 1;
        arc_record *r;
        arc_txn *t;
        people_open(&p, backend);
        assert_session(&p.b, arc_session_set_business_date(p.b.session, PEOPLE_DAY));
        int64_t root = people_user(&p, "root"), adm = people_user(&p, "adm");
        (void)people_grant(&p, "root", "admin");
        assert_session(&p.b, change_user(p.b.session, root, "{\"disabled\":true}")); /* one accountant keeps the book: nobody grants */
        assert_session(&p.b, change_user(p.b.session, root, "{\"disabled\":false}"));
        people_start(&p);
        for (size_t i = 0; i < sizeof shuts / sizeof shuts[0]; i++) assert_session_status(ARC_E_STATE, &p.b, change_user(p.b.session, root, shuts[i]));
        assert_ok(arc_session_begin(p.b.session, &t, ARC_WRITE));
        assert_session(&p.b, change_user(p.b.session, root, "{\"name\":\"Root\"}"));
        assert_session_status(ARC_E_STATE, &p.b, change_user(p.b.session, root, shuts[0]));
        assert_ok(arc_txn_commit(t)); /* what was refused is undone, the rest stands */
        assert_ok(arc_session_get(p.b.session, &r, ARC_USER_ACCOUNT, root));
        assert_ok(arc_record_get_int(r, &disabled, ARC_USER_ACCOUNT_DISABLED));
        arc_record_free(r);
        assert_int_equal(disabled, 0);
        arc_session_close(people_session(p.b.book, "root"));
        (void)people_grant(&p, "adm", "admin");
        assert_session(&p.b, change_user(p.b.session, root, shuts[0]));
        assert_session_status(ARC_E_STATE, &p.b, change_user(p.b.session, adm, shuts[0]));
        people_close(&p);
    }
}

static void sessions_are_for_known_people(void **state)
{
    static const char *const nobody[] = { "stranger", "nogrant", "gone", "later", "former" };
    people p;
    (void)state;
    people_open(&p, 0);
    (void)people_grant(&p, "root", "admin");
    (void)people_grant(&p, "gone", "executive");
    (void)people_grant(&p, "later", "executive");
    (void)people_grant(&p, "former", "executive");
    people_start(&p);
    for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++) {
        arc_session *s;
        arc_session_options o = ARC_SESSION_OPTIONS_INIT;
        o.actor = nobody[i];
        o.business_date = PEOPLE_DAY;
        assert_int_equal(arc_session_open(p.b.book, &s, &o), ARC_E_FORBIDDEN);
        assert_null(s);
    }
    arc_session_close(people_session(p.b.book, "root"));
    people_close(&p);
}

static void verbs_follow_roles(void **state)
{
    people p;
    arc_record *r;
    arc_error e = ARC_ERROR_INIT;
    (void)state;
    people_open(&p, 0);
    (void)people_grant(&p, "root", "admin");
    (void)people_grant(&p, "clerk", "ar_clerk");
    people_start(&p);
    arc_session *root = people_session(p.b.book, "root"), *clerk = people_session(p.b.book, "clerk");
    assert_ok(arc_record_new(root, &r, ARC_CUSTOMER));
    assert_ok(arc_record_set_json(r, "{\"code\":\"C9\",\"legal_name\":\"Nine\"}", SIZE_MAX));
    assert_int_equal(arc_session_insert(root, NULL, r), ARC_E_FORBIDDEN);
    assert_ok(arc_session_error(root, &e));
    assert_non_null(strstr(e.message, "customer.insert"));
    arc_record_free(r);
    (void)sample_insert(clerk, ARC_CUSTOMER, "{\"code\":\"C9\",\"legal_name\":\"Nine\"}");
    arc_session_close(root);
    arc_session_close(clerk);
    people_close(&p);
}

/* A grant taken back takes effect at once, also in sessions of another handle. */
static void revoking_takes_effect_at_once(void **state)
{
    people p;
    arc_book *other;
    arc_record *r;
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        people_open(&p, backend);
        (void)people_grant(&p, "root", "admin");
        int64_t grant = people_grant(&p, "clerk", "ar_clerk");
        people_start(&p);
        assert_ok(arc_book_clone(p.b.book, &other));
        arc_session *clerk = people_session(other, "clerk");
        assert_ok(arc_session_get(clerk, &r, ARC_USER_ACCOUNT, p.users[0]));
        arc_record_free(r);
        assert_session(&p.b, arc_role_revoke(p.b.session, NULL, grant, "left"));
        assert_int_equal(arc_session_get(clerk, &r, ARC_USER_ACCOUNT, p.users[0]), ARC_E_FORBIDDEN);
        arc_session_close(clerk);
        arc_book_close(other);
        people_close(&p);
    }
}

static void nobody_grants_himself(void **state)
{
    people p;
    arc_grant g = ARC_GRANT_INIT;
    (void)state;
    people_open(&p, 0);
    (void)people_grant(&p, "root", "admin");
    people_start(&p);
    arc_session *root = people_session(p.b.book, "root");
    g.user = people_user(&p, "root");
    g.role = people_role(&p, "executive");
    assert_int_equal(arc_role_grant(root, NULL, &g), ARC_E_FORBIDDEN);
    g.user = people_user(&p, "clerk");
    assert_ok(arc_role_grant(root, NULL, &g));
    arc_session_close(root);
    people_close(&p);
}

static void duties_exclude_each_other(void **state)
{
    people p;
    arc_grant g = ARC_GRANT_INIT;
    arc_error e = ARC_ERROR_INIT;
    (void)state;
    people_open(&p, 0);
    (void)people_grant(&p, "clerk", "ar_clerk");
    g.user = people_user(&p, "clerk");
    g.role = people_role(&p, "cash_application");
    assert_session_status(ARC_E_FORBIDDEN, &p.b, arc_role_grant(p.b.session, NULL, &g));
    assert_ok(arc_session_error(p.b.session, &e));
    assert_non_null(strstr(e.message, "ar_clerk"));
    assert_non_null(strstr(e.message, "cash_application"));
    assert_non_null(strstr(e.message, "bank data"));
    g.role = people_role(&p, "executive"); /* no rule against it */
    assert_session(&p.b, arc_role_grant(p.b.session, NULL, &g));
    people_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(single_mode_lets_everybody_do_everything),
        cmocka_unit_test(switching_needs_somebody_who_grants), cmocka_unit_test(the_last_who_grants_stays),
        cmocka_unit_test(sessions_are_for_known_people),
        cmocka_unit_test(verbs_follow_roles),
        cmocka_unit_test(revoking_takes_effect_at_once),
        cmocka_unit_test(nobody_grants_himself),
        cmocka_unit_test(duties_exclude_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
