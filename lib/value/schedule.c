/* SPDX-License-Identifier: Apache-2.0 */
/* Instalments and cash discounts of one document. */
#include <string.h>

#include "value/money.h"
#include "value/terms.h"

typedef struct job {
    arci_env env;
    arc_terms terms;
    arc_terms_facts facts;
} job;

static arc_status told(job *j, arc_status st)
{
    switch (st) {
    case ARC_E_CALENDAR:
        if (j->facts.calendar != NULL && j->env.err->status == st) return st; /* the calendar has said which year */
        if (j->facts.calendar != NULL)
            return arci_fail(&j->env, st, "the business calendar does not know a year the terms need", "营业日历缺少付款条件所需的年份");
        return arci_fail(&j->env, st, "the terms need a business calendar", "付款条件需要营业日历");
    case ARC_E_CURRENCY: return arci_fail(&j->env, st, "the amount has no valid currency", "金额没有有效的币种");
    case ARC_E_RANGE: return arci_fail(&j->env, st, "an amount or a date is out of range", "金额或日期超出范围");
    case ARC_E_OVERFLOW: return arci_fail(&j->env, st, "a date lies beyond the year 9999", "日期超出 9999 年");
    default: return st;
    }
}

static arc_status begin(job *j, const arci_env *env, const arc_terms *terms, const arc_terms_facts *facts)
{
    arc_status st;

    j->env = *env;
    st = arci_terms_in(&j->env, &j->terms, terms);
    if (st != ARC_OK) return st;
    (void)arc_terms_facts_init(&j->facts);
    if (facts == NULL) return arci_fail(&j->env, ARC_E_INVALID, "the facts are NULL", "单据信息为空");
    st = arci_struct_in(&j->env, &j->facts, sizeof j->facts, facts);
    if (st != ARC_OK) return st;
    if (j->facts.flags != 0) return arci_fail(&j->env, ARC_E_INVALID, "unknown flags", "未知的 flags");
    return told(j, arc_money_check(&j->facts.gross));
}

/* Every percentage as a weight at one scale, the balance being what is missing to 100; so that they total 100 *
 * 10^scale. */
static arc_status weights(int64_t *w, const arc_terms *t)
{
    arc_decimal rest = {100, 0, 0};
    int32_t scale = 0, balance = -1;
    arc_status st = ARC_OK;

    for (int32_t i = 0; i < t->n_lines; i++) {
        if (t->lines[i].kind == ARC_LINE_PERCENT && t->lines[i].percent.scale > scale)
            scale = t->lines[i].percent.scale;
    }
    for (int32_t i = 0; i < t->n_lines && st == ARC_OK; i++) {
        arc_decimal p;
        if (t->lines[i].kind == ARC_LINE_BALANCE) {
            balance = i;
            continue;
        }
        st = arc_decimal_rescale(&p, &t->lines[i].percent, scale, ARC_ROUND_EXACT);
        w[i] = p.mantissa;
        if (st == ARC_OK) st = arc_decimal_sub(&rest, &rest, &p);
    }
    if (st != ARC_OK || balance < 0) return st;
    st = arc_decimal_rescale(&rest, &rest, scale, ARC_ROUND_EXACT);
    w[balance] = rest.mantissa;
    return st;
}

static arc_status percent_of(arc_money *out, const arc_money *amount, const arc_decimal *percent, int32_t mode)
{
    arci_ratio r = ARCI_RATIO_INIT;

    r.num[0] = arci_mag64(amount->minor);
    r.num[1] = arci_mag64(percent->mantissa);
    r.den[0] = 100;
    r.pow10 = -percent->scale;
    r.negative = amount->minor < 0;
    return arci_money_ratio(out, amount->currency, &r, mode);
}

/* Rounded percentages and the balance; *fits 0 when there is no balance line or it got the wrong sign. */
static arc_status by_rounding(int64_t *parts, int *fits, const arc_terms *t, const arc_money *total)
{
    int64_t rest = total->minor;
    int32_t balance = -1;

    *fits = 0;
    for (int32_t i = 0; i < t->n_lines; i++) {
        arc_money m;
        arc_status st;
        if (t->lines[i].kind == ARC_LINE_BALANCE) {
            balance = i;
            continue;
        }
        st = percent_of(&m, total, &t->lines[i].percent, t->mode);
        if (st != ARC_OK) return st;
        parts[i] = m.minor;
        rest -= m.minor; /* at most 60 amounts, of which all but the roundings are within the total */
    }
    if (balance < 0) return ARC_OK;
    parts[balance] = rest;
    *fits = rest == 0 || (rest < 0) == (total->minor < 0);
    return ARC_OK;
}

static arc_status split(int64_t *parts, const arc_terms *t, const arc_money *total)
{
    int64_t w[ARC_TERMS_LINES] = {0};
    int fits;
    arc_status st = by_rounding(parts, &fits, t, total);

    if (st != ARC_OK || fits) return st;
    st = weights(w, t);
    return st == ARC_OK ? arc_money_allocate(parts, total, w, NULL, (size_t)t->n_lines) : st;
}

arc_status arci_terms_schedule(arci_env *env, arc_instalment *out, size_t *n, const arc_terms *terms,
                              const arc_terms_facts *facts)
{
    job j;
    arc_date due[ARC_TERMS_LINES];
    int64_t parts[ARC_TERMS_LINES] = {0};
    size_t cap, count;
    arc_status st = begin(&j, env, terms, facts);

    if (st != ARC_OK) return st;
    if (n == NULL) return arci_fail(&j.env, ARC_E_INVALID, "n is NULL", "n 为空");
    cap = *n;
    count = (size_t)j.terms.n_lines;
    *n = count;
    if (out == NULL || cap < count)
        return arci_fail(&j.env, ARC_E_BUFFER, "room for %d instalments is needed", "需要 %d 期分期的空间", (int)count);
    st = split(parts, &j.terms, &j.facts.gross);
    for (size_t i = 0; i < count && st == ARC_OK; i++) st = arci_due_date(&due[i], &j.terms.lines[i].due, &j.facts);
    if (st != ARC_OK) return told(&j, st);
    for (size_t i = 0; i < count; i++) {
        out[i].line = (int32_t)i + 1;
        out[i].due = due[i];
        out[i].amount = j.facts.gross;
        out[i].amount.minor = parts[i];
    }
    return ARC_OK;
}

/* ---- discounts ---- */

typedef struct bases {
    int64_t gross[ARC_TERMS_LINES], net[ARC_TERMS_LINES];
} bases;

static arc_status split_bases(bases *b, const job *j)
{
    int needs_net = 0;
    arc_status st = split(b->gross, &j->terms, &j->facts.gross);

    for (int32_t i = 0; i < j->terms.n_tiers; i++) needs_net |= j->terms.tiers[i].basis == ARC_BASIS_NET;
    if (st != ARC_OK || !needs_net) return st;
    st = arci_money_pair(&j->facts.gross, &j->facts.net);
    return st == ARC_OK ? split(b->net, &j->terms, &j->facts.net) : st;
}

/* One tier on one instalment. */
static arc_status offer(arc_discount *d, const job *j, const bases *b, int32_t line, int32_t tier)
{
    const arc_discount_tier *t = &j->terms.tiers[tier];
    arc_money part = j->facts.gross;
    arc_status st;

    memset(d, 0, sizeof *d);
    d->line = line + 1;
    d->tier = tier + 1;
    d->percent = t->percent;
    part.minor = t->basis == ARC_BASIS_NET ? b->net[line] : b->gross[line];
    st = percent_of(&d->amount, &part, &t->percent, j->terms.mode);
    if (st == ARC_OK) st = arci_due_date(&d->until, &t->until, &j->facts);
    if (st != ARC_OK) return st;
    d->last = d->until;
    return d->until == ARC_DATE_NONE ? ARC_OK : arc_date_add_days(&d->last, d->until, t->grace_days);
}

static int applies(const arc_terms *t, int32_t tier, int32_t line)
{
    return t->tiers[tier].line == 0 || t->tiers[tier].line == line + 1;
}

arc_status arci_terms_discounts(arci_env *env, arc_discount *out, size_t *n, const arc_terms *terms,
                               const arc_terms_facts *facts)
{
    job j;
    bases b;
    size_t cap, count = 0, at = 0;
    arc_status st = begin(&j, env, terms, facts);

    if (st != ARC_OK) return st;
    if (n == NULL) return arci_fail(&j.env, ARC_E_INVALID, "n is NULL", "n 为空");
    for (int32_t i = 0; i < j.terms.n_tiers; i++) count += j.terms.tiers[i].line == 0 ? (size_t)j.terms.n_lines : 1;
    cap = *n;
    *n = count;
    if (count == 0) return ARC_OK;
    if (out == NULL || cap < count)
        return arci_fail(&j.env, ARC_E_BUFFER, "room for %d discounts is needed", "需要 %d 个折扣的空间", (int)count);
    memset(&b, 0, sizeof b);
    st = split_bases(&b, &j);
    for (int32_t line = 0; line < j.terms.n_lines && st == ARC_OK;
         line++) { /* a dry pass, so that out is whole or untouched */
        arc_discount d;
        for (int32_t tier = 0; tier < j.terms.n_tiers && st == ARC_OK; tier++) st = offer(&d, &j, &b, line, tier);
    }
    if (st != ARC_OK) return told(&j, st);
    for (int32_t line = 0; line < j.terms.n_lines; line++) {
        for (int32_t tier = 0; tier < j.terms.n_tiers; tier++) {
            if (applies(&j.terms, tier, line)) (void)offer(&out[at++], &j, &b, line, tier);
        }
    }
    return ARC_OK;
}

arc_status arci_terms_best_discount(arci_env *env, arc_discount *out, const arc_terms *terms,
                                   const arc_terms_facts *facts, int32_t line, arc_date paid_on)
{
    job j;
    bases b;
    arc_discount best, d;
    arc_status st = begin(&j, env, terms, facts);

    if (st != ARC_OK) return st;
    if (out == NULL) return arci_fail(&j.env, ARC_E_INVALID, "out is NULL", "out 为空");
    if (line < 1 || line > j.terms.n_lines || arc_date_check(paid_on) != ARC_OK)
        return arci_fail(&j.env, ARC_E_RANGE, "no such instalment, or the payment has no date",
                         "没有该期分期，或付款没有日期");
    memset(&b, 0, sizeof b);
    memset(&best, 0, sizeof best);
    best.until = best.last = ARC_DATE_NONE;
    best.amount = j.facts.gross;
    best.amount.minor = 0;
    st = split_bases(&b, &j);
    for (int32_t tier = 0; tier < j.terms.n_tiers && st == ARC_OK; tier++) {
        if (!applies(&j.terms, tier, line - 1)) continue;
        st = offer(&d, &j, &b, line - 1, tier);
        if (st != ARC_OK || d.until == ARC_DATE_NONE || paid_on > d.last) continue;
        if (best.tier == 0 || arci_mag64(d.amount.minor) > arci_mag64(best.amount.minor)) best = d;
    }
    if (st != ARC_OK) return told(&j, st);
    *out = best;
    return ARC_OK;
}

/* ---- the public ones ---- */

arc_status arc_terms_schedule(arc_context *context, arc_instalment *out, size_t *n, const arc_terms *terms,
                              const arc_terms_facts *facts)
{
    arci_env env;
    arc_status st = arci_env_of(&env, context);
    return st == ARC_OK ? arci_terms_schedule(&env, out, n, terms, facts) : st;
}

arc_status arc_terms_discounts(arc_context *context, arc_discount *out, size_t *n, const arc_terms *terms,
                               const arc_terms_facts *facts)
{
    arci_env env;
    arc_status st = arci_env_of(&env, context);
    return st == ARC_OK ? arci_terms_discounts(&env, out, n, terms, facts) : st;
}

arc_status arc_terms_best_discount(arc_context *context, arc_discount *out, const arc_terms *terms,
                                   const arc_terms_facts *facts, int32_t line, arc_date paid_on)
{
    arci_env env;
    arc_status st = arci_env_of(&env, context);
    return st == ARC_OK ? arci_terms_best_discount(&env, out, terms, facts, line, paid_on) : st;
}
