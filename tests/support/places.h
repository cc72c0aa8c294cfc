/* SPDX-License-Identifier: Apache-2.0 */
/* The cases of a test that makes its own contexts and books, with threads or processes: on SQLite, and on a server of its own. */
#ifndef TESTS_PLACES_H
#define TESTS_PLACES_H

#include "support/books.h"
#include "support/pg.h"

/* A context whose clock is the system's; books at `uri` can be opened in it. */
static arc_context *context_for(const char *uri)
{
    arc_context_options o = ARC_CONTEXT_OPTIONS_INIT;
    arc_context *ctx;
    o.clock = arc_clock_system;
    o.random = arc_random_system;
    assert_ok(arc_context_new(&ctx, &o));
    if (!strncmp(uri, "postgresql", 10)) assert_ok(test_postgresql_register(ctx));
    return ctx;
}

static void on_sqlite(void (*play)(const char *uri))
{
    test_env t;
    char uri[700];
    test_open(&t);
    (void)snprintf(uri, sizeof uri, "sqlite:%s", test_path(&t, "book.db"));
    play(uri);
    test_close(&t);
}

static void on_server(void (*play)(const char *uri))
{
    pg_server server;
    char uri[400];
    if (!pg_start(&server, "-c deadlock_timeout=50ms")) skip();
    assert_int_equal(pg_run(&server, "postgres", "CREATE DATABASE place"), 0);
    (void)snprintf(uri, sizeof uri, "postgresql://postgres@%s/place", server.socket);
    play(uri);
    pg_stop(&server);
}

#endif
