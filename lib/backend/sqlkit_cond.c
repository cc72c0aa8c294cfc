/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions: postfix programs into SQL whose NULL handling is two-valued.
 *
 * A compare may be UNKNOWN where the contract says false. AND and OR keep that harmless (WHERE drops both), NOT would not:
 * so NOT x is written (x) IS NOT TRUE, which is true for false and UNKNOWN alike. */
#include <string.h>

#include "backend/sqlkit.h"

enum { MAX_OPS = 256, MAX_DEPTH = 32 };

/* ---- what can be translated ---- */

static int constant_ok(const arc_sql_dialect *d, const arc_column *c, const arc_value *v)
{
    int64_t days = v->type == ARC_V_INT ? v->u.i : 0;
    if (d->constant && v->type != ARC_V_NULL && !d->constant(c, v)) {
        return 0;
    }
    switch (arci_sqlkit_class(c)) {
    case ARC_V_TEXT: return v->type == ARC_V_TEXT || v->type == ARC_V_NULL;
    case ARC_V_BLOB: return v->type == ARC_V_BLOB || v->type == ARC_V_NULL;
    case ARC_V_INT: return v->type == ARC_V_INT || v->type == ARC_V_NULL;
    default:
        return v->type == ARC_V_NULL || (v->type == ARC_V_INT && days >= -719162 && days <= 2932896);
    }
}

static int compare_ok(const arc_sql_dialect *d, const arc_table *t, const arc_cond_op *op)
{
    if (op->col >= t->n_cols || op->reserved) {
        return 0;
    }
    const arc_column *c = &t->cols[op->col];
    if (op->op == ARC_OP_IS_NULL) {
        return 1;
    }
    if (op->op == ARC_OP_IN) {
        if ((op->n && !op->v) || (op->n > d->max_params / 16 && !arci_sqlkit_can_set(d, c, op))) {
            return 0;
        }
        for (uint32_t i = 0; i < op->n; i++) {
            if (op->v[i].type == ARC_V_NULL || !constant_ok(d, c, &op->v[i])) {
                return 0;
            }
        }
        return 1;
    }
    if (op->op == ARC_OP_PREFIX || op->op == ARC_OP_CONTAINS) {
        return op->v && op->v->type == ARC_V_TEXT && arci_sqlkit_class(c) == ARC_V_TEXT;
    }
    if (op->col2 != ARC_NO_COL) {
        return op->col2 < t->n_cols && arci_sqlkit_class(c) == arci_sqlkit_class(&t->cols[op->col2]);
    }
    return op->v && constant_ok(d, c, op->v);
}

/* Checks a program and finds where the operand that ends at each position begins. */
static int shape(const arc_sql_dialect *d, const arc_table *t, const arc_cond *cond, uint16_t *start)
{
    uint16_t stack[MAX_OPS];
    uint8_t depth[MAX_OPS];
    uint32_t sp = 0;
    if (!cond->ops || cond->n_ops == 0 || cond->n_ops > MAX_OPS) {
        return 0;
    }
    for (uint32_t i = 0; i < cond->n_ops; i++) {
        const arc_cond_op *op = &cond->ops[i];
        if (op->op >= ARC_OP_EQ && op->op <= ARC_OP_CONTAINS) {
            if (!compare_ok(d, t, op)) {
                return 0;
            }
            depth[sp] = 0;
            stack[sp++] = start[i] = (uint16_t)i;
            continue;
        }
        uint32_t n = op->op == ARC_OP_NOT ? 1 : op->n;
        if (op->op < ARC_OP_AND || op->op > ARC_OP_NOT || n == 0 || n > sp) {
            return 0;
        }
        uint8_t deepest = 0;
        for (uint32_t k = sp - n; k < sp; k++) {
            deepest = depth[k] > deepest ? depth[k] : deepest;
        }
        sp -= n;
        start[i] = stack[sp];
        depth[sp] = (uint8_t)(deepest + 1);
        if (depth[sp++] > MAX_DEPTH) {
            return 0;
        }
    }
    return sp == 1;
}

int32_t arc_sqlkit_accepts(const arc_sql_dialect *dialect, const arc_table *table, const arc_cond *cond)
{
    uint16_t start[MAX_OPS];
    return cond && shape(dialect, table, cond, start);
}

/* ---- translation ---- */

typedef struct emitter {
    const arc_sql_dialect *d;
    arc_sql_stmt *stmt;
    arc_sql_text *key, *out;
    const arc_table *t;
    const arc_cond_op *ops;
    const arc_cond *all; /* the conjuncts, n_all of them */
    uint32_t n_all;
    uint16_t start[MAX_OPS];
} emitter;

static const char *const compare_words[] = { NULL, " = ", " <> ", " < ", " <= ", " > ", " >= " };

void arci_sqlkit_compare(const arc_sql_dialect *d, arc_sql_text *out, const arc_column *column, uint16_t op,
                         uint32_t number)
{
    arc_sql_name(out, column->name);
    if (op == ARC_OP_NE) { /* the parameter may be NULL, so <> is not enough even where the column never is */
        arc_sql_text_puts(out, d->flags & ARC_SQL_DISTINCT_FROM ? " IS DISTINCT FROM " : " IS NOT ");
    } else {
        arc_sql_text_puts(out, compare_words[op]);
    }
    arci_sqlkit_param(d, out, column, number);
}

/* Whether the column leads to a partial index WHERE col <> 0 and the compare holds for no zero: saying so in the text lets the
 * planner use that index. The 0 is a word of the schema, not a value. */
static int proves_nonzero(const arc_table *t, const arc_cond_op *op)
{
    int wanted = 0;
    for (uint32_t i = 0; i < t->n_indexes && !wanted; i++) {
        wanted = (t->indexes[i].flags & ARC_INDEX_WHERE_NONZERO) && t->indexes[i].where_col == op->col;
    }
    if (!wanted || op->col2 != ARC_NO_COL || !op->v || op->v[0].type != ARC_V_INT) {
        return 0;
    }
    int64_t k = op->v[0].u.i;
    switch (op->op) {
    case ARC_OP_EQ: return k != 0;
    case ARC_OP_NE: return k == 0 && (t->cols[op->col].flags & ARC_COL_REQUIRED);
    case ARC_OP_GT: return k >= 0;
    case ARC_OP_GE: return k > 0;
    case ARC_OP_LT: return k <= 0;
    case ARC_OP_LE: return k < 0;
    default: return 0;
    }
}

static int bound(const emitter *e, uint16_t col)
{
    for (uint32_t i = 0; i < e->n_all; i++) {
        const arc_cond_op *op = e->all[i].ops;
        if (e->all[i].n_ops == 1 && op->op == ARC_OP_EQ && op->col == col && op->col2 == ARC_NO_COL) {
            return 1;
        }
    }
    return 0;
}

/* Whether the conjuncts tell that an index holds all rows asked for. */
static int holds_all(const emitter *e, const arc_index *x)
{
    int sure = !(x->flags & (ARC_INDEX_WHERE_NONZERO | ARC_INDEX_WHERE_NULL | ARC_INDEX_WHERE_SET));
    for (uint32_t i = 0; i < e->n_all && !sure; i++) {
        const arc_cond_op *op = e->all[i].ops;
        if (e->all[i].n_ops != 1 || op->col != x->where_col) {
            continue;
        }
        sure = x->flags & ARC_INDEX_WHERE_NULL ? op->op == ARC_OP_IS_NULL
               : x->flags & ARC_INDEX_WHERE_SET ? op->op != ARC_OP_IS_NULL && op->op != ARC_OP_NE
                                                : op->op <= ARC_OP_GE && proves_nonzero(e->t, op);
    }
    return sure;
}

static int leads_to(const emitter *e, const uint16_t *cols, uint32_t n, uint16_t col)
{
    uint32_t i = 0;
    while (i < n && cols[i] != col && bound(e, cols[i])) {
        i++;
    }
    return i < n && cols[i] == col;
}

/* Where an index leads to the column the store may look up each constant in it, and need not see the other rows. */
static int sought(const emitter *e, uint16_t col)
{
    int found = leads_to(e, e->t->key, e->t->n_key, col);
    for (uint32_t i = 0; i < e->t->n_indexes && !found; i++) {
        const arc_index *x = &e->t->indexes[i];
        int set = (x->flags & ARC_INDEX_WHERE_SET) && x->where_col == col; /* no constant of a list is NULL */
        found = (set || holds_all(e, x)) && leads_to(e, x->cols, x->n_key, col);
    }
    return found;
}

static void emit_in(emitter *e, const arc_cond_op *op, const arc_column *c)
{
    uint32_t padded = op->n ? 1 : 0; /* powers of two keep the number of shapes small */
    if (arci_sqlkit_can_set(e->d, c, op) && (op->n > e->d->max_params / 16 || !sought(e, op->col))) {
        arci_sqlkit_key_u32(e->key, UINT32_MAX);
        e->d->among(e->out, c, arci_sqlkit_bind_set(e->stmt, op));
        return;
    }
    while (padded < op->n) {
        padded *= 2;
    }
    arci_sqlkit_key_u32(e->key, padded);
    if (op->n == 0) {
        arc_sql_text_puts(e->out, "1 = 0");
        return;
    }
    arc_sql_name(e->out, c->name);
    arc_sql_text_puts(e->out, " IN (");
    for (uint32_t i = 0; i < padded; i++) {
        arc_sql_text_puts(e->out, i ? ", " : "");
        arci_sqlkit_param(e->d, e->out, c, arci_sqlkit_bind(e->stmt, &op->v[i < op->n ? i : op->n - 1], c));
    }
    arc_sql_text_puts(e->out, ")");
}

/* The bytes after the last text that begins with v: its last byte plus one (UTF-8 has no byte 0xFF). The scratch text may
 * still move, so the parameter keeps an offset (pad[0] = 1) until arci_sqlkit_end(). */
static arc_value upper_bound(emitter *e, const arc_value *v)
{
    arc_value up = *v;
    up.pad[0] = 1;
    up.u.i = (int64_t)e->stmt->scratch.len;
    arc_sql_text_add(&e->stmt->scratch, v->u.s, v->len);
    if (!e->stmt->scratch.failed) {
        char *last = e->stmt->scratch.s + e->stmt->scratch.len - 1;
        *last = (char)((unsigned char)*last + 1);
    }
    return up;
}

static void emit_prefix(emitter *e, const arc_cond_op *op, const arc_column *c)
{
    arc_sql_text_add(e->key, op->v->len ? "p" : "e", 1);
    if (op->v->len == 0) {
        arc_sql_name(e->out, c->name);
        arc_sql_text_puts(e->out, " IS NOT NULL");
        return;
    }
    if (!(e->d->flags & ARC_SQL_PREFIX_RANGE)) {
        uint32_t n = arci_sqlkit_bind(e->stmt, op->v, c);
        if (e->d->prefix) {
            e->d->prefix(e->out, c, n);
            return;
        }
        arc_sql_text_puts(e->out, "starts_with(");
        arc_sql_name(e->out, c->name);
        arc_sql_text_puts(e->out, ", ");
        arci_sqlkit_param(e->d, e->out, c, n);
        arc_sql_text_puts(e->out, ")");
        return;
    }
    arc_value up = upper_bound(e, op->v);
    arc_sql_text_puts(e->out, "(");
    arci_sqlkit_compare(e->d, e->out, c, ARC_OP_GE, arci_sqlkit_bind(e->stmt, op->v, c));
    arc_sql_text_puts(e->out, " AND ");
    arci_sqlkit_compare(e->d, e->out, c, ARC_OP_LT, arci_sqlkit_bind(e->stmt, &up, c));
    arc_sql_text_puts(e->out, ")");
}

static void emit_contains(emitter *e, const arc_cond_op *op, const arc_column *c)
{
    uint32_t n = arci_sqlkit_bind(e->stmt, op->v, c);
    if (e->d->contains) {
        e->d->contains(e->out, c, n);
        return;
    }
    arc_sql_text_puts(e->out, "position(");
    arci_sqlkit_param(e->d, e->out, c, n);
    arc_sql_text_puts(e->out, " in ");
    arc_sql_name(e->out, c->name);
    arc_sql_text_puts(e->out, ") > 0");
}

static void emit_columns(emitter *e, const arc_cond_op *op)
{
    arc_sql_name(e->out, e->t->cols[op->col].name);
    if (op->op == ARC_OP_NE) {
        arc_sql_text_puts(e->out, e->d->flags & ARC_SQL_DISTINCT_FROM ? " IS DISTINCT FROM " : " IS NOT ");
    } else {
        arc_sql_text_puts(e->out, compare_words[op->op]);
    }
    arc_sql_name(e->out, e->t->cols[op->col2].name);
}

static void emit_compare(emitter *e, const arc_cond_op *op)
{
    const arc_column *c = &e->t->cols[op->col];
    arci_sqlkit_key_u32(e->key, (uint32_t)op->op << 16 | op->col);
    arci_sqlkit_key_u32(e->key, op->op == ARC_OP_IS_NULL ? ARC_NO_COL : op->col2);
    switch (op->op) {
    case ARC_OP_IS_NULL:
        arc_sql_name(e->out, c->name);
        arc_sql_text_puts(e->out, " IS NULL");
        return;
    case ARC_OP_IN: emit_in(e, op, c); return;
    case ARC_OP_PREFIX: emit_prefix(e, op, c); return;
    case ARC_OP_CONTAINS: emit_contains(e, op, c); return;
    default: break;
    }
    if (op->col2 != ARC_NO_COL) {
        emit_columns(e, op);
        return;
    }
    int proof = proves_nonzero(e->t, op);
    arc_sql_text_add(e->key, proof ? "z" : "c", 1);
    arc_sql_text_puts(e->out, proof ? "(" : "");
    arci_sqlkit_compare(e->d, e->out, c, op->op, arci_sqlkit_bind(e->stmt, op->v, c));
    if (proof) {
        arc_sql_text_puts(e->out, " AND ");
        arc_sql_name(e->out, c->name);
        arc_sql_text_puts(e->out, " <> 0)");
    }
}

static void emit(emitter *e, uint32_t i);

static void emit_join(emitter *e, uint32_t i)
{
    const arc_cond_op *op = &e->ops[i];
    uint16_t ends[MAX_OPS];
    uint32_t n = op->n, end = i - 1;
    arci_sqlkit_key_u32(e->key, (uint32_t)op->op << 16 | n);
    for (uint32_t k = n; k-- > 0;) {
        ends[k] = (uint16_t)end;
        end = (uint32_t)e->start[end] - (k ? 1u : 0u);
    }
    arc_sql_text_puts(e->out, "(");
    for (uint32_t k = 0; k < n; k++) {
        arc_sql_text_puts(e->out, k == 0 ? "" : op->op == ARC_OP_AND ? " AND " : " OR ");
        emit(e, ends[k]);
    }
    arc_sql_text_puts(e->out, ")");
}

static void emit(emitter *e, uint32_t i)
{
    const arc_cond_op *op = &e->ops[i];
    if (op->op < ARC_OP_AND) {
        emit_compare(e, op);
    } else if (op->op != ARC_OP_NOT) {
        emit_join(e, i);
    } else if (e->ops[i - 1].op == ARC_OP_IS_NULL) { /* plain, so that a partial index WHERE c IS NOT NULL is seen */
        arci_sqlkit_key_u32(e->key, (uint32_t)ARC_OP_NOT << 16 | e->ops[i - 1].col);
        arc_sql_name(e->out, e->t->cols[e->ops[i - 1].col].name);
        arc_sql_text_puts(e->out, " IS NOT NULL");
    } else {
        arci_sqlkit_key_u32(e->key, (uint32_t)ARC_OP_NOT << 16 | ARC_NO_COL);
        arc_sql_text_puts(e->out, "((");
        emit(e, i - 1);
        arc_sql_text_puts(e->out, ") IS NOT TRUE)");
    }
}

void arci_sqlkit_cond(const arc_sql_dialect *d, arc_sql_stmt *stmt, uint32_t what, const arc_table *t,
                      const arc_cond *conds, uint32_t n, uint32_t at)
{
    const arc_cond *cond = &conds[at];
    emitter e;
    e.d = d;
    e.stmt = stmt;
    e.key = arci_sqlkit_key(stmt, what);
    e.out = arci_sqlkit_text(stmt, what);
    e.t = t;
    e.ops = cond->ops;
    e.all = conds;
    e.n_all = n;
    if (shape(d, t, cond, e.start)) {
        emit(&e, cond->n_ops - 1);
    }
}
