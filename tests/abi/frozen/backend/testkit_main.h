/* SPDX-License-Identifier: Apache-2.0 */
/* A runner for the conformance kit, for backends that keep a store in a file (POSIX). Copy it beside your backend:
 *
 *     int main(int argc, char **argv) { return testkit_main(&my_ops, my_ops.caps, argc, argv); }
 *
 * prints one line a case and returns 0 when all that ran passed.  Arguments: [case, or prefix*] [seed] [rounds] */
#ifndef EXAMPLES_TESTKIT_MAIN_H
#define EXAMPLES_TESTKIT_MAIN_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arcore/sys/testkit.h"

/* Files a store at `location` may consist of. Add the suffixes of your own. */
static void testkit_drop(void *user, const char *location)
{
    static const char *const suffix[] = { "", ".lock", ".new", "-wal", "-shm", "-journal", "-arclock" };
    char path[ARC_TESTKIT_LOCATION_MAX + 16];
    (void)user;
    for (size_t i = 0; i < sizeof suffix / sizeof suffix[0]; i++) {
        snprintf(path, sizeof path, "%s%s", location, suffix[i]);
        unlink(path);
    }
}

/* `user` is a folder, or NULL for /tmp. */
static int32_t testkit_make_empty(void *user, uint32_t index, char location[ARC_TESTKIT_LOCATION_MAX])
{
    int n = snprintf(location, ARC_TESTKIT_LOCATION_MAX, "%s/arc-testkit-%ld-%u", user ? (const char *)user : "/tmp",
                     (long)getpid(), (unsigned)index);
    if (n < 0 || n >= ARC_TESTKIT_LOCATION_MAX) return -1;
    testkit_drop(user, location);
    return 0;
}

/* A child does the work and dies by SIGKILL: nothing is closed, nothing is flushed. */
static int32_t testkit_kill(void *user, int32_t (*work)(void *arg), void *arg)
{
    int ends[2];
    int32_t result = -1;
    (void)user;
    fflush(NULL);
    if (pipe(ends)) return -1;
    pid_t child = fork();
    if (child == 0) {
        result = work(arg);
        if (write(ends[1], &result, sizeof result) != (ssize_t)sizeof result) result = -1;
        kill(getpid(), SIGKILL);
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], &result, sizeof result) != (ssize_t)sizeof result) result = -1;
    close(ends[0]);
    if (child > 0) waitpid(child, NULL, 0);
    return result;
}

/* `user` is a FILE, or NULL for stdout. */
static void testkit_report(void *user, const arc_testkit_result *r)
{
    FILE *f = user ? (FILE *)user : stdout;
    fprintf(f, "%s  %s%s%s\n", r->outcome == ARC_TESTKIT_PASS ? "pass" : r->outcome == ARC_TESTKIT_FAIL ? "FAIL" : "skip",
            r->name, r->message[0] ? ": " : "", r->message);
    if (r->outcome == ARC_TESTKIT_FAIL)
        fprintf(f, "      the contract: %s\n      seed %llu\n", r->clause, (unsigned long long)r->seed);
}

static inline int testkit_main(const arc_backend_ops *ops, uint32_t caps, int argc, char **argv)
{
    arc_testkit_quirks quirks = ARC_TESTKIT_QUIRKS_INIT;
    arc_testkit_options options = ARC_TESTKIT_OPTIONS_INIT;
    arc_testkit_counts counts;
    quirks.scheme = ops->scheme;
    quirks.ops = ops;
    quirks.caps = caps;
    quirks.make_empty = testkit_make_empty;
    quirks.drop = testkit_drop;
    quirks.kill = testkit_kill;
    options.report = testkit_report;
    if (argc > 1) options.only = argv[1];
    if (argc > 2) options.seed = strtoull(argv[2], NULL, 10);
    if (argc > 3) options.rounds = (uint32_t)strtoul(argv[3], NULL, 10);
    arc_status status = arc_testkit_run(&counts, &quirks, &options);
    if (status) {
        fprintf(stderr, "the kit did not run: %s\n", arc_status_name(status));
        return 2;
    }
    printf("%u passed, %u failed, %u skipped\n", counts.passed, counts.failed, counts.skipped);
    return counts.failed != 0;
}

#endif
