/* SPDX-License-Identifier: Apache-2.0 */
/* The tiers of payers who name what they pay: documents, orders, contracts, deliveries. */
#include <string.h>

#include "cash/match.h"

/* What naming is worth before history has its say, in millionths. */
enum {
    SURE = 999900, UNSEEN = 999500, REPAIRED = 998000, PART = 995000, GUESSED = 900000, /* by how it is named */
    GIVEN_UP = 998000, DEDUCTED = 970000, PARTLY = 960000, OVER = 955000, AMONG = 985000 /* at most, by what the amount does */
};

typedef struct naming {
    arci_cash *m;
    const arci_mreceipt *r;
    const arci_tier *tier;
    arci_mresult *out;
    uint32_t *items; /* named, in the order of the text */
    uint32_t n, documents, others; /* distinct documents; orders, contracts and deliveries */
    int32_t worth;
    uint8_t exact; /* every hit is a whole number as it stands in the book */
} naming;

static int usable(const naming *x, const arci_mitem *item)
{
    return item->open && item->since <= x->m->as_of && memcmp(item->currency, x->r->currency, 3) == 0;
}

static void put(naming *x, uint32_t at)
{
    if (!usable(x, &x->m->items[at])) return;
    if (!arci_cash_agrees(x->r, x->out, &x->m->items[at], x->tier->agree)) {
        x->out->disagrees = 1;
        return;
    }
    for (uint32_t i = 0; i < x->n; i++) {
        if (x->items[i] == at) return;
    }
    x->items[x->n++] = at;
}

static void put_linked(naming *x, const arci_mhit *h)
{
    const int link = h->by == ARCI_BY_ORDER ? ARCI_M_ORDER : h->by == ARCI_BY_CONTRACT ? ARCI_M_CONTRACT : ARCI_M_DELIVERY;
    const arci_mcustomer *c = arci_cash_customer(x->m, h->customer);
    for (uint32_t i = 0; c && i < c->n; i++) {
        uint32_t at = x->m->order[c->first + i];
        if (x->m->items[at].links[link] == h->id) put(x, at);
    }
}

/* Of numbers that several things could be meant by, the one that is paid exactly. */
static int meant(const naming *x, const arci_mhit *h)
{
    uint32_t alike = 0;
    if (!h->ambiguous) return 1;
    for (uint32_t i = 0; i < x->out->n_hits; i++) {
        const arci_mhit *o = &x->out->hits[i];
        alike += o->text == h->text && o->start == h->start && o->item != UINT32_MAX && x->m->items[o->item].open == x->r->left;
    }
    return alike == 1 && h->item != UINT32_MAX && x->m->items[h->item].open == x->r->left;
}

static int32_t worth_of(const naming *x, const arci_mhit *h)
{
    if (h->ambiguous) return GUESSED;
    if (h->repaired) return REPAIRED;
    if (!h->exact) return PART;
    return x->r->customer ? SURE : UNSEEN;
}

static int is_paid(const naming *x, int64_t customer)
{
    return customer == x->out->customer || (x->out->family && customer && arci_cash_pays_for(x->m, x->r, x->out->customer, customer));
}

static arc_status collect(naming *x)
{
    const arci_mresult *out = x->out;
    uint32_t most = out->n_hits + 1;
    for (uint32_t i = 0; i < out->n_hits; i++) {
        const arci_mcustomer *c = arci_cash_customer(x->m, out->hits[i].customer);
        if (c && out->hits[i].by != ARCI_BY_DOCUMENT) most += c->n;
    }
    x->items = arci_arena_alloc(&x->m->scratch, most * sizeof *x->items);
    if (!x->items) return arci_nomem(x->m->env);
    x->worth = SURE;
    x->exact = 1;
    for (uint32_t i = 0; i < out->n_hits; i++) {
        const arci_mhit *h = &out->hits[i];
        uint32_t before = x->n;
        int again = 0;
        if (!(h->by & x->tier->by) || !is_paid(x, h->customer) || !arci_cash_is_meant(out, h, out->customer) || !meant(x, h)) continue;
        for (uint32_t k = 0; k < i && !again; k++) again = out->hits[k].by == h->by && out->hits[k].customer == h->customer && strcmp(out->hits[k].number, h->number) == 0;
        if (h->by == ARCI_BY_DOCUMENT) put(x, h->item);
        else put_linked(x, h);
        if (x->n == before) continue;
        if (!again && h->by == ARCI_BY_DOCUMENT) x->documents++;
        else if (!again) x->others++;
        int32_t worth = worth_of(x, h);
        if (worth < x->worth) x->worth = worth;
        x->exact = x->exact && h->exact && !h->ambiguous;
    }
    return ARC_OK;
}

static void judge(const naming *x, arci_mcandidate *c, int32_t most)
{
    int32_t ppm = x->worth < most ? x->worth : most;
    int sure = x->exact;
    if (!c) return;
    for (uint32_t i = 0; i < c->n_diffs; i++) {
        const int as = c->diffs[i].as;
        int32_t cap = as <= ARCI_DIFF_CREDIT ? GIVEN_UP : as == ARCI_DIFF_DEDUCTION ? DEDUCTED : as == ARCI_DIFF_ON_ACCOUNT || as == ARCI_DIFF_REFUND ? OVER : PARTLY;
        if (as > ARCI_DIFF_CREDIT) sure = 0;
        if (cap < ppm) ppm = cap;
    }
    c->raw_ppm = ppm;
    c->proved = (uint8_t)(sure && most == SURE);
}

/* One instalment of the document is what was paid. */
static arc_status one_of(naming *x)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < x->n && st == ARC_OK && !x->out->n && x->n > 1; i++) {
        arci_mcandidate *c;
        if (x->m->items[x->items[i]].open <= 0) continue;
        st = arci_cash_try(x->m, x->r, x->tier, &x->items[i], 1, 1, x->out, &c);
        judge(x, c, SURE);
    }
    return st;
}

static arc_status with_credits(naming *x)
{
    const arci_mcustomer *who = arci_cash_customer(x->m, x->out->customer);
    arci_mcandidate *c = NULL;
    uint32_t n = x->n, alone = 0, one = 0;
    int64_t owed = -x->r->left;
    arc_status st = ARC_OK;
    if (!who || !who->n) return ARC_OK;
    uint32_t *list = arci_arena_alloc(&x->m->scratch, (x->n + who->n) * sizeof *list);
    if (!list) return arci_nomem(x->m->env);
    memcpy(list, x->items, x->n * sizeof *list);
    for (uint32_t i = 0; i < x->n; i++) owed += x->m->items[x->items[i]].open;
    for (uint32_t i = 0; i < who->n; i++) {
        const uint32_t at = x->m->order[who->first + i];
        int named = 0;
        if (!usable(x, &x->m->items[at]) || x->m->items[at].open > 0 || !arci_cash_agrees(x->r, x->out, &x->m->items[at], x->tier->agree)) continue;
        for (uint32_t k = 0; k < x->n && !named; k++) named = x->items[k] == at;
        if (named) continue;
        if (owed > 0 && x->m->items[at].open == -owed && !alone++) one = at;
        list[n++] = at;
    }
    if (n == x->n || owed <= 0) return ARC_OK;
    if (alone == 1) { /* just one credit is what is missing */
        list[x->n] = one;
        n = x->n + 1;
    }
    st = arci_cash_try(x->m, x->r, x->tier, list, n, 1, x->out, &c);
    if (c && !c->exact && alone != 1) x->out->n--; /* all credits, and still not the amount: no more than a guess */
    else judge(x, c, AMONG);
    return st;
}

/* Some of what is named adds up, and nothing else of it does. */
static arc_status some_of(naming *x)
{
    arci_mpool pool = { .strategy = x->out->strategy, .receipt = x->r, .customer = arci_cash_customer(x->m, x->out->customer), .items = x->items, .n = x->n };
    if (x->n < 2 || !pool.customer) return ARC_OK;
    pool.net = arci_arena_alloc(&x->m->scratch, x->n * sizeof *pool.net);
    if (!pool.net) return arci_nomem(x->m->env);
    for (uint32_t i = 0; i < x->n; i++) pool.net[i] = x->m->items[x->items[i]].open;
    arc_status st = arci_cash_weigh(x->m, x->r, &pool, x->out);
    for (uint32_t i = 0; i < x->out->n; i++) {
        arci_mcandidate *c = &x->out->c[i];
        int32_t share = c->raw_ppm;
        c->tier = x->tier->tier;
        c->mode = x->tier->mode;
        judge(x, c, AMONG);
        c->raw_ppm = (int32_t)((int64_t)c->raw_ppm * share / 1000000);
    }
    return st;
}

static int has_all_named(const naming *x, const arci_mcandidate *c)
{
    for (uint32_t i = 0; i < x->n; i++) {
        int met = 0;
        for (uint32_t k = 0; k < c->n_items && !met; k++) met = c->items[k] == x->items[i];
        if (!met) return 0;
    }
    return 1;
}

/* More was paid than is named: what is named and some others of the customer add up. */
static arc_status with_more(naming *x)
{
    arci_mpool pool = { .strategy = x->out->strategy, .receipt = x->r, .customer = arci_cash_customer(x->m, x->out->customer) };
    int64_t all = 0;
    uint32_t kept = 0;
    if (!pool.customer || !pool.customer->whole) return ARC_OK;
    arc_status st = arci_cash_pool(x->m, &pool, x->tier, x->out);
    if (st == ARC_OK) st = arci_cash_weigh(x->m, x->r, &pool, x->out);
    for (uint32_t i = 0; i < x->out->n; i++) {
        if (!has_all_named(x, &x->out->c[i])) continue;
        all += x->out->c[i].raw_ppm;
        x->out->c[kept++] = x->out->c[i];
    }
    x->out->n = kept;
    for (uint32_t i = 0; i < kept; i++) {
        arci_mcandidate *c = &x->out->c[i];
        const int64_t share = all ? (int64_t)c->raw_ppm * 1000000 / all : 0;
        c->tier = x->tier->tier;
        c->mode = x->tier->mode;
        judge(x, c, AMONG);
        c->proved = 0;
        c->raw_ppm = (int32_t)(c->raw_ppm * share / 1000000);
    }
    return st;
}

arc_status arci_cash_named(arci_cash *m, const arci_mreceipt *r, const arci_tier *tier, arci_mresult *out)
{
    naming x = { .m = m, .r = r, .tier = tier, .out = out };
    arci_mcandidate *c = NULL;
    if (!out->customer || !out->n_hits) return ARC_OK;
    arc_status st = collect(&x);
    if (st != ARC_OK || !x.n) return st;
    if (tier->tier == ARCI_TIER_DOCUMENT && (x.documents != 1 || x.others)) return ARC_OK;
    if (tier->tier == ARCI_TIER_REFERENCES && x.documents < 2 && !x.others) return ARC_OK;
    st = arci_cash_try(m, r, tier, x.items, x.n, tier->tier != ARCI_TIER_REFERENCE, out, &c);
    if (tier->tier == ARCI_TIER_REFERENCE && c && !c->exact && (x.n > 1 || c->n_diffs)) {
        /* before a difference is explained: does it go away with a credit, or with some of what is named? */
        const arci_mcandidate explained = *c;
        out->n = 0;
        if (st == ARC_OK) st = with_credits(&x);
        if (st == ARC_OK && !out->n) st = some_of(&x);
        if (st == ARC_OK && !out->n && explained.over) st = with_more(&x);
        if (st == ARC_OK && !out->n) {
            out->c[0] = explained;
            out->n = 1;
            judge(&x, &out->c[0], SURE);
        }
        return st;
    }
    judge(&x, c, SURE);
    if (st == ARC_OK && !out->n && tier->tier == ARCI_TIER_DOCUMENT) st = one_of(&x);
    if (st == ARC_OK && !out->n && tier->tier == ARCI_TIER_REFERENCES) st = with_credits(&x);
    if (st == ARC_OK && !out->n && tier->tier == ARCI_TIER_REFERENCES) st = some_of(&x);
    return st;
}
