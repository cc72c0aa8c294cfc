/* SPDX-License-Identifier: Apache-2.0 */
/* Request keys: whatever a call does, it does once. Every verb that changes the book is driven here; one that is not fails the test. */
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

static void found_book(test_book *b)
{
    arc_session_close(b->session);
    assert_ok(book_session(b->book, &b->session));
    assert_session(b, book_customers(b->session, 1, CUSTOMERS));
    assert_session(b, book_invoice(b->session, NULL, "OLD", 1, 100000));
    assert_session(b, book_receipt(b->session, NULL, "OLD", 1, 50000));
    assert_session(b, book_allocate(b->session, NULL, RECEIPT, ITEM, 700));
    found_people(b);
    assert_session(b, arc_custom_define(b->session, NULL, "{\"entity\":\"customer\",\"name\":\"x_r\",\"kind\":\"text\"}", SIZE_MAX));
    found_definitions(b);
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

/* The verbs of the library; more than one driver may call the same. */
static const struct {
    uint32_t verb;
    driver drive;
    arc_status expected;
} drivers[] = {
    { ARCI_DO_INSERT, drive_insert, ARC_OK },
    { ARCI_DO_INSERT, drive_insert_many, ARC_PARTIAL },
    { ARCI_DO_UPDATE, drive_update, ARC_OK },
    { ARCI_DO_UPDATE, drive_update_many, ARC_OK },
    { ARCI_DO_CUSTOM_DEFINE, drive_define, ARC_OK },
    { ARCI_DO_CUSTOM_ALTER, drive_alter, ARC_OK },
    { ARCI_DO_CUSTOM_RETIRE, drive_retire, ARC_OK },
    { ARCI_DO_DEFINITION_SAVE, drive_save, ARC_OK },
    { ARCI_DO_DEFINITION_PUBLISH, drive_publish, ARC_OK },
    { ARCI_DO_DEFINITION_RETIRE, drive_withdraw, ARC_OK },
    { ARCI_DO_INVOICE_RECORD, drive_invoice, ARC_OK },
    { ARCI_DO_RECEIPT_RECORD, drive_receipt, ARC_OK },
    { ARCI_DO_ALLOCATION_APPLY, drive_allocation, ARC_PARTIAL },
    { ARCI_DO_ALLOCATION_REVERSE, drive_reverse, ARC_OK },
    { ARCI_DO_ACCESS_SET_MODE, drive_mode, ARC_OK },
    { ARCI_DO_ROLE_INSTALL, drive_install, ARC_OK },
    { ARCI_DO_ROLE_DEFINE, drive_role, ARC_OK },
    { ARCI_DO_ROLE_REVISE, drive_revise, ARC_OK },
    { ARCI_DO_ROLE_RETIRE, drive_retire_role, ARC_OK },
    { ARCI_DO_ROLE_GRANT, drive_grant, ARC_OK },
    { ARCI_DO_ROLE_REVOKE, drive_revoke, ARC_OK },
    { ARCI_DO_PROPOSAL_STORE, drive_store, ARC_OK },
    { ARCI_DO_PROPOSAL_APPROVE, drive_approve, ARC_OK },
    { ARCI_DO_PROPOSAL_REJECT, drive_reject, ARC_OK },
    { ARCI_DO_PROPOSAL_APPLY, drive_apply, ARC_OK },
    { ARCI_DO_PROPOSAL_EXPIRE, drive_expire, ARC_DONE },
    { ARCI_DO_IMPORT_RUN, drive_import, ARC_PARTIAL },
    { ARCI_DO_LOAD, drive_load, ARC_OK },
    { ARCI_DO_AUDIT_SEAL, drive_seal, ARC_OK },
};
enum { DRIVERS = sizeof drivers / sizeof drivers[0] };

static void test_all_driven(void **unused)
{
    (void)unused;
    for (uint32_t v = 0; v < ARCI_N_VERBS; v++) {
        int found = !(arci_verbs[v].flags & ARCI_VERB_WRITES) || v == ARCI_DO_BOOK_CREATE; /* before there is a session */
        for (int i = 0; i < DRIVERS; i++) found |= drivers[i].verb == v;
        if (!found) fail_msg("no driver for the verb %s.%s: add one, so that its request key is proven", arci_verbs[v].entity ? arci_verbs[v].entity : "any",
                             arci_verbs[v].name);
    }
}

/* ---- the law, for each of them ------------------------------------------------------------------------------------------- */

static void drive(test_book *b, arc_session *s, int i, int body, const char *key, answer *a)
{
    memset(a, 0, sizeof *a);
    assert_ok(arc_session_set_request_key(s, key));
    drivers[i].drive(b, s, body, a);
}

static void same(const answer *x, const answer *y)
{
    assert_int_equal(x->st, y->st);
    assert_memory_equal(x->n, y->n, sizeof x->n);
}

/* The book without the rows that say who tried: a batch may leave one although its last element was refused again. */
static sample_bytes rows_of(test_book *b)
{
    sample_bytes dump = sample_dump(b->book);
    char *to = dump.s;
    for (char *line = dump.s, *end; *line; line = end) {
        end = strchr(line, '\n');
        end = end ? end + 1 : line + strlen(line);
        if (!strncmp(line, "{\"entity\":\"txn\"", 15)) continue;
        memmove(to, line, (size_t)(end - line));
        to += end - line;
    }
    *to = 0;
    return dump;
}

static void unchanged(test_book *b, sample_bytes *before)
{
    sample_bytes now = rows_of(b);
    assert_string_equal(now.s, before->s);
    free(now.s);
}

static arc_session *session_of(test_book *b, const char *actor, arc_date day)
{
    arc_session_options o = ARC_SESSION_OPTIONS_INIT;
    arc_session *s;
    o.actor = actor;
    o.business_date = day;
    assert_ok(arc_session_open(b->book, &s, &o));
    return s;
}

static void one_verb(test_book *b, int i)
{
    answer first, again;
    found_book(b);
    drive(b, b->session, i, 0, KEY, &first);
    if (first.st != drivers[i].expected) assert_session_status(drivers[i].expected, b, first.st);
    sample_bytes dump = rows_of(b);
    drive(b, b->session, i, 0, KEY, &again);
    same(&first, &again);
    unchanged(b, &dump);
    drive(b, b->session, i, 1, KEY, &again);
    assert_session_status(ARC_E_REQUEST, b, again.st);
    arc_session *other = session_of(b, "somebody", BOOK_DAY + 10), *late = session_of(b, NULL, BOOK_DAY + 11);
    drive(b, other, i, 0, KEY, &again);
    assert_int_equal(again.st, ARC_E_REQUEST);
    drive(b, late, i, 0, KEY, &again);
    assert_int_equal(again.st, ARC_E_REQUEST);
    unchanged(b, &dump);
    free(dump.s);
}

/* In a transaction the key goes with it; one that is rolled back leaves it free. */
static void in_transaction(test_book *b, int i)
{
    answer first, again;
    arc_txn *t;
    if (drivers[i].verb == ARCI_DO_IMPORT_RUN || drivers[i].verb == ARCI_DO_PROPOSAL_APPLY) return; /* run in their own */
    found_book(b);
    sample_bytes dump = rows_of(b);
    assert_ok(arc_session_begin(b->session, &t, ARC_WRITE));
    drive(b, b->session, i, 0, KEY, &first);
    if (first.st != drivers[i].expected) assert_session_status(drivers[i].expected, b, first.st);
    drive(b, b->session, i, 0, KEY, &again);
    same(&first, &again);
    drive(b, b->session, i, 1, KEY, &again);
    assert_session_status(ARC_E_REQUEST, b, again.st);
    arc_txn_rollback(t);
    unchanged(b, &dump);
    free(dump.s);
    assert_ok(arc_session_begin(b->session, &t, ARC_WRITE));
    drive(b, b->session, i, 0, KEY, &first);
    assert_int_equal(first.st, drivers[i].expected);
    assert_session(b, arc_txn_commit(t));
    drive(b, b->session, i, 0, KEY, &again);
    same(&first, &again);
}

static void test_every_verb(void **unused)
{
    (void)unused;
    for (int k = 0; k < TEST_BACKENDS; k++) {
        for (int i = 0; i < DRIVERS; i++) {
            static test_book b;
            print_message("%s: %s\n", test_backend_names[k], arci_verbs[drivers[i].verb].name);
            test_book_open(&b, k);
            one_verb(&b, i);
            test_book_close(&b);
            test_book_open(&b, k);
            in_transaction(&b, i);
            test_book_close(&b);
        }
    }
}

/* ---- the key itself ------------------------------------------------------------------------------------------------------ */

static void with_key(test_book *b, const char *key) { assert_session(b, arc_session_set_request_key(b->session, key)); }

static void the_key(test_book *b)
{
    char longest[182];
    int64_t first, again;
    found_book(b);
    memset(longest, 'k', sizeof longest);
    longest[181] = 0;
    assert_session_status(ARC_E_INVALID, b, arc_session_set_request_key(b->session, ""));
    assert_session_status(ARC_E_INVALID, b, arc_session_set_request_key(b->session, longest));
    assert_session_status(ARC_E_ENCODING, b, arc_session_set_request_key(b->session, "\xff"));
    longest[180] = 0;
    /* one call takes it, reading ones do not */
    arc_record *r;
    with_key(b, longest);
    assert_session(b, arc_session_get(b->session, &r, ARC_CUSTOMER, 1));
    arc_record_free(r);
    assert_session(b, book_allocate(b->session, &first, RECEIPT, ITEM, 10));
    assert_session(b, book_allocate(b->session, &again, RECEIPT, ITEM, 10));
    assert_int_not_equal(first, again);
    with_key(b, longest);
    assert_session(b, book_allocate(b->session, &again, RECEIPT, ITEM, 10));
    assert_int_equal(first, again);
    /* a call that fails takes it too: wrong arguments, a refusal */
    with_key(b, "k");
    assert_session_status(ARC_E_INVALID, b, arc_allocation_apply(b->session, NULL, NULL, NULL, 1, ARC_ALL_OR_NONE));
    assert_session(b, book_allocate(b->session, &first, RECEIPT, ITEM, 11));
    with_key(b, "k");
    assert_session_status(ARC_E_GUARD, b, book_allocate(b->session, &first, RECEIPT, ITEM, 90000));
    assert_session(b, book_allocate(b->session, &first, RECEIPT, ITEM, 11));
    with_key(b, "k"); /* what was refused is free */
    assert_session(b, book_allocate(b->session, &first, RECEIPT, ITEM, 12));
    with_key(b, "k");
    with_key(b, NULL);
    assert_session(b, book_allocate(b->session, &again, RECEIPT, ITEM, 13));
    /* another verb may have the same key */
    with_key(b, "k");
    assert_session(b, book_invoice(b->session, &again, "K", 1, 100));
}

/* A batch may be repeated, continued, and taken apart. */
static void batches(test_book *b)
{
    int64_t ids[4] = { 0 }, more[4] = { 0 }, one;
    arc_status results[4] = { 0 };
    arc_record *r[4];
    found_book(b);
    for (int i = 0; i < 4; i++) r[i] = new_group(b->session, 0, i);
    with_key(b, "b");
    assert_session(b, arc_session_insert_many(b->session, ids, results, r, 2, 0));
    with_key(b, "b");
    assert_session(b, arc_session_insert_many(b->session, more, results, r, 4, 0));
    assert_memory_equal(more, ids, 2 * sizeof *ids);
    assert_true(more[2] > ids[1] && more[3] > more[2]);
    with_key(b, "b#3");
    assert_session(b, arc_session_insert(b->session, &one, r[3])); /* its id is set by now: it is the same request all the same */
    assert_int_equal(one, more[3]);
    with_key(b, "b");
    assert_session(b, arc_session_insert_many(b->session, more, NULL, r, 4, ARC_ALL_OR_NONE));
    assert_memory_equal(more, ids, 2 * sizeof *ids);
    for (int i = 0; i < 4; i++) arc_record_free(r[i]);
    /* one element that is another: nothing is done, and it is named */
    arc_error e = ARC_ERROR_INIT;
    r[0] = new_group(b->session, 0, 0);
    r[1] = new_group(b->session, 1, 1);
    r[2] = new_group(b->session, 0, 2);
    with_key(b, "b");
    assert_session_status(ARC_E_REQUEST, b, arc_session_insert_many(b->session, more, results, r, 3, 0));
    assert_ok(arc_session_error(b->session, &e));
    assert_int_equal(e.row, 1);
    for (int i = 0; i < 3; i++) arc_record_free(r[i]);
}

/* The order in which fields were set, and how, is not content. */
static void canonical(test_book *b)
{
    int64_t x, y;
    arc_record *r, *q;
    arc_money m = { 10000, "CNY", 0 };
    found_book(b);
    assert_ok(arc_record_new(b->session, &r, ARC_INVOICE));
    assert_ok(arc_record_set_json(r, "{\"number\":\"C\",\"customer\":1,\"currency\":\"CNY\",\"gross_amount\":\"100.00\",\"invoice_date\":\"2026-01-02\","
                                     "\"due_date\":\"2026-02-02\"}", SIZE_MAX));
    assert_ok(arc_record_new(b->session, &q, ARC_INVOICE));
    assert_ok(arc_record_set_money(q, ARC_INVOICE_GROSS_AMOUNT, m));
    assert_ok(arc_record_set_date(q, ARC_INVOICE_DUE_DATE, BOOK_DAY + 32));
    assert_ok(arc_record_set_date(q, ARC_INVOICE_INVOICE_DATE, BOOK_DAY + 1));
    assert_ok(arc_record_set_int(q, ARC_INVOICE_CUSTOMER, 1));
    assert_ok(arc_record_set_text(q, ARC_INVOICE_NUMBER, "C", SIZE_MAX));
    with_key(b, "c");
    assert_session(b, arc_invoice_record(b->session, &x, r));
    with_key(b, "c");
    assert_session(b, arc_invoice_record(b->session, &y, q));
    assert_int_equal(x, y);
    arc_record_free(r);
    arc_record_free(q);
}

static void on_all(void (*test)(test_book *b))
{
    for (int k = 0; k < TEST_BACKENDS; k++) {
        static test_book b;
        test_book_open(&b, k);
        test(&b);
        test_book_close(&b);
    }
}

static void test_the_key(void **unused) { (void)unused, on_all(the_key); }
static void test_batches(void **unused) { (void)unused, on_all(batches); }
static void test_canonical(void **unused) { (void)unused, on_all(canonical); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_driven),
        cmocka_unit_test(test_every_verb),
        cmocka_unit_test(test_the_key),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_canonical),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
