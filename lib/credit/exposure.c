/* SPDX-License-Identifier: Apache-2.0 */
#include "credit/exposure.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/date.h"
#include "base/json_text.h"
#include "ledger/due_days.h"
#include "ledger/merged.h"

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

static arc_status too_large(const arci_exposure_ask *ask)
{
    arci_fail(ask->t->env, ARC_E_OVERFLOW, "the exposure is too large", "敞口合计超出范围");
    arci_fail_at(ask->t->env, "account", "open", ask->customers[0], -1);
    return ARC_E_OVERFLOW;
}

/* ---- money -------------------------------------------------------------------------------------------------------------------------- */

static arc_status by_rate(const arci_exposure_ask *ask, int64_t amount, const char *from, const char *to, int64_t *out, int *found)
{
    arc_rate rate;
    arc_money money = { amount, { from[0], from[1], from[2], 0 }, 0 }, result;
    arc_status st = arci_rate_on(ask->rates, ask->policy->rate_kind, from, to, ask->day, &rate, found);
    if (st == ARC_OK && *found) st = arc_money_convert(&result, &money, to, &rate, ARC_ROUND_HALF_UP);
    if (st == ARC_OK && !*found) {
        st = arci_rate_on(ask->rates, ask->policy->rate_kind, to, from, ask->day, &rate, found);
        if (st == ARC_OK && *found) st = arc_money_convert_back(&result, &money, to, &rate, ARC_ROUND_HALF_UP);
    }
    if (st == ARC_OK && *found) *out = result.minor;
    return st == ARC_E_RANGE || st == ARC_E_OVERFLOW ? too_large(ask) : st;
}

arc_status arci_credit_convert(const arci_exposure_ask *ask, int64_t amount, const char *from, const char *to, int64_t *out)
{
    const char *base = ask->t->session->book->base_currency;
    int found = 0;
    *out = amount;
    if (!amount || memcmp(from, to, 3) == 0) return ARC_OK;
    arc_status st = by_rate(ask, amount, from, to, out, &found);
    if (st == ARC_OK && !found && base[0] && memcmp(from, base, 3) != 0 && memcmp(to, base, 3) != 0) {
        int64_t middle;
        st = by_rate(ask, amount, from, base, &middle, &found);
        if (st == ARC_OK && found) st = by_rate(ask, middle, base, to, out, &found);
    }
    if (st != ARC_OK || found) return st;
    st = arci_fail(ask->t->env, ARC_E_VALUE, "no exchange rate from %.3s to %.3s of kind %s on that day", "当日没有 %.3s 兑 %.3s 的汇率（%s）", from, to, ask->policy->rate_kind);
    arci_fail_at(ask->t->env, "exchange_rate", "rate", 0, -1);
    return st;
}

/* ---- kept sums ------------------------------------------------------------------------------------------------------------------------ */

static arc_status by_day(const arci_exposure_ask *ask, const arc_value *kept, int64_t customer, arc_date from, arc_date to, int64_t *out)
{
    arc_status st = arci_due_days_between(kept, from, to, out);
    if (st == ARC_OK) return st;
    if (st != ARC_E_CORRUPT) return too_large(ask);
    arci_fail(ask->t->env, st, "what the account keeps by day is damaged", "账户按日金额已损坏");
    arci_fail_at(ask->t->env, "account", "due_days", customer, -1);
    return st;
}

enum { A_CUSTOMER, A_CURRENCY, A_OPEN, A_ESTIMATED, A_UNAPPLIED, A_ORDERED, A_DELIVERED, A_DUE, A_WANTED };
static const char account_fields[] = "customer currency open estimated unapplied ordered delivered", account_days[] = "customer currency open estimated unapplied ordered delivered due_days wanted_days";

static arc_status account(arci_stakes *s, const arc_value *v)
{
    arci_at_stake *x = arci_stake_at(s, v[A_CUSTOMER].u.i, v[A_CURRENCY].u.s);
    int64_t late = 0, later = 0;
    arc_status st = ARC_OK;
    if (!x) return arci_nomem(s->ask->t->env);
    if (s->apart) st = by_day(s->ask, &v[A_DUE], v[A_CUSTOMER].u.i, ARC_DATE_MIN, s->ask->day - 1, &late);
    if (st == ARC_OK && s->wanted) st = by_day(s->ask, &v[A_WANTED], v[A_CUSTOMER].u.i, s->ask->horizon + 1, ARC_DATE_MAX, &later);
    arci_acc_add(&x->parts[ARCI_PART_OPEN], v[A_OPEN].u.i);
    arci_acc_add(&x->parts[ARCI_PART_OPEN], -late);
    arci_acc_add(&x->parts[ARCI_PART_OVERDUE], late);
    arci_acc_add(&x->parts[ARCI_PART_UNAPPLIED], -v[A_UNAPPLIED].u.i);
    arci_acc_add(&x->parts[ARCI_PART_ORDERED], v[A_ORDERED].u.i);
    arci_acc_add(&x->parts[ARCI_PART_ORDERED], -later);
    arci_acc_add(&x->parts[ARCI_PART_DELIVERED], v[A_DELIVERED].u.i);
    x->estimated = v[A_ESTIMATED].u.i;
    return st;
}

static int included(const arci_exposure_ask *ask, int part) { return ask->policy->parts[part].include || ask->policy->parts[part].limit >= 0 || ask->detail == ARCI_DETAIL_ALL; }

/* Parts of what is open are told apart where they are treated apart. */
static int items_apart(const arci_exposure_ask *ask)
{
    const arci_policy_part *p = ask->policy->parts;
    int apart = ask->detail != 0;
    for (int k = ARCI_PART_OPEN; k <= ARCI_PART_OVERDUE; k++) apart |= p[k].limit >= 0 || p[k].include != p[ARCI_PART_OPEN].include;
    return apart;
}

static arc_status read_rows(arci_stakes *s)
{
    int64_t estimated = 0;
    s->apart = items_apart(s->ask);
    s->wanted = s->ask->horizon != ARC_DATE_NONE;
    arc_status st = arci_stakes_rows(s, "account", s->apart || s->wanted ? account_days : account_fields, "currency", NULL, account);
    for (uint32_t i = 0; i < s->n; i++) estimated |= s->list[i].estimated;
    if (st == ARC_OK && s->apart) st = arci_stakes_disputed(s);
    if (st == ARC_OK && included(s->ask, ARCI_PART_DRAFTS)) st = arci_stakes_drafts(s);
    if (st == ARC_OK && (included(s->ask, ARCI_PART_PLANNED) || (estimated && included(s->ask, ARCI_PART_ESTIMATED)))) st = arci_stakes_plans(s);
    if (st == ARC_OK && (included(s->ask, ARCI_PART_NOTES) || included(s->ask, ARCI_PART_RECOURSE))) st = arci_stakes_bills(s);
    return st;
}

/* ---- securities ----------------------------------------------------------------------------------------------------------------------- */

typedef struct security {
    int64_t customer;
    char currency[4];
    int64_t amount, share; /* share: 4 decimals; of insurance, of what is covered */
    int kind;              /* ARCI_PART_COLLATERAL, ARCI_PART_INSURED, ARCI_PART_GUARANTEES */
    int64_t id;
} security;

typedef struct securities {
    arci_stakes stakes; /* first: the functions get it */
    security *list;
    uint32_t n, cap;
} securities;

static int in_force(const arc_value *from, const arc_value *to, arc_date day)
{
    return (from->type != ARC_V_INT || from->u.i <= day) && (to->type != ARC_V_INT || day <= to->u.i);
}

static arc_status add_security(securities *x, const arc_value *customer, const arc_value *currency, int64_t amount, int64_t share, int kind)
{
    if (x->n == x->cap) {
        uint32_t cap = x->cap ? x->cap * 2 : 8;
        security *grown = arci_arena_alloc(x->stakes.ask->arena, cap * sizeof *grown);
        if (!grown) return arci_nomem(x->stakes.ask->t->env);
        if (x->n) memcpy(grown, x->list, x->n * sizeof *grown);
        x->list = grown;
        x->cap = cap;
    }
    security *s = &x->list[x->n++];
    memset(s, 0, sizeof *s);
    s->customer = customer->u.i;
    memcpy(s->currency, currency->u.s, 3);
    s->amount = amount;
    s->share = share < 0 ? 0 : share > 10000 ? 10000 : share;
    s->kind = kind;
    return ARC_OK;
}

static arc_status guarantee(arci_stakes *s, const arc_value *v)
{
    const int64_t share = v[4].type == ARC_V_INT ? v[4].u.i : 10000;
    if (!in_force(&v[5], &v[6], s->ask->day) || v[3].u.i <= 0) return ARC_OK;
    const int kind = is(&v[1], "insurance") ? ARCI_PART_INSURED : is(&v[1], "given") ? ARCI_PART_GUARANTEES : ARCI_PART_COLLATERAL;
    return add_security((securities *)s, &v[0], &v[2], v[3].u.i, share, kind);
}

static arc_status collateral(arci_stakes *s, const arc_value *v)
{
    return in_force(&v[4], &v[5], s->ask->day) && v[2].u.i > 0 ? add_security((securities *)s, &v[0], &v[1], v[2].u.i, v[3].u.i, ARCI_PART_COLLATERAL) : ARC_OK;
}

static arc_status read_securities(securities *x)
{
    const arci_exposure_ask *ask = x->stakes.ask;
    arc_status st = ARC_OK;
    if (included(ask, ARCI_PART_GUARANTEES) || included(ask, ARCI_PART_COLLATERAL) || included(ask, ARCI_PART_INSURED)) {
        st = arci_stakes_rows(&x->stakes, "guarantee", "customer kind currency amount covered valid_from valid_to", "valid_from", NULL, guarantee);
    }
    if (st == ARC_OK && included(ask, ARCI_PART_COLLATERAL)) st = arci_stakes_rows(&x->stakes, "collateral", "customer currency value eligible valued_on valid_to", "valued_on", NULL, collateral);
    return st;
}

/* What we answer for is at stake as what is owed, in its currency. */
static arc_status answer_for(arci_stakes *s, const securities *x)
{
    for (uint32_t i = 0; i < x->n; i++) {
        if (x->list[i].kind != ARCI_PART_GUARANTEES) continue;
        arci_at_stake *at = arci_stake_at(s, x->list[i].customer, x->list[i].currency);
        if (!at) return arci_nomem(s->ask->t->env);
        arci_acc_add(&at->parts[ARCI_PART_GUARANTEES], arci_part_of(x->list[i].amount, x->list[i].share, 10000));
    }
    return ARC_OK;
}

/* ---- one currency ---------------------------------------------------------------------------------------------------------------------- */

static int left_out(const arci_exposure_ask *ask, const char *currency)
{
    for (uint32_t i = 0; i < ask->n_apart; i++) {
        if (memcmp(ask->apart[i], currency, 3) == 0 && memcmp(currency, ask->currency, 3) != 0) return 1;
    }
    return 0;
}

/* Securities of a customer, in the order of their ids: collateral covers what is left of its own exposure, insurance its share of what is left then. */
static arc_status secure(const arci_exposure_ask *ask, const securities *x, int64_t customer, int64_t at_stake, arci_exposure *out)
{
    int64_t left = at_stake > 0 ? at_stake : 0, covered;
    for (int kind = ARCI_PART_COLLATERAL; kind <= ARCI_PART_INSURED; kind++) {
        int64_t basis = left;
        for (uint32_t i = 0; i < x->n; i++) {
            const security *s = &x->list[i];
            if (s->customer != customer || s->kind != kind || left_out(ask, s->currency)) continue;
            const int insured = kind == ARCI_PART_INSURED;
            int64_t amount = insured ? s->amount : arci_part_of(s->amount, s->share, 10000);
            arc_status st = arci_credit_convert(ask, amount, s->currency, ask->currency, &amount);
            if (st != ARC_OK) return st;
            covered = basis < amount ? basis : amount;
            basis -= covered;
            out->parts[kind] -= insured ? arci_part_of(covered, s->share, 10000) : covered;
        }
        if (ask->policy->parts[kind].include && kind == ARCI_PART_COLLATERAL) left = basis;
    }
    return ARC_OK;
}

static arci_exposure_line *line_of(const arci_exposure_ask *ask, arci_exposure *out, const char *currency)
{
    for (uint32_t i = 0; i < out->n_lines; i++) {
        if (memcmp(out->lines[i].currency, currency, 3) == 0) return &out->lines[i];
    }
    arci_exposure_line *grown = arci_arena_alloc(ask->arena, (out->n_lines + 1u) * sizeof *grown);
    if (!grown) return NULL;
    if (out->n_lines) memcpy(grown, out->lines, out->n_lines * sizeof *grown);
    out->lines = grown;
    memset(&grown[out->n_lines], 0, sizeof *grown);
    memcpy(grown[out->n_lines].currency, currency, 3);
    return &grown[out->n_lines++];
}

static int by_customer(const void *x, const void *y)
{
    const arci_surplus *a = x, *b = y;
    return (a->customer > b->customer) - (a->customer < b->customer);
}

/* stakes: what each customer owes, or has to its credit; becomes what is to the credit of each. The part of what is unapplied gets less by it. */
static arc_status keep_apart(const arci_exposure_ask *ask, arci_exposure *out, arci_surplus *stakes, uint32_t n)
{
    uint32_t kept = 0;
    int64_t *ids = arci_arena_alloc(ask->arena, (n + 1u) * sizeof *ids), *roots = arci_arena_alloc(ask->arena, (n + 1u) * sizeof *roots);
    if (!ids || !roots) return arci_nomem(ask->t->env);
    for (uint32_t i = 0; i < n; i++) ids[i] = stakes[i].customer;
    arc_status st = n ? arci_merged_roots_now(ask->t, ask->arena, ids, n, roots) : ARC_OK;
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n; i++) stakes[i].customer = roots[i];
    if (n) qsort(stakes, n, sizeof *stakes, by_customer);
    for (uint32_t i = 0; i < n; i++) {
        if (!kept || stakes[kept - 1].customer != stakes[i].customer) stakes[kept++] = stakes[i];
        else if (arci_add64(stakes[kept - 1].amount, stakes[i].amount, &stakes[kept - 1].amount)) return too_large(ask);
    }
    out->surplus = stakes;
    for (uint32_t i = 0; i < kept; i++) {
        if (stakes[i].amount >= 0) continue;
        out->surplus[out->n_surplus] = (arci_surplus){ stakes[i].customer, -stakes[i].amount };
        if (arci_add64(out->parts[ARCI_PART_UNAPPLIED], out->surplus[out->n_surplus++].amount, &out->parts[ARCI_PART_UNAPPLIED])) return too_large(ask);
    }
    return ARC_OK;
}

static arc_status add_up(arci_stakes *s, const securities *x, arci_exposure *out)
{
    const arci_exposure_ask *ask = s->ask;
    uint32_t n_stakes = 0;
    arci_surplus *stakes = ask->apart_members ? arci_arena_alloc(ask->arena, (s->n + 1u) * sizeof *stakes) : NULL;
    if (ask->apart_members && !stakes) return arci_nomem(ask->t->env);
    for (uint32_t i = 0; i < s->n;) {
        const int64_t customer = s->list[i].customer;
        int64_t at_stake = 0;
        for (; i < s->n && s->list[i].customer == customer; i++) {
            const arci_at_stake *k = &s->list[i];
            if (left_out(ask, k->currency)) continue;
            arci_exposure_line *line = line_of(ask, out, k->currency);
            if (!line) return arci_nomem(ask->t->env);
            for (int part = 0; part < ARCI_PARTS; part++) {
                int64_t own, amount;
                if (arci_acc_get(&k->parts[part], &own) || arci_add64(line->parts[part], own, &line->parts[part])) return too_large(ask);
                arc_status st = arci_credit_convert(ask, own, k->currency, ask->currency, &amount);
                if (st != ARC_OK) return st;
                if (arci_add64(out->parts[part], amount, &out->parts[part])) return too_large(ask);
                if (ask->policy->parts[part].include && arci_add64(at_stake, amount, &at_stake)) return too_large(ask);
            }
        }
        arc_status st = secure(ask, x, customer, at_stake, out);
        if (st != ARC_OK) return st;
        if (stakes) stakes[n_stakes++] = (arci_surplus){ customer, at_stake };
    }
    arc_status apart = stakes && ask->policy->parts[ARCI_PART_UNAPPLIED].include ? keep_apart(ask, out, stakes, n_stakes) : ARC_OK;
    if (apart != ARC_OK) return apart;
    for (int part = 0; part < ARCI_PARTS; part++) {
        if (ask->policy->parts[part].include && arci_add64(out->total, out->parts[part], &out->total)) return too_large(ask);
    }
    return ARC_OK;
}

arc_status arci_exposure_of(const arci_exposure_ask *ask, arci_exposure *out)
{
    arci_stakes s = { .ask = ask };
    securities x;
    memset(out, 0, sizeof *out);
    memset(&x, 0, sizeof x);
    x.stakes.ask = ask;
    arc_status st = read_rows(&s);
    if (st == ARC_OK) st = read_securities(&x);
    if (st == ARC_OK) st = answer_for(&s, &x);
    return st == ARC_OK ? add_up(&s, &x, out) : st;
}
