/* SPDX-License-Identifier: Apache-2.0 */
/* Keeping each set once, with its likelihood: the chain of habit.h along the items, times what a taken discount and a difference are worth. */
#include "cash/sets.h"

#include <string.h>

#include "cash/logs.h"

#define LESS_TAKEN (-21098)      /* log2 0.8: a discount that is offered is taken */
#define LESS_LEFT (-152170)      /* log2 0.2 */
#define SUM_EXACT (-2880)        /* log2 0.97 */
#define SUM_OTHER (-331539)      /* log2 0.03, over the sums within tolerance */

static uint64_t stir(uint64_t x)
{
    x ^= x >> 31;
    x *= UINT64_C(0x9e3779b97f4a7c15);
    x ^= x >> 29;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    return x ^ x >> 32;
}

static uint64_t hash_of(const arci_sets *s, const uint64_t *in, const uint64_t *taken)
{
    uint64_t h = 0;
    for (uint32_t w = 0; w < s->words; w++) h = stir(stir(h ^ in[w]) + taken[w] + w);
    return h;
}

/* ---- likelihood ---------------------------------------------------------------------------------------------------------------------- */

typedef struct shape {
    uint32_t first, last, days; /* of the set; due dates among all items */
} shape;

static int kind_of(const arci_sets *s, const arci_set *set, shape *h)
{
    uint32_t due = 0;
    int only_due = 1;
    *h = (shape){ s->n, 0, 0 };
    for (uint32_t i = 0; i < s->n; i++) {
        due += s->items[i].due <= s->day;
        h->days += !s->same[i];
        if (!arci_bit(set->in, i)) continue;
        if (h->first == s->n) h->first = i;
        h->last = i;
        only_due &= s->items[i].due <= s->day;
    }
    uint32_t span = h->last - h->first + 1;
    if (set->items == 1) return ARC_SET_ONE;
    if (set->items == s->n) return ARC_SET_ALL;
    if (only_due && set->items == due) return ARC_SET_DUE;
    if (set->items == span && s->items[h->first].due == s->items[h->last].due && !s->same[h->first] && (h->last + 1 == s->n || !s->same[h->last + 1])) return ARC_SET_DAY;
    if (set->items == span) return ARC_SET_RUN;
    return span - set->items <= 3 && set->items >= 3 ? ARC_SET_RUN_LESS : ARC_SET_FREE;
}

/* The chain makes long sets unlikely item by item, though all of an account is paid in one decision: what the decisions payers name are worth at least,
 * shared among the sets that would be called so. */
static int64_t decided(const arci_sets *s, const arci_set *set, const shape *h)
{
    int64_t runs = (h->first ? 2 : 1) * arci_log2(s->n + 1), less = (int64_t)(h->last - h->first + 1 - set->items) * arci_log2(h->last - h->first + 1);
    switch (set->kind) {
    case ARC_SET_ALL: return -5 * ARCI_LOG_ONE;
    case ARC_SET_DUE: return -4 * ARCI_LOG_ONE;
    case ARC_SET_DAY: return -5 * ARCI_LOG_ONE - arci_log2(h->days);
    case ARC_SET_RUN: return -6 * ARCI_LOG_ONE - runs;
    case ARC_SET_RUN_LESS: return -7 * ARCI_LOG_ONE - runs - less;
    default: return INT64_MIN;
    }
}

static void weigh(const arci_sets *s, arci_set *set)
{
    int64_t discounts = 0;
    int before = 0;
    set->log = 0;
    set->alike = 0;
    set->words = s->words;
    set->items = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        int in = arci_bit(set->in, i);
        set->log += s->logs[arci_habit_cell(before, s->same[i], s->bin[i])][in];
        before = in;
        if (!in) continue;
        const arci_sets_item *it = &s->items[i];
        int taken = arci_bit(set->taken, i);
        if (it->less) discounts += taken ? LESS_TAKEN : LESS_LEFT;
        set->alike += stir((uint64_t)it->amount * 2 + (taken ? stir((uint64_t)it->less) : 0)); /* of any order */
        set->items++;
    }
    shape h;
    set->kind = kind_of(s, set, &h);
    int64_t named = decided(s, set, &h);
    if (set->log < named) set->log = named;
    set->log += discounts;
    if (s->high > s->low) set->log += set->sum == s->amount ? SUM_EXACT : SUM_OTHER - arci_log2((uint64_t)(s->high - s->low));
}

static arc_status grow(arci_sets *s)
{
    uint32_t cap = s->cap ? s->cap * 2 : 256, n_slots = cap * 2;
    arci_set *sets = arci_arena_alloc(s->arena, cap * sizeof *sets);
    uint32_t *slots = arci_arena_calloc(s->arena, n_slots, sizeof *slots);
    if (!sets || !slots) return arci_nomem(s->env);
    if (s->n_sets) memcpy(sets, s->sets, s->n_sets * sizeof *sets);
    for (uint32_t i = 0; i < s->n_sets; i++) {
        uint32_t at = (uint32_t)hash_of(s, sets[i].in, sets[i].taken) & (n_slots - 1);
        while (slots[at]) at = (at + 1) & (n_slots - 1);
        slots[at] = i + 1;
    }
    s->sets = sets;
    s->slots = slots;
    s->cap = cap;
    s->n_slots = n_slots;
    return ARC_OK;
}

arc_status arci_sets_add(arci_sets *s, const uint64_t *in, const uint64_t *taken, int64_t sum)
{
    size_t bytes = s->words * sizeof *in;
    if (s->n_sets == s->cap && s->n_sets < ARCI_SETS_HITS) {
        arc_status st = grow(s);
        if (st != ARC_OK) return st;
    }
    uint32_t at = (uint32_t)hash_of(s, in, taken) & (s->n_slots - 1);
    for (; s->slots[at]; at = (at + 1) & (s->n_slots - 1)) {
        const arci_set *old = &s->sets[s->slots[at] - 1];
        if (!memcmp(old->in, in, bytes) && !memcmp(old->taken, taken, bytes)) return ARC_OK;
    }
    if (s->n_sets == ARCI_SETS_HITS) { /* as many prove nothing any more */
        s->whole = 0;
        s->steps = 0;
        return ARC_OK;
    }
    arci_set *set = &s->sets[s->n_sets];
    set->in = arci_arena_alloc(s->arena, 2 * bytes);
    if (!set->in) return arci_nomem(s->env);
    set->taken = set->in + s->words;
    memcpy(set->in, in, bytes);
    memcpy(set->taken, taken, bytes);
    set->sum = sum;
    weigh(s, set);
    s->slots[at] = ++s->n_sets;
    return ARC_OK;
}
