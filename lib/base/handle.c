/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/context_impl.h"

#define SLOT_SIZE 64u
#define SLOT_MAGIC UINT32_C(0x41524348)
#define SLAB_SLOTS 64u
#define GENERATIONS 64u
/* A slot is used again only when this many rest behind it: a stale handle can be mistaken for a live one only after
 * REST * (GENERATIONS - 1) further handles were made and freed. 4,096 slots are 256 KiB. */
#define REST 4096u

struct arci_slot {
    uint32_t magic;
    uint16_t type;
    uint16_t generation;
    void *object;
    arc_context *ctx;
    arci_handle_dtor dtor;
    arci_slot *prev, *next;
};

struct arci_slab {
    arci_slab *next;
    void *block; /* what the allocator gave */
};

_Static_assert(sizeof(arci_slot) <= SLOT_SIZE, "a slot fits its cell");
_Static_assert(sizeof(arci_slab) <= SLOT_SIZE, "a slab's head fits a cell");

static void list_remove(arci_slot **head, arci_slot **tail, arci_slot *slot)
{
    if (slot->prev) slot->prev->next = slot->next;
    else *head = slot->next;
    if (slot->next) slot->next->prev = slot->prev;
    else *tail = slot->prev;
}

static void list_append(arci_slot **head, arci_slot **tail, arci_slot *slot)
{
    slot->next = NULL;
    slot->prev = *tail;
    if (*tail) (*tail)->next = slot;
    else *head = slot;
    *tail = slot;
}

static void rest(arci_handles *hs, arci_slot *slot)
{
    list_append(&hs->rest_head, &hs->rest_tail, slot);
    hs->n_rest++;
}

static int add_slab(arc_context *ctx)
{
    void *block = arci_alloc(ctx, (SLAB_SLOTS + 2) * SLOT_SIZE);
    if (!block) return 0;
    uintptr_t address = (uintptr_t)block;
    char *cell = (char *)block + (SLOT_SIZE - address % SLOT_SIZE) % SLOT_SIZE;
    arci_slab *slab = (void *)cell;
    slab->block = block;
    slab->next = ctx->handles.slabs;
    ctx->handles.slabs = slab;
    for (uint32_t i = 1; i <= SLAB_SLOTS; i++) {
        arci_slot *slot = (void *)(cell + i * SLOT_SIZE);
        memset(slot, 0, sizeof *slot);
        slot->magic = SLOT_MAGIC;
        /* New slots go in front: only slots that were used need to rest. */
        slot->next = ctx->handles.rest_head;
        if (slot->next) slot->next->prev = slot;
        else ctx->handles.rest_tail = slot;
        ctx->handles.rest_head = slot;
        ctx->handles.n_rest++;
    }
    return 1;
}

/* The slot to use next, or NULL when there is no memory. */
static arci_slot *take_slot(arc_context *ctx)
{
    arci_handles *hs = &ctx->handles;
    arci_slot *first = hs->rest_head;
    if (!first || (first->generation && hs->n_rest < REST)) {
        /* Without memory for fresh slots a rested one is better than failing. */
        if (!add_slab(ctx) && !hs->rest_head) return NULL;
    }
    first = hs->rest_head;
    list_remove(&hs->rest_head, &hs->rest_tail, first);
    hs->n_rest--;
    return first;
}

arc_status arci_handle_new(arc_context *ctx, int type, void *object, arci_handle_dtor dtor, void **out)
{
    *out = NULL;
    arci_mutex_lock(&ctx->lock);
    arci_slot *slot = take_slot(ctx);
    if (slot) {
        /* Generation 0 means never used. */
        slot->generation = (uint16_t)(slot->generation + 1 == GENERATIONS ? 1 : slot->generation + 1);
        slot->type = (uint16_t)type;
        slot->object = object;
        slot->ctx = ctx;
        slot->dtor = dtor;
        list_append(&ctx->handles.live_head, &ctx->handles.live_tail, slot);
        *out = (char *)slot + slot->generation;
    }
    arci_mutex_unlock(&ctx->lock);
    return slot ? ARC_OK : ARC_E_NOMEM;
}

static arci_slot *find(const void *h, int type)
{
    uintptr_t address = (uintptr_t)h;
    uint32_t generation = (uint32_t)(address % SLOT_SIZE);
    if (address < SLOT_SIZE || !generation) return NULL;
    arci_slot *slot = (void *)(address - generation);
    if (slot->magic != SLOT_MAGIC || slot->generation != generation || slot->type != type) return NULL;
    return type == ARCI_H_FREE ? NULL : slot;
}

arc_status arci_handle_get(const void *h, int type, void **object, arc_context **ctx)
{
    arci_slot *slot = find(h, type);
    if (!slot) return ARC_E_HANDLE;
    *object = slot->object;
    if (ctx) *ctx = slot->ctx;
    return ARC_OK;
}

static void retire(arci_slot *slot)
{
    arci_handles *hs = &slot->ctx->handles;
    list_remove(&hs->live_head, &hs->live_tail, slot);
    slot->type = ARCI_H_FREE;
    slot->object = NULL;
    rest(hs, slot);
}

arc_status arci_handle_release(void *h, int type, void **object)
{
    arci_slot *slot = find(h, type);
    if (!slot) return ARC_E_HANDLE;
    arc_context *ctx = slot->ctx;
    arci_mutex_lock(&ctx->lock);
    *object = slot->object;
    retire(slot);
    arci_mutex_unlock(&ctx->lock);
    return ARC_OK;
}

void arci_handles_free(arc_context *ctx)
{
    arci_handles *hs = &ctx->handles;
    arci_slot *slot;
    /* A destructor may release other handles, so the tail is read afresh every time. */
    while ((slot = hs->live_tail) != NULL) {
        void *object = slot->object;
        arci_handle_dtor dtor = slot->dtor;
        retire(slot);
        if (dtor) dtor(object);
    }
    while (hs->slabs) {
        arci_slab *next = hs->slabs->next;
        arci_free(ctx, hs->slabs->block);
        hs->slabs = next;
    }
}
