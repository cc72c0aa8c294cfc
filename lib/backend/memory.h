/* SPDX-License-Identifier: Apache-2.0 */
/* The memory backend: "memory:" is a private store, "memory:NAME" one that all handles of a registry share.
 *
 * A store lives as long as one handle on it is open. Where the named ones are found is the registry, and there is one per context:
 * whoever keeps the list of backends of a context copies the table and puts the registry into `user`:
 *
 *     arci_memory_registry_init(&ctx_registry);              // with the context
 *     arc_backend_ops ops = *arci_backend_memory();
 *     ops.user = &ctx_registry;                              // host->find_backend(host, "memory") must return this copy
 *     ...
 *     arci_memory_registry_destroy(&ctx_registry);           // after the last handle is closed
 *
 * open() looks it up by host->find_backend(host, "memory")->user. Without it, named stores are refused (ARC_E_UNSUPPORTED) and
 * private ones work. All hosts of one registry must lend the same allocator: what one handle allocated another may free. */
#ifndef ARCI_BACKEND_MEMORY_H
#define ARCI_BACKEND_MEMORY_H

#include "arcore/sys/backend.h"
#include "base/lock.h"

struct mem_store;

typedef struct arci_memory_registry {
    arci_mutex lock;
    struct mem_store *stores;
} arci_memory_registry;

int arci_memory_registry_init(arci_memory_registry *registry); /* 0 on success */
void arci_memory_registry_destroy(arci_memory_registry *registry);

const arc_backend_ops *arci_backend_memory(void); /* static; user is NULL */

#endif
