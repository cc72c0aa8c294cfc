/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>

#include "base/handle.h"
#include "support/support.h"

static void test_right_use(void **state)
{
    test_env *t = *state;
    int thing = 0;
    void *h, *object = NULL;
    arc_context *ctx = NULL;
    assert_ok(arci_handle_new(t->ctx, ARCI_H_BOOK, &thing, NULL, &h));
    assert_ok(arci_handle_get(h, ARCI_H_BOOK, &object, &ctx));
    assert_ptr_equal(object, &thing);
    assert_ptr_equal(ctx, t->ctx);
    assert_ok(arci_handle_get(h, ARCI_H_BOOK, &object, NULL));
    object = NULL;
    assert_ok(arci_handle_release(h, ARCI_H_BOOK, &object));
    assert_ptr_equal(object, &thing);
}

static void is_refused(void *h, int type)
{
    void *object = NULL;
    assert_status(ARC_E_HANDLE, arci_handle_get(h, type, &object, NULL));
    assert_status(ARC_E_HANDLE, arci_handle_release(h, type, &object));
    assert_null(object);
}

static void test_wrong_use(void **state)
{
    test_env *t = *state, other;
    void *h, *h2, *foreign, *object;
    arc_context *ctx = NULL;
    assert_ok(arci_handle_new(t->ctx, ARCI_H_BOOK, t, NULL, &h));
    is_refused(NULL, ARCI_H_BOOK);
    is_refused((void *)1, ARCI_H_BOOK);
    is_refused(h, ARCI_H_SESSION);
    is_refused(h, ARCI_H_FREE);
    is_refused((char *)h + 1, ARCI_H_BOOK); /* another generation */
    is_refused((char *)h - 1, ARCI_H_BOOK);
    /* A handle is no context. */
    arc_error e = ARC_ERROR_INIT;
    assert_status(ARC_E_HANDLE, arc_context_error(h, &e));
    arc_context_free(h);
    /* The context a handle belongs to is told, so that the caller can refuse a foreign one. */
    test_open(&other);
    assert_ok(arci_handle_new(other.ctx, ARCI_H_BOOK, t, NULL, &foreign));
    assert_ok(arci_handle_get(foreign, ARCI_H_BOOK, &object, &ctx));
    assert_ptr_equal(ctx, other.ctx);
    test_close(&other);
    /* Freed, then freed again, then with the slot's successor alive. */
    assert_ok(arci_handle_release(h, ARCI_H_BOOK, &object));
    is_refused(h, ARCI_H_BOOK);
    is_refused(h, ARCI_H_FREE);
    assert_ok(arci_handle_new(t->ctx, ARCI_H_BOOK, t, NULL, &h2));
    is_refused(h, ARCI_H_BOOK);
}

/* 100,000 handles come and go; one held stale and one held alive stay what they are, and memory stays bounded. */
static void test_churn(void **state)
{
    test_env *t = *state;
    void *stale, *alive, *h, *object, *window[16] = { NULL };
    int before, things[16];
    assert_ok(arci_handle_new(t->ctx, ARCI_H_RECORD, &before, NULL, &alive));
    assert_ok(arci_handle_new(t->ctx, ARCI_H_RECORD, &things[0], NULL, &stale));
    assert_ok(arci_handle_release(stale, ARCI_H_RECORD, &object));
    for (int i = 0; i < 100000; i++) {
        int k = i % 16;
        if (window[k]) {
            assert_ok(arci_handle_release(window[k], ARCI_H_RECORD, &object));
            assert_ptr_equal(object, &things[k]);
        }
        assert_ok(arci_handle_new(t->ctx, ARCI_H_RECORD, &things[k], NULL, &h));
        assert_ptr_not_equal(h, stale);
        window[k] = h;
        assert_status(ARC_E_HANDLE, arci_handle_get(stale, ARCI_H_RECORD, &object, NULL));
    }
    assert_ok(arci_handle_get(alive, ARCI_H_RECORD, &object, NULL));
    assert_ptr_equal(object, &before);
    assert_true(t->memory.peak < 512 * 1024);
}

static int order[8], n_order;

static void note(void *object)
{
    order[n_order++] = *(int *)object;
}

typedef struct parent {
    int number;
    void *child;
} parent;

/* A destructor that takes a handle of its own out of use, as a book does with its sessions. */
static void note_parent(void *object)
{
    parent *p = object;
    void *child;
    if (arci_handle_release(p->child, ARCI_H_SESSION, &child) == ARC_OK) note(child);
    note(object);
}

static void test_left_alive(void **state)
{
    int numbers[4] = { 0, 1, 2, 3 };
    parent p = { 10, NULL };
    test_env t;
    void *h, *released;
    (void)state;
    n_order = 0;
    test_open(&t);
    assert_ok(arci_handle_new(t.ctx, ARCI_H_SESSION, &numbers[0], note, &p.child));
    assert_ok(arci_handle_new(t.ctx, ARCI_H_RECORD, &numbers[1], note, &h));
    assert_ok(arci_handle_new(t.ctx, ARCI_H_RECORD, &numbers[2], note, &released));
    assert_ok(arci_handle_new(t.ctx, ARCI_H_BOOK, &p, note_parent, &h));
    assert_ok(arci_handle_new(t.ctx, ARCI_H_RECORD, &numbers[3], note, &h));
    assert_ok(arci_handle_release(released, ARCI_H_RECORD, &(void *){ NULL }));
    test_close(&t);
    static const int expected[] = { 3, 0, 10, 1 };
    assert_int_equal(n_order, 4);
    assert_memory_equal(order, expected, sizeof expected);
}

static arc_status make_many(test_env *t, void *arg)
{
    void *h;
    int *made = arg;
    *made = 0;
    for (int i = 0; i < 200; i++) {
        arc_status status = arci_handle_new(t->ctx, ARCI_H_CURSOR, t, NULL, &h);
        if (status) {
            assert_null(h);
            return status;
        }
        (*made)++;
    }
    return ARC_OK;
}

static void test_no_memory(void **state)
{
    int made;
    (void)state;
    assert_true(test_oom_sweep(make_many, &made) >= 4);
    assert_int_equal(made, 200);
}

/* When there is no memory for fresh slots, rested ones serve. */
static void test_no_memory_with_rested(void **state)
{
    test_env *t = *state;
    void *h, *object, *old = NULL;
    for (int i = 0; i < 64; i++) {
        assert_ok(arci_handle_new(t->ctx, ARCI_H_CURSOR, t, NULL, &h));
        assert_ok(arci_handle_release(h, ARCI_H_CURSOR, &object));
        if (i == 0) old = h;
    }
    t->memory.calls = 0;
    t->memory.fail_at = 1;
    t->memory.fail_on = 1;
    for (int i = 0; i < 64 * 3; i++) {
        assert_ok(arci_handle_new(t->ctx, ARCI_H_CURSOR, t, NULL, &h));
        assert_status(ARC_E_HANDLE, arci_handle_get(old, ARCI_H_CURSOR, &object, NULL));
        assert_ok(arci_handle_release(h, ARCI_H_CURSOR, &object));
    }
    t->memory.fail_at = 0;
}

static void *churn(void *arg)
{
    test_env *t = arg;
    void *window[8] = { NULL }, *object;
    int things[8];
    for (int i = 0; i < 5000; i++) {
        int k = i % 8;
        if (window[k]) {
            if (arci_handle_get(window[k], ARCI_H_RECORD, &object, NULL) || object != &things[k]) return t;
            if (arci_handle_release(window[k], ARCI_H_RECORD, &object) || object != &things[k]) return t;
            if (arci_handle_get(window[k], ARCI_H_RECORD, &object, NULL) != ARC_E_HANDLE) return t;
        }
        if (arci_handle_new(t->ctx, ARCI_H_RECORD, &things[k], NULL, &window[k])) return t;
    }
    return NULL;
}

/* Threads with handles of their own on one context. */
static void test_threads(void **state)
{
    pthread_t threads[4];
    void *bad;
    for (int i = 0; i < 4; i++) assert_int_equal(pthread_create(&threads[i], NULL, churn, *state), 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], &bad), 0);
        assert_null(bad);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_right_use, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_wrong_use, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_churn, test_setup, test_teardown),
        cmocka_unit_test(test_left_alive),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test_setup_teardown(test_threads, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_no_memory_with_rested, test_setup, test_teardown),
    };
    return cmocka_run_group_tests_name("handle", tests, NULL, NULL);
}
