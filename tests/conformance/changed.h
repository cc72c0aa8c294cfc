/* SPDX-License-Identifier: Apache-2.0 */
/* Results that are wrong on purpose: read whole from a good backend, changed, handed out as one block. For test_mutants.c. */
#ifndef TESTS_CONFORMANCE_CHANGED_H
#define TESTS_CONFORMANCE_CHANGED_H

#include "conformance/run.h"

static const arc_backend_ops *in; /* the backend that is whole */

/* ---- results that are changed on their way out: read whole, changed, handed out as one block ------------------------ */

/* Memory of changed results: all of it is freed after a run. */
static struct piece {
    struct piece *next;
    uint64_t align;
} *pieces;

static void *mem(size_t n)
{
    struct piece *p = calloc(1, sizeof *p + n);
    p->next = pieces;
    pieces = p;
    return p + 1;
}

static void mem_free(void)
{
    while (pieces) {
        struct piece *p = pieces;
        pieces = p->next;
        free(p);
    }
}

typedef struct result {
    arc_value *v;
    uint32_t n_rows, n_cols, done;
} result;

typedef void (*change_fn)(result *r, const arc_fetch *f);
static change_fn change;            /* of fetch */
static void (*change_lines)(result *r, const arc_aggregate *a); /* of aggregate and get_many (a is NULL) */

static arc_status read_all(void *cursor, uint32_t n_cols, result **out)
{
    result *r = mem(sizeof *r);
    arc_block b;
    arc_status s;
    r->n_cols = n_cols;
    while ((s = in->next(cursor, &b)) == ARC_OK) {
        arc_value *more = mem(((size_t)(r->n_rows + b.n_rows) + 1) * n_cols * sizeof *more);
        if (r->n_rows) memcpy(more, r->v, (size_t)r->n_rows * n_cols * sizeof *more);
        r->v = more;
        for (uint32_t i = 0; i < b.n_rows * n_cols; i++) {
            arc_value *v = &r->v[r->n_rows * n_cols + i];
            *v = b.values[i];
            if (v->type < ARC_V_TEXT) continue;
            char *text = mem(v->len + 1u);
            if (v->len) memcpy(text, b.values[i].u.s, v->len);
            v->u.s = text;
        }
        r->n_rows += b.n_rows;
    }
    in->end(cursor);
    *out = r;
    return s == ARC_DONE ? ARC_OK : s;
}

static arc_status m_next(void *cursor, arc_block *b)
{
    result *r = cursor;
    if (!r->n_rows || r->done) return ARC_DONE;
    r->done = 1;
    b->values = r->v;
    b->n_rows = r->n_rows;
    b->n_cols = r->n_cols;
    return ARC_OK;
}

static void m_end(void *cursor) { (void)cursor; }

static arc_status m_fetch(void *txn, arc_fetch *const *f, uint32_t n)
{
    arc_status s = in->fetch(txn, f, n);
    for (uint32_t i = 0; !s && i < n; i++) {
        result *r = NULL;
        s = read_all(f[i]->cursor, f[i]->n_cols, &r);
        if (change) change(r, f[i]);
        f[i]->cursor = r;
    }
    return s;
}

static arc_status m_aggregate(void *txn, arc_aggregate *a)
{
    result *r = NULL;
    arc_status s = in->aggregate(txn, a);
    if (s) return s;
    s = read_all(a->cursor, a->n_groups + a->n_measures, &r);
    if (change_lines) change_lines(r, a);
    a->cursor = r;
    return s;
}

static arc_status m_get_many(void *txn, uint16_t table, const uint16_t *cols, uint32_t n_cols, const arc_value *keys,
                             uint32_t n_keys, void **cursor)
{
    result *r = NULL;
    arc_status s = in->get_many(txn, table, cols, n_cols, keys, n_keys, cursor);
    if (!s) s = read_all(*cursor, n_cols, &r);
    if (!s && change_lines) change_lines(r, NULL);
    if (!s) *cursor = r;
    return s;
}

static arc_value *row_of(result *r, uint32_t i) { return r->v + (size_t)i * r->n_cols; }

static void swap_rows(result *r, uint32_t i, uint32_t j)
{
    for (uint32_t c = 0; c < r->n_cols; c++) {
        arc_value v = row_of(r, i)[c];
        row_of(r, i)[c] = row_of(r, j)[c];
        row_of(r, j)[c] = v;
    }
}

static void drop_rows(result *r, int (*gone)(const arc_value *row, const arc_fetch *f), const arc_fetch *f)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < r->n_rows; i++) {
        if (gone(row_of(r, i), f)) continue;
        if (kept != i) memcpy(row_of(r, kept), row_of(r, i), r->n_cols * sizeof *r->v);
        kept++;
    }
    r->n_rows = kept;
}

static void nulls_last(result *r, const arc_fetch *f)
{
    uint16_t col = f->n_order ? f->order[0].col : 0;
    for (uint32_t i = 1; f->n_order && i < r->n_rows; i++)
        for (uint32_t j = i; j > 0 && !row_of(r, j - 1)[col].type && row_of(r, j)[col].type; j--) swap_rows(r, j - 1, j);
}

static int lower(int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

static void ignoring_case(result *r, const arc_fetch *f)
{
    uint16_t col = f->n_order ? f->order[0].col : 0;
    for (uint32_t i = 1; f->n_order && i < r->n_rows; i++)
        for (uint32_t j = i; j > 0; j--) {
            arc_value *a = &row_of(r, j - 1)[col], *b = &row_of(r, j)[col];
            if (a->type != ARC_V_TEXT || b->type != ARC_V_TEXT || !a->len || !b->len) break;
            if (lower(a->u.s[0]) <= lower(b->u.s[0])) break;
            swap_rows(r, j - 1, j);
        }
}

static void drop_last(result *r, const arc_fetch *f) { r->n_rows -= !f->limit && r->n_rows > 50; }

static void repeat_first(result *r, const arc_fetch *f)
{
    if (f->limit || r->n_rows < 50) return;
    memcpy(row_of(r, r->n_rows), row_of(r, 0), r->n_cols * sizeof *r->v);
    r->n_rows++;
}

static void empty_is_null(result *r, const arc_fetch *f)
{
    (void)f;
    for (uint32_t i = 0; i < r->n_rows * r->n_cols; i++)
        if (r->v[i].type == ARC_V_TEXT && !r->v[i].len) r->v[i].type = ARC_V_NULL;
}

static void through_double(result *r, const arc_fetch *f)
{
    (void)f;
    for (uint32_t i = 0; i < r->n_rows * r->n_cols; i++)
        if (r->v[i].type == ARC_V_INT && r->v[i].u.i < INT64_MAX / 2) r->v[i].u.i = (int64_t)(double)r->v[i].u.i;
}

static void swap_columns(result *r, const arc_fetch *f)
{
    for (uint32_t i = 0; f->n_cols == 5 && i < r->n_rows; i++) {
        arc_value v = row_of(r, i)[0];
        row_of(r, i)[0] = row_of(r, i)[3];
        row_of(r, i)[1] = v;
    }
}

static void dirty_padding(result *r, const arc_fetch *f)
{
    (void)f;
    for (uint32_t i = 0; i < r->n_rows * r->n_cols; i++) r->v[i].pad[1] = 7;
}

/* Rows that SQL would lose, because a compare with NULL is UNKNOWN there. */
static int unknown(const arc_value *row, const arc_fetch *f)
{
    for (uint32_t i = 0; i < f->n_conds; i++)
        if (f->conds[i].n_ops == 2 && f->conds[i].ops[1].op == ARC_OP_NOT && !row[f->conds[i].ops[0].col].type &&
            f->conds[i].ops[0].op != ARC_OP_IS_NULL) return 1;
    return 0;
}

static int not_equal_null(const arc_value *row, const arc_fetch *f)
{
    for (uint32_t i = 0; i < f->n_conds; i++)
        if (f->conds[i].n_ops == 1 && f->conds[i].ops[0].op == ARC_OP_NE && !row[f->conds[i].ops[0].col].type) return 1;
    return 0;
}

static void three_valued(result *r, const arc_fetch *f) { drop_rows(r, unknown, f); }
static void ne_skips_null(result *r, const arc_fetch *f) { drop_rows(r, not_equal_null, f); }

static void null_group_lost(result *r, const arc_aggregate *a)
{
    if (a && a->n_groups && r->n_rows && !row_of(r, 0)[0].type) {
        memmove(r->v, row_of(r, 1), (size_t)(r->n_rows - 1) * r->n_cols * sizeof *r->v);
        r->n_rows--;
    }
}

static void sum_of_nothing(result *r, const arc_aggregate *a)
{
    for (uint32_t i = 0; a && i < r->n_rows; i++)
        for (uint32_t m = 0; m < a->n_measures; m++) {
            arc_value *v = &row_of(r, i)[a->n_groups + m];
            if (!v->type && a->measures[m].kind == ARC_MEASURE_SUM) v->type = ARC_V_INT, v->u.i = 0;
        }
}

static void backwards(result *r, const arc_aggregate *a)
{
    for (uint32_t i = 0; !a && i < r->n_rows / 2; i++) swap_rows(r, i, r->n_rows - 1 - i);
}

#endif
