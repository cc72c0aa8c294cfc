/* SPDX-License-Identifier: Apache-2.0 */
/* ARC_THREADS_HANDLES: different handles in different threads at once. Each thread runs cases of the kit on stores of its
 * own, while all share what a backend keeps beside its handles. Run under the thread sanitizer too. */
#include <pthread.h>

#include "conformance/run.h"
#include "backend/memory.h"
#include "backend/sqlite.h"

enum { THREADS = 3 };

typedef struct job {
    const arc_backend_ops *ops;
    uint32_t index;
    arc_testkit_counts n;
    char fault[256];
} job;

static int32_t place(void *user, uint32_t index, char location[ARC_TESTKIT_LOCATION_MAX])
{
    return testkit_make_empty(NULL, ((const job *)user)->index * 10 + index, location);
}

static void drop(void *user, const char *location)
{
    (void)user;
    testkit_drop(NULL, location);
}

static void note(void *user, const arc_testkit_result *r)
{
    job *j = user;
    if (r->outcome == ARC_TESTKIT_FAIL) snprintf(j->fault, sizeof j->fault, "%s: %s", r->name, r->message);
}

static void *run(void *arg)
{
    job *j = arg;
    arc_testkit_quirks q = ARC_TESTKIT_QUIRKS_INIT;
    arc_testkit_options o = ARC_TESTKIT_OPTIONS_INIT;
    static const char *const only[] = { "shared_*", "history_random", "paging_index", "nomem_once" };
    q.scheme = j->ops->scheme;
    q.ops = j->ops;
    q.caps = j->ops->caps;
    q.user = j;
    q.make_empty = place;
    q.drop = drop;
    o.report = note;
    o.report_user = j;
    o.rounds = 4;
    o.seed = j->index;
    for (uint32_t i = 0; i < 4; i++) {
        arc_testkit_counts n;
        o.only = only[i];
        if (arc_testkit_run(&n, &q, &o)) n.failed = 1;
        j->n.passed += n.passed;
        j->n.failed += n.failed;
    }
    return NULL;
}

static void together(const arc_backend_ops *ops)
{
    pthread_t thread[THREADS];
    job jobs[THREADS];
    assert_int_equal(ops->threads, ARC_THREADS_HANDLES);
    memset(jobs, 0, sizeof jobs);
    for (uint32_t i = 0; i < THREADS; i++) {
        jobs[i].ops = ops;
        jobs[i].index = i;
        assert_int_equal(pthread_create(&thread[i], NULL, run, &jobs[i]), 0);
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        if (jobs[i].n.failed) fprintf(stderr, "thread %u: %s\n", i, jobs[i].fault);
        assert_int_equal(jobs[i].n.failed, 0);
        assert_true(jobs[i].n.passed >= 10);
    }
}

static void memory(void **state)
{
    (void)state;
    arci_memory_registry registry;
    assert_int_equal(arci_memory_registry_init(&registry), 0);
    arc_backend_ops ops = *arci_backend_memory();
    ops.user = &registry;
    ops.caps |= ARC_CAP_SHARED;
    together(&ops);
    assert_null(registry.stores);
    arci_memory_registry_destroy(&registry);
}

static void sqlite(void **state)
{
    (void)state;
    together(arci_backend_sqlite());
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(memory), cmocka_unit_test(sqlite) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
