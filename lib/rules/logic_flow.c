/* SPDX-License-Identifier: Apache-2.0 */
/* Values that may be missing: where a missing one would make a rule hold, or stop it, a guard is asked for.
 *
 * A walk along the paths of evaluation with two sets of bits: fields known to have a value here, and currency fields known to be the
 * rule's. What holds when a node is true, and what when it is false, is handed on to what is evaluated behind it. */
#include <string.h>

#include "rules/logic_impl.h"

typedef struct known {
    uint64_t *bits; /* width of the row, twice */
} known;

typedef struct flow {
    arci_compile *c;
    const arci_logic *p;
    arci_arena *arena;
    uint32_t width, words;
    int counted; /* the values are to be added up */
} flow;

/* Which results of a test matter: that it is true, that it is not, or either. A missing value makes tests false. */
enum { PLAIN, NEGATED, EITHER };

static known fresh(flow *f)
{
    known k = { arci_arena_calloc(f->arena, f->words, sizeof(uint64_t)) };
    if (!k.bits) {
        f->c->st = arci_nomem(f->c->env);
        f->c->stop = 1;
    }
    return k;
}

static known copy(flow *f, known of)
{
    known k = fresh(f);
    if (k.bits) memcpy(k.bits, of.bits, f->words * sizeof(uint64_t));
    return k;
}

static void set(known k, uint32_t bit) { k.bits[bit / 64] |= UINT64_C(1) << (bit % 64); }
static int has(known k, uint32_t bit) { return k.bits[bit / 64] >> (bit % 64) & 1; }

static void meet(const flow *f, known into, known other)
{
    for (uint32_t i = 0; i < f->words; i++) into.bits[i] &= other.bits[i];
}

static void tell(flow *f, const arci_lx *x, const arci_lx *field, const char *code, const char *en, const char *zh)
{
    const char *path = field->fact ? field->fact->path : "";
    char text_en[240], text_zh[240];
    size_t n = strlen(path), k = strlen(en), z = strlen(zh);
    if (n > 100) n = 100;
    memcpy(text_en, path, n);
    memcpy(text_en + n, en, k + 1);
    memcpy(text_zh, path, n);
    memcpy(text_zh + n, zh, z + 1);
    (void)arci_logic_fault(f->c, x->pointer, ARC_E_VALUE, code, text_en, text_zh);
}

/* ---- values -------------------------------------------------------------------------------------------------------------------- */

static void bool_flow(flow *f, uint32_t node, known in, int negated, known *yes, known *no);

/* Whether a value may be missing here. */
static int may_lack(const flow *f, uint32_t node, known in)
{
    const arci_lx *x = &f->p->x[node];
    if (x->op == LX_VAR) return (x->flags & LX_NULLABLE) && !has(in, x->fact->slot);
    return x->op == LX_CHOOSE && (x->flags & LX_NULLABLE);
}

/* Looks into an expression: reckoning with what may be missing is an error at run time, so it must be guarded. */
static void value_flow(flow *f, uint32_t node, known in)
{
    const arci_lx *x = &f->p->x[node];
    known yes, no, at = in;
    if (f->c->stop || x->op == LX_CONST || x->op == LX_VAR || x->op == LX_NOTHING) return;
    if (arci_lx_is_bool(x)) {
        bool_flow(f, node, in, EITHER, &yes, &no);
        return;
    }
    if (x->op == LX_SUM || x->op == LX_COUNT) return; /* parts were looked at by themselves */
    if (x->op == LX_CHOOSE) {
        for (uint32_t i = 0; i + 1 < x->n && !f->c->stop; i += 2) {
            bool_flow(f, f->p->kids[x->kid + i], at, EITHER, &yes, &no);
            if (f->c->stop) return;
            value_flow(f, f->p->kids[x->kid + i + 1], yes);
            at = no;
        }
        if (x->n % 2) value_flow(f, f->p->kids[x->kid + x->n - 1], at);
        return;
    }
    for (uint32_t i = 0; i < x->n; i++) {
        uint32_t kid = f->p->kids[x->kid + i];
        value_flow(f, kid, in);
        if (f->c->check || !may_lack(f, kid, in)) continue;
        tell(f, x, &f->p->x[kid], "null_guard", " may have no value: ask for it first, {\"!=\": [{\"var\": ...}, null]}", " 可能没有值：请先判断 {\"!=\": [{\"var\": ...}, null]}");
        return;
    }
}

/* ---- tests ----------------------------------------------------------------------------------------------------------------------- */

/* An amount whose currency the row decides, compared with one of the rule's currency: nothing is known of rows in another. */
static int other_currency(const flow *f, const arci_lx *x, const arci_lx *v, known in)
{
    if (v->op != LX_VAR || v->type != ARCI_FACT_MONEY || v->fact->currency == ARCI_NO_SLOT) return 0;
    if (has(in, f->width + v->fact->currency)) return 0;
    for (uint32_t i = 0; i < x->n; i++) {
        const arci_lx *k = arci_kid(f->p, x, i);
        if (k == v || (k->op == LX_CONST && !k->currency)) continue;
        if (k->op == LX_CONST || (k->fact && k->fact->currency != v->fact->currency)) return 1;
    }
    return x->op == LX_IN && x->currency;
}

static void negated_test(flow *f, const arci_lx *x, known in)
{
    if (x->op == LX_EQ || x->op == LX_NE) return; /* say what they say of a missing value, too */
    for (uint32_t i = 0; i < x->n; i++) {
        uint32_t kid = f->p->kids[x->kid + i];
        const arci_lx *v = &f->p->x[kid];
        if (may_lack(f, kid, in)) {
            tell(f, x, v, "null_guard", " may have no value, and under ! that would count as true: ask for it first, {\"!=\": [{\"var\": ...}, null]}",
                 " 可能没有值，在 ! 之下会被视为真：请先判断 {\"!=\": [{\"var\": ...}, null]}");
            return;
        }
        if (!other_currency(f, x, v, in)) continue;
        tell(f, x, v, "currency_guard", " may be in another currency, and under ! that would count as true: ask for the currency first",
             " 可能是其他币种，在 ! 之下会被视为真：请先判断币种");
        return;
    }
}

/* What is known once a test came out true. */
static void learn(flow *f, const arci_lx *x, known k)
{
    int both = x->op != LX_NE && x->op != LX_SOME && x->op != LX_ALL && x->op != LX_NONE;
    if (x->op == LX_EQ && x->n == 2) {
        const arci_lx *a = arci_kid(f->p, x, 0), *b = arci_kid(f->p, x, 1);
        const arci_lx *var = a->op == LX_VAR ? a : b, *constant = a->op == LX_VAR ? b : a;
        const char *currency = arci_facts_get_currency(f->p->facts);
        if (var->op != LX_VAR || constant->op != LX_CONST) return; /* null == null */
        set(k, var->fact->slot);
        if (var->fact->flags & ARCI_FACT_BASE) currency = arci_fact_in_currency(f->p->facts, var->fact);
        if (currency[0] && constant->type == ARCI_FACT_TEXT && constant->list->len == 3 && !memcmp(constant->list->u.s, currency, 3)) set(k, f->width + var->fact->slot);
        return;
    }
    for (uint32_t i = 0; both && i < x->n; i++) {
        const arci_lx *v = arci_kid(f->p, x, i);
        if (v->op == LX_VAR) set(k, v->fact->slot);
    }
}

static int turned(int negated) { return negated == EITHER ? EITHER : !negated; }

static void program_flow(arci_compile *c, const arci_logic *filter, const arci_logic *p, int negated);

static void test_flow(flow *f, uint32_t node, known in, int negated, known *yes, known *no)
{
    const arci_lx *x = &f->p->x[node];
    *yes = copy(f, in);
    *no = copy(f, in);
    if (f->c->stop) return;
    const arci_lx *first = x->n ? arci_kid(f->p, x, 0) : NULL;
    if (x->op == LX_NULL || x->op == LX_EMPTY) {
        if (first->op == LX_VAR) set(*no, first->fact->slot);
        else value_flow(f, f->p->kids[x->kid], in);
        return;
    }
    if (x->op == LX_FLAG) {
        set(*yes, first->fact->slot); /* under ! "not true", which a missing value is not either */
        return;
    }
    for (uint32_t i = 0; i < x->n; i++) value_flow(f, f->p->kids[x->kid + i], in);
    if (f->c->stop) return;
    if (x->op == LX_SOME || x->op == LX_ALL) negated ? program_flow(f->c, NULL, x->filter, negated) : (void)0;
    else if (x->op == LX_NONE) negated != NEGATED ? program_flow(f->c, NULL, x->filter, turned(negated)) : (void)0;
    else if (negated == EITHER || (negated && !f->c->check)) negated_test(f, x, in);
    learn(f, x, *yes);
}

/* ---- conditions -------------------------------------------------------------------------------------------------------------------- */

static void joined_flow(flow *f, const arci_lx *x, known in, int negated, known *yes, known *no)
{
    int and = x->op == LX_AND;
    known through = copy(f, in), out = { NULL }, a, b; /* through: all so far went on; out: one ended it */
    for (uint32_t i = 0; i < x->n && !f->c->stop; i++) {
        bool_flow(f, f->p->kids[x->kid + i], through, negated, &a, &b);
        if (f->c->stop) return;
        known ends = and ? b : a;
        if (out.bits) meet(f, out, ends);
        else out = ends;
        through = and ? a : b;
    }
    *yes = and ? through : out;
    *no = and ? out : through;
}

static void if_flow(flow *f, const arci_lx *x, known in, int negated, known *yes, known *no)
{
    known at = in, a, b, ya, na;
    yes->bits = no->bits = NULL;
    for (uint32_t i = 0; i < x->n && !f->c->stop; i += 2) {
        int last = i + 1 == x->n;
        known here = at;
        if (!last) {
            bool_flow(f, f->p->kids[x->kid + i], at, EITHER, &a, &b);
            if (f->c->stop) return;
            here = a;
            at = b;
        }
        bool_flow(f, f->p->kids[x->kid + i + (last ? 0 : 1)], here, negated, &ya, &na);
        if (f->c->stop) return;
        if (yes->bits) meet(f, *yes, ya), meet(f, *no, na);
        else *yes = ya, *no = na;
    }
}

static void bool_flow(flow *f, uint32_t node, known in, int negated, known *yes, known *no)
{
    const arci_lx *x = &f->p->x[node];
    *yes = *no = in;
    if (f->c->stop) return;
    switch (x->op) {
    case LX_TRUE:
    case LX_FALSE:
        *yes = copy(f, in);
        *no = copy(f, in);
        return;
    case LX_AND:
    case LX_OR: joined_flow(f, x, in, negated, yes, no); return;
    case LX_NOT: bool_flow(f, f->p->kids[x->kid], in, turned(negated), no, yes); return;
    case LX_IF: if_flow(f, x, in, negated, yes, no); return;
    default: test_flow(f, node, in, negated, yes, no);
    }
}

static void value_root(flow *f, known in)
{
    const arci_lx *x = &f->p->x[f->p->root];
    value_flow(f, f->p->root, in);
    if (f->c->stop || !may_lack(f, f->p->root, in) || !f->counted) return;
    tell(f, x, x, "null_guard", " may have no value: sum up only those that have one, with a condition as third operand", " 可能没有值：请以第三个操作数限定有值的行");
}

static void program_flow(arci_compile *c, const arci_logic *filter, const arci_logic *p, int negated)
{
    arci_arena arena;
    flow f = { c, p, &arena, arci_facts_width(p->facts), 0, filter != NULL };
    known yes, no, in;
    arci_arena_init(&arena, c->env->ctx);
    f.words = (f.width * 2 + 63) / 64 + 1;
    in = fresh(&f);
    if (filter && filter != p && !c->stop) {
        f.p = filter;
        bool_flow(&f, filter->root, in, PLAIN, &yes, &no);
        in = yes;
        f.p = p;
    }
    if (c->stop) yes = no = in;
    else if (arci_lx_is_bool(&p->x[p->root])) bool_flow(&f, p->root, in, negated, &yes, &no);
    else value_root(&f, in);
    arci_arena_clear(&arena);
}

void arci_logic_flow(arci_compile *c, const arci_logic *filter, const arci_logic *p)
{
    program_flow(c, filter, p, PLAIN);
}
