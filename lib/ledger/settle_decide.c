/* SPDX-License-Identifier: Apache-2.0 */
/* What a receipt does to the items it is meant for. Order of the parts of a difference: earned discount, bank fee, tolerance, unearned discount, then what the caller
 * chose for the rest. Shortfalls lie on the last items of the list. */
#include "ledger/settle.h"
#include "value/money.h"

static arc_status too_large(arci_env *env) { return arci_fail(env, ARC_E_OVERFLOW, "the items come to more than an amount can hold", "应收合计超出范围"); }

/* The discount the payer took, as far as it was earned or may be granted. */
static arc_status grant(arci_settling *s, arci_settle_line *l)
{
    arci_env *env = s->t->env;
    int64_t earned = l->offer.amount, wanted = l->taken < 0 ? earned : l->taken;
    arc_status st = ARC_OK;
    if (wanted > l->out.open) {
        st = arci_fail(env, ARC_E_RANGE, "the discount is more than is open on the item", "折扣超过未收金额");
    } else if (wanted <= earned || (s->tol->unearned_discount && wanted <= l->offer.most)) {
        l->out.discount = wanted;
        l->out.unearned = wanted > earned ? wanted - earned : 0;
    } else if (s->options.rest == ARC_REST_CHARGEBACK) {
        l->out.discount = earned; /* the rest is charged back */
    } else {
        char taken[ARCI_SAID], due[ARCI_SAID];
        st = arci_fail(env, ARC_E_STATE, "a discount of %s was taken, %s was earned: charge the rest back, or grant unearned discounts in the tolerance",
                       "已扣折扣 %s，符合条件的为 %s：请追索差额，或在容差定义中允许", arci_money_said(taken, wanted, s->currency), arci_money_said(due, earned, s->currency));
    }
    if (st != ARC_OK) arci_fail_at(env, "item", "discounts", l->out.item, -1);
    return st;
}

/* Sums of both sides; credits give all they have. */
static arc_status sum_up(arci_settling *s, int64_t *have)
{
    int64_t net = 0;
    *have = s->unapplied;
    for (uint32_t i = 0; i < s->n; i++) {
        arci_settle_line *l = &s->lines[i];
        if (l->out.open < 0) {
            if (arci_add64(*have, -l->out.open, have)) return too_large(s->t->env);
            continue;
        }
        arc_status st = grant(s, l);
        if (st != ARC_OK) return st;
        if (arci_add64(net, l->out.open - l->out.discount, &net)) return too_large(s->t->env);
    }
    s->out.net = net;
    return arci_sub64(*have, net, &s->out.difference) ? too_large(s->t->env) : ARC_OK;
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* What a line still lacks of being settled whole, once something of it is given up. */
static int64_t unpaid(const arci_settle_line *l)
{
    const arc_settled_line *o = &l->out;
    return o->open - o->amount - o->discount - o->fee - o->tolerated - o->deducted;
}

/* Lays `part` of the shortfall on the last items: the field it is told in. */
static void lay(arci_settling *s, int64_t part, size_t field)
{
    for (uint32_t i = s->n; i-- > 0 && part;) {
        arci_settle_line *l = &s->lines[i];
        if (l->out.open <= 0) continue;
        int64_t cut = least(part, unpaid(l));
        *(int64_t *)(void *)((char *)&l->out + field) += cut;
        part -= cut;
    }
}

/* Across borders only, and never where the payer bears the charges. */
static int64_t fee_of(const arci_settling *s, int64_t lacking)
{
    int shared = s->options.charges == ARC_CHARGES_SHA || s->options.charges == ARC_CHARGES_BEN;
    int64_t fee = lacking, most = arci_tolerated_fee(s->tol, s->currency);
    if (s->options.instructed) fee = least(lacking, s->options.instructed > s->received ? s->options.instructed - s->received : 0);
    return shared && fee <= most ? fee : 0;
}

/* Room a line has for a discount it did not earn. */
static int64_t unearned_room(const arci_settle_line *l)
{
    if (l->out.open <= 0 || l->taken >= 0) return 0;
    int64_t room = least(l->offer.most - l->out.discount, unpaid(l));
    return room > 0 ? room : 0;
}

/* Discounts nobody earned make up for all that is missing, or none is granted. 1: they do. */
static int grant_unearned(arci_settling *s, int64_t lacking)
{
    int64_t most = 0;
    if (!s->tol->unearned_discount || !lacking) return 0;
    for (uint32_t i = 0; i < s->n; i++) {
        if (arci_add64(most, unearned_room(&s->lines[i]), &most)) return 0;
    }
    if (lacking > most) return 0;
    for (uint32_t i = s->n; i-- > 0;) {
        int64_t part = least(unearned_room(&s->lines[i]), lacking);
        s->lines[i].out.discount += part;
        s->lines[i].out.unearned += part;
        lacking -= part;
    }
    return 1;
}

/* A line that is not paid whole earns less: the discount of a part, where parts earn any. */
static void pay_part(arci_settling *s, arci_settle_line *l, int64_t paid)
{
    l->out.amount = paid;
    if (!paid) {
        l->out.discount = l->out.unearned = 0; /* what gets nothing earns nothing */
    } else if (l->taken < 0) {
        l->out.discount = s->tol->partial_discount ? least(arci_offer_part(&l->offer, paid), l->out.open - paid) : 0;
        l->out.unearned = 0;
    }
    int moves = s->options.rest == ARC_REST_RESIDUAL || s->options.rest == ARC_REST_CHARGEBACK;
    if (moves && l->out.amount + l->out.discount > 0) l->out.moved = unpaid(l);
}

/* Everything is decided but what is paid where: in order, as far as it reaches. */
static void pay(arci_settling *s, int64_t have)
{
    for (uint32_t i = 0; i < s->n; i++) {
        arci_settle_line *l = &s->lines[i];
        if (l->out.open < 0) continue;
        int64_t wanted = unpaid(l);
        if (have >= wanted) l->out.amount = wanted;
        else pay_part(s, l, have);
        have -= l->out.amount;
        l->out.left = unpaid(l) - l->out.moved;
    }
}

/* Credits give what is paid, in their order, before the receipt does. */
static void draw_credits(arci_settling *s)
{
    int64_t paid = 0;
    for (uint32_t i = 0; i < s->n; i++) paid += s->lines[i].out.open > 0 ? s->lines[i].out.amount : 0; /* at most what there is */
    for (uint32_t i = 0; i < s->n; i++) {
        arc_settled_line *o = &s->lines[i].out;
        if (o->open >= 0) continue;
        o->amount = least(-o->open, paid);
        o->left = o->open + o->amount;
        paid -= o->amount;
    }
    s->out.unapplied = s->unapplied - paid;
}

static arc_status make_up(arci_settling *s, int64_t lacking)
{
    int64_t fee = fee_of(s, lacking);
    lay(s, fee, offsetof(arc_settled_line, fee));
    lacking -= fee;
    if (lacking <= s->tolerated) {
        lay(s, lacking, offsetof(arc_settled_line, tolerated));
        return ARC_OK;
    }
    if (grant_unearned(s, lacking)) return ARC_OK;
    if (s->options.rest != ARC_REST_DEDUCT) return ARC_OK;
    if (!s->options.reason_code) {
        arc_status st = arci_fail(s->t->env, ARC_E_REQUIRED, "a deduction needs a reason code", "扣款须填写原因代码");
        arci_fail_at(s->t->env, "allocation", "reason_code", 0, -1);
        return st;
    }
    lay(s, lacking, offsetof(arc_settled_line, deducted));
    return ARC_OK;
}

arc_status arci_settle_decide(arci_settling *s)
{
    int64_t have;
    arc_status st = sum_up(s, &have);
    if (st != ARC_OK) return st;
    if (have <= 0) {
        st = arci_fail(s->t->env, ARC_E_GUARD, "nothing is left on the receipt", "回款已无可核销余额");
        arci_fail_at(s->t->env, "receipt", "unapplied", 0, -1);
        return st;
    }
    st = s->limit(s);
    s->out.tolerance = s->tolerated;
    if (st == ARC_OK && s->out.difference < 0) st = make_up(s, -s->out.difference);
    if (st != ARC_OK) return st;
    pay(s, have);
    draw_credits(s);
    return ARC_OK;
}
