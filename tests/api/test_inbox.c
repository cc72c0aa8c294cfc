/* SPDX-License-Identifier: Apache-2.0 */
/* The inbox of somebody who approves: which pending changes he sees, what of them, whether he may decide and why not; nobody decides blindly. */
#include "api/people.h"

static const char rules[] =
    "{\"approvals\":[{\"verb\":\"customer.update\",\"days\":14,\"reason\":\"names\"},{\"verb\":\"customer.insert\"},{\"verb\":\"user_account.update\"}]}";

static const char *const roles[] = {
    "{\"code\":\"asker\",\"name\":\"A\",\"rows\":\"own\",\"verbs\":[\"customer.*\",\"pending_change.read\",\"pending_change.edit\",\"pending_change.reject\"]}",
    "{\"code\":\"boss\",\"name\":\"B\",\"rows\":\"team\",\"verbs\":[\"customer.*\",\"pending_change.*\"]}",
    ("{\"code\":\"blind\",\"name\":\"C\",\"rows\":\"all\",\"verbs\":[\"customer.read\",\"pending_change.*\"],"
     "\"fields\":{\"customer.legal_rep\":\"none\",\"customer.uscc\":\"mask\",\"customer.x_secret\":\"none\"}}"),
    "{\"code\":\"keeper\",\"name\":\"D\",\"rows\":\"all\",\"verbs\":[\"user_account.*\",\"pending_change.*\"]}",
};

typedef struct office {
    people p;
    arc_session *host, *ann, *bob, *dan, *eve, *adm; /* ann and bob are of one team, dan of another */
    int64_t customers[2];
} office;

static void open_office(office *o, int backend)
{
    int64_t id;
    char json[200];
    people_open(&o->p, backend);
    o->host = o->p.b.session;
    assert_ok(arc_session_set_business_date(o->host, PEOPLE_DAY));
    assert_session(&o->p.b, arc_custom_define(o->host, NULL, "{\"entity\":\"customer\",\"name\":\"x_secret\",\"kind\":\"text\"}", SIZE_MAX));
    for (int i = 0; i < 2; i++) {
        snprintf(json, sizeof json, "{\"code\":\"C%d\",\"legal_name\":\"One\",\"legal_rep\":\"Wang\",\"owner\":%d,\"team\":%d}", i,
                 (int)people_user(&o->p, i ? "dan" : "ann"), i ? 5 : 3);
        o->customers[i] = sample_insert(o->host, ARC_CUSTOMER, json);
    }
    for (size_t i = 0; i < 4; i++) assert_session(&o->p.b, arc_role_define(o->host, NULL, roles[i], SIZE_MAX));
    (void)people_grant(&o->p, "ann", "asker");
    (void)people_grant(&o->p, "dan", "asker");
    (void)people_grant(&o->p, "bob", "boss");
    (void)people_grant(&o->p, "eve", "blind");
    (void)people_grant(&o->p, "adm", "keeper");
    (void)people_grant(&o->p, "root", "admin");
    assert_session(&o->p.b, arc_definition_save(o->host, &id, "approval", "a", rules, SIZE_MAX, NULL));
    assert_session(&o->p.b, arc_definition_publish(o->host, id, NULL, NULL));
    people_start(&o->p);
    o->ann = people_session(o->p.b.book, "ann");
    o->bob = people_session(o->p.b.book, "bob");
    o->dan = people_session(o->p.b.book, "dan");
    o->eve = people_session(o->p.b.book, "eve");
    o->adm = people_session(o->p.b.book, "adm");
}

static void close_office(office *o)
{
    arc_session *all[] = { o->ann, o->bob, o->dan, o->eve, o->adm };
    for (int i = 0; i < 5; i++) arc_session_close(all[i]);
    people_close(&o->p);
}

static arc_status change(arc_session *s, uint32_t entity, int64_t id, const char *json)
{
    arc_record *r;
    assert_ok(arc_session_get(s, &r, entity, id));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    arc_status st = arc_session_update(s, r);
    arc_record_free(r);
    return st;
}

static arc_status add(arc_session *s, const char *json)
{
    arc_record *r;
    assert_ok(arc_record_new(s, &r, ARC_CUSTOMER));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    arc_status st = arc_session_insert(s, NULL, r);
    arc_record_free(r);
    return st;
}

/* What a list came to: "id:class " of each, and the last one's texts. */
typedef struct seen {
    char ids[200], before[300], after[300], maker[40], reason[80];
    uint32_t hidden, n, stop;
    arc_stamp asked, expires;
} seen;

static int32_t note(void *user, const arc_pending_info *i)
{
    seen *s = user;
    size_t n = strlen(s->ids);
    snprintf(s->ids + n, sizeof s->ids - n, "%s%lld:%s", n ? " " : "", (long long)i->id, i->may_approve ? "yes" : i->why_class);
    assert_int_equal(i->may_approve, i->why_class[0] == 0);
    assert_int_equal(i->may_approve, i->why[0] == 0 && i->why_zh[0] == 0);
    snprintf(s->before, sizeof s->before, "%s", i->before);
    snprintf(s->after, sizeof s->after, "%s", i->after);
    snprintf(s->maker, sizeof s->maker, "%s", i->maker);
    snprintf(s->reason, sizeof s->reason, "%s", i->reason);
    s->hidden = i->hidden;
    s->asked = i->asked;
    s->expires = i->expires;
    return ++s->n == s->stop;
}

static seen inbox(arc_session *s, uint32_t flags)
{
    seen got = { .n = 0 };
    arc_pending_options o = ARC_PENDING_OPTIONS_INIT;
    o.flags = flags;
    assert_ok(arc_pending_list(s, note, &got, &o));
    return got;
}

#define inbox_is(s, flags, expected) assert_string_equal(inbox(s, flags).ids, expected)

static void rows_and_fields(office *o)
{
    char json[200];
    assert_int_equal(change(o->ann, ARC_CUSTOMER, o->customers[0], "{\"legal_name\":\"Two\"}"), ARC_NEEDS_APPROVAL);
    assert_int_equal(change(o->dan, ARC_CUSTOMER, o->customers[1], "{\"legal_name\":\"Three\"}"), ARC_NEEDS_APPROVAL);
    snprintf(json, sizeof json, "{\"code\":\"N\",\"legal_name\":\"New\",\"owner\":%d,\"team\":3}", (int)people_user(&o->p, "ann"));
    assert_int_equal(add(o->ann, json), ARC_NEEDS_APPROVAL);
    inbox_is(o->host, 0, "1:yes 2:yes 3:yes");
    inbox_is(o->bob, 0, "1:yes 3:yes"); /* his team's, also the row that is not there yet */
    inbox_is(o->ann, 0, "1:permission 3:permission");
    inbox_is(o->dan, ARC_PENDING_MINE, "2:permission");
    inbox_is(o->bob, ARC_PENDING_MINE, "");
    inbox_is(o->adm, 0, ""); /* no customers for him */
    seen got = inbox(o->dan, 0);
    assert_string_equal(got.maker, "dan");
    assert_string_equal(got.reason, "names");
    assert_string_equal(got.before, "{\"legal_name\":\"One\"}");
    assert_string_equal(got.after, "{\"legal_name\":\"Three\"}");
    assert_int_equal(got.asked, TEST_NOW);
    assert_int_equal(got.expires, TEST_NOW + 14 * INT64_C(86400000000));
    /* what he does not see is not there */
    arc_error e = ARC_ERROR_INIT, none = ARC_ERROR_INIT;
    assert_int_equal(arc_pending_approve(o->bob, NULL, 99, NULL), ARC_E_NOT_FOUND);
    assert_ok(arc_session_error(o->bob, &none));
    assert_int_equal(arc_pending_approve(o->bob, NULL, 2, NULL), ARC_E_NOT_FOUND);
    assert_ok(arc_session_error(o->bob, &e));
    assert_string_equal(e.message, none.message);
    assert_string_equal(e.entity, none.entity);
    assert_int_equal(arc_pending_reject(o->bob, 2, "no"), ARC_E_NOT_FOUND);
    assert_int_equal(arc_pending_edit(o->ann, 2, "{\"legal_name\":\"X\"}", SIZE_MAX), ARC_E_NOT_FOUND);
    assert_ok(arc_pending_approve(o->bob, NULL, 1, NULL));
    inbox_is(o->bob, 0, "3:yes");
    inbox_is(o->bob, ARC_PENDING_CLOSED, "1:state 3:yes");
    /* fields */
    assert_int_equal(change(o->dan, ARC_CUSTOMER, o->customers[1], "{\"legal_rep\":\"Li\",\"uscc\":\"913100001322079000\",\"x_secret\":\"s3cret\",\"remark\":\"r\"}"),
                     ARC_NEEDS_APPROVAL);
    got = inbox(o->eve, 0);
    assert_string_equal(got.ids, "2:yes 3:yes 4:fields");
    assert_int_equal(got.hidden, 3);
    assert_string_equal(got.after, "{\"uscc\":\"****9000\",\"remark\":\"r\"}");
    assert_int_equal(arc_pending_approve(o->eve, NULL, 4, NULL), ARC_E_FORBIDDEN);
    inbox_is(o->eve, ARC_PENDING_DECIDABLE, "2:yes 3:yes");
    assert_ok(arc_pending_reject(o->eve, 4, "not so"));
}

/* A row asked for by somebody who sees his own rows is his once it is approved, as if he had added it. */
static void ownership(office *o)
{
    arc_record *r;
    int64_t row = 0, owner = 0;
    assert_int_equal(add(o->ann, "{\"code\":\"N\",\"legal_name\":\"New\"}"), ARC_NEEDS_APPROVAL);
    assert_non_null(strstr(inbox(o->ann, 0).after, "\"owner\":"));
    assert_session(&o->p.b, arc_pending_approve(o->host, &row, 1, NULL));
    assert_ok(arc_session_get(o->ann, &r, ARC_CUSTOMER, row));
    assert_ok(arc_record_get_int(r, &owner, ARC_CUSTOMER_OWNER));
    assert_int_equal(owner, people_user(&o->p, "ann"));
    arc_record_free(r);
}

static void reasons(office *o)
{
    assert_int_equal(change(o->bob, ARC_CUSTOMER, o->customers[0], "{\"legal_name\":\"Two\"}"), ARC_NEEDS_APPROVAL);
    inbox_is(o->bob, 0, "1:own");
    assert_int_equal(arc_pending_approve(o->bob, NULL, 1, NULL), ARC_E_FORBIDDEN);
    /* the row moves */
    assert_int_equal(change(o->host, ARC_CUSTOMER, o->customers[0], "{\"remark\":\"x\"}"), ARC_NEEDS_APPROVAL);
    assert_ok(arc_pending_approve(o->host, NULL, 2, NULL));
    inbox_is(o->eve, 0, "1:stale");
    assert_int_equal(arc_pending_approve(o->eve, NULL, 1, NULL), ARC_E_STALE);
    o->p.b.t.now += 14 * INT64_C(86400000000);
    inbox_is(o->eve, 0, "1:expired");
    assert_session(&o->p.b, arc_pending_reject(o->host, 1, "over"));
    /* nobody approves what is done to his own account, whoever asked */
    assert_int_equal(change(o->host, ARC_USER_ACCOUNT, people_user(&o->p, "adm"), "{\"team\":3}"), ARC_NEEDS_APPROVAL);
    assert_int_equal(change(o->host, ARC_USER_ACCOUNT, people_user(&o->p, "cat"), "{\"team\":3}"), ARC_NEEDS_APPROVAL);
    inbox_is(o->adm, 0, "3:own 4:yes");
    assert_int_equal(arc_pending_approve(o->adm, NULL, 3, NULL), ARC_E_FORBIDDEN);
    assert_ok(arc_pending_approve(o->adm, NULL, 4, NULL));
}

static void pages(office *o)
{
    arc_pending_options opt = ARC_PENDING_OPTIONS_INIT;
    seen got = { .n = 0 };
    for (int i = 0; i < 3; i++) {
        assert_int_equal(change(o->ann, ARC_CUSTOMER, o->customers[0], "{\"legal_name\":\"Two\"}"), ARC_NEEDS_APPROVAL);
        assert_int_equal(change(o->dan, ARC_CUSTOMER, o->customers[1], "{\"legal_name\":\"Two\"}"), ARC_NEEDS_APPROVAL);
    }
    opt.max = 2;
    assert_ok(arc_pending_list(o->bob, note, &got, &opt));
    assert_string_equal(got.ids, "1:yes 3:yes");
    opt.after = 3;
    assert_ok(arc_pending_list(o->bob, note, &got, &opt));
    assert_string_equal(got.ids, "1:yes 3:yes 5:yes");
    memset(&got, 0, sizeof got);
    opt = (arc_pending_options)ARC_PENDING_OPTIONS_INIT;
    opt.entity = ARC_CUSTOMER;
    opt.row = o->customers[1];
    assert_session(&o->p.b, arc_pending_list(o->host, note, &got, &opt));
    assert_string_equal(got.ids, "2:yes 4:yes 6:yes");
    memset(&got, 0, sizeof got);
    got.stop = 2;
    assert_int_equal(arc_pending_list(o->host, note, &got, NULL), ARC_E_CANCELLED);
    assert_int_equal(got.n, 2);
    opt.entity = 0;
    assert_int_equal(arc_pending_list(o->host, note, &got, &opt), ARC_E_INVALID);
    opt.flags = 0x80;
    assert_int_equal(arc_pending_list(o->host, note, &got, &opt), ARC_E_INVALID);
    assert_int_equal(arc_pending_list(o->host, NULL, &got, NULL), ARC_E_INVALID);
    arc_pending_options bad = ARC_PENDING_OPTIONS_INIT, same;
    assert_ok(arc_pending_options_init(&same));
    assert_memory_equal(&same, &bad, sizeof bad);
    assert_int_equal(arc_pending_options_init(NULL), ARC_E_INVALID);
    bad.entity = 65000;
    assert_int_equal(arc_pending_list(o->host, note, &got, &bad), ARC_E_NOT_FOUND);
    /* more than a page of the store */
    for (int i = 0; i < 250; i++) assert_int_equal(change(o->dan, ARC_CUSTOMER, o->customers[1], "{\"legal_name\":\"Two\"}"), ARC_NEEDS_APPROVAL);
    assert_int_equal(inbox(o->dan, 0).n, 253);
    assert_int_equal(inbox(o->bob, 0).n, 3);
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

static void test_rows_and_fields(void **unused) { (void)unused, on_each(rows_and_fields); }
static void test_ownership(void **unused) { (void)unused, on_each(ownership); }
static void test_reasons(void **unused) { (void)unused, on_each(reasons); }
static void test_pages(void **unused) { (void)unused, on_each(pages); }

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows_and_fields), cmocka_unit_test(test_ownership), cmocka_unit_test(test_reasons), cmocka_unit_test(test_pages) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
