/* SPDX-License-Identifier: Apache-2.0 */
/* Orders, deliveries, what is estimated of them and what is invoiced: plain arrays, and every sum taken from the documents each time. It shares no code with the library. */
#ifndef TESTS_MODEL_PLAIN_ORDERS_H
#define TESTS_MODEL_PLAIN_ORDERS_H

#include "support/support.h"

enum { CONTRACTS = 2, LINES = 2, PARTS = 3, STEPS = 50, NOBODY = -1 };
enum { DRAFT, CONFIRMED, DELIVERING, CLOSED, CANCELLED };
enum { PACKED, SHIPPED, SIGNED, REFUSED, DROPPED };

__extension__ typedef __int128 wide;

typedef struct sum {
    int64_t quantity, gross, net;
} sum;

typedef struct line {
    int64_t id;
    int of; /* of a delivery: the line of its order */
    int64_t quantity, gross;
} line;

typedef struct order {
    int step, contract, status, n, by_delivery; /* contract: 0 none; by_delivery: its invoices name deliveries */
    int64_t id, committed, committed_net;
    line line[LINES];
} order;

typedef struct delivery {
    int step, order, status, n;
    int64_t id, estimate, open; /* the item that is estimated of it, 0: none */
    line line[LINES];
} delivery;

typedef struct part { /* a line of a document */
    int order, line, delivery, dline, contract; /* delivery: NOBODY; contract: another than the header's */
    sum of;                                     /* with its discount */
    sum line_, off;                             /* what no note took yet of the line, and of its discount (negative) */
    int64_t credited;                           /* gross, of both */
    int discounted;
} part;

typedef struct doc {
    int step, note_of, voided, n, order, contract, main; /* of the header: NOBODY, 0; main: the contract it names */
    int64_t id;
    sum of;
    part part[PARTS];
    int64_t takes[STEPS], given[STEPS]; /* of estimates, by delivery, and what notes gave back of that; of a note: what it gave back is in takes */
    int group[STEPS];                   /* the first part of those it was taken by; PARTS: of the whole document */
} doc;

typedef struct plain {
    int n_orders, n_deliveries, n_docs;
    int64_t amount[CONTRACTS + 1];
    order orders[STEPS];
    delivery deliveries[STEPS];
    doc docs[STEPS];
} plain;

/* 1: with tax and 10 % tolerance; 2: without tax, and only what was delivered is invoiced. */
static const int tolerance[CONTRACTS + 1] = { 0, 1000, 0 }, without_tax[CONTRACTS + 1] = { 0, 0, 1 }, only_delivered[CONTRACTS + 1] = { 0, 0, 1 };
static const int64_t first_amount[CONTRACTS + 1] = { 0, 60000, 45000 };

/* whole * part / of, half away from zero. */
static inline int64_t share(int64_t whole, int64_t part_, int64_t of)
{
    wide n = (wide)whole * part_, d = of;
    return (int64_t)(n < 0 ? -((-n * 2 + d) / (d * 2)) : (n * 2 + d) / (d * 2));
}
static inline int64_t net_of(int64_t gross) { return share(gross, 100, 113); }
static inline int64_t most(int64_t of, int contract) { return of + of * tolerance[contract] / 10000; }
static inline int64_t limit_of(const plain *p, int k) { return most(p->amount[k], k); }
static inline void add(sum *to, const sum *x) { to->quantity += x->quantity, to->gross += x->gross, to->net += x->net; }

/* ---- what was taken of what --------------------------------------------------------------------------------------------------------- */

static inline sum delivered(const plain *p, int o, int l)
{
    sum s = { 0, 0, 0 };
    for (int d = 0; d < p->n_deliveries; d++) {
        const delivery *x = &p->deliveries[d];
        for (int i = 0; x->order == o && (x->status == SHIPPED || x->status == SIGNED) && i < x->n; i++) {
            if (x->line[i].of == l) add(&s, &(sum){ x->line[i].quantity, x->line[i].gross, x->line[i].gross });
        }
    }
    return s;
}

/* Of an order line; with a delivery of a line of that. */
static inline sum invoiced(const plain *p, int o, int l, int d, int dl)
{
    sum s = { 0, 0, 0 };
    for (int i = 0; i < p->n_docs; i++) {
        for (int k = 0; !p->docs[i].voided && k < p->docs[i].n; k++) {
            const part *x = &p->docs[i].part[k];
            if (d == NOBODY ? x->order == o && x->line == l : x->delivery == d && x->dline == dl) add(&s, &x->of);
        }
    }
    return s;
}

/* Documents of an order as a whole; of those of several, its lines. */
static inline sum whole(const plain *p, int o)
{
    sum s = { 0, 0, 0 };
    for (int i = 0; i < p->n_docs; i++) {
        const doc *x = &p->docs[i];
        if (x->voided) continue;
        if (x->order == o) add(&s, &(sum){ 0, x->of.gross, x->of.net });
        for (int k = 0; x->order == NOBODY && k < x->n; k++) if (x->part[k].order == o) add(&s, &(sum){ 0, x->part[k].of.gross, x->part[k].of.net });
    }
    return s;
}

/* What of a document is of a contract. */
static inline sum share_of(const doc *x, int k)
{
    sum s = { 0, 0, 0 };
    if (x->contract == k) s = (sum){ 0, x->of.gross, x->of.net };
    for (int i = 0; i < x->n; i++) {
        const int sign = x->part[i].contract == k ? 1 : x->part[i].contract && x->contract == k ? -1 : 0;
        s.gross += sign * x->part[i].of.gross, s.net += sign * x->part[i].of.net;
    }
    return s;
}

static inline sum issued(const plain *p, int k)
{
    sum s = { 0, 0, 0 };
    for (int i = 0; i < p->n_docs; i++) {
        sum x = share_of(&p->docs[i], k);
        if (!p->docs[i].voided) add(&s, &x);
    }
    return s;
}

/* Two days: documents of even steps are dated on the first, all else happens on the second. What was issued by the first: notes are of the second, and so is voiding. */
static inline int is_early(const doc *x) { return x->note_of == NOBODY && x->step % 2 == 0; }
static inline sum issued_early(const plain *p, int k)
{
    sum s = { 0, 0, 0 };
    for (int i = 0; i < p->n_docs; i++) {
        sum x = share_of(&p->docs[i], k);
        if (is_early(&p->docs[i])) add(&s, &x);
    }
    return s;
}

static inline sum ordered(const plain *p, int k)
{
    sum s = { 0, 0, 0 };
    for (int o = 0; o < p->n_orders; o++) if (p->orders[o].contract == k) s.gross += p->orders[o].committed, s.net += p->orders[o].committed_net;
    return s;
}

static inline int64_t basis(int k, sum s) { return without_tax[k] ? s.net : s.gross; }

/* ---- orders and deliveries -------------------------------------------------------------------------------------------------------------- */

static inline arc_status plain_confirm(plain *p, int at)
{
    order *o = &p->orders[at];
    sum s = { 0, 0, 0 };
    if (o->status != DRAFT) return ARC_E_STATE;
    for (int l = 0; l < o->n; l++) s.gross += o->line[l].gross, s.net += net_of(o->line[l].gross);
    if (o->contract && basis(o->contract, s) > 0 && basis(o->contract, ordered(p, o->contract)) + basis(o->contract, s) > limit_of(p, o->contract)) return ARC_E_GUARD;
    o->status = CONFIRMED;
    o->committed = s.gross;
    o->committed_net = s.net;
    return ARC_OK;
}

static inline arc_status plain_close(plain *p, int at)
{
    order *o = &p->orders[at];
    int64_t kept = 0;
    if (o->status != CONFIRMED && o->status != DELIVERING) return ARC_E_STATE;
    for (int l = 0; l < o->n; l++) {
        int64_t d = delivered(p, at, l).gross, i = invoiced(p, at, l, NOBODY, 0).gross, more = d > i ? d : i;
        kept += more > 0 ? more : 0;
    }
    if (whole(p, at).gross > kept) kept = whole(p, at).gross;
    if (kept > o->committed) kept = o->committed;
    o->committed_net = o->committed ? share(o->committed_net, kept, o->committed) : 0;
    o->committed = kept;
    o->status = CLOSED;
    return ARC_OK;
}

static inline arc_status plain_cancel(plain *p, int at)
{
    order *o = &p->orders[at];
    int any = whole(p, at).gross || whole(p, at).net;
    if (o->status == CLOSED || o->status == CANCELLED) return ARC_E_STATE;
    for (int l = 0; l < o->n; l++) any |= delivered(p, at, l).quantity || invoiced(p, at, l, NOBODY, 0).quantity;
    if (any) return ARC_E_STATE;
    o->status = CANCELLED;
    o->committed = o->committed_net = 0;
    return ARC_OK;
}

static inline arc_status plain_ship(plain *p, int at)
{
    delivery *d = &p->deliveries[at];
    order *o = &p->orders[d->order];
    if (d->status != PACKED || (o->status != CONFIRMED && o->status != DELIVERING)) return ARC_E_STATE;
    for (int i = 0; i < d->n; i++) {
        const line *of = &o->line[d->line[i].of];
        sum s = delivered(p, d->order, d->line[i].of);
        if (s.quantity + d->line[i].quantity > most(of->quantity, o->contract) || s.gross + d->line[i].gross > most(of->gross, o->contract)) return ARC_E_GUARD;
    }
    d->status = SHIPPED;
    o->status = DELIVERING;
    return ARC_OK;
}

static inline arc_status plain_sign(plain *p, int at)
{
    if (p->deliveries[at].status != SHIPPED) return ARC_E_STATE;
    p->deliveries[at].status = SIGNED;
    return ARC_OK;
}

/* Nothing of it is invoiced, nor of its order more than stays delivered where that counts. */
static inline arc_status plain_back(plain *p, int at, int to)
{
    delivery *d = &p->deliveries[at];
    const order *o = &p->orders[d->order];
    if (d->status != SHIPPED && (to == REFUSED || d->status != PACKED)) return ARC_E_STATE;
    for (int i = 0; d->status == SHIPPED && i < d->n; i++) {
        sum own = invoiced(p, 0, 0, at, i), all = invoiced(p, d->order, d->line[i].of, NOBODY, 0), had = delivered(p, d->order, d->line[i].of);
        if (own.quantity || own.gross) return ARC_E_STATE;
        if ((o->status == CLOSED || only_delivered[o->contract]) && (all.quantity > had.quantity - d->line[i].quantity || all.gross > had.gross - d->line[i].gross)) return ARC_E_STATE;
    }
    d->status = to;
    return ARC_OK;
}

/* Of what left the house. */
static inline arc_status plain_estimate(plain *p, int at, int64_t amount)
{
    delivery *d = &p->deliveries[at];
    if (d->status != SHIPPED && d->status != SIGNED) return ARC_E_STATE;
    d->estimate = 1; /* until its id is known */
    d->open = amount;
    return ARC_OK;
}

static inline arc_status plain_amend(plain *p, int k, int64_t amount)
{
    const int64_t before = limit_of(p, k), is = basis(k, issued(p, k)), asked = basis(k, ordered(p, k));
    if (amount == p->amount[k]) return ARC_E_VALUE;
    if (most(amount, k) < before && (most(amount, k) < is || most(amount, k) < asked)) return ARC_E_GUARD;
    p->amount[k] = amount;
    return ARC_OK;
}

/* ---- documents --------------------------------------------------------------------------------------------------------------------------- */

/* Whose document it is, when its lines alone say so. */
static inline void find_heads(const plain *p, doc *x)
{
    int several = 0, kinds = 0;
    for (int k = 1; k < x->n; k++) {
        several |= x->part[k].order != x->part[0].order;
        kinds |= p->orders[x->part[k].order].contract != p->orders[x->part[0].order].contract;
    }
    x->order = several ? NOBODY : x->part[0].order;
    x->contract = x->main ? x->main : kinds ? 0 : p->orders[x->part[0].order].contract;
    for (int k = 0; k < x->n; k++) {
        const int own = p->orders[x->part[k].order].contract;
        x->part[k].contract = own != x->contract ? own : 0;
    }
}

static inline int contract_of(const doc *x, const part *y) { return y->contract ? y->contract : x->contract; }

/* Whether what the parts up to n take is too much of an order line or a delivery line. */
static inline int too_much(const plain *p, const doc *x, int n, int by_delivery, int with_amounts)
{
    const part *last = &x->part[n - 1];
    if (by_delivery && last->delivery == NOBODY) return 0;
    const order *o = &p->orders[last->order];
    const line *of = by_delivery ? &p->deliveries[last->delivery].line[last->dline] : &o->line[last->line];
    const int k_ = contract_of(x, last);
    sum can = { most(of->quantity, k_), most(of->gross, k_), 0 };
    sum s = by_delivery ? invoiced(p, 0, 0, last->delivery, last->dline) : invoiced(p, last->order, last->line, NOBODY, 0);
    if (!by_delivery && (o->status == CLOSED || only_delivered[k_])) can = delivered(p, last->order, last->line);
    for (int k = 0; k < (with_amounts ? x->n : n); k++) {
        const part *y = &x->part[k];
        if (by_delivery ? y->delivery == last->delivery && y->dline == last->dline : y->order == last->order && y->line == last->line) add(&s, &y->of);
    }
    return with_amounts ? s.gross > can.gross : s.quantity > can.quantity;
}

/* In the order in which a clerk would look: orders and their lines, deliveries and theirs, orders as a whole, contracts. */
static inline arc_status judge(const plain *p, const doc *x, int early)
{
    for (int level = 0; level < 2; level++) {
        for (int k = 0; k < x->n; k++) {
            const part *y = &x->part[k];
            const int o = p->orders[y->order].status, d = y->delivery == NOBODY ? SHIPPED : p->deliveries[y->delivery].status;
            if (level ? d != SHIPPED && d != SIGNED : o != CONFIRMED && o != DELIVERING && o != CLOSED) return ARC_E_STATE;
            if (!level && x->order != NOBODY && y->contract) return ARC_E_GUARD; /* the order of the header is of another contract */
        }
        for (int k = 1; k <= x->n; k++) if (too_much(p, x, k, level, 0)) return ARC_E_GUARD;
        for (int k = 1; k <= x->n; k++) if (too_much(p, x, k, level, 1)) return ARC_E_GUARD;
    }
    for (int k = 0; k < x->n; k++) {
        const int o = x->part[k].order;
        int64_t own = 0;
        for (int i = 0; i < x->n; i++) own += x->part[i].order == o ? x->part[i].of.gross : 0;
        if (own + whole(p, o).gross > most(p->orders[o].committed, contract_of(x, &x->part[k]))) return ARC_E_GUARD;
    }
    for (int k = 1; k <= CONTRACTS; k++) {
        const int64_t is = basis(k, share_of(x, k));
        if (is > 0 && basis(k, issued(p, k)) + is > limit_of(p, k)) return ARC_E_GUARD;
        if (is > 0 && early && basis(k, issued_early(p, k)) + is > most(first_amount[k], k)) return ARC_E_GUARD; /* amendments are of the second day */
    }
    return ARC_OK;
}

static inline int done(sum is, const line *l) { return is.quantity >= l->quantity || is.gross >= l->gross; }

/* With the document, which is there already: nothing is left to invoice of the delivery, or of its order. */
static inline int ends(const plain *p, const doc *x, int d)
{
    const delivery *y = &p->deliveries[d];
    const order *o = &p->orders[y->order];
    int of_it = 0, of_order = 0, all = 1, all_of_order = 1;
    for (int k = 0; k < x->n; k++) of_it |= x->part[k].delivery == d, of_order |= x->part[k].order == y->order;
    for (int i = 0; i < y->n; i++) all &= done(invoiced(p, 0, 0, d, i), &y->line[i]);
    for (int l = 0; l < o->n; l++) all_of_order &= done(invoiced(p, y->order, l, NOBODY, 0), &o->line[l]);
    return (of_it && all) || (of_order && all_of_order);
}

static inline int same_group(const part *a, const part *b) { return a->order == b->order && a->delivery == b->delivery && a->contract == b->contract; }

/* The parts by which something is taken of the estimate of a delivery: those of the delivery, those of its order that name none, else the most of that order. PARTS: the document is one group. */
static inline int group_of(const doc *x, const delivery *y, int d)
{
    int groups = 0, best = PARTS, rank = 0;
    int64_t most_ = 0;
    for (int k = 0; k < x->n; k++) {
        int first = 1;
        int64_t gross = 0;
        for (int i = 0; i < k; i++) first &= !same_group(&x->part[i], &x->part[k]);
        if (!first) continue;
        groups++;
        for (int i = 0; i < x->n; i++) gross += same_group(&x->part[i], &x->part[k]) ? x->part[i].of.gross : 0;
        const int own = x->part[k].delivery == d ? 3 : x->part[k].order != y->order ? 0 : x->part[k].delivery == NOBODY ? 2 : 1;
        const int before = best == PARTS || x->part[k].delivery < x->part[best].delivery; /* of equals */
        if (own < rank || !own || (own == rank && (gross < most_ || (gross == most_ && !before)))) continue;
        best = k, rank = own, most_ = gross;
    }
    return groups > 1 ? best : PARTS;
}

/* What is estimated of a delivery goes with what its lines invoice, or with what lines invoice of its order that name no delivery, the oldest estimate first; all of it with the last. */
static inline void consume(plain *p, doc *x)
{
    int64_t left[PARTS], last = 0;
    for (int k = 0; k < x->n; k++) left[k] = x->part[k].of.gross;
    for (int turn = 0; turn < p->n_deliveries; turn++) {
        int d = NOBODY;
        for (int i = 0; i < p->n_deliveries; i++) {
            if (p->deliveries[i].estimate > last && (d == NOBODY || p->deliveries[i].estimate < p->deliveries[d].estimate)) d = i;
        }
        if (d == NOBODY) break;
        delivery *y = &p->deliveries[d];
        last = y->estimate;
        for (int k = 0; k < x->n; k++) {
            const part *z = &x->part[k];
            if (z->delivery != d && (z->delivery != NOBODY || z->order != y->order)) continue;
            const int64_t some = left[k] < y->open - x->takes[d] ? left[k] : y->open - x->takes[d];
            x->takes[d] += some;
            left[k] -= some;
        }
        if (ends(p, x, d)) x->takes[d] = y->open;
        x->group[d] = group_of(x, y, d);
        y->open -= x->takes[d];
    }
}

static inline void give_back(plain *p, const doc *x, int sign)
{
    for (int d = 0; d < p->n_deliveries; d++) p->deliveries[d].open += sign * x->takes[d];
}

static inline arc_status plain_issue(plain *p, const doc *asked)
{
    doc x = *asked;
    find_heads(p, &x);
    arc_status st = judge(p, &x, is_early(&x));
    if (st != ARC_OK) return st;
    p->docs[p->n_docs++] = x;
    consume(p, &p->docs[p->n_docs - 1]);
    return ARC_OK;
}

/* The note that stands of a document. */
static inline int note_of(const plain *p, int at)
{
    for (int i = 0; i < p->n_docs; i++) if (p->docs[i].note_of == at && !p->docs[i].voided) return i;
    return NOBODY;
}

static inline int64_t left_of(const part *x) { return x->line_.gross + x->off.gross; }

/* What a note takes of a line: all that is left of it with its discount, or a price (gross). */
static inline void credit_part(part *of, part *by, int64_t gross)
{
    *by = *of;
    if (gross == left_of(of)) {
        by->of = of->line_;
        add(&by->of, &of->off);
        of->line_ = of->off = (sum){ 0, 0, 0 };
    } else {
        by->of = (sum){ 0, gross, gross - share(of->line_.gross - of->line_.net, gross, of->line_.gross) };
        of->line_.gross -= by->of.gross, of->line_.net -= by->of.net;
    }
    of->credited += by->of.gross;
    by->of = (sum){ -by->of.quantity, -by->of.gross, -by->of.net };
}

/* Cent by cent to the estimate to which it is due next, the oldest of equals, until all of a group have given back `cents`. */
static inline void hand_out(const plain *p, const doc *i, int group, int64_t cents, int64_t *should)
{
    for (int d = 0; d < p->n_deliveries; d++) should[d] = 0;
    for (; cents > 0; cents--) {
        int best = NOBODY;
        for (int d = 0; d < p->n_deliveries; d++) {
            if (!i->takes[d] || i->group[d] != group) continue;
            const wide own = best == NOBODY ? 1 : (wide)i->takes[d] * (2 * should[best] + 1), other = best == NOBODY ? 0 : (wide)i->takes[best] * (2 * should[d] + 1);
            if (own > other || (own == other && p->deliveries[d].estimate < p->deliveries[best].estimate)) best = d;
        }
        should[best]++;
    }
}

/* x, a note, gives back what its lines took. */
static inline void give_by_group(plain *p, doc *i, doc *x, int group)
{
    int64_t of = 0, gone = 0, all = 0, taken = 0, should[STEPS], now, over = 0;
    for (int k = 0; k < i->n; k++) {
        all += left_of(&i->part[k]);
        if (group != PARTS && !same_group(&i->part[k], &i->part[group])) continue;
        of += i->part[k].of.gross;
        gone += i->part[k].credited;
    }
    for (int d = 0; d < p->n_deliveries; d++) taken += i->group[d] == group ? i->takes[d] : 0;
    if (!taken) return;
    const int64_t most_ = !all || gone >= of ? taken : gone > 0 ? share(taken, gone, of) : 0;
    hand_out(p, i, group, most_, should);
    now = most_;
    for (int d = 0; d < p->n_deliveries; d++) {
        if (!i->takes[d] || i->group[d] != group) continue;
        now -= i->given[d];
        should[d] = should[d] > i->given[d] ? should[d] - i->given[d] : 0;
        over += should[d];
    }
    over -= now > 0 ? now : 0;
    for (int64_t last = INT64_MAX; over > 0;) { /* a cent too many after notes were voided: of the youngest */
        int at = NOBODY;
        for (int d = 0; d < p->n_deliveries; d++) {
            if (i->takes[d] && i->group[d] == group && p->deliveries[d].estimate < last && (at == NOBODY || p->deliveries[d].estimate > p->deliveries[at].estimate)) at = d;
        }
        const int64_t less = should[at] < over ? should[at] : over;
        should[at] -= less, over -= less, last = p->deliveries[at].estimate;
    }
    for (int d = 0; d < p->n_deliveries; d++) {
        if (!i->takes[d] || i->group[d] != group) continue;
        i->given[d] += should[d];
        x->takes[d] += should[d];
        p->deliveries[d].open += should[d];
    }
}

/* Of each line what is asked (gross; 0: nothing). */
static inline arc_status plain_credit(plain *p, int at, int step, const int64_t *gross)
{
    doc *i = &p->docs[at], x = *i;
    memset(x.takes, 0, sizeof x.takes);
    x.step = step;
    x.note_of = at;
    x.of = (sum){ 0, 0, 0 };
    for (int k = 0; k < x.n; k++) {
        x.part[k].of = (sum){ 0, 0, 0 };
        if (gross[k]) credit_part(&i->part[k], &x.part[k], gross[k]);
        add(&x.of, &x.part[k].of);
    }
    x.of.quantity = 0;
    for (int group = 0; group <= PARTS; group++) give_by_group(p, i, &x, group);
    p->docs[p->n_docs++] = x;
    return ARC_OK;
}

/* What a note takes again when it is voided. */
static inline doc mirror(const doc *x)
{
    doc again = *x;
    again.n = 0;
    for (int k = 0; k < x->n; k++) {
        const sum s = x->part[k].of;
        if (!s.gross) continue;
        again.part[again.n] = x->part[k];
        again.part[again.n++].of = (sum){ -s.quantity, -s.gross, -s.net };
    }
    again.of = (sum){ 0, -x->of.gross, -x->of.net };
    return again;
}

static inline arc_status plain_void(plain *p, int at)
{
    doc *x = &p->docs[at];
    if (x->voided) return ARC_E_STATE;
    if (x->note_of == NOBODY) {
        if (note_of(p, at) != NOBODY) return ARC_E_STATE;
        give_back(p, x, 1);
    } else { /* what it gave back must still be there */
        doc *i = &p->docs[x->note_of];
        for (int d = 0; d < p->n_deliveries; d++) if (p->deliveries[d].open < x->takes[d]) return ARC_E_STATE;
        const doc again = mirror(x);
        if (judge(p, &again, 0) != ARC_OK) return ARC_E_GUARD;
        give_back(p, x, -1);
        for (int d = 0; d < p->n_deliveries; d++) i->given[d] -= x->takes[d];
        for (int k = 0; k < i->n; k++) {
            const part *y = &x->part[k];
            const sum back = { -y->of.quantity, -y->of.gross, -y->of.net };
            if (!back.gross) continue;
            i->part[k].credited -= back.gross;
            if (back.gross == left_of(y)) add(&i->part[k].line_, &y->line_), add(&i->part[k].off, &y->off);
            else add(&i->part[k].line_, &back);
        }
    }
    x->voided = 1;
    return ARC_OK;
}

#endif
