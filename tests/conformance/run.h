/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the kit inside a cmocka test: prints failures and skips, fails the test when a case failed. */
#ifndef TESTS_CONFORMANCE_RUN_H
#define TESTS_CONFORMANCE_RUN_H

#include <fcntl.h>

#include "support/support.h"
#include "../../examples/testkit_main.h"

typedef struct kit_place {
    const char *prefix; /* of the location: the inner scheme for shims */
    char dir[512];
} kit_place;

static int32_t kit_make_empty(void *user, uint32_t index, char location[ARC_TESTKIT_LOCATION_MAX])
{
    kit_place *p = user;
    char file[ARC_TESTKIT_LOCATION_MAX];
    if (testkit_make_empty(p->dir, index, file)) return -1;
    int n = snprintf(location, ARC_TESTKIT_LOCATION_MAX, "%s%s", p->prefix, file);
    return n < 0 || n >= ARC_TESTKIT_LOCATION_MAX;
}

static void kit_drop(void *user, const char *location)
{
    kit_place *p = user;
    testkit_drop(p->dir, location + strlen(p->prefix));
}

static void kit_report(void *user, const arc_testkit_result *r)
{
    (void)user;
    if (r->outcome != ARC_TESTKIT_PASS) testkit_report(stderr, r);
}

/* /dev/shm where there is one: the kit commits thousands of times. */
static inline arc_testkit_quirks kit_quirks(kit_place *place, const arc_backend_ops *ops, const char *prefix)
{
    arc_testkit_quirks q = ARC_TESTKIT_QUIRKS_INIT;
    place->prefix = prefix;
    snprintf(place->dir, sizeof place->dir, "%s", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    q.scheme = ops->scheme;
    q.ops = ops;
    q.caps = ops->caps;
    q.user = place;
    q.make_empty = kit_make_empty;
    q.drop = kit_drop;
    q.kill = testkit_kill;
    return q;
}

static inline void kit_run_with(const arc_backend_ops *ops, const arc_backend_ops *const *others, uint32_t n_others,
                                uint32_t caps, const char *prefix, const char *options, uint32_t flags)
{
    kit_place place;
    arc_testkit_quirks q = kit_quirks(&place, ops, prefix);
    q.options = options;
    q.flags = flags;
    arc_testkit_options o = ARC_TESTKIT_OPTIONS_INIT;
    arc_testkit_counts n;
    q.caps = caps;
    q.others = others;
    q.n_others = n_others;
    o.report = kit_report;
    assert_ok(arc_testkit_run(&n, &q, &o));
    fprintf(stderr, "%s?%s: %u cases passed, %u failed, %u skipped\n", ops->scheme, options, n.passed, n.failed, n.skipped);
    assert_int_equal(n.failed, 0);
    assert_true(n.passed > 50);
    for (uint32_t i = 0; i < 16; i++) { /* stores are dropped, whatever the case did */
        char file[sizeof place.dir + 64];
        snprintf(file, sizeof file, "%s/arc-testkit-%ld-%u", place.dir, (long)getpid(), (unsigned)i);
        assert_int_not_equal(access(file, F_OK), 0);
    }
}

static inline void kit_run(const arc_backend_ops *ops, const arc_backend_ops *const *others, uint32_t n_others,
                           uint32_t caps, const char *prefix)
{
    kit_run_with(ops, others, n_others, caps, prefix, "", 0);
}

/* The same cases through each shim, which is asked for nothing: it must be invisible. */
static inline void kit_run_shims_with(const arc_backend_ops *inner, const char *options, uint32_t flags)
{
    char prefix[64];
    snprintf(prefix, sizeof prefix, "%s:", inner->scheme);
    for (uint32_t kind = ARC_SHIM_FAULT; kind <= ARC_SHIM_TRACE; kind++) {
        arc_shim shim;
        arc_backend_ops ops;
        assert_ok(arc_shim_init(&ops, &shim, inner, kind));
        kit_run_with(&ops, &inner, 1, inner->caps, prefix, options, flags);
        assert_true(shim.calls > 1000);
        assert_int_equal(shim.failed, 0);
    }
}

static inline void kit_run_shims(const arc_backend_ops *inner)
{
    kit_run_shims_with(inner, "", 0);
}

#endif
