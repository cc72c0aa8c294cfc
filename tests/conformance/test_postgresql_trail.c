/* SPDX-License-Identifier: Apache-2.0 */
/* The audit trail where writers work side by side: seals follow what transactions have read, nothing that commits late is passed over, messages
 * are leased to one worker at a time. */
#include "support/pg.h"
#include "support/support.h"

#ifdef ARCORE_HAVE_POSTGRESQL

#include <pthread.h>
#include <stdatomic.h>

#include "api/sample.h"
#include "base/json.h"
#include "conformance/postgresql_server.h"

enum { WRITERS = 3, ROUNDS = 40, MESSAGES = 60 };

typedef struct scene {
    test_env t;
    char uri[700];
    arc_book *book;
    arc_session *s;
    atomic_int done, failed;
} scene;

static void begin(scene *x)
{
    fresh();
    test_open(&x->t);
    assert_ok(arc_backend_register(x->t.ctx, ops));
    snprintf(x->uri, sizeof x->uri, "postgresql:%s?book=main", place());
    x->book = sample_open(&x->t, x->uri, ARC_BOOK_CREATE);
    assert_ok(arc_session_open(x->book, &x->s, NULL));
    atomic_store(&x->done, 0);
    atomic_store(&x->failed, 0);
}

static void end(scene *x)
{
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    assert_int_equal(atomic_load(&x->failed), 0);
    assert_ok(arc_book_verify(x->book, &sum, NULL, NULL, NULL));
    assert_int_equal(sum.findings, 0);
    arc_book_close(x->book);
    test_close(&x->t);
}

static arc_status rename_group(arc_session *s, int64_t id, int n)
{
    arc_record *r;
    char name[16];
    snprintf(name, sizeof name, "%d", n);
    arc_status st = arc_session_get(s, &r, ARC_CUSTOMER_GROUP, id);
    if (st != ARC_OK) return st;
    st = arc_record_set_text(r, ARC_CUSTOMER_GROUP_NAME, name, SIZE_MAX);
    if (st == ARC_OK) st = arc_session_update(s, r);
    arc_record_free(r);
    return st;
}

/* A transaction that began first and commits last is sealed last, and the feed that has passed its time still gives it. */
static void late_commit(void **state)
{
    static scene x;
    arc_book *other;
    arc_session *s2;
    arc_txn *t;
    arc_feed *f;
    uint32_t n;
    const char *json;
    (void)state;
    NEED_SERVER();
    begin(&x);
    int64_t early = sample_insert(x.s, ARC_CUSTOMER_GROUP, "{\"code\":\"a\",\"name\":\"a\"}");
    int64_t late = sample_insert(x.s, ARC_CUSTOMER_GROUP, "{\"code\":\"b\",\"name\":\"b\"}");
    assert_ok(arc_book_clone(x.book, &other));
    assert_ok(arc_session_open(other, &s2, NULL));
    assert_ok(arc_audit_seal(x.s, &n, 0));
    assert_int_equal(n, 3);
    assert_ok(arc_feed_open(x.s, &f, NULL));
    while (arc_feed_next(f, &json, NULL) == ARC_OK) { }
    assert_ok(arc_session_begin(s2, &t, ARC_WRITE));
    assert_ok(rename_group(s2, late, 1)); /* its number is drawn now */
    assert_ok(rename_group(x.s, early, 2));
    assert_ok(arc_audit_seal(x.s, &n, 0));
    assert_int_equal(n, 1);
    assert_ok(arc_feed_next(f, &json, NULL));
    assert_non_null(strstr(json, "\"after\":{\"name\":\"2\"}"));
    assert_status(ARC_DONE, arc_feed_next(f, &json, NULL));
    assert_ok(arc_txn_commit(t));
    assert_status(ARC_DONE, arc_feed_next(f, &json, NULL)); /* not sealed yet */
    assert_ok(arc_audit_seal(x.s, &n, 0));
    assert_int_equal(n, 1);
    assert_ok(arc_feed_next(f, &json, NULL));
    assert_non_null(strstr(json, "\"after\":{\"name\":\"1\"}"));
    arc_feed_free(f);
    arc_book_close(other);
    end(&x);
}

static arc_session *connect_to(scene *x, arc_context **ctx, arc_book **book)
{
    arc_session *s = NULL;
    arc_context_options o = ARC_CONTEXT_OPTIONS_INIT;
    o.clock = arc_clock_system;
    o.random = arc_random_system;
    if (arc_context_new(ctx, &o) != ARC_OK) return NULL;
    if (arc_backend_register(*ctx, ops) == ARC_OK && arc_book_open(*ctx, book, x->uri, NULL) == ARC_OK) (void)arc_session_open(*book, &s, NULL);
    return s;
}

static void *write_row(void *user)
{
    scene *x = user;
    arc_context *ctx;
    arc_book *book;
    arc_session *s = connect_to(x, &ctx, &book);
    for (int i = 0; s && i < ROUNDS;) {
        arc_status st = rename_group(s, 1, i);
        if (st == ARC_OK) i++;
        else if (st != ARC_E_STALE && st != ARC_E_CONFLICT && st != ARC_E_BUSY) break;
        if (i == ROUNDS) atomic_fetch_add(&x->done, 1);
    }
    arc_context_free(ctx);
    return NULL;
}

static void *seal_all(void *user)
{
    scene *x = user;
    arc_context *ctx;
    arc_book *book;
    arc_session *s = connect_to(x, &ctx, &book);
    int more = 1;
    while (s && more) {
        more = atomic_load(&x->done) < WRITERS; /* once more after the last */
        arc_status st = arc_audit_seal(s, NULL, 7);
        if (st == ARC_E_CONFLICT || st == ARC_E_BUSY) more = 1;
        else if (st != ARC_OK) atomic_fetch_add(&x->failed, 1);
    }
    arc_context_free(ctx);
    return NULL;
}

static int64_t version_of(scene *x, const char *json)
{
    arci_arena arena;
    arci_json *root;
    int64_t version = 0;
    arci_arena_init(&arena, x->t.ctx);
    assert_ok(arci_json_parse(&x->t.env, &arena, json, strlen(json), &arci_json_default_limits, &root));
    const arci_json *row = arci_json_get(arci_json_get(root, "data"), "rows")->child;
    assert_ok(arci_json_int(&x->t.env, arci_json_get(row, "version"), &version));
    arci_arena_clear(&arena);
    return version;
}

/* Several writers change one row over and over while two sealers and a reader are at it: the feed has each version once, in order - every
 * transaction behind the one it depends on. */
static void side_by_side(void **state)
{
    static scene x;
    pthread_t writers[WRITERS], sealers[2];
    arc_feed *f;
    arc_feed_options o = ARC_FEED_OPTIONS_INIT;
    const char *json;
    int64_t version = 0;
    uint32_t n = 1;
    (void)state;
    NEED_SERVER();
    begin(&x);
    assert_int_equal(sample_insert(x.s, ARC_CUSTOMER_GROUP, "{\"code\":\"a\",\"name\":\"a\"}"), 1);
    for (int i = 0; i < WRITERS; i++) assert_int_equal(pthread_create(&writers[i], NULL, write_row, &x), 0);
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_create(&sealers[i], NULL, seal_all, &x), 0);
    o.entity = ARC_CUSTOMER_GROUP;
    assert_ok(arc_feed_open(x.s, &f, &o));
    while (atomic_load(&x.done) < WRITERS) {
        while (arc_feed_next(f, &json, NULL) == ARC_OK) assert_int_equal(version_of(&x, json), ++version);
    }
    for (int i = 0; i < WRITERS; i++) pthread_join(writers[i], NULL);
    for (int i = 0; i < 2; i++) pthread_join(sealers[i], NULL);
    while (n) assert_ok(arc_audit_seal(x.s, &n, 0));
    while (arc_feed_next(f, &json, NULL) == ARC_OK) assert_int_equal(version_of(&x, json), ++version);
    assert_int_equal(version, 1 + WRITERS * ROUNDS);
    arc_feed_free(f);
    end(&x);
}

static atomic_int given[MESSAGES + 1];

static void *take_messages(void *user)
{
    scene *x = user;
    arc_context *ctx;
    arc_book *book;
    arc_session *s = connect_to(x, &ctx, &book);
    for (int idle = 0; s && idle < 5;) {
        arc_message_lease l[2] = { ARC_MESSAGE_LEASE_INIT, ARC_MESSAGE_LEASE_INIT };
        size_t n = 0;
        arc_status st = arc_message_lease_due(s, l, &n, 2, "worker", 3600);
        if (st != ARC_OK && st != ARC_E_CONFLICT && st != ARC_E_BUSY) atomic_fetch_add(&x->failed, 1);
        idle = n ? 0 : idle + 1;
        for (size_t i = 0; i < n; i++) atomic_fetch_add(&given[l[i].id], 1);
    }
    arc_context_free(ctx);
    return NULL;
}

static void leases(void **state)
{
    static scene x;
    pthread_t workers[WRITERS];
    (void)state;
    NEED_SERVER();
    begin(&x);
    for (int i = 1; i <= MESSAGES; i++) {
        arc_message m = ARC_MESSAGE_INIT;
        char key[16];
        int64_t id;
        snprintf(key, sizeof key, "k%d", i);
        m.kind = "letter";
        m.message_key = key;
        m.payload = "{}";
        assert_ok(arc_message_enqueue(x.s, &id, &m));
        assert_in_range(id, 1, MESSAGES);
    }
    for (int i = 0; i < WRITERS; i++) assert_int_equal(pthread_create(&workers[i], NULL, take_messages, &x), 0);
    for (int i = 0; i < WRITERS; i++) pthread_join(workers[i], NULL);
    for (int i = 1; i <= MESSAGES; i++) assert_int_equal(atomic_load(&given[i]), 1);
    end(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(late_commit), cmocka_unit_test(side_by_side), cmocka_unit_test(leases) };
    return cmocka_run_group_tests(tests, start, stop);
}

#else

static void without(void **state)
{
    (void)state;
    fprintf(stderr, "SKIPPED: built without libpq, the trail was not tested on PostgreSQL\n");
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(without) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
