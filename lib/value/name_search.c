/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a name could mean: what shares most with it, looked at closely. */
#include <string.h>

#include "value/name_index.h"

#define CLOSELY 64u      /* names looked at closely */
#define VISITS 60000u    /* of names by their parts, in one search; the rarest parts first */

static uint32_t lg2(uint32_t v) /* log2, in 1/8: linear between powers of two */
{
    uint32_t whole = 0;
    while (whole < 31 && v >> (whole + 1)) whole++;
    return whole * 8 + (whole >= 3 ? (v >> (whole - 3)) & 7u : (v << (3 - whole)) & 7u);
}

typedef struct rare {
    const arci_name_feature *f;
    uint32_t worth;
} rare;

/* The rarest first; equal ones by their hash: one order everywhere. */
static void sort_rare(rare *r, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        rare x = r[i];
        uint32_t j = i;
        while (j && (r[j - 1].f->n > x.f->n || (r[j - 1].f->n == x.f->n && r[j - 1].f->hash > x.f->hash))) {
            r[j] = r[j - 1];
            j--;
        }
        r[j] = x;
    }
}

/* A heap of the best so far: the worst on top. Among equals the one added first is better. */
typedef struct best {
    uint32_t *forms;
    const uint32_t *counts;
    uint32_t n, most;
} best;

static int worse(const best *b, uint32_t x, uint32_t y)
{
    return b->counts[x] < b->counts[y] || (b->counts[x] == b->counts[y] && x > y);
}

static void sink(best *b, uint32_t i)
{
    for (;;) {
        uint32_t least = i, l = 2 * i + 1, r = l + 1;
        if (l < b->n && worse(b, b->forms[l], b->forms[least])) least = l;
        if (r < b->n && worse(b, b->forms[r], b->forms[least])) least = r;
        if (least == i) return;
        uint32_t x = b->forms[i];
        b->forms[i] = b->forms[least];
        b->forms[least] = x;
        i = least;
    }
}

static void offer(best *b, uint32_t form)
{
    if (b->n < b->most) {
        uint32_t i = b->n++;
        b->forms[i] = form;
        while (i && worse(b, b->forms[i], b->forms[(i - 1) / 2])) {
            uint32_t up = (i - 1) / 2, x = b->forms[i];
            b->forms[i] = b->forms[up];
            b->forms[up] = x;
            i = up;
        }
    } else if (worse(b, b->forms[0], form)) {
        b->forms[0] = form;
        sink(b, 0);
    }
}

/* The best first. */
static void settle(best *b)
{
    uint32_t n = b->n;
    while (b->n > 1) {
        uint32_t x = b->forms[0];
        b->forms[0] = b->forms[--b->n];
        b->forms[b->n] = x;
        sink(b, 0);
    }
    b->n = n;
}

static void count_feature(arci_name_ix *ix, uint32_t *n_touched, const rare *r, uint32_t before)
{
    for (uint32_t at = r->f->first; at != ARCI_NAME_NONE; at = ix->blocks[at].next) {
        const arci_name_block *b = &ix->blocks[at];
        for (uint32_t i = 0; i < b->n; i++) {
            uint32_t form = b->forms[i];
            if (form >= before) return; /* they stand in the order they were added */
            if (!ix->counts[form]) ix->touched[(*n_touched)++] = form;
            ix->counts[form] += r->worth;
        }
    }
}

uint32_t arci_name_candidates(arci_name_ix *ix, uint32_t *out, uint32_t most, const arci_name_hashes *h, uint32_t before, uint32_t budget)
{
    rare list[ARCI_NAME_FEATURES];
    best b = { out, ix->counts, 0, most };
    uint32_t n = 0, seen = 0, n_touched = 0, all = lg2((uint32_t)ix->n_forms + 1) + 8;
    for (uint32_t i = 0; i < h->n; i++) {
        const arci_name_feature *f = arci_name_feature_at(ix, h->hash[i]);
        if (!f) continue;
        list[n].f = f;
        list[n++].worth = (all - lg2(f->n)) * (h->word[i] ? 3 : 1);
    }
    sort_rare(list, n);
    for (uint32_t i = 0; i < n; i++) {
        /* The three rarest are looked at however common they are: a name of nothing but common words has nothing else. */
        if (i >= 3 && seen + list[i].f->n > budget) break;
        seen += list[i].f->n;
        count_feature(ix, &n_touched, &list[i], before);
    }
    for (uint32_t i = 0; i < n_touched; i++) offer(&b, ix->touched[i]);
    settle(&b);
    for (uint32_t i = 0; i < n_touched; i++) ix->counts[ix->touched[i]] = 0;
    return b.n;
}

int32_t arci_name_ix_nearness(const arci_name_ix *ix, const arci_name *a, const arci_name *b, const int32_t *weights_a, int32_t least)
{
    arci_name_report r;
    arci_name_weigher w;
    arci_name_ix_weigher(ix, &w);
    if (weights_a) memcpy(r.weights_a, weights_a, a->n * sizeof *weights_a);
    else arci_name_weigh(&w, a, r.weights_a);
    arci_name_weigh(&w, b, r.weights_b);
    return arci_name_compare(a, b, &r, least);
}

/* Each key that agrees takes its part of what is left to certainty: a tax number nine tenths, an account eight, a telephone half. Tax numbers
 * that differ are two companies: what is alike is their name. One name in two
 * countries is two sisters, unless a key says otherwise: a company has one seat. */
int32_t arci_name_judge(int32_t score, uint32_t *reasons)
{
    int32_t left = ARCI_NAME_ONE - score;
    if ((*reasons & ARC_NAME_COUNTRY_DIFFERS) && !(*reasons & ARC_NAME_BY_TAX_ID)) left = ARCI_NAME_ONE - score * 6 / 10;
    if (*reasons & ARC_NAME_BY_TAX_ID) left = left / 10;
    if (*reasons & ARC_NAME_BY_ACCOUNT) left = left / 5;
    if (*reasons & ARC_NAME_BY_PHONE) left = left / 2;
    score = ARCI_NAME_ONE - left;
    if (*reasons & ARC_NAME_TAX_ID_DIFFERS) score = score * 7 / 10;
    return score;
}

/* ---- search ---- */

typedef struct seeker {
    const arci_name_ix *ix;
    uint32_t key[3]; /* of what is asked for; ARCI_NAME_NONE */
    int has_tax;
    char country[4];
    arci_name_hit *hits;
    uint32_t n, cap;
} seeker;

static arc_status take_keys(arci_env *env, seeker *k, const arc_name_keys *keys)
{
    const char *values[3] = { keys ? keys->tax_id : NULL, keys ? keys->bank_account : NULL, keys ? keys->phone : NULL };
    static const uint32_t reasons[3] = { ARC_NAME_BY_TAX_ID, ARC_NAME_BY_ACCOUNT, ARC_NAME_BY_PHONE };
    if (arci_name_country(k->country, keys ? keys->country : NULL) != ARC_OK) return arci_fail(env, ARC_E_VALUE, "a country has two letters", "国家代码为两个字母");
    for (int i = 0; i < 3; i++) {
        char text[ARCI_NAME_KEY];
        size_t n;
        k->key[i] = ARCI_NAME_NONE;
        if (arci_name_key_text(text, &n, reasons[i], values[i]) != ARC_OK) return arci_fail(env, ARC_E_LIMIT, "a key is too long", "号码过长");
        if (n < 2) continue;
        if (i == 0) k->has_tax = 1;
        const int64_t *at = arci_map_get(&k->ix->by_key, text, n);
        if (at && *at) k->key[i] = (uint32_t)(*at - 1);
    }
    return ARC_OK;
}

/* Which keys agree, and whether tax numbers do not. */
static uint32_t agreeing(const seeker *k, uint32_t company)
{
    const arci_name_ix *ix = k->ix;
    uint32_t reasons = 0, other_tax = 0;
    for (uint32_t h = ix->companies[company].first_key; h != ARCI_NAME_NONE; h = ix->held[h].next_of_company) {
        uint32_t key = ix->held[h].key;
        for (int i = 0; i < 3; i++) {
            if (k->key[i] == key && ix->keys[key].n <= ARCI_NAME_KEY_SHARED) reasons |= ix->keys[key].reason;
        }
        if (ix->keys[key].reason == ARC_NAME_BY_TAX_ID) other_tax = 1;
    }
    if (k->has_tax && other_tax && !(reasons & ARC_NAME_BY_TAX_ID)) reasons |= ARC_NAME_TAX_ID_DIFFERS;
    return reasons | arci_name_country_differs(k->country, ix->companies[company].country);
}

static arc_status put_hit(arci_env *env, seeker *k, uint32_t company, int32_t near, uint32_t reasons)
{
    if (k->n == k->cap) {
        uint32_t cap = k->cap ? k->cap * 2 : 64;
        arci_name_hit *p = arci_resize(env->ctx, k->hits, cap * sizeof *p);
        if (!p) return arci_nomem(env);
        k->hits = p;
        k->cap = cap;
    }
    arci_name_hit *h = &k->hits[k->n++];
    h->company = company;
    h->name_score = near;
    h->reasons = reasons | agreeing(k, company) | (near >= ARC_NAME_LIKELY ? ARC_NAME_BY_NAME : 0);
    h->score = arci_name_judge(near, &h->reasons);
    return ARC_OK;
}

static int same_form(const arci_name *a, const arci_name *b)
{
    if (a->n != b->n || a->len != b->len || a->branch != b->branch || memcmp(a->text, b->text, a->len) != 0 ||
        a->raw_len != b->raw_len || memcmp(a->raw, b->raw, a->raw_len) != 0) {
        return 0;
    }
    for (uint32_t i = 0; i < a->n; i++) {
        if (a->tokens[i].len != b->tokens[i].len) return 0;
    }
    return 1;
}

static arc_status by_name(arci_env *env, arci_name_ix *ix, seeker *k, const arci_name *name)
{
    uint32_t forms[CLOSELY];
    arci_name_hashes h;
    arci_name other;
    arc_status st = ARC_OK;
    arci_name_hash(&h, name);
    uint32_t n = arci_name_candidates(ix, forms, CLOSELY, &h, ARCI_NAME_NONE, VISITS);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        arci_name_ix_form(ix, forms[i], &other);
        uint32_t same = same_form(name, &other) ? ARC_NAME_SAME_TEXT : 0;
        int32_t near = arci_name_ix_nearness(ix, name, &other, NULL, 0);
        for (uint32_t e = ix->forms[forms[i]].first, many = 0; e != ARCI_NAME_NONE && many < 1000 && st == ARC_OK; e = ix->names[e].next_of_form, many++) {
            st = put_hit(env, k, ix->names[e].company, near, same);
        }
    }
    return st;
}

static arc_status by_keys(arci_env *env, arci_name_ix *ix, seeker *k, const arci_name *name)
{
    arci_name other;
    arc_status st = ARC_OK;
    for (int i = 0; i < 3; i++) {
        if (k->key[i] == ARCI_NAME_NONE || ix->keys[k->key[i]].n > ARCI_NAME_KEY_SHARED) continue;
        for (uint32_t h = ix->keys[k->key[i]].first; h != ARCI_NAME_NONE && st == ARC_OK; h = ix->held[h].next_of_key) {
            uint32_t company = ix->held[h].company;
            for (uint32_t e = ix->companies[company].first_name; e != ARCI_NAME_NONE && st == ARC_OK; e = ix->names[e].next_of_company) {
                arci_name_ix_form(ix, ix->names[e].form, &other);
                st = put_hit(env, k, company, arci_name_ix_nearness(ix, name, &other, NULL, 0), same_form(name, &other) ? ARC_NAME_SAME_TEXT : 0);
            }
        }
    }
    return st;
}

static int before(const arci_name_hit *a, const arci_name_hit *b)
{
    if (a->score != b->score) return a->score > b->score;
    if (a->name_score != b->name_score) return a->name_score > b->name_score;
    return a->company < b->company;
}

/* The best of those that are left comes next; `most` of them is few. */
static uint32_t select_best(seeker *k, arci_name_hit *out, uint32_t most, int32_t least)
{
    uint32_t n = 0;
    while (n < most) {
        arci_name_hit *top = NULL;
        for (uint32_t i = 0; i < k->n; i++) {
            if (k->hits[i].score >= least && (!top || before(&k->hits[i], top))) top = &k->hits[i];
        }
        if (!top) break;
        out[n++] = *top;
        for (uint32_t i = 0; i < k->n; i++) {
            if (k->hits[i].company == out[n - 1].company) k->hits[i].score = -1;
        }
    }
    return n;
}

arc_status arci_name_ix_search(arci_env *env, arci_name_ix *ix, arci_name_hit *out, uint32_t *n, uint32_t most, const char *s, size_t len, const arc_name_keys *keys,
                               int32_t least)
{
    seeker k;
    arci_name name;
    memset(&k, 0, sizeof k);
    k.ix = ix;
    *n = 0;
    arc_status st = take_keys(env, &k, keys);
    if (st != ARC_OK) return st;
    arci_name_read(&name, s, len);
    st = by_name(env, ix, &k, &name);
    if (st == ARC_OK) st = by_keys(env, ix, &k, &name);
    if (st == ARC_OK) *n = select_best(&k, out, most, least);
    arci_free(env->ctx, k.hits);
    return st;
}
