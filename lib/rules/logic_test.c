/* SPDX-License-Identifier: Apache-2.0 */
/* Running tests over a row: the fast path. Also what a program reads. */
#include <string.h>

#include "rules/logic_run.h"
#include "store/cond.h"

int arci_logic_fail(arci_logic_run *run, arc_status st, const arci_lx *at)
{
    run->error = st;
    run->pointer = at->pointer ? at->pointer : "";
    return ARCI_LOGIC_ERROR;
}

/* Ascending integers. */
static int among(const arc_value *list, uint32_t n, int64_t v)
{
    uint32_t from = 0;
    while (n > 8) {
        uint32_t half = n / 2;
        if (list[from + half].u.i <= v) from += half;
        n -= half;
    }
    for (uint32_t i = from; i < from + n; i++) {
        if (list[i].u.i == v) return 1;
    }
    return 0;
}

static int among_texts(const arc_value *list, uint32_t n, const arc_value *v)
{
    uint32_t from = 0;
    while (n) {
        uint32_t half = n / 2;
        int order = arci_value_compare(v, &list[from + half]);
        if (!order) return 1;
        if (order > 0) {
            from += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return 0;
}

static int same_text(const arc_value *a, const arc_value *b)
{
    return a->type == ARC_V_TEXT && a->len == b->len && (!a->len || !memcmp(a->u.s, b->u.s, a->len));
}

static int in_currency(const arc_value *v, const char *currency)
{
    return v->type == ARC_V_TEXT && v->len == 3 && v->u.s[0] == currency[0] && v->u.s[1] == currency[1] && v->u.s[2] == currency[2];
}

/* Tests of values that are not plain integers, or of two slots. */
static int rare_test(const arci_logic *p, const arci_lop *o, const arc_value *row, arci_logic_run *run)
{
    const arc_value *v = &row[o->a];
    if (o->op == LOP_NODE) return arci_lx_test(p, o->node, row, run);
    if (v->type == ARCI_V_FAULT) return arci_logic_fail(run, -(arc_status)v->len, &p->x[o->node]);
    if (o->op == LOP_NULL) return v->type == ARC_V_NULL;
    if (o->op == LOP_TEXT) return same_text(v, o->u.list);
    if (o->op == LOP_TEXTS) return v->type == ARC_V_TEXT && among_texts(o->u.list, o->n, v);
    if (o->op < LOP_SLOT_EQ) return 0; /* nothing there */
    const arc_value *w = &row[o->b];
    if (w->type == ARCI_V_FAULT) return arci_logic_fail(run, -(arc_status)w->len, &p->x[o->node]);
    if (v->type != ARC_V_INT || w->type != ARC_V_INT) return o->op == LOP_SLOT_EQ && v->type == w->type;
    if (o->op == LOP_SLOT_EQ) return v->u.i == w->u.i;
    return o->op == LOP_SLOT_LT ? v->u.i < w->u.i : v->u.i <= w->u.i;
}

/* One test. ERROR leaves its reason in run. */
static inline int one_test(const arci_logic *p, const arci_lop *o, const arc_value *row, arci_logic_run *run)
{
    const arc_value *v = &row[o->a];
    if (v->type != ARC_V_INT) return rare_test(p, o, row, run);
    switch (o->op) {
    case LOP_RANGE: return (uint64_t)v->u.i - (uint64_t)o->low <= o->span;
    case LOP_MASK: return (uint64_t)v->u.i < 64 && ((uint64_t)o->low >> v->u.i & 1);
    case LOP_MONEY: return (uint64_t)v->u.i - (uint64_t)o->low <= o->span && in_currency(&row[o->b], o->u.currency);
    case LOP_INTS: return among(o->u.list, o->n, v->u.i);
    default: return rare_test(p, o, row, run);
    }
}

int arci_lop_test(const arci_logic *p, const arci_lop *o, const arc_value *row, arci_logic_run *run)
{
    return one_test(p, o, row, run);
}

int arci_logic_test(const arci_logic *p, const arc_value *row, arci_logic_run *run)
{
    const arci_lop *ops = p->ops;
    uint32_t at = p->entry;
    if (run->later) return arci_lx_test(p, p->root, row, run); /* looks at slots as they will be */
    while (at < LOP_FALSE) {
        const arci_lop *o = &ops[at];
        int r = one_test(p, o, row, run);
        if (r == ARCI_LOGIC_ERROR) return r;
        at = r ? o->yes : o->no;
    }
    return at == LOP_TRUE;
}

/* Whether a test of slots has nothing to look at. */
static int lacks(const arci_lop *o, const arc_value *row)
{
    if (o->op == LOP_NULL) return 0;
    if (row[o->a].type == ARC_V_NULL) return 1;
    if (o->op == LOP_MONEY) return !in_currency(&row[o->b], o->u.currency);
    return o->op >= LOP_SLOT_EQ && row[o->b].type == ARC_V_NULL;
}

int arci_logic_check(const arci_logic *p, const arc_value *row, arci_logic_run *run)
{
    uint32_t at = p->entry;
    while (at < LOP_FALSE) {
        const arci_lop *o = &p->ops[at];
        int r = o->op == LOP_NODE ? arci_lx_check(p, o->node, row, run) : lacks(o, row) ? LX_UNKNOWN : one_test(p, o, row, run);
        if (r == ARCI_LOGIC_ERROR) return r;
        at = r == LX_UNKNOWN ? o->lack : r ? o->yes : o->no;
    }
    return at == LOP_TRUE;
}

int arci_logic_trace(const arci_logic *p, const arc_value *row, arci_logic_run *run, uint8_t *seen)
{
    uint32_t at = p->entry;
    memset(seen, ARCI_NOT_SEEN, p->n_atoms);
    while (at < LOP_FALSE) {
        const arci_lop *o = &p->ops[at];
        int r = one_test(p, o, row, run), turned = p->x[o->node].op == LX_NE && o->op != LOP_NODE;
        seen[o->atom] = (uint8_t)(r != ARCI_LOGIC_ERROR && turned ? !r : r);
        if (r == ARCI_LOGIC_ERROR) return r;
        at = r ? o->yes : o->no;
    }
    return at == LOP_TRUE;
}

/* ---- what a program reads -------------------------------------------------------------------------------------------------------- */

void arci_logic_slots(const arci_logic *p, uint8_t *used)
{
    for (uint32_t i = 0; i < p->n_x; i++) {
        const arci_lx *x = &p->x[i];
        if (x->op != LX_VAR) continue;
        used[x->fact->slot] = 1;
        if (x->fact->currency != ARCI_NO_SLOT) used[x->fact->currency] = 1;
    }
}

uint32_t arci_logic_fields(const arci_logic *p, uint16_t *slots, uint32_t cap)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->n_x && n < cap; i++) {
        if (p->x[i].op == LX_VAR) slots[n++] = p->x[i].fact->slot;
    }
    return n;
}

int arci_logic_volatile(const arci_logic *p)
{
    return (p->x[p->root].flags & LX_VOLATILE) != 0;
}

uint8_t arci_logic_type(const arci_logic *p)
{
    return p->x[p->root].type;
}
