/* SPDX-License-Identifier: Apache-2.0 */
/* The conformance kit against PostgreSQL, on a server that lives as long as this test. */
#include "run.h"
#include "support/pg.h"

#ifdef ARCORE_HAVE_POSTGRESQL

#include "arcore/postgresql.h"

static pg_server server;
static int runs;

#define NEED_SERVER() \
    if (!runs) skip()

static int start(void **state)
{
    (void)state;
    runs = pg_start(&server, "");
    for (int i = 0; i < 4 && runs; i++) {
        char sql[64];
        snprintf(sql, sizeof sql, "CREATE DATABASE kit%d", i);
        if (pg_run(&server, "postgres", sql)) return -1;
    }
    return 0;
}

static int stop(void **state)
{
    (void)state;
    pg_stop(&server);
    return 0;
}

static const char empty_sql[] =
    "SET client_min_messages = error; DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public";

static int32_t make_empty(void *user, uint32_t index, char location[ARC_TESTKIT_LOCATION_MAX])
{
    char name[16];
    (void)user;
    snprintf(name, sizeof name, "kit%u", (unsigned)index);
    int n = snprintf(location, ARC_TESTKIT_LOCATION_MAX, "//postgres@%s/%s", server.socket, name);
    return n < 0 || n >= ARC_TESTKIT_LOCATION_MAX || pg_run(&server, name, empty_sql);
}

static void conforms(void **state)
{
    (void)state;
    NEED_SERVER();
    const arc_backend_ops *ops = arc_postgresql_backend();
    arc_testkit_quirks q = ARC_TESTKIT_QUIRKS_INIT;
    arc_testkit_options o = ARC_TESTKIT_OPTIONS_INIT;
    arc_testkit_counts n;
    q.scheme = "postgresql";
    q.ops = ops;
    q.caps = ARC_CAP_DURABLE | ARC_CAP_SHARED | ARC_CAP_FOREIGN_KEYS | ARC_CAP_SAVEPOINT;
    q.make_empty = make_empty;
    q.kill = testkit_kill;
    o.report = kit_report;
    o.only = getenv("ARCORE_KIT_ONLY");
    assert_ok(arc_testkit_run(&n, &q, &o));
    fprintf(stderr, "postgresql: %u cases passed, %u failed, %u skipped\n", n.passed, n.failed, n.skipped);
    assert_int_equal(n.failed, 0);
    assert_true(n.passed > 50 || o.only);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(conforms) };
    return cmocka_run_group_tests(tests, start, stop);
}

#else

static void without(void **state)
{
    (void)state;
    fprintf(stderr, "SKIPPED: built without libpq, the PostgreSQL backend was not tested\n");
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(without) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
