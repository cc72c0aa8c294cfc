/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/map.h"
#include "store/ahead.h"
#include "store/be.h"
#include "store/damage.h"
#include "store/repo_impl.h"
#include "store/scout.h"
#include "store/trail.h"

#define KEYS_A_CALL 1024u
#define MAX_ORDER 16u

/* ---- copying ------------------------------------------------------------------------------------------------------- */

arc_status arci_repo_copy(arci_env *env, arci_arena *arena, arc_value *to, const arc_value *from, uint32_t n)
{
    if (n) memcpy(to, from, n * sizeof *to);
    for (uint32_t i = 0; i < n; i++) {
        if (to[i].type != ARC_V_TEXT && to[i].type != ARC_V_BLOB) continue;
        char *s = arci_arena_alloc(arena, (size_t)to[i].len + 1);
        if (!s) return arci_nomem(env);
        if (to[i].len) memcpy(s, from[i].u.s, to[i].len);
        s[to[i].len] = 0;
        to[i].u.s = s;
    }
    return ARC_OK;
}

/* ---- by id --------------------------------------------------------------------------------------------------------- */

/* The column an id goes to: the one key column behind the book. */
arc_status arci_repo_id_column(arci_txn *t, const arci_table *table, uint16_t *col)
{
    *col = table->desc->n_key == 2 ? table->desc->key[1] : ARC_NO_COL;
    if (*col != ARC_NO_COL && arci_column_value_type(table->desc->cols[*col].type) == ARC_V_INT) return ARC_OK;
    return arci_fail(t->env, ARC_E_INTERNAL, "rows of %s have no id", "%s 的数据没有编号", table->entity->name);
}

typedef struct reader {
    arci_txn *t;
    const arci_shape *shape;
    arci_arena *arena;
    arci_map *at;       /* id to its first position; NULL: one id */
    arc_value *rows;
    uint8_t *found;
    const int64_t *ids;
} reader;

static arc_status mend(const reader *r, arc_value *row, int64_t id)
{
    arc_status st = arci_damage_row(r->t, r->shape->table, r->shape->cols, r->shape->n, row);
    if (st == ARC_E_CORRUPT) arci_fail_at(r->t->env, NULL, NULL, id, -1);
    return st;
}

/* Takes a block of rows: the named columns, then the id. */
static arc_status take_block(reader *r, const arc_block *block)
{
    uint32_t n = r->shape->n;
    int damaged = r->t->book->damaged;
    for (uint32_t i = 0; i < block->n_rows; i++) {
        const arc_value *row = block->values + (size_t)i * block->n_cols;
        int64_t position = 0, id = row[n].u.i;
        if (r->at) {
            const int64_t *p = arci_map_get(r->at, &id, sizeof id);
            if (!p) return arci_be_damaged(r->t->env, r->t->book, "a row that was not asked for");
            position = *p;
        } else if (id != r->ids[0]) {
            return arci_be_damaged(r->t->env, r->t->book, "a row that was not asked for");
        }
        arc_value *to = r->rows + (size_t)position * n;
        arc_status st = arci_repo_copy(r->t->env, r->arena, to, row, n);
        if (st == ARC_OK && damaged) st = mend(r, to, id);
        if (st != ARC_OK) return st;
        r->found[position] = 1;
    }
    return ARC_OK;
}

arc_status arci_repo_open_by_id(arci_txn *t, void **cursor, arci_arena *arena, const arci_shape *shape, const uint16_t *cols, const int64_t *ids, uint32_t n)
{
    arc_value one[2], *keys = n == 1 ? one : arci_arena_alloc(arena, 2 * (size_t)n * sizeof *keys);
    if (!keys) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) {
        keys[2 * i] = arci_v_int(t->book->id);
        keys[2 * i + 1] = arci_v_int(ids[i]);
    }
    arc_status st = arci_be_get_many(t->env, t->book, t->be, shape->table->number, cols, (uint32_t)shape->n + 1, keys, n, cursor);
    if (st != ARC_OK) arci_txn_doom(t);
    return st;
}

static arc_status by_get_many(reader *r, const uint16_t *cols, const uint8_t *kinds, const int64_t *ids, uint32_t n)
{
    arci_txn *t = r->t;
    arc_block block;
    void *cursor = arci_repo_take_asked(t, r->shape, ids, n);
    arc_status st = cursor ? ARC_OK : arci_repo_open_by_id(t, &cursor, r->arena, r->shape, cols, ids, n);
    if (st != ARC_OK) return st;
    while ((st = arci_be_next(t->env, t->book, cursor, &block, kinds, (uint32_t)r->shape->n + 1)) == ARC_OK) {
        st = take_block(r, &block);
        if (st != ARC_OK) break;
    }
    arci_be_end(t->book, cursor);
    if (st == ARC_DONE) return ARC_OK;
    if (st != ARC_E_CORRUPT || !t->book->damaged) arci_txn_doom(t); /* the backend itself is well */
    return st;
}

static arc_status by_scan(reader *r, const uint16_t *cols, uint16_t id_col, const int64_t *ids, uint32_t n)
{
    arci_where w;
    arci_scan *scan;
    arc_block block;
    arc_value *keys = arci_arena_alloc(r->arena, n * sizeof *keys);
    if (!keys) return arci_nomem(r->t->env);
    for (uint32_t i = 0; i < n; i++) keys[i] = arci_v_int(ids[i]);
    arci_where_init(&w);
    arci_where_in(&w, id_col, keys, n);
    arci_scan_spec spec = { .entity = r->shape->table->entity, .cols = cols, .n_cols = (uint32_t)r->shape->n + 1, .conds = w.conds,
                            .n_conds = w.n };
    arc_status st = arci_scan_open(r->t, &scan, &spec);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        st = take_block(r, &block);
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

/* Reads the rows of different ids. */
static arc_status read_new(reader *r, const int64_t *ids, uint32_t n)
{
    const arci_shape *s = r->shape;
    uint16_t id_col, *cols;
    uint8_t *kinds;
    arc_status st = arci_repo_id_column(r->t, s->table, &id_col);
    if (st != ARC_OK) return st;
    cols = arci_arena_alloc(r->arena, ((size_t)s->n + 1) * (sizeof *cols + 1));
    if (!cols) return arci_nomem(r->t->env);
    kinds = (void *)(cols + s->n + 1);
    memcpy(cols, s->cols, s->n * sizeof *cols);
    memcpy(kinds, s->kinds, s->n);
    cols[s->n] = id_col;
    kinds[s->n] = ARC_V_INT | 0x80;
    for (uint32_t from = 0; from < n && st == ARC_OK; from += KEYS_A_CALL) {
        uint32_t part = n - from < KEYS_A_CALL ? n - from : KEYS_A_CALL;
        if (r->t->book->ops->get_many) st = by_get_many(r, cols, kinds, ids + from, part);
        else st = by_scan(r, cols, id_col, ids + from, part);
    }
    return st;
}

/* Where each row goes. */
static int64_t position_of(const reader *r, int64_t id)
{
    return r->at ? *arci_map_get(r->at, &id, sizeof id) : 0;
}

static arc_status take_kept(reader *r, const int64_t *ids, uint32_t n, int *all)
{
    arc_status st = ARC_OK;
    *all = 1;
    for (uint32_t i = 0; i < n && *all; i++) *all = arci_repo_kept(r->t, r->shape, ids[i]) != NULL;
    for (uint32_t i = 0; i < n && *all && st == ARC_OK; i++) {
        int64_t position = position_of(r, ids[i]);
        arc_value *to = r->rows + (size_t)position * r->shape->n;
        if (!arci_repo_project(arci_repo_kept(r->t, r->shape, ids[i]), r->shape, to)) continue;
        st = arci_repo_copy(r->t->env, r->arena, to, to, r->shape->n);
        r->found[position] = 1;
    }
    return st;
}

static arc_status keep_rows(reader *r, const int64_t *ids, uint32_t n, int absent)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        int64_t position = position_of(r, ids[i]);
        if (r->found[position] || absent) st = arci_repo_keep(r->t, r->shape, ids[i], r->found[position] ? r->rows + (size_t)position * r->shape->n : NULL);
    }
    return st;
}

/* The book's column is not among those of "*". */
static arc_status whole_came(const reader *r, uint32_t n)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (r->found[i]) st = arci_ahead_came(r->t, r->shape->table, r->rows + (size_t)i * r->shape->n, 1, r->shape->n, 1);
    }
    return st;
}

/* Rows that the plan of a verb has asked for already. */
static arc_status take_sets(reader *r, const int64_t *ids, uint32_t n, int *all)
{
    const arci_shape *s = r->shape;
    const arc_value **rows = arci_arena_calloc(r->arena, n, sizeof *rows);
    arc_status st = rows ? ARC_OK : arci_nomem(r->t->env);
    *all = 1;
    for (uint32_t i = 0; i < n && *all && st == ARC_OK; i++) {
        st = arci_ahead_row(r->t, s->table, ids[i], all, &rows[i]);
        if (!*all) *all = arci_repo_kept(r->t, s, ids[i]) != NULL;
    }
    for (uint32_t i = 0; i < n && *all && st == ARC_OK; i++) {
        int64_t position = position_of(r, ids[i]);
        arc_value *to = r->rows + (size_t)position * s->n;
        const arci_kept *k = rows[i] ? NULL : arci_repo_kept(r->t, s, ids[i]);
        if (!rows[i] && (!k || !arci_repo_project(k, s, to))) continue;
        for (uint32_t j = 0; rows[i] && j < s->n; j++) to[j] = rows[i][s->cols[j]];
        st = arci_repo_copy(r->t->env, r->arena, to, to, s->n);
        r->found[position] = 1;
    }
    return st;
}

/* What was asked for whole, under its lock, is read whole: it answers every question for these rows from then on. */
static arc_status read_whole(arci_txn *t, const arci_asked_rows *asked)
{
    arci_arena arena;
    arci_map at;
    uint8_t found[ARCI_KEPT_MOST] = { 0 };
    const uint32_t n = asked->n;
    arc_status st = ARC_OK;
    arci_arena_init(&arena, t->book->ctx);
    arci_map_init(&at, t->book->ctx);
    reader r = { .t = t, .shape = asked->shape, .arena = &arena, .found = found, .ids = asked->ids, .at = n > 1 ? &at : NULL };
    r.rows = arci_arena_calloc(&arena, (size_t)n * r.shape->n + 1, sizeof(arc_value));
    if (!r.rows) st = arci_nomem(t->env);
    for (uint32_t i = 0; i < n && n > 1 && st == ARC_OK; i++) {
        int64_t *position;
        if (arci_map_put(&at, &asked->ids[i], sizeof asked->ids[i], &position) < 0) st = arci_nomem(t->env);
        else *position = i;
    }
    if (st == ARC_OK) st = read_new(&r, asked->ids, n);
    if (st == ARC_OK) st = keep_rows(&r, asked->ids, n, 1);
    if (st == ARC_OK) st = whole_came(&r, n);
    arci_map_clear(&at);
    arci_arena_clear(&arena);
    return st;
}

/* A reader is run ahead: what has come is there, the rest is asked for. */
static arc_status scout_ids(reader *r, const int64_t *ids, uint32_t n)
{
    int all = 0;
    arc_status st = take_kept(r, ids, n, &all);
    if (st == ARC_OK && !all) st = take_sets(r, ids, n, &all);
    if (st != ARC_OK || all) return st;
    r->t->pretended = 1;
    return arci_ahead_scout(r->t, r->shape->table, ids, n);
}

static arc_status read_ids(reader *r, const int64_t *ids, uint32_t n)
{
    arci_txn *t = r->t;
    int all = 0;
    arc_status st = ARC_OK;
    if (t->asking == ARCI_SCOUT) return scout_ids(r, ids, n);
    if (!arci_repo_keeps(t) && !t->sets) return read_new(r, ids, n);
    st = arci_ahead_known(t, r->shape->table, ids, n, 0);
    if (st == ARC_OK) st = take_sets(r, ids, n, &all);
    if (st != ARC_OK || all) return st;
    if (!arci_repo_keeps(t)) return read_new(r, ids, n);
    if (n > ARCI_KEPT_MOST) return read_new(r, ids, n);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        const arci_asked_rows *asked = arci_repo_asked_whole(t, r->shape->table, ids[i]);
        if (asked) st = read_whole(t, asked);
    }
    if (st == ARC_OK) st = take_kept(r, ids, n, &all);
    if (st != ARC_OK || all) return st;
    st = read_new(r, ids, n);
    return st == ARC_OK ? keep_rows(r, ids, n, 0) : st;
}

static arc_status live(arci_txn *t)
{
    if (!t->doomed) return ARC_OK;
    return arci_fail(t->env, ARC_E_DOOMED, "the transaction has failed: roll it back", "事务已失败：请回滚");
}

arc_status arci_repo_get(arci_txn *t, const arci_shape *shape, int64_t id, arci_arena *arena, arc_value **row)
{
    uint8_t found = 0;
    arc_status st = live(t);
    if (st != ARC_OK) return st;
    *row = arci_arena_calloc(arena, (size_t)shape->n + 1, sizeof(arc_value));
    if (!*row) return arci_nomem(t->env);
    reader r = { .t = t, .shape = shape, .arena = arena, .rows = *row, .found = &found, .ids = &id };
    st = read_ids(&r, &id, 1);
    if (st != ARC_OK || found) return st;
    st = arci_no_such(t->env, shape->table->entity->name);
    arci_fail_at(t->env, shape->table->entity->name, NULL, id, -1);
    return st;
}

/* Ids that repeat are read once; at maps each to its first position. */
static arc_status distinct(arci_env *env, arci_map *at, arci_arena *arena, const int64_t *ids, uint32_t n, int64_t **out, uint32_t *m)
{
    *m = 0;
    *out = arci_arena_alloc(arena, n * sizeof **out);
    if (!*out) return arci_nomem(env);
    for (uint32_t i = 0; i < n; i++) {
        int64_t *position;
        int32_t fresh = arci_map_put(at, &ids[i], sizeof ids[i], &position);
        if (fresh < 0) return arci_nomem(env);
        if (!fresh) continue;
        *position = i;
        (*out)[(*m)++] = ids[i];
    }
    return ARC_OK;
}

arc_status arci_repo_get_many(arci_txn *t, const arci_shape *shape, const int64_t *ids, uint32_t n, arci_arena *arena, arc_value **rows,
                              uint8_t **found)
{
    arci_map at;
    int64_t *once;
    uint32_t m;
    arc_status st = live(t);
    if (st != ARC_OK) return st;
    *rows = arci_arena_calloc(arena, (size_t)n * shape->n + 1, sizeof(arc_value));
    *found = arci_arena_calloc(arena, (size_t)n + 1, 1);
    if (!*rows || !*found) return arci_nomem(t->env);
    if (!n) return ARC_OK;
    reader r = { .t = t, .shape = shape, .arena = arena, .rows = *rows, .found = *found, .ids = ids };
    if (n == 1) return t->asking == ARCI_ASK ? arci_repo_ask_many(t, shape, ids, 1) : read_ids(&r, ids, 1);
    arci_map_init(&at, t->book->ctx);
    r.at = &at;
    st = distinct(t->env, &at, arena, ids, n, &once, &m);
    if (st == ARC_OK) st = t->asking == ARCI_ASK ? arci_repo_ask_many(t, shape, once, m) : read_ids(&r, once, m);
    for (uint32_t i = 0; i < n && st == ARC_OK && m < n; i++) {
        const int64_t *first = arci_map_get(&at, &ids[i], sizeof ids[i]);
        if (!first || *first == i || !(*found)[*first]) continue;
        memcpy(*rows + (size_t)i * shape->n, *rows + (size_t)*first * shape->n, shape->n * sizeof(arc_value));
        (*found)[i] = 1;
    }
    arci_map_clear(&at);
    return st;
}

/* ---- by condition -------------------------------------------------------------------------------------------------- */

arc_status arci_repo_scan(arci_txn *t, const arci_shape *shape, const arci_where *where, const arc_order *order, uint32_t n_order,
                          arci_scan **out)
{
    arc_order total[MAX_ORDER + ARCI_MAX_KEY];
    *out = NULL;
    if ((where && where->failed) || n_order > MAX_ORDER) {
        return arci_fail(t->env, ARC_E_INTERNAL, "a condition on %s names no column", "%s 的条件引用了不存在的列",
                         shape->table->entity->name);
    }
    arci_scan_spec spec = { .entity = shape->table->entity, .cols = shape->cols, .n_cols = shape->n };
    spec.conds = where ? where->conds : NULL;
    spec.n_conds = where ? where->n : 0;
    spec.n_order = arci_order_complete(shape->table, order, n_order, total);
    spec.order = total;
    return arci_scan_open(t, out, &spec);
}

typedef struct gatherer {
    arci_env *env;
    arci_arena *arena;
    arc_value *buf;
    uint32_t n, cap, width;
} gatherer;

static arc_status gather(gatherer *g, arc_context *ctx, const arc_block *block, int64_t limit)
{
    for (uint32_t i = 0; i < block->n_rows && (!limit || g->n < limit); i++) {
        if (g->n == g->cap) {
            uint32_t cap = g->cap ? g->cap * 2 : 16;
            arc_value *p = arci_resize(ctx, g->buf, (size_t)cap * g->width * sizeof *p);
            if (!p) return arci_nomem(g->env);
            g->buf = p;
            g->cap = cap;
        }
        arc_status st = arci_repo_copy(g->env, g->arena, g->buf + (size_t)g->n * g->width, block->values + (size_t)i * block->n_cols, g->width);
        if (st != ARC_OK) return st;
        g->n++;
    }
    return ARC_OK;
}

static arc_status find_spec(arci_txn *t, arci_scan_spec *out, arc_order *total, const arci_shape *shape, const arci_where *where, const arc_order *order,
                            uint32_t n_order, int64_t limit)
{
    if ((where && where->failed) || n_order > MAX_ORDER) {
        return arci_fail(t->env, ARC_E_INTERNAL, "a condition on %s names no column", "%s 的条件引用了不存在的列",
                         shape->table->entity->name);
    }
    const arci_scan_spec spec = { .entity = shape->table->entity, .cols = shape->cols, .n_cols = shape->n, .order = total, .limit = limit, .flags = ARCI_SCAN_WHOLE };
    *out = spec;
    out->conds = where ? where->conds : NULL;
    out->n_conds = where ? where->n : 0;
    out->n_order = arci_order_complete(shape->table, order, n_order, total);
    return ARC_OK;
}

arc_status arci_repo_ask_find(arci_txn *t, const arci_shape *shape, const arci_where *where, const arc_order *order, uint32_t n_order, int64_t limit)
{
    arc_order total[MAX_ORDER + ARCI_MAX_KEY];
    arci_scan_spec spec;
    if (!arci_repo_keeps(t)) return ARC_OK;
    arc_status st = find_spec(t, &spec, total, shape, where, order, n_order, limit);
    return st == ARC_OK ? arci_repo_ask_spec(t, &spec) : st;
}

arc_status arci_repo_find(arci_txn *t, const arci_shape *shape, const arci_where *where, const arc_order *order, uint32_t n_order,
                          int64_t limit, arci_arena *arena, arci_rows *out)
{
    arc_order total[MAX_ORDER + ARCI_MAX_KEY];
    arci_scan_spec spec;
    arci_scan *scan;
    arc_block block;
    gatherer g = { t->env, arena, NULL, 0, 0, shape->n };
    memset(out, 0, sizeof *out);
    out->n_cols = shape->n;
    arc_status st = find_spec(t, &spec, total, shape, where, order, n_order, limit);
    if (st == ARC_OK && t->asking == ARCI_ASK) st = arci_repo_ask_spec(t, &spec);
    if (st != ARC_OK || t->asking == ARCI_ASK) return st;
    scan = t->asking ? NULL : arci_repo_take_found(t, &spec);
    if (!scan) st = arci_scan_open(t, &scan, &spec);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        st = gather(&g, t->book->ctx, &block, limit);
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    if (st == ARC_DONE) {
        st = ARC_OK;
        out->n_rows = g.n;
        out->values = arci_arena_alloc(arena, (size_t)g.n * shape->n * sizeof(arc_value) + 1);
        if (!out->values) st = arci_nomem(t->env);
        else if (g.n) memcpy(out->values, g.buf, (size_t)g.n * shape->n * sizeof(arc_value));
    }
    arci_free(t->book->ctx, g.buf);
    return st;
}

/* ---- locks --------------------------------------------------------------------------------------------------------- */

static void sort_ids(int64_t *v, uint32_t n)
{
    for (uint32_t gap = n / 2; gap; gap /= 2) {
        for (uint32_t i = gap; i < n; i++) {
            int64_t x = v[i];
            uint32_t j = i;
            for (; j >= gap && v[j - gap] > x; j -= gap) v[j] = v[j - gap];
            v[j] = x;
        }
    }
}

/* Not where one writes at a time, nor in a transaction that writes nothing: what it judges is judged anew by who writes. */
static int writers_wait(const arci_txn *t) { return !(t->book->ops->caps & ARC_CAP_SINGLE_WRITER) && t->mode != ARC_READ; }

static arc_status hold_rows(arci_txn *t, const char *entity, const int64_t *ids, uint32_t n, int share)
{
    const arci_entity *e = arci_entity_by_name(entity, strlen(entity));
    const arci_table *table = e ? arci_store_table(t->book->store, e) : NULL;
    uint16_t col;
    uint32_t m = 0, once = 0;
    arc_status st = live(t);
    if (st != ARC_OK || !n || !writers_wait(t)) return st;
    if (!table) return arci_fail(t->env, ARC_E_INTERNAL, "no table %s", "没有数据表 %s", entity);
    if (table->desc->n_key == 1) { /* the book's own row */
        const arc_value own = arci_v_int(t->book->id);
        st = (share ? arci_be_share : arci_be_lock)(t->env, t->book, t->be, table->number, &own, 1);
        if (st != ARC_OK) arci_txn_doom(t);
        if (st == ARC_OK && !share) st = arci_trail_ahead(t, table, NULL, 0);
        return st == ARC_OK && !share ? arci_ahead_known(t, table, NULL, 0, 1) : st;
    }
    st = arci_repo_id_column(t, table, &col);
    if (st != ARC_OK) return st;
    int64_t *sorted = arci_alloc(t->book->ctx, n * (sizeof *sorted + 2 * sizeof(arc_value)));
    if (!sorted) return arci_nomem(t->env);
    arc_value *keys = (void *)(sorted + n);
    memcpy(sorted, ids, n * sizeof *sorted);
    sort_ids(sorted, n);
    for (uint32_t i = 0; i < n; i++) {
        if (once && sorted[i] == sorted[once - 1]) continue;
        sorted[once++] = sorted[i];
        if (arci_repo_holds(t, table, sorted[i], share)) continue;
        keys[2 * m] = arci_v_int(t->book->id);
        keys[2 * m++ + 1] = arci_v_int(sorted[i]);
    }
    if (m && !share) { /* rows may have changed while it waited */
        arci_ahead_forget(t, table, 0);
        arci_answers_forget(t, table);
    }
    st = m ? (share ? arci_be_share : arci_be_lock)(t->env, t->book, t->be, table->number, keys, m) : ARC_OK;
    if (st != ARC_OK) arci_txn_doom(t);
    if (st == ARC_OK && m) st = arci_repo_hold(t, table, sorted, once, share);
    if (st == ARC_OK && m && !share && once <= ARCI_KEPT_MOST) st = arci_trail_ahead(t, table, sorted, once);
    if (st == ARC_OK && m && !share) st = arci_ahead_known(t, table, sorted, once, 1);
    arci_free(t->book->ctx, sorted);
    return st;
}

arc_status arci_repo_lock_keys(arci_txn *t, const char *entity, const arc_value *keys, uint32_t n)
{
    const arci_entity *e = arci_entity_by_name(entity, strlen(entity));
    const arci_table *table = e ? arci_store_table(t->book->store, e) : NULL;
    arc_status st = live(t);
    if (st != ARC_OK || !n || !writers_wait(t)) return st;
    if (!table) return arci_fail(t->env, ARC_E_INTERNAL, "no table %s", "没有数据表 %s", entity);
    size_t own = table->desc->n_key - 1u;
    arc_value *full = arci_alloc(t->book->ctx, (own + 1) * n * sizeof *full);
    if (!full) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) {
        full[i * (own + 1)] = arci_v_int(t->book->id);
        memcpy(&full[i * (own + 1) + 1], keys + i * own, own * sizeof *keys);
    }
    st = arci_be_lock(t->env, t->book, t->be, table->number, full, n);
    if (st != ARC_OK) arci_txn_doom(t);
    arci_free(t->book->ctx, full);
    return st;
}

arc_status arci_repo_lock(arci_txn *t, const char *entity, const int64_t *ids, uint32_t n) { return hold_rows(t, entity, ids, n, 0); }

arc_status arci_repo_share(arci_txn *t, const char *entity, const int64_t *ids, uint32_t n) { return hold_rows(t, entity, ids, n, 1); }
