/* SPDX-License-Identifier: Apache-2.0 */
/* The write lock between handles, processes and after fork(); cancelling a wait; checkpoints. */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "sqlite_support.h"

static const arc_backend_ops *ops;
static lite_host h;
static char db[600];

static int setup(void **state)
{
    test_setup(state);
    ops = arci_backend_sqlite();
    lite_host_init(&h);
    lite_path(*state, "a.db", db);
    return 0;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void two_handles(void **state)
{
    (void)state;
    void *txn, *other, *a = lite_open(&h, db, &lite_v1, ARC_OPEN_CREATE), *b = lite_open(&h, db, &lite_v1, 0);
    assert_int_equal(ops->begin(a, ARC_TXN_WRITE, 0, &txn), ARC_OK);
    int64_t start = now_ms();
    assert_int_equal(ops->begin(b, ARC_TXN_WRITE, 60, &other), ARC_E_BUSY);
    int64_t took = now_ms() - start;
    assert_true(took >= 55 && took < 2000);
    start = now_ms();
    assert_int_equal(ops->begin(b, ARC_TXN_WRITE, 0, &other), ARC_E_BUSY);
    assert_true(now_ms() - start < 50);
    assert_int_equal(ops->begin(b, ARC_TXN_READ, 0, &other), ARC_OK); /* readers pass */
    ops->rollback(other);
    h.cancel = 1;
    start = now_ms();
    assert_int_equal(ops->begin(b, ARC_TXN_WRITE, 30000, &other), ARC_E_CANCELLED);
    assert_true(now_ms() - start < 2000);
    h.cancel = 0;
    assert_int_equal(ops->commit(txn), ARC_OK);
    assert_int_equal(ops->begin(b, ARC_TXN_WRITE, 0, &other), ARC_OK);
    ops->rollback(other);
    assert_int_equal(ops->begin(a, ARC_TXN_WRITE, 0, &txn), ARC_OK); /* a rollback lets go too */
    ops->close(a); /* and so does close */
    assert_int_equal(ops->begin(b, ARC_TXN_WRITE, 0, &other), ARC_OK);
    ops->close(b);
}

/* The lock does not hang on the database file: a host that opens and closes that file does not lose it. */
static void host_touches_the_file(void **state)
{
    (void)state;
    void *txn, *a = lite_open(&h, db, &lite_v1, ARC_OPEN_CREATE);
    assert_int_equal(ops->begin(a, ARC_TXN_WRITE, 0, &txn), ARC_OK);
    size_t n;
    free(test_read_file(db, &n));
    pid_t child = fork();
    if (child == 0) {
        lite_host mine;
        void *be = NULL, *t;
        lite_host_init(&mine);
        if (lite_try(&mine, db, "", &lite_v1, 0, &be) != ARC_OK) {
            _exit(10);
        }
        _exit(ops->begin(be, ARC_TXN_WRITE, 100, &t) == ARC_E_BUSY ? 0 : 11);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    ops->close(a);
}

/* Four processes count up under guard-free read-then-write: only the lock keeps the sum. */
static int count_up(int n)
{
    lite_host mine;
    void *be = NULL, *txn;
    int64_t first;
    lite_host_init(&mine);
    if (lite_try(&mine, db, "", &lite_v1, 0, &be) != ARC_OK) {
        return 20;
    }
    for (int i = 0; i < n; i++) {
        arc_status st = ops->begin(be, ARC_TXN_WRITE, 20000, &txn);
        if (st != ARC_OK || ops->reserve(txn, 1, "doc", 1, &first) != ARC_OK) {
            return 21;
        }
        lite_put(txn, first);
        if (ops->commit(txn) != ARC_OK) {
            return 22;
        }
    }
    ops->close(be);
    return 0;
}

static void processes(void **state)
{
    (void)state;
    pid_t child[4];
    void *be = lite_open(&h, db, &lite_v1, ARC_OPEN_CREATE);
    ops->close(be);
    for (int i = 0; i < 4; i++) {
        child[i] = fork();
        if (child[i] == 0) {
            _exit(count_up(100));
        }
    }
    for (int i = 0; i < 4; i++) {
        int status = -1;
        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        assert_int_equal(status, 0);
    }
    be = lite_open(&h, db, &lite_v1, ARC_OPEN_CHECK);
    assert_int_equal(lite_count(be, T_ITEM), 400);
    ops->close(be);
}

/* A process that dies with the lock leaves it free. */
static void killed(void **state)
{
    (void)state;
    int ready[2];
    char byte;
    void *txn, *be = lite_open(&h, db, &lite_v1, ARC_OPEN_CREATE);
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        lite_host mine;
        void *b = NULL, *t;
        lite_host_init(&mine);
        if (lite_try(&mine, db, "", &lite_v1, 0, &b) == ARC_OK && ops->begin(b, ARC_TXN_WRITE, 1000, &t) == ARC_OK) {
            lite_put(t, 1);
            if (write(ready[1], "x", 1) == 1) {
                pause();
            }
        }
        _exit(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(ops->begin(be, ARC_TXN_WRITE, 50, &txn), ARC_E_BUSY);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_int_equal(ops->begin(be, ARC_TXN_WRITE, 5000, &txn), ARC_OK);
    assert_int_equal(lite_put(txn, 1), ARC_ROW_OK);
    assert_int_equal(ops->commit(txn), ARC_OK);
    ops->close(be);
    close(ready[0]);
    close(ready[1]);
}

static int in_child(void *be, void *txn)
{
    void *t;
    arc_block b;
    uint8_t r[1];
    static const uint16_t cols[] = { 0 };
    arc_value v = lite_int(1);
    arc_write w = { (uint32_t)sizeof w, T_LOG, ARC_WRITE_INSERT, cols, NULL, NULL, &v, 1, 0, 1, 0, r };
    arc_write *ws[] = { &w };
    (void)b;
    if (ops->write(txn, ws, 1) != ARC_E_FORK) return 1;
    if (ops->savepoint(txn, 1) != ARC_E_FORK) return 2;
    if (ops->commit(txn) != ARC_E_FORK) return 3;
    if (ops->begin(be, ARC_TXN_READ, 0, &t) != ARC_E_FORK) return 4;
    if (ops->check(be, NULL, NULL) != ARC_E_FORK) return 5;
    if (ops->backup(be, "/nowhere/x", NULL, NULL) != ARC_E_FORK) return 6;
    if (ops->migrate(be, &lite_v1, 0) != ARC_E_FORK) return 7;
    ops->rollback(txn);
    ops->close(be); /* the parent's transaction and lock survive this */
    return 0;
}

static void forked(void **state)
{
    (void)state;
    void *txn, *other, *be = lite_open(&h, db, &lite_v1, ARC_OPEN_CREATE), *b = lite_open(&h, db, &lite_v1, 0);
    assert_int_equal(ops->begin(be, ARC_TXN_WRITE, 0, &txn), ARC_OK);
    lite_put(txn, 1);
    pid_t child = fork();
    if (child == 0) {
        _exit(in_child(be, txn));
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(ops->begin(b, ARC_TXN_WRITE, 20, &other), ARC_E_BUSY);
    assert_int_equal(ops->commit(txn), ARC_OK);
    assert_int_equal(lite_count(b, T_ITEM), 1);
    ops->close(be);
    ops->close(b);
}

static int64_t wal_size(void)
{
    char name[700];
    struct stat sb;
    snprintf(name, sizeof name, "%s-wal", db);
    return stat(name, &sb) == 0 ? (int64_t)sb.st_size : -1;
}

/* The log is folded back by commits, not by close and not while a reader needs it. */
static void checkpoints(void **state)
{
    (void)state;
    void *be = NULL, *reader, *txn;
    assert_int_equal(lite_try(&h, db, "checkpoint=50", &lite_v1, ARC_OPEN_CREATE, &be), ARC_OK);
    reader = lite_open(&h, db, &lite_v1, 0);
    for (int i = 0; i < 200; i++) {
        lite_fill(be, 1 + i, 2 + i);
    }
    assert_true(wal_size() < 200 * 4200); /* restarted again and again */
    assert_int_equal(ops->begin(reader, ARC_TXN_READ, 0, &txn), ARC_OK);
    for (int i = 200; i < 500; i++) {
        lite_fill(be, 1 + i, 2 + i);
    }
    int64_t grown = wal_size();
    assert_true(grown > 200 * 4200);
    ops->rollback(txn);
    lite_fill(be, 1000, 1001);
    assert_true(wal_size() < grown); /* cut at the first commit without a reader */
    assert_int_equal(lite_count(reader, T_ITEM), 501);
    ops->close(be);
    ops->close(reader);
    be = lite_open(&h, db, &lite_v1, ARC_OPEN_CHECK);
    assert_int_equal(lite_count(be, T_ITEM), 501);
    ops->close(be);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, test_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = { T(two_handles), T(host_touches_the_file), T(processes), T(killed),
                                        T(forked),      T(checkpoints) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
