/* SPDX-License-Identifier: Apache-2.0 */
/* A condition variable for arci_mutex, and the steady time that a wait with a deadline needs. Nothing else may ask for time. */
#ifndef ARCI_BASE_WAIT_H
#define ARCI_BASE_WAIT_H

#include <stdint.h>

#include "base/lock.h"

#ifdef _WIN32
typedef struct arci_cond {
    void *cv;
} arci_cond;
#else
typedef struct arci_cond {
    pthread_cond_t c;
} arci_cond;
#endif

int arci_cond_init(arci_cond *c); /* 0 on success */
void arci_cond_destroy(arci_cond *c);
/* m is held before and after. Returns after a wake, after `ms` milliseconds, or for no reason at all. */
void arci_cond_wait(arci_cond *c, arci_mutex *m, uint32_t ms);
void arci_cond_wake(arci_cond *c); /* everyone who waits */

int64_t arci_steady_ms(void); /* never goes back; the zero is arbitrary */

#endif
