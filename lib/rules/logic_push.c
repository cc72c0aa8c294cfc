/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/logic_push.h"

#include <string.h>

#include "rules/fact_impl.h"
#include "rules/logic_impl.h"
#include "store/cond.h"

#define MOST_OPS 1000u

typedef struct pusher {
    arci_env *env;
    arci_arena *arena;
    const arci_logic *p;
    uint32_t node;
    const arci_table *table;
    const arci_overlay *overlay;
    const arci_fact_call *call;
    arc_cond_op *ops;
    uint32_t n, cap;
    arc_status st;
} pusher;

/* ---- steps ------------------------------------------------------------------------------------------------------------------- */

static int step(pusher *u, uint16_t op, uint16_t col, uint16_t col2, const arc_value *v, uint32_t n)
{
    if (u->n == MOST_OPS) return 0;
    if (u->n == u->cap) {
        uint32_t cap = u->cap ? u->cap * 2 : 16;
        arc_cond_op *ops = arci_arena_alloc(u->arena, cap * sizeof *ops);
        if (!ops) u->st = arci_nomem(u->env);
        if (!ops) return 0;
        if (u->n) memcpy(ops, u->ops, u->n * sizeof *ops);
        u->ops = ops;
        u->cap = cap;
    }
    arc_cond_op *o = &u->ops[u->n++];
    memset(o, 0, sizeof *o);
    o->op = op;
    o->col = col;
    o->col2 = col2;
    o->v = v;
    o->n = n;
    return 1;
}

static int join(pusher *u, uint16_t op, uint32_t n) { return n < 2 || step(u, op, 0, ARC_NO_COL, NULL, n); }
static int negate(pusher *u) { return step(u, ARC_OP_NOT, 0, ARC_NO_COL, NULL, 0); }
static int is_null(pusher *u, uint16_t col) { return step(u, ARC_OP_IS_NULL, col, ARC_NO_COL, NULL, 0); }

static int constant(pusher *u, uint16_t op, uint16_t col, arc_value v)
{
    arc_value *own = arci_arena_alloc(u->arena, sizeof *own);
    if (!own) u->st = arci_nomem(u->env);
    if (own) *own = v;
    return own && step(u, op, col, ARC_NO_COL, own, 1);
}

/* Column of a field of the node's own row; ARC_NO_COL: it is none. */
static uint16_t column(const pusher *u, const arci_fact *f)
{
    if (f->how != ARCI_HOW_FIELD || f->node != u->node || (f->flags & ARCI_FACT_BASE) || !u->p->facts->n_nodes) return ARC_NO_COL;
    if (f->col >= ARCI_FIELD_CUSTOM_FIRST) return u->overlay ? arci_overlay_col(u->overlay, f->col) : (uint16_t)ARC_NO_COL;
    return f->field ? arci_field_col(u->table->entity, f->field) : (uint16_t)ARC_NO_COL;
}

static uint16_t column_of(const pusher *u, const arci_lx *x) { return x->op == LX_VAR ? column(u, x->fact) : (uint16_t)ARC_NO_COL; }

/* A constant, or a parameter whose value the call gives. 0: neither. */
static int known(const pusher *u, const arci_lx *x, arc_value *v)
{
    if (x->op == LX_CONST) *v = *x->list;
    else if (x->op != LX_VAR || x->fact->how != ARCI_HOW_PARAM) return 0;
    else if (!x->fact->from) *v = arci_v_int(u->call->today);
    else *v = u->call->params ? u->call->params[x->fact->from - 1] : arci_v_null();
    return v->type == ARC_V_INT || v->type == ARC_V_TEXT;
}

static arc_value code(const arci_fact *f, int64_t at)
{
    return arci_v_text(f->codes->codes[at], strlen(f->codes->codes[at]));
}

/* ---- comparisons ---------------------------------------------------------------------------------------------------------------- */

static uint16_t operator(uint8_t op, int flipped)
{
    switch (op) {
    case LX_EQ: return ARC_OP_EQ;
    case LX_NE: return ARC_OP_NE;
    case LX_LT: return flipped ? ARC_OP_GT : ARC_OP_LT;
    case LX_LE: return flipped ? ARC_OP_GE : ARC_OP_LE;
    case LX_GT: return flipped ? ARC_OP_LT : ARC_OP_GT;
    default: return flipped ? ARC_OP_LE : ARC_OP_GE;
    }
}

/* Codes are ordered as they were declared, which stores do not know: a list of codes. */
static int codes_where(pusher *u, uint16_t op, uint16_t col, const arci_fact *f, int64_t than)
{
    uint32_t n = 0, k = 0;
    while (f->codes->codes[n]) n++;
    arc_value *v = arci_arena_alloc(u->arena, (n + 1u) * sizeof *v);
    if (!v) u->st = arci_nomem(u->env);
    for (uint32_t i = 0; v && i < n; i++) {
        int c = (int64_t)i < than ? -1 : (int64_t)i > than;
        if (op == ARC_OP_LT ? c < 0 : op == ARC_OP_LE ? c <= 0 : op == ARC_OP_GT ? c > 0 : c >= 0) v[k++] = code(f, i);
    }
    return v && k && step(u, ARC_OP_IN, col, ARC_NO_COL, v, k);
}

/* The column of an amount's currency; a state has its document's. */
static uint16_t currency_column(const pusher *u, const arci_fact *f)
{
    const arci_fact *currency = f->currency == ARCI_NO_SLOT ? NULL : u->p->facts->facts[f->currency];
    if (!currency) return ARC_NO_COL;
    if (u->node && currency->node == u->p->facts->nodes[u->node].parent && currency->field) {
        const arci_field *own = arci_entity_field(u->table->entity, currency->field->name, strlen(currency->field->name));
        return own ? arci_field_col(u->table->entity, own) : (uint16_t)ARC_NO_COL;
    }
    return column(u, currency);
}

/* The row's currency is that of the constant, and then some. */
static int in_currency(pusher *u, const arci_fact *f, const char *currency)
{
    uint16_t col = currency_column(u, f);
    return col != ARC_NO_COL && constant(u, ARC_OP_EQ, col, arci_v_text(currency, 3)) && join(u, ARC_OP_AND, 2);
}

static int with_constant(pusher *u, const arci_lx *var, const arci_lx *other, uint16_t op)
{
    const arci_fact *f = var->fact;
    uint16_t col = column(u, f);
    arc_value v;
    if (col == ARC_NO_COL || !known(u, other, &v)) return 0;
    if (f->type == ARCI_FACT_ENUM) {
        if (op == ARC_OP_EQ || op == ARC_OP_NE) return constant(u, op, col, code(f, v.u.i));
        return codes_where(u, op, col, f, v.u.i);
    }
    if (f->type != ARCI_FACT_MONEY || !other->currency) return (f->type != ARCI_FACT_DECIMAL || other->op == LX_CONST) && constant(u, op, col, v);
    if (op != ARC_OP_NE) return constant(u, op, col, v) && in_currency(u, f, other->currency);
    return constant(u, ARC_OP_EQ, col, v) && in_currency(u, f, other->currency) && negate(u);
}

static int with_field(pusher *u, const arci_lx *a, const arci_lx *b, uint16_t op)
{
    uint16_t ca = column_of(u, a), cb = column_of(u, b);
    if (ca == ARC_NO_COL || cb == ARC_NO_COL || a->type != b->type || a->fact->scale != b->fact->scale) return 0;
    if (a->type == ARCI_FACT_MONEY && a->fact->currency != b->fact->currency) return 0;
    if (a->type == ARCI_FACT_ENUM && op != ARC_OP_EQ && op != ARC_OP_NE) return 0;
    if (!step(u, op, ca, cb, NULL, 0)) return 0;
    if (op != ARC_OP_EQ) return 1; /* stores: nothing is equal to nothing there */
    return is_null(u, ca) && is_null(u, cb) && join(u, ARC_OP_AND, 2) && join(u, ARC_OP_OR, 2);
}

/* days_overdue between two numbers: the date it is computed from between two days. */
static int with_days(pusher *u, const arci_lx *var, const arci_lx *other, uint16_t op)
{
    static const uint16_t turned[] = { 0, ARC_OP_EQ, ARC_OP_NE, ARC_OP_GT, ARC_OP_GE, ARC_OP_LT, ARC_OP_LE };
    if (var->fact->how != ARCI_HOW_SINCE || other->op != LX_CONST || other->scale) return 0;
    uint16_t col = column(u, u->p->facts->facts[var->fact->from]);
    int64_t day = u->call->today - other->list->u.i;
    if (col == ARC_NO_COL || day < ARC_DATE_MIN || day > ARC_DATE_MAX) return 0;
    return constant(u, turned[op], col, arci_v_int(day));
}

static int pair(pusher *u, const arci_lx *a, const arci_lx *b, uint8_t op)
{
    if (a->op == LX_VAR && a->fact->how == ARCI_HOW_SINCE) return with_days(u, a, b, operator(op, 0));
    if (b->op == LX_VAR && b->fact->how == ARCI_HOW_SINCE) return with_days(u, b, a, operator(op, 1));
    if (column_of(u, a) != ARC_NO_COL && column_of(u, b) != ARC_NO_COL) return with_field(u, a, b, operator(op, 0));
    if (column_of(u, a) != ARC_NO_COL) return with_constant(u, a, b, operator(op, 0));
    return column_of(u, b) != ARC_NO_COL && with_constant(u, b, a, operator(op, 1));
}

static int compare(pusher *u, const arci_lx *x)
{
    const arci_lx *a = arci_kid(u->p, x, 0), *b = arci_kid(u->p, x, 1);
    if (!pair(u, a, b, x->op)) return 0;
    return x->n < 3 || (pair(u, b, arci_kid(u->p, x, 2), x->op) && join(u, ARC_OP_AND, 2));
}

/* ---- other tests -------------------------------------------------------------------------------------------------------------------- */

static int listed(pusher *u, const arci_lx *x)
{
    const arci_lx *var = arci_kid(u->p, x, 0);
    uint16_t col = column_of(u, var);
    if (col == ARC_NO_COL || !x->n_list || (var->type == ARCI_FACT_DECIMAL && x->scale != var->fact->scale)) return 0;
    arc_value *v = arci_arena_alloc(u->arena, x->n_list * sizeof *v);
    if (!v) u->st = arci_nomem(u->env);
    for (uint32_t i = 0; v && i < x->n_list; i++) v[i] = var->type == ARCI_FACT_ENUM ? code(var->fact, x->list[i].u.i) : x->list[i];
    if (!v || !step(u, ARC_OP_IN, col, ARC_NO_COL, v, x->n_list)) return 0;
    return !x->currency || in_currency(u, var->fact, x->currency);
}

static int text_test(pusher *u, const arci_lx *x)
{
    const arci_lx *in = arci_kid(u->p, x, x->op == LX_STARTS ? 0 : 1), *part = arci_kid(u->p, x, x->op == LX_STARTS ? 1 : 0);
    uint16_t col = column_of(u, in);
    if (x->op == LX_ENDS || col == ARC_NO_COL || part->op != LX_CONST) return 0;
    if (x->op == LX_HAS) return constant(u, ARC_OP_CONTAINS, col, code(in->fact, part->list->u.i));
    if (!part->list->len) return is_null(u, col) && negate(u);
    return constant(u, x->op == LX_STARTS ? ARC_OP_PREFIX : ARC_OP_CONTAINS, col, *part->list);
}

static int emptiness(pusher *u, const arci_lx *x)
{
    const arci_lx *var = arci_kid(u->p, x, 0);
    uint16_t col = column_of(u, var);
    if (col == ARC_NO_COL || (x->op == LX_EMPTY && var->type == ARCI_FACT_CHOICES)) return 0;
    if (!is_null(u, col)) return 0;
    if (x->op == LX_NULL || var->type != ARCI_FACT_TEXT) return 1;
    return constant(u, ARC_OP_EQ, col, arci_v_text("", 0)) && join(u, ARC_OP_OR, 2);
}

static int one(pusher *u, uint32_t node)
{
    const arci_lx *x = &u->p->x[node];
    switch (x->op) {
    case LX_AND:
    case LX_OR:
        for (uint32_t i = 0; i < x->n; i++) {
            if (!one(u, u->p->kids[x->kid + i])) return 0;
        }
        return join(u, x->op == LX_AND ? ARC_OP_AND : ARC_OP_OR, x->n);
    case LX_NOT: return one(u, u->p->kids[x->kid]) && negate(u);
    case LX_FLAG: {
        uint16_t col = column_of(u, arci_kid(u->p, x, 0));
        return col != ARC_NO_COL && constant(u, ARC_OP_EQ, col, arci_v_int(1));
    }
    case LX_NULL:
    case LX_EMPTY: return emptiness(u, x);
    case LX_IN: return listed(u, x);
    case LX_HAS:
    case LX_CONTAINS:
    case LX_STARTS:
    case LX_ENDS: return text_test(u, x);
    case LX_EQ:
    case LX_NE:
    case LX_LT:
    case LX_LE:
    case LX_GT:
    case LX_GE: return compare(u, x);
    default: return 0;
    }
}

/* ---- conjuncts ------------------------------------------------------------------------------------------------------------------------ */

/* Whether evaluating it can be an error: rows it is looked at on must all be read then, and so must be told of. */
static int can_fail(const arci_logic *p, uint32_t node)
{
    const arci_lx *x = &p->x[node];
    if (x->op > LX_NOTHING && x->op != LX_CHOOSE) return 1;
    if (x->op >= LX_SOME && x->op <= LX_NONE) return 1;
    for (uint32_t i = 0; i < x->n; i++) {
        if (can_fail(p, p->kids[x->kid + i])) return 1;
    }
    return 0;
}

/* Conjuncts from left to right, as far as nothing before them can fail. 0: stop. */
static int conjuncts(pusher *u, uint32_t node, arci_pushed *out)
{
    const arci_lx *x = &u->p->x[node];
    if (x->op == LX_AND) {
        for (uint32_t i = 0; i < x->n; i++) {
            if (!conjuncts(u, u->p->kids[x->kid + i], out)) return 0;
        }
        return 1;
    }
    if (x->op == LX_TRUE) return 1;
    u->ops = NULL;
    u->n = u->cap = 0;
    if (one(u, node) && u->n) {
        out->conds[out->n].ops = u->ops;
        out->conds[out->n].n_ops = u->n;
        out->conds[out->n++].accepted = 0;
        return u->st == ARC_OK;
    }
    out->whole = 0;
    return u->st == ARC_OK && !can_fail(u->p, node);
}

arc_status arci_logic_push(arci_env *env, arci_arena *arena, const arci_logic *p, uint32_t node, const arci_table *table, const arci_overlay *overlay,
                           const arci_fact_call *call, arci_pushed *out)
{
    pusher u = { env, arena, p, node, table, overlay, call, NULL, 0, 0, ARC_OK };
    memset(out, 0, sizeof *out);
    out->conds = arci_arena_calloc(arena, p->n_x + 1u, sizeof *out->conds);
    if (!out->conds) return arci_nomem(env);
    out->whole = 1;
    if (!conjuncts(&u, p->root, out)) out->whole = 0;
    return u.st;
}
