/* SPDX-License-Identifier: Apache-2.0 */
/* A mutex for the few shared things of a context. */
#ifndef ARCI_BASE_LOCK_H
#define ARCI_BASE_LOCK_H

#ifdef _WIN32
typedef struct arci_mutex {
    void *srw;
} arci_mutex;
#else
#include <pthread.h>
typedef struct arci_mutex {
    pthread_mutex_t m;
} arci_mutex;
#endif

int arci_mutex_init(arci_mutex *m); /* 0 on success */
void arci_mutex_destroy(arci_mutex *m);
void arci_mutex_lock(arci_mutex *m);
void arci_mutex_unlock(arci_mutex *m);

#endif
