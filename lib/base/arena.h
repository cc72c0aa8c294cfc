/* SPDX-License-Identifier: Apache-2.0 */
/* Arena: many small blocks with one life. Blocks are aligned for any type. */
#ifndef ARCI_BASE_ARENA_H
#define ARCI_BASE_ARENA_H

#include "base/env.h"

typedef struct arci_arena_chunk arci_arena_chunk;
typedef struct arci_arena {
    arc_context *ctx;
    arci_arena_chunk *head;
    size_t used;       /* in head */
    size_t chunk_size; /* of the next chunk; grows to 256 KiB */
} arci_arena;

void arci_arena_init(arci_arena *a, arc_context *ctx);
void *arci_arena_alloc(arci_arena *a, size_t size); /* NULL: no memory */
void *arci_arena_calloc(arci_arena *a, size_t n, size_t size);
char *arci_arena_strndup(arci_arena *a, const char *s, size_t n); /* terminated */
void arci_arena_reset(arci_arena *a); /* forgets everything, keeps the largest chunk */
void arci_arena_clear(arci_arena *a); /* frees everything */

#endif
