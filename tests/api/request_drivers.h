/* SPDX-License-Identifier: Apache-2.0 */
/* The world of the test of request keys, and one driver a verb. */
#ifndef TESTS_API_REQUEST_DRIVERS_H
#define TESTS_API_REQUEST_DRIVERS_H

#include "model/verbs.h"
#include "sample.h"
#include "support/books.h"
#include "support/work_book.h"

#include "arcore/arrow.h"
#include "arcore/import.h"

enum { CUSTOMERS = 3, ITEM = 1, RECEIPT = 1 };

/* What a call answered: its own status, then ids and statuses of elements. */
typedef struct answer {
    arc_status st;
    int64_t n[8];
} answer;

/* body 0 is the request, 1 one that differs from it. */
typedef void (*driver)(test_book *b, arc_session *s, int body, answer *a);

static const char KEY[] = "订单-42";

static const char KEEPER[] = "{\"code\":\"keeper\",\"name\":\"Keeper\",\"rows\":\"all\",\"verbs\":[\"role_grant.*\"]}";
static const char OTHER_KEEPER[] = "{\"code\":\"keeper\",\"name\":\"Other\",\"rows\":\"all\",\"verbs\":[\"role_grant.*\"]}";

/* Two people, a role, and the first of them holding it. */
static void found_people(test_book *b)
{
    arc_grant g = ARC_GRANT_INIT;
    for (int i = 0; i < 2; i++) {
        char json[100];
        snprintf(json, sizeof json, "{\"code\":\"u%d\",\"name\":\"U\",\"kind\":\"person\",\"disabled\":false}", i);
        (void)sample_insert(b->session, ARC_USER_ACCOUNT, json);
    }
    assert_session(b, arc_role_define(b->session, &g.role, KEEPER, SIZE_MAX));
    g.user = 1;
    assert_session(b, arc_role_grant(b->session, NULL, &g));
}

/* Definitions 1 and 2 are drafts, 3 and 4 published. */
static const char RULES[] = "{\"entity\":\"contact\",\"rules\":[{\"name\":\"a\",\"required\":\"role\"}]}";

static void found_definitions(test_book *b)
{
    static const char *const codes[] = { "a", "b", "c", "d" };
    for (int i = 0; i < 4; i++) {
        int64_t id;
        assert_session(b, arc_definition_save(b->session, &id, "validation", codes[i], RULES, SIZE_MAX, NULL));
        assert_int_equal(id, i + 1);
        if (i > 1) assert_session(b, arc_definition_publish(b->session, id, NULL, NULL));
    }
}

/* Message 1 was sent, 2 is leased for the first time, 3 waits. */
static void found_messages(test_book *b)
{
    arc_message m = ARC_MESSAGE_INIT;
    arc_message_lease l[2] = { ARC_MESSAGE_LEASE_INIT, ARC_MESSAGE_LEASE_INIT };
    size_t n = 0;
    for (int i = 0; i < 3; i++) {
        char key[8];
        snprintf(key, sizeof key, "m%d", i);
        m.kind = "letter";
        m.message_key = key;
        m.payload = "{}";
        assert_session(b, arc_message_enqueue(b->session, NULL, &m));
    }
    assert_session(b, arc_message_lease_due(b->session, l, &n, 2, "worker", 60));
    assert_int_equal(n, 2);
    assert_session(b, arc_message_acknowledge(b->session, 1, 1, NULL, 0));
}

static arc_attachment_new file(const char *name)
{
    arc_attachment_new n = ARC_ATTACHMENT_NEW_INIT;
    n.entity = ARC_CUSTOMER;
    n.row = 1;
    n.kind = "other";
    n.name = name;
    n.media_type = "text/plain";
    return n;
}

enum { RED_ASKED = 3, RED_CONFIRMED = 4 };

/* A tax invoice and two credit notes to it that wait. */
static void found_red(test_book *b)
{
    arc_record *r;
    arc_credit_note n = ARC_CREDIT_NOTE_INIT;
    int64_t id;
    assert_ok(arc_record_new(b->session, &r, ARC_INVOICE));
    assert_ok(arc_record_set_json(r, "{\"number\":\"BLUE\",\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-05\",\"due_date\":\"2026-02-05\","
                                     "\"gross_amount\":\"113.00\",\"tax_amount\":\"13.00\",\"fapiao_kind\":\"digital_special\"}", SIZE_MAX));
    assert_session(b, arc_invoice_record(b->session, &n.invoice, r));
    arc_record_free(r);
    n.reason_code = "return";
    n.reason = "退货";
    n.amount = 1130;
    assert_ok(arc_date_parse(&n.date, "2026-12-05", SIZE_MAX));
    for (int i = 0; i < 2; i++) {
        n.number = i ? "RED-2" : "RED-1";
        assert_session(b, arc_invoice_credit(b->session, &id, &n));
        assert_int_equal(id, i ? RED_CONFIRMED : RED_ASKED);
        assert_session(b, arc_credit_red_status(b->session, id, i ? "confirmed" : "seller_entered", NULL, NULL));
    }
}

static void found_book(test_book *b)
{
    arc_session_close(b->session);
    assert_ok(book_session(b->book, &b->session));
    found_messages(b);
    assert_session(b, book_customers(b->session, 1, CUSTOMERS));
    assert_session(b, book_invoice(b->session, NULL, "OLD", 1, 100000));
    assert_session(b, book_receipt(b->session, NULL, "OLD", 1, 50000));
    assert_session(b, book_allocate(b->session, NULL, RECEIPT, ITEM, 700));
    found_red(b);
    found_people(b);
    assert_session(b, arc_custom_define(b->session, NULL, "{\"entity\":\"customer\",\"name\":\"x_r\",\"kind\":\"text\"}", SIZE_MAX));
    found_definitions(b);
    for (int i = 0; i < 2; i++) {
        arc_attachment_new n = file(i ? "old" : "older");
        assert_session(b, arc_attachment_add(b->session, NULL, &n, "old", 3));
        assert_session(b, arc_external_add(b->session, ARC_CUSTOMER, 1, "old", i ? "2" : "1"));
    }
}

/* ---- drivers --------------------------------------------------------------------------------------------------------- */

static arc_record *new_group(arc_session *s, int body, int row)
{
    char json[100];
    arc_record *r;
    snprintf(json, sizeof json, "{\"code\":\"G%d\",\"name\":\"集团 %d\"}", row, body * 10 + row);
    assert_ok(arc_record_new(s, &r, ARC_CUSTOMER_GROUP));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    return r;
}

static void drive_insert(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    arc_record *r = new_group(s, body, 0);
    a->st = arc_session_insert(s, &a->n[0], r);
    if (a->st == ARC_OK) assert_ok(arc_record_get_int(r, &a->n[1], ARC_CUSTOMER_GROUP_VERSION));
    arc_record_free(r);
}

static void drive_insert_many(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    arc_record *r[3];
    arc_status results[3] = { 0 };
    for (int i = 0; i < 3; i++) r[i] = new_group(s, body, i == 2 ? 0 : i); /* the third one's code is taken */
    a->st = arc_session_insert_many(s, a->n, results, r, 3, 0);
    for (int i = 0; i < 3; i++) {
        a->n[3 + i] = results[i];
        arc_record_free(r[i]);
    }
}

static void drive_update(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    arc_record *r;
    assert_ok(arc_session_get(s, &r, ARC_CUSTOMER, 2)); /* as a host would that has lost the record it had */
    assert_ok(arc_record_set_text(r, ARC_CUSTOMER_REMARK, body ? "other" : "this", SIZE_MAX));
    a->st = arc_session_update(s, r);
    assert_ok(arc_record_get_int(r, &a->n[0], ARC_CUSTOMER_VERSION));
    if (a->st != ARC_OK) a->n[0] = 0;
    arc_record_free(r);
}

static void drive_update_many(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    arc_record *r[2];
    arc_status results[2] = { 0 };
    for (int i = 0; i < 2; i++) {
        assert_ok(arc_session_get(s, &r[i], ARC_CUSTOMER, 2 + i));
        assert_ok(arc_record_set_text(r[i], ARC_CUSTOMER_REMARK, body && i ? "other" : "this", SIZE_MAX));
    }
    a->st = arc_session_update_many(s, results, r, 2, 0);
    for (int i = 0; i < 2; i++) {
        a->n[i] = results[i];
        arc_record_free(r[i]);
    }
}

static void drive_define(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    arc_field_id field = 0;
    a->st = arc_custom_define(s, &field, body ? "{\"entity\":\"contact\",\"name\":\"x_a\",\"kind\":\"text\"}" : "{\"entity\":\"customer\",\"name\":\"x_a\",\"kind\":\"text\"}",
                              SIZE_MAX);
    a->n[0] = field;
}

static void drive_alter(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_custom_alter(s, ARC_CUSTOMER, "x_r", body ? "{\"position\":2}" : "{\"indexed\":true}", SIZE_MAX);
}

static void drive_retire(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_custom_retire(s, body ? ARC_CONTACT : ARC_CUSTOMER, "x_r");
}

static void drive_save(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_definition_save(s, &a->n[0], "validation", body ? "f" : "e", RULES, SIZE_MAX, NULL);
}

static void drive_publish(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_definition_publish(s, body ? 2 : 1, NULL, NULL);
}

static void drive_withdraw(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_definition_retire(s, body ? 4 : 3);
}

static void drive_attach(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    const arc_attachment_new n = file("a");
    a->st = arc_attachment_add(s, &a->n[0], &n, body ? "xyz" : "abc", 3);
}

static void drive_take_back(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_attachment_withdraw(s, body ? 2 : 1, "r");
}

static void drive_upsert(test_book *b, arc_session *s, int body, answer *a)
{
    static const char *const values[] = { "v1", "v2" };
    arc_record *r[2] = { new_group(s, body, 0), new_group(s, body, 1) };
    int32_t what[2] = { 0, 0 };
    arc_status results[2];
    (void)b;
    a->st = arc_session_upsert_many(s, a->n, what, results, r, values, 2, "sys", NULL);
    for (int i = 0; i < 2; i++) {
        a->n[2 + i] = what[i];
        arc_record_free(r[i]);
    }
}

static void drive_external(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_external_add(s, ARC_CUSTOMER, 1, "sys", body ? "y" : "x");
}

static void drive_forget(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_external_remove(s, ARC_CUSTOMER, "old", body ? "2" : "1");
}

static void drive_invoice(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = book_invoice(s, &a->n[0], "N-1", 1, 1000 + body);
}

static void drive_receipt(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = book_receipt(s, &a->n[0], "N-1", 1 + body, 1000);
}

static void drive_allocation(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    arc_allocation m[2] = { ARC_ALLOCATION_INIT, ARC_ALLOCATION_INIT };
    arc_status results[2] = { 0 };
    for (int i = 0; i < 2; i++) {
        m[i].receipt = RECEIPT;
        m[i].item = ITEM;
    }
    m[0].amount = 5000 + body;
    m[1].amount = 46000; /* more than is left */
    a->st = arc_allocation_apply(s, a->n, results, m, 2, 0);
    a->n[2] = results[0];
    a->n[3] = results[1];
}

static void drive_reverse(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_allocation_reverse(s, &a->n[0], 1, ARC_DATE_NONE, body ? "other" : "wrong customer");
}

static void drive_seal(test_book *b, arc_session *s, int body, answer *a)
{
    uint32_t n = 0;
    (void)b;
    a->st = arc_audit_seal(s, &n, (uint32_t)body);
    a->n[0] = n;
}

typedef struct bytes {
    const char *s;
    size_t at;
} bytes;

static int64_t read_bytes(void *user, void *buffer, size_t capacity)
{
    bytes *f = user;
    size_t n = strlen(f->s) - f->at;
    if (n > capacity) n = capacity;
    memcpy(buffer, f->s + f->at, n);
    f->at += n;
    return (int64_t)n;
}

static int32_t rewind_bytes(void *user)
{
    ((bytes *)user)->at = 0;
    return 0;
}

static void drive_import(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    static const char mapping[] =
        "{\"mapping\":\"arcore/1\",\"file\":{\"date\":\"ymd\"},\"targets\":[{\"entity\":\"customer\",\"match\":[\"code\"],\"fields\":{\"code\":{\"column\":\"c\"},"
        "\"legal_name\":{\"column\":\"c\"}}},{\"entity\":\"invoice\",\"fields\":{\"number\":{\"column\":\"n\"},\"customer\":{\"match\":\"customer\"},"
        "\"invoice_date\":{\"column\":\"d\"},\"due_date\":{\"column\":\"d\"},\"currency\":{\"value\":\"CNY\"},\"gross_amount\":{\"column\":\"a\"}}}]}";
    bytes file = { body ? "c,n,d,a\nX1,F1,2026-01-05,10.00\nX2,F2,2026-01-06,20.01\n" : "c,n,d,a\nX1,F1,2026-01-05,10.00\nX2,F2,2026-01-06,20.00\nX3,F3,never,1\n", 0 };
    arc_source source = ARC_SOURCE_INIT;
    arc_import_options o = ARC_IMPORT_OPTIONS_INIT;
    arc_import_summary sum = ARC_IMPORT_SUMMARY_INIT;
    source.user = &file;
    source.read = read_bytes;
    source.rewind = rewind_bytes;
    o.flags = ARC_IMPORT_SKIP_BAD;
    a->st = arc_import_csv(s, &sum, &source, mapping, SIZE_MAX, &o);
    if (a->st < ARC_OK) return;
    const int64_t counts[] = { sum.rows, sum.bad_rows, sum.faults, sum.customers_new, sum.customers_known, sum.invoices, sum.bytes };
    memcpy(a->n, counts, sizeof counts);
}

static void drive_load(test_book *b, arc_session *s, int body, answer *a)
{
    struct ArrowArrayStream stream;
    arc_load_results r = ARC_LOAD_RESULTS_INIT;
    static const arc_field_id some[] = { ARC_CUSTOMER_GROUP_CODE, ARC_CUSTOMER_GROUP_NAME };
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_book *from;
    arc_session *reader;
    arc_query *q;
    o.flags = ARC_BOOK_CREATE;
    assert_ok(arc_book_open(b->t.ctx, &from, "memory:from", &o));
    assert_ok(arc_session_open(from, &reader, NULL));
    for (int i = 0; i < 3; i++) {
        arc_record *g = new_group(reader, body, i);
        assert_ok(arc_session_insert(reader, NULL, g));
        arc_record_free(g);
    }
    assert_ok(arc_query_new(reader, &q, ARC_CUSTOMER_GROUP));
    assert_ok(arc_query_select(q, some, 2));
    assert_ok(arc_query_arrow(q, &stream, NULL));
    a->st = arc_session_load_arrow(s, &r, ARC_CUSTOMER_GROUP, &stream, NULL);
    const int64_t counts[] = { r.rows, r.loaded, r.refused };
    if (a->st >= ARC_OK) memcpy(a->n, counts, sizeof counts);
    arc_book_close(from);
}

static void drive_enqueue(test_book *b, arc_session *s, int body, answer *a)
{
    arc_message m = ARC_MESSAGE_INIT;
    (void)b;
    m.kind = "mail";
    m.message_key = "mine";
    m.payload = body ? "[1]" : "[]";
    a->st = arc_message_enqueue(s, &a->n[0], &m);
}

static void drive_lease(test_book *b, arc_session *s, int body, answer *a)
{
    arc_message_lease l[3] = { ARC_MESSAGE_LEASE_INIT, ARC_MESSAGE_LEASE_INIT, ARC_MESSAGE_LEASE_INIT };
    size_t n = 0;
    (void)b;
    a->st = arc_message_lease_due(s, l, &n, 3, body ? "other" : "worker", 60);
    a->n[0] = (int64_t)n;
    a->n[1] = l[0].id;
    a->n[2] = l[0].lease;
    a->n[3] = l[0].leased_to;
}

static void drive_acknowledge(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_message_acknowledge(s, 2, 1, body ? "{\"id\":2}" : "{\"id\":1}", SIZE_MAX);
}

static void drive_fail(test_book *b, arc_session *s, int body, answer *a)
{
    int32_t dead = 7;
    (void)b;
    a->st = arc_message_fail(s, &dead, 2, 1, body ? "no line" : "busy", 0);
    a->n[0] = dead;
}

static void drive_message_receipt(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_message_receipt(s, 1, body ? "bounced" : "delivered", NULL, 0);
}

static void drive_erase(test_book *b, arc_session *s, int body, answer *a)
{
    arc_erase_options o = ARC_ERASE_OPTIONS_INIT;
    arc_erasure e = ARC_ERASURE_INIT;
    (void)b;
    o.reason = body ? "other" : "asked for";
    a->st = arc_subject_erase(s, &e, ARC_CUSTOMER, 3, &o);
    a->n[0] = e.rows;
    a->n[1] = e.values;
}

static void drive_mode(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_access_set_mode(s, body ? ARC_ACCESS_ROLES : ARC_ACCESS_SINGLE);
}

static void drive_install(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    uint32_t added = 0;
    a->st = arc_role_install_defaults(s, &added, body ? "cfo" : NULL);
    a->n[0] = added;
}

static void drive_role(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_role_define(s, &a->n[0], body ? "{\"code\":\"r\",\"name\":\"S\"}" : "{\"code\":\"r\",\"name\":\"R\"}", SIZE_MAX);
}

static void drive_revise(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_role_revise(s, 1, 1, body ? KEEPER : OTHER_KEEPER, SIZE_MAX);
}

static void drive_retire_role(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_role_retire(s, 1, body ? 2 : 1);
}

static void drive_grant(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    arc_grant g = ARC_GRANT_INIT;
    g.user = 2;
    g.role = 1;
    g.reason = body ? "other" : "deputy";
    a->st = arc_role_grant(s, &a->n[0], &g);
}

static void drive_revoke(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_role_revoke(s, &a->n[0], 1, body ? "other" : "left");
}

/* A proposal for the receipt there is; body 1: for another day. */
static arc_proposal *proposal_of(arc_session *s, int body)
{
    arc_proposal *p;
    arc_propose_options o = ARC_PROPOSE_OPTIONS_INIT;
    o.as_of = BOOK_DAY + 10 + body;
    assert_ok(arc_receipt_propose(s, &p, NULL, 0, &o));
    return p;
}

static void drive_store(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    arc_proposal *p = proposal_of(s, body);
    a->st = arc_proposal_store(p, &a->n[0], NULL);
    arc_proposal_free(p);
}

/* Two stored proposals, made once: 1 approved but for its last line, 2 a draft. They are made and decided without the key of the test. */
static arc_proposal *stored(test_book *b, arc_session *s, int64_t id, int approve, const char *key)
{
    arc_proposal *p;
    if (arc_proposal_load(s, &p, id) == ARC_OK) return p;
    assert_ok(arc_session_set_request_key(s, NULL));
    for (int i = 0; i < 2; i++) {
        p = proposal_of(s, i);
        assert_ok(arc_proposal_store(p, NULL, NULL));
        if (approve) assert_ok(arc_proposal_approve(p, NULL, 0));
        arc_proposal_free(p);
    }
    (void)b;
    assert_ok(arc_session_set_request_key(s, key));
    assert_ok(arc_proposal_load(s, &p, id));
    return p;
}

static void tell_proposal(arc_proposal *p, answer *a)
{
    arc_proposal_info info = ARC_PROPOSAL_INFO_INIT;
    assert_ok(arc_proposal_describe(p, &info));
    if (a->st >= ARC_OK) a->n[0] = info.id, a->n[1] = info.version, a->n[2] = info.n_approved, a->n[3] = info.n_rejected, a->n[4] = info.n_applied;
    arc_proposal_free(p);
}

static void drive_approve(test_book *b, arc_session *s, int body, answer *a)
{
    arc_proposal *p = stored(b, s, 1 + body, 0, KEY);
    a->st = arc_proposal_approve(p, NULL, 0);
    tell_proposal(p, a);
}

static void drive_reject(test_book *b, arc_session *s, int body, answer *a)
{
    arc_proposal *p = stored(b, s, 1, 0, KEY);
    a->st = arc_proposal_reject(p, NULL, 0, body ? "other" : "not yet");
    tell_proposal(p, a);
}

static void drive_apply(test_book *b, arc_session *s, int body, answer *a)
{
    arc_proposal *p = stored(b, s, 1 + body, 1, KEY);
    a->st = arc_proposal_apply(p, NULL);
    tell_proposal(p, a);
}

static void drive_expire(test_book *b, arc_session *s, int body, answer *a)
{
    uint32_t n = 0;
    (void)b;
    a->st = arc_proposal_expire(s, &n, 10u + (uint32_t)body);
    a->n[0] = n;
}

static int32_t print_fault(void *user, const arc_error *e)
{
    (void)user;
    print_message("%s: %s\n", e->pointer, e->message);
    return 0;
}

/* Pending changes 1 and 2: customer groups that wait. */
static void wait_for_two(arc_session *s, const char *key)
{
    int64_t id;
    arc_record *r;
    if (arc_session_get(s, &r, ARC_PENDING_CHANGE, 1) == ARC_OK) {
        arc_record_free(r);
        return;
    }
    assert_ok(arc_session_set_request_key(s, NULL));
    assert_ok(arc_definition_save(s, &id, "approval", "groups", "{\"approvals\":[{\"verb\":\"customer_group.insert\"}]}", SIZE_MAX, NULL));
    assert_ok(arc_definition_publish(s, id, print_fault, NULL));
    for (int i = 0; i < 2; i++) {
        r = new_group(s, 0, i);
        assert_int_equal(arc_session_insert(s, NULL, r), ARC_NEEDS_APPROVAL);
        arc_record_free(r);
    }
    assert_ok(arc_session_set_request_key(s, key));
}

static void drive_pend(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    wait_for_two(s, KEY);
    arc_record *r = new_group(s, body, 5);
    arc_error e = ARC_ERROR_INIT;
    a->st = arc_session_insert(s, NULL, r);
    assert_ok(arc_session_error(s, &e));
    if (a->st >= ARC_OK) a->n[0] = e.id;
    arc_record_free(r);
}

static void drive_pending_edit(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    wait_for_two(s, KEY);
    a->st = arc_pending_edit(s, 1, body ? "{\"code\":\"G0\",\"name\":\"n\"}" : "{\"code\":\"G0\",\"name\":\"m\"}", SIZE_MAX);
}

static void drive_pending_approve(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    wait_for_two(s, KEY);
    a->st = arc_pending_approve(s, &a->n[0], 1 + body, NULL);
}

static void drive_pending_reject(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    wait_for_two(s, KEY);
    a->st = arc_pending_reject(s, 1, body ? "no" : "never");
}

static void drive_pending_recall(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    wait_for_two(s, KEY);
    a->st = arc_pending_recall(s, 1, body ? "no" : "never");
}

static void drive_pending_expire(test_book *b, arc_session *s, int body, answer *a)
{
    uint32_t n = 0;
    (void)b;
    a->st = arc_pending_expire(s, &n, 10u + (uint32_t)body);
    a->n[0] = n;
}

#include "request_settle.h"
#include "request_letter.h"
#include "request_voucher.h"
#include "request_bank.h"
#include "request_bill.h"
#include "request_marks.h"
#include "request_merge.h"
#include "request_work.h"

#endif
