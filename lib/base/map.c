/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/map.h"
#include "base/num.h"

uint64_t arci_hash_bytes(const void *p, size_t n)
{
    const uint64_t k = UINT64_C(0x9e3779b97f4a7c15);
    const unsigned char *s = p;
    uint64_t h = UINT64_C(0x2545f4914f6cdd1d) ^ ((uint64_t)n * k);
    while (n) {
        uint64_t w = 0;
        size_t step = n < 8 ? n : 8;
        memcpy(&w, s, step);
        h = (h ^ w) * k;
        h ^= h >> 32;
        s += step;
        n -= step;
    }
    h *= k;
    return h ^ (h >> 29);
}

void arci_map_init(arci_map *m, arc_context *ctx)
{
    memset(m, 0, sizeof *m);
    m->ctx = ctx;
    arci_arena_init(&m->keys, ctx);
}

void arci_map_clear(arci_map *m)
{
    arci_free(m->ctx, m->entries);
    arci_free(m->ctx, m->slots);
    arci_arena_clear(&m->keys);
    arci_map_init(m, m->ctx);
}

/* Where the key stands or would be put. */
static uint32_t *find_slot(const arci_map *m, uint32_t hash, const void *key, size_t len)
{
    uint32_t i = hash & (m->n_slots - 1);
    while (m->slots[i]) {
        const arci_map_entry *e = &m->entries[m->slots[i] - 1];
        if (e->hash == hash && e->key_len == len && (!len || memcmp(e->key, key, len) == 0)) break;
        i = (i + 1) & (m->n_slots - 1);
    }
    return &m->slots[i];
}

static int grow_slots(arci_map *m)
{
    uint32_t n = m->n_slots ? m->n_slots * 2 : 16;
    if (n < m->n_slots) return 0;
    uint32_t *slots = arci_calloc(m->ctx, n, sizeof *slots);
    if (!slots) return 0;
    for (uint32_t e = 0; e < m->n; e++) {
        uint32_t i = m->entries[e].hash & (n - 1);
        while (slots[i]) i = (i + 1) & (n - 1);
        slots[i] = e + 1;
    }
    arci_free(m->ctx, m->slots);
    m->slots = slots;
    m->n_slots = n;
    return 1;
}

static int grow_entries(arci_map *m)
{
    uint32_t cap = m->cap ? m->cap * 2 : 8;
    size_t bytes;
    if (cap < m->cap || arci_mulsz(cap, sizeof *m->entries, &bytes)) return 0;
    arci_map_entry *entries = arci_resize(m->ctx, m->entries, bytes);
    if (!entries) return 0;
    m->entries = entries;
    m->cap = cap;
    return 1;
}

int32_t arci_map_put(arci_map *m, const void *key, size_t len, int64_t **value)
{
    uint32_t hash = (uint32_t)arci_hash_bytes(key, len);
    if (m->n_slots) {
        uint32_t slot = *find_slot(m, hash, key, len);
        if (slot) {
            *value = &m->entries[slot - 1].value;
            return 0;
        }
    }
    if (len > UINT32_MAX || m->n == UINT32_MAX - 1) return ARC_E_NOMEM;
    if (m->n == m->cap && !grow_entries(m)) return ARC_E_NOMEM;
    if (m->n >= m->n_slots / 2 && !grow_slots(m)) return ARC_E_NOMEM;
    const char *copy = arci_arena_strndup(&m->keys, key, len);
    if (!copy) return ARC_E_NOMEM;
    arci_map_entry *e = &m->entries[m->n];
    e->key = copy;
    e->key_len = (uint32_t)len;
    e->hash = hash;
    e->value = 0;
    *find_slot(m, hash, key, len) = ++m->n;
    *value = &e->value;
    return 1;
}

int64_t *arci_map_get(const arci_map *m, const void *key, size_t len)
{
    if (!m->n_slots) return NULL;
    uint32_t slot = *find_slot(m, (uint32_t)arci_hash_bytes(key, len), key, len);
    return slot ? &m->entries[slot - 1].value : NULL;
}
