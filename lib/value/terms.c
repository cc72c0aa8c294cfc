/* SPDX-License-Identifier: Apache-2.0 */
/* Rules, their checks, and due dates. */
#include "value/terms.h"

#include <stdio.h>
#include <string.h>

#include "base/handle.h"
#include "value/date.h"

arc_status arc_terms_init(arc_terms *terms)
{
    static const arc_terms init = ARC_TERMS_INIT;

    if (terms == NULL) return ARC_E_INVALID;
    *terms = init;
    return ARC_OK;
}

arc_status arc_terms_facts_init(arc_terms_facts *facts)
{
    const arc_terms_facts init = ARC_TERMS_FACTS_INIT;

    if (facts == NULL) return ARC_E_INVALID;
    *facts = init;
    return ARC_OK;
}

/* ---- checks ---- */

enum { USES_DAYS = 1, USES_MONTHS = 2, NEEDS_DAY = 4, NEEDS_CUTOFF = 8, IS_FIXED = 16 };

static const int uses[] = {
    [ARC_DUE_NET] = USES_DAYS,
    [ARC_DUE_EOM_DAYS] = USES_DAYS,
    [ARC_DUE_DAYS_EOM] = USES_DAYS,
    [ARC_DUE_EOM_MONTHS] = USES_MONTHS,
    [ARC_DUE_MONTHS] = USES_DAYS | USES_MONTHS,
    [ARC_DUE_DAY_OF_MONTH] = USES_MONTHS | NEEDS_DAY,
    [ARC_DUE_NEXT_MONTH] = USES_DAYS,
    [ARC_DUE_STATEMENT] = USES_DAYS | USES_MONTHS | NEEDS_CUTOFF,
    [ARC_DUE_FIXED] = IS_FIXED,
};

static int between(int32_t v, int32_t lo, int32_t hi)
{
    return v >= lo && v <= hi;
}

const char *arci_due_rule_fault(const arc_due_rule *r)
{
    int u;

    if (!between(r->kind, ARC_DUE_NET, ARC_DUE_FIXED)) return "kind";
    u = uses[r->kind];
    if (!between(r->base, ARC_BASE_INVOICE, ARC_BASE_MILESTONE)) return "base";
    if (!between(r->days, -3650, 36500) || (!(u & USES_DAYS) && r->days != 0)) return "days";
    if (!between(r->months, 0, 1200) || (!(u & USES_MONTHS) && r->months != 0)) return "months";
    if (!between(r->day, 0, 31) || ((u & NEEDS_DAY) && r->day == 0) || ((u & IS_FIXED) && r->day != 0)) return "day";
    if (!between(r->day_months, 0, 1200) || ((r->day == 0 || (u & NEEDS_DAY)) && r->day_months != 0))
        return "day_months";
    if (!between(r->cutoff_day, 0, 31) || ((u & NEEDS_CUTOFF) && r->cutoff_day == 0) ||
        ((u & IS_FIXED) && r->cutoff_day != 0))
        return "cutoff_day";
    if ((u & IS_FIXED) ? arc_date_check(r->fixed) != ARC_OK : r->fixed != ARC_DATE_NONE) return "date";
    if (!between(r->convention, ARC_ADJUST_NONE, ARC_ADJUST_END_OF_MONTH)) return "convention";
    return r->reserved != 0 ? "reserved" : NULL;
}

/* Refuses the member at /list/index[/rule]/member. */
static arc_status refuse(arci_env *env, const char *list, int index, const char *rule, const char *member)
{
    char pointer[64];

    (void)snprintf(pointer, sizeof pointer, "/%s/%d%s%s/%s", list, index, rule != NULL ? "/" : "",
                   rule != NULL ? rule : "", member);
    (void)arci_fail(env, ARC_E_VALUE, "payment terms: %s is out of range or does not fit the rest",
                    "付款条件：%s 超出范围或与其他内容不符", pointer);
    arci_fail_pointer(env, pointer);
    return ARC_E_VALUE;
}

static int percent_ok(const arc_decimal *p, int below_100)
{
    static const arc_decimal hundred = {100, 0, 0};
    int32_t c;

    if (p->mantissa <= 0 || arc_decimal_compare(&c, p, &hundred) != ARC_OK) return 0;
    return c < 0 || (c == 0 && !below_100);
}

/* Percentages with at most 18 decimals below 100 add up without overflow only when their digits fit; that is a rule
 * here. */
static arc_status check_lines(arci_env *env, const arc_terms *t)
{
    static const arc_decimal hundred = {100, 0, 0};
    arc_decimal total = {0, 0, 0};
    int balance = 0;
    int32_t c;

    for (int i = 0; i < t->n_lines; i++) {
        const arc_term_line *l = &t->lines[i];
        const char *fault = arci_due_rule_fault(&l->due);
        if (fault != NULL) return refuse(env, "lines", i, "due", fault);
        if (l->kind == ARC_LINE_BALANCE) {
            if (l->percent.mantissa != 0 || l->percent.scale != 0) return refuse(env, "lines", i, NULL, "percent");
            if (balance++) return refuse(env, "lines", i, NULL, "balance");
        } else if (l->kind != ARC_LINE_PERCENT || !percent_ok(&l->percent, 0)) {
            return refuse(env, "lines", i, NULL, l->kind != ARC_LINE_PERCENT ? "kind" : "percent");
        } else if (arc_decimal_add(&total, &total, &l->percent) != ARC_OK) {
            return refuse(env, "lines", i, NULL, "percent");
        }
    }
    (void)arc_decimal_compare(&c, &total, &hundred);
    if (balance ? c < 0 : c == 0) return ARC_OK;
    (void)arci_fail(env, ARC_E_VALUE,
                    balance ? "payment terms: the percentages leave nothing for the balance"
                            : "payment terms: the percentages do not total 100",
                    balance ? "付款条件：各期比例合计没有给余款行留下余额" : "付款条件：各期比例合计不等于 100");
    arci_fail_pointer(env, "/lines");
    return ARC_E_VALUE;
}

static arc_status check_tiers(arci_env *env, const arc_terms *t)
{
    for (int i = 0; i < t->n_tiers; i++) {
        const arc_discount_tier *d = &t->tiers[i];
        const char *fault = arci_due_rule_fault(&d->until);
        if (fault != NULL) return refuse(env, "discounts", i, "until", fault);
        if (!percent_ok(&d->percent, 1)) return refuse(env, "discounts", i, NULL, "percent");
        if (!between(d->grace_days, 0, 366)) return refuse(env, "discounts", i, NULL, "grace_days");
        if (!between(d->basis, ARC_BASIS_GROSS, ARC_BASIS_NET)) return refuse(env, "discounts", i, NULL, "basis");
        if (!between(d->line, 0, t->n_lines)) return refuse(env, "discounts", i, NULL, "line");
    }
    return ARC_OK;
}

arc_status arci_terms_verify(arci_env *env, const arc_terms *t)
{
    arc_status st;

    if (t->flags != 0 || t->reserved != 0 || memchr(t->calendar, 0, sizeof t->calendar) == NULL)
        return arci_fail(env, ARC_E_INVALID, "payment terms: flags, reserved or calendar are wrong",
                         "付款条件：flags、reserved 或 calendar 有误");
    if (!between(t->n_lines, 1, ARC_TERMS_LINES) || !between(t->n_tiers, 0, ARC_TERMS_TIERS))
        return arci_fail(env, ARC_E_LIMIT, "payment terms have 1 to %d instalments and at most %d discounts",
                         "付款条件须有 1 至 %d 期分期，且最多 %d 档现金折扣", ARC_TERMS_LINES, ARC_TERMS_TIERS);
    if (!between(t->mode, ARC_ROUND_HALF_UP, ARC_ROUND_FLOOR))
        return arci_fail(env, ARC_E_VALUE, "payment terms: unknown rounding", "付款条件：未知的舍入方式");
    st = check_lines(env, t);
    return st == ARC_OK ? check_tiers(env, t) : st;
}

arc_status arci_env_of(arci_env *env, arc_context *context)
{
    arc_status st = arci_context_check(context);

    if (st != ARC_OK) return st;
    env->ctx = context;
    env->err = arci_context_error_slot(context);
    return ARC_OK;
}

arc_status arci_terms_in(arci_env *env, arc_terms *out, const arc_terms *in)
{
    arc_status st;

    if (in == NULL) return arci_fail(env, ARC_E_INVALID, "the terms are NULL", "付款条件为空");
    (void)arc_terms_init(out);
    st = arci_struct_in(env, out, sizeof *out, in);
    return st == ARC_OK ? arci_terms_verify(env, out) : st;
}

arc_status arc_terms_check(arc_context *context, const arc_terms *terms)
{
    arci_env env;
    arc_terms t;
    arc_status st = arci_env_of(&env, context);

    return st == ARC_OK ? arci_terms_in(&env, &t, terms) : st;
}

/* ---- due dates ---- */

/* ARC_DATE_NONE when not known. */
static arc_status base_date(arc_date *out, int32_t base, const arc_terms_facts *f)
{
    const arc_date dates[] = {ARC_DATE_NONE, f->invoice, f->delivery, f->acceptance, f->received,
                              f->statement,  f->order,   f->contract, f->milestone};
    arc_date d = dates[base];

    if (base == ARC_BASE_STATEMENT && d == ARC_DATE_NONE && f->invoice != ARC_DATE_NONE)
        return arc_date_end_of_month(out, f->invoice);
    if (d != ARC_DATE_NONE && arc_date_check(d) != ARC_OK) return ARC_E_RANGE;
    *out = d;
    return ARC_OK;
}

static arc_status first_of_next_month(arc_date *out, arc_date date)
{
    return arc_date_day_of_month(out, date, 1, 1);
}

/* The statement day on or after the date. */
static arc_status statement_date(arc_date *out, arc_date date, int32_t day)
{
    arc_status st = arc_date_day_of_month(out, date, 0, day);

    return st == ARC_OK && *out < date ? arc_date_day_of_month(out, date, 1, day) : st;
}

static arc_status cut_off(arc_date *date, int32_t cutoff_day)
{
    arc_date last;
    arc_status st;

    if (cutoff_day == 0) return ARC_OK;
    st = arc_date_day_of_month(&last, *date, 0, cutoff_day);
    if (st != ARC_OK || *date <= last) return st;
    return first_of_next_month(date, *date);
}

/* Step 3: d is the base on the way in. */
static arc_status by_kind(arc_date *d, const arc_due_rule *r)
{
    arc_status st = ARC_OK;

    switch (r->kind) {
    case ARC_DUE_NET: return arc_date_add_days(d, *d, r->days);
    case ARC_DUE_EOM_DAYS: (void)arc_date_end_of_month(d, *d); return arc_date_add_days(d, *d, r->days);
    case ARC_DUE_DAYS_EOM:
        st = arc_date_add_days(d, *d, r->days);
        return st == ARC_OK ? arc_date_end_of_month(d, *d) : st;
    case ARC_DUE_EOM_MONTHS: return arc_date_day_of_month(d, *d, r->months, 31);
    case ARC_DUE_DAY_OF_MONTH: return arc_date_day_of_month(d, *d, r->months, r->day);
    case ARC_DUE_NEXT_MONTH: st = first_of_next_month(d, *d); break;
    case ARC_DUE_STATEMENT: st = statement_date(d, *d, r->cutoff_day); break;
    default: break;
    }
    if (st == ARC_OK) st = arc_date_add_months(d, *d, r->months);
    return st == ARC_OK ? arc_date_add_days(d, *d, r->days) : st;
}

arc_status arci_due_date(arc_date *out, const arc_due_rule *r, const arc_terms_facts *f)
{
    arc_date d = r->fixed;
    arc_status st = ARC_OK;

    if (r->kind != ARC_DUE_FIXED) {
        st = base_date(&d, r->base, f);
        if (st != ARC_OK) return st;
        if (d == ARC_DATE_NONE) {
            *out = ARC_DATE_NONE;
            return ARC_OK;
        }
        if (r->kind != ARC_DUE_STATEMENT) st = cut_off(&d, r->cutoff_day);
        if (st == ARC_OK) st = by_kind(&d, r);
        if (st == ARC_OK && r->day != 0 && r->kind != ARC_DUE_DAY_OF_MONTH)
            st = arc_date_day_of_month(&d, d, r->day_months, r->day);
    }
    if (st != ARC_OK) return st;
    if (r->convention != ARC_ADJUST_NONE) {
        if (f->calendar == NULL) return ARC_E_CALENDAR;
        st = arc_calendar_adjust(f->calendar, &d, d, r->convention);
    }
    if (st == ARC_OK) *out = d;
    return st;
}

arc_status arc_due_date(arc_date *out, const arc_due_rule *rule, const arc_terms_facts *facts)
{
    arc_terms_facts f = ARC_TERMS_FACTS_INIT;
    arc_status st;

    if (out == NULL || rule == NULL || facts == NULL) return ARC_E_INVALID;
    st = arci_struct_in(NULL, &f, sizeof f, facts);
    if (st != ARC_OK) return st;
    if (f.flags != 0) return ARC_E_INVALID;
    return arci_due_rule_fault(rule) != NULL ? ARC_E_VALUE : arci_due_date(out, rule, &f);
}
