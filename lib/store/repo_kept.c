/* SPDX-License-Identifier: Apache-2.0 */
/* What a transaction asked for before it needs it, and what it has read of rows that nobody can change any more. Both save trips to the store, and
 * both are for stores that are a trip away alone.
 *
 * A row that is locked, or whose table is only ever added to, stays as it was read until this transaction writes to the table or undoes something. */
#include <string.h>

#include "store/ahead.h"
#include "store/be.h"
#include "store/repo_impl.h"
#include "store/scout.h"

#define ASK_MOST 1024u

struct arci_asked_find {
    struct arci_asked_find *next;
    const arci_entity *entity;
    arci_scan_spec spec;
    arci_scan *scan; /* NULL: taken */
};

struct arci_kept {
    struct arci_kept *next;
    const arci_table *table; /* NULL: of no use any more */
    const arci_shape *shape;
    int64_t id;
    arc_value *values;
};

struct arci_held {
    struct arci_held *next;
    const arci_table *table;
    const int64_t *ids; /* ascending */
    uint32_t n;
    uint32_t share;
};

static int is_whole(const arci_shape *shape) { return shape->fields && !strcmp(shape->fields, "*"); }

/* ---- held ---- */

arc_status arci_repo_hold(arci_txn *t, const arci_table *table, const int64_t *ids, uint32_t n, int share)
{
    if (!arci_repo_keeps(t) || n > ARCI_KEPT_MOST) return ARC_OK;
    struct arci_held *h = arci_arena_calloc(&t->arena, 1, sizeof *h);
    int64_t *own = arci_arena_alloc(&t->arena, n * sizeof *own);
    if (!h || !own) return arci_nomem(t->env);
    memcpy(own, ids, n * sizeof *own);
    h->table = table;
    h->ids = own;
    h->n = n;
    h->share = share != 0;
    h->next = t->held;
    t->held = h;
    return ARC_OK;
}

int arci_repo_holds(const arci_txn *t, const arci_table *table, int64_t id, int share)
{
    for (const struct arci_held *h = t->held; h; h = h->next) {
        if (h->table != table || (h->share && !share)) continue;
        for (uint32_t i = 0; i < h->n; i++) {
            if (h->ids[i] == id) return 1;
        }
    }
    return 0;
}

/* ---- kept ---- */

const arci_kept *arci_repo_kept(const arci_txn *t, const arci_shape *shape, int64_t id)
{
    for (const arci_kept *k = t->kept; k; k = k->next) {
        if (k->table == shape->table && k->id == id && (k->shape == shape || is_whole(k->shape))) return k;
    }
    return NULL;
}

int arci_repo_kept_whole(const arci_txn *t, const arci_table *table, int64_t id)
{
    for (const arci_kept *k = t->kept; k; k = k->next) {
        if (k->table == table && k->id == id && is_whole(k->shape)) return 1;
    }
    return 0;
}

int arci_repo_project(const arci_kept *k, const arci_shape *shape, arc_value *out)
{
    static const arc_value none = { ARC_V_NULL, { 0, 0, 0 }, 0, { 0 } };
    if (!k->values) return 0;
    if (k->shape == shape) {
        memcpy(out, k->values, shape->n * sizeof *out);
        return 1;
    }
    for (uint16_t j = 0; j < shape->n; j++) out[j] = shape->cols[j] ? k->values[shape->cols[j] - 1] : none;
    return 1;
}

arc_status arci_repo_keep(arci_txn *t, const arci_shape *shape, int64_t id, const arc_value *values)
{
    const uint32_t flags = shape->table->desc->flags;
    int fixed = (flags & ARC_TABLE_APPEND_ONLY) && !(flags & ARC_TABLE_ERASABLE);
    if (!arci_repo_keeps(t) || !shape->entity_name || t->book->damaged || arci_repo_kept(t, shape, id)) return ARC_OK;
    for (uint16_t j = 0; j < shape->n; j++) {
        if (!shape->cols[j]) return ARC_OK; /* the book: nobody asks for it */
    }
    if (values && !fixed && !arci_repo_holds(t, shape->table, id, 1)) return ARC_OK;
    arci_kept *k = arci_arena_calloc(&t->arena, 1, sizeof *k);
    arc_value *own = arci_arena_alloc(&t->arena, (size_t)shape->n * sizeof *own + 1);
    if (!k || !own) return arci_nomem(t->env);
    arc_status st = values ? arci_repo_copy(t->env, &t->arena, own, values, shape->n) : ARC_OK;
    if (st != ARC_OK) return st;
    k->table = shape->table;
    k->shape = shape;
    k->id = id;
    k->values = values ? own : NULL;
    k->next = t->kept;
    t->kept = k;
    return ARC_OK;
}

arc_status arci_repo_keep_new(arci_txn *t, const arci_batch *b)
{
    const arci_shape *shape, *s = b->shape;
    const arci_table *table = s->table;
    int64_t ids[ARCI_KEPT_MOST];
    if (!arci_repo_keeps(t) || b->op != ARC_WRITE_INSERT || (b->flags & ARCI_BATCH_NEXT) || !b->n_rows || b->n_rows > ARCI_KEPT_MOST || table->desc->n_key != 2) return ARC_OK;
    uint16_t at = 0, key = table->desc->key[1], n = (uint16_t)(s->n_insert_sys + s->n);
    while (at < n && s->insert_cols[at] != key) at++;
    if (at == n || arci_column_value_type(table->desc->cols[key].type) != ARC_V_INT) return ARC_OK;
    arc_status st = arci_shape_get(t, &shape, table->entity->name, "*");
    arc_value *row = arci_arena_alloc(&t->arena, (size_t)shape->n * sizeof *row);
    if (st == ARC_OK && !row) st = arci_nomem(t->env);
    for (uint32_t i = 0; st == ARC_OK && i < b->n_rows; i++) {
        if (b->results[i] != ARC_ROW_OK) return ARC_OK;
        ids[i] = b->rows[(size_t)i * b->stride + at].u.i;
    }
    for (uint32_t i = 1; st == ARC_OK && i < b->n_rows; i++) if (ids[i] <= ids[i - 1]) return ARC_OK; /* given, not drawn */
    if (st == ARC_OK) st = arci_repo_hold(t, table, ids, b->n_rows, 0);
    for (uint32_t i = 0; st == ARC_OK && i < b->n_rows; i++) {
        for (uint16_t c = 0; c < shape->n; c++) row[c] = arci_v_null();
        for (uint16_t c = 0; c < n; c++) {
            if (s->insert_cols[c]) row[s->insert_cols[c] - 1] = b->rows[(size_t)i * b->stride + c];
        }
        st = arci_repo_keep(t, shape, ids[i], row);
    }
    return st;
}

/* ---- asked for ahead ---- */

const arci_asked_rows *arci_repo_asked_whole(const arci_txn *t, const arci_table *table, int64_t id)
{
    for (const arci_asked_rows *a = t->asked_rows; a; a = a->next) {
        if (!a->cursor || a->shape->table != table || a->n > ARCI_KEPT_MOST || !is_whole(a->shape)) continue;
        for (uint32_t i = 0; i < a->n; i++) {
            if (a->ids[i] == id) return a;
        }
    }
    return NULL;
}

void *arci_repo_take_asked(arci_txn *t, const arci_shape *shape, const int64_t *ids, uint32_t n)
{
    for (arci_asked_rows *a = t->asked_rows; a; a = a->next) {
        if (!a->cursor || a->shape != shape || a->n != n || memcmp(a->ids, ids, n * sizeof *ids) != 0) continue;
        void *cursor = a->cursor;
        a->cursor = NULL;
        return cursor;
    }
    return NULL;
}

arc_status arci_repo_ask_many(arci_txn *t, const arci_shape *shape, const int64_t *ids, uint32_t n)
{
    uint16_t id_col;
    uint32_t kept = 0;
    if (!t->book->ops->later || !t->book->ops->get_many || t->doomed || !n || n > ASK_MOST) return ARC_OK;
    while (kept < n && n <= ARCI_KEPT_MOST && arci_repo_kept(t, shape, ids[kept])) kept++;
    if (kept == n || arci_ahead_has_ids(t, shape->table, ids, n)) return ARC_OK;
    for (const arci_asked_rows *a = t->asked_rows; a; a = a->next) {
        if (a->cursor && a->shape == shape && a->n == n && memcmp(a->ids, ids, n * sizeof *ids) == 0) return ARC_OK; /* it is */
    }
    arci_asked_rows *a = arci_arena_calloc(&t->arena, 1, sizeof *a);
    int64_t *own = arci_arena_alloc(&t->arena, n * sizeof *own);
    uint16_t *cols = arci_arena_alloc(&t->arena, ((size_t)shape->n + 1) * sizeof *cols);
    if (!a || !own || !cols) return arci_nomem(t->env);
    arc_status st = arci_repo_id_column(t, shape->table, &id_col);
    if (st != ARC_OK) return st;
    memcpy(own, ids, n * sizeof *own);
    memcpy(cols, shape->cols, shape->n * sizeof *cols);
    cols[shape->n] = id_col;
    st = arci_repo_open_by_id(t, &a->cursor, &t->arena, shape, cols, own, n);
    if (st != ARC_OK) return st;
    a->shape = shape;
    a->ids = own;
    a->n = n;
    a->next = t->asked_rows;
    t->asked_rows = a;
    return ARC_OK;
}

arc_status arci_repo_ask_whole(arci_txn *t, const char *entity, int64_t id)
{
    const arci_shape *shape;
    if (!arci_repo_keeps(t)) return ARC_OK;
    arc_status st = arci_shape_get(t, &shape, entity, "*");
    return st == ARC_OK ? arci_repo_ask_many(t, shape, &id, 1) : st;
}

/* ---- found ahead ---- */

arci_scan *arci_repo_take_found(arci_txn *t, const arci_scan_spec *spec)
{
    for (struct arci_asked_find *a = t->asked_finds; a; a = a->next) {
        if (!a->scan || !arci_spec_same(&a->spec, spec)) continue;
        arci_scan *scan = a->scan;
        a->scan = NULL;
        return scan;
    }
    return NULL;
}

arc_status arci_repo_ask_spec(arci_txn *t, const arci_scan_spec *spec)
{
    if (!arci_repo_keeps(t) || t->doomed) return ARC_OK;
    arci_set *set;
    arc_status st = arci_ahead_covers(t, spec, 0, &set);
    if (st != ARC_OK || set) return st;
    struct arci_asked_find *a = arci_arena_calloc(&t->arena, 1, sizeof *a);
    st = a ? arci_spec_copy(t, &a->spec, spec) : arci_nomem(t->env);
    if (st == ARC_OK) st = arci_scan_open(t, &a->scan, &a->spec);
    if (st != ARC_OK) return st;
    a->entity = spec->entity;
    a->next = t->asked_finds;
    t->asked_finds = a;
    return ARC_OK;
}

/* ---- a reader's first call ---- */

int arci_repo_asking(arci_txn *t)
{
    if (t->asking == ARCI_SCOUT) return 0; /* whoever runs ahead asks all the same */
    t->asking = t->ahead && arci_repo_keeps(t) && !t->doomed ? ARCI_ASK : 0;
    return t->asking;
}

void arci_repo_asked(arci_txn *t)
{
    if (t->asking == ARCI_ASK) t->asking = 0;
}

/* ---- what is of no use any more ---- */

void arci_repo_forget_asked(arci_txn *t)
{
    for (arci_asked_rows *a = t->asked_rows; a; a = a->next) arci_be_end(t->book, a->cursor);
    for (struct arci_asked_find *a = t->asked_finds; a; a = a->next) arci_scan_end(a->scan);
    arci_ahead_forget(t, NULL, 0);
    arci_answers_forget(t, NULL);
    t->asked_rows = NULL;
    t->asked_finds = NULL;
    t->kept = NULL;
    t->held = NULL;
}

void arci_repo_forget_table(arci_txn *t, const arci_table *table, int inserted)
{
    arci_ahead_forget(t, table, inserted);
    arci_answers_forget(t, table);
    for (arci_asked_rows *a = t->asked_rows; a; a = a->next) {
        if (a->shape->table != table) continue;
        arci_be_end(t->book, a->cursor);
        a->cursor = NULL;
    }
    for (struct arci_asked_find *a = t->asked_finds; a; a = a->next) {
        if (a->entity != table->entity) continue;
        arci_scan_end(a->scan);
        a->scan = NULL;
    }
    for (arci_kept *k = t->kept; k; k = k->next) {
        if (k->table == table && !(inserted && k->values)) k->table = NULL;
    }
}
