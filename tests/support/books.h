/* SPDX-License-Identifier: Apache-2.0 */
/* One test, several stores: the same book in memory, in SQLite, in both behind a shim that takes no condition, and in memory without
 * foreign keys, which the core then looks at itself. */
#ifndef TESTS_BOOKS_H
#define TESTS_BOOKS_H

#include "arcore/arcore.h"
#include "arcore/sys/testkit.h"
#include "support/support.h"

#define TEST_BACKENDS 5
#define TEST_POSTGRESQL TEST_BACKENDS /* after test_postgresql_start() */

typedef struct test_book {
    test_env t;
    test_env *env; /* t, or the one it was opened into */
    arc_shim shim;
    arc_backend_ops shim_ops;
    char uri[700];
    arc_book *book;
    arc_session *session;
} test_book;

extern const char *const test_backend_names[TEST_BACKENDS];
/* Opens a new book and a session; fails the test with the error's text when that does not work. */
void test_book_open(test_book *b, int backend);
/* The same into a test_env that is open already, without asserting. */
arc_status test_book_open_in(test_book *b, test_env *t, int backend);
void test_book_close(test_book *b);
/* The body of main(): some work with a new book in memory, and its verification, with each allocation of them failing once. The work needs
 * more than `least`; it returns the first status that is not ARC_OK. */
int test_oom_main(arc_status (*work)(test_book *b), int64_t least);
/* A server for the books of a whole test program, a book of its own each. 0: there is none to be had (it has said so); stop whatever came. */
int test_postgresql_start(void);
arc_status test_postgresql_register(arc_context *ctx);
void test_postgresql_stop(void);
/* Fails with the session's error. */
#define assert_session(b, call) test_session_is(ARC_OK, call, #call, (b)->session, __FILE__, __LINE__)
#define assert_session_status(expected, b, call) test_session_is(expected, call, #call, (b)->session, __FILE__, __LINE__)
void test_session_is(arc_status expected, arc_status actual, const char *call, arc_session *session, const char *file, int line);

#endif
