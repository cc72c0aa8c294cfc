/* SPDX-License-Identifier: Apache-2.0 */
#ifdef _WIN32
#include <windows.h>
#endif

#include "base/lock.h"

#ifdef _WIN32

int arci_mutex_init(arci_mutex *m)
{
    InitializeSRWLock((PSRWLOCK)(void *)&m->srw);
    return 0;
}

void arci_mutex_destroy(arci_mutex *m)
{
    (void)m;
}

void arci_mutex_lock(arci_mutex *m)
{
    AcquireSRWLockExclusive((PSRWLOCK)(void *)&m->srw);
}

void arci_mutex_unlock(arci_mutex *m)
{
    ReleaseSRWLockExclusive((PSRWLOCK)(void *)&m->srw);
}

#else

int arci_mutex_init(arci_mutex *m)
{
    return pthread_mutex_init(&m->m, NULL);
}

void arci_mutex_destroy(arci_mutex *m)
{
    (void)pthread_mutex_destroy(&m->m);
}

void arci_mutex_lock(arci_mutex *m)
{
    (void)pthread_mutex_lock(&m->m);
}

void arci_mutex_unlock(arci_mutex *m)
{
    (void)pthread_mutex_unlock(&m->m);
}

#endif
