/* SPDX-License-Identifier: Apache-2.0 */
/* The model: the contract in plain arrays, slow and obvious. It shares no code with any backend. */
#include "kit.h"

int kit_compare(const arc_value *a, const arc_value *b)
{
    if (a->type == ARC_V_NULL || b->type == ARC_V_NULL) return (a->type != ARC_V_NULL) - (b->type != ARC_V_NULL);
    if (a->type != b->type) return a->type < b->type ? -1 : 1; /* never in one column */
    if (a->type == ARC_V_INT) return (a->u.i > b->u.i) - (a->u.i < b->u.i);
    uint32_t n = a->len < b->len ? a->len : b->len;
    int c = n ? memcmp(a->u.s, b->u.s, n) : 0;
    return c ? c : (a->len > b->len) - (a->len < b->len);
}

/* ---- conditions -------------------------------------------------------------------------------------------------- */

static int holds(uint16_t op, const arc_value *a, const arc_value *b)
{
    int na = a->type == ARC_V_NULL, nb = b->type == ARC_V_NULL;
    if (na || nb) return op == ARC_OP_NE && na != nb;
    int c = kit_compare(a, b);
    switch (op) {
    case ARC_OP_EQ: return c == 0;
    case ARC_OP_NE: return c != 0;
    case ARC_OP_LT: return c < 0;
    case ARC_OP_LE: return c <= 0;
    case ARC_OP_GT: return c > 0;
    default: return c >= 0;
    }
}

static int contains(const arc_value *h, const arc_value *n)
{
    if (h->type != ARC_V_TEXT || n->len > h->len) return 0;
    for (uint32_t i = 0; i + n->len <= h->len; i++)
        if (!n->len || !memcmp(h->u.s + i, n->u.s, n->len)) return 1;
    return 0;
}

static int step(const arc_value *row, const arc_cond_op *o)
{
    const arc_value *l = &row[o->col];
    switch (o->op) {
    case ARC_OP_IN:
        for (uint32_t i = 0; i < o->n; i++)
            if (holds(ARC_OP_EQ, l, &o->v[i])) return 1;
        return 0;
    case ARC_OP_IS_NULL: return l->type == ARC_V_NULL;
    case ARC_OP_PREFIX:
        return l->type == ARC_V_TEXT && l->len >= o->v->len && (!o->v->len || !memcmp(l->u.s, o->v->u.s, o->v->len));
    case ARC_OP_CONTAINS: return contains(l, o->v);
    default: return holds(o->op, l, o->col2 == ARC_NO_COL ? o->v : &row[o->col2]);
    }
}

int model_cond(const arc_value *row, const arc_cond *c)
{
    int stack[64];
    uint32_t top = 0;
    for (uint32_t i = 0; i < c->n_ops; i++) {
        const arc_cond_op *o = &c->ops[i];
        if (o->op == ARC_OP_NOT) {
            stack[top - 1] = !stack[top - 1];
        } else if (o->op == ARC_OP_AND || o->op == ARC_OP_OR) {
            int r = o->op == ARC_OP_AND;
            for (uint32_t j = 0; j < o->n; j++) {
                int x = stack[--top];
                r = o->op == ARC_OP_AND ? r && x : r || x;
            }
            stack[top++] = r;
        } else {
            stack[top++] = step(row, o);
        }
    }
    return stack[0];
}

/* ---- order --------------------------------------------------------------------------------------------------------- */

int model_order(const arc_value *a, const arc_value *b, const arc_order *order, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        int c = kit_compare(&a[order[i].col], &b[order[i].col]);
        if (c) return order[i].descending ? -c : c;
    }
    return 0;
}

int model_behind(const arc_value *row, const arc_order *order, const arc_value *after, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        int c = kit_compare(&row[order[i].col], &after[i]);
        if (c) return order[i].descending ? c < 0 : c > 0;
    }
    return 0;
}

/* ---- state --------------------------------------------------------------------------------------------------------- */

void model_init(kit_state *s) { memset(s, 0, sizeof *s); }

void model_copy(kit *k, kit_state *to, const kit_state *from)
{
    *to = *from;
    for (uint32_t t = 0; t < KT_COUNT; t++) {
        to->row[t] = kit_mem(k, (from->n[t] + 8) * sizeof *to->row[t]);
        if (from->n[t]) memcpy(to->row[t], from->row[t], from->n[t] * sizeof *to->row[t]);
        to->cap[t] = from->n[t] + 8;
    }
}

static void add(kit *k, kit_state *s, uint16_t t, const arc_value *row)
{
    if (s->n[t] == s->cap[t]) {
        uint32_t cap = s->cap[t] ? s->cap[t] * 2 : 16;
        const arc_value **r = kit_mem(k, cap * sizeof *r);
        if (s->n[t]) memcpy(r, s->row[t], s->n[t] * sizeof *r);
        s->row[t] = r;
        s->cap[t] = cap;
    }
    s->row[t][s->n[t]++] = row;
}

static int64_t find(const kit_state *s, uint16_t t, const arc_value *key)
{ /* key: values of the key columns in key order */
    const arc_table *d = &kit_schema.tables[t];
    for (uint32_t i = 0; i < s->n[t]; i++) {
        uint32_t j = 0;
        while (j < d->n_key && kit_equal(&s->row[t][i][d->key[j]], &key[j])) j++;
        if (j == d->n_key) return i;
    }
    return -1;
}

static int in_index(const arc_index *x, const arc_value *row)
{
    const arc_value *w = x->where_col == ARC_NO_COL ? NULL : &row[x->where_col];
    if ((x->flags & ARC_INDEX_WHERE_NONZERO) && (w->type == ARC_V_NULL || (w->type == ARC_V_INT && !w->u.i))) return 0;
    if ((x->flags & ARC_INDEX_WHERE_NULL) && w->type != ARC_V_NULL) return 0;
    if ((x->flags & ARC_INDEX_WHERE_SET) && w->type == ARC_V_NULL) return 0;
    for (uint32_t i = 0; i < x->n_key; i++)
        if (row[x->cols[i]].type == ARC_V_NULL) return 0;
    return 1;
}

static int taken(const kit_state *s, uint16_t t, const arc_value *row, int64_t self)
{
    const arc_table *d = &kit_schema.tables[t];
    for (uint32_t x = 0; x < d->n_indexes; x++) {
        const arc_index *ix = &d->indexes[x];
        if (!(ix->flags & ARC_INDEX_UNIQUE) || !in_index(ix, row)) continue;
        for (uint32_t i = 0; i < s->n[t]; i++) {
            if (i == self || !in_index(ix, s->row[t][i])) continue;
            uint32_t j = 0;
            while (j < ix->n_key && kit_equal(&s->row[t][i][ix->cols[j]], &row[ix->cols[j]])) j++;
            if (j == ix->n_key) return 1;
        }
    }
    return 0;
}

static int dangling(const kit_state *s, uint16_t t, const arc_value *row)
{
    const arc_table *d = &kit_schema.tables[t];
    for (uint32_t x = 0; x < d->n_fks; x++) {
        arc_value key[4];
        int null = 0, own = d->fks[x].ref_table == t; /* a row may point at itself */
        for (uint32_t j = 0; j < d->fks[x].n_cols; j++) {
            key[j] = row[d->fks[x].cols[j]];
            null |= key[j].type == ARC_V_NULL;
            own &= kit_equal(&key[j], &row[d->key[j]]);
        }
        if (!null && !own && find(s, d->fks[x].ref_table, key) < 0) return 1;
    }
    return 0;
}

static int pointed_at(const kit_state *s, uint16_t t, const arc_value *row)
{
    const arc_table *ref = &kit_schema.tables[t];
    for (uint16_t u = 0; u < KT_COUNT; u++) {
        const arc_table *d = &kit_schema.tables[u];
        for (uint32_t x = 0; x < d->n_fks; x++) {
            if (d->fks[x].ref_table != t) continue;
            for (uint32_t i = 0; i < s->n[u]; i++) {
                uint32_t j = 0;
                if (s->row[u][i] == row) continue;
                while (j < ref->n_key && kit_equal(&s->row[u][i][d->fks[x].cols[j]], &row[ref->key[j]])) j++;
                if (j == ref->n_key) return 1;
            }
        }
    }
    return 0;
}

/* ---- writing -------------------------------------------------------------------------------------------------------- */

static int add_overflows(int64_t a, int64_t b) { return b > 0 ? a > INT64_MAX - b : a < INT64_MIN - b; }

static int64_t largest(const kit_state *s, uint16_t table, uint16_t col, int64_t book)
{
    int64_t most = 0;
    int any = 0;
    for (uint32_t r = 0; r < s->n[table]; r++) {
        const arc_value *row = s->row[table][r];
        if (row[kit_schema.tables[table].key[0]].u.i != book || row[col].type == ARC_V_NULL || (any && row[col].u.i <= most)) continue;
        most = row[col].u.i;
        any = 1;
    }
    return most;
}

static uint8_t insert(kit *k, kit_state *s, const arc_write *w, const arc_value *in)
{
    uint32_t n = kit_ncols(w->table);
    arc_value *row = kit_mem(k, n * sizeof *row), key[4];
    const arc_table *d = &kit_schema.tables[w->table];
    for (uint32_t i = 0; i < w->n_cols; i++) row[w->cols[i]] = kit_keep(k, &in[i]);
    for (uint32_t i = 0; w->set && i < w->n_cols; i++) {
        if (w->set[i] == ARC_NEXT) row[w->cols[i]].u.i += largest(s, w->table, w->cols[i], row[d->key[0]].u.i);
    }
    for (uint32_t j = 0; j < d->n_key; j++) key[j] = row[d->key[j]];
    if (find(s, w->table, key) >= 0 || taken(s, w->table, row, -1)) return ARC_ROW_EXISTS;
    if (kit_has(k, ARC_CAP_FOREIGN_KEYS) && dangling(s, w->table, row)) return ARC_ROW_REFERENCE;
    add(k, s, w->table, row);
    return ARC_ROW_OK;
}

static uint8_t guards(const arc_write *w, const arc_value *row, const arc_value *in)
{
    for (uint32_t g = 0; g < w->n_guards; g++)
        if (!holds(w->guards[g].op, &row[w->guards[g].col], &in[g])) return (uint8_t)w->guards[g].result;
    return ARC_ROW_OK;
}

static arc_status update(kit *k, kit_state *s, const arc_write *w, const arc_value *in, uint8_t *result)
{
    uint16_t t = w->table;
    uint32_t n = kit_ncols(t), nk = kit_schema.tables[t].n_key;
    int64_t at = find(s, t, in);
    *result = at < 0 ? ARC_ROW_MISSING : guards(w, s->row[t][at], in + nk + w->n_cols);
    if (*result) return ARC_OK;
    arc_value *row = kit_mem(k, n * sizeof *row);
    memcpy(row, s->row[t][at], n * sizeof *row);
    for (uint32_t i = 0; i < w->n_cols; i++) {
        arc_value *c = &row[w->cols[i]];
        const arc_value *v = &in[nk + i];
        if (!w->set || w->set[i] == ARC_SET) {
            *c = kit_keep(k, v);
        } else if (c->type != ARC_V_NULL) {
            if (add_overflows(c->u.i, v->u.i)) return ARC_E_OVERFLOW;
            c->u.i += v->u.i;
        }
    }
    if (taken(s, t, row, at)) *result = ARC_ROW_EXISTS;
    else if (kit_has(k, ARC_CAP_FOREIGN_KEYS) && dangling(s, t, row)) *result = ARC_ROW_REFERENCE;
    else s->row[t][at] = row;
    return ARC_OK;
}

static uint8_t erase(kit *k, kit_state *s, const arc_write *w, const arc_value *in)
{
    uint16_t t = w->table;
    int64_t at = find(s, t, in);
    if (at < 0) return ARC_ROW_MISSING;
    uint8_t r = guards(w, s->row[t][at], in + kit_schema.tables[t].n_key);
    if (r) return r;
    if (kit_has(k, ARC_CAP_FOREIGN_KEYS) && pointed_at(s, t, s->row[t][at])) return ARC_ROW_REFERENCE;
    s->row[t][at] = s->row[t][--s->n[t]];
    return ARC_ROW_OK;
}

arc_status model_write(kit *k, kit_state *s, const arc_write *w, uint8_t *results)
{
    uint32_t nk = w->op == ARC_WRITE_INSERT ? 0 : kit_schema.tables[w->table].n_key;
    uint32_t nc = w->op == ARC_WRITE_DELETE ? 0 : w->n_cols;
    uint32_t width = nk + nc + (w->op == ARC_WRITE_INSERT ? 0 : w->n_guards);
    for (uint32_t i = 0; i < w->n_rows; i++) {
        const arc_value *in = w->rows + (size_t)i * width;
        if (w->op == ARC_WRITE_INSERT) {
            results[i] = insert(k, s, w, in);
        } else if (w->op == ARC_WRITE_DELETE) {
            results[i] = erase(k, s, w, in);
        } else {
            arc_status st = update(k, s, w, in, &results[i]);
            if (st) return st;
        }
    }
    return ARC_OK;
}
