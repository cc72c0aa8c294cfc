/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/rates.h"

#include <string.h>

#include "arcore/date.h"
#include "store/setting.h"

#define RATE_SCALE 8 /* of exchange_rate.rate and fx_rate */

struct arci_rate_table {
    arci_rate_table *next;
    const char *kind;
    char pair[6];
    arci_rows rows; /* valid_on, units, rate; by day */
};

static const char fields[] = "valid_on units rate kind from_currency to_currency";
enum { ON, UNITS, RATE, KIND, FROM, TO };

void arci_rates_init(arci_rates *r, arci_txn *t, arci_arena *arena)
{
    r->t = t;
    r->arena = arena;
    r->tables = NULL;
}

static arc_status table_of(arci_rates *r, arci_rate_table **out, const char *kind, const char *from, const char *to)
{
    const arci_shape *shape;
    arci_where w;
    for (arci_rate_table *x = r->tables; x; x = x->next) {
        *out = x;
        if (strcmp(x->kind, kind) == 0 && memcmp(x->pair, from, 3) == 0 && memcmp(x->pair + 3, to, 3) == 0) return ARC_OK;
    }
    arci_rate_table *x = arci_arena_calloc(r->arena, 1, sizeof *x);
    if (!x) return arci_nomem(r->t->env);
    x->kind = kind;
    memcpy(x->pair, from, 3);
    memcpy(x->pair + 3, to, 3);
    arc_status st = arci_shape_get(r->t, &shape, "exchange_rate", fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[KIND], ARC_OP_EQ, kind, strlen(kind));
    arci_where_text(&w, shape->cols[FROM], ARC_OP_EQ, from, 3);
    arci_where_text(&w, shape->cols[TO], ARC_OP_EQ, to, 3);
    const arc_order by_day = { shape->cols[ON], 0 };
    st = arci_repo_find(r->t, shape, &w, &by_day, 1, 0, r->arena, &x->rows);
    x->next = r->tables;
    r->tables = *out = x;
    return st;
}

arc_status arci_rate_on(arci_rates *r, const char *kind, const char *from, const char *to, arc_date on, arc_rate *out, int *found)
{
    arci_rate_table *x;
    arc_status st = table_of(r, &x, kind, from, to);
    uint32_t lo = 0, hi = st == ARC_OK ? x->rows.n_rows : 0;
    while (lo < hi) { /* the first row behind the day */
        uint32_t mid = lo + (hi - lo) / 2;
        if (x->rows.values[(size_t)mid * x->rows.n_cols + ON].u.i <= on) lo = mid + 1;
        else hi = mid;
    }
    *found = lo > 0;
    if (!lo) return st;
    const arc_value *row = x->rows.values + (size_t)(lo - 1) * x->rows.n_cols;
    memset(out, 0, sizeof *out);
    out->value.mantissa = row[RATE].u.i;
    out->value.scale = RATE_SCALE;
    out->per = (int32_t)row[UNITS].u.i;
    return st;
}

static int is_set(const arc_value *v) { return v && v->type != ARC_V_NULL; }

static arc_status convert(arci_rates *r, arci_booked *out, const char *currency, int64_t amount, const arc_rate *rate)
{
    arc_money from = { amount, { 0 }, 0 }, to;
    memcpy(from.currency, currency, 3);
    arc_status st = arc_money_convert(&to, &from, r->t->session->book->base_currency, rate, ARC_ROUND_HALF_UP);
    if (st != ARC_OK) return arci_fail(r->t->env, st, "the amount in base currency does not work out", "本位币金额无法计算");
    out->base = to.minor;
    out->rate = (rate->value.mantissa + rate->per / 2) / rate->per; /* for one unit, whatever the rate is quoted for */
    out->known = 1;
    return ARC_OK;
}

int64_t arci_booked_part(const arci_booked *b, int64_t part, int64_t whole)
{
    return b->known ? arci_part_of(b->base, part, whole) : 0;
}

int64_t arci_part_of(int64_t base, int64_t part, int64_t whole)
{
    arc_money value = { base, "CNY", 0 }, out = { 0, "CNY", 0 };
    if (part == whole) return base;
    if (!whole || arc_money_muldiv(&out, &value, part, whole, ARC_ROUND_HALF_UP) != ARC_OK) return 0;
    return out.minor;
}

static arc_status none_known(arci_rates *r, const char *currency, arc_date on)
{
    int required = 0;
    arc_status st = arci_setting_flag(r->t, "ledger.require_rate", &required);
    if (st != ARC_OK || !required) return st;
    char day[16] = "";
    size_t n = sizeof day;
    (void)arc_date_print(day, &n, on);
    return arci_fail(r->t->env, ARC_E_VALUE, "no booked rate from %s to %s is known for %s", "缺少 %s 兑 %s 在 %s 的记账汇率", currency,
                     r->t->session->book->base_currency, day);
}

arc_status arci_booked_at(arci_rates *r, arci_booked *out, const char *currency, int64_t amount, arc_date on, const arc_value *base_currency,
                          const arc_value *base_amount, const arc_value *fx_rate)
{
    const char *home = r->t->session->book->base_currency;
    arc_rate rate;
    int found;
    memset(out, 0, sizeof *out);
    out->foreign = memcmp(currency, home, 3) != 0;
    if (is_set(base_currency) && memcmp(base_currency->u.s, home, 3) != 0) {
        return arci_fail(r->t->env, ARC_E_CURRENCY, "the base currency of this book is %s", "本账簿的本位币为 %s", home);
    }
    if (!out->foreign) {
        if (!is_set(base_amount) || base_amount->u.i == amount) return ARC_OK;
        return arci_fail(r->t->env, ARC_E_VALUE, "the document is in base currency, and its base amount is another one", "单据为本位币，但本位币金额不一致");
    }
    if (is_set(base_amount)) {
        if ((base_amount->u.i < 0) != (amount < 0) && base_amount->u.i && amount) {
            return arci_fail(r->t->env, ARC_E_VALUE, "the base amount has another sign than the amount", "本位币金额与原币金额符号不一致");
        }
        out->base = base_amount->u.i;
        out->known = 1;
        return ARC_OK;
    }
    memset(&rate, 0, sizeof rate);
    if (is_set(fx_rate)) {
        rate.value.mantissa = fx_rate->u.i;
        rate.value.scale = RATE_SCALE;
        rate.per = 1;
        return convert(r, out, currency, amount, &rate);
    }
    arc_status st = arci_rate_on(r, "booked", currency, home, on, &rate, &found);
    if (st != ARC_OK) return st;
    return found ? convert(r, out, currency, amount, &rate) : none_known(r, currency, on);
}
