/* SPDX-License-Identifier: Apache-2.0 */
/* Field rights: what is hidden is nowhere, what is masked shows its end and answers no question; refusals are kept. */
#include <stdlib.h>

#include "api/people.h"

static const char ROLE[] =
    "{\"code\":\"looker\",\"name\":\"Looker\",\"rows\":\"all\",\"verbs\":[\"customer.*\",\"bank_account.*\",\"item.read\",\"receipt.read\",\"denial.read\"],"
    "\"fields\":{\"customer.legal_rep\":\"none\",\"customer.registered_capital\":\"none\",\"customer.address\":\"read\",\"customer.uscc\":\"mask\","
    "\"customer.x_secret\":\"none\",\"bank_account.number\":\"mask\",\"bank_account.holder\":\"none\",\"item.amount\":\"none\"}}";

typedef struct looker {
    people p;
    arc_session *s;
    int64_t customer, account, role;
} looker;

static void looker_open(looker *l, int backend)
{
    arc_grant g = ARC_GRANT_INIT;
    people_open(&l->p, backend);
    arc_session *host = l->p.b.session;
    assert_session(&l->p.b, arc_custom_define(host, NULL, "{\"entity\":\"customer\",\"name\":\"x_secret\",\"kind\":\"text\"}", SIZE_MAX));
    assert_session(&l->p.b, arc_custom_define(host, NULL, "{\"entity\":\"customer\",\"name\":\"x_open\",\"kind\":\"text\"}", SIZE_MAX));
    l->customer = sample_insert(host, ARC_CUSTOMER,
                                "{\"code\":\"C1\",\"legal_name\":\"One\",\"legal_rep\":\"张三\",\"uscc\":\"913100001322079000\",\"address\":\"A\","
                                "\"capital_currency\":\"CNY\",\"registered_capital\":\"12.00\",\"x_secret\":\"s3cret\",\"x_open\":\"plain\"}");
    l->account = sample_insert(host, ARC_BANK_ACCOUNT, "{\"customer\":1,\"number\":\"6222020200012345\",\"holder\":\"One\"}");
    assert_session(&l->p.b, arc_role_define(host, &l->role, ROLE, SIZE_MAX));
    g.user = people_user(&l->p, "ann");
    g.role = l->role;
    assert_session(&l->p.b, arc_role_grant(host, NULL, &g));
    (void)people_grant(&l->p, "root", "admin");
    people_start(&l->p);
    l->s = people_session(l->p.b.book, "ann");
}

static void looker_close(looker *l)
{
    arc_session_close(l->s);
    people_close(&l->p);
}

static void text_is(arc_record *r, arc_field_id f, const char *want)
{
    const char *s = NULL;
    size_t n = 0;
    int32_t null = 0;
    assert_ok(arc_record_is_null(r, &null, f));
    assert_int_equal(null, want == NULL);
    if (!want) return;
    assert_ok(arc_record_get_text(r, &s, &n, f));
    assert_int_equal(n, strlen(want));
    assert_memory_equal(s, want, n);
}

static void records_show_what_they_may(void **state)
{
    looker l;
    arc_record *r;
    char json[4000];
    size_t len = sizeof json;
    (void)state;
    for (int backend = 0; backend < 2; backend++) {
        looker_open(&l, backend);
        assert_ok(arc_session_get(l.s, &r, ARC_CUSTOMER, l.customer));
        text_is(r, ARC_CUSTOMER_LEGAL_REP, NULL);
        text_is(r, ARC_CUSTOMER_USCC, "****9000");
        text_is(r, ARC_CUSTOMER_ADDRESS, "A");
        len = sizeof json;
        assert_ok(arc_record_get_json(r, json, &len));
        assert_null(strstr(json, "legal_rep"));
        assert_null(strstr(json, "张三"));
        assert_null(strstr(json, "registered_capital"));
        assert_null(strstr(json, "s3cret"));
        assert_null(strstr(json, "9131000013"));
        assert_non_null(strstr(json, "plain"));
        arc_record_free(r);
        assert_ok(arc_session_get(l.s, &r, ARC_BANK_ACCOUNT, l.account));
        text_is(r, ARC_BANK_ACCOUNT_NUMBER, "****2345");
        text_is(r, ARC_BANK_ACCOUNT_HOLDER, NULL);
        arc_record_free(r);
        looker_close(&l);
    }
}

/* An invoice and a receipt that pays part of it. */
static void sample_post(arc_session *s, const char *invoice, const char *receipt, int64_t customer, arc_date day)
{
    arc_record *r;
    arc_money m = { 10000, "CNY", 0 };
    assert_ok(arc_record_new(s, &r, ARC_INVOICE));
    assert_ok(arc_record_set_text(r, ARC_INVOICE_NUMBER, invoice, SIZE_MAX));
    assert_ok(arc_record_set_int(r, ARC_INVOICE_CUSTOMER, customer));
    assert_ok(arc_record_set_date(r, ARC_INVOICE_INVOICE_DATE, day));
    assert_ok(arc_record_set_date(r, ARC_INVOICE_DUE_DATE, day));
    assert_ok(arc_record_set_money(r, ARC_INVOICE_GROSS_AMOUNT, m));
    assert_ok(arc_invoice_record(s, NULL, r));
    arc_record_free(r);
    m.minor = 6000;
    assert_ok(arc_record_new(s, &r, ARC_RECEIPT));
    assert_ok(arc_record_set_text(r, ARC_RECEIPT_NUMBER, receipt, SIZE_MAX));
    assert_ok(arc_record_set_int(r, ARC_RECEIPT_CUSTOMER, customer));
    assert_ok(arc_record_set_date(r, ARC_RECEIPT_VALUE_DATE, day));
    assert_ok(arc_record_set_money(r, ARC_RECEIPT_AMOUNT, m));
    assert_ok(arc_receipt_record(s, NULL, r));
    arc_record_free(r);
}

static int32_t gather(void *user, const char *bytes, size_t n)
{
    char *to = user;
    size_t at = strlen(to);
    if (at + n < 8000) {
        memcpy(to + at, bytes, n);
        to[at + n] = 0;
    }
    return 0;
}

static void exports_show_no_more(void **state)
{
    looker l;
    arc_query *q;
    char text[8000];
    (void)state;
    looker_open(&l, 1);
    for (uint32_t format = 0; format < 2; format++) {
        text[0] = 0;
        assert_ok(arc_query_new(l.s, &q, ARC_CUSTOMER));
        assert_ok(arc_query_export(q, NULL, format ? ARC_EXPORT_JSON_LINES : ARC_EXPORT_CSV, gather, text, NULL));
        assert_non_null(strstr(text, "legal_name"));
        assert_non_null(strstr(text, "****9000"));
        assert_null(strstr(text, "legal_rep"));
        assert_null(strstr(text, "张三"));
        assert_null(strstr(text, "registered_capital"));
        assert_null(strstr(text, "s3cret"));
        assert_non_null(strstr(text, "plain"));
        arc_query_free(q);
    }
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    assert_ok(arc_query_new(l.s, &q, ARC_CUSTOMER));
    assert_ok(arc_query_arrow(q, &stream, NULL));
    assert_int_equal(stream.get_schema(&stream, &schema), 0);
    int uscc = 0;
    for (int64_t i = 0; i < schema.n_children; i++) {
        assert_string_not_equal(schema.children[i]->name, "legal_rep");
        uscc |= !strcmp(schema.children[i]->name, "uscc");
    }
    assert_true(uscc);
    schema.release(&schema);
    stream.release(&stream);
    arc_query_free(q);
    looker_close(&l);
}

/* Custom fields, and formulas over what is hidden: no way around. */
static void no_question_about_hidden_custom_fields(void **state)
{
    static const char *const names[] = { "x_secret", "x_twice" };
    looker l;
    arc_query *q;
    arc_cursor *c;
    (void)state;
    looker_open(&l, 0);
    assert_session(&l.p.b, arc_custom_define(l.p.b.session, NULL,
                                             "{\"entity\":\"customer\",\"name\":\"x_twice\",\"kind\":\"formula\",\"formula\":{\"*\":[2,{\"var\":\"registered_capital\"}]}}", SIZE_MAX));
    for (int how = 0; how < 4; how++) {
        for (int k = 0; k < 2; k++) {
            arc_field_id id;
            arc_error e = ARC_ERROR_INIT;
            assert_ok(arc_query_new(l.s, &q, ARC_CUSTOMER));
            assert_ok(arc_query_field(q, &id, names[k]));
            if (how == 0) assert_ok(arc_query_where_null(q, id));
            if (how == 1) assert_ok(arc_query_order(q, id, 0));
            if (how == 2) assert_ok(arc_query_group(q, id));
            if (how == 3) assert_ok(arc_query_select(q, &id, 1));
            assert_int_equal(arc_query_run(q, &c), ARC_E_FORBIDDEN);
            assert_ok(arc_query_error(q, &e));
            assert_string_equal(e.field, names[k]);
            arc_query_free(q);
        }
    }
    char text[8000] = "";
    assert_ok(arc_query_new(l.s, &q, ARC_CUSTOMER));
    assert_ok(arc_query_export(q, NULL, ARC_EXPORT_JSON_LINES, gather, text, NULL));
    assert_non_null(strstr(text, "\"x_open\":\"plain\""));
    assert_null(strstr(text, "x_secret"));
    assert_null(strstr(text, "x_twice"));
    arc_query_free(q);
    looker_close(&l);
}

static void no_question_about_hidden_fields(void **state)
{
    static const arc_field_id hidden[] = { ARC_CUSTOMER_LEGAL_REP, ARC_CUSTOMER_USCC };
    looker l;
    arc_query *q;
    arc_cursor *c;
    (void)state;
    looker_open(&l, 0);
    for (int how = 0; how < 6; how++) {
        for (int k = 0; k < 2; k++) {
            arc_error e = ARC_ERROR_INIT;
            assert_ok(arc_query_new(l.s, &q, ARC_CUSTOMER));
            if (how == 0) assert_ok(arc_query_where_text(q, hidden[k], ARC_PREFIX, "9", 1));
            if (how == 1) assert_ok(arc_query_order(q, hidden[k], 0));
            if (how == 2) assert_ok(arc_query_group(q, hidden[k]));
            if (how == 3) assert_ok(arc_query_measure(q, ARC_MAX, hidden[k]));
            if (how == 4) assert_ok(arc_query_where_null(q, hidden[k]));
            if (how == 5) assert_ok(arc_query_select(q, &hidden[k], 1));
            arc_status st = arc_query_run(q, &c);
            if (how == 5 && k == 1) { /* a masked one may be selected */
                assert_ok(st);
                arc_cursor_free(c);
            } else {
                assert_int_equal(st, ARC_E_FORBIDDEN);
                assert_ok(arc_query_error(q, &e));
                assert_string_equal(e.field, k ? "uscc" : "legal_rep");
                char plan[2000];
                size_t len = sizeof plan;
                assert_int_equal(arc_query_explain(q, plan, &len), ARC_E_FORBIDDEN);
            }
            arc_query_free(q);
        }
    }
    for (int how = 0; how < 4; how++) { /* fields of the book as others */
        arc_field_id secret;
        assert_ok(arc_query_new(l.s, &q, ARC_CUSTOMER));
        assert_ok(arc_query_field(q, &secret, "x_secret"));
        if (how == 0) assert_ok(arc_query_where_text(q, secret, ARC_EQ, "s3cret", SIZE_MAX));
        if (how == 1) assert_ok(arc_query_select(q, &secret, 1));
        if (how == 2) assert_ok(arc_query_order(q, secret, 0));
        if (how == 3) assert_ok(arc_query_group(q, secret));
        assert_int_equal(arc_query_run(q, &c), ARC_E_FORBIDDEN);
        arc_query_free(q);
    }
    arc_aging *a;
    assert_int_equal(arc_aging_compute(l.s, &a, NULL), ARC_E_FORBIDDEN); /* item.amount is hidden */
    looker_close(&l);
}

static void setting_needs_the_right(void **state)
{
    static const char *const bad[] = { "{\"legal_rep\":\"X\"}", "{\"uscc\":\"****9000\"}", "{\"address\":\"B\"}", "{\"x_secret\":\"B\"}" };
    static const char *const fields[] = { "legal_rep", "uscc", "address", "x_secret" };
    looker l;
    arc_record *r;
    (void)state;
    looker_open(&l, 0);
    for (int i = 0; i < 4; i++) {
        arc_error e = ARC_ERROR_INIT;
        assert_ok(arc_session_get(l.s, &r, ARC_CUSTOMER, l.customer));
        assert_ok(arc_record_set_json(r, bad[i], SIZE_MAX));
        assert_int_equal(arc_session_update(l.s, r), ARC_E_FORBIDDEN);
        assert_ok(arc_session_error(l.s, &e));
        assert_string_equal(e.field, fields[i]);
        arc_record_free(r);
    }
    assert_ok(arc_session_get(l.s, &r, ARC_CUSTOMER, l.customer));
    assert_ok(arc_record_set_json(r, "{\"remark\":\"fine\"}", SIZE_MAX));
    assert_ok(arc_session_update(l.s, r));
    arc_record_free(r);
    /* what the actor could not see stayed */
    assert_session(&l.p.b, arc_session_get(l.p.b.session, &r, ARC_CUSTOMER, l.customer));
    text_is(r, ARC_CUSTOMER_LEGAL_REP, "张三");
    text_is(r, ARC_CUSTOMER_USCC, "913100001322079000");
    arc_record_free(r);
    looker_close(&l);
}

/* Two roles that reach different rows: what holds for all rows counts. */
static void rights_of_several_roles(void **state)
{
    static const char few[] = "{\"code\":\"few\",\"name\":\"F\",\"rows\":\"own\",\"verbs\":[\"customer.read\"]}";
    looker l;
    arc_grant g = ARC_GRANT_INIT;
    arc_record *r;
    (void)state;
    looker_open(&l, 0);
    assert_session(&l.p.b, arc_role_define(l.p.b.session, &g.role, few, SIZE_MAX));
    g.user = people_user(&l.p, "ann");
    assert_session(&l.p.b, arc_role_grant(l.p.b.session, NULL, &g));
    assert_ok(arc_session_get(l.s, &r, ARC_CUSTOMER, l.customer)); /* reached by the looker's role, which hides it */
    text_is(r, ARC_CUSTOMER_LEGAL_REP, NULL);
    arc_record_free(r);
    looker_close(&l);
}

static int64_t denials(looker *l, const char *verb, int64_t *times)
{
    arc_query *q;
    arc_cursor *c;
    int64_t n = 0, k;
    static const arc_field_id fields[] = { ARC_DENIAL_TIMES };
    *times = 0;
    assert_session(&l->p.b, arc_query_new(l->p.b.session, &q, ARC_DENIAL));
    assert_ok(arc_query_where_text(q, ARC_DENIAL_VERB, ARC_EQ, verb, SIZE_MAX));
    assert_ok(arc_query_where_text(q, ARC_DENIAL_ACTOR, ARC_EQ, "ann", SIZE_MAX));
    assert_ok(arc_query_select(q, fields, 1));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        assert_ok(arc_cursor_get_int(c, &k, 0));
        *times += k;
        n++;
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return n;
}

static void refusals_are_kept(void **state)
{
    looker l;
    arc_record *r;
    arc_txn *t;
    int64_t times;
    (void)state;
    looker_open(&l, 1);
    for (int i = 0; i < 50; i++) assert_int_equal(arc_session_get(l.s, &r, ARC_USER_ACCOUNT, 1), ARC_E_FORBIDDEN);
    assert_int_equal(denials(&l, "user_account.read", &times), 1); /* repetitions of a minute are counted, not written */
    assert_int_equal(times, 1);
    /* inside a transaction that is rolled back, refusals stay */
    assert_ok(arc_session_begin(l.s, &t, ARC_WRITE));
    assert_ok(arc_record_new(l.s, &r, ARC_CONTACT));
    assert_int_equal(arc_session_insert(l.s, NULL, r), ARC_E_FORBIDDEN);
    arc_record_free(r);
    arc_txn_rollback(t);
    assert_int_equal(denials(&l, "contact.insert", &times), 1);
    arc_session_close(l.s);
    l.s = people_session(l.p.b.book, "ann");
    looker_close(&l);
}

static void schemas_are_the_actors(void **state)
{
    looker l;
    char *json = malloc(2000000);
    size_t len = 2000000;
    (void)state;
    looker_open(&l, 0);
    assert_ok(arc_session_schema_json(l.s, json, &len, "en"));
    assert_non_null(strstr(json, "\"name\":\"legal_name\""));
    assert_null(strstr(json, "\"name\":\"legal_rep\""));
    assert_null(strstr(json, "x_secret"));
    assert_non_null(strstr(json, "x_open"));
    assert_non_null(strstr(json, "\"access\":\"mask\""));
    assert_null(strstr(json, "{\"name\":\"user_account\""));
    len = 2000000;
    assert_ok(arc_session_schema_json(l.p.b.session, json, &len, "en"));
    assert_non_null(strstr(json, "\"name\":\"legal_rep\""));
    assert_null(strstr(json, "\"access\""));
    free(json);
    looker_close(&l);
}

/* What events, requests and proposals copied of hidden rows and fields is hidden there too, by every way out. */
static void copies_are_shut(void **state)
{
    static const char *const roles[] = {
        "{\"code\":\"cut_rows\",\"name\":\"R\",\"rows\":\"own\",\"verbs\":[\"*.read\",\"@system.read\"]}",
        "{\"code\":\"cut_field\",\"name\":\"F\",\"rows\":\"all\",\"verbs\":[\"*.read\",\"@system.read\"],\"fields\":{\"customer.remark\":\"none\"}}",
        "{\"code\":\"cut_entity\",\"name\":\"E\",\"rows\":\"all\",\"verbs\":[\"*.read\",\"!bank_account.read\",\"@system.read\"]}",
        "{\"code\":\"uncut\",\"name\":\"U\",\"rows\":\"all\",\"verbs\":[\"*.read\",\"@system.read\"]}",
    };
    static const char *const codes[] = { "cut_rows", "cut_field", "cut_entity", "uncut" };
    static const uint32_t copies[] = { ARC_EVENT, ARC_EVENT_PERSONAL, ARC_PENDING_CHANGE, ARC_PROPOSAL_LINE };
    looker l;
    (void)state;
    looker_open(&l, 0);
    for (int k = 0; k < 4; k++) {
        assert_session(&l.p.b, arc_role_define(l.p.b.session, NULL, roles[k], SIZE_MAX));
        int64_t grant = people_grant(&l.p, "bob", codes[k]);
        arc_session *s = people_session(l.p.b.book, "bob");
        arc_feed *feed;
        arc_record *r;
        int want = k < 3 ? ARC_E_FORBIDDEN : ARC_OK;
        for (size_t i = 0; i < sizeof copies / sizeof copies[0]; i++) {
            arc_query *q;
            arc_cursor *c = NULL;
            assert_ok(arc_query_new(s, &q, copies[i]));
            assert_ok(arc_query_measure(q, ARC_COUNT, 0));
            assert_int_equal(arc_query_run(q, &c), want);
            arc_cursor_free(c);
            arc_query_free(q);
        }
        assert_int_equal(arc_session_get(s, &r, ARC_PENDING_CHANGE, 1), k < 3 ? ARC_E_FORBIDDEN : ARC_E_NOT_FOUND);
        assert_int_equal(arc_record_history(s, &feed, ARC_PENDING_CHANGE, 1, NULL), k < 3 ? ARC_E_FORBIDDEN : ARC_E_NOT_FOUND);
        assert_ok(arc_feed_open(s, &feed, NULL)); /* which cuts by itself */
        arc_feed_free(feed);
        arc_session_close(s);
        assert_session(&l.p.b, arc_role_revoke(l.p.b.session, NULL, grant, "next"));
    }
    looker_close(&l);
}

/* Lines of proposals and what was considered tell of receivables: nobody reads in them what he may not read of those. */
static void proposals_show_no_more(void **state)
{
    static const struct {
        const char *code, *json;
        int hidden;
    } roles[] = {
        { "p_number", "{\"code\":\"p_number\",\"name\":\"N\",\"rows\":\"all\",\"verbs\":[\"*.*\",\"@system.*\"],\"fields\":{\"item.number\":\"mask\"}}", 1 },
        { "p_amount", "{\"code\":\"p_amount\",\"name\":\"A\",\"rows\":\"all\",\"verbs\":[\"*.*\",\"@system.*\"],\"fields\":{\"item.amount\":\"none\"}}", 1 },
        { "p_left", "{\"code\":\"p_left\",\"name\":\"L\",\"rows\":\"all\",\"verbs\":[\"*.*\",\"@system.*\"],\"fields\":{\"receipt.amount\":\"none\"}}", 1 },
        { "p_item", "{\"code\":\"p_item\",\"name\":\"I\",\"rows\":\"all\",\"verbs\":[\"*.*\",\"@system.*\",\"!item.read\"]}", 1 },
        { "p_payer", "{\"code\":\"p_payer\",\"name\":\"P\",\"rows\":\"all\",\"verbs\":[\"*.*\",\"@system.*\"],\"fields\":{\"receipt.payer_account\":\"mask\"}}", 0 },
    };
    looker l;
    arc_proposal *p;
    arc_proposal_line line = ARC_PROPOSAL_LINE_INIT;
    char json[8000];
    size_t n;
    int64_t id;
    (void)state;
    looker_open(&l, 0);
    arc_session *host = l.p.b.session;
    assert_ok(arc_session_set_business_date(host, PEOPLE_DAY));
    sample_post(host, "INV-77", "RC-1", l.customer, PEOPLE_DAY - 9);
    assert_session(&l.p.b, arc_receipt_propose(host, &p, NULL, 0, NULL));
    assert_ok(arc_proposal_store(p, &id, NULL));
    arc_proposal_free(p);
    for (int k = 0; k < 5; k++) {
        assert_session(&l.p.b, arc_role_define(host, NULL, roles[k].json, SIZE_MAX));
        int64_t grant = people_grant(&l.p, "bob", roles[k].code);
        arc_session *s = people_session(l.p.b.book, "bob");
        for (int made = 0; made < 2; made++) { /* loaded, and made for him */
            arc_status st = made ? arc_receipt_propose(s, &p, NULL, 0, NULL) : arc_proposal_load(s, &p, id);
            if (made && k == 3) {
                assert_int_equal(st, ARC_E_FORBIDDEN);
                continue;
            }
            assert_ok(st);
            n = sizeof json;
            assert_ok(arc_proposal_json(p, json, &n));
            assert_ok(arc_proposal_get(p, &line, 0));
            if (roles[k].hidden) {
                assert_null(strstr(json, "INV-77"));
                assert_null(strstr(json, "considered"));
                assert_string_equal(line.action, "{\"hidden\":true}");
                assert_int_equal(arc_proposal_drop(p, 0, "not mine"), ARC_E_FORBIDDEN);
                if (!made) assert_int_equal(arc_proposal_approve(p, NULL, 0), ARC_E_STATE); /* nothing he could decide */
            } else {
                assert_non_null(strstr(json, "INV-77"));
            }
            arc_proposal_free(p);
        }
        arc_session_close(s);
        assert_session(&l.p.b, arc_role_revoke(host, NULL, grant, "next"));
    }
    looker_close(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_show_what_they_may), cmocka_unit_test(exports_show_no_more),
        cmocka_unit_test(no_question_about_hidden_fields), cmocka_unit_test(no_question_about_hidden_custom_fields), cmocka_unit_test(setting_needs_the_right),
        cmocka_unit_test(rights_of_several_roles),    cmocka_unit_test(refusals_are_kept),
        cmocka_unit_test(schemas_are_the_actors),     cmocka_unit_test(copies_are_shut),
        cmocka_unit_test(proposals_show_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
