/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/chain.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/date.h"
#include "arcore/fields.h"
#include "billing/advance.h"

static const uint32_t inherited[ARCI_INHERITED] = { ARC_INVOICE_CONTRACT, ARC_INVOICE_SALES_ORDER, ARC_INVOICE_PROJECT, ARC_INVOICE_STORE, ARC_INVOICE_DEPARTMENT,
                                                    ARC_INVOICE_BUSINESS_LINE, ARC_INVOICE_CHANNEL };

const arc_value *arci_bill_or_parent(const arci_bill *d, uint32_t field)
{
    const arc_value *own = arci_bill_value(d, field);
    for (int k = 0; own->type == ARC_V_NULL && k < ARCI_INHERITED; k++) {
        if (inherited[k] == field) return &d->inherited[k];
    }
    return own;
}

/* What is nearer to the document was taken first and stays. */
void arci_chain_take(arci_bill *d, uint32_t field, const arc_value *v)
{
    for (int k = 0; k < ARCI_INHERITED; k++) {
        if (inherited[k] == field && d->inherited[k].type == ARC_V_NULL) d->inherited[k] = *v;
    }
}

static arc_date date_of(const arc_value *v) { return v->type == ARC_V_INT ? (arc_date)v->u.i : ARC_DATE_NONE; }

/* ---- parents ------------------------------------------------------------------------------------------------------------------------ */

typedef void (*take_fn)(arci_bill *d, const arc_value *row);

static arc_status read_parent(arci_bills *b, uint32_t field, const char *name, const char *entity, const char *fields, take_fn take_row)
{
    const arci_shape *shape;
    arci_posting *p = b->p;
    int64_t *ids = NULL;
    uint32_t *of = NULL, n = 0;
    arc_value *rows;
    uint8_t *found;
    for (uint32_t i = 0; i < p->n; i++) {
        if (!arci_bill_good(b, i) || arci_bill_or_parent(&b->list[i], field)->type != ARC_V_INT) continue;
        if (!ids) {
            ids = arci_arena_alloc(&p->arena, p->n * sizeof *ids);
            of = arci_arena_alloc(&p->arena, p->n * sizeof *of);
        }
        if (!ids || !of) return arci_nomem(p->t->env);
        of[n] = i;
        ids[n++] = arci_bill_or_parent(&b->list[i], field)->u.i;
    }
    if (!n) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, entity, fields);
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, ids, n, &p->arena, &rows, &found);
    for (uint32_t k = 0; k < n && st == ARC_OK; k++) {
        if (found[k]) {
            take_row(&b->list[of[k]], rows + (size_t)k * shape->n);
            continue;
        }
        arci_fail(p->t->env, ARC_E_REFERENCE, "there is no such %s%.0s", "%.0s%s不存在", name, arci_field_zh("invoice", name));
        arci_fail_at(p->t->env, "invoice", name, 0, -1);
        arci_bill_refuse(b, of[k], ARC_E_REFERENCE);
    }
    return st;
}

static void take_delivery(arci_bill *d, const arc_value *row) { arci_chain_take(d, ARC_INVOICE_SALES_ORDER, &row[0]); }

static void take_order(arci_bill *d, const arc_value *row)
{
    static const uint32_t to[] = { ARC_INVOICE_CONTRACT, ARC_INVOICE_PROJECT, ARC_INVOICE_STORE, ARC_INVOICE_DEPARTMENT, ARC_INVOICE_BUSINESS_LINE, ARC_INVOICE_CHANNEL };
    d->ordered_on = date_of(&row[0]);
    if (row[1].type == ARC_V_TEXT && row[1].len) d->contract_term = row[1];
    for (size_t k = 0; k < sizeof to / sizeof to[0]; k++) arci_chain_take(d, to[k], &row[2 + k]);
}

static void take_contract(arci_bill *d, const arc_value *row)
{
    static const uint32_t to[] = { ARC_INVOICE_PROJECT, ARC_INVOICE_DEPARTMENT, ARC_INVOICE_BUSINESS_LINE, ARC_INVOICE_CHANNEL };
    d->signed_on = date_of(&row[0]);
    if (d->contract_term.type == ARC_V_NULL) d->contract_term = row[1];
    for (size_t k = 0; k < sizeof to / sizeof to[0]; k++) arci_chain_take(d, to[k], &row[2 + k]);
}

static void take_noted(arci_bill *d, const arc_value *row)
{
    for (int k = 0; k < ARCI_INHERITED; k++) arci_chain_take(d, inherited[k], &row[k]);
}

arc_status arci_chain_parents(arci_bills *b)
{
    static const char of_note[] = "contract sales_order project store department business_line channel";
    for (uint32_t i = 0; i < b->p->n; i++) {
        arci_bill *d = &b->list[i];
        d->ordered_on = d->signed_on = ARC_DATE_NONE;
        d->contract_term = arci_v_null();
        for (int k = 0; k < ARCI_INHERITED; k++) d->inherited[k] = arci_v_null();
    }
    arc_status st = read_parent(b, ARC_INVOICE_RED_OF, "red_of", "invoice", of_note, take_noted);
    if (st == ARC_OK) st = read_parent(b, ARC_INVOICE_DEBIT_OF, "debit_of", "invoice", of_note, take_noted);
    if (st == ARC_OK) st = read_parent(b, ARC_INVOICE_DELIVERY, "delivery", "delivery", "sales_order", take_delivery);
    if (st == ARC_OK) st = arci_chain_lines(b);
    if (st == ARC_OK) st = arci_chain_heads(b);
    if (st == ARC_OK) st = read_parent(b, ARC_INVOICE_SALES_ORDER, "sales_order", "sales_order", "order_date term contract project store department business_line channel", take_order);
    if (st == ARC_OK) st = read_parent(b, ARC_INVOICE_CONTRACT, "contract", "contract", "sign_date term project department business_line channel", take_contract);
    if (st == ARC_OK) arci_chain_discounts(b);
    return st;
}

/* ---- contracts --------------------------------------------------------------------------------------------------------------------- */

int64_t arci_with_tolerance(int64_t amount, int64_t tolerance)
{
    uint64_t more = 0, rest;
    if (amount <= 0 || tolerance <= 0) return amount;
    if (arci_divmod_u128(arci_mul_u64((uint64_t)amount, (uint64_t)tolerance), 10000, &more, &rest) || more > (uint64_t)ARC_MONEY_MAX) return INT64_MAX;
    return amount + (int64_t)more; /* both within ARC_MONEY_MAX */
}

static int by_number(const void *x, const void *y)
{
    const int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

uint32_t arci_ids_unique(int64_t *ids, uint32_t n)
{
    uint32_t left = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (ids[i]) ids[left++] = ids[i];
    }
    n = left;
    left = 0;
    if (n > 1) qsort(ids, n, sizeof *ids, by_number);
    for (uint32_t i = 0; i < n; i++) {
        if (!left || ids[left - 1] != ids[i]) ids[left++] = ids[i];
    }
    return left;
}

uint32_t arci_ids_find(const int64_t *ids, uint32_t n, int64_t id)
{
    uint32_t lo = 0, hi = n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (ids[mid] < id) lo = mid + 1;
        else hi = mid;
    }
    return lo < n && ids[lo] == id ? lo : UINT32_MAX;
}

arci_contract *arci_contract_find(arci_contract *list, uint32_t n, int64_t id)
{
    uint32_t lo = 0, hi = n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (list[mid].id == id) return &list[mid];
        if (list[mid].id < id) lo = mid + 1;
        else hi = mid;
    }
    return NULL;
}

/* What its invoices and its orders take of each: two reads. */
static arc_status read_sums(arci_txn *t, arci_arena *arena, arci_contract *list, const int64_t *ids, uint32_t n)
{
    const char **currencies = arci_arena_alloc(arena, (n + 1) * sizeof *currencies);
    arci_link_sum *sums = arci_arena_alloc(arena, (n + 1) * sizeof *sums);
    arc_date *freed = arci_arena_alloc(arena, (n + 1) * sizeof *freed);
    if (!currencies || !sums || !freed) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) currencies[i] = list[i].row ? list[i].row[ARCI_CONTRACT_CURRENCY].u.s : "   ";
    arc_status st = arci_links_read_freed(t, arena, ARCI_LINK_CONTRACT_INVOICE, ids, currencies, n, sums, freed);
    for (uint32_t i = 0; i < n; i++) {
        list[i].issued = list[i].without_tax ? sums[i].net : sums[i].gross;
        list[i].freed = freed[i];
    }
    if (st == ARC_OK) st = arci_links_read(t, arena, ARCI_LINK_CONTRACT_ORDER, ids, currencies, n, sums);
    for (uint32_t i = 0; i < n; i++) list[i].ordered = list[i].without_tax ? sums[i].net : sums[i].gross;
    return st;
}

static void judge_row(arci_contract *c)
{
    const arc_value *v = c->row;
    if (v[ARCI_CONTRACT_TOLERANCE].type == ARC_V_INT) c->tolerance = v[ARCI_CONTRACT_TOLERANCE].u.i;
    c->without_tax = v[ARCI_CONTRACT_TAX_INCLUDED].type == ARC_V_INT && !v[ARCI_CONTRACT_TAX_INCLUDED].u.i;
    c->over = arci_code_is(&v[ARCI_CONTRACT_STATUS], "closed") || arci_code_is(&v[ARCI_CONTRACT_STATUS], "terminated");
    c->changed = v[ARCI_CONTRACT_CHANGED_ON].type == ARC_V_INT ? (arc_date)v[ARCI_CONTRACT_CHANGED_ON].u.i : ARC_DATE_NONE;
    c->limited = arci_contract_limit(c, &v[ARCI_CONTRACT_AMOUNT], &v[ARCI_CONTRACT_TOLERANCE], &c->limit) != 0;
}

int arci_contract_limit(const arci_contract *c, const arc_value *amount, const arc_value *tolerance, int64_t *limit)
{
    if (amount->type != ARC_V_INT || arci_code_is(&c->row[ARCI_CONTRACT_KIND], "framework")) return 0;
    *limit = arci_with_tolerance(amount->u.i, tolerance->type == ARC_V_INT ? tolerance->u.i : 0);
    return 1;
}

int64_t arci_contract_room(int64_t limit, int64_t issued, int over)
{
    const int64_t room = limit - issued; /* sums of money are far from int64's ends */
    return over && room > 0 ? 0 : room;
}

arc_status arci_contracts_read(arci_txn *t, arci_arena *arena, int64_t *ids, uint32_t n, int lock, arci_contract **out, uint32_t *n_out)
{
    static const char fields[] = "number customer starts_on ends_on currency amount tax_included status kind tolerance version billing_basis changed_on";
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    n = arci_ids_unique(ids, n);
    *n_out = n;
    *out = arci_arena_calloc(arena, n + 1, sizeof **out);
    if (!*out) return arci_nomem(t->env);
    if (!n) return ARC_OK;
    arc_status st = lock ? arci_repo_lock(t, "contract", ids, n) : ARC_OK;
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "contract", fields);
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, ids, n, arena, &rows, &found);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        arci_contract *c = &(*out)[i];
        c->id = ids[i];
        c->row = found[i] ? rows + (size_t)i * shape->n : NULL;
        if (c->row) judge_row(c);
    }
    return st == ARC_OK ? read_sums(t, arena, *out, ids, n) : st;
}

/* ---- the check ------------------------------------------------------------------------------------------------------------------------ */

typedef struct checking {
    arci_bills *b;
    arci_contract *list;
    uint32_t n;
    arci_limits *limits;
    arci_ints taken; /* contract, day, amount: of the documents of this call, taken from those that were refused again */
} checking;

static arc_status at_share(arci_bills *b, arc_status st, const arci_share *share)
{
    if (share->line != UINT32_MAX) return arci_line_at(b->p->t->env, st, share->line, "contract");
    arci_fail_at(b->p->t->env, "invoice", "contract", 0, -1);
    return st;
}

/* Whether a document may be issued on a contract at all. */
static arc_status fits(arci_bills *b, const arci_bill *d, const arci_contract *c)
{
    const arc_value *v = c->row;
    arci_env *env = b->p->t->env;
    int n = (int)v[ARCI_CONTRACT_NUMBER].len;
    const char *number = v[ARCI_CONTRACT_NUMBER].u.s;
    if (!arci_code_is(&v[ARCI_CONTRACT_STATUS], "active")) {
        const char *is[2];
        arci_code_words(is, "contract_status", &v[ARCI_CONTRACT_STATUS]);
        return arci_fail(env, ARC_E_STATE, "contract %.*s is %s: only active contracts are invoiced%.0s", "合同 %.*s %.0s状态为“%s”，只有执行中的合同可以开票", n, number, is[0], is[1]);
    }
    if (!arci_value_equal(&v[ARCI_CONTRACT_CURRENCY], arci_bill_value(d, ARC_INVOICE_CURRENCY))) {
        return arci_fail(env, ARC_E_CURRENCY, "contract %.*s is in %.*s", "合同 %.*s 的币种为 %.*s", n, number, 3, v[ARCI_CONTRACT_CURRENCY].u.s);
    }
    if (!arci_value_equal(&v[ARCI_CONTRACT_CUSTOMER], arci_bill_value(d, ARC_INVOICE_CUSTOMER))) {
        return arci_fail(env, ARC_E_GUARD, "contract %.*s is another customer's", "合同 %.*s 属于其他客户", n, number);
    }
    if ((v[ARCI_CONTRACT_STARTS].type == ARC_V_INT && d->date < v[ARCI_CONTRACT_STARTS].u.i) ||
        (v[ARCI_CONTRACT_ENDS].type == ARC_V_INT && d->date > v[ARCI_CONTRACT_ENDS].u.i)) {
        return arci_fail(env, ARC_E_GUARD, "the invoice date is outside the dates of contract %.*s", "开票日期不在合同 %.*s 的有效期内", n, number);
    }
    return ARC_OK;
}

/* Dated before something was given back or changed: on each day from its own on all that was issued must be within what was allowed then. */
static arc_status within_days(checking *x, const arci_bill *d, const arci_share *share, int64_t is)
{
    arci_posting *p = x->b->p;
    arci_contract *c = share->contract;
    arci_worst_day w;
    char room[48], asked[48], issued[48], amount[48], day[16], currency[4] = { 0 };
    size_t n = sizeof day;
    const arc_value *number = &c->row[ARCI_CONTRACT_NUMBER];
    arc_status st = arci_contract_worst(p->t, &p->arena, c, d->date, &x->taken, NULL, &w);
    if (st != ARC_OK || (!w.over && (is <= 0 || w.limit == INT64_MAX || w.limit - w.issued >= is))) return st;
    const arc_date when = w.over ? d->date : w.day;
    if (arc_date_print(day, &n, when) != ARC_OK) day[0] = 0;
    if (w.over) {
        return at_share(x->b, arci_fail(p->t->env, ARC_E_GUARD, "contract %.*s was closed or terminated on %s", "合同 %.*s 在 %s 已完结或终止", (int)number->len, number->u.s, day), share);
    }
    memcpy(currency, c->row[ARCI_CONTRACT_CURRENCY].u.s, 3);
    st = arci_fail(p->t->env, ARC_E_GUARD, "contract %.*s leaves %s on %s: %s of %s are issued then, the invoice is %s", "合同 %.*s 可开票余额为 %s（%s）：当日已开票 %s，合同上限 %s，本次开票 %s",
                   (int)number->len, number->u.s, arci_amount_text(room, w.limit - w.issued, currency), day, arci_amount_text(issued, w.issued, currency), arci_amount_text(amount, w.limit, currency),
                   arci_amount_text(asked, is, currency));
    return at_share(x->b, st, share);
}

static arc_status note_taken(checking *x, const arci_contract *c, arc_date day, int64_t amount)
{
    const arc_value row[3] = { arci_v_int(c->id), arci_v_int(day), arci_v_int(amount) };
    return arci_take_ints(&x->taken, row);
}

static arc_status within(checking *x, const arci_bill *d, const arci_share *share)
{
    arci_bills *b = x->b;
    arci_contract *c = share->contract;
    int64_t is = c->without_tax ? share->net : share->gross, sum;
    char room[48], asked[48], issued[48], amount[48];
    const arc_value *v = c->row;
    arc_status st = b->told ? ARC_OK : fits(b, d, c);
    if (st != ARC_OK || b->told) return st == ARC_OK ? ARC_OK : at_share(b, st, share);
    if (!c->limited) return c->changed > d->date ? within_days(x, d, share, is) : ARC_OK;
    if (!arci_add64(c->issued, is, &sum) && (sum <= c->limit || is <= 0)) {
        if (arci_contract_turned(c, d->date)) st = within_days(x, d, share, is);
        if (st == ARC_OK) st = note_taken(x, c, d->date, is);
        if (st == ARC_OK) c->issued = sum;
        return st;
    }
    char currency[4] = { 0 };
    memcpy(currency, v[ARCI_CONTRACT_CURRENCY].u.s, 3);
    st = arci_fail(b->p->t->env, ARC_E_GUARD, "contract %.*s leaves %s: %s of %s are issued, the invoice is %s", "合同 %.*s 可开票余额为 %s：已开票 %s，合同上限 %s，本次开票 %s",
                   (int)v[ARCI_CONTRACT_NUMBER].len, v[ARCI_CONTRACT_NUMBER].u.s, arci_amount_text(room, c->limit - c->issued, currency), arci_amount_text(issued, c->issued, currency),
                   arci_amount_text(amount, c->limit, currency), arci_amount_text(asked, is, currency));
    return at_share(b, st, share);
}

static int takes(const arci_bills *b, uint32_t i)
{
    return arci_bill_good(b, i) && strcmp(b->list[i].kind, "credit_note") != 0 && strcmp(b->list[i].kind, "proforma") != 0;
}


static arc_status give_back(checking *x, const arci_bill *d, const arci_share *shares, uint32_t n)
{
    arc_status st = ARC_OK;
    for (uint32_t k = 0; k < n && st == ARC_OK; k++) {
        arci_contract *c = shares[k].contract;
        const int64_t is = c->without_tax ? shares[k].net : shares[k].gross;
        if (!c->limited || x->b->told) continue;
        c->issued -= is; /* was added before */
        st = note_taken(x, c, d->date, -is);
    }
    return st;
}

/* Contracts, orders, deliveries and their lines, and what it takes over. */
static arc_status check_chain(checking *x, uint32_t i)
{
    const arci_bill *d = &x->b->list[i];
    arci_claim *claim = &x->b->claims[i];
    arci_share *shares;
    uint32_t n, done = 0;
    arci_claim_terms(claim, x->list, x->n, strcmp(d->kind, "advance") == 0);
    arc_status st = arci_claim_shares(x->b->p->t, &x->b->p->arena, claim, x->list, x->n, &shares, &n);
    if (st == ARC_OK && !x->b->told) st = arci_chain_signs(x->b, i);
    if (st == ARC_OK) st = arci_limits_judge(x->limits, i);
    if (st != ARC_OK) return st;
    for (; done < n && st == ARC_OK; done += st == ARC_OK) st = within(x, d, &shares[done]);
    if (st == ARC_OK) st = arci_uses_take(x->b, i);
    if (st == ARC_OK) return ARC_OK;
    arc_status lost = give_back(x, d, shares, done);
    arci_limits_undo(x->limits, i);
    return lost == ARC_OK ? st : lost;
}

/* One document against all that stands before it: what a refused one took is free for the next. */
static arc_status check_one(checking *x, uint32_t i)
{
    arc_status st = arci_advances_take(x->b, i);
    if (st != ARC_OK || !takes(x->b, i)) return st;
    st = check_chain(x, i);
    if (st != ARC_OK) arci_advances_undo(x->b, i);
    return st;
}

/* What document i takes of the chain, as it stands in the call. */
static arc_status claim_of(arci_bills *b, uint32_t i)
{
    const arci_bill *d = &b->list[i];
    arci_claim *c = &b->claims[i];
    c->there = arci_bill_good(b, i) && strcmp(d->kind, "proforma") != 0;
    c->judged = takes(b, i) != 0;
    c->day = d->date;
    c->freed = strcmp(d->kind, "credit_note") == 0 ? d->date : ARC_DATE_NONE;
    c->contract = arci_bill_or_parent(d, ARC_INVOICE_CONTRACT);
    c->order = arci_bill_or_parent(d, ARC_INVOICE_SALES_ORDER);
    c->delivery = arci_bill_or_parent(d, ARC_INVOICE_DELIVERY);
    c->customer = arci_bill_value(d, ARC_INVOICE_CUSTOMER);
    c->currency = arci_bill_value(d, ARC_INVOICE_CURRENCY);
    c->gross = d->totals.gross;
    c->net = d->no_split ? d->totals.gross : d->totals.net;
    c->order_gross = c->gross;
    c->order_net = c->net;
    c->n_lines = d->n_lines;
    c->lines = arci_arena_calloc(&b->p->arena, d->n_lines + 1, sizeof *c->lines);
    if (!c->lines) return arci_nomem(b->p->t->env);
    for (uint32_t k = 0; k < d->n_lines; k++) {
        const arci_total_line *t = &d->amounts[k];
        const arc_value *q = arci_record_value(d->lines[k], ARC_INVOICE_LINE_QUANTITY);
        const arc_value contract = arci_line_contract(d, k);
        arci_claim_off(c, t->off, t->gross, t->net);
        c->lines[k] = (arci_claim_line){ .order_line = arci_line_parent(d, k, 0), .delivery_line = arci_line_parent(d, k, 1), .contract = arci_ref(&contract), .gross = t->gross, .net = t->net,
                                         .quantity = q->type == ARC_V_INT ? arci_signed_quantity(q->u.i, t->gross) : 0 };
    }
    return ARC_OK;
}

static arc_status claims(arci_bills *b)
{
    arc_status st = ARC_OK;
    b->claims = arci_arena_calloc(&b->p->arena, b->p->n, sizeof *b->claims);
    if (!b->claims) return arci_nomem(b->p->t->env);
    for (uint32_t i = 0; i < b->p->n && st == ARC_OK; i++) {
        if (arci_bill_good(b, i)) st = claim_of(b, i);
    }
    return st;
}

arc_status arci_chain_claims(arci_bills *b)
{
    arc_status st = claims(b);
    return st == ARC_OK ? arci_claims_heads(b->p->t, &b->p->arena, b->claims, b->p->n) : st;
}

/* Contracts first, then orders and deliveries, then their lines, then what documents take over: all who lock them lock them in this order. */
arc_status arci_chain_check(arci_bills *b)
{
    arci_posting *p = b->p;
    checking x = { b, NULL, 0, NULL, { p->t, &p->arena, 3, 0, 0, NULL } };
    arc_status st = claims(b);
    uint32_t n = 0;
    int64_t *ids = st == ARC_OK ? arci_claim_contracts(&p->arena, b->claims, p->n, &n) : NULL;
    if (st == ARC_OK) st = ids ? arci_contracts_read(p->t, &p->arena, ids, n, 1, &x.list, &x.n) : arci_nomem(p->t->env);
    if (st == ARC_OK) st = arci_limits_open(p, b->claims, p->n, &x.limits);
    if (st == ARC_OK && b->told) arci_limits_told(x.limits);
    if (st == ARC_OK) st = arci_uses_open(b, x.limits);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (arci_bill_good(b, i) && strcmp(b->list[i].kind, "credit_note") != 0) st = arci_bill_judged(b, i, check_one(&x, i));
    }
    return st;
}

void arci_chain_count(arci_bills *b, uint32_t i)
{
    if (!b->list[i].waits) arci_claim_count(&b->p->links, &b->claims[i], 1);
}
