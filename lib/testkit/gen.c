/* SPDX-License-Identifier: Apache-2.0 */
/* Random rows and conditions over small domains, and aggregates by brute force. */
#include "kit.h"

/* ---- values --------------------------------------------------------------------------------------------------------- */

static const char *const words[] = { "",   "a",    "A",   "b",  "aa",  "ab",     "B",        "z",
                                     "Z",  "10",   "9",   "a%", "a_b", "\x7f",   "\xc3\xa4", "\xe4\xb8\xad\xe6\x96\x87",
                                     "a ", " a",   "ab%c", "'\"\\", "aab", "abab", "\xf0\x9f\x98\x80", "\xee\x80\x80" };
#define N_WORDS (sizeof words / sizeof words[0])

static arc_value gen_int(kit *k)
{
    static const int64_t edge[] = { 0, 1, -1, INT64_MAX, INT64_MIN, INT64_MAX - 1, INT64_C(9007199254740993), 1000 };
    if (!kit_below(k, 8)) return v_int(edge[kit_below(k, 8)]);
    return v_int((int64_t)kit_below(k, 21) - 10);
}

static arc_value gen_blob(kit *k)
{
    static const char bytes[] = "\0\1\xff\0ab\x80";
    return v_bytes(ARC_V_BLOB, bytes, kit_below(k, 8));
}

arc_value gen_value(kit *k, uint16_t table, uint16_t col)
{
    static const char *const json[] = { "{}", "[1, 2]", "{\"a\": \"b\"}", "null", "\"x\"" };
    static const char *const currency[] = { "CNY", "EUR", "USD" };
    static const char *const code[] = { "a", "b", "open", "paid" };
    const arc_column *c = &kit_schema.tables[table].cols[col];
    if (!(c->flags & ARC_COL_REQUIRED) && !kit_below(k, 5)) return v_null();
    if (table == KT_ALL && col == A_CUR) return v_text(currency[kit_below(k, 3)]);
    switch (c->type) {
    case ARC_T_TEXT: return v_text(words[kit_below(k, (uint32_t)N_WORDS)]);
    case ARC_T_CODE: return v_text(code[kit_below(k, 4)]);
    case ARC_T_JSON: return v_text(json[kit_below(k, 5)]);
    case ARC_T_BLOB: return gen_blob(k);
    case ARC_T_BOOL: return v_int((int64_t)kit_below(k, 2));
    case ARC_T_DATE: return v_int((int64_t)kit_below(k, 12) + 20000);
    case ARC_T_STAMP: return v_int((int64_t)kit_below(k, 6) * INT64_C(86400000001) + INT64_C(1700000000000000));
    case ARC_T_MONEY: return v_int((int64_t)kit_below(k, 2001) - 1000);
    case ARC_T_DECIMAL: return v_int((int64_t)kit_below(k, 100));
    case ARC_T_ID: return v_int((int64_t)kit_below(k, 4) + 1);
    default: return gen_int(k);
    }
}

void gen_row(kit *k, uint16_t table, int64_t id, arc_value *row)
{
    uint16_t n = kit_schema.tables[table].n_cols;
    for (uint16_t c = 0; c < n; c++) row[c] = gen_value(k, table, c);
    row[0] = v_int(1);
    if (table != KT_KEY) row[1] = v_int(id);
    if (table == KT_ALL) {
        row[A_VERSION] = v_int(1);
        row[A_I] = row[A_I].type ? v_int((int64_t)kit_below(k, 2001) - 1000) : row[A_I]; /* sums stay small */
        if (row[A_M].type && !row[A_CUR].type) row[A_CUR] = v_text("CNY");
    }
}

uint32_t gen_order(kit *k, uint16_t table, arc_order o[8])
{
    const arc_table *d = &kit_schema.tables[table];
    uint32_t pick = kit_below(k, (uint32_t)d->n_indexes + 2), n = 0, from = 0;
    uint16_t down = (uint16_t)kit_below(k, 2);
    const uint16_t *cols = d->key;
    uint32_t n_cols = d->n_key;
    if (pick < d->n_indexes) {
        cols = d->indexes[pick].cols;
        n_cols = d->indexes[pick].n_key;
    }
    if (pick > d->n_indexes) { /* any columns in any direction */
        for (n = 0; n <= kit_below(k, 2); n++) {
            o[n].col = (uint16_t)kit_below(k, d->n_cols);
            o[n].descending = (uint16_t)kit_below(k, 2);
        }
    } else {
        for (from = kit_below(k, 2); from < n_cols; from++) { /* with or without the book */
            o[n].col = cols[from];
            o[n++].descending = down;
        }
    }
    for (uint32_t j = 0; j < d->n_key; j++) { /* ties broken by the key */
        uint32_t i = 0;
        while (i < n && o[i].col != d->key[j]) i++;
        if (i < n || (j == 0 && kit_below(k, 2))) continue;
        o[n].col = d->key[j];
        o[n++].descending = down;
    }
    return n;
}

void gen_fill(kit *k, uint32_t slot, kit_state *s, uint32_t n)
{
    arc_value *rows = kit_mem(k, (n + 4) * A_COLS * sizeof *rows);
    kit_begin(k, slot, ARC_TXN_WRITE);
    for (uint32_t i = 0; i < 4; i++) gen_row(k, KT_PARENT, i + 1, rows + (size_t)i * P_COLS);
    kit_put(k, slot, s, KT_PARENT, rows, 4);
    for (uint32_t i = 0; i < n; i++) gen_row(k, KT_ALL, i + 1, rows + (size_t)i * A_COLS);
    if (n) kit_put(k, slot, s, KT_ALL, rows, n);
    kit_commit(k, slot);
}

/* ---- conditions ----------------------------------------------------------------------------------------------------- */

static int same_kind(const arc_column *a, const arc_column *b)
{
    int ta = a->type == ARC_T_TEXT || a->type == ARC_T_CODE, tb = b->type == ARC_T_TEXT || b->type == ARC_T_CODE;
    return a->type == b->type || (ta && tb);
}

static arc_value constant(kit *k, uint16_t table, uint16_t col)
{
    arc_value v;
    do v = gen_value(k, table, col);
    while (v.type == ARC_V_NULL);
    return v;
}

static arc_cond_op leaf(kit *k, uint16_t table)
{
    const arc_table *d = &kit_schema.tables[table];
    arc_cond_op o;
    memset(&o, 0, sizeof o);
    o.col = (uint16_t)kit_below(k, d->n_cols);
    o.col2 = ARC_NO_COL;
    arc_value *v = kit_mem(k, 4 * sizeof *v);
    const arc_column *c = &d->cols[o.col];
    uint32_t pick = kit_below(k, 10);
    o.v = v;
    o.n = 1;
    if (pick == 0) {
        o.op = ARC_OP_IS_NULL;
        o.n = 0;
        o.v = NULL;
    } else if (pick == 1) {
        o.op = ARC_OP_IN;
        o.n = kit_below(k, 4) + 1;
        for (uint32_t i = 0; i < o.n; i++) v[i] = constant(k, table, o.col);
    } else if (pick < 4 && c->type == ARC_T_TEXT) {
        o.op = pick == 2 ? ARC_OP_PREFIX : ARC_OP_CONTAINS;
        v[0] = v_text(words[kit_below(k, (uint32_t)N_WORDS)]);
    } else {
        o.op = (uint16_t)(ARC_OP_EQ + kit_below(k, 6));
        uint16_t other = (uint16_t)kit_below(k, d->n_cols);
        if (pick == 9 && same_kind(c, &d->cols[other])) {
            o.col2 = other;
            o.n = 0;
            o.v = NULL;
        } else {
            v[0] = kit_below(k, 20) ? constant(k, table, o.col) : v_null();
        }
    }
    return o;
}

typedef struct program {
    arc_cond_op *ops;
    uint32_t n;
} program;

static void grow(kit *k, uint16_t table, program *p, uint32_t depth)
{
    uint32_t pick = depth ? kit_below(k, 5) : 0;
    if (pick < 2) {
        p->ops[p->n++] = leaf(k, table);
        return;
    }
    arc_cond_op o;
    memset(&o, 0, sizeof o);
    o.col2 = ARC_NO_COL;
    uint32_t n = pick == 4 ? 1 : kit_below(k, 3) + 1;
    for (uint32_t i = 0; i < n; i++) grow(k, table, p, depth - 1);
    o.op = (uint16_t)(pick == 4 ? ARC_OP_NOT : pick == 3 ? ARC_OP_OR : ARC_OP_AND);
    o.n = pick == 4 ? 0 : n;
    p->ops[p->n++] = o;
}

void gen_cond(kit *k, uint16_t table, arc_cond *c)
{
    program p = { kit_mem(k, 64 * sizeof(arc_cond_op)), 0 };
    grow(k, table, &p, kit_below(k, 3));
    c->ops = p.ops;
    c->n_ops = p.n;
    c->accepted = 0;
}

/* ---- aggregates ----------------------------------------------------------------------------------------------------- */

typedef struct wide {
    uint64_t lo;
    int64_t hi;
} wide;

static void wide_add(wide *w, int64_t v)
{
    uint64_t lo = w->lo + (uint64_t)v;
    w->hi += (v < 0 ? -1 : 0) + (lo < w->lo ? 1 : 0);
    w->lo = lo;
}

static int wide_fits(const wide *w) { return w->hi == (w->lo >> 63 ? -1 : 0); }

static arc_value group_value(const arc_group *g, const arc_value *v)
{
    if (g->kind == ARC_GROUP_VALUE || v->type == ARC_V_NULL) return *v;
    int64_t n = 0;
    for (uint32_t i = 0; i < g->n_edges; i++) n += g->edges[i] <= v->u.i;
    return v_int(n);
}

static arc_status measure(const arc_measure *m, const arc_value *const *rows, uint32_t n, arc_value *out, int *loose)
{
    wide all = { 0, 0 }, up = { 0, 0 }, down = { 0, 0 };
    uint32_t seen = 0;
    *out = v_null();
    if (m->kind == ARC_MEASURE_COUNT) {
        *out = v_int(n);
        return ARC_OK;
    }
    for (uint32_t i = 0; i < n; i++) {
        const arc_value *v = &rows[i][m->col];
        if (v->type == ARC_V_NULL) continue;
        int c = seen++ ? kit_compare(v, out) : 0;
        if (m->kind == ARC_MEASURE_SUM) {
            wide_add(&all, v->u.i);
            wide_add(v->u.i < 0 ? &down : &up, v->u.i);
            *out = v_int((int64_t)all.lo);
        } else if (seen == 1 || (m->kind == ARC_MEASURE_MIN ? c < 0 : c > 0)) {
            *out = *v;
        }
    }
    if (!wide_fits(&all)) return ARC_E_OVERFLOW;
    if (!wide_fits(&up) || !wide_fits(&down)) *loose = 1;
    return ARC_OK;
}

static int group_order(const arc_value *a, const arc_value *b, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        int c = kit_compare(&a[i], &b[i]);
        if (c) return c;
    }
    return 0;
}

/* Rows that hold, and the group values of each, sorted by these. */
static uint32_t grouped(kit *k, const kit_state *s, const arc_aggregate *a, const arc_value **row, arc_value **key)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n[a->table]; i++) {
        const arc_value *r = s->row[a->table][i];
        uint32_t c = 0;
        while (c < a->n_conds && model_cond(r, &a->conds[c])) c++;
        if (c < a->n_conds) continue;
        arc_value *g = kit_mem(k, (a->n_groups + 1) * sizeof *g);
        for (uint32_t j = 0; j < a->n_groups; j++) g[j] = group_value(&a->groups[j], &r[a->groups[j].col]);
        uint32_t at = n++;
        while (at && group_order(g, key[at - 1], a->n_groups) < 0) {
            key[at] = key[at - 1];
            row[at] = row[at - 1];
            at--;
        }
        key[at] = g;
        row[at] = r;
    }
    return n;
}

arc_status model_aggregate(kit *k, const kit_state *s, const arc_aggregate *a, kit_rows *out, int *loose)
{
    const arc_value **row = kit_mem(k, (s->n[a->table] + 1) * sizeof *row);
    arc_value **key = kit_mem(k, (s->n[a->table] + 1) * sizeof *key), line[32];
    uint32_t n = grouped(k, s, a, row, key), from = 0;
    memset(out, 0, sizeof *out);
    out->n_cols = a->n_groups + a->n_measures;
    *loose = 0;
    while (from < n || (!n && !a->n_groups && !out->n_rows)) {
        uint32_t to = from;
        while (to < n && !group_order(key[to], key[from], a->n_groups)) to++;
        for (uint32_t j = 0; j < a->n_groups; j++) line[j] = key[from][j];
        for (uint32_t j = 0; j < a->n_measures; j++) {
            arc_status st = measure(&a->measures[j], row + from, to - from, &line[a->n_groups + j], loose);
            if (st) return st;
        }
        rows_push(k, out, line, out->n_cols);
        from = to;
    }
    return ARC_OK;
}
