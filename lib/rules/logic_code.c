/* SPDX-License-Identifier: Apache-2.0 */
/* From typed nodes to tests: and, or, not and if become ways from test to test; what compares a field with a constant becomes a range, a
 * set of bits or a lookup. */
#include <string.h>

#include "rules/logic_impl.h"

typedef struct coder {
    arci_compile *c;
    arci_logic *p;
    uint32_t *atoms;
    uint8_t negative; /* under an odd number of ! */
    uint8_t plain;    /* in the condition of an `if`, which is true or not */
} coder;

/* ---- tests in the order of the document --------------------------------------------------------------------------------------- */

static void number_atoms(coder *k, uint32_t node)
{
    arci_lx *x = &k->p->x[node];
    if (x->op == LX_AND || x->op == LX_OR || x->op == LX_NOT || x->op == LX_IF) {
        for (uint32_t i = 0; i < x->n; i++) number_atoms(k, k->p->kids[x->kid + i]);
    } else if (x->op != LX_TRUE && x->op != LX_FALSE) {
        x->atom = (uint16_t)k->p->n_atoms;
        k->atoms[k->p->n_atoms++] = node;
    }
}

/* ---- single tests ----------------------------------------------------------------------------------------------------------------- */

static int whole(uint8_t type)
{
    return type == ARCI_FACT_INT || type == ARCI_FACT_DECIMAL || type == ARCI_FACT_DATE || type == ARCI_FACT_STAMP || type == ARCI_FACT_ENUM ||
           type == ARCI_FACT_REF || type == ARCI_FACT_BOOL;
}

static int set_range(arci_lop *o, int64_t low, int64_t high)
{
    if (low > high) return 0;
    o->op = LOP_RANGE;
    o->low = low;
    o->span = (uint64_t)high - (uint64_t)low;
    return 1;
}

static uint8_t flipped(uint8_t op)
{
    switch (op) {
    case LX_LT: return LX_GT;
    case LX_LE: return LX_GE;
    case LX_GT: return LX_LT;
    case LX_GE: return LX_LE;
    default: return op;
    }
}

/* A field against a constant of its own scale. */
static int against_constant(const arci_logic *p, const arci_lx *x, arci_lop *o)
{
    const arci_lx *a = arci_kid(p, x, 0), *b = arci_kid(p, x, 1);
    uint8_t op = a->op == LX_VAR ? x->op : flipped(x->op);
    const arci_lx *var = a->op == LX_VAR ? a : b, *constant = a->op == LX_VAR ? b : a;
    if (var->op != LX_VAR || constant->op != LX_CONST || x->n != 2) return 0;
    int64_t v = constant->list->u.i, least = var->type == ARCI_FACT_ENUM ? 0 : INT64_MIN;
    o->a = var->fact->slot;
    if (var->type == ARCI_FACT_TEXT) {
        o->op = LOP_TEXT;
        o->u.list = constant->list;
        return op == LX_EQ || op == LX_NE;
    }
    if (var->type == ARCI_FACT_MONEY && constant->currency && var->fact->currency == ARCI_NO_SLOT) return 0;
    if (!whole(var->type) && var->type != ARCI_FACT_MONEY) return 0;
    int made = 0;
    if (op == LX_EQ || op == LX_NE) made = set_range(o, v, v);
    else if (op == LX_LE) made = set_range(o, least, v);
    else if (op == LX_GE) made = set_range(o, v, INT64_MAX);
    else if (op == LX_LT) made = v > INT64_MIN && set_range(o, least, v - 1);
    else if (op == LX_GT) made = v < INT64_MAX && set_range(o, v + 1, INT64_MAX);
    if (!made || var->type != ARCI_FACT_MONEY || !constant->currency) return made;
    o->op = LOP_MONEY;
    o->b = var->fact->currency;
    o->u.currency = constant->currency;
    return 1;
}

static int between(const arci_logic *p, const arci_lx *x, arci_lop *o)
{
    const arci_lx *a = arci_kid(p, x, 0), *v = arci_kid(p, x, 1), *b = arci_kid(p, x, 2);
    if (a->op != LX_CONST || v->op != LX_VAR || b->op != LX_CONST) return 0;
    if (!whole(v->type) && v->type != ARCI_FACT_MONEY) return 0;
    int64_t low = a->list->u.i, high = b->list->u.i;
    const char *currency = a->currency ? a->currency : b->currency;
    if (x->op == LX_LT && (low == INT64_MAX || high == INT64_MIN)) return 0;
    if (currency && v->fact->currency == ARCI_NO_SLOT) return 0;
    o->a = v->fact->slot;
    if (!set_range(o, low + (x->op == LX_LT), high - (x->op == LX_LT))) return 0;
    if (!currency) return 1;
    o->op = LOP_MONEY;
    o->b = v->fact->currency;
    o->u.currency = currency;
    return 1;
}

/* Two fields that are stored alike. */
static int two_slots(const arci_logic *p, const arci_lx *x, arci_lop *o)
{
    const arci_lx *a = arci_kid(p, x, 0), *b = arci_kid(p, x, 1);
    if (x->n != 2 || a->op != LX_VAR || b->op != LX_VAR || a->type != b->type || a->fact->scale != b->fact->scale) return 0;
    if (a->type == ARCI_FACT_MONEY ? a->fact->currency != b->fact->currency || memcmp(a->fact->fixed, b->fact->fixed, 4) != 0 : !whole(a->type)) return 0;
    int swap = x->op == LX_GT || x->op == LX_GE;
    o->a = (swap ? b : a)->fact->slot;
    o->b = (swap ? a : b)->fact->slot;
    o->op = x->op == LX_EQ || x->op == LX_NE ? LOP_SLOT_EQ : x->op == LX_LT || x->op == LX_GT ? LOP_SLOT_LT : LOP_SLOT_LE;
    return 1;
}

static int listed(const arci_logic *p, const arci_lx *x, arci_lop *o)
{
    const arci_lx *v = arci_kid(p, x, 0);
    uint64_t mask = 0;
    if (v->op != LX_VAR || !x->n_list) return 0;
    o->a = v->fact->slot;
    o->u.list = x->list;
    o->n = x->n_list;
    if (v->type == ARCI_FACT_TEXT) {
        o->op = LOP_TEXTS;
        return 1;
    }
    if (!whole(v->type)) return 0;
    int64_t low = x->list[0].u.i, high = x->list[x->n_list - 1].u.i;
    if (x->n_list == 1) return set_range(o, low, low);
    o->op = LOP_INTS;
    if (low < 0 || high > 63) return 1;
    for (uint32_t i = 0; i < x->n_list; i++) mask |= UINT64_C(1) << x->list[i].u.i;
    o->op = LOP_MASK;
    memcpy(&o->low, &mask, sizeof mask);
    return 1;
}

static int simple(const arci_logic *p, const arci_lx *x, arci_lop *o)
{
    const arci_lx *first = arci_kid(p, x, 0);
    switch (x->op) {
    case LX_FLAG: o->a = first->fact->slot; return set_range(o, 1, 1);
    case LX_NULL:
        o->op = LOP_NULL;
        if (first->op == LX_VAR) o->a = first->fact->slot;
        return first->op == LX_VAR;
    case LX_EQ:
    case LX_NE:
    case LX_GT:
    case LX_GE: return against_constant(p, x, o) || two_slots(p, x, o);
    case LX_LT:
    case LX_LE: return x->n == 3 ? between(p, x, o) : against_constant(p, x, o) || two_slots(p, x, o);
    case LX_IN: return listed(p, x, o);
    default: return 0;
    }
}

/* ---- ways ---------------------------------------------------------------------------------------------------------------------------- */

static uint16_t test(coder *k, uint32_t node, uint16_t yes, uint16_t no)
{
    const arci_lx *x = &k->p->x[node];
    arci_lop *o = &k->p->ops[k->p->n_ops];
    memset(o, 0, sizeof *o);
    o->b = ARCI_NO_SLOT;
    if (!simple(k->p, x, o)) {
        memset(o, 0, sizeof *o);
        o->op = LOP_NODE;
    }
    int turned = x->op == LX_NE && o->op != LOP_NODE; /* "not equal" is all that is not equal, missing values too */
    o->node = node;
    o->atom = x->atom;
    o->lack = k->plain || k->negative ? no : yes; /* what decides nothing breaks nothing */
    o->yes = turned ? no : yes;
    o->no = turned ? yes : no;
    return (uint16_t)k->p->n_ops++;
}

static uint16_t ways(coder *k, uint32_t node, uint16_t yes, uint16_t no)
{
    const arci_lx *x = &k->p->x[node];
    const uint32_t *kids = x->n ? &k->p->kids[x->kid] : NULL;
    uint16_t at;
    switch (x->op) {
    case LX_TRUE: return yes;
    case LX_FALSE: return no;
    case LX_NOT:
        k->negative = !k->negative;
        at = ways(k, kids[0], no, yes);
        k->negative = !k->negative;
        return at;
    case LX_AND:
    case LX_OR:
        at = x->op == LX_AND ? yes : no;
        for (uint32_t i = x->n; i--;) at = x->op == LX_AND ? ways(k, kids[i], at, no) : ways(k, kids[i], yes, at);
        return at;
    case LX_IF:
        at = ways(k, kids[x->n - 1], yes, no);
        for (uint32_t i = x->n - 1; i >= 2; i -= 2) {
            uint16_t then = ways(k, kids[i - 1], yes, no);
            uint8_t plain = k->plain;
            k->plain = 1;
            at = ways(k, kids[i - 2], then, at);
            k->plain = plain;
        }
        return at;
    default: return test(k, node, yes, no);
    }
}

/* Operands stand before what they are operands of. */
static void follow_day(arci_logic *p)
{
    for (uint32_t i = 0; i < p->n_x; i++) {
        arci_lx *x = &p->x[i];
        int follows = (x->op == LX_VAR && (x->fact->flags & ARCI_FACT_VOLATILE)) || (x->sub && arci_logic_volatile(x->sub)) || (x->filter && arci_logic_volatile(x->filter));
        for (uint32_t k = 0; k < x->n && !follows; k++) follows = (arci_kid(p, x, k)->flags & LX_VOLATILE) != 0;
        if (follows) x->flags |= LX_VOLATILE;
    }
}

arc_status arci_logic_code(arci_compile *c)
{
    arci_logic *p = c->p;
    coder k = { c, p, NULL, 0, 0 };
    follow_day(p);
    if (!arci_lx_is_bool(&p->x[p->root])) return ARC_OK;
    k.atoms = arci_arena_alloc(p->arena, (p->n_x + 1u) * sizeof *k.atoms);
    if (!k.atoms) return arci_nomem(c->env);
    p->n_atoms = 0;
    number_atoms(&k, p->root);
    p->atoms = k.atoms;
    p->ops = arci_arena_alloc(p->arena, (p->n_atoms + 1u) * sizeof *p->ops);
    if (!p->ops) return arci_nomem(c->env);
    p->entry = ways(&k, p->root, LOP_TRUE, LOP_FALSE);
    return ARC_OK;
}
