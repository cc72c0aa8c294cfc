/* SPDX-License-Identifier: Apache-2.0 */
/* All pairs of an index that could be one company, without comparing all with all: each name with the few before it that share most with it. */
#include <stdlib.h>
#include <string.h>

#include "value/name_index.h"

#define CLOSELY 48u
#define VISITS 6000u

static arc_status put_pair(arci_env *env, arci_name_ix *ix, uint32_t a, uint32_t b, int32_t near, uint32_t reasons)
{
    if (a == b) return ARC_OK;
    if (ix->n_pairs >= ARCI_NAMES_MOST) return arci_fail(env, ARC_E_LIMIT, "there are too many pairs", "重复对过多");
    if (ix->n_pairs == ix->cap_pairs) {
        size_t cap = ix->cap_pairs ? ix->cap_pairs * 2 : 256;
        arci_name_found *p = arci_resize(ix->ctx, ix->pairs, cap * sizeof *p);
        if (!p) return arci_nomem(env);
        ix->pairs = p;
        ix->cap_pairs = cap;
    }
    arci_name_found *f = &ix->pairs[ix->n_pairs++];
    f->a = a < b ? a : b;
    f->b = a < b ? b : a;
    f->name_score = near;
    f->reasons = reasons;
    f->score = f->margin = 0;
    f->group = 0;
    return ARC_OK;
}

/* Keys two companies share, and whether they have tax numbers and none in common. */
static uint32_t shared_keys(const arci_name_ix *ix, uint32_t a, uint32_t b)
{
    uint32_t reasons = 0, tax_a = 0, tax_b = 0;
    for (uint32_t h = ix->companies[a].first_key; h != ARCI_NAME_NONE; h = ix->held[h].next_of_company) {
        if (ix->keys[ix->held[h].key].reason == ARC_NAME_BY_TAX_ID) tax_a = 1;
        for (uint32_t g = ix->companies[b].first_key; g != ARCI_NAME_NONE; g = ix->held[g].next_of_company) {
            if (ix->held[g].key == ix->held[h].key && ix->keys[ix->held[h].key].n <= ARCI_NAME_KEY_SHARED) reasons |= ix->keys[ix->held[h].key].reason;
        }
    }
    for (uint32_t g = ix->companies[b].first_key; g != ARCI_NAME_NONE; g = ix->held[g].next_of_company) {
        if (ix->keys[ix->held[g].key].reason == ARC_NAME_BY_TAX_ID) tax_b = 1;
    }
    if (tax_a && tax_b && !(reasons & ARC_NAME_BY_TAX_ID)) reasons |= ARC_NAME_TAX_ID_DIFFERS;
    return reasons | arci_name_country_differs(ix->companies[a].country, ix->companies[b].country);
}

static int stopped(arci_name_ix *ix, uint32_t done, arc_progress_fn progress, void *user)
{
    if (!progress || done % 1000 != 0) return 0;
    ix->busy = 1;
    int32_t stop = progress(user, done, (int64_t)ix->n_forms);
    ix->busy = 0;
    return stop != 0;
}

static arc_status by_names(arci_env *env, arci_name_ix *ix, int32_t least, arc_progress_fn progress, void *user)
{
    arci_name a, b;
    arci_name_hashes h;
    uint32_t near_forms[CLOSELY];
    int32_t weights[ARCI_NAME_TOKENS];
    arci_name_weigher w;
    arc_status st = ARC_OK;
    arci_name_ix_weigher(ix, &w);
    for (uint32_t form = 0; form < ix->n_forms && st == ARC_OK; form++) {
        uint32_t first = ix->names[ix->forms[form].first].company;
        if (stopped(ix, form, progress, user)) return arci_fail(env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
        for (uint32_t e = ix->names[ix->forms[form].first].next_of_form; e != ARCI_NAME_NONE && st == ARC_OK; e = ix->names[e].next_of_form) {
            st = put_pair(env, ix, first, ix->names[e].company, ARCI_NAME_ONE, ARC_NAME_SAME_TEXT);
        }
        arci_name_ix_form(ix, form, &a);
        arci_name_hash(&h, &a);
        arci_name_weigh(&w, &a, weights);
        uint32_t n = arci_name_candidates(ix, near_forms, CLOSELY, &h, form, VISITS);
        for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
            arci_name_ix_form(ix, near_forms[i], &b);
            int32_t near = arci_name_ix_nearness(ix, &a, &b, weights, least);
            if (near >= least) st = put_pair(env, ix, ix->names[ix->forms[near_forms[i]].first].company, first, near, 0);
        }
    }
    return st;
}

static int32_t nearest(const arci_name_ix *ix, uint32_t a, uint32_t b)
{
    arci_name x, y;
    int32_t best = 0;
    uint32_t looked = 0;
    for (uint32_t e = ix->companies[a].first_name; e != ARCI_NAME_NONE; e = ix->names[e].next_of_company) {
        arci_name_ix_form(ix, ix->names[e].form, &x);
        for (uint32_t f = ix->companies[b].first_name; f != ARCI_NAME_NONE && looked < 400; f = ix->names[f].next_of_company, looked++) {
            arci_name_ix_form(ix, ix->names[f].form, &y);
            int32_t near = arci_name_ix_nearness(ix, &x, &y, NULL, 0);
            if (near > best) best = near;
        }
    }
    return best;
}

static arc_status by_keys(arci_env *env, arci_name_ix *ix)
{
    arc_status st = ARC_OK;
    for (size_t k = 0; k < ix->n_keys && st == ARC_OK; k++) {
        if (ix->keys[k].n < 2 || ix->keys[k].n > ARCI_NAME_KEY_SHARED) continue;
        uint32_t first = ix->held[ix->keys[k].first].company;
        for (uint32_t h = ix->held[ix->keys[k].first].next_of_key; h != ARCI_NAME_NONE && st == ARC_OK; h = ix->held[h].next_of_key) {
            uint32_t other = ix->held[h].company;
            st = put_pair(env, ix, first, other, nearest(ix, first, other), 0);
        }
    }
    return st;
}

static int by_companies(const void *x, const void *y)
{
    const arci_name_found *a = x, *b = y;
    if (a->a != b->a) return a->a < b->a ? -1 : 1;
    if (a->b != b->b) return a->b < b->b ? -1 : 1;
    return a->name_score == b->name_score ? 0 : (a->name_score > b->name_score ? -1 : 1);
}

static int by_score(const void *x, const void *y)
{
    const arci_name_found *a = x, *b = y;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    return by_companies(x, y);
}

static int apart(const arci_name_ix *ix, const arci_name_found *f)
{
    const int64_t a = ix->companies[f->a].id, b = ix->companies[f->b].id, ids[2] = { a < b ? a : b, a < b ? b : a };
    return ix->apart.n && arci_map_get(&ix->apart, ids, sizeof ids) != NULL;
}

/* One pair for two companies, with all that speaks for it; those below `least` go. */
static void judge_all(arci_name_ix *ix, int32_t least)
{
    size_t n = 0;
    if (ix->n_pairs) qsort(ix->pairs, ix->n_pairs, sizeof *ix->pairs, by_companies);
    for (size_t i = 0; i < ix->n_pairs; i++) {
        arci_name_found *f = &ix->pairs[i];
        if (n && ix->pairs[n - 1].a == f->a && ix->pairs[n - 1].b == f->b) {
            ix->pairs[n - 1].reasons |= f->reasons;
            continue;
        }
        ix->pairs[n++] = *f;
    }
    ix->n_pairs = n;
    n = 0;
    for (size_t i = 0; i < ix->n_pairs; i++) {
        arci_name_found *f = &ix->pairs[i];
        f->reasons |= shared_keys(ix, f->a, f->b) | (f->name_score >= ARC_NAME_LIKELY ? ARC_NAME_BY_NAME : 0);
        f->score = arci_name_judge(f->name_score, &f->reasons);
        if (f->score >= least && !apart(ix, f)) ix->pairs[n++] = *f;
    }
    ix->n_pairs = n;
    if (n) qsort(ix->pairs, n, sizeof *ix->pairs, by_score);
}

static uint32_t root(uint32_t *up, uint32_t i)
{
    while (up[i] != i) i = up[i] = up[up[i]];
    return i;
}

/* Who hangs together, and how far the next best pair of either is. Pairs stand best first: the first two scores of a company are its best. */
static arc_status relate(arci_env *env, arci_name_ix *ix)
{
    size_t n = ix->n_companies;
    uint32_t *up = arci_alloc(ix->ctx, (n ? n : 1) * sizeof *up);
    int32_t *tops = arci_calloc(ix->ctx, n ? n : 1, 2 * sizeof *tops);
    if (!up || !tops) {
        arci_free(ix->ctx, up);
        arci_free(ix->ctx, tops);
        return arci_nomem(env);
    }
    for (uint32_t i = 0; i < n; i++) up[i] = i;
    for (size_t i = 0; i < ix->n_pairs; i++) {
        uint32_t ends[2] = { ix->pairs[i].a, ix->pairs[i].b }, a = root(up, ends[0]), b = root(up, ends[1]);
        if (a != b) up[a > b ? a : b] = a > b ? b : a;
        for (int k = 0; k < 2; k++) {
            int32_t *top = tops + 2 * (size_t)ends[k];
            if (!top[0]) top[0] = ix->pairs[i].score;
            else if (!top[1]) top[1] = ix->pairs[i].score;
        }
    }
    for (size_t i = 0; i < ix->n_pairs; i++) {
        arci_name_found *f = &ix->pairs[i];
        const int32_t *a = tops + 2 * (size_t)f->a, *b = tops + 2 * (size_t)f->b;
        int32_t other_a = f->score == a[0] ? a[1] : a[0], other_b = f->score == b[0] ? b[1] : b[0];
        f->margin = f->score - (other_a > other_b ? other_a : other_b);
        f->group = root(up, f->a);
    }
    arci_free(ix->ctx, up);
    arci_free(ix->ctx, tops);
    return ARC_OK;
}

arc_status arci_name_ix_pairs(arci_env *env, arci_name_ix *ix, int32_t least, arc_progress_fn progress, void *user)
{
    ix->n_pairs = 0;
    arc_status st = by_names(env, ix, least, progress, user);
    if (st == ARC_OK) st = by_keys(env, ix);
    if (st == ARC_OK) {
        judge_all(ix, least);
        st = relate(env, ix);
    }
    if (st != ARC_OK) ix->n_pairs = 0;
    return st;
}
