/* SPDX-License-Identifier: Apache-2.0 */
/* A ledger of plain arrays: what a book must hold after each verb, by the rules of the field alone. It shares no code with the library - no
 * SQL, no money functions, its own rounding in __int128 - and is as short as it can be, so that reading it shows it is right. */
#ifndef TESTS_MODEL_PLAIN_H
#define TESTS_MODEL_PLAIN_H

#include "support/support.h"

enum { CUSTOMERS = 4, CURRENCIES = 3, FIRST_DAY = 20000, DAYS = 400, TODAY = FIRST_DAY + DAYS + 200, PERIODS = 4, PERIOD_DAYS = 100, MAX_DOCS = 500,
       MAX_ALLOCS = 600, MAX_MOVES = 200, MAX_EL = 3, MAX_BILLS = 160, MAX_EVENTS = 12, MAX_SPANS = 6, CONTRACTS = 2, NEVER = INT32_MAX, NONE = INT32_MIN };
enum { CNY, USD, JPY };
enum { RECEIVABLE, RETENTION, BANK, ON_ACCOUNT, UNIDENTIFIED, REVENUE, OUTPUT_VAT, DISCOUNT, SMALL, FEE, ALLOWANCE, DEDUCTION, FX, EXCHANGE, TRANSFER, REFUND, NOTES, CLEARING, ADVANCE, PENDING_VAT, ROLES };
enum { DUE_BY_HAND, THREE_PARTS, BALANCE_LATER, TWO_PERCENT, TERMS };

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
    int verb, step, customer, currency, date, due, term, n, flags, retention, rate_given, contract; /* contract: 0 none */
    int64_t amount, tax;
    int64_t net[MAX_EL];
    int rate[MAX_EL];
    element el[MAX_EL];
    ref target;
} op;
enum { ROLLED_BACK = 1, TWICE = 2, ATOMIC = 4, NUMBER_TAKEN = 8, BY_GROUP = 16, RECOURSE = 32, DEBIT_NOTE = 64, AN_ADVANCE = 128, PROFORMA = 256, DAY_LEFT_OUT = 512 };

typedef struct portion {
    int64_t net, tax, base_net, base_tax;
    int valued;
} portion;

typedef struct doc { /* an item or a receipt */
    ref name;
    int64_t id, amount, left, base, booked; /* base: booked and left, when has_base */
    int customer, currency, since, due, receipt, role, has_base, refund, episode;
    int document;                           /* the first item of the invoice it comes of; -1: none */
    int64_t invoice, bill, bill_tax, bill_base; /* of the first item: the invoice's id, and what no credit note has taken back yet */
    int is_credit, lined, voided, credited; /* of the first item: of a credit note, of a document with lines; credit notes stand */
    int contract;                           /* of the first item */
    int off;                                /* it deducts an advance of no contract: its own has it in full */
    int advance, advances;                  /* of the first item: it is one; the one its document deducts, by place + 1 */
    portion free, less;                         /* of an advance: what is not deducted yet; what the document deducts */
    int64_t offered;                        /* cash discount for all of it, until a day */
    int until, claimed, unclaimed, returned; /* of a receipt: days, NONE */
    int paper, paid;                        /* a receipt that is a bill of exchange; its value date */
} doc;

typedef struct turn { /* of a contract */
    int contract, date;
    int64_t amount;
} turn;

enum { PLAIN, MOVED, PAID_BACK, TAKES_BACK, WRITTEN_OFF, OF_A_BILL };
typedef struct span {
    int64_t from, to;
} span;

typedef struct alloc {
    ref name;
    int64_t id, amount, discount, write_off, leaves, item_base, credit_base, fx;
    int credit, item, date, reversed, reversal, role, has_item_base, has_credit_base, cross; /* credit -1: given up without one */
    int kind, made; /* MOVED, PAID_BACK: the item it made; WRITTEN_OFF: its request */
    int n_spans;    /* of a bill: what of its face it takes */
    span spans[MAX_SPANS];
} alloc;

typedef struct move { /* what left an item or a receipt without an allocation: voided, gone back */
    int64_t amount;
    int doc, date;
} move;

typedef struct was_of { /* whose a receipt was for a time */
    int doc, customer, from, to;
} was_of;

typedef struct extension {
    ref name;
    int64_t id;
    int doc, date, was, to, reversal;
} extension;

typedef struct loss { /* a request for a write-off, approved */
    ref name;
    int64_t id;
    int item[MAX_EL], n;
} loss;

typedef struct dispute {
    ref name;
    int64_t id, amount;
    int doc, closed_on; /* NEVER */
} dispute;

enum { HELD, COLLECTING, ENDORSED, DISCOUNTED, HONOURED, DISHONOURED, GIVEN_BACK, SPLIT_UP, MERGED };
typedef struct bill_event {
    int status, date, was, made, n_made; /* was: the status before; made: its first item */
    int64_t charge, base, all, charge_base; /* base: of the face; all: of it on the day */
} bill_event;

typedef struct bill {
    ref name;
    int64_t id, face, offset, unit; /* unit: of a divisible one; 0: it is whole */
    int receipt, parent, recourse, maturity, last, n_events; /* events that stand: the first is its receipt */
    bill_event events[MAX_EVENTS];
} bill;

/* Numbers first, so that a copy takes what is there and no more: plain_copy(). */
typedef struct plain {
    int n_docs, n_allocs, n_moves, n_extensions, n_losses, n_disputes, n_claims, n_numbers, n_bills, period[PERIODS]; /* 0 open, 1 locked, 2 closed */
    int n_turns;
    turn turns[MAX_MOVES];
    doc docs[MAX_DOCS];
    alloc allocs[MAX_ALLOCS];
    move moves[MAX_MOVES];
    extension extensions[MAX_MOVES];
    loss losses[MAX_MOVES];
    dispute disputes[MAX_MOVES];
    was_of claims[MAX_MOVES];
    bill bills[MAX_BILLS];
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

/* What a document is booked at: CNY is the base currency; USD has rates from day 100 on, JPY from day 0; a rate given comes first. */
static inline int booked(int currency, int64_t amount, int day, int rate_given, int64_t *base)
{
    *base = 0;
    if (currency == CNY) return 0;
    if (rate_given) *base = share(amount, currency == JPY ? (int64_t)rate_given * 100 : rate_given, 10000); /* 4 decimals */
    else if (day < FIRST_DAY) return 0;
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
    return i < PERIODS && p->period[i] ? ARC_E_PERIOD : ARC_OK;
}

/* All of customer 0: in CNY with tax and 5 % tolerance, of days 50 to 350; in USD without tax. */
static const struct {
    int currency, from, to, without_tax;
    int64_t limit;
} contracts[CONTRACTS + 1] = { { 0 }, { CNY, FIRST_DAY + 50, FIRST_DAY + 350, 0, 315000 }, { USD, NONE, NEVER, 1, 250000 } };

/* What a document takes of its contract from a day on; negative: gives back. */
static inline void turn_contract(plain *p, const doc *d, int date, int64_t gross, int64_t tax)
{
    const int k = d->contract;
    if (!k || d->currency != contracts[k].currency) return;
    p->turns[p->n_turns++] = (turn){ k, date, gross - (contracts[k].without_tax ? tax : 0) };
}

/* What it deducts of an advance of no contract counts on its own as if it had not. */
static inline void turn_off(plain *p, const doc *d, int date, int sign)
{
    if (d->off) turn_contract(p, d, date, sign * (d->less.net + d->less.tax), sign * d->less.tax);
}

/* The most that its documents come to at the end of any day from one on. */
static inline wide most_invoiced(const plain *p, int contract, int from)
{
    wide worst = 0;
    for (int i = -1; i < p->n_turns; i++) {
        const int day = i < 0 ? from : p->turns[i].date;
        wide all = 0;
        if (day < from) continue;
        for (int k = 0; k < p->n_turns; k++) all += p->turns[k].contract == contract && p->turns[k].date <= day ? p->turns[k].amount : 0;
        if (i < 0 || all > worst) worst = all;
    }
    return worst;
}

static inline int find_doc(const plain *p, ref r)
{
    for (int i = 0; i < p->n_docs; i++) if (p->docs[i].name.step == r.step && p->docs[i].name.k == r.k) return i;
    return -1;
}

static inline void plain_copy(plain *to, const plain *p)
{
    memcpy(to, p, offsetof(plain, docs));
    memcpy(to->docs, p->docs, (size_t)p->n_docs * sizeof *p->docs);
    memcpy(to->allocs, p->allocs, (size_t)p->n_allocs * sizeof *p->allocs);
    memcpy(to->moves, p->moves, (size_t)p->n_moves * sizeof *p->moves);
    memcpy(to->extensions, p->extensions, (size_t)p->n_extensions * sizeof *p->extensions);
    memcpy(to->losses, p->losses, (size_t)p->n_losses * sizeof *p->losses);
    memcpy(to->disputes, p->disputes, (size_t)p->n_disputes * sizeof *p->disputes);
    memcpy(to->claims, p->claims, (size_t)p->n_claims * sizeof *p->claims);
    memcpy(to->bills, p->bills, (size_t)p->n_bills * sizeof *p->bills);
    memcpy(to->journal, p->journal, sizeof p->journal);
}

static inline int find_alloc(const plain *p, ref r)
{
    for (int i = 0; i < p->n_allocs; i++) if (p->allocs[i].name.step == r.step && p->allocs[i].name.k == r.k) return i;
    return -1;
}

static inline int status_of(const bill *b) { return b->events[b->n_events - 1].status; }

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
    d->document = -1;
    d->until = d->claimed = d->unclaimed = d->returned = NONE;
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
    for (int i = 0; i < p->n_moves; i++) left -= p->moves[i].doc == d && p->moves[i].date <= day ? p->moves[i].amount : 0;
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
    for (int i = 0; i < p->n_moves; i++) if (p->moves[i].doc == d && p->moves[i].date > day) day = p->moves[i].date;
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
    d->base = d->booked = base;
    d->document = p->n_docs - 1;
    d->contract = o->contract; /* what other systems issued is not refused */
    d->bill = o->amount;
    d->bill_tax = o->tax;
    d->bill_base = base;
    turn_contract(p, d, o->date, d->bill, d->bill_tax);
    p->n_numbers++;
    post(p, o->customer, o->currency, RECEIVABLE, o->amount, base);
    post(p, o->customer, o->currency, REVENUE, o->tax - o->amount, tax_base - base);
    post(p, o->customer, o->currency, OUTPUT_VAT, -o->tax, -tax_base);
    return ARC_OK;
}

/* due: the value date. Without a posting date (DAY_LEFT_OUT) that is the value date while it is open, else today. */
static inline arc_status plain_receive(plain *p, const op *o)
{
    int64_t base;
    op own = *o;
    if (o->flags & DAY_LEFT_OUT) own.date = posting_day(p, o->due) == ARC_OK ? o->due : TODAY;
    if (o->amount <= 0) return ARC_E_RANGE;
    if (o->due > TODAY) return ARC_E_RANGE; /* money that has not come */
    if (posting_day(p, own.date) != ARC_OK) return ARC_E_PERIOD;
    int known = booked(o->currency, o->amount, o->due, o->rate_given, &base);
    doc *d = add_doc(p, &own, 0, o->amount, NONE, o->customer < 0 ? UNIDENTIFIED : ON_ACCOUNT);
    d->receipt = 1;
    d->paid = o->due;
    d->has_base = known;
    d->base = d->booked = base;
    post(p, o->customer, o->currency, BANK, o->amount, base);
    post(p, o->customer, o->currency, d->role, -o->amount, -base);
    return ARC_OK;
}

/* The least that was left of a document at the end of any day from one on, without its sign. */
static inline int64_t least_since(const plain *p, int d, int day)
{
    wide least = p->docs[d].left < 0 ? -(wide)p->docs[d].left : p->docs[d].left;
    for (int i = 0; i < p->n_allocs; i++) {
        const alloc *a = &p->allocs[i];
        if ((a->item != d && a->credit != d) || a->date <= day) continue;
        wide left = left_on(p, d, a->date - 1);
        if (left < 0) left = -left;
        if (left < least) least = left;
    }
    return (int64_t)least;
}

static inline int worth_known(const doc *d) { return d->currency == CNY || d->has_base; }

/* From when it can be used: a receipt that was nobody's from its claim on. */
static inline int usable_from(const doc *d) { return d->claimed > d->since ? d->claimed : d->since; }

static inline arc_status fits(const plain *p, const doc *c, const doc *i, const element *e)
{
    if (e->amount < 0 || e->discount < 0 || e->write_off < 0 || e->amount + e->discount + e->write_off == 0) return ARC_E_RANGE;
    if (c && c->currency == i->currency && e->leaves) return ARC_E_VALUE;
    if (c && c->currency != i->currency && (!e->leaves || !c->receipt || !e->amount)) return ARC_E_CURRENCY;
    if (c && c->currency != i->currency && (!worth_known(c) || !worth_known(i))) return ARC_E_VALUE;
    if (c && (c->customer < 0 || c->customer != i->customer || c->returned != NONE)) return ARC_E_STATE;
    if (i->left < 0 || (c && !c->receipt && c->left > 0)) return ARC_E_STATE;
    if (e->date < i->since || (c && e->date < usable_from(c))) return ARC_E_RANGE;
    if (posting_day(p, e->date) != ARC_OK) return ARC_E_PERIOD;
    int64_t wanted = e->leaves ? e->leaves : e->amount, have = !c ? 0 : least_since(p, (int)(c - p->docs), e->date);
    return e->amount + e->discount + e->write_off > least_since(p, (int)(i - p->docs), e->date) || (c && wanted > have) ? ARC_E_GUARD : ARC_OK;
}

/* Both sides change by an allocation (or its reversal), and the journal says so. */
static inline void take(plain *p, const alloc *a)
{
    doc *c = a->credit >= 0 ? &p->docs[a->credit] : NULL, *i = &p->docs[a->item];
    int64_t settled = a->amount + a->discount + a->write_off, sign = c && c->receipt ? 1 : -1;
    int64_t of_discount = share(a->item_base, a->discount, settled), of_write_off = share(a->item_base, a->write_off, settled);
    i->left -= settled;
    if (i->has_base) i->base -= a->item_base;
    if (c) c->left -= sign * a->leaves;
    if (c && c->has_base) c->base -= sign * a->credit_base;
    int both = a->has_item_base && a->has_credit_base;
    if (c && c->role == i->role && c->customer == i->customer) { /* a credit item in the same control account: what is given up leaves it */
        post(p, i->customer, i->currency, i->role, -(a->discount + a->write_off), both ? a->credit_base - a->item_base : 0);
    } else {
        if (c) post(p, c->customer, c->currency, c->role, a->leaves, a->has_credit_base ? a->credit_base : 0);
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

/* What leaves a side in base currency with a part of what is left. */
static inline int64_t base_of(const doc *d, int64_t part) { return d->has_base ? share(d->base, part, d->left) : d->currency == CNY ? part : 0; }

/* ---- what of the face of a bill settles what ------------------------------------------------------------------------------------------ */

static inline int64_t overlap(const alloc *a, int64_t from, int64_t to)
{
    int64_t sum = 0;
    for (int i = 0; i < a->n_spans; i++) {
        int64_t b = a->spans[i].from > from ? a->spans[i].from : from, e = a->spans[i].to < to ? a->spans[i].to : to;
        if (b < e) sum += e - b;
    }
    return sum;
}

static inline int stands(const alloc *a) { return !a->reversal && !a->reversed; }

/* An allocation of a bill takes the first of its face that no other takes, and keeps it; what was paid back in money takes nothing. */
static inline void lay_on_face(plain *p, int at)
{
    alloc *a = &p->allocs[at];
    int64_t wanted = a->leaves;
    if (a->n_spans || a->credit < 0 || !p->docs[a->credit].paper || a->kind == PAID_BACK) return;
    for (int64_t from = 0; wanted; ) {
        int64_t next = p->docs[a->credit].amount, behind = 0; /* where the next other one begins; behind: the end of the one that is here */
        for (int i = 0; i < at; i++) {
            const alloc *x = &p->allocs[i];
            for (int k = 0; x->credit == a->credit && stands(x) && k < x->n_spans; k++) {
                if (x->spans[k].from <= from && x->spans[k].to > from) behind = x->spans[k].to;
                else if (x->spans[k].from > from && x->spans[k].from < next) next = x->spans[k].from;
            }
        }
        if (behind) {
            from = behind;
            continue;
        }
        int64_t take_now = next - from < wanted ? next - from : wanted;
        assert_true(take_now > 0 && a->n_spans < MAX_SPANS);
        a->spans[a->n_spans++] = (span){ from, from + take_now };
        wanted -= take_now;
        from += take_now;
    }
}

/* Writes an allocation, whatever its sides; its place. */
static inline int put(plain *p, int step, int credit, int item, const element *e, int role, int kind)
{
    alloc a = { .credit = credit, .item = item, .amount = e->amount, .discount = e->discount, .write_off = e->write_off, .date = e->date, .role = role, .kind = kind, .made = -1 };
    const doc *c = credit >= 0 ? &p->docs[credit] : NULL, *i = &p->docs[item];
    int64_t settled = e->amount + e->discount + e->write_off;
    a.name.step = step;
    for (int k = p->n_allocs; k > 0 && p->allocs[k - 1].name.step == step; k--) a.name.k++;
    a.leaves = e->leaves ? e->leaves : e->amount;
    a.cross = e->leaves != 0;
    int foreign = i->currency != CNY || (c && c->currency != CNY);
    a.has_item_base = foreign && worth_known(i);
    a.has_credit_base = foreign && c && worth_known(c);
    if (a.has_item_base) a.item_base = base_of(i, settled);
    if (a.has_credit_base) a.credit_base = c->receipt ? base_of(c, a.leaves) : -base_of(c, -a.leaves);
    if (a.has_item_base && a.has_credit_base) {
        a.fx = a.credit_base - (a.item_base - share(a.item_base, a.discount, settled) - share(a.item_base, a.write_off, settled));
    }
    p->allocs[p->n_allocs++] = a;
    take(p, &a);
    lay_on_face(p, p->n_allocs - 1);
    return p->n_allocs - 1;
}

static inline arc_status plain_apply(plain *p, const op *o, const element *e)
{
    static const int roles[] = { SMALL, SMALL, FEE, ALLOWANCE, DEDUCTION };
    int credit = find_doc(p, e->credit), item = find_doc(p, e->item);
    arc_status st = fits(p, &p->docs[credit], &p->docs[item], e);
    if (st == ARC_OK) put(p, o->step, credit, item, e, roles[e->reason], PLAIN);
    return st;
}

/* Undoes an allocation as of a day. */
static inline arc_status undo(plain *p, int step, int at, int date)
{
    alloc *old = &p->allocs[at], a = *old;
    if (date < old->date) return ARC_E_RANGE;
    if (posting_day(p, date) != ARC_OK) return ARC_E_PERIOD;
    old->reversed = 1;
    a.name.step = step;
    a.name.k = 0;
    for (int k = p->n_allocs; k > 0 && p->allocs[k - 1].name.step == step; k--) a.name.k++;
    a.reversal = 1;
    a.date = date;
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
