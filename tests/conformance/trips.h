/* SPDX-License-Identifier: Apache-2.0 */
/* How often a program waits for the server. */
#ifndef TESTS_TRIPS_H
#define TESTS_TRIPS_H

static const arc_backend_ops *inner; /* the server's */
static void *handle;                 /* of the connection that is counted */

static inline void take_trips(void *user, const char *key, const char *value)
{
    if (!strcmp(key, "round_trips")) *(int64_t *)user = strtoll(value, NULL, 10);
}

static inline int64_t trips(void)
{
    int64_t n = 0;
    (void)inner->describe(handle, take_trips, &n);
    return n;
}

static inline void at_most(int64_t before, int64_t most, const char *what)
{
    int64_t n = trips() - before;
    fprintf(stderr, "  %-44s %lld\n", what, (long long)n);
    if (n > most) fail_msg("%s: %lld trips, at most %lld", what, (long long)n, (long long)most);
}

#endif
