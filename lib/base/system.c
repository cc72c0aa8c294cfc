/* SPDX-License-Identifier: Apache-2.0 */
/* The two things of the operating system that hosts may lend to the library. Nothing here is called by the library. */
#ifdef _WIN32
#include <windows.h>
#include <bcrypt.h>
#else
#define _DEFAULT_SOURCE 1 /* getentropy */
#include <time.h>
#include <unistd.h>
#endif

#include "arcore/context.h"

int64_t arc_clock_system(void *user)
{
    (void)user;
#ifdef _WIN32
    FILETIME ft;
    GetSystemTimePreciseAsFileTime(&ft);
    uint64_t ticks = ((uint64_t)ft.dwHighDateTime << 32) | ft.dwLowDateTime;
    return (int64_t)(ticks / 10) - INT64_C(11644473600000000);
#else
    struct timespec ts;
    if (clock_gettime(CLOCK_REALTIME, &ts)) return 0;
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
#endif
}

int32_t arc_random_system(void *user, void *out, size_t n)
{
    (void)user;
    if (!n) return 0;
    if (!out) return -1;
#ifdef _WIN32
    if (n > ULONG_MAX) return -1;
    return BCryptGenRandom(NULL, out, (ULONG)n, BCRYPT_USE_SYSTEM_PREFERRED_RNG) == 0 ? 0 : -1;
#else
    char *p = out;
    while (n) {
        size_t step = n < 256 ? n : 256; /* the most getentropy() gives at once */
        if (getentropy(p, step)) return -1;
        p += step;
        n -= step;
    }
    return 0;
#endif
}
