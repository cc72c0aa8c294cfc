/* SPDX-License-Identifier: Apache-2.0 */
/* A ledger of plain arrays: what a book must hold after each verb, by the rules of the field alone. It shares no code with the library - no
 * SQL, no money functions, its own rounding in __int128 - and is as short as it can be, so that reading it shows it is right. */
#ifndef TESTS_MODEL_PLAIN_H
#define TESTS_MODEL_PLAIN_H

#include "support/support.h"

enum { CUSTOMERS = 4, CURRENCIES = 3, FIRST_DAY = 20000, DAYS = 400, TODAY = FIRST_DAY + DAYS + 200, PERIODS = 4, PERIOD_DAYS = 100, MAX_DOCS = 500,
       MAX_ALLOCS = 500, MAX_EL = 3, NEVER = INT32_MAX, NONE = INT32_MIN };
enum { CNY, USD, JPY };
enum { RECEIVABLE, RETENTION, BANK, ON_ACCOUNT, UNIDENTIFIED, REVENUE, OUTPUT_VAT, DISCOUNT, SMALL, FEE, ALLOWANCE, DEDUCTION, FX, EXCHANGE, ROLES };
enum { DUE_BY_HAND, THREE_PARTS, BALANCE_LATER, TERMS };

__extension__ typedef __int128 wide;

/* Documents are named by the step that made them, so that a sequence with steps left out still means the same. */
typedef struct ref {
    int step, k;
} ref;

typedef struct element {
    ref credit, item;
    int64_t amount, discount, write_off, leaves; /* leaves: of a receipt in another currency */
    int date, reason;
} element;

typedef struct op {
    int verb, step, customer, currency, date, due, term, n, flags, retention, rate_given;
    int64_t amount, tax;
    int64_t net[MAX_EL];
    int rate[MAX_EL];
    element el[MAX_EL];
    ref target;
} op;
enum { ROLLED_BACK = 1, TWICE = 2, ATOMIC = 4, NUMBER_TAKEN = 8, BY_GROUP = 16 };

typedef struct doc { /* an item or a receipt */
    ref name;
    int64_t id, amount, left, base; /* base: booked and left, when has_base */
    int customer, currency, since, due, receipt, role, has_base;
    int64_t invoice, bill, bill_tax, bill_base; /* of a recorded invoice: its id, and what no credit note has taken back yet */
} doc;

typedef struct alloc {
    ref name;
    int64_t id, amount, discount, write_off, leaves, item_base, credit_base, fx;
    int credit, item, date, reversed, reversal, role, has_item_base, has_credit_base, cross;
} alloc;

typedef struct plain {
    doc docs[MAX_DOCS];
    alloc allocs[MAX_ALLOCS];
    int n_docs, n_allocs, n_numbers, period[PERIODS]; /* 0 open, 1 locked, 2 closed */
    struct {
        int64_t amount, base;
    } journal[CUSTOMERS + 1][CURRENCIES][ROLES]; /* 0: of nobody */
} plain;

/* base * part / whole, half away from zero; the whole has all of it. */
static inline int64_t share(int64_t base, int64_t part, int64_t whole)
{
    if (part == whole) return base;
    if (!whole) return 0;
    wide n = (wide)base * part, d = whole;
    if (d < 0) n = -n, d = -d;
    return (int64_t)(n < 0 ? -((-n * 2 + d) / (d * 2)) : (n * 2 + d) / (d * 2));
}

/* Largest remainder, ties to the first. Without any weight: equal ones. */
static inline void spread(int64_t *out, int64_t total, const int64_t *weight, int n)
{
    wide sum = 0, rest[8], left = total < 0 ? -(wide)total : total, whole = left;
    for (int i = 0; i < n; i++) sum += weight[i];
    for (int i = 0; i < n; i++) {
        wide w = sum ? weight[i] : 1, all = sum ? sum : n;
        out[i] = (int64_t)(whole * w / all);
        rest[i] = whole * w % all;
        left -= out[i];
    }
    for (; left > 0; left--) {
        int best = 0;
        for (int i = 1; i < n; i++) if (rest[i] > rest[best]) best = i;
        out[best]++;
        rest[best] = -1;
    }
    for (int i = 0; total < 0 && i < n; i++) out[i] = -out[i];
}

/* What a document is booked at: CNY is the base currency; USD has rates from day 100 on, JPY always; a rate given comes first. */
static inline int booked(int currency, int64_t amount, int day, int rate_given, int64_t *base)
{
    *base = 0;
    if (currency == CNY) return 0;
    if (rate_given) *base = share(amount, currency == JPY ? (int64_t)rate_given * 100 : rate_given, 10000); /* 4 decimals */
    else if (currency == JPY) *base = share(amount, 473, 100);
    else if (day < FIRST_DAY + 100) return 0;
    else *base = share(amount, day < FIRST_DAY + 200 ? 710 : 725, 100);
    return 1;
}

static inline void post(plain *p, int customer, int currency, int role, int64_t amount, int64_t base)
{
    p->journal[customer + 1][currency][role].amount += amount;
    if (currency != CNY) p->journal[customer + 1][currency][role].base += base; /* CNY is worth itself */
}

static inline arc_status posting_day(const plain *p, int day)
{
    int i = day < FIRST_DAY ? 0 : (day - FIRST_DAY) / PERIOD_DAYS;
    return i < PERIODS && p->period[i] == 2 ? ARC_E_PERIOD : ARC_OK;
}

static inline int find_doc(const plain *p, ref r)
{
    for (int i = 0; i < p->n_docs; i++) if (p->docs[i].name.step == r.step && p->docs[i].name.k == r.k) return i;
    return -1;
}

static inline int find_alloc(const plain *p, ref r)
{
    for (int i = 0; i < p->n_allocs; i++) if (p->allocs[i].name.step == r.step && p->allocs[i].name.k == r.k) return i;
    return -1;
}

static inline doc *add_doc(plain *p, const op *o, int k, int64_t amount, int due, int role)
{
    doc *d = &p->docs[p->n_docs++];
    memset(d, 0, sizeof *d);
    d->name.step = o->step;
    d->name.k = k;
    d->amount = d->left = amount;
    d->customer = o->customer;
    d->currency = o->currency;
    d->since = o->date;
    d->due = due;
    d->role = role;
    return d;
}

/* What was left as of a day, folded from the rows alone. */
static inline wide left_on(const plain *p, int d, int day)
{
    const doc *x = &p->docs[d];
    wide left = x->since > day ? 0 : x->amount;
    for (int i = 0; i < p->n_allocs; i++) {
        const alloc *a = &p->allocs[i];
        if (a->date > day) continue;
        if (a->item == d) left -= (wide)a->amount + a->discount + a->write_off;
        if (a->credit == d) left += x->receipt ? -(wide)a->leaves : a->leaves;
    }
    return left;
}

/* The day it was settled: the latest day of what moved it, once nothing is left. */
static inline int settled_on(const plain *p, int d)
{
    int day = p->docs[d].since;
    if (p->docs[d].left) return NONE;
    for (int i = 0; i < p->n_allocs; i++) {
        if ((p->allocs[i].item == d || p->allocs[i].credit == d) && p->allocs[i].date > day) day = p->allocs[i].date;
    }
    return day;
}

/* ---- verbs: judge, and when good, change ------------------------------------------------------------------------------------- */

static inline arc_status plain_record(plain *p, const op *o)
{
    int64_t base;
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    if (o->flags & NUMBER_TAKEN) return ARC_E_EXISTS;
    int known = booked(o->currency, o->amount, o->date, o->rate_given, &base);
    doc *d = add_doc(p, o, 0, o->amount, o->due, RECEIVABLE);
    int64_t tax_base = known ? base - share(base, o->amount - o->tax, o->amount) : 0; /* what the net amount leaves */
    d->has_base = known;
    d->base = base;
    d->bill = o->amount;
    d->bill_tax = o->tax;
    d->bill_base = base;
    p->n_numbers++;
    post(p, o->customer, o->currency, RECEIVABLE, o->amount, base);
    post(p, o->customer, o->currency, REVENUE, o->tax - o->amount, tax_base - base);
    post(p, o->customer, o->currency, OUTPUT_VAT, -o->tax, -tax_base);
    return ARC_OK;
}

/* Net and tax of the lines: by line, or by group of one rate. */
static inline void totals(const op *o, int64_t *net, int64_t *tax)
{
    *net = *tax = 0;
    for (int i = 0; i < o->n; i++) {
        int64_t group = o->net[i];
        int first = 1;
        *net += o->net[i];
        for (int k = 0; (o->flags & BY_GROUP) && k < o->n; k++) {
            if (k != i && o->rate[k] == o->rate[i]) group += o->net[k], first = first && k > i;
        }
        if (first) *tax += share(group, o->rate[i], 100);
    }
}

/* Amounts and due dates of the items of a document; their number. The last one may be what is retained. */
static inline int claims(const op *o, int64_t gross, int64_t *amount, int *due, int *retained)
{
    static const int64_t thirds[] = { 30, 30, 40 };
    int64_t part[3], kept = o->retention && gross > 0 ? share(gross, 5, 100) : 0, rest = gross - kept;
    int n = 0, parts = o->term == THREE_PARTS ? 3 : o->term == BALANCE_LATER ? 2 : 1;
    part[0] = rest;
    if (parts == 3) spread(part, rest, thirds, 3);
    if (parts == 2) part[0] = share(rest, 30, 100), part[1] = rest - part[0];
    for (int i = 0; (rest || !kept) && i < parts; i++) {
        if (parts > 1 && !part[i] && (n || i + 1 < parts)) continue;
        amount[n] = part[i];
        due[n++] = parts == 1 ? o->due : o->date + 30 * i;
    }
    *retained = kept != 0;
    if (kept) amount[n] = kept, due[n++] = NONE;
    return n;
}

static inline arc_status plain_issue(plain *p, const op *o)
{
    int64_t net, tax, base, amount[4], weight[4], bases[4] = { 0 };
    int due[4], retained;
    totals(o, &net, &tax);
    if (net + tax < 0) return ARC_E_VALUE; /* that is a credit note */
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    int known = booked(o->currency, net + tax, o->date, o->rate_given, &base), n = claims(o, net + tax, amount, due, &retained);
    for (int i = 0; i < n; i++) weight[i] = amount[i] < 0 ? -amount[i] : amount[i];
    if (known) spread(bases, base, weight, n);
    for (int i = 0; i < n; i++) {
        doc *d = add_doc(p, o, i, amount[i], due[i], retained && i + 1 == n ? RETENTION : RECEIVABLE);
        d->has_base = known;
        d->base = bases[i];
        post(p, o->customer, o->currency, d->role, amount[i], bases[i]);
    }
    int64_t of_net = known ? share(base, net, net + tax) : 0;
    post(p, o->customer, o->currency, REVENUE, -net, -of_net);
    post(p, o->customer, o->currency, OUTPUT_VAT, -tax, of_net - base);
    return ARC_OK;
}

static inline arc_status plain_receive(plain *p, const op *o)
{
    int64_t base;
    if (o->amount <= 0) return ARC_E_RANGE;
    if (o->date > TODAY) return ARC_E_RANGE; /* money that has not come */
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    int known = booked(o->currency, o->amount, o->date, o->rate_given, &base);
    doc *d = add_doc(p, o, 0, o->amount, NONE, o->customer < 0 ? UNIDENTIFIED : ON_ACCOUNT);
    d->receipt = 1;
    d->has_base = known;
    d->base = base;
    post(p, o->customer, o->currency, BANK, o->amount, base);
    post(p, o->customer, o->currency, d->role, -o->amount, -base);
    return ARC_OK;
}

static inline int worth_known(const doc *d) { return d->currency == CNY || d->has_base; }

static inline arc_status fits(const plain *p, const doc *c, const doc *i, const element *e)
{
    if (e->amount < 0 || e->discount < 0 || e->write_off < 0 || e->amount + e->discount + e->write_off == 0) return ARC_E_RANGE;
    if (c->currency == i->currency && e->leaves) return ARC_E_VALUE;
    if (c->currency != i->currency && (!e->leaves || !c->receipt || !e->amount)) return ARC_E_CURRENCY;
    if (c->currency != i->currency && (!worth_known(c) || !worth_known(i))) return ARC_E_VALUE;
    if (c->customer < 0 || c->customer != i->customer) return ARC_E_STATE;
    if (i->left < 0 || (!c->receipt && c->left > 0)) return ARC_E_STATE;
    if (e->date < i->since || e->date < c->since) return ARC_E_RANGE;
    if (posting_day(p, e->date) != ARC_OK) return ARC_E_PERIOD;
    int64_t wanted = e->leaves ? e->leaves : e->amount, have = c->left < 0 ? -c->left : c->left;
    return e->amount + e->discount + e->write_off > i->left || wanted > have ? ARC_E_GUARD : ARC_OK;
}

/* Both sides change by an allocation (or its reversal), and the journal says so. */
static inline void take(plain *p, const alloc *a)
{
    doc *c = &p->docs[a->credit], *i = &p->docs[a->item];
    int64_t settled = a->amount + a->discount + a->write_off, sign = c->receipt ? 1 : -1;
    int64_t of_discount = share(a->item_base, a->discount, settled), of_write_off = share(a->item_base, a->write_off, settled);
    i->left -= settled;
    c->left -= sign * a->leaves;
    if (i->has_base) i->base -= a->item_base;
    if (c->has_base) c->base -= sign * a->credit_base;
    int both = a->has_item_base && a->has_credit_base;
    if (c->role == i->role) { /* a credit item in the same control account: what is given up leaves it */
        post(p, i->customer, i->currency, i->role, -(a->discount + a->write_off), both ? a->credit_base - a->item_base : 0);
    } else {
        post(p, c->customer, c->currency, c->role, a->leaves, a->has_credit_base ? a->credit_base : 0);
        post(p, i->customer, i->currency, i->role, -settled, a->has_item_base ? -a->item_base : 0);
    }
    if (a->cross) {
        post(p, i->customer, c->currency, EXCHANGE, -a->leaves, -a->credit_base);
        post(p, i->customer, i->currency, EXCHANGE, i->currency == CNY ? a->credit_base : a->amount, a->credit_base);
    }
    post(p, i->customer, i->currency, DISCOUNT, a->discount, a->has_item_base ? of_discount : 0);
    post(p, i->customer, i->currency, a->role, a->write_off, a->has_item_base ? of_write_off : 0);
    if (both) post(p, i->customer, i->currency, FX, i->currency == CNY ? -a->fx : 0, -a->fx);
}

static inline arc_status plain_apply(plain *p, const op *o, const element *e, int k)
{
    static const int roles[] = { SMALL, SMALL, FEE, ALLOWANCE, DEDUCTION };
    alloc a = { 0 };
    a.credit = find_doc(p, e->credit);
    a.item = find_doc(p, e->item);
    const doc *c = &p->docs[a.credit], *i = &p->docs[a.item];
    arc_status st = fits(p, c, i, e);
    if (st != ARC_OK) return st;
    int64_t settled = e->amount + e->discount + e->write_off;
    a.name.step = o->step;
    a.name.k = k;
    a.amount = e->amount;
    a.discount = e->discount;
    a.write_off = e->write_off;
    a.leaves = e->leaves ? e->leaves : e->amount;
    a.cross = e->leaves != 0;
    a.date = e->date;
    a.role = roles[e->reason];
    int foreign = i->currency != CNY || c->currency != CNY;
    a.has_item_base = foreign && worth_known(i);
    a.has_credit_base = foreign && worth_known(c);
    if (a.has_item_base) a.item_base = i->has_base ? share(i->base, settled, i->left) : settled;
    if (a.has_credit_base) a.credit_base = !c->has_base ? a.leaves : c->receipt ? share(c->base, a.leaves, c->left) : -share(c->base, -a.leaves, c->left);
    if (a.has_item_base && a.has_credit_base) {
        a.fx = a.credit_base - (a.item_base - share(a.item_base, a.discount, settled) - share(a.item_base, a.write_off, settled));
    }
    p->allocs[p->n_allocs++] = a;
    take(p, &a);
    return ARC_OK;
}

/* A credit note of a recorded invoice (target), by amount; 0: all that is left. It settles what is open of it; what is over stays a credit. */
static inline arc_status plain_credit(plain *p, const op *o)
{
    int at = find_doc(p, o->target);
    doc *i = &p->docs[at];
    int64_t amount = o->amount ? o->amount : i->bill;
    if (i->amount <= 0 || !i->bill) return ARC_E_STATE;
    if (o->date < i->since) return ARC_E_RANGE;
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    if (amount > i->bill) return ARC_E_GUARD;
    int64_t tax = share(i->bill_tax, amount, i->bill), base = share(i->bill_base, amount, i->bill), tax_base = i->has_base ? base - share(base, amount - tax, amount) : 0;
    i->bill -= amount;
    i->bill_tax -= tax;
    i->bill_base -= base;
    op own = *o;
    own.customer = i->customer;
    own.currency = i->currency;
    doc *c = add_doc(p, &own, 0, -amount, o->date, RECEIVABLE);
    c->has_base = i->has_base;
    c->base = -base;
    post(p, c->customer, c->currency, RECEIVABLE, -amount, -base);
    post(p, c->customer, c->currency, REVENUE, amount - tax, base - tax_base);
    post(p, c->customer, c->currency, OUTPUT_VAT, tax, tax_base);
    element e = { .credit = c->name, .item = i->name, .amount = i->left < amount ? i->left : amount, .date = o->date };
    return e.amount > 0 ? plain_apply(p, o, &e, 0) : ARC_OK;
}

static inline arc_status plain_reverse(plain *p, const op *o)
{
    alloc *old = &p->allocs[find_alloc(p, o->target)], a = *old;
    if (old->reversal || old->reversed) return ARC_E_STATE;
    if (o->date < old->date) return ARC_E_RANGE;
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    old->reversed = 1;
    a.name.step = o->step;
    a.name.k = 0;
    a.reversal = 1;
    a.date = o->date;
    a.amount = -a.amount;
    a.discount = -a.discount;
    a.write_off = -a.write_off;
    a.leaves = -a.leaves;
    a.item_base = -a.item_base;
    a.credit_base = -a.credit_base;
    a.fx = -a.fx;
    p->allocs[p->n_allocs++] = a;
    take(p, &a);
    return ARC_OK;
}

/* term: 0 close, 1 lock, 2 reopen; n: the period. */
static inline arc_status plain_period(plain *p, const op *o)
{
    int i = o->n;
    if (o->term == 0 && (p->period[i] == 2 || (i && p->period[i - 1] != 2))) return ARC_E_STATE;
    if (o->term == 1 && p->period[i]) return ARC_E_STATE;
    if (o->term == 2 && (!p->period[i] || (p->period[i] == 2 && i + 1 < PERIODS && p->period[i + 1] == 2))) return ARC_E_STATE;
    p->period[i] = o->term == 0 ? 2 : o->term == 1;
    return ARC_OK;
}

#endif
