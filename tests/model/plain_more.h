/* SPDX-License-Identifier: Apache-2.0 */
/* The plain ledger, second half: reversals, debts that become other debts, refunds, claims and returns of receipts, bad debts, tolerances, due dates, disputes. */
#ifndef TESTS_MODEL_PLAIN_MORE_H
#define TESTS_MODEL_PLAIN_MORE_H

#include "model/plain_documents.h"

/* ---- items that come of items ----------------------------------------------------------------------------------------------------- */

/* One more item in this step; it is booked against `against`. Its place. */
static inline int item_of(plain *p, int step, const doc *like, int customer, int64_t amount, int64_t base, int date, int due, int role, int against)
{
    op o = { .step = step, .customer = customer, .currency = like->currency, .date = date };
    int k = 0, has_base = like->has_base;
    for (int i = p->n_docs; i > 0 && p->docs[i - 1].name.step == step; i--) k++;
    doc *d = add_doc(p, &o, k, amount, due, role);
    d->has_base = has_base;
    d->base = d->booked = has_base ? base : 0;
    post(p, customer, d->currency, role, amount, d->base);
    post(p, customer, d->currency, against, -amount, -d->base);
    return p->n_docs - 1;
}

/* A debt, or part of it, becomes another: of another customer, or the same as a residual or chargeback. */
static inline arc_status move_debt(plain *p, int step, int old, int customer, int64_t amount, int date)
{
    const doc was = p->docs[old];
    int64_t part = amount ? amount : was.left, base = base_of(&was, part);
    if (was.left <= 0) return ARC_E_STATE;
    if (part < 0 || part > was.left) return ARC_E_GUARD;
    if (date < was.since) return ARC_E_RANGE;
    if (posting_day(p, date) != ARC_OK) return ARC_E_PERIOD;
    if (part > least_since(p, old, date)) return ARC_E_GUARD;
    int credit = item_of(p, step, &was, was.customer, -part, -base, date, was.due, RECEIVABLE, TRANSFER);
    int made = item_of(p, step, &was, customer, part, base, date, was.due, was.role, TRANSFER);
    if (customer == was.customer) p->docs[credit].document = p->docs[made].document = was.document;
    const element e = { .amount = part, .date = date };
    p->allocs[put(p, step, credit, old, &e, SMALL, MOVED)].made = made;
    return ARC_OK;
}

static inline arc_status plain_transfer(plain *p, const op *o)
{
    int at = find_doc(p, o->target);
    if (p->docs[at].customer == o->customer || p->docs[at].left <= 0) return ARC_E_STATE;
    return move_debt(p, o->step, at, o->customer, o->amount, o->date);
}

/* A receipt that is a bill, of which nothing came in. */
static inline int bad_paper(const plain *p, int receipt)
{
    for (int i = 0; i < p->n_bills; i++) {
        int s = status_of(&p->bills[i]);
        if (p->bills[i].receipt == receipt && p->docs[receipt].paper && (s == DISHONOURED || s == GIVEN_BACK)) return 1;
    }
    return 0;
}

static inline arc_status plain_refund(plain *p, const op *o)
{
    int at = find_doc(p, o->target);
    const doc c = p->docs[at];
    int64_t left = c.receipt ? c.left : -c.left, amount = o->amount ? o->amount : left;
    if (c.returned != NONE || c.customer < 0 || left <= 0 || bad_paper(p, at)) return ARC_E_STATE;
    if (amount < 0) return ARC_E_RANGE;
    if (amount > left) return ARC_E_GUARD;
    if (o->date < usable_from(&c)) return ARC_E_RANGE;
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    if (amount > least_since(p, at, o->date)) return ARC_E_GUARD;
    int64_t base = c.receipt ? base_of(&c, amount) : -base_of(&c, -amount);
    int made = item_of(p, o->step, &c, c.customer, amount, base, o->date, o->date, RECEIVABLE, REFUND);
    const element e = { .amount = amount, .date = o->date };
    p->docs[made].refund = 1;
    p->allocs[put(p, o->step, at, made, &e, SMALL, PAID_BACK)].made = made;
    return ARC_OK;
}

/* ---- taking back ------------------------------------------------------------------------------------------------------------------- */

static inline arc_status undo_move(plain *p, const op *o, int at)
{
    const alloc old = p->allocs[at];
    const element e = { .amount = old.amount, .date = o->date };
    if (p->docs[old.made].left != old.amount) return ARC_E_STATE;
    if (o->date < old.date) return ARC_E_RANGE;
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    if (old.amount > least_since(p, old.made, o->date)) return ARC_E_GUARD;
    arc_status st = undo(p, o->step, at, o->date);
    if (st == ARC_OK) put(p, o->step, old.credit, old.made, &e, SMALL, TAKES_BACK);
    return st;
}

static inline arc_status undo_refund(plain *p, const op *o, int at)
{
    const alloc old = p->allocs[at];
    const doc made = p->docs[old.made];
    const element e = { .amount = made.amount, .date = o->date };
    arc_status st = undo(p, o->step, at, o->date);
    if (st != ARC_OK) return st;
    int credit = item_of(p, o->step, &made, made.customer, -made.amount, -made.booked, o->date, o->date, RECEIVABLE, REFUND);
    p->docs[credit].refund = 1;
    put(p, o->step, credit, old.made, &e, SMALL, TAKES_BACK);
    return ARC_OK;
}

static inline arc_status plain_reverse(plain *p, const op *o)
{
    int at = find_alloc(p, o->target);
    const alloc *old = &p->allocs[at];
    if (old->reversal || old->reversed || old->kind == TAKES_BACK || old->kind == WRITTEN_OFF || old->kind == OF_A_BILL) return ARC_E_STATE;
    if (old->kind == MOVED) return undo_move(p, o, at);
    return old->kind == PAID_BACK ? undo_refund(p, o, at) : undo(p, o->step, at, o->date);
}

/* ---- receipts ------------------------------------------------------------------------------------------------------------------------ */

static inline void post_receipt(plain *p, const doc *d, int to_customer, int to, int from_customer, int from)
{
    post(p, to_customer, d->currency, to, d->amount, d->booked);
    post(p, from_customer, d->currency, from, -d->amount, -d->booked);
}

static inline arc_status plain_claim(plain *p, const op *o)
{
    doc *d = &p->docs[find_doc(p, o->target)];
    if (d->returned != NONE || d->customer >= 0) return ARC_E_STATE;
    if (o->date < d->since || o->date < d->unclaimed) return ARC_E_RANGE;
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    d->customer = o->customer;
    d->claimed = o->date;
    d->role = ON_ACCOUNT;
    post_receipt(p, d, -1, UNIDENTIFIED, d->customer, ON_ACCOUNT);
    return ARC_OK;
}

/* Whose a receipt was on a day; -1: nobody's. */
static inline int whose(const plain *p, int receipt, int day)
{
    const doc *d = &p->docs[receipt];
    for (int i = 0; i < p->n_claims; i++) {
        if (p->claims[i].doc == receipt && day >= p->claims[i].from && day < p->claims[i].to) return p->claims[i].customer;
    }
    return d->claimed > day ? -1 : d->customer;
}

/* The last day on which something happened to what a receipt pays. */
static inline int last_used(const plain *p, int receipt)
{
    int day = usable_from(&p->docs[receipt]);
    for (int i = 0; i < p->n_allocs; i++) if (p->allocs[i].credit == receipt && p->allocs[i].date > day) day = p->allocs[i].date;
    return day;
}

static inline arc_status plain_unclaim(plain *p, const op *o)
{
    doc *d = &p->docs[find_doc(p, o->target)];
    if (d->returned != NONE || d->claimed == NONE || d->left != d->amount) return ARC_E_STATE;
    if (o->date < last_used(p, (int)(d - p->docs))) return ARC_E_RANGE;
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    post_receipt(p, d, d->customer, ON_ACCOUNT, -1, UNIDENTIFIED);
    p->claims[p->n_claims++] = (was_of){ (int)(d - p->docs), d->customer, d->claimed, o->date };
    d->unclaimed = o->date;
    d->customer = -1;
    d->claimed = NONE;
    d->role = UNIDENTIFIED;
    return ARC_OK;
}

static inline arc_status plain_return(plain *p, const op *o)
{
    int at = find_doc(p, o->target), n = p->n_allocs;
    doc *d = &p->docs[at];
    if (d->returned != NONE || d->paper) return ARC_E_STATE;
    if (o->date < last_used(p, at) || (d->customer < 0 && o->date < d->unclaimed)) return ARC_E_RANGE;
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    for (int i = 0; i < n; i++) {
        const alloc *a = &p->allocs[i];
        if (a->credit != at || a->reversal || a->reversed) continue;
        if (a->kind == PAID_BACK) return ARC_E_STATE;
        (void)undo(p, o->step, i, o->date);
    }
    p->moves[p->n_moves++] = (move){ d->left, at, o->date };
    d->left = d->base = 0;
    d->returned = o->date;
    post_receipt(p, d, d->customer, d->role, d->customer, BANK);
    return ARC_OK;
}

/* ---- what is given up ------------------------------------------------------------------------------------------------------------------- */

/* The book tolerates 1.00 CNY, and 1 % where that is less; nothing in other currencies. */
static inline int64_t tolerated(int currency, int64_t amount)
{
    int64_t percent = share(amount, 1, 100);
    return currency != CNY || amount <= 0 ? 0 : percent < 100 ? percent : 100;
}

static inline arc_status plain_give_up(plain *p, const op *o)
{
    int at = find_doc(p, o->target);
    const doc *d = &p->docs[at];
    const element e = { .write_off = d->left, .date = o->date };
    if (d->left <= 0) return ARC_E_STATE;
    if (d->left > tolerated(d->currency, d->amount)) return ARC_E_GUARD;
    arc_status st = fits(p, NULL, d, &e);
    if (st == ARC_OK) put(p, o->step, -1, at, &e, SMALL, PLAIN);
    return st;
}

/* Asked for and approved in one go; the customer and currency are the first item's. */
static inline arc_status plain_write_off(plain *p, const op *o)
{
    loss l = { .n = o->n };
    wide open = 0;
    for (int k = 0; k < o->n; k++) {
        l.item[k] = find_doc(p, o->el[k].item);
        const doc *d = &p->docs[l.item[k]], *first = &p->docs[l.item[0]];
        if (d->customer != first->customer) return ARC_E_REFERENCE;
        if (d->currency != first->currency) return ARC_E_CURRENCY;
        if (d->left <= 0) return ARC_E_STATE;
        open += d->left;
    }
    if (o->amount <= 0 || o->amount > open) return ARC_E_GUARD;
    for (int k = 1; k < o->n; k++) {
        for (int i = 0; i < k; i++) if (l.item[i] == l.item[k]) return ARC_E_VALUE;
    }
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    int64_t left = o->amount;
    for (int k = 0; k < o->n && left; k++) {
        const doc *d = &p->docs[l.item[k]];
        const element e = { .write_off = d->left < left ? d->left : left, .date = o->date };
        arc_status st = fits(p, NULL, d, &e);
        if (st != ARC_OK) return st;
        p->allocs[put(p, o->step, -1, l.item[k], &e, ALLOWANCE, WRITTEN_OFF)].made = p->n_losses;
        left -= e.write_off;
    }
    l.name.step = o->step;
    p->losses[p->n_losses++] = l;
    return ARC_OK;
}

/* Money for a bad debt after all: its rows are undone, item by item; of the last what did not come is written off anew. */
static inline arc_status plain_recover(plain *p, const op *o)
{
    int at = -1, n = p->n_allocs;
    int64_t total = 0;
    for (int i = 0; i < p->n_losses; i++) if (p->losses[i].name.step == o->target.step) at = i;
    for (int i = 0; i < n; i++) if (p->allocs[i].kind == WRITTEN_OFF && p->allocs[i].made == at && !p->allocs[i].reversal && !p->allocs[i].reversed) total += p->allocs[i].write_off;
    if (!total) return ARC_E_STATE;
    if (o->amount < 0 || o->amount > total) return ARC_E_GUARD;
    int64_t amount = o->amount ? o->amount : total;
    for (int k = 0; k < p->losses[at].n; k++) {
        for (int i = 0; i < n && amount; i++) {
            const alloc a = p->allocs[i];
            if (a.kind != WRITTEN_OFF || a.made != at || a.reversal || a.reversed || a.item != p->losses[at].item[k]) continue;
            arc_status st = undo(p, o->step, i, o->date);
            if (st != ARC_OK) return st;
            const element e = { .write_off = a.write_off - (a.write_off < amount ? a.write_off : amount), .date = o->date };
            amount -= a.write_off - e.write_off;
            if (e.write_off) p->allocs[put(p, o->step, -1, a.item, &e, ALLOWANCE, WRITTEN_OFF)].made = at;
        }
    }
    return ARC_OK;
}

/* ---- due dates, disputes --------------------------------------------------------------------------------------------------------------- */

static inline const extension *last_extension(const plain *p, int d)
{
    for (int i = p->n_extensions; i-- > 0;) if (p->extensions[i].doc == d) return &p->extensions[i];
    return NULL;
}

static inline void set_due(plain *p, const op *o, int d, int to, int reversal)
{
    p->extensions[p->n_extensions++] = (extension){ { o->step, 0 }, 0, d, o->date, p->docs[d].due, to, reversal };
    p->docs[d].due = to;
}

static inline arc_status plain_extend(plain *p, const op *o)
{
    int at = find_doc(p, o->target);
    const doc *d = &p->docs[at];
    const extension *last = last_extension(p, at);
    if (d->left <= 0 || d->due == NONE) return ARC_E_STATE;
    if (o->due <= d->due || o->date < d->since || (last && o->date < last->date)) return ARC_E_RANGE;
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    set_due(p, o, at, o->due, 0);
    return ARC_OK;
}

static inline int find_extension(const plain *p, ref r)
{
    for (int i = 0; i < p->n_extensions; i++) if (p->extensions[i].name.step == r.step) return i;
    return -1;
}

static inline arc_status plain_unextend(plain *p, const op *o)
{
    const extension x = p->extensions[find_extension(p, o->target)];
    if (last_extension(p, x.doc)->name.step != x.name.step || x.reversal) return ARC_E_STATE;
    if (o->date < x.date) return ARC_E_RANGE;
    if (posting_day(p, o->date) != ARC_OK) return ARC_E_PERIOD;
    set_due(p, o, x.doc, x.was, 1);
    return ARC_OK;
}

/* The due date that held on a day: what the first change after it found. */
static inline int due_on(const plain *p, int d, int day)
{
    for (int i = 0; i < p->n_extensions; i++) if (p->extensions[i].doc == d && p->extensions[i].date > day) return p->extensions[i].was;
    return p->docs[d].due;
}

static inline int64_t disputed(const plain *p, int d, int day)
{
    int64_t sum = 0;
    for (int i = 0; i < p->n_disputes; i++) if (p->disputes[i].doc == d && day >= TODAY && day < p->disputes[i].closed_on) sum += p->disputes[i].amount;
    return sum;
}

static inline arc_status plain_dispute(plain *p, const op *o)
{
    int at = find_doc(p, o->target);
    int64_t in_force = disputed(p, at, NEVER - 1);
    if (o->amount <= 0) return ARC_E_RANGE;
    if (p->docs[at].left <= 0 || in_force >= p->docs[at].left) return ARC_E_STATE;
    if (o->amount > p->docs[at].left - in_force) return ARC_E_GUARD;
    p->disputes[p->n_disputes++] = (dispute){ { o->step, 0 }, 0, o->amount, at, NEVER };
    return ARC_OK;
}

static inline arc_status plain_resolve(plain *p, const op *o)
{
    dispute *d = NULL;
    for (int i = 0; i < p->n_disputes; i++) if (p->disputes[i].name.step == o->target.step) d = &p->disputes[i];
    if (d->closed_on != NEVER) return ARC_E_STATE;
    if (o->date != TODAY) return ARC_E_RANGE; /* before it was opened, or not yet */
    d->closed_on = o->date;
    return ARC_OK;
}

/* What a verb opened again that was settled before it, or moved to another due date by agreement: one more episode each. */
static inline void count_episodes(plain *p, const plain *before)
{
    for (int d = 0; d < before->n_docs; d++) if (!p->docs[d].receipt && !before->docs[d].left && p->docs[d].left) p->docs[d].episode++;
    for (int i = before->n_extensions; i < p->n_extensions; i++) p->docs[p->extensions[i].doc].episode++;
}

/* ---- a receipt that settles a list -------------------------------------------------------------------------------------------------------- */

typedef struct decided { /* what is decided for an item */
    int64_t open, discount, tolerated, deducted, paid, moved;
    int doc;
} decided;

static inline int64_t unpaid(const decided *l) { return l->open - l->paid - l->discount - l->tolerated - l->deducted; }

/* A shortfall lies on the last items of the list. */
static inline void lay(decided *l, int n, int64_t part, int64_t offset)
{
    for (int i = n - 1; i >= 0 && part; i--) {
        int64_t cut = l[i].open <= 0 ? 0 : part < unpaid(&l[i]) ? part : unpaid(&l[i]);
        *(int64_t *)(void *)((char *)&l[i] + offset) += cut;
        part -= cut;
    }
}

enum { REST_PARTIAL, REST_RESIDUAL, REST_CHARGEBACK, REST_DEDUCT };

/* In proportion to what is left, and with what was granted before no more than was offered. */
static inline int64_t still_offered(const plain *p, int item)
{
    const doc *d = &p->docs[item];
    int64_t part = share(d->offered, d->left, d->amount), granted = 0;
    for (int i = 0; i < p->n_allocs; i++) granted += p->allocs[i].item == item ? p->allocs[i].discount : 0;
    return part <= d->offered - granted ? part : d->offered > granted ? d->offered - granted : 0;
}

static inline arc_status decide(const plain *p, const op *o, int receipt, decided *l)
{
    wide have = p->docs[receipt].left, net = 0, credits = 0;
    for (int i = 0; i < o->n; i++) {
        const doc *d = &p->docs[l[i].doc];
        if (d->currency != p->docs[receipt].currency) return ARC_E_CURRENCY;
        l[i].open = d->left;
        if (d->left > 0 && d->until != NONE && p->docs[receipt].paid <= d->until) l[i].discount = still_offered(p, l[i].doc);
        if (d->left < 0) credits -= d->left;
        else net += l[i].open - l[i].discount;
    }
    have += credits;
    if (have <= 0) return ARC_E_GUARD;
    int64_t lacking = have < net ? (int64_t)(net - have) : 0;
    if (lacking && lacking <= tolerated(p->docs[receipt].currency, (int64_t)net)) lay(l, o->n, lacking, offsetof(decided, tolerated));
    else if (lacking && o->term == REST_DEDUCT) lay(l, o->n, lacking, offsetof(decided, deducted));
    for (int i = 0; i < o->n; i++) {
        if (l[i].open < 0) continue;
        if (have >= unpaid(&l[i])) {
            l[i].paid = unpaid(&l[i]);
        } else { /* a part earns no discount */
            l[i].paid = (int64_t)have;
            l[i].discount = 0;
            if (l[i].paid && (o->term == REST_RESIDUAL || o->term == REST_CHARGEBACK)) l[i].moved = unpaid(&l[i]);
        }
        have -= l[i].paid;
    }
    return ARC_OK;
}

/* One row of what was decided. */
static inline arc_status settle_row(plain *p, const op *o, int credit, int item, element e, int role)
{
    e.date = o->date;
    arc_status st = fits(p, &p->docs[credit], &p->docs[item], &e);
    if (st == ARC_OK) put(p, o->step, credit, item, &e, role, PLAIN);
    return st;
}

static inline arc_status plain_settle(plain *p, const op *o)
{
    int receipt = find_doc(p, o->target), credit = 0;
    decided l[MAX_EL] = { { 0 } };
    arc_status st = ARC_OK;
    for (int i = 0; i < o->n; i++) {
        l[i].doc = find_doc(p, o->el[i].item);
        for (int k = 0; k < i; k++) if (l[k].doc == l[i].doc) return ARC_E_INVALID;
    }
    if (p->docs[receipt].customer < 0 || p->docs[receipt].returned != NONE) return ARC_E_STATE;
    st = decide(p, o, receipt, l);
    for (int i = 0; st == ARC_OK && i < o->n; i++) {
        int64_t wanted = l[i].paid;
        if (l[i].open <= 0) continue;
        for (; wanted && credit < o->n && st == ARC_OK; credit++) { /* credits of the list give first */
            int64_t has = l[credit].open < 0 ? -p->docs[l[credit].doc].left : 0, gives = has < wanted ? has : wanted;
            if (!gives) continue;
            st = settle_row(p, o, l[credit].doc, l[i].doc, (element){ .amount = gives }, SMALL);
            wanted -= gives;
            if (gives < has) break;
        }
        if (st == ARC_OK && wanted + l[i].discount) st = settle_row(p, o, receipt, l[i].doc, (element){ .amount = wanted, .discount = l[i].discount }, SMALL);
        if (st == ARC_OK && l[i].tolerated) st = settle_row(p, o, receipt, l[i].doc, (element){ .write_off = l[i].tolerated }, SMALL);
        if (st == ARC_OK && l[i].deducted) st = settle_row(p, o, receipt, l[i].doc, (element){ .write_off = l[i].deducted }, DEDUCTION);
    }
    for (int i = 0; st == ARC_OK && i < o->n; i++) if (l[i].moved) st = move_debt(p, o->step, l[i].doc, p->docs[l[i].doc].customer, 0, o->date);
    return st;
}

#endif
