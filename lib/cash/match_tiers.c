/* SPDX-License-Identifier: Apache-2.0 */
/* The tiers of payers who name nothing: one item, the account, what is past due, a term, the oldest; and the sets that add up, weighed. */
#include <stdlib.h>
#include <string.h>

#include "arcore/combination.h"
#include "cash/match.h"

enum { SETS_MOST = 1000, RAW_AMOUNT = 970000, RAW_ACCOUNT = 980000, RAW_PAST_DUE = 970000, RAW_TERM = 930000, RAW_OLDEST_WHOLE = 600000, RAW_OLDEST = 400000 };

const arci_tier *arci_strategy_tier(const arci_strategy *s, int tier)
{
    for (uint32_t i = 0; i < s->n_tiers; i++) {
        if (s->tiers[i].tier == tier) return s->tiers[i].mode == ARCI_TIER_OFF ? NULL : &s->tiers[i];
    }
    return NULL;
}

/* ---- what may be paid --------------------------------------------------------------------------------------------------------------- */

/* What the receipt says of a field: by itself, or by what its text names. */
static int64_t said(const arci_mreceipt *r, const arci_mresult *res, int link)
{
    static const uint8_t by[] = { ARCI_BY_ORDER, ARCI_BY_CONTRACT, ARCI_BY_DELIVERY };
    int64_t id = r->links[link];
    for (uint32_t i = 0; link <= ARCI_M_DELIVERY && i < res->n_hits; i++) {
        if (res->hits[i].by != by[link] || res->hits[i].ambiguous) continue;
        if (id && id != res->hits[i].id) return -1; /* several: any of them */
        id = res->hits[i].id;
    }
    return id;
}

int arci_cash_agrees(const arci_mreceipt *r, const arci_mresult *res, const arci_mitem *item, uint32_t agree)
{
    for (int k = 0; k < ARCI_M_LINKS; k++) {
        if (!(agree >> k & 1u)) continue;
        int64_t id = said(r, res, k);
        if (id > 0 && item->links[k] != id) return 0;
    }
    return 1;
}

typedef struct sorting {
    const arci_cash *m;
    const arci_strategy *s;
} sorting;

static int compare(const sorting *x, uint32_t one, uint32_t two)
{
    const arci_mitem *a = &x->m->items[one], *b = &x->m->items[two];
    int c = 0;
    for (uint32_t i = 0; i < x->s->n_first && !c; i++) {
        switch (x->s->first[i]) {
        case ARCI_FIRST_DUE: {
            const arc_date da = a->open < 0 ? a->since : a->due, db = b->open < 0 ? b->since : b->due;
            c = (da > db) - (da < db);
            break;
        }
        case ARCI_FIRST_ISSUED: c = (a->since > b->since) - (a->since < b->since); break;
        case ARCI_FIRST_LARGE: c = (a->open < b->open) - (a->open > b->open); break;
        case ARCI_FIRST_SMALL: c = (a->open > b->open) - (a->open < b->open); break;
        case ARCI_FIRST_NUMBER: c = arci_value_compare(&a->number, &b->number); break;
        default: c = (int)a->disputed - (int)b->disputed; break;
        }
    }
    return c ? c : (a->id > b->id) - (a->id < b->id);
}

/* Merge sort: the order depends on the strategy, which qsort() cannot be told. */
static void sort(const sorting *x, uint32_t *list, uint32_t *spare, uint32_t n)
{
    if (n < 2) return;
    uint32_t half = n / 2, i = 0, j = half, k = 0;
    sort(x, list, spare, half);
    sort(x, list + half, spare, n - half);
    while (i < half && j < n) spare[k++] = compare(x, list[i], list[j]) <= 0 ? list[i++] : list[j++];
    while (i < half) spare[k++] = list[i++];
    while (j < n) spare[k++] = list[j++];
    memcpy(list, spare, n * sizeof *list);
}

arc_status arci_cash_net(arci_cash *m, const arci_mreceipt *r, const arci_mitem *item, int64_t *net)
{
    arc_offer offer;
    *net = item->open;
    if (!item->has_offer) return ARC_OK;
    const arci_offered offered = { item->id, item->amount, item->open, &item->discounts, item->granted };
    arc_status st = arci_offer(m->env, &m->scratch, &offer, &offered, item->currency, r->value_date, 0, &m->tol);
    if (st == ARC_OK) *net -= offer.amount;
    return st;
}

static const arci_mcustomer *member(const arci_cash *m, const arci_mpool *p, uint32_t k) { return p->family ? arci_cash_customer(m, p->receipt->may_be[k]) : p->customer; }

arc_status arci_cash_pool(arci_cash *m, arci_mpool *p, const arci_tier *tier, const arci_mresult *res)
{
    const arci_mreceipt *r = p->receipt;
    const uint32_t n_of = p->family ? r->n_may_be : 1;
    uint32_t most = 0;
    arc_status st = ARC_OK;
    for (uint32_t k = 0; k < n_of; k++) {
        const arci_mcustomer *c = member(m, p, k);
        most += c ? c->n : 0;
    }
    uint32_t *spare = arci_arena_alloc(&m->scratch, (most + 1u) * sizeof *spare);
    p->items = arci_arena_alloc(&m->scratch, (most + 1u) * sizeof *p->items);
    p->net = arci_arena_alloc(&m->scratch, (most + 1u) * sizeof *p->net);
    if (!spare || !p->items || !p->net) return arci_nomem(m->env);
    p->n = 0;
    for (uint32_t k = 0; k < n_of; k++) {
        const arci_mcustomer *c = member(m, p, k);
        for (uint32_t i = 0; c && i < c->n; i++) {
            const arci_mitem *item = &m->items[m->order[c->first + i]];
            if (!item->open || item->since > m->as_of || memcmp(item->currency, r->currency, 3) != 0 || !arci_cash_agrees(r, res, item, tier->agree)) continue;
            p->items[p->n++] = m->order[c->first + i];
        }
    }
    const sorting x = { m, p->strategy };
    sort(&x, p->items, spare, p->n);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) st = arci_cash_net(m, r, &m->items[p->items[i]], &p->net[i]);
    return st;
}

/* ---- candidates ------------------------------------------------------------------------------------------------------------------- */

static int closes(const arci_mcandidate *c)
{
    for (uint32_t i = 0; i < c->n_diffs; i++) {
        if (c->diffs[i].as > ARCI_DIFF_CREDIT) return 0;
    }
    return 1;
}

/* Whose the receipt is taken to be: of items of one customer his, where nobody knew; else of the payer, who pays for others. */
static void whose(const arci_cash *m, const arci_mreceipt *r, const arci_mresult *out, arci_mcandidate *c, const uint32_t *items, uint32_t n)
{
    const int64_t first = m->items[items[0]].customer;
    int one = 1;
    for (uint32_t i = 1; i < n; i++) one = one && m->items[items[i]].customer == first;
    c->customer = r->customer ? r->customer : one ? first : out->customer;
    c->family = (uint8_t)(!one || first != c->customer);
}

arc_status arci_cash_try(arci_cash *m, const arci_mreceipt *r, const arci_tier *tier, const uint32_t *items, uint32_t n, int exactly, arci_mresult *out, arci_mcandidate **added)
{
    int fits;
    *added = NULL;
    if (out->n == ARCI_MCANDIDATES || !n) return ARC_OK;
    arci_mcandidate *c = &out->c[out->n];
    uint32_t *list = arci_arena_alloc(&m->scratch, n * sizeof *list);
    if (!list) return arci_nomem(m->env);
    memcpy(list, items, n * sizeof *list);
    memset(c, 0, sizeof *c);
    c->tier = tier->tier;
    c->mode = tier->mode;
    whose(m, r, out, c, items, n);
    memcpy(c->currency, r->currency, sizeof c->currency);
    c->left = r->left;
    c->items = list;
    c->n_items = n;
    arc_status st = arci_cash_settle(m, r, out->strategy, c, &fits);
    if (st != ARC_OK || !fits || (exactly && !closes(c))) return st;
    c->spent = c->paid;
    out->n++;
    *added = c;
    return ARC_OK;
}

/* What may be missing all the same: a small difference, or the fee of a bank. */
static int64_t slack(const arci_cash *m, const arci_mreceipt *r, const arci_mpool *p)
{
    int64_t most = 0;
    for (uint32_t i = 0; i < p->strategy->n_diffs; i++) {
        const arci_diff *d = &p->strategy->diffs[i];
        int64_t some = 0;
        if (d->as == ARCI_DIFF_TOLERANCE) some = arci_tolerated_of(&m->tol, &p->customer->segment, &m->user_group, r->currency, r->left);
        if (d->as == ARCI_DIFF_CHARGE) some = d->n_most ? arci_diff_most(d->most, d->n_most, r->currency) : arci_tolerated_fee(&m->tol, r->currency);
        if (some > most && some != INT64_MAX) most = some;
    }
    return most;
}

static void raw(arci_mcandidate *c, int kind, int32_t ppm)
{
    if (!c) return;
    c->kind = (uint8_t)kind;
    c->raw_ppm = ppm;
}

static int is_amount(const arci_cash *m, const arci_mreceipt *r, const arci_mpool *p, uint32_t i, int64_t most)
{
    const int64_t over = p->net[i] - r->left;
    return over == 0 || m->items[p->items[i]].open == r->left || (over > 0 && over <= most);
}

static arc_status by_amount(arci_cash *m, const arci_mreceipt *r, const arci_tier *tier, const arci_mpool *p, arci_mresult *out)
{
    uint32_t alike = 0, exact = 0;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < p->n; i++) exact += (uint32_t)is_amount(m, r, p, i, 0);
    const int64_t most = exact ? 0 : slack(m, r, p);
    for (uint32_t i = 0; i < p->n; i++) alike += (uint32_t)is_amount(m, r, p, i, most);
    for (uint32_t i = 0; i < p->n && alike && st == ARC_OK; i++) {
        arci_mcandidate *c;
        if (!is_amount(m, r, p, i, most)) continue;
        st = arci_cash_try(m, r, tier, &p->items[i], 1, 1, out, &c);
        raw(c, ARC_SET_ONE, RAW_AMOUNT / (int32_t)alike);
    }
    return st;
}

arc_status arci_cash_amount_alone(arci_cash *m, const arci_mreceipt *r, const arci_tier *tier, const arci_mcustomer *c, arci_mresult *out, int *done)
{
    uint32_t at = UINT32_MAX;
    arci_mcandidate *k;
    if (tier->agree || arci_strategy_tier(out->strategy, ARCI_TIER_COMBINATION)) return ARC_OK;
    for (uint32_t i = 0; i < c->n; i++) {
        const arci_mitem *item = &m->items[m->order[c->first + i]];
        if (item->has_offer) return ARC_OK;
        if (item->open != r->left || item->since > m->as_of || memcmp(item->currency, r->currency, 3) != 0) continue;
        if (at != UINT32_MAX) return ARC_OK; /* several: the strategy says which comes first */
        at = m->order[c->first + i];
    }
    if (at == UINT32_MAX) return ARC_OK;
    *done = 1;
    arc_status st = arci_cash_try(m, r, tier, &at, 1, 1, out, &k);
    raw(k, ARC_SET_ONE, RAW_AMOUNT);
    return st;
}

/* All of some: each one `in`. */
static arc_status by_sum(arci_cash *m, const arci_mreceipt *r, const arci_tier *tier, const arci_mpool *p, const uint8_t *in, int kind, int32_t ppm, arci_mresult *out)
{
    arci_acc net = { 0, 0 }, gross = { 0, 0 };
    arci_mcandidate *c = NULL;
    int64_t a = 0, b = 0;
    uint32_t n = 0;
    uint32_t *list = arci_arena_alloc(&m->scratch, (p->n + 1u) * sizeof *list);
    if (!list) return arci_nomem(m->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (!in[i]) continue;
        list[n++] = p->items[i];
        arci_acc_add(&net, p->net[i]);
        arci_acc_add(&gross, m->items[p->items[i]].open);
    }
    if (n < 2 || arci_acc_get(&net, &a) || arci_acc_get(&gross, &b) || (a != r->left && b != r->left)) return ARC_OK;
    arc_status st = arci_cash_try(m, r, tier, list, n, 1, out, &c);
    raw(c, kind, ppm);
    return st;
}

static int is_past(const arci_cash *m, const arci_mitem *item) { return item->due != ARC_DATE_MAX && item->due < m->as_of; }

static arc_status by_account(arci_cash *m, const arci_mreceipt *r, const arci_tier *tier, const arci_mpool *p, int past, arci_mresult *out)
{
    uint8_t *in = arci_arena_alloc(&m->scratch, p->n + 1u);
    if (!in) return arci_nomem(m->env);
    for (uint32_t i = 0; i < p->n; i++) in[i] = !past || m->items[p->items[i]].open < 0 || is_past(m, &m->items[p->items[i]]);
    return by_sum(m, r, tier, p, in, past ? ARC_SET_DUE : ARC_SET_ALL, past ? RAW_PAST_DUE : RAW_ACCOUNT, out);
}

/* Terms of the invoices of what is past due. */
static arc_status read_terms(arci_cash *m, const arci_mpool *p)
{
    const arci_shape *shape;
    arc_value *rows = NULL;
    uint8_t *found = NULL;
    int64_t *ids = arci_arena_calloc(&m->scratch, p->n + 1u, sizeof *ids);
    if (!ids) return arci_nomem(m->env);
    for (uint32_t i = 0; i < p->n; i++) ids[i] = m->items[p->items[i]].invoice;
    arc_status st = arci_shape_get(m->t, &shape, "invoice", "term");
    if (st == ARC_OK && p->n) st = arci_repo_get_many(m->t, shape, ids, p->n, &m->arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) m->items[p->items[i]].term = found[i] ? rows[i] : arci_v_null();
    return st;
}

static int of_term(const arci_cash *m, const arci_mitem *item, const arc_value *term)
{
    return item->open > 0 && is_past(m, item) && item->term.type != ARC_V_NULL && arci_value_compare(&item->term, term) == 0;
}

/* The first group that fits: the one that holds the oldest debt. */
static arc_status by_term(arci_cash *m, const arci_mreceipt *r, const arci_tier *tier, const arci_mpool *p, arci_mresult *out)
{
    uint8_t *in = arci_arena_alloc(&m->scratch, p->n + 1u), *met = arci_arena_calloc(&m->scratch, p->n + 1u, 1);
    if (!in || !met) return arci_nomem(m->env);
    arc_status st = read_terms(m, p);
    for (uint32_t k = 0; k < p->n && st == ARC_OK && !out->n; k++) {
        const arci_mitem *first = &m->items[p->items[k]];
        if (met[k] || !of_term(m, first, &first->term)) continue;
        for (uint32_t i = 0; i < p->n; i++) {
            in[i] = (uint8_t)of_term(m, &m->items[p->items[i]], &first->term);
            met[i] |= in[i];
        }
        st = by_sum(m, r, tier, p, in, 0, RAW_TERM, out);
    }
    return st;
}

/* By age, as far as it reaches; a credit gives only together with a debt that comes behind it. */
static arc_status by_age(arci_cash *m, const arci_mreceipt *r, const arci_tier *tier, const arci_mpool *p, arci_mresult *out)
{
    int64_t have = r->left, credits = 0, total = 0;
    uint32_t waiting = 0, n = 0;
    arci_mcandidate *c = NULL;
    uint32_t *list = arci_arena_alloc(&m->scratch, (p->n + 1u) * sizeof *list);
    if (!list) return arci_nomem(m->env);
    for (uint32_t i = 0; i < p->n && have + credits > 0; i++) {
        if (p->net[i] < 0) {
            if (arci_sub64(credits, p->net[i], &credits)) break;
            continue;
        }
        if (arci_add64(have, credits, &total) || (total < p->net[i] && !tier->partial)) break;
        for (; waiting < i; waiting++) {
            if (p->net[waiting] < 0) list[n++] = p->items[waiting];
        }
        list[n++] = p->items[i];
        have = total > p->net[i] ? total - p->net[i] : 0;
        credits = 0;
        if (total < p->net[i]) break;
    }
    if (!n) return ARC_OK;
    arc_status st = arci_cash_try(m, r, tier, list, n, 0, out, &c);
    raw(c, 0, c && c->exact ? RAW_OLDEST_WHOLE : RAW_OLDEST);
    return st;
}

arc_status arci_cash_unnamed(arci_cash *m, const arci_mreceipt *r, const arci_tier *tier, arci_mpool *pool, arci_mresult *out)
{
    const int weighs = arci_strategy_tier(out->strategy, ARCI_TIER_COMBINATION) != NULL && tier->tier != ARCI_TIER_OLDEST && tier->tier != ARCI_TIER_TERM;
    if (weighs) return pool->weighed ? ARC_OK : arci_cash_weigh(m, r, pool, out);
    switch (tier->tier) {
    case ARCI_TIER_AMOUNT: return by_amount(m, r, tier, pool, out);
    case ARCI_TIER_ACCOUNT: return by_account(m, r, tier, pool, 0, out);
    case ARCI_TIER_PAST_DUE: return by_account(m, r, tier, pool, 1, out);
    case ARCI_TIER_TERM: return by_term(m, r, tier, pool, out);
    default: return by_age(m, r, tier, pool, out);
    }
}

/* ---- sets that add up ----------------------------------------------------------------------------------------------------------------- */

typedef struct question {
    int64_t *open, *less, *taken;
    arc_date *due, *issued;
    uint32_t *items; /* position in m->items */
    size_t *members, n;
    int any_less;
} question;

static arc_status ask(arci_cash *m, const arci_mpool *p, question *q)
{
    const size_t n = p->n + 1u;
    memset(q, 0, sizeof *q);
    q->open = arci_arena_alloc(&m->scratch, n * sizeof *q->open);
    q->less = arci_arena_calloc(&m->scratch, n, sizeof *q->less);
    q->taken = arci_arena_alloc(&m->scratch, n * sizeof *q->taken);
    q->due = arci_arena_alloc(&m->scratch, n * sizeof *q->due);
    q->issued = arci_arena_alloc(&m->scratch, n * sizeof *q->issued);
    q->items = arci_arena_alloc(&m->scratch, n * sizeof *q->items);
    q->members = arci_arena_alloc(&m->scratch, n * sizeof *q->members);
    if (!q->open || !q->less || !q->taken || !q->due || !q->issued || !q->items || !q->members) return arci_nomem(m->env);
    for (uint32_t i = 0; i < p->n; i++) {
        const arci_mitem *item = &m->items[p->items[i]];
        q->open[q->n] = item->open;
        q->less[q->n] = item->open - p->net[i];
        q->any_less |= q->less[q->n] != 0;
        q->due[q->n] = item->due == ARC_DATE_MAX || item->open < 0 ? item->since : item->due;
        q->issued[q->n] = item->since;
        q->items[q->n++] = p->items[i];
    }
    return ARC_OK;
}

/* The tier a set would have been found by, where it is on. */
static const arci_tier *tier_of(const arci_strategy *s, int kind)
{
    const arci_tier *t = kind == ARC_SET_ONE   ? arci_strategy_tier(s, ARCI_TIER_AMOUNT)
                         : kind == ARC_SET_ALL ? arci_strategy_tier(s, ARCI_TIER_ACCOUNT)
                         : kind == ARC_SET_DUE ? arci_strategy_tier(s, ARCI_TIER_PAST_DUE)
                                               : NULL;
    return t ? t : arci_strategy_tier(s, ARCI_TIER_COMBINATION);
}

/* Sets of the same amounts: with an item that looks the same instead of one of the set. */
static arc_status add_alike(arci_cash *m, const arci_mreceipt *r, const question *q, const arci_mcandidate *first, arci_mresult *out)
{
    const arci_mcandidate of = *first;
    arc_status st = ARC_OK;
    uint32_t *list = arci_arena_alloc(&m->scratch, (of.n_items + 1u) * sizeof *list);
    if (!list) return arci_nomem(m->env);
    for (uint32_t i = 0; i < of.n_items; i++) {
        for (size_t k = 0; k < q->n && st == ARC_OK; k++) {
            arci_mcandidate *c = NULL;
            const arci_mitem *item = &m->items[of.items[i]];
            int in = q->open[k] != item->open || m->items[q->items[k]].has_offer != item->has_offer;
            for (uint32_t j = 0; j < of.n_items && !in; j++) in = of.items[j] == q->items[k];
            if (in) continue;
            memcpy(list, of.items, of.n_items * sizeof *list);
            list[i] = q->items[k];
            const arci_tier tier = { .tier = of.tier, .mode = of.mode };
            st = arci_cash_try(m, r, &tier, list, of.n_items, 1, out, &c);
            raw(c, of.kind, of.raw_ppm);
            if (c) c->alike = of.alike, c->sets = of.sets;
        }
    }
    return st;
}

static arc_status add_sets(arci_cash *m, const arci_mreceipt *r, arc_combination *found, question *q, arci_mresult *out)
{
    arc_combination_info info = ARC_COMBINATION_INFO_INIT;
    arc_status st = arc_combination_get(found, &info);
    uint32_t *list = arci_arena_alloc(&m->scratch, (q->n + 1u) * sizeof *list);
    if (!list) return arci_nomem(m->env);
    for (int32_t i = 0; st == ARC_OK && i < info.candidates; i++) {
        arc_combination_candidate k = ARC_COMBINATION_CANDIDATE_INIT;
        arci_mcandidate *c;
        size_t n = q->n;
        st = arc_combination_at(found, &k, q->members, q->taken, &n, (size_t)i);
        if (st != ARC_OK) return st;
        for (size_t j = 0; j < n; j++) list[j] = q->items[q->members[j]];
        st = arci_cash_try(m, r, tier_of(out->strategy, k.kind), list, (uint32_t)n, 1, out, &c);
        raw(c, k.kind, k.alike > 1 ? (int32_t)(k.likely_ppm / k.alike) : k.likely_ppm);
        if (!c) continue;
        c->alike = k.alike;
        c->sets = info.found;
        if (st == ARC_OK && !i && k.alike > 1) st = add_alike(m, r, q, c, out);
    }
    return st;
}

arc_status arci_cash_weigh(arci_cash *m, const arci_mreceipt *r, arci_mpool *pool, arci_mresult *out)
{
    question q;
    arc_combination *found = NULL;
    arc_combination_options o = ARC_COMBINATION_OPTIONS_INIT;
    pool->weighed = 1;
    if (!pool->n || pool->n > SETS_MOST || !arci_strategy_tier(out->strategy, ARCI_TIER_COMBINATION)) return ARC_OK;
    arc_status st = ask(m, pool, &q);
    o.habit = m->model.habit;
    o.usual_days_late = pool->customer->days_late;
    o.under = slack(m, r, pool);
    if (st == ARC_OK) st = arc_combination_find(m->env->ctx, &found, r->left, r->value_date, q.open, q.any_less ? q.less : NULL, q.due, q.issued, q.n, &o);
    if (st == ARC_OK) st = add_sets(m, r, found, &q, out);
    else if (st == ARC_E_OVERFLOW) st = ARC_OK; /* sums nobody can hold are no candidates */
    arc_combination_free(found);
    return st;
}
