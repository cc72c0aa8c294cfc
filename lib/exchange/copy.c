/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/copy.h"

#include <string.h>

#include "exchange/ranks.h"
#include "store/be.h"

enum { CHUNK_ROWS = 1000, MAX_COLS = 256 };

/* Values of a row, kept for later. */
typedef struct held {
    struct held *next;
    uint16_t table;
    arc_value values[];
} held;

typedef struct held_list {
    held *first, **last;
} held_list;

/* The references of a table that may stay open until all rows are there: they close circles of tables, may be NULL, and its rows may be changed. */
typedef struct open_cols {
    uint16_t *cols;
    uint16_t n;
} open_cols;

typedef struct copier {
    arci_txn *from;
    arci_book *to;
    arci_env *env;
    const arc_copy_options *o;
    void *txn; /* of the target */
    arci_arena arena;
    uint16_t *order; /* tables, those pointed at first */
    uint8_t *seen;
    open_cols *open; /* by table */
    uint32_t n_order;
    arc_value *rows;
    uint8_t results[CHUNK_ROWS];
    uint16_t cols[MAX_COLS];
    held_list waiting; /* whole rows whose reference was not there yet: tried again when all tables are through */
    held_list links;   /* key and open columns of rows written without these: set at the end */
    int64_t done;
    int64_t top_id; /* of the table under way */
} copier;

static const arc_table *table_of(const copier *c, uint16_t table)
{
    return &c->from->book->store->model->desc.tables[table];
}

/* ---- circles ------------------------------------------------------------------------------------------------------ */

static int reaches(const copier *c, uint16_t from, uint16_t to, uint8_t *been)
{
    const arc_table *t = table_of(c, from);
    uint16_t i;
    if (from == to) return 1;
    if (been[from]) return 0;
    been[from] = 1;
    for (i = 0; i < t->n_fks; i++) {
        if (reaches(c, t->fks[i].ref_table, to, been)) return 1;
    }
    return 0;
}

/* Whether a column may be NULL for a while: not in the key, and no unique index takes the row in because of it. */
static int may_wait(const arc_table *t, uint16_t col)
{
    uint16_t i;
    if (t->cols[col].flags & ARC_COL_REQUIRED) return 0;
    for (i = 0; i < t->n_key; i++) {
        if (t->key[i] == col) return 0;
    }
    for (i = 0; i < t->n_indexes; i++) {
        const arc_index *x = &t->indexes[i];
        if ((x->flags & ARC_INDEX_UNIQUE) && (x->flags & ARC_INDEX_WHERE_NULL) && x->where_col == col) return 0;
    }
    return 1;
}

static int is_open(const copier *c, uint16_t table, uint16_t col)
{
    uint16_t i;
    for (i = 0; i < c->open[table].n; i++) {
        if (c->open[table].cols[i] == col) return 1;
    }
    return 0;
}

static arc_status find_open(copier *c, uint16_t table)
{
    const arc_table *t = table_of(c, table);
    open_cols *open = &c->open[table];
    uint32_t n_tables = c->from->book->store->n_tables;
    uint16_t i;
    if ((t->flags & ARC_TABLE_APPEND_ONLY) || !t->n_fks) return ARC_OK;
    open->cols = arci_arena_alloc(&c->arena, t->n_fks * sizeof *open->cols);
    if (!open->cols) return arci_nomem(c->env);
    for (i = 0; i < t->n_fks; i++) {
        const arc_foreign_key *k = &t->fks[i];
        uint16_t col = k->cols[k->n_cols - 1];
        memset(c->seen, 0, n_tables);
        if (may_wait(t, col) && !is_open(c, table, col) && reaches(c, k->ref_table, table, c->seen)) open->cols[open->n++] = col;
    }
    return ARC_OK;
}

/* Depth first along the foreign keys that must be there with their row. */
static void visit(copier *c, uint16_t table)
{
    const arc_table *t = table_of(c, table);
    uint16_t i;
    if (c->seen[table]) return;
    c->seen[table] = 1;
    for (i = 0; i < t->n_fks; i++) {
        const arc_foreign_key *k = &t->fks[i];
        if (!is_open(c, table, k->cols[k->n_cols - 1])) visit(c, k->ref_table);
    }
    c->order[c->n_order++] = table;
}

static arc_status plan_tables(copier *c)
{
    uint32_t n = c->from->book->store->n_tables, i;
    arc_status st = ARC_OK;
    c->order = arci_arena_calloc(&c->arena, n, sizeof *c->order);
    c->seen = arci_arena_calloc(&c->arena, n, 1);
    c->open = arci_arena_calloc(&c->arena, n, sizeof *c->open);
    if (!c->order || !c->seen || !c->open) return arci_nomem(c->env);
    for (i = 0; st == ARC_OK && i < n; i++) st = find_open(c, (uint16_t)i);
    memset(c->seen, 0, n);
    for (i = 0; st == ARC_OK && i < n; i++) visit(c, (uint16_t)i);
    return st;
}

/* ---- refusals ----------------------------------------------------------------------------------------------------- */

static int row_is_there(copier *c, uint16_t table, int64_t id)
{
    const arci_table *to = &c->from->book->store->tables[table];
    uint16_t col = to->desc->key[1];
    arci_scan_spec spec = { .entity = to->entity, .cols = &col, .n_cols = 1, .limit = 1 };
    arci_scan *scan;
    arci_where w;
    arc_block block;
    arc_status st;
    arci_where_init(&w);
    arci_where_int(&w, col, ARC_OP_EQ, id);
    spec.conds = w.conds;
    spec.n_conds = w.n;
    st = arci_scan_open(c->from, &scan, &spec);
    if (st != ARC_OK) return 1;
    st = arci_scan_next(scan, &block);
    arci_scan_end(scan);
    return st != ARC_DONE;
}

static int is_waiting(const copier *c, uint16_t table, int64_t id)
{
    const held *w;
    for (w = c->waiting.first; w; w = w->next) {
        if (w->table == table && w->values[table_of(c, table)->key[1]].u.i == id) return 1;
    }
    return 0;
}

/* The field whose reference points at no row of the source or, with `waits`, at one that could not be copied itself. NULL: none. */
static const char *hanging(copier *c, uint16_t table, const arc_value *row, int waits)
{
    const arc_table *t = table_of(c, table);
    uint16_t i;
    for (i = 0; i < t->n_fks; i++) {
        const arc_foreign_key *k = &t->fks[i];
        const arc_value *v = &row[k->cols[k->n_cols - 1]];
        if (v->type != ARC_V_INT || k->n_cols != 2) continue;
        if (waits ? is_waiting(c, k->ref_table, v->u.i) : !row_is_there(c, k->ref_table, v->u.i)) return t->cols[k->cols[1]].name;
    }
    return NULL;
}

static arc_status refused(copier *c, uint16_t table, const arc_value *row, uint8_t result)
{
    const arci_table *t = &c->from->book->store->tables[table];
    arc_status st = result == ARC_ROW_REFERENCE ? ARC_E_REFERENCE : ARC_E_CORRUPT;
    int64_t id = t->col_id == ARC_NO_COL ? -1 : row[t->col_id].u.i;
    const char *field = NULL;
    if (result == ARC_ROW_REFERENCE) {
        field = hanging(c, table, row, 0);
        if (!field) field = hanging(c, table, row, 1);
    } else if (result == ARC_ROW_EXISTS) {
        field = arci_taken_field(t->desc);
    }
    if (result == ARC_ROW_REFERENCE)
        arci_fail(c->env, st, "a row of %s cannot be copied: %s points at nothing", "%s 的一行无法复制：%s 指向的数据不存在", t->desc->name,
                  field ? field : "a reference");
    else
        arci_fail(c->env, st, "a row of %s cannot be copied: %s is taken", "%s 的一行无法复制：%s 已存在", t->desc->name, field ? field : "a unique value");
    arci_fail_at(c->env, t->desc->name, field, id, -1);
    return st;
}

/* ---- rows --------------------------------------------------------------------------------------------------------- */

static held *hold(copier *c, held_list *list, uint16_t table, uint32_t n)
{
    held *h = arci_arena_alloc(&c->arena, sizeof *h + n * sizeof *h->values);
    if (!h) return NULL;
    h->next = NULL;
    h->table = table;
    *list->last = h;
    list->last = &h->next;
    return h;
}

/* A value that outlives the block it stands in. */
static arc_status hold_value(copier *c, arc_value *to, const arc_value *v)
{
    *to = *v;
    if (v->type != ARC_V_TEXT && v->type != ARC_V_BLOB) return ARC_OK;
    to->u.s = arci_arena_strndup(&c->arena, v->u.s, v->len);
    return to->u.s ? ARC_OK : arci_nomem(c->env);
}

static arc_status keep_waiting(copier *c, uint16_t table, const arc_value *row)
{
    uint32_t n = table_of(c, table)->n_cols, i;
    held *w = hold(c, &c->waiting, table, n);
    arc_status st = w ? ARC_OK : arci_nomem(c->env);
    for (i = 0; st == ARC_OK && i < n; i++) st = hold_value(c, &w->values[i], &row[i]);
    return st;
}

static int has_links(const copier *c, uint16_t table, const arc_value *row)
{
    const open_cols *open = &c->open[table];
    uint16_t i;
    for (i = 0; i < open->n; i++) {
        if (row[open->cols[i]].type != ARC_V_NULL) return 1;
    }
    return 0;
}

/* Takes the open references out of a row and keeps them, as the UPDATE that sets them wants them: key, then columns. */
static arc_status keep_links(copier *c, uint16_t table, arc_value *row)
{
    const arc_table *t = table_of(c, table);
    const open_cols *open = &c->open[table];
    held *h = hold(c, &c->links, table, (uint32_t)t->n_key + open->n);
    arc_status st = h ? ARC_OK : arci_nomem(c->env);
    uint16_t i;
    for (i = 0; st == ARC_OK && i < t->n_key; i++) st = hold_value(c, &h->values[i], &row[t->key[i]]);
    for (i = 0; st == ARC_OK && i < open->n; i++) {
        st = hold_value(c, &h->values[t->n_key + i], &row[open->cols[i]]);
        row[open->cols[i]] = arci_v_null();
    }
    return st;
}

static arc_status write_rows(copier *c, uint16_t table, uint16_t op, const arc_value *rows, uint32_t n)
{
    arc_write w;
    arc_write *one = &w;
    arc_status st;
    memset(&w, 0, sizeof w);
    w.struct_size = (uint32_t)sizeof w;
    w.table = table;
    w.op = op;
    w.cols = op == ARC_WRITE_INSERT ? c->cols : c->open[table].cols;
    w.n_cols = op == ARC_WRITE_INSERT ? table_of(c, table)->n_cols : c->open[table].n;
    w.rows = rows;
    w.n_rows = n;
    w.results = c->results;
    st = arci_be_write(c->env, c->to, c->txn, &one, 1);
    if (st == ARC_E_CHECK) arci_fail_at(c->env, table_of(c, table)->name, NULL, -1, -1);
    return st;
}

static arc_status tell_progress(copier *c)
{
    if (c->o->progress && c->o->progress(c->o->progress_user, c->done, 0) != 0)
        return arci_fail(c->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
    return ARC_OK;
}

/* Rows of the chunk that were refused once: without their open references if they have any, else they wait. */
static arc_status write_again(copier *c, uint16_t table, uint32_t n)
{
    uint32_t n_cols = table_of(c, table)->n_cols, opened = 0, i;
    arc_status st = ARC_OK;
    for (i = 0; st == ARC_OK && i < n; i++) {
        arc_value *row = c->rows + (size_t)i * n_cols;
        if (c->results[i] == ARC_ROW_OK) continue;
        if (c->results[i] != ARC_ROW_REFERENCE) return refused(c, table, row, c->results[i]);
        if (!has_links(c, table, row)) {
            st = keep_waiting(c, table, row);
            continue;
        }
        st = keep_links(c, table, row);
        if (i != opened) memcpy(c->rows + (size_t)opened * n_cols, row, n_cols * sizeof *row);
        opened++;
    }
    if (st == ARC_OK && opened) st = write_rows(c, table, ARC_WRITE_INSERT, c->rows, opened);
    for (i = 0; st == ARC_OK && i < opened; i++) {
        const arc_value *row = c->rows + (size_t)i * n_cols;
        if (c->results[i] == ARC_ROW_OK) continue;
        st = c->results[i] == ARC_ROW_REFERENCE ? keep_waiting(c, table, row) : refused(c, table, row, c->results[i]);
    }
    return st;
}

static arc_status write_chunk(copier *c, uint16_t table, uint32_t n)
{
    arc_status st = write_rows(c, table, ARC_WRITE_INSERT, c->rows, n);
    if (st == ARC_OK) st = write_again(c, table, n);
    c->done += n;
    return st == ARC_OK ? tell_progress(c) : st;
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

/* Of the rows that still wait, one that is the reason rather than one that waits for it. */
static arc_status refused_waiting(copier *c)
{
    const held *w;
    for (w = c->waiting.first; w; w = w->next) {
        if (hanging(c, w->table, w->values, 0)) break;
    }
    if (!w) w = c->waiting.first;
    return refused(c, w->table, w->values, ARC_ROW_REFERENCE);
}

static arc_status copy_waiting(copier *c)
{
    int progress = 1;
    while (c->waiting.first && progress) {
        held **w = &c->waiting.first;
        progress = 0;
        while (*w) {
            arc_status st = write_rows(c, (*w)->table, ARC_WRITE_INSERT, (*w)->values, 1);
            if (st != ARC_OK) return st;
            if (c->results[0] == ARC_ROW_OK) {
                *w = (*w)->next;
                progress = 1;
            } else if (c->results[0] != ARC_ROW_REFERENCE) {
                return refused(c, (*w)->table, (*w)->values, c->results[0]);
            } else {
                w = &(*w)->next;
            }
        }
    }
    return c->waiting.first ? refused_waiting(c) : ARC_OK;
}

static arc_status refused_link(copier *c, uint16_t table, const arc_value *values, uint8_t result)
{
    const arc_table *t = table_of(c, table);
    arc_value row[MAX_COLS];
    uint16_t i;
    memset(row, 0, sizeof row);
    for (i = 0; i < t->n_key; i++) row[t->key[i]] = values[i];
    for (i = 0; i < c->open[table].n; i++) row[c->open[table].cols[i]] = values[t->n_key + i];
    return refused(c, table, row, result);
}

/* Sets the references of up to a chunk of rows of one table; *at moves behind them. */
static arc_status set_links(copier *c, const held **at)
{
    uint16_t table = (*at)->table;
    uint32_t width = (uint32_t)table_of(c, table)->n_key + c->open[table].n, n = 0, i;
    arc_value *values = arci_alloc(c->env->ctx, (size_t)chunk_rows(c) * width * sizeof *values);
    arc_status st;
    if (!values) return arci_nomem(c->env);
    for (; *at && (*at)->table == table && n < chunk_rows(c); *at = (*at)->next)
        memcpy(values + (size_t)n++ * width, (*at)->values, width * sizeof *values);
    st = write_rows(c, table, ARC_WRITE_UPDATE, values, n);
    for (i = 0; st == ARC_OK && i < n; i++) {
        if (c->results[i] != ARC_ROW_OK) st = refused_link(c, table, values + (size_t)i * width, c->results[i]);
    }
    arci_free(c->env->ctx, values);
    return st == ARC_OK ? tell_progress(c) : st;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------- */

static arc_status copy_tables(copier *c)
{
    const arci_store *store = c->from->book->store;
    const held *link;
    uint32_t i;
    arc_status st = arci_be_reserve(c->env, c->to, c->txn, 0, "book", 1, &c->to->id);
    if (st == ARC_OK) st = plan_tables(c);
    for (i = 0; st == ARC_OK && i < store->n_tables; i++) st = copy_table(c, &store->tables[c->order[i]]);
    if (st == ARC_OK) st = copy_waiting(c);
    for (link = c->links.first; st == ARC_OK && link;) st = set_links(c, &link);
    return st;
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
    c.waiting.last = &c.waiting.first;
    c.links.last = &c.links.first;
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
