/* SPDX-License-Identifier: Apache-2.0 */
/* Attachments: added with bytes or a URI, read whole and in part, listed, withdrawn; their digests proved by verify. */
#include "support/books.h"

#include <sqlite3.h>

typedef struct sink {
    char *s;
    size_t n, cap;
    int calls, stop;
} sink;

static int32_t keep(void *user, const char *bytes, size_t n)
{
    sink *k = user;
    if (k->stop && ++k->calls == k->stop) return 1;
    assert_true(k->n + n <= k->cap);
    memcpy(k->s + k->n, bytes, n);
    k->n += n;
    return 0;
}

static int32_t list_one(void *user, const arc_attachment_info *i)
{
    char *to = user;
    sprintf(to + strlen(to), "%lld %s %s %s %lld%s%s%s%s;", (long long)i->id, i->kind, i->name, i->media_type, (long long)i->size, *i->uri ? " at " : "", i->uri,
            i->withdrawn ? " withdrawn: " : "", i->reason);
    assert_int_equal(strlen(i->digest), 64);
    return 0;
}

static const char SHA_ABC[] = "BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

static int64_t customer(test_book *b)
{
    arc_record *r;
    int64_t id;
    assert_session(b, arc_record_new(b->session, &r, ARC_CUSTOMER));
    assert_ok(arc_customer_set_code(r, "K", SIZE_MAX));
    assert_ok(arc_customer_set_legal_name(r, "n", SIZE_MAX));
    assert_session(b, arc_session_insert(b->session, &id, r));
    arc_record_free(r);
    return id;
}

static arc_attachment_new on(int64_t row, const char *name)
{
    arc_attachment_new a = ARC_ATTACHMENT_NEW_INIT;
    a.entity = ARC_CUSTOMER;
    a.row = row;
    a.kind = "contract";
    a.name = name;
    a.media_type = "application/pdf";
    return a;
}

static int64_t findings(test_book *b, const char *only)
{
    arc_verify_summary s = ARC_VERIFY_SUMMARY_INIT;
    arc_verify_options o = ARC_VERIFY_OPTIONS_INIT;
    o.only = only;
    assert_ok(arc_book_verify(b->book, &s, NULL, NULL, &o));
    return s.findings;
}

static void life(test_book *b)
{
    int64_t c = customer(b), small, empty, elsewhere;
    char text[600] = "", buf[8];
    size_t n = sizeof buf;
    arc_attachment_new a = on(c, "a.pdf");
    a.digest = SHA_ABC;
    a.size = 3;
    assert_session(b, arc_attachment_add(b->session, &small, &a, "abc", 3));
    a = on(c, "nothing.txt");
    assert_session(b, arc_attachment_add(b->session, &empty, &a, "", 0));
    a = on(c, "far.pdf");
    a.uri = "https://files.example/1";
    a.digest = SHA_ABC;
    a.size = INT64_C(5000000000);
    assert_session(b, arc_attachment_add(b->session, &elsewhere, &a, NULL, 0));
    assert_session(b, arc_attachment_read(b->session, buf, &n, small, 1));
    assert_int_equal(n, 2);
    assert_memory_equal(buf, "bc", 2);
    n = sizeof buf;
    assert_session(b, arc_attachment_read(b->session, buf, &n, small, 3));
    assert_int_equal(n, 0);
    sink k = { buf, 0, sizeof buf, 0, 0 };
    assert_session(b, arc_attachment_get(b->session, keep, &k, small));
    assert_int_equal(k.n, 3);
    assert_session(b, arc_attachment_get(b->session, keep, &k, empty));
    assert_int_equal(k.n, 3);
    assert_session_status(ARC_E_STATE, b, arc_attachment_get(b->session, keep, &k, elsewhere));
    k.calls = 0;
    k.stop = 1;
    assert_session_status(ARC_E_CANCELLED, b, arc_attachment_get(b->session, keep, &k, small));
    assert_session(b, arc_attachment_withdraw(b->session, small, "wrong file"));
    assert_session_status(ARC_E_STATE, b, arc_attachment_withdraw(b->session, small, "again"));
    assert_session(b, arc_attachment_list(b->session, list_one, text, ARC_CUSTOMER, c));
    assert_string_equal(text, "1 contract a.pdf application/pdf 3 withdrawn: wrong file;2 contract nothing.txt application/pdf 0;"
                              "3 contract far.pdf application/pdf 5000000000 at https://files.example/1;");
    assert_int_equal(findings(b, NULL), 0);
}

static void refusals(test_book *b)
{
    int64_t c = customer(b);
    static const struct {
        const char *kind, *name, *type, *uri, *digest, *content;
        int64_t size, row;
        uint32_t entity;
        arc_status want;
    } cases[] = {
        { "poem", "a", "a/b", NULL, NULL, "x", 0, 1, ARC_CUSTOMER, ARC_E_VALUE },
        { NULL, "a", "a/b", NULL, NULL, "x", 0, 1, ARC_CUSTOMER, ARC_E_REQUIRED },
        { "other", NULL, "a/b", NULL, NULL, "x", 0, 1, ARC_CUSTOMER, ARC_E_REQUIRED },
        { "other", "a", "", NULL, NULL, "x", 0, 1, ARC_CUSTOMER, ARC_E_REQUIRED },
        { "other", "a", "pdf", NULL, NULL, "x", 0, 1, ARC_CUSTOMER, ARC_E_VALUE },
        { "other", "\xff", "a/b", NULL, NULL, "x", 0, 1, ARC_CUSTOMER, ARC_E_ENCODING },
        { "other", "a", "a/b", NULL, NULL, NULL, 0, 1, ARC_CUSTOMER, ARC_E_INVALID },
        { "other", "a", "a/b", "u", NULL, "x", 0, 1, ARC_CUSTOMER, ARC_E_INVALID },
        { "other", "a", "a/b", "u", NULL, NULL, 0, 1, ARC_CUSTOMER, ARC_E_REQUIRED },
        { "other", "a", "a/b", "u", "12", NULL, 0, 1, ARC_CUSTOMER, ARC_E_VALUE },
        { "other", "a", "a/b", NULL, SHA_ABC, "x", 0, 1, ARC_CUSTOMER, ARC_E_VALUE },
        { "other", "a", "a/b", NULL, NULL, "x", 2, 1, ARC_CUSTOMER, ARC_E_VALUE },
        { "other", "a", "a/b", NULL, NULL, "x", -1, 1, ARC_CUSTOMER, ARC_E_VALUE },
        { "other", "a", "a/b", NULL, NULL, "x", 0, 99, ARC_CUSTOMER, ARC_E_NOT_FOUND },
        { "other", "a", "a/b", NULL, NULL, "x", 0, 1, 9999, ARC_E_NOT_FOUND },
        { "other", "a", "a/b", NULL, NULL, "x", 0, 1, ARC_ITEM_STATE, ARC_E_INVALID },
    };
    assert_int_equal(c, 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arc_attachment_new a = on(cases[i].row, cases[i].name);
        a.kind = cases[i].kind;
        a.media_type = cases[i].type;
        a.uri = cases[i].uri;
        a.digest = cases[i].digest;
        a.size = cases[i].size;
        a.entity = cases[i].entity;
        arc_status st = arc_attachment_add(b->session, NULL, &a, cases[i].content, cases[i].content ? 1 : 0);
        if (st != cases[i].want) fail_msg("case %d gave %s", (int)i, arc_status_name(st));
    }
    arc_attachment_new a = on(c, "a");
    size_t n = 1;
    char byte, text[10] = "";
    assert_session_status(ARC_E_LIMIT, b, arc_attachment_add(b->session, NULL, &a, &byte, (size_t)ARC_ATTACHMENT_MAX + 1));
    assert_session_status(ARC_E_INVALID, b, arc_attachment_add(b->session, NULL, NULL, &byte, 1));
    assert_session_status(ARC_E_NOT_FOUND, b, arc_attachment_read(b->session, &byte, &n, 1, 0));
    assert_session_status(ARC_E_INVALID, b, arc_attachment_read(b->session, NULL, &n, 1, 0));
    assert_session_status(ARC_E_NOT_FOUND, b, arc_attachment_withdraw(b->session, 1, "r"));
    assert_session_status(ARC_E_REQUIRED, b, arc_attachment_withdraw(b->session, 1, ""));
    assert_session_status(ARC_E_NOT_FOUND, b, arc_attachment_list(b->session, list_one, text, ARC_CUSTOMER, 77));
    assert_session_status(ARC_E_INVALID, b, arc_attachment_list(b->session, NULL, NULL, ARC_CUSTOMER, c));
    assert_session_status(ARC_E_INVALID, b, arc_attachment_get(b->session, NULL, NULL, 1));
}

/* More than one piece; every offset around their borders; spoilt bytes are found. */
static void large(test_book *b)
{
    enum { MIB = 1 << 20, SIZE = 9 * MIB + 77 };
    int64_t c = customer(b), id;
    char *bytes = malloc(SIZE), *out = malloc(SIZE);
    uint64_t seed = 5;
    for (int i = 0; i < SIZE; i++) bytes[i] = (char)test_random(&seed);
    arc_attachment_new a = on(c, "big.bin");
    assert_session(b, arc_attachment_add(b->session, &id, &a, bytes, SIZE));
    sink k = { out, 0, SIZE, 0, 0 };
    assert_session(b, arc_attachment_get(b->session, keep, &k, id));
    assert_int_equal(k.n, SIZE);
    assert_memory_equal(out, bytes, SIZE);
    static const int64_t offsets[] = { 0, 1, MIB - 1, MIB, MIB + 1, 8 * MIB, 9 * MIB, SIZE - 1, SIZE };
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        static const size_t lengths[] = { 0, 1, 2, MIB, 2 * MIB + 3 };
        for (size_t j = 0; j < sizeof lengths / sizeof lengths[0]; j++) {
            size_t n = lengths[j], want = (size_t)(SIZE - offsets[i]) < n ? (size_t)(SIZE - offsets[i]) : n;
            assert_session(b, arc_attachment_read(b->session, out, &n, id, offsets[i]));
            assert_int_equal(n, want);
            assert_memory_equal(out, bytes + offsets[i], want);
        }
    }
    assert_int_equal(findings(b, "store.attachment"), 0);
    free(bytes);
    free(out);
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

static void test_life(void **state)
{
    (void)state;
    with_books(life);
}

static void test_refusals(void **state)
{
    (void)state;
    with_books(refusals);
}

static void test_large(void **state)
{
    (void)state;
    with_books(large);
}

/* Bytes changed behind the library's back: reading says so, and verify. */
static void test_spoilt(void **state)
{
    test_book b;
    sqlite3 *db;
    int64_t id;
    char buf[8];
    (void)state;
    test_book_open(&b, 1);
    arc_attachment_new a = on(customer(&b), "a.pdf");
    assert_session(&b, arc_attachment_add(b.session, &id, &a, "abc", 3));
    assert_int_equal(sqlite3_open(test_path(&b.t, "book.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "DROP TRIGGER IF EXISTS attachment_part_no_update", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_exec(db, "PRAGMA writable_schema=1; DELETE FROM sqlite_master WHERE type='trigger' AND tbl_name='attachment_part'; PRAGMA writable_schema=0", NULL, NULL, NULL);
    sqlite3_close(db);
    assert_int_equal(sqlite3_open(test_path(&b.t, "book.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "UPDATE attachment_part SET bytes = x'616264'", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_changes(db), 1);
    sqlite3_close(db);
    sink k = { buf, 0, sizeof buf, 0, 0 };
    assert_session_status(ARC_E_CORRUPT, &b, arc_attachment_get(b.session, keep, &k, id));
    assert_int_equal(findings(&b, "store.attachment"), 1);
    test_book_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_life), cmocka_unit_test(test_refusals), cmocka_unit_test(test_large),
                                        cmocka_unit_test(test_spoilt) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
