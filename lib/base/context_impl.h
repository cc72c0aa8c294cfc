/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of a context. Only lib/base/{context,env,handle}.c look at it. */
#ifndef ARCI_BASE_CONTEXT_IMPL_H
#define ARCI_BASE_CONTEXT_IMPL_H

#include "base/handle.h"
#include "base/lock.h"

#define ARCI_CONTEXT_MAGIC UINT64_C(0x6172635f63747831)

typedef struct arci_slot arci_slot;
typedef struct arci_slab arci_slab;

typedef struct arci_handles {
    arci_slab *slabs;
    arci_slot *live_head, *live_tail; /* in order of creation */
    arci_slot *rest_head, *rest_tail; /* freed slots, oldest first */
    uint32_t n_rest;
} arci_handles;

struct arc_context {
    uint64_t magic;
    arc_allocator allocator;
    arc_log_fn log;
    void *log_user;
    int32_t log_level;
    arc_clock_fn clock;
    void *clock_user;
    arc_random_fn random;
    void *random_user;
    arci_mutex lock; /* handles and error */
    arc_error error;
    arci_handles handles;
    void *kept;
    void (*kept_dtor)(void *object);
};

void arci_handles_free(arc_context *ctx); /* destroys what is alive, newest first, then the slots */

#endif
