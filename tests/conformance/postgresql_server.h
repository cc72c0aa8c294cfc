/* SPDX-License-Identifier: Apache-2.0 */
/* A server of a test's own with one database, emptied for each test. */
#ifndef TESTS_CONFORMANCE_POSTGRESQL_SERVER_H
#define TESTS_CONFORMANCE_POSTGRESQL_SERVER_H

#include "arcore/postgresql.h"
#include "support/pg.h"
#include "support/support.h"

static pg_server server;
static int runs;
static const arc_backend_ops *ops;

#define NEED_SERVER() \
    if (!runs) skip()

static char location[256]; /* threads read it */

static const char *place(void)
{
    return location;
}

static void fresh(void)
{
    assert_int_equal(pg_run(&server, "use", "SET client_min_messages = error; DROP SCHEMA IF EXISTS public, books CASCADE; "
                                            "CREATE SCHEMA public"), 0);
}

static int start(void **state)
{
    (void)state;
    ops = arc_postgresql_backend();
    runs = pg_start(&server, "-c deadlock_timeout=50ms");
    snprintf(location, sizeof location, "//postgres@%s/use", server.socket);
    return runs && pg_run(&server, "postgres", "CREATE DATABASE \"use\"") ? -1 : 0;
}

static int stop(void **state)
{
    (void)state;
    pg_stop(&server);
    return 0;
}

#endif
