/* SPDX-License-Identifier: Apache-2.0 */
#include "support/turns.h"

#include <errno.h>
#include <time.h>

#define LOOK_NS 12000000  /* who has not come to its next step by then waits for a lock, or is slow, which does no harm */
#define GIVE_UP_S 20

/* Calls that ask the store something; the others are its client's own business. */
static int is_step(uint32_t call)
{
    switch (call) {
    case ARC_CALL_BEGIN:
    case ARC_CALL_COMMIT:
    case ARC_CALL_WRITE:
    case ARC_CALL_FETCH:
    case ARC_CALL_RESERVE:
    case ARC_CALL_AGGREGATE:
    case ARC_CALL_GET_MANY:
    case ARC_CALL_LOCK_ROWS: return 1;
    default: return 0;
    }
}

static void on_call(void *user, uint32_t call, int64_t rows)
{
    turn_actor *a = user;
    (void)rows;
    if (!a->live || !is_step(call)) return;
    a->steps++;
    pthread_mutex_lock(&a->table->lock);
    a->state = TURN_AT_STEP;
    pthread_cond_broadcast(&a->table->moved);
    while (!a->granted) pthread_cond_wait(&a->table->moved, &a->table->lock);
    if (a->granted < INT32_MAX) a->granted--;
    a->state = TURN_RUNNING;
    pthread_mutex_unlock(&a->table->lock);
}

void turns_join(turn_actor *a, turn_table *table, const arc_backend_ops *inner, const char *uri)
{
    char behind[700];
    arc_error e = ARC_ERROR_INIT;
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    memset(a, 0, sizeof *a);
    a->table = table;
    test_open(&a->t);
    assert_ok(arc_shim_init(&a->ops, &a->shim, inner, ARC_SHIM_FAULT));
    assert_ok(arc_backend_register(a->t.ctx, inner));
    assert_ok(arc_backend_register(a->t.ctx, &a->ops));
    a->shim.user = a;
    a->shim.on_call = on_call;
    o.timeout_ms = 10000;
    snprintf(behind, sizeof behind, "fault:%s", uri);
    arc_status st = arc_book_open(a->t.ctx, &a->book, behind, &o);
    (void)arc_context_error(a->t.ctx, &e);
    assert_ok_err(&e, st);
    assert_ok(arc_session_open(a->book, &a->s, NULL));
}

void turns_leave(turn_actor *a)
{
    arc_book_close(a->book);
    test_close(&a->t);
}

static void *live(void *arg)
{
    turn_actor *a = arg;
    a->live = 1;
    arc_status st = a->act(a->s, a->arg);
    a->live = 0;
    pthread_mutex_lock(&a->table->lock);
    a->result = st;
    a->state = TURN_DONE;
    pthread_cond_broadcast(&a->table->moved);
    pthread_mutex_unlock(&a->table->lock);
    return NULL;
}

static void start(turn_actor *a, int granted)
{
    a->steps = 0;
    a->granted = granted;
    a->state = TURN_RUNNING;
    assert_int_equal(pthread_create(&a->thread, NULL, live, a), 0);
}

int turns_alone(turn_actor *a)
{
    start(a, INT32_MAX);
    pthread_join(a->thread, NULL);
    return a->steps;
}

/* Under the lock. Waits until it stands at a step or is done; 0: not within ns. */
static int settles(turn_actor *a, long ns)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += ns;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    while (a->state == TURN_RUNNING || (a->state == TURN_AT_STEP && a->granted)) {
        if (pthread_cond_timedwait(&a->table->moved, &a->table->lock, &until) == ETIMEDOUT) return 0;
    }
    return 1;
}

/* Under the lock. One step of it; 0: it waits for somebody, or is done. */
static int step(turn_actor *a)
{
    if (a->state == TURN_DONE || !settles(a, LOOK_NS) || a->state == TURN_DONE) return 0;
    a->granted = 1;
    pthread_cond_broadcast(&a->table->moved);
    return settles(a, LOOK_NS);
}

int turns_run(turn_actor *one, int i, turn_actor *two, int j)
{
    struct timespec begun, now;
    turn_table *t = one->table;
    int waiting = 0;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    start(one, 0);
    start(two, 0);
    pthread_mutex_lock(&t->lock);
    for (; i && step(one); i--) {}
    for (; j && step(two); j--) {}
    while (!waiting && (one->state != TURN_DONE || two->state != TURN_DONE)) {
        while (step(one)) {}
        if (one->state != TURN_DONE) (void)step(two); /* it waits: the other one goes on a little */
        else while (step(two)) {}
        clock_gettime(CLOCK_MONOTONIC, &now);
        waiting = now.tv_sec - begun.tv_sec > GIVE_UP_S;
    }
    one->granted = two->granted = INT32_MAX;
    pthread_cond_broadcast(&t->moved);
    pthread_mutex_unlock(&t->lock);
    pthread_join(one->thread, NULL);
    pthread_join(two->thread, NULL);
    return !waiting;
}
