/* SPDX-License-Identifier: Apache-2.0 */
/* The cases of a test that makes its own contexts and books, with threads or processes: on SQLite, and on a server of its own. */
#ifndef TESTS_API_PLACES_H
#define TESTS_API_PLACES_H

#include "support/pg.h"
#include "support/support.h"

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
    assert_int_equal(pg_run(&server, "postgres", "CREATE DATABASE series"), 0);
    (void)snprintf(uri, sizeof uri, "postgresql://postgres@%s/series", server.socket);
    play(uri);
    pg_stop(&server);
}

#endif
