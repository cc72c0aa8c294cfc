/* SPDX-License-Identifier: Apache-2.0 */
#include "store/custom_index.h"

#include <string.h>

enum { C_ENTITY, C_ROW, C_NUMBER, C_SEQ, C_NUM, C_TXT };

typedef struct mirrored {
    const arci_custom_entry *entries;
    uint32_t n;
} mirrored;

/* number: of one field, or 0: all. */
static arc_status gather(arci_txn *t, arci_record *const *records, const int64_t *ids, uint32_t n, uint16_t number, mirrored *out, uint32_t *total)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!ids[i]) continue;
        arc_status st = arci_record_custom_index(t->env, records[i], &out[i].entries, &out[i].n);
        if (st != ARC_OK) return st;
        for (uint32_t k = 0; k < out[i].n; k++) *total += !number || out[i].entries[k].number == number;
    }
    return ARC_OK;
}

static void fill(arc_value *v, const arci_entity *e, int64_t id, const arci_custom_entry *from)
{
    v[C_ENTITY] = arci_v_int(e->id);
    v[C_ROW] = arci_v_int(id);
    v[C_NUMBER] = arci_v_int(from->number);
    v[C_SEQ] = arci_v_int(from->seq);
    v[from->value.type == ARC_V_TEXT ? C_TXT : C_NUM] = from->value;
}

arc_status arci_custom_index_add(arci_txn *t, arci_arena *arena, arci_record *const *records, const int64_t *ids, uint32_t n)
{
    return arci_custom_index_field(t, arena, records, ids, n, 0);
}

arc_status arci_custom_index_field(arci_txn *t, arci_arena *arena, arci_record *const *records, const int64_t *ids, uint32_t n,
                                   uint16_t number)
{
    const arci_shape *shape;
    arci_batch *b;
    uint32_t total = 0, at = 0;
    if (n == 0 || records[0]->n_custom == 0) return ARC_OK;
    mirrored *all = arci_arena_calloc(arena, n, sizeof *all);
    if (!all) return arci_nomem(t->env);
    arc_status st = gather(t, records, ids, n, number, all, &total);
    if (st != ARC_OK || !total) return st;
    st = arci_shape_get(t, &shape, "custom_index", "entity row number seq num txt");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_INSERT, total, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < all[i].n; k++) {
            if (number && all[i].entries[k].number != number) continue;
            fill(arci_batch_row(b, at++), records[i]->entity, ids[i], &all[i].entries[k]);
        }
    }
    return arci_repo_write(t, &b, 1, NULL);
}

arc_status arci_custom_index_replace(arci_txn *t, arci_arena *arena, arci_record *r, int64_t id)
{
    const arci_shape *shape;
    arci_rows rows;
    arci_where w;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "custom_index", "entity row number seq");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[C_ENTITY], ARC_OP_EQ, r->entity->id);
    arci_where_int(&w, shape->cols[C_ROW], ARC_OP_EQ, id);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    if (st == ARC_OK && rows.n_rows) {
        st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_DELETE, rows.n_rows, 0, NULL, 0);
        for (uint32_t k = 0; k < rows.n_rows && st == ARC_OK; k++) {
            memcpy(arci_batch_key(b, k), rows.values + (size_t)k * rows.n_cols, 4 * sizeof(arc_value));
        }
        if (st == ARC_OK) st = arci_repo_write(t, &b, 1, NULL);
    }
    return st == ARC_OK ? arci_custom_index_add(t, arena, &r, &id, 1) : st;
}

arc_status arci_custom_index_same(arci_txn *t, arci_arena *arena, arci_record *r, int64_t id, int *same, uint32_t *n)
{
    const arci_custom_entry *entries;
    const arci_shape *shape;
    arci_rows rows;
    arci_where w;
    *same = 0;
    arc_status st = arci_record_custom_index(t->env, r, &entries, n);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "custom_index", "entity row number seq num txt");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[C_ENTITY], ARC_OP_EQ, r->entity->id);
    arci_where_int(&w, shape->cols[C_ROW], ARC_OP_EQ, id);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    if (st != ARC_OK || rows.n_rows != *n) return st;
    for (uint32_t i = 0; i < *n; i++) {
        arc_value want[6] = { { ARC_V_NULL, { 0 }, 0, { 0 } } };
        uint32_t k = 0, c;
        fill(want, r->entity, id, &entries[i]);
        for (; k < rows.n_rows; k++) {
            const arc_value *row = rows.values + (size_t)k * rows.n_cols;
            for (c = 0; c < 6 && arci_value_equal(&row[c], &want[c]); c++) continue;
            if (c == 6) break;
        }
        if (k == rows.n_rows) return ARC_OK;
    }
    *same = 1;
    return ARC_OK;
}
