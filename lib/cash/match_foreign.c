/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts in another currency than what they pay. The payer has a rate of his own: where what he paid is near to what is named, or open, at the rate of the value date, he paid just that,
 * at his rate. Else what he paid is taken at the rate of the day, and the difference goes through the rules of the strategy like any other. The ledger keeps the exchange difference. */
#include <string.h>

#include "arcore/money.h"
#include "cash/match.h"

enum { SCALE = 8, CURRENCIES = 8, EXCHANGED = 985000, RAW_AMOUNT = 960000, RAW_SUM = 950000 };
#define ONE INT64_C(100000000)

typedef struct across {
    arci_cash *m;
    const arci_mreceipt *r;
    arci_mresult *out;
    const arci_diff *rule;
    char currency[4];
    arc_rate rate; /* one of currency in the receipt's, on the value date */
} across;

/* ---- rates -------------------------------------------------------------------------------------------------------------------------- */

/* One of `from` in the base currency, 8 decimals; 0: nobody knows. */
static arc_status in_base(arci_cash *m, const char *from, arc_date on, int64_t *out)
{
    const char *home = m->t->book->base_currency;
    arc_rate rate;
    int found = 0;
    *out = memcmp(from, home, 3) == 0 ? ONE : 0;
    if (*out) return ARC_OK;
    arc_status st = arci_rate_on(&m->rates, "booked", from, home, on, &rate, &found);
    if (st == ARC_OK && found) *out = (rate.value.mantissa + rate.per / 2) / rate.per;
    return st;
}

/* Straight, or by way of the base currency. */
static arc_status rate_of(across *x, int *found)
{
    arci_cash *m = x->m;
    int64_t from = 0, to = 0;
    memset(&x->rate, 0, sizeof x->rate);
    arc_status st = arci_rate_on(&m->rates, "booked", x->currency, x->r->currency, x->r->value_date, &x->rate, found);
    if (st != ARC_OK || *found) {
        x->rate.value.mantissa = *found ? (x->rate.value.mantissa + x->rate.per / 2) / x->rate.per : 0;
        x->rate.per = 1;
        return st;
    }
    st = in_base(m, x->currency, x->r->value_date, &from);
    if (st == ARC_OK) st = in_base(m, x->r->currency, x->r->value_date, &to);
    if (st != ARC_OK || !from || !to) return st;
    const arc_money one = { from, "CNY", 0 };
    arc_money cross = { 0, "CNY", 0 };
    if (arc_money_muldiv(&cross, &one, ONE, to, ARC_ROUND_HALF_UP) != ARC_OK || cross.minor <= 0) return ARC_OK;
    x->rate.value.mantissa = cross.minor;
    x->rate.value.scale = SCALE;
    x->rate.per = 1;
    *found = 1;
    return ARC_OK;
}

/* An amount of the items' currency in the receipt's; 0: it cannot be told. */
static int64_t worth(const across *x, int64_t amount)
{
    arc_money from = { amount, { 0 }, 0 }, to = { 0, { 0 }, 0 };
    memcpy(from.currency, x->currency, 4);
    return arc_money_convert(&to, &from, x->r->currency, &x->rate, ARC_ROUND_HALF_UP) == ARC_OK ? to.minor : 0;
}

static int64_t back(const across *x, int64_t amount)
{
    arc_money from = { amount, { 0 }, 0 }, to = { 0, { 0 }, 0 };
    memcpy(from.currency, x->r->currency, 4);
    return arc_money_convert_back(&to, &from, x->currency, &x->rate, ARC_ROUND_HALF_UP) == ARC_OK ? to.minor : 0;
}

static int is_near(const across *x, int64_t amount)
{
    const int64_t at_rate = amount > 0 ? worth(x, amount) : 0, off = at_rate > x->r->left ? at_rate - x->r->left : x->r->left - at_rate;
    if (at_rate <= 0) return 0;
    const arci_u128 asked = arci_mul_u64((uint64_t)off, 1000000), may = arci_mul_u64((uint64_t)at_rate, (uint64_t)x->rule->percent_ppm);
    return asked.hi < may.hi || (asked.hi == may.hi && asked.lo <= may.lo);
}

/* ---- what it comes to ------------------------------------------------------------------------------------------------------------------ */

/* What leaves the receipt is divided among the rows it pays, to the last cent; 0: one of them would pay nothing. */
static arc_status divide(const across *x, arci_mcandidate *c, int *fits)
{
    arci_cash *m = x->m;
    arc_money total = { c->spent, { 0 }, 0 };
    int64_t *parts = arci_arena_calloc(&m->scratch, (size_t)c->n_rows * 2 + 2, sizeof *parts), *weights = parts + c->n_rows + 1;
    uint32_t n = 0;
    *fits = 0;
    if (!parts) return arci_nomem(m->env);
    memcpy(total.currency, x->r->currency, 4);
    for (uint32_t i = 0; i < c->n_rows; i++) {
        if (c->rows[i].credit == UINT32_MAX && !c->rows[i].other && c->rows[i].amount) weights[n++] = c->rows[i].amount;
    }
    if (!n || arc_money_allocate(parts, &total, weights, NULL, n) != ARC_OK) return ARC_OK;
    for (uint32_t i = 0, k = 0; i < c->n_rows; i++) {
        if (c->rows[i].credit != UINT32_MAX || c->rows[i].other || !c->rows[i].amount) continue;
        c->rows[i].leaves = parts[k++];
        if (c->rows[i].leaves <= 0) return ARC_OK;
    }
    *fits = 1;
    return ARC_OK;
}

/* The payer's own rate: for one of the items' currency, 8 decimals. */
static int64_t own_rate(const across *x, int64_t left)
{
    const arc_money one = { x->r->left, "CNY", 0 };
    arc_money rate = { 0, "CNY", 0 };
    int32_t here = 2, there = 2;
    int64_t num = ONE, den = left;
    (void)arc_currency_exponent(&here, x->r->currency);
    (void)arc_currency_exponent(&there, x->currency);
    for (; here < there; here++) num *= 10;
    for (; there < here && den <= INT64_MAX / 10; there++) den *= 10;
    return arc_money_muldiv(&rate, &one, num, den, ARC_ROUND_HALF_UP) == ARC_OK ? rate.minor : 0;
}

static int64_t share(const across *x, int64_t part, int64_t whole)
{
    arc_money all = { x->r->left, { 0 }, 0 }, of = { 0, { 0 }, 0 };
    memcpy(all.currency, x->r->currency, 4);
    return whole && arc_money_muldiv(&of, &all, part, whole, ARC_ROUND_HALF_UP) == ARC_OK ? of.minor : 0;
}

/* What the candidates from one on come to in the receipt's currency. v: the receipt as they saw it; agreed: at the payer's own rate. */
static arc_status price(const across *x, const arci_mreceipt *v, int agreed, uint32_t from)
{
    arci_mresult *out = x->out;
    uint32_t kept = from;
    for (uint32_t i = from; i < out->n; i++) {
        arci_mcandidate c = out->c[i];
        int fits = 0;
        const int64_t day = worth(x, c.paid);
        c.spent = c.paid == v->left ? x->r->left : agreed ? share(x, c.paid, v->left) : day;
        if (c.spent <= 0 || c.spent > x->r->left || c.paid <= 0) continue;
        arc_status st = divide(x, &c, &fits);
        if (st != ARC_OK) return st;
        if (!fits) continue;
        c.day_rate = x->rate.value.mantissa;
        c.rate = agreed ? own_rate(x, v->left) : c.day_rate;
        if (c.n_diffs < sizeof c.diffs / sizeof *c.diffs) c.diffs[c.n_diffs++] = (arci_mdiff){ ARCI_DIFF_EXCHANGE, x->rule->mode, c.spent - day, NULL, NULL };
        c.by_rules = c.by_rules && x->rule->mode == ARCI_TIER_AUTO;
        c.proved = 0;
        if (c.raw_ppm > EXCHANGED) c.raw_ppm = EXCHANGED;
        out->c[kept++] = c;
    }
    out->n = kept;
    return ARC_OK;
}

/* ---- named --------------------------------------------------------------------------------------------------------------------------- */

/* What is named comes to, and less what paying it earns; 0: nothing of this currency. */
static arc_status named_sum(const across *x, const arci_mreceipt *v, int64_t *gross, int64_t *sum)
{
    arci_cash *m = x->m;
    const arci_mresult *out = x->out;
    arc_status st = ARC_OK;
    *gross = *sum = 0;
    for (uint32_t i = 0; i < out->n_hits && st == ARC_OK; i++) {
        const arci_mhit *h = &out->hits[i];
        int again = 0;
        int64_t net = 0;
        if (h->item == UINT32_MAX || h->ambiguous || memcmp(m->items[h->item].currency, x->currency, 3) != 0) continue;
        for (uint32_t k = 0; k < i && !again; k++) again = out->hits[k].item == h->item;
        if (again) continue;
        st = arci_cash_net(m, v, &m->items[h->item], &net);
        if (st == ARC_OK && (arci_add64(*sum, net, sum) || arci_add64(*gross, m->items[h->item].open, gross))) *sum = *gross = 0;
    }
    return st;
}

static arc_status named_as(const across *x, arci_mreceipt *v, int64_t left, int agreed)
{
    const arci_strategy *s = x->out->strategy;
    arc_status st = ARC_OK;
    v->left = left;
    for (uint32_t i = 0; i < s->n_tiers && st == ARC_OK && !x->out->n && left > 0; i++) {
        const arci_tier *t = &s->tiers[i];
        if (t->mode != ARCI_TIER_OFF && t->tier <= ARCI_TIER_REFERENCES) st = arci_cash_named(x->m, v, t, x->out);
    }
    return st == ARC_OK ? price(x, v, agreed, 0) : st;
}

/* Just what is named, with the discounts it earns or without; else what it comes to that day. */
static arc_status by_name(const across *x, arci_mreceipt *v)
{
    int64_t gross, net;
    arc_status st = named_sum(x, v, &gross, &net);
    if (st == ARC_OK && net > 0 && is_near(x, net)) st = named_as(x, v, net, 1);
    if (st == ARC_OK && !x->out->n && gross != net && gross > 0 && is_near(x, gross)) st = named_as(x, v, gross, 1);
    return st == ARC_OK && !x->out->n ? named_as(x, v, back(x, x->r->left), 0) : st;
}

/* ---- by amount ----------------------------------------------------------------------------------------------------------------------- */

/* Each item that is near to what was paid, at a rate of its own. */
static arc_status one_each(const across *x, arci_mreceipt *v, const arci_tier *t, const arci_mpool *p)
{
    int32_t alike = 0;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < p->n; i++) alike += is_near(x, p->net[i]);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        arci_mcandidate *c;
        const uint32_t before = x->out->n;
        if (!is_near(x, p->net[i])) continue;
        v->left = p->net[i];
        st = arci_cash_try(x->m, v, t, &p->items[i], 1, 1, x->out, &c);
        if (!c) continue;
        c->kind = ARC_SET_ONE;
        c->raw_ppm = RAW_AMOUNT / alike;
        st = price(x, v, 1, before);
    }
    return st;
}

static arc_status all_of(const across *x, arci_mreceipt *v, const arci_tier *t, const arci_mpool *p, int past)
{
    uint32_t *list = arci_arena_alloc(&x->m->scratch, (p->n + 1u) * sizeof *list), n = 0;
    arci_mcandidate *c;
    int64_t sum = 0;
    if (!list) return arci_nomem(x->m->env);
    for (uint32_t i = 0; i < p->n; i++) {
        const arci_mitem *item = &x->m->items[p->items[i]];
        if (past && item->open > 0 && (item->due == ARC_DATE_MAX || item->due >= x->m->as_of)) continue;
        if (arci_add64(sum, p->net[i], &sum)) return ARC_OK;
        list[n++] = p->items[i];
    }
    if (n < 2 || !is_near(x, sum)) return ARC_OK;
    v->left = sum;
    arc_status st = arci_cash_try(x->m, v, t, list, n, 1, x->out, &c);
    if (c) c->kind = past ? ARC_SET_DUE : ARC_SET_ALL;
    if (c) c->raw_ppm = RAW_SUM;
    return st == ARC_OK ? price(x, v, 1, 0) : st;
}

static arc_status by_amount(const across *x, arci_mreceipt *v)
{
    const arci_strategy *s = x->out->strategy;
    arci_mpool pool = { .strategy = s, .receipt = v, .customer = arci_cash_customer(x->m, x->out->customer) };
    arc_status st = ARC_OK;
    if (!pool.customer || !pool.customer->whole) return ARC_OK;
    for (uint32_t i = 0; i < s->n_tiers && st == ARC_OK && !x->out->n; i++) {
        const arci_tier *t = &s->tiers[i];
        if (t->mode == ARCI_TIER_OFF || (t->tier != ARCI_TIER_AMOUNT && t->tier != ARCI_TIER_ACCOUNT && t->tier != ARCI_TIER_PAST_DUE)) continue;
        st = arci_cash_pool(x->m, &pool, t, x->out);
        if (st != ARC_OK) return st;
        st = t->tier == ARCI_TIER_AMOUNT ? one_each(x, v, t, &pool) : all_of(x, v, t, &pool, t->tier == ARCI_TIER_PAST_DUE);
    }
    return st;
}

/* ---- currencies ------------------------------------------------------------------------------------------------------------------------- */

static void put_currency(char list[CURRENCIES][4], uint32_t *n, const char *currency, const char *own)
{
    if (memcmp(currency, own, 3) == 0 || *n == CURRENCIES) return;
    for (uint32_t i = 0; i < *n; i++) {
        if (memcmp(list[i], currency, 3) == 0) return;
    }
    memcpy(list[(*n)++], currency, 4);
}

/* Those of what is named first, then of what the customer has open; *named: how many are of what is named. */
static uint32_t currencies(const across *x, char list[CURRENCIES][4], uint32_t *named)
{
    const arci_cash *m = x->m;
    const arci_mcustomer *c = arci_cash_customer(m, x->out->customer);
    uint32_t n = 0;
    for (uint32_t i = 0; i < x->out->n_hits; i++) {
        const arci_mhit *h = &x->out->hits[i];
        if (h->item != UINT32_MAX && m->items[h->item].open) put_currency(list, &n, m->items[h->item].currency, x->r->currency);
    }
    *named = n;
    for (uint32_t i = 0; c && c->whole && i < c->n; i++) {
        const arci_mitem *item = &m->items[m->order[c->first + i]];
        if (item->open > 0) put_currency(list, &n, item->currency, x->r->currency);
    }
    return n;
}

int arci_cash_names_foreign(const arci_cash *m, const arci_mreceipt *r, const arci_mresult *out)
{
    int any = 0;
    for (uint32_t i = 0; i < out->n_hits; i++) {
        const arci_mhit *h = &out->hits[i];
        if (h->item == UINT32_MAX || !m->items[h->item].open) continue;
        if (memcmp(m->items[h->item].currency, r->currency, 3) == 0) return 0;
        any = any || !h->ambiguous;
    }
    return any;
}

arc_status arci_cash_foreign(arci_cash *m, const arci_mreceipt *r, arci_mresult *out)
{
    across x = { .m = m, .r = r, .out = out };
    char list[CURRENCIES][4];
    uint32_t named = 0, n, unknown = 0;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < out->strategy->n_diffs && !x.rule; i++) x.rule = out->strategy->diffs[i].as == ARCI_DIFF_EXCHANGE ? &out->strategy->diffs[i] : NULL;
    if (!x.rule || !out->customer || !m->t) return ARC_OK;
    n = currencies(&x, list, &named);
    for (uint32_t i = 0; i < n && st == ARC_OK && !out->n; i++) {
        arci_mreceipt v = *r;
        int found = 0;
        memcpy(x.currency, list[i], 4);
        st = rate_of(&x, &found);
        unknown += !found;
        if (st != ARC_OK || !found) continue;
        memcpy(v.currency, x.currency, 4);
        if (i < named) st = by_name(&x, &v);
        else st = by_amount(&x, &v);
        if (st == ARC_OK && !out->n && i < named) st = by_amount(&x, &v);
    }
    if (!out->n && unknown && !out->why) out->why = "no_rate";
    return st;
}
