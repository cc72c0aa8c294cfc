/* SPDX-License-Identifier: Apache-2.0 */
/* Money paid back: what a receipt has left, or a credit item, settles a debit item of kind refund, which stands against what is owed to the customer. */
#include "ledger/refund.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arcore/receipt.h"
#include "ledger/debt.h"
#include "ledger/period.h"
#include "ledger/states.h"
#include "security/duty.h"

enum { F_NUMBER, F_PROJECT, F_DEPARTMENT, F_BUSINESS_LINE, F_CHANNEL, F_AMOUNT, F_ORIGIN };
static const char receipt_fields[] = "number project department business_line channel amount", item_fields[] = "number project department business_line channel amount origin";

typedef struct refunds {
    arci_ledger_steps *s;
    arci_posting *p;
    int64_t *receipts, *credits; /* by element, ARCI_LEDGER_NONE where it is the other */
    const arc_value **of_receipts, **of_credits;
    int64_t *amounts;
    uint8_t *bad_bill;
    arci_allot probe;
    int64_t *customers; /* sorted; and the duties that keep the actor from each, or NULL */
    const arci_sod_rule **duties;
    uint32_t n_customers, n_good;
} refunds;

static int good(const refunds *r, uint32_t i) { return arci_ledger_good(r->s, i); }
static const arc_ledger_step *step(const refunds *r, uint32_t i) { return &r->s->list[i]; }
static int of_receipt(const refunds *r, uint32_t i) { return step(r, i)->row != 0; }
static int64_t id_of(const refunds *r, uint32_t i) { return of_receipt(r, i) ? step(r, i)->row : step(r, i)->credit_item; }
static const arc_value *source(const refunds *r, uint32_t i) { return of_receipt(r, i) ? r->of_receipts[i] : r->of_credits[i]; }
static arci_side *credit_of(const refunds *r, uint32_t i) { return arci_sides_find(of_receipt(r, i) ? &r->probe.receipts : &r->probe.items, id_of(r, i)); }

static arc_status fault(const refunds *r, uint32_t i, arc_status st)
{
    arci_fail_at(r->p->t->env, of_receipt(r, i) ? "receipt" : "item", NULL, id_of(r, i), -1);
    return st;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------- */

static arc_status split(refunds *r)
{
    arci_posting *p = r->p;
    r->receipts = arci_arena_calloc(&p->arena, p->n, sizeof *r->receipts);
    r->credits = arci_arena_calloc(&p->arena, p->n, sizeof *r->credits);
    r->amounts = arci_arena_calloc(&p->arena, p->n, sizeof *r->amounts);
    r->bad_bill = arci_arena_calloc(&p->arena, p->n, 1);
    if (!r->receipts || !r->credits || !r->amounts || !r->bad_bill) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        const arc_ledger_step *e = step(r, i);
        r->receipts[i] = e->row ? e->row : ARCI_LEDGER_NONE;
        r->credits[i] = e->row ? ARCI_LEDGER_NONE : e->credit_item;
        if (!good(r, i) || (e->row != 0) != (e->credit_item != 0)) continue;
        arc_status st = arci_fail(p->t->env, ARC_E_INVALID, "either a receipt or a credit item is paid back", "退款须来自一笔回款或一笔贷项");
        if (!arci_ledger_refuse(r->s, i, st, NULL, NULL, 0)) return st;
    }
    return ARC_OK;
}

static void note_bad_bill(void *user, uint32_t i, const arc_value *row)
{
    refunds *r = user;
    int bad = (row[1].len == 11 && memcmp(row[1].u.s, "dishonoured", 11) == 0) || (row[1].len == 8 && memcmp(row[1].u.s, "returned", 8) == 0);
    if (bad) r->bad_bill[i] = 1;
}

/* Receipts that are bills which were dishonoured or given back: no money came in. */
static arc_status find_bills(refunds *r)
{
    return arci_ledger_about(r->s, r->receipts, "bill", "receipt status", note_bad_bill, r);
}

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* What keeps the actor from paying back to the customers, all of them at once. */
static arc_status read_duties(refunds *r)
{
    uint32_t n = 0;
    r->customers = arci_arena_alloc(&r->p->arena, (r->p->n + 1u) * sizeof *r->customers);
    r->duties = arci_arena_calloc(&r->p->arena, r->p->n + 1u, sizeof *r->duties);
    if (!r->customers || !r->duties) return arci_nomem(r->p->t->env);
    for (uint32_t i = 0; i < r->p->n; i++) {
        const arci_side *credit = good(r, i) ? credit_of(r, i) : NULL;
        if (credit && credit->customer) r->customers[n++] = credit->customer;
    }
    if (n) qsort(r->customers, n, sizeof *r->customers, by_value);
    for (uint32_t i = 0; i < n; i++) if (!r->n_customers || r->customers[r->n_customers - 1] != r->customers[i]) r->customers[r->n_customers++] = r->customers[i];
    return arci_duties_broken(r->p->t, &r->p->arena, "receipt.refund", r->customers, r->n_customers, r->duties);
}

static arc_status may_refund_to(const refunds *r, int64_t customer)
{
    const int64_t *at = r->n_customers ? bsearch(&customer, r->customers, r->n_customers, sizeof *r->customers, by_value) : NULL;
    return at ? arci_duty_tell(r->p->t, r->duties[at - r->customers], customer) : ARC_OK;
}

static arc_status read_found(refunds *r)
{
    int64_t *receipts, *credits;
    uint32_t n_receipts, n_credits;
    arc_status st = arci_ledger_rows(r->s, &r->of_receipts, "receipt", receipt_fields, r->receipts, 1);
    if (st == ARC_OK) st = arci_ledger_rows(r->s, &r->of_credits, "item", item_fields, r->credits, 1);
    if (st == ARC_OK) st = find_bills(r);
    if (st == ARC_OK) st = arci_ledger_sorted(r->s, &receipts, &n_receipts, r->receipts);
    if (st == ARC_OK) st = arci_ledger_sorted(r->s, &credits, &n_credits, r->credits);
    if (st == ARC_OK) st = arci_allot_open(r->p, &r->probe, credits, n_credits, receipts, n_receipts, 0);
    for (uint32_t i = 0; i < r->p->n; i++) if (step(r, i)->date < r->probe.earliest) r->probe.earliest = step(r, i)->date;
    return st;
}

static arc_status read_all(refunds *r)
{
    arc_status st = split(r);
    if (st == ARC_OK && arci_repo_asking(r->p->t)) {
        st = read_found(r);
        arci_repo_asked(r->p->t);
    }
    if (st == ARC_OK) st = read_found(r);
    return st == ARC_OK ? read_duties(r) : st;
}

/* ---- judging ------------------------------------------------------------------------------------------------------------------- */

static arc_status allowed(refunds *r, uint32_t i, const arci_side *credit)
{
    const arc_value none = arci_v_null(), known = arci_v_int(credit->customer), day = arci_v_int(0);
    uint32_t facts;
    if (!of_receipt(r, i)) return arci_item_tell(r->p->t, ARCI_DO_RECEIPT_REFUND, arci_item_facts(source(r, i)[F_AMOUNT].u.i, credit->left, &credit->kind, &day), credit->id);
    facts = arci_receipt_facts(source(r, i)[F_AMOUNT].u.i, credit->left, credit->customer ? &known : &none, &none, credit->closed ? &day : &none);
    return arci_receipt_tell(r->p->t, ARCI_DO_RECEIPT_REFUND, facts | (r->bad_bill[i] ? ARCI_RECEIPT_BAD_BILL : 0u), credit->id);
}

static arc_status judge(refunds *r, uint32_t i)
{
    arci_env *env = r->p->t->env;
    const arc_ledger_step *e = step(r, i);
    arci_side *credit = credit_of(r, i);
    arc_date on;
    int64_t least = 0;
    if (!credit) return fault(r, i, arci_fail(env, ARC_E_NOT_FOUND, "there is no such receipt or credit item", "该回款或贷项不存在"));
    if (e->version && e->version != credit->version) return fault(r, i, arci_fail(env, ARC_E_STALE, "it has changed since", "数据已变更"));
    arc_status st = allowed(r, i, credit);
    if (st != ARC_OK) return st;
    int64_t left = of_receipt(r, i) ? credit->left : -credit->left;
    r->amounts[i] = e->amount ? e->amount : left;
    if (r->amounts[i] < 0) return fault(r, i, arci_fail(env, ARC_E_RANGE, "the amount of a refund is positive", "退款金额必须为正数"));
    if (r->amounts[i] <= left && (e->date < credit->since || e->date > ARC_DATE_MAX)) return fault(r, i, arci_fail(env, ARC_E_RANGE, "the date is before the money came in", "退款日期早于到账日"));
    if (r->amounts[i] <= left) st = may_refund_to(r, credit->customer);
    if (st == ARC_OK && r->amounts[i] <= left) st = arci_fact_check(r->p->t, e->date, credit->since, "allocation", "effective_date", 0);
    if (st == ARC_OK) st = arci_side_least(r->p, of_receipt(r, i) ? &r->probe.receipts : &r->probe.items, credit, e->date, r->probe.earliest, &least, &on);
    if (st != ARC_OK || r->amounts[i] <= least) return st;
    return fault(r, i, arci_wanted_left(env, r->amounts[i], least, credit->currency));
}

/* ---- writing ------------------------------------------------------------------------------------------------------------------- */

static arc_status fill_item(refunds *r, arc_value *v, uint32_t i, int64_t id)
{
    static const int to[] = { ARCI_ITEM_PROJECT, ARCI_ITEM_DEPARTMENT, ARCI_ITEM_BUSINESS_LINE, ARCI_ITEM_CHANNEL };
    const arc_ledger_step *e = step(r, i);
    const arci_side *credit = credit_of(r, i);
    const arc_value *from = source(r, i);
    int known;
    int64_t amount = r->amounts[i], base = arci_side_base(credit, of_receipt(r, i) ? amount : -amount, &known);
    for (size_t c = 0; c < sizeof to / sizeof *to; c++) v[to[c]] = from[F_PROJECT + c];
    v[ARCI_ITEM_SEQ] = arci_v_int(1);
    v[ARCI_ITEM_KIND] = arci_v_text("refund", 6);
    v[ARCI_ITEM_CUSTOMER] = arci_v_int(credit->customer);
    v[ARCI_ITEM_CURRENCY] = arci_v_text(credit->currency, 3);
    v[ARCI_ITEM_AMOUNT] = arci_v_int(amount);
    v[ARCI_ITEM_BUSINESS_DATE] = v[ARCI_ITEM_DUE_DATE] = v[ARCI_ITEM_BASE_DATE] = arci_v_int(e->date);
    if (!of_receipt(r, i)) v[ARCI_ITEM_ORIGIN] = arci_v_int(e->credit_item);
    for (int c = 0; c < 3; c++) v[ARCI_ITEM_OWNER + c] = credit->owner[c];
    v[ARCI_ITEM_REMARK] = arci_v_text(e->reason, strlen(e->reason));
    if (!credit->domestic && known) {
        v[ARCI_ITEM_BASE_CURRENCY] = arci_v_text(r->p->session->book->base_currency, 3);
        v[ARCI_ITEM_BASE_AMOUNT] = arci_v_int(of_receipt(r, i) ? base : -base);
    }
    return arci_debt_number(r->p, &v[ARCI_ITEM_NUMBER], &from[F_NUMBER], !of_receipt(r, i) && from[F_ORIGIN].type == ARC_V_INT, 'F', id);
}

static arc_status evidence_of(arci_posting *p, char **out, const char *name, int64_t id)
{
    *out = arci_arena_alloc(&p->arena, 64);
    if (!*out) return arci_nomem(p->t->env);
    snprintf(*out, 64, "{\"%s\":%lld}", name, (long long)id);
    return ARC_OK;
}

static arc_status make_items(refunds *r, arci_items *items)
{
    arci_posting *p = r->p;
    uint32_t row = 0;
    arc_status st = arci_items_new(p->t, &p->arena, items, r->n_good);
    if (st == ARC_OK) st = arci_items_ids(p->t, items);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        if (!good(r, i)) continue;
        st = fill_item(r, arci_items_row(items, row), i, arci_items_id(items, row));
        row++;
    }
    if (st == ARC_OK) st = arci_items_write(p->t, items, &p->accounts);
    for (row = 0; st == ARC_OK && row < r->n_good; row++) arci_debt_journal(p, arci_items_row(items, row), arci_items_id(items, row), "refund", ARCI_ROLE_REFUND);
    return st;
}

static arc_status pay_back(refunds *r, const arci_items *items)
{
    arci_posting *p = r->p;
    arci_allot a;
    uint32_t n = 0, row = 0;
    int64_t *sides = arci_arena_alloc(&p->arena, 2u * r->n_good * sizeof *sides), *receipts = arci_arena_alloc(&p->arena, r->n_good * sizeof *receipts);
    if (!sides || !receipts) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (!good(r, i)) continue;
        receipts[row] = step(r, i)->row;
        sides[n++] = step(r, i)->credit_item;
        sides[n++] = arci_items_id(items, row++);
    }
    arc_status st = arci_allot_open(p, &a, sides, n, receipts, row, row);
    row = 0;
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        const arc_ledger_step *e = step(r, i);
        char *evidence;
        if (!good(r, i)) continue;
        int64_t item = arci_items_id(items, row++);
        st = evidence_of(p, &evidence, "made", item);
        const arci_allot_row x = { .date = e->date, .receipt = e->row, .credit_item = e->credit_item, .item = item, .amount = r->amounts[i], .mode = "refund", .reason = e->reason,
                                   .evidence = evidence };
        if (st == ARC_OK) st = arci_allot_add(&a, &x);
    }
    if (st == ARC_OK) st = arci_allot_write(&a);
    row = 0;
    for (uint32_t i = 0; st == ARC_OK && p->ids && i < p->n; i++) {
        if (good(r, i)) p->ids[i] = arci_allot_id(&a, row++);
    }
    return st;
}

static arc_status refund(arci_ledger_steps *s)
{
    refunds r = { .s = s, .p = s->p };
    arci_items items;
    arc_status st = read_all(&r);
    for (uint32_t i = 0; st == ARC_OK && i < s->p->n; i++) {
        if (!good(&r, i)) continue;
        arc_status why = judge(&r, i);
        if (why != ARC_OK && !arci_ledger_refuse(s, i, why, NULL, NULL, 0)) return why;
        r.n_good += why == ARC_OK;
    }
    if (st != ARC_OK || !r.n_good) return st;
    st = make_items(&r, &items);
    return st == ARC_OK ? pay_back(&r, &items) : st;
}

/* ---- waiting ------------------------------------------------------------------------------------------------------------------- */

static arc_status tell_refund(arci_ledger_steps *s, uint32_t i, arci_asked *out)
{
    const arc_ledger_step *e = &s->list[i];
    arci_sides sides;
    int64_t id = e->row ? e->row : e->credit_item, own = id;
    char text[40];
    size_t n = sizeof text;
    arc_status st = arci_sides_read(s->p, &sides, e->row ? "receipt_state" : "item_state", &id, 1);
    const arci_side *side = st == ARC_OK ? arci_sides_find(&sides, own) : NULL;
    if (st != ARC_OK || !side) return st == ARC_OK ? arci_fail(s->p->t->env, ARC_E_NOT_FOUND, "there is no such receipt or credit item", "该回款或贷项不存在") : st;
    const arc_money left = { side->left, { side->currency[0], side->currency[1], side->currency[2], 0 }, 0 };
    if (e->row) out->row = e->row;
    else arci_asked_int(&out->after, "credit_item", e->credit_item);
    out->version = side->version;
    arci_asked_text(&out->before, "currency", side->currency, 3);
    if (arc_money_print_amount(text, &n, &left) == ARC_OK) arci_asked_text(&out->before, e->row ? "unapplied" : "open", text, n);
    arci_asked_int(&out->before, "customer", side->customer);
    return ARC_OK;
}

/* Who approves a refund refunds: his duties, and his authority for receipt.approve. */
static arc_status fits_refund(arci_txn *t, arci_arena *arena, const arc_ledger_step *e)
{
    const arci_shape *shape;
    arc_value *v;
    int64_t most = 0;
    char currency[4] = { 0 };
    arc_status st = arci_shape_get(t, &shape, e->row ? "receipt_state" : "item_state", e->row ? "customer currency unapplied" : "customer currency open");
    if (st == ARC_OK) st = arci_repo_get(t, shape, e->row ? e->row : e->credit_item, arena, &v);
    if (st == ARC_OK && v[0].type == ARC_V_INT) st = arci_duty_check(t, "receipt.refund", v[0].u.i);
    if (st != ARC_OK) return st;
    int64_t amount = e->amount ? e->amount : v[2].u.i < 0 ? -v[2].u.i : v[2].u.i;
    memcpy(currency, v[1].u.s, 3);
    if (arci_access_authority(t->session, "receipt.approve", currency, &most) == ARC_OK && amount <= most) return ARC_OK;
    st = arci_fail(t->env, ARC_E_FORBIDDEN, "the amount is above your authority", "金额超出您的审批权限");
    arci_fail_at(t->env, e->row ? "receipt" : "item", e->row ? "unapplied" : "open", e->row ? e->row : e->credit_item, -1);
    return st;
}

const arci_ledger_verb arci_refund_verb = { ARCI_DO_RECEIPT_REFUND, ARCI_DO_RECEIPT_REFUND, "receipt", 1, refund, tell_refund, fits_refund };

arc_status arc_receipt_refund(arc_session *session, int64_t *allocation, int64_t receipt, int64_t credit_item, int64_t amount, arc_date date, const char *reason)
{
    arc_ledger_step s = ARC_LEDGER_STEP_INIT;
    s.row = receipt;
    s.credit_item = credit_item;
    s.amount = amount;
    s.date = date;
    s.reason = reason;
    return arci_ledger_one(session, &arci_refund_verb, allocation, &s);
}

arc_status arc_receipt_refund_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    return arci_ledger_many(session, &arci_refund_verb, ids, results, steps, n, flags);
}

/* ---- taking back ---------------------------------------------------------------------------------------------------------------- */

arc_status arci_refunds_undo(arci_posting *p, arci_items *items, const int64_t *made, const arc_date *dates, uint32_t n)
{
    const arci_shape *shape;
    arc_value *rows = NULL;
    uint8_t *found;
    arc_status st = arci_shape_get(p->t, &shape, "item", arci_item_fields);
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, made, n, &p->arena, &rows, &found);
    if (st == ARC_OK) st = arci_items_new(p->t, &p->arena, items, n);
    if (st == ARC_OK) st = arci_items_ids(p->t, items);
    for (uint32_t k = 0; st == ARC_OK && k < n; k++) {
        const arc_value *was = rows + (size_t)k * shape->n;
        arc_value *v = arci_items_row(items, k);
        if (!found[k]) return arci_fail(p->t->env, ARC_E_CORRUPT, "the refund has no item", "退款缺少应收记录");
        memcpy(v, was, ARCI_ITEM_COLUMNS * sizeof *v);
        v[ARCI_ITEM_AMOUNT] = arci_v_int(-was[ARCI_ITEM_AMOUNT].u.i);
        if (was[ARCI_ITEM_BASE_AMOUNT].type == ARC_V_INT) v[ARCI_ITEM_BASE_AMOUNT] = arci_v_int(-was[ARCI_ITEM_BASE_AMOUNT].u.i);
        v[ARCI_ITEM_BUSINESS_DATE] = v[ARCI_ITEM_DUE_DATE] = v[ARCI_ITEM_BASE_DATE] = arci_v_int(dates[k]);
        v[ARCI_ITEM_ORIGIN] = arci_v_int(made[k]);
        st = arci_debt_number(p, &v[ARCI_ITEM_NUMBER], &was[ARCI_ITEM_NUMBER], 1, 'D', arci_items_id(items, k));
    }
    if (st == ARC_OK) st = arci_items_write(p->t, items, &p->accounts);
    for (uint32_t k = 0; st == ARC_OK && k < n; k++) arci_debt_journal(p, arci_items_row(items, k), arci_items_id(items, k), "reversal", ARCI_ROLE_REFUND);
    return st;
}
