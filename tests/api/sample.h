/* SPDX-License-Identifier: Apache-2.0 */
/* A small book for tests of what moves rows in bulk. */
#ifndef TESTS_API_SAMPLE_H
#define TESTS_API_SAMPLE_H

#include "arcore/arcore.h"
#include "arcore/fields.h"
#include "support/support.h"

static inline void sample_check(arc_context *ctx, arc_status st, const char *what)
{
    arc_error e = ARC_ERROR_INIT;
    if (st == ARC_OK) return;
    (void)arc_context_error(ctx, &e);
    fail_msg("%s: %s %s", what, arc_status_name(st), e.message);
}

static inline arc_book *sample_open(test_env *t, const char *uri, uint32_t flags)
{
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_book *book;
    o.flags = flags;
    sample_check(t->ctx, arc_book_open(t->ctx, &book, uri, &o), uri);
    return book;
}

static inline int64_t sample_insert(arc_session *s, uint32_t entity, const char *json)
{
    arc_error e = ARC_ERROR_INIT;
    arc_record *r;
    int64_t id = 0;
    arc_status st;
    assert_ok(arc_record_new(s, &r, entity));
    st = arc_record_set_json(r, json, SIZE_MAX);
    if (st != ARC_OK) {
        (void)arc_record_error(r, &e);
        fail_msg("%s: %s %s", json, arc_status_name(st), e.message);
    }
    st = arc_session_insert(s, &id, r);
    if (st != ARC_OK) {
        (void)arc_session_error(s, &e);
        fail_msg("%s: %s %s", json, arc_status_name(st), e.message);
    }
    arc_record_free(r);
    return id;
}

/* `groups` groups and eight times as many customers; every third one's parent is a customer made after it. */
static inline void sample_fill(arc_book *book, int groups)
{
    arc_session *s;
    arc_record *r;
    int i, n = groups * 8;
    assert_ok(arc_session_open(book, &s, NULL));
    for (i = 0; i < groups; i++) {
        char json[400];
        snprintf(json, sizeof json, "{\"code\":\"G%03d\",\"name\":\"集团 \\\"%d\\\"\"}", i, i);
        (void)sample_insert(s, ARC_CUSTOMER_GROUP, json);
    }
    for (i = 0; i < n; i++) {
        char json[500];
        snprintf(json, sizeof json,
                 "{\"code\":\"C%04d\",\"legal_name\":\"上海甲%d有限公司, \\\"乙\\\"\\n\",\"customer_group\":%d,\"currency\":\"CNY\","
                 "\"capital_currency\":\"%s\",\"registered_capital\":\"%d\",\"size_declared_on\":\"2026-01-%02d\",\"remark\":%s}",
                 i, i, i % groups + 1, i % 2 ? "JPY" : "CNY", i * 1000 - 5000, i % 28 + 1, i % 5 ? "null" : "\"=SUM(A1)\"");
        (void)sample_insert(s, ARC_CUSTOMER, json);
    }
    for (i = 1; i + 5 <= n; i += 3) {
        assert_ok(arc_session_get(s, &r, ARC_CUSTOMER, i));
        assert_ok(arc_record_set_int(r, ARC_CUSTOMER_PARENT, i + 4));
        assert_ok(arc_session_update(s, r));
        arc_record_free(r);
    }
    arc_session_close(s);
}

/* Bytes gathered by a write callback. */
typedef struct sample_bytes {
    char *s;
    size_t n, cap;
    int32_t calls, stop_at; /* stop_at: this call answers non-zero */
} sample_bytes;

static inline int32_t sample_write(void *user, const char *bytes, size_t n)
{
    sample_bytes *b = user;
    if (++b->calls == b->stop_at) return 1;
    if (b->n + n + 1 > b->cap) {
        b->cap = (b->n + n + 1) * 2;
        b->s = realloc(b->s, b->cap);
    }
    memcpy(b->s + b->n, bytes, n);
    b->n += n;
    b->s[b->n] = 0;
    return 0;
}

static inline sample_bytes sample_dump(arc_book *book)
{
    sample_bytes b;
    arc_error e = ARC_ERROR_INIT;
    arc_status st;
    memset(&b, 0, sizeof b);
    st = arc_book_dump(book, sample_write, &b, NULL);
    (void)arc_book_error(book, &e);
    assert_ok_err(&e, st);
    return b;
}

static inline void sample_same(arc_book *a, arc_book *b)
{
    sample_bytes x = sample_dump(a), y = sample_dump(b);
    assert_string_equal(x.s, y.s);
    free(x.s);
    free(y.s);
}

#endif
