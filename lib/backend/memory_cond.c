/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions, applied to rows and entries as they lie. */
#include <stdlib.h>

#include "backend/memory_read.h"

struct mem_chunk {
    mem_chunk *next;
    uint64_t data[];
};

void *arci_mem_bump(mem_bump *b, size_t size)
{
    size = (size + 7u) & ~(size_t)7u;
    if (!b->chunks || b->cap - b->used < size) {
        size_t cap = size > 2048 ? size : 2048;
        mem_chunk *c = mem_alloc(b->host, sizeof *c + cap);
        if (!c) return NULL;
        c->next = b->chunks;
        b->chunks = c;
        b->used = 0;
        b->cap = cap;
    }
    void *p = (char *)b->chunks->data + b->used;
    b->used += size;
    memset(p, 0, size);
    return p;
}

void arci_mem_bump_free(mem_bump *b)
{
    mem_chunk *c = b->chunks;
    const arc_host *host = b->host;
    while (c) { /* the bump itself may lie in the last one */
        mem_chunk *next = c->next;
        mem_free(host, c);
        c = next;
    }
}

int arci_mem_values_copy(mem_bump *b, const arc_value *v, uint32_t n, arc_value **out)
{
    arc_value *copy = arci_mem_bump(b, n * sizeof *copy);
    *out = copy;
    if (!copy) return 0;
    for (uint32_t i = 0; i < n; i++) {
        copy[i] = v[i];
        if (v[i].type <= ARC_V_INT || !v[i].len) continue;
        char *s = arci_mem_bump(b, v[i].len);
        if (!s) return 0;
        memcpy(s, v[i].u.s, v[i].len);
        copy[i].u.s = s;
    }
    return 1;
}

/* ---- values ------------------------------------------------------------------------------------------------------------------ */

mem_loc arci_mem_loc(const mem_table *table, const mem_tree *tree, uint16_t col)
{
    mem_loc l = { col, 0, 0, 0, table->kinds[col], 0 };
    int slot = tree ? tree->slot_of[col] : -1;
    if (slot >= 0) {
        l.in_entry = 1;
        l.bit = (uint8_t)slot;
        l.off = tree->slots[slot].off;
    }
    return l;
}

arc_value arci_mem_get(const mem_src *s, const mem_loc *l)
{
    arc_value v;
    memset(&v, 0, sizeof v);
    if (l->kind == ARC_V_INT) {
        int64_t i;
        if (!mem_get_int(s, l, &i)) return v;
        v.u.i = i;
    } else {
        const char *p = mem_get_bytes(s, l, &v.len);
        if (!p) {
            v.len = 0;
            return v;
        }
        v.u.s = p;
    }
    v.type = l->kind;
    return v;
}

static int order_holds(uint16_t op, int r)
{
    switch (op) {
    case ARC_OP_EQ: return r == 0;
    case ARC_OP_NE: return r != 0;
    case ARC_OP_LT: return r < 0;
    case ARC_OP_LE: return r <= 0;
    case ARC_OP_GT: return r > 0;
    default: return r >= 0;
    }
}

int arci_mem_holds(uint16_t op, const arc_value *a, const arc_value *b)
{
    int an = a->type == ARC_V_NULL, bn = b->type == ARC_V_NULL;
    if (an || bn) return op == ARC_OP_NE && an != bn;
    return order_holds(op, arci_mem_value_cmp(a, b));
}

/* ---- tests ------------------------------------------------------------------------------------------------------------------- */

static int contains(const char *s, uint32_t n, const char *part, uint32_t m)
{
    if (!m) return 1;
    for (uint32_t i = 0; i + m <= n; i++) {
        const char *p = memchr(s + i, part[0], n - i - m + 1);
        if (!p) return 0;
        i = (uint32_t)(p - s);
        if (memcmp(p, part, m) == 0) return 1;
    }
    return 0;
}

static int in_list(const arc_value *v, uint32_t n, const arc_value *x)
{
    uint32_t lo = 0, hi = n;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        int r = arci_mem_value_cmp(&v[mid], x);
        if (!r) return 1;
        if (r < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return 0;
}

static int test_general(const mem_test *t, const mem_src *s)
{
    arc_value a = arci_mem_get(s, &t->a), b;
    if (t->op == ARC_OP_IS_NULL) return a.type == ARC_V_NULL;
    if (t->with_col) {
        b = arci_mem_get(s, &t->b);
        return arci_mem_holds(t->op, &a, &b);
    }
    if (t->op <= ARC_OP_GE) return arci_mem_holds(t->op, &a, t->v);
    if (a.type == ARC_V_NULL) return 0;
    if (t->op == ARC_OP_IN) return in_list(t->v, t->n, &a);
    if (t->v->type == ARC_V_NULL || a.len < t->v->len) return 0;
    if (t->op == ARC_OP_PREFIX) return !t->v->len || memcmp(a.u.s, t->v->u.s, t->v->len) == 0;
    return contains(a.u.s, a.len, t->v->u.s, t->v->len);
}

static int test(const mem_test *t, const mem_src *s)
{
    int64_t i;
    if (t->op > ARC_OP_GE || t->with_col || t->v->type != ARC_V_INT) return test_general(t, s);
    if (!mem_get_int(s, &t->a, &i)) return t->op == ARC_OP_NE;
    return order_holds(t->op, i < t->v->u.i ? -1 : i > t->v->u.i);
}

int arci_mem_pred_holds(const mem_pred *p, const mem_src *s)
{
    if (p->n == 1) return test(p->tests, s);
    uint8_t *top = p->stack;
    for (uint32_t k = 0; k < p->n; k++) {
        const mem_test *t = &p->tests[k];
        if (t->op == ARC_OP_NOT) {
            top[-1] = !top[-1];
        } else if (t->op == ARC_OP_AND || t->op == ARC_OP_OR) {
            uint32_t ones = 0;
            for (uint32_t i = 1; i <= t->n; i++) ones += top[-(ptrdiff_t)i];
            top -= t->n;
            *top++ = t->op == ARC_OP_AND ? ones == t->n : ones > 0;
        } else {
            *top++ = (uint8_t)test(t, s);
        }
    }
    return p->stack[0];
}

/* ---- checking and compiling ----------------------------------------------------------------------------------------------- */

static int is_text(uint8_t kind)
{
    return kind == ARC_V_TEXT || kind == ARC_V_BLOB;
}

static int compare_valid(const mem_table *table, const arc_cond_op *op)
{
    if (op->col >= table->t.n_cols || op->reserved) return 0;
    uint8_t kind = table->kinds[op->col];
    if (op->op == ARC_OP_IS_NULL) return 1;
    if (op->op <= ARC_OP_GE && op->col2 != ARC_NO_COL)
        return op->col2 < table->t.n_cols && table->kinds[op->col2] == kind;
    uint32_t n = op->op == ARC_OP_IN ? op->n : 1;
    if (op->col2 != ARC_NO_COL && op->op > ARC_OP_GE && op->col2) return 0;
    if (n && !op->v) return 0;
    for (uint32_t i = 0; i < n; i++) {
        if (op->v[i].type == ARC_V_NULL) {
            if (op->op == ARC_OP_IN) return 0;
        } else if (op->v[i].type != kind) {
            return 0;
        } else if (is_text(kind) && op->v[i].len && !op->v[i].u.s) {
            return 0;
        }
    }
    return (op->op != ARC_OP_PREFIX && op->op != ARC_OP_CONTAINS) || is_text(kind);
}

/* Depth the program needs; 0: it is none. */
static uint32_t depth_of(const mem_table *table, const arc_cond *cond)
{
    uint32_t depth = 0, most = 0;
    for (uint32_t k = 0; k < cond->n_ops; k++) {
        const arc_cond_op *op = &cond->ops[k];
        if (op->op >= ARC_OP_EQ && op->op <= ARC_OP_CONTAINS) {
            if (!compare_valid(table, op)) return 0;
            if (++depth > most) most = depth;
        } else if (op->op == ARC_OP_AND || op->op == ARC_OP_OR) {
            if (!op->n || op->n > depth) return 0;
            depth -= op->n - 1;
        } else if (op->op != ARC_OP_NOT || !depth) {
            return 0;
        }
    }
    return depth == 1 ? most : 0;
}

int arci_mem_cond_valid(const mem_table *table, const arc_cond *cond)
{
    return cond->ops && cond->n_ops && depth_of(table, cond) > 0;
}

static int by_value(const void *a, const void *b)
{
    return arci_mem_value_cmp(a, b);
}

static int compile(mem_bump *b, const mem_table *table, const mem_tree *tree, const arc_cond *cond, mem_pred *p)
{
    mem_test *tests = arci_mem_bump(b, cond->n_ops * sizeof *tests);
    p->stack = arci_mem_bump(b, depth_of(table, cond));
    if (!tests || !p->stack) return 0;
    p->tests = tests;
    p->n = cond->n_ops;
    for (uint32_t k = 0; k < cond->n_ops; k++) {
        const arc_cond_op *op = &cond->ops[k];
        mem_test *t = &tests[k];
        arc_value *v = NULL;
        t->op = op->op;
        t->n = op->n;
        if (op->op >= ARC_OP_AND) continue;
        t->a = arci_mem_loc(table, tree, op->col);
        p->row |= !t->a.in_entry;
        if (op->op == ARC_OP_IS_NULL) continue;
        if (op->op <= ARC_OP_GE && op->col2 != ARC_NO_COL) {
            t->with_col = 1;
            t->b = arci_mem_loc(table, tree, op->col2);
            p->row |= !t->b.in_entry;
            continue;
        }
        if (!arci_mem_values_copy(b, op->v, op->op == ARC_OP_IN ? op->n : 1, &v)) return 0;
        if (op->op == ARC_OP_IN && op->n > 1) qsort(v, op->n, sizeof *v, by_value);
        t->v = v;
    }
    return 1;
}

int arci_mem_preds(mem_bump *b, const mem_table *table, const mem_tree *tree, const arc_cond *conds, uint32_t n, uint64_t done,
                   mem_pred **out, uint32_t *n_out, uint32_t *first_row)
{
    mem_pred *preds = arci_mem_bump(b, n * sizeof *preds);
    uint32_t lo = 0, hi = n;
    if (!preds) return 0;
    for (uint32_t i = 0; i < n; i++) {
        mem_pred p;
        memset(&p, 0, sizeof p);
        if (i < 64 && (done >> i & 1u)) continue;
        if (!compile(b, table, tree, &conds[i], &p)) return 0;
        if (p.row)
            preds[--hi] = p;
        else
            preds[lo++] = p;
    }
    memmove(preds + lo, preds + hi, (n - hi) * sizeof *preds);
    *out = preds;
    *first_row = lo;
    *n_out = lo + (n - hi);
    return 1;
}
