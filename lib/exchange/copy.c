/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/copy.h"

#include <string.h>

#include "exchange/ranks.h"
#include "store/be.h"

enum { CHUNK_ROWS = 1000, MAX_COLS = 256 };

/* A row whose reference was not there yet: tried again when all tables are through. */
typedef struct waiting {
    struct waiting *next;
    uint16_t table;
    arc_value values[];
} waiting;

typedef struct copier {
    arci_txn *from;
    arci_book *to;
    arci_env *env;
    const arc_copy_options *o;
    void *txn; /* of the target */
    arci_arena arena;
    uint16_t *order; /* tables, those pointed at first */
    uint8_t *seen;
    uint32_t n_order;
    arc_value *rows;
    uint8_t results[CHUNK_ROWS];
    uint16_t cols[MAX_COLS];
    waiting *first, **last;
    int64_t done;
    int64_t top_id; /* of the table under way */
} copier;

static const arc_table *table_of(const copier *c, uint16_t table)
{
    return &c->from->book->store->model->desc.tables[table];
}

/* Depth first along the foreign keys. Where they go round in a circle, rows wait for each other. */
static void visit(copier *c, uint16_t table)
{
    const arc_table *t = table_of(c, table);
    uint16_t i;
    if (c->seen[table]) return;
    c->seen[table] = 1;
    for (i = 0; i < t->n_fks; i++) visit(c, t->fks[i].ref_table);
    c->order[c->n_order++] = table;
}

/* ---- rows --------------------------------------------------------------------------------------------------------- */

static arc_status keep_waiting(copier *c, uint16_t table, const arc_value *row)
{
    uint32_t n = table_of(c, table)->n_cols, i;
    waiting *w = arci_arena_alloc(&c->arena, sizeof *w + n * sizeof *row);
    if (!w) return arci_nomem(c->env);
    w->next = NULL;
    w->table = table;
    memcpy(w->values, row, n * sizeof *row);
    for (i = 0; i < n; i++) {
        if (row[i].type != ARC_V_TEXT && row[i].type != ARC_V_BLOB) continue;
        w->values[i].u.s = arci_arena_strndup(&c->arena, row[i].u.s, row[i].len);
        if (!w->values[i].u.s) return arci_nomem(c->env);
    }
    *c->last = w;
    c->last = &w->next;
    return ARC_OK;
}

static arc_status write_rows(copier *c, uint16_t table, const arc_value *rows, uint32_t n)
{
    arc_write w;
    arc_write *one = &w;
    memset(&w, 0, sizeof w);
    w.struct_size = (uint32_t)sizeof w;
    w.table = table;
    w.op = ARC_WRITE_INSERT;
    w.cols = c->cols;
    w.n_cols = table_of(c, table)->n_cols;
    w.rows = rows;
    w.n_rows = n;
    w.results = c->results;
    return arci_be_write(c->env, c->to, c->txn, &one, 1);
}

static arc_status refused(copier *c, uint16_t table, uint8_t result)
{
    arc_status st = result == ARC_ROW_REFERENCE ? ARC_E_REFERENCE : ARC_E_CORRUPT;
    arci_fail(c->env, st, "a row of %s cannot be copied", "%s 的一行无法复制", table_of(c, table)->name);
    arci_fail_at(c->env, table_of(c, table)->name, NULL, -1, -1);
    return st;
}

static arc_status write_chunk(copier *c, uint16_t table, uint32_t n)
{
    uint32_t i, n_cols = table_of(c, table)->n_cols;
    arc_status st = write_rows(c, table, c->rows, n);
    for (i = 0; st == ARC_OK && i < n; i++) {
        if (c->results[i] == ARC_ROW_OK) continue;
        st = c->results[i] == ARC_ROW_REFERENCE ? keep_waiting(c, table, c->rows + (size_t)i * n_cols)
                                                : refused(c, table, c->results[i]);
    }
    c->done += n;
    if (st == ARC_OK && c->o->progress && c->o->progress(c->o->progress_user, c->done, 0) != 0)
        st = arci_fail(c->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
    return st;
}

static void take_row(copier *c, const arci_table *table, uint32_t at, const arc_value *row)
{
    arc_value *to = c->rows + (size_t)at * table->n_cols;
    memcpy(to, row, table->n_cols * sizeof *row);
    to[0].u.i = c->to->id;
    if (table->draws_id && row[table->col_id].u.i > c->top_id) c->top_id = row[table->col_id].u.i;
    if (strcmp(table->entity->name, "book") == 0) to[arci_col(table->entity, "code")] = arci_v_text(c->to->code, strlen(c->to->code));
}

static uint32_t chunk_rows(const copier *c)
{
    uint32_t most = c->to->ops->max_rows;
    return most && most < CHUNK_ROWS ? most : CHUNK_ROWS;
}

static arc_status copy_block(copier *c, const arci_table *table, const arc_block *block)
{
    uint32_t i, n = 0;
    arc_status st = ARC_OK;
    for (i = 0; st == ARC_OK && i < block->n_rows; i++) {
        take_row(c, table, n++, block->values + (size_t)i * block->n_cols);
        if (n < chunk_rows(c) && i + 1 < block->n_rows) continue;
        st = write_chunk(c, table->number, n);
        n = 0;
    }
    return st;
}

/* The ids of a table are used up to top_id: what is drawn later comes behind them. */
static arc_status use_ids(copier *c, const arci_table *table)
{
    int64_t left = c->top_id, first;
    arc_status st = ARC_OK;
    while (st == ARC_OK && left > 0) {
        uint32_t n = left > UINT32_MAX ? UINT32_MAX : (uint32_t)left;
        st = arci_be_reserve(c->env, c->to, c->txn, c->to->id, table->desc->name, n, &first);
        left -= n;
    }
    return st;
}

static arc_status copy_table(copier *c, const arci_table *table)
{
    arci_scan *scan;
    arc_block block;
    arc_status st = arci_table_scan(c->from, &scan, table, NULL, 0);
    if (st != ARC_OK) return st;
    c->top_id = 0;
    c->rows = arci_alloc(c->env->ctx, (size_t)CHUNK_ROWS * table->n_cols * sizeof *c->rows);
    if (!c->rows) st = arci_nomem(c->env);
    while (st == ARC_OK && (st = arci_scan_next(scan, &block)) == ARC_OK) st = copy_block(c, table, &block);
    arci_scan_end(scan);
    arci_free(c->env->ctx, c->rows);
    c->rows = NULL;
    return st == ARC_DONE ? use_ids(c, table) : st;
}

static arc_status copy_waiting(copier *c)
{
    int progress = 1;
    while (c->first && progress) {
        waiting **w = &c->first;
        progress = 0;
        while (*w) {
            arc_status st = write_rows(c, (*w)->table, (*w)->values, 1);
            if (st != ARC_OK) return st;
            if (c->results[0] == ARC_ROW_OK) {
                *w = (*w)->next;
                progress = 1;
            } else if (c->results[0] != ARC_ROW_REFERENCE) {
                return refused(c, (*w)->table, c->results[0]);
            } else {
                w = &(*w)->next;
            }
        }
    }
    return c->first ? refused(c, c->first->table, ARC_ROW_REFERENCE) : ARC_OK;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------- */

static arc_status copy_tables(copier *c)
{
    const arci_store *store = c->from->book->store;
    uint32_t i;
    arc_status st = arci_be_reserve(c->env, c->to, c->txn, 0, "book", 1, &c->to->id);
    c->order = arci_arena_calloc(&c->arena, store->n_tables, sizeof *c->order);
    c->seen = arci_arena_calloc(&c->arena, store->n_tables, 1);
    if (st == ARC_OK && (!c->order || !c->seen)) st = arci_nomem(c->env);
    for (i = 0; st == ARC_OK && i < store->n_tables; i++) visit(c, (uint16_t)i);
    for (i = 0; st == ARC_OK && i < store->n_tables; i++) st = copy_table(c, &store->tables[c->order[i]]);
    return st == ARC_OK ? copy_waiting(c) : st;
}

/* Someone may have made a book there since the target was found empty. */
static arc_status check_empty(copier *c)
{
    const arci_table *table = arci_store_table(c->from->book->store, arci_entity_by_name("book", 4));
    uint8_t kind = ARC_V_INT;
    arc_block block;
    arc_fetch f;
    arc_status st;
    memset(&f, 0, sizeof f);
    f.struct_size = (uint32_t)sizeof f;
    f.table = table->number;
    f.cols = c->cols;
    f.n_cols = 1;
    st = arci_be_fetch(c->env, c->to, c->txn, &f);
    if (st != ARC_OK) return st;
    st = arci_be_next(c->env, c->to, f.cursor, &block, &kind, 1);
    arci_be_end(c->to, f.cursor);
    if (st == ARC_DONE) return ARC_OK;
    return st == ARC_OK ? arci_fail(c->env, ARC_E_EXISTS, "there is a book at the target", "目标位置已有账簿") : st;
}

arc_status arci_book_copy(arci_txn *from, arci_book *to, const arc_copy_options *o)
{
    copier c;
    uint16_t i;
    arc_status st;
    memset(&c, 0, sizeof c);
    c.from = from;
    c.to = to;
    c.env = from->env;
    c.o = o;
    c.last = &c.first;
    for (i = 0; i < MAX_COLS; i++) c.cols[i] = i;
    arci_arena_init(&c.arena, from->book->ctx);
    st = arci_be_begin(c.env, to, ARC_TXN_WRITE, to->timeout_ms, &c.txn);
    if (st == ARC_OK) {
        st = check_empty(&c);
        if (st == ARC_OK) st = copy_tables(&c);
        if (st == ARC_OK)
            st = arci_be_commit(c.env, to, c.txn);
        else
            arci_be_rollback(to, c.txn);
    }
    arci_arena_clear(&c.arena);
    return st;
}
