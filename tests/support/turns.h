/* SPDX-License-Identifier: Apache-2.0 */
/* Two actors on one store who take turns, call by call of the backend: every order in which two verbs can meet. */
#ifndef TESTS_TURNS_H
#define TESTS_TURNS_H

#include <pthread.h>

#include "arcore/arcore.h"
#include "arcore/sys/testkit.h"
#include "support/support.h"

enum { TURN_IDLE, TURN_AT_STEP, TURN_RUNNING, TURN_DONE };

typedef struct turn_table {
    pthread_mutex_t lock;
    pthread_cond_t moved;
} turn_table;

typedef struct turn_actor {
    turn_table *table;
    test_env t;
    arc_shim shim;
    arc_backend_ops ops;
    arc_book *book;
    arc_session *s;
    pthread_t thread;
    arc_status (*act)(arc_session *s, void *arg);
    void *arg;
    arc_status result;
    int state, granted; /* under the table's lock */
    int steps;          /* made by the last act */
    int live;           /* its calls are steps */
} turn_actor;

/* Opens the store of `uri` behind a shim of the actor's own: a context each. */
void turns_join(turn_actor *a, turn_table *table, const arc_backend_ops *inner, const char *uri);
void turns_leave(turn_actor *a);
/* Runs one act alone; returns the steps it made. */
int turns_alone(turn_actor *a);
/* `one` makes i steps, `two` j steps, `one` goes on to its end, then `two`. Who waits for a lock is passed over until it has it. 0: both wait
 * for ever. Results are in the actors. */
int turns_run(turn_actor *one, int i, turn_actor *two, int j);

#endif
