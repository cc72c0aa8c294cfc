/* SPDX-License-Identifier: Apache-2.0 */
#include "credit/family.h"

#include <stdlib.h>
#include <string.h>

static int by_id(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

arc_status arci_families_read(arci_txn *t, arci_arena *arena, arci_families *f, const int64_t *ids, uint32_t n, arc_date as_of, const arci_known *known)
{
    uint32_t all = 0;
    arci_merged_init(&f->merged, t->env->ctx);
    f->ids = ids;
    f->n = n;
    arc_status st = arci_merged_read(t, arena, &f->merged, as_of, known);
    if (st != ARC_OK || !f->merged.roots.n) return st;
    int64_t *list = arci_arena_alloc(arena, ((size_t)n + f->merged.roots.n) * sizeof *list);
    if (!list) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) {
        if (arci_family_of(f, ids[i]) == ids[i]) list[all++] = ids[i];
    }
    for (uint32_t i = 0; i < f->merged.roots.n; i++) {
        const arci_map_entry *e = &f->merged.roots.entries[i];
        if (bsearch(&e->value, ids, n, sizeof *ids, by_id)) memcpy(&list[all++], e->key, sizeof *list);
    }
    qsort(list, all, sizeof *list, by_id);
    f->ids = list;
    f->n = all;
    return ARC_OK;
}
