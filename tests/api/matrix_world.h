/* SPDX-License-Identifier: Apache-2.0 */
/* The world of the permission matrix: rows of the actor's, of his team's and of others. */
#ifndef TESTS_API_MATRIX_WORLD_H
#define TESTS_API_MATRIX_WORLD_H

#include "api/people.h"
#include "arcore/arrow.h"
#include "arcore/import.h"
#include "security/role.h"
#include "store/proposal.h"
#include "support/work_book.h"

enum { OWN, TEAM, FOREIGN, TARGETS };

typedef struct matrix {
    people p;
    arc_book *aside; /* another connection: the host reads on it while the actor's transaction is open */
    arc_session *host, *actor;
    arci_role role;
    const char *role_code;
    /* rows of each target */
    int64_t customer[TARGETS], contact[TARGETS], account[TARGETS], contract[TARGETS], project[TARGETS], invoice[TARGETS], item[TARGETS],
        receipt[TARGETS], allocation[TARGETS], open_item[TARGETS], open_receipt[TARGETS], attachment[TARGETS], owner[TARGETS], team[TARGETS], region[TARGETS], line[TARGETS];
    int64_t message[TARGETS], bill[TARGETS], dispute[TARGETS], flag[TARGETS], asked_band[TARGETS], other_band[TARGETS], task[TARGETS], host_call[TARGETS];
    int64_t twin[TARGETS], spare[TARGETS]; /* customers: one merged into that of the target, one by itself */
    int64_t adjustment[TARGETS], request[TARGETS]; /* an extension, a write-off asked for */
    int64_t spare_role, spare_user, spare_grant, own_account, statement;
    char lines[1000][400]; /* of the golden text, by driver */
    int n_lines;
} matrix;

#include "matrix_made.h"

static arc_attachment_new file_on(int64_t customer)
{
    arc_attachment_new a = ARC_ATTACHMENT_NEW_INIT;
    a.entity = ARC_CUSTOMER;
    a.row = customer;
    a.kind = "other";
    a.name = "a";
    a.media_type = "text/plain";
    return a;
}

static int64_t ask_write_off(arc_session *s, const char *json)
{
    arc_record *r;
    int64_t id = 0;
    assert_ok(arc_record_new(s, &r, ARC_WRITE_OFF_REQUEST));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_ok(arc_write_off_request(s, &id, r));
    arc_record_free(r);
    return id;
}

static int64_t make_customer(matrix *m, int t, const char *name)
{
    char json[400];
    snprintf(json, sizeof json, "{\"code\":\"%s%d\",\"legal_name\":\"%s\",\"owner\":%d,\"team\":%d,\"region\":%d}", name, t, name, (int)m->owner[t], (int)m->team[t], (int)m->region[t]);
    return sample_insert(m->p.b.session, ARC_CUSTOMER, json);
}

static void make_twins(matrix *m, int t)
{
    arc_merge x = ARC_MERGE_INIT;
    m->twin[t] = make_customer(m, t, "twin");
    m->spare[t] = make_customer(m, t, "spare");
    x.kept = m->customer[t];
    x.merged = m->twin[t];
    x.reason = "r";
    assert_session(&m->p.b, arc_customer_merge(m->p.b.session, NULL, &x));
}

static void make_target(matrix *m, int t)
{
    static const char *const codes[] = { "own", "team", "foreign" };
    static const char *const owners[] = { "ann", "bob", "dan" };
    arc_session *s = m->p.b.session;
    char json[400];
    m->owner[t] = people_user(&m->p, owners[t]);
    m->team[t] = t == FOREIGN ? 5 : 3;
    m->region[t] = t == FOREIGN ? 2 : 1;
    snprintf(json, sizeof json, "{\"code\":\"%s\",\"legal_name\":\"%s\",\"owner\":%d,\"team\":%d,\"region\":%d}", codes[t], codes[t], (int)m->owner[t],
             (int)m->team[t], (int)m->region[t]);
    m->customer[t] = sample_insert(s, ARC_CUSTOMER, json);
    snprintf(json, sizeof json, "{\"customer\":%d,\"name\":\"n\"}", (int)m->customer[t]);
    m->contact[t] = sample_insert(s, ARC_CONTACT, json);
    snprintf(json, sizeof json, "{\"customer\":%d,\"number\":\"%d\"}", (int)m->customer[t], t);
    m->account[t] = sample_insert(s, ARC_BANK_ACCOUNT, json);
    snprintf(json, sizeof json, "{\"customer\":%d,\"code\":\"P%d\",\"name\":\"p\",\"status\":\"open\"}", (int)m->customer[t], t);
    m->project[t] = sample_insert(s, ARC_PROJECT, json);
    snprintf(json, sizeof json,
             "{\"customer\":%d,\"number\":\"K%d\",\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"tax_included\":true,\"term\":\"NET30\",\"owner\":%d,\"team\":%d,"
             "\"region\":%d}",
             (int)m->customer[t], t, (int)m->owner[t], (int)m->team[t], (int)m->region[t]);
    m->contract[t] = sample_insert(s, ARC_CONTRACT, json);
    snprintf(json, sizeof json, "A%d", t);
    assert_session(&m->p.b, book_invoice(s, &m->invoice[t], json, m->customer[t], 1000));
    assert_session(&m->p.b, book_receipt(s, &m->receipt[t], json, m->customer[t], 1000));
    m->item[t] = m->invoice[t]; /* one item an invoice, from the first on */
    assert_session(&m->p.b, book_allocate(s, &m->allocation[t], m->receipt[t], m->item[t], 400));
    arc_message message = ARC_MESSAGE_INIT;
    message.kind = "letter";
    message.message_key = codes[t];
    message.payload = "{}";
    message.customer = m->customer[t];
    message.max_attempts = 1000;
    assert_session(&m->p.b, arc_message_enqueue(s, &m->message[t], &message));
    const arc_attachment_new file = file_on(m->customer[t]);
    assert_session(&m->p.b, arc_attachment_add(s, &m->attachment[t], &file, "x", 1));
    snprintf(json, sizeof json, "%d", t);
    assert_session(&m->p.b, arc_external_add(s, ARC_CUSTOMER, m->customer[t], "old", json));
    m->bill[t] = matrix_bill(s, m->customer[t], codes[t]);
    make_marks(m, t);
    make_twins(m, t);
    make_work(m, t);
    m->open_item[t] = m->item[t];
    assert_session(&m->p.b, arc_item_extend(s, &m->adjustment[t], m->item[t], PEOPLE_DAY + 200, ARC_DATE_NONE, "agreed"));
    snprintf(json, sizeof json, "{\"number\":\"W%d\",\"customer\":%d,\"items\":[%d],\"currency\":\"CNY\",\"amount\":\"1.00\",\"reason\":\"bankrupt\"}", t, (int)m->customer[t], (int)m->item[t]);
    m->request[t] = ask_write_off(s, json);
    m->open_receipt[t] = m->receipt[t];
}

/* An account of our own with a statement. */
static const char bank_first[] = ":20:S\r\n:25:10020030/1234567890\r\n:28C:1\r\n:60F:C260101CNY0,00\r\n:61:2601020102C5,00NTRFR1\r\n:86:rent\r\n:62F:C260102CNY5,00\r\n-\r\n";

static void make_bank(matrix *m)
{
    arc_bank_imported done = ARC_BANK_IMPORTED_INIT;
    m->own_account = sample_insert(m->p.b.session, ARC_BANK_ACCOUNT, "{\"number\":\"1234567890\",\"currency\":\"CNY\"}");
    assert_session(&m->p.b, arc_bank_import(m->p.b.session, &done, bank_first, strlen(bank_first), NULL));
    m->statement = done.statement;
}

/* An exchange rate that waits, asked for before the rates are free again. */
static void make_pending(arc_session *s)
{
    int64_t id;
    arc_record *r;
    assert_ok(arc_definition_save(s, &id, "approval", "rates", "{\"approvals\":[{\"verb\":\"exchange_rate.insert\"}]}", SIZE_MAX, NULL));
    assert_ok(arc_definition_publish(s, id, NULL, NULL));
    assert_ok(arc_record_new(s, &r, ARC_EXCHANGE_RATE));
    assert_ok(arc_record_set_json(r, "{\"kind\":\"booked\",\"from_currency\":\"EUR\",\"to_currency\":\"CNY\",\"valid_on\":\"2026-01-01\",\"units\":1,\"rate\":\"8.1\"}", SIZE_MAX));
    assert_int_equal(arc_session_insert(s, NULL, r), ARC_NEEDS_APPROVAL);
    arc_record_free(r);
    assert_ok(arc_definition_retire(s, id));
}

/* A rule that is due for every customer. */
static void make_rule(arc_session *s)
{
    static const char rule[] = "{\"rule\":\"arcore/1\",\"subject\":\"customer\",\"mode\":\"apply\",\"on\":{\"kind\":\"threshold\",\"over\":{\"!=\":[{\"var\":\"code\"},\"?\"]},"
                               "\"rearm\":{\"==\":[{\"var\":\"code\"},\"?\"]}},\"then\":[]}";
    int64_t id;
    assert_ok(arc_definition_save(s, &id, "rule", "every", rule, SIZE_MAX, NULL));
    assert_ok(arc_definition_publish(s, id, NULL, NULL));
}

static void found(matrix *m)
{
    arc_grant g = ARC_GRANT_INIT;
    memset(m, 0, sizeof *m);
    people_open(&m->p, 0);
    assert_ok(arc_session_set_business_date(m->p.b.session, PEOPLE_DAY));
    for (int t = 0; t < TARGETS; t++) make_target(m, t);
    assert_session(&m->p.b, arc_role_define(m->p.b.session, &m->spare_role, "{\"code\":\"spare\",\"name\":\"S\"}", SIZE_MAX));
    m->spare_user = people_user(&m->p, "nogrant");
    g.user = m->spare_user;
    g.role = m->spare_role;
    assert_session(&m->p.b, arc_role_grant(m->p.b.session, &m->spare_grant, &g));
    assert_session(&m->p.b, arc_custom_define(m->p.b.session, NULL, "{\"entity\":\"customer\",\"name\":\"x_old\",\"kind\":\"text\"}", SIZE_MAX));
    (void)people_grant(&m->p, "root", "admin");
    arc_proposal *p; /* a line for each target: 1, 2, 3 */
    assert_session(&m->p.b, arc_receipt_propose(m->p.b.session, &p, NULL, 0, NULL));
    assert_ok(arc_proposal_store(p, NULL, NULL));
    arc_proposal_free(p);
    for (int t = 0; t < TARGETS; t++) m->line[t] = t + 1;
    make_bank(m);
    make_pending(m->p.b.session);
    make_rule(m->p.b.session);
    people_start(&m->p);
    assert_ok(arc_book_clone(m->p.b.book, &m->aside));
    m->host = people_session(m->aside, ARC_ACTOR_SYSTEM);
}

#endif
