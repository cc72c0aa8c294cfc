/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>

#include "base/handle.h"
#include "support/support.h"

static void *give_nothing(void *user, size_t size)
{
    (void)user;
    (void)size;
    return NULL;
}

static void test_defaults(void **state)
{
    arc_context *ctx = NULL;
    int64_t now;
    char byte;
    (void)state;
    assert_ok(arc_context_new(&ctx, NULL));
    assert_non_null(ctx);
    assert_int_equal(arci_context_now(ctx, &now), 0);
    assert_status(ARC_E_UNSUPPORTED, arci_context_random(ctx, &byte, 1));
    arc_context_free(ctx);
    arc_context_free(NULL);
}

static void test_wrong_options(void **state)
{
    arc_context *ctx = (void *)&ctx;
    arc_context_options o = ARC_CONTEXT_OPTIONS_INIT;
    (void)state;
    assert_status(ARC_E_INVALID, arc_context_new(NULL, NULL));
    assert_status(ARC_E_INVALID, arc_context_options_init(NULL));
    assert_status(ARC_E_INVALID, arc_error_init(NULL));
    o.struct_size = 0;
    assert_status(ARC_E_INVALID, arc_context_new(&ctx, &o));
    assert_null(ctx);
    assert_ok(arc_context_options_init(&o));
    o.flags = 1;
    assert_status(ARC_E_INVALID, arc_context_new(&ctx, &o));
    assert_ok(arc_context_options_init(&o));
    o.reserved = 1;
    assert_status(ARC_E_INVALID, arc_context_new(&ctx, &o));
    for (int32_t level = -1; level <= 6; level++) {
        assert_ok(arc_context_options_init(&o));
        o.log_level = level;
        int good = level >= ARC_LOG_ERROR && level <= ARC_LOG_DEBUG;
        assert_status(good ? ARC_OK : ARC_E_INVALID, arc_context_new(&ctx, &o));
        arc_context_free(ctx);
    }
}

static void test_wrong_allocator(void **state)
{
    test_env *t = *state;
    arc_context_options o = ARC_CONTEXT_OPTIONS_INIT;
    arc_context *ctx;
    for (int broken = 0; broken < 5; broken++) {
        arc_allocator a = t->allocator;
        if (broken == 0) a.struct_size = 0;
        if (broken == 1) a.reserved = 1;
        if (broken == 2) a.alloc = NULL;
        if (broken == 3) a.resize = NULL;
        if (broken == 4) a.release = NULL;
        o.allocator = &a;
        assert_status(ARC_E_INVALID, arc_context_new(&ctx, &o));
        assert_null(ctx);
    }
    arc_allocator a = t->allocator;
    a.alloc = give_nothing;
    o.allocator = &a;
    assert_status(ARC_E_NOMEM, arc_context_new(&ctx, &o));
    assert_null(ctx);
}

/* A program built against a later header: a tail of zeros is fine, anything else is not understood. */
static void test_struct_tail(void **state)
{
    struct {
        arc_context_options o;
        uint64_t later;
    } big = { ARC_CONTEXT_OPTIONS_INIT, 0 };
    arc_context *ctx;
    (void)state;
    big.o.struct_size = (uint32_t)sizeof big;
    assert_ok(arc_context_new(&ctx, &big.o));
    arc_context_free(ctx);
    big.later = 1;
    assert_status(ARC_E_INVALID, arc_context_new(&ctx, &big.o));
    big.o.struct_size = 8; /* and against an earlier one: the fields it does not know have their defaults */
    assert_ok(arc_context_new(&ctx, &big.o));
    arc_context_free(ctx);
}

static void test_struct_out(void **state)
{
    test_env *t = *state;
    struct {
        arc_error e;
        unsigned char later[8];
    } big;
    arc_error small = ARC_ERROR_INIT;
    arci_env env = { t->ctx, arci_context_error_slot(t->ctx) };
    assert_status(ARC_E_VALUE, arci_fail(&env, ARC_E_VALUE, "wrong %d", "错 %d", 7));
    arci_fail_at(&env, "invoice", "amount", 12, 3);

    memset(&big, 0xff, sizeof big);
    big.e.struct_size = (uint32_t)sizeof big;
    assert_ok(arc_context_error(t->ctx, &big.e));
    assert_int_equal(big.e.struct_size, sizeof big);
    assert_int_equal(big.e.status, ARC_E_VALUE);
    assert_string_equal(big.e.message, "wrong 7");
    assert_string_equal(big.e.message_zh, "错 7");
    for (size_t i = 0; i < sizeof big.later; i++) assert_int_equal(big.later[i], 0);

    memset(&small, 0x55, sizeof small);
    small.struct_size = 8; /* struct_size and status only */
    assert_ok(arc_context_error(t->ctx, &small));
    assert_int_equal(small.status, ARC_E_VALUE);
    assert_int_equal(small.retryable, 0x55555555);
    small.struct_size = 0;
    assert_status(ARC_E_INVALID, arc_context_error(t->ctx, &small));
    assert_status(ARC_E_INVALID, arc_context_error(t->ctx, NULL));
    assert_status(ARC_E_HANDLE, arc_context_error(NULL, &small));
}

static void test_error_details(void **state)
{
    test_env *t = *state;
    arc_error *e = &t->err;
    char longest[600];
    assert_status(ARC_E_BUSY, arci_fail(&t->env, ARC_E_BUSY, "locked by %s", "被 %s 锁定", "x"));
    assert_int_equal(e->retryable, 1);
    assert_int_equal(e->row, -1);
    arci_fail_at(&t->env, "customer", "name", 5, 9);
    arci_fail_at(&t->env, NULL, NULL, -1, -1); /* leaves what is there */
    arci_fail_pointer(&t->env, "/a/0");
    assert_string_equal(e->entity, "customer");
    assert_string_equal(e->field, "name");
    assert_string_equal(e->pointer, "/a/0");
    assert_int_equal(e->id, 5);
    assert_int_equal(e->row, 9);
    /* A new failure starts afresh. */
    assert_status(ARC_E_NOMEM, arci_nomem(&t->env));
    assert_string_equal(e->entity, "");
    assert_string_equal(e->pointer, "");
    assert_int_equal(e->id, 0);
    assert_true(e->message[0] && e->message_zh[0]);
    /* Bytes of a hostile input never break the text: it stays one line of UTF-8, cut between characters. */
    arci_fail(&t->env, ARC_E_VALUE, "<%s>", "《%s》", "a\xff\xc3\n\x7f\xed\xa0\x80z");
    assert_string_equal(e->message, "<a??  ???z>");
    assert_string_equal(e->message_zh, "《a??  ???z》");
    for (size_t shift = 0; shift < 4; shift++) {
        memset(longest, 'x', shift);
        for (size_t i = shift; i + 3 < sizeof longest; i += 3) memcpy(longest + i, "汉", 4);
        arci_fail(&t->env, ARC_E_VALUE, "%s", "%s", longest);
        size_t n = strlen(e->message);
        assert_true(n >= sizeof e->message - 4 && n < sizeof e->message);
        assert_memory_equal(e->message, longest, n);
        assert_int_equal((n - shift) % 3, 0);
        arci_fail_at(&t->env, longest, longest, -1, -1);
        assert_true(strlen(e->entity) < sizeof e->entity && strlen(e->field) >= sizeof e->field - 4);
    }
    arci_error_clear(e);
    assert_int_equal(e->status, ARC_OK);
    assert_int_equal(e->struct_size, sizeof *e);
}

static void test_text_out(void **state)
{
    char buf[8] = "-------";
    size_t len = 0;
    (void)state;
    assert_status(ARC_E_INVALID, arci_text_out(buf, NULL, "abc", 3));
    assert_status(ARC_E_BUFFER, arci_text_out(NULL, &len, "abc", 3));
    assert_int_equal(len, 3);
    assert_status(ARC_E_BUFFER, arci_text_out(buf, &len, "abc", 3)); /* no room for NUL */
    assert_string_equal(buf, "-------");
    len = 4;
    assert_ok(arci_text_out(buf, &len, "abc", 3));
    assert_string_equal(buf, "abc");
    assert_int_equal(len, 3);
    len = 0;
    assert_status(ARC_E_BUFFER, arci_text_out(buf, &len, "", 0));
    len = 1;
    assert_ok(arci_text_out(buf, &len, "", 0));
    assert_string_equal(buf, "");
}

typedef struct log_seen {
    int n;
    int32_t level;
    char text[600];
} log_seen;

static void on_log(void *user, int32_t level, const char *module, arc_status code, const char *message)
{
    log_seen *seen = user;
    seen->n++;
    seen->level = level;
    snprintf(seen->text, sizeof seen->text, "%s %s %s", module, arc_status_name(code), message);
}

static void test_log_levels(void **state)
{
    (void)state;
    for (int32_t wanted = ARC_LOG_ERROR; wanted <= ARC_LOG_DEBUG; wanted++) {
        log_seen seen = { 0, 0, "" };
        arc_context_options o = ARC_CONTEXT_OPTIONS_INIT;
        arc_context *ctx;
        o.log = on_log;
        o.log_user = &seen;
        o.log_level = wanted;
        assert_ok(arc_context_new(&ctx, &o));
        for (int32_t level = ARC_LOG_ERROR; level <= ARC_LOG_DEBUG; level++) {
            arci_log(ctx, level, "test", ARC_E_BUSY, "line %d", level);
        }
        assert_int_equal(seen.n, wanted);
        assert_int_equal(seen.level, wanted);
        assert_memory_equal(seen.text, "test ARC_E_BUSY line ", 21);
        arc_context_free(ctx);
    }
}

static void test_host_functions(void **state)
{
    test_env *t = *state;
    unsigned char a[700], b[700];
    int64_t now = 0, real = arc_clock_system(NULL);
    assert_int_equal(arci_context_now(t->ctx, &now), 1);
    assert_true(now == TEST_NOW);
    assert_true(real > INT64_C(1700000000000000) && real < INT64_C(4102444800000000));
    memset(a, 0, sizeof a);
    memset(b, 0, sizeof b);
    assert_int_equal(arc_random_system(NULL, a, sizeof a), 0);
    assert_int_equal(arc_random_system(NULL, b, sizeof b), 0);
    assert_memory_not_equal(a, b, 32);
    assert_memory_not_equal(a + 668, b + 668, 32); /* the last of three pieces */
    assert_int_equal(arc_random_system(NULL, NULL, 0), 0);
    assert_int_equal(arc_random_system(NULL, NULL, 1), -1);
    assert_ok(arci_context_random(t->ctx, a, 16));
}

static void *fail_often(void *arg)
{
    test_env *t = arg;
    arci_env env = { t->ctx, arci_context_error_slot(t->ctx) };
    for (int i = 0; i < 2000; i++) {
        arc_error e = ARC_ERROR_INIT;
        arci_fail(&env, ARC_E_VALUE, "value %d", "值 %d", i);
        if (arc_context_error(t->ctx, &e) || e.status != ARC_E_VALUE) return t;
    }
    return NULL;
}

static void test_error_of_threads(void **state)
{
    pthread_t threads[3];
    void *bad;
    for (int i = 0; i < 3; i++) assert_int_equal(pthread_create(&threads[i], NULL, fail_often, *state), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pthread_join(threads[i], &bad), 0);
        assert_null(bad);
    }
}

static void test_memory_helpers(void **state)
{
    test_env *t = *state;
    assert_null(arci_calloc(t->ctx, SIZE_MAX / 2, 3));
    assert_null(arci_strndup(t->ctx, "x", SIZE_MAX));
    char *p = arci_alloc(t->ctx, 0);
    assert_non_null(p);
    p = arci_resize(t->ctx, p, 0);
    assert_non_null(p);
    arci_free(t->ctx, p);
    arci_free(t->ctx, NULL);
    p = arci_calloc(t->ctx, 10, 10);
    for (int i = 0; i < 100; i++) assert_int_equal(p[i], 0);
    arci_free(t->ctx, p);
    p = arci_strndup(t->ctx, "abcdef", 3);
    assert_string_equal(p, "abc");
    arci_free(t->ctx, p);
    p = arci_strndup(t->ctx, NULL, 0);
    assert_string_equal(p, "");
    arci_free(t->ctx, p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_wrong_options),
        cmocka_unit_test_setup_teardown(test_wrong_allocator, test_setup, test_teardown),
        cmocka_unit_test(test_struct_tail),
        cmocka_unit_test_setup_teardown(test_struct_out, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_error_details, test_setup, test_teardown),
        cmocka_unit_test(test_text_out),
        cmocka_unit_test(test_log_levels),
        cmocka_unit_test_setup_teardown(test_host_functions, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_error_of_threads, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_memory_helpers, test_setup, test_teardown),
    };
    return cmocka_run_group_tests_name("context", tests, NULL, NULL);
}
