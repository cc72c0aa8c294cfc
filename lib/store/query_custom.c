/* SPDX-License-Identifier: Apache-2.0 */
/* Custom fields in queries: names and columns, and what their index answers. */
#include <stdlib.h>
#include <string.h>

#include "store/query.h"
#include "store/repo.h"

/* ---- names and columns ------------------------------------------------------------------------------------------------------ */

/* Columns keep their numbers: fields are only added, and they follow one another by number. */
arc_status arci_query_attach(arci_query *q, arci_custom *custom)
{
    arci_overlay *overlay;
    const arci_table *base = q->overlay ? q->overlay->base : q->table;
    if (!custom || base->col_custom == ARC_NO_COL || (q->overlay && q->overlay->custom == custom)) return ARC_OK;
    arc_status st = arci_overlay_new(&q->env, &overlay, base, custom);
    if (st != ARC_OK) return st;
    arci_overlay_drop(q->env.ctx, q->overlay);
    q->overlay = overlay;
    q->table = &overlay->table;
    return ARC_OK;
}

/* The definitions of now. */
static arc_status look_again(arci_query *q, arci_custom **custom)
{
    arci_session *s;
    if (q->inside) return arci_session_custom_now(&q->env, q->session, custom);
    arc_status st = arci_session_enter(q->session->handle, &s);
    return st == ARC_OK ? arci_session_leave(s, arci_session_custom_now(&q->env, s, custom)) : st;
}

arc_status arci_query_custom_column(arci_query *q, uint32_t number, uint16_t *col)
{
    arci_custom *custom;
    arc_status st = ARC_OK;
    *col = ARC_NO_COL;
    if (q->session->custom_loaded) st = arci_query_attach(q, q->session->custom);
    if (st == ARC_OK && q->overlay) *col = arci_overlay_col(q->overlay, number);
    if (st != ARC_OK || *col != ARC_NO_COL) return st;
    st = look_again(q, &custom);
    if (st == ARC_OK) st = arci_query_attach(q, custom);
    if (st == ARC_OK && q->overlay) *col = arci_overlay_col(q->overlay, number);
    return st == ARC_OK && *col == ARC_NO_COL ? ARC_E_NOT_FOUND : st;
}

arc_status arci_query_name(arci_query *q, arc_field_id *field, const char *name, size_t len)
{
    const arci_entity *e = q->table->entity;
    const arci_field *f = arci_entity_field(e, name, len);
    arci_custom *custom = q->session->custom;
    uint32_t number = f ? f->id : 0;
    arc_status st = ARC_OK;
    if (!f && (len < 3 || memcmp(name, "x_", 2) != 0)) return ARC_E_NOT_FOUND;
    if (!number) number = arci_overlay_number(custom, e, name, len);
    if (!number) {
        st = look_again(q, &custom);
        if (st == ARC_OK) number = arci_overlay_number(custom, e, name, len);
    }
    if (st == ARC_OK && !number) return ARC_E_NOT_FOUND;
    if (st == ARC_OK) *field = ARCI_PUBLIC_FIELD(e->id, number);
    return st;
}

arc_status arci_query_renew(arci_query *q)
{
    arci_custom *custom;
    arc_status st = arci_session_custom(&q->env, q->session, &custom);
    return st == ARC_OK ? arci_query_attach(q, custom) : st;
}

/* ---- the index --------------------------------------------------------------------------------------------------------------- */

/* Whether the index can say which rows the condition holds for. */
static const arci_virtual *seekable(const arci_query *q, const arc_cond *c)
{
    const arc_cond_op *o = c->ops;
    const arci_virtual *v = c->n_ops == 1 && o->op < ARC_OP_AND && o->col2 == ARC_NO_COL ? arci_query_virtual(q, o->col) : NULL;
    if (!v || v->currency || !(v->field->flags & ARCI_CUSTOM_INDEXED)) return NULL;
    if (o->op == ARC_OP_NE || o->op == ARC_OP_IS_NULL || !o->n || o->v->type == ARC_V_NULL) return NULL; /* rows without a value are not in it */
    return o->op != ARC_OP_CONTAINS || v->field->kind == ARCI_CUSTOM_CHOICES ? v : NULL;
}

typedef struct found {
    arc_value *ids;
    uint32_t n, cap;
} found;

static arc_status take_ids(arci_env *env, arci_arena *arena, found *f, const arc_block *block)
{
    for (uint32_t r = 0; r < block->n_rows; r++) {
        if (f->n == f->cap) {
            uint32_t cap = f->cap ? f->cap * 4 : 64;
            arc_value *grown = arci_arena_alloc(arena, cap * sizeof *grown);
            if (!grown) return arci_nomem(env);
            if (f->n) memcpy(grown, f->ids, f->n * sizeof *grown);
            f->ids = grown;
            f->cap = cap;
        }
        f->ids[f->n++] = block->values[(size_t)r * block->n_cols];
    }
    return ARC_OK;
}

static int by_id(const void *x, const void *y)
{
    const arc_value *a = x, *b = y;
    return (a->u.i > b->u.i) - (a->u.i < b->u.i);
}

static void once(found *f)
{
    uint32_t n = 0;
    if (f->n) qsort(f->ids, f->n, sizeof *f->ids, by_id);
    for (uint32_t i = 0; i < f->n; i++) {
        if (!n || f->ids[n - 1].u.i != f->ids[i].u.i) f->ids[n++] = f->ids[i];
    }
    f->n = n;
}

/* Rows for which the condition holds; *all 0 when there are too many to name. */
static arc_status seek_one(arci_query *q, arci_txn *t, arci_arena *arena, const arci_virtual *v, const arc_cond_op *o, found *f, int *all)
{
    const arci_shape *shape;
    arci_scan *scan;
    arc_block block;
    arci_where w;
    arc_status st = arci_shape_get(t, &shape, "custom_index", "row entity number num txt");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[1], ARC_OP_EQ, q->table->entity->id);
    arci_where_int(&w, shape->cols[2], ARC_OP_EQ, v->field->field.id);
    arc_cond_op own = *o;
    own.col = shape->cols[o->v->type == ARC_V_TEXT ? 4 : 3];
    if (own.op == ARC_OP_CONTAINS) own.op = ARC_OP_EQ; /* of choices: each has an entry */
    w.conds[w.n].ops = &own;
    w.conds[w.n++].n_ops = 1;
    arci_scan_spec spec = { .entity = shape->table->entity, .cols = shape->cols, .n_cols = 1, .conds = w.conds, .n_conds = w.n,
                            .limit = ARCI_SEEK_MOST + 1 };
    memset(f, 0, sizeof *f);
    st = arci_scan_open(t, &scan, &spec);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        st = take_ids(t->env, arena, f, &block);
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    *all = f->n <= ARCI_SEEK_MOST;
    once(f);
    return st == ARC_DONE ? ARC_OK : st;
}

static void keep_common(found *a, const found *b)
{
    uint32_t n = 0;
    for (uint32_t i = 0, k = 0; i < a->n; i++) {
        while (k < b->n && b->ids[k].u.i < a->ids[i].u.i) k++;
        if (k < b->n && b->ids[k].u.i == a->ids[i].u.i) a->ids[n++] = a->ids[i];
    }
    a->n = n;
}

/* The rows the index answered as one more condition; the backend may take it. No row has the id 0. */
static arc_status add_ids(arci_query *q, arci_arena *arena, const found *f, const arc_cond **conds, uint32_t *n)
{
    arc_cond *all = arci_arena_alloc(arena, (*n + (size_t)1) * sizeof *all);
    arc_cond_op *op = arci_arena_calloc(arena, 1, sizeof *op);
    arc_value *zero = arci_arena_alloc(arena, sizeof *zero);
    if (!all || !op || !zero) return arci_nomem(&q->env);
    *zero = arci_v_int(0);
    op->op = ARC_OP_IN;
    op->col = q->table->col_id;
    op->col2 = ARC_NO_COL;
    op->v = f->n ? f->ids : zero;
    op->n = f->n ? f->n : 1;
    if (*n) memcpy(all, *conds, *n * sizeof *all);
    memset(&all[*n], 0, sizeof *all);
    all[*n].ops = op;
    all[(*n)++].n_ops = 1;
    *conds = all;
    return ARC_OK;
}

arc_status arci_query_seek(arci_query *q, arci_txn *t, arci_arena *arena, const arc_cond **conds, uint32_t *n, arci_seek *seek)
{
    found rows = { NULL, 0, 0 };
    arc_status st = ARC_OK;
    if (!q->table->draws_id) return ARC_OK;
    for (uint32_t i = 0; i < *n && st == ARC_OK; i++) {
        const arci_virtual *v = seekable(q, &(*conds)[i]);
        found f;
        int all = 0;
        if (!v) continue;
        st = seek_one(q, t, arena, v, (*conds)[i].ops, &f, &all);
        if (st != ARC_OK || !all) continue;
        if (seek->n_sought++) keep_common(&rows, &f);
        else rows = f;
    }
    seek->n_rows = rows.n;
    return st == ARC_OK && seek->n_sought ? add_ids(q, arena, &rows, conds, n) : st;
}
