/* SPDX-License-Identifier: Apache-2.0 */
/* Steps at random: mostly ones that are possible, the rest refused in every way. */
#ifndef TESTS_MODEL_CHOOSE_H
#define TESTS_MODEL_CHOOSE_H

#include "model/plain_bills.h"

typedef struct chooser {
    uint64_t seed;
    const plain *p;
} chooser;

static int any(chooser *g, int n) { return (int)(test_random(&g->seed) % (uint64_t)n); }

static int64_t any_amount(chooser *g)
{
    static const int64_t edges[] = { 1, 2, 99, 100, 101, INT64_C(2147483647), INT64_C(9007199254740993) };
    return any(g, 3) ? any(g, 100000) + 1 : edges[any(g, 7)];
}

static void choose_document(chooser *g, op *o)
{
    o->customer = any(g, 3) ? 0 : any(g, CUSTOMERS); /* mostly one, so that there is something to match */
    o->currency = any(g, CURRENCIES);
    o->date = FIRST_DAY + any(g, DAYS);
    o->due = o->date + any(g, 90);
    if (!any(g, 4) && (o->currency != JPY || !any(g, 20)) && (!o->customer || !any(g, 30))) o->contract = any(g, 30) ? 1 + (o->currency == USD) : 1 + any(g, CONTRACTS);
    if (o->currency != CNY && !any(g, 4)) o->rate_given = 1 + any(g, o->currency == JPY ? 1000 : 90000);
}

static int choose_record(chooser *g, op *o)
{
    choose_document(g, o);
    o->amount = any(g, 15) ? any_amount(g) * (any(g, 4) ? 1 : -1) : 0;
    if (any(g, 2)) o->tax = o->amount / 113 * 13;
    if (g->p->n_numbers && !any(g, 20)) o->flags |= NUMBER_TAKEN;
    return 1;
}

static int choose_issue(chooser *g, op *o)
{
    static const int rates[] = { 13, 6, 0, 13 };
    choose_document(g, o);
    int64_t sign = any(g, 8) ? 1 : -1;
    o->n = 1 + any(g, MAX_EL);
    for (int i = 0; i < o->n; i++) o->net[i] = sign * (any(g, 10) ? any(g, 100000) + 1 : any_amount(g)), o->rate[i] = rates[any(g, 4)];
    o->term = any(g, TERMS);
    o->retention = !any(g, 3);
    if (any(g, 2)) o->flags |= BY_GROUP;
    return 1;
}

static const doc *some_item(chooser *g);

/* Money for an item: what is open, or less by the discount it offers, by what is tolerated, or by one more. */
static void pay_item(chooser *g, op *o)
{
    const doc *d = some_item(g);
    if (!d || d->left <= 0 || d->customer < 0) return;
    o->customer = d->customer;
    o->currency = d->currency;
    o->rate_given = 0;
    o->date = d->since + any(g, 12);
    o->amount = d->left;
    if (d->offered && any(g, 4)) o->amount -= share(d->offered, d->left, d->amount);
    if (any(g, 2)) o->amount -= tolerated(d->currency, o->amount) + !any(g, 3);
}

static int choose_receive(chooser *g, op *o)
{
    choose_document(g, o);
    if (!any(g, 8)) o->customer = -1;
    o->amount = any(g, 30) ? any_amount(g) : -(int64_t)any(g, 2);
    if (!any(g, 3)) pay_item(g, o);
    o->due = o->date + (any(g, 4) ? 0 : any(g, 20) - 15); /* its value date */
    if (!any(g, 40)) o->due = TODAY + 1 + any(g, 5);
    if (!any(g, 4)) o->flags |= DAY_LEFT_OUT;
    return 1;
}

/* A pair that could fit is looked for, so that most tries are good ones and the rest are refused in every way. */
static int choose_pair(chooser *g, int *credit, int *item)
{
    const plain *p = g->p;
    *credit = -1;
    for (int tries = 0; p->n_docs > 1 && tries < 100; tries++) {
        int c = any(g, p->n_docs), i = any(g, p->n_docs);
        if (p->docs[i].receipt || c == i) continue;
        *credit = c;
        *item = i;
        int usable = p->docs[c].receipt ? p->docs[c].left > 0 : p->docs[c].left < 0;
        if (usable && p->docs[i].left > 0 && p->docs[c].customer == p->docs[i].customer && (p->docs[c].currency == p->docs[i].currency || !any(g, 4))) break;
    }
    return *credit >= 0;
}

static void choose_element(chooser *g, element *e, int credit, int item)
{
    const doc *c = &g->p->docs[credit], *i = &g->p->docs[item];
    int64_t open = i->left, have = c->left < 0 ? -c->left : c->left, fit = open < have ? open : have;
    memset(e, 0, sizeof *e);
    e->credit = c->name;
    e->item = i->name;
    e->amount = any(g, 8) && fit > 0 ? (!any(g, 3) ? fit : 1 + fit / (3 + any(g, 3))) : any_amount(g);
    if (c->currency != i->currency && any(g, 8)) {
        e->leaves = any(g, 3) ? 1 + any(g, (int)(have > 0 && have < 1000000 ? have : 1000)) : have + 1;
        if (open > 0) e->amount = any(g, 3) ? 1 + open / 2 : open;
    }
    if (!any(g, 5) && e->amount > 3) e->discount = 1 + any(g, 3), e->amount -= e->discount;
    if (i->offered && i->left > 3 * i->offered && !any(g, 3)) e->discount = i->offered, e->amount = i->left / 3; /* all of it for a part */
    if (!any(g, 6) && e->amount > 3) e->write_off = 2, e->amount -= 2;
    if (!any(g, 30)) e->amount = -e->amount;
    if (i->currency == CNY && c->currency == CNY && have >= open && open > 10000 && any(g, 3)) e->amount = open, e->amount -= 1 + any(g, 99); /* cents are left, to be given up */
    e->reason = any(g, 5);
    e->date = any(g, 6) ? (c->since > i->since ? c->since : i->since) + any(g, 60) : FIRST_DAY + any(g, DAYS + 100);
}

static int choose_allocate(chooser *g, op *o)
{
    int credit, item;
    o->n = 1 + any(g, MAX_EL);
    for (int k = 0; k < o->n; k++) {
        if ((!k || any(g, 2)) && !choose_pair(g, &credit, &item)) return 0;
        choose_element(g, &o->el[k], credit, item);
    }
    if (!any(g, 4)) o->flags |= ATOMIC;
    return 1;
}

static int choose_reverse(chooser *g, op *o)
{
    if (!g->p->n_allocs) return 0;
    int at = any(g, g->p->n_allocs);
    int rare = any(g, 2), wanted = any(g, 6);
    for (int tries = 0; tries < 20; tries++, at = any(g, g->p->n_allocs)) {
        const alloc *x = &g->p->allocs[at];
        if (!wanted || (!x->reversal && !x->reversed && x->kind != TAKES_BACK && x->kind != WRITTEN_OFF && (x->kind != PLAIN || !rare))) break;
    }
    const alloc *a = &g->p->allocs[at];
    o->target = a->name;
    o->date = a->date + (any(g, 10) ? any(g, 60) : -1 - any(g, 5));
    return 1;
}

/* The first item of an invoice. */
static const doc *some_invoice(chooser *g)
{
    const plain *p = g->p;
    for (int tries = 0; p->n_docs && tries < 30; tries++) {
        int at = any(g, p->n_docs);
        if (p->docs[at].document == at && !p->docs[at].is_credit) return &p->docs[at];
    }
    return NULL;
}

static int choose_credit(chooser *g, op *o)
{
    const doc *d = some_invoice(g);
    if (!d || (d->bill <= 0 && !d->advances && any(g, 3)) || (!d->bill && !d->credited && !d->advances)) return 0;
    o->target = d->name;
    o->date = d->since + (any(g, 12) ? any(g, 90) : -1);
    o->amount = (!d->lined || !any(g, 20)) && any(g, 3) && d->bill > 0 ? 1 + d->bill / (1 + any(g, 4)) - !any(g, 2) : 0;
    return 1;
}

static int choose_void(chooser *g, op *o)
{
    const doc *d = some_invoice(g);
    if (!d) return 0;
    o->target = d->name;
    o->date = d->since + (any(g, 8) ? any(g, 40) : -1);
    return 1;
}

/* An item, mostly one that is open. */
static const doc *some_item(chooser *g)
{
    const plain *p = g->p;
    const doc *d = NULL;
    int wanted = any(g, 12);
    for (int tries = 0; p->n_docs && tries < 40; tries++) {
        const doc *x = &p->docs[any(g, p->n_docs)];
        if (x->receipt) continue;
        d = x;
        if (!wanted || x->left > 0) break;
    }
    return d;
}

enum { NOBODYS, CLAIMED, WITH_REST, HERE };
/* A receipt, mostly one of a kind; NULL: none was met. */
static const doc *some_receipt(chooser *g, int kind)
{
    const plain *p = g->p;
    int wanted = any(g, 10);
    for (int tries = 0; p->n_docs && tries < 60; tries++) {
        const doc *x = &p->docs[any(g, p->n_docs)];
        if (!x->receipt) continue;
        if (!wanted || (kind == NOBODYS && x->customer < 0 && x->returned == NONE) || (kind == CLAIMED && x->claimed != NONE && x->left == x->amount) ||
            (kind == WITH_REST && x->customer >= 0 && x->left > 0) || (kind == HERE && x->returned == NONE)) {
            return x;
        }
    }
    return NULL;
}

static int64_t part_of(chooser *g, int64_t whole)
{
    if (whole < 0) whole = -whole;
    switch (any(g, 10)) {
    case 0: return whole < INT64_C(1000000000000000) ? whole + 1 : whole;
    case 1: return -1;
    case 2: case 3: case 4: return 0;
    default: return 1 + whole / (1 + any(g, 4)) - (whole > 1);
    }
}

static int choose_transfer(chooser *g, op *o)
{
    const doc *d = some_item(g);
    if (!d) return 0;
    o->target = d->name;
    o->customer = any(g, CUSTOMERS);
    o->amount = part_of(g, d->left);
    o->date = d->since + (any(g, 12) ? any(g, 60) : -1);
    return 1;
}

static int choose_refund(chooser *g, op *o)
{
    const plain *p = g->p;
    for (int tries = 0; p->n_docs && tries < 40; tries++) {
        const doc *d = &p->docs[any(g, p->n_docs)];
        if (any(g, 12) && !(d->receipt ? d->left > 0 : d->left < 0)) continue;
        o->target = d->name;
        o->amount = part_of(g, d->left);
        o->date = usable_from(d) + (any(g, 12) ? any(g, 40) : -1);
        return 1;
    }
    return 0;
}

static int choose_claim(chooser *g, op *o)
{
    const doc *d = some_receipt(g, NOBODYS);
    if (!d) return 0;
    o->target = d->name;
    o->customer = any(g, 2) ? 0 : any(g, CUSTOMERS);
    o->date = d->since + (any(g, 10) ? any(g, 50) : -1);
    return 1;
}

static int choose_unclaim(chooser *g, op *o)
{
    const doc *d = some_receipt(g, CLAIMED);
    if (!d) return 0;
    o->target = d->name;
    o->date = usable_from(d) + (any(g, 10) ? any(g, 50) : -1);
    return 1;
}

static int choose_return(chooser *g, op *o)
{
    const doc *d = some_receipt(g, HERE);
    if (!d) return 0;
    o->target = d->name;
    o->date = usable_from(d) + (any(g, 10) ? 30 + any(g, 90) : -1);
    return 1;
}

static int choose_give_up(chooser *g, op *o)
{
    const plain *p = g->p;
    const doc *d = NULL;
    for (int i = 0; i < p->n_docs; i++) {
        const doc *x = &p->docs[i];
        if (!x->receipt && x->left > 0 && x->left <= tolerated(x->currency, x->amount)) d = x;
    }
    if (!d && !any(g, 8)) d = some_item(g);
    if (!d) return 0;
    o->target = d->name;
    o->date = d->since + (any(g, 12) ? any(g, 90) : -1);
    return 1;
}

/* Items of one customer in one currency, most of the time. */
static int choose_items(chooser *g, op *o, int customer, int currency)
{
    const int most = 1 + any(g, MAX_EL);
    o->n = 0;
    for (int tries = 0; o->n < most && tries < 60; tries++) {
        const doc *d = some_item(g);
        int named = 0;
        for (int k = 0; d && k < o->n; k++) named |= o->el[k].item.step == d->name.step && o->el[k].item.k == d->name.k;
        if (!d || (named && any(g, 30)) || (d->left < 0 && any(g, 3)) || ((d->customer != customer || d->currency != currency) && customer >= 0 && any(g, 60))) continue;
        if (customer < 0) customer = d->customer, currency = d->currency;
        o->el[o->n++].item = d->name;
    }
    return o->n > 0;
}

static int choose_write_off(chooser *g, op *o)
{
    int64_t open = 0;
    if (!choose_items(g, o, -1, -1)) return 0;
    for (int k = 0; k < o->n; k++) {
        int64_t left = g->p->docs[find_doc(g->p, o->el[k].item)].left;
        open += left > 0 && open < INT64_C(9000000000000000) ? left : 0;
    }
    o->amount = any(g, 3) ? open : part_of(g, open);
    o->date = g->p->docs[find_doc(g->p, o->el[0].item)].since + (any(g, 12) ? any(g, 90) : -1);
    return 1;
}

static int choose_recover(chooser *g, op *o)
{
    const plain *p = g->p;
    if (!p->n_losses) return 0;
    const loss *l = &p->losses[any(g, p->n_losses)];
    int64_t lost = 0;
    int date = FIRST_DAY;
    for (int i = 0; i < p->n_allocs; i++) {
        const alloc *a = &p->allocs[i];
        if (a->kind != WRITTEN_OFF || p->losses[a->made].name.step != l->name.step || a->reversal || a->reversed) continue;
        lost += a->write_off;
        date = a->date > date ? a->date : date;
    }
    o->target = l->name;
    o->amount = part_of(g, lost);
    o->date = date + (any(g, 12) ? any(g, 60) : -1);
    return 1;
}

static int choose_settle(chooser *g, op *o)
{
    const doc *d = some_receipt(g, WITH_REST);
    if (!d || !choose_items(g, o, d->customer, d->currency)) return 0;
    o->target = d->name;
    o->term = any(g, 4);
    o->date = usable_from(d);
    for (int k = 0; k < o->n; k++) {
        int since = g->p->docs[find_doc(g->p, o->el[k].item)].since;
        if (since > o->date && any(g, 12)) o->date = since;
    }
    o->date += any(g, 30);
    return 1;
}

static int choose_extend(chooser *g, op *o)
{
    const doc *d = some_item(g);
    if (!d) return 0;
    const extension *last = last_extension(g->p, (int)(d - g->p->docs));
    o->target = d->name;
    o->due = (d->due == NONE ? o->date : d->due) + (any(g, 12) ? 1 + any(g, 60) : 0);
    o->date = (last ? last->date : d->since) + (any(g, 12) ? any(g, 40) : -1);
    return 1;
}

static int choose_unextend(chooser *g, op *o)
{
    const plain *p = g->p;
    if (!p->n_extensions) return 0;
    const extension *x = &p->extensions[any(g, p->n_extensions)];
    o->target = x->name;
    o->date = x->date + (any(g, 12) ? any(g, 40) : -1);
    return 1;
}

static int choose_dispute(chooser *g, op *o)
{
    const doc *d = some_item(g);
    if (!d) return 0;
    o->target = d->name;
    o->amount = part_of(g, d->left);
    return 1;
}

static int choose_resolve(chooser *g, op *o)
{
    if (!g->p->n_disputes) return 0;
    o->target = g->p->disputes[any(g, g->p->n_disputes)].name;
    o->date = TODAY - (any(g, 10) ? 0 : 1);
    return 1;
}

/* Mostly reopened again soon: a ledger of closed periods is a dull one. */
static int choose_period(chooser *g, op *o)
{
    int closed = 0;
    while (closed < PERIODS && g->p->period[closed] == 2) closed++;
    o->n = any(g, 4) ? (any(g, 2) && closed < PERIODS ? closed : closed ? closed - 1 : 0) : any(g, PERIODS);
    o->term = closed > 1 || !any(g, 3) ? 2 : any(g, 3);
    return 1;
}

/* ---- debit notes, advances ------------------------------------------------------------------------------------------------------- */

static void refer_to(chooser *g, op *o, const doc *d)
{
    o->target = d->name;
    if (any(g, 20)) o->customer = d->customer;
    if (any(g, 20)) o->currency = d->currency;
    if (o->currency == CNY || any(g, 3)) o->rate_given = 0;
    if (any(g, 30)) o->contract = o->contract && !o->customer && o->currency != JPY ? 1 + (o->currency == USD) : 0;
    o->date = d->since + (any(g, 12) ? any(g, 90) : -1);
    if (d->advance && !any(g, 3)) o->date = d->since + any(g, 5); /* before rates are known, too */
    if (o->date >= FIRST_DAY + DAYS) o->date = FIRST_DAY + DAYS - 1; /* the last day of the periods */
    o->due = o->date + any(g, 90);
}

static int choose_debit_note(chooser *g, op *o)
{
    const doc *d = some_invoice(g);
    if (!d || !choose_issue(g, o)) return 0;
    refer_to(g, o, d);
    o->flags |= DEBIT_NOTE;
    return 1;
}

static int choose_advance(chooser *g, op *o)
{
    (void)choose_issue(g, o);
    if (any(g, 3)) o->n = 1;
    o->flags |= any(g, 6) ? AN_ADVANCE : PROFORMA;
    return 1;
}

/* An invoice that deducts an advance: all that is free of it, a part, or one more. */
static int choose_final(chooser *g, op *o)
{
    const plain *p = g->p;
    const doc *d = NULL;
    int wanted = any(g, 20), rates[] = { 13, 6, 0 };
    for (int tries = 0; p->n_docs && tries < 80; tries++) {
        int at = any(g, p->n_docs);
        if (p->docs[at].document != at || p->docs[at].is_credit || (wanted && !p->docs[at].advance)) continue;
        d = &p->docs[at];
        if (!wanted || d->free.net > 0) break;
    }
    if (!d || !choose_issue(g, o)) return 0;
    refer_to(g, o, d);
    o->flags &= ~BY_GROUP;
    if (d->contract && any(g, 12)) o->contract = d->contract;
    o->amount = any(g, 3) ? d->free.net : 1 + d->free.net / (2 + any(g, 4)) + (any(g, 20) ? 0 : d->free.net);
    if (o->amount <= 0) o->amount = 1;
    o->tax = rates[any(g, 3)];
    for (int i = 0; i < 3 && any(g, 20); i++) if (share(d->free.net, rates[i], 100) == d->free.tax) o->tax = rates[i];
    if (!any(g, 4)) o->n = 1, o->net[0] = o->amount, o->rate[0] = (int)o->tax; /* nothing is left to pay */
    else if (any(g, 10)) o->net[0] += o->amount;
    return 1;
}

/* ---- bills of exchange ----------------------------------------------------------------------------------------------------------- */

static int choose_bill(chooser *g, op *o)
{
    int64_t rest;
    choose_document(g, o);
    o->rate_given = 0;
    o->n = 0;
    const doc *d = any(g, 4) ? some_item(g) : NULL;
    if (d && d->left > 0) o->customer = d->customer, o->currency = d->currency, o->date = d->since + any(g, 20);
    o->due = o->date + (any(g, 30) ? any(g, 150) : -1);
    o->retention = any(g, 3) != 0;
    if (any(g, 3)) o->flags |= RECOURSE;
    o->amount = !any(g, 40) ? -(int64_t)any(g, 2) : any(g, 3) ? 10 * (1 + any(g, 20000)) : any_amount(g);
    if (d && d->left > 0 && any(g, 3)) o->amount = d->left + (any(g, 2) ? 0 : 10 * any(g, 2000));
    rest = o->amount;
    for (int k = any(g, MAX_EL + 1); d && k > 0; k--) {
        const doc *i = o->n ? some_item(g) : d;
        if (!i || i->left <= 0 || (i->customer != o->customer && any(g, 40)) || (i->currency != o->currency && any(g, 4))) continue;
        element *e = &o->el[o->n++];
        e->item = i->name;
        e->amount = i->left < rest ? i->left : rest;
        if (any(g, 2) && e->amount > 3) e->amount -= e->amount / (2 + any(g, 3));
        if (e->amount <= 0 && any(g, 10)) e->amount = 1;
        if (i->currency != o->currency) e->leaves = 1 + any(g, 1000);
        else if (!any(g, 6) && e->amount > 3) e->discount = 1, e->amount--;
        else if (!any(g, 6) && e->amount > 3) e->write_off = 2, e->amount -= 2;
        e->reason = any(g, 5);
        e->date = (i->since > o->date ? i->since : o->date) + (any(g, 30) ? any(g, 4) : -1);
        rest -= e->leaves ? e->leaves : e->amount;
    }
    return 1;
}

/* A bill, mostly one with which that can be done. */
static const bill *some_bill(chooser *g, int by)
{
    const plain *p = g->p;
    const bill *b = NULL;
    int wanted = any(g, 6);
    for (int tries = 0; p->n_bills && tries < 40; tries++) {
        b = &p->bills[any(g, p->n_bills)];
        if (!wanted || (by == SPLIT_IT ? status_of(b) == HELD && b->unit && b->face > b->unit : becomes(b, by) >= 0)) break;
    }
    return b;
}

static void a_move(chooser *g, op *o, const bill *b, int by)
{
    o->target = b->name;
    o->term = by;
    o->date = b->last + (any(g, 14) ? any(g, 30) : -1);
    if (by == COLLECT && o->date < b->maturity && any(g, 6)) o->date = b->maturity + any(g, 9);
    if ((by == COLLECT || by == SELL || by == DISHONOUR) && any(g, 3)) o->tax = any(g, 6) ? 1 + b->face / (20 + any(g, 100)) : any_amount(g);
    if ((by == COLLECT || by == SELL) && !any(g, 3)) o->net[0] = b->face - o->tax + !any(g, 12);
    if (!any(g, 60)) o->tax = any(g, 2) ? 1 : -1;
}

static int choose_pass_on(chooser *g, op *o)
{
    const bill *b = some_bill(g, ENDORSE);
    if (!b) return 0;
    a_move(g, o, b, any(g, 2) ? ENDORSE : SELL);
    if (any(g, 3)) return 1;
    o->amount = b->unit && any(g, 12) ? b->unit * (1 + b->face / b->unit / (2 + any(g, 4))) : 1 + any(g, 1000);
    if (!any(g, 30)) o->amount = any(g, 2) ? -1 : b->face;
    if (o->term == SELL) o->tax = o->amount > 20 ? o->amount / 20 : 0, o->net[0] = 0;
    return 1;
}

static int choose_collect(chooser *g, op *o)
{
    const bill *b = some_bill(g, COLLECT);
    if (b) a_move(g, o, b, any(g, 3) ? COLLECT : SEND);
    return b != NULL;
}

static int choose_dishonour(chooser *g, op *o)
{
    const bill *b = some_bill(g, DISHONOUR);
    if (b) a_move(g, o, b, DISHONOUR);
    return b != NULL;
}

static int choose_give_back(chooser *g, op *o)
{
    const bill *b = some_bill(g, GIVE_BACK);
    if (b) a_move(g, o, b, GIVE_BACK);
    return b != NULL;
}

static int choose_split(chooser *g, op *o)
{
    const bill *b = some_bill(g, SPLIT_IT);
    if (!b) return 0;
    int64_t left = b->face, unit = b->unit ? b->unit : 1;
    o->target = b->name;
    o->date = b->last + (any(g, 14) ? any(g, 20) : -1);
    o->n = 2 + any(g, MAX_EL - 1);
    for (int i = 0; i + 1 < o->n; i++) left -= o->net[i] = unit * (1 + left / unit / (2 + any(g, 4)));
    o->net[o->n - 1] = left + (any(g, 20) ? 0 : unit);
    if (!any(g, 20)) o->net[0]++, o->net[o->n - 1]--;
    return 1;
}

static int choose_unmove(chooser *g, op *o)
{
    const plain *p = g->p;
    const bill *b = NULL;
    int wanted = any(g, 8);
    for (int tries = 0; p->n_bills && tries < 40; tries++) {
        b = &p->bills[any(g, p->n_bills)];
        if (!wanted || (b->n_events > 1 && status_of(b) != MERGED)) break;
    }
    if (!b) return 0;
    o->target = b->name;
    o->date = b->last + (any(g, 14) ? any(g, 30) : -1);
    return 1;
}

#endif
