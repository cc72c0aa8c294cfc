/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of orders, deliveries and their documents at random: mostly ones that are possible, the rest refused in every way. */
#ifndef TESTS_MODEL_CHOOSE_ORDERS_H
#define TESTS_MODEL_CHOOSE_ORDERS_H

#include "model/plain_orders.h"

enum { ORDER, CONFIRM, CLOSE, CANCEL, DELIVER, SHIP, SIGN, REFUSE, DROP, ESTIMATE, END, ISSUE, CREDIT, VOID, AMEND, VERBS };
static const struct {
    const char *name;
    int weight;
} verbs[VERBS] = { { "order", 14 }, { "confirm", 6 }, { "close", 3 },     { "cancel", 1 }, { "deliver", 14 }, { "ship", 5 }, { "sign", 4 }, { "refuse", 1 },
                   { "drop", 3 },   { "estimate", 7 }, { "end", 3 }, { "issue", 30 }, { "credit", 6 },   { "void", 8 }, { "amend", 3 } };

typedef struct op {
    int verb, step, target, contract, n, by_delivery, rolled_back; /* target, and those of the parts: steps */
    int64_t amount;
    struct {
        int order, line, delivery, dline;
        int64_t quantity, gross, off; /* off: its discount, positive */
    } part[PARTS];
} op;

/* ---- what a step speaks of --------------------------------------------------------------------------------------------------------------- */

static int order_at(const plain *p, int step)
{
    for (int i = 0; i < p->n_orders; i++) if (p->orders[i].step == step) return i;
    return NOBODY;
}
static int delivery_at(const plain *p, int step)
{
    for (int i = 0; i < p->n_deliveries; i++) if (p->deliveries[i].step == step) return i;
    return NOBODY;
}
static int doc_at(const plain *p, int step)
{
    for (int i = 0; i < p->n_docs; i++) if (p->docs[i].step == step) return i;
    return NOBODY;
}

/* Lines with all that is left of them, or a price that leaves them something. */
static int may_credit(const plain *p, const op *o)
{
    const doc *d = doc_at(p, o->target) == NOBODY ? NULL : &p->docs[doc_at(p, o->target)];
    int some = 0;
    if (!d || d->voided || d->note_of != NOBODY || o->n != d->n) return 0;
    for (int k = 0; k < o->n; k++) {
        const int64_t left = left_of(&d->part[k]), gross = o->part[k].gross;
        if (gross && gross != left && left - gross < 10) return 0;
        some |= gross != 0;
    }
    return some;
}

static int has_all(const plain *p, const op *o)
{
    switch (o->verb) {
    case ORDER: case AMEND: return 1;
    case CONFIRM: case CLOSE: case CANCEL: case DELIVER: return order_at(p, o->target) != NOBODY;
    case ESTIMATE: return delivery_at(p, o->target) != NOBODY && !p->deliveries[delivery_at(p, o->target)].estimate;
    case END: return delivery_at(p, o->target) != NOBODY && p->deliveries[delivery_at(p, o->target)].estimate;
    case SHIP: case SIGN: case REFUSE: case DROP: return delivery_at(p, o->target) != NOBODY;
    case CREDIT: return may_credit(p, o);
    case VOID: return doc_at(p, o->target) != NOBODY;
    default:
        for (int k = 0; k < o->n; k++) {
            if (order_at(p, o->part[k].order) == NOBODY || (o->part[k].delivery != NOBODY && delivery_at(p, o->part[k].delivery) == NOBODY)) return 0;
        }
        return o->n > 0;
    }
}

/* ---- choosing ------------------------------------------------------------------------------------------------------------------------------ */

static int any(uint64_t *seed, int n) { return (int)(test_random(seed) % (uint64_t)n); }

/* Mostly one that is delivered on and invoiced. */
static int some_order(const plain *p, uint64_t *g)
{
    int at = any(g, p->n_orders);
    for (int tries = 0; tries < 10 && any(g, 12); tries++, at = any(g, p->n_orders)) {
        if (p->orders[at].status == CONFIRMED || p->orders[at].status == DELIVERING) break;
    }
    return at;
}

/* What is left of a line more often than not; one more now and then. */
static void choose_part(const plain *p, op *o, int k, uint64_t *g)
{
    const int at = some_order(p, g);
    const order *x = &p->orders[at];
    int d = NOBODY, l = any(g, x->n), dl = 0;
    for (int tries = 0; x->by_delivery && p->n_deliveries && tries < 20; tries++) {
        d = any(g, p->n_deliveries);
        if (p->deliveries[d].order == at && (p->deliveries[d].status == SHIPPED || p->deliveries[d].status == SIGNED || !any(g, 20))) break;
        d = NOBODY;
    }
    if (x->by_delivery && d == NOBODY) return;
    if (d != NOBODY) dl = any(g, p->deliveries[d].n), l = p->deliveries[d].line[dl].of;
    const line *of = d == NOBODY ? &x->line[l] : &p->deliveries[d].line[dl];
    const sum had = d == NOBODY ? invoiced(p, at, l, NOBODY, 0) : invoiced(p, 0, 0, d, dl);
    int64_t left = of->quantity - had.quantity, price = x->line[l].gross / x->line[l].quantity;
    o->part[k].quantity = left > 0 ? (any(g, 3) ? left : 1 + any(g, (int)left)) : 1;
    if (!any(g, 10)) o->part[k].quantity++;
    o->part[k].gross = o->part[k].quantity * price - (any(g, 4) ? 0 : any(g, (int)price));
    if (!any(g, 4)) o->part[k].off = 1 + any(g, (int)(o->part[k].gross / 3)), o->part[k].gross += any(g, 2) ? o->part[k].off : 0;
    o->part[k].order = x->step;
    o->part[k].line = l;
    o->part[k].delivery = d == NOBODY ? NOBODY : p->deliveries[d].step;
    o->part[k].dline = dl;
    o->n = k + 1;
}

static void choose_delivery(const plain *p, op *o, uint64_t *g)
{
    const order *x = &p->orders[some_order(p, g)];
    o->target = x->step;
    o->amount = !any(g, 6); /* it stays packed */
    o->n = 1 + any(g, x->n);
    for (int i = 0; i < o->n; i++) {
        o->part[i].line = o->n == x->n ? i : any(g, x->n);
        int64_t q = x->line[o->part[i].line].quantity;
        o->part[i].quantity = any(g, 3) ? 1 + any(g, (int)q) : q + !any(g, 6);
        o->part[i].gross = o->part[i].quantity * (x->line[o->part[i].line].gross / q);
    }
}

static int choose(const plain *p, op *o, int step, uint64_t *g)
{
    int total = 0, v = 0;
    memset(o, 0, sizeof *o);
    for (int i = 0; i < VERBS; i++) total += verbs[i].weight;
    for (int r = any(g, total); r >= verbs[v].weight; v++) r -= verbs[v].weight;
    o->verb = v;
    o->step = step;
    o->rolled_back = !any(g, 8);
    if (v == ORDER) {
        o->contract = any(g, CONTRACTS + 1);
        o->by_delivery = any(g, 2);
        o->amount = !any(g, 4); /* it stays a draft */
        o->n = 1 + any(g, LINES);
        for (int i = 0; i < o->n; i++) o->part[i].quantity = 1 + any(g, 12), o->part[i].gross = o->part[i].quantity * (100 + any(g, 2000));
        return 1;
    }
    if (v == AMEND) {
        o->contract = 1 + any(g, CONTRACTS);
        o->amount = any(g, 3) ? 20000 + any(g, 150000) : p->amount[o->contract];
        return 1;
    }
    if (v == DELIVER || v == CONFIRM || v == CLOSE || v == CANCEL) {
        if (!p->n_orders) return 0;
        if (v == DELIVER) choose_delivery(p, o, g);
        else for (int tries = 0; tries < 8; tries++) { /* what was refused is tried again */
            const order *x = &p->orders[any(g, p->n_orders)];
            o->target = x->step;
            if (v != CONFIRM || x->status == DRAFT) break;
        }
    } else if (v == ISSUE) {
        o->contract = any(g, 4) ? 0 : 1 + any(g, CONTRACTS);
        for (int k = 0, n = 1 + any(g, PARTS); p->n_orders && k < n; k++) if (o->n == k) choose_part(p, o, k, g);
    } else if (v == CREDIT || v == VOID) {
        if (!p->n_docs) return 0;
        const doc *d = &p->docs[any(g, p->n_docs)];
        for (int tries = 0; v == CREDIT && tries < 10 && (d->voided || d->note_of != NOBODY); tries++) d = &p->docs[any(g, p->n_docs)];
        o->target = d->step;
        const int whole = !any(g, 3);
        for (int k = 0; v == CREDIT && k < d->n; k++) {
            const int64_t left = left_of(&d->part[k]);
            o->part[k].gross = whole ? left : any(g, 2) ? 0 : any(g, 3) && left > 20 ? 1 + any(g, (int)left - 12) : left;
            o->n = k + 1;
        }
    } else {
        if (!p->n_deliveries) return 0;
        for (int tries = 0; tries < 8; tries++) {
            const delivery *x = &p->deliveries[any(g, p->n_deliveries)];
            o->target = x->step;
            if (v == SHIP ? x->status == PACKED : v == END ? x->open != 0 : v == SIGN || v == REFUSE ? x->status == SHIPPED : 1) break;
        }
        o->amount = 100 + any(g, 20000);
    }
    return has_all(p, o);
}

#endif
