/* SPDX-License-Identifier: Apache-2.0 */
/* Which way a program goes as days pass and nothing changes: whether what holds can stop holding. Factors and divisors that are fields count as positive. */
#include "rules/logic_impl.h"
#include "rules/fact_impl.h"

enum { STAYS = 0, UP = 1, DOWN = 2, BOTH = 3 }; /* of conditions: they can begin to hold, can end */

static int trend(const arci_logic *p, uint32_t node, const char **ends);

static int turned(int t) { return (t & UP ? DOWN : 0) | (t & DOWN ? UP : 0); }

static int sign_of(const arci_lx *x) { return x->op == LX_CONST && x->list->type == ARC_V_INT && x->list->u.i < 0 ? -1 : 1; }

static int product(const arci_logic *p, const arci_lx *x)
{
    int all = STAYS, sign = 1;
    for (uint32_t i = 0; i < x->n; i++) {
        int t = trend(p, p->kids[x->kid + i], NULL);
        sign *= sign_of(arci_kid(p, x, i));
        all |= x->op == LX_DIV && i ? turned(t) : t;
    }
    return sign < 0 ? turned(all) : all;
}

static int choice(const arci_logic *p, const arci_lx *x)
{
    int all = STAYS;
    for (uint32_t i = 0; i < x->n; i++) {
        int t = trend(p, p->kids[x->kid + i], NULL), asks = i % 2 == 0 && i + 1 < x->n;
        all |= asks && t ? BOTH : t;
    }
    return all;
}

static int value(const arci_logic *p, const arci_lx *x)
{
    int all = STAYS;
    switch (x->op) {
    case LX_VAR: return x->fact->how == ARCI_HOW_COMPUTED ? STAYS : UP;
    case LX_CHOOSE: return choice(p, x);
    case LX_MUL:
    case LX_DIV: return product(p, x);
    case LX_SUM:
    case LX_COUNT:
        if (x->filter) all |= trend(x->filter, x->filter->root, NULL);
        if (x->sub) all |= trend(x->sub, x->sub->root, NULL);
        return all;
    default: break;
    }
    for (uint32_t i = 0; i < x->n; i++) {
        int t = trend(p, p->kids[x->kid + i], NULL);
        int less = (x->op == LX_SUB && (i || x->n == 1)) || (x->op == LX_DAYS_BETWEEN && !i);
        all |= less ? turned(t) : t;
    }
    return all;
}

static int compare(const arci_logic *p, const arci_lx *x)
{
    int all = STAYS;
    for (uint32_t i = 0; i + 1 < x->n; i++) {
        int t = trend(p, p->kids[x->kid + i], NULL) | turned(trend(p, p->kids[x->kid + i + 1], NULL));
        all |= x->op == LX_LT || x->op == LX_LE ? turned(t) : t;
    }
    return (x->op == LX_EQ || x->op == LX_NE) && all ? BOTH : all;
}

/* *ends (may be NULL): the first test that can make the whole end. Under a negation that is one that begins: `ends` is asked with the sense turned. */
typedef struct sense {
    const char **ends;
    int flag; /* DOWN, or UP under a negation */
} sense;

static int condition(const arci_logic *p, uint32_t node, const sense *s);

static int several(const arci_logic *p, const arci_lx *x, const sense *s)
{
    int all = STAYS;
    for (uint32_t i = 0; i < x->n; i++) {
        const arci_lx *kid = arci_kid(p, x, i);
        int asks = x->op == LX_IF && i % 2 == 0 && i + 1 < x->n;
        int t = condition(p, p->kids[x->kid + i], asks ? NULL : s);
        if (asks && t && s && !*s->ends) *s->ends = kid->pointer ? kid->pointer : "";
        all |= asks && t ? BOTH : t;
    }
    return all;
}

static int condition(const arci_logic *p, uint32_t node, const sense *s)
{
    const arci_lx *x = &p->x[node];
    const sense other = { s ? s->ends : NULL, s ? s->flag ^ BOTH : 0 }, *not = s ? &other : NULL;
    int t = STAYS;
    if (!(x->flags & LX_VOLATILE)) return STAYS;
    switch (x->op) {
    case LX_AND:
    case LX_OR:
    case LX_IF: return several(p, x, s);
    case LX_NOT: return turned(condition(p, p->kids[x->kid], not));
    case LX_SOME:
    case LX_ALL: t = condition(x->filter, x->filter->root, NULL); break;
    case LX_NONE: t = turned(condition(x->filter, x->filter->root, NULL)); break;
    case LX_EQ:
    case LX_NE:
    case LX_LT:
    case LX_LE:
    case LX_GT:
    case LX_GE: t = compare(p, x); break;
    case LX_IN: t = BOTH; break;
    default: break; /* whether there is a value does not follow the day */
    }
    if (s && (t & s->flag) && !*s->ends) *s->ends = x->pointer ? x->pointer : "";
    return t;
}

static int trend(const arci_logic *p, uint32_t node, const char **ends)
{
    const arci_lx *x = &p->x[node];
    const sense s = { ends, DOWN };
    if (!(x->flags & LX_VOLATILE)) return STAYS;
    return arci_lx_is_bool(x) ? condition(p, node, ends ? &s : NULL) : value(p, x);
}

int arci_logic_ends(const arci_logic *p, const char **pointer)
{
    const char *at = NULL;
    int ends = (trend(p, p->root, &at) & DOWN) != 0;
    if (pointer) *pointer = ends ? (at ? at : "") : NULL;
    return ends;
}

/* ---- since when --------------------------------------------------------------------------------------------------------------------------- */

/* Does it read what engines compute? Of that only today's value is known. */
static int reads_computed(const arci_logic *p)
{
    for (uint32_t i = 0; i < p->n_x; i++) {
        const arci_lx *x = &p->x[i];
        const arci_fact *f = x->op == LX_VAR ? x->fact : NULL;
        if (f && (f->how == ARCI_HOW_SINCE || f->how == ARCI_HOW_LATE)) f = arci_facts_slot(p->facts, f->from);
        if ((f && f->how == ARCI_HOW_COMPUTED) || (x->filter && reads_computed(x->filter)) || (x->sub && reads_computed(x->sub))) return 1;
    }
    return 0;
}

#define BACK 400 /* days looked at one by one */

static int held(const arci_logic *p, const arc_value *row, arci_logic_run *run, int32_t later)
{
    run->later = later;
    int r = arci_logic_test(p, row, run);
    run->later = 0;
    return r == ARCI_LOGIC_TRUE;
}

arc_date arci_logic_since(const arci_logic *p, const arc_value *row, arc_date today, arci_logic_run *run, arc_date after)
{
    const arc_status error = run->error;
    const char *pointer = run->pointer;
    arc_date since = today;
    if (!arci_logic_volatile(p) || after >= today || reads_computed(p)) return today;
    run->today = today;
    if (arci_logic_ends(p, NULL)) { /* the days it has held on until today */
        int32_t back = 0;
        while (back < BACK && today - back > after && held(p, row, run, -back - 1)) back++;
        if (back < BACK && today - back > after) since = today - back;
    } else if (!held(p, row, run, after - today)) {
        arc_date not = after, does = today;
        while (does - not > 1) {
            arc_date half = not + (does - not) / 2;
            if (held(p, row, run, half - today)) does = half;
            else not = half;
        }
        since = does;
    }
    run->error = error;
    run->pointer = pointer;
    return since;
}
