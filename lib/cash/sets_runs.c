/* SPDX-License-Identifier: Apache-2.0 */
/* The sets payers make: runs of items by due date, two runs, a run with two items less or more, up to four items. Time and memory grow with the square
 * of the items: all runs and all pairs are listed with their sums, sorted, and looked up. */
#include <stdlib.h>
#include <string.h>

#include "cash/sets.h"

typedef struct part {
    int64_t sum;
    uint16_t i, j; /* a run: [i, j); a pair: both items, i < j */
} part;

typedef struct parts {
    part *p;
    size_t n;
} parts;

typedef struct finder {
    arci_sets *s;
    parts runs, pairs;
    int with_less; /* sums have all discounts taken */
    uint64_t *in, *taken;
} finder;

static int by_sum(const void *a, const void *b)
{
    const part *x = a, *y = b;
    if (x->sum != y->sum) return x->sum < y->sum ? -1 : 1;
    if (x->i != y->i) return x->i < y->i ? -1 : 1;
    return (x->j > y->j) - (x->j < y->j);
}

static int64_t value(const finder *f, uint32_t i)
{
    const arci_sets_item *it = &f->s->items[i];
    return it->amount - (f->with_less ? it->less : 0);
}

static void list(finder *f)
{
    uint32_t n = f->s->n;
    f->runs.n = f->pairs.n = 0;
    for (uint32_t i = 0; i < n; i++) {
        int64_t sum = 0;
        for (uint32_t j = i; j < n; j++) {
            sum += value(f, j);
            f->runs.p[f->runs.n++] = (part){ sum, (uint16_t)i, (uint16_t)(j + 1) };
            if (j > i) f->pairs.p[f->pairs.n++] = (part){ value(f, i) + value(f, j), (uint16_t)i, (uint16_t)j };
        }
    }
    qsort(f->runs.p, f->runs.n, sizeof *f->runs.p, by_sum);
    qsort(f->pairs.p, f->pairs.n, sizeof *f->pairs.p, by_sum);
}

static size_t first_at(const parts *p, int64_t sum)
{
    size_t lo = 0, hi = p->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (p->p[mid].sum < sum) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

/* ---- putting a set together ---- */

static void clear(finder *f)
{
    memset(f->in, 0, f->s->words * sizeof *f->in);
    memset(f->taken, 0, f->s->words * sizeof *f->taken);
}

static void run_on(finder *f, const part *r)
{
    for (uint32_t i = r->i; i < r->j; i++) arci_bit_on(f->in, i);
}

static arc_status add(finder *f, int64_t sum)
{
    for (uint32_t i = 0; f->with_less && i < f->s->n; i++) {
        if (f->s->items[i].less && arci_bit(f->in, i)) arci_bit_on(f->taken, i);
    }
    return arci_sets_add(f->s, f->in, f->taken, sum);
}

static int spent(arci_sets *s)
{
    if (s->steps-- > 0) return 0;
    s->whole = 0;
    return 1;
}

/* ---- the families ---- */

static arc_status single_runs(finder *f)
{
    arc_status st = ARC_OK;
    for (size_t r = first_at(&f->runs, f->s->low); r < f->runs.n && f->runs.p[r].sum <= f->s->high && st == ARC_OK; r++) {
        clear(f);
        run_on(f, &f->runs.p[r]);
        st = add(f, f->runs.p[r].sum);
    }
    return st;
}

/* One run, then another that begins at least an item later. */
static arc_status two_runs(finder *f)
{
    arci_sets *s = f->s;
    size_t from = f->runs.n; /* the first partner whose sum is not too small; falls as r grows */
    for (size_t r = 0; r < f->runs.n; r++) {
        const part *a = &f->runs.p[r];
        while (from > 0 && f->runs.p[from - 1].sum >= s->low - a->sum) from--;
        for (size_t q = from; q < f->runs.n && f->runs.p[q].sum <= s->high - a->sum; q++) {
            const part *b = &f->runs.p[q];
            if (spent(s)) return ARC_OK;
            if (b->i <= a->j) continue;
            clear(f);
            run_on(f, a);
            run_on(f, b);
            arc_status st = add(f, a->sum + b->sum);
            if (st != ARC_OK) return st;
        }
    }
    return ARC_OK;
}

/* A run and two items: inside, they are left out; outside, they come along. */
static arc_status run_and_pair(finder *f, const part *r, int inside)
{
    arci_sets *s = f->s;
    int64_t low = inside ? r->sum - s->high : s->low - r->sum, high = inside ? r->sum - s->low : s->high - r->sum;
    for (size_t q = first_at(&f->pairs, low); q < f->pairs.n && f->pairs.p[q].sum <= high; q++) {
        const part *p = &f->pairs.p[q];
        int i_in = p->i >= r->i && p->i < r->j, j_in = p->j >= r->i && p->j < r->j;
        if (spent(s)) return ARC_OK;
        if (i_in != inside || j_in != inside) continue;
        clear(f);
        run_on(f, r);
        if (inside) {
            arci_bit_off(f->in, p->i);
            arci_bit_off(f->in, p->j);
        } else {
            arci_bit_on(f->in, p->i);
            arci_bit_on(f->in, p->j);
        }
        arc_status st = add(f, inside ? r->sum - p->sum : r->sum + p->sum);
        if (st != ARC_OK) return st;
    }
    return ARC_OK;
}

static arc_status runs_and_pairs(finder *f)
{
    arc_status st = ARC_OK;
    for (size_t r = 0; r < f->runs.n && st == ARC_OK && f->s->steps > 0; r++) {
        const part *run = &f->runs.p[r];
        if (run->j - run->i >= 3) st = run_and_pair(f, run, 1);
        if (st == ARC_OK) st = run_and_pair(f, run, 0);
    }
    return st;
}

/* Two pairs without an item in common; three items come as a run of one and a pair. */
static arc_status four_items(finder *f)
{
    arci_sets *s = f->s;
    size_t from = f->pairs.n;
    for (size_t r = 0; r < f->pairs.n; r++) {
        const part *a = &f->pairs.p[r];
        while (from > 0 && f->pairs.p[from - 1].sum >= s->low - a->sum) from--;
        for (size_t q = from; q < f->pairs.n && f->pairs.p[q].sum <= s->high - a->sum; q++) {
            const part *b = &f->pairs.p[q];
            if (spent(s)) return ARC_OK;
            if (b->i <= a->i || b->i == a->j || b->j == a->j) continue;
            clear(f);
            arci_bit_on(f->in, a->i);
            arci_bit_on(f->in, a->j);
            arci_bit_on(f->in, b->i);
            arci_bit_on(f->in, b->j);
            arc_status st = add(f, a->sum + b->sum);
            if (st != ARC_OK) return st;
        }
    }
    return ARC_OK;
}

static arc_status families(finder *f)
{
    list(f);
    arc_status st = single_runs(f);
    if (st == ARC_OK) st = two_runs(f);
    if (st == ARC_OK) st = runs_and_pairs(f);
    if (st == ARC_OK) st = four_items(f);
    return st;
}

arc_status arci_sets_runs(arci_sets *s)
{
    finder f = { .s = s };
    size_t most = (size_t)s->n * (s->n + 1) / 2;
    arc_context *ctx = s->env->ctx;
    f.runs.p = arci_alloc(ctx, most * sizeof *f.runs.p);
    f.pairs.p = arci_alloc(ctx, most * sizeof *f.pairs.p);
    f.in = arci_arena_alloc(s->arena, s->words * sizeof *f.in);
    f.taken = arci_arena_alloc(s->arena, s->words * sizeof *f.taken);
    arc_status st = f.runs.p && f.pairs.p && f.in && f.taken ? ARC_OK : arci_nomem(s->env);
    if (st == ARC_OK) st = families(&f);
    if (st == ARC_OK && s->has_less) {
        f.with_less = 1;
        st = families(&f);
    }
    arci_free(ctx, f.runs.p);
    arci_free(ctx, f.pairs.p);
    return st;
}
