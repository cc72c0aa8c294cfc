/* SPDX-License-Identifier: Apache-2.0 */
/* How values go on as days pass: forms of expressions. */
#include "rules/logic_form.h"

#include <string.h>

#include "rules/fact_impl.h"

#define ERROR ARCI_LOGIC_ERROR

static void wild(arci_form *f, int64_t now)
{
    f->kind = FORM_WILD;
    arci_form_sooner(&f->until, now + 1);
}

int arci_form_error(arci_form *f, int64_t until)
{
    f->kind = FORM_FIXED;
    f->error = 1;
    f->until = until;
    return ERROR;
}

int arci_form_way(const arci_form *f)
{
    if (f->kind == FORM_LINEAR) return arci_num_sign(&f->slope);
    return f->kind == FORM_UP ? 1 : f->kind == FORM_DOWN ? -1 : 0;
}

void arci_form_add(arci_form *a, const arci_form *b, int sign, int64_t now)
{
    int exact = a->kind <= FORM_LINEAR && b->kind <= FORM_LINEAR, up = arci_form_way(a), with = arci_form_way(b) * sign;
    arci_form_sooner(&a->until, b->until);
    if (b->kind == FORM_FIXED) return;
    if (a->kind == FORM_WILD || b->kind == FORM_WILD) {
        wild(a, now);
    } else if (exact) {
        if (a->kind == FORM_FIXED) a->slope = arci_num_of(0, 0);
        arc_status st = sign > 0 ? arci_num_add(&a->slope, &a->slope, &b->slope) : arci_num_sub(&a->slope, &a->slope, &b->slope);
        a->kind = FORM_LINEAR;
        if (st != ARC_OK) wild(a, now);
        else if (!arci_num_sign(&a->slope)) a->kind = FORM_FIXED;
    } else if (up * with < 0) {
        wild(a, now);
    } else {
        a->kind = up + with > 0 ? FORM_UP : FORM_DOWN;
    }
}

void arci_form_scale(arci_form *a, const arci_num *by, int64_t now)
{
    int sign = arci_num_sign(by);
    if (a->kind == FORM_FIXED || a->kind == FORM_WILD) return;
    if (!sign) a->kind = FORM_FIXED;
    else if (a->kind != FORM_LINEAR) a->kind = (a->kind == FORM_UP) == (sign > 0) ? FORM_UP : FORM_DOWN;
    else if (arci_num_mul(&a->slope, &a->slope, by) != ARC_OK) wild(a, now);
}

/* ---- fields ---------------------------------------------------------------------------------------------------------------------- */

static void form_of_slot(arci_look *l, const arci_logic *p, const arci_lx *x, const arc_value *row, arci_form *f)
{
    const arci_fact *fact = x->fact;
    const arci_fact *made = fact->how == ARCI_HOW_SINCE || fact->how == ARCI_HOW_LATE ? arci_facts_slot(p->facts, fact->from) : fact;
    if (made && made->how == ARCI_HOW_COMPUTED && row[made->from].type == ARC_V_INT) { /* a value that is not there may come, too */
        const int64_t day = row[made->from].u.i - l->run->today;
        if (day < l->horizon) l->horizon = day;
        arci_form_sooner(&f->until, day > l->run->later ? day : l->run->later + 1);
    }
    if (!(x->flags & LX_VOLATILE) || row[fact->slot].type != ARC_V_INT) return;
    if (fact->how == ARCI_HOW_COMPUTED) return; /* what it holds until was noted */
    if (fact->how == ARCI_HOW_PARAM && fact->from) { /* a parameter the caller calls volatile */
        wild(f, l->run->later);
        return;
    }
    int64_t since = (int64_t)l->run->today + l->run->later - (fact->how == ARCI_HOW_LATE ? row[fact->from].u.i : 0);
    if (fact->how == ARCI_HOW_LATE && since < 0) {
        arci_form_sooner(&f->until, l->run->later - since);
        return;
    }
    f->kind = FORM_LINEAR;
    f->slope = arci_num_of(1, 0);
}

/* ---- operands ---------------------------------------------------------------------------------------------------------------------- */

int arci_form_operand(arci_look *l, const arci_logic *p, uint32_t node, const arc_value *row, arci_form *f)
{
    arci_logic_value v;
    arci_form_of(l, p, node, row, f);
    if (f->error) return ERROR;
    if (f->kind != FORM_FIXED || p->x[node].op == LX_CONST) return ARCI_LOGIC_TRUE;
    if (arci_lx_value(p, node, row, l->run, &v) == ERROR || !v.type) return arci_form_error(f, f->until);
    return ARCI_LOGIC_TRUE;
}

/* The value of a form that stays. */
static int constant(arci_look *l, const arci_logic *p, uint32_t node, const arc_value *row, arci_num *n)
{
    arci_logic_value v;
    if (arci_lx_value(p, node, row, l->run, &v) == ERROR) return ERROR;
    *n = v.n;
    return ARCI_LOGIC_TRUE;
}

/* a * b, a / b: one of them may go on. */
static void times(arci_look *l, const arci_logic *p, uint8_t op, const arc_value *row, uint32_t other, arci_form *a, const arci_form *b, const arci_num *so_far)
{
    arci_num by;
    arci_form_sooner(&a->until, b->until);
    if (a->kind == FORM_FIXED && b->kind == FORM_FIXED) return;
    if (a->kind == FORM_FIXED && op == LX_MUL) {
        int64_t until = a->until;
        *a = *b;
        a->until = until;
        arci_form_scale(a, so_far, l->run->later);
    } else if (b->kind == FORM_FIXED && constant(l, p, other, row, &by) != ERROR) {
        if (op == LX_DIV && a->kind == FORM_LINEAR) a->kind = arci_form_way(a) > 0 ? FORM_UP : FORM_DOWN; /* quotients are rounded */
        if (op == LX_DIV) by = arci_num_of(arci_num_sign(&by), 0);
        arci_form_scale(a, &by, l->run->later);
    } else {
        wild(a, l->run->later);
    }
}

static void least_or_most(arci_form *a, const arci_form *b, int64_t now)
{
    int up = arci_form_way(a), with = arci_form_way(b);
    arci_form_sooner(&a->until, b->until);
    if (a->kind == FORM_FIXED && b->kind == FORM_FIXED) return;
    if (a->kind == FORM_WILD || b->kind == FORM_WILD || up * with < 0) wild(a, now);
    else a->kind = up + with > 0 ? FORM_UP : FORM_DOWN;
}

static void form_of_arithmetic(arci_look *l, const arci_logic *p, const arci_lx *x, const arc_value *row, arci_form *f)
{
    const uint32_t *kids = &p->kids[x->kid];
    arci_num product = arci_num_of(1, 0), by;
    arci_form next;
    if (arci_form_operand(l, p, kids[0], row, f) == ERROR) return;
    if (x->op == LX_SUB && x->n == 1) {
        by = arci_num_of(-1, 0);
        arci_form_scale(f, &by, l->run->later);
        return;
    }
    if (f->kind == FORM_FIXED) (void)constant(l, p, kids[0], row, &product);
    for (uint32_t i = 1; i < x->n; i++) {
        if (arci_form_operand(l, p, kids[i], row, &next) == ERROR) {
            *f = next;
            return;
        }
        if (x->op == LX_ADD || x->op == LX_SUB) {
            arci_form_add(f, &next, x->op == LX_ADD ? 1 : -1, l->run->later);
        } else if (x->op == LX_MIN || x->op == LX_MAX) {
            least_or_most(f, &next, l->run->later);
        } else {
            int fixed = f->kind == FORM_FIXED && next.kind == FORM_FIXED;
            times(l, p, x->op, row, kids[i], f, &next, &product);
            if (fixed && x->op == LX_MUL && (constant(l, p, kids[i], row, &by) == ERROR || arci_num_mul(&product, &product, &by) != ARC_OK)) wild(f, l->run->later);
        }
    }
}

/* ---- days --------------------------------------------------------------------------------------------------------------------------- */

/* A day that goes on leaves the days there are. */
static void within_days(arci_look *l, const arci_logic *p, const arci_lx *x, const arc_value *row, arci_form *f)
{
    arci_logic_value v;
    int64_t day = 0, a_day = 0;
    if (f->kind != FORM_LINEAR || arci_num_int(&f->slope, &a_day) || !a_day) return;
    if (arci_lx_value(p, (uint32_t)(x - p->x), row, l->run, &v) == ERROR || arci_num_int(&v.n, &day)) {
        arci_form_sooner(&f->until, l->run->later + 1);
        return;
    }
    arci_form_sooner(&f->until, l->run->later + 1 + (a_day > 0 ? (ARC_DATE_MAX - day) / a_day : (ARC_DATE_MIN - day) / a_day));
}

/* A calendar knows years or does not: within one year of the first day that can change once only. */
static void within_year(arci_look *l, const arci_logic *p, uint32_t node, const arc_value *row, arci_form *f)
{
    arci_logic_value v;
    int64_t day = 0;
    int32_t year, month, dom;
    arc_date next;
    if (arci_lx_value(p, node, row, l->run, &v) == ERROR || arci_num_int(&v.n, &day) || day < ARC_DATE_MIN || day > ARC_DATE_MAX ||
        arc_date_to_ymd(&year, &month, &dom, (arc_date)day) != ARC_OK || arc_date_from_ymd(&next, year + 1, 1, 1) != ARC_OK) {
        return;
    }
    arci_form_sooner(&f->until, l->run->later + (next - day));
}

static void form_of_days(arci_look *l, const arci_logic *p, const arci_lx *x, const arc_value *row, arci_form *f)
{
    const uint32_t *kids = &p->kids[x->kid];
    arci_form n;
    int64_t whole;
    if (arci_form_operand(l, p, kids[0], row, f) == ERROR) return;
    if (arci_form_operand(l, p, kids[1], row, &n) == ERROR) {
        *f = n;
        return;
    }
    if (x->op == LX_DAYS_BETWEEN) { /* second less first */
        arci_form first = *f;
        *f = n;
        arci_form_add(f, &first, -1, l->run->later);
        return;
    }
    /* A number of days that goes on stays a whole number if it does so by whole numbers. */
    int steady = n.kind == FORM_FIXED || (n.kind == FORM_LINEAR && arci_num_int(&n.slope, &whole) == 0);
    if (!steady || (x->op == LX_ADD_BUSINESS_DAYS && n.kind != FORM_FIXED)) {
        arci_form_sooner(&f->until, n.until);
        wild(f, l->run->later);
    } else if (x->op == LX_ADD_DAYS) {
        arci_form_add(f, &n, 1, l->run->later);
        within_days(l, p, x, row, f);
    } else {
        int moves = f->kind != FORM_FIXED;
        if (x->op == LX_ADD_BUSINESS_DAYS && f->kind != FORM_LINEAR && moves) wild(f, l->run->later);
        if (x->op == LX_ADD_BUSINESS_DAYS && moves) within_year(l, p, kids[0], row, f);
        least_or_most(f, &n, l->run->later); /* rises where both do */
    }
}

/* ---- lists and choices --------------------------------------------------------------------------------------------------------------- */

static void form_of_fold(arci_look *l, const arci_logic *p, const arci_lx *x, const arc_value *row, arci_form *f)
{
    arci_lx_elements e;
    const arc_value *element;
    if (arci_lx_begin(p, x, row, l->run, &e) == ERROR) {
        (void)arci_form_error(f, l->never);
        return;
    }
    while ((element = arci_lx_element(&e)) != NULL) {
        arci_form one;
        int64_t until = l->never;
        int r = x->filter ? arci_form_test(l, x->filter, x->filter->root, element, &until) : ARCI_LOGIC_TRUE;
        if (r == ERROR) {
            (void)arci_form_error(f, until);
            return;
        }
        arci_form_sooner(&f->until, until);
        if (!r || x->op == LX_COUNT) continue;
        l->work++;
        if (arci_form_operand(l, x->sub, x->sub->root, element, &one) == ERROR) {
            arci_form_sooner(&one.until, until);
            *f = one;
            return;
        }
        arci_form_add(f, &one, 1, l->run->later);
    }
}

static void form_of_choice(arci_look *l, const arci_logic *p, const arci_lx *x, const arc_value *row, arci_form *f)
{
    const uint32_t *kids = &p->kids[x->kid];
    int64_t until = l->never;
    uint32_t i = 0;
    for (; i + 1 < x->n; i += 2) {
        int r = arci_form_test(l, p, kids[i], row, &until);
        if (r == ERROR) {
            (void)arci_form_error(f, until);
            return;
        }
        if (r) break;
    }
    if (i + 1 < x->n) arci_form_of(l, p, kids[i + 1], row, f);
    else if (x->n % 2) arci_form_of(l, p, kids[x->n - 1], row, f);
    arci_form_sooner(&f->until, until);
}

/* ---- any ------------------------------------------------------------------------------------------------------------------------------- */

void arci_form_of(arci_look *l, const arci_logic *p, uint32_t node, const arc_value *row, arci_form *f)
{
    const arci_lx *x = &p->x[node];
    memset(f, 0, sizeof *f);
    f->until = l->never;
    if (!(x->flags & LX_VOLATILE)) return;
    if (arci_lx_is_bool(x)) {
        f->error = arci_form_test(l, p, node, row, &f->until) == ERROR;
        return;
    }
    switch (x->op) {
    case LX_VAR: form_of_slot(l, p, x, row, f); break;
    case LX_CHOOSE: form_of_choice(l, p, x, row, f); break;
    case LX_SUM:
    case LX_COUNT: form_of_fold(l, p, x, row, f); break;
    case LX_DAYS_BETWEEN:
    case LX_ADD_DAYS:
    case LX_ADD_BUSINESS_DAYS:
    case LX_ADD_MONTHS: form_of_days(l, p, x, row, f); break;
    default: form_of_arithmetic(l, p, x, row, f);
    }
}
