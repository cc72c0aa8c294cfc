/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/returns.h"

#include <string.h>

#include "store/session.h"

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

arc_status arci_returns_unknown(arci_txn *t, arci_arena *arena, const arci_known *known, arci_return **list, uint32_t *n)
{
    enum { PURPOSE, ENTITY, SOURCE, DAY, N };
    const arci_shape *shape;
    arc_value *rows = NULL;
    uint8_t *found = NULL;
    int64_t *ids = NULL;
    uint32_t n_ids = 0;
    *n = 0;
    arc_status st = arci_shape_get(t, &shape, "journal_entry", "purpose entity source posting_date");
    if (st == ARC_OK) st = arci_known_missing(t, known, shape->table->entity->id, arena, &ids, &n_ids);
    if (st == ARC_OK && n_ids) st = arci_repo_get_many(t, shape, ids, n_ids, arena, &rows, &found);
    *list = st == ARC_OK ? arci_arena_alloc(arena, (n_ids + 1u) * sizeof **list) : NULL;
    if (st == ARC_OK && !*list) st = arci_nomem(t->env);
    for (uint32_t i = 0; st == ARC_OK && i < n_ids; i++) {
        const arc_value *v = rows + (size_t)i * N;
        const arci_return one = { v[SOURCE].u.i, (arc_date)v[DAY].u.i };
        if (found[i] && is(&v[PURPOSE], "return") && is(&v[ENTITY], "receipt")) (*list)[(*n)++] = one;
    }
    return st;
}
