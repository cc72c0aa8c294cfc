/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/conduct.h"

#include <string.h>

const int32_t arci_conduct_bends[ARCI_CONDUCT_BENDS] = { 0, -30, -20, 15, 22, 30, 180 };

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

int arci_conduct_days(int64_t *days, const arc_value *method, const arc_value *item_kind, int64_t amount, arc_date paid_on, arc_date since, arc_date due)
{
    if (!amount || paid_on == ARC_DATE_NONE || due == ARC_DATE_NONE || is(method, "offset") || is(item_kind, "refund")) return 0;
    const int64_t on = paid_on > since ? paid_on : since, late = on - due, most = ARCI_CONDUCT_DAYS_MOST;
    *days = late > most ? most : late < -most ? -most : late;
    return 1;
}

void arci_conduct_weigh(arci_acc *sum, int64_t amount, int64_t factor)
{
    const arci_u128 p = arci_mul_u64(arci_mag64(amount), arci_mag64(factor));
    arci_acc x = { p.lo, (int64_t)p.hi };
    if ((amount < 0) != (factor < 0)) {
        x.lo = ~x.lo + 1;
        x.hi = ~x.hi + (x.lo == 0);
    }
    const uint64_t lo = sum->lo + x.lo;
    sum->hi += x.hi + (lo < sum->lo);
    sum->lo = lo;
}

void arci_conduct_pay(arci_acc sums[ARCI_CONDUCT_N], int64_t amount, int64_t days, int n)
{
    arci_acc_add(&sums[ARCI_CONDUCT_PAID_N], n);
    arci_acc_add(&sums[ARCI_CONDUCT_DAYS], n * days);
    arci_acc_add(&sums[ARCI_CONDUCT_PAID], amount);
    arci_conduct_weigh(&sums[ARCI_CONDUCT_WEIGHT], amount, days);
    if (days > 0) {
        arci_acc_add(&sums[ARCI_CONDUCT_LATE_N], n);
        arci_acc_add(&sums[ARCI_CONDUCT_LATE_DAYS], n * days);
        arci_acc_add(&sums[ARCI_CONDUCT_LATE], amount);
    }
    for (int b = 0; b < ARCI_CONDUCT_BENDS; b++) {
        if (days > arci_conduct_bends[b]) arci_conduct_weigh(&sums[ARCI_CONDUCT_OVER + b], amount, days - arci_conduct_bends[b]);
    }
}

int arci_conduct_deal(arci_acc sums[ARCI_CONDUCT_N], const arc_value *kind, int64_t amount, int64_t seq)
{
    if (amount <= 0 || !(is(kind, "invoiced") || is(kind, "retention") || is(kind, "opening"))) return 0;
    arci_acc_add(&sums[ARCI_CONDUCT_DEALS], amount);
    arci_acc_add(&sums[ARCI_CONDUCT_DEALS_N], seq <= 1);
    return 1;
}

/* 1: fits. An amount that is not kept stays so. */
static int value_of(int64_t *out, const arci_acc *more, const arc_value *old)
{
    arci_acc sum = *more;
    if (old && old->type != ARC_V_INT) return 0;
    if (old) arci_acc_add(&sum, old->u.i);
    return !arci_acc_get(&sum, out);
}

void arci_conduct_values(arc_value *out, const arci_acc sums[ARCI_CONDUCT_N], const arc_value *old)
{
    int64_t v[ARCI_CONDUCT_N] = { 0 };
    int fits = 1, deals = 0;
    for (int k = 0; k < ARCI_CONDUCT_N; k++) {
        const int good = value_of(&v[k], &sums[k], old ? &old[k] : NULL);
        if (k >= ARCI_CONDUCT_AMOUNTS) fits &= good;
        if (k == ARCI_CONDUCT_DEALS) deals = good;
    }
    for (int k = 0; k < ARCI_CONDUCT_N; k++) out[k] = arci_v_int(v[k]);
    if (!deals) out[ARCI_CONDUCT_DEALS] = arci_v_null();
    for (int k = ARCI_CONDUCT_AMOUNTS; k < ARCI_CONDUCT_N && !fits; k++) out[k] = arci_v_null();
}
