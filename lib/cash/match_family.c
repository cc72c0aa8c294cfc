/* SPDX-License-Identifier: Apache-2.0 */
/* One receipt that pays for several customers: a parent for those below it (and they for it), a factor or a shared service centre for those it was confirmed to pay for. */
#include <stdlib.h>
#include <string.h>

#include "cash/match.h"
#include "cash/payer.h"

enum { DEEP = 16, AT_ONCE = 500, MEMBERS_MOST = 10000, FAMILY_PERCENT = 90 };

/* ---- who is above and below ------------------------------------------------------------------------------------------------------- */

arc_status arci_cash_above(arci_cash *m, const int64_t *ids, uint32_t n)
{
    arc_status st = ARC_OK;
    int64_t *next = arci_arena_alloc(&m->arena, (n + 1u) * sizeof *next);
    if (!next) return arci_nomem(m->env);
    for (uint32_t i = 0; i < n; i++) next[i] = ids[i];
    for (int deep = 0; deep < DEEP && n && st == ARC_OK; deep++) {
        uint32_t k = 0;
        for (uint32_t i = 0; i < n; i++) {
            const arci_mcustomer *c = arci_cash_customer(m, arci_cash_root(m, next[i]));
            if (c && c->parent) next[k++] = c->parent;
        }
        n = k;
        st = n ? arci_cash_customers(m, next, n, 0) : ARC_OK;
    }
    return st;
}

static int is_above(const arci_cash *m, int64_t above, int64_t id)
{
    for (int i = 0; i < DEEP && id; i++) {
        const arci_mcustomer *c = arci_cash_customer(m, id);
        if (id == above) return 1;
        id = c ? c->parent : 0;
    }
    return 0;
}

typedef struct kin { /* `of` and somebody above or below it */
    int64_t of, who;
} kin;

typedef struct kins {
    kin *list;
    uint32_t n, cap;
} kins;

static arc_status add(arci_cash *m, kins *x, int64_t of, int64_t who)
{
    if (x->n == x->cap) {
        uint32_t cap = x->cap ? x->cap * 2 : 256;
        kin *grown = arci_arena_alloc(&m->arena, cap * sizeof *grown);
        if (!grown) return arci_nomem(m->env);
        if (x->n) memcpy(grown, x->list, x->n * sizeof *grown);
        x->list = grown;
        x->cap = cap;
    }
    x->list[x->n++] = (kin){ of, who };
    return ARC_OK;
}

/* Customers whose parent is one of some, merged ones as theirs. */
static arc_status read_below(arci_cash *m, const int64_t *ids, uint32_t n, int64_t **out, uint32_t *n_out)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    uint32_t cap = 0;
    *out = NULL;
    *n_out = 0;
    arc_status st = arci_shape_get(m->t, &shape, "customer", "id parent merged_into");
    for (uint32_t i = 0; i < n && st == ARC_OK; i += AT_ONCE) {
        arc_value *values;
        uint32_t some = n - i < AT_ONCE ? n - i : AT_ONCE;
        st = arci_cash_members(m, ids + i, some, &values, &some);
        if (st != ARC_OK) return st;
        const arc_order by[] = { { shape->cols[1], 0 }, { shape->cols[0], 0 } };
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[1], values, some);
        arci_where_null(&w, shape->cols[2]);
        st = arci_repo_find(m->t, shape, &w, by, 2, MEMBERS_MOST, &m->arena, &rows);
        if (st != ARC_OK || !rows.n_rows) continue;
        cap = *n_out + rows.n_rows;
        int64_t *grown = arci_arena_alloc(&m->arena, cap * sizeof *grown);
        if (!grown) return arci_nomem(m->env);
        if (*n_out) memcpy(grown, *out, *n_out * sizeof *grown);
        *out = grown;
        for (uint32_t k = 0; k < rows.n_rows; k++) grown[(*n_out)++] = rows.values[(size_t)k * rows.n_cols].u.i;
    }
    return st;
}

/* Whoever pays is among `asked`, in order. */
static int is_asked(const int64_t *asked, uint32_t n, int64_t id)
{
    uint32_t lo = 0, hi = n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (asked[mid] == id) return 1;
        if (asked[mid] < id) lo = mid + 1;
        else hi = mid;
    }
    return 0;
}

/* One that is below others: a pair for each above it that pays. */
static arc_status link_up(arci_cash *m, kins *x, const int64_t *asked, uint32_t n, int64_t id, int both)
{
    const arci_mcustomer *c = arci_cash_customer(m, id);
    arc_status st = ARC_OK;
    int64_t up = c ? c->parent : 0;
    for (int i = 0; i < DEEP && up && up != id && st == ARC_OK; i++) {
        if (is_asked(asked, n, up)) st = add(m, x, up, id);
        if (both && st == ARC_OK) st = add(m, x, id, up);
        c = arci_cash_customer(m, up);
        up = c ? c->parent : 0;
    }
    return st;
}

static int by_of(const void *p, const void *q)
{
    const kin *a = p, *b = q;
    if (a->of != b->of) return a->of < b->of ? -1 : 1;
    return (a->who > b->who) - (a->who < b->who);
}

static void give(arci_cash *m, const kins *x)
{
    const uint32_t most = sizeof m->receipts->may_be / sizeof *m->receipts->may_be;
    for (uint32_t i = 0; i < m->n_receipts; i++) {
        arci_mreceipt *r = &m->receipts[i];
        uint32_t lo = 0, hi = x->n;
        int self = 0;
        if (!r->customer || r->plain) continue;
        while (lo < hi) {
            uint32_t mid = lo + (hi - lo) / 2;
            if (x->list[mid].of < r->customer) lo = mid + 1;
            else hi = mid;
        }
        for (uint32_t k = lo; k < x->n && x->list[k].of == r->customer && r->n_may_be + !self < most; k++) { /* in order, himself among them */
            if (!self && x->list[k].who > r->customer) r->may_be[r->n_may_be++] = r->customer, self = 1;
            if (!r->n_may_be || r->may_be[r->n_may_be - 1] != x->list[k].who) r->may_be[r->n_may_be++] = x->list[k].who;
        }
        if (r->n_may_be && !self) r->may_be[r->n_may_be++] = r->customer;
    }
}

static int by_id(const void *p, const void *q)
{
    const int64_t *a = p, *b = q;
    return (*a > *b) - (*a < *b);
}

arc_status arci_cash_families(arci_cash *m)
{
    kins x = { NULL, 0, 0 };
    uint32_t n = 0, n_level, n_all = 0;
    int64_t *asked = arci_arena_alloc(&m->arena, (m->n_receipts + 1u) * sizeof *asked), *level = asked, *below;
    arc_status st = ARC_OK;
    if (!asked) return arci_nomem(m->env);
    for (uint32_t i = 0; i < m->n_receipts; i++) {
        if (m->receipts[i].customer && !m->receipts[i].plain) asked[n++] = m->receipts[i].customer;
    }
    if (!n) return ARC_OK;
    qsort(asked, n, sizeof *asked, by_id);
    n_level = n;
    for (uint32_t i = n_level = 0; i < n; i++) {
        if (!n_level || asked[n_level - 1] != asked[i]) asked[n_level++] = asked[i];
    }
    n = n_level;
    st = arci_cash_above(m, asked, n);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) st = link_up(m, &x, asked, n, asked[i], 1);
    for (int deep = 0; deep < DEEP && n_level && n_all < MEMBERS_MOST && st == ARC_OK; deep++) {
        st = read_below(m, level, n_level, &below, &n_level);
        if (st == ARC_OK) st = arci_cash_customers(m, below, n_level, 0);
        for (uint32_t i = 0; i < n_level && st == ARC_OK; i++) st = link_up(m, &x, asked, n, below[i], 0);
        level = below;
        n_all += n_level;
    }
    if (st != ARC_OK || !x.n) return st;
    int64_t *whole = arci_arena_alloc(&m->arena, (x.n + 1u) * sizeof *whole);
    if (!whole) return arci_nomem(m->env);
    for (uint32_t i = 0; i < x.n; i++) whole[i] = x.list[i].who;
    st = arci_cash_customers(m, whole, x.n, 1);
    qsort(x.list, x.n, sizeof *x.list, by_of);
    if (st == ARC_OK) give(m, &x);
    return st;
}

/* ---- for whom it pays --------------------------------------------------------------------------------------------------------------- */

static int speaks_for(const arci_cash *m, const arci_mreceipt *r, int64_t customer)
{
    return m->payers && arci_payers_speak_for(m->payers, &r->payer_name, &r->payer_account, customer);
}

int arci_cash_pays_for(const arci_cash *m, const arci_mreceipt *r, int64_t payer, int64_t customer)
{
    if (payer == customer) return 1;
    if ((payer == r->customer || payer == r->payer) && (is_above(m, payer, customer) || is_above(m, customer, payer))) return 1;
    return speaks_for(m, r, payer) && speaks_for(m, r, customer);
}

/* ---- without a name -------------------------------------------------------------------------------------------------------------------- */

arc_status arci_cash_family(arci_cash *m, const arci_mreceipt *r, arci_mresult *out)
{
    const arci_strategy *s = out->strategy;
    const int64_t payer = r->customer ? r->customer : r->payer;
    arci_mpool pool = { .strategy = s, .receipt = r, .customer = arci_cash_customer(m, payer), .family = 1 };
    uint32_t agree = UINT32_MAX;
    arc_status st = ARC_OK;
    if (!payer || payer != out->customer || r->n_may_be < 2 || !pool.customer) return ARC_OK;
    for (uint32_t i = 0; i < out->n_hits; i++) {
        if (!out->hits[i].ambiguous) return ARC_OK; /* what is named is meant */
    }
    for (uint32_t i = 0; i < s->n_tiers && st == ARC_OK && !out->n; i++) {
        const arci_tier *t = &s->tiers[i];
        if (t->mode == ARCI_TIER_OFF || t->tier <= ARCI_TIER_REFERENCES || t->tier == ARCI_TIER_TERM || t->tier == ARCI_TIER_OLDEST) continue;
        if (agree != t->agree) st = arci_cash_pool(m, &pool, t, out);
        agree = t->agree;
        if (st == ARC_OK) st = arci_cash_unnamed(m, r, t, &pool, out);
    }
    for (uint32_t i = 0; i < out->n; i++) { /* somebody looks */
        out->c[i].mode = ARCI_TIER_SUGGEST;
        out->c[i].raw_ppm = (int32_t)((int64_t)out->c[i].raw_ppm * FAMILY_PERCENT / 100);
    }
    return st;
}

/* ---- when it is applied ------------------------------------------------------------------------------------------------------------------ */

static arc_status no_longer(arci_txn *t, int64_t item)
{
    arci_fail(t->env, ARC_E_STALE, "item %lld is of a customer the payer does not pay for any more", "应收 %lld 的客户已不由该付款人代付", (long long)item);
    arci_fail_at(t->env, "item", NULL, item, -1);
    return ARC_E_STALE;
}

arc_status arci_cash_family_check(arci_txn *t, arci_arena *arena, int64_t receipt, int64_t customer, const int64_t *items, uint32_t n)
{
    const arci_shape *shape;
    arci_payers *p = NULL;
    arc_value *row, *rows;
    uint8_t *found;
    arc_status st = arci_shape_get(t, &shape, "receipt", "payer_name payer_account");
    if (st == ARC_OK) st = arci_repo_get(t, shape, receipt, arena, &row);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "item_state", "customer");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, items, n, arena, &rows, &found);
    if (st == ARC_OK) st = arci_payers_load(t, &p, 0);
    const int speaks = st == ARC_OK && arci_payers_speak_for(p, &row[0], &row[1], customer);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (!found[i] || arci_payers_related(p, customer, rows[i].u.i)) continue;
        if (!speaks || !arci_payers_speak_for(p, &row[0], &row[1], rows[i].u.i)) st = no_longer(t, items[i]);
    }
    arci_payers_free(p);
    return st;
}
