/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _WIN32
#define _POSIX_C_SOURCE 200809L
#include <time.h>
#else
#include <windows.h>
#endif

#include "base/wait.h"

#ifdef _WIN32

int arci_cond_init(arci_cond *c)
{
    InitializeConditionVariable((PCONDITION_VARIABLE)(void *)&c->cv);
    return 0;
}

void arci_cond_destroy(arci_cond *c)
{
    (void)c;
}

void arci_cond_wait(arci_cond *c, arci_mutex *m, uint32_t ms)
{
    (void)SleepConditionVariableSRW((PCONDITION_VARIABLE)(void *)&c->cv, (PSRWLOCK)(void *)&m->srw, ms, 0);
}

void arci_cond_wake(arci_cond *c)
{
    WakeAllConditionVariable((PCONDITION_VARIABLE)(void *)&c->cv);
}

int64_t arci_steady_ms(void)
{
    return (int64_t)GetTickCount64();
}

#else

#if defined(__APPLE__)
#define WAIT_CLOCK CLOCK_REALTIME /* the one clock its condition variables know */
#else
#define WAIT_CLOCK CLOCK_MONOTONIC
#endif

int arci_cond_init(arci_cond *c)
{
#if defined(__APPLE__)
    return pthread_cond_init(&c->c, NULL);
#else
    pthread_condattr_t attr;
    int r = pthread_condattr_init(&attr);
    if (r) return r;
    r = pthread_condattr_setclock(&attr, WAIT_CLOCK);
    if (!r) r = pthread_cond_init(&c->c, &attr);
    (void)pthread_condattr_destroy(&attr);
    return r;
#endif
}

void arci_cond_destroy(arci_cond *c)
{
    (void)pthread_cond_destroy(&c->c);
}

void arci_cond_wait(arci_cond *c, arci_mutex *m, uint32_t ms)
{
    struct timespec until;
    (void)clock_gettime(WAIT_CLOCK, &until);
    until.tv_sec += (time_t)(ms / 1000u);
    until.tv_nsec += (long)(ms % 1000u) * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    (void)pthread_cond_timedwait(&c->c, &m->m, &until);
}

void arci_cond_wake(arci_cond *c)
{
    (void)pthread_cond_broadcast(&c->c);
}

int64_t arci_steady_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif
