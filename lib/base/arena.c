/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/num.h"

#define ALIGNMENT (_Alignof(max_align_t))
#define FIRST_CHUNK 2048u
#define LARGEST_CHUNK (256u * 1024u)

struct arci_arena_chunk {
    arci_arena_chunk *next;
    size_t size; /* of data */
    max_align_t data[];
};

void arci_arena_init(arci_arena *a, arc_context *ctx)
{
    a->ctx = ctx;
    a->head = NULL;
    a->used = 0;
    a->chunk_size = FIRST_CHUNK;
}

static arci_arena_chunk *new_chunk(arci_arena *a, size_t size)
{
    size_t bytes;
    if (arci_addsz(size, offsetof(arci_arena_chunk, data), &bytes)) return NULL;
    arci_arena_chunk *chunk = arci_alloc(a->ctx, bytes);
    if (chunk) chunk->size = size;
    return chunk;
}

void *arci_arena_alloc(arci_arena *a, size_t size)
{
    size_t bytes;
    if (arci_addsz(size ? size : 1, ALIGNMENT - 1, &bytes)) return NULL;
    bytes -= bytes % ALIGNMENT;
    if (a->head && a->head->size - a->used >= bytes) {
        void *p = (char *)a->head->data + a->used;
        a->used += bytes;
        return p;
    }
    if (a->head && bytes > a->chunk_size / 4) { /* big: a chunk of its own, the rest of head stays in use */
        arci_arena_chunk *own = new_chunk(a, bytes);
        if (!own) return NULL;
        own->next = a->head->next;
        a->head->next = own;
        return own->data;
    }
    arci_arena_chunk *chunk = new_chunk(a, bytes > a->chunk_size ? bytes : a->chunk_size);
    if (!chunk) return NULL;
    chunk->next = a->head;
    a->head = chunk;
    a->used = bytes;
    if (a->chunk_size < LARGEST_CHUNK) a->chunk_size *= 2;
    return chunk->data;
}

void *arci_arena_calloc(arci_arena *a, size_t n, size_t size)
{
    size_t bytes;
    if (arci_mulsz(n, size, &bytes)) return NULL;
    void *p = arci_arena_alloc(a, bytes);
    if (p) memset(p, 0, bytes);
    return p;
}

char *arci_arena_strndup(arci_arena *a, const char *s, size_t n)
{
    size_t bytes;
    if (arci_addsz(n, 1, &bytes)) return NULL;
    char *p = arci_arena_alloc(a, bytes);
    if (!p) return NULL;
    if (n) memcpy(p, s, n);
    p[n] = 0;
    return p;
}

void arci_arena_reset(arci_arena *a)
{
    arci_arena_chunk *keep = a->head;
    for (arci_arena_chunk *c = a->head; c; c = c->next) {
        if (c->size > keep->size) keep = c;
    }
    while (a->head) {
        arci_arena_chunk *next = a->head->next;
        if (a->head != keep) arci_free(a->ctx, a->head);
        a->head = next;
    }
    a->head = keep;
    a->used = 0;
    if (keep) keep->next = NULL;
}

void arci_arena_clear(arci_arena *a)
{
    while (a->head) {
        arci_arena_chunk *next = a->head->next;
        arci_free(a->ctx, a->head);
        a->head = next;
    }
    arci_arena_init(a, a->ctx);
}
