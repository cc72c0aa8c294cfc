/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs that are no inserts and updates and wait for approval all the same: grants and roles, the access mode, definitions, custom fields. */
#include "api/people.h"

static const char rules[] =
    "{\"approvals\":[{\"verb\":\"role_grant.grant\",\"days\":7,\"reason\":\"four eyes\"},{\"verb\":\"role_grant.revoke\"},{\"verb\":\"role.define\"},{\"verb\":\"role.revise\"},"
    "{\"verb\":\"role.retire\"},{\"verb\":\"book.set_access_mode\"},{\"verb\":\"definition.publish\"},{\"verb\":\"definition.retire\"},{\"verb\":\"custom_field.alter\"},"
    "{\"verb\":\"custom_field.retire\"}]}";

typedef struct office {
    people p;
    arc_session *host, *root, *adm; /* both are administrators */
    int64_t approvals; /* the definition */
} office;

static void open_office(office *o, int backend)
{
    people_open(&o->p, backend);
    o->host = o->p.b.session;
    assert_ok(arc_session_set_business_date(o->host, PEOPLE_DAY));
    assert_session(&o->p.b, arc_custom_define(o->host, NULL, "{\"entity\":\"customer\",\"name\":\"x_class\",\"kind\":\"choice\",\"choices\":[\"a\",\"b\"],\"label_en\":\"Class\"}", SIZE_MAX));
    assert_session(&o->p.b, arc_role_define(o->host, NULL, "{\"code\":\"extra\",\"name\":\"E\",\"rows\":\"own\",\"verbs\":[\"project.read\"]}", SIZE_MAX));
    (void)people_grant(&o->p, "root", "admin");
    (void)people_grant(&o->p, "adm", "admin");
    assert_session(&o->p.b, arc_access_set_mode(o->host, ARC_ACCESS_ROLES));
    assert_session(&o->p.b, arc_definition_save(o->host, &o->approvals, "approval", "a", rules, SIZE_MAX, NULL));
    assert_session(&o->p.b, arc_definition_publish(o->host, o->approvals, NULL, NULL));
    o->root = people_session(o->p.b.book, "root");
    o->adm = people_session(o->p.b.book, "adm");
}

static void close_office(office *o)
{
    arc_verify_summary found = ARC_VERIFY_SUMMARY_INIT;
    arc_session_close(o->root);
    arc_session_close(o->adm);
    assert_ok(arc_book_verify(o->p.b.book, &found, NULL, NULL, NULL));
    assert_int_equal(found.findings, 0);
    people_close(&o->p);
}

typedef struct seen {
    int64_t id, row;
    char verb[40], before[600], after[600], why[20];
    uint32_t n;
} seen;

static int32_t note(void *user, const arc_pending_info *i)
{
    seen *s = user;
    s->n++;
    s->id = i->id;
    s->row = i->row;
    snprintf(s->verb, sizeof s->verb, "%s", i->verb);
    snprintf(s->before, sizeof s->before, "%s", i->before);
    snprintf(s->after, sizeof s->after, "%s", i->after);
    snprintf(s->why, sizeof s->why, "%s", i->why_class);
    return 0;
}

/* The last of what waits. */
static seen last(arc_session *s)
{
    seen got = { .n = 0 };
    assert_ok(arc_pending_list(s, note, &got, NULL));
    return got;
}

#define waits(s, call, verb_) \
    do { \
        arc_error e_ = ARC_ERROR_INIT; \
        assert_int_equal(call, ARC_NEEDS_APPROVAL); \
        assert_ok(arc_session_error(s, &e_)); \
        assert_string_equal(e_.entity, "pending_change"); \
        seen got_ = last(s); \
        assert_int_equal(e_.id, got_.id); \
        assert_string_equal(got_.verb, verb_); \
    } while (0)

static int64_t count(arc_session *s, uint32_t entity)
{
    arc_query *q;
    arc_cursor *c;
    int64_t n = -1;
    assert_ok(arc_query_new(s, &q, entity));
    assert_ok(arc_query_measure(q, ARC_COUNT, 0));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_int(c, &n, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return n;
}

static arc_grant grant_of(office *o, const char *user, const char *role)
{
    arc_grant g = ARC_GRANT_INIT;
    g.user = people_user(&o->p, user);
    g.role = people_role(&o->p, role);
    return g;
}

static void grants(office *o)
{
    arc_grant g = grant_of(o, "ann", "sales");
    int64_t id = 77, row = 0, n = count(o->host, ARC_ROLE_GRANT);
    arc_session *ann;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    char expected[200];
    g.valid_from = PEOPLE_DAY - 1;
    g.reason = "new \"here\"";
    waits(o->root, arc_role_grant(o->root, &id, &g), "role_grant.grant");
    assert_int_equal(id, 77);
    assert_int_equal(count(o->host, ARC_ROLE_GRANT), n);
    so.actor = "ann";
    so.business_date = PEOPLE_DAY;
    assert_int_equal(arc_session_open(o->p.b.book, &ann, &so), ARC_E_FORBIDDEN);
    seen got = last(o->adm);
    snprintf(expected, sizeof expected, "{\"user_account\":%d,\"role\":%d,\"valid_from\":\"2026-02-15\",\"reason\":\"new \\\"here\\\"\"}", (int)g.user, (int)g.role);
    assert_string_equal(got.after, expected);
    assert_string_equal(got.why, "");
    assert_string_equal(last(o->root).why, "own");
    assert_int_equal(arc_pending_approve(o->root, NULL, got.id, NULL), ARC_E_FORBIDDEN);
    assert_int_equal(arc_pending_edit(o->host, got.id, "{\"role\":1}", SIZE_MAX), ARC_E_UNSUPPORTED);
    assert_ok(arc_pending_approve(o->adm, &row, got.id, "seen"));
    assert_int_equal(count(o->host, ARC_ROLE_GRANT), n + 1);
    assert_ok(arc_session_open(o->p.b.book, &ann, &so)); /* he may at once */
    /* what could not be done is refused when it is asked for */
    assert_int_equal(arc_role_grant(o->root, NULL, &g), ARC_E_EXISTS);
    arc_grant own = grant_of(o, "root", "sales"), hers = grant_of(o, "adm", "executive");
    assert_int_equal(arc_role_grant(o->root, NULL, &own), ARC_E_FORBIDDEN);
    assert_int_equal(arc_role_grant(o->root, NULL, &hers), ARC_E_FORBIDDEN); /* excluded */
    hers = grant_of(o, "adm", "extra");
    waits(o->root, arc_role_grant(o->root, NULL, &hers), "role_grant.grant");
    got = last(o->adm);
    assert_int_equal(arc_pending_approve(o->adm, NULL, got.id, NULL), ARC_E_FORBIDDEN); /* approving would be granting herself */
    assert_ok(arc_pending_reject(o->adm, got.id, "not to me"));
    waits(o->root, arc_role_revoke(o->root, NULL, row, "left"), "role_grant.revoke");
    assert_int_equal(last(o->adm).row, row);
    assert_int_equal(count(ann, ARC_CUSTOMER), 0);
    assert_ok(arc_pending_approve(o->adm, NULL, last(o->adm).id, NULL));
    arc_record *r;
    assert_int_equal(arc_session_get(ann, &r, ARC_CUSTOMER, 1), ARC_E_FORBIDDEN);
    arc_session_close(ann);
    /* it expires like any other */
    hers = grant_of(o, "bob", "sales");
    waits(o->root, arc_role_grant(o->root, NULL, &hers), "role_grant.grant");
    o->p.b.t.now += 7 * INT64_C(86400000000);
    assert_int_equal(arc_pending_approve(o->adm, NULL, last(o->adm).id, NULL), ARC_E_STATE);
}

static void keys(office *o)
{
    arc_grant g = grant_of(o, "ann", "sales"), other = grant_of(o, "bob", "sales");
    arc_error e = ARC_ERROR_INIT;
    int64_t first = 0;
    for (int i = 0; i < 3; i++) {
        assert_ok(arc_session_set_request_key(o->root, "k1"));
        assert_int_equal(arc_role_grant(o->root, NULL, &g), ARC_NEEDS_APPROVAL);
        assert_ok(arc_session_error(o->root, &e));
        if (!i) first = e.id;
        assert_int_equal(e.id, first);
        if (i == 1) assert_ok(arc_pending_approve(o->adm, NULL, first, NULL)); /* a repeat answers as the first call did */
    }
    assert_int_equal(count(o->host, ARC_PENDING_CHANGE), 1);
    assert_ok(arc_session_set_request_key(o->root, "k1"));
    assert_int_equal(arc_role_grant(o->root, NULL, &other), ARC_E_REQUEST);
}

static int64_t version_of(arc_session *s, uint32_t entity, int64_t id, arc_field_id field)
{
    arc_record *r;
    int64_t v = 0;
    assert_ok(arc_session_get(s, &r, entity, id));
    assert_ok(arc_record_get_int(r, &v, field));
    arc_record_free(r);
    return v;
}

static void role_documents(office *o)
{
    static const char one[] = "{\"code\":\"few\",\"name\":\"F\",\"rows\":\"own\",\"verbs\":[\"customer.read\"]}";
    static const char two[] = "{\"code\":\"few\",\"name\":\"F\",\"rows\":\"all\",\"verbs\":[\"customer.read\"],\"authority\":[{\"verb\":\"adjustment.approve\",\"currency\":\"CNY\",\"amount\":\"5000.00\"}]}";
    int64_t role = 0, n = count(o->host, ARC_ROLE);
    waits(o->root, arc_role_define(o->root, NULL, one, SIZE_MAX), "role.define");
    assert_int_equal(count(o->host, ARC_ROLE), n);
    assert_ok(arc_pending_approve(o->adm, &role, last(o->adm).id, NULL));
    assert_int_equal(count(o->host, ARC_ROLE), n + 1);
    waits(o->root, arc_role_revise(o->root, role, 1, two, SIZE_MAX), "role.revise");
    seen got = last(o->adm);
    assert_int_equal(got.row, role);
    assert_non_null(strstr(got.before, "\"rows\":\"own\""));
    assert_non_null(strstr(got.after, "\"rows\":\"all\""));
    waits(o->adm, arc_role_retire(o->adm, role, 1), "role.retire");
    assert_ok(arc_pending_approve(o->adm, NULL, got.id, NULL));
    assert_int_equal(version_of(o->host, ARC_ROLE, role, ARC_ROLE_VERSION), 2);
    got = last(o->root); /* was asked of the version before */
    assert_string_equal(got.why, "stale");
    assert_int_equal(arc_pending_approve(o->root, NULL, got.id, NULL), ARC_E_STALE);
    assert_ok(arc_pending_reject(o->root, got.id, "old"));
    assert_int_equal(arc_role_retire(o->adm, role, 1), ARC_E_STALE);
    waits(o->adm, arc_role_retire(o->adm, role, 2), "role.retire");
    assert_string_equal(last(o->root).after, "{\"retired\":true}");
    assert_ok(arc_pending_approve(o->root, NULL, last(o->root).id, NULL));
    assert_int_equal(arc_role_revise(o->root, role, 3, two, SIZE_MAX), ARC_E_STATE);
}

static void custom_fields(office *o)
{
    waits(o->root, arc_custom_alter(o->root, ARC_CUSTOMER, "x_class", "{\"label_en\":\"Group\",\"choices\":[\"a\",\"b\",\"c\"],\"indexed\":true}", SIZE_MAX), "custom_field.alter");
    seen got = last(o->adm);
    assert_string_equal(got.before, "{\"label_en\":\"Class\",\"choices\":[\"a\",\"b\"],\"indexed\":false}");
    assert_string_equal(got.after, "{\"entity\":\"customer\",\"name\":\"x_class\",\"label_en\":\"Group\",\"choices\":[\"a\",\"b\",\"c\"],\"indexed\":true}");
    arc_record *r;
    assert_session(&o->p.b, arc_record_new(o->host, &r, ARC_CUSTOMER));
    assert_int_not_equal(arc_record_set_json(r, "{\"code\":\"C\",\"legal_name\":\"C\",\"x_class\":\"c\"}", SIZE_MAX), ARC_OK);
    arc_record_free(r);
    assert_ok(arc_pending_approve(o->adm, NULL, got.id, NULL));
    arc_session *fresh;
    assert_ok(arc_session_open(o->p.b.book, &fresh, NULL));
    (void)sample_insert(fresh, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"C\",\"x_class\":\"c\"}");
    arc_session_close(fresh);
    assert_int_equal(count(o->host, ARC_CUSTOM_INDEX), 1);
    assert_int_equal(arc_custom_alter(o->root, ARC_CUSTOMER, "x_class", "{\"kind\":\"text\"}", SIZE_MAX), ARC_E_VALUE);
    assert_int_equal(arc_custom_alter(o->root, ARC_CUSTOMER, "x_none", "{\"required\":true}", SIZE_MAX), ARC_E_NOT_FOUND);
    waits(o->root, arc_custom_retire(o->root, ARC_CUSTOMER, "x_class"), "custom_field.retire");
    assert_ok(arc_pending_approve(o->adm, NULL, last(o->adm).id, NULL));
    assert_int_equal(arc_custom_retire(o->root, ARC_CUSTOMER, "x_class"), ARC_E_STATE);
}

static int32_t no_fault(void *user, const arc_error *f) { return (void)f, ++*(int *)user, 0; }

static void definitions(office *o)
{
    static const char mild[] = "{\"approvals\":[]}";
    int64_t id = 0;
    int faults = 0;
    assert_session(&o->p.b, arc_definition_save(o->host, &id, "approval", "a", mild, SIZE_MAX, NULL));
    waits(o->host, arc_definition_publish(o->host, id, NULL, NULL), "definition.publish");
    seen got = last(o->adm);
    assert_string_equal(got.before, "{\"status\":\"draft\"}");
    assert_string_equal(got.after, "{\"status\":\"published\",\"kind\":\"approval\",\"code\":\"a\",\"revision\":2,\"document\":{\"approvals\":[]}}");
    /* the draft is changed: not what was asked for */
    assert_session(&o->p.b, arc_definition_save(o->host, &id, "approval", "a", "{\"approvals\":[{\"verb\":\"customer.insert\"}]}", SIZE_MAX, NULL));
    assert_int_equal(arc_pending_approve(o->adm, NULL, got.id, NULL), ARC_E_STALE);
    assert_session(&o->p.b, arc_pending_reject(o->host, got.id, "changed"));
    assert_session(&o->p.b, arc_definition_save(o->host, &id, "approval", "a", "{\"approvals\":[1]}", SIZE_MAX, NULL));
    assert_int_not_equal(arc_definition_publish(o->host, id, no_fault, &faults), ARC_NEEDS_APPROVAL);
    assert_int_equal(faults, 1);
    assert_session(&o->p.b, arc_definition_save(o->host, &id, "approval", "a", mild, SIZE_MAX, NULL));
    waits(o->host, arc_definition_retire(o->host, o->approvals), "definition.retire");
    waits(o->host, arc_definition_publish(o->host, id, NULL, NULL), "definition.publish");
    assert_ok(arc_pending_approve(o->adm, NULL, last(o->adm).id, NULL));
    /* from now on nothing waits; what does is decided all the same */
    arc_grant g = grant_of(o, "ann", "sales");
    assert_ok(arc_role_grant(o->root, NULL, &g));
    assert_string_equal(last(o->adm).verb, "definition.retire");
    assert_ok(arc_pending_approve(o->adm, NULL, last(o->adm).id, NULL));
}

static void mode(office *o)
{
    uint32_t now = 0;
    waits(o->root, arc_access_set_mode(o->root, ARC_ACCESS_SINGLE), "book.set_access_mode");
    assert_string_equal(last(o->adm).before, "{\"access_mode\":\"roles\"}");
    assert_string_equal(last(o->adm).after, "{\"access_mode\":\"single\"}");
    assert_ok(arc_access_get_mode(o->adm, &now));
    assert_int_equal(now, ARC_ACCESS_ROLES);
    assert_ok(arc_pending_approve(o->adm, NULL, last(o->adm).id, NULL));
    assert_ok(arc_access_get_mode(o->adm, &now));
    assert_int_equal(now, ARC_ACCESS_SINGLE);
}

/* Inside a transaction what waits goes with it, and what was tried leaves nothing. */
static void together(office *o)
{
    arc_txn *t;
    arc_grant g = grant_of(o, "ann", "sales");
    int64_t n = count(o->host, ARC_ROLE_GRANT);
    assert_ok(arc_session_begin(o->root, &t, ARC_WRITE));
    assert_int_equal(arc_role_grant(o->root, NULL, &g), ARC_NEEDS_APPROVAL);
    arc_txn_rollback(t);
    assert_int_equal(count(o->host, ARC_PENDING_CHANGE), 0);
    assert_ok(arc_session_begin(o->root, &t, ARC_WRITE));
    assert_int_equal(arc_role_grant(o->root, NULL, &g), ARC_NEEDS_APPROVAL);
    assert_int_equal(arc_custom_alter(o->root, ARC_CUSTOMER, "x_class", "{\"choices\":[\"a\",\"b\",\"c\"]}", SIZE_MAX), ARC_NEEDS_APPROVAL);
    assert_ok(arc_txn_commit(t));
    assert_int_equal(count(o->host, ARC_ROLE_GRANT), n);
    assert_int_equal(last(o->adm).n, 2);
    assert_ok(arc_session_begin(o->adm, &t, ARC_WRITE));
    assert_ok(arc_pending_approve(o->adm, NULL, 1, NULL));
    assert_ok(arc_pending_approve(o->adm, NULL, 2, NULL));
    arc_txn_rollback(t);
    assert_int_equal(count(o->host, ARC_ROLE_GRANT), n);
    assert_ok(arc_pending_approve(o->adm, NULL, 1, NULL));
    assert_int_equal(count(o->host, ARC_ROLE_GRANT), n + 1);
}

static void on_each(void (*test)(office *o))
{
    for (int k = 0; k < TEST_BACKENDS; k++) {
        static office o;
        print_message("%s\n", test_backend_names[k]);
        open_office(&o, k);
        test(&o);
        close_office(&o);
    }
}

static void test_grants(void **unused) { (void)unused, on_each(grants); }
static void test_keys(void **unused) { (void)unused, on_each(keys); }
static void test_roles(void **unused) { (void)unused, on_each(role_documents); }
static void test_custom_fields(void **unused) { (void)unused, on_each(custom_fields); }
static void test_definitions(void **unused) { (void)unused, on_each(definitions); }
static void test_mode(void **unused) { (void)unused, on_each(mode); }
static void test_together(void **unused) { (void)unused, on_each(together); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grants),        cmocka_unit_test(test_keys),        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_custom_fields), cmocka_unit_test(test_definitions), cmocka_unit_test(test_mode), cmocka_unit_test(test_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
