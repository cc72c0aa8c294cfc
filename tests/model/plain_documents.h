/* SPDX-License-Identifier: Apache-2.0 */
/* The plain ledger: documents with lines, debit notes, advances and what deducts them, credit notes, what is voided. */
#ifndef TESTS_MODEL_PLAIN_DOCUMENTS_H
#define TESTS_MODEL_PLAIN_DOCUMENTS_H

#include "model/plain.h"

/* ---- issuing ------------------------------------------------------------------------------------------------------------------------- */

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
        due[n++] = o->term == TWO_PERCENT ? o->date + 30 : parts == 1 ? o->due : o->date + 30 * i;
    }
    *retained = kept != 0;
    if (kept) amount[n] = kept, due[n++] = NONE;
    return n;
}

/* What a line takes of an advance: net and tax in proportion to what is free of it. */
static inline portion part_of_advance(const op *o, const portion *left)
{
    portion s = { o->amount, share(o->amount, o->tax, 100), 0, 0, left->valued };
    if (left->valued) s.base_net = share(left->base_net, s.net, left->net), s.base_tax = share(left->base_tax, s.tax, left->tax);
    return s;
}

static inline void add_up(portion *to, const portion *s, int sign)
{
    to->net += sign * s->net;
    to->tax += sign * s->tax;
    to->base_net += sign * s->base_net;
    to->base_tax += sign * s->base_tax;
}

/* A debit note adds to an invoice that stands; an advance is deducted in net and tax from what is free of it. */
static inline arc_status may_refer(const plain *p, const op *o, const portion *less)
{
    const doc *of = o->flags & DEBIT_NOTE || less ? &p->docs[find_doc(p, o->target)] : NULL;
    int other = of && (of->customer != o->customer || of->currency != o->currency);
    if (!of) return ARC_OK;
    if (of->bill < 0 || (less && !of->advance)) return ARC_E_STATE; /* no invoice, no advance */
    if (of->voided || (less && of->credited && !of->bill)) return ARC_E_STATE;
    if (other) return ARC_E_GUARD;
    if (o->date < of->since) return ARC_E_RANGE;
    if (!less) return ARC_OK;
    if (less->net + less->tax <= 0) return ARC_E_VALUE;
    return less->net > of->free.net || less->tax > of->free.tax ? ARC_E_GUARD : ARC_OK;
}

/* Its own contract, else that of the invoice it adds to; there is room for what it comes to, on each day from its own on. */
static inline arc_status fits_contract(const plain *p, const op *o, int64_t net, int64_t gross, const portion *less, int *contract)
{
    int k = o->contract;
    const int of = less ? p->docs[find_doc(p, o->target)].contract : 0;
    if (!k && o->flags & DEBIT_NOTE) k = p->docs[find_doc(p, o->target)].contract;
    *contract = k;
    if (of && of != k) return ARC_E_GUARD; /* an advance of one contract is not deducted of another */
    if (!k) return ARC_OK;
    if (o->currency != contracts[k].currency) return ARC_E_CURRENCY;
    if (o->customer || o->date < contracts[k].from || o->date > contracts[k].to) return ARC_E_GUARD;
    int64_t is = contracts[k].without_tax ? net : gross;
    if (less && !of) is += less->net + (contracts[k].without_tax ? 0 : less->tax);
    return is > 0 && most_invoiced(p, k, o->date) + is > contracts[k].limit ? ARC_E_GUARD : ARC_OK;
}

/* Income and tax of a document, credited; what it deducts, debited. Income that is known in base currency in part only is not. */
static inline void post_income(plain *p, const doc *first, int64_t gross, int64_t tax, int64_t base, const portion *less, int sign)
{
    int own = less && less->valued, has = (first->has_base || !gross) && (!less || own);
    int64_t net = gross - tax, of_net = has && gross ? share(base, net, gross) : 0, of_tax = has ? base - of_net : 0;
    const portion none = { 0 }, *l = less ? less : &none;
    post(p, first->customer, first->currency, first->advance ? ADVANCE : REVENUE, -sign * (net + l->net), has ? -sign * (of_net + l->base_net) : 0);
    post(p, first->customer, first->currency, first->advance ? PENDING_VAT : OUTPUT_VAT, -sign * (tax + l->tax), has ? -sign * (of_tax + l->base_tax) : 0);
    if (less) post(p, first->customer, first->currency, ADVANCE, sign * l->net, own ? sign * l->base_net : 0);
    if (less) post(p, first->customer, first->currency, PENDING_VAT, sign * l->tax, own ? sign * l->base_tax : 0);
}

/* flags: DEBIT_NOTE of target, AN_ADVANCE, PROFORMA; amount: net of the target, an advance, that is deducted, tax: its rate. */
static inline arc_status plain_issue(plain *p, const op *o)
{
    int64_t net, tax, base, amount[4], weight[4], bases[4] = { 0 };
    int due[4], retained, contract = 0, deducts = o->amount != 0;
    portion less = { 0 };
    totals(o, &net, &tax);
    if (deducts) less = part_of_advance(o, &p->docs[find_doc(p, o->target)].free);
    net -= less.net;
    tax -= less.tax;
    if (net + tax < 0) return ARC_E_VALUE; /* that is a credit note */
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    arc_status st = may_refer(p, o, deducts ? &less : NULL);
    if (st != ARC_OK || (o->flags & PROFORMA)) return st; /* claims nothing */
    st = fits_contract(p, o, net, net + tax, deducts ? &less : NULL, &contract);
    if (st != ARC_OK) return st;
    int known = booked(o->currency, net + tax, o->date, o->rate_given, &base), n = claims(o, net + tax, amount, due, &retained);
    for (int i = 0; i < n; i++) weight[i] = amount[i] < 0 ? -amount[i] : amount[i];
    if (known) spread(bases, base, weight, n);
    int at = p->n_docs;
    for (int i = 0; i < n; i++) {
        doc *d = add_doc(p, o, i, amount[i], due[i], retained && i + 1 == n ? RETENTION : RECEIVABLE);
        d->document = at;
        d->has_base = known;
        d->base = d->booked = bases[i];
        if (o->term == TWO_PERCENT && d->role == RECEIVABLE) d->offered = share(amount[i], 2, 100), d->until = o->date + 10;
        post(p, o->customer, o->currency, d->role, amount[i], bases[i]);
    }
    doc *first = &p->docs[at];
    first->lined = 1;
    first->contract = contract;
    first->bill = net + tax;
    first->bill_tax = tax;
    first->bill_base = base;
    turn_contract(p, first, o->date, first->bill, first->bill_tax);
    first->advance = (o->flags & AN_ADVANCE) != 0;
    post_income(p, first, net + tax, tax, base, deducts ? &less : NULL, 1);
    if (first->advance) first->free = (portion){ net, tax, known ? share(base, net, net + tax) : 0, known ? base - share(base, net, net + tax) : 0, known };
    if (!deducts) return ARC_OK;
    first->advances = find_doc(p, o->target) + 1;
    first->less = less;
    first->off = contract && !p->docs[first->advances - 1].contract;
    turn_off(p, first, o->date, 1);
    add_up(&p->docs[first->advances - 1].free, &less, -1);
    return ARC_OK;
}

/* ---- credit notes -------------------------------------------------------------------------------------------------------------------- */

/* The item of a document that is due first, of those a credit note of a day may settle; -1: none. */
static inline int due_first(const plain *p, int document, int day)
{
    int best = -1;
    for (int d = 0; d < p->n_docs; d++) {
        const doc *x = &p->docs[d];
        if (x->document != document || x->left <= 0 || x->since > day || !least_since(p, d, day)) continue;
        int due = x->due == NONE ? NEVER : x->due;
        if (best < 0 || due < (p->docs[best].due == NONE ? NEVER : p->docs[best].due)) best = d;
    }
    return best;
}

/* Whether documents that stand deduct this one. */
static inline int deducted(const plain *p, int advance)
{
    for (int d = 0; d < p->n_docs; d++) if (p->docs[d].advances == advance + 1 && !p->docs[d].voided && !p->docs[d].credited) return 1;
    return 0;
}

/* A credit note of an invoice (target), by amount; 0: all that is left. It settles what is open of it; what is over stays a credit. */
static inline arc_status plain_credit(plain *p, const op *o)
{
    int at = find_doc(p, o->target);
    doc *i = &p->docs[at];
    int64_t amount = o->amount ? o->amount : i->bill;
    if (i->voided || (i->advances ? i->credited : i->bill <= 0) || deducted(p, at)) return ARC_E_STATE;
    if (o->date < i->since) return ARC_E_RANGE;
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    if (i->lined && o->amount) return ARC_E_VALUE;
    if (amount > i->bill) return ARC_E_GUARD;
    int64_t tax = share(i->bill_tax, amount, i->bill), base = share(i->bill_base, amount, i->bill);
    turn_contract(p, i, o->date, -amount, -tax);
    turn_off(p, i, o->date, -1); /* one that deducts is credited whole */
    i->bill -= amount;
    i->bill_tax -= tax;
    i->bill_base -= base;
    i->credited = 1;
    op own = *o;
    own.customer = i->customer;
    own.currency = i->currency;
    doc *c = add_doc(p, &own, 0, -amount, o->date, RECEIVABLE);
    int credit = p->n_docs - 1;
    c->document = credit;
    c->is_credit = 1;
    c->has_base = i->has_base;
    c->base = c->booked = -base;
    post(p, c->customer, c->currency, RECEIVABLE, -amount, -base);
    post_income(p, i, amount, tax, base, i->advances ? &i->less : NULL, -1);
    if (i->advances) add_up(&p->docs[i->advances - 1].free, &i->less, 1);
    if (i->advance) memset(&i->free, 0, sizeof i->free);
    for (int next; p->docs[credit].left < 0 && (next = due_first(p, at, o->date)) >= 0;) {
        int64_t left = least_since(p, next, o->date), rest = -p->docs[credit].left;
        const element e = { .amount = left < rest ? left : rest, .date = o->date };
        put(p, o->step, credit, next, &e, SMALL, PLAIN);
    }
    return ARC_OK;
}

/* ---- voiding --------------------------------------------------------------------------------------------------------------------------- */

/* A note of others that is voided takes its contract again, if there is room. */
static inline int takes_too_much(const plain *p, const doc *note, int date)
{
    const int k = note->contract;
    if (!k || note->currency != contracts[k].currency) return 0;
    const int64_t takes = (contracts[k].without_tax ? note->bill_tax : 0) - note->bill;
    return takes > 0 && most_invoiced(p, k, date) + takes > contracts[k].limit;
}

/* An issued invoice of which nothing is settled, in the period it was issued in. */
static inline arc_status plain_void(plain *p, const op *o)
{
    int at = find_doc(p, o->target);
    doc *first = &p->docs[at];
    if (first->voided || (first->credited && (first->advances || !first->bill))) return ARC_E_STATE; /* credited in full */
    if (o->date < first->since) return ARC_E_RANGE;
    if ((o->date - FIRST_DAY) / PERIOD_DAYS != (first->since - FIRST_DAY) / PERIOD_DAYS) return ARC_E_STATE;
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    if (first->credited) return ARC_E_STATE;
    for (int d = 0; d < p->n_docs; d++) if (p->docs[d].document == at && p->docs[d].left != p->docs[d].amount) return ARC_E_STATE;
    for (int i = 0; i < p->n_allocs; i++) {
        const alloc *a = &p->allocs[i];
        if ((p->docs[a->item].document == at || (a->credit >= 0 && p->docs[a->credit].document == at)) && a->date > o->date) return ARC_E_RANGE;
    }
    if (deducted(p, at)) return ARC_E_STATE;
    if (takes_too_much(p, first, o->date)) return ARC_E_GUARD;
    for (int d = 0; d < p->n_docs; d++) {
        doc *x = &p->docs[d];
        if (x->document != at || !x->left) continue;
        p->moves[p->n_moves++] = (move){ x->left, d, o->date };
        post(p, x->customer, x->currency, x->role, -x->left, -x->base);
        x->left = x->base = 0;
    }
    post_income(p, first, first->bill, first->bill_tax, first->bill_base, first->advances ? &first->less : NULL, -1);
    if (first->advances) add_up(&p->docs[first->advances - 1].free, &first->less, 1);
    turn_contract(p, first, o->date, -first->bill, -first->bill_tax);
    turn_off(p, first, o->date, -1);
    first->voided = 1;
    return ARC_OK;
}

#endif
