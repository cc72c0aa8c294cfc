/* SPDX-License-Identifier: Apache-2.0 */
/* Hash map from bytes to int64, open addressing. Iteration (entries[]) follows the order of insertion, so no result depends on
 * hashing. */
#ifndef ARCI_BASE_MAP_H
#define ARCI_BASE_MAP_H

#include "base/arena.h"

typedef struct arci_map_entry {
    const char *key; /* bytes; owned by the map (copied) */
    uint32_t key_len;
    uint32_t hash;
    int64_t value;
} arci_map_entry;

typedef struct arci_map {
    arc_context *ctx;
    arci_map_entry *entries; /* in order of insertion */
    uint32_t *slots;         /* index + 1, 0 = free */
    uint32_t n, cap, n_slots;
    arci_arena keys;
} arci_map;

void arci_map_init(arci_map *m, arc_context *ctx);
/* Finds or inserts. *value points at the entry's value (0 when new), valid until the next insert. 1 = new, 0 = found,
 * negative status: ARC_E_NOMEM. */
int32_t arci_map_put(arci_map *m, const void *key, size_t len, int64_t **value);
int64_t *arci_map_get(const arci_map *m, const void *key, size_t len); /* NULL when absent */
void arci_map_clear(arci_map *m);

uint64_t arci_hash_bytes(const void *p, size_t n);

#endif
