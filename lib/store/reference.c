/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign keys where the backend does not look at them. The model's keys are all (book, id). */
#include <string.h>

#include "base/map.h"
#include "store/repo_impl.h"

/* Where a column stands among the named fields of a batch; -1: not written. */
static int64_t place_of(const arci_batch *b, uint16_t col)
{
    for (uint32_t j = 0; j < b->shape->n; j++) {
        if (b->shape->cols[j] == col) return (int64_t)b->first + j;
    }
    return -1;
}

static arc_status key_shape(arci_txn *t, const arci_shape **out, uint16_t table)
{
    const arci_table *to = &t->book->store->tables[table];
    return arci_shape_get(t, out, to->entity->name, to->desc->cols[to->desc->key[1]].name);
}

/* Marks rows whose value at `at` names no row of `table`. Rows of the same batch that stand before count as there,
 * and so does the row itself. */
static arc_status mark_missing(arci_txn *t, arci_arena *arena, arci_batch *b, uint32_t at, uint16_t table)
{
    const arci_shape *shape;
    uint32_t n = 0;
    arc_value *rows;
    uint8_t *found;
    int own = table == b->shape->table->number && b->op == ARC_WRITE_INSERT;
    int64_t *ids = arci_arena_alloc(arena, b->n_rows * sizeof *ids);
    uint32_t *of = arci_arena_alloc(arena, b->n_rows * sizeof *of);
    if (!ids || !of) return arci_nomem(t->env);
    for (uint32_t r = 0; r < b->n_rows; r++) {
        const arc_value *v = &b->rows[(size_t)r * b->stride + at];
        if (v->type != ARC_V_INT || b->results[r] != ARC_ROW_OK) continue;
        of[n] = r;
        ids[n++] = v->u.i;
    }
    if (!n) return ARC_OK;
    arc_status st = key_shape(t, &shape, table);
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, ids, n, arena, &rows, &found);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        for (uint32_t r = 0; own && !found[i] && r <= of[i]; r++) {
            found[i] = b->results[r] == ARC_ROW_OK && arci_batch_id(b, r) == ids[i];
        }
        if (!found[i]) b->results[of[i]] = ARC_ROW_REFERENCE;
    }
    return st;
}

/* Marks rows to be deleted that a row of another table points at. */
static arc_status mark_pointed_at(arci_txn *t, arci_batch *b, const arci_table *from, uint16_t col)
{
    for (uint32_t r = 0; r < b->n_rows; r++) {
        arci_where w;
        arci_scan *scan;
        arc_block block;
        uint16_t cols[1] = { col };
        arci_where_init(&w);
        arci_where_int(&w, col, ARC_OP_EQ, arci_batch_key(b, r)->u.i);
        arci_scan_spec spec = { .entity = from->entity, .cols = cols, .n_cols = 1, .conds = w.conds, .n_conds = w.n, .limit = 1 };
        arc_status st = arci_scan_open(t, &scan, &spec);
        if (st != ARC_OK) return st;
        st = arci_scan_next(scan, &block);
        arci_scan_end(scan);
        if (st == ARC_OK) b->results[r] = ARC_ROW_REFERENCE;
        else if (st != ARC_DONE) return st;
    }
    return ARC_OK;
}

arc_status arci_mark_references(arci_txn *t, arci_arena *arena, arci_batch *b)
{
    const arc_table *d = b->shape->table->desc;
    arc_status st = ARC_OK;
    memset(b->results, ARC_ROW_OK, b->n_rows);
    if (b->op != ARC_WRITE_DELETE) {
        for (uint32_t i = 0; i < d->n_fks && st == ARC_OK; i++) {
            int64_t at = place_of(b, d->fks[i].cols[1]);
            if (at >= 0) st = mark_missing(t, arena, b, (uint32_t)at, d->fks[i].ref_table);
        }
        return st;
    }
    for (uint32_t k = 0; k < t->book->store->n_tables; k++) {
        const arci_table *from = &t->book->store->tables[k];
        for (uint32_t i = 0; i < from->desc->n_fks && st == ARC_OK; i++) {
            const arc_foreign_key *fk = &from->desc->fks[i];
            if (fk->ref_table == b->shape->table->number) st = mark_pointed_at(t, b, from, fk->cols[1]);
        }
    }
    return st;
}

/* Writes the rows that are not marked, from a copy when some are. */
static arc_status write_unmarked(arci_txn *t, arci_arena *arena, arci_batch *b, arci_write_fn write)
{
    uint32_t n = 0;
    for (uint32_t r = 0; r < b->n_rows; r++) n += b->results[r] == ARC_ROW_OK;
    if (!n) return ARC_OK;
    if (n == b->n_rows) return write(t, &b, 1);
    arci_batch part = *b, *list = &part;
    part.n_rows = n;
    part.rows = arci_arena_alloc(arena, (size_t)n * b->stride * sizeof(arc_value));
    part.results = arci_arena_calloc(arena, n, 1);
    if (!part.rows || !part.results) return arci_nomem(t->env);
    n = 0;
    for (uint32_t r = 0; r < b->n_rows; r++) {
        if (b->results[r] != ARC_ROW_OK) continue;
        memcpy(part.rows + (size_t)n++ * b->stride, b->rows + (size_t)r * b->stride, b->stride * sizeof(arc_value));
    }
    arc_status st = write(t, &list, 1);
    n = 0;
    for (uint32_t r = 0; r < b->n_rows; r++) {
        if (b->results[r] == ARC_ROW_OK) b->results[r] = part.results[n++];
    }
    return st;
}

arc_status arci_write_referenced(arci_txn *t, arci_batch *const *batches, uint32_t n, arci_write_fn write)
{
    arci_arena arena;
    arc_status st = ARC_OK;
    arci_arena_init(&arena, t->book->ctx);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        arci_batch *b = batches[i];
        if (!b->n_rows) continue;
        st = arci_mark_references(t, &arena, b);
        if (st == ARC_OK) st = write_unmarked(t, &arena, b, write);
        arci_arena_reset(&arena);
    }
    arci_arena_clear(&arena);
    return st;
}

const char *arci_reference_fault(arci_txn *t, const arci_batch *b, uint32_t row)
{
    const arc_table *d = b->shape->table->desc;
    const char *name = NULL;
    arc_error scratch = ARC_ERROR_INIT;
    arci_env quiet = { t->book->ctx, &scratch }, *env = t->env;
    arci_arena arena;
    if (b->op == ARC_WRITE_DELETE || t->doomed) return NULL;
    arci_arena_init(&arena, t->book->ctx);
    t->env = &quiet;
    for (uint32_t i = 0; i < d->n_fks && !name; i++) {
        int64_t at = place_of(b, d->fks[i].cols[1]);
        const arci_shape *shape;
        arc_value *rows;
        uint8_t *found;
        if (at < 0) continue;
        const arc_value *v = &b->rows[(size_t)row * b->stride + (size_t)at];
        if (v->type != ARC_V_INT || key_shape(t, &shape, d->fks[i].ref_table) != ARC_OK) continue;
        if (arci_repo_get_many(t, shape, &v->u.i, 1, &arena, &rows, &found) != ARC_OK) break;
        if (!found[0]) name = d->cols[d->fks[i].cols[1]].name;
    }
    t->env = env;
    arci_arena_clear(&arena);
    return name;
}
