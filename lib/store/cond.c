/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "store/cond.h"

/* ---- a few conjuncts on the stack ---------------------------------------------------------------------------------- */

void arci_where_init(arci_where *w)
{
    w->n = 0;
    w->failed = 0;
}

static arc_cond_op *push(arci_where *w, uint16_t col, uint16_t op)
{
    if (w->n == ARCI_WHERE_MAX || col == ARC_NO_COL) {
        w->failed = 1;
        return NULL;
    }
    arc_cond_op *o = &w->ops[w->n];
    memset(o, 0, sizeof *o);
    o->op = op;
    o->col = col;
    o->col2 = ARC_NO_COL;
    w->conds[w->n].ops = o;
    w->conds[w->n].n_ops = 1;
    w->conds[w->n].accepted = 0;
    w->n++;
    return o;
}

static void push_value(arci_where *w, uint16_t col, uint16_t op, arc_value v)
{
    arc_cond_op *o = push(w, col, op);
    if (!o) return;
    w->values[w->n - 1] = v;
    o->v = &w->values[w->n - 1];
    o->n = 1;
}

void arci_where_int(arci_where *w, uint16_t col, uint16_t op, int64_t v)
{
    push_value(w, col, op, arci_v_int(v));
}

void arci_where_text(arci_where *w, uint16_t col, uint16_t op, const char *s, size_t n)
{
    push_value(w, col, op, arci_v_text(s, n));
}

void arci_where_null(arci_where *w, uint16_t col)
{
    (void)push(w, col, ARC_OP_IS_NULL);
}

void arci_where_in(arci_where *w, uint16_t col, const arc_value *v, uint32_t n)
{
    arc_cond_op *o = push(w, col, ARC_OP_IN);
    if (!o) return;
    o->v = v;
    o->n = n;
}

void arci_where_col(arci_where *w, uint16_t col, uint16_t op, uint16_t col2)
{
    arc_cond_op *o = push(w, col, op);
    if (!o) return;
    o->col2 = col2;
    if (col2 == ARC_NO_COL) w->failed = 1;
}

uint16_t arci_col(const arci_entity *e, const char *name)
{
    const arci_field *f = arci_entity_field(e, name, strlen(name));
    return f ? arci_field_col(e, f) : ARC_NO_COL;
}

/* ---- values -------------------------------------------------------------------------------------------------------- */

static int compare_bytes(const arc_value *a, const arc_value *b)
{
    uint32_t n = a->len < b->len ? a->len : b->len;
    int c = n ? memcmp(a->u.s, b->u.s, n) : 0;
    return c ? c : (a->len > b->len) - (a->len < b->len);
}

int arci_value_compare(const arc_value *a, const arc_value *b)
{
    if (a->type == ARC_V_NULL || b->type == ARC_V_NULL) return (a->type != ARC_V_NULL) - (b->type != ARC_V_NULL);
    if (a->type == ARC_V_INT && b->type == ARC_V_INT) return (a->u.i > b->u.i) - (a->u.i < b->u.i);
    if (a->type == ARC_V_INT || b->type == ARC_V_INT) return (int)a->type - (int)b->type; /* no column mixes them */
    return compare_bytes(a, b);
}

int arci_value_equal(const arc_value *a, const arc_value *b)
{
    if (a->type != b->type || a->len != b->len) return 0;
    if (a->type == ARC_V_INT) return a->u.i == b->u.i;
    return a->type == ARC_V_NULL || !a->len || !memcmp(a->u.s, b->u.s, a->len);
}

uint8_t arci_column_value_type(uint16_t type)
{
    switch (type) {
    case ARC_T_TEXT:
    case ARC_T_CODE:
    case ARC_T_JSON:
        return ARC_V_TEXT;
    case ARC_T_BLOB:
        return ARC_V_BLOB;
    default:
        return ARC_V_INT;
    }
}

/* ---- checking ------------------------------------------------------------------------------------------------------ */

static const char *op_fault(const arci_table *t, const arc_cond_op *o)
{
    if (o->col >= t->n_cols) return "no such column";
    uint8_t type = arci_column_value_type(t->desc->cols[o->col].type);
    if (o->op >= ARC_OP_EQ && o->op <= ARC_OP_GE) {
        if (o->col2 != ARC_NO_COL) {
            if (o->n || o->col2 >= t->n_cols) return "bad right side";
            return arci_column_value_type(t->desc->cols[o->col2].type) == type ? NULL : "columns of different kinds";
        }
        if (o->n != 1 || !o->v) return "a compare needs one constant";
        return o->v->type == type || o->v->type == ARC_V_NULL ? NULL : "constant of another kind";
    }
    if (o->col2 != ARC_NO_COL) return "bad right side";
    switch (o->op) {
    case ARC_OP_IS_NULL:
        return o->n ? "is-null takes no constant" : NULL;
    case ARC_OP_IN:
        if (!o->n || !o->v) return "an empty list";
        for (uint32_t i = 0; i < o->n; i++) {
            if (o->v[i].type != type) return "constant of another kind";
        }
        return NULL;
    case ARC_OP_PREFIX:
    case ARC_OP_CONTAINS:
        if (o->n != 1 || !o->v) return "a compare needs one constant";
        return type == ARC_V_TEXT && o->v->type == ARC_V_TEXT ? NULL : "not text";
    default:
        return "unknown operator";
    }
}

arc_status arci_cond_check(arci_env *env, const arci_table *t, const arc_cond *c)
{
    uint32_t depth = 0;
    const char *fault = NULL;
    for (uint32_t i = 0; i < c->n_ops && !fault; i++) {
        const arc_cond_op *o = &c->ops[i];
        switch (o->op) {
        case ARC_OP_AND:
        case ARC_OP_OR:
            if (!o->n || o->n > depth) fault = "and/or without operands";
            else depth -= o->n - 1;
            break;
        case ARC_OP_NOT:
            if (!depth) fault = "not without an operand";
            break;
        default:
            fault = op_fault(t, o);
            depth++;
            break;
        }
    }
    if (!fault && depth != 1) fault = "a program must leave one result";
    if (!fault) return ARC_OK;
    arci_fail(env, ARC_E_INVALID, "condition on %s: %s", "%s 的条件有误：%s", t->entity->name, fault);
    arci_fail_at(env, t->entity->name, NULL, -1, -1);
    return ARC_E_INVALID;
}

/* ---- testing ------------------------------------------------------------------------------------------------------- */

static int holds_bytes(const arc_value *text, const arc_value *part)
{
    if (!part->len) return 1;
    if (text->len < part->len) return 0;
    for (uint32_t i = 0; i <= text->len - part->len; i++) {
        if (!memcmp(text->u.s + i, part->u.s, part->len)) return 1;
    }
    return 0;
}

static int is_one_of(const arc_cond_op *o, const arc_value *v)
{
    if (o->reserved == ARCI_COND_SORTED) {
        uint32_t lo = 0, hi = o->n;
        while (lo < hi) {
            uint32_t mid = lo + (hi - lo) / 2;
            if (o->v[mid].u.i == v->u.i) return 1;
            if (o->v[mid].u.i < v->u.i) lo = mid + 1;
            else hi = mid;
        }
        return 0;
    }
    for (uint32_t i = 0; i < o->n; i++) {
        if (arci_value_equal(&o->v[i], v)) return 1;
    }
    return 0;
}

static int test_compare(uint16_t op, const arc_value *a, const arc_value *b)
{
    if (a->type == ARC_V_NULL || b->type == ARC_V_NULL) return op == ARC_OP_NE && a->type != b->type;
    if (op == ARC_OP_EQ) return arci_value_equal(a, b);
    if (op == ARC_OP_NE) return !arci_value_equal(a, b);
    int c = arci_value_compare(a, b);
    switch (op) {
    case ARC_OP_LT:
        return c < 0;
    case ARC_OP_LE:
        return c <= 0;
    case ARC_OP_GT:
        return c > 0;
    default:
        return c >= 0;
    }
}

static int test_op(const arc_cond_op *o, const arc_value *row, const uint16_t *place)
{
    const arc_value *v = &row[place[o->col]];
    switch (o->op) {
    case ARC_OP_IS_NULL:
        return v->type == ARC_V_NULL;
    case ARC_OP_IN:
        return v->type != ARC_V_NULL && is_one_of(o, v);
    case ARC_OP_PREFIX:
        return v->type == ARC_V_TEXT && v->len >= o->v->len && (!o->v->len || !memcmp(v->u.s, o->v->u.s, o->v->len));
    case ARC_OP_CONTAINS:
        return v->type == ARC_V_TEXT && holds_bytes(v, o->v);
    default:
        return test_compare(o->op, v, o->col2 == ARC_NO_COL ? o->v : &row[place[o->col2]]);
    }
}

int arci_cond_test(const arc_cond *c, const arc_value *row, const uint16_t *place, uint8_t *stack)
{
    uint32_t depth = 0;
    for (uint32_t i = 0; i < c->n_ops; i++) {
        const arc_cond_op *o = &c->ops[i];
        uint8_t r;
        switch (o->op) {
        case ARC_OP_AND:
            r = 1;
            for (uint32_t k = 0; k < o->n; k++) r &= stack[--depth];
            break;
        case ARC_OP_OR:
            r = 0;
            for (uint32_t k = 0; k < o->n; k++) r |= stack[--depth];
            break;
        case ARC_OP_NOT:
            r = !stack[--depth];
            break;
        default:
            r = (uint8_t)test_op(o, row, place);
            break;
        }
        stack[depth++] = r;
    }
    return stack[0];
}

void arci_cond_columns(const arc_cond *c, uint8_t *used)
{
    for (uint32_t i = 0; i < c->n_ops; i++) {
        if (c->ops[i].op >= ARC_OP_AND) continue;
        used[c->ops[i].col] = 1;
        if (c->ops[i].col2 != ARC_NO_COL) used[c->ops[i].col2] = 1;
    }
}
