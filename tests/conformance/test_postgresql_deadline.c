/* SPDX-License-Identifier: Apache-2.0 */
/* The deadline of a transaction: a statement that takes too long, waits that come to too much, a server that keeps silent. */
#include "support/pg.h"
#include "support/support.h"

#ifdef ARCORE_HAVE_POSTGRESQL

#include <signal.h>
#include <time.h>

#include "conformance/postgresql.h"

static void *within(arc_host *h, const char *options)
{
    void *be = NULL;
    assert_ok(try_open(h, options, ARC_OPEN_CREATE, &be));
    return be;
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void as_good_as_before(void *be, int64_t open)
{
    uint8_t result;
    void *txn = begun(be, ARC_TXN_WRITE, 1000);
    assert_ok(add(txn, 1, 1, 0, &result));
    assert_int_equal(result, ARC_ROW_OK);
    assert_ok(ops->commit(txn));
    assert_int_equal(ask("SELECT open FROM account"), open + 1);
}

/* A lock is waited for no longer than the deadline lets, whatever the session's timeout says; what is told is that it is a lock. */
static void lock(void **state)
{
    static const char *const options[] = { "deadline=300", "deadline=session" };
    (void)state;
    NEED_SERVER();
    for (int i = 0; i < 2; i++) {
        told t, u;
        arc_host h = host_of(&t), g = host_of(&u);
        uint8_t result;
        fresh();
        void *a = within(&h, ""), *b = within(&g, options[i]), *txn, *other;
        put_accounts(a, 1, 5);
        txn = begun(a, ARC_TXN_WRITE, 1000);
        assert_ok(add(txn, 1, 1, 0, &result));
        other = begun(b, ARC_TXN_WRITE, i ? 300 : 20000);
        double before = seconds();
        assert_status(ARC_E_BUSY, add(other, 1, 1, 0, &result));
        assert_true(seconds() - before < 5);
        assert_string_equal(u.sqlstate, "55P03");
        assert_status(ARC_E_DOOMED, add(other, 1, 1, 0, &result));
        ops->rollback(other);
        assert_ok(ops->commit(txn));
        as_good_as_before(b, 6);
        ops->close(b);
        ops->close(a);
    }
}

static void slow_down(const char *pause)
{
    char sql[400];
    snprintf(sql, sizeof sql, "CREATE OR REPLACE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_sleep(%s); RETURN NEW; END$$; "
                              "DROP TRIGGER IF EXISTS slow ON account; CREATE TRIGGER slow BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION slow()", pause);
    assert_int_equal(pg_run(&server, "use", sql), 0);
}

/* One statement that takes too long, and many that take too long together. */
static void statements(void **state)
{
    (void)state;
    NEED_SERVER();
    told t;
    arc_host h = host_of(&t);
    uint8_t result;
    int n = 0;
    arc_status st = ARC_OK;
    fresh();
    void *be = within(&h, "deadline=800"), *txn;
    put_accounts(be, 1, 5);
    slow_down("20");
    txn = begun(be, ARC_TXN_WRITE, 20000);
    double before = seconds();
    assert_status(ARC_E_TIMEOUT, add(txn, 1, 1, 0, &result));
    assert_true(seconds() - before < 5);
    assert_string_equal(t.sqlstate, "57014");
    assert_status(ARC_E_DOOMED, ops->commit(txn));
    slow_down("0.25");
    txn = begun(be, ARC_TXN_WRITE, 20000);
    while (n < 10 && (st = add(txn, 1, 1, 0, &result)) == ARC_OK) n++;
    assert_status(ARC_E_TIMEOUT, st);
    if (n < 1 || n > 4) fail_msg("%d updates of a quarter of a second in 0.8", n);
    ops->rollback(txn);
    as_good_as_before(be, 5);
    ops->close(be);
}

static pid_t server_of(void)
{
    return (pid_t)ask("SELECT pid FROM pg_stat_activity WHERE datname = 'use' AND application_name = 'arcore'");
}

/* A server that says nothing at all, not even that the deadline has passed: the connection counts as lost. In COMMIT nobody knows. */
static void silence(void **state)
{
    (void)state;
    NEED_SERVER();
    for (int at = 0; at < 3; at++) { /* in a write, in COMMIT, in a READ */
        told t;
        arc_host h = host_of(&t);
        uint8_t result;
        fresh();
        void *be = within(&h, "deadline=200"), *txn;
        put_accounts(be, 1, 5);
        txn = begun(be, at == 2 ? ARC_TXN_READ : ARC_TXN_WRITE, 1000);
        if (at < 2) assert_ok(add(txn, 1, 1, 0, &result));
        pid_t pid = server_of();
        if (kill(pid, SIGSTOP) != 0) {
            fprintf(stderr, "SKIPPED: the server's processes cannot be stopped here\n");
            ops->rollback(txn);
            ops->close(be);
            skip();
        }
        double before = seconds();
        arc_status st = at == 0 ? add(txn, 1, 1, 0, &result) : ops->commit(txn);
        double spent = seconds() - before;
        if (at == 0) ops->rollback(txn);
        assert_int_equal(kill(pid, SIGCONT), 0);
        if (at < 2) {
            assert_status(at ? ARC_E_OUTCOME_UNKNOWN : ARC_E_CONNECTION, st);
            assert_string_equal(t.message, at ? "the connection was lost during COMMIT" : "the server did not answer before the deadline");
            assert_true(spent < 8);
        }
        for (int i = 0; i < 500 && at == 1 && ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'arcore' AND state <> 'idle'"); i++) {
            nanosleep(&(struct timespec){ 0, 10000000 }, NULL); /* it goes on where it was */
        }
        int64_t open = ask("SELECT open FROM account");
        assert_true(open == 5 || (at == 1 && open == 6)); /* the COMMIT may have come through */
        as_good_as_before(be, open);
        ops->close(be);
    }
}

static void options(void **state)
{
    static const char *const wrong[] = { "deadline=", "deadline=-1", "deadline=x", "deadline=3600001", "deadline=sessions" };
    (void)state;
    NEED_SERVER();
    told t;
    arc_host h = host_of(&t);
    void *be = NULL;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) assert_status(ARC_E_INVALID, ops->open(&h, place(), wrong[i], 0, &be));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(lock), cmocka_unit_test(statements), cmocka_unit_test(silence), cmocka_unit_test(options) };
    return cmocka_run_group_tests_name("postgresql deadline", tests, start, stop);
}

#else

static void without(void **state)
{
    (void)state;
    fprintf(stderr, "SKIPPED: built without libpq, the deadline of the PostgreSQL backend was not tested\n");
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(without) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
