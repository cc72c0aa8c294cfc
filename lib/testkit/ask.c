/* SPDX-License-Identifier: Apache-2.0 */
/* Asking: a backend, as the core does it (plan, fetch, filter what is left, sort, cut), and the model. */
#include "kit.h"

void rows_push(kit *k, kit_rows *r, const arc_value *values, uint32_t n_cols)
{
    if (r->n_rows == r->cap) {
        uint32_t cap = r->cap ? r->cap * 2 : 32;
        arc_value *v = kit_mem(k, (size_t)cap * n_cols * sizeof *v);
        if (r->n_rows) memcpy(v, r->v, (size_t)r->n_rows * n_cols * sizeof *v);
        r->v = v;
        r->cap = cap;
    }
    r->n_cols = n_cols;
    for (uint32_t i = 0; i < n_cols; i++) r->v[(size_t)r->n_rows * n_cols + i] = kit_keep(k, &values[i]);
    r->n_rows++;
}

arc_fetch kit_fetch(uint16_t table, const uint16_t *cols, uint32_t n_cols)
{
    arc_fetch f;
    memset(&f, 0, sizeof f);
    f.struct_size = (uint32_t)sizeof f;
    f.table = table;
    f.cols = cols;
    f.n_cols = n_cols;
    return f;
}

static void well_formed(kit *k, const arc_value *v)
{
    CHECK(k, v->type <= ARC_V_BLOB, "a value has type %u", v->type);
    CHECK(k, !v->pad[0] && !v->pad[1] && !v->pad[2], "the padding of a value is not 0");
    if (v->type == ARC_V_NULL || v->type == ARC_V_INT) CHECK(k, v->len == 0, "an integer or NULL has len %u", v->len);
    else CHECK(k, v->len == 0 || v->u.s, "a text of %u bytes points at NULL", v->len);
}

arc_status kit_drain(kit *k, void *cursor, uint32_t n_cols, kit_rows *out)
{
    const arc_backend_ops *b = k->ops;
    CHECK(k, cursor, "there is no cursor");
    for (;;) {
        arc_block block = { NULL, 0, 0 };
        arc_status s = b->next(cursor, &block);
        if (s == ARC_DONE) {
            EXPECT(k, b->next(cursor, &block), ARC_DONE); /* and stays so */
            break;
        }
        if (s) {
            b->end(cursor);
            return s;
        }
        CHECK(k, block.n_rows >= 1 && block.values, "next() gave ARC_OK and no row");
        CHECK(k, block.n_cols == n_cols, "a block has %u columns, asked for %u", block.n_cols, n_cols);
        for (uint32_t i = 0; i < block.n_rows * n_cols; i++) well_formed(k, &block.values[i]);
        for (uint32_t i = 0; i < block.n_rows; i++) rows_push(k, out, block.values + (size_t)i * n_cols, n_cols);
    }
    b->end(cursor);
    return ARC_OK;
}

/* A stable merge sort; rows hold all columns of the table. */
static void merge_sort(arc_value **a, arc_value **tmp, uint32_t n, const arc_order *order, uint32_t n_order)
{
    if (n < 2) return;
    uint32_t h = n / 2, i = 0, j = h, o = 0;
    merge_sort(a, tmp, h, order, n_order);
    merge_sort(a + h, tmp, n - h, order, n_order);
    while (i < h && j < n) tmp[o++] = model_order(a[j], a[i], order, n_order) < 0 ? a[j++] : a[i++];
    while (i < h) tmp[o++] = a[i++];
    while (j < n) tmp[o++] = a[j++];
    memcpy(a, tmp, n * sizeof *a);
}

static void sort_rows(kit *k, kit_rows *r, const arc_order *order, uint32_t n_order)
{
    if (r->n_rows < 2) return;
    arc_value **p = kit_mem(k, 2 * r->n_rows * sizeof *p);
    for (uint32_t i = 0; i < r->n_rows; i++) p[i] = r->v + (size_t)i * r->n_cols;
    merge_sort(p, p + r->n_rows, r->n_rows, order, n_order);
    arc_value *v = kit_mem(k, (size_t)r->n_rows * r->n_cols * sizeof *v);
    for (uint32_t i = 0; i < r->n_rows; i++) memcpy(v + (size_t)i * r->n_cols, p[i], r->n_cols * sizeof *v);
    r->v = v;
}

/* Projects whole rows to the columns of the fetch, within after and limit. */
static void cut(kit *k, kit_rows *all, const arc_fetch *f, kit_rows *out)
{
    if (f->n_order) sort_rows(k, all, f->order, f->n_order);
    memset(out, 0, sizeof *out);
    out->n_cols = f->n_cols;
    for (uint32_t i = 0; i < all->n_rows; i++) {
        const arc_value *row = all->v + (size_t)i * all->n_cols;
        arc_value picked[32];
        if (f->after && !model_behind(row, f->order, f->after, f->n_order)) continue;
        if (f->limit && (int64_t)out->n_rows == f->limit) break;
        for (uint32_t j = 0; j < f->n_cols; j++) picked[j] = row[f->cols[j]];
        rows_push(k, out, picked, f->n_cols);
    }
}

void model_fetch(kit *k, const kit_state *s, const arc_fetch *f, kit_rows *out)
{
    kit_rows all = { NULL, 0, kit_ncols(f->table), 0 };
    for (uint32_t i = 0; i < s->n[f->table]; i++) {
        uint32_t c = 0;
        while (c < f->n_conds && model_cond(s->row[f->table][i], &f->conds[c])) c++;
        if (c == f->n_conds) rows_push(k, &all, s->row[f->table][i], all.n_cols);
    }
    cut(k, &all, f, out);
}

/* Removes what the backend did not take from the question; `rest` receives the conjuncts left to us. */
static void plan(kit *k, uint32_t slot, arc_fetch *f, arc_cond *rest, uint32_t *n_rest)
{
    arc_cond *took = kit_mem(k, (f->n_conds + 1) * sizeof *took);
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->n_conds; i++) f->conds[i].accepted = 0;
    f->planned = 0;
    if (k->ops->plan) k->ops->plan(k->slot[slot].be, f);
    CHECK(k, !(f->planned & ~(ARC_PLAN_ORDER | ARC_PLAN_LIMIT)), "plan() set an unknown flag");
    *n_rest = 0;
    for (uint32_t i = 0; i < f->n_conds; i++) {
        if (f->conds[i].accepted) took[n++] = f->conds[i];
        else rest[(*n_rest)++] = f->conds[i];
    }
    if (f->planned & ARC_PLAN_LIMIT) {
        CHECK(k, *n_rest == 0, "plan() took the limit but not every condition");
        CHECK(k, !f->n_order || (f->planned & ARC_PLAN_ORDER), "plan() took the limit but not the order");
    } else {
        f->limit = 0;
    }
    if (!(f->planned & ARC_PLAN_ORDER)) {
        f->order = NULL;
        f->after = NULL;
        f->n_order = 0;
    }
    f->conds = took;
    f->n_conds = n;
}

/* Rows that come must meet what was taken; we filter, sort and cut the rest. */
arc_status kit_query(kit *k, uint32_t slot, const arc_fetch *asked, kit_rows *out)
{
    arc_fetch f = *asked, *fp = &f;
    uint32_t nc = kit_ncols(f.table), n_rest = 0;
    arc_cond *own = kit_mem(k, (f.n_conds + 1) * sizeof *own), *rest = kit_mem(k, (f.n_conds + 1) * sizeof *rest);
    if (f.n_conds) memcpy(own, f.conds, f.n_conds * sizeof *own);
    f.conds = own;
    f.cols = kit_cols;
    f.n_cols = nc;
    plan(k, slot, &f, rest, &n_rest);
    arc_status s = k->ops->fetch(k->slot[slot].txn, &fp, 1);
    if (s) return s;
    kit_rows raw = { NULL, 0, nc, 0 }, all = { NULL, 0, nc, 0 };
    s = kit_drain(k, f.cursor, nc, &raw);
    if (s) return s;
    for (uint32_t i = 0; i < raw.n_rows; i++) {
        const arc_value *row = raw.v + (size_t)i * nc;
        uint32_t c = 0;
        for (uint32_t j = 0; j < f.n_conds; j++)
            CHECK(k, model_cond(row, &f.conds[j]), "a row came that an accepted condition excludes");
        if (f.n_order && f.after)
            CHECK(k, model_behind(row, f.order, f.after, f.n_order), "a row came that is not behind `after`");
        if (f.n_order && i)
            CHECK(k, model_order(row - nc, row, f.order, f.n_order) <= 0, "rows came out of the order taken");
        while (c < n_rest && model_cond(row, &rest[c])) c++;
        if (c == n_rest) rows_push(k, &all, row, nc);
    }
    if (f.limit) CHECK(k, (int64_t)raw.n_rows <= f.limit, "more rows came than the limit taken");
    cut(k, &all, asked, out);
    return ARC_OK;
}

arc_status kit_table(kit *k, uint32_t slot, uint16_t table, kit_rows *out)
{
    const arc_table *d = &kit_schema.tables[table];
    arc_order order[4];
    for (uint32_t i = 0; i < d->n_key; i++) {
        order[i].col = d->key[i];
        order[i].descending = 0;
    }
    arc_fetch f = kit_fetch(table, kit_cols, d->n_cols);
    f.order = order;
    f.n_order = d->n_key;
    return kit_query(k, slot, &f, out);
}

void kit_sort_rows(kit_rows *r)
{ /* small sets only: by all columns */
    arc_order order[32];
    for (uint16_t i = 0; i < 32; i++) {
        order[i].col = i;
        order[i].descending = 0;
    }
    for (uint32_t i = 1; i < r->n_rows; i++)
        for (uint32_t j = i; j > 0; j--) {
            arc_value *a = r->v + (size_t)(j - 1) * r->n_cols, *b = a + r->n_cols;
            if (model_order(a, b, order, r->n_cols) <= 0) break;
            for (uint32_t c = 0; c < r->n_cols; c++) {
                arc_value t = a[c];
                a[c] = b[c];
                b[c] = t;
            }
        }
}

void kit_same_rows(kit *k, const kit_rows *got, const kit_rows *want, const char *what)
{
    CHECK(k, got->n_rows == want->n_rows, "%s: %u rows, expected %u", what, got->n_rows, want->n_rows);
    for (uint32_t i = 0; i < got->n_rows; i++)
        for (uint32_t c = 0; c < got->n_cols; c++) {
            const arc_value *a = &got->v[(size_t)i * got->n_cols + c], *b = &want->v[(size_t)i * want->n_cols + c];
            CHECK(k, a->type == b->type, "%s: row %u, column %u: type %u, expected %u", what, i, c, a->type, b->type);
            if (a->type == ARC_V_INT)
                CHECK(k, a->u.i == b->u.i, "%s: row %u, column %u: %lld, expected %lld", what, i, c,
                      (long long)a->u.i, (long long)b->u.i);
            else if (a->type != ARC_V_NULL)
                CHECK(k, kit_equal(a, b), "%s: row %u, column %u: \"%.*s\", expected \"%.*s\"", what, i, c,
                      (int)(a->len < 60 ? a->len : 60), a->u.s, (int)(b->len < 60 ? b->len : 60), b->u.s);
        }
}

void kit_same_state(kit *k, uint32_t slot, const kit_state *want, const char *what)
{
    int own = !k->slot[slot].txn;
    if (own) kit_begin(k, slot, ARC_TXN_READ);
    for (uint16_t t = 0; t < KT_COUNT; t++) {
        const arc_table *d = &kit_schema.tables[t];
        arc_order order[4];
        kit_rows got, expected;
        for (uint32_t i = 0; i < d->n_key; i++) {
            order[i].col = d->key[i];
            order[i].descending = 0;
        }
        arc_fetch f = kit_fetch(t, kit_cols, d->n_cols);
        f.order = order;
        f.n_order = d->n_key;
        OK(k, kit_table(k, slot, t, &got));
        model_fetch(k, want, &f, &expected);
        char label[96];
        size_t n = strlen(what);
        if (n > 60) n = 60;
        memcpy(label, what, n);
        label[n] = ' ';
        memcpy(label + n + 1, d->name, strlen(d->name) + 1);
        kit_same_rows(k, &got, &expected, label);
    }
    if (own) kit_rollback(k, slot);
}

/* ---- writing -------------------------------------------------------------------------------------------------------- */

arc_write kit_insert(uint16_t table, const arc_value *rows, uint32_t n_rows, uint8_t *results)
{
    arc_write w;
    memset(&w, 0, sizeof w);
    w.struct_size = (uint32_t)sizeof w;
    w.table = table;
    w.op = ARC_WRITE_INSERT;
    w.cols = kit_cols;
    w.n_cols = kit_ncols(table);
    w.rows = rows;
    w.n_rows = n_rows;
    w.results = results;
    return w;
}

arc_status kit_write1(kit *k, uint32_t slot, arc_write *w)
{
    memset(w->results, 0xee, w->n_rows);
    return k->ops->write(k->slot[slot].txn, &w, 1);
}

void kit_put(kit *k, uint32_t slot, kit_state *s, uint16_t table, const arc_value *rows, uint32_t n_rows)
{
    uint32_t step = k->ops->max_rows ? k->ops->max_rows : n_rows;
    uint8_t *res = kit_mem(k, n_rows), *mine = kit_mem(k, n_rows);
    for (uint32_t at = 0; at < n_rows; at += step) {
        uint32_t n = n_rows - at < step ? n_rows - at : step;
        arc_write w = kit_insert(table, rows + (size_t)at * kit_ncols(table), n, res);
        OK(k, kit_write1(k, slot, &w));
        for (uint32_t i = 0; i < n; i++) CHECK(k, res[i] == ARC_ROW_OK, "insert: row %u reports %u", i, res[i]);
        if (s) model_write(k, s, &w, mine);
    }
}

arc_status kit_both(kit *k, uint32_t slot, kit_state *s, arc_write *w)
{
    uint8_t *mine = kit_mem(k, w->n_rows);
    arc_status want = model_write(k, s, w, mine), got = kit_write1(k, slot, w);
    CHECK(k, got == want, "write gave %s, expected %s", arc_status_name(got), arc_status_name(want));
    if (got) return got;
    for (uint32_t i = 0; i < w->n_rows; i++)
        CHECK(k, w->results[i] == mine[i], "write op %u on table %u: row %u reports %u, expected %u", w->op, w->table,
              i, w->results[i], mine[i]);
    return ARC_OK;
}
