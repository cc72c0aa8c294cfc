/* SPDX-License-Identifier: Apache-2.0 */
/* One driver a verb of the permission matrix: each calls it as the actor on the rows of one target. */
#ifndef TESTS_API_MATRIX_H
#define TESTS_API_MATRIX_H

#include "api/matrix_world.h"

/* ---- drivers --------------------------------------------------------------------------------------------------------- */

typedef arc_status (*drive_fn)(matrix *m, int t);

static arc_record *record(arc_session *s, uint32_t entity, const char *json)
{
    arc_record *r;
    assert_ok(arc_record_new(s, &r, entity));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    return r;
}

static arc_record *new_contact(matrix *m, int t)
{
    char json[100];
    snprintf(json, sizeof json, "{\"customer\":%d,\"name\":\"new\"}", (int)m->customer[t]);
    return record(m->actor, ARC_CONTACT, json);
}

static arc_status insert(matrix *m, arc_record *r)
{
    arc_status st = arc_session_insert(m->actor, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status insert_contact(matrix *m, int t) { return insert(m, new_contact(m, t)); }

static arc_status insert_contacts(matrix *m, int t)
{
    arc_record *r = new_contact(m, t);
    arc_status result = ARC_OK, st = arc_session_insert_many(m->actor, NULL, &result, &r, 1, 0);
    arc_record_free(r);
    return st == ARC_PARTIAL ? result : st;
}

static arc_status insert_account(matrix *m, int t)
{
    char json[100];
    snprintf(json, sizeof json, "{\"customer\":%d,\"number\":\"9\"}", (int)m->customer[t]);
    return insert(m, record(m->actor, ARC_BANK_ACCOUNT, json));
}

static arc_status insert_contract(matrix *m, int t)
{
    char json[400];
    snprintf(json, sizeof json,
             "{\"customer\":%d,\"number\":\"new\",\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"tax_included\":true,\"term\":\"NET30\",\"owner\":%d,\"team\":%d,"
             "\"region\":%d}",
             (int)m->customer[t], (int)m->owner[t], (int)m->team[t], (int)m->region[t]);
    return insert(m, record(m->actor, ARC_CONTRACT, json));
}

static arc_status insert_customer(matrix *m, int t)
{
    char json[300];
    snprintf(json, sizeof json, "{\"code\":\"new\",\"legal_name\":\"n\",\"owner\":%d,\"team\":%d,\"region\":%d}", (int)m->owner[t], (int)m->team[t], (int)m->region[t]);
    return insert(m, record(m->actor, ARC_CUSTOMER, json));
}

static arc_status insert_user(matrix *m, int t)
{
    (void)t;
    return insert(m, record(m->actor, ARC_USER_ACCOUNT, "{\"code\":\"new\",\"name\":\"n\",\"kind\":\"person\",\"disabled\":false}"));
}

static arc_status insert_setting(matrix *m, int t)
{
    (void)t;
    return insert(m, record(m->actor, ARC_BOOK_SETTING, "{\"name\":\"a.b\",\"value\":1}"));
}

static arc_status insert_rate(matrix *m, int t)
{
    (void)t;
    return insert(m, record(m->actor, ARC_EXCHANGE_RATE, "{\"kind\":\"booked\",\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"valid_on\":\"2026-01-01\",\"units\":1,\"rate\":\"7.1\"}"));
}

/* As the host has it: the actor may not even read it. */
static arc_status update(matrix *m, uint32_t entity, int64_t id, const char *field, const char *value, int many)
{
    arc_record *r;
    arc_field_id f;
    arc_status st, result = ARC_OK;
    assert_ok(arc_session_get(m->host, &r, entity, id));
    assert_ok(arc_record_field(r, &f, field));
    assert_ok(arc_record_set_text(r, f, value, SIZE_MAX));
    arc_record *own; /* records belong to one book handle: the same values in one of the actor's */
    int64_t version;
    arc_field_id version_field;
    assert_ok(arc_record_field(r, &version_field, "version"));
    assert_ok(arc_record_get_int(r, &version, version_field));
    arc_record_free(r);
    assert_ok(arc_record_new(m->actor, &own, entity));
    assert_ok(arc_record_set_int(own, (entity << 16) | 1, id));
    assert_ok(arc_record_set_int(own, version_field, version));
    assert_ok(arc_record_set_text(own, f, value, SIZE_MAX));
    st = many ? arc_session_update_many(m->actor, &result, &own, 1, 0) : arc_session_update(m->actor, own);
    arc_record_free(own);
    return st == ARC_PARTIAL ? result : st;
}

static arc_status update_customer(matrix *m, int t) { return update(m, ARC_CUSTOMER, m->customer[t], "remark", "x", 0); }
static arc_status update_customers(matrix *m, int t) { return update(m, ARC_CUSTOMER, m->customer[t], "remark", "x", 1); }
static arc_status update_contact(matrix *m, int t) { return update(m, ARC_CONTACT, m->contact[t], "name", "x", 0); }
static arc_status update_account(matrix *m, int t) { return update(m, ARC_BANK_ACCOUNT, m->account[t], "bank", "x", 0); }
static arc_status update_contract(matrix *m, int t) { return update(m, ARC_CONTRACT, m->contract[t], "remark", "x", 0); }
static arc_status update_project(matrix *m, int t) { return update(m, ARC_PROJECT, m->project[t], "name", "x", 0); }

static arc_status update_user(matrix *m, int t)
{
    (void)t;
    return update(m, ARC_USER_ACCOUNT, m->spare_user, "name", "x", 0);
}

static arc_status load_contacts(matrix *m, int t)
{
    static const arc_field_id fields[] = { ARC_CONTACT_CUSTOMER, ARC_CONTACT_NAME };
    struct ArrowArrayStream stream;
    arc_load_options o = ARC_LOAD_OPTIONS_INIT;
    arc_query *q;
    assert_ok(arc_query_new(m->host, &q, ARC_CONTACT));
    assert_ok(arc_query_where_int(q, ARC_CONTACT_ID, ARC_EQ, m->contact[t]));
    assert_ok(arc_query_select(q, fields, 2));
    assert_ok(arc_query_arrow(q, &stream, NULL));
    o.flags = ARC_ALL_OR_NONE;
    arc_status st = arc_session_load_arrow(m->actor, NULL, ARC_CONTACT, &stream, &o);
    if (stream.release) stream.release(&stream);
    arc_query_free(q);
    return st;
}

static arc_status drive_define(matrix *m, int t)
{
    (void)t;
    return arc_custom_define(m->actor, NULL, "{\"entity\":\"customer\",\"name\":\"x_new\",\"kind\":\"text\"}", SIZE_MAX);
}

static arc_status drive_alter(matrix *m, int t)
{
    (void)t;
    return arc_custom_alter(m->actor, ARC_CUSTOMER, "x_old", "{\"position\":3}", SIZE_MAX);
}

static arc_status drive_retire(matrix *m, int t)
{
    (void)t;
    return arc_custom_retire(m->actor, ARC_CUSTOMER, "x_old");
}

static arc_record *document(matrix *m, uint32_t entity, int t)
{
    char json[300];
    if (entity == ARC_INVOICE) {
        snprintf(json, sizeof json, "{\"number\":\"new\",\"customer\":%d,\"invoice_date\":\"2026-01-05\",\"due_date\":\"2026-02-05\",\"currency\":\"CNY\",\"gross_amount\":\"1.00\"}",
                 (int)m->customer[t]);
    } else {
        snprintf(json, sizeof json, "{\"number\":\"new\",\"customer\":%d,\"value_date\":\"2026-01-05\",\"currency\":\"CNY\",\"amount\":\"1.00\"}", (int)m->customer[t]);
    }
    return record(m->actor, entity, json);
}

static arc_status drive_invoice(matrix *m, int t)
{
    arc_record *r = document(m, ARC_INVOICE, t);
    arc_status st = arc_invoice_record(m->actor, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status drive_invoices(matrix *m, int t)
{
    arc_record *r = document(m, ARC_INVOICE, t);
    arc_status result = ARC_OK, st = arc_invoice_record_many(m->actor, NULL, &result, &r, 1, 0);
    arc_record_free(r);
    return st == ARC_PARTIAL ? result : st;
}

static arc_status drive_receipt(matrix *m, int t)
{
    arc_record *r = document(m, ARC_RECEIPT, t);
    arc_status st = arc_receipt_record(m->actor, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status drive_receipts(matrix *m, int t)
{
    arc_record *r = document(m, ARC_RECEIPT, t);
    arc_status result = ARC_OK, st = arc_receipt_record_many(m->actor, NULL, &result, &r, 1, 0);
    arc_record_free(r);
    return st == ARC_PARTIAL ? result : st;
}

static arc_status drive_apply(matrix *m, int t)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    a.item = m->open_item[t];
    a.receipt = m->open_receipt[t];
    a.amount = 100;
    return arc_allocation_apply(m->actor, NULL, NULL, &a, 1, ARC_ALL_OR_NONE);
}

static arc_status drive_reverse(matrix *m, int t)
{
    return arc_allocation_reverse(m->actor, NULL, m->allocation[t], ARC_DATE_NONE, "wrong");
}

static arc_status drive_mode(matrix *m, int t)
{
    (void)t;
    return arc_access_set_mode(m->actor, ARC_ACCESS_ROLES);
}

static arc_status drive_install(matrix *m, int t)
{
    (void)t;
    return arc_role_install_defaults(m->actor, NULL, "cfo");
}

static arc_status drive_role(matrix *m, int t)
{
    (void)t;
    return arc_role_define(m->actor, NULL, "{\"code\":\"new\",\"name\":\"N\"}", SIZE_MAX);
}

static arc_status drive_revise(matrix *m, int t)
{
    (void)t;
    return arc_role_revise(m->actor, m->spare_role, 1, "{\"code\":\"spare\",\"name\":\"T\"}", SIZE_MAX);
}

static arc_status drive_retire_role(matrix *m, int t)
{
    (void)t;
    return arc_role_retire(m->actor, m->spare_role, 1);
}

static arc_status drive_grant(matrix *m, int t)
{
    arc_grant g = ARC_GRANT_INIT;
    (void)t;
    g.user = people_user(&m->p, "later");
    g.role = m->spare_role;
    return arc_role_grant(m->actor, NULL, &g);
}

static arc_status drive_revoke(matrix *m, int t)
{
    (void)t;
    return arc_role_revoke(m->actor, NULL, m->spare_grant, "left");
}

static const char definition_text[] = "{}";

static arc_status drive_save(matrix *m, int t)
{
    (void)t;
    return arc_definition_save(m->actor, NULL, "report", "r", definition_text, SIZE_MAX, NULL);
}

/* Asked for before anything is looked at: there is no such definition. */
static arc_status drive_publish(matrix *m, int t)
{
    (void)t;
    return arc_definition_publish(m->actor, 9999, NULL, NULL);
}

static arc_status drive_withdraw(matrix *m, int t)
{
    (void)t;
    return arc_definition_retire(m->actor, 9999);
}

#include "matrix_sync.h"
#include "matrix_voucher.h"
#include "matrix_bank.h"
#include "matrix_bill.h"
#include "matrix_marks.h"
#include "matrix_merge.h"
#include "matrix_work.h"

static arc_status drive_find_definition(matrix *m, int t)
{
    int64_t id;
    (void)t;
    return arc_definition_find(m->actor, &id, "report", "r", PEOPLE_DAY);
}

#include "matrix_rules.h"

static int32_t no_definition(void *user, const arc_definition_info *info)
{
    (void)user;
    (void)info;
    return 0;
}

static arc_status drive_list_definitions(matrix *m, int t)
{
    (void)t;
    return arc_definition_list(m->actor, no_definition, NULL, NULL, PEOPLE_DAY);
}

static arc_status drive_validate(matrix *m, int t)
{
    arc_record *r = new_contact(m, t);
    arc_status st = arc_record_validate(m->actor, r, NULL, NULL, NULL);
    arc_record_free(r);
    return st;
}

static arc_status drive_seal(matrix *m, int t)
{
    (void)t;
    return arc_audit_seal(m->actor, NULL, 0);
}

static arc_status drive_head(matrix *m, int t)
{
    arc_audit_mark mark = ARC_AUDIT_MARK_INIT;
    (void)t;
    return arc_audit_head(m->actor, &mark);
}

static arc_status drive_seal_on(matrix *m, int t)
{
    int64_t seq;
    (void)t;
    return arc_audit_seal_on(m->actor, &seq, PEOPLE_DAY);
}

static arc_status drive_audit(matrix *m, int t)
{
    (void)t;
    arc_status st = arc_audit_verify(m->actor, NULL, NULL, NULL, NULL);
    return st == ARC_E_TXN ? ARC_OK : st; /* asked for first, then refused inside a transaction */
}

typedef struct text_source {
    const char *s;
    size_t at;
} text_source;

static int64_t read_text(void *user, void *buffer, size_t cap)
{
    text_source *f = user;
    size_t n = strlen(f->s) - f->at;
    if (n > cap) n = cap;
    memcpy(buffer, f->s + f->at, n);
    f->at += n;
    return (int64_t)n;
}

static int32_t rewind_text(void *user)
{
    ((text_source *)user)->at = 0;
    return 0;
}

/* The stored proposal in the actor's hands, however he came by it. */
static arc_proposal *proposal_1(matrix *m)
{
    void *object;
    arc_proposal *handle;
    arci_proposal *p;
    assert_ok(arci_handle_get(m->actor, ARCI_H_SESSION, &object, NULL));
    arci_session *s = object;
    assert_ok(arci_proposal_new(&s->env, s, &handle, &p, "", ARC_DATE_NONE, "", ""));
    p->id = 1;
    assert_ok(arci_proposal_read(s->book->txn, p));
    return handle;
}

static arc_status with_proposal(matrix *m, arc_status (*call)(arc_proposal *p))
{
    arc_proposal *p = proposal_1(m);
    arc_status st = call(p);
    arc_proposal_free(p);
    return st;
}

static arc_status store_it(arc_proposal *p) { return arc_proposal_store(p, NULL, NULL); }
static arc_status approve_it(arc_proposal *p) { return arc_proposal_approve(p, NULL, 0); }
static arc_status reject_it(arc_proposal *p) { return arc_proposal_reject(p, NULL, 0, "no"); }
/* Asked for first, then refused inside a transaction. */
static arc_status apply_it(arc_proposal *p)
{
    arc_status st = arc_proposal_apply(p, NULL);
    return st == ARC_E_TXN ? ARC_OK : st;
}

static arc_status drive_store(matrix *m, int t) { return (void)t, with_proposal(m, store_it); }
static arc_status drive_approve(matrix *m, int t) { return (void)t, with_proposal(m, approve_it); }
static arc_status drive_reject(matrix *m, int t) { return (void)t, with_proposal(m, reject_it); }
static arc_status drive_apply_proposal(matrix *m, int t) { return (void)t, with_proposal(m, apply_it); }

static arc_status drive_pending_edit(matrix *m, int t)
{
    (void)t;
    return arc_pending_edit(m->actor, 1, "{\"kind\":\"booked\",\"from_currency\":\"EUR\",\"to_currency\":\"CNY\",\"valid_on\":\"2026-01-01\",\"units\":1,\"rate\":\"8\"}", SIZE_MAX);
}

static arc_status drive_pending_approve(matrix *m, int t) { return (void)t, arc_pending_approve(m->actor, NULL, 1, NULL); }
static int32_t no_pending(void *user, const arc_pending_info *info) { return (void)user, (void)info, 0; }
static arc_status drive_pending_list(matrix *m, int t) { return (void)t, arc_pending_list(m->actor, no_pending, NULL, NULL); }
static arc_status drive_pending_reject(matrix *m, int t) { return (void)t, arc_pending_reject(m->actor, 1, "no"); }

static arc_status drive_pending_expire(matrix *m, int t)
{
    (void)t;
    arc_status st = arc_pending_expire(m->actor, NULL, 10);
    return st == ARC_DONE ? ARC_OK : st;
}

static arc_status drive_expire(matrix *m, int t)
{
    (void)t;
    arc_status st = arc_proposal_expire(m->actor, NULL, 10);
    return st == ARC_DONE ? ARC_OK : st;
}

static arc_status drive_load_proposal(matrix *m, int t)
{
    arc_proposal *p;
    (void)t;
    arc_status st = arc_proposal_load(m->actor, &p, 1);
    arc_proposal_free(p);
    return st;
}

static arc_status drive_propose(matrix *m, int t)
{
    arc_proposal *p;
    arc_status st = arc_receipt_propose(m->actor, &p, &m->open_receipt[t], 1, NULL);
    arc_proposal_free(p);
    return st;
}

static const char import_mapping[] =
    "{\"mapping\":\"arcore/1\",\"targets\":[{\"entity\":\"customer\",\"match\":[\"code\"],\"fields\":{\"code\":{\"column\":\"c\"},\"legal_name\":{\"column\":\"c\"}}}]}";

/* With documents it would ask for their verbs too. A dry run: importing has a transaction of its own, which nobody could roll back here. */
static arc_status drive_import(matrix *m, int t)
{
    static const char *const files[] = { "c,n,d,a\nown,N,2026-01-05,1\n", "c,n,d,a\nteam,N,2026-01-05,1\n", "c,n,d,a\nforeign,N,2026-01-05,1\n" };
    text_source file = { files[t], 0 };
    arc_source source = ARC_SOURCE_INIT;
    arc_import_options o = ARC_IMPORT_OPTIONS_INIT;
    source.user = &file;
    source.read = read_text;
    source.rewind = rewind_text;
    o.flags = ARC_IMPORT_DRY_RUN;
    arc_status st = arc_import_csv(m->actor, NULL, &source, import_mapping, SIZE_MAX, &o);
    return st == ARC_PARTIAL ? ARC_E_REFERENCE : st;
}

static arc_status drive_import_file(matrix *m, int t)
{
    static const char *const codes[] = { "own", "team", "foreign" };
    arc_import_options o = ARC_IMPORT_OPTIONS_INIT;
    const char *path = test_path(&m->p.b.t, "import.csv");
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "c,n,d,a\n%s,N,2026-01-05,1\n", codes[t]);
    fclose(f);
    o.flags = ARC_IMPORT_DRY_RUN;
    arc_status st = arc_import_csv_file(m->actor, NULL, path, import_mapping, SIZE_MAX, &o);
    return st == ARC_PARTIAL ? ARC_E_REFERENCE : st;
}

/* What the buttons of a customer's form say. */
static arc_status drive_allowed(matrix *m, int t)
{
    char json[8000];
    size_t len = sizeof json;
    arc_record *r;
    assert_ok(arc_record_new(m->actor, &r, ARC_CUSTOMER));
    assert_ok(arc_record_set_int(r, ARC_CUSTOMER_ID, m->customer[t]));
    arc_status st = arc_verbs_allowed(m->actor, json, &len, r);
    arc_record_free(r);
    if (st != ARC_OK) return st;
    const char *s = strstr(json, "\"customer.read\"");
    assert_non_null(s);
    s = strstr(s, "\"allowed\":");
    if (!strncmp(s + 10, "true", 4)) return ARC_OK;
    return !strncmp(strstr(s, "\"class\":") + 9, "rows", 4) ? ARC_E_NOT_FOUND : ARC_E_FORBIDDEN;
}

/* ---- the trail and the outbox --------------------------------------------------------------------------------------- */

static arc_status drive_erase(matrix *m, int t)
{
    arc_erase_options o = ARC_ERASE_OPTIONS_INIT;
    o.reason = "asked for";
    arc_status st = arc_subject_erase(m->actor, NULL, ARC_CUSTOMER, m->customer[t], &o);
    return st == ARC_E_STATE ? ARC_OK : st; /* something is open: it would be done else */
}

static arc_status drive_feed(matrix *m, int t)
{
    arc_feed *f;
    (void)t;
    arc_status st = arc_feed_open(m->actor, &f, NULL);
    arc_feed_free(f);
    return st;
}

static arc_status drive_find(matrix *m, int t)
{
    const char *code;
    int64_t id;
    arc_record *r;
    assert_ok(arc_session_get(m->host, &r, ARC_CUSTOMER, m->customer[t]));
    assert_ok(arc_customer_code(r, &code, NULL));
    arc_status st = arc_session_find(m->actor, &id, ARC_CUSTOMER, code);
    if (st == ARC_OK) assert_int_equal(m->customer[t], id);
    arc_record_free(r);
    return st;
}

static arc_status drive_history(matrix *m, int t)
{
    arc_feed *f;
    arc_status st = arc_record_history(m->actor, &f, ARC_CUSTOMER, m->customer[t], NULL);
    arc_feed_free(f);
    return st;
}

static arc_status drive_enqueue(matrix *m, int t)
{
    arc_message message = ARC_MESSAGE_INIT;
    message.kind = "letter";
    message.message_key = "new";
    message.payload = "{}";
    message.customer = m->customer[t];
    return arc_message_enqueue(m->actor, NULL, &message);
}

static arc_status drive_lease(matrix *m, int t)
{
    enum { MOST = 2 * TARGETS }; /* questions to the host are messages too */
    arc_message_lease l[MOST];
    size_t n = 0;
    for (int i = 0; i < MOST; i++) assert_ok(arc_message_lease_init(&l[i]));
    m->p.b.t.now += INT64_C(2000000); /* the leases given before have ended */
    arc_status st = arc_message_lease_due(m->actor, l, &n, MOST, "worker", 1);
    for (size_t i = 0; i < n; i++) {
        if (l[i].id == m->message[t]) return st;
    }
    return st == ARC_OK ? ARC_E_NOT_FOUND : st;
}

static arc_status ended(arc_status st)
{
    return st == ARC_E_STALE || st == ARC_E_STATE ? ARC_OK : st; /* nobody has leased it: it would be done else */
}

static arc_status drive_acknowledge(matrix *m, int t) { return ended(arc_message_acknowledge(m->actor, m->message[t], 1, NULL, 0)); }

static arc_status drive_fail(matrix *m, int t) { return ended(arc_message_fail(m->actor, NULL, m->message[t], 1, NULL, 0)); }

static arc_status drive_message_receipt(matrix *m, int t)
{
    return ended(arc_message_receipt(m->actor, m->message[t], "delivered", NULL, 0));
}

#endif
