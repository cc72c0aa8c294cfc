/* SPDX-License-Identifier: Apache-2.0 */
/* What an import keeps of the rows it has seen: numbers, receipts to be, rows that were refused. It is all that grows with the file. */
#include <string.h>

#include "exchange/import.h"

void arci_import_keep_init(arci_import *im, arc_context *ctx)
{
    arci_prints_init(&im->numbers, ctx, ARCI_PRINT_NUMBER, 0);
    arci_prints_init(&im->receipt_numbers, ctx, ARCI_PRINT_NUMBER, 0);
    arci_prints_init(&im->group_index, ctx, ARCI_PRINT_GROUP, 1);
    arci_prints_init(&im->more_prints, ctx, ARCI_PRINT_NUMBER, 0);
    arci_prints_init(&im->item_numbers, ctx, ARCI_PRINT_NUMBER, 0);
    arci_prints_init(&im->unique, ctx, ARCI_PRINT_NUMBER, 0);
    arci_arena_init(&im->row_arena, ctx);
}

void arci_import_keep_clear(arci_import *im)
{
    arc_context *ctx = im->env->ctx;
    arci_prints_clear(&im->numbers);
    arci_prints_clear(&im->receipt_numbers);
    arci_prints_clear(&im->group_index);
    arci_prints_clear(&im->more_prints);
    arci_prints_clear(&im->item_numbers);
    arci_prints_clear(&im->unique);
    arci_arena_clear(&im->row_arena);
    for (uint32_t i = 0; i < im->cap_group_blocks; i++) arci_free(ctx, im->groups[i]);
    arci_free(ctx, im->groups);
    arci_free(ctx, im->bad_rows);
    arci_free(ctx, im->members);
    arci_free(ctx, im->causes);
}

/* ---- receipts to be ---------------------------------------------------------------------------------------------------------- */

arci_import_group *arci_import_group_at(const arci_import *im, uint32_t group)
{
    return &im->groups[group / ARCI_GROUP_BLOCK][group % ARCI_GROUP_BLOCK];
}

static int add_block(arci_import *im)
{
    if (im->n_groups == UINT32_MAX - ARCI_GROUP_BLOCK + 1) return 0; /* UINT32_MAX says none */
    arci_import_group **grown = arci_resize(im->env->ctx, im->groups, (im->cap_group_blocks + (size_t)1) * sizeof *grown);
    if (!grown) return 0;
    im->groups = grown;
    arci_import_group *block = arci_calloc(im->env->ctx, ARCI_GROUP_BLOCK, sizeof *block);
    if (!block) return 0;
    grown[im->cap_group_blocks++] = block;
    return 1;
}

arc_status arci_import_find_group(arci_import *im, uint32_t *group, const void *key, size_t n)
{
    uint32_t *index;
    if (im->n_groups == im->cap_group_blocks * ARCI_GROUP_BLOCK && !add_block(im)) return arci_nomem(im->env);
    int32_t made = arci_prints_put(&im->group_index, key, n, &index);
    if (made < 0) return arci_nomem(im->env);
    if (made) {
        *index = im->n_groups++;
        arci_import_group_at(im, *index)->customer = UINT32_MAX;
    }
    *group = *index;
    return ARC_OK;
}

void arci_group_add(arci_import_group *g, int64_t amount)
{
    arci_acc a = { (uint64_t)g->sum[1] << 32 | g->sum[0], (int32_t)g->sum[2] };
    arci_acc_add(&a, amount);
    g->sum[0] = (uint32_t)a.lo;
    g->sum[1] = (uint32_t)(a.lo >> 32);
    g->sum[2] = (uint32_t)a.hi;
}

int arci_group_sum(const arci_import_group *g, int64_t *sum)
{
    arci_acc a = { (uint64_t)g->sum[1] << 32 | g->sum[0], (int32_t)g->sum[2] };
    return arci_acc_get(&a, sum);
}

void arci_group_write(arci_import_group *g, int64_t receipt)
{
    g->at[0] = (uint32_t)receipt;
    g->at[1] = (uint32_t)((uint64_t)receipt >> 32);
    g->flags |= ARCI_GROUP_WRITTEN;
}

int64_t arci_group_receipt(const arci_import_group *g)
{
    return g->flags & ARCI_GROUP_WRITTEN ? (int64_t)((uint64_t)g->at[1] << 32 | g->at[0]) : 0;
}

/* ---- refused rows ------------------------------------------------------------------------------------------------------------ */

arc_status arci_import_mark_bad(arci_import *im, int64_t row)
{
    size_t byte = (size_t)row / 8;
    if (byte >= im->cap_bad_rows) {
        size_t cap = byte + byte / 2 + 64;
        uint8_t *grown = arci_resize(im->env->ctx, im->bad_rows, cap);
        if (!grown) return arci_nomem(im->env);
        memset(grown + im->cap_bad_rows, 0, cap - im->cap_bad_rows);
        im->bad_rows = grown;
        im->cap_bad_rows = cap;
    }
    im->bad_rows[byte] |= (uint8_t)(1u << (row % 8));
    return ARC_OK;
}

int arci_import_is_bad(const arci_import *im, int64_t row)
{
    size_t byte = (size_t)row / 8;
    return byte < im->cap_bad_rows && im->bad_rows[byte] >> (row % 8) & 1;
}
