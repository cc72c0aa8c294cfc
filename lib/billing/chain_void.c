/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that are voided give back what they took of the chain; credit notes take it again, where it is still there. */
#include <string.h>

#include "billing/voids.h"

struct arci_void_chain {
    arci_claim *claims; /* by element */
    arci_contract *contracts;
    uint32_t n_contracts;
    arci_limits *limits;
};

static const arc_value nothing = { .type = ARC_V_NULL };

/* What voiding takes: of a note, whose lines are negative, its mirror. */
static arc_status claim_of(arci_voids *v, uint32_t i)
{
    const arc_value *row = v->s->rows[i];
    arci_claim *c = &v->chain->claims[i];
    int sign = arci_void_is_note(v, i) ? -1 : 1;
    const arc_value *net = &row[row[ARCI_STEP_NET].type == ARC_V_INT ? ARCI_STEP_NET : ARCI_STEP_GROSS];
    c->there = !arci_code_is(&row[ARCI_STEP_KIND], "proforma");
    c->judged = sign < 0;
    c->day = arci_step_day(v->s, i);
    c->freed = sign < 0 ? (arc_date)row[ARCI_STEP_DATE].u.i : c->day; /* a note had given back from its date on */
    c->contract = &row[ARCI_STEP_CONTRACT];
    c->order = &row[ARCI_STEP_SALES_ORDER];
    c->delivery = c->judged ? &row[ARCI_STEP_DELIVERED_BY] : &nothing;
    c->customer = &row[ARCI_STEP_CUSTOMER];
    c->currency = &row[ARCI_STEP_CURRENCY];
    c->gross = sign * row[ARCI_STEP_GROSS].u.i;
    c->net = sign * net->u.i;
    c->order_gross = c->gross;
    c->order_net = c->net;
    c->n_lines = v->count[i];
    c->lines = arci_arena_calloc(v->s->arena, v->count[i] + 1, sizeof *c->lines);
    if (!c->lines) return arci_nomem(v->s->p->t->env);
    for (uint32_t k = 0; k < c->n_lines; k++) {
        const arc_value *l = arci_void_line(v, v->first[i] + k), *q = &l[ARCI_VOID_QUANTITY];
        const uint32_t off = (l[ARCI_VOID_OFF_CONTRACT].type == ARC_V_INT ? ARCI_OFF_CONTRACT : 0u) | (l[ARCI_VOID_OFF_ORDER].type == ARC_V_INT ? ARCI_OFF_ORDER : 0u);
        arci_claim_off(c, off, sign * l[ARCI_VOID_GROSS].u.i, sign * l[ARCI_VOID_NET].u.i);
        c->lines[k] = (arci_claim_line){ .order_line = &l[ARCI_VOID_ORDER], .delivery_line = &l[ARCI_VOID_DELIVERY], .contract = arci_ref(&l[ARCI_VOID_CONTRACT]), .gross = sign * l[ARCI_VOID_GROSS].u.i, .net = sign * l[ARCI_VOID_NET].u.i,
                                         .quantity = q->type == ARC_V_INT ? sign * arci_signed_quantity(q->u.i, l[ARCI_VOID_GROSS].u.i) : 0 };
    }
    return ARC_OK;
}

arc_status arci_void_chain_open(arci_voids *v)
{
    arci_steps *s = v->s;
    arci_posting *p = s->p;
    arci_void_chain *x = v->chain = arci_arena_calloc(s->arena, 1, sizeof *x);
    if (x) x->claims = arci_arena_calloc(s->arena, p->n, sizeof *x->claims);
    if (!x || !x->claims) return arci_nomem(p->t->env);
    arc_status st = ARC_OK;
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (arci_void_issued(s, i)) st = claim_of(v, i);
    }
    int64_t *ids = st == ARC_OK ? arci_claim_contracts(s->arena, x->claims, p->n, &n) : NULL;
    if (st == ARC_OK) st = ids ? arci_contracts_read(p->t, s->arena, ids, n, 1, &x->contracts, &x->n_contracts) : arci_nomem(p->t->env);
    return st == ARC_OK ? arci_limits_open(p, x->claims, p->n, &x->limits) : st;
}

static arc_status refuse(arci_voids *v, uint32_t i, const char *en, const char *zh)
{
    int n;
    const char *name = arci_step_name(v->s, i, &n);
    arci_step_refuse(v->s, i, ARC_E_GUARD, "status", "credit note %.*s cannot be voided: %s%.0s", "红字单据 %.*s 不能作废：%.0s%s", n, name, en, zh);
    return ARC_OK;
}

/* What its contracts have issued then, in their currency (what others issued may be in another); full: one of them has no room. */
static void move(const arci_claim *c, const arci_share *shares, uint32_t n, int *full)
{
    for (uint32_t k = 0; k < n; k++) {
        arci_contract *x = shares[k].contract;
        if (!arci_value_equal(&x->row[ARCI_CONTRACT_CURRENCY], c->currency)) continue;
        const int64_t is = x->without_tax ? shares[k].net : shares[k].gross;
        *full |= arci_add64(x->issued, c->judged ? is : -is, &x->issued) || (c->judged && is > 0 && x->limited && x->issued > x->limit);
    }
}

/* A note that is voided takes again from that day on: on each of them there must be room. */
static arc_status room_on_days(arci_voids *v, const arci_claim *c, const arci_share *shares, uint32_t n, int *full)
{
    arci_worst_day w;
    arc_status st = ARC_OK;
    for (uint32_t k = 0; c->judged && k < n && st == ARC_OK && !*full; k++) {
        arci_contract *x = shares[k].contract;
        const int64_t is = x->without_tax ? shares[k].net : shares[k].gross;
        if (is <= 0 || !x->limited || !arci_contract_turned(x, c->day) || !arci_value_equal(&x->row[ARCI_CONTRACT_CURRENCY], c->currency)) continue;
        st = arci_contract_worst(v->s->p->t, v->s->arena, x, c->day, NULL, NULL, &w);
        *full = st == ARC_OK && w.limit != INT64_MAX && w.limit - w.issued < is;
    }
    return st;
}

static arc_status take_again(arci_voids *v, uint32_t i)
{
    arci_void_chain *x = v->chain;
    arci_claim_terms(&x->claims[i], x->contracts, x->n_contracts, arci_void_of_advance(v, i));
    arc_status st = arci_limits_judge(x->limits, i);
    if (st == ARC_OK || st == ARC_E_NOMEM || v->s->p->t->doomed) return st;
    if (st == ARC_E_STATE) return refuse(v, i, "its order or delivery is over", "其订单或发货单已结束");
    return refuse(v, i, "other invoices have taken its order or delivery lines", "其订单行或发货行已被其他发票占用");
}

arc_status arci_void_chain_judge(arci_voids *v, uint32_t i)
{
    arci_void_chain *x = v->chain;
    const arci_claim *c = &x->claims[i];
    arci_share *shares;
    uint32_t n;
    int full = 0;
    if (!c->there) return ARC_OK;
    arc_status st = arci_claim_shares(v->s->p->t, v->s->arena, c, x->contracts, x->n_contracts, &shares, &n);
    int64_t *before = arci_arena_alloc(v->s->arena, (n + 1u) * sizeof *before);
    if (st != ARC_OK || !before) return st == ARC_OK ? arci_nomem(v->s->p->t->env) : st;
    for (uint32_t k = 0; k < n; k++) before[k] = shares[k].contract->issued;
    move(c, shares, n, &full);
    if (!full) st = room_on_days(v, c, shares, n, &full);
    if (st != ARC_OK) return st;
    if (full) st = refuse(v, i, "its contract has no room for the invoice any more", "合同可开票余额已被其他发票占用");
    else if (c->judged) st = take_again(v, i);
    else arci_limits_undo(x->limits, i);
    for (uint32_t k = 0; k < n && (st != ARC_OK || !arci_step_good(v->s, i)); k++) shares[k].contract->issued = before[k];
    return st;
}

void arci_void_chain_count(arci_voids *v)
{
    for (uint32_t i = 0; i < v->s->p->n; i++) {
        const arci_claim *c = &v->chain->claims[i];
        if (c->there && arci_step_good(v->s, i)) arci_claim_count(&v->s->p->links, c, c->judged ? 1 : -1);
    }
}
