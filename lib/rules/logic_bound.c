/* SPDX-License-Identifier: Apache-2.0 */
/* Whether what follows the day in a program can be solved for the day, whatever the row: asked when a definition is published. */
#include "rules/fact_impl.h"
#include "rules/logic_run.h"

enum { STAYS, LINEAR, MONOTONE, WILD };

typedef struct manner {
    int kind;
    int way; /* 1 rises, -1 falls, 0 either, by the row */
} manner;

static const manner stays = { STAYS, 0 };
static const manner wild = { WILD, 0 };

static manner manner_of(const arci_logic *p, uint32_t node, const char **at);

static manner turned(manner m)
{
    m.way = -m.way;
    return m;
}

static manner sum(manner a, manner b)
{
    if (a.kind == STAYS || b.kind == STAYS) return a.kind == STAYS ? b : a;
    if (a.kind == WILD || b.kind == WILD) return wild;
    if (a.kind == LINEAR && b.kind == LINEAR) return a.way == b.way ? a : (manner){ LINEAR, 0 };
    return a.way && a.way == b.way ? (manner){ MONOTONE, a.way } : wild;
}

/* The least, the most, a day so many months on: rises where both do. */
static manner both(manner a, manner b)
{
    if (a.kind == STAYS && b.kind == STAYS) return stays;
    if (a.kind == WILD || b.kind == WILD) return wild;
    if (a.kind == STAYS || b.kind == STAYS) return (manner){ MONOTONE, a.kind == STAYS ? b.way : a.way };
    return a.way && a.way == b.way ? (manner){ MONOTONE, a.way } : wild;
}

static int sign_of(const arci_lx *x) { return x->op != LX_CONST ? 0 : x->list->u.i < 0 ? -1 : 1; }

/* One factor at most may go on; a divisor must stay. */
static manner product(const arci_logic *p, const arci_lx *x, const char **at)
{
    manner m = stays;
    int sign = 1;
    for (uint32_t i = 0; i < x->n; i++) {
        manner one = manner_of(p, p->kids[x->kid + i], at);
        if (one.kind == STAYS) sign *= sign_of(arci_kid(p, x, i));
        else if (m.kind != STAYS || (x->op == LX_DIV && i)) return wild;
        else m = one;
    }
    if (m.kind == WILD || m.kind == STAYS) return m;
    m.way *= sign;
    if (x->op == LX_DIV) m.kind = MONOTONE;
    return m;
}

static manner arithmetic(const arci_logic *p, const arci_lx *x, const char **at)
{
    if (x->op == LX_MUL || x->op == LX_DIV) return product(p, x, at);
    manner m = manner_of(p, p->kids[x->kid], at);
    if (x->n == 1 && x->op == LX_SUB) return turned(m);
    for (uint32_t i = 1; i < x->n; i++) {
        manner one = manner_of(p, p->kids[x->kid + i], at);
        m = x->op == LX_MIN || x->op == LX_MAX ? both(m, one) : sum(m, x->op == LX_SUB ? turned(one) : one);
    }
    return m;
}

static manner days(const arci_logic *p, const arci_lx *x, const char **at)
{
    manner a = manner_of(p, p->kids[x->kid], at), b = manner_of(p, p->kids[x->kid + 1], at);
    if (x->op == LX_DAYS_BETWEEN) return sum(b, turned(a));
    if (b.kind != STAYS && (x->op == LX_ADD_BUSINESS_DAYS || b.kind != LINEAR)) return wild;
    if (x->op == LX_ADD_DAYS) return sum(a, b);
    if (x->op == LX_ADD_BUSINESS_DAYS && a.kind == MONOTONE) return wild;
    return both(a, b);
}

/* A comparison: the difference of its sides, a quotient beside a constant multiplied out. */
static manner difference(const arci_logic *p, const arci_lx *x, uint32_t first, const char **at)
{
    uint32_t kids[2] = { p->kids[x->kid + first], p->kids[x->kid + first + 1] };
    for (int i = 0; i < 2; i++) {
        const arci_lx *div = &p->x[kids[i]], *constant = &p->x[kids[1 - i]];
        if (div->op != LX_DIV || constant->op != LX_CONST) continue;
        manner a = manner_of(p, p->kids[div->kid], at), b = manner_of(p, p->kids[div->kid + 1], at);
        if (b.kind == MONOTONE && b.way <= 0) return wild;
        b.way *= -sign_of(constant);
        return sum(a, b);
    }
    return sum(manner_of(p, kids[0], at), turned(manner_of(p, kids[1], at)));
}

static manner test(const arci_logic *p, const arci_lx *x, const char **at)
{
    manner m = stays;
    switch (x->op) {
    case LX_EQ:
    case LX_NE:
    case LX_LT:
    case LX_LE:
    case LX_GT:
    case LX_GE:
        m = difference(p, x, 0, at);
        if (x->n == 3 && m.kind != WILD) m = difference(p, x, 1, at);
        break;
    case LX_SOME:
    case LX_ALL:
    case LX_NONE: m = manner_of(x->filter, x->filter->root, at); break;
    default:
        for (uint32_t i = 0; i < x->n && m.kind != WILD; i++) m = manner_of(p, p->kids[x->kid + i], at);
    }
    return m.kind == WILD ? m : stays;
}

static manner fold(const arci_lx *x, const char **at)
{
    manner m = x->filter ? manner_of(x->filter, x->filter->root, at) : stays;
    if (m.kind == WILD || !x->sub) return m;
    m = manner_of(x->sub, x->sub->root, at);
    return m.kind == MONOTONE && !m.way ? wild : m;
}

static manner choice(const arci_logic *p, const arci_lx *x, const char **at)
{
    manner all = stays;
    for (uint32_t i = 0; i < x->n; i++) {
        manner m = manner_of(p, p->kids[x->kid + i], at);
        if (m.kind == WILD) return m;
        if (m.kind == STAYS || (i % 2 == 0 && i + 1 < x->n)) continue;
        if (all.kind != STAYS && m.way != all.way) m.way = 0;
        if (all.kind > m.kind) m.kind = all.kind;
        all = m;
    }
    return all;
}

static manner manner_of(const arci_logic *p, uint32_t node, const char **at)
{
    const arci_lx *x = &p->x[node];
    manner m;
    if (!(x->flags & LX_VOLATILE)) return stays;
    if (x->op == LX_VAR && x->fact->how == ARCI_HOW_COMPUTED) return stays; /* until a day that is known */
    if (x->op == LX_VAR) return x->fact->how == ARCI_HOW_PARAM && x->fact->from ? wild : (manner){ LINEAR, 1 };
    if (arci_lx_is_bool(x)) m = test(p, x, at);
    else if (x->op == LX_SUM || x->op == LX_COUNT) m = fold(x, at);
    else if (x->op == LX_CHOOSE) m = choice(p, x, at);
    else if (x->op >= LX_DAYS_BETWEEN && x->op <= LX_ADD_MONTHS) m = days(p, x, at);
    else m = arithmetic(p, x, at);
    if (m.kind == WILD && !*at) *at = x->pointer ? x->pointer : "";
    return m;
}

int arci_logic_unbounded(const arci_logic *p, const char **pointer)
{
    const char *at = NULL;
    int is = manner_of(p, p->root, &at).kind == WILD;
    if (pointer) *pointer = is ? at : NULL;
    return is;
}
