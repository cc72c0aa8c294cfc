/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/merged.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"

static const char columns[] = "id kept merged effective_date reverses";
enum { M_ID, M_KEPT, M_MERGED, M_DAY, M_REVERSES, M_COLUMNS };

void arci_merged_init(arci_merged *m, arc_context *ctx)
{
    memset(m, 0, sizeof *m);
    arci_map_init(&m->roots, ctx);
}

void arci_merged_clear(arci_merged *m) { arci_map_clear(&m->roots); }

static int by_id(const void *key, const void *edge)
{
    const int64_t *id = key;
    const arci_merge_edge *e = edge;
    return (*id > e->id) - (*id < e->id);
}

/* Rows in order of ids: a reversal comes behind what it undoes. */
static arc_status take_rows(arci_txn *t, arci_arena *arena, arci_merged *m, const arci_rows *rows, const arci_known *known)
{
    m->edges = arci_arena_calloc(arena, rows->n_rows + 1u, sizeof *m->edges);
    if (!m->edges) return arci_nomem(t->env);
    for (uint32_t i = 0; i < rows->n_rows; i++) {
        const arc_value *v = rows->values + (size_t)i * M_COLUMNS;
        if (known && !arci_known_has(known, ARC_MERGE_RECORD, v[M_ID].u.i)) continue;
        if (v[M_REVERSES].type == ARC_V_INT) {
            arci_merge_edge *e = bsearch(&v[M_REVERSES].u.i, m->edges, m->n, sizeof *e, by_id);
            if (!e) continue; /* verify tells */
            e->undo = v[M_ID].u.i;
            e->to = (arc_date)v[M_DAY].u.i;
            continue;
        }
        const arci_merge_edge e = { .id = v[M_ID].u.i, .merged = v[M_MERGED].u.i, .kept = v[M_KEPT].u.i, .from = (arc_date)v[M_DAY].u.i, .to = ARC_DATE_NONE };
        m->edges[m->n++] = e;
    }
    return ARC_OK;
}

static int in_force(const arci_merge_edge *e, arc_date as_of)
{
    if (as_of == ARC_DATE_NONE) return !e->undo;
    return e->from <= as_of && (!e->undo || e->to > as_of);
}

/* Each straight to the end of his chain. There are no rings (merging refuses them); damaged ones end somewhere. */
static void shorten(arci_merged *m)
{
    for (uint32_t i = 0; i < m->roots.n; i++) {
        int64_t *to = &m->roots.entries[i].value;
        for (uint32_t steps = 0; steps < m->roots.n; steps++) {
            const int64_t *next = arci_map_get(&m->roots, to, sizeof *to);
            if (!next) break;
            *to = *next;
        }
    }
}

arc_status arci_merged_read(arci_txn *t, arci_arena *arena, arci_merged *m, arc_date as_of, const arci_known *known)
{
    const arci_shape *shape;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, "merge_record", columns);
    if (st != ARC_OK) return st;
    const arc_order by = { shape->cols[M_ID], 0 };
    st = arci_repo_find(t, shape, NULL, &by, 1, 0, arena, &rows);
    if (st == ARC_OK && rows.n_rows) st = take_rows(t, arena, m, &rows, known);
    for (uint32_t i = 0; st == ARC_OK && i < m->n; i++) {
        int64_t *kept;
        if (!in_force(&m->edges[i], as_of)) continue;
        if (arci_map_put(&m->roots, &m->edges[i].merged, sizeof m->edges[i].merged, &kept) < 0) return arci_nomem(t->env);
        *kept = m->edges[i].kept;
    }
    if (st == ARC_OK) shorten(m);
    return st;
}

arc_status arci_merged_family(arci_env *env, arci_arena *arena, const arci_merged *m, int64_t customer, int64_t **ids, uint32_t *n)
{
    int64_t root = arci_merged_root(m, customer), id;
    *ids = arci_arena_alloc(arena, (m->roots.n + 1u) * sizeof **ids);
    if (!*ids) return arci_nomem(env);
    (*ids)[0] = root;
    *n = 1;
    for (uint32_t i = 0; i < m->roots.n; i++) {
        if (m->roots.entries[i].value != root) continue;
        memcpy(&id, m->roots.entries[i].key, sizeof id);
        (*ids)[(*n)++] = id;
    }
    return ARC_OK;
}

static arc_status where_ids(arci_env *env, arci_arena *arena, arci_where *where, uint16_t col, const int64_t *ids, uint32_t n)
{
    arc_value *v = n > 1 ? arci_arena_alloc(arena, n * sizeof *v) : NULL;
    if (n == 1) arci_where_int(where, col, ARC_OP_EQ, ids[0]);
    if (n == 1) return ARC_OK;
    if (!v) return arci_nomem(env);
    for (uint32_t i = 0; i < n; i++) v[i] = arci_v_int(ids[i]);
    arci_where_in(where, col, v, n);
    return ARC_OK;
}

arc_status arci_merged_where(arci_env *env, arci_arena *arena, const arci_merged *m, arci_where *where, uint16_t col, int64_t customer)
{
    int64_t *ids;
    uint32_t n;
    arc_status st = arci_merged_family(env, arena, m, customer, &ids, &n);
    return st == ARC_OK ? where_ids(env, arena, where, col, ids, n) : st;
}

/* ---- now ---------------------------------------------------------------------------------------------------------------- */

arc_status arci_merged_roots_now(arci_txn *t, arci_arena *arena, const int64_t *customers, uint32_t n, int64_t *roots)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    uint32_t moved = 1;
    arc_status st = arci_shape_get(t, &shape, "customer", "merged_into");
    memcpy(roots, customers, n * sizeof *roots);
    for (uint32_t steps = 0; st == ARC_OK && moved && steps < 1000; steps++) {
        moved = 0;
        st = arci_repo_get_many(t, shape, roots, n, arena, &rows, &found);
        for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
            if (!roots[i] || !found[i] || rows[i].type != ARC_V_INT) continue;
            roots[i] = rows[i].u.i;
            moved = 1;
        }
    }
    return st;
}

arc_status arci_merged_related_now(arci_txn *t, arci_arena *arena, int64_t a, int64_t b, int *yes)
{
    enum { DEEP = 16 };
    const arci_shape *shape;
    int64_t up[2] = { a, b }, roots[2];
    arc_value *rows;
    uint8_t *found;
    arc_status st = arci_shape_get(t, &shape, "customer", "parent");
    *yes = a == b;
    for (int deep = 0; deep < DEEP && st == ARC_OK && !*yes && (up[0] || up[1]); deep++) {
        st = arci_repo_get_many(t, shape, up, 2, arena, &rows, &found);
        for (int i = 0; i < 2 && st == ARC_OK; i++) up[i] = up[i] && found[i] && rows[i].type == ARC_V_INT ? rows[i].u.i : 0;
        if (st == ARC_OK) st = arci_merged_roots_now(t, arena, up, 2, roots);
        for (int i = 0; i < 2 && st == ARC_OK; i++) up[i] = roots[i];
        *yes = st == ARC_OK && (up[0] == b || up[1] == a);
    }
    return st;
}

arc_status arci_merged_family_now(arci_txn *t, arci_arena *arena, int64_t customer, int64_t **ids, uint32_t *n)
{
    const arci_shape *shape;
    uint32_t cap = 8, from = 0;
    *ids = arci_arena_alloc(arena, cap * sizeof **ids);
    if (!*ids) return arci_nomem(t->env);
    arc_status st = arci_shape_get(t, &shape, "customer", "id merged_into");
    if (st == ARC_OK) st = arci_merged_roots_now(t, arena, &customer, 1, *ids);
    *n = 1;
    while (st == ARC_OK && from < *n) {
        arci_where w;
        arci_rows rows;
        uint32_t level = *n - from < 500 ? *n - from : 500;
        arci_where_init(&w);
        st = where_ids(t->env, arena, &w, shape->cols[1], *ids + from, level);
        if (st == ARC_OK) st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
        from += level;
        if (st != ARC_OK || !rows.n_rows) continue;
        if (*n + rows.n_rows > cap) {
            cap = 2 * (*n + rows.n_rows);
            int64_t *more = arci_arena_alloc(arena, cap * sizeof *more);
            if (!more) return arci_nomem(t->env);
            memcpy(more, *ids, *n * sizeof *more);
            *ids = more;
        }
        for (uint32_t i = 0; i < rows.n_rows; i++) (*ids)[(*n)++] = rows.values[2 * (size_t)i].u.i;
        if (*n > 10000000u) return arci_fail(t->env, ARC_E_CORRUPT, "merges go round in a ring", "客户合并关系成环");
    }
    return st;
}

arc_status arci_merged_where_now(arci_txn *t, arci_arena *arena, arci_where *where, uint16_t col, int64_t customer)
{
    int64_t *ids;
    uint32_t n;
    arc_status st = arci_merged_family_now(t, arena, customer, &ids, &n);
    return st == ARC_OK ? where_ids(t->env, arena, where, col, ids, n) : st;
}
