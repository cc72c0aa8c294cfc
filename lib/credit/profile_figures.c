/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of behaviour: quotients of sums, exact up to 12 decimals. */
#include <string.h>

#include "credit/profile.h"

static arci_num num_of_acc(const arci_acc *a)
{
    arci_num n = { { (uint64_t)a->hi, a->lo }, a->hi < 0, 0 };
    if (n.negative) {
        n.m.lo = ~a->lo + 1;
        n.m.hi = ~(uint64_t)a->hi + (n.m.lo == 0);
    }
    return n;
}

static int64_t count_of(const arci_acc *a)
{
    int64_t v = 0;
    (void)arci_acc_get(a, &v); /* counts and days */
    return v;
}

static arc_status add_to(arci_num *sum, const arci_acc *a, const arci_num *rate)
{
    arci_num n = num_of_acc(a);
    arc_status st = rate ? arci_num_mul(&n, &n, rate) : ARC_OK;
    return st == ARC_OK ? arci_num_add(sum, sum, &n) : st;
}

arc_status arci_behaviour_add(arci_env *env, arci_behaviour *out, const arci_standing *s, const arci_num *rate)
{
    arc_status st = add_to(&out->paid, &s->conduct[ARCI_CONDUCT_PAID], rate);
    if (st == ARC_OK) st = add_to(&out->late, &s->conduct[ARCI_CONDUCT_LATE], rate);
    if (st == ARC_OK) st = add_to(&out->weight, &s->conduct[ARCI_CONDUCT_WEIGHT], rate);
    if (st == ARC_OK) st = add_to(&out->deals, &s->conduct[ARCI_CONDUCT_DEALS], rate);
    if (st == ARC_OK) st = add_to(&out->overdue, &s->overdue, rate);
    if (st == ARC_OK) st = add_to(&out->overdue_days, &s->overdue_days, rate);
    if (st == ARC_OK) st = add_to(&out->debit, &s->debit, rate);
    for (int b = 0; b < ARCI_CONDUCT_BENDS && st == ARC_OK; b++) st = add_to(&out->over[b], &s->conduct[ARCI_CONDUCT_OVER + b], rate);
    if (st != ARC_OK) return arci_fail(env, st, "a sum of the profile is too large", "客户画像合计超出范围");
    out->n += count_of(&s->conduct[ARCI_CONDUCT_PAID_N]);
    out->n_late += count_of(&s->conduct[ARCI_CONDUCT_LATE_N]);
    out->days += count_of(&s->conduct[ARCI_CONDUCT_DAYS]);
    out->late_days += count_of(&s->conduct[ARCI_CONDUCT_LATE_DAYS]);
    out->n_deals += count_of(&s->conduct[ARCI_CONDUCT_DEALS_N]);
    out->n_debit += s->n_debit;
    out->n_overdue += s->n_overdue;
    if (s->first_deal != ARC_DATE_NONE && (out->first_deal == ARC_DATE_NONE || s->first_deal < out->first_deal)) out->first_deal = s->first_deal;
    if (s->last_deal > out->last_deal) out->last_deal = s->last_deal; /* ARC_DATE_NONE is the smallest */
    if (s->worst > out->worst) out->worst = s->worst;
    out->unkept |= s->unkept;
    return ARC_OK;
}

void arci_behaviour_init(arci_behaviour *out)
{
    memset(out, 0, sizeof *out);
    out->first_deal = out->last_deal = ARC_DATE_NONE;
}

arc_status arci_behaviour_of(arci_env *env, arci_behaviour *out, const arci_standing *s)
{
    arci_behaviour_init(out);
    return arci_behaviour_add(env, out, s, NULL);
}

static int quotient(arci_num *out, const arci_num *a, const arci_num *b) { return arci_num_sign(b) > 0 && arci_num_div(out, a, b) == ARC_OK; }

int arci_adbt_weighted(const arci_behaviour *b, arci_num *out) { return !b->unkept && quotient(out, &b->over[0], &b->paid); }
int arci_adbt_signed(const arci_behaviour *b, arci_num *out) { return !b->unkept && quotient(out, &b->weight, &b->paid); }

int arci_adbt_simple(const arci_behaviour *b, arci_num *out)
{
    const arci_num days = arci_num_of(b->days, 0), n = arci_num_of(b->n, 0);
    return quotient(out, &days, &n);
}

int arci_adbt_with_open(const arci_behaviour *b, arci_num *out)
{
    arci_num days, amount;
    if (b->unkept || arci_num_add(&days, &b->over[0], &b->overdue_days) != ARC_OK || arci_num_add(&amount, &b->paid, &b->overdue) != ARC_OK) return 0;
    return quotient(out, &days, &amount);
}

/* 100 up to 30 days before, 90 at 20 before, 80 on the day, 70 at 15 late, 60 at 22, 50 at 30, 40 at 60, 30 at 90, 20 at 120, 0 from 180 on, with straight lines between: a sum of bends, times 84. */
int arci_payment_index(const arci_behaviour *b, arci_num *out)
{
    static const int32_t slopes[ARCI_CONDUCT_BENDS] = { -14, -84, 42, -64, 15, 77, 28 };
    arci_num sum, most = arci_num_of(8400, 0), whole = arci_num_of(84, 0), part;
    if (b->unkept || arci_num_mul(&sum, &b->paid, &most) != ARC_OK || arci_num_mul(&whole, &b->paid, &whole) != ARC_OK) return 0;
    for (int k = 0; k < ARCI_CONDUCT_BENDS; k++) {
        const arci_num slope = arci_num_of(slopes[k], 0);
        if (arci_num_mul(&part, &b->over[k], &slope) != ARC_OK || arci_num_add(&sum, &sum, &part) != ARC_OK) return 0;
    }
    return quotient(out, &sum, &whole);
}

int arci_share_late(const arci_behaviour *b, arci_num *out) { return !b->unkept && quotient(out, &b->late, &b->paid); }
int arci_share_overdue(const arci_behaviour *b, arci_num *out) { return quotient(out, &b->overdue, &b->debit); }

int arci_average_deal(const arci_behaviour *b, arci_num *out)
{
    const arci_num n = arci_num_of(b->n_deals, 0);
    return arci_num_sign(&b->deals) > 0 && quotient(out, &b->deals, &n);
}
