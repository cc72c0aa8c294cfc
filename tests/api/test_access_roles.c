/* SPDX-License-Identifier: Apache-2.0 */
/* Role documents and their faults, revising and retiring, validity, what is told to front ends, and other processes. */
#include <sys/wait.h>
#include <unistd.h>

#include "api/people.h"
#include "model/verbs.h"
#include "security/duty.h"
#include "security/role.h"
#include "support/work_book.h"

static void faults_are_told_with_their_place(void **state)
{
    static const struct {
        const char *json, *pointer;
        arc_status status;
    } bad[] = {
        { "{\"name\":\"X\"}", "", ARC_E_REQUIRED },
        { "{\"code\":\"x\",\"name\":\"X\",\"rights\":1}", "/rights", ARC_E_NOT_FOUND },
        { "{\"code\":\"x\",\"name\":\"X\",\"rows\":\"mine\"}", "/rows", ARC_E_VALUE },
        { "{\"code\":\"x\",\"name\":\"X\",\"rows\":{\"*\":\"own\",\"nothing\":\"all\"}}", "/rows/nothing", ARC_E_NOT_FOUND },
        { "{\"code\":\"x\",\"name\":\"X\",\"owner_at\":\"then\"}", "/owner_at", ARC_E_VALUE },
        { "{\"code\":\"x\",\"name\":\"X\",\"verbs\":[\"invoice.record\",\"invoice.recrod\"]}", "/verbs/1", ARC_E_NOT_FOUND },
        { "{\"code\":\"x\",\"name\":\"X\",\"verbs\":[\"nothing.read\"]}", "/verbs/0", ARC_E_NOT_FOUND },
        { "{\"code\":\"x\",\"name\":\"X\",\"verbs\":[\"read\"]}", "/verbs/0", ARC_E_SYNTAX },
        { "{\"code\":\"x\",\"name\":\"X\",\"fields\":{\"customer.nothing\":\"mask\"}}", "/fields/customer.nothing", ARC_E_NOT_FOUND },
        { "{\"code\":\"x\",\"name\":\"X\",\"fields\":{\"customer.uscc\":\"blur\"}}", "/fields/customer.uscc", ARC_E_VALUE },
        { "{\"code\":\"x\",\"name\":\"X\",\"fields\":{\"customer.id\":\"none\"}}", "/fields/customer.id", ARC_E_VALUE },
        { "{\"code\":\"x\",\"name\":\"X\",\"authority\":[{\"verb\":\"invoice.approve\",\"currency\":\"XXQ\",\"amount\":\"1\"}]}", "/authority/0/currency", ARC_E_CURRENCY },
        { "{\"code\":\"x\",\"name\":\"X\",\"authority\":[{\"verb\":\"invoice.approve\",\"currency\":\"CNY\",\"amount\":\"much\"}]}", "/authority/0/amount", ARC_E_VALUE },
        { "{\"code\":\"x\",\"name\":\"X\",\"authority\":[{\"verb\":\"invoice.approve\"}]}", "/authority/0", ARC_E_REQUIRED },
        { "{\"code\":\"x\",\"name\":\"X\",\"excludes\":[\"x\"]}", "/excludes/0", ARC_E_VALUE },
        { "{\"code\":\"x\",\"name\":\"X\",\"excludes\":[{\"rule\":\"r\"}]}", "/excludes/0", ARC_E_REQUIRED },
        { "{\"code\":\"sales\",\"name\":\"X\"}", "", ARC_E_EXISTS },
        { "{\"code\":\"x\",\"code\":\"y\",\"name\":\"X\"}", "/code", ARC_E_EXISTS },
        { "[1]", "", ARC_E_SYNTAX },
        { "{", "", ARC_E_SYNTAX },
    };
    people p;
    (void)state;
    people_open(&p, 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        arc_error e = ARC_ERROR_INIT;
        arc_status st = arc_role_define(p.b.session, NULL, bad[i].json, SIZE_MAX);
        assert_ok(arc_session_error(p.b.session, &e));
        if (st != bad[i].status || strcmp(e.pointer, bad[i].pointer) != 0) {
            fail_msg("%s: %s at \"%s\" (%s)", bad[i].json, arc_status_name(st), e.pointer, e.message);
        }
        assert_true(e.message[0] && e.message_zh[0]);
    }
    assert_int_equal(arc_role_define(p.b.session, NULL, NULL, 0), ARC_E_INVALID);
    people_close(&p);
}

static arc_status may_insert(arc_session *s)
{
    arc_txn *t;
    arc_record *r;
    assert_ok(arc_session_begin(s, &t, ARC_WRITE));
    assert_ok(arc_record_new(s, &r, ARC_CUSTOMER));
    assert_ok(arc_record_set_json(r, "{\"code\":\"N\",\"legal_name\":\"N\"}", SIZE_MAX));
    arc_status st = arc_session_insert(s, NULL, r);
    arc_record_free(r);
    arc_txn_rollback(t);
    return st;
}

static void revisions_take_effect_at_once(void **state)
{
    static const char first[] = "{\"code\":\"r\",\"name\":\"R\",\"rows\":\"all\",\"verbs\":[\"customer.read\"]}";
    static const char second[] = "{\"code\":\"r\",\"name\":\"R\",\"rows\":\"all\",\"verbs\":[\"customer.*\"]}";
    people p;
    arc_grant g = ARC_GRANT_INIT;
    (void)state;
    people_open(&p, 0);
    assert_session(&p.b, arc_role_define(p.b.session, &g.role, first, SIZE_MAX));
    g.user = people_user(&p, "ann");
    assert_session(&p.b, arc_role_grant(p.b.session, NULL, &g));
    (void)people_grant(&p, "root", "admin");
    people_start(&p);
    arc_session *ann = people_session(p.b.book, "ann");
    assert_int_equal(may_insert(ann), ARC_E_FORBIDDEN);
    assert_session_status(ARC_E_STALE, &p.b, arc_role_revise(p.b.session, g.role, 7, second, SIZE_MAX));
    assert_session_status(ARC_E_VALUE, &p.b, arc_role_revise(p.b.session, g.role, 1, "{\"code\":\"q\",\"name\":\"R\"}", SIZE_MAX));
    assert_session_status(ARC_E_NOT_FOUND, &p.b, arc_role_revise(p.b.session, 9999, 1, second, SIZE_MAX));
    assert_session(&p.b, arc_role_revise(p.b.session, g.role, 1, second, SIZE_MAX));
    assert_ok(may_insert(ann));
    assert_session(&p.b, arc_role_retire(p.b.session, g.role, 2));
    assert_int_equal(may_insert(ann), ARC_E_FORBIDDEN);
    assert_session_status(ARC_E_STATE, &p.b, arc_role_revise(p.b.session, g.role, 3, second, SIZE_MAX));
    g.user = people_user(&p, "bob");
    assert_session_status(ARC_E_STATE, &p.b, arc_role_grant(p.b.session, NULL, &g));
    /* the last role that grants is not retired */
    assert_session_status(ARC_E_STATE, &p.b, arc_role_retire(p.b.session, people_role(&p, "admin"), 1));
    arc_session_close(ann);
    people_close(&p);
}

static void revisions_do_not_put_holders_at_odds(void **state)
{
    static const char fine[] = "{\"code\":\"r\",\"name\":\"R\",\"rows\":\"all\",\"verbs\":[\"customer.read\"]}";
    static const char odd[] = "{\"code\":\"r\",\"name\":\"R\",\"rows\":\"all\",\"verbs\":[\"customer.read\"],\"excludes\":[{\"role\":\"executive\",\"rule\":\"why not\"}]}";
    people p;
    arc_grant g = ARC_GRANT_INIT;
    arc_error e = ARC_ERROR_INIT;
    (void)state;
    people_open(&p, 0);
    assert_session(&p.b, arc_role_define(p.b.session, &g.role, fine, SIZE_MAX));
    g.user = people_user(&p, "ann");
    assert_session(&p.b, arc_role_grant(p.b.session, NULL, &g));
    (void)people_grant(&p, "ann", "executive");
    assert_session_status(ARC_E_STATE, &p.b, arc_role_revise(p.b.session, g.role, 1, odd, SIZE_MAX));
    assert_ok(arc_session_error(p.b.session, &e));
    assert_non_null(strstr(e.message, "executive"));
    assert_non_null(strstr(e.message, "why not"));
    people_close(&p);
}

/* First and last day count; roles held one after the other do not exclude each other. */
static void grants_have_days(void **state)
{
    static const struct {
        arc_date from, to;
        int holds;
    } cases[] = {
        { ARC_DATE_NONE, ARC_DATE_NONE, 1 }, { PEOPLE_DAY, PEOPLE_DAY, 1 },        { PEOPLE_DAY - 1, PEOPLE_DAY - 1, 0 },
        { PEOPLE_DAY + 1, ARC_DATE_NONE, 0 }, { ARC_DATE_NONE, PEOPLE_DAY - 1, 0 }, { ARC_DATE_NONE, PEOPLE_DAY, 1 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        people p;
        arc_session *s;
        arc_grant g = ARC_GRANT_INIT;
        arc_session_options o = ARC_SESSION_OPTIONS_INIT;
        people_open(&p, 0);
        g.user = people_user(&p, "ann");
        g.role = people_role(&p, "ar_clerk");
        g.valid_from = cases[i].from;
        g.valid_to = cases[i].to;
        assert_session(&p.b, arc_role_grant(p.b.session, NULL, &g));
        (void)people_grant(&p, "root", "admin");
        people_start(&p);
        o.actor = "ann";
        o.business_date = PEOPLE_DAY;
        assert_int_equal(arc_session_open(p.b.book, &s, &o), cases[i].holds ? ARC_OK : ARC_E_FORBIDDEN);
        if (cases[i].holds && cases[i].to == PEOPLE_DAY) { /* the day after, in the same session */
            assert_ok(may_insert(s));
            assert_ok(arc_session_set_business_date(s, PEOPLE_DAY + 1));
            assert_int_equal(may_insert(s), ARC_E_FORBIDDEN);
        }
        arc_session_close(s);
        people_close(&p);
    }
}

static void excluded_roles_one_after_the_other(void **state)
{
    people p;
    arc_grant g = ARC_GRANT_INIT;
    (void)state;
    people_open(&p, 0);
    g.user = people_user(&p, "ann");
    g.role = people_role(&p, "ar_clerk");
    g.valid_to = PEOPLE_DAY;
    assert_session(&p.b, arc_role_grant(p.b.session, NULL, &g));
    g.role = people_role(&p, "cashier");
    g.valid_to = ARC_DATE_NONE;
    g.valid_from = PEOPLE_DAY;
    assert_session_status(ARC_E_FORBIDDEN, &p.b, arc_role_grant(p.b.session, NULL, &g));
    g.valid_from = PEOPLE_DAY + 1;
    assert_session(&p.b, arc_role_grant(p.b.session, NULL, &g));
    assert_session_status(ARC_E_EXISTS, &p.b, arc_role_grant(p.b.session, NULL, &g));
    g.valid_to = PEOPLE_DAY;
    assert_session_status(ARC_E_RANGE, &p.b, arc_role_grant(p.b.session, NULL, &g));
    g.valid_to = ARC_DATE_NONE;
    g.user = 9999;
    assert_session_status(ARC_E_REFERENCE, &p.b, arc_role_grant(p.b.session, NULL, &g));
    assert_session_status(ARC_E_NOT_FOUND, &p.b, arc_role_revoke(p.b.session, NULL, 9999, "x"));
    assert_session_status(ARC_E_INVALID, &p.b, arc_role_revoke(p.b.session, NULL, 1, ""));
    assert_session(&p.b, arc_role_revoke(p.b.session, NULL, 1, "x"));
    assert_session_status(ARC_E_STATE, &p.b, arc_role_revoke(p.b.session, NULL, 1, "x"));
    people_close(&p);
}

static void nobody_widens_his_own_reach(void **state)
{
    people p;
    arc_record *r;
    arc_error e = ARC_ERROR_INIT;
    (void)state;
    people_open(&p, 0);
    (void)people_grant(&p, "root", "admin");
    people_start(&p);
    arc_session *root = people_session(p.b.book, "root");
    assert_ok(arc_session_get(root, &r, ARC_USER_ACCOUNT, people_user(&p, "root")));
    assert_ok(arc_record_set_int(r, ARC_USER_ACCOUNT_TEAM, 3));
    assert_int_equal(arc_session_update(root, r), ARC_E_FORBIDDEN);
    assert_ok(arc_session_error(root, &e));
    assert_string_equal(e.field, "team");
    arc_record_free(r);
    assert_ok(arc_session_get(root, &r, ARC_USER_ACCOUNT, people_user(&p, "root")));
    assert_ok(arc_record_set_text(r, ARC_USER_ACCOUNT_LANGUAGE, "zh-CN", SIZE_MAX));
    assert_ok(arc_session_update(root, r));
    arc_record_free(r);
    arc_session_close(root);
    people_close(&p);
}

static void front_ends_are_told(void **state)
{
    people p;
    arc_record *r;
    char json[30000];
    size_t len = sizeof json;
    (void)state;
    people_open(&p, 0);
    assert_session(&p.b, arc_access_json(p.b.session, json, &len));
    assert_string_equal(json, "{\"actor\":\"system\",\"mode\":\"single\",\"all\":true}");
    (void)people_grant(&p, "root", "admin");
    (void)people_grant(&p, "ann", "sales");
    people_start(&p);
    arc_session *ann = people_session(p.b.book, "ann");
    len = sizeof json;
    assert_ok(arc_access_json(ann, json, &len));
    assert_non_null(strstr(json, "\"mode\":\"roles\""));
    assert_non_null(strstr(json, "{\"entity\":\"customer\",\"rows\":\"some\",\"verbs\":[\"read\"]"));
    assert_non_null(strstr(json, "\"legal_rep\":\"mask\""));
    assert_null(strstr(json, "bank_account"));
    len = 10;
    assert_int_equal(arc_access_json(ann, json, &len), ARC_E_BUFFER);
    assert_true(len > 10);
    assert_ok(arc_record_new(ann, &r, ARC_CONTACT));
    len = sizeof json;
    assert_ok(arc_verbs_allowed(ann, json, &len, r));
    assert_non_null(strstr(json, "\"verb\":\"contact.insert\",\"label\":\"Add\",\"label_zh\":\"新增\",\"allowed\":true"));
    assert_non_null(strstr(json, "\"verb\":\"contact.update\",\"label\":\"Change\",\"label_zh\":\"修改\",\"allowed\":false,\"class\":\"state\""));
    assert_non_null(strstr(json, "\"verb\":\"contact.load\",\"label\":\"Load columns\",\"label_zh\":\"批量载入\",\"allowed\":false,\"class\":\"permission\""));
    arc_record_free(r);
    arc_session_close(ann);
    people_close(&p);
}

static void authority_and_persons(void **state)
{
    people p;
    int64_t minor = 0;
    void *object;
    (void)state;
    people_open(&p, 0);
    (void)people_grant(&p, "root", "admin");
    (void)people_grant(&p, "ann", "sales_manager");
    people_start(&p);
    arc_session *ann = people_session(p.b.book, "ann");
    assert_ok(arci_handle_get(ann, ARCI_H_SESSION, &object, NULL));
    assert_ok(arci_access_authority(object, "adjustment.approve", "CNY", &minor));
    assert_int_equal(minor, 500000);
    assert_int_equal(arci_access_authority(object, "adjustment.approve", "USD", &minor), ARC_E_NOT_FOUND);
    assert_int_equal(arci_access_authority(object, "write_off_request.approve", "CNY", &minor), ARC_E_NOT_FOUND);
    assert_true(arci_access_same_person("a", NULL, "a", NULL));
    assert_true(arci_access_same_person("a", "b", "b", NULL));
    assert_true(arci_access_same_person("a", "c", "b", "c"));
    assert_false(arci_access_same_person("a", NULL, "b", NULL));
    assert_false(arci_access_same_person("a", "b", "c", "d"));
    arc_session_close(ann);
    people_close(&p);
}

/* Who made a customer's bank data never refunds to it; to others he may. */
static void what_one_did_before(void **state)
{
    people p;
    void *object;
    arci_scope scope;
    (void)state;
    people_open(&p, 0);
    for (int i = 0; i < 2; i++) assert_session(&p.b, book_customers(p.b.session, i + 1, 1));
    (void)people_grant(&p, "root", "admin");
    (void)people_grant(&p, "ann", "ar_clerk");
    people_start(&p);
    arc_session *ann = people_session(p.b.book, "ann");
    (void)sample_insert(ann, ARC_BANK_ACCOUNT, "{\"customer\":1,\"number\":\"1\"}");
    (void)sample_insert(p.b.session, ARC_BANK_ACCOUNT, "{\"customer\":2,\"number\":\"2\"}");
    assert_ok(arci_handle_get(ann, ARCI_H_SESSION, &object, NULL));
    arci_session *s = object;
    assert_ok(arci_scope_begin(s, &scope, ARC_READ, 0));
    assert_int_equal(arci_duty_check(scope.txn, "receipt.refund", 1), ARC_E_FORBIDDEN);
    assert_ok(arci_duty_check(scope.txn, "receipt.refund", 2));
    assert_ok(arci_duty_check(scope.txn, "invoice.record", 1));
    assert_ok(arci_scope_end(&scope, ARC_OK));
    arc_session_close(ann);
    people_close(&p);
}

/* Another process takes a role away: a call that writes sees it at once, calls that read after a while. */
static void another_process(void **state)
{
    people p;
    arc_record *r;
    int status;
    (void)state;
    people_open(&p, 1);
    (void)people_grant(&p, "root", "admin");
    int64_t grant = people_grant(&p, "clerk", "ar_clerk");
    people_start(&p);
    arc_session *clerk = people_session(p.b.book, "clerk");
    assert_ok(arc_session_get(clerk, &r, ARC_USER_ACCOUNT, 1));
    arc_record_free(r);
    pid_t child = fork();
    if (!child) {
        test_env t;
        arc_book *book;
        arc_session *host;
        test_open(&t);
        if (arc_book_open(t.ctx, &book, p.b.uri, NULL) != ARC_OK || arc_session_open(book, &host, NULL) != ARC_OK) _exit(2);
        _exit(arc_role_revoke(host, NULL, grant, "left") == ARC_OK ? 0 : 3);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(arc_custom_define(clerk, NULL, "{\"entity\":\"customer\",\"name\":\"x_a\",\"kind\":\"text\"}", SIZE_MAX), ARC_E_FORBIDDEN);
    assert_ok(arc_record_new(clerk, &r, ARC_CUSTOMER));
    assert_ok(arc_record_set_json(r, "{\"code\":\"N\",\"legal_name\":\"N\"}", SIZE_MAX));
    assert_int_equal(arc_session_insert(clerk, NULL, r), ARC_E_FORBIDDEN);
    arc_record_free(r);
    assert_int_equal(arc_session_get(clerk, &r, ARC_USER_ACCOUNT, 1), ARC_E_FORBIDDEN);
    arc_session_close(clerk);
    people_close(&p);
}

/* Reads alone come to know of it, too. */
static void another_process_and_reads(void **state)
{
    people p;
    arc_record *r;
    int status, calls = 0;
    (void)state;
    people_open(&p, 1);
    (void)people_grant(&p, "root", "admin");
    int64_t grant = people_grant(&p, "clerk", "ar_clerk");
    people_start(&p);
    arc_session *clerk = people_session(p.b.book, "clerk");
    pid_t child = fork();
    if (!child) {
        test_env t;
        arc_book *book;
        arc_session *host;
        test_open(&t);
        if (arc_book_open(t.ctx, &book, p.b.uri, NULL) != ARC_OK || arc_session_open(book, &host, NULL) != ARC_OK) _exit(2);
        _exit(arc_role_revoke(host, NULL, grant, "left") == ARC_OK ? 0 : 3);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 0);
    while (calls < 100 && arc_session_get(clerk, &r, ARC_USER_ACCOUNT, 1) == ARC_OK) {
        arc_record_free(r);
        calls++;
    }
    assert_true(calls <= 33);
    arc_session_close(clerk);
    people_close(&p);
}

/* Who may write a document of a kind that callers write row by row writes its lines too: an order without lines is none. */
static void documents_with_their_parts(void **state)
{
    static const uint32_t verbs[] = { ARCI_DO_INSERT, ARCI_DO_UPDATE };
    arc_context *ctx;
    arc_error none = ARC_ERROR_INIT;
    arci_arena arena;
    arci_role role;
    uint32_t parts = 0;
    (void)state;
    assert_ok(arc_context_new(&ctx, NULL));
    arci_env env = { ctx, &none };
    arci_arena_init(&arena, ctx);
    for (uint32_t k = 0; k < arci_n_shipped_roles; k++) {
        assert_ok(arci_role_read(&env, &arena, arci_shipped_roles[k], strlen(arci_shipped_roles[k]), &role));
        for (uint32_t i = 0; i < arci_n_entities; i++) {
            const arci_entity *part = arci_entities[i];
            if (!part->root || !(part->flags & ARCI_E_MASTER)) continue;
            const arci_field *f = arci_entity_field(part, part->root, strlen(part->root));
            const arci_entity *of = arci_entity_by_name(f->aux, strlen(f->aux));
            parts++;
            for (size_t v = 0; v < sizeof verbs / sizeof *verbs; v++) {
                const uint8_t document = role.verbs[(size_t)arci_entity_position(of) * ARCI_N_VERBS + verbs[v]], line = role.verbs[(size_t)i * ARCI_N_VERBS + verbs[v]];
                if (document && !line) fail_msg("%s may %s %s, not %s", role.code, v ? "update" : "insert", of->name, part->name);
            }
        }
    }
    assert_true(parts >= arci_n_shipped_roles * 4);
    arci_arena_clear(&arena);
    arc_context_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_told_with_their_place), cmocka_unit_test(revisions_take_effect_at_once),
        cmocka_unit_test(revisions_do_not_put_holders_at_odds), cmocka_unit_test(grants_have_days),
        cmocka_unit_test(excluded_roles_one_after_the_other), cmocka_unit_test(nobody_widens_his_own_reach),
        cmocka_unit_test(front_ends_are_told), cmocka_unit_test(authority_and_persons),
        cmocka_unit_test(what_one_did_before), cmocka_unit_test(another_process),
        cmocka_unit_test(another_process_and_reads), cmocka_unit_test(documents_with_their_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
