/* SPDX-License-Identifier: Apache-2.0 */
/* External ids and the upsert: what another system says, brought into the book once, changed where it owns, answered where nothing is new. */
#include "support/books.h"

static arc_record *record(test_book *b, uint32_t entity, const char *json)
{
    arc_record *r;
    arc_error e = ARC_ERROR_INIT;
    assert_session(b, arc_record_new(b->session, &r, entity));
    arc_status st = arc_record_set_json(r, json, SIZE_MAX);
    (void)arc_record_error(r, &e);
    assert_ok_err(&e, st);
    return r;
}

/* Expects a status and, when done, what it came to. */
static int64_t upsert(test_book *b, arc_status expected, int32_t what, uint32_t entity, const char *system, const char *value, const char *json)
{
    arc_record *r = record(b, entity, json);
    int64_t id = 0;
    int32_t got = 0;
    assert_session_status(expected, b, arc_session_upsert(b->session, &id, &got, r, system, value, NULL));
    assert_int_equal(got, what);
    arc_record_free(r);
    return id;
}

static void assert_json(test_book *b, uint32_t entity, int64_t id, const char *part)
{
    arc_record *r;
    char json[2000];
    size_t n = sizeof json;
    assert_session(b, arc_session_get(b->session, &r, entity, id));
    assert_ok(arc_record_get_json(r, json, &n));
    if (!strstr(json, part)) fail_msg("%s\nlacks %s", json, part);
    arc_record_free(r);
}

static int64_t count(test_book *b, uint32_t entity)
{
    arc_query *q;
    arc_cursor *c;
    int64_t n = 0;
    assert_session(b, arc_query_new(b->session, &q, entity));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) n++;
    arc_cursor_free(c);
    arc_query_free(q);
    return n;
}

static void master(test_book *b)
{
    int64_t id = upsert(b, ARC_OK, ARC_UPSERT_INSERTED, ARC_CUSTOMER, "kingdee", "001", "{\"code\":\"K1\",\"legal_name\":\"One\",\"short_name\":\"o\"}");
    int64_t txns = count(b, ARC_TXN);
    assert_int_equal(upsert(b, ARC_OK, ARC_UPSERT_UNCHANGED, ARC_CUSTOMER, "kingdee", "001", "{\"code\":\"K1\",\"legal_name\":\"One\"}"), id);
    assert_int_equal(count(b, ARC_TXN), txns); /* nothing was written */
    assert_int_equal(upsert(b, ARC_OK, ARC_UPSERT_UPDATED, ARC_CUSTOMER, "kingdee", "001", "{\"legal_name\":\"Uno\",\"short_name\":null}"), id);
    assert_json(b, ARC_CUSTOMER, id, "\"legal_name\":\"Uno\"");
    /* The same value of another system, or entity, is another one. */
    upsert(b, ARC_E_EXISTS, 0, ARC_CUSTOMER, "yonyou", "001", "{\"code\":\"K1\",\"legal_name\":\"One\"}");
    assert_session(b, arc_external_add(b->session, ARC_CUSTOMER, id, "yonyou", "001"));
    assert_int_equal(upsert(b, ARC_OK, ARC_UPSERT_UNCHANGED, ARC_CUSTOMER, "yonyou", "001", "{\"code\":\"K1\"}"), id);
    char json[200];
    snprintf(json, sizeof json, "{\"customer\":%lld,\"name\":\"Li\"}", (long long)id);
    upsert(b, ARC_OK, ARC_UPSERT_INSERTED, ARC_CONTACT, "kingdee", "001", json);
    upsert(b, ARC_E_FORBIDDEN, 0, ARC_ITEM, "kingdee", "1", "{}");
    upsert(b, ARC_E_VALUE, 0, ARC_CUSTOMER, "king dee", "1", "{\"code\":\"Z\",\"legal_name\":\"Z\"}");
    upsert(b, ARC_E_REQUIRED, 0, ARC_CUSTOMER, "kingdee", "", "{\"code\":\"Z\",\"legal_name\":\"Z\"}");
    upsert(b, ARC_E_REQUIRED, 0, ARC_CUSTOMER, "kingdee", "2", "{\"code\":\"Z\"}");
    assert_int_equal(count(b, ARC_EXTERNAL_ID), 3);
}

typedef struct told {
    char text[300];
} told;

static int32_t note_skipped(void *user, int64_t element, const char *field)
{
    told *t = user;
    sprintf(t->text + strlen(t->text), "%d.%s ", (int)element, field);
    return 0;
}

static void ownership(test_book *b)
{
    static const char doc[] = "{\"entities\":{\"customer\":{\"owns\":[\"legal_name\",\"uscc\"],\"others\":\"skip\"},\"contact\":{\"owns\":[],\"others\":\"refuse\"}},"
                              "\"unlisted\":\"own\"}";
    int64_t def, id = upsert(b, ARC_OK, ARC_UPSERT_INSERTED, ARC_CUSTOMER, "crm", "1", "{\"code\":\"K1\",\"legal_name\":\"One\",\"remark\":\"r\"}");
    char json[200];
    told t = { "" };
    arc_upsert_options o = ARC_UPSERT_OPTIONS_INIT;
    int32_t what;
    snprintf(json, sizeof json, "{\"customer\":%lld,\"name\":\"Li\"}", (long long)id);
    upsert(b, ARC_OK, ARC_UPSERT_INSERTED, ARC_CONTACT, "crm", "1", json);
    assert_session_status(ARC_E_NOT_FOUND, b, arc_definition_check(b->session, "source", "{\"entities\":{\"customer\":{\"owns\":[\"nix\"]}}}", SIZE_MAX, NULL, NULL));
    assert_session_status(ARC_E_VALUE, b, arc_definition_check(b->session, "source", "{\"unlisted\":\"x\"}", SIZE_MAX, NULL, NULL));
    assert_session(b, arc_definition_save(b->session, &def, "source", "crm", doc, SIZE_MAX, NULL));
    assert_session(b, arc_definition_publish(b->session, def, NULL, NULL));
    o.skipped = note_skipped;
    o.user = &t;
    arc_record *r = record(b, ARC_CUSTOMER, "{\"legal_name\":\"Uno\",\"remark\":\"other\",\"code\":\"K1\"}");
    assert_session(b, arc_session_upsert(b->session, NULL, &what, r, "crm", "1", &o));
    assert_int_equal(what, ARC_UPSERT_UPDATED);
    assert_string_equal(t.text, "0.remark ");
    arc_record_free(r);
    assert_json(b, ARC_CUSTOMER, id, "\"legal_name\":\"Uno\"");
    assert_json(b, ARC_CUSTOMER, id, "\"remark\":\"r\"");
    upsert(b, ARC_OK, ARC_UPSERT_UNCHANGED, ARC_CUSTOMER, "crm", "1", "{\"remark\":\"other\"}");
    upsert(b, ARC_E_FORBIDDEN, 0, ARC_CONTACT, "crm", "1", "{\"name\":\"Wang\"}");
    upsert(b, ARC_OK, ARC_UPSERT_UNCHANGED, ARC_CONTACT, "crm", "1", "{\"name\":\"Li\"}");
    /* Another system is bound by nothing. */
    assert_session(b, arc_external_add(b->session, ARC_CUSTOMER, id, "erp", "9"));
    upsert(b, ARC_OK, ARC_UPSERT_UPDATED, ARC_CUSTOMER, "erp", "9", "{\"remark\":\"other\"}");
}

static void documents(test_book *b)
{
    char json[300], changed[300];
    int64_t c = upsert(b, ARC_OK, ARC_UPSERT_INSERTED, ARC_CUSTOMER, "k", "1", "{\"code\":\"K1\",\"legal_name\":\"One\"}");
    assert_session(b, arc_session_set_business_date(b->session, 20500));
    snprintf(json, sizeof json, "{\"number\":\"I1\",\"customer\":%lld,\"currency\":\"CNY\",\"gross_amount\":\"11.30\",\"tax_amount\":\"1.30\",\"invoice_date\":\"2026-01-02\",\"due_date\":\"2026-02-02\"}", (long long)c);
    int64_t id = upsert(b, ARC_OK, ARC_UPSERT_INSERTED, ARC_INVOICE, "k", "1", json);
    assert_int_equal(upsert(b, ARC_OK, ARC_UPSERT_UNCHANGED, ARC_INVOICE, "k", "1", json), id);
    snprintf(changed, sizeof changed, "%s", json);
    memcpy(strstr(changed, "11.30"), "12.30", 5);
    upsert(b, ARC_E_EXISTS, 0, ARC_INVOICE, "k", "1", changed);
    arc_error e = ARC_ERROR_INIT;
    assert_ok(arc_session_error(b->session, &e));
    assert_string_equal(e.field, "gross_amount");
    assert_int_equal(e.id, id);
    snprintf(json, sizeof json, "{\"number\":\"R1\",\"customer\":%lld,\"currency\":\"CNY\",\"amount\":\"5.00\",\"value_date\":\"2026-01-03\"}", (long long)c);
    id = upsert(b, ARC_OK, ARC_UPSERT_INSERTED, ARC_RECEIPT, "k", "1", json);
    assert_int_equal(upsert(b, ARC_OK, ARC_UPSERT_UNCHANGED, ARC_RECEIPT, "k", "1", json), id);
    assert_int_equal(count(b, ARC_RECEIPT), 1);
    /* A refused document leaves neither itself nor its id. */
    snprintf(json, sizeof json, "{\"number\":\"R2\",\"customer\":%lld,\"currency\":\"CNY\",\"amount\":\"-5.00\",\"value_date\":\"2026-01-03\"}", (long long)c);
    upsert(b, ARC_E_RANGE, 0, ARC_RECEIPT, "k", "2", json);
    assert_int_equal(count(b, ARC_EXTERNAL_ID), 3);
}

static void batch(test_book *b)
{
    static const char *const rows[] = { "{\"code\":\"A\",\"legal_name\":\"a\"}", "{\"code\":\"B\"}", "{\"code\":\"A\",\"legal_name\":\"b\"}",
                                        "{\"code\":\"A\",\"legal_name\":\"b\"}", "{\"code\":\"A\",\"legal_name\":\"b\"}" };
    static const char *const values[] = { "1", "2", "1", "1", "3" };
    static const arc_status want[] = { ARC_OK, ARC_E_REQUIRED, ARC_OK, ARC_OK, ARC_E_EXISTS };
    static const int32_t did[] = { ARC_UPSERT_INSERTED, 0, ARC_UPSERT_UPDATED, ARC_UPSERT_UNCHANGED, 0 };
    arc_record *r[5];
    int64_t ids[5];
    int32_t what[5];
    arc_status results[5];
    arc_upsert_options o = ARC_UPSERT_OPTIONS_INIT;
    for (int i = 0; i < 5; i++) r[i] = record(b, ARC_CUSTOMER, rows[i]);
    assert_session_status(ARC_PARTIAL, b, arc_session_upsert_many(b->session, ids, what, results, r, values, 5, "k", NULL));
    for (int i = 0; i < 5; i++) {
        assert_int_equal(results[i], want[i]);
        assert_int_equal(what[i], did[i]);
    }
    assert_int_equal(ids[2], ids[0]);
    arc_error e = ARC_ERROR_INIT;
    assert_ok(arc_session_error(b->session, &e));
    assert_int_equal(e.row, 1);
    assert_int_equal(count(b, ARC_EXTERNAL_ID), 1);
    o.flags = ARC_ALL_OR_NONE;
    static const char *const others[] = { "7", "8" };
    arc_record *pair[2] = { record(b, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"c\"}"), r[1] };
    assert_session_status(ARC_E_REQUIRED, b, arc_session_upsert_many(b->session, ids, what, NULL, pair, others, 2, "k", &o));
    assert_int_equal(count(b, ARC_EXTERNAL_ID), 1);
    assert_int_equal(count(b, ARC_CUSTOMER), 1);
    assert_session_status(ARC_E_INVALID, b, arc_session_upsert_many(b->session, ids, what, NULL, pair, others, 2, "k", NULL));
    /* In a transaction of the caller a refused element undoes itself alone. */
    arc_txn *txn;
    assert_session(b, arc_session_begin(b->session, &txn, ARC_WRITE));
    assert_session_status(ARC_PARTIAL, b, arc_session_upsert_many(b->session, ids, what, results, pair, others, 2, "k", &(arc_upsert_options)ARC_UPSERT_OPTIONS_INIT));
    assert_session(b, arc_txn_commit(txn));
    assert_int_equal(count(b, ARC_CUSTOMER), 2);
    arc_record_free(pair[0]);
    for (int i = 0; i < 5; i++) arc_record_free(r[i]);
}

static int32_t list_one(void *user, const char *system, const char *value)
{
    told *t = user;
    sprintf(t->text + strlen(t->text), "%s=%s ", system, value);
    return 0;
}

static void ids(test_book *b)
{
    int64_t id = upsert(b, ARC_OK, ARC_UPSERT_INSERTED, ARC_CUSTOMER, "k", "1", "{\"code\":\"A\",\"legal_name\":\"a\"}"), found;
    int64_t other = upsert(b, ARC_OK, ARC_UPSERT_INSERTED, ARC_CUSTOMER, "k", "2", "{\"code\":\"B\",\"legal_name\":\"b\"}");
    told t = { "" };
    assert_session(b, arc_external_add(b->session, ARC_CUSTOMER, id, "a", "x"));
    assert_session(b, arc_external_add(b->session, ARC_CUSTOMER, id, "a", "x"));
    assert_session_status(ARC_E_EXISTS, b, arc_external_add(b->session, ARC_CUSTOMER, other, "a", "x"));
    assert_session_status(ARC_E_NOT_FOUND, b, arc_external_add(b->session, ARC_CUSTOMER, 99, "a", "y"));
    assert_session_status(ARC_E_INVALID, b, arc_external_add(b->session, ARC_ITEM_STATE, 1, "a", "y"));
    assert_session(b, arc_external_find(b->session, &found, ARC_CUSTOMER, "a", "x"));
    assert_int_equal(found, id);
    assert_session_status(ARC_E_NOT_FOUND, b, arc_external_find(b->session, &found, ARC_CONTACT, "a", "x"));
    assert_session(b, arc_external_list(b->session, list_one, &t, ARC_CUSTOMER, id));
    assert_string_equal(t.text, "a=x k=1 ");
    assert_session(b, arc_external_remove(b->session, ARC_CUSTOMER, "a", "x"));
    assert_session_status(ARC_E_NOT_FOUND, b, arc_external_remove(b->session, ARC_CUSTOMER, "a", "x"));
    assert_session_status(ARC_E_NOT_FOUND, b, arc_external_find(b->session, &found, ARC_CUSTOMER, "a", "x"));
    assert_session_status(ARC_E_INVALID, b, arc_external_find(b->session, NULL, ARC_CUSTOMER, "a", "x"));
}

/* Events say which system a change came from, under the digest. */
static void sources(test_book *b)
{
    arc_query *q;
    arc_cursor *c;
    static const arc_field_id fields[] = { ARC_EVENT_VERB, ARC_EVENT_SOURCE };
    char text[500] = "";
    int64_t id = upsert(b, ARC_OK, ARC_UPSERT_INSERTED, ARC_CUSTOMER, "kingdee", "1", "{\"code\":\"A\",\"legal_name\":\"a\"}");
    arc_record *r;
    assert_session(b, arc_session_get(b->session, &r, ARC_CUSTOMER, id));
    assert_ok(arc_customer_set_remark(r, "x", SIZE_MAX));
    assert_session(b, arc_session_update(b->session, r));
    arc_record_free(r);
    assert_session(b, arc_query_new(b->session, &q, ARC_EVENT));
    assert_ok(arc_query_select(q, fields, 2));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        const char *verb, *source = "-";
        size_t n, m = 1; /* texts of a cursor are not terminated */
        assert_ok(arc_cursor_get_text(c, &verb, &n, 0));
        (void)arc_cursor_get_text(c, &source, &m, 1);
        sprintf(text + strlen(text), "%.*s %.*s;", (int)n, verb, (int)m, source);
    }
    assert_string_equal(text, "book.create -;customer.insert kingdee;external_id.upsert kingdee;customer.update -;");
    arc_cursor_free(c);
    arc_query_free(q);
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    assert_ok(arc_book_verify(b->book, &sum, NULL, NULL, NULL));
    assert_int_equal(sum.findings, 0);
}

/* What a feed for a system tells, as "verb system;". */
static void tells(test_book *b, const char *not_from, const char *expected)
{
    arc_feed *feed;
    arc_feed_options o = ARC_FEED_OPTIONS_INIT;
    const char *json;
    char text[600] = "";
    o.not_from = not_from;
    assert_session(b, arc_feed_open(b->session, &feed, &o));
    while (arc_feed_next(feed, &json, NULL) == ARC_OK) {
        const char *type = strstr(json, "\"type\":\"") + 8, *system = strstr(json, "\"system\":\"");
        sprintf(text + strlen(text), "%.*s %.*s;", (int)strcspn(type, "\""), type, system ? (int)strcspn(system + 10, "\"") : 1, system ? system + 10 : "-");
    }
    arc_feed_free(feed);
    assert_string_equal(text, expected);
}

/* A change goes to everybody but to whom it came from. */
static void echoes(test_book *b)
{
    arc_feed *feed;
    arc_feed_options o = ARC_FEED_OPTIONS_INIT;
    (void)upsert(b, ARC_OK, ARC_UPSERT_INSERTED, ARC_CUSTOMER, "kingdee", "1", "{\"code\":\"A\",\"legal_name\":\"a\"}");
    (void)upsert(b, ARC_OK, ARC_UPSERT_INSERTED, ARC_CUSTOMER, "crm", "9", "{\"code\":\"B\",\"legal_name\":\"b\"}");
    (void)upsert(b, ARC_OK, ARC_UPSERT_UNCHANGED, ARC_CUSTOMER, "crm", "9", "{\"code\":\"B\",\"legal_name\":\"b\"}");
    (void)upsert(b, ARC_OK, ARC_UPSERT_UPDATED, ARC_CUSTOMER, "kingdee", "1", "{\"legal_name\":\"c\"}");
    arc_record *r = record(b, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"own\"}");
    assert_session(b, arc_session_insert(b->session, NULL, r));
    arc_record_free(r);
    (void)arc_audit_seal(b->session, NULL, 100);
    tells(b, NULL, "book.create -;customer.insert kingdee;external_id.upsert kingdee;customer.insert crm;external_id.upsert crm;customer.update kingdee;customer_alias.update kingdee;customer.insert -;");
    tells(b, "kingdee", "book.create -;customer.insert crm;external_id.upsert crm;customer.insert -;");
    tells(b, "king", "book.create -;customer.insert kingdee;external_id.upsert kingdee;customer.insert crm;external_id.upsert crm;customer.update kingdee;customer_alias.update kingdee;customer.insert -;");
    o.not_from = "12345678901234567890123456789012345678901234567890123456789012345";
    assert_session_status(ARC_E_INVALID, b, arc_feed_open(b->session, &feed, &o));
    o.not_from = "crm";
    assert_session_status(ARC_E_INVALID, b, arc_record_history(b->session, &feed, ARC_CUSTOMER, 1, &o));
}

static void with_books(void (*body)(test_book *b))
{
    for (int k = 0; k < TEST_BACKENDS; k++) {
        test_book b;
        test_book_open(&b, k);
        body(&b);
        test_book_close(&b);
    }
}

#define BOOKS(name) \
    static void test_##name(void **state) \
    { \
        (void)state; \
        with_books(name); \
    }
BOOKS(master)
BOOKS(ownership)
BOOKS(documents)
BOOKS(batch)
BOOKS(ids)
BOOKS(sources)
BOOKS(echoes)

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_master), cmocka_unit_test(test_ownership), cmocka_unit_test(test_documents),
                                        cmocka_unit_test(test_batch),  cmocka_unit_test(test_ids),       cmocka_unit_test(test_sources), cmocka_unit_test(test_echoes) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
