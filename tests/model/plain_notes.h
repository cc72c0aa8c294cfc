/* SPDX-License-Identifier: Apache-2.0 */
/* Documents over contracts, orders and deliveries, what they take of plans and estimates, and what notes to their lines give back: plain arrays, every sum taken anew. It shares no code with the library. */
#ifndef TESTS_MODEL_PLAIN_NOTES_H
#define TESTS_MODEL_PLAIN_NOTES_H

#include "support/support.h"

enum { CONTRACTS = 2, ORDERS = 3, DELIVERIES = 2, ITEMS = 24, LINES = 5, DOCS = 40, NOTES = 80, SHARES = 64, NOBODY = -1 };

typedef struct expected { /* planned or estimated; what it is of, as the book says */
    int64_t id, amount, open, contract, order, delivery;
    int estimated;
} expected;

typedef struct doc_line {
    int64_t contract, order, delivery; /* contract: another than the header's; order and delivery: of what it names */
    int64_t gross, off, credited;      /* off: its discount, positive; credited: after it */
    int at;                            /* its place among the document's lines, discounts counted, from 1 */
} doc_line;

typedef struct taken { /* by a line alone, by the group of a line, or by the whole (line NOBODY) */
    int item, line, only;
    int64_t amount, given;
} taken;

typedef struct doc {
    int64_t id, order, contract;
    doc_line lines[LINES];
    taken takes[SHARES];
    int n, n_takes, voided;
} doc;

typedef struct note {
    int64_t id;
    int doc, voided;
    int64_t off[LINES], back[SHARES]; /* of lines, after discounts; of what was taken */
} note;

typedef struct plain {
    expected items[ITEMS];
    doc docs[DOCS];
    note notes[NOTES];
    int n_items, n_docs, n_notes;
} plain;

typedef struct key {
    int64_t order, delivery, contract;
} key;

static inline key key_of(const doc *d, int l)
{
    const doc_line *x = l == NOBODY ? NULL : &d->lines[l];
    if (!x || (!x->order && !x->delivery && !x->contract)) return (key){ d->order, 0, d->contract };
    return (key){ x->order || x->contract ? x->order : d->order, x->delivery, x->contract ? x->contract : d->contract };
}
static inline int same_key(key a, key b) { return a.order == b.order && a.delivery == b.delivery && a.contract == b.contract; }
static inline int64_t net_of(const doc_line *l) { return l->gross - l->off; }
static inline int64_t total_of(const doc *d)
{
    int64_t sum = 0;
    for (int k = 0; k < d->n; k++) sum += net_of(&d->lines[k]);
    return sum;
}

/* The header of a document whose lines alone say whose it is. order_contract: of each order. */
static inline void find_heads(doc *d, int64_t named, const int64_t *order_contract)
{
    int64_t order = 0, contract = 0, other = 0, of_all = -1;
    int differ = 0, many = 0, any = 0;
    for (int k = 0; k < d->n; k++) {
        doc_line *l = &d->lines[k];
        if (!l->order) {
            if (l->contract) other = l->contract;
            differ |= other && any && other != contract;
            continue;
        }
        differ |= any && order != l->order;
        order = l->order;
        contract = order_contract[order];
        any = 1;
        differ |= other && other != contract;
        if (!l->contract) l->contract = contract;
    }
    d->order = any && !differ ? order : 0;
    d->contract = named;
    for (int k = 0; k < d->n; k++) {
        const doc_line *l = &d->lines[k];
        if (!l->contract && !l->order) continue;
        many |= of_all >= 0 && of_all != l->contract;
        of_all = l->contract;
    }
    if (!d->contract && of_all > 0 && !many) d->contract = of_all;
    if (!d->contract && d->order) d->contract = order_contract[d->order];
    for (int k = 0; k < d->n; k++) if (d->lines[k].contract == d->contract) d->lines[k].contract = 0;
}

/* ---- taking --------------------------------------------------------------------------------------------------------------------------- */

typedef struct pool {
    key of;
    int64_t left;
    int first; /* line */
} pool;

static inline int may_go(key p, const expected *i)
{
    const int of_contract = i->contract && i->contract == p.contract;
    if (i->delivery && p.delivery) return p.delivery == i->delivery;
    if (i->order && p.order) return p.order == i->order;
    if (i->delivery || i->order) return of_contract && !p.order && !p.delivery;
    return of_contract;
}
static inline int exactly(key p, const expected *i) { return p.delivery == i->delivery && (p.order == i->order || i->delivery); }

static inline void take(doc *d, int at, int l, int only, int64_t amount)
{
    for (int k = 0; k < d->n_takes; k++) {
        taken *t = &d->takes[k];
        if (t->item == at && t->line == l && t->only == only) { t->amount += amount; return; }
    }
    assert_true(d->n_takes < SHARES);
    d->takes[d->n_takes++] = (taken){ at, l, only, amount, 0 };
}

static inline int in_order(const pool *a, const pool *b)
{
    if (a->of.order != b->of.order) return a->of.order < b->of.order;
    if (a->of.delivery != b->of.delivery) return a->of.delivery < b->of.delivery;
    return a->of.contract < b->of.contract;
}

static inline int pools_of(const doc *d, pool *list)
{
    int n = 0;
    for (int k = 0; k < d->n; k++) {
        int at = 0;
        while (at < n && !same_key(list[at].of, key_of(d, k))) at++;
        if (at == n) list[n++] = (pool){ key_of(d, k), 0, k };
        list[at].left += net_of(&d->lines[k]);
    }
    for (int i = 0; i < n; i++) for (int k = i + 1; k < n; k++) if (in_order(&list[k], &list[i])) { pool p = list[i]; list[i] = list[k]; list[k] = p; }
    return n;
}

/* named: by item, what the caller says it uses, for a line or (NOBODY) for whatever it is of. */
typedef struct named {
    int item, line;
    int64_t amount;
} named;

static inline int64_t draw(plain *p, doc *d, pool *pools, int n, int at, int64_t most, int exact)
{
    int64_t left = most;
    for (int k = 0; k < n && left > 0; k++) {
        pool *x = &pools[k];
        if (x->left <= 0 || !may_go(x->of, &p->items[at]) || (exact && !exactly(x->of, &p->items[at]))) continue;
        const int64_t some = x->left < left ? x->left : left;
        take(d, at, n > 1 ? x->first : NOBODY, 0, some);
        x->left -= some;
        left -= some;
    }
    return most - left;
}

static inline int rank_of(const expected *i) { return i->delivery ? 0 : i->order ? 1 : 2; }

static inline void plain_issue(plain *p, doc *d, const named *uses, int n_uses)
{
    pool pools[LINES];
    int64_t open[ITEMS], rest = total_of(d);
    const int n = pools_of(d, pools);
    for (int i = 0; i < p->n_items; i++) open[i] = p->items[i].open;
    for (int k = 0; k < 2 * n_uses; k++) { /* for lines first */
        const int u = k % n_uses, at = uses[u].item;
        int64_t amount = uses[u].amount;
        if ((uses[u].line == NOBODY) != (k >= n_uses)) continue;
        open[at] -= amount;
        rest -= amount;
        if (uses[u].line != NOBODY) {
            for (int i = 0; i < n; i++) if (same_key(pools[i].of, key_of(d, uses[u].line))) pools[i].left -= pools[i].left < amount ? pools[i].left : amount;
            take(d, at, uses[u].line, 1, amount);
            continue;
        }
        amount -= draw(p, d, pools, n, at, amount, 1);
        amount -= draw(p, d, pools, n, at, amount, 0);
        if (amount) take(d, at, NOBODY, 0, amount);
    }
    for (int exact = 1; exact >= 0; exact--) {
        for (int r = 0; r < 3; r++) {
            for (int i = 0; i < p->n_items; i++) {
                if (rank_of(&p->items[i]) != r || open[i] <= 0 || rest <= 0) continue;
                const int64_t got = draw(p, d, pools, n, i, open[i] < rest ? open[i] : rest, exact);
                open[i] -= got;
                rest -= got;
            }
        }
    }
    for (int i = 0; i < p->n_items; i++) p->items[i].open = open[i];
    p->docs[p->n_docs++] = *d;
}

/* ---- giving back ------------------------------------------------------------------------------------------------------------------------ */

static inline int64_t portion(int64_t sum, int64_t credited, int64_t of)
{
    if (of <= 0 || credited <= 0) return 0;
    return credited >= of ? sum : (2 * sum * credited + of) / (2 * of);
}

/* Cent by cent to whom it is due next, the first of equals. */
static inline void hand_out(const taken *const *list, int n, int64_t cents, int64_t *should)
{
    for (int k = 0; k < n; k++) should[k] = 0;
    for (; cents > 0; cents--) {
        int best = 0;
        for (int k = 1; k < n; k++) if (list[k]->amount * (2 * should[best] + 1) > list[best]->amount * (2 * should[k] + 1)) best = k;
        should[best]++;
    }
}

static inline void give(plain *p, doc *d, note *x, taken **list, int n, int64_t most)
{
    int64_t should[SHARES], now = most, over = 0;
    hand_out((const taken *const *)list, n, most, should);
    for (int k = 0; k < n; k++) {
        now -= list[k]->given;
        should[k] = should[k] > list[k]->given ? should[k] - list[k]->given : 0;
        over += should[k];
    }
    over -= now > 0 ? now : 0;
    for (int k = n - 1; k >= 0 && over > 0; k--) {
        const int64_t less = should[k] < over ? should[k] : over;
        should[k] -= less;
        over -= less;
    }
    for (int k = 0; k < n; k++) {
        list[k]->given += should[k];
        x->back[list[k] - d->takes] += should[k];
        p->items[list[k]->item].open += should[k];
    }
}

/* What was taken for line l alone (only), for its group, or for the whole, by item. */
static inline int those_of(doc *d, int l, int only, taken **list)
{
    int n = 0;
    for (int k = 0; k < d->n_takes; k++) if (d->takes[k].line == l && d->takes[k].only == only) list[n++] = &d->takes[k];
    for (int i = 0; i < n; i++) for (int k = i + 1; k < n; k++) if (list[k]->item < list[i]->item) { taken *t = list[i]; list[i] = list[k]; list[k] = t; }
    return n;
}

static inline int64_t all_of(taken **list, int n)
{
    int64_t sum = 0;
    for (int k = 0; k < n; k++) sum += list[k]->amount;
    return sum;
}

/* x->off: what it takes of each line. */
static inline void plain_note(plain *p, const note *asked)
{
    note *x = &p->notes[p->n_notes++];
    *x = *asked;
    doc *d = &p->docs[x->doc];
    int64_t left[LINES], rest[LINES], of = total_of(d), credited = 0;
    taken *list[SHARES];
    int n;
    for (int l = 0; l < d->n; l++) {
        d->lines[l].credited += x->off[l];
        credited += d->lines[l].credited;
        left[l] = net_of(&d->lines[l]);
        rest[l] = d->lines[l].credited;
    }
    const int whole = credited >= of;
    for (int l = 0; l < d->n; l++) {
        if (!(n = those_of(d, l, 1, list))) continue;
        const int64_t sum = all_of(list, n), most = whole ? sum : portion(sum, rest[l], left[l]);
        give(p, d, x, list, n, most);
        left[l] -= sum, rest[l] -= most;
        of -= sum, credited -= most;
    }
    for (int l = 0; l < d->n; l++) {
        int64_t group = 0, gone = 0;
        if (!(n = those_of(d, l, 0, list))) continue;
        for (int k = 0; k < d->n; k++) if (same_key(key_of(d, k), key_of(d, l))) group += left[k], gone += rest[k];
        const int64_t sum = all_of(list, n), most = whole ? sum : portion(sum, gone, group);
        give(p, d, x, list, n, most);
        of -= sum, credited -= most < gone ? most : gone;
    }
    if ((n = those_of(d, NOBODY, 0, list))) give(p, d, x, list, n, whole ? all_of(list, n) : portion(all_of(list, n), credited, of));
}

/* 0: what it gave back was taken again. */
static inline int plain_void_note(plain *p, int at)
{
    note *x = &p->notes[at];
    doc *d = &p->docs[x->doc];
    int64_t open[ITEMS];
    for (int i = 0; i < p->n_items; i++) open[i] = p->items[i].open;
    for (int k = 0; k < d->n_takes; k++) open[d->takes[k].item] -= x->back[k];
    for (int i = 0; i < p->n_items; i++) if (open[i] < 0) return 0;
    for (int k = 0; k < d->n_takes; k++) d->takes[k].given -= x->back[k];
    for (int l = 0; l < d->n; l++) d->lines[l].credited -= x->off[l];
    for (int i = 0; i < p->n_items; i++) p->items[i].open = open[i];
    x->voided = 1;
    return 1;
}

static inline void plain_void_doc(plain *p, int at)
{
    doc *d = &p->docs[at];
    for (int k = 0; k < d->n_takes; k++) p->items[d->takes[k].item].open += d->takes[k].amount;
    d->voided = 1;
}

#endif
