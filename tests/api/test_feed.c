/* SPDX-License-Identifier: Apache-2.0 */
/* The change feed, histories, and erasure of a person. */
#include "support/support.h"

#include "arcore/arcore.h"
#include "base/json.h"
#include "support/books.h"
#include "support/work_book.h"

static void set(arc_record *r, uint32_t field, const char *text) { assert_ok(arc_record_set_text(r, field, text, SIZE_MAX)); }

static int64_t contact(test_book *b, int64_t customer, const char *name)
{
    arc_record *r;
    int64_t id;
    assert_ok(arc_record_new(b->session, &r, ARC_CONTACT));
    assert_ok(arc_record_set_int(r, ARC_CONTACT_CUSTOMER, customer));
    set(r, ARC_CONTACT_NAME, name);
    set(r, ARC_CONTACT_EMAIL, "li@example.cn");
    assert_session(b, arc_session_insert(b->session, &id, r));
    arc_record_free(r);
    return id;
}

static void change(test_book *b, uint32_t entity, int64_t id, uint32_t field, const char *text)
{
    arc_record *r;
    assert_session(b, arc_session_get(b->session, &r, entity, id));
    set(r, field, text);
    assert_session(b, arc_session_update(b->session, r));
    arc_record_free(r);
}

static void fill(test_book *b, int k)
{
    test_book_open(b, k);
    arc_session_close(b->session);
    assert_ok(book_session(b->book, &b->session));
    assert_session(b, book_customers(b->session, 1, 2));
    (void)contact(b, 1, "Li Lei");
    assert_session(b, book_bulk(b->session, "B", 1, 40));
    assert_session(b, book_receipt(b->session, NULL, "R1", 1, 1000));
    assert_session(b, book_allocate(b->session, NULL, 1, 1, 1000));
    change(b, ARC_CONTACT, 1, ARC_CONTACT_EMAIL, "lei@example.cn");
    change(b, ARC_CUSTOMER, 1, ARC_CUSTOMER_SHORT_NAME, "One");
}

static void proven(test_book *b)
{
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    assert_ok(arc_book_verify(b->book, &sum, NULL, NULL, NULL));
    assert_int_equal(sum.findings, 0);
}

/* The next event parsed, so that what is given is JSON; NULL at the end. */
static const arci_json *next(test_book *b, arc_feed *f, arci_arena *arena)
{
    const char *text;
    size_t n;
    arci_json *root;
    arc_status st = arc_feed_next(f, &text, &n);
    if (st == ARC_DONE) return NULL;
    assert_ok(st);
    assert_int_equal(strlen(text), n);
    assert_ok(arci_json_parse(&b->t.env, arena, text, n, &arci_json_default_limits, &root));
    return root;
}

static const char *text_of(const arci_json *o, const char *key)
{
    const arci_json *n = arci_json_get(o, key);
    return n ? n->s : "";
}

static const arci_json *row_of(const arci_json *event, uint32_t i)
{
    const arci_json *n = arci_json_get(arci_json_get(event, "data"), "rows")->child;
    while (n && i--) n = n->next;
    return n;
}

/* Everything once, in order; from each token the same rest follows. */
static void in_order(void **state)
{
    (void)state;
    for (int k = 0; k < TEST_BACKENDS; k++) {
        static test_book b;
        arc_feed *f, *rest;
        arci_arena arena;
        char tokens[64][64], ids[64][64];
        int n = 0;
        arc_feed_options o = ARC_FEED_OPTIONS_INIT;
        fill(&b, k);
        arci_arena_init(&arena, b.t.ctx);
        assert_session(&b, arc_feed_open(b.session, &f, NULL));
        for (const arci_json *e; (e = next(&b, f, &arena)) != NULL; n++) {
            size_t len = sizeof tokens[n];
            assert_ok(arc_feed_token(f, tokens[n], &len));
            snprintf(ids[n], sizeof ids[n], "%s", text_of(e, "id"));
            assert_string_equal(text_of(e, "specversion"), "1.0");
            assert_string_equal(text_of(e, "source"), "arcore:main");
            if (n == 4) {
                assert_string_equal(text_of(e, "type"), "invoice.record");
                assert_string_equal(text_of(e, "subject"), "invoice/1");
                assert_string_equal(text_of(arci_json_get(e, "data"), "actor"), "system");
                assert_string_equal(text_of(row_of(e, 1), "entity"), "item");
                assert_string_equal(text_of(arci_json_get(row_of(e, 0), "after"), "gross_amount"), "10.00");
            }
        }
        assert_int_equal(n, 1 + 2 + 1 + 40 + 1 + 1 + 2);
        assert_status(ARC_DONE, arc_feed_next(f, &(const char *){ NULL }, NULL));
        change(&b, ARC_CUSTOMER, 2, ARC_CUSTOMER_SHORT_NAME, "Two"); /* the feed goes on where it was */
        const arci_json *late = next(&b, f, &arena);
        assert_non_null(late);
        assert_string_equal(text_of(late, "type"), "customer.update");
        assert_string_equal(text_of(arci_json_get(row_of(late, 0), "after"), "short_name"), "Two");
        arc_feed_free(f);
        for (int i = 0; i < n; i += 7) {
            o.after = tokens[i];
            assert_session(&b, arc_feed_open(b.session, &rest, &o));
            for (int j = i + 1; j < n; j++) assert_string_equal(text_of(next(&b, rest, &arena), "id"), ids[j]);
            assert_non_null(next(&b, rest, &arena));
            assert_null(next(&b, rest, &arena));
            arc_feed_free(rest);
        }
        arci_arena_clear(&arena);
        proven(&b);
        test_book_close(&b);
    }
}

static void filters(void **state)
{
    static test_book b;
    arc_feed *f;
    arci_arena arena;
    arc_feed_options o = ARC_FEED_OPTIONS_INIT;
    int n = 0;
    (void)state;
    fill(&b, 1);
    arci_arena_init(&arena, b.t.ctx);
    o.verb = "invoice.";
    assert_session(&b, arc_feed_open(b.session, &f, &o));
    while (next(&b, f, &arena)) n++;
    assert_int_equal(n, 40);
    arc_feed_free(f);
    o.verb = NULL;
    o.entity = ARC_CONTACT;
    o.row = 1;
    assert_session(&b, arc_feed_open(b.session, &f, &o));
    const arci_json *e = next(&b, f, &arena);
    /* personal values: commitments unless asked for */
    const arci_json *personal = arci_json_get(row_of(e, 0), "personal");
    assert_int_equal(strlen(text_of(personal, "name")), 64);
    e = next(&b, f, &arena);
    assert_string_equal(arci_json_get(row_of(e, 0), "changed")->child->s, "email");
    assert_null(next(&b, f, &arena));
    arc_feed_free(f);
    o.flags = ARC_FEED_PERSONAL;
    assert_session(&b, arc_feed_open(b.session, &f, &o));
    personal = arci_json_get(row_of(next(&b, f, &arena), 0), "personal");
    assert_string_equal(text_of(arci_json_get(personal, "name"), "value"), "Li Lei");
    assert_string_equal(text_of(arci_json_get(personal, "email"), "value"), "li@example.cn");
    arc_feed_free(f);
    o.after = "nonsense";
    assert_session_status(ARC_E_SYNTAX, &b, arc_feed_open(b.session, &f, &o));
    o.after = NULL;
    o.entity = 65000;
    assert_session_status(ARC_E_NOT_FOUND, &b, arc_feed_open(b.session, &f, &o));
    o.entity = 0;
    assert_session_status(ARC_E_INVALID, &b, arc_feed_open(b.session, &f, &o));
    assert_session_status(ARC_E_INVALID, &b, arc_feed_open(b.session, NULL, NULL));
    arci_arena_clear(&arena);
    test_book_close(&b);
}

static void histories(void **state)
{
    static test_book b;
    arc_feed *f;
    arci_arena arena;
    (void)state;
    fill(&b, 1);
    arci_arena_init(&arena, b.t.ctx);
    assert_session(&b, arc_record_history(b.session, &f, ARC_CUSTOMER, 1, NULL));
    assert_string_equal(text_of(next(&b, f, &arena), "type"), "customer.insert");
    const arci_json *e = next(&b, f, &arena);
    assert_string_equal(text_of(e, "type"), "customer.update");
    assert_int_equal(arci_json_get(arci_json_get(row_of(e, 0), "before"), "short_name")->type, ARCI_JSON_NULL);
    assert_string_equal(text_of(arci_json_get(row_of(e, 0), "after"), "short_name"), "One");
    assert_null(next(&b, f, &arena));
    assert_status(ARC_E_UNSUPPORTED, arc_feed_token(f, (char[8]){ 0 }, &(size_t){ 8 }));
    arc_feed_free(f);
    assert_session(&b, arc_record_history(b.session, &f, ARC_ITEM, 7, NULL)); /* a part: the event of its invoice, and no other row */
    e = next(&b, f, &arena);
    assert_string_equal(text_of(e, "subject"), "invoice/7");
    assert_string_equal(text_of(row_of(e, 0), "entity"), "item");
    assert_null(row_of(e, 1));
    assert_null(next(&b, f, &arena));
    arc_feed_free(f);
    assert_session_status(ARC_E_NOT_FOUND, &b, arc_record_history(b.session, &f, ARC_CUSTOMER, 99, NULL));
    assert_session_status(ARC_E_NOT_FOUND, &b, arc_record_history(b.session, &f, 65000, 1, NULL));
    assert_session_status(ARC_E_UNSUPPORTED, &b, arc_record_history(b.session, &f, ARC_BOOK_SETTING, 1, NULL));
    arci_arena_clear(&arena);
    test_book_close(&b);
}

/* ---- erasure ------------------------------------------------------------------------------------------------------------------- */

static void define(test_book *b, const char *json) { assert_session(b, arc_custom_define(b->session, NULL, json, SIZE_MAX)); }

static int32_t hold(void *user, uint32_t entity, int64_t id)
{
    (void)entity;
    (void)id;
    return *(int *)user;
}

typedef struct found {
    const char *word;
    size_t n;
    int hit;
} found;

static int32_t look(void *user, const char *bytes, size_t n)
{
    found *f = user;
    size_t len = strlen(f->word);
    for (size_t i = 0; i + len <= n; i++) f->hit |= memcmp(bytes + i, f->word, len) == 0;
    return 0;
}

static int in_dump(test_book *b, const char *word)
{
    found f = { word, 0, 0 };
    assert_ok(arc_book_dump(b->book, look, &f, NULL));
    return f.hit;
}

/* A customer with a personal custom field, an address and a contact, and another one. */
static void fill_people(test_book *b, int k, int64_t *id)
{
    arc_record *r;
    arc_field_id nick, size;
    test_book_open(b, k);
    arc_session_close(b->session);
    assert_ok(book_session(b->book, &b->session));
    define(b, "{\"entity\":\"customer\",\"name\":\"x_nick\",\"kind\":\"text\",\"personal\":true,\"indexed\":true}");
    define(b, "{\"entity\":\"customer\",\"name\":\"x_size\",\"kind\":\"text\"}");
    assert_session(b, book_customers(b->session, 1, 2));
    assert_session(b, arc_session_get(b->session, &r, ARC_CUSTOMER, 1));
    assert_ok(arc_record_field(r, &nick, "x_nick"));
    assert_ok(arc_record_field(r, &size, "x_size"));
    set(r, nick, "Ah Wang");
    set(r, size, "large");
    set(r, ARC_CUSTOMER_ADDRESS, "1 Long Street");
    assert_session(b, arc_session_update(b->session, r));
    arc_record_free(r);
    *id = contact(b, 1, "Wang Fang");
    (void)contact(b, 2, "Li Lei");
    proven(b);
}

static void pay(test_book *b)
{
    arc_record *r;
    assert_session(b, arc_record_new(b->session, &r, ARC_RECEIPT));
    set(r, ARC_RECEIPT_NUMBER, "R1");
    set(r, ARC_RECEIPT_PAYER_NAME, "Wang paid");
    set(r, ARC_RECEIPT_CURRENCY, "CNY");
    assert_ok(arc_record_set_int(r, ARC_RECEIPT_CUSTOMER, 1));
    assert_ok(arc_record_set_date(r, ARC_RECEIPT_VALUE_DATE, BOOK_DAY));
    assert_ok(arc_record_set_money(r, ARC_RECEIPT_AMOUNT, (arc_money){ 1000, "CNY", 0 }));
    assert_session(b, arc_receipt_record(b->session, NULL, r));
    arc_record_free(r);
    assert_session(b, book_allocate(b->session, NULL, 1, 1, 1000));
}

/* Everything that keeps data, one after another. */
static void kept(test_book *b, arc_erase_options *o, int *held)
{
    arc_record *r;
    assert_session(b, book_invoice(b->session, NULL, "I1", 1, 1000));
    assert_session_status(ARC_E_STATE, b, arc_subject_erase(b->session, NULL, ARC_CUSTOMER, 1, o)); /* something is open */
    pay(b);
    assert_session(b, arc_record_new(b->session, &r, ARC_BOOK_SETTING));
    set(r, ARC_BOOK_SETTING_NAME, "privacy.retention_years");
    set(r, ARC_BOOK_SETTING_VALUE, "10");
    assert_session(b, arc_session_insert(b->session, NULL, r));
    assert_session_status(ARC_E_STATE, b, arc_subject_erase(b->session, NULL, ARC_CUSTOMER, 1, o)); /* within ten years */
    set(r, ARC_BOOK_SETTING_VALUE, "0");
    assert_session(b, arc_session_update(b->session, r));
    arc_record_free(r);
    *held = 1;
    assert_session_status(ARC_E_STATE, b, arc_subject_erase(b->session, NULL, ARC_CUSTOMER, 1, o));
    *held = 0;
}

/* The feed has commitments, and no values to give any more. */
static void told(test_book *b, int64_t id)
{
    arc_feed_options o = ARC_FEED_OPTIONS_INIT;
    arc_feed *f;
    arci_arena arena;
    arci_arena_init(&arena, b->t.ctx);
    o.flags = ARC_FEED_PERSONAL;
    o.entity = ARC_CONTACT;
    o.row = id;
    assert_session(b, arc_feed_open(b->session, &f, &o));
    const arci_json *personal = arci_json_get(row_of(next(b, f, &arena), 0), "personal");
    assert_int_equal(strlen(text_of(personal, "name")), 64);
    assert_string_equal(text_of(next(b, f, &arena), "type"), "customer.erase");
    arc_feed_free(f);
    arci_arena_clear(&arena);
}

static void erasure(void **state)
{
    (void)state;
    for (int k = 0; k < TEST_BACKENDS; k++) {
        static test_book b;
        arc_erase_options o = ARC_ERASE_OPTIONS_INIT;
        arc_erasure e = ARC_ERASURE_INIT;
        int held = 0;
        int64_t id;
        fill_people(&b, k, &id);
        o.reason = "request of 2026-01-14";
        o.retain = hold;
        o.retain_user = &held;
        kept(&b, &o, &held);
        assert_true(in_dump(&b, "Wang Fang") && in_dump(&b, "Ah Wang") && in_dump(&b, "Long Street"));
        assert_session(&b, arc_subject_erase(b.session, &e, ARC_CUSTOMER, 1, &o));
        assert_int_equal(e.rows, 2);
        assert_int_equal(e.values, 2 + 2); /* nick and address, name and e-mail */
        assert_int_equal(e.retained, 1);
        assert_false(in_dump(&b, "Wang Fang") || in_dump(&b, "Ah Wang") || in_dump(&b, "Long Street"));
        assert_true(in_dump(&b, "Wang paid") && in_dump(&b, "Li Lei") && in_dump(&b, "large"));
        proven(&b); /* the chain holds commitments */
        told(&b, id);
        o.reason = NULL;
        assert_session_status(ARC_E_REQUIRED, &b, arc_subject_erase(b.session, &e, ARC_CUSTOMER, 1, &o));
        o.reason = "x";
        assert_session_status(ARC_E_NOT_FOUND, &b, arc_subject_erase(b.session, &e, ARC_CUSTOMER, 99, &o));
        assert_session_status(ARC_E_UNSUPPORTED, &b, arc_subject_erase(b.session, &e, ARC_INVOICE, 1, &o));
        test_book_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(in_order), cmocka_unit_test(filters), cmocka_unit_test(histories), cmocka_unit_test(erasure) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
