/* SPDX-License-Identifier: Apache-2.0 */
/* On which day a condition can have another result: the tests on today's way through the program are asked until when they stay as they are, the
 * row is looked at as it will be on the first such day, and so on until the result is another one. */
#include <string.h>

#include "rules/fact_impl.h"
#include "rules/logic_form.h"

#define ERROR ARCI_LOGIC_ERROR
#define WORK 20000u /* tests looked at before the search is given up */

/* ---- two sides ----------------------------------------------------------------------------------------------------------------- */

typedef struct pair {
    arci_look *l;
    const arci_logic *p;
    const arci_lx *x;
    const arc_value *row;
    uint32_t first;
    int alone; /* 1: the first side by itself, beside `fixed`; 2: whether it is an error */
    arci_logic_value fixed;
} pair;

/* -1, 0, 1: how the sides stand to each other so many days on; 2: an error; 3: one has no value. */
static int stand(const pair *s, int64_t later)
{
    arci_logic_run *run = s->l->run;
    int32_t kept = run->later;
    arci_logic_value a, b = s->fixed;
    int order = 0, r;
    run->later = (int32_t)later;
    s->l->work++;
    if (s->alone) r = arci_lx_value(s->p, s->p->kids[s->x->kid], s->row, run, &a);
    else r = arci_lx_sides(s->p, s->x, s->first, s->row, run, &a, &b);
    run->later = kept;
    if (r == ERROR) return 2;
    if (s->alone == 2) return 0;
    if (!a.type || !b.type) return 3;
    return arci_num_cmp(&order, &a.n, &b.n) == ARC_OK ? order : 2;
}

/* The first day before `limit` on which they stand otherwise, where they do so once and for all. */
static int64_t turn(const pair *s, int now, int64_t limit)
{
    int64_t same = s->l->run->later, other = same + 1;
    for (int64_t step = 1; other < limit && stand(s, other) == now; step *= 2) {
        same = other;
        other += step;
    }
    if (other >= limit) {
        other = limit;
        if (limit - same <= 1 || stand(s, limit - 1) == now) return limit;
        other = limit - 1;
    }
    while (other - same > 1) {
        int64_t half = same + (other - same) / 2;
        if (stand(s, half) == now) same = half;
        else other = half;
    }
    return other;
}

/* A whole number of units of the larger scale; 0: too large. */
static int units(const arci_num *n, int32_t scale, int64_t *out)
{
    static const int64_t tens[] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000 };
    arci_num by, scaled;
    if (scale - n->scale > 9) return 0;
    by = arci_num_of(tens[scale - n->scale], 0);
    if (arci_num_mul(&scaled, n, &by) != ARC_OK || scaled.m.hi || scaled.m.lo > INT64_MAX) return 0;
    *out = scaled.negative ? -(int64_t)scaled.m.lo : (int64_t)scaled.m.lo;
    return 1;
}

/* Days until a number that grows by `slope` has another sign: 0 none ever, -1 cannot be said. */
static int64_t days_to(const arci_num *n, const arci_num *slope)
{
    int32_t scale = n->scale > slope->scale ? n->scale : slope->scale;
    int64_t at, by;
    if (!units(n, scale, &at) || !units(slope, scale, &by)) return -1;
    if (!at) return 1;
    if ((at < 0) == (by < 0)) return 0;
    if (at < 0) at = -at;
    else by = -by;
    return at / by + (at % by != 0);
}

/* ---- comparisons ------------------------------------------------------------------------------------------------------------------ */

/* Until when a divisor stays positive, or stays the error that it is not. */
static void divisor_form(arci_look *l, const arci_logic *p, uint32_t node, const arc_value *row, arci_form *by)
{
    arci_logic_value v;
    int64_t n = -1;
    if (arci_form_operand(l, p, node, row, by) == ERROR) return;
    if (by->kind == FORM_WILD || arci_lx_value(p, node, row, l->run, &v) == ERROR) {
        arci_form_sooner(&by->until, l->run->later + 1);
        return;
    }
    int positive = arci_num_sign(&v.n) > 0, way = arci_form_way(by);
    if (by->kind == FORM_LINEAR) n = days_to(&v.n, &by->slope);
    else if (way == 0 || (way > 0) == positive) n = 0;
    if (n) arci_form_sooner(&by->until, l->run->later + (n < 0 ? 1 : n));
    if (!positive) (void)arci_form_error(by, by->until);
}

/* A quotient beside a constant: the dividend less the constant times the divisor. */
static void quotient_form(arci_look *l, const arci_logic *p, const arci_lx *div, const arci_lx *constant, const arc_value *row, arci_form *d, int left)
{
    const uint32_t *kids = &p->kids[div->kid];
    const arci_num c = arci_num_of(constant->list->u.i, constant->scale), minus = arci_num_of(-1, 0);
    arci_form by;
    if (arci_form_operand(l, p, kids[0], row, d) == ERROR) return;
    divisor_form(l, p, kids[1], row, &by);
    if (by.error) {
        *d = by;
        return;
    }
    arci_form_scale(&by, &c, l->run->later);
    arci_form_add(d, &by, -1, l->run->later);
    if (!left) arci_form_scale(d, &minus, l->run->later);
}

/* How left less right goes on. */
static void difference(arci_look *l, const arci_logic *p, const arci_lx *x, uint32_t first, const arc_value *row, arci_form *d)
{
    uint32_t left = p->kids[x->kid + first], right = p->kids[x->kid + first + 1];
    const arci_lx *a = &p->x[left], *b = &p->x[right];
    arci_form other;
    if (a->op == LX_DIV && b->op == LX_CONST) {
        quotient_form(l, p, a, b, row, d, 1);
    } else if (b->op == LX_DIV && a->op == LX_CONST) {
        quotient_form(l, p, b, a, row, d, 0);
    } else {
        arci_form_of(l, p, left, row, d);
        if (d->error) return;
        arci_form_of(l, p, right, row, &other);
        if (other.error) *d = other;
        else arci_form_add(d, &other, -1, l->run->later);
    }
}

static int compare(arci_look *l, const arci_logic *p, const arci_lx *x, uint32_t first, const arc_value *row, int64_t *until)
{
    pair s = { l, p, x, row, first, 0, { 0 } };
    arci_logic_value a, b;
    arci_form d;
    arci_num less;
    l->work++;
    int r = arci_lx_sides(p, x, first, row, l->run, &a, &b);
    difference(l, p, x, first, row, &d);
    if (r == ERROR) {
        if (d.kind != FORM_FIXED) arci_form_sooner(&d.until, l->run->later + 1);
        arci_form_sooner(until, d.until);
        return r;
    }
    r = arci_lx_holds(x->op, &a, &b, l->run, x);
    int money = a.type == ARCI_FACT_MONEY && a.currency && b.currency && memcmp(a.currency, b.currency, 3) != 0;
    if (r == ERROR) arci_form_sooner(&d.until, l->run->later + 1);
    int idle = r == ERROR || money || !a.type || !b.type || a.type == ARCI_FACT_TEXT; /* as long as nothing becomes an error */
    if (d.kind == FORM_FIXED || (idle && d.kind == FORM_LINEAR)) {
        arci_form_sooner(until, d.until);
        return r;
    }
    if (d.kind == FORM_WILD) {
        arci_form_sooner(&d.until, l->run->later + 1);
    } else {
        int64_t n = d.kind == FORM_LINEAR && arci_num_sub(&less, &a.n, &b.n) == ARC_OK ? days_to(&less, &d.slope) : -1;
        if (n > 0) arci_form_sooner(&d.until, l->run->later + n);
        if (n < 0) arci_form_sooner(&d.until, turn(&s, stand(&s, l->run->later), d.until));
    }
    arci_form_sooner(until, d.until);
    return r;
}

/* ---- lists of constants -------------------------------------------------------------------------------------------------------------- */

static int listed(arci_look *l, const arci_logic *p, const arci_lx *x, uint32_t node, const arc_value *row, int64_t *until)
{
    pair s = { l, p, x, row, 0, 1, { 0 } };
    arci_form f;
    arci_num less;
    int r = arci_lx_test(p, node, row, l->run);
    arci_form_of(l, p, p->kids[x->kid], row, &f);
    if (f.kind != FORM_FIXED && (r == ERROR || arci_lx_value(p, p->kids[x->kid], row, l->run, &s.fixed) == ERROR || f.kind == FORM_WILD)) arci_form_sooner(&f.until, l->run->later + 1);
    else if (f.kind != FORM_FIXED) {
        const arci_num v = s.fixed.n;
        for (uint32_t i = 0; i < x->n_list; i++) {
            s.fixed.n = arci_num_of(x->list[i].u.i, x->scale);
            int64_t n = f.kind == FORM_LINEAR && arci_num_sub(&less, &v, &s.fixed.n) == ARC_OK ? days_to(&less, &f.slope) : -1;
            if (n > 0) arci_form_sooner(&f.until, l->run->later + n);
            if (n < 0) arci_form_sooner(&f.until, turn(&s, stand(&s, l->run->later), f.until));
        }
    }
    arci_form_sooner(until, f.until);
    return r;
}

/* ---- tests ------------------------------------------------------------------------------------------------------------------------------ */

static int quantify(arci_look *l, const arci_logic *p, const arci_lx *x, const arc_value *row, int64_t *until)
{
    arci_lx_elements e;
    const arc_value *element;
    uint32_t n = 0;
    if (arci_lx_begin(p, x, row, l->run, &e) == ERROR) return ERROR;
    while ((element = arci_lx_element(&e)) != NULL) {
        int r = arci_form_test(l, x->filter, x->filter->root, element, until);
        if (r == ERROR) return r;
        if (x->op == LX_ALL ? !r : r) return x->op == LX_SOME;
        n++;
    }
    return x->op == LX_ALL ? n > 0 : x->op == LX_NONE;
}

static int branch(arci_look *l, const arci_logic *p, const arci_lx *x, const arc_value *row, int64_t *until)
{
    for (uint32_t i = 0; i + 1 < x->n; i += 2) {
        int r = arci_form_test(l, p, p->kids[x->kid + i], row, until);
        if (r == ERROR) return r;
        if (r) return arci_form_test(l, p, p->kids[x->kid + i + 1], row, until);
    }
    return arci_form_test(l, p, p->kids[x->kid + x->n - 1], row, until);
}

/* Tests of what stays or has no order: until one of the operands changes. */
static int others(arci_look *l, const arci_logic *p, const arci_lx *x, uint32_t node, const arc_value *row, int64_t *until)
{
    pair s = { l, p, x, row, 0, 2, { 0 } };
    arci_form f;
    int r = arci_lx_test(p, node, row, l->run);
    for (uint32_t i = 0; i < x->n; i++) {
        arci_form_of(l, p, p->kids[x->kid + i], row, &f);
        if (f.kind == FORM_WILD || (r == ERROR && f.kind != FORM_FIXED)) arci_form_sooner(&f.until, l->run->later + 1);
        else if (f.kind >= FORM_UP && i == 0) arci_form_sooner(&f.until, turn(&s, 0, f.until));
        arci_form_sooner(until, f.until);
    }
    return r;
}

int arci_form_test(arci_look *l, const arci_logic *p, uint32_t node, const arc_value *row, int64_t *until)
{
    const arci_lx *x = &p->x[node];
    int r = ARCI_LOGIC_TRUE;
    l->work++;
    if (!(x->flags & LX_VOLATILE)) return arci_lx_test(p, node, row, l->run);
    switch (x->op) {
    case LX_AND:
    case LX_OR:
        for (uint32_t i = 0; i < x->n; i++) {
            r = arci_form_test(l, p, p->kids[x->kid + i], row, until);
            if (r == ERROR || r == (x->op == LX_OR)) return r;
        }
        return x->op == LX_AND;
    case LX_IF: return branch(l, p, x, row, until);
    case LX_NOT: r = arci_form_test(l, p, p->kids[x->kid], row, until); return r == ERROR ? r : !r;
    case LX_SOME:
    case LX_ALL:
    case LX_NONE: return quantify(l, p, x, row, until);
    case LX_IN: return listed(l, p, x, node, row, until);
    case LX_EQ:
    case LX_NE:
    case LX_LT:
    case LX_LE:
    case LX_GT:
    case LX_GE: break;
    default: return others(l, p, x, node, row, until);
    }
    r = compare(l, p, x, 0, row, until);
    return r == ARCI_LOGIC_TRUE && x->n == 3 ? compare(l, p, x, 1, row, until) : r;
}

/* ---- programs --------------------------------------------------------------------------------------------------------------------------- */

/* A field that grows by 1 a day: by far the most of them. */
static int grows(const arci_logic *p, const arci_lop *o, const arc_value *row)
{
    const arci_fact *f = arci_facts_slot(p->facts, o->a);
    return o->op == LOP_RANGE && row[o->a].type == ARC_V_INT && ((f->how == ARCI_HOW_SINCE && arci_facts_slot(p->facts, f->from)->how != ARCI_HOW_COMPUTED) || (f->how == ARCI_HOW_PARAM && !f->from));
}

static int in_range(const arci_look *l, const arci_lop *o, int64_t v, int64_t *until)
{
    uint64_t from = (uint64_t)v - (uint64_t)o->low;
    int within = from <= o->span;
    uint64_t left = within ? o->span - from : (uint64_t)o->low - (uint64_t)v - 1;
    if ((within || v < o->low) && left < (uint64_t)l->never) arci_form_sooner(until, l->run->later + (int64_t)left + 1);
    return within;
}

static int walk(arci_look *l, const arci_logic *p, const arc_value *row, int64_t *until)
{
    uint32_t at = p->entry;
    *until = l->never;
    while (at < LOP_FALSE) {
        const arci_lop *o = &p->ops[at];
        const arci_lx *x = &p->x[o->node];
        int r;
        l->work++;
        if (!(x->flags & LX_VOLATILE)) {
            r = arci_lop_test(p, o, row, l->run);
        } else if (grows(p, o, row)) {
            r = in_range(l, o, row[o->a].u.i + l->run->later, until);
        } else {
            r = arci_form_test(l, p, o->node, row, until);
            if (r != ERROR && x->op == LX_NE && o->op != LOP_NODE) r = !r;
        }
        if (r == ERROR) return r;
        at = r ? o->yes : o->no;
    }
    return at == LOP_TRUE;
}

int arci_logic_from(const arci_logic *p, const arc_value *row, arc_date today, arci_logic_run *run, arc_date from, arc_date *day)
{
    arci_look l = { .run = run, .never = (int64_t)ARC_DATE_MAX - today, .horizon = INT64_MAX };
    int64_t until;
    uint32_t steps = 0;
    *day = ARC_DATE_MAX;
    run->later = 0;
    run->today = today;
    if (!arci_logic_volatile(p)) return arci_logic_test(p, row, run);
    run->later = from - today;
    int now = walk(&l, p, row, &until), r = now;
    arc_status error = run->error;
    const char *pointer = run->pointer;
    while (until < l.never && until < l.horizon && r == now && steps < ARCI_NEXT_STEPS && l.work < WORK) {
        run->later = (int32_t)until;
        r = walk(&l, p, row, &until);
        steps++;
    }
    if (l.horizon < until) until = l.horizon; /* what engines compute is known until there */
    if (r != now || l.horizon <= run->later) until = run->later;
    if (until < l.never) *day = (arc_date)(today + until);
    run->later = 0;
    run->error = error;
    run->pointer = pointer;
    return now;
}

int arci_logic_next(const arci_logic *p, const arc_value *row, arc_date today, arci_logic_run *run, arc_date *day)
{
    return arci_logic_from(p, row, today, run, today, day);
}
