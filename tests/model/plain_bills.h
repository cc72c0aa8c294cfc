/* SPDX-License-Identifier: Apache-2.0 */
/* The plain ledger, third part: bills of exchange. */
#ifndef TESTS_MODEL_PLAIN_BILLS_H
#define TESTS_MODEL_PLAIN_BILLS_H

#include "model/plain_more.h"

enum { ENDORSE, SELL, SEND, COLLECT, DISHONOUR, GIVE_BACK, SPLIT_IT };

static inline int find_bill(const plain *p, ref r)
{
    for (int i = 0; i < p->n_bills; i++) if (p->bills[i].name.step == r.step && p->bills[i].name.k == r.k) return i;
    return -1;
}

static inline bill_event *last_event(bill *b) { return &b->events[b->n_events - 1]; }
static inline int ours(int status) { return status == HELD || status == COLLECTING; }

static inline bill *add_bill(plain *p, int step, int64_t face, int64_t offset, int date)
{
    int k = 0;
    for (int i = p->n_bills; i > 0 && p->bills[i - 1].name.step == step; i--) k++;
    bill *b = &p->bills[p->n_bills++];
    memset(b, 0, sizeof *b);
    b->name = (ref){ step, k };
    b->face = face;
    b->offset = offset;
    b->parent = -1;
    b->n_events = 1;
    b->last = b->events[0].date = date;
    return b;
}

/* Its share of what its receipt is booked at. */
static inline int64_t booked_base(const plain *p, const bill *b)
{
    const doc *r = &p->docs[b->receipt];
    return share(r->booked, b->offset + b->face, r->amount) - share(r->booked, b->offset, r->amount);
}

/* An amount at the rate of a day; 0 where its receipt has no base amount. */
static inline int64_t worth_on(const plain *p, const bill *b, int64_t amount, int day)
{
    const doc *r = &p->docs[b->receipt];
    int64_t base = 0;
    if (r->has_base) (void)booked(r->currency, amount, day, 0, &base);
    return base;
}

/* ---- receiving ---------------------------------------------------------------------------------------------------------------------- */

/* due: the maturity; retention: divisible; flags: RECOURSE. */
static inline arc_status plain_bill(plain *p, const op *o)
{
    static const int roles[] = { SMALL, SMALL, FEE, ALLOWANCE, DEDUCTION };
    int64_t base;
    if (o->amount <= 0 || o->due < o->date || o->date > TODAY) return ARC_E_RANGE;
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    int known = booked(o->currency, o->amount, o->date, 0, &base), receipt = p->n_docs;
    doc *d = add_doc(p, o, 0, o->amount, NONE, ON_ACCOUNT);
    d->receipt = d->paper = 1;
    d->paid = o->date;
    d->has_base = known;
    d->base = d->booked = base;
    post(p, o->customer, o->currency, NOTES, o->amount, base);
    post(p, o->customer, o->currency, ON_ACCOUNT, -o->amount, -base);
    bill *b = add_bill(p, o->step, o->amount, 0, o->date);
    b->receipt = receipt;
    b->maturity = o->due;
    b->recourse = (o->flags & RECOURSE) != 0;
    b->unit = !o->retention ? 0 : o->currency == USD && o->amount % 10 == 0 ? 10 : 1;
    for (int k = 0; k < o->n; k++) {
        int item = find_doc(p, o->el[k].item);
        arc_status st = fits(p, &p->docs[receipt], &p->docs[item], &o->el[k]);
        if (st != ARC_OK) return st;
        put(p, o->step, receipt, item, &o->el[k], roles[o->el[k].reason], PLAIN);
    }
    return ARC_OK;
}

/* ---- splitting ------------------------------------------------------------------------------------------------------------------------ */

static inline void happened(bill *b, int status, int date)
{
    bill_event e = { .status = status, .date = date, .was = status_of(b) };
    assert_true(b->n_events < MAX_EVENTS);
    b->events[b->n_events++] = e;
    b->last = date;
}

/* The parts are held; the first of them is the one that follows in p->bills. */
static inline arc_status cut(plain *p, int step, int at, const int64_t *amounts, int n, int date)
{
    const bill whole = p->bills[at];
    int64_t offset = whole.offset;
    if (status_of(&whole) != HELD || !whole.unit || whole.face == whole.unit) return ARC_E_STATE;
    for (int i = 0; i < n; i++) if (amounts[i] <= 0 || amounts[i] % whole.unit || amounts[i] > whole.offset + whole.face - offset) return ARC_E_RANGE;
        else offset += amounts[i];
    if (offset != whole.offset + whole.face) return ARC_E_RANGE;
    offset = whole.offset;
    for (int i = 0; i < n; i++) {
        bill *b = add_bill(p, step, amounts[i], offset, date);
        b->receipt = whole.receipt;
        b->parent = at;
        b->recourse = whole.recourse;
        b->maturity = whole.maturity;
        b->unit = whole.unit;
        offset += amounts[i];
    }
    happened(&p->bills[at], SPLIT_UP, date);
    return ARC_OK;
}

static inline arc_status plain_split(plain *p, const op *o)
{
    int at = find_bill(p, o->target);
    if (o->date < p->bills[at].last) return ARC_E_RANGE;
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    return cut(p, o->step, at, o->net, o->n, o->date);
}

/* ---- moves ------------------------------------------------------------------------------------------------------------------------------ */

static inline int becomes(const bill *b, int by)
{
    int s = status_of(b), passed = s == ENDORSED || s == DISCOUNTED;
    switch (by) {
    case ENDORSE: return s == HELD ? ENDORSED : -1;
    case SELL: return s == HELD ? DISCOUNTED : -1;
    case SEND: return s == HELD ? COLLECTING : -1;
    case COLLECT: return ours(s) || passed ? HONOURED : -1;
    case DISHONOUR: return ours(s) || (passed && b->recourse) ? DISHONOURED : -1;
    default: return s == HELD ? GIVEN_BACK : -1;
    }
}

/* The entry of an event, or the reverse of it. */
static inline void bill_entry(plain *p, const bill *b, const bill_event *e, int64_t sign)
{
    const doc *r = &p->docs[b->receipt];
    int c = r->customer, cur = r->currency, from = ours(e->was) ? NOTES : e->was == ENDORSED ? CLEARING : BANK;
    int64_t face = sign * b->face, base = sign * e->base, charge = sign * e->charge, fee = sign * share(e->all, e->charge, b->face), all = sign * e->all;
    if (e->status == ENDORSED) post(p, c, cur, CLEARING, face, base), post(p, c, cur, NOTES, -face, -base);
    if (e->status == DISCOUNTED || (e->status == HONOURED && ours(e->was))) {
        post(p, c, cur, FEE, charge, fee);
        post(p, c, cur, BANK, face - charge, all - fee);
        post(p, c, cur, NOTES, -face, -base);
        post(p, c, cur, FX, 0, base - all);
    }
    if (e->status == DISHONOURED || e->status == GIVEN_BACK) {
        int64_t charged = e->status == DISHONOURED ? charge : 0;
        post(p, c, cur, RECEIVABLE, face + charged, base + sign * e->charge_base);
        post(p, c, cur, from, -face, -base);
        post(p, c, cur, BANK, -charged, -sign * e->charge_base);
    }
}

/* An item that stands for part of a bill: posted with the bill's own entry. */
static inline int bill_item(plain *p, int step, const bill *b, int64_t amount, int64_t base, int date, int due)
{
    const doc *r = &p->docs[b->receipt];
    op o = { .step = step, .customer = r->customer, .currency = r->currency, .date = date };
    int k = 0, has_base = r->has_base;
    for (int i = p->n_docs; i > 0 && p->docs[i - 1].name.step == step; i--) k++;
    doc *d = add_doc(p, &o, k, amount, due, RECEIVABLE);
    d->has_base = has_base;
    d->base = d->booked = base;
    return p->n_docs - 1;
}

/* The customer owes again, for each item it had settled as much as it had of it. */
static inline void claim_again(plain *p, const op *o, const bill *b, bill_event *e)
{
    int64_t covered = 0, given = 0, from = b->offset, to = b->offset + b->face;
    e->made = p->n_docs;
    for (int i = 0; i < p->n_allocs; i++) {
        const alloc *a = &p->allocs[i];
        int64_t part = a->credit == b->receipt && stands(a) && a->kind != OF_A_BILL ? overlap(a, from, to) : 0, upto = share(e->base, covered + part, b->face);
        if (!part) continue;
        bill_item(p, o->step, b, part, upto - given, o->date, p->docs[a->item].due);
        covered += part;
        given = upto;
    }
    if (covered < b->face) bill_item(p, o->step, b, b->face - covered, e->base - given, o->date, b->maturity);
    if (e->charge) bill_item(p, o->step, b, e->charge, e->charge_base, o->date, o->date);
    e->n_made = p->n_docs - e->made;
}

/* What of an allocation is not of this bill settles its item again, on the rest of the face it had. */
static inline arc_status put_back(plain *p, const op *o, const bill *b, const alloc *old, int64_t part)
{
    int64_t rest = old->leaves - part;
    element e = { .amount = old->cross ? old->amount - share(old->amount, part, old->leaves) : rest, .discount = old->discount, .write_off = old->write_off,
                  .leaves = old->cross ? rest : 0, .date = o->date };
    if (!rest) return ARC_OK;
    arc_status st = fits(p, &p->docs[old->credit], &p->docs[old->item], &e);
    if (st != ARC_OK) return st;
    alloc *a = &p->allocs[put(p, o->step, old->credit, old->item, &e, old->role, PLAIN)];
    a->n_spans = 0;
    for (int i = 0; i < old->n_spans; i++) {
        const span x = old->spans[i], before = { x.from, x.to < b->offset ? x.to : b->offset }, behind = { x.from > b->offset + b->face ? x.from : b->offset + b->face, x.to };
        if (before.from < before.to) a->spans[a->n_spans++] = before;
        if (behind.from < behind.to) a->spans[a->n_spans++] = behind;
    }
    return ARC_OK;
}

static inline arc_status give_bill_back(plain *p, const op *o, const bill *b, bill_event *e)
{
    int n = p->n_allocs;
    e->made = bill_item(p, o->step, b, b->face, e->base, o->date, o->date);
    e->n_made = 1;
    p->docs[e->made].refund = 1;
    for (int i = 0; i < n; i++) {
        const alloc a = p->allocs[i];
        int64_t part = a.credit == b->receipt && stands(&a) && a.kind != OF_A_BILL ? overlap(&a, b->offset, b->offset + b->face) : 0;
        if (!part) continue;
        arc_status st = undo(p, o->step, i, o->date);
        if (st == ARC_OK) st = put_back(p, o, b, &a, part);
        if (st != ARC_OK) return st;
    }
    const element all = { .amount = b->face, .date = o->date };
    arc_status st = fits(p, &p->docs[b->receipt], &p->docs[e->made], &all);
    if (st != ARC_OK) return st;
    alloc *a = &p->allocs[put(p, o->step, b->receipt, e->made, &all, SMALL, OF_A_BILL)];
    a->n_spans = 1;
    a->spans[0] = (span){ b->offset, b->offset + b->face };
    return ARC_OK;
}

/* term: the move; amount: only that part of the face; tax: the charge; net[0]: what comes in, 0 = what is left. */
static inline arc_status plain_move(plain *p, const op *o)
{
    int at = find_bill(p, o->target), passes = o->term == ENDORSE || o->term == SELL, to = becomes(&p->bills[at], o->term);
    if (to < 0) return ARC_E_STATE;
    for (int i = 0; o->term == GIVE_BACK && i < p->n_allocs; i++) {
        const alloc *a = &p->allocs[i];
        if (a->credit == p->bills[at].receipt && a->kind == PAID_BACK && stands(a)) return ARC_E_STATE;
    }
    if (o->date < p->bills[at].last || (passes && o->date > p->bills[at].maturity) || (o->term == COLLECT && o->date < p->bills[at].maturity)) return ARC_E_RANGE;
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    if (o->amount && o->amount != p->bills[at].face) {
        const int64_t parts[] = { o->amount, p->bills[at].face - o->amount };
        if (!passes || o->amount < 0 || o->amount > p->bills[at].face) return ARC_E_RANGE;
        int first = p->n_bills;
        arc_status st = cut(p, o->step, at, parts, 2, o->date);
        if (st != ARC_OK) return st;
        at = first;
    }
    bill *b = &p->bills[at];
    int paid = o->term == SELL || (o->term == COLLECT && ours(status_of(b)));
    if (o->tax < 0 || o->net[0] < 0 || (paid ? o->tax > b->face || (o->net[0] && o->net[0] + o->tax != b->face) : o->net[0] || (o->tax && o->term != DISHONOUR))) return ARC_E_RANGE;
    bill_event e = { .status = to, .date = o->date, .was = status_of(b), .charge = o->tax, .base = booked_base(p, b), .made = -1 };
    e.all = worth_on(p, b, b->face, o->date);
    e.charge_base = to == DISHONOURED ? worth_on(p, b, o->tax, o->date) : 0;
    if (to == DISHONOURED && e.was == DISCOUNTED) e.base = e.all;
    bill_entry(p, b, &e, 1);
    arc_status st = ARC_OK;
    if (to == DISHONOURED) claim_again(p, o, b, &e);
    if (to == GIVEN_BACK) st = give_bill_back(p, o, b, &e);
    happened(b, to, o->date);
    *last_event(b) = e;
    return st;
}

/* ---- undone ------------------------------------------------------------------------------------------------------------------------------- */

static inline arc_status merge(plain *p, const op *o, int at)
{
    for (int i = 0; i < p->n_bills; i++) {
        const bill *b = &p->bills[i];
        if (b->parent == at && status_of(b) != MERGED && b->n_events > 1) return ARC_E_STATE;
    }
    for (int i = 0; i < p->n_bills; i++) {
        bill *b = &p->bills[i];
        if (b->parent != at || status_of(b) == MERGED) continue;
        if (o->date < b->last) return ARC_E_RANGE;
        happened(b, MERGED, o->date);
    }
    return ARC_OK;
}

/* What an event made is cleared by credits; nothing of it may have been settled meanwhile. */
static inline arc_status unmake(plain *p, const op *o, const bill *b, const bill_event *e)
{
    int first = p->n_docs;
    for (int i = 0; i < e->n_made; i++) {
        const doc was = p->docs[e->made + i];
        int credit = bill_item(p, o->step, b, -was.amount, -was.booked, o->date, due_on(p, e->made + i, NONE));
        p->docs[credit].has_base = was.has_base;
    }
    for (int i = 0; e->status == GIVEN_BACK && i < p->n_allocs; i++) {
        if (p->allocs[i].item != e->made || !stands(&p->allocs[i])) continue;
        arc_status st = undo(p, o->step, i, o->date);
        if (st != ARC_OK) return st;
        break;
    }
    for (int i = 0; i < e->n_made; i++) {
        const element all = { .amount = p->docs[e->made + i].amount, .date = o->date };
        if (p->docs[e->made + i].left != all.amount) return ARC_E_STATE;
        arc_status st = fits(p, &p->docs[first + i], &p->docs[e->made + i], &all);
        if (st != ARC_OK) return st;
        put(p, o->step, first + i, e->made + i, &all, SMALL, OF_A_BILL);
    }
    return ARC_OK;
}

static inline arc_status plain_unmove(plain *p, const op *o)
{
    int at = find_bill(p, o->target);
    bill *b = &p->bills[at];
    arc_status st = ARC_OK;
    if (o->date < b->last) return ARC_E_RANGE;
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    if (b->n_events == 1 || status_of(b) == MERGED) return ARC_E_STATE;
    const bill_event e = *last_event(b);
    bill_entry(p, b, &e, -1);
    if (e.status == SPLIT_UP) st = merge(p, o, at);
    if (st == ARC_OK && (e.status == DISHONOURED || e.status == GIVEN_BACK)) st = unmake(p, o, b, &e);
    b->n_events--;
    b->last = o->date;
    return st;
}

#endif
