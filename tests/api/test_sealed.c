/* SPDX-License-Identifier: Apache-2.0 */
/* Books whose sensitive fields are sealed: no plain byte on disk, the same answers, wrong keys and moved values found, keys changed by copying.
 * With the toy cipher of tests/support always, with libsodium where it is there. */
#include "sample.h"
#include "support/toycipher.h"

#include <sqlite3.h>
#include <unistd.h>

#include "backend/sqlite.h"
#ifdef ARCORE_HAVE_SODIUM
#include "arcore/sodium.h"
#endif
#ifdef ARCORE_HAVE_POSTGRESQL
#include "arcore/postgresql.h"
#include "support/pg.h"
#endif

#define TWISTED 0x80000000u /* of set_keys(): other keys under the same numbers */

static const char SECRET[] = "li.wei@secret.example";
static const char ACCOUNT[] = "6222021234567890123";

typedef struct world {
    test_env t;
    toy_keys toy;
    arc_cipher cipher;
    arc_sealed sealed;
    int sodium;
#ifdef ARCORE_HAVE_SODIUM
    arc_sodium *keys;
#endif
} world;

static void set_keys(world *w, uint32_t known, uint32_t current)
{
#ifdef ARCORE_HAVE_SODIUM
    if (w->sodium) {
        arc_sodium_key ring[8];
        size_t n = 0;
        arc_sodium *fresh;
        for (uint32_t k = 1; k < 8; k++) {
            if (!(known >> k & 1u)) continue;
            ring[n].number = k;
            memset(ring[n++].bytes, (int)(17 * k + (known & TWISTED ? 1 : 0)), ARC_SODIUM_KEY_BYTES);
        }
        assert_ok(arc_sodium_new(&fresh, ring, n, current));
        assert_ok(arc_sodium_cipher(&w->cipher, fresh));
        arc_sodium_free(w->keys);
        w->keys = fresh;
        return;
    }
#endif
    w->toy.known = known & ~TWISTED;
    w->toy.twist = known & TWISTED;
    w->cipher = toy_cipher(&w->toy, current);
}

static void start(world *w, int sodium)
{
    memset(w, 0, sizeof *w);
    w->sodium = sodium;
    test_open(&w->t);
    (void)test_dir(&w->t);
    set_keys(w, 2, 1);
    assert_ok(arc_sealed_register(w->t.ctx, &w->sealed, "sqlite", &w->cipher));
}

static void stop(world *w)
{
    test_close(&w->t);
#ifdef ARCORE_HAVE_SODIUM
    arc_sodium_free(w->keys);
#endif
}

static const char *uri_of(world *w, const char *scheme, const char *name, char out[700])
{
    snprintf(out, 700, "%s%s", scheme, test_path(&w->t, name));
    return out;
}

static void fill(arc_book *book)
{
    arc_session *s;
    arc_record *r;
    char json[300];
    assert_ok(arc_session_open(book, &s, NULL));
    int64_t c = sample_insert(s, ARC_CUSTOMER, "{\"code\":\"K\",\"legal_name\":\"A plain name\"}");
    snprintf(json, sizeof json, "{\"customer\":%lld,\"name\":\"Li\",\"email\":\"%s\",\"mobile\":\"13800138000\"}", (long long)c, SECRET);
    int64_t id = sample_insert(s, ARC_CONTACT, json);
    snprintf(json, sizeof json, "{\"customer\":%lld,\"name\":\"Wang\",\"email\":\"other@secret.example\"}", (long long)c);
    (void)sample_insert(s, ARC_CONTACT, json);
    snprintf(json, sizeof json, "{\"customer\":%lld,\"number\":\"%s\",\"holder\":\"n\"}", (long long)c, ACCOUNT);
    (void)sample_insert(s, ARC_BANK_ACCOUNT, json);
    assert_ok(arc_session_get(s, &r, ARC_CONTACT, id)); /* a change, whose event keeps both values */
    assert_ok(arc_contact_set_mobile(r, "13900139000", SIZE_MAX));
    assert_ok(arc_session_update(s, r));
    arc_record_free(r);
    arc_session_close(s);
}

/* "name|mobile;" of the contacts whose e-mail is this, or all. */
static arc_status ask(arc_book *book, const char *email, char out[200])
{
    arc_session *s;
    arc_query *q;
    arc_cursor *c = NULL;
    static const arc_field_id fields[] = { ARC_CONTACT_NAME, ARC_CONTACT_EMAIL };
    *out = 0;
    assert_ok(arc_session_open(book, &s, NULL));
    assert_ok(arc_query_new(s, &q, ARC_CONTACT));
    assert_ok(arc_query_select(q, fields, 2));
    if (email) assert_ok(arc_query_where_text(q, ARC_CONTACT_EMAIL, ARC_EQ, email, SIZE_MAX));
    arc_status st = arc_query_run(q, &c);
    while (st == ARC_OK && (st = arc_cursor_next(c)) == ARC_OK) {
        const char *name, *value = "-";
        size_t n, m = 1;
        assert_ok(arc_cursor_get_text(c, &name, &n, 0));
        (void)arc_cursor_get_text(c, &value, &m, 1);
        sprintf(out + strlen(out), "%.*s|%.*s;", (int)n, name, (int)m, value);
    }
    arc_cursor_free(c);
    arc_query_free(q);
    arc_session_close(s);
    return st == ARC_DONE ? ARC_OK : st;
}

static int holds(world *w, const char *name, const char *text)
{
    static const char *const parts[] = { "", "-wal", "-shm", "-journal", "-arclock" };
    int found = 0;
    for (int i = 0; i < 5; i++) {
        char path[100];
        size_t n, len = strlen(text);
        snprintf(path, sizeof path, "%s%s", name, parts[i]);
        char *bytes = test_read_file(test_path(&w->t, path), &n);
        for (size_t k = 0; bytes && k + len <= n; k++) found |= memcmp(bytes + k, text, len) == 0;
        free(bytes);
    }
    return found;
}

static void verify_book(arc_book *book)
{
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    assert_ok(arc_book_verify(book, &sum, NULL, NULL, NULL));
    assert_int_equal(sum.findings, 0);
}

static void answers(world *w)
{
    char uri[700], plain[700], out[200], want[200];
    arc_book *book = sample_open(&w->t, uri_of(w, "sealed:sqlite:", "s.db", uri), ARC_BOOK_CREATE);
    fill(book);
    snprintf(want, sizeof want, "Li|%s;Wang|other@secret.example;", SECRET);
    assert_ok(ask(book, NULL, out));
    assert_string_equal(out, want);
    snprintf(want, sizeof want, "Li|%s;", SECRET);
    assert_ok(ask(book, SECRET, out));
    assert_string_equal(out, want);
    assert_ok(ask(book, "nobody@secret.example", out));
    assert_string_equal(out, "");
    verify_book(book);
    static const char *const secrets[] = { "secret.example", "13800138000", "13900139000", "6222021234567890123" };
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) assert_false(holds(w, "s.db", secrets[i]));
    assert_true(holds(w, "s.db", "A plain name")); /* the search does find what is there */
    /* A plain book with the same contents gives the same dump, and each kind of store is closed to the other. */
    arc_book *same = sample_open(&w->t, uri_of(w, "sqlite:", "p.db", plain), ARC_BOOK_CREATE);
    fill(same);
    assert_true(holds(w, "p.db", "secret.example"));
    sample_bytes a = sample_dump(book), b = sample_dump(same);
    assert_string_equal(a.s, b.s);
    free(a.s);
    free(b.s);
    arc_book_close(same);
    arc_book_close(book);
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    assert_status(ARC_E_KEY, arc_book_open(w->t.ctx, &book, uri_of(w, "sqlite:", "s.db", plain), &o));
    assert_status(ARC_E_NOT_A_BOOK, arc_book_open(w->t.ctx, &book, uri_of(w, "sealed:sqlite:", "p.db", plain), &o));
    /* A plain book is sealed by a restore, and opened by another. */
    char back[700];
    arc_status st = arc_book_restore(w->t.ctx, uri_of(w, "sqlite:", "p.db", plain), uri_of(w, "sealed:sqlite:", "ps.db", uri), NULL);
    sample_check(w->t.ctx, st, "seal");
    assert_false(holds(w, "ps.db", "secret.example"));
    st = arc_book_restore(w->t.ctx, uri, uri_of(w, "sqlite:", "open.db", back), NULL);
    sample_check(w->t.ctx, st, "open");
    assert_true(holds(w, "open.db", "secret.example"));
}

static void refused(world *w, const char *uri, const char *message)
{
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_error e = ARC_ERROR_INIT;
    arc_book *book;
    assert_status(ARC_E_KEY, arc_book_open(w->t.ctx, &book, uri, &o));
    assert_ok(arc_context_error(w->t.ctx, &e));
    assert_non_null(strstr(e.message, message));
}

static void keys(world *w)
{
    char uri[700], other[700], out[200];
    arc_book *book = sample_open(&w->t, uri_of(w, "sealed:sqlite:", "s.db", uri), ARC_BOOK_CREATE);
    fill(book);
    arc_book_close(book);
    set_keys(w, 4, 2); /* not the key it was sealed with */
    refused(w, uri, "none of the keys");
    refused(w, uri_of(w, "sqlite:", "s.db", other), "sealed"); /* and no key at all */
    assert_status(ARC_E_KEY, arc_book_restore(w->t.ctx, uri, uri, NULL));
    assert_status(ARC_E_KEY, arc_book_restore(w->t.ctx, uri, uri_of(w, "sealed:sqlite:", "no.db", other), NULL));
    assert_int_not_equal(access(test_path(&w->t, "no.db"), F_OK), 0);
    set_keys(w, 2 | TWISTED, 1); /* its number, but another key */
    refused(w, uri, "not the one of that number");
    set_keys(w, 6 | TWISTED, 2); /* for new values a number the store has not seen, and no key it knows */
    refused(w, uri, "none of the keys");
    /* Who only reads gets what is not sealed. */
    book = sample_open(&w->t, uri, ARC_BOOK_READONLY);
    assert_status(ARC_E_KEY, ask(book, NULL, out));
    assert_string_equal(out, "");
    arc_session *s;
    arc_record *r;
    arc_error e = ARC_ERROR_INIT;
    assert_ok(arc_session_open(book, &s, NULL));
    assert_status(ARC_E_KEY, arc_session_get(s, &r, ARC_CONTACT, 1));
    assert_ok(arc_session_error(s, &e));
    assert_int_equal(e.status, ARC_E_KEY);
    assert_non_null(strstr(e.message, "contact."));
    assert_ok(arc_session_get(s, &r, ARC_CUSTOMER, 1));
    arc_record_free(r);
    arc_book_close(book);
    /* Both keys: old values open, new ones are sealed with the current one. A restore seals all of them anew. */
    set_keys(w, 6, 2);
    book = sample_open(&w->t, uri, 0);
    assert_ok(ask(book, SECRET, out));
    assert_ok(arc_session_open(book, &s, NULL));
    (void)sample_insert(s, ARC_CONTACT, "{\"customer\":1,\"name\":\"New\",\"email\":\"new@secret.example\"}");
    arc_book_close(book);
    arc_status st = arc_book_restore(w->t.ctx, uri, uri_of(w, "sealed:sqlite:", "r.db", other), NULL);
    sample_check(w->t.ctx, st, "restore");
    set_keys(w, 4, 2);
    book = sample_open(&w->t, other, 0);
    assert_ok(ask(book, NULL, out));
    assert_non_null(strstr(out, "new@secret.example"));
    assert_non_null(strstr(out, SECRET));
    verify_book(book);
    assert_false(holds(w, "r.db", "secret.example"));
    arc_book_close(book);
    set_keys(w, 2, 1); /* the old key alone: refused by the new store */
    refused(w, other, "none of the keys");
}

/* ---- every place where a personal value goes ------------------------------------------------------------------------------------ */

typedef struct csv {
    const char *text;
    size_t at;
} csv;

static int64_t read_csv(void *user, void *buffer, size_t capacity)
{
    csv *c = user;
    size_t n = strlen(c->text) - c->at;
    if (n > capacity) n = capacity;
    memcpy(buffer, c->text + c->at, n);
    c->at += n;
    return (int64_t)n;
}

static int32_t rewind_csv(void *user)
{
    ((csv *)user)->at = 0;
    return 0;
}

static void import(arc_session *s)
{
    static const char mapping[] =
        "{\"mapping\":\"arcore/1\",\"file\":{\"date\":\"ymd\"},\"targets\":[{\"entity\":\"customer\",\"match\":[\"code\"],\"fields\":{\"code\":{\"column\":\"no\"},"
        "\"legal_name\":{\"column\":\"no\"},\"size_declared_on\":{\"column\":\"day\"},\"legal_rep\":{\"column\":\"rep\"},\"address\":{\"column\":\"road\"}}}]}";
    csv c = { "no,day,rep,road\nI1,2026-02-01,sekret import,7316900011\nI2,sekret day,sekret fault,7316900012\n", 0 };
    arc_import_options o = ARC_IMPORT_OPTIONS_INIT;
    arc_source source = ARC_SOURCE_INIT;
    arc_import_summary sum = ARC_IMPORT_SUMMARY_INIT;
    source.user = &c;
    source.read = read_csv;
    source.rewind = rewind_csv;
    o.flags = ARC_IMPORT_SKIP_BAD;
    arc_status st = arc_import_csv(s, &sum, &source, mapping, SIZE_MAX, &o);
    arc_error e = ARC_ERROR_INIT;
    (void)arc_session_error(s, &e);
    if (st != ARC_PARTIAL) fail_msg("%s %s", e.message, e.pointer);
    assert_int_equal(sum.customers_new, 1);
}

static void insert_all(arc_session *s)
{
    arc_record *r;
    (void)sample_insert(s, ARC_USER_ACCOUNT, "{\"code\":\"u\",\"kind\":\"person\",\"disabled\":false,\"name\":\"sekret user\",\"email\":\"u@sekret.example\",\"mobile\":\"7316900001\"}");
    assert_ok(arc_custom_define(s, NULL, "{\"entity\":\"customer\",\"name\":\"x_id_card\",\"kind\":\"text\",\"size\":40,\"personal\":true}", SIZE_MAX));
    int64_t c = sample_insert(s, ARC_CUSTOMER, "{\"code\":\"K\",\"legal_name\":\"A plain name\",\"legal_rep\":\"sekret rep\",\"address\":\"sekret road\","
                                               "\"x_id_card\":\"sekret card\"}");
    assert_int_equal(c, 1);
    (void)sample_insert(s, ARC_CONTACT, "{\"customer\":1,\"name\":\"sekret name\",\"mobile\":\"7316900002\",\"email\":\"c@sekret.example\",\"wechat\":\"sekret_wx\","
                                        "\"address\":\"sekret lane\"}");
    (void)sample_insert(s, ARC_BANK_ACCOUNT, "{\"customer\":1,\"number\":\"7316900003\",\"holder\":\"sekret holder\"}");
    assert_ok(arc_record_new(s, &r, ARC_INVOICE));
    assert_ok(arc_record_set_json(r, "{\"number\":\"INV-1\",\"customer\":1,\"invoice_date\":\"2026-01-03\",\"due_date\":\"2026-02-01\",\"currency\":\"CNY\","
                                     "\"gross_amount\":\"8.00\"}", SIZE_MAX));
    assert_ok(arc_invoice_record(s, NULL, r));
    arc_record_free(r);
    assert_ok(arc_session_set_request_key(s, "k1"));
    assert_ok(arc_record_new(s, &r, ARC_RECEIPT));
    assert_ok(arc_record_set_json(r, "{\"number\":\"R1\",\"customer\":1,\"value_date\":\"2026-02-03\",\"currency\":\"CNY\",\"amount\":\"9.00\","
                                     "\"payer_name\":\"sekret payer\",\"payer_account\":\"7316900004\",\"memo\":\"INV-1 sekret memo 7316900005\"}", SIZE_MAX));
    int64_t id;
    assert_ok(arc_receipt_record(s, &id, r));
    arc_record_free(r);
    assert_ok(arc_session_set_request_key(s, NULL));
}

static void change_all(arc_session *s)
{
    static const char approvals[] = "{\"approvals\":[{\"verb\":\"bank_account.insert\"},{\"verb\":\"bank_account.update\"}]}";
    arc_record *r;
    arc_proposal *p;
    arc_message m = ARC_MESSAGE_INIT;
    int64_t id;
    assert_ok(arc_session_get(s, &r, ARC_CONTACT, 1));
    assert_ok(arc_contact_set_mobile(r, "7316900006", SIZE_MAX));
    assert_ok(arc_session_update(s, r));
    arc_record_free(r);
    m.kind = "letter";
    m.channel = "email";
    m.message_key = "m1";
    m.payload = "{\"to\":\"m@sekret.example\",\"text\":\"pay to 7316900007\"}";
    assert_ok(arc_message_enqueue(s, NULL, &m));
    assert_ok(arc_receipt_propose(s, &p, NULL, 0, NULL));
    assert_ok(arc_proposal_store(p, &id, NULL));
    arc_proposal_free(p);
    assert_ok(arc_definition_save(s, &id, "approval", "a", approvals, SIZE_MAX, NULL));
    assert_ok(arc_definition_publish(s, id, NULL, NULL));
    assert_ok(arc_session_get(s, &r, ARC_BANK_ACCOUNT, 1)); /* one asked for and edited, one decided */
    assert_ok(arc_record_set_text(r, ARC_BANK_ACCOUNT_NUMBER, "7316900008", SIZE_MAX));
    assert_status(ARC_NEEDS_APPROVAL, arc_session_update(s, r));
    assert_ok(arc_pending_edit(s, 1, "{\"number\":\"7316900009\"}", SIZE_MAX));
    arc_record_free(r);
    assert_ok(arc_record_new(s, &r, ARC_BANK_ACCOUNT));
    assert_ok(arc_record_set_json(r, "{\"customer\":1,\"number\":\"7316900010\",\"holder\":\"sekret pending\"}", SIZE_MAX));
    assert_status(ARC_NEEDS_APPROVAL, arc_session_insert(s, NULL, r));
    arc_record_free(r);
    assert_ok(arc_pending_approve(s, &id, 2, "seen"));
    import(s);
}

static void fill_all(arc_book *book)
{
    arc_session *s;
    arc_session_options o = ARC_SESSION_OPTIONS_INIT;
    o.business_date = 20500;
    assert_ok(arc_session_open(book, &s, &o));
    insert_all(s);
    change_all(s);
    arc_session_close(s);
}

static int64_t counted(world *w, const char *name, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *q;
    assert_int_equal(sqlite3_open_v2(test_path(&w->t, name), &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    sqlite3_close(db);
    return n;
}

static void everywhere(world *w)
{
    char uri[700];
    arc_book *book = sample_open(&w->t, uri_of(w, "sealed:sqlite:", "e.db", uri), ARC_BOOK_CREATE);
    fill_all(book);
    arc_book *same = sample_open(&w->t, uri_of(w, "sqlite:", "q.db", uri), ARC_BOOK_CREATE);
    fill_all(same);
    sample_same(book, same);
    verify_book(book);
    assert_true(holds(w, "q.db", "sekret") && holds(w, "q.db", "73169000"));
    assert_false(holds(w, "e.db", "sekret"));
    assert_false(holds(w, "e.db", "73169000"));
    /* What a short value could be guessed from: the salt beside its commitment, the hash of a call's arguments. */
    assert_true(counted(w, "q.db", "SELECT count(*) FROM event_personal WHERE length(salt)=32") > 10);
    assert_int_equal(counted(w, "e.db", "SELECT count(*) FROM event_personal WHERE substr(CAST(salt AS TEXT),2,3)<>'s1:'"), 0);
    assert_true(counted(w, "e.db", "SELECT count(*) FROM request WHERE substr(digest,2,3)='s1:'") > 0);
    assert_int_equal(counted(w, "e.db", "SELECT count(*) FROM request WHERE substr(digest,2,3)<>'s1:'"), 0);
    assert_int_equal(counted(w, "e.db", "SELECT count(*) FROM customer WHERE substr(custom,3,3)='s1:'"), 1);
    arc_book_close(same);
    arc_book_close(book);
}

/* Values changed, or put where they were not sealed. */
static void moved(world *w)
{
    static const char *const damage[] = { "UPDATE contact SET email=(SELECT email FROM contact WHERE id=2) WHERE id=1",
                                          "UPDATE contact SET email=mobile WHERE id=1", "UPDATE contact SET email='plain@x.example' WHERE id=1",
                                          "UPDATE contact SET email=substr(email,1,length(email)-4)||'AAAA' WHERE id=1",
                                          "UPDATE contact SET email=substr(email,1,12) WHERE id=1", "UPDATE contact SET email=replace(email,':1:',':7:') WHERE id=1",
                                          "UPDATE contact SET email=replace(email,':1:',':99999999999:') WHERE id=1" };
    for (size_t i = 0; i < sizeof damage / sizeof damage[0]; i++) {
        char name[20], uri[700], out[200];
        sqlite3 *db;
        snprintf(name, sizeof name, "m%d.db", (int)i);
        arc_book *book = sample_open(&w->t, uri_of(w, "sealed:sqlite:", name, uri), ARC_BOOK_CREATE);
        fill(book);
        assert_int_equal(sqlite3_open(test_path(&w->t, name), &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, damage[i], NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_changes(db), 1);
        sqlite3_close(db);
        arc_status st = ask(book, NULL, out);
        if (st != ARC_E_KEY) fail_msg("%s gave %s %s", damage[i], arc_status_name(st), out);
        arc_book_close(book);
    }
}

static void with_ciphers(void (*body)(world *w))
{
    for (int sodium = 0; sodium < 2; sodium++) {
        world w;
#ifndef ARCORE_HAVE_SODIUM
        if (sodium) continue;
#endif
        start(&w, sodium);
        body(&w);
        stop(&w);
    }
}

/* Counts as a skip where only the toy cipher was tried. */
static void test_libsodium(void **state)
{
    (void)state;
#ifndef ARCORE_HAVE_SODIUM
    fprintf(stderr, "SKIPPED: libsodium is not there, its cipher was not tried\n");
    skip();
#endif
}

static void test_answers(void **state)
{
    (void)state;
    with_ciphers(answers);
}

static void test_keys(void **state)
{
    (void)state;
    with_ciphers(keys);
}

static void test_everywhere(void **state)
{
    (void)state;
    with_ciphers(everywhere);
}

static void test_moved(void **state)
{
    (void)state;
    with_ciphers(moved);
}

/* The same through a server. */
static void test_server(void **state)
{
    (void)state;
#ifdef ARCORE_HAVE_POSTGRESQL
    static const char plain[] = "DO $$ BEGIN ASSERT (SELECT count(*) FROM contact WHERE mobile LIKE U&'\\E000s1:1:%') = 1; "
                                "ASSERT (SELECT count(*) FROM event_personal WHERE convert_from(salt, 'UTF8') NOT LIKE U&'\\E000s1:1:%') = 0; END $$";
    pg_server server;
    test_env t;
    toy_keys keys = { 2, 0 };
    const arc_cipher cipher = toy_cipher(&keys, 1);
    arc_sealed sealed;
    char uri[600], bare[500];
    arc_book *book;
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    if (!pg_start(&server, "")) skip();
    test_open(&t);
    assert_ok(arc_backend_register(t.ctx, arc_postgresql_backend()));
    assert_ok(arc_sealed_register(t.ctx, &sealed, "postgresql", &cipher));
    snprintf(bare, sizeof bare, "postgresql://postgres@%s/postgres", server.socket);
    snprintf(uri, sizeof uri, "sealed:%s", bare);
    book = sample_open(&t, uri, ARC_BOOK_CREATE);
    fill_all(book);
    verify_book(book);
    arc_book *same = sample_open(&t, "memory:same", ARC_BOOK_CREATE);
    fill_all(same);
    sample_same(book, same);
    arc_book_close(same);
    arc_book_close(book);
    assert_int_equal(pg_run(&server, "postgres", plain), 0);
    assert_status(ARC_E_KEY, arc_book_open(t.ctx, &book, bare, &o));
    keys.twist = 1;
    assert_status(ARC_E_KEY, arc_book_open(t.ctx, &book, uri, &o));
    test_close(&t);
    pg_stop(&server);
#else
    fprintf(stderr, "SKIPPED: built without libpq\n");
    skip();
#endif
}

/* ---- every allocation fails once ----------------------------------------------------------------------------------------------- */

static arc_status put(arc_session *s, uint32_t entity, const char *json)
{
    arc_record *r;
    arc_status st = arc_record_new(s, &r, entity);
    if (st == ARC_OK) st = arc_record_set_json(r, json, SIZE_MAX);
    if (st == ARC_OK) st = arc_session_insert(s, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status count_where(arc_session *s, const char *number, int64_t *n)
{
    arc_query *q;
    arc_cursor *c = NULL;
    arc_status st = arc_query_new(s, &q, ARC_BANK_ACCOUNT);
    if (st == ARC_OK) st = arc_query_measure(q, ARC_COUNT, 0);
    if (st == ARC_OK && number) st = arc_query_where_text(q, ARC_BANK_ACCOUNT_NUMBER, ARC_EQ, number, SIZE_MAX);
    if (st == ARC_OK) st = arc_query_run(q, &c);
    if (st == ARC_OK) st = arc_cursor_next(c);
    if (st == ARC_OK) st = arc_cursor_get_int(c, n, 0);
    arc_cursor_free(c);
    arc_query_free(q);
    return st;
}

static arc_status short_of_memory(test_env *t, void *arg)
{
    toy_keys keys = { 2, 0 };
    const arc_cipher cipher = toy_cipher(&keys, 1);
    arc_sealed sealed;
    arc_book *book = NULL;
    arc_session *s = NULL;
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    int64_t all = 0, one = 0;
    (void)arg;
    o.flags = ARC_BOOK_CREATE;
    arc_status st = arc_sealed_register(t->ctx, &sealed, "memory", &cipher);
    if (st == ARC_OK) st = arc_book_open(t->ctx, &book, "sealed:memory:oom", &o);
    if (st == ARC_OK) st = arc_session_open(book, &s, NULL);
    if (st == ARC_OK) st = put(s, ARC_CUSTOMER, "{\"code\":\"K\",\"legal_name\":\"n\",\"address\":\"a road\"}");
    if (st == ARC_OK) st = put(s, ARC_BANK_ACCOUNT, "{\"customer\":1,\"number\":\"111\",\"holder\":\"h\"}");
    if (st == ARC_OK) st = put(s, ARC_BANK_ACCOUNT, "{\"customer\":1,\"number\":\"222\"}");
    if (st == ARC_OK) st = count_where(s, NULL, &all);
    if (st == ARC_OK) st = count_where(s, "111", &one);
    if (st == ARC_OK && (all != 2 || one != 1)) st = ARC_E_INTERNAL;
    if (st == ARC_OK) st = arc_book_verify(book, NULL, NULL, NULL, NULL);
    arc_session_close(s);
    arc_book_close(book);
    return st;
}

static void test_oom(void **state)
{
    (void)state;
    assert_true(test_oom_sweep(short_of_memory, NULL) > 50);
}

static void test_arguments(void **state)
{
    arc_backend_ops out;
    arc_sealed sealed;
    toy_keys k = { 2, 0 };
    arc_cipher c = toy_cipher(&k, 1);
    (void)state;
    assert_status(ARC_E_INVALID, arc_sealed_init(NULL, &sealed, arci_backend_sqlite(), &c));
    assert_status(ARC_E_INVALID, arc_sealed_init(&out, &sealed, arci_backend_sqlite(), NULL));
    c.overhead = ARC_CIPHER_OVERHEAD + 1;
    assert_status(ARC_E_INVALID, arc_sealed_init(&out, &sealed, arci_backend_sqlite(), &c));
    assert_ok(arc_cipher_init(&c));
    assert_status(ARC_E_INVALID, arc_sealed_init(&out, &sealed, arci_backend_sqlite(), &c));
    assert_status(ARC_E_INVALID, arc_cipher_init(NULL));
    test_env t;
    test_open(&t);
    assert_status(ARC_E_INVALID, arc_sealed_register(t.ctx, &sealed, "sqlite", &c)); /* a cipher without functions */
    c = toy_cipher(&k, 1);
    assert_status(ARC_E_INVALID, arc_sealed_register(t.ctx, NULL, "sqlite", &c));
    assert_status(ARC_E_INVALID, arc_sealed_register(t.ctx, &sealed, NULL, &c));
    assert_status(ARC_E_INVALID, arc_sealed_register(t.ctx, &sealed, "sqlite", NULL));
    assert_status(ARC_E_HANDLE, arc_sealed_register(NULL, &sealed, "sqlite", &c));
    assert_status(ARC_E_NOT_FOUND, arc_sealed_register(t.ctx, &sealed, "nothing", &c));
    assert_ok(arc_sealed_register(t.ctx, &sealed, "memory", &c));
    assert_status(ARC_E_EXISTS, arc_sealed_register(t.ctx, &sealed, "sqlite", &c));
    test_close(&t);
#ifdef ARCORE_HAVE_SODIUM
    arc_sodium_key ring[2];
    arc_sodium *s;
    memset(ring, 0, sizeof ring);
    ring[0].number = 1;
    assert_status(ARC_E_INVALID, arc_sodium_new(&s, ring, 2, 1)); /* a number of 0 */
    ring[1].number = 1;
    assert_status(ARC_E_INVALID, arc_sodium_new(&s, ring, 2, 1));
    assert_status(ARC_E_INVALID, arc_sodium_new(&s, ring, 1, 2));
    assert_status(ARC_E_INVALID, arc_sodium_new(&s, ring, 0, 1));
    assert_null(s);
    assert_status(ARC_E_INVALID, arc_sodium_cipher(&c, NULL));
    arc_sodium_free(NULL);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_libsodium), cmocka_unit_test(test_answers), cmocka_unit_test(test_keys), cmocka_unit_test(test_everywhere), cmocka_unit_test(test_server),
                                        cmocka_unit_test(test_moved), cmocka_unit_test(test_oom),
                                        cmocka_unit_test(test_arguments) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
